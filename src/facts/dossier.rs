//! The records of a dossier and the tables that hold them.

use std::ops::Range;
use std::sync::Arc;

use super::at::At;
use super::date::Date;
use super::figure::Figure;
use super::row::{Row, RowCite, TableForm};
use super::table::{Allow, Entry, Ref, Review, Table};
use super::text::Text;
use super::vocabulary::{
    ActorKind, AssessmentKind, Basis, ChangeKind, Confidence, Credibility, DateRule, Daypart, DiscrepancyKind, Form,
    HarmGrade, Likelihood, Rank, Reliability, Scope, Stance, Tlp,
};
use crate::text::file::TextFile;

/// Where a record's words stand: a source, the few words that carry the fact, and the chain they came by.
#[derive(Debug, Clone)]
pub struct Citation {
    /// The source that prints it.
    pub source: At<Ref<Source>>,
    /// The passage, verbatim but for typography; `[...]` joins passages of one paragraph.
    pub quote: At<String>,
    /// The part of the passage that carries the number.
    pub words: Option<At<String>>,
    /// Words just before the passage, where it stands in several places.
    pub prefix: Option<At<String>>,
    /// Through whom it reached the source, nearest to the source first.
    pub via: Vec<At<Ref<Actor>>>,
    /// The row it cites, of a source that is a table; `quote` then holds the cells as they are printed.
    pub row: Option<Box<RowCite>>,
}

/// The date that a relative date is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// A source's date of publication.
    Source(Ref<Source>),
    /// An event's date.
    Event(Ref<Event>),
}

/// How a date is known.
#[derive(Debug, Clone)]
pub struct Dating {
    /// Stated, inferred, external, or an error of the source.
    pub basis: At<Basis>,
    /// The words of the source that give it, in the paragraph of the record's first citation.
    pub words: Option<At<String>>,
    /// What it is counted from.
    pub anchor: Option<At<Anchor>>,
    /// How it is counted.
    pub rule: Option<At<DateRule>>,
    /// What a reader should know of it.
    pub note: Option<At<Text>>,
}

/// A published text, archived by hash.
#[derive(Debug)]
pub struct Source {
    /// The file's name in the archive; none while the article is still to be added, and nothing may cite it.
    pub archived: Option<At<String>>,
    /// SHA-256 of its bytes.
    pub sha256: Option<At<String>>,
    /// How its cells are written, where it is a table.
    pub table: Option<TableForm>,
    /// Its headline.
    pub title: Option<At<String>>,
    /// Who published it.
    pub publisher: Option<At<String>>,
    /// Who wrote it.
    pub authors: Vec<At<String>>,
    /// The agencies it leans on.
    pub wires: Vec<At<Ref<Actor>>>,
    /// Where it is published.
    pub url: Option<At<String>>,
    /// Its Digital Object Identifier.
    pub doi: Option<At<String>>,
    /// When it was published.
    pub published: Option<At<Date>>,
    /// How that date is known.
    pub dating: Option<Dating>,
    /// The language it is written in (BCP 47); the project's, where nothing is said.
    pub language: Option<At<String>>,
    /// Openings of lines that are page furniture and may never be quoted.
    pub furniture: Vec<At<String>>,
    /// Openings of lines that are headlines, decks, captions or pull-quotes: quotable, but no speech.
    pub captions: Vec<At<String>>,
    /// Reliability (Admiralty).
    pub grade: Reliability,
    /// What kind of report it is and what it rests on, in a line.
    pub about: Option<At<Text>>,
}

impl Source {
    /// The name of its file; empty while its article is still to be added.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.archived.as_ref().map_or("", |name| name.as_str())
    }

    /// Whether it is an article that is at hand somewhere: no table, and none that is still to be added.
    #[must_use]
    pub fn is_article(&self) -> bool {
        self.archived.is_some() && self.table.is_none()
    }

    /// The SHA-256 of its file; empty while its article is still to be added.
    #[must_use]
    pub fn hash(&self) -> &str {
        self.sha256.as_ref().map_or("", |hash| hash.as_str())
    }
}

