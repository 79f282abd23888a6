//! What a briefing prints before anybody has seen it: a number, date or quotation typed into a template or into one of
//! the briefing's own lines comes from no record, unless a record of the briefing carries it.
//!
//! A template may say a number that states nothing about the subject matter, on a line that gives the reason:
//! `{{!-- fixed: reason --}}`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::Held;
use super::items::{Item, Value, items};
use super::ledger::Ledger;
use super::provenance::{Origin, Printout, Traced};
use crate::diag::Diagnostic;
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;
use crate::text::normalise::{Normalised, fold};

/// How a template marks a line whose numbers state nothing about the subject matter.
const FIXED: &str = "fixed:";
/// A quotation of so many words is a statement; a shorter one is a term.
const QUOTED: usize = 3;

/// The ids of all records that a briefing prints.
#[must_use]
pub fn ids(printout: &Printout) -> BTreeSet<&str> {
    printout.leaves.iter().flat_map(|leaf| &leaf.records).map(String::as_str).collect()
}

/// Findings for what a briefing prints and no record carries.
///
/// `typed` are the places of the keys that the briefing's author typed, `templates` the files of its kind.
#[must_use]
pub fn refused(
    held: &Held,
    ledger: &Ledger<'_>,
    templates: &[Arc<TextFile>],
    typed: &[(&'static str, &str, &Arc<TextFile>, &Range<usize>)],
) -> Vec<Diagnostic> {
    let lexicon = Lexicon::or_bare(&held.printout.language);
    let ids = ids(&held.printout);
    let mut findings = Vec::new();
    for (key, text, file, span) in typed {
        let folded = fold(text);
        for item in items(&folded, lexicon) {
            if item.value == Value::Attributed || !ledger.carried(&item, &folded, &ids).is_empty() {
                continue;
            }
            let words = folded.get(item.span.clone()).unwrap_or_default();
            findings.push(
                Diagnostic::new(
                    "naked",
                    format!("`{key}` of briefing `{}` says what no record of it says", held.printout.slug),
                )
                .at(file, &place(file, span, words), format!("\"{}\" comes from no record", visible(words)))
                .note("a typed figure has no claimant, no quotation, and does not change when the record does")
                .help("say it without the figure, or print a record that carries it"),
            );
        }
    }
    for traced in &held.printout.units {
        for item in &traced.items {
            if let Some(finding) = naked(held, ledger, templates, &ids, traced, item, lexicon) {
                findings.push(finding);
            }
        }
    }
    crate::diag::sort(&mut findings);
    findings
}

fn naked(
    held: &Held,
    ledger: &Ledger<'_>,
    templates: &[Arc<TextFile>],
    ids: &BTreeSet<&str>,
    traced: &Traced,
    item: &Item,
    lexicon: &Lexicon,
) -> Option<Diagnostic> {
    let words = traced.unit.text.get(item.span.clone())?;
    if held.printout.is_mixed(traced, item) {
        let from = |at: usize| traced.from.get(item.span.start + at).copied().unwrap_or_default();
        let own: String =
            words.char_indices().map(|(at, c)| if from(at) == 0 || c.is_whitespace() { c } else { ' ' }).collect();
        let finding = Diagnostic::new("naked", format!("the template makes “{}” of a record's figure", visible(words)))
            .note("a bound or unit that a template puts beside a value is no record's, and no claimant's")
            .help("print the value alone: it comes with its bound");
        let own = own.split("  ").map(str::trim).find(|w| !w.is_empty()).unwrap_or_default().to_owned();
        return match lines(templates, &own, lexicon).first() {
            Some((file, span, _)) => Some(finding.at(file, span, "these words are the template's")),
            None => Some(at_start(finding, templates)),
        };
    }
    let states = match &item.value {
        Value::Quotation(inner) => traced.unit.text.get(inner.clone())?.split_whitespace().count() >= QUOTED,
        Value::Attributed => false,
        _ => true,
    };
    // the words of a language table stand in the view: they are fixed, and no template's
    let worded = !held.printout.leaves_of(traced, &item.span).is_empty();
    if !states || worded || held.printout.origin(traced, item).0 != Origin::Template {
        return None;
    }
    if !ledger.carried(item, &traced.unit.text, ids).is_empty() {
        return None;
    }
    let found = lines(templates, words, lexicon);
    if found.iter().any(|(.., fixed)| *fixed) {
        return None;
    }
    let finding =
        Diagnostic::new("naked", format!("the template of kind `{}` says what no record says", held.printout.kind))
            .note("a figure, date or quotation in a template is printed whatever the records say")
            .help("take it from the view; or, if it states nothing about the subject matter, say why on its line: `{{!-- fixed: reason --}}`");
    Some(match found.first() {
        Some((file, span, _)) => finding.at(file, span, format!("\"{}\" comes from no record", visible(words))),
        None => at_start(finding.note(format!("it prints: {}", visible(words))), templates),
    })
}

fn at_start(finding: Diagnostic, templates: &[Arc<TextFile>]) -> Diagnostic {
    match templates.first() {
        Some(file) => finding.at(file, &(0..0), "in this template or one of its partials"),
        None => finding,
    }
}

/// The places where the fixed words of templates hold `words`, and whether the line gives a reason for them.
fn lines(templates: &[Arc<TextFile>], words: &str, lexicon: &Lexicon) -> Vec<(Arc<TextFile>, Range<usize>, bool)> {
    let mut found = Vec::new();
    if words.trim().is_empty() {
        return found;
    }
    for file in templates {
        let mut start = 0;
        for line in file.text().split_inclusive('\n') {
            let literal = Normalised::of(&blanked(line));
            for (at, _) in literal.text().match_indices(words) {
                let inner = literal.original(&(at..at + words.len()));
                let whole =
                    items(literal.text(), lexicon).iter().any(|i| i.span.start < at + words.len() && at < i.span.end)
                        || !words.contains(char::is_numeric);
                if whole {
                    found.push((Arc::clone(file), start + inner.start..start + inner.end, is_fixed(line)));
                }
            }
            start += line.len();
        }
    }
    found
}

/// What the fixed lines of templates print whose numbers have a reason given there, between the values in them.
#[must_use]
pub fn fixed(templates: &[Arc<TextFile>], language: &str) -> Vec<String> {
    let lexicon = Lexicon::or_bare(language);
    let mut found: Vec<String> = Vec::new();
    for line in templates.iter().flat_map(|file| file.text().lines()).filter(|line| is_fixed(line)) {
        let blank = blanked(line);
        for piece in blank.split(BLANK).map(str::trim) {
            let states = items(&fold(piece), lexicon).iter().any(|item| item.value != Value::Attributed);
            if states && !found.iter().any(|known| known == piece) {
                found.push(piece.to_owned());
            }
        }
    }
    found
}

/// What stands for a tag in a blanked line: a letter, so that words on both sides of a value are not read as one.
const BLANK: char = '¤';

/// A template's line with its tags made blank, byte for byte.
fn blanked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(open) = rest.find("{{") {
        out.push_str(&rest[..open]);
        let close = rest[open..].find("}}").map_or(rest.len(), |i| {
            let end = open + i + 2;
            end + usize::from(rest[end..].starts_with('}'))
        });
        out.push_str(&BLANK.to_string().repeat((close - open) / BLANK.len_utf8()));
        out.push_str(&" ".repeat((close - open) % BLANK.len_utf8()));
        rest = &rest[close..];
    }
    out.push_str(rest);
    out
}

/// Whether a line of a template gives the reason for its numbers.
fn is_fixed(line: &str) -> bool {
    line.split("{{!--").skip(1).any(|comment| {
        let inner = comment.split("--}}").next().unwrap_or_default().trim();
        inner.strip_prefix(FIXED).is_some_and(|reason| !reason.trim().is_empty())
    })
}

/// Where words stand in the part of a file that a value was written in.
fn place(file: &Arc<TextFile>, span: &Range<usize>, words: &str) -> Range<usize> {
    let raw = file.text().get(span.clone()).unwrap_or_default();
    let folded = Normalised::of(raw);
    match folded.text().find(words) {
        Some(at) => {
            let inner = folded.original(&(at..at + words.len()));
            span.start + inner.start..span.start + inner.end
        }
        None => span.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_words_of_a_line_and_their_reason() {
        let line = "As of 2011 {{title}} and {{{x}}} 7 {{!-- fixed: the law's year --}}\n";
        let blank = blanked(line);
        assert_eq!(blank.len(), line.len());
        assert!(blank.contains("2011") && !blank.contains("title") && !blank.contains("law"));
        assert!(is_fixed(line));
        assert!(!is_fixed("In 2011 {{!-- fixed: --}}") && !is_fixed("In 2011 {{!-- note --}}"));
    }
}
