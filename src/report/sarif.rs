//! A run as a SARIF 2.1.0 log, which code hosts and editors read
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
//!
//! Columns count Unicode code points from one, ends are exclusive; paths are relative to the root of the repository. What
//! comes from input is shown through the text gate. A log is complete also where nothing was found, or where the input
//! could not be used at all.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Origin, RulePage, Run, headline};
use crate::diag::{Diagnostic, Label, Level};
use crate::text::gate::{is_hidden, visible};
use crate::text::hash;

/// What a path keeps in a URI (RFC 3986): unreserved characters, and the slash between folders.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The longest snippet, in characters.
const SNIPPET: usize = 1000;

/// The log, ending in a line break.
#[must_use]
pub fn render(run: &Run<'_>) -> String {
    let described: Vec<Value> = run.rules.iter().map(rule).collect();
    let mut index: BTreeMap<&str, usize> = run.rules.iter().enumerate().map(|(i, r)| (r.name, i)).collect();
    let mut rules = described;
    let all = || run.findings.iter().chain(run.excepted.iter().map(|(finding, _)| finding));
    let other: std::collections::BTreeSet<&str> =
        all().map(|f| f.code).filter(|code| !index.contains_key(code)).collect();
    for code in other {
        index.insert(code, rules.len());
        rules.push(error(code));
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut results: Vec<Value> =
        run.findings.iter().map(|f| Value::Object(result(run, f, &index, &mut seen))).collect();
    for (finding, reason) in run.excepted {
        let mut result = result(run, finding, &index, &mut seen);
        let suppression = json!([{ "kind": "inSource", "status": "accepted", "justification": plain(reason) }]);
        result.insert("suppressions".to_owned(), suppression);
        results.push(Value::Object(result));
    }
    let mut invocation = json!({
        "executionSuccessful": run.exit <= 1,
        "exitCode": run.exit,
        "exitCodeDescription": run.meaning,
    });
    if run.exit > 1 {
        let said = if run.summary.is_empty() { run.meaning } else { run.summary };
        invocation["toolExecutionNotifications"] = json!([{ "level": "error", "message": { "text": plain(said) } }]);
    }
    let properties: Map<String, Value> = run
        .suites
        .iter()
        .map(|suite| {
            let counts = suite.properties.iter().map(|(k, v)| (k.clone(), json!(visible(v)))).collect();
            (visible(&suite.name), Value::Object(counts))
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "factbrief",
                "semanticVersion": run.version,
                "shortDescription": { "text": "Proves every figure and quotation of a sourced fact model" },
                "rules": rules,
            } },
            "automationDetails": { "id": format!("factbrief/{}/", run.command) },
            "columnKind": "unicodeCodePoints",
            "defaultEncoding": "utf-8",
            "newlineSequences": ["\r\n", "\n"],
            "originalUriBaseIds": {
                "%SRCROOT%": { "description": { "text": "The root of the repository" } },
                "ARCHIVE": { "description": { "text": "The folder of articles, which is no part of the repository" } },
            },
            "invocations": [invocation],
            "results": results,
            "properties": properties,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn rule(page: &RulePage<'_>) -> Value {
    let about = page.about();
    json!({
        "id": page.name,
        "name": name(page.name),
        "shortDescription": { "text": first_sentence(&about) },
        "fullDescription": { "text": about },
        "help": { "text": page.page, "markdown": page.page },
        "defaultConfiguration": { "level": level(page.level) },
        "properties": { "tags": ["factbrief", page.group] },
    })
}

/// What is no rule: nothing switches it off, and it has no page.
fn error(code: &str) -> Value {
    json!({
        "id": code,
        "name": name(code),
        "shortDescription": { "text": code.replace('-', " ") },
        "fullDescription": { "text": "Not a rule but an error: nothing switches it off. The finding says what to do." },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": ["factbrief", "error"] },
    })
}

/// `quote-not-verbatim` as `QuoteNotVerbatim`, which is how SARIF names rules for people.
fn name(code: &str) -> String {
    code.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect()
}

fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or_else(|| text.to_owned(), |(first, _)| format!("{first}."))
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error | Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "note",
    }
}

