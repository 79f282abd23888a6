//! What a saved web page says of its article, and which of it counts.
//!
//! Of several statements of one thing the first counts, in this order; the others are compared with it, and what they say
//! otherwise is noted, never hidden:
//!
//! | of | is taken from |
//! |---|---|
//! | title | JSON-LD `headline` (the `h1` where it is cut short), `og:title`, `citation_title`, `dc.title`, `parsely-title`, `twitter:title`, `h1`; inferred: `title` |
//! | authors | JSON-LD `author`, `citation_author`, `article:author` (a name), `author`, `dc.creator`, `parsely-author`, `sailthru.author`, elements marked `itemprop="author"` or `rel="author"`; inferred: the byline |
//! | publisher | JSON-LD `publisher`, `og:site_name`, `citation_publisher`, `dc.publisher`; inferred: `application-name`, what stands behind the headline in `title`, the host of the address |
//! | published | JSON-LD `datePublished`, `article:published_time`, `citation_publication_date`, `dc.date` and its kin, `parsely-pub-date`, `sailthru.date`, `itemprop="datePublished"`, `time` at the head of the article; inferred: the date line, the address |
//! | url | `link rel=canonical`, `og:url`, JSON-LD; inferred: where the browser says it was saved from |
//! | language | `lang` of `html`, JSON-LD `inLanguage`, `og:locale`, `content-language`; inferred: the words of the text |

use std::collections::BTreeMap;

use super::body::{self, LeftOut, Paragraph};
use super::charset::Decoded;
use super::linked::{self, Linked, unescaped};
use super::stamp::Stamp;
use super::tree::{MAX_DEPTH, Tree};
use super::{
    Article, Author, Form, Known, Published, byline, counted, hidden_words, language_tag, line, refused,
    runs_right_to_left, settle_language, without_hidden,
};
use crate::diag::Diagnostic;
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;

/// A line longer than this is no byline or date line.
const MAX_LINE: usize = 200;

/// Something said, and where.
type Said = (String, String);

pub(super) fn read(
    name: &str,
    form: Form,
    decoded: Decoded,
    saved_from: Option<&str>,
) -> Result<Article, Box<Diagnostic>> {
    let deep = |_| {
        Box::new(
            Diagnostic::new("limit", format!("{} nests its elements deeper than {MAX_DEPTH}", visible(name)))
                .help("save the text of the article in a .txt file, and add that"),
        )
    };
    let text = decoded.text.replace('\u{fffd}', "");
    let tree = Tree::parse(&text).map_err(deep)?;
    let mut article = Article::of(form, decoded.charset);
    article.notes = decoded.notes;
    let meta = Meta::of(&tree);
    let linked = own(&meta, &mut article.notes);
    let mut left_out = LeftOut::default();
    let dropped = body::around(&tree, &mut left_out);
    let all = body::paragraphs(&tree, &dropped);

    address(&meta, &linked, &tree, saved_from, &mut article);
    let heading = heading(&tree, &dropped, &meta, &linked);
    title(&meta, &linked, &tree, heading, &mut article);
    article.language = match said_language(&meta, &linked, &tree) {
        Some((tag, from)) => Known::Stated(tag, from),
        None => Known::Unsaid,
    };
    let head = Head::of(&tree, &dropped, &all, heading);
    authors(&meta, &linked, &tree, &dropped, &head, &mut article);
    publisher(&meta, &linked, &tree, &mut article);

    let head_owners: Vec<(usize, usize)> = head.lines().chain(heading).map(|i| (i, tree.nodes[i].end)).collect();
    let head_lines: Vec<(usize, String)> = head.lines().map(|i| (i, tree.text(i))).collect();
    let headline = heading.map(|i| tree.text(i));
    let times = times(&tree, &dropped, &head);
    let deck = head.deck;
    let mut paragraphs = body::article(tree, &dropped, all, &mut left_out);
    paragraphs.retain(|p| !head_owners.iter().any(|(from, to)| (*from..*to).contains(&p.owner)));
    if let Some(said) = linked.iter().find_map(|l| l.body.as_ref()) {
        from_data(said, &mut paragraphs, &mut article.notes);
    }
    write(headline, deck, head_lines, paragraphs, &mut article);
    article.language = settle_language(article.language.clone(), &article.text, &mut article.notes);
    article.right_to_left = runs_right_to_left(&article.text);
    dates(&meta, &linked, times, &mut article);
    walls(&linked, &left_out, &mut article);
    if !article.text.chars().any(char::is_alphanumeric) {
        return Err(refused(
            name,
            "no article is found in this page",
            "a page that a script builds holds its text only when the browser saves what it shows: choose \"complete page\", or copy the text into a .txt file",
        ));
    }
    Ok(article)
}

