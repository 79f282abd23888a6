//! Dossier and request to view.

mod cards;
mod charts;
mod comparison;
mod evidence;
mod figures;
mod ledger;
mod locator;
mod positions;
mod sources;
mod tables;
mod timeline;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::cards::Behind;
use super::handling::Handlings;
use super::issue::{Issue, Snapshot};
use super::language::Language;
use super::narrative::{self, Telling, Told};
use super::references::{Cited, Style, mark};
use super::view::{Day, Definition, Handling, Mark, Paragraph, Section, Sentence, VERSION, View};
use crate::check::{self, Checked};
use crate::diag::{Diagnostic, Level};
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{Actor, Citation, Claim, Dating, Dossier, Event, Source, Subject};
use crate::facts::table::{Entry, Ref};
use crate::facts::text::Text;
use crate::facts::vocabulary::Tlp;
use crate::load::briefing::Request;
use crate::load::project::Project;
use crate::reconcile::{Cell, Flag, cells};
use crate::text::find::is_whole;
use crate::text::hash;

pub use evidence::RECORDS;

/// The most sentences of a bottom line.
const BOTTOM_LINE: usize = 3;

/// What a kind of briefing asks of composing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The sections its template prints, in the order in which it does.
    pub sections: Vec<Section>,
    /// Those it prints without asking whether there is anything to print: an analyst must give them.
    pub required: Vec<Section>,
}

/// What a briefing is composed from, beside its dossier.
#[derive(Debug, Clone)]
pub struct Brief<'a> {
    /// What its file asks for.
    pub request: &'a Request,
    /// What its kind prints.
    pub wanted: &'a Wanted,
    /// Its language.
    pub language: &'a Arc<Language>,
    /// The style it cites in.
    pub style: &'a Style,
    /// The day it describes the state of knowledge of: the request's, or another that the caller asks for.
    pub as_of: NaiveDate,
    /// The issue before it, if there was one.
    pub before: Option<&'a Issue>,
    /// Lines of its kind's template that say numbers for a reason given there, as they are printed.
    pub fixed: &'a [String],
    /// Whether what stands behind its records is wanted, too.
    pub cards: bool,
}

/// What a briefing rests on, as it is handed out with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The records, as a dossier in one TOML text.
    pub records: String,
    /// Their proofs, as an evidence lock.
    pub lock: String,
}

/// A composed briefing.
#[derive(Debug, Clone)]
pub struct Composed {
    /// All it says.
    pub view: View,
    /// What it rests on; none where its file asks for none to be handed out.
    pub evidence: Option<Evidence>,
    /// What it prints, by record: what the next issue is compared with.
    pub snapshot: Snapshot,
    /// What an analyst should know, though it stops nothing.
    pub notes: Vec<Diagnostic>,
    /// What stands behind its records, where that is wanted.
    pub behind: Option<Behind>,
}

/// What a briefing says.
///
/// # Errors
/// What its file asks for and the dossier does not have, all at once.
pub fn compose(checked: &Checked<'_>, project: &Project, brief: &Brief<'_>) -> Result<Composed, Vec<Diagnostic>> {
    let (composed, cited) = pass(checked, project, brief, None)?;
    if brief.style.is_sequential() {
        return Ok(composed);
    }
    // the labels of other styles are known once the order of mention is
    Ok(pass(checked, project, brief, Some(cited))?.0)
}

