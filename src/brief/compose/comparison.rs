//! Two events side by side. Nothing is subtracted, and nothing is called more or less.

use std::collections::BTreeSet;

use super::super::view::{ComparisonRow, Mark, Sentence};
use super::super::wording::capital;
use super::Composer;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Actor, Event, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::Stance;
use crate::load::briefing::Request;
use crate::reconcile::Cell;
use crate::text::markdown::escape;

/// One side of a row: its text, its sources, the records it rests on.
type Half = (String, Vec<Mark>, Vec<String>);

impl Composer<'_> {
    pub(super) fn comparison(
        &mut self,
        request: &Request,
    ) -> Result<(Vec<String>, Vec<ComparisonRow>), Box<Diagnostic>> {
        // in the order the analyst names them
        let named: Vec<Ref<Event>> =
            request.events.iter().filter_map(|id| self.dossier.events.get(id.as_str())).map(|(r, _)| r).collect();
        let not_two = |n: usize| {
            let title = format!("briefing `{}` compares {n} {}", request.slug, if n == 1 { "event" } else { "events" });
            Box::new(
                Diagnostic::new("schema", title)
                    .at(
                        &request.file,
                        request.events.first().map_or(request.kind.span(), |e| e.span()),
                        "a comparison is of two events",
                    )
                    .help("name the two in `events`"),
            )
        };
        let [left, right] = named.as_slice() else {
            return Err(not_two(named.len()));
        };
        if left == right {
            return Err(not_two(1));
        }
        let (left, right) = (*left, *right);
        for event in [left, right] {
            if !self.visible(Subject::Event(event)) {
                let asked = request.events.iter().find(|e| e.as_str() == self.dossier.events[event].id);
                let span = asked.map_or(request.kind.span(), |e| e.span());
                let title = format!("event `{}` cannot be compared", self.dossier.events[event].id);
                return Err(Box::new(
                    Diagnostic::new("not-yet-known", title)
                        .at(&request.file, span, self.why_not(Subject::Event(event)))
                        .help("compare the two as of a later day"),
                ));
            }
        }
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.compare;
        let mut rows: Vec<ComparisonRow> = Vec::new();
        self.plain(&mut rows, words.date.text(), left, right, Self::when_of);
        let time = |s: &Self, e: Ref<Event>| {
            let named = &s.language.words.calendar.daypart;
            s.dossier.events[e].time.as_ref().map(|t| s.language.named(named, t.word()).to_owned()).unwrap_or_default()
        };
        self.plain(&mut rows, words.time.text(), left, right, time);
        self.plain(&mut rows, words.place.text(), left, right, |s, e| s.place_of(e).unwrap_or_default());
        let names = |s: &Self, list: &[crate::facts::at::At<Ref<Actor>>]| s.language.list(&s.actors(list));
        self.plain(&mut rows, words.by.text(), left, right, |s, e| names(s, &s.dossier.events[e].by));
        self.plain(&mut rows, words.with.text(), left, right, |s, e| names(s, &s.dossier.events[e].with));
        self.plain(&mut rows, words.against.text(), left, right, |s, e| names(s, &s.dossier.events[e].against));
        self.plain(&mut rows, words.answers.text(), left, right, |s, e| {
            s.dossier.events[e].answers.as_ref().map(|a| s.title(**a)).unwrap_or_default()
        });
        self.figures_of_both(&mut rows, left, right);
        for stance in Stance::WORDS {
            let half = |s: &mut Self, e: Ref<Event>| s.standing(e, stance);
            let (l, r) = (half(self, left), half(self, right));
            let name = language.named(&language.words.position.stance, stance);
            self.row_of(&mut rows, &words.positions.fill(&[("stance", name)]), l, r);
        }
        let titles = vec![capital(&self.title(left)), capital(&self.title(right))];
        Ok((titles, rows))
    }

    /// That the dossier itself keeps the two apart.
    pub(super) fn recorded_as_distinct(&mut self, request: &Request) -> Option<Sentence> {
        let named: Vec<Ref<Event>> =
            request.events.iter().filter_map(|id| self.dossier.events.get(id.as_str())).map(|(r, _)| r).collect();
        let [left, right] = named.as_slice() else { return None };
        let apart = |a: Ref<Event>, b: Ref<Event>| self.dossier.events[a].distinct.iter().any(|e| **e == b);
        if !apart(*left, *right) && !apart(*right, *left) {
            return None;
        }
        let subjects = [Subject::Event(*left), Subject::Event(*right)];
        Some(Sentence {
            markdown: escape(self.language.words.compare.distinct.text()),
            refs: self.marks(&subjects),
            records: self.print_all(&subjects),
        })
    }

    fn row_of(&self, rows: &mut Vec<ComparisonRow>, aspect: &str, left: Half, right: Half) {
        if left.0.is_empty() && right.0.is_empty() {
            return;
        }
        let absent = self.language.words.figure.not_stated.text();
        let or_absent = |text: String| if text.is_empty() { absent.to_owned() } else { capital(&text) };
        let mut records = left.2;
        records.extend(right.2);
        rows.push(ComparisonRow {
            aspect: capital(aspect),
            left: or_absent(left.0),
            left_refs: left.1,
            right: or_absent(right.0),
            right_refs: right.1,
            records,
        });
    }

    /// A row of what the events' own records say.
    fn plain(
        &mut self,
        rows: &mut Vec<ComparisonRow>,
        aspect: &str,
        left: Ref<Event>,
        right: Ref<Event>,
        of: impl Fn(&Self, Ref<Event>) -> String,
    ) {
        let mut half = |e: Ref<Event>| {
            let text = of(self, e);
            if text.is_empty() {
                return (text, Vec::new(), Vec::new());
            }
            let subject = Subject::Event(e);
            (text, self.marks(&[subject]), vec![self.print(subject)])
        };
        let (l, r) = (half(left), half(right));
        self.row_of(rows, aspect, l, r);
    }

    /// A row for each thing counted of either event, each figure with its claimants.
    fn figures_of_both(&mut self, rows: &mut Vec<ComparisonRow>, left: Ref<Event>, right: Ref<Event>) {
        let d = self.dossier;
        let cells: Vec<Cell> = self.cells.iter().filter(|c| c.key.0 == left || c.key.0 == right).cloned().collect();
        let keys: BTreeSet<_> = cells
            .iter()
            .map(|c| {
                let depth = c.key.2.map_or(0, |who| super::depth(d, who));
                (d.measures[c.key.1].counts_people, d.measures[c.key.1].id.clone(), depth, c.key.2, c.key.1)
            })
            .collect();
        for (_, _, _, who, measure) in keys {
            let mut half = |event: Ref<Event>| -> Half {
                let Some(cell) = cells.iter().find(|c| c.key == (event, measure, who)) else {
                    return (String::new(), Vec::new(), Vec::new());
                };
                let claims: Vec<_> =
                    cell.totals.iter().flat_map(|(_, c)| c).chain(&cell.floors).chain(&cell.words).copied().collect();
                let mut texts: Vec<String> = Vec::new();
                for claim in claims.iter().chain(&cell.cumulative) {
                    let mut text = self.bracketed(&self.figure_of(*claim), &self.claimant_within(*claim));
                    if let Some(period) = &d.claims[*claim].period {
                        let period = self.language.words.label.period.fill(&[("date", &self.language.date(period))]);
                        text = format!("{text}{}{period}", self.language.words.list.comma);
                    }
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                let subjects: Vec<Subject> =
                    claims.iter().chain(&cell.cumulative).map(|c| Subject::Claim(*c)).collect();
                (self.language.remarks(&texts), self.marks(&subjects), self.print_all(&subjects))
            };
            let (l, r) = (half(left), half(right));
            let aspect = self.counted((left, measure, who));
            self.row_of(rows, &aspect, l, r);
        }
    }

    /// Who takes a stance on an event.
    fn standing(&mut self, event: Ref<Event>, stance: &str) -> Half {
        let d = self.dossier;
        let mut names: Vec<String> = Vec::new();
        let mut subjects: Vec<Subject> = Vec::new();
        for (r, record) in d.positions.iter() {
            let subject = Subject::Position(r);
            if record.stance.word() != stance || self.event_of(subject) != Some(event) || !self.visible(subject) {
                continue;
            }
            let name = self.actor(*record.actor);
            if !names.contains(&name) {
                names.push(name);
            }
            subjects.push(subject);
        }
        (self.language.list(&names), self.marks(&subjects), self.print_all(&subjects))
    }
}
