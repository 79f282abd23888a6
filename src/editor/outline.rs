//! A TOML text taken apart as far as it goes: headers, keys and values with their places, whether or not the text is whole.
//!
//! It is read from the same tokens as the loader reads. Where a bracket or quotation mark is missing, what is open ends at
//! the next line that looks like a key or a header: a text that is being typed is wrong in one place, and right in all others.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

/// The deepest nesting of values that is taken apart.
const MAX_DEPTH: usize = 32;

/// A part of a key, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The key.
    pub text: String,
    /// Its bytes, quotation marks included.
    pub span: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A string, decoded.
    Text(String),
    /// A number, a truth value, a date, or what is none of these.
    Bare(String),
    /// An array.
    List(Vec<Value>),
    /// An inline table.
    Table(Vec<Entry>),
    /// Nothing yet.
    Missing,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its bytes; for an unclosed one, up to where it ends all the same.
    pub span: Range<usize>,
    /// What it is.
    pub form: Form,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The parts of the key: several, where dots join them.
    pub key: Vec<Name>,
    /// Where the sign of equality stands, if it does.
    pub equals: Option<usize>,
    /// The value.
    pub value: Value,
}

/// A header with what stands below it. The first has none and holds what stands above all headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The parts of the header.
    pub header: Vec<Name>,
    /// The bytes of the header, brackets included; empty for the first section.
    pub head: Range<usize>,
    /// The bytes up to the next header.
    pub span: Range<usize>,
    /// What stands in it.
    pub entries: Vec<Entry>,
}

/// A TOML text taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Its sections, in order; at least one.
    pub sections: Vec<Section>,
    /// The bytes of its comments.
    pub comments: Vec<Range<usize>>,
}

impl Value {
    /// The place of a string's letters: without its quotation marks, those that are there.
    #[must_use]
    pub fn inside(&self, text: &str) -> Range<usize> {
        let raw = text.get(self.span.clone()).unwrap_or_default();
        let mark = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|mark| raw.starts_with(mark));
        let Some(mark) = mark.filter(|_| matches!(self.form, Form::Text(_))) else { return self.span.clone() };
        let start = self.span.start + mark.len();
        let closed = raw.len() >= 2 * mark.len() && raw.ends_with(mark);
        start..if closed { self.span.end - mark.len() } else { self.span.end }
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Form::Text(text) = &self.form { Some(text) } else { None }
    }

    /// The texts in it: its own, or those of its items.
    pub fn texts(&self) -> impl Iterator<Item = &Value> {
        let items = if let Form::List(items) = &self.form { items.as_slice() } else { &[] };
        std::iter::once(self).chain(items).filter(|value| matches!(value.form, Form::Text(_)))
    }
}

impl Section {
    /// The value of a key of one part.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Value> {
        let entry = self.entries.iter().find(|entry| matches!(entry.key.as_slice(), [name] if name.text == key))?;
        Some(&entry.value)
    }
}

impl Outline {
    /// Takes a text apart.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let source = Source::new(text);
        let tokens: Vec<Token> = source.lex().collect();
        let mut reader = Reader { text, source, tokens, at: 0, comments: Vec::new() };
        let sections = reader.sections();
        Self { sections, comments: reader.comments }
    }

    /// The section that holds a byte.
    #[must_use]
    pub fn section_at(&self, offset: usize) -> Option<&Section> {
        let after = self.sections.partition_point(|section| section.span.start <= offset);
        self.sections.get(after.saturating_sub(1))
    }

    /// Whether a byte stands in a comment.
    #[must_use]
    pub fn in_comment(&self, offset: usize) -> bool {
        self.comments.iter().any(|comment| comment.start < offset && offset <= comment.end)
    }
}

struct Reader<'t> {
    text: &'t str,
    source: Source<'t>,
    tokens: Vec<Token>,
    at: usize,
    comments: Vec<Range<usize>>,
}

