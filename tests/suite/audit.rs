//! What is printed, edited or written by hand, held against the records.

use std::path::Path;

use factbrief::Workspace;
use factbrief::audit::Text;
use factbrief::check::Settings;
use factbrief::load::archive::Archive;
use lopdf::content::Content;
use lopdf::{Document, Object};

use crate::scratch::{Scratch, repository};

fn printed() -> Scratch {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s
}

/// Edits the printed Markdown, audits it, and puts it back.
#[track_caller]
fn edited(s: &Scratch, from: &str, to: &str, line_of: &str, expected: &[&str]) {
    let file = "briefings/ferrow.md";
    let before = s.read(file);
    s.edit(file, from, to);
    let text = s.read(file);
    let line = text.lines().position(|l| l.contains(line_of)).unwrap_or_else(|| panic!("no {line_of:?}")) + 1;
    let ran = s.run(&["audit", file]).exits(1).says(&format!("briefings/ferrow.md:{line}:"));
    for words in expected {
        assert!(ran.err.contains(words), "no {words:?} in\n{}", ran.err);
    }
    assert!(!ran.err.contains(" 0 naked"), "{}", ran.err);
    s.write(file, before);
}

#[test]
fn what_was_printed_is_clean_in_both_formats() {
    let s = printed();
    for file in ["briefings/ferrow.md", "briefings/ferrow.pdf"] {
        let ran = s.run(&["audit", file]).exits(0).says(" 0 naked").says("read as briefing `ferrow`");
        assert!(!ran.err.contains(" 0 from records"), "{}", ran.err);
    }
    for slug in ["derna-2015", "derna-2017"] {
        let (md, pdf) = (format!("briefings/{slug}.md"), format!("briefings/{slug}.pdf"));
        let s = Scratch::libya();
        let ran = s.run(&["audit", &md, &pdf]).exits(0);
        let counts: Vec<&str> = ran.err.lines().filter_map(|l| l.split_once(": ").map(|(_, rest)| rest)).collect();
        assert_eq!(counts.len(), 2, "{}", ran.err);
        // the pages hold the texts of pictures, too; what the Markdown says of its own and of a template's is the same
        let number = |text: &str, of: &str| -> usize {
            let before = text.split(of).next().unwrap();
            before.rsplit([' ', ',']).find(|w| !w.is_empty()).unwrap().parse().unwrap()
        };
        for of in [" of the briefing's own data", " in template text", " naked"] {
            assert_eq!(number(counts[0], of), number(counts[1], of), "{of}: {}", ran.err);
        }
        assert!(number(counts[1], " from records") > number(counts[0], " from records"), "{}", ran.err);
        assert!(counts.iter().all(|c| c.contains(" 0 naked")), "{}", ran.err);
    }
}

#[test]
fn an_edit_anywhere_is_found_on_its_line() {
    let s = printed();
    edited(&s, "**1,200**", "**1,300**", "1,300", &["naked-number", "“1,300”", "claim `homes`", "“1,200”"]);
    edited(&s, "Ferrow on 4 March", "Ferrow on 5 March", "Ferrow on 5 March", &["naked-date", "“4 March 2024”"]);
}

#[test]
fn edits_of_every_sort() {
    let s = printed();
    let text = s.read("briefings/ferrow.md");
    assert!(text.contains("**at least 24**"), "{text}");
    // a bound left out
    edited(&s, "**at least 24**", "**24**", "**24**", &["naked-number", "“at least 24”", "claim `killed-mayor`"]);
    // an estimate made exact
    edited(&s, "**about 3,000**", "**3,000**", "**3,000**", &["naked-number"]);
    // an end of a range
    edited(&s, "12 to 24, or more people", "12 to 25, or more people", "12 to 25", &["naked-number"]);
    // a date
    edited(&s, "**4 March 2024, dawn.**", "**5 March 2024, dawn.**", "5 March 2024, dawn", &["naked-date"]);
    // a month in words
    edited(&s, "**4 March 2024, dawn.**", "**4 April 2024, dawn.**", "4 April 2024, dawn", &["naked-date"]);
    // a word of a quotation
    edited(
        &s,
        "“We were warned too late”",
        "“We were warned too soon”",
        "too soon",
        &["naked-statement", "“We were warned too soon”", "position `mayor-late`"],
    );
    // a claimant
    edited(
        &s,
        "| **1,200** | The regional flood office |",
        "| **1,200** | Ines Tarn |",
        "**1,200** | Ines Tarn",
        &["naked-statement", "was edited", "claim `homes`"],
    );
    // a word that turns a statement round
    edited(
        &s,
        "The gate was closed all night",
        "The gate was not closed all night",
        "not closed",
        &["naked-statement"],
    );
    // the issue and the day of the briefing
    edited(&s, "Issue 1", "Issue 2", "Issue 2", &["naked-number"]);
    edited(&s, "As of 6 March", "As of 7 March", "As of 7 March", &["naked-date"]);
    // what a column means
    edited(&s, "| According to |", "| Denied by |", "Denied by", &["naked-statement"]);
    // a number in words
    edited(&s, "The dead number", "The two dead number", "The two dead", &["naked-number", "“two”"]);
}

