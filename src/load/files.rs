//! The files of a project: from disk, with texts from elsewhere before them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::read;
use crate::diag::Diagnostic;
use crate::text::file::TextFile;

/// The files of a project, by their name relative to it, with `/` between folders.
///
/// A text that stands before the disk is read in place of the file of its name, whether or not there is one: an editor's
/// unsaved texts are checked as if they were saved.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    before: BTreeMap<String, Arc<TextFile>>,
    seen: Mutex<BTreeMap<String, Arc<TextFile>>>,
}

impl Files {
    /// The files of a folder as they lie on disk.
    #[must_use]
    pub fn on_disk(root: &Path) -> Self {
        Self::with(root, BTreeMap::new())
    }

    /// The files of a folder, with texts that stand before those on disk.
    #[must_use]
    pub fn with(root: &Path, before: BTreeMap<String, Arc<TextFile>>) -> Self {
        Self { root: root.to_owned(), before, seen: Mutex::default() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A text file, through the text gate.
    ///
    /// # Errors
    /// One finding where it cannot be read or is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Arc<TextFile>, Box<Diagnostic>> {
        let text = match self.before.get(name) {
            Some(text) => Arc::clone(text),
            None => read::text(&self.root.join(name), name)?,
        };
        if let Ok(mut seen) = self.seen.lock() {
            seen.insert(name.to_owned(), Arc::clone(&text));
        }
        Ok(text)
    }

    /// Whether something of this name is there, be it a file or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.before.contains_key(name) || std::fs::symlink_metadata(self.root.join(name)).is_ok()
    }

    /// The names of the folders in a folder, sorted.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn folders(&self, folder: &str) -> Result<Vec<String>, Box<Diagnostic>> {
        let mut names = self.listing(folder, Path::is_dir)?;
        let inside = |name: &String| Some(name.strip_prefix(folder)?.strip_prefix('/')?.split_once('/')?.0.to_owned());
        names.extend(self.before.keys().filter_map(inside));
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The names of the TOML files in a folder, sorted.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn tables(&self, folder: &str) -> Result<Vec<String>, Box<Diagnostic>> {
        let mut names = self.listing(folder, |entry| entry.extension().is_some_and(|e| e == "toml"))?;
        let inside = |name: &String| Some(name.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
        let own = self.before.keys().filter_map(inside).filter(|name| !name.contains('/') && name.ends_with(".toml"));
        names.extend(own);
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The texts that have been read so far, by name.
    #[must_use]
    pub fn seen(&self) -> BTreeMap<String, Arc<TextFile>> {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }

    fn listing(&self, name: &str, wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>, Box<Diagnostic>> {
        let refused = |error: std::io::Error| Box::new(read::unread(name, &read::Unread::Refused(error.to_string())));
        let listing = match std::fs::read_dir(self.root.join(name)) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(refused(error)),
        };
        let mut names = Vec::new();
        for entry in listing {
            let path = entry.map_err(refused)?.path();
            if let (true, Some(name)) = (wanted(&path), path.file_name().and_then(|n| n.to_str())) {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }
}
