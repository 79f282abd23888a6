//! Figures, dates, lists and quotations in the words of a language.

use chrono::Datelike;

use super::language::Language;
use crate::facts::date::{Date, End, Moment, Precision, Qualifier};
use crate::facts::dossier::{Citation, Claim};
use crate::facts::figure::Edge;
use crate::facts::figure::{Bounds, Figure};
use crate::facts::vocabulary::{Basis, Scope};
use crate::reconcile::Envelope;
use crate::text::gate;
use crate::text::quantity::Number;

/// The sign behind a date that its source does not state.
pub const DAGGER: char = '†';

impl Language {
    /// Digits of a text as the language writes them.
    fn localized(&self, plain: &str) -> String {
        let digit = |c: char| c.to_digit(10).and_then(|d| self.digits.get(d as usize)).copied();
        plain.chars().map(|c| digit(c).unwrap_or(c)).collect()
    }

    /// A number with its thousands grouped: `12,500`.
    #[must_use]
    pub fn number(&self, n: Number) -> String {
        let form = &self.words.form;
        let plain = n.to_string();
        let (sign, body) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| (form.minus.as_str(), rest));
        let (whole, decimals) = body.split_once('.').map_or((body, None), |(w, d)| (w, Some(d)));
        let mut grouped = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push_str(&form.group);
            }
            grouped.push(c);
        }
        let mut text = format!("{sign}{grouped}");
        if let Some(decimals) = decimals {
            text.push_str(&form.decimal);
            text.push_str(decimals);
        }
        self.localized(&text)
    }

    /// A plain count, as of lines or issues.
    #[must_use]
    pub fn ordinal(&self, n: usize) -> String {
        self.localized(&n.to_string())
    }

    fn one(&self, n: Number, percent: bool) -> String {
        let text = self.number(n);
        if percent { self.words.figure.percent.fill(&[("n", &text)]) } else { text }
    }

    fn range(&self, low: Number, high: Number, percent: bool) -> String {
        let (a, b) = (self.number(low), self.number(high));
        let minus = &self.words.form.minus;
        // a dash before a minus sign could not be read
        let words = if a.starts_with(minus.as_str()) || b.starts_with(minus.as_str()) {
            &self.words.figure.range_words
        } else {
            &self.words.figure.range
        };
        let text = words.fill(&[("low", &a), ("high", &b)]);
        if percent { self.words.figure.percent.fill(&[("n", &text)]) } else { text }
    }

    /// A claim's figure in words; empty for one without a number.
    #[must_use]
    pub fn figure(&self, figure: &Figure) -> String {
        let words = &self.words.figure;
        let one = |n: Number| self.one(n, figure.percent);
        match figure.bounds {
            Bounds::Exact(n) => one(n),
            Bounds::Range(a, b) => self.range(a, b, figure.percent),
            Bounds::AtLeast(n) => words.at_least.fill(&[("n", &one(n))]),
            Bounds::MoreThan(n) => words.more_than.fill(&[("n", &one(n))]),
            Bounds::AtMost(n) => words.at_most.fill(&[("n", &one(n))]),
            Bounds::LessThan(n) => words.fewer_than.fill(&[("n", &one(n))]),
            Bounds::About(n) => words.about.fill(&[("n", &one(n))]),
            Bounds::AboutRange(a, b) => words.about.fill(&[("n", &self.range(a, b, figure.percent))]),
            Bounds::Unquantified => String::new(),
        }
    }

    /// A claim's figure in words: of a part, what it says of the whole; of one without a number, its source's words, as far
    /// as its citations may be seen.
    #[must_use]
    pub fn claimed(&self, claim: &Claim, sees: impl Fn(&Citation) -> bool) -> String {
        if !claim.value.is_quantified() {
            return self.carrying(claim, sees);
        }
        match claim.value.low().filter(|_| claim.scope == Scope::Partial) {
            Some(low) => {
                let bounds = if low.beyond { Bounds::MoreThan(low.number) } else { Bounds::AtLeast(low.number) };
                self.figure(&Figure { bounds, percent: claim.value.percent })
            }
            None => self.figure(&claim.value),
        }
    }

    /// The words of a source that carry a claim, of the first citation that may be seen and has them.
    #[must_use]
    pub fn carrying(&self, claim: &Claim, sees: impl Fn(&Citation) -> bool) -> String {
        let seen = || claim.citations.iter().filter(|c| sees(c));
        let words = seen().find_map(|c| c.words.as_ref()).or_else(|| seen().next().map(|c| &c.quote));
        words.map(|w| self.quoted(w)).unwrap_or_default()
    }

    /// The range of several claims in words: `40–50`, `29 to 50, or more`.
    #[must_use]
    pub fn envelope(&self, envelope: &Envelope) -> String {
        let words = &self.words.figure;
        let percent = envelope.percent;
        let one = |edge: Edge| self.one(edge.number, percent);
        let about = |text: String| words.about.fill(&[("n", &text)]);
        let (near_low, near_high) = (envelope.about_low, envelope.about_high);
        let own = |edge: Edge, near: bool| if near { about(one(edge)) } else { one(edge) };
        match (envelope.low, envelope.high) {
            (Some(low), Some(high)) if low.number == high.number => own(low, near_low && near_high),
            (Some(low), Some(high)) => match (low.beyond, high.beyond) {
                (false, false) if near_low && near_high => about(self.range(low.number, high.number, percent)),
                // each bound keeps its own reserve
                (false, false) if near_low || near_high => {
                    words.range_words.fill(&[("low", &own(low, near_low)), ("high", &own(high, near_high))])
                }
                (false, false) => self.range(low.number, high.number, percent),
                (true, false) => words.more_than_to.fill(&[("low", &one(low)), ("high", &one(high))]),
                (false, true) => words.to_fewer_than.fill(&[("low", &one(low)), ("high", &one(high))]),
                (true, true) => words.more_fewer.fill(&[("low", &one(low)), ("high", &one(high))]),
            },
            (Some(low), None) => match envelope.reach {
                Some(reach) if reach.number > low.number => {
                    let range = if low.beyond {
                        words.more_than_to.fill(&[("low", &one(low)), ("high", &one(reach))])
                    } else {
                        words.range_words.fill(&[("low", &own(low, near_low)), ("high", &own(reach, near_high))])
                    };
                    words.or_more.fill(&[("range", &range)])
                }
                _ if low.beyond => words.more_than.fill(&[("n", &one(low))]),
                _ => words.at_least.fill(&[("n", &one(low))]),
            },
            (None, Some(high)) if high.beyond => words.fewer_than.fill(&[("n", &one(high))]),
            (None, Some(high)) => words.at_most.fill(&[("n", &one(high))]),
            (None, None) => envelope.reach.map_or_else(String::new, |reach| words.around.fill(&[("n", &one(reach))])),
        }
    }

    /// The lower and the upper bound of a figure or range, each in a cell of a table; `about` tells which is an estimate.
    #[must_use]
    pub fn bounds(
        &self,
        low: Option<Edge>,
        high: Option<Edge>,
        about: (bool, bool),
        percent: bool,
    ) -> (String, String) {
        let words = &self.words.figure;
        let text = |edge: Option<Edge>, beyond: &super::language::Phrase, about: bool| {
            let Some(edge) = edge else { return words.open.text().to_owned() };
            let plain = self.one(edge.number, percent);
            if edge.beyond {
                beyond.fill(&[("n", &plain)])
            } else if about {
                words.about.fill(&[("n", &plain)])
            } else {
                plain
            }
        };
        (text(low, &words.more_than, about.0), text(high, &words.fewer_than, about.1))
    }

    /// The name of a month, January being the first (0).
    #[must_use]
    pub fn month_name(&self, month: usize) -> &str {
        self.words.date.months.get(month).map_or("", String::as_str)
    }

    fn moment(&self, m: &Moment) -> String {
        let words = &self.words.date;
        let (year, month, day) = m.parts();
        let digits = |n: i32| self.localized(&n.to_string());
        let year_text = if year <= 0 { words.before_era.fill(&[("year", &digits(1 - year))]) } else { digits(year) };
        let name = words.months.get(usize::from(month.saturating_sub(1))).map_or("", String::as_str);
        let of_year = [("year", year_text.as_str())];
        let of_month = || words.month.fill(&[("month", name), ("year", &year_text)]);
        let text = match m.precision() {
            Precision::Years(1) => words.decade.fill(&of_year),
            Precision::Years(_) => words.years.fill(&[("from", &year_text), ("to", &digits(m.latest().year()))]),
            Precision::Year => year_text.clone(),
            Precision::Season(21) => words.spring.fill(&of_year),
            Precision::Season(22) => words.summer.fill(&of_year),
            Precision::Season(23) => words.autumn.fill(&of_year),
            Precision::Season(_) => words.winter.fill(&of_year),
            Precision::SomeMonth { .. } => words.some_month.fill(&of_year),
            Precision::Month => of_month(),
            Precision::SomeDay => words.some_day.fill(&[("month", &of_month())]),
            Precision::Day => {
                let phrase = if day == 1 { &words.first_day } else { &words.day };
                phrase.fill(&[("day", &digits(i32::from(day))), ("month", name), ("year", &year_text)])
            }
        };
        let about = |text: &str| words.approximate.fill(&[("date", text)]);
        let uncertain = |text: &str| words.uncertain.fill(&[("date", text)]);
        match m.qualifier() {
            None => text,
            Some(Qualifier::Approximate) => about(&text),
            Some(Qualifier::Uncertain) => uncertain(&text),
            Some(Qualifier::Both) => uncertain(&about(&text)),
        }
    }

    /// A date in words, without a dagger.
    #[must_use]
    pub fn date(&self, date: &Date) -> String {
        let words = &self.words.date;
        match date {
            Date::Single(m) => self.moment(m),
            Date::Interval(End::At(a), End::At(b)) => {
                words.interval.fill(&[("from", &self.moment(a)), ("to", &self.moment(b))])
            }
            Date::Interval(End::At(a), End::Open) => words.since.fill(&[("from", &self.moment(a))]),
            Date::Interval(End::At(a), End::Unknown) => words.end_unknown.fill(&[("from", &self.moment(a))]),
            Date::Interval(End::Open, End::At(b)) => words.until.fill(&[("to", &self.moment(b))]),
            Date::Interval(_, End::At(b)) => words.beginning_unknown.fill(&[("to", &self.moment(b))]),
            Date::Interval(..) => words.unknown.text().to_owned(),
        }
    }

    /// A date in words, with a dagger unless its source states it.
    #[must_use]
    pub fn dated(&self, when: &Date, basis: Basis) -> String {
        let mut text = self.date(when);
        if basis != Basis::Stated {
            text.push(DAGGER);
        }
        text
    }

    /// How exact a date is.
    #[must_use]
    pub fn precision(&self, date: &Date) -> String {
        let words = &self.words.precision;
        let Date::Single(m) = date else { return words.period.text().to_owned() };
        let text = match m.precision() {
            Precision::Day => &words.day,
            Precision::Month | Precision::SomeDay => &words.month,
            Precision::Year | Precision::SomeMonth { .. } => &words.year,
            Precision::Season(_) => &words.season,
            Precision::Years(_) => &words.decade,
        };
        let text = text.text().to_owned();
        match m.qualifier() {
            None => text,
            Some(Qualifier::Approximate) => words.approximate.fill(&[("precision", &text)]),
            Some(Qualifier::Uncertain) => words.uncertain.fill(&[("precision", &text)]),
            Some(Qualifier::Both) => {
                words.uncertain.fill(&[("precision", &words.approximate.fill(&[("precision", &text)]))])
            }
        }
    }

    /// Things in a row: `a`, `a and b`, `a, b and c`.
    #[must_use]
    pub fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [rest @ .., last] => {
                format!("{}{}{last}", rest.join(&self.words.list.comma), self.words.list.last)
            }
        }
    }

    /// Remarks in a row: `a; b`.
    #[must_use]
    pub fn remarks(&self, parts: &[String]) -> String {
        parts.join(&self.words.list.semicolon)
    }

    /// A quotation in the language's quotation marks; marks inside it become the inner ones.
    #[must_use]
    pub fn quoted(&self, words: &str) -> String {
        let marks = &self.words.quote;
        // a source may hold what reorders a line without being seen: a reader of the quotation sees that it does
        let words = &gate::visible(words);
        let edge = |c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}';
        let mut trimmed = words.trim_matches(edge);
        // a quotation that is speech from end to end has its marks already
        for (open, close) in [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“')] {
            let inside = trimmed.strip_prefix(open).and_then(|t| t.strip_suffix(close));
            if let Some(inside) = inside.filter(|t| !t.contains(open) && !t.contains(close) && !t.is_empty()) {
                trimmed = inside.trim_matches(edge);
            }
        }
        let mut inner = String::with_capacity(trimmed.len());
        let mut open = false;
        for c in trimmed.chars() {
            let opens = matches!(c, '“' | '«') || c == '"' && !open;
            let closes = matches!(c, '”' | '»') || c == '"' && open;
            if c == '"' {
                open = !open;
            }
            if opens {
                inner.push_str(&marks.inner_open);
            } else if closes {
                inner.truncate(inner.trim_end_matches(edge).len());
                inner.push_str(&marks.inner_close);
            } else if !(edge(c) && inner.ends_with(marks.inner_open.as_str())) {
                inner.push(c);
            }
        }
        format!("{}{}{}", marks.open, self.foreign(&inner), marks.close)
    }

    /// Words of a source, or of a dossier in another language, on a page that may run the other way: isolated, so that
    /// the marks around them stay where they belong.
    #[must_use]
    pub fn foreign(&self, text: &str) -> String {
        let runs_left = text.chars().any(|c| c.is_alphabetic() && !is_right_to_left(c));
        let runs_right = text.chars().any(is_right_to_left);
        let other = if self.direction() == "rtl" { runs_left } else { runs_right };
        if other { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
    }
}

