//! Many runs at once, streams that are closed or full, folders that are not what they seem.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::tree::Tree;
use crate::scratch::Scratch;

/// Runs the program by a line of the shell, in which `$factbrief` is its name.
fn shell(s: &Scratch, line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .current_dir(s.path())
        .env("factbrief", env!("CARGO_BIN_EXE_factbrief"))
        .env_remove("FACTBRIEF_ARCHIVE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn says(done: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

fn briefings(s: &Scratch) -> Tree {
    Tree::of(&s.path().join("briefings"))
}

/// The briefings as a build leaves them that nothing disturbs.
fn undisturbed(title: &str) -> Tree {
    let s = Scratch::flood();
    s.edit("briefings/ferrow.toml", "Flood in Ferrow", title);
    s.run(&["build"]).exits(0);
    briefings(&s)
}

#[test]
fn twenty_builds_at_once_leave_what_one_leaves() {
    let (old, new) = (undisturbed("Flood in Ferrow"), undisturbed("The flood in Ferrow"));
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    let over = AtomicBool::new(false);
    let names = ["ferrow.md", "ferrow.pdf", "ferrow.ranges.svg", "ferrow.lock"].map(Path::new);
    let seen: BTreeSet<Vec<bool>> = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                seen.insert(
                    names
                        .map(|name| {
                            let now = std::fs::read(s.path().join("briefings").join(name)).unwrap();
                            let is_new = Some(&now) == new.get(name);
                            assert!(is_new || Some(&now) == old.get(name), "{} is half-written", name.display());
                            is_new
                        })
                        .to_vec(),
                );
            }
            seen
        });
        let children: Vec<_> = (0..20)
            .map(|n| {
                let mut arguments = vec!["build", "--jobs", "1"];
                match n % 4 {
                    1 => arguments.extend(["--out", "one"]),
                    3 => arguments.extend(["--out", "two"]),
                    _ => {}
                }
                s.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in children {
            let done = child.wait_with_output().unwrap();
            assert_eq!(done.status.code(), Some(0), "{}", says(&done));
        }
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(seen.contains(&vec![false; 4]) || seen.contains(&vec![true; 4]), "{seen:?}");
    let printed = briefings(&s);
    assert!(printed == new, "{:?}", printed.differences(&new));
    let of = |folder: &str| Tree::of(&s.path().join(folder));
    assert!(of("one") == of("two") && of("one").get(Path::new("ferrow.pdf")) == new.get(Path::new("ferrow.pdf")));
    assert!(Tree::of(s.path()).unfinished().is_empty());
}

#[test]
fn a_reader_that_has_read_enough_changes_neither_the_work_nor_the_exit_code() {
    let new = undisturbed("Flood in Ferrow");
    // findings on standard output, and nobody reads them
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    std::fs::remove_dir_all(s.path().join(".factbrief")).unwrap();
    new.0.keys().filter(|n| n.extension().is_some_and(|e| e != "toml")).for_each(|n| {
        std::fs::remove_file(s.path().join("briefings").join(n)).unwrap();
    });
    let deaf = |arguments: &[&str]| {
        let mut child = s.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    };
    s.write(
        "seeds/ferrow/more.toml",
        "[gap.more]\nquestion = \"Is there more?\"\nwhy = \"Nobody says.\"\nabout = [\"flod\"]\n",
    );
    let done = deaf(&["check", "--format", "json"]);
    assert!(matches!(done.status.code(), Some(1 | 2)), "{:?} {}", done.status, says(&done));
    std::fs::remove_file(s.path().join("seeds/ferrow/more.toml")).unwrap();
    for format in ["json", "sarif", "junit"] {
        let done = deaf(&["build", "--format", format]);
        assert_eq!(done.status.code(), Some(0), "{}", says(&done));
        assert!(briefings(&s) == new, "{format}");
    }
    let done = deaf(&["--help"]);
    assert_eq!(done.status.code(), Some(0), "{}", says(&done));
}

#[test]
fn a_stream_that_is_full_or_closed_is_told_by_the_exit_code() {
    let new = undisturbed("Flood in Ferrow");
    let s = Scratch::flood();
    // with nowhere to tell it, the work is done
    let done = shell(&s, "exec \"$factbrief\" build 2>/dev/full");
    assert_eq!(done.status.code(), Some(0), "{}", says(&done));
    assert!(briefings(&s) == new);
    for (line, code) in [
        ("\"$factbrief\" check --format json >/dev/full", 4),
        ("\"$factbrief\" check --format sarif >/dev/full", 4),
        ("\"$factbrief\" build --context >/dev/full", 4),
        ("\"$factbrief\" schema dossier >/dev/full", 4),
        ("\"$factbrief\" --help >/dev/full", 4),
        ("\"$factbrief\" explain >/dev/full 2>/dev/full", 4),
        // what is closed is nowhere, and never a file that happens to be opened next
        ("\"$factbrief\" build --fresh <&-", 0),
        ("\"$factbrief\" build --fresh >&-", 0),
        ("\"$factbrief\" build --fresh <&- >&- 2>&-", 0),
        ("\"$factbrief\" check --format json <&- >&- 2>&-", 0),
    ] {
        let done = shell(&s, &format!("exec {line}"));
        assert_eq!(done.status.code(), Some(code), "{line}: {}", says(&done));
        assert!(!says(&done).contains("panicked"), "{line}: {}", says(&done));
        let full = line.contains(" >/dev/full") && !line.contains("--help") && !line.contains(" 2>");
        assert!(!full || says(&done).contains("cannot write to standard output"), "{line}: {}", says(&done));
        assert!(briefings(&s) == new, "{line}");
    }
}

#[test]
fn files_have_the_mode_that_the_umask_gives() {
    let s = Scratch::flood();
    for (umask, mode) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let done = shell(
            &s,
            &format!(
                "umask {umask}; rm -f briefings/ferrow.md briefings/ferrow.pdf briefings/ferrow.ranges.svg briefings/ferrow.lock; rm -rf .factbrief; exec \"$factbrief\" build"
            ),
        );
        assert_eq!(done.status.code(), Some(0), "{}", says(&done));
        for name in ["ferrow.md", "ferrow.pdf", "ferrow.ranges.svg", "ferrow.lock"] {
            let meta = std::fs::metadata(s.path().join("briefings").join(name)).unwrap();
            assert_eq!(meta.permissions().mode() & 0o777, mode, "{name} at umask {umask}");
        }
    }
}