#[test]
fn a_row_under_another_heading_is_found() {
    let s = Scratch::libya();
    let file = "briefings/derna-2015.md";
    let text = s.read(file);
    let row = text.lines().find(|l| l.contains("| Dead: militants |")).unwrap().to_owned();
    let other = text.lines().find(|l| l.contains("| Raids |")).unwrap().to_owned();
    let without = text.replacen(&format!("{row}\n"), "", 1);
    s.write(file, without.replacen(&other, &format!("{other}\n{row}"), 1));
    s.run(&["audit", file]).exits(1).says("stands in another place than it was printed in");
}

#[test]
fn a_sentence_added_by_hand_needs_a_record() {
    let s = printed();
    let file = "briefings/ferrow.md";
    let before = s.read(file);
    let with =
        |sentence: &str| s.write(file, before.replacen("\n## Key facts", &format!("\n{sentence}\n\n## Key facts"), 1));
    with("At least 31 people were killed in Ferrow.");
    s.run(&["audit", file]).exits(1).says("“at least 31”".to_owned().replace("at", "At").as_str());
    with("At least 24 people were killed in Ferrow, the mayor said.");
    s.run(&["audit", file]).exits(0);
    with("24 people were killed in Ferrow, the mayor said.");
    s.run(&["audit", file]).exits(1).says("nearest: claim `killed-mayor`: at least 24");
    with("The water company said that at least 24 people were killed.");
    s.run(&["audit", file]).exits(1).says("by Ines Tarn");
    with("At least 24 homes were destroyed.");
    s.run(&["audit", file]).exits(1).says("which counts “Dead, people”");
}

#[test]
fn a_memo_is_held_against_the_records() {
    let s = Scratch::flood();
    s.write(
        "memo.md",
        "# Memo\n\nOn 4 March 2024 the Tarn flooded Ferrow. The regional flood office says that twelve people died. [1]\n\n\
         The mayor said: “We were warned too late”. The flood office said “we did all we could”.\n\n\
         | Measure | Number |\n|--|--|\n| Homes destroyed | 1,200 |\n| Homes destroyed | 1,201 |\n\n\
         In 2019, forty-one people drowned. See `12` and <https://example.org/99>.\n",
    );
    let ran = s.run(&["audit", "memo.md"]).exits(1).says("read as no briefing of this project");
    for found in ["“we did all we could”", "“1,201”", "“2019”", "“forty-one”"] {
        assert!(ran.err.contains(&format!("{found} comes from no record")), "no {found} in\n{}", ran.err);
    }
    for backed in
        ["“twelve”", "“4 March 2024”", "“1,200” comes", "“We were warned too late” comes", "“12”", "“99”", "“1”"]
    {
        assert!(!ran.err.contains(backed), "{backed} in\n{}", ran.err);
    }
    let ran = s.run(&["audit", "memo.md", "--format", "json"]).exits(1);
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.iter().any(|l| l["code"] == "naked-number"));
    assert_eq!(lines.last().unwrap()["reason"], "audit");
    assert!(lines.last().unwrap()["naked"].as_u64().unwrap() >= 4);
}

