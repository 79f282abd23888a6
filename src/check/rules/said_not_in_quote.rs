//! Speech that is no part of the quotation it is taken from.

use crate::diag::Diagnostic;
use crate::facts::dossier::{Cited, Dossier};
use crate::text::find::{Quotation, is_whole};
use crate::text::normalise::fold;

pub(super) fn check(_: &Dossier, cited: &Cited<'_>) -> Vec<Diagnostic> {
    let Some(said) = cited.said else { return Vec::new() };
    let wanted = fold(said);
    let stands = cited.citations.iter().any(|citation| {
        let Ok(quote) = Quotation::parse(&citation.quote) else { return false };
        let quote = quote.text();
        !wanted.is_empty() && quote.match_indices(&wanted).any(|(at, _)| is_whole(&quote, &(at..at + wanted.len())))
    });
    if stands {
        return Vec::new();
    }
    let mut finding =
        Diagnostic::new("", format!("{} `{}` has words put into its speaker's mouth", cited.head.kind, cited.head.id))
            .at(cited.head.file, said.span(), "not in the quotation");
    if let Some(citation) = cited.citations.first() {
        finding = finding.at(cited.head.file, citation.quote.span(), "the quotation");
    }
    vec![finding.help("`said` repeats the speaker's words as they stand inside the quotation")]
}
