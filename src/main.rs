//! The program: reads the command line, runs a command, gives its exit code.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the command line is where the world is touched"
)]

mod cli;

/// Handed out faster than by the system; nothing that is printed depends on it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
