//! What a PDF carries, and whether it proves what its pages say.

use std::path::Path;

use factbrief::evidence::carried::{Carried, File};
use factbrief::evidence::{Verification, verify};
use factbrief::load::archive::Archive;
use factbrief::text::hash::sha256;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::audit::forge;
use crate::kinds::{KINDS, flood_in_three_languages, outbreak, request};
use crate::scratch::{Scratch, repository};

const PDF: &str = "briefings/ferrow.pdf";
const FACTS: &str = "seeds/ferrow/facts.toml";
const ALL: [&str; 4] = ["briefing.md", "evidence.lock", "records.toml", "view.json"];

fn printed() -> Scratch {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s
}

/// A folder with nothing in it but a PDF.
fn alone(pdf: impl AsRef<[u8]>) -> Scratch {
    let s = Scratch::empty();
    s.write("got.pdf", pdf);
    s
}

/// The attachments of a PDF: name, the object of its description, the object of what it holds.
fn attached(document: &Document) -> Vec<(String, ObjectId, ObjectId)> {
    let names = document.catalog().unwrap().get(b"Names").unwrap();
    let names = document.dereference(names).unwrap().1.as_dict().unwrap();
    let tree = document.dereference(names.get(b"EmbeddedFiles").unwrap()).unwrap().1.as_dict().unwrap();
    let list = document.dereference(tree.get(b"Names").unwrap()).unwrap().1.as_array().unwrap();
    list.chunks(2)
        .map(|pair| {
            let spec = pair[1].as_reference().unwrap();
            let dictionary = document.get_dictionary(spec).unwrap();
            let ef = document.dereference(dictionary.get(b"EF").unwrap()).unwrap().1.as_dict().unwrap();
            let name = lopdf::decode_text_string(&pair[0]).unwrap();
            (name, spec, ef.get(b"F").unwrap().as_reference().unwrap())
        })
        .collect()
}

