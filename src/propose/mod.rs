//! Floor 5: what a source says and no record holds yet, as records for an analyst to finish.
//!
//! A proposal is read with the functions that the check proves records with, and then it is checked: of each record that
//! could be made of a passage, with shorter and longer quotations, the first is proposed in which the check finds nothing.
//! What the article does not say (which event, what stance, what is said in the analyst's own words) stays open, as a
//! comment with what it might be. A proposal is never a fact: it is written for the analyst to edit.
//!
//! - [`desk`]: an article with what its dossier knows; [`reading`]: what a sentence says
//! - [`record`]: the records that could be made of it; [`trial`]: the one that passes
//! - [`coverage`]: which passages of an article no record uses

pub mod coverage;
pub mod desk;
pub mod reading;
pub mod record;
pub mod trial;

use std::ops::Range;

use crate::diag::Diagnostic;

/// A kind of record that can be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A figure.
    Claim,
    /// A statement of somebody.
    Position,
    /// A sourced statement that is neither.
    Background,
    /// Something that happened.
    Event,
}

impl Kind {
    /// The table it is in, as written in TOML.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Position => "position",
            Self::Background => "background",
            Self::Event => "event",
        }
    }
}

/// A record that could be written.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What it is.
    pub kind: Kind,
    /// The id proposed, which no record has.
    pub id: String,
    /// The line of the article that its quotation begins on, counted from one.
    pub line: usize,
    /// The bytes of the article that its quotation covers.
    pub original: Range<usize>,
    /// The record as TOML; keys that are open stand in it as comments.
    pub toml: String,
    /// The same with the open keys filled by what the check was tried with; it is valid TOML.
    pub filled: String,
    /// The keys that are open.
    pub open: Vec<&'static str>,
    /// What the check finds in it, the open keys filled; nothing, as a rule.
    pub findings: Vec<Diagnostic>,
}

impl Proposal {
    /// Whether the check would refuse it as it stands.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|f| f.level.fails())
    }
}

/// Lines as comments, so that a file that holds them holds no fact.
#[must_use]
pub fn commented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "#\n".to_owned() } else { format!("# {line}\n") }).collect()
}
