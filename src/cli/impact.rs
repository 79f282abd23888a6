//! `factbrief impact`

use std::collections::BTreeMap;

use factbrief::audit::Auditor;
use factbrief::audit::impact::{Place as Printed, Rests, printed, rests_on};
use factbrief::check::Settings;
use factbrief::facts::dossier::{Dossier, Subject};
use factbrief::report::Format;
use factbrief::text::gate::visible;

use super::check::{no_record, open, unknown_record};
use super::{Exit, Place, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The records' ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let unknown: Vec<_> = options.ids.iter().filter_map(|id| unknown_record(&workspace, id, &no_record(id))).collect();
    if !unknown.is_empty() {
        place.findings(&unknown)?;
        return Err(Exit::Unusable);
    }
    let archive = place.archive(&workspace.project)?;
    let settings = Settings { project: workspace.project.levels.clone(), ..Settings::default() };
    let verdict = workspace.check(&archive, &settings);
    let (auditor, findings) = workspace.auditor(&verdict);
    let mut exit = Exit::Clean;
    if !findings.is_empty() {
        place.findings(&findings)?;
        output::tell("a briefing cannot be printed: what it would print is not listed\n");
        exit = Exit::Findings;
    }
    for id in &options.ids {
        for dossier in workspace.dossiers.values() {
            if let Some(subject) = dossier.find(id) {
                let json = place.format() == Format::Json;
                output::print(&impact(dossier, subject, &auditor, json))?;
            }
        }
    }
    Ok(exit)
}

fn impact(dossier: &Dossier, subject: Subject, auditor: &Auditor<'_>, json: bool) -> String {
    let resting = rests_on(dossier, subject);
    let mut ids = vec![dossier.head(subject).id];
    ids.extend(resting.iter().map(|r| dossier.head(r.subject).id));
    let briefings: Vec<(&str, &str, Vec<Printed>)> = auditor
        .printed
        .iter()
        .filter(|held| auditor.ledgers.get(held.ledger).is_some_and(|l| l.dossier.name == dossier.name))
        .map(|held| (held.printout.slug.as_str(), held.printout.kind.as_str(), printed(&held.printout, &ids)))
        .filter(|(.., places)| !places.is_empty())
        .collect();
    if json { as_json(dossier, subject, &resting, &briefings) } else { as_text(dossier, subject, &resting, &briefings) }
}

fn at(dossier: &Dossier, subject: Subject) -> (String, usize) {
    let head = dossier.head(subject);
    (visible(head.file.name()), head.file.position(head.header.start).line.get())
}

fn as_text(dossier: &Dossier, subject: Subject, resting: &[Rests], briefings: &[(&str, &str, Vec<Printed>)]) -> String {
    let head = dossier.head(subject);
    let (file, line) = at(dossier, subject);
    let mut out = format!("{} `{}`  ({file}:{line})\n", head.kind, head.id);
    if resting.is_empty() && briefings.is_empty() {
        out.push_str("nothing rests on it\n");
        return out;
    }
    let mut kinds: BTreeMap<&str, Vec<&Rests>> = BTreeMap::new();
    for one in resting {
        kinds.entry(dossier.head(one.subject).kind).or_default().push(one);
    }
    out.push_str(&match resting.len() {
        0 => "no record rests on it\n".to_owned(),
        1 => "1 record rests on it\n".to_owned(),
        n => format!("{n} records rest on it\n"),
    });
    for (kind, list) in kinds {
        out.push_str(&format!("\n{kind} ({})\n", list.len()));
        for one in list {
            let (file, line) = at(dossier, one.subject);
            let through = if one.steps > 1 {
                let between = dossier.head(one.through);
                format!(", through {} `{}`", between.kind, between.id)
            } else {
                String::new()
            };
            out.push_str(&format!("  `{}`  {file}:{line}{through}\n", dossier.head(one.subject).id));
        }
    }
    for (slug, kind, places) in briefings {
        let count = places.len();
        let noun = if count == 1 { "place" } else { "places" };
        out.push_str(&format!("\nbriefing `{slug}` ({kind}): {count} {noun}\n"));
        for one in places {
            let section = one.section.last().map(|s| format!(" under “{}”", visible(s))).unwrap_or_default();
            out.push_str(&format!("  {}{section}: {}\n", one.kind.word(), first_words(&one.text)));
        }
    }
    if briefings.is_empty() {
        out.push_str("\nno briefing prints any of it\n");
    }
    out.push('\n');
    out
}

fn as_json(dossier: &Dossier, subject: Subject, resting: &[Rests], briefings: &[(&str, &str, Vec<Printed>)]) -> String {
    let id = dossier.head(subject).id;
    let mut out = String::new();
    for one in resting {
        let head = dossier.head(one.subject);
        let (file, line) = at(dossier, one.subject);
        let value = serde_json::json!({
            "reason": "rests", "on": id, "kind": head.kind, "id": head.id, "file": file, "line": line,
            "through": dossier.head(one.through).id, "steps": one.steps,
        });
        out.push_str(&format!("{value}\n"));
    }
    for (slug, kind, places) in briefings {
        for one in places {
            let section: Vec<String> = one.section.iter().map(|s| visible(s)).collect();
            let value = serde_json::json!({
                "reason": "printed", "on": id, "briefing": slug, "kind": kind, "unit": one.kind.word(),
                "section": section, "text": visible(&one.text), "records": one.records,
            });
            out.push_str(&format!("{value}\n"));
        }
    }
    let (file, line) = at(dossier, subject);
    let value = serde_json::json!({
        "reason": "impact", "id": id, "kind": dossier.head(subject).kind, "file": file, "line": line,
        "records": resting.len(), "places": briefings.iter().map(|(.., p)| p.len()).sum::<usize>(),
    });
    out.push_str(&format!("{value}\n"));
    out
}

/// The first words of a text, on one line.
pub(super) fn first_words(text: &str) -> String {
    const MOST: usize = 90;
    let text = visible(&text.replace('¦', "|"));
    let text = text.trim().trim_end_matches([' ', '|']);
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MOST).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}
