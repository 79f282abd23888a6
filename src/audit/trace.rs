//! From a sentence to the words in the article: the records behind it, their quotations, and where each stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::impact::refers;
use crate::check::{Checked, article_of, hits};
use crate::facts::dossier::{Source, Subject};
use crate::facts::table::Ref;
use crate::load::archive::Archive;
use crate::text::article::Article;

/// How a place in an article is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The article is at hand, and the quotation was found in it.
    Article,
    /// The article is not at hand; the evidence lock answers.
    Lock,
}

/// A quotation and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The source's id.
    pub source: String,
    /// Who published it; may be empty.
    pub publisher: String,
    /// The passage, as the record has it.
    pub quote: String,
    /// The line of the article, counted from one, and how it is known.
    pub line: Option<(usize, Known)>,
}

/// A record behind a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its quotations; none for a kind that does not cite.
    pub quotations: Vec<Quoted>,
}

/// Traces records to their articles, each of which is read once.
pub struct Tracer<'d> {
    checked: &'d Checked<'d>,
    archive: &'d Archive,
    articles: BTreeMap<Ref<Source>, Option<Arc<Article>>>,
}

impl<'d> Tracer<'d> {
    /// Traces the records of a dossier.
    #[must_use]
    pub fn new(checked: &'d Checked<'d>, archive: &'d Archive) -> Self {
        Self { checked, archive, articles: BTreeMap::new() }
    }

    /// The records of these ids, and behind those that do not cite the records they rest on.
    pub fn trace(&mut self, ids: &[&str]) -> Vec<Behind> {
        let d = self.checked.dossier();
        let mut wanted: Vec<Subject> = ids.iter().filter_map(|id| d.find(id)).collect();
        let mut at = 0;
        while let Some(subject) = wanted.get(at).copied() {
            at += 1;
            if matches!(subject, Subject::Discrepancy(_) | Subject::Assessment(_) | Subject::Change(_)) {
                for below in refers(d, subject) {
                    if !wanted.contains(&below) {
                        wanted.push(below);
                    }
                }
            }
        }
        wanted.into_iter().map(|subject| self.behind(subject)).collect()
    }

    fn behind(&mut self, subject: Subject) -> Behind {
        let d = self.checked.dossier();
        let head = d.head(subject);
        let mut quotations = Vec::new();
        for (index, citation) in d.citations(subject).iter().enumerate() {
            let source = &d.sources[*citation.source];
            let article = self
                .articles
                .entry(*citation.source)
                .or_insert_with(|| article_of(d, self.archive, *citation.source).ok());
            let found = article.as_ref().and_then(|article| {
                let hit = hits(article, &citation.quote).into_iter().next()?;
                Some((article.line(hit.original.start).get(), Known::Article))
            });
            quotations.push(Quoted {
                source: source.id.clone(),
                publisher: source.publisher.as_ref().map(|p| p.to_string()).unwrap_or_default(),
                quote: citation.quote.to_string(),
                line: found.or_else(|| {
                    // a row of a table at hand was held against it by the check
                    let known =
                        if citation.row.is_some() && self.archive.is_present() { Known::Article } else { Known::Lock };
                    self.checked.proof(subject, index).map(|p| (p.line, known))
                }),
            });
        }
        Behind { kind: head.kind, id: head.id.to_owned(), quotations }
    }
}