#[test]
fn a_folder_that_is_a_link_a_file_or_missing() {
    let new = undisturbed("Flood in Ferrow");
    let outside = Scratch::empty();
    // a folder of the project that leads elsewhere is not written through
    for (folder, command) in
        [("briefings", "build"), ("seeds/ferrow", "check"), ("seeds", "check"), (".factbrief", "build")]
    {
        let s = Scratch::flood();
        let moved = outside.path().join(folder.replace('/', "-"));
        if s.path().join(folder).exists() {
            std::fs::rename(s.path().join(folder), &moved).unwrap();
        } else {
            std::fs::create_dir(&moved).unwrap();
        }
        symlink(&moved, s.path().join(folder)).unwrap();
        let before = Tree::of(&moved);
        let ran = s.run(&[command]);
        assert!((0..=4).contains(&ran.code), "{folder}: {} {}", ran.code, ran.err);
        assert!(Tree::of(&moved) == before, "{folder}: written through a link\n{}", ran.err);
        assert!(
            folder == ".factbrief" || ran.code != 0 && ran.err.contains("link"),
            "{folder}: {} {}",
            ran.code,
            ran.err
        );
    }
    let s = Scratch::flood();
    s.write("taken", "a file");
    s.run(&["build", "--out", "taken"]).exits(4).says("taken");
    assert_eq!(s.read("taken"), "a file");
    s.run(&["build", "--out", "new/deep/folder"]).exits(0);
    assert_eq!(Some(&s.bytes("new/deep/folder/ferrow.pdf")), new.get(Path::new("ferrow.pdf")));
    // what is named in the call may be a link
    std::fs::create_dir(outside.path().join("out")).unwrap();
    symlink(outside.path().join("out"), s.path().join("linked")).unwrap();
    s.run(&["build", "--out", "linked"]).exits(0);
    assert!(outside.path().join("out/ferrow.pdf").exists());
    // a folder where a file is to be
    std::fs::create_dir(s.path().join("briefings/ferrow.pdf")).unwrap();
    s.run(&["build"]).exits(4).says("cannot write briefings/ferrow.pdf").says("what was there before is unchanged");
    assert!(!s.path().join("briefings/ferrow.md").exists());
    std::fs::remove_dir(s.path().join("briefings/ferrow.pdf")).unwrap();
    s.run(&["build"]).exits(0);
    assert!(briefings(&s) == new);
}

#[test]
fn a_folder_that_cannot_be_written_to_stays_as_it_is() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    let folder = s.path().join("briefings");
    let before = Tree::of(&folder);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    // modes do not hold for everyone
    let holds = File::create(folder.join("probe")).is_err();
    if holds {
        s.run(&["build"]).exits(4).says("cannot write briefings/ferrow.md").says("what was there before is unchanged");
        assert!(Tree::of(&folder) == before);
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let _ = std::fs::remove_file(folder.join("probe"));
    s.run(&["build"]).exits(0);
    assert!(briefings(&s) == undisturbed("The flood in Ferrow"));
}
