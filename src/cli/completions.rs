//! `factbrief completions`

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(options: &Options) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "factbrief", &mut text);
    output::print(&String::from_utf8_lossy(&text)).err().unwrap_or(Exit::Clean)
}
