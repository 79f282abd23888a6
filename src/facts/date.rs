//! Dates in EDTF (ISO 8601-2:2019, Extended Date/Time Format), levels 0 and 1.
//!
//! Supported: years (also negative and `Y`-prefixed), months, days, times with zone, seasons 21 to 24, the qualifiers
//! `?` (uncertain), `~` (approximate) and `%` (both), unspecified digits (`201X`, `2015-XX`, `2015-02-XX`), and intervals
//! with open (`..`) and unknown (empty) ends.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// How a date is qualified as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// `?`
    Uncertain,
    /// `~`
    Approximate,
    /// `%`
    Both,
}

/// How exact a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// A year with unspecified last digits; the count of `X`.
    Years(u8),
    /// A year.
    Year,
    /// A season: 21 spring, 22 summer, 23 autumn, 24 winter.
    Season(u8),
    /// A year and an unspecified month, or month and day.
    SomeMonth {
        /// Whether the day is written as unspecified, too (`2015-XX-XX`).
        with_day: bool,
    },
    /// A month.
    Month,
    /// A month and an unspecified day (`2015-02-XX`).
    SomeDay,
    /// A day.
    Day,
}

/// One date: a day, or something less exact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Moment {
    year: i32,
    month: u8,
    day: u8,
    precision: Precision,
    time: Option<String>,
    qualifier: Option<Qualifier>,
}

/// An end of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum End {
    /// A date.
    At(Moment),
    /// `..`: the interval has no such end.
    Open,
    /// Empty: the end is not known.
    Unknown,
}

/// A date or an interval of dates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Date {
    /// One date.
    Single(Moment),
    /// From one to another.
    Interval(End, End),
}

impl Moment {
    /// A day.
    #[must_use]
    pub fn day(date: NaiveDate) -> Self {
        Self {
            year: date.year(),
            month: u8::try_from(date.month()).unwrap_or(1),
            day: u8::try_from(date.day()).unwrap_or(1),
            precision: Precision::Day,
            time: None,
            qualifier: None,
        }
    }

    /// A month of a year.
    #[must_use]
    pub fn month(year: i32, month: u8) -> Self {
        Self { year, month, day: 1, precision: Precision::Month, time: None, qualifier: None }
    }

    /// A year.
    #[must_use]
    pub fn year(year: i32) -> Self {
        Self { year, month: 1, day: 1, precision: Precision::Year, time: None, qualifier: None }
    }

    /// How exact it is.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Whether and how it is qualified.
    #[must_use]
    pub fn qualifier(&self) -> Option<Qualifier> {
        self.qualifier
    }

    /// The same date without its qualifier and time of day.
    #[must_use]
    pub fn unqualified(&self) -> Self {
        Self { qualifier: None, time: None, ..self.clone() }
    }

