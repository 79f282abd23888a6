//! The records as written, and the step that resolves them.
//!
//! Every key of a raw record is optional to the parser; what is missing is found here, so that one finding names all
//! that a record lacks and all that it points to in vain.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::document::{Keys, basic_string};
use crate::diag::{Diagnostic, Edit};
use crate::facts::at::At;
use crate::facts::date::Date;
use crate::facts::dossier::{
    Actor, Anchor, Assessment, Background, Category, Change, Citation, Claim, Dating, Discrepancy, Event, Gap, Measure,
    Place, Point, Position, Source, Subject,
};
use crate::facts::figure::Figure;
use crate::facts::row::{self, Exactness, Reads, Row, RowCite, TableForm};
use crate::facts::table::{Allow, Entry, Ids, Ref, Review};
use crate::facts::text;
use crate::facts::vocabulary::{
    ActorKind, AssessmentKind, Basis, ChangeKind, Confidence, Credibility, DateRule, Daypart, DiscrepancyKind, Form,
    HarmGrade, Likelihood, Rank, Reliability, Scope, Stance, Tlp,
};
use crate::text::file::TextFile;
use crate::text::nearest::nearest;

/// The indefinite article a kind of record takes.
fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// An exception from a rule, for one record.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawAllow {
    /// The rule that is not to be applied to this record. `factbrief explain` lists all rules.
    #[schemars(extend("x-names" = "rule"))]
    rule: At<String>,
    /// Why it is not to be applied here. An exception without a reason is refused.
    #[schemars(extend("pattern" = "\\S"))]
    reason: At<String>,
}

/// One of several citations: a source and the words in it.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawCite {
    /// The id of the source that prints the quotation.
    #[schemars(required, extend("x-refers-to" = ["source"]))]
    source: Option<At<String>>,
    /// The passage as it stands in the article, word for word. Kinds of space, quotation marks and dashes do not matter,
    /// everything else does. `[...]` joins passages of one paragraph.
    #[schemars(required, extend("pattern" = "\\S"))]
    quote: Option<At<String>>,
    /// The part of the quotation that carries the number.
    words: Option<At<String>>,
    /// The words just before the quotation, where it stands in several places of the article.
    prefix: Option<At<String>>,
    /// Through whom it reached the source, nearest to the source first: ids of actors.
    #[serde(default)]
    #[schemars(extend("x-refers-to" = ["actor"]))]
    via: Vec<At<String>>,
    /// The row of a table that is cited in place of a quotation, as a spreadsheet counts: the header is row 1.
    #[schemars(extend("minimum" = 2))]
    row: Option<At<u32>>,
    /// The cells of that row that the record rests on, by the names of their columns, each as it stands there.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    cells: Option<At<toml::Table>>,
    /// Which of the cells the value and the date are read from.
    reads: Option<At<RawReads>>,
}

/// What is read from the cells of a row, by the names of their columns.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawReads {
    /// The column that holds the value.
    value: Option<String>,
    /// The column of the best estimate, beside a low and a high one.
    best: Option<String>,
    /// The column of the least value.
    low: Option<String>,
    /// The column of the greatest value.
    high: Option<String>,
    /// The column of the date, or of the first day.
    date: Option<String>,
    /// The column of the last day.
    to: Option<String>,
    /// The column that says how exact the date is.
    precision: Option<String>,
    /// What the codes of that column mean: "day", "month", "year" and the like.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    exactness: toml::Table,
    /// Whether the value may have decimals; false, if left out.
    #[serde(default)]
    decimals: bool,
}

/// How the cells of a table are written.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawForm {
    /// What parts the cells; a comma, if left out.
    pub(super) delimiter: Option<String>,
    /// The encoding of the file: "utf-8", if left out, "utf-16le", "windows-1252".
    pub(super) encoding: Option<String>,
    /// The decimal mark; a point, if left out.
    pub(super) decimal: Option<String>,
    /// The mark between thousands; none, if left out.
    pub(super) thousands: Option<String>,
    /// Cells that say that nothing is known, beside the empty one.
    #[serde(default)]
    pub(super) missing: Vec<String>,
    /// The forms of dates, in the order in which they are tried (strftime, or "excel"); ISO 8601, if left out.
    #[serde(default)]
    pub(super) dates: Vec<String>,
}

impl RawForm {
    /// The form, or all that is wrong with it.
    pub(super) fn resolve(self) -> Result<TableForm, Vec<String>> {
        let mut wrong = Vec::new();
        let mut one = |key: &str, text: Option<String>| -> Option<char> {
            let text = text?;
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) if !c.is_alphanumeric() && c != '"' => Some(c),
                _ => {
                    wrong.push(format!("`{key}` is one character, and no letter or digit"));
                    None
                }
            }
        };
        let delimiter = one("delimiter", self.delimiter);
        let decimal = one("decimal", self.decimal).unwrap_or('.');
        let thousands = one("thousands", self.thousands);
        if delimiter.is_some_and(|c| !c.is_ascii()) {
            wrong.push("`delimiter` is an ASCII character".to_owned());
        }
        if thousands == Some(decimal) {
            wrong.push(format!("`decimal` and `thousands` are both `{decimal}`: one number would be read as two"));
        }
        if let Some(label) = &self.encoding
            && crate::text::table::encoding(label).is_none()
        {
            wrong.push(format!(
                "`{}` is no encoding (write \"utf-8\", \"utf-16le\", \"windows-1252\")",
                crate::text::gate::visible(label)
            ));
        }
        for form in self.dates.iter().filter(|form| !row::is_date_form(form)) {
            wrong.push(format!(
                "`{}` is no form of dates with a day, a month and a year (write \"%d/%m/%Y\", \"%d-%b-%y\", \"excel\")",
                crate::text::gate::visible(form)
            ));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let dates = if self.dates.is_empty() { vec![row::ISO.to_owned()] } else { self.dates };
        Ok(TableForm { delimiter, encoding: self.encoding, decimal, thousands, missing: self.missing, dates })
    }
}

/// How a date is known.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawDating {
    /// Whether the source states the whole date, or whence else it is known.
    basis: At<Basis>,
    /// The words of the source that give the date, in the paragraph of the record's first quotation.
    words: Option<At<String>>,
    /// What the date is counted from: a source, whose day of publication counts, or an event.
    #[schemars(extend("x-refers-to" = ["source", "event"]))]
    anchor: Option<At<String>>,
    /// How it is counted from the anchor. The date is worked out again by this rule and must agree.
    rule: Option<At<DateRule>>,
    /// What a reader should know of it: where a date from outside comes from, or why a source's own is held to be wrong.
    note: Prose,
}

