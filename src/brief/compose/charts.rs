//! Pictures: the timeline, ranges by claimant, who stands where.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::super::chart::{
    FULL, NumberScale, Panel, Part, RangeRow, Ranges, Sign, StanceCell, StanceMark, StancePanel, StanceRow, Stances,
    Tick, TimeScale, Timeline, TimelineRow, short,
};
use super::super::language::{Language, Phrase};
use super::super::wording::{DAGGER, capital};
use super::Composer;
use super::timeline::Dated;
use crate::facts::date::{Date, End, Moment, Precision};
use crate::facts::dossier::{Actor, Claim, Event, Position, Subject};
use crate::facts::figure::Figure;
use crate::facts::table::Ref;
use crate::facts::vocabulary::{Scope, Stance};
use crate::reconcile::{Cell, Flag};
use crate::text::quantity::Number;

/// The most characters of an entry in a timeline, of a name beside a range, and of a head in a table of stances.
const ENTRY: usize = 46;
const NAME: usize = 140;
const HEAD: usize = 90;
/// The most targets side by side.
const COLUMNS: usize = 6;
/// How long the scale is drawn, in points, and what a tick's text takes of it.
const PLOT: u32 = 200;
const DAY_ROOM: u32 = 13;
const MONTH_ROOM: u32 = 50;
const YEAR_ROOM: u32 = 26;
/// A character of a part's title, in tenths of a point.
const LETTER: u32 = 38;

/// Meanings of signs, in the order in which they are first used.
#[derive(Default)]
struct Legend(Vec<Sign>);

impl Legend {
    fn add(&mut self, sign: &str, meaning: &Phrase) {
        if !self.0.iter().any(|s| s.sign == sign) {
            self.0.push(Sign { sign: sign.to_owned(), meaning: meaning.text().to_owned() });
        }
    }
}

/// The days a date covers, the last not included, and whether its beginning and end are open; none where neither is known.
fn stretch(date: &Date) -> Option<(i64, i64, bool, bool)> {
    let from = |m: &Moment| i64::from(m.earliest().num_days_from_ce());
    let to = |m: &Moment| i64::from(m.latest().num_days_from_ce()) + 1;
    match date {
        Date::Single(m) => Some((from(m), to(m), false, false)),
        Date::Interval(End::At(a), End::At(b)) => Some((from(a), to(b), false, false)),
        Date::Interval(End::At(a), _) => Some((from(a), to(a), false, true)),
        Date::Interval(_, End::At(b)) => Some((from(b), to(b), true, false)),
        Date::Interval(..) => None,
    }
}

fn is_uncertain(date: &Date) -> bool {
    let qualified = |m: &Moment| m.qualifier().is_some();
    match date {
        Date::Single(m) => qualified(m),
        Date::Interval(a, b) => [a, b].into_iter().any(|end| matches!(end, End::At(m) if qualified(m))),
    }
}

fn day(n: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(n).ok()?)
}

fn month(date: NaiveDate) -> Moment {
    Moment::month(date.year(), u8::try_from(date.month()).unwrap_or(1))
}

/// A length on the scale, in points.
fn points(from: u32, to: u32) -> u32 {
    to.saturating_sub(from) * PLOT / FULL
}

