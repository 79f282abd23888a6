//! Tables that were imported: from a mapping and the rows it was applied to, to records.
//!
//! A dossier keeps them under `tables/<source>/`: `mapping.toml` as it was applied, `rows.csv` with the cells that records
//! rest on, `refused.csv` with each row that could not be read and why, `books.toml` with what became of every row. All
//! but the mapping are written by the program alone. Records are made of the rows whenever the dossier is loaded: what a
//! row says is written down once, as its cells.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use super::SEEDS;
use super::files::Files;
use super::mapping::{ActorDraft, Draft, Mapping};
use super::records::AllIds;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::dossier::{Actor, Books, Citation, Claim, Dating, Event, Imported, Place, Point};
use crate::facts::row::{Reads, Row, RowCite};
use crate::facts::table::{Entry, Ref};
use crate::facts::text::Text;
use crate::facts::vocabulary::{ActorKind, Basis, Rank, Scope};
use crate::text::file::TextFile;
use crate::text::gate;
use crate::text::nearest::nearest;

/// The folder of imported tables in a dossier.
pub const FOLDER: &str = "tables";
/// The mapping of an imported table.
pub const MAPPING: &str = "mapping.toml";
/// Its rows.
pub const ROWS: &str = "rows.csv";
/// The rows that could not be read.
pub const REFUSED: &str = "refused.csv";
/// What became of each row.
pub const BOOKS: &str = "books.toml";

/// The name of the column that holds the number of a row.
pub const NUMBER: &str = "#";

const VERSION: u32 = 1;

/// The files of an imported table.
#[derive(Debug, Clone)]
pub struct TableFiles {
    /// The id of its source.
    pub source: String,
    /// The mapping.
    pub mapping: Arc<TextFile>,
    /// The rows.
    pub rows: Arc<TextFile>,
    /// What became of each row.
    pub books: Arc<TextFile>,
}

/// What `books.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// SHA-256 of the table.
    pub table: String,
    /// SHA-256 of the mapping.
    pub mapping: String,
    /// What became of each row.
    pub books: Books,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLedger {
    version: u32,
    table: String,
    mapping: String,
    read: usize,
    imported: usize,
    refused: usize,
    left_out: usize,
}