/// Where a place lies. A coordinate is always a look-up and says whence.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawPoint {
    /// Degrees north (WGS 84); south is negative.
    #[schemars(range(min = -90, max = 90))]
    lat: f64,
    /// Degrees east (WGS 84); west is negative.
    #[schemars(range(min = -180, max = 180))]
    lon: f64,
    /// How exact it is, in a word: "city", "neighbourhood", "building".
    precision: String,
    /// Where it was looked up.
    #[schemars(extend("pattern" = "\\S"))]
    basis: String,
}

/// That a person held a record against its article, as `factbrief review` writes it.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawReview {
    /// Who held it.
    by: At<String>,
    /// On which day.
    on: At<Date>,
    /// What it was held in: where the record, its source or its article is another since, the review is suspect.
    fingerprint: At<String>,
    /// What there is to say of it.
    note: Option<At<String>>,
}

/// One review, or a list of them.
#[derive(Default)]
pub(super) struct RawReviews(Vec<RawReview>);

impl JsonSchema for RawReviews {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Reviews".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<RawReview>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

impl<'de> Deserialize<'de> for RawReviews {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
        struct Form;

        impl<'de> serde::de::Visitor<'de> for Form {
            type Value = RawReviews;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a review as `factbrief review` writes it, or a list of them")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<RawReviews, A::Error> {
                RawReview::deserialize(MapAccessDeserializer::new(map)).map(|one| RawReviews(vec![one]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<RawReviews, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(RawReviews)
            }
        }

