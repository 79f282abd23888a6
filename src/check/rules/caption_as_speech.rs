//! Speech quoted from a headline, caption or pull-quote.

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::text::article::Zone;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let Some(said) = passage.cited.said else { return Vec::new() };
    if passage.article.zone(&passage.hit.original) != Zone::Caption || passage.inside_quote(said).is_empty() {
        return Vec::new();
    }
    let finding = passage.finding(
        format!("{} quotes a headline or caption as speech", passage.name()),
        said.span(),
        "these are an editor's words, cut and joined",
        &passage.quote,
        "the source lists this line as a caption",
    );
    vec![finding.help("quote the words where the article reports them as spoken, or leave `said` out")]
}
