//! A table into a dossier: every row of it imported, refused or left out, and none dropped in silence.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::document::basic_string;
use super::mapping::{MAX_SOURCE, Mapping};
use super::tables::{Ledger, NUMBER};
use crate::facts::dossier::Books;
use crate::facts::row::{Row, Unread};
use crate::facts::table::is_id;
use crate::text::table::Table;

/// A row that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number.
    pub row: u32,
    /// Every cell that cannot be read.
    pub cells: Vec<Unread>,
}

/// What a table comes to by a mapping.
#[derive(Debug)]
pub struct Imported {
    /// The rows that become records, with the cells these rest on.
    pub rows: Vec<Row>,
    /// The names of those cells' columns.
    pub columns: Arc<Vec<String>>,
    /// The rows that cannot be read.
    pub refused: Vec<Refused>,
    /// How many rows are left out, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// What became of each row.
    pub ledger: Ledger,
    /// How many figures there are.
    pub figures: usize,
}

/// Why a source's id cannot be that of a table; nothing, where it can.
#[must_use]
pub fn refuses_id(id: &str) -> Option<String> {
    if is_id(id) && id.len() <= MAX_SOURCE {
        return None;
    }
    Some(format!(
        "the id of a table has lower-case letters, digits and hyphens, a letter first, and at most {MAX_SOURCE} characters, since the ids of its records begin with it"
    ))
}

/// Applies a mapping to every row of a table. The mapping must be bound to its header.
#[must_use]
pub fn import(source: &str, mapping: &Mapping, table: &Table) -> Imported {
    let columns = Arc::new(mapping.columns(table.header()));
    let places: Vec<usize> = columns.iter().filter_map(|name| table.column(name)).collect();
    let mut refused: Vec<Refused> = Vec::new();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut ids: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut figures: Vec<usize> = Vec::new();
    for number in table.numbers() {
        let cells = places.iter().map(|place| table.cell(number, *place).unwrap_or_default());
        let folded: Vec<std::borrow::Cow<'_, str>> =
            cells
                .map(|cell| {
                    if cell.contains('\r') {
                        cell.replace("\r\n", "\n").replace('\r', "\n").into()
                    } else {
                        cell.into()
                    }
                })
                .collect();
        let row = Row::new(number, &columns, folded.iter().map(|cell| &**cell));
        if let Some(why) = mapping.leaves_out(&row) {
            *left_out.entry(why).or_default() += 1;
            continue;
        }
        match mapping.draft(source, &row) {
            Ok(draft) => {
                ids.entry(draft.id).or_default().push(rows.len());
                figures.push(draft.claims.len());
                rows.push(row);
            }
            Err(cells) => refused.push(Refused { row: number, cells }),
        }
    }
    // which of two rows with one key is meant, nobody can tell
    let mut twice: BTreeMap<usize, u32> = BTreeMap::new();
    for places in ids.values().filter(|places| places.len() > 1) {
        for place in places {
            let other = places.iter().find(|other| *other != place).and_then(|other| rows.get(*other));
            twice.insert(*place, other.map_or(0, |row| row.number));
        }
    }
    let mut kept = Vec::with_capacity(rows.len());
    for (place, row) in rows.into_iter().enumerate() {
        let Some(other) = twice.get(&place) else {
            kept.push(row);
            continue;
        };
        if let Some(count) = figures.get_mut(place) {
            *count = 0;
        }
        let key = mapping.key.as_ref().map_or("", |key| key.as_str());
        let why = format!("is the key of row {other}, too");
        refused
            .push(Refused { row: row.number, cells: vec![Unread::new(key, row.cell(key).unwrap_or_default(), why)] });
    }
    refused.sort_by_key(|one| one.row);
    let books =
        Books { read: table.len(), imported: kept.len(), refused: refused.len(), left_out: left_out.values().sum() };
    let ledger = Ledger { table: table.sha256().to_owned(), mapping: mapping.sha256.clone(), books };
    Imported { rows: kept, columns, refused, left_out, ledger, figures: figures.iter().sum() }
}

/// How two editions of a table differ in the rows that became records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Keys that are new.
    pub new: Vec<String>,
    /// Keys whose cells are others.
    pub changed: Vec<String>,
    /// Keys that are gone.
    pub gone: Vec<String>,
    /// How many rows say what they said.
    pub same: usize,
}

