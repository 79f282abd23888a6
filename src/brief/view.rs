//! The view: all that a briefing says, typed and printable (`--context`), and the templates' only food.
//!
//! No key is ever missing or null: what is not known is an empty text or list, so that a template can ask for it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::chart::{
    Panel, Part, RangeRow, Ranges, Sign, StanceCell, StanceMark, StancePanel, StanceRow, Stances, Tick, Timeline,
    TimelineRow,
};
use super::language::Language;
use super::locator::{Map, MapKey, MapPlace, MapTick, PlaceRow, ScaleBar};

/// The version of this form; it grows when a key changes its meaning or goes.
pub const VERSION: u32 = 3;

/// All that a briefing says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct View {
    /// The version of this form.
    pub version: u32,
    /// The kind of briefing.
    pub kind: String,
    /// The name of its file.
    pub slug: String,
    /// The project's title.
    pub project: String,
    /// Its title.
    pub title: String,
    /// What it is about, in a line; may be empty.
    pub subject: String,
    /// For whom it is written; may be empty.
    pub audience: String,
    /// Its language (BCP 47).
    pub language: String,
    /// `ltr` or `rtl`.
    pub direction: String,
    /// The language's digits, from zero.
    pub digits: Vec<String>,
    /// `a4` or `letter`.
    pub paper: String,
    /// Its number in a series.
    pub issue: u32,
    /// The same, in the language's digits.
    pub issue_text: String,
    /// The day it describes the state of knowledge of.
    pub as_of: Day,
    /// Its handling label.
    pub tlp: Handling,
    /// The fixed words of its language: headings and labels, by name.
    pub words: BTreeMap<String, String>,
    /// The first twelve hexadecimal digits of the SHA-256 of all it says.
    pub facts_hash: String,
    /// What it rests on and is handed out with it; empty where nothing is.
    pub evidence: Evidence,
    /// The most important, in at most three sentences.
    pub bottom_line: Vec<Sentence>,
    /// The figures that the bottom line speaks of, at most four.
    pub key_figures: Vec<KeyFigure>,
    /// Judgements from evidence.
    pub judgements: Vec<Judgement>,
    /// The analyst's account, a paragraph each.
    pub situation: Vec<Paragraph>,
    /// What happened, in order of time.
    pub key_facts: Vec<Fact>,
    /// All that is dated, in order of time: events, positions, periods of figures, background; then the undated events.
    pub timeline: Vec<Moment>,
    /// The timeline as a picture; one entry, or none where nothing is dated.
    pub timeline_chart: Vec<Timeline>,
    /// The places of the events as a picture; one entry, or none where no place has a coordinate.
    pub map: Vec<Map>,
    /// The same places, a row each; none where there is no map.
    pub places: Vec<PlaceRow>,
    /// Figures, an entry an event.
    pub figures: Vec<EventFigures>,
    /// Figures by claimant as a picture; one entry, or none where there is no number.
    pub ranges_chart: Vec<Ranges>,
    /// Figures as low and high, an entry an event.
    pub table: Vec<EventTable>,
    /// What the flags in the figures mean, those that occur.
    pub flags: Vec<Definition>,
    /// Positions, an entry for each thing they are about.
    pub positions: Vec<PositionsToward>,
    /// Actors by what they take a position on, a few targets at a time.
    pub matrix: Vec<Matrix>,
    /// Actors by what they take a position on, as a picture; one entry, or none where there is no position.
    pub stances_chart: Vec<Stances>,
    /// Each statement with all its quotations.
    pub statements: Vec<Statement>,
    /// What else the sources say of the matter.
    pub background: Vec<Sentence>,
    /// Two events side by side, a row an aspect; empty unless the briefing is about exactly two.
    pub comparison: Vec<ComparisonRow>,
    /// The titles of the two.
    pub compared: Vec<String>,
    /// Why the two must not be held against each other.
    pub not_comparable: Vec<Sentence>,
    /// In what the sources disagree.
    pub disagreements: Vec<Disagreement>,
    /// The same, with what each side says.
    pub contradictions: Vec<Contradiction>,
    /// Imported tables, an entry each.
    pub row_tables: Vec<RowTable>,
    /// What is not known.
    pub unknowns: Vec<Unknown>,
    /// Judgements of what may come.
    pub outlook: Vec<Judgement>,
    /// What is assumed or inferred.
    pub assumptions: Vec<Judgement>,
    /// Figures that were replaced or found wrong.
    pub superseded: Vec<Superseded>,
    /// Changes that the dossier records.
    pub record_changes: Vec<RecordChange>,
    /// What changed since the last issue, corrections first.
    pub changes: Vec<Changed>,
    /// What the changes are counted from, or why there are none.
    pub changes_note: String,
    /// On what the briefing rests, and how far that carries.
    pub sourcing: Vec<Sentence>,
    /// Dates that are not stated, with how each is known.
    pub dates: Vec<DateNote>,
    /// The sources, with every quotation used.
    pub sources: Vec<SourceEntry>,
    /// The sources of the references, with every quotation that what is printed rests on.
    pub annex: Vec<SourceEntry>,
    /// How marks are put together.
    pub citing: Citing,
    /// The references, in the order of their numbers.
    pub references: Vec<Reference>,
}