/// Whether a letter belongs to a script that runs from right to left (Hebrew, Arabic and their neighbours).
#[must_use]
pub fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// A sentence's first letter as a capital.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A text as a sentence: a capital first, one stop last.
#[must_use]
pub fn sentence(text: &str) -> String {
    let trimmed = text.trim();
    let inside = trimmed.trim_end_matches(['”', '"', '»', '\u{a0}', '\u{202f}', '\u{2069}']);
    let stopped = inside.ends_with(['.', '!', '?', '…', '؟', '。']);
    if stopped || trimmed.is_empty() { capital(trimmed) } else { format!("{}.", capital(trimmed)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn english() -> Arc<Language> {
        Language::shipped("en").unwrap()
    }

    #[test]
    fn figures_in_words() {
        let words = |s: &str| english().figure(&s.parse().unwrap());
        assert_eq!(words("8"), "8");
        assert_eq!(words("40..50"), "40–50");
        assert_eq!(words(">=29"), "at least 29");
        assert_eq!(words(">12500"), "more than 12,500");
        assert_eq!(words("~400"), "about 400");
        assert_eq!(words("-5..3"), "−5 to 3");
        assert_eq!(words("12.5%"), "12.5%");
        let span = |list: &[&str]| {
            let figures: Vec<Figure> = list.iter().map(|s| s.parse().unwrap()).collect();
            english().envelope(&crate::reconcile::envelope(&figures).unwrap())
        };
        assert_eq!(span(&["8"]), "8");
        assert_eq!(span(&[">=29"]), "at least 29");
        assert_eq!(span(&[">=29", "50"]), "29 to 50, or more");
        assert_eq!(span(&["12", "0"]), "0–12");
        assert_eq!(span(&["~400"]), "about 400");
        assert_eq!(span(&["<=64"]), "at most 64");
    }

    #[test]
    fn dates_in_words() {
        let words = |s: &str| english().date(&s.parse().unwrap());
        assert_eq!(words("2015-02-16"), "16 February 2015");
        assert_eq!(words("2014-12/2015-01"), "December 2014 to January 2015");
        assert_eq!(words("2015-02-16~"), "about 16 February 2015");
        assert_eq!(words("201X"), "the 2010s");
        assert_eq!(english().dated(&"2015".parse().unwrap(), Basis::Inferred), "2015†");
    }

    #[test]
    fn sentences_and_quotations() {
        assert_eq!(sentence("one two"), "One two.");
        assert_eq!(sentence("Why?"), "Why?");
        assert_eq!(english().quoted("a \"b\" c"), "“a ‘b’ c”");
        assert_eq!(english().list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
