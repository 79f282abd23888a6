//! A mapping: which columns of a table make which records, and how their cells are read.
//!
//! It is applied to a row in one place ([`Mapping::draft`]), when a table is imported and whenever the imported rows are
//! loaded, so that the two cannot differ.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeValue;

use super::document::{self, Keys};
use super::records::RawForm;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::figure::Figure;
use crate::facts::row::{Exactness, Reads, Row, TableForm, Unread};
use crate::facts::table::{MAX_ID, is_id};
use crate::facts::vocabulary::ActorKind;
use crate::text::file::TextFile;
use crate::text::gate;
use crate::text::hash;
use crate::text::nearest::nearest;

/// Mappings that come with the program, by name.
pub const SHIPPED: &[(&str, &str)] =
    &[("acled", include_str!("mappings/acled.toml")), ("ged", include_str!("mappings/ged.toml"))];

/// The longest id of a source that is a table: the ids of its records begin with it.
pub const MAX_SOURCE: usize = 16;

/// A text with the names of columns in it: `{side_a} and {side_b}`.
#[derive(Debug, Clone)]
struct Template {
    span: Range<usize>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Words(String),
    Column(String),
}

impl Template {
    fn parse(at: &At<String>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = at.as_str();
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or("an opening brace is not closed")?;
            if open > 0 {
                parts.push(Part::Words(rest[..open].to_owned()));
            }
            let name = &rest[open + 1..open + close];
            if name.trim().is_empty() {
                return Err("braces name a column".to_owned());
            }
            parts.push(Part::Column(name.to_owned()));
            rest = &rest[open + close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest.to_owned()));
        }
        Ok(Self { span: at.span().clone(), parts })
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::Column(name) = part { Some(name.as_str()) } else { None })
    }

    /// The text for a row, its spaces folded; empty where none of its columns says anything.
    fn fill(&self, form: &TableForm, row: &Row) -> String {
        let mut out = String::new();
        let (mut columns, mut told) = (0, 0);
        for part in &self.parts {
            match part {
                Part::Words(words) => out.push_str(words),
                Part::Column(name) => {
                    columns += 1;
                    let cell = row.cell(name).unwrap_or_default();
                    if !form.is_missing(cell) {
                        told += 1;
                        out.push_str(cell);
                    }
                }
            }
        }
        if columns > 0 && told == 0 {
            return String::new();
        }
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first column, to which a fault of the whole is put down.
    fn first(&self) -> &str {
        self.columns().next().unwrap_or_default()
    }
}

/// Rows that are imported: those whose cell is one of `is`, or none of `not`.
#[derive(Debug, Clone)]
struct Filter {
    column: At<String>,
    is: Vec<String>,
    not: Vec<String>,
}

/// What of a row makes a place.
#[derive(Debug, Clone)]
struct PlaceRule {
    name: Template,
    within: Option<Template>,
    lat: Option<At<String>>,
    lon: Option<At<String>>,
    precision: Option<Template>,
}

#[derive(Debug, Clone)]
struct EventRule {
    title: Template,
    kind: Template,
    kinds: BTreeMap<String, String>,
    date: Arc<Reads>,
    date_span: Range<usize>,
    place: Option<PlaceRule>,
    by: Option<Template>,
    with: Option<Template>,
    against: Option<Template>,
    quote: Vec<At<String>>,
}

/// A claim that each row makes which has a figure for it.
#[derive(Debug, Clone)]
pub struct ClaimRule {
    /// What the id of the claim ends with.
    pub id: String,
    /// The measure's id.
    pub measure: At<String>,
    /// The category's id.
    pub who: Option<At<String>>,
    /// What is read.
    pub reads: Arc<Reads>,
    by: Option<Template>,
    quote: Vec<At<String>>,
    span: Range<usize>,
}

/// Who gives the figures of rows that name nobody else: the data set.
#[derive(Debug, Clone)]
pub struct Claimant {
    /// The actor's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
}

/// What is known of the table as a publication.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Its title.
    pub title: Option<String>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Where.
    pub url: Option<String>,
    /// The language its cells are in.
    pub language: Option<String>,
    /// What it is, in a line.
    pub about: Option<String>,
}