impl Reader<'_> {
    fn peek(&self) -> TokenKind {
        self.tokens.get(self.at).map_or(TokenKind::Eof, Token::kind)
    }

    fn span(&self) -> Range<usize> {
        match self.tokens.get(self.at) {
            Some(token) => token.span().start()..token.span().end(),
            None => self.text.len()..self.text.len(),
        }
    }

    fn next(&mut self) {
        if self.peek() == TokenKind::Comment {
            self.comments.push(self.span());
        }
        self.at += 1;
    }

    /// Passes over blanks, and over line ends and comments, too, if wanted.
    fn blanks(&mut self, lines: bool) {
        while match self.peek() {
            TokenKind::Whitespace => true,
            TokenKind::Newline | TokenKind::Comment => lines,
            _ => false,
        } {
            self.next();
        }
    }

    fn rest_of_line(&mut self) {
        while !matches!(self.peek(), TokenKind::Newline | TokenKind::Eof) {
            self.next();
        }
    }

    /// Where what has been read so far ends.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.span().end())
    }

    fn sections(&mut self) -> Vec<Section> {
        let mut sections = vec![Section { header: Vec::new(), head: 0..0, span: 0..0, entries: Vec::new() }];
        loop {
            self.blanks(true);
            match self.peek() {
                TokenKind::Eof => break,
                TokenKind::LeftSquareBracket => {
                    let start = self.span().start;
                    if let Some(last) = sections.last_mut() {
                        last.span.end = start;
                    }
                    self.next();
                    // a table of an array is none of the fact model's, and is taken as a plain one
                    if self.peek() == TokenKind::LeftSquareBracket {
                        self.next();
                    }
                    self.blanks(false);
                    let header = self.key();
                    while matches!(self.peek(), TokenKind::RightSquareBracket | TokenKind::Whitespace) {
                        self.next();
                    }
                    let head = start..self.end();
                    self.rest_of_line();
                    sections.push(Section { header, head, span: start..start, entries: Vec::new() });
                }
                _ => {
                    let entry = self.entry(0);
                    self.rest_of_line();
                    if let (Some(entry), Some(last)) = (entry, sections.last_mut()) {
                        last.entries.push(entry);
                    }
                }
            }
        }
        if let Some(last) = sections.last_mut() {
            last.span.end = self.text.len();
        }
        sections
    }

    fn key(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        loop {
            match self.peek() {
                TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString => {
                    let span = self.span();
                    let raw = self.text.get(span.clone()).unwrap_or_default();
                    let text = raw.trim_matches(['"', '\'']).to_owned();
                    names.push(Name { text, span });
                    self.next();
                }
                TokenKind::Dot | TokenKind::Whitespace => self.next(),
                _ => return names,
            }
        }
    }

    fn entry(&mut self, depth: usize) -> Option<Entry> {
        let before = self.at;
        let key = self.key();
        self.blanks(false);
        if self.peek() != TokenKind::Equals {
            if self.at == before {
                // no key and no sign: something is passed over in any case
                self.next();
            }
            let end = key.last().map_or_else(|| self.end(), |name| name.span.end);
            let value = Value { span: end..end, form: Form::Missing };
            return (!key.is_empty()).then_some(Entry { key, equals: None, value });
        }
        let equals = self.span().start;
        self.next();
        self.blanks(false);
        let value = self.value(depth);
        Some(Entry { key, equals: Some(equals), value })
    }

    fn value(&mut self, depth: usize) -> Value {
        let span = self.span();
        match self.peek() {
            TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString => {
                let form = Form::Text(self.decoded());
                self.next();
                Value { span, form }
            }
            TokenKind::LeftSquareBracket if depth < MAX_DEPTH => self.list(depth),
            TokenKind::LeftCurlyBracket if depth < MAX_DEPTH => self.table(depth),
            TokenKind::Atom | TokenKind::Dot => {
                while matches!(self.peek(), TokenKind::Atom | TokenKind::Dot) {
                    self.next();
                }
                let span = span.start..self.end();
                let raw = self.text.get(span.clone()).unwrap_or_default();
                Value { form: Form::Bare(raw.to_owned()), span }
            }
            _ => Value { span: span.start..span.start, form: Form::Missing },
        }
    }

    fn decoded(&self) -> String {
        let mut out = String::new();
        if let Some(raw) = self.tokens.get(self.at).and_then(|token| self.source.get(token)) {
            // what cannot be decoded is shown as far as it can
            let _ = raw.decode_scalar(&mut out, &mut ());
        }
        out
    }

    /// Whether the line that begins here looks like a key or a header, so that what is open ends before it.
    fn begins_anew(&self) -> bool {
        let mut kinds = self.tokens.get(self.at..).unwrap_or_default().iter().map(Token::kind);
        let mut first = kinds.next();
        while first == Some(TokenKind::Whitespace) {
            first = kinds.next();
        }
        match first {
            Some(TokenKind::Atom) => {
                kinds.find(|k| !matches!(k, TokenKind::Whitespace | TokenKind::Atom | TokenKind::Dot))
                    == Some(TokenKind::Equals)
            }
            Some(TokenKind::LeftSquareBracket) => {
                kinds.next() == Some(TokenKind::Atom)
                    && matches!(kinds.next(), Some(TokenKind::Dot | TokenKind::RightSquareBracket))
            }
            _ => false,
        }
    }

    fn list(&mut self, depth: usize) -> Value {
        let start = self.span().start;
        self.next();
        let mut items = Vec::new();
        let mut end;
        loop {
            end = self.end();
            match self.peek() {
                TokenKind::RightSquareBracket => {
                    self.next();
                    end = self.end();
                    break;
                }
                TokenKind::Newline => {
                    self.next();
                    if self.begins_anew() {
                        // the line end belongs to what follows
                        self.at -= 1;
                        break;
                    }
                }
                TokenKind::Eof | TokenKind::RightCurlyBracket => break,
                TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma => self.next(),
                _ => {
                    let before = self.at;
                    items.push(self.value(depth + 1));
                    if self.at == before {
                        self.next();
                    }
                }
            }
        }
        Value { span: start..end, form: Form::List(items) }
    }

    /// An inline table, which in TOML 1.0 ends with its line.
    fn table(&mut self, depth: usize) -> Value {
        let start = self.span().start;
        self.next();
        let mut entries = Vec::new();
        let mut end;
        loop {
            end = self.end();
            match self.peek() {
                TokenKind::RightCurlyBracket => {
                    self.next();
                    end = self.end();
                    break;
                }
                TokenKind::Newline | TokenKind::Eof | TokenKind::RightSquareBracket | TokenKind::Comment => break,
                TokenKind::Whitespace | TokenKind::Comma => self.next(),
                _ => {
                    let before = self.at;
                    entries.extend(self.entry(depth + 1));
                    if self.at == before {
                        self.next();
                    }
                }
            }
        }
        Value { span: start..end, form: Form::Table(entries) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(outline: &Outline) -> Vec<String> {
        let joined = |s: &Section| s.header.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(".");
        outline.sections.iter().map(joined).collect()
    }

    #[test]
    fn a_sound_text() {
        let text = "a = 1\n[claim.x] # c\nevent = \"e\"\nvia = [\n  \"r\", # why\n  'q',\n]\ndating = { basis = \"stated\", words = \"\"\"w\"\"\" }\nname.fr = \"n\"\n";
        let outline = Outline::of(text);
        assert_eq!(headers(&outline), ["", "claim.x"]);
        let section = &outline.sections[1];
        assert_eq!(section.value("event").unwrap().text(), Some("e"));
        assert_eq!(section.value("via").unwrap().texts().count(), 2);
        let Form::Table(entries) = &section.value("dating").unwrap().form else { panic!() };
        assert_eq!(entries[1].value.text(), Some("w"));
        assert_eq!(&text[entries[1].value.inside(text)], "w");
        assert_eq!(section.entries[3].key.len(), 2);
        assert_eq!(&text[section.head.clone()], "[claim.x] ");
        assert_eq!(outline.comments.len(), 2);
    }

    #[test]
    fn one_fault_does_not_hide_the_rest() {
        for broken in [
            "event = ",
            "event",
            "event = \"derna",
            "via = [",
            "via = [\"a\", ",
            "dating = { basis = ",
            "dating = { basis",
            "= 3",
            "[",
            "[claim",
            "cite = [{ source = \"a\", ",
            "]",
            "}}",
        ] {
            let text = format!("[claim.a]\n{broken}\nwho = \"people\"\n\n[claim.b]\nvalue = \"8\"\n");
            let outline = Outline::of(&text);
            let found = outline.sections.iter().find_map(|s| s.value("who"));
            assert_eq!(found.and_then(Value::text), Some("people"), "{broken}: {outline:#?}");
            let last = outline.sections.last().unwrap();
            assert_eq!(last.value("value").and_then(Value::text), Some("8"), "{broken}");
            assert_eq!(last.header[1].text, "b", "{broken}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "[\\[\\]{}=.,\"'#\\n\\r\ta-c1é😀 ]{0,60}") {
            let outline = Outline::of(&text);
            prop_assert!(!outline.sections.is_empty());
            fn within(value: &Value, text: &str) -> bool {
                text.get(value.span.clone()).is_some() && text.get(value.inside(text)).is_some() && match &value.form {
                    Form::List(items) => items.iter().all(|item| within(item, text)),
                    Form::Table(entries) => entries.iter().all(|entry| within(&entry.value, text)),
                    _ => true,
                }
            }
            for section in &outline.sections {
                prop_assert!(text.get(section.span.clone()).is_some());
                prop_assert!(section.entries.iter().all(|entry| within(&entry.value, &text)));
            }
        }
    }
}
