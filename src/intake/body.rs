//! The article in a web page: which of its paragraphs are the reporter's.
//!
//! What is never prose (menus, captions, boxes, hidden parts) is taken out first. The reader view (`dom_smoothie`, after
//! Firefox's) then says where the article is, and gives its view by numbers that were set on the elements. The text is
//! taken from the page itself: of the paragraphs in between, those that the reader view dropped for being short, a list
//! or a post of a live page stay, where they stand among kept ones in the same kind of box.

use std::collections::{BTreeMap, BTreeSet};

use dom_smoothie::{Config, Readability};

use super::tree::Tree;
use crate::text::normalise::fold;

/// The attribute by which an element is found again in the reader view.
const MARK: &str = "data-factbrief";

/// A paragraph of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) text: String,
    /// The element that it is the text of.
    pub(super) owner: usize,
    /// Whether it is a heading.
    pub(super) heading: bool,
    /// How many of its characters are links.
    linked: usize,
}

impl Paragraph {
    /// A paragraph that stands in no element.
    pub(super) fn of_data(text: String) -> Self {
        Self { text, owner: 0, heading: false, linked: 0 }
    }
}

/// What was left out of the article, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LeftOut {
    pub(super) captions: usize,
    pub(super) links: usize,
    pub(super) labels: usize,
    pub(super) tables: bool,
    /// Whether most of the text is hidden by the page's style.
    pub(super) hidden: bool,
}

/// Whether an element begins and ends a paragraph.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "ul"
            | "head"
            | "title"
            | "option"
    )
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Elements that hold no prose at all.
fn is_never_prose(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "canvas"
            | "iframe"
            | "object"
            | "embed"
            | "button"
            | "input"
            | "select"
            | "textarea"
            | "nav"
            | "audio"
            | "video"
            | "picture"
            | "img"
            | "dialog"
            | "menu"
            | "map"
            | "option"
            | "label"
    )
}

/// Single words of a class or id that name what is around an article.
const AROUND: &[&str] = &[
    "related",
    "recirc",
    "recirculation",
    "promo",
    "promos",
    "newsletter",
    "newsletters",
    "subscribe",
    "subscription",
    "signup",
    "share",
    "sharing",
    "sharebar",
    "social",
    "breadcrumb",
    "breadcrumbs",
    "navbar",
    "navigation",
    "menu",
    "sidebar",
    "comments",
    "disqus",
    "advert",
    "advertisement",
    "advertising",
    "ads",
    "adslot",
    "adunit",
    "sponsored",
    "outbrain",
    "taboola",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "trending",
    "pullquote",
    "readmore",
    "toolbar",
    "paywall",
    "regwall",
    "recommended",
    "recommendations",
    "skip",
    "skiplink",
    "copyright",
    "tags",
    "taglist",
];

/// Runs of two words that do.
const AROUND_PAIRS: &[(&str, &str)] = &[
    ("read", "more"),
    ("see", "also"),
    ("also", "read"),
    ("most", "read"),
    ("most", "popular"),
    ("more", "from"),
    ("more", "on"),
    ("more", "stories"),
    ("pull", "quote"),
    ("sign", "up"),
    ("site", "header"),
    ("site", "footer"),
    ("page", "footer"),
    ("global", "header"),
    ("ad", "slot"),
    ("ad", "container"),
    ("ad", "unit"),
    ("ad", "wrapper"),
    ("author", "bio"),
    ("follow", "us"),
    ("you", "may"),
    ("up", "next"),
    ("skip", "link"),
    ("article", "tags"),
    ("article", "footer"),
    ("article", "tools"),
    ("topic", "list"),
    ("topics", "list"),
];

const CAPTION_WORDS: &[&str] =
    &["caption", "captions", "figcaption", "wp-caption-text", "credit", "credits", "photocredit"];

