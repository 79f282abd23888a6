//! What the records of a dossier can answer for, and whether one of them backs what a text says.
//!
//! A number is backed only by exactly that number with that bound, in a text that names what the record is about and
//! does not name another measure, category, claimant or day. A quotation is backed only by the words of a record, and
//! beside the name of who said or printed them.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::items::{Item, Value};
use crate::brief::language::Language;
use crate::check::vocabulary::Vocabulary;
use crate::facts::at::At;
use crate::facts::date::{Date, End, Moment, Precision};
use crate::facts::dossier::{Actor, Category, Claim, Dossier, Measure, Place, Source, Subject};
use crate::facts::figure::{Bounds, Figure};
use crate::facts::table::Ref;
use crate::facts::text::Text;
use crate::reconcile::cells;
use crate::text::calendar::{CalendarWords, calendar};
use crate::text::find::is_whole;
use crate::text::lexicon::{CueKind, Lexicon};
use crate::text::normalise::fold;
use crate::text::quantity::{Number, quantities};
use crate::text::sentence::cues;

/// A text that is to be backed, with what it stands under.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'t> {
    /// The text, folded.
    pub text: &'t str,
    /// Headings and the head of its table, folded.
    pub around: &'t str,
    /// The ids of the sources it cites.
    pub cites: &'t [String],
    /// Whether it is a row of a table, whose cells say together what is counted.
    pub row: bool,
}

/// A record that says nearly the same, and what it says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The record.
    pub subject: Subject,
    /// What it says, or why it does not back the text.
    pub says: String,
}

/// The records of a dossier, by what they can back.
pub struct Ledger<'d> {
    /// The dossier.
    pub dossier: &'d Dossier,
    /// Its language, in which values are worded.
    language: Option<Arc<Language>>,
    vocabulary: Vocabulary<'d>,
    /// Names and texts, folded.
    texts: Vec<(String, Subject)>,
    /// Quotations, speech and the words of dates, folded.
    quoted: Vec<(String, Subject)>,
    figures: Vec<(Figure, Ref<Claim>)>,
    /// Numbers in the quotations of other records.
    numbers: Vec<(Figure, Subject)>,
    /// The worded ranges of several claims.
    ranges: Vec<(String, Vec<Ref<Claim>>)>,
    /// Floors computed from several claims.
    floors: Vec<(Number, Vec<Ref<Claim>>)>,
    dates: Vec<(Date, Subject)>,
}

/// What a passage names.
struct Named {
    actors: BTreeSet<Ref<Actor>>,
    measures: Vec<(Range<usize>, Ref<Measure>)>,
    categories: Vec<(Range<usize>, Ref<Category>)>,
    sources: BTreeSet<Ref<Source>>,
    subjects: BTreeSet<Subject>,
    days: Vec<CalendarWords>,
    attributes: bool,
    measured: BTreeSet<Ref<Measure>>,
    counted: BTreeSet<Ref<Category>>,
}

impl<'d> Ledger<'d> {
    /// A value in the dossier's language.
    fn in_words(&self, words: impl Fn(&Language) -> String) -> String {
        self.language.as_deref().map(words).unwrap_or_default()
    }

