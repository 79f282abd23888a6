//! A claim that counts other people than its source does.

use std::ops::Range;

use crate::check::passage::Passage;
use crate::diag::{Diagnostic, Edit, Fix};
use crate::facts::dossier::{Category, Subject};
use crate::facts::table::Ref;
use crate::load::document::basic_string;
use crate::text::gate::visible;
use crate::text::lexicon::{Lexicon, Meaning};
use crate::text::quantity::{Kind, quantities};
use crate::text::tokens::tokens;

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
    let number = passage
        .quantities()
        .iter().find(|&q| q.kind != Kind::Vague && q.span.start < selected.end && selected.start < q.span.end).cloned()
        .map(|q| q.span.clone());
    let from = number.as_ref().map_or(selected.start, |n| n.end).saturating_sub(sentence.start);
    let counted = counted(text, from, &named, passage.lexicon);
    if let Some(unit) = number.as_ref().and_then(|n| unit_behind(&passage.text[n.end..], passage.lexicon)) {
        let place = number.as_ref().map_or(selected.clone(), |n| n.start..n.end + unit);
        let says = format!("\"{}\" is no count of people", visible(&passage.text[place.clone()]));
        return vec![mismatch(passage, &category.id, who.span(), &place, says)];
    }
    // "12 women and children": the number counts both together
    if let Some((place, found)) = counted
        && let Some((next, other)) = named.iter().find(|(p, c)| p.start >= place.end && c != found)
        && joins(&text[place.end..next.start], passage.lexicon)
        && text[place.end..next.start].split_whitespace().count() == 1
    {
        let both = sentence.start + place.start..sentence.start + next.end;
        let says = format!("counts {} and {} together", passage.dossier.categories[*found].id, passage.dossier.categories[*other].id);
        return vec![mismatch(passage, &category.id, who.span(), &both, says)];
    }
    // a number without a noun behind it may count what stands before it: "of the civilians, 12 died"
    let whole_sentence_names_it =
        named.iter().any(|(place, c)| *c == **who && (number.is_none() || place.end <= from || next_is_verb(text, from, &named)));
    let mut meant: Option<&str> = None;
    let (place, says) = match counted {
        Some((_, found)) if *found == **who => return Vec::new(),
        // without a number nothing ties the noun to the figure: it is enough that the sentence names the category
        Some(_) | None if number.is_none() && whole_sentence_names_it => return Vec::new(),
        Some((place, found)) => {
            let other = &passage.dossier.categories[*found].id;
            meant = Some(other);
            (sentence.start + place.start..sentence.start + place.end, format!("\"{}\" counts {other}", visible(&text[place.clone()])))
        }
        None if whole_sentence_names_it => return Vec::new(),
        // the widest category claims no more than that they are people, which the measure says already
        None if category.id == "people" => return Vec::new(),
        None => (selected.clone(), format!("nothing here names {}", category.name.as_str())),
    };
    let fix = meant.map(|id| Fix {
        title: format!("write `who = \"{id}\"`"),
        edits: vec![Edit::new(passage.cited.head.file, who.span(), basic_string(id))],
        safe: false,
    });
    vec![mismatch(passage, &category.id, who.span(), &place, says).fixed(fix)]
}

/// The noun that a number ending at `from` counts, of those that a sentence names.
pub(crate) fn counted<'n>(
    text: &str,
    from: usize,
    named: &'n [(Range<usize>, Ref<Category>)],
    lexicon: &'static Lexicon,
) -> Option<&'n (Range<usize>, Ref<Category>)> {
    named.iter().find(|(place, _)| {
        place.start >= from && {
            let between = &text[from..place.start];
            // past another number or an "and" begins what that one counts
            let crosses =
                quantities(between, lexicon).iter().any(|q| q.kind != Kind::Vague) || joins(between, lexicon);
            between.split_whitespace().count() <= REACH && !between.contains([',', ';', '.']) && !crosses
        }
    })
}

fn mismatch(passage: &Passage<'_>, claimed: &str, at: &Range<usize>, place: &Range<usize>, says: String) -> Diagnostic {
    passage
        .finding(
            format!("{} counts other people than its source", passage.name()),
            at,
            format!("\"{claimed}\" is claimed"),
            place,
            says,
        )
        .help("correct `who`; or, where the source has another word for them, list that in the category's `words`")
}

/// Whether a text holds a word that joins two things.
fn joins(text: &str, lexicon: &Lexicon) -> bool {
    let all = tokens(text);
    (0..all.len()).any(|at| lexicon.at(&all, at, |m| matches!(m, Meaning::And).then_some(())).is_some())
}

/// How many bytes a unit of time, length or money takes directly behind a number.
pub(crate) fn unit_behind(text: &str, lexicon: &Lexicon) -> Option<usize> {
    let all = tokens(text);
    let (_, taken) = lexicon.at(&all, 0, |m| matches!(m, Meaning::Unit).then_some(()))?;
    all.get(taken - 1).map(|t| t.span.end)
}

/// Whether nothing that could be a noun follows the number before its clause ends or its measure is named.
fn next_is_verb(text: &str, from: usize, named: &[(Range<usize>, Ref<Category>)]) -> bool {
    let rest = &text[from..];
    rest.trim_start().is_empty() || rest.trim_start().starts_with([',', '.', ';', ')']) && !named.is_empty()
}
