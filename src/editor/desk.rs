//! All that an editor's questions are answered from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::pages::{Page, Pages};
use crate::check::{article_of, hits};
use crate::facts::dossier::{Dossier, Subject};
use crate::load::archive::Archive;
use crate::load::lock::Lock;
use crate::text::article::Article;
use crate::text::file::TextFile;
use crate::text::lexicon::{CueKind, Lexicon};
use crate::text::sentence::{cues, sentences};

/// A project as it is being written.
///
/// The pages are those of this moment. The dossiers are as they were when they last could be loaded: what is read from them
/// is held against the pages.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'d> {
    /// The files as they are now.
    pub pages: &'d Pages,
    /// The dossiers as they last could be loaded, by name.
    pub dossiers: &'d BTreeMap<String, Dossier>,
    /// Their evidence locks.
    pub locks: &'d BTreeMap<String, Lock>,
    /// All texts of the project, evidence locks among them, by name.
    pub texts: &'d BTreeMap<String, Arc<TextFile>>,
    /// Where articles come from.
    pub archive: &'d Archive,
    /// The kinds of briefing that the project can print.
    pub kinds: &'d [String],
    /// The languages in which it can print them.
    pub languages: &'d [String],
}

impl<'d> Desk<'d> {
    /// The dossier that a file is part of or printed from, as it last could be loaded.
    #[must_use]
    pub fn dossier(&self, page: &'d Page) -> Option<&'d Dossier> {
        self.dossiers.get(self.pages.dossier_of(page)?)
    }

    /// The article of a source of that dossier, if it is at hand.
    #[must_use]
    pub fn article(&self, page: &'d Page, source: &str) -> Option<Arc<Article>> {
        let dossier = self.dossier(page)?;
        let Some(Subject::Source(source)) = dossier.find(source) else { return None };
        article_of(dossier, self.archive, source).ok()
    }

    /// The reserves that an article makes in the sentences of a quotation, in its own words.
    #[must_use]
    pub fn reserves(&self, page: &'d Page, source: &str, quote: &str) -> Vec<String> {
        let Some(dossier) = self.dossier(page) else { return Vec::new() };
        let Some(Subject::Source(reference)) = dossier.find(source) else { return Vec::new() };
        let Some(article) = self.article(page, source) else { return Vec::new() };
        let lexicon = Lexicon::or_bare(dossier.language_of(reference));
        let mut found: Vec<String> = Vec::new();
        for hit in hits(&article, quote) {
            let paragraph = article.paragraph_at(hit.folded.start);
            let text = article.folded().text().get(paragraph.clone()).unwrap_or_default();
            let quoted =
                hit.folded.start.saturating_sub(paragraph.start)..hit.folded.end.saturating_sub(paragraph.start);
            let touched = sentences(text, lexicon).into_iter().filter(|s| s.start < quoted.end && quoted.start < s.end);
            for sentence in touched {
                let text = text.get(sentence).unwrap_or_default();
                for cue in cues(text, lexicon).iter().filter(|cue| cue.kind == CueKind::Hedge) {
                    let word = text.get(cue.span.clone()).unwrap_or_default().to_lowercase();
                    if !found.contains(&word) {
                        found.push(word);
                    }
                }
            }
        }
        found
    }
}
