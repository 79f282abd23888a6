//! Floor 8: the evidence inside a PDF. What it carries is read back and held against its pages, against itself and, where
//! they are at hand, against the articles and the project.
//!
//! - [`attached`]: what a PDF is given; [`carried`]: the same, read back
//! - [`figures`]: what the pages say, held against the Markdown, the view and the records
//! - [`proofs`]: what the records quote, held against the lock and the articles
//! - [`today`]: what has become of the records in the project
//!
//! The chain has four links. A page prints the facts hash, which is that of the view. The view holds the hashes of the
//! records and of their proofs. The lock holds, for each quotation, the hash of its words, the place in the article and the
//! values proved. The articles have the hashes that the records name. A change in one place breaks a link; who changes
//! all places so that they agree with each other must still agree with the articles, which are not in the file.

pub mod attached;
pub mod carried;
pub mod figures;
pub mod proofs;
pub mod today;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

pub use crate::brief::RECORDS;
pub use crate::load::lock::FILE as PROOFS;
pub use crate::render::template::VIEW;

use crate::brief::facts_hash;
use crate::brief::view::VERSION;
use crate::check::{Settings, Tally};
use crate::diag::{self, Diagnostic, Level};
use crate::facts::at::At;
use crate::facts::dossier::{Dossier, Subject};
use crate::load::archive::Archive;
use crate::load::lock::Lock;
use crate::load::{read, resolve};
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::hash::sha256;
use carried::{Carried, File};
use proofs::Proved;
use today::Fate;

/// The name of the attached Markdown.
pub const MARKDOWN: &str = "briefing.md";

/// What a PDF of this program carries.
const ALL: [&str; 4] = [MARKDOWN, PROOFS, RECORDS, VIEW];

/// A record that a PDF carries and that cites, and what was found of it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// What it says, in short: a claim's figure, else words of its own.
    pub says: String,
    /// The pages it is printed on, counted from one; none where the pages cannot be read or it stands behind others.
    pub pages: BTreeSet<usize>,
    /// Its quotations.
    pub quotations: Vec<Proved>,
    /// The rules that it has an exception from: whoever wrote it was not held to them.
    pub excepted: Vec<String>,
    /// What has become of it in the project, where one is at hand.
    pub fate: Option<Fate>,
}

/// What verifying a PDF found.
#[derive(Debug)]
pub struct Verification {
    /// What is wrong, in canonical order.
    pub findings: Vec<Diagnostic>,
    /// Whether what is wrong is that nothing could be held: no evidence, or none that this program reads.
    pub unusable: bool,
    /// What was not held, and what a reader should know: a sentence each.
    pub notes: Vec<String>,
    /// The records that cite: figures, positions, events, background, each by id.
    pub records: Vec<Held>,
    /// The briefing's name.
    pub slug: String,
    /// The facts hash.
    pub facts: String,
    /// Numbers, dates and statements on the pages that were held.
    pub items: usize,
    /// How many pages were read.
    pub pages: usize,
    /// How many quotations were proved, and how.
    pub tally: Tally,
}

impl Verification {
    fn of(findings: Vec<Diagnostic>, unusable: bool) -> Self {
        Self {
            findings,
            unusable,
            notes: Vec::new(),
            records: Vec::new(),
            slug: String::new(),
            facts: String::new(),
            items: 0,
            pages: 0,
            tally: Tally::default(),
        }
    }

    /// Whether a finding says that the document does not prove what it says, or is out of date.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.level.fails())
    }
}

/// The attachments, as far as they can be read.
struct Read {
    view: Json,
    /// The bytes of the view, as text: places in it are shown.
    view_file: Arc<TextFile>,
    markdown: Arc<TextFile>,
    records: Arc<TextFile>,
    lock: Lock,
    lock_file: Arc<TextFile>,
}

