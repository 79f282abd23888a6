//! The finish of the command line: examples, completions, pages, progress, colours, "did you mean", the doctor.

use std::process::Command;

use crate::formats::repository;
use crate::scratch::{Ran, Scratch};

/// A saved page, invented.
const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Ferry stays in port</title>
<meta property="og:site_name" content="The Ferrow Post"><meta property="article:published_time" content="2024-03-07T08:00:00+01:00">
</head><body><article><h1>Ferry stays in port</h1><p>The ferry across the Tarn stays in port until the water has fallen, the harbour office
of Ferrow said on Thursday, and asked passengers to take the bridge at Upper Ferrow.</p><p>Nobody knows when that will be. The gauge
stood at a height that was last seen when the old mill was carried away.</p></article></body></html>"#;

/// A table of events, invented.
const EVENTS: &str = "\
id,relid,year,active_year,type_of_violence,side_a,side_b,source_article,where_prec,where_coordinates,latitude,longitude,country,date_prec,date_start,date_end,deaths_civilians,best,high,low
501,INV-1,2015,1,1,Government of Orvik,Free Tessen,\"The Ferrow Post,2015-02-17\",1,Tessen town,45.5,11.25,Orvik,1,2015-02-16,2015-02-16,0,12,24,10
";

/// A list of references, invented.
const READING: &str =
    "@book{tarn, author = {Brook, Ada}, title = {The Tarn in Flood}, publisher = {Ferrow Press}, date = {2020}}";

const COMMANDS: &[&str] = &[
    "init",
    "check",
    "build",
    "watch",
    "audit",
    "verify",
    "extract",
    "impact",
    "diff",
    "template",
    "show",
    "source",
    "lsp",
    "schema",
    "quote",
    "suggest",
    "find",
    "review",
    "import",
    "export",
    "explain",
    "doctor",
    "completions",
    "man",
];

#[test]
fn the_examples_of_every_command_run() {
    let help = Scratch::empty();
    let mut tried = 0;
    for command in COMMANDS.iter().map(|c| Some(*c)).chain([None]) {
        let arguments: Vec<&str> = command.into_iter().chain(["--help"]).collect();
        let text = help.run(&arguments).exits(0).out;
        let examples: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("  factbrief ")).filter(|l| !l.starts_with(' ')).collect();
        assert!(!examples.is_empty(), "{command:?} has no example");
        for example in examples {
            let s = repository();
            s.run(&["build"]).exits(0);
            s.write("page.html", PAGE);
            s.write("events.csv", EVENTS);
            s.write("reading.bib", READING);
            let words = words(example);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if words.first() == Some(&"watch") {
                // it ends when it is interrupted
                crate::watch::Watch::start(&s, &words[1..]).cycle();
                tried += 1;
                continue;
            }
            let ran = s.run(&words);
            if words == ["lsp"] {
                // an editor that goes without a word is a fault by the protocol
                assert_eq!(ran.code, 1, "{}", ran.err);
                continue;
            }
            assert_eq!(ran.code, 0, "factbrief {example}\n{}\n{}", ran.out, ran.err);
            tried += 1;
        }
    }
    assert!(tried >= 25, "{tried}");
}

/// The words of a command, as a shell takes them: what stands in double quotation marks is one.
fn words(command: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => found.push(String::new()),
            _ => found.last_mut().unwrap().push(c),
        }
    }
    found
}

#[test]
fn completions_know_every_command() {
    let s = Scratch::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = s.run(&["completions", shell]).exits(0);
        for command in COMMANDS {
            assert!(ran.out.contains(command), "{shell}: {command}");
        }
        assert!(ran.err.is_empty() && !ran.out.contains("typeset-worker"), "{shell}");
    }
    s.run(&["completions", "bsh"]).exits(2).says("'bash'");
    let script = s.run(&["completions", "bash"]).out;
    s.write("factbrief.bash", script);
    let read = Command::new("bash").arg("-n").arg(s.path().join("factbrief.bash")).output();
    assert!(read.map_or(true, |out| out.status.success()));
}

#[test]
fn manual_pages_are_the_same_every_time() {
    let s = Scratch::empty();
    s.run(&["man", "--out", "a"]).exits(0);
    s.run(&["man", "--out", "b"]).exits(0);
    for command in COMMANDS {
        let page = s.read(&format!("a/factbrief-{command}.1"));
        assert!(page.contains(".TH") && page.contains("Examples"), "{command}");
        assert_eq!(page, s.read(&format!("b/factbrief-{command}.1")));
    }
    assert!(s.read("a/factbrief.1").contains("factbrief"));
    assert!(s.run(&["man", "check"]).exits(0).out == s.read("a/factbrief-check.1"));
    assert!(s.path().join("a/factbrief-template-new.1").is_file());
    s.run(&["man", "chek"]).exits(2).says("did you mean `check`?");
    s.run(&["man", "worker"]).exits(2);
}

