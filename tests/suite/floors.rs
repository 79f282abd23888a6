//! The direction of the data: a floor imports only from lower ones, and only the command line touches the world.

use std::path::{Path, PathBuf};

use crate::scratch::repository;

fn floor(module: &str) -> Option<u32> {
    Some(match module {
        "text" | "map" => 0,
        "diag" => 1,
        "facts" => 2,
        "load" | "reconcile" => 3,
        "check" | "intake" => 4,
        "brief" | "propose" => 5,
        "render" => 6,
        "audit" => 7,
        "editor" | "evidence" | "page" => 8,
        _ => return None,
    })
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = repository().join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The part of a file before its tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn a_floor_never_looks_up() {
    let mut seen = 0;
    for (name, text) in all() {
        let module = name.split(['/', '.']).next().unwrap();
        // tests may look where they like
        if name.ends_with("/tests.rs") {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let used: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let allowed = match (floor(module), floor(&used)) {
                    (Some(mine), Some(theirs)) => theirs < mine || used == module,
                    (Some(_), None) => false,
                    // reports see findings and texts, and nothing else
                    (None, Some(theirs)) if module == "report" => theirs <= 1,
                    _ => true,
                };
                // load and reconcile are one floor and know nothing of each other
                assert!(allowed, "src/{name}:{}: {module} uses {used}: {line}", number + 1);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "the walk found only {seen} imports");
}

#[test]
fn only_the_command_line_prints_writes_and_reads_the_environment() {
    for (name, text) in all() {
        if name.starts_with("cli/") || name == "main.rs" || name.ends_with("/tests.rs") {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            let line = line.trim();
            if line.starts_with("//") {
                continue;
            }
            for banned in [
                "println!",
                "print!(",
                "eprint",
                "std::env::",
                "fs::write",
                "File::create",
                "fs::rename",
                "remove_file",
                "SystemTime",
                "Instant::now",
                "Utc::now",
            ] {
                assert!(!line.contains(banned), "src/{name}:{}: {banned}", number + 1);
            }
        }
    }
}

#[test]
fn names_that_say_nothing_are_not_used() {
    for (name, _) in all() {
        for banned in ["util", "common", "manager", "helper", "misc"] {
            assert!(!name.contains(banned), "src/{name}");
        }
    }
}
