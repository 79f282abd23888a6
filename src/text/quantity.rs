//! The quantities of a text: digits and number words with their bounds, ranges, estimates, ordinals and vague words.
//!
//! What looks like a quantity and is not understood is reported as such: a reader must never be given a guess.
//! Calendar dates, times of day, compounds ("21-year-old"), model names ("F-16") and digits inside words are no quantities.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::calendar::calendar_of;
use super::lexicon::{BoundWord, Lexicon, Meaning};
use super::tokens::{Token, TokenKind, digit_value, tokens};

const UNIT: i128 = 1_000_000;

/// An exact decimal number with up to six decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i128);

impl Number {
    /// A whole number.
    #[must_use]
    pub fn whole(n: i64) -> Self {
        Self(i128::from(n) * UNIT)
    }

    /// The sum; none where it would not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// It as a whole number, if it is one.
    #[must_use]
    pub fn as_whole(self) -> Option<i64> {
        (self.0 % UNIT == 0).then(|| i64::try_from(self.0 / UNIT).ok()).flatten()
    }

    fn times(self, scale: i64) -> Option<Self> {
        self.0.checked_mul(i128::from(scale)).map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let unit = UNIT.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", magnitude / unit)?;
        let rest = magnitude % unit;
        if rest > 0 {
            let decimals = format!("{rest:06}");
            write!(f, ".{}", decimals.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// A string is not a number of the value grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = body.split_once('.').map_or((body, None), |(w, d)| (w, Some(d)));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || whole.len() > 24 || decimals.is_some_and(|d| !digits(d) || d.len() > 6) {
            return Err(NotANumber);
        }
        let whole: i128 = whole.parse().map_err(|_| NotANumber)?;
        let decimals: i128 = match decimals {
            Some(d) => format!("{d:0<6}").parse().map_err(|_| NotANumber)?,
            None => 0,
        };
        let magnitude = whole.checked_mul(UNIT).and_then(|w| w.checked_add(decimals)).ok_or(NotANumber)?;
        Ok(Self(if negative { -magnitude } else { magnitude }))
    }
}

/// What an expression says of a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// "29"
    Exact(Number),
    /// "40-50", "between 40 and 50"
    Range {
        /// The smaller bound.
        low: Number,
        /// The larger bound.
        high: Number,
    },
    /// "at least 29"
    AtLeast(Number),
    /// "more than 100"
    MoreThan(Number),
    /// "up to 64"
    AtMost(Number),
    /// "fewer than 64"
    LessThan(Number),
    /// "some 400"
    About(Number),
    /// "about 40 to 50"
    AboutRange {
        /// The smaller bound.
        low: Number,
        /// The larger bound.
        high: Number,
    },
    /// "second"
    Ordinal(u64),
    /// "dozens", "heavy"
    Vague,
    /// Something that holds a number and is not understood, with the reason.
    NotUnderstood(String),
}

/// A quantity and where it is expressed, bounding words included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The bytes of the whole expression.
    pub span: Range<usize>,
    /// What it says.
    pub kind: Kind,
    /// Whether it counts hundredths of a whole.
    pub percent: bool,
}

/// The quantities of `text`, in order, never overlapping.
#[must_use]
pub fn quantities(text: &str, lexicon: &Lexicon) -> Vec<Quantity> {
    let all = tokens(text);
    let dates: Vec<Range<usize>> = calendar_of(&all, lexicon)
        .into_iter()
        .filter(|c| c.day.is_some() || c.month.is_some() || c.year.is_some())
        .map(|c| c.span)
        .collect();
    let reader = Reader { all: &all, lexicon, dates };
    let mut found = Vec::new();
    let mut at = 0;
    while at < all.len() {
        match reader.quantity(at) {
            Read::Quantity(quantity, taken) => {
                found.push(quantity);
                at += taken.max(1);
            }
            Read::Skip(taken) => at += taken.max(1),
        }
    }
    found
}

/// Whether `text` begins with an indefinite article, which counts one.
#[must_use]
pub fn begins_with_article(text: &str, lexicon: &Lexicon) -> bool {
    let all = tokens(text);
    lexicon.at(&all, 0, |m| matches!(m, Meaning::Article).then_some(())).is_some()
}

enum Read {
    Quantity(Quantity, usize),
    Skip(usize),
}

/// A number with what must be known to combine it.
struct Parsed {
    number: Number,
    taken: usize,
    /// Whether a word of magnitude or a grouping mark makes its order of size explicit.
    scaled: bool,
    grouped: bool,
    approximate: bool,
    unclear: Option<String>,
}

