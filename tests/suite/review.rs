//! Reviews: who held a record against its article, and what makes it suspect.

use crate::scratch::Scratch;

const FACTS: &str = "seeds/ferrow/facts.toml";

fn states(s: &Scratch) -> Vec<(String, String)> {
    let ran = s.run(&["review", "--list", "--format", "json"]).exits(0);
    let lines = ran.out.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    lines.map(|l| (l["id"].as_str().unwrap().to_owned(), l["state"].as_str().unwrap().to_owned())).collect()
}

fn state(s: &Scratch, id: &str) -> String {
    states(s).into_iter().find(|(known, _)| known == id).unwrap_or_else(|| panic!("{id} is not listed")).1
}

fn review(s: &Scratch, ids: &[&str]) {
    s.run(&[ids, &["--by", "Ada Brook", "--on", "2024-03-06"]].concat()).exits(0);
}

#[test]
fn a_review_is_written_into_the_record_and_nothing_else_moves() {
    let s = Scratch::flood();
    let summary = s.run(&["check"]).exits(0);
    assert!(!summary.err.contains("reviewed"), "{}", summary.err);
    let before = s.read(FACTS);
    let ran = s
        .run(&["review", "killed-mayor", "--by", "Ada Brook", "--on", "2024-03-06", "--note", "the \"post\" only"])
        .exits(0);
    // what is signed is shown with its passage
    assert!(ran.out.contains(">>>At least 24 people were killed<<<"), "{}", ran.out);
    let after = s.read(FACTS);
    let added: Vec<&str> = after.lines().filter(|l| !before.lines().any(|b| b == *l)).collect();
    assert_eq!(added.len(), 1, "{added:?}");
    assert!(
        added[0].starts_with("reviewed = { by = \"Ada Brook\", on = \"2024-03-06\", fingerprint = \""),
        "{added:?}"
    );
    assert_eq!(after.replace(&format!("{}\n", added[0]), ""), before);
    s.run(&["check"]).exits(0).says("1 reviewed, 0 suspect, ").says("no findings");
    let json = s.run(&["check", "--format", "json"]).exits(0);
    assert!(json.out.contains("\"reviewed\":1"), "{}", json.out);
    // again is said to be so; by another it is a second word
    s.run(&["review", "killed-mayor", "--by", "ada  brook", "--on", "2024-03-07"])
        .exits(0)
        .says("was reviewed by Ada Brook on 2024-03-06");
    assert_eq!(s.read(FACTS), after);
    s.run(&["review", "killed-mayor", "--by", "Bo Wu", "--on", "2024-03-07"]).exits(0);
    assert_eq!(s.read(FACTS).matches("fingerprint").count(), 2);
    s.run(&["review", "killed-mayor", "--remove", "--by", "Bo Wu"]).exits(0).says("1 taken out");
    assert_eq!(s.read(FACTS), after);
    s.run(&["review", "killed-mayor", "--remove"]).exits(0);
    assert_eq!(s.read(FACTS), before);
    // today is the day where none is named
    s.run(&["review", "killed-mayor", "--by", "Ada Brook"]).exits(0).says("reviewed by Ada Brook on 2");
}

#[test]
fn line_ends_and_comments_are_kept() {
    let s = Scratch::flood();
    let crlf = format!(
        "\u{feff}{}",
        s.read(FACTS).replace('\n', "\r\n").replace("[claim.homes]", "# of homes\r\n[claim.homes]")
    );
    s.write(FACTS, &crlf);
    review(&s, &["review", "homes", "flood", "gate-denial"]);
    let after = s.read(FACTS);
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    let without: String = after.split_inclusive("\r\n").filter(|l| !l.starts_with("reviewed")).collect();
    assert_eq!(without, crlf);
    s.run(&["check"]).exits(0).says("3 reviewed, 0 suspect");
}

