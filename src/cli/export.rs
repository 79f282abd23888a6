//! `factbrief export`

use std::collections::BTreeMap;

use clap::{Args, Subcommand, ValueEnum};
use factbrief::Workspace;
use factbrief::brief::bibliography::{self, Item};
use factbrief::check::Settings;
use factbrief::facts::dossier::{Dossier, Source};
use factbrief::facts::table::Ref;

use super::build::wanted;
use super::check::open;
use super::{Exit, Place, output};

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The references, for a program that manages them
    References(References),
}

#[derive(Args)]
struct References {
    /// The briefings whose references are meant, by slug [default: all sources of all dossiers]
    slugs: Vec<String>,
    /// The format
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    form: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// CSL-JSON, which Zotero, pandoc and Typst's neighbours read
    CslJson,
    /// BibTeX
    #[value(name = "bibtex")]
    BibTex,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    let done = match &options.what {
        What::References(options) => references(place, options),
    };
    done.unwrap_or_else(|exit| exit)
}

fn references(place: &Place, options: &References) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let sources = if options.slugs.is_empty() {
        let every = |d: &'_ Dossier| d.sources.iter().map(|(r, _)| r).collect::<Vec<_>>();
        workspace.dossiers.values().flat_map(|d| every(d).into_iter().map(move |r| (d, r))).collect()
    } else {
        cited(place, &workspace, &options.slugs)?
    };
    let items = named(&sources);
    output::print(&match options.form {
        Form::CslJson => bibliography::csl_json(&items),
        Form::BibTex => bibliography::bibtex(&items),
    })?;
    Ok(Exit::Clean)
}

/// The sources that briefings refer to, in the order of their lists, each once.
fn cited<'w>(
    place: &Place,
    workspace: &'w Workspace,
    slugs: &[String],
) -> Result<Vec<(&'w Dossier, Ref<Source>)>, Exit> {
    let requests = wanted(workspace, slugs)?;
    let archive = place.archive(&workspace.project)?;
    let settings = Settings { project: workspace.project.levels.clone(), ..Settings::default() };
    let verdict = workspace.check(&archive, &settings);
    let mut found: Vec<(&Dossier, Ref<Source>)> = Vec::new();
    for request in requests {
        let view = workspace.view(&verdict, request).map_err(|mut findings| {
            // what failed the check is why there is no view
            let mut all = verdict.findings();
            all.append(&mut findings);
            place.findings(&all).err().unwrap_or(Exit::Findings)
        })?;
        let dossier = workspace.dossier_of(request).ok().and_then(|name| workspace.dossiers.get(name));
        for reference in &view.references {
            if let Some(dossier) = dossier
                && let Some((source, _)) = dossier.sources.get(&reference.id)
                && !found.iter().any(|(d, s)| d.name == dossier.name && *s == source)
            {
                found.push((dossier, source));
            }
        }
    }
    Ok(found)
}

/// Sources under their ids; where two dossiers use the same id, under the dossier's name and the id.
fn named<'w>(sources: &[(&'w Dossier, Ref<Source>)]) -> Vec<Item<'w>> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for (dossier, source) in sources {
        *uses.entry(dossier.sources[*source].id.as_str()).or_default() += 1;
    }
    sources
        .iter()
        .map(|(dossier, source)| {
            let id = &dossier.sources[*source].id;
            let shared = uses.get(id.as_str()).is_some_and(|n| *n > 1);
            let id = if shared { format!("{}.{id}", dossier.name) } else { id.clone() };
            Item { id, dossier, source: *source }
        })
        .collect()
}
