//! A finding as a line of JSON. Lines and columns are counted from one, columns in characters; bytes are those of the file.

use serde_json::{Value, json};

use crate::diag::Diagnostic;
use crate::text::gate::visible;

/// The finding as one line of JSON, with its line break.
#[must_use]
pub fn render(finding: &Diagnostic) -> String {
    let labels: Vec<Value> = finding
        .labels
        .iter()
        .map(|label| {
            let bytes = label.file.in_file(&label.span);
            let (start, end) = (label.file.position(label.span.start), label.file.position(label.span.end));
            json!({
                "file": visible(label.file.name()),
                "line": start.line.get(), "column": start.column.get(),
                "end_line": end.line.get(), "end_column": end.column.get(),
                "bytes": [bytes.start, bytes.end],
                "text": visible(&label.text),
            })
        })
        .collect();
    let shown = |list: &[String]| list.iter().map(|t| visible(t)).collect::<Vec<_>>();
    let value = json!({
        "reason": "finding",
        "code": finding.code,
        "level": super::severity(finding.level),
        "title": visible(&finding.title),
        "labels": labels,
        "notes": shown(&finding.notes),
        "help": shown(&finding.help),
    });
    format!("{value}\n")
}
