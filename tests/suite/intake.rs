//! Saved pages taken into a project: `factbrief source add`.

use std::time::Instant;

use factbrief::text::hash::sha256;

use crate::scratch::{Scratch, repository};

const PAGES: &[&str] =
    &["arabic", "byline", "json-ld", "live-blog", "malformed", "no-date", "open-graph", "paywall", "windows-1256"];

fn project() -> Scratch {
    let s = Scratch::empty();
    s.write("factbrief.toml", "title = \"Invented\"\nlanguage = \"en\"\narchive = \"archive\"\n");
    s.write("seeds/ferrow/actors.toml", "# Actors\n\n[actor.mayor]\nname = \"the mayor\"\nkind = \"person\"\n");
    s
}

fn page(name: &str) -> Vec<u8> {
    std::fs::read(repository().join(format!("tests/suite/intake/{name}.html"))).unwrap()
}

/// The one article in the archive.
fn archived(s: &Scratch) -> String {
    let mut names: Vec<_> = std::fs::read_dir(s.path().join("archive")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    std::fs::read_to_string(names.remove(0)).unwrap()
}

/// What a piece of a page says: its tags taken out, its spaces made one. Knows nothing of the program.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut tag = false;
    for c in html.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            c if !tag => text.push(c),
            _ => {}
        }
    }
    for (reference, c) in
        [("&mdash;", "—"), ("&ldquo;", "“"), ("&rdquo;", "”"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    {
        text = text.replace(reference, c);
    }
    text.replace('\u{200f}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The pieces of a page between an opening and a closing tag, without case.
fn pieces<'h>(html: &'h str, lower: &str, open: &str, close: &str) -> Vec<&'h str> {
    lower
        .match_indices(open)
        .map(|(at, _)| {
            let end = lower[at..].find(close).map_or(lower.len(), |i| at + i);
            let begin = lower[at..end].find('>').map_or(end, |i| at + i + 1);
            &html[begin..end]
        })
        .collect()
}

#[test]
fn each_page_gives_its_record_and_its_text() {
    for name in PAGES {
        let s = project();
        s.write(&format!("{name}.html"), page(name));
        s.run(&["source", "add", &format!("{name}.html")]).exits(0).says("wrote seeds/ferrow/sources.toml");
        for (made, golden) in [(s.read("seeds/ferrow/sources.toml"), "toml"), (archived(&s), "txt")] {
            let path = repository().join(format!("tests/suite/intake/{name}.{golden}"));
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(made == expected, "{name}.{golden}: made\n{made}\nexpected\n{expected}");
        }
    }
}

#[test]
fn every_paragraph_in_order_and_nothing_of_what_is_around() {
    for name in PAGES {
        let bytes = page(name);
        let html = if *name == "windows-1256" {
            encoding_rs::WINDOWS_1256.decode(&bytes).0.into_owned()
        } else {
            String::from_utf8(bytes).unwrap()
        };
        let s = project();
        s.write("page.html", page(name));
        s.run(&["source", "add", "page.html"]).exits(0);
        let text = words(&archived(&s).replace('<', "&lt;").replace('>', "&gt;"));
        let body = html.split("<!-- text begins -->").nth(1).unwrap().split("<!-- text ends -->").next().unwrap();
        // what the article's own part holds beside paragraphs
        let mut prose = body.to_owned();
        for (open, close) in [("<aside", "</aside>"), ("<div class=\"ad-slot", "</div>"), ("<sup", "</sup>")] {
            while let Some(at) = prose.find(open) {
                let end = prose[at..].find(close).unwrap() + at + close.len();
                prose.replace_range(at..end, "");
            }
        }
        let lower = prose.to_ascii_lowercase();
        let mut from = 0;
        let mut found = 0;
        let starts: Vec<usize> =
            lower.match_indices("<p>").chain(lower.match_indices("<li>")).map(|(i, _)| i).collect();
        let mut starts = starts;
        starts.sort_unstable();
        for (n, at) in starts.iter().enumerate() {
            let end = starts.get(n + 1).copied().unwrap_or(prose.len());
            for part in prose[*at..end].replace("<BR><BR>", "\u{1}").split('\u{1}') {
                let part = part.split("</p>").next().unwrap().split("</li>").next().unwrap().replace("<BR>", " ");
                let paragraph = words(&part);
                let place = text[from..].find(&paragraph);
                assert!(place.is_some(), "{name}: {paragraph:?} is not in order in\n{text}");
                from += place.unwrap() + paragraph.len();
                found += 1;
            }
        }
        assert!(found > 0, "{name}");
        // what is around an article never gets into it
        let lower = html.to_ascii_lowercase();
        for (open, close) in
            [("<nav", "</nav>"), ("<figcaption", "</figcaption>"), ("<footer", "</footer>"), ("<aside", "</aside>")]
        {
            for piece in pieces(&html, &lower, open, close) {
                for line in piece.split("</").map(words).filter(|l| l.chars().count() > 12) {
                    let own = words(body).contains(&line) && open == "<aside";
                    assert!(own || !text.contains(&line), "{name}: {line:?} of {open} is in\n{text}");
                }
            }
        }
        for junk in
            ["Advertisement", "Subscribe", "cookies", "Read more", "Lire aussi", "Anzeige", "اقرأ أيضا", "Reader one"]
        {
            assert!(!text.contains(junk), "{name}: {junk}");
        }
    }
}

#[test]
fn a_page_of_a_megabyte_and_a_half() {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>A long night | The Ferrow Post</title><meta property=og:site_name content='The Ferrow Post'><script>",
    );
    while html.len() < 500_000 {
        html.push_str("window.state.push({\"html\":\"<p>not the article<\\/p>\"});\n");
    }
    html.push_str("</script></head><body><nav><ul>");
    for n in 0..2000 {
        html.push_str(&format!("<li class=item><a href=/s/{n}>Menu entry {n}</a></li>"));
    }
    html.push_str("</ul></nav><article><h1>A long night</h1>");
    let mut expected = vec!["A long night".to_owned()];
    for n in 0..1500 {
        let text = format!(
            "Paragraph {n} tells what the watchman of gate {n} saw in that night, when the water rose and nobody came, and whom he told of it in the morning, in words of his own."
        );
        html.push_str(&format!("<p>{text}</p><figure><img src=x.jpg><figcaption>Picture {n}</figcaption></figure>"));
        expected.push(text);
    }
    html.push_str("</article><section id=comments class=comments>");
    while html.len() < 1_500_000 {
        html.push_str("<div class=comment><p>A reader writes at some length, and in one comma after another, what he thinks of it all.</p></div>");
    }
    html.push_str("</section></body></html>");
    let s = project();
    s.write("long.html", &html);
    let begun = Instant::now();
    s.run(&["source", "add", "long.html"]).exits(0).says("1501 paragraphs");
    // a fraction of this on a machine with nothing else to do
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    assert_eq!(archived(&s).trim_end(), expected.join("\n\n"));
}

