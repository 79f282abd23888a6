//! The commands on a small invented project with its articles.

use std::collections::BTreeMap;
use std::path::Path;

use lopdf::content::Content;
use lopdf::{Document, Object};

use crate::scratch::Scratch;

#[test]
fn check_then_build_then_nothing_to_do() {
    let s = Scratch::flood();
    s.run(&["check"]).exits(0).says("found in the articles exactly").says("wrote seeds/ferrow/evidence.lock");
    s.run(&["build"]).exits(0).says("wrote briefings/ferrow.md").says("wrote briefings/ferrow.pdf");
    let markdown = s.read("briefings/ferrow.md");
    for expected in [
        "**TLP:GREEN**",
        "As of 6 March 2024",
        "12 to 24, or more people (12 according to the regional flood office; at least 24 according to Ines Tarn)",
        "| Homes destroyed | **1,200** | The regional flood office |",
        "Figures differ",
        "“We were warned too late”",
        "Was the gate open?",
        "1. <a id=\"ref-1\"></a>",
    ] {
        assert!(markdown.contains(expected), "no {expected:?} in\n{markdown}");
    }
    assert!(s.bytes("briefings/ferrow.pdf").starts_with(b"%PDF-"));
    s.run(&["build"]).exits(0).says("current briefings/ferrow.md");
    let silent = s.run(&["build", "--check"]).exits(0);
    assert_eq!(silent.out + &silent.err, "1 briefing compared with what is there: it is current\n");
    // and a stale one shows what would change
    s.edit("briefings/ferrow.md", "Flood in Ferrow", "Flood at Ferrow");
    s.run(&["build", "--check"]).exits(1).says("-# Flood at Ferrow").says("+# Flood in Ferrow");
}

#[test]
fn the_view_is_printed_and_holds_no_null() {
    let s = Scratch::flood();
    let ran = s.run(&["build", "--context", "ferrow"]).exits(0);
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(view["version"], 3);
    assert_eq!(view["figures"][0]["rows"][0]["figure"], "1,200");
    assert!(!ran.out.contains("null"));
    assert!(!s.path().join("briefings/ferrow.md").exists());
}

#[test]
fn show_gives_the_quotation_in_its_paragraph_and_explain_the_page() {
    let s = Scratch::flood();
    s.run(&["show", "killed-mayor"])
        .exits(0)
        .says(">>>At least 24 people were killed<<< when the Tarn")
        .says("referred to by: discrepancy `killed-figures`");
    s.run(&["show", "killed-mayer"]).exits(2).says("did you mean `killed-mayor`?");
    s.run(&["explain", "hedge-undeclared"]).exits(0).says("# hedge-undeclared").says("## Fails");
    s.run(&["explain", "hedge-undeclard"]).exits(2).says("did you mean `hedge-undeclared`?");
}

#[test]
fn both_places_are_shown_where_record_and_article_disagree() {
    let s = Scratch::flood();
    s.edit("seeds/ferrow/facts.toml", "value   = \">=24\"", "value   = \"24\"");
    s.run(&["check"])
        .exits(1)
        .says("error[figure-differs-from-source]")
        .says("seeds/ferrow/facts.toml:")
        .says("::: post.txt:3:1")
        .says("\"At least 24\" is \">=24\"")
        .says("factbrief explain figure-differs-from-source");
}

#[test]
fn all_errors_come_at_once_one_a_record_with_the_nearest_name() {
    let s = Scratch::flood();
    let facts = "seeds/ferrow/facts.toml";
    s.edit(facts, "value   = \"12\"", "valu   = \"12\"");
    s.edit(facts, "place  = \"ferrow\"", "place  = \"ferow\"");
    s.edit(facts, "stance = \"denies\"", "stance = \"denys\"");
    s.edit(facts, "toward = \"flood\"\nsaid", "toward = \"killd-mayor\"\nsaid");
    s.write(
        "seeds/ferrow/more.toml",
        "[clam.x]\na = 1\n\n[claim.homes]\nevent = \"flood\"\n\n[gap.Bad_Id]\nquestion = \"x\"\n",
    );
    s.write("seeds/ferrow/broken.toml", "[gap.open\nquestion = \n");
    let ran = s.run(&["check", "--format", "short"]).exits(2);
    for expected in [
        "did you mean `value`?",
        "did you mean `ferrow`?",
        "did you mean `denies`?",
        "did you mean `killed-mayor`?",
        "`clam` is not a kind of record",
        "the id `homes` is used twice",
        "`Bad_Id` cannot be an id",
        "broken.toml",
    ] {
        assert!(ran.err.contains(expected), "no {expected:?} in\n{}", ran.err);
    }
}

