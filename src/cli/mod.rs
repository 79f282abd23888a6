//! Floor 10: the commands. Only this part prints, writes files, or reads the environment.

mod audit;
mod build;
mod check;
mod comment;
mod completions;
mod diff;
mod doctor;
mod examples;
mod explain;
mod export;
mod extract;
mod find;
mod gathered;
mod impact;
mod import;
mod init;
mod kept;
mod limits;
mod lsp;
mod man;
mod output;
mod progress;
mod quote;
mod review;
mod schema;
mod show;
mod source;
mod standing;
mod suggest;
mod template;
mod verify;
mod watch;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use factbrief::check::{Settings, Tally};
use factbrief::diag::{Diagnostic, Level};
use factbrief::load::archive::Archive;
use factbrief::load::project::{self, Project};
use factbrief::render::worker;
use factbrief::report::{self, Format, github};
use factbrief::text::gate::visible;

use gathered::{Gathered, ReportFile};

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

    /// What it says, in words.
    fn meaning(self) -> &'static str {
        match self {
            Self::Clean => "all is well",
            Self::Findings => "findings, or a briefing is stale",
            Self::Unusable => "the input or the call cannot be used",
            Self::Limit => "a limit was reached",
            Self::Io => "cannot read or write",
            Self::Defect => "a defect of the program",
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
#[command(name = "factbrief", version, about, long_about = None, disable_help_subcommand = true, after_help = examples::PROGRAM)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// The heading of options that every command has.
const EVERYWHERE: &str = "Options of every command";

#[derive(Args, Default)]
pub(crate) struct Place {
    /// The project's folder [default: the nearest one above with a factbrief.toml]
    #[arg(long, help_heading = EVERYWHERE, global = true, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The folder of articles [default: FACTBRIEF_ARCHIVE, or `archive` in factbrief.toml]
    #[arg(long, help_heading = EVERYWHERE, global = true, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Do as if the articles were not at hand: the evidence lock answers for them
    #[arg(long, help_heading = EVERYWHERE, global = true, conflicts_with = "archive")]
    no_archive: bool,
    /// How findings are shown: human, short or json; of check, build and audit also sarif, github or junit [default:
    /// human]. Of `build` also what is printed: any of md, pdf and html [default: md,pdf]; of `diff` also github-comment
    #[arg(long, help_heading = EVERYWHERE, global = true, value_enum, value_delimiter = ',', hide_possible_values = true, value_name = "FORMAT")]
    format: Vec<Asked>,
    /// Of check, build and audit: write findings to a file, too, as sarif=FILE or junit=FILE
    #[arg(long, help_heading = EVERYWHERE, global = true, value_name = "FORMAT=FILE", value_parser = gathered::report_file)]
    report: Vec<ReportFile>,
    /// When to use colours; auto is on a terminal only, and obeys NO_COLOR and CLICOLOR_FORCE
    #[arg(long, help_heading = EVERYWHERE, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
    /// What was found so far, for formats that are one document.
    #[arg(skip)]
    gathered: RefCell<Gathered>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colour {
    /// Holds for all that is told from now on.
    fn hold(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }

    /// What the call asks for, before it is read as a whole: a mistake in it is shown in colours, too, or is not.
    fn asked() -> Self {
        let arguments: Vec<String> =
            std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).take_while(|a| a != "--").collect();
        let next = arguments.iter().skip(1).map(Some).chain([None]);
        let values = arguments.iter().zip(next).filter_map(|(argument, next)| match argument.split_once('=') {
            Some(("--color", value)) => Some(value),
            None if argument == "--color" => next.map(String::as_str),
            _ => None,
        });
        values.last().and_then(|value| Self::from_str(value, false).ok()).unwrap_or_default()
    }
}

/// What `--format` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Asked {
    Human,
    Short,
    Json,
    Sarif,
    Github,
    Junit,
    GithubComment,
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

#[derive(Debug, Args)]
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
    #[command(after_help = examples::INIT)]
    Init(init::Options),
    /// Prove every quotation and check every record
    #[command(after_help = examples::CHECK)]
    Check(check::Options),
    /// Print briefings: Markdown and PDF, or a web page
    #[command(after_help = examples::BUILD)]
    Build(build::Options),
    /// Check and print again whenever a file is saved, until interrupted
    #[command(after_help = examples::WATCH)]
    Watch(watch::Options),
    /// Hold every number, date and statement of a Markdown or PDF file against the records
    #[command(after_help = examples::AUDIT)]
    Audit(audit::Options),
    /// Hold the pages of a PDF against the records it carries, these against the articles (--archive) and the project
    /// (--project), where they are given
    #[command(after_help = examples::VERIFY)]
    Verify(verify::Options),
    /// Write out the files that a PDF carries
    #[command(after_help = examples::EXTRACT)]
    Extract(extract::Options),
    /// Show what rests on a record: records, and places of briefings
    #[command(after_help = examples::IMPACT)]
    Impact(impact::Options),
    /// Say what changed in the facts and in each briefing, since a git revision or since the last issue
    #[command(after_help = examples::DIFF)]
    Diff(diff::Options),
    /// List templates, or begin one of your own with a copy of what is shipped
    #[command(after_help = examples::TEMPLATE)]
    Template(template::Options),
    /// Show a record, with its quotations in their paragraphs
    #[command(after_help = examples::SHOW)]
    Show(show::Options),
    /// Propose a record for a few words of a source, as the check reads them
    #[command(after_help = examples::QUOTE)]
    Quote(quote::Options),
    /// List the quantities, dates and speech of a source that no record uses yet
    #[command(after_help = examples::SUGGEST)]
    Suggest(suggest::Options),
    /// Show where words stand in the archive, and which records rest on them
    #[command(after_help = examples::FIND)]
    Find(find::Options),
    /// Record that a person held records against their articles, or list who did
    #[command(after_help = examples::REVIEW)]
    Review(review::Options),
    /// Store saved articles in the archive and write their source records
    #[command(after_help = examples::SOURCE)]
    Source(source::Options),
    /// Bring data along: a table of events, or references
    #[command(after_help = examples::IMPORT)]
    Import(import::Options),
    /// Print what the project holds in a format that other programs read
    #[command(after_help = examples::EXPORT)]
    Export(export::Options),
    /// Print the page of a rule, or the list of all rules
    #[command(after_help = examples::EXPLAIN)]
    Explain(explain::Options),
    /// Look over the installation and the project: fonts, worker, archive, locks, templates, git; say what to do
    #[command(after_help = examples::DOCTOR)]
    Doctor(doctor::Options),
    /// Print completions of this command line for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(completions::Options),
    /// Print the manual page of the program or of a command, or write all of them
    #[command(after_help = examples::MAN)]
    Man(man::Options),
    /// Serve an editor over standard input and output (Language Server Protocol)
    #[command(after_help = examples::LSP)]
    Lsp(lsp::Options),
    /// Print the JSON Schema of what is written by hand, for editors
    #[command(after_help = examples::SCHEMA)]
    Schema(schema::Options),
}

