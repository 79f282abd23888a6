//! Hostile values stay text: each in every place where a record or a briefing is printed, in every format. A project is
//! built twice, with hostile values and with plain words in their places, and both are read back: the structure is the
//! same to the last tag, and the text is that of the plain one with each word replaced by the value it stands for.
//!
//! `FACTBRIEF_HOSTILE=DIR` leaves both there for readers that know nothing of this program; `.ci/hostile` has them.

use std::fmt::Write as _;

use factbrief::text::hash::sha256;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};

use crate::kinds::KINDS;
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
    "\"quotes\" 'single' -- --- ...",
    // GitHub
    "@octocat and @org/team",
    "#12, GH-12, org/repo#12, 0123456789abcdef0123456789abcdef01234567",
    ":smile: :tada:",
    // templates
    "{{title}} {{{facts_hash}}}",
    "{{#each references}}x{{/each}}",
    "{{> header}} {{!-- c --}} \\{{x}}",
    "<%= 7*7 %> ${7*7} #{7*7} {% x %}",
    // HTML, its seven kinds of blocks, and what runs in a page
    "<script>alert(1)</script>",
    "<pre><style>*{display:none}</style><textarea>",
    "<!-- comment -->",
    "--> <!--",
    "<?php echo 1 ?>",
    "<!DOCTYPE html>",
    "<![CDATA[ x ]]>",
    "<div class=\"cards\">",
    "</div></main></body>",
    "<custom-element>\n\n</custom-element>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" x=\"",
    "' autofocus onfocus='alert(1)",
    "<svg onload=alert(1)><a xlink:href=\"javascript:alert(1)\">",
    "</title></style></script><script>alert(1)</script>",
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
    "\u{645}\u{62a}\u{649} \u{641}\u{62a}\u{62d}\u{62a} (#1)?",
    "e\u{301}\u{323} combining",
    "Ferrow\u{a0}town\u{2009}thin",
    "PneumonoultramicroscopicsilicovolcanoconiosisPneumonoultramicroscopic",
    "\u{2018}curly\u{2019} \u{201c}marks\u{201d} \u{2013} \u{2014} \u{2026}",
];

/// The word that stands for a value in the plain project: of letters alone, none a part of another.
fn word(index: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 20).unwrap());
    format!("zx{}{}qj", letter(index / 20), letter(index))
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
pub(crate) fn project(values: &[String]) -> Scratch {
    let s = Scratch::empty();
    let some = |i: usize| toml(&undated(&values[i % values.len()]));
    s.write(
        "factbrief.toml",
        format!("title = {}\nlanguage = \"en\"\ntlp = \"GREEN\"\narchive = \"archive\"\n", some(63)),
    );
    let mut facts = String::from("# Invented for the tests of this program.\n");
    for (i, value) in values.iter().enumerate() {
        let v = toml(value);
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
        let (lat, lon) = (30 + i / 10, 20 + i % 10);
        let _ = write!(
            facts,
            "
[source.s{i}]
file = \"{name}\"
sha256 = \"{hash}\"
title = {v}
publisher = {v}
authors = [{v}]
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
                text.push_str("bottom_line = '{{place \"p14\"}} and {{event \"e19\"}} {{cite \"e19\"}}.'\nsituation = '''\n");
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
fn heads(values: &[String]) -> Scratch {
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

/// Markdown read with all that GitHub's readers add to it, and more.
fn parts(markdown: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        let mut mark = |text: String| parts.push(Part::Mark(text));
        match event {
            Event::Text(words) => match parts.last_mut() {
                Some(Part::Words(known)) => known.push_str(&words),
                _ => parts.push(Part::Words(words.into_string())),
            },
            Event::Start(Tag::Link { dest_url, link_type, .. }) => {
                mark(format!("link {link_type:?} {}", anchor(&dest_url)));
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

fn anchor<'a>(to: &'a CowStr<'a>) -> &'a str {
    to
}

/// For a comparison: letters of one case, since the first of a line may be raised, and one kind of space.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The text of the plain project with the values put in.
fn filled(plain: &str, values: &[String]) -> String {
    let mut out = plain.to_lowercase();
    for (i, value) in values.iter().enumerate() {
        if out.contains(&word(i)) {
            out = out.replace(&word(i), &flat(value));
        }
    }
    out
}

#[track_caller]
fn compare(name: &str, plain: &[Part], hostile: &[Part], values: &[String]) {
    let mut bad = 0;
    for (i, (a, b)) in plain.iter().zip(hostile).enumerate() {
        let near = || format!("{name}, part {i}: before it {:?}", &hostile[i.saturating_sub(3)..i]);
        match (a, b) {
            (Part::Words(a), Part::Words(b)) | (Part::Mark(a), Part::Mark(b)) => {
                let expected = folded(&filled(a, values));
                    let heads: Vec<String> = values.iter().map(|v| undated(v)).collect();
                if folded(b) != expected && folded(b) != folded(&filled(a, &heads)) {
                    bad += 1; eprintln!("{}\n  exp {:?}\n  got {:?}", near(), folded(&filled(a, values)), folded(b));
                    let _ = expected;
                }
            }
            (a, b) => { bad += 1; eprintln!("{}\nexpected {a:?}\nread     {b:?}", near()); break; }
        }
    }
    if plain.len() != hostile.len() || bad > 0 { eprintln!("BAD {name} {bad} {} {}", plain.len(), hostile.len()); }
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

#[test]
fn hostile_values_stay_text_wherever_they_are_printed() {
    let hostile: Vec<String> = VALUES.iter().map(|v| (*v).to_owned()).collect();
    let plain: Vec<String> = (0..VALUES.len()).map(word).collect();
    let mut compared = 0;
    for make in [heads, project] {
        let (a, b) = (make(&plain), make(&hostile));
        let begun = std::time::Instant::now();
        build(&a, &["--format", "md,html"]).exits(0);
        eprintln!("{:?}", begun.elapsed());
        build(&b, &["--format", "md,html"]).exits(0);
        eprintln!("{:?}", begun.elapsed());
        let names = printed(&a, ".md");
        assert_eq!(names, printed(&b, ".md"));
        for name in names {
            let name = format!("briefings/{name}");
            compare(&name, &parts(&a.read(&name)), &parts(&b.read(&name)), &hostile);
            compared += 1;
        }
        eprintln!("{:?}", begun.elapsed());
    }
    assert_eq!(compared, KINDS.len() + VALUES.len());
}
