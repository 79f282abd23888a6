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
    s.write("archive/post.txt", with("The Tarn burst its banks in Ferrow on"));
    s.write("factbrief.toml", with("title   = \"Flood in Ferrow\""));
    s.write("seeds/ferrow/facts.toml", with("[source.post]"));
    let ran = s.run(&["check"]).exits(1);
    let shown = with("error[figure-differs-from-source]");
    // the README leaves out the last lines: where the rule's level comes from, and the summary
    let expected = shown.trim_end().split("   = help").next().unwrap();
    assert!(ran.err.contains(expected), "the README shows\n{expected}\nthe program says\n{}", ran.err);
    s.edit("seeds/ferrow/facts.toml", "value   = \"24\"", "value   = \">=24\"");
    s.run(&["check"]).exits(0);
    s.write("briefings/ferrow.toml", with("bottom_line = "));
    s.run(&["build"]).exits(0).says("wrote briefings/ferrow.pdf");
    assert!(
        s.read("briefings/ferrow.md")
            .contains("The dead number at least 24 people (according to the mayor of Ferrow).")
    );
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
