//! The attachments of a PDF, read with limits: what a PDF names, nests and unpacks to is for whoever wrote it to say.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::attached::HASH;
use crate::audit::pdf_text::{self, MAX_STREAM, Page, Unreadable};

/// The most attachments of a PDF that are read.
const MAX_FILES: usize = 64;
/// The deepest tree of names that is walked.
const MAX_DEPTH: usize = 16;

/// A file that a PDF carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, as the PDF has it: not to be used as a path.
    pub name: String,
    /// What the PDF says of it; may be empty.
    pub about: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl File {
    /// The hash that was written into its description when it was attached.
    #[must_use]
    pub fn stated(&self) -> Option<&str> {
        let hash = self.about.rsplit(HASH).next().filter(|_| self.about.contains(HASH))?;
        (hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit())).then_some(hash)
    }
}

/// A PDF that is to be verified.
#[derive(Debug)]
pub struct Carried {
    /// What it is shown by.
    pub name: String,
    /// Its attachments, in the order of its list of names.
    pub files: Vec<File>,
    /// Its pages.
    pub pages: Vec<Page>,
    /// By page, counted from nought: what lies on it that is neither its own drawing nor a link.
    pub laid_over: Vec<(usize, String)>,
}

impl Carried {
    /// Reads a PDF.
    ///
    /// # Errors
    /// Where it is none, or one that cannot be read within the limits.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, Unreadable> {
        let document = pdf_text::open(bytes)?;
        let files = files(&document)?;
        Ok(Self { name: name.to_owned(), files, pages: pdf_text::read(&document)?, laid_over: laid_over(&document) })
    }

    /// The attachments of a name.
    pub fn named<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c File> {
        self.files.iter().filter(move |file| file.name == name)
    }
}

/// The attachments of a PDF.
///
/// # Errors
/// Where the bytes are no PDF, or its attachments cannot be read within the limits.
pub fn attachments(bytes: &[u8]) -> Result<Vec<File>, Unreadable> {
    files(&pdf_text::open(bytes)?)
}

fn files(document: &Document) -> Result<Vec<File>, Unreadable> {
    let mut walk = Walk { document, seen: BTreeSet::new(), files: Vec::new(), left: MAX_STREAM };
    let names = document.catalog().ok().and_then(|root| root.get(b"Names").ok());
    let tree = names.and_then(|names| walk.dictionary(names)).and_then(|names| names.get(b"EmbeddedFiles").ok());
    if let Some(tree) = tree {
        walk.node(tree, 0)?;
    }
    Ok(walk.files)
}

/// A walk over a tree of names, each of whose nodes is visited once.
struct Walk<'d> {
    document: &'d Document,
    seen: BTreeSet<ObjectId>,
    files: Vec<File>,
    /// The bytes that may still be unpacked.
    left: usize,
}

impl<'d> Walk<'d> {
    fn dictionary(&self, object: &'d Object) -> Option<&'d Dictionary> {
        self.document.dereference(object).ok()?.1.as_dict().ok()
    }

    fn array(&self, object: &'d Object) -> Option<&'d Vec<Object>> {
        self.document.dereference(object).ok()?.1.as_array().ok()
    }

    fn node(&mut self, object: &'d Object, depth: usize) -> Result<(), Unreadable> {
        let damaged = |why: &str| Unreadable::Damaged(format!("its list of attachments {why}"));
        if depth > MAX_DEPTH {
            return Err(damaged("is nested too deep"));
        }
        if let Ok(id) = object.as_reference()
            && !self.seen.insert(id)
        {
            return Err(damaged("runs in a circle"));
        }
        let Some(node) = self.dictionary(object) else { return Err(damaged("is no list")) };
        if let Some(kids) = node.get(b"Kids").ok().and_then(|kids| self.array(kids)) {
            for kid in kids.iter().take(MAX_FILES + 1) {
                self.node(kid, depth + 1)?;
            }
        }
        if let Some(names) = node.get(b"Names").ok().and_then(|names| self.array(names)) {
            for pair in names.chunks(2) {
                if self.files.len() == MAX_FILES {
                    return Err(damaged(&format!("has more than {MAX_FILES} entries")));
                }
                if let Some(file) = pair.get(1).and_then(|spec| self.dictionary(spec)) {
                    let file = self.file(file)?;
                    self.files.push(file);
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, spec: &'d Dictionary) -> Result<File, Unreadable> {
        let text = |key: &[u8]| {
            let object = self.document.dereference(spec.get(key).ok()?).ok()?.1;
            lopdf::decode_text_string(object).ok()
        };
        let name = text(b"UF").or_else(|| text(b"F")).unwrap_or_default();
        let about = text(b"Desc").unwrap_or_default();
        let lost =
            || Unreadable::Damaged(format!("its attachment {} holds nothing", crate::text::gate::visible(&name)));
        let held = spec.get(b"EF").ok().and_then(|ef| self.dictionary(ef));
        let stream = held
            .and_then(|ef| ef.get(b"F").or_else(|_| ef.get(b"UF")).ok())
            .and_then(|object| self.document.dereference(object).ok()?.1.as_stream().ok())
            .ok_or_else(lost)?;
        let bytes = stream.get_plain_content_with_limit(self.left).map_err(|error| pdf_text::damaged(&error))?;
        self.left -= bytes.len().min(self.left);
        Ok(File { name, about, bytes })
    }
}

/// What lies on each page beside its own drawing, links aside: whoever put it there can cover what the page says.
fn laid_over(document: &Document) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, (_, page)) in document.get_pages().into_iter().enumerate() {
        let Ok(annotations) = document.get_page_annotations(page) else { continue };
        for annotation in annotations {
            let kind = annotation.get(b"Subtype").and_then(Object::as_name).unwrap_or(b"unknown");
            // a link shows nothing of its own, unless it is given an appearance
            if kind != b"Link" || annotation.has(b"AP") {
                found.push((index, crate::text::gate::visible(&String::from_utf8_lossy(kind))));
            }
        }
    }
    found
}
