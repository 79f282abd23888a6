//! `factbrief source`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use factbrief::diag::Diagnostic;
use factbrief::facts::table::is_id;
use factbrief::intake::record::{Placed, Proposal, Seeds, Source};
use factbrief::intake::{self, Article, Known};
use factbrief::load::archive::Archive;
use factbrief::load::files::Files;
use factbrief::load::project::{FILE, Project};
use factbrief::load::{self, SEEDS, read};
use factbrief::report::Format;
use factbrief::text::gate::{visible, visible_lines};
use factbrief::text::hash::sha256;
use factbrief::text::lexicon::Lexicon;
use factbrief::text::nearest::nearest;

use super::{Exit, Place, output, unusable};

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Store saved articles in the archive, and write a record of each into a dossier; no address is ever opened
    #[command(
        after_help = "Files: text, HTML and MHTML as browsers save pages, PDF with text. What the file says of title, authors,\npublisher, date and address is written into the record; what was inferred says from what; what the file does not say\nis left out, with a comment. A file that is known already is told, and nothing is written. A page whose address is\nknown and whose text is another is a finding: hold the two against each other, then add it with an --id of its own\nas a source beside the first, or leave it."
    )]
    Add(Add),
}

#[derive(Args)]
struct Add {
    /// The saved files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The dossier that gets the records; a new one is begun [default: the only one]
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
    /// The id of the record, for one file [default: made of publisher, date and headline]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Takes files in, for a new project.
pub(super) fn add(place: &Place, files: &[PathBuf], dossier: &str) -> Exit {
    let add = Add { files: files.to_vec(), dossier: Some(dossier.to_owned()), id: None, dry_run: false };
    attempt(place, &add).unwrap_or_else(|exit| exit)
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    let done = match &options.what {
        What::Add(add) => attempt(place, add),
    };
    done.unwrap_or_else(|exit| exit)
}

/// Where articles and records go.
struct Target<'p> {
    project: &'p Project,
    archive: PathBuf,
    seeds: PathBuf,
    /// Names of archived files that records of other dossiers speak of.
    elsewhere: Vec<String>,
}

fn attempt(place: &Place, add: &Add) -> Result<Exit, Exit> {
    let root = place.root()?;
    let project = Project::open(&root).map_err(|findings| show(place, &findings))?;
    if let Some(id) = &add.id {
        if add.files.len() > 1 {
            return Err(usage(
                "--id is for one file, and several are given",
                "leave it out, or add one file at a time",
            ));
        }
        if !is_id(id) {
            let shown = visible(id);
            return Err(usage(
                &format!("`{shown}` cannot be an id"),
                "an id has lower-case letters a-z, digits and hyphens, a letter first",
            ));
        }
    }
    let archive = folder_of_articles(place, &project)?;
    let dossier = dossier(place, &project, add.dossier.as_deref())?;
    let target = Target {
        seeds: root.join(SEEDS).join(&dossier),
        elsewhere: load::dossiers(&Files::on_disk(&root))
            .unwrap_or_default()
            .iter()
            .filter(|name| **name != dossier)
            .filter_map(|name| Seeds::read(&root, name).ok())
            .flat_map(|seeds| seeds.archived().map(str::to_lowercase).collect::<Vec<_>>())
            .collect(),
        project: &project,
        archive,
    };
    // held until all files are done: what is read here is what is written to
    let held = if add.dry_run { None } else { Some(target.claim()?) };
    let mut seeds = Seeds::read(&root, &dossier).map_err(|findings| show(place, &findings))?;
    if let Some(id) = add.id.as_ref().filter(|id| seeds.has(id) && seeds.awaiting(Some(id), None).is_none()) {
        return Err(usage(&format!("the id `{id}` is taken in {SEEDS}/{dossier}"), "give another one"));
    }
    let mut exit = Exit::Clean;
    let (mut added, mut missing) = (0usize, false);
    for file in &add.files {
        match one(place, &Call { add, target: &target, held: held.as_ref() }, &mut seeds, file)? {
            Outcome::Added(unsaid) => {
                added += 1;
                missing |= unsaid;
            }
            Outcome::Known => {}
            Outcome::Failed(other) => exit = exit.or(other),
        }
    }
    if let Some((archive, folder)) = &held {
        output::settle(archive, &target.archive.display().to_string())?;
        output::settle(folder, &format!("{SEEDS}/{dossier}"))?;
    }
    if place.format() != Format::Json && added > 0 && !add.dry_run {
        let fill = if missing { "fill in what the file does not say, " } else { "" };
        output::tell(&format!(
            "next: {fill}write what the article claims (seeds/README.md says how), then `factbrief check`\n"
        ));
    }
    Ok(exit)
}

