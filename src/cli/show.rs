//! `factbrief show`

use std::fmt::Write as _;

use factbrief::check::quoted::{Quoted, Standing, Stands, quoted};
use factbrief::facts::dossier::{Dossier, Head, Subject};
use factbrief::load::archive::Archive;
use factbrief::load::excerpt::made;
use factbrief::load::lock;
use factbrief::load::tables::ROWS;
use factbrief::text::gate::{visible, visible_lines};

use super::check::{no_record, open, unknown_record};
use super::{Exit, Place, output};

/// The most records that are named as referring to one; the rest are counted.
const MOST: usize = 200;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The record's id
    id: String,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let archive = place.archive(&workspace.project)?;
    let mut found = false;
    for (name, dossier) in &workspace.dossiers {
        if let Some(subject) = dossier.find(&options.id) {
            found = true;
            output::print_words(&record(dossier, subject, &archive, workspace.locks.get(name)))?;
        }
    }
    if found {
        return Ok(Exit::Clean);
    }
    place
        .findings(&unknown_record(&workspace, &options.id, &no_record(&options.id)).into_iter().collect::<Vec<_>>())?;
    Err(Exit::Unusable)
}

/// A record as written, then each quotation in its paragraph, then what refers to it.
pub(super) fn record(dossier: &Dossier, subject: Subject, archive: &Archive, lock: Option<&lock::Lock>) -> String {
    let head = dossier.head(subject);
    let at = head.file.position(head.header.start);
    let mut out = format!("{} `{}`  ({}:{})\n\n", head.kind, head.id, visible(head.file.name()), at.line);
    let lines = match made(dossier, subject) {
        Some(record) => {
            format!("# made of row {} of this table\n[{}.{}]\n{record}", row_of(dossier, subject), head.kind, head.id)
        }
        None => written(head.file.text(), head.header.start),
    };
    out.push_str(&visible_lines(&lines));
    for Quoted { citation, source, stands } in quoted(dossier, subject, archive, lock) {
        let publisher = source.publisher.as_ref().map_or("publisher unknown", |p| p.as_str());
        let _ = write!(out, "\n{} [{}]", visible(publisher), source.id);
        let _ = match stands {
            Stands::Row => {
                if let Some(row) = &citation.row {
                    let _ = writeln!(out, ", row {}:", row.row.number);
                    for (column, cell) in row.cells() {
                        let _ = writeln!(out, "    {}: {}", visible(column), visible(cell));
                    }
                }
                Ok(())
            }
            Stands::Article(places) if places.is_empty() => {
                writeln!(out, ": the quotation does not stand in the article")
            }
            Stands::Article(places) => {
                for Standing { line, before, words, after, .. } in places {
                    let _ = writeln!(
                        out,
                        ", line {line}:\n    {}>>>{}<<<{}",
                        visible(&before),
                        visible(&words),
                        visible(&after)
                    );
                }
                Ok(())
            }
            Stands::Locked { line, why } => writeln!(
                out,
                ", line {line} (by the evidence lock; {}):\n    >>>{}<<<",
                visible(&why),
                visible(&citation.quote)
            ),
            Stands::Unknown(why) => writeln!(out, ": {}\n    >>>{}<<<", visible(&why), visible(&citation.quote)),
        };
    }
    let refers = |other: Subject, h: &Head<'_>| {
        if h.file.name().ends_with(ROWS) {
            return dossier.refers_to(other).contains(&subject);
        }
        mentions(&written(h.file.text(), h.header.start), head.id)
    };
    let referring: Vec<String> = dossier
        .heads()
        .filter(|(other, h)| *other != subject && refers(*other, h))
        .map(|(_, h)| format!("{} `{}`", h.kind, h.id))
        .collect();
    if !referring.is_empty() {
        let more = referring.len().saturating_sub(MOST);
        let shown = referring.get(..MOST).unwrap_or(&referring).join(", ");
        let more = if more > 0 { format!(" and {more} more records") } else { String::new() };
        let _ = writeln!(out, "\nreferred to by: {shown}{more}");
    }
    out
}

/// The row that a record is made of, as a word.
fn row_of(dossier: &Dossier, subject: Subject) -> String {
    let row = dossier.citations(subject).first().and_then(|c| c.row.as_ref());
    row.map_or_else(|| "…".to_owned(), |row| row.row.number.to_string())
}

fn mentions(text: &str, id: &str) -> bool {
    text.contains(&format!("\"{id}\""))
}

/// The lines of a record: from its header to the next one.
fn written(text: &str, header: usize) -> String {
    let start = text[..header].rfind('\n').map_or(0, |i| i + 1);
    let body = &text[start..];
    let end = body.match_indices("\n[").next().map_or(body.len(), |(i, _)| i + 1);
    let mut record = body[..end].trim_end().to_owned();
    // a comment before the next record belongs to that one
    while let Some((before, last)) = record.rsplit_once('\n')
        && (last.trim_start().starts_with('#') || last.trim().is_empty())
    {
        record = before.to_owned();
    }
    record.push('\n');
    record
}