/// What a briefing rests on, where its records are handed out with it. The hashes make the facts hash cover them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Evidence {
    /// The name of the dossier.
    pub dossier: String,
    /// The language of sources that do not say (BCP 47).
    pub language: String,
    /// Levels of rules that the project sets, by rule.
    pub levels: BTreeMap<String, String>,
    /// Lines of the template that say numbers for a reason given there, as they are printed.
    pub fixed: Vec<String>,
    /// SHA-256 of the attached records.
    pub records_sha256: String,
    /// SHA-256 of the attached proofs.
    pub lock_sha256: String,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Day {
    /// In ISO 8601.
    pub iso: String,
    /// In words.
    pub text: String,
    /// The year.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month.
    pub day: u32,
}

/// A handling label (TLP 2.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Handling {
    /// As it is printed: `TLP:CLEAR`.
    pub label: String,
    /// What it allows.
    pub meaning: String,
}

/// A mark that leads to a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Mark {
    /// The reference's number.
    pub number: usize,
    /// The reference's anchor.
    pub anchor: String,
    /// What the citation style calls the source in the text, as Markdown: `[1]`, `Beck, 2015`.
    pub label: String,
}

/// How the citation style puts marks together in the text. All of it is Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Citing {
    /// What stands before the first mark; may be empty.
    pub open: String,
    /// What stands between two; may be empty.
    pub separator: String,
    /// What stands after the last; may be empty.
    pub close: String,
    /// Whether the list of references is numbered.
    pub numbered: bool,
}

/// A sentence with the sources it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Sentence {
    /// The sentence as Markdown: values in it are escaped.
    pub markdown: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Sentences that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Paragraph {
    /// The sentences.
    pub sentences: Vec<Sentence>,
}

