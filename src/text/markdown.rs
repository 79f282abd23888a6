//! Plain text as Markdown that reads back as that same text, in GitHub's flavour.
//!
//! One thing nobody can hold back there: GitHub makes a link of a mail address after it has read the Markdown, whatever is
//! escaped. Its text is the address, and it leads to nothing but a mailbox.

/// `text` on one line, with everything escaped that Markdown would take for markup, wherever in a line it is put.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let flat: Vec<char> = flatten(text);
    // digits and a stop at the start of a line would open a list
    let digits = flat.iter().take_while(|c| c.is_ascii_digit()).count();
    let list =
        digits > 0 && matches!(flat.get(digits), Some('.' | ')')) && matches!(flat.get(digits + 1), None | Some(' '));
    // a run of these at the end of a heading would close it, and not be seen
    let closing = flat.len() - flat.iter().rev().take_while(|c| **c == '#').count();
    for (i, &c) in flat.iter().enumerate() {
        let next = flat.get(i + 1).copied();
        let escaped = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$' => true,
            '#' if i == closing => true,
            '#' | '+' | '-' | '=' => i == 0,
            '.' | ')' if list && i == digits => true,
            '&' => next.is_some_and(|n| n.is_ascii_alphanumeric() || n == '#'),
            // an address or an emoji shortcode would be turned into something else
            ':' => {
                let named = |n: char| n.is_ascii_alphanumeric() || matches!(n, '+' | '-' | '_');
                next == Some('/') || next.is_some_and(named) && flat[i + 1..].contains(&':')
            }
            '.' => i >= 3 && flat[i - 3..i].iter().all(|w| w.eq_ignore_ascii_case(&'w')),
            '@' | '{' | '}' => true,
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// On one line, single spaces, none at the ends.
fn flatten(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    for c in text.trim().chars() {
        if matches!(c, ' ' | '\n' | '\r' | '\t') {
            if out.last() != Some(&' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    fn read_back(markdown: &str) -> Option<String> {
        let mut text = String::new();
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH;
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Start(Tag::Paragraph | Tag::Heading { .. })
                | Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => {}
                Event::Text(t) => text.push_str(&t),
                _ => return None,
            }
        }
        Some(text)
    }

    #[test]
    fn hostile_values_stay_text() {
        for value in [
            "# no heading",
            "- no list",
            "1. no list",
            "2015) no list",
            "*no* _emphasis_",
            "[no](link)",
            "<script>",
            "a | b",
            "~~no~~",
            "$x$ and 5$",
            "&amp; stays",
            "`code`",
            "> no quote",
            "=== no",
            "+ x",
            "![img](x)",
            "line\nbreak",
            "[^1]",
            "www.example.org",
            "https://example.org",
            ":smile:",
            ":+1: and :-1:",
            "back\\slash",
            "---",
            "***",
            "[ ] task",
            "a@b.org",
            "{{x}}",
            "<!-- c -->",
            "\u{a0}x",
            "# closed #",
            "closed ###",
            "###",
            "C# and F#",
        ] {
            let expected: String = flatten(value).into_iter().collect();
            assert_eq!(read_back(&escape(value)).as_deref().map(str::trim), Some(expected.trim()), "{value}");
            // the end of a heading is no part of the value
            let heading = format!("## {}\n", escape(value));
            assert_eq!(read_back(&heading).as_deref().map(str::trim), Some(expected.trim()), "{value}");
        }
    }

    /// What a page is made of, each text with the element it stands in.
    fn structure(markdown: &str) -> Vec<String> {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH;
        let mut out: Vec<String> = vec![String::new()];
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(text) => out.last_mut().unwrap().push_str(&text),
                other => out.extend([format!("{other:?}"), String::new()]),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn escape_then_parse_gives_the_text_back(value in "[ -~éд中\n]{1,60}") {
            let expected: String = flatten(&value).into_iter().collect();
            prop_assume!(!expected.trim().is_empty());
            prop_assert_eq!(read_back(&escape(&value)), Some(expected));
        }

        #[test]
        fn escaped_text_is_text_in_every_position(
            value in "([ -~\n\t]|[éд中٣\u{301}\u{200d}\u{a0}\u{2003}]|[*_`~#|<>&:@=+\\[\\](){}$!.\\\\-]|www\\.|https?://|:[a-z]:|&amp;|[0-9]\\. ){1,30}",
            position in prop::sample::select(vec![
                "@", "before @ after", "before @", "@ after", "# @", "### @", "- @", "1. @", "> @", "- item\n  @", "word\n@",
                "| head | @ |\n|:--|:--|\n| cell | cell |", "| head | head |\n|:--|:--|\n| @ | @ |",
                "a [@](#ref-1) link", "a **bold: @ word** here", "a *word @ word* here",
            ]),
        ) {
            let expected: String = flatten(&value).into_iter().collect();
            prop_assume!(!expected.is_empty());
            let wanted: Vec<String> = structure(&position.replace('@', "QQ")).into_iter().map(|part| part.replace("QQ", &expected)).collect();
            prop_assert_eq!(structure(&position.replace('@', &escape(&value))), wanted);
        }
    }
}
