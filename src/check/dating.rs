//! Dates held against the words they come from: stated ones against the words, inferred ones recomputed by their rule.

use std::ops::Range;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::passage::Passage;
use super::rules::{RULES, Rule};
use crate::diag::{Diagnostic, Edit, Fix};
use crate::facts::at::At;
use crate::facts::date::{Date, End, Moment, Precision};
use crate::facts::dossier::{Anchor, Cited, Dating, Dossier, Source};
use crate::facts::table::Entry;
use crate::facts::vocabulary::{Basis, DateRule};
use crate::load::document::basic_string;
use crate::text::article::Article;
use crate::text::calendar::{CalendarWords, calendar};
use crate::text::find::is_whole;
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;

type Findings = Vec<(&'static Rule, Diagnostic)>;

/// Whether no text proves the date: it is external, or inferred with no rule that computes it.
#[must_use]
pub fn is_unproved(dating: Option<&Dating>) -> bool {
    let Some(dating) = dating else { return false };
    let computed = dating.rule.as_ref().is_some_and(|rule| !matches!(**rule, DateRule::Weekday | DateRule::InUrl));
    match *dating.basis {
        Basis::Stated => false,
        Basis::Inferred => !computed,
        Basis::External | Basis::SourceError => true,
    }
}

/// The day an anchor stands for.
#[must_use]
pub fn anchor_day(dossier: &Dossier, anchor: Anchor) -> Option<NaiveDate> {
    let date = match anchor {
        Anchor::Source(r) => dossier.sources[r].published.as_ref(),
        Anchor::Event(r) => dossier.events[r].date.as_ref(),
    }?;
    date.as_day().or_else(|| match &**date {
        // a period that ends on a day: what is counted from it is counted from its end
        Date::Interval(_, End::At(end)) if end.precision() == Precision::Day => Some(end.earliest()),
        _ => None,
    })
}

pub(super) fn of_source(dossier: &Dossier, source: &Entry<Source>, article: Option<&Article>) -> Findings {
    let mut findings = Findings::new();
    let Some(published) = &source.published else { return findings };
    let lexicon = Lexicon::or_bare(source.language.as_ref().map_or(dossier.language.as_str(), |l| l.as_str()));
    let site = Site {
        dossier,
        file: &source.file,
        what: format!("source `{}`", source.id),
        date: published,
        dating: source.dating.as_ref(),
        lexicon,
        url: source.url.as_ref().map(|u| u.as_str()),
    };
    site.check(&mut findings);
    if let (Some(article), Some(words)) = (article, source.dating.as_ref().and_then(|d| d.words.as_ref())) {
        let wanted = fold(words);
        let text = article.folded().text();
        let found = text.match_indices(&wanted).any(|(at, _)| is_whole(text, &(at..at + wanted.len())));
        if !found {
            push(
                &mut findings,
                "date-words-not-in-source",
                Diagnostic::new("", format!("{} is dated by words its article does not hold", site.what))
                    .at(&source.file, words.span(), "not in the article")
                    .help("quote the words as they stand, or give the date's basis as external, with a note"),
            );
        }
    }
    findings
}

pub(super) fn of_record(dossier: &Dossier, cited: &Cited<'_>, first: Option<&Passage<'_>>) -> Findings {
    let mut findings = Findings::new();
    let Some(date) = cited.date else { return findings };
    let language = cited.citations.first().map_or(dossier.language.as_str(), |c| dossier.language_of(*c.source));
    let site = Site {
        dossier,
        file: cited.head.file,
        what: format!("{} `{}`", cited.head.kind, cited.head.id),
        date,
        dating: cited.dating,
        lexicon: Lexicon::or_bare(language),
        url: None,
    };
    site.check(&mut findings);
    if let (Some(passage), Some(words)) = (first.filter(|p| p.index == 0), cited.dating.and_then(|d| d.words.as_ref()))
    {
        let wanted = fold(words);
        let found = passage.text.match_indices(&wanted).any(|(at, _)| is_whole(passage.text, &(at..at + wanted.len())));
        if !found {
            let finding = passage
                .finding(
                    format!("{} is dated by words its source does not hold", passage.name()),
                    words.span(),
                    "not in the paragraph of the first quotation",
                    &passage.quote,
                    "in this paragraph",
                )
                .help("quote the words as they stand in that paragraph, or cite the passage that holds them first");
            push(&mut findings, "date-words-not-in-source", finding);
        }
    }
    findings
}

fn push(findings: &mut Findings, rule: &str, diagnostic: Diagnostic) {
    if let Some(rule) = RULES.iter().find(|r| r.name == rule) {
        findings.push((rule, diagnostic));
    }
}

struct Site<'a> {
    dossier: &'a Dossier,
    file: &'a std::sync::Arc<crate::text::file::TextFile>,
    what: String,
    date: &'a At<Date>,
    dating: Option<&'a Dating>,
    lexicon: &'static Lexicon,
    url: Option<&'a str>,
}

