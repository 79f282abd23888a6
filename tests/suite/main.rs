//! The program as its users meet it. One binary: each one links all of Typst.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may do what the library must not"
)]

mod audit;
mod bad;
mod bounds;
mod chance;
mod determinism;
mod editor;
mod evidence;
#[cfg(unix)]
mod faults;
mod finish;
mod floors;
mod formats;
mod fuzz;
mod import;
mod init;
mod injection;
mod intake;
mod kinds;
mod libya;
mod map;
mod page;
mod pictures;
mod project;
mod propose;
mod readme;
mod references;
mod review;
mod schema;
mod scratch;
mod scripts;
mod standing;
mod terminal;
mod watch;
