//! A row of a table as evidence: its cells as they stand, and what is read from them.
//!
//! A row proves by its cells alone: the figure or date of a record is computed from them by a rule that is written down,
//! never typed beside them.

use std::ops::Range;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use super::date::{Date, End, Moment};
use super::figure::{Bounds, Figure};
use crate::text::gate::visible;
use crate::text::quantity::Number;

/// The form of dates that is read where none is declared.
pub const ISO: &str = "%Y-%m-%d";
/// The name of the form of dates that counts days since the end of 1899, as spreadsheets do.
pub const EXCEL: &str = "excel";

/// How a table's cells are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableForm {
    /// What parts cells; found out, where it is not given.
    pub delimiter: Option<char>,
    /// The name of the encoding; by its byte order mark or UTF-8, where it is not given.
    pub encoding: Option<String>,
    /// What parts whole numbers from their decimals.
    pub decimal: char,
    /// What groups thousands; nothing, where it is not given.
    pub thousands: Option<char>,
    /// Cells that say that nothing is known; the empty cell is always one.
    pub missing: Vec<String>,
    /// Forms of dates (`strftime`), in the order in which they are tried.
    pub dates: Vec<String>,
}

impl Default for TableForm {
    fn default() -> Self {
        Self {
            delimiter: None,
            encoding: None,
            decimal: '.',
            thousands: None,
            missing: Vec::new(),
            dates: vec![ISO.to_owned()],
        }
    }
}

/// A row with those of its cells that records rest on.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet shows it: the header is row 1.
    pub number: u32,
    columns: Arc<Vec<String>>,
    text: Box<str>,
    ends: Box<[u32]>,
}

impl Row {
    /// A row; `cells` are as many as `columns`.
    pub fn new<'c>(number: u32, columns: &Arc<Vec<String>>, cells: impl Iterator<Item = &'c str>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(columns.len()));
        for cell in cells {
            text.push_str(cell);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Self { number, columns: Arc::clone(columns), text: text.into(), ends: ends.into() }
    }

    /// The names of its columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The cell in a place.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |start| *start as usize);
        self.text.get(start..end)
    }

    /// The cell of a column.
    #[must_use]
    pub fn cell(&self, column: &str) -> Option<&str> {
        self.at(self.columns.iter().position(|known| known == column)?)
    }

    /// All its cells, with their columns.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().enumerate().map(|(i, name)| (name.as_str(), self.at(i).unwrap_or_default()))
    }
}

/// How exact a cell says that a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// To the day.
    Day,
    /// A day near it.
    About,
    /// Some day of its month.
    Month,
    /// Some day of its year.
    Year,
}

impl Exactness {
    /// The words for all, in order.
    pub const WORDS: &'static [&'static str] = &["day", "about", "month", "year"];

    /// By its word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [Self::Day, Self::About, Self::Month, Self::Year];
        Self::WORDS.iter().position(|known| *known == word).and_then(|i| all.get(i).copied())
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::About => "about",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// What is read from a row's cells, by the names of their columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// A figure with its bounds in one cell; in a citation with `low` or `high`, the best estimate between them.
    pub value: Option<String>,
    /// The least.
    pub low: Option<String>,
    /// The most.
    pub high: Option<String>,
    /// A day, or the first of several.
    pub date: Option<String>,
    /// The last of several days.
    pub to: Option<String>,
    /// How exact the date is.
    pub precision: Option<String>,
    /// What the cells of that column say.
    pub exactness: Vec<(String, Exactness)>,
    /// Whether a figure may have decimals: what is counted in whole ones is refused with any.
    pub decimals: bool,
}

impl Reads {
    /// The columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let all = [&self.value, &self.low, &self.high, &self.date, &self.to, &self.precision];
        all.into_iter().flatten().map(String::as_str)
    }

    /// Whether it reads a figure.
    #[must_use]
    pub fn is_figure(&self) -> bool {
        self.value.is_some() || self.low.is_some() || self.high.is_some()
    }
}