/// The view, and its sources as the style cites them; `known` are those of an earlier pass.
fn pass(
    checked: &Checked<'_>,
    project: &Project,
    brief: &Brief<'_>,
    known: Option<Cited>,
) -> Result<(Composed, Cited), Vec<Diagnostic>> {
    let dossier = checked.dossier();
    let Brief { request, wanted, language, style, as_of, .. } = *brief;
    let mut findings = Vec::new();
    let asked = match request.scope(dossier) {
        Ok(scope) => scope,
        Err(finding) => {
            findings.push(*finding);
            return Err(findings);
        }
    };
    let tlp = request.tlp.as_ref().map_or(project.tlp, |t| **t);
    let mut composer = Composer::new(checked, brief, asked);
    composer.cited = known;
    let own_day = request.as_of.as_day() == Some(as_of);
    if !own_day {
        // as of another day, only what was known then
        let known: Vec<Ref<Event>> =
            composer.scope.iter().copied().filter(|e| composer.visible(Subject::Event(*e))).collect();
        composer.scope = known;
    }
    for event in composer.scope.clone() {
        let record = &dossier.events[event];
        let Some(asked) = request.events.iter().find(|e| e.as_str() == record.id) else { continue };
        if !record.citations.iter().any(|c| composer.published(*c.source)) {
            findings.push(
                Diagnostic::new("not-yet-known", format!("event `{}` is not known as of {as_of}", record.id))
                    .at(&request.file, asked.span(), "no source of it was published by then")
                    .at(&request.file, request.as_of.span(), "as of this day")
                    .help("leave the event out, or date the briefing later"),
            );
        } else if !composer.visible(Subject::Event(event)) {
            findings.push(composer.too_strict(Subject::Event(event), request, asked.span()));
        }
    }
    findings.extend(unasked(request, wanted));
    let mut view = View {
        version: VERSION,
        kind: request.kind.to_string(),
        slug: request.slug.clone(),
        project: project.title.clone(),
        title: request.title.to_string(),
        subject: request.subject.as_ref().map(|s| s.to_string()).unwrap_or_default(),
        audience: request.audience.as_ref().map(|s| s.to_string()).unwrap_or_default(),
        language: language.tag.clone(),
        direction: language.direction().to_owned(),
        digits: language.digits.iter().map(char::to_string).collect(),
        paper: request.paper.unwrap_or(project.paper).word().to_owned(),
        issue: request.issue,
        issue_text: language.ordinal(request.issue as usize),
        as_of: Day {
            iso: as_of.to_string(),
            text: language.date(&Date::day(as_of)),
            year: as_of.year(),
            month: as_of.month(),
            day: as_of.day(),
        },
        tlp: Handling {
            label: format!("TLP:{tlp}"),
            meaning: language.named(&language.words.handling.tlp, tlp.word()).to_owned(),
        },
        words: language.headings().clone(),
        ..View::default()
    };
    // what rests on all that is printed comes last, wherever it stands on the page
    let is_last = |s: &Section| {
        matches!(s, Section::Sources | Section::Annex | Section::Changes | Section::Sourcing | Section::Dates)
    };
    for section in wanted.sections.iter().filter(|s| !is_last(s)) {
        match section {
            Section::BottomLine => {
                let text = request.bottom_line.as_ref();
                view.bottom_line = composer.sentences(request, text, Some(BOTTOM_LINE), &mut findings);
                if view.bottom_line.is_empty() && text.is_some() && !own_day {
                    // all of it rests on what came later
                    let markdown = language.words.label.not_known_then.text().to_owned();
                    view.bottom_line.push(Sentence { markdown, ..Sentence::default() });
                }
            }
            Section::Situation => view.situation = composer.paragraphs(request, &mut findings),
            Section::NotComparable => {
                let text = request.not_comparable.as_ref();
                let told = composer.sentences(request, text, None, &mut findings);
                view.not_comparable = composer.recorded_as_distinct(request).into_iter().chain(told).collect();
            }
            Section::Judgements => view.judgements = composer.judgements(),
            Section::KeyFacts => view.key_facts = composer.key_facts(),
            Section::Timeline => view.timeline = composer.timeline(),
            Section::Figures => view.figures = composer.figures(),
            Section::Table => view.table = composer.table(),
            Section::Positions => view.positions = composer.positions(),
            Section::Matrix => view.matrix = composer.matrix(),
            Section::Statements => view.statements = composer.statements(),
            Section::Background => view.background = composer.background(),
            Section::Comparison => match composer.comparison(request) {
                Ok((titles, rows)) => (view.compared, view.comparison) = (titles, rows),
                Err(finding) => findings.push(*finding),
            },
            Section::Disagreements => view.disagreements = composer.disagreements(),
            Section::Contradictions => view.contradictions = composer.contradictions(),
            Section::RowTables => {
                let shown = request.rows.as_ref().map_or(tables::ROWS, |rows| **rows as usize);
                view.row_tables = composer.row_tables(shown);
            }
            Section::Unknowns => view.unknowns = composer.unknowns(),
            Section::Outlook => view.outlook = composer.outlook(),
            Section::Assumptions => view.assumptions = composer.assumptions(),
            Section::Superseded => view.superseded = composer.superseded(),
            Section::RecordChanges => view.record_changes = composer.record_changes(),
            Section::TimelineChart => view.timeline_chart = composer.timeline_chart(&request.slug),
            Section::RangesChart => view.ranges_chart = composer.ranges_chart(&request.slug),
            Section::StancesChart => view.stances_chart = composer.stances_chart(&request.slug),
            // a map and its table are of the same places: both come with the first that is asked for
            Section::Map | Section::Places if view.places.is_empty() => {
                (view.map, view.places) = composer.map_and_places(&request.slug);
            }
            Section::Map | Section::Places => {}
            Section::KeyFigures => view.key_figures = composer.key_figures(),
            Section::Changes | Section::Sourcing | Section::Dates | Section::Sources | Section::Annex => {}
        }
    }
    if !wanted.sections.contains(&Section::Map) {
        view.map.clear();
    }
    if !wanted.sections.contains(&Section::Places) {
        view.places.clear();
    }
    if wanted.sections.contains(&Section::Sources) {
        composer.take_in_all();
    }
    findings.extend(composer.not_carried(request));
    let (snapshot, changed) = composer.changes(request, brief.before);
    if wanted.sections.contains(&Section::Changes) {
        match changed {
            Ok((note, list)) => (view.changes_note, view.changes) = (note, list),
            Err(more) => findings.extend(more),
        }
    }
    if wanted.sections.contains(&Section::Dates) {
        view.dates = composer.dates();
    }
    if wanted.sections.contains(&Section::Sourcing) {
        view.sourcing = composer.sourcing();
    }
    let cited = match composer.cited.take() {
        Some(cited) => cited,
        None => style.cite(dossier, &composer.order, language).map_err(|f| vec![*f])?,
    };
    if wanted.sections.contains(&Section::Sources) {
        view.sources = composer.sources(&cited);
    }
    view.references = cited.references.clone();
    if wanted.sections.contains(&Section::Annex) {
        view.annex = composer.sources(&cited);
        for reference in &mut view.references {
            let entry = view.annex.iter().find(|e| e.id == reference.id && !e.quotations.is_empty());
            reference.annex = entry.map(|e| e.annex.clone()).unwrap_or_default();
        }
        // a report that is named and not quoted has nothing to show
        view.annex.retain(|entry| !entry.quotations.is_empty());
    }
    view.flags = composer
        .flags
        .iter()
        .map(|f| Definition {
            term: language.named(&language.words.reconcile.flag, f.word()).to_owned(),
            meaning: language.named(&language.words.reconcile.meaning, f.word()).to_owned(),
        })
        .collect();
    findings.extend(composer.label_too_wide(request, tlp));
    if !findings.is_empty() {
        return Err(findings);
    }
    view.citing = cited.citing.clone();
    let mut evidence = None;
    if request.evidence {
        let (attached, told) = composer.evidence(&view, project, brief)?;
        view.evidence = told;
        evidence = Some(attached);
    }
    let json = serde_json::to_string(&view).unwrap_or_default();
    view.facts_hash = facts_hash(&json);
    let notes = composer.untranslated(request);
    // after the notes: a text that only cards show is no text of the briefing
    let behind = brief.cards.then(|| {
        if !style.is_sequential() {
            composer.cited = Some(cited.clone());
        }
        composer.behind(&cited, tlp)
    });
    Ok((Composed { view, evidence, snapshot, notes, behind }, cited))
}