/// The call, and what it may write to; nothing in a dry run.
struct Call<'c> {
    add: &'c Add,
    target: &'c Target<'c>,
    held: Option<&'c (output::Claimed, output::Claimed)>,
}

enum Outcome {
    /// Added; whether something is left to fill in.
    Added(bool),
    Known,
    Failed(Exit),
}

fn one(place: &Place, call: &Call<'_>, seeds: &mut Seeds, file: &Path) -> Result<Outcome, Exit> {
    let Call { add, target, held } = *call;
    let name = file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into_owned());
    let shown = file.display().to_string();
    let failed = |finding: Diagnostic| -> Result<Outcome, Exit> {
        let exit = match finding.code {
            "article-changed" => Exit::Findings,
            _ => unusable(std::slice::from_ref(&finding)),
        };
        place.findings(&[finding])?;
        Ok(Outcome::Failed(exit))
    };
    // a file that is given by name may be a link: it is only read
    let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let bytes = match read::bytes(&real) {
        Ok(bytes) => bytes,
        Err(read::Unread::TooLarge(size, _)) => {
            return failed(Diagnostic::new(
                "limit",
                format!("{} has {size} bytes; the limit is 64 MiB", visible(&shown)),
            ));
        }
        Err(why) => return failed(read::unread(&shown, &why)),
    };
    let whole = sha256(&bytes);
    let known = |source: &Source, how: &str| {
        if place.format() == Format::Json {
            return output::print(&format!(
                "{}\n",
                serde_json::json!({ "reason": "source", "from": shown, "known": true, "id": source.id })
            ));
        }
        output::tell(&format!(
            "{}: {how} as source `{}` ({}); nothing was written\n",
            visible(&shown),
            source.id,
            visible(&source.archived)
        ));
        Ok(())
    };
    if let Some(source) = seeds.known(&whole, &whole) {
        known(source, "this file is known")?;
        return Ok(Outcome::Known);
    }
    let article = match intake::read(&name, bytes) {
        Ok(article) => article,
        Err(finding) => return failed(*finding),
    };
    let hash = sha256(article.text.as_bytes());
    if let Some(source) = seeds.known(&hash, &whole) {
        known(source, "the same text is known")?;
        return Ok(Outcome::Known);
    }
    let awaited =
        seeds.awaiting(add.id.as_deref(), article.url.value().map(String::as_str)).map(|source| source.id.clone());
    if add.id.is_none()
        && awaited.is_none()
        && let Some(source) = article.url.value().and_then(|u| seeds.at_address(u).next())
    {
        return failed(changed(&shown, source, &article, target));
    }
    let taken = |name: &str| target.is_taken(name, article.text.as_bytes());
    let id = awaited.as_deref().or(add.id.as_deref());
    let mut proposal = seeds.propose(&article, &name, &whole, id, &taken);
    match article.language.value() {
        None => proposal
            .toml
            .push_str(&format!("# without `language`, it is that of the project: {}\n", target.project.language)),
        Some(tag) if Lexicon::for_language(tag).is_none() => {
            proposal.toml.push_str("# no words of this language are known: of its numbers, only digits are read\n");
        }
        Some(_) => {}
    }
    // a reference that was imported gets its article; any other article is a source of its own
    let placed = match awaited {
        Some(_) => seeds.fill(&proposal.id, &proposal.toml),
        None => seeds.place(&proposal.id, &proposal.toml),
    };
    let placed = match placed {
        Ok(placed) => placed,
        Err(finding) => return failed(*finding),
    };
    if let Some(held) = held {
        target.write(held, &article, &proposal, &placed, &seeds.dossier)?;
    }
    account(place, &shown, &article, &proposal, &placed, &seeds.dossier, held.is_none())?;
    if let Err(finding) = seeds.written(&placed) {
        return failed(*finding);
    }
    Ok(Outcome::Added(!article.unsaid().is_empty()))
}

