//! Who stands where.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::view::{Matrix, MatrixCell, MatrixRow, PositionLine, PositionsToward, Quotation, Statement};
use super::super::wording::capital;
use super::Composer;
use crate::facts::dossier::{Actor, Citation, Position, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::Form;

/// The most targets side by side in a matrix.
const COLUMNS: usize = 4;

impl Composer<'_> {
    /// What positions are about, in order: the events, then whoever took part in them; of a briefing on the whole
    /// dossier, everything else too.
    fn targets(&self) -> Vec<Subject> {
        let d = self.dossier;
        let mut targets: Vec<Subject> = self.scope.iter().map(|e| Subject::Event(*e)).collect();
        for event in &self.scope {
            let record = &d.events[*event];
            for actor in record.by.iter().chain(&record.with).chain(&record.against) {
                if !targets.contains(&Subject::Actor(**actor)) {
                    targets.push(Subject::Actor(**actor));
                }
            }
        }
        if self.everything {
            for (_, position) in d.positions.iter() {
                let target = self.target(*position.toward);
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
        }
        targets
    }

    /// What a position counts as being about: of a claim, its event.
    fn target(&self, toward: Subject) -> Subject {
        match toward {
            Subject::Claim(c) => Subject::Event(*self.dossier.claims[c].event),
            other => other,
        }
    }

    /// A target by its name.
    pub(super) fn target_name(&self, target: Subject) -> String {
        let d = self.dossier;
        let text = match target {
            Subject::Event(r) => &d.events[r].title,
            Subject::Actor(r) => &d.actors[r].name,
            Subject::Place(r) => &d.places[r].name,
            Subject::Background(r) => &d.backgrounds[r].text,
            Subject::Gap(r) => &d.gaps[r].question,
            Subject::Assessment(r) => &d.assessments[r].text,
            Subject::Discrepancy(r) => &d.discrepancies[r].handling,
            Subject::Measure(r) => &d.measures[r].name,
            Subject::Category(r) => &d.categories[r].name,
            Subject::Change(r) => &d.changes[r].text,
            Subject::Position(r) => return self.utterance_in_words(r),
            Subject::Claim(r) => return self.counted(self.key_of(r)),
            Subject::Source(r) => {
                let none = self.language.words.label.no_title.text();
                return d.sources[r].title.as_ref().map_or(none.to_owned(), |t| self.language.foreign(t));
            }
        };
        capital(self.say(target, text).trim_end_matches('.'))
    }

    /// Positions by target, each statement once with all its renderings.
    pub(super) fn by_target(&self) -> Vec<(Subject, Vec<Vec<Ref<Position>>>)> {
        let d = self.dossier;
        let targets = self.targets();
        let mut groups: BTreeMap<usize, BTreeMap<String, Vec<Ref<Position>>>> = BTreeMap::new();
        for (reference, position) in d.positions.iter() {
            if !self.visible(Subject::Position(reference)) {
                continue;
            }
            let target = self.target(*position.toward);
            let Some(index) = targets.iter().position(|t| *t == target) else { continue };
            // renderings of one statement, by one actor with one stance, are one line
            let utterance = match &position.utterance {
                Some(u) => format!("{}/{}/{}", u.as_str(), d.actors[*position.actor].id, *position.stance),
                None => format!("={}", position.id),
            };
            groups.entry(index).or_default().entry(utterance).or_default().push(reference);
        }
        groups
            .into_iter()
            .filter_map(|(index, utterances)| {
                let mut list: Vec<Vec<Ref<Position>>> = utterances.into_values().collect();
                list.sort_by_key(|renderings| self.said_on(renderings));
                targets.get(index).map(|t| (*t, list))
            })
            .collect()
    }

    /// What statements are sorted by: date, the undated last, then id.
    fn said_on(&self, renderings: &[Ref<Position>]) -> (bool, Option<NaiveDate>, String) {
        let lead = self.fullest(renderings).map(|r| &self.dossier.positions[r]);
        let date = lead.and_then(|p| p.date.as_ref()).map(|date| date.earliest());
        (date.is_none(), date, lead.map(|p| p.id.clone()).unwrap_or_default())
    }

    /// All statements in scope, each with its renderings.
    pub(super) fn utterances(&self) -> Vec<Vec<Ref<Position>>> {
        self.by_target().into_iter().flat_map(|(_, list)| list).collect()
    }

    /// The fullest rendering stands for the statement; renderings are never spliced.
    pub(super) fn fullest(&self, renderings: &[Ref<Position>]) -> Option<Ref<Position>> {
        renderings
            .iter()
            .max_by_key(|r| {
                let p = &self.dossier.positions[**r];
                (p.said.as_ref().map_or(0, |s| s.len()), std::cmp::Reverse(**r))
            })
            .copied()
    }

    pub(super) fn stance(&self, position: Ref<Position>) -> &str {
        self.language.named(&self.language.words.position.stance, self.dossier.positions[position].stance.word())
    }

    /// A statement in a line: who, what stance, on what, in which words.
    pub(super) fn utterance_in_words(&self, position: Ref<Position>) -> String {
        let record = &self.dossier.positions[position];
        let list = &self.language.words.list;
        let standing = self.standing_in_words(position);
        let words = match (&record.said, self.first_seen(Subject::Position(position))) {
            (Some(said), _) => self.language.quoted(said),
            (None, Some(citation)) => {
                let quote = self.language.quoted(&citation.quote);
                self.language.words.label.in_source_words.fill(&[("words", &quote)])
            }
            (None, None) => String::new(),
        };
        format!("{standing}{}{words}", list.colon)
    }

    /// Who takes what stance.
    pub(super) fn standing_in_words(&self, position: Ref<Position>) -> String {
        let actor = capital(&self.actor(*self.dossier.positions[position].actor));
        format!("{actor}{}{}", self.language.words.list.comma, self.stance(position))
    }

    /// Who takes what stance on what.
    pub(super) fn standing_toward(&self, position: Ref<Position>) -> String {
        let target = self.target_name(self.target(*self.dossier.positions[position].toward));
        format!("{}{}{target}", self.standing_in_words(position), self.language.words.list.colon)
    }

    pub(super) fn positions(&mut self) -> Vec<PositionsToward> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (target, utterances) in self.by_target() {
            let mut lines: Vec<PositionLine> = Vec::new();
            for renderings in utterances {
                let Some(lead) = self.fullest(&renderings) else { continue };
                let subjects: Vec<Subject> = renderings.iter().map(|r| Subject::Position(*r)).collect();
                let record = &d.positions[lead];
                lines.push(PositionLine {
                    actor: capital(&self.actor(*record.actor)),
                    role: self.role(*record.actor),
                    stance: self.stance(lead).to_owned(),
                    said: record.said.as_ref().map(|s| self.language.quoted(s)).unwrap_or_default(),
                    reported: match (&record.said, self.first_seen(Subject::Position(lead))) {
                        (None, Some(citation)) => self.language.quoted(&citation.quote),
                        _ => String::new(),
                    },
                    circumstance: self.circumstance(lead, renderings.len()),
                    refs: self.marks(&subjects),
                    records: self.print_all(&subjects),
                });
            }
            found.push(PositionsToward { toward: self.target_name(target), lines });
        }
        found
    }

    pub(super) fn role(&self, actor: Ref<Actor>) -> String {
        self.dossier.actors[actor].role.as_ref().map(|r| self.say(Subject::Actor(actor), r)).unwrap_or_default()
    }

    fn circumstance(&self, position: Ref<Position>, renderings: usize) -> String {
        let record = &self.dossier.positions[position];
        let label = &self.language.words.label;
        let mut parts = Vec::new();
        parts.extend(self.remark(Subject::Position(position), record.venue.as_ref()));
        let when = self.when(record.date.as_ref(), record.dating.as_ref());
        if !when.is_empty() {
            parts.push(when);
        }
        let via = self.via(record.citations.iter().find(|c| self.sees(c)));
        if !via.is_empty() {
            parts.push(via);
        }
        if let Some(hedge) = &record.hedge {
            parts.push(self.hedge(hedge));
        }
        if renderings > 1 {
            parts.push(self.language.counted(renderings, &label.renderings, &[]));
        }
        self.language.remarks(&parts)
    }

    /// Through whom a quotation reached its source.
    pub(super) fn via(&self, citation: Option<&Citation>) -> String {
        let names = citation.map(|c| self.actors(&c.via)).unwrap_or_default();
        if names.is_empty() {
            return String::new();
        }
        self.language.words.label.via.fill(&[("names", &self.language.list(&names))])
    }

    /// Who takes a position on any of these targets, by name.
    pub(super) fn speaking(&self, part: &[(Subject, Vec<Vec<Ref<Position>>>)]) -> Vec<Ref<Actor>> {
        let mut actors: Vec<Ref<Actor>> = Vec::new();
        for position in part.iter().flat_map(|(_, list)| list).flatten() {
            let actor = *self.dossier.positions[*position].actor;
            if !actors.contains(&actor) {
                actors.push(actor);
            }
        }
        actors.sort_by_key(|a| capital(&self.actor(*a)));
        actors
    }

    pub(super) fn matrix(&mut self) -> Vec<Matrix> {
        let mut by_target = self.by_target();
        if !self.everything && !by_target.is_empty() {
            // what the briefing is asked about has its column, spoken of or not
            let order: Vec<Subject> = self.targets();
            for event in self.scope.iter().map(|e| Subject::Event(*e)) {
                if !by_target.iter().any(|(t, _)| *t == event) {
                    by_target.push((event, Vec::new()));
                }
            }
            by_target.sort_by_key(|(t, _)| order.iter().position(|o| o == t));
        }
        let mut found = Vec::new();
        for part in by_target.chunks(COLUMNS) {
            let mut rows = Vec::new();
            for actor in self.speaking(part) {
                let cells: Vec<MatrixCell> = part.iter().map(|(_, list)| self.cell(actor, list)).collect();
                rows.push(MatrixRow { actor: capital(&self.actor(actor)), cells });
            }
            found.push(Matrix { targets: part.iter().map(|(t, _)| self.target_name(*t)).collect(), rows });
        }
        found
    }

    /// Where an actor stands on a target: the latest dated stance is the current one, the earlier ones stay.
    fn cell(&mut self, actor: Ref<Actor>, utterances: &[Vec<Ref<Position>>]) -> MatrixCell {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let mut own: Vec<Ref<Position>> =
            utterances.iter().filter_map(|r| self.fullest(r)).filter(|r| *d.positions[*r].actor == actor).collect();
        if own.is_empty() {
            let text = language.words.figure.not_stated.text().to_owned();
            return MatrixCell { text, ..MatrixCell::default() };
        }
        // undated ones are no later than any other
        own.sort_by_key(|r| {
            let p = &d.positions[*r];
            (p.date.as_ref().map(|date| date.earliest()), p.id.clone())
        });
        let mut texts: Vec<String> = Vec::new();
        for position in own.iter().rev() {
            let record = &d.positions[*position];
            let stance = self.stance(*position).to_owned();
            let when = self.when(record.date.as_ref(), record.dating.as_ref());
            let text = if when.is_empty() {
                stance
            } else {
                language.words.date.in_brackets.fill(&[("what", &stance), ("date", &when)])
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let subjects: Vec<Subject> = own.iter().map(|r| Subject::Position(*r)).collect();
        MatrixCell {
            text: language.remarks(&texts),
            stated: true,
            refs: self.marks(&subjects),
            records: self.print_all(&subjects),
        }
    }

    pub(super) fn statements(&mut self) -> Vec<Statement> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (target, utterances) in self.by_target() {
            for renderings in utterances {
                let Some(lead) = self.fullest(&renderings) else { continue };
                let record = &d.positions[lead];
                let mut quotations = Vec::new();
                for rendering in &renderings {
                    let subject = Subject::Position(*rendering);
                    let visible: Vec<usize> = (0..d.positions[*rendering].citations.len())
                        .filter(|i| self.sees(&d.positions[*rendering].citations[*i]))
                        .collect();
                    quotations.extend(visible.into_iter().map(|i| self.quotation(subject, i)));
                }
                let subjects: Vec<Subject> = renderings.iter().map(|r| Subject::Position(*r)).collect();
                let form = match record.form {
                    // "in the source's words" says how it is quoted; what was said directly is seen from the words
                    Form::Direct if record.said.is_none() => Form::Indirect,
                    form => form,
                };
                found.push(Statement {
                    actor: capital(&self.actor(*record.actor)),
                    role: self.role(*record.actor),
                    stance: self.stance(lead).to_owned(),
                    toward: self.target_name(target),
                    when: self.when(record.date.as_ref(), record.dating.as_ref()),
                    venue: self.remark(Subject::Position(lead), record.venue.as_ref()).unwrap_or_default(),
                    form: self.language.named(&self.language.words.position.form, form.word()).to_owned(),
                    quotations,
                    refs: self.marks(&subjects),
                    records: self.print_all(&subjects),
                });
            }
        }
        found
    }

    /// A record's quotation as it stands in its source.
    pub(super) fn quotation(&mut self, subject: Subject, index: usize) -> Quotation {
        let d = self.dossier;
        let Some(citation) = d.citations(subject).get(index) else { return Quotation::default() };
        let language = std::sync::Arc::clone(&self.language);
        let source = *citation.source;
        let publisher = d.sources[source].publisher.as_ref();
        Quotation {
            text: language.quoted(&citation.quote),
            source: publisher.map_or(language.words.calendar.another.text().to_owned(), |p| language.foreign(p)),
            via: self.via(Some(citation)),
            line: self.line(subject, index),
            refs: self.number(&[source]),
            records: vec![self.print(subject)],
        }
    }

    /// The line of the article a quotation was proved on.
    pub(super) fn line(&self, subject: Subject, index: usize) -> String {
        let proof = self.checked.proof(subject, index);
        proof.map(|p| self.language.words.label.line.fill(&[("n", &self.language.ordinal(p.line))])).unwrap_or_default()
    }
}