fn held(pdf: &[u8], name: &str) -> String {
    let document = Document::load_mem(pdf).unwrap();
    let (.., stream) = attached(&document).into_iter().find(|(n, ..)| n == name).unwrap();
    let bytes = document.get_object(stream).unwrap().as_stream().unwrap().get_plain_content().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// The PDF with another text in an attachment; `sealed` says whether its description has the hash of that text.
fn with_bytes(pdf: &[u8], name: &str, bytes: Vec<u8>, sealed: bool) -> Vec<u8> {
    let mut document = Document::load_mem(pdf).unwrap();
    let (_, spec, stream) = attached(&document).into_iter().find(|(n, ..)| n == name).unwrap();
    if sealed {
        let about = format!("as good as ever; SHA-256 {}", sha256(&bytes));
        document.get_dictionary_mut(spec).unwrap().set("Desc", Object::string_literal(about));
    }
    let old = document.get_object_mut(stream).unwrap().as_stream_mut().unwrap();
    old.dict.remove(b"Filter");
    old.set_plain_content(bytes);
    saved(document)
}

#[track_caller]
fn with(pdf: &[u8], name: &str, from: &str, to: &str, sealed: bool) -> Vec<u8> {
    let text = held(pdf, name);
    assert!(text.contains(from), "{name} has no {from:?} in\n{text}");
    with_bytes(pdf, name, text.replacen(from, to, 1).into_bytes(), sealed)
}

#[test]
fn an_unaltered_file_passes_without_the_repository() {
    let s = printed();
    let got = alone(s.bytes(PDF));
    let ran = got
        .run(&["verify", "got.pdf"])
        .exits(0)
        .says("it says what its records say")
        .says("proved by the lock attached");
    for line in [
        "killed-mayor: >=24 · printed on pages 1, 2 · quote proved by the lock (post line 3)",
        "homes: 1200 · printed on pages 1, 2 · quote proved by the lock (post line 5)",
        "mayor-late: “We were warned too late”",
    ] {
        assert!(ran.out.contains(line), "no {line:?} in\n{}", ran.out);
    }
    // the articles, moved elsewhere
    for article in ["post.txt", "herald.txt"] {
        got.write(&format!("articles/{article}"), s.bytes(&format!("archive/{article}")));
    }
    let ran = got
        .run(&["verify", "got.pdf", "--archive", "articles"])
        .exits(0)
        .says("7 quotations: 7 proved in the articles");
    assert!(ran.out.contains("homes: 1200 · printed on pages 1, 2 · quote proved (post line 5)"), "{}", ran.out);
    let project = s.path().display().to_string();
    got.run(&["verify", "got.pdf", "--project", &project])
        .exits(0)
        .says("the project says the same today")
        .says("· unchanged");
    let ran = got.run(&["verify", "got.pdf", "--format", "json"]).exits(0);
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let homes = lines.iter().find(|l| l["id"] == "homes").unwrap();
    assert_eq!(
        (&homes["says"], &homes["pages"][0], &homes["quotations"][0]["by"]),
        (&"1200".into(), &1.into(), &"lock".into())
    );
    let last = lines.last().unwrap();
    assert_eq!((&last["reason"], &last["verified"], &last["quotations"]), (&"verify".into(), &true.into(), &7.into()));
    assert!(last["items"].as_u64().unwrap() > 40, "{last}");
}

#[test]
fn every_kind_in_every_language_proves_itself() {
    let s = flood_in_three_languages();
    // the flood has no table, and nothing held is never a pass: `import` verifies pages of tables
    let kinds = || KINDS.into_iter().filter(|kind| *kind != "event-table");
    for kind in kinds() {
        for language in ["en", "fr", "ar"] {
            s.write(&format!("briefings/{kind}-{language}.toml"), request(kind, language, ""));
        }
    }
    s.run(&["build"]).exits(0);
    for kind in kinds() {
        for language in ["en", "fr", "ar"] {
            let got = alone(s.bytes(&format!("briefings/{kind}-{language}.pdf")));
            let ran = got.run(&["verify", "got.pdf"]);
            assert_eq!(ran.code, 0, "{kind} {language}\n{}", ran.err);
            let held = ran.err.contains("were not held against `briefing.md`");
            assert_eq!(held, language == "ar", "{kind} {language}\n{}", ran.err);
            assert!(!ran.err.contains("header or footer"), "{kind} {language}\n{}", ran.err);
            let articles = s.path().join("archive").display().to_string();
            let ran = got.run(&["verify", "got.pdf", "--archive", &articles]);
            assert_eq!(ran.code, 0, "{kind} {language}, articles\n{}", ran.err);
            let project = s.path().display().to_string();
            let ran = got.run(&["verify", "got.pdf", "--project", &project]).says("the project says the same today");
            assert_eq!(ran.code, 0, "{kind} {language}, project\n{}", ran.err);
        }
    }
    // what is attached to a page that cannot be read back is held all the same
    let pdf = s.bytes("briefings/casualty-table-ar.pdf");
    alone(with(&pdf, "records.toml", "value = \"1200\"", "value = \"1300\"", true))
        .run(&["verify", "got.pdf"])
        .exits(1)
        .says("claim `homes` is not verified since it changed");
}

#[test]
fn the_worked_briefings_prove_themselves_and_are_the_same_bytes_however_they_are_set() {
    let s = Scratch::libya();
    s.run(&["build", "--no-archive", "--fresh", "--jobs", "1", "--out", "one"]).exits(0);
    s.run(&["build", "--no-archive", "--fresh", "--jobs", "2", "--out", "two"]).exits(0);
    let mut count = 0;
    for entry in std::fs::read_dir(s.path().join("one")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(s.bytes(&format!("one/{name}")) == s.bytes(&format!("two/{name}")), "{name}");
        if !name.ends_with(".pdf") {
            continue;
        }
        count += 1;
        let got = alone(s.bytes(&format!("one/{name}")));
        let ran = got.run(&["verify", "got.pdf"]).says("it says what its records say");
        assert_eq!(ran.code, 0, "{name}\n{}", ran.err);
        let project = s.path().display().to_string();
        got.run(&["verify", "got.pdf", "--project", &project]).exits(0).says("the project says the same today");
    }
    assert_eq!(count, 9);
    let ran = alone(s.bytes("one/derna-2015.pdf")).run(&["verify", "got.pdf"]);
    assert!(ran.out.contains("derna15-strikes-activists: 8 · printed on page"), "{}", ran.out);
}

#[test]
fn a_digit_changed_on_a_page_is_found() {
    for (from, to, expected) in [
        ("1,200", "1,202", ["“1,202” on page 1", "claim `homes`", "prints “1,200” here"]),
        ("at least 24", "at most 24", ["“at most 24” on page 1", "claim `killed-mayor`", "prints “at least 24” here"]),
        (
            "warned too late",
            "warned too well",
            ["“We were warned too well” on page", "position `mayor-late`", "too late"],
        ),
    ] {
        let s = printed();
        forge(&s.path().join(PDF), from, to);
        let ran = alone(s.bytes(PDF)).run(&["verify", "got.pdf"]).exits(1).says("NOT VERIFIED");
        for words in expected {
            assert!(ran.err.contains(words), "no {words:?} in\n{}", ran.err);
        }
    }
}

#[test]
fn a_digit_changed_in_an_attachment_is_found_and_named() {
    let pdf = printed().bytes(PDF);
    for (name, from, to, expected) in [
        ("records.toml", "value = \"1200\"", "value = \"1300\"", ["claim `homes` is not verified", "value = \"1200\""]),
        (
            "records.toml",
            "\"2024-03-04\"",
            "\"2024-03-05\"",
            ["event `flood` is not verified", "date = \"2024-03-04\""],
        ),
        (
            "records.toml",
            "At least 24 people",
            "At least 25 people",
            ["claim `killed-mayor`", "not the words verified"],
        ),
        (
            "evidence.lock",
            "value = \"1200\"",
            "value = \"1300\"",
            ["claim `homes` is not verified", "value = \"1300\""],
        ),
        (
            "view.json",
            "\"figure\": \"1,200\"",
            "\"figure\": \"1,300\"",
            ["the number “1,300”", "claim `homes` says 1200"],
        ),
        ("briefing.md", "1,200", "1,300", ["“1,300”", "the view has no such value"]),
    ] {
        // with the hash in its description as it was, and with that of the altered text
        for sealed in [false, true] {
            let ran =
                alone(with(&pdf, name, from, to, sealed)).run(&["verify", "got.pdf"]).exits(1).says("NOT VERIFIED");
            for words in expected {
                assert!(ran.err.contains(words), "{name}, {sealed}: no {words:?} in\n{}", ran.err);
            }
            let told = ran.err.contains(&format!("`{name}` in got.pdf is not what was attached"));
            assert_eq!(told, !sealed, "{name}\n{}", ran.err);
            if name != "briefing.md" {
                let seal = if name == "view.json" { "error[facts-hash]" } else { "error[evidence-differs]" };
                assert!(ran.err.contains(seal), "{name}: no {seal} in\n{}", ran.err);
            }
        }
    }
}

/// Every digit of every attachment, one at a time: none can be changed.
#[test]
fn no_digit_of_an_attachment_can_be_changed() {
    let pdf = printed().bytes(PDF);
    let mut carried = Carried::read(&pdf, "got.pdf").unwrap();
    assert!(!verify(&carried, &Archive::Absent, None).fails());
    let mut changed = 0;
    for index in 0..carried.files.len() {
        let whole = carried.files[index].bytes.clone();
        for at in (0..whole.len()).filter(|at| whole[*at].is_ascii_digit()).step_by(7) {
            carried.files[index].bytes[at] = if whole[at] == b'7' { b'8' } else { b'7' };
            let found = verify(&carried, &Archive::Absent, None);
            assert!(found.fails() && !found.unusable, "{} at {at}", carried.files[index].name);
            carried.files[index].bytes[at] = whole[at];
            changed += 1;
        }
    }
    assert!(changed > 100, "{changed}");
}

#[test]
fn an_exception_or_a_pin_does_not_let_a_changed_record_pass() {
    let s = printed();
    let pdf = s.bytes(PDF);
    let articles = s.path().join("archive").display().to_string();
    let allow = "value = \"1300\"\nallow = [{ rule = \"figure-differs-from-source\", reason = \"x\" }]";
    let forged = with(&pdf, "records.toml", "value = \"1200\"", allow, true);
    for arguments in [vec!["verify", "got.pdf"], vec!["verify", "got.pdf", "--archive", &articles]] {
        alone(&forged)
            .run(&arguments)
            .exits(1)
            .says("claim `homes` is not verified since it changed")
            .says("claim `homes` has an exception from `figure-differs-from-source`");
    }
    // the proof itself cannot be excepted
    let allow = "quote = \"destroyed 1,300 homes\"\nallow = [{ rule = \"not-verified\", reason = \"x\" }]";
    alone(with(&pdf, "records.toml", "quote = \"destroyed 1,200 homes\"", allow, true))
        .run(&["verify", "got.pdf"])
        .exits(1)
        .says("`not-verified` cannot be switched off");
    // a date that no text proves
    let forged = with(
        &pdf,
        "records.toml",
        "published = \"2024-03-05\"\ndating = { basis = \"external\"",
        "published = \"2024-03-06\"\ndating = { basis = \"external\"",
        true,
    );
    alone(&forged).run(&["verify", "got.pdf"]).exits(1).says("the date of source `herald` changed");
    let both = with(&forged, "evidence.lock", "2024-03-05", "2024-03-06", true);
    alone(&both).run(&["verify", "got.pdf"]).exits(1).says("error[evidence-differs]");
}

/// Replaces words in all that a PDF carries and shows, and makes every hash agree.
fn forge_all(carried: &mut Carried, from: &[(&str, &str)]) {
    let old = facts(carried);
    let mut text = |name: &str, f: &dyn Fn(String) -> String| {
        let file = carried.files.iter_mut().find(|f| f.name == name).unwrap();
        file.bytes = f(String::from_utf8(file.bytes.clone()).unwrap()).into_bytes();
        sha256(&file.bytes)
    };
    let replaced = |text: String| from.iter().fold(text, |text, (from, to)| text.replace(from, to));
    let (records, lock) = (text("records.toml", &replaced), text("evidence.lock", &replaced));
    text("view.json", &|view| {
        let mut view: serde_json::Value = serde_json::from_str(&replaced(view)).unwrap();
        view["evidence"]["records_sha256"] = records.clone().into();
        view["evidence"]["lock_sha256"] = lock.clone().into();
        view["facts_hash"] = "".into();
        let hash = factbrief::brief::facts_hash(&serde_json::to_string(&view).unwrap());
        view["facts_hash"] = hash.into();
        serde_json::to_string_pretty(&view).unwrap() + "\n"
    });
    let new = facts(carried);
    for file in carried.files.iter_mut().filter(|f| f.name == "briefing.md") {
        file.bytes = replaced(String::from_utf8(file.bytes.clone()).unwrap()).replace(&old, &new).into_bytes();
    }
    for file in &mut carried.files {
        file.about = format!("SHA-256 {}", sha256(&file.bytes));
    }
    for page in &mut carried.pages {
        page.text = replaced(page.text.clone()).replace(&old, &new);
        page.furniture = page.furniture.replace(&old, &new);
    }
}

fn facts(carried: &Carried) -> String {
    let view = carried.files.iter().find(|f| f.name == "view.json").unwrap();
    let view: serde_json::Value = serde_json::from_slice(&view.bytes).unwrap();
    view["facts_hash"].as_str().unwrap().to_owned()
}

fn told(found: &Verification) -> String {
    found.findings.iter().map(|f| format!("{} {}\n", f.code, f.title)).collect()
}

#[test]
fn who_changes_all_places_must_still_agree_with_the_articles() {
    let s = printed();
    let pdf = s.bytes(PDF);
    let archive = Archive::Folder(s.path().join("archive"));
    let read = || Carried::read(&pdf, "got.pdf").unwrap();
    // one digit, everywhere but in the pages: they say another thing
    let mut carried = read();
    let pages = carried.pages.clone();
    forge_all(&mut carried, &[("1,200", "1,300"), ("1200", "1300")]);
    let forged = carried.pages.clone();
    carried.pages = pages;
    let found = verify(&carried, &Archive::Absent, None);
    let said = told(&found);
    assert!(said.contains("facts-hash-on-page") && said.contains("“1,200” on page 1"), "{said}");
    // in the pages, too, and in the words quoted: the lock knows the hash of these
    carried.pages = forged;
    let found = verify(&carried, &Archive::Absent, None);
    assert!(told(&found).contains("claim `homes` is not verified since it changed"), "{}", told(&found));
    // with the quotation left alone, all that is in the file agrees; the article does not
    let mut carried = read();
    forge_all(
        &mut carried,
        &[("**1,200**", "**1,300**"), ("\"1,200\"", "\"1,300\""), ("1,200 ", "1,300 "), ("1200", "1300")],
    );
    let file = carried.files.iter_mut().find(|f| f.name == "records.toml").unwrap();
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.contains("value = \"1300\""));
    file.bytes =
        text.replace("1,300 homes", "1,200 homes").replace("words = \"1,300\"", "words = \"1,200\"").into_bytes();
    forge_all(&mut carried, &[]);
    let found = verify(&carried, &archive, None);
    assert!(found.fails() && told(&found).contains("claim `homes`"), "{}", told(&found));
}

