//! A quotation that stands in several places of its article.

use crate::check::article_label;
use crate::check::passage::Attempt;
use crate::diag::Diagnostic;

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
    vec![finding.help("quote a little more, or give the words just before it as `prefix`")]
}
