//! `factbrief extract`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use factbrief::diag::Diagnostic;
use factbrief::evidence::carried::{File, attachments};
use factbrief::load::archive::check_name;
use factbrief::load::read;
use factbrief::text::gate::visible;

use super::verify::{severity, unreadable};
use super::{Exit, Place, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The PDF
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The folder to write to; made, if it is not there [default: the file's name without its ending, here]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files that hold something else
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let name = options.file.display().to_string();
    let refuse = |finding: Diagnostic| -> Result<Exit, Exit> {
        place.findings(std::slice::from_ref(&finding))?;
        Ok(severity(&finding))
    };
    let bytes = match read::bytes(&options.file) {
        Ok(bytes) => bytes,
        Err(why) => return refuse(read::unread(&name, &why)),
    };
    let files = match attachments(&bytes) {
        Ok(files) => files,
        Err(why) => return refuse(unreadable(&name, &why)),
    };
    if files.is_empty() {
        return refuse(
            Diagnostic::new("no-evidence", format!("{} carries nothing", visible(&name)))
                .note("a briefing printed with `evidence = false` carries nothing, nor does a PDF of another program")
                .help("ask whoever issued it for a copy with evidence"),
        );
    }
    let unsafe_names = names(&files);
    if !unsafe_names.is_empty() {
        place.findings(&unsafe_names)?;
        output::tell("nothing was written\n");
        return Ok(Exit::Unusable);
    }
    let stem = options.file.file_stem().map(PathBuf::from).unwrap_or_default();
    let folder = options.out.clone().unwrap_or(stem);
    write(&folder, &files, options.force)
}

/// What is wrong with the names of attachments: a name is no path, and no two are the same on any system.
fn names(files: &[File]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let shown = visible(&file.name);
        if let Err(why) = check_name(&file.name) {
            findings.push(
                Diagnostic::new("unsafe-name", format!("an attachment is named `{shown}`"))
                    .note(why.replace(" in the archive", "")),
            );
        } else if !seen.insert(file.name.to_lowercase()) {
            findings.push(Diagnostic::new("unsafe-name", format!("two attachments are named `{shown}`")));
        }
    }
    findings
}

fn write(folder: &Path, files: &[File], force: bool) -> Result<Exit, Exit> {
    let shown = visible(&folder.display().to_string());
    let failed = |what: &str, error: &std::io::Error| {
        output::tell(&format!("error: cannot write {what}: {error}\n  = note: what was there before is unchanged\n"));
        Exit::Io
    };
    if std::fs::symlink_metadata(folder).is_ok_and(|meta| !meta.is_dir()) {
        output::tell(&format!("error: {shown} is a link or a file; attachments are written to a folder\n"));
        return Err(Exit::Io);
    }
    std::fs::create_dir_all(folder).map_err(|error| failed(&shown, &error))?;
    let claimed = output::claim(folder).map_err(|error| failed(&shown, &error))?;
    // all can be written, or none is
    for file in files {
        let path = folder.join(&file.name);
        output::writable(&path).map_err(|error| failed(&format!("{shown}/{}", visible(&file.name)), &error))?;
        let differs = std::fs::symlink_metadata(&path).is_ok() && read::bytes(&path).ok().as_ref() != Some(&file.bytes);
        if differs && !force {
            output::tell(&format!(
                "error: {shown}/{} is there and holds something else; nothing was written\n  = help: name another folder with `--out`, or overwrite it with `--force`\n",
                visible(&file.name)
            ));
            return Err(Exit::Unusable);
        }
    }
    for file in files {
        let what = format!("{shown}/{}", visible(&file.name));
        let changed =
            output::write(&claimed, &folder.join(&file.name), &file.bytes).map_err(|error| failed(&what, &error))?;
        let word = if changed { "wrote" } else { "current" };
        output::tell(&format!("{word} {what} ({} bytes)\n", file.bytes.len()));
    }
    output::settle(&claimed, &shown)?;
    Ok(Exit::Clean)
}
