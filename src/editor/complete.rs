//! What may be written at a place.

use std::ops::Range;

use super::desk::Desk;
use super::grammar::{Grammar, Key, Takes};
use super::outline::{Form, Section, Value};
use super::pages::{Page, Role, WORDS, takes};
use super::place::{Place, place};
use crate::check::rules;
use crate::facts::dossier::Dossier;
use crate::load::document::basic_string;
use crate::text::gate::visible;
use crate::text::hash;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A key.
    Key,
    /// A kind of record.
    Kind,
    /// A record.
    Record,
    /// A word of a list.
    Word,
    /// A file.
    File,
    /// What a reference prints.
    Reference,
}

/// Something that may be written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What it is called.
    pub label: String,
    /// What it is.
    pub sort: Sort,
    /// What it is, in a line; may be empty.
    pub detail: String,
    /// What it means, as Markdown; may be empty.
    pub about: String,
    /// What is written.
    pub text: String,
    /// Where in that text to go on writing; at its end, if nothing is said.
    pub cursor: Option<usize>,
    /// The bytes it replaces.
    pub at: Range<usize>,
    /// Its place in the list.
    pub rank: usize,
}

/// What may be written at a byte of a file, best first.
#[must_use]
pub fn complete(desk: &Desk<'_>, page: &Page, offset: usize) -> Vec<Offer> {
    let mut offers = match place(page, offset) {
        Place::Header { before, at } => header(page, &before, &at),
        Place::Key { table, present, at, has_value, inline, .. } => {
            let mut found = keys(page, &table, &present, &at, has_value, inline);
            if !inline && !has_value && matches!(page.role, Role::Dossier(_)) {
                found.extend(heads(page, &at));
            }
            found
        }
        Place::Value { path, value, in_list, others } => values(desk, page, &path, &value, in_list, &others),
        Place::Mention { mention, id, escaped } => {
            let mark = if escaped { "\\\"" } else { "\"" };
            match id.and_then(|id| Some((id, mention.ids.get(id)?))) {
                Some((index, (_, at))) => {
                    let kinds = WORDS
                        .iter()
                        .find(|(word, ..)| *word == mention.word.0)
                        .and_then(|(.., kinds)| kinds.get(index));
                    let kinds: Vec<String> =
                        kinds.copied().unwrap_or(&["any"]).iter().map(|k| (*k).to_owned()).collect();
                    records(desk, page, &kinds, &[], None).into_iter().map(|o| Offer { at: at.clone(), ..o }).collect()
                }
                None if mention.ids.is_empty() => words(&mention.word.1, mark),
                None => Vec::new(),
            }
        }
        Place::Nothing => Vec::new(),
    };
    for (rank, offer) in offers.iter_mut().enumerate() {
        offer.rank = rank;
    }
    offers
}

fn offer(label: &str, sort: Sort, at: &Range<usize>) -> Offer {
    Offer {
        label: label.to_owned(),
        sort,
        detail: String::new(),
        about: String::new(),
        text: label.to_owned(),
        cursor: None,
        at: at.clone(),
        rank: 0,
    }
}

/// What a reference in a narrative may print.
fn words(at: &Range<usize>, mark: &str) -> Vec<Offer> {
    WORDS
        .iter()
        .map(|(word, about, kinds)| {
            let ids = vec![format!("{mark}{mark}"); kinds.len()].join(" ");
            let text = format!("{word} {ids}");
            let cursor = Some(word.len() + 1 + mark.len());
            Offer { text, cursor, detail: (*about).to_owned(), ..offer(word, Sort::Reference, at) }
        })
        .collect()
}

fn header(page: &Page, before: &[String], at: &Range<usize>) -> Vec<Offer> {
    if !matches!(page.role, Role::Dossier(_)) || !before.is_empty() {
        return Vec::new();
    }
    let dot = if page.file.text().get(at.end..).is_some_and(|rest| rest.starts_with('.')) { "" } else { "." };
    let kind = |kind: &Key| Offer {
        text: format!("{}{dot}", kind.name),
        detail: "kind of record".to_owned(),
        about: kind.about.clone(),
        ..offer(&kind.name, Sort::Kind, at)
    };
    Grammar::get().whole(page.role.written()).keys.iter().map(kind).collect()
}

