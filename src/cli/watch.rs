//! `factbrief watch`

mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use factbrief::brief::issue;
use factbrief::diag::Diagnostic;
use factbrief::load::archive::Archive;
use factbrief::load::briefing::Request;
use factbrief::load::{self, BRIEFINGS, SEEDS};
use factbrief::render::worker::{Limits, Worker};
use factbrief::report::Format;
use factbrief::text::gate::visible;
use factbrief::{Formats, Verdict, Workspace};

use super::build;
use super::check::refresh;
use super::kept::Kept;
use super::{Exit, Levels, Place, Written, count, limits, output};
use files::Files;

/// How long the pages wait for the text.
const HEAD_START: Duration = Duration::from_millis(60);

/// For how many saves the typesetter remembers what it worked out.
const REMEMBER: usize = 8;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The briefings to print, by slug [default: all]
    slugs: Vec<String>,
    /// How many briefings to set at once [default: one for each processor]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    levels: Levels,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    match attempt(place, options) {
        Ok(never) => match never {},
        Err(exit) => exit,
    }
}

/// What lasts from one save to the next.
struct Desk<'a> {
    place: &'a Place,
    options: &'a Options,
    root: PathBuf,
    program: PathBuf,
    written: Written,
    workers: Vec<Worker>,
    /// What each briefing was last printed from, by slug.
    printed: BTreeMap<String, String>,
    /// Briefings that changed last come first: they are what is being worked on.
    recent: Vec<String>,
    /// The project as it was last loaded.
    last: Option<Workspace>,
}

/// How a cycle went with one briefing.
enum Done {
    /// Nothing it is made from has changed.
    Current,
    /// Written; milliseconds from the news of the save to the Markdown and to the end.
    Wrote { text: Option<u128>, all: u128 },
    /// Not written.
    Failed,
}

fn attempt(place: &Place, options: &Options) -> Result<std::convert::Infallible, Exit> {
    let program = std::env::current_exe().map_err(|error| {
        output::tell(&format!("error: cannot tell where the program is: {error}\n"));
        Exit::Io
    })?;
    let found = place.root()?;
    // the folder one stands in may be moved
    let root = std::path::absolute(&found).unwrap_or(found);
    let jobs = options.jobs.or_else(|| std::thread::available_parallelism().ok());
    let jobs = jobs.map_or(1, std::num::NonZeroUsize::get);
    let limits = |threads| Limits { threads, remember: REMEMBER, ..limits::limits() };
    // mostly one briefing changes: its worker has the processors to itself
    let mut workers: Vec<Worker> =
        (0..jobs).map(|i| Worker::new(program.clone(), limits(if i == 0 { jobs } else { 1 }))).collect();
    let written = place.written();
    if let Some(first) = workers.first_mut().filter(|_| written.pdf) {
        first.start();
    }
    let mut files = Files::watch(&root);
    let (printed, recent) = (BTreeMap::new(), Vec::new());
    let mut desk = Desk { place, options, root, program, written, workers, printed, recent, last: None };
    let (mut since, mut changed) = (Instant::now(), Vec::new());
    let mut before = files.look();
    loop {
        let archive = desk.cycle(since, &changed)?;
        if let Some(folder) = archive {
            files.archive(folder);
        }
        // a save during the cycle is news; what the cycle itself wrote, or first looked at, is none
        before.take_own(&files.look(), files.archived());
        let (news, now) = files.wait(&before);
        changed = now.changed(&before, &desk.root);
        (since, before) = (news, now);
    }
}