/// The hash by which each page says which facts it was printed from: of the view as compact JSON, its own place empty.
#[must_use]
pub fn facts_hash(json: &str) -> String {
    hash::sha256(json.as_bytes()).chars().take(HASH).collect()
}

/// How many hexadecimal digits of a hash a page prints.
const HASH: usize = 12;

/// Text of the analyst's that is missing, or given in vain.
fn unasked(request: &Request, wanted: &Wanted) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (key, section, text) in [
        ("bottom_line", Section::BottomLine, &request.bottom_line),
        ("situation", Section::Situation, &request.situation),
        ("not_comparable", Section::NotComparable, &request.not_comparable),
    ] {
        match text {
            None if wanted.required.contains(&section) => {
                findings.push(Diagnostic::new("schema", format!("briefing `{}` is not complete", request.slug)).at(
                    &request.file,
                    request.kind.span(),
                    format!("a briefing of this kind needs `{key}`"),
                ));
            }
            Some(text) if !wanted.sections.contains(&section) => findings.push(
                Diagnostic::new("not-printed-here", format!("a {} does not print `{key}`", request.kind.as_str()))
                    .at(&request.file, text.span(), "this would be left out in silence")
                    .help("take it out, or choose another kind"),
            ),
            _ => {}
        }
    }
    findings
}

