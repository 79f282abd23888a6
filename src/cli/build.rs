//! `factbrief build`

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use factbrief::diag::Diagnostic;
use factbrief::load::{self, briefing::Request};
use factbrief::render::worker::{Limits, Worker};
use factbrief::text::nearest::nearest;
use factbrief::{Printed, Verdict, Workspace};
use similar::TextDiff;

use super::check::{open, refresh};
use super::{Exit, Levels, Place, count, output, summary};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The briefings to print, by slug [default: all]
    slugs: Vec<String>,
    /// Print in memory and compare with what is there; write nothing
    #[arg(long)]
    check: bool,
    /// Print the view that templates are given, as JSON; write nothing
    #[arg(long, conflicts_with = "check")]
    context: bool,
    /// Fail where the evidence lock would change, and leave it as it is
    #[arg(long)]
    locked: bool,
    /// How many briefings to set at once [default: one for each processor]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    levels: Levels,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let program = std::env::current_exe().map_err(|error| {
        output::tell(&format!("error: cannot tell where the program is: {error}\n"));
        Exit::Io
    })?;
    // the first worker loads its fonts while the facts are loaded and proved
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let jobs = options.jobs.map_or(processors, std::num::NonZeroUsize::get);
    // a single briefing has the processors to itself; several are the parallel part themselves
    let threads = if options.slugs.len() == 1 { jobs } else { 1 };
    let mut first = Worker::new(program.clone(), Limits { threads, ..Limits::default() });
    if !options.context {
        first.start();
    }
    let workspace = open(place)?;
    let wanted = wanted(&workspace, &options.slugs)?;
    let archive = place.archive(&workspace.project)?;
    let settings = options.levels.settings(&workspace.project)?;
    let verdict = workspace.check(&archive, &settings);
    let findings = verdict.findings();
    place.findings(&findings)?;
    let (errors, warnings) = count(&findings);
    if options.context {
        return context(place, &workspace, &verdict, &wanted);
    }
    let mut exit = if verdict.fails() { Exit::Findings } else { Exit::Clean };
    exit = exit.or(refresh(&workspace, &verdict, options.locked || options.check)?);
    if exit != Exit::Clean || warnings > 0 || errors > 0 {
        output::tell(&summary(&verdict.tally(), errors, warnings));
    }

    let jobs =
        options.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZeroUsize::get);
    let mut workers = vec![first];
    workers.extend((1..jobs.min(wanted.len())).map(|_| Worker::new(program.clone(), Limits::default())));
    let printed = print_all(&workspace, &verdict, &wanted, workers);

    let mut stale = 0;
    for (request, result) in wanted.iter().zip(printed) {
        match result {
            Ok(printed) if options.check => {
                if !is_current(&workspace, request, &printed)? {
                    stale += 1;
                    exit = exit.or(Exit::Findings);
                }
            }
            Ok(printed) => exit = exit.or(write(&workspace, request, &printed)),
            Err(findings) => {
                place.findings(&findings)?;
                exit = exit.or(severity(&findings));
            }
        }
    }
    if stale > 0 {
        output::tell(&format!("{stale} of {} briefings not current; `factbrief build` prints them\n", wanted.len()));
    }
    Ok(exit)
}

fn severity(findings: &[Diagnostic]) -> Exit {
    let worst = findings.iter().map(|f| match f.code {
        "limit" => Exit::Limit,
        "worker" => Exit::Io,
        "not-printed" | "typesetter-panic" | "missing-glyph" => Exit::Findings,
        _ => Exit::Unusable,
    });
    worst.fold(Exit::Clean, Exit::or)
}

pub(super) fn wanted<'w>(workspace: &'w Workspace, slugs: &[String]) -> Result<Vec<&'w Request>, Exit> {
    if workspace.requests.is_empty() {
        output::tell(&format!("error: the project has no briefing under {}/\n", load::BRIEFINGS));
        return Err(Exit::Unusable);
    }
    if slugs.is_empty() {
        return Ok(workspace.requests.iter().collect());
    }
    let mut found: Vec<&Request> = Vec::new();
    let mut missing = false;
    for slug in slugs {
        match workspace.requests.iter().find(|r| r.slug == *slug) {
            Some(request) if found.iter().any(|f| f.slug == request.slug) => {}
            Some(request) => found.push(request),
            None => {
                missing = true;
                let guess = nearest(slug, workspace.requests.iter().map(|r| r.slug.as_str()));
                let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                output::tell(&format!(
                    "error: there is no briefing `{}`{guess}\n",
                    factbrief::text::gate::visible(slug)
                ));
            }
        }
    }
    if missing { Err(Exit::Unusable) } else { Ok(found) }
}

