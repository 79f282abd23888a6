//! `factbrief import csv`

use std::path::PathBuf;
use std::sync::Arc;

use factbrief::facts::date::Date;
use factbrief::load::archive::{Archive, check_name};
use factbrief::load::files::Files;
use factbrief::load::import::{self, Imported};
use factbrief::load::mapping::{Mapping, SHIPPED, slug};
use factbrief::load::project::Project;
use factbrief::load::tables::{self, BOOKS, FOLDER, MAPPING, REFUSED, ROWS, TableFiles};
use factbrief::load::{self, read};
use factbrief::text::file::TextFile;
use factbrief::text::gate::{MAX_BYTES, visible};
use factbrief::text::hash::sha256;
use factbrief::text::table::{MAX_TABLE, Table};

use super::super::{Exit, Place, output, unusable};
use super::{dossier, facts, input, refuse, write};

/// The most refused rows that are shown; all of them stand in the file.
const SHOWN: usize = 50;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The table: CSV, or the like with another delimiter
    table: PathBuf,
    /// The mapping of columns to records: a file, or the name of a shipped one (`factbrief import mappings`)
    #[arg(long, value_name = "FILE")]
    mapping: String,
    /// The dossier [default: the project's only one]
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
    /// The id of the table's source, with which the ids of its records begin [default: the mapping's name]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// When the table was published: what a briefing may see of it depends on it
    #[arg(long, value_name = "DATE")]
    published: Option<String>,
    /// Say what would become of each row, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let root = place.root()?;
    let project = Project::open(&root).map_err(|findings| shown(place, &findings))?;
    let Archive::Folder(archive) = place.archive(&project)? else {
        return Err(refuse(
            "there is no archive to put the table into",
            "make the folder that `archive` in factbrief.toml names, or name one: `--archive DIR`",
        ));
    };
    if place.named_archive()?.is_none() && !output::is_inside(&root, &archive) {
        return Err(refuse(
            "the archive of factbrief.toml lies outside the project",
            "name it in the call, if it is to be written to: `--archive DIR`",
        ));
    }
    let dossier = dossier(&root, place, options.dossier.as_deref())?;
    if let Some(date) = &options.published
        && let Err(why) = date.parse::<Date>()
    {
        return Err(refuse(&format!("--published: {}", visible(&why.to_string())), "write it as 2015-02-16"));
    }
    let mapping = mapping(place, &options.mapping)?;
    let id = match &options.id {
        Some(id) => id.clone(),
        None => {
            let stem = std::path::Path::new(&options.mapping).file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            slug(stem)
        }
    };
    if let Some(why) = import::refuses_id(&id) {
        return Err(refuse(
            &format!("`{}` cannot be the id of a table", visible(&id)),
            &format!("{why}; `--id` gives it another"),
        ));
    }
    let name = options.table.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    if let Err(why) = check_name(&name) {
        return Err(refuse(&format!("the table cannot be archived as {}: {why}", visible(&name)), "rename the file"));
    }
    let bytes = input(&options.table, MAX_TABLE)?;
    let form = &mapping.form;
    let table = Table::read(&bytes, form.delimiter, form.encoding.as_deref()).map_err(|error| {
        refuse(
            &format!("{} is not a table that can be read: {}", visible(&name), visible(&error.why)),
            "`[table]` of the mapping says how it is written: `delimiter`, `encoding`",
        )
    })?;
    mapping.bind(table.header()).map_err(|finding| shown(place, &[*finding]))?;
    let imported = import::import(&id, &mapping, &table);

    // what would be written, held together with all that is there before anything is
    let folder = root.join(load::SEEDS).join(&dossier);
    let at = |name: &str| format!("{}/{dossier}/{FOLDER}/{id}/{name}", load::SEEDS);
    let (rows, books) = (imported.rows_file(), imported.ledger.print());
    if rows.len() as u64 > MAX_BYTES {
        output::tell(&format!(
            "error: the cells that records rest on come to {} bytes; the limit for one file is {MAX_BYTES}\n  = help: import a part of the table: `[[where]]` in the mapping says which rows\n",
            rows.len()
        ));
        return Err(Exit::Limit);
    }
    let archived = archived_as(&archive, &name, &bytes)?;
    let mut files = facts(&root, &dossier, place)?;
    let own = sources(&mut files, &id, &archived, &mapping, &table, options, &dossier)?;
    let others = tables::others(&Files::on_disk(&root), &dossier, &id);
    let (mut all, before) = others.map_err(|findings| shown(place, &findings))?;
    all.push(TableFiles {
        source: id.clone(),
        mapping: Arc::new(TextFile::new(at(MAPPING), mapping.file.text())),
        rows: Arc::new(TextFile::new(at(ROWS), rows.clone())),
        books: Arc::new(TextFile::new(at(BOOKS), books.clone())),
    });
    load::resolve_with(&dossier, &project.language, &files, &all).map_err(|mut findings| {
        // nothing is written yet: what is wrong stands in the mapping that was given
        for label in findings.iter_mut().flat_map(|finding| &mut finding.labels) {
            if label.file.name() == at(MAPPING) {
                label.file = Arc::clone(&mapping.file);
            }
        }
        let exit = shown(place, &findings);
        output::tell("nothing was written\n");
        exit
    })?;
    tell(&imported, &mapping, before.as_ref(), &at(REFUSED));
    let exit = if imported.refused.is_empty() { Exit::Clean } else { Exit::Findings };
    if options.dry_run {
        output::tell("nothing was written: --dry-run\n");
        return Ok(exit);
    }
    // the archive may lie anywhere; the books come last, so that a write that was cut off is seen
    write(&archive, &[(archive.join(&archived), bytes)])?;
    let place_of = |name: &str| folder.join(FOLDER).join(&id).join(name);
    write(
        &root,
        &[
            (place_of(MAPPING), mapping.file.text().as_bytes().to_vec()),
            (place_of(ROWS), rows.into_bytes()),
            (place_of(REFUSED), imported.refused_file().into_bytes()),
            (root.join(own.name()), own.text().as_bytes().to_vec()),
            (place_of(BOOKS), books.into_bytes()),
        ],
    )?;
    Ok(exit)
}