/// A figure that stands out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct KeyFigure {
    /// The figure in words.
    pub figure: String,
    /// What is counted, of whom.
    pub counted: String,
    /// Who says so, or of how many claimants it is the range.
    pub claimants: String,
    /// Flags; may be empty.
    pub flags: String,
    /// Whether it was computed from claims and is claimed by nobody.
    pub computed: bool,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A judgement: it rests on records, and is no fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Judgement {
    /// What it is: judgement, assumption, inference, outlook.
    pub kind: String,
    /// The judgement, with its likelihood (ICD 203).
    pub text: String,
    /// The confidence in it, as a sentence of its own; may be empty.
    pub confidence: String,
    /// Why; may be empty.
    pub because: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Fact {
    /// When: date with its dagger, and time of day; "undated" where no date is known.
    pub when: String,
    /// What.
    pub what: String,
    /// Who, where, in answer to what, in a line; may be empty.
    pub detail: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Moment {
    /// The date with its dagger; "undated" where none is known.
    pub when: String,
    /// Part of the day; may be empty.
    pub time: String,
    /// What happened, was said or was counted.
    pub what: String,
    /// How exact the date is.
    pub precision: String,
    /// Whether no date is known.
    pub undated: bool,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// The figures of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct EventFigures {
    /// The event's id.
    pub id: String,
    /// The event's title.
    pub title: String,
    /// When it was.
    pub when: String,
    /// A row a claim.
    pub rows: Vec<FigureRow>,
}

/// A figure and who stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct FigureRow {
    /// What is counted, of whom.
    pub counted: String,
    /// The figure in words.
    pub figure: String,
    /// Who says so, and through whom.
    pub claimants: String,
    /// Flags, reserve, scope.
    pub remarks: String,
    /// Whether it was computed from claims and is none.
    pub computed: bool,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// The figures of one event as low and high.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct EventTable {
    /// The event's id.
    pub id: String,
    /// The event's title.
    pub title: String,
    /// When it was.
    pub when: String,
    /// The grade of harm; may be empty.
    pub harm: String,
    /// A row for what is counted of whom.
    pub rows: Vec<TableRow>,
    /// What is counted of other events of the briefing, and not stated of this one.
    pub absent: Vec<String>,
}

/// What all claims of one count come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct TableRow {
    /// What is counted, of whom.
    pub counted: String,
    /// The least that a claimant gives.
    pub low: String,
    /// The most that a claimant gives.
    pub high: String,
    /// What is said without a number; may be empty.
    pub words: String,
    /// Who says so, each with their figure.
    pub claimants: String,
    /// How many roots the figures have.
    pub origins: String,
    /// The sources' reserve; may be empty.
    pub hedges: String,
    /// Flags; may be empty.
    pub flags: String,
    /// Credibility; may be empty.
    pub grade: String,
    /// Earlier figures of the same claimants; may be empty.
    pub history: String,
    /// Whether the bounds were computed and are claimed by nobody.
    pub computed: bool,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A term and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Definition {
    /// The term.
    pub term: String,
    /// What it means.
    pub meaning: String,
}

/// Positions on one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct PositionsToward {
    /// What they are about.
    pub toward: String,
    /// A line an utterance.
    pub lines: Vec<PositionLine>,
}

/// Where one actor stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct PositionLine {
    /// Whose it is.
    pub actor: String,
    /// Their office; may be empty.
    pub role: String,
    /// The stance, as a noun.
    pub stance: String,
    /// Their words; empty where none are quoted.
    pub said: String,
    /// The source's words for what they said, where theirs are not quoted; empty otherwise.
    pub reported: String,
    /// Where, how and when, and through whom it is known; may be empty.
    pub circumstance: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Some targets and who takes a position on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Matrix {
    /// What the positions are about: the heads of the columns.
    pub targets: Vec<String>,
    /// A row an actor.
    pub rows: Vec<MatrixRow>,
}

/// Where an actor stands on each target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct MatrixRow {
    /// Whose positions these are.
    pub actor: String,
    /// A cell a target, in their order.
    pub cells: Vec<MatrixCell>,
}

