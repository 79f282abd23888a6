//! `factbrief watch`, as an editor drives it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::scratch::Scratch;

const BRIEFING: &str = "briefings/ferrow.toml";
const FACTS: &str = "seeds/ferrow/facts.toml";

/// A watch that runs, and the lines it prints.
pub(crate) struct Watch {
    child: Child,
    lines: Receiver<Value>,
}

impl Watch {
    pub(crate) fn start(s: &Scratch, arguments: &[&str]) -> Self {
        let mut command = s.command(&["watch", "--format=json"]);
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, lines }
    }

    /// The next line that tells of a cycle.
    #[track_caller]
    pub(crate) fn cycle(&self) -> Value {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60)).expect("the watch says nothing");
            if line["reason"] == "cycle" {
                return line;
            }
        }
    }

    /// The next cycle for which `wanted` holds: a save may be seen in two parts.
    #[track_caller]
    fn until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..8 {
            let line = self.cycle();
            if wanted(&line) {
                return line;
            }
        }
        panic!("no such cycle");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wrote(line: &Value) -> Vec<&str> {
    line["wrote"].as_object().unwrap().keys().map(String::as_str).collect()
}

/// A small project: one article, one event with a figure, two briefings.
fn project() -> Scratch {
    let s = Scratch::empty();
    s.write(
        "archive/post.txt",
        "The Tarn burst its banks in Ferrow on 4 March 2024.\n\nAt least 24 people were killed, the mayor said.\n",
    );
    s.write("factbrief.toml", "title = \"Flood in Ferrow\"\narchive = \"archive\"\n");
    let hash = factbrief::text::hash::sha256(&s.bytes("archive/post.txt"));
    s.write(
        FACTS,
        format!(
            r#"[source.post]
file      = "post.txt"
sha256    = "{hash}"
title     = "River floods Ferrow"
publisher = "The Ferrow Post"
published = "2024-03-05"
dating    = {{ basis = "external", note = "invented" }}

[actor.mayor]
name = "the mayor of Ferrow"
kind = "person"
aliases = ["the mayor"]

[event.flood]
title  = "Flood of the Tarn in Ferrow"
kind   = "flood"
date   = "2024-03-04"
dating = {{ basis = "stated", words = "4 March 2024" }}
source = "post"
quote  = "The Tarn burst its banks in Ferrow"

[claim.flood-killed]
event   = "flood"
measure = "killed"
who     = "people"
value   = ">=24"
by      = "mayor"
source  = "post"
quote   = "At least 24 people were killed"
"#
        ),
    );
    for slug in ["ferrow", "other"] {
        s.write(
            &format!("briefings/{slug}.toml"),
            "kind = \"casualty-table\"\ntitle = \"Flood in Ferrow\"\nas_of = \"2024-03-06\"\nevents = [\"flood\"]\n",
        );
    }
    s
}

#[test]
fn what_is_saved_is_printed_and_nothing_else() {
    let s = project();
    let watch = Watch::start(&s, &[]);
    assert_eq!(wrote(&watch.cycle()), ["ferrow", "other"]);

    let other = s.bytes("briefings/other.pdf");
    s.edit(BRIEFING, "Flood in Ferrow", "The flood of the Tarn");
    let line = watch.cycle();
    assert_eq!(
        (wrote(&line), &line["current"], &line["changed"]),
        (vec!["ferrow"], &1.into(), &serde_json::json!([BRIEFING]))
    );
    assert!(s.read("briefings/ferrow.md").contains("The flood of the Tarn"));
    assert_eq!(s.bytes("briefings/other.pdf"), other);

    // as editors save: a new file is renamed to its place
    s.write("briefings/.ferrow.swp", s.read(BRIEFING).replace("The flood of the Tarn", "High water"));
    std::fs::rename(s.path().join("briefings/.ferrow.swp"), s.path().join(BRIEFING)).unwrap();
    assert_eq!(wrote(&watch.cycle()), ["ferrow"]);
    assert!(s.read("briefings/ferrow.md").contains("High water"));

    // a record changes all that print it
    s.edit(FACTS, "Flood of the Tarn in Ferrow", "Flood at Ferrow");
    assert_eq!(wrote(&watch.cycle()), ["ferrow", "other"]);

    // what was taken away is printed again
    std::fs::remove_file(s.path().join("briefings/other.pdf")).unwrap();
    watch.until(|line| wrote(line) == ["other"]);
    assert!(s.bytes("briefings/other.pdf").starts_with(b"%PDF"));

    // saved without a change: nothing is printed
    let text = s.read(FACTS);
    s.write(FACTS, text);
    assert_eq!(wrote(&watch.cycle()), [""; 0]);

    drop(watch);
    // all that a build would print is there
    s.run(&["build", "--check"]).exits(0);
}

#[test]
fn an_error_keeps_the_last_good_output() {
    let s = project();
    let watch = Watch::start(&s, &[]);
    watch.cycle();
    let kept = || ["md", "pdf", "lock"].map(|ending| s.bytes(&format!("briefings/ferrow.{ending}")));
    let good = kept();

    s.edit(FACTS, ">=24", "24");
    let line = watch.cycle();
    assert_eq!((&line["errors"], &line["failed"]), (&1.into(), &serde_json::json!(["ferrow", "other"])));
    assert_eq!(kept(), good);

    // a file that is no TOML: one error, and none for each record that it held
    s.edit(FACTS, "[actor.mayor]", "[actor.mayor");
    assert_eq!(watch.cycle()["errors"], 1);
    assert_eq!(kept(), good);

    // a text without a glyph: the Markdown would be fine, the pages cannot be set; they go together
    s.edit(FACTS, "[actor.mayor", "[actor.mayor]");
    s.edit(FACTS, "\"24\"", "\">=24\"");
    watch.until(|line| line["errors"] == 0);
    s.edit(BRIEFING, "Flood in Ferrow", "Flood 洪");
    let line = watch.cycle();
    assert_eq!(
        (&line["errors"], &line["failed"], &line["current"]),
        (&1.into(), &serde_json::json!(["ferrow"]), &1.into())
    );
    assert_eq!(kept(), good);

    // the facts go, and come back
    let (here, away) = (s.path().join("seeds"), s.path().join("away"));
    std::fs::rename(&here, &away).unwrap();
    assert!(
        watch.until(|line| line["errors"] != 1 || line["failed"] == serde_json::json!([]))["errors"].as_u64()
            >= Some(1)
    );
    std::fs::rename(&away, &here).unwrap();
    s.edit(BRIEFING, "Flood 洪", "Flood again");
    watch.until(|line| wrote(line) == ["ferrow"]);
    assert!(s.read("briefings/ferrow.md").contains("Flood again"));

    // an article that changes is a finding, too
    s.edit("archive/post.txt", "At least 24", "At least 25");
    assert!(watch.until(|line| line["changed"][0] == "archive/post.txt")["errors"].as_u64() >= Some(1));
}

#[test]
fn a_watch_of_some_waits_for_them_only_after_it_began() {
    let s = project();
    s.run(&["watch", "ferow"]).exits(2).says("did you mean `ferrow`?");
    let watch = Watch::start(&s, &["ferrow"]);
    assert_eq!(wrote(&watch.cycle()), ["ferrow"]);
    assert!(!s.path().join("briefings/other.md").exists());
    let text = s.read(BRIEFING);
    std::fs::remove_file(s.path().join(BRIEFING)).unwrap();
    watch.cycle();
    s.write(BRIEFING, text.replace("Flood in", "The flood in"));
    assert_eq!(wrote(&watch.until(|line| !wrote(line).is_empty())), ["ferrow"]);
}
