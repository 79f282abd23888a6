//! `words` that are no part of the quotation they select from.

use crate::diag::Diagnostic;
use crate::facts::dossier::{Cited, Dossier};
use crate::text::find::{Quotation, is_whole};
use crate::text::normalise::fold;

pub(super) fn check(_: &Dossier, cited: &Cited<'_>) -> Vec<Diagnostic> {
    cited
        .citations
        .iter()
        .filter_map(|citation| {
            let words = citation.words.as_ref()?;
            let quote = Quotation::parse(&citation.quote).ok()?.text();
            let wanted = fold(words);
            let places = if wanted.is_empty() {
                0
            } else {
                quote.match_indices(&wanted).filter(|(at, _)| is_whole(&quote, &(*at..at + wanted.len()))).count()
            };
            let says = match places {
                1 => return None,
                0 => "not in the quotation".to_owned(),
                n => format!("stands {n} times in the quotation"),
            };
            Some(
                Diagnostic::new("", format!("the `words` of {} `{}` do not select a passage", cited.head.kind, cited.head.id))
                    .at(cited.head.file, words.span(), says)
                    .at(cited.head.file, citation.quote.span(), "the quotation")
                    .help("`words` repeats the part of the quotation that carries the number, as it stands there"),
            )
        })
        .collect()
}
