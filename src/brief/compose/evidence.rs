//! What a briefing rests on, to be handed out with it: its records and their proofs, and nothing it may not see.
//!
//! The rule, in its order:
//! 1. What the view names under `records`, and the sources of its references, is chosen.
//! 2. With a record goes what it cannot be read without: a claim's event, measure, category and claimant, whose a position
//!    is and what it is toward, who an event is by, with or against, its place, the chain of a citation, the source of each
//!    citation, the records that a judgement rests on or a disagreement stands between, the source a date is counted from;
//!    and the earlier figure that a claim replaces, which is printed as its history. A reference that a record can do
//!    without (`answers`, `after`, `distinct`, what a gap or background is about, the event a date is counted from) is
//!    followed by nobody: it is kept where both its ends were chosen anyway. So is nothing that refers to what is chosen:
//!    not a later claim that replaces one, nor the other claims of an event.
//! 3. Nothing is chosen that the briefing does not see: later than its day, or handled more strictly than its ceiling. A
//!    record that cannot be read without such a record goes, too; a citation of such a source goes.
//! 4. A text or spelling that names a publisher all of whose reports are unseen goes, where the record can do without it.
//!    The other spellings of an actor go with it: by them it was found in the articles, and proofs rest on them.
//!
//! How what is chosen is written is told in [`crate::load::excerpt`].

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::super::view::{self, View};
use super::{Brief, Composer, Evidence};
use crate::diag::Diagnostic;
use crate::facts::dossier::{Anchor, Dating, Subject};
use crate::load::excerpt::{Chosen, excerpt};
use crate::load::project::Project;
use crate::load::resolve;
use crate::text::file::TextFile;
use crate::text::find::is_whole;
use crate::text::hash;

/// The name of the attached records.
pub const RECORDS: &str = "records.toml";

