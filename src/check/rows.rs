//! Rows of tables held against the archived table: their cells as they stand, and what is read from them.

use std::collections::BTreeMap;

use crate::diag::Diagnostic;
use crate::facts::dossier::{Citation, Cited, Dossier, Imported, Subject};
use crate::facts::row::{Row, RowCite, TableForm};
use crate::load::lock::TableEntry;
use crate::text::find::is_whole;
use crate::text::gate::visible;
use crate::text::hash;
use crate::text::table::Table;

/// The most rows of one imported table that are shown; the rest are counted.
pub(super) const SHOWN: usize = 50;

/// A cell with its line breaks folded, as imported rows have them.
fn folded(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.contains('\r') { cell.replace("\r\n", "\n").replace('\r', "\n").into() } else { cell.into() }
}

/// The columns and cells that differ from those of the table, with what stands there.
fn differing<'c>(table: &Table, number: u32, cells: impl Iterator<Item = (&'c str, &'c str)>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, cell) in cells {
        match table.column(name).map(|column| table.cell(number, column)) {
            None => found.push(format!("the table has no column `{}`", visible(name))),
            Some(None) => return vec![format!("the table has no row {number}: it ends with row {}", table.len() + 1)],
            Some(Some(stands)) if folded(stands) != cell => {
                found.push(format!("`{}` of row {number} is \"{}\" there", visible(name), visible(stands)));
            }
            Some(Some(_)) => {}
        }
    }
    found
}

/// Another row of the table that holds these cells.
fn elsewhere(table: &Table, cells: &[(&str, &str)]) -> Option<u32> {
    let columns: Vec<(usize, &str)> =
        cells.iter().filter_map(|(name, cell)| Some((table.column(name)?, *cell))).collect();
    if columns.len() != cells.len() {
        return None;
    }
    table.numbers().find(|number| {
        columns.iter().all(|(column, cell)| table.cell(*number, *column).is_some_and(|stands| folded(stands) == *cell))
    })
}

/// A citation of a row against the table: a finding where the row does not hold exactly these cells.
pub(super) fn against_table(
    cited: &Cited<'_>,
    citation: &Citation,
    row: &RowCite,
    table: &Table,
) -> Option<Diagnostic> {
    let wrong = differing(table, row.row.number, row.cells());
    if wrong.is_empty() {
        return None;
    }
    let head = &cited.head;
    let mut finding =
        Diagnostic::new("", format!("{} `{}` quotes cells that the row does not hold", head.kind, head.id));
    for text in wrong {
        finding = finding.at(head.file, citation.quote.span(), text);
    }
    let cells: Vec<(&str, &str)> = row.cells().collect();
    let moved =
        elsewhere(table, &cells).map(|n| format!("row {n} holds these cells: if it is meant, write `row = {n}`"));
    Some(finding.help_if(moved).help("quote the cells as they stand in the table"))
}

