//! Faults: the program killed at a system call, or with one that fails or does half of what was asked; many runs at once;
//! signals; disks that are full, folders that cannot be written, streams that are closed.
//!
//! By default a sample. `FACTBRIEF_FULL=1` goes through all until none is left, and tells how many there were
//! (`--nocapture`). Where the system does not permit ptrace nothing can be killed at a call: that is told, and
//! `FACTBRIEF_FAULTS=require` makes it a failure.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod calls;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod traced;
mod tree;

mod around;

/// Whether everything is gone through, rather than a sample.
#[allow(dead_code, reason = "calls are traced on some systems only")]
fn full() -> bool {
    std::env::var_os("FACTBRIEF_FULL").is_some_and(|v| v == "1")
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
#[test]
fn calls_are_traced() {
    let required = std::env::var_os("FACTBRIEF_FAULTS").is_some_and(|v| v == "require");
    assert!(!required, "FACTBRIEF_FAULTS=require, and system calls are traced under Linux on x86-64 only");
    eprintln!("skipped: system calls are traced under Linux on x86-64 only");
}
