//! `factbrief man`

use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use factbrief::text::gate::visible;
use factbrief::text::nearest::nearest;

use super::{Cli, Exit, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The command whose page is printed [default: that of the program]
    command: Option<String>,
    /// Write all pages to this folder, a file each; made, if it is not there
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    out: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Exit {
    attempt(options).unwrap_or_else(|exit| exit)
}

fn attempt(options: &Options) -> Result<Exit, Exit> {
    let mut program = Cli::command();
    program.build();
    let mut pages = vec![(String::from("factbrief"), program.clone())];
    collect(&program, "factbrief", &mut pages);
    if let Some(folder) = &options.out {
        return write(folder, &pages);
    }
    let name = options.command.as_ref().map_or("factbrief".to_owned(), |command| format!("factbrief-{command}"));
    let Some((_, command)) = pages.iter().find(|(known, _)| *known == name) else {
        let asked = options.command.as_deref().unwrap_or_default();
        let known = pages.iter().filter_map(|(name, _)| name.strip_prefix("factbrief-"));
        let guess = nearest(asked, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
        output::tell(&format!(
            "error: there is no command `{}`{guess}\n  = help: `factbrief --help` lists all\n",
            visible(asked)
        ));
        return Err(Exit::Unusable);
    };
    output::print(&page(command, &name)?)?;
    Ok(Exit::Clean)
}

/// The commands below a command, with the names of their pages.
fn collect(command: &Command, prefix: &str, pages: &mut Vec<(String, Command)>) {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        let name = format!("{prefix}-{}", inner.get_name());
        pages.push((name.clone(), inner.clone()));
        collect(inner, &name, pages);
    }
}

fn page(command: &Command, name: &str) -> Result<String, Exit> {
    let mut text = Vec::new();
    let command = command.clone().version(env!("CARGO_PKG_VERSION"));
    Man::new(command).title(name.to_owned()).render(&mut text).map_err(|_| Exit::Defect)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write(folder: &std::path::Path, pages: &[(String, Command)]) -> Result<Exit, Exit> {
    let shown = visible(&folder.display().to_string());
    let failed = |name: &str, error: &std::io::Error| {
        output::tell(&format!("error: cannot write {shown}/{name}: {error}\n"));
        Exit::Io
    };
    std::fs::create_dir_all(folder).map_err(|error| failed("", &error))?;
    let claimed = output::claim(folder).map_err(|error| failed("", &error))?;
    for (name, command) in pages {
        let file = format!("{name}.1");
        let text = page(command, name)?;
        output::write(&claimed, &folder.join(&file), text.as_bytes()).map_err(|error| failed(&file, &error))?;
    }
    output::settle(&claimed, &shown)?;
    output::tell(&format!("wrote {} pages to {shown}/\n", pages.len()));
    Ok(Exit::Clean)
}