/// The heads of new records.
fn heads(page: &Page, at: &Range<usize>) -> Vec<Offer> {
    let kinds = &Grammar::get().whole(page.role.written()).keys;
    kinds
        .iter()
        .map(|kind| Offer {
            text: format!("[{}.]", kind.name),
            cursor: Some(kind.name.len() + 2),
            detail: "a new record".to_owned(),
            about: kind.about.clone(),
            ..offer(&format!("[{}.", kind.name), Sort::Kind, at)
        })
        .collect()
}

/// How wide the keys of a section are written, blanks included, where all signs of equality stand in one column.
fn column(section: &Section, text: &str) -> Option<usize> {
    let mut columns = section.entries.iter().filter_map(|entry| {
        let start = text.get(..entry.key.first()?.span.start)?.rfind('\n').map_or(0, |at| at + 1);
        entry.equals?.checked_sub(start)
    });
    let first = columns.next()?;
    columns.all(|column| column == first).then_some(first)
}

fn keys(
    page: &Page,
    table: &[String],
    present: &[String],
    at: &Range<usize>,
    has_value: bool,
    inline: bool,
) -> Vec<Offer> {
    let Some(of) = page.key(table.iter().map(String::as_str)) else { return Vec::new() };
    // above all headers of a dossier nothing can be written but a header
    if matches!(page.role, Role::Dossier(_)) && table.len() < 2 {
        return Vec::new();
    }
    let section = page.outline.section_at(at.start);
    let width = section.filter(|_| !inline).and_then(|s| column(s, page.file.text())).unwrap_or(0);
    // whoever has one form of citing needs nothing of the other
    let has = |key: &str| present.iter().any(|p| p == key);
    let cites = |key: &Key| match key.name.as_str() {
        "cite" => !has("source") && !has("quote"),
        "source" | "quote" | "words" | "prefix" | "via" => !has("cite"),
        _ => true,
    };
    let wanted = |key: &&Key| !present.contains(&key.name) && cites(key);
    let mut found: Vec<&Key> = of.keys.iter().filter(wanted).collect();
    let is_citing = of.keys.iter().any(|key| key.name == "cite");
    let asked = |key: &Key| key.required || is_citing && matches!(key.name.as_str(), "source" | "quote");
    found.sort_by_key(|key| !asked(key));
    found
        .into_iter()
        .map(|key| {
            let (open, close) = match key.takes {
                _ if key.words.first().is_some_and(|(word, _)| word == "true") => ("", ""),
                Takes::Text => ("\"", "\""),
                Takes::Texts => ("[\"", "\"]"),
                Takes::Table => ("{ ", " }"),
                Takes::Tables => ("[{ ", " }]"),
                Takes::Bare => ("", ""),
            };
            let head = if key.name.len() < width {
                format!("{:width$}= {open}", key.name)
            } else {
                format!("{} = {open}", key.name)
            };
            let (text, cursor) =
                if has_value { (key.name.clone(), None) } else { (format!("{head}{close}"), Some(head.len())) };
            let detail = if asked(key) { "required" } else { "" };
            Offer { text, cursor, detail: detail.to_owned(), about: about(key), ..offer(&key.name, Sort::Key, at) }
        })
        .collect()
}

/// A key in words, with the words it takes, as Markdown.
#[must_use]
pub(super) fn about(key: &Key) -> String {
    let mut out = crate::text::markdown::escape(&key.about);
    for (word, meaning) in &key.words {
        let meaning =
            if meaning.is_empty() { String::new() } else { format!(": {}", crate::text::markdown::escape(meaning)) };
        out.push_str(&format!("\n- `{word}`{meaning}"));
    }
    out
}

/// The value as text put where it is to stand: with quotation marks, where there are none.
fn fitted(mut offer: Offer, key: &Key, value: &Value, in_list: bool, text: &str) -> Offer {
    if let Form::Text(_) = value.form {
        offer.at = value.inside(text);
    } else {
        offer.at = value.span.clone();
        offer.text = match key.takes {
            Takes::Bare => offer.text,
            Takes::Texts if !in_list => format!("[{}]", basic_string(&offer.text)),
            _ => basic_string(&offer.text),
        };
    }
    offer
}

