//! Floor 3: from files to a resolved dossier.
//!
//! - [`project`]: `factbrief.toml`; [`briefing`]: `briefings/<slug>.toml`
//! - [`dossier()`]: all TOML of a dossier, merged and resolved
//! - [`archive`]: the articles; [`lock`]: the evidence lock
//! - [`files`]: the files of a project; [`read`]: files from disk; [`revision`]: two states of a dossier, key by key
//! - [`mapping`]: columns of a table to records; [`import`](mod@import): a table by a mapping; [`tables`]: those of a dossier
//! - [`references`]: lists of references, as sources whose articles are still to be added
//! - [`mod@excerpt`]: a part of a dossier as a dossier of its own
//! - [`edit`]: a record changed in its file, with all else in it kept
//! - [`schema`]: the JSON Schema of all that is written by hand

pub mod archive;
pub mod briefing;
pub(crate) mod document;
pub mod edit;
pub mod excerpt;
pub mod files;
pub mod import;
pub mod lock;
pub mod mapping;
pub mod project;
pub mod read;
mod records;
pub mod references;
pub mod revision;
pub mod schema;
pub mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use toml::Spanned;
use toml::de::DeValue;

use crate::diag::{self, Diagnostic, Edit, Label};
use crate::facts::dossier::{Anchor, Dossier};
use crate::facts::table::{Entry, Ids, MAX_ID, Table, is_id};
use crate::text::file::TextFile;
use crate::text::gate;
use crate::text::nearest::nearest;
use document::Keys;
use files::Files;
use records::{AllIds, Resolve, Resolver};
use tables::{Made, TableFiles};

/// The folder of dossiers in a project.
pub const SEEDS: &str = "seeds";
/// The folder of briefings in a project.
pub const BRIEFINGS: &str = "briefings";
/// The folder of templates in a project.
pub const TEMPLATES: &str = "templates";

const BUILTIN: &str = include_str!("builtin.toml");

/// The name that records have for their file which come with the program.
pub const VOCABULARY: &str = "built-in vocabulary";

/// The names of the dossiers of a project, sorted.
///
/// # Errors
/// Where the folder cannot be read.
pub fn dossiers(files: &Files) -> Result<Vec<String>, Box<Diagnostic>> {
    files.folders(SEEDS)
}

/// The slugs of the briefings of a project, sorted.
///
/// # Errors
/// Where the folder cannot be read.
pub fn briefings(files: &Files) -> Result<Vec<String>, Box<Diagnostic>> {
    let names = files.tables(BRIEFINGS)?;
    Ok(names.into_iter().filter_map(|n| n.strip_suffix(".toml").map(str::to_owned)).collect())
}

/// Reads all TOML files of a dossier's folder.
///
/// # Errors
/// Every syntax, schema and reference error of all its files, at once.
pub fn dossier(files: &Files, name: &str, language: &str) -> Result<Dossier, Vec<Diagnostic>> {
    let shown = format!("{SEEDS}/{name}");
    let names = files.tables(&shown).map_err(|f| vec![*f])?;
    if names.is_empty() {
        return Err(vec![
            Diagnostic::new("no-facts", format!("{shown} holds no facts"))
                .note("a dossier is a folder of TOML files; nothing checked is never a pass"),
        ]);
    }
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    for file in names {
        match files.text(&format!("{shown}/{file}")) {
            Ok(text) => texts.push(text),
            Err(finding) => findings.push(*finding),
        }
    }
    let tables = match tables::files(files, name) {
        Ok(tables) => tables,
        Err(more) => {
            findings.extend(more);
            Vec::new()
        }
    };
    match resolve_with(name, language, &texts, &tables) {
        Ok(dossier) if findings.is_empty() => Ok(dossier),
        Ok(_) => Err(findings),
        Err(more) => {
            let unread = !findings.is_empty();
            findings.extend(more);
            if unread {
                without_references(&mut findings, None);
            }
            diag::sort(&mut findings);
            Err(findings)
        }
    }
}

/// The records that come with the program, as a text.
#[must_use]
pub fn builtin() -> Arc<TextFile> {
    Arc::new(TextFile::new(VOCABULARY, BUILTIN))
}

