//! factbrief keeps a curated, sourced fact model in TOML, proves every entry against the words of its source, and prints
//! PDF, Markdown and web briefings that cite every source.
//!
//! The data goes one way, and each floor imports only from those below it (a test holds that):
//!
//! | floor | module | holds |
//! |---|---|---|
//! | 0 | [`text`] | texts and places in them; quotations, quantities, sentences, dates as words |
//! | 0 | [`map`] | coasts, borders, projections, room for names |
//! | 1 | [`diag`] | findings |
//! | 2 | [`facts`] | the domain: records, dates, figures, resolved references |
//! | 3 | [`load`], [`reconcile`] | TOML to records, archive, evidence lock; what several claims say together |
//! | 4 | [`check`] | the proof and the rules; the only maker of a checked dossier |
//! | 4 | [`intake`] | an article out of a saved page, a PDF or a text, with what it says of itself |
//! | 5 | [`brief`] | the view: all that a briefing says |
//! | 5 | [`propose`] | what a source says and no record holds, as records to finish |
//! | 6 | [`render`] | Handlebars to Markdown, that same Markdown through Typst to PDF |
//! | 7 | [`audit`] | a printed text held against the records |
//! | 8 | [`evidence`] | what a PDF carries with it, and whether it proves what the pages say |
//! | 8 | [`editor`] | what an editor asks: schemas, completion, hover, definitions, renaming, fixes |
//! | 8 | [`page`] | that same Markdown as a web page, on which each figure shows its evidence |
//! | ~ | [`report`] | findings as text |
//! | 9 | this file | the pipeline |
//! | 10 | `main.rs`, `cli/` | one file a command; the only part that prints, writes, or reads the environment |
//!
//! What the program does, a library user does in a few lines:
//!
//! ```
//! use factbrief::{Workspace, check::Settings, load::archive::Archive, render::pdf};
//!
//! fn main() -> Result<(), Vec<factbrief::diag::Diagnostic>> {
//!     let workspace = Workspace::open(std::path::Path::new("."))?;
//!     let verdict = workspace.check(&Archive::Absent, &Settings::default());
//!     for request in &workspace.requests {
//!         let printed = workspace.print(&verdict, request, None, &mut pdf::typeset)?;
//!         println!("{}: {} pages, {} bytes of Markdown", request.slug, printed.pages, printed.markdown.len());
//!     }
//!     Ok(())
//! }
//! ```

pub mod audit;
pub mod brief;
pub mod check;
pub mod diag;
pub mod editor;
pub mod evidence;
pub mod facts;
pub mod intake;
pub mod load;
pub mod map;
pub mod page;
pub mod propose;
pub mod reconcile;
pub mod render;
pub mod report;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;

use audit::ledger::Ledger;
use audit::provenance::Printout;
use audit::{Auditor, Held};
use brief::issue::{Issue, Issues, Snapshot};
use brief::language::Language;
use brief::references::Style;
use brief::view::{Section, View};
use brief::{Brief, Composed};
use check::review::{self, State};
use check::{Checked, Report, Settings, Tally};
use diag::Diagnostic;
use evidence::attached;
use facts::dossier::Dossier;
use load::archive::Archive;
use load::briefing::Request;
use load::files::Files;
use load::lock::Lock;
use load::project::{Project, Require, Review};
use page::Page;
use render::pdf::{Failure, Job, Pdf};
use render::template::{Attachment, Kind, picture_files, pictures, typst_files};

/// A project with all that belongs to it, loaded and resolved.
#[derive(Debug)]
pub struct Workspace {
    /// The project.
    pub project: Project,
    /// Its dossiers, by name.
    pub dossiers: BTreeMap<String, Dossier>,
    /// Their evidence locks, those that exist.
    pub locks: BTreeMap<String, Lock>,
    /// Its briefings, by slug.
    pub requests: Vec<Request>,
    /// Briefings whose file cannot be used, by slug, with what is wrong with it: the others are printed all the same.
    pub unusable: BTreeMap<String, Vec<Diagnostic>>,
    /// What was printed of them before, by slug.
    pub issues: BTreeMap<String, Issues>,
    /// What briefings are printed by is read once: kinds, by name; languages, by tag.
    kinds: Mutex<BTreeMap<String, Arc<Kind>>>,
    languages: Mutex<BTreeMap<String, Arc<Language>>>,
    /// Citation styles, by the file that asks for one.
    styles: Mutex<BTreeMap<String, Arc<Style>>>,
}

/// What a briefing is composed by.
struct Ready<'v, 'w> {
    checked: &'v Checked<'w>,
    kind: Arc<Kind>,
    language: Arc<Language>,
    style: Arc<Style>,
    fixed: Vec<String>,
}