/// A mapping.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Its file.
    pub file: Arc<TextFile>,
    /// SHA-256 of its text.
    pub sha256: String,
    /// How cells are written.
    pub form: TableForm,
    /// The column that names a row in every edition of the table.
    pub key: Option<At<String>>,
    /// What is known of the table.
    pub published: Published,
    /// Who gives its figures, where a row names nobody else.
    pub claimant: Claimant,
    filters: Vec<Filter>,
    left_out: BTreeMap<String, String>,
    event: EventRule,
    claims: Vec<ClaimRule>,
}

/// A place of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceDraft {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The place around it: id and name.
    pub within: Option<(String, String)>,
    /// Where it lies: degrees north and east, and how exact that is.
    pub point: Option<(f64, f64, String)>,
}

/// An actor that a row names: id and name.
pub type ActorDraft = (String, String);

/// A claim of a row.
#[derive(Debug, Clone)]
pub struct ClaimDraft {
    /// Its id.
    pub id: String,
    /// The place of its rule.
    pub rule: usize,
    /// The figure.
    pub value: Figure,
    /// Who gives it, where the row names somebody.
    pub by: Option<ActorDraft>,
}

/// The records that a row makes.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The event's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// When it was.
    pub date: Option<Date>,
    /// Where it was.
    pub place: Option<PlaceDraft>,
    /// Who did it.
    pub by: Vec<ActorDraft>,
    /// With whom.
    pub with: Vec<ActorDraft>,
    /// Against whom.
    pub against: Vec<ActorDraft>,
    /// Its figures.
    pub claims: Vec<ClaimDraft>,
}

#[derive(Deserialize)]
struct RawTable {
    key: Option<At<String>>,
    delimiter: Option<At<String>>,
    encoding: Option<At<String>>,
    decimal: Option<At<String>>,
    thousands: Option<At<String>>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    dates: Vec<At<String>>,
}

impl Keys for RawTable {
    const KEYS: &'static [&'static str] = &["key", "delimiter", "encoding", "decimal", "thousands", "missing", "dates"];
}

#[derive(Deserialize)]
struct RawPublished {
    title: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    language: Option<String>,
    about: Option<String>,
}

impl Keys for RawPublished {
    const KEYS: &'static [&'static str] = &["title", "publisher", "url", "language", "about"];
}

#[derive(Deserialize)]
struct RawClaimant {
    id: Option<At<String>>,
    name: Option<At<String>>,
    kind: Option<At<ActorKind>>,
}

impl Keys for RawClaimant {
    const KEYS: &'static [&'static str] = &["id", "name", "kind"];
}

#[derive(Deserialize)]
struct RawWhere {
    column: Option<At<String>>,
    #[serde(default)]
    is: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

impl Keys for RawWhere {
    const KEYS: &'static [&'static str] = &["column", "is", "not"];
}

#[derive(Deserialize)]
struct RawLeftOut {
    key: Option<At<String>>,
    why: Option<At<String>>,
}

impl Keys for RawLeftOut {
    const KEYS: &'static [&'static str] = &["key", "why"];
}

#[derive(Deserialize)]
struct RawDate {
    column: Option<String>,
    from: Option<String>,
    to: Option<String>,
    precision: Option<String>,
    #[serde(default)]
    exactness: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawPlace {
    name: At<String>,
    within: Option<At<String>>,
    lat: Option<At<String>>,
    lon: Option<At<String>>,
    precision: Option<At<String>>,
}

#[derive(Deserialize)]
struct RawEvent {
    title: Option<At<String>>,
    kind: Option<At<String>>,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
    date: Option<At<RawDate>>,
    place: Option<At<RawPlace>>,
    by: Option<At<String>>,
    with: Option<At<String>>,
    against: Option<At<String>>,
    #[serde(default)]
    quote: Vec<At<String>>,
}

impl Keys for RawEvent {
    const KEYS: &'static [&'static str] =
        &["title", "kind", "kinds", "date", "place", "by", "with", "against", "quote"];
}