#[test]
fn a_file_without_facts_is_no_silent_pass() {
    let s = Scratch::flood();
    s.write("hello.md", "Hello there.\n");
    s.run(&["audit", "hello.md"]).exits(1).says("nothing-to-audit").says("0 numbers, 0 dates and 0 statements");
}

/// Replaces one glyph on a page by another of the same font, as a forger would.
pub(crate) fn forge(path: &Path, from: &str, to: &str) {
    let mut document = Document::load(path).unwrap();
    for (_, page) in document.get_pages() {
        let fonts: Vec<(Vec<u8>, lopdf::Dictionary)> =
            document.get_page_fonts(page).unwrap().into_iter().map(|(n, f)| (n, f.clone())).collect();
        let mut content = Content::decode(&document.get_page_content(page)).unwrap();
        let mut font: Option<&lopdf::Dictionary> = None;
        for operation in &mut content.operations {
            match operation.operator.as_str() {
                "Tf" => {
                    let name = operation.operands[0].as_name().unwrap();
                    font = fonts.iter().find(|(n, _)| n == name).map(|(_, f)| f);
                }
                "Tj" | "TJ" => {
                    let Some(font) = font else { continue };
                    let encoding = font.get_font_encoding(&document).unwrap();
                    let text = |o: &Object| match o {
                        Object::String(bytes, _) => Document::decode_text(&encoding, bytes).unwrap_or_default(),
                        Object::Array(list) => list
                            .iter()
                            .filter_map(|o| o.as_str().ok())
                            .map(|b| Document::decode_text(&encoding, b).unwrap_or_default())
                            .collect(),
                        _ => String::new(),
                    };
                    let whole: String = operation.operands.iter().map(text).collect();
                    if whole.contains(from) {
                        let forged = Document::encode_text(&encoding, &whole.replacen(from, to, 1));
                        operation.operator = "Tj".to_owned();
                        operation.operands = vec![Object::string_literal(forged)];
                        let bytes = content.encode().unwrap();
                        document.change_page_content(page, bytes).unwrap();
                        document.save(path).unwrap();
                        return;
                    }
                }
                _ => {}
            }
        }
    }
    panic!("no {from:?} on the pages");
}

#[test]
fn a_forged_page_is_found_on_its_page() {
    for (from, to, expected) in [
        ("1,200", "1,202", "“1,202” on page 1"),
        ("at least 24", "at most 24", "“at most 24” on page 1"),
        ("warned too late", "warned too well", "“We were warned too well” on page"),
    ] {
        let s = printed();
        let path = s.path().join("briefings/ferrow.pdf");
        forge(&path, from, to);
        s.run(&["audit", "briefings/ferrow.pdf"]).exits(1).says(expected).says("read as briefing `ferrow`");
    }
}

#[test]
fn bad_files_are_named_and_the_others_audited() {
    let s = printed();
    s.write("empty.md", "");
    s.write("blank.md", " \n\n");
    s.write("latin.md", b"caf\xe9 29\n");
    s.write("utf16.md", b"\xff\xfe2\x009\x00");
    s.write("text.pdf", "29 people\n");
    s.write("empty.pdf", "");
    s.write("head.pdf", "%PDF-1.7\n%%EOF\n");
    let whole = s.bytes("briefings/ferrow.pdf");
    s.write("torn.pdf", &whole[..whole.len() / 3]);
    std::fs::create_dir(s.path().join("folder.md")).unwrap();
    let large = std::fs::File::create(s.path().join("large.md")).unwrap();
    large.set_len(65 * 1024 * 1024).unwrap();
    let mut locked = Document::load_mem(&whole).unwrap();
    let mut encrypt = lopdf::Dictionary::new();
    encrypt.set("Filter", "Standard");
    encrypt.set("V", 1);
    encrypt.set("R", 2);
    encrypt.set("O", Object::string_literal(vec![1u8; 32]));
    encrypt.set("U", Object::string_literal(vec![2u8; 32]));
    encrypt.set("P", -4);
    let id = locked.add_object(encrypt);
    locked.trailer.set("Encrypt", id);
    locked
        .trailer
        .set("ID", Object::Array(vec![Object::string_literal(vec![3u8; 16]), Object::string_literal(vec![3u8; 16])]));
    locked.save(s.path().join("locked.pdf")).unwrap();
    for (file, expected) in [
        ("empty.md", "it is empty"),
        ("blank.md", "it is empty"),
        ("latin.md", "is not UTF-8"),
        ("utf16.md", "UTF-16"),
        ("text.pdf", "it is not a PDF"),
        ("empty.pdf", "it is empty"),
        ("head.pdf", "PDF"),
        ("torn.pdf", "PDF"),
        ("folder.md", "it is a folder"),
        ("large.md", "the limit is"),
        ("missing.md", "there is no such file"),
        ("locked.pdf", "encrypted"),
    ] {
        let ran = s.run(&["audit", file, "briefings/ferrow.md"]).exits(2).says(expected).says(" 0 naked");
        assert!(!ran.err.contains("defect"), "{file}: {}", ran.err);
    }
}

