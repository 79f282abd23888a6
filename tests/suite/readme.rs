//! The five-minute tutorial of the README, done as it says.

use crate::scratch::{Scratch, repository};

/// The fenced blocks of the README, with their language.
fn blocks() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body: String = lines.by_ref().take_while(|l| *l != "```").map(|l| format!("{l}\n")).collect();
            found.push((language.to_owned(), body));
        }
    }
    found
}

#[test]
fn the_tutorial_does_what_it_says() {
    let blocks = blocks();
    let with = |words: &str| -> &str {
        let hits: Vec<&(String, String)> = blocks.iter().filter(|(_, body)| body.contains(words)).collect();
        assert_eq!(hits.len(), 1, "blocks with {words:?}");
        &hits[0].1
    };
    let s = Scratch::empty();
    s.run(&["init", "desk"]).exits(0);
    let desk = s.path().join("desk");
    let run = |arguments: &[&str]| s.run(&[&["--project", desk.to_str().unwrap()], arguments].concat());
    run(&["build"]).exits(0).says("wrote briefings/fire.pdf");

    let facts = "desk/seeds/lessing-bay/facts.toml";
    s.edit(facts, "value   = \">=3\"", "value = \"3\"");
    let shown = with("error[figure-differs-from-source]");
    // the value is in the column in which it stands
    s.edit(facts, "value = \"3\"", "value   = \"3\"");
    let ran = run(&["check"]).exits(1);
    // the README leaves out the last lines: where the rule's level comes from, and the summary
    let expected = shown.trim_end().split("   = help").next().unwrap();
    assert!(ran.err.contains(expected), "the README shows\n{expected}\nthe program says\n{}", ran.err);
    s.edit(facts, "value   = \"3\"", "value   = \">=3\"");
    run(&["check"]).exits(0);

    s.write("update.html", with("<html lang="));
    let added = with("$ factbrief source add update.html");
    let ran = s.run(&["--project", "desk", "source", "add", "update.html"]).exits(0);
    for line in added.lines().filter(|line| !line.starts_with(['$', '…'])) {
        assert!(ran.err.contains(line) || ran.out.contains(line), "{line}\n{}{}", ran.out, ran.err);
    }
    assert!(
        !std::fs::read_dir(desk.join("archive"))
            .unwrap()
            .flatten()
            .any(|entry| { std::fs::read_to_string(entry.path()).unwrap().contains("Sport") })
    );
    let call = with("$ factbrief quote ");
    let id = call.split(' ').nth(3).unwrap();
    let ran = run(&["quote", id, "six people were killed", "--event", "fire"]).exits(0);
    assert!(ran.out.contains(call.lines().nth(1).unwrap()), "{}", ran.out);
    s.write(facts, s.read(facts) + &ran.out);
    run(&["check"]).exits(0);
    s.edit("desk/briefings/fire.toml", "2031-05-16", "2031-05-20");
    run(&["build"]).exits(0);
    let row = s.read("desk/briefings/fire.md");
    assert!(row.lines().any(|l| l.contains("**at least 6**") && l.contains("The fire brigade")), "{row}");
}

#[test]
fn the_two_commands_are_those_that_ci_calls() {
    let ci = std::fs::read_to_string(repository().join(".ci/run")).unwrap();
    assert!(
        blocks()
            .iter()
            .any(|(l, b)| l == "console" && b.contains("$ cargo run -- build") && b.contains("$ cargo test"))
    );
    assert!(ci.contains("cargo test"));
}
