//! What a layout, a text or a file system can do, and what it cannot.

use std::time::{Duration, Instant};

use crate::scratch::Scratch;

const BODY: &str = "\n#let layout(view, body) = body\n";

#[test]
fn a_bomb_in_a_layout_ends_within_its_limit_and_spoils_nothing() {
    for bomb in [
        "#let x = range(1000000000)",
        "#let s = \"aaaaaaaa\"\n#let _ = { for i in range(60) { s = s + s } }",
        "#let f(n) = f(n + 1)\n#let x = f(0)",
        "#let x = eval(\"1 + 1\")",
        "#let x = std.eval(\"1 + 1\")",
        "#let x = read(\"/etc/passwd\")",
        "#let x = plugin(\"a.wasm\")",
        "#let x = datetime.today()",
        "#import \"@preview/tablex:0.0.8\": *",
        "#let x = read(\"../../factbrief.toml\")",
    ] {
        let s = Scratch::flood();
        s.run(&["build"]).exits(0);
        let before = (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf"));
        s.write("templates/fact-sheet/layout.typ", format!("{bomb}{BODY}"));
        let begun = Instant::now();
        let ran = s.run(&["build"]);
        assert!(begun.elapsed() < Duration::from_secs(45), "{bomb}");
        assert!(matches!(ran.code, 2 | 3), "{bomb}: exit {}\n{}", ran.code, ran.err);
        ran.says("fact-sheet");
        assert!(before == (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf")), "{bomb}");
    }
}

#[test]
fn a_text_that_makes_the_typesetter_panic_names_its_record() {
    let s = Scratch::flood();
    // typst issue 8667: a Hebrew letter, an accent and a joiner are enough
    s.edit("seeds/ferrow/facts.toml", "question = \"Was the gate open?\"", "question = \"\u{5d0}\u{591}\u{200c}\"");
    s.write(
        "seeds/ferrow/rain.toml",
        "[event.rain]\ntitle = \"Rain before the flood\"\nkind = \"rain\"\nsource = \"post\"\nquote = \"after two days of rain\"\n",
    );
    s.write(
        "briefings/rain.toml",
        "kind = \"fact-sheet\"\ntitle = \"Rain\"\nas_of = \"2024-03-06\"\nevents = [\"rain\"]\nbottom_line = 'It rained {{cite \"rain\"}}.'\n",
    );
    s.run(&["build"]).exits(1).says("error[typesetter-panic]").says("gap `gate`").says("wrote briefings/rain.pdf");
    assert!(!s.path().join("briefings/ferrow.pdf").exists());
}

#[test]
fn a_character_no_font_has_names_its_record() {
    let s = Scratch::flood();
    s.edit("seeds/ferrow/facts.toml", "question = \"Was the gate open?\"", "question = \"Was the gate open, 門?\"");
    s.run(&["build"]).exits(1).says("門 (U+9580)").says("gap `gate`");
    assert!(!s.path().join("briefings/ferrow.pdf").exists() && !s.path().join("briefings/ferrow.md").exists());
}

#[test]
fn hostile_text_stays_text_in_both_formats_and_on_the_terminal() {
    let s = Scratch::flood();
    let hostile = "#read(\\\"/etc/passwd\\\") *x* _y_ [a](javascript:b) <script> | $1$ & ~ {{title}} @c `d` \\\\ // <label> 5% www.example.org?";
    s.edit("seeds/ferrow/facts.toml", "question = \"Was the gate open?\"", &format!("question = \"{hostile}\""));
    s.run(&["build", "--allow", "figure-in-prose"]).exits(0);
    let markdown = s.read("briefings/ferrow.md");
    let plain = factbrief::render::set::plain(&markdown);
    let expected = hostile.replace("\\\"", "\"").replace("\\\\", "\\");
    assert!(plain.contains(&expected), "{plain}");
    let squash = |t: &str| t.split_whitespace().collect::<String>();
    let printed = crate::project::page_text(&s.path().join("briefings/ferrow.pdf"), "ferrow");
    assert!(squash(&printed).contains(&squash(&expected)), "{printed}");
    // control characters in ids and values never reach the terminal raw
    s.write(
        "seeds/ferrow/bad.toml",
        "[gap.x]\nquestion = \"a\\u001b[31mb\\u202ec\"\nwhy = \"d\u{202e}e\"\n\n[\"gap\u{7f}\".y]\n",
    );
    let ran = s.run(&["check"]).exits(2);
    assert!(
        ran.err.chars().all(|c| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c)),
        "{:?}",
        ran.err
    );
}

#[test]
fn files_that_are_no_files_and_texts_that_are_no_texts() {
    let s = Scratch::flood();
    s.write("seeds/ferrow/latin.toml", b"[gap.x]\nquestion = \"caf\xe9\"\n");
    s.run(&["check"]).exits(2).says("not UTF-8").says("latin.toml:2");
    std::fs::remove_file(s.path().join("seeds/ferrow/latin.toml")).unwrap();
    // a byte order mark and CRLF are folded
    let crlf = format!("\u{feff}{}", s.read("seeds/ferrow/facts.toml").replace('\n', "\r\n"));
    s.write("seeds/ferrow/facts.toml", crlf);
    s.run(&["check"]).exits(0);
    s.write("archive/post.txt", [0xff, 0xfe, 0x41]);
    s.run(&["check"]).exits(1).says("UTF-16");
    s.write("archive/post.txt", "");
    s.run(&["check"]).exits(1).says("article-changed");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_refused_at_once() {
    let s = Scratch::flood();
    let post = s.path().join("archive/post.txt");
    std::fs::rename(&post, s.path().join("elsewhere.txt")).unwrap();
    std::os::unix::fs::symlink(s.path().join("elsewhere.txt"), &post).unwrap();
    s.run(&["check"]).exits(1).says("a symbolic link");
    std::fs::remove_file(&post).unwrap();
    std::fs::rename(s.path().join("elsewhere.txt"), &post).unwrap();
    s.run(&["build"]).exits(0);
    // an output that is a link is not written through
    let output = s.path().join("briefings/ferrow.md");
    std::fs::remove_file(&output).unwrap();
    s.write("outside.txt", "untouched");
    std::os::unix::fs::symlink(s.path().join("outside.txt"), &output).unwrap();
    s.run(&["build"]).exits(4).says("cannot write briefings/ferrow.md");
    assert_eq!(s.read("outside.txt"), "untouched");
}

#[test]
fn a_build_killed_at_any_moment_leaves_old_or_new() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    let old = (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf"));
    s.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    let t = Scratch::flood();
    t.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    t.run(&["build"]).exits(0);
    let new = (t.bytes("briefings/ferrow.md"), t.bytes("briefings/ferrow.pdf"));
    assert!(old.0 != new.0);
    for milliseconds in [1, 5, 20, 40, 60, 80, 100, 130, 170, 220, 300, 400] {
        let mut child = s.command(&["build"]).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        let _ = child.wait();
        let now = (s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf"));
        assert!(now.0 == old.0 || now.0 == new.0, "Markdown half-written after {milliseconds} ms");
        assert!(now.1 == old.1 || now.1 == new.1, "PDF half-written after {milliseconds} ms");
        s.write("briefings/ferrow.md", &old.0);
        s.write("briefings/ferrow.pdf", &old.1);
    }
    s.run(&["build"]).exits(0);
    assert!((s.bytes("briefings/ferrow.md"), s.bytes("briefings/ferrow.pdf")) == new);
    let left: Vec<_> = std::fs::read_dir(s.path().join("briefings"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .filter(|n| n.to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn calls_that_cannot_be_used() {
    let s = Scratch::flood();
    s.run(&[]).exits(2);
    s.run(&["chek"]).exits(2).says("check");
    s.run(&["build", "ferow"]).exits(2).says("did you mean `ferrow`?");
    s.run(&["check", "--accept", "nobody"]).exits(2).says("which is no record");
    s.run(&["check", "--project", "nowhere"]).exits(2).says("which is no folder");
    s.run(&["check", "--format", "json"]).exits(0).says("\"reason\":\"summary\"");
    s.write("seeds/ferrow/facts.toml", "");
    s.run(&["check"]).exits(1).says("holds no records that cite");
}
