//! The system calls of a program that is tested, one after the other: looked at, left out, cut short, or the last thing
//! it does. Linux on x86-64 only; elsewhere this is empty.
//!
//! A thin layer over ptrace(2). It stands in a package of its own because the program and its tests forbid `unsafe`, and
//! these calls have no other form.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::io;
use std::ptr::null_mut;

use libc::{c_int, c_long, c_uint, c_void};

/// What a traced thread, or a child of the calling thread, stopped or ended for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It is about to make a system call.
    Entry {
        /// Which.
        number: i64,
        /// Its arguments.
        arguments: [u64; 6],
    },
    /// It has made one, which gave this.
    Exit(i64),
    /// It replaced its program.
    Replaced,
    /// A signal is about to be delivered.
    Signal(c_int),
    /// It stopped for something else, such as its own start.
    Other,
    /// It ended with this code.
    Exited(c_int),
    /// This signal ended it.
    Killed(c_int),
}

const OPTIONS: c_int = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_EXITKILL;

fn done(result: c_long) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Traces a child of the calling thread from its next `execve` on, and all that it starts. Where that is not permitted,
/// the error says so.
///
/// # Errors
/// As ptrace(2).
pub fn seize(pid: i32) -> io::Result<()> {
    // SAFETY: no memory of this process is passed
    done(unsafe { libc::ptrace(libc::PTRACE_SEIZE, pid, null_mut::<c_void>(), OPTIONS as usize as *mut c_void) })
}

/// Waits for what comes next of the children and traced threads of the calling thread; nothing, where none is left.
///
/// # Errors
/// As waitpid(2).
pub fn wait() -> io::Result<Option<(i32, Event)>> {
    let mut status: c_int = 0;
    let pid = loop {
        // SAFETY: `status` outlives the call
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
        if pid != -1 {
            break pid;
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::ECHILD) => return Ok(None),
            _ => return Err(error),
        }
    };
    let event = if libc::WIFEXITED(status) {
        Event::Exited(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        Event::Killed(libc::WTERMSIG(status))
    } else {
        match (libc::WSTOPSIG(status), status >> 16) {
            (_, libc::PTRACE_EVENT_EXEC) => Event::Replaced,
            (_, 1..) => Event::Other,
            (signal, _) if signal == libc::SIGTRAP | 0x80 => call(pid).unwrap_or(Event::Other),
            (signal, _) => Event::Signal(signal),
        }
    };
    Ok(Some((pid, event)))
}

/// The system call that a thread stopped at.
fn call(pid: i32) -> io::Result<Event> {
    // SAFETY: a structure of numbers, for which zero is a value
    let mut info: libc::ptrace_syscall_info = unsafe { std::mem::zeroed() };
    let size = size_of_val(&info);
    // SAFETY: the kernel writes at most `size` bytes to `info`
    done(unsafe { libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO as c_uint, pid, size, &raw mut info) })?;
    Ok(match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY => {
            // SAFETY: `op` says which part of the union holds
            let entry = unsafe { info.u.entry };
            Event::Entry { number: entry.nr as i64, arguments: entry.args }
        }
        // SAFETY: as above
        libc::PTRACE_SYSCALL_INFO_EXIT => Event::Exit(unsafe { info.u.exit }.sval),
        _ => Event::Other,
    })
}

/// Lets a stopped thread go on to its next system call, with a signal, or 0.
///
/// # Errors
/// As ptrace(2): `ESRCH` where it was killed meanwhile.
pub fn resume(pid: i32, signal: c_int) -> io::Result<()> {
    // SAFETY: no memory of this process is passed
    done(unsafe { libc::ptrace(libc::PTRACE_SYSCALL, pid, null_mut::<c_void>(), signal as usize as *mut c_void) })
}

fn with_registers(pid: i32, change: impl FnOnce(&mut libc::user_regs_struct)) -> io::Result<()> {
    // SAFETY: a structure of numbers, for which zero is a value
    let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes one such structure
    done(unsafe { libc::ptrace(libc::PTRACE_GETREGS, pid, null_mut::<c_void>(), &raw mut registers) })?;
    change(&mut registers);
    // SAFETY: the kernel reads one such structure
    done(unsafe { libc::ptrace(libc::PTRACE_SETREGS, pid, null_mut::<c_void>(), &raw mut registers) })
}

/// Leaves out the system call that a thread is about to make: none is made. What it gives is to be [`gives`].
///
/// # Errors
/// As ptrace(2).
pub fn leave_out(pid: i32) -> io::Result<()> {
    with_registers(pid, |registers| registers.orig_rax = u64::MAX)
}

/// Makes the system call that a thread has made give this.
///
/// # Errors
/// As ptrace(2).
pub fn gives(pid: i32, result: i64) -> io::Result<()> {
    with_registers(pid, |registers| registers.rax = result as u64)
}

/// Puts another third argument to the system call that a thread is about to make: how many bytes are read or written.
///
/// # Errors
/// As ptrace(2).
pub fn counts(pid: i32, bytes: u64) -> io::Result<()> {
    with_registers(pid, |registers| registers.rdx = bytes)
}

/// Sends a signal.
///
/// # Errors
/// As kill(2).
pub fn signal(pid: i32, signal: c_int) -> io::Result<()> {
    // SAFETY: no memory of this process is passed
    done(c_long::from(unsafe { libc::kill(pid, signal) }))
}

/// Numbers of system calls and errors, and flags of the former.
pub mod name {
    pub use libc::{
        AT_FDCWD, EACCES, EAGAIN, EINTR, EIO, EMFILE, ENFILE, ENOENT, ENOLCK, ENOMEM, ENOSPC, EPERM, EPIPE, EROFS,
        O_ACCMODE, O_CREAT, O_RDONLY, SIGHUP, SIGINT, SIGKILL, SIGTERM, SYS_access, SYS_chmod, SYS_clone, SYS_clone3, SYS_close,
        SYS_dup2, SYS_execve, SYS_fchmod, SYS_fcntl, SYS_flock, SYS_fsync, SYS_ftruncate, SYS_getcwd, SYS_getdents64,
        SYS_ioctl, SYS_lseek, SYS_mkdir, SYS_newfstatat, SYS_openat, SYS_pipe2, SYS_poll, SYS_pread64, SYS_read,
        SYS_readlink, SYS_rename, SYS_renameat, SYS_renameat2, SYS_rmdir, SYS_statx, SYS_unlink, SYS_unlinkat,
        SYS_write, SYS_writev,
    };
}