    /// Year, month and day numbers; month and day are 1 where the date is less exact.
    #[must_use]
    pub fn parts(&self) -> (i32, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// The first day it can be; a qualifier does not widen it.
    #[must_use]
    pub fn earliest(&self) -> NaiveDate {
        let (month, day) = match self.precision {
            // a winter named by its year may begin in December; months 3, 6, 9, 12 as in ISO 8601-2
            Precision::Season(season) => (u32::from(season.saturating_sub(20)) * 3, 1),
            Precision::Years(_) | Precision::Year | Precision::SomeMonth { .. } => (1, 1),
            Precision::Month | Precision::SomeDay => (u32::from(self.month), 1),
            Precision::Day => (u32::from(self.month), u32::from(self.day)),
        };
        NaiveDate::from_ymd_opt(self.year, month, day).unwrap_or(NaiveDate::MIN)
    }

    /// The last day it can be.
    #[must_use]
    pub fn latest(&self) -> NaiveDate {
        let (year, month) = match self.precision {
            Precision::Years(digits) => (self.year.saturating_add(10i32.pow(u32::from(digits)) - 1), 12),
            Precision::Year | Precision::SomeMonth { .. } => (self.year, 12),
            Precision::Season(24) => (self.year.saturating_add(1), 2),
            Precision::Season(season) => (self.year, u32::from(season.saturating_sub(20)) * 3 + 2),
            Precision::Month | Precision::SomeDay => (self.year, u32::from(self.month)),
            Precision::Day => return self.earliest(),
        };
        last_day(year, month)
    }
}

fn last_day(year: i32, month: u32) -> NaiveDate {
    let (year, month) = if month >= 12 { (year.saturating_add(1), 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).and_then(|first| first.pred_opt()).unwrap_or(NaiveDate::MAX)
}

impl Date {
    /// A day.
    #[must_use]
    pub fn day(date: NaiveDate) -> Self {
        Self::Single(Moment::day(date))
    }

    /// The first day it can be; the beginning of time for an open or unknown start.
    #[must_use]
    pub fn earliest(&self) -> NaiveDate {
        match self {
            Self::Single(m) | Self::Interval(End::At(m), _) => m.earliest(),
            Self::Interval(..) => NaiveDate::MIN,
        }
    }

    /// The last day it can be; the end of time for an open or unknown end.
    #[must_use]
    pub fn latest(&self) -> NaiveDate {
        match self {
            Self::Single(m) | Self::Interval(_, End::At(m)) => m.latest(),
            Self::Interval(..) => NaiveDate::MAX,
        }
    }

    /// The one day it is, if it is exact to the day.
    #[must_use]
    pub fn as_day(&self) -> Option<NaiveDate> {
        match self {
            Self::Single(m) if m.precision == Precision::Day => Some(m.earliest()),
            _ => None,
        }
    }

    /// The same date without qualifiers and times of day.
    #[must_use]
    pub fn unqualified(&self) -> Self {
        let end = |e: &End| match e {
            End::At(m) => End::At(m.unqualified()),
            other => other.clone(),
        };
        match self {
            Self::Single(m) => Self::Single(m.unqualified()),
            Self::Interval(a, b) => Self::Interval(end(a), end(b)),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = |f: &mut fmt::Formatter<'_>| {
            if (-9999..=9999).contains(&self.year) {
                write!(f, "{}{:04}", if self.year < 0 { "-" } else { "" }, self.year.abs())
            } else {
                write!(f, "Y{}", self.year)
            }
        };
        match self.precision {
            Precision::Years(digits) => {
                let kept = format!("{:04}", self.year);
                let kept = kept.get(..4usize.saturating_sub(usize::from(digits))).unwrap_or_default();
                write!(f, "{kept}{}", "X".repeat(usize::from(digits)))?;
            }
            Precision::Year => year(f)?,
            Precision::Season(season) => {
                year(f)?;
                write!(f, "-{season}")?;
            }
            Precision::SomeMonth { with_day } => {
                year(f)?;
                f.write_str(if with_day { "-XX-XX" } else { "-XX" })?;
            }
            Precision::Month => {
                year(f)?;
                write!(f, "-{:02}", self.month)?;
            }
            Precision::SomeDay => {
                year(f)?;
                write!(f, "-{:02}-XX", self.month)?;
            }
            Precision::Day => {
                year(f)?;
                write!(f, "-{:02}-{:02}", self.month, self.day)?;
            }
        }
        if let Some(time) = &self.time {
            write!(f, "T{time}")?;
        }
        match self.qualifier {
            Some(Qualifier::Uncertain) => f.write_str("?"),
            Some(Qualifier::Approximate) => f.write_str("~"),
            Some(Qualifier::Both) => f.write_str("%"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |f: &mut fmt::Formatter<'_>, e: &End| match e {
            End::At(m) => write!(f, "{m}"),
            End::Open => f.write_str(".."),
            End::Unknown => Ok(()),
        };
        match self {
            Self::Single(m) => write!(f, "{m}"),
            Self::Interval(a, b) => {
                end(f, a)?;
                f.write_str("/")?;
                end(f, b)
            }
        }
    }
}

const FORMS: &str = "write an EDTF date: \"2015-02-16\", \"2015-02\", \"2015\", \"201X\", \"2014-12/2015-01\", with `?` or `~` behind it if it is not sure";

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a date: {FORMS}");
        if !text.is_ascii() || text.is_empty() {
            return Err(wrong());
        }
        let (body, qualifier) = match text.as_bytes()[text.len() - 1] {
            b'?' => (&text[..text.len() - 1], Some(Qualifier::Uncertain)),
            b'~' => (&text[..text.len() - 1], Some(Qualifier::Approximate)),
            b'%' => (&text[..text.len() - 1], Some(Qualifier::Both)),
            _ => (text, None),
        };
        let (body, time) = match body.split_once('T') {
            Some((date, time)) => {
                let no_time = || {
                    format!(
                        "`{text}`: `{time}` is no time of day: write \"10:30:00\", with `Z` or \"+02:00\" behind it"
                    )
                };
                (date, Some(parse_time(time).ok_or_else(no_time)?))
            }
            None => (body, None),
        };
        let make = |year, month, day, precision| Self { year, month, day, precision, time: time.clone(), qualifier };
        if let Some(long) = body.strip_prefix('Y') {
            if !long.is_empty() && long.strip_prefix('-').unwrap_or(long).bytes().all(|b| b.is_ascii_digit()) {
                let short = long.len() < 5 || (long.len() == 5 && long.starts_with('-'));
                let why = if short { "a year of four digits has no `Y`" } else { "this year is beyond the calendar" };
                if short || long.parse::<i32>().ok().and_then(|y| NaiveDate::from_ymd_opt(y, 1, 1)).is_none() {
                    return Err(format!("`{text}`: {why}"));
                }
            }
            let year: i32 = long.parse().map_err(|_| wrong())?;
            if (-9999..=9999).contains(&year) || long.starts_with('+') || NaiveDate::from_ymd_opt(year, 1, 1).is_none()
            {
                return Err(wrong());
            }
            return if time.is_some() { Err(wrong()) } else { Ok(make(year, 1, 1, Precision::Year)) };
        }
        let (sign, digits) = body.strip_prefix('-').map_or((1, body), |rest| (-1, rest));
        let mut parts = digits.split('-');
        let (year, month, day) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        if parts.next().is_some() || year.len() != 4 {
            return Err(wrong());
        }
        let unspecified = year.bytes().rev().take_while(|b| *b == b'X').count();
        let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if unspecified > 0 {
            if unspecified > 3 || sign < 0 || month.is_some() || time.is_some() || !all_digits(&year[..4 - unspecified])
            {
                return Err(wrong());
            }
            let first: i32 = year.replace('X', "0").parse().map_err(|_| wrong())?;
            let count = u8::try_from(unspecified).map_err(|_| wrong())?;
            return Ok(make(first, 1, 1, Precision::Years(count)));
        }
        if !all_digits(year) {
            return Err(wrong());
        }
        let year = sign * year.parse::<i32>().map_err(|_| wrong())?;
        let two = |part: &str| -> Result<u8, String> {
            if part.len() == 2 && all_digits(part) { part.parse().map_err(|_| wrong()) } else { Err(wrong()) }
        };
        let moment = match (month, day) {
            (None, None) => make(year, 1, 1, Precision::Year),
            (Some("XX"), None) => make(year, 1, 1, Precision::SomeMonth { with_day: false }),
            (Some("XX"), Some("XX")) => make(year, 1, 1, Precision::SomeMonth { with_day: true }),
            (Some(month), day) => match (two(month)?, day) {
                (season @ 21..=24, None) => make(year, 1, 1, Precision::Season(season)),
                (month @ 1..=12, None) => make(year, month, 1, Precision::Month),
                (month @ 1..=12, Some("XX")) => make(year, month, 1, Precision::SomeDay),
                (month @ 1..=12, Some(day)) => {
                    let day = two(day)?;
                    if NaiveDate::from_ymd_opt(year, month.into(), day.into()).is_none() {
                        return Err(format!("`{text}`: there is no such day in the calendar"));
                    }
                    make(year, month, day, Precision::Day)
                }
                (month, _) => return Err(format!("`{text}`: there is no month {month}")),
            },
            (None, Some(_)) => return Err(wrong()),
        };
        if time.is_some() && moment.precision != Precision::Day {
            return Err(wrong());
        }
        Ok(moment)
    }
}

/// `hh:mm:ss` with `Z`, `±hh:mm` or nothing, as EDTF level 0 writes it.
fn parse_time(text: &str) -> Option<String> {
    let clock = text.get(..8)?;
    let zone = text.get(8..)?;
    NaiveTime::parse_from_str(clock, "%H:%M:%S").ok()?;
    let zone_ok = match zone.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', rest @ ..] => {
            let rest = std::str::from_utf8(rest).ok()?;
            rest.len() == 5 && NaiveTime::parse_from_str(rest, "%H:%M").is_ok()
        }
        _ => false,
    };
    (zone_ok && clock.bytes().all(|b| b.is_ascii_digit() || b == b':')).then(|| text.to_owned())
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((start, end)) = text.split_once('/') else {
            return Ok(Self::Single(text.parse()?));
        };
        if end.contains('/') {
            return Err(format!("`{text}` is not a date: a `/` stands between the ends of an interval; {FORMS}"));
        }
        let end_of = |part: &str| -> Result<End, String> {
            match part {
                ".." => Ok(End::Open),
                "" => Ok(End::Unknown),
                part => Ok(End::At(part.parse()?)),
            }
        };
        let (start, end) = (end_of(start)?, end_of(end)?);
        if !matches!(start, End::At(_)) && !matches!(end, End::At(_)) {
            return Err(format!("`{text}` has no date at either end: {FORMS}"));
        }
        if let (End::At(a), End::At(b)) = (&start, &end)
            && a.earliest() > b.latest()
        {
            return Err(format!("`{text}` ends before it begins"));
        }
        Ok(Self::Interval(start, end))
    }
}

