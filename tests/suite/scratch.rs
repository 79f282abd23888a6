//! A project in a temporary folder, and the program run on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with a project in it, gone when dropped.
pub(crate) struct Scratch {
    /// Kept, so that it is there.
    _folder: tempfile::TempDir,
    path: PathBuf,
}

/// What a run of the program did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn from(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8");
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(
            self.err.contains(words) || self.out.contains(words),
            "no {words:?} in\nstdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }
}

pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Scratch {
    /// The project in a part of a temporary folder, which goes when this is dropped.
    pub(crate) fn at(folder: tempfile::TempDir, part: &str) -> Self {
        // joined to nothing, a path would end with a slash
        let path = if part.is_empty() { folder.path().to_owned() } else { folder.path().join(part) };
        Self { path, _folder: folder }
    }

    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self::at(tempfile::tempdir().unwrap(), "")
    }

    /// The invented flood, articles and all.
    pub(crate) fn flood() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&repository().join("tests/suite/flood"), folder.path());
        Self::at(folder, "")
    }

    /// The project of this repository, without its articles.
    pub(crate) fn libya() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["seeds", "briefings", "templates"] {
            copy(&repository().join(part), &folder.path().join(part));
        }
        std::fs::copy(repository().join("factbrief.toml"), folder.path().join("factbrief.toml")).unwrap();
        Self::at(folder, "")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces the first `from` in a file, which must be there.
    #[track_caller]
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, text.replacen(from, to, 1));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(&self.command(arguments).output().unwrap())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_factbrief"));
        command.current_dir(self.path()).args(arguments).env_remove("FACTBRIEF_ARCHIVE").env("NO_COLOR", "1");
        command
    }
}
