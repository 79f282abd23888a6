//! What happened, in order of time.

use std::sync::Arc;

use chrono::NaiveDate;

use super::super::view::{Fact, Moment};
use super::super::wording::{capital, sentence};
use super::Composer;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{Dating, Event, Position, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::Scope;

/// What an entry of the timeline is sorted by: day, last day, what it is, place among its like.
type Order = (NaiveDate, NaiveDate, u8, usize, String);

/// An entry of the timeline with what its picture needs.
pub(super) struct Dated {
    pub(super) moment: Moment,
    /// What it is, in short.
    pub(super) short: String,
    /// `event`, `statement`, `figure` or `background`.
    pub(super) sign: &'static str,
    pub(super) date: Option<Date>,
}

impl Composer<'_> {
    pub(super) fn key_facts(&mut self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for event in self.scope.clone() {
            let subject = Subject::Event(event);
            let detail = self.details(event);
            facts.push(Fact {
                when: capital(&self.day_and_time(event)),
                what: capital(&self.title(event)),
                detail: if detail.is_empty() { String::new() } else { sentence(&self.language.remarks(&detail)) },
                refs: self.marks(&[subject]),
                records: vec![self.print(subject)],
            });
        }
        facts
    }

    pub(in crate::brief) fn day_and_time(&self, event: Ref<Event>) -> String {
        let words = &self.language.words;
        let record = &self.dossier.events[event];
        let mut when = self.when_of(event);
        if when.is_empty() {
            words.date.undated.text().clone_into(&mut when);
        }
        match &record.time {
            Some(time) => {
                let time = self.language.named(&words.calendar.daypart, time.word());
                words.date.with_time.fill(&[("date", &when), ("time", time)])
            }
            None => when,
        }
    }

    /// Who, where, in answer to what.
    pub(super) fn details(&self, event: Ref<Event>) -> Vec<String> {
        let d = self.dossier;
        let record = &d.events[event];
        let label = &self.language.words.label;
        let mut details: Vec<String> = Vec::new();
        let mut add = |phrase: &super::super::language::Phrase, names: &[String]| {
            if !names.is_empty() {
                details.push(phrase.fill(&[("names", &self.language.list(names))]));
            }
        };
        add(&label.place, &self.place_of(event).into_iter().collect::<Vec<_>>());
        add(&label.by, &self.actors(&record.by));
        add(&label.with, &self.actors(&record.with));
        add(&label.against, &self.actors(&record.against));
        let answered: Vec<String> =
            record.answers.iter().filter(|e| self.visible(Subject::Event(***e))).map(|e| self.title(**e)).collect();
        add(&label.answers, &answered);
        let mut via: Vec<String> = Vec::new();
        for actor in record.citations.iter().filter(|c| self.sees(c)).flat_map(|c| &c.via) {
            let name = self.actor(**actor);
            if !via.contains(&name) {
                via.push(name);
            }
        }
        add(&label.according_to, &via);
        // what is not known yet cannot be confused with anything
        let distinct: Vec<String> = record
            .distinct
            .iter()
            .filter(|e| self.visible(Subject::Event(***e)))
            .map(|e| {
                let (what, date) = (self.title(**e), self.when_of(**e));
                if date.is_empty() {
                    what
                } else {
                    self.language.words.date.in_brackets.fill(&[("what", &what), ("date", &date)])
                }
            })
            .collect();
        let hedge = record.hedge.as_ref().map(|h| self.hedge(h));
        details.extend(hedge);
        if !distinct.is_empty() {
            details.push(label.distinct.fill(&[("names", &self.language.list(&distinct))]));
        }
        details
    }

    /// The place of an event, with the one it lies in.
    pub(super) fn place_of(&self, event: Ref<Event>) -> Option<String> {
        let d = self.dossier;
        let place = **d.events[event].place.as_ref()?;
        let record = &d.places[place];
        let name = self.say(Subject::Place(place), &record.name);
        Some(match &record.within {
            Some(outer) => {
                let outer = self.say(Subject::Place(**outer), &d.places[**outer].name);
                self.language.words.label.place_within.fill(&[("place", &name), ("outer", &outer)])
            }
            None => name,
        })
    }

    pub(super) fn timeline(&mut self) -> Vec<Moment> {
        self.dated().iter().map(|entry| entry.moment.clone()).collect()
    }

    /// All that is dated, in the order of time; then the undated events. The table and the picture are of the same.
    pub(super) fn dated(&mut self) -> Arc<Vec<Dated>> {
        if let Some(known) = &self.dated {
            return Arc::clone(known);
        }
        let found = Arc::new(self.in_order_of_time());
        self.dated = Some(Arc::clone(&found));
        found
    }

    fn in_order_of_time(&mut self) -> Vec<Dated> {
        let d = self.dossier;
        let mut found: Vec<(Order, Dated)> = Vec::new();
        let mut undated: Vec<Dated> = Vec::new();
        for (place, event) in self.scope.clone().into_iter().enumerate() {
            let record = &d.events[event];
            let mut what = self.title(event);
            if let Some(hedge) = &record.hedge {
                what = self.bracketed(&what, &self.hedge(hedge));
            }
            let time = record.time.as_ref();
            let time = time.map(|t| self.language.named(&self.language.words.calendar.daypart, t.word()).to_owned());
            let moment = self.entry(Subject::Event(event), &what, record.date.as_ref(), record.dating.as_ref(), time);
            let date = record.date.as_ref().map(|date| (**date).clone());
            let entry = Dated { moment, short: self.title(event), sign: "event", date };
            match &record.date {
                Some(date) => found.push(((date.earliest(), date.latest(), 0, place, record.id.clone()), entry)),
                None => undated.push(entry),
            }
        }
        let positions: Vec<Vec<Ref<Position>>> = self.utterances();
        for renderings in positions {
            let Some(lead) = self.fullest(&renderings) else { continue };
            let record = &d.positions[lead];
            let Some(date) = &record.date else { continue };
            let what = self.utterance_in_words(lead);
            let subjects: Vec<Subject> = renderings.iter().map(|r| Subject::Position(*r)).collect();
            let mut moment =
                self.entry(Subject::Position(lead), &what, record.date.as_ref(), record.dating.as_ref(), None);
            moment.refs = self.marks(&subjects);
            moment.records = self.print_all(&subjects);
            let short = self.standing_toward(lead);
            let entry = Dated { moment, short, sign: "statement", date: Some((**date).clone()) };
            found.push(((date.earliest(), date.latest(), 1, 0, record.id.clone()), entry));
        }
        for (r, record) in d.claims.iter() {
            let subject = Subject::Claim(r);
            let Some(period) = record.period.as_ref().filter(|_| record.scope == Scope::Cumulative) else { continue };
            if !self.visible(subject) || !self.about(subject) {
                continue;
            }
            let list = &self.language.words.list;
            let what = format!("{}{}{}", self.counted(self.key_of(r)), list.colon, self.figure_of(r));
            let what = self.bracketed(&what, &self.claimant_within(r));
            let moment = self.entry(subject, &what, Some(period), None, None);
            let entry = Dated { moment, short: what, sign: "figure", date: Some((**period).clone()) };
            found.push(((period.earliest(), period.latest(), 2, 0, record.id.clone()), entry));
        }
        for (r, record) in d.backgrounds.iter() {
            let subject = Subject::Background(r);
            let Some(date) = &record.date else { continue };
            if !self.visible(subject) || !self.about(subject) {
                continue;
            }
            let what = self.background_in_words(r);
            let moment = self.entry(subject, &what, Some(date), record.dating.as_ref(), None);
            let entry = Dated { moment, short: what, sign: "background", date: Some((**date).clone()) };
            found.push(((date.earliest(), date.latest(), 3, 0, record.id.clone()), entry));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(_, entry)| entry).chain(undated).collect()
    }

    fn entry(
        &mut self,
        subject: Subject,
        what: &str,
        date: Option<&At<Date>>,
        dating: Option<&Dating>,
        time: Option<String>,
    ) -> Moment {
        let words = &self.language.words;
        let (when, precision) = match date {
            Some(date) => (self.when(Some(date), dating), self.language.precision(date)),
            None => (words.date.undated.text().to_owned(), words.precision.unknown.text().to_owned()),
        };
        Moment {
            when: capital(&when),
            time: time.unwrap_or_default(),
            what: capital(what),
            precision,
            undated: date.is_none(),
            refs: self.marks(&[subject]),
            records: vec![self.print(subject)],
        }
    }
}
