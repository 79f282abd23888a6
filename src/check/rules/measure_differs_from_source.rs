//! A claim's measure that its source does not speak of.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Measure, Subject};
use crate::facts::table::Ref;
use crate::text::quantity::Kind;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let Subject::Claim(claim) = passage.cited.subject else { return Vec::new() };
    let claim = &passage.dossier.claims[claim];
    let measure = &passage.dossier.measures[*claim.measure];
    let Some(selected) = &passage.carrier() else { return Vec::new() };
    let sentence = passage.sentence_of(selected);
    let text = &passage.text[sentence.clone()];
    let expressed = passage.vocabulary.measures_in(text, passage.lexicon);
    let nearer = nearer_measure(passage, &expressed, selected, &sentence);
    if nearer.is_none() && expressed.iter().any(|(_, m)| *m == *claim.measure) {
        return Vec::new();
    }
    if let Some((place, other)) = nearer {
        let other = &passage.dossier.measures[other].id;
        return vec![
            passage
                .finding(
                    format!("the number of {} counts something else in its source", passage.name()),
                    claim.measure.span(),
                    format!("\"{}\" is claimed", measure.id),
                    &(sentence.start + place.start..sentence.start + place.end),
                    format!("this number is of those {other}"),
                )
                .help("correct the measure, or select the number that is meant with `words`"),
        ];
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

/// The measure of people whose word stands nearer to the number than any word of the claim's own, with another number
/// for that one: "12 people were injured and 3 killed".
fn nearer_measure(
    passage: &Passage<'_>,
    expressed: &[(Range<usize>, Ref<Measure>)],
    selected: &Range<usize>,
    sentence: &Range<usize>,
) -> Option<(Range<usize>, Ref<Measure>)> {
    let Subject::Claim(claim) = passage.cited.subject else { return None };
    let own = *passage.dossier.claims[claim].measure;
    if !passage.dossier.measures[own].counts_people {
        return None;
    }
    let number = passage
        .quantities()
        .iter().find(|&q| q.kind != Kind::Vague && q.span.start < selected.end && selected.start < q.span.end).cloned()?
        .span;
    let number = number.start.saturating_sub(sentence.start)..number.end.saturating_sub(sentence.start);
    let distance = |r: &Range<usize>| {
        if r.start >= number.end { r.start - number.end } else { number.start.saturating_sub(r.end) }
    };
    // a noun that names whom a number counts ("militants") says nothing of what befell them
    let named = passage.vocabulary.categories_in(&passage.text[sentence.clone()], passage.lexicon);
    let is_noun = |r: &Range<usize>| named.iter().any(|(n, _)| n.start < r.end && r.start < n.end);
    let of_people =
        || expressed.iter().filter(|(r, m)| passage.dossier.measures[*m].counts_people && (*m == own || !is_noun(r)));
    let mine = of_people().filter(|(_, m)| *m == own).map(|(r, _)| distance(r)).min()?;
    let (place, other) = of_people().filter(|(_, m)| *m != own).min_by_key(|(r, _)| distance(r))?;
    // one word may stand for both ("victims"): then it is not the other's alone
    let shared = of_people().any(|(r, m)| *m == own && r == place);
    // behind the number a word is its verb or noun; before it, it may belong to what was counted before
    let behind = place.start >= number.end;
    (behind && !shared && distance(place) < mine).then(|| (place.clone(), *other))
}