fn is_hidden(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    let style = node.attribute("style").map(|s| s.replace(char::is_whitespace, "").to_ascii_lowercase());
    let by_style = style.is_some_and(|s| s.contains("display:none") || s.contains("visibility:hidden"));
    let by_class = node.attribute("class").is_some_and(|class| {
        class.split_whitespace().any(|c| {
            matches!(
                c,
                "sr-only"
                    | "visually-hidden"
                    | "visuallyhidden"
                    | "screen-reader-text"
                    | "screenreader-only"
                    | "u-hidden"
                    | "hidden"
            )
        })
    });
    by_style || by_class || node.attribute("hidden").is_some() || node.attribute("aria-hidden") == Some("true")
}

/// Letters in paragraphs, up to each node: what is inside a node is a difference of two.
fn letters(tree: &Tree) -> Vec<usize> {
    let mut sums = Vec::with_capacity(tree.nodes.len() + 1);
    let mut sum = 0;
    let mut skip = 0;
    sums.push(0);
    for (at, node) in tree.nodes.iter().enumerate() {
        if at >= skip && matches!(node.name.as_str(), "script" | "style" | "template" | "head" | "svg") {
            skip = node.end;
        }
        if at >= skip && node.name.is_empty() {
            sum += node.text.chars().filter(|c| c.is_alphanumeric()).count();
        }
        sums.push(sum);
    }
    sums
}

/// Marks what is no prose: true for each node that is taken out with all that is inside it.
pub(super) fn around(tree: &Tree, left_out: &mut LeftOut) -> Vec<bool> {
    let sums = letters(tree);
    let all = sums.last().copied().unwrap_or(0);
    let mut dropped = vec![false; tree.nodes.len()];
    let mut at = 0;
    while at < tree.nodes.len() {
        let node = &tree.nodes[at];
        if !node.is_element() {
            dropped[at] = node.name == "!";
            at += 1;
            continue;
        }
        // whatever it is called, what holds the better part of the page's letters is the page
        let inside = sums[node.end] - sums[at];
        let is_page = inside * 2 > all || matches!(node.name.as_str(), "html" | "body" | "main" | "article");
        if is_never_prose(&node.name) && !(is_page && node.name != "head") {
            dropped[at] = true;
        } else if is_hidden(tree, at) {
            if is_page {
                left_out.hidden = true;
            } else {
                dropped[at] = true;
            }
        } else if !is_page {
            let words = node.class_words();
            let has_heading = || tree.nodes[at..node.end].iter().any(|n| n.name == "h1");
            let caption = matches!(node.name.as_str(), "figcaption" | "caption")
                || words.iter().any(|w| CAPTION_WORDS.contains(&w.as_str()));
            if caption && !has_heading() {
                left_out.captions += usize::from(inside > 0);
                dropped[at] = true;
            } else if node.name == "figure" {
                // a figure may hold a table or a quotation that belongs to the text
                let holds =
                    tree.nodes[at..node.end].iter().any(|n| matches!(n.name.as_str(), "table" | "blockquote" | "pre"));
                let caption = tree.nodes[at..node.end].iter().any(|n| n.name == "figcaption");
                left_out.captions += usize::from(caption && !holds);
                dropped[at] = !holds;
            } else {
                let landmark =
                    matches!(node.name.as_str(), "aside" | "footer") || node.attribute("role").is_some_and(is_landmark);
                let named = !is_heading(&node.name)
                    && (words.iter().any(|w| AROUND.contains(&w.as_str()))
                        || words.windows(2).any(|w| AROUND_PAIRS.contains(&(w[0].as_str(), w[1].as_str()))));
                dropped[at] = (landmark || named) && !has_heading();
            }
        }
        at = if dropped[at] { node.end } else { at + 1 };
    }
    dropped
}

fn is_landmark(role: &str) -> bool {
    matches!(
        role,
        "navigation"
            | "complementary"
            | "search"
            | "menu"
            | "menubar"
            | "toolbar"
            | "dialog"
            | "alertdialog"
            | "contentinfo"
            | "banner"
    )
}

