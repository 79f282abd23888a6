//! What a sentence says: what its numbers count, with what reserve, who says so, when.

use std::ops::Range;

use super::desk::Desk;
use crate::check::dating::{anchor_day, stated_date, worked_out};
use crate::check::rules::{counted, unit_behind};
use crate::facts::date::{Date, End};
use crate::facts::dossier::{Actor, Anchor, Category, Measure};
use crate::facts::figure::Figure;
use crate::facts::table::Ref;
use crate::facts::vocabulary::{ActorKind, DateRule};
use crate::text::article::Zone;
use crate::text::calendar::{CalendarWords, calendar, relative};
use crate::text::lexicon::{CueKind, Lexicon, Meaning};
use crate::text::quantity::{Kind as Read, Quantity, quantities};
use crate::text::sentence::{Cue, cues, governs, sentences};
use crate::text::speech::speeches;
use crate::text::tokens::tokens;

/// A paragraph of an article, read. Ranges are bytes of its folded text.
pub struct Paragraph<'a, 'd> {
    pub(super) desk: &'a Desk<'d>,
    /// Where it stands in the folded article.
    pub range: Range<usize>,
    /// Its folded text.
    pub text: &'a str,
    /// Its sentences.
    pub sentences: Vec<Range<usize>>,
    /// Its quantities.
    pub quantities: Vec<Quantity>,
    /// What it quotes as speech.
    pub speeches: Vec<Range<usize>>,
}

/// What a number counts.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The noun, with the category it names.
    pub noun: Option<(Range<usize>, Ref<Category>)>,
    /// The words for a measure, the likeliest first.
    pub measures: Vec<(Range<usize>, Ref<Measure>)>,
}

/// Who says something.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// The actor who says so, where the dossier knows one.
    pub by: Option<Ref<Actor>>,
    /// Through whom it reached the source.
    pub via: Option<Ref<Actor>>,
    /// The word that attributes it.
    pub cue: Range<usize>,
    /// From the word that attributes it to the name, both included.
    pub span: Range<usize>,
    /// The words of the sentence that seem to name who says so.
    pub seems: String,
}

/// A date with how it is known, as TOML values.
#[derive(Debug, Clone)]
pub struct Dated {
    /// The words that give it.
    pub span: Range<usize>,
    /// The date.
    pub date: Date,
    /// The rule, where it is not stated.
    pub rule: Option<DateRule>,
}

/// How many words may lie between a number and the word for what befell those it counts, where no noun stands behind it.
const NEAR: usize = 2;
/// How many words may lie between a number and the things it counts.
const THINGS: usize = 4;

impl<'a, 'd> Paragraph<'a, 'd> {
    /// Reads the paragraph that holds a folded offset of the article.
    #[must_use]
    pub fn at(desk: &'a Desk<'d>, offset: usize) -> Self {
        let range = desk.article.paragraph_at(offset);
        let text = desk.article.folded().text().get(range.clone()).unwrap_or_default();
        Self {
            desk,
            range,
            text,
            sentences: sentences(text, desk.lexicon),
            quantities: quantities(text, desk.lexicon),
            speeches: speeches(text),
        }
    }

    /// The part of the page that a range of it belongs to.
    #[must_use]
    pub fn zone(&self, range: &Range<usize>) -> Zone {
        self.desk.article.zone(&self.desk.article.folded().original(&self.whole(range)))
    }

    /// A range of it in the folded article.
    #[must_use]
    pub fn whole(&self, range: &Range<usize>) -> Range<usize> {
        self.range.start + range.start..self.range.start + range.end
    }

    /// The sentences that a range touches, as one range.
    #[must_use]
    pub fn sentence_of(&self, range: &Range<usize>) -> Range<usize> {
        let touched = self.sentences.iter().filter(|s| s.start < range.end && range.start < s.end);
        touched
            .fold(None, |all: Option<Range<usize>>, s| {
                Some(all.map_or(s.clone(), |a| a.start.min(s.start)..a.end.max(s.end)))
            })
            .unwrap_or_else(|| range.clone())
    }

