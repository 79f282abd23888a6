//! What has become of a document's records in the project they came from: a later correction is no forgery, and is told
//! apart from one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::diag::Diagnostic;
use crate::facts::dossier::{Claim, Dossier, Subject};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{ChangeKind, Rank};
use crate::load::excerpt::{Chosen, Tables, WITHHELD, excerpt};
use crate::load::revision::{Turned, Written, written_in};
use crate::text::file::TextFile;
use crate::text::gate::visible;

/// What has become of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It says the same.
    Unchanged,
    /// These keys of it differ.
    Changed(Vec<Turned>),
    /// Another figure replaces it: its id.
    Superseded(String),
    /// It is held to be wrong.
    Withdrawn,
    /// It is gone.
    Gone,
}

/// Compares the records of a document with those of its project, by id.
pub(super) fn compare(
    dossier: &Dossier,
    records: &TextFile,
    project: &BTreeMap<String, Dossier>,
    findings: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Fate> {
    let Some(now) = project.get(&dossier.name) else {
        let known: Vec<String> = project.keys().map(|name| format!("`{name}`")).collect();
        findings.push(
            Diagnostic::new(
                "other-project",
                format!("the project has no dossier `{}`, from which this was printed", visible(&dossier.name)),
            )
            .note(format!("its dossiers are: {}", known.join(", ")))
            .help("name the project that the briefing comes from"),
        );
        return BTreeMap::new();
    };
    let before = written_in(records.text());
    let standing = Standing::new(dossier, now);
    let after = in_the_same_form(dossier, now);
    let mut fates = BTreeMap::new();
    for (subject, head) in dossier.heads() {
        let Some(was) = before.get(head.id) else { continue };
        let fate = match now.find(head.id).filter(|s| now.head(*s).kind == head.kind) {
            None => Fate::Gone,
            Some(current) => standing.of(subject, current).unwrap_or_else(|| {
                let turned = after.get(head.id).map(|is| turned(was, is)).unwrap_or_default();
                if turned.is_empty() { Fate::Unchanged } else { Fate::Changed(turned) }
            }),
        };
        if let Some(finding) = told(dossier, subject, now, &fate) {
            findings.push(finding);
        }
        fates.insert(head.id.to_owned(), fate);
    }
    fates
}

/// The project's records of the same ids, written as those of a document are: without what is not handed out.
fn in_the_same_form(dossier: &Dossier, now: &Dossier) -> BTreeMap<String, Written> {
    let records: BTreeSet<Subject> =
        dossier.heads().filter_map(|(_, head)| now.find(head.id).filter(|s| now.head(*s).kind == head.kind)).collect();
    let citation = |subject: Subject, index: usize| {
        let cited = now.citations(subject).get(index).map(|c| now.sources[*c.source].id.as_str());
        cited.is_some_and(|source| dossier.sources.get(source).is_some())
    };
    let text = excerpt(now, &Tables::of(now), &Chosen { records: &records, citation: &citation, tellable: &|_| true });
    written_in(&text)
}

/// Which records no longer stand.
struct Standing<'d> {
    dossier: &'d Dossier,
    now: &'d Dossier,
    /// By a figure of the project: the one that replaces it, where the document does not know it.
    successors: BTreeMap<Ref<Claim>, &'d str>,
    /// What the project says was taken back, and the document does not.
    withdrawn: BTreeSet<Subject>,
}

impl<'d> Standing<'d> {
    fn new(dossier: &'d Dossier, now: &'d Dossier) -> Self {
        let known = |id: &str| dossier.claims.get(id).is_some_and(|(_, claim)| claim.supersedes.is_some());
        let replacing = now.claims.iter().filter(|(_, claim)| !known(&claim.id));
        let retractions = now
            .changes
            .iter()
            .filter(|(_, change)| *change.kind == ChangeKind::Retraction && dossier.changes.get(&change.id).is_none());
        Self {
            dossier,
            now,
            successors: replacing.filter_map(|(_, c)| Some((**c.supersedes.as_ref()?, c.id.as_str()))).collect(),
            withdrawn: retractions.flat_map(|(_, change)| change.affects.iter().map(|s| **s)).collect(),
        }
    }