pub(in crate::brief) struct Composer<'d> {
    pub(in crate::brief) dossier: &'d Dossier,
    checked: &'d Checked<'d>,
    pub(in crate::brief) language: Arc<Language>,
    as_of: NaiveDate,
    handlings: Handlings<'d>,
    ceiling: Tlp,
    scope: Vec<Ref<Event>>,
    /// Figures that are known to be replaced by one that may not be printed here.
    outdated: BTreeSet<Ref<Claim>>,
    /// Publishers none of whose reports can be seen.
    unseen: BTreeSet<&'d str>,
    /// By a figure: the one that replaces it, where that can be seen.
    pub(in crate::brief) successors: BTreeMap<Ref<Claim>, Ref<Claim>>,
    /// Whether the briefing is about the whole dossier.
    everything: bool,
    cells: Arc<Vec<Cell>>,
    /// Sources in the order in which they were first referred to.
    pub(in crate::brief) order: Vec<Ref<Source>>,
    /// Records that are printed.
    pub(in crate::brief) printed: BTreeSet<Subject>,
    /// Records that the bottom line rests on.
    bottom: Vec<Subject>,
    flags: BTreeSet<Flag>,
    /// All that is dated, once it was asked for.
    dated: Option<Arc<Vec<timeline::Dated>>>,
    /// The sources as the style cites them, where an earlier pass has found their order.
    cited: Option<Cited>,
    /// Texts that have no version in the briefing's language, by record.
    missing: RefCell<BTreeSet<(Subject, usize, usize)>>,
}

