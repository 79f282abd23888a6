//! Typst in a process of its own, with limits on memory, processor time and the clock on the wall.
//!
//! The program runs itself with one hidden argument ([`ARGUMENT`]); jobs go to its standard input and documents come
//! back from its standard output, each with its length before it. A bomb in a layout kills the worker, never the build:
//! the next job gets a new worker.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::pdf::{self, Failure, Job, Pdf};

/// The argument with which the program becomes a worker.
pub const ARGUMENT: &str = "typeset-worker";

/// What a worker may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Address space, in bytes.
    pub memory: u64,
    /// Processor time for one document, in seconds.
    pub processor: u64,
    /// Time on the wall for one document.
    pub wall: Duration,
    /// Threads that lay out one document. More of them help when there are fewer documents than processors; the bytes
    /// are the same.
    pub threads: usize,
    /// For how many further documents what was worked out for one is remembered: none, unless the next is likely to be
    /// nearly the same. The bytes do not depend on it.
    pub remember: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 3 << 30, processor: 20, wall: Duration::from_secs(30), threads: 1, remember: 0 }
    }
}

#[derive(Serialize, Deserialize)]
enum Reply {
    /// The document and then its pictures follow, each as it is: names and lengths in order.
    Set {
        pages: usize,
        length: usize,
        pictures: Vec<(String, usize)>,
    },
    Failed(Failure),
}

/// A [`Job`] whose texts follow as they are, files and then pictures: names and lengths in order.
#[derive(Serialize, Deserialize)]
struct Order {
    files: Vec<(String, usize)>,
    pictures: Vec<(String, usize)>,
    ident: String,
    date: (i32, u8, u8),
}

/// A worker process; started with the first job, and anew after it was killed.
pub struct Worker {
    program: PathBuf,
    limits: Limits,
    running: Option<Running>,
}

struct Running {
    input: ChildStdin,
    output: ChildStdout,
    watch: Sender<Watch>,
    /// How it ended, once it has: whether the guard ended it, and what the system says.
    ended: mpsc::Receiver<(bool, Option<ExitStatus>)>,
}

enum Watch {
    Begin(Duration),
    Done,
}

impl Worker {
    /// A worker that runs `program` (this program itself) within limits.
    #[must_use]
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits, running: None }
    }

    /// Starts the process, so that it is ready by the time there is something to set.
    pub fn start(&mut self) {
        if self.running.is_none() {
            self.running = self.spawn(true).ok();
        }
    }

    fn spawn(&self, early: bool) -> io::Result<Running> {
        let mut child = Command::new(&self.program)
            .arg(ARGUMENT)
            .arg(self.limits.memory.to_string())
            .arg(self.limits.processor.to_string())
            .arg(self.limits.remember.to_string())
            .arg(early.to_string())
            // room in the address space is made as it is needed: the limit counts what is only set aside, too
            .env("MIMALLOC_ARENA_RESERVE", "32MiB")
            .env("RAYON_NUM_THREADS", self.limits.threads.max(1).to_string())
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let Some((input, output)) = pipes else {
            let _ = child.kill();
            return Err(io::Error::other("no pipes to the worker"));
        };
        let (watch, signals) = mpsc::channel();
        let (tell, ended) = mpsc::channel();
        std::thread::Builder::new().spawn(move || {
            // nobody may be left to hear it
            let _ = tell.send(guard(child, &signals));
        })?;
        Ok(Running { input, output, watch, ended })
    }

    /// Sets one document.
    ///
    /// # Errors
    /// As [`pdf::typeset`], and where a limit was reached or the worker cannot be run.
    pub fn typeset(&mut self, job: &Job) -> Result<Pdf, Failure> {
        if self.running.is_none() {
            match self.spawn(false) {
                Ok(running) => self.running = Some(running),
                Err(error) => return Err(Failure::Worker(format!("cannot start {}: {error}", self.program.display()))),
            }
        }
        let Some(running) = self.running.as_mut() else { return Err(Failure::Worker("not running".to_owned())) };
        let _ = running.watch.send(Watch::Begin(self.limits.wall));
        let reply = running.ask(job);
        let _ = running.watch.send(Watch::Done);
        match reply {
            Ok(result) => result,
            Err(_) => {
                // the pipe broke: the process was ended by its limits, by the guard, or from outside
                if let Some(why) = self.running.take().and_then(Running::ended_from_outside) {
                    return Err(Failure::Worker(why));
                }
                Err(Failure::Limit(format!(
                    "{} s of processor time, {} s on the clock or {} MiB of memory",
                    self.limits.processor,
                    self.limits.wall.as_secs(),
                    self.limits.memory >> 20
                )))
            }
        }
    }
}

impl Running {
    /// What ended a process that broke its pipe, if that was none of its limits.
    fn ended_from_outside(self) -> Option<String> {
        let Self { watch, ended, .. } = self;
        // the guard waits for this
        drop(watch);
        let (by_guard, status) = ended.recv().ok()?;
        let status = status.filter(|_| !by_guard)?;
        if let Some(code) = status.code() {
            return Some(format!("the process that sets its pages gave up, with exit code {code}; try again"));
        }
        signal_from_outside(status).map(|signal| {
            format!("signal {signal} from outside ended the process that sets its pages: someone sent it, or the system was short of memory; try again")
        })
    }

