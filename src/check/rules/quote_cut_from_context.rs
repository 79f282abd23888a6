//! A quotation cut so that a negation or condition that governs it falls outside.

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::facts::dossier::Subject;
use crate::text::gate::visible;
use crate::text::lexicon::CueKind;
use crate::text::sentence::{Cue, cues, governs};

/// How many words may lie between a negation and what it governs.
const REACH: usize = 10;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let mut findings = joined_sentences(passage);
    for sentence in &passage.sentences {
        let text = &passage.text[sentence.clone()];
        for cue in cues(text, passage.lexicon) {
            if !matches!(cue.kind, CueKind::Negation | CueKind::Condition) {
                continue;
            }
            let place = sentence.start + cue.span.start..sentence.start + cue.span.end;
            if passage.is_quoted(&place) {
                continue;
            }
            let governed = passage.parts.iter().find(|part| {
                part.start < sentence.end && sentence.start < part.end && {
                    let start = part.start.max(sentence.start) - sentence.start;
                    let end = part.end.min(sentence.end) - sentence.start;
                    bears(text, &cue, &(start..end), passage)
                }
            });
            // left out between two quoted parts, a negation is cut whatever clause it stands in
            let in_gap = cue.kind == CueKind::Negation && passage.quote.start < place.start && place.end < passage.quote.end;
            if governed.is_none() && !in_gap {
                continue;
            }
            let what = match cue.kind {
                CueKind::Negation => "a negation",
                _ => "a condition",
            };
            let finding = passage.finding(
                format!("the quotation of {} leaves out {what} that governs it", passage.name()),
                passage.citation.quote.span(),
                "cut here",
                &place,
                format!("\"{}\" bears on the words quoted", visible(&passage.text[place.clone()])),
            );
            findings.push(
                finding
                    .note("the sentence is judged, not the cut: a true passage can be quoted for what its sentence denies")
                    .help("take the words into the quotation, and record what the whole sentence says"),
            );
        }
    }
    findings
}

/// A claim whose `[...]` joins words of different sentences: what the one says of its subject the other does not.
fn joined_sentences(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let claims = matches!(passage.cited.subject, Subject::Claim(_) | Subject::Event(_));
    let first = passage.parts.first().map(|p| passage.sentence_of(p));
    let apart = passage.parts.iter().find(|p| Some(passage.sentence_of(p)) != first);
    match (claims, apart) {
        (true, Some(part)) => vec![
            passage
                .finding(
                    format!("the quotation of {} joins words of different sentences", passage.name()),
                    passage.citation.quote.span(),
                    "`[...]` makes one statement of two",
                    part,
                    "another sentence",
                )
                .help("quote one sentence; a record that needs two cites each with its own quotation"),
        ],
        _ => Vec::new(),
    }
}

/// Whether a cue bears on a part of its sentence: near enough before it, in the same clause, no aside left open.
pub(super) fn bears(sentence: &str, cue: &Cue, part: &std::ops::Range<usize>, passage: &Passage<'_>) -> bool {
    if cue.span.end > part.start || !governs(sentence, cue, part, passage.lexicon) {
        return false;
    }
    let between = &sentence[cue.span.end..part.start];
    let opens = cue.kind == CueKind::Condition && sentence[..cue.span.start].trim().is_empty();
    // commas come in pairs around an aside; a single one ends what a negation governs
    let commas = between.matches([',', '،']).count();
    if commas % 2 == 1 && !opens {
        return false;
    }
    // speech is its speaker's: a cue outside the marks does not negate what is said inside them, and the other way round
    let marks = between.matches('"').count();
    let negates_speech = marks % 2 == 1 && cue.kind == CueKind::Condition;
    !negates_speech && between.split_whitespace().count() <= REACH
}