/// The paragraphs of a page, without what is taken out.
pub(super) fn paragraphs(tree: &Tree, dropped: &[bool]) -> Vec<Paragraph> {
    let mut writer = Writer { tree, done: Vec::new(), text: String::new(), linked: 0, space: false, breaks: 0 };
    let mut open: Vec<usize> = Vec::new();
    let (mut link_end, mut pre_end, mut quoted) = (0, 0, Vec::new());
    let tables = tables_of_data(tree);
    // the ends of those that are open
    let mut data: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < tree.nodes.len() {
        while open.last().is_some_and(|o| tree.nodes[*o].end <= at) {
            let owner = open.pop().unwrap_or(0);
            writer.flush(owner);
        }
        while quoted.last().is_some_and(|end| *end <= at) {
            quoted.pop();
            writer.push('”', false);
        }
        while data.last().is_some_and(|end| *end <= at) {
            data.pop();
        }
        let node = &tree.nodes[at];
        if dropped.get(at).copied().unwrap_or(false) || node.name == "!" {
            at = node.end;
            continue;
        }
        if tables.contains(&at) {
            data.push(node.end);
        }
        if node.name.is_empty() {
            let owner = open.last().copied().unwrap_or(0);
            writer.add(&node.text, at < link_end, at < pre_end, owner);
        } else if node.name == "sup" && is_note_mark(tree, at, &writer.text) {
            at = node.end;
            continue;
        } else if node.name == "br" {
            writer.breaks += 1;
        } else if matches!(node.name.as_str(), "td" | "th") && data.iter().any(|end| at < *end) {
            if !writer.text.trim().is_empty() {
                writer.space = true;
                writer.push('|', false);
                writer.space = true;
            }
        } else if is_block(&node.name) {
            writer.flush(open.last().copied().unwrap_or(0));
            open.push(at);
            if node.name == "pre" {
                pre_end = node.end;
            }
        } else if node.name == "a" {
            link_end = link_end.max(node.end);
        } else if node.name == "q" {
            writer.push('“', false);
            quoted.push(node.end);
        }
        at += 1;
    }
    while let Some(owner) = open.pop() {
        writer.flush(owner);
    }
    writer.flush(0);
    writer.done
}

/// Whether a raised text is the mark of a note, and no power or unit: a number or sign that is a link, or stands behind the
/// end of a clause.
fn is_note_mark(tree: &Tree, index: usize, before: &str) -> bool {
    let text = tree.text(index);
    let sign =
        text.chars().all(|c| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '*' | '†' | '‡' | ',' | ' '));
    let link = tree.nodes[index..tree.nodes[index].end].iter().any(|n| n.name == "a")
        || tree.around(index).take(2).any(|i| tree.nodes[i].name == "a");
    let behind = before.ends_with(['.', ',', ';', ':', '!', '?', '”', '"', '»', '’', '،', '؟']);
    sign && (1..=6).contains(&text.chars().count()) && (link || behind)
}

/// Tables of data: those whose cells hold words and no blocks.
fn tables_of_data(tree: &Tree) -> BTreeSet<usize> {
    tree.named("table")
        .filter(|table| {
            let inside = &tree.nodes[table + 1..tree.nodes[*table].end];
            let count = |names: &[&str]| inside.iter().filter(|n| names.contains(&n.name.as_str())).count();
            let parts = ["tbody", "thead", "tfoot", "tr", "td", "th", "caption"];
            !inside.iter().any(|n| is_block(&n.name) && !parts.contains(&n.name.as_str()))
                && count(&["tr"]) >= 2
                && count(&["td", "th"]) >= 4
        })
        .collect()
}

struct Writer<'t> {
    tree: &'t Tree,
    done: Vec<Paragraph>,
    text: String,
    linked: usize,
    space: bool,
    breaks: usize,
}

