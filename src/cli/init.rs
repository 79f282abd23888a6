//! `factbrief init`

use std::path::PathBuf;

use factbrief::load::project;
use factbrief::text::gate::visible;

use super::{Exit, Place, check, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder to make a project of [default: the current one]
    dir: Option<PathBuf>,
    /// The project's title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// The files of the invented sample, and of every project, by path.
const SAMPLE: &[(&str, &str)] = &[
    (project::FILE, include_str!("init/sample/factbrief.toml")),
    ("README.md", include_str!("init/sample/README.md")),
    (".gitignore", include_str!("init/sample/gitignore")),
    ("archive/courier.txt", include_str!("init/sample/archive/courier.txt")),
    ("archive/estuary.txt", include_str!("init/sample/archive/estuary.txt")),
    ("archive/wire.txt", include_str!("init/sample/archive/wire.txt")),
    ("seeds/lessing-bay/sources.toml", include_str!("init/sample/seeds/lessing-bay/sources.toml")),
    ("seeds/lessing-bay/names.toml", include_str!("init/sample/seeds/lessing-bay/names.toml")),
    ("seeds/lessing-bay/facts.toml", include_str!("init/sample/seeds/lessing-bay/facts.toml")),
    ("briefings/fire.toml", include_str!("init/sample/briefings/fire.toml")),
    ("briefings/fire-chronology.toml", include_str!("init/sample/briefings/fire-chronology.toml")),
];

/// What the sample calls itself, in its project file and on its first page.
const SAMPLE_TITLE: &str = "Fire at Lessing Bay (an invented sample)";

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    if place.project.is_some() {
        output::tell(
            "error: init makes a project, and --project names one\n  = help: name the folder alone: `factbrief init DIR`\n",
        );
        return Err(Exit::Unusable);
    }
    let dir = options.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    let title = title(options.title.as_deref())?;
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (name, text) in SAMPLE {
        let text = match *name {
            project::FILE => text.replacen(&quoted(SAMPLE_TITLE), &quoted(&title), 1),
            "README.md" => text.replacen("@title@", &factbrief::text::markdown::escape(&title), 1),
            _ => (*text).to_owned(),
        };
        files.push((PathBuf::from(name), text));
    }
    if dir.join(project::FILE).symlink_metadata().is_ok() {
        output::tell(&format!(
            "error: {} is a project already; nothing was written\n  = help: take another folder: `factbrief init DIR`\n",
            visible(&dir.display().to_string())
        ));
        return Err(Exit::Unusable);
    }
    let called = options.dir.as_ref().map_or_else(String::new, |dir| dir.display().to_string());
    output::lay_out(&dir, &called, &files)?;
    let there = Place { project: Some(dir.clone()), ..Place::default() };
    let workspace = check::open(&there)?;
    let archive = there.archive(&workspace.project)?;
    let verdict = workspace.check(&archive, &factbrief::check::Settings::default());
    check::refresh(&there, &workspace, &verdict, false)?;
    let into = match &options.dir {
        Some(dir) => format!("cd {}\n", visible(&dir.display().to_string())),
        None => String::new(),
    };
    output::tell(&format!(
        "\nA project with an invented sample: three reports of a fire that disagree. Next:\n\n{into}factbrief build     # prints briefings/*.md and *.pdf\nfactbrief watch     # prints them again whenever a file is saved\n"
    ));
    Ok(Exit::Clean)
}

/// The project's title: one line of text.
fn title(given: Option<&str>) -> Result<String, Exit> {
    let title = given.unwrap_or(SAMPLE_TITLE).trim();
    if title.is_empty() || title.chars().any(char::is_control) {
        output::tell("error: --title takes a line of text\n");
        return Err(Exit::Unusable);
    }
    Ok(title.to_owned())
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