/// Shows findings and gives the exit code for them.
fn shown(place: &Place, findings: &[factbrief::diag::Diagnostic]) -> Exit {
    match place.findings(findings) {
        Ok(()) => unusable(findings),
        Err(exit) => exit,
    }
}

fn mapping(place: &Place, named: &str) -> Result<Mapping, Exit> {
    let file = match SHIPPED.iter().find(|(name, _)| *name == named) {
        Some((name, text)) => Arc::new(TextFile::new(format!("{name} (shipped)"), *text)),
        None => {
            let path = PathBuf::from(named);
            if !path.exists() {
                let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
                let help = format!("name a file, or a shipped mapping: {}", names.join(", "));
                return Err(refuse(&format!("there is no mapping {}", visible(named)), &help));
            }
            let bytes = input(&path, MAX_BYTES)?;
            read::admit(bytes, &visible(named)).map_err(|finding| shown(place, &[*finding]))?
        }
    };
    Mapping::parse(&file).map_err(|findings| shown(place, &findings))
}

/// The name by which a table is archived: its own, or, where another file has that, its own with a part of its hash.
fn archived_as(archive: &std::path::Path, name: &str, bytes: &[u8]) -> Result<String, Exit> {
    let same = |name: &str| match read::bytes_to(&archive.join(name), MAX_TABLE) {
        Ok(there) => Ok(there == bytes),
        Err(read::Unread::Absent) => Ok(true),
        // what cannot be read may well be the same
        Err(why @ read::Unread::Refused(_)) => {
            output::tell(&format!("error: cannot read {}: {why}\n", visible(name)));
            Err(Exit::Io)
        }
        Err(_) => Ok(false),
    };
    if same(name)? {
        return Ok(name.to_owned());
    }
    let mark: String = sha256(bytes).chars().take(8).collect();
    let other = match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{mark}.{ending}"),
        None => format!("{name}-{mark}"),
    };
    if check_name(&other).is_ok() && same(&other)? {
        return Ok(other);
    }
    Err(refuse(&format!("the archive has another file {}", visible(name)), "rename the table"))
}

