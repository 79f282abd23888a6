//! The records as written, and the step that resolves them.
//!
//! Every key of a raw record is optional to the parser; what is missing is found here, so that one finding names all
//! that a record lacks and all that it points to in vain.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use super::document::Keys;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{
    Actor, Anchor, Assessment, Background, Category, Change, Citation, Claim, Dating, Discrepancy, Event, Gap, Measure,
    Place, Point, Position, Source, Subject,
};
use crate::facts::figure::Figure;
use crate::facts::table::{Allow, Entry, Ids, Ref, Review};
use crate::facts::text;
use crate::facts::vocabulary::{
    ActorKind, AssessmentKind, Basis, ChangeKind, Confidence, Credibility, DateRule, Daypart, DiscrepancyKind, Form,
    HarmGrade, Likelihood, Rank, Reliability, Scope, Stance, Tlp,
};
use crate::text::file::TextFile;
use crate::text::nearest::nearest;

/// The indefinite article a kind of record takes.
fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}

#[derive(Deserialize)]
pub(super) struct RawAllow {
    rule: At<String>,
    reason: At<String>,
}

#[derive(Deserialize)]
pub(super) struct RawCite {
    source: Option<At<String>>,
    quote: Option<At<String>>,
    words: Option<At<String>>,
    prefix: Option<At<String>>,
    #[serde(default)]
    via: Vec<At<String>>,
}

#[derive(Deserialize)]
pub(super) struct RawDating {
    basis: At<Basis>,
    words: Option<At<String>>,
    anchor: Option<At<String>>,
    rule: Option<At<DateRule>>,
    note: Prose,
}

#[derive(Deserialize)]
pub(super) struct RawPoint {
    lat: f64,
    lon: f64,
    precision: String,
    basis: String,
}

#[derive(Deserialize)]
pub(super) struct RawReview {
    by: At<String>,
    on: At<Date>,
    fingerprint: At<String>,
    note: Option<At<String>>,
}

/// One review, or a list of them.
#[derive(Default)]
pub(super) struct RawReviews(Vec<RawReview>);

impl<'de> Deserialize<'de> for RawReviews {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
        struct Form;

        impl<'de> serde::de::Visitor<'de> for Form {
            type Value = RawReviews;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a review as `factbrief review` writes it, or a list of them")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<RawReviews, A::Error> {
                RawReview::deserialize(MapAccessDeserializer::new(map)).map(|one| RawReviews(vec![one]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<RawReviews, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(RawReviews)
            }
        }

        deserializer.deserialize_any(Form)
    }
}

/// What a record may carry whatever its kind.
pub(super) struct Carried {
    tlp: Option<At<Tlp>>,
    allow: Vec<RawAllow>,
    reviewed: RawReviews,
}

/// What a record carries whatever its kind.
pub(super) trait Common {
    fn common(&mut self) -> Carried;
}

macro_rules! raw {
    ($name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Deserialize)]
        pub(super) struct $name {
            $(#[serde(default)] $field: $type,)*
            #[serde(default)]
            tlp: Option<At<Tlp>>,
            #[serde(default)]
            allow: Vec<RawAllow>,
            #[serde(default)]
            reviewed: RawReviews,
        }

        impl Keys for $name {
            const KEYS: &'static [&'static str] = &[$(stringify!($field),)* "tlp", "allow", "reviewed"];
        }

        impl Common for $name {
            fn common(&mut self) -> Carried {
                Carried {
                    tlp: self.tlp.take(),
                    allow: std::mem::take(&mut self.allow),
                    reviewed: std::mem::take(&mut self.reviewed),
                }
            }
        }
    };
}

type Text = Option<At<String>>;
type Prose = Option<At<text::Text>>;
type List = Vec<At<String>>;