/// What a check found in each dossier.
pub struct Verdict<'w> {
    /// The report of each dossier.
    pub reports: BTreeMap<String, Report>,
    /// The dossiers in which nothing failed.
    pub checked: BTreeMap<String, Checked<'w>>,
    /// What their records can answer for, worked out when it is first asked.
    ledgers: Mutex<BTreeMap<String, Arc<Ledger<'w>>>>,
}

/// In which formats a briefing is printed. Its Markdown is always made: the others are that same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// As a PDF.
    pub pdf: bool,
    /// As a web page.
    pub html: bool,
}

/// A briefing as Markdown, with all that its pages are made from; nothing of it is audited yet.
#[derive(Debug)]
pub struct Text {
    /// The view it is printed from.
    pub view: View,
    /// The Markdown.
    pub markdown: String,
    /// What the PDF is to carry.
    pub attached: Vec<Attachment>,
    kind: Arc<Kind>,
    snapshot: Snapshot,
    notes: Vec<Diagnostic>,
    behind: Option<brief::cards::Behind>,
}

impl Text {
    /// A hash of all that the printed briefing is made from: where it is the same, so is every format.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let files = typst_files(&self.kind, &self.view, &render::set::blocks(&self.markdown), &self.attached);
        let mut all = format!("{}\n{:?}\n", self.kind.stylesheet, self.behind);
        for (name, held) in &files {
            all.push_str(&format!("{name} {}\n", text::hash::sha256(held.as_bytes())));
        }
        text::hash::sha256(all.as_bytes())
    }
}

/// A printed briefing.
#[derive(Debug)]
pub struct Printed {
    /// The view it was printed from.
    pub view: View,
    /// What it is to be compared with by the next issue.
    pub issues: Issues,
    /// What an analyst should know, though it stops nothing.
    pub notes: Vec<Diagnostic>,
    /// The Markdown.
    pub markdown: String,
    /// What the PDF carries; nothing, where its file asks for nothing to be handed out.
    pub attached: Vec<Attachment>,
    /// The PDF; empty where it was not asked for.
    pub pdf: Vec<u8>,
    /// The web page; empty where it was not asked for.
    pub html: String,
    /// How many pages the PDF has.
    pub pages: usize,
    /// Its pictures as SVG, by the name of their file, which the Markdown shows.
    pub pictures: BTreeMap<String, String>,
}

impl Workspace {
    /// Loads a project's dossiers, locks and briefings.
    ///
    /// # Errors
    /// Every error in every file, at once.
    pub fn open(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::read(&Files::on_disk(root))
    }

    /// As [`Self::open`], from files of which some may not be on disk.
    ///
    /// # Errors
    /// Every error in every file, at once.
    pub fn read(files: &Files) -> Result<Self, Vec<Diagnostic>> {
        let project = Project::read(files)?;
        let mut findings = Vec::new();
        let (mut dossiers, mut locks, mut requests) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut unusable = BTreeMap::new();
        let names = load::dossiers(files).map_err(|f| vec![*f])?;
        if names.is_empty() {
            findings.push(
                Diagnostic::new("no-facts", format!("the project has no dossier under {}/", load::SEEDS))
                    .help("a dossier is a folder of TOML files there; seeds/README.md says what they hold"),
            );
        }
        for name in names {
            let path = format!("{}/{name}/{}", load::SEEDS, load::lock::FILE);
            let lock = files.has(&path).then(|| files.text(&path));
            let long = matches!(&lock, Some(Ok(file)) if file.text().len() > load::MUCH);
            let dossier = || load::dossier(files, &name, &project.language);
            let lock = || lock.map(|file| file.and_then(|file| Lock::parse(&file)));
            let (dossier, lock) = if long { rayon::join(dossier, lock) } else { (dossier(), lock()) };
            match dossier {
                Ok(dossier) => {
                    dossiers.insert(name.clone(), dossier);
                }
                Err(more) => findings.extend(more),
            }
            match lock {
                Some(Ok(lock)) => {
                    locks.insert(name, lock);
                }
                Some(Err(finding)) => findings.push(*finding),
                None => {}
            }
        }
        for slug in load::briefings(files).map_err(|f| vec![*f])? {
            let name = format!("{}/{slug}.toml", load::BRIEFINGS);
            match files.text(&name) {
                Ok(file) => match Request::parse(&file) {
                    Ok(request) => requests.push(request),
                    Err(more) => {
                        unusable.insert(slug, more);
                    }
                },
                Err(finding) => {
                    unusable.insert(slug, vec![*finding]);
                }
            }
        }
        let mut issues = BTreeMap::new();
        for request in &requests {
            let name = format!("{}/{}.{}", load::BRIEFINGS, request.slug, brief::issue::ENDING);
            if files.has(&name) {
                match files.text(&name).and_then(|file| Issues::parse(&file)) {
                    Ok(read) => {
                        issues.insert(request.slug.clone(), read);
                    }
                    Err(finding) => findings.push(*finding),
                }
            }
        }
        for (name, level) in &project.levels {
            let known = check::rules::find(name);
            let finding = match known {
                Some(rule) if !rule.is_proof() => continue,
                Some(_) => Diagnostic::new("no-exception-from-proof", format!("`{name}` cannot be switched off")).at(
                    &project.file,
                    level.span(),
                    "this rule is the proof itself",
                ),
                None => Diagnostic::new("unknown-rule", format!("there is no rule `{}`", text::gate::visible(name)))
                    .at(&project.file, level.span(), "a level for no rule")
                    .help_if(
                        text::nearest::nearest(name, check::rules::RULES.iter().map(|r| r.name))
                            .map(|g| format!("did you mean `{g}`?")),
                    )
                    .help("`factbrief explain` lists all rules"),
            };
            findings.push(finding);
        }
        if findings.is_empty() {
            return Ok(Self {
                project,
                dossiers,
                locks,
                requests,
                unusable,
                issues,
                kinds: Mutex::default(),
                languages: Mutex::default(),
                styles: Mutex::default(),
            });
        }
        diag::sort(&mut findings);
        Err(findings)
    }

