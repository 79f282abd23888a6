//! The program run under ptrace: killed at a system call, or with one that fails or does half of what was asked.

#![allow(non_upper_case_globals, reason = "system calls are called as the kernel calls them")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tracee::name::*;
use tracee::{Event, seize};

/// Which system calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calls {
    /// Every one, of the program and all that it starts, from its first to its last.
    All,
    /// Those of the program that make, fill, flush, lock, name or remove a file or a folder of the project.
    Output,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// The program and all that it started are killed at the n-th call, which is not made.
    Kill(Calls, usize),
    /// The program alone is sent a signal at the n-th call, which is made.
    Signal(Calls, usize, i32),
    /// A process that it started, and no other, is killed at the n-th call.
    Worker(usize),
    /// The n-th call that can fail so does.
    Fail(Calls, usize, i32),
    /// The n-th call that reads or writes does so with half of the bytes.
    Short(Calls, usize),
}

/// How a run went.
#[derive(Debug)]
pub(super) struct Went {
    /// The code it exited with; none where a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
    /// The call that the fault came to.
    pub(super) hit: Option<Call>,
    /// Files that were opened for writing, made, named or removed outside the project.
    pub(super) strayed: Vec<String>,
}

/// A system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    number: i64,
    /// The file it is about, where it is about one.
    pub(super) path: Option<PathBuf>,
    /// Whether it is to change something on the disk, or to hold a lock.
    pub(super) changes: bool,
    /// Whether it is made by the program itself rather than by what it started.
    own: bool,
}

/// Errors and their names, for reports.
pub(super) const ERRORS: [(i32, &str); 8] = [
    (ENOSPC, "ENOSPC"),
    (EIO, "EIO"),
    (EACCES, "EACCES"),
    (EROFS, "EROFS"),
    (EMFILE, "EMFILE"),
    (EAGAIN, "EAGAIN"),
    (ENOLCK, "ENOLCK"),
    (EPIPE, "EPIPE"),
];

impl Call {
    /// The call by name, for reports.
    pub(super) fn name(&self) -> &'static str {
        match self.number {
            SYS_openat if self.changes => "openat(O_CREAT)",
            SYS_openat => "openat",
            SYS_read => "read",
            SYS_pread64 => "pread64",
            SYS_write => "write",
            SYS_writev => "writev",
            SYS_fsync => "fsync",
            SYS_flock => "flock",
            SYS_rename | SYS_renameat | SYS_renameat2 => "rename",
            SYS_unlink | SYS_unlinkat | SYS_rmdir => "unlink",
            SYS_mkdir => "mkdir",
            SYS_statx | SYS_newfstatat => "stat",
            SYS_getdents64 => "getdents64",
            SYS_clone | SYS_clone3 => "clone",
            SYS_execve => "execve",
            SYS_pipe2 => "pipe2",
            SYS_close => "close",
            _ => "another",
        }
    }

    /// The errors that the kernel may give for it, as far as a program can be expected to live with them. Memory is left
    /// out: no program in Rust outlives its refusal.
    fn errors(&self) -> &'static [i32] {
        match self.number {
            SYS_openat if self.changes => &[ENOSPC, EIO, EACCES, EROFS, EMFILE],
            SYS_openat => &[EIO, EACCES, EMFILE],
            SYS_write | SYS_writev => match self.changes {
                true => &[ENOSPC, EIO],
                false => &[ENOSPC, EIO, EPIPE],
            },
            SYS_read | SYS_pread64 | SYS_getdents64 | SYS_lseek | SYS_ioctl => &[EIO],
            SYS_fsync => &[EIO, ENOSPC],
            SYS_ftruncate => &[EIO, ENOSPC, EROFS],
            SYS_rename | SYS_renameat | SYS_renameat2 | SYS_mkdir => &[ENOSPC, EIO, EACCES, EROFS],
            SYS_unlink | SYS_unlinkat | SYS_rmdir | SYS_chmod | SYS_fchmod => &[EIO, EACCES, EROFS],
            SYS_flock => &[ENOLCK, EIO],
            SYS_statx | SYS_newfstatat | SYS_readlink | SYS_access | SYS_getcwd => &[EIO, EACCES],
            SYS_pipe2 | SYS_dup2 => &[EMFILE],
            SYS_clone | SYS_clone3 => &[EAGAIN],
            SYS_execve => &[EACCES, EIO],
            SYS_close if self.changes => &[EIO],
            _ => &[],
        }
    }

    fn moves_bytes(&self) -> bool {
        matches!(self.number, SYS_read | SYS_write | SYS_pread64)
    }
}

