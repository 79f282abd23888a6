//! A quotation too short to identify anything.

use crate::diag::Diagnostic;
use crate::facts::dossier::{Cited, Dossier};
use crate::text::find::{Quotation, spaceless};

pub(super) fn check(_: &Dossier, cited: &Cited<'_>) -> Vec<Diagnostic> {
    cited
        .citations
        .iter()
        // a row is known by its number, and its cells are as long as they are
        .filter(|citation| citation.row.is_none())
        .filter_map(|citation| {
            let quotation = Quotation::parse(&citation.quote).ok()?;
            let text = quotation.text();
            let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
            // a script without spaces says in four characters what others say in two words
            let enough = if text.chars().any(spaceless) { letters >= 4 } else { quotation.words() >= 2 && letters >= 6 };
            (!enough).then(|| {
                Diagnostic::new("", format!("the quotation of {} `{}` is too short", cited.head.kind, cited.head.id))
                    .at(cited.head.file, citation.quote.span(), "this could stand anywhere")
                    .help("quote at least the words that carry the fact")
            })
        })
        .collect()
}