impl<'d> Composer<'d> {
    fn new(checked: &'d Checked<'d>, brief: &Brief<'_>, asked: Vec<Ref<Event>>) -> Self {
        let dossier = checked.dossier();
        let handlings = Handlings::new(dossier);
        let ceiling = brief.request.max_tlp.as_ref().map_or(Tlp::Red, |t| **t);
        let mut composer = Self {
            dossier,
            checked,
            language: Arc::clone(brief.language),
            as_of: brief.as_of,
            handlings,
            ceiling,
            scope: Vec::new(),
            outdated: BTreeSet::new(),
            unseen: BTreeSet::new(),
            successors: BTreeMap::new(),
            everything: asked.is_empty(),
            cells: Arc::default(),
            order: Vec::new(),
            printed: BTreeSet::new(),
            bottom: Vec::new(),
            flags: BTreeSet::new(),
            dated: None,
            cited: None,
            missing: RefCell::new(BTreeSet::new()),
        };
        if ceiling < Tlp::Red {
            let hidden = dossier.claims.iter().filter(|(r, c)| {
                composer.handlings.of(Subject::Claim(*r)) > ceiling
                    && c.citations.iter().any(|c| composer.published(*c.source))
            });
            composer.outdated = hidden.filter_map(|(_, c)| c.supersedes.as_ref().map(|s| **s)).collect();
        }
        let (seen, unseen): (Vec<_>, Vec<_>) =
            dossier.sources.iter().partition(|(r, _)| composer.visible(Subject::Source(*r)));
        let publisher = |(_, source): &(Ref<Source>, &'d Entry<Source>)| source.publisher.as_ref().map(|p| p.as_str());
        let known: BTreeSet<&str> = seen.iter().filter_map(publisher).collect();
        composer.unseen = unseen.iter().filter_map(publisher).filter(|p| !known.contains(p)).collect();
        let visible = dossier.claims.iter().filter(|(r, _)| composer.visible(Subject::Claim(*r)));
        composer.successors = visible.filter_map(|(r, c)| Some((**c.supersedes.as_ref()?, r))).collect();
        let seen = || cells(dossier, |subject| composer.visible(subject));
        composer.cells = checked.cells((brief.as_of, ceiling), seen);
        composer.scope = if asked.is_empty() {
            dossier.events.iter().map(|(r, _)| r).filter(|r| composer.visible(Subject::Event(*r))).collect()
        } else {
            asked
        };
        composer.scope.sort_by_cached_key(|event| in_time(dossier, *event));
        composer
    }

    /// Whether a source was published by the day of the briefing.
    fn published(&self, source: Ref<Source>) -> bool {
        published_by(self.dossier, source, self.as_of)
    }

    pub(in crate::brief) fn sees(&self, citation: &Citation) -> bool {
        self.published(*citation.source) && self.handlings.of(Subject::Source(*citation.source)) <= self.ceiling
    }

    /// Whether a record is known by then and may be printed: of one that cites, a source; of one that rests on records,
    /// all of them.
    pub(in crate::brief) fn visible(&self, subject: Subject) -> bool {
        let d = self.dossier;
        if self.handlings.of(subject) > self.ceiling {
            return false;
        }
        let cited = |s: &Subject| match s {
            Subject::Source(r) => self.published(*r) && self.handlings.of(*s) <= self.ceiling,
            s => d.citations(*s).is_empty() || self.visible(*s),
        };
        match subject {
            Subject::Background(r) => {
                d.citations(subject).iter().any(|c| self.sees(c)) && self.tellable(&[&d.backgrounds[r].text])
            }
            // a figure whose successor may not be printed would be read as the present one
            Subject::Claim(r) => !self.outdated.contains(&r) && d.citations(subject).iter().any(|c| self.sees(c)),
            Subject::Event(_) | Subject::Position(_) => d.citations(subject).iter().any(|c| self.sees(c)),
            Subject::Discrepancy(r) => {
                d.discrepancies[r].between.iter().all(|s| cited(s)) && self.tellable(&[&d.discrepancies[r].handling])
            }
            Subject::Gap(r) => {
                let gap = &d.gaps[r];
                let texts: Vec<&At<Text>> =
                    [Some(&gap.question), gap.why.as_ref(), gap.closes.as_ref()].into_iter().flatten().collect();
                gap.about.iter().all(|s| cited(s)) && self.tellable(&texts)
            }
            Subject::Assessment(r) => {
                let record = &d.assessments[r];
                let texts: Vec<&At<Text>> = std::iter::once(&record.text).chain(&record.because).collect();
                record.rests_on.iter().all(|s| cited(s)) && self.tellable(&texts)
            }
            Subject::Change(r) => {
                let record = &d.changes[r];
                record.date.as_ref().is_none_or(|date| date.earliest() <= self.as_of)
                    && record.affects.iter().all(|s| cited(s))
                    && self.tellable(&[&record.text])
            }
            Subject::Source(r) => self.published(r),
            _ => true,
        }
    }

    /// Whether a text of the analyst's names no publisher all of whose reports are later than the briefing, or withheld.
    fn tellable(&self, texts: &[&At<Text>]) -> bool {
        self.unseen.iter().all(|publisher| {
            texts.iter().flat_map(|t| t.versions()).all(|(_, text)| {
                !text.match_indices(publisher).any(|(at, _)| is_whole(text, &(at..at + publisher.len())))
            })
        })
    }

    fn number(&mut self, sources: &[Ref<Source>]) -> Vec<Mark> {
        let mut numbers: Vec<usize> = Vec::new();
        for source in sources {
            let index = self.order.iter().position(|s| s == source).unwrap_or_else(|| {
                self.order.push(*source);
                self.order.len() - 1
            });
            if !numbers.contains(&(index + 1)) {
                numbers.push(index + 1);
            }
        }
        numbers.sort_unstable();
        match &self.cited {
            Some(cited) => cited.marks(&numbers),
            None => numbers.into_iter().map(mark).collect(),
        }
    }

    /// What a sentence calls a source, which is named by its place in the order of mention.
    fn named(&self, number: usize) -> String {
        match &self.cited {
            Some(cited) => self.language.foreign(&cited.name(number)),
            None => self.language.words.calendar.numbered.fill(&[("n", &self.language.ordinal(number))]),
        }
    }

    fn sources_of(&self, subject: Subject) -> Vec<Ref<Source>> {
        let mut sources = Vec::new();
        if let Subject::Source(source) = subject
            && self.visible(subject)
        {
            sources.push(source);
        }
        // a judgement and a disagreement rest on records, and have the sources of those
        let resting: Vec<Subject> = match subject {
            Subject::Assessment(_) | Subject::Discrepancy(_) => self.dossier.refers_to(subject),
            other => vec![other],
        };
        for citation in resting.into_iter().flat_map(|s| self.dossier.citations(s)) {
            if self.sees(citation) && !sources.contains(&*citation.source) {
                sources.push(*citation.source);
            }
        }
        sources
    }

    pub(in crate::brief) fn marks(&mut self, subjects: &[Subject]) -> Vec<Mark> {
        let sources: Vec<Ref<Source>> = subjects.iter().flat_map(|s| self.sources_of(*s)).collect();
        self.number(&sources)
    }

    /// Notes that a record is printed, and gives its id.
    fn print(&mut self, subject: Subject) -> String {
        self.printed.insert(subject);
        self.dossier.head(subject).id.to_owned()
    }

    fn print_all(&mut self, subjects: &[Subject]) -> Vec<String> {
        subjects.iter().map(|s| self.print(*s)).collect()
    }

    fn in_scope(&self, event: Ref<Event>) -> bool {
        self.scope.contains(&event)
    }

    /// A record's text in the briefing's language; one without such a version is noted, and given as it is.
    fn say(&self, subject: Subject, text: &At<Text>) -> String {
        match text.within(&self.language.tag, &self.dossier.language) {
            Some(version) => self.language.foreign(version),
            None => {
                self.missing.borrow_mut().insert((subject, text.span().start, text.span().end));
                self.language.foreign(text.as_str())
            }
        }
    }

    /// The first passage of a record that may be printed.
    fn first_seen(&self, subject: Subject) -> Option<&'d Citation> {
        self.dossier.citations(subject).iter().find(|c| self.sees(c))
    }

