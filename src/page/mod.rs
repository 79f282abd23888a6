//! Floor 8: a briefing as a web page, one file that asks for no other.
//!
//! - [`Page`]: what a page is made from, and its bytes
//! - `body`: the briefing's Markdown as HTML, in which text is only ever text
//! - `cards`: what stands behind a figure, shown beside it
//! - `markup`: what is put into HTML, and the page's policy
//!
//! The text is that of the Markdown. Scripts, styles and pictures are the page's own: its policy lets nothing else in.

mod body;
mod cards;
mod markup;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::audit::ledger::Ledger;
use crate::audit::provenance::Printout;
use crate::brief::cards::Behind;
use crate::brief::view::View;
use cards::Cards;
use markup::{attribute, css_text, digest, text};

/// What a figure beside the pointer needs; a page is read without it, too.
const SCRIPT: &str = include_str!("page.js");

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// What the briefing says.
    pub view: &'a View,
    /// What stands behind its records.
    pub behind: &'a Behind,
    /// Its Markdown.
    pub markdown: &'a str,
    /// Where each byte of that comes from.
    pub printout: &'a Printout,
    /// Its pictures as SVG, by the name that the Markdown shows them by.
    pub pictures: &'a BTreeMap<String, String>,
    /// How it looks.
    pub stylesheet: &'a str,
}

impl Page<'_> {
    /// The page; `ledger` tells which of a sentence's records a figure in it belongs to.
    #[must_use]
    pub fn html(&self, ledger: &Ledger<'_>) -> String {
        let view = self.view;
        let mut cards = Cards::new(self.behind);
        let marks = cards.marks(self.printout, ledger);
        let body = body::write(self, &mut cards, &marks);
        let style = format!("{}\n{}{}", self.stylesheet, body.rules, self.paper());
        let words = &self.behind.words;
        let title = text(&view.title);
        let mut out = String::with_capacity(body.html.len() * 2);
        let _ = writeln!(
            out,
            "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
             script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"generator\" content=\"factbrief\">\n<title>{title}</title>\n<style>{style}</style>\n</head>",
            attribute(&view.language),
            if view.direction == "rtl" { "rtl" } else { "ltr" },
            digest(&style),
            digest(SCRIPT),
        );
        let label = self.label();
        let contents: String = body
            .headings
            .iter()
            .map(|heading| format!("<li><a href=\"#{}\">{}</a></li>\n", heading.id, text(&heading.text)))
            .collect();
        let nav = if contents.is_empty() {
            String::new()
        } else {
            let name = text(&words.contents);
            format!(
                "<nav aria-labelledby=\"fb-contents\">\n<p id=\"fb-contents\">{name}</p>\n<ul>\n{contents}</ul>\n</nav>\n"
            )
        };
        let _ = writeln!(
            out,
            "<body>\n<a class=\"skip\" href=\"#fb-text\">{}</a>\n<header>\n<p>{}</p>\n{label}\n</header>\n{nav}\
             <main id=\"fb-text\" tabindex=\"-1\">\n{}",
            text(&words.skip),
            text(&view.project),
            body.html,
        );
        if cards.is_empty() {
            out.push_str("</main>\n");
        } else {
            let _ = writeln!(
                out,
                "<section id=\"fb-evidence\" aria-label=\"{}\">\n<p class=\"hint\">{}</p>\n{}</section>\n</main>",
                attribute(&words.evidence),
                text(&words.hint),
                cards.html(),
            );
        }
        let fixed = |name: &str| text(view.words.get(name).map_or("", String::as_str));
        let _ = writeln!(
            out,
            "<footer>\n<p>{} {} · {} {} · {} <code>{}</code></p>\n{label}\n</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>",
            fixed("as_of"),
            text(&view.as_of.text),
            fixed("issue"),
            text(&view.issue_text),
            fixed("facts"),
            text(&view.facts_hash),
        );
        out
    }

    /// The handling label, in the colours of TLP 2.0.
    fn label(&self) -> String {
        let label = &self.view.tlp.label;
        format!("<p class=\"tlp {}\">{}</p>", colour(label), text(label))
    }

    /// Paper, margins and what stands in them when the page is printed.
    fn paper(&self) -> String {
        let view = self.view;
        let fixed = |name: &str| view.words.get(name).cloned().unwrap_or_default();
        let size = if view.paper == "letter" { "letter" } else { "A4" };
        let (start, end) = if view.direction == "rtl" { ("right", "left") } else { ("left", "right") };
        let digits = match view.digits.first().map(String::as_str) {
            Some("٠") => ", arabic-indic",
            Some("۰") => ", persian",
            Some("०") => ", devanagari",
            _ => "",
        };
        let label = &view.tlp.label;
        // printers leave grounds out of margins, and a light word without its black ground could not be read
        let stamp = format!(
            "content: \"{}\"; color: #000; border: 1.2pt solid #000; font: bold 8pt monospace; height: 6mm; \
             margin: auto 0; width: {}pt; text-align: center; vertical-align: middle; white-space: nowrap;",
            css_text(label),
            label.chars().count() * 5 + 14
        );
        let issue = format!(
            "{} {} · {} {} · {} {}",
            fixed("as_of"),
            view.as_of.text,
            fixed("issue"),
            view.issue_text,
            fixed("facts"),
            view.facts_hash
        );
        format!(
            "@page {{ size: {size}; margin: 24mm 20mm 22mm; @top-{start} {{ content: \"{}\"; font: 8pt sans-serif; }} \
             @top-{end} {{ {stamp} }} @bottom-{start} {{ content: \"{}\"; font: 7pt sans-serif; white-space: nowrap; }} \
             @bottom-center {{ {stamp} }} @bottom-{end} {{ content: \"{} \" counter(page{digits}) \" {} \" \
             counter(pages{digits}); font: 8pt sans-serif; }} }}\n",
            css_text(&view.title),
            css_text(&issue),
            css_text(&fixed("page")),
            css_text(&fixed("page_of")),
        )
    }
}

/// The class of a handling label.
fn colour(label: &str) -> &'static str {
    match label {
        "TLP:RED" => "red",
        "TLP:AMBER" | "TLP:AMBER+STRICT" => "amber",
        "TLP:GREEN" => "green",
        _ => "clear",
    }
}