/// A person or body that does or says something.
#[derive(Debug)]
pub struct Actor {
    /// The name it is printed by.
    pub name: At<Text>,
    /// What it is.
    pub kind: At<ActorKind>,
    /// Its office.
    pub role: Option<At<Text>>,
    /// Every other spelling or description a source uses.
    pub aliases: Vec<At<String>>,
    /// Misspellings of a source: recognised, printed only inside a quotation.
    pub sic: Vec<At<String>>,
    /// What it belongs to.
    pub part_of: Option<At<Ref<Actor>>>,
    /// Reliability (Admiralty), where it was judged.
    pub grade: Option<At<Reliability>>,
    /// What it is, in a line.
    pub about: Option<At<Text>>,
}

/// A coordinate, which is always a look-up and says whence.
#[derive(Debug, Clone)]
pub struct Point {
    /// Degrees north, WGS 84.
    pub lat: f64,
    /// Degrees east, WGS 84.
    pub lon: f64,
    /// How exact it is, in a word ("city").
    pub precision: String,
    /// Where it was looked up.
    pub basis: String,
}

/// Somewhere.
#[derive(Debug)]
pub struct Place {
    /// The name it is printed by.
    pub name: At<Text>,
    /// Every other spelling a source uses.
    pub aliases: Vec<At<String>>,
    /// Misspellings of a source.
    pub sic: Vec<At<String>>,
    /// The place it lies in.
    pub within: Option<At<Ref<Place>>>,
    /// Where it lies.
    pub point: Option<Point>,
}

/// Whom a figure counts.
#[derive(Debug)]
pub struct Category {
    /// Its name, in the plural.
    pub name: At<Text>,
    /// The wider category it is part of.
    pub within: Option<At<Ref<Category>>>,
    /// Whether nobody in it is also in another exclusive category within the same wider one, so that the two may be
    /// added up to a floor of that one.
    pub exclusive: bool,
    /// Words by which sources name it, beside those of the language.
    pub words: Vec<At<String>>,
}

/// What a figure counts.
#[derive(Debug)]
pub struct Measure {
    /// The label it is printed by.
    pub name: At<Text>,
    /// Whether it counts people, so that a claim must say whom.
    pub counts_people: bool,
    /// Words by which sources express it, beside those of the language.
    pub words: Vec<At<String>>,
    /// What it is, in a line.
    pub about: Option<At<Text>>,
}

/// Something that happened, or is proposed.
#[derive(Debug)]
pub struct Event {
    /// A noun phrase without figures.
    pub title: At<Text>,
    /// The analyst's own word for its kind.
    pub kind: At<String>,
    /// When.
    pub date: Option<At<Date>>,
    /// Part of the day.
    pub time: Option<At<Daypart>>,
    /// How the date is known.
    pub dating: Option<Dating>,
    /// Where.
    pub place: Option<At<Ref<Place>>>,
    /// Who did it.
    pub by: Vec<At<Ref<Actor>>>,
    /// With whom.
    pub with: Vec<At<Ref<Actor>>>,
    /// Against whom.
    pub against: Vec<At<Ref<Actor>>>,
    /// What it answers.
    pub answers: Option<At<Ref<Event>>>,
    /// What it follows on the same day.
    pub after: Vec<At<Ref<Event>>>,
    /// What it must never be merged with.
    pub distinct: Vec<At<Ref<Event>>>,
    /// The source's reserve.
    pub hedge: Option<At<String>>,
    /// Grade of civilian harm (Airwars).
    pub harm_grade: Option<At<HarmGrade>>,
    /// Where it is reported.
    pub citations: Vec<Citation>,
}

/// One figure by one claimant in one place.
#[derive(Debug)]
pub struct Claim {
    /// Of which event.
    pub event: At<Ref<Event>>,
    /// What is counted.
    pub measure: At<Ref<Measure>>,
    /// Who is counted.
    pub who: Option<At<Ref<Category>>>,
    /// The figure.
    pub value: At<Figure>,
    /// What part of the whole it covers.
    pub scope: Scope,
    /// The period of a cumulative figure.
    pub period: Option<At<Date>>,
    /// What exactly is counted, in words.
    pub covers: Option<At<Text>>,
    /// Who says so; none where the source names nobody.
    pub by: Option<At<Ref<Actor>>>,
    /// The source's reserve.
    pub hedge: Option<At<String>>,
    /// The root of the figure: claims of one origin corroborate nothing.
    pub origin: Option<At<String>>,
    /// Credibility (Admiralty).
    pub credibility: Option<At<Credibility>>,
    /// Whether it is current.
    pub rank: Rank,
    /// The earlier claim of the same claimant that it replaces.
    pub supersedes: Option<At<Ref<Claim>>>,
    /// Where it is printed.
    pub citations: Vec<Citation>,
}

