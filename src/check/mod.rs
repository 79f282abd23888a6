//! Floor 4: the check. It proves every quotation, runs every rule, and alone can make a [`Checked`] dossier.
//!
//! A rule returns findings; it neither prints nor picks its severity. To add one: a file of code and a page of prose of
//! the same name under `rules/`, and a line in [`rules::RULES`]; tests hold that all three are there and that the page's
//! examples do what the page says.

pub mod dating;
pub mod passage;
pub mod quoted;
pub mod review;
mod rows;
pub mod rules;
pub(crate) mod vocabulary;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::diag::{self, Diagnostic, Edit, Fix, Level};
use crate::facts::at::At;
use crate::facts::dossier::{Anchor, Cited, Dossier, Head, Source, Subject};
use crate::facts::row::RowCite;
use crate::facts::table::{Allow, Entry, Ref};
use crate::facts::vocabulary::{Basis, Tlp};
use crate::load;
use crate::load::archive::Archive;
use crate::load::document::basic_string;
use crate::load::excerpt::Tables;
use crate::load::lock::{self, Lock, Match, Proof, SourceEntry};
use crate::load::project::{Require, Review};
use crate::load::read::{self, Unread};
use crate::reconcile::Cell;
use crate::text::article::{Article, NoSuchLine, Zone};
use crate::text::find::{self, Quotation};
use crate::text::gate;
use crate::text::hash;
use crate::text::nearest::nearest;
use crate::text::table::Table;
use passage::{Attempt, Passage};
use rules::{Found, RULES, Rule, Run};
use vocabulary::Vocabulary;

/// How a check is to run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Levels set in the project file, by rule.
    pub project: BTreeMap<String, At<Level>>,
    /// Levels set on the command line, by rule; they win.
    pub command: BTreeMap<String, Level>,
    /// Ids of records whose unprovable dates are accepted as they stand now.
    pub accepted: BTreeSet<String>,
    /// What the project asks of reviews.
    pub review: Review,
}

/// How many quotations were proved, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Records in the dossier, the built-in vocabulary aside.
    pub records: usize,
    /// Quotations in the dossier.
    pub quotations: usize,
    /// Found in the article byte for byte.
    pub exact: usize,
    /// Found in the article after folding typography.
    pub folded: usize,
    /// Passed by the evidence lock, the article not being at hand.
    pub locked: usize,
    /// Not proved.
    pub unproved: usize,
    /// Records that were reviewed as often as the project asks; counted, as the next two, where any record was reviewed or
    /// the project requires it.
    pub reviewed: usize,
    /// Records that changed since they were reviewed, or whose source or article did.
    pub suspect: usize,
    /// Records that were not reviewed, or not by enough people.
    pub unreviewed: usize,
}

impl Tally {
    /// Adds another dossier's counts.
    pub fn add(&mut self, other: Self) {
        self.records += other.records;
        self.quotations += other.quotations;
        self.exact += other.exact;
        self.folded += other.folded;
        self.locked += other.locked;
        self.unproved += other.unproved;
        self.reviewed += other.reviewed;
        self.suspect += other.suspect;
        self.unreviewed += other.unreviewed;
    }
}

/// What a check found.
#[derive(Debug)]
pub struct Report {
    /// Findings in canonical order, allowed ones left out.
    pub findings: Vec<Diagnostic>,
    /// What records make an exception for, in canonical order, each with the reason given.
    pub excepted: Vec<(Diagnostic, String)>,
    /// What was proved.
    pub tally: Tally,
    /// The evidence as it stands now; what the lock file should hold.
    pub lock: Arc<Lock>,
    /// The findings of rules that are about a record, by record, allowed ones left out.
    pub by_record: BTreeMap<Subject, Vec<Diagnostic>>,
}

impl Report {
    /// Whether a finding makes the check fail.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|f| f.level.fails())
    }
}

/// As of which day, and up to which label, records are seen.
pub type Seen = (NaiveDate, Tlp);

/// A dossier whose every entry was proved. Only [`run`] makes one.
#[derive(Debug)]
pub struct Checked<'d> {
    dossier: &'d Dossier,
    lock: Arc<Lock>,
    tables: OnceLock<Tables>,
    cells: Mutex<BTreeMap<Seen, Arc<Vec<Cell>>>>,
}

impl<'d> Checked<'d> {
    /// What is claimed as of a day and up to a label, worked out by `cells` when it is first asked: many briefings of a set
    /// see the same.
    pub fn cells(&self, seen: Seen, cells: impl FnOnce() -> Vec<Cell>) -> Arc<Vec<Cell>> {
        let Ok(mut known) = self.cells.lock() else { return Arc::new(cells()) };
        Arc::clone(known.entry(seen).or_insert_with(|| Arc::new(cells())))
    }

    /// The dossier.
    #[must_use]
    pub fn dossier(&self) -> &'d Dossier {
        self.dossier
    }

    /// The dossier's files as TOML, read when they are first asked for.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::of(self.dossier))
    }

    /// The proof of a record's citation.
    #[must_use]
    pub fn proof(&self, subject: Subject, citation: usize) -> Option<Cow<'_, Proof>> {
        let cited = self.dossier.citations(subject).get(citation)?;
        match &cited.row {
            // what comes with an imported table was proved with it: there is no line for each of its records
            Some(row) if row.imported => {
                let cited = self.dossier.cited_by(subject)?;
                row_proof(self.dossier, &cited, citation).map(Cow::Owned)
            }
            _ => self
                .lock
                .proofs
                .get(&lock::key(self.dossier.head(subject).id, citation))
                .map(|proof| Cow::Borrowed(&**proof)),
        }
    }
}

