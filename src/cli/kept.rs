//! What was set before, so that a briefing whose inputs are the same is not set again.
//!
//! `.factbrief/printed.json` of a project holds, for each briefing, a hash of all that its pages are made from and a hash
//! of the PDF they gave; and the same for each picture that is a file of its own. It is no part of the project: lost or
//! damaged, everything is set anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use factbrief::evidence::{MARKDOWN, PROOFS, RECORDS};
use factbrief::load::{self, read};
use factbrief::render::pdf::{Failure, Job, MAIN, Pdf};
use factbrief::render::template::{ATTACHED, VIEW, drawn_from};
use factbrief::render::worker::Worker;
use factbrief::text::hash::sha256;
use serde::{Deserialize, Serialize};

use super::output;

/// The folder of what is kept from one run to the next.
pub(super) const FOLDER: &str = ".factbrief";
const FILE: &str = "printed.json";

/// A briefing as it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// Hashes of everything its pages are made from, by what it is.
    inputs: BTreeMap<String, String>,
    /// Hash of the PDF.
    pdf: String,
    /// Hashes of the pictures, by the name of their file.
    #[serde(default)]
    pictures: BTreeMap<String, String>,
    pages: usize,
}

/// A picture as it was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Drawn {
    /// Hash of all that it is drawn from, and by which build of the program.
    from: String,
    /// Hash of the SVG.
    svg: String,
}

/// Briefings by slug, and pictures by the name of their file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Entries {
    briefings: BTreeMap<String, Entry>,
    pictures: BTreeMap<String, Drawn>,
}

/// What was set before, and what is set now.
pub(super) struct Kept {
    root: PathBuf,
    program: String,
    before: Entries,
    now: Mutex<Entries>,
    /// Briefings that were set in this run.
    again: Mutex<BTreeSet<String>>,
}

impl Kept {
    /// Reads what is kept; nothing, where it is not to be used or cannot be read.
    pub(super) fn open(root: &Path, program: &Path, used: bool) -> Self {
        let before = read::bytes(&root.join(FOLDER).join(FILE)).ok().filter(|_| used);
        Self {
            root: root.to_owned(),
            program: self::program(program),
            before: before.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default(),
            now: Mutex::default(),
            again: Mutex::default(),
        }
    }

    /// Whether anything is kept of a project.
    pub(super) fn is_there(root: &Path) -> bool {
        root.join(FOLDER).join(FILE).is_file()
    }

    fn inputs(&self, job: &Job) -> BTreeMap<String, String> {
        let [mut text, mut facts, mut evidence, mut layout] = [const { String::new() }; 4];
        let pictures: String = job.pictures.iter().map(|(name, source)| format!("{name}\n{source}\n")).collect();
        let mut inputs = BTreeMap::from([
            ("program".to_owned(), self.program.clone()),
            ("pictures".to_owned(), sha256(pictures.as_bytes())),
        ]);
        for (name, held) in &job.files {
            let line = format!("{name} {}\n", sha256(held.as_bytes()));
            match name.as_str() {
                MAIN | MARKDOWN => text.push_str(&line),
                VIEW => facts.push_str(&line),
                RECORDS | PROOFS => evidence.push_str(&line),
                // it names the others, and nothing else
                ATTACHED => {}
                _ => layout.push_str(&line),
            }
        }
        for (what, lines) in [("text", text), ("facts", facts), ("evidence", evidence), ("layout", layout)] {
            inputs.insert(what.to_owned(), sha256(lines.as_bytes()));
        }
        inputs.insert("name and date".to_owned(), format!("{} {:?}", job.ident, job.date));
        inputs
    }

    /// Why a briefing was set anew, in words; nothing, where it was not.
    pub(super) fn why(&self, slug: &str) -> Option<String> {
        let now = self.now.lock().ok()?.briefings.get(slug).cloned()?;
        let Some(before) = self.before.briefings.get(slug) else {
            return Some("it is not known to have been set before".to_owned());
        };
        let changed: Vec<&str> = now
            .inputs
            .iter()
            .filter(|(what, hash)| before.inputs.get(*what) != Some(hash))
            .map(|(what, _)| what.as_str())
            .collect();
        match (changed.is_empty(), self.again.lock().ok()?.contains(slug)) {
            (true, false) => None,
            (true, true) => Some("its PDF or a picture is not the one that was set".to_owned()),
            (false, _) => Some(format!("changed since it was set: {}", changed.join(", "))),
        }
    }

    /// Sets a briefing, but for what stands in its place and was set from the same.
    ///
    /// # Errors
    /// As [`Worker::typeset`].
    pub(super) fn set(&self, slug: &str, job: &Job, worker: &mut Worker) -> Result<Pdf, Failure> {
        let paged = job.files.contains_key(MAIN);
        let inputs = if paged { self.inputs(job) } else { BTreeMap::new() };
        if let Some(pdf) = paged.then(|| self.find(slug, &inputs)).flatten() {
            return Ok(pdf);
        }
        let known: BTreeMap<String, String> = job
            .pictures
            .iter()
            .filter_map(|(name, source)| Some((name.clone(), self.picture(name, source, job)?)))
            .collect();
        let mut set = if known.is_empty() {
            worker.typeset(job)?
        } else if paged || known.len() < job.pictures.len() {
            let mut rest = job.clone();
            rest.pictures.retain(|name, _| !known.contains_key(name));
            worker.typeset(&rest)?
        } else {
            Pdf { bytes: Vec::new(), pages: 0, pictures: BTreeMap::new() }
        };
        set.pictures.extend(known);
        self.keep(slug, (job, inputs), &set);
        Ok(set)
    }

