//! Random text in all scripts through the whole way to PDF: load, check, compose, Markdown, pages.
//!
//! No text makes the process die. Each is refused with its place, or named by a finding, or stands on the page as it was
//! written. 200 texts by default; `FACTBRIEF_FULL=1` tries 10,000, and another
//! number so many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use factbrief::Workspace;
use factbrief::check::Settings;
use factbrief::diag::Level;
use factbrief::evidence::carried::Carried;
use factbrief::load::archive::Archive;
use factbrief::load::files::Files;
use factbrief::render::{pdf, set};
use factbrief::text::file::TextFile;
use factbrief::text::gate;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use crate::chance::Chance;
use crate::scratch::{Scratch, repository};

/// Characters by script; what is assigned to none is a group of its own.
fn alphabets() -> Vec<(Script, Vec<char>)> {
    let mut groups: BTreeMap<&'static str, (Script, Vec<char>)> = BTreeMap::new();
    for c in '\u{20}'..=char::MAX {
        let script = c.script();
        groups.entry(script.full_name()).or_insert_with(|| (script, Vec::new())).1.push(c);
    }
    groups.into_values().collect()
}

/// What joins, marks, turns and hides: in any text, now and then.
const BETWEEN: &[char] = &[
    '\u{200c}',
    '\u{200d}',
    '\u{300}',
    '\u{301}',
    '\u{35c}',
    '\u{591}',
    '\u{64b}',
    '\u{651}',
    '\u{93c}',
    '\u{94d}',
    '\u{e31}',
    '\u{fe0f}',
    '\u{fe0e}',
    '\u{1f3fd}',
    '\u{1f468}',
    '\u{2640}',
    '\u{1f1e9}',
    '\u{20e3}',
    '\u{a0}',
    '\u{202f}',
    '\u{3000}',
    '#',
    '*',
    '_',
    '|',
    '[',
    ']',
    '<',
    '`',
    '$',
    '\\',
    '@',
    '&',
    '~',
    '(',
    ')',
    '«',
    '»',
    '“',
    '”',
    '…',
    '—',
    '٪',
];
/// What is refused at the gate.
const REFUSED: &[char] = &[
    '\u{202e}',
    '\u{2067}',
    '\u{200e}',
    '\u{200b}',
    '\u{ad}',
    '\u{e000}',
    '\u{fdd0}',
    '\u{378}',
    '\u{85}',
    '\u{2028}',
    '\u{10ffff}',
];

fn text(alphabets: &[(Script, Vec<char>)], printable: &[usize], chance: &mut Chance) -> String {
    let mut text = String::new();
    // most texts are such as can be printed, for those are set
    let of_fonts = chance.below(4) > 0;
    let mut group = || if of_fonts { printable[chance.below(printable.len())] } else { chance.below(alphabets.len()) };
    let (first, second) = (group(), group());
    let hides = chance.below(12) == 0;
    for word in 0..=chance.below(6) {
        if word > 0 {
            text.push(' ');
        }
        let letters = &alphabets[if chance.below(4) == 0 { second } else { first }].1;
        for _ in 0..=chance.below(9) {
            let c = letters[chance.below(letters.len())];
            // of the scripts that are set, what has a glyph
            if !of_fonts || pdf::covers(c.encode_utf8(&mut [0; 4])) && !gate::is_hidden(c) {
                text.push(c);
            }
            if chance.below(8) == 0 {
                let c = BETWEEN[chance.below(BETWEEN.len())];
                if !of_fonts || pdf::covers(c.encode_utf8(&mut [0; 4])) {
                    text.push(c);
                }
            }
        }
    }
    if hides {
        text.push(REFUSED[chance.below(REFUSED.len())]);
    }
    // an empty question is refused for another reason
    format!("Q {}", text.trim())
}