/// Where an actor stands on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct MatrixCell {
    /// The current stance, with its date, and earlier ones; "not stated" where there is none.
    pub text: String,
    /// Whether there is a position.
    pub stated: bool,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// One statement, with all its renderings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Statement {
    /// Whose it is.
    pub actor: String,
    /// Their office; may be empty.
    pub role: String,
    /// The stance, as a noun.
    pub stance: String,
    /// On what.
    pub toward: String,
    /// When; may be empty.
    pub when: String,
    /// Where and how; may be empty.
    pub venue: String,
    /// How it was expressed.
    pub form: String,
    /// Every rendering.
    pub quotations: Vec<Quotation>,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Words of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Quotation {
    /// The words, in quotation marks.
    pub text: String,
    /// Who printed them.
    pub source: String,
    /// Through whom they reached that source; may be empty.
    pub via: String,
    /// The line of the article; may be empty.
    pub line: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// One aspect of two events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct ComparisonRow {
    /// Which aspect.
    pub aspect: String,
    /// Of the first.
    pub left: String,
    /// The sources of that.
    pub left_refs: Vec<Mark>,
    /// Of the second.
    pub right: String,
    /// The sources of that.
    pub right_refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something in which the sources disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Disagreement {
    /// In what.
    pub kind: String,
    /// What is done about it.
    pub handling: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something in which the sources disagree, with both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Contradiction {
    /// In what.
    pub kind: String,
    /// What each record says.
    pub sides: Vec<Side>,
    /// What is done about it.
    pub handling: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// One side of a disagreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Side {
    /// The record, in words.
    pub what: String,
    /// The source's words; may be empty.
    pub quotation: String,
    /// Who printed them; may be empty.
    pub source: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Unknown {
    /// The question.
    pub question: String,
    /// Why it is open; may be empty.
    pub why: String,
    /// What would close it; may be empty.
    pub closes: String,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A figure that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Superseded {
    /// What is counted, of which event.
    pub what: String,
    /// Who gave it.
    pub claimant: String,
    /// The figure then.
    pub was: String,
    /// The figure that replaces it; empty where none does.
    pub now: String,
    /// Why; may be empty.
    pub why: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A change that the dossier records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct RecordChange {
    /// Correction, newer figure, retraction, addition.
    pub kind: String,
    /// When; may be empty.
    pub date: String,
    /// What changed.
    pub text: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A difference to the last issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Changed {
    /// What happened: corrected, new, revised, withdrawn, re-graded, judgement changed.
    pub kind: String,
    /// In words.
    pub text: String,
    /// The reason recorded; may be empty.
    pub why: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// How a date that is not stated is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct DateNote {
    /// The date in words.
    pub date: String,
    /// Of what.
    pub what: String,
    /// How it is known.
    pub basis: String,
    /// The ids of the records it belongs to.
    pub records: Vec<String>,
}

/// A source with every quotation used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct SourceEntry {
    /// Its number.
    pub number: usize,
    /// The anchor of its reference.
    pub anchor: String,
    /// The anchor of this entry.
    pub annex: String,
    /// Its id.
    pub id: String,
    /// The reference by the citation style, as Markdown.
    pub markdown: String,
    /// What kind of report it is; may be empty.
    pub about: String,
    /// Its reliability, with the meaning of the grade.
    pub grade: String,
    /// When it was published, with how that is known.
    pub published: String,
    /// The name of the archived file.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// The quotations, in the order of the article.
    pub quotations: Vec<UsedQuotation>,
    /// Itself.
    pub refs: Vec<Mark>,
    /// Its id.
    pub records: Vec<String>,
}

/// A quotation as it stands in its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct UsedQuotation {
    /// The words, in quotation marks.
    pub text: String,
    /// The line of the article; may be empty.
    pub line: String,
    /// How it was found in the article.
    pub proof: String,
    /// The ids of the records that rest on it.
    pub ids: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// An imported table: its rows counted, and those with the highest figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct RowTable {
    /// The title of the table.
    pub title: String,
    /// What became of its rows, how many have figures, how many are not shown, and why nothing is added up.
    pub notes: Vec<Sentence>,
    /// The kinds of event: the heads of the columns of `periods`.
    pub kinds: Vec<String>,
    /// How many rows there are in each year.
    pub periods: Vec<RowPeriod>,
    /// The rows with the highest upper bounds, an entry for what is counted of whom.
    pub top: Vec<TopRows>,
    /// The table, by number.
    pub refs: Vec<Mark>,
    /// The id of its source.
    pub records: Vec<String>,
}

/// How many rows there are in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct RowPeriod {
    /// The year; or what is before the first, or undated.
    pub period: String,
    /// The rows of each kind, in the order of the kinds.
    pub cells: Vec<String>,
    /// All rows.
    pub all: String,
}

/// Rows with the highest upper bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct TopRows {
    /// What they are.
    pub title: String,
    /// The rows.
    pub rows: Vec<ShownRow>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct ShownRow {
    /// When.
    pub when: String,
    /// What.
    pub what: String,
    /// Where; may be empty.
    pub place: String,
    /// The figure in words.
    pub figure: String,
    /// Who gives it.
    pub claimants: String,
    /// The number of the row; empty where a report gives the figure.
    pub row: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// An entry of the list of references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Reference {
    /// Its number.
    pub number: usize,
    /// Its anchor.
    pub anchor: String,
    /// The source's id.
    pub id: String,
    /// The reference by the citation style, as Markdown.
    pub markdown: String,
    /// What is to be said of it: agencies, date, grade; may be empty.
    pub note: String,
    /// The anchor of its quotations in the annex; empty where there is none.
    pub annex: String,
}

impl View {
    /// The names of the pictures that are files of their own.
    pub fn pictures(&self) -> impl Iterator<Item = &str> {
        let timelines = self.timeline_chart.iter().map(|c| c.file.as_str());
        let ranges = self.ranges_chart.iter().map(|c| c.file.as_str());
        let stances = self.stances_chart.iter().map(|c| c.file.as_str());
        timelines.chain(ranges).chain(stances).chain(self.map.iter().map(|c| c.file.as_str()))
    }

    /// A view with one entry in every list: what templates are checked against, since a list of a real view may be empty.
    #[must_use]
    pub fn specimen() -> Self {
        let text = || "x".to_owned();
        let refs = || vec![Mark { number: 1, anchor: text(), label: text() }];
        let entry = || SourceEntry {
            number: 1,
            anchor: text(),
            annex: text(),
            id: text(),
            markdown: text(),
            about: text(),
            grade: text(),
            published: text(),
            file: text(),
            sha256: text(),
            quotations: vec![UsedQuotation {
                text: text(),
                line: text(),
                proof: text(),
                ids: text(),
                refs: refs(),
                records: vec![text()],
            }],
            refs: refs(),
            records: vec![text()],
        };
        let words = || Language::shipped("en").map(|l| l.headings().clone()).unwrap_or_default();
        Self {
            version: VERSION,
            kind: text(),
            slug: text(),
            project: text(),
            title: text(),
            subject: text(),
            audience: text(),
            language: text(),
            direction: text(),
            digits: vec![text()],
            paper: text(),
            issue: 1,
            issue_text: text(),
            as_of: Day { iso: text(), text: text(), year: 1, month: 1, day: 1 },
            tlp: Handling { label: text(), meaning: text() },
            words: words(),
            facts_hash: text(),
            evidence: Evidence {
                dossier: text(),
                language: text(),
                levels: BTreeMap::from([(text(), text())]),
                fixed: vec![text()],
                records_sha256: text(),
                lock_sha256: text(),
            },
            bottom_line: vec![Sentence { markdown: text(), refs: refs(), records: vec![text()] }],
            key_figures: vec![KeyFigure {
                figure: text(),
                counted: text(),
                claimants: text(),
                flags: text(),
                computed: true,
                refs: refs(),
                records: vec![text()],
            }],
            judgements: vec![Judgement {
                kind: text(),
                text: text(),
                confidence: text(),
                because: text(),
                refs: refs(),
                records: vec![text()],
            }],
            situation: vec![Paragraph {
                sentences: vec![Sentence { markdown: text(), refs: refs(), records: vec![text()] }],
            }],
            key_facts: vec![Fact { when: text(), what: text(), detail: text(), refs: refs(), records: vec![text()] }],
            timeline: vec![Moment {
                when: text(),
                time: text(),
                what: text(),
                precision: text(),
                undated: true,
                refs: refs(),
                records: vec![text()],
            }],
            timeline_chart: vec![Timeline {
                file: text(),
                alt: text(),
                parts: vec![Part { from: 0, to: 1, title: text(), ticks: vec![Tick { at: 1, text: text() }] }],
                rows: vec![TimelineRow {
                    when: text(),
                    what: text(),
                    sign: text(),
                    from: 0,
                    to: 1,
                    is_day: true,
                    open_from: true,
                    open_to: true,
                    uncertain: true,
                    records: vec![text()],
                }],
                legend: vec![Sign { sign: text(), meaning: text() }],
                records: vec![text()],
            }],
            ranges_chart: vec![Ranges {
                file: text(),
                alt: text(),
                panels: vec![Panel {
                    event: text(),
                    counted: text(),
                    rows: vec![RangeRow {
                        category: text(),
                        claimants: text(),
                        figure: text(),
                        sign: text(),
                        from: 0,
                        to: 1,
                        open_from: true,
                        open_to: true,
                        about: true,
                        same_root: true,
                        records: vec![text()],
                    }],
                    ticks: vec![Tick { at: 1, text: text() }],
                    records: vec![text()],
                }],
                legend: vec![Sign { sign: text(), meaning: text() }],
                records: vec![text()],
            }],
            stances_chart: vec![Stances {
                file: text(),
                alt: text(),
                panels: vec![StancePanel {
                    targets: vec![text()],
                    rows: vec![StanceRow {
                        actor: text(),
                        cells: vec![StanceCell {
                            stances: vec![StanceMark { sign: text(), stance: text(), records: vec![text()] }],
                        }],
                        records: vec![text()],
                    }],
                    records: vec![text()],
                }],
                legend: vec![Sign { sign: text(), meaning: text() }],
                records: vec![text()],
            }],
            map: vec![Map {
                file: text(),
                alt: text(),
                frame: crate::map::Frame::default(),
                ticks: vec![MapTick { text: text(), ..MapTick::default() }],
                places: vec![MapPlace {
                    sign: text(),
                    leader: vec![0],
                    text: text(),
                    records: vec![text()],
                    ..MapPlace::default()
                }],
                scale: vec![ScaleBar { length: 1, text: text() }],
                key: vec![MapKey { title: text(), name: text(), records: vec![text()] }],
                legend: vec![Sign { sign: text(), meaning: text() }],
                note: vec![text()],
                records: vec![text()],
            }],
            places: vec![PlaceRow {
                number: text(),
                name: text(),
                coordinates: text(),
                precision: text(),
                events: text(),
                refs: refs(),
                records: vec![text()],
            }],
            figures: vec![EventFigures {
                id: text(),
                title: text(),
                when: text(),
                rows: vec![FigureRow {
                    counted: text(),
                    figure: text(),
                    claimants: text(),
                    remarks: text(),
                    computed: true,
                    refs: refs(),
                    records: vec![text()],
                }],
            }],
            table: vec![EventTable {
                id: text(),
                title: text(),
                when: text(),
                harm: text(),
                rows: vec![TableRow {
                    counted: text(),
                    low: text(),
                    high: text(),
                    words: text(),
                    claimants: text(),
                    origins: text(),
                    hedges: text(),
                    flags: text(),
                    grade: text(),
                    history: text(),
                    computed: true,
                    refs: refs(),
                    records: vec![text()],
                }],
                absent: vec![text()],
            }],
            flags: vec![Definition { term: text(), meaning: text() }],
            positions: vec![PositionsToward {
                toward: text(),
                lines: vec![PositionLine {
                    actor: text(),
                    role: text(),
                    stance: text(),
                    said: text(),
                    reported: text(),
                    circumstance: text(),
                    refs: refs(),
                    records: vec![text()],
                }],
            }],
            matrix: vec![Matrix {
                targets: vec![text()],
                rows: vec![MatrixRow {
                    actor: text(),
                    cells: vec![MatrixCell { text: text(), stated: true, refs: refs(), records: vec![text()] }],
                }],
            }],
            statements: vec![Statement {
                actor: text(),
                role: text(),
                stance: text(),
                toward: text(),
                when: text(),
                venue: text(),
                form: text(),
                quotations: vec![Quotation {
                    text: text(),
                    source: text(),
                    via: text(),
                    line: text(),
                    refs: refs(),
                    records: vec![text()],
                }],
                refs: refs(),
                records: vec![text()],
            }],
            background: vec![Sentence { markdown: text(), refs: refs(), records: vec![text()] }],
            comparison: vec![ComparisonRow {
                aspect: text(),
                left: text(),
                left_refs: refs(),
                right: text(),
                right_refs: refs(),
                records: vec![text()],
            }],
            compared: vec![text()],
            not_comparable: vec![Sentence { markdown: text(), refs: refs(), records: vec![text()] }],
            disagreements: vec![Disagreement { kind: text(), handling: text(), refs: refs(), records: vec![text()] }],
            contradictions: vec![Contradiction {
                kind: text(),
                sides: vec![Side {
                    what: text(),
                    quotation: text(),
                    source: text(),
                    refs: refs(),
                    records: vec![text()],
                }],
                handling: text(),
                refs: refs(),
                records: vec![text()],
            }],
            row_tables: vec![RowTable {
                title: text(),
                notes: vec![Sentence { markdown: text(), refs: refs(), records: vec![text()] }],
                kinds: vec![text()],
                periods: vec![RowPeriod { period: text(), cells: vec![text()], all: text() }],
                top: vec![TopRows {
                    title: text(),
                    rows: vec![ShownRow {
                        when: text(),
                        what: text(),
                        place: text(),
                        figure: text(),
                        claimants: text(),
                        row: text(),
                        refs: refs(),
                        records: vec![text()],
                    }],
                }],
                refs: refs(),
                records: vec![text()],
            }],
            unknowns: vec![Unknown { question: text(), why: text(), closes: text(), records: vec![text()] }],
            outlook: vec![Judgement {
                kind: text(),
                text: text(),
                confidence: text(),
                because: text(),
                refs: refs(),
                records: vec![text()],
            }],
            assumptions: vec![Judgement {
                kind: text(),
                text: text(),
                confidence: text(),
                because: text(),
                refs: refs(),
                records: vec![text()],
            }],
            superseded: vec![Superseded {
                what: text(),
                claimant: text(),
                was: text(),
                now: text(),
                why: text(),
                refs: refs(),
                records: vec![text()],
            }],
            record_changes: vec![RecordChange {
                kind: text(),
                date: text(),
                text: text(),
                refs: refs(),
                records: vec![text()],
            }],
            changes: vec![Changed { kind: text(), text: text(), why: text(), refs: refs(), records: vec![text()] }],
            changes_note: text(),
            sourcing: vec![Sentence { markdown: text(), refs: refs(), records: vec![text()] }],
            dates: vec![DateNote { date: text(), what: text(), basis: text(), records: vec![text()] }],
            sources: vec![entry()],
            annex: vec![entry()],
            citing: Citing { open: text(), separator: text(), close: text(), numbered: true },
            references: vec![Reference {
                number: 1,
                anchor: text(),
                id: text(),
                markdown: text(),
                note: text(),
                annex: text(),
            }],
        }
    }
}

/// A part of a briefing that is composed only if its kind's template prints it, in the order in which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// `bottom_line`
    BottomLine,
    /// `key_figures`
    KeyFigures,
    /// `judgements`
    Judgements,
    /// `situation`
    Situation,
    /// `key_facts`
    KeyFacts,
    /// `timeline`
    Timeline,
    /// `timeline_chart`
    TimelineChart,
    /// `ranges_chart`
    RangesChart,
    /// `stances_chart`
    StancesChart,
    /// `map`
    Map,
    /// `places`
    Places,
    /// `figures`
    Figures,
    /// `table`
    Table,
    /// `positions`
    Positions,
    /// `matrix`
    Matrix,
    /// `statements`
    Statements,
    /// `background`
    Background,
    /// `comparison`
    Comparison,
    /// `not_comparable`
    NotComparable,
    /// `disagreements`
    Disagreements,
    /// `contradictions`
    Contradictions,
    /// `row_tables`
    RowTables,
    /// `unknowns`
    Unknowns,
    /// `outlook`
    Outlook,
    /// `assumptions`
    Assumptions,
    /// `superseded`
    Superseded,
    /// `record_changes`
    RecordChanges,
    /// `changes`
    Changes,
    /// `sourcing`
    Sourcing,
    /// `dates`
    Dates,
    /// `sources`
    Sources,
    /// `annex`
    Annex,
}

impl Section {
    /// All sections with the key of the view that each fills.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("bottom_line", Self::BottomLine),
        ("judgements", Self::Judgements),
        ("situation", Self::Situation),
        ("key_facts", Self::KeyFacts),
        ("timeline", Self::Timeline),
        ("timeline_chart", Self::TimelineChart),
        ("ranges_chart", Self::RangesChart),
        ("stances_chart", Self::StancesChart),
        ("map", Self::Map),
        ("places", Self::Places),
        ("figures", Self::Figures),
        ("table", Self::Table),
        ("positions", Self::Positions),
        ("matrix", Self::Matrix),
        ("statements", Self::Statements),
        ("background", Self::Background),
        ("comparison", Self::Comparison),
        ("not_comparable", Self::NotComparable),
        ("disagreements", Self::Disagreements),
        ("contradictions", Self::Contradictions),
        ("row_tables", Self::RowTables),
        ("unknowns", Self::Unknowns),
        ("outlook", Self::Outlook),
        ("assumptions", Self::Assumptions),
        ("superseded", Self::Superseded),
        ("record_changes", Self::RecordChanges),
        ("changes", Self::Changes),
        ("sourcing", Self::Sourcing),
        ("dates", Self::Dates),
        ("sources", Self::Sources),
        ("annex", Self::Annex),
        ("key_figures", Self::KeyFigures),
    ];

    /// The section that fills a key of the view.
    #[must_use]
    pub fn filling(key: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == key).map(|(_, section)| *section)
    }
}
