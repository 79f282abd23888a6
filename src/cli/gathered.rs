//! What a run found, gathered for formats that show it as one document, and for files (`--report`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use factbrief::check::rules::RULES;
use factbrief::check::{Report, Tally};
use factbrief::diag::{self, Diagnostic};
use factbrief::facts::at::At;
use factbrief::facts::dossier::{Citation, Dossier, Subject};
use factbrief::load::lock::{self, Match};
use factbrief::report::{self, Case, Format, Origin, RulePage, Run, Suite, github};
use factbrief::text::gate::visible;
use factbrief::{Verdict, Workspace};

use super::{Exit, output};

/// The suite of what belongs to no dossier and no briefing.
const PROJECT: &str = "project";

/// What a run found so far.
#[derive(Default)]
pub(super) struct Gathered {
    /// In the order in which it was shown.
    pub(super) findings: Vec<Diagnostic>,
    /// What records make an exception for, with the reason.
    pub(super) excepted: Vec<(Diagnostic, String)>,
    /// What was tried.
    pub(super) suites: Vec<Suite>,
    /// What the run said of itself, in words.
    pub(super) summary: String,
    /// The project's folder, once it is known.
    pub(super) root: Option<PathBuf>,
    /// Files that the call names, whose names are relative to the current folder.
    pub(super) named: BTreeSet<String>,
    /// The names of articles.
    articles: BTreeSet<String>,
}

impl Gathered {
    /// Takes in what a check of the dossiers found.
    pub(super) fn checked(&mut self, workspace: &Workspace, verdict: &Verdict<'_>) {
        for (name, report) in &verdict.reports {
            self.excepted.extend(report.excepted.iter().cloned());
            let Some(dossier) = workspace.dossiers.get(name) else { continue };
            self.articles.extend(dossier.sources.iter().map(|(_, source)| source.file_name().to_owned()));
            self.suites.push(suite(name, dossier, report));
        }
    }

    /// Shows a run in a format that is a document.
    pub(super) fn document(&mut self, command: &str, exit: Exit, format: Format) -> String {
        self.settle();
        self.run(command, exit, &|run| report::document(run, format))
    }

    /// What the run did and found, for the summary of a job.
    pub(super) fn job_summary(&mut self, command: &str, exit: Exit) -> String {
        self.settle();
        self.run(command, exit, &|run| github::summary(run))
    }

    fn run(&self, command: &str, exit: Exit, shown: &dyn Fn(&Run<'_>) -> String) -> String {
        let rules: Vec<RulePage<'_>> = RULES
            .iter()
            .map(|r| RulePage { name: r.name, group: r.group.name(), level: r.group.level(), page: r.page })
            .collect();
        let places = Places::new(self);
        shown(&Run {
            command,
            version: env!("CARGO_PKG_VERSION"),
            exit: exit.code(),
            meaning: exit.meaning(),
            summary: &self.summary,
            rules: &rules,
            origin: &|name| places.origin(name),
            findings: &self.findings,
            excepted: &self.excepted,
            suites: &self.suites,
        })
    }

    /// Puts findings into canonical order, and those of no suite into one of their own.
    fn settle(&mut self) {
        diag::sort(&mut self.findings);
        if self.suites.is_empty() || self.suites.iter().any(|suite| suite.name == PROJECT) {
            return;
        }
        let key = |f: &Diagnostic| {
            let place = f.labels.first().map(|l| (l.file.name().to_owned(), l.span.start, l.span.end));
            (f.code, f.title.clone(), place)
        };
        let known: BTreeSet<_> =
            self.suites.iter().flat_map(|suite| &suite.cases).flat_map(|case| &case.findings).map(key).collect();
        let mut cases: BTreeMap<String, Case> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| !known.contains(&key(finding))) {
            let name = finding.labels.first().map_or(finding.code, |label| label.file.name());
            let case = cases.entry(name.to_owned()).or_insert_with(|| Case {
                class: PROJECT.to_owned(),
                name: name.to_owned(),
                ..Case::default()
            });
            case.findings.push(finding.clone());
        }
        if !cases.is_empty() {
            let cases = cases.into_values().collect();
            self.suites.push(Suite { name: PROJECT.to_owned(), cases, ..Suite::default() });
        }
    }
}

/// The briefings of a run as a suite: a case each.
pub(super) fn briefings(cases: Vec<Case>, properties: Vec<(String, String)>, nothing: &str) -> Suite {
    Suite { name: "briefings".to_owned(), properties, cases, nothing: nothing.to_owned() }
}

