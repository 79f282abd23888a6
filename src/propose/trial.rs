//! Proposals held against the check: of several ways to write a record, the first in which it finds nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::desk::Desk;
use super::record::{Variant, written};
use super::{Kind, Proposal};
use crate::check::{self, Settings};
use crate::diag::Diagnostic;
use crate::facts::dossier::{Dossier, Subject};
use crate::load::archive::Archive;
use crate::load::excerpt::{Chosen, Tables, excerpt};
use crate::load::lock::Lock;
use crate::load::{VOCABULARY, resolve};
use crate::text::file::TextFile;

/// The name that proposals have for their file in findings.
pub const FILE: &str = "the proposal";

/// What proposals are held against.
pub enum Against<'l> {
    /// The article, with the actors, categories and measures of the dossier: fast, however many records there are.
    Article,
    /// The whole dossier as it stands, with its evidence lock: what else it says of the same event counts, too.
    Dossier(Option<&'l Lock>),
}

/// Rules on what several records say together: an article alone cannot break them.
const TOGETHER: &[&str] = &["revision-not-marked", "floor-above-total", "source-not-cited", "harm-grade-unsupported"];

impl Desk<'_> {
    /// Proposals of which each list of variants holds the ways to write one, the preferred first.
    ///
    /// # Errors
    /// Where the records do not load, which is a defect.
    pub(super) fn propose(
        &self,
        ways: &[Vec<Variant>],
        event: Option<&str>,
        settings: &Settings,
        against: &Against<'_>,
    ) -> Result<Vec<Proposal>, Vec<Diagnostic>> {
        let ways: Vec<&Vec<Variant>> = ways.iter().filter(|list| !list.is_empty()).collect();
        if ways.is_empty() {
            return Ok(Vec::new());
        }
        // first, every way of each; then the one chosen of each, under the id it is to have
        let tried: Vec<(String, &Variant)> = ways
            .iter()
            .enumerate()
            .flat_map(|(i, list)| list.iter().enumerate().map(move |(j, v)| (format!("way-{i}-{j}"), v)))
            .collect();
        let found = self.tried(&tried, event, settings, &Against::Article)?;
        let mut chosen: Vec<&Variant> = Vec::new();
        for (i, list) in ways.iter().enumerate() {
            let of = |j: usize| found.get(&format!("way-{i}-{j}")).map_or(&[][..], Vec::as_slice);
            let clean = (0..list.len()).find(|j| of(*j).is_empty());
            let passing = (0..list.len()).find(|j| !of(*j).iter().any(|f| f.level.fails()));
            // where none passes, the longest quotation shows best what stands in the way
            let longest = (0..list.len()).max_by_key(|j| list[*j].place.len());
            if let Some(j) = clean.or(passing).or(longest) {
                chosen.push(&list[j]);
            }
        }
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut named: Vec<(String, &Variant)> = Vec::new();
        for variant in chosen {
            let id = variant.id(self, &taken);
            taken.insert(id.clone());
            named.push((id, variant));
        }
        let mut findings = self.tried(&named, event, settings, against)?;
        let (any_event, _) = self.placeholders(event);
        Ok(named
            .into_iter()
            .map(|(id, variant)| {
                let original = self.article.folded().original(&variant.place);
                let open: Vec<&'static str> = variant.keys.iter().filter(|k| k.open).map(|k| k.name).collect();
                Proposal {
                    kind: variant.kind,
                    line: self.article.line(original.start).get(),
                    original,
                    toml: variant.toml(&id, false, &any_event, ""),
                    filled: variant.toml(&id, true, &any_event, &format!("{id}-speaker")),
                    open,
                    findings: findings.remove(&id).unwrap_or_default(),
                    id,
                }
            })
            .collect())
    }

    /// Ids for the event that a proposal is about, where it is open: one that exists, as the excerpt knows none.
    fn placeholders(&self, event: Option<&str>) -> (String, bool) {
        if let Some(event) = event {
            return (event.to_owned(), true);
        }
        let fresh = |n: usize| format!("event-to-be-named-{n}");
        ((0..).map(fresh).find(|id| self.is_free(id)).unwrap_or_default(), false)
    }

    /// What the check finds in each record.
    fn tried(
        &self,
        records: &[(String, &Variant)],
        event: Option<&str>,
        settings: &Settings,
        against: &Against<'_>,
    ) -> Result<BTreeMap<String, Vec<Diagnostic>>, Vec<Diagnostic>> {
        let whole = matches!(against, Against::Dossier(_));
        let (any_event, exists) = self.placeholders(event);
        let mut around = String::new();
        if !(whole && exists) {
            // what stands for the event quotes nothing that matters: its findings are nobody's
            around.push_str(&format!(
                "[event.{any_event}]\ntitle = \"To be named\"\nkind = \"to-be-named\"\nsource = {}\nquote = \"to be named\"\n",
                written(&self.source().id)
            ));
        }
        let mut text = String::new();
        for (id, variant) in records {
            let speaker = format!("{id}-speaker");
            if let Some(name) = &variant.stranger {
                around.push_str(&format!("[actor.{speaker}]\nname = {}\nkind = \"unnamed\"\n", written(name)));
            }
            text.push_str(&variant.toml(id, true, &any_event, &speaker));
            text.push('\n');
        }
        let mut files = if whole { self.files() } else { vec![self.excerpt()] };
        files.push(Arc::new(TextFile::new("what stands for open keys", around)));
        files.push(Arc::new(TextFile::new(FILE, text)));
        let dossier = resolve(&self.dossier.name, &self.dossier.language, &files)?;
        let texts = BTreeMap::from([(self.source().file_name().to_owned(), self.bytes.clone())]);
        let lock = if let Against::Dossier(lock) = against { *lock } else { None };
        let (report, _) = check::run(&dossier, &Archive::Texts(texts), lock, settings);
        Ok(found_in(&dossier, &report, records, whole))
    }

    /// The files of the dossier.
    fn files(&self) -> Vec<Arc<TextFile>> {
        let mut files: BTreeMap<&str, &Arc<TextFile>> = BTreeMap::new();
        for (_, head) in self.dossier.heads().filter(|(_, head)| head.file.name() != VOCABULARY) {
            files.entry(head.file.name()).or_insert(head.file);
        }
        files.into_values().cloned().collect()
    }

    /// The source, and all that its sentences may name, without what any record says.
    fn excerpt(&self) -> Arc<TextFile> {
        let d = self.dossier;
        let mut records: BTreeSet<Subject> = BTreeSet::from([Subject::Source(self.source)]);
        records.extend(d.actors.iter().map(|(r, _)| Subject::Actor(r)));
        records.extend(d.categories.iter().map(|(r, _)| Subject::Category(r)));
        records.extend(d.measures.iter().map(|(r, _)| Subject::Measure(r)));
        let chosen = Chosen { records: &records, citation: &|_, _| true, tellable: &|_| true };
        Arc::new(TextFile::new("the dossier", excerpt(d, &Tables::of(d), &chosen)))
    }
}

fn found_in(
    dossier: &Dossier,
    report: &check::Report,
    records: &[(String, &Variant)],
    whole: bool,
) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut found = BTreeMap::new();
    for (id, variant) in records {
        let mine = dossier.find(id).and_then(|subject| report.by_record.get(&subject));
        let findings: Vec<Diagnostic> = (mine.into_iter().flatten())
            .filter(|f| whole || !TOGETHER.contains(&f.code))
            // a title that is still to be written breaks no rule on prose
            .filter(|f| !(f.code == "figure-in-prose" && variant.kind != Kind::Claim))
            .cloned()
            .collect();
        found.insert(id.clone(), findings);
    }
    found
}
