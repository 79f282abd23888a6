//! A source's misspelling in the analyst's own text.

use std::ops::Range;
use std::sync::Arc;

use super::Found;
use crate::diag::{Diagnostic, Edit, Fix};
use crate::facts::at::At;
use crate::facts::dossier::{Dossier, Subject};
use crate::facts::text::Text;
use crate::facts::vocabulary::DiscrepancyKind;
use crate::text::file::TextFile;
use crate::text::find::is_whole;

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let actors = dossier.actors.iter().flat_map(|(_, a)| a.sic.iter().map(move |s| (s, a.name.as_str())));
    let places = dossier.places.iter().flat_map(|(_, p)| p.sic.iter().map(move |s| (s, p.name.as_str())));
    let misspelt: Vec<(&At<String>, &str)> = actors.chain(places).collect();
    let mut found = Vec::new();
    for (subject, head) in dossier.heads() {
        // a discrepancy over a name has to give both spellings
        if matches!(subject, Subject::Discrepancy(r) if *dossier.discrepancies[r].kind == DiscrepancyKind::Name) {
            continue;
        }
        for text in prose(dossier, subject) {
            for (wrong, right) in misspelt.iter().filter(|(wrong, right)| !right.contains(wrong.as_str())) {
                let stands = text.versions().any(|(_, version)| {
                    version.match_indices(wrong.as_str()).any(|(at, _)| is_whole(version, &(at..at + wrong.len())))
                });
                if !wrong.is_empty() && stands {
                    let diagnostic = Diagnostic::new("", format!("{} `{}` prints a misspelling of a source", head.kind, head.id))
                        .at(head.file, text.span(), format!("\"{}\" is printed only inside quotations", wrong.as_str()))
                        .help(format!("write \"{right}\""))
                        .fixed(respelt(head.file, text.span(), wrong, right));
                    found.push(Found { subject: Some(subject), diagnostic });
                }
            }
        }
    }
    found
}

/// The misspelling replaced, wherever it stands in the text as written.
fn respelt(file: &Arc<TextFile>, span: &Range<usize>, wrong: &str, right: &str) -> Option<Fix> {
    let written = file.text().get(span.clone())?;
    let edits: Vec<Edit> = written
        .match_indices(wrong)
        .filter(|(at, _)| is_whole(written, &(*at..at + wrong.len())))
        .map(|(at, _)| Edit::new(file, &(span.start + at..span.start + at + wrong.len()), right))
        .collect();
    let plain = !right.contains(['"', '\'', '\\', '\n']);
    (plain && !edits.is_empty()).then(|| Fix { title: format!("write \"{right}\""), edits, safe: false })
}

fn prose(dossier: &Dossier, subject: Subject) -> Vec<&At<Text>> {
    match subject {
        Subject::Actor(r) => std::iter::once(&dossier.actors[r].name).chain(&dossier.actors[r].role).collect(),
        Subject::Place(r) => vec![&dossier.places[r].name],
        Subject::Event(r) => vec![&dossier.events[r].title],
        Subject::Background(r) => vec![&dossier.backgrounds[r].text],
        Subject::Discrepancy(r) => vec![&dossier.discrepancies[r].handling],
        Subject::Claim(r) => dossier.claims[r].covers.iter().collect(),
        Subject::Position(r) => dossier.positions[r].venue.iter().collect(),
        Subject::Gap(r) => std::iter::once(&dossier.gaps[r].question).chain(&dossier.gaps[r].why).chain(&dossier.gaps[r].closes).collect(),
        Subject::Assessment(r) => std::iter::once(&dossier.assessments[r].text).chain(&dossier.assessments[r].because).collect(),
        _ => Vec::new(),
    }
}