#[test]
fn an_article_that_is_another_is_found() {
    let s = printed();
    let got = alone(s.bytes(PDF));
    got.write("articles/herald.txt", s.bytes("archive/herald.txt"));
    // one is missing: its quotations rest on the lock, and that is said
    let ran = got.run(&["verify", "got.pdf", "--archive", "articles"]).exits(0).says("warning[article-missing]");
    assert!(ran.err.contains("proved by the lock attached, its article missing"), "{}", ran.err);
    got.write("articles/post.txt", s.read("archive/post.txt").replace("1,200", "1,300"));
    got.run(&["verify", "got.pdf", "--archive", "articles"])
        .exits(1)
        .says("the article of source `post` is not the one it names")
        .says("NOT PROVED");
    // where the lock says that a quotation stands, it stands
    got.write("articles/post.txt", s.bytes("archive/post.txt"));
    let lock = held(&s.bytes(PDF), "evidence.lock");
    let line = lock.lines().find(|l| l.starts_with("\"homes#0\"")).unwrap();
    let forged = with(&s.bytes(PDF), "evidence.lock", line, &line.replace("line = 5", "line = 6"), true);
    got.write("forged.pdf", forged);
    got.run(&["verify", "forged.pdf", "--archive", "articles"])
        .exits(1)
        .says("line 6 there, 5 in the article")
        .says("claim `homes`");
    got.run(&["verify", "got.pdf", "--archive", "nowhere"]).exits(2).says("which is no folder");
}

