//! Sentences, and the words in them that govern others: negations, conditions, attributions, hedges.

use std::ops::Range;

use super::lexicon::{CueKind, Lexicon, Meaning};
use super::tokens::tokens;

/// The sentences of a folded paragraph: byte ranges that cover all its text but the spaces between them.
#[must_use]
pub fn sentences(text: &str, lexicon: &Lexicon) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !matches!(c, '.' | '!' | '?' | '؟' | '。' | '！' | '？' | '۔' | '।') {
            continue;
        }
        let mut end = at + c.len_utf8();
        // further stops, closing quotation marks and brackets belong to the sentence
        while let Some((next, closing)) =
            chars.next_if(|(_, n)| matches!(n, '.' | '!' | '?' | '"' | '\'' | ')' | ']' | '」' | '』'))
        {
            end = next + closing.len_utf8();
        }
        let rest = &text[end..];
        let spaceless = matches!(c, '。' | '！' | '？');
        if !spaceless && !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let opening = rest.trim_start().chars().next();
        let goes_on = opening.is_some_and(char::is_lowercase);
        if goes_on || (c == '.' && end == at + 1 && ends_in_abbreviation(&text[start..at], opening, lexicon)) {
            continue;
        }
        push(&mut found, text, start..end);
        start = end;
    }
    push(&mut found, text, start..text.len());
    found.into_iter().flat_map(|range| bounded(text, range)).collect()
}

/// The longest run that is read as one sentence, in bytes: what is said of a sentence costs the square of its length.
const LONGEST: usize = 3_000;

fn bounded(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = range.start;
    while range.end - start > LONGEST {
        let mut limit = start + LONGEST;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let end = text[start..limit].rfind(' ').map_or(limit, |i| start + i).max(start + 1);
        if !text.is_char_boundary(end) {
            break;
        }
        push(&mut parts, text, start..end);
        start = end;
    }
    push(&mut parts, text, start..range.end);
    parts
}

fn push(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let slice = &text[range.clone()];
    let trimmed = slice.trim();
    if !trimmed.is_empty() {
        let start = range.start + (slice.len() - slice.trim_start().len());
        found.push(start..start + trimmed.len());
    }
}

fn ends_in_abbreviation(before: &str, next: Option<char>, lexicon: &Lexicon) -> bool {
    let word = before.rsplit([' ', '(', '"', '\'']).next().unwrap_or_default();
    let lower = word.to_lowercase();
    if next.is_none() {
        return false;
    }
    // an initial, or letters with stops between them: J. Smith, U.S. officials
    let letters: Vec<&str> = word.split('.').collect();
    let initials = letters.iter().all(|l| l.chars().count() == 1 && l.chars().all(char::is_alphabetic));
    if initials && word.chars().next().is_some_and(char::is_uppercase) {
        return true;
    }
    // "no" and other words that are also words end a sentence more often than not, unless a number follows
    if matches!(lower.as_str(), "no" | "co" | "art" | "p" | "d") {
        return next.is_some_and(char::is_numeric);
    }
    lexicon.is_abbreviation(&lower)
}

/// A word or phrase that governs others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it does.
    pub kind: CueKind,
}

/// The cues of `text`, in order. A phrase that only holds a cue's word ("not only", "claimed responsibility") is none.
#[must_use]
pub fn cues(text: &str, lexicon: &Lexicon) -> Vec<Cue> {
    const KINDS: [CueKind; 4] = [CueKind::Negation, CueKind::Condition, CueKind::Attribution, CueKind::Hedge];
    let all = tokens(text);
    let mut found = Vec::new();
    for kind in KINDS {
        let mut at = 0;
        while at < all.len() {
            let hit = lexicon.at(&all, at, |m| match m {
                Meaning::Cue(k) if *k == kind => Some(true),
                Meaning::NoCue(k) if *k == kind => Some(false),
                _ => None,
            });
            match hit {
                Some((is_cue, taken)) => {
                    // "no-fly zone", "so-called": part of a compound
                    let hyphen = |i: usize| all.get(i).is_some_and(|t| t.lower == "-" && !t.spaced);
                    let compound = hyphen(at + taken) && all.get(at + taken + 1).is_some_and(|t| !t.spaced)
                        || !all[at].spaced && at > 0 && hyphen(at - 1);
                    if is_cue && !compound {
                        found.push(Cue { span: all[at].span.start..all[at + taken - 1].span.end, kind });
                    }
                    at += taken;
                }
                None => at += 1,
            }
        }
    }
    found.sort_by_key(|cue| (cue.span.start, cue.span.end, cue.kind));
    found
}

