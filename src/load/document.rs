//! One TOML file as text with places: syntax errors, hidden characters and syntax newer than TOML 1.0, all at once.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::diag::{Diagnostic, Edit};
use crate::text::file::TextFile;
use crate::text::gate;
use crate::text::nearest::nearest;

/// Keys whose text is a quotation: there a hidden character of the source is kept for matching.
const QUOTATIONS: &[&str] = &["quote", "words", "said", "prefix", "furniture", "captions", "cells"];

/// The most keys of one table that are shown as unknown.
const MOST_SHOWN: usize = 12;

/// The deepest nesting of values that is read.
const MAX_DEPTH: usize = 32;

/// A parsed file.
pub(crate) struct Document<'f> {
    pub(crate) file: &'f Arc<TextFile>,
    pub(crate) table: DeTable<'f>,
}

/// Parses a file's text.
///
/// # Errors
/// Every syntax error, hidden character and construct newer than TOML 1.0 in it.
pub(crate) fn parse(file: &Arc<TextFile>) -> Result<Document<'_>, Vec<Diagnostic>> {
    if let Some(finding) = conflict(file) {
        return Err(vec![finding]);
    }
    let (table, errors) = DeTable::parse_recoverable(file.text());
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut line_before = None;
    for error in &errors {
        let span = error.span().unwrap_or_default();
        // what else is wrong with a line follows from the first
        let line = file.position(span.start).line;
        if line_before.replace(line) == Some(line) {
            continue;
        }
        let (says, help) = said(error.message(), file.text().get(span.start..).unwrap_or_default());
        let help = help.map(str::to_owned);
        findings.push(Diagnostic::new("syntax", "this is not TOML").at(file, &span, says).help_if(help));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let table = table.into_inner();
    let mut inspection = Inspection { file, findings: &mut findings, kept: Vec::new() };
    inspection.table(&table, false, 0);
    let kept = inspection.kept;
    for (span, c) in gate::hidden(file.text()) {
        if !kept.iter().any(|k| k.start <= span.start && span.end <= k.end) {
            findings.push(hidden(file, &span, c));
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Document { file, table })
}

/// What a version control system leaves where two changes meet: one finding for all of it.
fn conflict(file: &Arc<TextFile>) -> Option<Diagnostic> {
    let mut at = 0;
    let mut marks = Vec::new();
    for line in file.text().split_inclusive('\n') {
        let plain = line.trim_end();
        if plain.starts_with("<<<<<<< ") || plain.starts_with(">>>>>>> ") || (!marks.is_empty() && plain == "=======") {
            marks.push(at..at + plain.len());
        }
        at += line.len();
    }
    let (first, last) = (marks.first()?, marks.get(1..)?.last()?);
    Some(
        Diagnostic::new("syntax", "two changes meet in this file, and nobody has chosen between them")
            .at(file, first, "from here")
            .at(file, last, "to here")
            .help("keep what is right of both, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`"),
    )
}

/// What the parser says of a text, in words of TOML's users, and what to do.
fn said(message: &str, rest: &str) -> (String, Option<&'static str>) {
    let next = rest.chars().next();
    if let Some(c) = next.filter(|c| c.is_control() && *c != '\n' && *c != '\t') {
        return (format!("the control character {} stands here", gate::code_point(c)), Some("delete it"));
    }
    let about = |words: &str| message.contains(words);
    let (says, help) = if about("recursion") {
        ("this is nested too deeply", Some("a record needs no more than three levels"))
    } else if about("string values must be quoted") {
        match next {
            None | Some('\n' | '#') => {
                ("a value is missing here", Some("write a text in quotation marks, as \"text\""))
            }
            Some('“' | '”' | '„' | '«' | '‘' | '’') => {
                ("these quotation marks are typographic", Some("TOML takes the straight ones, as in \"text\""))
            }
            _ => ("a text stands in quotation marks", Some("write it as \"text\"")),
        }
    } else if about("duplicate key") {
        (
            "this stands a second time",
            Some("a key stands once in a table, and a record once in a dossier: take one out"),
        )
    } else if about("key with no value") {
        ("after a key, `=` and a value are missing", Some("write `key = \"text\"`"))
    } else if about("invalid unquoted key") {
        ("this cannot stand in a key", Some("a key has letters, digits, `-` and `_`, and `=` follows it"))
    } else if about("unquoted keys cannot be empty") {
        ("a key is missing here", None)
    } else if about("missing escaped value") {
        (
            "after `\\` in a text, one of `b t n f r \" \\ u U` follows",
            Some("write `\\\\`, or put the text between single quotation marks: in these, `\\` is itself"),
        )
    } else if about("unicode hexadecimal value") || about("unicode value digits") {
        ("this is no character", Some("`\\u` takes four hexadecimal digits and `\\U` eight, of a character of Unicode"))
    } else if about("invalid multi-line") {
        ("a text of several lines has no end", Some("end it with the three quotation marks it begins with"))
    } else if about("invalid basic string") || about("invalid literal string") {
        (
            "the text on this line has no end",
            Some("end it with the quotation mark it begins with; a text of several lines begins and ends with three"),
        )
    } else if about("unclosed") {
        return (gate::visible(message), Some("close it"));
    } else if about("key-value pair") {
        ("a line is `key = value` or `[kind.id]`", None)
    } else {
        return (gate::visible(message), None);
    };
    (says.to_owned(), help)
}

/// What is wrong with a value, in words of TOML's users: the reader of TOML speaks of its own types.
fn told(message: &str) -> String {
    let unlike = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    let Some((is, wanted)) = unlike.and_then(|rest| rest.rsplit_once(", expected ")) else {
        return short(message);
    };
    let wanted = match wanted {
        "a string" => "a text in quotation marks",
        "a sequence" => "a list, as [\"one\", \"two\"],",
        "a boolean" => "true or false",
        "a map" => "a table, as { key = \"text\" },",
        "f64" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below nought,",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        other if other.starts_with("struct ") => "a table, as { key = \"text\" },",
        other => other,
    };
    let first = is.split(' ').next().unwrap_or_default();
    let is = match first {
        "string" => "a text",
        "integer" => "a whole number",
        "floating" => "a number",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "a table",
        _ => return short(message),
    };
    let value = message.split_once('`').and_then(|(_, rest)| rest.split_once('`')).map(|(value, _)| short(value));
    match value {
        Some(value) => format!("{wanted} belongs here; `{value}` is {is}"),
        None => format!("{wanted} belongs here; this is {is}"),
    }
}

/// A message that quotes a value of any length.
fn short(message: &str) -> String {
    const MOST: usize = 600;
    let shown = gate::visible(message);
    if shown.chars().count() <= MOST {
        return shown;
    }
    let start: String = shown.chars().take(MOST / 3).collect();
    let end: Vec<char> = shown.chars().rev().take(MOST / 2).collect();
    format!("{start}…{}", end.into_iter().rev().collect::<String>())
}

fn hidden(file: &Arc<TextFile>, span: &Range<usize>, c: char) -> Diagnostic {
    let finding = Diagnostic::new("hidden-character", format!("the hidden character {} stands here", gate::code_point(c)))
        .at(file, span, "not to be seen, but there")
        .note("control, bidirectional and unassigned characters change what a reader sees; only a quotation may hold what its source holds")
        .help("delete it");
    // an escape for it stands somewhere in the span
    let alone = file.text().get(span.clone()).is_some_and(|text| text.chars().eq([c]));
    if alone { finding.safe_fix("delete the hidden character", vec![Edit::new(file, span, "")]) } else { finding }
}

struct Inspection<'a> {
    file: &'a Arc<TextFile>,
    findings: &'a mut Vec<Diagnostic>,
    kept: Vec<Range<usize>>,
}

impl Inspection<'_> {
    fn table(&mut self, table: &DeTable<'_>, quoted: bool, depth: usize) {
        for (key, value) in table {
            if !gate::hidden(key.as_ref()).is_empty() {
                self.findings.push(
                    Diagnostic::new("hidden-character", "a key holds a hidden character")
                        .at(self.file, &key.span(), "in this key")
                        .help("write keys in plain letters"),
                );
            }
            let quotation = quoted || QUOTATIONS.contains(&key.as_ref().as_ref());
            self.value(value, quotation, depth + 1);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, quotation: bool, depth: usize) {
        let span = value.span();
        let raw = self.file.text().get(span.clone()).unwrap_or_default();
        if depth > MAX_DEPTH {
            self.findings.push(
                Diagnostic::new("too-deep", format!("values are nested more than {MAX_DEPTH} deep"))
                    .at(self.file, &span, "here")
                    .help("a record needs no more than three levels"),
            );
            return;
        }
        match value.get_ref() {
            DeValue::String(text) => {
                if quotation {
                    self.kept.push(span.clone());
                } else if let Some((_, c)) = gate::hidden(text).into_iter().find(|(_, c)| !raw.contains(*c)) {
                    // written as an escape: the raw text shows nothing
                    self.findings.push(hidden(self.file, &span, c));
                }
                if raw.starts_with('"') && newer_escape(raw) {
                    self.findings.push(newer(self.file, &span, "the escapes `\\e` and `\\x`"));
                }
            }
            DeValue::Array(items) => items.iter().for_each(|item| self.value(item, quotation, depth + 1)),
            DeValue::Table(table) => {
                if raw.starts_with('{') {
                    let outside_strings = blank_strings(raw, span.start, table);
                    if outside_strings.contains('\n') {
                        self.findings.push(newer(self.file, &span, "an inline table over several lines"));
                    } else if outside_strings.trim_end_matches('}').trim_end().ends_with(',') {
                        self.findings.push(newer(self.file, &span, "a comma at the end of an inline table"));
                    }
                }
                self.table(table, quotation, depth + 1);
            }
            DeValue::Datetime(_) => self.findings.push(
                Diagnostic::new("bare-date", "dates are written in quotation marks")
                    .at(self.file, &span, "a bare TOML date cannot say how exact or sure it is")
                    .help(format!("write \"{}\"", gate::visible(raw)))
                    .safe_fix("write it in quotation marks", vec![Edit::new(self.file, &span, basic_string(raw))]),
            ),
            _ => {}
        }
    }
}

fn newer(file: &Arc<TextFile>, span: &Range<usize>, what: &str) -> Diagnostic {
    Diagnostic::new("syntax", format!("{what} came with TOML 1.1"))
        .at(file, span, "TOML 1.0 does not read this")
        .note("the fact model keeps to TOML 1.0, which every editor and Python's tomllib read")
}

fn newer_escape(raw: &str) -> bool {
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c == '\\' && matches!(chars.next(), Some('e' | 'x')) {
            return true;
        }
    }
    false
}

