//! The analyst's own text: Markdown with references to records, `{{figure "flood" "killed"}}`.
//!
//! | reference | prints |
//! |---|---|
//! | `{{figure "EVENT" "MEASURE" ["WHO"]}}` | the figure of a cell with its claimants |
//! | `{{claim "ID"}}` | one claim's figure with its claimant |
//! | `{{date "ID"}}` | a record's date, with its dagger |
//! | `{{say "ID"}}` | a position's words in quotation marks, with the speaker |
//! | `{{actor "ID"}}`, `{{place "ID"}}` | a name |
//! | `{{event "ID"}}` | an event's title |
//! | `{{judgement "ID"}}` | an assessment's sentence |
//! | `{{cite "ID"}}` | nothing but the sources of a record |
//!
//! A digit typed in the text and a sentence without a reference are findings: what cannot be cited cannot be printed.
//! So are a likelihood off the scale of ICD 203, one that no assessment carries, and likelihood and confidence in one
//! sentence (ICD 203, D.6.e(2)).

use std::ops::Range;
use std::sync::Arc;

use super::language::Language;
use crate::check;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::dossier::{Citation, Claim, Dossier, Source, Subject};
use crate::facts::figure::{Bounds, Figure};
use crate::facts::table::Ref;
use crate::facts::text::Text;
use crate::facts::vocabulary::Likelihood;
use crate::reconcile::Cell;
use crate::text::calendar::calendar;
use crate::text::estimate::{self, estimates};
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;
use crate::text::markdown::escape;
use crate::text::nearest::nearest;
use crate::text::quantity::{Kind, Number, quantities};
use crate::text::sentence::sentences;

/// The code of a finding that speaks of a record not known, or not to be printed, here.
const NOT_KNOWN: &str = "narrative-not-known";

const HELPERS: &[&str] = &["actor", "cite", "claim", "date", "event", "figure", "judgement", "place", "say"];

/// A sentence of the narrative, its references resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its Markdown.
    pub markdown: String,
    /// The sources it rests on, in the order of mention.
    pub sources: Vec<Ref<Source>>,
    /// The records it rests on.
    pub records: Vec<Subject>,
}

/// Where a narrative stands, and what it may refer to.
pub struct Telling<'a> {
    /// The records.
    pub dossier: &'a Dossier,
    /// The cells of its figures.
    pub cells: &'a [Cell],
    /// Its language.
    pub language: &'a Language,
    /// A record's text in that language.
    #[allow(clippy::type_complexity, reason = "a record and one of its texts")]
    pub say: Box<dyn Fn(Subject, &At<Text>) -> String + 'a>,
    /// Whether a record's citation may be used (as of a date).
    pub sees: Box<dyn Fn(&Citation) -> bool + 'a>,
    /// The sources of a record, those that may be seen.
    pub sources: Box<dyn Fn(Subject) -> Vec<Ref<Source>> + 'a>,
    /// Whether a record may be referred to (as of a date, and by its handling).
    pub known: Box<dyn Fn(Subject) -> bool + 'a>,
    /// Whether a sentence that refers to such a record is left out, and is no finding.
    pub lenient: bool,
    /// Why it may not.
    pub why_not: Box<dyn Fn(Subject) -> String + 'a>,
    /// The file it is written in.
    pub file: &'a Arc<TextFile>,
    /// Where it is written.
    pub span: &'a Range<usize>,
}

struct Piece {
    markdown: String,
    sources: Vec<Ref<Source>>,
    records: Vec<Subject>,
    cites: bool,
    /// The sentence it stands in cannot be told.
    unknown: bool,
}

