//! `factbrief check`

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;

use factbrief::check::Settings;
use factbrief::diag::{Diagnostic, Level};
use factbrief::load::archive::Archive;
use factbrief::load::{self, lock};
use factbrief::report::Format;
use factbrief::text::gate::visible;
use factbrief::text::nearest::nearest;
use factbrief::{Verdict, Workspace};

use super::progress::{MANY_RECORDS, Progress};
use super::{Exit, Levels, Place, count, gathered, output, summary, unusable};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail where the evidence lock would change, and leave it as it is
    #[arg(long)]
    locked: bool,
    /// Accept a record's date as it stands, though no text proves it
    #[arg(long, value_name = "ID")]
    accept: Vec<String>,
    #[command(flatten)]
    levels: Levels,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    // the program ends with this: to give all of it back, piece by piece, would only take time
    let workspace = ManuallyDrop::new(open(place)?);
    let archive = place.archive(&workspace.project)?;
    let mut settings = options.levels.settings(&workspace.project)?;
    settings.accepted = options.accept.iter().cloned().collect::<BTreeSet<_>>();
    let accepted = |id: &String| {
        let shown = visible(id);
        unknown_record(&workspace, id, &format!("--accept names `{shown}`, which is no record"))
    };
    let unknown: Vec<Diagnostic> = settings.accepted.iter().filter_map(accepted).collect();
    if !unknown.is_empty() {
        place.findings(&unknown)?;
        return Err(Exit::Unusable);
    }
    let verdict = ManuallyDrop::new(checked(&workspace, &archive, &settings));
    if !place.tells_words_only() {
        place.gathered.borrow_mut().checked(&workspace, &verdict);
    }
    let mut findings = verdict.findings();
    // what no briefing can be printed from is told here, too
    let broken: Vec<_> = workspace.unusable.values().flatten().cloned().collect();
    let mut exit = if verdict.fails() { Exit::Findings } else { Exit::Clean };
    if findings.iter().any(|f| f.code == "limit") {
        exit = exit.or(Exit::Limit);
    }
    if !broken.is_empty() {
        exit = exit.or(unusable(&broken));
        findings.extend(broken);
        factbrief::diag::sort(&mut findings);
    }
    if !workspace.unusable.is_empty() {
        let suite = gathered::briefings(super::build::unprinted(&workspace, &[]), Vec::new(), "");
        place.gathered.borrow_mut().suites.push(suite);
    }
    place.findings(&findings)?;
    let (errors, warnings) = count(&findings);
    exit = exit.or(refresh(place, &workspace, &verdict, options.locked)?);
    let tally = verdict.tally();
    if place.format() == Format::Json {
        let mut line = serde_json::json!({
            "reason": "summary", "records": tally.records, "quotations": tally.quotations, "exact": tally.exact,
            "folded": tally.folded, "locked": tally.locked, "unproved": tally.unproved, "errors": errors, "warnings": warnings,
        });
        let reviews = [("reviewed", tally.reviewed), ("suspect", tally.suspect), ("unreviewed", tally.unreviewed)];
        if let Some(line) = line.as_object_mut().filter(|_| reviews.iter().any(|(_, n)| *n > 0)) {
            line.extend(reviews.map(|(key, n)| (key.to_owned(), n.into())));
        }
        output::print(&format!("{line}\n"))?;
    } else {
        place.tell(&summary(&tally, errors, warnings));
    }
    Ok(exit)
}

/// Checks all dossiers, with a sign of life where there are many records.
pub(super) fn checked<'w>(workspace: &'w Workspace, archive: &Archive, settings: &Settings) -> Verdict<'w> {
    let records: usize = workspace.dossiers.values().map(|d| d.heads().count()).sum();
    let _progress = Progress::waiting(records > MANY_RECORDS, format!("checking {records} records"));
    workspace.check(archive, settings)
}

/// Loads the project, or shows why it cannot be loaded.
pub(super) fn open(place: &Place) -> Result<Workspace, Exit> {
    let root = place.root()?;
    Workspace::open(&root).map_err(|findings| {
        let exit = unusable(&findings);
        if let Err(other) = place.findings(&findings) {
            return other;
        }
        let (errors, _) = count(&findings);
        place.tell(&format!("{errors} {}; nothing was checked\n", if errors == 1 { "error" } else { "errors" }));
        exit
    })
}

/// The first line of a text that is another than in `now`; its last one, where that goes on.
fn first_difference(text: &str, now: &str) -> std::ops::Range<usize> {
    let mut start = 0;
    let mut others = now.lines();
    let mut last = 0..0;
    for line in text.split_inclusive('\n') {
        last = start..start + line.trim_end_matches(['\n', '\r']).len();
        if others.next() != Some(line.trim_end_matches(['\n', '\r'])) {
            return last;
        }
        start += line.len();
    }
    last
}

/// That there is no record of an id, in words.
pub(super) fn no_record(id: &str) -> String {
    format!("there is no record `{}`", visible(id))
}

/// The finding for an id that the call names and no dossier has, in the words of `title`; none where one has it.
pub(super) fn unknown_record(workspace: &Workspace, id: &str, title: &str) -> Option<Diagnostic> {
    if workspace.dossiers.values().any(|d| d.find(id).is_some()) {
        return None;
    }
    let known = workspace.dossiers.values().flat_map(|d| d.heads().map(|(_, h)| h.id).collect::<Vec<_>>());
    let guess = nearest(id, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
    Some(Diagnostic::new("unknown-record", format!("{title}{guess}")))
}

/// Brings the evidence locks up to date, or says that they are not.
pub(super) fn refresh(place: &Place, workspace: &Workspace, verdict: &Verdict<'_>, locked: bool) -> Result<Exit, Exit> {
    let mut exit = Exit::Clean;
    for (name, report) in &verdict.reports {
        if report.fails() || workspace.locks.get(name) == Some(&*report.lock) {
            continue;
        }
        let shown = format!("{}/{name}/{}", load::SEEDS, lock::FILE);
        if locked {
            let path = workspace.project.root.join(&shown);
            let mut finding = Diagnostic::new("lock-outdated", format!("{shown} is not up to date"))
                .help("run `factbrief check` with the archive at hand, and commit it");
            finding.level = Level::Deny;
            if let Ok(file) = load::read::text(&path, &shown) {
                let line = first_difference(file.text(), &report.lock.print());
                finding = finding.at(&file, &line, "what was verified differs from here on");
            }
            place.findings(&[finding])?;
            exit = Exit::Findings;
            continue;
        }
        let folder = workspace.project.root.join(load::SEEDS).join(name);
        let written = output::claim_in(&workspace.project.root, &folder).and_then(|claimed| {
            output::write(&claimed, &folder.join(lock::FILE), report.lock.print().as_bytes())?;
            Ok(claimed)
        });
        match written {
            Ok(claimed) => {
                output::tell(&format!("wrote {shown}\n"));
                output::settle(&claimed, &shown)?;
            }
            Err(error) => {
                output::tell(&format!("error: cannot write {shown}: {error}\n"));
                return Err(Exit::Io);
            }
        }
    }
    Ok(exit)
}