    fn in_speech(&self, range: &Range<usize>) -> bool {
        self.speeches.iter().any(|s| s.start <= range.start && range.end <= s.end)
    }

    fn words_between(&self, a: &Range<usize>, b: &Range<usize>) -> usize {
        let gap = if a.end <= b.start { a.end..b.start } else { b.end..a.start };
        self.text.get(gap).map_or(0, |t| t.split_whitespace().count())
    }

    /// Whether another number, or the end of a clause, stands between two places.
    fn parted(&self, a: &Range<usize>, b: &Range<usize>) -> bool {
        let gap = if a.end <= b.start { a.end..b.start } else { b.end..a.start };
        let ends = self.text.get(gap.clone()).is_some_and(|t| t.contains([',', ';', '،', '؛', '"']));
        ends || self.quantities.iter().any(|q| {
            !matches!(q.kind, Read::Vague | Read::Ordinal(_)) && q.span.start < gap.end && gap.start < q.span.end
        })
    }

    /// What a number of a sentence counts.
    ///
    /// # Errors
    /// Says why it is no count that a claim could make.
    pub fn counts(&self, sentence: &Range<usize>, quantity: &Quantity) -> Result<Counted, String> {
        let Some(figure) = Figure::read(quantity) else {
            let Read::NotUnderstood(why) = &quantity.kind else { return Err("it is not understood".to_owned()) };
            return Err(why.clone());
        };
        let number = &quantity.span;
        if unit_behind(&self.text[number.end..], self.desk.lexicon).is_some() {
            return Err("it measures time, length, weight or money, and counts nothing".to_owned());
        }
        let text = &self.text[sentence.clone()];
        let shift = |r: &Range<usize>| sentence.start + r.start..sentence.start + r.end;
        let named = self.desk.vocabulary.categories_in(text, self.desk.lexicon);
        let from = number.end.saturating_sub(sentence.start);
        let noun = counted(text, from, &named, self.desk.lexicon).map(|(r, c)| (shift(r), *c));
        let is_noun = |r: &Range<usize>| named.iter().any(|(n, _)| n.start < r.end && r.start < n.end);
        let expressed = self.desk.vocabulary.measures_in(text, self.desk.lexicon);
        let of_people = |m: Ref<Measure>| self.desk.dossier.measures[m].counts_people;
        /// Whether something parts it from the number, and how far off it stands.
        type Rank = (bool, usize);
        let mut ranked: Vec<(Rank, Range<usize>, Ref<Measure>)> = Vec::new();
        for (place, measure) in &expressed {
            let mut at = shift(place);
            at.end = at.end.max(self.measure_ends(at.start, *measure));
            if at.start < number.end && number.start < at.end {
                continue;
            }
            let tied = noun.as_ref().map_or(number, |(n, _)| n);
            let behind = at.start >= number.end;
            let from = if behind { tied } else { number };
            let distance = self.words_between(from, &at);
            // "killed and 31 injured": what stands before an "and" has been counted
            let parted = self.parted(from, &at) || !behind && self.joins(at.end..from.start);
            let fits = match (&noun, of_people(*measure)) {
                (Some(_), true) => {
                    !is_noun(place) || noun.as_ref().is_some_and(|(n, _)| n.start < at.end && at.start < n.end)
                }
                (Some(_), false) => false,
                (None, true) => !parted && distance <= NEAR,
                (None, false) => !parted && distance <= if behind { THINGS } else { 1 },
            };
            if fits {
                // a word before the number may belong to what was counted before
                ranked.push(((parted, 2 * distance + usize::from(!behind)), at, *measure));
            }
        }
        ranked.sort_by_key(|(rank, at, measure)| (*rank, at.start, *measure));
        let mut measures: Vec<(Range<usize>, Ref<Measure>)> = Vec::new();
        for (_, at, measure) in ranked {
            if !measures.iter().any(|(_, m)| *m == measure) {
                measures.push((at, measure));
            }
        }
        measures.truncate(3);
        if measures.is_empty() {
            return Err("no word for a known measure is tied to it".to_owned());
        }
        let vague = !figure.is_quantified() || matches!(quantity.kind, Read::Ordinal(_));
        if vague && measures.first().is_some_and(|(m, _)| self.words_between(number, m) > NEAR) {
            return Err("it gives no number".to_owned());
        }
        Ok(Counted { noun, measures })
    }