impl Checked<'_> {
    /// The evidence of an excerpt of this dossier: the proofs that were found, for what the excerpt says.
    ///
    /// `kept` gives for a record of the excerpt the numbers, in this dossier, of the citations that it still has.
    #[must_use]
    pub fn evidence_of(&self, excerpt: &Dossier, kept: &dyn Fn(Subject) -> Vec<usize>) -> Lock {
        let mut lock = Lock::default();
        for (_, source) in excerpt.sources.iter() {
            let mut entry = SourceEntry { sha256: source.hash().to_owned(), pinned: BTreeMap::new() };
            if let (Some(published), true) = (&source.published, dating::is_unproved(source.dating.as_ref())) {
                entry.pinned.insert("published".to_owned(), published.to_string());
            }
            lock.sources.insert(source.id.clone(), entry);
        }
        for cited in excerpt.cited() {
            if let (Some(date), true) = (cited.date, dating::is_unproved(cited.dating)) {
                lock.pinned.insert(cited.head.id.to_owned(), date.to_string());
            }
            let Some(own) = self.dossier.find(cited.head.id) else { continue };
            for (index, number) in kept(own).into_iter().enumerate() {
                if let Some(proof) = self.proof(own, number) {
                    let proved = proved(excerpt, &cited, index);
                    let proof = Proof { proved, ..proof.into_owned() };
                    lock.proofs.insert(lock::key(cited.head.id, index), Arc::new(proof));
                }
            }
        }
        lock
    }
}

/// Checks a dossier against its archive, or, where that is not at hand, against its lock.
///
/// With no finding that fails, the dossier comes back as [`Checked`].
#[must_use]
pub fn run<'d>(
    dossier: &'d Dossier,
    archive: &Archive,
    lock: Option<&Lock>,
    settings: &Settings,
) -> (Report, Option<Checked<'d>>) {
    let none = Lock::default();
    let mut run = Checker::new(dossier, settings, lock.unwrap_or(&none));
    if dossier.cited().next().is_none() {
        let shown = format!("{}/{}", load::SEEDS, dossier.name);
        run.errors.push(
            Diagnostic::new("no-facts", format!("{shown} holds no records that cite"))
                .note("nothing checked is never a pass")
                .help("`factbrief suggest --all` lists what its sources say, `factbrief quote` proposes a record; seeds/README.md says how records are written"),
        );
    }
    run.tally.records = dossier.heads().filter(|(_, head)| head.file.name() != load::VOCABULARY).count();
    let articles = run.articles(archive);
    let tables = run.tables(&articles);
    run.evidence(&articles, &tables, &Vocabulary::new(dossier));
    run.pins();
    run.reviews();
    for rule in RULES {
        if let Run::Dossier(check) = rule.run {
            run.found.extend(check(dossier).into_iter().map(|f| (rule, f)));
        }
    }
    let report = run.finish();
    let checked = (!report.fails()).then(|| Checked {
        dossier,
        lock: Arc::clone(&report.lock),
        tables: OnceLock::new(),
        cells: Mutex::default(),
    });
    (report, checked)
}

/// A check, or the part of one that looks at some of the records: parts that are joined in the order of the records
/// ([`Checker::join`]) come to what one that looks at all of them comes to.
struct Checker<'d, 's> {
    dossier: &'d Dossier,
    settings: &'s Settings,
    old: &'s Lock,
    new: Lock,
    tally: Tally,
    errors: Vec<Diagnostic>,
    found: Vec<(&'static Rule, Found)>,
    /// Records all of whose quotations were proved against the articles.
    fresh: BTreeSet<Subject>,
    /// How many records of imported tables were read otherwise than their rows.
    misread: usize,
    /// Where in `found` the first of them are told.
    misreadings: Vec<usize>,
}

/// How many records, or sources, are looked at in one go; where there are no more, one processor is enough.
const RECORDS: usize = 256;
const SOURCES: usize = 16;

/// A date that no text proves.
struct Pin<'d> {
    id: String,
    now: String,
    old: Option<String>,
    subject: Subject,
    date: &'d At<crate::facts::date::Date>,
}

enum Text {
    /// At hand, with the hash the dossier names.
    Article(Box<Article>),
    /// The same, a table.
    Table(Box<Table>),
    /// Not at hand: the lock answers.
    Absent,
    /// At hand and not to be used; a finding says why.
    Unusable,
    /// Still to be added: nothing may cite it.
    NotAdded,
}

impl<'d, 's> Checker<'d, 's> {
    fn new(dossier: &'d Dossier, settings: &'s Settings, old: &'s Lock) -> Self {
        Self {
            dossier,
            settings,
            old,
            new: Lock::default(),
            tally: Tally::default(),
            errors: Vec::new(),
            found: Vec::new(),
            fresh: BTreeSet::new(),
            misread: 0,
            misreadings: Vec::new(),
        }
    }

    /// Looks at all `items`, `size` of them at a time and on as many processors as there are, and joins what was found in
    /// their order.
    fn in_parts<T: Sync, R: Send>(
        &mut self,
        items: &[T],
        size: usize,
        look: impl Fn(&mut Self, &T) -> R + Sync,
    ) -> Vec<R> {
        if items.len() <= size {
            return items.iter().map(|item| look(self, item)).collect();
        }
        let (dossier, settings, old) = (self.dossier, self.settings, self.old);
        let parts: Vec<(Self, Vec<R>)> = items
            .par_chunks(size)
            .map(|items| {
                let mut part = Checker::new(dossier, settings, old);
                let results = items.iter().map(|item| look(&mut part, item)).collect();
                (part, results)
            })
            .collect();
        let mut all = Vec::with_capacity(items.len());
        for (part, results) in parts {
            self.join(part);
            all.extend(results);
        }
        all
    }

    /// Takes over what a part found that looked at the records after those looked at so far.
    fn join(&mut self, part: Self) {
        let Checker { new, tally, errors, mut found, fresh, misread, misreadings, .. } = part;
        let surplus: BTreeSet<usize> = misreadings.into_iter().skip(rows::SHOWN.saturating_sub(self.misread)).collect();
        if !surplus.is_empty() {
            let mut places = 0..;
            found.retain(|_| places.next().is_none_or(|place| !surplus.contains(&place)));
        }
        self.misread += misread;
        self.tally.add(tally);
        self.errors.extend(errors);
        self.found.extend(found);
        self.fresh.extend(fresh);
        let Lock { sources, pinned, proofs, tables } = new;
        self.new.sources.extend(sources);
        self.new.pinned.extend(pinned);
        self.new.proofs.extend(proofs);
        self.new.tables.extend(tables);
    }

