//! Dossier and request to view.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::narrative::{Telling, tell};
use super::references::{Cited, Style, mark};
use super::view::{
    DateNote, Day, Definition, Disagreement, EventFigures, Fact, FigureRow, Handling, Mark, PositionLine,
    PositionsToward, Sentence, Unknown, VERSION, View,
};
use super::wording::{self, list};
use crate::check::{self, Checked};
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{Anchor, Citation, Claim, Dating, Dossier, Event, Position, Source, Subject};
use crate::facts::figure::{Bounds, Figure};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{Basis, Reliability};
use crate::load::briefing::Request;
use crate::load::project::Project;
use crate::reconcile::{Cell, Flag, cells};
use crate::text::gate::visible;
use crate::text::hash;
use crate::text::markdown::escape;
use crate::text::nearest::nearest;

/// The most sentences of a bottom line.
const BOTTOM_LINE: usize = 3;

/// The kinds of briefing that can be composed.
#[must_use]
pub fn kinds() -> &'static [&'static str] {
    &["fact-sheet"]
}

/// What a briefing says.
///
/// # Errors
/// What its file asks for and the dossier does not have, all at once.
pub fn compose(checked: &Checked<'_>, project: &Project, request: &Request) -> Result<View, Vec<Diagnostic>> {
    let style = match Style::of(project, request) {
        Ok(style) => style,
        Err(finding) => {
            // what else is wrong is said with it
            let plain = Style::numeric().map_err(|f| vec![*f])?;
            let mut findings = pass(checked, project, request, &plain, None).err().unwrap_or_default();
            findings.push(*finding);
            return Err(findings);
        }
    };
    let (view, cited) = pass(checked, project, request, &style, None)?;
    if style.is_sequential() {
        return Ok(view);
    }
    // the labels of other styles are known once the order of mention is
    Ok(pass(checked, project, request, &style, Some(cited))?.0)
}

