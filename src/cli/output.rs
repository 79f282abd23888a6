//! Standard streams and files. A file is written beside its place, flushed, and renamed: at every moment it is the
//! complete old one or the complete new one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use factbrief::report::github;
use factbrief::text::gate::visible;

use super::Exit;

/// What the names of unfinished files begin with.
const UNFINISHED: &str = ".factbrief-";

/// Prints to standard output.
pub(super) fn print(text: &str) -> Result<(), Exit> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        // whoever read has read enough: what is left to do is done all the same, and the exit code tells how it went
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            tell(&format!("error: cannot write to standard output: {error}\n"));
            Err(Exit::Io)
        }
    }
}

/// Whether a GitHub runner reads what is told, and takes some of it for commands.
static READ_BY_RUNNER: LazyLock<bool> =
    LazyLock::new(|| std::env::var_os("GITHUB_ACTIONS").is_some_and(|v| v == "true"));

/// Words that a runner does not take for commands, where one reads them.
pub(super) fn harmless(text: String) -> String {
    if *READ_BY_RUNNER { github::harmless(&text) } else { text }
}

/// Words for people on standard output, which a runner must not take for commands.
pub(super) fn print_words(text: &str) -> Result<(), Exit> {
    if *READ_BY_RUNNER { print(&github::harmless(text)) } else { print(text) }
}

/// Tells the user something, in colour where the terminal takes it.
pub(super) fn tell(text: &str) {
    let text = if *READ_BY_RUNNER { &github::harmless(text) } else { text };
    let mut err = anstream::stderr().lock();
    // with nowhere left to complain to, the exit code still tells
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// Adds text to a file that the environment names, such as the summary of a job.
pub(super) fn append(path: &Path, text: &str) {
    let added =
        File::options().append(true).create(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = added {
        let shown = factbrief::text::gate::visible(&path.display().to_string());
        tell(&format!("note: the summary of the job cannot be written to {shown}: {error}\n"));
    }
}

/// A folder that only one run of the program writes to at a time.
pub(super) struct Claimed {
    handle: Option<File>,
}

/// Claims a folder for writing, waiting for whoever has it, and clears away what an interrupted run left unfinished.
pub(super) fn claim(folder: &Path) -> io::Result<Claimed> {
    let handle = match File::open(folder) {
        Ok(handle) => Some(handle),
        // elsewhere a folder is no file that can be opened
        Err(error) if cfg!(unix) => return Err(error),
        Err(_) => None,
    };
    let mut alone = true;
    if let Some(handle) = &handle {
        match handle.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                tell(&format!("waiting: another factbrief writes to {}\n", visible(&folder.display().to_string())));
                handle.lock()?;
            }
            // a file system without locks: renames are atomic all the same, but what is unfinished may be another run's
            Err(fs::TryLockError::Error(_)) => alone = false,
        }
    }
    for entry in fs::read_dir(folder)?.flatten() {
        if alone && entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(Claimed { handle })
}

/// Claims a folder of a project, which is made where it is missing. A link on the way to it may lead out of the project,
/// and is not followed.
pub(super) fn claim_in(root: &Path, folder: &Path) -> io::Result<Claimed> {
    let mut at = root.to_owned();
    for part in folder.strip_prefix(root).unwrap_or(Path::new("")).components() {
        at.push(part);
        if fs::symlink_metadata(&at).is_ok_and(|meta| meta.is_symlink()) {
            let shown = visible(&at.strip_prefix(root).unwrap_or(&at).display().to_string());
            return Err(io::Error::other(format!(
                "{shown} is a link, and may lead out of the project: put a folder in its place"
            )));
        }
    }
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
    }
    claim(folder)
}

/// Whether a folder lies in another, links followed. It may still have to be made.
pub(super) fn is_inside(root: &Path, folder: &Path) -> bool {
    let there = folder.ancestors().find_map(|part| Some((part, fs::canonicalize(part).ok()?)));
    let (Some((part, real)), Ok(root)) = (there, fs::canonicalize(root)) else { return false };
    let made = folder.strip_prefix(part).unwrap_or(folder);
    real.starts_with(root) && made.components().all(|c| matches!(c, std::path::Component::Normal(_)))
}

/// Whether a file may be put in this place: there is none, or a regular one. What a link leads to may lie elsewhere.
pub(super) fn writable(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if !meta.is_file() => Err(io::Error::other("a link, folder or device stands in its place")),
        _ => Ok(()),
    }
}

