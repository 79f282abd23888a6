//! A source that no record cites.

use std::collections::BTreeSet;

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let cited: BTreeSet<_> = dossier.cited().flat_map(|c| c.citations.iter().map(|one| *one.source).collect::<Vec<_>>()).collect();
    dossier
        .sources
        .iter()
        .filter(|(reference, _)| !cited.contains(reference))
        .map(|(reference, source)| {
            let diagnostic = Diagnostic::new("", format!("no record cites source `{}`", source.id))
                .at(&source.file, &source.header, "read, and nothing taken from it?")
                .help("record what it says, or take it out");
            Found { subject: Some(Subject::Source(reference)), diagnostic }
        })
        .collect()
}