/// A citation of a row.
#[derive(Debug, Clone)]
pub struct RowCite {
    /// Where the number of the row is written.
    pub span: Range<usize>,
    /// The row.
    pub row: Arc<Row>,
    /// The places of the cells that are quoted, among those of the row.
    pub shown: Arc<[usize]>,
    /// What is read from them.
    pub reads: Arc<Reads>,
    /// Whether it comes with an imported table, which is proved as a whole.
    pub imported: bool,
}

impl RowCite {
    /// The quoted cells, with their columns.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shown
            .iter()
            .filter_map(|i| Some((self.row.columns().get(*i)?.as_str(), self.row.at(*i).unwrap_or_default())))
    }

    /// The cells as they are quoted, on one line.
    #[must_use]
    pub fn quote(&self) -> String {
        let mut out = String::new();
        for (name, cell) in self.cells().filter(|(_, cell)| !cell.trim().is_empty()) {
            if !out.is_empty() {
                out.push_str("; ");
            }
            out.push_str(name);
            out.push_str(": ");
            let mut words = cell.split_whitespace();
            out.push_str(words.next().unwrap_or_default());
            for word in words {
                out.push(' ');
                out.push_str(word);
            }
        }
        out
    }
}

/// A cell that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its column.
    pub column: String,
    /// What stands in it.
    pub cell: String,
    /// Why it is not read.
    pub why: String,
}

impl Unread {
    /// A cell that cannot be read.
    #[must_use]
    pub fn new(column: &str, cell: &str, why: impl Into<String>) -> Self {
        Self { column: column.to_owned(), cell: cell.to_owned(), why: why.into() }
    }
}

impl TableForm {
    /// Whether a cell says that nothing is known.
    #[must_use]
    pub fn is_missing(&self, cell: &str) -> bool {
        let cell = cell.trim();
        cell.is_empty() || self.missing.iter().any(|marker| marker == cell)
    }

