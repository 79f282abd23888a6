//! Annotations of a GitHub workflow: a line each on standard output, which the runner turns into notes on the lines of a
//! pull request. Beside them a table in Markdown for the summary of the job, since GitHub shows no more than ten errors
//! and ten warnings of a step.
//!
//! Form: `::error file=…,line=…,col=…,endColumn=…,title=…::message`
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>). A percent sign and line breaks are
//! escaped everywhere, a colon and a comma in properties, too, so that no value ends its property or begins a command.
//! Columns count characters from one; GitHub takes them only where the place is on one line.

use std::fmt::Write as _;

use super::{Origin, Run, severity, words};
use crate::diag::{Diagnostic, Level};
use crate::text::gate::visible;
use crate::text::markdown::escape;

/// How many errors, and how many warnings, of one step GitHub shows.
pub const SHOWN: usize = 10;

/// The longest table, in bytes: a summary may have 1 MiB a step.
const SUMMARY: usize = 900 * 1024;

/// The annotations of a run, a line each, errors first: what is beyond the tenth is not shown.
#[must_use]
pub fn render(run: &Run<'_>) -> String {
    let mut out: String = by_weight(run.findings).into_iter().map(|finding| annotation(finding, run.origin)).collect();
    if run.exit > 0 && !run.findings.iter().any(|f| f.level.fails()) {
        // what failed has no place, and is told on standard error
        out.push_str(&format!("::error title=factbrief {}::{}; the log says why\n", run.command, data(run.meaning)));
    }
    out
}

/// One annotation, with its line break.
#[must_use]
pub fn annotation(finding: &Diagnostic, origin: &dyn Fn(&str) -> Origin) -> String {
    let kind = match finding.level {
        Level::Error | Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = finding.labels.first()
        && let Origin::Repository(path) = origin(label.file.name())
    {
        let (start, end) = (label.file.position(label.span.start), label.file.position(label.span.end));
        properties.push(format!("file={}", property(&visible(&path))));
        properties.push(format!("line={}", start.line));
        if start.line == end.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        } else {
            properties.push(format!("endLine={}", end.line));
        }
    }
    properties.push(format!("title={}", property(finding.code)));
    format!("::{kind} {}::{}\n", properties.join(","), data(&words(finding, origin)))
}

/// What a run did and found as Markdown: words, then a table of all findings.
#[must_use]
pub fn summary(run: &Run<'_>) -> String {
    let mut out = format!("### factbrief {}: {}\n\n", escape(run.command), escape(run.meaning));
    for line in run.summary.lines() {
        let _ = writeln!(out, "{}\n", escape(line));
    }
    if run.findings.is_empty() {
        return out;
    }
    out.push_str("| | place | finding |\n|---|---|---|\n");
    for (index, finding) in by_weight(run.findings).into_iter().enumerate() {
        let place = finding.labels.first().map(|label| {
            let name = match (run.origin)(label.file.name()) {
                Origin::Repository(path) => path,
                _ => label.file.name().to_owned(),
            };
            let at = label.file.position(label.span.start);
            format!("{}:{}:{}", still(&visible(&name)), at.line, at.column)
        });
        let words: Vec<String> = words(finding, run.origin).lines().map(still).collect();
        let row = format!(
            "| {} `{}` | {} | {} |\n",
            severity(finding.level),
            finding.code,
            place.unwrap_or_default(),
            words.join("<br>")
        );
        if out.len() + row.len() > SUMMARY {
            let _ = writeln!(out, "\n{} more are not shown here.", run.findings.len() - index);
            break;
        }
        out.push_str(&row);
    }
    out.push('\n');
    out
}

/// A note on what GitHub leaves out of its annotations; none where it shows all.
#[must_use]
pub fn left_out(findings: &[Diagnostic]) -> Option<String> {
    let errors = findings.iter().filter(|f| f.level.fails()).count();
    let most = errors.max(findings.len() - errors);
    (most > SHOWN).then(|| {
        format!(
            "note: GitHub shows {SHOWN} errors and {SHOWN} warnings of a step; there are {} findings\n",
            findings.len()
        )
    })
}