struct Raw<'d> {
    file: &'d Arc<TextFile>,
    header: Range<usize>,
    value: &'d Spanned<DeValue<'d>>,
}

/// Merges the files of a dossier into one namespace and resolves every reference.
///
/// # Errors
/// Every syntax, schema and reference error of all files, at once, in canonical order.
pub fn resolve(name: &str, language: &str, files: &[Arc<TextFile>]) -> Result<Dossier, Vec<Diagnostic>> {
    resolve_with(name, language, files, &[])
}

/// As [`resolve`], with the records of imported tables.
///
/// # Errors
/// As [`resolve`], and all that is wrong with the tables.
pub fn resolve_with(
    name: &str,
    language: &str,
    files: &[Arc<TextFile>],
    tables: &[TableFiles],
) -> Result<Dossier, Vec<Diagnostic>> {
    let builtin = builtin();
    let mut findings = Vec::new();
    let mut documents = Vec::new();
    let mut unread: BTreeSet<String> = BTreeSet::new();
    let all: Vec<&Arc<TextFile>> = files.iter().chain(std::iter::once(&builtin)).collect();
    let length: usize = all.iter().map(|file| file.text().len()).sum();
    let parsed = of_each(&all, length > MUCH, |file| document::parse(file));
    for (file, parsed) in all.into_iter().zip(parsed) {
        match parsed {
            Ok(document) => documents.push(document),
            Err(more) => {
                unread.extend(heads(file.text()));
                findings.extend(more);
            }
        }
    }

    // every record by kind and id, and every id once
    let mut raw: BTreeMap<&str, BTreeMap<&str, Raw<'_>>> = BTreeMap::new();
    let mut seen: BTreeMap<&str, (&Arc<TextFile>, Range<usize>)> = BTreeMap::new();
    for document in &documents {
        for (kind, records) in &document.table {
            let Some(kind_name) = Dossier::KINDS.iter().find(|k| **k == kind.as_ref().as_ref()) else {
                let guess = nearest(kind.as_ref(), Dossier::KINDS.iter().copied());
                let finding =
                    Diagnostic::new("schema", format!("`{}` is not a kind of record", gate::visible(kind.as_ref())))
                        .at(document.file, &kind.span(), "not known")
                        .help_if(guess.map(|g| format!("did you mean `{g}`?")))
                        .help(format!("records are: {}", Dossier::KINDS.join(", ")));
                findings.push(match guess {
                    Some(guess) => {
                        finding.fix(format!("write `{guess}`"), vec![Edit::new(document.file, &kind.span(), guess)])
                    }
                    None => finding,
                });
                continue;
            };
            let DeValue::Table(records) = records.get_ref() else {
                findings.push(
                    Diagnostic::new("schema", format!("`{kind_name}` is not a table of records"))
                        .at(document.file, &kind.span(), "no id")
                        .help(format!("write each record under its id: `[{kind_name}.some-id]`")),
                );
                continue;
            };
            for (id, value) in records {
                let header = id.span();
                let id: &str = id.as_ref();
                if !is_id(id) {
                    findings.push(
                        Diagnostic::new("schema", format!("`{}` cannot be an id", gate::visible(id)))
                            .at(document.file, &header, "not an id")
                            .help(format!("an id has lower-case letters a-z, digits and hyphens, a letter first, at most {MAX_ID} characters")),
                    );
                    continue;
                }
                if !matches!(value.get_ref(), DeValue::Table(_)) {
                    findings.push(
                        Diagnostic::new("schema", format!("{kind_name} `{id}` is not a table"))
                            .at(document.file, &header, "a record is a table")
                            .help(format!("write `[{kind_name}.{id}]` and its keys below")),
                    );
                    continue;
                }
                if Arc::ptr_eq(document.file, &builtin) {
                    // the built-in vocabulary comes last and gives way: a dossier may define a category anew, and its
                    // other records need not know the names of categories and measures
                    raw.entry(kind_name).or_default().entry(id).or_insert(Raw { file: document.file, header, value });
                    continue;
                }
                if let Some((file, first)) = seen.get(id) {
                    findings.push(
                        Diagnostic::new("repeated-id", format!("the id `{id}` is used twice"))
                            .at(document.file, &header, "here again")
                            .at(file, first, "first here")
                            .note("all records of a dossier share one namespace"),
                    );
                    continue;
                }
                seen.insert(id, (document.file, header.clone()));
                raw.entry(kind_name).or_default().insert(id, Raw { file: document.file, header, value });
            }
        }
    }

    let mut opened = Vec::new();
    for one in tables {
        match tables::open(one) {
            Ok(table) => opened.push(table),
            Err(more) => findings.extend(more),
        }
    }
    let mut made: BTreeMap<&str, (Made, &Arc<TextFile>, &Range<usize>)> = BTreeMap::new();
    for table in &opened {
        let is_table = raw.get("source").and_then(|sources| sources.get(table.source())).is_some_and(|source| {
            matches!(source.value.get_ref(), DeValue::Table(keys) if keys.iter().any(|(key, _)| key.as_ref() == "table"))
        });
        if !is_table {
            findings.push(
                Diagnostic::new("reference", format!("there is no source `{}` that is a table", table.source()))
                    .at(table.mapping_file(), &(0..0), "the rows of this table are evidence of nothing")
                    .help(format!(
                        "bring back `[source.{}]` with its key `table`, or import the table again",
                        table.source()
                    )),
            );
        }
        for (kind, id, span) in table.ids() {
            let here = table.rows_file();
            if let Some((file, first)) = seen.get(id) {
                findings.push(
                    Diagnostic::new("repeated-id", format!("the id `{id}` is used twice"))
                        .at(file, first, "here")
                        .at(here, span, "and by a record of this row")
                        .note("all records of a dossier share one namespace"),
                );
                continue;
            }
            let shared = matches!(kind, Made::Actor | Made::Place);
            if let Some((other, file, first)) = made.insert(id, (kind, here, span))
                && !(shared && other == kind)
            {
                findings.push(
                    Diagnostic::new("repeated-id", format!("two rows make a record `{id}`"))
                        .at(here, span, "here again")
                        .at(file, first, "first here")
                        .help("import the table again: rows of one key are then refused and listed"),
                );
            }
        }
    }
    if findings.iter().any(|f| matches!(f.code, "rows" | "books" | "mapping")) {
        // without its rows a dossier lacks records that others may name
        diag::sort(&mut findings);
        return Err(findings);
    }

    let ids_of = |kind: Made| made.iter().filter(move |(_, (made, ..))| *made == kind).map(|(id, _)| (*id).to_owned());
    fn ids<T>(raw: &BTreeMap<&str, BTreeMap<&str, Raw<'_>>>, kind: &str, more: impl Iterator<Item = String>) -> Ids<T> {
        Ids::new(raw.get(kind).into_iter().flat_map(|m| m.keys().map(|id| (*id).to_owned())).chain(more))
    }
    let no = std::iter::empty::<String>;
    let all = || AllIds {
        sources: ids(&raw, "source", no()),
        actors: ids(&raw, "actor", ids_of(Made::Actor)),
        places: ids(&raw, "place", ids_of(Made::Place)),
        categories: ids(&raw, "category", no()),
        measures: ids(&raw, "measure", no()),
        events: ids(&raw, "event", ids_of(Made::Event)),
        claims: ids(&raw, "claim", ids_of(Made::Claim)),
        positions: ids(&raw, "position", no()),
        backgrounds: ids(&raw, "background", no()),
        discrepancies: ids(&raw, "discrepancy", no()),
        gaps: ids(&raw, "gap", no()),
        assessments: ids(&raw, "assessment", no()),
        changes: ids(&raw, "change", no()),
    };
    let known = all();
    drop(made);
    let mut expanded = tables::Expanded::default();
    for table in opened {
        if let Err(more) = tables::expand(table, &known, &mut expanded) {
            findings.extend(more);
        }
    }

    let sources = table::<records::RawSource>(&raw, "source", &known, &mut findings);
    let mut actors = table::<records::RawActor>(&raw, "actor", &known, &mut findings);
    let mut places = table::<records::RawPlace>(&raw, "place", &known, &mut findings);
    let categories = table::<records::RawCategory>(&raw, "category", &known, &mut findings);
    let measures = table::<records::RawMeasure>(&raw, "measure", &known, &mut findings);
    let mut events = table::<records::RawEvent>(&raw, "event", &known, &mut findings);
    let mut claims = table::<records::RawClaim>(&raw, "claim", &known, &mut findings);
    let positions = table::<records::RawPosition>(&raw, "position", &known, &mut findings);
    let backgrounds = table::<records::RawBackground>(&raw, "background", &known, &mut findings);
    let discrepancies = table::<records::RawDiscrepancy>(&raw, "discrepancy", &known, &mut findings);
    let gaps = table::<records::RawGap>(&raw, "gap", &known, &mut findings);
    let assessments = table::<records::RawAssessment>(&raw, "assessment", &known, &mut findings);
    let changes = table::<records::RawChange>(&raw, "change", &known, &mut findings);

    actors.extend(expanded.actors);
    places.extend(expanded.places);
    events.extend(expanded.events);
    claims.extend(expanded.claims);
    if findings.is_empty() {
        let AllIds {
            sources: s,
            actors: a,
            places: p,
            categories: c,
            measures: m,
            events: e,
            claims: cl,
            positions: po,
            backgrounds: b,
            discrepancies: d,
            gaps: g,
            assessments: ass,
            changes: ch,
        } = known;
        let built = (|| {
            Some(Dossier {
                name: name.to_owned(),
                language: language.to_owned(),
                sources: Table::new(s, sources).ok()?,
                actors: Table::new(a, actors).ok()?,
                places: Table::new(p, places).ok()?,
                categories: Table::new(c, categories).ok()?,
                measures: Table::new(m, measures).ok()?,
                events: Table::new(e, events).ok()?,
                claims: Table::new(cl, claims).ok()?,
                positions: Table::new(po, positions).ok()?,
                backgrounds: Table::new(b, backgrounds).ok()?,
                discrepancies: Table::new(d, discrepancies).ok()?,
                gaps: Table::new(g, gaps).ok()?,
                assessments: Table::new(ass, assessments).ok()?,
                changes: Table::new(ch, changes).ok()?,
                imported: expanded.imported,
            })
        })();
        match built {
            Some(dossier) => {
                circles(&dossier, &mut findings);
                if findings.is_empty() {
                    return Ok(dossier);
                }
            }
            // every id was resolved without a finding, so every table has all its records
            None => findings.push(Diagnostic::new("internal", "a record was lost while the dossier was put together")),
        }
    }
    if !unread.is_empty() {
        without_references(&mut findings, Some(&unread));
    }
    diag::sort(&mut findings);
    Err(findings)
}