struct Reader<'a> {
    all: &'a [Token],
    lexicon: &'a Lexicon,
    dates: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    fn token(&self, at: usize) -> Option<&'a Token> {
        self.all.get(at)
    }

    fn is(&self, at: usize, lower: &str) -> bool {
        self.token(at).is_some_and(|t| t.lower == lower)
    }

    fn glued(&self, at: usize) -> bool {
        self.token(at).is_some_and(|t| !t.spaced)
    }

    fn span(&self, from: usize, taken: usize) -> Range<usize> {
        match (self.all.get(from), self.all.get((from + taken).saturating_sub(1))) {
            (Some(a), Some(b)) => a.span.start..b.span.end.max(a.span.start),
            _ => 0..0,
        }
    }

    fn meaning<T>(&self, at: usize, wanted: impl FnMut(&'a Meaning) -> Option<T>) -> Option<(T, usize)> {
        self.lexicon.at(self.all, at, wanted)
    }

    fn word(&self, at: usize, meaning: &Meaning) -> Option<usize> {
        self.meaning(at, |m| (m == meaning).then_some(())).map(|(_, taken)| taken)
    }

    fn in_date(&self, at: usize) -> Option<usize> {
        let start = self.token(at)?.span.start;
        let date = self.dates.iter().find(|d| d.start <= start && start < d.end)?;
        Some(self.all[at..].iter().take_while(|t| t.span.start < date.end).count())
    }

    fn quantity(&self, at: usize) -> Read {
        if let Some(taken) = self.in_date(at) {
            return Read::Skip(taken);
        }
        if let Some(taken) = self.word(at, &Meaning::NotNumber) {
            return Read::Skip(taken);
        }
        if let Some((kind, taken, percent)) = self.bounded(at).or_else(|| self.between(at)) {
            return Read::Quantity(Quantity { span: self.span(at, taken), kind, percent }, taken);
        }
        if self.skips(at) {
            return Read::Skip(1);
        }
        if let Some((kind, taken, percent)) = self.plain(at) {
            return Read::Quantity(Quantity { span: self.span(at, taken), kind, percent }, taken);
        }
        if let Some(taken) = self.word(at, &Meaning::Vague) {
            return Read::Quantity(Quantity { span: self.span(at, taken), kind: Kind::Vague, percent: false }, taken);
        }
        Read::Skip(1)
    }

    /// Digits that belong to a name, a time or a word.
    fn skips(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return true };
        if token.kind != TokenKind::Digits {
            return false;
        }
        if !token.spaced
            && let Some(before) = at.checked_sub(1).and_then(|i| self.token(i))
        {
            // F-16, COVID-19, B52; but not 40-50, and not a currency sign or bracket
            let after_word_hyphen = before.lower == "-"
                && !before.spaced
                && at >= 2
                && self.token(at - 2).is_some_and(|t| t.kind == TokenKind::Word);
            let spaceless = before.lower.chars().next_back().is_some_and(super::find::spaceless);
            if before.kind == TokenKind::Word && !spaceless
                || after_word_hyphen
                || matches!(before.lower.as_str(), ":" | "#")
            {
                return true;
            }
        }
        // 05:30
        self.is(at + 1, ":")
            && self.glued(at + 1)
            && self.token(at + 2).is_some_and(|t| t.kind == TokenKind::Digits && !t.spaced)
    }

    /// "at least", "more than", … and the number or range behind it.
    fn bounded(&self, at: usize) -> Option<(Kind, usize, bool)> {
        let (bound, mut taken) = self.meaning(at, |m| if let Meaning::Bound(b) = m { Some(*b) } else { None })?;
        // "more than an estimated 100", "at least some 20"
        if let Some((second, more)) =
            self.meaning(at + taken, |m| if let Meaning::Bound(b) = m { Some(*b) } else { None })
        {
            taken += more;
            if bound == BoundWord::About {
                let (kind, number, percent) = self.plain(at + taken)?;
                return Some((apply(second, kind), taken + number, percent));
            }
        }
        if self.word(at + taken, &Meaning::Between).is_some() {
            let (kind, more, percent) = self.between(at + taken)?;
            return Some((apply(bound, kind), taken + more, percent));
        }
        if self.skips(at + taken) || self.in_date(at + taken).is_some() {
            return None;
        }
        let (kind, more, percent) = self.plain(at + taken)?;
        if let Kind::Ordinal(_) = kind {
            return None;
        }
        Some((apply(bound, kind), taken + more, percent))
    }

    fn between(&self, at: usize) -> Option<(Kind, usize, bool)> {
        if let Some(lead) = self.word(at, &Meaning::Between) {
            let low = self.number(at + lead)?;
            let mut next = at + lead + low.taken;
            next += self.percent(next).unwrap_or(0);
            let joint = self.word(next, &Meaning::And)?;
            let high = self.number(next + joint)?;
            let end = next + joint + high.taken;
            let percent = self.percent(end);
            return Some((range(low, high), end + percent.unwrap_or(0) - at, percent.is_some()));
        }
        let lead = self.word(at, &Meaning::From)?;
        let low = self.number(at + lead)?;
        let joint = self.word(at + lead + low.taken, &Meaning::To)?;
        let high = self.number(at + lead + low.taken + joint)?;
        let taken = lead + low.taken + joint + high.taken;
        let percent = self.percent(at + taken);
        let why = "\"from … to …\" may be a range or a change".to_owned();
        Some((Kind::NotUnderstood(why), taken + percent.unwrap_or(0), percent.is_some()))
    }

    fn percent(&self, at: usize) -> Option<usize> {
        if self.is(at, "%") || self.is(at, "٪") {
            return Some(1);
        }
        self.word(at, &Meaning::Percent)
    }

    /// A number with what stands behind it: a second bound, "or more", per cent.
    fn plain(&self, at: usize) -> Option<(Kind, usize, bool)> {
        if let Some(found) = self.ordinal(at) {
            return Some((found.0, found.1, false));
        }
        let lead = usize::from(
            self.token(at).is_some_and(|t| matches!(t.lower.as_str(), "$" | "€" | "£" | "¥")) && self.glued(at + 1),
        );
        if let Some(fraction) = self.fraction(at) {
            return Some((Kind::NotUnderstood("a part of something is not a count".to_owned()), fraction, false));
        }
        let negative = usize::from(
            matches!(self.token(at + lead).map(|t| t.lower.as_str()), Some("-" | "\u{2212}"))
                && self.token(at + lead).is_some_and(|t| t.spaced)
                && self.token(at + lead + 1).is_some_and(|t| t.kind == TokenKind::Digits && !t.spaced),
        );
        let mut low = self.number(at + lead + negative)?;
        if negative == 1 {
            low.number = Number(-low.number.0);
        }
        let mut taken = lead + negative + low.taken;
        if self.word(at + taken, &Meaning::Clock).is_some()
            && low.number.as_whole().is_some_and(|n| (0..=2400).contains(&n))
            && self.token(at).is_some_and(|t| t.kind == TokenKind::Digits)
        {
            return None;
        }
        // 21-year-old, two-story: a compound, not a count; 5,000-strong counts
        if self.is(at + taken, "-") && self.glued(at + taken) && self.glued(at + taken + 1) {
            let next = self.token(at + taken + 1);
            let another = self.number(at + taken + 1).is_some();
            let counted = next.is_some_and(|t| self.lexicon.is_counted_suffix(&t.lower));
            if next.is_some_and(|t| t.kind == TokenKind::Word)
                && !another
                && !counted
                && self.word(at + taken, &Meaning::OrSo).is_none()
            {
                return if self.is(at + taken + 1, "odd") { Some((about(low), taken + 2, false)) } else { None };
            }
        }
        let mut percent = self.percent(at + taken);
        taken += percent.unwrap_or(0);
        if let Some((joint, dash)) = self.range_joint(at + taken)
            && let Some(high) = self.number(at + taken + joint)
        {
            let years = dash
                && [&low.number, &high.number].iter().any(|n| n.as_whole().is_some_and(|n| (1500..2100).contains(&n)));
            let whole = taken + joint + high.taken;
            let pct = self.percent(at + whole);
            if years && low.number >= high.number {
                return Some((Kind::NotUnderstood("this may be a span of years".to_owned()), whole, false));
            }
            if low.number < high.number || (low.number.times(1000).is_some_and(|n| n.0 > 0) && high.scaled) {
                return Some((range(low, high), whole + pct.unwrap_or(0), pct.or(percent).is_some()));
            }
            if dash {
                return Some((Kind::NotUnderstood("the two numbers do not make a range".to_owned()), whole, false));
            }
        }
        if let Some(joint) = self.word(at + taken, &Meaning::Or)
            && self.word(at + taken, &Meaning::OrMore).is_none()
            && self.word(at + taken, &Meaning::OrFewer).is_none()
            && self.word(at + taken, &Meaning::OrSo).is_none()
            && let Some(high) = self.number(at + taken + joint)
            && low.number < high.number
        {
            let whole = taken + joint + high.taken;
            return Some((range(low, high), whole, percent.is_some()));
        }
        if percent.is_none() {
            percent = self.percent(at + taken);
            taken += percent.unwrap_or(0);
        }
        let percent = percent.is_some();
        if let Some(rate) = self.word(at + taken, &Meaning::Rate) {
            return Some((
                Kind::NotUnderstood("a share, rate or difference is no count".to_owned()),
                taken + rate,
                percent,
            ));
        }
        if let Some(joint) = self.word(at + taken, &Meaning::Ratio)
            && let Some(whole) = self.number(at + taken + joint)
            && low.number < whole.number
        {
            return Some((Kind::NotUnderstood("a share is no count".to_owned()), taken + joint + whole.taken, percent));
        }
        // a vulgar fraction behind the digits
        if self.token(at + taken).is_some_and(|t| {
            !t.spaced
                && t.lower.starts_with(|c: char| c.is_numeric() && !c.is_ascii_digit() && digit_value(c).is_none())
        }) {
            return Some((Kind::NotUnderstood("a fraction follows the number".to_owned()), taken + 1, percent));
        }
        if !self.lexicon.has_words() {
            return Some((
                Kind::NotUnderstood(
                    "no words of this language are known, so nothing says what surrounds the digits".to_owned(),
                ),
                taken,
                percent,
            ));
        }
        if let Some(why) = low.unclear {
            return Some((Kind::NotUnderstood(why), taken, percent));
        }
        if let Some(more) = self.word(at + taken, &Meaning::OrMore) {
            return Some((Kind::AtLeast(low.number), taken + more, percent));
        }
        if let Some(more) = self.word(at + taken, &Meaning::OrFewer) {
            return Some((Kind::AtMost(low.number), taken + more, percent));
        }
        if let Some(more) = self.word(at + taken, &Meaning::OrSo) {
            return Some((Kind::About(low.number), taken + more, percent));
        }
        // "100 people or more", "100 voix au moins": the bound stands behind what is counted
        for noun in 1..=2 {
            let next = at + taken + noun;
            if !(at + taken..next).all(|i| self.token(i).is_some_and(|t| t.kind == TokenKind::Word)) {
                break;
            }
            let bound = |b: BoundWord| self.word(next, &Meaning::Bound(b)).filter(|n| self.number(next + n).is_none());
            if let Some(more) = self.word(next, &Meaning::OrMore).or_else(|| bound(BoundWord::AtLeast)) {
                return Some((Kind::AtLeast(low.number), taken + noun + more, percent));
            }
            if let Some(more) = self.word(next, &Meaning::OrFewer) {
                return Some((Kind::AtMost(low.number), taken + noun + more, percent));
            }
        }
        if self.is(at + taken, "+") && self.glued(at + taken) {
            return Some((Kind::AtLeast(low.number), taken + 1, percent));
        }
        if self.is(at + taken, "-") && self.glued(at + taken) && self.word(at + taken + 1, &Meaning::OrSo).is_some() {
            return Some((Kind::About(low.number), taken + 2, percent));
        }
        if low.approximate {
            return Some((Kind::About(low.number), taken, percent));
        }
        Some((Kind::Exact(low.number), taken, percent))
    }

    /// What joins two bounds: a dash between them, or "to".
    fn range_joint(&self, at: usize) -> Option<(usize, bool)> {
        if self.is(at, "-") {
            let tight = self.glued(at) && self.glued(at + 1);
            let loose = self.token(at).is_some_and(|t| t.spaced) && self.token(at + 1).is_some_and(|t| t.spaced);
            return (tight || loose).then_some((1, true));
        }
        self.word(at, &Meaning::To).map(|taken| (taken, false))
    }

    fn fraction(&self, at: usize) -> Option<usize> {
        // 2/3, but not 24/7 as an idiom: neither is a count
        if self.token(at)?.kind == TokenKind::Digits
            && self.is(at + 1, "/")
            && self.glued(at + 1)
            && self.token(at + 2).is_some_and(|t| t.kind == TokenKind::Digits && !t.spaced)
        {
            return Some(3);
        }
        if let Some(taken) = self.word(at, &Meaning::Fraction) {
            let noun = at + taken + self.word(at + taken, &Meaning::Article).unwrap_or(0);
            return self.word(noun, &Meaning::Dozen).is_none().then_some(taken);
        }
        // a third of, two-thirds, half of: a number or article, then a word for a part
        let lead = self
            .word(at, &Meaning::Article)
            .or_else(|| self.meaning(at, |m| matches!(m, Meaning::Cardinal(_)).then_some(())).map(|f| f.1))?;
        let hyphen = usize::from(self.is(at + lead, "-"));
        let part = self.word(at + lead + hyphen, &Meaning::Fraction)?;
        Some(lead + hyphen + part)
    }

    fn ordinal(&self, at: usize) -> Option<(Kind, usize)> {
        let token = self.token(at)?;
        if token.kind == TokenKind::Digits {
            let suffix = self.token(at + 1)?;
            if suffix.spaced || !self.lexicon.is_ordinal_suffix(&suffix.lower) {
                return None;
            }
            let n = digits(&token.lower)?.as_whole()?;
            return Some((Kind::Ordinal(u64::try_from(n).ok()?), 2));
        }
        let (n, taken) = self.meaning(at, |m| if let Meaning::Ordinal(n) = m { Some(*n) } else { None })?;
        // "second-guess", "first-class": compounds
        if self.is(at + taken, "-") && self.glued(at + taken) && self.glued(at + taken + 1) {
            return None;
        }
        Some((Kind::Ordinal(n), taken))
    }

    /// A number in digits or words, with its magnitude.
    fn number(&self, at: usize) -> Option<Parsed> {
        let mut parsed = self.digits_number(at).or_else(|| self.approximate(at)).or_else(|| self.words_number(at))?;
        // 1.5 million, 5m, 400 thousand
        while let Some((scale, taken)) =
            self.meaning(at + parsed.taken, |m| if let Meaning::Scale(n) = m { Some(*n) } else { None })
        {
            let token = self.token(at + parsed.taken)?;
            // "5 m" may be metres; "5m" is read as a magnitude only where a currency stands before it
            let letter = token.lower.chars().count() == 1;
            let currency = at
                .checked_sub(1)
                .and_then(|i| self.token(i))
                .is_some_and(|t| matches!(t.lower.as_str(), "$" | "€" | "£" | "¥"));
            if letter && !currency || scale < 1000 && parsed.scaled {
                break;
            }
            // "deux dizaines": a scale that is also a word for "many" counts roughly
            parsed.approximate |= self.word(at + parsed.taken, &Meaning::Vague).is_some();
            parsed.number = parsed.number.times(scale)?;
            parsed.taken += taken;
            parsed.scaled = true;
        }
        if let Some(taken) = self.word(at + parsed.taken, &Meaning::Dozen) {
            parsed.number = parsed.number.times(12)?;
            parsed.taken += taken;
            parsed.approximate = true;
        }
        // digits glued to letters that are no magnitude: a name or a unit
        let last = at + parsed.taken;
        if self.all.get(last.wrapping_sub(1)).is_some_and(|t| t.kind == TokenKind::Digits)
            && self.token(last).is_some_and(|t| {
                !t.spaced && t.kind == TokenKind::Word && !super::find::spaceless(t.lower.chars().next().unwrap_or(' '))
            })
        {
            return None;
        }
        Some(parsed)
    }

    fn digits_number(&self, at: usize) -> Option<Parsed> {
        let first = self.token(at)?;
        if first.kind != TokenKind::Digits {
            return None;
        }
        let mut text: String = plain_digits(&first.lower);
        let mut taken = 1;
        let mut grouped = false;
        let mut decimals: Option<String> = None;
        let mut unclear = None;
        loop {
            let separator = self.token(at + taken);
            let spaced_group = self.lexicon.is_grouping(' ')
                && separator.is_some_and(|t| t.kind == TokenKind::Digits && t.spaced && t.lower.chars().count() == 3)
                && text.len() <= 3 * (usize::from(grouped) + 1) + 24;
            if spaced_group && decimals.is_none() {
                text.push_str(&plain_digits(&separator?.lower));
                taken += 1;
                grouped = true;
                continue;
            }
            let (Some(mark), Some(next)) = (separator, self.token(at + taken + 1)) else { break };
            if mark.spaced || next.spaced || next.kind != TokenKind::Digits || decimals.is_some() {
                break;
            }
            let c = mark.lower.chars().next().unwrap_or(' ');
            let length = next.lower.chars().count();
            if self.lexicon.is_grouping(c) && length == 3 {
                text.push_str(&plain_digits(&next.lower));
                grouped = true;
            } else if self.lexicon.is_decimal(c) {
                decimals = Some(plain_digits(&next.lower));
            } else if self.lexicon.is_grouping(c) && (c == ',' || c == '.') {
                unclear = Some(format!("{c} neither groups thousands nor marks decimals here"));
                text.push_str(&plain_digits(&next.lower));
            } else {
                break;
            }
            taken += 2;
        }
        let written = match decimals {
            Some(d) if d.len() <= 6 => format!("{text}.{d}"),
            Some(_) => return None,
            None => text,
        };
        let number: Number = written.parse().ok()?;
        Some(Parsed { number, taken, scaled: false, grouped, approximate: false, unclear })
    }

    /// "une dizaine", "dozens" with a number in front, "a dozen", "half a dozen".
    fn approximate(&self, at: usize) -> Option<Parsed> {
        let parsed = |n, taken| Parsed {
            number: Number::whole(n),
            taken,
            scaled: true,
            grouped: false,
            approximate: true,
            unclear: None,
        };
        if let Some((n, taken)) = self.meaning(at, |m| if let Meaning::Approximate(n) = m { Some(*n) } else { None }) {
            return Some(parsed(n, taken));
        }
        let half = self.word(at, &Meaning::Half);
        let next = at + half.unwrap_or(0);
        let article = self.word(next, &Meaning::Article);
        let noun = next + article.unwrap_or(0);
        if half.is_none() && article.is_none() {
            return None;
        }
        if let Some(taken) = self.word(noun, &Meaning::Dozen) {
            return Some(parsed(if half.is_some() { 6 } else { 12 }, noun + taken - at));
        }
        // "a hundred", "a thousand": about so many
        let (scale, taken) = self.meaning(noun, |m| if let Meaning::Scale(n) = m { Some(*n) } else { None })?;
        let word = self.token(noun)?;
        (half.is_none() && word.lower.chars().count() > 2).then(|| parsed(scale, noun + taken - at))
    }

    fn words_number(&self, at: usize) -> Option<Parsed> {
        let mut total: i64 = 0;
        let mut current: i64 = 0;
        let mut taken = 0;
        let mut any = false;
        let mut scaled = false;
        let mut approximate = false;
        loop {
            let mut next = at + taken;
            if any {
                // "twenty-one", "two hundred and five": a joint counts only where a fitting number follows
                if self.is(next, "-") && self.glued(next) && self.glued(next + 1) {
                    next += 1;
                }
                if let Some(joint) = self.word(next, &Meaning::Connective) {
                    let lead = next + joint;
                    let joins = self.cardinal(lead).is_some_and(|(n, _)| self.fits(current, n))
                        && (current >= 100 || total > 0 || self.lexicon.vigesimal() || self.lexicon.tag() != "en");
                    if joins {
                        next = lead + usize::from(self.is(lead, "-"));
                    }
                }
            }
            if let Some((n, words)) = self.cardinal(next) {
                if any && !self.fits(current, n) {
                    break;
                }
                current += n;
                taken = next + words - at;
                any = true;
                continue;
            }
            if any
                && let Some((scale, words)) =
                    self.meaning(next, |m| if let Meaning::Scale(n) = m { Some(*n) } else { None })
                && self.token(next).is_some_and(|t| t.lower.chars().count() > 2)
            {
                scaled = true;
                // "deux dizaines": a scale that is also a word for "many" counts roughly
                approximate |= self.word(next, &Meaning::Vague).is_some();
                if scale < 100 {
                    current = current.max(1).checked_mul(scale)?;
                } else if scale == 100 {
                    if current >= 100 {
                        break;
                    }
                    current = current.max(1).checked_mul(100)?;
                } else {
                    total = total.checked_add(current.max(1).checked_mul(scale)?)?;
                    current = 0;
                }
                taken = next + words - at;
                continue;
            }
            // a bare scale of languages that need no article: cent, mille, mil, مئة
            if !any
                && self.lexicon.tag() != "en"
                && let Some((scale, words)) =
                    self.meaning(next, |m| if let Meaning::Scale(n) = m { Some(*n) } else { None })
                && (scale == 100 || scale == 1000)
                && self.token(next).is_some_and(|t| t.lower.chars().count() > 2)
            {
                if scale == 100 {
                    current = 100;
                } else {
                    total = 1000;
                }
                taken = next + words - at;
                any = true;
                scaled = true;
                continue;
            }
            break;
        }
        any.then(|| Parsed {
            number: Number::whole(total.saturating_add(current)),
            taken,
            scaled,
            grouped: false,
            approximate,
            unclear: None,
        })
    }

    fn cardinal(&self, at: usize) -> Option<(i64, usize)> {
        if self.word(at, &Meaning::NotNumber).is_some() {
            return None;
        }
        self.meaning(at, |m| if let Meaning::Cardinal(n) = m { Some(*n) } else { None })
    }

    /// Whether a number word may follow the part of a number read so far.
    fn fits(&self, current: i64, n: i64) -> bool {
        let tail = current % 100;
        if n >= 100 {
            return current == 0;
        }
        tail == 0 && n < 100
            || tail >= 20 && tail % 10 == 0 && (1..10).contains(&n)
            || self.lexicon.vigesimal() && (tail == 60 || tail == 80) && (1..20).contains(&n)
            || self.lexicon.units_first() && (1..10).contains(&tail) && n >= 10 && n % 10 == 0
    }
}

