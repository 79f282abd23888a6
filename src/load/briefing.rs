//! What to print: `briefings/<slug>.toml`.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeValue;

use super::document::{self, Keys};
use super::project::Paper;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{Dossier, Event};
use crate::facts::table::{Ref, is_id};
use crate::facts::vocabulary::Tlp;
use crate::text::file::TextFile;
use crate::text::nearest::nearest;

/// A briefing as its file asks for it, not yet held against a dossier.
#[derive(Debug)]
pub struct Request {
    /// The file's name without its ending: the name of what is printed.
    pub slug: String,
    /// The file.
    pub file: Arc<TextFile>,
    /// The kind of briefing: a folder under `templates/`.
    pub kind: At<String>,
    /// The dossier it is printed from.
    pub dossier: Option<At<String>>,
    /// Its title.
    pub title: At<String>,
    /// What it is about, in a line.
    pub subject: Option<At<String>>,
    /// For whom it is written.
    pub audience: Option<At<String>>,
    /// The day it describes the state of knowledge of.
    pub as_of: At<Date>,
    /// Its number in a series.
    pub issue: u32,
    /// Where that number is written, if it is.
    pub issue_span: Option<std::ops::Range<usize>>,
    /// Its handling, where it differs from the project's.
    pub tlp: Option<At<Tlp>>,
    /// What is handled more strictly than this is left out.
    pub max_tlp: Option<At<Tlp>>,
    /// Its language, where it differs from the project's.
    pub language: Option<At<String>>,
    /// Its paper, where it differs from the project's.
    pub paper: Option<Paper>,
    /// Its citation style, where it differs from the project's: a name, or the path of a `.csl` file of the project.
    pub style: Option<At<String>>,
    /// The events it is about; none for the whole dossier.
    pub events: Vec<At<String>>,
    /// Its bottom line: Markdown with references to records.
    pub bottom_line: Option<At<String>>,
    /// The analyst's account: paragraphs of the same form.
    pub situation: Option<At<String>>,
    /// Why two events must not be held against each other, in the same form.
    pub not_comparable: Option<At<String>>,
    /// How many rows of an imported table it shows for what is counted.
    pub rows: Option<At<u32>>,
    /// Whether its PDF carries the records it rests on, so that it can be verified without the project.
    pub evidence: bool,
}

/// What to print, from which facts, as of which day.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawBriefing {
    /// The kind of briefing: one that is shipped (`factbrief template list` names them), or a folder under templates/.
    #[schemars(extend("x-names" = "kind"))]
    kind: Option<At<String>>,
    /// The dossier it is printed from, where the project has several: a folder under seeds/.
    #[schemars(extend("x-names" = "dossier"))]
    dossier: Option<At<String>>,
    /// Its title.
    title: Option<At<String>>,
    /// What it is about, in a line.
    subject: Option<At<String>>,
    /// For whom it is written, in a line.
    audience: Option<At<String>>,
    /// The day whose state of knowledge it gives, as "2015-02-18". What was published later is not seen.
    #[schemars(extend("pattern" = "^-?[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}(Z|[+-][0-9:]{5})?)?[?~%]?$", "examples" = ["2015-02-18"]))]
    as_of: Option<At<Date>>,
    /// Its number in a series; 1, if left out.
    #[schemars(range(min = 1))]
    issue: Option<At<u32>>,
    /// Its handling label (Traffic Light Protocol 2.0); the project's, if left out.
    tlp: Option<At<Tlp>>,
    /// What is handled more strictly than this is left out; if left out, nothing is.
    max_tlp: Option<At<Tlp>>,
    /// Its language (BCP 47), as "fr"; the project's, if left out.
    #[schemars(extend("x-names" = "language"))]
    language: Option<At<String>>,
    /// Its paper; the project's, if left out.
    paper: Option<Paper>,
    /// How sources are cited: "numeric", "ieee", "apa", "chicago-notes", another name of hayagriva's archive, or the path of a
    /// .csl file of the project; the project's, if left out.
    #[schemars(extend("x-names" = "style"))]
    style: Option<At<String>>,
    /// The ids of the events it is about: figures, positions, gaps and disagreements follow from them. Left out, it is about
    /// the whole dossier.
    #[schemars(extend("x-refers-to" = ["event"], "minItems" = 1))]
    events: Option<At<Vec<At<String>>>>,
    /// At most three sentences. No figure and no date is typed: references such as {{figure "EVENT" "MEASURE" "CATEGORY"}},
    /// {{date "ID"}} and {{cite "ID"}} print them.
    #[schemars(extend("x-names" = "narrative"))]
    bottom_line: Option<At<String>>,
    /// The analyst's account, in paragraphs of the same form as the bottom line; of a situation report.
    #[schemars(extend("x-names" = "narrative"))]
    situation: Option<At<String>>,
    /// Why two events must not be held against each other, in sentences of the same form; of a comparison.
    #[schemars(extend("x-names" = "narrative"))]
    not_comparable: Option<At<String>>,
    /// Of a kind that shows rows of a table: how many of them.
    rows: Option<At<u32>>,
    /// Whether the PDF carries the records it rests on, so that it can be verified without the project; true, if left out.
    evidence: Option<bool>,
}