/// The view, and its sources as the style cites them; `known` are those of an earlier pass.
fn pass(
    checked: &Checked<'_>,
    project: &Project,
    request: &Request,
    style: &Style,
    known: Option<Cited>,
) -> Result<(View, Cited), Vec<Diagnostic>> {
    let dossier = checked.dossier();
    let mut findings = Vec::new();
    if !kinds().contains(&request.kind.as_str()) {
        let guess = nearest(&request.kind, kinds().iter().copied()).map(|g| format!("did you mean `{g}`?"));
        findings.push(
            Diagnostic::new("unknown-kind", format!("there is no kind of briefing `{}`", visible(&request.kind)))
                .at(&request.file, request.kind.span(), "not known")
                .help_if(guess)
                .help(format!("known: {}", kinds().join(", "))),
        );
    }
    if let Some(language) = &request.language
        && language.as_str() != "en"
    {
        findings.push(
            Diagnostic::new("unknown-language", format!("no briefing can be printed in `{}` yet", visible(language)))
                .at(&request.file, language.span(), "known: en"),
        );
    }
    let Some(as_of) = request.as_of.as_day() else {
        return Err(findings);
    };
    let scope = match request.scope(dossier) {
        Ok(scope) => scope,
        Err(finding) => {
            findings.push(*finding);
            return Err(findings);
        }
    };
    let mut composer = Composer::new(dossier, as_of, scope);
    composer.cited = known;
    for event in composer.scope.clone() {
        let record = &dossier.events[event];
        if !record.citations.iter().any(|c| composer.sees(c))
            && let Some(asked) = request.events.iter().find(|e| e.as_str() == record.id)
        {
            findings.push(
                Diagnostic::new("not-yet-known", format!("event `{}` is not known as of {as_of}", record.id))
                    .at(&request.file, asked.span(), "no source of it was published by then")
                    .at(&request.file, request.as_of.span(), "as of this day")
                    .help("leave the event out, or date the briefing later"),
            );
        }
    }
    let told = {
        let sees = |c: &Citation| composer.sees(c);
        let telling = Telling {
            dossier,
            cells: &composer.cells,
            sees: &sees,
            file: &request.file,
            span: request.bottom_line.span(),
        };
        tell(&telling, &request.bottom_line, BOTTOM_LINE)
    };
    let told = match told {
        Ok(told) if findings.is_empty() => told,
        Ok(_) => return Err(findings),
        Err(more) => {
            findings.extend(more);
            return Err(findings);
        }
    };
    let bottom_line: Vec<Sentence> = told
        .into_iter()
        .map(|one| Sentence {
            markdown: one.markdown,
            refs: composer.number(&one.sources),
            records: one.records.iter().map(|s| composer.print(*s)).collect(),
        })
        .collect();
    let key_facts = composer.key_facts();
    let figures = composer.figures();
    let positions = composer.positions();
    let background = composer.background();
    let disagreements = composer.disagreements();
    let unknowns = composer.unknowns();
    let dates = composer.dates();
    let sourcing = composer.sourcing(checked);
    let flags = composer
        .flags
        .iter()
        .map(|f| Definition { term: f.word().to_owned(), meaning: wording::flag_meaning(*f).to_owned() })
        .collect();
    let tlp = request.tlp.unwrap_or(project.tlp);
    let cited = match composer.cited.take() {
        Some(cited) => cited,
        None => style.cite(dossier, &composer.order, "en").map_err(|f| vec![*f])?,
    };
    let mut view = View {
        version: VERSION,
        kind: request.kind.to_string(),
        slug: request.slug.clone(),
        project: project.title.clone(),
        title: request.title.to_string(),
        subject: request.subject.as_ref().map(|s| s.to_string()).unwrap_or_default(),
        audience: request.audience.as_ref().map(|s| s.to_string()).unwrap_or_default(),
        language: "en".to_owned(),
        direction: "ltr".to_owned(),
        paper: request.paper.unwrap_or(project.paper).word().to_owned(),
        issue: request.issue,
        as_of: Day {
            iso: as_of.to_string(),
            text: wording::date(&Date::day(as_of)),
            year: as_of.year(),
            month: as_of.month(),
            day: as_of.day(),
        },
        tlp: Handling { label: format!("TLP:{tlp}"), meaning: wording::handling(tlp).to_owned() },
        facts_hash: String::new(),
        bottom_line,
        key_facts,
        figures,
        flags,
        positions,
        background,
        disagreements,
        unknowns,
        sourcing,
        dates,
        citing: cited.citing.clone(),
        references: cited.references.clone(),
    };
    let json = serde_json::to_string(&view).unwrap_or_default();
    view.facts_hash = hash::sha256(json.as_bytes()).chars().take(12).collect();
    Ok((view, cited))
}

struct Composer<'d> {
    dossier: &'d Dossier,
    as_of: NaiveDate,
    scope: Vec<Ref<Event>>,
    cells: Vec<Cell>,
    /// Sources in the order in which they were first referred to.
    order: Vec<Ref<Source>>,
    /// Records that are printed.
    printed: BTreeSet<Subject>,
    flags: BTreeSet<Flag>,
    /// The sources as the style cites them, where an earlier pass has found their order.
    cited: Option<Cited>,
}

impl<'d> Composer<'d> {
    fn new(dossier: &'d Dossier, as_of: NaiveDate, mut scope: Vec<Ref<Event>>) -> Self {
        let sees = |c: &Citation| published_by(dossier, *c.source, as_of);
        let cells = cells(dossier, |claim| dossier.claims[claim].citations.iter().any(sees));
        scope.sort_by(|a, b| in_time(dossier, *a, *b));
        Self {
            dossier,
            as_of,
            scope,
            cells,
            order: Vec::new(),
            printed: BTreeSet::new(),
            flags: BTreeSet::new(),
            cited: None,
        }
    }

    fn sees(&self, citation: &Citation) -> bool {
        published_by(self.dossier, *citation.source, self.as_of)
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
        self.cited.as_ref().map_or_else(|| format!("source {number}"), |cited| cited.name(number))
    }

    fn sources_of(&self, subject: Subject) -> Vec<Ref<Source>> {
        let mut sources = Vec::new();
        for citation in self.dossier.citations(subject) {
            if self.sees(citation) && !sources.contains(&*citation.source) {
                sources.push(*citation.source);
            }
        }
        sources
    }

