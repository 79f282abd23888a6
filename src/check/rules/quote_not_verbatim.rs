//! A quotation that does not stand in its article.

use crate::check::article_label;
use crate::check::passage::Attempt;
use crate::diag::{Diagnostic, Edit};
use crate::load::document::string;
use crate::text::find::{NoQuotation, near};
use crate::text::gate::visible;

pub(super) fn check(attempt: &Attempt<'_>) -> Vec<Diagnostic> {
    let cited = attempt.cited;
    let quote = &attempt.citation.quote;
    let source = &attempt.dossier.sources[*attempt.citation.source].id;
    let title = format!("the quotation of {} `{}` does not stand in `{source}`", cited.head.kind, cited.head.id);
    let base = |label: String| Diagnostic::new("", title.clone()).at(cited.head.file, quote.span(), label);
    match &attempt.quotation {
        Err(NoQuotation::Empty) => return vec![base("it holds no words".to_owned())],
        Err(NoQuotation::DanglingEllipsis) => {
            return vec![base("`[...]` joins two passages; at an end it joins nothing".to_owned())];
        }
        Ok(_) if !attempt.hits.is_empty() => return Vec::new(),
        Ok(_) => {}
    }
    if attempt.anywhere > 0
        && let Some(prefix) = &attempt.citation.prefix
    {
        let finding = Diagnostic::new("", title)
            .at(cited.head.file, prefix.span(), "these words do not stand just before it")
            .at(cited.head.file, quote.span(), "found, but nowhere after the prefix");
        return vec![finding];
    }
    let finding = match near(attempt.article, quote) {
        Some(near) => {
            let quoted = if near.quoted.is_empty() { "the quotation ends".to_owned() } else { format!("\"{}\" is quoted", visible(&near.quoted)) };
            let mut finding = base(format!("{quoted}; the article has \"{}\"", visible(&near.stands)));
            finding.labels.push(article_label(attempt.article, &near.stands_at, "the first word that differs"));
            let passage = &attempt.article.file().text()[near.original];
            finding = finding.help(format!("the passage that comes nearest: \"{}\"", visible(passage)));
            let words = passage.split_whitespace().collect::<Vec<_>>().join(" ");
            // marks that stand around the passage are quoted only where marks were quoted
            let mark = |c: char| !c.is_alphanumeric();
            let words = if quote.trim_end().ends_with(mark) { words.as_str() } else { words.trim_end_matches(mark) };
            let words = if quote.trim_start().starts_with(mark) { words } else { words.trim_start_matches(mark) };
            // what is joined by hand is not to be replaced by what stands in between
            if words.is_empty() || quote.contains("[...]") {
                finding
            } else {
                finding.fix("quote the article's words", vec![Edit::new(cited.head.file, quote.span(), string(words))])
            }
        }
        None => base("no passage of the article resembles it".to_owned())
            .help("a quotation stands inside one paragraph, in the article's own words and case; `[...]` joins passages"),
    };
    vec![finding]
}
