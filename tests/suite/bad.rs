//! What nobody should write, and what the program says of it: `tests/suite/bad` holds a file for each case, README.md
//! there says how.
//!
//! Each case runs in a copy of the invented flood that was built before. Whatever the case asks for, the program must not
//! die, run past its limit, print what steers a terminal, write outside the project, or spoil what it printed before.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::scratch::{Scratch, copy, repository};

/// The areas: a folder and a test each.
const AREAS: &[&str] = &[
    "articles",
    "calls",
    "dates",
    "encodings",
    "layouts",
    "pages",
    "paths",
    "pdfs",
    "references",
    "tables",
    "templates",
    "toml",
    "values",
];

/// The file of an area that says what is expected of each case.
const EXPECTED: &str = "expected.toml";

/// How long a run may take, unless its entry says otherwise.
const LIMIT: u64 = 20;

/// The limits that layouts are held to by default, below those of the program: so all of them run in a short time.
const LOWER: &str = "processor=1,memory=1536";

/// What is expected of a case; what its entry leaves out is as `[default]` of its area says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Where the file of the case is put, relative to the project.
    at: Option<String>,
    /// The call, its arguments parted by spaces; `@` stands for the lines of the file, an argument each.
    run: Option<String>,
    /// The exit code.
    exit: Option<i32>,
    /// What is said, on either stream.
    #[serde(default)]
    says: Vec<String>,
    /// What is not said.
    #[serde(default)]
    never: Vec<String>,
    /// How many findings are shown.
    findings: Option<usize>,
    /// Further files, by name.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Changes to files of the project: file, what stands there, what shall.
    #[serde(default)]
    edit: Vec<(String, String, String)>,
    /// How long the run may take, in seconds.
    limit: Option<u64>,
    /// Whether the program may write files although it fails, as an import that refuses single rows does.
    writes: Option<bool>,
    /// Whether it needs what only Unix has.
    unix: Option<bool>,
    /// Whether it takes so long that it is run with `FACTBRIEF_FULL=1` alone.
    full: Option<bool>,
    /// The exit code within the program's own limits, where it comes to an end in these; within lower ones either may be.
    full_exit: Option<i32>,
}

impl Entry {
    fn or(self, default: &Self) -> Self {
        let mut files = default.files.clone();
        files.extend(self.files);
        let mut edit = default.edit.clone();
        edit.extend(self.edit);
        Self {
            at: self.at.or_else(|| default.at.clone()),
            run: self.run.or_else(|| default.run.clone()),
            exit: self.exit.or(default.exit),
            says: self.says,
            never: default.never.iter().cloned().chain(self.never).collect(),
            findings: self.findings.or(default.findings),
            files,
            edit,
            limit: self.limit.or(default.limit),
            writes: self.writes.or(default.writes),
            unix: self.unix.or(default.unix),
            full: self.full.or(default.full),
            full_exit: self.full_exit.or(default.full_exit),
        }
    }
}

/// A case: a file and its entry.
struct Case {
    area: &'static str,
    name: String,
    file: PathBuf,
    entry: Entry,
}

/// A file that is made rather than kept: it is large, or no regular file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Recipe {
    /// What it begins with.
    head: String,
    /// What follows, `times` over.
    repeat: String,
    times: usize,
    /// What it ends with.
    tail: String,
    /// A file of the project that it begins as, cut to so many bytes.
    from: Option<String>,
    cut: Option<usize>,
    /// Bytes that are overwritten, where they stand first.
    replace: Vec<(String, String)>,
    /// A symbolic link that leads there.
    link: Option<String>,
    /// What stands in its place is moved there before, relative to it.
    moved: Option<String>,
    /// A named pipe.
    pipe: bool,
    /// A folder.
    folder: bool,
}