/// Flushes a claimed folder, shown as `shown`, so that the names in it are on the disk, too; tells where that fails.
pub(super) fn settle(claimed: &Claimed, shown: &str) -> Result<(), Exit> {
    let Some(folder) = &claimed.handle else { return Ok(()) };
    match folder.sync_all() {
        // not every file system lets a folder be flushed
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            tell(&format!(
                "error: cannot flush {} to the disk: {error}\n  = note: what was written to it is complete, but may be gone after a power cut\n",
                visible(shown)
            ));
            Err(Exit::Io)
        }
        _ => Ok(()),
    }
}

/// Puts a file into a temporary folder of this run, where nobody else looks.
pub(super) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    File::options().write(true).create_new(true).open(path)?.write_all(bytes)
}

/// Writes a file in a claimed folder, unless it holds these bytes already. Says whether it was written. The folder is
/// flushed by [`settle`].
pub(super) fn write(claimed: &Claimed, path: &Path, bytes: &[u8]) -> io::Result<bool> {
    stage(claimed, path, bytes)?.place()
}

/// A file that is complete and flushed beside its place, and not yet put there. Dropped, it is as if it had not been.
pub(super) struct Staged {
    path: PathBuf,
    /// Nothing, where the place holds these bytes already.
    unfinished: Option<tempfile::NamedTempFile>,
}

impl Staged {
    /// Puts the file in its place. Says whether that changed anything.
    pub(super) fn place(self) -> io::Result<bool> {
        let Some(unfinished) = self.unfinished else { return Ok(false) };
        unfinished.persist(&self.path).map_err(|error| error.error)?;
        Ok(true)
    }
}

/// Does all of [`write`] that takes room or can be refused, so that of several files that belong together none is put in
/// its place before all of them can be.
pub(super) fn stage(_: &Claimed, path: &Path, bytes: &[u8]) -> io::Result<Staged> {
    writable(path)?;
    let same = fs::metadata(path).is_ok_and(|meta| meta.len() == bytes.len() as u64)
        && fs::read(path).is_ok_and(|old| old == bytes);
    if same {
        return Ok(Staged { path: path.to_owned(), unfinished: None });
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    // created here rather than by the library, so that the mode follows the user's umask
    let mut unfinished = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .make_in(folder, |path| File::options().write(true).create_new(true).open(path))?;
    unfinished.as_file_mut().write_all(bytes)?;
    unfinished.as_file().sync_all()?;
    Ok(Staged { path: path.to_owned(), unfinished: Some(unfinished) })
}

/// Writes new files into a folder, which is shown as `called`. Nothing is written where one of them is there already, or
/// where a link may lead elsewhere.
pub(super) fn lay_out<T: AsRef<str>>(folder: &Path, called: &str, files: &[(PathBuf, T)]) -> Result<(), Exit> {
    let shown = |path: &Path| {
        let path = if called.is_empty() { path.to_owned() } else { Path::new(called).join(path) };
        visible(&path.display().to_string())
    };
    let parents: BTreeSet<&Path> = files.iter().flat_map(|(path, _)| path.ancestors().skip(1)).collect();
    let linked = parents.iter().find(|dir| {
        fs::symlink_metadata(folder.join(dir)).is_ok_and(|meta| !meta.is_dir() && !dir.as_os_str().is_empty())
    });
    if let Some(linked) = linked {
        tell(&format!(
            "error: {} is a link or no folder; nothing was written\n  = help: a link may lead out of the project: put a folder in its place\n",
            shown(linked)
        ));
        return Err(Exit::Unusable);
    }
    let taken: Vec<String> = files
        .iter()
        .filter(|(path, _)| fs::symlink_metadata(folder.join(path)).is_ok())
        .map(|(path, _)| shown(path))
        .collect();
    if !taken.is_empty() {
        tell(&format!(
            "error: there is already {}; nothing was written\n  = help: give the new one another name, or move the old one away\n",
            taken.join(", ")
        ));
        return Err(Exit::Unusable);
    }
    let failed = |path: &Path, error: &io::Error| {
        tell(&format!("error: cannot write {}: {error}\n", shown(path)));
        Exit::Io
    };
    for (path, text) in files {
        let target = folder.join(path);
        let parent = target.parent().unwrap_or(folder).to_owned();
        fs::create_dir_all(&parent).map_err(|error| failed(path, &error))?;
        let claimed = claim(&parent).map_err(|error| failed(path, &error))?;
        write(&claimed, &target, text.as_ref().as_bytes()).map_err(|error| failed(path, &error))?;
        settle(&claimed, &shown(path))?;
        tell(&format!("wrote {}\n", shown(path)));
    }
    Ok(())
}
