//! Markdown as Typst source. Text reaches Typst as string literals only, so nothing in it can be executed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeStream};

/// The Markdown that briefings are written in: CommonMark with GitHub's tables and strikethrough.
fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// What stands before the name of an anchor, where a link leads to a place in the same document.
///
/// To Typst such a link is an address. Were it a label, all that holds a link would be laid out a second time, once the
/// place of the label is known; [`super::pdf`] puts the places in when the pages are done.
pub const INSIDE: &str = "factbrief:";

/// The body of a document as Typst markup, a string a block at the top level.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<String> {
    let anchors = anchors(markdown);
    // tables with the same head are set alike: the first pass measures what their columns hold together
    let mut measured = Widths::new();
    let mut blocks = Vec::new();
    for measuring in [true, false] {
        let mut setter = Setter {
            out: String::new(),
            blocks: Vec::new(),
            depth: 0,
            tables: Vec::new(),
            anchors: &anchors,
            placed: BTreeSet::new(),
            links: Vec::new(),
            code: None,
            image: None,
            divisions: Vec::new(),
            lists: 0,
            widths: &mut measured,
            measuring,
        };
        // brackets part a text into events; each piece of its own would cost the typesetter
        for event in TextMergeStream::new(Parser::new_ext(markdown, options())) {
            setter.event(event);
        }
        // a part that was not ended ends with the text
        for _ in std::mem::take(&mut setter.divisions) {
            setter.out.push(']');
        }
        setter.flush();
        blocks = setter.blocks;
    }
    blocks
}

/// By the head of a table: characters in each column, and rows.
type Widths = BTreeMap<Vec<String>, (Vec<f64>, f64)>;

/// The visible text of Markdown: a line a block, table cells apart, in order.
#[must_use]
pub fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(t) | Event::Code(t) => out.push_str(&t),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => out.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead,
            ) => out.push('\n'),
            _ => {}
        }
    }
    out
}

/// Where a line may break inside a word that no line could hold.
pub const BREAK: char = '\u{200b}';
/// The most characters of a word that is left whole, and after how many a longer one may break.
const WORD: usize = 36;
const PIECE: usize = 12;

/// The text with places to break in words that are longer than a narrow column.
fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        // an address has places to break of its own
        if word.chars().count() <= WORD || word.contains("://") {
            out.push_str(word);
            continue;
        }
        for (at, c) in word.chars().enumerate() {
            if at > 0 && at % PIECE == 0 {
                out.push(BREAK);
            }
            out.push(c);
        }
    }
    out
}

/// `text` as a Typst string literal.
#[must_use]
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The first pair of numbers with an en dash between them.
fn number_range(text: &str) -> Option<std::ops::Range<usize>> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.');
    text.match_indices('–').find_map(|(at, dash)| {
        let before = &text[..at];
        let after = &text[at + dash.len()..];
        let start = before.trim_end_matches(part).len();
        let end = after.len() - after.trim_start_matches(part).len();
        let end = after[..end].trim_end_matches([',', '.']).len();
        (start < at && before[start..].starts_with(|c: char| c.is_ascii_digit()) && end > 0)
            .then(|| start..at + dash.len() + end)
    })
}

fn anchors(markdown: &str) -> BTreeSet<String> {
    Parser::new_ext(markdown, options())
        .filter_map(|event| if let Event::InlineHtml(html) = event { anchor(&html) } else { None })
        .collect()
}

/// The name in `<a id="name">`, if it is a plain one.
fn anchor(html: &str) -> Option<String> {
    let name = html.strip_prefix("<a id=\"")?.strip_suffix("\">")?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    plain.then(|| name.to_owned())
}

/// A line that begins or ends a part of the page: `<div class="cards">`, `</div>`. Readers of the Markdown see nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Division<'h> {
    /// It begins, with this name.
    Begins(&'h str),
    /// It ends.
    Ends,
}

/// What a block of HTML is, if it begins or ends a part of the page.
#[must_use]
pub fn division(html: &str) -> Option<Division<'_>> {
    let html = html.trim();
    if html == "</div>" {
        return Some(Division::Ends);
    }
    let name = html.strip_prefix("<div class=\"")?.strip_suffix("\">")?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    plain.then_some(Division::Begins(name))
}

