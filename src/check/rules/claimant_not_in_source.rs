//! A claimant whom the source does not name by then.

use crate::check::passage::Passage;
use crate::diag::Diagnostic;
use crate::text::find::is_whole;
use crate::text::normalise::fold;

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