impl Site<'_> {
    fn check(&self, findings: &mut Findings) {
        let Some(dating) = self.dating else {
            push(
                findings,
                "date-without-basis",
                Diagnostic::new("", format!("{} has a date and does not say how it is known", self.what))
                    .at(self.file, self.date.span(), "stated, inferred, external?")
                    .help(
                        "add `dating = { basis = \"stated\", words = \"…\" }`, or the basis and rule it follows from",
                    ),
            );
            return;
        };
        let words = dating.words.as_ref().map(|w| calendar(&fold(w), self.lexicon)).unwrap_or_default();
        if *dating.basis == Basis::Stated {
            if let Some(at) = &dating.words {
                self.stated(at.span(), &words, findings);
            }
            return;
        }
        let Some(rule) = &dating.rule else { return };
        let anchor = match &dating.anchor {
            Some(anchor) => match anchor_day(self.dossier, **anchor) {
                Some(day) => Some(day),
                None => {
                    push(
                        findings,
                        "date-differs-from-source",
                        Diagnostic::new("", format!("the date of {} is counted from no known day", self.what))
                            .at(self.file, anchor.span(), "this anchor has no date exact to the day")
                            .help("count from another source or event, or give the date a note instead of a rule"),
                    );
                    return;
                }
            },
            None => None,
        };
        match self.compute(**rule, &words, anchor) {
            Ok(Computed::Date(computed)) => {
                // words that name a weekday bind every rule, also one that does not read it
                let named = words.iter().find_map(|w| w.weekday);
                if let (Some(named), Some(day)) = (named, computed.as_day())
                    && day.weekday().number_from_monday() != u32::from(named)
                {
                    self.differs(
                        format!("`{}` gives {day}, a {}", **rule, english(day.weekday())),
                        dating.words.as_ref().map(At::span),
                        dating.words.as_ref().map(|w| w.as_str()),
                        None,
                        findings,
                    );
                    return;
                }
                let given = self.date.unqualified();
                if computed != given {
                    let from = anchor.map(|a| format!(" from {a}")).unwrap_or_default();
                    self.differs(
                        format!("`{}`{from} gives {computed}", **rule),
                        dating.words.as_ref().map(At::span),
                        dating.words.as_ref().map(|w| w.as_str()),
                        Some(&computed),
                        findings,
                    );
                }
            }
            Ok(Computed::Agrees) => {}
            Ok(Computed::Disagrees(why)) => {
                self.differs(
                    why,
                    dating.words.as_ref().map(At::span),
                    dating.words.as_ref().map(|w| w.as_str()),
                    None,
                    findings,
                );
            }
            Err(why) => {
                let at = dating.words.as_ref().map_or_else(|| rule.span(), At::span);
                push(
                    findings,
                    "date-differs-from-source",
                    Diagnostic::new("", format!("the date of {} cannot be worked out", self.what))
                        .at(self.file, at, why)
                        .at(self.file, rule.span(), "by this rule")
                        .help("choose the rule the words call for; `factbrief explain date-differs-from-source` lists them"),
                );
            }
        }
    }

    /// The date as its words give it.
    fn offer(&self, date: &Date) -> Fix {
        let edit = Edit::new(self.file, self.date.span(), basic_string(&date.to_string()));
        Fix { title: format!("write \"{date}\""), edits: vec![edit], safe: false }
    }

    fn differs(
        &self,
        computed: String,
        words_at: Option<&Range<usize>>,
        words: Option<&str>,
        date: Option<&Date>,
        findings: &mut Findings,
    ) {
        let mut finding = Diagnostic::new("", format!("the date of {} is not the one its words give", self.what)).at(
            self.file,
            self.date.span(),
            computed,
        );
        if let (Some(at), Some(words)) = (words_at, words) {
            finding = finding.at(self.file, at, format!("the source says \"{}\"", crate::text::gate::visible(words)));
        }
        let finding =
            finding.help("correct the date, or the rule, or the anchor").fixed(date.map(|date| self.offer(date)));
        push(findings, "date-differs-from-source", finding);
    }

    fn stated(&self, at: &Range<usize>, words: &[CalendarWords], findings: &mut Findings) {
        let full: Vec<Date> = words.iter().filter_map(stated_date).collect();
        let given = self.date.unqualified();
        // a coarser date is true, too, if it holds the one stated
        let coarser = matches!(given, Date::Single(_))
            && full.iter().any(|f| given.earliest() <= f.earliest() && f.latest() <= given.latest());
        let weekday = words.iter().find_map(|w| w.weekday);
        let clash =
            given.as_day().zip(weekday).filter(|(day, named)| day.weekday().number_from_monday() != u32::from(*named));
        if let Some((day, _)) = clash {
            push(
                findings,
                "date-differs-from-source",
                Diagnostic::new("", format!("the source of {} names a weekday that its date is not", self.what))
                    .at(self.file, self.date.span(), format!("{day} is a {}", english(day.weekday())))
                    .at(self.file, at, "these words say another")
                    .help("one of the two is wrong: give the basis as \"source-error\", with a note"),
            );
            return;
        }
        if full.contains(&given) || coarser {
            return;
        }
        // an interval whose ends are both stated
        if let Date::Interval(End::At(a), End::At(b)) = &given
            && full.contains(&Date::Single(a.clone()))
            && full.contains(&Date::Single(b.clone()))
        {
            return;
        }
        let says = match full.first() {
            Some(date) => format!("these words state {date}"),
            None if words.is_empty() => "no date is understood in these words".to_owned(),
            None => "these words state no year, so the date is inferred".to_owned(),
        };
        let finding = Diagnostic::new("", format!("the date of {} is not the one its source states", self.what))
            .at(self.file, self.date.span(), "not the date stated")
            .at(self.file, at, says)
            .help("correct the date, or say by what rule it is inferred: `factbrief explain date-differs-from-source`")
            .fixed(full.first().map(|date| self.offer(date)));
        push(findings, "date-differs-from-source", finding);
    }

    fn compute(&self, rule: DateRule, words: &[CalendarWords], anchor: Option<NaiveDate>) -> Result<Computed, String> {
        match rule {
            DateRule::Weekday => {
                let wanted = weekday(words)?;
                let given = self.date.as_day().ok_or("the date is not exact to the day, so it falls on no weekday")?;
                Ok(if given.weekday() == wanted {
                    Computed::Agrees
                } else {
                    Computed::Disagrees(format!("{given} is a {}", english(given.weekday())))
                })
            }
            DateRule::InUrl => {
                let url = self.url.ok_or("the source has no `url`")?;
                let (year, month) = in_url(url).ok_or("the address holds no year")?;
                let first = self.date.earliest();
                let fits = first.year() == year && month.is_none_or(|m| m == first.month());
                Ok(if fits {
                    Computed::Agrees
                } else {
                    Computed::Disagrees(format!(
                        "the address says {year}{}",
                        month.map(|m| format!("-{m:02}")).unwrap_or_default()
                    ))
                })
            }
            _ => worked_out(rule, words, anchor).map(Computed::Date),
        }
    }
}

