//! A judgement that says how sure the analyst is in the sentence that says how likely the thing is.

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::text::estimate::{Kind, estimates};
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let mut found = Vec::new();
    for (reference, record) in dossier.assessments.iter() {
        for (tag, version) in record.text.versions() {
            let said = estimates(version, Lexicon::or_bare(tag.unwrap_or(&dossier.language)));
            let likely = said.iter().any(|e| matches!(e.kind, Kind::Likelihood(_))) || record.likelihood.is_some();
            let Some(confidence) = said.iter().find(|e| e.kind == Kind::Confidence).filter(|_| likely) else { continue };
            let word = visible(version.get(confidence.span.clone()).unwrap_or_default());
            let diagnostic = Diagnostic::new("", format!("assessment `{}` says likelihood and confidence in one sentence", record.id))
                .at(&record.file, record.text.span(), format!("\"{word}\" speaks of the basis, not of the thing"))
                .help("take it out of `text` and declare `confidence`: a briefing prints it as a sentence of its own");
            found.push(Found { subject: Some(Subject::Assessment(reference)), diagnostic });
        }
    }
    found
}