pub(crate) fn main() -> ExitCode {
    if let Some(exit) = serve() {
        return ExitCode::from(exit.code());
    }
    Colour::asked().hold();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let error = if error.use_stderr() { seen(&error) } else { error };
            let printed = error.print().and_then(|()| std::io::Write::flush(&mut std::io::stdout()));
            let exit = match (error.use_stderr(), printed) {
                (true, _) => Exit::Unusable,
                (false, Err(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Clean,
                (false, Ok(())) => Exit::Clean,
                (false, Err(_)) => Exit::Io,
            };
            return ExitCode::from(exit.code());
        }
    };
    let Cli { place, command } = cli;
    place.color.hold();
    let name = command.name();
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        // told below, as what it is
        if !is_refused_thread(info.payload()) {
            default(info);
        }
    }));
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| match place.is_sound(name) {
        Ok(()) => command.run(&place),
        Err(exit) => exit,
    }));
    let exit = outcome.unwrap_or_else(|payload| {
        if is_refused_thread(payload.as_ref()) {
            place.tell("error: the system refuses another thread, and nothing can be done without; nothing was half-written\n  = help: end other programs, or raise the limit on processes (`ulimit -u`)\n");
            return Exit::Io;
        }
        place.tell("factbrief: this is a defect of the program, not of your input; nothing was half-written\n");
        Exit::Defect
    });
    ExitCode::from(place.close(name, exit).code())
}

/// Whether a panic is that of the standard library or of rayon where the system has no room for another thread: no defect of
/// the program.
fn is_refused_thread(payload: &(dyn std::any::Any + Send)) -> bool {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref().copied());
    let refused = ["failed to spawn thread", "The global thread pool has not been initialized"];
    text.is_some_and(|text: &str| refused.iter().any(|words| text.starts_with(words)))
}

/// What is wrong with the call, told of arguments in which nothing is hidden: the parser quotes them as they are.
fn seen(error: &clap::Error) -> clap::Error {
    let arguments = std::env::args_os().map(|argument| output::harmless(visible(&argument.to_string_lossy())));
    Cli::try_parse_from(arguments).err().unwrap_or_else(|| {
        Cli::command().error(error.kind(), "an argument holds characters that are no text, or cannot be seen")
    })
}

