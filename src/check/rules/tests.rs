//! The table of rules is sorted and complete, and every page's examples do what the page says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::check::{self, Settings};
use crate::load::archive::Archive;
use crate::load::lock::Lock;
use crate::text::file::TextFile;
use crate::text::hash;

#[test]
fn the_table_is_sorted_and_complete() {
    assert!(RULES.windows(2).all(|pair| pair[0].name < pair[1].name));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check/rules");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !matches!(name.as_str(), "mod.rs" | "tests.rs"))
        .collect();
    files.sort();
    let mut expected: Vec<String> = RULES
        .iter()
        .flat_map(|rule| [format!("{}.md", rule.name), format!("{}.rs", rule.name.replace('-', "_"))])
        .collect();
    expected.sort();
    assert_eq!(files, expected);
    for rule in RULES {
        let severity = ["error", "warning", "deny", "warn", "bad"];
        assert!(!rule.name.split('-').any(|word| severity.contains(&word)), "{} names a severity", rule.name);
    }
}

struct Example {
    info: String,
    article: String,
    toml: String,
}

/// The examples under a heading: an `article` block and the `toml` block behind it.
fn examples(page: &str, heading: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut under = "";
    let mut article = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            under = title;
        } else if let Some(info) = line.strip_prefix("```").filter(|i| !i.is_empty()) {
            let mut body = String::new();
            for line in lines.by_ref().take_while(|l| *l != "```") {
                body.push_str(line);
                body.push('\n');
            }
            if under != heading {
                continue;
            }
            if info == "article" {
                article = body;
            } else if info.starts_with("toml") {
                found.push(Example { info: info.to_owned(), article: article.clone(), toml: body });
            }
        }
    }
    found
}

fn findings(rule: &str, example: &Example) -> Vec<String> {
    let hash = hash::sha256(example.article.as_bytes());
    let mut toml = example.toml.replace("\"HASH\"", &format!("\"{hash}\""));
    if !toml.contains("[source.s]") {
        toml.push_str(&format!(
            "\n[source.s]\nfile = \"s.txt\"\nsha256 = \"{hash}\"\npublisher = \"The Example\"\nlanguage = \"en\"\n"
        ));
    }
    let file = Arc::new(TextFile::new("example.toml", toml));
    let dossier = crate::load::resolve("example", "en", &[file])
        .unwrap_or_else(|f| panic!("{rule}: {}", crate::report::render(&f, crate::report::Format::Human, false)));
    let archive = if example.info.contains("archive=absent") {
        Archive::Absent
    } else if example.info.contains("archive=empty") {
        Archive::Texts(BTreeMap::new())
    } else {
        Archive::Texts(BTreeMap::from([("s.txt".to_owned(), example.article.clone().into_bytes())]))
    };
    let mut lock = Lock::default();
    for word in example.info.split(' ') {
        if let Some((id, value)) = word.strip_prefix("lock=pinned:").and_then(|pin| pin.split_once('=')) {
            lock.pinned.insert(id.to_owned(), value.to_owned());
        }
    }
    let (report, _) = check::run(&dossier, &archive, Some(&lock), &Settings::default());
    report.findings.iter().map(crate::report::short::render).collect()
}

#[test]
fn every_page_fails_and_passes_as_it_says() {
    let mut wrong = String::new();
    for rule in RULES {
        assert!(rule.page.starts_with(&format!("# {}\n", rule.name)), "{}: the page's title", rule.name);
        assert!(rule.page.contains("\n## Why it matters\n"), "{}: no reason given", rule.name);
        let (fails, passes) = (examples(rule.page, "Fails"), examples(rule.page, "Passes"));
        assert!(!fails.is_empty() && !passes.is_empty(), "{}: no examples", rule.name);
        for example in fails {
            let found = findings(rule.name, &example);
            if !found.iter().any(|f| f.contains(&format!("[{}]", rule.name))) {
                wrong.push_str(&format!("{}: the failing example does not fail: {found:?}\n", rule.name));
            }
        }
        for example in passes {
            let found = findings(rule.name, &example);
            if !found.is_empty() {
                wrong.push_str(&format!("{}: the passing example does not pass: {found:#?}\n", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