    /// What the records of a dossier can answer for.
    #[must_use]
    pub fn new(dossier: &'d Dossier) -> Self {
        let mut texts: Vec<(String, Subject)> = Vec::new();
        let mut quoted: Vec<(String, Subject)> = Vec::new();
        let mut dates: Vec<(Date, Subject)> = Vec::new();
        let mut numbers: Vec<(Figure, Subject)> = Vec::new();
        for (subject, _) in dossier.heads() {
            for text in own_texts(dossier, subject) {
                let folded = fold(text);
                if folded.chars().count() >= 2 {
                    texts.push((folded, subject));
                }
            }
            for text in words_of(dossier, subject) {
                quoted.push((fold(text), subject));
            }
            dates.extend(date_of(dossier, subject).cloned().map(|date| (date, subject)));
            if !matches!(subject, Subject::Claim(_)) {
                for citation in dossier.citations(subject) {
                    let lexicon = Lexicon::or_bare(dossier.language_of(*citation.source));
                    let read = quantities(&fold(&citation.quote), lexicon);
                    numbers.extend(
                        read.iter().filter_map(Figure::read).filter(Figure::is_quantified).map(|f| (f, subject)),
                    );
                }
            }
        }
        let spoken = Language::shipped(&dossier.language).or_else(|| Language::shipped("en"));
        let language = spoken;
        let worded = |f: &dyn Fn(&Language) -> String| language.as_deref().map(f).unwrap_or_default();
        let (mut ranges, mut floors) = (Vec::new(), Vec::new());
        for cell in cells(dossier, |_| true) {
            if let Some(envelope) = &cell.envelope {
                let claims = cell.totals.iter().flat_map(|(_, claims)| claims).copied().collect();
                ranges.push((fold(&worded(&|l| l.envelope(envelope))), claims));
            }
            for floor in &cell.computed {
                floors.push((floor.at_least, floor.from.clone()));
                ranges.push((
                    worded(&|l| l.figure(&Figure { bounds: Bounds::AtLeast(floor.at_least), percent: false })),
                    floor.from.clone(),
                ));
            }
        }
        let figures = dossier.claims.iter().filter(|(_, c)| c.value.is_quantified()).map(|(r, c)| (*c.value, r));
        Self {
            dossier,
            language,
            vocabulary: Vocabulary::new(dossier),
            texts,
            quoted,
            figures: figures.collect(),
            numbers,
            ranges,
            floors,
            dates,
        }
    }

    /// The records that back an item of a passage, or the one nearest to it.
    ///
    /// # Errors
    /// Where no record backs it: the nearest record, if any is near.
    pub fn back(
        &self,
        passage: &Passage<'_>,
        item: &Item,
        lexicon: &'static Lexicon,
    ) -> Result<Vec<Subject>, Option<Near>> {
        // what stands inside the whole of a record's own text is that record's
        let within = self.within(passage.text, &item.span);
        if !within.is_empty() && !matches!(item.value, Value::Attributed) {
            return Ok(within);
        }
        let named = self.named(passage, lexicon);
        match &item.value {
            Value::Quantity(quantity) => match Figure::read(quantity) {
                Some(figure) if figure.is_quantified() => self.number(passage, item, &figure, &named),
                _ => Err(None),
            },
            Value::Digits => Err(None),
            Value::Date(words) => self.date(passage, words, &named),
            Value::Quotation(inner) => self.quotation(passage.text.get(inner.clone()).unwrap_or_default(), &named),
            Value::Attributed => self.statement(passage, &named, lexicon),
        }
    }

    /// The records among `ids` that hold a number or date that an analyst typed, whatever is said around it.
    #[must_use]
    pub fn carried(&self, item: &Item, text: &str, ids: &BTreeSet<&str>) -> Vec<Subject> {
        let among = |subject: &Subject| ids.contains(self.dossier.head(*subject).id);
        match &item.value {
            Value::Date(words) => self
                .dates
                .iter()
                .filter(|(date, subject)| among(subject) && words.iter().all(|w| agrees(date, w)))
                .map(|(_, subject)| *subject)
                .collect(),
            Value::Quantity(quantity) => {
                let Some(figure) = Figure::read(quantity) else { return Vec::new() };
                let claims = self.figures.iter().map(|(f, claim)| (*f, Subject::Claim(*claim)));
                claims.filter(|(f, s)| *f == figure && among(s)).map(|(_, s)| s).collect()
            }
            Value::Quotation(inner) => {
                let words = text.get(inner.clone()).unwrap_or_default();
                self.quoted.iter().filter(|(q, s)| holds(q, words) && among(s)).map(|(_, s)| *s).collect()
            }
            Value::Digits => {
                let found = self.within(text, &item.span);
                found.into_iter().filter(among).collect()
            }
            Value::Attributed => Vec::new(),
        }
    }

    /// Whether every bound of a quantity is a bound of a claim among `ids`, or a floor computed from such claims: an
    /// envelope of several claims has its ends from them, in whatever language it is worded.
    #[must_use]
    pub fn bounded(&self, item: &Item, text: &str, ids: &BTreeSet<&str>) -> bool {
        let Value::Quantity(quantity) = &item.value else { return false };
        let among = |claim: &Ref<Claim>| ids.contains(self.dossier.claims[*claim].id.as_str());
        let ends = |figure: &Figure| [figure.low(), figure.high()].into_iter().flatten().map(|edge| edge.number);
        let claimed: Vec<Number> = self
            .figures
            .iter()
            .filter(|(_, claim)| among(claim))
            .flat_map(|(figure, _)| ends(figure))
            .chain(self.floors.iter().filter(|(_, from)| from.iter().all(among)).map(|(number, _)| *number))
            .collect();
        match Figure::read(quantity).filter(Figure::is_quantified) {
            Some(figure) => ends(&figure).all(|end| claimed.contains(&end)),
            // worded as no lexicon reads it: each number in it alone
            None => {
                let numbers = numerals(text.get(item.span.clone()).unwrap_or_default());
                !numbers.is_empty() && numbers.iter().all(|number| claimed.contains(number))
            }
        }
    }

