//! From a place to what it names and back: definitions, uses, renaming.

use std::ops::Range;
use std::sync::Arc;

use super::complete::sibling;
use super::desk::Desk;
use super::pages::{Page, Record, builtin};
use super::place::{Place, place};
use crate::brief::issue::{ENDING, Issues};
use crate::check::quoted::standings;
use crate::diag::Edit;
use crate::facts::table::{MAX_ID, is_id};
use crate::load::document::{self, basic_string};
use crate::load::lock::{FILE, Lock};
use crate::load::tables::{FOLDER as TABLES, MAPPING};
use crate::load::{BRIEFINGS, SEEDS};
use crate::text::file::TextFile;
use crate::text::gate::visible;

/// A place that is led to.
#[derive(Debug, Clone)]
pub enum Target {
    /// A place in a file of the project.
    Here(Arc<TextFile>, Range<usize>),
    /// A place in an article of the archive.
    Article(Arc<TextFile>, Range<usize>),
}

/// A record that a place names or heads, with the bytes of its id there.
struct Named<'p> {
    home: &'p Page,
    record: &'p Record,
    dossier: &'p str,
    at: Range<usize>,
}

fn named<'p>(desk: &Desk<'p>, page: &'p Page, offset: usize) -> Option<Named<'p>> {
    let touches = |at: &Range<usize>| at.start <= offset && offset <= at.end;
    let dossier = desk.pages.dossier_of(page)?;
    if let Some(one) = page.uses.iter().find(|one| touches(&one.at)) {
        let (home, record) = desk.pages.record(dossier, &one.id, &one.kinds)?;
        return Some(Named { home, record, dossier, at: one.at.clone() });
    }
    let heads = |record: &'p Record| record.heads.iter().find(|at| touches(at)).map(|at| (record, at.clone()));
    let (record, at) = page.records.iter().find_map(heads)?;
    Some(Named { home: page, record, dossier, at })
}

/// What a place leads to: the record that it names; from a source's id, file or quotation also the article.
#[must_use]
pub fn definition(desk: &Desk<'_>, page: &Page, offset: usize) -> Vec<Target> {
    let mut found = Vec::new();
    if let Some(Named { home, record, .. }) = named(desk, page, offset) {
        // what comes with the program stands in no file
        if !std::ptr::eq(home, builtin())
            && let Some(head) = record.heads.first()
        {
            found.push(Target::Here(Arc::clone(&home.file), head.clone()));
        }
    }
    if let Place::Value { path, value, .. } = place(page, offset)
        && let Some(text) = value.text()
    {
        match path.last().map(String::as_str) {
            Some(key @ ("source" | "quote" | "words" | "said" | "prefix")) => {
                let own =
                    |name: &str| if key == name { Some(text.to_owned()) } else { sibling(page, &path, &value, name) };
                if let (Some(source), Some(quote)) = (own("source"), own("quote"))
                    && let Some(article) = desk.article(page, &source)
                {
                    let places = standings(&article, &quote);
                    found.extend(places.into_iter().map(|place| Target::Article(Arc::clone(article.file()), place.at)));
                }
            }
            Some("file") if path.first().is_some_and(|kind| kind == "source") => {
                if let Some(article) = path.get(1).and_then(|source| desk.article(page, source)) {
                    found.push(Target::Article(Arc::clone(article.file()), 0..0));
                }
            }
            _ => {}
        }
    }
    found
}

/// All places that name the record which a place names or heads.
#[must_use]
pub fn references(desk: &Desk<'_>, page: &Page, offset: usize, heads: bool) -> Vec<(Arc<TextFile>, Range<usize>)> {
    let Some(named) = named(desk, page, offset) else { return Vec::new() };
    places(desk, &named, heads)
}

fn places(desk: &Desk<'_>, named: &Named<'_>, heads: bool) -> Vec<(Arc<TextFile>, Range<usize>)> {
    let mut found = Vec::new();
    for page in desk.pages.about(named.dossier) {
        let mut own: Vec<Range<usize>> = Vec::new();
        if heads && std::ptr::eq(page, named.home) {
            own.extend(named.record.heads.iter().cloned());
        } else if heads {
            // a record written in two files is an error, and both are meant
            let same = page.records.iter().filter(|r| r.kind == named.record.kind && r.id == named.record.id);
            own.extend(same.flat_map(|record| record.heads.iter().cloned()));
        }
        for one in page.uses.iter().filter(|one| one.id == named.record.id) {
            let meant = desk.pages.record(named.dossier, &one.id, &one.kinds);
            if meant.is_some_and(|(_, record)| record.kind == named.record.kind) {
                own.push(one.at.clone());
            }
        }
        own.sort_by_key(|at| at.start);
        found.extend(own.into_iter().map(|at| (Arc::clone(&page.file), at)));
    }
    found
}