/// What a record reads from the cells it quotes: a value, a date, a claimant that are not what they say.
pub(super) fn readings(
    dossier: &Dossier,
    cited: &Cited<'_>,
    citation: &Citation,
    row: &RowCite,
) -> Vec<(&'static str, Diagnostic)> {
    const DIFFERS: &str = "value-differs-from-cells";
    let mut found = Vec::new();
    let head = &cited.head;
    let name = format!("{} `{}`", head.kind, head.id);
    let source = &dossier.sources[*citation.source];
    let plain = TableForm::default();
    let form = source.table.as_ref().unwrap_or(&plain);
    if let Subject::Claim(r) = cited.subject {
        let claim = &dossier.claims[r];
        let finding = |says: String| {
            Diagnostic::new("", format!("the value of {name} is not what its row says"))
                .at(head.file, claim.value.span(), format!("\"{}\"", *claim.value))
                .at(head.file, citation.quote.span(), says)
        };
        if !row.reads.is_figure() {
            found.push((
                DIFFERS,
                finding("it is not said which of these cells holds it".to_owned())
                    .help("say it: `reads = { value = \"COLUMN\" }`, or `{ low = \"…\", high = \"…\" }`"),
            ));
        } else {
            match row.reads.figure(form, &row.row) {
                Ok(Some(figure)) if figure == *claim.value => {}
                Ok(Some(figure)) => found.push((
                    DIFFERS,
                    finding(format!("the cells say \"{figure}\""))
                        .help(format!("write `value = \"{figure}\"`, or read the cells that say \"{}\"", *claim.value)),
                )),
                Ok(None) => found.push((
                    DIFFERS,
                    finding("these cells say that it is not known".to_owned())
                        .help("a row without a figure makes no claim: take the claim out"),
                )),
                Err(unread) => found.push((
                    DIFFERS,
                    finding(format!("`{}`: \"{}\" {}", visible(&unread.column), visible(&unread.cell), unread.why)),
                )),
            }
        }
        if claim.by.is_none() {
            found.push((
                "claimant-not-in-source",
                Diagnostic::new("", format!("{name} has no claimant"))
                    .at(
                        head.file,
                        head.header,
                        "a figure in a table is somebody's: the one its row names, or the data set's",
                    )
                    .help("name the actor as `by`"),
            ));
        }
    }
    if let Some(date) = cited.date {
        let finding = |says: String| {
            Diagnostic::new("", format!("the date of {name} is not what its row says"))
                .at(head.file, date.span(), format!("\"{}\"", **date))
                .at(head.file, citation.quote.span(), says)
        };
        if row.reads.date.is_none() && row.reads.to.is_none() {
            // another of its citations, or an account of its own, may give the date
            if super::basis(cited.dating) == crate::facts::vocabulary::Basis::Stated {
                found.push((
                    DIFFERS,
                    finding("it is not said which of these cells holds it".to_owned())
                        .help("say it: `reads = { date = \"COLUMN\" }`; or give its `dating` another basis"),
                ));
            }
        } else {
            match row.reads.date(form, &row.row) {
                Ok(Some(read)) if read == **date => {}
                Ok(Some(read)) => found.push((
                    DIFFERS,
                    finding(format!("the cells say \"{read}\"")).help(format!("write `date = \"{read}\"`")),
                )),
                Ok(None) => found.push((
                    DIFFERS,
                    finding("these cells say that it is not known".to_owned()).help("take the date out"),
                )),
                Err(unread) => found.push((
                    DIFFERS,
                    finding(format!("`{}`: \"{}\" {}", visible(&unread.column), visible(&unread.cell), unread.why)),
                )),
            }
        }
    }
    for claimant in cited.claimants.iter().copied().chain(&citation.via) {
        let names = || dossier.names_of(**claimant).filter(|name| !name.trim().is_empty());
        let published = |name: &str| {
            source.publisher.as_ref().is_some_and(|p| p.as_str() == name)
                || source.title.as_ref().is_some_and(|t| t.as_str() == name)
        };
        let stands = |name: &str| {
            row.cells().any(|(_, cell)| {
                let plain = cell.split_whitespace().collect::<Vec<_>>().join(" ");
                plain.match_indices(name).any(|(at, _)| is_whole(&plain, &(at..at + name.len())))
            })
        };
        if names().any(|name| published(name) || stands(name)) {
            continue;
        }
        let actor = &dossier.actors[**claimant];
        found.push((
            "claimant-not-in-source",
            Diagnostic::new("", format!("{name} names a claimant whom its row does not"))
                .at(
                    head.file,
                    claimant.span(),
                    format!("\"{}\" is in none of the cells, and does not publish the table", actor.name.as_str()),
                )
                .at(head.file, citation.quote.span(), "the cells")
                .help(format!(
                    "quote the cell that names who says it, or add the words of the cell to the `aliases` of `{}`",
                    actor.id
                )),
        ));
    }
    if let Some(hedge) = cited.hedge
        && !row.cells().any(|(_, cell)| cell.contains(hedge.as_str()))
    {
        found.push((
            "hedge-not-in-source",
            Diagnostic::new("", format!("{name} has a reserve that its row does not"))
                .at(head.file, hedge.span(), "in none of the cells")
                .help("quote the cell with the reserve, or take `hedge` out"),
        ));
    }
    found
}

/// How an imported table stands.
pub(super) struct Standing {
    /// What the lock should hold of it.
    pub(super) entry: TableEntry,
    /// The numbers of rows that are not proved, sorted.
    pub(super) unproved: Vec<u32>,
    /// What is wrong with it, with the rule it breaks.
    pub(super) findings: Vec<(&'static str, Diagnostic)>,
}

impl Standing {
    pub(super) fn is_proved(&self, row: u32) -> bool {
        self.unproved.binary_search(&row).is_err()
    }

    fn add(&mut self, rule: &'static str, row: u32, finding: Diagnostic) {
        self.unproved.push(row);
        if self.unproved.len() <= SHOWN {
            self.findings.push((rule, finding));
        }
    }

    fn close(&mut self, dossier: &Dossier, imported: &Imported, rule: &'static str) {
        if let Some(more) = self.unproved.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let id = &dossier.sources[imported.source].id;
            let title = format!("{more} more rows of table `{id}` are not proved");
            self.findings.push((rule, Diagnostic::new("", title).at(&imported.rows_file, &(0..0), "of these rows")));
        }
    }
}

/// The hash of a row's cells, under the names of their columns.
fn row_hash(row: &Row) -> String {
    let mut text = String::new();
    for (column, cell) in row.cells() {
        text.push_str(column);
        text.push('\u{1f}');
        text.push_str(cell);
        text.push('\u{1e}');
    }
    hash::short(&text)
}

