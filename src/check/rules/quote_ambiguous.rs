//! A quotation that stands in several places of its article.

use crate::check::article_label;
use crate::check::passage::Attempt;
use crate::diag::Diagnostic;
use crate::load::document::{beside, string};
use crate::text::gate::visible;

pub(super) fn check(attempt: &Attempt<'_>) -> Vec<Diagnostic> {
    if attempt.hits.len() < 2 {
        return Vec::new();
    }
    let cited = attempt.cited;
    let mut finding = Diagnostic::new(
        "",
        format!("the quotation of {} `{}` stands in {} places", cited.head.kind, cited.head.id, attempt.hits.len()),
    )
    .at(cited.head.file, attempt.citation.quote.span(), "which of them is meant?");
    for hit in attempt.hits.iter().take(3) {
        finding.labels.push(article_label(attempt.article, &hit.original, "here"));
    }
    if attempt.citation.prefix.is_none() {
        for hit in attempt.hits.iter().take(5) {
            let line = attempt.article.line(hit.original.start);
            if let Some(prefix) = distinct(attempt, hit.folded.start)
                && let Some(edit) = beside(cited.head.file, attempt.citation.quote.span(), "prefix", &string(&prefix))
            {
                finding = finding.fix(format!("mean the one on line {line}, after \"{}\"", visible(&prefix)), vec![edit]);
            }
        }
    }
    vec![finding.help("quote a little more, or give the words just before it as `prefix`")]
}

/// The fewest words just before a place, in its paragraph, that stand before none of the other places.
fn distinct(attempt: &Attempt<'_>, at: usize) -> Option<String> {
    let text = attempt.article.folded().text();
    let paragraph = attempt.article.paragraph_at(at);
    let before = text.get(paragraph.start..at)?.trim_end();
    let others: Vec<&str> =
        attempt.hits.iter().map(|hit| hit.folded.start).filter(|other| *other != at).map(|other| text[..other].trim_end()).collect();
    let starts = before.match_indices(' ').map(|(space, _)| space + 1).rev().chain([0]).take(8);
    starts.filter_map(|start| before.get(start..)).find(|words| !words.is_empty() && !others.iter().any(|o| o.ends_with(words))).map(str::to_owned)
}