#[test]
fn a_digit_typed_where_nothing_proves_it_is_not_printed() {
    let s = Scratch::flood();
    let briefing = "briefings/ferrow.toml";
    let before = s.read(briefing);
    s.edit(briefing, "title   = \"Flood in Ferrow\"", "title   = \"Flood in Ferrow, 31 dead\"");
    s.run(&["build"]).exits(2).says("`title` of briefing `ferrow`").says("briefings/ferrow.toml:2:");
    assert!(!s.path().join("briefings/ferrow.md").exists());
    s.edit(briefing, "Flood in Ferrow, 31 dead", "Flood in Ferrow, March 2024");
    s.run(&["build"]).exits(0);
    s.edit(briefing, "March 2024", "May 2024");
    s.run(&["build"]).exits(2).says("\"May 2024\" comes from no record");
    s.write(briefing, before);
    let template = "templates/fact-sheet/briefing.md.hbs";
    let shipped = std::fs::read_to_string(repository().join(template)).unwrap();
    let with =
        |line: &str| s.write(template, shipped.replacen("{{> figures}}", &format!("{line}\n\n{{{{> figures}}}}"), 1));
    with("Some 12,000 people live there.");
    s.run(&["build"]).exits(2).says("templates/fact-sheet/briefing.md.hbs:").says("comes from no record");
    with("Read by 2 people before issue. {{!-- fixed: how briefings are reviewed --}}");
    s.run(&["build"]).exits(0);
    s.run(&["audit", "briefings/ferrow.md"]).exits(0);
    with("More than {{len figures}} and about {{issue}} things.");
    s.run(&["build"]).exits(2).says("the template makes");
}

#[test]
fn a_trace_leads_from_each_sentence_to_its_line_in_the_article() {
    let s = printed();
    s.run(&["audit", "--trace", "briefings/ferrow.md"])
        .exits(0)
        .says(
            "claim `killed-mayor`\n        The Ferrow Post [post], line 3 (article): “At least 24 people were killed”",
        )
        .says("discrepancy `killed-figures`\n    claim `killed-mayor`");
    s.run(&["audit", "--trace", "--no-archive", "briefings/ferrow.pdf"])
        .exits(0)
        .says("line 3 (evidence lock): “At least 24")
        .says("briefings/ferrow.pdf (page 1):");
    let ran = s.run(&["audit", "--trace", "--format", "json", "briefings/ferrow.md"]).exits(0);
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let homes = lines.iter().find(|l| l["text"].as_str().is_some_and(|t| t.contains("1,200"))).unwrap();
    assert_eq!(homes["records"][0]["id"], "homes");
    assert_eq!(homes["records"][0]["quotations"][0]["line"], 5);
    assert_eq!(homes["records"][0]["quotations"][0]["by"], "article");
    assert_eq!(homes["unit"], "table row");
}