/// Reads a narrative, of at most `limit` sentences if there is a limit.
///
/// # Errors
/// Every reference that leads nowhere, every typed figure, every sentence without a source.
pub fn tell(telling: &Telling<'_>, text: &str, limit: Option<usize>) -> Result<Vec<Told>, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut flat = String::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        literal(telling, &rest[..open], &mut flat, &mut findings);
        let Some(close) = rest[open..].find("}}") else {
            findings.push(telling.finding("a reference is not closed", &rest[open..], "no `}}` follows"));
            rest = "";
            break;
        };
        let inner = &rest[open + 2..open + close];
        match telling.piece(inner) {
            Ok(piece) => {
                // one private character stands for the piece, so that nothing in it ends a sentence
                flat.push(mark(pieces.len()));
                pieces.push(piece);
            }
            Err(finding) if telling.lenient && finding.code == NOT_KNOWN => {
                flat.push(mark(pieces.len()));
                // one that prints nothing belongs to the sentence before it
                let silent = inner.trim_start().starts_with("cite");
                pieces.push(Piece {
                    markdown: if silent { String::new() } else { "?".to_owned() },
                    sources: Vec::new(),
                    records: Vec::new(),
                    cites: true,
                    unknown: true,
                });
            }
            Err(finding) => findings.push(*finding),
        }
        rest = &rest[open + close + 2..];
    }
    literal(telling, rest, &mut flat, &mut findings);
    let flat = cite_inside(&flat.split_whitespace().collect::<Vec<_>>().join(" "), &pieces);
    let lexicon = Lexicon::or_bare(&telling.language.tag);
    let ranges = sentences(&flat, lexicon);
    if let Some(limit) = limit.filter(|limit| ranges.len() > *limit) {
        findings.push(
            telling
                .finding(
                    &format!("a bottom line has at most {limit} sentences; this has {}", ranges.len()),
                    text,
                    "too long",
                )
                .help("say the most important here, and leave the rest to the sections"),
        );
    }
    let mut told = Vec::new();
    for range in ranges {
        let sentence = &flat[range];
        let mut one = Told { markdown: String::new(), sources: Vec::new(), records: Vec::new() };
        let mut cites = false;
        if sentence.chars().filter_map(|c| index(c).and_then(|i| pieces.get(i))).any(|p| p.unknown) {
            continue;
        }
        for piece in sentence.chars().filter_map(|c| index(c).and_then(|i| pieces.get(i))) {
            cites |= piece.cites;
            for source in &piece.sources {
                if !one.sources.contains(source) {
                    one.sources.push(*source);
                }
            }
            for record in &piece.records {
                if !one.records.contains(record) {
                    one.records.push(*record);
                }
            }
        }
        // white space is tidied in the analyst's words alone: what a record says stays as it is
        for c in spaced(telling, sentence, &pieces).chars() {
            match index(c).and_then(|i| pieces.get(i)) {
                Some(piece) => one.markdown.push_str(&piece.markdown),
                // emphasis is the analyst's; a heading, link or tag would say another thing in each format
                None if matches!(c, '<' | '>' | '[' | ']' | '|' | '`' | '~' | '$' | '\\' | '#' | '&') => {
                    one.markdown.push('\\');
                    one.markdown.push(c);
                }
                None => one.markdown.push(c),
            }
        }
        if one.markdown.starts_with(['-', '+', '=']) {
            one.markdown.insert(0, '\\');
        }
        findings.extend(unmeasured(telling, sentence, &one, lexicon));
        if !cites && findings.is_empty() {
            let words: String = sentence.chars().filter(|c| index(*c).is_none()).collect();
            findings.push(
                telling
                    .finding(
                        "a sentence rests on no source",
                        words.split('.').next().unwrap_or_default().trim(),
                        "no reference in it leads to one",
                    )
                    .help("name the record it rests on: `{{cite \"some-id\"}}` prints nothing but its sources"),
            );
        }
        told.push(one);
    }
    if findings.is_empty() { Ok(told) } else { Err(findings) }
}

