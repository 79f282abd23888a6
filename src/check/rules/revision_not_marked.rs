//! Two figures of one claimant for one thing, with nothing said of which is current.

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::reconcile::{cells, compatible};

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let mut found = Vec::new();
    for cell in cells(dossier, |_| true) {
        let claims: Vec<_> = cell.totals.iter().flat_map(|(_, claims)| claims).copied().collect();
        for (i, &b) in claims.iter().enumerate() {
            let two = &dossier.claims[b];
            // the first that differs stands for all: a claimant of a thousand figures is one matter a figure, not a million
            let differs = |a: &&_| {
                let one = &dossier.claims[**a];
                one.by.is_some() && one.by == two.by && !compatible(&one.value, &two.value)
            };
            let Some(&a) = claims[..i].iter().find(differs) else { continue };
            let one = &dossier.claims[a];
            let diagnostic = Diagnostic::new("", format!("claims `{}` and `{}` are one claimant's, and cannot both be current", one.id, two.id))
                .at(&two.file, two.value.span(), "this figure")
                .at(&one.file, one.value.span(), "and this one")
                .note("a claimant who gives a new figure replaces the old one; independent claimants who differ make a range")
                .help("mark the later one with `supersedes`; or, where one counts a part only, give it `scope = \"partial\"`");
            found.push(Found { subject: Some(Subject::Claim(b)), diagnostic });
        }
    }
    found
}
