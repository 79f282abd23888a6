//! A run as a JUnit report, in the form that Jenkins and GitLab read: a suite a dossier, a case a quotation; a suite for
//! the briefings, a case each. What fails is a failure, what only warns stands in the output of its case.
//!
//! A suite without a case holds one that was skipped and says why: a run that tried nothing never looks like a pass.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Case, Run, Suite, words};
use crate::diag::{Diagnostic, Level};
use crate::text::gate::visible_lines;

/// How the cases of a suite ended.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(suite: &Suite) -> Self {
        let mut counts = Self { tests: suite.cases.len().max(1), ..Self::default() };
        counts.skipped = usize::from(suite.cases.is_empty());
        for case in &suite.cases {
            counts.errors += usize::from(case.findings.iter().any(|f| f.level == Level::Error));
            counts.failures += usize::from(fails(case));
        }
        counts
    }
}

/// Whether a case fails by a rule; one that could not be tried at all is an error instead.
fn fails(case: &Case) -> bool {
    case.findings.iter().any(|f| f.level == Level::Deny) && case.findings.iter().all(|f| f.level != Level::Error)
}

/// The report, ending in a line break.
#[must_use]
pub fn render(run: &Run<'_>) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // writing to memory does not fail
    let _ = write(run, &mut writer);
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

fn write(run: &Run<'_>, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let stopped;
    let mut suites: Vec<&Suite> = run.suites.iter().collect();
    if suites.is_empty() {
        // nothing was tried: what stopped the run is all that there is to tell
        let why = if run.summary.is_empty() { run.meaning } else { run.summary };
        let findings = if run.findings.is_empty() && run.exit > 1 {
            vec![Diagnostic::new("stopped", why)]
        } else {
            run.findings.to_vec()
        };
        let case = Case { class: "project".to_owned(), name: run.command.to_owned(), said: String::new(), findings };
        let cases = if case.findings.is_empty() { Vec::new() } else { vec![case] };
        stopped = Suite { name: "project".to_owned(), properties: Vec::new(), cases, nothing: why.to_owned() };
        suites.push(&stopped);
    }
    let mut all = Counts::default();
    for counts in suites.iter().map(|suite| Counts::of(suite)) {
        all.tests += counts.tests;
        all.failures += counts.failures;
        all.errors += counts.errors;
    }
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = format!("factbrief {}", run.command);
    writer
        .create_element("testsuites")
        .with_attribute(("name", safe(&name).as_str()))
        .with_attribute(("tests", all.tests.to_string().as_str()))
        .with_attribute(("failures", all.failures.to_string().as_str()))
        .with_attribute(("errors", all.errors.to_string().as_str()))
        .write_inner_content(|writer| {
            for suite in &suites {
                write_suite(run, suite, writer)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn write_suite(run: &Run<'_>, suite: &Suite, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let counts = Counts::of(suite);
    writer
        .create_element("testsuite")
        .with_attribute(("name", safe(&suite.name).as_str()))
        .with_attribute(("tests", counts.tests.to_string().as_str()))
        .with_attribute(("failures", counts.failures.to_string().as_str()))
        .with_attribute(("errors", counts.errors.to_string().as_str()))
        .with_attribute(("skipped", counts.skipped.to_string().as_str()))
        .write_inner_content(|writer| {
            if !suite.properties.is_empty() {
                writer.create_element("properties").write_inner_content(|writer| {
                    for (name, value) in &suite.properties {
                        writer
                            .create_element("property")
                            .with_attribute(("name", safe(name).as_str()))
                            .with_attribute(("value", safe(value).as_str()))
                            .write_empty()?;
                    }
                    Ok(())
                })?;
            }
            if suite.cases.is_empty() {
                writer
                    .create_element("testcase")
                    .with_attribute(("name", "nothing"))
                    .with_attribute(("classname", safe(&suite.name).as_str()))
                    .write_inner_content(|writer| {
                        let why = safe(&suite.nothing);
                        writer.create_element("skipped").with_attribute(("message", why.as_str())).write_empty()?;
                        Ok(())
                    })?;
            }
            for case in &suite.cases {
                write_case(run, case, writer)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn write_case(run: &Run<'_>, case: &Case, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let (name, class) = (safe(&case.name), safe(&case.class));
    let element = writer
        .create_element("testcase")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("classname", class.as_str()));
    let (wrong, warned): (Vec<&Diagnostic>, Vec<&Diagnostic>) = case.findings.iter().partition(|f| f.level.fails());
    let mut said: Vec<String> = Vec::new();
    if !case.said.is_empty() {
        said.push(case.said.clone());
    }
    said.extend(warned.iter().map(|f| format!("{} [{}]: {}", super::severity(f.level), f.code, told(run, f))));
    if wrong.is_empty() && said.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        for finding in wrong {
            let kind = if finding.level == Level::Error { "error" } else { "failure" };
            let title = safe(&super::headline(finding));
            writer
                .create_element(kind)
                .with_attribute(("type", finding.code))
                .with_attribute(("message", title.as_str()))
                .write_text_content(BytesText::new(&safe(&told(run, finding))))?;
        }
        if !said.is_empty() {
            writer.create_element("system-out").write_text_content(BytesText::new(&safe(&said.join("\n"))))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// A finding in words, under its place.
fn told(run: &Run<'_>, finding: &Diagnostic) -> String {
    let place = finding.labels.first().map(|label| {
        let at = label.file.position(label.span.start);
        let name = match (run.origin)(label.file.name()) {
            super::Origin::Repository(path) => path,
            _ => label.file.name().to_owned(),
        };
        format!("{name}:{}:{}\n", at.line, at.column)
    });
    format!("{}{}", place.unwrap_or_default(), words(finding, run.origin))
}

/// Text without what XML 1.0 cannot hold: controls by their code point, and no noncharacters.
fn safe(text: &str) -> String {
    visible_lines(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Origin;

    fn report(suites: &[Suite], findings: &[Diagnostic], exit: u8) -> String {
        let origin = |name: &str| Origin::Repository(name.to_owned());
        render(&Run {
            command: "check",
            version: "1.2.3",
            exit,
            meaning: "the input cannot be used",
            summary: "",
            rules: &[],
            origin: &origin,
            findings,
            excepted: &[],
            suites,
        })
    }

    fn case(name: &str, findings: Vec<Diagnostic>) -> Case {
        Case { class: "d.claim".to_owned(), name: name.to_owned(), said: "proved".to_owned(), findings }
    }

    #[test]
    fn counts_are_those_of_the_cases() {
        let of = |level: Level| Diagnostic { level, ..Diagnostic::new("a-rule", "title <&\"]]>\u{1}\u{ffff}") };
        let cases = vec![
            case("good", Vec::new()),
            case("warned", vec![of(Level::Warn)]),
            case("twice", vec![of(Level::Deny), of(Level::Deny)]),
            case("broken", vec![of(Level::Error), of(Level::Deny)]),
        ];
        let text = report(&[Suite { name: "d".to_owned(), cases, ..Suite::default() }], &[], 1);
        assert!(
            text.contains("<testsuites name=\"factbrief check\" tests=\"4\" failures=\"1\" errors=\"1\">"),
            "{text}"
        );
        assert!(
            text.contains("<testsuite name=\"d\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"0\">"),
            "{text}"
        );
        assert_eq!(text.matches("<failure").count(), 3);
        assert!(!text.contains("]]>") && text.contains("⟨U+0001⟩") && !text.contains('\u{ffff}'), "{text}");
    }

    #[test]
    fn a_run_that_tried_nothing_is_no_pass() {
        let empty = Suite { name: "d".to_owned(), nothing: "no quotation".to_owned(), ..Suite::default() };
        let text = report(&[empty], &[], 0);
        assert!(text.contains("tests=\"1\"") && text.contains("<skipped message=\"no quotation\"/>"), "{text}");
        let stopped = report(&[], &[], 2);
        assert!(stopped.contains("errors=\"1\"") && stopped.contains("type=\"stopped\""), "{stopped}");
        assert!(report(&[], &[], 0).contains("<skipped"));
    }
}
