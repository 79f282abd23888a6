//! What was set before, so that a briefing whose inputs are the same is not set again.
//!
//! `.factbrief/printed.json` of a project holds, for each briefing, a hash of all that its pages are made from and a hash
//! of the PDF they gave. It is no part of the project: lost or damaged, everything is set anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use factbrief::load::{self, read};
use factbrief::render::pdf::{Job, Pdf};
use factbrief::text::hash::sha256;
use serde::{Deserialize, Serialize};

use super::output;

const FOLDER: &str = ".factbrief";
const FILE: &str = "printed.json";

/// A briefing as it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// Hash of everything its pages are made from.
    inputs: String,
    /// Hash of the PDF.
    pdf: String,
    pages: usize,
}

/// What was set before, and what is set now.
pub(super) struct Kept {
    root: PathBuf,
    program: String,
    before: BTreeMap<String, Entry>,
    now: Mutex<BTreeMap<String, Entry>>,
}

impl Kept {
    /// Reads what is kept; nothing, where it is not to be used or cannot be read.
    pub(super) fn open(root: &Path, program: &Path, used: bool) -> Self {
        // another build of the program may set the same text otherwise
        let built = std::fs::metadata(program).map(|m| format!("{:?} {}", m.modified().ok(), m.len()));
        let before = read::bytes(&root.join(FOLDER).join(FILE)).ok().filter(|_| used);
        Self {
            root: root.to_owned(),
            program: format!("{} {}", env!("CARGO_PKG_VERSION"), built.unwrap_or_default()),
            before: before.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default(),
            now: Mutex::default(),
        }
    }

    fn inputs(&self, job: &Job) -> String {
        sha256(format!("{}\n{}", self.program, serde_json::to_string(job).unwrap_or_default()).as_bytes())
    }

    /// The PDF that these inputs gave, if it stands in its place unchanged.
    pub(super) fn find(&self, slug: &str, job: &Job) -> Option<Pdf> {
        let entry = self.before.get(slug).filter(|e| e.inputs == self.inputs(job))?;
        let bytes = read::bytes(&self.root.join(load::BRIEFINGS).join(format!("{slug}.pdf"))).ok()?;
        if sha256(&bytes) != entry.pdf {
            return None;
        }
        self.note(slug, entry.clone());
        Some(Pdf { bytes, pages: entry.pages })
    }

    /// Keeps what was set.
    pub(super) fn keep(&self, slug: &str, job: &Job, pdf: &Pdf) {
        self.note(slug, Entry { inputs: self.inputs(job), pdf: sha256(&pdf.bytes), pages: pdf.pages });
    }

    fn note(&self, slug: &str, entry: Entry) {
        if let Ok(mut now) = self.now.lock() {
            now.insert(slug.to_owned(), entry);
        }
    }

    /// Writes what is kept; a folder that cannot be written costs time, and nothing else.
    pub(super) fn save(self) {
        let mut all = self.before.clone();
        all.extend(self.now.into_inner().unwrap_or_default());
        // what was deleted or renamed is not kept for ever
        all.retain(|slug, _| self.root.join(load::BRIEFINGS).join(format!("{slug}.toml")).is_file());
        if all == self.before {
            return;
        }
        let folder = self.root.join(FOLDER);
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        let _ = std::fs::create_dir_all(&folder)
            .and_then(|()| output::claim(&folder))
            .and_then(|claimed| {
                output::write(&claimed, &folder.join(".gitignore"), b"*\n")?;
                output::write(&claimed, &folder.join(FILE), text.as_bytes())
            });
    }
}