        deserializer.deserialize_any(Form)
    }
}

/// What a record may carry whatever its kind.
pub(super) struct Carried {
    tlp: Option<At<Tlp>>,
    allow: Vec<RawAllow>,
    reviewed: RawReviews,
}

/// What a record carries whatever its kind.
pub(super) trait Common {
    fn common(&mut self) -> Carried;
}

/// A kind of record as written. `requires` names the keys without which it is refused: the resolver's own list is held to
/// it by a test.
macro_rules! raw {
    (
        $(#[doc = $doc:literal])+
        $name:ident requires [$($required:ident),*] {
            $($(#[$meta:meta])+ $field:ident: $type:ty,)*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Deserialize, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$meta])+ #[serde(default)] $field: $type,)*
            /// How strictly this one record is handled (Traffic Light Protocol 2.0). It spreads to what names the record;
            /// without it, CLEAR.
            #[serde(default)]
            tlp: Option<At<Tlp>>,
            /// Rules that are not to be applied to this record, each with a reason.
            #[serde(default)]
            allow: Vec<RawAllow>,
            /// Who held the record against its article: one review or a list of them, written by `factbrief review`.
            #[serde(default)]
            reviewed: RawReviews,
        }

        impl Keys for $name {
            const KEYS: &'static [&'static str] = &[$(stringify!($field),)* "tlp", "allow", "reviewed"];
            const REQUIRED: &'static [&'static str] = &[$(stringify!($required)),*];
        }

        impl Common for $name {
            fn common(&mut self) -> Carried {
                Carried {
                    tlp: self.tlp.take(),
                    allow: std::mem::take(&mut self.allow),
                    reviewed: std::mem::take(&mut self.reviewed),
                }
            }
        }
    };
}

/// A kind of record that cites.
macro_rules! citing {
    (
        $(#[doc = $doc:literal])+
        $name:ident requires [$($required:ident),*] { $($fields:tt)* }
    ) => {
        raw! {
            $(#[doc = $doc])+
            $name requires [$($required),*] {
                $($fields)*
                /// The id of the source that prints the quotation.
                #[schemars(extend("x-refers-to" = ["source"]))]
                source: Text,
                /// The passage as it stands in the article, word for word. Kinds of space, quotation marks and dashes do not
                /// matter, everything else does. `[...]` joins passages of one paragraph.
                #[schemars(extend("pattern" = "\\S"))]
                quote: Text,
                /// The part of the quotation that carries the number.
                words: Text,
                /// The words just before the quotation, where it stands in several places of the article.
                prefix: Text,
                /// Through whom it reached the source, nearest to the source first: ids of actors.
                #[schemars(extend("x-refers-to" = ["actor"]))]
                via: List,
                /// The row of a table that is cited in place of a quotation, as a spreadsheet counts: the header is row 1.
                #[schemars(extend("minimum" = 2))]
                row: Option<At<u32>>,
                /// The cells of that row that the record rests on, by the names of their columns, each as it stands there.
                #[schemars(with = "Option<BTreeMap<String, String>>")]
                cells: Option<At<toml::Table>>,
                /// Which of the cells the value and the date are read from.
                reads: Option<At<RawReads>>,
                /// Several citations, in place of `source` and `quote`: `cite = [{ source = "…", quote = "…" }]`, each
                /// inline table on one line.
                cite: Vec<At<RawCite>>,
            }
        }
    };
}

/// The citations of a record that cites: those in its own keys, or its list.
macro_rules! cited {
    ($resolver:ident, $record:ident) => {
        $resolver.citations(
            RawCite {
                source: $record.source,
                quote: $record.quote,
                words: $record.words,
                prefix: $record.prefix,
                via: $record.via,
                row: $record.row,
                cells: $record.cells,
                reads: $record.reads,
            },
            $record.cite,
        )
    };
}

type Text = Option<At<String>>;
type Prose = Option<At<text::Text>>;
type List = Vec<At<String>>;

raw! {
    /// A published text, kept in the archive and known by its hash.
    RawSource requires [] {
        /// The name of the article's file in the archive, without a folder. One that is still to be added has neither file
        /// nor hash, and cannot be cited yet.
        #[schemars(extend("minLength" = 1, "maxLength" = 255))]
        file: Text,
        /// The SHA-256 of that file, in 64 lower-case hexadecimal digits: `sha256sum FILE` prints it.
        #[schemars(extend("pattern" = "^[0-9a-f]{64}$"))]
        sha256: Text,
        /// The headline, as published.
        title: Text,
        /// Who published it.
        publisher: Text,
        /// Who wrote it: "Given Family" or "Family, Given"; an organisation in braces, "{BBC Monitoring}".
        authors: List,
        /// The news agencies it leans on: ids of actors.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        wires: List,
        /// Its address.
        #[schemars(extend("pattern" = "^https?://"))]
        url: Text,
        /// Its DOI, without the address of a resolver: "10.1000/182".
        doi: Text,
        /// When it was published, as an EDTF date. A briefing as of an earlier day does not see it.
        published: Option<At<Date>>,
        /// How that date is known.
        dating: Option<RawDating>,
        /// The language it is written in (BCP 47), as "fr"; the project's, if left out.
        language: Text,
        /// How its cells are written, where it is a table: `factbrief import csv` writes this.
        table: Option<At<RawForm>>,
        /// The opening words of lines that are page furniture (menus, advertisements) and may never be quoted.
        furniture: List,
        /// The opening words of headlines, captions and pull-quotes: they may be quoted, and are never speech.
        captions: List,
        /// How reliable it is (Admiralty, NATO AJP-2.1). F, not judged, is the honest default.
        grade: Option<At<Reliability>>,
        /// What kind of report it is and what it rests on, in a line.
        about: Prose,
    }
}
raw! {
    /// A person or body that does or says something.
    RawActor requires [name, kind] {
        /// The name it is printed by.
        name: Prose,
        /// What it is.
        kind: Option<At<ActorKind>>,
        /// Its office, as "the mayor of Ferrow".
        role: Prose,
        /// Every other name or description by which a source calls it. A claimant must be mentioned by one of them.
        aliases: List,
        /// Misspellings of sources: recognised, and printed only inside quotations.
        sic: List,
        /// The id of the actor it belongs to.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        part_of: Text,
        /// How reliable it is (Admiralty, NATO AJP-2.1), where it was judged.
        grade: Option<At<Reliability>>,
        /// What it is, in a line.
        about: Prose,
    }
}
raw! {
    /// Somewhere.
    RawPlace requires [name] {
        /// The name it is printed by.
        name: Prose,
        /// Every other spelling that a source uses.
        aliases: List,
        /// Misspellings of sources: recognised, and printed only inside quotations.
        sic: List,
        /// The id of the place it lies in.
        #[schemars(extend("x-refers-to" = ["place"]))]
        within: Text,
        /// Where it lies: `{ lat = 32.1, lon = 22.6, precision = "city", basis = "…" }`. With it the place is on maps.
        point: Option<At<RawPoint>>,
    }
}
raw! {
    /// Whom a figure counts. People, militants, soldiers, police, civilians, children, women and men are built in.
    RawCategory requires [name] {
        /// Its name, in the plural.
        name: Prose,
        /// The id of the wider category it is part of.
        #[schemars(extend("x-refers-to" = ["category"]))]
        within: Text,
        /// Whether nobody in it is also in another exclusive category within the same wider one, so that the two may be
        /// added up to a floor of that one.
        exclusive: bool,
        /// Words by which sources name it, beside those of the language.
        words: List,
    }
}
raw! {
    /// What a figure counts. Killed, injured, casualties, missing, displaced, detained, abducted, strikes, waves, sorties,
    /// raids, targets, aircraft and destroyed are built in.
    RawMeasure requires [name] {
        /// The label it is printed by.
        name: Prose,
        /// "people", where it counts people: a claim then says whom (`who`). Left out for things.
        #[schemars(extend("enum" = ["people"]))]
        counts: Text,
        /// Words by which sources express it, beside those of the language.
        words: List,
        /// What it is, in a line.
        about: Prose,
    }
}
citing! {
    /// Something that happened, or is proposed.
    RawEvent requires [title, kind] {
        /// A noun phrase without figures.
        title: Prose,
        /// Your own word for its kind, as "air-strikes" or "flood".
        #[schemars(extend("pattern" = "\\S"))]
        kind: Text,
        /// When it happened, as an EDTF date.
        date: Option<At<Date>>,
        /// The part of the day, for the order of events on one day.
        time: Option<At<Daypart>>,
        /// How the date is known.
        dating: Option<RawDating>,
        /// The id of the place where it happened.
        #[schemars(extend("x-refers-to" = ["place"]))]
        place: Text,
        /// Who did it: ids of actors.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        by: List,
        /// With whom it was done jointly: ids of actors.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        with: List,
        /// Against whom it was done: ids of actors.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        against: List,
        /// The id of the event that it answers or retaliates for.
        #[schemars(extend("x-refers-to" = ["event"]))]
        answers: Text,
        /// What it follows on the same day: ids of events.
        #[schemars(extend("x-refers-to" = ["event"]))]
        after: List,
        /// What it must never be merged with: ids of events.
        #[schemars(extend("x-refers-to" = ["event"]))]
        distinct: List,
        /// The source's reserve, in its own word: "reportedly", "apparently".
        #[schemars(extend("x-names" = "hedge"))]
        hedge: Text,
        /// The grade of civilian harm (Airwars). It is checked.
        harm_grade: Option<At<HarmGrade>>,
    }
}
citing! {
    /// One figure by one claimant, in the one place where it is printed.
    RawClaim requires [event, measure, value] {
        /// The id of the event it is about.
        #[schemars(extend("x-refers-to" = ["event"]))]
        event: Text,
        /// What is counted: the id of a measure.
        #[schemars(extend("x-refers-to" = ["measure"]))]
        measure: Text,
        /// Who is counted: the id of a category. Needed where the measure counts people.
        #[schemars(extend("x-refers-to" = ["category"]))]
        who: Text,
        /// Exactly what the source says of the number: "8", "40..50", ">=29" (at least), ">100" (more than), "<=64" (up to),
        /// "~400" (about), "12%", or "unquantified" for words without a number.
        value: Option<At<Figure>>,
        /// What part of the whole the figure covers; total, if left out.
        scope: Option<At<Scope>>,
        /// The period of a cumulative figure, as an EDTF interval; for no other.
        period: Option<At<Date>>,
        /// What exactly is counted, in words.
        covers: Prose,
        /// Who says so: the id of an actor. Left out where the source names nobody, and printed so.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        by: Text,
        /// The source's reserve, in its own word: "reportedly", "apparently".
        #[schemars(extend("x-names" = "hedge"))]
        hedge: Text,
        /// A name of your own for the root of the figure: claims of one origin corroborate nothing.
        origin: Text,
        /// How credible it is (Admiralty, NATO AJP-2.1).
        credibility: Option<At<Credibility>>,
        /// Whether it is held to be current; normal, if left out.
        rank: Option<At<Rank>>,
        /// The id of the earlier claim of the same claimant that it replaces.
        #[schemars(extend("x-refers-to" = ["claim"]))]
        supersedes: Text,
    }
}
citing! {
    /// Where somebody stands, in their words.
    RawPosition requires [actor, stance, toward] {
        /// Whose position it is: the id of an actor.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        actor: Text,
        /// The stance.
        stance: Option<At<Stance>>,
        /// Toward what: the id of an event, a claim, an actor or another record.
        #[schemars(extend("x-refers-to" = ["any"]))]
        toward: Text,
        /// When it was expressed, as an EDTF date.
        date: Option<At<Date>>,
        /// How that date is known.
        dating: Option<RawDating>,
        /// Where and how it was expressed, as "interview, Europe 1 radio".
        venue: Prose,
        /// The speaker's words, as they stand inside the quotation.
        said: Text,
        /// How it was expressed; direct where there is `said`, else indirect.
        form: Option<At<Form>>,
        /// A name of your own that groups several renderings of one statement, which count once.
        utterance: Text,
        /// The source's reserve, in its own word: "reportedly", "apparently".
        #[schemars(extend("x-names" = "hedge"))]
        hedge: Text,
    }
}
citing! {
    /// A sourced statement that is neither an event, nor a figure, nor a position.
    RawBackground requires [text] {
        /// The statement, in your words.
        text: Prose,
        /// What it belongs to: ids of records.
        #[schemars(extend("x-refers-to" = ["any"]))]
        about: List,
        /// Who says so, where the source attributes it: the id of an actor.
        #[schemars(extend("x-refers-to" = ["actor"]))]
        by: Text,
        /// When it was so, as an EDTF date.
        date: Option<At<Date>>,
        /// How that date is known.
        dating: Option<RawDating>,
        /// The source's reserve, in its own word: "reportedly", "apparently".
        #[schemars(extend("x-names" = "hedge"))]
        hedge: Text,
    }
}
raw! {
    /// A disagreement between records, and what is done about it.
    RawDiscrepancy requires [kind, between, handling] {
        /// In what they disagree.
        kind: Option<At<DiscrepancyKind>>,
        /// Between which records: two ids or more.
        #[schemars(extend("x-refers-to" = ["any"], "minItems" = 2))]
        between: List,
        /// What is done about it, in words.
        handling: Prose,
    }
}
raw! {
    /// Something that is not known.
    RawGap requires [question] {
        /// The question.
        question: Prose,
        /// Why it is open.
        why: Prose,
        /// What would close it.
        closes: Prose,
        /// What it belongs to: ids of records.
        #[schemars(extend("x-refers-to" = ["any"]))]
        about: List,
        /// When to look again, as an EDTF date.
        review: Option<At<Date>>,
    }
}
raw! {
    /// A judgement, kept apart from facts: it rests on records, never on an article.
    RawAssessment requires [kind, text, rests_on] {
        /// What it is.
        kind: Option<At<AssessmentKind>>,
        /// The judgement, in a sentence that holds its likelihood in the same word.
        text: Prose,
        /// How likely it is (ICD 203).
        likelihood: Option<At<Likelihood>>,
        /// How good its basis is (ICD 203). It is printed as a sentence of its own.
        confidence: Option<At<Confidence>>,
        /// Why it is judged so.
        because: Prose,
        /// The records it rests on: ids, of no source.
        #[schemars(extend("x-refers-to" = ["any"], "minItems" = 1))]
        rests_on: List,
    }
}
raw! {
    /// Why a record differs from what was printed before.
    RawChange requires [kind, affects, text] {
        /// What happened.
        kind: Option<At<ChangeKind>>,
        /// Which records it affects: ids.
        #[schemars(extend("x-refers-to" = ["any"], "minItems" = 1))]
        affects: List,
        /// When, as an EDTF date.
        date: Option<At<Date>>,
        /// What changed and why, in words. Briefings print it.
        text: Prose,
    }
}

/// The keys of a kind of record, in the order of the fact model; none for what is no kind.
pub(super) fn keys_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "source" => RawSource::KEYS,
        "actor" => RawActor::KEYS,
        "place" => RawPlace::KEYS,
        "category" => RawCategory::KEYS,
        "measure" => RawMeasure::KEYS,
        "event" => RawEvent::KEYS,
        "claim" => RawClaim::KEYS,
        "position" => RawPosition::KEYS,
        "background" => RawBackground::KEYS,
        "discrepancy" => RawDiscrepancy::KEYS,
        "gap" => RawGap::KEYS,
        "assessment" => RawAssessment::KEYS,
        "change" => RawChange::KEYS,
        _ => &[],
    }
}

/// The ids of all tables: what a reference may point to.
#[derive(Debug)]
pub(super) struct AllIds {
    pub(super) sources: Ids<Source>,
    pub(super) actors: Ids<Actor>,
    pub(super) places: Ids<Place>,
    pub(super) categories: Ids<Category>,
    pub(super) measures: Ids<Measure>,
    pub(super) events: Ids<Event>,
    pub(super) claims: Ids<Claim>,
    pub(super) positions: Ids<Position>,
    pub(super) backgrounds: Ids<Background>,
    pub(super) discrepancies: Ids<Discrepancy>,
    pub(super) gaps: Ids<Gap>,
    pub(super) assessments: Ids<Assessment>,
    pub(super) changes: Ids<Change>,
}

impl AllIds {
    fn subject(&self, id: &str) -> Option<Subject> {
        None.or_else(|| self.sources.get(id).map(Subject::Source))
            .or_else(|| self.actors.get(id).map(Subject::Actor))
            .or_else(|| self.places.get(id).map(Subject::Place))
            .or_else(|| self.events.get(id).map(Subject::Event))
            .or_else(|| self.claims.get(id).map(Subject::Claim))
            .or_else(|| self.positions.get(id).map(Subject::Position))
            .or_else(|| self.backgrounds.get(id).map(Subject::Background))
            .or_else(|| self.discrepancies.get(id).map(Subject::Discrepancy))
            .or_else(|| self.gaps.get(id).map(Subject::Gap))
            .or_else(|| self.assessments.get(id).map(Subject::Assessment))
            .or_else(|| self.changes.get(id).map(Subject::Change))
            // last, for the built-in vocabulary is not to hide a record of its own
            .or_else(|| self.categories.get(id).map(Subject::Category))
            .or_else(|| self.measures.get(id).map(Subject::Measure))
    }

    fn kind_of(&self, id: &str) -> Option<&'static str> {
        Some(match self.subject(id)? {
            Subject::Source(_) => "source",
            Subject::Actor(_) => "actor",
            Subject::Place(_) => "place",
            Subject::Category(_) => "category",
            Subject::Measure(_) => "measure",
            Subject::Event(_) => "event",
            Subject::Claim(_) => "claim",
            Subject::Position(_) => "position",
            Subject::Background(_) => "background",
            Subject::Discrepancy(_) => "discrepancy",
            Subject::Gap(_) => "gap",
            Subject::Assessment(_) => "assessment",
            Subject::Change(_) => "change",
        })
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.sources
            .iter()
            .chain(self.actors.iter())
            .chain(self.places.iter())
            .chain(self.categories.iter())
            .chain(self.measures.iter())
            .chain(self.events.iter())
            .chain(self.claims.iter())
            .chain(self.positions.iter())
            .chain(self.backgrounds.iter())
            .chain(self.discrepancies.iter())
            .chain(self.gaps.iter())
            .chain(self.assessments.iter())
            .chain(self.changes.iter())
    }
}

/// Collects what one record lacks and points to in vain.
pub(super) struct Resolver<'a> {
    ids: &'a AllIds,
    file: &'a Arc<TextFile>,
    header: Range<usize>,
    kind: &'static str,
    missing: Vec<&'static str>,
    wrong: Vec<(Range<usize>, String)>,
    fixes: Vec<(String, Edit)>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(ids: &'a AllIds, file: &'a Arc<TextFile>, header: Range<usize>, kind: &'static str) -> Self {
        Self { ids, file, header, kind, missing: Vec::new(), wrong: Vec::new(), fixes: Vec::new() }
    }