fn result(
    run: &Run<'_>,
    finding: &Diagnostic,
    index: &BTreeMap<&str, usize>,
    seen: &mut BTreeMap<String, usize>,
) -> Map<String, Value> {
    let mut lines = vec![headline(finding)];
    lines.extend(finding.notes.iter().map(|note| format!("Note: {note}")));
    lines.extend(finding.help.iter().map(|help| format!("Help: {help}")));
    let message: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    let mut result = Map::new();
    let mut put = |key: &str, value: Value| {
        result.insert(key.to_owned(), value);
    };
    put("ruleId", json!(finding.code));
    if let Some(index) = index.get(finding.code) {
        put("ruleIndex", json!(index));
    }
    put("level", json!(level(finding.level)));
    put("message", json!({ "text": message.join("\n") }));
    let mut places = finding.labels.iter().filter_map(|label| Some((label, physical(run, label)?)));
    let first = finding.labels.first().and_then(|label| physical(run, label));
    if let Some(place) = first {
        put("locations", json!([{ "physicalLocation": place }]));
        places.next();
    }
    let related: Vec<Value> = places
        .enumerate()
        .map(|(id, (label, place))| {
            let mut location = json!({ "id": id + 1, "physicalLocation": place });
            if !label.text.is_empty() {
                location["message"] = json!({ "text": plain(&label.text) });
            }
            location
        })
        .collect();
    if !related.is_empty() {
        put("relatedLocations", json!(related));
    }
    let print = fingerprint(run, finding);
    let count = seen.entry(print.clone()).or_default();
    *count += 1;
    let print = format!("{print}:{count}");
    // the second name is the one by which GitHub tells an alert it knows from a new one
    put("partialFingerprints", json!({ "factbriefPlace/v1": print, "primaryLocationLineHash": print }));
    result
}

/// A message that holds no link: SARIF reads `[words](target)` as one.
fn plain(text: &str) -> String {
    text.lines().map(|line| visible(line).replace("](", "] (")).collect::<Vec<_>>().join("\n")
}

fn physical(run: &Run<'_>, label: &Label) -> Option<Value> {
    let (path, base) = match (run.origin)(label.file.name()) {
        Origin::Repository(path) => (path, "%SRCROOT%"),
        Origin::Archive(name) => (name, "ARCHIVE"),
        Origin::Elsewhere => return None,
    };
    let (start, end) = (label.file.position(label.span.start), label.file.position(label.span.end));
    let mut region = json!({
        "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
    });
    let words = label.file.text().get(label.span.clone()).unwrap_or_default();
    let shown = !words.is_empty() && words.chars().count() <= SNIPPET;
    if shown && !words.chars().any(is_hidden) {
        region["snippet"] = json!({ "text": words });
    }
    Some(json!({
        "artifactLocation": { "uri": utf8_percent_encode(&path, KEPT).to_string(), "uriBaseId": base },
        "region": region,
    }))
}