#[test]
fn a_typed_figure_and_a_sentence_without_a_source_are_refused() {
    let s = Scratch::flood();
    let briefing = "briefings/ferrow.toml";
    let before = s.read(briefing);
    s.edit(briefing, "The dead number", "At least 24 died. The dead number");
    s.run(&["build"]).exits(2).says("a figure is typed into the text").says("briefings/ferrow.toml:");
    s.write(briefing, before.replace("{{cite \"flood\"}}", "").replace("{{date \"flood\"}}", "the way"));
    s.run(&["build"]).exits(2).says("a sentence rests on no source");
    s.write(briefing, before.replace("\"killed\" \"people\"", "\"killd\" \"people\""));
    s.run(&["build"]).exits(2).says("claimed of it:");
    s.write(briefing, before.replace("as_of   = \"2024-03-06\"", "as_of   = \"2024-03-01\""));
    s.run(&["build"]).exits(2).says("is not known as of 2024-03-01");
}

#[test]
fn a_date_no_text_proves_changes_only_when_it_is_accepted() {
    let s = Scratch::flood();
    s.run(&["check"]).exits(0);
    let facts = "seeds/ferrow/facts.toml";
    let text = s.read(facts);
    let at = text.find("[source.herald]").unwrap();
    s.write(facts, format!("{}{}", &text[..at], text[at..].replacen("2024-03-05", "2024-03-06", 1)));
    s.run(&["check"]).exits(1).says("unproved-date-changed").says("--accept herald");
    s.run(&["check", "--accept", "herald"]).exits(0);
    s.run(&["check"]).exits(0);
}

#[test]
fn an_article_changed_or_missing_is_told_apart() {
    let s = Scratch::flood();
    s.run(&["check"]).exits(0);
    s.edit("archive/post.txt", "24", "25");
    s.run(&["check"]).exits(1).says("error[article-changed]").says("NOT PROVED");
    std::fs::remove_file(s.path().join("archive/post.txt")).unwrap();
    s.run(&["check"]).exits(1).says("error[article-missing]");
    s.run(&["check", "--warn", "article-missing"]).exits(0).says("passed by the evidence lock");
    s.run(&["check", "--archive", "nowhere"]).exits(2).says("which is no folder");
}

#[test]
fn levels_exceptions_and_their_limits() {
    let s = Scratch::flood();
    s.run(&["check", "--allow", "quote-not-verbatim"]).exits(2).says("cannot be switched off");
    s.run(&["check", "--deny", "quote-lon"]).exits(2).says("did you mean `quote-long`?");
    s.edit(
        "factbrief.toml",
        "archive  = \"archive\"",
        "archive  = \"archive\"\n[levels]\nquote-lng = \"deny\"\nquote-not-verbatim = \"warn\"",
    );
    s.run(&["check"]).exits(2).says("there is no rule `quote-lng`").says("cannot be switched off");
}

