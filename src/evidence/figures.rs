//! What the pages say, held against the Markdown; what that says, against the view; what this says, against the records.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::carried::Carried;
use super::{MARKDOWN, Read};
use crate::audit::items::{Class, Value, items};
use crate::audit::ledger::Ledger;
use crate::audit::pdf_text::runs_from_right_to_left;
use crate::audit::provenance::{Leaf, Origin, Printout, leaves};
use crate::audit::units::{UnitKind, of_markdown};
use crate::audit::{Auditor, Held, Text};
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;

/// What the pages were found to say.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// The pages that print a record, by its id, counted from one.
    pub(super) of: BTreeMap<String, BTreeSet<usize>>,
    /// Numbers, dates and statements that were held.
    pub(super) items: usize,
    /// Whether the pages could be read.
    pub(super) read: bool,
    /// What was not held: a sentence each.
    pub(super) notes: Vec<String>,
}

/// Holds pages, Markdown, view and records against one another.
pub(super) fn hold(carried: &Carried, read: &Read, dossier: &Dossier, findings: &mut Vec<Diagnostic>) -> Pages {
    let ledger = Ledger::new(dossier);
    let word = |key: &str| read.view[key].as_str().unwrap_or_default().to_owned();
    let (slug, language) = (word("slug"), word("language"));
    let known = |id: &str| dossier.find(id).is_some();
    records_say(read, &ledger, &language, &known, findings);
    let printout = Printout::by_words((&slug, &language), &word("kind"), &read.view, read.markdown.text(), &known);
    view_says(read, &printout, &ledger, findings);
    let mut pages = Pages::default();
    if runs_from_right_to_left(&carried.pages) {
        pages.notes.push(format!(
            "its pages run from right to left, and their text cannot be read back: they were not held against `{MARKDOWN}`; what is attached was"
        ));
    } else {
        pages.read = true;
        pages_say(carried, read, printout, ledger, &language, &mut pages, findings);
    }
    hash_on_pages(carried, read, &mut pages, findings);
    around_pages(carried, read, &mut pages);
    for (page, kind) in &carried.laid_over {
        findings.push(
            Diagnostic::new("page-laid-over", format!("something lies on page {} that was not printed", page + 1))
                .note(format!("an annotation ({kind}) can cover what the page says"))
                .help("take the briefing from whoever issued it, or take the annotation off"),
        );
    }
    pages
}

/// Holds each value of the view against the records it is said to come from.
fn records_say(
    read: &Read,
    ledger: &Ledger<'_>,
    language: &str,
    known: &dyn Fn(&str) -> bool,
    findings: &mut Vec<Diagnostic>,
) {
    let lexicon = Lexicon::or_bare(language);
    for leaf in leaves(&read.view, known).iter().filter(|leaf| !leaf.records.is_empty() && states(leaf)) {
        let text = visible_words(leaf, lexicon);
        let behind = behind(ledger.dossier, &leaf.records);
        let ids: BTreeSet<&str> = behind.iter().map(String::as_str).collect();
        for item in items(&text, lexicon).iter().filter(|item| item.class() == Class::Number) {
            if ledger.bounded(item, &text, &ids) || !ledger.carried(item, &text, &ids).is_empty() {
                continue;
            }
            let words = text.get(item.span.clone()).unwrap_or_default();
            let mut finding = Diagnostic::new(
                "figure-not-in-records",
                format!("the number “{}” is not what the records attached say", visible(words)),
            )
            .at(&read.view_file, &place(read, leaf), format!("{} of the view", leaf.path));
            for id in leaf.records.iter().take(2) {
                if let Some(head) = ledger.dossier.find(id).map(|s| ledger.dossier.head(s)) {
                    let says = match ledger.dossier.find(id) {
                        Some(Subject::Claim(r)) => format!(" says {}", *ledger.dossier.claims[r].value),
                        _ => String::new(),
                    };
                    finding = finding.at(head.file, head.header, format!("{} `{id}`{says}", head.kind));
                }
            }
            findings.push(finding.help("take the briefing from whoever issued it: this copy proves nothing"));
        }
    }
}

