//! `factbrief show`

use std::fmt::Write as _;

use factbrief::check::quoted::{Quoted, Standing, Stands, quoted};
use factbrief::facts::dossier::{Dossier, Subject};
use factbrief::load::archive::Archive;
use factbrief::load::lock;
use factbrief::text::gate::{visible, visible_lines};

use super::check::{no_record, open, unknown_record};
use super::{Exit, Place, output};

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
    out.push_str(&visible_lines(&written(head.file.text(), head.header.start)));
    for Quoted { citation, source, stands } in quoted(dossier, subject, archive, lock) {
        let publisher = source.publisher.as_ref().map_or("publisher unknown", |p| p.as_str());
        let _ = write!(out, "\n{} [{}]", visible(publisher), source.id);
        let _ = match stands {
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
    let referring: Vec<String> = dossier
        .heads()
        .filter(|(other, h)| *other != subject && mentions(&written(h.file.text(), h.header.start), head.id))
        .map(|(_, h)| format!("{} `{}`", h.kind, h.id))
        .collect();
    if !referring.is_empty() {
        let _ = writeln!(out, "\nreferred to by: {}", referring.join(", "));
    }
    out
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