    /// A number of digits with the declared marks.
    fn number(&self, text: &str) -> Result<Number, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a number is missing here".to_owned());
        }
        if text.starts_with(['-', '\u{2212}']) {
            return Err("is negative; if it stands for what is not known, list it under `missing`".to_owned());
        }
        let (whole, decimals) = match text.split_once(self.decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text, None),
        };
        let mut plain = String::with_capacity(whole.len());
        match self.thousands.filter(|mark| whole.contains(*mark)) {
            Some(mark) => {
                for (i, group) in whole.split(mark).enumerate() {
                    let digits = group.bytes().all(|b| b.is_ascii_digit());
                    let sized = if i == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
                    if !digits || !sized {
                        return Err(format!("does not group thousands by `{mark}`"));
                    }
                    plain.push_str(group);
                }
            }
            None => plain.push_str(whole),
        }
        if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.no_number(text));
        }
        if let Some(decimals) = decimals {
            if decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
                return Err(self.no_number(text));
            }
            plain.push('.');
            plain.push_str(decimals);
        }
        plain.parse().map_err(|_| "is too long a number".to_owned())
    }

    fn no_number(&self, text: &str) -> String {
        let marks = |c: char| matches!(c, ',' | '.' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
        let grouped =
            text.chars().all(|c| c.is_ascii_digit() || marks(c)) && text.contains(|c: char| c.is_ascii_digit());
        if grouped {
            let thousands = self.thousands.map_or("no mark".to_owned(), |mark| format!("`{mark}`"));
            return format!(
                "does not go with the marks that are declared: `decimal` is `{}`, `thousands` is {thousands}",
                self.decimal
            );
        }
        "is no number; if it stands for what is not known, list it under `missing`".to_owned()
    }

    /// A figure with its bounds, as one cell gives it: `12`, `12 – 24`, `≥10`, `10+`, `about 40`, `up to 5`.
    ///
    /// # Errors
    /// Says why the cell is no figure.
    pub fn figure(&self, cell: &str, decimals: bool) -> Result<Figure, String> {
        let text = cell.trim();
        let lower = text.to_lowercase();
        let begins = |words: &[&str]| {
            words.iter().find_map(|word| {
                let rest = lower.strip_prefix(word)?;
                // a word is parted from its number, a sign need not be
                let parted = !word.ends_with(|c: char| c.is_alphabetic()) || rest.starts_with(char::is_whitespace);
                parted.then(|| rest.trim())
            })
        };
        let whole = |number: Number| match number.as_whole() {
            None if !decimals => Err("is no whole number, and what is counted comes in whole ones".to_owned()),
            _ => Ok(number),
        };
        let one = |text: &str| self.number(text).and_then(whole);
        let bounds = if let Some(rest) = begins(&[">=", "≥", "at least", "min.", "minimum"]) {
            Bounds::AtLeast(one(rest)?)
        } else if let Some(rest) = begins(&["<=", "≤", "up to", "at most", "max.", "maximum"]) {
            Bounds::AtMost(one(rest)?)
        } else if let Some(rest) = begins(&[">", "more than", "over"]) {
            Bounds::MoreThan(one(rest)?)
        } else if let Some(rest) = begins(&["<", "fewer than", "less than", "under"]) {
            Bounds::LessThan(one(rest)?)
        } else if let Some(rest) = lower.strip_suffix('+') {
            Bounds::AtLeast(one(rest)?)
        } else {
            let (about, rest) =
                match begins(&["~", "≈", "about", "approx.", "approximately", "around", "circa", "ca.", "c."]) {
                    Some(rest) => (true, rest),
                    None => (false, lower.as_str()),
                };
            let parted = [" to ", "..", "–", "—", "-"].into_iter().find_map(|mark| {
                rest.split_once(mark).filter(|(low, high)| !low.trim().is_empty() && !high.trim().is_empty())
            });
            match parted {
                Some((low, high)) => {
                    let (low, high) = (one(low)?, one(high)?);
                    if low > high {
                        return Err("goes from more to fewer".to_owned());
                    }
                    match (about, low == high) {
                        (true, false) => Bounds::AboutRange(low, high),
                        (true, true) => Bounds::About(low),
                        (false, false) => Bounds::Range(low, high),
                        (false, true) => Bounds::Exact(low),
                    }
                }
                None if about => Bounds::About(one(rest)?),
                None => Bounds::Exact(one(rest)?),
            }
        };
        Ok(Figure::of(bounds))
    }

    /// One day of a cell, by the declared forms.
    ///
    /// # Errors
    /// Where it is of none of them, or two of them give two days.
    pub fn day(&self, cell: &str) -> Result<NaiveDate, String> {
        let text = cell.trim();
        let mut found: Option<(NaiveDate, &str)> = None;
        for form in &self.dates {
            let Some(day) = read_day(text, form) else { continue };
            match found {
                Some((other, by)) if other != day => {
                    return Err(format!("is {other} by `{by}` and {day} by `{form}`: which, the table does not say"));
                }
                Some(_) => {}
                None => found = Some((day, form)),
            }
        }
        found.map(|(day, _)| day).ok_or_else(|| {
            let numbers = text.split(['/', '.', '-']).filter_map(|p| p.parse::<u32>().ok()).collect::<Vec<_>>();
            let known = self.dates.join("`, `");
            match numbers.as_slice() {
                [a, b, _] if (1..=12).contains(a) && (1..=12).contains(b) => format!(
                    "is a day and a month in an order that nobody declared (`dates` is `{known}`); no order is guessed"
                ),
                _ => format!("is no date of the forms declared: `{known}`"),
            }
        })
    }
}

fn read_day(text: &str, form: &str) -> Option<NaiveDate> {
    if form == EXCEL {
        // the first two months of 1900 are counted wrongly by spreadsheets
        let serial: i64 = text.split('.').next()?.parse().ok().filter(|n| (61..=2_958_465).contains(n))?;
        return NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::TimeDelta::try_days(serial)?);
    }
    let timed = form.contains("%H") || form.contains("%T");
    let day = if timed {
        NaiveDateTime::parse_from_str(text, form).ok()?.date()
    } else {
        NaiveDate::parse_from_str(text, form).ok()?
    };
    // four digits are asked for where a form says so: a year of two would be one of antiquity
    (!form.contains("%Y") || (1000..=9999).contains(&chrono::Datelike::year(&day))).then_some(day)
}