/// A cell with more characters than this may be torn by the end of a page.
const LONG_CELL: usize = 1_500;

struct Table {
    alignments: Vec<Alignment>,
    weights: Vec<f64>,
    cell: usize,
    cells: Vec<String>,
    header: Vec<String>,
    /// What the longest word of each head asks for: a column is never narrower.
    heads: Vec<f64>,
    in_header: bool,
    saved: String,
}

struct Setter<'a> {
    out: String,
    blocks: Vec<String>,
    depth: usize,
    tables: Vec<Table>,
    anchors: &'a BTreeSet<String>,
    placed: BTreeSet<String>,
    links: Vec<bool>,
    code: Option<String>,
    /// The address of an image and its description so far.
    image: Option<(String, String)>,
    /// The names of the parts that are open.
    divisions: Vec<String>,
    /// How many lists are open.
    lists: usize,
    widths: &'a mut Widths,
    /// Whether this pass measures; the next one sets by what it found.
    measuring: bool,
}

impl Setter<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match (&mut self.code, &mut self.image) {
                (Some(code), _) => code.push_str(&text),
                (_, Some((_, alt))) => alt.push_str(&text),
                _ => self.text(&text),
            },
            Event::Code(text) => {
                let _ = write!(self.out, "#raw({})", literal(&text));
            }
            Event::InlineHtml(html) => match anchor(&html) {
                // a name may be given once; a repeated one would make every link to it an error
                Some(name) if self.placed.insert(name.clone()) => {
                    let _ = write!(self.out, "#metadata({})<{name}>", literal(&name));
                }
                Some(_) => {}
                None if &*html == "</a>" => {}
                None => self.text(&html),
            },
            Event::Html(html) => match division(&html) {
                Some(Division::Begins(name)) if self.tables.is_empty() => {
                    let _ = writeln!(self.out, "#part({})[", literal(name));
                    self.depth += 1;
                    self.divisions.push(name.to_owned());
                }
                Some(Division::Ends) if !self.divisions.is_empty() => {
                    self.out.push_str("]\n");
                    self.depth -= 1;
                    self.divisions.pop();
                }
                _ => self.text(&html),
            },
            Event::SoftBreak => self.out.push(' '),
            Event::HardBreak => self.out.push_str("#linebreak()"),
            Event::Rule => self.out.push_str("#line(length: 100%, stroke: 0.5pt)"),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(table) = self.tables.last_mut()
            && let Some(weight) = table.weights.get_mut(table.cell)
        {
            *weight += f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
            let longest = text.split_whitespace().map(|w| w.chars().count()).max().unwrap_or_default();
            if let Some(head) = table.heads.get_mut(table.cell).filter(|_| table.in_header) {
                *head = head.max(f64::from(u32::try_from(longest).unwrap_or(u32::MAX)) * 0.32);
            }
        }
        let broken = breakable(text);
        // a range is never torn by the end of a line
        let mut rest = broken.as_str();
        while let Some(range) = number_range(rest) {
            if range.start > 0 {
                let _ = write!(self.out, "#{}", literal(&rest[..range.start]));
            }
            let _ = write!(self.out, "#box({})", literal(&rest[range.clone()]));
            rest = &rest[range.end..];
        }
        if !rest.is_empty() {
            let _ = write!(self.out, "#{}", literal(rest));
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => {}
            Tag::Heading { level, .. } => {
                let _ = write!(self.out, "#heading(level: {})[", level as u8);
            }
            Tag::BlockQuote(_) => {
                self.out.push_str("#quote(block: true)[");
                self.depth += 1;
            }
            Tag::CodeBlock(kind) => {
                let _ = matches!(kind, CodeBlockKind::Fenced(_));
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                match (first, self.divisions.last().filter(|_| self.lists == 0)) {
                    (Some(n), _) => {
                        let _ = write!(self.out, "#enum(start: {n}, ");
                    }
                    // what stands apart may be something else than a list
                    (None, Some(name)) => {
                        let _ = write!(self.out, "#items({}, ", literal(name));
                    }
                    (None, None) => self.out.push_str("#list("),
                }
                self.lists += 1;
                self.depth += 1;
            }
            Tag::Item => self.out.push('['),
            Tag::Table(alignments) => {
                let columns = alignments.len();
                self.depth += 1;
                self.tables.push(Table {
                    alignments,
                    weights: vec![0.0; columns],
                    cell: 0,
                    cells: Vec::new(),
                    header: Vec::new(),
                    heads: vec![0.0; columns],
                    in_header: false,
                    saved: std::mem::take(&mut self.out),
                });
            }
            Tag::TableHead => {
                if let Some(table) = self.tables.last_mut() {
                    table.in_header = true;
                    table.cell = 0;
                }
            }
            Tag::TableRow => {
                if let Some(table) = self.tables.last_mut() {
                    table.cell = 0;
                }
            }
            Tag::TableCell => self.out.clear(),
            Tag::Emphasis => self.out.push_str("#emph["),
            Tag::Strong => self.out.push_str("#strong["),
            Tag::Strikethrough => self.out.push_str("#strike["),
            Tag::Image { dest_url, .. } => self.image = Some((dest_url.into_string(), String::new())),
            Tag::Link { dest_url, .. } => {
                let target = dest_url.strip_prefix('#').filter(|name| self.anchors.contains(*name));
                let open = ["https://", "http://", "mailto:"].iter().any(|s| dest_url.starts_with(s));
                match target {
                    Some(name) => {
                        // a mark does not begin a line on its own
                        if let Some(rest) = self.out.strip_suffix(" \"") {
                            self.out = format!("{rest}\u{a0}\"");
                        }
                        let _ = write!(self.out, "#link({})[", literal(&format!("{INSIDE}{name}")));
                    }
                    None if open => {
                        let _ = write!(self.out, "#link({})[", literal(&dest_url));
                    }
                    None => {}
                }
                self.links.push(target.is_some() || open);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.out.push_str("\n\n"),
            TagEnd::Heading(_) => self.out.push_str("]\n\n"),
            TagEnd::BlockQuote(_) => {
                self.out.push(']');
                self.depth -= 1;
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                let _ = write!(self.out, "#raw(block: true, {})", literal(&code));
            }
            TagEnd::List(_) => {
                self.lists -= 1;
                self.out.push(')');
                self.depth -= 1;
            }
            TagEnd::Item => self.out.push_str("],\n"),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.out);
                if let Some(table) = self.tables.last_mut() {
                    if table.in_header {
                        table.header.push(cell);
                    } else {
                        table.cells.push(cell);
                    }
                    table.cell += 1;
                }
            }
            TagEnd::TableHead => {
                if let Some(table) = self.tables.last_mut() {
                    table.in_header = false;
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.tables.pop() {
                    self.depth -= 1;
                    let rows = table.cells.len() / table.weights.len().max(1) + 1;
                    let (weights, total) = self
                        .widths
                        .entry(table.header.clone())
                        .or_insert_with(|| (vec![0.0; table.weights.len()], 0.0));
                    if self.measuring {
                        for (sum, weight) in weights.iter_mut().zip(&table.weights) {
                            *sum += weight;
                        }
                        *total += f64::from(u32::try_from(rows).unwrap_or(u32::MAX));
                    }
                    self.out = table.saved.clone();
                    self.out.push_str(&table.set(weights, *total));
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.out.push(']'),
            TagEnd::Image => {
                let (file, alt) = self.image.take().unwrap_or_default();
                let _ = write!(self.out, "#picture({}, {})", literal(&file), literal(&alt));
            }
            TagEnd::Link if self.links.pop() == Some(true) => {
                self.out.push(']');
            }
            _ => {}
        }
        let block = matches!(
            tag,
            TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::List(_)
                | TagEnd::Table
                | TagEnd::CodeBlock
                | TagEnd::BlockQuote(_)
                | TagEnd::HtmlBlock
        );
        if block && self.depth == 0 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let block = std::mem::take(&mut self.out);
        let block = block.trim();
        if !block.is_empty() {
            self.blocks.push(block.to_owned());
        }
    }
}

