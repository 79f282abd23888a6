//! A finding in a line: `file:line:column: error[code]: title: first label`.

use std::fmt::Write as _;

use crate::diag::Diagnostic;
use crate::text::gate::visible;

/// The finding in a line, with its line break.
#[must_use]
pub fn render(finding: &Diagnostic) -> String {
    let mut out = String::new();
    if let Some(label) = finding.labels.first() {
        let at = label.file.position(label.span.start);
        let _ = write!(out, "{}:{}:{}: ", visible(label.file.name()), at.line, at.column);
    }
    let _ = write!(out, "{}[{}]: {}", super::severity(finding.level), finding.code, visible(&finding.title));
    if let Some(label) = finding.labels.first().filter(|l| !l.text.is_empty()) {
        let _ = write!(out, ": {}", visible(&label.text));
    }
    out.push('\n');
    out
}
