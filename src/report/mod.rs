//! Findings as text: one small file a format. Sees only `diag` and `text`; writes to no one.

pub mod human;
pub mod json;
pub mod short;

use crate::diag::{Diagnostic, Level};

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
}

/// The findings in a format. `colour` is for [`Format::Human`] alone.
#[must_use]
pub fn render(findings: &[Diagnostic], format: Format, colour: bool) -> String {
    match format {
        Format::Human => findings.iter().map(|f| human::render(f, colour)).collect::<Vec<_>>().join("\n"),
        Format::Short => findings.iter().map(short::render).collect(),
        Format::Json => findings.iter().map(json::render).collect(),
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