raw!(RawSource {
    file: Text, sha256: Text, title: Text, publisher: Text, authors: List, wires: List, url: Text,
    published: Option<At<Date>>, dating: Option<RawDating>, language: Text, furniture: List, captions: List,
    grade: Option<At<Reliability>>, about: Prose,
});
raw!(RawActor {
    name: Prose, kind: Option<At<ActorKind>>, role: Prose, aliases: List, sic: List, part_of: Text,
    grade: Option<At<Reliability>>, about: Prose,
});
raw!(RawPlace { name: Prose, aliases: List, sic: List, within: Text, point: Option<At<RawPoint>>, });
raw!(RawCategory { name: Prose, within: Text, exclusive: bool, words: List });
raw!(RawMeasure { name: Prose, counts: Text, words: List, about: Prose });
raw!(RawEvent {
    title: Prose, kind: Text, date: Option<At<Date>>, time: Option<At<Daypart>>, dating: Option<RawDating>, place: Text,
    by: List, with: List, against: List, answers: Text, after: List, distinct: List, hedge: Text,
    harm_grade: Option<At<HarmGrade>>,
    source: Text, quote: Text, words: Text, prefix: Text, via: List, cite: Vec<At<RawCite>>,
});
raw!(RawClaim {
    event: Text, measure: Text, who: Text, value: Option<At<Figure>>, scope: Option<At<Scope>>,
    period: Option<At<Date>>, covers: Prose, by: Text, hedge: Text, origin: Text,
    credibility: Option<At<Credibility>>, rank: Option<At<Rank>>, supersedes: Text,
    source: Text, quote: Text, words: Text, prefix: Text, via: List, cite: Vec<At<RawCite>>,
});
raw!(RawPosition {
    actor: Text, stance: Option<At<Stance>>, toward: Text, date: Option<At<Date>>, dating: Option<RawDating>,
    venue: Prose, said: Text, form: Option<At<Form>>, utterance: Text, hedge: Text,
    source: Text, quote: Text, words: Text, prefix: Text, via: List, cite: Vec<At<RawCite>>,
});
raw!(RawBackground {
    text: Prose, about: List, by: Text, date: Option<At<Date>>, dating: Option<RawDating>, hedge: Text,
    source: Text, quote: Text, words: Text, prefix: Text, via: List, cite: Vec<At<RawCite>>,
});
raw!(RawDiscrepancy { kind: Option<At<DiscrepancyKind>>, between: List, handling: Prose, });
raw!(RawGap { question: Prose, why: Prose, closes: Prose, about: List, review: Option<At<Date>>, });
raw!(RawAssessment {
    kind: Option<At<AssessmentKind>>, text: Prose, likelihood: Option<At<Likelihood>>,
    confidence: Option<At<Confidence>>, because: Prose, rests_on: List,
});
raw!(RawChange { kind: Option<At<ChangeKind>>, affects: List, date: Option<At<Date>>, text: Prose, });

/// The keys of a kind of record, in the order of the fact model; none for what is no kind.
pub(super) fn keys_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "source" => RawSource::KEYS,
        "actor" => RawActor::KEYS,
        "place" => RawPlace::KEYS,
        "category" => RawCategory::KEYS,
        "measure" => RawMeasure::KEYS,
        "event" => RawEvent::KEYS,
        "claim" => RawClaim::KEYS,
        "position" => RawPosition::KEYS,
        "background" => RawBackground::KEYS,
        "discrepancy" => RawDiscrepancy::KEYS,
        "gap" => RawGap::KEYS,
        "assessment" => RawAssessment::KEYS,
        "change" => RawChange::KEYS,
        _ => &[],
    }
}

/// The ids of all tables: what a reference may point to.
#[derive(Debug)]
pub(super) struct AllIds {
    pub(super) sources: Ids<Source>,
    pub(super) actors: Ids<Actor>,
    pub(super) places: Ids<Place>,
    pub(super) categories: Ids<Category>,
    pub(super) measures: Ids<Measure>,
    pub(super) events: Ids<Event>,
    pub(super) claims: Ids<Claim>,
    pub(super) positions: Ids<Position>,
    pub(super) backgrounds: Ids<Background>,
    pub(super) discrepancies: Ids<Discrepancy>,
    pub(super) gaps: Ids<Gap>,
    pub(super) assessments: Ids<Assessment>,
    pub(super) changes: Ids<Change>,
}

