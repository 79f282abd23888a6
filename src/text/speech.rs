//! Speech: what stands between quotation marks.

use std::ops::Range;

/// The quotation marks of a folded text, and whether each opens: it opens where no word or stop stands right before it.
pub fn marks(text: &str) -> impl Iterator<Item = (usize, bool)> + '_ {
    text.char_indices().filter_map(|(at, c)| {
        let before = text[..at].chars().next_back();
        let after = text[at + c.len_utf8()..].chars().next();
        let opens = before.is_none_or(|b| b.is_whitespace() || matches!(b, '(' | '[' | '-' | '"' | '\'' | ':'));
        match c {
            '「' | '『' => Some((at, true)),
            '」' | '』' => Some((at, false)),
            '"' => Some((at, opens && after.is_some_and(|a| !a.is_whitespace()))),
            // an apostrophe inside or behind a word is no mark
            '\'' if opens && after.is_some_and(char::is_alphanumeric) => Some((at, true)),
            '\'' if before.is_some_and(|b| matches!(b, '.' | ',' | '!' | '?')) => Some((at, false)),
            _ => None,
        }
    })
}

/// What stands between double quotation marks of a folded paragraph, without the marks, in order.
#[must_use]
pub fn speeches(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, opens) in marks(text) {
        let mark = text[at..].chars().next().unwrap_or(' ');
        match (opens, open) {
            _ if mark == '\'' => {}
            (true, None) => open = Some(at + mark.len_utf8()),
            // a second mark that opens: the first was never closed
            (true, Some(_)) => open = Some(at + mark.len_utf8()),
            (false, Some(start)) => {
                if !text[start..at].trim().is_empty() {
                    found.push(start..at);
                }
                open = None;
            }
            (false, None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spoken(text: &str) -> Vec<&str> {
        speeches(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn what_is_said() {
        assert_eq!(spoken("\"We stay,\" he said. \"All of us.\""), ["We stay,", "All of us."]);
        assert_eq!(spoken("the so-called \"safe zone\" is 12\" wide"), ["safe zone"]);
        assert!(spoken("he said: \"and never stopped").is_empty());
    }

    proptest! {
        #[test]
        fn speeches_are_ordered_and_apart(text in "[a-z \"',.«»「」]{0,60}") {
            let mut last = 0;
            for range in speeches(&text) {
                prop_assert!(range.start >= last && text.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
