//! `factbrief audit`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use factbrief::audit::trace::{Known, Tracer};
use factbrief::audit::{Line, Outcome, Tally, Text};
use factbrief::diag::Diagnostic;
use factbrief::load::read;
use factbrief::report::{Case, Format, Suite};
use factbrief::text::gate::visible;

use super::check::open;
use super::impact::first_words;
use super::{Exit, Levels, Place, count, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The files: Markdown or PDF
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show for each sentence, row and list item the records behind it, and where their quotations stand
    #[arg(long)]
    trace: bool,
    #[command(flatten)]
    levels: Levels,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let archive = place.archive(&workspace.project)?;
    let settings = options.levels.settings(&workspace.project)?;
    let verdict = workspace.check(&archive, &settings);
    if verdict.fails() {
        let findings = verdict.findings();
        place.findings(&findings)?;
        let (errors, _) = count(&findings);
        place.tell(&format!(
            "{errors} errors in the facts: what is not proved answers for nothing; nothing was audited\n"
        ));
        return Ok(Exit::Findings);
    }
    let (auditor, findings) = workspace.auditor(&verdict);
    let mut exit = Exit::Clean;
    if !findings.is_empty() {
        place.findings(&findings)?;
        place.tell("a briefing cannot be printed, and no file is held against it\n");
        exit = Exit::Findings;
    }
    let mut tracers: BTreeMap<&str, Tracer<'_>> =
        verdict.checked.iter().map(|(name, checked)| (name.as_str(), Tracer::new(checked, &archive))).collect();
    let named = options.files.iter().map(|path| path.display().to_string());
    place.gathered.borrow_mut().named.extend(named);
    let document = place.format().is_document();
    let mut cases = Vec::new();
    for path in &options.files {
        let mut case = Case { class: "audit".to_owned(), name: path.display().to_string(), ..Case::default() };
        match text(path) {
            Ok(text) => {
                let outcome = auditor.audit(&text);
                if options.trace {
                    for line in &outcome.lines {
                        let shown = traced(&text, line, &mut tracers, place.format() == Format::Json);
                        if document { output::tell(&shown) } else { output::print(&shown)? }
                    }
                }
                place.findings(&outcome.findings)?;
                summary(place, path, &outcome)?;
                let Tally { numbers, dates, statements, .. } = outcome.tally;
                case.said = format!("{numbers} numbers, {dates} dates, {statements} statements");
                case.findings.clone_from(&outcome.findings);
                if !outcome.findings.is_empty() {
                    exit = exit.or(Exit::Findings);
                }
            }
            Err(finding) => {
                place.findings(std::slice::from_ref(&*finding))?;
                case.findings.push(*finding);
                exit = exit.or(Exit::Unusable);
            }
        }
        cases.push(case);
    }
    let suite = Suite { name: "audit".to_owned(), cases, ..Suite::default() };
    place.gathered.borrow_mut().suites.push(suite);
    Ok(exit)
}

fn text(path: &Path) -> Result<Text, Box<Diagnostic>> {
    let name = path.display().to_string();
    let bytes = read::bytes(path).map_err(|why| Box::new(read::unread(&name, &why)))?;
    Text::read(bytes, &name)
}

/// A unit of a text, then the records behind it, then each quotation and where it stands.
fn traced(text: &Text, line: &Line, tracers: &mut BTreeMap<&str, Tracer<'_>>, json: bool) -> String {
    let (file, at) = text.place(&line.span);
    let (name, number) = (visible(file.name()), file.position(at.start).line.get());
    let mut behind = Vec::new();
    for (dossier, tracer) in tracers {
        let ids: Vec<&str> = line.records.iter().filter(|(d, _)| d == dossier).map(|(_, id)| id.as_str()).collect();
        behind.extend(tracer.trace(&ids));
    }
    if json {
        let records: Vec<serde_json::Value> = behind
            .iter()
            .map(|record| {
                let quotations: Vec<serde_json::Value> = record
                    .quotations
                    .iter()
                    .map(|q| {
                        serde_json::json!({
                            "source": q.source, "publisher": visible(&q.publisher), "quote": visible(&q.quote),
                            "line": q.line.map(|(line, _)| line), "by": q.line.map(|(_, known)| by(known)),
                        })
                    })
                    .collect();
                serde_json::json!({ "kind": record.kind, "id": record.id, "quotations": quotations })
            })
            .collect();
        let value = serde_json::json!({
            "reason": "trace", "file": name, "line": number, "page": text.page(&line.span), "unit": line.kind.word(),
            "text": visible(&line.text), "naked": line.naked, "records": records,
        });
        return format!("{value}\n");
    }
    let naked = if line.naked { " (naked)" } else { "" };
    let mut out = format!("{name}:{number}: {}{naked}: {}\n", line.kind.word(), first_words(&line.text));
    if behind.is_empty() {
        out.push_str("    no record\n");
    }
    for record in &behind {
        out.push_str(&format!("    {} `{}`\n", record.kind, record.id));
        for quoted in &record.quotations {
            let place = match quoted.line {
                Some((line, known)) => format!("line {line} ({})", by(known)),
                None => "place not known".to_owned(),
            };
            out.push_str(&format!(
                "        {} [{}], {place}: “{}”\n",
                visible(&quoted.publisher),
                quoted.source,
                visible(&quoted.quote)
            ));
        }
    }
    out
}

fn by(known: Known) -> &'static str {
    match known {
        Known::Article => "article",
        Known::Lock => "evidence lock",
    }
}

fn summary(place: &Place, path: &Path, outcome: &Outcome) -> Result<(), Exit> {
    let Tally { numbers, dates, statements, records, briefing, template, naked } = outcome.tally;
    let name = visible(&path.display().to_string());
    if place.format() == Format::Json {
        let line = serde_json::json!({
            "reason": "audit", "file": name, "briefing": outcome.briefing, "numbers": numbers, "dates": dates,
            "statements": statements, "records": records, "own": briefing, "template": template, "naked": naked,
        });
        return output::print(&format!("{line}\n"));
    }
    let n = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let against = match &outcome.briefing {
        Some(slug) => format!("read as briefing `{slug}`"),
        None => "read as no briefing of this project, held against its records".to_owned(),
    };
    place.tell(&format!(
        "{name}: {}, {} and {}: {records} from records, {briefing} of the briefing's own data, {template} in template text, {naked} naked ({against})\n",
        n(numbers, "number", "numbers"),
        n(dates, "date", "dates"),
        n(statements, "statement", "statements"),
    ));
    Ok(())
}
