//! A claim's value that is not what the source's expression says.

use std::ops::Range;

use crate::check::passage::Passage;
use crate::diag::{Diagnostic, Edit, Fix};
use crate::facts::dossier::Subject;
use crate::facts::figure::{Bounds, Figure};
use crate::load::document::basic_string;
use crate::text::gate::visible;
use crate::text::lexicon::CueKind;
use crate::text::quantity::{Kind, Number, Quantity};
use crate::text::sentence::cues;

pub(super) fn check(passage: &Passage<'_>) -> Vec<Diagnostic> {
    let Subject::Claim(claim) = passage.cited.subject else { return Vec::new() };
    let claim = &passage.dossier.claims[claim];
    let value = &claim.value;
    let selection = passage.selection();
    let Some(first) = selection.first() else { return Vec::new() };
    let all = passage.quantities();
    let touched: Vec<&Quantity> =
        all.iter().filter(|q| selection.iter().any(|s| s.start < q.span.end && q.span.start < s.end)).collect();
    let numbered: Vec<&Quantity> = touched.iter().copied().filter(|q| q.kind != Kind::Vague).collect();
    let at = passage.citation.words.as_ref().map_or_else(|| passage.citation.quote.span(), |w| w.span());
    let title = format!("the value of {} is not what its source says", passage.name());
    let shown = |range: &Range<usize>| visible(&passage.text[range.clone()]);

    if !value.is_quantified() {
        // a number just before the selected words is the number of what they name
        let before = all
            .iter()
            .find(|q| q.kind != Kind::Vague && q.span.end <= first.start && passage.text[q.span.end..first.start].trim().is_empty());
        let Some(quantity) = numbered.first().copied().or(before) else { return Vec::new() };
        let says = Figure::read(quantity).map_or_else(|| "a number".to_owned(), |f| format!("\"{f}\""));
        return vec![
            passage
                .finding(title, value.span(), "no number", &quantity.span, format!("the source says {says}"))
                .help("give the number, or let `words` select the expression without one")
                .fixed(Figure::read(quantity).map(|figure| offer(passage, value.span(), &figure.to_string()))),
        ];
    }
    match numbered.as_slice() {
        [] => {
            if says_none(passage, first, value) || says_one(passage, first, value) {
                return Vec::new();
            }
            let vague = touched.first();
            let place = vague.map_or(first, |q| &q.span);
            let says = match vague {
                Some(_) => format!("\"{}\" is no number", shown(place)),
                None => "no number is understood here".to_owned(),
            };
            vec![
                passage
                    .finding(title, value.span(), format!("\"{}\"", **value), place, says)
                    .help("words without a number are `value = \"unquantified\"`"),
            ]
        }
        [quantity] => {
            if let Kind::NotUnderstood(why) = &quantity.kind {
                return vec![
                    passage
                        .finding(
                            format!("the expression behind the value of {} is not understood", passage.name()),
                            value.span(),
                            "this cannot be proved",
                            &quantity.span,
                            why.clone(),
                        )
                        .help("cite a passage that is plain, or record the claim as `unquantified` and quote its words"),
                ];
            }
            if Figure::read(quantity) == Some(**value) {
                return Vec::new();
            }
            let read = Figure::read(quantity).map(|f| f.to_string()).unwrap_or_default();
            vec![
                passage
                    .finding(
                        title,
                        value.span(),
                        format!("\"{}\"", **value),
                        &quantity.span,
                        format!("\"{}\" is \"{read}\"", shown(&quantity.span)),
                    )
                    .help(format!("write `value = \"{read}\"`, or cite the passage that says \"{}\"", **value))
                    .fixed((!read.is_empty()).then(|| offer(passage, value.span(), &read))),
            ]
        }
        [one, two, ..] => {
            let mut finding = passage.finding(
                format!("{} quotes more than one quantity", passage.name()),
                at,
                "which of them is the value?",
                &one.span,
                format!("\"{}\"", shown(&one.span)),
            );
            finding.labels.push(crate::check::article_label(
                passage.article,
                &passage.original(&two.span),
                format!("\"{}\"", shown(&two.span)),
            ));
            vec![finding.help("let `words` select the one that carries the value")]
        }
    }
}

/// The value as the source says it.
fn offer(passage: &Passage<'_>, at: &Range<usize>, value: &str) -> Fix {
    let edit = Edit::new(passage.cited.head.file, at, basic_string(value));
    Fix { title: format!("write `value = \"{value}\"`"), edits: vec![edit], safe: false }
}

/// "no civilians", "none": a claim of zero.
fn says_none(passage: &Passage<'_>, selected: &Range<usize>, value: &Figure) -> bool {
    value.bounds == Bounds::Exact(Number::whole(0))
        && cues(&passage.text[selected.clone()], passage.lexicon).iter().any(|c| c.kind == CueKind::Negation)
}

/// "a bus", "une maison": one, where the selected words begin with the article.
fn says_one(passage: &Passage<'_>, selected: &Range<usize>, value: &Figure) -> bool {
    value.bounds == Bounds::Exact(Number::whole(1))
        && passage.citation.words.is_some()
        && crate::text::quantity::begins_with_article(&passage.text[selected.clone()], passage.lexicon)
}