/// Where somebody stands, in their words.
#[derive(Debug)]
pub struct Position {
    /// Whose it is.
    pub actor: At<Ref<Actor>>,
    /// The stance.
    pub stance: At<Stance>,
    /// Toward what.
    pub toward: At<Subject>,
    /// When it was expressed.
    pub date: Option<At<Date>>,
    /// How that date is known.
    pub dating: Option<Dating>,
    /// Where and how it was expressed.
    pub venue: Option<At<Text>>,
    /// The speaker's words, inside the quotation.
    pub said: Option<At<String>>,
    /// How it was expressed.
    pub form: Form,
    /// Groups several renderings of one statement.
    pub utterance: Option<At<String>>,
    /// The source's reserve.
    pub hedge: Option<At<String>>,
    /// Where it is reported.
    pub citations: Vec<Citation>,
}

/// A sourced statement that is none of the above.
#[derive(Debug)]
pub struct Background {
    /// The statement, in the analyst's words.
    pub text: At<Text>,
    /// What it belongs to.
    pub about: Vec<At<Subject>>,
    /// Who says so, where the source attributes it.
    pub by: Option<At<Ref<Actor>>>,
    /// When it was so.
    pub date: Option<At<Date>>,
    /// How that date is known.
    pub dating: Option<Dating>,
    /// The source's reserve.
    pub hedge: Option<At<String>>,
    /// Where it is reported.
    pub citations: Vec<Citation>,
}

/// A disagreement between records, and what the analyst does about it.
#[derive(Debug)]
pub struct Discrepancy {
    /// In what they disagree.
    pub kind: At<DiscrepancyKind>,
    /// Which records.
    pub between: Vec<At<Subject>>,
    /// What is done about it.
    pub handling: At<Text>,
}

/// Something that is not known.
#[derive(Debug)]
pub struct Gap {
    /// The question.
    pub question: At<Text>,
    /// Why it is open.
    pub why: Option<At<Text>>,
    /// What would close it.
    pub closes: Option<At<Text>>,
    /// What it belongs to.
    pub about: Vec<At<Subject>>,
    /// When to look again.
    pub review: Option<At<Date>>,
}

/// A judgement, kept apart from facts: it rests on records, never on an article.
#[derive(Debug)]
pub struct Assessment {
    /// What it is.
    pub kind: At<AssessmentKind>,
    /// The judgement, in a sentence.
    pub text: At<Text>,
    /// How likely (ICD 203).
    pub likelihood: Option<At<Likelihood>>,
    /// How good its basis is (ICD 203).
    pub confidence: Option<At<Confidence>>,
    /// Why.
    pub because: Option<At<Text>>,
    /// The records it rests on.
    pub rests_on: Vec<At<Subject>>,
}

/// Why a record differs from what was printed before.
#[derive(Debug)]
pub struct Change {
    /// What happened.
    pub kind: At<ChangeKind>,
    /// To which records.
    pub affects: Vec<At<Subject>>,
    /// When.
    pub date: Option<At<Date>>,
    /// In words.
    pub text: At<Text>,
}

/// A table that was imported whole: its rows became records by a mapping, and are proved together.
#[derive(Debug)]
pub struct Imported {
    /// The source that holds the table.
    pub source: Ref<Source>,
    /// SHA-256 of the table that was imported.
    pub table_sha256: String,
    /// SHA-256 of the mapping.
    pub mapping_sha256: String,
    /// The imported rows.
    pub rows_file: Arc<TextFile>,
    /// Each with the bytes of the file that it stands in, in the order of the table.
    pub rows: Vec<(Arc<Row>, Range<usize>)>,
    /// What became of each row of the table.
    pub books: Books,
}