impl Desk<'_> {
    /// Loads, checks and prints, and says how it went in a line. Gives the folder of the archive that was used, if one was.
    fn cycle(&mut self, since: Instant, changed: &[String]) -> Result<Option<PathBuf>, Exit> {
        let facts_alone =
            |name: &String| [SEEDS, BRIEFINGS].iter().any(|folder| Path::new(name).starts_with(Path::new(folder)));
        if !changed.iter().all(facts_alone) {
            self.last = None;
        }
        // what was found before is told and done with
        *self.place.gathered.borrow_mut() = super::gathered::Gathered::default();
        let workspace = match Workspace::open(&self.root) {
            Ok(workspace) => workspace,
            Err(findings) => {
                self.place.findings(&findings)?;
                self.line(since, changed, &findings, &BTreeMap::new())?;
                return Ok(None);
            }
        };
        if let Some(last) = self.last.take() {
            workspace.inherit(&last);
        }
        // a folder that is named and gone was told of; it may come back
        let archive = self.place.archive(&workspace.project).unwrap_or(Archive::Absent);
        let folder = match &archive {
            Archive::Folder(folder) => Some(folder.clone()),
            _ => None,
        };
        let settings = self.options.levels.settings(&workspace.project)?;
        let verdict = workspace.check(&archive, &settings);
        let mut findings = verdict.findings();
        findings.extend(workspace.unusable.values().flatten().cloned());
        // the lock is brought up to date as far as the check passed
        let _ = refresh(self.place, &workspace, &verdict, false);
        let wanted = self.wanted(&workspace, changed.is_empty())?;
        let (done, more) = self.print(&workspace, &verdict, &wanted, since);
        findings.extend(more);
        factbrief::diag::sort(&mut findings);
        self.place.findings(&findings)?;
        self.line(since, changed, &findings, &done)?;
        drop(verdict);
        self.last = Some(workspace);
        Ok(folder)
    }

    /// The briefings to print, those first that changed last. One that is named and does not exist ends the first cycle,
    /// and is waited for later.
    fn wanted<'w>(&self, workspace: &'w Workspace, first: bool) -> Result<Vec<&'w Request>, Exit> {
        let slugs = &self.options.slugs;
        if first && !slugs.is_empty() {
            build::wanted(workspace, slugs)?;
        }
        let mut wanted: Vec<&Request> =
            workspace.requests.iter().filter(|r| slugs.is_empty() || slugs.contains(&r.slug)).collect();
        wanted.sort_by_key(|r| self.recent.iter().position(|slug| *slug == r.slug).unwrap_or(usize::MAX));
        Ok(wanted)
    }

    fn print(
        &mut self,
        workspace: &Workspace,
        verdict: &Verdict<'_>,
        wanted: &[&Request],
        since: Instant,
    ) -> (BTreeMap<String, Done>, Vec<Diagnostic>) {
        let kept = Kept::open(&self.root, &self.program, true);
        let next = AtomicUsize::new(0);
        let outcomes: Mutex<Vec<(String, Outcome)>> = Mutex::default();
        // the output folder is claimed by one briefing after the other
        let press = Mutex::new(());
        let job = Print { workspace, verdict, kept: &kept, written: self.written, press: &press, since };
        let before = &self.printed;
        std::thread::scope(|scope| {
            for worker in &mut self.workers {
                let (next, outcomes, job) = (&next, &outcomes, &job);
                scope.spawn(move || {
                    while let Some(request) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let last = before.get(&request.slug).map(String::as_str);
                        let outcome = job.one(request, last, worker);
                        if let Ok(mut outcomes) = outcomes.lock() {
                            outcomes.push((request.slug.clone(), outcome));
                        }
                    }
                });
            }
        });
        kept.save();
        let mut all = BTreeMap::new();
        let mut findings = Vec::new();
        for (slug, (done, from, more)) in outcomes.into_inner().unwrap_or_default() {
            if let Some(from) = from {
                self.printed.insert(slug.clone(), from);
            }
            match done {
                Done::Wrote { .. } => {
                    self.recent.retain(|known| *known != slug);
                    self.recent.insert(0, slug.clone());
                }
                Done::Failed => {
                    self.printed.remove(&slug);
                }
                Done::Current => {}
            }
            // the line says so
            findings.extend(more.into_iter().filter(|finding| finding.code != "not-printed"));
            all.insert(slug, done);
        }
        (all, findings)
    }

    /// What a cycle did, in a line.
    fn line(
        &self,
        since: Instant,
        changed: &[String],
        findings: &[Diagnostic],
        done: &BTreeMap<String, Done>,
    ) -> Result<(), Exit> {
        let (errors, warnings) = count(findings);
        let took = since.elapsed().as_millis();
        let current = done.values().filter(|d| matches!(d, Done::Current)).count();
        let failed: Vec<&str> =
            done.iter().filter(|(_, d)| matches!(d, Done::Failed)).map(|(slug, _)| slug.as_str()).collect();
        if self.place.format() == Format::Json {
            let wrote: serde_json::Map<String, serde_json::Value> = done
                .iter()
                .filter_map(|(slug, done)| match done {
                    Done::Wrote { text, all } => {
                        Some((slug.clone(), serde_json::json!({ "markdown_ms": text, "all_ms": all })))
                    }
                    _ => None,
                })
                .collect();
            let line = serde_json::json!({
                "reason": "cycle", "changed": changed, "wrote": wrote, "failed": failed, "current": current,
                "errors": errors, "warnings": warnings, "ms": took,
            });
            return output::print(&format!("{line}\n"));
        }
        let mut parts: Vec<String> = Vec::new();
        for (slug, done) in done {
            if let Done::Wrote { text, all } = done {
                let text = text.map(|ms| format!("text {ms} ms, ")).unwrap_or_default();
                parts.push(format!("wrote {slug} ({text}all {all} ms)"));
            }
        }
        if current > 0 {
            parts.push(format!("{current} current"));
        }
        if errors > 0 {
            let counted = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
            let what = if done.is_empty() {
                "what was printed last stays"
            } else {
                "what they stop stays as it was printed last"
            };
            parts.push(format!("{counted}: {what} ({took} ms)"));
        } else if !failed.is_empty() {
            parts.push(format!("not printed: {} ({took} ms)", failed.join(", ")));
        }
        if warnings > 0 {
            parts.push(if warnings == 1 { "1 warning".to_owned() } else { format!("{warnings} warnings") });
        }
        let head = match changed {
            [] => "watching".to_owned(),
            [one] => visible(one),
            [one, rest @ ..] => format!("{} and {} more", visible(one), rest.len()),
        };
        output::tell(&format!(
            "{head}: {}\n",
            if parts.is_empty() { "nothing to print".to_owned() } else { parts.join("; ") }
        ));
        Ok(())
    }
}

