//! A quotation from page text that is no part of the article.

use crate::check::article_label;
use crate::check::passage::Attempt;
use crate::diag::Diagnostic;
use crate::text::article::Zone;

pub(super) fn check(attempt: &Attempt<'_>) -> Vec<Diagnostic> {
    let [hit] = attempt.hits.as_slice() else { return Vec::new() };
    if attempt.article.zone(&hit.original) != Zone::Furniture {
        return Vec::new();
    }
    let cited = attempt.cited;
    let mut finding = Diagnostic::new(
        "",
        format!("the quotation of {} `{}` is page furniture", cited.head.kind, cited.head.id),
    )
    .at(cited.head.file, attempt.citation.quote.span(), "not the article's own words");
    finding.labels.push(article_label(attempt.article, &hit.original, "the source lists this line as furniture"));
    vec![finding.help("quote the article itself")]
}