fn context(place: &Place, workspace: &Workspace, verdict: &Verdict<'_>, wanted: &[&Request]) -> Result<Exit, Exit> {
    let mut exit = Exit::Clean;
    for request in wanted {
        match workspace.view(verdict, request) {
            Ok(view) => {
                let json = serde_json::to_string_pretty(&view).unwrap_or_default();
                output::print(&format!("{json}\n"))?;
            }
            Err(findings) => {
                place.findings(&findings)?;
                exit = exit.or(severity(&findings));
            }
        }
    }
    Ok(exit)
}

type Outcome = Result<Printed, Vec<Diagnostic>>;

/// Prints briefings, a thread a worker; the results are in the order of the requests.
fn print_all(workspace: &Workspace, verdict: &Verdict<'_>, wanted: &[&Request], workers: Vec<Worker>) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Outcome>>> = wanted.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for mut worker in workers {
            let (next, slots) = (&next, &slots);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(request), Some(slot)) = (wanted.get(index), slots.get(index)) else { break };
                    let outcome = workspace.print(verdict, request, &mut |job| worker.typeset(job));
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(outcome);
                    }
                }
            });
        }
    });
    let lost = || Err(vec![Diagnostic::new("worker", "a briefing was lost on the way")]);
    slots.into_iter().map(|slot| slot.into_inner().ok().flatten().unwrap_or_else(lost)).collect()
}

fn write(workspace: &Workspace, request: &Request, printed: &Printed) -> Exit {
    let folder = workspace.project.root.join(load::BRIEFINGS);
    let mut exit = Exit::Clean;
    let claimed = match output::claim(&folder) {
        Ok(claimed) => claimed,
        Err(error) => {
            output::tell(&format!("error: cannot write to {}/: {error}\n", load::BRIEFINGS));
            return Exit::Io;
        }
    };
    // both can be written, or neither is: a new Markdown beside an old PDF would say two things
    for ending in ["md", "pdf"] {
        let name = format!("{}.{ending}", request.slug);
        if let Err(error) = output::writable(&folder.join(&name)) {
            output::tell(&format!(
                "error: cannot write {}/{name}: {error}\n  = note: what was there before is unchanged\n",
                load::BRIEFINGS
            ));
            return Exit::Io;
        }
    }
    for (ending, bytes) in [("md", printed.markdown.as_bytes()), ("pdf", printed.pdf.as_slice())] {
        let name = format!("{}.{ending}", request.slug);
        match output::write(&claimed, &folder.join(&name), bytes) {
            Ok(true) => output::tell(&format!("wrote {}/{name}{}\n", load::BRIEFINGS, pages(ending, printed))),
            Ok(false) => output::tell(&format!("current {}/{name}{}\n", load::BRIEFINGS, pages(ending, printed))),
            Err(error) => {
                output::tell(&format!(
                    "error: cannot write {}/{name}: {error}\n  = note: what was there before is unchanged\n",
                    load::BRIEFINGS
                ));
                exit = Exit::Io;
            }
        }
    }
    output::settle(&claimed);
    exit
}

fn pages(ending: &str, printed: &Printed) -> String {
    match (ending, printed.pages) {
        ("pdf", 1) => " (1 page)".to_owned(),
        ("pdf", n) => format!(" ({n} pages)"),
        _ => String::new(),
    }
}

/// Whether a briefing on disk is what the program prints now; shows the difference where it is not.
fn is_current(workspace: &Workspace, request: &Request, printed: &Printed) -> Result<bool, Exit> {
    let folder = workspace.project.root.join(load::BRIEFINGS);
    let read = |ending: &str| load::read::bytes(&folder.join(format!("{}.{ending}", request.slug)));
    let mut current = true;
    let name = format!("{}/{}", load::BRIEFINGS, request.slug);
    match read("md") {
        Ok(bytes) if bytes == printed.markdown.as_bytes() => {}
        Ok(bytes) => {
            current = false;
            let old = String::from_utf8_lossy(&bytes).into_owned();
            let diff = TextDiff::from_lines(&old, &printed.markdown);
            let shown = diff
                .unified_diff()
                .context_radius(2)
                .header(&format!("{name}.md (as it is)"), &format!("{name}.md (as it would be)"))
                .to_string();
            output::print(&factbrief::text::gate::visible_lines(&shown))?;
        }
        Err(why) => {
            current = false;
            output::tell(&format!("stale: {name}.md: {why}\n"));
        }
    }
    match read("pdf") {
        Ok(bytes) if bytes == printed.pdf => {}
        Ok(_) => {
            let why = if current {
                "its text is current, its bytes are not: it was printed by another build"
            } else {
                "it differs, too"
            };
            output::tell(&format!("stale: {name}.pdf: {why}\n"));
            current = false;
        }
        Err(why) => {
            output::tell(&format!("stale: {name}.pdf: {why}\n"));
            current = false;
        }
    }
    Ok(current)
}
