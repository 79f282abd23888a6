//! Imported tables: how many rows by year and kind, which have figures, those with the highest upper bounds, and how many
//! are not shown.
//!
//! Rows are counted; their figures are not added up, for they are of different events (rules 1 and 7 of what is computed).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::super::view::{RowPeriod, RowTable, Sentence, ShownRow, TopRows};
use super::super::wording::capital;
use super::Composer;
use crate::facts::dossier::{Claim, Event, Imported, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::Rank;
use crate::reconcile::CellKey;
use crate::text::markdown::escape;

/// How many rows are shown of what is counted, where the request does not say.
pub(super) const ROWS: usize = 10;
/// The most columns for kinds; the rest are counted together.
const KINDS: usize = 6;
/// The most rows for years; earlier ones are counted together.
const YEARS: usize = 12;

impl Composer<'_> {
    pub(super) fn row_tables(&mut self, shown: usize) -> Vec<RowTable> {
        let d = self.dossier;
        let tables: Vec<&Imported> = d.imported.iter().collect();
        // by event, for the claims of the tables alone
        let mut claims: BTreeMap<Ref<Event>, Vec<Ref<Claim>>> = BTreeMap::new();
        for (r, claim) in d.claims.iter() {
            if d.is_imported(Subject::Event(*claim.event)) {
                claims.entry(*claim.event).or_default().push(r);
            }
        }
        let mut by_table: BTreeMap<usize, Vec<Ref<Event>>> = BTreeMap::new();
        for event in &self.scope {
            let Some(citation) = d.events[*event].citations.first() else { continue };
            if !d.is_imported(Subject::Event(*event)) {
                continue;
            }
            if let Some(table) = tables.iter().position(|table| table.source == *citation.source) {
                by_table.entry(table).or_default().push(*event);
            }
        }
        let mut found = Vec::new();
        for (table, events) in by_table {
            if let Some(imported) = tables.get(table) {
                found.push(self.row_table(imported, &events, &claims, shown));
            }
        }
        found
    }

    fn row_table(
        &mut self,
        imported: &Imported,
        events: &[Ref<Event>],
        claims: &BTreeMap<Ref<Event>, Vec<Ref<Claim>>>,
        shown: usize,
    ) -> RowTable {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.rows;
        let n = |count: usize| {
            language.number(crate::text::quantity::Number::whole(i64::try_from(count).unwrap_or(i64::MAX)))
        };
        let source = Subject::Source(imported.source);
        let id = self.print(source);
        let refs = self.marks(&[source]);
        let plain = |text: String, refs: Vec<super::super::view::Mark>| Sentence {
            markdown: escape(&text),
            refs,
            records: vec![id.clone()],
        };
        let books = imported.books;
        let told = words.books.fill(&[
            ("read", &n(books.read)),
            ("imported", &n(books.imported)),
            ("refused", &n(books.refused)),
            ("left_out", &n(books.left_out)),
        ]);
        let mut notes = vec![plain(told, refs.clone())];
        if events.len() != books.imported {
            notes.push(plain(words.scope.fill(&[("n", &n(events.len()))]), refs.clone()));
        }

        // live figures, by what is counted
        let mut counted: BTreeMap<CellKeyless, Vec<Ref<Claim>>> = BTreeMap::new();
        for event in events {
            for claim in claims.get(event).into_iter().flatten() {
                let record = &d.claims[*claim];
                let live = record.rank != Rank::Deprecated && !self.successors.contains_key(claim);
                if live && record.value.is_quantified() && self.visible(Subject::Claim(*claim)) {
                    let key = (*record.measure, record.who.as_ref().map(|who| **who));
                    counted.entry(key).or_default().push(*claim);
                }
            }
        }
        let mut told: BTreeSet<Ref<Event>> = BTreeSet::new();
        let mut top = Vec::new();
        for ((measure, who), mut list) in counted {
            let of = |claim: &Ref<Claim>| *d.claims[*claim].event;
            let with: BTreeSet<Ref<Event>> = list.iter().map(of).collect();
            // an open figure reaches as far as the number that it names
            list.sort_by_cached_key(|claim| {
                let value = *d.claims[*claim].value;
                let reach = value.high().or(value.low()).map(|edge| edge.number);
                let day = d.events[of(claim)].date.as_ref().map(|date| date.earliest());
                (Reverse(reach), day, *claim)
            });
            list.truncate(shown);
            let Some(first) = list.first().map(of) else { continue };
            let first: CellKey = (first, measure, who);
            let name = self.counted(first);
            notes.push(plain(
                words.with.fill(&[
                    ("counted", &name),
                    ("with", &n(with.len())),
                    ("without", &n(events.len().saturating_sub(with.len()))),
                ]),
                refs.clone(),
            ));
            let rows = list.iter().map(|claim| self.shown_row(*claim)).collect();
            told.extend(list.iter().map(of));
            top.push(TopRows { title: words.highest.fill(&[("counted", &name)]), rows });
        }
        let hidden = events.len().saturating_sub(told.len());
        let rest = match hidden {
            0 => words.all_shown.text().to_owned(),
            hidden => language.counted(hidden, &words.not_shown, &[("all", &n(events.len()))]),
        };
        notes.push(plain(rest, refs.clone()));
        notes.push(plain(words.no_sum.text().to_owned(), Vec::new()));
        let (kinds, periods) = self.by_year_and_kind(events);
        let title = d.sources[imported.source].title.as_ref().map_or(id.clone(), |title| language.foreign(title));
        RowTable { title, notes, kinds, periods, top, refs, records: vec![id] }
    }

    fn shown_row(&mut self, claim: Ref<Claim>) -> ShownRow {
        let d = self.dossier;
        let event = *d.claims[claim].event;
        let (subject, of) = (Subject::Claim(claim), Subject::Event(event));
        let row = d.claims[claim].citations.iter().find_map(|citation| citation.row.as_ref());
        let place =
            d.events[event].place.as_ref().map(|place| self.say(Subject::Place(**place), &d.places[**place].name));
        let what = capital(&self.title(event));
        ShownRow {
            when: self.when_of(event),
            // a title that names the place says it once
            place: place.filter(|place| !what.contains(place.as_str())).unwrap_or_default(),
            what,
            figure: self.figure_of(claim),
            claimants: self.claimant(claim),
            row: row.map(|row| self.language.ordinal(row.row.number as usize)).unwrap_or_default(),
            refs: self.marks(&[subject]),
            records: self.print_all(&[subject, of]),
        }
    }

    /// The heads of the columns, and how many rows there are in each year.
    fn by_year_and_kind(&self, events: &[Ref<Event>]) -> (Vec<String>, Vec<RowPeriod>) {
        let d = self.dossier;
        let words = &self.language.words.rows;
        let n = |count: usize| {
            self.language.number(crate::text::quantity::Number::whole(i64::try_from(count).unwrap_or(i64::MAX)))
        };
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let mut years: BTreeMap<Option<i32>, BTreeMap<&str, usize>> = BTreeMap::new();
        for event in events {
            let record = &d.events[*event];
            let kind = record.kind.as_str();
            *kinds.entry(kind).or_default() += 1;
            let year = record.date.as_ref().map(|date| date.earliest()).filter(|day| *day != chrono::NaiveDate::MIN);
            *years.entry(year.map(|day| day.year())).or_default().entry(kind).or_default() += 1;
        }
        let mut order: Vec<(&str, usize)> = kinds.into_iter().collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let named: Vec<&str> = order.iter().take(KINDS).map(|(kind, _)| *kind).collect();
        let rest = order.len() > KINDS;
        let mut heads: Vec<String> = named.iter().map(|kind| capital(&self.language.foreign(kind))).collect();
        if rest {
            heads.push(words.other_kinds.text().to_owned());
        }
        let line = |period: String, counts: &BTreeMap<&str, usize>| {
            let mut cells: Vec<String> =
                named.iter().map(|kind| n(counts.get(kind).copied().unwrap_or_default())).collect();
            let all: usize = counts.values().sum();
            if rest {
                let told: usize = named.iter().filter_map(|kind| counts.get(kind)).sum();
                cells.push(n(all - told));
            }
            RowPeriod { period, cells, all: n(all) }
        };
        let undated = years.remove(&None);
        let cut = years.len().saturating_sub(YEARS);
        let mut periods = Vec::new();
        let mut early: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, (year, counts)) in years.into_iter().enumerate() {
            let Some(year) = year else { continue };
            if place < cut {
                for (kind, count) in counts {
                    *early.entry(kind).or_default() += count;
                }
                continue;
            }
            let shown = self.language.ordinal(usize::try_from(year).unwrap_or_default());
            if place == cut && cut > 0 {
                periods.push(line(words.before.fill(&[("year", &shown)]), &early));
            }
            periods.push(line(shown, &counts));
        }
        if let Some(counts) = undated {
            periods.push(line(capital(self.language.words.date.undated.text()), &counts));
        }
        (heads, periods)
    }
}

type CellKeyless = (Ref<crate::facts::dossier::Measure>, Option<Ref<crate::facts::dossier::Category>>);
