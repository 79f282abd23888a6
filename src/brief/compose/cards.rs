//! What stands behind the records of a briefing, as far as the briefing may print it.

use std::collections::BTreeSet;

use super::super::cards::{Behind, Card, PageWords, Passage};
use super::super::references::Cited;
use super::super::wording::{capital, sentence};
use super::Composer;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{Actor, Citation, Claim, Dating, Position, Source, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{Basis, Tlp};

impl Composer<'_> {
    /// The evidence of all that is printed, and of what that rests on. A briefing's label holds for it as for the text.
    pub(super) fn behind(&self, cited: &Cited, label: Tlp) -> Behind {
        let mut open: Vec<Subject> = self.printed.iter().copied().chain(self.bottom.iter().copied()).collect();
        open.extend(self.order.iter().map(|source| Subject::Source(*source)));
        let mut seen: BTreeSet<Subject> = BTreeSet::new();
        let mut behind = Behind { words: self.page_words(), ..Behind::default() };
        while let Some(subject) = open.pop() {
            let allowed = self.visible(subject) && self.handlings.of(subject) <= label;
            if !allowed || !seen.insert(subject) {
                continue;
            }
            let Some(mut evidence) = self.card(subject) else { continue };
            for (index, citation) in self.dossier.citations(subject).iter().enumerate() {
                if self.sees(citation) && self.handlings.of(Subject::Source(*citation.source)) <= label {
                    evidence.passages.push(self.passage(subject, index, citation, cited));
                }
            }
            for actor in self.part_in(subject) {
                let id = &self.dossier.actors[actor].id;
                if !evidence.actors.contains(id) {
                    evidence.actors.push(id.clone());
                    behind.actors.insert(id.clone(), capital(&self.actor(actor)));
                }
            }
            if matches!(subject, Subject::Assessment(_) | Subject::Discrepancy(_) | Subject::Change(_)) {
                for below in self.dossier.refers_to(subject) {
                    if self.visible(below) && self.handlings.of(below) <= label {
                        evidence.rests_on.push(self.dossier.head(below).id.to_owned());
                        open.push(below);
                    }
                }
            }
            behind.records.insert(self.dossier.head(subject).id.to_owned(), evidence);
        }
        behind
    }

    fn page_words(&self) -> PageWords {
        let words = &self.language.words.page;
        let text = |phrase: &super::super::language::Phrase| phrase.text().to_owned();
        PageWords {
            contents: text(&words.contents),
            skip: text(&words.skip),
            evidence: text(&words.evidence),
            hint: text(&words.hint),
            filter: text(&words.filter),
            everybody: text(&words.everybody),
            shown: text(&words.shown),
            close: text(&words.close),
        }
    }

    /// A fixed word that stands before a fact.
    fn label(&self, name: &str) -> String {
        self.language.headings().get(name).cloned().unwrap_or_default()
    }

    fn card(&self, subject: Subject) -> Option<Card> {
        let d = self.dossier;
        let mut facts: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, text: String| {
            if !text.is_empty() {
                facts.push((self.label(name), capital(&text)));
            }
        };
        let what = match subject {
            Subject::Claim(r) => {
                add("figure", self.figure_of(r));
                add("according_to", self.claimant_within(r));
                let event = &d.events[*d.claims[r].event];
                add("date", self.when(event.date.as_ref(), event.dating.as_ref()));
                add("remarks", self.reserve_of(r));
                let (counted, event) = (self.counted(self.key_of(r)), self.title(*d.claims[r].event));
                self.language.words.label.claim_of.fill(&[("counted", &counted), ("event", &event)])
            }
            Subject::Event(r) => {
                let record = &d.events[r];
                add("date", self.day_and_time(r));
                add("basis", self.how_dated(record.date.as_ref(), record.dating.as_ref(), subject));
                add("remarks", self.language.remarks(&self.details(r)));
                self.title(r)
            }
            Subject::Position(r) => {
                let record = &d.positions[r];
                add("according_to", self.speaker(r));
                add("date", self.when(record.date.as_ref(), record.dating.as_ref()));
                add("basis", self.how_dated(record.date.as_ref(), record.dating.as_ref(), subject));
                let venue = self.remark(subject, record.venue.as_ref());
                let reserve: Vec<String> =
                    venue.into_iter().chain(record.hedge.as_ref().map(|h| self.hedge(h))).collect();
                add("remarks", self.language.remarks(&reserve));
                self.standing_toward(r)
            }
            Subject::Background(r) => {
                let record = &d.backgrounds[r];
                let none = || self.language.words.label.no_claimant.text().to_owned();
                add("according_to", record.by.as_ref().map_or_else(none, |by| self.actor(**by)));
                add("date", self.when(record.date.as_ref(), record.dating.as_ref()));
                add("basis", self.how_dated(record.date.as_ref(), record.dating.as_ref(), subject));
                add("remarks", record.hedge.as_ref().map(|h| self.hedge(h)).unwrap_or_default());
                self.say(subject, &record.text)
            }
            Subject::Assessment(r) => {
                let record = &d.assessments[r];
                let words = &self.language.words.ledger;
                add("remarks", self.language.named(&words.assessment, record.kind.word()).to_owned());
                let confidence = record.confidence.as_ref().map(|c| self.language.named(&words.confidence, c.word()));
                add("grade", confidence.unwrap_or_default().to_owned());
                add("because", record.because.as_ref().map(|b| sentence(&self.say(subject, b))).unwrap_or_default());
                self.say(subject, &record.text)
            }
            Subject::Discrepancy(r) => self.say(subject, &d.discrepancies[r].handling),
            Subject::Change(r) => self.say(subject, &d.changes[r].text),
            Subject::Gap(r) => self.say(subject, &d.gaps[r].question),
            Subject::Source(r) => {
                let record = &d.sources[r];
                let publisher = record.publisher.as_ref().map(|p| self.language.foreign(p)).unwrap_or_default();
                add("published", self.when(record.published.as_ref(), record.dating.as_ref()));
                add("basis", self.how_dated(record.published.as_ref(), record.dating.as_ref(), subject));
                let grade = self.language.named(&self.language.words.source.grade, record.grade.word());
                let reliability = &self.language.words.label.reliability;
                add("reliability", reliability.fill(&[("grade", record.grade.word()), ("meaning", grade)]));
                let title = self.target_name(subject);
                if publisher.is_empty() {
                    title
                } else {
                    format!("{publisher}{}{title}", self.language.words.list.colon)
                }
            }
            Subject::Actor(_) | Subject::Place(_) | Subject::Category(_) | Subject::Measure(_) => return None,
        };
        Some(Card { what: capital(&what), facts, ..Card::default() })
    }

    /// What a claim is qualified by: what it covers, its hedge, its credibility, the flags of its cell.
    fn reserve_of(&self, claim: Ref<Claim>) -> String {
        let mut parts = self.remarks(claim);
        let cell = self.cells.iter().find(|cell| cell.key == self.key_of(claim));
        let named = &self.language.words.reconcile.flag;
        let flags = cell.into_iter().flat_map(|cell| &cell.flags);
        parts.extend(flags.map(|flag| self.language.named(named, flag.word()).to_owned()));
        self.language.remarks(&parts)
    }

    fn speaker(&self, position: Ref<Position>) -> String {
        let actor = *self.dossier.positions[position].actor;
        match self.role(actor) {
            role if role.is_empty() => self.actor(actor),
            role => self.bracketed(&self.actor(actor), &role),
        }
    }

    /// How a date is known that its source does not state.
    fn how_dated(&self, date: Option<&At<Date>>, dating: Option<&Dating>, subject: Subject) -> String {
        let dating = dating.filter(|dating| date.is_some() && *dating.basis != Basis::Stated);
        dating.map(|dating| self.basis(dating, subject)).unwrap_or_default()
    }

    fn passage(&self, subject: Subject, index: usize, citation: &Citation, cited: &Cited) -> Passage {
        let d = self.dossier;
        let source: Ref<Source> = *citation.source;
        let record = &d.sources[source];
        let place = [
            self.when(record.published.as_ref(), record.dating.as_ref()),
            self.line(subject, index),
            self.via(Some(citation)),
        ];
        let number = self.order.iter().position(|s| *s == source).map(|i| i + 1);
        Passage {
            text: self.language.quoted(&citation.quote),
            language: d.language_of(source).to_owned(),
            publisher: record.publisher.as_ref().map(|p| self.language.foreign(p)).unwrap_or_default(),
            title: record.title.as_ref().map(|t| self.language.foreign(t)).unwrap_or_default(),
            place: place.into_iter().filter(|part| !part.is_empty()).collect(),
            mark: number.and_then(|n| cited.marks(&[n]).into_iter().next()),
        }
    }

    /// Who has a part in a record: who did it, with whom, against whom, who says so, who is spoken of.
    fn part_in(&self, subject: Subject) -> Vec<Ref<Actor>> {
        let d = self.dossier;
        match subject {
            Subject::Event(r) => {
                let record = &d.events[r];
                record.by.iter().chain(&record.with).chain(&record.against).map(|actor| **actor).collect()
            }
            Subject::Position(r) => {
                let toward = match *d.positions[r].toward {
                    Subject::Actor(actor) => Some(actor),
                    _ => None,
                };
                std::iter::once(*d.positions[r].actor).chain(toward).collect()
            }
            Subject::Claim(r) => d.claims[r].by.iter().map(|by| **by).collect(),
            Subject::Background(r) => d.backgrounds[r].by.iter().map(|by| **by).collect(),
            _ => Vec::new(),
        }
    }
}
