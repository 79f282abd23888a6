//! Figures: a row a claim, and the table of low and high.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::view::{EventFigures, EventTable, FigureRow, KeyFigure, Superseded, TableRow};
use super::super::wording::capital;
use super::{Composer, depth};
use crate::facts::dossier::{Claim, Event, Subject};
use crate::facts::table::Ref;
use crate::reconcile::{Cell, CellKey};

/// The most figures that stand out.
const KEY_FIGURES: usize = 4;

impl Composer<'_> {
    pub(super) fn figures(&mut self) -> Vec<EventFigures> {
        let mut found = Vec::new();
        for event in self.scope.clone() {
            let rows: Vec<FigureRow> = self.cells_of(event).iter().flat_map(|cell| self.rows(cell)).collect();
            if rows.is_empty() {
                continue;
            }
            found.push(EventFigures {
                id: self.dossier.events[event].id.clone(),
                title: capital(&self.title(event)),
                when: self.when_of(event),
                rows,
            });
        }
        found
    }

    /// The cells of an event that have anything to print: things before people, the wider category before the narrower.
    pub(super) fn cells_of(&self, event: Ref<Event>) -> Vec<Cell> {
        let d = self.dossier;
        let live = |c: &&Cell| {
            c.key.0 == event
                && !(c.totals.is_empty()
                    && c.floors.is_empty()
                    && c.computed.is_empty()
                    && c.cumulative.is_empty()
                    && c.words.is_empty())
        };
        let mut cells: Vec<Cell> = self.cells.iter().filter(live).cloned().collect();
        cells.sort_by_key(|cell| {
            let measure = &d.measures[cell.key.1];
            let depth = cell.key.2.map_or(0, |c| depth(d, c));
            (measure.counts_people, measure.id.clone(), depth, cell.key.2.map(|c| d.categories[c].id.clone()))
        });
        cells
    }

    /// The figures that the bottom line speaks of, in its order; where it speaks of none, the first that there are.
    pub(super) fn key_figures(&mut self) -> Vec<KeyFigure> {
        let mut wanted: Vec<CellKey> = Vec::new();
        for subject in &self.bottom {
            if let Subject::Claim(claim) = subject {
                let key = self.key_of(*claim);
                if !wanted.contains(&key) {
                    wanted.push(key);
                }
            }
        }
        let cells: Vec<Cell> = self.scope.clone().into_iter().flat_map(|event| self.cells_of(event)).collect();
        let mut found: Vec<&Cell> = wanted.iter().filter_map(|key| cells.iter().find(|c| c.key == *key)).collect();
        if found.is_empty() {
            found = cells.iter().collect();
        }
        found.into_iter().filter_map(|cell| self.key_figure(cell)).take(KEY_FIGURES).collect()
    }

    /// The claim that stands for all of one root: a named claimant's, where there is one.
    fn standing_for(&self, claims: &[Ref<Claim>]) -> Option<Ref<Claim>> {
        claims.iter().max_by_key(|c| (self.dossier.claims[**c].by.is_some(), std::cmp::Reverse(**c))).copied()
    }

    fn key_figure(&mut self, cell: &Cell) -> Option<KeyFigure> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let totals: Vec<Ref<Claim>> = cell.totals.iter().flat_map(|(_, c)| c).copied().collect();
        let lead = self.standing_for(&totals);
        let (figure, claimants, computed, claims) = match (&cell.envelope, lead, cell.floors.first()) {
            (Some(envelope), _, _) if cell.totals.len() > 1 => {
                let range = language.counted(cell.totals.len(), &language.words.label.range_of, &[]);
                (language.envelope(envelope), capital(&range), true, totals)
            }
            (Some(_), Some(lead), _) => {
                let same = totals.into_iter().filter(|c| d.claims[*c].value == d.claims[lead].value).collect();
                (self.figure_of(lead), self.claimant(lead), false, same)
            }
            (_, _, Some(floor)) => (self.figure_of(*floor), self.claimant(*floor), false, vec![*floor]),
            _ => return None,
        };
        let subjects: Vec<Subject> = claims.into_iter().map(Subject::Claim).collect();
        Some(KeyFigure {
            figure,
            counted: self.counted(cell.key),
            claimants,
            flags: self.flags_of(cell),
            computed,
            refs: self.marks(&subjects),
            records: self.print_all(&subjects),
        })
    }

    pub(super) fn flags_of(&mut self, cell: &Cell) -> String {
        self.flags.extend(cell.flags.iter().copied());
        let named = &self.language.words.reconcile.flag;
        let words: Vec<String> = cell.flags.iter().map(|f| self.language.named(named, f.word()).to_owned()).collect();
        self.language.remarks(&words)
    }

    fn rows(&mut self, cell: &Cell) -> Vec<FigureRow> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let label = &language.words.label;
        let counted = self.counted(cell.key);
        let mut rows = Vec::new();
        let mut flags = Some(self.flags_of(cell)).filter(|f| !f.is_empty());
        let mut remark = |mut parts: Vec<String>| {
            // a cell's flags stand in its first row
            if let Some(flags) = flags.take() {
                parts.insert(0, flags);
            }
            capital(&language.remarks(&parts))
        };
        if cell.totals.len() > 1
            && let Some(envelope) = &cell.envelope
        {
            let all: Vec<Subject> = cell.totals.iter().flat_map(|(_, c)| c).map(|c| Subject::Claim(*c)).collect();
            rows.push(FigureRow {
                counted: counted.clone(),
                figure: language.envelope(envelope),
                claimants: capital(&language.counted(cell.totals.len(), &label.range_of, &[])),
                remarks: remark(vec![label.from_rows.text().to_owned()]),
                computed: true,
                refs: self.marks(&all),
                records: self.print_all(&all),
            });
        }
        for (_, claims) in &cell.totals {
            // one root is one row, whoever repeats it; the named claimant stands for it
            let Some(lead) = self.standing_for(claims) else { continue };
            let mut parts = self.remarks(lead);
            let mut same: Vec<Subject> = claims
                .iter()
                .filter(|c| d.claims[**c].value == d.claims[lead].value)
                .map(|c| Subject::Claim(*c))
                .collect();
            if same.len() > 1 {
                parts.push(label.repeated.text().to_owned());
            }
            let past = self.earlier(lead);
            if !past.is_empty() {
                let history = self.steps(past.iter().rev().copied().chain([lead]));
                parts.push(label.revised.fill(&[("history", &history)]));
                same.extend(past.into_iter().map(Subject::Claim));
            }
            rows.push(self.row(&counted, lead, &same, remark(parts), None));
            for claim in claims.iter().filter(|c| d.claims[**c].value != d.claims[lead].value) {
                let mut parts = self.remarks(*claim);
                parts.push(label.same_root.text().to_owned());
                rows.push(self.row(&counted, *claim, &[Subject::Claim(*claim)], remark(parts), None));
            }
        }
        for &claim in &cell.floors {
            let mut parts = vec![label.part_only.text().to_owned()];
            parts.extend(self.remarks(claim));
            rows.push(self.row(&counted, claim, &[Subject::Claim(claim)], remark(parts), None));
        }
        for floor in &cell.computed {
            let subjects: Vec<Subject> = floor.from.iter().map(|c| Subject::Claim(*c)).collect();
            let sum = label.computed.fill(&[("sum", &self.sum(&floor.from))]);
            rows.push(FigureRow {
                counted: counted.clone(),
                figure: language.words.figure.at_least.fill(&[("n", &language.number(floor.at_least))]),
                claimants: floor.from.first().map(|c| self.claimant(*c)).unwrap_or_default(),
                remarks: remark(vec![sum]),
                computed: true,
                refs: self.marks(&subjects),
                records: self.print_all(&subjects),
            });
        }
        for &claim in &cell.cumulative {
            let mut parts = Vec::new();
            if let Some(period) = &d.claims[claim].period {
                parts.push(label.period.fill(&[("date", &language.date(period))]));
            }
            parts.extend(self.remarks(claim));
            rows.push(self.row(&counted, claim, &[Subject::Claim(claim)], remark(parts), None));
        }
        for &claim in &cell.words {
            let words = self.words_of(claim);
            let parts = self.remarks(claim);
            rows.push(self.row(&counted, claim, &[Subject::Claim(claim)], remark(parts), Some(words)));
        }
        rows
    }

    /// The claims a floor was added up from, as a sum in words.
    fn sum(&self, from: &[Ref<Claim>]) -> String {
        let d = self.dossier;
        let parts: Vec<String> = from
            .iter()
            .map(|c| {
                let claim = &d.claims[*c];
                let figure = self.language.figure(&claim.value);
                match &claim.who {
                    Some(who) => format!("{figure} {}", self.say(Subject::Category(**who), &d.categories[**who].name)),
                    None => figure,
                }
            })
            .collect();
        parts.join(&self.language.words.list.plus)
    }

    /// The earlier figures of a claim's claimant, newest first.
    fn earlier(&self, claim: Ref<Claim>) -> Vec<Ref<Claim>> {
        let mut past: Vec<Ref<Claim>> = Vec::new();
        let before = |c: Ref<Claim>| self.dossier.claims[c].supersedes.as_ref().map(|s| **s);
        let mut next = before(claim);
        // the loader refuses circles; this ends even on a dossier built by hand
        while let Some(at) = next.filter(|c| !past.contains(c) && self.visible(Subject::Claim(*c))) {
            past.push(at);
            next = before(at);
        }
        past
    }

    /// Figures as one gave way to the next.
    fn steps(&self, claims: impl Iterator<Item = Ref<Claim>>) -> String {
        let arrow = &self.language.words.figure.arrow;
        let steps = claims.map(|c| self.figure_of(c));
        steps.reduce(|old, new| arrow.fill(&[("old", &old), ("new", &new)])).unwrap_or_default()
    }

    fn row(
        &mut self,
        counted: &str,
        claim: Ref<Claim>,
        subjects: &[Subject],
        remarks: String,
        words: Option<String>,
    ) -> FigureRow {
        FigureRow {
            counted: counted.to_owned(),
            figure: words.unwrap_or_else(|| self.figure_of(claim)),
            claimants: self.claimant(claim),
            remarks,
            computed: false,
            refs: self.marks(subjects),
            records: self.print_all(subjects),
        }
    }

    pub(super) fn remarks(&self, claim: Ref<Claim>) -> Vec<String> {
        let record = &self.dossier.claims[claim];
        let mut parts = Vec::new();
        parts.extend(self.remark(Subject::Claim(claim), record.covers.as_ref()));
        if let Some(hedge) = &record.hedge {
            parts.push(self.hedge(hedge));
        }
        if let Some(credibility) = &record.credibility {
            parts.push(self.language.words.label.credibility.fill(&[("grade", credibility.word())]));
        }
        parts
    }

    pub(super) fn table(&mut self) -> Vec<EventTable> {
        let d = self.dossier;
        let cells: Vec<(Ref<Event>, Vec<Cell>)> =
            self.scope.clone().into_iter().map(|event| (event, self.cells_of(event))).collect();
        let all: BTreeSet<(bool, CellKey)> =
            cells.iter().flat_map(|(_, cells)| cells).map(|c| (d.measures[c.key.1].counts_people, c.key)).collect();
        let mut found = Vec::new();
        for (event, cells) in cells {
            let rows: Vec<TableRow> = cells.iter().flat_map(|cell| self.table_rows(cell)).collect();
            let stated: BTreeSet<_> = cells.iter().map(|c| (c.key.1, c.key.2)).collect();
            let mut absent: Vec<String> = Vec::new();
            for (_, key) in &all {
                let name = self.counted(*key);
                if !stated.contains(&(key.1, key.2)) && !absent.contains(&name) {
                    absent.push(name);
                }
            }
            let subject = Subject::Event(event);
            let record = &d.events[event];
            let harm = record.harm_grade.as_ref().map(|g| {
                let grade = self.language.named(&self.language.words.reconcile.harm, g.word());
                self.language.words.label.harm.fill(&[("grade", grade)])
            });
            self.print(subject);
            found.push(EventTable {
                id: record.id.clone(),
                title: capital(&self.title(event)),
                when: self.when_of(event),
                harm: harm.map(|h| capital(&h)).unwrap_or_default(),
                rows,
                absent,
            });
        }
        found
    }

    fn table_rows(&mut self, cell: &Cell) -> Vec<TableRow> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words;
        let counted = self.counted(cell.key);
        let flags = self.flags_of(cell);
        let totals: Vec<Ref<Claim>> = cell.totals.iter().flat_map(|(_, c)| c).copied().collect();
        let mut rows: Vec<TableRow> = Vec::new();
        let claims: Vec<Ref<Claim>> = totals.iter().chain(&cell.words).copied().collect();
        if !claims.is_empty() {
            let (low, high) = match &cell.envelope {
                Some(e) => language.bounds(e.low, e.high, (e.about_low, e.about_high), e.percent),
                None => (words.figure.not_stated.text().to_owned(), words.figure.not_stated.text().to_owned()),
            };
            let mut row = self.table_row(&counted, &claims, low, high);
            let said: Vec<String> = cell.words.iter().map(|c| self.words_of(*c)).collect();
            row.words = language.remarks(&said);
            // a range of several roots is claimed by none of them
            row.computed = cell.totals.len() > 1;
            let histories: Vec<Vec<Ref<Claim>>> = totals.iter().map(|c| self.earlier(*c)).collect();
            let past: Vec<Subject> = histories.iter().flatten().map(|c| Subject::Claim(*c)).collect();
            if !past.is_empty() {
                row.records.extend(self.print_all(&past));
                let all: Vec<Subject> = claims.iter().map(|c| Subject::Claim(*c)).chain(past).collect();
                row.refs = self.marks(&all);
            }
            let mut texts: Vec<String> = Vec::new();
            for past in &histories {
                let Some(newest) = past.first() else { continue };
                let chain = self.steps(past.iter().rev().copied());
                // of several claimants it is said whose figures these were
                texts.push(if cell.totals.len() > 1 {
                    format!("{}{}{chain}", self.claimant_within(*newest), words.list.colon)
                } else {
                    chain
                });
            }
            row.history = language.remarks(&texts);
            rows.push(row);
        }
        for &floor in &cell.floors {
            let value = &d.claims[floor].value;
            let (low, _) = language.bounds(value.low(), None, (value.is_about(), false), value.percent);
            let label = self.bracketed(&counted, words.label.part_only.text());
            rows.push(self.table_row(&label, &[floor], low, words.figure.open.text().to_owned()));
        }
        for floor in &cell.computed {
            let label = self.bracketed(&counted, &words.label.computed.fill(&[("sum", &self.sum(&floor.from))]));
            let low = language.number(floor.at_least);
            let mut row = self.table_row(&label, &floor.from, low, words.figure.open.text().to_owned());
            // what it was computed from stands beside it already
            row.claimants = floor.from.first().map(|c| self.claimant(*c)).unwrap_or_default();
            row.computed = true;
            rows.push(row);
        }
        for &claim in &cell.cumulative {
            let record = &d.claims[claim];
            let value = &record.value;
            let (low, high) =
                language.bounds(value.low(), value.high(), (value.is_about(), value.is_about()), value.percent);
            let period = record.period.as_ref().map(|p| language.date(p)).unwrap_or_default();
            let label = self.bracketed(&counted, &words.label.period.fill(&[("date", &period)]));
            rows.push(self.table_row(&label, &[claim], low, high));
        }
        if let Some(first) = rows.first_mut() {
            first.flags = flags;
        }
        rows
    }

    fn table_row(&mut self, counted: &str, claims: &[Ref<Claim>], low: String, high: String) -> TableRow {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let mut claimants: Vec<String> = Vec::new();
        let mut hedges: Vec<String> = Vec::new();
        let mut grades: Vec<String> = Vec::new();
        let mut roots: BTreeSet<String> = BTreeSet::new();
        for &claim in claims {
            let record = &d.claims[claim];
            let named =
                format!("{}{}{}", self.claimant_within(claim), language.words.list.colon, self.figure_of(claim));
            let add = |list: &mut Vec<String>, text: String| {
                if !list.contains(&text) {
                    list.push(text);
                }
            };
            add(&mut claimants, named);
            if let Some(hedge) = &record.hedge {
                add(&mut hedges, language.quoted(hedge));
            }
            if let Some(grade) = &record.credibility {
                add(&mut grades, grade.word().to_owned());
            }
            roots.insert(crate::reconcile::origin(d, claim));
        }
        let subjects: Vec<Subject> = claims.iter().map(|c| Subject::Claim(*c)).collect();
        TableRow {
            counted: counted.to_owned(),
            low,
            high,
            claimants: capital(&language.remarks(&claimants)),
            origins: language.ordinal(roots.len()),
            hedges: language.list(&hedges),
            grade: language.list(&grades),
            refs: self.marks(&subjects),
            records: self.print_all(&subjects),
            ..TableRow::default()
        }
    }

    pub(super) fn superseded(&mut self) -> Vec<Superseded> {
        let d = self.dossier;
        let mut found = Vec::new();
        for cell in Arc::clone(&self.cells).iter() {
            if !self.everything && !self.in_scope(cell.key.0) {
                continue;
            }
            for &past in &cell.past {
                let successor = self.successors.get(&past).copied();
                let subject = Subject::Claim(past);
                let mut subjects = vec![subject];
                subjects.extend(successor.map(Subject::Claim));
                let what = self
                    .language
                    .words
                    .label
                    .claim_of
                    .fill(&[("counted", &self.counted(cell.key)), ("event", &self.title(cell.key.0))]);
                let day = d.claims[past]
                    .citations
                    .iter()
                    .filter_map(|c| d.sources[*c.source].published.as_ref())
                    .map(|p| p.earliest())
                    .min();
                found.push((
                    cell.key,
                    day,
                    Superseded {
                        what,
                        claimant: self.claimant_within(past),
                        was: self.figure_of(past),
                        now: successor.map(|r| self.figure_of(r)).unwrap_or_default(),
                        why: self.reason_of_step(past, successor),
                        refs: self.marks(&subjects),
                        records: self.print_all(&subjects),
                    },
                ));
            }
        }
        found.sort_by_key(|one| (one.0, one.1));
        found.into_iter().map(|(_, _, one)| one).collect()
    }
}
