//! A part that is larger than the whole.

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::reconcile::{cells, floors_above_totals};

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    floors_above_totals(dossier, &cells(dossier, |_| true))
        .into_iter()
        .map(|pair| {
            let (floor, total) = (&dossier.claims[pair.floor], &dossier.claims[pair.total]);
            let diagnostic = Diagnostic::new("", format!("claim `{}` counts a part that is larger than the whole", floor.id))
                .at(&floor.file, floor.value.span(), "a part of the event")
                .at(&total.file, total.value.span(), format!("the whole of it, by claim `{}`", total.id))
                .note("a partial claim is a floor: no total of the same cell can lie below it")
                .help("correct the `scope` of one of the two, or deprecate the one that is wrong");
            Found { subject: Some(Subject::Claim(pair.floor)), diagnostic }
        })
        .collect()
}
