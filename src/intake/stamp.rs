//! Dates as pages write them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

use crate::facts::date::Date;
use crate::text::calendar::calendar;
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;

/// A date as a page writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The date, in the page's own zone: a day, a month or a year.
    pub date: Date,
    /// As it is written.
    pub written: String,
    /// The moment in seconds since 1970-01-01T00:00:00Z, where time and zone are written.
    pub moment: Option<i64>,
}

impl Stamp {
    fn new(date: NaiveDate, written: &str, moment: Option<i64>) -> Option<Self> {
        // nothing was printed before the press; what says so is a default of the page's software
        (1450..=2200).contains(&date.year()).then(|| Self {
            date: Date::day(date),
            written: written.to_owned(),
            moment,
        })
    }

    /// Whether two may be of one publication: the same moment, the same day, or one more exact than the other.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        match (self.moment, other.moment) {
            (Some(a), Some(b)) if a == b => true,
            _ => {
                let (a, b) = (&self.date, &other.date);
                a.earliest() <= b.latest() && b.earliest() <= a.latest()
            }
        }
    }

    /// Reads what a machine wrote: ISO 8601 and its kin, RFC 2822, eight digits, seconds or milliseconds since 1970.
    #[must_use]
    pub fn of_machine(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > 64 || !text.is_ascii() {
            return None;
        }
        let zoned =
            |parsed: DateTime<chrono::FixedOffset>| Self::new(parsed.date_naive(), text, Some(parsed.timestamp()));
        if let Ok(parsed) = DateTime::parse_from_rfc3339(text) {
            return zoned(parsed);
        }
        for form in
            ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z", "%Y-%m-%d %H:%M:%S%.f %#z", "%Y/%m/%d %H:%M:%S %#z"]
        {
            if let Ok(parsed) = DateTime::parse_from_str(text, form) {
                return zoned(parsed);
            }
        }
        if let Ok(parsed) = DateTime::parse_from_rfc2822(text) {
            return zoned(parsed);
        }
        for form in [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%d %H:%M",
            "%Y/%m/%d %H:%M:%S",
            "%Y/%m/%d %H:%M",
            "%Y%m%dT%H%M%S",
            "%Y%m%d%H%M%S",
        ] {
            if let Ok(parsed) = NaiveDateTime::parse_from_str(text, form) {
                return Self::new(parsed.date(), text, None);
            }
        }
        for form in [
            "%Y-%m-%d",
            "%Y/%m/%d",
            "%Y.%m.%d",
            "%Y%m%d",
            "%a %b %d %Y",
            "%b %d, %Y",
            "%B %d, %Y",
            "%d %B %Y",
            "%d %b %Y",
        ] {
            if let Ok(date) = NaiveDate::parse_from_str(text, form) {
                return Self::new(date, text, None);
            }
        }
        // a date, and a time in a form of the page's own: "2024-03-05T14:05:00 GMT"
        if let Some((day, _)) = text.split_once(['T', ' '])
            && let Ok(date) = NaiveDate::parse_from_str(day, "%Y-%m-%d")
        {
            return Self::new(date, text, None);
        }
        if text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.len(), 10 | 13) {
            let n: i64 = text.parse().ok()?;
            let seconds = if text.len() == 13 { n / 1000 } else { n };
            let parsed = DateTime::from_timestamp(seconds, 0)?;
            return Self::new(parsed.date_naive(), text, Some(seconds));
        }
        // a month or a year
        if (text.len() == 7 || text.len() == 4)
            && let Ok(date) = text.parse::<Date>()
            && (1450..=2200).contains(&date.earliest().year())
        {
            return Some(Self { date, written: text.to_owned(), moment: None });
        }
        None
    }

    /// Reads what a person is meant to read, in the words of a language: the first full date, with the words that state
    /// it.
    #[must_use]
    pub fn of_words(text: &str, lexicon: &Lexicon) -> Option<(Self, String)> {
        let folded = fold(text);
        calendar(&folded, lexicon).into_iter().find_map(|words| {
            let (year, month, day) = (words.year?, words.month?, words.day?);
            let date = NaiveDate::from_ymd_opt(year, month.into(), day.into())?;
            let written = folded.get(words.span)?.to_owned();
            Some((Self::new(date, &written, None)?, written))
        })
    }

    /// The day, month or year in the path of an address ("/2024/03/05/", "/2024-03-05-"), with what it stands in.
    #[must_use]
    pub fn of_address(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next()?.split_once("://")?.1;
        let parts: Vec<&str> = path.split(['/', '-', '_', '.']).skip(1).collect();
        let number = |text: Option<&&str>, length: usize| -> Option<u32> {
            text.filter(|t| t.len() == length && t.bytes().all(|b| b.is_ascii_digit())).and_then(|t| t.parse().ok())
        };
        for (at, part) in parts.iter().enumerate() {
            if let Some(year) = number(Some(part), 4).filter(|y| (1990..=2100).contains(y)) {
                let (month, day) = (number(parts.get(at + 1), 2), number(parts.get(at + 2), 2));
                let year = i32::try_from(year).ok()?;
                if let (Some(month), Some(day)) = (month, day)
                    && let Some(date) = NaiveDate::from_ymd_opt(year, month, day)
                {
                    return Self::new(date, &parts[at..at + 3].join("/"), None);
                }
                if let Some(month) = month.filter(|m| (1..=12).contains(m)) {
                    let date = format!("{year:04}-{month:02}").parse().ok()?;
                    return Some(Self { date, written: parts[at..at + 2].join("/"), moment: None });
                }
            }
            if let Some(digits) = number(Some(part), 8)
                && let Ok(date) = NaiveDate::parse_from_str(&digits.to_string(), "%Y%m%d")
                && (1990..=2100).contains(&date.year())
            {
                return Self::new(date, part, None);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_machines_write_them() {
        for (text, day, zoned) in [
            ("2024-03-05T23:30:00-05:00", "2024-03-05", true),
            ("2024-03-05T23:30:00+0200", "2024-03-05", true),
            ("2024-03-05T23:30Z", "2024-03-05", true),
            ("2024-03-05T23:30:00.000Z", "2024-03-05", true),
            ("2024-03-05 23:30:00 +0100", "2024-03-05", true),
            ("Tue, 05 Mar 2024 14:00:00 GMT", "2024-03-05", true),
            ("2024-03-05", "2024-03-05", false),
            ("2024/03/05 10:00", "2024-03-05", false),
            ("20240305", "2024-03-05", false),
            ("March 5, 2024", "2024-03-05", false),
            ("5 March 2024", "2024-03-05", false),
            ("1709668800000", "2024-03-05", true),
            ("2024-03", "2024-03", false),
        ] {
            let stamp = Stamp::of_machine(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stamp.date.to_string().as_str(), stamp.moment.is_some()), (day, zoned), "{text}");
        }
        for text in ["", "0001-01-01T00:00:00", "yesterday", "05/03/2024", "2024-13-05", "١٢٣٤", "0000", "x2024-03-05"]
        {
            assert_eq!(Stamp::of_machine(text), None, "{text}");
        }
    }

    #[test]
    fn moments_count_before_days() {
        let of = |t| Stamp::of_machine(t).unwrap();
        assert!(of("2024-03-05T23:30:00-05:00").agrees(&of("2024-03-06T04:30:00Z")));
        assert!(of("2024-03-05T23:30:00-05:00").agrees(&of("2024-03")));
        assert!(!of("2024-03-05T23:30:00-05:00").agrees(&of("2024-03-06T05:30:00Z")));
    }

    #[test]
    fn as_people_and_addresses_write_them() {
        let words = |t, l| Stamp::of_words(t, Lexicon::or_bare(l)).map(|(s, w)| (s.date.to_string(), w));
        assert_eq!(
            words("Published 5 March 2024, 14:05 GMT", "en"),
            Some(("2024-03-05".into(), "5 March 2024".into()))
        );
        assert_eq!(words("الثلاثاء 5 مارس 2024", "ar").unwrap().0, "2024-03-05");
        assert_eq!(words("Publié le 5 mars 2024 à 14h05", "fr").unwrap().1, "5 mars 2024");
        assert_eq!(words("Tuesday, 14:05", "en"), None);
        let address = |t| Stamp::of_address(t).map(|s| s.date.to_string());
        assert_eq!(address("https://a.example/2024/03/05/flood").as_deref(), Some("2024-03-05"));
        assert_eq!(address("https://a.example/news/2024-03-05-flood.html").as_deref(), Some("2024-03-05"));
        assert_eq!(address("https://a.example/2024/03/flood").as_deref(), Some("2024-03"));
        assert_eq!(address("https://a.example/20240305/x").as_deref(), Some("2024-03-05"));
        assert_eq!(address("https://a.example/news/world-12345678"), None);
        assert_eq!(address("https://a.example/2024/99/x"), None);
    }
}
