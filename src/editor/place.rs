//! What stands at a place of a text, and what may stand there.

use std::ops::Range;

use super::outline::{Entry, Form, Value};
use super::pages::{Mention, Page, mentions};

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A header, `[claim.some-id]`: which part of it, and its bytes.
    Header {
        /// The parts before it.
        before: Vec<String>,
        /// The bytes of the part; empty where there is none yet.
        at: Range<usize>,
    },
    /// A key, or where one may be written.
    Key {
        /// The path of the table it is in.
        table: Vec<String>,
        /// The keys that the table has.
        present: Vec<String>,
        /// The key, if there is one.
        name: Option<String>,
        /// Its bytes; empty where there is none yet.
        at: Range<usize>,
        /// Whether a sign of equality follows.
        has_value: bool,
        /// Whether it is in an inline table.
        inline: bool,
    },
    /// A value, or where one may be written.
    Value {
        /// The path of its key.
        path: Vec<String>,
        /// The value.
        value: Value,
        /// Whether it is an item of a list.
        in_list: bool,
        /// The other texts of that list.
        others: Vec<String>,
    },
    /// A reference in a narrative.
    Mention {
        /// The reference.
        mention: Mention,
        /// Which of its ids; none for the word before them.
        id: Option<usize>,
        /// Whether its quotation marks are written with a backslash.
        escaped: bool,
    },
    /// Nothing that can be spoken of.
    Nothing,
}

/// Whether an offset touches a range, its end included.
fn touches(range: &Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}

/// What stands at a byte of a file.
#[must_use]
pub fn place(page: &Page, offset: usize) -> Place {
    let text = page.file.text();
    let offset = page.file.clamp(&(offset..offset)).start;
    if page.outline.in_comment(offset) {
        return Place::Nothing;
    }
    // a byte where one section ends belongs to that one as long as nothing follows on its line
    let Some(section) = page.outline.section_at(offset) else { return Place::Nothing };
    let head = text.get(section.head.clone()).unwrap_or_default().trim_end();
    let end = section.head.start + head.len();
    let within = if head.ends_with(']') { offset < end } else { offset <= end.max(section.head.start) };
    if !section.head.is_empty() && section.head.start < offset && within {
        let mut before = Vec::new();
        for name in &section.header {
            if touches(&name.span, offset) {
                return Place::Header { before, at: name.span.clone() };
            }
            if name.span.end < offset {
                before.push(name.text.clone());
            }
        }
        return Place::Header { before, at: offset..offset };
    }
    if !section.head.is_empty() && touches(&section.head, offset) {
        return Place::Nothing;
    }
    let table: Vec<String> = section.header.iter().map(|name| name.text.clone()).collect();
    if let Some(place) = among(page, &section.entries, &table, offset, false) {
        return place;
    }
    let line = page.file.line_at(offset);
    let before = text.get(line.start..offset).unwrap_or_default();
    let after = text.get(offset..line.end).unwrap_or_default();
    if before.trim().is_empty() && after.trim().is_empty() {
        return Place::Key {
            table,
            present: present(&section.entries),
            name: None,
            at: offset..offset,
            has_value: false,
            inline: false,
        };
    }
    Place::Nothing
}

fn present(entries: &[Entry]) -> Vec<String> {
    entries.iter().filter_map(|entry| entry.key.first()).map(|name| name.text.clone()).collect()
}

fn among(page: &Page, entries: &[Entry], table: &[String], offset: usize, inline: bool) -> Option<Place> {
    for entry in entries {
        let mut path = table.to_vec();
        for name in &entry.key {
            if touches(&name.span, offset) {
                return Some(Place::Key {
                    table: path,
                    present: present(entries).into_iter().filter(|key| *key != name.text).collect(),
                    name: Some(name.text.clone()),
                    at: name.span.clone(),
                    has_value: entry.equals.is_some(),
                    inline,
                });
            }
            path.push(name.text.clone());
        }
        let Some(equals) = entry.equals.filter(|equals| *equals < offset) else { continue };
        let text = page.file.text();
        let value = &entry.value;
        if touches(&value.span, offset) && value.form != Form::Missing {
            return Some(inside(page, value, &path, offset, false, &[]));
        }
        // behind the sign, before a value is written
        let gap = text.get(equals + 1..offset).unwrap_or("\n");
        if gap.chars().all(|c| matches!(c, ' ' | '\t')) && (value.form == Form::Missing || offset < value.span.start) {
            let value = Value { span: offset..offset, form: Form::Missing };
            return Some(Place::Value { path, value, in_list: false, others: Vec::new() });
        }
    }
    None
}