/// One date of EDTF, level 0 or 1, as a regular expression; it knows no calendar.
const MOMENT: &str = r"(-?[0-9]{4}(-([0-9]{2}|XX)(-([0-9]{2}|XX))?)?|[0-9]{1,3}X{1,3}|Y-?[0-9]{5,})(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?[?~%]?";

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^({MOMENT}|({MOMENT})/(\\.\\.|{MOMENT})?|(\\.\\.)?/({MOMENT}))$"),
            "examples": ["2015-02-16", "2015-02", "2015", "201X", "2014-12/2015-01", "2015-02-16?", "2015-02-16~"],
        })
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_0_and_1() {
        for good in [
            "2015-02-16",
            "2015-02",
            "2015",
            "2015-02-16?",
            "2015-02~",
            "2015%",
            "201X",
            "20XX",
            "2015-XX",
            "2015-XX-XX",
            "2015-02-XX",
            "2015-21",
            "2014-12/2015-01",
            "2015-02-16/..",
            "../2015",
            "/2015-02",
            "2015/",
            "-0044-03-15",
            "Y170000",
            "2015-02-16T05:30:00Z",
            "2015-02-16T05:30:00+02:00",
            "2016-02-29",
            "0000",
        ] {
            assert_eq!(good.parse::<Date>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "2015-2-16",
            "16.02.2015",
            "2015-02-30",
            "2015-13",
            "2015-00",
            "2015-02-00",
            "2015/2014",
            "../..",
            "/",
            "XXXX",
            "15",
            "2015-02-16T25:00:00",
            "2015-02T05:30:00",
            "2015-02-16 ",
            "２０１５",
            "Y2015",
            "2015-25",
            "2015-02-16-01",
            "2015-XX-16",
            "2015-02-16??",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn bounds() {
        let d = |s: &str| s.parse::<Date>().unwrap();
        assert_eq!(d("2016-02").latest().to_string(), "2016-02-29");
        assert_eq!(d("201X").latest().to_string(), "2019-12-31");
        assert_eq!(d("2014-12/2015-01").earliest().to_string(), "2014-12-01");
        assert_eq!(d("2015-24").latest().to_string(), "2016-02-29");
        assert_eq!(d("2015-02-16~").as_day().unwrap().to_string(), "2015-02-16");
        assert_eq!(d("2015-02").as_day(), None);
    }

    proptest! {
        #[test]
        fn display_then_parse_gives_it_back(year in -9999i32..=9999, month in 1u32..=12, day in 1u32..=28, q in 0usize..4, exact in 0usize..3) {
            let qualifier = [None, Some(Qualifier::Uncertain), Some(Qualifier::Approximate), Some(Qualifier::Both)][q];
            let base = Moment::day(NaiveDate::from_ymd_opt(year, month, day).unwrap());
            let moment = match exact { 0 => base, 1 => Moment::month(year, base.month), _ => Moment::year(year) };
            let date = Date::Single(Moment { qualifier, ..moment });
            prop_assert_eq!(date.to_string().parse::<Date>().unwrap(), date.clone());
            prop_assert!(date.earliest() <= date.latest());
        }

        /// Every form: seasons, times, unspecified digits, intervals with open and unknown ends; periods are such dates.
        #[test]
        fn whatever_is_taken_is_given_back(text in proptest::string::string_regex(&format!("({MOMENT}|\\.\\.)?(/({MOMENT}|\\.\\.)?)?")).unwrap()) {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date.clone()), "{}", text);
                prop_assert!(date.earliest() <= date.latest(), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = text.parse::<Date>();
            let _ = text.parse::<super::super::figure::Figure>();
        }
    }
}
