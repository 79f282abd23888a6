//! A claimant whom the source does not name by then.

use std::ops::Range;

use crate::check::passage::Passage;
use crate::diag::{Diagnostic, Edit};
use crate::facts::at::At;
use crate::facts::dossier::Actor;
use crate::facts::table::Ref;
use crate::load::document::basic_string;
use crate::text::find::is_whole;
use crate::text::lexicon::CueKind;
use crate::text::normalise::fold;
use crate::text::sentence::{cues, governs};

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let dossier = passage.dossier;
    let record = passage.cited.claimants.iter().copied();
    let mut findings = Vec::new();
    for claimant in record.chain(&passage.citation.via) {
        let mentioned = dossier.names_of(**claimant).any(|name| {
            let name = fold(name).to_lowercase();
            // who is spoken of by "he" or "it" was named in an earlier paragraph
            let end = lower_end(passage);
            let text = &passage.article_lower[..end];
            !name.is_empty() && text.match_indices(&name).any(|(at, _)| is_whole(text, &(at..at + name.len())))
        });
        if mentioned {
            if let Some(finding) = another_says_it(passage, claimant) {
                findings.push(finding);
            }
            continue;
        }
        let actor = &dossier.actors[**claimant];
        findings.push(
            passage
                .finding(
                    format!("{} names a claimant whom its source does not", passage.name()),
                    claimant.span(),
                    format!("\"{}\" does not occur up to the quotation, by any known name", actor.name.as_str()),
                    &passage.quote,
                    "the source says this",
                )
                .help(format!("name who says it there, or add the words the source calls `{}` by to its `aliases`", actor.id)),
        );
    }
    findings
}

/// Where the paragraph ends in the article in lower case, which may differ in length from the article.
fn lower_end(passage: &Passage<'_>) -> usize {
    let text = passage.article.folded().text();
    if passage.article_lower.len() == text.len() && passage.article_lower.is_char_boundary(passage.paragraph.end) {
        return passage.paragraph.end;
    }
    text[..passage.paragraph.end].to_lowercase().len().min(passage.article_lower.len())
}

/// A finding where the sentence gives the words to another known actor, and does not name the claimant at all.
fn another_says_it(passage: &Passage<'_>, claimant: &At<Ref<Actor>>) -> Option<Diagnostic> {
    let dossier = passage.dossier;
    let selected = passage.carrier()?;
    let range = passage.sentence_of(&selected);
    let sentence = &passage.text[range.clone()];
    let lower = sentence.to_lowercase();
    if lower.len() != sentence.len() {
        return None;
    }
    let stands = |actor: Ref<Actor>| -> Option<Range<usize>> {
        dossier
            .names_of(actor)
            .filter_map(|name| {
                let name = fold(name).to_lowercase();
                let (at, _) = lower.match_indices(&name).find(|(at, _)| is_whole(&lower, &(*at..at + name.len())))?;
                (!name.is_empty()).then(|| at..at + name.len())
            })
            .max_by_key(|r| r.end - r.start)
    };
    let within = |mut a: Ref<Actor>, b: Ref<Actor>| {
        for _ in 0..=dossier.actors.len() {
            if a == b {
                return true;
            }
            match &dossier.actors[a].part_of {
                Some(outer) => a = **outer,
                None => return false,
            }
        }
        false
    };
    let involved = || passage.cited.claimants.iter().map(|c| ***c).chain(passage.citation.via.iter().map(|v| **v));
    if stands(**claimant).is_some() || involved().any(|a| stands(a).is_some()) {
        return None;
    }
    let cues: Vec<_> = cues(sentence, passage.lexicon).into_iter().filter(|c| c.kind == CueKind::Attribution).collect();
    dossier.actors.iter().find_map(|(other, actor)| {
        if involved().any(|a| within(a, other) || within(other, a)) {
            return None;
        }
        let place = stands(other)?;
        // directly before its verb, or directly behind "according to" or "said"
        let cue = cues.iter().find(|c| {
            let gap = if place.end <= c.span.start { sentence.get(place.end..c.span.start) } else { sentence.get(c.span.end..place.start) };
            gap.is_some_and(|g| g.split_whitespace().count() <= 1 && !g.contains([',', ';', '"']))
        })?;
        let bears = governs(sentence, cue, &(selected.start.max(range.start) - range.start..selected.end.min(range.end) - range.start), passage.lexicon);
        bears.then(|| {
            passage
                .finding(
                    format!("{} gives its words to another than its source does", passage.name()),
                    claimant.span(),
                    format!("\"{}\" is not named in this sentence", dossier.actors[**claimant].name.as_str()),
                    &(range.start + place.start..range.start + place.end),
                    format!("the source gives them to `{}`", actor.id),
                )
                .help(format!("write `{}` as the claimant, or add the chain as `via`", actor.id))
                .fix(
                    format!("write `{}` as the claimant", actor.id),
                    vec![Edit::new(passage.cited.head.file, claimant.span(), basic_string(&actor.id))],
                )
        })
    })
}
