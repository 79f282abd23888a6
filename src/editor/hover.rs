//! What there is to say of a place: a record with its quotations in their paragraphs, a key, a word.
//!
//! All of it is Markdown, and whatever comes from a file is escaped: a quotation cannot pass for markup.

use std::fmt::Write as _;
use std::ops::Range;

use super::complete::{about, sibling};
use super::desk::Desk;
use super::pages::{Page, Record, builtin, own};
use super::place::{Place, place};
use super::schema;
use crate::check::quoted::{Quoted, Standing, Stands, quoted, standings};
use crate::check::rules;
use crate::facts::dossier::{Dossier, Subject};
use crate::text::gate::visible;
use crate::text::markdown::escape;

/// The most letters of a paragraph that are shown on either side of a quotation.
const MOST: usize = 600;

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The words, in Markdown.
    pub markdown: String,
    /// The bytes it is said of.
    pub at: Range<usize>,
}

/// What there is to say of a byte of a file.
#[must_use]
pub fn hover(desk: &Desk<'_>, page: &Page, offset: usize) -> Option<Said> {
    let dossier = desk.pages.dossier_of(page).unwrap_or_default();
    if let Some(named) = page.uses.iter().find(|named| named.at.start <= offset && offset <= named.at.end) {
        let (home, record) = desk.pages.record(dossier, &named.id, &named.kinds)?;
        return Some(Said { markdown: card(desk, home, record, dossier), at: named.at.clone() });
    }
    let said = |markdown: String, at: &Range<usize>| Some(Said { markdown, at: at.clone() });
    match place(page, offset) {
        Place::Header { before, at } => {
            if let ([kind], Some(id)) = (before.as_slice(), page.file.text().get(at.clone())) {
                let record = page.records.iter().find(|r| r.kind == *kind && r.id == id.trim_matches(['"', '\'']))?;
                return said(card(desk, page, record, dossier), &at);
            }
            let kind = page.file.text().get(at.clone())?;
            let path: Vec<&str> = before.iter().map(String::as_str).chain([kind]).collect();
            said(escape(&page.key(path)?.about), &at)
        }
        Place::Key { table, name: Some(name), at, .. } => {
            let path: Vec<&str> = table.iter().map(String::as_str).chain([name.as_str()]).collect();
            if let [.., "levels", rule] = path.as_slice()
                && let Some(rule) = rules::find(rule)
            {
                return said(page_of(rule), &at);
            }
            let key = page.key(path)?;
            let needed = if key.required { " (required)" } else { "" };
            said(format!("`{}`{needed}: {}", key.name, about(key)), &at)
        }
        Place::Value { path, value, .. } => {
            let key = page.key(path.iter().map(String::as_str))?;
            let text = value.text()?;
            if key.names == "rule" {
                return said(page_of(rules::find(text)?), &value.span);
            }
            if let Some((word, meaning)) = key.words.iter().find(|(word, _)| word == text).filter(|_| key.closed) {
                return said(format!("`{word}`: {}", escape(meaning)), &value.span);
            }
            if matches!(key.name.as_str(), "quote" | "words" | "said" | "prefix") {
                let quote = sibling(page, &path, &value, "quote");
                let quote = if key.name == "quote" { Some(text.to_owned()) } else { quote };
                let source = sibling(page, &path, &value, "source")?;
                return said(passage(desk, page, &source, &quote?)?, &value.span);
            }
            None
        }
        Place::Mention { mention, .. } => {
            let (word, about, _) = super::pages::WORDS.iter().find(|(word, ..)| *word == mention.word.0)?;
            said(format!("`{word}` prints {about}"), &mention.word.1)
        }
        Place::Key { .. } | Place::Nothing => None,
    }
}

/// The beginning of a rule's page.
fn page_of(rule: &rules::Rule) -> String {
    format!(
        "`{}` ({}, {} unless a project says otherwise)\n\n{}\n\n`factbrief explain {}` shows the page.",
        rule.name,
        rule.group.name(),
        rule.group.level().name(),
        schema::about(rule),
        rule.name
    )
}