/// How it went with a briefing, what it was printed from, and what there is to say.
type Outcome = (Done, Option<String>, Vec<Diagnostic>);

/// What printing the briefings of one cycle takes.
struct Print<'a, 'w> {
    workspace: &'a Workspace,
    verdict: &'a Verdict<'w>,
    kept: &'a Kept,
    written: Written,
    press: &'a Mutex<()>,
    since: Instant,
}

impl Print<'_, '_> {
    /// Prints one briefing, unless it would be printed from what it was printed from `last`.
    fn one(&self, request: &Request, last: Option<&str>, worker: &mut Worker) -> Outcome {
        let formats = Formats { pdf: self.written.pdf, html: self.written.html };
        let text = match self.workspace.text(self.verdict, request, None, formats) {
            Ok(text) => text,
            Err(findings) => return (Done::Failed, None, findings),
        };
        let from = text.fingerprint();
        if last == Some(from.as_str()) && self.stands(request) {
            return (Done::Current, None, Vec::new());
        }
        let path = self.folder().join(format!("{}.md", request.slug));
        let before = load::read::bytes(&path).ok();
        let early = Mutex::new(None);
        let (tell, audited) = mpsc::channel();
        let (tell, mut audited) = (Mutex::new(tell), Some(audited));
        // the text is there before the pages are set
        let sound = |markdown: &str| {
            let fresh = self.written.is_pair() && before.as_deref() != Some(markdown.as_bytes());
            if fresh
                && self.put(&path, markdown.as_bytes()).is_ok()
                && let Ok(mut early) = early.lock()
            {
                *early = Some(self.since.elapsed().as_millis());
            }
        };
        let sound = |markdown: &str| {
            sound(markdown);
            let _ = tell.lock().map(|tell| tell.send(()));
        };
        let printed = self.workspace.finish(self.verdict, request, text, formats, &sound, &mut |job| {
            // the audit has the processors to itself, for as long as it usually takes
            if let Some(audited) = audited.take() {
                let _ = audited.recv_timeout(HEAD_START);
            }
            self.kept.set(&request.slug, job, worker)
        });
        let early = early.into_inner().ok().flatten();
        let took_back = || {
            // the pages cannot be set: text and pages go together
            if early.is_some() {
                let _ = match &before {
                    Some(bytes) => self.put(&path, bytes),
                    None => std::fs::remove_file(&path),
                };
            }
        };
        match printed {
            Ok(printed) => {
                let mut changed = early.is_some();
                let exit = {
                    let _turn = self.press.lock();
                    build::claim(self.workspace, None).map_or_else(std::convert::identity, |claimed| {
                        let own = (None, self.written);
                        let exit =
                            build::write(self.workspace, request, &printed, own, (None, &claimed), &mut |done| {
                                changed |= done.changed;
                            });
                        exit.or(output::settle(&claimed, BRIEFINGS).err().unwrap_or(Exit::Clean))
                    })
                };
                match (exit, changed) {
                    (Exit::Clean, true) => {
                        let all = self.since.elapsed().as_millis();
                        (Done::Wrote { text: early, all }, Some(from), printed.notes)
                    }
                    (Exit::Clean, false) => (Done::Current, Some(from), printed.notes),
                    _ => {
                        took_back();
                        (Done::Failed, None, printed.notes)
                    }
                }
            }
            Err(findings) => {
                took_back();
                (Done::Failed, None, findings)
            }
        }
    }

    fn folder(&self) -> PathBuf {
        self.workspace.project.root.join(BRIEFINGS)
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let _turn = self.press.lock();
        let claimed = output::claim_in(&self.workspace.project.root, &self.folder())?;
        output::write(&claimed, path, bytes).map(|_| ())
    }

    /// Whether what was printed is still in its place.
    fn stands(&self, request: &Request) -> bool {
        let there = |ending: &str| self.folder().join(format!("{}.{ending}", request.slug)).is_file();
        let Written { markdown, pdf, html } = self.written;
        (!markdown || there("md"))
            && (!pdf || there("pdf"))
            && (!html || there("html"))
            && (!self.written.is_pair() || there(issue::ENDING))
    }
}