impl Recipe {
    fn make(&self, project: &Scratch, path: &Path) {
        #[cfg(unix)]
        if let Some(to) = &self.link {
            return std::os::unix::fs::symlink(to, path).unwrap();
        }
        if self.pipe {
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
            return;
        }
        if self.folder {
            return std::fs::create_dir(path).unwrap();
        }
        let mut bytes = self.from.as_ref().map(|name| project.bytes(name)).unwrap_or_default();
        bytes.truncate(self.cut.unwrap_or(usize::MAX));
        bytes.extend_from_slice(self.head.as_bytes());
        bytes.extend_from_slice(self.repeat.repeat(self.times).as_bytes());
        bytes.extend_from_slice(self.tail.as_bytes());
        for (from, to) in &self.replace {
            assert_eq!(from.len(), to.len(), "places in the file must hold");
            let at =
                bytes.windows(from.len()).position(|w| w == from.as_bytes()).unwrap_or_else(|| panic!("no {from}"));
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
        std::fs::write(path, bytes).unwrap();
    }
}

fn folder(area: &str) -> PathBuf {
    repository().join("tests/suite/bad").join(area)
}

fn entries(area: &str) -> BTreeMap<String, Entry> {
    let text = std::fs::read_to_string(folder(area).join(EXPECTED)).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{area}/{EXPECTED}: {error}"))
}

/// The cases of an area, and what is wrong with how they are kept.
fn cases(area: &'static str) -> (Vec<Case>, Vec<String>) {
    let mut entries = entries(area);
    let default = entries.remove("default").unwrap_or_default();
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    let mut names = BTreeSet::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(area)).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files.into_iter().filter(|f| f.file_name().is_none_or(|n| n != EXPECTED)) {
        let name = file.file_stem().and_then(|s| s.to_str()).unwrap().to_owned();
        if !names.insert(name.clone()) {
            wrong.push(format!("{area}/{name}: two files"));
        }
        match entries.remove(&name) {
            Some(entry) => found.push(Case { area, name, file, entry: entry.or(&default) }),
            None => wrong.push(format!("{area}/{name}: no entry in {EXPECTED}")),
        }
    }
    wrong.extend(entries.into_keys().map(|name| format!("{area}/{name}: an entry without a file")));
    for case in &found {
        let Entry { exit, says, at, run, .. } = &case.entry;
        if exit.is_none() || at.is_none() || run.is_none() {
            wrong.push(format!("{area}/{}: `exit`, `at` or `run` is missing", case.name));
        }
        if says.is_empty() && *exit != Some(0) {
            wrong.push(format!("{area}/{}: `says` is missing", case.name));
        }
    }
    (found, wrong)
}

/// The flood, built.
static BUILT: LazyLock<Scratch> = LazyLock::new(|| {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s
});

/// All that lies in a folder, links not followed: what it is, and what it holds.
fn listing(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let holds = if kind.is_dir() {
                open.push(path.clone());
                "a folder".to_owned()
            } else if kind.is_file() {
                let length = entry.metadata().unwrap().len();
                // what is as large as a bomb is never printed by the program
                let bytes = if length < 1 << 20 { std::fs::read(&path).unwrap() } else { Vec::new() };
                format!("{length} bytes {}", factbrief::text::hash::sha256(&bytes))
            } else {
                "neither".to_owned()
            };
            found.insert(path.strip_prefix(folder).unwrap().to_owned(), holds);
        }
    }
    found
}

/// What changed from one listing to the next.
fn changes(before: &BTreeMap<PathBuf, String>, after: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let names: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    changed.map(|name| name.display().to_string()).collect()
}

/// How a run ended.
struct Ended {
    code: Option<i32>,
    out: String,
    took: Duration,
}

/// Runs the program within a limit; nothing, where it had to be ended.
fn run(project: &Scratch, arguments: &[String], limit: Duration, around: &Path) -> Option<Ended> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = project.command(&arguments);
    command.env("TMPDIR", around.join("tmp")).env("HOME", around.join("home")).stdin(Stdio::null());
    if !is_full() {
        command.env("FACTBRIEF_LIMITS", LOWER);
    }
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (send, ended) = mpsc::channel();
    let read = |mut pipe: Box<dyn std::io::Read + Send>| {
        let send = send.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            let _ = send.send(bytes);
        });
    };
    read(Box::new(child.stderr.take().unwrap()));
    read(Box::new(child.stdout.take().unwrap()));
    let mut out = Vec::new();
    for _ in 0..2 {
        let Ok(bytes) = ended.recv_timeout(limit.saturating_sub(begun.elapsed())) else {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        };
        out.extend_from_slice(&bytes);
    }
    let code = child.wait().unwrap().code();
    let took = begun.elapsed();
    Some(Ended { code, out: String::from_utf8(out).expect("the program prints UTF-8"), took })
}