#[test]
fn an_impact_names_what_rests_on_a_record() {
    let s = Scratch::flood();
    s.run(&["impact", "killed-mayor"])
        .exits(0)
        .says("1 record rests on it")
        .says("`killed-figures`  seeds/ferrow/facts.toml:")
        .says("briefing `ferrow` (fact-sheet)")
        .says("table row under “Flood of the Tarn in Ferrow, 4 March 2024”: Dead: people | at least 24");
    s.run(&["impact", "post"])
        .exits(0)
        .says("`killed-figures`")
        .says("through claim `killed-mayor`")
        .says("`gate-denial`");
    s.run(&["impact", "killed"]).exits(0).says("`killed-office`");
    s.run(&["impact", "aircraft"]).exits(0).says("nothing rests on it");
    s.run(&["impact", "pots"]).exits(2).says("did you mean `post`?");
    let ran = s.run(&["impact", "mayor", "--format", "json"]).exits(0);
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.iter().any(|l| l["reason"] == "rests" && l["id"] == "killed-mayor" && l["steps"] == 1));
    assert!(lines.iter().any(|l| l["reason"] == "printed" && l["unit"] == "table row"));
    assert_eq!(lines.last().unwrap()["reason"], "impact");
}

#[test]
fn an_old_issue_is_held_against_the_records_of_today() {
    let s = printed();
    s.write("old.md", s.bytes("briefings/ferrow.md"));
    s.write("old.pdf", s.bytes("briefings/ferrow.pdf"));
    let facts = "seeds/ferrow/facts.toml";
    s.edit("archive/herald.txt", "Twelve people", "Thirteen people");
    s.edit(facts, "Twelve people", "Thirteen people");
    s.edit(facts, "\"Twelve\"", "\"Thirteen\"");
    s.edit(facts, "\"12\"", "\"13\"");
    let hash = factbrief::text::hash::sha256(&s.bytes("archive/herald.txt"));
    s.edit(facts, "c56925970f39114859b7539353e1b5f1dededd417f7b2cf3d8b36e18afc884a1", &hash);
    for file in ["old.md", "old.pdf"] {
        s.run(&["audit", file]).exits(1).says("the number “12”").says("prints “13” here").says("claim `killed-office`");
    }
}

/// Every digit of a committed briefing, changed: each is found, but for those that are no facts.
#[test]
fn every_digit_that_is_a_fact_is_held() {
    let root = repository();
    let workspace = Workspace::open(&root).unwrap();
    let verdict = workspace.check(&Archive::Absent, &Settings::default());
    let (auditor, findings) = workspace.auditor(&verdict);
    assert!(findings.is_empty(), "{findings:?}");
    let name = "briefings/derna-2015.md";
    let text = std::fs::read_to_string(root.join(name)).unwrap();
    let clean = auditor.audit(&Text::read(text.clone().into_bytes(), name).unwrap());
    assert!(clean.findings.is_empty(), "{:?}", clean.findings);
    let free = |at: usize| {
        let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let inside = |open: &str, close: &str| {
            text[line..at].rfind(open).is_some_and(|i| !text[line + i + open.len()..at].contains(close))
        };
        let listed = text[line..]
            .split_once(". ")
            .is_some_and(|(n, _)| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()) && at < line + n.len());
        inside("[[", ")")
            || inside("[", "](#")
                && text[at..].starts_with(|c: char| c.is_ascii_digit())
                && text[at + 1..].starts_with("](#ref-")
            || inside("](", ")")
            || inside("`", "`")
            || inside("<", ">")
            || listed
            // the name of an archived file
            || text[line..].lines().next().is_some_and(|l| l.contains(", SHA-256 `"))
    };
    let (mut changed, mut spared) = (0, 0);
    for (at, digit) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        if free(at) {
            spared += 1;
            continue;
        }
        let other = if digit == '7' { '8' } else { '7' };
        let mut forged = text.clone();
        forged.replace_range(at..at + 1, &other.to_string());
        let line = text[..at].matches('\n').count() + 1;
        let outcome = auditor.audit(&Text::read(forged.into_bytes(), name).unwrap());
        let found = outcome.findings.iter().any(|f| {
            f.labels.first().is_some_and(|l| l.file.name() == name && l.file.position(l.span.start).line.get() == line)
        });
        let shown = text.lines().nth(line - 1).unwrap_or_default();
        assert!(found, "line {line}, byte {at}, {digit} to {other}: {shown}\n{:?}", outcome.findings);
        assert!(outcome.findings.len() < 3, "line {line}: one digit, {} findings", outcome.findings.len());
        changed += 1;
    }
    assert!(changed > 300 && spared > 100, "{changed} changed, {spared} spared");
}