/// What the head of a page says, by the names it gives it.
struct Meta {
    named: BTreeMap<String, Vec<String>>,
    canonical: Option<String>,
    blocks: Vec<String>,
    /// The address in the comment that some browsers put into what they save.
    saved_from: Option<String>,
}

impl Meta {
    fn of(tree: &Tree) -> Self {
        let mut this = Self { named: BTreeMap::new(), canonical: None, blocks: Vec::new(), saved_from: None };
        for (index, node) in tree.nodes.iter().enumerate() {
            match node.name.as_str() {
                "meta" => {
                    let content = line(node.attribute("content").unwrap_or_default());
                    for key in ["property", "name", "itemprop", "http-equiv"] {
                        if let (Some(name), false) = (node.attribute(key), content.is_empty()) {
                            for name in name.split_whitespace() {
                                this.named.entry(name.to_ascii_lowercase()).or_default().push(content.clone());
                            }
                        }
                    }
                }
                "link" if this.canonical.is_none() => {
                    let rel = node.attribute("rel").unwrap_or_default();
                    if rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("canonical")) {
                        this.canonical = node.attribute("href").map(|h| h.trim().to_owned());
                    }
                }
                "script" => {
                    let kind = node.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
                    if kind.starts_with("application/ld+json") {
                        this.blocks.push(tree.raw(index));
                    }
                }
                "!" if this.saved_from.is_none() => {
                    if let Some((_, rest)) = node.text.split_once("saved from url=") {
                        let rest = rest.trim_start_matches(|c: char| c == '(' || c.is_ascii_digit());
                        this.saved_from =
                            rest.strip_prefix(')').and_then(|u| u.split_whitespace().next()).map(str::to_owned);
                    } else if let Some(url) =
                        node.text.split("url:").nth(1).filter(|_| node.text.contains("SingleFile"))
                    {
                        this.saved_from = url.split_whitespace().next().map(str::to_owned);
                    }
                }
                _ => {}
            }
        }
        this
    }

    /// What is said under these names, in their order.
    fn said(&self, names: &[&str]) -> Vec<Said> {
        names
            .iter()
            .flat_map(|name| self.named.get(*name).into_iter().flatten().map(|v| (unescaped(v), (*name).to_owned())))
            .collect()
    }
}

/// The articles of the page's JSON-LD, its own first.
fn own(meta: &Meta, notes: &mut Vec<String>) -> Vec<Linked> {
    let (mut found, damaged) = linked::articles(&meta.blocks);
    if damaged > 0 {
        notes.push(format!("{} of JSON-LD cannot be read", counted(damaged, "block", "blocks")));
    }
    let here: Vec<&str> = meta
        .canonical
        .iter()
        .map(String::as_str)
        .chain(meta.named.get("og:url").into_iter().flatten().map(String::as_str))
        .collect();
    // a page may describe other articles beside its own: what has its address, else its title, is its own
    let titles: Vec<String> = meta.said(&["og:title", "twitter:title"]).into_iter().map(|(t, _)| key(&t)).collect();
    let rank = |l: &Linked| {
        let by_address = l.url.as_deref().is_some_and(|u| here.iter().any(|h| same_address(u, h)));
        let by_title = l.headline.as_ref().is_some_and(|h| titles.contains(&key(h)));
        (!by_address, !by_title)
    };
    found.sort_by_key(rank);
    let first = found.first().map(rank);
    found.retain(|l| Some(rank(l)) == first || l.headline.is_none());
    found.truncate(1);
    found
}

