//! A build that finds every file as it was when all was last current says so and does nothing else; whatever was touched, it
//! does not.

use std::fs::File;

use crate::scratch::Scratch;

const RECORD: &str = ".factbrief/standing.json";

/// The flood, printed, with a mark in what is kept of it: who says it, read nothing.
fn printed() -> Scratch {
    let s = Scratch::flood();
    // the first build writes the lock and the briefing, the second finds them
    for _ in 0..3 {
        s.run(&["build"]).exits(0);
    }
    s.edit(RECORD, "current briefings/ferrow.md", "kept briefings/ferrow.md");
    s
}

fn is_kept(s: &Scratch, arguments: &[&str]) -> bool {
    s.run(arguments).err.contains("kept briefings/ferrow.md")
}

/// Other bytes of the same length, and the time of change as it was.
fn disguise(s: &Scratch, name: &str, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let path = s.path().join(name);
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    s.edit(name, from, to);
    File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
}

#[test]
fn what_was_not_touched_is_not_read() {
    let s = printed();
    assert!(is_kept(&s, &["build"]));
    assert!(is_kept(&s, &["build"]));
    // the same briefings, asked for in another way or looked at closely
    for other in [
        &["build", "ferrow"][..],
        &["build", "--fresh"],
        &["build", "--check"],
        &["build", "--deny", "no-origin"],
        &["build", "--no-archive"],
    ] {
        assert!(!is_kept(&s, other), "{other:?}");
    }
}

#[cfg(unix)]
#[test]
fn whatever_was_touched_is_noticed() {
    type Change<'c> = (&'c str, &'c dyn Fn(&Scratch));
    let changes: &[Change<'_>] = &[
        ("a fact of the same length and time", &|s| {
            disguise(s, "seeds/ferrow/facts.toml", "Was the gate open?", "Was the gate shut?");
        }),
        ("an article", &|s| disguise(s, "archive/post.txt", "two days of rain", "six days of rain")),
        ("a printed text", &|s| disguise(s, "briefings/ferrow.md", "Flood", "Blood")),
        ("a briefing", &|s| disguise(s, "briefings/ferrow.toml", "Flood in Ferrow", "Flood at Ferrow")),
        ("the project", &|s| s.write("factbrief.toml", s.read("factbrief.toml") + "\n# more\n")),
        ("a new file of facts", &|s| s.write("seeds/ferrow/more.toml", "[gap.more]\nquestion = \"What else?\"\n")),
        ("a template of its own", &|s| s.write("templates/partials/marks.md.hbs", "")),
        ("an output that is gone", &|s| std::fs::remove_file(s.path().join("briefings/ferrow.pdf")).unwrap()),
        ("an article that is gone", &|s| std::fs::remove_file(s.path().join("archive/herald.txt")).unwrap()),
        ("an article put in place of another", &|s| {
            let path = s.path().join("archive/post.txt");
            let bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, bytes).unwrap();
        }),
        ("a link", &|s| std::os::unix::fs::symlink("facts.toml", s.path().join("seeds/ferrow/link")).unwrap()),
        ("a record that is damaged", &|s| s.write(RECORD, "{")),
    ];
    for (what, change) in changes {
        let s = printed();
        change(&s);
        assert!(!is_kept(&s, &["build"]), "{what}");
    }
}

#[test]
fn what_was_found_is_found_again() {
    let s = Scratch::flood();
    s.edit("seeds/ferrow/facts.toml", "value   = \"12\"", "value   = \"14\"");
    for _ in 0..3 {
        s.run(&["build"]).exits(1).says("figure-differs-from-source");
    }
    assert!(!s.path().join(RECORD).exists());
}
