//! A judgement whose words and whose declared likelihood are not the same, or that uses words off the scale.

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::facts::vocabulary::Likelihood;
use crate::text::estimate::{Kind, estimates};
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let mut found = Vec::new();
    for (reference, record) in dossier.assessments.iter() {
        for (tag, version) in record.text.versions() {
            let language = tag.unwrap_or(&dossier.language);
            let lexicon = Lexicon::or_bare(language);
            if !lexicon.has_words() {
                continue;
            }
            let said = estimates(version, lexicon);
            let declared = record.likelihood.as_ref();
            let place = declared.and_then(|l| Likelihood::WORDS.iter().position(|w| *w == l.word()));
            let problem = said.iter().find_map(|e| {
                let word = visible(version.get(e.span.clone()).unwrap_or_default());
                match e.kind {
                    Kind::OffScale => Some(format!("\"{word}\" is no term of ICD 203")),
                    Kind::Likelihood(at) if Some(at) != place => Some(match declared {
                        Some(declared) => format!("the text says \"{word}\", `likelihood` says \"{}\"", **declared),
                        None => format!("the text says \"{word}\", and no `likelihood` is declared"),
                    }),
                    _ => None,
                }
            });
            let absent = declared
                .filter(|_| !said.iter().any(|e| matches!(e.kind, Kind::Likelihood(at) if Some(at) == place)))
                .map(|declared| format!("`likelihood` says \"{}\", and the text does not", **declared));
            let Some(problem) = problem.or(absent) else { continue };
            let diagnostic = Diagnostic::new("", format!("assessment `{}` does not say its likelihood on the scale", record.id))
                .at(&record.file, record.text.span(), problem)
                .note("a reader must be able to tell one degree of likelihood from another (ICD 203, D.6.e(2))")
                .help(format!("the terms are: {}; use the one declared, once", Likelihood::WORDS.join(", ")));
            found.push(Found { subject: Some(Subject::Assessment(reference)), diagnostic });
        }
    }
    found
}
