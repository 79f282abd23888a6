//! What the records quote, held against the lock that is carried with them and, where they are at hand, the articles.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::check::{self, Settings, Tally};
use crate::diag::Diagnostic;
use crate::facts::dossier::Dossier;
use crate::load::archive::Archive;
use crate::load::lock::{self, Lock};
use crate::text::file::TextFile;
use crate::text::gate::visible;

/// How a quotation was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It stands in the article, which is at hand.
    Article,
    /// The article is not at hand; the lock has a proof of exactly these words and values.
    Lock,
    /// Not at all.
    Not,
}

/// A quotation, and how it was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The id of its source.
    pub source: String,
    /// The SHA-256 of the article's bytes.
    pub sha256: String,
    /// The line of the article, counted from one; nought where it is not known.
    pub line: usize,
    /// How.
    pub how: How,
}

/// Proves the quotations of all records, by id. What the articles prove must be what the lock says they do.
pub(super) fn hold(
    dossier: &Dossier,
    archive: &Archive,
    lock: &Lock,
    file: &Arc<TextFile>,
    settings: &Settings,
    findings: &mut Vec<Diagnostic>,
) -> (BTreeMap<String, Vec<Proved>>, Tally) {
    let (by_lock, _) = check::run(dossier, &Archive::Absent, Some(lock), settings);
    let mut report = by_lock;
    if archive.is_present() {
        let (fresh, _) = check::run(dossier, archive, Some(lock), settings);
        // what the lock alone finds is found whatever the articles say: it is what was handed out
        findings.extend(std::mem::take(&mut report.findings).into_iter().filter(|f| UNPROVED.contains(&f.code)));
        report = fresh;
        differences(dossier, lock, &report.lock, file, findings);
    }
    let fresh = |source: &str| {
        let name = dossier.sources.get(source).map(|(_, s)| s.file_name());
        name.is_some_and(|name| archive.is_present() && archive.read(name).is_ok())
    };
    let mut proved: BTreeMap<String, Vec<Proved>> = BTreeMap::new();
    for cited in dossier.cited() {
        for (index, citation) in cited.citations.iter().enumerate() {
            let source = &dossier.sources[*citation.source];
            let proof = report.lock.proofs.get(&lock::key(cited.head.id, index));
            let how = match proof {
                Some(_) if fresh(&source.id) => How::Article,
                Some(_) => How::Lock,
                None => How::Not,
            };
            proved.entry(cited.head.id.to_owned()).or_default().push(Proved {
                source: source.id.clone(),
                sha256: source.hash().to_owned(),
                line: proof.map_or(0, |p| p.line),
                how,
            });
        }
    }
    findings.append(&mut report.findings);
    for finding in findings.iter_mut().filter(|f| UNPROVED.contains(&f.code)) {
        // what helps a curator helps no reader
        finding.help =
            vec!["take the briefing from whoever issued it, and the articles from their publishers".to_owned()];
    }
    (proved, report.tally)
}

/// Findings that say that a quotation, or the text it stands in, is not what was verified.
const UNPROVED: [&str; 2] = ["not-verified", "article-changed"];

/// What the articles prove and the lock has otherwise.
fn differences(dossier: &Dossier, lock: &Lock, fresh: &Lock, file: &Arc<TextFile>, findings: &mut Vec<Diagnostic>) {
    for (key, proof) in &fresh.proofs {
        let Some(held) = lock.proofs.get(key).filter(|held| *held != proof) else { continue };
        let mut what = Vec::new();
        let mut differs = |name: &str, said: String, is: String| {
            if said != is {
                what.push(format!("{name} {} there, {} in the article", visible(&said), visible(&is)));
            }
        };
        differs("line", held.line.to_string(), proof.line.to_string());
        differs("bytes", format!("{:?}", held.bytes), format!("{:?}", proof.bytes));
        differs("quotation", held.quote.clone(), proof.quote.clone());
        differs("source", held.source.clone(), proof.source.clone());
        for (name, value) in &proof.proved {
            differs(name, held.proved.get(name).cloned().unwrap_or_default(), value.clone());
        }
        let id = key.split('#').next().unwrap_or_default();
        let mut finding = Diagnostic::new("proof-differs", format!("`{}` is not proved as its lock says", visible(id)))
            .at(
                file,
                &line_of(file, key),
                if what.is_empty() { "found otherwise".to_owned() } else { what.join("; ") },
            );
        if let Some(head) = dossier.find(id).map(|subject| dossier.head(subject)) {
            finding = finding.at(head.file, head.header, format!("{} `{id}`", head.kind));
        }
        findings.push(finding.help("take the briefing from whoever issued it: this copy proves nothing"));
    }
}

/// The line of a lock that holds a proof.
fn line_of(file: &TextFile, key: &str) -> Range<usize> {
    let start = file.text().find(&format!("\"{key}\" =")).unwrap_or_default();
    let end = file.text()[start..].find('\n').map_or(file.text().len(), |i| start + i);
    start..end
}