/// `raw`, the text of an inline table that begins at `start`, with what its string values hold blanked out.
fn blank_strings(raw: &str, start: usize, table: &DeTable<'_>) -> String {
    let mut bytes = raw.as_bytes().to_vec();
    for (_, value) in table {
        let inner = value.span();
        if matches!(value.get_ref(), DeValue::String(_) | DeValue::Array(_)) {
            for at in inner {
                if let Some(byte) = at.checked_sub(start).and_then(|i| bytes.get_mut(i)) {
                    *byte = b' ';
                }
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `text` as a TOML basic string, on one line whatever is in it: JSON's escapes are TOML's, but for the character DEL.
pub(crate) fn basic_string(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\u007F")
}

/// `text` as a TOML string that is easy to read: between single quotation marks where it holds double ones.
pub(crate) fn string(text: &str) -> String {
    let literal = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(|c: char| c.is_control());
    if literal { format!("'{text}'") } else { basic_string(text) }
}

/// A key put beside the one whose value stands at `span`: on a line of its own, or in the same inline table.
pub(crate) fn beside(file: &Arc<TextFile>, span: &Range<usize>, key: &str, value: &str) -> Option<Edit> {
    let text = file.text();
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let head = text.get(start..span.start)?;
    let rest = text.get(span.end..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    match line.trim_start().chars().next() {
        Some(',' | '}') => Some(Edit::new(file, &(span.end..span.end), format!(", {key} = {value}"))),
        None | Some('#') => {
            let indent: String = head.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
            let width = head.find('=')?.checked_sub(indent.len())?;
            let key = if key.len() < width { format!("{key:width$}") } else { format!("{key} ") };
            let end = span.end + line.len();
            Some(Edit::new(file, &(end..end), format!("\n{indent}{key}= {value}")))
        }
        Some(_) => None,
    }
}

/// The line of a key taken out, where the value at `span` is all that stands on it.
pub(crate) fn without(file: &Arc<TextFile>, span: &Range<usize>) -> Option<Edit> {
    let text = file.text();
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let (head, rest) = (text.get(start..span.start)?, text.get(span.end..)?);
    let key = head.trim().strip_suffix('=')?.trim();
    let line = rest.split_inclusive('\n').next().unwrap_or_default();
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let alone = line.trim().is_empty() || line.trim_start().starts_with('#');
    (bare && alone).then(|| Edit::new(file, &(start..span.end + line.len()), ""))
}

/// A structure read from TOML that names its keys.
pub(crate) trait Keys {
    /// All keys it has.
    const KEYS: &'static [&'static str];
    /// Those without which it is refused.
    const REQUIRED: &'static [&'static str] = &[];
}

/// Reads a table of the file into `T`; `header` is shown where a problem has no place of its own.
///
/// # Errors
/// One finding for the whole table: every key that is not known, with the nearest that is, and the first value of the
/// wrong form.
pub(crate) fn read<T: DeserializeOwned + Keys>(
    file: &Arc<TextFile>,
    header: &Range<usize>,
    what: &str,
    value: &Spanned<DeValue<'_>>,
) -> Result<T, Box<Diagnostic>> {
    let mut unknown: Vec<(Range<usize>, String)> = Vec::new();
    let mut fixes: Vec<(String, Edit)> = Vec::new();
    if let DeValue::Table(table) = value.get_ref() {
        for (key, _) in table {
            if !T::KEYS.contains(&key.as_ref().as_ref()) {
                let guess = nearest(key.as_ref(), T::KEYS.iter().copied());
                if let Some(guess) = guess.filter(|guess| !table.contains_key(*guess)) {
                    fixes.push((format!("write `{guess}`"), Edit::new(file, &key.span(), guess)));
                }
                let text = match guess {
                    Some(guess) => format!("not a key of {what}; did you mean `{guess}`?"),
                    None => format!("not a key of {what}"),
                };
                unknown.push((key.span(), text));
            }
        }
    }
    let mut nested: Vec<String> = Vec::new();
    let parsed = serde_ignored::deserialize::<_, _, T>(ValueDeserializer::from(value.clone()), |path| {
        // what stands for a value with its place, or for one that may be left out, is no key
        let path = path.to_string();
        let keys = path.split('.').filter(|part| *part != "?" && !part.starts_with("$__"));
        nested.push(keys.collect::<Vec<_>>().join("."));
    });
    let own = unknown.len();
    for path in nested.iter().filter(|p| p.contains('.')) {
        let span = locate(value, path).unwrap_or_else(|| header.clone());
        unknown.push((span, format!("`{}` is not a key here", gate::visible(path))));
    }
    let wrong = parsed.as_ref().err().map(|error| {
        let message = told(error.message());
        (error.span().filter(|s| !s.is_empty()).unwrap_or_else(|| header.clone()), message)
    });
    if let (Ok(parsed), true) = (parsed, unknown.is_empty()) {
        return Ok(parsed);
    }
    let title = match (unknown.len(), &wrong) {
        (0, _) => format!("a value of this {what} cannot be read"),
        (1, None) => format!("this {what} has a key that is not known"),
        (n, None) => format!("this {what} has {n} keys that are not known"),
        (_, Some(_)) => format!("this {what} has keys that are not known and a value that cannot be read"),
    };
    let mut finding = Diagnostic::new("schema", title);
    let (inner, more) = (unknown.len() > own, unknown.len().saturating_sub(MOST_SHOWN));
    for (span, text) in unknown.into_iter().take(MOST_SHOWN) {
        finding = finding.at(file, &span, text);
    }
    if more > 0 {
        finding = finding.note(format!("{more} more are not known"));
    }
    if let Some((span, text)) = wrong {
        finding = finding.at(file, &span, text);
    }
    for (title, edit) in fixes {
        finding = finding.fix(title, vec![edit]);
    }
    if inner {
        finding = finding.help("`factbrief schema` prints the keys of the tables in it, too");
    }
    if own > 0 {
        finding = finding.help(format!("the keys of {what} are: {}", T::KEYS.join(", ")));
    }
    Err(Box::new(finding))
}

/// The place of the key that a dotted path leads to.
fn locate(value: &Spanned<DeValue<'_>>, path: &str) -> Option<Range<usize>> {
    let mut at = value;
    let mut span = None;
    for part in path.split('.') {
        match at.get_ref() {
            DeValue::Table(table) => {
                let (key, inner) = table.iter().find(|(k, _)| k.as_ref() == part)?;
                span = Some(key.span());
                at = inner;
            }
            DeValue::Array(items) => at = items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_string_is_read_back_as_it_was_written(text in any::<String>(), controls in "[\u{0}-\u{1f}\u{7f}-\u{9f}'\"\\\\a\u{2028}]{0,12}") {
            for text in [text, controls] {
                for written in [basic_string(&text), string(&text)] {
                    let read = toml::from_str::<toml::Table>(&format!("key = {written}\n"));
                    let read = read.map(|table| table["key"].as_str().map(str::to_owned));
                    prop_assert_eq!(read.map_err(|e| format!("{e}: {written}")), Ok(Some(text.clone())));
                    prop_assert!(!written.contains('\n'));
                }
            }
        }
    }
}