    fn need<T>(&mut self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.missing.push(key);
        }
        value
    }

    fn needed_text<T: AsRef<str>>(&mut self, key: &'static str, value: Option<At<T>>) -> Option<At<T>> {
        let value = self.need(key, value)?;
        if value.as_ref().trim().is_empty() {
            self.wrong.push((value.span().clone(), format!("`{key}` is empty")));
            return None;
        }
        Some(value)
    }

    fn wrong(&mut self, span: &Range<usize>, text: impl Into<String>) {
        self.wrong.push((span.clone(), text.into()));
    }

    /// Offers the id that is most likely meant.
    fn offer(&mut self, span: &Range<usize>, id: &str) {
        self.fixes.push((format!("write `{id}`"), Edit::new(self.file, span, basic_string(id))));
    }

    fn one<T>(&mut self, ids: &Ids<T>, kind: &str, id: At<String>) -> Option<At<Ref<T>>> {
        if let Some(reference) = ids.get(&id) {
            return Some(id.with(reference));
        }
        let shown = crate::text::gate::visible(&id);
        let text = if let Some(other) = self.ids.kind_of(&id) {
            format!("`{shown}` is {} {other}; this must be {} {kind}", article(other), article(kind))
        } else if let Some(guess) = nearest(&id, ids.iter()) {
            self.offer(id.span(), guess);
            format!("there is no {kind} `{shown}`; did you mean `{guess}`?")
        } else {
            format!("there is no {kind} `{shown}`")
        };
        self.wrong(id.span(), text);
        None
    }

    fn maybe<T>(&mut self, ids: &Ids<T>, kind: &str, id: Text) -> Option<At<Ref<T>>> {
        id.and_then(|id| self.one(ids, kind, id))
    }

    fn many<T>(&mut self, ids: &Ids<T>, kind: &str, list: List) -> Vec<At<Ref<T>>> {
        let mut found: Vec<At<Ref<T>>> = Vec::with_capacity(list.len());
        for id in list {
            let span = id.span().clone();
            if let Some(reference) = self.one(ids, kind, id) {
                if found.contains(&reference) {
                    self.wrong(&span, "named twice");
                }
                found.push(reference);
            }
        }
        found
    }

    fn subject(&mut self, id: At<String>) -> Option<At<Subject>> {
        if let Some(subject) = self.ids.subject(&id) {
            return Some(id.with(subject));
        }
        let shown = crate::text::gate::visible(&id);
        let guess = nearest(&id, self.ids.iter());
        guess.into_iter().for_each(|guess| self.offer(id.span(), guess));
        let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
        self.wrong(id.span(), format!("there is no record `{shown}`{guess}"));
        None
    }

    fn subjects(&mut self, list: List) -> Vec<At<Subject>> {
        let mut found: Vec<At<Subject>> = Vec::with_capacity(list.len());
        for id in list {
            let span = id.span().clone();
            if let Some(subject) = self.subject(id) {
                if found.contains(&subject) {
                    self.wrong(&span, "named twice");
                }
                found.push(subject);
            }
        }
        found
    }

    fn dating(&mut self, raw: Option<RawDating>, dated: bool) -> Option<Dating> {
        let raw = raw?;
        if !dated {
            self.wrong(raw.basis.span(), "there is no date that this could be the basis of");
        }
        let anchored = raw.anchor.is_some();
        let anchor = raw.anchor.and_then(|id| {
            let found =
                self.ids.sources.get(&id).map(Anchor::Source).or_else(|| self.ids.events.get(&id).map(Anchor::Event));
            if found.is_none() {
                let known = self.ids.sources.iter().chain(self.ids.events.iter());
                let guess = nearest(&id, known);
                guess.into_iter().for_each(|guess| self.offer(id.span(), guess));
                let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                let shown = crate::text::gate::visible(&id);
                self.wrong(id.span(), format!("an anchor is a source or an event, and `{shown}` is neither{guess}"));
            }
            found.map(|found| id.with(found))
        });
        let words_needed = |rule: DateRule| !matches!(rule, DateRule::InUrl);
        let anchor_needed = |rule: DateRule| !matches!(rule, DateRule::InUrl | DateRule::Weekday);
        match (*raw.basis, &raw.rule) {
            (Basis::Stated, _) if raw.words.is_none() => {
                self.wrong(raw.basis.span(), "a stated date needs the `words` that state it");
            }
            (Basis::Stated, Some(rule)) => self.wrong(rule.span(), "a stated date follows from no rule"),
            (Basis::Inferred, None) if raw.note.is_none() => {
                self.wrong(
                    raw.basis.span(),
                    "an inferred date needs a `rule`, or a `note` that says how it was inferred",
                );
            }
            (Basis::External | Basis::SourceError, _) if raw.note.is_none() => {
                self.wrong(
                    raw.basis.span(),
                    "this basis needs a `note`: where the date comes from, and why it is held",
                );
            }
            (_, Some(rule)) if words_needed(**rule) && raw.words.is_none() => {
                self.wrong(rule.span(), "the rule reads `words` of the source; none are given");
            }
            (_, Some(rule)) if anchor_needed(**rule) && !anchored => {
                self.wrong(rule.span(), "the rule counts from an `anchor`; none is given");
            }
            _ => {}
        }
        Some(Dating { basis: raw.basis, words: raw.words, anchor, rule: raw.rule, note: raw.note })
    }

    fn citations(&mut self, inline: RawCite, cite: Vec<At<RawCite>>) -> Vec<Citation> {
        let given = inline.source.is_some()
            || inline.quote.is_some()
            || inline.words.is_some()
            || inline.prefix.is_some()
            || inline.row.is_some()
            || inline.cells.is_some()
            || inline.reads.is_some()
            || !inline.via.is_empty();
        let mut raw: Vec<RawCite> = Vec::new();
        if given {
            if let Some(first) = cite.first() {
                self.wrong(first.span(), "either `source` and `quote`, or `cite`: not both");
            }
            if inline.source.is_none() {
                self.missing.push("source");
            }
            if inline.quote.is_none() && inline.row.is_none() {
                self.missing.push("quote");
            }
            raw.push(inline);
        } else if cite.is_empty() {
            self.missing.push("source");
            self.missing.push("quote");
        } else {
            for one in cite {
                if one.source.is_none() || one.quote.is_none() && one.row.is_none() {
                    self.wrong(one.span(), "a citation needs `source` and `quote`, or, of a table, `row` and `cells`");
                }
                raw.push(one.into_inner());
            }
        }
        let ids = self.ids;
        raw.into_iter()
            .filter_map(|one| {
                let source = self.maybe(&ids.sources, "source", one.source);
                let via = self.many(&ids.actors, "actor", one.via);
                if one.row.is_some() || one.cells.is_some() || one.reads.is_some() {
                    for (key, other) in [("quote", &one.quote), ("words", &one.words), ("prefix", &one.prefix)] {
                        if let Some(other) = other {
                            self.wrong(
                                other.span(),
                                format!("`{key}` is of an article; a row is cited by its `cells`"),
                            );
                        }
                    }
                    let (row, span) = self.row(one.row, one.cells, one.reads)?;
                    let quote = At::new(row.quote(), span);
                    return Some(Citation {
                        source: source?,
                        quote,
                        words: None,
                        prefix: None,
                        via,
                        row: Some(row.into()),
                    });
                }
                let quote = one.quote?;
                if quote.trim().is_empty() {
                    self.wrong(quote.span(), "`quote` is empty");
                    return None;
                }
                Some(Citation { source: source?, quote, words: one.words, prefix: one.prefix, via, row: None })
            })
            .collect()
    }

    /// A row that is cited, and where its cells are written.
    fn row(
        &mut self,
        row: Option<At<u32>>,
        cells: Option<At<toml::Table>>,
        reads: Option<At<RawReads>>,
    ) -> Option<(RowCite, Range<usize>)> {
        let number = self.need("row", row)?;
        let cells = self.need("cells", cells)?;
        if *number < 2 {
            self.wrong(number.span(), "rows are counted as a spreadsheet does: the header is row 1");
            return None;
        }
        let span = cells.span().clone();
        let mut written: Vec<(&str, &str)> = Vec::with_capacity(cells.len());
        for (column, cell) in cells.iter() {
            match cell.as_str() {
                Some(cell) => written.push((column, cell)),
                None => {
                    let shown = crate::text::gate::visible(column);
                    self.wrong(
                        &span,
                        format!("the cell `{shown}` is a text in quotation marks, as it stands in the table"),
                    );
                    return None;
                }
            }
        }
        if written.iter().all(|(_, cell)| cell.trim().is_empty()) {
            self.wrong(&span, "these cells hold nothing");
            return None;
        }
        let columns: Arc<Vec<String>> = Arc::new(written.iter().map(|(column, _)| (*column).to_owned()).collect());
        let reads = match reads {
            Some(at) => self.reads(at, &columns)?,
            None => Reads::default(),
        };
        let shown: Arc<[usize]> = (0..columns.len()).collect();
        let row = Arc::new(Row::new(*number, &columns, written.iter().map(|(_, cell)| *cell)));
        let cite = RowCite { span: number.span().clone(), row, shown, reads: Arc::new(reads), imported: false };
        Some((cite, span))
    }

    fn reads(&mut self, at: At<RawReads>, columns: &[String]) -> Option<Reads> {
        let span = at.span().clone();
        let raw = at.into_inner();
        let before = self.wrong.len();
        if raw.value.is_some() && raw.best.is_some() {
            self.wrong(&span, "`value` and `best` are the same: give one");
        }
        let mut exactness = Vec::new();
        for (code, word) in &raw.exactness {
            match word.as_str().and_then(Exactness::of) {
                Some(exact) => exactness.push((code.clone(), exact)),
                None => self.wrong(&span, format!("a date is exact to one of: {}", Exactness::WORDS.join(", "))),
            }
        }
        let reads = Reads {
            value: raw.value.or(raw.best),
            low: raw.low,
            high: raw.high,
            date: raw.date,
            to: raw.to,
            precision: raw.precision,
            exactness,
            decimals: raw.decimals,
        };
        for column in reads.columns().filter(|column| !columns.iter().any(|known| known == column)) {
            let guess = nearest(column, columns.iter().map(String::as_str));
            let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            let shown = crate::text::gate::visible(column);
            self.wrong.push((span.clone(), format!("`{shown}` is not among the cells{guess}")));
        }
        (self.wrong.len() == before).then_some(reads)
    }

    /// The entry, or one finding with all that is wrong with it.
    pub(super) fn finish<T>(
        mut self,
        id: &str,
        Carried { tlp, allow, reviewed }: Carried,
        record: Option<T>,
    ) -> Result<Entry<T>, Box<Diagnostic>> {
        for exception in &allow {
            if exception.reason.trim().is_empty() {
                self.wrong(exception.reason.span(), "an exception needs a reason");
            }
        }
        for review in &reviewed.0 {
            if review.by.trim().is_empty() {
                self.wrong(review.by.span(), "a review says who held the record against its article: `by` is empty");
            }
            if review.on.as_day().is_none() {
                self.wrong(review.on.span(), "a review is of a day");
            }
        }
        if let (Some(record), true) = (record, self.missing.is_empty() && self.wrong.is_empty()) {
            let allow = allow.into_iter().map(|a| Allow { rule: a.rule, reason: a.reason }).collect();
            return Ok(Entry {
                id: id.to_owned(),
                file: Arc::clone(self.file),
                header: self.header,
                tlp,
                allow,
                reviewed: reviewed
                    .0
                    .into_iter()
                    .map(|r| Review { by: r.by, on: r.on, fingerprint: r.fingerprint, note: r.note })
                    .collect(),
                record,
            });
        }
        let kind = self.kind;
        let (code, title) = if self.missing.is_empty() {
            ("reference", format!("{kind} `{id}` does not hold together"))
        } else {
            ("schema", format!("{kind} `{id}` is not complete"))
        };
        let mut finding = Diagnostic::new(code, title);
        for (span, text) in &self.wrong {
            finding = finding.at(self.file, span, text.clone());
        }
        if !self.missing.is_empty() {
            let names: Vec<String> = self.missing.iter().map(|k| format!("`{k}`")).collect();
            finding = finding.at(self.file, &self.header, format!("lacks {}", names.join(", ")));
        }
        for (title, edit) in self.fixes {
            finding = finding.fix(title, vec![edit]);
        }
        Err(Box::new(finding))
    }
}