impl AllIds {
    fn subject(&self, id: &str) -> Option<Subject> {
        None.or_else(|| self.sources.get(id).map(Subject::Source))
            .or_else(|| self.actors.get(id).map(Subject::Actor))
            .or_else(|| self.places.get(id).map(Subject::Place))
            .or_else(|| self.events.get(id).map(Subject::Event))
            .or_else(|| self.claims.get(id).map(Subject::Claim))
            .or_else(|| self.positions.get(id).map(Subject::Position))
            .or_else(|| self.backgrounds.get(id).map(Subject::Background))
            .or_else(|| self.discrepancies.get(id).map(Subject::Discrepancy))
            .or_else(|| self.gaps.get(id).map(Subject::Gap))
            .or_else(|| self.assessments.get(id).map(Subject::Assessment))
            .or_else(|| self.changes.get(id).map(Subject::Change))
            // last, for the built-in vocabulary is not to hide a record of its own
            .or_else(|| self.categories.get(id).map(Subject::Category))
            .or_else(|| self.measures.get(id).map(Subject::Measure))
    }

    fn kind_of(&self, id: &str) -> Option<&'static str> {
        Some(match self.subject(id)? {
            Subject::Source(_) => "source",
            Subject::Actor(_) => "actor",
            Subject::Place(_) => "place",
            Subject::Category(_) => "category",
            Subject::Measure(_) => "measure",
            Subject::Event(_) => "event",
            Subject::Claim(_) => "claim",
            Subject::Position(_) => "position",
            Subject::Background(_) => "background",
            Subject::Discrepancy(_) => "discrepancy",
            Subject::Gap(_) => "gap",
            Subject::Assessment(_) => "assessment",
            Subject::Change(_) => "change",
        })
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.sources
            .iter()
            .chain(self.actors.iter())
            .chain(self.places.iter())
            .chain(self.categories.iter())
            .chain(self.measures.iter())
            .chain(self.events.iter())
            .chain(self.claims.iter())
            .chain(self.positions.iter())
            .chain(self.backgrounds.iter())
            .chain(self.discrepancies.iter())
            .chain(self.gaps.iter())
            .chain(self.assessments.iter())
            .chain(self.changes.iter())
    }
}