/// Works for another run of the program, where that asks for it. No command of the command line: it is in no help,
/// completion or manual.
fn serve() -> Option<Exit> {
    let mut arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    arguments.next().filter(|first| first == worker::ARGUMENT)?;
    let mut limit = || arguments.next().and_then(|text| text.parse::<u64>().ok());
    let (Some(memory), Some(processor), Some(remember)) = (limit(), limit(), limit()) else {
        return Some(Exit::Unusable);
    };
    let remember = usize::try_from(remember).unwrap_or_default();
    let early = arguments.next().is_some_and(|early| early == true.to_string());
    Some(match worker::serve(memory, processor, remember, early, std::io::stdin(), std::io::stdout()) {
        Ok(()) => Exit::Clean,
        Err(_) => Exit::Io,
    })
}

impl Command {
    /// The word for it on the command line.
    fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Check(_) => "check",
            Self::Build(_) => "build",
            Self::Watch(_) => "watch",
            Self::Audit(_) => "audit",
            Self::Verify(_) => "verify",
            Self::Extract(_) => "extract",
            Self::Impact(_) => "impact",
            Self::Diff(_) => "diff",
            Self::Template(_) => "template",
            Self::Show(_) => "show",
            Self::Quote(_) => "quote",
            Self::Suggest(_) => "suggest",
            Self::Find(_) => "find",
            Self::Review(_) => "review",
            Self::Source(_) => "source",
            Self::Lsp(_) => "lsp",
            Self::Schema(_) => "schema",
            Self::Import(_) => "import",
            Self::Export(_) => "export",
            Self::Explain(_) => "explain",
            Self::Doctor(_) => "doctor",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    fn run(self, place: &Place) -> Exit {
        match self {
            Self::Init(options) => init::run(place, &options),
            Self::Check(options) => check::run(place, &options),
            Self::Build(options) => build::run(place, &options),
            Self::Watch(options) => watch::run(place, &options),
            Self::Audit(options) => audit::run(place, &options),
            Self::Verify(options) => verify::run(place, &options),
            Self::Extract(options) => extract::run(place, &options),
            Self::Impact(options) => impact::run(place, &options),
            Self::Diff(options) => diff::run(place, &options),
            Self::Template(options) => template::run(place, &options),
            Self::Show(options) => show::run(place, &options),
            Self::Quote(options) => quote::run(place, &options),
            Self::Suggest(options) => suggest::run(place, &options),
            Self::Find(options) => find::run(place, &options),
            Self::Review(options) => review::run(place, &options),
            Self::Source(options) => source::run(place, &options),
            Self::Lsp(options) => lsp::run(place, &options),
            Self::Schema(options) => schema::run(&options),
            Self::Import(options) => import::run(place, &options),
            Self::Export(options) => export::run(place, &options),
            Self::Explain(options) => explain::run(&options),
            Self::Doctor(options) => doctor::run(place, &options),
            Self::Completions(options) => completions::run(&options),
            Self::Man(options) => man::run(&options),
        }
    }
}

impl Place {
    /// The project's folder.
    fn root(&self) -> Result<PathBuf, Exit> {
        if let Some(given) = &self.project {
            if given.join(project::FILE).is_file() {
                self.gathered.borrow_mut().root = Some(given.clone());
                return Ok(given.clone());
            }
            let shown = visible(&given.display().to_string());
            let why = if given.is_dir() { format!("holds no {}", project::FILE) } else { "is no folder".to_owned() };
            let finding = Diagnostic::new("no-project", format!("--project names {shown}, which {why}"));
            return Err(self.refuse(finding));
        }
        let here = std::env::current_dir().map_err(|error| {
            output::tell(&format!("error: cannot tell the current folder: {error}\n"));
            Exit::Io
        })?;
        let found = Self::above(&here);
        self.gathered.borrow_mut().root.clone_from(&found);
        found.ok_or_else(|| {
            let title = format!("there is no {} here or in a folder above", project::FILE);
            let help = "go to a project's folder, or name it: `--project DIR`";
            self.refuse(Diagnostic::new("no-project", title).help(help))
        })
    }

    /// The nearest folder of a project, from a folder upwards.
    fn above(here: &Path) -> Option<PathBuf> {
        here.ancestors().find(|folder| folder.join(project::FILE).is_file()).map(Path::to_path_buf)
    }

