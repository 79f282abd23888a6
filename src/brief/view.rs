//! The view: all that a briefing says, typed and printable (`--context`), and the templates' only food.
//!
//! No key is ever missing or null: what is not known is an empty text or list, so that a template can ask for it.

use serde::Serialize;

/// The version of this form; it grows when a key changes its meaning or goes.
pub const VERSION: u32 = 1;

/// All that a briefing says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// `a4` or `letter`.
    pub paper: String,
    /// Its number in a series.
    pub issue: u32,
    /// The day it describes the state of knowledge of.
    pub as_of: Day,
    /// Its handling label.
    pub tlp: Handling,
    /// The first twelve hexadecimal digits of the SHA-256 of all it says.
    pub facts_hash: String,
    /// The most important, in at most three sentences.
    pub bottom_line: Vec<Sentence>,
    /// What happened, in order of time.
    pub key_facts: Vec<Fact>,
    /// Figures, an entry an event.
    pub figures: Vec<EventFigures>,
    /// What the flags in the figures mean, those that occur.
    pub flags: Vec<Definition>,
    /// Positions, an entry for each thing they are about.
    pub positions: Vec<PositionsToward>,
    /// What else the sources say of the matter.
    pub background: Vec<Sentence>,
    /// In what the sources disagree.
    pub disagreements: Vec<Disagreement>,
    /// What is not known.
    pub unknowns: Vec<Unknown>,
    /// On what the briefing rests, and how far that carries.
    pub sourcing: Vec<Sentence>,
    /// Dates that are not stated, with how each is known.
    pub dates: Vec<DateNote>,
    /// How marks are put together.
    pub citing: Citing,
    /// The references, in the order of their numbers.
    pub references: Vec<Reference>,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handling {
    /// As it is printed: `TLP:CLEAR`.
    pub label: String,
    /// What it allows.
    pub meaning: String,
}

/// A mark that leads to a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The reference's number.
    pub number: usize,
    /// The reference's anchor.
    pub anchor: String,
    /// What the citation style calls the source in the text, as Markdown: `[1]`, `Beck, 2015`.
    pub label: String,
}

/// How the citation style puts marks together in the text. All of it is Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The sentence as Markdown: values in it are escaped.
    pub markdown: String,
    /// The sources it rests on, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// When: date with its dagger, and time of day; "undated" where no date is known.
    pub when: String,
    /// What.
    pub what: String,
    /// Who, where, in answer to what, in a line; may be empty.
    pub detail: String,
    /// The sources it rests on.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// The figures of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The sources it rests on.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A term and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The term.
    pub term: String,
    /// What it means.
    pub meaning: String,
}

/// Positions on one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PositionsToward {
    /// What they are about.
    pub toward: String,
    /// A line an utterance.
    pub lines: Vec<PositionLine>,
}

/// Where one actor stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The sources it rests on.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something in which the sources disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// In what.
    pub kind: String,
    /// What is done about it.
    pub handling: String,
    /// The sources that disagree.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// How a date that is not stated is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// An entry of the list of references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
}

impl View {
    /// A view with one entry in every list: what templates are checked against, since a list of a real view may be empty.
    #[must_use]
    pub fn specimen() -> Self {
        let text = || "x".to_owned();
        let refs = || vec![Mark { number: 1, anchor: text(), label: text() }];
        let records = || vec![text()];
        let sentence = || Sentence { markdown: text(), refs: refs(), records: records() };
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
            paper: text(),
            issue: 1,
            as_of: Day { iso: text(), text: text(), year: 2000, month: 1, day: 1 },
            tlp: Handling { label: text(), meaning: text() },
            facts_hash: text(),
            bottom_line: vec![sentence()],
            key_facts: vec![Fact { when: text(), what: text(), detail: text(), refs: refs(), records: records() }],
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
                    records: records(),
                }],
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
                    records: records(),
                }],
            }],
            background: vec![sentence()],
            disagreements: vec![Disagreement { kind: text(), handling: text(), refs: refs(), records: records() }],
            unknowns: vec![Unknown { question: text(), why: text(), closes: text(), records: records() }],
            sourcing: vec![sentence()],
            dates: vec![DateNote { date: text(), what: text(), basis: text(), records: records() }],
            citing: Citing { open: text(), separator: text(), close: text(), numbered: true },
            references: vec![Reference { number: 1, anchor: text(), id: text(), markdown: text(), note: text() }],
        }
    }
}
