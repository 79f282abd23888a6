//! A record's quotations where they stand: in their paragraphs, or as the evidence lock knows them.

use std::ops::Range;

use super::{article_of, hits};
use crate::facts::dossier::{Citation, Dossier, Source, Subject};
use crate::facts::table::Entry;
use crate::load::archive::Archive;
use crate::load::lock::{self, Lock};
use crate::text::article::Article;

/// A quotation and where it stands.
#[derive(Debug)]
pub struct Quoted<'d> {
    /// The citation.
    pub citation: &'d Citation,
    /// Its source.
    pub source: &'d Entry<Source>,
    /// Where it stands.
    pub stands: Stands,
}

/// Where a quotation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// In the article, once or several times; nowhere, if the list is empty.
    Article(Vec<Standing>),
    /// The article is not at hand; the evidence lock knows the line.
    Locked {
        /// The line of the article, counted from one.
        line: usize,
        /// Why the article is not at hand.
        why: String,
    },
    /// The article is not at hand, and nothing is known.
    Unknown(String),
    /// It is a row of a table: its cells are in the citation.
    Row,
}

/// A place of an article where a quotation stands, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The line it begins on, counted from one.
    pub line: usize,
    /// The bytes of the article that it covers.
    pub at: Range<usize>,
    /// What stands before it in its paragraph.
    pub before: String,
    /// Its words, as the article has them.
    pub words: String,
    /// What stands behind it in its paragraph.
    pub after: String,
    /// Whether the article has it byte for byte; else it was found after folding typography.
    pub exact: bool,
}

/// The quotations of a record; none for a kind that does not cite.
#[must_use]
pub fn quoted<'d>(dossier: &'d Dossier, subject: Subject, archive: &Archive, lock: Option<&Lock>) -> Vec<Quoted<'d>> {
    let id = dossier.head(subject).id;
    let citations = dossier.citations(subject).iter().enumerate();
    citations
        .map(|(index, citation)| {
            if citation.row.is_some() {
                return Quoted { citation, source: &dossier.sources[*citation.source], stands: Stands::Row };
            }
            let stands = match article_of(dossier, archive, *citation.source) {
                Ok(article) => Stands::Article(standings(&article, &citation.quote)),
                Err(why) => match lock.and_then(|lock| lock.proofs.get(&lock::key(id, index))) {
                    Some(proof) => Stands::Locked { line: proof.line, why },
                    None => Stands::Unknown(why),
                },
            };
            Quoted { citation, source: &dossier.sources[*citation.source], stands }
        })
        .collect()
}

/// The places where a quotation stands in an article.
#[must_use]
pub fn standings(article: &Article, quote: &str) -> Vec<Standing> {
    let text = article.file().text();
    let part = |range: Range<usize>| text.get(range).unwrap_or_default().replace("\r\n", " ").replace('\n', " ");
    hits(article, quote)
        .into_iter()
        .map(|hit| {
            let at = hit.original;
            let whole = article.folded().original(&article.paragraph_at(hit.folded.start));
            Standing {
                line: article.line(at.start).get(),
                before: part(whole.start.min(at.start)..at.start),
                words: part(at.clone()),
                after: part(at.end..whole.end.max(at.end)),
                at,
                exact: hit.exact,
            }
        })
        .collect()
}
