//! Issues of a briefing: what was printed, kept beside it, and what has changed since.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;

use super::compose::Composer;
use super::view::Changed;
use crate::diag::Diagnostic;
use crate::facts::dossier::Subject;
use crate::facts::vocabulary::{ChangeKind, Rank};
use crate::load::briefing::Request;
use crate::load::document::basic_string;
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::hash;

/// The ending of the file that keeps a briefing's issues.
pub const ENDING: &str = "lock";

const VERSION: u32 = 1;

/// What an issue said of one record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The kind of record.
    pub kind: String,
    /// What it is about, in words: of a claim, what is counted and by whom.
    pub what: String,
    /// What it says: of a claim, the figure in words.
    pub value: String,
    /// The figure as the record has it, whatever the words for it; empty for what is no claim.
    #[serde(default)]
    pub figure: String,
    /// Its grade; empty where it has none.
    #[serde(default)]
    pub grade: String,
    /// Hash of the above and of its quotations.
    pub hash: String,
}

impl Said {
    /// Whether a reader is told the same: of a claim the same figure, in whatever words and language.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        if self.figure.is_empty() || other.figure.is_empty() {
            self.value == other.value && self.what == other.what
        } else {
            self.figure == other.figure
        }
    }
}

/// What an issue printed, by record id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// By record id.
    pub records: BTreeMap<String, Said>,
}

/// An issue as it was printed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Its number.
    pub issue: u32,
    /// The day it described the state of knowledge of (ISO 8601).
    pub as_of: String,
    /// That day in words.
    pub as_of_text: String,
    /// What it said, by record id.
    #[serde(default)]
    pub records: BTreeMap<String, Said>,
}

/// A briefing's file of issues: what is printed now, from which bytes, and the issue before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issues {
    /// SHA-256 of the Markdown.
    pub markdown: String,
    /// SHA-256 of the PDF.
    pub pdf: String,
    /// SHA-256 of its pictures, by the name of their file.
    pub pictures: BTreeMap<String, String>,
    /// The issue that is printed.
    pub current: Issue,
    /// The one before it.
    pub before: Option<Issue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    markdown: String,
    pdf: String,
    #[serde(default)]
    pictures: BTreeMap<String, String>,
    current: Issue,
    before: Option<Issue>,
}

impl Issues {
    /// Reads a file of issues.
    ///
    /// # Errors
    /// Where it was not written by this program.
    pub fn parse(file: &Arc<TextFile>) -> Result<Self, Box<Diagnostic>> {
        let wrong = |why: &str| {
            Box::new(
                Diagnostic::new("issues", format!("{} cannot be read", visible(file.name())))
                    .note(visible(why))
                    .help("the program writes this file: bring it back from version control, or take it away to begin a new series at issue 1"),
            )
        };
        let raw: Raw = toml::from_str(file.text()).map_err(|e| wrong(e.message()))?;
        if raw.version != VERSION {
            return Err(wrong(&format!("its form is {}, this program knows {VERSION}", raw.version)));
        }
        Ok(Self {
            markdown: raw.markdown,
            pdf: raw.pdf,
            pictures: raw.pictures,
            current: raw.current,
            before: raw.before,
        })
    }