/// Verifies a PDF: its pages against its attachments, these against each other, and against the articles of `archive`
/// and the records of `project`, where there are any.
#[must_use]
pub fn verify(carried: &Carried, archive: &Archive, project: Option<&BTreeMap<String, Dossier>>) -> Verification {
    let mut findings = Vec::new();
    let Some(files) = one_of_each(carried, &mut findings) else {
        let unusable = findings.iter().all(|f| f.code == "no-evidence");
        return Verification::of(findings, unusable);
    };
    let altered = hashes(carried, &files, &mut findings);
    let read = match readable(carried, &files) {
        Ok(read) => read,
        Err(more) => {
            findings.extend(more);
            return Verification::of(findings, !altered);
        }
    };
    seals(&read, &files, &mut findings);
    let told = |key: &str| read.view["evidence"][key].as_str().unwrap_or_default().to_owned();
    let dossier = match resolve(&told("dossier"), &told("language"), &[Arc::clone(&read.records)]) {
        Ok(dossier) => dossier,
        Err(more) => {
            let unusable = findings.is_empty();
            findings.extend(more);
            diag::sort(&mut findings);
            return Verification::of(findings, unusable);
        }
    };
    let settings = settings(&read);
    let (quotations, tally) = proofs::hold(&dossier, archive, &read.lock, &read.lock_file, &settings, &mut findings);
    let pages = figures::hold(carried, &read, &dossier, &mut findings);
    let mut fates =
        project.map(|dossiers| today::compare(&dossier, &read.records, dossiers, &mut findings)).unwrap_or_default();
    let mut notes = pages.notes;
    for file in carried.files.iter().filter(|file| !ALL.contains(&file.name.as_str())) {
        notes.push(format!(
            "it carries `{}`, too, which was not held: this program attaches no such file",
            visible(&file.name)
        ));
    }
    notes.extend(exceptions(&dossier));
    if !settings.project.is_empty() {
        let levels: Vec<String> =
            settings.project.iter().map(|(r, l)| format!("{} = {}", visible(r), l.name())).collect();
        notes.push(format!("the project it comes from sets levels of rules: {}", levels.join(", ")));
    }
    let mut records: Vec<Held> = dossier
        .cited()
        .map(|cited| Held {
            kind: cited.head.kind,
            id: cited.head.id.to_owned(),
            says: says(&dossier, cited.subject),
            pages: pages.of.get(cited.head.id).cloned().unwrap_or_default(),
            quotations: quotations.get(cited.head.id).cloned().unwrap_or_default(),
            excepted: cited.head.allow.iter().map(|allow| visible(&allow.rule)).collect(),
            fate: fates.remove(cited.head.id),
        })
        .collect();
    // the figures first: they are what a reader asks for
    records.sort_by_key(|held| ["claim", "position", "event", "background"].iter().position(|kind| *kind == held.kind));
    if tally.quotations == 0 || pages.items == 0 && pages.read {
        findings.push(
            Diagnostic::new("nothing-to-verify", format!("{} says nothing that can be held", visible(&carried.name)))
                .note(format!("{} quotations in its records, {} facts on its pages", tally.quotations, pages.items))
                .note("nothing held is never a pass"),
        );
    }
    diag::sort(&mut findings);
    Verification {
        notes,
        records,
        slug: read.view["slug"].as_str().unwrap_or_default().to_owned(),
        facts: read.view["facts_hash"].as_str().unwrap_or_default().to_owned(),
        items: pages.items,
        pages: carried.pages.len(),
        tally,
        ..Verification::of(findings, false)
    }
}

/// The four attachments, each of which must be there once.
fn one_of_each<'c>(carried: &'c Carried, findings: &mut Vec<Diagnostic>) -> Option<BTreeMap<&'static str, &'c File>> {
    let name = visible(&carried.name);
    let mut files = BTreeMap::new();
    let mut missing = Vec::new();
    for wanted in ALL {
        let mut named = carried.named(wanted);
        match (named.next(), named.next()) {
            (Some(file), None) => {
                files.insert(wanted, file);
            }
            (Some(_), Some(_)) => findings.push(
                Diagnostic::new("attachment-repeated", format!("{name} carries `{wanted}` more than once"))
                    .note("it was printed with one; which of them it was cannot be told")
                    .help("take the briefing from whoever issued it"),
            ),
            (None, _) => missing.push(format!("`{wanted}`")),
        }
    }
    if missing.len() == ALL.len() {
        findings.push(
            Diagnostic::new("no-evidence", format!("{name} carries no evidence: nothing was verified"))
                .note("it was not printed by factbrief, or by a version without evidence, or its briefing says `evidence = false`, or its attachments were taken out")
                .help("ask whoever issued it for a copy with evidence, or hold it against the project: `factbrief audit`"),
        );
    } else if !missing.is_empty() {
        findings.push(
            Diagnostic::new("attachment-missing", format!("{name} lacks {}", missing.join(", ")))
                .note("it was printed with all four of its attachments")
                .help("take the briefing from whoever issued it"),
        );
    }
    (files.len() == ALL.len()).then_some(files)
}