/// A quotation in its paragraph, as it stands in an article.
fn passage(desk: &Desk<'_>, page: &Page, source: &str, quote: &str) -> Option<String> {
    let dossier = desk.dossier(page)?;
    let Some(Subject::Source(reference)) = dossier.find(source) else { return None };
    let entry = &dossier.sources[reference];
    let head = published(dossier, reference);
    let Some(article) = desk.article(page, source) else {
        let lock = desk.locks.get(&dossier.name)?;
        let hash = crate::text::find::Quotation::parse(quote).ok().map(|q| crate::text::hash::short(&q.text()))?;
        let proof = lock.proofs.values().find(|proof| proof.source == entry.id && proof.quote == hash);
        return Some(match proof {
            Some(proof) => {
                format!("{head}, line {}\n\nproved by the evidence lock; the article is not at hand", proof.line)
            }
            None => format!(
                "{head}\n\nnot proved: the article is not at hand, and the evidence lock does not know these words"
            ),
        });
    };
    let places = standings(&article, quote);
    if places.is_empty() {
        return Some(format!("{head}\n\nthe quotation does not stand in the article"));
    }
    Some(
        places
            .iter()
            .take(3)
            .map(|standing| format!("{head}, {}", shown(standing)))
            .collect::<Vec<_>>()
            .join("\n\n---\n\n"),
    )
}

/// A place of an article, with the quotation in bold.
fn shown(standing: &Standing) -> String {
    let how = if standing.exact { "word for word" } else { "after folding typography" };
    let before: Vec<char> = standing.before.chars().collect();
    let (lead, before) = match before.len().checked_sub(MOST) {
        Some(cut) if cut > 0 => ("… ", before.get(cut..).unwrap_or_default().iter().collect::<String>()),
        _ => ("", standing.before.clone()),
    };
    let mut after: String = standing.after.chars().take(MOST).collect();
    if after.len() < standing.after.len() {
        after.push_str(" …");
    }
    let spaced = |text: &str| (text.starts_with(' '), escape(&visible(text)), text.ends_with(' '));
    let (_, before, gap) = spaced(&before);
    let (next, after, _) = spaced(&after);
    let space = |wanted: bool| if wanted { " " } else { "" };
    format!(
        "line {}, found {how}\n\n> {lead}{before}{}**{}**{}{after}",
        standing.line,
        space(gap),
        escape(&visible(standing.words.trim())),
        space(next)
    )
}

/// A source in a line: who published it, what, and when.
fn published(dossier: &Dossier, source: crate::facts::table::Ref<crate::facts::dossier::Source>) -> String {
    let source = &dossier.sources[source];
    let publisher = source.publisher.as_ref().map_or("publisher unknown", |p| p.as_str());
    let title = source.title.as_ref().map(|t| format!(", “{}”", escape(&visible(t)))).unwrap_or_default();
    let date = source.published.as_ref().map(|d| format!(", {}", **d)).unwrap_or_default();
    format!("**{}**{title}{date}", escape(&visible(publisher)))
}