    /// The file's text: sorted, a line a record, no clock.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::from("# Written by factbrief: what the briefing printed. Do not edit.\n");
        let _ = writeln!(out, "version = {VERSION}\nmarkdown = \"{}\"\npdf = \"{}\"", self.markdown, self.pdf);
        if !self.pictures.is_empty() {
            out.push_str("\n[pictures]\n");
        }
        for (name, hash) in &self.pictures {
            let _ = writeln!(out, "{} = \"{hash}\"", basic_string(name));
        }
        for (name, issue) in [("current", Some(&self.current)), ("before", self.before.as_ref())] {
            let Some(issue) = issue else { continue };
            let _ = writeln!(
                out,
                "\n[{name}]\nissue = {}\nas_of = {}\nas_of_text = {}\n\n[{name}.records]",
                issue.issue,
                basic_string(&issue.as_of),
                basic_string(&issue.as_of_text)
            );
            for (id, said) in &issue.records {
                let grade = if said.grade.is_empty() {
                    String::new()
                } else {
                    format!(", grade = {}", basic_string(&said.grade))
                };
                let figure = if said.figure.is_empty() {
                    String::new()
                } else {
                    format!(", figure = {}", basic_string(&said.figure))
                };
                let _ = writeln!(
                    out,
                    "{id} = {{ kind = {}, what = {}, value = {}{figure}{grade}, hash = \"{}\" }}",
                    basic_string(&said.kind),
                    basic_string(&said.what),
                    basic_string(&said.value),
                    said.hash
                );
            }
        }
        out
    }

    /// The issue that one with number `issue` follows.
    #[must_use]
    pub fn before(&self, issue: u32) -> Option<&Issue> {
        match self.current.issue.cmp(&issue) {
            std::cmp::Ordering::Less => Some(&self.current),
            std::cmp::Ordering::Equal => self.before.as_ref(),
            std::cmp::Ordering::Greater => None,
        }
    }
}

/// What can happen to a record between two issues, in the order in which it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happened {
    /// We had it wrong.
    Corrected,
    /// It was not printed before.
    New,
    /// It says something else.
    Revised,
    /// It is printed no longer.
    Withdrawn,
    /// Its grade is another.
    Regraded,
    /// The judgement is another.
    Judgement,
}

impl Happened {
    /// The word for it in machine-readable output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::New => "new",
            Self::Revised => "revised",
            Self::Withdrawn => "withdrawn",
            Self::Regraded => "re-graded",
            Self::Judgement => "judgement-changed",
        }
    }
}

/// A difference between two issues, or between two states of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What happened.
    pub happened: Happened,
    /// The record.
    pub id: String,
    /// What it said before; none for one that was not there.
    pub before: Option<Said>,
    /// What it says now; none for one that is gone.
    pub now: Option<Said>,
}

/// The differences between two snapshots, by record; `replaces` tells which record a new one replaces.
#[must_use]
pub fn differences(
    before: &BTreeMap<String, Said>,
    now: &BTreeMap<String, Said>,
    replaces: &BTreeMap<String, String>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut replaced: Vec<&str> = Vec::new();
    for (id, said) in now {
        let same = before.get(id);
        // a claimant may have revised more than once between two issues
        let chain = std::iter::successors(replaces.get(id), |old| replaces.get(*old)).take(replaces.len());
        let chain: Vec<&String> = chain.collect();
        let earlier = chain.into_iter().find(|old| same.is_none() && before.contains_key(*old));
        let was = same.or_else(|| earlier.and_then(|old| before.get(old)));
        if let Some(old) = earlier {
            replaced.push(old);
        }
        let happened = match was {
            None => Happened::New,
            Some(_) if earlier.is_some() => Happened::Revised,
            Some(was) if !was.says_the_same(said) => {
                if said.kind == "assessment" {
                    Happened::Judgement
                } else {
                    Happened::Revised
                }
            }
            Some(was) if was.grade != said.grade => {
                if said.kind == "assessment" {
                    Happened::Judgement
                } else {
                    Happened::Regraded
                }
            }
            Some(was) if was.hash != said.hash => Happened::Revised,
            Some(_) => continue,
        };
        found.push(Difference { happened, id: id.clone(), before: was.cloned(), now: Some(said.clone()) });
    }
    for (id, said) in before {
        // one that was replaced is told with the one that replaces it, whether or not both are printed
        if !now.contains_key(id) && !replaced.contains(&id.as_str()) {
            found.push(Difference {
                happened: Happened::Withdrawn,
                id: id.clone(),
                before: Some(said.clone()),
                now: None,
            });
        }
    }
    found.sort_by(|a, b| (a.happened, &a.id).cmp(&(b.happened, &b.id)));
    found
}

