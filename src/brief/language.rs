//! The fixed words of a briefing, a table a language: headings, "according to", months, plural forms, digits.
//!
//! English, French and Arabic are shipped; a project adds a language, or changes the words of one, with a table of the
//! same form in `templates/languages/<tag>.toml`. A table is complete or it is refused: no word of another language
//! ever stands in for a missing one.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use icu_plurals::{PluralCategory, PluralRules};
use serde::Deserialize;
use toml::de::DeValue;

use crate::diag::Diagnostic;
use crate::facts::vocabulary::{
    AssessmentKind, Basis, ChangeKind, Confidence, Daypart, DiscrepancyKind, Form, HarmGrade, Likelihood, Reliability,
    Stance, Tlp,
};
use crate::load::document::{self, Keys};
use crate::reconcile::Flag;
use crate::text::file::TextFile;

const SHIPPED: &[(&str, &str)] = &[
    ("ar", include_str!("languages/ar.toml")),
    ("en", include_str!("languages/en.toml")),
    ("fr", include_str!("languages/fr.toml")),
];

/// A text with places to be filled: `at least {n}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Phrase(String);

impl Phrase {
    /// The text with its places filled; a value is never searched for places itself.
    #[must_use]
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut out = String::with_capacity(self.0.len() + 16);
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let Some(close) = after.find('}') else { break };
            out.push_str(&rest[..open]);
            out.push_str(values.iter().find(|(name, _)| *name == &after[..close]).map_or("", |(_, value)| value));
            rest = &after[close + 1..];
        }
        out.push_str(rest);
        out
    }

    /// The text of a phrase without places.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A phrase in the forms that numbers ask for, by the categories of CLDR.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    zero: Option<Phrase>,
    one: Option<Phrase>,
    two: Option<Phrase>,
    few: Option<Phrase>,
    many: Option<Phrase>,
    other: Phrase,
}

impl Counted {
    fn form(&self, category: PluralCategory) -> Option<&Phrase> {
        match category {
            PluralCategory::Zero => self.zero.as_ref(),
            PluralCategory::One => self.one.as_ref(),
            PluralCategory::Two => self.two.as_ref(),
            PluralCategory::Few => self.few.as_ref(),
            PluralCategory::Many => self.many.as_ref(),
            PluralCategory::Other => Some(&self.other),
        }
    }
}

/// Words of a closed list, by the list's own word.
pub(super) type Named = BTreeMap<String, Phrase>;

macro_rules! groups {
    ($($name:ident $key:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $(
            #[derive(Debug, Clone, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name { $(pub(super) $field: $type,)* }
        )*

        /// All fixed words of a language, by group.
        #[derive(Debug, Clone, Deserialize)]
        pub(super) struct Words {
            $(pub(super) $key: $name,)*
            pub(super) heading: BTreeMap<String, String>,
            #[serde(default)]
            pub(super) region: BTreeMap<String, Region>,
        }

        impl Keys for Words {
            const KEYS: &'static [&'static str] = &[$(stringify!($key),)* "heading", "region"];
        }
    };
}

/// What a region of the language writes otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Region {
    digits: Option<String>,
    group: Option<String>,
    decimal: Option<String>,
    months: Option<Vec<String>>,
}