    /// Takes over by what briefings of the same project were printed before: kinds, languages and styles. Only where none of
    /// their files has changed since.
    pub fn inherit(&self, other: &Self) {
        fn take<T: Clone>(own: &Mutex<BTreeMap<String, T>>, others: &Mutex<BTreeMap<String, T>>) {
            if let (Ok(mut own), Ok(others)) = (own.lock(), others.lock()) {
                own.extend(others.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        take(&self.kinds, &other.kinds);
        take(&self.languages, &other.languages);
        take(&self.styles, &other.styles);
    }

    /// Checks every dossier.
    #[must_use]
    pub fn check(&self, archive: &Archive, settings: &Settings) -> Verdict<'_> {
        let mut verdict = Verdict { reports: BTreeMap::new(), checked: BTreeMap::new(), ledgers: Mutex::default() };
        for (name, dossier) in &self.dossiers {
            let (report, checked) = check::run(dossier, archive, self.locks.get(name), settings);
            verdict.reports.insert(name.clone(), report);
            if let Some(checked) = checked {
                verdict.checked.insert(name.clone(), checked);
            }
        }
        verdict
    }

    /// The dossier a briefing is printed from: the one it names, or the project's only one.
    ///
    /// # Errors
    /// Where it names none of several, or one that does not exist.
    pub fn dossier_of(&self, request: &Request) -> Result<&str, Box<Diagnostic>> {
        let known: Vec<&str> = self.dossiers.keys().map(String::as_str).collect();
        match (&request.dossier, known.as_slice()) {
            (Some(name), _) => match self.dossiers.get_key_value(name.as_str()) {
                Some((name, _)) => Ok(name),
                None => {
                    let guess =
                        text::nearest::nearest(name, known.iter().copied()).map(|g| format!("did you mean `{g}`?"));
                    Err(Box::new(
                        Diagnostic::new("reference", format!("there is no dossier `{}`", text::gate::visible(name)))
                            .at(&request.file, name.span(), "not under seeds/")
                            .help_if(guess),
                    ))
                }
            },
            (None, [only]) => Ok(only),
            (None, _) => Err(Box::new(
                Diagnostic::new(
                    "schema",
                    format!("briefing `{}` does not say which dossier it is printed from", request.slug),
                )
                .at(&request.file, request.kind.span(), "the project has several")
                .help(format!("add `dossier = \"…\"`: {}", known.join(", "))),
            )),
        }
    }

    /// The kind of a briefing.
    ///
    /// # Errors
    /// Where there is none of this name, or its templates are wrong.
    pub fn kind(&self, request: &Request) -> Result<Arc<Kind>, Vec<Diagnostic>> {
        let name = request.kind.as_str();
        if let Some(known) = self.kinds.lock().ok().and_then(|kinds| kinds.get(name).cloned()) {
            return Ok(known);
        }
        let kind = Arc::new(Kind::load(&self.project.root, name).map_err(|findings| {
            let at = |f: Diagnostic| {
                if f.code == "unknown-kind" { f.at(&request.file, request.kind.span(), "not known") } else { f }
            };
            findings.into_iter().map(at).collect::<Vec<_>>()
        })?);
        if let Ok(mut kinds) = self.kinds.lock() {
            kinds.insert(name.to_owned(), Arc::clone(&kind));
        }
        Ok(kind)
    }

    /// The language of a briefing: the project's own table, where it has one, else the one shipped.
    ///
    /// # Errors
    /// Where there is no table for it, or the project's is not complete.
    pub fn language(&self, request: &Request) -> Result<Arc<Language>, Vec<Diagnostic>> {
        let tag = request.language.as_ref().map_or(self.project.language.as_str(), |l| l.as_str());
        if let Some(known) = self.languages.lock().ok().and_then(|known| known.get(tag).cloned()) {
            return Ok(known);
        }
        let unknown = |why: &str| {
            let known: Vec<&str> = Language::shipped_tags().collect();
            let span = request.language.as_ref().map_or(request.kind.span(), |l| l.span());
            vec![
                Diagnostic::new(
                    "unknown-language",
                    format!("no briefing can be printed in `{}`", text::gate::visible(tag)),
                )
                .at(&request.file, span, why)
                .help_if(
                    text::nearest::nearest(tag, known.iter().copied()).map(|guess| format!("did you mean `{guess}`?")),
                )
                .help(format!("shipped: {}", known.join(", ")))
                .help(format!("a language of your own is a table {}/languages/TAG.toml; `factbrief template language TAG` begins one", load::TEMPLATES)),
            ]
        };
        if !facts::text::is_language_tag(tag) {
            return Err(unknown("this is no language tag (BCP 47)"));
        }
        let name = format!("{}/languages/{tag}.toml", load::TEMPLATES);
        let language = match load::read::bytes(&self.project.root.join(&name)) {
            Ok(bytes) => {
                let file = load::read::admit(bytes, &name).map_err(|f| vec![*f])?;
                Arc::new(Language::parse(tag, &file)?)
            }
            Err(load::read::Unread::Absent) => {
                Language::shipped(tag).ok_or_else(|| unknown("there is no table for it"))?
            }
            Err(why) => return Err(vec![load::read::unread(&name, &why)]),
        };
        if let Ok(mut known) = self.languages.lock() {
            known.insert(tag.to_owned(), Arc::clone(&language));
        }
        Ok(language)
    }

    /// What a briefing says, as of its own date or of `as_of`.
    ///
    /// # Errors
    /// Where its dossier did not pass the check, or what it asks for is not there.
    pub fn compose(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        as_of: Option<NaiveDate>,
    ) -> Result<Composed, Vec<Diagnostic>> {
        self.composed(verdict, request, as_of, false)
    }

    /// As [`Self::compose`], with what stands behind the records, if that is wanted.
    fn composed(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        as_of: Option<NaiveDate>,
        cards: bool,
    ) -> Result<Composed, Vec<Diagnostic>> {
        let Ready { checked, kind, language, style, fixed } = self.ready(verdict, request)?;
        let Some(as_of) = as_of.or_else(|| request.as_of.as_day()) else { return Err(Vec::new()) };
        if let Some(kept) = self.issues.get(&request.slug).filter(|kept| kept.current.issue > request.issue) {
            return Err(vec![
                Diagnostic::new("issues", format!("briefing `{}` goes back to issue {}", request.slug, request.issue))
                    .at(
                        &request.file,
                        request.issue_span.as_ref().unwrap_or(request.kind.span()),
                        format!("issue {} has been printed", kept.current.issue),
                    )
                    .help(format!(
                        "number it {} or higher, or bring back the older {}/{}.{}",
                        kept.current.issue,
                        load::BRIEFINGS,
                        request.slug,
                        brief::issue::ENDING
                    )),
            ]);
        }
        // an earlier day knows nothing of an issue that came later
        let day = as_of.to_string();
        let before = self.issues.get(&request.slug).and_then(|kept| kept.before(request.issue));
        let before = before.filter(|issue| issue.as_of <= day);
        brief::compose(
            checked,
            &self.project,
            &Brief {
                request,
                wanted: &kind.wanted,
                language: &language,
                style: &style,
                as_of,
                before,
                fixed: &fixed,
                cards,
            },
        )
    }

    /// The citation style of a briefing: its own, or else the project's.
    ///
    /// # Errors
    /// One finding, at the key that asks for it, where there is no such style or it cannot be used.
    pub fn style(&self, request: &Request) -> Result<Arc<Style>, Box<Diagnostic>> {
        let asks = if request.style.is_some() { request.file.name() } else { self.project.file.name() };
        if let Some(known) = self.styles.lock().ok().and_then(|known| known.get(asks).cloned()) {
            return Ok(known);
        }
        let style = Arc::new(Style::of(&self.project, request)?);
        if let Ok(mut known) = self.styles.lock() {
            known.insert(asks.to_owned(), Arc::clone(&style));
        }
        Ok(style)
    }

    /// All that composing a briefing takes.
    fn ready<'v, 'w>(&self, verdict: &'v Verdict<'w>, request: &Request) -> Result<Ready<'v, 'w>, Vec<Diagnostic>> {
        let name = self.dossier_of(request).map_err(|f| vec![*f])?;
        let Some(checked) = verdict.checked.get(name) else {
            return Err(vec![
                Diagnostic::new(
                    "not-printed",
                    format!("briefing `{}` is not printed: dossier `{name}` did not pass the check", request.slug),
                )
                .at(&request.file, request.kind.span(), "")
                .note("if it cannot be cited, it cannot be printed"),
            ]);
        };
        match (self.kind(request), self.language(request), self.style(request)) {
            (Ok(kind), Ok(language), Ok(style)) => {
                let fixed = audit::template::fixed(&kind.sources, &language.tag);
                Ok(Ready { checked, kind, language, style, fixed })
            }
            (kind, language, style) => {
                let style = style.err().map(|finding| vec![*finding]);
                Err(kind.err().into_iter().chain(language.err()).chain(style).flatten().collect())
            }
        }
    }

    /// What a briefing would print now, by record, whatever was printed before.
    ///
    /// # Errors
    /// As [`Self::compose`], but for what is wrong with its series of issues.
    pub fn snapshot(&self, verdict: &Verdict<'_>, request: &Request) -> Result<Snapshot, Vec<Diagnostic>> {
        let Ready { checked, kind, language, style, fixed } = self.ready(verdict, request)?;
        let mut wanted = kind.wanted.clone();
        wanted.sections.retain(|s| *s != Section::Changes);
        let as_of = request.as_of.as_day().unwrap_or_default();
        let brief = Brief {
            request,
            wanted: &wanted,
            language: &language,
            style: &style,
            as_of,
            before: None,
            fixed: &fixed,
            cards: false,
        };
        brief::compose(checked, &self.project, &brief).map(|composed| composed.snapshot)
    }

    /// What a briefing says.
    ///
    /// # Errors
    /// As [`Self::compose`].
    pub fn view(&self, verdict: &Verdict<'_>, request: &Request) -> Result<View, Vec<Diagnostic>> {
        self.compose(verdict, request, None).map(|composed| composed.view)
    }

    /// A briefing as Markdown and PDF; `typeset` makes a PDF of a job ([`render::pdf::typeset`], or a
    /// [`render::worker::Worker`], which has limits).
    ///
    /// # Errors
    /// As [`Self::compose`], and where a template is wrong or the text cannot be set; then the record it is due to is
    /// named, if a record is.
    pub fn print(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        as_of: Option<NaiveDate>,
        typeset: &mut dyn FnMut(&Job) -> Result<Pdf, Failure>,
    ) -> Result<Printed, Vec<Diagnostic>> {
        self.print_as(verdict, request, as_of, Formats { pdf: true, html: false }, typeset)
    }

    /// A briefing in the formats that are asked for. Nothing is typeset for a web page without pictures alone.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub fn print_as(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        as_of: Option<NaiveDate>,
        formats: Formats,
        typeset: &mut dyn FnMut(&Job) -> Result<Pdf, Failure>,
    ) -> Result<Printed, Vec<Diagnostic>> {
        let text = self.text(verdict, request, as_of, formats)?;
        self.finish(verdict, request, text, formats, &|_| (), typeset)
    }

    /// A briefing as Markdown, with all that its pages are made from.
    ///
    /// # Errors
    /// As [`Self::compose`], and where a template is wrong.
    pub fn text(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        as_of: Option<NaiveDate>,
        formats: Formats,
    ) -> Result<Text, Vec<Diagnostic>> {
        let Composed { view, evidence, snapshot, notes, behind } =
            self.composed(verdict, request, as_of, formats.html)?;
        self.are_reviewed(verdict, request, &view, &snapshot)?;
        let kind = self.kind(request)?;
        let markdown = kind.markdown(&view).map_err(|f| vec![*f])?;
        let attached = evidence.map(|evidence| attached::of(&view, &markdown, evidence)).unwrap_or_default();
        Ok(Text { kind, view, snapshot, notes, behind, markdown, attached })
    }

    /// Audits a text and sets it, the one beside the other. `sound` is called with the Markdown as soon as nothing in it
    /// is naked, which is before it is set.
    ///
    /// # Errors
    /// Where something in the text comes from no record, and as [`Self::print`].
    pub fn finish(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        text: Text,
        formats: Formats,
        sound: &(dyn Fn(&str) + Sync),
        typeset: &mut dyn FnMut(&Job) -> Result<Pdf, Failure>,
    ) -> Result<Printed, Vec<Diagnostic>> {
        let Text { kind, view, snapshot, notes, behind, markdown, attached } = text;
        let dossier = self.dossier_of(request).map_err(|f| vec![*f])?;
        let audit = || {
            let Some(ledger) = verdict.ledger(dossier) else { return (Vec::new(), None) };
            let held = held(request, &kind, &view, &markdown, &ledger, 0);
            let typed = typed(request);
            let typed: Vec<_> = typed.iter().map(|(key, at)| (*key, at.as_str(), &request.file, at.span())).collect();
            let naked = audit::template::refused(&held, &ledger, &kind.sources, &typed);
            if naked.is_empty() {
                sound(&markdown);
            }
            (naked, Some((held, ledger)))
        };
        let shown = |name: &String| markdown.contains(&format!("]({name})"));
        let drawn: BTreeMap<String, String> = pictures(&view).into_iter().filter(|(name, _)| shown(name)).collect();
        let job = |files: BTreeMap<String, String>| Job {
            files,
            pictures: drawn.clone(),
            ident: format!("factbrief/{}", view.slug),
            date: (
                view.as_of.year,
                u8::try_from(view.as_of.month).unwrap_or(1),
                u8::try_from(view.as_of.day).unwrap_or(1),
            ),
        };
        // it is set while it is audited; what is naked is never handed out
        let ((naked, held), set) = std::thread::scope(|scope| {
            // where no thread can be had, the one is done behind the other
            let audited = std::thread::Builder::new().spawn_scoped(scope, audit);
            let set = match (formats.pdf, drawn.is_empty()) {
                (true, _) => typeset(&job(typst_files(&kind, &view, &render::set::blocks(&markdown), &attached))),
                (false, true) => Ok(Pdf { bytes: Vec::new(), pages: 0, pictures: BTreeMap::new() }),
                (false, false) => typeset(&job(picture_files(&kind, &view))),
            };
            let audited = match audited {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Err(_) => audit(),
            };
            (audited, set)
        });
        if !naked.is_empty() {
            return Err(naked);
        }
        match set {
            Ok(pdf) => {
                let current = Issue {
                    issue: view.issue,
                    as_of: view.as_of.iso.clone(),
                    as_of_text: view.as_of.text.clone(),
                    records: snapshot.records,
                };
                let before = self.issues.get(&request.slug).and_then(|kept| kept.before(request.issue)).cloned();
                let issues = Issues {
                    markdown: text::hash::sha256(markdown.as_bytes()),
                    pdf: text::hash::sha256(&pdf.bytes),
                    pictures: pdf.pictures.iter().map(|(n, p)| (n.clone(), text::hash::sha256(p.as_bytes()))).collect(),
                    current,
                    before,
                };
                let html = match (&behind, &held) {
                    (Some(behind), Some((held, ledger))) => {
                        let (printout, pictures) = (&held.printout, &pdf.pictures);
                        let stylesheet = kind.stylesheet.as_str();
                        Page { view: &view, behind, markdown: &markdown, printout, pictures, stylesheet }.html(ledger)
                    }
                    _ => String::new(),
                };
                let Pdf { bytes, pages, pictures } = pdf;
                Ok(Printed { view, issues, notes, markdown, attached, pdf: bytes, html, pages, pictures })
            }
            Err(failure) => {
                let mut alone = |text: &str| {
                    let mut files = typst_files(&kind, &view, &[format!("#{}", render::set::literal(text))], &[]);
                    // what a layout of the project does again with each text would cost its limits each time
                    files.extend(render::template::shipped_layout());
                    let job = job(files);
                    typeset(&Job { pictures: BTreeMap::new(), ..job })
                };
                Err(vec![self.explain(verdict, request, &view, &failure, &mut alone)])
            }
        }
    }

    /// Refuses a briefing that would print what the project wants reviewed and nobody reviewed, or not as it is now.
    fn are_reviewed(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        view: &View,
        snapshot: &Snapshot,
    ) -> Result<(), Vec<Diagnostic>> {
        let Review { require, min } = self.project.review;
        let checked = self.dossier_of(request).ok().and_then(|name| verdict.checked.get(name));
        let (Some(checked), true) = (checked, require != Require::Nothing) else { return Ok(()) };
        let dossier = checked.dossier();
        let mut ids: BTreeSet<String> = snapshot.records.keys().cloned().collect();
        named(&serde_json::to_value(view).unwrap_or_default(), &mut ids);
        let mut lacking: BTreeMap<State, Vec<String>> = BTreeMap::new();
        for id in &ids {
            let Some(subject) = dossier.find(id) else { continue };
            let head = dossier.head(subject);
            if !review::is_required(head.kind, require) {
                continue;
            }
            let state = review::state(&head, &review::fingerprint(dossier, checked.tables(), subject), min);
            if state != State::Reviewed {
                lacking.entry(state).or_default().push(format!("{} `{id}`", head.kind));
            }
        }
        if lacking.is_empty() {
            return Ok(());
        }
        let count: usize = lacking.values().map(Vec::len).sum();
        let mut finding = Diagnostic::new(
            "not-reviewed",
            format!(
                "briefing `{}` is not printed: {count} {} in it {} not reviewed",
                request.slug,
                if count == 1 { "record" } else { "records" },
                if count == 1 { "is" } else { "are" }
            ),
        )
        .at(&request.file, request.title.span(), "this briefing");
        for (state, records) in &lacking {
            finding = finding.note(format!("{}: {}", state.word(), records.join(", ")));
        }
        let people = if min == 1 { "a person".to_owned() } else { format!("{min} people") };
        Err(vec![
            finding
                .note(format!(
                    "factbrief.toml requires that {people} held each record against its article as it is now"
                ))
                .help("`factbrief review ID --by NAME` shows a record with its passages and records the review"),
        ])
    }

    /// What texts are audited against: the records of every dossier that passed the check, and each briefing as it is
    /// printed from them. Briefings that cannot be printed come back as findings.
    #[must_use]
    pub fn auditor<'v>(&self, verdict: &'v Verdict<'_>) -> (Auditor<'v>, Vec<Diagnostic>) {
        let ledgers: Vec<Ledger<'v>> = verdict.checked.values().map(|c| Ledger::new(c.dossier())).collect();
        let mut auditor = Auditor { ledgers, printed: Vec::new(), language: self.project.language.clone() };
        let mut findings = Vec::new();
        for request in &self.requests {
            let printed = self.view(verdict, request).and_then(|view| {
                let kind = self.kind(request)?;
                let markdown = kind.markdown(&view).map_err(|f| vec![*f])?;
                Ok((kind, view, markdown))
            });
            let name = self.dossier_of(request).unwrap_or_default();
            let index = auditor.ledgers.iter().position(|l| l.dossier.name == name);
            match (printed, index) {
                (Ok((kind, view, markdown)), Some(index)) => {
                    let held = held(request, &kind, &view, &markdown, &auditor.ledgers[index], index);
                    auditor.printed.push(held);
                }
                (Ok(_), None) => {}
                (Err(more), _) => findings.extend(more),
            }
        }
        diag::sort(&mut findings);
        (auditor, findings)
    }

