//! Reviews: who held a record against its article, and whether it still says what was held.
//!
//! A review carries a fingerprint of what was looked at. It covers
//! 1. the record: all its keys but `reviewed`, whatever their order, layout and file;
//! 2. each source it cites, as the source is recorded, the hash of its article included: so the text of the article is
//!    covered, and a check holds the archived file to that hash;
//! 3. what the records that it names are called: a claim is another where its event or claimant is;
//! 4. of a judgement, disagreement, gap or change, the records that it rests on, stands between, is about or affects, each
//!    as fully as if it were reviewed itself.
//!
//! Where any of these is another by now, the record is suspect until somebody reviews it again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use toml::Value;

use crate::facts::dossier::{Dossier, Head, Subject};
use crate::load::excerpt::Tables;
use crate::load::project::Require;
use crate::text::hash;
use crate::text::normalise::fold;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody held it against its article.
    Unreviewed,
    /// Somebody did, and it or what it rests on has changed since.
    Suspect,
    /// Fewer people did than the project asks for.
    Partly,
    /// As many did as are asked for, and it is still what they saw.
    Reviewed,
}

impl State {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreviewed => "unreviewed",
            Self::Suspect => "suspect",
            Self::Partly => "partly reviewed",
            Self::Reviewed => "reviewed",
        }
    }
}

/// By which keys a record is known where another names it.
const NAMES: &[(&str, &[&str])] = &[
    ("actor", &["name", "role"]),
    ("place", &["name"]),
    ("category", &["name", "within"]),
    ("measure", &["name", "counts"]),
    ("event", &["title", "date"]),
];

/// Whether records of this kind are held against articles, or rest on such records: what a project can require to be
/// reviewed before it is printed.
#[must_use]
pub fn is_required(kind: &str, require: Require) -> bool {
    match require {
        Require::Nothing => false,
        Require::Figures => kind == "claim",
        Require::Everything => {
            matches!(kind, "event" | "claim" | "position" | "background" | "discrepancy" | "assessment")
        }
    }
}

/// The hash of a record and of what it is held against: 16 hexadecimal digits.
#[must_use]
pub fn fingerprint(dossier: &Dossier, tables: &Tables, subject: Subject) -> String {
    // each part under its kind and id, so that the order of names in the record's own keys does not matter twice
    let mut parts: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let mut named: BTreeSet<Subject> = BTreeSet::new();
    let mut open = vec![subject];
    let mut whole: BTreeSet<Subject> = BTreeSet::new();
    while let Some(at) = open.pop() {
        if !whole.insert(at) {
            continue;
        }
        let head = dossier.head(at);
        parts.insert((head.kind, head.id), canonical(tables, &head, None));
        let rests =
            matches!(at, Subject::Assessment(_) | Subject::Discrepancy(_) | Subject::Gap(_) | Subject::Change(_));
        for other in dossier.refers_to(at) {
            match other {
                _ if rests => open.push(other),
                Subject::Source(_) => {
                    let source = dossier.head(other);
                    parts.insert((source.kind, source.id), canonical(tables, &source, None));
                }
                _ => {
                    named.insert(other);
                }
            }
        }
    }
    for other in named.difference(&whole) {
        let head = dossier.head(*other);
        let Some((_, keys)) = NAMES.iter().find(|(kind, _)| *kind == head.kind) else { continue };
        parts.entry((head.kind, head.id)).or_insert_with(|| canonical(tables, &head, Some(keys)));
    }
    let first = dossier.head(subject);
    let mut text = format!("{} {}\n", first.kind, first.id);
    for ((kind, id), part) in parts {
        let _ = writeln!(text, "{kind} {id} {part}");
    }
    hash::short(&text)
}

/// A record's keys in the order of the alphabet, all but `reviewed`, or only those that are asked for.
fn canonical(tables: &Tables, head: &Head<'_>, only: Option<&[&str]>) -> String {
    let mut out = String::new();
    if let Some(record) = tables.record(head) {
        let wanted = |key: &str| key != "reviewed" && only.is_none_or(|keys| keys.contains(&key));
        let sorted: BTreeMap<&String, &Value> = record.iter().filter(|(k, _)| wanted(k)).collect();
        for (key, value) in sorted {
            let _ = write!(out, "{key}=");
            write(&mut out, value);
            out.push(';');
        }
    }
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        // with its length in front, no text can be taken for a mark
        Value::String(text) => {
            let _ = write!(out, "{}:{text}", text.len());
        }
        Value::Array(list) => {
            out.push('[');
            for item in list {
                write(out, item);
                out.push(',');
            }
            out.push(']');
        }
        Value::Table(table) => {
            out.push('{');
            let sorted: BTreeMap<&String, &Value> = table.iter().collect();
            for (key, item) in sorted {
                let _ = write!(out, "{}:{key}=", key.len());
                write(out, item);
                out.push(',');
            }
            out.push('}');
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

/// Where a record stands that has this fingerprint now; `min` people are asked for.
#[must_use]
pub fn state(head: &Head<'_>, fingerprint: &str, min: usize) -> State {
    let people: BTreeSet<String> = head
        .reviewed
        .iter()
        .filter(|review| review.fingerprint.as_str() == fingerprint)
        .map(|review| person(&review.by))
        .collect();
    if !people.is_empty() && people.len() >= min {
        State::Reviewed
    } else if head.reviewed.iter().any(|review| review.fingerprint.as_str() != fingerprint) {
        State::Suspect
    } else if people.is_empty() {
        State::Unreviewed
    } else {
        State::Partly
    }
}

/// The form in which two names are compared: the same person in other letters or spaces is one person.
#[must_use]
pub fn person(name: &str) -> String {
    fold(name).to_lowercase()
}