groups! {
    FormWords form { direction: String, digits: String, group: String, decimal: String, minus: String }
    FigureWords figure {
        percent: Phrase, range: Phrase, range_words: Phrase, at_least: Phrase, more_than: Phrase, at_most: Phrase,
        fewer_than: Phrase, about: Phrase, more_than_to: Phrase, to_fewer_than: Phrase, more_fewer: Phrase,
        or_more: Phrase, around: Phrase, open: Phrase, not_stated: Phrase, arrow: Phrase,
    }
    DateWords date {
        months: Vec<String>, day: Phrase, first_day: Phrase, month: Phrase, decade: Phrase, years: Phrase, before_era: Phrase,
        spring: Phrase, summer: Phrase, autumn: Phrase, winter: Phrase, some_month: Phrase, some_day: Phrase,
        approximate: Phrase, uncertain: Phrase, interval: Phrase, since: Phrase, end_unknown: Phrase, until: Phrase,
        beginning_unknown: Phrase, unknown: Phrase, undated: Phrase, with_time: Phrase, in_brackets: Phrase,
    }
    PrecisionWords precision {
        day: Phrase, month: Phrase, year: Phrase, season: Phrase, decade: Phrase, period: Phrase, approximate: Phrase,
        uncertain: Phrase, unknown: Phrase,
    }
    ListWords list {
        comma: String, last: String, semicolon: String, colon: String, open: String, close: String, plus: String,
    }
    QuoteWords quote { open: String, close: String, inner_open: String, inner_close: String }
    LabelWords label {
        place: Phrase, by: Phrase, with: Phrase, against: Phrase, answers: Phrase, according_to: Phrase, hedge: Phrase,
        distinct: Phrase, via: Phrase, no_claimant: Phrase, unnamed: Phrase, range_of: Counted, renderings: Counted,
        from_rows: Phrase, repeated: Phrase, same_root: Phrase, part_only: Phrase, computed: Phrase, period: Phrase,
        credibility: Phrase, revised: Phrase, counted: Phrase, counting: Phrase, place_within: Phrase, attributed: Phrase, said: Phrase,
        in_source_words: Phrase, statement_by: Phrase, claim_of: Phrase,
        headline_missing: Phrase, line: Phrase, harm: Phrase, reliability: Phrase, exact: Phrase, folded: Phrase,
        no_title: Phrase, not_known_then: Phrase,
    }
    StanceWords position { stance: Named, form: Named }
    ReconcileWords reconcile { flag: Named, meaning: Named, harm: Named }
    HandlingWords handling { tlp: Named }
    CalendarWords calendar { daypart: Named, basis: Named, counted_from: Phrase, publication: Phrase, numbered: Phrase, another: Phrase, from_words: Phrase, says: Phrase }
    LedgerWords ledger { discrepancy: Named, assessment: Named, likelihood: Named, confidence: Named, change: Named }
    SourceWords source {
        published: Phrase, no_date: Phrase, date_approximate: Phrase, date_not_stated: Phrase, wires: Phrase, reliability: Phrase, grade: Named,
    }
    SourcingWords sourcing {
        nothing: Phrase, reports: Counted, quotations: Counted, rests_on: Phrase, wire_one: Phrase, wire_many: Counted, unjudged: Phrase,
        judged: Phrase, no_adding: Phrase, later: Counted, withheld: Counted, languages: Phrase,
    }
    RowWords rows {
        books: Phrase, scope: Phrase, with: Phrase, highest: Phrase, not_shown: Counted, all_shown: Phrase, no_sum: Phrase,
        other_kinds: Phrase, before: Phrase,
    }
    ChangeWords changes {
        first: Phrase, none: Phrase, corrected: Phrase, new: Phrase, revised: Phrase, withdrawn: Phrase, regraded: Phrase,
        judgement: Phrase, from_to: Phrase, issue: Phrase, evidence: Phrase,
    }
    ChartWords chart {
        timeline: Phrase, entries: Counted, ranges: Phrase, figures: Counted, stances: Phrase, actors: Counted,
        event: Phrase, statement: Phrase, figure: Phrase, background: Phrase, period: Phrase, open_date: Phrase,
        uncertain: Phrase, dagger: Phrase, shortened: Phrase, claim: Phrase, part: Phrase, computed: Phrase, about: Phrase,
        open_bound: Phrase, same_root: Phrase, supports: Phrase, against: Phrase, other: Phrase, empty: Phrase,
        map: Phrase, places: Counted, map_event: Phrase, map_outer: Phrase, map_basis: Phrase, map_borders: Phrase,
        equirectangular: Phrase, conic: Phrase, polar: Phrase, scale_varies: Phrase, no_point: Phrase, no_place: Phrase,
        coordinate: Phrase, north: Phrase, south: Phrase, east: Phrase, west: Phrase, degrees: Phrase, kilometres: Phrase,
    }
    PageWords page {
        contents: Phrase, skip: Phrase, evidence: Phrase, hint: Phrase, filter: Phrase, everybody: Phrase, shown: Phrase,
        close: Phrase,
    }
    CompareWords compare {
        date: Phrase, time: Phrase, place: Phrase, by: Phrase, with: Phrase, against: Phrase, answers: Phrase,
        positions: Phrase, distinct: Phrase,
    }
}