    /// The records whose own text stands whole in `text` around `span`.
    fn within(&self, text: &str, span: &Range<usize>) -> Vec<Subject> {
        let mut found = Vec::new();
        for (own, subject) in &self.texts {
            let around = text
                .match_indices(own.as_str())
                .any(|(at, _)| at <= span.start && span.end <= at + own.len() && is_whole(text, &(at..at + own.len())));
            if around && !found.contains(subject) {
                found.push(*subject);
            }
        }
        found
    }

    fn named(&self, passage: &Passage<'_>, lexicon: &'static Lexicon) -> Named {
        let d = self.dossier;
        let (text, around) = (passage.text.to_lowercase(), passage.around.to_lowercase());
        let says = |name: &str| names(&text, name) || names(&around, name);
        let actors: BTreeSet<Ref<Actor>> =
            d.actors.iter().map(|(r, _)| r).filter(|r| d.names_of(*r).any(says)).collect();
        let sources: BTreeSet<Ref<Source>> = d
            .sources
            .iter()
            .filter(|(_, s)| {
                passage.cites.contains(&s.id)
                    || s.publisher.as_ref().is_some_and(|p| says(p))
                    || s.title.as_ref().is_some_and(|t| says(t))
            })
            .map(|(r, _)| r)
            .collect();
        let mut subjects: BTreeSet<Subject> = actors.iter().map(|a| Subject::Actor(*a)).collect();
        for (r, place) in d.places.iter() {
            let names = place.name.versions().map(|(_, name)| name).chain(place.aliases.iter().map(|a| a.as_str()));
            if names.into_iter().any(&says) {
                subjects.insert(Subject::Place(r));
            }
        }
        subjects.extend(
            d.events
                .iter()
                .filter(|(_, e)| e.title.versions().any(|(_, title)| says(title)))
                .map(|(r, _)| Subject::Event(r)),
        );
        let measures = self.vocabulary.measures_in(passage.text, lexicon);
        let categories = self.vocabulary.categories_in(passage.text, lexicon);
        let mut measured: BTreeSet<Ref<Measure>> = measures.iter().map(|(_, m)| *m).collect();
        measured.extend(d.measures.iter().filter(|(_, m)| names(&text, &m.name)).map(|(r, _)| r));
        let mut counted: BTreeSet<Ref<Category>> = categories.iter().map(|(_, c)| *c).collect();
        counted.extend(d.categories.iter().filter(|(_, c)| names(&text, &c.name)).map(|(r, _)| r));
        Named {
            actors,
            sources,
            subjects,
            days: [passage.text, passage.around]
                .iter()
                .flat_map(|t| calendar(t, lexicon))
                .filter(|c| c.day.is_some() && c.month.is_some() && c.year.is_some())
                .collect(),
            attributes: cues(passage.text, lexicon).iter().any(|c| c.kind == CueKind::Attribution),
            measures,
            categories,
            measured,
            counted,
        }
    }

    fn number(
        &self,
        passage: &Passage<'_>,
        item: &Item,
        figure: &Figure,
        named: &Named,
    ) -> Result<Vec<Subject>, Option<Near>> {
        let mut backing = Vec::new();
        let mut near: Option<Near> = None;
        let mut consider =
            |claim: Ref<Claim>, said: &str, backing: &mut Vec<Subject>| match self.fits(passage, item, claim, named) {
                Ok(()) => backing.push(Subject::Claim(claim)),
                Err(why) => {
                    near.get_or_insert(Near { subject: Subject::Claim(claim), says: format!("{said}, {why}") });
                }
            };
        for (value, claim) in &self.figures {
            if value == figure {
                consider(*claim, &self.in_words(|l| l.figure(value)), &mut backing);
            }
        }
        for (range, claims) in &self.ranges {
            let whole = passage
                .text
                .to_lowercase()
                .match_indices(range.as_str())
                .any(|(at, _)| at <= item.span.start && item.span.end <= at + range.len());
            if whole {
                claims.iter().for_each(|claim| consider(*claim, range, &mut backing));
            }
        }
        for (value, subject) in &self.numbers {
            if value == figure && self.is_named(*subject, named) {
                backing.push(*subject);
            }
        }
        if !backing.is_empty() {
            backing.dedup();
            return Ok(backing);
        }
        Err(near.or_else(|| self.near_number(figure, named)))
    }

