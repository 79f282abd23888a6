//! Hostile values stay text: each in every place where a record or a briefing is printed, in every format. A project is
//! built twice, with hostile values and with plain words in their places, and both are read back: the structure is the
//! same to the last tag, and the text is that of the plain one with each word replaced by the value it stands for.
//!
//! `FACTBRIEF_HOSTILE=DIR` leaves both there for readers that know nothing of this program; `.ci/hostile` has them.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use factbrief::text::hash::sha256;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::kinds::KINDS;
use crate::page::Page;
use crate::scratch::Scratch;

/// Values that something, somewhere, takes for more than text. What the text gate refuses is in [`REFUSED`].
pub(crate) const VALUES: &[&str] = &[
    // Markdown: blocks
    "# heading",
    "###### deep heading ######",
    "Setext\n===",
    "Setext\n---",
    "---",
    "***",
    "___",
    "- item",
    "* item",
    "+ item",
    "1. item",
    "12) item",
    "- [ ] task",
    "[x] done",
    "> quote",
    "> [!WARNING]\n> alert",
    "    indented code",
    "```sh\nrm -rf .\n```",
    "~~~\ntilde fence\n~~~",
    "a | b | c",
    "| a | b |\n|---|---|\n| c | d |",
    ":--|--:",
    "[ref]: https://evil.example \"title\"",
    "[^1]: note text",
    "a paragraph\n\n# and a heading",
    ": definition",
    "---\ntitle: front matter\n---",
    "+++\ntitle = 'front'\n+++",
    // Markdown: inlines
    "*emphasis* and **strong**",
    "_emphasis_ and __strong__",
    "***** ____ **a*b_c**",
    "~~struck~~ and ~single~",
    "`code` and ``co`de``",
    "[text](https://evil.example)",
    "[text][ref] [ref] [^1]",
    "![image](https://evil.example/x.png)",
    "](https://evil.example) [",
    "<https://evil.example>",
    "www.evil.example",
    "https://evil.example/a?b=c",
    "ftp://evil.example/",
    "see (www.evil.example) or HTTP://EVIL.EXAMPLE",
    "hard break  \nnext line",
    "hard break\\\nnext line",
    "ends in a backslash\\",
    "ends in backslashes\\\\",
    "&lt;b&gt; &amp; &#35; &#x23; &nbsp; &copy",
    "\\* \\_ \\# \\[ \\<",
    "$x^2$ and $$y$$ and $`z`$ costs 5$",
    "^sup^ and ~sub~ and ==mark== and ++ins++",
    "{#id .class key=val} [span]{.x}",
    "\"quotes\" 'single' -- --- ... end",
    // GitHub
    "@octocat and @org/team",
    "mail someone@evil.example now",
    "#12, GH-12, org/repo#12, a1b2c3d4",
    ":smile: :tada:",
    // templates
    "{{title}} {{{facts_hash}}}",
    "{{#each references}}x{{/each}}",
    "{{> header}} {{!-- c --}} \\{{x}}",
    "<%= 7*7 %> ${7*7} #{7*7} {% x %}",
    // HTML, its seven kinds of blocks, and what runs in a page
    "<script>document.body.className='ran'</script>",
    "<pre><style>*{display:none}</style><textarea>",
    "<!-- comment -->",
    "--> <!--",
    "<?php echo 1 ?>",
    "<!DOCTYPE html>",
    "<![CDATA[ x ]]>",
    "<div class=\"cards\">",
    "</div></main></body>",
    "<custom-element>\n\n</custom-element>",
    "<img src=x onerror=document.body.className='ran'>",
    "\" onmouseover=\"alert()\" autofocus tabindex=\"0\" onfocus=\"document.body.className='ran'\" x=\"",
    "' autofocus onfocus='document.body.className=/ran/.source",
    "<svg onload=document.body.className='ran'><a xlink:href=\"javascript:alert(1)\">",
    "</title></style></script><script>document.body.className='ran'</script>",
    "<a id=\"ref-1\"></a><a href=\"#fb-text\">",
    "<iframe srcdoc=\"x\"><base href=\"https://evil.example/\"><meta http-equiv=refresh content=0>",
    "}</style> @import url(https://evil.example/x.css); content: \"\\\"",
    // addresses
    "javascript:alert(1)",
    "[a](javascript:alert(1)) <javascript:alert(1)>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1) file:///etc/passwd",
    // Typst
    "#read(\"/etc/passwd\") #eval(\"1\")",
    "= Typst heading <label> @label",
    "#set page(width: 1pt) #pagebreak()",
    "/* open comment // line",
    "\") #panic(\"x\") (\"",
    "$ sum_(i=0)^n $ ] [ ~ \\u{202e}",
    "TLP:RED and TLP:CLEAR",
    // spreadsheets
    "=1+1",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    // runners and terminals
    "::error file=a,line=1::message",
    "%0A::add-mask::x %0D %25",
    "##[error] ##vso[task.logissue]",
    "\\x1b[31m \\u001b]8;; \\r \\a",
    "text\ttab\tbetween",
    // names and paths
    "CON",
    "../../etc/passwd",
    "a:b*c?d<e>f|g",
    "null",
    "true",
    // letters
    "\u{645}\u{62a}\u{649} \u{641}\u{62a}\u{62d}\u{62a} (#1)? end",
    "e\u{301}\u{323} combining",
    "Ferrow\u{a0}town\u{2009}thin",
    "PneumonoultramicroscopicsilicovolcanoconiosisPneumonoultramicroscopic",
    "\u{2018}curly\u{2019} \u{201c}marks\u{201d} \u{2013} \u{2014} \u{2026} end",
];

