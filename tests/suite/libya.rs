//! The project of this repository: what is committed is what the program prints, with the articles at hand or without.

use std::path::Path;

use serde_json::Value;

use crate::scratch::{Scratch, repository};

#[test]
fn a_clone_without_the_articles_passes_by_the_lock_and_is_current() {
    let s = Scratch::libya();
    let ran = s.run(&["check", "--no-archive", "--locked"]).exits(0).says("passed by the evidence lock");
    assert!(!ran.err.contains("NOT PROVED"));
    let ran = s.run(&["build", "--check", "--no-archive"]).exits(0);
    let briefings = std::fs::read_dir(s.path().join("briefings")).unwrap();
    let all = briefings.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "toml")).count();
    let said = format!("{all} briefings compared with what is there: all are current\n");
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", said.as_str()), "what was compared, and nothing else");
}

#[test]
fn two_builds_in_two_folders_on_one_or_two_threads_give_the_same_bytes() {
    let (one, two) = (Scratch::libya(), Scratch::libya());
    for s in [&one, &two] {
        for slug in ["derna-2015", "derna-2017"] {
            for ending in ["md", "pdf"] {
                std::fs::remove_file(s.path().join(format!("briefings/{slug}.{ending}"))).unwrap();
            }
        }
    }
    one.run(&["build", "--no-archive", "--jobs", "1"]).exits(0);
    let ran = two
        .command(&["build", "--no-archive", "--jobs", "2"])
        .env("TZ", "Asia/Tokyo")
        .env("LANG", "ar_EG.UTF-8")
        .output()
        .unwrap();
    assert!(ran.status.success());
    for slug in ["derna-2015", "derna-2017"] {
        for ending in ["md", "pdf"] {
            let name = format!("briefings/{slug}.{ending}");
            assert!(one.bytes(&name) == two.bytes(&name), "{name} differs between two builds");
            assert!(
                one.bytes(&name) == std::fs::read(repository().join(&name)).unwrap(),
                "{name} is not what is committed"
            );
        }
    }
}

/// Where the articles are at hand, every quotation is proved afresh.
#[test]
fn with_the_articles_every_quotation_is_proved_afresh() {
    let archive = match std::env::var_os("FACTBRIEF_ARCHIVE") {
        Some(folder) => Path::new(&folder).to_owned(),
        None => repository().join("archive"),
    };
    let s = Scratch::libya();
    if !archive.is_dir() {
        // they are not part of the repository; the lock answers, and the summary must say so
        s.run(&["check"]).exits(0).says("the articles not being at hand");
        return;
    }
    let ran = s
        .run(&["check", "--locked", "--archive", archive.to_str().unwrap()])
        .exits(0)
        .says("found in the articles exactly");
    assert!(!ran.err.contains("evidence lock"), "{}", ran.err);
}

#[test]
fn one_character_changed_anywhere_fails_on_its_line() {
    let s = Scratch::libya();
    let claims = "seeds/egypt-libya/claims-2015.toml";
    for (from, to, expected) in [
        ("eight strikes had destroyed homes", "eight strikes had destroyed home", "these are not the words verified"),
        ("value   = \"8\"", "value   = \"9\"", "value = \"8\""),
    ] {
        let before = s.read(claims);
        s.edit(claims, from, to);
        s.run(&["check", "--no-archive"]).exits(1).says("claims-2015.toml:").says(expected);
        s.run(&["build", "--no-archive"]).exits(1).says("did not pass the check");
        s.write(claims, before);
    }
    let events = "seeds/egypt-libya/events-2015.toml";
    let text = s.read(events);
    let at = text.find("[event.derna15]").unwrap();
    let changed = format!("{}{}", &text[..at], text[at..].replacen("2015-02-16", "2015-02-17", 1));
    s.write(events, changed);
    s.run(&["check", "--no-archive"])
        .exits(1)
        .says("the date of event `derna15` is not the one its words give")
        .says("Monday");
}

#[test]
fn the_pages_and_the_markdown_say_the_same_in_the_same_order() {
    let s = Scratch::libya();
    for slug in ["derna-2015", "derna-2017", "derna-positions-2015", "libya-situation-2015"] {
        same_text(&s, slug, slug);
    }
}

/// The Markdown with the texts drawn in its pictures in the place of their descriptions.
fn with_pictures(markdown: &str, view: &Value) -> String {
    fn collect(value: &Value, drawn: bool, out: &mut String) {
        match value {
            Value::String(text) if drawn => {
                out.push_str(&factbrief::text::markdown::escape(text));
                out.push(' ');
            }
            Value::Array(list) => list.iter().for_each(|v| collect(v, drawn, out)),
            Value::Object(map) => {
                map.iter().for_each(|(key, v)| collect(v, factbrief::brief::chart::DRAWN.contains(&key.as_str()), out));
            }
            _ => {}
        }
    }
    let mut out = markdown.to_owned();
    let pictures = view.as_object().unwrap().values().filter_map(Value::as_array).flatten();
    for picture in pictures.filter(|p| p["file"].as_str().is_some_and(|f| f.ends_with(".svg"))) {
        let end = format!("]({})", picture["file"].as_str().unwrap());
        let at = out.find(&end).unwrap_or_else(|| panic!("{end} is not shown"));
        let start = out[..at].rfind("![").unwrap();
        let mut text = String::new();
        collect(picture, false, &mut text);
        assert!(text.len() > 20, "nothing is drawn in {end}");
        out.replace_range(start..at + end.len(), &text);
    }
    out
}

/// Holds the text of a briefing's PDF against its Markdown, character by character.
pub(crate) fn same_text(s: &Scratch, slug: &str, what: &str) {
    let view: Value = serde_json::from_str(&s.run(&["build", "--context", slug]).exits(0).out).unwrap();
    let markdown = with_pictures(&s.read(&format!("briefings/{slug}.md")), &view);
    let pdf = &s.path().join(format!("briefings/{slug}.pdf"));
    // the numbers of a list are text on the page and markup in the Markdown
    let numbered = markdown.lines().map(|l| match l.split_once(". ") {
        Some((n, rest)) if n.chars().all(|c| c.is_ascii_digit()) && !n.is_empty() => format!("{n}\\. {rest}"),
        _ => l.to_owned(),
    });
    let markdown = numbered.collect::<Vec<_>>().join("\n");
    let said: Vec<String> = words(&factbrief::render::set::plain(&markdown));
    let printed = words(&crate::project::page_text(pdf, what));
    let bullet = |list: Vec<String>| -> Vec<String> { list.into_iter().filter(|c| c != "•").collect() };
    let (said, printed) = (bullet(said), bullet(printed));
    let differs = said.iter().zip(&printed).position(|(a, b)| a != b);
    if let Some(i) = differs {
        let near = |list: &[String]| list[i.saturating_sub(30)..(i + 30).min(list.len())].concat();
        panic!("{what}: character {i}: Markdown {:?}, PDF {:?}", near(&said), near(&printed));
    }
    assert_eq!(said.len(), printed.len(), "{what}");
}

/// The characters that are printed; where lines break is the page's affair.
fn words(text: &str) -> Vec<String> {
    text.chars().filter(|c| !c.is_whitespace()).map(String::from).collect()
}
