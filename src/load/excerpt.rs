//! A part of a dossier, written as a dossier of its own: one TOML text that the loader reads like any other.
//!
//! The form is canonical: kinds and keys in the order of the fact model, records by id, no comments, every string on one
//! line. The same records give the same bytes however their files are laid out.
//!
//! What a record says of records outside the part is not written, so that nothing dangles and nothing is named that is
//! not there:
//! - a reference to a record that was not chosen goes, with its key if the key names nothing else;
//! - a citation that was not chosen goes. Where it was the record's first, or the anchor of a date was not chosen, the
//!   date's proof is not in the part: its dating becomes `external`, with the note [`WITHHELD`];
//! - a prose key that need not be there goes where the caller withholds its text;
//! - the reason of an exception, the coordinates of a place, the review date of a gap and who reviewed a record are the
//!   project's own business, and go: no check needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use toml::{Table, Value};

use super::VOCABULARY;
use super::document::basic_string;
use super::records::keys_of;
use super::tables::ROWS;
use crate::facts::at::At;
use crate::facts::dossier::{Actor, Anchor, Dating, Dossier, Head, Subject};
use crate::facts::row::Reads;
use crate::facts::table::Ref;
use crate::text::file::TextFile;

/// The note of a date whose proof is not in the part, and the reason of every exception in it.
pub const WITHHELD: &str = "kept by the project and not part of this excerpt";

/// The files of a dossier as TOML, each read once, when a record of it is first asked for.
#[derive(Debug)]
pub struct Tables(BTreeMap<String, (Arc<TextFile>, OnceLock<Table>)>);

impl Tables {
    /// The files that a dossier's records are written in.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Self {
        let mut tables = BTreeMap::new();
        let typed = |name: &str| name != VOCABULARY && !name.ends_with(ROWS);
        for (_, head) in dossier.heads().filter(|(_, head)| typed(head.file.name())) {
            if !tables.contains_key(head.file.name()) {
                tables.insert(head.file.name().to_owned(), (Arc::clone(head.file), OnceLock::new()));
            }
        }
        Self(tables)
    }

    /// A record as it is written; none for the built-in vocabulary, which is in no file of the dossier.
    #[must_use]
    pub fn record(&self, head: &Head<'_>) -> Option<&Table> {
        let (file, table) = self.0.get(head.file.name())?;
        // a file that was loaded parses
        let table = table.get_or_init(|| file.text().parse().unwrap_or_default());
        table.get(head.kind)?.get(head.id)?.as_table()
    }
}

/// What of a dossier is written.
pub struct Chosen<'a> {
    /// The records. Each must have with it those that it cannot be read without.
    pub records: &'a BTreeSet<Subject>,
    /// Whether a record's citation, by its number from nought, is written.
    pub citation: &'a dyn Fn(Subject, usize) -> bool,
    /// Whether an optional text may be written.
    pub tellable: &'a dyn Fn(&str) -> bool,
}

/// Keys that name one record.
const ONE: &[&str] = &[
    "part_of",
    "within",
    "place",
    "answers",
    "event",
    "measure",
    "who",
    "by",
    "supersedes",
    "actor",
    "toward",
    "source",
];
/// Keys that name several.
const SEVERAL: &[&str] =
    &["wires", "by", "with", "against", "after", "distinct", "about", "between", "rests_on", "affects", "via"];
/// Keys that no check and no page needs.
const OWN: &[&str] = &["point", "review", "reviewed"];
/// Texts that a record can do without.
const OPTIONAL: &[&str] = &["about", "venue", "covers"];
/// Lists of texts whose entries a record can do without.
const SPELLINGS: &[&str] = &["aliases", "sic"];

/// The chosen records as TOML.
#[must_use]
pub fn excerpt(dossier: &Dossier, tables: &Tables, chosen: &Chosen<'_>) -> String {
    let mut out = String::new();
    for kind in Dossier::KINDS {
        // records of one kind stand in the set as they do in the dossier
        for &subject in chosen.records {
            let head = dossier.head(subject);
            if head.kind != *kind {
                continue;
            }
            // the vocabulary comes with the program, and is in no file of the dossier
            let record = tables.record(&head).cloned();
            let Some(mut record) = record.or_else(|| made(dossier, subject)) else { continue };
            prune(dossier, chosen, subject, &mut record);
            if !out.is_empty() {
                out.push('\n');
            }
            let _ = writeln!(out, "[{kind}.{}]", head.id);
            let order = keys_of(kind);
            let mut keys: Vec<&String> = record.keys().collect();
            keys.sort_by_key(|key| (order.iter().position(|k| k == key), key.as_str()));
            for key in keys {
                let _ = writeln!(out, "{key} = {}", written(&record[key.as_str()], key == "cite"));
            }
        }
    }
    out
}

