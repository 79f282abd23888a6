//! A count of people that does not say whom, or a count of things that names people.

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    dossier
        .claims
        .iter()
        .filter_map(|(reference, claim)| {
            let measure = &dossier.measures[*claim.measure];
            let diagnostic = match (&claim.who, measure.counts_people) {
                (None, true) => Diagnostic::new("", format!("claim `{}` does not say who is counted", claim.id))
                    .at(&claim.file, claim.measure.span(), format!("\"{}\" counts people", measure.id))
                    .help("add `who`, as the source says it: \"people\" where it says no more"),
                (Some(who), false) => Diagnostic::new("", format!("claim `{}` counts things and names people", claim.id))
                    .at(&claim.file, who.span(), format!("\"{}\" does not count people", measure.id))
                    .help("take `who` out, or add `counts = \"people\"` to a measure of your own"),
                _ => return None,
            };
            Some(Found { subject: Some(Subject::Claim(reference)), diagnostic })
        })
        .collect()
}
