//! References of other programs, as sources whose articles are still to be added: BibTeX and BibLaTeX, RIS, CSL-JSON.
//!
//! An entry says what its file says and nothing more. One that cannot be read is refused alone, with the place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use biblatex::{Bibliography, ChunksExt, DateValue, Pair, PermissiveType, Person, RawBibliography, RawChunk, Spanned};
use serde_json::Value;

use super::document::basic_string;
use super::mapping::slug;
use crate::diag::{Diagnostic, Label};
use crate::facts::date::Date;
use crate::facts::dossier::Dossier;
use crate::facts::table::MAX_ID;
use crate::facts::text::is_language_tag;
use crate::text::file::TextFile;
use crate::text::gate;

/// A reference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// What its file calls it; may be empty.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Who published it, or in what.
    pub publisher: Option<String>,
    /// Who wrote it: `Family, Given`, a body in braces.
    pub authors: Vec<String>,
    /// When.
    pub published: Option<Date>,
    /// Where.
    pub url: Option<String>,
    /// Its Digital Object Identifier.
    pub doi: Option<String>,
    /// The language it is in (BCP 47).
    pub language: Option<String>,
    /// The bytes of its file that it stands in.
    pub span: Range<usize>,
}

/// The forms of lists of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// BibTeX or BibLaTeX.
    Bib,
    /// RIS.
    Ris,
    /// CSL-JSON.
    Csl,
}

/// The form of a text, by how it begins.
#[must_use]
pub fn form(text: &str) -> Option<Form> {
    let start = text.trim_start();
    if start.starts_with(['[', '{']) {
        return Some(Form::Csl);
    }
    if text.lines().any(|line| line.starts_with("TY  -")) {
        return Some(Form::Ris);
    }
    text.lines().any(|line| line.trim_start().starts_with('@')).then_some(Form::Bib)
}

/// The references of a file, and a finding for each entry that cannot be read.
///
/// # Errors
/// Where it is no list of references at all.
pub fn read(file: &Arc<TextFile>) -> Result<(Vec<Reference>, Vec<Diagnostic>), Box<Diagnostic>> {
    let none = |says: String| {
        let finding = Diagnostic::new("no-references", "this is no list of references")
            .at(file, &(0..0), says)
            .help("BibTeX, BibLaTeX, RIS and CSL-JSON are read");
        Box::new(finding)
    };
    let (found, mut findings) = match form(file.text()) {
        Some(Form::Bib) => bib(file),
        Some(Form::Ris) => ris(file),
        Some(Form::Csl) => csl(file).map_err(none)?,
        None => return Err(none("it begins as none of the forms that are known".to_owned())),
    };
    if found.is_empty() && findings.is_empty() {
        return Err(none("it holds no entry".to_owned()));
    }
    let mut sound = Vec::new();
    for reference in found {
        match fault(&reference) {
            None => sound.push(reference),
            Some(why) => findings.push(refused(file, &reference.span, why)),
        }
    }
    crate::diag::sort(&mut findings);
    Ok((sound, findings))
}

fn refused(file: &Arc<TextFile>, span: &Range<usize>, why: impl Into<String>) -> Diagnostic {
    // the first line tells which entry it is
    let text = file.text().get(span.clone()).unwrap_or_default();
    let end = span.start + text.find('\n').unwrap_or(text.len());
    Diagnostic::new("reference-refused", "an entry was not imported").at(file, &(span.start..end), why)
}

/// Why an entry cannot be a source; nothing, where it can.
fn fault(reference: &Reference) -> Option<String> {
    if reference.title.is_none() && reference.url.is_none() && reference.doi.is_none() {
        return Some("it has neither a title nor an address".to_owned());
    }
    if let Some(url) = &reference.url
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        return Some(format!("its address does not begin with https:// or http://: {}", gate::visible(url)));
    }
    let texts = [&reference.title, &reference.publisher, &reference.url, &reference.doi, &reference.language];
    let hidden =
        texts.into_iter().flatten().chain(&reference.authors).find_map(|text| gate::hidden(text).into_iter().next());
    hidden.map(|(_, c)| format!("it holds the hidden character {}", gate::code_point(c)))
}

