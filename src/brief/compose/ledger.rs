//! Judgements, disagreements, open questions, changes: what the analyst writes about the facts.

use super::super::view::{Contradiction, Disagreement, Judgement, RecordChange, Sentence, Side, Unknown};
use super::super::wording::{capital, sentence};
use super::Composer;
use crate::facts::at::At;
use crate::facts::dossier::{Background, Claim, Discrepancy, Source, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::AssessmentKind;
use crate::text::markdown::escape;

impl Composer<'_> {
    pub(super) fn judgements(&mut self) -> Vec<Judgement> {
        self.assessments(&[AssessmentKind::Judgement])
    }

    pub(super) fn outlook(&mut self) -> Vec<Judgement> {
        self.assessments(&[AssessmentKind::Outlook])
    }

    pub(super) fn assumptions(&mut self) -> Vec<Judgement> {
        self.assessments(&[AssessmentKind::Assumption, AssessmentKind::Inference])
    }

    fn assessments(&mut self, kinds: &[AssessmentKind]) -> Vec<Judgement> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (r, record) in d.assessments.iter() {
            let subject = Subject::Assessment(r);
            let about = self.everything || record.rests_on.iter().any(|s| self.concerns(**s));
            if !kinds.contains(&record.kind) || !self.visible(subject) || !about {
                continue;
            }
            let ledger = &self.language.words.ledger;
            let kind = self.language.named(&ledger.assessment, record.kind.word()).to_owned();
            let confidence =
                record.confidence.as_ref().map(|c| self.language.named(&ledger.confidence, c.word()).to_owned());
            let resting: Vec<Subject> = record.rests_on.iter().map(|s| **s).collect();
            found.push(Judgement {
                kind: capital(&kind),
                text: sentence(&self.say(subject, &record.text)),
                confidence: confidence.unwrap_or_default(),
                because: record.because.as_ref().map(|b| sentence(&self.say(subject, b))).unwrap_or_default(),
                refs: self.marks(&resting),
                records: vec![self.print(subject)],
            });
            self.printed.extend(resting);
        }
        found
    }

    /// Whether a record belongs to the events of the briefing, or is a position of one printed already.
    fn concerns(&self, subject: Subject) -> bool {
        self.about(subject) || matches!(subject, Subject::Position(_)) && self.printed.contains(&subject)
    }

    pub(super) fn background_in_words(&self, r: Ref<Background>) -> String {
        let record = &self.dossier.backgrounds[r];
        let text = sentence(&self.say(Subject::Background(r), &record.text));
        let mut tail = Vec::new();
        if let Some(by) = &record.by {
            tail.push(self.language.words.label.attributed.fill(&[("name", &self.actor(**by))]));
        }
        if let Some(hedge) = &record.hedge {
            tail.push(self.hedge(hedge));
        }
        if tail.is_empty() {
            return text;
        }
        format!("{}.", self.bracketed(text.trim_end_matches('.'), &self.language.remarks(&tail)))
    }

    pub(super) fn background(&mut self) -> Vec<Sentence> {
        let d = self.dossier;
        let mut found: Vec<_> = d
            .backgrounds
            .iter()
            .filter(|(r, b)| {
                self.visible(Subject::Background(*r))
                    && (self.everything || b.about.iter().any(|s| matches!(**s, Subject::Event(e) if self.in_scope(e))))
            })
            .map(|(r, b)| (b.date.as_ref().map(|date| date.earliest()), r))
            .collect();
        found.sort_by_key(|(date, r)| (date.is_none(), *date, *r));
        found
            .into_iter()
            .map(|(_, r)| {
                let subject = Subject::Background(r);
                Sentence {
                    markdown: escape(&self.background_in_words(r)),
                    refs: self.marks(&[subject]),
                    records: vec![self.print(subject)],
                }
            })
            .collect()
    }

    /// The disagreements in scope of which all sides are known, by kind and id.
    fn known_disagreements(&self) -> Vec<Ref<Discrepancy>> {
        let d = self.dossier;
        let mut found: Vec<Ref<Discrepancy>> = d
            .discrepancies
            .iter()
            .filter(|(r, record)| {
                self.visible(Subject::Discrepancy(*r)) && record.between.iter().any(|s| self.about(**s))
            })
            .map(|(r, _)| r)
            .collect();
        found.sort_by_key(|r| (self.discrepancy_kind(*r), d.discrepancies[*r].id.clone()));
        found
    }

    fn discrepancy_kind(&self, r: Ref<Discrepancy>) -> String {
        let named = &self.language.words.ledger.discrepancy;
        capital(self.language.named(named, self.dossier.discrepancies[r].kind.word()))
    }

    fn sources_between(&self, between: &[Subject]) -> Vec<Ref<Source>> {
        let named = between.iter().filter_map(|s| if let Subject::Source(r) = s { Some(*r) } else { None });
        let cited: Vec<Ref<Source>> = between.iter().flat_map(|s| self.sources_of(*s)).collect();
        cited.into_iter().chain(named).collect()
    }

    pub(super) fn disagreements(&mut self) -> Vec<Disagreement> {
        let d = self.dossier;
        let mut found = Vec::new();
        for r in self.known_disagreements() {
            let subject = Subject::Discrepancy(r);
            let between: Vec<Subject> = d.discrepancies[r].between.iter().map(|s| **s).collect();
            let mut records = vec![self.print(subject)];
            records.extend(between.iter().map(|s| d.head(*s).id.to_owned()));
            found.push(Disagreement {
                kind: self.discrepancy_kind(r),
                handling: sentence(&self.say(subject, &d.discrepancies[r].handling)),
                refs: self.number(&self.sources_between(&between)),
                records,
            });
        }
        found
    }

    pub(super) fn contradictions(&mut self) -> Vec<Contradiction> {
        let d = self.dossier;
        let mut found = Vec::new();
        for r in self.known_disagreements() {
            let subject = Subject::Discrepancy(r);
            let between: Vec<Subject> = d.discrepancies[r].between.iter().map(|s| **s).collect();
            let mut sides = Vec::new();
            for side in &between {
                let first = d.citations(*side).iter().position(|c| self.sees(c));
                // its words are quoted beside it
                let what = match side {
                    Subject::Position(r) => self.standing_in_words(*r),
                    other => self.in_words(*other),
                };
                sides.push(match first {
                    Some(index) => {
                        let quotation = self.quotation(*side, index);
                        Side {
                            what,
                            quotation: quotation.text,
                            source: quotation.source,
                            refs: quotation.refs,
                            records: quotation.records,
                        }
                    }
                    None => Side {
                        what,
                        refs: self.number(&self.sources_between(&[*side])),
                        records: vec![d.head(*side).id.to_owned()],
                        ..Side::default()
                    },
                });
            }
            found.push(Contradiction {
                kind: self.discrepancy_kind(r),
                sides,
                handling: sentence(&self.say(subject, &d.discrepancies[r].handling)),
                refs: self.number(&self.sources_between(&between)),
                records: vec![self.print(subject)],
            });
        }
        found
    }

    /// What a record says, in a line.
    pub(in crate::brief) fn in_words(&self, subject: Subject) -> String {
        let d = self.dossier;
        let list = &self.language.words.list;
        match subject {
            Subject::Claim(r) => {
                let label = &self.language.words.label;
                let what = label
                    .claim_of
                    .fill(&[("counted", &self.counted(self.key_of(r))), ("event", &self.title(*d.claims[r].event))]);
                self.bracketed(&format!("{what}{}{}", list.colon, self.figure_of(r)), &self.claimant_within(r))
            }
            Subject::Position(r) => self.utterance_in_words(r),
            Subject::Background(r) => self.background_in_words(r),
            Subject::Event(r) => {
                let (what, date) = (capital(&self.title(r)), self.when_of(r));
                if date.is_empty() {
                    what
                } else {
                    self.language.words.date.in_brackets.fill(&[("what", &what), ("date", &date)])
                }
            }
            Subject::Assessment(r) => sentence(&self.say(subject, &d.assessments[r].text)),
            Subject::Gap(r) => capital(&self.say(subject, &d.gaps[r].question)),
            Subject::Discrepancy(r) => sentence(&self.say(subject, &d.discrepancies[r].handling)),
            Subject::Change(r) => sentence(&self.say(subject, &d.changes[r].text)),
            Subject::Source(r) => {
                let source = &d.sources[r];
                let none = self.language.words.label.no_title.text();
                let name = source.title.as_ref().or(source.publisher.as_ref());
                name.map_or(none.to_owned(), |t| self.language.foreign(t))
            }
            Subject::Actor(r) => capital(&self.actor(r)),
            Subject::Place(r) => self.say(subject, &d.places[r].name),
            Subject::Category(r) => self.say(subject, &d.categories[r].name),
            Subject::Measure(r) => self.say(subject, &d.measures[r].name),
        }
    }

    pub(super) fn unknowns(&mut self) -> Vec<Unknown> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (r, gap) in d.gaps.iter() {
            let subject = Subject::Gap(r);
            if !self.visible(subject) || !(self.everything || gap.about.iter().any(|s| self.about(**s))) {
                continue;
            }
            found.push(Unknown {
                question: capital(&self.say(subject, &gap.question)),
                why: gap.why.as_ref().map(|w| sentence(&self.say(subject, w))).unwrap_or_default(),
                closes: gap.closes.as_ref().map(|c| sentence(&self.say(subject, c))).unwrap_or_default(),
                records: vec![self.print(subject)],
            });
        }
        found
    }

    /// What the dossier's changes say of records, as a reason.
    pub(in crate::brief) fn reason(&self, subjects: &[Subject]) -> String {
        let d = self.dossier;
        let texts: Vec<String> = d
            .changes
            .iter()
            .filter(|(r, c)| c.affects.iter().any(|s| subjects.contains(s)) && self.visible(Subject::Change(*r)))
            .map(|(r, c)| sentence(&self.say(Subject::Change(r), &c.text)))
            .collect();
        texts.join(" ")
    }

    /// Why one figure was replaced by another: what is said of the step, or else of one of the two alone.
    pub(super) fn reason_of_step(&self, past: Ref<Claim>, next: Option<Ref<Claim>>) -> String {
        let d = self.dossier;
        let ends: Vec<Subject> = std::iter::once(past).chain(next).map(Subject::Claim).collect();
        let known = |subject: &&At<Subject>| matches!(***subject, Subject::Claim(_));
        let fits = |affects: &[At<Subject>]| {
            let of_both = ends.iter().all(|end| affects.iter().any(|s| **s == *end));
            let of_one = affects.iter().filter(known).count() == 1 && affects.iter().any(|s| ends.contains(&**s));
            of_both || of_one
        };
        let texts: Vec<String> = d
            .changes
            .iter()
            .filter(|(r, c)| fits(&c.affects) && self.visible(Subject::Change(*r)))
            .map(|(r, c)| sentence(&self.say(Subject::Change(r), &c.text)))
            .collect();
        texts.join(" ")
    }

    pub(super) fn record_changes(&mut self) -> Vec<RecordChange> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (r, change) in d.changes.iter() {
            let subject = Subject::Change(r);
            if !self.visible(subject) || !(self.everything || change.affects.iter().any(|s| self.about(**s))) {
                continue;
            }
            let affected: Vec<Subject> = change.affects.iter().map(|s| **s).collect();
            let named = &self.language.words.ledger.change;
            found.push((
                change.date.as_ref().map(|date| date.earliest()),
                RecordChange {
                    kind: capital(self.language.named(named, change.kind.word())),
                    date: change.date.as_ref().map(|date| self.language.date(date)).unwrap_or_default(),
                    text: sentence(&self.say(subject, &change.text)),
                    refs: self.marks(&affected),
                    records: vec![self.print(subject)],
                },
            ));
        }
        found.sort_by_key(|(date, _)| (date.is_none(), *date));
        found.into_iter().map(|(_, change)| change).collect()
    }
}