    /// Whether a claim that gives the number is the one the passage speaks of.
    fn fits(&self, passage: &Passage<'_>, item: &Item, claim: Ref<Claim>, named: &Named) -> Result<(), String> {
        let d = self.dossier;
        let record = &d.claims[claim];
        let who = record.who.as_ref().map(|w| **w);
        let within = |c: &Ref<Category>| who.is_some_and(|who| who == *c);
        // the nearest noun behind a number says what is counted
        let behind = |span: &Range<usize>| span.start >= item.span.end && span.start < item.span.end + 30;
        let noun = named.categories.iter().filter(|(span, _)| behind(span)).min_by_key(|(span, _)| span.start);
        let verb = named.measures.iter().filter(|(span, _)| behind(span)).min_by_key(|(span, _)| span.start);
        if !passage.row {
            match (noun, verb) {
                (Some((n, category)), v) if v.is_none_or(|(v, _)| n.start < v.start) && !within(category) => {
                    return Err(format!("which counts {}", counted(d, claim)));
                }
                (n, Some((v, _)))
                    if n.is_none_or(|(n, _)| v.start < n.start)
                        && !named.measures.iter().any(|(span, m)| span.start == v.start && *m == *record.measure) =>
                {
                    return Err(format!("which counts {}", counted(d, claim)));
                }
                _ => {}
            }
        }
        let measured = named.measured.contains(&*record.measure);
        let counts = who.is_some_and(|w| named.counted.contains(&w));
        if !named.measured.is_empty() && !measured || who.is_some() && !named.counted.is_empty() && !counts {
            return Err(format!("which counts {}", counted(d, claim)));
        }
        let claimants: BTreeSet<Ref<Actor>> = self.claimants(Subject::Claim(claim));
        let by = claimants.iter().any(|a| named.actors.contains(a));
        let cited = record.citations.iter().any(|c| named.sources.contains(&*c.source));
        if (named.attributes || passage.row) && !named.actors.is_empty() && !claimants.is_empty() && !by {
            return Err(format!("by {}", self.names(&claimants)));
        }
        let event = &d.events[*record.event];
        if let Some(date) = &event.date
            && !named.days.is_empty()
            && !named.days.iter().any(|day| agrees(date, day) || inside(date, day))
        {
            return Err(format!("of “{}” on {}", event.title.as_str(), self.in_words(|l| l.date(date))));
        }
        // a place that is named and that the event did not lie in is another event's
        let places: Vec<Ref<Place>> =
            named.subjects.iter().filter_map(|s| if let Subject::Place(p) = s { Some(*p) } else { None }).collect();
        if let Some(place) = &event.place
            && !places.is_empty()
            && !places.iter().any(|p| self.encloses(*p, **place))
            && !named.subjects.contains(&Subject::Event(*record.event))
        {
            return Err(format!("of “{}”", event.title.as_str()));
        }
        let of_event = self.is_named(Subject::Event(*record.event), named);
        if measured || counts || by || cited || of_event {
            return Ok(());
        }
        Err(format!("{}, which this does not name", counted(d, claim)))
    }

    /// Whether `inner` is `outer` or lies in it.
    fn encloses(&self, outer: Ref<Place>, inner: Ref<Place>) -> bool {
        let mut at = Some(inner);
        for _ in 0..=self.dossier.places.len() {
            match at {
                Some(place) if place == outer => return true,
                Some(place) => at = self.dossier.places[place].within.as_ref().map(|w| **w),
                None => return false,
            }
        }
        false
    }

