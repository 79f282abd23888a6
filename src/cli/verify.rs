//! `factbrief verify`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use factbrief::audit::pdf_text::Unreadable;
use factbrief::diag::Diagnostic;
use factbrief::evidence::carried::Carried;
use factbrief::evidence::proofs::{How, Proved};
use factbrief::evidence::today::Fate;
use factbrief::evidence::{Held, Verification, verify};
use factbrief::facts::dossier::Dossier;
use factbrief::load::archive::Archive;
use factbrief::load::read;
use factbrief::report::Format;
use factbrief::text::gate::visible;
use serde_json::json;

use super::check::open;
use super::{Exit, Place, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The PDFs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    // a document proves itself: a project is looked for only where one is named
    let workspace = if place.project.is_some() { Some(open(place)?) } else { None };
    let archive = match &workspace {
        Some(workspace) => place.archive(&workspace.project)?,
        None => place.named_archive()?.unwrap_or(Archive::Absent),
    };
    let dossiers = workspace.as_ref().map(|workspace| &workspace.dossiers);
    let mut exit = Exit::Clean;
    for path in &options.files {
        exit = exit.or(one(place, path, &archive, dossiers)?);
    }
    Ok(exit)
}

fn one(
    place: &Place,
    path: &Path,
    archive: &Archive,
    project: Option<&BTreeMap<String, Dossier>>,
) -> Result<Exit, Exit> {
    let name = path.display().to_string();
    let bytes = match read::bytes(path) {
        Ok(bytes) => bytes,
        Err(why) => {
            let finding = read::unread(&name, &why);
            place.findings(std::slice::from_ref(&finding))?;
            return Ok(severity(&finding));
        }
    };
    let carried = match Carried::read(&bytes, &name) {
        Ok(carried) => carried,
        Err(why) => {
            let finding = unreadable(&name, &why);
            place.findings(std::slice::from_ref(&finding))?;
            return Ok(severity(&finding));
        }
    };
    let found = verify(&carried, archive, project);
    let compared = project.is_some();
    if place.format() == Format::Json {
        for held in &found.records {
            output::print(&format!("{}\n", as_json(held)))?;
        }
        place.findings(&found.findings)?;
        output::print(&format!("{}\n", summary_json(&name, &found)))?;
    } else {
        for held in &found.records {
            output::print(&format!("{}\n", line(held)))?;
        }
        place.findings(&found.findings)?;
        output::tell(&summary(&name, &found, archive, compared));
    }
    Ok(match (found.fails(), found.unusable) {
        (_, true) => Exit::Unusable,
        (true, false) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// The finding for a PDF that cannot be read.
pub(super) fn unreadable(name: &str, why: &Unreadable) -> Diagnostic {
    let code = if *why == Unreadable::TooLarge { "limit" } else { "not-a-briefing" };
    let finding = Diagnostic::new(code, format!("{} cannot be read: {why}", visible(name)));
    match why {
        Unreadable::NotPdf => {
            finding.help("evidence is carried by PDFs: hold Markdown against the project with `factbrief audit`")
        }
        Unreadable::NoPages | Unreadable::TooLarge | Unreadable::Damaged(_) => {
            finding.help("take the briefing from whoever issued it")
        }
        _ => finding,
    }
}

/// The exit code for a file that was not read.
pub(super) fn severity(finding: &Diagnostic) -> Exit {
    if finding.code == "limit" { Exit::Limit } else { Exit::Unusable }
}

/// A record in a line: `derna15-strikes: 8 · printed on page 2 · quote proved (nbc line 12)`.
fn line(held: &Held) -> String {
    let mut parts = vec![format!("{}: {}", held.id, held.says)];
    if !held.pages.is_empty() {
        let pages: Vec<String> = held.pages.iter().map(usize::to_string).collect();
        let word = if pages.len() == 1 { "page" } else { "pages" };
        parts.push(format!("printed on {word} {}", pages.join(", ")));
    }
    for (how, said) in [(How::Article, "proved"), (How::Lock, "proved by the lock"), (How::Not, "NOT PROVED")] {
        let of: Vec<&Proved> = held.quotations.iter().filter(|q| q.how == how).collect();
        if of.is_empty() {
            continue;
        }
        let places: Vec<String> = of
            .iter()
            .map(|q| if q.line > 0 { format!("{} line {}", q.source, q.line) } else { q.source.clone() })
            .collect();
        let word = if of.len() == 1 { "quote" } else { "quotes" };
        parts.push(format!("{word} {said} ({})", places.join(", ")));
    }
    if !held.excepted.is_empty() {
        parts.push(format!("EXCEPTED from {}", held.excepted.join(", ")));
    }
    match &held.fate {
        Some(Fate::Unchanged) => parts.push("unchanged".to_owned()),
        Some(Fate::Changed(keys)) => {
            let keys: Vec<&str> = keys.iter().map(|k| k.key.as_str()).collect();
            parts.push(format!("CHANGED since: {}", keys.join(", ")));
        }
        Some(Fate::Superseded(by)) => parts.push(format!("REPLACED since by {by}")),
        Some(Fate::Withdrawn) => parts.push("WITHDRAWN since".to_owned()),
        Some(Fate::Gone) => parts.push("NO LONGER in the project".to_owned()),
        None => {}
    }
    parts.join(" · ")
}

fn fate(fate: &Fate) -> (&'static str, Option<&str>) {
    match fate {
        Fate::Unchanged => ("unchanged", None),
        Fate::Changed(_) => ("changed", None),
        Fate::Superseded(by) => ("superseded", Some(by)),
        Fate::Withdrawn => ("withdrawn", None),
        Fate::Gone => ("gone", None),
    }
}

fn as_json(held: &Held) -> serde_json::Value {
    let quotations: Vec<serde_json::Value> = held
        .quotations
        .iter()
        .map(|q| {
            let by = match q.how {
                How::Article => Some("article"),
                How::Lock => Some("lock"),
                How::Not => None,
            };
            json!({ "source": q.source, "sha256": q.sha256, "line": (q.line > 0).then_some(q.line), "by": by })
        })
        .collect();
    let state = held.fate.as_ref().map(fate);
    json!({
        "reason": "record", "kind": held.kind, "id": held.id, "says": held.says, "pages": held.pages,
        "quotations": quotations, "excepted": held.excepted, "state": state.map(|(word, _)| word), "by": state.and_then(|(_, by)| by),
    })
}

fn summary_json(name: &str, found: &Verification) -> serde_json::Value {
    let tally = &found.tally;
    json!({
        "reason": "verify", "file": visible(name), "briefing": visible(&found.slug), "facts": visible(&found.facts),
        "records": tally.records, "quotations": tally.quotations, "exact": tally.exact, "folded": tally.folded,
        "locked": tally.locked, "unproved": tally.unproved, "items": found.items, "pages": found.pages,
        "notes": found.notes, "findings": found.findings.len(), "verified": !found.fails() && !found.unusable,
    })
}

/// What was held against what, in a line; then the outcome.
fn summary(name: &str, found: &Verification, archive: &Archive, compared: bool) -> String {
    let name = visible(name);
    let n = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    if found.records.is_empty() {
        return format!("{name}: nothing was verified\n");
    }
    let tally = &found.tally;
    let claims = found.records.iter().filter(|held| held.kind == "claim").count();
    let mut out = format!(
        "{name}: briefing `{}`, facts {}: {} with {} of {} attached",
        visible(&found.slug),
        visible(&found.facts),
        n(tally.records, "record", "records"),
        n(claims, "figure", "figures"),
        n(found.records.len(), "that cites", "that cite"),
    );
    if found.items > 0 {
        out.push_str(&format!(
            "; {} on {} held against them",
            n(found.items, "number, date or statement", "numbers, dates and statements"),
            n(found.pages, "page", "pages")
        ));
    }
    let proved = tally.exact + tally.folded;
    let mut how = Vec::new();
    if proved > 0 {
        how.push(format!("{proved} proved in the articles"));
    }
    if tally.locked > 0 {
        let why = if archive.is_present() { "its article missing" } else { "no articles given" };
        how.push(format!("{} proved by the lock attached, {why}", tally.locked));
    }
    if tally.unproved > 0 {
        how.push(format!("{} NOT PROVED", tally.unproved));
    }
    out.push_str(&format!("; {}: {}\n", n(tally.quotations, "quotation", "quotations"), how.join(", ")));
    for note in &found.notes {
        out.push_str(&format!("note: {note}\n"));
    }
    let outdated = found.findings.iter().filter(|f| f.code.starts_with("outdated-")).count();
    let wrong = found.findings.iter().filter(|f| f.level.fails()).count() - outdated;
    let genuine = match wrong {
        0 => "it says what its records say".to_owned(),
        n => format!("NOT VERIFIED: {}", if n == 1 { "1 finding".to_owned() } else { format!("{n} findings") }),
    };
    let current = match (compared, outdated) {
        (false, _) => String::new(),
        (true, 0) if wrong == 0 => "; the project says the same today".to_owned(),
        (true, 0) => String::new(),
        (true, n) => format!(
            "; OUT OF DATE: {} changed since",
            if n == 1 { "1 record".to_owned() } else { format!("{n} records") }
        ),
    };
    out.push_str(&format!("{genuine}{current}\n"));
    out
}