#[test]
fn the_users_own_template_is_used_and_checked_first() {
    let s = Scratch::flood();
    s.write(
        "templates/fact-sheet/briefing.md.hbs",
        "# {{title}}\n\n{{> bottom-line}}\n\n{{#each key_facts}}{{what}}{{/each}}\n\n{{#each figures}}{{#each rows}}- {{figur}}\n{{/each}}{{/each}}\n",
    );
    s.run(&["build"]).exits(2).says("templates/fact-sheet/briefing.md.hbs:7").says("did you mean `figure`?");
    assert!(!s.path().join("briefings/ferrow.md").exists());
    s.edit("templates/fact-sheet/briefing.md.hbs", "{{figur}}", "{{figure}} {{> marks}}");
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/ferrow.md").contains("- 1,200 [["));
}

/// The text of a PDF's pages without what is drawn as an artifact (header, footer, repeated table heads), in the order of
/// drawing.
pub(crate) fn page_text(path: &Path, what: &str) -> String {
    let document = Document::load(path).unwrap_or_else(|e| panic!("{what}: {e}"));
    let mut text = String::new();
    for (_, page) in document.get_pages() {
        let fonts: BTreeMap<Vec<u8>, BTreeMap<u16, String>> = document
            .get_page_fonts(page)
            .unwrap()
            .into_iter()
            .map(|(name, font)| (name, to_unicode(&document, font)))
            .collect();
        let content = Content::decode(&document.get_page_content(page)).unwrap();
        let (mut font, mut nested, mut artifact) = (None, 0usize, None);
        for operation in content.operations {
            match operation.operator.as_str() {
                "BMC" | "BDC" => {
                    nested += 1;
                    if operation.operands.first().and_then(|o| o.as_name().ok()) == Some(b"Artifact") {
                        artifact.get_or_insert(nested);
                    }
                }
                "EMC" => {
                    if artifact == Some(nested) {
                        artifact = None;
                    }
                    nested -= 1;
                }
                "Tf" => font = operation.operands.first().and_then(|o| o.as_name().ok()).and_then(|n| fonts.get(n)),
                "Tj" | "TJ" if artifact.is_none() => {
                    for operand in &operation.operands {
                        shown(operand, font, &mut text);
                    }
                }
                "ET" => text.push(' '),
                _ => {}
            }
        }
    }
    text
}

fn shown(operand: &Object, font: Option<&BTreeMap<u16, String>>, text: &mut String) {
    match operand {
        Object::String(bytes, _) => {
            for pair in bytes.chunks_exact(2) {
                let glyph = u16::from_be_bytes([pair[0], pair[1]]);
                text.push_str(font.and_then(|f| f.get(&glyph)).map_or("\u{fffd}", String::as_str));
            }
        }
        Object::Array(items) => items.iter().for_each(|item| shown(item, font, text)),
        _ => {}
    }
}

fn to_unicode(document: &Document, font: &lopdf::Dictionary) -> BTreeMap<u16, String> {
    let mut map = BTreeMap::new();
    let stream =
        font.get(b"ToUnicode").ok().and_then(|o| document.dereference(o).ok()).and_then(|(_, o)| o.as_stream().ok());
    let Some(stream) = stream else { return map };
    let cmap = String::from_utf8_lossy(&stream.get_plain_content().unwrap()).into_owned();
    let hex = |s: &str| -> Vec<u16> {
        let digits: Vec<char> = s.chars().filter(char::is_ascii_hexdigit).collect();
        digits.chunks(4).map(|c| u16::from_str_radix(&c.iter().collect::<String>(), 16).unwrap()).collect()
    };
    for block in cmap.split("beginbfchar").skip(1) {
        for line in block.split("endbfchar").next().unwrap().lines() {
            let parts: Vec<&str> = line.split('>').collect();
            if let [from, to, ..] = parts.as_slice()
                && let Some(glyph) = hex(from).first()
            {
                map.insert(*glyph, String::from_utf16_lossy(&hex(to)));
            }
        }
    }
    map
}

#[test]
fn a_briefing_is_set_again_only_where_something_it_is_made_from_has_changed() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0).says("wrote briefings/ferrow.pdf");
    let pdf = s.bytes("briefings/ferrow.pdf");
    let kept = s.read(".factbrief/printed.json");
    assert_eq!(s.read(".factbrief/.gitignore"), "*\n");
    // what is kept is trusted, and shows it: another file under its hash is taken for the one that was set
    let hash = factbrief::text::hash::sha256(&pdf);
    s.write("briefings/ferrow.pdf", "not set by anybody");
    s.write(".factbrief/printed.json", kept.replace(&hash, &factbrief::text::hash::sha256(b"not set by anybody")));
    s.run(&["build"]).exits(0).says("current briefings/ferrow.pdf");
    // a comparison trusts nothing, nor does a fresh build
    s.run(&["build", "--check"]).exits(1).says("ferrow.pdf");
    s.run(&["build", "--fresh"]).exits(0).says("wrote briefings/ferrow.pdf");
    assert!(s.bytes("briefings/ferrow.pdf") == pdf);
    // a file that was changed, a layout, a fact, a damaged record: set again
    s.write("briefings/ferrow.pdf", "changed by hand");
    s.run(&["build"]).exits(0).says("wrote briefings/ferrow.pdf");
    assert!(s.bytes("briefings/ferrow.pdf") == pdf);
    s.write(
        "templates/fact-sheet/layout.typ",
        "#import \"/shared/brief.typ\": briefing\n#let layout(view, body) = { briefing(view, { set text(size: 14pt); body }) }\n",
    );
    s.run(&["build"]).exits(0).says("current briefings/ferrow.md").says("wrote briefings/ferrow.pdf");
    assert!(s.bytes("briefings/ferrow.pdf") != pdf);
    std::fs::remove_dir_all(s.path().join("templates")).unwrap();
    s.write(".factbrief/printed.json", "{ damaged");
    s.run(&["build"]).exits(0);
    assert!(s.bytes("briefings/ferrow.pdf") == pdf);
    // and what is kept is never written through a link
    let elsewhere = Scratch::empty();
    std::fs::remove_dir_all(s.path().join(".factbrief")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(elsewhere.path(), s.path().join(".factbrief")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), s.path().join("templates")).unwrap();
        s.run(&["build"]).exits(0);
        s.run(&["template", "new", "ledger"]).exits(2).says("a link may lead out of the project");
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        std::fs::remove_file(s.path().join(".factbrief")).unwrap();
        std::fs::remove_file(s.path().join("templates")).unwrap();
    }
    s.run(&["build"]).exits(0);
    s.run(&["build", "--explain-stale"]).exits(0).says("ferrow: nothing it is made from has changed");
    s.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    s.run(&["build", "--explain-stale"])
        .exits(0)
        .says("wrote briefings/ferrow.md")
        .says("wrote briefings/ferrow.pdf")
        .says("ferrow: changed since it was set: facts, text");
}