/// Holds each attachment against the hash in its description; says whether one differs.
fn hashes(carried: &Carried, files: &BTreeMap<&str, &File>, findings: &mut Vec<Diagnostic>) -> bool {
    let before = findings.len();
    for (name, file) in files {
        let now = sha256(&file.bytes);
        if file.stated() == Some(now.as_str()) {
            continue;
        }
        let said = file.stated().map_or("names no hash".to_owned(), |hash| format!("names {hash}"));
        findings.push(
            Diagnostic::new(
                "attachment-altered",
                format!("`{name}` in {} is not what was attached when it was printed", visible(&carried.name)),
            )
            .note(format!("its description {said}; it has {now}"))
            .help("take the briefing from whoever issued it: this copy proves nothing"),
        );
    }
    findings.len() > before
}

/// Reads the attachments.
fn readable(carried: &Carried, files: &BTreeMap<&str, &File>) -> Result<Read, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut text = |name: &str| -> Option<Arc<TextFile>> {
        let bytes = files.get(name)?.bytes.clone();
        match read::admit(bytes, &format!("{} ({name})", carried.name)) {
            Ok(file) => Some(file),
            Err(finding) => {
                findings.push(*finding);
                None
            }
        }
    };
    let (view_file, markdown, records, lock_file) = (text(VIEW), text(MARKDOWN), text(RECORDS), text(PROOFS));
    let (Some(view_file), Some(markdown), Some(records), Some(lock_file)) = (view_file, markdown, records, lock_file)
    else {
        return Err(findings);
    };
    let view = serde_json::from_str::<Json>(view_file.text()).map_err(|error| {
        Diagnostic::new("view-unreadable", format!("the view in {} is not JSON", visible(&carried.name)))
            .at(&view_file, &place(&view_file, error.line(), error.column()), visible(&error.to_string()))
            .help("take the briefing from whoever issued it")
    });
    let view = match view {
        Ok(view) if view["version"].as_u64() == Some(VERSION.into()) => Some(view),
        Ok(view) => {
            let version = view.get("version").map_or("none".to_owned(), |v| visible(&v.to_string()));
            findings.push(
                Diagnostic::new(
                    "view-version",
                    format!("the view in {} has a form that is not known", visible(&carried.name)),
                )
                .at(&view_file, &(0..0), format!("version {version}; this program reads version {VERSION}"))
                .help("verify it with the version of factbrief that printed it"),
            );
            None
        }
        Err(finding) => {
            findings.push(finding);
            None
        }
    };
    let lock = Lock::parse(&lock_file);
    match (view, lock) {
        (Some(view), Ok(lock)) => Ok(Read { view, view_file, markdown, records, lock, lock_file }),
        (_, lock) => {
            findings.extend(lock.err().map(|f| {
                let mut f = *f;
                f.help = vec!["take the briefing from whoever issued it".to_owned()];
                f
            }));
            Err(findings)
        }
    }
}

/// The byte of a place that a JSON reader gives by line and column.
fn place(file: &TextFile, line: usize, column: usize) -> std::ops::Range<usize> {
    let start: usize = file.text().split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let at = (start + column.saturating_sub(1)).min(file.text().len());
    at..at
}

/// Holds the view against its own hash, and the records and proofs against the hashes in the view.
fn seals(read: &Read, files: &BTreeMap<&str, &File>, findings: &mut Vec<Diagnostic>) {
    let stated = read.view["facts_hash"].as_str().unwrap_or_default();
    let now = facts_hash(&unsealed(read.view_file.text(), stated));
    if now != stated {
        findings.push(
            Diagnostic::new("facts-hash", "the view is not the one this briefing was printed from")
                .at(
                    &read.view_file,
                    &span_of(&read.view_file, "\"facts_hash\""),
                    format!("its facts have the hash {now}"),
                )
                .note("the hash is printed on every page; it covers all that the view says, and its records and proofs")
                .help("take the briefing from whoever issued it: this copy proves nothing"),
        );
    }
    for (key, name) in [("records_sha256", RECORDS), ("lock_sha256", PROOFS)] {
        let now = files.get(name).map(|file| sha256(&file.bytes)).unwrap_or_default();
        if read.view["evidence"][key].as_str() != Some(now.as_str()) {
            findings.push(
                Diagnostic::new(
                    "evidence-differs",
                    format!("`{name}` is not what the facts hash of this briefing covers"),
                )
                .at(&read.view_file, &span_of(&read.view_file, &format!("\"{key}\"")), format!("attached is {now}"))
                .help("take the briefing from whoever issued it: this copy proves nothing"),
            );
        }
    }
}