fn told(text: &str) -> Option<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

fn language(tag: &str) -> Option<String> {
    let named = match tag.trim().to_ascii_lowercase().as_str() {
        "english" | "american" | "british" | "eng" => "en",
        "french" | "francais" | "fre" | "fra" => "fr",
        "german" | "ngerman" | "ger" | "deu" => "de",
        "spanish" | "spa" => "es",
        "arabic" | "ara" => "ar",
        _ => tag.trim(),
    };
    is_language_tag(named).then(|| named.to_owned())
}

fn person(family: &str, given: &str, suffix: &str) -> Option<String> {
    let (family, given) = (told(family), told(given));
    match (family, given) {
        (Some(family), Some(given)) => match told(suffix) {
            Some(suffix) => Some(format!("{family}, {suffix}, {given}")),
            None => Some(format!("{family}, {given}")),
        },
        (Some(one), None) | (None, Some(one)) => body(&one),
        (None, None) => None,
    }
}

/// A name that has no parts.
fn body(name: &str) -> Option<String> {
    let name = told(name)?;
    let inner = name.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(&name);
    Some(format!("{{{inner}}}"))
}

fn doi(text: &str) -> Option<String> {
    let text = told(text)?;
    let lower = text.to_ascii_lowercase();
    let plain = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"]
        .iter()
        .find(|prefix| lower.starts_with(**prefix))
        .and_then(|prefix| text.get(prefix.len()..))
        .unwrap_or(&text);
    told(plain)
}

/// The entries of a BibTeX file. Each is read alone, with the abbreviations of the whole file, so that a bad one harms no
/// other.
fn bib(file: &Arc<TextFile>) -> (Vec<Reference>, Vec<Diagnostic>) {
    let text = file.text();
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('@') {
            starts.push(at + line.len() - line.trim_start().len());
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts: Vec<Range<usize>> = starts.iter().zip(ends).map(|(start, end)| *start..end).collect();
    let is = |part: &str, kind: &str| {
        part.get(1..)
            .is_some_and(|rest| rest.trim_start().get(..kind.len()).is_some_and(|k| k.eq_ignore_ascii_case(kind)))
    };
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    let mut abbreviations = Abbreviations::default();
    for span in parts.iter().filter(|span| is(&text[(*span).clone()], "string")) {
        match RawBibliography::parse(&text[span.clone()]) {
            Ok(raw) => raw.abbreviations.iter().for_each(|pair| abbreviations.define(pair)),
            Err(error) => findings.push(unreadable(file, span, &error)),
        }
    }
    for span in parts {
        let part = &text[span.clone()];
        if is(part, "string") || is(part, "comment") || is(part, "preamble") {
            continue;
        }
        let mut raw = match RawBibliography::parse(part) {
            Ok(raw) if raw.entries.is_empty() => {
                findings.push(refused(file, &span, "this is no entry"));
                continue;
            }
            Ok(raw) => raw,
            Err(error) => {
                findings.push(unreadable(file, &span, &error));
                continue;
            }
        };
        let spelled = match abbreviations.spelled(&raw) {
            Ok(spelled) => spelled,
            Err(why) => {
                findings.push(refused(file, &span, why));
                continue;
            }
        };
        raw.abbreviations = spelled.iter().map(|(key, text)| pair(key, text)).collect();
        // an entry is read alone: what it takes from others is not there, and one that takes from itself has no end
        for entry in &mut raw.entries {
            entry
                .v
                .fields
                .retain(|field| !["crossref", "xdata", "xref"].iter().any(|k| field.key.v.eq_ignore_ascii_case(k)));
        }
        match Bibliography::from_raw(raw) {
            Err(error) => findings.push(unreadable(file, &span, &error)),
            Ok(entries) => {
                for entry in entries.iter() {
                    match bib_entry(entry, &span) {
                        Ok(reference) => found.push(reference),
                        Err(why) => findings.push(refused(file, &span, why)),
                    }
                }
            }
        }
    }
    (found, findings)
}

/// The finding for an entry that is not written as it must be, at the place where that shows.
fn unreadable(file: &Arc<TextFile>, entry: &Range<usize>, error: &biblatex::ParseError) -> Diagnostic {
    let at = |offset: usize| (entry.start + offset).min(entry.end);
    let mut finding = refused(file, entry, format!("this entry: {}", gate::visible(&error.kind.to_string())));
    finding.labels.push(Label::new(file, &(at(error.span.start)..at(error.span.end)), "here"));
    finding
}

/// The most bytes that the abbreviations of one entry may come to.
const MOST_SPELLED: usize = 64 * 1024;

/// The abbreviations of a file, each with what it is put together from.
#[derive(Default)]
struct Abbreviations<'t> {
    defined: BTreeMap<&'t str, Vec<RawChunk<'t>>>,
}