    fn joins(&self, gap: Range<usize>) -> bool {
        let all = tokens(self.text.get(gap).unwrap_or_default());
        (0..all.len()).any(|at| self.desk.lexicon.at(&all, at, |m| matches!(m, Meaning::And).then_some(())).is_some())
    }

    /// Where the words for a measure end that begin at a place: "fighter jets" are two.
    fn measure_ends(&self, start: usize, measure: Ref<Measure>) -> usize {
        let id = self.desk.dossier.measures[measure].id.as_str();
        let rest: String = self.text[start..].chars().take(80).collect();
        let all = tokens(&rest);
        let hit = self.desk.lexicon.at(&all, 0, |m| matches!(m, Meaning::Measure(m) if m == id).then_some(()));
        hit.and_then(|(_, taken)| all.get(taken - 1)).map_or(start, |last| start + last.span.end)
    }

    /// The source's words of reserve that bear on a quotation: on the words that carry its number, where it has such.
    #[must_use]
    pub fn hedges(&self, quote: &Range<usize>, words: Option<&Range<usize>>) -> Vec<String> {
        let target = words.unwrap_or(quote);
        let mut found: Vec<String> = Vec::new();
        for sentence in self.sentences.iter().filter(|s| s.start < quote.end && quote.start < s.end) {
            let text = &self.text[sentence.clone()];
            let (start, end) = (target.start.max(sentence.start), target.end.min(sentence.end));
            if start >= end {
                continue;
            }
            let part = start - sentence.start..end - sentence.start;
            for cue in cues(text, self.desk.lexicon).iter().filter(|c| c.kind == CueKind::Hedge) {
                let place = sentence.start + cue.span.start..sentence.start + cue.span.end;
                let bears = part.start < cue.span.end && cue.span.start < part.end
                    || governs(text, cue, &part, self.desk.lexicon);
                let word = text[cue.span.clone()].to_lowercase();
                if bears && !self.in_speech(&place) && !found.contains(&word) {
                    found.push(word);
                }
            }
        }
        found
    }

    /// Who says what stands in a range, as far as its sentence tells.
    #[must_use]
    pub fn speaker(&self, sentence: &Range<usize>, target: &Range<usize>, spoken: bool) -> Option<Speaker> {
        let text = &self.text[sentence.clone()];
        let part = target.start.saturating_sub(sentence.start)
            ..target
                .end
                .min(sentence.end)
                .saturating_sub(sentence.start)
                .max(target.start.saturating_sub(sentence.start));
        let found = cues(text, self.desk.lexicon);
        let shift = |r: &Range<usize>| sentence.start + r.start..sentence.start + r.end;
        let bearing: Vec<&Cue> = found
            .iter()
            .filter(|c| c.kind == CueKind::Attribution && !self.in_speech(&shift(&c.span)))
            // speech is its speaker's wherever the verb stands
            .filter(|c| spoken || governs(text, c, &part, self.desk.lexicon))
            .collect();
        let actors = self.desk.actors_in(text);
        let media = |a: Ref<Actor>| matches!(*self.desk.dossier.actors[a].kind, ActorKind::Media | ActorKind::Agency);
        let mut by: Option<(Range<usize>, Range<usize>, Ref<Actor>)> = None;
        let mut via: Option<(Range<usize>, Range<usize>, Ref<Actor>)> = None;
        for cue in &bearing {
            let adjacent = actors.iter().filter(|(r, _)| beside(text, r, &cue.span));
            for (range, actor) in adjacent {
                let slot = if media(*actor) { &mut via } else { &mut by };
                if slot.is_none() {
                    *slot = Some((cue.span.clone(), range.clone(), *actor));
                }
            }
        }
        if by.is_none() {
            by = via.take();
        }
        let first = by.as_ref().map(|(cue, ..)| cue.clone()).or_else(|| bearing.first().map(|c| c.span.clone()))?;
        let seems = seems(text, &first, &self.speeches_in(sentence), self.desk.lexicon);
        let named = by.as_ref().map(|(_, name, _)| name.clone()).or_else(|| seems.clone()).unwrap_or(first.clone());
        let span = first.start.min(named.start)..first.end.max(named.end);
        Some(Speaker {
            by: by.map(|(.., actor)| actor),
            via: via.map(|(.., actor)| actor),
            cue: shift(&first),
            span: shift(&span),
            seems: seems.map(|r| text[r].to_owned()).unwrap_or_default(),
        })
    }