/// What stays the same when lines move: the rule, the file, the record's header and the text of the line.
fn fingerprint(run: &Run<'_>, finding: &Diagnostic) -> String {
    let mut of = vec![finding.code.to_owned()];
    match finding.labels.first() {
        Some(label) => {
            let file = &label.file;
            of.push(match (run.origin)(file.name()) {
                Origin::Repository(path) | Origin::Archive(path) => path,
                Origin::Elsewhere => file.name().to_owned(),
            });
            let line = file.line_at(label.span.start);
            let header = file.text()[..line.end].lines().rev().find(|line| line.starts_with('['));
            of.push(header.unwrap_or_default().trim().to_owned());
            of.push(file.text()[line].split_whitespace().collect::<Vec<_>>().join(" "));
        }
        None => of.push(finding.title.clone()),
    }
    hash::sha256(of.join("\n").as_bytes()).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::file::TextFile;

    fn here(name: &str) -> Origin {
        match name {
            "post.txt" => Origin::Archive(name.to_owned()),
            "built in" => Origin::Elsewhere,
            _ => Origin::Repository(name.to_owned()),
        }
    }

    fn log(findings: &[Diagnostic], excepted: &[(Diagnostic, String)], exit: u8) -> Value {
        let rules = [RulePage {
            name: "some-rule",
            group: "style",
            level: Level::Warn,
            page: "# some-rule\n\nIt finds\nthings. And more.\n\n## Why\n",
        }];
        let run = Run {
            command: "check",
            version: "1.2.3",
            exit,
            meaning: "as it is",
            summary: "what was done",
            rules: &rules,
            origin: &here,
            findings,
            excepted,
            suites: &[],
        };
        serde_json::from_str(&render(&run)).unwrap()
    }

    fn prints(text: &str) -> Vec<String> {
        let file = Arc::new(TextFile::new("a.toml", text));
        let found: Vec<Diagnostic> = text
            .match_indices("bad")
            .map(|(at, word)| Diagnostic::new("some-rule", "bad").at(&file, &(at..at + word.len()), ""))
            .collect();
        let log = log(&found, &[], 1);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|r| r["partialFingerprints"]["primaryLocationLineHash"].to_string()).collect()
    }

    #[test]
    fn fingerprints_hold_when_lines_move_and_tell_records_apart() {
        let before = prints("[claim.a]\nvalue = bad\n\n[claim.b]\nvalue = bad\nvalue = bad\n");
        let unique: std::collections::BTreeSet<&String> = before.iter().collect();
        assert_eq!(unique.len(), 3);
        let after =
            prints("# a comment\n\n[claim.new]\n\n[claim.a]\n  value =   bad\n\n[claim.b]\nvalue = bad\nvalue = bad\n");
        assert_eq!(before, after);
        // the first mended: the others are known by the names that they had
        assert_eq!(prints("[claim.b]\nvalue = bad\nvalue = bad\n"), before[1..]);
    }

    #[test]
    fn a_log_is_whole_where_nothing_was_found_or_nothing_could_be_read() {
        let clean = log(&[], &[], 0);
        assert_eq!(clean["runs"][0]["results"], json!([]));
        assert_eq!(clean["runs"][0]["invocations"][0]["executionSuccessful"], json!(true));
        assert_eq!(clean["runs"][0]["tool"]["driver"]["rules"][0]["shortDescription"]["text"], "It finds things.");
        let broken = log(&[Diagnostic::new("no-project", "there is none")], &[], 2);
        let run = &broken["runs"][0];
        assert_eq!(run["invocations"][0]["executionSuccessful"], json!(false));
        assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"], "what was done");
        assert_eq!((run["results"][0]["ruleIndex"].clone(), run["results"][0].get("locations")), (json!(1), None));
    }

    #[test]
    fn places_are_those_of_the_file_and_articles_are_not_in_the_repository() {
        let file = Arc::new(TextFile::new("seeds/é d/a b.toml", "x\n\tق = \"😀\u{202e}\"\n"));
        let article = Arc::new(TextFile::new("post.txt", "at least 9\n"));
        let at = file.text().find('"').unwrap();
        let finding = Diagnostic::new("some-rule", "see [here](https://example.org)\u{1b}")
            .at(&file, &(at..at + 4), "")
            .at(&article, &(9..10), "\"9\"")
            .at(&Arc::new(TextFile::new("built in", "z")), &(0..1), "");
        let log = log(&[], &[(finding, "because\nso".to_owned())], 0);
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["message"]["text"], "see [here] (https://example.org)⟨U+001B⟩");
        assert_eq!(
            result["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": { "uri": "seeds/%C3%A9%20d/a%20b.toml", "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 7, "snippet": { "text": "\"" } },
            })
        );
        let related = result["relatedLocations"].as_array().unwrap();
        assert_eq!(related.len(), 1);
        assert_eq!(related[0]["physicalLocation"]["artifactLocation"]["uriBaseId"], "ARCHIVE");
        assert_eq!(result["suppressions"][0]["justification"], "because\nso");
    }
}