/// A raw record that resolves to a record.
pub(super) trait Resolve: Common + Sized {
    type Record;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Self::Record>;
}

impl Resolve for RawSource {
    type Record = Source;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Source> {
        // one without either is listed, and may be cited once its article is added
        let added = self.file.is_some() || self.sha256.is_some() || self.table.is_some();
        let archived = if added { r.needed_text("file", self.file) } else { None };
        let sha256 = if added { r.needed_text("sha256", self.sha256) } else { None };
        if !added && self.title.is_none() && self.url.is_none() {
            r.missing.extend(["file", "sha256"]);
        }
        let table = self.table.and_then(|at| {
            let span = at.span().clone();
            at.into_inner().resolve().map_err(|wrong| wrong.into_iter().for_each(|text| r.wrong(&span, text))).ok()
        });
        if let Some(name) = &archived
            && let Err(why) = super::archive::check_name(name)
        {
            r.wrong(name.span(), why);
        }
        if let Some(hash) = &sha256
            && (hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        {
            r.wrong(hash.span(), "a SHA-256 is 64 lower-case hexadecimal digits (`sha256sum FILE` prints it)");
        }
        if let Some(url) = &self.url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            r.wrong(url.span(), "an address begins with https:// or http://");
        }
        let dating = r.dating(self.dating, self.published.is_some());
        let ids = r.ids;
        let wires = r.many(&ids.actors, "actor", self.wires);
        Some(Source {
            archived,
            sha256,
            table,
            title: self.title,
            publisher: self.publisher,
            authors: self.authors,
            wires,
            url: self.url,
            doi: self.doi,
            published: self.published,
            dating,
            language: self.language,
            furniture: self.furniture,
            captions: self.captions,
            grade: self.grade.map_or(Reliability::F, At::into_inner),
            about: self.about,
        })
    }
}