    /// What has become of a record of the document, where the project has replaced or withdrawn it since.
    fn of(&self, was: Subject, current: Subject) -> Option<Fate> {
        if let (Subject::Claim(old), Subject::Claim(claim)) = (was, current) {
            if let Some(by) = self.successors.get(&claim) {
                return Some(Fate::Superseded((*by).to_owned()));
            }
            let deprecated = |dossier: &Dossier, claim: Ref<Claim>| dossier.claims[claim].rank == Rank::Deprecated;
            if deprecated(self.now, claim) && !deprecated(self.dossier, old) {
                return Some(Fate::Withdrawn);
            }
        }
        self.withdrawn.contains(&current).then_some(Fate::Withdrawn)
    }
}

/// The keys that differ, those aside that a document leaves out.
fn turned(was: &Written, is: &Written) -> Vec<Turned> {
    // a text that was left out may stand in the project; what it says is no change
    const LEFT_OUT: [&str; 3] = ["about", "venue", "covers"];
    let mut keys: BTreeSet<&String> = was.keys.keys().chain(is.keys.keys()).collect();
    keys.retain(|key| was.keys.get(*key) != is.keys.get(*key));
    keys.retain(|key| was.keys.contains_key(*key) || !LEFT_OUT.contains(&key.as_str()));
    keys.retain(|key| !was.keys.get(*key).is_some_and(|value| *key == "dating" && value.contains(WITHHELD)));
    keys.into_iter()
        .map(|key| Turned { key: key.clone(), before: was.keys.get(key).cloned(), now: is.keys.get(key).cloned() })
        .collect()
}

/// The finding for a record that no longer says what was printed.
fn told(dossier: &Dossier, was: Subject, now: &Dossier, fate: &Fate) -> Option<Diagnostic> {
    let head = dossier.head(was);
    let what = format!("{} `{}`", head.kind, head.id);
    let there = |id: &str| now.find(id).map(|s| now.head(s));
    let current = there(head.id);
    let finding = match fate {
        Fate::Unchanged => return None,
        Fate::Gone => Diagnostic::new("outdated-gone", format!("{what} is no longer in the project")).at(
            head.file,
            head.header,
            "printed from this",
        ),
        Fate::Withdrawn => Diagnostic::new("outdated-withdrawn", format!("{what} has since been withdrawn")).at(
            head.file,
            head.header,
            "printed from this",
        ),
        Fate::Superseded(by) => {
            let value = now.claims.get(by).map(|(_, c)| c.value.to_string()).unwrap_or_default();
            let finding = Diagnostic::new("outdated-superseded", format!("{what} has since been replaced")).at(
                head.file,
                head.header,
                "printed from this",
            );
            match there(by) {
                Some(next) => finding.at(next.file, next.header, format!("replaced by `{by}`: {value}")),
                None => finding,
            }
        }
        Fate::Changed(keys) => {
            let mut finding = Diagnostic::new("outdated-changed", format!("{what} has since been changed"));
            for turned in keys.iter().take(4) {
                let said = |value: &Option<String>| value.as_deref().map_or("nothing".to_owned(), shortened);
                let text = format!("{}: was {}, is {}", turned.key, said(&turned.before), said(&turned.now));
                finding = finding.at(head.file, &key_of(head.file, head.header, &turned.key), text);
            }
            finding
        }
    };
    let finding = match (current, fate) {
        (Some(current), Fate::Withdrawn | Fate::Changed(_)) => {
            finding.at(current.file, current.header, "as it is today")
        }
        _ => finding,
    };
    Some(
        finding
            .note("the document is out of date; this says nothing against its being genuine")
            .help("ask for the current issue, or print it: `factbrief build`"),
    )
}

/// Where a key of a record is written.
fn key_of(file: &TextFile, header: &Range<usize>, key: &str) -> Range<usize> {
    let rest = file.text().get(header.end..).unwrap_or_default();
    let end = rest.find("\n[").unwrap_or(rest.len());
    let at = rest[..end].find(&format!("\n{key} = ")).map(|at| header.end + at + 1);
    at.map_or_else(|| header.clone(), |at| at..at + key.len())
}

/// A value as a message shows it.
fn shortened(value: &str) -> String {
    const MOST: usize = 80;
    let value = visible(value);
    if value.chars().count() <= MOST {
        return value;
    }
    let cut: String = value.chars().take(MOST).collect();
    format!("{}…", cut.trim_end())
}