/// A language: its words, its digits, its plural forms.
#[derive(Debug)]
pub struct Language {
    /// Its tag (BCP 47).
    pub tag: String,
    pub(super) words: Words,
    pub(super) digits: Vec<char>,
    plurals: PluralRules,
}

impl Language {
    /// The shipped table for a tag, if there is one: by the whole tag, then by its first part.
    #[must_use]
    pub fn shipped(tag: &str) -> Option<Arc<Self>> {
        static READ: OnceLock<std::sync::Mutex<BTreeMap<String, Arc<Language>>>> = OnceLock::new();
        let first = tag.split('-').next().unwrap_or_default();
        let (name, text) = SHIPPED.iter().find(|(known, _)| *known == first)?;
        let read = READ.get_or_init(Default::default);
        if let Some(known) = read.lock().ok()?.get(tag) {
            return Some(Arc::clone(known));
        }
        // not under the lock: a table is held against the English one, which is read here too
        let file = Arc::new(TextFile::new(format!("{name}.toml"), *text));
        let language = Arc::new(Self::parse(tag, &file).ok()?);
        read.lock().ok()?.insert(tag.to_owned(), Arc::clone(&language));
        Some(language)
    }

    /// The tags of the shipped tables.
    pub fn shipped_tags() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(tag, _)| *tag)
    }

    /// The shipped table's text.
    #[must_use]
    pub fn shipped_text(tag: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(known, _)| *known == tag).map(|(_, text)| *text)
    }

    /// Reads a table for the language `tag`.
    ///
    /// # Errors
    /// Where the table is not complete, or the tag is no language.
    pub fn parse(tag: &str, file: &Arc<TextFile>) -> Result<Self, Vec<Diagnostic>> {
        let mut words: Words = {
            let document = document::parse(file)?;
            let value = toml::Spanned::new(0..0, DeValue::Table(document.table));
            document::read(file, &(0..0), "language table", &value).map_err(|finding| vec![*finding])?
        };
        let wrong = |title: String, says: &str| vec![Diagnostic::new("language-table", title).at(file, &(0..0), says)];
        let region = tag.split('-').skip(1).find(|p| p.len() == 2).map(str::to_ascii_uppercase).unwrap_or_default();
        if let Some(region) = words.region.remove(&region) {
            words.form.digits = region.digits.unwrap_or(words.form.digits);
            words.form.group = region.group.unwrap_or(words.form.group);
            words.form.decimal = region.decimal.unwrap_or(words.form.decimal);
            words.date.months = region.months.unwrap_or(words.date.months);
        }
        let digits: Vec<char> = words.form.digits.chars().collect();
        if digits.len() != 10 {
            return Err(wrong(format!("the language table has {} digits", digits.len()), "`form.digits` holds ten"));
        }
        if words.date.months.len() != 12 {
            let title = format!("the language table has {} months", words.date.months.len());
            return Err(wrong(title, "`date.months` holds twelve"));
        }
        if !matches!(words.form.direction.as_str(), "ltr" | "rtl") {
            return Err(wrong("a language runs `ltr` or `rtl`".to_owned(), "`form.direction` is neither"));
        }
        let mut missing: Vec<String> = Vec::new();
        for (group, named, list) in words.closed() {
            missing.extend(list.iter().filter(|w| !named.contains_key(**w)).map(|w| format!("{group}.{w}")));
        }
        let english: toml::Table = Self::shipped_text("en").and_then(|text| text.parse().ok()).unwrap_or_default();
        let headings = english.get("heading").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        missing.extend(headings.keys().filter(|k| !words.heading.contains_key(*k)).map(|k| format!("heading.{k}")));
        if let Some(unknown) = words.heading.keys().find(|k| !headings.contains_key(*k)) {
            let guess = crate::text::nearest::nearest(unknown, headings.keys().map(String::as_str));
            let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            let shown = crate::text::gate::visible(unknown);
            return Err(wrong(
                "the language table has a word that nothing prints".to_owned(),
                &format!("heading.{shown} is not known{guess}"),
            ));
        }
        let locale: icu_locale_core::Locale = tag.parse().map_err(|_| {
            wrong(format!("`{}` is no language tag", crate::text::gate::visible(tag)), "named by the file")
        })?;
        let plurals = PluralRules::try_new_cardinal(icu_plurals::PluralRulesPreferences::from(&locale))
            .map_err(|_| wrong(format!("no plural rules are known for `{tag}`"), "named by the file"))?;
        for (name, counted) in words.counted() {
            missing.extend(
                plurals
                    .categories()
                    .filter(|c| counted.form(*c).is_none())
                    .map(|c| format!("{name}.{}", format!("{c:?}").to_lowercase())),
            );
        }
        if !missing.is_empty() {
            return Err(wrong(
                "the language table is not complete".to_owned(),
                &format!("lacks {}", missing.join(", ")),
            ));
        }
        Ok(Self { tag: tag.to_owned(), words, digits, plurals })
    }

    /// `ltr` or `rtl`.
    #[must_use]
    pub fn direction(&self) -> &str {
        &self.words.form.direction
    }

    /// The headings and other fixed words that templates print, by name.
    #[must_use]
    pub fn headings(&self) -> &BTreeMap<String, String> {
        &self.words.heading
    }

    /// A phrase in the form that `n` asks for, the number filled in as `{n}`.
    pub(super) fn counted(&self, n: usize, phrase: &Counted, values: &[(&str, &str)]) -> String {
        let form = phrase.form(self.plurals.category_for(n)).unwrap_or(&phrase.other);
        let number = self.number(crate::text::quantity::Number::whole(i64::try_from(n).unwrap_or(i64::MAX)));
        let mut all: Vec<(&str, &str)> = vec![("n", &number)];
        all.extend_from_slice(values);
        form.fill(&all)
    }

    /// The word of a closed list; the list's own word where a table lacks it, which [`Self::parse`] refuses.
    pub(super) fn named<'a>(&'a self, list: &'a Named, word: &'a str) -> &'a str {
        list.get(word).map_or(word, Phrase::text)
    }
}

