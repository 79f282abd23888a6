//! A text cut into what is read as one: sentences, table rows, list items, headings.
//!
//! Numbers of references, code spans and addresses are no facts: they stand on the page and not in a unit's text.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::text::lexicon::Lexicon;
use crate::text::normalise::Normalised;
use crate::text::sentence::sentences;

/// What kind of unit a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// A heading, by its level.
    Heading(u8),
    /// The head of a table.
    Head,
    /// A row of a table.
    Row,
    /// An item of a list.
    Item,
    /// A sentence of a paragraph.
    Sentence,
    /// A text in a picture.
    Picture,
}

impl UnitKind {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Heading(_) => "heading",
            Self::Head => "head of a table",
            Self::Row => "table row",
            Self::Item => "list item",
            Self::Sentence => "sentence",
            Self::Picture => "text of a picture",
        }
    }
}

/// A unit of a text.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What it is.
    pub kind: UnitKind,
    /// Its words, folded as the proof folds them; cells of a row stand apart.
    pub text: String,
    /// All that the page shows of it, without white space.
    pub printed: String,
    /// The numbers of the references it carries.
    pub refs: Vec<usize>,
    /// The headings it stands under, outermost first, as indices of units.
    pub under: Vec<usize>,
    /// The head of the table it is a row of.
    pub head: Option<usize>,
    folded: Normalised,
    /// For each byte of the visible text, the byte of the file it came from.
    at: Vec<usize>,
    end: usize,
}

impl Unit {
    /// The bytes of the file that a range of the text came from.
    #[must_use]
    pub fn place(&self, range: &Range<usize>) -> Range<usize> {
        let original = self.folded.original(range);
        let start = self.at.get(original.start).copied().unwrap_or(self.end);
        let end = match original.end.checked_sub(1).and_then(|last| self.at.get(last)) {
            Some(last) => last + 1,
            None => start,
        };
        start..end.max(start)
    }

    /// The byte of the file that each byte of the text came from.
    #[must_use]
    pub fn places(&self) -> Vec<usize> {
        (0..self.text.len())
            .map(|i| {
                let original = self.folded.original(&(i..i + 1));
                self.at.get(original.start).copied().unwrap_or(self.end)
            })
            .collect()
    }

    /// Where it begins in the file.
    #[must_use]
    pub fn start(&self) -> usize {
        self.at.first().copied().unwrap_or(self.end)
    }

    /// The bytes of the file that it covers.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.place(&(0..self.text.len()))
    }
}

#[derive(Clone, Copy)]
struct Glyph {
    c: char,
    at: usize,
    shown: bool,
}

/// The units of Markdown, in order.
#[must_use]
pub fn of_markdown(markdown: &str, lexicon: &Lexicon) -> Vec<Unit> {
    let mut cutter = Cutter { lexicon, glyphs: Vec::new(), units: Vec::new(), headings: Vec::new(), head: None };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let (mut items, mut row, mut fenced) = (0usize, false, false);
    let mut links: Vec<bool> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        let hidden = fenced || links.last() == Some(&true);
        match event {
            Event::Text(text) => cutter.push(&text, markdown, &range, !hidden),
            Event::Code(text) => cutter.push(&text, markdown, &range, false),
            Event::Html(html) | Event::InlineHtml(html) => cutter.push_outside_tags(&html, &range),
            Event::SoftBreak | Event::HardBreak => cutter.gap(range.start),
            Event::Start(Tag::CodeBlock(kind)) => fenced = matches!(kind, CodeBlockKind::Fenced(_)),
            // what leads to an anchor is a reference's number; an address that shows itself is an address
            Event::Start(Tag::Link { dest_url, .. }) => {
                let inner = markdown.get(range.clone()).unwrap_or_default();
                let number = dest_url.starts_with('#')
                    && inner.trim_start_matches('[').starts_with(|c: char| c.is_ascii_digit());
                links.push(number || inner.starts_with('<'));
            }
            Event::End(TagEnd::Link) => {
                links.pop();
            }
            Event::Start(Tag::Item) => {
                cutter.finish(if items > 0 { UnitKind::Item } else { UnitKind::Sentence });
                items += 1;
            }
            Event::Start(Tag::List(_)) if items > 0 => cutter.finish(UnitKind::Item),
            Event::End(TagEnd::Item) => {
                cutter.finish(UnitKind::Item);
                items -= 1;
            }
            Event::End(TagEnd::Heading(level)) => cutter.finish(UnitKind::Heading(level as u8)),
            Event::End(TagEnd::TableCell) => cutter.cell(range.end),
            Event::Start(Tag::TableHead | Tag::TableRow) => row = true,
            Event::End(TagEnd::TableHead) => {
                cutter.finish(UnitKind::Head);
                row = false;
            }
            Event::End(TagEnd::TableRow) => {
                cutter.finish(UnitKind::Row);
                row = false;
            }
            Event::End(TagEnd::Table) => cutter.head = None,
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                fenced = false;
                if items > 0 {
                    cutter.gap(range.end);
                } else if !row {
                    cutter.finish(UnitKind::Sentence);
                }
            }
            _ => {}
        }
    }
    cutter.finish(UnitKind::Sentence);
    cutter.units
}

