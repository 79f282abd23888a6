//! A reserve of the source that the record does not pass on.

use crate::check::passage::Passage;
use crate::diag::{Diagnostic, Edit, Fix};
use crate::load::document::{beside, string};
use crate::text::gate::visible;
use crate::text::lexicon::CueKind;
use crate::text::normalise::fold;
use crate::text::sentence::{cues, governs};

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let declared: Vec<String> = passage
        .cited
        .hedge
        .map(|h| h.split([',', '،']).map(|part| fold(part).to_lowercase()).collect())
        .unwrap_or_default();
    let selection = passage.selection();
    let mut findings = Vec::new();
    for sentence in &passage.sentences {
        let text = &passage.text[sentence.clone()];
        let targets: Vec<_> = selection
            .iter()
            .filter(|s| s.start < sentence.end && sentence.start < s.end)
            .map(|s| s.start.max(sentence.start) - sentence.start..s.end.min(sentence.end) - sentence.start)
            .collect();
        for cue in cues(text, passage.lexicon).iter().filter(|c| c.kind == CueKind::Hedge) {
            let place = sentence.start + cue.span.start..sentence.start + cue.span.end;
            let word = text[cue.span.clone()].to_lowercase();
            let known = declared.iter().any(|d| d.contains(&word) || word.contains(d.as_str()) && !d.is_empty());
            let bears = targets.iter().any(|t| {
                t.start < cue.span.end && cue.span.start < t.end || governs(text, cue, t, passage.lexicon)
            });
            // what a speaker says of something is no reserve of the source
            let speakers_own = passage.in_speech(&place);
            if known || !bears || speakers_own {
                continue;
            }
            let at = passage.cited.hedge.map_or_else(|| passage.citation.quote.span(), |h| h.span());
            let file = passage.cited.head.file;
            let edit = match passage.cited.hedge {
                Some(hedge) => Some(Edit::new(file, hedge.span(), string(&format!("{}, {word}", **hedge)))),
                // in a list of citations there is no place for it: it is a key of the record
                None if passage.cited.citations.len() == 1 => {
                    beside(file, passage.citation.quote.span(), "hedge", &string(&word)).filter(|e| !e.text.starts_with(','))
                }
                None => None,
            };
            findings.push(
                passage
                    .finding(
                        format!("{} drops a reserve of its source", passage.name()),
                        at,
                        "no such `hedge` declared",
                        &place,
                        format!("the source says \"{}\"", visible(&passage.text[place.clone()])),
                    )
                    .help(format!("add `hedge = \"{}\"`: it is printed with the figure", visible(&word)))
                    .fixed(edit.map(|edit| Fix {
                        title: format!("declare the hedge \"{}\"", visible(&word)),
                        edits: vec![edit],
                        safe: false,
                    })),
            );
        }
    }
    findings.truncate(1);
    findings
}
