//! `factbrief doctor`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use factbrief::Workspace;
use factbrief::brief::language::Language;
use factbrief::check::Settings;
use factbrief::diag::Diagnostic;
use factbrief::facts::dossier::Dossier;
use factbrief::load::archive::Archive;
use factbrief::load::files::Files;
use factbrief::load::lock::{self, Lock};
use factbrief::load::project::{self, Project};
use factbrief::load::{self, read};
use factbrief::render::pdf::{Failure, Job, MAIN, covers, families};
use factbrief::render::template::{Kind, kinds};
use factbrief::render::worker::Worker;
use factbrief::report::Format;
use factbrief::text::gate::{MAX_BYTES, visible};
use factbrief::text::hash::sha256;
use serde_json::json;

use super::{Exit, Place, limits, output};

#[derive(clap::Args)]
pub(crate) struct Options {}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Well,
    Attention,
    Problem,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Attention => "attention",
            Self::Problem => "problem",
        }
    }
}

/// What was looked at, how it is, and what to do.
struct Line {
    state: State,
    what: &'static str,
    says: String,
    help: Option<String>,
}

/// The scripts that texts may be in, with characters of each.
const SCRIPTS: &[(&str, &str)] = &[
    ("Latin", "AaÉéßŁłŞş"),
    ("Greek", "ΑαΩω"),
    ("Cyrillic", "АаЯяЇї"),
    ("Arabic", "ابتپچگ"),
    ("Hebrew", "אבת"),
    ("Devanagari", "अकम"),
    ("Thai", "กขค"),
    ("Chinese", "中国"),
    ("Japanese", "あア"),
    ("Korean", "한국"),
];

/// The longest list of names in a line.
const NAMED: usize = 5;

/// What was looked at so far.
#[derive(Default)]
struct Looked {
    lines: Vec<Line>,
}

impl Looked {
    fn well(&mut self, what: &'static str, says: impl Into<String>) {
        self.lines.push(Line { state: State::Well, what, says: says.into(), help: None });
    }

    fn add(&mut self, state: State, what: &'static str, says: impl Into<String>, help: impl Into<String>) {
        self.lines.push(Line { state, what, says: says.into(), help: Some(help.into()) });
    }
}

pub(crate) fn run(place: &Place, _: &Options) -> Exit {
    let mut looked = Looked::default();
    program(&mut looked);
    fonts(&mut looked);
    worker(&mut looked);
    if let Some(root) = project_folder(place, &mut looked) {
        of_project(place, &root, &mut looked);
        cache(&root, &mut looked);
        git(&root, &mut looked);
    }
    let limits = limits::limits();
    looked.well(
        "limits",
        format!(
            "a file has at most {} MiB; a document takes at most {} s of processor time, {} s on the clock and {} MiB of memory",
            MAX_BYTES >> 20,
            limits.processor,
            limits.wall.as_secs(),
            limits.memory >> 20
        ),
    );
    match output::print(&shown(&looked.lines, place.format() == Format::Json)) {
        Err(exit) => exit,
        Ok(()) if looked.lines.iter().any(|line| line.state == State::Problem) => Exit::Findings,
        Ok(()) => Exit::Clean,
    }
}

fn shown(lines: &[Line], as_json: bool) -> String {
    let count = |state: State| lines.iter().filter(|line| line.state == state).count();
    let (attention, problems) = (count(State::Attention), count(State::Problem));
    let mut out = String::new();
    for line in lines {
        if as_json {
            let value = json!({
                "reason": "doctor", "subject": line.what, "state": line.state.word(), "text": line.says, "help": line.help,
            });
            out.push_str(&format!("{value}\n"));
            continue;
        }
        out.push_str(&format!("{:<10} {:<10} {}\n", line.state.word(), line.what, line.says));
        if let Some(help) = &line.help {
            out.push_str(&format!("{:<21} = help: {help}\n", ""));
        }
    }
    if as_json {
        let value =
            json!({ "reason": "summary", "looked_at": lines.len(), "attention": attention, "problems": problems });
        out.push_str(&format!("{value}\n"));
    } else {
        let n = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        out.push_str(&match (problems, attention) {
            (0, 0) => format!("{} looked at; all is well\n", n(lines.len(), "thing", "things")),
            (0, a) => format!("no problem; {} attention\n", n(a, "thing asks for", "things ask for")),
            (p, 0) => format!("{}\n", n(p, "problem", "problems")),
            (p, a) => {
                format!("{}; {} attention\n", n(p, "problem", "problems"), n(a, "thing asks for", "things ask for"))
            }
        });
    }
    out
}

