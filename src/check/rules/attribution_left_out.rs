//! A statement whose source says who said it, on a record that does not.

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::text::gate::visible;
use crate::text::lexicon::CueKind;
use crate::text::sentence::{cues, governs};

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    if !passage.cited.claimants.is_empty() || !passage.citation.via.is_empty() {
        return Vec::new();
    }
    for sentence in &passage.sentences {
        let text = &passage.text[sentence.clone()];
        let start = passage.quote.start.max(sentence.start) - sentence.start;
        let end = passage.quote.end.min(sentence.end) - sentence.start;
        let found = cues(text, passage.lexicon);
        // an attribution inside the quotation is there to be read
        let at = |span: &std::ops::Range<usize>| sentence.start + span.start..sentence.start + span.end;
        if found.iter().any(|c| c.kind == CueKind::Attribution && passage.is_quoted(&at(&c.span))) {
            continue;
        }
        for cue in found.iter().filter(|c| c.kind == CueKind::Attribution) {
            let place = at(&cue.span);
            let in_gap = place.start >= passage.quote.start && place.end <= passage.quote.end;
            if passage.in_speech(&place) || !in_gap && !governs(text, cue, &(start..end), passage.lexicon) {
                continue;
            }
            let finding = passage.finding(
                format!("{} leaves out who said it", passage.name()),
                passage.citation.quote.span(),
                "quoted as if the source vouched for it",
                &place,
                format!("\"{}\" attributes it", visible(&passage.text[place.clone()])),
            );
            let remedy = match passage.cited.head.kind {
                "event" => "name who reported it as `via`, or take the attribution into the quotation",
                _ => "name who said it as `by` (or `via`), or take the attribution into the quotation",
            };
            return vec![finding.help(remedy)];
        }
    }
    Vec::new()
}
