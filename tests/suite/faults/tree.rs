//! All files under a folder, as they are at a moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the names of unfinished files begin with.
const UNFINISHED: &str = ".factbrief-";

/// The files of a folder, by path, with their bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Tree(pub(super) BTreeMap<PathBuf, Vec<u8>>);

impl Tree {
    pub(super) fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if std::fs::symlink_metadata(&path).unwrap().is_dir() {
                    open.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    // how files stand on this disk is another each time; it must be whole
                    let whole = || serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
                    if path.ends_with(".factbrief/standing.json") && whole() {
                        continue;
                    }
                    files.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
                }
            }
        }
        Self(files)
    }

    /// Puts the files of the tree into a folder, and nothing else.
    pub(super) fn lay_out(&self, folder: &Path) {
        if folder.exists() {
            std::fs::remove_dir_all(folder).unwrap();
        }
        std::fs::create_dir_all(folder).unwrap();
        for (name, bytes) in &self.0 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    pub(super) fn get(&self, name: &Path) -> Option<&Vec<u8>> {
        self.0.get(name)
    }

    /// Files that a run left unfinished.
    pub(super) fn unfinished(&self) -> Vec<&PathBuf> {
        let begins = |path: &Path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(UNFINISHED));
        self.0.keys().filter(|path| begins(path)).collect()
    }

    /// The tree without them.
    pub(super) fn finished(mut self) -> Self {
        let unfinished: Vec<PathBuf> = self.unfinished().into_iter().cloned().collect();
        unfinished.iter().for_each(|path| _ = self.0.remove(path));
        self
    }

    /// The paths of files that are not the same in both.
    pub(super) fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let mut names: Vec<&PathBuf> = self.0.keys().chain(other.0.keys()).collect();
        names.sort();
        names.dedup();
        names.into_iter().filter(|name| self.get(name) != other.get(name)).cloned().collect()
    }
}