#[test]
fn a_project_that_moved_on_makes_a_document_outdated_and_not_false() {
    let s = printed();
    let got = alone(s.bytes(PDF));
    let project = s.path().display().to_string();
    let before = s.read(FACTS);
    let compare = |code: i32| got.run(&["verify", "got.pdf", "--project", &project]).exits(code);
    // no figure of the briefing's is touched by what is new, moved or written otherwise
    let mut facts = before.clone();
    facts.push_str("\n# a remark\n[actor.newcomer]\nname = \"A newcomer\"\nkind = \"person\"\n");
    s.write(
        FACTS,
        facts.replace("value   = \"1200\"\nby      = \"flood-office\"", "by = \"flood-office\"\nvalue = \"1200\""),
    );
    compare(0).says("the project says the same today");
    s.write(FACTS, before.replace("value   = \"1200\"", "value   = \"1300\""));
    let ran = compare(1).says("claim `homes` has since been changed").says("value: was \"1200\", is \"1300\"");
    assert!(ran.err.contains("it says what its records say; OUT OF DATE: 1 record changed since"), "{}", ran.err);
    assert!(
        ran.out.contains("homes: 1200 · printed on pages 1, 2 · quote proved (post line 5) · CHANGED since: value"),
        "{}",
        ran.out
    );
    let newer = "\n[claim.homes-later]\nevent = \"flood\"\nmeasure = \"homes-destroyed\"\nvalue = \"1300\"\nby = \"flood-office\"\nsupersedes = \"homes\"\nsource = \"post\"\nquote = \"destroyed 1,200 homes\"\nwords = \"1,200\"\n";
    s.write(FACTS, format!("{before}{newer}"));
    compare(1)
        .says("claim `homes` has since been replaced")
        .says("replaced by `homes-later`: 1300")
        .says("· REPLACED since by homes-later");
    s.write(FACTS, before.replace("value   = \"1200\"", "value   = \"1200\"\nrank = \"deprecated\""));
    compare(1).says("claim `homes` has since been withdrawn").says("· WITHDRAWN since");
    let retraction =
        "\n[change.took-back]\nkind = \"retraction\"\naffects = [\"homes\"]\ntext = \"The Post took it back.\"\n";
    s.write(FACTS, format!("{before}{retraction}"));
    compare(1).says("claim `homes` has since been withdrawn");
    let (head, tail) = before.split_once("[claim.homes]").unwrap();
    let tail = tail.split_once("[claim.displaced-office]").unwrap().1;
    s.write(FACTS, format!("{head}[claim.displaced-office]{tail}"));
    compare(1).says("claim `homes` is no longer in the project").says("· NO LONGER in the project");
    s.write(FACTS, before.replace("303bd5d0251f", "303bd5d0251e"));
    compare(1).says("source `post` has since been changed").says("sha256: was");
    let ran = got.run(&["verify", "got.pdf", "--project", &project, "--format", "json"]);
    assert!(ran.out.contains("\"outdated-changed\""), "{}", ran.out);
    // forged, and out of date: both are said, and apart
    s.write(FACTS, before.replace("value   = \"1200\"", "value   = \"1300\""));
    got.write("got.pdf", with(&s.bytes(PDF), "records.toml", "value = \"12\"", "value = \"13\"", false));
    compare(1).says("OUT OF DATE: 2 records changed since").says("NOT VERIFIED: ");
    s.write(FACTS, &before);
    std::fs::rename(s.path().join("seeds/ferrow"), s.path().join("seeds/other")).unwrap();
    compare(1).says("the project has no dossier `ferrow`");
}