    /// The picture that this source gave, if it stands in its place unchanged.
    fn picture(&self, name: &str, source: &str, job: &Job) -> Option<String> {
        let drawn = self.before.pictures.get(name).filter(|drawn| drawn.from == self.drawn_from(source, job))?;
        let bytes = read::bytes(&self.root.join(load::BRIEFINGS).join(name)).ok()?;
        String::from_utf8(bytes).ok().filter(|svg| sha256(svg.as_bytes()) == drawn.svg)
    }

    fn drawn_from(&self, source: &str, job: &Job) -> String {
        sha256(format!("{} {}", self.program, drawn_from(source, &job.files)).as_bytes())
    }

    /// The PDF that these inputs gave, if it stands in its place unchanged.
    fn find(&self, slug: &str, inputs: &BTreeMap<String, String>) -> Option<Pdf> {
        let entry = self.before.briefings.get(slug).filter(|e| e.inputs == *inputs)?;
        let bytes = read::bytes(&self.root.join(load::BRIEFINGS).join(format!("{slug}.pdf"))).ok()?;
        if sha256(&bytes) != entry.pdf {
            return None;
        }
        let mut pictures = BTreeMap::new();
        for (name, hash) in &entry.pictures {
            let bytes = read::bytes(&self.root.join(load::BRIEFINGS).join(name)).ok().filter(|b| sha256(b) == *hash)?;
            pictures.insert(name.clone(), String::from_utf8(bytes).ok()?);
        }
        if let Ok(mut now) = self.now.lock() {
            now.briefings.insert(slug.to_owned(), entry.clone());
        }
        Some(Pdf { bytes, pages: entry.pages, pictures })
    }

    /// Keeps what was set.
    fn keep(&self, slug: &str, (job, inputs): (&Job, BTreeMap<String, String>), pdf: &Pdf) {
        let pictures: BTreeMap<String, String> =
            pdf.pictures.iter().map(|(name, svg)| (name.clone(), sha256(svg.as_bytes()))).collect();
        let drawn: Vec<(String, Drawn)> = job
            .pictures
            .iter()
            .filter_map(|(name, source)| {
                let svg = pictures.get(name)?.clone();
                Some((name.clone(), Drawn { from: self.drawn_from(source, job), svg }))
            })
            .collect();
        let Ok(mut now) = self.now.lock() else { return };
        now.pictures.extend(drawn);
        if inputs.is_empty() {
            return;
        }
        let entry = Entry { inputs, pdf: sha256(&pdf.bytes), pictures, pages: pdf.pages };
        now.briefings.insert(slug.to_owned(), entry);
        if let Ok(mut again) = self.again.lock() {
            again.insert(slug.to_owned());
        }
    }

    /// Writes what is kept; a folder that cannot be written costs time, and nothing else.
    pub(super) fn save(self) {
        let mut all = self.before.clone();
        let Entries { briefings, pictures } = self.now.into_inner().unwrap_or_default();
        all.briefings.extend(briefings);
        all.pictures.extend(pictures);
        // what was deleted or renamed is not kept for ever; what cannot be looked at just now is not gone
        let gone = |name: &str| {
            let looked = std::fs::symlink_metadata(self.root.join(load::BRIEFINGS).join(name));
            looked.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        };
        all.briefings.retain(|slug, _| !gone(&format!("{slug}.toml")));
        all.pictures.retain(|name, _| !gone(name));
        if all == self.before {
            return;
        }
        let Some(folder) = folder(&self.root) else { return };
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        let _ = output::claim(&folder).and_then(|claimed| output::write(&claimed, &folder.join(FILE), text.as_bytes()));
    }
}

/// Which build of the program this is: another one may set the same text otherwise.
pub(super) fn program(program: &Path) -> String {
    let built = std::fs::metadata(program).map(|m| format!("{:?} {}", m.modified().ok(), m.len()));
    format!("{} {}", env!("CARGO_PKG_VERSION"), built.unwrap_or_default())
}

/// The folder of what is kept, made where there is none; nothing, where it cannot be.
pub(super) fn folder(root: &Path) -> Option<PathBuf> {
    let folder = root.join(FOLDER);
    match std::fs::symlink_metadata(&folder) {
        // a link may lead out of the project
        Ok(meta) => meta.is_dir().then_some(folder),
        Err(_) => {
            std::fs::create_dir(&folder).ok()?;
            let claimed = output::claim(&folder).ok()?;
            output::write(&claimed, &folder.join(".gitignore"), b"*\n").ok()?;
            Some(folder)
        }
    }
}