impl Resolve for RawActor {
    type Record = Actor;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Actor> {
        let name = r.needed_text("name", self.name);
        let kind = r.need("kind", self.kind);
        let ids = r.ids;
        let part_of = r.maybe(&ids.actors, "actor", self.part_of);
        Some(Actor {
            name: name?,
            kind: kind?,
            role: self.role,
            aliases: self.aliases,
            sic: self.sic,
            part_of,
            grade: self.grade,
            about: self.about,
        })
    }
}

impl Resolve for RawPlace {
    type Record = Place;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Place> {
        let name = r.needed_text("name", self.name);
        let ids = r.ids;
        let within = r.maybe(&ids.places, "place", self.within);
        let point = self.point.map(|at| {
            let span = at.span().clone();
            let p = at.into_inner();
            // what is no number is in no range
            if !((-90.0..=90.0).contains(&p.lat) && (-180.0..=180.0).contains(&p.lon)) {
                r.wrong(
                    &span,
                    "this point is not on the globe: `lat` is a number from -90 to 90, `lon` from -180 to 180",
                );
            }
            if p.basis.trim().is_empty() {
                r.wrong(&span, "a coordinate says whence it is: `basis` is empty");
            }
            Point { lat: p.lat, lon: p.lon, precision: p.precision, basis: p.basis }
        });
        Some(Place { name: name?, aliases: self.aliases, sic: self.sic, within, point })
    }
}