/// Whether a form of dates can be read by: it names a day, a month and a year, and nothing that is unknown.
#[must_use]
pub fn is_date_form(form: &str) -> bool {
    if form == EXCEL {
        return true;
    }
    let known = !chrono::format::StrftimeItems::new(form).any(|item| item == chrono::format::Item::Error);
    let has = |signs: &[&str]| signs.iter().any(|sign| form.contains(sign));
    known
        && (has(&["%F", "%D", "%x"])
            || has(&["%Y", "%y"]) && has(&["%m", "%b", "%B", "%h", "%-m"]) && has(&["%d", "%e", "%-d"]))
}

impl Reads {
    /// The figure that the cells give; none, where they say that it is not known.
    ///
    /// # Errors
    /// The cell that cannot be read, and why.
    pub fn figure(&self, form: &TableForm, row: &Row) -> Result<Option<Figure>, Unread> {
        let cell = |column: &Option<String>| -> Result<Option<(String, String)>, Unread> {
            let Some(column) = column else { return Ok(None) };
            match row.cell(column) {
                None => Err(Unread::new(column, "", "is not among the cells")),
                Some(cell) if form.is_missing(cell) => Ok(None),
                Some(cell) => Ok(Some((column.clone(), cell.to_owned()))),
            }
        };
        let figure = |found: Option<(String, String)>| -> Result<Option<Figure>, Unread> {
            let Some((column, cell)) = found else { return Ok(None) };
            form.figure(&cell, self.decimals).map(Some).map_err(|why| Unread::new(&column, &cell, why))
        };
        let value = figure(cell(&self.value)?)?;
        if self.low.is_none() && self.high.is_none() {
            return Ok(value);
        }
        let one = |column: &Option<String>| -> Result<Option<Number>, Unread> {
            let found = cell(column)?;
            let shown = found.clone();
            match (figure(found)?.map(|f| f.bounds), shown) {
                (None, _) => Ok(None),
                (Some(Bounds::Exact(n)), _) => Ok(Some(n)),
                (Some(_), Some((column, cell))) => Err(Unread::new(&column, &cell, "a bound is one number")),
                (Some(_), None) => Ok(None),
            }
        };
        let (low, high) = (one(&self.low)?, one(&self.high)?);
        let at = |column: &Option<String>| {
            let column = column.as_deref().unwrap_or_default();
            (column.to_owned(), row.cell(column).unwrap_or_default().to_owned())
        };
        if let (Some(a), Some(b)) = (low, high)
            && a > b
        {
            let ((column, cell), (above, more)) = (at(&self.low), at(&self.high));
            return Err(Unread::new(&column, &cell, format!("is above `{above}`, which is {}", visible(&more))));
        }
        if let Some(best) = &value {
            let (column, cell) = at(&self.value);
            let Bounds::Exact(n) = best.bounds else {
                return Err(Unread::new(&column, &cell, "the best estimate between two bounds is one number"));
            };
            if low.is_some_and(|low| n < low) || high.is_some_and(|high| n > high) {
                return Err(Unread::new(&column, &cell, "lies outside the bounds that the row gives"));
            }
        }
        Ok(match (low, high, value) {
            (Some(low), Some(high), _) if low == high => Some(Figure::of(Bounds::Exact(low))),
            (Some(low), Some(high), _) => Some(Figure::of(Bounds::Range(low, high))),
            (Some(low), None, _) => Some(Figure::of(Bounds::AtLeast(low))),
            (None, Some(high), _) => Some(Figure::of(Bounds::AtMost(high))),
            (None, None, value) => value,
        })
    }