impl Words {
    fn closed(&self) -> Vec<(&'static str, &Named, &'static [&'static str])> {
        vec![
            ("position.stance", &self.position.stance, Stance::WORDS),
            ("position.form", &self.position.form, Form::WORDS),
            ("reconcile.flag", &self.reconcile.flag, Flag::WORDS),
            ("reconcile.meaning", &self.reconcile.meaning, Flag::WORDS),
            ("reconcile.harm", &self.reconcile.harm, HarmGrade::WORDS),
            ("handling.tlp", &self.handling.tlp, Tlp::WORDS),
            ("calendar.daypart", &self.calendar.daypart, Daypart::WORDS),
            ("calendar.basis", &self.calendar.basis, Basis::WORDS),
            ("ledger.discrepancy", &self.ledger.discrepancy, DiscrepancyKind::WORDS),
            ("ledger.assessment", &self.ledger.assessment, AssessmentKind::WORDS),
            ("ledger.likelihood", &self.ledger.likelihood, Likelihood::WORDS),
            ("ledger.confidence", &self.ledger.confidence, Confidence::WORDS),
            ("ledger.change", &self.ledger.change, ChangeKind::WORDS),
            ("source.grade", &self.source.grade, Reliability::WORDS),
        ]
    }

    fn counted(&self) -> [(&'static str, &Counted); 11] {
        [
            ("label.range_of", &self.label.range_of),
            ("label.renderings", &self.label.renderings),
            ("chart.entries", &self.chart.entries),
            ("chart.figures", &self.chart.figures),
            ("chart.actors", &self.chart.actors),
            ("chart.places", &self.chart.places),
            ("sourcing.reports", &self.sourcing.reports),
            ("sourcing.quotations", &self.sourcing.quotations),
            ("sourcing.wire_many", &self.sourcing.wire_many),
            ("sourcing.later", &self.sourcing.later),
            ("sourcing.withheld", &self.sourcing.withheld),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn table(tag: &str) -> toml::Table {
        Language::shipped_text(tag).unwrap().parse().unwrap()
    }

    /// Every text of a table, by its path.
    fn texts(value: &toml::Value, path: &str, out: &mut BTreeMap<String, String>) {
        match value {
            toml::Value::String(text) => {
                out.insert(path.to_owned(), text.clone());
            }
            toml::Value::Table(table) => {
                table.iter().for_each(|(key, inner)| texts(inner, &format!("{path}.{key}"), out));
            }
            _ => {}
        }
    }

    fn places(text: &str) -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
    }

    #[test]
    fn every_shipped_table_is_complete_and_fills_the_same_places() {
        let mut english = BTreeMap::new();
        texts(&toml::Value::Table(table("en")), "", &mut english);
        for tag in Language::shipped_tags() {
            let file = Arc::new(TextFile::new(tag, Language::shipped_text(tag).unwrap()));
            if let Err(found) = Language::parse(tag, &file) {
                panic!("{tag}: {:?}", found.iter().map(|f| &f.labels[0].text).collect::<Vec<_>>());
            }
            let mut own = BTreeMap::new();
            texts(&toml::Value::Table(table(tag)), "", &mut own);
            for (path, text) in &english {
                if path.starts_with(".region") || path.ends_with(".one") {
                    continue;
                }
                let other = own.get(path).unwrap_or_else(|| panic!("{tag} lacks {path}"));
                // a form of a plural may spell its number out
                let mut expected = places(text);
                if ["zero", "one", "two", "few", "many", "other"].iter().any(|c| path.ends_with(&format!(".{c}"))) {
                    expected.remove("n");
                }
                let found: BTreeSet<String> =
                    places(other).into_iter().filter(|p| expected.contains(p) || p != "n").collect();
                assert_eq!(expected, found, "{tag}: {path}");
            }
        }
    }

    #[test]
    fn a_table_that_lacks_a_word_is_refused_by_name() {
        let english = Language::shipped_text("en").unwrap();
        let read = |text: String| {
            let found = Language::parse("xx", &Arc::new(TextFile::new("xx.toml", text))).unwrap_err();
            format!("{found:?}")
        };
        assert!(read(english.replacen("supports ", "suports ", 1)).contains("position.stance.supports"));
        assert!(read(english.replacen("\nkey_facts", "\nkey_fact", 1)).contains("did you mean `key_facts`?"));
        let line = english.lines().find(|l| l.starts_with("key_facts")).unwrap();
        assert!(read(english.replacen(line, "", 1)).contains("heading.key_facts"));
        assert!(read(english.replacen("0123456789", "012345678", 1)).contains("9 digits"));
        assert!(read(english.replacen("\"ltr\"", "\"up\"", 1)).contains("neither"));
        assert!(read(english.replacen("\nat_least", "\nat_lest", 1)).contains("at_le"));
    }
}