impl Resolve for RawCategory {
    type Record = Category;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Category> {
        let name = r.needed_text("name", self.name);
        let ids = r.ids;
        let within = r.maybe(&ids.categories, "category", self.within);
        Some(Category { name: name?, within, exclusive: self.exclusive, words: self.words })
    }
}

impl Resolve for RawMeasure {
    type Record = Measure;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Measure> {
        let name = r.needed_text("name", self.name);
        let counts_people = match &self.counts {
            None => false,
            Some(counts) if counts.as_str() == "people" => true,
            Some(counts) => {
                r.wrong(counts.span(), "`counts` is \"people\", or is left out");
                false
            }
        };
        Some(Measure { name: name?, counts_people, words: self.words, about: self.about })
    }
}

impl Resolve for RawEvent {
    type Record = Event;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Event> {
        let title = r.needed_text("title", self.title);
        let kind = r.needed_text("kind", self.kind);
        let ids = r.ids;
        let dating = r.dating(self.dating, self.date.is_some());
        let place = r.maybe(&ids.places, "place", self.place);
        let by = r.many(&ids.actors, "actor", self.by);
        let with = r.many(&ids.actors, "actor", self.with);
        let against = r.many(&ids.actors, "actor", self.against);
        let answers = r.maybe(&ids.events, "event", self.answers);
        let after = r.many(&ids.events, "event", self.after);
        let distinct = r.many(&ids.events, "event", self.distinct);
        let citations = cited!(r, self);
        Some(Event {
            title: title?,
            kind: kind?,
            date: self.date,
            time: self.time,
            dating,
            place,
            by,
            with,
            against,
            answers,
            after,
            distinct,
            hedge: self.hedge,
            harm_grade: self.harm_grade,
            citations,
        })
    }
}