/// The words that stand for the values in the plain project: of letters alone, none a part of another, in the order of the
/// values, since some lists are sorted by name.
fn words() -> &'static [String] {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(sorted_words);
    &WORDS
}

fn sorted_words() -> Vec<String> {
    let key = |value: &&str| {
        let mut letters = value.chars();
        let raised: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        // what runs from right to left is isolated where it is printed
        if value.contains('\u{645}') { format!("\u{2068}{raised}") } else { raised }
    };
    let mut sorted: Vec<&str> = VALUES.to_vec();
    sorted.sort_by_key(key);
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 20).unwrap());
    let word = |n: usize| format!("zx{}{}qj", letter(n / 20), letter(n));
    VALUES.iter().map(|value| word(sorted.iter().position(|v| v == value).unwrap())).collect()
}

/// A value on one line with single spaces, as all that is printed is.
fn flat(value: &str) -> String {
    value.split([' ', '\n', '\r', '\t']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn toml(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// What a check may find in values that are no facts. None of these is the proof of a quotation.
const ALLOWED: &[&str] = &[
    "attribution-left-out",
    "claimant-not-in-source",
    "claim-negated",
    "confidence-in-judgement",
    "figure-in-prose",
    "figure-differs-from-source",
    "hedge-undeclared",
    "measure-differs-from-source",
    "quote-cut-from-context",
    "quote-long",
    "said-not-spoken",
    "source-not-cited",
];

/// A project with each value wherever a record's or a briefing's text is printed.
pub(crate) fn project(values: &[String], raw: &[&str]) -> Scratch {
    let s = Scratch::empty();
    // in the head of a briefing only what says no figure
    let quiet: Vec<&String> = values.iter().zip(raw).filter(|(_, v)| undated(v) == **v).map(|(v, _)| v).collect();
    let some = |i: usize| toml(quiet[i % quiet.len()]);
    s.write(
        "factbrief.toml",
        format!("title = {}\nlanguage = \"en\"\ntlp = \"GREEN\"\narchive = \"archive\"\n", some(63)),
    );
    let mut facts = String::from("# Invented for the tests of this program.\n");
    for (i, value) in values.iter().enumerate() {
        let v = toml(value);
        // not the name of a person, whatever it looks like
        let body = toml(&format!("{{{value}}}"));
        let said = format!("We have heard {} today", flat(value));
        let article = format!(
            "Rain fell in the town on 4 March 2024.\n\nSomebody counted 12 huts.\n\nThey said: \u{201c}{said}\u{201d} And they left.\n"
        );
        let name = format!("a{i}.txt");
        s.write(&format!("archive/{name}"), &article);
        let hash = sha256(article.as_bytes());
        let next = (i + 1) % values.len();
        let quote = toml(&format!("They said: \u{201c}{said}\u{201d}"));
        let said = toml(&said);
        // so close together that names are numbered, however long they are
        let (lat, lon) = (format!("30.00{i:02}"), format!("20.00{i:02}"));
        let _ = write!(
            facts,
            "
[source.s{i}]
file = \"{name}\"
sha256 = \"{hash}\"
title = {v}
publisher = {v}
authors = [{body}]
about = {v}
url = \"https://example.org/{i}\"
published = \"2024-03-05\"
dating = {{ basis = \"external\", note = {v} }}

[actor.a{i}]
name = {v}
kind = \"organisation\"
role = {v}

[place.p{i}]
name = {v}
point = {{ lat = {lat}, lon = {lon}, precision = {v}, basis = {v} }}

[measure.m{i}]
name = {v}
words = [\"huts\"]

[event.e{i}]
title = {v}
kind = \"rain\"
date = \"2024-03-04\"
dating = {{ basis = \"stated\", words = \"4 March 2024\" }}
place = \"p{i}\"
by = [\"a{i}\"]
source = \"s{i}\"
quote = \"Rain fell in the town on 4 March 2024\"

[claim.c{i}]
event = \"e{i}\"
measure = \"m{i}\"
value = \"12\"
covers = {v}
by = \"a{i}\"
source = \"s{i}\"
quote = \"Somebody counted 12 huts\"
words = \"12\"

[position.o{i}]
actor = \"a{i}\"
stance = \"denies\"
toward = \"e{i}\"
venue = {v}
said = {said}
source = \"s{i}\"
quote = {quote}

[background.b{i}]
text = {v}
source = \"s{i}\"
quote = \"Rain fell in the town\"

[discrepancy.d{i}]
kind = \"value\"
between = [\"c{i}\", \"c{next}\"]
handling = {v}

[gap.g{i}]
question = {v}
why = {v}
closes = {v}
about = [\"e{i}\"]

[assessment.j{i}]
kind = \"assumption\"
text = {v}
because = {v}
rests_on = [\"e{i}\"]

[change.h{i}]
kind = \"correction\"
affects = [\"c{i}\"]
text = {v}
"
        );
    }
    s.write("seeds/hostile/facts.toml", facts);
    for (k, kind) in KINDS.iter().enumerate() {
        let mut text = format!(
            "kind = \"{kind}\"\ntitle = {}\nsubject = {}\naudience = {}\nas_of = \"2024-03-06\"\n",
            some(k),
            some(k + 33),
            some(k + 60)
        );
        match *kind {
            "fact-sheet" => text.push_str("bottom_line = '{{event \"e7\"}} or {{actor \"a9\"}} {{cite \"e7\"}}.'\n"),
            "situation-report" => {
                text.push_str(
                    "bottom_line = '{{place \"p14\"}} and {{event \"e19\"}} {{cite \"e19\"}}.'\nsituation = '''\n",
                );
                for i in 0..values.len() {
                    // a name that begins a line, and one that stands in it
                    let _ = writeln!(
                        text,
                        "{{{{actor \"a{i}\"}}}} was at {{{{place \"p{i}\"}}}} for {{{{event \"e{i}\"}}}} {{{{cite \"e{i}\"}}}}. {{{{say \"o{i}\"}}}} {{{{cite \"o{i}\"}}}}.\n"
                    );
                }
                text.push_str("'''\n");
            }
            "comparison" => text.push_str("events = [\"e1\", \"e2\"]\nnot_comparable = '{{event \"e1\"}}.'\n"),
            _ => {}
        }
        s.write(&format!("briefings/{kind}.toml"), text);
    }
    s
}

/// The invented flood with a briefing for each value, which stands in its head.
fn heads(values: &[String], _: &[&str]) -> Scratch {
    let s = Scratch::flood();
    std::fs::remove_file(s.path().join("briefings/ferrow.toml")).unwrap();
    for (i, value) in values.iter().enumerate() {
        let v = toml(&undated(value));
        s.write(
            &format!("briefings/head-{i}.toml"),
            format!("kind = \"ledger\"\ntitle = {v}\nsubject = {v}\naudience = {v}\nas_of = \"2024-03-06\"\n"),
        );
    }
    s
}

/// A value without figures and quotation marks: no briefing may say what no record says.
fn undated(value: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_numeric() => 'x',
        '"' | '\u{201c}' | '\u{201d}' => '\'',
        c => c,
    };
    value.chars().map(plain).collect()
}

fn allowed() -> Vec<String> {
    ALLOWED.iter().flat_map(|rule| ["--allow".to_owned(), (*rule).to_owned()]).collect()
}

pub(crate) fn build(s: &Scratch, more: &[&str]) -> crate::scratch::Ran {
    let allowed = allowed();
    let mut arguments = vec!["build"];
    arguments.extend(more);
    arguments.extend(allowed.iter().map(String::as_str));
    s.run(&arguments)
}

/// A text as parts of structure and the words between them.
#[derive(Debug, PartialEq)]
enum Part {
    Mark(String),
    Words(String),
}

/// What GitHub's readers add to CommonMark, and what static sites do.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS)
    .union(Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS);

/// Markdown read with all that GitHub's readers add to it, and more.
fn parts(markdown: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for event in Parser::new_ext(markdown, OPTIONS) {
        let mut mark = |text: String| parts.push(Part::Mark(text));
        match event {
            Event::Text(words) => match parts.last_mut() {
                Some(Part::Words(known)) => known.push_str(&words),
                _ => parts.push(Part::Words(words.into_string())),
            },
            Event::Start(Tag::Link { dest_url, link_type, .. }) => {
                mark(format!("link {link_type:?} {dest_url}"));
            }
            Event::Start(Tag::Heading { level, .. }) => mark(format!("heading {level}")),
            Event::Code(words) => mark(format!("code {}", if is_hash(&words) { "hash" } else { &words })),
            Event::InlineHtml(html) | Event::Html(html) => mark(format!("html {html}")),
            other => mark(format!("{other:?}")),
        }
    }
    parts
}

fn is_hash(word: &str) -> bool {
    word.len() >= 12 && word.chars().all(|c| c.is_ascii_hexdigit())
}

/// For a comparison: letters of one case, since the first of a line may be raised; one kind of space; one quotation mark,
/// without space at it, since quotations within quotations have other marks; no isolates; no hashes.
fn folded(text: &str) -> String {
    let mark = |c: char| if matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}') { '\'' } else { c };
    let text: String = text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).map(mark).collect();
    let text = text.replace("( ", "(").replace("' ", "'").replace(" '", "'");
    let words = text.split_whitespace().map(|word| if is_hash(word) { "hash" } else { word });
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The text of the plain project with the values put in.
fn filled(plain: &str, values: &[String]) -> String {
    let mut out = plain.to_lowercase();
    for (word, value) in words().iter().zip(values) {
        if out.contains(word) {
            out = out.replace(word, &flat(value));
        }
    }
    out
}

#[track_caller]
fn compare(name: &str, plain: &[Part], hostile: &[Part], values: &[String]) {
    // what describes a picture is shortened: there the structure alone is compared
    let mut pictures = 0;
    for (i, (a, b)) in plain.iter().zip(hostile).enumerate() {
        let near = || format!("{name}, part {i}, after {:?}", &hostile[i.saturating_sub(3)..i]);
        match (a, b) {
            (Part::Words(a), Part::Words(b)) if pictures == 0 => assert!(says(a, b, values), "{}:\n{a}\n{b}", near()),
            (Part::Words(_), Part::Words(_)) => {}
            (Part::Mark(a), Part::Mark(b)) => {
                pictures += i32::from(a.starts_with("Start(Image"));
                pictures -= i32::from(a == "End(Image)");
                assert!(says(a, b, values), "{}:\n{a}\n{b}", near());
            }
            (a, b) => panic!("{}:\n{a:?}\n{b:?}", near()),
        }
    }
    assert_eq!(plain.len(), hostile.len(), "{name}");
}

/// Whether a text is the plain one with the values in it; a briefing's own words have them without figures.
fn says(plain: &str, hostile: &str, values: &[String]) -> bool {
    let read = folded(hostile);
    let heads = || values.iter().map(|v| undated(v)).collect::<Vec<_>>();
    read == folded(&filled(plain, values)) || read == folded(&filled(plain, &heads()))
}

/// Names of what a folder of briefings holds, sorted.
fn printed(s: &Scratch, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(s.path().join("briefings"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}

/// How many values stand in one project: what is set within its limits on a busy machine, too.
const PART: usize = 28;

/// The parts of the values that are tried: some by default, all with `FACTBRIEF_FULL=1`.
fn tried(some: &[usize]) -> Vec<Range<usize>> {
    let parts = (0..VALUES.len()).step_by(PART).map(|at| at..(at + PART).min(VALUES.len()));
    let full = std::env::var_os("FACTBRIEF_FULL").is_some();
    parts.enumerate().filter(|(n, _)| full || some.contains(n)).map(|(_, part)| part).collect()
}

/// A project with plain words and one with hostile values, both printed.
fn both(make: fn(&[String], &[&str]) -> Scratch, part: &Range<usize>, formats: &str) -> (Scratch, Scratch) {
    let raw = &VALUES[part.clone()];
    let hostile: Vec<String> = raw.iter().map(|v| (*v).to_owned()).collect();
    let (a, b) = (make(&words()[part.clone()], raw), make(&hostile, raw));
    for s in [&a, &b] {
        build(s, &["--format", formats]).exits(0);
    }
    if let Some(folder) = std::env::var_os("FACTBRIEF_HOSTILE") {
        keep(Path::new(&folder), part.start, formats.contains("pdf"), &a, &b);
    }
    (a, b)
}

/// All that a page says and holds, with the names of its attributes. What stands behind its figures depends on these: of it
/// the tags and links alone are held.
fn page_parts(html: &str) -> Vec<Part> {
    let page = Page::read(html);
    let mut parts: Vec<Part> = Vec::new();
    let mut behind = false;
    for tag in &page.tags {
        let names: Vec<&str> = tag.attributes.keys().map(String::as_str).collect();
        // a figure in a name shows what stands behind it, as any other does
        behind = (behind || tag.attributes.get("id").is_some_and(|id| id == "fb-evidence")) && tag.name != "footer";
        let shows = tag.attributes.get("class").is_some_and(|class| class == "cited");
        if !behind && !shows {
            parts.push(Part::Mark(format!("{} {}", tag.name, names.join(" "))));
            // the choice of an actor is sorted by names as they are written
            let chooses = matches!(tag.name.as_str(), "select" | "option" | "label")
                || tag.attributes.get("class").is_some_and(|class| class == "filter");
            if !chooses && !matches!(tag.name.as_str(), "html" | "body" | "main") {
                parts.push(Part::Words(tag.text.clone()));
            }
        }
        for (name, value) in &tag.attributes {
            match name.as_str() {
                "href" => {
                    let good = ["#", "https://example.org/"].iter().any(|start| value.starts_with(start));
                    assert!(good, "a link leads to {value}");
                }
                "src" => assert!(value.starts_with("data:image/svg+xml,%3Csvg"), "a picture from {value}"),
                _ => {}
            }
        }
    }
    assert!(!page.script.contains("ran"), "the script is the page's own");
    parts
}

#[test]
fn a_quotation_shows_what_its_source_hides() {
    let s = Scratch::flood();
    let (clear, hidden) = ("We were warned too late", "We were\u{202e} warned\u{200b} too late");
    s.edit("archive/herald.txt", clear, hidden);
    let facts = s.read("seeds/ferrow/facts.toml").replace(clear, hidden);
    let (before, after) = (&facts[facts.find("[source.herald]").unwrap()..], sha256(&s.bytes("archive/herald.txt")));
    let old = before.split("sha256    = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    s.write("seeds/ferrow/facts.toml", facts.replace(&old, &after));
    s.run(&["build", "--format", "md,pdf,html"]).exits(0);
    let shown = "We were⟨U+202E⟩ warned⟨U+200B⟩ too late";
    for name in ["briefings/ferrow.md", "briefings/ferrow.html"] {
        let text = s.read(name);
        assert!(text.contains(shown) && !text.contains('\u{202e}'), "{name}");
    }
    let printed = crate::project::page_text(&s.path().join("briefings/ferrow.pdf"), "ferrow");
    assert!(printed.replace("  ", " ").contains("⟨U+202E⟩") && !printed.contains('\u{202e}'), "{printed}");
    for name in ["briefings/ferrow.md", "briefings/ferrow.pdf"] {
        s.run(&["audit", name]).exits(0).says(" 0 naked");
    }
}

#[test]
fn hostile_values_stay_text_wherever_they_are_printed() {
    let values: Vec<String> = VALUES.iter().map(|v| (*v).to_owned()).collect();
    let mut compared = 0;
    // in the head of a briefing all of them, by default
    type Made = fn(&[String], &[&str]) -> Scratch;
    let mut trials: Vec<(Made, Range<usize>)> = vec![(heads, 0..VALUES.len())];
    let shares = tried(&[0, 2]);
    trials.extend(shares.iter().map(|part| (project as fn(&[String], &[&str]) -> Scratch, part.clone())));
    for (make, part) in trials {
        let (a, b) = both(make, &part, "md,html");
        let names = printed(&a, ".md");
        assert_eq!(names, printed(&b, ".md"));
        for name in names {
            let name = format!("briefings/{name}");
            compare(&name, &parts(&a.read(&name)), &parts(&b.read(&name)), &values);
            let name = name.replace(".md", ".html");
            compare(&name, &page_parts(&a.read(&name)), &page_parts(&b.read(&name)), &values);
            compared += 1;
        }
    }
    assert_eq!(compared, KINDS.len() * shares.len() + VALUES.len());
}

/// Leaves what was printed for other readers.
fn keep(folder: &Path, part: usize, paper: bool, plain: &Scratch, hostile: &Scratch) {
    let told: Vec<[String; 3]> =
        words().iter().zip(VALUES).map(|(word, value)| [word.clone(), flat(value), flat(&undated(value))]).collect();
    for (name, s) in [("plain", plain), ("hostile", hostile)] {
        let to = folder.join(name);
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(s.path().join("briefings")).unwrap() {
            let entry = entry.unwrap();
            // of what was set on pages some values stand aside: only its pages are kept
            if paper == (entry.path().extension() == Some("pdf".as_ref())) {
                let name = format!("{part}-{}", entry.file_name().to_string_lossy());
                std::fs::copy(entry.path(), to.join(name)).unwrap();
            }
        }
    }
    std::fs::write(folder.join("values.json"), serde_json::to_string(&told).unwrap()).unwrap();
}

/// As [`project`], with the briefings alone that are set on pages. Where pictures stand on them, what is drawn first depends
/// on how long names are: all values are tried on the others, with `FACTBRIEF_FULL=1`.
fn paged(values: &[String], raw: &[&str]) -> Scratch {
    let s = project(&values.iter().map(|value| on_paper(value)).collect::<Vec<_>>(), raw);
    let chosen = if std::env::var_os("FACTBRIEF_FULL").is_some() { "ledger" } else { "fact-sheet" };
    for kind in KINDS.iter().filter(|kind| **kind != chosen && **kind != "source-annex") {
        std::fs::remove_file(s.path().join(format!("briefings/{kind}.toml"))).unwrap();
    }
    s
}

/// A value, or its plain word where it is not read back from a page: what runs from right to left lies there in the order
/// of the eye, what is long is shortened in pictures, and a letter of several marks is drawn by several glyphs.
fn on_paper(value: &str) -> String {
    let aside = value.contains(['\u{645}', '\u{323}']) || flat(value).chars().count() > 29;
    match VALUES.iter().position(|known| *known == value).filter(|_| aside) {
        Some(at) => words()[at].clone(),
        None => value.to_owned(),
    }
}

#[test]
fn hostile_values_stay_text_on_the_pages_of_a_pdf() {
    let values: Vec<String> = VALUES.iter().map(|v| on_paper(v)).collect();
    for part in tried(&[1]) {
        on_pages(&both(paged, &part, "md,pdf"), &values);
    }
}

fn on_pages((a, b): &(Scratch, Scratch), values: &[String]) {
    let (hashes, torn) = (regex::Regex::new("[0-9a-f]{12,}").unwrap(), regex::Regex::new("(256)?(hash)+").unwrap());
    for name in printed(a, ".pdf") {
        let text = |s: &Scratch| crate::project::page_text(&s.path().join("briefings").join(&name), &name);
        // words may be torn by the ends of lines, which are no part of them
        let packed = |text: &str| {
            let whole = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect::<String>();
            torn.replace_all(&hashes.replace_all(&whole, "hash"), "hash").into_owned()
        };
        let expected = packed(&folded(&filled(&text(a), values)));
        let read = packed(&folded(&text(b)));
        let differs = expected.chars().zip(read.chars()).position(|(a, b)| a != b);
        let near = |text: &str, at: usize| text.chars().skip(at.saturating_sub(40)).take(80).collect::<String>();
        if let Some(at) = differs {
            panic!("{name}: expected {:?}, read {:?}", near(&expected, at), near(&read, at));
        }
        assert_eq!(expected.len(), read.len(), "{name}");
        // nothing in the file does anything but lead to an address or a place of its own
        let document = lopdf::Document::load(b.path().join("briefings").join(&name)).unwrap();
        for object in document.objects.values() {
            let Ok(dictionary) = object.as_dict() else { continue };
            for key in ["JS", "JavaScript", "OpenAction", "AA", "Launch", "SubmitForm", "RichMedia"] {
                assert!(dictionary.get(key.as_bytes()).is_err(), "{name}: {key}");
            }
            let action = dictionary.get(b"A").and_then(lopdf::Object::as_dict);
            if let Ok(to) = action.and_then(|action| action.get(b"URI")).and_then(lopdf::Object::as_str) {
                assert!(to.starts_with(b"https://example.org/"), "{name}: {}", String::from_utf8_lossy(to));
            }
        }
    }
}
