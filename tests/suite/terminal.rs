//! Nothing that came from input reaches a terminal raw: no escape, bell, carriage return, link or control of direction, of
//! no file's name, value or argument, in no format. Colours are the program's own and are asked for, since a stream that
//! is no terminal has its escapes taken out.

use std::ffi::OsString;
use std::process::Stdio;

use factbrief::text::gate::is_hidden;

use crate::scratch::{Scratch, repository};

/// Colour, link, title, bell, backspace, return, C1, directions, a space of no width, a line of its own for a runner.
const HOSTILE: &str = "x\u{1b}]8;;http://evil.example\u{7}y\u{1b}[35;7mz\u{8}\r\u{9b}\u{202e}\u{2066}\u{200b}\u{7f}%0A";
const LINES: &str = "a\n::error file=b::c\n##[error]d\n";
const FACTS: &str = "seeds/ferrow/facts.toml";

/// The colours that the program itself uses.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('m').filter(|(codes, _)| codes.chars().all(|c| c.is_ascii_digit() || c == ';')) {
            Some((codes, rest)) if codes != "35;7" => out.push_str(rest),
            _ => {
                out.push_str("\u{1b}[");
                out.push_str(part);
            }
        }
    }
    out
}

/// Runs the program and holds what it prints.
fn held(s: &Scratch, arguments: &[&str]) -> (i32, String) {
    let mut command = s.command(arguments);
    command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").env("GITHUB_ACTIONS", "true").stdin(Stdio::null());
    let output = command.output().unwrap();
    let code = output.status.code().unwrap_or(-1);
    assert!((0..=4).contains(&code), "{arguments:?}: exit {code}");
    // a runner reads along, and takes some lines for commands
    let commands = |line: &str| line.contains("##[") || line.trim_start().starts_with("::");
    let mut all = String::new();
    for (stream, bytes) in [("out", output.stdout), ("err", output.stderr)] {
        let text = String::from_utf8(bytes).unwrap_or_else(|e| panic!("{arguments:?}: {e}"));
        let bad = uncoloured(&text).chars().find(|c| *c != '\n' && is_hidden(*c));
        assert!(bad.is_none(), "{arguments:?} prints {bad:?} on std{stream}:\n{text:?}");
        assert!(stream == "out" || !text.lines().any(commands), "{arguments:?} commands a runner:\n{text}");
        all.push_str(&text);
    }
    (code, all)
}

/// Runs what reads a project, in every format that findings have.
fn all(s: &Scratch, what: &str) {
    let full = std::env::var_os("FACTBRIEF_FULL").is_some();
    for format in ["human", "short", "json", "sarif", "github", "junit"] {
        // a build of good records stops where a check of bad ones does
        let commands: &[&str] = if format == "human" || full { &["check", "build"] } else { &["build"] };
        for command in commands {
            let (_, said) = held(s, &[*command, "--format", format, "--color", "always"]);
            match format {
                "json" => {
                    for line in said.lines().filter(|line| line.starts_with('{')) {
                        serde_json::from_str::<serde_json::Value>(line)
                            .unwrap_or_else(|e| panic!("{what}: {e}: {line}"));
                    }
                }
                "github" => {
                    let lines = said.lines().filter(|line| line.trim_start().starts_with("::"));
                    for line in lines {
                        let (head, _) = line[2..].split_once("::").unwrap_or_else(|| panic!("{what}: {line}"));
                        let kind = head.split(' ').next().unwrap();
                        assert!(
                            ["error", "warning", "notice"].contains(&kind) && line.starts_with("::"),
                            "{what}: {line}"
                        );
                        assert!(head.contains("title="), "{what}: {line}");
                    }
                }
                _ => {}
            }
        }
    }
    if !full {
        held(s, &["template", "list"]);
        return;
    }
    for call in
        [&["doctor"][..], &["review", "--list"], &["template", "list"], &["export", "csl-json"], &["find", "flood"]]
    {
        held(s, call);
    }
}