impl Writer<'_> {
    fn push(&mut self, c: char, linked: bool) {
        if std::mem::take(&mut self.space) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push(c);
        self.linked += usize::from(linked);
    }

    fn add(&mut self, text: &str, linked: bool, pre: bool, owner: usize) {
        let mut lines = 0;
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                lines += usize::from(c == '\n');
                if pre && lines == 2 {
                    self.flush(owner);
                }
                self.space = true;
                continue;
            }
            lines = 0;
            if self.breaks > 0 {
                // one line break may be set for the look of it; two, or one between sentences, part paragraphs
                let ended =
                    self.text.trim_end().ends_with(['.', '!', '?', ':', ';', '…', '”', '»', '"', '؟', '۔', '|']);
                if self.breaks > 1 || ended || !c.is_lowercase() {
                    self.flush(owner);
                }
                self.breaks = 0;
                self.space = true;
            }
            self.push(c, linked);
        }
    }

    fn flush(&mut self, owner: usize) {
        let text = self.text.trim_end_matches([' ', '|']).trim().to_owned();
        if text.chars().any(char::is_alphanumeric) {
            let heading = std::iter::once(owner)
                .chain(self.tree.around(owner))
                .take(3)
                .any(|i| is_heading(&self.tree.nodes[i].name));
            self.done.push(Paragraph { text, owner, heading, linked: self.linked });
        }
        self.text.clear();
        self.linked = 0;
        self.space = false;
        self.breaks = 0;
    }
}

/// The article of a page: those of its paragraphs that are its text, in the order of the page.
pub(super) fn article(tree: Tree, dropped: &[bool], all: Vec<Paragraph>, left_out: &mut LeftOut) -> Vec<Paragraph> {
    let shapes = Shapes::of(&tree, &all);
    let Some(seen) = reader_view(tree, dropped) else { return Vec::new() };
    let mut kept: Vec<bool> = all.iter().map(|p| seen.contains(&p.owner)).collect();
    let Some(first) = kept.iter().position(|k| *k) else { return Vec::new() };
    let last = kept.iter().rposition(|k| *k).unwrap_or(first);
    shapes.bring_back(&all, &mut kept, first, last);
    let mut article: Vec<Paragraph> = Vec::new();
    for (paragraph, _) in all.into_iter().zip(kept).filter(|(_, k)| *k) {
        let length = paragraph.text.chars().filter(|c| !c.is_whitespace()).count();
        if is_label(&paragraph.text) {
            left_out.labels += 1;
        } else if !paragraph.heading && paragraph.linked * 10 >= length * 9 || is_pointer(&paragraph, length) {
            left_out.links += 1;
        } else {
            left_out.tables |= paragraph.text.contains(" | ");
            article.push(paragraph);
        }
    }
    // a heading that nothing follows headed what was left out
    while article.last().is_some_and(|p| p.heading) {
        article.pop();
    }
    article
}

/// The elements that the reader view takes for the article.
fn reader_view(tree: Tree, dropped: &[bool]) -> Option<BTreeSet<usize>> {
    let config = Config { disable_json_ld: true, ..Config::default() };
    let document = tree.into_marked(dropped, MARK);
    let view = Readability::with_document(document, None, Some(config)).ok()?.parse().ok()?;
    let view = Tree::fragment(&view.content).ok()?;
    let mut seen = BTreeSet::new();
    for (index, node) in view.nodes.iter().enumerate() {
        if node.name.is_empty() && node.text.chars().any(char::is_alphanumeric) {
            // of the elements around a text, all blocks: a paragraph that the view has wrapped anew is found by its box
            let block = view.around(index).find(|i| {
                let node = &view.nodes[*i];
                node.attribute(MARK).is_some() && is_block(&node.name)
            });
            if let Some(mark) = block.and_then(|i| view.nodes[i].attribute(MARK)).and_then(|m| m.parse().ok()) {
                seen.insert(mark);
            }
        }
    }
    Some(seen)
}

/// Where each paragraph stands: the boxes around it, with what they are called.
struct Shapes {
    /// For each paragraph, its own element (or the list or table it is an item of) and the boxes around that.
    chains: Vec<Vec<(usize, String)>>,
}

impl Shapes {
    fn of(tree: &Tree, all: &[Paragraph]) -> Self {
        let sign = |i: usize| {
            let node = &tree.nodes[i];
            format!("{}.{}", node.name, node.attribute("class").unwrap_or_default())
        };
        let chains = all
            .iter()
            .map(|p| {
                let item = |i: &usize| {
                    matches!(
                        tree.nodes[*i].name.as_str(),
                        "li" | "ul" | "ol" | "dl" | "dd" | "dt" | "tr" | "td" | "th" | "tbody" | "thead" | "table"
                    )
                };
                let mut own = p.owner;
                // an item stands where its list stands
                while item(&own) && item(&tree.nodes[own].parent) {
                    own = tree.nodes[own].parent;
                }
                std::iter::once(own).chain(tree.around(own)).take(4).map(|i| (i, sign(i))).collect()
            })
            .collect();
        Self { chains }
    }

