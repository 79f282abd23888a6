//! Citation styles and the export of references, on the invented flood.

use serde_json::Value;

use crate::libya::same_text;
use crate::scratch::Scratch;

const FACTS: &str = "seeds/ferrow/facts.toml";

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
        same_text(&s, "ferrow", style);
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
    same_text(&s, "ferrow", "own");
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

/// Holds a value to the schema of CSL data (`csl-data.json` of the Citation Style Language, 1.0), as far as it is used here.
fn valid(items: &Value) {
    for item in items.as_array().expect("a list") {
        let fields = item.as_object().expect("an object");
        assert!(fields.contains_key("id") && fields.contains_key("type"), "{item}");
        for (key, value) in fields {
            match key.as_str() {
                "id" | "title" | "container-title" | "URL" | "language" | "note" => {
                    assert!(value.is_string(), "{item}");
                }
                "type" => assert!(["article-newspaper", "webpage"].contains(&value.as_str().unwrap()), "{item}"),
                "author" => {
                    let known = ["family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal"];
                    for name in value.as_array().expect("a list of names") {
                        let parts = name.as_object().expect("a name");
                        assert!(parts.iter().all(|(k, v)| known.contains(&k.as_str()) && v.is_string()), "{item}");
                    }
                }
                "issued" => {
                    for (key, value) in value.as_object().expect("a date") {
                        match key.as_str() {
                            "date-parts" => {
                                let dates = value.as_array().expect("dates");
                                assert!((1..=2).contains(&dates.len()), "{item}");
                                for date in dates {
                                    let parts = date.as_array().expect("parts");
                                    assert!(
                                        (1..=3).contains(&parts.len()) && parts.iter().all(Value::is_i64),
                                        "{item}"
                                    );
                                }
                            }
                            "season" => assert!(value.is_i64()),
                            "circa" => assert!(value.is_boolean()),
                            "edtf" => assert!(value.is_string()),
                            other => panic!("{other} is no part of a date"),
                        }
                    }
                }
                other => panic!("{other} is no field of CSL data"),
            }
        }
    }
}

#[test]
fn references_are_exported_as_csl_json() {
    let s = Scratch::flood();
    s.edit(FACTS, "[\"Bo Wu\"]", "[\"Bo Wu\", \"{Hill & Sons, Ltd.}\", \"Jan van der Berg\"]");
    s.edit(
        FACTS,
        "published = \"2024-03-05\"\ndating    = { basis = \"external\"",
        "published = \"2024-03-05~\"\nurl = \"https://example.org/x_y\"\ndating    = { basis = \"external\"",
    );
    let ran = s.run(&["export", "references", "--as", "csl-json"]).exits(0);
    assert_eq!(ran.err, "");
    let items: Value = serde_json::from_str(&ran.out).unwrap();
    valid(&items);
    assert_eq!(
        items[0],
        serde_json::json!({
            "id": "herald",
            "type": "article-newspaper",
            "author": [
                {"family": "Wu", "given": "Bo"},
                {"literal": "Hill & Sons, Ltd."},
                {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
            ],
            "container-title": "The Herald",
            "issued": {"date-parts": [[2024, 3, 5]], "circa": true},
            "URL": "https://example.org/x_y",
            "language": "en",
            "note": "approximate date† not stated in the text",
        })
    );
    assert_eq!(items[1]["title"], "River floods Ferrow after two days of rain");
    assert!(items[1].get("author").is_none() && items.as_array().unwrap().len() == 2);
}

#[test]
fn the_references_of_a_briefing_are_those_it_cites() {
    let s = Scratch::libya();
    let of = |slugs: &[&str]| -> Vec<String> {
        let arguments = [&["export", "references", "--no-archive", "--as", "csl-json"], slugs].concat();
        let items: Value = serde_json::from_str(&s.run(&arguments).exits(0).out).unwrap();
        valid(&items);
        items.as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of(&["derna-2015"]), ["nbc", "ea", "vice", "independent"]);
    assert!(of(&["derna-2017"]).contains(&"newarab".to_owned()));
    assert_eq!(of(&["derna-2015", "derna-2017", "derna-2015"]).len(), 5);
    assert_eq!(of(&[]).len(), 5);
    s.run(&["export", "references", "derna-2016", "--as", "bibtex"]).exits(2).says("did you mean `derna-201");
    s.run(&["export", "references"]).exits(2).says("--as");
    s.run(&["export", "references", "--as", "ris"]).exits(2).says("csl-json");
    s.run(&["export", "reference", "--as", "bibtex"]).exits(2);
    s.run(&["export"]).exits(2);
    // what failed the check is not exported as a briefing's
    s.edit("seeds/egypt-libya/claims-2015.toml", "value   = \"8\"", "value   = \"9\"");
    s.run(&["export", "references", "derna-2015", "--no-archive", "--as", "bibtex"])
        .exits(1)
        .says("did not pass the check");
}

#[test]
fn references_are_exported_as_bibtex_that_reads_back() {
    let s = Scratch::flood();
    s.edit(
        FACTS,
        "\"River floods Ferrow after two days of rain\"\npublisher",
        "'''50% of {Ferrow} & more_less #1 ~ ^ \\ $x$ \"quoted\"'''\npublisher",
    );
    s.edit(FACTS, "[\"Bo Wu\"]", "[\"Bo Wu\", \"{Hill and Sons, Ltd.}\"]");
    let ran = s.run(&["export", "references", "--as", "bibtex"]).exits(0);
    let read = biblatex::Bibliography::parse(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}", ran.out));
    assert_eq!(read.len(), 2);
    let title: String = read.get("post").unwrap().get_as("title").unwrap();
    assert_eq!(title, "50% of {Ferrow} & more_less #1 ~ ^ \\ $x$ \"quoted\"", "{}", ran.out);
    let authors: Vec<String> = read.get("herald").unwrap().author().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(authors, ["Bo Wu", "Hill and Sons, Ltd."], "{}", ran.out);
    assert!(read.get("herald").unwrap().get("title").is_none());
    // two dossiers with a source of one id
    s.write("seeds/other/facts.toml", s.read(FACTS));
    s.edit("briefings/ferrow.toml", "kind    =", "dossier = \"ferrow\"\nkind    =");
    let ran = s.run(&["export", "references", "--as", "bibtex"]).exits(0);
    let read = biblatex::Bibliography::parse(&ran.out).unwrap();
    assert_eq!(read.keys().collect::<Vec<_>>(), ["ferrow.herald", "ferrow.post", "other.herald", "other.post"]);
}
