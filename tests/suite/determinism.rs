//! The same inputs give the same bytes, wherever, whenever and by whomever they are printed: fourteen variations of what
//! surrounds a run, one hash over everything that it writes. By default on the invented flood; with `FACTBRIEF_FULL=1` on
//! the project of this repository, with nothing left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use factbrief::text::hash::sha256;

use crate::scratch::Scratch;
use crate::watch::Watch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_factbrief");
const FORMATS: &str = "md,pdf,html";

fn full() -> bool {
    std::env::var_os("FACTBRIEF_FULL").is_some()
}

/// The project that is printed, without anything that was printed of it before.
fn project() -> Scratch {
    let s = if full() { Scratch::libya() } else { Scratch::flood() };
    // the record of issues says what was printed before, and is an input
    for (name, path) in files(s.path()) {
        let printed = [".md", ".pdf", ".svg", ".html"].iter().any(|ending| name.ends_with(ending));
        if printed && name.starts_with("briefings/") {
            std::fs::remove_file(path).unwrap();
        }
    }
    if !full() {
        s.write("briefings/days.toml", "kind = \"chronology\"\ntitle = \"Days in Ferrow\"\nas_of = \"2024-03-06\"\n");
    }
    s
}

/// All files in a folder, by their path in it. What is kept between runs is no part of what is printed.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name() != Some(".factbrief".as_ref()) {
                    open.push(path);
                }
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned(), path);
            }
        }
    }
    found
}

/// One hash over the names and bytes of all that was written into a project: briefings, pictures, locks.
fn hash(folder: &Path) -> String {
    let written = |name: &str| {
        let input = name.ends_with(".toml") || name.ends_with("README.md") || name.ends_with(".txt");
        !input && (name.starts_with("briefings/") || name.starts_with("seeds/"))
    };
    let all: Vec<String> = files(folder)
        .into_iter()
        .filter(|(name, _)| written(name))
        .map(|(name, path)| format!("{name} {}\n", sha256(&std::fs::read(path).unwrap())))
        .collect();
    let printed = |ending: &str| all.iter().any(|line| line.contains(ending));
    assert!(printed(".md ") && printed(".pdf ") && printed(".html ") && printed(".svg "), "{all:?}");
    sha256(all.concat().as_bytes())
}

/// Runs a command, which must not fail, and gives the hash of the project in `folder`.
#[track_caller]
fn ran(command: &mut Command, folder: &Path) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    hash(folder)
}

/// A build of everything, whatever stands there.
fn build(folder: &Path) -> Command {
    through(&[], folder)
}

/// A build of everything that is begun by another program.
fn through(before: &[&str], folder: &Path) -> Command {
    let call: Vec<&str> = before.iter().copied().chain([PROGRAM, "build", "--fresh", "--format", FORMATS]).collect();
    called(&call, folder)
}

/// A build of what is stale.
fn stale(folder: &Path) -> Command {
    called(&[PROGRAM, "build", "--format", FORMATS], folder)
}

/// A program called in a project, whose articles are its own whatever archive the caller has.
fn called(call: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(call[0]);
    command.args(&call[1..]).current_dir(folder).env_remove("FACTBRIEF_ARCHIVE").stdin(Stdio::null());
    command
}