    /// A remark on a record; none where it speaks of reports that are later than the briefing.
    fn remark(&self, subject: Subject, text: Option<&At<Text>>) -> Option<String> {
        text.filter(|t| self.tellable(&[*t])).map(|t| self.say(subject, t))
    }

    fn actor(&self, actor: Ref<Actor>) -> String {
        self.say(Subject::Actor(actor), &self.dossier.actors[actor].name)
    }

    fn actors(&self, list: &[At<Ref<Actor>>]) -> Vec<String> {
        list.iter().map(|a| self.actor(**a)).collect()
    }

    pub(in crate::brief) fn title(&self, event: Ref<Event>) -> String {
        self.say(Subject::Event(event), &self.dossier.events[event].title)
    }

    pub(in crate::brief) fn when(&self, date: Option<&At<Date>>, dating: Option<&Dating>) -> String {
        date.map(|d| self.language.dated(d, check::basis(dating))).unwrap_or_default()
    }

    fn when_of(&self, event: Ref<Event>) -> String {
        let record = &self.dossier.events[event];
        self.when(record.date.as_ref(), record.dating.as_ref())
    }

    /// The event that a record is about.
    fn event_of(&self, subject: Subject) -> Option<Ref<Event>> {
        let d = self.dossier;
        match subject {
            Subject::Event(e) => Some(e),
            Subject::Claim(c) => Some(*d.claims[c].event),
            Subject::Position(p) => match *d.positions[p].toward {
                Subject::Event(e) => Some(e),
                Subject::Claim(c) => Some(*d.claims[c].event),
                _ => None,
            },
            Subject::Background(b) => d.backgrounds[b].about.iter().find_map(|s| match **s {
                Subject::Event(e) => Some(e),
                _ => None,
            }),
            _ => None,
        }
    }

    /// Whether a record belongs to what the briefing is about.
    fn about(&self, subject: Subject) -> bool {
        self.everything || self.event_of(subject).is_some_and(|e| self.in_scope(e))
    }

    /// A claim's figure, or its source's words where it has none.
    pub(in crate::brief) fn figure_of(&self, claim: Ref<Claim>) -> String {
        self.language.claimed(&self.dossier.claims[claim], |c| self.sees(c))
    }

    /// The words of a source that carry a claim.
    fn words_of(&self, claim: Ref<Claim>) -> String {
        self.language.carrying(&self.dossier.claims[claim], |c| self.sees(c))
    }

    /// A claimant with the chain the claim came by, as a line or cell begins with it.
    pub(in crate::brief) fn claimant(&self, claim: Ref<Claim>) -> String {
        super::wording::capital(&self.claimant_within(claim))
    }

    /// The same inside a line.
    pub(in crate::brief) fn claimant_within(&self, claim: Ref<Claim>) -> String {
        let record = &self.dossier.claims[claim];
        let via = record.citations.iter().find(|c| self.sees(c)).map_or(&[][..], |c| c.via.as_slice());
        let label = &self.language.words.label;
        let name = match &record.by {
            Some(by) => self.actor(**by),
            None => label.no_claimant.text().to_owned(),
        };
        let chain = self.actors(via);
        if chain.is_empty() {
            return name;
        }
        let via = label.via.fill(&[("names", &self.language.list(&chain))]);
        self.bracketed(&name, &via)
    }

    pub(in crate::brief) fn bracketed(&self, text: &str, inside: &str) -> String {
        let list = &self.language.words.list;
        format!("{text}{}{inside}{}", list.open, list.close)
    }

    fn hedge(&self, hedge: &At<String>) -> String {
        self.language.words.label.hedge.fill(&[("words", &self.language.quoted(hedge))])
    }

    /// What is counted, of whom.
    pub(in crate::brief) fn counted(&self, key: crate::reconcile::CellKey) -> String {
        let d = self.dossier;
        let measure = super::wording::capital(&self.say(Subject::Measure(key.1), &d.measures[key.1].name));
        match key.2 {
            Some(who) => {
                let category = self.say(Subject::Category(who), &d.categories[who].name);
                self.language.words.label.counted.fill(&[("measure", &measure), ("category", &category)])
            }
            None => measure,
        }
    }