/// That none of the words is in a PDF: neither in what it carries nor in what its pages say.
#[track_caller]
fn holds_none(pdf: &[u8], words: &[&str]) {
    let carried = Carried::read(pdf, "got.pdf").unwrap();
    for file in &carried.files {
        let text = format!("{} {} {}", file.name, file.about, String::from_utf8_lossy(&file.bytes));
        for word in words {
            assert!(!text.contains(word), "{} holds {word:?}:\n{text}", file.name);
        }
    }
}

#[test]
fn what_came_later_leaves_no_trace() {
    let s = outbreak();
    s.write("briefings/sheet.toml", "kind = \"fact-sheet\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\nbottom_line = '''{{figure \"ostrem\" \"killed\" \"people\"}}.'''\n");
    s.write("briefings/table.toml", "kind = \"casualty-table\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n");
    s.edit("seeds/outbreak/facts.toml", "[claim.dead-2]\n", "[gap.open]\nquestion = \"Who counts?\"\nwhy = \"Nobody has said so yet.\"\nreview = \"2031-01-01\"\nabout = [\"ostrem\", \"marl\"]\n\n[claim.dead-2]\n");
    s.run(&["build", "--as-of", "2024-05-02", "--out", "then"]).exits(0);
    for slug in ["sheet", "table"] {
        let pdf = s.bytes(&format!("then/{slug}.as-of-2024-05-02.pdf"));
        holds_none(
            &pdf,
            &[
                "dead-3",
                "dead-4",
                "marl",
                "Marl",
                "union",
                "hospital",
                "three",
                "four",
                "five",
                "2024-05-03",
                "2024-05-05",
                "2031",
            ],
        );
        assert!(held(&pdf, "records.toml").contains("[claim.dead-2]"));
        assert!(held(&pdf, "records.toml").contains("supersedes = \"dead-1\""));
        let got = alone(&pdf);
        let project = s.path().display().to_string();
        got.run(&["verify", "got.pdf"]).exits(0);
        got.run(&["verify", "got.pdf", "--project", &project])
            .exits(1)
            .says("claim `dead-2` has since been replaced")
            .says("replaced by `dead-3`: 11");
    }
    // a citation of a later report goes, with the proofs of it; those that are left keep theirs
    s.edit(
        "seeds/outbreak/facts.toml",
        "source = \"one\"\nquote  = \"Fever broke out in Ostrem\"",
        "cite = [{ source = \"four\", quote = \"The health ministry said that 24 people had died in Ostrem\" }, { source = \"one\", quote = \"Fever broke out in Ostrem\" }]",
    );
    s.run(&["build", "table", "--as-of", "2024-05-02", "--out", "again"]).exits(0);
    let pdf = s.bytes("again/table.as-of-2024-05-02.pdf");
    holds_none(&pdf, &["four", "24 people"]);
    let got = alone(&pdf);
    let articles = s.path().join("archive").display().to_string();
    got.run(&["verify", "got.pdf"]).exits(0);
    got.run(&["verify", "got.pdf", "--archive", &articles]).exits(0).says("3 quotations: 3 proved in the articles");
}

#[test]
fn what_is_handled_more_strictly_leaves_no_trace() {
    let s = outbreak();
    let facts = "seeds/outbreak/facts.toml";
    s.edit(facts, "[actor.union]\n", "[actor.union]\ntlp  = \"RED\"\n");
    s.edit(facts, "[source.three]\n", "[source.three]\ntlp  = \"AMBER\"\n");
    s.edit(facts, "[source.two]\n", "[source.two]\nabout = \"As The three Courier has it.\"\n");
    for (kind, more) in
        [("casualty-table", ""), ("ledger", ""), ("source-annex", ""), ("chronology", ""), ("positions", "")]
    {
        let text = format!("kind = \"{kind}\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\nmax_tlp = \"GREEN\"\n{more}");
        s.write(&format!("briefings/{kind}.toml"), text);
    }
    s.run(&["build"]).exits(0);
    for kind in ["casualty-table", "ledger", "source-annex", "chronology"] {
        let pdf = s.bytes(&format!("briefings/{kind}.pdf"));
        holds_none(&pdf, &["union", "nurses", "dead-3", "three", "Three", "three.txt"]);
        let got = alone(&pdf);
        let ran = got.run(&["verify", "got.pdf"]);
        assert!(ran.code == 0 || ran.err.contains("nothing-to-verify"), "{kind}: {}", ran.err);
    }
    assert!(held(&s.bytes("briefings/casualty-table.pdf"), "records.toml").contains("[claim.dead-4]"));
}

