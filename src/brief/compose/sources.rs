//! On what a briefing rests: the sourcing statement, dates that are not stated, sources with their quotations.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::references::Cited;
use super::super::view::{DateNote, Mark, Sentence, SourceEntry, UsedQuotation};
use super::super::wording::capital;
use super::Composer;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{Anchor, Dating, Source, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{Basis, Reliability};
use crate::load::lock::Match;
use crate::text::markdown::escape;

impl Composer<'_> {
    pub(super) fn dates(&mut self) -> Vec<DateNote> {
        let d = self.dossier;
        let mut notes: Vec<(NaiveDate, String, DateNote)> = Vec::new();
        for subject in self.printed.clone() {
            let (what, date, dating) = match subject {
                Subject::Event(r) => (capital(&self.title(r)), d.events[r].date.as_ref(), d.events[r].dating.as_ref()),
                Subject::Position(r) => {
                    let p = &d.positions[r];
                    let what = self.language.words.label.statement_by.fill(&[("name", &self.actor(*p.actor))]);
                    (what, p.date.as_ref(), p.dating.as_ref())
                }
                _ => continue,
            };
            notes.extend(self.note(what, date, dating, subject));
        }
        for source in self.order.clone() {
            let record = &d.sources[source];
            let what = self.publication(source);
            notes.extend(self.note(what, record.published.as_ref(), record.dating.as_ref(), Subject::Source(source)));
        }
        // the same date of the same thing by the same reasoning is said once
        let mut merged: Vec<(NaiveDate, String, DateNote)> = Vec::new();
        for (day, id, note) in notes {
            match merged
                .iter_mut()
                .find(|(_, _, n)| n.date == note.date && n.what == note.what && n.basis == note.basis)
            {
                Some((_, _, known)) => known.records.extend(note.records),
                None => merged.push((day, id, note)),
            }
        }
        merged.sort_by(|a, b| (a.0, &a.2.what, &a.1).cmp(&(b.0, &b.2.what, &b.1)));
        merged.into_iter().map(|(_, _, note)| note).collect()
    }

    /// The publication of a source, by its number if it has one.
    fn publication(&self, source: Ref<Source>) -> String {
        let words = &self.language.words.calendar;
        let name = match self.order.iter().position(|s| *s == source) {
            Some(i) => self.named(i + 1),
            None => {
                let publisher = self.dossier.sources[source].publisher.as_ref();
                publisher.map_or(words.another.text().to_owned(), |p| self.language.foreign(p.as_str()))
            }
        };
        words.publication.fill(&[("source", &name)])
    }

    fn note(
        &self,
        what: String,
        date: Option<&At<Date>>,
        dating: Option<&Dating>,
        subject: Subject,
    ) -> Option<(NaiveDate, String, DateNote)> {
        let (date, dating) = (date?, dating?);
        if *dating.basis == Basis::Stated {
            return None;
        }
        let id = self.dossier.head(subject).id.to_owned();
        let basis = self.basis(dating, subject);
        let note = DateNote { date: self.language.date(date), what: capital(&what), basis, records: vec![id.clone()] };
        Some((date.earliest(), id, note))
    }

    /// How a date is known, in words.
    pub(super) fn basis(&self, dating: &Dating, subject: Subject) -> String {
        let d = self.dossier;
        let words = &self.language.words.calendar;
        let mut basis = self.language.named(&words.basis, dating.basis.word()).to_owned();
        if let Some(said) = &dating.words {
            let phrase = if *dating.basis == Basis::Inferred { &words.from_words } else { &words.says };
            basis.push_str(&phrase.fill(&[("words", &self.language.quoted(said))]));
        }
        if let Some(anchor) = &dating.anchor {
            let from = match **anchor {
                Anchor::Source(r) if self.visible(Subject::Source(r)) => Some(self.publication(r)),
                Anchor::Event(r) if self.visible(Subject::Event(r)) => {
                    Some(self.language.quoted(&self.say(Subject::Event(r), &d.events[r].title)))
                }
                // what may not be printed is not named either
                Anchor::Source(_) | Anchor::Event(_) => None,
            };
            if let Some(from) = from {
                basis.push_str(&words.counted_from.fill(&[("anchor", &from)]));
            }
        }
        if (dating.rule.is_none() || matches!(*dating.basis, Basis::External | Basis::SourceError))
            && let Some(note) = self.remark(subject, dating.note.as_ref())
        {
            basis.push_str(&self.language.words.list.colon);
            basis.push_str(note.trim().trim_end_matches('.'));
        }
        basis
    }

    pub(super) fn sourcing(&mut self) -> Vec<Sentence> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.sourcing;
        let sources = self.order.clone();
        let plain = |text: String, refs: Vec<Mark>| Sentence { markdown: escape(&text), refs, records: Vec::new() };
        if sources.is_empty() {
            return vec![plain(words.nothing.text().to_owned(), Vec::new())];
        }
        let quotations: usize = self
            .printed
            .iter()
            .map(|s| (0..d.citations(*s).len()).filter(|i| self.checked.proof(*s, *i).is_some()).count())
            .sum();
        let reports = language.counted(sources.len(), &words.reports, &[]);
        let proved = language.counted(quotations, &words.quotations, &[]);
        let rests = words.rests_on.fill(&[("reports", &reports), ("quotations", &proved)]);
        let mut said = vec![plain(rests, self.number(&sources))];
        let mut by_wire: BTreeMap<String, Vec<Ref<Source>>> = BTreeMap::new();
        for source in &sources {
            for wire in &d.sources[*source].wires {
                by_wire.entry(self.actor(**wire)).or_default().push(*source);
            }
        }
        for (wire, leaning) in by_wire {
            let marks = self.number(&leaning);
            let text = if leaning.len() > 1 {
                language.counted(leaning.len(), &words.wire_many, &[("name", &wire)])
            } else {
                words.wire_one.fill(&[("name", &wire)])
            };
            said.push(plain(text, marks));
        }
        let unjudged = sources.iter().filter(|s| d.sources[**s].grade == Reliability::F).count();
        let grades = if unjudged == sources.len() { &words.unjudged } else { &words.judged };
        said.push(plain(grades.text().to_owned(), Vec::new()));
        said.push(plain(words.no_adding.text().to_owned(), Vec::new()));
        let own = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        if sources.iter().any(|s| own(d.language_of(*s)) != own(&language.tag)) {
            said.push(plain(words.languages.text().to_owned(), Vec::new()));
        }
        let later = d.sources.iter().filter(|(r, _)| !self.published(*r)).count();
        if later > 0 {
            said.push(plain(language.counted(later, &words.later, &[]), Vec::new()));
        }
        let withheld = self.withheld();
        if withheld > 0 {
            said.push(plain(language.counted(withheld, &words.withheld, &[]), Vec::new()));
        }
        said
    }

    /// Takes in all citing records in scope, their sources in the order of publication.
    pub(super) fn take_in_all(&mut self) {
        let d = self.dossier;
        let subjects: Vec<Subject> =
            d.cited().map(|c| c.subject).filter(|s| self.about(*s) && self.visible(*s)).collect();
        let mut sources: Vec<Ref<Source>> = subjects.iter().flat_map(|s| self.sources_of(*s)).collect();
        sources.sort_by_key(|s| (d.sources[*s].published.as_ref().map(|p| p.earliest()), *s));
        self.number(&sources);
        self.print_all(&subjects);
    }

    pub(super) fn sources(&mut self, cited: &Cited) -> Vec<SourceEntry> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words;
        let mut found = Vec::new();
        for reference in cited.references.clone() {
            let Some((source, _)) = d.sources.get(&reference.id) else { continue };
            let record = &d.sources[source];
            let subject = Subject::Source(source);
            let grade = language.named(&words.source.grade, record.grade.word());
            let mut published = self.when(record.published.as_ref(), record.dating.as_ref());
            if published.is_empty() {
                words.source.no_date.text().clone_into(&mut published);
            }
            if let Some(dating) = record.dating.as_ref().filter(|g| *g.basis != Basis::Stated) {
                published = self.bracketed(&published, &self.basis(dating, subject));
            }
            let refs = self.number(&[source]);
            found.push(SourceEntry {
                number: reference.number,
                anchor: reference.anchor,
                annex: format!("annex-{}", reference.number),
                id: record.id.clone(),
                markdown: reference.markdown,
                about: record.about.as_ref().map(|a| self.say(subject, a)).unwrap_or_default(),
                grade: words.label.reliability.fill(&[("grade", record.grade.word()), ("meaning", grade)]),
                published,
                file: record.file_name().to_owned(),
                sha256: record.hash().to_owned(),
                quotations: self.used(source),
                refs,
                records: vec![record.id.clone()],
            });
        }
        found
    }

    /// The quotations of a source that printed records rest on, in the order of the article, each once.
    fn used(&mut self, source: Ref<Source>) -> Vec<UsedQuotation> {
        let d = self.dossier;
        let words = &self.language.words;
        let mut found: BTreeMap<(usize, usize, String), (Match, Vec<Subject>)> = BTreeMap::new();
        for subject in &self.printed {
            for (index, citation) in d.citations(*subject).iter().enumerate() {
                let Some(proof) = self.checked.proof(*subject, index).filter(|_| *citation.source == source) else {
                    continue;
                };
                let key = (proof.line, proof.bytes[0], citation.quote.to_string());
                let entry = found.entry(key).or_insert((proof.matched, Vec::new()));
                if !entry.1.contains(subject) {
                    entry.1.push(*subject);
                }
            }
        }
        let mut quotations = Vec::new();
        for ((line, _, quote), (matched, subjects)) in found {
            let proof = match matched {
                Match::Exact => &words.label.exact,
                Match::Folded => &words.label.folded,
            };
            let ids: Vec<String> = subjects.iter().map(|s| d.head(*s).id.to_owned()).collect();
            quotations.push(UsedQuotation {
                text: self.language.quoted(&quote),
                line: self.language.ordinal(line),
                proof: proof.text().to_owned(),
                ids: ids.join(", "),
                refs: Vec::new(),
                records: ids,
            });
        }
        for quotation in &mut quotations {
            quotation.refs = self.number(&[source]);
        }
        quotations
    }
}