/// Leaves out references to records of files that cannot be read: each of them would be missed wherever it is referred to.
/// `unread` are the ids that the heads of such files name; all references are left out where none can be told.
fn without_references(findings: &mut Vec<Diagnostic>, unread: Option<&BTreeSet<String>>) {
    let before = findings.len();
    let missed = |label: &Label| {
        let named = label.file.text().get(label.span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        unread.is_none_or(|ids| ids.contains(named))
    };
    for finding in findings.iter_mut().filter(|finding| finding.code == "reference") {
        finding.labels.retain(|label| !missed(label));
    }
    findings.retain(|finding| finding.code != "reference" || !finding.labels.is_empty());
    if findings.len() < before
        && let Some(first) = findings.first_mut()
    {
        first.notes.push("references to records of this file were not looked at".to_owned());
    }
}

/// The ids that heads of tables name in a text that is no TOML.
fn heads(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let (kind, rest) = line.trim_start().strip_prefix('[')?.trim_start().split_once('.')?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        (Dossier::KINDS.contains(&kind.trim()) && end > 0).then(|| rest[..end].to_owned())
    })
}

/// How many bytes of TOML one processor reads, and how many records it makes of them, before others are worth asking.
pub(crate) const MUCH: usize = 200_000;
const MANY: usize = 512;