impl Composer<'_> {
    /// What is printed, and what of it differs from the issue before.
    #[allow(clippy::type_complexity, reason = "the list of changes, or why there can be none")]
    pub(super) fn changes(
        &mut self,
        request: &Request,
        before: Option<&Issue>,
    ) -> (Snapshot, Result<(String, Vec<Changed>), Vec<Diagnostic>>) {
        let snapshot = self.snapshot();
        let changed = self.changed(request, before, &snapshot);
        (snapshot, changed)
    }

    fn changed(
        &mut self,
        request: &Request,
        before: Option<&Issue>,
        snapshot: &Snapshot,
    ) -> Result<(String, Vec<Changed>), Vec<Diagnostic>> {
        let d = self.dossier;
        let language = Arc::clone(&self.language);
        let words = &language.words.changes;
        let Some(before) = before else {
            return if request.issue == 1 {
                Ok((words.first.text().to_owned(), Vec::new()))
            } else {
                let title = format!(
                    "briefing `{}` is issue {}, and no issue before it is at hand",
                    request.slug, request.issue
                );
                Err(vec![
                    Diagnostic::new("issues", title)
                        .at(
                            &request.file,
                            request.issue_span.as_ref().unwrap_or(request.kind.span()),
                            "compared with nothing",
                        )
                        .help(format!(
                            "bring back briefings/{}.{ENDING}, or begin the series with issue 1",
                            request.slug
                        )),
                ])
            };
        };
        let replaces: BTreeMap<String, String> = d
            .claims
            .iter()
            .filter_map(|(_, c)| Some((c.id.clone(), d.claims[**c.supersedes.as_ref()?].id.clone())))
            .collect();
        let mut findings = Vec::new();
        let mut list: Vec<(Happened, usize, Changed)> = Vec::new();
        for difference in differences(&before.records, &snapshot.records, &replaces) {
            let subject = d.find(&difference.id);
            let mut about: Vec<Subject> = subject.into_iter().collect();
            about.extend(replaces.get(&difference.id).and_then(|old| d.find(old)));
            let mut why = self.reason(&about);
            let mut happened = difference.happened;
            if matches!(happened, Happened::Revised | Happened::Withdrawn) && self.was_corrected(&about) {
                happened = Happened::Corrected;
            }
            let text = match (&difference.before, &difference.now) {
                (Some(was), Some(now)) if was.says_the_same(now) && was.grade != now.grade => {
                    let named = &language.words.ledger.confidence;
                    let grade = |said: &Said| match (said.grade.as_str(), said.kind.as_str()) {
                        ("", _) => language.words.figure.not_stated.text().to_owned(),
                        (grade, "assessment") => language.named(named, grade).to_owned(),
                        (grade, _) => grade.to_owned(),
                    };
                    let what = now.what.trim_end_matches('.');
                    words.from_to.fill(&[
                        ("what", what),
                        ("old", &language.foreign(&grade(was))),
                        ("new", &language.foreign(&grade(now))),
                    ])
                }
                (Some(was), Some(now)) if !was.says_the_same(now) && was.value != now.value => {
                    words.from_to.fill(&[("what", &now.what), ("old", &was.value), ("new", &now.value)])
                }
                (Some(was), Some(now)) if !was.says_the_same(now) => {
                    words.from_to.fill(&[("what", ""), ("old", &was.what), ("new", &now.what)])
                }
                (_, Some(said)) | (Some(said), None) => {
                    if said.value.is_empty() {
                        said.what.clone()
                    } else {
                        format!("{}{}{}", said.what, language.words.list.colon, said.value)
                    }
                }
                (None, None) => continue,
            };
            let same_record = difference.before.is_some() && before.records.contains_key(&difference.id);
            if happened == Happened::Withdrawn && why.is_empty() {
                let withdrawn = match subject {
                    Some(Subject::Claim(r)) => d.claims[r].rank == Rank::Deprecated,
                    Some(_) => false,
                    None => difference.before.as_ref().is_some_and(|was| was.kind == "claim"),
                };
                if withdrawn {
                    let title = format!(
                        "claim `{}` was printed in issue {}, and nothing says why it is gone",
                        difference.id, before.issue
                    );
                    let finding = Diagnostic::new("unexplained-change", title);
                    let finding = match subject {
                        Some(subject) => finding.at(d.head(subject).file, d.head(subject).header, "deprecated since"),
                        None => finding.at(
                            &request.file,
                            request.issue_span.as_ref().unwrap_or(request.kind.span()),
                            "no record of this name is left",
                        ),
                    };
                    findings.push(finding.help(
                        "keep the record with `rank = \"deprecated\"`, and say why in a `[change.…]` that `affects` it",
                    ));
                }
            }
            if why.is_empty() {
                match (&difference.before, &difference.now, subject) {
                    (Some(was), Some(now), Some(subject))
                        if same_record && now.kind == "claim" && !was.says_the_same(now) =>
                    {
                        let head = d.head(subject);
                        findings.push(
                            Diagnostic::new("unexplained-change", format!("{} `{}` has changed since issue {}, and no change says why", head.kind, head.id, before.issue))
                                .at(head.file, head.header, format!("was {}, is {}", was.value, now.value))
                                .help(format!("add `[change.…]` with `affects = [\"{}\"]` and a `text` that says why; where the claimant gave a newer figure, write a new claim that `supersedes` this one", head.id)),
                        );
                    }
                    (Some(_), Some(_), _) if !same_record => {
                        let named = &language.words.ledger.change;
                        why = super::wording::sentence(language.named(named, ChangeKind::Supersession.word()));
                    }
                    (Some(was), Some(now), _)
                        if was.value == now.value && was.what == now.what && was.grade == now.grade =>
                    {
                        words.evidence.text().clone_into(&mut why);
                    }
                    _ => {}
                }
            }
            let kind = match happened {
                Happened::Corrected => &words.corrected,
                Happened::New => &words.new,
                Happened::Revised => &words.revised,
                Happened::Withdrawn => &words.withdrawn,
                Happened::Regraded => &words.regraded,
                Happened::Judgement => &words.judgement,
            };
            // figures first, then what happened, what was said, what is thought, what is known of it
            const ORDER: [&str; 7] = ["claim", "event", "position", "assessment", "background", "discrepancy", "gap"];
            let kind_of = difference.now.as_ref().or(difference.before.as_ref()).map_or("", |s| s.kind.as_str());
            let place = ORDER.iter().position(|k| *k == kind_of).unwrap_or(ORDER.len());
            list.push((
                happened,
                place,
                Changed {
                    kind: kind.text().to_owned(),
                    text: super::wording::sentence(text.trim_start_matches([':', ' ', '\u{a0}'])),
                    why,
                    refs: self.marks(&about),
                    records: vec![difference.id],
                },
            ));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        list.sort_by(|a, b| (a.0, a.1, &a.2.text).cmp(&(b.0, b.1, &b.2.text)));
        let note = if list.is_empty() { &words.none } else { &words.issue };
        let number = language.ordinal(before.issue as usize);
        let note = note.fill(&[("n", &number), ("date", &before.as_of_text)]);
        Ok((note, list.into_iter().map(|(_, _, changed)| changed).collect()))
    }

    fn was_corrected(&self, subjects: &[Subject]) -> bool {
        self.dossier.changes.iter().any(|(r, c)| {
            matches!(*c.kind, ChangeKind::Correction | ChangeKind::Retraction)
                && c.affects.iter().any(|s| subjects.contains(s))
                && self.visible(Subject::Change(r))
        })
    }

    /// What is printed, by record.
    fn snapshot(&self) -> Snapshot {
        let d = self.dossier;
        let mut records = BTreeMap::new();
        let sources = self.order.iter().map(|s| Subject::Source(*s));
        for subject in self.printed.iter().copied().chain(sources) {
            let (what, value, grade) = match subject {
                Subject::Claim(r) => {
                    let claim = &d.claims[r];
                    // a figure that no longer holds is told of as the past of the one that does
                    if claim.rank == Rank::Deprecated || self.successors.contains_key(&r) {
                        continue;
                    }
                    let label = &self.language.words.label;
                    let counted = label
                        .claim_of
                        .fill(&[("counted", &self.counted(self.key_of(r))), ("event", &self.title(*claim.event))]);
                    let grade = claim.credibility.as_ref().map(|c| c.word().to_owned());
                    (self.bracketed(&counted, &self.claimant_within(r)), self.figure_of(r), grade)
                }
                Subject::Event(r) => {
                    let grade = d.events[r].harm_grade.as_ref().map(|g| g.word().to_owned());
                    (super::wording::capital(&self.title(r)), self.day_and_time(r), grade)
                }
                Subject::Assessment(r) => {
                    let confidence = d.assessments[r].confidence.as_ref().map(|c| c.word().to_owned());
                    (self.in_words(subject), String::new(), confidence)
                }
                Subject::Source(r) => {
                    let published = self.when(d.sources[r].published.as_ref(), d.sources[r].dating.as_ref());
                    (self.in_words(subject), published, Some(d.sources[r].grade.word().to_owned()))
                }
                Subject::Position(_) | Subject::Background(_) | Subject::Gap(_) | Subject::Discrepancy(_) => {
                    (self.in_words(subject), String::new(), None)
                }
                _ => continue,
            };
            let head = d.head(subject);
            let grade = grade.unwrap_or_default();
            let figure = match subject {
                Subject::Claim(r) => d.claims[r].value.to_string(),
                _ => String::new(),
            };
            // the words of a language are not the record's
            let mut content = match subject {
                Subject::Claim(r) => {
                    // which figure it replaces is told with the figures themselves
                    let named = d.refers_to(subject).into_iter().filter(|s| !matches!(s, Subject::Claim(_)));
                    let named: Vec<&str> = named.map(|s| d.head(s).id).collect();
                    format!("{}\n{figure}\n{}\n{grade}", named.join(" "), d.claims[r].scope)
                }
                _ => format!("{what}\n{value}\n{grade}"),
            };
            for citation in d.citations(subject).iter().filter(|c| self.sees(c)) {
                let _ = write!(content, "\n{}\n{}", d.sources[*citation.source].id, citation.quote.as_str());
            }
            let hash: String = hash::sha256(content.as_bytes()).chars().take(16).collect();
            records.insert(head.id.to_owned(), Said { kind: head.kind.to_owned(), what, value, figure, grade, hash });
        }
        Snapshot { records }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said() -> impl Strategy<Value = Said> {
        ("[a-z]{1,9}", any::<[String; 4]>(), "[0-9a-f]{16}")
            .prop_map(|(kind, [what, value, figure, grade], hash)| Said { kind, what, value, figure, grade, hash })
    }

    fn issue() -> impl Strategy<Value = Issue> {
        let records = prop::collection::btree_map("[a-z][a-z0-9-]{0,9}", said(), 0..4);
        (any::<u32>(), any::<[String; 2]>(), records).prop_map(|(issue, [as_of, as_of_text], records)| Issue {
            issue,
            as_of,
            as_of_text,
            records,
        })
    }

    proptest! {
        #[test]
        fn print_then_parse_gives_it_back(
            markdown in "[0-9a-f]{64}", pdf in "[0-9a-f]{64}",
            pictures in prop::collection::btree_map(any::<String>(), "[0-9a-f]{64}", 0..3),
            current in issue(), before in prop::option::of(issue()),
        ) {
            let issues = Issues { markdown, pdf, pictures, current, before };
            let text = issues.print();
            prop_assert_eq!(Issues::parse(&Arc::new(TextFile::new("x.lock", text.as_str()))).map_err(|f| format!("{f:?}\n{text}")), Ok(issues));
        }
    }
}
