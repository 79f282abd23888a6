//! `factbrief check`

use std::collections::BTreeSet;

use factbrief::load::{self, lock};
use factbrief::report::Format;
use factbrief::{Verdict, Workspace};

use super::{Exit, Levels, Place, count, output, summary, unusable};

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
    let workspace = open(place)?;
    let archive = place.archive(&workspace.project)?;
    let mut settings = options.levels.settings(&workspace.project)?;
    settings.accepted = options.accept.iter().cloned().collect::<BTreeSet<_>>();
    for id in &settings.accepted {
        if workspace.dossiers.values().all(|d| d.find(id).is_none()) {
            output::tell(&format!(
                "error: --accept names `{}`, which is no record\n",
                factbrief::text::gate::visible(id)
            ));
            return Err(Exit::Unusable);
        }
    }
    let verdict = workspace.check(&archive, &settings);
    let mut findings = verdict.findings();
    // what no briefing can be printed from is told here, too
    let broken: Vec<_> = workspace.unusable.values().flatten().cloned().collect();
    let mut exit = if verdict.fails() { Exit::Findings } else { Exit::Clean };
    if !broken.is_empty() {
        exit = exit.or(unusable(&broken));
        findings.extend(broken);
        factbrief::diag::sort(&mut findings);
    }
    place.findings(&findings)?;
    let (errors, warnings) = count(&findings);
    exit = exit.or(refresh(&workspace, &verdict, options.locked)?);
    let tally = verdict.tally();
    if place.format() == Format::Json {
        let line = serde_json::json!({
            "reason": "summary", "records": tally.records, "quotations": tally.quotations, "exact": tally.exact,
            "folded": tally.folded, "locked": tally.locked, "unproved": tally.unproved, "errors": errors, "warnings": warnings,
        });
        output::print(&format!("{line}\n"))?;
    } else {
        output::tell(&summary(&tally, errors, warnings));
    }
    Ok(exit)
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
        output::tell(&format!("{errors} {}; nothing was checked\n", if errors == 1 { "error" } else { "errors" }));
        exit
    })
}

/// Brings the evidence locks up to date, or says that they are not.
pub(super) fn refresh(workspace: &Workspace, verdict: &Verdict<'_>, locked: bool) -> Result<Exit, Exit> {
    let mut exit = Exit::Clean;
    for (name, report) in &verdict.reports {
        if report.fails() || workspace.locks.get(name) == Some(&report.lock) {
            continue;
        }
        let shown = format!("{}/{name}/{}", load::SEEDS, lock::FILE);
        if locked {
            output::tell(&format!(
                "error: {shown} is not up to date\n  = help: run `factbrief check` with the archive at hand, and commit it\n"
            ));
            exit = Exit::Findings;
            continue;
        }
        let folder = workspace.project.root.join(load::SEEDS).join(name);
        let written = output::claim(&folder).and_then(|claimed| {
            let written = output::write(&claimed, &folder.join(lock::FILE), report.lock.print().as_bytes())?;
            output::settle(&claimed);
            Ok(written)
        });
        match written {
            Ok(_) => output::tell(&format!("wrote {shown}\n")),
            Err(error) => {
                output::tell(&format!("error: cannot write {shown}: {error}\n"));
                return Err(Exit::Io);
            }
        }
    }
    Ok(exit)
}