/// Two headlines are compared without case, punctuation and space.
fn key(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn bare_address(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.strip_prefix("www.").or_else(|| url.strip_prefix("m.")).unwrap_or(url);
    url.trim_end_matches('/').to_lowercase()
}

/// Whether two addresses are of one page, whatever their scheme, query and closing slash.
pub(super) fn same_address(a: &str, b: &str) -> bool {
    bare_address(a) == bare_address(b)
}

/// A web address with its host, as it may stand in a record; relative ones are completed from `base`.
fn absolute(url: &str, base: Option<&str>) -> Option<String> {
    let url = line(url);
    let whole = if let Some(rest) = url.strip_prefix("//") {
        format!("https://{rest}")
    } else if url.starts_with('/') {
        let (scheme, rest) = base?.split_once("://")?;
        format!("{scheme}://{}{url}", rest.split(['/', '?', '#']).next()?)
    } else {
        url
    };
    let host =
        whole.strip_prefix("https://").or_else(|| whole.strip_prefix("http://"))?.split(['/', '?', '#']).next()?;
    (host.contains('.') && !whole.contains(char::is_whitespace)).then_some(whole)
}

fn address(meta: &Meta, linked: &[Linked], tree: &Tree, saved_from: Option<&str>, article: &mut Article) {
    let saved = saved_from.map(str::to_owned).or_else(|| meta.saved_from.clone());
    let base = tree
        .named("base")
        .find_map(|i| tree.nodes[i].attribute("href").map(str::to_owned))
        .filter(|b| b.contains("://"))
        .or_else(|| meta.named.get("og:url").and_then(|u| u.first().cloned()).filter(|u| u.contains("://")))
        .or_else(|| saved.clone());
    let mut said: Vec<Said> = Vec::new();
    let mut add = |url: Option<&str>, from: &str| {
        if let Some(url) = url.and_then(|u| absolute(u, base.as_deref())) {
            said.push((url, from.to_owned()));
        }
    };
    add(meta.canonical.as_deref(), "link rel=canonical");
    add(meta.named.get("og:url").and_then(|u| u.first()).map(String::as_str), "og:url");
    add(linked.first().and_then(|l| l.url.as_deref()), "JSON-LD");
    if let Some((url, from)) = said.first().cloned() {
        for (other, by) in said.iter().skip(1).filter(|(other, _)| !same_address(&url, other)) {
            article.notes.push(format!("addresses differ: {from} says {url}, {by} says {other}; the first is taken"));
        }
        article.url = Known::Stated(url, from);
    } else if let Some(url) = saved.and_then(|u| absolute(&u, None)) {
        article.url = Known::Inferred(url, "where the browser saved it from".to_owned());
    }
}

/// The heading that is the headline: of several, the one that agrees with what the page says of itself.
fn heading(tree: &Tree, dropped: &[bool], meta: &Meta, linked: &[Linked]) -> Option<usize> {
    let kept = |i: &usize| !is_dropped(tree, dropped, *i);
    let headings: Vec<usize> = tree.named("h1").filter(kept).filter(|i| !tree.text(*i).is_empty()).collect();
    let said: Vec<String> = linked
        .iter()
        .filter_map(|l| l.headline.clone())
        .chain(meta.said(&["og:title", "twitter:title", "citation_title", "dc.title"]).into_iter().map(|(t, _)| t))
        .chain(tree.named("title").map(|i| tree.text(i)))
        .map(|t| key(&t))
        .collect();
    let agrees = |i: &usize| {
        let own = key(&tree.text(*i));
        own.chars().count() >= 4
            && said.iter().any(|s| s.starts_with(&own) || own.starts_with(s.as_str()) && s.chars().count() >= 12)
    };
    let other = |level: &'static str| tree.named(level).filter(kept).find(agrees);
    if let Some(found) = headings.iter().copied().find(|i| agrees(i)) {
        return Some(found);
    }
    if let Some(found) = other("h2") {
        return Some(found);
    }
    // a single heading is the headline, unless it is the name of the site
    let site: Vec<String> = meta
        .said(&["og:site_name", "application-name"])
        .into_iter()
        .map(|(t, _)| t)
        .chain(linked.iter().filter_map(|l| l.publisher.clone()))
        .map(|t| key(&t))
        .collect();
    match headings.as_slice() {
        [only] if !site.contains(&key(&tree.text(*only))) => Some(*only),
        _ => None,
    }
}

fn is_dropped(tree: &Tree, dropped: &[bool], index: usize) -> bool {
    dropped[index] || tree.around(index).any(|i| dropped[i])
}

fn title(meta: &Meta, linked: &[Linked], tree: &Tree, heading: Option<usize>, article: &mut Article) {
    let site = meta.said(&["og:site_name"]).into_iter().next().map(|(t, _)| t);
    let mut said: Vec<Said> =
        linked.iter().filter_map(|l| l.headline.clone()).map(|t| (t, "JSON-LD headline".to_owned())).collect();
    said.extend(meta.said(&[
        "og:title",
        "citation_title",
        "dc.title",
        "dcterms.title",
        "parsely-title",
        "twitter:title",
    ]));
    for (value, _) in &mut said {
        *value = without_site(value, site.as_deref());
    }
    let heading = heading.map(|i| tree.text(i));
    if let Some(heading) = &heading {
        said.push((heading.clone(), "h1".to_owned()));
    }
    said.retain(|(t, _)| !t.is_empty());
    let Some((mut value, mut from)) = said.first().cloned() else {
        if let Some(text) = tree.named("title").map(|i| tree.text(i)).find(|t| !t.is_empty()) {
            article.title = Known::Inferred(without_site(&text, site.as_deref()), "the title element".to_owned());
        }
        return;
    };
    // search engines want short headlines, and pages cut theirs for them
    let cut = value.trim_end_matches(['…', '.']).trim_end();
    if let Some(heading) = heading.filter(|h| key(h).starts_with(&key(cut)) && (key(h) != key(&value) || *h != value)) {
        from = if key(&heading) == key(&value) {
            format!("{from}, as h1 has it")
        } else {
            format!("h1; {from} is cut short")
        };
        value = heading;
    }
    let own = key(&value);
    let mut told: Vec<String> = vec![own.clone()];
    for (other, by) in said {
        let other_key = key(&other);
        if !told.iter().any(|t| t.contains(&other_key) || other_key.contains(t.as_str())) {
            article.notes.push(format!("headlines differ: {by} says \"{}\"", visible(&other)));
            told.push(other_key);
        }
    }
    article.title = Known::Stated(value, from);
}

/// A title without the name of the site behind it.
fn without_site(title: &str, site: Option<&str>) -> String {
    let title = line(title);
    let Some(site) = site else { return title };
    for joint in [" | ", " - ", " – ", " — ", " · ", " :: "] {
        if let Some((head, tail)) = title.rsplit_once(joint)
            && key(tail) == key(site)
        {
            return head.trim().to_owned();
        }
    }
    title
}

fn said_language(meta: &Meta, linked: &[Linked], tree: &Tree) -> Option<Said> {
    let html = tree.named("html").find_map(|i| {
        let node = &tree.nodes[i];
        node.attribute("lang").or_else(|| node.attribute("xml:lang")).map(str::to_owned)
    });
    let mut said: Vec<Said> = html.into_iter().map(|l| (l, "the lang of html".to_owned())).collect();
    said.extend(linked.iter().filter_map(|l| l.language.clone()).map(|l| (l, "JSON-LD inLanguage".to_owned())));
    said.extend(meta.said(&["og:locale", "content-language", "language", "dc.language"]));
    said.into_iter().find_map(|(l, from)| Some((language_tag(l.split(',').next()?)?, from)))
}

/// The lines between headline and text that the page shows: deck, byline, date line.
#[derive(Default)]
struct Head {
    deck: Option<usize>,
    byline: Option<usize>,
    date: Option<usize>,
}

impl Head {
    fn of(tree: &Tree, dropped: &[bool], all: &[Paragraph], heading: Option<usize>) -> Self {
        let mut head = Self::default();
        let heading_at = heading.unwrap_or(0);
        // the first long paragraph behind the headline begins the text
        let begin = all
            .iter()
            .filter(|p| p.owner > heading_at && !p.heading)
            .find(|p| tree.nodes[p.owner].name == "p" && p.text.chars().count() > 120)
            .map_or(tree.nodes.len(), |p| p.owner);
        let main = tree
            .named("article")
            .chain(tree.named("main"))
            .find(|i| heading.is_none_or(|h| (*i..tree.nodes[*i].end).contains(&h)));
        for (index, node) in tree.nodes.iter().enumerate() {
            if !node.is_element()
                || is_dropped(tree, dropped, index)
                || matches!(node.name.as_str(), "body" | "html" | "a" | "meta" | "link")
            {
                continue;
            }
            let near = index > heading_at && index < begin;
            let inside = main.is_some_and(|m| (m..tree.nodes[m].end).contains(&index));
            let length = || tree.text(index).chars().count();
            let words = node.class_words();
            let has = |names: &[&str]| words.iter().any(|w| names.contains(&w.as_str()));
            let covered = |other: Option<usize>| other.is_some_and(|o| (o..tree.nodes[o].end).contains(&index));
            if head.deck.is_none()
                && near
                && heading.is_some()
                && has(&["standfirst", "deck", "dek", "subheadline", "subhead", "chapo", "lede", "strapline"])
                && (1..=600).contains(&length())
            {
                head.deck = Some(index);
            }
            let is_byline = has(&["byline", "bylines", "author", "authors", "writer"])
                || node.attribute("itemprop") == Some("author")
                || node.attribute("rel") == Some("author");
            if head.byline.is_none()
                && (near || inside && node.name != "div")
                && is_byline
                && (3..=MAX_LINE).contains(&length())
            {
                head.byline = Some(index);
            }
            let is_date = node.name == "time"
                || has(&["date", "dateline", "pubdate", "published", "timestamp", "datetime", "posted"]);
            // an hour alone is that of a post
            let says_day = || {
                let text = tree.text(index);
                text.chars().any(char::is_alphabetic)
                    || text.split(|c: char| !c.is_numeric()).any(|n| n.chars().count() == 4)
            };
            if head.date.is_none()
                && near
                && is_date
                && (4..=MAX_LINE).contains(&length())
                && !covered(head.deck)
                && says_day()
            {
                head.date = Some(index);
            }
        }
        // a line within another is part of it
        if let (Some(b), Some(d)) = (head.byline, head.date) {
            if (b..tree.nodes[b].end).contains(&d) {
                head.date = None;
            } else if (d..tree.nodes[d].end).contains(&b) {
                head.date = None;
                head.byline = Some(d);
            }
        }
        head
    }

    /// Deck, byline and date line, in the order of the page.
    fn lines(&self) -> impl Iterator<Item = usize> + use<> {
        let mut lines: Vec<usize> = [self.deck, self.byline, self.date].into_iter().flatten().collect();
        lines.sort_unstable();
        lines.into_iter()
    }
}

fn authors(meta: &Meta, linked: &[Linked], tree: &Tree, dropped: &[bool], head: &Head, article: &mut Article) {
    let mut said: Vec<(Vec<Author>, String)> = Vec::new();
    let mut unnamed: Vec<String> = Vec::new();
    let mut add = |names: Vec<(String, bool)>, from: &str| {
        let mut people: Vec<Author> = Vec::new();
        for (name, organisation) in names {
            let name = line(&name);
            if organisation {
                people.push(Author { name, organisation });
                continue;
            }
            let read = byline::read(&name);
            // one name that looks like none is a name all the same, unless it is a desk's
            unnamed.extend(read.unnamed);
            people.extend(read.people);
        }
        people.dedup();
        if !people.is_empty() {
            said.push((people, from.to_owned()));
        }
    };
    if let Some(linked) = linked.first() {
        add(linked.authors.clone(), "JSON-LD author");
    }
    for name in [
        "citation_author",
        "article:author",
        "og:article:author",
        "author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "byl",
    ] {
        let values: Vec<(String, bool)> =
            meta.said(&[name]).into_iter().map(|(v, _)| (v, false)).filter(|(v, _)| !v.contains("://")).collect();
        if !values.is_empty() {
            add(values, name);
        }
    }
    let marked = |i: &usize| {
        let node = &tree.nodes[*i];
        let is = node.attribute("rel") == Some("author")
            || node.attribute("itemprop").is_some_and(|p| p.split_whitespace().any(|w| w == "author"));
        is && node.name != "meta" && node.name != "link" && !is_dropped(tree, dropped, *i)
    };
    let mut marks: Vec<usize> = (0..tree.nodes.len()).filter(marked).collect();
    // of marks within one another the inner one counts
    let all = marks.clone();
    marks.retain(|i| !all.iter().any(|o| o != i && (*i..tree.nodes[*i].end).contains(o)));
    let names: Vec<(String, bool)> = marks
        .into_iter()
        .map(|i| {
            let inner = (i..tree.nodes[i].end).find(|j| tree.nodes[*j].attribute("itemprop") == Some("name"));
            inner.map_or_else(
                || tree.text(i),
                |j| tree.nodes[j].attribute("content").map_or_else(|| tree.text(j), str::to_owned),
            )
        })
        .filter(|t| (3..=MAX_LINE).contains(&t.chars().count()))
        .map(|t| (t, false))
        .collect();
    if !names.is_empty() {
        add(names, "elements marked as author");
    }
    if said.is_empty()
        && let Some(index) = head.byline
    {
        let text = byline_of(tree, index);
        let read = byline::read(&text);
        unnamed.extend(read.unnamed);
        if !read.people.is_empty() {
            article.authors = Known::Inferred(read.people, format!("the byline \"{}\"", visible(&text)));
        }
    }
    unnamed.dedup();
    article.unnamed = unnamed;
    let Some((people, from)) = said.first().cloned() else { return };
    let names = |p: &[Author]| p.iter().map(|a| key(&a.name)).collect::<std::collections::BTreeSet<_>>();
    let own = names(&people);
    for (other, by) in said.iter().skip(1) {
        if !names(other).is_subset(&own) {
            let list: Vec<&str> = other.iter().map(|a| a.name.as_str()).collect();
            article.notes.push(format!("authors differ: {from} is taken, {by} says {}", visible(&list.join(", "))));
        }
    }
    article.authors = Known::Stated(people, from);
}

/// The text of a byline without the date that stands in it.
fn byline_of(tree: &Tree, index: usize) -> String {
    let time = (index..tree.nodes[index].end).find(|i| {
        tree.nodes[*i].name == "time"
            || tree.nodes[*i]
                .class_words()
                .iter()
                .any(|w| matches!(w.as_str(), "date" | "dateline" | "timestamp" | "published"))
    });
    let whole = tree.text(index);
    match time.map(|t| tree.text(t)).filter(|t| !t.is_empty()) {
        Some(date) => line(&whole.replacen(&date, "", 1)).trim_matches(|c: char| !c.is_alphanumeric()).to_owned(),
        None => whole,
    }
}

/// What a title element has behind the headline: by custom, the name of the site.
fn behind_headline(title: &str, headline: &str) -> Option<String> {
    [" | ", " - ", " – ", " — ", " · ", " :: "].iter().find_map(|joint| {
        let (head, tail) = title.rsplit_once(joint)?;
        let (head, headline) = (key(head), key(headline));
        let same = head.chars().count() >= 4 && (headline.starts_with(&head) || head.starts_with(&headline));
        (same && (2..=40).contains(&tail.chars().count())).then(|| tail.trim().to_owned())
    })
}

fn publisher(meta: &Meta, linked: &[Linked], tree: &Tree, article: &mut Article) {
    let mut said: Vec<Said> =
        linked.iter().filter_map(|l| l.publisher.clone()).map(|p| (p, "JSON-LD publisher".to_owned())).collect();
    said.extend(meta.said(&["og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher"]));
    if let Some((value, from)) = said.first().cloned() {
        for (other, by) in said.iter().skip(1) {
            if !key(&value).contains(&key(other)) && !key(other).contains(&key(&value)) {
                article.notes.push(format!("publishers differ: {from} is taken, {by} says \"{}\"", visible(other)));
            }
        }
        article.publisher = Known::Stated(value, from);
    } else if let Some((value, from)) =
        meta.said(&["application-name", "apple-mobile-web-app-title"]).into_iter().next()
    {
        article.publisher = Known::Inferred(value, from);
    } else if let Some(tail) = tree.named("title").find_map(|i| behind_headline(&tree.text(i), article.title.value()?))
    {
        article.publisher = Known::Inferred(tail, "what stands behind the headline in the title element".to_owned());
    } else if let Some(url) = article.url.value() {
        let host = url.split_once("://").map_or("", |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
        if !host.is_empty() {
            article.publisher = Known::Inferred(host, "the host of the address".to_owned());
        }
    }
}

/// A date element at the head of the article: what a machine and what a person is to read, and where it stands.
struct Time {
    machine: Option<String>,
    shown: String,
    marked: bool,
}

fn times(tree: &Tree, dropped: &[bool], head: &Head) -> Vec<Time> {
    let in_head = |i: usize| head.lines().any(|l| (l..tree.nodes[l].end).contains(&i));
    let mut found = Vec::new();
    for (index, node) in tree.nodes.iter().enumerate() {
        let prop = node.attribute("itemprop").unwrap_or_default();
        let marked = prop.split_whitespace().any(|p| p.eq_ignore_ascii_case("datePublished"))
            || node.name == "time" && node.attribute("pubdate").is_some();
        let machine = node.attribute("datetime").or_else(|| node.attribute("content")).map(str::to_owned);
        if node.name != "meta" && is_dropped(tree, dropped, index) || prop.eq_ignore_ascii_case("dateModified") {
            continue;
        }
        if marked || node.name == "time" && in_head(index) {
            found.push(Time { machine, shown: tree.text(index), marked });
        }
    }
    found.sort_by_key(|t| !t.marked);
    if let Some(date) = head.date.or(head.byline) {
        found.push(Time { machine: None, shown: tree.text(date), marked: false });
    }
    found
}

fn dates(meta: &Meta, linked: &[Linked], times: Vec<Time>, article: &mut Article) {
    let lexicon = Lexicon::or_bare(article.language.value().map_or("", String::as_str));
    let mut said: Vec<(Stamp, String)> = Vec::new();
    let mut unread: Vec<Said> = Vec::new();
    let mut add = |text: &str, from: &str| match Stamp::of_machine(text)
        .or_else(|| Stamp::of_words(text, lexicon).map(|(s, _)| s))
    {
        Some(stamp) => said.push((stamp, from.to_owned())),
        None => unread.push((text.to_owned(), from.to_owned())),
    };
    if let Some(text) = linked.first().and_then(|l| l.published.as_deref()) {
        add(text, "JSON-LD datePublished");
    }
    const NAMES: &[&str] = &[
        "article:published_time",
        "og:published_time",
        "og:article:published_time",
        "citation_publication_date",
        "citation_online_date",
        "citation_date",
        "datepublished",
        "dc.date.issued",
        "dcterms.issued",
        "dcterms.created",
        "dc.date",
        "dcterms.date",
        "parsely-pub-date",
        "sailthru.date",
        "publish-date",
        "publishdate",
        "pubdate",
        "publication_date",
        "publication-date",
        "article.published",
        "date",
        "displaydate",
        "cxenseparse:recs:publishtime",
    ];
    for (text, name) in meta.said(NAMES) {
        add(&text, &name);
    }
    for time in &times {
        if let Some(machine) = &time.machine {
            add(
                machine,
                if time.marked { "the element marked as datePublished" } else { "the time element at the head" },
            );
        }
    }
    for (text, from) in unread {
        article.notes.push(format!("{from} is no date that can be read: \"{}\"", visible(&text)));
    }
    let shown: Vec<(Stamp, String)> = times.iter().filter_map(|t| Stamp::of_words(&t.shown, lexicon)).collect();
    let by_address = article.url.value().and_then(|u| Stamp::of_address(u));
    article.published = if let Some((stamp, from)) = said.first().cloned() {
        for (other, by) in said.iter().skip(1).filter(|(other, _)| !stamp.agrees(other)) {
            article.notes.push(format!(
                "dates differ: {from} says {}, {by} says {}; the first is taken",
                visible(&stamp.written),
                visible(&other.written)
            ));
        }
        let words = shown.iter().find(|(s, _)| s.date == stamp.date).map(|(_, w)| w.clone());
        if words.is_none()
            && let Some((other, w)) = shown.first()
            && !stamp.agrees(other)
        {
            article.notes.push(format!(
                "dates differ: {from} says {}, the page shows \"{}\"; the first is taken",
                visible(&stamp.written),
                visible(w)
            ));
        }
        if let Some(other) = by_address.filter(|other| !stamp.agrees(other)) {
            article.notes.push(format!(
                "dates differ: {from} says {}, the address says {}; the first is taken",
                visible(&stamp.written),
                other.written
            ));
        }
        Known::Stated(Published { stamp, words }, from)
    } else if let Some((stamp, words)) = shown.first().cloned() {
        Known::Stated(Published { stamp, words: Some(words) }, "the date line".to_owned())
    } else if let Some(stamp) = by_address {
        Known::Inferred(Published { stamp, words: None }, "the address".to_owned())
    } else {
        Known::Unsaid
    };
    // words that are to prove the date must stand in the archived text
    if let Known::Stated(published, _) = &mut article.published
        && published.words.as_ref().is_some_and(|w| !fold(&article.text).contains(w.as_str()))
    {
        published.words = None;
    }
    let modified = linked.first().and_then(|l| l.modified.clone()).map(|m| (m, "JSON-LD dateModified".to_owned()));
    let modified = modified.or_else(|| {
        meta.said(&["article:modified_time", "og:updated_time", "datemodified", "last-modified"]).into_iter().next()
    });
    if let Some((text, from)) = modified
        && let Some(stamp) = Stamp::of_machine(&text)
    {
        let published = article.published.value().map(|p| &p.stamp);
        if published.is_none_or(|p| p.moment.is_none() || p.moment != stamp.moment) {
            article.modified = Known::Stated(stamp, from);
        }
    }
}

/// Where the page itself holds less than its data says, the text of the data is taken.
fn from_data(said: &str, paragraphs: &mut Vec<Paragraph>, notes: &mut Vec<String>) {
    let count = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let (shown, whole) = (paragraphs.iter().map(|p| count(&p.text)).sum::<usize>(), count(said));
    if shown * 4 >= whole {
        return;
    }
    notes.push(format!(
        "the page shows {shown} letters of its text and carries {whole} in its JSON-LD (articleBody): that text is taken; its paragraphs may be joined"
    ));
    *paragraphs = unescaped_lines(said).into_iter().map(Paragraph::of_data).collect();
}

fn unescaped_lines(text: &str) -> Vec<String> {
    text.split('\n').map(|l| line(&unescaped(l))).filter(|l| !l.is_empty()).collect()
}

/// Writes the text: headline, deck, byline and date line as the page shows them, then the article.
fn write(
    headline: Option<String>,
    deck: Option<usize>,
    head: Vec<(usize, String)>,
    paragraphs: Vec<Paragraph>,
    article: &mut Article,
) {
    let mut lines: Vec<String> = Vec::new();
    let mut hidden = Vec::new();
    let mut clean = |text: &str| {
        let (text, counts) = without_hidden(text);
        hidden.extend(counts);
        text.trim().to_owned()
    };
    let own: Vec<String> = headline.iter().chain(head.iter().map(|(_, t)| t)).map(|t| key(t)).collect();
    if let Some(headline) = headline {
        let headline = clean(&headline);
        article.captions.push(headline.clone());
        lines.push(headline);
    }
    let body_keys: Vec<String> = paragraphs.iter().take(3).map(|p| key(&p.text)).collect();
    for (index, text) in head {
        let text = clean(&text);
        if text.is_empty() || lines.contains(&text) {
            continue;
        }
        if deck == Some(index) {
            // a deck that the article repeats stands there
            if body_keys.contains(&key(&text)) {
                continue;
            }
            article.captions.push(text.clone());
        } else {
            article.furniture.push(text.clone());
        }
        lines.push(text);
    }
    for (at, paragraph) in paragraphs.into_iter().enumerate() {
        let text = clean(&paragraph.text);
        if text.is_empty() || at < 4 && own.contains(&key(&text)) && text.chars().count() <= 300 {
            continue;
        }
        if paragraph.heading && !article.captions.contains(&text) {
            article.captions.push(text.clone());
        }
        lines.push(text);
    }
    article.text = lines.join("\n\n") + "\n";
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for (c, n) in hidden {
        *counts.entry(c).or_default() += n;
    }
    article.left_out.extend(hidden_words(&counts.into_iter().collect::<Vec<_>>()));
}

fn walls(linked: &[Linked], left_out: &LeftOut, article: &mut Article) {
    let words = article.text.split_whitespace().count();
    if let Some(linked) = linked.first() {
        if linked.free == Some(false) {
            article.notes.push(format!(
                "the page says that it is not free to read: the {} may be its beginning only",
                counted(words, "word", "words")
            ));
        }
        if let Some(said) = linked.words.filter(|said| words * 2 < *said) {
            article.notes.push(format!("the page says that the article has {said} words; {words} were found"));
        }
        if linked.kind == "LiveBlogPosting" {
            article.notes.push("this is a live page: it is archived as it stood when it was saved, newest post first if the page shows it so".to_owned());
        }
    }
    if left_out.hidden {
        article.notes.push(
            "the page's style hides most of its text, as walls for subscribers do: it is taken as it stands".to_owned(),
        );
    }
    if left_out.tables {
        article.notes.push("cells of tables are parted by |, which the page does not print".to_owned());
    }
    for (n, one, many) in [
        (left_out.captions, "caption", "captions"),
        (left_out.links, "link to something else", "links to something else"),
        (left_out.labels, "label", "labels"),
    ] {
        if n > 0 {
            article.left_out.push(counted(n, one, many));
        }
    }
}
