//! An article with what its dossier knows: the words for measures and categories, the names of actors.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::vocabulary::Vocabulary;
use crate::facts::dossier::{Actor, Dossier, Event, Source, Subject};
use crate::facts::table::{Entry, Ref};
use crate::load::archive::Archive;
use crate::load::read::Unread;
use crate::text::article::{Article, Zone};
use crate::text::find::{self, Quotation, is_whole};
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;

/// A source on the analyst's desk.
pub struct Desk<'d> {
    pub(super) dossier: &'d Dossier,
    pub(super) source: Ref<Source>,
    pub(super) article: Article,
    pub(super) bytes: Vec<u8>,
    pub(super) lexicon: &'static Lexicon,
    pub(super) vocabulary: Vocabulary<'d>,
    /// Every name of every actor, folded, in lower case.
    names: Vec<(String, Ref<Actor>)>,
    used: OnceCell<Vec<Used<'d>>>,
}

/// A quotation of a record in the article.
#[derive(Debug, Clone)]
pub struct Used<'d> {
    /// The record.
    pub subject: Subject,
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: &'d str,
    /// What it quotes, in the folded article; several parts where `[...]` joins them.
    pub parts: Vec<Range<usize>>,
    /// Words that date it, in the paragraph of its first quotation.
    pub dated: Vec<Range<usize>>,
}

impl<'d> Desk<'d> {
    /// Takes the article of a source out of the archive.
    ///
    /// # Errors
    /// Where it is not at hand, is no text, or is not the text that the source names.
    pub fn open(dossier: &'d Dossier, source: Ref<Source>, archive: &Archive) -> Result<Self, String> {
        let entry = &dossier.sources[source];
        if !entry.is_article() {
            return Err(if entry.table.is_some() {
                "it is a table, and no article"
            } else {
                "it is still to be added"
            }
            .to_owned());
        }
        let bytes = archive.read(entry.file_name()).map_err(|why| match why {
            Unread::Absent => format!("the archive has no file {}", crate::text::gate::visible(entry.file_name())),
            why => why.to_string(),
        })?;
        let mut article = Article::read(entry.file_name(), bytes.clone()).map_err(|e| e.why)?;
        if article.sha256() != entry.hash() {
            return Err("the archived text is not the one the source names".to_owned());
        }
        for (zone, list) in [(Zone::Furniture, &entry.furniture), (Zone::Caption, &entry.captions)] {
            // a line that is not there is a finding of the check
            let _ = article.mark(zone, list.iter().map(|l| l.as_str()));
        }
        let names = (dossier.actors.iter())
            .flat_map(|(r, _)| dossier.names_of(r).map(move |name| (fold(name).to_lowercase(), r)))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        let lexicon = Lexicon::or_bare(dossier.language_of(source));
        Ok(Self {
            dossier,
            source,
            article,
            bytes,
            lexicon,
            vocabulary: Vocabulary::new(dossier),
            names,
            used: OnceCell::new(),
        })
    }

    /// The article.
    #[must_use]
    pub fn article(&self) -> &Article {
        &self.article
    }