/// A dossier as a suite: a case each quotation, and one each record without quotations of which something was found.
fn suite(name: &str, dossier: &Dossier, report: &Report) -> Suite {
    let mut cases: Vec<Case> = Vec::new();
    // the first case of a record; records in their files, by where they begin
    let mut first: BTreeMap<Subject, usize> = BTreeMap::new();
    let mut begins: BTreeMap<&str, BTreeMap<usize, Subject>> = BTreeMap::new();
    for (subject, head) in dossier.heads() {
        begins.entry(head.file.name()).or_default().insert(head.header.start, subject);
    }
    for cited in dossier.cited() {
        first.insert(cited.subject, cases.len());
        let of = cited.citations.len();
        for index in 0..of {
            let id = cited.head.id;
            let name = if of == 1 { id.to_owned() } else { format!("{id}, quotation {} of {of}", index + 1) };
            let proof = report.lock.proofs.get(&lock::key(id, index));
            let said = proof.map(|proof| {
                let how = match proof.matched {
                    Match::Exact => "as it stands there",
                    Match::Folded => "after folding typography",
                };
                format!("{} line {}, {how}", proof.source, proof.line)
            });
            let class = format!("{}.{}", dossier.name, cited.head.kind);
            cases.push(Case { class, name, said: said.unwrap_or_default(), findings: Vec::new() });
        }
    }
    let quotations = cases.len();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &report.findings {
        let label = finding.labels.first();
        let subject = label.and_then(|label| {
            let records = begins.get(label.file.name())?;
            records.range(..=label.span.start).next_back().map(|(_, subject)| *subject)
        });
        let citations = subject.map_or(&[][..], |subject| dossier.citations(subject));
        let at = match (subject.and_then(|subject| first.get(&subject)), label) {
            (Some(case), Some(label)) if !citations.is_empty() => {
                case + citations.iter().position(|citation| holds(citation, label.span.start)).unwrap_or(0)
            }
            _ => {
                let head = subject.map(|subject| dossier.head(subject));
                let id = head.as_ref().map_or_else(
                    || label.map_or(finding.code, |label| label.file.name()).to_owned(),
                    |head| head.id.to_owned(),
                );
                let class = head.map_or_else(|| name.to_owned(), |head| format!("{name}.{}", head.kind));
                *others.entry(id.clone()).or_insert_with(|| {
                    cases.push(Case { class, name: id, ..Case::default() });
                    cases.len() - 1
                })
            }
        };
        if let Some(case) = cases.get_mut(at) {
            case.findings.push(finding.clone());
        }
    }
    for case in cases.iter_mut().take(quotations) {
        if case.said.is_empty() && !case.findings.iter().any(|f| f.level.fails()) {
            // its source is what is wrong; what was not proved does not pass all the same
            case.findings
                .push(Diagnostic::new("not-proved", "the quotation was not proved: its article cannot be used"));
        }
    }
    let Tally { records, quotations, exact, folded, locked, unproved, .. } = report.tally;
    let counts = [
        ("records", records),
        ("quotations", quotations),
        ("exact", exact),
        ("folded", folded),
        ("locked", locked),
        ("unproved", unproved),
    ];
    Suite {
        name: name.to_owned(),
        properties: counts.into_iter().map(|(key, count)| (key.to_owned(), count.to_string())).collect(),
        cases,
        nothing: "the dossier has no quotation: nothing was proved".to_owned(),
    }
}

/// Whether a place is one of the values of a citation.
fn holds(citation: &Citation, at: usize) -> bool {
    let words = citation.words.as_ref().map(At::span);
    let prefix = citation.prefix.as_ref().map(At::span);
    let via = citation.via.iter().map(At::span);
    let spans =
        [Some(citation.quote.span()), Some(citation.source.span()), words, prefix].into_iter().flatten().chain(via);
    spans.into_iter().any(|span| span.contains(&at))
}

/// Where files lie in the repository.
struct Places<'g> {
    gathered: &'g Gathered,
    /// The root of the repository, and the project's folder.
    folders: Option<(PathBuf, PathBuf)>,
    here: Option<PathBuf>,
}

impl<'g> Places<'g> {
    fn new(gathered: &'g Gathered) -> Self {
        let project = gathered.root.as_ref().and_then(|root| std::fs::canonicalize(root).ok());
        let here = std::env::current_dir().ok();
        let folders = project.map(|project| {
            // a project may be a folder of a repository; a worktree has a file `.git`
            let repository = project.ancestors().find(|folder| folder.join(".git").exists());
            (repository.unwrap_or(&project).to_owned(), project)
        });
        Self { gathered, folders, here }
    }

    fn origin(&self, name: &str) -> Origin {
        let Some((repository, project)) = &self.folders else { return Origin::Elsewhere };
        let own = project.join(name);
        let named = self.gathered.named.contains(name);
        if !named && own.is_file() {
            return within(repository, &own);
        }
        if !named && self.gathered.articles.contains(name) {
            return Origin::Archive(name.to_owned());
        }
        let given = self.here.as_ref().and_then(|here| std::fs::canonicalize(here.join(name)).ok());
        given.filter(|_| named).map_or(Origin::Elsewhere, |path| within(repository, &path))
    }
}

fn within(repository: &Path, path: &Path) -> Origin {
    let Ok(relative) = path.strip_prefix(repository) else { return Origin::Elsewhere };
    let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    Origin::Repository(parts.join("/"))
}

/// A file for findings, as `sarif=findings.sarif`.
#[derive(Debug, Clone)]
pub(crate) struct ReportFile {
    pub(super) format: Format,
    pub(super) path: PathBuf,
}

/// Reads `FORMAT=FILE`.
pub(super) fn report_file(text: &str) -> Result<ReportFile, String> {
    let known = [("sarif", Format::Sarif), ("junit", Format::Junit)];
    let (word, path) = text.split_once('=').ok_or("write it as sarif=FILE or junit=FILE")?;
    if path.is_empty() {
        return Err("there is no name of a file after the `=`".to_owned());
    }
    match known.iter().find(|(name, _)| *name == word) {
        Some((_, format)) => Ok(ReportFile { format: *format, path: PathBuf::from(path) }),
        None => {
            let guess = factbrief::text::nearest::nearest(word, known.iter().map(|(name, _)| *name));
            let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            Err(format!("`{}` is not written to files{guess} (known: sarif, junit)", visible(word)))
        }
    }
}

/// Writes a file of findings.
pub(super) fn write(file: &ReportFile, text: &str) -> Result<(), Exit> {
    let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = output::claim(folder).and_then(|claimed| {
        output::write(&claimed, &file.path, text.as_bytes())?;
        Ok(claimed)
    });
    let claimed = written.map_err(|error| {
        output::tell(&format!("error: cannot write {}: {error}\n", visible(&file.path.display().to_string())));
        Exit::Io
    })?;
    output::settle(&claimed, &file.path.display().to_string())
}