/// The sentences of running text; `places` gives for each byte of it the byte of the file it came from.
#[must_use]
pub fn of_text(text: &str, places: &dyn Fn(usize) -> usize, lexicon: &Lexicon) -> Vec<Unit> {
    let mut cutter = Cutter { lexicon, glyphs: Vec::new(), units: Vec::new(), headings: Vec::new(), head: None };
    cutter.glyphs.extend(text.char_indices().map(|(i, c)| Glyph {
        c: if c == '\n' { ' ' } else { c },
        at: places(i),
        shown: true,
    }));
    cutter.finish(UnitKind::Sentence);
    cutter.units
}

/// Running text as one unit of a kind.
#[must_use]
pub fn of_line(text: &str, places: &dyn Fn(usize) -> usize, kind: UnitKind) -> Option<Unit> {
    let glyph = |(i, c)| Glyph { c: if c == '\n' { ' ' } else { c }, at: places(i), shown: true };
    let mut glyphs: Vec<Glyph> = text.char_indices().map(glyph).collect();
    hide(&mut glyphs);
    let mut cutter =
        Cutter { lexicon: Lexicon::bare(), glyphs: Vec::new(), units: Vec::new(), headings: Vec::new(), head: None };
    cutter.unit(kind, &glyphs);
    cutter.units.pop().filter(|unit| !unit.printed.is_empty())
}

struct Cutter<'l> {
    lexicon: &'l Lexicon,
    glyphs: Vec<Glyph>,
    units: Vec<Unit>,
    headings: Vec<(u8, usize)>,
    head: Option<usize>,
}

impl Cutter<'_> {
    fn push(&mut self, text: &str, source: &str, range: &Range<usize>, shown: bool) {
        // a code span's text begins behind its mark; an entity has other bytes than its character
        let shift = source.get(range.clone()).and_then(|s| s.find(text));
        for (i, c) in text.char_indices() {
            let at = shift.map_or(range.start, |s| range.start + s + i);
            self.glyphs.push(Glyph { c: if c == '\n' { ' ' } else { c }, at, shown });
        }
    }

    fn push_outside_tags(&mut self, html: &str, range: &Range<usize>) {
        let mut inside = false;
        for (i, c) in html.char_indices() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                c if !inside => {
                    self.glyphs.push(Glyph { c: if c == '\n' { ' ' } else { c }, at: range.start + i, shown: true });
                }
                _ => {}
            }
        }
    }

    fn gap(&mut self, at: usize) {
        self.glyphs.push(Glyph { c: ' ', at, shown: true });
    }

    /// Cells stand apart by a mark that no figure, date or quotation reaches across; it is not on the page.
    fn cell(&mut self, at: usize) {
        self.gap(at);
        self.glyphs.push(Glyph { c: CELL, at, shown: true });
        self.gap(at);
    }

    fn finish(&mut self, kind: UnitKind) {
        let mut glyphs = std::mem::take(&mut self.glyphs);
        hide(&mut glyphs);
        let visible: String = glyphs.iter().filter(|g| g.shown).map(|g| g.c).collect();
        if glyphs.iter().all(|g| g.c.is_whitespace() || g.c == CELL) {
            return;
        }
        let ranges = match kind {
            UnitKind::Sentence => sentences(&visible, self.lexicon),
            _ => std::iter::once(0..visible.len()).collect(),
        };
        let mut starts: Vec<usize> = Vec::new();
        let mut offset = 0;
        let offsets: Vec<usize> = glyphs
            .iter()
            .map(|g| {
                let at = offset;
                if g.shown {
                    offset += g.c.len_utf8();
                }
                at
            })
            .collect();
        for range in &ranges {
            let first = glyphs.iter().zip(&offsets).position(|(g, o)| g.shown && *o >= range.start);
            starts.push(first.unwrap_or(glyphs.len()));
        }
        if starts.is_empty() {
            starts.push(0);
        }
        // what is not shown in front of the first sentence belongs to it
        starts[0] = 0;
        for (i, start) in starts.iter().enumerate() {
            let end = starts.get(i + 1).copied().unwrap_or(glyphs.len());
            if let Some(part) = glyphs.get(*start..end) {
                self.unit(kind, part);
            }
        }
    }

    fn unit(&mut self, kind: UnitKind, glyphs: &[Glyph]) {
        let (mut visible, mut at) = (String::new(), Vec::new());
        for glyph in glyphs.iter().filter(|g| g.shown) {
            visible.push(glyph.c);
            at.extend((0..glyph.c.len_utf8()).map(|i| glyph.at + i));
        }
        let printed = glyphs.iter().map(|g| g.c).filter(|c| !c.is_whitespace() && *c != CELL).collect();
        let hidden: String = glyphs.iter().map(|g| if g.shown { ' ' } else { g.c }).collect();
        let refs = hidden
            .split('[')
            .skip(1)
            .filter_map(|part| part.split(']').next()?.trim_start_matches('^').parse().ok())
            .collect();
        let folded = Normalised::of(&visible);
        let level = if let UnitKind::Heading(level) = kind { level } else { u8::MAX };
        self.headings.retain(|(l, _)| *l < level);
        let index = self.units.len();
        self.units.push(Unit {
            kind,
            text: folded.text().to_owned(),
            printed,
            refs,
            under: self.headings.iter().map(|(_, i)| *i).collect(),
            head: self.head.filter(|_| kind == UnitKind::Row),
            folded,
            at,
            end: glyphs.last().map_or(0, |g| g.at),
        });
        match kind {
            UnitKind::Heading(level) => self.headings.push((level, index)),
            UnitKind::Head => self.head = Some(index),
            _ => {}
        }
    }
}