    /// Shows why the call cannot be used.
    fn refuse(&self, finding: Diagnostic) -> Exit {
        self.findings(&[finding]).err().unwrap_or(Exit::Unusable)
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
                let title = format!("{by} names {}, which is no folder", visible(&path.display().to_string()));
                let finding = Diagnostic::new("no-archive", title);
                Err(self.refuse(finding.help("`--no-archive` lets the evidence lock answer")))
            }
            None => Ok(None),
        }
    }

    /// Whether the formats that are asked for go together, and with the command.
    fn is_sound(&self, command: &str) -> Result<(), Exit> {
        let refused = |why: &str, help: &str| {
            output::tell(&format!("error: {why}\n  = help: {help}\n"));
            Err(Exit::Unusable)
        };
        let printed = |f: &&Asked| matches!(f, Asked::Md | Asked::Pdf | Asked::Html);
        let shown = self.format.iter().filter(|f| !printed(f)).count();
        if shown > 1 {
            return refused(
                "--format shows findings in one way",
                "take one of human, short, json, sarif, github and junit; `--report sarif=FILE` writes a file beside",
            );
        }
        if !matches!(command, "build" | "watch") && self.format.iter().any(|f| printed(&f)) {
            return refused(
                "--format md, pdf and html say what `factbrief build` and `watch` print, and no other command prints briefings",
                "findings are shown as human, short or json",
            );
        }
        if command != "diff" && self.format.contains(&Asked::GithubComment) {
            return refused(
                "--format github-comment shows what `factbrief diff` tells, and no other command compares",
                "findings are shown on a pull request by `--format github`",
            );
        }
        if let Err(why) = limits::are_sound() {
            return refused(&why, "write `processor=SECONDS`, `wall=SECONDS` or `memory=MIB`, parted by commas");
        }
        let finds = matches!(command, "check" | "build" | "audit");
        if !finds && (self.format().is_document() || !self.report.is_empty()) {
            return refused(
                "sarif, github and junit show what check, build and audit find; this command is none of them",
                "its output is shown as human, short or json",
            );
        }
        Ok(())
    }

    /// Whether a run is told in words on the terminal, and nowhere else.
    fn tells_words_only(&self) -> bool {
        let gathered = std::env::var_os("GITHUB_STEP_SUMMARY").is_some();
        matches!(self.format(), report::Format::Human | report::Format::Short) && self.report.is_empty() && !gathered
    }

    /// A hash of a call, with all that it depends on besides files of the project.
    fn call(&self, program: &Path, options: &build::Options) -> String {
        let archive = std::env::var_os("FACTBRIEF_ARCHIVE");
        let named = (&self.archive, archive, self.no_archive, self.written());
        let call = format!("{} {options:?} {named:?}", kept::program(program));
        factbrief::text::hash::sha256(call.as_bytes())
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
            Asked::Sarif => Some(report::Format::Sarif),
            Asked::Github => Some(report::Format::Github),
            Asked::Junit => Some(report::Format::Junit),
            _ => None,
        });
        shown.unwrap_or(report::Format::Human)
    }

    /// Whether `diff` writes a comment for a pull request.
    fn comments(&self) -> bool {
        self.format.contains(&Asked::GithubComment)
    }

    /// Shows findings: for people on standard error, for programs on standard output; a format that is one document is
    /// printed at the end.
    fn findings(&self, findings: &[Diagnostic]) -> Result<(), Exit> {
        let format = self.format();
        if format.is_document() || !self.report.is_empty() {
            self.gathered.borrow_mut().findings.extend_from_slice(findings);
        }
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

    /// Tells the user what the run did; a format that is one document says it, too.
    fn tell(&self, text: &str) {
        output::tell(text);
        if self.format().is_document() || !self.report.is_empty() {
            self.gathered.borrow_mut().summary.push_str(text);
        }
    }

    /// Prints and writes what is one document. Gives the exit code, which is graver where that cannot be done.
    fn close(&self, command: &str, mut exit: Exit) -> Exit {
        let Ok(mut gathered) = self.gathered.try_borrow_mut() else { return exit };
        for file in self.report.iter() {
            let text = gathered.document(command, exit, file.format);
            exit = exit.or(gathered::write(file, &text).err().unwrap_or(Exit::Clean));
        }
        let format = self.format();
        if !format.is_document() || !matches!(command, "check" | "build" | "audit") {
            return exit;
        }
        let text = gathered.document(command, exit, format);
        exit = exit.or(output::print(&text).err().unwrap_or(Exit::Clean));
        if format == Format::Github {
            output::tell(&github::left_out(&gathered.findings).unwrap_or_default());
            if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
                output::append(Path::new(&path), &gathered.job_summary(command, exit));
            }
        }
        exit
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
        Ok(Settings { project: project.levels.clone(), command, review: project.review, ..Settings::default() })
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
    let reviews = match (tally.reviewed, tally.suspect, tally.unreviewed) {
        (0, 0, 0) => String::new(),
        (reviewed, suspect, unreviewed) => {
            format!("{reviewed} reviewed, {suspect} suspect, {unreviewed} not reviewed\n")
        }
    };
    let how = if how.is_empty() { "nothing to prove".to_owned() } else { how.join(", ") };
    format!(
        "{}: {}, {}\n{reviews}{outcome}\n",
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