    /// The source's record.
    #[must_use]
    pub fn source(&self) -> &'d Entry<Source> {
        &self.dossier.sources[self.source]
    }

    /// Where a record of this id could not be confused with another.
    #[must_use]
    pub fn is_free(&self, id: &str) -> bool {
        self.dossier.find(id).is_none()
    }

    /// The quotations of the dossier's records in this article, in the order of the article.
    #[must_use]
    pub fn used(&self) -> &[Used<'d>] {
        self.used.get_or_init(|| self.look_up())
    }

    fn look_up(&self) -> Vec<Used<'d>> {
        let mut found = Vec::new();
        for cited in self.dossier.cited() {
            for (index, citation) in cited.citations.iter().enumerate().filter(|(_, c)| *c.source == self.source) {
                let Ok(quotation) = Quotation::parse(&citation.quote) else { continue };
                let mut hits = find::find(&self.article, &citation.quote, &quotation);
                if let Some(prefix) = &citation.prefix {
                    let prefix = fold(prefix);
                    let text = self.article.folded().text();
                    hits.retain(|hit| text[..hit.folded.start].trim_end().ends_with(&prefix));
                }
                // a quotation that stands in several places is a finding of the check; none of them is known to be meant
                let Some(hit) = hits.into_iter().next() else { continue };
                let words = cited.dating.and_then(|d| d.words.as_ref()).filter(|_| index == 0).map(|w| fold(w));
                let paragraph = self.article.paragraph_at(hit.folded.start);
                let text = &self.article.folded().text()[paragraph.clone()];
                let dated = words
                    .iter()
                    .flat_map(|w| text.match_indices(w.as_str()))
                    .map(|(at, w)| paragraph.start + at..paragraph.start + at + w.len())
                    .collect();
                found.push(Used {
                    subject: cited.subject,
                    kind: cited.head.kind,
                    id: cited.head.id,
                    parts: hit.passages,
                    dated,
                });
            }
        }
        found.sort_by_key(|used| (used.parts.first().map_or(0, |p| p.start), used.kind, used.id));
        found
    }

    /// The ids of events that a passage might be about: those reported nearest to it first, then others; `most` of them.
    #[must_use]
    pub fn events_near(&self, place: usize, most: usize) -> Vec<&'d str> {
        let mut near: BTreeMap<Ref<Event>, usize> = BTreeMap::new();
        for used in self.used() {
            let event = match used.subject {
                Subject::Event(r) => r,
                Subject::Claim(r) => *self.dossier.claims[r].event,
                _ => continue,
            };
            let Some(distance) = used.parts.iter().map(|p| p.start.abs_diff(place)).min() else { continue };
            let known = near.entry(event).or_insert(distance);
            *known = distance.min(*known);
        }
        let mut ranked: Vec<(usize, Ref<Event>)> = near.iter().map(|(event, distance)| (*distance, *event)).collect();
        ranked.sort_unstable();
        let others = self.dossier.events.iter().map(|(r, _)| r).filter(|r| !near.contains_key(r));
        let events = ranked.into_iter().map(|(_, r)| r).chain(others);
        events.take(most).map(|r| self.dossier.events[r].id.as_str()).collect()
    }

    /// The actors that a text names, with where; the longest name at each place.
    pub(super) fn actors_in(&self, text: &str) -> Vec<(Range<usize>, Ref<Actor>)> {
        let lower = text.to_lowercase();
        if lower.len() != text.len() {
            // places in the one are not places in the other
            return Vec::new();
        }
        let mut found: Vec<(Range<usize>, Ref<Actor>)> = Vec::new();
        for (name, actor) in &self.names {
            for (at, _) in lower.match_indices(name.as_str()) {
                let range = at..at + name.len();
                if is_whole(&lower, &range) {
                    found.push((range, *actor));
                }
            }
        }
        found.sort_by_key(|(r, actor)| (r.start, std::cmp::Reverse(r.end), *actor));
        let mut kept: Vec<(Range<usize>, Ref<Actor>)> = Vec::new();
        for (range, actor) in found {
            if kept.last().is_none_or(|(last, _)| range.start >= last.end) {
                kept.push((range, actor));
            }
        }
        kept
    }

    /// The words of the article in a folded range, as they can be quoted: its own bytes where they stand on one line and
    /// hide nothing, else folded.
    pub(super) fn quotable(&self, folded: &Range<usize>) -> String {
        let own = self.article.file().text().get(self.article.folded().original(folded)).unwrap_or_default();
        let plain = !own.is_empty()
            && !own.contains(['\n', '\r', '\t', '\\'])
            && !own.contains("  ")
            && crate::text::gate::hidden(own).is_empty()
            && fold(own) == self.article.folded().text()[folded.clone()];
        if plain { own.to_owned() } else { self.article.folded().text()[folded.clone()].to_owned() }
    }
}