/// What stands between the cells of a row.
pub(super) const CELL: char = '¦';

/// Hides what is written as text and is a reference's number, an address or a hash: `[3]`, `[^3]`, `https://…`.
fn hide(glyphs: &mut [Glyph]) {
    /// The least digits that are taken for a hash.
    const HASH: usize = 12;
    let mut at = 0;
    while at < glyphs.len() {
        let begins = at == 0 || !glyphs[at - 1].c.is_alphanumeric();
        let word: Vec<char> = if begins {
            glyphs[at..].iter().map(|g| g.c).take_while(|c| c.is_alphanumeric()).collect()
        } else {
            Vec::new()
        };
        let hex = |c: &char| c.is_ascii_digit() || ('a'..='f').contains(c);
        if word.len() >= HASH && word.iter().all(hex) && word.iter().any(char::is_ascii_alphabetic) {
            glyphs[at..].iter_mut().take(word.len()).for_each(|g| g.shown = false);
            at += word.len();
            continue;
        }
        let rest: String = glyphs[at..].iter().take(8).map(|g| g.c).collect();
        let taken = if rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("www.") {
            let address = glyphs[at..].iter().take_while(|g| !g.c.is_whitespace() && g.c != CELL).count();
            // the stop behind an address ends the sentence
            let stops = glyphs[at..at + address].iter().rev().take_while(|g| matches!(g.c, '.' | ',' | ';' | ')'));
            address - stops.count()
        } else if let Some(inner) = rest.strip_prefix('[').and_then(|r| r.split_once(']')).map(|(inner, _)| inner) {
            let digits = inner.trim_start_matches('^');
            let number = !digits.is_empty() && digits.len() <= 3 && digits.chars().all(|c| c.is_ascii_digit());
            if number { inner.chars().count() + 2 } else { 0 }
        } else {
            0
        };
        for glyph in glyphs.iter_mut().skip(at).take(taken) {
            glyph.shown = false;
        }
        at += taken.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(markdown: &str) -> Vec<(UnitKind, String)> {
        of_markdown(markdown, Lexicon::or_bare("en")).into_iter().map(|u| (u.kind, u.text)).collect()
    }

    #[test]
    fn sentences_rows_items_and_headings() {
        let units = cut(
            "# Title\n\nOne. [[1]](#ref-1)[[2]](#ref-2) Two `12` <https://e.org/5>.\n\n| A | B |\n|--|--|\n| 1 | 2 |\n\n- **x** y\n- z [3]\n",
        );
        let shown: Vec<String> = units.iter().map(|(k, t)| format!("{} {t}", k.word())).collect();
        assert_eq!(
            shown,
            [
                "heading Title",
                "sentence One.",
                "sentence Two .",
                "head of a table A ¦ B ¦",
                "table row 1 ¦ 2 ¦",
                "list item x y",
                "list item z"
            ]
        );
    }

    #[test]
    fn references_belong_to_the_sentence_before_them_and_places_lead_back() {
        let text = "On 4 May. [[1]](#ref-1)[[12]](#ref-12) Then \\[sic\\] 29–30 died.";
        let units = of_markdown(text, Lexicon::or_bare("en"));
        assert_eq!(units[0].refs, [1, 12]);
        assert_eq!(units[0].printed, "On4May.[1][12]");
        let at = units[1].text.find("29").unwrap();
        assert_eq!(&text[units[1].place(&(at..at + 5))].chars().next(), &Some('2'));
        assert_eq!(units[1].text, "Then [sic] 29-30 died.");
    }
}
