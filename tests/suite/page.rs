//! The web page: the text of the Markdown, evidence beside its figures, and nothing that runs but its own script.

use std::collections::{BTreeMap, BTreeSet};

use crate::scratch::Scratch;

/// A tag as it stands in a page.
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The text between it and its end, without tags.
    pub(crate) text: String,
}

/// What a page holds. Reading it asserts that it is well formed, and of allowed tags and attributes alone.
pub(crate) struct Page {
    pub(crate) tags: Vec<Tag>,
    style: String,
    pub(crate) script: String,
}

const TAGS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "nav",
    "main",
    "section",
    "footer",
    "script",
    "a",
    "p",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "em",
    "strong",
    "code",
    "span",
    "img",
    "dl",
    "dt",
    "dd",
    "figure",
    "blockquote",
    "figcaption",
    "cite",
    "label",
    "select",
    "option",
    "output",
    "br",
];
const ATTRIBUTES: &[&str] = &[
    "lang",
    "dir",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "id",
    "href",
    "tabindex",
    "role",
    "scope",
    "src",
    "alt",
    "popover",
    "for",
    "value",
    "selected",
    "autocomplete",
    "aria-label",
    "aria-labelledby",
    "aria-describedby",
    "aria-live",
    "data-actors",
    "data-shown",
    "data-digits",
    "width",
    "height",
];

fn decoded(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    let bare = text.replace("&amp;", "");
    assert!(!bare.contains("&") || !bare.contains(";"), "an entity that no page writes: {text}");
    text.replace("&amp;", "&")
}

impl Page {
    pub(crate) fn read(html: &str) -> Self {
        let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a page begins with its doctype");
        let mut page = Self { tags: Vec::new(), style: String::new(), script: String::new() };
        let mut open: Vec<usize> = Vec::new();
        while let Some(at) = rest.find('<') {
            let words = decoded(&rest[..at]);
            assert!(!rest[..at].contains('>'), "a bare > in {}", &rest[..at]);
            open.iter().for_each(|i| page.tags[*i].text.push_str(&words));
            let end = at + rest[at..].find('>').expect("a tag ends");
            let inner = &rest[at + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = inner.strip_prefix('/') {
                let last = open.pop().expect("an end has a beginning");
                assert_eq!(page.tags[last].name, name);
                continue;
            }
            let (name, mut more) = inner.split_once(' ').unwrap_or((inner, ""));
            assert!(TAGS.contains(&name), "<{inner}>");
            let mut attributes = BTreeMap::new();
            while !more.trim().is_empty() {
                more = more.trim_start();
                let stop = more.find([' ', '=']).unwrap_or(more.len());
                let key = &more[..stop];
                assert!(ATTRIBUTES.contains(&key), "{key} in <{inner}>");
                let value = match more[stop..].strip_prefix("=\"") {
                    Some(value) => {
                        let close = value.find('"').expect("a value ends");
                        more = &value[close + 1..];
                        decoded(&value[..close])
                    }
                    None => {
                        more = &more[stop..];
                        String::new()
                    }
                };
                assert!(attributes.insert(key.to_owned(), value).is_none(), "{key} twice in <{inner}>");
            }
            page.tags.push(Tag { name: name.to_owned(), attributes, text: String::new() });
            if ["style", "script"].contains(&name) {
                let (content, after) = rest.split_once(&format!("</{name}>")).expect("it ends");
                let place = if name == "style" { &mut page.style } else { &mut page.script };
                assert!(place.is_empty(), "one {name} alone");
                content.clone_into(place);
                rest = after;
            } else if !["meta", "img", "br"].contains(&name) {
                open.push(page.tags.len() - 1);
            }
        }
        assert!(open.is_empty(), "everything ends");
        page
    }

    fn with<'p>(&'p self, key: &str, value: &str) -> impl Iterator<Item = &'p Tag> + use<'p> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.tags.iter().filter(move |tag| tag.attributes.get(&key).is_some_and(|own| *own == value))
    }

    #[track_caller]
    fn by_id(&self, id: &str) -> &Tag {
        self.with("id", id).next().unwrap_or_else(|| panic!("nothing has the id {id}"))
    }

    /// The card of the first part of the text that says `words`.
    #[track_caller]
    fn card(&self, words: &str) -> &Tag {
        let cited = self.with("class", "cited").find(|tag| tag.text == words);
        let cited = cited.unwrap_or_else(|| panic!("{words} shows no card"));
        self.by_id(&cited.attributes["href"][1..])
    }

    fn text(&self) -> &str {
        &self.tags.iter().find(|tag| tag.name == "body").unwrap().text
    }
}