/// The finding for a page that is known by its address and whose text is another.
fn changed(shown: &str, source: &Source, article: &Article, target: &Target<'_>) -> Diagnostic {
    let mut finding = Diagnostic::new(
        "article-changed",
        format!("{} has the address of source `{}`, and another text", visible(shown), source.id),
    );
    let old = read::bytes(&target.archive.join(&source.archived)).ok().and_then(|b| String::from_utf8(b).ok());
    if let Some(old) = old {
        let old: Vec<&str> = old.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let new: Vec<&str> = article.paragraphs().collect();
        let gone: Vec<&&str> = old.iter().filter(|p| !new.contains(*p)).collect();
        let come: Vec<&&str> = new.iter().filter(|p| !old.contains(*p)).collect();
        let first = |list: &[&&str]| {
            list.first().map(|p| format!(", first: \"{}\"", visible(&p.chars().take(120).collect::<String>())))
        };
        let n = |count: usize| format!("{count} {}", if count == 1 { "paragraph" } else { "paragraphs" });
        finding = finding
            .note(format!("gone from it: {}{}", n(gone.len()), first(&gone).unwrap_or_default()))
            .note(format!("new in it: {}{}", n(come.len()), first(&come).unwrap_or_default()));
    }
    finding.note("nothing was written").help(
        "articles are changed after they were printed: to keep both, add it with an id of its own (`--id ID`), cite it for what is new, and say in a `change` record what was corrected",
    )
}

/// Shows findings that stop the command.
fn show(place: &Place, findings: &[Diagnostic]) -> Exit {
    match place.findings(findings) {
        Ok(()) => unusable(findings),
        Err(exit) => exit,
    }
}

fn usage(what: &str, help: &str) -> Exit {
    output::tell(&format!("error: {what}\n  = help: {help}\n"));
    Exit::Unusable
}

/// The folder that articles are stored in.
fn folder_of_articles(place: &Place, project: &Project) -> Result<PathBuf, Exit> {
    if let Some(named) = place.named_archive()? {
        return match named {
            Archive::Folder(path) => Ok(path),
            _ => Err(usage("--no-archive leaves no place for the article", "leave it out")),
        };
    }
    let Some(own) = &project.archive else {
        return Err(usage(
            "the project has no folder for articles",
            &format!(
                "write `archive = \"archive\"` into {FILE} and keep that folder out of version control, or name a folder: `--archive DIR`"
            ),
        ));
    };
    let folder = project.root.join(own);
    if !output::is_inside(&project.root, &folder) {
        return Err(usage(
            &format!("the archive {} of {FILE} lies outside the project", visible(&own.display().to_string())),
            "name it in the call, if it is to be written to: `--archive DIR`",
        ));
    }
    Ok(folder)
}