fn values(
    desk: &Desk<'_>,
    page: &Page,
    path: &[String],
    value: &Value,
    in_list: bool,
    others: &[String],
) -> Vec<Offer> {
    let Some(key) = page.key(path.iter().map(String::as_str)) else { return Vec::new() };
    let word = |word: &str, about: &str| Offer { about: about.to_owned(), ..offer(word, Sort::Word, &value.span) };
    let named = |names: &[String]| names.iter().map(|name| word(name, "")).collect::<Vec<_>>();
    let sibling = |name: &str| sibling(page, path, value, name);
    let mut found: Vec<Offer> = Vec::new();
    if !key.refers.is_empty() {
        let own = page.record_at(value.span.start).map(|record| record.id.as_str());
        found = records(desk, page, &key.refers, others, own);
    } else if key.names == "kind" {
        found = named(desk.kinds);
    } else if key.names == "language" {
        found = named(desk.languages);
    } else if key.names == "dossier" {
        found = desk.pages.dossiers().into_iter().map(|name| word(name, "")).collect();
    } else if key.names == "hedge" {
        if let (Some(source), Some(quote)) = (sibling("source"), sibling("quote")) {
            found = desk
                .reserves(page, &source, &quote)
                .iter()
                .map(|w| word(w, "The source says so in the sentence that is quoted."))
                .collect();
        }
    } else if key.names == "rule" {
        let rules = key.words.iter().map(|(name, about)| {
            let group = rules::find(name).map_or("", |rule| rule.group.name());
            Offer { detail: group.to_owned(), ..word(name, about) }
        });
        found = rules.collect();
    } else if !key.words.is_empty() {
        found = key.words.iter().map(|(name, meaning)| word(name, meaning)).collect();
    } else if let [kind, _, name] = path
        && kind == "source"
    {
        match name.as_str() {
            "file" => {
                let taken: Vec<String> = page
                    .leaves()
                    .iter()
                    .filter(|(p, _)| p.last() == Some(&"file"))
                    .filter_map(|(_, v)| v.text().map(str::to_owned))
                    .collect();
                found = desk
                    .archive
                    .names()
                    .unwrap_or_default()
                    .into_iter()
                    .filter(|name| !taken.contains(name))
                    .map(|name| offer(&visible(&name), Sort::File, &value.span))
                    .collect();
            }
            "sha256" => {
                if let Some(bytes) = sibling("file").and_then(|file| desk.archive.read(&file).ok()) {
                    found =
                        vec![word(&hash::sha256(&bytes), "The hash of the article's file, as it lies in the archive.")];
                }
            }
            _ => {}
        }
    }
    let text = page.file.text();
    found.into_iter().map(|offer| fitted(offer, key, value, in_list, text)).collect()
}

/// The text of another key of the table that a value is in.
pub(super) fn sibling(page: &Page, path: &[String], value: &Value, name: &str) -> Option<String> {
    let table = &path[..path.len().saturating_sub(1)];
    // of several tables of one path it is the one nearest to the value
    let all = page.leaves();
    let found = all.iter().filter(|(other, _)| {
        other.len() == path.len() && other.last() == Some(&name) && other.iter().zip(table).all(|(a, b)| a == b)
    });
    let nearest = found.min_by_key(|(_, other)| other.span.start.abs_diff(value.span.start));
    nearest.and_then(|(_, other)| other.text()).map(str::to_owned)
}

fn records(desk: &Desk<'_>, page: &Page, kinds: &[String], others: &[String], own: Option<&str>) -> Vec<Offer> {
    let Some(dossier) = desk.pages.dossier_of(page) else { return Vec::new() };
    let any = kinds.iter().any(|kind| kind == "any");
    let mut found: Vec<(usize, Offer)> = Vec::new();
    for (_, record) in desk.pages.records(dossier) {
        let vocabulary = matches!(record.kind.as_str(), "category" | "measure");
        let skipped = !takes(kinds, &record.kind)
            || any && vocabulary
            || others.contains(&record.id)
            || own == Some(record.id.as_str());
        if skipped {
            continue;
        }
        let order = Dossier::KINDS.iter().position(|kind| *kind == record.kind).unwrap_or_default();
        let detail = if kinds.len() == 1 && !any {
            visible(&record.title)
        } else {
            format!("{}: {}", record.kind, visible(&record.title))
        };
        found.push((order, Offer { detail, ..offer(&record.id, Sort::Record, &(0..0)) }));
    }
    found.sort_by(|(a, one), (b, two)| a.cmp(b).then_with(|| one.label.cmp(&two.label)));
    found.into_iter().map(|(_, offer)| offer).collect()
}