/// A record in words, with its quotations.
fn card(desk: &Desk<'_>, home: &Page, record: &Record, dossier: &str) -> String {
    let id = &record.id;
    let mut out = format!("{} `{}`", record.kind, visible(id));
    let loaded = desk.dossiers.get(dossier);
    let subject = loaded.and_then(|d| Some((d, d.find(id)?))).filter(|(d, s)| d.head(*s).kind == record.kind);
    let Some((dossier, subject)) = subject else {
        if !record.title.is_empty() {
            let _ = write!(out, "\n\n{}", escape(&visible(&record.title)));
        }
        let _ = write!(out, "\n\n{}", written(home, record));
        return out;
    };
    if std::ptr::eq(home, builtin()) {
        out.push_str(", built in");
    }
    let lines = words(dossier, subject);
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let _ = write!(out, "\n\n{line}");
    }
    for Quoted { citation, source, stands } in quoted(dossier, subject, desk.archive, desk.locks.get(&dossier.name)) {
        let head = published(dossier, *citation.source);
        let quote = escape(&visible(&citation.quote));
        let _ = match stands {
            Stands::Article(places) if places.is_empty() => {
                write!(out, "\n\n{head}\n\nthe quotation does not stand in the article:\n\n> {quote}")
            }
            Stands::Article(places) => match places.first() {
                Some(first) => write!(out, "\n\n{head}, {}", shown(first)),
                None => Ok(()),
            },
            Stands::Locked { line, .. } => {
                write!(out, "\n\n{head}, line {line}, by the evidence lock\n\n> **{quote}**")
            }
            Stands::Row => {
                let row = citation.row.as_ref().map_or(0, |row| row.row.number);
                write!(out, "\n\n{head}, row {row}\n\n> {quote}")
            }
            Stands::Unknown(why) => {
                write!(out, "\n\n{head} (`{}`): {}\n\n> {quote}", source.id, escape(&visible(&why)))
            }
        };
    }
    out
}

/// A record as it is written.
fn written(page: &Page, record: &Record) -> String {
    let text = own(page.file.text().get(record.span.clone()).unwrap_or_default());
    let shown = crate::text::gate::visible_lines(text);
    // a fence longer than any run of marks in it
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}toml\n{shown}\n{fence}")
}