/// Why nothing can be traced here, where it cannot.
pub(super) fn refused() -> Option<String> {
    let mut child = Command::new("sh").args(["-c", "read go"]).stdin(Stdio::piped()).spawn().ok()?;
    let why = seize(child.id().cast_signed()).err().map(|error| format!("ptrace is not permitted here: {error}"));
    let _ = child.kill();
    while let Ok(Some((pid, event))) = tracee::wait() {
        if !matches!(event, Event::Exited(_) | Event::Killed(_)) {
            let _ = tracee::resume(pid, 0);
        }
    }
    why
}

fn command(project: &Path) -> Command {
    let outer = project.parent().unwrap();
    // the shell waits for a word, so that it is traced before the program begins
    let mut command = Command::new("sh");
    command
        .args(["-c", "read go; exec \"$@\" </dev/null", "sh", env!("CARGO_BIN_EXE_factbrief")])
        .current_dir(project)
        .env_remove("FACTBRIEF_ARCHIVE")
        .env("NO_COLOR", "1")
        .env("TMPDIR", outer.join("tmp"))
        .env("HOME", outer.join("home"))
        .stdin(Stdio::piped());
    command
}

/// Runs the program in a project, as it is.
pub(super) fn plain(project: &Path, arguments: &[&str]) -> Went {
    let done = command(project).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&done.stdout), text(&done.stderr));
    Went { code: done.status.code(), out, err, hit: None, strayed: Vec::new() }
}

/// What is being traced.
struct Trace<'t> {
    project: &'t Path,
    main: i32,
    fault: Fault,
    /// The process of each thread.
    processes: BTreeMap<i32, i32>,
    /// Processes whose program has begun: what the loader does before is not the program's.
    begun: BTreeSet<i32>,
    /// What a call that is left out is to give, by thread.
    owed: BTreeMap<i32, i64>,
    counted: usize,
    hit: Option<Call>,
    strayed: Vec<String>,
}

/// Runs the program in a project, with a fault. Everything that it starts has ended when this returns.
pub(super) fn run(project: &Path, arguments: &[&str], fault: Fault) -> Went {
    let outer = project.parent().unwrap();
    let (out, err) = (outer.join("stdout"), outer.join("stderr"));
    #[expect(clippy::zombie_processes, reason = "the tracer reaps it with all that it started")]
    let mut child = command(project)
        .args(arguments)
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let main = child.id().cast_signed();
    seize(main).unwrap();
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let (ended, ends) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let late = ends.recv_timeout(Duration::from_secs(120)) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            let _ = tracee::signal(main, SIGKILL);
        }
        late
    });
    let mut trace = Trace {
        project,
        main,
        fault,
        processes: BTreeMap::new(),
        begun: BTreeSet::new(),
        owed: BTreeMap::new(),
        counted: 0,
        hit: None,
        strayed: Vec::new(),
    };
    let mut code = None;
    while let Some((pid, event)) = tracee::wait().unwrap() {
        match event {
            Event::Exited(with) if pid == main => code = Some(with),
            Event::Exited(_) | Event::Killed(_) => {}
            // a thread that was killed meanwhile cannot be resumed
            Event::Signal(signal) => _ = tracee::resume(pid, signal),
            event => {
                trace.sees(pid, event);
                _ = tracee::resume(pid, 0);
            }
        }
    }
    drop(ended);
    assert!(!watch.join().unwrap(), "{fault:?}: the program did not end");
    let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let Trace { hit, strayed, .. } = trace;
    Went { code, out: text(&out), err: text(&err), hit, strayed }
}

