//! Every system call of a run: the last one, or one that fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tracee::name::{ENOSPC, SIGHUP, SIGINT, SIGTERM};

use super::full;
use super::traced::{self, Calls, ERRORS, Fault, Went};
use super::tree::Tree;
use crate::scratch::{Scratch, repository};

/// A command on a project that it changes.
struct Case {
    arguments: Vec<&'static str>,
    folder: tempfile::TempDir,
    old: Tree,
    new: Tree,
    /// What a fault left, and the next run was seen to mend.
    mended: BTreeSet<Tree>,
    told: BTreeMap<String, usize>,
}

/// One more record that cites.
const RAIN: &str =
    "[event.rain]\ntitle = \"Rain\"\nkind = \"rain\"\nsource = \"post\"\nquote = \"after two days of rain\"\n";

/// What is kept beside the project to save time: it may be lost, but not half-written.
fn is_kept(path: &Path) -> bool {
    path.starts_with(".factbrief")
}

impl Case {
    /// A case from a project as it is before, and what is then changed by hand.
    fn new(before: &Scratch, arguments: &[&'static str], change: impl FnOnce(&Scratch)) -> Self {
        change(before);
        let old = Tree::of(before.path());
        let folder = tempfile::tempdir().unwrap();
        let folder_path = folder.path().canonicalize().unwrap();
        for name in ["tmp", "home"] {
            std::fs::create_dir(folder_path.join(name)).unwrap();
        }
        let mut case = Self {
            arguments: arguments.to_vec(),
            folder,
            old,
            new: Tree::default(),
            mended: BTreeSet::new(),
            told: BTreeMap::new(),
        };
        let went = case.run(Fault::None);
        assert_eq!(went.code, Some(0), "{}{}", went.out, went.err);
        assert!(went.strayed.is_empty(), "{:?}", went.strayed);
        case.new = Tree::of(&case.project());
        assert!(case.old != case.new, "{arguments:?} changes nothing");
        case
    }

    fn project(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("project")
    }

    fn run(&self, fault: Fault) -> Went {
        self.old.lay_out(&self.project());
        traced::run(&self.project(), &self.arguments, fault)
    }

    /// Runs with a fault and holds all that is promised. Says whether the fault came about.
    fn suffers(&mut self, fault: Fault) -> bool {
        let went = self.run(fault);
        let now = Tree::of(&self.project());
        let Some(hit) = &went.hit else {
            // another run of threads may have made a call less: then all is as if there had been no fault
            assert_eq!(went.code, Some(0), "{fault:?}: {}", went.err);
            return false;
        };
        let about = hit.path.as_deref().unwrap_or(Path::new("")).display();
        let told = format!("{:?}: {fault:?} at {} {about}\n{}{}", self.arguments, hit.name(), went.out, went.err);
        assert!(went.strayed.is_empty(), "written outside the project: {:?}\n{told}", went.strayed);
        for name in ["tmp", "home"] {
            assert_eq!(Tree::of(&self.folder.path().join(name)), Tree::default(), "{told}");
        }
        let unfinished = now.unfinished().len();
        let now = now.finished();
        for path in now.differences(&self.old).iter().filter(|path| now.differences(&self.new).contains(path)) {
            let is_whole =
                is_kept(path) && now.get(path).is_none_or(|b| serde_json::from_slice::<serde_json::Value>(b).is_ok());
            assert!(is_whole, "{} is neither old nor new\n{told}", path.display());
        }
        let without = |tree: &Tree| -> BTreeMap<PathBuf, Vec<u8>> {
            tree.0.iter().filter(|(path, _)| !is_kept(path)).map(|(p, b)| (p.clone(), b.clone())).collect()
        };
        match (fault, went.code) {
            (Fault::Kill(..) | Fault::Signal(..), code) => assert_eq!(code, None, "{told}"),
            (Fault::None, _) => {}
            (Fault::Fail(..) | Fault::Short(..) | Fault::Worker(..), Some(code @ 0..=4)) => {
                assert!(!went.err.contains("panicked"), "{told}");
                assert!(unfinished == 0 || hit.name() == "unlink", "a file was left unfinished\n{told}");
                assert!(code != 0 || without(&now) == without(&self.new), "it says all is well, but it is not\n{told}");
                assert!(code == 0 || !went.err.is_empty() || hit.name() == "write", "it does not say why\n{told}");
                self.is_told(fault, &went, code, &now, &told);
            }
            (_, code) => panic!("exits {code:?}\n{told}"),
        }
        *self.told.entry(format!("{} {}", kind(fault), hit.name())).or_default() += 1;
        if full() || self.mended.insert(now) {
            let next = traced::plain(&self.project(), &self.arguments);
            let after = Tree::of(&self.project());
            assert_eq!(next.code, Some(0), "the next run: {}{}\n{told}", next.out, next.err);
            assert!(after == self.new, "the next run leaves {:?}\n{told}", after.differences(&self.new));
        }
        true
    }

    /// A file that cannot be written is named, and what is said of it is true.
    fn is_told(&self, fault: Fault, went: &Went, code: i32, now: &Tree, told: &str) {
        match fault {
            Fault::Fail(..) => {}
            // the pages are whole, or they are not there
            Fault::Worker(..) => {
                let says =
                    went.err.contains("signal 9 from outside") && went.err.contains("briefing `ferrow` cannot be set");
                return assert!(if code == 0 { !says } else { code == 4 && says }, "{told}");
            }
            _ => return assert_eq!(code, 0, "half is not all\n{told}"),
        }
        let Some(hit) = went.hit.as_ref().filter(|hit| hit.changes) else { return };
        let project = self.project();
        let Some(path) = hit.path.as_ref().and_then(|p| p.strip_prefix(&project).ok()) else { return };
        // what is kept to save time may be lost; a file system may have no locks
        if is_kept(path) || matches!(hit.name(), "close" | "unlink" | "flock") {
            return;
        }
        assert_eq!(code, 4, "{told}");
        let folder = if project.join(path).is_dir() { path } else { path.parent().unwrap() };
        let changed = self.new.differences(&self.old);
        let mut names = changed.iter().filter(|p| p.starts_with(folder) && (hit.name() != "rename" || *p == path));
        let is_named = names.any(|p| went.err.contains(&*p.file_name().unwrap().to_string_lossy()));
        assert!(is_named || went.err.contains(&folder.display().to_string()), "it names no file\n{told}");
        assert!(went.err.contains("error"), "{told}");
        if went.err.contains("what was there before is unchanged") {
            for path in &changed {
                let is_old = now.get(path) == self.old.get(path);
                assert!(is_old || !path.starts_with(folder), "{} has changed\n{told}", path.display());
            }
        }
    }

    /// Goes through faults, by number, until none is left; every so many where that takes too long.
    fn all(&mut self, step: usize, fault: impl Fn(usize) -> Fault) -> usize {
        let step = if full() { 1 } else { step };
        let mut suffered = 0;
        for nth in (1..).step_by(step) {
            if !self.suffers(fault(nth)) {
                break;
            }
            suffered += 1;
            if full() && suffered % 100 == 0 {
                eprintln!("{:?}: {suffered} faults so far, the last of them {:?}", self.arguments, fault(nth));
            }
        }
        assert!(suffered > 0, "{:?} never comes about", fault(1));
        suffered
    }

    /// How often a fault came to each call.
    fn tell(&self) {
        let all: usize = self.told.values().sum();
        eprintln!("{:?}: {all} faults, each of them mended", self.arguments);
        for (what, n) in &self.told {
            eprintln!("  {n:5} {what}");
        }
    }
}

fn kind(fault: Fault) -> String {
    match fault {
        Fault::None => "nothing".to_owned(),
        Fault::Kill(..) => "killed at".to_owned(),
        Fault::Signal(_, _, signal) => format!("signal {signal} at"),
        Fault::Worker(..) => "its worker killed at".to_owned(),
        Fault::Short(..) => "half of a".to_owned(),
        Fault::Fail(_, _, error) => ERRORS.iter().find(|(e, _)| *e == error).map_or("?", |(_, name)| name).to_owned(),
    }
}

/// Whether calls can be traced here; if not, that is told.
fn traceable() -> bool {
    let Some(why) = traced::refused() else { return true };
    let required = std::env::var_os("FACTBRIEF_FAULTS").is_some_and(|v| v == "require");
    assert!(!required, "FACTBRIEF_FAULTS=require, and {why}");
    eprintln!("skipped: {why}");
    false
}

/// A briefing whose text, pages, picture and evidence all change; none where nothing can be traced.
fn build() -> Option<Case> {
    if !traceable() {
        return None;
    }
    let s = Scratch::flood();
    let facts = s.read("seeds/ferrow/facts.toml");
    let (before, rest) = facts.split_once("[claim.killed-office]").unwrap();
    let (_, rest) = rest.split_once("[claim.homes]").unwrap();
    let (rest, _) = rest.split_once("[discrepancy").unwrap();
    s.write("seeds/ferrow/facts.toml", format!("{before}[claim.homes]{rest}"));
    s.run(&["build"]).exits(0);
    s.write("seeds/ferrow/facts.toml", facts);
    Some(Case::new(&s, &["build", "--jobs", "1"], |s| {
        s.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    }))
}

#[test]
fn a_build_killed_at_any_call_leaves_old_or_new() {
    let Some(mut case) = build() else { return };
    let output = case.all(1, |nth| Fault::Kill(Calls::Output, nth));
    assert!(output > 25, "{output}");
    let all = case.all(211, |nth| Fault::Kill(Calls::All, nth));
    eprintln!("killed at {output} calls that change files, and at {all} of all");
    case.tell();
}

#[test]
fn a_build_with_any_call_failing_leaves_old_or_new_and_says_so() {
    let Some(mut case) = build() else { return };
    case.all(1, |nth| Fault::Fail(Calls::Output, nth, ENOSPC));
    let calls = if full() { Calls::All } else { Calls::Output };
    for (error, _) in ERRORS {
        // some errors are of calls that change no file of the project
        let calls = if matches!(error, tracee::name::EAGAIN | tracee::name::EPIPE) { Calls::All } else { calls };
        case.all(5, |nth| Fault::Fail(calls, nth, error));
    }
    case.all(3, |nth| Fault::Short(calls, nth));
    case.tell();
}

#[test]
fn a_build_that_is_sent_a_signal_leaves_old_or_new() {
    let Some(mut case) = build() else { return };
    for (signal, first) in [(SIGTERM, 1), (SIGINT, 2), (SIGHUP, 3)] {
        case.all(5, |nth| Fault::Signal(Calls::Output, nth + first, signal));
        case.all(307, |nth| Fault::Signal(Calls::All, nth + first, signal));
    }
    case.tell();
}

#[test]
fn a_worker_that_is_killed_costs_its_briefing_and_no_other() {
    let Some(mut case) = build() else { return };
    case.all(171, Fault::Worker);
    case.tell();
    // the next briefing gets a new worker
    let s = Scratch::flood();
    s.write("seeds/ferrow/rain.toml", RAIN);
    s.write("briefings/rain.toml", "kind = \"fact-sheet\"\ntitle = \"Rain\"\nas_of = \"2024-03-06\"\nevents = [\"rain\"]\nbottom_line = 'It rained {{cite \"rain\"}}.'\n");
    let case = Case::new(&s, &["build", "--jobs", "1"], |_| ());
    let went = case.run(Fault::Worker(40));
    assert_eq!(went.code, Some(4), "{}", went.err);
    assert!(went.err.contains("briefing `ferrow` cannot be set"), "{}", went.err);
    let now = Tree::of(&case.project());
    let rain = [Path::new("briefings/rain.md"), Path::new("briefings/rain.pdf")];
    assert!(rain.iter().all(|path| now.get(path).is_some() && now.get(path) == case.new.get(path)), "{}", went.err);
    assert!(now.get(Path::new("briefings/ferrow.md")).is_none());
}

/// All faults of a command that starts nothing else.
fn through(mut case: Case) {
    case.all(1, |nth| Fault::Kill(Calls::Output, nth));
    case.all(23, |nth| Fault::Kill(Calls::All, nth));
    for (error, _) in ERRORS {
        case.all_if_any(7, |nth| Fault::Fail(Calls::All, nth, error));
    }
    case.all(5, |nth| Fault::Short(Calls::All, nth));
    case.tell();
}

impl Case {
    fn all_if_any(&mut self, step: usize, fault: impl Fn(usize) -> Fault) {
        if self.suffers(fault(1)) {
            self.all(step, fault);
        }
    }
}

#[test]
fn a_check_that_is_killed_or_fails() {
    if traceable() {
        through(Case::new(&Scratch::flood(), &["check"], |s| {
            s.run(&["check"]).exits(0);
            s.write("seeds/ferrow/rain.toml", RAIN);
        }));
    }
}

#[test]
fn an_article_that_is_half_added() {
    if traceable() {
        let page = std::fs::read(repository().join("tests/suite/intake/open-graph.html")).unwrap();
        through(Case::new(&Scratch::flood(), &["source", "add", "page.html"], |s| s.write("page.html", &page)));
    }
}

#[test]
fn a_table_that_is_half_imported() {
    if traceable() {
        let arguments = ["import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "valley"];
        through(Case::new(&crate::import::project(), &arguments, |_| ()));
    }
}

#[test]
fn a_review_that_is_half_recorded() {
    if traceable() {
        let arguments = ["review", "killed-mayor", "--by", "Ada Brook", "--on", "2024-03-06"];
        through(Case::new(&Scratch::flood(), &arguments, |_| ()));
    }
}