impl<'t> Abbreviations<'t> {
    fn define(&mut self, pair: &Pair<'t>) {
        self.defined.insert(pair.key.v, pair.value.v.iter().map(|chunk| chunk.v.clone()).collect());
    }

    /// Those that entries use, spelled out; the reader of BibTeX would follow a circle of them without end.
    fn spelled(&self, raw: &RawBibliography<'t>) -> Result<BTreeMap<&'t str, String>, String> {
        let mut spelled = BTreeMap::new();
        let mut bytes = 0;
        let fields = raw.entries.iter().flat_map(|entry| &entry.v.fields);
        for chunk in fields.flat_map(|field| &field.value.v) {
            let RawChunk::Abbreviation(name) = chunk.v else { continue };
            if !spelled.contains_key(name) && self.defined.contains_key(name) {
                spelled.insert(name, self.spell(name)?);
            }
            bytes += spelled.get(name).map_or(0, String::len);
            if bytes > MOST_SPELLED {
                return Err(format!("its abbreviations come to more than {MOST_SPELLED} bytes"));
            }
        }
        Ok(spelled)
    }

    fn spell(&self, name: &'t str) -> Result<String, String> {
        // a walk with its own stack: a long chain must not exhaust the program's
        let mut out = String::new();
        let mut open: Vec<(&str, usize)> = vec![(name, 0)];
        let mut names: BTreeSet<&str> = [name].into();
        let mut steps = 0;
        while let Some((name, next)) = open.last_mut() {
            let Some(chunk) = self.defined.get(*name).and_then(|chunks| chunks.get(*next)) else {
                names.remove(*name);
                open.pop();
                continue;
            };
            *next += 1;
            steps += 1;
            match chunk {
                RawChunk::Normal(text) => out.push_str(text),
                RawChunk::Abbreviation(inner) if !self.defined.contains_key(inner) => {
                    return Err(format!("the abbreviation `{}` is not defined", gate::visible(inner)));
                }
                RawChunk::Abbreviation(inner) if !names.insert(inner) => {
                    return Err(format!("the abbreviation `{}` is put together from itself", gate::visible(inner)));
                }
                RawChunk::Abbreviation(inner) => open.push((inner, 0)),
            }
            if out.len().max(steps) > MOST_SPELLED {
                return Err(format!("its abbreviations come to more than {MOST_SPELLED} bytes"));
            }
        }
        Ok(out)
    }
}

fn pair<'s>(key: &'s str, text: &'s str) -> Pair<'s> {
    // a place of its own: the reader counts on from it, and one that is nowhere is the greatest number there is
    let chunk = Spanned::new(RawChunk::Normal(text), 0..text.len());
    Pair::new(Spanned::new(key, 0..key.len()), Spanned::new(vec![chunk], 0..text.len()))
}

fn bib_entry(entry: &biblatex::Entry, span: &Range<usize>) -> Result<Reference, String> {
    let field = |names: &[&str]| {
        names.iter().find_map(|name| entry.get(name).and_then(|chunks| told(&chunks.format_verbatim())))
    };
    let authors = match entry.get("author") {
        Some(_) => entry
            .author()
            .map_err(|error| format!("its authors cannot be read: {}", gate::visible(&error.to_string())))?,
        None => Vec::new(),
    };
    let authors = authors.iter().filter_map(bib_person).collect();
    Ok(Reference {
        key: entry.key.clone(),
        title: field(&["title"]),
        publisher: field(&["journaltitle", "journal", "publisher", "institution", "organization", "howpublished"]),
        authors,
        published: bib_date(entry)?,
        url: field(&["url"]).as_deref().map(hyphens),
        doi: field(&["doi"]).as_deref().map(hyphens).as_deref().and_then(doi),
        language: field(&["langid", "language"]).as_deref().and_then(language),
        span: span.clone(),
    })
}

/// An address with the hyphens it was written with: the library sets two as a dash, wherever they stand, and an address holds
/// no dashes.
fn hyphens(address: &str) -> String {
    address.replace('—', "---").replace('–', "--")
}

fn bib_person(person_: &Person) -> Option<String> {
    let family = format!("{} {}", person_.prefix, person_.name);
    if person_.given_name.trim().is_empty() && person_.prefix.trim().is_empty() {
        return body(&person_.name);
    }
    person(&family, &person_.given_name, &person_.suffix)
}

fn bib_date(entry: &biblatex::Entry) -> Result<Option<Date>, String> {
    if entry.get("date").is_none() && entry.get("year").is_none() {
        return Ok(None);
    }
    let unread = |what: &str| format!("its date cannot be read: {}", gate::visible(what));
    let date = match entry.date().map_err(|error| unread(&error.to_string()))? {
        PermissiveType::Typed(date) => date,
        PermissiveType::Chunks(chunks) => return Err(unread(&chunks.format_verbatim())),
    };
    let one = |d: &biblatex::Datetime| match (d.month, d.day) {
        (Some(month), Some(day)) => format!("{:04}-{:02}-{:02}", d.year, month + 1, day + 1),
        (Some(month), None) => format!("{:04}-{:02}", d.year, month + 1),
        _ => format!("{:04}", d.year),
    };
    let mut text = match &date.value {
        DateValue::At(d) => one(d),
        DateValue::After(d) => format!("{}/..", one(d)),
        DateValue::Before(d) => format!("../{}", one(d)),
        DateValue::Between(a, b) => format!("{}/{}", one(a), one(b)),
    };
    if matches!(date.value, DateValue::At(_)) {
        text.push_str(match (date.uncertain, date.approximate) {
            (true, true) => "%",
            (true, false) => "?",
            (false, true) => "~",
            (false, false) => "",
        });
    }
    text.parse().map(Some).map_err(|_| unread(&text))
}

/// The entries of an RIS file: lines of a tag of two letters, two spaces, a hyphen and a value, from `TY` to `ER`.
fn ris(file: &Arc<TextFile>) -> (Vec<Reference>, Vec<Diagnostic>) {
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    let mut open: Option<(usize, Vec<(String, String)>)> = None;
    let mut at = 0;
    for line in file.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let plain = line.trim_end();
        let tagged = plain.get(..2).filter(|tag| {
            tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                && plain.get(2..).is_some_and(|rest| rest.trim_start().starts_with('-') && rest.starts_with(' '))
        });
        let value = || plain.split_once('-').map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
        match (tagged, &mut open) {
            (Some("TY"), slot) => {
                if let Some((begun, _)) = slot.take() {
                    findings.push(refused(file, &(begun..start), "it has no end: `ER  - ` is missing"));
                }
                *slot = Some((start, Vec::new()));
            }
            (Some("ER"), slot) => match slot.take() {
                Some((begun, fields)) => match ris_entry(&fields, begun..at) {
                    Ok(reference) => found.push(reference),
                    Err(why) => findings.push(refused(file, &(begun..at), why)),
                },
                None => findings.push(refused(
                    file,
                    &(start..at),
                    "an entry ends here that did not begin: `TY  - ` is missing",
                )),
            },
            (Some(tag), Some((_, fields))) => fields.push((tag.to_owned(), value())),
            // a long value goes on without a tag
            (None, Some((_, fields))) if !plain.trim().is_empty() => {
                if let Some((_, last)) = fields.last_mut() {
                    last.push(' ');
                    last.push_str(plain.trim());
                }
            }
            (Some(_), None) => {
                findings.push(refused(file, &(start..at), "this line belongs to no entry: `TY  - ` is missing"));
            }
            _ => {}
        }
    }
    if let Some((begun, _)) = open {
        findings.push(refused(file, &(begun..at), "it has no end: `ER  - ` is missing"));
    }
    (found, findings)
}