    pub(in crate::brief) fn key_of(&self, claim: Ref<Claim>) -> crate::reconcile::CellKey {
        let record = &self.dossier.claims[claim];
        (*record.event, *record.measure, record.who.as_ref().map(|w| **w))
    }

    fn telling<'a>(&'a self, request: &'a Request, text: &'a At<String>) -> Telling<'a> {
        Telling {
            dossier: self.dossier,
            cells: &self.cells,
            language: &self.language,
            say: Box::new(|subject, text| self.say(subject, text)),
            sees: Box::new(|c| self.sees(c)),
            sources: Box::new(|s| match s {
                // a source is cited by what a record quotes of it, never as a whole
                Subject::Source(_) => Vec::new(),
                subject => self.sources_of(subject),
            }),
            known: Box::new(|s| self.visible(s)),
            why_not: Box::new(|subject| self.why_not(subject)),
            // the text was written for the briefing's own day
            lenient: request.as_of.as_day() != Some(self.as_of),
            file: &request.file,
            span: text.span(),
        }
    }

    /// Why a record cannot be referred to.
    fn why_not(&self, subject: Subject) -> String {
        if self.handlings.of(subject) > self.ceiling {
            format!("it is handled as TLP:{}, above this briefing’s TLP:{}", self.handlings.of(subject), self.ceiling)
        } else {
            format!("no source of it was published by {}", self.as_of)
        }
    }

    fn tell(
        &mut self,
        request: &Request,
        text: &At<String>,
        part: &str,
        limit: Option<usize>,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<Sentence> {
        let told = narrative::tell(&self.telling(request, text), part, limit);
        match told {
            Ok(told) => told.into_iter().map(|one| self.told(one)).collect(),
            Err(more) => {
                findings.extend(more);
                Vec::new()
            }
        }
    }

    fn told(&mut self, one: Told) -> Sentence {
        self.bottom.extend(&one.records);
        Sentence {
            markdown: one.markdown,
            refs: self.number(&one.sources),
            records: one.records.iter().map(|s| self.dossier.head(*s).id.to_owned()).collect(),
        }
    }

    fn sentences(
        &mut self,
        request: &Request,
        text: Option<&At<String>>,
        limit: Option<usize>,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<Sentence> {
        let before = self.bottom.len();
        let Some(text) = text else { return Vec::new() };
        let told = self.tell(request, text, text, limit, findings);
        if limit.is_none() {
            // only a bottom line promises nothing new
            let records = self.bottom.split_off(before);
            self.printed.extend(records);
        }
        told
    }

    fn paragraphs(&mut self, request: &Request, findings: &mut Vec<Diagnostic>) -> Vec<Paragraph> {
        let Some(text) = request.situation.as_ref() else { return Vec::new() };
        let before = self.bottom.len();
        let mut paragraphs = Vec::new();
        for part in text.split("\n\n").filter(|p| !p.trim().is_empty()) {
            paragraphs.push(Paragraph { sentences: self.tell(request, text, part, None, findings) });
        }
        let records = self.bottom.split_off(before);
        self.printed.extend(records);
        paragraphs
    }

    /// A bottom line brings nothing new: what it rests on is printed further down.
    fn not_carried(&self, request: &Request) -> Option<Diagnostic> {
        let text = request.bottom_line.as_ref()?;
        let named = |s: &Subject| {
            matches!(
                s,
                Subject::Actor(_) | Subject::Place(_) | Subject::Source(_) | Subject::Category(_) | Subject::Measure(_)
            )
        };
        let mut absent: Vec<&str> = self
            .bottom
            .iter()
            .filter(|s| !named(s) && !self.printed.contains(s))
            .map(|s| self.dossier.head(*s).id)
            .collect();
        absent.sort_unstable();
        absent.dedup();
        let first = *absent.first()?;
        let raw = self.text_at(request, text);
        let at = raw
            .find(&format!("\"{first}\""))
            .map(|i| text.span().start + i + 1)
            .map_or_else(|| text.span().clone(), |start| start..start + first.len());
        Some(
            Diagnostic::new("bottom-line-not-carried", "the bottom line says what the rest of the briefing does not")
                .at(&request.file, &at, format!("printed nowhere further down: {}", absent.join(", ")))
                .help("leave it out, take the event it belongs to into `events`, or choose a kind that prints such records"),
        )
    }

    fn text_at<'r>(&self, request: &'r Request, text: &At<String>) -> &'r str {
        request.file.text().get(text.span().clone()).unwrap_or_default()
    }

    fn too_strict(&self, subject: Subject, request: &Request, span: &std::ops::Range<usize>) -> Diagnostic {
        let head = self.dossier.head(subject);
        Diagnostic::new("handling", format!("{} `{}` may not be printed here", head.kind, head.id))
            .at(&request.file, span, self.why_not(subject))
            .help("leave it out, or raise `max_tlp` and `tlp` of the briefing")
    }

    /// Printed records that are handled more strictly than the briefing's own label allows.
    fn label_too_wide(&self, request: &Request, tlp: Tlp) -> Option<Diagnostic> {
        let strict: Vec<Subject> =
            self.printed.iter().chain(&self.bottom).copied().filter(|s| self.handlings.of(*s) > tlp).collect();
        let first = *strict.first()?;
        let head = self.dossier.head(first);
        let span = request.tlp.as_ref().map_or_else(|| request.kind.span().clone(), |t| t.span().clone());
        let others = if strict.len() > 1 { format!(" ({} records in all)", strict.len()) } else { String::new() };
        Some(
            Diagnostic::new(
                "handling",
                format!("briefing `{}` is labelled TLP:{tlp} and prints what is stricter", request.slug),
            )
            .at(&request.file, &span, format!("the label of the briefing{others}"))
            .at(head.file, head.header, format!("handled as TLP:{}", self.handlings.of(first)))
            .help(format!(
                "label the briefing `tlp = \"{}\"`, or leave such records out with `max_tlp = \"{tlp}\"`",
                self.handlings.of(first)
            )),
        )
    }

    /// Records in scope that are left out for their handling.
    fn withheld(&self) -> usize {
        let d = self.dossier;
        let held_back = |s: &Subject| self.handlings.of(*s) > self.ceiling;
        d.heads()
            .map(|(subject, _)| subject)
            .filter(held_back)
            .filter(|subject| match subject {
                Subject::Event(_) | Subject::Claim(_) | Subject::Position(_) | Subject::Background(_) => {
                    self.about(*subject) && d.citations(*subject).iter().any(|c| self.published(*c.source))
                }
                Subject::Discrepancy(_) | Subject::Gap(_) | Subject::Assessment(_) => {
                    self.everything || d.refers_to(*subject).iter().any(|s| self.about(*s))
                }
                _ => false,
            })
            .count()
    }

    fn untranslated(&self, request: &Request) -> Vec<Diagnostic> {
        let missing = self.missing.borrow();
        if missing.is_empty() {
            return Vec::new();
        }
        let tag = &self.language.tag;
        let n = missing.len();
        let title = if n == 1 {
            format!("a text that briefing `{}` prints has no version in `{tag}`", request.slug)
        } else {
            format!("{n} texts that briefing `{}` prints have no version in `{tag}`", request.slug)
        };
        let mut finding = Diagnostic::new("untranslated", title);
        finding.level = Level::Warn;
        for (subject, start, end) in missing.iter().take(5) {
            let head = self.dossier.head(*subject);
            finding = finding.at(head.file, &(*start..*end), "printed as it is");
        }
        vec![finding.help(format!("write it as a table: {{ {} = \"…\", {tag} = \"…\" }}", self.dossier.language))]
    }
}