    fn rule(name: &str) -> Option<&'static Rule> {
        RULES.iter().find(|r| r.name == name)
    }

    fn push(&mut self, rule: &str, subject: Option<Subject>, diagnostic: Diagnostic) {
        if let Some(rule) = Self::rule(rule) {
            self.found.push((rule, Found { subject, diagnostic }));
        }
    }

    /// Every source's article, read once.
    fn articles(&mut self, archive: &Archive) -> BTreeMap<Ref<Source>, Text> {
        let sources: Vec<(Ref<Source>, &Entry<Source>)> = self.dossier.sources.iter().collect();
        let texts =
            self.in_parts(&sources, SOURCES, |part, (reference, source)| part.text(archive, *reference, source));
        sources.into_iter().map(|(reference, _)| reference).zip(texts).collect()
    }

    /// The article or table of a source, with its dates held against it.
    fn text(&mut self, archive: &Archive, reference: Ref<Source>, source: &Entry<Source>) -> Text {
        let text = match (source.archived.is_some(), source.table.is_some()) {
            (false, _) => Text::NotAdded,
            _ if !archive.is_present() => Text::Absent,
            (_, true) => self.table(archive, reference, source),
            _ => self.article(archive, reference, source),
        };
        let (article, sha256) = match &text {
            Text::Article(article) => (Some(&**article), Some(article.sha256())),
            Text::Table(table) => (None, Some(table.sha256())),
            _ => (None, None),
        };
        let dating = dating::of_source(self.dossier, source, article);
        self.found.extend(
            dating
                .into_iter()
                .map(|(rule, diagnostic)| (rule, Found { subject: Some(Subject::Source(reference)), diagnostic })),
        );
        if let Some(sha256) = sha256 {
            self.fresh.insert(Subject::Source(reference));
            let entry = SourceEntry { sha256: sha256.to_owned(), pinned: BTreeMap::new() };
            self.new.sources.insert(source.id.clone(), entry);
        } else if matches!(text, Text::Absent) {
            match self.old.sources.get(&source.id) {
                Some(entry) if entry.sha256 == source.hash() => {
                    let entry = SourceEntry { pinned: BTreeMap::new(), ..entry.clone() };
                    self.new.sources.insert(source.id.clone(), entry);
                }
                Some(entry) => self.errors.push(
                    Diagnostic::new(
                        "article-changed",
                        format!("source `{}` names another text than was verified", source.id),
                    )
                    .at(&source.file, &hash_span(source), format!("verified was {}", entry.sha256))
                    .note("the article is not at hand, and the evidence lock knows only the text it was made from")
                    .help("restore the hash, or run `factbrief check` with the archive at hand"),
                ),
                // each of its quotations says so
                None => {}
            }
        }
        text
    }

    fn article(&mut self, archive: &Archive, reference: Ref<Source>, source: &Entry<Source>) -> Text {
        let name = source.file_name();
        let bytes = match self.bytes(archive.read(name), archive, reference, source) {
            Ok(bytes) => bytes,
            Err(text) => return text,
        };
        let mut article = match Article::read(name, bytes) {
            Ok(article) => article,
            Err(error) => {
                self.errors.push(
                    Diagnostic::new("not-text", format!("the article of source `{}` is not text", source.id)).at(
                        &source.file,
                        &name_span(source),
                        format!("at byte {}: {}", error.offset, error.why),
                    ),
                );
                return Text::Unusable;
            }
        };
        if article.sha256() != source.hash() {
            self.changed(source, article.sha256());
            return Text::Unusable;
        }
        for (zone, list) in [(Zone::Furniture, &source.furniture), (Zone::Caption, &source.captions)] {
            if let Err(missing) = article.mark(zone, list.iter().map(|l| l.as_str())) {
                for NoSuchLine { index } in missing {
                    let Some(line) = list.get(index) else { continue };
                    let finding = Diagnostic::new(
                        "line-not-in-article",
                        format!("no line of source `{}` begins with these words", source.id),
                    )
                    .at(&source.file, line.span(), "not the beginning of any line")
                    .help("give the opening words of the line as they stand in the article");
                    self.push("line-not-in-article", Some(Subject::Source(reference)), finding);
                }
            }
        }
        Text::Article(Box::new(article))
    }

    /// The bytes of a source's file, or how it stands without them.
    fn bytes(
        &mut self,
        read: Result<Vec<u8>, Unread>,
        archive: &Archive,
        reference: Ref<Source>,
        source: &Entry<Source>,
    ) -> Result<Vec<u8>, Text> {
        match read {
            Ok(bytes) => Ok(bytes),
            Err(Unread::Absent) => {
                let finding =
                    Diagnostic::new("article-missing", format!("the archive has no article of source `{}`", source.id))
                        .at(&source.file, &name_span(source), "no such file in the archive")
                        .note("where a single article is not at hand, the evidence lock answers for its quotations")
                        .help_if(
                            nearest(source.file_name(), archive.names().unwrap_or_default().iter().map(String::as_str))
                                .map(|guess| format!("did you mean `{}`?", gate::visible(guess))),
                        )
                        .help("put the file into the archive");
                self.push("article-missing", Some(Subject::Source(reference)), finding);
                Err(Text::Absent)
            }
            Err(why) => {
                let finding =
                    read::unread(source.file_name(), &why).at(&source.file, &name_span(source), "this article");
                self.errors.push(finding);
                Err(Text::Unusable)
            }
        }
    }

    fn changed(&mut self, source: &Entry<Source>, sha256: &str) {
        self.errors.push(
            Diagnostic::new(
                "article-changed",
                format!("the article of source `{}` is not the one it names", source.id),
            )
            .at(&source.file, &hash_span(source), format!("the file's hash is {sha256}"))
            .note("the archived text changed since its hash was written, or the hash is another file's")
            .help("if the new text is meant, write its hash here and check every quotation again")
            .fix(
                "write the hash of the text that is there",
                vec![Edit::new(&source.file, &hash_span(source), basic_string(sha256))],
            ),
        );
    }

    /// The table of a source.
    fn table(&mut self, archive: &Archive, reference: Ref<Source>, source: &Entry<Source>) -> Text {
        let Some(form) = &source.table else { return Text::Unusable };
        let bytes = match self.bytes(archive.read_table(source.file_name()), archive, reference, source) {
            Ok(bytes) => bytes,
            Err(text) => return text,
        };
        if hash::sha256(&bytes) != source.hash() {
            self.changed(source, &hash::sha256(&bytes));
            return Text::Unusable;
        }
        match Table::read(
            &bytes,
            Some(form.delimiter.unwrap_or(',')),
            Some(form.encoding.as_deref().unwrap_or("utf-8")),
        ) {
            Ok(table) => Text::Table(Box::new(table)),
            Err(error) => {
                self.errors.push(
                    Diagnostic::new(
                        "not-a-table",
                        format!("the file of source `{}` is not the table it is said to be", source.id),
                    )
                    .at(&source.file, &name_span(source), gate::visible(&error.why))
                    .help("say in `table` how its cells are written: `delimiter`, `encoding`"),
                );
                Text::Unusable
            }
        }
    }

    /// Every imported table, held against its table or the lock as a whole.
    fn tables(&mut self, articles: &BTreeMap<Ref<Source>, Text>) -> BTreeMap<Ref<Source>, rows::Standing> {
        let mut found = BTreeMap::new();
        for imported in &self.dossier.imported {
            let id = &self.dossier.sources[imported.source].id;
            let mut standing = match articles.get(&imported.source) {
                Some(Text::Table(table)) => rows::with_table(self.dossier, imported, table),
                Some(Text::Absent) => rows::with_lock(self.dossier, imported, self.old.tables.get(id)),
                // a finding says why
                _ => continue,
            };
            for (rule, finding) in std::mem::take(&mut standing.findings) {
                self.push(rule, Some(Subject::Source(imported.source)), finding);
            }
            if standing.unproved.is_empty() {
                self.new.tables.insert(id.clone(), standing.entry.clone());
            }
            found.insert(imported.source, standing);
        }
        found
    }

    fn evidence(
        &mut self,
        articles: &BTreeMap<Ref<Source>, Text>,
        tables: &BTreeMap<Ref<Source>, rows::Standing>,
        vocabulary: &Vocabulary<'_>,
    ) {
        let dossier = self.dossier;
        let all: Vec<(&Ref<Source>, &Text)> = articles.iter().collect();
        let lowered = self.in_parts(&all, SOURCES, |_, (reference, text)| {
            if let Text::Article(article) = text {
                Some((**reference, article.folded().text().to_lowercase()))
            } else {
                None
            }
        });
        let lowered: BTreeMap<Ref<Source>, String> = lowered.into_iter().flatten().collect();
        let all: Vec<Cited<'_>> = dossier.cited().collect();
        self.in_parts(&all, RECORDS, |part, cited| part.record(cited, articles, &lowered, tables, vocabulary));
        if let Some(more) = self.misread.checked_sub(rows::SHOWN).filter(|more| *more > 0) {
            self.errors.push(
                Diagnostic::new("rows", format!("{more} more records of imported tables are not what their rows say"))
                    .note("the first of them are shown; they have one reason as a rule"),
            );
        }
    }

    /// Everything that a record cites, proved.
    fn record(
        &mut self,
        cited: &Cited<'_>,
        articles: &BTreeMap<Ref<Source>, Text>,
        lowered: &BTreeMap<Ref<Source>, String>,
        tables: &BTreeMap<Ref<Source>, rows::Standing>,
        vocabulary: &Vocabulary<'_>,
    ) {
        let dossier = self.dossier;
        let mut passages: Vec<Passage<'_>> = Vec::new();
        // rows that hold what is quoted, by the number of the citation
        let mut proved_rows: Vec<usize> = Vec::new();
        let before = self.found.len();
        for (index, citation) in cited.citations.iter().enumerate() {
            self.tally.quotations += 1;
            if let Some(row) = &citation.row {
                for (rule, finding) in rows::readings(dossier, cited, citation, row) {
                    // rows of one table have one fault in common as a rule: the first are shown
                    self.misread += usize::from(row.imported);
                    if row.imported && self.misread <= rows::SHOWN {
                        self.misreadings.push(self.found.len());
                    }
                    if !row.imported || self.misread <= rows::SHOWN {
                        self.push(rule, Some(cited.subject), finding);
                    }
                }
                if self.row(cited, index, row, articles.get(&*citation.source), tables.get(&*citation.source)) {
                    proved_rows.push(index);
                }
                continue;
            }
            let article = match articles.get(&*citation.source) {
                Some(Text::Article(article)) => article,
                Some(Text::Absent) => {
                    self.hold_against_lock(cited, index);
                    continue;
                }
                Some(Text::Table(_)) => {
                    self.errors.push(
                        Diagnostic::new(
                            "row-needed",
                            format!("{} `{}` quotes a table as if it were an article", cited.head.kind, cited.head.id),
                        )
                        .at(
                            cited.head.file,
                            citation.quote.span(),
                            "a table is cited by `row` and `cells`",
                        ),
                    );
                    self.tally.unproved += 1;
                    continue;
                }
                Some(Text::NotAdded) => {
                    self.not_added(cited, index);
                    continue;
                }
                _ => {
                    self.tally.unproved += 1;
                    continue;
                }
            };
            let attempt = Attempt::new(dossier, cited, citation, article);
            for rule in RULES {
                if let Run::Attempt(check) = rule.run {
                    let findings = check(&attempt);
                    self.extend(rule, cited, findings);
                }
            }
            let lower = lowered.get(&*citation.source).map_or("", String::as_str);
            match attempt.passage(index, vocabulary, lower) {
                Some(passage) => passages.push(passage),
                None => self.tally.unproved += 1,
            }
        }
        for rule in RULES {
            match rule.run {
                Run::Record(check) => {
                    let findings = check(dossier, cited);
                    self.extend(rule, cited, findings);
                }
                Run::Passage(check) => {
                    for passage in &passages {
                        let findings = check(passage);
                        self.extend(rule, cited, findings);
                    }
                }
                Run::Passages(check) if !passages.is_empty() => {
                    let findings = check(&passages);
                    self.extend(rule, cited, findings);
                }
                _ => {}
            }
        }
        // the date of a row is read with its cells
        let by_row = cited.citations.first().is_some_and(|c| c.row.is_some()) && basis(cited.dating) == Basis::Stated;
        if !by_row {
            let dated = dating::of_record(dossier, cited, passages.first());
            self.found.extend(
                dated.into_iter().map(|(rule, diagnostic)| (rule, Found { subject: Some(cited.subject), diagnostic })),
            );
        }
        if passages.len() + proved_rows.len() == cited.citations.len() {
            self.fresh.insert(cited.subject);
        }
        let sound = !self.found[before..].iter().any(|(rule, found)| self.level(rule, found).fails());
        for index in proved_rows {
            self.tally.exact += 1;
            if let (true, Some(proof)) = (sound, row_proof(dossier, cited, index))
                && cited.citations.get(index).and_then(|c| c.row.as_ref()).is_some_and(|row| !row.imported)
            {
                self.keep(lock::key(cited.head.id, index), proof);
            }
        }
        for passage in &passages {
            let exact = passage.hit.exact;
            if exact {
                self.tally.exact += 1;
            } else {
                self.tally.folded += 1;
            }
            if sound {
                let proof = Proof {
                    source: dossier.sources[*passage.citation.source].id.clone(),
                    line: passage.article.line(passage.hit.original.start).get(),
                    bytes: [passage.hit.original.start, passage.hit.original.end],
                    matched: if exact { Match::Exact } else { Match::Folded },
                    quote: quote_hash(&passage.citation.quote),
                    proved: proved(dossier, cited, passage.index),
                };
                self.keep(lock::key(cited.head.id, passage.index), proof);
            }
        }
    }

    /// Keeps a proof: the one that is held already, where it is the same.
    fn keep(&mut self, key: String, proof: Proof) {
        let held = self.old.proofs.get(&key).filter(|held| ***held == proof).cloned();
        self.new.proofs.insert(key, held.unwrap_or_else(|| Arc::new(proof)));
    }

    /// Whether a cited row is proved against its table; what the lock answers for is counted as such.
    fn row(
        &mut self,
        cited: &Cited<'_>,
        index: usize,
        row: &RowCite,
        text: Option<&Text>,
        standing: Option<&rows::Standing>,
    ) -> bool {
        let Some(citation) = cited.citations.get(index) else { return false };
        if row.imported {
            let proved = standing.is_some_and(|standing| standing.is_proved(row.row.number));
            match (proved, text) {
                (true, Some(Text::Table(_))) => return true,
                (true, _) => self.tally.locked += 1,
                (false, _) => self.tally.unproved += 1,
            }
            return false;
        }
        let source = &self.dossier.sources[*citation.source];
        let finding = match text {
            Some(Text::Table(table)) => rows::against_table(cited, citation, row, table),
            Some(Text::NotAdded) => {
                self.not_added(cited, index);
                return false;
            }
            _ if source.table.is_none() => Some(
                Diagnostic::new("", format!("{} `{}` cites a row of what is no table", cited.head.kind, cited.head.id))
                    .at(cited.head.file, &row.span, format!("source `{}` has no key `table`", source.id))
                    .help("cite the words of an article by `quote`; or say in the source how the cells of its table are written"),
            ),
            Some(Text::Absent) => {
                self.hold_against_lock(cited, index);
                return false;
            }
            _ => {
                self.tally.unproved += 1;
                return false;
            }
        };
        match finding {
            Some(finding) => {
                self.tally.unproved += 1;
                self.push("row-not-verbatim", Some(cited.subject), finding);
                false
            }
            None => true,
        }
    }

    /// A citation of a source whose article is still to be added.
    fn not_added(&mut self, cited: &Cited<'_>, index: usize) {
        self.tally.unproved += 1;
        let Some(citation) = cited.citations.get(index) else { return };
        let source = &self.dossier.sources[*citation.source];
        self.errors.push(
            Diagnostic::new(
                "article-not-added",
                format!(
                    "{} `{}` cites source `{}`, which has no article yet",
                    cited.head.kind, cited.head.id, source.id
                ),
            )
            .at(cited.head.file, citation.source.span(), "nothing could be proved by it")
            .at(&source.file, &source.header, "lacks `file` and `sha256`")
            .help("put the article into the archive, and write its name and hash into the source"),
        );
    }

    fn extend(&mut self, rule: &'static Rule, cited: &Cited<'_>, findings: Vec<Diagnostic>) {
        self.found
            .extend(findings.into_iter().map(|diagnostic| (rule, Found { subject: Some(cited.subject), diagnostic })));
    }

    /// Holds a citation against the lock, its article not being at hand.
    fn hold_against_lock(&mut self, cited: &Cited<'_>, index: usize) {
        let dossier = self.dossier;
        let Some(citation) = cited.citations.get(index) else { return };
        let key = lock::key(cited.head.id, index);
        let source = &dossier.sources[*citation.source];
        let title = format!("{} `{}` is not verified since it changed", cited.head.kind, cited.head.id);
        let base = || Diagnostic::new("not-verified", title.clone());
        let finding = match self.old.proofs.get(&key) {
            None => Some(
                Diagnostic::new("not-verified", format!("{} `{}` was never verified", cited.head.kind, cited.head.id))
                    .at(cited.head.file, citation.quote.span(), "the evidence lock holds no proof of this quotation"),
            ),
            Some(proof) if proof.source != source.id => Some(base().at(
                cited.head.file,
                citation.source.span(),
                format!("verified was a quotation from `{}`", gate::visible(&proof.source)),
            )),
            Some(proof) if proof.quote != quote_hash(&citation.quote) => Some(base().at(
                cited.head.file,
                citation.quote.span(),
                format!("these are not the words verified at line {} of the article", proof.line),
            )),
            Some(proof) => {
                let now = proved(dossier, cited, index);
                let keys: BTreeSet<&String> = now.keys().chain(proof.proved.keys()).collect();
                let mut finding: Option<Diagnostic> = None;
                for key in keys {
                    let (new, old) = (now.get(key), proof.proved.get(key));
                    if new == old {
                        continue;
                    }
                    let span = self.span_of(cited, index, key);
                    let text = match old {
                        Some(old) if !is_hashed(key) => {
                            format!("the source was verified to say {key} = \"{}\"", gate::visible(old))
                        }
                        Some(_) => format!("this is not the `{key}` that was verified"),
                        None => format!("`{key}` was not there when the source was verified"),
                    };
                    finding = Some(finding.unwrap_or_else(base).at(cited.head.file, &span, text));
                }
                finding
            }
        };
        match finding {
            Some(finding) => {
                self.tally.unproved += 1;
                let finding = finding
                    .note("the articles are not at hand, so the evidence lock answers for them, and only for what it has proof of")
                    .help("restore what was verified, or run `factbrief check` with the archive at hand");
                self.push("not-verified", Some(cited.subject), finding);
            }
            None => {
                self.tally.locked += 1;
                if let Some(proof) = self.old.proofs.get(&key) {
                    self.new.proofs.insert(key, Arc::clone(proof));
                }
            }
        }
    }

    /// Where the value of a proved key is written.
    fn span_of(&self, cited: &Cited<'_>, index: usize, key: &str) -> std::ops::Range<usize> {
        let citation = cited.citations.get(index);
        let claim = if let Subject::Claim(r) = cited.subject { Some(&self.dossier.claims[r]) } else { None };
        let found = match key {
            "value" => claim.map(|c| c.value.span().clone()),
            "measure" => claim.map(|c| c.measure.span().clone()),
            "who" => claim.and_then(|c| c.who.as_ref()).map(|w| w.span().clone()),
            "names" | "by" => cited.claimants.first().map(|b| b.span().clone()),
            "hedge" => cited.hedge.map(|h| h.span().clone()),
            "said" => cited.said.map(|s| s.span().clone()),
            "words" => citation.and_then(|c| c.words.as_ref()).map(|w| w.span().clone()),
            "prefix" => citation.and_then(|c| c.prefix.as_ref()).map(|p| p.span().clone()),
            "row" => citation.and_then(|c| c.row.as_ref()).map(|row| row.span.clone()),
            "cells" | "reads" => citation.map(|c| c.quote.span().clone()),
            "via" => citation.and_then(|c| c.via.first()).map(|v| v.span().clone()),
            "date" | "dating" => cited.date.map(|d| d.span().clone()),
            _ => None,
        };
        found.unwrap_or_else(|| cited.head.header.clone())
    }

    /// Dates that no text proves are pinned: a change to one is a finding until somebody accepts it.
    fn pins(&mut self) {
        let dossier = self.dossier;
        let mut pins: Vec<Pin<'_>> = Vec::new();
        for (reference, source) in dossier.sources.iter() {
            if let Some(published) = &source.published
                && dating::is_unproved(source.dating.as_ref())
            {
                let old = self.old.sources.get(&source.id).and_then(|e| e.pinned.get("published")).cloned();
                pins.push(Pin {
                    id: source.id.clone(),
                    now: published.to_string(),
                    old,
                    subject: Subject::Source(reference),
                    date: published,
                });
            }
        }
        for cited in dossier.cited() {
            if let (Some(date), true) = (cited.date, dating::is_unproved(cited.dating)) {
                let old = self.old.pinned.get(cited.head.id).cloned();
                pins.push(Pin {
                    id: cited.head.id.to_owned(),
                    now: date.to_string(),
                    old,
                    subject: cited.subject,
                    date,
                });
            }
        }
        for Pin { id, now, old, subject, date } in pins {
            let accepted = self.settings.accepted.contains(&id);
            let kept = match &old {
                Some(old) if *old != now && !accepted => {
                    let head = dossier.head(subject);
                    let finding = Diagnostic::new("unproved-date-changed", format!("the date of {} `{id}` changed, and no text proves it", head.kind))
                        .at(head.file, date.span(), format!("it was \"{}\" when last accepted", gate::visible(old)))
                        .note("a date from outside the sources, or inferred without a rule, cannot be proved; it is pinned in the evidence lock instead")
                        .help(format!("restore it, or accept the new one: `factbrief check --accept {id}`"))
                        .fix(format!("restore \"{}\"", gate::visible(old)), vec![Edit::new(head.file, date.span(), basic_string(old))]);
                    self.push("unproved-date-changed", Some(subject), finding);
                    old.clone()
                }
                _ => now,
            };
            if matches!(subject, Subject::Source(_)) {
                if let Some(entry) = self.new.sources.get_mut(&id) {
                    entry.pinned.insert("published".to_owned(), kept);
                }
            } else {
                self.new.pinned.insert(id, kept);
            }
        }
    }

    /// Records that are no longer what was reviewed.
    fn reviews(&mut self) {
        let dossier = self.dossier;
        let Review { require, min } = self.settings.review;
        if require == Require::Nothing && dossier.heads().all(|(_, head)| head.reviewed.is_empty()) {
            return;
        }
        let tables = Tables::of(dossier);
        let counted = if require == Require::Nothing { Require::Everything } else { require };
        for (subject, head) in dossier.heads() {
            if head.reviewed.is_empty() {
                self.tally.unreviewed += usize::from(review::is_required(head.kind, counted));
                continue;
            }
            let now = review::fingerprint(dossier, &tables, subject);
            match review::state(&head, &now, min) {
                review::State::Reviewed => self.tally.reviewed += 1,
                review::State::Suspect => self.tally.suspect += 1,
                review::State::Partly | review::State::Unreviewed => {
                    self.tally.unreviewed += usize::from(review::is_required(head.kind, counted));
                    continue;
                }
            }
            let stale = head.reviewed.iter().find(|r| r.fingerprint.as_str() != now);
            if let (Some(stale), review::State::Suspect) = (stale, review::state(&head, &now, min)) {
                let by = gate::visible(&stale.by);
                let finding =
                    Diagnostic::new("review-suspect", format!("{} `{}` is not what was reviewed", head.kind, head.id))
                        .at(
                            head.file,
                            stale.fingerprint.span(),
                            format!("{by} saw another on {}; now it is \"{now}\"", *stale.on),
                        )
                        .note("the record, what it rests on, or a source or article of it changed since")
                        .help(format!("hold it against its article again: `factbrief review {} --by NAME`", head.id));
                self.push("review-suspect", Some(subject), finding);
            }
        }
    }

    fn level(&self, rule: &Rule, found: &Found) -> Level {
        if rule.is_proof() {
            return Level::Deny;
        }
        if let Some(subject) = found.subject
            && self.dossier.head(subject).allow.iter().any(|a| a.rule.as_str() == rule.name)
        {
            return Level::Allow;
        }
        self.settings
            .command
            .get(rule.name)
            .copied()
            .or_else(|| self.settings.project.get(rule.name).map(|at| **at))
            .unwrap_or(rule.group.level())
    }

    fn finish(mut self) -> Report {
        self.exceptions();
        let mut findings = std::mem::take(&mut self.errors);
        let mut excepted: Vec<(Diagnostic, String)> = Vec::new();
        let mut by_record: BTreeMap<Subject, Vec<Diagnostic>> = BTreeMap::new();
        let mut explained: BTreeSet<&str> = BTreeSet::new();
        for (rule, found) in &self.found {
            let level = self.level(rule, found);
            if level == Level::Allow {
                let exceptions = found.subject.map_or(&[][..], |subject| self.dossier.head(subject).allow);
                if let Some(exception) = exceptions.iter().find(|a| a.rule.as_str() == rule.name) {
                    let mut diagnostic = found.diagnostic.clone();
                    diagnostic.code = rule.name;
                    diagnostic.level = rule.group.level();
                    excepted.push((diagnostic, exception.reason.to_string()));
                }
                continue;
            }
            let mut diagnostic = found.diagnostic.clone();
            diagnostic.code = rule.name;
            diagnostic.level = level;
            if let Some(subject) = found.subject {
                by_record.entry(subject).or_default().push(diagnostic.clone());
            }
            findings.push(diagnostic);
        }
        diag::sort(&mut findings);
        excepted.sort_by(|(a, _), (b, _)| a.order(b));
        // the first finding of a rule says where its level comes from and where to read on
        for finding in &mut findings {
            let Some(rule) = Self::rule(finding.code) else { continue };
            if explained.insert(rule.name) {
                let from = if self.settings.command.contains_key(rule.name) {
                    "set on the command line".to_owned()
                } else if self.settings.project.contains_key(rule.name) {
                    "set in factbrief.toml".to_owned()
                } else {
                    format!("as all rules of the group {}", rule.group.name())
                };
                finding.notes.push(format!(
                    "`{}` is at level {}, {from}; `factbrief explain {}`",
                    rule.name,
                    finding.level.name(),
                    rule.name
                ));
            }
        }
        by_record.values_mut().for_each(diag::sort);
        Report { findings, excepted, tally: self.tally, lock: Arc::new(self.new), by_record }
    }

    /// Exceptions that name no rule, or that no finding needs.
    fn exceptions(&mut self) {
        let mut findings = Vec::new();
        for (subject, head) in self.dossier.heads() {
            for exception in head.allow {
                let name = exception.rule.as_str();
                let Some(rule) = Self::rule(name) else {
                    let guess = nearest(name, RULES.iter().map(|r| r.name));
                    let finding =
                        Diagnostic::new("unknown-rule", format!("there is no rule `{}`", gate::visible(name)))
                            .at(head.file, exception.rule.span(), "not a rule")
                            .help_if(guess.map(|g| format!("did you mean `{g}`?")))
                            .help("`factbrief explain` lists all rules")
                            .fixed(guess.map(|guess| Fix {
                                title: format!("write `{guess}`"),
                                edits: vec![Edit::new(head.file, exception.rule.span(), basic_string(guess))],
                                safe: false,
                            }));
                    self.errors.push(finding);
                    continue;
                };
                if rule.is_proof() {
                    self.errors.push(
                        Diagnostic::new("no-exception-from-proof", format!("`{name}` cannot be switched off"))
                            .at(head.file, exception.rule.span(), "this rule is the proof itself")
                            .note("no quotation that is not in the source: if it cannot be cited, it cannot be printed")
                            .help("correct the quotation, or take the record out"),
                    );
                    continue;
                }
                let used = self.found.iter().any(|(r, f)| r.name == rule.name && f.subject == Some(subject));
                let needs_article =
                    matches!(rule.run, Run::Attempt(_) | Run::Passage(_) | Run::Passages(_) | Run::Engine);
                // a source whose article is missing is not fresh, and its exception is used; otherwise each rule ran
                let ran = !needs_article || self.fresh.contains(&subject);
                if !used && ran {
                    let finding = Diagnostic::new(
                        "exception-unused",
                        format!("the exception from `{}` is not needed", rule.name),
                    )
                    .at(head.file, exception.rule.span(), "nothing here breaks this rule")
                    .help("take it out: an exception that outlives its reason hides the next fault")
                    .fixed(taken_out(&head, exception));
                    findings.push((subject, finding));
                }
            }
        }
        for (subject, finding) in findings {
            self.push("exception-unused", Some(subject), finding);
        }
    }
}