/// Writes or renews the record of the table's source among the files of the dossier, and gives the file it is in.
fn sources(
    files: &mut Vec<Arc<TextFile>>,
    id: &str,
    archived: &str,
    mapping: &Mapping,
    table: &Table,
    options: &Options,
    dossier: &str,
) -> Result<Arc<TextFile>, Exit> {
    let has = |text: &str, kind: &str, id: &str| {
        text.parse::<toml::Table>().is_ok_and(|t| t.get(kind).and_then(|k| k.get(id)).is_some())
    };
    let claimant = &mapping.claimant.id;
    let known = files.iter().any(|file| has(file.text(), "actor", claimant));
    if let Some(place) = files.iter().position(|file| has(file.text(), "source", id)) {
        let file = &files[place];
        let unreadable = |why: String| {
            refuse(&format!("{} cannot be written to: {}", visible(file.name()), visible(&why)), "mend the file first")
        };
        let mut document: toml_edit::DocumentMut =
            file.text().parse().map_err(|error: toml_edit::TomlError| unreadable(error.to_string()))?;
        let Some(record) = document["source"][id].as_table_like_mut() else {
            return Err(unreadable(format!("`source.{id}` is no table")));
        };
        record.insert("file", toml_edit::value(archived));
        record.insert("sha256", toml_edit::value(table.sha256()));
        let form: toml_edit::Value = import::table_key(mapping, table)
            .parse()
            .map_err(|error: toml_edit::TomlError| unreadable(error.to_string()))?;
        record.insert("table", toml_edit::value(form));
        if let Some(published) = &options.published {
            record.insert("published", toml_edit::value(published));
            if !record.contains_key("dating") {
                let mut dating = toml_edit::InlineTable::new();
                dating.insert("basis", "external".into());
                dating.insert("note", "given when the table was imported".into());
                record.insert("dating", toml_edit::value(dating));
            }
        }
        let mut text = document.to_string();
        if !known {
            text.push_str(&format!(
                "\n[actor.{claimant}]\nname = {}\nkind = \"{}\"\n",
                toml_edit::Value::from(mapping.claimant.name.as_str()),
                mapping.claimant.kind
            ));
        }
        let renewed = Arc::new(TextFile::new(file.name(), text));
        files[place] = Arc::clone(&renewed);
        return Ok(renewed);
    }
    let name = format!("{}/{dossier}/{id}.toml", load::SEEDS);
    if files.iter().any(|file| file.name() == name) {
        let help = "give the table another id: `--id`";
        return Err(refuse(&format!("{} is there, and holds no source `{id}`", visible(&name)), help));
    }
    let text = import::source_record(id, archived, mapping, table, options.published.as_deref(), !known);
    let file = Arc::new(TextFile::new(name, text));
    files.push(Arc::clone(&file));
    Ok(file)
}

/// What became of each row.
fn tell(imported: &Imported, mapping: &Mapping, before: Option<&TableFiles>, refused: &str) {
    for one in imported.refused.iter().take(SHOWN) {
        for cell in &one.cells {
            let (column, text) = (visible(&cell.column), visible(&cell.cell));
            output::tell(&format!("row {}, `{column}`: \"{text}\" {}\n", one.row, cell.why));
        }
    }
    if let Some(more) = imported.refused.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        output::tell(&format!("… and {more} more rows, all of them in {refused}\n"));
    }
    for (why, count) in imported.left_out.iter().take(SHOWN) {
        output::tell(&format!("left out: {count} {}: {}\n", if *count == 1 { "row" } else { "rows" }, visible(why)));
    }
    if let Some(before) = before
        && let Ok((_, old)) = tables::rows(&before.rows)
    {
        let old: Vec<_> = old.into_iter().map(|(row, _)| row).collect();
        let moved = import::moved(mapping, &old, &imported.rows);
        for (what, keys) in [("new", &moved.new), ("changed", &moved.changed), ("gone", &moved.gone)] {
            if !keys.is_empty() {
                let shown: Vec<String> = keys.iter().take(10).map(|key| visible(key)).collect();
                let more = if keys.len() > 10 { ", …" } else { "" };
                output::tell(&format!("{what}: {} ({}{more})\n", keys.len(), shown.join(", ")));
            }
        }
        output::tell(&format!("as before: {}\n", moved.same));
    }
    let books = imported.ledger.books;
    output::tell(&format!(
        "{} rows read = {} imported + {} refused + {} left out; {} figures\n",
        books.read, books.imported, books.refused, books.left_out, imported.figures
    ));
}
