//! A grade of civilian harm that the records do not support (Airwars' methodology).

use std::collections::BTreeSet;

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::facts::figure::Bounds;
use crate::facts::vocabulary::{HarmGrade, Rank};
use crate::reconcile::origin;
use crate::text::quantity::Number;

const HARM: &[&str] = &["killed", "injured", "casualties"];

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let Some((civilians, _)) = dossier.categories.get("civilians") else { return Vec::new() };
    let mut found = Vec::new();
    for (reference, event) in dossier.events.iter() {
        let Some(grade) = &event.harm_grade else { continue };
        let harm: Vec<_> = dossier
            .claims
            .iter()
            .filter(|(r, c)| {
                let live = c.rank != Rank::Deprecated && !dossier.claims.iter().any(|(_, n)| n.supersedes.as_ref().is_some_and(|s| **s == *r));
                // a claim that nobody was harmed reports no harm
                live && c.value.bounds != Bounds::Exact(Number::whole(0))
            })
            .filter(|(_, c)| *c.event == reference && HARM.contains(&dossier.measures[*c.measure].id.as_str()))
            .filter(|(_, c)| c.who.as_ref().is_some_and(|w| dossier.category_within(**w, civilians)))
            .collect();
        let belligerents: BTreeSet<_> = event.by.iter().chain(&event.with).chain(&event.against).map(|a| **a).collect();
        let accepted = harm.iter().any(|(_, c)| c.by.as_ref().is_some_and(|by| belligerents.contains(by)));
        let origins: BTreeSet<String> = harm.iter().map(|(r, _)| origin(dossier, *r)).collect();
        let why = match **grade {
            HarmGrade::Confirmed if !accepted => "no party to the event says that civilians were harmed",
            HarmGrade::Fair if origins.len() < 2 => "fewer than two independent origins report harm to civilians",
            HarmGrade::Fair if event.by.is_empty() => "nobody is recorded as having done it, so no strike is declared or likely",
            HarmGrade::Weak | HarmGrade::Contested | HarmGrade::Discounted if harm.is_empty() => {
                "no claim of harm to civilians is recorded"
            }
            _ => continue,
        };
        let diagnostic = Diagnostic::new("", format!("the records do not support the harm grade of event `{}`", event.id))
            .at(&event.file, grade.span(), why)
            .help("grade what the records support, or record the claim that supports it");
        found.push(Found { subject: Some(Subject::Event(reference)), diagnostic });
    }
    found
}