    fn marks(&mut self, subjects: &[Subject]) -> Vec<Mark> {
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

    fn visible(&self, subject: Subject) -> bool {
        self.dossier.citations(subject).iter().any(|c| self.sees(c))
    }

    fn in_scope(&self, event: Ref<Event>) -> bool {
        self.scope.contains(&event)
    }

    fn when(&self, date: Option<&At<Date>>, dating: Option<&Dating>) -> String {
        date.map(|d| wording::dated(d, check::basis(dating))).unwrap_or_default()
    }

    fn key_facts(&mut self) -> Vec<Fact> {
        let d = self.dossier;
        let mut facts = Vec::new();
        for event in self.scope.clone() {
            let record = &d.events[event];
            let mut when = self.when(record.date.as_ref(), record.dating.as_ref());
            if when.is_empty() {
                when.push_str("undated");
            }
            if let Some(time) = &record.time {
                when = format!("{when}, {}", **time);
            }
            let names = |list: &[At<Ref<crate::facts::dossier::Actor>>]| -> Vec<String> {
                list.iter().map(|a| d.actors[**a].name.to_string()).collect()
            };
            let mut details: Vec<String> = Vec::new();
            let mut add = |label: &str, names: Vec<String>| {
                if !names.is_empty() {
                    details.push(format!("{label}: {}", list(&names)));
                }
            };
            if let Some(place) = &record.place {
                let place = &d.places[**place];
                let within = place.within.as_ref().map(|w| d.places[**w].name.to_string());
                let name = match within {
                    Some(outer) => format!("{}, {outer}", place.name.as_str()),
                    None => place.name.to_string(),
                };
                add("place", vec![name]);
            }
            let mut via: Vec<String> = Vec::new();
            for actor in record.citations.iter().filter(|c| self.sees(c)).flat_map(|c| &c.via) {
                let name = d.actors[**actor].name.to_string();
                if !via.contains(&name) {
                    via.push(name);
                }
            }
            add("by", names(&record.by));
            add("with", names(&record.with));
            add("against", names(&record.against));
            add("in answer to", record.answers.iter().map(|e| d.events[**e].title.to_string()).collect());
            add("according to", via);
            if let Some(hedge) = &record.hedge {
                add("the source’s word", vec![wording::quoted(hedge)]);
            }
            let distinct: Vec<String> = record
                .distinct
                .iter()
                .map(|e| {
                    let other = &d.events[**e];
                    let when = self.when(other.date.as_ref(), other.dating.as_ref());
                    if when.is_empty() { other.title.to_string() } else { format!("{} ({when})", other.title.as_str()) }
                })
                .collect();
            add("not to be confused with", distinct);
            let subject = Subject::Event(event);
            facts.push(Fact {
                when: wording::capital(&when),
                what: record.title.to_string(),
                detail: if details.is_empty() { String::new() } else { wording::sentence(&details.join("; ")) },
                refs: self.marks(&[subject]),
                records: vec![self.print(subject)],
            });
        }
        facts
    }

    fn figures(&mut self) -> Vec<EventFigures> {
        let d = self.dossier;
        let mut found = Vec::new();
        for event in self.scope.clone() {
            let mut of_event: Vec<Cell> = self.cells.iter().filter(|c| c.key.0 == event).cloned().collect();
            // things before people, the wider category before the narrower
            of_event.sort_by_key(|cell| {
                let measure = &d.measures[cell.key.1];
                let depth = cell.key.2.map_or(0, |c| depth(d, c));
                (measure.counts_people, measure.id.clone(), depth, cell.key.2.map(|c| d.categories[c].id.clone()))
            });
            let rows: Vec<FigureRow> = of_event.iter().flat_map(|cell| self.rows(cell)).collect();
            if rows.is_empty() {
                continue;
            }
            let record = &d.events[event];
            found.push(EventFigures {
                id: record.id.clone(),
                title: record.title.to_string(),
                when: self.when(record.date.as_ref(), record.dating.as_ref()),
                rows,
            });
        }
        found
    }

    fn rows(&mut self, cell: &Cell) -> Vec<FigureRow> {
        let d = self.dossier;
        let measure = d.measures[cell.key.1].name.to_string();
        let counted = match cell.key.2 {
            Some(who) => format!("{measure}: {}", d.categories[who].name.as_str()),
            None => measure,
        };
        let mut rows = Vec::new();
        let flags: Vec<String> = cell.flags.iter().map(|f| f.word().to_owned()).collect();
        self.flags.extend(cell.flags.iter().copied());
        let mut flags = Some(flags.join("; ")).filter(|f| !f.is_empty());
        let mut remark = |mut parts: Vec<String>| {
            // a cell's flags stand in its first row
            if let Some(flags) = flags.take() {
                parts.insert(0, flags);
            }
            wording::capital(&parts.join("; "))
        };
        if cell.totals.len() > 1
            && let Some(envelope) = &cell.envelope
        {
            let all: Vec<Subject> = cell.totals.iter().flat_map(|(_, c)| c).map(|c| Subject::Claim(*c)).collect();
            rows.push(FigureRow {
                counted: counted.clone(),
                figure: wording::envelope(envelope),
                claimants: format!("range of {}", wording::count(cell.totals.len(), "claimant", "claimants")),
                remarks: remark(vec!["computed from the rows below".to_owned()]),
                computed: true,
                refs: self.marks(&all),
                records: self.print_all(&all),
            });
        }
        for (_, claims) in &cell.totals {
            // one root is one row, whoever repeats it; the named claimant stands for it
            let Some(&lead) = claims.iter().max_by_key(|c| (d.claims[**c].by.is_some(), std::cmp::Reverse(**c))) else {
                continue;
            };
            let mut parts = self.remarks(lead);
            let same: Vec<Subject> = claims
                .iter()
                .filter(|c| d.claims[**c].value == d.claims[lead].value)
                .map(|c| Subject::Claim(*c))
                .collect();
            if same.len() > 1 {
                parts.push("repeated, not corroborated".to_owned());
            }
            rows.push(self.row(&counted, lead, &same, remark(parts), None));
            for claim in claims.iter().filter(|c| d.claims[**c].value != d.claims[lead].value) {
                let mut parts = self.remarks(*claim);
                parts.push("same root as the row above".to_owned());
                rows.push(self.row(&counted, *claim, &[Subject::Claim(*claim)], remark(parts), None));
            }
        }
        for &claim in &cell.floors {
            let mut parts = vec!["a part only".to_owned()];
            parts.extend(self.remarks(claim));
            let words = floor_words(&d.claims[claim].value);
            rows.push(self.row(&counted, claim, &[Subject::Claim(claim)], remark(parts), words));
        }
        for floor in &cell.computed {
            let from: Vec<String> = floor
                .from
                .iter()
                .map(|c| {
                    let claim = &d.claims[*c];
                    let who = claim.who.as_ref().map_or("", |w| d.categories[**w].name.as_str());
                    format!("{} {who}", wording::figure(&claim.value))
                })
                .collect();
            let subjects: Vec<Subject> = floor.from.iter().map(|c| Subject::Claim(*c)).collect();
            let first = floor.from.first().copied();
            rows.push(FigureRow {
                counted: counted.clone(),
                figure: format!("at least {}", wording::number(floor.at_least)),
                claimants: first.map(|c| self.claimant(c)).unwrap_or_default(),
                remarks: remark(vec![format!("computed: {}", from.join(" + "))]),
                computed: true,
                refs: self.marks(&subjects),
                records: self.print_all(&subjects),
            });
        }
        for &claim in &cell.cumulative {
            let mut parts = Vec::new();
            if let Some(period) = &d.claims[claim].period {
                parts.push(format!("over the period {}; not part of this event", wording::date(period)));
            }
            parts.extend(self.remarks(claim));
            rows.push(self.row(&counted, claim, &[Subject::Claim(claim)], remark(parts), None));
        }
        for &claim in &cell.words {
            let record = &d.claims[claim];
            let words = record
                .citations
                .iter()
                .find_map(|c| c.words.as_ref())
                .or_else(|| record.citations.first().map(|c| &c.quote))
                .map(|w| wording::quoted(w));
            let parts = self.remarks(claim);
            rows.push(self.row(&counted, claim, &[Subject::Claim(claim)], remark(parts), words));
        }
        rows
    }

    fn row(
        &mut self,
        counted: &str,
        claim: Ref<Claim>,
        subjects: &[Subject],
        remarks: String,
        words: Option<String>,
    ) -> FigureRow {
        FigureRow {
            counted: counted.to_owned(),
            figure: words.unwrap_or_else(|| {
                let record = &self.dossier.claims[claim];
                if record.value.is_quantified() {
                    wording::figure(&record.value)
                } else {
                    record
                        .citations
                        .first()
                        .map(|c| wording::quoted(c.words.as_ref().unwrap_or(&c.quote)))
                        .unwrap_or_default()
                }
            }),
            claimants: self.claimant(claim),
            remarks,
            computed: false,
            refs: self.marks(subjects),
            records: self.print_all(subjects),
        }
    }

    fn claimant(&self, claim: Ref<Claim>) -> String {
        let record = &self.dossier.claims[claim];
        let via = record.citations.first().map_or(&[][..], |c| c.via.as_slice());
        wording::capital(&wording::claimant(self.dossier, record.by.as_ref().map(|b| **b), via))
    }

    fn remarks(&self, claim: Ref<Claim>) -> Vec<String> {
        let record = &self.dossier.claims[claim];
        let mut parts = Vec::new();
        if let Some(covers) = &record.covers {
            parts.push(covers.to_string());
        }
        if let Some(hedge) = &record.hedge {
            parts.push(format!("the source’s word: {}", wording::quoted(hedge)));
        }
        if let Some(credibility) = &record.credibility {
            parts.push(format!("credibility {}", **credibility));
        }
        parts
    }

    fn positions(&mut self) -> Vec<PositionsToward> {
        let d = self.dossier;
        let mut parties: Vec<Ref<crate::facts::dossier::Actor>> = Vec::new();
        for event in &self.scope {
            let record = &d.events[*event];
            for actor in record.by.iter().chain(&record.with).chain(&record.against) {
                if !parties.contains(&**actor) {
                    parties.push(**actor);
                }
            }
        }
        // what they are about, in the order of the events; within it by date and id, each utterance once
        let mut groups: BTreeMap<usize, BTreeMap<String, Vec<Ref<Position>>>> = BTreeMap::new();
        for (reference, position) in d.positions.iter() {
            if !self.visible(Subject::Position(reference)) {
                continue;
            }
            let event = match *position.toward {
                Subject::Event(e) => Some(e),
                Subject::Claim(c) => Some(*d.claims[c].event),
                _ => None,
            };
            // behind the positions on events: those on whoever took part in one
            let index = match *position.toward {
                Subject::Actor(a) => parties.iter().position(|p| *p == a).map(|i| self.scope.len() + i),
                _ => event.and_then(|e| self.scope.iter().position(|s| *s == e)),
            };
            let Some(index) = index else { continue };
            // renderings of one statement, by one actor with one stance, are one line
            let utterance = match &position.utterance {
                Some(u) => format!("{}/{}/{}", u.as_str(), d.actors[*position.actor].id, *position.stance),
                None => format!("={}", position.id),
            };
            groups.entry(index).or_default().entry(utterance).or_default().push(reference);
        }
        let mut found = Vec::new();
        for (index, utterances) in groups {
            let toward = match (self.scope.get(index), parties.get(index.saturating_sub(self.scope.len()))) {
                (Some(event), _) => d.events[*event].title.to_string(),
                (None, Some(actor)) => wording::capital(&d.actors[*actor].name),
                (None, None) => continue,
            };
            let mut lines: Vec<(Option<NaiveDate>, String, PositionLine)> = Vec::new();
            for renderings in utterances.into_values() {
                // the fullest rendering stands for the statement; renderings are never spliced
                let Some(&lead) = renderings.iter().max_by_key(|r| {
                    let p = &d.positions[**r];
                    (p.said.as_ref().map_or(0, |s| s.len()), std::cmp::Reverse(**r))
                }) else {
                    continue;
                };
                let subjects: Vec<Subject> = renderings.iter().map(|r| Subject::Position(*r)).collect();
                let record = &d.positions[lead];
                let actor = &d.actors[*record.actor];
                let line = PositionLine {
                    actor: wording::capital(&actor.name),
                    role: actor.role.as_ref().map(|r| r.to_string()).unwrap_or_default(),
                    stance: wording::stance(*record.stance).to_owned(),
                    said: record.said.as_ref().map(|s| wording::quoted(s)).unwrap_or_default(),
                    reported: match (&record.said, record.citations.first()) {
                        (None, Some(citation)) => wording::quoted(&citation.quote),
                        _ => String::new(),
                    },
                    circumstance: self.circumstance(lead, renderings.len()),
                    refs: self.marks(&subjects),
                    records: self.print_all(&subjects),
                };
                lines.push((record.date.as_ref().map(|date| date.earliest()), record.id.clone(), line));
            }
            lines.sort_by(|a, b| (a.0.is_none(), a.0, &a.1).cmp(&(b.0.is_none(), b.0, &b.1)));
            found.push(PositionsToward { toward, lines: lines.into_iter().map(|(_, _, line)| line).collect() });
        }
        found
    }

    fn circumstance(&self, position: Ref<Position>, renderings: usize) -> String {
        let d = self.dossier;
        let record = &d.positions[position];
        let mut parts = Vec::new();
        if let Some(venue) = &record.venue {
            parts.push(venue.to_string());
        }
        let when = self.when(record.date.as_ref(), record.dating.as_ref());
        if !when.is_empty() {
            parts.push(when);
        }
        let via: Vec<String> = record
            .citations
            .first()
            .map(|c| c.via.iter().map(|a| d.actors[**a].name.to_string()).collect())
            .unwrap_or_default();
        if !via.is_empty() {
            parts.push(format!("via {}", list(&via)));
        }
        if let Some(hedge) = &record.hedge {
            parts.push(format!("the source’s word: {}", wording::quoted(hedge)));
        }
        if renderings > 1 {
            parts.push(format!("{} of one statement", wording::count(renderings, "rendering", "renderings")));
        }
        parts.join("; ")
    }

    fn background(&mut self) -> Vec<Sentence> {
        let d = self.dossier;
        let mut found: Vec<(Option<NaiveDate>, Ref<crate::facts::dossier::Background>)> = d
            .backgrounds
            .iter()
            .filter(|(r, b)| {
                self.visible(Subject::Background(*r))
                    && b.about.iter().any(|s| matches!(**s, Subject::Event(e) if self.in_scope(e)))
            })
            .map(|(r, b)| (b.date.as_ref().map(|date| date.earliest()), r))
            .collect();
        found.sort_by_key(|(date, r)| (date.is_none(), *date, *r));
        found
            .into_iter()
            .map(|(_, r)| {
                let record = &d.backgrounds[r];
                let mut text = wording::sentence(&record.text);
                let mut tail = Vec::new();
                if let Some(by) = &record.by {
                    tail.push(format!("according to {}", d.actors[**by].name.as_str()));
                }
                if let Some(hedge) = &record.hedge {
                    tail.push(format!("the source’s word: {}", wording::quoted(hedge)));
                }
                if !tail.is_empty() {
                    text = format!("{} ({}).", text.trim_end_matches('.'), tail.join("; "));
                }
                let subject = Subject::Background(r);
                Sentence { markdown: escape(&text), refs: self.marks(&[subject]), records: vec![self.print(subject)] }
            })
            .collect()
    }

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

    fn disagreements(&mut self) -> Vec<Disagreement> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (r, record) in d.discrepancies.iter() {
            let between: Vec<Subject> = record.between.iter().map(|s| **s).collect();
            let citing: Vec<Subject> = between.iter().copied().filter(|s| !d.citations(*s).is_empty()).collect();
            // a disagreement exists once all sides of it are known
            let known = citing.iter().all(|s| self.visible(*s));
            let about = between.iter().filter_map(|s| self.event_of(*s)).any(|e| self.in_scope(e));
            if !known || !about {
                continue;
            }
            let mut records = vec![self.print(Subject::Discrepancy(r))];
            records.extend(between.iter().map(|s| d.head(*s).id.to_owned()));
            let named: Vec<Ref<Source>> = between
                .iter()
                .filter_map(|s| if let Subject::Source(source) = s { Some(*source) } else { None })
                .collect();
            let mut sources: Vec<Ref<Source>> = citing.iter().flat_map(|s| self.sources_of(*s)).collect();
            sources.extend(named);
            found.push(Disagreement {
                kind: wording::capital(record.kind.word()),
                handling: wording::sentence(&record.handling),
                refs: self.number(&sources),
                records,
            });
        }
        found.sort_by(|a, b| (&a.kind, &a.records).cmp(&(&b.kind, &b.records)));
        found
    }