/// Collects what one record lacks and points to in vain.
pub(super) struct Resolver<'a> {
    ids: &'a AllIds,
    file: &'a Arc<TextFile>,
    header: Range<usize>,
    kind: &'static str,
    missing: Vec<&'static str>,
    wrong: Vec<(Range<usize>, String)>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(ids: &'a AllIds, file: &'a Arc<TextFile>, header: Range<usize>, kind: &'static str) -> Self {
        Self { ids, file, header, kind, missing: Vec::new(), wrong: Vec::new() }
    }

    fn need<T>(&mut self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.missing.push(key);
        }
        value
    }

    fn needed_text<T: AsRef<str>>(&mut self, key: &'static str, value: Option<At<T>>) -> Option<At<T>> {
        let value = self.need(key, value)?;
        if value.as_ref().trim().is_empty() {
            self.wrong.push((value.span().clone(), format!("`{key}` is empty")));
            return None;
        }
        Some(value)
    }

    fn wrong(&mut self, span: &Range<usize>, text: impl Into<String>) {
        self.wrong.push((span.clone(), text.into()));
    }

    fn one<T>(&mut self, ids: &Ids<T>, kind: &str, id: At<String>) -> Option<At<Ref<T>>> {
        if let Some(reference) = ids.get(&id) {
            return Some(id.with(reference));
        }
        let shown = crate::text::gate::visible(&id);
        let text = if let Some(other) = self.ids.kind_of(&id) {
            format!("`{shown}` is {} {other}; this must be {} {kind}", article(other), article(kind))
        } else if let Some(guess) = nearest(&id, ids.iter()) {
            format!("there is no {kind} `{shown}`; did you mean `{guess}`?")
        } else {
            format!("there is no {kind} `{shown}`")
        };
        self.wrong(id.span(), text);
        None
    }

    fn maybe<T>(&mut self, ids: &Ids<T>, kind: &str, id: Text) -> Option<At<Ref<T>>> {
        id.and_then(|id| self.one(ids, kind, id))
    }

    fn many<T>(&mut self, ids: &Ids<T>, kind: &str, list: List) -> Vec<At<Ref<T>>> {
        let mut found: Vec<At<Ref<T>>> = Vec::with_capacity(list.len());
        for id in list {
            let span = id.span().clone();
            if let Some(reference) = self.one(ids, kind, id) {
                if found.contains(&reference) {
                    self.wrong(&span, "named twice");
                }
                found.push(reference);
            }
        }
        found
    }

    fn subject(&mut self, id: At<String>) -> Option<At<Subject>> {
        if let Some(subject) = self.ids.subject(&id) {
            return Some(id.with(subject));
        }
        let shown = crate::text::gate::visible(&id);
        let guess = nearest(&id, self.ids.iter()).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
        self.wrong(id.span(), format!("there is no record `{shown}`{guess}"));
        None
    }

    fn subjects(&mut self, list: List) -> Vec<At<Subject>> {
        let mut found: Vec<At<Subject>> = Vec::with_capacity(list.len());
        for id in list {
            let span = id.span().clone();
            if let Some(subject) = self.subject(id) {
                if found.contains(&subject) {
                    self.wrong(&span, "named twice");
                }
                found.push(subject);
            }
        }
        found
    }

    fn dating(&mut self, raw: Option<RawDating>, dated: bool) -> Option<Dating> {
        let raw = raw?;
        if !dated {
            self.wrong(raw.basis.span(), "there is no date that this could be the basis of");
        }
        let anchored = raw.anchor.is_some();
        let anchor = raw.anchor.and_then(|id| {
            let found =
                self.ids.sources.get(&id).map(Anchor::Source).or_else(|| self.ids.events.get(&id).map(Anchor::Event));
            if found.is_none() {
                let known = self.ids.sources.iter().chain(self.ids.events.iter());
                let guess = nearest(&id, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                let shown = crate::text::gate::visible(&id);
                self.wrong(id.span(), format!("an anchor is a source or an event, and `{shown}` is neither{guess}"));
            }
            found.map(|found| id.with(found))
        });
        let words_needed = |rule: DateRule| !matches!(rule, DateRule::InUrl);
        let anchor_needed = |rule: DateRule| !matches!(rule, DateRule::InUrl | DateRule::Weekday);
        match (*raw.basis, &raw.rule) {
            (Basis::Stated, _) if raw.words.is_none() => {
                self.wrong(raw.basis.span(), "a stated date needs the `words` that state it");
            }
            (Basis::Stated, Some(rule)) => self.wrong(rule.span(), "a stated date follows from no rule"),
            (Basis::Inferred, None) if raw.note.is_none() => {
                self.wrong(
                    raw.basis.span(),
                    "an inferred date needs a `rule`, or a `note` that says how it was inferred",
                );
            }
            (Basis::External | Basis::SourceError, _) if raw.note.is_none() => {
                self.wrong(
                    raw.basis.span(),
                    "this basis needs a `note`: where the date comes from, and why it is held",
                );
            }
            (_, Some(rule)) if words_needed(**rule) && raw.words.is_none() => {
                self.wrong(rule.span(), "the rule reads `words` of the source; none are given");
            }
            (_, Some(rule)) if anchor_needed(**rule) && !anchored => {
                self.wrong(rule.span(), "the rule counts from an `anchor`; none is given");
            }
            _ => {}
        }
        Some(Dating { basis: raw.basis, words: raw.words, anchor, rule: raw.rule, note: raw.note })
    }

    #[allow(clippy::too_many_arguments, reason = "the keys of a citation, as they stand in every citing record")]
    fn citations(
        &mut self,
        source: Text,
        quote: Text,
        words: Text,
        prefix: Text,
        via: List,
        cite: Vec<At<RawCite>>,
    ) -> Vec<Citation> {
        let inline = source.is_some() || quote.is_some() || words.is_some() || prefix.is_some() || !via.is_empty();
        let mut raw: Vec<RawCite> = Vec::new();
        if inline {
            if let Some(first) = cite.first() {
                self.wrong(first.span(), "either `source` and `quote`, or `cite`: not both");
            }
            if source.is_none() {
                self.missing.push("source");
            }
            if quote.is_none() {
                self.missing.push("quote");
            }
            raw.push(RawCite { source, quote, words, prefix, via });
        } else if cite.is_empty() {
            self.missing.push("source");
            self.missing.push("quote");
        } else {
            for one in cite {
                if one.source.is_none() || one.quote.is_none() {
                    self.wrong(one.span(), "a citation needs `source` and `quote`");
                }
                raw.push(one.into_inner());
            }
        }
        let ids = self.ids;
        raw.into_iter()
            .filter_map(|one| {
                let source = self.maybe(&ids.sources, "source", one.source);
                let via = self.many(&ids.actors, "actor", one.via);
                let quote = one.quote?;
                if quote.trim().is_empty() {
                    self.wrong(quote.span(), "`quote` is empty");
                    return None;
                }
                Some(Citation { source: source?, quote, words: one.words, prefix: one.prefix, via })
            })
            .collect()
    }

    /// The entry, or one finding with all that is wrong with it.
    pub(super) fn finish<T>(
        mut self,
        id: &str,
        Carried { tlp, allow, reviewed }: Carried,
        record: Option<T>,
    ) -> Result<Entry<T>, Diagnostic> {
        for exception in &allow {
            if exception.reason.trim().is_empty() {
                self.wrong(exception.reason.span(), "an exception needs a reason");
            }
        }
        for review in &reviewed.0 {
            if review.by.trim().is_empty() {
                self.wrong(review.by.span(), "a review says who held the record against its article: `by` is empty");
            }
            if review.on.as_day().is_none() {
                self.wrong(review.on.span(), "a review is of a day");
            }
        }
        if let (Some(record), true) = (record, self.missing.is_empty() && self.wrong.is_empty()) {
            let allow = allow.into_iter().map(|a| Allow { rule: a.rule, reason: a.reason }).collect();
            return Ok(Entry {
                id: id.to_owned(),
                file: Arc::clone(self.file),
                header: self.header,
                tlp,
                allow,
                reviewed: reviewed
                    .0
                    .into_iter()
                    .map(|r| Review { by: r.by, on: r.on, fingerprint: r.fingerprint, note: r.note })
                    .collect(),
                record,
            });
        }
        let kind = self.kind;
        let (code, title) = if self.missing.is_empty() {
            ("reference", format!("{kind} `{id}` does not hold together"))
        } else {
            ("schema", format!("{kind} `{id}` is not complete"))
        };
        let mut finding = Diagnostic::new(code, title);
        for (span, text) in &self.wrong {
            finding = finding.at(self.file, span, text.clone());
        }
        if !self.missing.is_empty() {
            let names: Vec<String> = self.missing.iter().map(|k| format!("`{k}`")).collect();
            finding = finding.at(self.file, &self.header, format!("lacks {}", names.join(", ")));
        }
        Err(finding)
    }
}