    fn speeches_in(&self, sentence: &Range<usize>) -> Vec<Range<usize>> {
        let inside = self.speeches.iter().filter(|s| s.start < sentence.end && sentence.start < s.end);
        inside
            .map(|s| s.start.saturating_sub(sentence.start)..s.end.min(sentence.end).saturating_sub(sentence.start))
            .collect()
    }

    /// The date in a sentence that stands nearest to a range.
    #[must_use]
    pub fn dated(&self, sentence: &Range<usize>, near: &Range<usize>) -> Option<Dated> {
        let text = &self.text[sentence.clone()];
        let shift = |r: &Range<usize>| sentence.start + r.start..sentence.start + r.end;
        let anchor = anchor_day(self.desk.dossier, Anchor::Source(self.desk.source));
        let mut found: Vec<Dated> = Vec::new();
        let all = calendar(text, self.desk.lexicon);
        for words in &all {
            let span = shift(&words.span);
            let both: Vec<&CalendarWords> = all.iter().filter(|w| w.span == words.span).collect();
            let dated = if let [from, to] = both.as_slice() {
                match (stated_date(from), stated_date(to)) {
                    (Some(Date::Single(a)), Some(Date::Single(b))) => {
                        Some((Date::Interval(End::At(a), End::At(b)), None))
                    }
                    _ => None,
                }
            } else if let Some(date) = stated_date(words) {
                Some((date, None))
            } else {
                let rule = match words {
                    CalendarWords { day: Some(_), month: Some(_), .. } => Some(DateRule::DayMonthNearest),
                    CalendarWords { month: Some(_), .. } => Some(DateRule::MonthOnOrBefore),
                    CalendarWords { weekday: Some(_), .. } => Some(DateRule::WeekdayOnOrBefore),
                    _ => None,
                };
                rule.and_then(|rule| Some((worked_out(rule, std::slice::from_ref(words), anchor).ok()?, Some(rule))))
            };
            if let Some((date, rule)) = dated {
                found.push(Dated { span, date, rule });
            }
        }
        for words in relative(text, self.desk.lexicon) {
            let rule = match (words.days, words.years) {
                (Some(0), _) => DateRule::SameDay,
                (Some(-1), _) => DateRule::DayBefore,
                (Some(1), _) => DateRule::DayAfter,
                (_, Some(0)) => DateRule::SameYear,
                (_, Some(-1)) => DateRule::YearBefore,
                _ => continue,
            };
            if let Ok(date) = worked_out(rule, &[], anchor) {
                found.push(Dated { span: shift(&words.span), date, rule: Some(rule) });
            }
        }
        // what a speaker calls today is not told of the speech
        let spoken = near.start < near.end && self.in_speech(near);
        found.retain(|d| spoken || !self.in_speech(&d.span));
        // a day is more than a year
        let coarse = |d: &Dated| d.date.as_day().is_none();
        found.into_iter().min_by_key(|d| {
            let apart =
                if d.span.start >= near.end { d.span.start - near.end } else { near.start.saturating_sub(d.span.end) };
            (coarse(d), apart, d.span.start)
        })
    }