fn program(looked: &mut Looked) {
    let built = if cfg!(debug_assertions) { ", built without release optimisation" } else { "" };
    looked.well(
        "program",
        format!(
            "factbrief {} on {} ({}){built}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
    );
}

fn fonts(looked: &mut Looked) {
    let (can, cannot): (Vec<_>, Vec<_>) = SCRIPTS.iter().partition(|(_, sample)| covers(sample));
    let names = |list: &[&(&str, &str)]| list.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let embedded = families();
    let says = format!("{} families embedded; scripts that can be printed: {}", embedded.len(), names(&can));
    if can.len() < 4 {
        let help = "the program was built without its fonts: install it anew";
        return looked.add(State::Problem, "fonts", says, help);
    }
    looked.well("fonts", format!("{says}; that cannot: {}", names(&cannot)));
}

fn worker(looked: &mut Looked) {
    let tried = std::env::current_exe().map_err(|error| error.to_string()).and_then(|program| {
        let text = "#set document(title: \"a\")\n#set text(lang: \"en\")\n= a\nb\n".to_owned();
        let files = BTreeMap::from([(MAIN.to_owned(), text)]);
        let job = Job { files, pictures: BTreeMap::new(), ident: "doctor".to_owned(), date: (2000, 1, 1) };
        Worker::new(program, limits::limits()).typeset(&job).map_err(|failure| match failure {
            Failure::Limit(which) => format!("it ended early, or reached a limit: {which}"),
            Failure::Worker(why) | Failure::Panic(why) => why,
            Failure::Layout(errors) => errors.join("; "),
            Failure::MissingGlyphs(missing) => format!("no font has {missing}"),
        })
    });
    match tried {
        Ok(_) => looked.well("worker", "the process that sets pages starts and sets one"),
        Err(why) => looked.add(
            State::Problem,
            "worker",
            format!("no page can be set: {}", visible(&why)),
            "the program starts itself again to set pages: let it, and give it 3 GiB of address space",
        ),
    }
}

/// The project's folder, if there is one.
fn project_folder(place: &Place, looked: &mut Looked) -> Option<PathBuf> {
    let found = match &place.project {
        Some(given) => Some(given.clone()).filter(|given| given.join(project::FILE).is_file()),
        None => std::env::current_dir().ok().and_then(|here| Place::above(&here)),
    };
    match &found {
        Some(root) => looked.well("project", format!("found in {}", visible(&root.display().to_string()))),
        None => {
            let says = match &place.project {
                Some(given) => format!(
                    "--project names {}, which holds no {}",
                    visible(&given.display().to_string()),
                    project::FILE
                ),
                None => format!("there is no {} here or in a folder above", project::FILE),
            };
            looked.add(State::Problem, "project", says, "go to a project's folder, or name it: `--project DIR`");
        }
    }
    found
}

fn of_project(place: &Place, root: &Path, looked: &mut Looked) {
    let project = match Project::open(root) {
        Ok(project) => project,
        Err(findings) => {
            let help = "`factbrief check` shows the lines";
            return looked.add(
                State::Problem,
                "project",
                format!("its file cannot be used: {}", first(&findings)),
                help,
            );
        }
    };
    dossiers(root, &project, looked);
    let archive = archive(place, &project, looked);
    match Workspace::open(root) {
        Ok(workspace) => {
            let archive = archive.unwrap_or(Archive::Absent);
            articles(&workspace, &archive, looked);
            locks(&workspace, &archive, looked);
            briefings(&workspace, looked);
        }
        Err(findings) => looked.add(
            State::Problem,
            "check",
            format!("the project cannot be loaded: {}", first(&findings)),
            "`factbrief check` shows all that is wrong, with the lines",
        ),
    }
    templates(root, looked);
}

fn dossiers(root: &Path, project: &Project, looked: &mut Looked) {
    let files = Files::on_disk(root);
    let names = match load::dossiers(&files) {
        Ok(names) => names,
        Err(finding) => {
            return looked.add(
                State::Problem,
                "dossiers",
                visible(&finding.title),
                "see to it that the folder can be read",
            );
        }
    };
    if names.is_empty() {
        let help = "a dossier is a folder of TOML files there; seeds/README.md says what they hold";
        looked.add(State::Problem, "dossiers", format!("there is none under {}/", load::SEEDS), help);
    }
    for name in names {
        match load::dossier(&files, &name, &project.language) {
            Ok(dossier) => {
                let quotations: usize = dossier.cited().map(|cited| cited.citations.len()).sum();
                let own = dossier.heads().filter(|(_, head)| head.file.name() != load::VOCABULARY).count();
                looked.well("dossier", format!("{}: {own} records, {quotations} quotations", visible(&name)));
            }
            Err(findings) => {
                let more = match findings.len() {
                    1 => String::new(),
                    n => format!(", and {} more", n - 1),
                };
                let says = format!("{}: {}{more}", visible(&name), first(&findings));
                looked.add(State::Problem, "dossier", says, "`factbrief check` shows the lines");
            }
        }
    }
}

/// The archive that is meant, and by whom it is named.
fn archive(place: &Place, project: &Project, looked: &mut Looked) -> Option<Archive> {
    const HELP: &str =
        "name the folder of articles: `--archive DIR`, FACTBRIEF_ARCHIVE, or `archive` in factbrief.toml";
    if place.no_archive {
        looked.well("archive", "not used (--no-archive): the evidence lock answers");
        return None;
    }
    let by_environment = || std::env::var_os("FACTBRIEF_ARCHIVE").filter(|v| !v.is_empty()).map(PathBuf::from);
    let own = || project.archive.as_ref().map(|path| (project.root.join(path), "factbrief.toml"));
    let named = place.archive.clone().map(|path| (path, "--archive"));
    let named = named.or_else(|| by_environment().map(|path| (path, "FACTBRIEF_ARCHIVE"))).or_else(own);
    let Some((path, by)) = named else {
        looked.add(State::Attention, "archive", "none is named: the evidence lock answers", HELP);
        return None;
    };
    let shown = visible(&path.display().to_string());
    if path.is_dir() {
        looked.well("archive", format!("{shown}, named by {by}"));
        return Some(Archive::Folder(path));
    }
    // the project's may be absent from a clone; what the call names must be there
    let (state, so) = match by {
        "factbrief.toml" => (State::Attention, ": the evidence lock answers"),
        _ => (State::Problem, ""),
    };
    looked.add(state, "archive", format!("{by} names {shown}, which is no folder{so}"), HELP);
    None
}

/// Whether the articles of the sources are at hand, as they were.
fn articles(workspace: &Workspace, archive: &Archive, looked: &mut Looked) {
    if !archive.is_present() {
        return;
    }
    let (mut there, mut missing, mut changed) = (0, Vec::new(), Vec::new());
    for dossier in workspace.dossiers.values() {
        // one whose article is still to be added is told by the check
        for (_, source) in dossier.sources.iter().filter(|(_, source)| source.archived.is_some()) {
            let name = source.file_name();
            match if source.table.is_some() { archive.read_table(name) } else { archive.read(name) } {
                Ok(bytes) if sha256(&bytes) == source.hash() => there += 1,
                Ok(_) => changed.push(source.id.as_str()),
                Err(_) => missing.push(source.id.as_str()),
            }
        }
    }
    if !changed.is_empty() {
        looked.add(
            State::Problem,
            "articles",
            format!("{} not what was verified: {}", changed.len(), some(&changed)),
            "restore the files, or write their hashes and check every quotation again",
        );
    }
    if !missing.is_empty() {
        looked.add(
            State::Attention,
            "articles",
            format!("{} not in the archive: {}", missing.len(), some(&missing)),
            "put the files into the archive; the evidence lock answers meanwhile",
        );
    }
    looked.well("articles", format!("{there} at hand, each with the hash that its source gives"));
}

/// Whether the evidence locks are there and say what a check would write.
fn locks(workspace: &Workspace, archive: &Archive, looked: &mut Looked) {
    let settings = Settings { project: workspace.project.levels.clone(), ..Settings::default() };
    let verdict = workspace.check(archive, &settings);
    for (name, report) in &verdict.reports {
        let shown = format!("{}/{name}/{}", load::SEEDS, lock::FILE);
        let fails = report.findings.iter().filter(|f| f.level.fails()).count();
        let tally = report.tally;
        if fails > 0 {
            let says =
                format!("{name}: {fails} findings, {} of {} quotations not proved", tally.unproved, tally.quotations);
            looked.add(State::Problem, "check", says, "`factbrief check` shows them");
            continue;
        }
        match workspace.locks.get(name) {
            Some(lock) if *lock == *report.lock => {
                looked.well("lock", format!("{shown} is up to date: {} proofs", lock.proofs.len()));
            }
            held => looked.add(
                State::Attention,
                "lock",
                format!("{shown} {}", outdated(held, workspace.dossiers.get(name))),
                "run `factbrief check` with the archive at hand, and commit the lock",
            ),
        }
    }
}

fn outdated(held: Option<&Lock>, dossier: Option<&Dossier>) -> String {
    match held {
        None => format!(
            "is not there: no clone without the articles can prove {} quotations",
            dossier.map_or(0, |d| { d.cited().map(|cited| cited.citations.len()).sum::<usize>() })
        ),
        Some(lock) => format!("is not up to date; it has {} proofs", lock.proofs.len()),
    }
}

/// Whether each briefing has what it is printed by.
fn briefings(workspace: &Workspace, looked: &mut Looked) {
    let mut sound = 0;
    for (slug, findings) in &workspace.unusable {
        let says = format!("{}: {}", visible(slug), first(findings));
        looked.add(State::Problem, "briefing", says, "`factbrief check` shows the lines");
    }
    for request in &workspace.requests {
        let mut wrong: Vec<Diagnostic> = Vec::new();
        wrong.extend(workspace.dossier_of(request).err().map(|finding| *finding));
        wrong.extend(workspace.kind(request).err().unwrap_or_default());
        wrong.extend(workspace.language(request).err().unwrap_or_default());
        wrong.extend(workspace.style(request).err().map(|finding| *finding));
        if wrong.is_empty() {
            sound += 1;
            continue;
        }
        let says = format!("{}: {}", request.slug, first(&wrong));
        looked.add(State::Problem, "briefing", says, "`factbrief build` shows the lines");
    }
    if workspace.requests.is_empty() && workspace.unusable.is_empty() {
        let help = "a briefing is a TOML file there; briefings/README.md says what it holds";
        return looked.add(State::Attention, "briefings", format!("there is none under {}/", load::BRIEFINGS), help);
    }
    if sound > 0 {
        let word = if sound == 1 { "has its" } else { "have their" };
        looked.well("briefings", format!("{sound} {word} dossier, kind, language and citation style"));
    }
}

/// Whether the project's own templates and languages are sound, used or not.
fn templates(root: &Path, looked: &mut Looked) {
    let folder = root.join(load::TEMPLATES);
    let mut sound = 0;
    for kind in kinds(root).iter().filter(|kind| folder.join(kind).is_dir()) {
        match Kind::load(root, kind) {
            Ok(_) => sound += 1,
            Err(findings) => {
                let says = format!("kind {}: {}", visible(kind), first(&findings));
                looked.add(
                    State::Problem,
                    "templates",
                    says,
                    "`factbrief build` of a briefing of this kind shows the lines",
                );
            }
        }
    }
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder.join("languages")).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    names.sort();
    for path in names.iter().filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{}/languages/{tag}.toml", load::TEMPLATES);
        let wrong = match read::text(path, &name) {
            Ok(file) => Language::parse(&tag, &file).err().unwrap_or_default(),
            Err(finding) => vec![*finding],
        };
        if wrong.is_empty() {
            sound += 1;
        } else {
            let says = format!("language {}: {}", visible(&tag), first(&wrong));
            looked.add(State::Problem, "templates", says, "`factbrief build` of a briefing in it shows the lines");
        }
    }
    if sound > 0 {
        looked.well("templates", format!("{sound} kinds and languages of the project are sound"));
    }
}