fn entry_of(imported: &Imported) -> TableEntry {
    TableEntry {
        sha256: imported.table_sha256.clone(),
        mapping: imported.mapping_sha256.clone(),
        books: imported.books,
        rows: imported.rows.iter().map(|(row, _)| (row.number, row_hash(row))).collect(),
    }
}

/// An imported table against the table it comes from: every row, and how many there are.
pub(super) fn with_table(dossier: &Dossier, imported: &Imported, table: &Table) -> Standing {
    let mut standing = Standing { entry: entry_of(imported), unproved: Vec::new(), findings: Vec::new() };
    let source = &dossier.sources[imported.source];
    const RULE: &str = "row-not-verbatim";
    let columns: BTreeMap<&str, Option<usize>> = imported
        .rows
        .first()
        .map(|(row, _)| row.columns().iter().map(|name| (name.as_str(), table.column(name))).collect())
        .unwrap_or_default();
    let places: Vec<Option<usize>> = imported
        .rows
        .first()
        .map(|(row, _)| row.columns().iter().map(|name| columns.get(name.as_str()).copied().flatten()).collect())
        .unwrap_or_default();
    for (row, span) in &imported.rows {
        let same = places.iter().enumerate().all(|(i, place)| {
            let stands = place.and_then(|column| table.cell(row.number, column));
            stands.is_some_and(|stands| row.at(i) == Some(&*folded(stands)))
        });
        if same {
            continue;
        }
        let mut finding =
            Diagnostic::new("", format!("row {} of table `{}` does not hold these cells", row.number, source.id));
        if standing.unproved.len() < SHOWN {
            for text in differing(table, row.number, row.cells()) {
                finding = finding.at(&imported.rows_file, span, text);
            }
            let cells: Vec<(&str, &str)> = row.cells().collect();
            let moved = elsewhere(table, &cells).map(|n| format!("row {n} holds them: the rows have moved"));
            finding = finding
                .help_if(moved)
                .help("restore the imported rows, or import the table again: `factbrief import csv`");
        }
        standing.add(RULE, row.number, finding);
    }
    standing.close(dossier, imported, RULE);
    if table.len() != imported.books.read || table.sha256() != imported.table_sha256 {
        let title = format!("table `{}` is not the one that was imported", source.id);
        let says = format!("it has {} rows; {} were read when it was imported", table.len(), imported.books.read);
        let finding = Diagnostic::new("", title)
            .at(&imported.rows_file, &(0..0), says)
            .help("import the table again: `factbrief import csv` says what changed");
        standing.findings.push((RULE, finding));
        standing.unproved = imported.rows.iter().map(|(row, _)| row.number).collect();
    }
    standing
}

/// An imported table against the evidence lock, the table not being at hand.
pub(super) fn with_lock(dossier: &Dossier, imported: &Imported, held: Option<&TableEntry>) -> Standing {
    let fresh = entry_of(imported);
    let source = &dossier.sources[imported.source];
    const RULE: &str = "not-verified";
    let mut standing = Standing { entry: fresh, unproved: Vec::new(), findings: Vec::new() };
    let whole = |says: String| {
        Diagnostic::new("", format!("the rows of table `{}` are not verified since they changed", source.id))
            .at(&imported.rows_file, &(0..0), says)
            .note("the table is not at hand, so the evidence lock answers for it, and only for what it has proof of")
            .help("restore what was verified, or run `factbrief check` with the archive at hand")
    };
    let refused = match held {
        None => Some("the evidence lock holds no proof of this table".to_owned()),
        Some(held) if held.sha256 != imported.table_sha256 => Some("verified was another table".to_owned()),
        Some(held) if held.mapping != imported.mapping_sha256 => {
            Some("verified was what another mapping reads from it".to_owned())
        }
        Some(held) if held.books != imported.books => {
            Some(format!("verified was that {} rows were read and {} imported", held.books.read, held.books.imported))
        }
        Some(_) => None,
    };
    if let Some(says) = refused {
        standing.findings.push((RULE, whole(says)));
        standing.unproved = imported.rows.iter().map(|(row, _)| row.number).collect();
        return standing;
    }
    for (row, span) in &imported.rows {
        let known = held.and_then(|held| held.rows.get(&row.number));
        if known != standing.entry.rows.get(&row.number) {
            let says = if known.is_some() {
                "these are not the cells that were verified"
            } else {
                "this row was never verified"
            };
            let finding = Diagnostic::new(
                "",
                format!("row {} of table `{}` is not verified since it changed", row.number, source.id),
            )
            .at(&imported.rows_file, span, says)
            .note("the table is not at hand, so the evidence lock answers for it, and only for what it has proof of")
            .help("restore what was verified, or run `factbrief check` with the archive at hand");
            standing.add(RULE, row.number, finding);
        }
    }
    standing.close(dossier, imported, RULE);
    standing
}
