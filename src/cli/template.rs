//! `factbrief template`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use factbrief::brief::language::Language;
use factbrief::facts::{table::is_id, text::is_language_tag};
use factbrief::load::TEMPLATES;
use factbrief::render::template::{KINDS, kinds, shipped, shipped_paths};
use factbrief::text::gate::visible;
use factbrief::text::nearest::nearest;

use super::{Exit, Place, output};

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List the kinds and languages that come with the program, and the project's own
    List,
    /// Copy a shipped kind of briefing into the project, to be changed there
    New(New),
    /// Copy a language's table of fixed words into the project, to be changed or translated there
    Language(Words),
}

#[derive(Args)]
struct New {
    /// The kind to begin with
    kind: String,
    /// The name of the new kind [default: the same, which then takes the place of the shipped one]
    name: Option<String>,
}

#[derive(Args)]
struct Words {
    /// The language tag (BCP 47), as fr or pt-BR; one that is not shipped begins with the English words
    tag: String,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    let done = match &options.what {
        What::List => list(place),
        What::New(new) => copy_kind(place, new),
        What::Language(words) => copy_words(place, words),
    };
    done.unwrap_or_else(|exit| exit)
}

fn list(place: &Place) -> Result<Exit, Exit> {
    let root = place.root()?;
    let mut out = String::new();
    for kind in kinds(&root) {
        let own = root.join(TEMPLATES).join(&kind).is_dir();
        let whose = match (own, KINDS.contains(&kind.as_str())) {
            (true, true) => "the project's, in place of the shipped one",
            (true, false) => "the project's",
            (false, _) => "shipped",
        };
        out.push_str(&format!("kind      {:<18} {whose}\n", visible(&kind)));
    }
    for tag in Language::shipped_tags() {
        let own = root.join(TEMPLATES).join("languages").join(format!("{tag}.toml")).is_file();
        let whose = if own { "the project's, in place of the shipped one" } else { "shipped" };
        out.push_str(&format!("language  {tag:<18} {whose}\n"));
    }
    output::print(&out)?;
    Ok(Exit::Clean)
}

fn copy_kind(place: &Place, new: &New) -> Result<Exit, Exit> {
    let root = place.root()?;
    if !KINDS.contains(&new.kind.as_str()) {
        let guess = nearest(&new.kind, KINDS.iter().copied()).map(|g| format!("; did you mean `{g}`?"));
        output::tell(&format!(
            "error: no kind `{}` comes with the program{}\n  = help: known: {}\n",
            visible(&new.kind),
            guess.unwrap_or_default(),
            KINDS.join(", ")
        ));
        return Err(Exit::Unusable);
    }
    let name = new.name.as_deref().unwrap_or(&new.kind);
    if !is_id(name) || matches!(name, "partials" | "shared" | "languages") {
        output::tell(&format!(
            "error: `{}` cannot name a kind\n  = help: take lower-case letters, digits and hyphens, a letter first; partials, shared and languages are taken\n",
            visible(name)
        ));
        return Err(Exit::Unusable);
    }
    let prefix = format!("{}/", new.kind);
    let mut files: Vec<(PathBuf, &str)> = Vec::new();
    for path in shipped_paths() {
        let Some(text) = shipped(path) else { continue };
        let to = match path.strip_prefix(&prefix) {
            Some(file) => PathBuf::from(name).join(file),
            // what the kind is built from; a project's own stays as it is
            None if path.starts_with("partials/") || path.starts_with("shared/") => {
                if root.join(TEMPLATES).join(path).exists() {
                    continue;
                }
                PathBuf::from(path)
            }
            None => continue,
        };
        files.push((Path::new(TEMPLATES).join(to), text));
    }
    output::lay_out(&root, "", &files)?;
    output::tell(&format!("set `kind = \"{name}\"` in a briefing to print it\n"));
    Ok(Exit::Clean)
}

fn copy_words(place: &Place, words: &Words) -> Result<Exit, Exit> {
    let root = place.root()?;
    if !is_language_tag(&words.tag) {
        output::tell(&format!(
            "error: `{}` is no language tag\n  = help: write it as fr, pt-BR or zh-Hant (BCP 47)\n",
            visible(&words.tag)
        ));
        return Err(Exit::Unusable);
    }
    let first = words.tag.split('-').next().unwrap_or_default();
    let text = Language::shipped_text(first).or_else(|| Language::shipped_text("en")).unwrap_or_default();
    output::lay_out(&root, "", &[(Path::new(TEMPLATES).join("languages").join(format!("{}.toml", words.tag)), text)])?;
    output::tell(&format!("set `language = \"{}\"` in a briefing or in factbrief.toml to use it\n", words.tag));
    Ok(Exit::Clean)
}