/// What became of the rows of a table: each was imported, refused or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Books {
    /// Rows that the table has below its header.
    pub read: usize,
    /// Rows that became records.
    pub imported: usize,
    /// Rows that could not be read, each listed with the reason.
    pub refused: usize,
    /// Rows that the mapping leaves out.
    pub left_out: usize,
}

/// A reference to a record of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A source.
    Source(Ref<Source>),
    /// An actor.
    Actor(Ref<Actor>),
    /// A place.
    Place(Ref<Place>),
    /// A category.
    Category(Ref<Category>),
    /// A measure.
    Measure(Ref<Measure>),
    /// An event.
    Event(Ref<Event>),
    /// A claim.
    Claim(Ref<Claim>),
    /// A position.
    Position(Ref<Position>),
    /// A background statement.
    Background(Ref<Background>),
    /// A discrepancy.
    Discrepancy(Ref<Discrepancy>),
    /// A gap.
    Gap(Ref<Gap>),
    /// An assessment.
    Assessment(Ref<Assessment>),
    /// A change.
    Change(Ref<Change>),
}

/// All records of a dossier, resolved. It cannot be changed, and no reference in it dangles.
#[derive(Debug)]
pub struct Dossier {
    /// The name of its folder.
    pub name: String,
    /// The language of sources that do not say (BCP 47).
    pub language: String,
    /// Sources.
    pub sources: Table<Source>,
    /// Actors.
    pub actors: Table<Actor>,
    /// Places.
    pub places: Table<Place>,
    /// Categories, the built-in ones among them.
    pub categories: Table<Category>,
    /// Measures, the built-in ones among them.
    pub measures: Table<Measure>,
    /// Events.
    pub events: Table<Event>,
    /// Claims.
    pub claims: Table<Claim>,
    /// Positions.
    pub positions: Table<Position>,
    /// Background.
    pub backgrounds: Table<Background>,
    /// Discrepancies.
    pub discrepancies: Table<Discrepancy>,
    /// Gaps.
    pub gaps: Table<Gap>,
    /// Assessments.
    pub assessments: Table<Assessment>,
    /// Changes.
    pub changes: Table<Change>,
    /// Tables that were imported, by source.
    pub imported: Vec<Imported>,
}

/// What every record has, whatever its kind.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The table it is in, as written in TOML.
    pub kind: &'static str,
    /// Its id.
    pub id: &'a str,
    /// Its file.
    pub file: &'a Arc<TextFile>,
    /// Where its id stands.
    pub header: &'a Range<usize>,
    /// Its exceptions.
    pub allow: &'a [Allow],
    /// Who held it against its article.
    pub reviewed: &'a [Review],
    /// Its own handling label, if it has one.
    pub tlp: Option<Tlp>,
}

impl<T> Entry<T> {
    fn head(&self, kind: &'static str) -> Head<'_> {
        Head {
            kind,
            id: &self.id,
            file: &self.file,
            header: &self.header,
            allow: &self.allow,
            reviewed: &self.reviewed,
            tlp: self.tlp.as_ref().map(|t| **t),
        }
    }
}

/// A record that cites, seen without its kind: what the checks on evidence need.
#[derive(Debug, Clone)]
pub struct Cited<'a> {
    /// Which record it is.
    pub subject: Subject,
    /// Its id, place and exceptions.
    pub head: Head<'a>,
    /// Where it is reported.
    pub citations: &'a [Citation],
    /// The source's reserve.
    pub hedge: Option<&'a At<String>>,
    /// Its date.
    pub date: Option<&'a At<Date>>,
    /// How that is known.
    pub dating: Option<&'a Dating>,
    /// Who says or does it, as far as the record names them.
    pub claimants: Vec<&'a At<Ref<Actor>>>,
    /// The speaker's words, of a position.
    pub said: Option<&'a At<String>>,
}