#[test]
fn what_was_reviewed_is_suspect_once_it_or_its_source_changed() {
    let s = Scratch::flood();
    review(&s, &["review", "killed-mayor", "killed-office", "homes"]);
    // layout, order of keys and file are no change
    let text = s.read(FACTS);
    s.write(
        FACTS,
        text.replace("measure = \"killed\"\nwho     = \"people\"", "who = \"people\" # order\nmeasure = \"killed\""),
    );
    assert_eq!(state(&s, "killed-mayor"), "reviewed");
    for (from, to, suspect) in [
        // a key of the record
        (
            "by      = \"flood-office\"\nsource  = \"herald\"",
            "by      = \"flood-office\"\norigin  = \"office\"\nsource  = \"herald\"",
            "killed-office",
        ),
        // its source
        ("publisher = \"The Herald\"", "publisher = \"The New Herald\"", "killed-office"),
        // what those it names are called, and its event
        ("name    = \"Ines Tarn\"", "name    = \"Ines Tarr\"", "killed-mayor"),
        ("title  = \"Flood of the Tarn in Ferrow\"", "title  = \"Flood of the Tarn\"", "homes"),
    ] {
        let before = s.read(FACTS);
        s.edit(FACTS, from, to);
        assert_eq!(state(&s, suspect), "suspect", "{to}");
        s.write(FACTS, before);
        assert_eq!(state(&s, suspect), "reviewed", "{to}");
    }
    s.edit(FACTS, "publisher = \"The Herald\"", "publisher = \"The New Herald\"");
    s.run(&["check"])
        .exits(0)
        .says("warning[review-suspect]")
        .says("claim `killed-office` is not what was reviewed")
        .says("2 reviewed, 1 suspect");
    s.run(&["check", "--deny", "review-suspect"]).exits(1);
    let listed = s.run(&["review", "--list"]).exits(0);
    assert!(
        listed.out.starts_with("suspect          claim `killed-office`: Ada Brook on 2024-03-06, as it was"),
        "{}",
        listed.out
    );
    // another article under the source's name: a new hash in its record
    let post = format!("{}\nA line was added.\n", s.read("archive/post.txt"));
    s.write("archive/post.txt", &post);
    let hash = factbrief::text::hash::sha256(post.as_bytes());
    s.edit(FACTS, "303bd5d0251f927a6df2c1713bfa0cba34b49c8229573f230397f67b1cbd6f7b", &hash);
    assert_eq!(state(&s, "killed-mayor"), "suspect");
    // a new look replaces the old one
    s.run(&["review", "killed-mayor", "--by", "Bo Wu", "--on", "2024-03-08"]).exits(0);
    assert_eq!(state(&s, "killed-mayor"), "reviewed");
    assert!(!s.read(FACTS).contains("\"Ada Brook\", on = \"2024-03-06\" }"));
}

#[test]
fn a_judgement_is_suspect_where_what_it_rests_on_changed() {
    let s = Scratch::flood();
    s.write(
        "seeds/ferrow/judged.toml",
        "[assessment.same]\nkind = \"judgement\"\ntext = \"The two figures are likely of one day.\"\nlikelihood = \"likely\"\nbecause = \"Both speak of Monday.\"\nrests_on = [\"killed-mayor\", \"killed-office\"]\n",
    );
    review(&s, &["review", "same", "killed-figures"]);
    assert_eq!((state(&s, "same"), state(&s, "killed-figures")), ("reviewed".to_owned(), "reviewed".to_owned()));
    s.edit(FACTS, "quote   = \"Twelve people died in Ferrow\"", "quote   = \"Twelve people died\"");
    assert_eq!((state(&s, "same"), state(&s, "killed-figures")), ("suspect".to_owned(), "suspect".to_owned()));
}