fn ris_entry(fields: &[(String, String)], span: Range<usize>) -> Result<Reference, String> {
    let first = |tags: &[&str]| {
        tags.iter().find_map(|tag| fields.iter().find(|(known, _)| known == tag).and_then(|(_, value)| told(value)))
    };
    let all = |tags: &[&str]| {
        fields
            .iter()
            .filter(|(tag, _)| tags.contains(&tag.as_str()))
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
    };
    let authors = all(&["AU", "A1"]).into_iter().filter_map(|name| match name.split_once(',') {
        Some((family, rest)) => match rest.rsplit_once(',') {
            Some((given, suffix)) => person(family, given, suffix),
            None => person(family, rest, ""),
        },
        // who has no comma has no parts
        None => body(name),
    });
    let date = first(&["DA", "Y1", "PY"]);
    let published = match &date {
        None => None,
        Some(text) => {
            let parts: Vec<&str> =
                text.split(['/', '-']).map(str::trim).take(3).filter(|part| !part.is_empty()).collect();
            let joined = parts
                .iter()
                .enumerate()
                .map(|(i, part)| if i == 0 { (*part).to_owned() } else { format!("{part:0>2}") })
                .collect::<Vec<_>>()
                .join("-");
            let date: Result<Date, _> = joined.parse();
            Some(date.map_err(|_| format!("its date cannot be read: {}", gate::visible(text)))?)
        }
    };
    Ok(Reference {
        key: first(&["ID"]).unwrap_or_default(),
        title: first(&["TI", "T1", "CT"]),
        publisher: first(&["T2", "JF", "JO", "JA", "PB"]),
        authors: authors.collect(),
        published,
        url: first(&["UR", "L2"]),
        doi: first(&["DO"]).as_deref().and_then(doi),
        language: first(&["LA"]).as_deref().and_then(language),
        span,
    })
}