/// A record that a row of an imported table makes, as it would be written; none for any other.
#[must_use]
pub fn made(dossier: &Dossier, subject: Subject) -> Option<Table> {
    if !dossier.head(subject).file.name().ends_with(ROWS) {
        return None;
    }
    let mut record = Table::new();
    let mut put = |key: &str, value: Value| {
        record.insert(key.to_owned(), value);
    };
    let actors = |list: &[At<Ref<Actor>>]| {
        Value::Array(list.iter().map(|a| Value::from(dossier.actors[**a].id.as_str())).collect())
    };
    match subject {
        Subject::Event(r) => {
            let event = &dossier.events[r];
            put("title", event.title.as_str().into());
            put("kind", event.kind.as_str().into());
            if let Some(date) = &event.date {
                put("date", date.to_string().into());
            }
            if let Some(words) = event.dating.as_ref().and_then(|dating| dating.words.as_ref()) {
                let basis = [("basis", "stated"), ("words", words.as_str())];
                put("dating", Value::Table(basis.into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect()));
            }
            if let Some(place) = &event.place {
                put("place", dossier.places[**place].id.as_str().into());
            }
            for (key, list) in [("by", &event.by), ("with", &event.with), ("against", &event.against)] {
                if !list.is_empty() {
                    put(key, actors(list));
                }
            }
        }
        Subject::Claim(r) => {
            let claim = &dossier.claims[r];
            put("event", dossier.events[*claim.event].id.as_str().into());
            put("measure", dossier.measures[*claim.measure].id.as_str().into());
            if let Some(who) = &claim.who {
                put("who", dossier.categories[**who].id.as_str().into());
            }
            put("value", claim.value.to_string().into());
            if let Some(by) = &claim.by {
                put("by", dossier.actors[**by].id.as_str().into());
            }
        }
        Subject::Actor(r) => {
            put("name", dossier.actors[r].name.as_str().into());
            put("kind", dossier.actors[r].kind.word().into());
        }
        Subject::Place(r) => {
            put("name", dossier.places[r].name.as_str().into());
            if let Some(within) = &dossier.places[r].within {
                put("within", dossier.places[**within].id.as_str().into());
            }
        }
        _ => return None,
    }
    if let Some(citation) = dossier.citations(subject).first()
        && let Some(row) = &citation.row
    {
        put("source", dossier.sources[*citation.source].id.as_str().into());
        put("row", i64::from(row.row.number).into());
        put("cells", Value::Table(row.cells().map(|(column, cell)| (column.to_owned(), cell.into())).collect()));
        let reads = reads(&row.reads);
        if !reads.is_empty() {
            put("reads", Value::Table(reads));
        }
    }
    Some(record)
}

fn reads(reads: &Reads) -> Table {
    let mut table = Table::new();
    let columns = [
        ("low", &reads.low),
        ("value", &reads.value),
        ("high", &reads.high),
        ("date", &reads.date),
        ("to", &reads.to),
        ("precision", &reads.precision),
    ];
    for (key, column) in columns {
        if let Some(column) = column {
            table.insert(key.to_owned(), column.as_str().into());
        }
    }
    if !reads.exactness.is_empty() {
        let said = reads.exactness.iter().map(|(code, exact)| (code.clone(), Value::from(exact.word())));
        table.insert("exactness".to_owned(), Value::Table(said.collect()));
    }
    if reads.decimals {
        table.insert("decimals".to_owned(), true.into());
    }
    table
}

