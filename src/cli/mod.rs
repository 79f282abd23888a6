//! Floor 10: the commands. Only this part prints, writes files, or reads the environment.

mod audit;
mod build;
mod check;
mod diff;
mod explain;
mod export;
mod extract;
mod impact;
mod init;
mod kept;
mod output;
mod show;
mod template;
mod verify;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use factbrief::check::{Settings, Tally};
use factbrief::diag::{Diagnostic, Level};
use factbrief::load::archive::Archive;
use factbrief::load::project::{self, Project};
use factbrief::render::worker;
use factbrief::report;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Clean,
    /// Findings, or a briefing is stale.
    Findings,
    /// The input or the call cannot be used.
    Unusable,
    /// A limit was reached.
    Limit,
    /// Cannot read or write.
    Io,
    /// A defect of ours.
    Defect,
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Unusable => 2,
            Self::Limit => 3,
            Self::Io => 4,
            Self::Defect => 70,
        }
    }

    /// The graver of two.
    fn or(self, other: Self) -> Self {
        if self.code() >= other.code() { self } else { other }
    }
}

/// Keeps a curated, sourced fact model in TOML, proves every entry against the words of its source, and prints PDF,
/// Markdown and web briefings that cite every source.
#[derive(Parser)]
#[command(name = "factbrief", version, about, long_about = None, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Default)]
pub(crate) struct Place {
    /// The project's folder [default: the nearest one above with a factbrief.toml]
    #[arg(long, global = true, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The folder of articles [default: FACTBRIEF_ARCHIVE, or `archive` in factbrief.toml]
    #[arg(long, global = true, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Do as if the articles were not at hand: the evidence lock answers for them
    #[arg(long, global = true, conflicts_with = "archive")]
    no_archive: bool,
    /// How findings are shown: human, short or json [default: human]; of `build` also what is printed: any of md, pdf and
    /// html [default: md,pdf]
    #[arg(long, global = true, value_enum, value_delimiter = ',', hide_possible_values = true, value_name = "FORMAT")]
    format: Vec<Asked>,
}

/// What `--format` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Asked {
    Human,
    Short,
    Json,
    Md,
    Pdf,
    Html,
}

/// What a briefing is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) markdown: bool,
    pub(crate) pdf: bool,
    pub(crate) html: bool,
}

impl Written {
    /// Whether Markdown and PDF, of which issues are kept, are both written.
    pub(crate) fn is_pair(self) -> bool {
        self.markdown && self.pdf
    }
}

#[derive(Args)]
pub(crate) struct Levels {
    /// Report findings of a rule as errors
    #[arg(long, value_name = "RULE")]
    deny: Vec<String>,
    /// Report findings of a rule as warnings
    #[arg(long, value_name = "RULE")]
    warn: Vec<String>,
    /// Do not report findings of a rule
    #[arg(long, value_name = "RULE")]
    allow: Vec<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Make a folder a project, with an invented sample that checks and builds at once
    Init(init::Options),
    /// Prove every quotation and check every record
    Check(check::Options),
    /// Print briefings: Markdown and PDF, or a web page
    Build(build::Options),
    /// Check and print again whenever a file is saved, until interrupted
    #[command(after_help = "On an error the last good output stays as it is. One line a save; findings before it.")]
    Watch(watch::Options),
    /// Hold every number, date and statement of a Markdown or PDF file against the records
    Audit(audit::Options),
    /// Hold the pages of a PDF against the records it carries, these against the articles (--archive) and the project
    /// (--project), where they are given
    #[command(after_help = "A document proves itself: a project or archive is used only where it is named.")]
    Verify(verify::Options),
    /// Write out the files that a PDF carries
    Extract(extract::Options),
    /// Show what rests on a record: records, and places of briefings
    Impact(impact::Options),
    /// Say what changed in the facts and in each briefing, since a git revision or since the last issue
    Diff(diff::Options),
    /// List templates, or begin one of your own with a copy of what is shipped
    Template(template::Options),
    /// Show a record, with its quotations in their paragraphs
    Show(show::Options),
    /// Print what the project holds in a format that other programs read
    Export(export::Options),
    /// Print the page of a rule, or the list of all rules
    Explain(explain::Options),
    #[command(name = worker::ARGUMENT, hide = true)]
    Worker { memory: u64, processor: u64, remember: usize },
}