#[derive(Deserialize)]
struct RawClaim {
    id: Option<At<String>>,
    measure: Option<At<String>>,
    who: Option<At<String>>,
    value: Option<At<String>>,
    low: Option<At<String>>,
    best: Option<At<String>>,
    high: Option<At<String>>,
    #[serde(default)]
    decimals: bool,
    by: Option<At<String>>,
    #[serde(default)]
    quote: Vec<At<String>>,
}

impl Keys for RawClaim {
    const KEYS: &'static [&'static str] =
        &["id", "measure", "who", "value", "low", "best", "high", "decimals", "by", "quote"];
}

/// The parts of a mapping.
const PARTS: &[&str] = &["table", "source", "claimant", "where", "left_out", "event", "claim"];

/// What is wrong with a mapping, all of it.
struct Reading<'f> {
    file: &'f Arc<TextFile>,
    findings: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn wrong(&mut self, span: &Range<usize>, title: &str, says: impl Into<String>) {
        self.findings.push(Diagnostic::new("mapping", title).at(self.file, span, says));
    }

    fn part<T: serde::de::DeserializeOwned + Keys>(
        &mut self,
        what: &str,
        key: &Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<T> {
        match document::read(self.file, key, what, value) {
            Ok(part) => Some(part),
            Err(mut finding) => {
                finding.code = "mapping";
                self.findings.push(*finding);
                None
            }
        }
    }

    fn template(&mut self, at: Option<&At<String>>) -> Option<Template> {
        let at = at?;
        match Template::parse(at) {
            Ok(template) => Some(template),
            Err(why) => {
                self.wrong(at.span(), "a text with columns cannot be read", why);
                None
            }
        }
    }

    fn lacks(&mut self, part: &str, span: &Range<usize>, keys: &[(&str, bool)]) {
        let missing: Vec<String> =
            keys.iter().filter(|(_, absent)| *absent).map(|(key, _)| format!("`{key}`")).collect();
        if !missing.is_empty() {
            self.wrong(
                span,
                &format!("`{part}` of this mapping is not complete"),
                format!("lacks {}", missing.join(", ")),
            );
        }
    }
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn parse(file: &Arc<TextFile>) -> Result<Self, Vec<Diagnostic>> {
        let document = document::parse(file)?;
        let mut r = Reading { file, findings: Vec::new() };
        let (mut table, mut published, mut claimant, mut event) = (None, None, None, None);
        let (mut filters, mut left_out, mut claims) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut seen: Vec<&str> = Vec::new();
        for (key, value) in &document.table {
            let span = key.span();
            let name: &str = key.as_ref();
            let Some(part) = PARTS.iter().find(|part| **part == name) else {
                let guess = nearest(name, PARTS.iter().copied());
                r.findings.push(
                    Diagnostic::new("mapping", format!("`{}` is no part of a mapping", gate::visible(name)))
                        .at(file, &span, "not known")
                        .help_if(guess.map(|g| format!("did you mean `{g}`?")))
                        .help(format!("the parts are: {}", PARTS.join(", "))),
                );
                continue;
            };
            seen.push(part);
            let list: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
                DeValue::Array(items) => items.iter().collect(),
                _ => vec![value],
            };
            match name {
                "table" => table = r.part::<RawTable>("table", &span, value).map(|raw| (raw, span)),
                "source" => published = r.part::<RawPublished>("source", &span, value),
                "claimant" => claimant = r.part::<RawClaimant>("claimant", &span, value).map(|raw| (raw, span)),
                "event" => event = r.part::<RawEvent>("event", &span, value).map(|raw| (raw, span)),
                "where" => {
                    for one in list {
                        let Some(raw) = r.part::<RawWhere>("where", &span, one) else { continue };
                        r.lacks("where", &one.span(), &[("column", raw.column.is_none())]);
                        if raw.is.is_empty() == raw.not.is_empty() {
                            r.wrong(&one.span(), "this filter says nothing, or two things", "give `is` or `not`");
                        }
                        if let Some(column) = raw.column {
                            filters.push(Filter { column, is: raw.is, not: raw.not });
                        }
                    }
                }
                "left_out" => {
                    for one in list {
                        let Some(raw) = r.part::<RawLeftOut>("left_out", &span, one) else { continue };
                        let told = raw.why.as_ref().is_some_and(|why| !why.trim().is_empty());
                        r.lacks("left_out", &one.span(), &[("key", raw.key.is_none()), ("why", !told)]);
                        if let (Some(key), Some(why)) = (raw.key, raw.why) {
                            left_out.insert(key.to_string(), why.to_string());
                        }
                    }
                }
                _ => {
                    for one in list {
                        let place = one.span();
                        claims.extend(r.part::<RawClaim>("claim", &span, one).map(|raw| (raw, place)));
                    }
                }
            }
        }
        for part in ["table", "claimant", "event"] {
            if !seen.contains(&part) {
                r.wrong(&(0..0), "this mapping is not complete", format!("lacks `[{part}]`"));
            }
        }
        let form_and_key = table.and_then(|(raw, span)| {
            let stated =
                |key: &Option<At<String>>, says: &str| key.as_ref().map(|at| (says.to_owned(), at.span().clone()));
            let mut places: Vec<(String, Range<usize>)> = [
                stated(&raw.delimiter, "`delimiter`"),
                stated(&raw.thousands, "`thousands`"),
                stated(&raw.decimal, "`decimal`"),
                stated(&raw.encoding, "is no encoding"),
            ]
            .into_iter()
            .flatten()
            .collect();
            let dates = raw.dates.iter();
            places.extend(dates.map(|form| (format!("`{}` is no form", gate::visible(form)), form.span().clone())));
            let form = RawForm {
                delimiter: raw.delimiter.map(At::into_inner),
                encoding: raw.encoding.map(At::into_inner),
                decimal: raw.decimal.map(At::into_inner),
                thousands: raw.thousands.map(At::into_inner),
                missing: raw.missing,
                dates: raw.dates.into_iter().map(At::into_inner).collect(),
            };
            match form.resolve() {
                Ok(form) => Some((form, raw.key)),
                Err(wrong) => {
                    for text in wrong {
                        let place = places.iter().find(|(says, _)| text.contains(says.as_str()));
                        let span = place.map_or(&span, |(_, span)| span);
                        r.wrong(span, "how cells are written cannot be told", text);
                    }
                    None
                }
            }
        });
        let claimant = claimant.and_then(|(raw, span)| {
            r.lacks(
                "claimant",
                &span,
                &[("id", raw.id.is_none()), ("name", raw.name.is_none()), ("kind", raw.kind.is_none())],
            );
            let (id, name, kind) = (raw.id?, raw.name?, raw.kind?);
            if !is_id(&id) {
                r.wrong(
                    id.span(),
                    "a claimant cannot have this id",
                    "an id has lower-case letters, digits and hyphens",
                );
                return None;
            }
            if name.trim().is_empty() {
                r.wrong(name.span(), "a claimant has a name", "empty");
                return None;
            }
            Some(Claimant { id: id.into_inner(), name: name.into_inner(), kind: kind.into_inner() })
        });
        let event = event.and_then(|(raw, span)| event_rule(&mut r, raw, &span));
        let claims: Vec<ClaimRule> =
            claims.into_iter().filter_map(|(raw, span)| claim_rule(&mut r, raw, &span)).collect();
        for (i, claim) in claims.iter().enumerate() {
            if claims[..i].iter().any(|other| other.id == claim.id) {
                r.wrong(&claim.span, "two claims have one id", format!("`{}` again", claim.id));
            }
        }
        if !left_out.is_empty() && form_and_key.as_ref().is_some_and(|(_, key)| key.is_none()) {
            r.wrong(&(0..0), "rows are left out by their key", "`[table]` names no `key`");
        }
        let (Some((form, key)), Some(claimant), Some(event), true) =
            (form_and_key, claimant, event, r.findings.is_empty())
        else {
            return Err(r.findings);
        };
        let known = published.as_ref().is_none_or(|p| {
            let named = [&p.publisher, &p.title].into_iter().flatten().any(|name| *name == claimant.name);
            named || p.publisher.is_none()
        });
        if !known {
            let title = "the claimant is neither the publisher nor the table";
            return Err(vec![
                Diagnostic::new("mapping", title)
                    .at(file, &(0..0), format!("`claimant.name` is \"{}\"", gate::visible(&claimant.name)))
                    .note("the figures of rows that name nobody are those of whoever publishes the table, by the name of `source.publisher` or `source.title`")
                    .help("write the same name in both places"),
            ]);
        }
        let mut published = published.map_or_else(Published::default, |raw| Published {
            title: raw.title,
            publisher: raw.publisher,
            url: raw.url,
            language: raw.language,
            about: raw.about,
        });
        published.publisher.get_or_insert_with(|| claimant.name.clone());
        Ok(Self {
            file: Arc::clone(file),
            sha256: hash::sha256(file.text().as_bytes()),
            form,
            key,
            published,
            claimant,
            filters,
            left_out,
            event,
            claims,
        })
    }

    /// The rules of its claims.
    #[must_use]
    pub fn claims(&self) -> &[ClaimRule] {
        &self.claims
    }

    /// Every column it names, with the place where it does, in the order of its parts.
    fn named(&self) -> Vec<(&str, &Range<usize>)> {
        let mut found: Vec<(&str, &Range<usize>)> = Vec::new();
        found.extend(self.key.iter().map(|key| (key.as_str(), key.span())));
        found.extend(self.filters.iter().map(|filter| (filter.column.as_str(), filter.column.span())));
        let event = &self.event;
        let mut templates: Vec<&Template> = vec![&event.title, &event.kind];
        if let Some(place) = &event.place {
            templates.push(&place.name);
            templates.extend(place.within.iter().chain(&place.precision));
            found.extend(place.lat.iter().chain(&place.lon).map(|at| (at.as_str(), at.span())));
        }
        templates.extend([&event.by, &event.with, &event.against].into_iter().flatten());
        templates.extend(self.claims.iter().filter_map(|claim| claim.by.as_ref()));
        for template in templates {
            found.extend(template.columns().map(|column| (column, &template.span)));
        }
        found.extend(event.date.columns().map(|column| (column, &event.date_span)));
        for claim in &self.claims {
            found.extend(claim.reads.columns().map(|column| (column, &claim.span)));
        }
        let quoted = event.quote.iter().chain(self.claims.iter().flat_map(|claim| &claim.quote));
        found.extend(quoted.map(|at| (at.as_str(), at.span())));
        found
    }

    /// The columns that its records rest on, each once, in the order of the table.
    #[must_use]
    pub fn columns(&self, header: &[String]) -> Vec<String> {
        let named = self.named();
        header.iter().filter(|column| named.iter().any(|(name, _)| name == column)).cloned().collect()
    }

    /// Holds the columns it names against those of a table.
    ///
    /// # Errors
    /// Every column that the table lacks, with the nearest that it has.
    pub fn bind(&self, header: &[String]) -> Result<(), Box<Diagnostic>> {
        let mut finding: Option<Diagnostic> = None;
        let mut told: Vec<&str> = Vec::new();
        for (name, span) in self.named() {
            if header.iter().any(|column| column == name) || told.contains(&name) {
                continue;
            }
            told.push(name);
            let same = header.iter().find(|column| column.eq_ignore_ascii_case(name)).map(String::as_str);
            let guess = same.or_else(|| nearest(name, header.iter().map(String::as_str)));
            let guess = guess.map(|g| format!("; did you mean `{}`?", gate::visible(g))).unwrap_or_default();
            let base = finding.take().unwrap_or_else(|| {
                Diagnostic::new("mapping", "the mapping names columns that the table does not have")
            });
            finding = Some(base.at(&self.file, span, format!("no column `{}`{guess}", gate::visible(name))));
        }
        match finding {
            Some(finding) => {
                let known: Vec<String> = header.iter().map(|column| gate::visible(column)).collect();
                Err(Box::new(finding.help(format!("the table has: {}", known.join(", ")))))
            }
            None => Ok(()),
        }
    }

    /// Why a row is left out on purpose; nothing, where it is not.
    #[must_use]
    pub fn leaves_out(&self, row: &Row) -> Option<String> {
        for filter in &self.filters {
            let cell = row.cell(&filter.column).unwrap_or_default().trim();
            let wanted = if filter.is.is_empty() {
                !filter.not.iter().any(|known| known == cell)
            } else {
                filter.is.iter().any(|known| known == cell)
            };
            if !wanted {
                return Some(format!("`{}` is \"{}\"", filter.column.as_str(), gate::visible(cell)));
            }
        }
        let key = row.cell(self.key.as_ref()?)?.trim();
        self.left_out.get(key).cloned()
    }

    /// The places of the cells that the event of a row rests on, among `columns`.
    #[must_use]
    pub fn event_cells(&self, columns: &[String]) -> Arc<[usize]> {
        let event = &self.event;
        let mut names: Vec<&str> = Vec::new();
        names.extend(event.title.columns().chain(event.kind.columns()));
        if let Some(place) = &event.place {
            names.extend(place.name.columns());
            names.extend(place.within.iter().chain(&place.precision).flat_map(Template::columns));
            names.extend(place.lat.iter().chain(&place.lon).map(|at| at.as_str()));
        }
        names.extend([&event.by, &event.with, &event.against].into_iter().flatten().flat_map(Template::columns));
        names.extend(event.date.columns());
        names.extend(event.quote.iter().map(|at| at.as_str()));
        self.places(columns, &names)
    }

    /// The places of the cells that a claim of a row rests on, among `columns`.
    #[must_use]
    pub fn claim_cells(&self, rule: usize, columns: &[String]) -> Arc<[usize]> {
        let Some(claim) = self.claims.get(rule) else { return Arc::from([]) };
        let mut names: Vec<&str> = claim.reads.columns().collect();
        names.extend(claim.by.iter().flat_map(Template::columns));
        names.extend(claim.quote.iter().map(|at| at.as_str()));
        self.places(columns, &names)
    }

    fn places(&self, columns: &[String], names: &[&str]) -> Arc<[usize]> {
        let key = self.key.as_ref().map(|key| key.as_str());
        let wanted = |column: &&String| key == Some(column.as_str()) || names.contains(&column.as_str());
        columns.iter().enumerate().filter(|(_, column)| wanted(column)).map(|(i, _)| i).collect()
    }

    /// What the date of an event is read from.
    #[must_use]
    pub fn date(&self) -> &Arc<Reads> {
        &self.event.date
    }

    /// The records that a row makes.
    ///
    /// # Errors
    /// Every cell that cannot be read, and why.
    pub fn draft(&self, source: &str, row: &Row) -> Result<Draft, Vec<Unread>> {
        let mut wrong: Vec<Unread> = Vec::new();
        for (column, cell) in row.cells() {
            if let Some((_, c)) = gate::hidden(cell).first() {
                wrong.push(Unread::new(column, cell, format!("holds the hidden character {}", gate::code_point(*c))));
            }
        }
        let form = &self.form;
        let name = match &self.key {
            Some(key) => {
                let cell = row.cell(key).unwrap_or_default().trim();
                if cell.is_empty() {
                    wrong.push(Unread::new(key, cell, "this row has no key"));
                }
                slug(cell)
            }
            None => format!("r{}", row.number),
        };
        let id = format!("{source}-{name}");
        let longest = self.claims.iter().map(|claim| claim.id.len() + 1).max().unwrap_or_default();
        if let Some(key) = self.key.as_ref().filter(|_| name.is_empty() || id.len() + longest > MAX_ID) {
            let cell = row.cell(key).unwrap_or_default();
            if !cell.trim().is_empty() {
                wrong.push(Unread::new(key, cell, "makes no id: it has no letter or digit of ASCII, or too many"));
            }
        }
        let event = &self.event;
        let title = event.title.fill(form, row);
        if title.is_empty() {
            wrong.push(Unread::new(event.title.first(), "", "leaves the title empty"));
        }
        let mut kind = event.kind.fill(form, row);
        if !event.kinds.is_empty() {
            match event.kinds.get(&kind) {
                Some(word) => kind.clone_from(word),
                None => wrong.push(Unread::new(event.kind.first(), &kind, "is not among the `kinds` of the mapping")),
            }
        } else if kind.is_empty() {
            wrong.push(Unread::new(event.kind.first(), "", "leaves the kind empty"));
        }
        let date = event.date.date(form, row).unwrap_or_else(|unread| {
            wrong.push(unread);
            None
        });
        let place = event.place.as_ref().and_then(|rule| self.place(source, rule, row, &mut wrong));
        let actors = |template: &Option<Template>| -> Vec<ActorDraft> {
            let names = template.as_ref().map(|template| template.fill(form, row)).filter(|name| !name.is_empty());
            names.map(|name| (named(source, "by", &name, &name), name)).into_iter().collect()
        };
        let mut claims = Vec::new();
        for (rule, claim) in self.claims.iter().enumerate() {
            match claim.reads.figure(form, row) {
                Ok(Some(value)) => claims.push(ClaimDraft {
                    id: format!("{id}-{}", claim.id),
                    rule,
                    value,
                    by: actors(&claim.by).into_iter().next(),
                }),
                Ok(None) => {}
                Err(unread) => wrong.push(unread),
            }
        }
        wrong.dedup();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let (by, with, against) = (actors(&event.by), actors(&event.with), actors(&event.against));
        Ok(Draft { id, title, kind, date, place, by, with, against, claims })
    }

    fn place(&self, source: &str, rule: &PlaceRule, row: &Row, wrong: &mut Vec<Unread>) -> Option<PlaceDraft> {
        let form = &self.form;
        let name = rule.name.fill(form, row);
        if name.is_empty() {
            return None;
        }
        let mut degrees = |column: &Option<At<String>>, most: f64| -> Option<f64> {
            let column = column.as_ref()?;
            let cell = row.cell(column).unwrap_or_default().trim();
            if form.is_missing(cell) {
                return None;
            }
            let plain = cell.replacen(form.decimal, ".", 1);
            let decimal = plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
            match plain.parse::<f64>().ok().filter(|n| decimal && n.abs() <= most) {
                Some(n) => Some(n),
                None => {
                    wrong.push(Unread::new(column, cell, format!("is no degree between -{most} and {most}")));
                    None
                }
            }
        };
        let (lat, lon) = (degrees(&rule.lat, 90.0), degrees(&rule.lon, 180.0));
        let precision = rule.precision.as_ref().map(|p| p.fill(form, row)).unwrap_or_default();
        let point = match (lat, lon) {
            (Some(lat), Some(lon)) => Some((lat, lon, precision)),
            _ => None,
        };
        let within =
            rule.within.as_ref().map(|t| t.fill(form, row)).filter(|outer| !outer.is_empty() && *outer != name);
        let within = within.map(|outer| (named(source, "in", &outer, &outer), outer));
        let told = format!("{name}\n{point:?}\n{within:?}");
        Some(PlaceDraft { id: named(source, "at", &name, &told), name, within, point })
    }
}

