//! A quotation longer than it need be.

use crate::diag::Diagnostic;
use crate::facts::dossier::{Cited, Dossier};
use crate::text::find::Quotation;

/// The most words a quotation has without a note.
const NOTE: usize = 40;
/// The most words a quotation may have.
pub(super) const LIMIT: usize = 80;

pub(super) fn check(_: &Dossier, cited: &Cited<'_>) -> Vec<Diagnostic> {
    between(cited, NOTE + 1..=LIMIT, "is long")
}

/// Findings for the quotations whose number of words lies in `range`.
pub(super) fn between(cited: &Cited<'_>, range: std::ops::RangeInclusive<usize>, what: &str) -> Vec<Diagnostic> {
    cited
        .citations
        .iter()
        // a row is known by its number, and its cells are as long as they are
        .filter(|citation| citation.row.is_none())
        .filter_map(|citation| {
            let words = Quotation::parse(&citation.quote).ok()?.words();
            range.contains(&words).then(|| {
                Diagnostic::new("", format!("the quotation of {} `{}` {what}", cited.head.kind, cited.head.id))
                    .at(cited.head.file, citation.quote.span(), format!("{words} words"))
                    .note("articles belong to their publishers: a quotation is the few words that carry the fact")
                    .help("cut it, and leave out what the record does not rest on with `[...]`")
            })
        })
        .collect()
}
