//! Floor 1: findings. What is wrong, where, why, and what to do; how it is shown is the business of `report`.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use crate::text::file::TextFile;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The input cannot be used at all. Not a rule: nothing can switch it off.
    Error,
    /// A rule that fails the check.
    Deny,
    /// A rule that is reported and passes.
    Warn,
    /// A rule that is not reported.
    Allow,
}

impl Level {
    /// The word for it in messages and in the project file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Allow => "allow",
        }
    }

    /// Whether a finding of this level makes a check fail.
    #[must_use]
    pub fn fails(self) -> bool {
        matches!(self, Self::Error | Self::Deny)
    }
}

/// A place a finding points to.
#[derive(Debug, Clone)]
pub struct Label {
    /// The text it is in.
    pub file: Arc<TextFile>,
    /// The bytes it covers.
    pub span: Range<usize>,
    /// What there is to say of this place; may be empty.
    pub text: String,
}

impl Label {
    /// A place with what there is to say of it.
    #[must_use]
    pub fn new(file: &Arc<TextFile>, span: &Range<usize>, text: impl Into<String>) -> Self {
        Self { file: Arc::clone(file), span: file.clamp(span), text: text.into() }
    }
}

/// A change to a text: `span` gives way to `text`.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The text it changes.
    pub file: Arc<TextFile>,
    /// The bytes that are replaced; empty, where something is put in.
    pub span: Range<usize>,
    /// What stands there then.
    pub text: String,
}

impl Edit {
    /// A change to a text.
    #[must_use]
    pub fn new(file: &Arc<TextFile>, span: &Range<usize>, text: impl Into<String>) -> Self {
        Self { file: Arc::clone(file), span: file.clamp(span), text: text.into() }
    }
}

/// A remedy that can be carried out as it stands. It is offered, and never carried out unasked.
#[derive(Debug, Clone)]
pub struct Fix {
    /// What it does, as an order without a full stop.
    pub title: String,
    /// The changes it consists of; no two overlap.
    pub edits: Vec<Edit>,
    /// Whether it cannot but be meant: it changes how something is written, and nothing that is said.
    pub safe: bool,
}

/// One finding.
///
/// If only one thing can be shown, it is the title and the first label: the others explain.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule or error it comes from: kebab-case words for the bad thing.
    pub code: &'static str,
    /// How much it weighs; set from the rule's group and the project's overrides, never by the rule itself.
    pub level: Level,
    /// What is wrong, in a sentence without a full stop.
    pub title: String,
    /// Where: the first is the place to change, the others are what it is held against.
    pub labels: Vec<Label>,
    /// Why it is wrong.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Remedies that can be carried out as they stand; any one of them is one.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A finding of `code`, at level error until a rule table says otherwise.
    #[must_use]
    pub fn new(code: &'static str, title: impl Into<String>) -> Self {
        Self {
            code,
            level: Level::Error,
            title: title.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, file: &Arc<TextFile>, span: &Range<usize>, text: impl Into<String>) -> Self {
        self.labels.push(Label::new(file, span, text));
        self
    }

    /// Adds a reason.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a remedy, where there is one.
    #[must_use]
    pub fn help_if(self, text: Option<String>) -> Self {
        match text {
            Some(text) => self.help(text),
            None => self,
        }
    }

    /// Adds a remedy that changes what the record says: whoever takes it has to look.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, safe: false });
        self
    }

    /// Adds a remedy that changes how something is written, and nothing that is said.
    #[must_use]
    pub fn safe_fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, safe: true });
        self
    }

    /// Adds a remedy that can be carried out, where there is one.
    #[must_use]
    pub fn fixed(mut self, fix: Option<Fix>) -> Self {
        self.fixes.extend(fix);
        self
    }

    /// The canonical order of findings: file, place, code, title. Independent of the order in which they were found.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |d: &Self| d.labels.first().map(|l| (l.file.name().to_owned(), l.span.start, l.span.end));
        key(self).cmp(&key(other)).then_with(|| self.code.cmp(other.code)).then_with(|| self.title.cmp(&other.title))
    }
}

/// Puts findings into canonical order and drops those said twice.
pub fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(Diagnostic::order);
    findings.dedup_by(|a, b| a.order(b) == Ordering::Equal);
}