    /// Keeps paragraphs that stand in the same box as kept ones, and between the first and the last of these also those in
    /// a box of the same kind beside theirs.
    fn bring_back(&self, all: &[Paragraph], kept: &mut [bool], first: usize, last: usize) {
        let mut boxes: BTreeMap<(usize, Vec<&str>), usize> = BTreeMap::new();
        for (index, chain) in self.chains.iter().enumerate().filter(|(i, _)| kept[*i]) {
            let weight = all[index].text.chars().count();
            for k in 1..chain.len() {
                *boxes.entry((chain[k].0, chain[1..k].iter().map(|(_, s)| s.as_str()).collect())).or_default() +=
                    weight;
            }
        }
        let back: Vec<usize> = (0..all.len())
            .filter(|i| !kept[*i] && all[*i].linked * 2 <= all[*i].text.chars().count())
            .filter(|i| {
                let chain = &self.chains[*i];
                // before the first and behind the last, only what stands right beside them
                let between = (first..=last).contains(i);
                let prose = ["p.", "ul.", "ol.", "dl.", "table.", "blockquote."];
                if !between && !chain.first().is_some_and(|(_, sign)| prose.iter().any(|p| sign.starts_with(p))) {
                    return false;
                }
                (1..if between { chain.len() } else { chain.len().min(2) }).any(|k| {
                    let key = (chain[k].0, chain[1..k].iter().map(|(_, s)| s.as_str()).collect());
                    boxes.get(&key).is_some_and(|weight| *weight >= 80)
                })
            })
            .collect();
        for index in back {
            kept[index] = true;
        }
    }
}

/// Whether a paragraph is a label of what is not part of the text.
fn is_label(text: &str) -> bool {
    let text = fold(text).to_lowercase();
    if text.starts_with('©') || text.starts_with("copyright ©") || text.starts_with("copyright (c)") {
        return true;
    }
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(
        text,
        "advertisement"
            | "advertisements"
            | "ad"
            | "sponsored"
            | "story continues below advertisement"
            | "article continues after advertisement"
            | "article continues below"
            | "anzeige"
            | "werbung"
            | "publicité"
            | "publicite"
            | "publicidad"
            | "pubblicità"
            | "advertentie"
            | "إعلان"
            | "اعلان"
            | "share"
            | "share this"
            | "share this article"
            | "click to follow"
            | "teilen"
            | "partager"
            | "compartir"
            | "شارك"
            | "مشاركة"
            | "play"
            | "play video"
    )
}

/// Whether a paragraph points to another article: an opening such as "Read more", and for the rest a link.
fn is_pointer(paragraph: &Paragraph, length: usize) -> bool {
    const OPENINGS: &[&str] = &[
        "read more",
        "read also",
        "also read",
        "read:",
        "see also",
        "related:",
        "related article",
        "more:",
        "more on this",
        "watch:",
        "listen:",
        "don't miss",
        "lire aussi",
        "à lire aussi",
        "a lire aussi",
        "voir aussi",
        "lire:",
        "lesen sie auch",
        "mehr zum thema",
        "mehr dazu",
        "siehe auch",
        "leer más",
        "lea también",
        "lea además",
        "ver también",
        "leggi anche",
        "lees ook",
        "اقرأ أيضا",
        "اقرأ أيضاً",
        "إقرأ أيضا",
        "اقرأ المزيد",
        "شاهد أيضا",
        "اقرأ:",
        "طالع أيضا",
    ];
    let lower = fold(&paragraph.text).to_lowercase();
    let opens = OPENINGS.iter().any(|o| lower.starts_with(o));
    opens && paragraph.linked * 2 >= length && length < 300
}