    /// The claim that gives the same number with another bound, else another number of the same thing.
    fn near_number(&self, figure: &Figure, named: &Named) -> Option<Near> {
        let ends = |f: &Figure| -> Vec<Number> {
            match f.bounds {
                Bounds::Exact(n)
                | Bounds::AtLeast(n)
                | Bounds::MoreThan(n)
                | Bounds::AtMost(n)
                | Bounds::LessThan(n)
                | Bounds::About(n) => vec![n],
                Bounds::Range(a, b) | Bounds::AboutRange(a, b) => vec![a, b],
                Bounds::Unquantified => Vec::new(),
            }
        };
        let wanted = ends(figure);
        let best = self
            .figures
            .iter()
            .map(|(value, claim)| {
                let record = &self.dossier.claims[*claim];
                let same = ends(value).iter().any(|n| wanted.contains(n));
                let counts = record.who.as_ref().is_some_and(|w| named.counted.contains(&**w));
                let score = usize::from(same) * 4
                    + usize::from(named.measured.contains(&*record.measure)) * 2
                    + usize::from(counts)
                    + usize::from(self.claimants(Subject::Claim(*claim)).iter().any(|a| named.actors.contains(a))) * 2;
                (score, value, claim)
            })
            .filter(|(score, ..)| *score >= 2)
            .max_by_key(|(score, _, claim)| (*score, std::cmp::Reverse(**claim)))?;
        let (_, value, claim) = best;
        Some(Near {
            subject: Subject::Claim(*claim),
            says: format!("{} {}", self.in_words(|l| l.figure(value)), counted(self.dossier, *claim)),
        })
    }

    fn date(
        &self,
        passage: &Passage<'_>,
        words: &[CalendarWords],
        named: &Named,
    ) -> Result<Vec<Subject>, Option<Near>> {
        let mut near: Option<Near> = None;
        let mut backing = Vec::new();
        for (date, subject) in &self.dates {
            if !words.iter().all(|w| agrees(date, w)) {
                continue;
            }
            let worded = fold(&self.in_words(|l| l.date(date))).to_lowercase();
            let reserved = has_reserve(date) && !passage.text.to_lowercase().contains(&worded);
            let what = || format!("{} is the date of {}", self.in_words(|l| l.date(date)), self.title(*subject));
            if reserved {
                near.get_or_insert(Near { subject: *subject, says: what() });
            } else if self.is_named(*subject, named) {
                backing.push(*subject);
            } else {
                near.get_or_insert(Near { subject: *subject, says: format!("{}, which this does not name", what()) });
            }
        }
        if !backing.is_empty() {
            return Ok(backing);
        }
        Err(near.or_else(|| {
            let (date, subject) = self
                .dates
                .iter()
                .find(|(_, subject)| !matches!(subject, Subject::Source(_)) && self.is_named(*subject, named))?;
            Some(Near {
                subject: *subject,
                says: format!("{} is the date of {}", self.in_words(|l| l.date(date)), self.title(*subject)),
            })
        }))
    }

    fn quotation(&self, words: &str, named: &Named) -> Result<Vec<Subject>, Option<Near>> {
        let bare = words.trim().trim_end_matches([',', '.']);
        let mut near: Option<Near> = None;
        let mut backing = Vec::new();
        for (own, subject) in &self.texts {
            if own == bare && !backing.contains(subject) {
                backing.push(*subject);
            }
        }
        for (quote, subject) in &self.quoted {
            if !holds(quote, bare) || backing.contains(subject) {
                continue;
            }
            let speakers = self.claimants(*subject);
            let spoken = speakers.iter().any(|a| named.actors.contains(a));
            let printed = self.dossier.citations(*subject).iter().any(|c| named.sources.contains(&*c.source));
            if spoken || printed && (speakers.is_empty() || named.actors.is_empty() || !named.attributes) {
                backing.push(*subject);
            } else {
                let says = if speakers.is_empty() {
                    "these words, which this puts to nobody that the record names".to_owned()
                } else {
                    format!("these words, by {}", self.names(&speakers))
                };
                near.get_or_insert(Near { subject: *subject, says });
            }
        }
        if !backing.is_empty() {
            return Ok(backing);
        }
        Err(near.or_else(|| self.near_words(bare)))
    }

    /// The quotation that has most words of `words`, if half of them.
    fn near_words(&self, words: &str) -> Option<Near> {
        let wanted = content(words);
        let (shared, quote, subject) = self
            .quoted
            .iter()
            .map(|(quote, subject)| (content(quote).intersection(&wanted).count(), quote, subject))
            .max_by_key(|(shared, quote, _)| (*shared, std::cmp::Reverse(quote.len())))?;
        (shared >= 1 && shared * 2 >= wanted.len()).then(|| Near { subject: *subject, says: format!("“{quote}”") })
    }