/// A raw record that resolves to a record.
pub(super) trait Resolve: Common + Sized {
    type Record;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Self::Record>;
}

impl Resolve for RawSource {
    type Record = Source;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Source> {
        let archived = r.needed_text("file", self.file);
        let sha256 = r.needed_text("sha256", self.sha256);
        if let Some(name) = &archived
            && let Err(why) = super::archive::check_name(name)
        {
            r.wrong(name.span(), why);
        }
        if let Some(hash) = &sha256
            && (hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        {
            r.wrong(hash.span(), "a SHA-256 is 64 lower-case hexadecimal digits (`sha256sum FILE` prints it)");
        }
        if let Some(url) = &self.url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            r.wrong(url.span(), "an address begins with https:// or http://");
        }
        let dating = r.dating(self.dating, self.published.is_some());
        let ids = r.ids;
        let wires = r.many(&ids.actors, "actor", self.wires);
        Some(Source {
            archived: archived?,
            sha256: sha256?,
            title: self.title,
            publisher: self.publisher,
            authors: self.authors,
            wires,
            url: self.url,
            published: self.published,
            dating,
            language: self.language,
            furniture: self.furniture,
            captions: self.captions,
            grade: self.grade.map_or(Reliability::F, At::into_inner),
            about: self.about,
        })
    }
}

impl Resolve for RawActor {
    type Record = Actor;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Actor> {
        let name = r.needed_text("name", self.name);
        let kind = r.need("kind", self.kind);
        let ids = r.ids;
        let part_of = r.maybe(&ids.actors, "actor", self.part_of);
        Some(Actor {
            name: name?,
            kind: kind?,
            role: self.role,
            aliases: self.aliases,
            sic: self.sic,
            part_of,
            grade: self.grade,
            about: self.about,
        })
    }
}