/// A sentence without the white space that references which print nothing leave behind; each other reference still is one
/// character.
fn spaced(telling: &Telling<'_>, sentence: &str, pieces: &[Piece]) -> String {
    let silent = |c: char| index(c).and_then(|i| pieces.get(i)).is_some_and(|p| p.markdown.is_empty());
    let mut text: String = sentence.chars().filter(|c| !silent(*c)).collect();
    // where the language sets a space before a mark, it is one that does not break
    let apart = telling.language.words.list.colon.starts_with('\u{a0}');
    for mark in [".", ",", ";", ":", "!", "?"] {
        let before = if apart && !matches!(mark, "." | ",") { "\u{a0}" } else { "" };
        text = text.replace(&format!(" {mark}"), &format!("{before}{mark}"));
    }
    text.replace("  ", " ")
}

/// Likelihood and confidence in a sentence, held to ICD 203.
fn unmeasured(telling: &Telling<'_>, sentence: &str, one: &Told, lexicon: &Lexicon) -> Vec<Diagnostic> {
    let typed: String = sentence.chars().map(|c| if index(c).is_some() { ' ' } else { c }).collect();
    let found = estimates(&typed, lexicon);
    let words = |e: &estimate::Estimate| typed.get(e.span.clone()).unwrap_or_default().to_owned();
    let mut findings = Vec::new();
    for off in found.iter().filter(|e| e.kind == estimate::Kind::OffScale) {
        let word = words(off);
        findings.push(
            telling
                .finding(
                    "a likelihood is told off the scale",
                    &word,
                    &format!("\"{}\" is no term of ICD 203", visible(&word)),
                )
                .help(format!("the terms are: {}", Likelihood::WORDS.join(", ")))
                .help("say it in an assessment record, and print that: `{{judgement \"some-id\"}}`"),
        );
    }
    let likely = found.iter().find(|e| matches!(e.kind, estimate::Kind::Likelihood(_)));
    let confident = found.iter().find(|e| e.kind == estimate::Kind::Confidence);
    // a judgement that is printed brings its likelihood along
    let carried = one.records.iter().any(|r| match r {
        Subject::Assessment(r) => telling.dossier.assessments[*r].likelihood.is_some(),
        _ => false,
    });
    if let Some(confident) = confident.filter(|_| likely.is_none() && carried) {
        let word = words(confident);
        findings.push(
            telling
                .finding(
                    "likelihood and confidence stand in one sentence",
                    &word,
                    "a confidence, beside a judgement's likelihood",
                )
                .note(
                    "how likely a thing is and how good the basis of saying so are two matters (ICD 203, D.6.e(2)(b))",
                )
                .help("take it out: the judgement's own confidence is declared in its record"),
        );
    }
    if let Some(likely) = likely {
        let word = words(likely);
        if confident.is_some() {
            findings.push(
                telling
                    .finding("likelihood and confidence stand in one sentence", &word, "a likelihood, beside a confidence")
                    .note("how likely a thing is and how good the basis of saying so are two matters (ICD 203, D.6.e(2)(b))")
                    .help("say the confidence in a sentence of its own"),
            );
        }
        if !one.records.iter().any(|r| matches!(r, Subject::Assessment(_))) {
            findings.push(
                telling
                    .finding("a likelihood rests on no judgement", &word, "no assessment in this sentence carries it")
                    .help(
                        "name the assessment: `{{judgement \"some-id\"}}` prints it, `{{cite \"some-id\"}}` cites it",
                    ),
            );
        }
    }
    findings
}

/// A reference that prints nothing and stands behind a sentence's stop belongs to that sentence.
fn cite_inside(flat: &str, pieces: &[Piece]) -> String {
    let mut out: Vec<char> = Vec::with_capacity(flat.len());
    for c in flat.chars() {
        let silent = index(c).and_then(|i| pieces.get(i)).is_some_and(|p| p.markdown.is_empty());
        let stop = out.iter().rposition(|c| *c != ' ').filter(|i| silent && matches!(out[*i], '.' | '!' | '?'));
        match stop {
            Some(at) => out.insert(at, c),
            None => out.push(c),
        }
    }
    let text: String = out.into_iter().collect();
    // a stop and the next sentence that such a reference stood between
    let mut spaced = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        spaced.push(c);
        if matches!(c, '.' | '!' | '?') && chars.peek().is_some_and(|n| n.is_uppercase()) {
            spaced.push(' ');
        }
    }
    spaced
}