/// Without white space.
fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn printed(s: &Scratch) -> Page {
    s.run(&["build", "--format", "html"]).exits(0);
    Page::read(&s.read("briefings/ferrow.html"))
}

#[test]
fn a_page_says_what_the_markdown_says_and_shows_who_says_so() {
    let s = Scratch::flood();
    s.run(&["build", "--format", "md,html", "--format", "pdf"]).exits(0).says("ferrow.html").says("ferrow.pdf");
    let page = Page::read(&s.read("briefings/ferrow.html"));
    let markdown: String = s
        .read("briefings/ferrow.md")
        .lines()
        .filter(|l| !l.starts_with("!["))
        .fold(String::new(), |all, l| all + l + "\n");
    let (main, evidence) = (page.by_id("fb-text"), page.by_id("fb-evidence"));
    let said = packed(&main.text);
    let said = said.strip_suffix(&packed(&evidence.text)).expect("the evidence ends the page");
    assert_eq!(said, packed(&factbrief::render::set::plain(&markdown)));
    let card = page.card("at least 24");
    for words in [
        "Ines Tarn",
        "“At least 24 people were killed”",
        "The Ferrow Post",
        "River floods Ferrow",
        "line 3",
        "Figures differ",
        "[2]",
    ] {
        assert!(card.text.contains(words), "{words} not in {}", card.text);
    }
    assert!(!card.text.contains("Twelve"), "{}", card.text);
    assert!(page.card("12").text.contains("“Twelve people died in Ferrow”"));
    assert!(page.card("1,200").text.contains("“destroyed 1,200 homes”"));
    assert!(page.card("“We were warned too late”").text.contains("Ines Tarn (mayor of Ferrow)"));
    for landmark in ["header", "nav", "main", "footer"] {
        assert_eq!(page.tags.iter().filter(|tag| tag.name == landmark).count(), 1, "{landmark}");
    }
    assert_eq!(page.with("class", "tlp green").filter(|tag| tag.text == "TLP:GREEN").count(), 2);
    assert_eq!((page.tags[0].attributes["lang"].as_str(), page.tags[0].attributes["dir"].as_str()), ("en", "ltr"));
}

