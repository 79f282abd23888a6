//! `factbrief import`

mod references;
mod table;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use factbrief::load::{self, read};
use factbrief::text::gate::visible;

use super::{Exit, Place, output};

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A table of events: each row becomes an event with its figures, and is cited by its number
    Csv(table::Options),
    /// References of another program, as sources whose articles are still to be added
    References(references::Options),
    /// Print the mappings that come with the program, or one of them
    Mappings {
        /// The mapping
        name: Option<String>,
    },
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    let done = match &options.what {
        What::Csv(options) => table::run(place, options),
        What::References(options) => references::run(place, options),
        What::Mappings { name } => mappings(name.as_deref()),
    };
    done.unwrap_or_else(|exit| exit)
}

fn mappings(name: Option<&str>) -> Result<Exit, Exit> {
    let known = load::mapping::SHIPPED;
    let Some(name) = name else {
        for (name, text) in known {
            let first = text.lines().next().unwrap_or_default().trim_start_matches("# ");
            output::print(&format!("{name}: {first}\n"))?;
        }
        return Ok(Exit::Clean);
    };
    match known.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => output::print(text).map(|()| Exit::Clean),
        None => {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            Err(refuse(&format!("there is no mapping `{}`", visible(name)), &format!("shipped: {}", names.join(", "))))
        }
    }
}

/// Says why a call cannot be carried out.
fn refuse(why: &str, help: &str) -> Exit {
    output::tell(&format!("error: {why}\n  = help: {help}\n"));
    Exit::Unusable
}

/// The bytes of a file that is named in the call.
fn input(path: &Path, limit: u64) -> Result<Vec<u8>, Exit> {
    // what a caller names may be a link; what is in a project may not
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    read::bytes_to(&real, limit).map_err(|why| {
        output::tell(&format!("error: cannot read {}: {why}\n", visible(&path.display().to_string())));
        match why {
            read::Unread::TooLarge(..) => Exit::Limit,
            _ => Exit::Io,
        }
    })
}

/// The dossier that is meant: the one named, or the project's only one.
fn dossier(root: &Path, place: &Place, named: Option<&str>) -> Result<String, Exit> {
    let known =
        load::dossiers(&load::files::Files::on_disk(root)).map_err(|finding| match place.findings(&[*finding]) {
            Ok(()) => Exit::Io,
            Err(exit) => exit,
        })?;
    match (named, known.as_slice()) {
        (Some(name), _) if factbrief::facts::table::is_id(name) => Ok(name.to_owned()),
        (Some(name), _) => Err(refuse(
            &format!("`{}` cannot name a dossier", visible(name)),
            "a name has lower-case letters, digits and hyphens, a letter first",
        )),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(refuse("the project has no dossier", "name one: `--dossier NAME` makes it")),
        (None, several) => Err(refuse(
            "it is not said which dossier is meant",
            &format!("add `--dossier NAME`: {}", several.join(", ")),
        )),
    }
}

/// The TOML files of a dossier: path and text.
fn facts(
    root: &Path,
    dossier: &str,
    place: &Place,
) -> Result<Vec<std::sync::Arc<factbrief::text::file::TextFile>>, Exit> {
    let folder = root.join(load::SEEDS).join(dossier);
    let mut names: Vec<String> = match std::fs::read_dir(&folder) {
        Ok(listing) => listing.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            output::tell(&format!("error: cannot read {}/{dossier}: {error}\n", load::SEEDS));
            return Err(Exit::Io);
        }
    };
    names.retain(|name| Path::new(name).extension().is_some_and(|ending| ending == "toml"));
    names.sort();
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    for name in names {
        match read::text(&folder.join(&name), &format!("{}/{dossier}/{name}", load::SEEDS)) {
            Ok(file) => files.push(file),
            Err(finding) => findings.push(*finding),
        }
    }
    if findings.is_empty() {
        return Ok(files);
    }
    place.findings(&findings)?;
    Err(super::unusable(&findings))
}

/// Writes files into the project, each whole, in their order; folders are made where there are none.
fn write(root: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<Vec<bool>, Exit> {
    let mut written = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let done = output::claim_in(root, path.parent().unwrap_or(root))
            .and_then(|claimed| Ok((output::write(&claimed, path, bytes)?, claimed)));
        match done {
            Ok((done, claimed)) => {
                if done {
                    output::tell(&format!("wrote {}\n", visible(&shown)));
                }
                output::settle(&claimed, &shown)?;
                written.push(done);
            }
            Err(error) => {
                output::tell(&format!("error: cannot write {}: {error}\n", visible(&shown)));
                return Err(Exit::Io);
            }
        }
    }
    Ok(written)
}