macro_rules! tables {
    ($($field:ident: $variant:ident = $word:literal,)+) => {
        impl Dossier {
            /// The names of the tables, as written in TOML.
            pub const KINDS: &'static [&'static str] = &[$($word),+];

            /// The record of an id, of whatever kind.
            #[must_use]
            pub fn find(&self, id: &str) -> Option<Subject> {
                $(if let Some((reference, _)) = self.$field.get(id) { return Some(Subject::$variant(reference)); })+
                None
            }

            /// What every record has.
            #[must_use]
            pub fn head(&self, subject: Subject) -> Head<'_> {
                match subject { $(Subject::$variant(reference) => self.$field[reference].head($word),)+ }
            }

            /// All records, by kind and id.
            pub fn heads(&self) -> impl Iterator<Item = (Subject, Head<'_>)> {
                std::iter::empty()$(.chain(self.$field.iter().map(|(r, e)| (Subject::$variant(r), e.head($word)))))+
            }
        }
    };
}

tables! {
    sources: Source = "source",
    actors: Actor = "actor",
    places: Place = "place",
    events: Event = "event",
    claims: Claim = "claim",
    positions: Position = "position",
    backgrounds: Background = "background",
    discrepancies: Discrepancy = "discrepancy",
    gaps: Gap = "gap",
    assessments: Assessment = "assessment",
    changes: Change = "change",
    categories: Category = "category",
    measures: Measure = "measure",
}

impl Dossier {
    /// Whether a record comes with an imported table.
    #[must_use]
    pub fn is_imported(&self, subject: Subject) -> bool {
        self.citations(subject).first().is_some_and(|c| c.row.as_ref().is_some_and(|row| row.imported))
    }

