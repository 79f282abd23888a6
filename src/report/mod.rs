//! Findings as text: one small file a format. Sees only `diag` and `text`; writes to no one.
//!
//! Some formats show finding by finding ([`render`]): [`human`], [`short`] and [`json`]. Others are one document that says
//! what a whole run did ([`document`]): [`sarif`], [`github`] and [`junit`].

pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod sarif;
pub mod short;

use crate::diag::{Diagnostic, Level};
use crate::text::gate::visible;

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// As rustc shows them, with the lines they are about.
    #[default]
    Human,
    /// A line each.
    Short,
    /// A JSON object a line, with a `reason` in each.
    Json,
    /// A SARIF 2.1.0 log.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// A JUnit report.
    Junit,
}

impl Format {
    /// Whether it shows a whole run at once, by [`document`], rather than finding by finding, by [`render`].
    #[must_use]
    pub fn is_document(self) -> bool {
        matches!(self, Self::Sarif | Self::Github | Self::Junit)
    }
}

/// Where a text that a finding names lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the repository, at this path from its root, with `/` between folders.
    Repository(String),
    /// In the archive of articles, which is no part of the repository, under this name.
    Archive(String),
    /// In no file that a reader of the repository has.
    Elsewhere,
}

/// The page of a rule.
#[derive(Debug, Clone)]
pub struct RulePage<'a> {
    /// The rule.
    pub name: &'a str,
    /// The group it is in.
    pub group: &'a str,
    /// The level of that group.
    pub level: Level,
    /// Its page, as Markdown: a heading, then a paragraph that says what it finds.
    pub page: &'a str,
}

impl RulePage<'_> {
    /// What the rule finds: the first paragraph of its page.
    #[must_use]
    pub fn about(&self) -> String {
        let paragraph = self.page.split("\n\n").find(|p| !p.starts_with('#') && !p.trim().is_empty());
        paragraph.unwrap_or(self.name).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What was held against what, under one name: a dossier, or the briefings.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// What there is to say of it as a whole, by key.
    pub properties: Vec<(String, String)>,
    /// What was tried; none is never a pass: see [`Suite::nothing`].
    pub cases: Vec<Case>,
    /// Why it has no case.
    pub nothing: String,
}

/// One thing that was tried: a quotation, a record, a briefing.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// What it is one of, as `egypt-libya.claim`.
    pub class: String,
    /// Its name.
    pub name: String,
    /// How it was proved, in words.
    pub said: String,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

/// A run of the program, for a format that shows it as one document.
pub struct Run<'a> {
    /// The command.
    pub command: &'a str,
    /// The version of the program.
    pub version: &'a str,
    /// The exit code.
    pub exit: u8,
    /// What that code says, in words.
    pub meaning: &'a str,
    /// What the run did, in words.
    pub summary: &'a str,
    /// The pages of all rules.
    pub rules: &'a [RulePage<'a>],
    /// Where the text of a name lies.
    pub origin: &'a dyn Fn(&str) -> Origin,
    /// What was found, in canonical order.
    pub findings: &'a [Diagnostic],
    /// What a record makes an exception for, and the reason it gives.
    pub excepted: &'a [(Diagnostic, String)],
    /// What was tried, and what was found of it.
    pub suites: &'a [Suite],
}

/// The findings in a format that shows one after the other; nothing in one that [`Format::is_document`]. `colour` is for
/// [`Format::Human`] alone.
#[must_use]
pub fn render(findings: &[Diagnostic], format: Format, colour: bool) -> String {
    match format {
        Format::Human => findings.iter().map(|f| human::render(f, colour)).collect::<Vec<_>>().join("\n"),
        Format::Short => findings.iter().map(short::render).collect(),
        Format::Json => findings.iter().map(json::render).collect(),
        Format::Sarif | Format::Github | Format::Junit => String::new(),
    }
}

/// A run in a format that [`Format::is_document`]; nothing in the others.
#[must_use]
pub fn document(run: &Run<'_>, format: Format) -> String {
    match format {
        Format::Sarif => sarif::render(run),
        Format::Github => github::render(run),
        Format::Junit => junit::render(run),
        Format::Human | Format::Short | Format::Json => String::new(),
    }
}

/// The word that heads a finding.
#[must_use]
pub fn severity(level: Level) -> &'static str {
    match level {
        Level::Error | Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "note",
    }
}

/// A finding in words, a line each: title and first label, the other places, why, what to do.
#[must_use]
pub fn words(finding: &Diagnostic, origin: &dyn Fn(&str) -> Origin) -> String {
    let mut lines = vec![headline(finding)];
    for label in finding.labels.iter().skip(1) {
        let at = label.file.position(label.span.start);
        let name = match origin(label.file.name()) {
            Origin::Repository(path) => path,
            _ => label.file.name().to_owned(),
        };
        let text = if label.text.is_empty() { String::new() } else { format!(": {}", visible(&label.text)) };
        lines.push(format!("{}:{}:{}{text}", visible(&name), at.line, at.column));
    }
    lines.extend(finding.notes.iter().map(|note| format!("note: {}", visible(note))));
    lines.extend(finding.help.iter().map(|help| format!("help: {}", visible(help))));
    lines.join("\n")
}

/// A finding's title, with what is said of its place.
fn headline(finding: &Diagnostic) -> String {
    match finding.labels.first().filter(|label| !label.text.is_empty()) {
        Some(label) => format!("{}: {}", visible(&finding.title), visible(&label.text)),
        None => visible(&finding.title),
    }
}