    fn unknowns(&mut self) -> Vec<Unknown> {
        let d = self.dossier;
        let mut found = Vec::new();
        for (r, gap) in d.gaps.iter() {
            if !gap.about.iter().any(|s| self.event_of(**s).is_some_and(|e| self.in_scope(e))) {
                continue;
            }
            found.push(Unknown {
                question: wording::capital(&gap.question),
                why: gap.why.as_ref().map(|w| wording::sentence(w)).unwrap_or_default(),
                closes: gap.closes.as_ref().map(|c| wording::sentence(c)).unwrap_or_default(),
                records: vec![self.print(Subject::Gap(r))],
            });
        }
        found
    }

    fn dates(&mut self) -> Vec<DateNote> {
        let d = self.dossier;
        let mut notes: Vec<(NaiveDate, String, DateNote)> = Vec::new();
        for subject in self.printed.clone() {
            let (what, date, dating) = match subject {
                Subject::Event(r) => {
                    (d.events[r].title.to_string(), d.events[r].date.as_ref(), d.events[r].dating.as_ref())
                }
                Subject::Position(r) => {
                    let p = &d.positions[r];
                    (format!("statement by {}", d.actors[*p.actor].name.as_str()), p.date.as_ref(), p.dating.as_ref())
                }
                _ => continue,
            };
            self.note(&mut notes, what, date, dating, d.head(subject).id);
        }
        for source in self.order.clone() {
            let record = &d.sources[source];
            let number = self.order.iter().position(|s| *s == source).map_or(0, |i| i + 1);
            self.note(
                &mut notes,
                format!("publication of {}", self.named(number)),
                record.published.as_ref(),
                record.dating.as_ref(),
                &record.id,
            );
        }
        // the same date of the same thing by the same reasoning is said once
        let mut merged: Vec<(NaiveDate, String, DateNote)> = Vec::new();
        for (day, id, note) in notes {
            match merged
                .iter_mut()
                .find(|(_, _, n)| n.date == note.date && n.what == note.what && n.basis == note.basis)
            {
                Some((_, _, known)) => known.records.extend(note.records),
                None => merged.push((day, id, note)),
            }
        }
        merged.sort_by(|a, b| (a.0, &a.2.what, &a.1).cmp(&(b.0, &b.2.what, &b.1)));
        merged.into_iter().map(|(_, _, note)| note).collect()
    }

