//! `factbrief audit`

use std::path::{Path, PathBuf};

use factbrief::audit::{Outcome, Tally, Text};
use factbrief::diag::Diagnostic;
use factbrief::load::read;
use factbrief::report::Format;
use factbrief::text::gate::visible;

use super::check::open;
use super::{Exit, Levels, Place, count, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The files: Markdown or PDF
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
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
        output::tell(&format!(
            "{errors} errors in the facts: what is not proved answers for nothing; nothing was audited\n"
        ));
        return Ok(Exit::Findings);
    }
    let (auditor, findings) = workspace.auditor(&verdict);
    let mut exit = Exit::Clean;
    if !findings.is_empty() {
        place.findings(&findings)?;
        output::tell("a briefing cannot be printed, and no file is held against it\n");
        exit = Exit::Findings;
    }
    for path in &options.files {
        match text(path) {
            Ok(text) => {
                let outcome = auditor.audit(&text);
                place.findings(&outcome.findings)?;
                summary(place, path, &outcome)?;
                if !outcome.findings.is_empty() {
                    exit = exit.or(Exit::Findings);
                }
            }
            Err(finding) => {
                place.findings(&[*finding])?;
                exit = exit.or(Exit::Unusable);
            }
        }
    }
    Ok(exit)
}

fn text(path: &Path) -> Result<Text, Box<Diagnostic>> {
    let name = path.display().to_string();
    let bytes = read::bytes(path).map_err(|why| Box::new(read::unread(&name, &why)))?;
    Text::read(bytes, &name)
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
    output::tell(&format!(
        "{name}: {}, {} and {}: {records} from records, {briefing} of the briefing's own data, {template} in template text, {naked} naked ({against})\n",
        n(numbers, "number", "numbers"),
        n(dates, "date", "dates"),
        n(statements, "statement", "statements"),
    ));
    Ok(())
}
