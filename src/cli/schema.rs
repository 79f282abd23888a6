//! `factbrief schema`

use std::path::PathBuf;

use factbrief::editor::schema::Written;

use super::{Exit, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Of what [default: dossier]
    #[arg(value_enum, conflicts_with = "out")]
    of: Option<Of>,
    /// Write all three to a folder: dossier.schema.json, briefing.schema.json and project.schema.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Of {
    /// The files of a dossier, seeds/DOSSIER/*.toml
    Dossier,
    /// The file of a briefing, briefings/SLUG.toml
    Briefing,
    /// The project file, factbrief.toml
    Project,
}

pub(crate) fn run(options: &Options) -> Exit {
    if let Some(folder) = &options.out {
        return write(folder);
    }
    let of = match options.of {
        None | Some(Of::Dossier) => Written::Dossier,
        Some(Of::Briefing) => Written::Briefing,
        Some(Of::Project) => Written::Project,
    };
    output::print(&text(of)).err().unwrap_or(Exit::Clean)
}

fn text(of: Written) -> String {
    format!("{:#}\n", of.schema())
}

fn write(folder: &std::path::Path) -> Exit {
    let written = std::fs::create_dir_all(folder).and_then(|()| output::claim(folder)).and_then(|claimed| {
        for of in Written::ALL {
            output::write(&claimed, &folder.join(of.file()), text(of).as_bytes())?;
        }
        Ok(claimed)
    });
    match written {
        Ok(claimed) => output::settle(&claimed, &folder.display().to_string()).err().unwrap_or(Exit::Clean),
        Err(error) => {
            let shown = factbrief::text::gate::visible(&folder.display().to_string());
            output::tell(&format!("error: cannot write the schemas to {shown}: {error}\n"));
            Exit::Io
        }
    }
}