fn weekday(words: &[CalendarWords]) -> Result<Weekday, String> {
    let none = "no day of the week is understood in these words";
    let n = words.iter().find_map(|w| w.weekday).ok_or(none)?;
    Weekday::try_from(n - 1).map_err(|_| none.to_owned())
}

/// The date that a rule works out from words of a source and the day of its anchor.
///
/// # Errors
/// Says what it lacks: an anchor, or a weekday or month in the words. `weekday` and `in-url` work out no date.
pub fn worked_out(rule: DateRule, words: &[CalendarWords], anchor: Option<NaiveDate>) -> Result<Date, String> {
    let anchor_day = anchor.ok_or("it counts from no anchor");
    let months = || -> Result<Vec<u8>, String> {
        let months: Vec<u8> = words.iter().filter_map(|w| w.month).collect();
        if months.is_empty() { Err("no month is understood in these words".to_owned()) } else { Ok(months) }
    };
    let day = |date: Option<NaiveDate>| date.map(Date::day).ok_or_else(|| "the calendar ends there".to_owned());
    match rule {
        DateRule::SameDay => day(Some(anchor_day?)),
        DateRule::DayBefore => day(anchor_day?.pred_opt()),
        DateRule::DayAfter => day(anchor_day?.succ_opt()),
        DateRule::WeekdayOnOrBefore => day(step(anchor_day?, weekday(words)?, false, true)),
        DateRule::WeekdayBefore => day(step(anchor_day?, weekday(words)?, false, false)),
        DateRule::WeekdayOnOrAfter => day(step(anchor_day?, weekday(words)?, true, true)),
        DateRule::WeekdayAfter => day(step(anchor_day?, weekday(words)?, true, false)),
        DateRule::DayMonthNearest => {
            let anchor = anchor_day?;
            let (d, m) = words
                .iter()
                .find_map(|w| Some((w.day?, w.month?)))
                .ok_or("no day and month are understood in these words")?;
            let nearest = (anchor.year() - 1..=anchor.year() + 1)
                .filter_map(|y| NaiveDate::from_ymd_opt(y, m.into(), d.into()))
                .min_by_key(|date| (*date - anchor).num_days().abs());
            day(nearest)
        }
        DateRule::MonthOnOrBefore => Ok(months_up_to(anchor_day?, &months()?)),
        DateRule::MonthBefore => {
            let first = anchor_day?.with_day(1).ok_or("the calendar ends there")?;
            let before = first.pred_opt().ok_or("the calendar ends there")?;
            Ok(months_up_to(before, &months()?))
        }
        DateRule::MonthOnOrAfter => {
            let anchor = anchor_day?;
            let month = *months()?.first().ok_or("no month is understood in these words")?;
            let year = if u32::from(month) >= anchor.month() { anchor.year() } else { anchor.year() + 1 };
            Ok(Date::Single(Moment::month(year, month)))
        }
        DateRule::SinceMonth => {
            let anchor = anchor_day?;
            let month = *months()?.first().ok_or("no month is understood in these words")?;
            let year = if u32::from(month) <= anchor.month() { anchor.year() } else { anchor.year() - 1 };
            Ok(Date::Interval(End::At(Moment::month(year, month)), End::At(Moment::day(anchor))))
        }
        DateRule::SameYear => Ok(Date::Single(Moment::year(anchor_day?.year()))),
        DateRule::YearBefore => Ok(Date::Single(Moment::year(anchor_day?.year() - 1))),
        DateRule::Weekday | DateRule::InUrl => Err("this rule works out no date".to_owned()),
    }
}