fn plain_digits(text: &str) -> String {
    text.chars().filter_map(|c| digit_value(c).and_then(|d| char::from_digit(d, 10))).collect()
}

fn digits(text: &str) -> Option<Number> {
    plain_digits(text).parse().ok()
}

fn about(parsed: Parsed) -> Kind {
    Kind::About(parsed.number)
}

/// A bounding word applied to what stands behind it.
fn apply(bound: BoundWord, kind: Kind) -> Kind {
    let clash = || Kind::NotUnderstood("two bounds on one number".to_owned());
    match (bound, kind) {
        (BoundWord::AtLeast, Kind::Exact(n) | Kind::About(n) | Kind::AtLeast(n)) => Kind::AtLeast(n),
        (BoundWord::MoreThan, Kind::Exact(n) | Kind::About(n)) => Kind::MoreThan(n),
        (BoundWord::AtMost, Kind::Exact(n) | Kind::About(n) | Kind::AtMost(n)) => Kind::AtMost(n),
        (BoundWord::LessThan, Kind::Exact(n) | Kind::About(n)) => Kind::LessThan(n),
        (BoundWord::About, Kind::Exact(n) | Kind::About(n)) => Kind::About(n),
        (BoundWord::About, Kind::Range { low, high } | Kind::AboutRange { low, high }) => {
            Kind::AboutRange { low, high }
        }
        (_, Kind::Vague) => Kind::Vague,
        (_, Kind::NotUnderstood(why)) => Kind::NotUnderstood(why),
        _ => clash(),
    }
}

