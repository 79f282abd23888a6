//! `factbrief suggest`

use std::fmt::Write as _;

use factbrief::Workspace;
use factbrief::facts::dossier::{Dossier, Source};
use factbrief::facts::table::Ref;
use factbrief::load::{self, read};
use factbrief::propose::Proposal;
use factbrief::propose::coverage::{Coverage, Item};
use factbrief::propose::desk::Desk;
use factbrief::report::Format;
use factbrief::text::gate::visible;

use super::check::open;
use super::quote::{around, block, desk, named, source_of};
use super::{Exit, Levels, Place, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The source's id
    #[arg(required_unless_present = "all")]
    source: Option<String>,
    /// All sources
    #[arg(long, conflicts_with = "source")]
    all: bool,
    /// Write records for the passages, commented out, to seeds/<dossier>/suggestions-<source>.toml
    #[arg(long)]
    write: bool,
    /// The dossier, where several have a source of that id
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
}

/// Proposes records for all sources, for a new project.
pub(super) fn all(place: &Place) -> Exit {
    run(place, &Options { source: None, all: true, write: true, dossier: None })
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let mut sources: Vec<(&str, &Dossier, Ref<Source>)> = Vec::new();
    match &options.source {
        Some(id) => sources.push(source_of(&workspace, id, options.dossier.as_deref())?),
        None => {
            for (name, dossier) in named(&workspace, options.dossier.as_deref())? {
                sources.extend(dossier.sources.iter().filter(|(_, s)| s.is_article()).map(|(r, _)| (name, dossier, r)));
            }
        }
    }
    let archive = place.archive(&workspace.project)?;
    let settings = Levels { deny: Vec::new(), warn: Vec::new(), allow: Vec::new() }.settings(&workspace.project)?;
    let mut exit = Exit::Clean;
    for (name, dossier, source) in sources {
        let desk = match desk(dossier, source, &archive) {
            Ok(desk) => desk,
            // the others are read all the same
            Err(other) if archive.is_present() => {
                exit = exit.or(other);
                continue;
            }
            Err(other) => return Err(other),
        };
        let coverage = desk.coverage();
        output::print(&if place.format() == Format::Json {
            lines(name, &desk, &coverage)
        } else {
            listed(&desk, &coverage)
        })?;
        if options.write {
            let proposals = desk.suggestions(&coverage, &settings).map_err(|findings| {
                let _ = place.findings(&findings);
                Exit::Defect
            })?;
            exit = exit.or(write(&workspace, name, &desk.source().id, &proposals)?);
        }
    }
    Ok(exit)
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(100)
}

/// The line of an article that an item stands on, and its sentence with the item in view.
fn shown(desk: &Desk<'_>, item: &Item) -> (usize, String) {
    let article = desk.article();
    let line = article.line(article.folded().original(&item.span).start).get();
    (line, around(article.folded().text(), &item.sentence, &item.span))
}

fn listed(desk: &Desk<'_>, coverage: &Coverage) -> String {
    let source = desk.source();
    let publisher = source.publisher.as_ref().map_or("publisher unknown", |p| p.as_str());
    let (used, all) = (coverage.used(), coverage.items.len());
    let mut out = format!(
        "{} ({}): {used} of {all} quantities, dates and speeches are used by records ({} %); {} of {} words are quoted ({} %)\n",
        source.id,
        visible(publisher),
        percent(used, all),
        coverage.words_quoted,
        coverage.words,
        percent(coverage.words_quoted, coverage.words)
    );
    let unused: Vec<&Item> = coverage.unused().collect();
    let text = desk.article().folded().text();
    for group in unused.chunk_by(|a, b| a.sentence == b.sentence) {
        let Some(first) = group.first() else { continue };
        let (line, sentence) = shown(desk, first);
        let held: Vec<String> = group
            .iter()
            .map(|item| {
                let words = visible(&text[item.span.clone()]);
                let brief: String = words.chars().take(40).collect();
                let cut = if brief.len() < words.len() { "…" } else { "" };
                format!("{} \"{brief}{cut}\"", item.holds.word())
            })
            .collect();
        let _ = writeln!(out, "  line {line}: {sentence}\n    {}", held.join(", "));
    }
    out
}

fn lines(dossier: &str, desk: &Desk<'_>, coverage: &Coverage) -> String {
    let mut out = String::new();
    let article = desk.article();
    for item in &coverage.items {
        let original = article.folded().original(&item.span);
        let line = serde_json::json!({
            "reason": "passage", "dossier": dossier, "source": desk.source().id, "holds": item.holds.word(),
            "line": article.line(original.start).get(), "bytes": [original.start, original.end],
            "text": visible(&article.folded().text()[item.span.clone()]),
            "sentence": visible(&article.folded().text()[item.sentence.clone()]), "records": item.used_by,
        });
        let _ = writeln!(out, "{line}");
    }
    let line = serde_json::json!({
        "reason": "coverage", "dossier": dossier, "source": desk.source().id, "passages": coverage.items.len(),
        "used": coverage.used(), "words": coverage.words, "words_quoted": coverage.words_quoted,
    });
    let _ = writeln!(out, "{line}");
    out
}

/// Writes proposals to the file of a source: of comments alone, so that it holds no fact.
fn write(workspace: &Workspace, dossier: &str, source: &str, proposals: &[Proposal]) -> Result<Exit, Exit> {
    let name = format!("suggestions-{source}.toml");
    let shown = format!("{}/{dossier}/{name}", load::SEEDS);
    let folder = workspace.project.root.join(load::SEEDS).join(dossier);
    let path = folder.join(&name);
    let failed = |why: &dyn std::fmt::Display| {
        output::tell(&format!("error: cannot write {shown}: {why}\n  = note: what was there before is unchanged\n"));
        Exit::Io
    };
    let claimed = output::claim_in(&workspace.project.root, &folder).map_err(|error| failed(&error))?;
    match read::bytes(&path) {
        Ok(bytes) => {
            let old = read::admit(bytes, &shown).map_err(|f| failed(&f.title))?;
            let holds = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
            if old.text().lines().any(holds) {
                output::tell(&format!(
                    "error: {shown} holds records and is not written anew\n  = help: move them to another file of the dossier, and run this again\n"
                ));
                return Ok(Exit::Findings);
            }
        }
        Err(read::Unread::Absent) if proposals.is_empty() => return Ok(Exit::Clean),
        Err(read::Unread::Absent) => {}
        Err(why) => return Err(failed(&why)),
    }
    let mut text = format!(
        "# Written by factbrief: what `{source}` says and no record uses. Proposals, and no facts: move a record to another\n# file, take the \"# \" off its lines, fill in what is open. This file is written anew by `factbrief suggest {source} --write`.\n"
    );
    proposals.iter().for_each(|proposal| text.push_str(&block(source, proposal)));
    if output::write(&claimed, &path, text.as_bytes()).map_err(|error| failed(&error))? {
        output::settle(&claimed, &shown)?;
        output::tell(&format!("wrote {shown}: {} proposals, commented out\n", proposals.len()));
    }
    Ok(Exit::Clean)
}