/// A record's only exception taken out, where it stands on a line of its own.
fn taken_out(head: &Head<'_>, exception: &Allow) -> Option<Fix> {
    let [_] = head.allow else { return None };
    let line = head.file.line_at(exception.rule.span().start);
    let text = head.file.text().get(line.clone())?.trim();
    let whole = text.starts_with("allow") && text.ends_with(']');
    let end = (line.end + 1).min(head.file.text().len());
    whole.then(|| Fix {
        title: "take the exception out".to_owned(),
        edits: vec![Edit::new(head.file, &(line.start..end), "")],
        safe: true,
    })
}

/// The keys whose values the lock holds by hash.
fn is_hashed(key: &str) -> bool {
    matches!(key, "words" | "said" | "prefix" | "names" | "lines" | "cells" | "reads")
}

/// The proof of a row: its number stands for the line, and its cells are wherever the row is.
fn row_proof(dossier: &Dossier, cited: &Cited<'_>, index: usize) -> Option<Proof> {
    let citation = cited.citations.get(index)?;
    let row = citation.row.as_ref()?;
    Some(Proof {
        source: dossier.sources[*citation.source].id.clone(),
        line: usize::try_from(row.row.number).ok()?,
        bytes: [0, 0],
        matched: Match::Exact,
        quote: quote_hash(&citation.quote),
        proved: proved(dossier, cited, index),
    })
}

