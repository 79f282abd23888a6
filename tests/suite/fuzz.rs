//! What is fuzzed, in the default run: every case that was ever found, every seed, and mutations of the seeds by a fixed
//! chance. `.ci/fuzz` runs the same targets under a fuzzer that sees which branches are taken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::chance::Chance;
use crate::scratch::repository;

#[path = "../../fuzz/src/targets.rs"]
#[allow(dead_code, unreachable_pub, reason = "the fuzz targets use it, too")]
mod targets;

/// The files of a folder, or the file, with their names, in order.
fn inputs(path: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(listing) = std::fs::read_dir(path) else {
        return std::fs::read(path).map(|bytes| (path.display().to_string(), bytes)).into_iter().collect();
    };
    let mut paths: Vec<_> = listing.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

/// Holds a target against an input, which is written out where it fails.
fn hold(target: &targets::Target, name: &str, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))).is_err() {
        let kept = std::env::temp_dir().join(format!("factbrief-fuzz-{}", target.name));
        std::fs::write(&kept, bytes).unwrap();
        panic!("{} fails on {name}: the input is in {}", target.name, kept.display());
    }
}

#[test]
fn what_was_found_once_is_not_found_again() {
    let mut held = 0;
    for target in targets::TARGETS {
        for (name, bytes) in inputs(&repository().join("fuzz/cases").join(target.name)) {
            hold(target, &name, &bytes);
            held += 1;
        }
    }
    assert!(held > 0, "fuzz/cases is read");
}

/// Pieces that mean something to one reader or another.
const PIECES: &[&str] = &[
    "\n%%\n",
    "\n",
    "\r\n",
    "\u{feff}",
    "\u{202e}",
    "\u{200c}",
    "\u{301}",
    "\0",
    "\"",
    "'",
    "\"\"\"",
    "\\",
    "\\u0000",
    "[[",
    "]]",
    "{{",
    "}}",
    "{",
    "}",
    "[",
    "]",
    "=",
    "..",
    "-",
    "–",
    "/",
    "%",
    "~",
    "?",
    "X",
    "<",
    ">",
    "</p>",
    "<table>",
    "<meta ",
    "&#x0;",
    "&",
    "@",
    "#",
    "|",
    "`",
    "*",
    "_",
    ",",
    ";",
    "\t",
    "0",
    "1",
    "-1",
    "9223372036854775808",
    "99999999999999999999999",
    "1e999",
    "2015-02-30",
    "at least ",
    "dozens of ",
    "two-",
    "million ",
    "٢٩",
    "死",
    "ﷺ",
    "\u{1f468}\u{200d}\u{1f469}",
    "[claim.x]\n",
    "[[x]]\n",
    "version = 1\n",
    "{{#each this}}",
    "{{/each}}",
    "stream\n",
    "endobj\n",
    "/Length 9999999999",
    "[...]",
    "TY  - ",
    "@article{",
];

/// `bytes` with some changes.
fn mutated(bytes: &[u8], others: &[(String, Vec<u8>)], chance: &mut Chance) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(out.len() + 1);
        let end = (at + chance.below(40)).min(out.len());
        match chance.below(6) {
            0 => drop(out.drain(at..end)),
            1 => drop(out.splice(at..at, PIECES[chance.below(PIECES.len())].bytes())),
            2 => drop(out.splice(at..end, PIECES[chance.below(PIECES.len())].bytes())),
            3 => {
                let copy = out[at..end].repeat(1 + chance.below(4));
                out.splice(at..at, copy);
            }
            4 => {
                let other = &others[chance.below(others.len())].1;
                let from = chance.below(other.len() + 1);
                let to = (from + chance.below(200)).min(other.len());
                out.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
        }
    }
    out
}

/// The seeds of a target, small ones alone: its own, then the project's files.
fn seeds(target: &targets::Target) -> Vec<(String, Vec<u8>)> {
    let own = inputs(&repository().join("fuzz/seeds").join(target.name));
    let line = targets::SEEDS.lines().find_map(|line| line.strip_prefix(target.name)).unwrap();
    let all = own.into_iter().chain(line.split_whitespace().flat_map(|seed| inputs(&repository().join(seed))));
    let fits = |name: &str, bytes: &[u8]| match target.name {
        "pdf" => name.ends_with(".pdf") && bytes.len() < 150_000,
        _ => !name.ends_with(".pdf") && !name.ends_with(".svg") && bytes.len() < 40_000,
    };
    all.filter(|(name, bytes)| fits(name, bytes)).collect()
}

/// How many mutations of the seeds of a target are tried in the default run: what takes some tens of seconds for all at most.
fn share(name: &str) -> usize {
    match name {
        "pdf" | "template" => 12,
        "page" | "quantity" | "dossier" => 60,
        _ => 150,
    }
}

#[test]
fn no_mutation_of_a_seed_breaks_a_promise() {
    let times = if std::env::var_os("FACTBRIEF_FULL").is_some() { 100 } else { 1 };
    // a panic on the way is told by its input, not by its message
    std::thread::scope(|scope| {
        for target in targets::TARGETS {
            scope.spawn(move || {
                let seeds = seeds(target);
                assert!(!seeds.is_empty(), "{} has seeds", target.name);
                let mut chance = Chance::new(target.name);
                for (name, bytes) in seeds.iter().filter(|(_, bytes)| target.name != "pdf" || bytes.len() < 60_000) {
                    hold(target, name, bytes);
                }
                for _ in 0..share(target.name) * times {
                    let (name, bytes) = &seeds[chance.below(seeds.len())];
                    let input = mutated(bytes, &seeds, &mut chance);
                    hold(target, &format!("a mutation of {name}"), &input);
                }
            });
        }
    });
}