    /// Words put to somebody are backed by a record of theirs with most of these words or one of these figures.
    fn statement(
        &self,
        passage: &Passage<'_>,
        named: &Named,
        lexicon: &'static Lexicon,
    ) -> Result<Vec<Subject>, Option<Near>> {
        let d = self.dossier;
        let mut spoken = content(passage.text);
        for actor in &named.actors {
            for name in d.names_of(*actor) {
                for word in content(name) {
                    spoken.remove(&word);
                }
            }
        }
        let told = cues(passage.text, lexicon).into_iter().map(|cue| cue.span);
        for span in told.chain(calendar(passage.text, lexicon).into_iter().map(|c| c.span)) {
            for word in content(passage.text.get(span).unwrap_or_default()) {
                spoken.remove(&word);
            }
        }
        let figures: Vec<Figure> = quantities(passage.text, lexicon).iter().filter_map(Figure::read).collect();
        let mut backing = Vec::new();
        let mut best: Option<(usize, Subject)> = None;
        for cited in d.cited() {
            let by = self.claimants(cited.subject);
            let printed = cited.citations.iter().any(|c| named.sources.contains(&*c.source));
            let spoken_by = by.iter().any(|a| named.actors.contains(a));
            let answers = spoken_by || by.is_empty() && printed;
            if !answers {
                continue;
            }
            let mut known: BTreeSet<String> = own_texts(d, cited.subject).into_iter().flat_map(content).collect();
            known.extend(words_of(d, cited.subject).into_iter().flat_map(content));
            if let Subject::Claim(claim) = cited.subject {
                known.extend(content(counted(d, claim)));
                known.extend(content(d.events[*d.claims[claim].event].title.as_str()));
            }
            let shared = spoken.intersection(&known).count();
            let figure = matches!(cited.subject, Subject::Claim(c) if figures.contains(&d.claims[c].value));
            if shared > 0 && (figure || shared * 5 >= spoken.len() * 3) {
                backing.push(cited.subject);
            }
            if best.is_none_or(|(most, _)| shared > most) {
                best = Some((shared, cited.subject));
            }
        }
        if !backing.is_empty() {
            return Ok(backing);
        }
        Err(best.filter(|(shared, _)| *shared > 0).map(|(_, subject)| Near {
            subject,
            says: format!("another statement of {}", self.names(&self.claimants(subject))),
        }))
    }

    /// Who says or does what a record holds, the chain it came by included.
    fn claimants(&self, subject: Subject) -> BTreeSet<Ref<Actor>> {
        let d = self.dossier;
        let mut found: BTreeSet<Ref<Actor>> = d.citations(subject).iter().flat_map(|c| &c.via).map(|a| **a).collect();
        match subject {
            Subject::Claim(r) => found.extend(d.claims[r].by.iter().map(|a| **a)),
            Subject::Position(r) => {
                found.insert(*d.positions[r].actor);
            }
            Subject::Background(r) => found.extend(d.backgrounds[r].by.iter().map(|a| **a)),
            _ => {}
        }
        found
    }

    fn names(&self, actors: &BTreeSet<Ref<Actor>>) -> String {
        if actors.is_empty() {
            return "no claimant named".to_owned();
        }
        self.in_words(|l| l.list(&actors.iter().map(|a| self.dossier.actors[*a].name.to_string()).collect::<Vec<_>>()))
    }

    /// Whether a passage names what a record is about.
    fn is_named(&self, subject: Subject, named: &Named) -> bool {
        let d = self.dossier;
        let cited = d.citations(subject).iter().any(|c| named.sources.contains(&*c.source));
        let by = self.claimants(subject).iter().any(|a| named.actors.contains(a));
        cited
            || by
            || named.subjects.contains(&subject)
            || match subject {
                Subject::Event(r) => {
                    let event = &d.events[r];
                    event.place.as_ref().is_some_and(|p| named.subjects.contains(&Subject::Place(**p)))
                        || event.by.iter().chain(&event.with).chain(&event.against).any(|a| named.actors.contains(&**a))
                }
                Subject::Source(r) => named.sources.contains(&r),
                Subject::Claim(r) => self.is_named(Subject::Event(*d.claims[r].event), named),
                Subject::Background(r) => {
                    d.backgrounds[r].about.iter().any(|s| matches!(**s, Subject::Event(_)) && self.is_named(**s, named))
                }
                _ => false,
            }
    }

