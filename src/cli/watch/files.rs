//! Which files a project is made from, how they stand, and when to look again.
//!
//! Notifications of the system only say when to look: what changed is decided by looking, so that an event that is
//! missed, told twice, or told of a name that an editor used for a moment changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use factbrief::load::{BRIEFINGS, SEEDS, TEMPLATES, project};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

/// Without news, one looks all the same: some file systems tell nothing.
const LOOK: Duration = Duration::from_secs(1);
/// An editor's save comes as several events; it is over when none came for so long.
const QUIET: Duration = Duration::from_millis(6);
/// A file that is gone or empty is likely to be back at once: some editors delete and write.
const RETURN: Duration = Duration::from_millis(120);
/// The depth of folders under one of the project's: deeper ones are not read by anything.
const DEPTH: usize = 8;

/// How a file stands: length, time of change, and its number on the disk, which a renamed file brings with it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    length: u64,
    changed: Option<SystemTime>,
    number: u64,
}

/// How all files that a project is made from stand, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standing(BTreeMap<PathBuf, Stamp>);

/// Watches the files of a project.
pub(super) struct Files {
    root: PathBuf,
    archive: Option<PathBuf>,
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<PathBuf, RecursiveMode>,
    news: Receiver<()>,
}

impl Files {
    /// Begins to watch.
    pub(super) fn watch(root: &Path) -> Self {
        let (send, news) = mpsc::channel();
        // where the system has no notifications left to give, looking once a second does
        let watcher = notify::recommended_watcher(move |_| {
            let _ = send.send(());
        });
        Self { root: root.to_owned(), archive: None, watcher: watcher.ok(), watched: BTreeMap::new(), news }
    }

    /// The archive to watch along.
    pub(super) fn archive(&mut self, folder: PathBuf) {
        self.archive = Some(folder);
    }

    /// The archive that is watched along.
    pub(super) fn archived(&self) -> Option<&Path> {
        self.archive.as_deref()
    }

    fn folders(&self) -> Vec<(PathBuf, RecursiveMode)> {
        let mut folders = vec![(self.root.clone(), RecursiveMode::NonRecursive)];
        folders.extend([SEEDS, BRIEFINGS, TEMPLATES].map(|name| (self.root.join(name), RecursiveMode::Recursive)));
        folders.extend(self.archive.iter().map(|path| (path.clone(), RecursiveMode::NonRecursive)));
        folders
    }

    /// Watches folders that came, and forgets those that went.
    fn follow(&mut self) {
        let folders = self.folders();
        let Some(watcher) = &mut self.watcher else { return };
        self.watched.retain(|path, _| {
            let stays = path.is_dir() && folders.iter().any(|(known, _)| known == path);
            if !stays {
                let _ = watcher.unwatch(path);
            }
            stays
        });
        for (path, mode) in folders {
            if !self.watched.contains_key(&path) && path.is_dir() && watcher.watch(&path, mode).is_ok() {
                self.watched.insert(path, mode);
            }
        }
    }

    /// How the files stand now.
    pub(super) fn look(&self) -> Standing {
        let mut standing = Standing::default();
        standing.add(&self.root.join(project::FILE));
        for name in [SEEDS, TEMPLATES] {
            standing.add_all(&self.root.join(name), DEPTH, &|_| true);
        }
        standing.add_all(&self.root.join(BRIEFINGS), DEPTH, &|path| ends_in(path, &["toml", "lock"]));
        // what is printed is none of what it is printed from: it only has to be there
        let mut printed = Standing::default();
        printed.add_all(&self.root.join(BRIEFINGS), 0, &|path| ends_in(path, &["md", "pdf", "html"]));
        let there = Stamp { length: 0, changed: None, number: 0 };
        standing.0.extend(printed.0.into_keys().map(|path| (path, there.clone())));
        standing.add_all(&self.root, 0, &|path| ends_in(path, &["csl"]));
        if let Some(archive) = &self.archive {
            standing.add_all(archive, 0, &|_| true);
        }
        standing
    }

    /// Waits until the files stand otherwise than `before`. Says when the first news came, and how they stand.
    pub(super) fn wait(&mut self, before: &Standing) -> (Instant, Standing) {
        loop {
            self.follow();
            let came = match self.news.recv_timeout(LOOK) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                // no notifications: the pause is made here
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(LOOK);
                    false
                }
            };
            let since = Instant::now();
            while came && self.news.recv_timeout(QUIET).is_ok() && since.elapsed() < RETURN {}
            let mut now = self.look();
            if now == *before {
                continue;
            }
            while now.lacks(before) && since.elapsed() < RETURN {
                std::thread::sleep(QUIET);
                now = self.look();
            }
            if now != *before {
                self.follow();
                return (since, now);
            }
        }
    }
}

impl Standing {
    fn add(&mut self, path: &Path) {
        let Ok(meta) = fs::metadata(path) else { return };
        if meta.is_file() {
            let stamp = Stamp { length: meta.len(), changed: meta.modified().ok(), number: number(&meta) };
            self.0.insert(path.to_owned(), stamp);
        }
    }

    fn add_all(&mut self, folder: &Path, depth: usize, wanted: &dyn Fn(&Path) -> bool) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            // unfinished files of this program, and of editors
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth > 0 => self.add_all(&path, depth - 1, wanted),
                Ok(kind) if !kind.is_dir() && wanted(&path) => self.add(&path),
                _ => {}
            }
        }
    }

    /// Whether a file that was there is gone or empty.
    fn lacks(&self, before: &Self) -> bool {
        let now = |path| self.0.get(path).map_or(0, |stamp: &Stamp| stamp.length);
        before.0.iter().any(|(path, stamp)| stamp.length > 0 && now(path) == 0)
    }

    /// The files that stand otherwise than in `before`, by name relative to `root` where they are in it.
    pub(super) fn changed(&self, before: &Self, root: &Path) -> Vec<String> {
        let mut paths: Vec<&PathBuf> =
            self.0.iter().filter(|(p, s)| before.0.get(*p) != Some(s)).map(|(p, _)| p).collect();
        paths.extend(before.0.keys().filter(|path| !self.0.contains_key(*path)));
        paths.sort();
        paths.iter().map(|path| path.strip_prefix(root).unwrap_or(path).display().to_string()).collect()
    }

    /// Takes over how the files stand in `now` that the program writes, and those of an archive that was not known yet.
    pub(super) fn take_own(&mut self, now: &Self, archive: Option<&Path>) {
        let own = |path: &Path| ends_in(path, &["lock", "md", "pdf", "html"]);
        let archive = archive.filter(|folder| !self.0.keys().any(|path| path.starts_with(folder)));
        // a printed file that is gone was taken away by somebody else
        self.0.retain(|path, _| !ends_in(path, &["lock"]));
        let taken =
            now.0.iter().filter(|(path, _)| own(path) || archive.is_some_and(|folder| path.starts_with(folder)));
        self.0.extend(taken.map(|(path, stamp)| (path.clone(), stamp.clone())));
    }
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

#[cfg(unix)]
fn number(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}