/// Whether a cue bears on a passage of the same sentence: no clause ends between them, and a negation or condition
/// stands before what it governs.
#[must_use]
pub fn governs(sentence: &str, cue: &Cue, passage: &Range<usize>, lexicon: &Lexicon) -> bool {
    let gap = if cue.span.end <= passage.start {
        cue.span.end..passage.start
    } else if passage.end <= cue.span.start {
        // behind what it governs an attribution is set off: "…, officials said"; "bombed what it said was" attributes what follows
        let set_off = sentence[passage.end..cue.span.start].contains([',', '،', '"', '-']);
        if matches!(cue.kind, CueKind::Negation | CueKind::Condition) || cue.kind == CueKind::Attribution && !set_off {
            return false;
        }
        passage.end..cue.span.start
    } else {
        return false;
    };
    let all = tokens(sentence);
    !(0..all.len()).any(|at| {
        all[at].span.start >= gap.start
            && lexicon
                .at(&all, at, |m| matches!(m, Meaning::Boundary).then_some(()))
                .is_some_and(|(_, taken)| all[at + taken - 1].span.end <= gap.end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text, Lexicon::or_bare("en")).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn where_sentences_end() {
        assert_eq!(split("One. Two! Three?"), ["One.", "Two!", "Three?"]);
        assert_eq!(
            split("U.S. officials met at St. Mark's. He said \"No.\" Then left."),
            ["U.S. officials met at St. Mark's.", "He said \"No.\"", "Then left."]
        );
        assert_eq!(split("It rose 1.5 points. J. Smith agreed."), ["It rose 1.5 points.", "J. Smith agreed."]);
        assert_eq!(split("He asked \"why?\" and left."), ["He asked \"why?\" and left."]);
        assert_eq!(split("死者は12人。負傷者は3人。"), ["死者は12人。", "負傷者は3人。"]);
        assert_eq!(split("قتل خمسة. هل هذا صحيح؟ نعم"), ["قتل خمسة.", "هل هذا صحيح؟", "نعم"]);
    }

    fn kinds(text: &str) -> Vec<(String, CueKind)> {
        cues(text, Lexicon::or_bare("en")).into_iter().map(|c| (text[c.span].to_lowercase(), c.kind)).collect()
    }

    #[test]
    fn cues_and_what_only_looks_like_one() {
        assert!(kinds("IS claimed responsibility; not only that").is_empty());
        assert_eq!(kinds("They didn't go"), [("didn't".to_owned(), CueKind::Negation)]);
        assert!(kinds("a commander claimed 40").contains(&("claimed".to_owned(), CueKind::Hedge)));
        assert!(kinds("near a place said to be Sirte").iter().all(|(_, k)| *k == CueKind::Hedge));
    }

    #[test]
    fn governing_stops_at_the_end_of_the_clause() {
        let lexicon = Lexicon::or_bare("en");
        let check = |text: &str, passage: &str| {
            let at = text.find(passage).unwrap();
            cues(text, lexicon)
                .iter()
                .any(|c| c.kind == CueKind::Negation && governs(text, c, &(at..at + passage.len()), lexicon))
        };
        assert!(check("Officials did not confirm that the army attacked the hospital", "the army attacked"));
        assert!(!check("The statement did not mention targets, but the air force said it had", "the air force said"));
        assert!(!check("The army attacked but did not win", "The army attacked"));
    }

    proptest! {
        #[test]
        fn sentences_cover_all_but_spaces(text in any::<String>()) {
            let lexicon = Lexicon::or_bare("en");
            let mut at = 0;
            for range in sentences(&text, lexicon) {
                prop_assert!(text[at..range.start].trim().is_empty());
                at = range.end;
            }
            prop_assert!(text[at..].trim().is_empty());
            for cue in cues(&text, lexicon) {
                prop_assert!(text.get(cue.span).is_some());
            }
        }
    }
}