    /// How a record is called in a message.
    fn title(&self, subject: Subject) -> String {
        match subject {
            Subject::Event(r) => format!("“{}”", self.dossier.events[r].title.as_str()),
            Subject::Source(r) => format!("source `{}`", self.dossier.sources[r].id),
            other => {
                let head = self.dossier.head(other);
                format!("{} `{}`", head.kind, head.id)
            }
        }
    }
}

/// The numbers written in digits, of Europe or of Arabic, groups of three put together.
fn numerals(text: &str) -> Vec<Number> {
    let digit = |c: char| match c {
        '0'..='9' => Some(c),
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10),
        _ => None,
    };
    let mut found = Vec::new();
    let mut digits = String::new();
    let mut chars = text.chars().chain([' ']).peekable();
    while let Some(c) = chars.next() {
        if let Some(c) = digit(c) {
            digits.push(c);
            continue;
        }
        let grouped = matches!(c, ',' | '.' | '\'' | '\u{a0}' | '\u{202f}' | '\u{66c}')
            && chars.peek().is_some_and(|c| digit(*c).is_some());
        if !grouped && !digits.is_empty() {
            found.extend(std::mem::take(&mut digits).parse::<Number>());
        }
    }
    found
}

/// What a claim counts: "killed, people".
fn counted(dossier: &Dossier, claim: Ref<Claim>) -> String {
    let record = &dossier.claims[claim];
    let who = record.who.as_ref().map(|w| format!(", {}", dossier.categories[**w].name.as_str())).unwrap_or_default();
    format!("“{}{who}”", dossier.measures[*record.measure].name.as_str())
}

/// Whether a lower-case text holds a name, whole; a leading article may be left out.
fn names(lower: &str, name: &str) -> bool {
    let name = fold(name).to_lowercase();
    let name = name.strip_prefix("the ").unwrap_or(&name);
    name.chars().count() >= 2 && lower.match_indices(name).any(|(at, _)| is_whole(lower, &(at..at + name.len())))
}

/// Whether words stand in a quotation, whole; capitals at the start of either do not matter.
fn holds(quote: &str, words: &str) -> bool {
    let words = words.trim().trim_end_matches([',', '.']);
    let inner = |text: &str, words: &str| {
        // marks inside a quotation are single ones where it is quoted in turn
        let (text, words) = (text.replace('"', "'"), words.replace('"', "'"));
        text.match_indices(words.as_str()).any(|(at, _)| is_whole(&text, &(at..at + words.len())))
    };
    let mut chars = words.chars();
    let small: String = chars.next().map(char::to_lowercase).into_iter().flatten().chain(chars).collect();
    let mut parts = words.split("[...]").map(str::trim).filter(|p| !p.is_empty()).peekable();
    if parts.peek().is_none() {
        return false;
    }
    inner(quote, words) || inner(quote, &small) || words.contains("[...]") && parts.all(|part| inner(quote, part))
}

/// The words of a text that carry its matter: those of four letters and more, in lower case.
fn content(text: impl AsRef<str>) -> BTreeSet<String> {
    fold(text.as_ref())
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| w.chars().count() >= 4)
        .map(str::to_lowercase)
        .collect()
}

/// Whether a date has the day, month, year and day of the week that words give, at one of its ends.
fn agrees(date: &Date, words: &CalendarWords) -> bool {
    let moment = |m: &Moment| {
        use chrono::Datelike as _;
        let (year, month, day) = m.parts();
        let exact = m.precision();
        let has_day = exact == Precision::Day;
        let has_month = matches!(exact, Precision::Day | Precision::Month | Precision::SomeDay);
        let has_year = !matches!(exact, Precision::Years(_));
        let known = words.day.is_some() || words.month.is_some() || words.year.is_some() || words.weekday.is_some();
        known
            && words.day.is_none_or(|d| has_day && d == day)
            && words.month.is_none_or(|m| has_month && m == month)
            && words.year.is_none_or(|y| has_year && y == year)
            && words.weekday.is_none_or(|w| has_day && m.earliest().weekday().number_from_monday() == u32::from(w))
    };
    match date {
        Date::Single(m) => moment(m),
        Date::Interval(a, b) => [a, b].into_iter().any(|end| matches!(end, End::At(m) if moment(m))),
    }
}