/// Whether a program of the system is there and does what is asked of it.
fn works(call: &[&str]) -> bool {
    let mut command = Command::new(call[0]);
    command.args(&call[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Copies files into a folder, one after the other.
fn laid<'a>(order: impl Iterator<Item = (&'a String, &'a PathBuf)>, to: &Path) {
    for (name, path) in order {
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(path, target).unwrap();
    }
}

type Hashes = Vec<String>;

fn folder() -> Hashes {
    let (s, deep) = (project(), tempfile::tempdir().unwrap());
    let to = deep.path().join("Dossiers privés/\u{645}\u{644}\u{641} 1/a b/'c' & \"d\"");
    laid(files(s.path()).iter(), &to);
    let within = ran(&mut build(&to), &to);
    // and called from elsewhere
    let mut call = build(&to);
    call.current_dir("/").arg("--project").arg(&to);
    vec![within, ran(&mut call, &to)]
}

fn user() -> Hashes {
    let s = project();
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let try_it: Vec<&str> = nobody.iter().copied().chain([PROGRAM, "--version"]).collect();
    if !works(&try_it) || !works(&["chown", "-R", "65534:65534", &s.path().to_string_lossy()]) {
        return Vec::new();
    }
    vec![ran(&mut through(&nobody, s.path()), s.path())]
}

fn zone() -> Hashes {
    let s = project();
    ["Pacific/Kiritimati", "Etc/GMT+12", "Africa/Tripoli", "nonsense"]
        .map(|zone| ran(build(s.path()).env("TZ", zone), s.path()))
        .to_vec()
}

fn locale() -> Hashes {
    let s = project();
    ["tr_TR.UTF-8", "ar_EG.UTF-8", "C", "POSIX"]
        .map(|locale| {
            let mut call = build(s.path());
            ["LANG", "LC_ALL", "LANGUAGE", "LC_NUMERIC"].iter().for_each(|name| {
                call.env(name, locale);
            });
            ran(&mut call, s.path())
        })
        .to_vec()
}

fn clock() -> Hashes {
    let s = project();
    let places = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
    let library = places.map(|place| format!("{place}/faketime/libfaketime.so.1"));
    let Some(library) = library.iter().find(|library| Path::new(library).is_file()) else { return Vec::new() };
    ["@1999-12-31 23:59:58", "@2038-01-19 03:14:00"]
        .map(|time| ran(build(s.path()).env("LD_PRELOAD", library).env("FAKETIME", time), s.path()))
        .to_vec()
}

fn threads() -> Hashes {
    let s = project();
    ["1", "2", "8"].map(|n| ran(build(s.path()).args(["--jobs", n]).env("RAYON_NUM_THREADS", n), s.path())).to_vec()
}

fn order() -> Hashes {
    let s = project();
    let known = files(s.path());
    // a file system in memory lists files by when they came, others by a hash of their own
    let memory = Path::new("/dev/shm");
    let room = || if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let (forth, back) = (room().unwrap(), room().unwrap());
    laid(known.iter(), forth.path());
    laid(known.iter().rev(), back.path());
    vec![ran(&mut build(forth.path()), forth.path()), ran(&mut build(back.path()), back.path())]
}

fn umask() -> Hashes {
    ["umask 077; exec \"$0\" \"$@\"", "umask 000; exec \"$0\" \"$@\""]
        .map(|script| {
            let s = project();
            ran(&mut through(&["sh", "-c", script], s.path()), s.path())
        })
        .to_vec()
}

fn home() -> Hashes {
    let (s, other) = (project(), tempfile::tempdir().unwrap());
    vec![
        ran(build(s.path()).env_remove("HOME"), s.path()),
        ran(build(s.path()).env("HOME", "/nonexistent").env("XDG_CACHE_HOME", "/nonexistent"), s.path()),
        ran(build(s.path()).env("HOME", other.path()).env("TMPDIR", other.path()), s.path()),
    ]
}

fn times() -> Hashes {
    let s = project();
    [0, 4_102_444_800]
        .map(|seconds| {
            let when = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            for path in files(s.path()).values() {
                std::fs::File::options().write(true).open(path).unwrap().set_modified(when).unwrap();
            }
            ran(&mut build(s.path()), s.path())
        })
        .to_vec()
}

fn processors() -> Hashes {
    let s = project();
    if !works(&["taskset", "-c", "0", "true"]) {
        return Vec::new();
    }
    vec![ran(&mut through(&["taskset", "-c", "0"], s.path()), s.path())]
}

fn environment() -> Hashes {
    let s = project();
    let bare = ran(build(s.path()).env_clear(), s.path());
    let told = ran(
        build(s.path())
            .env("GITHUB_ACTIONS", "true")
            .env("CI", "true")
            .env("SOURCE_DATE_EPOCH", "1")
            .stdin(Stdio::piped()),
        s.path(),
    );
    let mut hashes = vec![bare, told];
    // on a terminal
    if works(&["script", "-qec", "true", "/dev/null"]) {
        let call = format!("'{PROGRAM}' build --fresh --format {FORMATS}");
        hashes.push(ran(&mut called(&["script", "-qec", &call, "/dev/null"], s.path()), s.path()));
    }
    hashes
}

fn again() -> Hashes {
    let s = project();
    let first = ran(&mut build(s.path()), s.path());
    let kept = ran(&mut stale(s.path()), s.path());
    std::fs::remove_dir_all(s.path().join(".factbrief")).unwrap();
    let lost = ran(&mut stale(s.path()), s.path());
    let parts = project();
    assert!(build(parts.path()).args(["--shard", "2/2"]).output().unwrap().status.success());
    vec![first, kept, lost, ran(build(parts.path()).args(["--shard", "1/2"]), parts.path())]
}

fn watched() -> Hashes {
    let s = project();
    let watch = Watch::start(&s, &[&format!("--format={FORMATS}")]);
    watch.cycle();
    drop(watch);
    vec![hash(s.path())]
}

type Variation = (&'static str, fn() -> Hashes);

const VARIATIONS: [Variation; 14] = [
    ("folder", folder),
    ("user", user),
    ("time zone", zone),
    ("locale", locale),
    ("clock", clock),
    ("threads", threads),
    ("directory order", order),
    ("umask", umask),
    ("home", home),
    ("file times", times),
    ("processors", processors),
    ("environment and streams", environment),
    ("twice, kept, lost and in parts", again),
    ("watch", watched),
];

#[test]
fn fourteen_variations_give_one_hash() {
    let s = project();
    let expected = ran(&mut build(s.path()), s.path());
    // two at a time
    let next = std::sync::Mutex::new(VARIATIONS.iter());
    let differing = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((name, vary)) = next.lock().unwrap().next() else { break };
                    let hashes = vary();
                    if hashes.is_empty() {
                        assert!(!full(), "{name}: this cannot be varied here");
                        eprintln!("SKIPPED: {name}: this cannot be varied here");
                    }
                    eprintln!("{name}: {} runs, {}", hashes.len(), hashes.first().map_or("", String::as_str));
                    if hashes.iter().any(|hash| *hash != expected) {
                        differing.lock().unwrap().push(format!("{name}: {hashes:?}"));
                    }
                }
            });
        }
    });
    let differing = differing.into_inner().unwrap();
    assert!(differing.is_empty(), "{expected} without a variation; {differing:#?}");
    // and the hash is one of what is printed: another title, another hash
    let named = s.read("factbrief.toml").replacen("title    = \"", "title    = \"Another ", 1);
    s.write("factbrief.toml", named);
    assert_ne!(ran(&mut build(s.path()), s.path()), expected);
}