pub(crate) fn main() -> ExitCode {
    let outcome = std::panic::catch_unwind(|| {
        let cli = match Cli::try_parse() {
            Ok(cli) => cli,
            Err(error) => {
                let printed = error.print();
                return match (error.use_stderr(), printed) {
                    (true, _) => Exit::Unusable,
                    (false, Ok(())) => Exit::Clean,
                    (false, Err(_)) => Exit::Io,
                };
            }
        };
        if let Err(exit) = cli.place.is_sound(matches!(cli.command, Command::Build(_) | Command::Watch(_))) {
            return exit;
        }
        match cli.command {
            Command::Init(options) => init::run(&cli.place, &options),
            Command::Check(options) => check::run(&cli.place, &options),
            Command::Build(options) => build::run(&cli.place, &options),
            Command::Watch(options) => watch::run(&cli.place, &options),
            Command::Audit(options) => audit::run(&cli.place, &options),
            Command::Verify(options) => verify::run(&cli.place, &options),
            Command::Extract(options) => extract::run(&cli.place, &options),
            Command::Impact(options) => impact::run(&cli.place, &options),
            Command::Diff(options) => diff::run(&cli.place, &options),
            Command::Template(options) => template::run(&cli.place, &options),
            Command::Show(options) => show::run(&cli.place, &options),
            Command::Export(options) => export::run(&cli.place, &options),
            Command::Explain(options) => explain::run(&options),
            Command::Worker { memory, processor, remember } => {
                match worker::serve(memory, processor, remember, std::io::stdin(), std::io::stdout()) {
                    Ok(()) => Exit::Clean,
                    Err(_) => Exit::Io,
                }
            }
        }
    });
    let exit = outcome.unwrap_or_else(|_| {
        output::tell("factbrief: this is a defect of the program, not of your input; nothing was half-written\n");
        Exit::Defect
    });
    ExitCode::from(exit.code())
}

impl Place {
    /// The project's folder.
    fn root(&self) -> Result<PathBuf, Exit> {
        if let Some(given) = &self.project {
            if given.join(project::FILE).is_file() {
                return Ok(given.clone());
            }
            let shown = factbrief::text::gate::visible(&given.display().to_string());
            let why = if given.is_dir() { format!("holds no {}", project::FILE) } else { "is no folder".to_owned() };
            output::tell(&format!("error: --project names {shown}, which {why}\n"));
            return Err(Exit::Unusable);
        }
        let here = std::env::current_dir().map_err(|error| {
            output::tell(&format!("error: cannot tell the current folder: {error}\n"));
            Exit::Io
        })?;
        let found = here.ancestors().find(|folder| folder.join(project::FILE).is_file());
        found.map(Path::to_path_buf).ok_or_else(|| {
            output::tell(&format!(
                "error: there is no {} here or in a folder above\n  = help: go to a project's folder, or name it: `--project DIR`\n",
                project::FILE
            ));
            Exit::Unusable
        })
    }

    /// The archive that is meant.
    fn archive(&self, project: &Project) -> Result<Archive, Exit> {
        let own = || project.archive.as_ref().map_or(Archive::Absent, |path| Archive::folder(&project.root.join(path)));
        Ok(self.named_archive()?.unwrap_or_else(own))
    }

    /// The archive that the call or the environment names, or forbids; none where they say nothing.
    fn named_archive(&self) -> Result<Option<Archive>, Exit> {
        if self.no_archive {
            return Ok(Some(Archive::Absent));
        }
        let named = self.archive.clone().map(|path| (path, "--archive")).or_else(|| {
            std::env::var_os("FACTBRIEF_ARCHIVE")
                .filter(|v| !v.is_empty())
                .map(|v| (PathBuf::from(v), "FACTBRIEF_ARCHIVE"))
        });
        match named {
            Some((path, _)) if path.is_dir() => Ok(Some(Archive::Folder(path))),
            Some((path, by)) => {
                let shown = factbrief::text::gate::visible(&path.display().to_string());
                output::tell(&format!(
                    "error: {by} names {shown}, which is no folder\n  = help: `--no-archive` lets the evidence lock answer\n"
                ));
                Err(Exit::Unusable)
            }
            None => Ok(None),
        }
    }