    /// A finding for a document that was not set, with the records it is due to.
    fn explain(
        &self,
        verdict: &Verdict<'_>,
        request: &Request,
        view: &View,
        failure: &Failure,
        alone: &mut dyn FnMut(&str) -> Result<Pdf, Failure>,
    ) -> Diagnostic {
        let slug = &request.slug;
        // beside a character that no font has, others lose their glyphs, too: the fault is not theirs
        let unknown = |c: &char| !render::pdf::covers(c.encode_utf8(&mut [0; 4]));
        let missing = if let Failure::MissingGlyphs(missing) = failure { missing.as_str() } else { "" };
        let alien: String = missing.chars().filter(unknown).collect();
        let lacking = if alien.is_empty() { missing } else { &alien };
        let finding = match failure {
            Failure::Layout(errors) => {
                let mut finding =
                    Diagnostic::new("layout", format!("the layout of briefing `{slug}` does not compile"));
                for error in errors.iter().take(8) {
                    finding = finding.note(text::gate::visible(error));
                }
                if errors.iter().any(|error| error.ends_with("expected function, found none")) {
                    finding = finding.note("`eval`, `read` and `plugin` are nothing here: a layout has no files but its own");
                }
                return finding.help(format!(
                    "the layout is {}/{}/{}",
                    load::TEMPLATES,
                    view.kind,
                    render::template::LAYOUT
                ));
            }
            Failure::Worker(why) => {
                return Diagnostic::new("worker", format!("briefing `{slug}` cannot be set"))
                    .note(text::gate::visible(why));
            }
            Failure::Panic(why) => Diagnostic::new(
                "typesetter-panic",
                format!("the typesetter fails on briefing `{slug}`"),
            )
            .note(format!("it says: {}", text::gate::visible(why)))
            .note(
                "Typst 0.15 fails on some right-to-left text (typst issue 8667); the other briefings are not affected",
            ),
            Failure::MissingGlyphs(_) => {
                Diagnostic::new("missing-glyph", format!("no font has some characters of briefing `{slug}`"))
                    .note(format!(
                        "missing: {}",
                        lacking
                            .chars()
                            .map(|c| format!("{c} ({})", text::gate::code_point(c)))
                            .collect::<Vec<_>>()
                            .join(", ")
                    ))
                    .note("a character without a glyph would be left out of the page in silence; the shipped fonts cover Latin, Greek, Cyrillic, Hebrew and Arabic")
            }
            Failure::Limit(which) => {
                return Diagnostic::new("limit", format!("setting briefing `{slug}` reached a limit"))
                    .note(format!("the limits for one document: {which}"))
                    .help(format!(
                        "look for a loop or an enormous size in {}/{}/{}",
                        load::TEMPLATES,
                        view.kind,
                        render::template::LAYOUT
                    ));
            }
        };
        let mut texts = texts(&serde_json::to_value(view).unwrap_or_default());
        if !lacking.is_empty() {
            texts.retain(|(words, _)| words.chars().any(|c| lacking.contains(c)));
        }
        // what has a glyph alone, and none beside another, is found by setting it
        let tried = if alien.is_empty() { guilty(&texts, alone) } else { Vec::new() };
        let guilty = if tried.is_empty() && !lacking.is_empty() { texts.iter().collect() } else { tried };
        let mut named: Vec<String> = Vec::new();
        for id in guilty.into_iter().flat_map(|(_, records)| records) {
            if !named.contains(id) {
                named.push(id.clone());
            }
        }
        let dossier = self.dossier_of(request).ok().and_then(|n| verdict.checked.get(n)).map(Checked::dossier);
        let mut finding = finding;
        for id in named.iter().take(5) {
            if let Some(head) = dossier.and_then(|d| d.find(id).map(|s| d.head(s))) {
                finding = finding.at(
                    head.file,
                    head.header,
                    format!("{} `{id}`, or a name it prints, brings this text", head.kind),
                );
            }
        }
        if named.is_empty() {
            finding.note("no single record brings it about: look in the template and the layout")
        } else {
            finding.help("change the text of the record named")
        }
    }
}