/// Where the name of a source's file is written.
fn name_span(source: &Entry<Source>) -> std::ops::Range<usize> {
    source.archived.as_ref().map_or_else(|| source.header.clone(), |name| name.span().clone())
}

/// Where the hash of a source's file is written.
fn hash_span(source: &Entry<Source>) -> std::ops::Range<usize> {
    source.sha256.as_ref().map_or_else(|| source.header.clone(), |hash| hash.span().clone())
}

fn quote_hash(quote: &str) -> String {
    hash::short(&Quotation::parse(quote).map_or_else(|_| quote.to_owned(), |q| q.text()))
}

/// All that a citation's proof covers beside the quotation itself: a change to any of it needs a new proof.
fn proved(dossier: &Dossier, cited: &Cited<'_>, index: usize) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    let mut put = |key: &str, value: String| {
        map.insert(key.to_owned(), value);
    };
    let Some(citation) = cited.citations.get(index) else { return map };
    if let Some(words) = &citation.words {
        put("words", hash::short(words));
    }
    if let Some(prefix) = &citation.prefix {
        put("prefix", hash::short(prefix));
    }
    if let Some(row) = &citation.row {
        put("row", row.row.number.to_string());
        let cells: Vec<String> = row.cells().map(|(column, cell)| format!("{column}\u{1f}{cell}")).collect();
        put("cells", hash::short(&cells.join("\u{1e}")));
        let form = dossier.sources[*citation.source].table.as_ref();
        put("reads", hash::short(&format!("{:?} {form:?}", row.reads)));
    }
    let actors = |list: &[At<Ref<crate::facts::dossier::Actor>>]| {
        list.iter().map(|a| dossier.actors[**a].id.clone()).collect::<Vec<_>>().join(" ")
    };
    if !citation.via.is_empty() {
        put("via", actors(&citation.via));
    }
    let claimants: Vec<String> = cited.claimants.iter().map(|a| dossier.actors[***a].id.clone()).collect();
    if !claimants.is_empty() {
        put("by", claimants.join(" "));
    }
    let spoken: BTreeSet<&str> =
        cited.claimants.iter().copied().chain(&citation.via).flat_map(|a| dossier.names_of(**a)).collect();
    if !spoken.is_empty() {
        // by what names a claimant was found in the article
        put("names", hash::short(&spoken.into_iter().collect::<Vec<_>>().join("\n")));
    }
    let source = &dossier.sources[*citation.source];
    let marked: Vec<&str> = source.furniture.iter().chain(&source.captions).map(|l| l.as_str()).collect();
    if !marked.is_empty() {
        put("lines", hash::short(&marked.join("\n")));
    }
    if let Some(hedge) = cited.hedge {
        put("hedge", hedge.to_string());
    }
    if let Some(said) = cited.said {
        put("said", hash::short(said));
    }
    if let Subject::Claim(claim) = cited.subject {
        let claim = &dossier.claims[claim];
        put("value", claim.value.to_string());
        put("measure", dossier.measures[*claim.measure].id.clone());
        if let Some(who) = &claim.who {
            put("who", dossier.categories[**who].id.clone());
        }
    }
    if index == 0
        && let Some(date) = cited.date
    {
        put("date", date.to_string());
        if let Some(dating) = cited.dating {
            put("dating", dating_key(dossier, dating));
        }
    }
    let exceptions: Vec<&str> = cited.head.allow.iter().map(|a| a.rule.as_str()).collect();
    if !exceptions.is_empty() {
        put("allow", exceptions.join(" "));
    }
    map
}