/// As a value is printed.
fn flat(text: &str) -> String {
    text.split([' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn squash(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

struct Outcome {
    printed: usize,
    refused: usize,
    without_glyph: usize,
    panics: usize,
}

/// Prints texts, each the question of a record, in one briefing; those that a finding names are taken out, and the rest is
/// printed again.
fn print(mut texts: BTreeMap<String, String>, outcome: &mut Outcome) {
    let s = Scratch::flood();
    let archive = Archive::folder(&repository().join("tests/suite/flood/archive"));
    let settings =
        Settings { command: BTreeMap::from([("figure-in-prose".to_owned(), Level::Allow)]), ..Settings::default() };
    loop {
        let mut records = String::new();
        for (id, text) in &texts {
            let _ = writeln!(
                records,
                "[gap.{id}]\nquestion = {}\nabout = [\"flood\"]\n",
                toml::Value::String(text.clone())
            );
        }
        let name = "seeds/ferrow/gaps.toml";
        let before = BTreeMap::from([(name.to_owned(), Arc::new(TextFile::new(name, records.as_str())))]);
        let workspace = match Workspace::read(&Files::with(s.path(), before)) {
            Ok(workspace) => workspace,
            Err(findings) => {
                let hidden: BTreeSet<String> = texts
                    .iter()
                    .filter(|(_, text)| text.chars().any(gate::is_hidden))
                    .map(|(id, _)| id.clone())
                    .collect();
                let mut named = BTreeSet::new();
                for finding in &findings {
                    assert_eq!(finding.code, "hidden-character", "{}", finding.title);
                    let at = &finding.labels[0];
                    let record = at.file.text()[..at.span.start].rfind("[gap.").expect("a record before it");
                    named.insert(at.file.text()[record + 5..].split(']').next().unwrap().to_owned());
                }
                assert_eq!(named, hidden);
                outcome.refused += named.len();
                texts.retain(|id, _| !named.contains(id));
                continue;
            }
        };
        let verdict = workspace.check(&archive, &settings);
        assert!(!verdict.fails(), "{:?}", verdict.findings().iter().map(|f| (f.code, &f.title)).collect::<Vec<_>>());
        match workspace.print(&verdict, &workspace.requests[0], None, &mut pdf::typeset) {
            Ok(printed) => {
                let lines: BTreeSet<String> = set::plain(&printed.markdown).lines().map(squash).collect();
                let carried = Carried::read(&printed.pdf, "x.pdf").unwrap();
                let pages: String = carried.pages.iter().map(|page| squash(&page.text)).collect();
                // signs that are the same letter, as that of the kelvin is a K, have one glyph
                let pages: String = pages.nfc().collect();
                let known: BTreeSet<char> = pages.chars().collect();
                let view = carried.named("view.json").next().expect("the view");
                let view = String::from_utf8(view.bytes.clone()).unwrap();
                for (id, text) in &texts {
                    let wanted = squash(&flat(text));
                    assert!(lines.iter().any(|line| line.contains(&wanted)), "{id}: {text:?} is not in the Markdown");
                    let json = serde_json::to_string(text.trim()).unwrap();
                    assert!(view.contains(json.trim_matches('"')), "{id}: {text:?} is not in the view");
                    let plain = |c: char| matches!(c.script(), Script::Latin | Script::Greek | Script::Cyrillic);
                    if wanted.chars().all(|c| c.is_ascii_alphanumeric() || plain(c) && !is_combining_mark(c)) {
                        // it lies on the page in the order of reading
                        let wanted: String = wanted.nfc().collect();
                        assert!(pages.contains(&wanted), "{id}: {text:?} is not on the page");
                    }
                    let wanted: String = wanted.nfc().collect();
                    // elsewhere letters and marks may be one glyph with their neighbours
                    let alone = |c: char| plain(c) || matches!(c.script(), Script::Hebrew | Script::Common);
                    if wanted.chars().all(|c| alone(c) && !is_combining_mark(c)) {
                        for c in wanted.chars() {
                            assert!(known.contains(&c), "{id}: {c:?} of {text:?} is on no page");
                        }
                    }
                }
                outcome.printed += texts.len();
                return;
            }
            Err(findings) => {
                let [finding] = findings.as_slice() else {
                    panic!("one finding: {:?}", findings.iter().map(|f| &f.title).collect::<Vec<_>>())
                };
                let named: BTreeSet<String> = finding
                    .labels
                    .iter()
                    .map(|label| label.text.split('`').nth(1).unwrap_or_default().to_owned())
                    .collect();
                assert!(
                    !named.is_empty() && named.iter().all(|id| texts.contains_key(id)),
                    "{named:?}: {} {:?}",
                    finding.title,
                    finding.notes
                );
                match finding.code {
                    "missing-glyph" => {
                        // five are named; the characters are all said
                        let code = |word: &str| char::from_u32(u32::from_str_radix(word.split(')').next()?, 16).ok()?);
                        let missing: BTreeSet<char> = finding.notes[0].split("(U+").skip(1).filter_map(code).collect();
                        let lacks = |text: &String| text.chars().any(|c| missing.contains(&c));
                        assert!(named.iter().all(|id| lacks(&texts[id])));
                        let before = texts.len();
                        // what has a glyph alone and none beside another is found by trying; the brackets of others are not it
                        let alien = missing.iter().any(|c| !pdf::covers(c.encode_utf8(&mut [0; 4])));
                        texts.retain(|id, text| if alien { !lacks(text) } else { !named.contains(id) });
                        outcome.without_glyph += before - texts.len();
                    }
                    "typesetter-panic" => {
                        outcome.panics += named.len();
                        texts.retain(|id, _| !named.contains(id));
                    }
                    other => panic!("{other}: {} {:?}", finding.title, finding.notes),
                }
            }
        }
        pdf::forget(0);
    }
}

#[test]
fn text_in_any_script_is_printed_or_its_record_is_named() {
    let all = match std::env::var("FACTBRIEF_FULL").as_deref() {
        Ok("1") => 10_000,
        Ok(number) => number.parse().expect("FACTBRIEF_FULL is 1 or how many texts"),
        Err(_) => 200,
    };
    let alphabets = alphabets();
    let printable: Vec<usize> = (0..alphabets.len())
        .filter(|i| {
            let some = |c: &&char| pdf::covers(c.encode_utf8(&mut [0; 4]));
            alphabets[*i].1.iter().filter(some).count() > 20
        })
        .collect();
    assert!(
        alphabets.len() > 150 && printable.len() >= 6,
        "{} scripts, {} printable",
        alphabets.len(),
        printable.len()
    );
    let mut chance = Chance::new("all scripts");
    let mut outcome = Outcome { printed: 0, refused: 0, without_glyph: 0, panics: 0 };
    for batch in 0..all / 100 {
        let texts = (0..100).map(|i| (format!("g{batch}-{i}"), text(&alphabets, &printable, &mut chance))).collect();
        print(texts, &mut outcome);
    }
    let Outcome { printed, refused, without_glyph, panics } = outcome;
    assert_eq!(printed + refused + without_glyph + panics, all / 100 * 100);
    assert!(printed > all / 4 && refused > 0 && without_glyph > 0, "{printed} {refused} {without_glyph} {panics}");
    eprintln!(
        "{printed} printed, {refused} refused at the gate, {without_glyph} without a glyph, {panics} on which Typst panics"
    );
}

#[test]
fn a_sign_that_is_mirrored_elsewhere_is_read_as_itself() {
    let s = Scratch::flood();
    let gap = |id: &str, text: &str| format!("[gap.{id}]\nquestion = \"{text}\"\nabout = [\"flood\"]\n");
    let questions = [
        "\u{5d0}\u{5d1} «\u{5d2}\u{5d3}» (\u{5d4}) [\u{5d5}]",
        "Was it «closed» (or open) [at all]?",
        "Was x > 5 or 3 < y?",
    ];
    let gaps: String = ["a", "b", "c"].iter().zip(questions).map(|(id, text)| gap(id, text)).collect();
    s.write("seeds/ferrow/gaps.toml", gaps);
    s.run(&["build", "--allow", "figure-in-prose"]).exits(0);
    let carried = Carried::read(&s.bytes("briefings/ferrow.pdf"), "x.pdf").unwrap();
    let pages: String = carried.pages.iter().map(|page| squash(&page.text)).collect();
    for question in &questions[1..] {
        assert!(pages.contains(&squash(question)), "{question}: {pages}");
    }
}

#[test]
fn a_quotation_without_letters_is_its_records() {
    let s = Scratch::flood();
    let gap = "[gap.a]\nquestion = \"Who wrote “⠳⡟⠨ ⢘⢭⠞ ⣣⣶⣼”, and what is “← → ↑ ↓”?\"\nabout = [\"flood\"]\n";
    s.write("seeds/ferrow/gaps.toml", gap);
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/ferrow.md").contains("⢘⢭⠞"));
}