/// Takes out of a record what is not to be written.
fn prune(dossier: &Dossier, chosen: &Chosen<'_>, subject: Subject, record: &mut Table) {
    let there = |s: Subject| chosen.records.contains(&s) || dossier.head(s).file.name() == VOCABULARY;
    let named = |key: &str, id: &str| {
        // a record may have the id of a word of the vocabulary: what is counted is no record of that name
        let word = match key {
            "who" | "within" => dossier.categories.get(id).map(|(r, _)| Subject::Category(r)),
            "measure" => dossier.measures.get(id).map(|(r, _)| Subject::Measure(r)),
            _ => None,
        };
        word.into_iter().chain(dossier.find(id)).any(there)
    };
    for key in OWN {
        record.remove(*key);
    }
    for key in OPTIONAL {
        if record.get(*key).is_some_and(|v| !matches!(v, Value::Array(_)) && !tells(v, chosen)) {
            record.remove(*key);
        }
    }
    for key in SPELLINGS {
        if let Some(Value::Array(list)) = record.get_mut(*key) {
            list.retain(|v| tells(v, chosen));
        }
    }
    references(record, &named);
    if let Some(Value::Array(list)) = record.get_mut("cite") {
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            (chosen.citation)(subject, index - 1)
        });
        for cite in list.iter_mut().filter_map(Value::as_table_mut) {
            references(cite, &named);
        }
    }
    if let Some(Value::Array(list)) = record.get_mut("allow") {
        for exception in list.iter_mut().filter_map(Value::as_table_mut) {
            exception.insert("reason".to_owned(), WITHHELD.into());
        }
    }
    if let Some(dating) = dating_of(dossier, subject) {
        let anchored = dating.anchor.as_ref().is_none_or(|anchor| match **anchor {
            Anchor::Source(r) => chosen.records.contains(&Subject::Source(r)),
            Anchor::Event(r) => chosen.records.contains(&Subject::Event(r)),
        });
        let cited = dossier.citations(subject).is_empty() || (chosen.citation)(subject, 0);
        if !(anchored && cited) {
            let withheld = Table::from_iter([
                ("basis".to_owned(), Value::from("external")),
                ("note".to_owned(), Value::from(WITHHELD)),
            ]);
            record.insert("dating".to_owned(), Value::Table(withheld));
        } else if let Some(dating) = record.get_mut("dating").and_then(Value::as_table_mut)
            && dating.get("note").is_some_and(|note| !tells(note, chosen))
        {
            // a basis may need a note; which one, only the project knows
            dating.insert("note".to_owned(), WITHHELD.into());
        }
    }
}

/// Takes out of a table what names records that are not there.
fn references(table: &mut Table, named: &dyn Fn(&str, &str) -> bool) {
    for key in ONE {
        if table.get(*key).and_then(Value::as_str).is_some_and(|id| !named(key, id)) {
            table.remove(*key);
        }
    }
    for key in SEVERAL {
        let Some(Value::Array(list)) = table.get_mut(*key) else { continue };
        list.retain(|v| v.as_str().is_some_and(|id| named(key, id)));
        if list.is_empty() {
            table.remove(*key);
        }
    }
}

/// Whether a text may be written in each of its languages.
fn tells(value: &Value, chosen: &Chosen<'_>) -> bool {
    match value {
        Value::String(text) => (chosen.tellable)(text),
        Value::Table(versions) => versions.iter().all(|(_, v)| tells(v, chosen)),
        _ => true,
    }
}

fn dating_of(dossier: &Dossier, subject: Subject) -> Option<&Dating> {
    match subject {
        Subject::Source(r) => dossier.sources[r].dating.as_ref(),
        Subject::Event(r) => dossier.events[r].dating.as_ref(),
        Subject::Position(r) => dossier.positions[r].dating.as_ref(),
        Subject::Background(r) => dossier.backgrounds[r].dating.as_ref(),
        _ => None,
    }
}

/// A value as TOML 1.0; a list that is `spread` has a line for each of its entries.
fn written(value: &Value, spread: bool) -> String {
    match value {
        Value::String(text) => basic_string(text),
        Value::Array(list) if spread => {
            let lines: Vec<String> = list.iter().map(|v| format!("  {},\n", written(v, false))).collect();
            format!("[\n{}]", lines.join(""))
        }
        Value::Array(list) => {
            format!("[{}]", list.iter().map(|v| written(v, false)).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) => {
            let bare = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
            let pairs: Vec<String> = table
                .iter()
                .map(|(key, v)| {
                    let key = if bare(key) { key.clone() } else { basic_string(key) };
                    format!("{key} = {}", written(v, false))
                })
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}