    fn ask(&mut self, job: &Job) -> io::Result<Result<Pdf, Failure>> {
        let order = Order {
            files: lengths(&job.files),
            pictures: lengths(&job.pictures),
            ident: job.ident.clone(),
            date: job.date,
        };
        send(&mut self.input, &serde_json::to_vec(&order)?)?;
        for text in job.files.values().chain(job.pictures.values()) {
            self.input.write_all(text.as_bytes())?;
        }
        self.input.flush()?;
        let reply: Reply = serde_json::from_slice(&receive(&mut self.output)?)?;
        Ok(match reply {
            Reply::Failed(failure) => Err(failure),
            Reply::Set { pages, length, pictures } => {
                let bytes = take(&mut self.output, length)?;
                Ok(Pdf { bytes, pages, pictures: texts(&mut self.output, pictures)? })
            }
        })
    }
}

/// The signal that ended a process, if it is one that others send: hang-up, interrupt, kill or terminate.
#[cfg(unix)]
fn signal_from_outside(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status).filter(|signal| matches!(signal, 1 | 2 | 9 | 15))
}

#[cfg(not(unix))]
fn signal_from_outside(_: ExitStatus) -> Option<i32> {
    None
}

/// Kills the process when a job overruns its time, and reaps it when the worker is dropped. Says whether it overran, and
/// how the process ended.
fn guard(mut child: Child, signals: &mpsc::Receiver<Watch>) -> (bool, Option<ExitStatus>) {
    let mut overran = false;
    while let Ok(signal) = signals.recv() {
        let Watch::Begin(limit) = signal else { continue };
        match signals.recv_timeout(limit) {
            Ok(_) => {}
            Err(error) => {
                overran = error == RecvTimeoutError::Timeout;
                break;
            }
        }
    }
    let _ = child.kill();
    (overran, child.wait().ok())
}

fn send(to: &mut impl Write, message: &[u8]) -> io::Result<()> {
    to.write_all(&(message.len() as u64).to_le_bytes())?;
    to.write_all(message)?;
    to.flush()
}

fn receive(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0u8; 8];
    from.read_exact(&mut length)?;
    take(from, usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?)
}

fn lengths(texts: &BTreeMap<String, String>) -> Vec<(String, usize)> {
    texts.iter().map(|(name, text)| (name.clone(), text.len())).collect()
}

fn texts(from: &mut impl Read, named: Vec<(String, usize)>) -> io::Result<BTreeMap<String, String>> {
    let text = |(name, length)| Ok((name, String::from_utf8(take(from, length)?).map_err(io::Error::other)?));
    named.into_iter().map(text).collect()
}

/// The most bytes for which room is made before they are there.
const ROOM: usize = 16 << 20;

fn take(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::with_capacity(length.min(ROOM));
    let read = from.take(length as u64).read_to_end(&mut message)?;
    if read == length { Ok(message) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Runs as a worker until standard input ends: sets the limits ([`Limits`]), then sets documents. Where it is `early`, there
/// is time before the first comes.
///
/// # Errors
/// Where a pipe breaks.
pub fn serve(
    memory: u64,
    processor: u64,
    remember: usize,
    early: bool,
    mut input: impl Read + Send,
    mut output: impl Write + Send,
) -> io::Result<()> {
    limit_memory(memory);
    // a panic is caught and told to the parent; its trace on standard error helps no one
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(pdf::STACK).spawn_scoped(scope, move || -> io::Result<()> {
                if early {
                    pdf::warm_up();
                }
                let mut used = 0;
                loop {
                    let message = match receive(&mut input) {
                        Ok(message) => message,
                        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                        Err(error) => return Err(error),
                    };
                    used += processor;
                    limit_processor(used);
                    let Order { files, pictures, ident, date } = serde_json::from_slice(&message)?;
                    let job =
                        Job { files: texts(&mut input, files)?, pictures: texts(&mut input, pictures)?, ident, date };
                    match pdf::typeset(&job) {
                        Ok(document) => {
                            let (pages, length) = (document.pages, document.bytes.len());
                            let reply = Reply::Set { pages, length, pictures: lengths(&document.pictures) };
                            send(&mut output, &serde_json::to_vec(&reply)?)?;
                            output.write_all(&document.bytes)?;
                            for picture in document.pictures.values() {
                                output.write_all(picture.as_bytes())?;
                            }
                            output.flush()?;
                        }
                        Err(failure) => send(&mut output, &serde_json::to_vec(&Reply::Failed(failure))?)?,
                    }
                    // after the reply: nobody waits for it
                    pdf::forget(remember);
                }
            })?;
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the worker's thread ended early")))
    })
}

#[cfg(unix)]
fn limit_memory(bytes: u64) {
    let _ = rlimit::setrlimit(rlimit::Resource::AS, bytes, bytes);
    let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
}

#[cfg(unix)]
fn limit_processor(seconds: u64) {
    // the soft limit is moved on with each document: time is counted over the whole life of the process
    let hard = rlimit::getrlimit(rlimit::Resource::CPU).map_or(rlimit::INFINITY, |(_, hard)| hard);
    let _ = rlimit::setrlimit(rlimit::Resource::CPU, seconds.min(hard), hard);
}

#[cfg(not(unix))]
fn limit_memory(_: u64) {}

#[cfg(not(unix))]
fn limit_processor(_: u64) {}