impl Keys for RawBriefing {
    const KEYS: &'static [&'static str] = &[
        "kind",
        "dossier",
        "title",
        "subject",
        "audience",
        "as_of",
        "issue",
        "tlp",
        "max_tlp",
        "language",
        "paper",
        "style",
        "events",
        "bottom_line",
        "situation",
        "not_comparable",
        "rows",
        "evidence",
    ];
    const REQUIRED: &'static [&'static str] = &["kind", "title", "as_of"];
}

impl Request {
    /// Reads a briefing's file; its name gives the slug.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn parse(file: &Arc<TextFile>) -> Result<Self, Vec<Diagnostic>> {
        let slug = Path::new(file.name()).file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        if !is_id(&slug) {
            return Err(vec![
                Diagnostic::new("schema", format!("`{}` cannot name a briefing", crate::text::gate::visible(&slug)))
                    .at(file, &(0..0), "")
                    .help("name the file in lower-case letters, digits and hyphens, a letter first"),
            ]);
        }
        let raw: RawBriefing = {
            let document = document::parse(file)?;
            let value = toml::Spanned::new(0..0, DeValue::Table(document.table));
            document::read(file, &(0..0), "briefing", &value).map_err(|finding| vec![*finding])?
        };
        let mut missing = Vec::new();
        let mut note = |key, absent: bool| {
            if absent {
                missing.push(format!("`{key}`"));
            }
        };
        note("kind", raw.kind.is_none());
        note("title", raw.title.as_ref().is_none_or(|t| t.trim().is_empty()));
        note("as_of", raw.as_of.is_none());
        let mut findings = Vec::new();
        if let Some(as_of) = &raw.as_of
            && as_of.as_day().is_none()
        {
            findings.push(
                Diagnostic::new("schema", "`as_of` is a day")
                    .at(file, as_of.span(), "less exact than a day")
                    .help("write it as \"2015-02-18\""),
            );
        }
        if let Some(issue) = &raw.issue
            && **issue == 0
        {
            findings.push(Diagnostic::new("schema", "issues are counted from one").at(
                file,
                issue.span(),
                "no such issue",
            ));
        }
        if let Some(events) = raw.events.as_ref().filter(|e| e.is_empty()) {
            findings.push(
                Diagnostic::new("schema", "a briefing about no event prints nothing")
                    .at(file, events.span(), "empty")
                    .help("name events, or leave `events` out: the briefing is then about the whole dossier"),
            );
        }
        if !missing.is_empty() {
            findings.push(Diagnostic::new("schema", format!("briefing `{slug}` is not complete")).at(
                file,
                &(0..0),
                format!("lacks {}", missing.join(", ")),
            ));
        }
        let given = |text: Option<At<String>>| text.filter(|t| !t.trim().is_empty());
        let (Some(kind), Some(title), Some(as_of), true) = (raw.kind, raw.title, raw.as_of, findings.is_empty()) else {
            return Err(findings);
        };
        Ok(Self {
            slug,
            file: Arc::clone(file),
            kind,
            dossier: raw.dossier,
            title,
            subject: raw.subject,
            audience: raw.audience,
            as_of,
            issue_span: raw.issue.as_ref().map(|i| i.span().clone()),
            issue: raw.issue.map_or(1, At::into_inner),
            tlp: raw.tlp,
            max_tlp: raw.max_tlp,
            language: raw.language,
            paper: raw.paper,
            style: raw.style,
            events: raw.events.map(At::into_inner).unwrap_or_default(),
            bottom_line: given(raw.bottom_line),
            situation: given(raw.situation),
            not_comparable: given(raw.not_comparable),
            rows: raw.rows,
            evidence: raw.evidence.unwrap_or(true),
        })
    }

    /// The events it is about, resolved.
    ///
    /// # Errors
    /// One finding that names every event the dossier does not have.
    pub fn scope(&self, dossier: &Dossier) -> Result<Vec<Ref<Event>>, Box<Diagnostic>> {
        let mut found = Vec::with_capacity(self.events.len());
        let mut finding: Option<Diagnostic> = None;
        for id in &self.events {
            match dossier.events.get(id) {
                Some((reference, _)) if !found.contains(&reference) => found.push(reference),
                Some(_) => {}
                None => {
                    let known = dossier.events.iter().map(|(_, e)| e.id.as_str());
                    let guess = nearest(id, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                    let base = finding.take().unwrap_or_else(|| {
                        Diagnostic::new(
                            "reference",
                            format!("briefing `{}` names events that the dossier lacks", self.slug),
                        )
                    });
                    let shown = crate::text::gate::visible(id);
                    finding = Some(base.at(&self.file, id.span(), format!("there is no event `{shown}`{guess}")));
                }
            }
        }
        match finding {
            Some(finding) => Err(Box::new(finding)),
            None => Ok(found),
        }
    }
}
