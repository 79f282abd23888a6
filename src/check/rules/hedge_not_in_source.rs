//! A declared reserve that the source does not make.

use crate::check::passage::Passage;
use crate::diag::{Diagnostic, Fix};
use crate::load::document::without;
use crate::text::find::is_whole;
use crate::text::normalise::fold;

pub(super) fn check(passages: &[Passage<'_>]) -> Vec<Diagnostic> {
    let Some(first) = passages.first() else { return Vec::new() };
    let Some(hedge) = first.cited.hedge else { return Vec::new() };
    // with an article missing, the reserve may stand there
    if passages.len() < first.cited.citations.len() {
        return Vec::new();
    }
    let sentences: Vec<String> =
        passages.iter().flat_map(|p| p.sentences.iter().map(|s| p.text[s.clone()].to_lowercase())).collect();
    let missing: Vec<String> = hedge
        .split([',', '،'])
        .map(|part| fold(part).to_lowercase())
        .filter(|part| {
            part.is_empty()
                || !sentences.iter().any(|s| s.match_indices(part.as_str()).any(|(at, _)| is_whole(s, &(at..at + part.len()))))
        })
        .collect();
    let Some(word) = missing.first() else { return Vec::new() };
    vec![
        first
            .finding(
                format!("{} declares a reserve its source does not make", first.name()),
                hedge.span(),
                format!("\"{}\" is not in the sentence", crate::text::gate::visible(word)),
                &first.quote,
                "the sentence quoted",
            )
            .help("give the source's own word for it, or take `hedge` out")
            .fixed(without(first.cited.head.file, hedge.span()).map(|edit| Fix {
                title: "take `hedge` out".to_owned(),
                edits: vec![edit],
                safe: false,
            })),
    ]
}