fn with(s: &Scratch, arguments: &[&str], set: &[(&str, &str)]) -> Ran {
    let mut command = s.command(arguments);
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").envs(set.iter().copied());
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let s = Scratch::flood();
    s.edit("seeds/ferrow/facts.toml", "value   = \">=24\"", "value   = \"24\"");
    let coloured = |arguments: &[&str], set: &[(&str, &str)]| with(&s, arguments, set).err.contains('\u{1b}');
    assert!(!coloured(&["check"], &[]), "a pipe is no terminal");
    assert!(coloured(&["check", "--color", "always"], &[]));
    assert!(coloured(&["check", "--color=always"], &[("NO_COLOR", "1")]), "what the call says goes first");
    assert!(coloured(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    // mistakes in the call, too
    assert!(coloured(&["chek", "--color", "always"], &[]));
    assert!(!coloured(&["chek", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(with(&s, &["check", "--color", "alway"], &[]).err.contains("'always'"));
    assert!(with(&s, &["check", "--format", "sarif", "--color", "always"], &[]).out.starts_with('{'));
}

#[test]
fn nothing_moves_in_a_pipe() {
    let s = Scratch::flood();
    let request = s.read("briefings/ferrow.toml");
    s.write("briefings/b.toml", &request);
    for set in [&[][..], &[("CI", "1")], &[("TERM", "dumb")], &[("CLICOLOR_FORCE", "1")]] {
        let ran = with(&s, &["build", "--fresh"], set);
        assert!(ran.code == 0 && !ran.err.contains(['\r', '\u{1b}']) && !ran.err.contains("printing"), "{}", ran.err);
    }
}

#[test]
fn a_name_that_is_not_known_brings_the_nearest_one() {
    let s = repository();
    s.run(&["check"]).exits(0);
    for (arguments, code, words) in [
        (&["chek"][..], 2, "'check'"),
        (&["check", "--lockd"], 2, "'--locked'"),
        (&["check", "--format", "srif"], 2, "'sarif'"),
        (&["build", "ferow"], 2, "did you mean `ferrow`?"),
        (&["diff", "--briefing", "ferow"], 2, "did you mean `ferrow`?"),
        (&["diff", "mian"], 2, "did you mean `main`?"),
        (&["export", "references", "ferow", "--as", "bibtex"], 2, "did you mean `ferrow`?"),
        (&["export", "references", "--as", "bibtx"], 2, "'bibtex'"),
        (&["export", "refrences", "--as", "bibtex"], 2, "'references'"),
        (&["show", "flod"], 2, "did you mean `flood`?"),
        (&["impact", "mayr"], 2, "did you mean `mayor`?"),
        (&["check", "--accept", "flod"], 2, "did you mean `flood`?"),
        (&["check", "--deny", "quote-to-long"], 2, "did you mean `quote-too-long`?"),
        (&["explain", "quote-not-verbatm"], 2, "did you mean `quote-not-verbatim`?"),
        (&["template", "new", "fact-shet"], 2, "did you mean `fact-sheet`?"),
        (&["template", "lst"], 2, "'list'"),
        (&["check", "--color", "nver"], 2, "'never'"),
    ] {
        let ran = s.run(arguments).exits(code);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_word_in_a_file_that_is_not_known_brings_the_nearest_one() {
    for (file, from, to, words) in [
        ("factbrief.toml", "title ", "titel ", "did you mean `title`?"),
        ("factbrief.toml", "tlp      = \"GREEN\"", "tlp = \"GREN\"", "did you mean `GREEN`?"),
        ("factbrief.toml", "tlp      = \"GREEN\"", "paper = \"leter\"", "did you mean `letter`?"),
        ("factbrief.toml", "language = \"en\"", "language = \"eng\"", "did you mean `en`?"),
        ("factbrief.toml", "archive  = \"archive\"", "levels = { quote-long = \"wran\" }", "did you mean `warn`?"),
        ("factbrief.toml", "archive  = \"archive\"", "levels = { quote-lon = \"warn\" }", "did you mean `quote-long`?"),
        ("seeds/ferrow/facts.toml", "[gap.gate]", "[gpa.gate]", "did you mean `gap`?"),
        ("seeds/ferrow/facts.toml", "[gap.gate]\nquestion", "[gap.gate]\nquestoin", "did you mean `question`?"),
        ("seeds/ferrow/facts.toml", "measure = \"killed\"", "measure = \"kiled\"", "did you mean `killed`?"),
        ("seeds/ferrow/facts.toml", "event   = \"flood\"", "event   = \"flod\"", "did you mean `flood`?"),
        ("seeds/ferrow/facts.toml", "who     = \"people\"", "who     = \"poeple\"", "did you mean `people`?"),
        ("briefings/ferrow.toml", "kind    = \"fact-sheet\"", "kind = \"fact-shet\"", "did you mean `fact-sheet`?"),
        ("briefings/ferrow.toml", "events  = [\"flood\"]", "events = [\"flod\"]", "did you mean `flood`?"),
        ("briefings/ferrow.toml", "subject =", "subjct =", "did you mean `subject`?"),
        ("briefings/ferrow.toml", "subject =", "dossier = \"ferow\"\nsubject =", "did you mean `ferrow`?"),
        ("briefings/ferrow.toml", "subject =", "language = \"frr\"\nsubject =", "did you mean `fr`?"),
        ("briefings/ferrow.toml", "subject =", "tlp = \"AMBR\"\nsubject =", "did you mean `AMBER`?"),
        (
            "briefings/ferrow.toml",
            "subject =",
            "style = \"chicago-author-dat\"\nsubject =",
            "did you mean `chicago-author-date`?",
        ),
        ("briefings/ferrow.toml", "{{place \"ferrow\"}}", "{{place \"ferow\"}}", "did you mean `ferrow`?"),
        ("briefings/ferrow.toml", "{{place ", "{{plce ", "did you mean `place`?"),
        ("briefings/ferrow.toml", "\"killed\" \"people\"", "\"kiled\" \"people\"", "did you mean `killed`?"),
        ("briefings/ferrow.toml", "\"killed\" \"people\"", "\"killed\" \"poeple\"", "did you mean `people`?"),
    ] {
        let s = Scratch::flood();
        s.edit(file, from, to);
        let ran = s.run(&["build"]);
        assert!(ran.code != 0 && ran.err.contains(words), "{to}: exit {}\n{}", ran.code, ran.err);
    }
    let s = Scratch::flood();
    std::fs::rename(s.path().join("archive/post.txt"), s.path().join("archive/pots.txt")).unwrap();
    s.run(&["check"]).says("did you mean `pots.txt`?");
}

fn states(ran: &Ran) -> Vec<(String, String)> {
    let lines = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line));
    lines
        .filter(|line| line["reason"] == "doctor")
        .map(|line| (line["subject"].as_str().unwrap().to_owned(), line["state"].as_str().unwrap().to_owned()))
        .collect()
}

#[track_caller]
fn is(ran: &Ran, subject: &str, state: &str) {
    assert!(states(ran).iter().any(|(s, t)| s == subject && t == state), "no {subject} {state} in\n{}", ran.out);
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_do() {
    let s = repository();
    s.run(&["build"]).exits(0);
    let ran = s.run(&["doctor", "--format", "json"]).exits(0);
    for subject in [
        "program",
        "fonts",
        "worker",
        "project",
        "dossier",
        "archive",
        "articles",
        "lock",
        "briefings",
        "cache",
        "git",
        "limits",
    ] {
        is(&ran, subject, "ok");
    }
    let human = s.run(&["doctor"]).exits(0);
    human.says("Latin").says("Arabic").says("2 at hand");
    // nothing is left behind, nothing is changed
    assert!(
        !std::fs::read_dir(s.path().join(".factbrief")).unwrap().any(|e| e
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with(".factbrief-"))
    );

    let none = Scratch::empty();
    is(&none.run(&["doctor", "--format", "json"]).exits(1), "project", "problem");
    is(&none.run(&["doctor", "--format", "json", "--project", "nowhere"]).exits(1), "project", "problem");

    s.write("archive/post.txt", "other\n");
    is(&s.run(&["doctor", "--format", "json"]).exits(1), "articles", "problem");
    std::fs::remove_file(s.path().join("archive/post.txt")).unwrap();
    is(&s.run(&["doctor", "--format", "json"]), "articles", "attention");
    is(&s.run(&["doctor", "--format", "json", "--no-archive"]).exits(0), "lock", "ok");
    is(&s.run(&["doctor", "--format", "json", "--archive", "nowhere"]).exits(1), "archive", "problem");

    let s = Scratch::flood();
    is(&s.run(&["doctor", "--format", "json"]).exits(0), "lock", "attention");
    is(&s.run(&["doctor", "--format", "json", "--no-archive"]).exits(1), "check", "problem");
    s.write("seeds/ferrow/evidence.lock", "version = 9\n");
    is(&s.run(&["doctor", "--format", "json"]).exits(1), "check", "problem");
    std::fs::remove_file(s.path().join("seeds/ferrow/evidence.lock")).unwrap();
    s.write("briefings/x.toml", "kind = 1\n");
    s.write("templates/own/briefing.md.hbs", "{{#if typo}}{{/if}}");
    s.write("templates/languages/nl.toml", "x = 1\n");
    s.write(".factbrief", "a file\n");
    let ran = s.run(&["doctor", "--format", "json"]).exits(1);
    for (subject, state) in
        [("briefing", "problem"), ("templates", "problem"), ("cache", "attention"), ("git", "attention")]
    {
        is(&ran, subject, state);
    }
    s.write("seeds/ferrow/x.toml", "[claim\u{1b}[31m\n");
    let ran = s.run(&["doctor"]).exits(1);
    assert!(!ran.out.contains('\u{1b}'));
    s.write("factbrief.toml", "titel = 1\n");
    is(&s.run(&["doctor", "--format", "json"]).exits(1), "project", "problem");
}
