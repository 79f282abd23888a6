//! What a text says that must come from somewhere: its numbers, dates, quotations and attributed statements.

use std::ops::Range;

use crate::text::calendar::{CalendarWords, calendar};
use crate::text::lexicon::{CueKind, Lexicon};
use crate::text::quantity::{Kind, Quantity, quantities};
use crate::text::sentence::cues;

/// What is counted apart in a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A number, in digits or words.
    Number,
    /// A date.
    Date,
    /// A quotation, or words that are put to somebody.
    Statement,
}

impl Class {
    /// The word for one.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Statement => "statement",
        }
    }
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A quantity with its bound.
    Quantity(Quantity),
    /// Digits that are no quantity: a time, an age in a compound, a name.
    Digits,
    /// A date, or the two ends of a span of days.
    Date(Vec<CalendarWords>),
    /// Words in quotation marks; the range leaves the marks out.
    Quotation(Range<usize>),
    /// Words put to somebody without quotation marks.
    Attributed,
}

/// Something that must come from somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The bytes of the text that say it, bounding words included.
    pub span: Range<usize>,
    /// What it says.
    pub value: Value,
}

impl Item {
    /// How it is counted.
    #[must_use]
    pub fn class(&self) -> Class {
        match self.value {
            Value::Quantity(_) | Value::Digits => Class::Number,
            Value::Date(_) => Class::Date,
            Value::Quotation(_) | Value::Attributed => Class::Statement,
        }
    }
}

/// The items of a folded text, in order, never overlapping but for an attributed statement, which is all of it.
///
/// Words without a number ("dozens", "heavy"), "one", which is more often a pronoun, and "first" are no numbers. What
/// stands in quotation marks is one item.
#[must_use]
pub fn items(text: &str, lexicon: &Lexicon) -> Vec<Item> {
    let mut found: Vec<Item> = quotations(text)
        .into_iter()
        .map(|inner| Item { span: inner.start - 1..inner.end + 1, value: Value::Quotation(inner) })
        .collect();
    let quoted = !found.is_empty();
    let free = |found: &[Item], span: &Range<usize>| {
        found.iter().all(|i| i.span.end <= span.start || span.end <= i.span.start)
    };
    let mut dates: Vec<(Range<usize>, Vec<CalendarWords>)> = Vec::new();
    for words in calendar(text, lexicon) {
        match dates.last_mut() {
            Some((span, list)) if *span == words.span => list.push(words),
            _ => dates.push((words.span.clone(), vec![words])),
        }
    }
    for (span, list) in dates {
        if free(&found, &span) {
            found.push(Item { span, value: Value::Date(list) });
        }
    }
    for quantity in quantities(text, lexicon) {
        let words = text.get(quantity.span.clone()).unwrap_or_default();
        let counts = match &quantity.kind {
            Kind::Vague => words.contains(char::is_numeric),
            Kind::Ordinal(1) => words.contains(char::is_numeric),
            _ => !words.eq_ignore_ascii_case("one"),
        };
        if counts && free(&found, &quantity.span) {
            found.push(Item { span: quantity.span.clone(), value: Value::Quantity(quantity) });
        }
    }
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(char::is_numeric)).map(|i| at + i) {
        let digit = next..next + text[next..].chars().next().map_or(1, char::len_utf8);
        if let Some(item) = found.iter().find(|i| i.span.start < digit.end && digit.start < i.span.end) {
            at = item.span.end.max(digit.end);
            continue;
        }
        // the whole word the digits are in, as far as no other item reaches
        let part = |c: char| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | ',' | ';' | '¦');
        let mut start = text[..next].trim_end_matches(part).len();
        let mut end = text.len() - text[next..].trim_start_matches(part).len();
        for item in &found {
            if item.span.end <= next {
                start = start.max(item.span.end);
            } else if item.span.start >= digit.end {
                end = end.min(item.span.start);
            }
        }
        let end = start + text[start..end].trim_end_matches(['.', '!', '?', ':']).len();
        let span = start..end.max(digit.end);
        at = span.end;
        found.push(Item { span, value: Value::Digits });
    }
    if !quoted && cues(text, lexicon).iter().any(|cue| cue.kind == CueKind::Attribution) {
        found.push(Item { span: 0..text.len(), value: Value::Attributed });
    }
    found.sort_by_key(|item| (item.span.start, item.span.end));
    found
}

/// The insides of quotation marks in a folded text, which has straight ones only.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let marks: Vec<usize> = text.match_indices('"').map(|(i, _)| i).collect();
    marks.chunks_exact(2).map(|pair| pair[0] + 1..pair[1]).filter(|r| !text[r.clone()].trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise::fold;

    fn read(text: &str) -> Vec<String> {
        let text = fold(text);
        items(&text, Lexicon::or_bare("en"))
            .into_iter()
            .map(|i| format!("{} {}", i.class().word(), &text[i.span]))
            .collect()
    }

    #[test]
    fn numbers_dates_and_statements() {
        assert_eq!(
            read("On 4 March 2024 at least 29 people and two dogs drowned at 05:30."),
            ["date 4 March 2024", "number at least 29", "number two", "number 05:30"]
                .iter()
                .map(|s| (*s).to_owned())
                .collect::<Vec<_>>()
        );
        assert_eq!(read("The mayor said it was late."), ["statement The mayor said it was late."]);
        assert_eq!(read("“We have 12”, he said."), ["statement \"We have 12\""]);
        assert_eq!(read("One of them came first."), Vec::<String>::new());
        assert_eq!(read("A 21-year-old in an F-16."), ["number 21-year-old", "number F-16"]);
        assert_eq!(read("40–50 or 1,200"), ["number 40-50", "number 1,200"]);
    }

    #[test]
    fn no_digit_is_passed_over() {
        for text in ["x9y 3/4 and 7:8-9", "9", "(9)", "§ 12a.b", "10.000,5", "٣ and 3"] {
            let found = items(text, Lexicon::or_bare("en"));
            for (at, c) in text.char_indices().filter(|(_, c)| c.is_numeric()) {
                assert!(found.iter().any(|i| i.span.contains(&at)), "{c} in {text:?}: {found:?}");
            }
        }
    }
}