impl Resolve for RawPlace {
    type Record = Place;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Place> {
        let name = r.needed_text("name", self.name);
        let ids = r.ids;
        let within = r.maybe(&ids.places, "place", self.within);
        let point = self.point.map(|at| {
            let span = at.span().clone();
            let p = at.into_inner();
            // what is no number is in no range
            if !((-90.0..=90.0).contains(&p.lat) && (-180.0..=180.0).contains(&p.lon)) {
                r.wrong(
                    &span,
                    "this point is not on the globe: `lat` is a number from -90 to 90, `lon` from -180 to 180",
                );
            }
            if p.basis.trim().is_empty() {
                r.wrong(&span, "a coordinate says whence it is: `basis` is empty");
            }
            Point { lat: p.lat, lon: p.lon, precision: p.precision, basis: p.basis }
        });
        Some(Place { name: name?, aliases: self.aliases, sic: self.sic, within, point })
    }
}

impl Resolve for RawCategory {
    type Record = Category;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Category> {
        let name = r.needed_text("name", self.name);
        let ids = r.ids;
        let within = r.maybe(&ids.categories, "category", self.within);
        Some(Category { name: name?, within, exclusive: self.exclusive, words: self.words })
    }
}

impl Resolve for RawMeasure {
    type Record = Measure;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Measure> {
        let name = r.needed_text("name", self.name);
        let counts_people = match &self.counts {
            None => false,
            Some(counts) if counts.as_str() == "people" => true,
            Some(counts) => {
                r.wrong(counts.span(), "`counts` is \"people\", or is left out");
                false
            }
        };
        Some(Measure { name: name?, counts_people, words: self.words, about: self.about })
    }
}

impl Resolve for RawEvent {
    type Record = Event;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Event> {
        let title = r.needed_text("title", self.title);
        let kind = r.needed_text("kind", self.kind);
        let ids = r.ids;
        let dating = r.dating(self.dating, self.date.is_some());
        let place = r.maybe(&ids.places, "place", self.place);
        let by = r.many(&ids.actors, "actor", self.by);
        let with = r.many(&ids.actors, "actor", self.with);
        let against = r.many(&ids.actors, "actor", self.against);
        let answers = r.maybe(&ids.events, "event", self.answers);
        let after = r.many(&ids.events, "event", self.after);
        let distinct = r.many(&ids.events, "event", self.distinct);
        let citations = r.citations(self.source, self.quote, self.words, self.prefix, self.via, self.cite);
        Some(Event {
            title: title?,
            kind: kind?,
            date: self.date,
            time: self.time,
            dating,
            place,
            by,
            with,
            against,
            answers,
            after,
            distinct,
            hedge: self.hedge,
            harm_grade: self.harm_grade,
            citations,
        })
    }
}

impl Resolve for RawClaim {
    type Record = Claim;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Claim> {
        let ids = r.ids;
        let event = r.need("event", self.event);
        let event = r.maybe(&ids.events, "event", event);
        let measure = r.need("measure", self.measure);
        let measure = r.maybe(&ids.measures, "measure", measure);
        let value = r.need("value", self.value);
        let who = r.maybe(&ids.categories, "category", self.who);
        let by = r.maybe(&ids.actors, "actor", self.by);
        let supersedes = r.maybe(&ids.claims, "claim", self.supersedes);
        let scope = self.scope.as_ref().map_or(Scope::Total, |s| **s);
        match (&self.scope, &self.period) {
            (Some(at), None) if scope == Scope::Cumulative => {
                r.wrong(at.span(), "a cumulative figure needs its `period`");
            }
            (_, Some(period)) if scope != Scope::Cumulative => {
                r.wrong(period.span(), "only a cumulative figure has a period");
            }
            _ => {}
        }
        let citations = r.citations(self.source, self.quote, self.words, self.prefix, self.via, self.cite);
        Some(Claim {
            event: event?,
            measure: measure?,
            who,
            value: value?,
            scope,
            period: self.period,
            covers: self.covers,
            by,
            hedge: self.hedge,
            origin: self.origin,
            credibility: self.credibility,
            rank: self.rank.map_or(Rank::Normal, At::into_inner),
            supersedes,
            citations,
        })
    }
}