impl Table {
    /// The table, its columns as wide as what they hold asks for.
    fn set(&self, weights: &[f64], rows: f64) -> String {
        // a wide column grows with the square root of its text: it can wrap, a narrow one cannot
        let widths: Vec<String> = weights
            .iter()
            .zip(&self.heads)
            .map(|(w, head)| format!("{:.2}fr", (w / rows).sqrt().min(9.0).max(head.max(2.0))))
            .collect();
        let aligns: Vec<&str> = self
            .alignments
            .iter()
            .map(|a| match a {
                Alignment::Right => "right",
                Alignment::Center => "center",
                _ => "start",
            })
            .collect();
        let mut out =
            format!("#table(columns: ({},), align: ({},), table.header(", widths.join(", "), aligns.join(", "));
        for cell in &self.header {
            let _ = write!(out, "[{cell}], ");
        }
        out.push_str("),\n");
        for row in self.cells.chunks(weights.len().max(1)) {
            // a row that a page can hold is never torn; a longer one must be
            let whole = row.iter().all(|cell| cell.chars().count() < LONG_CELL);
            for cell in row {
                let _ = if whole {
                    writeln!(out, "table.cell(breakable: false)[{cell}],")
                } else {
                    writeln!(out, "[{cell}],")
                };
            }
        }
        out.push(')');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_never_markup() {
        let source = blocks("A #read(\"x\") and `#eval` \"quoted\" $x$ <label> // no").join("");
        assert!(!source.contains("#read(\"x\")") && source.contains("\\\"quoted\\\""), "{source}");
    }

    #[test]
    fn tables_of_one_head_have_the_same_columns() {
        let table = |cell: &str| format!("| Head | Other |\n|:--|:--|\n| {cell} | x |\n\n");
        let source = blocks(&format!("{}{}", table("short"), table(&"a longer cell ".repeat(20)))).join("\n");
        let columns: Vec<&str> = source.match_indices("columns: (").map(|(i, _)| &source[i..i + 30]).collect();
        assert!(columns.len() == 2 && columns[0] == columns[1], "{columns:?}");
    }

    #[test]
    fn a_head_of_one_long_word_has_a_wide_column() {
        let source = blocks("| Verantwortungsbewusstseinsbildung | x |\n|:--|:--|\n| y | z |\n").join("");
        let columns = source.split("columns: (").nth(1).and_then(|rest| rest.split("fr").next()).unwrap();
        assert!(columns.parse::<f64>().unwrap() > 9.0, "{source}");
    }

    #[test]
    fn a_word_that_no_line_holds_may_break() {
        let word = "a".repeat(60);
        let source = blocks(&word).join("");
        assert_eq!(source.matches(BREAK).count(), 4, "{source}");
        assert!(!blocks("a plain sentence of short words").join("").contains(BREAK));
    }

    #[test]
    fn ranges_stay_whole() {
        assert_eq!(
            blocks("put at 40–50, or 1,200–1,500.").join(""),
            "#\"put at \"#box(\"40–50\")#\", or \"#box(\"1,200–1,500\")#\".\""
        );
        assert_eq!(blocks("a – b").join(""), "#\"a – b\"");
    }

    #[test]
    fn links_lead_only_where_they_can() {
        let source = blocks(
            "[[1]](#ref-1) [x](#gone) [y](javascript:alert(1)) [z](https://e.org)\n\n1. <a id=\"ref-1\"></a>One\n",
        )
        .join("\n");
        assert!(source.contains("#link(\"factbrief:ref-1\")[#\"[1]\"]") && !source.contains("#link(<"), "{source}");
        assert!(!source.contains("gone") && !source.contains("javascript"), "{source}");
        assert!(source.contains("#metadata(\"ref-1\")<ref-1>"), "{source}");
    }

    proptest! {
        #[test]
        fn every_markdown_gives_source_that_parses(markdown in "[ -~\n|é]{0,200}") {
            for block in blocks(&markdown) {
                let root = typst::syntax::parse(&block);
                prop_assert!(root.errors_and_warnings().0.is_empty(), "{block}");
            }
        }
    }
}