/// What a record says, a line each; escaped.
fn words(d: &Dossier, subject: Subject) -> Vec<String> {
    let plain = |text: &str| escape(&visible(text));
    let actor = |r: crate::facts::table::Ref<crate::facts::dossier::Actor>| plain(&d.actors[r].name);
    let some = |label: &str, text: Option<String>| text.map(|text| format!("{label}{text}")).unwrap_or_default();
    let dated = |date: Option<&crate::facts::at::At<crate::facts::date::Date>>,
                 dating: Option<&crate::facts::dossier::Dating>| {
        let basis = dating.map(|dating| format!(" ({})", *dating.basis)).unwrap_or_default();
        date.map(|date| format!("{}{basis}", escape(&date.to_string()))).unwrap_or_default()
    };
    let named = |s: Subject| {
        let head = d.head(s);
        format!("{} `{}`", head.kind, head.id)
    };
    let list =
        |subjects: &[crate::facts::at::At<Subject>]| subjects.iter().map(|s| named(**s)).collect::<Vec<_>>().join(", ");
    match subject {
        Subject::Source(r) => {
            let source = &d.sources[r];
            let citing = d.cited().filter(|cited| cited.citations.iter().any(|c| *c.source == r)).count();
            let authors: Vec<&str> = source.authors.iter().map(|a| a.as_str()).collect();
            vec![
                published(d, r),
                some("by ", (!authors.is_empty()).then(|| plain(&authors.join("; ")))),
                some("", source.about.as_ref().map(|about| plain(about))),
                format!(
                    "reliability {}; cited by {citing} records; file `{}`",
                    source.grade,
                    visible(source.file_name())
                ),
            ]
        }
        Subject::Actor(r) => {
            let record = &d.actors[r];
            vec![
                format!("**{}**, {}", actor(r), *record.kind),
                some("", record.role.as_ref().map(|role| plain(role))),
                some("part of ", record.part_of.as_ref().map(|of| actor(**of))),
                some(
                    "also: ",
                    (!record.aliases.is_empty())
                        .then(|| plain(&record.aliases.iter().map(|a| a.as_str()).collect::<Vec<_>>().join("; "))),
                ),
                some("", record.about.as_ref().map(|about| plain(about))),
            ]
        }
        Subject::Place(r) => {
            let record = &d.places[r];
            vec![
                format!("**{}**", plain(&record.name)),
                some("in ", record.within.as_ref().map(|within| plain(&d.places[**within].name))),
                some(
                    "",
                    record.point.as_ref().map(|p| format!("{} north, {} east ({})", p.lat, p.lon, plain(&p.precision))),
                ),
            ]
        }
        Subject::Category(r) => {
            let record = &d.categories[r];
            vec![
                format!("**{}**", plain(&record.name)),
                some("part of ", record.within.as_ref().map(|within| plain(&d.categories[**within].name))),
            ]
        }
        Subject::Measure(r) => {
            let record = &d.measures[r];
            let counts = if record.counts_people { ", counts people: a claim says whom (`who`)" } else { "" };
            vec![
                format!("**{}**{counts}", plain(&record.name)),
                some("", record.about.as_ref().map(|about| plain(about))),
            ]
        }
        Subject::Event(r) => {
            let event = &d.events[r];
            let by: Vec<String> = event.by.iter().map(|by| actor(**by)).collect();
            vec![
                format!("**{}**", plain(&event.title)),
                dated(event.date.as_ref(), event.dating.as_ref()),
                some("in ", event.place.as_ref().map(|place| plain(&d.places[**place].name))),
                some("by ", (!by.is_empty()).then(|| by.join(", "))),
            ]
        }
        Subject::Claim(r) => {
            let claim = &d.claims[r];
            let who =
                claim.who.as_ref().map(|who| format!(", {}", plain(&d.categories[**who].name))).unwrap_or_default();
            let by = claim.by.as_ref().map_or_else(|| "nobody named".to_owned(), |by| actor(**by));
            let event = &d.events[*claim.event];
            let superseding = d.claims.iter().find(|(_, c)| c.supersedes.as_ref().is_some_and(|s| **s == r));
            vec![
                format!("**{}** {}{who}", escape(&claim.value.to_string()), plain(&d.measures[*claim.measure].name)),
                format!("{} ({})", plain(&event.title), dated(event.date.as_ref(), event.dating.as_ref())),
                format!("according to {by}{}", some(", ", claim.hedge.as_ref().map(|h| plain(h)))),
                some("covers ", claim.covers.as_ref().map(|covers| plain(covers))),
                some(
                    "",
                    (claim.scope != crate::facts::vocabulary::Scope::Total).then(|| format!("scope: {}", claim.scope)),
                ),
                some(
                    "",
                    (claim.rank != crate::facts::vocabulary::Rank::Normal).then(|| format!("rank: {}", claim.rank)),
                ),
                some("superseded by ", superseding.map(|(_, newer)| format!("`{}`", newer.id))),
            ]
        }
        Subject::Position(r) => {
            let position = &d.positions[r];
            vec![
                format!("**{}** {} {}", actor(*position.actor), *position.stance, named(*position.toward)),
                dated(position.date.as_ref(), position.dating.as_ref()),
                some("", position.said.as_ref().map(|said| format!("“{}”", plain(said)))),
                some("", position.venue.as_ref().map(|venue| plain(venue))),
            ]
        }
        Subject::Background(r) => {
            let record = &d.backgrounds[r];
            vec![
                plain(&record.text),
                some("according to ", record.by.as_ref().map(|by| actor(**by))),
                dated(record.date.as_ref(), record.dating.as_ref()),
            ]
        }
        Subject::Discrepancy(r) => {
            let record = &d.discrepancies[r];
            vec![format!("{} between {}", *record.kind, list(&record.between)), plain(&record.handling)]
        }
        Subject::Gap(r) => {
            let record = &d.gaps[r];
            vec![plain(&record.question), some("", record.why.as_ref().map(|why| plain(why)))]
        }
        Subject::Assessment(r) => {
            let record = &d.assessments[r];
            vec![
                format!("{}: {}", *record.kind, plain(&record.text)),
                some("confidence: ", record.confidence.as_ref().map(|c| (**c).to_string())),
                format!("rests on {}", list(&record.rests_on)),
            ]
        }
        Subject::Change(r) => {
            let record = &d.changes[r];
            vec![format!("{} of {}", *record.kind, list(&record.affects)), plain(&record.text)]
        }
    }
}