    /// The records that cite, by kind and id.
    pub fn cited(&self) -> impl Iterator<Item = Cited<'_>> {
        let events = self.events.iter().map(|(r, _)| Subject::Event(r));
        let claims = self.claims.iter().map(|(r, _)| Subject::Claim(r));
        let positions = self.positions.iter().map(|(r, _)| Subject::Position(r));
        let backgrounds = self.backgrounds.iter().map(|(r, _)| Subject::Background(r));
        events.chain(claims).chain(positions).chain(backgrounds).filter_map(|subject| self.cited_by(subject))
    }

    /// A record that cites, seen without its kind; none for a kind that does not cite.
    #[must_use]
    pub fn cited_by(&self, subject: Subject) -> Option<Cited<'_>> {
        Some(match subject {
            Subject::Event(r) => {
                let e = &self.events[r];
                Cited {
                    subject,
                    head: e.head("event"),
                    citations: &e.citations,
                    hedge: e.hedge.as_ref(),
                    date: e.date.as_ref(),
                    dating: e.dating.as_ref(),
                    claimants: Vec::new(),
                    said: None,
                }
            }
            Subject::Claim(r) => {
                let c = &self.claims[r];
                Cited {
                    subject,
                    head: c.head("claim"),
                    citations: &c.citations,
                    hedge: c.hedge.as_ref(),
                    date: None,
                    dating: None,
                    claimants: c.by.iter().collect(),
                    said: None,
                }
            }
            Subject::Position(r) => {
                let p = &self.positions[r];
                Cited {
                    subject,
                    head: p.head("position"),
                    citations: &p.citations,
                    hedge: p.hedge.as_ref(),
                    date: p.date.as_ref(),
                    dating: p.dating.as_ref(),
                    claimants: vec![&p.actor],
                    said: p.said.as_ref(),
                }
            }
            Subject::Background(r) => {
                let b = &self.backgrounds[r];
                Cited {
                    subject,
                    head: b.head("background"),
                    citations: &b.citations,
                    hedge: b.hedge.as_ref(),
                    date: b.date.as_ref(),
                    dating: b.dating.as_ref(),
                    claimants: b.by.iter().collect(),
                    said: None,
                }
            }
            _ => return None,
        })
    }

    /// The citations of a record; none for a kind that does not cite.
    #[must_use]
    pub fn citations(&self, subject: Subject) -> &[Citation] {
        match subject {
            Subject::Event(r) => &self.events[r].citations,
            Subject::Claim(r) => &self.claims[r].citations,
            Subject::Position(r) => &self.positions[r].citations,
            Subject::Background(r) => &self.backgrounds[r].citations,
            _ => &[],
        }
    }

    /// The records that a record names, each once, in the order of its keys; its sources last.
    #[must_use]
    pub fn refers_to(&self, subject: Subject) -> Vec<Subject> {
        let mut found: Vec<Subject> = Vec::new();
        let mut add = |s: Subject| {
            if s != subject && !found.contains(&s) {
                found.push(s);
            }
        };
        let anchor = |dating: &Option<Dating>| {
            dating.as_ref().and_then(|d| d.anchor.as_ref()).and_then(|a| match **a {
                Anchor::Event(r) => Some(Subject::Event(r)),
                Anchor::Source(_) => None,
            })
        };
        match subject {
            Subject::Source(r) => self.sources[r].wires.iter().for_each(|a| add(Subject::Actor(**a))),
            Subject::Actor(r) => self.actors[r].part_of.iter().for_each(|a| add(Subject::Actor(**a))),
            Subject::Place(r) => self.places[r].within.iter().for_each(|p| add(Subject::Place(**p))),
            Subject::Category(r) => self.categories[r].within.iter().for_each(|c| add(Subject::Category(**c))),
            Subject::Measure(_) => {}
            Subject::Event(r) => {
                let event = &self.events[r];
                event.place.iter().for_each(|p| add(Subject::Place(**p)));
                event.by.iter().chain(&event.with).chain(&event.against).for_each(|a| add(Subject::Actor(**a)));
                event.answers.iter().chain(&event.after).for_each(|e| add(Subject::Event(**e)));
                anchor(&event.dating).into_iter().for_each(&mut add);
            }
            Subject::Claim(r) => {
                let claim = &self.claims[r];
                add(Subject::Event(*claim.event));
                add(Subject::Measure(*claim.measure));
                claim.who.iter().for_each(|c| add(Subject::Category(**c)));
                claim.by.iter().for_each(|a| add(Subject::Actor(**a)));
                claim.supersedes.iter().for_each(|c| add(Subject::Claim(**c)));
            }
            Subject::Position(r) => {
                let position = &self.positions[r];
                add(Subject::Actor(*position.actor));
                add(*position.toward);
                anchor(&position.dating).into_iter().for_each(&mut add);
            }
            Subject::Background(r) => {
                let background = &self.backgrounds[r];
                background.about.iter().for_each(|s| add(**s));
                background.by.iter().for_each(|a| add(Subject::Actor(**a)));
                anchor(&background.dating).into_iter().for_each(&mut add);
            }
            Subject::Discrepancy(r) => self.discrepancies[r].between.iter().for_each(|s| add(**s)),
            Subject::Gap(r) => self.gaps[r].about.iter().for_each(|s| add(**s)),
            Subject::Assessment(r) => self.assessments[r].rests_on.iter().for_each(|s| add(**s)),
            Subject::Change(r) => self.changes[r].affects.iter().for_each(|s| add(**s)),
        }
        for citation in self.citations(subject) {
            citation.via.iter().for_each(|a| add(Subject::Actor(**a)));
            add(Subject::Source(*citation.source));
        }
        found
    }

    /// Whether `inner` is `outer` or lies within it.
    #[must_use]
    pub fn category_within(&self, inner: Ref<Category>, outer: Ref<Category>) -> bool {
        let mut at = Some(inner);
        // the loader refuses circles; the count keeps this true even for a dossier built by hand
        for _ in 0..=self.categories.len() {
            match at {
                Some(category) if category == outer => return true,
                Some(category) => at = self.categories[category].within.as_ref().map(|w| **w),
                None => return false,
            }
        }
        false
    }

    /// The language of a source.
    #[must_use]
    pub fn language_of(&self, source: Ref<Source>) -> &str {
        self.sources[source].language.as_ref().map_or(self.language.as_str(), |l| l.as_str())
    }

    /// Every name by which sources may call an actor: name, aliases, misspellings, role.
    pub fn names_of(&self, actor: Ref<Actor>) -> impl Iterator<Item = &str> {
        let actor = &self.actors[actor];
        actor
            .name
            .versions()
            .map(|(_, name)| name)
            .chain(actor.aliases.iter().map(|a| a.as_str()))
            .chain(actor.sic.iter().map(|a| a.as_str()))
            .chain(actor.role.iter().flat_map(|r| r.versions().map(|(_, role)| role)))
    }
}
