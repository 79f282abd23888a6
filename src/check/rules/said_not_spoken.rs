//! Words given as speech that the source does not quote as speech.

use std::ops::Range;

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::text::gate::visible;
use crate::text::speech::marks;

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