/// The entries of a CSL-JSON file.
fn csl(file: &Arc<TextFile>) -> Result<(Vec<Reference>, Vec<Diagnostic>), String> {
    let parsed: Value = serde_json::from_str(file.text()).map_err(|error| gate::visible(&error.to_string()))?;
    let items = match parsed {
        Value::Array(items) => items,
        one => vec![one],
    };
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    let mut from = 0;
    for (i, item) in items.iter().enumerate() {
        let key = match item.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => String::new(),
        };
        // JSON keeps no places: an entry is shown where its id stands
        let id = Value::from(key.as_str()).to_string();
        let rest = file.text().get(from..).filter(|_| !key.is_empty());
        let start = rest.and_then(|rest| rest.find(&id)).map_or(from, |at| from + at);
        from = start;
        let span = start..(start + key.len() + 2).min(file.text().len());
        match csl_item(item, key, span.clone()) {
            Ok(reference) => found.push(reference),
            Err(why) => findings.push(refused(file, &span, format!("entry {}: {why}", i + 1))),
        }
    }
    Ok((found, findings))
}

fn csl_item(item: &Value, key: String, span: Range<usize>) -> Result<Reference, String> {
    if !item.is_object() {
        return Err("it is no object".to_owned());
    }
    let field = |names: &[&str]| {
        names.iter().find_map(|name| match item.get(*name) {
            Some(Value::String(text)) => told(text),
            _ => None,
        })
    };
    let unlike = |key: &str, is: fn(&Value) -> bool| item.get(key).is_some_and(|value| !value.is_null() && !is(value));
    if let Some(key) = ["title", "URL", "DOI"].into_iter().find(|key| unlike(key, Value::is_string)) {
        return Err(format!("its `{key}` is no text"));
    }
    if unlike("author", Value::is_array) {
        return Err("its `author` is no list of names".to_owned());
    }
    let mut authors = Vec::new();
    for name in item.get("author").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| name.get(key).and_then(Value::as_str).unwrap_or_default();
        let family = format!("{} {}", part("non-dropping-particle"), part("family"));
        let given = format!("{} {}", part("given"), part("dropping-particle"));
        let written = match part("literal") {
            "" => person(&family, &given, part("suffix")),
            literal => body(literal),
        };
        authors.push(written.ok_or("an author has no name")?);
    }
    let published = match item.get("issued") {
        None => None,
        Some(issued) => {
            let text = csl_date(issued).ok_or("its date has no form that is known")?;
            Some(text.parse::<Date>().map_err(|_| format!("its date cannot be read: {}", gate::visible(&text)))?)
        }
    };
    Ok(Reference {
        key,
        title: field(&["title"]),
        publisher: field(&["container-title", "publisher"]),
        authors,
        published,
        url: field(&["URL"]),
        doi: field(&["DOI"]).as_deref().and_then(doi),
        language: field(&["language"]).as_deref().and_then(language),
        span,
    })
}