/// Text as Markdown in which nothing calls anyone, and no number becomes a link: GitHub looks for `@name`, `#12` and
/// `GH-12` after it has read the Markdown, so that escaping them is not enough. A space of no width parts the sign from
/// what follows.
#[must_use]
pub fn still(text: &str) -> String {
    const PARTED: &str = "&#8203;";
    let escaped: Vec<char> = escape(text).chars().collect();
    let mut out = String::with_capacity(escaped.len());
    for (i, &c) in escaped.iter().enumerate() {
        out.push(c);
        let gh = |at: usize, sign: char| escaped.get(at).is_some_and(|c| c.eq_ignore_ascii_case(&sign));
        let number = c == 'H' || c == 'h';
        if matches!(c, '@' | '#') || number && i > 0 && gh(i - 1, 'g') && gh(i + 1, '-') {
            out.push_str(PARTED);
        }
    }
    out
}

fn by_weight(findings: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = findings.iter().collect();
    // stable: the canonical order within a weight; what has a place can be shown on its line
    sorted.sort_by_key(|f| (!f.level.fails(), f.labels.is_empty()));
    sorted
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Words for a log of a runner, which takes a line that begins with `::`, or has `##[` anywhere, for a command.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("::") {
            out.push('|');
        }
        out.push_str(&line.replace("##[", "## ["));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::file::TextFile;

    fn here(name: &str) -> Origin {
        Origin::Repository(format!("sub/{name}"))
    }

    #[test]
    fn a_value_stays_in_its_property() {
        let file = Arc::new(TextFile::new("a,b:c%.toml", "x = \"é\"\n"));
        let finding = Diagnostic::new("some-rule", "100 %\n::error::evil").at(&file, &(4..8), "a,b::c").help("d\r\ne");
        let line = annotation(&finding, &here);
        assert_eq!(
            line,
            "::error file=sub/a%2Cb%3Ac%25.toml,line=1,col=5,endColumn=8,title=some-rule::100 %25↵::error::evil: a,b::c%0Ahelp: d⟨U+000D⟩↵e\n"
        );
        assert_eq!(line.matches('\n').count(), 1);
    }

    #[test]
    fn the_name_of_a_file_reaches_no_terminal_raw() {
        let file = Arc::new(TextFile::new("a\u{1b}]8;;x\u{7}\u{202e}\n::error::b", "x"));
        let line = annotation(&Diagnostic::new("r", "t").at(&file, &(0..1), ""), &here);
        let shown = "a⟨U+001B⟩]8;;x⟨U+0007⟩⟨U+202E⟩↵::error::b".replace(':', "%3A");
        assert_eq!(line, format!("::error file=sub/{shown},line=1,col=1,endColumn=2,title=r::t\n"));
    }

    #[test]
    fn a_place_of_several_lines_has_no_columns() {
        let file = Arc::new(TextFile::new("f", "a\nb\nc"));
        let line = annotation(&Diagnostic::new("r", "t").at(&file, &(0..5), ""), &here);
        assert!(line.starts_with("::error file=sub/f,line=1,endLine=3,title=r::t"), "{line}");
        let nowhere = annotation(&Diagnostic::new("r", "t").at(&file, &(0..5), ""), &|_| Origin::Elsewhere);
        assert_eq!(nowhere, "::error title=r::t\n");
    }

    #[test]
    fn nobody_is_called_and_nothing_is_linked() {
        let text = still("@octocat, see #12, #a, gh-7 and <img src=x> ![a](http://e.org/b.png) a@b");
        let parted = |sign: &str| text.matches(sign).count() == text.matches(&format!("{sign}&#8203;")).count();
        assert!(parted("@") && text.contains("#&#8203;12") && text.contains("gh&#8203;-7"), "{text}");
        assert!(!text.contains(" <img") && !text.contains("!["), "{text}");
        assert_eq!(
            crate::render::set::plain(&text).replace('\u{200b}', "").trim_end(),
            "@octocat, see #12, #a, gh-7 and <img src=x> ![a](http://e.org/b.png) a@b"
        );
    }

    #[test]
    fn words_in_a_log_are_no_commands() {
        assert_eq!(harmless("  ::add-mask::x\na ::b\nc ##[error]d\n"), "|  ::add-mask::x\na ::b\nc ## [error]d\n");
    }

    #[test]
    fn the_gravest_come_first() {
        let warn = Diagnostic { level: Level::Warn, ..Diagnostic::new("a-rule", "warned") };
        let found = vec![warn.clone(), Diagnostic::new("b-rule", "failed")];
        let order: Vec<&str> = by_weight(&found).into_iter().map(|f| f.code).collect();
        assert_eq!(order, ["b-rule", "a-rule"]);
        assert!(left_out(&found).is_none() && left_out(&vec![warn; 11]).is_some());
    }
}