fn mark(index: usize) -> char {
    u32::try_from(index).ok().and_then(|i| char::from_u32(0xe000 + (i % 0x1900))).unwrap_or('\u{e000}')
}

fn index(c: char) -> Option<usize> {
    ('\u{e000}'..='\u{f8ff}').contains(&c).then(|| u32::from(c) as usize - 0xe000)
}

fn literal(telling: &Telling<'_>, text: &str, flat: &mut String, findings: &mut Vec<Diagnostic>) {
    let lexicon = Lexicon::or_bare(&telling.language.tag);
    let spelt = quantities(text, lexicon)
        .into_iter()
        .find(|q| {
            // "one", "une", "ein": more often an article or a pronoun than a count
            let words = text.get(q.span.clone()).unwrap_or_default();
            let single = Figure::read(q).is_some_and(|f| f == Figure::of(Bounds::Exact(Number::whole(1))));
            !matches!(q.kind, Kind::Vague | Kind::Ordinal(_)) && (!single || words.contains(char::is_numeric))
        })
        .map(|q| q.span);
    let dated = calendar(text, lexicon).into_iter().next().map(|c| c.span);
    let digits = text.find(char::is_numeric).map(|at| {
        let word = text[at..].split_whitespace().next().unwrap_or_default();
        at..at + word.len()
    });
    if let Some(range) = digits.or(spelt).or(dated) {
        let (at, word) = (range.start, &text[range]);
        findings.push(
            telling
                .finding(
                    "a figure is typed into the text",
                    &text[at..at + word.len()],
                    &format!("\"{}\" comes from no record", visible(word)),
                )
                .note("a typed figure has no claimant, no quotation, and does not change when the record does")
                .help(
                    "refer to the record: `{{figure \"EVENT\" \"MEASURE\"}}`, `{{claim \"ID\"}}` or `{{date \"ID\"}}`",
                ),
        );
    }
    flat.push_str(text);
}