fn range(low: Parsed, high: Parsed) -> Kind {
    if let Some(why) = low.unclear.or(high.unclear) {
        return Kind::NotUnderstood(why);
    }
    let mut smaller = low.number;
    // "2-3 million" is two to three million; "4-5,000" may be four or four thousand
    if high.scaled && !low.scaled && !high.grouped {
        let scales = [1_000i64, 1_000_000, 1_000_000_000, 1_000_000_000_000];
        if let Some(scaled) = scales
            .iter()
            .rev()
            .filter_map(|s| smaller.times(*s))
            .find(|n| *n < high.number && high.number.0 / n.0.max(1) < 100)
        {
            smaller = scaled;
        }
    } else if high.grouped && !low.grouped && low.number.times(100).is_some_and(|n| n < high.number) {
        return Kind::NotUnderstood("the first number may be short for thousands".to_owned());
    }
    if smaller >= high.number {
        return Kind::NotUnderstood("the two numbers do not make a range".to_owned());
    }
    let approximate = low.approximate || high.approximate;
    if approximate {
        Kind::AboutRange { low: smaller, high: high.number }
    } else {
        Kind::Range { low: smaller, high: high.number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(kind: &Kind) -> String {
        match kind {
            Kind::Exact(n) => format!("{n}"),
            Kind::Range { low, high } => format!("{low}..{high}"),
            Kind::AtLeast(n) => format!(">={n}"),
            Kind::MoreThan(n) => format!(">{n}"),
            Kind::AtMost(n) => format!("<={n}"),
            Kind::LessThan(n) => format!("<{n}"),
            Kind::About(n) => format!("~{n}"),
            Kind::AboutRange { low, high } => format!("~{low}..{high}"),
            Kind::Ordinal(n) => format!("#{n}"),
            Kind::Vague => "vague".to_owned(),
            Kind::NotUnderstood(_) => "?".to_owned(),
        }
    }

    fn read(language: &str, text: &str) -> Vec<String> {
        quantities(text, Lexicon::or_bare(language))
            .iter()
            .map(|q| format!("{}={}{}", &text[q.span.clone()], shown(&q.kind), if q.percent { "%" } else { "" }))
            .collect()
    }

    #[test]
    fn english() {
        for (text, expected) in [
            ("killing at least 29 people", vec!["at least 29=>=29"]),
            ("Between 40 and 50 people", vec!["Between 40 and 50=40..50"]),
            ("claimed 40-50 militants", vec!["40-50=40..50"]),
            ("more than 100 Copts", vec!["more than 100=>100"]),
            ("some 400 fighters", vec!["some 400=~400"]),
            ("just over 300 miles", vec!["just over 300=>300"]),
            ("up to 64 dead", vec!["up to 64=<=64"]),
            ("eight strikes", vec!["eight=8"]),
            ("three children and two women", vec!["three=3", "two=2"]),
            ("a second wave", vec!["second=#2"]),
            ("dozens dead, losses were heavy", vec!["dozens=vague", "heavy=vague"]),
            ("40,000 homes and 1.5 million people", vec!["40,000=40000", "1.5 million=1500000"]),
            ("two hundred and five", vec!["two hundred and five=205"]),
            ("twenty-one and forty-one", vec!["twenty-one=21", "forty-one=41"]),
            ("on 16 February a deal for 24 jets", vec!["24=24"]),
            ("in 2011, 2011 people", vec!["2011=2011"]),
            ("129 or more", vec!["129 or more=>=129"]),
            ("a 5,000-strong force of F-16s and COVID-19", vec!["5,000=5000"]),
            ("a 21-year-old in a two-story house", vec![]),
            ("two-thirds of them, a third of us, half the town", vec!["two-thirds=?", "a third of=?", "half=?"]),
            ("no one, one-off, one another", vec![]),
            ("one of the strikes", vec!["one=1"]),
            ("at 3:30 and 5 p.m.", vec![]),
            ("12 percent, 12.5% of", vec!["12 percent=12%", "12.5%=12.5%"]),
            ("4-5,000 people", vec!["4-5,000=?"]),
            ("2-3 million", vec!["2-3 million=2000000..3000000"]),
            ("a dozen, two dozen, half a dozen", vec!["a dozen=~12", "two dozen=~24", "half a dozen=~6"]),
            ("tens of thousands displaced", vec!["tens of thousands=vague"]),
            ("100+ hurt, 30-odd", vec!["100+=>=100", "30-odd=~30"]),
            ("rose from 10 to 20", vec!["from 10 to 20=?"]),
            ("10 to 20 people", vec!["10 to 20=10..20"]),
            ("about 40 to 50", vec!["about 40 to 50=~40..50"]),
            ("two or three shots", vec!["two or three=2..3"]),
            ("$2.5bn and €5m", vec!["$2.5bn=2500000000", "€5m=5000000"]),
            ("fewer than 1,2 x", vec!["fewer than 1,2=?"]),
            ("as many as 17 were hurt", vec!["as many as 17=<=17"]),
            ("it was -5 degrees", vec!["-5=-5"]),
            ("the 1990 Gulf War", vec![]),
            ("an estimated 2,000", vec!["an estimated 2,000=~2000"]),
            ("at least some 20 men", vec!["at least some 20=>=20"]),
            ("the 2015-16 season", vec!["2015-16=?"]),
            ("100 people or more, 50 people at least", vec!["100 people or more=>=100", "50 people at least=>=50"]),
            ("12 percentage points, 12 per 100,000", vec!["12 percentage points=?", "12 per=?", "100,000=100000"]),
            ("one in five, 2 lakh", vec!["one in five=?", "2 lakh=200000"]),
            ("12½ tons", vec!["12½=?"]),
        ] {
            assert_eq!(read("en", text), expected, "{text}");
        }
    }

    #[test]
    fn other_languages() {
        for (language, text, expected) in [
            (
                "fr",
                "au moins vingt et un morts et quatre-vingt-dix-sept blessés",
                vec!["au moins vingt et un=>=21", "quatre-vingt-dix-sept=97"],
            ),
            (
                "fr",
                "environ 1 200 personnes, entre 40 et 50 autres",
                vec!["environ 1 200=~1200", "entre 40 et 50=40..50"],
            ),
            ("fr", "une dizaine de maisons, 1,5 million", vec!["une dizaine=~10", "1,5 million=1500000"]),
            ("fr", "soixante et onze, deux cents", vec!["soixante et onze=71", "deux cents=200"]),
            (
                "de",
                "mindestens einundzwanzig Tote, 10.000 Menschen",
                vec!["mindestens einundzwanzig=>=21", "10.000=10000"],
            ),
            ("es", "al menos treinta y dos muertos y 1.200 heridos", vec!["al menos treinta y dos=>=32", "1.200=1200"]),
            ("ar", "مقتل ما لا يقل عن ٢٩ شخصا", vec!["ما لا يقل عن ٢٩=>=29"]),
            ("ar", "خمسة وعشرون قتيلا", vec!["خمسة وعشرون=25"]),
            ("tlh", "12 people, dozens", vec!["12=?"]),
            ("ja", "県警によると12人が", vec!["12=?"]),
            ("ar", "٣ آلاف شخص", vec!["٣ آلاف=~3000"]),
            ("fr", "deux dizaines de morts, une sur deux", vec!["deux dizaines=~20", "une sur deux=?"]),
            ("es", "una veintena de heridos", vec!["una veintena=~20"]),
        ] {
            assert_eq!(read(language, text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_ordered_spans_on_boundaries(text in any::<String>(), language in 0usize..6) {
            let lexicon = Lexicon::or_bare(["en", "fr", "ar", "es", "de", "xx"][language]);
            let mut last = 0;
            for q in quantities(&text, lexicon) {
                prop_assert!(q.span.start >= last && q.span.start < q.span.end);
                prop_assert!(text.get(q.span.clone()).is_some());
                last = q.span.end;
            }
        }

        #[test]
        fn words_thrown_together_never_panic(words in prop::collection::vec(prop::sample::select(vec![
            "at", "least", "more", "than", "two", "hundred", "and", "million", "-", "40", "50", "1,200", "between", "to", "a", "dozen", "half", "or", "16", "May", "%", "second", "of",
        ]), 0..20)) {
            let text = words.join(" ");
            let _ = quantities(&text, Lexicon::or_bare("en"));
            let _ = quantities(&text.replace(' ', ""), Lexicon::or_bare("en"));
        }

        #[test]
        fn a_bound_is_read_as_written(n in 1i64..1_000_000) {
            prop_assume!(!(1000..2200).contains(&n));
            prop_assert_eq!(read("en", &format!("at least {n} people")), vec![format!("at least {n}=>={n}")]);
        }

        #[test]
        fn numbers_round_trip(n in -1_000_000_000_000i64..1_000_000_000_000, d in 0u32..1_000_000) {
            let number: Number = format!("{n}.{d:06}").parse().unwrap();
            prop_assert_eq!(number.to_string().parse::<Number>().unwrap(), number);
        }
    }
}