/// Whether a value of the view is one that states figures of its records: counts and marks of the program's own do not.
fn states(leaf: &Leaf) -> bool {
    let key = leaf.path.rsplit('.').next().unwrap_or_default();
    matches!(key, "figure" | "low" | "high")
}

/// A record's value as its words, without the marks of Markdown.
fn visible_words(leaf: &Leaf, lexicon: &Lexicon) -> String {
    if leaf.path.ends_with(".markdown") {
        return of_markdown(&leaf.text, lexicon).iter().map(|u| u.text.as_str()).collect::<Vec<_>>().join(" ");
    }
    fold(&leaf.text)
}

/// The ids of records and of those they name.
fn behind(dossier: &Dossier, ids: &[String]) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = ids.iter().cloned().collect();
    for id in ids {
        let named = dossier.find(id).into_iter().flat_map(|subject| dossier.refers_to(subject));
        found.extend(named.map(|subject| dossier.head(subject).id.to_owned()));
    }
    found
}

/// Where a value stands in the file of the view.
fn place(read: &Read, leaf: &Leaf) -> Range<usize> {
    let written = serde_json::to_string(&leaf.text).unwrap_or_default();
    let key = leaf.path.rsplit('.').next().unwrap_or_default();
    let text = read.view_file.text();
    let from = leaf.records.first().and_then(|id| text.find(&format!("\"{id}\""))).unwrap_or_default();
    let wanted = format!("\"{key}\": {written}");
    // the nearest before the record's own mention, for values stand before the list of their records
    let at = text[..from].rfind(&wanted).or_else(|| text.find(&wanted));
    at.map_or(0..0, |at| at..at + wanted.len())
}

/// Holds what the Markdown says against the view: a figure in it must come from there, or from a record.
fn view_says(read: &Read, printout: &Printout, ledger: &Ledger<'_>, findings: &mut Vec<Diagnostic>) {
    let ids: BTreeSet<&str> = printout.leaves.iter().flat_map(|leaf| &leaf.records).map(String::as_str).collect();
    for traced in &printout.units {
        for item in traced.items.iter().filter(|item| item.value != Value::Attributed) {
            // the words of a language table are the view's, though they are fixed
            let worded = !printout.leaves_of(traced, &item.span).is_empty();
            if worded
                || printout.origin(traced, item).0 != Origin::Template
                || !ledger.carried(item, &traced.unit.text, &ids).is_empty() && traced.records.is_empty()
            {
                continue;
            }
            let words = traced.unit.text.get(item.span.clone()).unwrap_or_default();
            let mut finding = Diagnostic::new(
                "figure-not-in-view",
                format!("the {} “{}” is not what this briefing was printed from", item.class().word(), visible(words)),
            )
            .at(&read.markdown, &traced.unit.place(&item.span), "the view has no such value");
            for id in traced.records.iter().take(2) {
                if let Some(head) = ledger.dossier.find(id).map(|s| ledger.dossier.head(s)) {
                    finding = finding.at(head.file, head.header, format!("{} `{id}`", head.kind));
                }
            }
            findings.push(finding.help("take the briefing from whoever issued it: this copy proves nothing"));
        }
    }
}