/// What the ticks of a stretch of days have in common, in words, and the days at which they stand with their texts and the
/// room each takes.
fn ticks(language: &Language, from: i64, to: i64) -> (String, Vec<(i64, String)>, u32) {
    let (Some(first), Some(last)) = (day(from), day(to - 1)) else { return (String::new(), Vec::new(), 1) };
    let span = |a: Moment, b: Moment| {
        let date = if a == b { Date::Single(a) } else { Date::Interval(End::At(a), End::At(b)) };
        language.date(&date)
    };
    let number = |date: NaiveDate| i64::from(date.num_days_from_ce());
    if first == last {
        return (language.date(&Date::day(first)), Vec::new(), 1);
    }
    if (first.year(), first.month()) == (last.year(), last.month()) {
        let days = (from..to).filter_map(|n| Some((n, language.ordinal(day(n)?.day() as usize)))).collect();
        return (language.date(&Date::Single(month(first))), days, DAY_ROOM);
    }
    if first.year() == last.year() {
        let starts = (first.month()..=last.month()).filter_map(|m| {
            let start = NaiveDate::from_ymd_opt(first.year(), m, 1)?;
            (number(start) >= from).then(|| (number(start), language.month_name(m as usize - 1).to_owned()))
        });
        return (language.date(&Date::Single(Moment::year(first.year()))), starts.collect(), MONTH_ROOM);
    }
    let years = (first.year()..=last.year()).filter_map(|year| {
        let start = NaiveDate::from_ymd_opt(year, 1, 1)?;
        (number(start) >= from).then(|| (number(start), language.date(&Date::Single(Moment::year(year)))))
    });
    (span(Moment::year(first.year()), Moment::year(last.year())), years.collect(), YEAR_ROOM)
}

/// The parts of a scale: one of an even scale; of a shortened one, months and runs of months that have room for a title.
fn parts(language: &Language, scale: &TimeScale) -> Vec<Part> {
    let edges: Vec<i64> = scale.edges().collect();
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for pair in edges.windows(2) {
        let same =
            |a: i64, b: i64| day(a).zip(day(b)).is_some_and(|(a, b)| (a.year(), a.month()) == (b.year(), b.month()));
        match runs.last_mut() {
            Some(run) if !scale.is_shortened || same(run.0, pair[1] - 1) => run.1 = pair[1],
            _ => runs.push((pair[0], pair[1])),
        }
    }
    let room = |run: &(i64, i64)| points(scale.place(run.0), scale.place(run.1));
    let need = |run: &(i64, i64)| {
        // a title may take two lines
        let title = ticks(language, run.0, run.1).0;
        let word = title.split_whitespace().map(|w| w.chars().count()).max().unwrap_or_default();
        let letters = u32::try_from(word.max(title.chars().count().div_ceil(2))).unwrap_or(u32::MAX);
        letters.saturating_mul(LETTER) / 10 + 4
    };
    // the narrowest that has no room for its title joins its narrower neighbour
    while runs.len() > 1 {
        let Some(tight) = (0..runs.len()).filter(|i| room(&runs[*i]) < need(&runs[*i])).min_by_key(|i| room(&runs[*i]))
        else {
            break;
        };
        let left = tight.checked_sub(1).map(|i| room(&runs[i]));
        let right = runs.get(tight + 1).map(room);
        let into = match (left, right) {
            (Some(l), Some(r)) if l <= r => tight - 1,
            (Some(_), None) => tight - 1,
            _ => tight,
        };
        let joined = (runs[into].0, runs[into + 1].1);
        runs.splice(into..=into + 1, [joined]);
    }
    // neighbours of one title are one part
    runs.dedup_by(|b, a| {
        let same = ticks(language, a.0, a.1).0 == ticks(language, b.0, b.1).0;
        if same {
            a.1 = b.1;
        }
        same
    });
    runs.iter()
        .map(|run| {
            let (title, marks, wide) = ticks(language, run.0, run.1);
            let (from, to) = (scale.place(run.0), scale.place(run.1));
            let mut kept: Vec<Tick> = Vec::new();
            for (n, text) in marks {
                let at = scale.place(n);
                if kept.last().is_none_or(|last| points(last.at, at) >= wide) {
                    kept.push(Tick { at, text });
                }
            }
            // one tick alone says no more than the title
            if kept.len() < 2 && wide == MONTH_ROOM {
                kept.clear();
            }
            let title = if room(run) < need(run) { String::new() } else { title };
            Part { from, to, title, ticks: kept }
        })
        .collect()
}