#[test]
fn what_is_hostile_is_text() {
    let s = Scratch::flood();
    let facts = "seeds/ferrow/facts.toml";
    let markup = "\\\"><img src=x onerror=alert(a)></p><script>alert(b)</script>";
    s.edit(facts, "name    = \"Ines Tarn\"", &format!("name    = \"Ines Tarn{markup}\"\nsic = [\"Ines Tarn\"]"));
    s.edit(facts, "\"Was the gate open?\"", &format!("\"Was the gate open? [a](javascript:alert) {markup}\""));
    s.edit("briefings/ferrow.toml", "\"Flood in Ferrow\"", "\"Flood</style><script>alert(c)</script> in Ferrow\"");
    s.write(
        "templates/partials/header.md.hbs",
        "# {{title}}\n\n<script>alert(d)</script>\n\n<a id=\"own\"></a><a id=\"fb-text\"></a><a id=\"own\"></a> <a id=\"o\" onclick=\"e\"> [f](javascript:alert) [g](data:text/html,h) [i](//example.org) [j](https://example.org/?k&l)\n\n<div onclick=\"m\">\n",
    );
    let page = printed(&s);
    let text = page.text();
    for words in [
        "Ines Tarn\"><img src=x onerror=alert(a)></p><script>alert(b)</script>",
        "[a](javascript:alert)",
        "Flood</style><script>alert(c)</script> in Ferrow",
        "<script>alert(d)</script>",
        "<a id=\"fb-text\">",
        "<a id=\"o\" onclick=\"e\">",
        "<div onclick=\"m\">",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(
        !page.style.contains('<') && page.style.contains("Flood\\00003c "),
        "the title stands in the margin, as text"
    );
    assert!(!page.script.contains("alert"));
    assert_eq!(page.with("id", "own").count(), 1);
    let links: Vec<&str> = page.tags.iter().filter_map(|tag| tag.attributes.get("href")).map(String::as_str).collect();
    assert!(links.contains(&"https://example.org/?k&l"));
    assert!(links.iter().all(|to| to.starts_with('#') || to.starts_with("https://")), "{links:?}");
    let pictures: Vec<&str> =
        page.tags.iter().filter_map(|tag| tag.attributes.get("src")).map(String::as_str).collect();
    assert!(!pictures.is_empty() && pictures.iter().all(|src| src.starts_with("data:image/svg+xml,")));
}

#[test]
fn evidence_that_may_not_be_printed_is_not_in_the_page() {
    let s = Scratch::flood();
    let facts = "seeds/ferrow/facts.toml";
    let whole = printed(&s);
    assert!(whole.text().contains("At least 24 people") && whole.text().contains("The Ferrow Post"));
    // as of a day before one of the articles
    s.edit(facts, "published = \"2024-03-05\"\ndating    = { basis = \"inferred\", words = \"Tuesday\", anchor = \"flood\", rule = \"weekday-after\" }", "published = \"2024-03-08\"\ndating    = { basis = \"external\", note = \"the archive's date stamp\" }");
    s.edit("briefings/ferrow.toml", "2024-03-06", "2024-03-09");
    s.run(&["build", "--format", "html", "--as-of", "2024-03-06", "--out", "then"]).exits(0);
    let then = s.read("then/ferrow.as-of-2024-03-06.html");
    assert!(then.contains("Twelve people died in Ferrow"));
    for later in ["Ferrow Post", "At least 24", "at least 24", "1,200", "gate was closed"] {
        assert!(!then.contains(later), "{later}");
    }
    // above the briefing's label
    let s = Scratch::flood();
    s.edit(facts, "[claim.killed-mayor]\n", "[claim.killed-mayor]\ntlp = \"RED\"\n");
    s.edit("briefings/ferrow.toml", "as_of ", "max_tlp = \"GREEN\"\nas_of ");
    let page = printed(&s);
    assert!(page.text().contains("Twelve people died in Ferrow") && page.text().contains("1,200"));
    assert!(!page.text().contains("24 people") && !page.text().contains("least 24"), "{}", page.text());
}

/// The bytes that base64 stands for, in hexadecimal.
fn hexadecimal(base64: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String =
        base64.trim_end_matches('=').chars().map(|c| format!("{:06b}", ALPHABET.find(c).unwrap())).collect();
    bits.as_bytes()
        .chunks_exact(4)
        .take(64)
        .map(|four| format!("{:x}", u8::from_str_radix(std::str::from_utf8(four).unwrap(), 2).unwrap()))
        .collect()
}

#[test]
fn a_page_lets_nothing_in_and_is_the_same_each_time() {
    let s = Scratch::flood();
    let page = printed(&s);
    let policy = &page.with("http-equiv", "Content-Security-Policy").next().unwrap().attributes["content"];
    let parts: BTreeMap<&str, &str> = policy.split("; ").filter_map(|part| part.split_once(' ')).collect();
    assert_eq!(parts["default-src"], "'none'");
    assert_eq!(parts["img-src"], "data:");
    assert_eq!(parts["base-uri"], "'none'");
    for (part, content) in [("style-src", &page.style), ("script-src", &page.script)] {
        let hash = parts[part].strip_prefix("'sha256-").and_then(|p| p.strip_suffix('\'')).unwrap();
        assert_eq!(hexadecimal(hash), factbrief::text::hash::sha256(content.as_bytes()), "{part}");
    }
    for banned in ["http:", "https:", "fetch", "import", "innerHTML", "eval"] {
        assert!(!page.script.contains(banned), "{banned}");
    }
    assert!(!page.style.contains("url(") && !page.style.contains("@import"));
    let first = s.bytes("briefings/ferrow.html");
    s.run(&["build", "--format", "html", "--out", "again", "--jobs", "1"]).exits(0);
    assert!(first == s.bytes("again/ferrow.html"), "another run prints other bytes");
}

#[test]
fn only_what_is_asked_for_is_written_and_compared() {
    let s = Scratch::flood();
    printed(&s);
    for name in ["ferrow.md", "ferrow.pdf", "ferrow.lock"] {
        assert!(!s.path().join("briefings").join(name).exists(), "{name}");
    }
    s.run(&["build", "--check", "--format", "html"]).exits(0);
    s.run(&["build"]).exits(0);
    s.run(&["build", "--check", "--format", "md,pdf,html"]).exits(0);
    let page = s.read("briefings/ferrow.html");
    s.write("briefings/ferrow.html", page.replace("Twelve people", "Twenty people"));
    s.run(&["build", "--check"]).exits(0);
    s.run(&["build", "--check", "--format", "html"]).exits(1).says("ferrow.html: it differs");
    s.run(&["build", "--format", "html"]).exits(0).says("wrote briefings/ferrow.html");
    assert_eq!(s.read("briefings/ferrow.html"), page);
    std::fs::remove_file(s.path().join("briefings/ferrow.html")).unwrap();
    s.run(&["build", "--check", "--format", "html"]).exits(1).says("stale: briefings/ferrow.html");
    s.run(&["build", "--format", "md", "--out", "text"]).exits(0);
    assert!(s.path().join("text/ferrow.md").exists() && !s.path().join("text/ferrow.pdf").exists());
    assert_eq!(s.read("text/ferrow.md"), s.read("briefings/ferrow.md"));
}

#[test]
fn formats_that_do_not_go_together_are_refused() {
    let s = Scratch::flood();
    s.run(&["build", "--format", "docx"]).exits(2).says("docx");
    s.run(&["build", "--format", "html,"]).exits(2);
    s.run(&["check", "--format", "html"]).exits(2).says("`factbrief build` and `watch` print");
    s.run(&["build", "--format", "json", "--format", "short"]).exits(2).says("one way");
    s.run(&["build", "--format", "html,short"]).exits(0).says("wrote briefings/ferrow.html");
    s.run(&["check", "--format", "json"]).exits(0);
    s.run(&["audit", "briefings/ferrow.html"]).exits(2).says("it is a web page");
}

#[test]
fn a_timeline_is_filtered_by_actor_and_every_name_leads_somewhere() {
    let s = Scratch::libya();
    s.run(&["build", "--format", "html", "--out", "pages"]).exits(0);
    let mut kinds = 0;
    for entry in std::fs::read_dir(s.path().join("pages")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let page = Page::read(&s.read(&format!("pages/{name}")));
        kinds += 1;
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        for id in page.tags.iter().filter_map(|tag| tag.attributes.get("id")) {
            assert!(ids.insert(id), "{name}: {id} twice");
        }
        for tag in &page.tags {
            let link = tag.attributes.get("href").and_then(|to| to.strip_prefix('#'));
            let named =
                ["aria-labelledby", "aria-describedby", "for"].iter().filter_map(|key| tag.attributes.get(*key));
            for to in link.into_iter().chain(named.map(String::as_str)) {
                assert!(ids.contains(to), "{name}: nothing is called {to}");
            }
        }
        let levels: Vec<u32> = page.tags.iter().filter_map(|tag| tag.name.strip_prefix('h')?.parse().ok()).collect();
        assert!(levels[0] == 1 && levels.windows(2).all(|two| two[1] <= two[0] + 1), "{name}: {levels:?}");
        let heads = page.with("scope", "col").count();
        let tables = page.tags.iter().filter(|tag| tag.name == "table").count();
        assert!(tables == 0 || heads >= tables * 2, "{name}: {heads} heads of {tables} tables");
        assert!(page.with("class", "cited").count() > 20, "{name}");
    }
    assert_eq!(kinds, 9);
    let page = Page::read(&s.read("pages/libya-situation-2015.html"));
    let chosen = page.tags.iter().find(|tag| tag.name == "option" && tag.text == "Omar Homaydan").unwrap();
    let number = &chosen.attributes["value"];
    let rows: Vec<&Tag> = page.tags.iter().filter(|tag| tag.attributes.contains_key("data-actors")).collect();
    let own: Vec<&&Tag> =
        rows.iter().filter(|row| row.attributes["data-actors"].split(' ').any(|actor| actor == number)).collect();
    assert_eq!((rows.len(), own.len()), (31, 1));
    assert!(own[0].text.contains("We strongly condemn the Egyptian aggression"));
    assert!(
        page.style
            .contains(&format!("option[value=\"{number}\"]:checked) tr[data-actors]:not([data-actors~=\"{number}\"])"))
    );
    // a number in the name of a file says nothing of the matter
    let sources = Page::read(&s.read("pages/libya-sources.html"));
    assert!(sources.text().contains("001_2d6680143597bc65.txt"));
    assert!(sources.with("class", "cited").all(|tag| tag.text != "001"));
    let compared = Page::read(&s.read("pages/derna-compared.html"));
    assert!(!compared.tags.iter().any(|tag| tag.name == "select"), "there is no timeline to filter");
}

#[test]
fn a_stylesheet_of_the_project_is_used_unless_it_leaves_its_place() {
    let s = Scratch::flood();
    s.write("templates/shared/page.css", "body { color: rebeccapurple }\n");
    assert!(printed(&s).style.contains("rebeccapurple"));
    s.write("templates/shared/page.css", "body { color: red }</style><script>alert(a)</script>\n");
    s.run(&["build", "--format", "html"]).exits(2).says("cannot be put into a page").says("page.css:1");
}