/// Whether what was set before can be kept, so that it is not set again.
fn cache(root: &Path, looked: &mut Looked) {
    let folder = root.join(".factbrief");
    let there = std::fs::symlink_metadata(&folder);
    let tried = match &there {
        Ok(meta) if !meta.is_dir() => Err(std::io::Error::other("a link or file stands in its place")),
        Ok(_) => tempfile::Builder::new().prefix(".factbrief-").tempfile_in(&folder).map(drop),
        Err(_) => tempfile::Builder::new().prefix(".factbrief-").tempfile_in(root).map(drop),
    };
    match tried {
        Ok(()) => looked.well("cache", ".factbrief/ can be written"),
        Err(error) => looked.add(
            State::Attention,
            "cache",
            format!(".factbrief/ cannot be written: {error}"),
            "every build sets all briefings anew: let the program write to the project",
        ),
    }
}

/// What `diff REV` needs, and whether articles would be committed.
fn git(root: &Path, looked: &mut Looked) {
    let ask = |arguments: &[&str]| -> Option<(bool, String)> {
        let mut command = Command::new("git");
        command.arg("-C").arg(root).args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
        let out = command.output().ok()?;
        Some((out.status.success(), String::from_utf8_lossy(&out.stdout).trim().to_owned()))
    };
    let Some((true, _)) = ask(&["--version"]) else {
        let help = "install git, if you want `factbrief diff REV`; all else needs none";
        return looked.add(State::Attention, "git", "git cannot be run", help);
    };
    if !matches!(ask(&["rev-parse", "--is-inside-work-tree"]), Some((true, answer)) if answer == "true") {
        let help = "`git init`, if you want `factbrief diff REV` and a history of what was known";
        return looked.add(State::Attention, "git", "the project is in no git repository", help);
    }
    let Some((true, head)) = ask(&["rev-parse", "--short", "HEAD"]) else {
        return looked.add(
            State::Attention,
            "git",
            "there is no commit yet",
            "commit the project: `factbrief diff REV` compares with one",
        );
    };
    if matches!(ask(&["rev-parse", "--is-shallow-repository"]), Some((true, answer)) if answer == "true") {
        looked.add(
            State::Attention,
            "git",
            "the clone is shallow: `factbrief diff REV` knows only the revisions that were fetched",
            "`git fetch --unshallow`, or `fetch-depth: 0` in a workflow",
        );
    }
    let changed =
        ask(&["status", "--porcelain", "--", "factbrief.toml", load::SEEDS, load::BRIEFINGS, load::TEMPLATES]);
    let changed = changed.map_or(0, |(_, lines)| lines.lines().count());
    let state =
        if changed == 0 { "nothing changed since".to_owned() } else { format!("{changed} files changed since") };
    looked.well("git", format!("at {}, {state}", visible(&head)));
    let folder = Project::open(root).ok().and_then(|project| project.archive);
    if let Some(folder) = folder.filter(|folder| root.join(folder).is_dir()) {
        let name = folder.display().to_string();
        if matches!(ask(&["ls-files", "--", &name]), Some((true, files)) if !files.is_empty()) {
            looked.add(
                State::Attention,
                "git",
                format!("articles are in the repository: {}", visible(&name)),
                "they belong to their publishers: `git rm --cached` them and name the folder in .gitignore, unless they are yours",
            );
        }
    }
}

/// What the first finding says.
fn first(findings: &[Diagnostic]) -> String {
    let Some(finding) = findings.first() else { return String::new() };
    let place = finding
        .labels
        .first()
        .map(|label| format!("{}:{}: ", visible(label.file.name()), label.file.position(label.span.start).line));
    format!("{}{}", place.unwrap_or_default(), visible(&finding.title))
}

/// The first of several names.
fn some(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| visible(name)).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
