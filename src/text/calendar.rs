//! The calendar words of a text: dates, months, years, days of the week.

use std::ops::Range;

use super::lexicon::{Lexicon, Meaning};
use super::tokens::{Token, TokenKind, digit_value, tokens};

/// What a text says of a date in one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalendarWords {
    /// Where it says so.
    pub span: Range<usize>,
    /// Day of the month.
    pub day: Option<u8>,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Year.
    pub year: Option<i32>,
    /// Day of the week, Monday 1 to Sunday 7.
    pub weekday: Option<u8>,
}

/// The calendar words of `text`, in order.
#[must_use]
pub fn calendar(text: &str, lexicon: &Lexicon) -> Vec<CalendarWords> {
    calendar_of(&tokens(text), lexicon)
}

pub(super) fn calendar_of(all: &[Token], lexicon: &Lexicon) -> Vec<CalendarWords> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if let Some((from, to, taken)) = span_of_days(all, at, lexicon) {
            found.extend([from, to]);
            at += taken;
            continue;
        }
        match read(all, at, lexicon) {
            Some((words, taken)) => {
                found.push(words);
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

/// Words that tell a day or a year by its distance from that of telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelativeWords {
    /// Where they stand.
    pub span: Range<usize>,
    /// Days from the day of telling: yesterday -1.
    pub days: Option<i8>,
    /// Years from the year of telling: last year -1.
    pub years: Option<i8>,
}

/// The words of `text` that tell a day or year by its distance, in order, the longest at each place.
#[must_use]
pub fn relative(text: &str, lexicon: &Lexicon) -> Vec<RelativeWords> {
    let all = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let hit = lexicon.at(&all, at, |m| match m {
            Meaning::RelativeDay(n) => Some((Some(*n), None)),
            Meaning::RelativeYear(n) => Some((None, Some(*n))),
            _ => None,
        });
        match hit {
            Some(((days, years), taken)) => {
                found.push(RelativeWords { span: all[at].span.start..all[at + taken - 1].span.end, days, years });
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

fn number(token: &Token) -> Option<(i32, usize)> {
    if token.kind != TokenKind::Digits {
        return None;
    }
    let mut value = 0i32;
    let mut length = 0;
    for c in token.lower.chars() {
        value = value.checked_mul(10)?.checked_add(i32::try_from(digit_value(c)?).ok()?)?;
        length += 1;
    }
    Some((value, length))
}

fn day(token: &Token) -> Option<u8> {
    number(token).filter(|(n, length)| (1..=31).contains(n) && *length <= 2).and_then(|(n, _)| u8::try_from(n).ok())
}

fn year(token: &Token) -> Option<i32> {
    number(token).filter(|(n, length)| (1000..=2199).contains(n) && *length == 4).map(|(n, _)| n)
}

fn month(all: &[Token], at: usize, lexicon: &Lexicon) -> Option<u8> {
    let named = lexicon.at(all, at, |m| if let Meaning::Month(n) = m { Some(*n) } else { None })?;
    (all[at].upper || !lexicon.capital_months()).then_some(named.0)
}

fn is_mark(all: &[Token], at: usize, mark: &str) -> bool {
    all.get(at).is_some_and(|t| t.lower == mark)
}

/// "12-14 June 2019", "3 to 5 May": both days, under one span.
fn span_of_days(all: &[Token], at: usize, lexicon: &Lexicon) -> Option<(CalendarWords, CalendarWords, usize)> {
    let first = day(all.get(at)?)?;
    let joint = if is_mark(all, at + 1, "-") {
        1
    } else {
        lexicon.at(all, at + 1, |m| matches!(m, Meaning::To | Meaning::And).then_some(()))?.1
    };
    let (last, taken) = read(all, at + 1 + joint, lexicon)?;
    if last.day? <= first || last.month.is_none() {
        return None;
    }
    let span = all[at].span.start..last.span.end;
    let from = CalendarWords { day: Some(first), span: span.clone(), ..last.clone() };
    Some((from, CalendarWords { span, ..last }, 1 + joint + taken))
}

fn read(all: &[Token], at: usize, lexicon: &Lexicon) -> Option<(CalendarWords, usize)> {
    let token = all.get(at)?;
    let span = |taken: usize| token.span.start..all[at + taken - 1].span.end;
    let before_is_glued = !token.spaced && at > 0 && all[at - 1].kind != TokenKind::Mark;
    if before_is_glued {
        return None;
    }
    // ISO 8601: 2015-02-16
    if let Some(y) = year(token)
        && is_mark(all, at + 1, "-")
        && is_mark(all, at + 3, "-")
        && let (Some((m @ 1..=12, 2)), Some(d)) = (all.get(at + 2).and_then(number), all.get(at + 4).and_then(day))
    {
        let words =
            CalendarWords { span: span(5), day: Some(d), month: u8::try_from(m).ok(), year: Some(y), weekday: None };
        return Some((words, 5));
    }
    // 16 February 2015, 1er février, 16. Februar
    if let Some(d) = day(token) {
        let mut next = at + 1;
        let ordinal_stop = is_mark(all, next, ".") && lexicon.tag() == "de";
        if ordinal_stop || all.get(next).is_some_and(|t| !t.spaced && lexicon.is_ordinal_suffix(&t.lower)) {
            next += 1;
        }
        if all.get(next).is_some_and(|t| t.lower == "of" || t.lower == "de") {
            next += 1;
        }
        if let Some(m) = month(all, next, lexicon) {
            let mut end = next + 1;
            if is_mark(all, end, ".") && all.get(end + 1).and_then(year).is_some() {
                end += 1;
            }
            let joined = usize::from(
                is_mark(all, end, ",") || all.get(end).is_some_and(|t| t.lower == "de" || t.lower == "del"),
            );
            let y = all.get(end + joined).and_then(year);
            if y.is_some() {
                end += joined + 1;
            }
            let words = CalendarWords { span: span(end - at), day: Some(d), month: Some(m), year: y, weekday: None };
            return Some((words, end - at));
        }
    }
    // February 16, 2015; February 2015; in February
    if let Some(m) = month(all, at, lexicon) {
        let mut next = at + 1;
        if is_mark(all, next, ".") && all.get(next + 1).is_some_and(|t| t.kind == TokenKind::Digits) {
            next += 1;
        }
        if let Some(d) = all.get(next).and_then(day) {
            let mut end = next + 1;
            if all.get(end).is_some_and(|t| !t.spaced && lexicon.is_ordinal_suffix(&t.lower)) {
                end += 1;
            }
            let comma = usize::from(is_mark(all, end, ","));
            let y = all.get(end + comma).and_then(year);
            if y.is_some() {
                end += comma + 1;
            }
            let words = CalendarWords { span: span(end - at), day: Some(d), month: Some(m), year: y, weekday: None };
            return Some((words, end - at));
        }
        let comma = usize::from(is_mark(all, next, ","));
        if let Some(y) = all.get(next + comma).and_then(year) {
            let taken = next + comma + 1 - at;
            let words = CalendarWords { span: span(taken), day: None, month: Some(m), year: Some(y), weekday: None };
            return Some((words, taken));
        }
        // a bare name that is also a common word needs company
        let ambiguous = matches!(token.lower.as_str(), "may" | "march" | "mars" | "mai" | "august");
        let introduced = at > 0
            && (lexicon.at(all, at - 1, |m| matches!(m, Meaning::Preposition).then_some(())).is_some()
                || all[at - 1].lower.ends_with('\''));
        if !ambiguous || introduced || at == 0 {
            let words = CalendarWords { span: span(1), day: None, month: Some(m), year: None, weekday: None };
            return Some((words, 1));
        }
        return None;
    }
    // Monday
    if let Some((weekday, taken)) = lexicon.at(all, at, |m| if let Meaning::Weekday(n) = m { Some(*n) } else { None })
        && (token.upper || !lexicon.capital_months())
    {
        let words = CalendarWords { span: span(taken), weekday: Some(weekday), ..CalendarWords::default() };
        return Some((words, taken));
    }
    // a bare year: after a word that introduces one, or alone
    if let Some(y) = year(token) {
        let introduced = at == 0 && all.len() == 1
            || at > 0
                && (lexicon.at(all, at - 1, |m| matches!(m, Meaning::Preposition).then_some(())).is_some()
                    || matches!(all[at - 1].lower.as_str(), "(" | "/")
                    || the_year_of(all, at));
        let glued_after = all.get(at + 1).is_some_and(|t| !t.spaced && t.kind != TokenKind::Mark);
        // "of 2000 fighters" counts, "of 2000" and "the 1990 war" do not: a word that is counted follows a number
        let counts = lexicon.at(all, at + 1, |m| matches!(m, Meaning::Category(_)).then_some(())).is_some();
        if introduced && !glued_after && !counts {
            let words = CalendarWords { span: span(1), year: Some(y), ..CalendarWords::default() };
            return Some((words, 1));
        }
    }
    None
}

/// "the 2011 uprising", "the 1990 Gulf War": a year between an article and a noun.
fn the_year_of(all: &[Token], at: usize) -> bool {
    let after_article =
        matches!(all[at - 1].lower.as_str(), "the" | "le" | "la" | "les" | "el" | "der" | "die" | "das");
    after_article && all.get(at + 1).is_some_and(|t| t.kind == TokenKind::Word && t.spaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Shown = (Option<u8>, Option<u8>, Option<i32>, Option<u8>);

    fn read_en(text: &str) -> Vec<Shown> {
        let lexicon = Lexicon::or_bare("en");
        calendar(text, lexicon).into_iter().map(|c| (c.day, c.month, c.year, c.weekday)).collect()
    }

    #[test]
    fn english() {
        assert_eq!(read_en("16 February 2015"), [(Some(16), Some(2), Some(2015), None)]);
        assert_eq!(read_en("February 16, 2015, at dawn"), [(Some(16), Some(2), Some(2015), None)]);
        assert_eq!(read_en("opening on 18 February in"), [(Some(18), Some(2), None, None)]);
        assert_eq!(read_en("on the 3rd of May"), [(Some(3), Some(5), None, None)]);
        assert_eq!(read_en("2015-02-16"), [(Some(16), Some(2), Some(2015), None)]);
        assert_eq!(read_en("in December and January"), [(None, Some(12), None, None), (None, Some(1), None, None)]);
        assert_eq!(read_en("said Monday it may march"), [(None, None, None, Some(1))]);
        assert_eq!(read_en("since October 2011"), [(None, Some(10), Some(2011), None)]);
        assert_eq!(read_en("in 2011 with 2011 people"), [(None, None, Some(2011), None)]);
        assert_eq!(read_en("the 1990 Gulf War"), [(None, None, Some(1990), None)]);
        assert_eq!(read_en("1,500 people of 2000 fighters"), []);
        assert_eq!(
            read_en("on 12-14 June 2019"),
            [(Some(12), Some(6), Some(2019), None), (Some(14), Some(6), Some(2019), None)]
        );
    }

    #[test]
    fn days_by_their_distance() {
        let read = |text: &str, tag: &str| -> Vec<(Option<i8>, Option<i8>)> {
            relative(text, Lexicon::or_bare(tag)).into_iter().map(|r| (r.days, r.years)).collect()
        };
        assert_eq!(
            read("It fell yesterday; this morning, and last year", "en"),
            [(Some(-1), None), (Some(0), None), (None, Some(-1))]
        );
        assert_eq!(read("C'est aujourd'hui, pas hier", "fr"), [(Some(0), None), (Some(-1), None)]);
        assert_eq!(read("قال أمس إن", "ar"), [(Some(-1), None)]);
        assert_eq!(read("gestern und heute morgen", "de"), [(Some(-1), None), (Some(0), None)]);
        assert_eq!(read("ayer", "es"), [(Some(-1), None)]);
    }

    #[test]
    fn other_languages() {
        let fr = calendar("le 1er février 2015, lundi", Lexicon::or_bare("fr"));
        assert_eq!((fr[0].day, fr[0].month, fr[0].year), (Some(1), Some(2), Some(2015)));
        assert_eq!(fr[1].weekday, Some(1));
        let de = calendar("am 16. Februar 2015", Lexicon::or_bare("de"));
        assert_eq!((de[0].day, de[0].month, de[0].year), (Some(16), Some(2), Some(2015)));
        let ar = calendar("يوم الاثنين 16 فبراير 2015", Lexicon::or_bare("ar"));
        assert_eq!(ar[0].weekday, Some(1));
        assert_eq!((ar[1].day, ar[1].month, ar[1].year), (Some(16), Some(2), Some(2015)));
    }
}