enum Computed {
    Date(Date),
    Agrees,
    Disagrees(String),
}

/// The date that words state whole; none where they give no year.
#[must_use]
pub fn stated_date(words: &CalendarWords) -> Option<Date> {
    let year = words.year?;
    Some(match (words.month, words.day) {
        (Some(month), Some(day)) => Date::day(NaiveDate::from_ymd_opt(year, month.into(), day.into())?),
        (Some(month), None) => Date::Single(Moment::month(year, month)),
        (None, _) => Date::Single(Moment::year(year)),
    })
}

/// The nearest such weekday before or after a day, the day itself included or not.
fn step(from: NaiveDate, wanted: Weekday, forward: bool, or_same: bool) -> Option<NaiveDate> {
    (u64::from(!or_same)..=7)
        .filter_map(|n| if forward { from.checked_add_days(Days::new(n)) } else { from.checked_sub_days(Days::new(n)) })
        .find(|day| day.weekday() == wanted)
}

/// The latest such months not after the day's: one month, or a run of them as an interval.
fn months_up_to(day: NaiveDate, months: &[u8]) -> Date {
    let mut latest: Vec<(i32, u8)> = Vec::new();
    let mut limit = (day.year(), u8::try_from(day.month()).unwrap_or(12));
    for &month in months.iter().rev() {
        let year = if month <= limit.1 { limit.0 } else { limit.0 - 1 };
        latest.push((year, month));
        limit = (year, month);
    }
    match (latest.last(), latest.first()) {
        (Some(&(y, m)), Some(&(y2, m2))) if latest.len() > 1 => {
            Date::Interval(End::At(Moment::month(y, m)), End::At(Moment::month(y2, m2)))
        }
        (_, Some(&(y, m))) => Date::Single(Moment::month(y, m)),
        _ => Date::day(day),
    }
}

/// The year and month in an address: `/2015/02/` or `2015-02-16` in its path.
fn in_url(url: &str) -> Option<(i32, Option<u32>)> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split(['/', '-', '_', '.']).collect();
    let years = parts.iter().enumerate().filter_map(|(i, part)| {
        let year: i32 = part.parse().ok().filter(|y| part.len() == 4 && (1900..2200).contains(y))?;
        let month = parts
            .get(i + 1)
            .filter(|m| m.len() == 2)
            .and_then(|m| m.parse::<u32>().ok())
            .filter(|m| (1..=12).contains(m));
        Some((year, month))
    });
    // a year with a month behind it is a date; a year alone may be part of a title
    let years: Vec<_> = years.collect();
    years.iter().find(|(_, month)| month.is_some()).or_else(|| years.first()).copied()
}

fn english(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_months() {
        assert_eq!(in_url("https://x.org/2015/02/a-title"), Some((2015, Some(2))));
        assert_eq!(in_url("https://x.org/story-n306841"), None);
        assert_eq!(in_url("https://x.org/covid-2020/2021/03?x=1"), Some((2021, Some(3))));
        let day = |s: &str| s.parse::<NaiveDate>().unwrap();
        assert_eq!(months_up_to(day("2015-02-16"), &[12, 1]).to_string(), "2014-12/2015-01");
        assert_eq!(months_up_to(day("2015-02-16"), &[10]).to_string(), "2014-10");
        assert_eq!(step(day("2015-02-17"), Weekday::Mon, false, true), Some(day("2015-02-16")));
        assert_eq!(step(day("2015-02-16"), Weekday::Mon, false, false), Some(day("2015-02-09")));
        assert_eq!(step(day("2015-02-16"), Weekday::Wed, true, true), Some(day("2015-02-18")));
    }
}