impl Telling<'_> {
    /// A finding at the first place where `words` are written.
    fn finding(&self, title: &str, words: &str, says: &str) -> Diagnostic {
        let raw = self.file.text().get(self.span.clone()).unwrap_or_default();
        let words = words.get(..words.len().min(40)).unwrap_or(words).lines().next().unwrap_or_default();
        let at = (!words.is_empty()).then(|| raw.find(words)).flatten();
        let span = at.map_or_else(|| self.span.clone(), |i| self.span.start + i..self.span.start + i + words.len());
        Diagnostic::new("narrative", title).at(self.file, &span, says)
    }

    fn piece(&self, inner: &str) -> Result<Piece, Box<Diagnostic>> {
        let wrong = |title: String, says: String| Box::new(self.finding(&title, inner.trim(), &says));
        let unknown = |title: String, says: String| {
            let mut finding = wrong(title, says);
            finding.code = NOT_KNOWN;
            finding
        };
        let trimmed = inner.trim();
        let (name, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        let mut arguments: Vec<&str> = Vec::new();
        let mut rest = rest.trim();
        while !rest.is_empty() {
            let parsed = rest.strip_prefix('"').and_then(|r| r.split_once('"'));
            let Some((argument, more)) = parsed else {
                return Err(wrong(
                    "a reference cannot be read".to_owned(),
                    "arguments are ids in double quotation marks".to_owned(),
                ));
            };
            arguments.push(argument);
            rest = more.trim_start();
        }
        if !HELPERS.contains(&name) {
            let guess =
                nearest(name, HELPERS.iter().copied()).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            return Err(wrong(
                format!("there is no reference `{}`", visible(name)),
                format!("known: {}{guess}", HELPERS.join(", ")),
            ));
        }
        if name == "figure" {
            return self.figure(&arguments, &wrong, &unknown);
        }
        let [id] = arguments.as_slice() else {
            return Err(wrong(format!("`{name}` takes one id"), format!("{} are given", arguments.len())));
        };
        let Some(subject) = self.dossier.find(id) else {
            let known: Vec<&str> = self.dossier.heads().map(|(_, h)| h.id).collect();
            let guess = nearest(id, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            return Err(wrong(format!("there is no record `{}`", visible(id)), format!("not in the dossier{guess}")));
        };
        let head = self.dossier.head(subject);
        if !(self.known)(subject) {
            return Err(unknown(format!("{} `{id}` cannot be printed here", head.kind), (self.why_not)(subject)));
        }
        let needs = |what: &str| wrong(format!("`{name}` takes {what}"), format!("`{id}` is a {}", head.kind));
        let markdown = match (name, subject) {
            ("actor", Subject::Actor(r)) => escape(&(self.say)(subject, &self.dossier.actors[r].name)),
            ("actor", _) => return Err(needs("an actor")),
            ("place", Subject::Place(r)) => escape(&(self.say)(subject, &self.dossier.places[r].name)),
            ("place", _) => return Err(needs("a place")),
            ("event", Subject::Event(r)) => escape(&(self.say)(subject, &self.dossier.events[r].title)),
            ("event", _) => return Err(needs("an event")),
            ("judgement", Subject::Assessment(r)) => {
                escape((self.say)(subject, &self.dossier.assessments[r].text).trim().trim_end_matches('.'))
            }
            ("judgement", _) => return Err(needs("an assessment")),
            ("say", Subject::Position(r)) => match &self.dossier.positions[r].said {
                Some(said) => {
                    let speaker = *self.dossier.positions[r].actor;
                    let name = (self.say)(Subject::Actor(speaker), &self.dossier.actors[speaker].name);
                    let words = self.language.quoted(said);
                    escape(&self.language.words.label.said.fill(&[("words", &words), ("name", &name)]))
                }
                None => return Err(wrong(format!("position `{id}` quotes no words"), "it has no `said`".to_owned())),
            },
            ("say", _) => return Err(needs("a position")),
            ("claim", Subject::Claim(r)) => escape(&self.worded_claim(r)),
            ("claim", _) => return Err(needs("a claim")),
            ("date", subject) => match self.date(subject) {
                Some(text) => escape(&text),
                None => return Err(wrong(format!("{} `{id}` has no date", head.kind), "nothing to print".to_owned())),
            },
            _ => String::new(),
        };
        let sources = (self.sources)(subject);
        if name == "cite" && sources.is_empty() {
            return Err(wrong(
                format!("{} `{id}` has no source to cite", head.kind),
                if self.dossier.refers_to(subject).iter().any(|s| matches!(s, Subject::Source(_))) {
                    "no source of it can be seen as of this briefing's date".to_owned()
                } else {
                    format!("{} of this kind rest on no source of their own; cite the records it is about", head.kind)
                },
            ));
        }
        let cites = !sources.is_empty();
        Ok(Piece { markdown, sources, records: vec![subject], cites, unknown: false })
    }

    /// Which measure or category may be meant, where there is none of the name given.
    fn meant(&self, measure: &str, who: Option<&str>) -> String {
        let d = self.dossier;
        let mut guesses = Vec::new();
        if d.measures.get(measure).is_none() {
            guesses.extend(nearest(measure, d.measures.iter().map(|(_, m)| m.id.as_str())));
        }
        if let Some(who) = who.filter(|who| d.categories.get(who).is_none()) {
            guesses.extend(nearest(who, d.categories.iter().map(|(_, c)| c.id.as_str())));
        }
        guesses.into_iter().map(|guess| format!("; did you mean `{guess}`?")).collect()
    }

    fn figure(
        &self,
        arguments: &[&str],
        wrong: &dyn Fn(String, String) -> Box<Diagnostic>,
        unknown: &dyn Fn(String, String) -> Box<Diagnostic>,
    ) -> Result<Piece, Box<Diagnostic>> {
        let (event, measure, who) = match arguments {
            [event, measure] => (*event, *measure, None),
            [event, measure, who] => (*event, *measure, Some(*who)),
            _ => {
                return Err(wrong(
                    "`figure` takes an event, a measure and, for people, a category".to_owned(),
                    format!("{} are given", arguments.len()),
                ));
            }
        };
        let d = self.dossier;
        let cell = self.cells.iter().find(|cell| {
            d.events[cell.key.0].id == event
                && d.measures[cell.key.1].id == measure
                && cell.key.2.map(|c| d.categories[c].id.as_str()) == who
        });
        let Some(cell) = cell else {
            let known: Vec<String> = self
                .cells
                .iter()
                .filter(|c| d.events[c.key.0].id == event)
                .map(|c| {
                    let who = c.key.2.map(|w| format!(" \"{}\"", d.categories[w].id)).unwrap_or_default();
                    format!("\"{}\"{who}", d.measures[c.key.1].id)
                })
                .collect();
            let events = d.events.iter().map(|(_, e)| e.id.as_str());
            let says = if d.events.get(event).is_none() {
                let guess = nearest(event, events).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                return Err(wrong(
                    format!("there is no event `{}`", visible(event)),
                    format!("not in the dossier{guess}"),
                ));
            } else if known.is_empty() {
                "no claim is about this event".to_owned()
            } else {
                let guess = self.meant(measure, who);
                format!("claimed of it: {}{guess}", known.join(", "))
            };
            return Err(unknown(format!("nothing of this kind is claimed of event `{}`", visible(event)), says));
        };
        let totals: Vec<Ref<Claim>> = cell.totals.iter().flat_map(|(_, claims)| claims).copied().collect();
        let (text, used) = match (&cell.envelope, totals.as_slice()) {
            (Some(envelope), used) => (self.language.envelope(envelope), used.to_vec()),
            (None, _) if !cell.floors.is_empty() => {
                let first = cell.floors[0];
                (self.language.claimed(&d.claims[first], |c| (self.sees)(c)), vec![first])
            }
            _ => {
                return Err(unknown(
                    format!("no number is claimed of event `{}` here", visible(event)),
                    "only words; quote them with `cite`".to_owned(),
                ));
            }
        };
        let label = &self.language.words.label;
        let mut names: Vec<String> = Vec::new();
        for claim in &used {
            let name = match &d.claims[*claim].by {
                Some(by) => (self.say)(Subject::Actor(**by), &d.actors[**by].name),
                None => label.unnamed.text().to_owned(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut sources = Vec::new();
        for claim in &used {
            for source in (self.sources)(Subject::Claim(*claim)) {
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
        let cites = !sources.is_empty();
        let noun = cell.key.2.map(|c| (self.say)(Subject::Category(c), &d.categories[c].name));
        let mut hedges: Vec<String> = Vec::new();
        for hedge in used.iter().filter_map(|c| d.claims[*c].hedge.as_ref()) {
            let word = self.language.quoted(hedge);
            if !hedges.contains(&word) {
                hedges.push(word);
            }
        }
        let leads: Vec<Ref<Claim>> = cell.totals.iter().filter_map(|(_, claims)| self.lead(claims)).collect();
        let differ = leads.windows(2).any(|w| d.claims[w[0]].value != d.claims[w[1]].value);
        if differ && cell.envelope.is_some() {
            // a range is nobody's: each figure stands with who says it
            let list = &self.language.words.list;
            let each: Vec<String> = leads.iter().map(|c| self.worded_alone(*c)).collect();
            let counted =
                noun.as_deref().map_or(text.clone(), |n| label.counting.fill(&[("figure", &text), ("noun", n)]));
            let markdown = escape(&format!("{counted}{}{}{}", list.open, self.language.remarks(&each), list.close));
            return Ok(Piece {
                markdown,
                sources,
                records: used.into_iter().map(Subject::Claim).collect(),
                cites,
                unknown: false,
            });
        }
        let hedge = (!hedges.is_empty()).then(|| label.hedge.fill(&[("words", &self.language.list(&hedges))]));
        let by = label.attributed.fill(&[("name", &self.language.list(&names))]);
        let markdown = escape(&self.attributed(&text, noun.as_deref(), &by, hedge));
        Ok(Piece { markdown, sources, records: used.into_iter().map(Subject::Claim).collect(), cites, unknown: false })
    }

    /// The claim that stands for those of one root: a named claimant's before any other's.
    fn lead(&self, claims: &[Ref<Claim>]) -> Option<Ref<Claim>> {
        claims.iter().max_by_key(|c| (self.dossier.claims[**c].by.is_some(), std::cmp::Reverse(**c))).copied()
    }

    /// A claim's figure, who says so, under what reserve; what it counts has been said.
    fn worded_alone(&self, claim: Ref<Claim>) -> String {
        let record = &self.dossier.claims[claim];
        let label = &self.language.words.label;
        let by = match &record.by {
            Some(by) => {
                let name = (self.say)(Subject::Actor(**by), &self.dossier.actors[**by].name);
                label.attributed.fill(&[("name", &name)])
            }
            None => label.no_claimant.text().to_owned(),
        };
        let hedge = record.hedge.as_ref().map(|h| label.hedge.fill(&[("words", &self.language.quoted(h))]));
        let hedge = hedge.map(|h| format!("{}{h}", self.language.words.list.comma)).unwrap_or_default();
        format!("{} {by}{hedge}", self.language.figure(&record.value))
    }

    /// A figure, whom it counts, who says so, under what reserve.
    fn attributed(&self, figure: &str, noun: Option<&str>, by: &str, hedge: Option<String>) -> String {
        let list = &self.language.words.list;
        let counting = &self.language.words.label.counting;
        let figure = noun.map_or(figure.to_owned(), |n| counting.fill(&[("figure", figure), ("noun", n)]));
        let hedge = hedge.map(|h| format!("{}{h}", list.comma)).unwrap_or_default();
        format!("{figure}{}{by}{hedge}{}", list.open, list.close)
    }

    fn worded_claim(&self, claim: Ref<Claim>) -> String {
        let d = self.dossier;
        let record = &d.claims[claim];
        let label = &self.language.words.label;
        let noun = record.who.as_ref().map(|w| (self.say)(Subject::Category(**w), &d.categories[**w].name));
        let figure = self.language.claimed(record, |c| (self.sees)(c));
        let by = match &record.by {
            Some(by) => {
                let name = (self.say)(Subject::Actor(**by), &d.actors[**by].name);
                label.attributed.fill(&[("name", &name)])
            }
            None => label.no_claimant.text().to_owned(),
        };
        let hedge = record.hedge.as_ref().map(|h| label.hedge.fill(&[("words", &self.language.quoted(h))]));
        self.attributed(&figure, noun.as_deref(), &by, hedge)
    }

    fn date(&self, subject: Subject) -> Option<String> {
        let (date, dating) = match subject {
            Subject::Event(r) => (self.dossier.events[r].date.as_ref()?, self.dossier.events[r].dating.as_ref()),
            Subject::Position(r) => {
                (self.dossier.positions[r].date.as_ref()?, self.dossier.positions[r].dating.as_ref())
            }
            Subject::Background(r) => {
                (self.dossier.backgrounds[r].date.as_ref()?, self.dossier.backgrounds[r].dating.as_ref())
            }
            Subject::Source(r) => {
                (self.dossier.sources[r].published.as_ref()?, self.dossier.sources[r].dating.as_ref())
            }
            _ => return None,
        };
        Some(self.language.dated(date, check::basis(dating)))
    }
}
