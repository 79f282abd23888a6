//! How all files of a project stood when everything in it was last printed and found current.
//!
//! Where nothing was touched since, there is nothing to load, to prove or to print, and a set of a thousand briefings takes
//! as long as looking at its files. `.factbrief/standing.json` is no part of the project: lost or damaged, the long way is
//! taken. A file that was touched and not changed costs that, and is never taken for current unseen.
//!
//! A file counts as untouched where its length, its number on the disk, and the times of its last change, of content and of
//! anything, are the same. The last of these no program can set. A change within one tick of the clock of the file system
//! could leave all of them as they are: what was changed that shortly before it was looked at is not relied on (git holds
//! its index in the same way).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use factbrief::load::{BRIEFINGS, SEEDS, TEMPLATES, project, read};
use factbrief::text::hash::sha256;
use serde::{Deserialize, Serialize};

use super::kept::FOLDER;
use super::output;

const FILE: &str = "standing.json";
/// Longer than a tick of any clock that stamps files, in nanoseconds.
const TICK: i64 = 10_000_000;
/// From how many briefings on it pays to wait for a tick to pass.
const MANY: usize = 20;

/// Length, number on the disk, and times of the last change of content and of anything, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp(u64, u64, i64, i64);

/// How files stand, by path; folders that are looked through are there with nothing.
type Files = BTreeMap<String, Option<Stamp>>;

#[derive(Serialize, Deserialize)]
struct Record {
    /// A hash of the call and the program.
    call: String,
    /// The folder of articles.
    archive: Option<PathBuf>,
    /// What was said of each file.
    said: Vec<String>,
    files: Files,
}

/// A call that may find nothing to do.
pub(super) struct Standing {
    root: PathBuf,
    call: String,
    /// How the files stood before anything was read, and the time then.
    before: Option<(Files, i64)>,
}

impl Standing {
    /// Looks whether nothing was touched since the same call last found all current; then gives what was said of it.
    pub(super) fn of(root: &Path, call: String) -> Result<Vec<String>, Self> {
        let record: Option<Record> =
            read::bytes(&root.join(FOLDER).join(FILE)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let same = record.filter(|record| record.call == call);
        match same {
            Some(record) if look(root, record.archive.as_deref()).is_some_and(|files| files == record.files) => {
                Ok(record.said)
            }
            _ => Err(Self { root: root.to_owned(), call, before: None }),
        }
    }

    /// Notes how the files of the project stand, before anything is read of them.
    pub(super) fn begin(&mut self) {
        self.before = self.time().and_then(|time| Some((look(&self.root, None)?, time)));
    }

    /// Notes how the articles stand, before any of them is read.
    pub(super) fn begin_archive(&mut self, archive: Option<&Path>) {
        let (Some((files, _)), Some(archive)) = (&mut self.before, archive) else { return };
        if look_into(archive, files).is_none() {
            self.before = None;
        }
    }

    /// Keeps that everything is current, where what was read is still what is there, and so is what was written: `own` are the
    /// files of this run, with the hash of each, and what it took away.
    pub(super) fn keep(
        self,
        archive: Option<&Path>,
        own: &BTreeMap<PathBuf, Option<String>>,
        said: Vec<String>,
        briefings: usize,
    ) {
        let Some((before, begun)) = &self.before else { return };
        let Some(mut time) = self.time() else { return };
        let Some(files) = look(&self.root, archive) else { return };
        let changed = |path: &String| before.get(path) != files.get(path);
        let mut paths = before.keys().chain(files.keys()).filter(|path| changed(path));
        if !paths.all(|path| own.contains_key(Path::new(path))) {
            return;
        }
        // somebody may have changed one since: a later change is seen by how the file stands
        let holds = |path: &Path, hash: &String| read::bytes(path).is_ok_and(|bytes| sha256(&bytes) == *hash);
        if !own.iter().all(|(path, hash)| hash.as_ref().is_none_or(|hash| holds(path, hash))) {
            return;
        }
        let newest = |of: &dyn Fn(&str) -> bool| {
            files.iter().filter(|(path, _)| of(path)).filter_map(|(_, stamp)| stamp.map(|s| s.2.max(s.3))).max()
        };
        let is_own = |path: &str| own.contains_key(Path::new(path));
        if newest(&|path| !is_own(path)).is_some_and(|at| at + TICK >= *begun) {
            return;
        }
        let written = newest(&is_own);
        if written.is_some_and(|at| at + TICK >= time) && briefings >= MANY {
            std::thread::sleep(Duration::from_millis(12));
            let Some(later) = self.time().filter(|_| look(&self.root, archive).as_ref() == Some(&files)) else {
                return;
            };
            time = later;
        }
        if written.is_some_and(|at| at + TICK >= time) {
            return;
        }
        let record = Record { call: self.call, archive: archive.map(Path::to_owned), said, files };
        let folder = self.root.join(FOLDER);
        let text = serde_json::to_string(&record).unwrap_or_default();
        let _ = output::claim(&folder).and_then(|claimed| output::write(&claimed, &folder.join(FILE), text.as_bytes()));
    }

    /// The time by the clock that stamps the project's files; none where nothing can be kept.
    fn time(&self) -> Option<i64> {
        let folder = super::kept::folder(&self.root)?;
        // a file without a name: nothing is left of it
        stamp(&tempfile::tempfile_in(folder).ok()?.metadata().ok()?).map(|s| s.3)
    }
}

/// How all files stand that anything is read from or printed to. None where it cannot be told: a link may lead anywhere.
fn look(root: &Path, archive: Option<&Path>) -> Option<Files> {
    let mut files = Files::new();
    let project = root.join(project::FILE);
    files.insert(
        name(&project)?,
        Some(stamp(&std::fs::symlink_metadata(&project).ok().filter(std::fs::Metadata::is_file)?)?),
    );
    for folder in [SEEDS, TEMPLATES, BRIEFINGS] {
        look_into(&root.join(folder), &mut files)?;
    }
    if let Some(archive) = archive {
        look_into(archive, &mut files)?;
    }
    Some(files)
}

fn look_into(folder: &Path, files: &mut Files) -> Option<()> {
    if std::fs::symlink_metadata(folder).is_err() {
        return Some(());
    }
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        files.insert(name(&folder)?, None);
        for entry in std::fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            // of a link, this is the link's own
            let meta = entry.metadata().ok()?;
            if meta.is_dir() {
                waiting.push(entry.path());
            } else if meta.is_file() {
                files.insert(name(&entry.path())?, Some(stamp(&meta)?));
            } else {
                return None;
            }
        }
    }
    Some(())
}

fn name(path: &Path) -> Option<String> {
    path.to_str().map(str::to_owned)
}

#[cfg(unix)]
fn stamp(meta: &std::fs::Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i64, nanoseconds: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
    Some(Stamp(meta.len(), meta.ino(), time(meta.mtime(), meta.mtime_nsec()), time(meta.ctime(), meta.ctime_nsec())))
}

/// Elsewhere there is no time of change that no program can set.
#[cfg(not(unix))]
fn stamp(_: &std::fs::Metadata) -> Option<Stamp> {
    None
}
