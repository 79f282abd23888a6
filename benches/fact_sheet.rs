//! `cargo bench`: what a cold fact sheet costs, against the `typst` command line on the same document where it is
//! installed (`cargo install typst-cli`, or `pip install typst` for the same library). Whole processes, median of many,
//! both in one run: machines differ and are noisy, so the ratio is the result.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark measures time and prints it"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use factbrief::load::archive::Archive;
use factbrief::render::set::blocks;
use factbrief::render::template::{Kind, typst_files};
use factbrief::{Workspace, check::Settings, load};

const ROUNDS: usize = 25;
/// Rounds of what prints every briefing of the project.
const SETS: usize = 7;

fn median(run: impl FnMut()) -> Duration {
    median_of(ROUNDS, run)
}

fn median_of(rounds: usize, mut run: impl FnMut()) -> Duration {
    run();
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2]
}

fn quiet(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}");
}

fn show(what: &str, time: Duration, base: Duration) {
    println!("{what:<58} {:>8.1} ms   {:>5.2}", time.as_secs_f64() * 1e3, time.as_secs_f64() / base.as_secs_f64());
}

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path();
    for part in ["seeds/egypt-libya", "briefings", "templates"] {
        copy_all(&root.join(part), &copy.join(part));
    }
    std::fs::copy(root.join("factbrief.toml"), copy.join("factbrief.toml")).unwrap();
    let program = env!("CARGO_BIN_EXE_factbrief");
    let slug = "derna-2015";

    let cold = median(|| {
        // nothing printed yet: load, prove by the lock, Markdown and PDF
        for ending in ["md", "pdf"] {
            let _ = std::fs::remove_file(copy.join(format!("briefings/{slug}.{ending}")));
        }
        quiet(Command::new(program).current_dir(copy).args(["build", "--no-archive", slug]));
    });
    let check = median(|| quiet(Command::new(program).current_dir(copy).args(["check", "--no-archive"])));
    let view =
        median(|| quiet(Command::new(program).current_dir(copy).args(["build", "--no-archive", "--context", slug])));

    let slugs: Vec<String> = load::briefings(&load::files::Files::on_disk(copy)).unwrap();
    let build =
        |more: &[&str]| quiet(Command::new(program).current_dir(copy).args(["build", "--no-archive"]).args(more));
    let set = median_of(SETS, || build(&["--fresh"]));
    let each = median_of(SETS, || slugs.iter().for_each(|slug| build(&["--fresh", slug])));
    let idle = median_of(SETS, || build(&[]));

    // the same document, for the typst command line
    let workspace = Workspace::open(copy).unwrap();
    let verdict = workspace.check(&Archive::Absent, &Settings::default());
    let request = workspace.requests.iter().find(|r| r.slug == slug).unwrap();
    let printed = workspace.print(&verdict, request, None, &mut factbrief::render::pdf::typeset).unwrap();
    let Ok(kind) = Kind::load(copy, "fact-sheet") else { panic!("the kind does not load") };
    let document = copy.join("document");
    for (name, text) in typst_files(&kind, &printed.view, &blocks(&printed.markdown), &printed.attached) {
        let path = document.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    println!(
        "{} pages, {} records, {} quotations; {ROUNDS} rounds, medians\n",
        printed.pages,
        verdict.tally().records,
        verdict.tally().quotations
    );
    println!("{:<58} {:>11}   {:>5}", "", "time", "ratio");
    let typst = std::env::var_os("TYPST").unwrap_or_else(|| "typst".into());
    let peer = Command::new(&typst).arg("--version").output().ok().filter(|o| o.status.success());
    let base = if peer.is_some() {
        let time = median(|| {
            quiet(Command::new(&typst).current_dir(&document).args([
                "compile",
                "--ignore-system-fonts",
                "--root",
                ".",
                "main.typ",
                "out.pdf",
            ]));
        });
        show("typst compile, the same document", time, time);
        time
    } else {
        println!("(no `typst` command found: ratios are to factbrief's own cold build)");
        cold
    };
    show("factbrief build, cold: load, prove, Markdown and PDF", cold, base);
    show("factbrief check, by the lock", check, base);
    show("factbrief build --context: load, prove, compose", view, base);
    let n = slugs.len();
    println!("\n{:<58} {:>11}   {:>5}", format!("all {n} briefings"), "time", "ratio");
    show("a process for each, one after the other", each, each);
    show("one process", set, each);
    show("one process, nothing changed since", idle, each);
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