    fn note(
        &self,
        notes: &mut Vec<(NaiveDate, String, DateNote)>,
        what: String,
        date: Option<&At<Date>>,
        dating: Option<&Dating>,
        id: &str,
    ) {
        let d = self.dossier;
        let (Some(date), Some(dating)) = (date, dating) else { return };
        if *dating.basis == Basis::Stated {
            return;
        }
        let mut basis = match *dating.basis {
            Basis::Inferred => "inferred".to_owned(),
            Basis::External => "from outside the text".to_owned(),
            _ => "the source’s own date is in error".to_owned(),
        };
        if let Some(words) = &dating.words {
            let joint = if *dating.basis == Basis::Inferred { " from" } else { "; the text says" };
            basis.push_str(&format!("{joint} {}", wording::quoted(words)));
        }
        if let Some(anchor) = &dating.anchor {
            let from = match **anchor {
                Anchor::Source(r) => match self.order.iter().position(|s| *s == r) {
                    Some(i) => format!("the publication of {}", self.named(i + 1)),
                    None => format!(
                        "the publication of {}",
                        d.sources[r].publisher.as_ref().map_or("another source", |p| p.as_str())
                    ),
                },
                Anchor::Event(r) => {
                    // a title that begins with a common noun reads on in lower case only if it is one word's matter: keep it
                    format!("“{}”", d.events[r].title.as_str())
                }
            };
            basis.push_str(&format!(", counted from {from}"));
        }
        if (dating.rule.is_none() || matches!(*dating.basis, Basis::External | Basis::SourceError))
            && let Some(note) = &dating.note
        {
            basis.push_str(&format!(": {}", note.trim().trim_end_matches('.')));
        }
        let note = DateNote { date: wording::date(date), what, basis, records: vec![id.to_owned()] };
        notes.push((date.earliest(), id.to_owned(), note));
    }

