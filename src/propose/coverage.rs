//! Which passages of an article no record uses: those with a number that counts, a date, or speech.

use std::ops::Range;

use super::desk::Desk;
use super::reading::Paragraph;
use super::record::{Variant, Wish};
use super::trial::Against;
use super::{Kind, Proposal};
use crate::check::Settings;
use crate::check::rules::unit_behind;
use crate::diag::Diagnostic;
use crate::text::lexicon::CueKind;
use crate::text::quantity::Kind as Read;
use crate::text::sentence::cues;

/// What a passage holds that a record could be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// A number that counts.
    Quantity,
    /// A date.
    Date,
    /// Words that somebody said.
    Speech,
}

impl Holds {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Date => "date",
            Self::Speech => "speech",
        }
    }
}

/// A passage that a record could be made of.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it holds.
    pub holds: Holds,
    /// The number, date or speech, in the folded article.
    pub span: Range<usize>,
    /// The sentence it stands in, in the folded article.
    pub sentence: Range<usize>,
    /// The records that use it.
    pub used_by: Vec<String>,
}

/// How much of an article the records of its dossier use.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Its passages with a number, date or speech, in order.
    pub items: Vec<Item>,
    /// Words of its prose that are quoted.
    pub words_quoted: usize,
    /// Words of its prose; page furniture, headlines and captions are none.
    pub words: usize,
}

impl Coverage {
    /// The passages that no record uses.
    pub fn unused(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.used_by.is_empty())
    }

    /// How many passages records use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.items.iter().filter(|item| !item.used_by.is_empty()).count()
    }
}

/// The least words between quotation marks that are speech where the paragraph says nothing of a speaker.
const SPEECH: usize = 6;
/// The least words between quotation marks that are speech at all: fewer are a term in quotation marks.
const PHRASE: usize = 3;

impl Desk<'_> {
    /// The passages of the article with a number that counts, a date or speech, each with the records that use it.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let used = self.used();
        let by = |span: &Range<usize>, holds: Holds| -> Vec<String> {
            let touches = |r: &Range<usize>| r.start < span.end && span.start < r.end;
            let mut ids: Vec<String> = (used.iter())
                .filter(|u| u.parts.iter().any(touches) || holds == Holds::Date && u.dated.iter().any(touches))
                .map(|u| u.id.to_owned())
                .collect();
            ids.dedup();
            ids
        };
        let mut coverage = Coverage { items: Vec::new(), words_quoted: 0, words: 0 };
        for range in self.article.paragraphs() {
            let paragraph = Paragraph::at(self, range.start);

            for word in paragraph.text.split(' ').filter(|w| w.contains(char::is_alphanumeric)) {
                let start = word.as_ptr() as usize - paragraph.text.as_ptr() as usize;
                let local = start..start + word.len();
                if !paragraph.is_article(&local) {
                    continue;
                }
                let word = paragraph.whole(&local);
                coverage.words += 1;
                let quoted = used.iter().flat_map(|u| &u.parts).any(|p| p.start < word.end && word.start < p.end);
                coverage.words_quoted += usize::from(quoted);
            }
            let mut items: Vec<Item> = Vec::new();
            let mut push = |holds: Holds, span: &Range<usize>| {
                if !paragraph.is_article(span) {
                    return;
                }
                let whole = paragraph.whole(span);
                let sentence = paragraph.whole(&paragraph.sentence_of(span));
                items.push(Item { holds, used_by: by(&whole, holds), span: whole, sentence });
            };
            for quantity in &paragraph.quantities {
                let sentence = paragraph.sentence_of(&quantity.span);
                let measures = unit_behind(&paragraph.text[quantity.span.end..], self.lexicon).is_some();
                let vague = quantity.kind == Read::Vague && paragraph.counts(&sentence, quantity).is_err();
                if paragraph.is_countable(quantity) && !measures && !vague {
                    push(Holds::Quantity, &quantity.span);
                }
            }
            for span in paragraph.dates() {
                push(Holds::Date, &span);
            }
            let attributed = cues(paragraph.text, self.lexicon).iter().any(|c| c.kind == CueKind::Attribution);
            for speech in &paragraph.speeches {
                let words = paragraph.text[speech.clone()].split_whitespace().count();
                if words >= if attributed { PHRASE } else { SPEECH } {
                    push(Holds::Speech, speech);
                }
            }
            items.sort_by_key(|item| (item.span.start, item.holds));
            coverage.items.append(&mut items);
        }
        coverage
    }

    /// Records for passages that no record uses: a claim for a number, a position for speech, and for a sentence that has
    /// neither, or a number that is no count of anything known, a background record.
    ///
    /// # Errors
    /// Where the records do not load, which is a defect.
    pub fn suggestions(&self, coverage: &Coverage, settings: &Settings) -> Result<Vec<Proposal>, Vec<Diagnostic>> {
        let wish = Wish::default();
        let mut ways: Vec<Vec<Variant>> = Vec::new();
        let mut told: Option<Range<usize>> = None;
        for item in coverage.unused() {
            let paragraph = Paragraph::at(self, item.span.start);
            let span = item.span.start - paragraph.range.start..item.span.end - paragraph.range.start;
            let made = match item.holds {
                Holds::Speech => paragraph.positions(&span, &wish),
                Holds::Quantity => (paragraph.quantities.iter())
                    .find(|q| q.span == span)
                    .and_then(|q| paragraph.claims(q, &wish).ok())
                    .unwrap_or_default(),
                Holds::Date => Vec::new(),
            };
            if !made.is_empty() {
                told = Some(item.sentence.clone());
                ways.push(made);
            } else if told.as_ref() != Some(&item.sentence) {
                told = Some(item.sentence.clone());
                ways.push(paragraph.statements(Kind::Background, &paragraph.around(&span)));
            }
        }
        self.propose(&ways, None, settings, &Against::Article)
    }
}