impl Ledger {
    /// As a file.
    #[must_use]
    pub fn print(&self) -> String {
        let Books { read, imported, refused, left_out } = self.books;
        format!(
            "# Written by factbrief: what became of each row of the table. Not to be edited by hand.\nversion = {VERSION}\n\n# SHA-256 of the table and of the mapping\ntable   = \"{}\"\nmapping = \"{}\"\n\nread     = {read}\nimported = {imported}\nrefused  = {refused}\nleft_out = {left_out}\n",
            self.table, self.mapping
        )
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not one, or its counts do not add up.
    pub fn parse(file: &Arc<TextFile>) -> Result<Self, Box<Diagnostic>> {
        let again = "run `factbrief import csv` again: it is written anew";
        let raw: RawLedger = toml::from_str(file.text()).map_err(|error| {
            Box::new(
                Diagnostic::new("books", "what became of the rows of a table cannot be read")
                    .at(file, &error.span().unwrap_or_default(), gate::visible(error.message()))
                    .help(again),
            )
        })?;
        let books = Books { read: raw.read, imported: raw.imported, refused: raw.refused, left_out: raw.left_out };
        let sum = raw.imported.checked_add(raw.refused).and_then(|n| n.checked_add(raw.left_out));
        if raw.version != VERSION || sum != Some(raw.read) {
            let says = if raw.version == VERSION {
                "imported, refused and left out do not make up what was read".to_owned()
            } else {
                format!("version {} is not known to this program", raw.version)
            };
            let title = "what became of the rows of a table does not add up";
            return Err(Box::new(Diagnostic::new("books", title).at(file, &(0..0), says).help(again)));
        }
        Ok(Self { table: raw.table, mapping: raw.mapping, books })
    }
}

/// The files of the imported tables of a dossier, by source.
///
/// # Errors
/// Every file that is missing or cannot be read.
pub fn files(files: &Files, dossier: &str) -> Result<Vec<TableFiles>, Vec<Diagnostic>> {
    let names = folders(files, dossier)?;
    of(files, dossier, names)
}

/// The files of the imported tables of a dossier other than one that is imported anew, and those of that one: nothing,
/// where it is new or an import was cut off.
///
/// # Errors
/// Every file of the others that is missing or cannot be read.
pub fn others(
    files: &Files,
    dossier: &str,
    anew: &str,
) -> Result<(Vec<TableFiles>, Option<TableFiles>), Vec<Diagnostic>> {
    let (own, names) = folders(files, dossier)?.into_iter().partition(|name| name == anew);
    let before = of(files, dossier, own).ok().and_then(|mut own| own.pop());
    Ok((of(files, dossier, names)?, before))
}

fn folders(files: &Files, dossier: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
    files.folders(&format!("{SEEDS}/{dossier}/{FOLDER}")).map_err(|finding| vec![*finding])
}

fn of(files: &Files, dossier: &str, names: Vec<String>) -> Result<Vec<TableFiles>, Vec<Diagnostic>> {
    let shown = format!("{SEEDS}/{dossier}/{FOLDER}");
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    for source in names {
        let mut file = |name: &str| match files.text(&format!("{shown}/{source}/{name}")) {
            Ok(file) => Some(file),
            Err(finding) => {
                findings.push(finding.help("bring it back, or run `factbrief import csv` again"));
                None
            }
        };
        let (mapping, rows, books) = (file(MAPPING), file(ROWS), file(BOOKS));
        if let (Some(mapping), Some(rows), Some(books)) = (mapping, rows, books) {
            found.push(TableFiles { source, mapping, rows, books });
        }
    }
    if findings.is_empty() { Ok(found) } else { Err(findings) }
}

/// The names of columns, and rows with the bytes that each stands in.
pub type Rows = (Arc<Vec<String>>, Vec<(Arc<Row>, Range<usize>)>);

/// The rows of `rows.csv`, with the bytes each stands in.
///
/// # Errors
/// Where it is not such a file.
pub fn rows(file: &Arc<TextFile>) -> Result<Rows, Box<Diagnostic>> {
    let wrong = |span: Range<usize>, says: String| {
        let finding = Diagnostic::new("rows", "the imported rows cannot be read")
            .at(file, &span, says)
            .note("this file is written by `factbrief import csv` and quotes the table cell by cell")
            .help("restore it, or import the table again");
        Box::new(finding)
    };
    if let Some((span, c)) = gate::hidden(file.text()).into_iter().next() {
        return Err(wrong(span, format!("the hidden character {} stands here", gate::code_point(c))));
    }
    let text = file.text();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns: Option<Arc<Vec<String>>> = None;
    let mut found: Vec<(Arc<Row>, Range<usize>)> = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or_default();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(wrong(start..start, gate::visible(&error.to_string()))),
        }
        let end = usize::try_from(reader.position().byte()).unwrap_or_default();
        let span = start..start + text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
        let Some(columns) = &columns else {
            if record.get(0) != Some(NUMBER) || record.len() < 2 {
                return Err(wrong(span, format!("the first row begins with `{NUMBER}` and names the columns")));
            }
            columns = Some(Arc::new(record.iter().skip(1).map(str::to_owned).collect()));
            continue;
        };
        let number = record.get(0).and_then(|n| n.parse::<u32>().ok()).filter(|n| *n >= 2);
        let Some(number) = number.filter(|_| record.len() == columns.len() + 1) else {
            return Err(wrong(span, format!("a row begins with its number and has {} cells more", columns.len())));
        };
        if found.last().is_some_and(|(before, _)| before.number >= number) {
            return Err(wrong(span, "rows stand in the order of the table, each once".to_owned()));
        }
        found.push((Arc::new(Row::new(number, columns, record.iter().skip(1))), span));
    }
    match columns {
        Some(columns) => Ok((columns, found)),
        None => Err(wrong(0..0, "it is empty".to_owned())),
    }
}

/// An imported table, read and drafted.
pub(super) struct Opened {
    files: TableFiles,
    mapping: Mapping,
    ledger: Ledger,
    rows: Vec<(Arc<Row>, Range<usize>)>,
    drafts: Vec<Draft>,
    event_cells: Arc<[usize]>,
    claim_cells: Vec<Arc<[usize]>>,
}

/// Findings of one kind that are shown; the rest are counted.
const SHOWN: usize = 50;

