//! `factbrief init`

use std::path::{Path, PathBuf};

use factbrief::editor::schema::Written;
use factbrief::load::files::Files;
use factbrief::load::project::{self, Project};
use factbrief::load::{BRIEFINGS, SEEDS, dossier};
use factbrief::text::gate::visible;
use factbrief::text::markdown::escape;

use super::{Exit, Place, check, output, source, suggest};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder to make a project of [default: the current one]
    dir: Option<PathBuf>,
    /// The project's title [default: that of the sample; without it, the folder's name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Begin with articles at hand (saved pages, texts, PDFs) in place of the sample
    #[arg(long, value_name = "FILE", num_args = 1..)]
    from_articles: Vec<PathBuf>,
}

const PROJECT: &str = include_str!("init/sample/factbrief.toml");

/// The files of every project, by path.
const FILES: &[(&str, &str)] = &[
    (".gitignore", include_str!("init/sample/gitignore")),
    (".taplo.toml", include_str!("init/sample/taplo.toml")),
    (".vscode/extensions.json", include_str!("init/sample/extensions.json")),
    (".github/workflows/factbrief.yml", include_str!("../../docs/ci/github-workflow.yml")),
];

/// The files of the invented sample, by path.
const SAMPLE: &[(&str, &str)] = &[
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
        return Err(refused(
            "init makes a project, and --project names one",
            "name the folder alone: `factbrief init DIR`",
        ));
    }
    let dir = options.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    let shown = visible(&dir.display().to_string());
    if dir.join(project::FILE).symlink_metadata().is_ok() {
        return Err(refused(
            &format!("{shown} is a project already; nothing was written"),
            "take another folder: `factbrief init DIR`",
        ));
    }
    let sample = options.from_articles.is_empty();
    let name = slug(&dir);
    let default = if sample { SAMPLE_TITLE } else { name.as_str() };
    let title = options.title.as_deref().unwrap_or(default).trim();
    if title.is_empty() || title.chars().any(char::is_control) {
        return Err(refused("--title takes a line of text", "as in `--title \"Floods on the Tarn\"`"));
    }
    let missing: Vec<String> = options
        .from_articles
        .iter()
        .filter(|file| !file.is_file())
        .map(|file| visible(&file.display().to_string()))
        .collect();
    if !missing.is_empty() {
        return Err(refused(
            &format!("there is no file {}; nothing was written", missing.join(", ")),
            "give articles that are at hand",
        ));
    }

    let mut files: Vec<(PathBuf, String)> = vec![
        (PathBuf::from(project::FILE), PROJECT.replacen(&quoted(SAMPLE_TITLE), &quoted(title), 1)),
        (PathBuf::from("README.md"), include_str!("init/sample/README.md").replacen("@title@", &escape(title), 1)),
    ];
    for (path, text) in FILES {
        let text = text.replace("FACTBRIEF_VERSION: 0.1.0", concat!("FACTBRIEF_VERSION: ", env!("CARGO_PKG_VERSION")));
        files.push((PathBuf::from(path), text));
    }
    for written in Written::ALL {
        files.push((PathBuf::from("schemas").join(written.file()), format!("{:#}\n", written.schema())));
    }
    if sample {
        files.extend(SAMPLE.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())));
    }
    let called = options.dir.as_ref().map_or_else(String::new, |dir| dir.display().to_string());
    output::lay_out(&dir, &called, &files)?;
    let there = Place { project: Some(dir.clone()), ..Place::default() };
    let into = options.dir.as_ref().map(|_| format!("cd {shown}\n")).unwrap_or_default();
    if sample {
        let workspace = check::open(&there)?;
        let archive = there.archive(&workspace.project)?;
        let verdict = workspace.check(&archive, &factbrief::check::Settings::default());
        check::refresh(&there, &workspace, &verdict, false)?;
        output::tell(&format!(
            "\nA project with an invented sample: three reports of a fire that disagree. Next:\n\n{into}factbrief build     # prints briefings/*.md and *.pdf\nfactbrief watch     # prints them again whenever a file is saved\n"
        ));
        return Ok(Exit::Clean);
    }
    let names = (PathBuf::from(SEEDS).join(&name).join("names.toml"), include_str!("init/sample/names.toml"));
    output::lay_out(&dir, &called, &[names])?;
    let mut exit = begin(&there, &dir, &name, &options.from_articles);
    exit = exit.or(asked(&dir, &called, &name, title)?);
    output::tell(&format!(
        "\nNext:\n\n{into}# write who speaks and what happened in {SEEDS}/{name}/names.toml; then move records that you want out of\n# {SEEDS}/{name}/suggestions-*.toml, take the `# ` off, and fill in what is open\nfactbrief quote SOURCE \"words\"     # proposes a record for a passage\nfactbrief watch                    # checks and prints whenever a file is saved\n"
    ));
    Ok(exit)
}

/// Takes the articles in, and proposes records for what they say.
fn begin(place: &Place, dir: &Path, name: &str, articles: &[PathBuf]) -> Exit {
    let archive = dir.join("archive");
    let seeds = dir.join(SEEDS).join(name);
    for folder in [&archive, &seeds] {
        if let Err(error) = std::fs::create_dir_all(folder) {
            output::tell(&format!("error: cannot make {}: {error}\n", visible(&folder.display().to_string())));
            return Exit::Io;
        }
    }
    let added = source::add(place, articles, name);
    if !seeds.join("sources.toml").is_file() {
        return added;
    }
    added.or(suggest::all(place))
}

/// Two briefings to begin with, as of the day of the newest article.
fn asked(dir: &Path, called: &str, name: &str, title: &str) -> Result<Exit, Exit> {
    let newest = Project::open(dir)
        .and_then(|project| dossier(&Files::on_disk(dir), name, &project.language))
        .ok()
        .and_then(|dossier| dossier.sources.iter().filter_map(|(_, source)| source.published.as_ref()?.as_day()).max());
    let as_of = match newest {
        Some(day) => format!("as_of = \"{day}\"\n"),
        None => "# the day whose state of knowledge it gives\nas_of = \"YYYY-MM-DD\"\n".to_owned(),
    };
    let file = |kind: &str, head: &str| {
        format!(
            "# briefings/README.md of factbrief says what may stand here.\nkind  = \"{kind}\"\ntitle = {}\n{as_of}",
            quoted(&format!("{title}: {head}"))
        )
    };
    let files = [
        (PathBuf::from(BRIEFINGS).join("chronology.toml"), file("chronology", "chronology")),
        (PathBuf::from(BRIEFINGS).join("figures.toml"), file("casualty-table", "figures")),
    ];
    output::lay_out(dir, called, &files)?;
    Ok(Exit::Clean)
}

fn refused(why: &str, help: &str) -> Exit {
    output::tell(&format!("error: {why}\n  = help: {help}\n"));
    Exit::Unusable
}

/// The name of a folder as the name of a dossier.
fn slug(dir: &Path) -> String {
    let real = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let slug = parts.join("-");
    let sound = slug.starts_with(|c: char| c.is_ascii_alphabetic()) && slug.len() <= 40;
    if sound { slug } else { "facts".to_owned() }
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