impl Resolve for RawClaim {
    type Record = Claim;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Claim> {
        let ids = r.ids;
        let event = r.need("event", self.event);
        let event = r.maybe(&ids.events, "event", event);
        let measure = r.need("measure", self.measure);
        let measure = r.maybe(&ids.measures, "measure", measure);
        let value = r.need("value", self.value);
        let who = r.maybe(&ids.categories, "category", self.who);
        let by = r.maybe(&ids.actors, "actor", self.by);
        let supersedes = r.maybe(&ids.claims, "claim", self.supersedes);
        let scope = self.scope.as_ref().map_or(Scope::Total, |s| **s);
        match (&self.scope, &self.period) {
            (Some(at), None) if scope == Scope::Cumulative => {
                r.wrong(at.span(), "a cumulative figure needs its `period`");
            }
            (_, Some(period)) if scope != Scope::Cumulative => {
                r.wrong(period.span(), "only a cumulative figure has a period");
            }
            _ => {}
        }
        let citations = cited!(r, self);
        Some(Claim {
            event: event?,
            measure: measure?,
            who,
            value: value?,
            scope,
            period: self.period,
            covers: self.covers,
            by,
            hedge: self.hedge,
            origin: self.origin,
            credibility: self.credibility,
            rank: self.rank.map_or(Rank::Normal, At::into_inner),
            supersedes,
            citations,
        })
    }
}

impl Resolve for RawPosition {
    type Record = Position;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Position> {
        let ids = r.ids;
        let actor = r.need("actor", self.actor);
        let actor = r.maybe(&ids.actors, "actor", actor);
        let stance = r.need("stance", self.stance);
        let toward = r.need("toward", self.toward).and_then(|id| r.subject(id));
        let dating = r.dating(self.dating, self.date.is_some());
        let form = match (&self.form, &self.said) {
            (Some(form), None) if **form == Form::Direct => {
                r.wrong(form.span(), "direct speech needs the words `said`");
                Form::Direct
            }
            (Some(form), _) => **form,
            (None, Some(_)) => Form::Direct,
            (None, None) => Form::Indirect,
        };
        let citations = cited!(r, self);
        if let Some(row) = citations.iter().find_map(|c| c.row.as_ref()) {
            r.wrong(&row.span, "a position rests on the words of a report, never on a row of a table");
        }
        Some(Position {
            actor: actor?,
            stance: stance?,
            toward: toward?,
            date: self.date,
            dating,
            venue: self.venue,
            said: self.said,
            form,
            utterance: self.utterance,
            hedge: self.hedge,
            citations,
        })
    }
}

impl Resolve for RawBackground {
    type Record = Background;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Background> {
        let text = r.needed_text("text", self.text);
        let ids = r.ids;
        let about = r.subjects(self.about);
        let by = r.maybe(&ids.actors, "actor", self.by);
        let dating = r.dating(self.dating, self.date.is_some());
        let citations = cited!(r, self);
        Some(Background { text: text?, about, by, date: self.date, dating, hedge: self.hedge, citations })
    }
}

impl Resolve for RawDiscrepancy {
    type Record = Discrepancy;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Discrepancy> {
        let kind = r.need("kind", self.kind);
        let handling = r.needed_text("handling", self.handling);
        let written = self.between.len();
        if written == 0 {
            r.missing.push("between");
        }
        if let (1, Some(only)) = (written, self.between.first()) {
            let span = only.span().clone();
            r.wrong(&span, "a discrepancy stands between two records or more");
        }
        let between = r.subjects(self.between);
        Some(Discrepancy { kind: kind?, between, handling: handling? })
    }
}

impl Resolve for RawGap {
    type Record = Gap;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Gap> {
        let question = r.needed_text("question", self.question);
        let about = r.subjects(self.about);
        Some(Gap { question: question?, why: self.why, closes: self.closes, about, review: self.review })
    }
}

impl Resolve for RawAssessment {
    type Record = Assessment;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Assessment> {
        let kind = r.need("kind", self.kind);
        let text = r.needed_text("text", self.text);
        if self.rests_on.is_empty() {
            r.missing.push("rests_on");
        }
        let rests_on = r.subjects(self.rests_on);
        for subject in &rests_on {
            if matches!(**subject, Subject::Source(_)) {
                r.wrong(subject.span(), "a judgement rests on records, never on an article");
            }
        }
        Some(Assessment {
            kind: kind?,
            text: text?,
            likelihood: self.likelihood,
            confidence: self.confidence,
            because: self.because,
            rests_on,
        })
    }
}

impl Resolve for RawChange {
    type Record = Change;

    fn resolve(self, r: &mut Resolver<'_>) -> Option<Change> {
        let kind = r.need("kind", self.kind);
        let text = r.needed_text("text", self.text);
        if self.affects.is_empty() {
            r.missing.push("affects");
        }
        let affects = r.subjects(self.affects);
        Some(Change { kind: kind?, affects, date: self.date, text: text? })
    }
}

/// The first circle that a relation runs in, as the ids along it.
pub(super) fn circle<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut done: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for &start in edges.keys() {
        // a walk with its own stack: a long chain must not exhaust the program's
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: std::collections::BTreeSet<&str> = [start].into();
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let Some(&to) = edges.get(at).and_then(|list| list.get(*next)) else {
                done.insert(at);
                on_path.remove(at);
                path.pop();
                continue;
            };
            *next += 1;
            if on_path.contains(to) {
                let round = path.iter().skip_while(|(id, _)| *id != to).map(|(id, _)| *id);
                return Some(round.chain([to]).collect());
            }
            if !done.contains(to) {
                on_path.insert(to);
                path.push((to, 0));
            }
        }
    }
    None
}