/// What is made of each, in order; on all processors, where there is much to do.
fn of_each<'i, T: Sync, R: Send>(items: &'i [T], much: bool, make: impl Fn(&'i T) -> R + Send + Sync) -> Vec<R> {
    if much { items.par_iter().map(make).collect() } else { items.iter().map(make).collect() }
}

fn table<R: Resolve + Keys + serde::de::DeserializeOwned>(
    raw: &BTreeMap<&str, BTreeMap<&str, Raw<'_>>>,
    kind: &'static str,
    ids: &AllIds,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Entry<R::Record>>
where
    R::Record: Send,
{
    let read = |id: &str, one: &Raw<'_>| -> Result<Entry<R::Record>, Box<Diagnostic>> {
        let mut record: R = document::read(one.file, &one.header, kind, one.value)?;
        let common = record.common();
        let mut resolver = Resolver::new(ids, one.file, one.header.clone(), kind);
        let record = record.resolve(&mut resolver);
        resolver.finish(id, common, record)
    };
    let records: Vec<(&str, &Raw<'_>)> = raw.get(kind).into_iter().flatten().map(|(id, one)| (*id, one)).collect();
    let made = of_each(&records, records.len() > MANY, |(id, one)| read(id, one));
    let mut entries = Vec::with_capacity(made.len());
    for one in made {
        match one {
            Ok(entry) => entries.push(entry),
            Err(finding) => findings.push(*finding),
        }
    }
    entries
}

/// Relations that must not run in a circle.
fn circles(dossier: &Dossier, findings: &mut Vec<Diagnostic>) {
    type Edges<'a> = BTreeMap<&'a str, Vec<&'a str>>;
    fn one<'a, T>(
        table: &'a Table<T>,
        to: impl Fn(&'a T) -> Vec<crate::facts::table::Ref<T>>,
    ) -> BTreeMap<&'a str, Vec<&'a str>> {
        table
            .iter()
            .map(|(_, e)| (e.id.as_str(), to(&e.record).into_iter().map(|r| table[r].id.as_str()).collect::<Vec<_>>()))
            // what names nothing is in no circle
            .filter(|(_, to)| !to.is_empty())
            .collect()
    }
    let mut relations: Vec<(&str, Edges<'_>)> = vec![
        ("part_of", one(&dossier.actors, |a| a.part_of.iter().map(|r| **r).collect())),
        ("within", one(&dossier.places, |p| p.within.iter().map(|r| **r).collect())),
        ("within", one(&dossier.categories, |c| c.within.iter().map(|r| **r).collect())),
        ("supersedes", one(&dossier.claims, |c| c.supersedes.iter().map(|r| **r).collect())),
        ("answers", one(&dossier.events, |e| e.answers.iter().map(|r| **r).collect())),
        ("after", one(&dossier.events, |e| e.after.iter().map(|r| **r).collect())),
    ];
    let anchored = |dating: &Option<crate::facts::dossier::Dating>| -> Vec<&str> {
        dating
            .iter()
            .filter_map(|d| d.anchor.as_ref())
            .map(|anchor| match **anchor {
                Anchor::Source(r) => dossier.sources[r].id.as_str(),
                Anchor::Event(r) => dossier.events[r].id.as_str(),
            })
            .collect()
    };
    let mut anchors: Edges<'_> = dossier.sources.iter().map(|(_, s)| (s.id.as_str(), anchored(&s.dating))).collect();
    anchors.extend(dossier.events.iter().map(|(_, e)| (e.id.as_str(), anchored(&e.dating))));
    relations.push(("anchor", anchors));
    for (relation, edges) in &relations {
        let Some(round) = records::circle(edges) else { continue };
        let Some(subject) = round.first().and_then(|id| dossier.find(id)) else { continue };
        let head = dossier.head(subject);
        findings.push(
            Diagnostic::new("circular-reference", format!("`{relation}` runs in a circle"))
                .at(head.file, head.header, format!("`{}`", round.join("` → `")))
                .help("take one of these references out"),
        );
    }
}