/// Whether a day named in full lies inside a date.
fn inside(date: &Date, words: &CalendarWords) -> bool {
    let (Some(day), Some(month), Some(year)) = (words.day, words.month, words.year) else { return false };
    chrono::NaiveDate::from_ymd_opt(year, month.into(), day.into())
        .is_some_and(|d| date.earliest() <= d && d <= date.latest())
}

/// Whether a date is approximate or uncertain.
fn has_reserve(date: &Date) -> bool {
    let moment = |m: &Moment| m.qualifier().is_some();
    match date {
        Date::Single(m) => moment(m),
        Date::Interval(a, b) => [a, b].into_iter().any(|end| matches!(end, End::At(m) if moment(m))),
    }
}

fn date_of(d: &Dossier, subject: Subject) -> Option<&Date> {
    match subject {
        Subject::Event(r) => d.events[r].date.as_deref(),
        Subject::Position(r) => d.positions[r].date.as_deref(),
        Subject::Background(r) => d.backgrounds[r].date.as_deref(),
        Subject::Source(r) => d.sources[r].published.as_deref(),
        Subject::Claim(r) => d.claims[r].period.as_deref(),
        Subject::Change(r) => d.changes[r].date.as_deref(),
        _ => None,
    }
}

/// The names and texts of a record that are printed as the analyst's own.
fn own_texts(d: &Dossier, subject: Subject) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let mut texts: Vec<&At<Text>> = Vec::new();
    match subject {
        Subject::Source(r) => {
            let s = &d.sources[r];
            found.extend(s.title.iter().chain(&s.publisher).chain(&s.authors).map(|t| t.as_str()));
            texts.extend(&s.about);
        }
        Subject::Actor(r) => {
            found.extend(d.names_of(r));
            texts.extend(&d.actors[r].about);
        }
        Subject::Place(r) => {
            texts.push(&d.places[r].name);
            found.extend(d.places[r].aliases.iter().map(|t| t.as_str()));
        }
        Subject::Category(r) => texts.push(&d.categories[r].name),
        Subject::Measure(r) => texts.push(&d.measures[r].name),
        Subject::Event(r) => texts.push(&d.events[r].title),
        Subject::Claim(r) => texts.extend(&d.claims[r].covers),
        Subject::Position(r) => texts.extend(&d.positions[r].venue),
        Subject::Background(r) => texts.push(&d.backgrounds[r].text),
        Subject::Discrepancy(r) => texts.push(&d.discrepancies[r].handling),
        Subject::Gap(r) => {
            texts.push(&d.gaps[r].question);
            texts.extend(d.gaps[r].why.iter().chain(&d.gaps[r].closes));
        }
        Subject::Assessment(r) => {
            texts.push(&d.assessments[r].text);
            texts.extend(&d.assessments[r].because);
        }
        Subject::Change(r) => texts.push(&d.changes[r].text),
    }
    found.extend(texts.into_iter().flat_map(|t| t.versions()).map(|(_, text)| text));
    found
}

/// The words of sources that a record quotes.
fn words_of(d: &Dossier, subject: Subject) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for citation in d.citations(subject) {
        found.push(&citation.quote);
        found.extend(citation.words.iter().map(|w| w.as_str()));
    }
    let (said, hedge, dating) = match subject {
        Subject::Position(r) => {
            let p = &d.positions[r];
            (p.said.as_ref(), p.hedge.as_ref(), p.dating.as_ref())
        }
        Subject::Claim(r) => (None, d.claims[r].hedge.as_ref(), None),
        Subject::Event(r) => (None, d.events[r].hedge.as_ref(), d.events[r].dating.as_ref()),
        Subject::Background(r) => (None, d.backgrounds[r].hedge.as_ref(), d.backgrounds[r].dating.as_ref()),
        Subject::Source(r) => (None, None, d.sources[r].dating.as_ref()),
        _ => (None, None, None),
    };
    found.extend(said.map(|t| t.as_str()));
    found.extend(hedge.map(|t| t.as_str()));
    found.extend(dating.and_then(|dating| dating.words.as_ref()).map(|t| t.as_str()));
    found
}
