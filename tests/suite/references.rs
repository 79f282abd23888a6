//! Citation styles, on the invented flood.

use crate::libya::same_text;
use crate::scratch::Scratch;

/// The flood with a style in its project file, checked.
fn flood(style: &str) -> Scratch {
    let s = Scratch::flood();
    if !style.is_empty() {
        s.edit("factbrief.toml", "archive  =", &format!("style = {style:?}\narchive  ="));
    }
    s
}

#[test]
fn each_style_cites_in_its_own_way_and_the_pages_say_what_the_markdown_says() {
    for (style, expected) in [
        (
            "",
            [
                "4 March 2024. [[1]](#ref-1)",
                "Ines Tarn). [[1]](#ref-1)[[2]](#ref-2)",
                "1. <a id=\"ref-1\"></a>Bo Wu. \\[Report without a headline\\]. *The Herald*, 5 March 2024. (date† not stated in the text)",
                "2. <a id=\"ref-2\"></a>River floods Ferrow after two days of rain. *The Ferrow Post*, 5 March 2024. (date† not stated in the text)",
            ],
        ),
        (
            "ieee",
            [
                "4 March 2024. [[1]](#ref-1)",
                "Ines Tarn). [[1]](#ref-1), [[2]](#ref-2)",
                "1. <a id=\"ref-1\"></a>B. Wu, \\[Report without a headline\\], *The Herald*, Mar. 05, 2024. (date† not stated in the text)",
                "2. <a id=\"ref-2\"></a>“River floods Ferrow after two days of rain,” *The Ferrow Post*, Mar. 05, 2024. (date† not stated in the text)",
            ],
        ),
        (
            "chicago-notes",
            [
                "4 March 2024. \\[[1](#ref-1)\\]",
                "Ines Tarn). \\[[1](#ref-1), [2](#ref-2)\\]",
                "1. <a id=\"ref-1\"></a>Bo Wu, \\[Report without a headline\\], *The Herald*, March 5, 2024. (date† not stated in the text)",
                "2. <a id=\"ref-2\"></a>“River floods Ferrow after two days of rain,” *The Ferrow Post*, March 5, 2024. (date† not stated in the text)",
            ],
        ),
        (
            "apa",
            [
                "4 March 2024. ([Wu, 2024](#ref-2))",
                "Ines Tarn). ([“River floods Ferrow after two days of rain,” 2024](#ref-1); [Wu, 2024](#ref-2))",
                "- <a id=\"ref-1\"></a>River floods Ferrow after two days of rain. (2024, March 5). *The Ferrow Post*. (date† not stated in the text)",
                "- <a id=\"ref-2\"></a>Wu, B. (2024, March 5). \\[Report without a headline\\]. *The Herald*. (date† not stated in the text)",
            ],
        ),
    ] {
        let s = flood(style);
        s.run(&["build"]).exits(0);
        let markdown = s.read("briefings/ferrow.md");
        for line in expected {
            assert!(markdown.contains(line), "{style}: no {line:?} in\n{markdown}");
        }
        // no sentence names a source by a number that its list does not have
        assert_eq!(markdown.contains("publication of source"), style != "apa", "{markdown}");
        same_text(&markdown, &s.path().join("briefings/ferrow.pdf"), style);
        s.run(&["build", "--check"]).exits(0);
    }
}

#[test]
fn a_briefings_style_wins_over_its_projects() {
    let s = flood("apa");
    s.edit("briefings/ferrow.toml", "kind    =", "style   = \"ieee\"\nkind    =");
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/ferrow.md").contains("B. Wu, "));
    s.edit("briefings/ferrow.toml", "\"ieee\"", "\"numeric\"");
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/ferrow.md").contains("Bo Wu. "));
}

const OWN: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>own</title><id>own</id><updated>2015-01-01T00:00:00+00:00</updated></info>
  <macro name="who"><names variable="author"><name form="short"/><substitute><text variable="title" form="short"/></substitute></names></macro>
  <citation><layout prefix="{" suffix="}" delimiter=" / "><group delimiter=" "><text macro="who"/><date variable="issued"><date-part name="year"/></date></group></layout></citation>
  <bibliography><sort><key macro="who"/></sort><layout suffix="!"><text macro="who"/><text variable="title" prefix=": "/></layout></bibliography>
</style>
"#;

