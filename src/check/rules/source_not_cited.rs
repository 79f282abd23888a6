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
            if source.archived.is_none() {
                let diagnostic = Diagnostic::new("", format!("the article of source `{}` is still to be added", source.id))
                    .at(&source.file, &source.header, "listed, and nothing can be proved by it")
                    .help("put the article into the archive, and write its name and hash as `file` and `sha256`; or take the source out");
                return Found { subject: Some(Subject::Source(reference)), diagnostic };
            }
            let diagnostic = Diagnostic::new("", format!("no record cites source `{}`", source.id))
                .at(&source.file, &source.header, "read, and nothing taken from it?")
                .help("record what it says, or take it out");
            Found { subject: Some(Subject::Source(reference)), diagnostic }
        })
        .collect()
}