#[test]
fn a_claim_that_quotes_what_was_stored_is_proved_in_english_and_in_arabic() {
    let s = project();
    s.write("a.html", page("json-ld"));
    s.write("b.html", page("arabic"));
    s.run(&["source", "add", "a.html", "b.html"]).exits(0).says("next: ");
    s.write(
        "seeds/ferrow/facts.toml",
        r#"
[actor.rais]
name = "رئيسة بلدية فيرو"
kind = "person"

[event.flood]
title  = "Flood in Ferrow"
kind   = "flood"
date   = "2024-03-04"
dating = { basis = "inferred", words = "Monday", anchor = "ferrow-post-2024-03-05-tarn", rule = "weekday-before" }
source = "ferrow-post-2024-03-05-tarn"
quote  = "the Tarn burst its banks at Ferrow on Monday night, the mayor said"
via    = ["mayor"]

[claim.dead-post]
event   = "flood"
measure = "killed"
who     = "people"
value   = ">=24"
by      = "mayor"
source  = "ferrow-post-2024-03-05-tarn"
quote   = "At least 24 people were killed when the Tarn burst its banks at Ferrow on Monday night, the mayor said"
words   = "At least 24"

[claim.dead-barid]
event   = "flood"
measure = "killed"
who     = "people"
value   = ">=24"
by      = "rais"
source  = "barid-2024-03-05"
quote   = "قالت رئيسة بلدية فيرو إن 24 شخصا على الأقل قتلوا"
words   = "24 شخصا على الأقل"
"#,
    );
    s.run(&["check"]).exits(0).says("3 found in the articles exactly").says("no findings");
    // one figure off, and the article contradicts
    s.edit(
        "seeds/ferrow/facts.toml",
        "value   = \">=24\"\nby      = \"rais\"",
        "value   = \">=25\"\nby      = \"rais\"",
    );
    s.run(&["check"]).exits(1).says("figure-differs-from-source");
}

