//! The archive: a folder outside version control that holds the articles.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::read::{self, Unread};

/// Where articles come from.
#[derive(Debug, Clone)]
pub enum Archive {
    /// A folder.
    Folder(PathBuf),
    /// Texts at hand, by file name: for tests and for callers of the library.
    Texts(BTreeMap<String, Vec<u8>>),
    /// Not at hand: the evidence lock answers.
    Absent,
}

impl Archive {
    /// The archive in a folder; absent, where there is no such folder.
    #[must_use]
    pub fn folder(path: &Path) -> Self {
        if path.is_dir() { Self::Folder(path.to_owned()) } else { Self::Absent }
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// The bytes of an article.
    ///
    /// # Errors
    /// Where the name is no plain file name, or the file cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Unread> {
        self.read_to(name, crate::text::gate::MAX_BYTES)
    }

    /// The bytes of a table, which may be larger than an article.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_table(&self, name: &str) -> Result<Vec<u8>, Unread> {
        self.read_to(name, crate::text::table::MAX_TABLE)
    }

    fn read_to(&self, name: &str, limit: u64) -> Result<Vec<u8>, Unread> {
        if let Err(why) = check_name(name) {
            return Err(Unread::Refused(why));
        }
        match self {
            Self::Folder(folder) => read::bytes_to(&folder.join(name), limit),
            Self::Texts(texts) => texts.get(name).cloned().ok_or(Unread::Absent),
            Self::Absent => Err(Unread::Absent),
        }
    }
}

impl Archive {
    /// The names of all files in it, sorted; what is no regular file, or has no name that a source could give, is none.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, Unread> {
        let refused = |error: std::io::Error| Unread::Refused(error.to_string());
        let mut names: Vec<String> = match self {
            Self::Folder(folder) => {
                let mut names = Vec::new();
                for entry in std::fs::read_dir(folder).map_err(refused)? {
                    let entry = entry.map_err(refused)?;
                    if entry.file_type().map_err(refused)?.is_file()
                        && let Some(name) = entry.file_name().to_str()
                    {
                        names.push(name.to_owned());
                    }
                }
                names
            }
            Self::Texts(texts) => texts.keys().cloned().collect(),
            Self::Absent => return Err(Unread::Absent),
        };
        names.retain(|name| check_name(name).is_ok());
        names.sort();
        Ok(names)
    }
}

/// Whether `name` is a plain file name on every system: no folders, no device names, nothing that looks like another.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    if name.is_empty() || name.len() > 255 {
        return Err("a file name has 1 to 255 bytes".to_owned());
    }
    if name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) || name == "." || name == ".." {
        return Err("this must be the plain name of a file in the archive, without a folder".to_owned());
    }
    if name.ends_with(['.', ' ']) || name.starts_with([' ', '-']) {
        return Err("a file name does not begin or end with a space, begin with a hyphen or end with a stop".to_owned());
    }
    if name.chars().any(|c| c.is_control() || crate::text::gate::is_hidden(c)) {
        return Err("a file name holds no hidden characters".to_owned());
    }
    if DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt") {
        return Err("this is the name of a device on Windows".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_leave_the_archive_are_refused() {
        for bad in [
            "",
            "..",
            "../a.txt",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "C:x",
            "CON",
            "nul.txt",
            "com1.txt",
            "a.",
            "a ",
            "a\u{202e}b",
            "a\nb",
            "-rf",
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        for good in ["a.txt", "000_f0fb.txt", "مقال.txt", "confused.txt", ".hidden"] {
            assert!(check_name(good).is_ok(), "{good:?}");
        }
    }
}