#[test]
fn an_argument_is_never_printed_raw() {
    let s = Scratch::flood();
    let text = HOSTILE.to_owned() + LINES;
    let h = text.as_str();
    let long = format!("--{h}");
    for call in [
        &[h][..],
        &[&long],
        &["check", h],
        &["check", &long],
        &["check", "--project", h],
        &["check", "--archive", h],
        &["check", "--format", h],
        &["check", "--color", h],
        &["check", "--report", h],
        &["check", "--accept", h],
        &["check", "--deny", h],
        &["build", h],
        &["build", "--jobs", h],
        &["build", "--shard", h],
        &["build", "--as-of", h],
        &["build", "--out", h, h],
        &["audit", h],
        &["verify", h],
        &["extract", h, "--out", h],
        &["impact", h],
        &["diff", h],
        &["diff", "--since", h],
        &["template", h],
        &["template", "new", h],
        &["template", "new", "fact-sheet", h],
        &["template", "language", h],
        &["show", h],
        &["quote", h, h],
        &["quote", "post", h],
        &["suggest", h],
        &["find", h],
        &["review", h, "--by", h],
        &["source", "add", h],
        &["import", "csv", h, "--mapping", h],
        &["import", "references", h],
        &["import", "mappings", h],
        &["export", h],
        &["explain", h],
        &["completions", h],
        &["man", h],
        &["init", h, "--title"],
    ] {
        let (code, said) = held(&s, call);
        assert_ne!(code, 70, "{call:?}");
        assert!(!said.lines().any(|line| line.trim_start().starts_with("::")), "{call:?}: {said}");
    }
    // an argument that is no text
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        let bytes = OsString::from_vec(b"--\xff\x1b]8;;\x07".to_vec());
        let output = s.command(&["check"]).env("CLICOLOR_FORCE", "1").arg(bytes).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = uncoloured(&String::from_utf8(output.stderr).unwrap());
        assert!(said.chars().all(|c| c == '\n' || !is_hidden(c)), "{said:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_is_never_printed_raw() {
    let name = "a\u{1b}]8;;x\u{7}b\u{1b}[35;7m\r\u{202e}\n::error::c";
    for place in [
        format!("seeds/ferrow/{name}.toml"),
        format!("seeds/{name}/facts.toml"),
        format!("briefings/{name}.toml"),
        format!("templates/{name}/briefing.md.hbs"),
        format!("templates/partials/{name}.md.hbs"),
    ] {
        let s = Scratch::flood();
        s.write(&place, "[gap.x]\nquestion = {{1}\n");
        all(&s, &place);
    }
    let s = Scratch::flood();
    s.write(&format!("{name}.html"), "<title>x</title><p>\u{1b}[31m".repeat(3));
    held(&s, &["source", "add", &format!("{name}.html")]);
    held(&s, &["import", "references", &format!("{name}.html")]);
    held(&s, &["import", "csv", &format!("{name}.html"), "--mapping", "ged"]);
    held(&s, &["audit", &format!("{name}.html")]);
    held(&s, &["verify", &format!("{name}.html")]);
}

#[test]
fn a_value_is_never_printed_raw() {
    let escaped = serde_json::to_string(HOSTILE).unwrap().replace('\u{7f}', "\\u007f");
    let raw = format!("\"{HOSTILE}\"").replace('\r', "");
    let breaking = "\"a\\n::error::b\\n##[error]c%0A\"";
    let places = [
        "\"The Ferrow Post\"",
        "\"post.txt\"",
        "\"Ines Tarn\"",
        "\"flood-office\"",
        "\"killed\"",
        "\">=24\"",
        "\"At least 24\"",
        "\"2024-03-04\"",
        "\"stated\"",
        "\"accuses\"",
        "\"weekday-after\"",
        "\"We were warned too late\"",
        "[gap.gate]",
        "question =",
    ];
    for (n, place) in places.iter().enumerate() {
        let s = Scratch::flood();
        // an escape, the character itself, line breaks: each in some of the places
        let value = [&escaped, &raw, breaking][n % 3];
        let put = match *place {
            "[gap.gate]" => format!("[gap.{value}]"),
            "question =" => format!("{value} ="),
            _ => value.to_owned(),
        };
        s.edit(FACTS, place, &put);
        all(&s, place);
    }
    for (file, text) in [
        ("seeds/ferrow/z.toml", format!("[gap.x{HOSTILE}\n")),
        ("seeds/ferrow/z.toml", format!("a = {HOSTILE}\n")),
        ("seeds/ferrow/evidence.lock", HOSTILE.to_owned()),
        ("archive/post.txt", HOSTILE.repeat(9)),
        ("briefings/ferrow.toml", format!("kind = {escaped}\ntitle = {raw}\n{escaped} = 1\n")),
        ("briefings/ferrow.toml", format!("kind = \"fact-sheet\"\ntitle = \"x\"\nas_of = \"2024-03-06\"\nbottom_line = '{{{{actor \"{HOSTILE}\"}}}}'\n").replace('\r', "")),
        ("templates/fact-sheet/briefing.md.hbs", format!("{{{{{HOSTILE}}}}}")),
        ("templates/partials/header.md.hbs", format!("{{{{#each {HOSTILE}}}}}")),
        ("templates/fact-sheet/layout.typ", format!("#panic(\"{HOSTILE}\")")),
        ("templates/shared/page.css", format!("a{{}}</{HOSTILE}")),
        ("factbrief.toml", format!("title = {escaped}\ntlp = {escaped}\n{escaped} = 1\n")),
    ] {
        let s = Scratch::flood();
        if file.ends_with(".typ") {
            let text = std::fs::read(repository().join("templates/fact-sheet/briefing.md.hbs")).unwrap();
            s.write("templates/fact-sheet/briefing.md.hbs", text);
        }
        s.write(file, &text);
        all(&s, file);
    }
}
