//! The check behind an editor's back: a thread that loads and checks the newest state of each project.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use factbrief::Workspace;
use factbrief::brief::language::Language;
use factbrief::check::Settings;
use factbrief::diag::{self, Diagnostic};
use factbrief::load::archive::Archive;
use factbrief::load::files::Files;
use factbrief::load::{self, BRIEFINGS, SEEDS, TEMPLATES};
use factbrief::render::template;
use factbrief::text::file::TextFile;

use super::Event;

/// A project to be checked.
pub(super) struct Job {
    pub(super) root: PathBuf,
    /// The state it is in: a later one has a higher number.
    pub(super) state: u64,
    /// The texts that stand before those on disk.
    pub(super) before: BTreeMap<String, Arc<TextFile>>,
    /// The archive that the call or the environment names; else the project's counts.
    pub(super) archive: Option<Archive>,
}

/// What a check found.
pub(super) struct Checked {
    pub(super) root: PathBuf,
    pub(super) state: u64,
    /// All texts of the project, by name.
    pub(super) texts: BTreeMap<String, Arc<TextFile>>,
    /// The project, where it could be loaded.
    pub(super) workspace: Option<Arc<Workspace>>,
    pub(super) archive: Option<Archive>,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) kinds: Vec<String>,
    pub(super) languages: Vec<String>,
}

/// What keeps the briefings of a project from being composed.
pub(super) struct Composed {
    pub(super) root: PathBuf,
    pub(super) state: u64,
    pub(super) findings: Vec<Diagnostic>,
}

/// Checks what it is given, the newest state of each project only, until nothing more can come.
pub(super) fn serve(jobs: &Receiver<Job>, events: &Sender<Event>) {
    let mut waiting: BTreeMap<PathBuf, Job> = BTreeMap::new();
    loop {
        if waiting.is_empty() {
            match jobs.recv() {
                Ok(job) => drop(waiting.insert(job.root.clone(), job)),
                Err(_) => return,
            }
        }
        waiting.extend(jobs.try_iter().map(|job| (job.root.clone(), job)));
        let Some((_, job)) = waiting.pop_first() else { continue };
        // a defect of ours in a check is told on standard error, and the next check may do
        let _ = catch_unwind(AssertUnwindSafe(|| {
            check(&job, events, || {
                waiting.extend(jobs.try_iter().map(|job| (job.root.clone(), job)));
                waiting.contains_key(&job.root)
            });
        }));
    }
}

/// Checks a project, then composes its briefings, which takes longer, unless a newer state waits by then.
fn check(job: &Job, events: &Sender<Event>, newer: impl FnOnce() -> bool) {
    let files = Files::with(&job.root, job.before.clone());
    let mut checked = Checked {
        root: job.root.clone(),
        state: job.state,
        texts: BTreeMap::new(),
        workspace: None,
        archive: job.archive.clone(),
        findings: Vec::new(),
        kinds: template::kinds(&job.root).into_iter().collect(),
        languages: languages(&job.root),
    };
    // an end that nobody listens at is noticed where messages are read
    let tell = |event: Event| drop(events.send(event));
    let workspace = match Workspace::read(&files) {
        Ok(workspace) => Arc::new(workspace),
        Err(findings) => {
            gather(&files);
            tell(Event::Checked(Box::new(Checked { findings, texts: files.seen(), ..checked })));
            return tell(composed(job, Vec::new()));
        }
    };
    let own = workspace.project.archive.as_ref();
    let archive = job
        .archive
        .clone()
        .unwrap_or_else(|| own.map_or(Archive::Absent, |path| Archive::folder(&workspace.project.root.join(path))));
    let settings = Settings { project: workspace.project.levels.clone(), ..Settings::default() };
    let verdict = workspace.check(&archive, &settings);
    checked.findings = verdict.findings();
    checked.findings.extend(workspace.unusable.values().flatten().cloned());
    diag::sort(&mut checked.findings);
    checked.archive = Some(archive);
    checked.workspace = Some(Arc::clone(&workspace));
    checked.texts = files.seen();
    tell(Event::Checked(Box::new(checked)));
    if newer() {
        return;
    }
    let mut findings = Vec::new();
    for request in &workspace.requests {
        // that a dossier did not pass is told where it did not
        let passed = workspace.dossier_of(request).map(|name| verdict.checked.contains_key(name));
        if let (true, Err(more)) = (passed.unwrap_or(true), workspace.compose(&verdict, request, None)) {
            findings.extend(more);
        }
    }
    diag::sort(&mut findings);
    tell(composed(job, findings));
}

fn composed(job: &Job, findings: Vec<Diagnostic>) -> Event {
    Event::Composed(Composed { root: job.root.clone(), state: job.state, findings })
}

/// Reads what a project that cannot be loaded has not come to read.
fn gather(files: &Files) {
    let seen = files.seen();
    let folders = files.folders(SEEDS).unwrap_or_default().into_iter().map(|name| format!("{SEEDS}/{name}"));
    for folder in folders.chain([BRIEFINGS.to_owned()]) {
        for name in files.tables(&folder).unwrap_or_default() {
            let name = format!("{folder}/{name}");
            if !seen.contains_key(&name) {
                // what cannot be read has its finding
                let _ = files.text(&name);
            }
        }
        let lock = format!("{folder}/{}", load::lock::FILE);
        if folder != BRIEFINGS && files.has(&lock) && !seen.contains_key(&lock) {
            let _ = files.text(&lock);
        }
    }
}

/// The languages that a project can print: those shipped, and its own tables.
fn languages(root: &std::path::Path) -> Vec<String> {
    let mut tags: Vec<String> = Language::shipped_tags().map(str::to_owned).collect();
    let own = std::fs::read_dir(root.join(TEMPLATES).join("languages")).into_iter().flatten().flatten();
    tags.extend(own.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned)));
    tags.sort();
    tags.dedup();
    tags
}
