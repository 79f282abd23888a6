//! Marks around the values of a view, by which the audit tells what a template prints of each: two private characters that
//! number a value before it, and [`CLOSE`] behind it.

use crate::text::markdown::escape;

/// Ends a value.
pub const CLOSE: char = '\u{10fffd}';
/// The first of the characters that number a value; no text that is marked holds it or one behind it.
pub const FIRST: u32 = 0xf0000;
/// How many such characters there are: a number has two of them.
pub const BASE: usize = 0x1000;

/// A number as the two characters that begin a value.
#[must_use]
pub fn open(number: usize) -> String {
    let digit = |n: usize| u32::try_from(n % BASE).ok().and_then(|n| char::from_u32(FIRST + n)).unwrap_or(CLOSE);
    [digit(number / BASE), digit(number)].into_iter().collect()
}

/// What a character that numbers a value counts.
#[must_use]
pub fn digit(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(FIRST)?).ok().filter(|n| *n < BASE)
}

/// As [`escape`], the marks around a value left out of it.
pub(super) fn escape_marked(text: &str) -> String {
    let head: String = text.chars().take(2).filter(|c| digit(*c).is_some()).collect();
    match text.strip_prefix(head.as_str()).and_then(|rest| rest.strip_suffix(CLOSE)) {
        Some(inner) if !head.is_empty() => format!("{head}{}{CLOSE}", escape(inner)),
        _ => escape(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_no_part_of_what_is_escaped() {
        let marked = format!("{}- 1. *x*{CLOSE}", open(5000));
        let escaped = escape_marked(&marked);
        assert_eq!(escaped.trim_end_matches(CLOSE).chars().skip(2).collect::<String>(), escape("- 1. *x*"));
    }
}