#[test]
fn what_is_never_printed_is_not_handed_out() {
    let s = Scratch::flood();
    s.edit(FACTS, "[place.ferrow]\n", "# an inner remark\n[place.ferrow]\n");
    s.edit(FACTS, "[gap.gate]\n", "[gap.gate]\nreview = \"2031-01-01\"\n");
    s.edit(
        FACTS,
        "[claim.homes]\n",
        "[claim.homes]\nallow = [{ rule = \"quote-long\", reason = \"an inner reason\" }]\n",
    );
    s.edit(FACTS, "[event.flood]", "[change.inner]\nkind = \"addition\"\naffects = [\"homes\"]\ntext = \"An inner note.\"\n\n[actor.nobody]\nname = \"Nobody Printed\"\nkind = \"person\"\n\n[event.flood]");
    s.run(&["build", "--allow", "exception-unused"]).exits(0);
    let pdf = s.bytes(PDF);
    holds_none(&pdf, &["2031", "inner", "Nobody"]);
    alone(&pdf).run(&["verify", "got.pdf"]).exits(0).says("claim `homes` has an exception from `quote-long`");
    let project = s.path().display().to_string();
    alone(&pdf).run(&["verify", "got.pdf", "--project", &project]).exits(0).says("the project says the same today");
}

#[test]
fn a_briefing_may_keep_its_records() {
    let s = Scratch::flood();
    s.edit("briefings/ferrow.toml", "as_of", "evidence = false\nas_of");
    s.run(&["build"]).exits(0);
    let pdf = s.bytes(PDF);
    assert!(Carried::read(&pdf, "x").unwrap().files.is_empty());
    alone(&pdf).run(&["verify", "got.pdf"]).exits(2).says("carries no evidence: nothing was verified");
    alone(&pdf).run(&["extract", "got.pdf"]).exits(2).says("carries nothing");
    s.edit("briefings/ferrow.toml", "evidence = false", "evidence = \"no\"");
    s.run(&["build"]).exits(2).says("briefings/ferrow.toml:");
    s.edit("briefings/ferrow.toml", "evidence = \"no\"", "evidense = true");
    s.run(&["build"]).exits(2).says("did you mean `evidence`?");
}

#[test]
fn neither_a_layout_nor_a_level_of_the_project_loses_the_evidence() {
    let s = Scratch::flood();
    s.write("templates/fact-sheet/layout.typ", "#let layout(view, body) = { set document(title: \"x\", date: datetime(year: 2024, month: 3, day: 6)); body }\n");
    s.run(&["build"]).exits(0);
    alone(s.bytes(PDF)).run(&["verify", "got.pdf"]).exits(0);
    // a rule that the project has switched off is off for the articles, too, and that is said
    let s = Scratch::flood();
    s.edit(
        FACTS,
        "by      = \"flood-office\"\nsource  = \"post\"\nquote   = \"destroyed",
        "hedge = \"reportedly\"\nby      = \"flood-office\"\nsource  = \"post\"\nquote   = \"destroyed",
    );
    s.run(&["build"]).exits(1);
    s.write("factbrief.toml", s.read("factbrief.toml") + "\n[levels]\nhedge-not-in-source = \"allow\"\n");
    s.run(&["build"]).exits(0);
    let articles = s.path().join("archive").display().to_string();
    alone(s.bytes(PDF))
        .run(&["verify", "got.pdf", "--archive", &articles])
        .exits(0)
        .says("hedge-not-in-source = allow");
    // a line of a template that gives the reason for its number
    let template = "templates/fact-sheet/briefing.md.hbs";
    let shipped = std::fs::read_to_string(repository().join(template)).unwrap();
    let line = "Read by 2 people before issue. {{!-- fixed: how we work, and a secret --}}\n\n{{> figures}}";
    s.write(template, shipped.replacen("{{> figures}}", line, 1));
    s.run(&["build"]).exits(0);
    holds_none(&s.bytes(PDF), &["secret"]);
    alone(s.bytes(PDF)).run(&["verify", "got.pdf"]).exits(0);
}