/// Whether the record at a place can be renamed: the bytes of its id there, and the id.
///
/// # Errors
/// Why it cannot.
pub fn renamable(desk: &Desk<'_>, page: &Page, offset: usize) -> Result<(Range<usize>, String), String> {
    let Some(named) = named(desk, page, offset) else {
        return Err("there is no id of a record here".to_owned());
    };
    if std::ptr::eq(named.home, builtin()) {
        return Err(format!("`{}` comes with the program and cannot be renamed", named.record.id));
    }
    Ok((named.at, named.record.id.clone()))
}

/// What gives the record at a place another id, in all files of its dossier and in the briefings printed from it.
///
/// The evidence lock goes with it, and so do the locks of briefings: what was proved of the record stays proved, and what an
/// issue said of it is still said of it.
///
/// # Errors
/// Why it cannot be done: the id is none, or taken, or an imported table names the record, or a file cannot be read so that a use might be missed.
pub fn rename(desk: &Desk<'_>, page: &Page, offset: usize, to: &str) -> Result<Vec<Edit>, String> {
    let (_, from) = renamable(desk, page, offset)?;
    let Some(named) = named(desk, page, offset) else { return Ok(Vec::new()) };
    if to == from {
        return Ok(Vec::new());
    }
    if !is_id(to) {
        return Err(format!(
            "`{}` cannot be an id: it has lower-case letters a-z, digits and hyphens, a letter first, at most {MAX_ID} characters",
            visible(to)
        ));
    }
    let vocabulary = matches!(named.record.kind.as_str(), "category" | "measure");
    let taken = desk
        .pages
        .records(named.dossier)
        .into_iter()
        .find(|(home, record)| record.id == to && (vocabulary || !std::ptr::eq(*home, builtin())));
    if let Some((_, other)) = taken {
        return Err(format!("`{to}` is taken by {} `{to}`: all records of a dossier share one namespace", other.kind));
    }
    let tables = format!("{SEEDS}/{}/{TABLES}/", named.dossier);
    let quoted = [basic_string(&from), format!("'{from}'")];
    for (name, file) in desk.texts.iter().filter(|(name, _)| name.starts_with(&tables)) {
        if name[tables.len()..].starts_with(&format!("{from}/"))
            || name.ends_with(MAPPING) && quoted.iter().any(|id| file.text().contains(id))
        {
            return Err(format!(
                "`{from}` is named by an imported table ({name}): change the mapping and import it again"
            ));
        }
    }
    for page in desk.pages.about(named.dossier) {
        if document::parse(&page.file).is_err() {
            return Err(format!(
                "{} is not TOML as it stands: mend it first, or a use could be missed",
                page.file.name()
            ));
        }
    }
    let mut edits: Vec<Edit> =
        places(desk, &named, true).into_iter().map(|(file, at)| Edit::new(&file, &at, to)).collect();
    let lock = format!("{SEEDS}/{}/{FILE}", named.dossier);
    if let Some(file) = desk.texts.get(&lock)
        && let Ok(lock) = Lock::parse(file)
    {
        let renamed = lock.renamed(&from, to);
        if renamed != lock {
            edits.push(Edit::new(file, &(0..file.text().len()), renamed.print()));
        }
    }
    for page in desk.pages.about(named.dossier) {
        // else the next issue would take the record for a new one, and the old one for withdrawn
        let name = page.file.name().strip_suffix(".toml").unwrap_or_default();
        let Some(file) = desk.texts.get(&format!("{name}.{ENDING}")).filter(|file| file.name().starts_with(BRIEFINGS))
        else {
            continue;
        };
        let Ok(mut issues) = Issues::parse(file) else { continue };
        let mut told = false;
        for issue in std::iter::once(&mut issues.current).chain(issues.before.as_mut()) {
            if let Some(said) = issue.records.remove(&from) {
                issue.records.insert(to.to_owned(), said);
                told = true;
            }
        }
        if told {
            edits.push(Edit::new(file, &(0..file.text().len()), issues.print()));
        }
    }
    Ok(edits)
}
