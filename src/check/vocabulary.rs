//! The words for measures and categories: the dossier's own and those of each source's language.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::facts::dossier::{Category, Dossier, Measure};
use crate::facts::table::Ref;
use crate::text::lexicon::{Lexicon, Meaning};
use crate::text::tokens::{Token, tokens};

type Phrases<T> = FxHashMap<String, Vec<(Vec<String>, Ref<T>)>>;

/// All words for measures and categories that a dossier's sources may use.
pub(crate) struct Vocabulary<'d> {
    dossier: &'d Dossier,
    measures: Phrases<Measure>,
    categories: Phrases<Category>,
}

impl<'d> Vocabulary<'d> {
    pub(crate) fn new(dossier: &'d Dossier) -> Self {
        let mut measures: Phrases<Measure> = FxHashMap::default();
        for (reference, measure) in dossier.measures.iter() {
            for word in &measure.words {
                add(&mut measures, word, reference);
            }
        }
        let mut categories: Phrases<Category> = FxHashMap::default();
        for (reference, category) in dossier.categories.iter() {
            for word in &category.words {
                add(&mut categories, word, reference);
            }
        }
        Self { dossier, measures, categories }
    }

    /// The measures that words of `text` express, with where.
    pub(crate) fn measures_in(&self, text: &str, lexicon: &'static Lexicon) -> Vec<(Range<usize>, Ref<Measure>)> {
        let all = tokens(text);
        let mut found = Vec::new();
        for at in 0..all.len() {
            for (length, reference) in matches(&self.measures, &all, at) {
                found.push((span(&all, at, length), reference));
            }
            // one word may express several measures ("struck", "casualties"): ask for each
            lexicon.at(&all, at, |m| -> Option<()> {
                if let Meaning::Measure(id) = m
                    && let Some((reference, _)) = self.dossier.measures.get(id.as_str())
                {
                    found.push((span(&all, at, 1), reference));
                }
                None
            });
        }
        found
    }

    /// The categories that words of `text` name, longest first at each place, never overlapping.
    pub(crate) fn categories_in(&self, text: &str, lexicon: &'static Lexicon) -> Vec<(Range<usize>, Ref<Category>)> {
        let all = tokens(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < all.len() {
            let own = matches(&self.categories, &all, at).max_by_key(|(length, _)| *length);
            let general = lexicon.at(&all, at, |m| match m {
                Meaning::Category(id) => Some(self.dossier.categories.get(id.as_str()).map(|(r, _)| r)),
                Meaning::NotCategory => Some(None),
                _ => None,
            });
            let (length, reference) = match (own, general) {
                (Some((length, own)), Some((_, taken))) if length >= taken => (length, Some(own)),
                (_, Some((general, taken))) => (taken, general),
                (Some((length, own)), None) => (length, Some(own)),
                (None, None) => {
                    at += 1;
                    continue;
                }
            };
            if let Some(reference) = reference {
                found.push((span(&all, at, length), reference));
            }
            at += length;
        }
        found
    }

    /// Whether any word is known for a measure in this language.
    pub(crate) fn knows_measure(&self, measure: Ref<Measure>, lexicon: &'static Lexicon) -> bool {
        let record = &self.dossier.measures[measure];
        !record.words.is_empty() || lexicon.knows_measure(&record.id)
    }
}

fn add<T>(phrases: &mut Phrases<T>, phrase: &str, reference: Ref<T>) {
    let words: Vec<String> = tokens(&crate::text::normalise::fold(phrase)).into_iter().map(|t| t.lower).collect();
    if let Some(first) = words.first() {
        phrases.entry(first.clone()).or_default().push((words, reference));
    }
}

fn matches<'a, T>(phrases: &'a Phrases<T>, all: &'a [Token], at: usize) -> impl Iterator<Item = (usize, Ref<T>)> + 'a {
    let candidates = all.get(at).and_then(|t| phrases.get(&t.lower)).map_or(&[][..], Vec::as_slice);
    candidates.iter().filter_map(move |(words, reference)| {
        let here = all.get(at..at + words.len())?;
        here.iter().zip(words).all(|(t, w)| t.lower == *w).then_some((words.len(), *reference))
    })
}

fn span(all: &[Token], at: usize, length: usize) -> Range<usize> {
    all[at].span.start..all[at + length - 1].span.end
}