impl Composer<'_> {
    pub(super) fn timeline_chart(&mut self, slug: &str) -> Vec<Timeline> {
        let all = self.dated();
        let entries: Vec<&Dated> = all.iter().filter(|e| e.date.as_ref().and_then(stretch).is_some()).collect();
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.chart;
        let stretches: Vec<(i64, i64, bool, bool)> =
            entries.iter().filter_map(|e| e.date.as_ref().and_then(stretch)).collect();
        let days: Vec<(i64, i64)> = stretches.iter().map(|s| (s.0, s.1)).collect();
        let (Some(first), Some(last)) = (days.iter().map(|s| s.0).min(), days.iter().map(|s| s.1).max()) else {
            return Vec::new();
        };
        let scale = TimeScale::new(&days);
        let mut legend = Legend::default();
        let mut records: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        let mut inexact = false;
        for (entry, stretch) in entries.iter().zip(&stretches) {
            let phrase = match entry.sign {
                "event" => &words.event,
                "statement" => &words.statement,
                "figure" => &words.figure,
                _ => &words.background,
            };
            legend.add(entry.sign, phrase);
            records.extend(entry.moment.records.iter().cloned());
            let date = entry.date.as_ref();
            let (from, to, open_from, open_to) = *stretch;
            inexact |= entry.moment.when.contains(DAGGER);
            rows.push(TimelineRow {
                when: entry.moment.when.clone(),
                what: short(&capital(&entry.short), ENTRY),
                sign: entry.sign.to_owned(),
                from: if open_from { 0 } else { scale.place(from) },
                to: if open_to { FULL } else { scale.place(to) },
                is_day: date.is_some_and(|d| d.as_day().is_some()),
                open_from,
                open_to,
                uncertain: date.is_some_and(is_uncertain),
                records: entry.moment.records.clone(),
            });
        }
        if rows.iter().any(|r| !r.is_day) {
            legend.add("period", &words.period);
        }
        if rows.iter().any(|r| r.open_from || r.open_to) {
            legend.add("open", &words.open_date);
        }
        if rows.iter().any(|r| r.uncertain) {
            legend.add("uncertain", &words.uncertain);
        }
        if inexact {
            legend.add("dagger", &words.dagger);
        }
        let parts = parts(&language, &scale);
        if scale.is_shortened {
            legend.add("shortened", &words.shortened);
        }
        let in_words = |n: i64| day(n).map(|d| language.date(&edge(d, &entries))).unwrap_or_default();
        vec![Timeline {
            file: format!("{slug}.timeline.svg"),
            alt: words.timeline.fill(&[
                ("entries", &language.counted(rows.len(), &words.entries, &[])),
                ("first", &in_words(first)),
                ("last", &in_words(last - 1)),
            ]),
            parts,
            rows,
            legend: legend.0,
            records: unique(records),
        }]
    }

    pub(super) fn ranges_chart(&mut self, slug: &str) -> Vec<Ranges> {
        let mut legend = Legend::default();
        let mut panels: Vec<Panel> = Vec::new();
        for event in self.scope.clone() {
            let mut title = self.panel_title(event);
            let cells = self.cells_of(event);
            for cells in cells.chunk_by(|a, b| a.key.1 == b.key.1) {
                if let Some(mut panel) = self.panel(cells, &mut legend) {
                    panel.event = std::mem::take(&mut title);
                    panels.push(panel);
                }
            }
        }
        // a single number on a scale of its own says nothing that its row does not
        let telling = |p: &Panel| p.rows.len() > 1 || p.rows.iter().any(|r| r.from != r.to || r.open_from || r.open_to);
        if panels.iter().any(telling) {
            let mut title = String::new();
            panels.retain_mut(|panel| {
                if !panel.event.is_empty() {
                    title = std::mem::take(&mut panel.event);
                }
                let kept = telling(panel);
                if kept {
                    panel.event = std::mem::take(&mut title);
                }
                kept
            });
        }
        if panels.is_empty() {
            return Vec::new();
        }
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.chart;
        let claims = panels.iter().flat_map(|p| &p.rows).filter(|r| r.sign != "computed").count();
        let records = unique(panels.iter().flat_map(|p| p.records.iter().cloned()).collect());
        vec![Ranges {
            file: format!("{slug}.ranges.svg"),
            alt: words.ranges.fill(&[("figures", &language.counted(claims, &words.figures, &[]))]),
            panels,
            legend: legend.0,
            records,
        }]
    }

    fn panel_title(&self, event: Ref<Event>) -> String {
        let (title, when) = (capital(&self.title(event)), self.when_of(event));
        let title = short(&title, NAME);
        if when.is_empty() { title } else { format!("{title}{}{when}", self.language.words.list.comma) }
    }

    /// The figures of one measure, on one scale.
    fn panel(&mut self, cells: &[Cell], legend: &mut Legend) -> Option<Panel> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let bounds = |figure: &Figure| [figure.low(), figure.high()].into_iter().flatten().map(|e| e.number);
        let numbers = cells.iter().flat_map(|cell| {
            let totals = cell.totals.iter().flat_map(|(_, c)| c);
            let claims = totals.chain(&cell.floors).chain(&cell.cumulative);
            claims.flat_map(|c| bounds(&d.claims[*c].value)).chain(cell.computed.iter().map(|f| f.at_least))
        });
        let numbers: Vec<Number> = numbers.collect();
        if numbers.is_empty() {
            return None;
        }
        let scale = NumberScale::new(numbers.into_iter());
        let mut rows: Vec<RangeRow> = Vec::new();
        for cell in cells {
            let mut found = self.range_rows(cell, &scale, legend);
            if let (Some(first), Some(who)) = (found.first_mut(), cell.key.2) {
                first.category = short(&capital(&self.say(Subject::Category(who), &d.categories[who].name)), HEAD);
            }
            rows.append(&mut found);
        }
        let percent = cells.iter().any(|c| c.envelope.as_ref().is_some_and(|e| e.percent));
        let ticks = scale.ticks().into_iter().map(|(at, n)| {
            let text = language.number(n);
            Tick { at, text: if percent { language.words.figure.percent.fill(&[("n", &text)]) } else { text } }
        });
        let measure = cells.first()?.key.1;
        Some(Panel {
            event: String::new(),
            counted: short(&capital(&self.say(Subject::Measure(measure), &d.measures[measure].name)), NAME),
            records: unique(rows.iter().flat_map(|r| r.records.iter().cloned()).collect()),
            rows,
            ticks: ticks.collect(),
        })
    }

    fn range_rows(&mut self, cell: &Cell, scale: &NumberScale, legend: &mut Legend) -> Vec<RangeRow> {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.chart;
        let mut rows: Vec<RangeRow> = Vec::new();
        if let Some(envelope) = cell.envelope.as_ref().filter(|_| cell.totals.len() > 1) {
            let all: Vec<Subject> = cell.totals.iter().flat_map(|(_, c)| c).map(|c| Subject::Claim(*c)).collect();
            let mut claimants = capital(&language.counted(cell.totals.len(), &language.words.label.range_of, &[]));
            if cell.flags.contains(&Flag::ValueContested) {
                let contested = language.named(&language.words.reconcile.flag, Flag::ValueContested.word());
                claimants = self.bracketed(&claimants, contested);
            }
            legend.add("computed", &words.computed);
            rows.push(RangeRow {
                claimants,
                figure: language.envelope(envelope),
                sign: "computed".to_owned(),
                from: envelope.low.map_or(0, |e| scale.place(e.number)),
                to: envelope.high.map_or(FULL, |e| scale.place(e.number)),
                open_from: envelope.low.is_none(),
                open_to: envelope.high.is_none(),
                records: self.print_all(&all),
                ..RangeRow::default()
            });
        }
        // claims that a row stands for, its sign, whether it shares the root of the row above
        let mut shown: Vec<(Vec<Ref<Claim>>, &'static str, bool)> = Vec::new();
        // from the least to the most: roots by the least that each gives
        let mut totals = cell.totals.clone();
        let least = |claims: &[Ref<Claim>]| {
            let figures = claims.iter().map(|c| &d.claims[*c].value);
            figures.filter_map(|f| f.low().or(f.high())).map(|e| e.number).min()
        };
        totals.sort_by(|a, b| (least(&a.1), &a.0).cmp(&(least(&b.1), &b.0)));
        for (_, claims) in &totals {
            // one root with one figure is one row, whoever repeats it; the named claimant stands for it
            let mut rest = claims.clone();
            rest.sort_by_key(|c| (d.claims[*c].by.is_none(), *c));
            let mut again = false;
            while let Some(lead) = rest.first().copied() {
                let same = |c: &Ref<Claim>| d.claims[*c].value == d.claims[lead].value;
                shown.push((rest.iter().copied().filter(same).collect(), "claim", again));
                rest.retain(|c| !same(c));
                again = true;
            }
        }
        shown.extend(cell.floors.iter().map(|c| (vec![*c], "part", false)));
        shown.extend(cell.cumulative.iter().map(|c| (vec![*c], "cumulative", false)));
        for (claims, sign, same_root) in shown {
            let Some(record) = claims.first().map(|c| &d.claims[*c]) else { continue };
            let Some(claim) = claims.first().copied() else { continue };
            let (low, high) = (record.value.low(), record.value.high().filter(|_| record.scope != Scope::Partial));
            let mut claimants = self.claimant(claim);
            if let Some(period) = record.period.as_ref().filter(|_| sign == "cumulative") {
                let period = language.words.label.period.fill(&[("date", &language.date(period))]);
                claimants = self.bracketed(&claimants, &period);
            }
            match sign {
                "claim" => legend.add("claim", &words.claim),
                "part" => legend.add("part", &words.part),
                _ => legend.add("cumulative", &words.figure),
            }
            if same_root {
                legend.add("same-root", &words.same_root);
            }
            let subjects: Vec<Subject> = claims.into_iter().map(Subject::Claim).collect();
            rows.push(RangeRow {
                category: String::new(),
                claimants: short(&claimants, NAME),
                figure: self.figure_of(claim),
                sign: sign.to_owned(),
                from: low.map_or(0, |e| scale.place(e.number)),
                to: high.map_or(FULL, |e| scale.place(e.number)),
                open_from: low.is_none(),
                open_to: high.is_none(),
                about: record.value.is_about(),
                same_root,
                records: self.print_all(&subjects),
            });
        }
        for floor in &cell.computed {
            let from: Vec<Subject> = floor.from.iter().map(|c| Subject::Claim(*c)).collect();
            legend.add("computed", &words.computed);
            rows.push(RangeRow {
                claimants: floor.from.first().map(|c| short(&self.claimant(*c), NAME)).unwrap_or_default(),
                figure: language.words.figure.at_least.fill(&[("n", &language.number(floor.at_least))]),
                sign: "computed".to_owned(),
                from: scale.place(floor.at_least),
                to: FULL,
                open_to: true,
                records: self.print_all(&from),
                ..RangeRow::default()
            });
        }
        if rows.iter().any(|r| r.open_from || r.open_to) {
            legend.add("open", &words.open_bound);
        }
        if rows.iter().any(|r| r.about) {
            legend.add("about", &words.about);
        }
        rows
    }

    pub(super) fn stances_chart(&mut self, slug: &str) -> Vec<Stances> {
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.chart;
        let by_target = self.by_target();
        if by_target.is_empty() {
            return Vec::new();
        }
        let mut legend = Legend::default();
        let mut panels = Vec::new();
        let mut everyone: BTreeSet<Ref<Actor>> = BTreeSet::new();
        for part in by_target.chunks(COLUMNS) {
            let mut rows = Vec::new();
            for actor in self.speaking(part) {
                everyone.insert(actor);
                let cells: Vec<StanceCell> =
                    part.iter().map(|(_, list)| self.stances_of(actor, list, &mut legend)).collect();
                let records =
                    unique(cells.iter().flat_map(|c| &c.stances).flat_map(|s| s.records.iter().cloned()).collect());
                rows.push(StanceRow { actor: short(&capital(&self.actor(actor)), NAME), cells, records });
            }
            let records = unique(rows.iter().flat_map(|r| r.records.iter().cloned()).collect());
            let targets = part.iter().map(|(t, _)| short(&self.target_name(*t), HEAD)).collect();
            panels.push(StancePanel { targets, rows, records });
        }
        legend.add("empty", &words.empty);
        let targets: Vec<String> = by_target.iter().map(|(t, _)| self.target_name(*t)).collect();
        let records = unique(panels.iter().flat_map(|p| p.records.iter().cloned()).collect());
        vec![Stances {
            file: format!("{slug}.stances.svg"),
            alt: words.stances.fill(&[
                ("actors", &language.counted(everyone.len(), &words.actors, &[])),
                ("targets", &short(&language.remarks(&targets), 200)),
            ]),
            panels,
            legend: legend.0,
            records,
        }]
    }

    /// An actor's stances on a target in the order of time, one that is repeated only once.
    fn stances_of(&mut self, actor: Ref<Actor>, utterances: &[Vec<Ref<Position>>], legend: &mut Legend) -> StanceCell {
        let d = self.dossier;
        let language = std::sync::Arc::clone(&self.language);
        let words = &language.words.chart;
        let mut stances: Vec<(Stance, StanceMark)> = Vec::new();
        for renderings in utterances {
            let Some(lead) = self.fullest(renderings).filter(|r| *d.positions[*r].actor == actor) else { continue };
            let subjects: Vec<Subject> = renderings.iter().map(|r| Subject::Position(*r)).collect();
            let stance = *d.positions[lead].stance;
            let mut records = self.print_all(&subjects);
            if let Some(at) = stances.iter().position(|(s, _)| *s == stance) {
                // said again: it is the latest now
                let (_, earlier) = stances.remove(at);
                records = unique(earlier.records.into_iter().chain(records).collect());
            }
            let (sign, phrase) = match stance {
                Stance::Supports => ("for", &words.supports),
                Stance::Opposes | Stance::Condemns | Stance::Rejects => ("against", &words.against),
                _ => ("other", &words.other),
            };
            legend.add(sign, phrase);
            stances.push((stance, StanceMark { sign: sign.to_owned(), stance: self.stance(lead).to_owned(), records }));
        }
        StanceCell { stances: stances.into_iter().map(|(_, mark)| mark).collect() }
    }
}

/// The date at an edge of the scale, no more exact than the entries that lie there.
fn edge(at: NaiveDate, entries: &[&Dated]) -> Date {
    let touching = |m: &Moment| m.earliest() == at || m.latest() == at;
    let mut moments = entries.iter().filter_map(|e| e.date.as_ref()).flat_map(|date| match date {
        Date::Single(m) => vec![m],
        Date::Interval(a, b) => {
            [a, b].into_iter().filter_map(|e| if let End::At(m) = e { Some(m) } else { None }).collect()
        }
    });
    let found = moments.clone().find(|m| m.precision() == Precision::Day && touching(m));
    match found.or_else(|| moments.find(|m| touching(m))) {
        Some(moment) => Date::Single(moment.unqualified()),
        None => Date::day(at),
    }
}

fn unique(list: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    list.into_iter().filter(|id| seen.insert(id.clone())).collect()
}