#[test]
fn what_is_taken_off_or_laid_on_a_page_is_found() {
    let s = printed();
    let mut carried = Carried::read(&s.bytes(PDF), "got.pdf").unwrap();
    // a figure less, with nothing put in its place
    let row = carried.pages[0].text.rfind("1,200").unwrap();
    carried.pages[0].text.replace_range(row..row + "1,200".len(), "");
    let found = verify(&carried, &Archive::Absent, None);
    assert!(found.fails(), "{}", told(&found));
    // an annotation over the page
    let mut document = Document::load_mem(&s.bytes(PDF)).unwrap();
    let page = *document.get_pages().get(&1).unwrap();
    let note = Dictionary::from_iter([
        ("Type", Object::Name(b"Annot".to_vec())),
        ("Subtype", Object::Name(b"FreeText".to_vec())),
        ("Contents", Object::string_literal("1,300")),
    ]);
    let note = document.add_object(note);
    document.get_dictionary_mut(page).unwrap().set("Annots", Object::Array(vec![Object::Reference(note)]));
    alone(saved(document)).run(&["verify", "got.pdf"]).exits(1).says("something lies on page 1").says("FreeText");
    // a file that somebody put beside the others
    let mut carried = Carried::read(&s.bytes(PDF), "got.pdf").unwrap();
    carried.files.push(File { name: "memo.txt".to_owned(), about: String::new(), bytes: b"1,300".to_vec() });
    let found = verify(&carried, &Archive::Absent, None);
    assert!(!found.fails() && found.notes.iter().any(|note| note.contains("it carries `memo.txt`, too")));
    // a figure in a footer that the briefing does not have
    let mut carried = Carried::read(&s.bytes(PDF), "got.pdf").unwrap();
    assert!(verify(&carried, &Archive::Absent, None).notes.is_empty());
    carried.pages[0].furniture.push_str(" 1,300 ");
    let found = verify(&carried, &Archive::Absent, None);
    assert!(found.notes.iter().any(|note| note.contains("page 1 say “1,300”")), "{:?}", found.notes);
    // a page that is left out
    let mut document = Document::load_mem(&s.bytes(PDF)).unwrap();
    document.delete_pages(&[2]);
    alone(saved(document)).run(&["verify", "got.pdf"]).exits(1).says("stands on no page");
}

#[test]
fn what_a_picture_shows_is_held_too() {
    let s = printed();
    let pdf = s.bytes(PDF);
    let shown = |from: &str, to: &str| {
        let mut carried = Carried::read(&pdf, "got.pdf").unwrap();
        let text = &mut carried.pages[0].text;
        // the legend stands in the picture alone
        let picture = text.find("as claimed").unwrap();
        let at = picture + text[picture..].find(from).unwrap_or_else(|| panic!("no {from:?} in {text}"));
        text.replace_range(at..at + from.len(), to);
        verify(&carried, &Archive::Absent, None)
    };
    let found = shown("as claimed", "as claimed");
    assert!(!found.fails(), "{}", told(&found));
    for (from, to) in [("at least 24", "at least 25"), ("1,200", "1,300"), ("at least 24", "at least 24 or 99")] {
        let found = shown(from, to);
        assert!(found.fails(), "{from} to {to}");
        assert!(told(&found).contains(to.rsplit(' ').next().unwrap()), "{}", told(&found));
    }
}

/// A PDF with another name for an attachment, in the list and in its description.
fn renamed(pdf: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut document = Document::load_mem(pdf).unwrap();
    let (_, spec, _) = attached(&document).into_iter().find(|(n, ..)| n == from).unwrap();
    let dictionary = document.get_dictionary_mut(spec).unwrap();
    dictionary.set("F", lopdf::text_string(to));
    dictionary.set("UF", lopdf::text_string(to));
    saved(document)
}

#[test]
fn bad_input_is_named_and_never_passes() {
    let s = printed();
    let pdf = s.bytes(PDF);
    let none = "carries no evidence";
    let mut plain = Document::load_mem(&pdf).unwrap();
    plain.catalog_mut().unwrap().remove(b"Names");
    plain.catalog_mut().unwrap().remove(b"AF");
    let circle = {
        let mut document = Document::load_mem(&pdf).unwrap();
        let id = document.new_object_id();
        document.set_object(id, Dictionary::from_iter([("Kids", Object::Array(vec![Object::Reference(id)]))]));
        let names = Dictionary::from_iter([("EmbeddedFiles", Object::Reference(id))]);
        document.catalog_mut().unwrap().set("Names", names);
        saved(document)
    };
    let many = {
        let mut document = Document::load_mem(&pdf).unwrap();
        let (_, spec, _) = attached(&document).remove(0);
        let pair = [Object::string_literal("a"), Object::Reference(spec)];
        let list: Vec<Object> = pair.into_iter().cycle().take(200).collect();
        let tree = Dictionary::from_iter([("Names", Object::Array(list))]);
        document
            .catalog_mut()
            .unwrap()
            .set("Names", Dictionary::from_iter([("EmbeddedFiles", Object::Dictionary(tree))]));
        saved(document)
    };
    let bomb = {
        let mut document = Document::load_mem(&pdf).unwrap();
        let (.., stream) = attached(&document).into_iter().find(|(n, ..)| n == "view.json").unwrap();
        let mut packed = Stream::new(Dictionary::new(), vec![b' '; 80 * 1024 * 1024]);
        packed.compress().unwrap();
        document.set_object(stream, packed);
        saved(document)
    };
    let twice = {
        let one = renamed(&pdf, "briefing.md", "view.json");
        assert_ne!(one, pdf);
        one
    };
    let version = with(&pdf, "view.json", "\"version\": 3", "\"version\": 9", true);
    for (bytes, code, expected) in [
        (b"".to_vec(), 2, "it is not a PDF"),
        (b"{}\n".to_vec(), 2, "it is not a PDF"),
        (b"%PDF-1.7\n%%EOF\n".to_vec(), 2, "damaged"),
        (pdf[..pdf.len() / 2].to_vec(), 2, "PDF"),
        (saved(plain), 2, none),
        (circle, 2, "runs in a circle"),
        (many, 2, "more than 64 entries"),
        (bomb, 3, "unpacks to more than"),
        (twice, 1, "carries `view.json` more than once"),
        (renamed(&pdf, "records.toml", "../records.toml"), 1, "lacks `records.toml`"),
        (version, 2, "version 9; this program reads version 3"),
        (with_bytes(&pdf, "view.json", b"{ not json".to_vec(), true), 2, "is not JSON"),
        (with_bytes(&pdf, "view.json", b"[]".to_vec(), true), 2, "version none"),
        (with_bytes(&pdf, "view.json", b"\"\\u001b[31m\"".to_vec(), true), 2, "version none"),
        (with_bytes(&pdf, "view.json", b"caf\xe9".to_vec(), true), 2, "is not UTF-8"),
        (with_bytes(&pdf, "view.json", b"caf\xe9".to_vec(), false), 1, "is not UTF-8"),
        (with_bytes(&pdf, "records.toml", b"[claim.\x1b[31m".to_vec(), true), 1, "is not TOML"),
        (with_bytes(&pdf, "records.toml", Vec::new(), true), 1, "nothing-to-verify"),
        (with_bytes(&pdf, "evidence.lock", b"version = 7".to_vec(), true), 2, "version 7 is not known"),
        (with_bytes(&pdf, "briefing.md", b"Nothing.\n".to_vec(), true), 1, "are not those of the briefing it carries"),
        (
            with_bytes(
                &pdf,
                "view.json",
                format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes(),
                true,
            ),
            2,
            "is not JSON",
        ),
    ] {
        let got = alone(bytes);
        let ran = got.run(&["verify", "got.pdf"]);
        assert_eq!(ran.code, code, "{expected}\n{}\n{}", ran.out, ran.err);
        assert!(ran.err.contains(expected), "no {expected:?} in\n{}", ran.err);
        assert!(!ran.err.contains('\u{1b}') && !ran.err.contains("defect"), "{}", ran.err);
    }
    let got = alone(&pdf);
    got.run(&["verify", "missing.pdf"]).exits(2).says("there is no such file");
    got.run(&["verify", "."]).exits(2).says("it is a folder");
    got.run(&["verify"]).exits(2);
    got.run(&["verify", "got.pdf", "--project", "."]).exits(2).says("holds no factbrief.toml");
    got.run(&["verify", "got.pdf", "missing.pdf"]).exits(2).says("it says what its records say");
}

