//! A figure taken from a sentence that denies it or makes it conditional.

use super::quote_cut_from_context::bears;
use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::facts::dossier::Subject;
use crate::facts::figure::Bounds;
use crate::text::gate::visible;
use crate::text::lexicon::CueKind;
use crate::text::quantity::{Kind, Number};
use crate::text::sentence::cues;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let Subject::Claim(claim) = passage.cited.subject else { return Vec::new() };
    let claim = &passage.dossier.claims[claim];
    // "no civilians were killed" is how a source says zero
    if claim.value.bounds == Bounds::Exact(Number::whole(0)) {
        return Vec::new();
    }
    let Some(selected) = passage.carrier() else { return Vec::new() };
    // the figure itself, so that the words of its own bound ("no fewer than") are not taken for a negation of it
    let figure = passage
        .quantities()
        .iter().find(|&q| q.kind != Kind::Vague && q.span.start < selected.end && selected.start < q.span.end).cloned()
        .map_or(selected, |q| q.span.clone());
    let sentence = passage.sentence_of(&figure);
    let text = &passage.text[sentence.clone()];
    let part = figure.start.saturating_sub(sentence.start)..figure.end.min(sentence.end).saturating_sub(sentence.start);
    for cue in cues(text, passage.lexicon) {
        let place = sentence.start + cue.span.start..sentence.start + cue.span.end;
        let governs = matches!(cue.kind, CueKind::Negation | CueKind::Condition) && bears(text, &cue, &part, passage);
        // what stands outside the quotation is the business of `quote-cut-from-context`
        if !governs || !passage.is_quoted(&place) {
            continue;
        }
        let what = if cue.kind == CueKind::Negation { "denies it" } else { "does not say that it is so" };
        let finding = passage.finding(
            format!("{} claims a figure that its sentence does not", passage.name()),
            claim.value.span(),
            "claimed as a fact",
            &place,
            format!("\"{}\": the sentence {what}", visible(&passage.text[place.clone()])),
        );
        return vec![finding.help("record a denial as a position (`stance = \"denies\"`), and a fear or forecast as background")];
    }
    Vec::new()
}