impl Trace<'_> {
    fn sees(&mut self, pid: i32, event: Event) {
        let main = self.main;
        let process = *self.processes.entry(pid).or_insert_with(|| process(pid).unwrap_or(main));
        match event {
            Event::Replaced => _ = self.begun.remove(&process),
            Event::Exit(_) => {
                if let Some(result) = self.owed.remove(&pid) {
                    let _ = tracee::gives(pid, result);
                }
            }
            Event::Entry { number, arguments } => {
                // the first that the runtime of a Rust program does
                if number == SYS_poll {
                    self.begun.insert(process);
                }
                self.enters(pid, process, number, &arguments);
            }
            _ => {}
        }
    }

    fn enters(&mut self, pid: i32, process: i32, number: i64, arguments: &[u64; 6]) {
        let call = self.call(pid, process, number, arguments);
        let inside =
            |path: &Path| path.starts_with(self.project) || path.starts_with("/dev") || path.starts_with("pipe:");
        if call.changes && number != SYS_flock && !call.path.as_deref().is_some_and(inside) {
            self.strayed.push(format!("{} {}", call.name(), call.path.as_deref().unwrap_or(Path::new("?")).display()));
        }
        let own_output = call.own && call.changes && call.path.as_ref().is_some_and(|p| p.starts_with(self.project));
        let counts = |calls: Calls| calls == Calls::All || own_output;
        let begun = self.begun.contains(&process);
        let (matches, nth) = match self.fault {
            Fault::None => (false, 0),
            Fault::Kill(calls, nth) => (counts(calls), nth),
            Fault::Signal(calls, nth, _) => (counts(calls), nth),
            Fault::Worker(nth) => (!call.own && begun, nth),
            Fault::Fail(calls, nth, error) => (begun && counts(calls) && call.errors().contains(&error), nth),
            Fault::Short(calls, nth) => (begun && counts(calls) && call.moves_bytes() && arguments[2] > 1, nth),
        };
        if !matches {
            return;
        }
        self.counted += 1;
        if self.counted != nth {
            return;
        }
        self.hit = Some(call);
        match self.fault {
            Fault::None => {}
            Fault::Kill(..) => {
                for process in self.processes.values() {
                    let _ = tracee::signal(*process, SIGKILL);
                }
            }
            Fault::Signal(_, _, signal) => tracee::signal(self.main, signal).unwrap(),
            Fault::Worker(_) => tracee::signal(process, SIGKILL).unwrap(),
            Fault::Fail(_, _, error) => {
                tracee::leave_out(pid).unwrap();
                self.owed.insert(pid, -i64::from(error));
            }
            Fault::Short(..) => tracee::counts(pid, arguments[2] / 2).unwrap(),
        }
    }

    fn call(&self, pid: i32, process: i32, number: i64, arguments: &[u64; 6]) -> Call {
        let open = |descriptor: u64| std::fs::read_link(format!("/proc/{pid}/fd/{}", descriptor as i32)).ok();
        let named = |at: u64| text(pid, at).map(|name| self.project.join(name));
        let (path, changes) = match number {
            SYS_openat => {
                let flags = arguments[2] as i32;
                (named(arguments[1]), flags & O_CREAT != 0 || flags & O_ACCMODE != O_RDONLY)
            }
            SYS_renameat | SYS_renameat2 => (named(arguments[3]), true),
            SYS_rename => (named(arguments[1]), true),
            SYS_unlinkat => (named(arguments[1]), true),
            SYS_unlink | SYS_rmdir | SYS_mkdir | SYS_chmod => (named(arguments[0]), true),
            SYS_write | SYS_writev | SYS_ftruncate | SYS_fchmod | SYS_close => {
                let path = open(arguments[0]).filter(|p| p.starts_with(self.project));
                let is_file = path.as_ref().is_some_and(|p| p.is_file());
                (path, is_file)
            }
            SYS_fsync | SYS_flock => (open(arguments[0]), true),
            SYS_read | SYS_pread64 => (open(arguments[0]), false),
            _ => (None, false),
        };
        Call { number, path, changes, own: process == self.main }
    }
}

/// The process that a thread belongs to.
fn process(thread: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

/// A path in the memory of a process.
fn text(pid: i32, at: u64) -> Option<String> {
    let memory = File::open(format!("/proc/{pid}/mem")).ok()?;
    let mut bytes = vec![0; 4096];
    // what follows the path may be no memory of the process
    let read =
        (1..=4096u64.div_ceil(256)).rev().find_map(|n| memory.read_at(&mut bytes[..n as usize * 256], at).ok())?;
    let end = bytes[..read].iter().position(|b| *b == 0)?;
    String::from_utf8(bytes[..end].to_vec()).ok()
}