    fn sourcing(&mut self, checked: &Checked<'_>) -> Vec<Sentence> {
        let d = self.dossier;
        let sources = self.order.clone();
        let plain = |text: String, refs: Vec<Mark>| Sentence { markdown: escape(&text), refs, records: Vec::new() };
        let quotations: usize = self
            .printed
            .iter()
            .map(|s| (0..d.citations(*s).len()).filter(|i| checked.proof(*s, *i).is_some()).count())
            .sum();
        let mut said = vec![plain(
            format!(
                "This briefing rests on {} and {}, each of which was proved to stand in its source.",
                wording::count(sources.len(), "published report", "published reports"),
                wording::count(quotations, "quotation", "quotations"),
            ),
            self.number(&sources),
        )];
        let mut by_wire: BTreeMap<String, Vec<Ref<Source>>> = BTreeMap::new();
        for source in &sources {
            for wire in &d.sources[*source].wires {
                by_wire.entry(d.actors[**wire].name.to_string()).or_default().push(*source);
            }
        }
        for (wire, leaning) in by_wire {
            let marks = self.number(&leaning);
            let text = if leaning.len() > 1 {
                format!(
                    "{} of the reports carry material from {wire}: where they agree they may share one root.",
                    wording::count(leaning.len(), "", "").trim()
                )
            } else {
                format!("One of the reports carries material from {wire}.")
            };
            said.push(plain(text, marks));
        }
        let unjudged = sources.iter().filter(|s| d.sources[**s].grade == Reliability::F).count();
        said.push(plain(
            if unjudged == sources.len() {
                "The reliability of the reports was not judged (Admiralty grade F).".to_owned()
            } else {
                "The reliability of each report is given with its reference (Admiralty grades A to F).".to_owned()
            },
            Vec::new(),
        ));
        said.push(plain(
            "Figures are those of the claimants named beside them; none is added up across claimants, categories or events, and where a source is silent nothing is counted as zero.".to_owned(),
            Vec::new(),
        ));
        let later = d.sources.iter().filter(|(r, _)| !published_by(d, *r, self.as_of)).count();
        if later > 0 {
            said.push(plain(
                format!(
                    "What was published after the date of this briefing is left out ({}).",
                    wording::count(later, "report", "reports")
                ),
                Vec::new(),
            ));
        }
        said
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

/// A part as what it says of the whole: at least so many.
fn floor_words(value: &Figure) -> Option<String> {
    let low = value.low()?;
    let bounds = if low.beyond { Bounds::MoreThan(low.number) } else { Bounds::AtLeast(low.number) };
    Some(wording::figure(&Figure { bounds, percent: value.percent }))
}

fn published_by(dossier: &Dossier, source: Ref<Source>, as_of: NaiveDate) -> bool {
    dossier.sources[source].published.as_ref().is_none_or(|p| p.earliest() <= as_of)
}

/// The order of time: date, what follows what, part of day, id; the undated last.
fn in_time(dossier: &Dossier, a: Ref<Event>, b: Ref<Event>) -> std::cmp::Ordering {
    let key = |r: Ref<Event>| {
        let e = &dossier.events[r];
        let date = e.date.as_ref().map(|date| (date.earliest(), date.latest()));
        let time = e.time.as_ref().map(|t| **t);
        (date.is_none(), date, rank(dossier, r), time.is_none(), time, e.id.clone())
    };
    key(a).cmp(&key(b))
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
