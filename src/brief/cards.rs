//! What stands behind each record that a briefing prints, for a page that can show it beside the text: who says so, in
//! which words of which source, and how far that carries. Only what the briefing itself may print is in it.

use std::collections::BTreeMap;

use super::view::Mark;

/// What stands behind the records of a briefing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behind {
    /// The records, by id.
    pub records: BTreeMap<String, Card>,
    /// The names of the actors that have a part in them, by id.
    pub actors: BTreeMap<String, String>,
    /// The fixed words of a page.
    pub words: PageWords,
}

/// What stands behind a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// What the record says, in a line.
    pub what: String,
    /// What is known of it, each with its label: who says so, when, with what reserve, flags, grades.
    pub facts: Vec<(String, String)>,
    /// Its quotations.
    pub passages: Vec<Passage>,
    /// The ids of the actors that have a part in it.
    pub actors: Vec<String>,
    /// The ids of the records it rests on, where it cites nothing itself.
    pub rests_on: Vec<String>,
}

/// Words of a source and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// The words, in quotation marks.
    pub text: String,
    /// The language they are in (BCP 47).
    pub language: String,
    /// Who published them; may be empty.
    pub publisher: String,
    /// The headline; may be empty.
    pub title: String,
    /// When that was published, the line of the article, and through whom the words came, those that are known.
    pub place: Vec<String>,
    /// Its entry in the list of references, where it has one.
    pub mark: Option<Mark>,
}

/// The words that a page has beside those of the briefing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageWords {
    /// The name of the list of headings.
    pub contents: String,
    /// The link that leads past it.
    pub skip: String,
    /// The name of what is shown beside a figure.
    pub evidence: String,
    /// How to see it.
    pub hint: String,
    /// The label of the choice among actors.
    pub filter: String,
    /// The choice of all of them.
    pub everybody: String,
    /// How many entries are shown: `{n}` of `{all}`.
    pub shown: String,
    /// What puts evidence away.
    pub close: String,
}