/// Reads an imported table.
///
/// # Errors
/// All that is wrong with its files.
pub(super) fn open(files: &TableFiles) -> Result<Opened, Vec<Diagnostic>> {
    let ledger = Ledger::parse(&files.books).map_err(|finding| *finding);
    let mapping = Mapping::parse(&files.mapping);
    let rows = rows(&files.rows);
    let (ledger, mapping, (columns, rows)) = match (ledger, mapping, rows) {
        (Ok(ledger), Ok(mapping), Ok(rows)) => (ledger, mapping, rows),
        (ledger, mapping, rows) => {
            let mut findings: Vec<Diagnostic> = mapping.err().unwrap_or_default();
            findings.extend(ledger.err());
            findings.extend(rows.err().map(|finding| *finding));
            return Err(findings);
        }
    };
    let mut findings = Vec::new();
    findings.extend(mapping.bind(&columns).err().map(|finding| *finding));
    if ledger.mapping != mapping.sha256 {
        findings.push(
            Diagnostic::new(
                "books",
                format!("the mapping of table `{}` is not the one it was imported by", files.source),
            )
            .at(&files.mapping, &(0..0), "it changed since")
            .help(format!(
                "import the table again: `factbrief import csv TABLE --mapping {}`",
                gate::visible(files.mapping.name())
            )),
        );
    }
    if ledger.books.imported != rows.len() {
        findings.push(
            Diagnostic::new("books", format!("rows of table `{}` were taken out or put in", files.source))
                .at(&files.rows, &(0..0), format!("{} rows; {} were imported", rows.len(), ledger.books.imported))
                .note("rows are left out by the mapping alone, so that their number and the reason are known")
                .help("restore the file, or import the table again"),
        );
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut drafts = Vec::with_capacity(rows.len());
    let mut hidden = 0;
    for (row, span) in &rows {
        match mapping.draft(&files.source, row) {
            Ok(draft) => drafts.push(draft),
            Err(_) if findings.len() >= SHOWN => hidden += 1,
            Err(wrong) => {
                let mut finding =
                    Diagnostic::new("rows", format!("row {} of table `{}` cannot be read", row.number, files.source));
                for unread in wrong {
                    let (column, cell) = (gate::visible(&unread.column), gate::visible(&unread.cell));
                    finding = finding.at(&files.rows, span, format!("`{column}`: \"{cell}\" {}", unread.why));
                }
                findings.push(finding.help("the imported rows are not edited by hand: restore them, or import again"));
            }
        }
    }
    if !findings.is_empty() {
        if hidden > 0 {
            let title = format!("{hidden} more rows of table `{}` cannot be read", files.source);
            findings.push(Diagnostic::new("rows", title).at(&files.rows, &(0..0), ""));
        }
        return Err(findings);
    }
    let event_cells = mapping.event_cells(&columns);
    let claim_cells = (0..mapping.claims().len()).map(|rule| mapping.claim_cells(rule, &columns)).collect();
    Ok(Opened { files: files.clone(), mapping, ledger, rows, drafts, event_cells, claim_cells })
}

/// A record that a row makes, by its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Event,
    Claim,
    Actor,
    Place,
}

impl Opened {
    /// The id of the source.
    pub(super) fn source(&self) -> &str {
        &self.files.source
    }

    pub(super) fn rows_file(&self) -> &Arc<TextFile> {
        &self.files.rows
    }

    pub(super) fn mapping_file(&self) -> &Arc<TextFile> {
        &self.files.mapping
    }

    /// The ids of the records it makes, with the place of the row; those of actors and places may repeat.
    pub(super) fn ids(&self) -> impl Iterator<Item = (Made, &str, &Range<usize>)> {
        self.drafts.iter().zip(&self.rows).flat_map(|(draft, (_, span))| {
            let claims = draft.claims.iter();
            let claimants = claims.clone().filter_map(|claim| claim.by.as_ref());
            let actors = draft.by.iter().chain(&draft.with).chain(&draft.against).chain(claimants);
            let outer = draft.place.iter().filter_map(|place| place.within.as_ref()).map(|(id, _)| id.as_str());
            std::iter::once((Made::Event, draft.id.as_str(), span))
                .chain(claims.map(move |claim| (Made::Claim, claim.id.as_str(), span)))
                .chain(actors.map(move |(id, _)| (Made::Actor, id.as_str(), span)))
                .chain(draft.place.iter().map(move |place| (Made::Place, place.id.as_str(), span)))
                .chain(outer.map(move |id| (Made::Place, id, span)))
        })
    }
}