/// A passage that an analyst points to, and what could be made of it.
pub struct Pointed {
    /// The proposals.
    pub proposals: Vec<Proposal>,
    /// Why a number in it makes no claim: the number, and the reason.
    pub left: Vec<(String, String)>,
}

impl Desk<'_> {
    /// Records for the passage at a range of the folded article: of the kind that is asked for, or else a claim for each
    /// number, a position for speech, and a background record where there is neither.
    ///
    /// # Errors
    /// Where the records do not load, which is a defect.
    pub fn quote(
        &self,
        place: &Range<usize>,
        kind: Option<Kind>,
        wish: &Wish<'_>,
        settings: &Settings,
        against: &Against<'_>,
    ) -> Result<Pointed, Vec<Diagnostic>> {
        let paragraph = Paragraph::at(self, place.start);
        let words = place.start - paragraph.range.start..place.end - paragraph.range.start;
        let sentence = paragraph.sentence_of(&words);
        let touches = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        let wish = &Wish { pointed: Some(words.clone()), ..wish.clone() };
        let wants = |k: Kind| kind.is_none_or(|asked| asked == k);
        let mut ways: Vec<Vec<Variant>> = Vec::new();
        let mut left: Vec<(String, String)> = Vec::new();
        if wants(Kind::Claim) {
            // the numbers that were pointed to; where there are none, those of the sentence
            let within =
                |r: &Range<usize>| paragraph.quantities.iter().filter(|q| touches(&q.span, r)).collect::<Vec<_>>();
            let mut numbers = within(&words);
            if numbers.is_empty() {
                numbers = within(&sentence);
            }
            for quantity in numbers {
                match paragraph.claims(quantity, wish) {
                    Ok(made) => ways.push(made),
                    Err(why) => left.push((paragraph.text[quantity.span.clone()].to_owned(), why)),
                }
            }
        }
        let speeches: Vec<&Range<usize>> = paragraph.speeches.iter().filter(|s| touches(s, &words)).collect();
        let speeches = if speeches.is_empty() && (kind == Some(Kind::Position) || ways.is_empty()) {
            paragraph.speeches.iter().filter(|s| touches(s, &sentence)).collect()
        } else {
            speeches
        };
        if wants(Kind::Position) {
            let phrase = |s: &&Range<usize>| paragraph.text[(*s).clone()].split_whitespace().count() >= PHRASE;
            for speech in speeches.into_iter().filter(|s| kind.is_some() || phrase(s)) {
                ways.push(paragraph.positions(speech, wish));
            }
        }
        if kind == Some(Kind::Background) || kind.is_none() && ways.is_empty() {
            ways.push(paragraph.statements(Kind::Background, &words));
        }
        if kind == Some(Kind::Event) {
            ways.push(paragraph.statements(Kind::Event, &words));
        }
        let proposals = self.propose(&ways, wish.event, settings, against)?;
        Ok(Pointed { proposals, left })
    }
}