fn inside(page: &Page, value: &Value, path: &[String], offset: usize, in_list: bool, others: &[String]) -> Place {
    let text = page.file.text();
    match &value.form {
        Form::List(items) => {
            let texts = |except: usize| -> Vec<String> {
                let others = items.iter().enumerate().filter(|(i, _)| *i != except);
                others.filter_map(|(_, item)| item.text()).map(str::to_owned).collect()
            };
            for (index, item) in items.iter().enumerate() {
                if touches(&item.span, offset) && item.form != Form::Missing {
                    return inside(page, item, path, offset, true, &texts(index));
                }
            }
            let closed = text.get(value.span.clone()).is_some_and(|raw| raw.ends_with(']'));
            if offset <= value.span.start || closed && offset == value.span.end {
                return Place::Nothing;
            }
            let value = Value { span: offset..offset, form: Form::Missing };
            Place::Value { path: path.to_vec(), value, in_list: true, others: texts(usize::MAX) }
        }
        Form::Table(entries) => {
            let closed = text.get(value.span.clone()).is_some_and(|raw| raw.ends_with('}'));
            if offset <= value.span.start || closed && offset == value.span.end {
                return Place::Nothing;
            }
            if let Some(place) = among(page, entries, path, offset, true) {
                return place;
            }
            let before = text.get(value.span.start..offset).unwrap_or_default().trim_end();
            if !before.ends_with(['{', ',']) {
                return Place::Nothing;
            }
            let present = present(entries);
            Place::Key { table: path.to_vec(), present, name: None, at: offset..offset, has_value: false, inline: true }
        }
        _ => {
            let is_narrative = page.key(path.iter().map(String::as_str)).is_some_and(|key| key.names == "narrative");
            if is_narrative {
                let within = value.inside(text);
                let escaped =
                    text.get(value.span.clone()).is_some_and(|raw| raw.starts_with('"') && !raw.starts_with("\"\"\""));
                for mention in mentions(text, &within) {
                    if mention.span.start + 2 <= offset && offset <= mention.span.end {
                        let id = mention.ids.iter().position(|(_, at)| touches(at, offset));
                        return Place::Mention { mention, id, escaped };
                    }
                }
            }
            Place::Value { path: path.to_vec(), value: value.clone(), in_list, others: others.to_vec() }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::file::TextFile;

    /// The place of `|` in a text.
    fn at(name: &str, text: &str) -> Place {
        let offset = text.find('|').unwrap();
        let page = Page::of(&Arc::new(TextFile::new(name, text.replacen('|', "", 1)))).unwrap();
        place(&page, offset)
    }

    fn value(text: &str) -> (Vec<String>, bool) {
        match at("seeds/d/a.toml", text) {
            Place::Value { path, in_list, .. } => (path, in_list),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn table(text: &str) -> String {
        match at("seeds/d/a.toml", text) {
            Place::Key { table, .. } => table.join("."),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn values() {
        for text in [
            "[claim.c]\nevent = |",
            "[claim.c]\nevent =|\nwho = \"people\"\n",
            "[claim.c]\nevent = \"|\"\n",
            "[claim.c]\nevent = \"de|",
            "[claim.c]\nevent = de|\n[claim.d]",
            "claim = { c = { event = \"|",
        ] {
            assert_eq!(value(text), (["claim", "c", "event"].map(str::to_owned).to_vec(), false), "{text}");
        }
        for text in ["[claim.c]\nvia = [|", "[claim.c]\nvia = [\"a\", |]", "[claim.c]\nvia = [\n \"a\",\n \"|\"\n]\n"] {
            assert_eq!(value(text), (["claim", "c", "via"].map(str::to_owned).to_vec(), true), "{text}");
        }
        assert_eq!(value("[event.e]\ndating = { basis = |").0.join("."), "event.e.dating.basis");
        assert_eq!(value("[claim.c]\ncite = [{ source = \"|\" }]").0.join("."), "claim.c.cite.source");
    }

    #[test]
    fn keys_and_headers() {
        assert_eq!(table("[claim.c]\n|"), "claim.c");
        assert_eq!(table("[claim.c]\nev|\nwho = \"people\""), "claim.c");
        assert_eq!(table("[claim.c]\nevent = \"e\"\n\n|\n\n[claim.d]\n"), "claim.c");
        assert_eq!(table("[event.e]\ndating = { |"), "event.e.dating");
        assert_eq!(table("[event.e]\ndating = { basis = \"stated\", | }"), "event.e.dating");
        for (text, before) in
            [("[|", 0), ("[cla|", 0), ("[claim.|", 1), ("[claim.x|]\n", 1), ("a = 1\n[claim.|\nb = 1", 1)]
        {
            match at("seeds/d/a.toml", text) {
                Place::Header { before: parts, .. } => assert_eq!(parts.len(), before, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["[claim.x]|", "[claim.x]\nevent = \"e\" |", "# a |", "[claim.x] # |"] {
            assert_eq!(at("seeds/d/a.toml", text), Place::Nothing, "{text}");
        }
    }

    #[test]
    fn narratives() {
        for (text, expected) in [
            ("bottom_line = '''x {{fi|", None),
            ("bottom_line = '''{{figure \"|", Some(0)),
            ("bottom_line = '''{{figure \"e\" \"k|\"}} y'''", Some(1)),
            ("bottom_line = \"{{cite \\\"c|\\\"}}\"", Some(0)),
        ] {
            match at("briefings/b.toml", text) {
                Place::Mention { id, .. } => assert_eq!(id, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