fn depth(dossier: &Dossier, category: Ref<crate::facts::dossier::Category>) -> usize {
    let mut depth = 0;
    let mut at = dossier.categories[category].within.as_ref().map(|w| **w);
    while let Some(outer) = at {
        depth += 1;
        at = dossier.categories[outer].within.as_ref().map(|w| **w).filter(|_| depth < dossier.categories.len());
    }
    depth
}

fn published_by(dossier: &Dossier, source: Ref<Source>, as_of: NaiveDate) -> bool {
    dossier.sources[source].published.as_ref().is_none_or(|p| p.earliest() <= as_of)
}

/// The order of time: date, what follows what, part of day, id; the undated last.
fn in_time(dossier: &Dossier, event: Ref<Event>) -> impl Ord + use<> {
    let record = &dossier.events[event];
    let date = record.date.as_ref().map(|date| (date.earliest(), date.latest()));
    let time = record.time.as_ref().map(|t| **t);
    // references are in the order of ids
    (date.is_none(), date, rank(dossier, event), time.is_none(), time, event)
}

/// How many events of the same day it is said to follow.
fn rank(dossier: &Dossier, event: Ref<Event>) -> usize {
    let mut seen = BTreeSet::new();
    let mut open = vec![event];
    while let Some(at) = open.pop() {
        for before in &dossier.events[at].after {
            if seen.insert(**before) {
                open.push(**before);
            }
        }
    }
    seen.len()
}