#[test]
fn twice_the_same_and_changed_since() {
    let s = project();
    s.write("a.html", page("json-ld"));
    s.run(&["source", "add", "a.html"]).exits(0);
    let record = s.read("seeds/ferrow/sources.toml");
    let text = archived(&s);
    // the same file, also under another name
    s.write("b.html", page("json-ld"));
    s.run(&["source", "add", "b.html"]).exits(0).says("this file is known as source `ferrow-post-2024-03-05-tarn`");
    // another file with the same text
    s.write("c.html", String::from_utf8(page("json-ld")).unwrap().replace("We use cookies", "We like cookies"));
    s.run(&["source", "add", "c.html"]).exits(0).says("the same text is known as source `ferrow-post-2024-03-05-tarn`");
    // the same address with another text
    s.write("d.html", String::from_utf8(page("json-ld")).unwrap().replace("At least 24 people", "At least 31 people"));
    s.run(&["source", "add", "d.html"])
        .exits(1)
        .says("error[article-changed]")
        .says("new in it: 1 paragraph, first: \"At least 31 people")
        .says("--id ID");
    assert_eq!(s.read("seeds/ferrow/sources.toml"), record);
    assert_eq!(archived(&s), text);
    // which stands beside the first where that is wanted
    s.run(&["source", "add", "d.html", "--id", "post-later"]).exits(0).says("source `post-later`");
    assert_eq!(std::fs::read_dir(s.path().join("archive")).unwrap().count(), 2);
    assert!(s.read("seeds/ferrow/sources.toml").starts_with(&record));
    s.run(&["source", "add", "d.html", "--id", "post-later"]).exits(2).says("the id `post-later` is taken");
}

#[test]
fn a_reference_that_waits_for_its_article_gets_it() {
    let waiting = "# mine\n\n[source.tarn]   \ntitle = \"The flood\" # as the list has it\npublished = \"2024-03\"\ndating = { basis = \"external\", note = \"the list\" }\nurl = \"https://post.example/news/2024/03/05/tarn-floods-ferrow\"\n\n[source.other]\ntitle = \"Another\"\n";
    let told = |s: &Scratch| -> toml::Table {
        s.read("seeds/ferrow/references.toml").trim_start_matches('\u{feff}').parse().unwrap()
    };
    for (text, call) in [
        (waiting.to_owned(), &["source", "add", "a.html"][..]),
        (waiting.replace("url = ", "doi = \"10.1000/x\" # "), &["source", "add", "a.html", "--id", "tarn"]),
        (format!("\u{feff}{}", waiting.replace('\n', "\r\n")), &["source", "add", "a.html"]),
        (waiting.replace("# mine\n\n[source.tarn]", "[source.tarn]"), &["source", "add", "a.html"]),
    ] {
        let s = project();
        s.write("a.html", page("json-ld"));
        s.write("seeds/ferrow/references.toml", &text);
        let before = told(&s);
        s.run(call).exits(0).says("source `tarn`").says("wrote seeds/ferrow/references.toml");
        let after = told(&s);
        let source = |all: &toml::Table, id: &str| all["source"][id].as_table().unwrap().clone();
        // what the list said stays as it was, a date with how it is known; the rest comes from the article
        let (old, new) = (source(&before, "tarn"), source(&after, "tarn"));
        assert!(old.iter().all(|(key, value)| new[key] == *value), "{new:?}");
        assert_eq!(new["sha256"].as_str(), Some(sha256(archived(&s).as_bytes()).as_str()));
        assert_eq!(new["publisher"].as_str(), Some("The Ferrow Post"));
        assert_eq!(source(&before, "other"), source(&after, "other"));
        let written = s.read("seeds/ferrow/references.toml");
        assert!(text.lines().all(|line| written.contains(line.trim_end())), "{written}");
        assert_eq!(text.contains("\r\n"), !written.replace("\r\n", "").contains('\n'), "{written:?}");
        // there is nothing left to wait for
        s.run(&["source", "add", "a.html"]).exits(0).says("is known as source `tarn`");
        s.run(&["check"]).exits(1).says("the article of source `other` is still to be added");
    }
    // nothing is written where the record has no table of its own
    let s = project();
    s.write("a.html", page("json-ld"));
    let inline = "source = { tarn = { title = \"The flood\" } }\n";
    s.write("seeds/ferrow/references.toml", inline);
    s.run(&["source", "add", "a.html", "--id", "tarn"])
        .exits(2)
        .says("cannot be filled in")
        .says("nothing was written");
    assert_eq!(s.read("seeds/ferrow/references.toml"), inline);
    assert!(!s.path().join("archive").exists() || std::fs::read_dir(s.path().join("archive")).unwrap().count() == 0);
}