    /// Whether the formats that are asked for go together, and with the command.
    fn is_sound(&self, builds: bool) -> Result<(), Exit> {
        let printed = |f: &&Asked| matches!(f, Asked::Md | Asked::Pdf | Asked::Html);
        let shown = self.format.iter().filter(|f| !printed(f)).count();
        if shown > 1 {
            output::tell("error: --format shows findings in one way\n  = help: take one of human, short and json\n");
            return Err(Exit::Unusable);
        }
        if !builds && self.format.iter().any(|f| printed(&f)) {
            output::tell(
                "error: --format md, pdf and html say what `factbrief build` prints, and no other command prints briefings\n  = help: findings are shown as human, short or json\n",
            );
            return Err(Exit::Unusable);
        }
        Ok(())
    }

    /// What briefings are written as.
    fn written(&self) -> Written {
        let has = |format: Asked| self.format.contains(&format);
        let asked = Written { markdown: has(Asked::Md), pdf: has(Asked::Pdf), html: has(Asked::Html) };
        if asked.markdown || asked.pdf || asked.html {
            return asked;
        }
        Written { markdown: true, pdf: true, html: false }
    }

    /// How findings are shown.
    fn format(&self) -> report::Format {
        let shown = self.format.iter().find_map(|format| match format {
            Asked::Short => Some(report::Format::Short),
            Asked::Json => Some(report::Format::Json),
            _ => None,
        });
        shown.unwrap_or(report::Format::Human)
    }

    /// Shows findings: for people on standard error, for programs on standard output.
    fn findings(&self, findings: &[Diagnostic]) -> Result<(), Exit> {
        let format = self.format();
        let text = report::render(findings, format, true);
        if format == report::Format::Json {
            output::print(&text)
        } else {
            if !text.is_empty() {
                output::tell(&text);
                output::tell("\n");
            }
            Ok(())
        }
    }
}

impl Levels {
    fn settings(&self, project: &Project) -> Result<Settings, Exit> {
        let mut command = BTreeMap::new();
        for (list, level) in [(&self.allow, Level::Allow), (&self.warn, Level::Warn), (&self.deny, Level::Deny)] {
            for name in list {
                match factbrief::check::rules::find(name) {
                    None => {
                        explain::no_such_rule(name);
                        return Err(Exit::Unusable);
                    }
                    Some(rule) if rule.is_proof() => {
                        output::tell(&format!("error: `{name}` is the proof itself and cannot be switched off\n"));
                        return Err(Exit::Unusable);
                    }
                    Some(_) => {}
                }
                command.insert(name.clone(), level);
            }
        }
        Ok(Settings { project: project.levels.clone(), command, ..Settings::default() })
    }
}

/// What a check did, in a line: never a pass without saying what was proved, and how.
pub(crate) fn summary(tally: &Tally, errors: usize, warnings: usize) -> String {
    let n = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut how = Vec::new();
    if tally.exact > 0 {
        how.push(format!("{} found in the articles exactly", tally.exact));
    }
    if tally.folded > 0 {
        how.push(format!("{} after folding typography", tally.folded));
    }
    if tally.locked > 0 {
        how.push(format!("{} passed by the evidence lock, the articles not being at hand", tally.locked));
    }
    if tally.unproved > 0 {
        how.push(format!("{} NOT PROVED", tally.unproved));
    }
    let outcome = match (errors, warnings) {
        (0, 0) => "no findings".to_owned(),
        (0, w) => n(w, "warning", "warnings"),
        (e, 0) => n(e, "error", "errors"),
        (e, w) => format!("{}, {}", n(e, "error", "errors"), n(w, "warning", "warnings")),
    };
    let how = if how.is_empty() { "nothing to prove".to_owned() } else { how.join(", ") };
    format!(
        "{}: {}, {}\n{outcome}\n",
        n(tally.records, "record", "records"),
        n(tally.quotations, "quotation", "quotations"),
        how
    )
}

pub(crate) fn count(findings: &[Diagnostic]) -> (usize, usize) {
    let errors = findings.iter().filter(|f| f.level.fails()).count();
    (errors, findings.len() - errors)
}

/// The exit code for findings that stopped the loading of a project.
pub(crate) fn unusable(findings: &[Diagnostic]) -> Exit {
    if findings.iter().any(|f| f.code == "limit") {
        Exit::Limit
    } else if findings.iter().all(|f| f.code == "unreadable") {
        Exit::Io
    } else {
        Exit::Unusable
    }
}