/// The dossier that is meant.
fn dossier(place: &Place, project: &Project, named: Option<&str>) -> Result<String, Exit> {
    let known = load::dossiers(&Files::on_disk(&project.root)).map_err(|finding| show(place, &[*finding]))?;
    match (named, known.as_slice()) {
        (Some(name), _) if known.iter().any(|k| k == name) => Ok(name.to_owned()),
        (Some(name), _) => {
            if !is_id(name) {
                return Err(usage(
                    &format!("`{}` cannot name a dossier", visible(name)),
                    "take lower-case letters, digits and hyphens, a letter first",
                ));
            }
            if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
                output::tell(&format!("note: {SEEDS}/{name} is begun; there is a dossier `{near}`, too\n"));
            }
            Ok(name.to_owned())
        }
        (None, [only]) => Ok(only.clone()),
        (None, []) => {
            Err(usage("the project has no dossier yet", "name the first one, and it is begun: `--dossier NAME`"))
        }
        (None, many) => Err(usage(
            "the project has several dossiers",
            &format!("say which one gets the record: `--dossier NAME`, one of {}", visible(&many.join(", "))),
        )),
    }
}

impl Target<'_> {
    /// Both folders, made where they are missing, for this run alone.
    fn claim(&self) -> Result<(output::Claimed, output::Claimed), Exit> {
        let claim = |folder: &Path, claimed: std::io::Result<output::Claimed>| {
            claimed.map_err(|error| {
                output::tell(&format!("error: cannot write to {}: {error}\n", visible(&folder.display().to_string())));
                Exit::Io
            })
        };
        // always in this order, so that two runs do not wait for each other; the archive may lie anywhere
        let made = std::fs::create_dir_all(&self.archive).and_then(|()| output::claim(&self.archive));
        let archive = claim(&self.archive, made)?;
        if std::fs::canonicalize(&self.archive).ok() == std::fs::canonicalize(&self.seeds).ok() && self.seeds.exists() {
            return Err(usage("the archive is the dossier's own folder", "name another folder for articles"));
        }
        let made = output::claim_in(&self.project.root, &self.seeds);
        Ok((archive, claim(&self.seeds, made)?))
    }

    /// Whether a file of this name stands in the archive, in whatever case, or is spoken of; one with these very bytes is
    /// not in the way.
    fn is_taken(&self, name: &str, bytes: &[u8]) -> bool {
        let wanted = name.to_lowercase();
        if read::bytes(&self.archive.join(name)).is_ok_and(|old| old == bytes) {
            return false;
        }
        let there = std::fs::read_dir(&self.archive)
            .is_ok_and(|list| list.flatten().any(|e| e.file_name().to_string_lossy().to_lowercase() == wanted));
        there || self.elsewhere.contains(&wanted)
    }

    /// Writes the article, then the record: a crash in between leaves an article that no record names, and the next run
    /// takes it up again.
    fn write(
        &self,
        (archive, seeds): &(output::Claimed, output::Claimed),
        article: &Article,
        proposal: &Proposal,
        placed: &Placed,
        dossier: &str,
    ) -> Result<(), Exit> {
        let put = |claimed: &output::Claimed, path: &Path, shown: &str, bytes: &[u8]| {
            output::write(claimed, path, bytes).map(|_| ()).map_err(|error| {
                output::tell(&format!("error: cannot write {}: {error}\n", visible(shown)));
                Exit::Io
            })
        };
        let shown = self.archive.join(&proposal.archived).display().to_string();
        put(archive, &self.archive.join(&proposal.archived), &shown, article.text.as_bytes())?;
        let shown = format!("{SEEDS}/{dossier}/{}", placed.file);
        put(seeds, &self.seeds.join(&placed.file), &shown, placed.text.as_bytes())
    }
}