#[test]
fn a_dry_run_writes_nothing_and_good_files_are_added_beside_bad_ones() {
    let s = project();
    s.write("a.html", page("json-ld"));
    s.write("b.docx", b"PK\x03\x04");
    s.run(&["source", "add", "a.html", "--dry-run"])
        .exits(0)
        .says("would write")
        .says("[source.ferrow-post-2024-03-05-tarn]");
    assert!(!s.path().join("archive").exists() && !s.path().join("seeds/ferrow/sources.toml").exists());
    s.run(&["source", "add", "b.docx", "a.html"])
        .exits(2)
        .says("ZIP container")
        .says("wrote seeds/ferrow/sources.toml");
    s.run(&["source", "add", "nowhere.html"]).exits(4).says("there is no such file");
    s.run(&["source", "add", "."]).exits(4).says("a folder");
    s.run(&["source", "add", "a.html", "--id", "A b"]).exits(2).says("cannot be an id");
    s.run(&["source", "add", "a.html", "b.docx", "--id", "x"]).exits(2).says("--id is for one file");
    s.run(&["source", "add", "a.html", "--no-archive"]).exits(2).says("no place for the article");
    s.run(&["source", "add", "a.html", "--dossier", "../x"]).exits(2).says("cannot name a dossier");
    let json = s.run(&["source", "add", "a.html", "--format", "json"]).exits(0).out;
    assert!(json.contains("\"known\":true"), "{json}");
}

#[test]
fn where_articles_and_records_go_is_said_when_it_is_not_clear() {
    let s = Scratch::empty();
    s.write("factbrief.toml", "title = \"x\"\n");
    s.write("a.html", page("json-ld"));
    s.run(&["source", "add", "a.html"]).exits(2).says("no folder for articles");
    s.write("factbrief.toml", "title = \"x\"\narchive = \"archive\"\n");
    s.run(&["source", "add", "a.html"]).exits(2).says("no dossier yet").says("--dossier NAME");
    s.run(&["source", "add", "a.html", "--dossier", "ferrow"]).exits(0);
    s.run(&["source", "add", "a.html", "--dossier", "other"]).exits(0);
    s.write("b.html", page("paywall"));
    s.run(&["source", "add", "b.html"]).exits(2).says("several dossiers").says("ferrow, other");
    // both dossiers speak of one file, which is there once
    assert_eq!(std::fs::read_dir(s.path().join("archive")).unwrap().count(), 1);
    // what is broken is mended first
    s.write("seeds/ferrow/broken.toml", "[claim.x\n");
    s.run(&["source", "add", "b.html", "--dossier", "ferrow"]).exits(2).says("broken.toml is not TOML");
}

#[test]
fn no_name_leads_out_of_the_archive_and_no_file_is_written_over() {
    let s = project();
    s.write("archive/2024-03-05-CON-etc-passwd.txt", "another file");
    let html = String::from_utf8(page("byline"))
        .unwrap()
        .replace("Hochwasser in Ferrow fordert mindestens zwölf Tote", "../../CON/etc/passwd");
    s.write("x.html", &html);
    s.run(&["source", "add", "x.html"]).exits(0);
    let mut names: Vec<String> = std::fs::read_dir(s.path().join("archive"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().all(|n| !n.contains("..") && n.ends_with(".txt")), "{names:?}");
    assert_eq!(s.read("archive/2024-03-05-CON-etc-passwd.txt"), "another file");
    let record = s.read("seeds/ferrow/sources.toml");
    let file = names.iter().find(|n| !n.contains("CON")).unwrap();
    assert!(record.contains(&format!("\"{file}\"")), "{record}");
    assert!(record.contains(&sha256(&s.bytes(&format!("archive/{file}")))), "{record}");
}

#[test]
fn the_text_of_a_pdf() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s.run(&["source", "add", "briefings/ferrow.pdf", "--dossier", "printed", "--id", "sheet"])
        .exits(0)
        .says("ferrow.pdf: PDF")
        .says("inferred from the first date in its first lines");
    let record = s.read("seeds/printed/sources.toml");
    let file = record.split("file      = \"").nth(1).unwrap().split('"').next().unwrap();
    let text = s.read(&format!("archive/{file}"));
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in
        ["Flood in Ferrow", "The river flooded Ferrow on 4 March 2024.", "at least 24 according to Ines Tarn"]
    {
        assert!(flat.contains(expected), "no {expected:?} in\n{text}");
    }
    // running heads and page numbers are none of its paragraphs
    assert!(text.contains("\n\n"), "{text}");
    s.write("broken.pdf", &s.bytes("briefings/ferrow.pdf")[..2000]);
    s.run(&["source", "add", "broken.pdf", "--dossier", "printed"]).exits(2);
}