impl Composer<'_> {
    /// The records that a view rests on and their proofs, and what the view says of them.
    pub(super) fn evidence(
        &self,
        view: &View,
        project: &Project,
        brief: &Brief<'_>,
    ) -> Result<(Evidence, view::Evidence), Vec<Diagnostic>> {
        let d = self.dossier;
        let records = self.chosen(view);
        let kept = |subject: Subject| -> Vec<usize> {
            d.citations(subject).iter().enumerate().filter(|(_, c)| self.sees(c)).map(|(i, _)| i).collect()
        };
        let citation = |subject: Subject, index: usize| d.citations(subject).get(index).is_some_and(|c| self.sees(c));
        let tellable = |text: &str| {
            self.unseen.iter().all(|publisher| {
                !text.match_indices(publisher).any(|(at, _)| is_whole(text, &(at..at + publisher.len())))
            })
        };
        let chosen = Chosen { records: &records, citation: &citation, tellable: &tellable };
        let text = excerpt(d, self.checked.tables(), &chosen);
        // read back as any reader of the briefing will read it
        let read = resolve(&d.name, &d.language, &[Arc::new(TextFile::new(RECORDS, text.clone()))])?;
        let lock = self.checked.evidence_of(&read, &kept).print();
        let told = view::Evidence {
            dossier: d.name.clone(),
            language: d.language.clone(),
            levels: project.levels.iter().map(|(rule, level)| (rule.clone(), level.name().to_owned())).collect(),
            fixed: brief.fixed.to_vec(),
            records_sha256: hash::sha256(text.as_bytes()),
            lock_sha256: hash::sha256(lock.as_bytes()),
        };
        Ok((Evidence { records: text, lock }, told))
    }

    fn chosen(&self, view: &View) -> BTreeSet<Subject> {
        let d = self.dossier;
        let mut named = BTreeSet::new();
        ids(&serde_json::to_value(view).unwrap_or_default(), false, &mut named);
        named.extend(view.references.iter().map(|r| r.id.clone()));
        let mut chosen: BTreeSet<Subject> =
            named.iter().filter_map(|id| d.find(id)).filter(|s| self.visible(*s)).collect();
        let mut open: Vec<Subject> = chosen.iter().copied().collect();
        while let Some(subject) = open.pop() {
            for needed in self.needs(subject) {
                if self.visible(needed) && chosen.insert(needed) {
                    open.push(needed);
                }
            }
        }
        loop {
            let lacking: Vec<Subject> =
                chosen.iter().copied().filter(|s| self.required(*s).iter().any(|r| !chosen.contains(r))).collect();
            if lacking.is_empty() {
                return chosen;
            }
            lacking.iter().for_each(|s| {
                chosen.remove(s);
            });
        }
    }

    /// What goes with a record, if it can be seen.
    fn needs(&self, subject: Subject) -> Vec<Subject> {
        let d = self.dossier;
        let mut needed = self.required(subject);
        let mut dated = |dating: Option<&Dating>| {
            if let Some(Anchor::Source(r)) = dating.and_then(|dating| dating.anchor.as_ref()).map(|a| **a) {
                needed.push(Subject::Source(r));
            }
        };
        match subject {
            Subject::Source(r) => dated(d.sources[r].dating.as_ref()),
            Subject::Event(r) => dated(d.events[r].dating.as_ref()),
            Subject::Position(r) => dated(d.positions[r].dating.as_ref()),
            Subject::Background(r) => dated(d.backgrounds[r].dating.as_ref()),
            _ => {}
        }
        match subject {
            Subject::Source(r) => needed.extend(d.sources[r].wires.iter().map(|a| Subject::Actor(**a))),
            Subject::Actor(r) => needed.extend(d.actors[r].part_of.iter().map(|a| Subject::Actor(**a))),
            Subject::Place(r) => needed.extend(d.places[r].within.iter().map(|p| Subject::Place(**p))),
            Subject::Category(r) => needed.extend(d.categories[r].within.iter().map(|c| Subject::Category(**c))),
            Subject::Claim(r) => needed.extend(d.claims[r].supersedes.iter().map(|c| Subject::Claim(**c))),
            Subject::Event(r) => {
                let event = &d.events[r];
                needed.extend(event.place.iter().map(|p| Subject::Place(**p)));
                let actors = event.by.iter().chain(&event.with).chain(&event.against);
                needed.extend(actors.map(|a| Subject::Actor(**a)));
            }
            _ => {}
        }
        for citation in d.citations(subject).iter().filter(|c| self.sees(c)) {
            needed.push(Subject::Source(*citation.source));
            needed.extend(citation.via.iter().map(|a| Subject::Actor(**a)));
        }
        needed
    }

    /// What a record cannot be read without.
    fn required(&self, subject: Subject) -> Vec<Subject> {
        let d = self.dossier;
        match subject {
            Subject::Claim(r) => {
                let claim = &d.claims[r];
                let mut found = vec![Subject::Event(*claim.event), Subject::Measure(*claim.measure)];
                found.extend(claim.who.iter().map(|c| Subject::Category(**c)));
                found.extend(claim.by.iter().map(|a| Subject::Actor(**a)));
                found
            }
            Subject::Position(r) => vec![Subject::Actor(*d.positions[r].actor), *d.positions[r].toward],
            Subject::Background(r) => d.backgrounds[r].by.iter().map(|a| Subject::Actor(**a)).collect(),
            Subject::Discrepancy(_) | Subject::Assessment(_) | Subject::Change(_) => d.refers_to(subject),
            _ => Vec::new(),
        }
    }
}

/// The ids in all lists of records of a view.
fn ids(value: &Json, listed: bool, found: &mut BTreeSet<String>) {
    match value {
        Json::String(id) if listed => {
            found.insert(id.clone());
        }
        Json::Array(list) => list.iter().for_each(|v| ids(v, listed, found)),
        Json::Object(map) => map.iter().for_each(|(key, v)| ids(v, key == "records", found)),
        _ => {}
    }
}
