//! What rests on a record: the records that cite or refer to it, and those that rest on them in turn.

use std::collections::BTreeMap;

use super::provenance::Printout;
use super::units::UnitKind;
use crate::facts::at::At;
use crate::facts::dossier::{Anchor, Dating, Dossier, Subject};

/// A record that rests on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rests {
    /// The record.
    pub subject: Subject,
    /// What it refers to itself: the record asked for, or another that rests on that.
    pub through: Subject,
    /// How many references lead from it to the record asked for.
    pub steps: usize,
}

/// A place of a briefing that prints a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is.
    pub kind: UnitKind,
    /// The headings it stands under, outermost first.
    pub section: Vec<String>,
    /// What it says.
    pub text: String,
    /// The ids among those asked for that it prints.
    pub records: Vec<String>,
}

/// The records that a record cites or refers to itself.
#[must_use]
pub fn refers(d: &Dossier, subject: Subject) -> Vec<Subject> {
    fn all<T: Copy>(list: &[At<T>], of: fn(T) -> Subject) -> impl Iterator<Item = Subject> + '_ {
        list.iter().map(move |at| of(**at))
    }
    fn anchor(dating: Option<&Dating>) -> Option<Subject> {
        dating.and_then(|dating| dating.anchor.as_ref()).map(|anchor| match **anchor {
            Anchor::Source(r) => Subject::Source(r),
            Anchor::Event(r) => Subject::Event(r),
        })
    }
    let mut found: Vec<Subject> = Vec::new();
    for citation in d.citations(subject) {
        found.push(Subject::Source(*citation.source));
        found.extend(all(&citation.via, Subject::Actor));
    }
    match subject {
        Subject::Source(r) => {
            let s = &d.sources[r];
            found.extend(all(&s.wires, Subject::Actor));
            found.extend(anchor(s.dating.as_ref()));
        }
        Subject::Actor(r) => found.extend(d.actors[r].part_of.iter().map(|a| Subject::Actor(**a))),
        Subject::Place(r) => found.extend(d.places[r].within.iter().map(|p| Subject::Place(**p))),
        Subject::Category(r) => found.extend(d.categories[r].within.iter().map(|c| Subject::Category(**c))),
        Subject::Measure(_) => {}
        Subject::Event(r) => {
            let e = &d.events[r];
            found.extend(e.place.iter().map(|p| Subject::Place(**p)));
            for actors in [&e.by, &e.with, &e.against] {
                found.extend(all(actors, Subject::Actor));
            }
            found.extend(e.answers.iter().map(|a| Subject::Event(**a)));
            found.extend(all(&e.after, Subject::Event));
            found.extend(all(&e.distinct, Subject::Event));
            found.extend(anchor(e.dating.as_ref()));
        }
        Subject::Claim(r) => {
            let c = &d.claims[r];
            found.extend([Subject::Event(*c.event), Subject::Measure(*c.measure)]);
            found.extend(c.who.iter().map(|w| Subject::Category(**w)));
            found.extend(c.by.iter().map(|a| Subject::Actor(**a)));
            found.extend(c.supersedes.iter().map(|s| Subject::Claim(**s)));
        }
        Subject::Position(r) => {
            let p = &d.positions[r];
            found.extend([Subject::Actor(*p.actor), *p.toward]);
            found.extend(anchor(p.dating.as_ref()));
        }
        Subject::Background(r) => {
            let b = &d.backgrounds[r];
            found.extend(b.about.iter().map(|s| **s));
            found.extend(b.by.iter().map(|a| Subject::Actor(**a)));
            found.extend(anchor(b.dating.as_ref()));
        }
        Subject::Discrepancy(r) => found.extend(d.discrepancies[r].between.iter().map(|s| **s)),
        Subject::Gap(r) => found.extend(d.gaps[r].about.iter().map(|s| **s)),
        Subject::Assessment(r) => found.extend(d.assessments[r].rests_on.iter().map(|s| **s)),
        Subject::Change(r) => found.extend(d.changes[r].affects.iter().map(|s| **s)),
    }
    found
}

/// Whether an event names another only to be told apart from it, or to stand behind it in the order of a day: it would
/// say otherwise if that one changed, and nothing that rests on it would.
fn only_beside(d: &Dossier, subject: Subject, to: Subject) -> bool {
    let (Subject::Event(event), Subject::Event(other)) = (subject, to) else { return false };
    let e = &d.events[event];
    let beside = e.distinct.iter().chain(&e.after).any(|r| **r == other);
    let dated = e.dating.as_ref().and_then(|dating| dating.anchor.as_ref());
    let counted = dated.is_some_and(|anchor| **anchor == Anchor::Event(other));
    beside && !counted && e.answers.as_ref().is_none_or(|a| **a != other)
}

/// All records that rest on a record, the nearest first, then by kind and id.
#[must_use]
pub fn rests_on(d: &Dossier, target: Subject) -> Vec<Rests> {
    let mut referring: BTreeMap<Subject, Vec<Subject>> = BTreeMap::new();
    for (subject, _) in d.heads() {
        for to in refers(d, subject) {
            let list = referring.entry(to).or_default();
            if list.last() != Some(&subject) {
                list.push(subject);
            }
        }
    }
    let mut found: BTreeMap<Subject, Rests> = BTreeMap::new();
    let mut edge = vec![target];
    let mut steps = 1;
    while !edge.is_empty() {
        let mut next = Vec::new();
        for through in edge {
            for subject in referring.get(&through).into_iter().flatten() {
                if *subject != target && !found.contains_key(subject) {
                    found.insert(*subject, Rests { subject: *subject, through, steps });
                    if !only_beside(d, *subject, through) {
                        next.push(*subject);
                    }
                }
            }
        }
        edge = next;
        steps += 1;
    }
    let mut list: Vec<Rests> = found.into_values().collect();
    list.sort_by_key(|r| (r.steps, r.subject));
    list
}

/// The places of a briefing that print any of these records.
#[must_use]
pub fn printed(printout: &Printout, ids: &[&str]) -> Vec<Place> {
    let text = |i: &usize| printout.units.get(*i).map(|t| t.unit.text.clone());
    printout
        .units
        .iter()
        .filter_map(|traced| {
            let records: Vec<String> = traced.records.iter().filter(|r| ids.contains(&r.as_str())).cloned().collect();
            (!records.is_empty()).then(|| Place {
                kind: traced.unit.kind,
                section: traced.unit.under.iter().filter_map(text).collect(),
                text: traced.unit.text.clone(),
                records,
            })
        })
        .collect()
}