fn dating_key(dossier: &Dossier, dating: &crate::facts::dossier::Dating) -> String {
    let mut parts = vec![dating.basis.to_string()];
    if let Some(rule) = &dating.rule {
        parts.push(rule.to_string());
    }
    if let Some(words) = &dating.words {
        parts.push(hash::short(words));
    }
    if let Some(anchor) = &dating.anchor {
        let (id, date) = match **anchor {
            Anchor::Source(r) => (&dossier.sources[r].id, dossier.sources[r].published.as_ref()),
            Anchor::Event(r) => (&dossier.events[r].id, dossier.events[r].date.as_ref()),
        };
        parts.push(format!("{id}={}", date.map(|d| d.to_string()).unwrap_or_default()));
    }
    parts.join(" ")
}

/// Where a phrase stands in an article, for a label.
pub(crate) fn article_label(
    article: &Article,
    original: &std::ops::Range<usize>,
    text: impl Into<String>,
) -> diag::Label {
    diag::Label::new(article.file(), original, text)
}

/// The basis of a date, stated where nothing is said.
#[must_use]
pub fn basis(dating: Option<&crate::facts::dossier::Dating>) -> Basis {
    dating.map_or(Basis::Stated, |d| *d.basis)
}

/// Reads an article outside a check: for showing a quotation in its context.
///
/// # Errors
/// Where it is not at hand or is not the text the source names.
pub fn article_of(dossier: &Dossier, archive: &Archive, source: Ref<Source>) -> Result<Arc<Article>, String> {
    let source = &dossier.sources[source];
    if source.archived.is_none() {
        return Err("its article is still to be added".to_owned());
    }
    if source.table.is_some() {
        return Err("it is a table".to_owned());
    }
    let bytes = archive.read(source.file_name()).map_err(|why| why.to_string())?;
    let article = Article::read(source.file_name(), bytes).map_err(|e| e.why)?;
    if article.sha256() == source.hash() {
        Ok(Arc::new(article))
    } else {
        Err("the archived text is not the one the source names".to_owned())
    }
}

/// The places where a citation's quotation stands in its article.
#[must_use]
pub fn hits(article: &Article, quote: &str) -> Vec<find::Hit> {
    Quotation::parse(quote).map(|q| find::find(article, quote, &q)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