/// Holds the pages against the Markdown.
fn pages_say(
    carried: &Carried,
    read: &Read,
    printout: Printout,
    ledger: Ledger<'_>,
    language: &str,
    pages: &mut Pages,
    findings: &mut Vec<Diagnostic>,
) {
    let text = Text::of_pages(&carried.name, carried.pages.iter().map(|page| page.text.as_str()));
    let held = Held { printout, ledger: 0, typed: Vec::new() };
    let auditor = Auditor { ledgers: vec![ledger], printed: vec![held], language: language.to_owned() };
    let outcome = auditor.audit(&text);
    pages.items = outcome.tally.all();
    for line in &outcome.lines {
        let Some(page) = text.page(&line.span) else { continue };
        for (_, id) in &line.records {
            pages.of.entry(id.clone()).or_default().insert(page);
        }
    }
    let Some(held) = auditor.printed.first().filter(|_| outcome.briefing.is_some()) else {
        findings.push(
            Diagnostic::new(
                "pages-differ",
                format!("the pages of {} are not those of the briefing it carries", visible(&carried.name)),
            )
            .at(&read.markdown, &(0..0), "this text stands on no page")
            .help("take the briefing from whoever issued it"),
        );
        return;
    };
    for index in &outcome.missing {
        let Some(traced) = held.printout.on_pages().get(*index).filter(|t| !t.unit.printed.is_empty()) else {
            continue;
        };
        let (title, span) = match traced.unit.kind {
            // it is drawn, and the Markdown has a description in its place
            UnitKind::Picture => {
                (format!("“{}”, drawn in a picture, stands on no page", visible(&traced.unit.text)), 0..0)
            }
            kind => (format!("a {} of the briefing stands on no page", kind.word()), traced.unit.span()),
        };
        let mut finding =
            Diagnostic::new("not-on-pages", title).at(&read.markdown, &span, "printed, and not to be found");
        for id in traced.records.iter().take(2) {
            if let Some(head) = auditor.ledgers.first().and_then(|l| l.dossier.find(id).map(|s| l.dossier.head(s))) {
                finding = finding.at(head.file, head.header, format!("{} `{id}`", head.kind));
            }
        }
        findings.push(finding.help("take the briefing from whoever issued it: this copy leaves something out"));
    }
    findings.extend(outcome.findings);
}

/// Holds the hash that pages print against the view's. A layout may print it elsewhere than the shipped ones, or nowhere:
/// what is held is that no page prints another, and that none lacks what the others have in header or footer.
fn hash_on_pages(carried: &Carried, read: &Read, pages: &mut Pages, findings: &mut Vec<Diagnostic>) {
    let hash = read.view["facts_hash"].as_str().unwrap_or_default();
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let furniture: Vec<String> = carried.pages.iter().map(|page| bare(&page.furniture)).collect();
    let shared = furniture.iter().any(|text| text.contains(hash));
    if hash.is_empty() || !shared && !carried.pages.iter().any(|page| bare(&page.text).contains(hash)) {
        pages.notes.push("no page prints the hash of its facts: it was held against the attachments alone".to_owned());
    }
    for (page, text) in furniture.iter().enumerate() {
        let other = hex_runs(text).find(|run| run.len() == hash.len() && *run != hash);
        if text.contains(hash) || !shared && other.is_none() {
            continue;
        }
        let printed = other.map_or("does not print it".to_owned(), |other| format!("prints {other}"));
        findings.push(
            Diagnostic::new(
                "facts-hash-on-page",
                format!("page {} does not have the hash of the facts attached", page + 1),
            )
            .at(
                &read.view_file,
                &super::span_of(&read.view_file, "\"facts_hash\""),
                format!("the view has {}; the page {printed}", visible(hash)),
            )
            .note("the page is of another issue, or the hash on it was changed")
            .help("take the briefing from whoever issued it"),
        );
    }
}

/// Notes numbers in headers and footers that the briefing does not have: a layout of the project may print its own there,
/// and whoever paints a figure over another may call it a footer.
fn around_pages(carried: &Carried, read: &Read, pages: &mut Pages) {
    let known: BTreeSet<&str> = digit_runs(read.markdown.text()).chain(digit_runs(read.view_file.text())).collect();
    for (index, page) in carried.pages.iter().enumerate() {
        let foreign =
            digit_runs(&page.furniture).find(|run| !known.contains(run) && !is_page_number(run, carried.pages.len()));
        if let Some(run) = foreign {
            pages.notes.push(format!(
                "header or footer of page {} say “{}”, which the briefing does not: it was not held",
                index + 1,
                visible(run)
            ));
        }
    }
}

/// Whether digits may number one of so many pages, or all of them; in other digits than Europe's, by their length.
fn is_page_number(run: &str, pages: usize) -> bool {
    match run.parse::<usize>() {
        Ok(number) => number <= pages,
        Err(_) => !run.is_ascii() && run.chars().count() <= pages.to_string().len(),
    }
}

/// The runs of digits in a text, with what stands inside a number.
fn digit_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_numeric() && !matches!(c, ',' | '.'))
        .map(|run| run.trim_matches([',', '.']))
        .filter(|run| !run.is_empty())
}

/// The runs of hexadecimal digits in a text.
fn hex_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !matches!(c, '0'..='9' | 'a'..='f'))
}
