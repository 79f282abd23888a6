//! `factbrief init`: a project that works at once.

use crate::scratch::Scratch;

#[test]
fn the_sample_checks_and_builds_at_once() {
    let s = Scratch::empty();
    s.run(&["init", "desk"]).exits(0).says("wrote desk/factbrief.toml").says("cd desk").says("factbrief build");
    let root = s.path().join("desk");
    let project = root.to_str().unwrap();
    s.run(&["--project", project, "check", "--locked", "--format", "json"])
        .exits(0)
        .says("\"warnings\":0")
        .says("\"exact\":10");
    s.run(&["--project", project, "build", "--locked"]).exits(0).says("wrote briefings/fire.pdf");
    let text = s.read("desk/briefings/fire.md");
    // it says that it is invented, keeps claimants apart, and tells of the revision
    assert!(text.contains("An invented sample"));
    assert!(text.contains("4 people (according to the port authority of Lessing Bay) and at 5 dock workers (according to the dockers' union)"));
    assert!(text.contains("revised: at least 3 → 4"));
    // the articles stay out of version control; without them the lock answers
    assert!(s.read("desk/.gitignore").contains("/archive"));
    s.run(&["--project", project, "build", "--check", "--no-archive"]).exits(0);
}

#[test]
fn nothing_is_written_over() {
    let s = Scratch::empty();
    s.write("README.md", "mine");
    s.run(&["init"]).exits(2).says("there is already README.md; nothing was written");
    assert_eq!(std::fs::read_dir(s.path()).unwrap().count(), 1);
    assert_eq!(s.read("README.md"), "mine");

    s.run(&["init", "new"]).exits(0);
    s.run(&["init", "new"]).exits(2).says("new is a project already");
    s.write("file", "");
    s.run(&["init", "file"]).exits(4).says("cannot write file/");
    s.run(&["init", "--project", "new"]).exits(2).says("init makes a project");
    s.run(&["init", "other", "--title", "  "]).exits(2).says("--title takes a line of text");
    s.run(&["init", "other", "--title", "a\nb"]).exits(2);
    assert!(!s.path().join("other").exists());
}

#[cfg(unix)]
#[test]
fn a_link_leads_nowhere() {
    let s = Scratch::empty();
    s.write("elsewhere/x", "");
    std::os::unix::fs::symlink(s.path().join("elsewhere"), s.path().join("seeds")).unwrap();
    s.run(&["init"]).exits(2).says("seeds is a link or no folder; nothing was written");
    assert_eq!(std::fs::read_dir(s.path().join("elsewhere")).unwrap().count(), 1);
}

#[test]
fn a_title_is_written_as_it_is_meant() {
    let s = Scratch::empty();
    s.run(&["init", "a", "--title", "Feu \"rouge\" \\ été"]).exits(0);
    s.run(&["--project", "a", "check", "--locked"]).exits(0);
    assert!(s.read("a/factbrief.toml").contains("été"));
    let parsed: toml::Table = s.read("a/factbrief.toml").parse().unwrap();
    assert_eq!(parsed["title"].as_str(), Some("Feu \"rouge\" \\ été"));
}

#[test]
fn articles_at_hand_become_a_project() {
    let s = Scratch::empty();
    s.write("flood.txt", "River floods Ferrow\n\nThe Ferrow Post, 5 March 2024\n\nAt least 24 people were killed in Ferrow on Monday, the mayor said.\n");
    s.run(&["init", "desk", "--from-articles", "nowhere.txt"])
        .exits(2)
        .says("there is no file nowhere.txt; nothing was written");
    assert!(!s.path().join("desk").exists());
    s.run(&["init", "desk", "--from-articles", "flood.txt", "--title", "Floods"]).exits(0).says("Next:");
    assert!(s.read("desk/seeds/desk/sources.toml").contains("[source."));
    assert_eq!(std::fs::read_dir(s.path().join("desk/archive")).unwrap().count(), 1);
    assert!(s.read("desk/briefings/figures.toml").contains("title = \"Floods: figures\""));
    // suggestions are no facts: nothing is recorded yet, and nothing checked is never a pass
    let suggested = std::fs::read_dir(s.path().join("desk/seeds/desk")).unwrap().flatten();
    let suggested: Vec<_> = suggested.filter(|e| e.file_name().to_string_lossy().starts_with("suggestions-")).collect();
    assert_eq!(suggested.len(), 1);
    let text = std::fs::read_to_string(suggested[0].path()).unwrap();
    assert!(
        text.contains("24 people were killed") && text.lines().all(|l| l.is_empty() || l.starts_with('#')),
        "{text}"
    );
    s.run(&["--project", "desk", "check"]).exits(2).says("holds no records that cite").says("YYYY-MM-DD");
}