/// A CSL date as EDTF.
fn csl_date(issued: &Value) -> Option<String> {
    for key in ["edtf", "raw", "literal"] {
        if let Some(text) = issued.get(key).and_then(Value::as_str) {
            return Some(text.to_owned());
        }
    }
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let parts = issued.get("date-parts").and_then(Value::as_array)?;
    let season = issued.get("season").and_then(number);
    let circa = issued.get("circa").is_some_and(|circa| !matches!(circa, Value::Bool(false) | Value::Null));
    let mut ends = Vec::new();
    for part in parts.iter().filter_map(Value::as_array) {
        let numbers: Vec<i64> = part.iter().map_while(number).collect();
        ends.push(match numbers.as_slice() {
            [year] => match season.filter(|_| parts.len() == 1) {
                Some(season) => format!("{year:04}-{:02}", season + 20),
                None => format!("{year:04}"),
            },
            [year, month] => format!("{year:04}-{month:02}"),
            [year, month, day] => format!("{year:04}-{month:02}-{day:02}"),
            _ => return None,
        });
    }
    let text = ends.join("/");
    (!text.is_empty()).then(|| if circa && ends.len() == 1 { format!("{text}~") } else { text })
}

/// A reference that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The reference.
    pub reference: Reference,
    /// The source that is the same.
    pub source: String,
    /// By what.
    pub by: &'static str,
}