impl<'w> Verdict<'w> {
    /// What the records of a dossier can answer for; none where it did not pass the check.
    fn ledger(&self, dossier: &str) -> Option<Arc<Ledger<'w>>> {
        let checked = self.checked.get(dossier)?;
        let mut ledgers = self.ledgers.lock().ok()?;
        let ledger = ledgers.entry(dossier.to_owned()).or_insert_with(|| Arc::new(Ledger::new(checked.dossier())));
        Some(Arc::clone(ledger))
    }

    /// Whether a finding makes the check fail.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.reports.values().any(Report::fails)
    }

    /// All findings, in canonical order.
    #[must_use]
    pub fn findings(&self) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = self.reports.values().flat_map(|r| r.findings.iter().cloned()).collect();
        diag::sort(&mut all);
        all
    }

    /// What was proved, over all dossiers.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.reports.values().for_each(|r| tally.add(r.tally));
        tally
    }
}

/// What the author of a briefing typed that is printed as it is, by key.
fn typed(request: &Request) -> Vec<(&'static str, &facts::at::At<String>)> {
    let mut typed = vec![("title", &request.title)];
    typed.extend(request.subject.iter().map(|s| ("subject", s)));
    typed.extend(request.audience.iter().map(|a| ("audience", a)));
    typed
}