/// Says what was found, from where, and where it was written.
fn account(
    place: &Place,
    shown: &str,
    article: &Article,
    proposal: &Proposal,
    placed: &Placed,
    dossier: &str,
    dry: bool,
) -> Result<(), Exit> {
    let authors: Vec<String> = article.authors.value().into_iter().flatten().map(|a| a.name.clone()).collect();
    let published = article.published.value();
    let file = format!("{SEEDS}/{dossier}/{}", placed.file);
    if place.format() == Format::Json {
        let how = |from: Option<&str>, inferred: bool| serde_json::json!({ "from": from, "inferred": inferred });
        let line = serde_json::json!({
            "reason": "source", "from": shown, "known": false, "id": proposal.id, "archived": proposal.archived, "file": file,
            "written": !dry, "form": article.form.name(), "charset": article.charset,
            "title": article.title.value(), "publisher": article.publisher.value(), "authors": authors,
            "published": published.map(|p| p.stamp.date.to_string()), "url": article.url.value(),
            "language": article.language.value(), "right_to_left": article.right_to_left,
            "known_by": {
                "title": how(article.title.from(), matches!(article.title, Known::Inferred(..))),
                "publisher": how(article.publisher.from(), matches!(article.publisher, Known::Inferred(..))),
                "authors": how(article.authors.from(), matches!(article.authors, Known::Inferred(..))),
                "published": how(article.published.from(), matches!(article.published, Known::Inferred(..))),
                "url": how(article.url.from(), matches!(article.url, Known::Inferred(..))),
                "language": how(article.language.from(), matches!(article.language, Known::Inferred(..))),
            },
            "not_said": article.unsaid(), "left_out": article.left_out, "notes": article.notes,
        });
        return output::print(&format!("{line}\n"));
    }
    let mut out = String::new();
    let charset = if article.charset.is_empty() { String::new() } else { format!(", {}", article.charset) };
    let direction = if article.right_to_left { ", right to left" } else { "" };
    let _ = writeln!(out, "{}: {}{charset}{direction}", visible(shown), article.form.name());
    let mut row = |key: &str, value: Option<String>, from: Option<&str>, inferred: bool| {
        let _ = match (value, from) {
            (Some(value), Some(from)) => {
                let how = if inferred { "inferred from " } else { "" };
                writeln!(out, "  {key:<10} {}  ({how}{})", visible(&value), visible(from))
            }
            _ => writeln!(out, "  {key:<10} not said"),
        };
    };
    row("title", article.title.value().cloned(), article.title.from(), matches!(article.title, Known::Inferred(..)));
    row(
        "publisher",
        article.publisher.value().cloned(),
        article.publisher.from(),
        matches!(article.publisher, Known::Inferred(..)),
    );
    row(
        "authors",
        (!authors.is_empty()).then(|| authors.join(", ")),
        article.authors.from(),
        matches!(article.authors, Known::Inferred(..)),
    );
    row(
        "published",
        published.map(|p| {
            let date = p.stamp.date.to_string();
            if date == p.stamp.written { date } else { format!("{date}, as {}", p.stamp.written) }
        }),
        article.published.from(),
        matches!(article.published, Known::Inferred(..)),
    );
    row("url", article.url.value().cloned(), article.url.from(), matches!(article.url, Known::Inferred(..)));
    row(
        "language",
        article.language.value().cloned(),
        article.language.from(),
        matches!(article.language, Known::Inferred(..)),
    );
    let paragraphs = article.paragraphs().count();
    let _ =
        writeln!(out, "  text       {paragraphs} paragraphs, {} characters", article.text.trim_end().chars().count());
    if !article.left_out.is_empty() {
        let _ = writeln!(out, "  left out   {}", article.left_out.join(", "));
    }
    for note in &article.notes {
        let _ = writeln!(out, "  note       {}", visible(note));
    }
    if dry {
        let _ = writeln!(
            out,
            "would write {} and into {file}:\n\n{}\n{}",
            visible(&proposal.archived),
            visible_lines(&proposal.toml),
            visible_lines(&article.text)
        );
    } else {
        let _ = writeln!(out, "wrote {}", visible(&proposal.archived));
        let _ = writeln!(out, "wrote {file}: source `{}`", proposal.id);
    }
    output::print(&out)
}
