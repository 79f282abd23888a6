//! A web page as a list of its nodes in the order of the page. The nodes inside one follow it up to its `end`.

use dom_query::{Document, NodeData, NodeId, NodeRef};

/// An element, a text (without a name) or a comment (named `!`).
pub(super) struct Node {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) parent: usize,
    /// The first node after it that is not inside it.
    pub(super) end: usize,
    id: NodeId,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The words of its class and id, in lower case, split where case or punctuation splits them.
    pub(super) fn class_words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for value in
            [self.attribute("class"), self.attribute("id"), self.attribute("data-testid")].into_iter().flatten()
        {
            let mut last = ' ';
            let mut open = false;
            for c in value.chars() {
                if !c.is_alphanumeric() {
                    open = false;
                } else if open && !(c.is_uppercase() && last.is_lowercase()) {
                    if let Some(word) = words.last_mut() {
                        word.extend(c.to_lowercase());
                    }
                } else {
                    words.push(c.to_lowercase().collect());
                    open = true;
                }
                last = c;
            }
            // what stands in two attributes is no run of words
            words.push(String::new());
        }
        words
    }

    pub(super) fn is_element(&self) -> bool {
        !self.name.is_empty() && self.name != "!"
    }
}

/// A page, with its nodes in order.
pub(super) struct Tree {
    document: Document,
    pub(super) nodes: Vec<Node>,
}

/// Elements nested deeper than this are refused: what reads the page takes a time that grows with the depth.
pub(super) const MAX_DEPTH: usize = 1_000;

/// A page is nested deeper than [`MAX_DEPTH`].
pub(super) struct TooDeep;

/// The depth of nesting that the tags of a page amount to, at most; what may stay open by the rules of HTML does not count.
fn rough_depth(html: &str) -> usize {
    let mut depth = 0usize;
    let mut most = 0;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let closes = rest.starts_with('/');
        let name: String =
            rest.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "script" | "style") && !closes {
            let (open, close) = if name == "script" { (1, "</script") } else { (1, "</style") };
            rest = find_ignoring_case(&rest[open..], close).map_or("", |i| &rest[open + i..]);
            continue;
        }
        let counts = !matches!(
            name.as_str(),
            "" | "p"
                | "li"
                | "dd"
                | "dt"
                | "br"
                | "hr"
                | "img"
                | "input"
                | "meta"
                | "link"
                | "source"
                | "wbr"
                | "col"
                | "area"
                | "base"
                | "embed"
                | "param"
                | "track"
                | "option"
                | "tr"
                | "td"
                | "th"
                | "path"
                | "html"
                | "body"
                | "head"
                | "tbody"
                | "thead"
                | "tfoot"
                | "rect"
                | "circle"
                | "use"
        );
        if counts && closes {
            depth = depth.saturating_sub(1);
        } else if counts {
            depth += 1;
            most = most.max(depth);
        }
    }
    most
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| {
        text.as_bytes()[*at..].get(..needle.len()).is_some_and(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
    })
}

impl Tree {
    /// Parses a page.
    pub(super) fn parse(html: &str) -> Result<Self, TooDeep> {
        // the parser itself takes a time that grows with the depth
        if rough_depth(html) > MAX_DEPTH * 4 {
            return Err(TooDeep);
        }
        Self::of(Document::from(html))
    }

    /// The nodes of a part of a page.
    pub(super) fn fragment(html: &str) -> Result<Self, TooDeep> {
        Self::of(Document::fragment(html))
    }

    fn of(document: Document) -> Result<Self, TooDeep> {
        let mut nodes: Vec<Node> = Vec::new();
        {
            let mut open: Vec<usize> = Vec::new();
            let mut at: Option<NodeRef<'_>> = Some(document.root());
            while let Some(node) = at {
                let index = nodes.len();
                nodes.push(read(&node, open.last().copied().unwrap_or(0)));
                if open.len() > MAX_DEPTH {
                    return Err(TooDeep);
                }
                if let Some(child) = node.first_child() {
                    open.push(index);
                    at = Some(child);
                    continue;
                }
                nodes[index].end = index + 1;
                let mut here = node;
                at = loop {
                    if let Some(next) = here.next_sibling() {
                        break Some(next);
                    }
                    let Some(done) = open.pop() else { break None };
                    nodes[done].end = nodes.len();
                    match here.parent() {
                        Some(parent) if !open.is_empty() || done != 0 => here = parent,
                        _ => break None,
                    }
                };
            }
        }
        Ok(Self { document, nodes })
    }

    /// The elements of this name.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.nodes.iter().enumerate().filter(move |(_, n)| n.name == name).map(|(i, _)| i)
    }

    /// The elements around a node, nearest first.
    pub(super) fn around(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = index;
        std::iter::from_fn(move || {
            if at == 0 {
                return None;
            }
            at = self.nodes[at].parent;
            Some(at)
        })
    }

    /// The text inside a node, on one line.
    pub(super) fn text(&self, index: usize) -> String {
        let mut text = String::new();
        let mut at = index;
        while at < self.nodes[index].end {
            let node = &self.nodes[at];
            if matches!(node.name.as_str(), "script" | "style" | "template" | "svg") && at != index {
                at = node.end;
                continue;
            }
            if node.name.is_empty() {
                text.push_str(&node.text);
            } else if super::body::is_block(&node.name) || node.name == "br" {
                text.push(' ');
            }
            at += 1;
        }
        super::line(&text)
    }

    /// The raw text inside a script.
    pub(super) fn raw(&self, index: usize) -> String {
        self.nodes[index..self.nodes[index].end].iter().filter(|n| n.name.is_empty()).map(|n| n.text.as_str()).collect()
    }

    /// Takes nodes out of the page and marks the elements that stay with their number, under `mark`.
    pub(super) fn into_marked(self, dropped: &[bool], mark: &str) -> Document {
        let mut at = 0;
        while at < self.nodes.len() {
            let node = &self.nodes[at];
            if dropped[at] {
                self.document.tree.get_unchecked(&node.id).remove_from_parent();
                at = node.end;
                continue;
            }
            if node.is_element() {
                self.document.tree.get_unchecked(&node.id).set_attr(mark, &at.to_string());
            }
            at += 1;
        }
        self.document
    }
}

fn read(node: &NodeRef<'_>, parent: usize) -> Node {
    let (mut name, mut attributes, mut text) = (String::new(), Vec::new(), String::new());
    node.query(|inner| match &inner.data {
        NodeData::Text { contents } => text = contents.to_string(),
        NodeData::Comment { contents } => {
            name = "!".to_owned();
            text = contents.to_string();
        }
        NodeData::Element(element) => {
            name = element.name.local.to_string();
            attributes = element.attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
        }
        NodeData::Document | NodeData::Fragment => name = "#".to_owned(),
        NodeData::Doctype { .. } | NodeData::ProcessingInstruction { .. } => name = "!".to_owned(),
    });
    Node { name, attributes, text, parent, end: 0, id: node.id }
}