/// The references that are new, each under the id it gets, and those that the dossier has.
#[must_use]
pub fn place(references: Vec<Reference>, dossier: Option<&Dossier>) -> (Vec<(String, Reference)>, Vec<Known>) {
    type Marks = Vec<(&'static str, String)>;
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let address = |text: &str| {
        let bare = text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        bare.trim_end_matches('/').to_owned()
    };
    let marks = |doi: Option<&str>,
                 url: Option<&str>,
                 title: Option<&str>,
                 publisher: Option<&str>,
                 day: Option<String>|
     -> Marks {
        let mut marks = Vec::new();
        marks.extend(doi.map(|doi| ("DOI", doi.to_ascii_lowercase())));
        marks.extend(url.map(|url| ("address", address(url))));
        if let Some(title) = title.map(plain).filter(|title| !title.is_empty()) {
            let rest = format!("{}\n{}", publisher.map(plain).unwrap_or_default(), day.unwrap_or_default());
            marks.push(("title, publisher and date", format!("{title}\n{rest}")));
        }
        marks
    };
    let mut seen: Vec<(String, Marks)> = Vec::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    if let Some(dossier) = dossier {
        ids.extend(dossier.heads().map(|(_, head)| head.id.to_owned()));
        for (_, source) in dossier.sources.iter() {
            let text = |at: &Option<crate::facts::at::At<String>>| at.as_ref().map(|at| at.to_string());
            let day = source.published.as_ref().map(|date| date.to_string());
            let (doi, url, title, publisher) =
                (text(&source.doi), text(&source.url), text(&source.title), text(&source.publisher));
            seen.push((
                source.id.clone(),
                marks(doi.as_deref(), url.as_deref(), title.as_deref(), publisher.as_deref(), day),
            ));
        }
    }
    let mut index: std::collections::BTreeMap<(&'static str, String), String> = std::collections::BTreeMap::new();
    for (id, marks) in seen {
        for mark in marks {
            index.entry(mark).or_insert_with(|| id.clone());
        }
    }
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for reference in references {
        let own = marks(
            reference.doi.as_deref(),
            reference.url.as_deref(),
            reference.title.as_deref(),
            reference.publisher.as_deref(),
            reference.published.as_ref().map(ToString::to_string),
        );
        if let Some((by, source)) = own.iter().find_map(|mark| Some((mark.0, index.get(mark)?.clone()))) {
            known.push(Known { reference, source, by });
            continue;
        }
        let id = free_id(&reference, &ids);
        ids.insert(id.clone());
        for mark in own {
            index.insert(mark, id.clone());
        }
        new.push((id, reference));
    }
    (new, known)
}

/// An id that is not taken: by the key, else by author or title and year.
fn free_id(reference: &Reference, taken: &BTreeSet<String>) -> String {
    let mut base = slug(&reference.key);
    if base.is_empty() {
        let name = reference.authors.first().or(reference.publisher.as_ref()).or(reference.title.as_ref());
        let year = reference.published.as_ref().map(|date| chrono::Datelike::year(&date.earliest()).to_string());
        base = slug(&format!(
            "{} {}",
            name.map_or("", String::as_str).split(',').next().unwrap_or_default(),
            year.unwrap_or_default()
        ));
    }
    if !base.starts_with(|c: char| c.is_ascii_lowercase()) {
        base = format!("ref-{base}");
    }
    base.truncate(MAX_ID - 6);
    let base = base.trim_end_matches('-').to_owned();
    if !taken.contains(&base) {
        return base;
    }
    (2..).map(|n: u32| format!("{base}-{n}")).find(|id| !taken.contains(id)).unwrap_or(base)
}

/// References as source records, in TOML. `list` is the name of the file they come from.
#[must_use]
pub fn records(references: &[(String, Reference)], list: &str) -> String {
    let mut out = String::new();
    for (id, reference) in references {
        let _ = write!(out, "\n[source.{id}]\n");
        let mut put = |key: &str, value: Option<&String>| {
            if let Some(value) = value {
                let _ = writeln!(out, "{key} = {}", basic_string(value));
            }
        };
        put("title", reference.title.as_ref());
        put("publisher", reference.publisher.as_ref());
        // a source without a title is known by its address
        let by_doi = reference.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
        put("url", reference.url.as_ref().or(by_doi.as_ref()));
        put("doi", reference.doi.as_ref());
        put("language", reference.language.as_ref());
        if !reference.authors.is_empty() {
            let names: Vec<String> = reference.authors.iter().map(|name| basic_string(name)).collect();
            let _ = writeln!(out, "authors = [{}]", names.join(", "));
        }
        if let Some(published) = &reference.published {
            let note = format!("as the list of references {list} says");
            let _ = writeln!(out, "published = {}", basic_string(&published.to_string()));
            let _ = writeln!(out, "dating = {{ basis = \"external\", note = {} }}", basic_string(&note));
        }
    }
    out
}
