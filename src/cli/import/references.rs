//! `factbrief import references`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use factbrief::load::files::Files;
use factbrief::load::project::Project;
use factbrief::load::{self, read, references, tables};
use factbrief::text::file::TextFile;
use factbrief::text::gate::{MAX_BYTES, visible};

use super::super::{Exit, Place, output, unusable};
use super::{dossier, facts, input, refuse, write};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Lists of references: BibTeX, BibLaTeX, RIS or CSL-JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The dossier [default: the project's only one]
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
    /// The file of the dossier that they are added to
    #[arg(long, value_name = "NAME", default_value = "references.toml")]
    into: String,
    /// Say what would be added, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// The most entries whose refusal is shown.
const MOST_REFUSED: usize = 100;

pub(super) fn run(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let root = place.root()?;
    let shown = |findings: &[factbrief::diag::Diagnostic]| match place.findings(findings) {
        Ok(()) => unusable(findings),
        Err(exit) => exit,
    };
    let project = Project::open(&root).map_err(|findings| shown(&findings))?;
    let dossier = dossier(&root, place, options.dossier.as_deref())?;
    let ends = Path::new(&options.into).extension().is_some_and(|ending| ending == "toml");
    if load::archive::check_name(&options.into).is_err() || !ends {
        return Err(refuse(
            &format!("--into {}: no file of a dossier", visible(&options.into)),
            "name a file as references.toml",
        ));
    }
    let mut files = facts(&root, &dossier, place)?;
    let tables = tables::files(&Files::on_disk(&root), &dossier).map_err(|findings| shown(&findings))?;
    let name = format!("{}/{dossier}/{}", load::SEEDS, options.into);
    let (mut findings, mut broken, mut added, mut had) = (Vec::new(), Vec::new(), 0, 0);
    for path in &options.files {
        let list = visible(path.file_name().and_then(|name| name.to_str()).unwrap_or_default());
        let bytes = input(path, MAX_BYTES)?;
        let found = read::admit(bytes, &list).and_then(|file| references::read(&file));
        let (found, refused) = match found {
            Ok(found) => found,
            Err(finding) => {
                broken.push(*finding);
                continue;
            }
        };
        findings.extend(refused);
        // resolved anew for each list: what one adds the next may have, too
        let known = match files.is_empty() {
            true => None,
            false => Some(
                load::resolve_with(&dossier, &project.language, &files, &tables)
                    .map_err(|findings| shown(&findings))?,
            ),
        };
        let (new, old) = references::place(found, known.as_ref());
        for one in &old {
            let title = one.reference.title.as_deref().or(one.reference.url.as_deref()).unwrap_or_default();
            output::tell(&format!(
                "there already: “{}” is source `{}`, by its {}\n",
                visible(title),
                one.source,
                one.by
            ));
        }
        added += new.len();
        had += old.len();
        if new.is_empty() {
            continue;
        }
        let records = references::records(&new, &list);
        match files.iter_mut().find(|file| file.name() == name) {
            Some(file) => {
                let mut text = file.text().trim_end().to_owned();
                text.push('\n');
                *file = Arc::new(TextFile::new(file.name(), text + &records));
            }
            None => {
                let head = "# References: sources whose articles are still to be added. Nothing can cite one before it has `file` and `sha256`.\n";
                files.push(Arc::new(TextFile::new(name.as_str(), format!("{head}{records}"))));
            }
        }
    }
    let exit = if findings.is_empty() { Exit::Clean } else { Exit::Findings };
    let exit = if broken.is_empty() { exit } else { exit.or(unusable(&broken)) };
    let refused = findings.len();
    findings.truncate(MOST_REFUSED);
    if let (Some(last), 1..) = (findings.last_mut(), refused.saturating_sub(MOST_REFUSED)) {
        last.notes.push(format!("{} more entries were not imported", refused - MOST_REFUSED));
    }
    findings.extend(broken);
    place.findings(&findings)?;
    output::tell(&format!(
        "{} references read = {added} added + {had} there already + {refused} refused\n",
        added + had + refused
    ));
    if added > 0 {
        load::resolve_with(&dossier, &project.language, &files, &tables).map_err(|findings| {
            let exit = shown(&findings);
            output::tell("nothing was written\n");
            exit
        })?;
        if options.dry_run {
            output::tell("nothing was written: --dry-run\n");
        } else if let Some(file) = files.iter().find(|file| file.name() == name) {
            write(&root, &[(root.join(file.name()), file.text().as_bytes().to_vec())])?;
        }
    }
    Ok(exit)
}