/// Takes away what stands in a place, whatever it is.
fn clear(path: &Path) {
    match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(path).unwrap(),
        Ok(_) => std::fs::remove_file(path).unwrap(),
        Err(_) => {}
    }
}

/// Whether all cases are run, within the program's own limits.
fn is_full() -> bool {
    std::env::var_os("FACTBRIEF_FULL").is_some()
}

/// Whether what the program says is shown of every case, and not only where it is not as expected.
fn shows() -> bool {
    std::env::var_os("FACTBRIEF_SHOW").is_some()
}

/// Runs a case; what it did not keep to, or how long it took.
fn attempt(case: &Case) -> Result<(Duration, i32), String> {
    let Entry { at, run: call, exit, says, never, findings, files, edit, limit, writes, unix, full_exit, .. } =
        &case.entry;
    let (at, call) = (at.as_deref().unwrap(), call.as_deref().unwrap());
    if unix.unwrap_or_default() && !cfg!(unix) {
        return Ok((Duration::ZERO, exit.unwrap()));
    }
    let around = tempfile::tempdir().unwrap();
    for part in ["tmp", "home", "elsewhere"] {
        std::fs::create_dir(around.path().join(part)).unwrap();
    }
    std::fs::write(around.path().join("elsewhere/untouched.txt"), "untouched\n").unwrap();
    copy(BUILT.path(), &around.path().join("desk"));
    let project = Scratch::at(around, "desk");
    for (name, text) in files {
        project.write(name, text);
    }
    for (name, from, to) in edit {
        project.edit(name, from, to);
    }
    let target = project.path().join(at);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    let recipe = case.file.extension().is_some_and(|e| e == "made");
    if recipe {
        let text = std::fs::read_to_string(&case.file).unwrap();
        let recipe: Recipe = toml::from_str(&text).map_err(|error| error.to_string())?;
        if let Some(to) = &recipe.moved {
            std::fs::rename(&target, target.parent().unwrap().join(to)).unwrap();
        }
        clear(&target);
        recipe.make(&project, &target);
    } else {
        clear(&target);
        std::fs::copy(&case.file, &target).unwrap();
    }
    let mut arguments = Vec::new();
    for word in call.split_whitespace() {
        if word == "@" {
            arguments.extend(std::fs::read_to_string(&case.file).unwrap().lines().map(str::to_owned));
        } else {
            arguments.push(word.to_owned());
        }
    }
    let outside = project.path().parent().unwrap().to_owned();
    let state = || {
        let mut all = listing(&outside);
        let inside: BTreeMap<PathBuf, String> = {
            let names: Vec<PathBuf> = all.keys().filter(|name| name.starts_with("desk")).cloned().collect();
            // what is kept of past runs says nothing of its own
            let own = names.into_iter().filter_map(|name| all.remove_entry(&name));
            own.filter(|(name, _)| !name.starts_with("desk/.factbrief")).collect()
        };
        (all, inside)
    };
    let before = state();
    let limit = Duration::from_secs(limit.unwrap_or(LIMIT));
    let Some(ended) = run(&project, &arguments, limit, &outside) else {
        return Err(format!("did not end within {} s", limit.as_secs()));
    };
    let after = state();
    let Ended { code, out, took } = ended;
    // within the low limits, what comes to an end in the program's own may do so on a fast machine, too
    let other = full_exit.filter(|full| is_full() || code == Some(*full));
    let exit = other.unwrap_or(exit.unwrap());
    if shows() {
        println!("=== {}/{}: exit {code:?}, {:.2} s\n{out}", case.area, case.name, took.as_secs_f64());
    }
    let mut wrong = Vec::new();
    let mut hold = |holds: bool, says: String| {
        if !holds {
            wrong.push(says);
        }
    };
    hold(code == Some(exit), format!("exit code {code:?} in place of {exit}"));
    hold(code.is_some_and(|c| matches!(c, 0..=4)), "the program died, or has a defect".to_owned());
    hold(!out.contains("panicked at"), "it panicked".to_owned());
    let raw = out.chars().find(|c| *c != '\n' && factbrief::text::gate::is_hidden(*c));
    hold(raw.is_none(), format!("{raw:?} is printed raw"));
    for words in says.iter().filter(|_| other.is_none()) {
        hold(out.contains(words.as_str()), format!("it does not say {words:?}"));
    }
    for words in never {
        hold(!out.contains(words.as_str()), format!("it says {words:?}"));
    }
    let shown: Vec<&str> = out.lines().filter(|l| l.starts_with("error") || l.starts_with("warning")).collect();
    if let (Some(count), None) = (findings, other) {
        hold(shown.len() == *count, format!("{} findings in place of {count}", shown.len()));
    }
    let blocks: Vec<&str> = out.split("\n\n").filter(|block| block.starts_with("error")).collect();
    let distinct: BTreeSet<&str> = blocks.iter().copied().collect();
    hold(blocks.len() == distinct.len(), "it says the same twice".to_owned());
    let spoiled = changes(&before.0, &after.0);
    hold(spoiled.is_empty(), format!("written outside the project: {spoiled:?}"));
    if exit != 0 && !writes.unwrap_or_default() {
        let spoiled = changes(&before.1, &after.1);
        hold(spoiled.is_empty(), format!("it failed, and changed {spoiled:?}"));
    }
    if wrong.is_empty() {
        return Ok((took, exit));
    }
    Err(format!("{}\n{out}", wrong.join("\n")))
}