#[test]
fn a_project_that_requires_reviews_prints_nothing_unreviewed() {
    let s = Scratch::flood();
    s.write(
        "seeds/ferrow/rain.toml",
        "[event.rain]\ntitle = \"Rain before the flood\"\nkind = \"rain\"\nsource = \"post\"\nquote = \"after two days of rain\"\n",
    );
    s.write(
        "briefings/rain.toml",
        "kind = \"fact-sheet\"\ntitle = \"Rain\"\nas_of = \"2024-03-06\"\nevents = [\"rain\"]\nbottom_line = 'It rained {{cite \"rain\"}}.'\n",
    );
    s.run(&["build"]).exits(0);
    let before = (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf"));
    let project = s.read("factbrief.toml");
    let require = |what: &str| s.write("factbrief.toml", format!("{project}\n[review]\n{what}\n"));
    require("require = true");
    review(&s, &["review", "rain"]);
    s.run(&["check"]).exits(0).says("1 reviewed, 0 suspect");
    s.run(&["build", "--fresh"])
        .exits(1)
        .says("error[not-reviewed]: briefing `ferrow` is not printed")
        .says("claim `killed-mayor`")
        .says("factbrief review ID --by NAME");
    assert!(
        before == (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf")),
        "a refused briefing was touched"
    );
    // the other is current: its record was reviewed, and a review is on no page
    s.run(&["build", "--check", "rain"]).exits(0);
    // figures alone
    require("require = \"figures\"");
    let refused = s.run(&["build", "ferrow"]).exits(1);
    assert!(refused.err.contains("claim `homes`") && !refused.err.contains("event `flood`"), "{}", refused.err);
    review(&s, &["review", "killed-mayor", "killed-office", "homes", "displaced-office"]);
    s.run(&["build"]).exits(0);
    assert!(
        before == (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf")),
        "a review changed what is printed"
    );
    // two people
    require("require = \"figures\"\nmin = 2");
    s.run(&["build", "ferrow"]).exits(1).says("partly reviewed: claim `displaced-office`").says("2 people");
    s.run(&["review", "--all-of", "post", "--all-of", "post", "--by", "Bo Wu"]).exits(2);
    for source in ["post", "herald"] {
        s.run(&["review", "--all-of", source, "--by", "Bo Wu", "--on", "2024-03-07"]).exits(0);
    }
    s.run(&["build"]).exits(0);
    for wrong in ["require = \"all\"", "require = 3", "min = 0", "min = \"two\"", "requires = true"] {
        require(wrong);
        s.run(&["check"]).exits(2).says("factbrief.toml:");
    }
}

#[test]
fn what_is_not_sound_is_not_signed() {
    let s = Scratch::flood();
    let before = s.read(FACTS);
    s.run(&["review"]).exits(2).says("no record is named");
    s.run(&["review", "killed-mayor"]).exits(2).says("--by is missing");
    s.run(&["review", "killed-mayer", "--by", "A"]).exits(2).says("did you mean `killed-mayor`?");
    s.run(&["review", "killed", "--by", "A"]).exits(2).says("there is no record `killed`");
    for by in ["", "  ", "a\u{202e}b", "a\nb"] {
        s.run(&["review", "homes", "--by", by]).exits(2).says("--by");
    }
    for on in ["yesterday", "2024-3-6", "2024-02", "2024-02-30", "9999-01-01", "2024-03-06~"] {
        s.run(&["review", "homes", "--by", "A", "--on", on]).exits(2).says("--on");
    }
    s.run(&["review", "homes", "--by", "A", "--no-archive"]).exits(4).says("not at hand");
    s.run(&["review", "--all-of", "posst", "--by", "A"]).exits(2).says("did you mean `post`?");
    s.run(&["review", "homes", "--remove", "--on", "2024-03-06"]).exits(2);
    s.run(&["review", "homes", "--list", "--by", "A"]).exits(2);
    s.run(&["review", "homes", "--remove"]).exits(0).says("has no such review");
    assert_eq!(s.read(FACTS), before);
    s.edit(FACTS, "value   = \"1200\"", "value   = \"1300\"");
    let broken = s.read(FACTS);
    s.run(&["review", "flood", "homes", "--by", "A"])
        .exits(1)
        .says("figure-differs-from-source")
        .says("nothing was recorded");
    assert_eq!(s.read(FACTS), broken);
    // another record of the dossier can be reviewed all the same
    s.run(&["review", "flood", "--by", "A", "--on", "2024-03-06"]).exits(0);
    // a review written by hand is held to its form
    s.write(
        FACTS,
        before
            .replace("[claim.homes]", "[claim.homes]\nreviewed = { by = \"\", on = \"2024-03\", fingerprint = \"x\" }"),
    );
    s.run(&["check"]).exits(2).says("`by` is empty").says("a review is of a day");
    s.write(FACTS, before.replace("[claim.homes]", "[claim.homes]\nreviewed = \"yes\""));
    s.run(&["check"]).exits(2).says("a review as `factbrief review` writes it");
    s.write(
        FACTS,
        before.replace(
            "[claim.homes]",
            "[claim.homes]\nreviewed = { who = \"A\", on = \"2024-03-06\", fingerprint = \"x\" }",
        ),
    );
    s.run(&["check"]).exits(2);
}

#[test]
fn reviewers_are_named_in_nothing_that_is_handed_out() {
    let s = Scratch::flood();
    review(&s, &["review", "killed-mayor", "flood"]);
    s.run(&["build"]).exits(0);
    s.run(&["extract", "briefings/ferrow.pdf", "--out", "out"]).exits(0);
    let mut seen = 0;
    for entry in std::fs::read_dir(s.path().join("out")).unwrap() {
        let text = String::from_utf8(std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        assert!(!text.contains("Ada Brook"), "{text}");
        seen += 1;
    }
    assert!(seen >= 3, "{seen} files");
    s.run(&["verify", "briefings/ferrow.pdf", "--project", "."]).exits(0);
}