#[test]
fn attachments_are_written_out_and_nothing_else() {
    let s = printed();
    let pdf = s.bytes(PDF);
    let got = alone(&pdf);
    let ran = got.run(&["extract", "got.pdf"]).exits(0);
    for name in ALL {
        let text = got.read(&format!("got/{name}"));
        assert_eq!(text, held(&pdf, name));
        assert!(ran.err.contains(&format!("wrote got/{name} ({} bytes)", text.len())), "{}", ran.err);
    }
    assert_eq!(got.read("got/briefing.md"), s.read("briefings/ferrow.md"));
    assert_eq!(got.read("got/view.json"), s.run(&["build", "--context"]).out);
    assert_eq!(std::fs::read_dir(got.path().join("got")).unwrap().count(), 4);
    // a dossier like any other
    let project = Scratch::flood();
    project.write("seeds/ferrow/facts.toml", got.read("got/records.toml"));
    project.write("seeds/ferrow/evidence.lock", got.read("got/evidence.lock"));
    project.run(&["check", "--no-archive", "--locked"]).exits(0).says("7 passed by the evidence lock");
    // nothing is overwritten in silence
    got.run(&["extract", "got.pdf"]).exits(0).says("current got/view.json");
    got.write("got/view.json", "mine");
    got.run(&["extract", "got.pdf"]).exits(2).says("got/view.json is there and holds something else");
    assert_eq!(got.read("got/view.json"), "mine");
    got.run(&["extract", "got.pdf", "--force"]).exits(0).says("wrote got/view.json");
    got.run(&["extract", "got.pdf", "--out", "deep/er"]).exits(0).says("wrote deep/er/records.toml");
    for bad in ["../view.json", "/tmp/view.json", "a/b", "CON", "..", "a\u{202e}b", ""] {
        let got = alone(renamed(&pdf, "view.json", bad));
        got.run(&["extract", "got.pdf", "--out", "in"]).exits(2).says("nothing was written");
        assert!(!got.path().join("in").exists() && !got.path().join("view.json").exists(), "{bad:?}");
    }
    alone(renamed(&pdf, "view.json", "BRIEFING.md")).run(&["extract", "got.pdf"]).exits(2).says("two attachments");
    #[cfg(unix)]
    {
        let link = |from: &Path, to: &Path| std::os::unix::fs::symlink(from, to).unwrap();
        let elsewhere = Scratch::empty();
        let got = alone(&pdf);
        link(elsewhere.path(), &got.path().join("linked"));
        got.run(&["extract", "got.pdf", "--out", "linked"]).exits(4).says("is a link or a file");
        std::fs::create_dir(got.path().join("got")).unwrap();
        link(&elsewhere.path().join("new"), &got.path().join("got/view.json"));
        got.run(&["extract", "got.pdf"]).exits(4).says("a link, folder or device");
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        assert_eq!(std::fs::read_dir(got.path().join("got")).unwrap().count(), 1);
    }
    alone("no pdf").run(&["extract", "got.pdf"]).exits(2).says("it is not a PDF");
    alone("no pdf").run(&["extract", "gone.pdf"]).exits(2).says("no such file");
}
