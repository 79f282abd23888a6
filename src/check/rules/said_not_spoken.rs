//! Words given as speech that the source does not quote as speech.

use std::ops::Range;

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::text::gate::visible;

pub(super) fn check(passages: &[Passage<'_>]) -> Vec<Diagnostic> {
    let Some(first) = passages.first() else { return Vec::new() };
    let Some(said) = first.cited.said else { return Vec::new() };
    // with an article missing, the words may be speech there
    if passages.len() < first.cited.citations.len() {
        return Vec::new();
    }
    let places: Vec<(&Passage<'_>, Range<usize>)> =
        passages.iter().flat_map(|p| p.inside_quote(said).into_iter().map(move |range| (p, range))).collect();
    let Some((passage, place)) = places.first() else { return Vec::new() };
    if places.iter().any(|(p, range)| is_speech(p, range)) {
        return Vec::new();
    }
    vec![
        passage
            .finding(
                format!("{} gives as speech what its source does not quote", passage.name()),
                said.span(),
                "put into the speaker's mouth",
                place,
                format!("\"{}\" does not stand inside quotation marks", visible(&passage.text[place.clone()])),
            )
            .help("leave `said` out: the source's own words are then printed as the source's"),
    ]
}

/// Whether a range lies inside one pair of quotation marks, or in a passage set off as a quotation.
fn is_speech(passage: &Passage<'_>, range: &Range<usize>) -> bool {
    let text = passage.text;
    let inside = &text[range.clone()];
    if marks(inside).any(|(at, opens)| !(opens && at == 0) && at + 1 < inside.len()) {
        return false;
    }
    let starts_with_mark = marks(inside).next().is_some_and(|(at, opens)| at == 0 && opens);
    match marks(text).take_while(|(at, _)| *at < range.start).last() {
        _ if starts_with_mark => true,
        Some((_, opens)) => opens,
        // no mark before it: a block that an earlier paragraph announces, or a line of dialogue
        None => {
            let before = &passage.article.folded().text()[..passage.paragraph.start];
            before.trim_end().ends_with([':', '：']) || text.trim_start().starts_with('-') || text[..range.start].contains([':', '：'])
        }
    }
}

/// The quotation marks of a text, and whether each opens: it opens where no word or stop stands right before it.
fn marks(text: &str) -> impl Iterator<Item = (usize, bool)> + '_ {
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