impl Resolve for RawPosition {
    type Record = Position;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Position> {
        let ids = r.ids;
        let actor = r.need("actor", self.actor);
        let actor = r.maybe(&ids.actors, "actor", actor);
        let stance = r.need("stance", self.stance);
        let toward = r.need("toward", self.toward).and_then(|id| r.subject(id));
        let dating = r.dating(self.dating, self.date.is_some());
        let form = match (&self.form, &self.said) {
            (Some(form), None) if **form == Form::Direct => {
                r.wrong(form.span(), "direct speech needs the words `said`");
                Form::Direct
            }
            (Some(form), _) => **form,
            (None, Some(_)) => Form::Direct,
            (None, None) => Form::Indirect,
        };
        let citations = r.citations(self.source, self.quote, self.words, self.prefix, self.via, self.cite);
        Some(Position {
            actor: actor?,
            stance: stance?,
            toward: toward?,
            date: self.date,
            dating,
            venue: self.venue,
            said: self.said,
            form,
            utterance: self.utterance,
            hedge: self.hedge,
            citations,
        })
    }
}

impl Resolve for RawBackground {
    type Record = Background;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Background> {
        let text = r.needed_text("text", self.text);
        let ids = r.ids;
        let about = r.subjects(self.about);
        let by = r.maybe(&ids.actors, "actor", self.by);
        let dating = r.dating(self.dating, self.date.is_some());
        let citations = r.citations(self.source, self.quote, self.words, self.prefix, self.via, self.cite);
        Some(Background { text: text?, about, by, date: self.date, dating, hedge: self.hedge, citations })
    }
}

impl Resolve for RawDiscrepancy {
    type Record = Discrepancy;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Discrepancy> {
        let kind = r.need("kind", self.kind);
        let handling = r.needed_text("handling", self.handling);
        let written = self.between.len();
        if written == 0 {
            r.missing.push("between");
        }
        if let (1, Some(only)) = (written, self.between.first()) {
            let span = only.span().clone();
            r.wrong(&span, "a discrepancy stands between two records or more");
        }
        let between = r.subjects(self.between);
        Some(Discrepancy { kind: kind?, between, handling: handling? })
    }
}

impl Resolve for RawGap {
    type Record = Gap;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Gap> {
        let question = r.needed_text("question", self.question);
        let about = r.subjects(self.about);
        Some(Gap { question: question?, why: self.why, closes: self.closes, about, review: self.review })
    }
}

impl Resolve for RawAssessment {
    type Record = Assessment;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Assessment> {
        let kind = r.need("kind", self.kind);
        let text = r.needed_text("text", self.text);
        if self.rests_on.is_empty() {
            r.missing.push("rests_on");
        }
        let rests_on = r.subjects(self.rests_on);
        for subject in &rests_on {
            if matches!(**subject, Subject::Source(_)) {
                r.wrong(subject.span(), "a judgement rests on records, never on an article");
            }
        }
        Some(Assessment {
            kind: kind?,
            text: text?,
            likelihood: self.likelihood,
            confidence: self.confidence,
            because: self.because,
            rests_on,
        })
    }
}

impl Resolve for RawChange {
    type Record = Change;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Change> {
        let kind = r.need("kind", self.kind);
        let text = r.needed_text("text", self.text);
        if self.affects.is_empty() {
            r.missing.push("affects");
        }
        let affects = r.subjects(self.affects);
        Some(Change { kind: kind?, affects, date: self.date, text: text? })
    }
}

/// The first circle that a relation runs in, as the ids along it.
pub(super) fn circle<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut done: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for &start in edges.keys() {
        // a walk with its own stack: a long chain must not exhaust the program's
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: std::collections::BTreeSet<&str> = [start].into();
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let Some(&to) = edges.get(at).and_then(|list| list.get(*next)) else {
                done.insert(at);
                on_path.remove(at);
                path.pop();
                continue;
            };
            *next += 1;
            if on_path.contains(to) {
                let round = path.iter().skip_while(|(id, _)| *id != to).map(|(id, _)| *id);
                return Some(round.chain([to]).collect());
            }
            if !done.contains(to) {
                on_path.insert(to);
                path.push((to, 0));
            }
        }
    }
    None
}