fn event_rule(r: &mut Reading<'_>, raw: RawEvent, span: &Range<usize>) -> Option<EventRule> {
    r.lacks("event", span, &[("title", raw.title.is_none()), ("kind", raw.kind.is_none())]);
    let (title, kind) = (r.template(raw.title.as_ref()), r.template(raw.kind.as_ref()));
    let mut date = Reads::default();
    let mut date_span = span.clone();
    if let Some(at) = raw.date {
        date_span = at.span().clone();
        let raw = at.into_inner();
        if raw.column.is_some() == raw.from.is_some() {
            r.wrong(&date_span, "a date stands in one column, or begins in one", "give `column`, or `from` and `to`");
        }
        if raw.precision.is_some() == raw.exactness.is_empty() {
            r.wrong(
                &date_span,
                "a precision needs to be told apart",
                "give `precision`, the column, and `exactness`, what its cells say, or neither",
            );
        }
        for (code, word) in &raw.exactness {
            match Exactness::of(word) {
                Some(exact) => date.exactness.push((code.clone(), exact)),
                None => {
                    let guess = nearest(word, Exactness::WORDS.iter().copied());
                    let guess = guess.map(|g| format!("did you mean `{g}`? ")).unwrap_or_default();
                    let known = Exactness::WORDS.join(", ");
                    r.wrong(
                        &date_span,
                        "a date is not so exact",
                        format!("`{}`: {guess}(known: {known})", gate::visible(word)),
                    );
                }
            }
        }
        date.date = raw.column.or(raw.from);
        date.to = raw.to;
        date.precision = raw.precision;
    }
    let place = raw.place.and_then(|at| {
        let raw = at.into_inner();
        if raw.lat.is_some() != raw.lon.is_some() {
            r.wrong(raw.name.span(), "a point has two degrees", "give `lat` and `lon`, or neither");
        }
        let (name, within) = (r.template(Some(&raw.name))?, r.template(raw.within.as_ref()));
        Some(PlaceRule { name, within, lat: raw.lat, lon: raw.lon, precision: r.template(raw.precision.as_ref()) })
    });
    let (by, with, against) =
        (r.template(raw.by.as_ref()), r.template(raw.with.as_ref()), r.template(raw.against.as_ref()));
    let (kinds, quote) = (raw.kinds, raw.quote);
    Some(EventRule {
        title: title?,
        kind: kind?,
        kinds,
        date: Arc::new(date),
        date_span,
        place,
        by,
        with,
        against,
        quote,
    })
}