/// A printed briefing, traced.
fn held(request: &Request, kind: &Kind, view: &View, markdown: &str, ledger: &Ledger<'_>, index: usize) -> Held {
    let json = serde_json::to_value(view).unwrap_or_default();
    let known = |id: &str| ledger.dossier.find(id).is_some();
    Held {
        printout: Printout::new((&request.slug, &view.language), kind, &json, markdown, &known),
        ledger: index,
        typed: typed(request).into_iter().map(|(key, at)| (key, at.to_string())).collect(),
    }
}

/// The ids that a view names under `records`.
fn named(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| named(item, found)),
        serde_json::Value::Object(map) => {
            for (key, inner) in map {
                match inner {
                    serde_json::Value::Array(ids) if key == "records" => {
                        found.extend(ids.iter().filter_map(|id| id.as_str().map(str::to_owned)));
                    }
                    _ => named(inner, found),
                }
            }
        }
        _ => {}
    }
}

/// The most documents that are set to find out which text a failure is due to.
const TRIALS: usize = 64;

/// The texts that cannot be set alone, by halving: a text that fails makes every list that holds it fail.
fn guilty<'t>(
    texts: &'t [(String, Vec<String>)],
    alone: &mut dyn FnMut(&str) -> Result<Pdf, Failure>,
) -> Vec<&'t (String, Vec<String>)> {
    let mut found = Vec::new();
    let mut open: Vec<&[(String, Vec<String>)]> = vec![texts];
    let mut trials = 0;
    while let Some(part) = open.pop() {
        trials += 1;
        let joined: Vec<&str> = part.iter().map(|(words, _)| words.as_str()).collect();
        if part.is_empty() || trials > TRIALS || alone(&joined.join("\n\n")).is_ok() {
            continue;
        }
        match part {
            [one] => found.push(one),
            _ => {
                let (left, right) = part.split_at(part.len() / 2);
                open.extend([right, left]);
            }
        }
    }
    found
}

/// The texts of a view that come from records, with the records.
fn texts(value: &serde_json::Value) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| found.extend(texts(item))),
        serde_json::Value::Object(map) => {
            let records: Vec<String> = map
                .get("records")
                .and_then(|r| r.as_array())
                .into_iter()
                .flatten()
                .filter_map(|r| r.as_str().map(str::to_owned))
                .collect();
            for (key, inner) in map {
                match inner {
                    serde_json::Value::String(text) if !records.is_empty() && !text.is_empty() => {
                        found.push((text.clone(), records.clone()));
                    }
                    serde_json::Value::Array(_) | serde_json::Value::Object(_) if key != "records" => {
                        found.extend(texts(inner));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    found
}
