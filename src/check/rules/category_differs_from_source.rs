//! A claim that counts other people than its source does.

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::facts::dossier::Subject;
use crate::text::gate::visible;
use crate::text::quantity::{Kind, quantities};

/// How many words may lie between a number and the noun it counts.
const REACH: usize = 4;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let Subject::Claim(claim) = passage.cited.subject else { return Vec::new() };
    let claim = &passage.dossier.claims[claim];
    let Some(who) = &claim.who else { return Vec::new() };
    let category = &passage.dossier.categories[**who];
    let Some(selected) = &passage.carrier() else { return Vec::new() };
    let sentence = passage.sentence_of(selected);
    let text = &passage.text[sentence.clone()];
    let named = passage.vocabulary.categories_in(text, passage.lexicon);
    // the noun a number counts comes soon after it
    let number = quantities(passage.text, passage.lexicon)
        .into_iter()
        .find(|q| q.kind != Kind::Vague && q.span.start < selected.end && selected.start < q.span.end)
        .map(|q| q.span);
    let from = number.as_ref().map_or(selected.start, |n| n.end).saturating_sub(sentence.start);
    let counted = named.iter().find(|(place, _)| {
        place.start >= from && {
            let between = &text[from..place.start];
            between.split_whitespace().count() <= REACH && !between.contains([',', ';', '.'])
        }
    });
    let whole_sentence_names_it = named.iter().any(|(_, c)| *c == **who);
    let (place, says) = match counted {
        Some((_, found)) if *found == **who => return Vec::new(),
        // without a number nothing ties the noun to the figure: it is enough that the sentence names the category
        Some(_) | None if number.is_none() && whole_sentence_names_it => return Vec::new(),
        Some((place, found)) => {
            let other = &passage.dossier.categories[*found].id;
            (sentence.start + place.start..sentence.start + place.end, format!("\"{}\" counts {other}", visible(&text[place.clone()])))
        }
        None if whole_sentence_names_it => return Vec::new(),
        // the widest category claims no more than that they are people, which the measure says already
        None if category.id == "people" => return Vec::new(),
        None => (selected.clone(), format!("nothing here names {}", category.name.as_str())),
    };
    vec![
        passage
            .finding(
                format!("{} counts other people than its source", passage.name()),
                who.span(),
                format!("\"{}\" is claimed", category.id),
                &place,
                says,
            )
            .help("correct `who`; or, where the source has another word for them, list that in the category's `words`"),
    ]
}
