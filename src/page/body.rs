//! The Markdown of a briefing as HTML.
//!
//! Text is escaped wherever it stands. Of the HTML that Markdown may hold, the anchors of references and the parts of a page
//! pass, in the one form that templates print them in; all else is shown as it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};

use super::Page;
use super::cards::{Cards, Shown};
use super::markup::{OWN, attribute, data_address, is_address, is_name, text};
use crate::audit::units::UnitKind;
use crate::render::set::{Division, division};

/// The body of a page.
pub(super) struct Body {
    pub(super) html: String,
    /// Style that depends on what is in it.
    pub(super) rules: String,
    /// The headings of its parts.
    pub(super) headings: Vec<Heading>,
}

/// A heading that the list of contents leads to.
pub(super) struct Heading {
    pub(super) id: String,
    pub(super) text: String,
}

/// Writes the Markdown of a page; `marks` are the parts of it that have a card.
pub(super) fn write(page: &Page<'_>, cards: &mut Cards<'_>, marks: &[Shown]) -> Body {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events: Vec<(Event<'_>, Range<usize>)> = Parser::new_ext(page.markdown, options).into_offset_iter().collect();
    let timeline = Timeline::of(page);
    let mut writer = Writer {
        page,
        cards,
        marks,
        timeline: &timeline,
        out: String::with_capacity(page.markdown.len() * 3),
        run: Vec::new(),
        links: Vec::new(),
        anchors: BTreeSet::new(),
        open_anchors: 0,
        headings: Vec::new(),
        named: 0,
        heading: None,
        table: Vec::new(),
        cell: 0,
        in_head: false,
        closing: Vec::new(),
        picture: None,
        filtered: false,
        parts: 0,
        shown: 0,
        last: None,
    };
    let mut at = 0;
    while let Some((event, range)) = events.get(at) {
        let next = events.get(at + 1).map(|(event, _)| event);
        writer.event(event, range, next);
        at += 1;
    }
    writer.flush();
    writer.out.push_str(&"</div>\n".repeat(writer.parts));
    let rules = if writer.filtered { timeline.rules() } else { String::new() };
    Body { html: writer.out, rules, headings: writer.headings }
}

/// The timeline of a briefing: which rows of its Markdown are entries, and who has a part in each.
struct Timeline {
    /// By where the row begins: the numbers of the actors.
    rows: BTreeMap<usize, BTreeSet<usize>>,
    /// The actors that occur, sorted by name.
    actors: Vec<String>,
}

impl Timeline {
    fn of(page: &Page<'_>) -> Self {
        let mut rows: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for traced in page.printout.units.iter().filter(|traced| traced.unit.kind == UnitKind::Row) {
            let leaves = page.printout.leaves_of(traced, &(0..traced.unit.text.len()));
            if !leaves.iter().any(|leaf| leaf.path.starts_with("timeline[")) {
                continue;
            }
            let evidence = traced.records.iter().filter_map(|id| page.behind.records.get(id));
            rows.insert(traced.unit.start(), evidence.flat_map(|e| &e.actors).map(String::as_str).collect());
        }
        let occurring: BTreeSet<&str> = rows.values().flatten().copied().collect();
        let name = |id: &str| page.behind.actors.get(id).cloned().unwrap_or_default();
        let mut named: Vec<(String, &str)> = occurring.into_iter().map(|id| (name(id), id)).collect();
        named.sort();
        let number = |id: &str| named.iter().position(|(_, known)| *known == id);
        let rows = rows.iter().map(|(at, ids)| (*at, ids.iter().filter_map(|id| number(id)).collect())).collect();
        Self { rows, actors: named.into_iter().map(|(name, _)| name).collect() }
    }

    /// The actors of the entry in a range of the Markdown.
    fn entry(&self, range: &Range<usize>) -> Option<&BTreeSet<usize>> {
        self.rows.range(range.clone()).next().map(|(_, actors)| actors)
    }

    /// What hides the entries in which the chosen actor has no part; on paper all of them stand.
    fn rules(&self) -> String {
        let mut rules = String::from("@media screen {\n");
        for actor in 0..self.actors.len() {
            let _ = writeln!(
                rules,
                "main:has(#fb-actor option[value=\"{actor}\"]:checked) tr[data-actors]:not([data-actors~=\"{actor}\"]) {{ display: none }}"
            );
        }
        rules.push_str("}\n");
        rules
    }
}

struct Writer<'a, 'c, 'b> {
    page: &'a Page<'a>,
    cards: &'c mut Cards<'b>,
    marks: &'a [Shown],
    timeline: &'a Timeline,
    out: String,
    /// Text that is not written yet: each character with the byte of the Markdown it came from.
    run: Vec<(char, usize)>,
    /// The links that stand open, and whether each was written.
    links: Vec<bool>,
    anchors: BTreeSet<String>,
    open_anchors: usize,
    headings: Vec<Heading>,
    /// How many headings have a name.
    named: usize,
    /// The text of the heading that stands open.
    heading: Option<String>,
    table: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    /// What ends the paragraphs and cells that stand open.
    closing: Vec<&'static str>,
    /// The description and the file of the picture that stands open.
    picture: Option<(String, String)>,
    filtered: bool,
    /// How many parts of the page stand open.
    parts: usize,
    /// How many parts of the text show a card.
    shown: usize,
    /// The part that was shown last: markup inside one does not show it twice.
    last: Option<usize>,
}

