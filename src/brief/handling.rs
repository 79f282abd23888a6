//! Handling of records (TLP 2.0): a record is as strict as the strictest it is about.

use std::collections::BTreeMap;

use crate::facts::dossier::{Dossier, Subject};
use crate::facts::vocabulary::Tlp;

/// How strictly each record is handled; only those above `CLEAR` are held.
#[derive(Debug)]
pub struct Handlings<'d> {
    dossier: &'d Dossier,
    strict: BTreeMap<Subject, Tlp>,
}

impl<'d> Handlings<'d> {
    /// Reads the labels of all records, and carries each to what is about it. A source's label does not spread: a record
    /// that cites several sources loses the citation only.
    #[must_use]
    pub fn new(dossier: &'d Dossier) -> Self {
        let mut strict: BTreeMap<Subject, Tlp> =
            dossier.heads().filter_map(|(s, h)| h.tlp.filter(|t| *t > Tlp::Clear).map(|t| (s, t))).collect();
        if strict.is_empty() {
            return Self { dossier, strict };
        }
        // labels only rise, so this ends
        loop {
            let mut risen = false;
            for (subject, _) in dossier.heads() {
                let own = strict.get(&subject).copied().unwrap_or(Tlp::Clear);
                let of = |s: &Subject| strict.get(s).copied().unwrap_or(Tlp::Clear);
                let most = dossier
                    .refers_to(subject)
                    .iter()
                    .filter(|s| !matches!(s, Subject::Source(_)))
                    .map(of)
                    .fold(own, Tlp::max);
                if most > own {
                    strict.insert(subject, most);
                    risen = true;
                }
            }
            if !risen {
                return Self { dossier, strict };
            }
        }
    }

    /// How strictly a record is handled. One that cites is at least as strict as the least strict of its sources.
    #[must_use]
    pub fn of(&self, subject: Subject) -> Tlp {
        let own = self.strict.get(&subject).copied().unwrap_or(Tlp::Clear);
        if self.strict.is_empty() {
            return own;
        }
        let sources = self
            .dossier
            .citations(subject)
            .iter()
            .map(|c| self.strict.get(&Subject::Source(*c.source)).copied().unwrap_or(Tlp::Clear));
        own.max(sources.min().unwrap_or(Tlp::Clear))
    }
}