/// Where words first stand in a file.
fn span_of(file: &TextFile, words: &str) -> std::ops::Range<usize> {
    file.text().find(words).map_or(0..0, |at| at..at + words.len())
}

/// The text of a view as it was hashed: without white space between its values, and without the hash.
///
/// Bytes are left as they are: what is written otherwise, though it reads the same, is not what was attached.
fn unsealed(text: &str, hash: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if !quoted && matches!(c, ' ' | '\n' | '\r' | '\t') {
            continue;
        }
        out.push(c);
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    out.replacen(&format!("\"facts_hash\":\"{hash}\""), "\"facts_hash\":\"\"", 1)
}

/// How the records are checked: as the project they come from has it, but for rules on a dossier as a whole, which a part
/// of one may break without fault, and for articles that are not at hand, for which the lock answers.
fn settings(read: &Read) -> Settings {
    let mut settings = Settings::default();
    let levels = read.view["evidence"]["levels"].as_object();
    for (rule, level) in levels.into_iter().flatten() {
        let level = [Level::Deny, Level::Warn, Level::Allow].into_iter().find(|l| Some(l.name()) == level.as_str());
        if let Some(level) = level {
            settings.project.insert(rule.clone(), At::new(level, 0..0));
        }
    }
    for rule in crate::check::rules::RULES {
        if matches!(rule.run, crate::check::rules::Run::Dossier(_)) || rule.name == "exception-unused" {
            settings.command.insert(rule.name.to_owned(), Level::Allow);
        }
    }
    settings.command.insert("article-missing".to_owned(), Level::Warn);
    settings
}

/// Exceptions from rules, which a reader must know of: whoever wrote them was not held to the rule.
fn exceptions(dossier: &Dossier) -> Vec<String> {
    dossier
        .heads()
        .flat_map(|(_, head)| head.allow.iter().map(move |allow| (head, allow)))
        .map(|(head, allow)| format!("{} `{}` has an exception from `{}`", head.kind, head.id, visible(&allow.rule)))
        .collect()
}

/// What a record says, in short.
fn says(dossier: &Dossier, subject: Subject) -> String {
    const MOST: usize = 60;
    let text = match subject {
        Subject::Claim(r) => dossier.claims[r].value.to_string(),
        Subject::Event(r) => match &dossier.events[r].date {
            Some(date) => format!("{}, {}", dossier.events[r].title.as_str(), **date),
            None => dossier.events[r].title.to_string(),
        },
        Subject::Position(r) => match &dossier.positions[r].said {
            Some(said) => format!("“{}”", said.as_str()),
            None => dossier.positions[r].stance.to_string(),
        },
        Subject::Background(r) => dossier.backgrounds[r].text.to_string(),
        _ => String::new(),
    };
    let text = visible(&text);
    if text.chars().count() <= MOST {
        return text;
    }
    let cut: String = text.chars().take(MOST).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_hashed_as_it_was_composed() {
        let view = serde_json::json!({ "facts_hash": "", "text": "a \"b\" : \\ c", "n": 1, "list": [] });
        let compact = serde_json::to_string(&view).unwrap();
        let mut sealed = view;
        sealed["facts_hash"] = "0123456789ab".into();
        let pretty = serde_json::to_string_pretty(&sealed).unwrap();
        assert_eq!(unsealed(&pretty, "0123456789ab"), compact);
        assert_ne!(unsealed(&pretty.replace("a \\\"b", "a  \\\"b"), "0123456789ab"), compact);
        assert_ne!(unsealed(&pretty.replace("\"n\": 1", "\"n\": 2"), "0123456789ab"), compact);
    }
}