/// Holds the rows of an import against those of the one before. Without a key column, rows are known by their number.
#[must_use]
pub fn moved(mapping: &Mapping, before: &[Arc<Row>], now: &[Row]) -> Moved {
    let key = |row: &Row| -> String {
        let cell = mapping.key.as_ref().and_then(|key| row.cell(key));
        cell.map_or_else(|| row.number.to_string(), |cell| cell.trim().to_owned())
    };
    let old: BTreeMap<String, &Row> = before.iter().map(|row| (key(row), &**row)).collect();
    let mut moved = Moved::default();
    let mut met: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    for row in now {
        let key = key(row);
        match old.get(&key) {
            None => moved.new.push(key.clone()),
            Some(was) if was.cells().eq(row.cells()) => moved.same += 1,
            Some(_) => moved.changed.push(key.clone()),
        }
        met.insert(key);
    }
    moved.gone = old.into_keys().filter(|key| !met.contains(key)).collect();
    moved
}

impl Imported {
    /// The imported rows as a file.
    #[must_use]
    pub fn rows_file(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // a vector takes every byte
        let _ = writer.write_record(std::iter::once(NUMBER).chain(self.columns.iter().map(String::as_str)));
        for row in &self.rows {
            let number = row.number.to_string();
            let cells = row.cells().map(|(_, cell)| cell);
            let _ = writer.write_record(std::iter::once(number.as_str()).chain(cells));
        }
        text_of(writer)
    }

    /// The refused rows as a file: one line a cell that cannot be read.
    #[must_use]
    pub fn refused_file(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let _ = writer.write_record(["row", "column", "cell", "why"]);
        for one in &self.refused {
            for cell in &one.cells {
                let number = one.row.to_string();
                let fields = [&number, &guarded(&cell.column), &guarded(&cell.cell), &cell.why];
                let _ = writer.write_record(fields);
            }
        }
        text_of(writer)
    }
}

fn text_of(writer: csv::Writer<Vec<u8>>) -> String {
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A text that a spreadsheet does not run: an apostrophe before what it would take for a formula, in letters of full width
/// and behind white space, too.
fn guarded(text: &str) -> String {
    let shown = crate::text::gate::visible(text);
    let formula = shown.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{shown}") } else { shown }
}

/// The record of a source that is a table, as TOML; with the actor who gives its figures, where that is asked for.
#[must_use]
pub fn source_record(
    id: &str,
    file: &str,
    mapping: &Mapping,
    table: &Table,
    published: Option<&str>,
    actor: bool,
) -> String {
    let mut out = format!(
        "# Written by `factbrief import csv`; the records of its rows are made from tables/{id}/. This file may be edited.\n\n[source.{id}]\n"
    );
    let known = &mapping.published;
    let mut put = |key: &str, value: &str| {
        let _ = writeln!(out, "{key} = {}", basic_string(value));
    };
    put("file", file);
    put("sha256", table.sha256());
    for (key, value) in [
        ("title", &known.title),
        ("publisher", &known.publisher),
        ("url", &known.url),
        ("language", &known.language),
        ("about", &known.about),
    ] {
        if let Some(value) = value {
            put(key, value);
        }
    }
    if let Some(published) = published {
        put("published", published);
        out.push_str("dating = { basis = \"external\", note = \"given when the table was imported\" }\n");
    }
    let _ = writeln!(out, "table = {}", table_key(mapping, table));
    if actor {
        let claimant = &mapping.claimant;
        let _ = write!(
            out,
            "\n[actor.{}]\nname = {}\nkind = {}\n",
            claimant.id,
            basic_string(&claimant.name),
            basic_string(claimant.kind.word())
        );
    }
    out
}

/// How the cells of a table are written, as the key `table` of its source.
#[must_use]
pub fn table_key(mapping: &Mapping, table: &Table) -> String {
    let form = &mapping.form;
    let list = |items: &[String]| format!("[{}]", items.iter().map(|i| basic_string(i)).collect::<Vec<_>>().join(", "));
    let mut keys = vec![
        format!("delimiter = {}", basic_string(&table.delimiter().to_string())),
        format!("encoding = {}", basic_string(&table.encoding().to_lowercase())),
    ];
    if form.decimal != '.' {
        keys.push(format!("decimal = {}", basic_string(&form.decimal.to_string())));
    }
    if let Some(mark) = form.thousands {
        keys.push(format!("thousands = {}", basic_string(&mark.to_string())));
    }
    if !form.missing.is_empty() {
        keys.push(format!("missing = {}", list(&form.missing)));
    }
    keys.push(format!("dates = {}", list(&form.dates)));
    format!("{{ {} }}", keys.join(", "))
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_spreadsheet_runs_nothing_that_was_refused() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1", "\u{a0}@x"] {
            let shown = guarded(formula);
            assert!(shown.starts_with('\'') || shown.starts_with('⟨'), "{shown}");
            assert!(!shown.contains(['\t', '\r', '\n']), "{shown}");
        }
        assert_eq!(guarded("12 – 24"), "12 – 24");
    }
}
