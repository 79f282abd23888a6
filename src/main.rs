//! The program: reads the command line, runs a command, gives its exit code.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the command line is where the world is touched"
)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