impl Writer<'_, '_, '_> {
    fn event(&mut self, event: &Event<'_>, range: &Range<usize>, next: Option<&Event<'_>>) {
        match event {
            Event::Text(words) => return self.take(words, range),
            Event::SoftBreak => return self.take(" ", range),
            _ => self.flush(),
        }
        match event {
            Event::Text(_) | Event::SoftBreak => {}
            Event::Code(words) => {
                if let Some(heading) = &mut self.heading {
                    heading.push_str(words);
                }
                let _ = write!(self.out, "<code>{}</code>", text(words));
            }
            Event::Html(html) => match division(html) {
                // a part does not begin inside a table
                Some(Division::Begins(name)) if self.closing.is_empty() => {
                    let _ = writeln!(self.out, "<div class=\"part {name}\">");
                    self.parts += 1;
                }
                Some(Division::Ends) if self.parts > 0 && self.closing.is_empty() => {
                    self.out.push_str("</div>\n");
                    self.parts -= 1;
                }
                _ => self.raw(html),
            },
            Event::InlineHtml(html) => self.raw(html),
            Event::HardBreak => self.out.push_str("<br>"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::Start(tag) => self.start(tag, range, next),
            Event::End(tag) => self.end(*tag),
            // none of these is asked for when the Markdown is read
            Event::InlineMath(words) | Event::DisplayMath(words) | Event::FootnoteReference(words) => {
                self.out.push_str(&text(words));
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>, next: Option<&Event<'_>>) {
        match tag {
            Tag::Paragraph if matches!(next, Some(Event::Start(Tag::Image { .. }))) => {
                let tall = match next {
                    Some(Event::Start(Tag::Image { dest_url, .. })) => self
                        .page
                        .pictures
                        .get(dest_url.as_ref())
                        .and_then(|svg| size(svg))
                        .is_some_and(|(w, h)| h > w * 1.3),
                    _ => false,
                };
                let class = if tall { "picture tall" } else { "picture" };
                let named = self.named_by();
                let _ = write!(self.out, "<div class=\"{class}\" tabindex=\"0\" role=\"group\"{named}>");
                self.closing.push("</div>\n");
            }
            Tag::Paragraph => {
                self.out.push_str("<p>");
                self.closing.push("</p>\n");
            }
            Tag::Heading { level, .. } => {
                self.named += 1;
                let _ = write!(self.out, "<{level} id=\"{OWN}h{}\">", self.named);
                self.heading = Some(String::new());
            }
            Tag::BlockQuote(_) => self.out.push_str("<blockquote>"),
            Tag::CodeBlock(_) => self.out.push_str("<pre><code>"),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(first)) => {
                let _ = writeln!(self.out, "<ol start=\"{first}\">");
            }
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::Table(alignments) => {
                self.table.clone_from(alignments);
                let dated = self.timeline.entry(range).is_some();
                if dated && self.timeline.actors.len() > 1 && !self.filtered {
                    self.filter();
                }
                let named = self.named_by();
                let _ =
                    writeln!(self.out, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"{named}>\n<table{named}>");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.cell = 0;
                self.out.push_str("<thead>\n<tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                let actors = self.timeline.entry(range).filter(|_| self.filtered).map(|actors| {
                    let numbers: Vec<String> = actors.iter().map(usize::to_string).collect();
                    format!(" data-actors=\"{}\"", numbers.join(" "))
                });
                let _ = write!(self.out, "<tr{}>", actors.unwrap_or_default());
            }
            Tag::TableCell => {
                let empty = matches!(next, Some(Event::End(TagEnd::TableCell)));
                let (kind, closing) = match (self.in_head, self.cell, empty) {
                    (_, _, true) => ("<td", "</td>"),
                    (true, ..) => ("<th scope=\"col\"", "</th>"),
                    (false, 0, _) => ("<th scope=\"row\"", "</th>"),
                    (false, ..) => ("<td", "</td>"),
                };
                self.closing.push(closing);
                let class = match self.table.get(self.cell) {
                    Some(Alignment::Right) => " class=\"end\"",
                    Some(Alignment::Center) => " class=\"middle\"",
                    _ => "",
                };
                let _ = write!(self.out, "{kind}{class}>");
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<s>"),
            Tag::Link { dest_url, .. } => {
                let leads = is_address(dest_url) && !self.links.contains(&true);
                if leads {
                    let _ = write!(self.out, "<a href=\"{}\">", attribute(dest_url));
                }
                self.links.push(leads);
            }
            Tag::Image { dest_url, .. } => self.picture = Some((String::new(), dest_url.to_string())),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.out.push_str(self.closing.pop().unwrap_or_default()),
            TagEnd::Heading(level) => {
                let words = self.heading.take().unwrap_or_default();
                let _ = writeln!(self.out, "</{level}>");
                if level as u8 == 2 {
                    self.headings.push(Heading { id: format!("{OWN}h{}", self.named), text: words });
                }
            }
            TagEnd::BlockQuote(_) => self.out.push_str("</blockquote>\n"),
            TagEnd::CodeBlock => self.out.push_str("</code></pre>\n"),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::Table => self.out.push_str("</tbody>\n</table>\n</div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr>\n</thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.out.push_str(self.closing.pop().unwrap_or_default());
                self.cell += 1;
            }
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</s>"),
            TagEnd::Link => self.out.push_str(if self.links.pop() == Some(true) { "</a>" } else { "" }),
            TagEnd::Image => self.pictured(),
            _ => {}
        }
    }

    /// The heading that a table or picture stands under gives it its name.
    fn named_by(&self) -> String {
        if self.named == 0 { String::new() } else { format!(" aria-labelledby=\"{OWN}h{}\"", self.named) }
    }

    /// Keeps text until what it is part of is known.
    fn take(&mut self, words: &str, range: &Range<usize>) {
        if let Some((description, _)) = &mut self.picture {
            description.push_str(words);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.push_str(words);
        }
        // an entity has other bytes than its character
        let source = self.page.markdown.get(range.clone()).unwrap_or_default();
        let shift = source.find(words);
        let at = |i: usize| shift.map_or(range.start, |shift| range.start + shift + i);
        self.run.extend(words.char_indices().map(|(i, c)| (c, at(i))));
    }

    /// Writes the text that was kept, with a card where it shows one.
    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        // a link within a link is none
        let linked = self.links.contains(&true);
        let mark = |at: usize| {
            let index = self.marks.partition_point(|shown| shown.at.end <= at);
            self.marks.get(index).filter(|shown| shown.at.contains(&at) && !linked).map(|_| index)
        };
        let parts: Vec<(Option<usize>, String)> = run.iter().fold(Vec::new(), |mut parts, (c, at)| {
            let own = mark(*at);
            match parts.last_mut() {
                Some((last, words)) if *last == own => words.push(*c),
                _ => parts.push((own, c.to_string())),
            }
            parts
        });
        for (own, words) in parts {
            match own.filter(|own| self.last != Some(*own)).and_then(|own| Some((own, self.marks.get(own)?.card))) {
                Some((own, card)) => {
                    self.last = Some(own);
                    self.shown += 1;
                    let open = self.cards.open(card, self.shown);
                    let _ = write!(self.out, "{open}{}</a>", text(&words));
                }
                None => self.out.push_str(&text(&words)),
            }
        }
    }

    /// HTML in the Markdown: an anchor of a template, or text.
    fn raw(&mut self, html: &str) {
        let name = html.strip_prefix("<a id=\"").and_then(|rest| rest.strip_suffix("\">"));
        match name.filter(|name| is_name(name) && !name.starts_with(OWN) && !self.anchors.contains(*name)) {
            Some(name) => {
                self.anchors.insert(name.to_owned());
                self.open_anchors += 1;
                let _ = write!(self.out, "<span id=\"{name}\">");
            }
            None if html == "</a>" && self.open_anchors > 0 => {
                self.open_anchors -= 1;
                self.out.push_str("</span>");
            }
            None => self.out.push_str(&text(html)),
        }
    }

    /// A picture of the briefing, all of it in the page; of any other, its description.
    fn pictured(&mut self) {
        let Some((description, file)) = self.picture.take() else { return };
        match self.page.pictures.get(&file) {
            Some(svg) => {
                let (address, described) = (data_address(svg), attribute(&description));
                // so that the page does not jump when the picture comes in
                let size = size(svg).map(|(w, h)| format!(" width=\"{w:.0}\" height=\"{h:.0}\"")).unwrap_or_default();
                let _ = write!(self.out, "<img src=\"{address}\" alt=\"{described}\"{size}>");
            }
            None => {
                let _ = write!(self.out, "<em>{}</em>", text(&description));
            }
        }
    }

    /// The choice of an actor, whose entries alone are shown.
    fn filter(&mut self) {
        self.filtered = true;
        let words = &self.page.behind.words;
        let view = self.page.view;
        let options: String = self
            .timeline
            .actors
            .iter()
            .enumerate()
            .map(|(n, name)| format!("<option value=\"{n}\">{}</option>\n", text(name)))
            .collect();
        let _ = write!(
            self.out,
            "<p class=\"filter\"><label for=\"{OWN}actor\">{}</label> <select id=\"{OWN}actor\" autocomplete=\"off\">\n\
             <option value=\"\" selected>{}</option>\n{options}</select> <output for=\"{OWN}actor\" aria-live=\"polite\" \
             data-shown=\"{}\" data-digits=\"{}\"></output></p>\n",
            text(&words.filter),
            text(&words.everybody),
            attribute(&words.shown),
            attribute(&view.digits.concat()),
        );
    }
}

/// The width and height of a picture, as it says itself.
fn size(svg: &str) -> Option<(f64, f64)> {
    let (_, rest) = svg.split_once("viewBox=\"0 0 ")?;
    let (width, height) = rest.split_once('"')?.0.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}