fn hold(area: &'static str) {
    let (cases, wrong) = cases(area);
    assert!(wrong.is_empty() || shows(), "{}", wrong.join("\n"));
    let only = std::env::var("FACTBRIEF_CASE").ok();
    let wanted = |case: &Case| match &only {
        Some(only) => case.name == *only,
        None => is_full() || !case.entry.full.unwrap_or_default(),
    };
    let cases: Vec<Case> = cases.into_iter().filter(wanted).collect();
    let (next, failed, times) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).min(4) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match attempt(case) {
                        Ok(took) => times.lock().unwrap().push((took, &case.name)),
                        Err(why) => failed.lock().unwrap().push(format!("{}/{}: {why}", case.area, case.name)),
                    }
                }
            });
        }
    });
    let mut times = times.into_inner().unwrap();
    times.sort();
    for ((took, exit), name) in times.iter().rev() {
        println!("{:7.2} s, exit {exit}: {area}/{name}", took.as_secs_f64());
    }
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), cases.len(), failed.join("\n\n"));
}

macro_rules! areas {
    ($($area:ident)+) => {
        $(
            #[test]
            fn $area() {
                hold(stringify!($area));
            }
        )+

        #[test]
        fn every_case_has_a_file_and_an_entry_and_there_are_many() {
            assert_eq!(AREAS, [$(stringify!($area)),+]);
            let folders: BTreeSet<String> = std::fs::read_dir(folder("")).unwrap()
                .map(|e| e.unwrap())
                .filter(|e| e.file_type().unwrap().is_dir())
                .map(|e| e.file_name().into_string().unwrap())
                .collect();
            assert!(folders.iter().eq(AREAS), "{folders:?}");
            let (mut count, mut all) = (0, Vec::new());
            for area in AREAS {
                let (cases, wrong) = cases(area);
                println!("{:4} {area}", cases.len());
                count += cases.len();
                all.extend(wrong);
                // what is large is made by a recipe
                for case in cases {
                    let length = std::fs::metadata(&case.file).unwrap().len();
                    if length > 4096 {
                        all.push(format!("{area}/{}: {length} bytes", case.name));
                    }
                }
            }
            assert!(all.is_empty(), "{}", all.join("\n"));
            assert!(count >= 400, "{count} cases");
            assert!(cases("layouts").0.len() >= 60);
        }
    };
}

areas! { articles calls dates encodings layouts pages paths pdfs references tables templates toml values }