fn claim_rule(r: &mut Reading<'_>, raw: RawClaim, span: &Range<usize>) -> Option<ClaimRule> {
    let read = raw.value.is_some() || raw.low.is_some() || raw.best.is_some() || raw.high.is_some();
    r.lacks("claim", span, &[("id", raw.id.is_none()), ("measure", raw.measure.is_none()), ("value", !read)]);
    if let Some(value) = raw.value.as_ref().filter(|_| raw.low.is_some() || raw.best.is_some() || raw.high.is_some()) {
        r.wrong(
            value.span(),
            "a claim is read from one column or from bounds",
            "give `value`, or `low`, `best` and `high`",
        );
    }
    let by = r.template(raw.by.as_ref());
    if let Some(by) = by.as_ref().filter(|by| !matches!(by.parts.as_slice(), [Part::Column(_)])) {
        // the name has to stand in the row, or nobody could hold it against the table
        r.wrong(&by.span, "a claimant is named by one column", "write it alone: `by = \"{COLUMN}\"`");
    }
    let id = raw.id?;
    if !is_id(&id) || id.len() > 24 {
        let says = "at most 24 lower-case letters, digits and hyphens, a letter first";
        r.wrong(id.span(), "a claim cannot have this id", says);
        return None;
    }
    let name = |at: Option<At<String>>| at.map(At::into_inner);
    let reads = Reads {
        value: name(raw.value.or(raw.best)),
        low: name(raw.low),
        high: name(raw.high),
        decimals: raw.decimals,
        ..Reads::default()
    };
    Some(ClaimRule {
        id: id.into_inner(),
        measure: raw.measure?,
        who: raw.who,
        reads: Arc::new(reads),
        by,
        quote: raw.quote,
        span: span.clone(),
    })
}

/// A text as part of an id: lower-case ASCII letters and digits, the rest as hyphens.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    while out.ends_with('-') {
        out.pop();
    }
    out
}

/// The id of an actor or place that rows name: readable at its start, told from every other at its end.
fn named(source: &str, what: &str, name: &str, told: &str) -> String {
    let mut readable = slug(name);
    readable.truncate(24);
    let readable = readable.trim_end_matches('-');
    let mark: String = hash::short(told).chars().take(8).collect();
    if readable.is_empty() { format!("{source}-{what}-{mark}") } else { format!("{source}-{what}-{readable}-{mark}") }
}
