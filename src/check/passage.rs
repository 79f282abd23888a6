//! A quotation held against its article: what the rules on evidence look at.

use std::cell::OnceCell;
use std::ops::Range;

use super::vocabulary::Vocabulary;
use crate::diag::Diagnostic;
use crate::facts::dossier::{Citation, Cited, Dossier};
use crate::text::article::{Article, Zone};
use crate::text::find::{self, Hit, NoQuotation, Quotation};
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;
use crate::text::quantity::{Kind, Quantity, quantities};
use crate::text::sentence;

/// A quotation searched for in its article, wherever it was found.
pub struct Attempt<'a> {
    /// The dossier.
    pub dossier: &'a Dossier,
    /// The record that quotes.
    pub cited: &'a Cited<'a>,
    /// The citation.
    pub citation: &'a Citation,
    /// The article.
    pub article: &'a Article,
    /// The quotation taken apart, or why it is none.
    pub quotation: Result<Quotation, NoQuotation>,
    /// Where it stands, after its prefix where one is given.
    pub hits: Vec<Hit>,
    /// Where it stands with no regard to the prefix.
    pub anywhere: usize,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(
        dossier: &'a Dossier,
        cited: &'a Cited<'a>,
        citation: &'a Citation,
        article: &'a Article,
    ) -> Self {
        let quotation = Quotation::parse(&citation.quote);
        let mut hits = quotation.as_ref().map(|q| find::find(article, &citation.quote, q)).unwrap_or_default();
        let anywhere = hits.len();
        if let Some(prefix) = &citation.prefix {
            let prefix = fold(prefix);
            let text = article.folded().text();
            hits.retain(|hit| {
                let before = text[..hit.folded.start].trim_end();
                before.ends_with(&prefix) && find::is_whole(before, &(before.len() - prefix.len()..before.len()))
            });
        }
        Self { dossier, cited, citation, article, quotation, hits, anywhere }
    }

    /// The one place where the quotation stands, if it may be quoted from there.
    pub(super) fn passage(&self, index: usize, vocabulary: &'a Vocabulary<'a>, lower: &'a str) -> Option<Passage<'a>> {
        let [hit] = self.hits.as_slice() else { return None };
        if self.article.zone(&hit.original) == Zone::Furniture {
            return None;
        }
        let paragraph = self.article.paragraph_at(hit.folded.start);
        let text = self.article.folded().text().get(paragraph.clone())?;
        let within = |r: &Range<usize>| r.start.saturating_sub(paragraph.start)..r.end.saturating_sub(paragraph.start);
        let quote = within(&hit.folded);
        let lexicon = Lexicon::or_bare(self.dossier.language_of(*self.citation.source));
        let sentences: Vec<Range<usize>> = sentence::sentences(text, lexicon)
            .into_iter()
            .filter(|s| s.start < quote.end && quote.start < s.end)
            .collect();
        Some(Passage {
            dossier: self.dossier,
            cited: self.cited,
            index,
            citation: self.citation,
            article: self.article,
            hit: hit.clone(),
            lexicon,
            vocabulary,
            parts: hit.passages.iter().map(within).collect(),
            paragraph,
            text,
            quote,
            sentences,
            article_lower: lower,
            quantities: OnceCell::new(),
        })
    }
}

/// A quotation in the one place where it stands. Ranges are bytes of [`Passage::text`] unless said otherwise.
pub struct Passage<'a> {
    /// The dossier.
    pub dossier: &'a Dossier,
    /// The record that quotes.
    pub cited: &'a Cited<'a>,
    /// The number of the citation in its record.
    pub index: usize,
    /// The citation.
    pub citation: &'a Citation,
    /// The article.
    pub article: &'a Article,
    /// The hit.
    pub hit: Hit,
    /// The words of the article's language.
    pub lexicon: &'static Lexicon,
    pub(crate) vocabulary: &'a Vocabulary<'a>,
    /// The quoted parts; several where `[...]` joins them.
    pub parts: Vec<Range<usize>>,
    /// The paragraph, in the article's folded text.
    pub paragraph: Range<usize>,
    /// The folded text of the paragraph.
    pub text: &'a str,
    /// From the first quoted word to the last.
    pub quote: Range<usize>,
    /// The sentences the quotation touches.
    pub sentences: Vec<Range<usize>>,
    /// The article's folded text in lower case.
    pub article_lower: &'a str,
    quantities: OnceCell<Vec<Quantity>>,
}

impl<'a> Passage<'a> {
    /// The bytes of the article that a range of the paragraph came from.
    #[must_use]
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.article.folded().original(&(range.start + self.paragraph.start..range.end + self.paragraph.start))
    }

    /// The quantities of the paragraph, read once.
    #[must_use]
    pub fn quantities(&self) -> &[Quantity] {
        self.quantities.get_or_init(|| quantities(self.text, self.lexicon))
    }

    /// Where `words` stand inside the quotation, each time.
    #[must_use]
    pub fn inside_quote(&self, words: &str) -> Vec<Range<usize>> {
        let wanted = fold(words);
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for part in &self.parts {
            let text = &self.text[part.clone()];
            for (at, _) in text.match_indices(&wanted) {
                let range = part.start + at..part.start + at + wanted.len();
                if find::is_whole(self.text, &range) {
                    found.push(range);
                }
            }
        }
        found
    }

    /// The part of the quotation that carries the number: its `words`, or all of it.
    #[must_use]
    pub fn selection(&self) -> Vec<Range<usize>> {
        match &self.citation.words {
            Some(words) => self.inside_quote(words).into_iter().take(1).collect(),
            None => self.parts.clone(),
        }
    }

    /// The part of the selection that holds a number, or its first part.
    #[must_use]
    pub fn carrier(&self) -> Option<Range<usize>> {
        let selection = self.selection();
        let numbers = self.quantities();
        let holds = |s: &&Range<usize>| {
            numbers.iter().any(|q| q.kind != Kind::Vague && s.start < q.span.end && q.span.start < s.end)
        };
        selection.iter().find(holds).or_else(|| selection.first()).cloned()
    }

    /// The sentence that holds most of a range.
    #[must_use]
    pub fn sentence_of(&self, range: &Range<usize>) -> Range<usize> {
        self.sentences
            .iter()
            .max_by_key(|s| s.end.min(range.end).saturating_sub(s.start.max(range.start)))
            .cloned()
            .unwrap_or_else(|| self.quote.clone())
    }

    /// Whether a range lies between double quotation marks of the paragraph.
    #[must_use]
    pub fn in_speech(&self, range: &Range<usize>) -> bool {
        let opened = self.text[..range.start].matches('"').count() % 2 == 1;
        opened && self.text[range.end..].contains('"')
    }

    /// Whether a range lies inside the quotation.
    #[must_use]
    pub fn is_quoted(&self, range: &Range<usize>) -> bool {
        self.parts.iter().any(|p| p.start <= range.start && range.end <= p.end)
    }

    /// A finding at a place of the record, with the place in the article it is held against.
    #[must_use]
    pub fn finding(
        &self,
        title: impl Into<String>,
        at: &Range<usize>,
        says: impl Into<String>,
        stands: &Range<usize>,
        source_says: impl Into<String>,
    ) -> Diagnostic {
        let mut finding = Diagnostic::new("", title).at(self.cited.head.file, at, says);
        finding.labels.push(super::article_label(self.article, &self.original(stands), source_says));
        finding
    }

    /// What the record calls itself in a title: `claim `some-id``.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} `{}`", self.cited.head.kind, self.cited.head.id)
    }
}
