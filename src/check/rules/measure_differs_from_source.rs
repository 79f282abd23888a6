//! A claim's measure that its source does not speak of.

use std::collections::BTreeSet;

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::facts::dossier::Subject;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let Subject::Claim(claim) = passage.cited.subject else { return Vec::new() };
    let claim = &passage.dossier.claims[claim];
    let measure = &passage.dossier.measures[*claim.measure];
    let Some(selected) = &passage.carrier() else { return Vec::new() };
    let sentence = passage.sentence_of(selected);
    let text = &passage.text[sentence.clone()];
    let expressed = passage.vocabulary.measures_in(text, passage.lexicon);
    if expressed.iter().any(|(_, m)| *m == *claim.measure) {
        return Vec::new();
    }
    let title = format!("the source of {} does not say \"{}\"", passage.name(), measure.id);
    if !passage.vocabulary.knows_measure(*claim.measure, passage.lexicon) {
        let finding = Diagnostic::new("", title).at(passage.cited.head.file, claim.measure.span(), "no words are known for this measure");
        return vec![finding.help(format!(
            "list the words by which sources express it: `words = […]` in [measure.{}] (or a measure of your own, where this one is built in)",
            measure.id
        ))];
    }
    let names: BTreeSet<&str> = expressed.iter().map(|(_, m)| passage.dossier.measures[*m].id.as_str()).collect();
    let says = if names.is_empty() {
        "no known measure is expressed in this sentence".to_owned()
    } else {
        format!("this sentence speaks of: {}", names.into_iter().collect::<Vec<_>>().join(", "))
    };
    let whole = sentence.clone();
    let place = expressed.first().map_or(whole, |(r, _)| sentence.start + r.start..sentence.start + r.end);
    vec![
        passage
            .finding(title, claim.measure.span(), format!("\"{}\" is claimed", measure.id), &place, says)
            .help("correct the measure; or, where the source has another word for it, list that in the measure's `words`"),
    ]
}