#[test]
fn a_style_of_the_users_own_is_used() {
    let s = flood("styles/own.csl");
    s.write("styles/own.csl", OWN);
    s.run(&["build"]).exits(0);
    let markdown = s.read("briefings/ferrow.md");
    assert!(
        markdown.contains("\\{[Wu 2024](#ref-2) / [River floods Ferrow after two days of rain 2024](#ref-1)\\}"),
        "{markdown}"
    );
    assert!(markdown.contains("- <a id=\"ref-2\"></a>Wu: \\[Report without a headline\\]!"), "{markdown}");
    same_text(&markdown, &s.path().join("briefings/ferrow.pdf"), "own");
}

#[test]
fn a_style_that_cannot_be_used_is_refused_at_its_key() {
    for (style, expected) in [
        ("aap", "did you mean `apa`?"),
        ("no-such-style-at-all", "known: numeric, chicago-notes, apa, ieee"),
        ("", "there is no citation style ``"),
        ("alphanumeric", "the citation style has no list of references"),
        ("styles/none.csl", "there is no such file"),
        ("../own.csl", "this path leaves the project"),
        ("/etc/own.csl", "an absolute path"),
        ("styles/./../../own.csl", "this path leaves the project"),
        ("styles\\own.csl", "a path has plain names"),
        ("styles/own.xml", "is called .csl"),
        ("styles/folder.csl", "it is a folder"),
        ("styles/malformed.csl", "is no citation style that can be used"),
        ("styles/binary.csl", "not UTF-8"),
        ("styles/empty.csl", "is no citation style that can be used"),
        ("styles/dependent.csl", "takes its rules from http://www.zotero.org/styles/apa"),
        ("styles/large.csl", "the citation style is too large"),
        ("styles/circle.csl", "the macro `who` calls itself"),
        ("styles/missing.csl", "there is no macro `how`"),
        ("styles/silent.csl", "the citation style prints nothing"),
        #[cfg(unix)]
        ("styles/link.csl", "a symbolic link"),
        #[cfg(unix)]
        ("elsewhere/own.csl", "a symbolic link, which may leave"),
        #[cfg(unix)]
        ("styles/pipe.csl", "a pipe"),
    ] {
        let s = Scratch::flood();
        s.edit("factbrief.toml", "archive  =", &format!("style = {style:?}\narchive  ="));
        s.write("styles/malformed.csl", &OWN[..OWN.len() - 40]);
        s.write("styles/binary.csl", b"<style>\xff\xfe</style>");
        s.write("styles/empty.csl", "");
        s.write("styles/large.csl", format!("{OWN}<!--{}-->", " ".repeat(1024 * 1024)));
        s.write("styles/circle.csl", OWN.replace("<text variable=\"title\" form=\"short\"/>", "<text macro=\"who\"/>"));
        s.write("styles/missing.csl", OWN.replace("macro=\"who\"", "macro=\"how\""));
        s.write(
            "styles/silent.csl",
            OWN.replace("<text macro=\"who\"/><text variable=\"title\" prefix=\": \"/>", "<text variable=\"ISBN\"/>")
                .replace("!", ""),
        );
        s.write(
            "styles/dependent.csl",
            r#"<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0"><info><title>d</title><id>d</id><link href="http://www.zotero.org/styles/apa" rel="independent-parent"/><updated>2015-01-01T00:00:00+00:00</updated></info></style>"#,
        );
        std::fs::create_dir(s.path().join("styles/folder.csl")).unwrap();
        #[cfg(unix)]
        {
            let outside = Scratch::empty();
            std::os::unix::fs::symlink(s.path().join("styles/empty.csl"), s.path().join("styles/link.csl")).unwrap();
            std::os::unix::fs::symlink(outside.path(), s.path().join("elsewhere")).unwrap();
            let made = std::process::Command::new("mkfifo").arg(s.path().join("styles/pipe.csl")).status();
            assert!(made.unwrap().success());
        }
        let ran = s.run(&["build", "--format", "short"]);
        assert_eq!(ran.code, 2, "{style}: {}", ran.err);
        let ran = s.run(&["build"]);
        assert!(ran.err.contains(expected), "{style}: no {expected:?} in\n{}", ran.err);
        assert!(ran.err.contains("factbrief.toml:5:9"), "{style}: {}", ran.err);
        assert!(!s.path().join("briefings/ferrow.md").exists());
    }
    // and what else is wrong with the briefing is said with it
    let s = flood("aap");
    s.edit("briefings/ferrow.toml", "\"fact-sheet\"", "\"fact-shet\"");
    s.run(&["build"]).exits(2).says("did you mean `apa`?").says("did you mean `fact-sheet`?");
    // a style of the wrong kind of value is named with its key
    let s = Scratch::flood();
    s.edit("briefings/ferrow.toml", "kind    =", "style   = 3\nkind    =");
    s.run(&["build"]).exits(2).says("briefings/ferrow.toml:");
}
