//! `factbrief find`

use std::collections::BTreeSet;
use std::fmt::Write as _;

use factbrief::propose::desk::Desk;
use factbrief::report::Format;
use factbrief::text::article::Article;
use factbrief::text::find::{self, Hit, Quotation};
use factbrief::text::gate::visible;

use super::check::open;
use super::quote::{marked, named};
use super::{Exit, Place, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The words, in the articles' own case; typography does not matter, `[...]` joins passages of one paragraph
    text: String,
    /// Also in files of the archive that no source names
    #[arg(long)]
    everywhere: bool,
    /// In the sources of one dossier only
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

/// Where words stand, and what rests on them.
struct Found<'a> {
    dossier: Option<&'a str>,
    source: Option<&'a str>,
    article: &'a Article,
    hit: Hit,
    /// Kind and id of the records whose quotations overlap.
    records: Vec<(&'static str, String)>,
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let Ok(quotation) = Quotation::parse(&options.text) else {
        output::tell("error: there are no words to be found\n");
        return Err(Exit::Unusable);
    };
    let workspace = open(place)?;
    let dossiers = named(&workspace, options.dossier.as_deref())?;
    let archive = place.archive(&workspace.project)?;
    if !archive.is_present() {
        output::tell(
            "error: the articles are not at hand\n  = help: name their folder: `--archive DIR`, or `archive` in factbrief.toml\n",
        );
        return Err(Exit::Io);
    }
    let mut exit = Exit::Clean;
    let mut desks: Vec<(&str, Desk<'_>)> = Vec::new();
    for (name, dossier) in &dossiers {
        for (reference, source) in dossier.sources.iter().filter(|(_, source)| source.is_article()) {
            match Desk::open(dossier, reference, &archive) {
                Ok(desk) => desks.push((name, desk)),
                Err(why) => {
                    output::tell(&format!("not searched: the article of source `{}`: {}\n", source.id, visible(&why)));
                    exit = exit.or(Exit::Io);
                }
            }
        }
    }
    let mut others: Vec<Article> = Vec::new();
    if options.everywhere {
        let registered: BTreeSet<&str> =
            workspace.dossiers.values().flat_map(|d| d.sources.iter().map(|(_, s)| s.file_name())).collect();
        let names = archive.names().map_err(|why| {
            output::tell(&format!("error: cannot read the archive: {}\n", visible(&why.to_string())));
            Exit::Io
        })?;
        for name in names.iter().filter(|n| !registered.contains(n.as_str())) {
            let read = archive.read(name).map_err(|w| w.to_string());
            match read.and_then(|bytes| Article::read(name.as_str(), bytes).map_err(|e| e.why)) {
                Ok(article) => others.push(article),
                Err(why) => output::tell(&format!("not searched: {}: {}\n", visible(name), visible(&why))),
            }
        }
    }
    let mut found: Vec<Found<'_>> = Vec::new();
    for (dossier, desk) in &desks {
        let hits = find::find(desk.article(), &options.text, &quotation);
        if hits.is_empty() {
            continue;
        }
        let used = desk.used();
        for hit in hits {
            let rests =
                used.iter().filter(|u| u.parts.iter().any(|p| p.start < hit.folded.end && hit.folded.start < p.end));
            let mut records: Vec<(&'static str, String)> = rests.map(|u| (u.kind, u.id.to_owned())).collect();
            records.dedup();
            let source = Some(desk.source().id.as_str());
            found.push(Found { dossier: Some(dossier), source, article: desk.article(), hit, records });
        }
    }
    for article in &others {
        for hit in find::find(article, &options.text, &quotation) {
            found.push(Found { dossier: None, source: None, article, hit, records: Vec::new() });
        }
    }
    let json = place.format() == Format::Json;
    let mut out = String::new();
    for one in &found {
        out.push_str(&if json { one.json() } else { one.shown(dossiers.len() > 1) });
    }
    output::print(&out)?;
    if !found.is_empty() {
        return Ok(exit);
    }
    output::tell("these words stand in no article that was searched\n");
    let searched = desks.iter().map(|(_, d)| d.article()).chain(&others);
    let mut near: Vec<_> = searched.filter_map(|a| find::near(a, &options.text).map(|n| (a, n))).collect();
    // the nearest are those of which most is alike: the one that differs latest
    near.sort_by_key(|(_, n)| std::cmp::Reverse(n.stands_at.start.saturating_sub(n.original.start)));
    for (article, near) in near.iter().take(3) {
        output::tell(&format!(
            "  near, {}:{}: \"{}\"\n    the first word that differs is \"{}\"\n",
            visible(article.file().name()),
            article.line(near.original.start),
            visible(article.file().text().get(near.original.clone()).unwrap_or_default()),
            visible(&near.stands)
        ));
    }
    Ok(exit.or(Exit::Findings))
}

impl Found<'_> {
    fn shown(&self, several: bool) -> String {
        let file = visible(self.article.file().name());
        let line = self.article.line(self.hit.original.start);
        let whose = match (self.dossier, self.source) {
            (Some(dossier), Some(source)) if several => format!(" [{dossier}: {source}]"),
            (_, Some(source)) => format!(" [{source}]"),
            _ => " [no source names this file]".to_owned(),
        };
        let mut out = format!("{file}:{line}{whose}: {}\n", marked(self.article, &self.hit.original));
        if self.source.is_some() {
            let ids: Vec<String> = self.records.iter().map(|(kind, id)| format!("{kind} `{id}`")).collect();
            let rests = if ids.is_empty() { "no record rests on it".to_owned() } else { ids.join(", ") };
            let _ = writeln!(out, "    {rests}");
        }
        out
    }

    fn json(&self) -> String {
        let original = &self.hit.original;
        let at = self.article.file().position(original.start);
        let paragraph = self.article.paragraph_at(self.hit.folded.start);
        let records: Vec<_> =
            self.records.iter().map(|(kind, id)| serde_json::json!({ "kind": kind, "id": id })).collect();
        let line = serde_json::json!({
            "reason": "hit", "dossier": self.dossier, "source": self.source, "file": visible(self.article.file().name()),
            "line": at.line.get(), "column": at.column.get(), "bytes": [original.start, original.end],
            "exact": self.hit.exact, "paragraph": visible(&self.article.folded().text()[paragraph]), "records": records,
        });
        format!("{line}\n")
    }
}