    /// The date that the cells give; none, where they say that it is not known.
    ///
    /// # Errors
    /// The cell that cannot be read, and why.
    pub fn date(&self, form: &TableForm, row: &Row) -> Result<Option<Date>, Unread> {
        let day = |column: &Option<String>| -> Result<Option<NaiveDate>, Unread> {
            let Some(column) = column else { return Ok(None) };
            match row.cell(column) {
                None => Err(Unread::new(column, "", "is not among the cells")),
                Some(cell) if form.is_missing(cell) => Ok(None),
                Some(cell) => form.day(cell).map(Some).map_err(|why| Unread::new(column, cell, why)),
            }
        };
        let (from, to) = (day(&self.date)?, day(&self.to)?);
        if let (Some(from), Some(to), Some(column)) = (from, to, &self.to)
            && to < from
        {
            return Err(Unread::new(column, row.cell(column).unwrap_or_default(), format!("is before {from}")));
        }
        let exact = match &self.precision {
            None => Exactness::Day,
            Some(column) => {
                let cell = row.cell(column).unwrap_or_default().trim();
                match self.exactness.iter().find(|(code, _)| code == cell) {
                    Some((_, exact)) => *exact,
                    None => {
                        return Err(Unread::new(column, cell, "the mapping does not say how exact a date this makes"));
                    }
                }
            }
        };
        let moment = |day: NaiveDate| -> Option<Moment> {
            let (year, month) = (chrono::Datelike::year(&day), chrono::Datelike::month(&day));
            match exact {
                Exactness::Day => Some(Moment::day(day)),
                Exactness::About => match format!("{day}~").parse::<Date>() {
                    Ok(Date::Single(moment)) => Some(moment),
                    _ => None,
                },
                Exactness::Month => Some(Moment::month(year, u8::try_from(month).ok()?)),
                Exactness::Year => Some(Moment::year(year)),
            }
        };
        Ok(match (from.and_then(moment), to.and_then(moment)) {
            (Some(from), Some(to)) if from == to => Some(Date::Single(from)),
            (Some(from), Some(to)) => Some(Date::Interval(End::At(from), End::At(to))),
            (Some(one), None) => Some(Date::Single(one)),
            (None, Some(to)) => Some(Date::Interval(End::Unknown, End::At(to))),
            (None, None) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Row {
        let columns = Arc::new(cells.iter().map(|(c, _)| (*c).to_owned()).collect());
        Row::new(2, &columns, cells.iter().map(|(_, c)| *c))
    }

    #[test]
    fn a_cell_says_its_bounds_or_is_refused() {
        let form = TableForm::default();
        for (cell, value) in [
            ("12", "12"),
            (" 12 – 24 ", "12..24"),
            ("12-24", "12..24"),
            ("12 to 24", "12..24"),
            ("≥10", ">=10"),
            (">= 10", ">=10"),
            ("10+", ">=10"),
            ("at least 10", ">=10"),
            ("up to 5", "<=5"),
            (">100", ">100"),
            ("about 40", "~40"),
            ("ca. 40-50", "~40..50"),
            ("0", "0"),
        ] {
            assert_eq!(form.figure(cell, false).map(|f| f.to_string()).as_deref(), Ok(value), "{cell}");
        }
        for (cell, why) in [
            ("-1", "negative"),
            ("NaN", "no number"),
            ("1e3", "no number"),
            ("12.5", "whole"),
            ("24-12", "more to fewer"),
            ("1,234", "marks"),
            ("unkn", "missing"),
            ("dozens", "no number"),
            ("aboutface", "no number"),
            ("١٢", "no number"),
            ("=1+1", "no number"),
            ("9999999999999999999999999", "too long"),
            ("1 2", "marks"),
            ("", "missing"),
        ] {
            assert!(form.figure(cell, false).unwrap_err().contains(why), "{cell}: {:?}", form.figure(cell, false));
        }
        let german = TableForm { decimal: ',', thousands: Some('.'), ..TableForm::default() };
        assert_eq!(german.figure("1.234", false).unwrap().to_string(), "1234");
        assert_eq!(german.figure("1.234,5", true).unwrap().to_string(), "1234.5");
        assert!(german.figure("12.34", false).is_err());
        assert!(form.figure("1.234", false).unwrap_err().contains("whole"));
    }

    #[test]
    fn bounds_and_best_estimate_hold_together() {
        let form = TableForm { missing: vec!["-1".to_owned(), "unkn".to_owned()], ..TableForm::default() };
        let name = |s: &str| Some(s.to_owned());
        let reads = Reads { low: name("low"), value: name("best"), high: name("high"), ..Reads::default() };
        let figure = |low, best, high| {
            reads.figure(&form, &row(&[("low", low), ("best", best), ("high", high)])).map(|f| f.map(|f| f.to_string()))
        };
        assert_eq!(figure("10", "12", "24").unwrap().as_deref(), Some("10..24"));
        assert_eq!(figure("12", "12", "12").unwrap().as_deref(), Some("12"));
        assert_eq!(figure("10", "", "").unwrap().as_deref(), Some(">=10"));
        assert_eq!(figure("", "", "9").unwrap().as_deref(), Some("<=9"));
        assert_eq!(figure("-1", "7", "unkn").unwrap().as_deref(), Some("7"));
        assert_eq!(figure("", "-1", "unkn").unwrap(), None);
        for (low, best, high, column) in [
            ("24", "12", "10", "low"),
            ("10", "9", "24", "best"),
            ("10", "25", "24", "best"),
            ("10", "12", "-9", "high"),
            (">=10", "12", "24", "low"),
            ("10", "11-12", "24", "best"),
        ] {
            assert_eq!(figure(low, best, high).unwrap_err().column, column, "{low} {best} {high}");
        }
    }

    #[test]
    fn no_order_of_day_and_month_is_guessed() {
        let forms = |forms: &[&str]| TableForm {
            dates: forms.iter().map(|f| (*f).to_owned()).collect(),
            ..TableForm::default()
        };
        let day = |form: &TableForm, cell: &str| form.day(cell).map(|d| d.to_string());
        assert_eq!(day(&TableForm::default(), "2015-02-16").unwrap(), "2015-02-16");
        assert!(day(&TableForm::default(), "03/04/2015").unwrap_err().contains("guessed"));
        assert_eq!(day(&forms(&["%d/%m/%Y"]), "03/04/2015").unwrap(), "2015-04-03");
        assert_eq!(day(&forms(&["%d-%b-%y"]), "16-Feb-15").unwrap(), "2015-02-16");
        assert_eq!(day(&forms(&["%d %B %Y"]), "16 February 2015").unwrap(), "2015-02-16");
        assert_eq!(day(&forms(&["%Y-%m-%d %H:%M:%S%.f"]), "2015-02-16 00:00:00.000").unwrap(), "2015-02-16");
        assert_eq!(day(&forms(&["excel"]), "42051").unwrap(), "2015-02-16");
        let both = forms(&["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!(day(&both, "16/02/2015").unwrap(), "2015-02-16");
        assert!(day(&both, "03/04/2015").unwrap_err().contains("which"));
        assert_eq!(day(&both, "04/04/2015").unwrap(), "2015-04-04");
        assert!(day(&forms(&["%d/%m/%Y"]), "16/02/15").is_err(), "a year of two digits");
        assert!(day(&forms(&["%d/%m/%Y"]), "30/02/2015").is_err());
        assert!(is_date_form("%d/%m/%Y") && is_date_form("excel") && !is_date_form("%d/%m") && !is_date_form("%Q"));
    }

    #[test]
    fn two_days_and_a_precision_make_a_period() {
        let name = |s: &str| Some(s.to_owned());
        let reads = Reads {
            date: name("from"),
            to: name("to"),
            precision: name("prec"),
            exactness: vec![
                ("1".to_owned(), Exactness::Day),
                ("2".to_owned(), Exactness::About),
                ("3".to_owned(), Exactness::Month),
            ],
            ..Reads::default()
        };
        let date = |from, to, prec| {
            reads
                .date(&TableForm::default(), &row(&[("from", from), ("to", to), ("prec", prec)]))
                .map(|d| d.map(|d| d.to_string()))
        };
        assert_eq!(date("2015-02-16", "2015-02-16", "1").unwrap().as_deref(), Some("2015-02-16"));
        assert_eq!(date("2015-02-16", "2015-02-18", "1").unwrap().as_deref(), Some("2015-02-16/2015-02-18"));
        assert_eq!(date("2015-02-16", "2015-02-18", "3").unwrap().as_deref(), Some("2015-02"));
        assert_eq!(date("2015-02-16", "", "2").unwrap().as_deref(), Some("2015-02-16~"));
        assert_eq!(date("", "", "1").unwrap(), None);
        assert_eq!(date("2015-02-16", "2015-02-15", "1").unwrap_err().column, "to");
        assert_eq!(date("2015-02-16", "", "9").unwrap_err().column, "prec");
    }
}