/// What the imported tables add to a dossier.
#[derive(Default)]
pub(super) struct Expanded {
    pub(super) actors: Vec<Entry<Actor>>,
    pub(super) places: Vec<Entry<Place>>,
    pub(super) events: Vec<Entry<Event>>,
    pub(super) claims: Vec<Entry<Claim>>,
    pub(super) imported: Vec<Imported>,
}

/// Makes the records of a table; every id it needs is known by now.
///
/// # Errors
/// What its mapping names that the dossier does not have.
pub(super) fn expand(opened: Opened, ids: &AllIds, into: &mut Expanded) -> Result<(), Vec<Diagnostic>> {
    let Opened { files, mapping, ledger, rows, drafts, event_cells, claim_cells } = opened;
    let mut finding: Option<Diagnostic> = None;
    let mut lacks = |kind: &str, id: &str, span: &Range<usize>, guess: Option<&str>| {
        let base = finding.take().unwrap_or_else(|| {
            Diagnostic::new("reference", format!("the mapping of table `{}` does not hold together", files.source))
        });
        let guess = guess.map(|guess| format!("; did you mean `{guess}`?")).unwrap_or_default();
        finding = Some(base.at(&files.mapping, span, format!("there is no {kind} `{}`{guess}", gate::visible(id))));
    };
    let source = ids.sources.get(&files.source);
    if source.is_none() {
        lacks("source", &files.source, &(0..0), None);
    }
    let claimant = ids.actors.get(&mapping.claimant.id);
    if claimant.is_none() {
        lacks("actor", &mapping.claimant.id, &(0..0), None);
    }
    let mut counted = Vec::new();
    for rule in mapping.claims() {
        let measure = ids.measures.get(&rule.measure);
        if measure.is_none() {
            let guess = nearest(&rule.measure, ids.measures.iter());
            lacks("measure", &rule.measure, rule.measure.span(), guess);
        }
        let who = rule.who.as_ref().map(|who| (who, ids.categories.get(who)));
        if let Some((who, None)) = &who {
            lacks("category", who, who.span(), nearest(who, ids.categories.iter()));
        }
        counted.push((measure, who.and_then(|(_, category)| category)));
    }
    if let Some(finding) = finding {
        return Err(vec![finding]);
    }
    let (Some(source), Some(claimant)) = (source, claimant) else { return Err(Vec::new()) };
    let none: Arc<Reads> = Arc::default();
    let file = &files.rows;
    let basis = format!("table `{}`", files.source);
    let mut actors: BTreeMap<String, (String, Range<usize>)> = BTreeMap::new();
    let mut places: BTreeMap<String, Entry<Place>> = BTreeMap::new();
    for (draft, (row, span)) in drafts.into_iter().zip(&rows) {
        let entry_of = |id: String| (id, Arc::clone(file), span.clone());
        let cite = |shown: &Arc<[usize]>, reads: &Arc<Reads>| {
            let row = RowCite {
                span: span.clone(),
                row: Arc::clone(row),
                shown: Arc::clone(shown),
                reads: Arc::clone(reads),
                imported: true,
            };
            vec![Citation {
                source: At::new(source, span.clone()),
                quote: At::new(row.quote(), span.clone()),
                words: None,
                prefix: None,
                via: Vec::new(),
                row: Some(Box::new(row)),
            }]
        };
        let mut named = |list: Vec<ActorDraft>| -> Vec<At<Ref<Actor>>> {
            list.into_iter()
                .filter_map(|(id, name)| {
                    let reference = ids.actors.get(&id)?;
                    actors.entry(id).or_insert_with(|| (name, span.clone()));
                    Some(At::new(reference, span.clone()))
                })
                .collect()
        };
        let (by, with, against) = (named(draft.by), named(draft.with), named(draft.against));
        let place = draft.place.and_then(|place| {
            let reference = ids.places.get(&place.id)?;
            let within = place.within.and_then(|(id, name)| {
                let outer = ids.places.get(&id)?;
                places.entry(id.clone()).or_insert_with(|| {
                    entry(
                        entry_of(id),
                        Place {
                            name: said(&name, span),
                            aliases: Vec::new(),
                            sic: Vec::new(),
                            within: None,
                            point: None,
                        },
                    )
                });
                Some(At::new(outer, span.clone()))
            });
            places.entry(place.id.clone()).or_insert_with(|| {
                let point =
                    place.point.map(|(lat, lon, precision)| Point { lat, lon, precision, basis: basis.clone() });
                let record =
                    Place { name: said(&place.name, span), aliases: Vec::new(), sic: Vec::new(), within, point };
                entry(entry_of(place.id), record)
            });
            Some(At::new(reference, span.clone()))
        });
        let Some(event) = ids.events.get(&draft.id) else { continue };
        let words = mapping.date().date.as_ref().or(mapping.date().to.as_ref()).and_then(|column| row.cell(column));
        let dating = draft.date.as_ref().and(words).map(|words| Dating {
            basis: At::new(Basis::Stated, span.clone()),
            words: Some(At::new(words.to_owned(), span.clone())),
            anchor: None,
            rule: None,
            note: None,
        });
        for claim in draft.claims {
            let by = claim.by.and_then(|(id, name)| {
                let reference = ids.actors.get(&id)?;
                actors.entry(id).or_insert_with(|| (name, span.clone()));
                Some(reference)
            });
            let (Some(Some(measure)), Some(rule)) =
                (counted.get(claim.rule).map(|c| c.0), mapping.claims().get(claim.rule))
            else {
                continue;
            };
            let who = counted.get(claim.rule).and_then(|c| c.1);
            let record = Claim {
                event: At::new(event, span.clone()),
                measure: At::new(measure, span.clone()),
                who: who.map(|who| At::new(who, span.clone())),
                value: At::new(claim.value, span.clone()),
                scope: Scope::Total,
                period: None,
                covers: None,
                by: Some(At::new(by.unwrap_or(claimant), span.clone())),
                hedge: None,
                origin: None,
                credibility: None,
                rank: Rank::Normal,
                supersedes: None,
                citations: claim_cells.get(claim.rule).map(|cells| cite(cells, &rule.reads)).unwrap_or_default(),
            };
            into.claims.push(entry(entry_of(claim.id), record));
        }
        let record = Event {
            title: said(&draft.title, span),
            kind: At::new(draft.kind, span.clone()),
            date: draft.date.map(|date| At::new(date, span.clone())),
            time: None,
            dating,
            place,
            by,
            with,
            against,
            answers: None,
            after: Vec::new(),
            distinct: Vec::new(),
            hedge: None,
            harm_grade: None,
            citations: cite(&event_cells, if mapping.date().date.is_some() { mapping.date() } else { &none }),
        };
        into.events.push(entry(entry_of(draft.id), record));
    }
    into.places.extend(places.into_values());
    into.actors.extend(actors.into_iter().map(|(id, (name, span))| {
        let record = Actor {
            name: said(&name, &span),
            // the table names it and does not say what it is
            kind: At::new(ActorKind::Group, span.clone()),
            role: None,
            aliases: Vec::new(),
            sic: Vec::new(),
            part_of: None,
            grade: None,
            about: None,
        };
        entry((id, Arc::clone(file), span), record)
    }));
    into.imported.push(Imported {
        source,
        table_sha256: ledger.table,
        mapping_sha256: ledger.mapping,
        rows_file: Arc::clone(file),
        rows,
        books: ledger.books,
    });
    Ok(())
}

fn said(text: &str, span: &Range<usize>) -> At<Text> {
    At::new(Text::from(text), span.clone())
}

fn entry<T>((id, file, header): (String, Arc<TextFile>, Range<usize>), record: T) -> Entry<T> {
    Entry { id, file, header, tlp: None, allow: Vec::new(), reviewed: Vec::new(), record }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn books_are_given_back(table in "[0-9a-f]{64}", mapping in "[0-9a-f]{64}", counts in any::<[u16; 3]>()) {
            let [imported, refused, left_out] = counts.map(usize::from);
            let ledger = Ledger { table, mapping, books: Books { read: imported + refused + left_out, imported, refused, left_out } };
            let read = Ledger::parse(&Arc::new(TextFile::new(BOOKS, ledger.print())));
            prop_assert_eq!(read.map(|read| (read.table, read.mapping, read.books)).map_err(|f| f.title), Ok((ledger.table, ledger.mapping, ledger.books)));
        }
    }
}