    /// The actors named last before a place, the nearest first: whom "he" may be.
    #[must_use]
    pub fn named_before(&self, place: usize) -> Vec<Ref<Actor>> {
        const BACK: usize = 1500;
        let text = self.desk.article.folded().text();
        let end = self.range.start + place;
        let mut start = end.saturating_sub(BACK);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        let mut found: Vec<Ref<Actor>> = Vec::new();
        for (_, actor) in self.desk.actors_in(&text[start..end]).into_iter().rev() {
            if !found.contains(&actor) {
                found.push(actor);
            }
        }
        found.truncate(3);
        found
    }

    /// Where the words that the article uses here for dates stand.
    #[must_use]
    pub fn dates(&self) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = calendar(self.text, self.desk.lexicon).into_iter().map(|c| c.span).collect();
        found.extend(relative(self.text, self.desk.lexicon).into_iter().filter(|r| r.days.is_some()).map(|r| r.span));
        found.sort_by_key(|r| (r.start, r.end));
        found.dedup();
        found
    }
}

/// Whether a name stands beside the word that attributes: a few words away with no stop between, or set off by one comma.
fn beside(text: &str, name: &Range<usize>, cue: &Range<usize>) -> bool {
    let before = name.end <= cue.start;
    let gap = if before { text.get(name.end..cue.start) } else { text.get(cue.end..name.start) };
    let Some(gap) = gap.filter(|_| before || cue.end <= name.start) else { return false };
    let words = gap.split_whitespace().filter(|w| w.contains(char::is_alphanumeric)).count();
    // "the mayor's spokesman said": the name is another's
    if before && gap.starts_with('\'') {
        return false;
    }
    match gap.matches([',', '،']).count() {
        0 => words <= 3 && !gap.contains([';', '"', ':', '؛']),
        1 => words == 0 && before,
        _ => false,
    }
}

/// The words that seem to name who says something: those before the verb, or behind it where none stand before.
fn seems(text: &str, cue: &Range<usize>, speeches: &[Range<usize>], lexicon: &Lexicon) -> Option<Range<usize>> {
    const STOPS: [char; 8] = [',', ';', ':', '"', '،', '؛', '(', ')'];
    let own = speeches.iter().filter(|s| s.end <= cue.start).map(|s| s.end).fold(0, usize::max);
    let stop = text[..cue.start].rfind(STOPS).map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8));
    let end = text[cue.end..].find(STOPS).map_or(text.len(), |i| cue.end + i);
    // the words of a range, a few of them from one of its ends; none where they only join
    let few = |range: Range<usize>, count: usize, last: bool| -> Option<Range<usize>> {
        let slice = text.get(range.clone())?;
        let loose = |c: char| c.is_whitespace() || STOPS.contains(&c) || matches!(c, '.' | '-');
        let trimmed = slice.trim_matches(loose);
        let all = tokens(trimmed);
        let joins = all.len() <= 1 && lexicon.at(&all, 0, |m| matches!(m, Meaning::And).then_some(())).is_some();
        if trimmed.is_empty() || joins {
            return None;
        }
        let at = range.start + slice.find(trimmed)?;
        let mut starts = trimmed.split_whitespace().map(|w| w.as_ptr() as usize - trimmed.as_ptr() as usize);
        let words: Vec<&str> = trimmed.split_whitespace().collect();
        let (from, to) = if last {
            (starts.nth(words.len().saturating_sub(count)).unwrap_or(0), trimmed.len())
        } else {
            let end = starts.nth(count.min(words.len()) - 1)? + words.get(count.min(words.len()) - 1)?.len();
            (0, trimmed[..end].trim_end_matches(loose).len())
        };
        Some(at + from..at + to)
    };
    let stop = stop.max(own);
    few(stop..cue.start, 8, true)
        // "Ann Lee, who heads the office, told": what the clause begins with
        .or_else(|| {
            if text[own..cue.start].trim_matches(|c: char| !c.is_alphanumeric()).is_empty() {
                None
            } else {
                few(own..cue.start, 4, false)
            }
        })
        .or_else(|| few(cue.end..end, 8, false))
}
