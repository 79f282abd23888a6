//! Files from disk: regular ones only, no larger than the text gate allows.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::text::file::TextFile;
use crate::text::gate::{self, MAX_BYTES};

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// There is none.
    Absent,
    /// It is a folder, a link, a pipe or a device.
    NotAFile(&'static str),
    /// Its size is larger than the limit.
    TooLarge(u64, u64),
    /// The system refused, in its own words.
    Refused(String),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no such file"),
            Self::NotAFile(what) => write!(f, "it is {what}, not a regular file"),
            Self::TooLarge(size, limit) => write!(f, "it has {size} bytes; the limit is {limit}"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

/// The bytes of a regular file.
///
/// A link is refused: what it leads to may lie outside the project.
///
/// # Errors
/// Where there is no such file, it is of another kind, too large, or cannot be read.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Unread> {
    bytes_to(path, MAX_BYTES)
}

/// As [`bytes`], with a limit of its own.
///
/// # Errors
/// As [`bytes`].
pub fn bytes_to(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let refused = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Unread::Absent,
        _ => Unread::Refused(error.to_string()),
    };
    let meta = std::fs::symlink_metadata(path).map_err(|e| refused(&e))?;
    if meta.is_symlink() {
        return Err(Unread::NotAFile("a symbolic link"));
    }
    if meta.is_dir() {
        return Err(Unread::NotAFile("a folder"));
    }
    if !meta.is_file() {
        return Err(Unread::NotAFile("a pipe, socket or device"));
    }
    if meta.len() > limit {
        return Err(Unread::TooLarge(meta.len(), limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
    let file = File::open(path).map_err(|e| refused(&e))?;
    // the file may have grown since: read no more than the limit
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| refused(&e))?;
    if bytes.len() as u64 > limit {
        return Err(Unread::TooLarge(bytes.len() as u64, limit));
    }
    Ok(bytes)
}

/// A text file through the text gate, shown by `name`.
///
/// # Errors
/// One finding where it cannot be read or is not UTF-8.
pub fn text(path: &Path, name: &str) -> Result<Arc<TextFile>, Box<Diagnostic>> {
    let bytes = bytes(path).map_err(|why| Box::new(unread(name, &why)))?;
    admit(bytes, name)
}

/// Bytes through the text gate, shown by `name`.
///
/// # Errors
/// One finding where they are not UTF-8.
pub fn admit(bytes: Vec<u8>, name: &str) -> Result<Arc<TextFile>, Box<Diagnostic>> {
    let lossy = |bytes: &[u8]| TextFile::new(name, String::from_utf8_lossy(bytes).into_owned());
    let copy = bytes.clone();
    match gate::admit(bytes) {
        Ok(text) => Ok(Arc::new(TextFile::admitted(name, text, &copy))),
        Err(error) => {
            // the bytes before the wrong one are good, so the offset holds in the lossy text, too
            let shown = Arc::new(lossy(&copy));
            Err(Box::new(Diagnostic::new("not-text", "this file is not UTF-8 text").at(
                &shown,
                &(error.offset..error.offset + 1),
                error.why,
            )))
        }
    }
}

/// The finding for a file that was not read.
#[must_use]
pub fn unread(name: &str, why: &Unread) -> Diagnostic {
    let finding = |code| Diagnostic::new(code, format!("cannot read {}: {why}", gate::visible(name)));
    match why {
        Unread::TooLarge(..) => finding("limit").help("divide it, or take out what is not needed"),
        Unread::NotAFile(_) => finding("unreadable").help("put the file itself there"),
        Unread::Absent | Unread::Refused(_) => finding("unreadable"),
    }
}
