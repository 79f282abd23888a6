//! What words mean in a language: numbers, bounds, hedges, negations, attributions, months, measures, categories.
//!
//! One TOML table a language under `lexicon/`; adding a language is adding a file. A language without a table has
//! digits only: whatever else its texts say of a number is then not understood, and that is a finding, never a guess.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::tokens::{Token, tokens};

/// What a cue does to the words it governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CueKind {
    /// It says that they are not so.
    Negation,
    /// It says under what condition they are so.
    Condition,
    /// It says who says so.
    Attribution,
    /// It says that the source will not vouch for them.
    Hedge,
}

/// What a bounding phrase says of the number behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoundWord {
    /// "at least"
    AtLeast,
    /// "more than"
    MoreThan,
    /// "up to"
    AtMost,
    /// "fewer than"
    LessThan,
    /// "about"
    About,
}

/// What a phrase means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A number word.
    Cardinal(i64),
    /// A word that multiplies.
    Scale(i64),
    /// A number in a series.
    Ordinal(u64),
    /// A group of about so many.
    Approximate(i64),
    /// An indefinite article.
    Article,
    /// A word that joins the parts of a number.
    Connective,
    /// "and" between two bounds.
    And,
    /// "to" between two bounds.
    To,
    /// "or" between two bounds.
    Or,
    /// "between".
    Between,
    /// "from".
    From,
    /// A bounding phrase before a number.
    Bound(BoundWord),
    /// "or more" behind a number.
    OrMore,
    /// "or fewer" behind a number.
    OrFewer,
    /// "or so" behind a number.
    OrSo,
    /// A quantity without a number.
    Vague,
    /// A part of something.
    Fraction,
    /// A number's word that is none.
    NotNumber,
    /// "dozen".
    Dozen,
    /// "half" before a dozen.
    Half,
    /// "per cent".
    Percent,
    /// What makes a number a share, a rate or a difference.
    Rate,
    /// What makes two numbers a share: "one in five".
    Ratio,
    /// What is measured in time, length, weight or money.
    Unit,
    /// What follows a time of day.
    Clock,
    /// What may precede a bare year or month.
    Preposition,
    /// A cue.
    Cue(CueKind),
    /// A phrase that holds a cue's word and is none.
    NoCue(CueKind),
    /// The end of a clause.
    Boundary,
    /// A day of the week, Monday 1 to Sunday 7 (ISO 8601).
    Weekday(u8),
    /// A month, 1 to 12.
    Month(u8),
    /// A day told by its distance from the day of telling: yesterday -1.
    RelativeDay(i8),
    /// A year told by its distance from the year of telling: last year -1.
    RelativeYear(i8),
    /// A word for a measure.
    Measure(String),
    /// A word for a category.
    Category(String),
    /// A phrase that holds a category's word and is none.
    NotCategory,
    /// A likelihood term of ICD 203, by its place on that scale.
    Likelihood(usize),
    /// A word of likelihood that is not on that scale.
    OffScale,
    /// A word of confidence in a judgement.
    Confidence,
}

/// The words of one language.
#[derive(Debug, Default)]
pub struct Lexicon {
    tag: String,
    phrases: FxHashMap<String, Vec<(Vec<String>, Meaning)>>,
    prefixes: Vec<String>,
    decimal: String,
    grouping: Vec<char>,
    ordinal_suffixes: Vec<String>,
    counted_suffixes: Vec<String>,
    abbreviations: Vec<String>,
    measures: Vec<String>,
    units_first: bool,
    vigesimal: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    decimal: String,
    grouping: Vec<char>,
    connectives: Vec<String>,
    and: Vec<String>,
    to: Vec<String>,
    or: Vec<String>,
    between: Vec<String>,
    from: Vec<String>,
    articles: Vec<String>,
    #[serde(rename = "the")]
    _the: Vec<String>,
    counted_suffixes: Vec<String>,
    ordinal_suffixes: Vec<String>,
    clock: Vec<String>,
    percent: Vec<String>,
    prepositions_of_time: Vec<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    units_first: bool,
    #[serde(default)]
    vigesimal: bool,
    #[serde(default)]
    compound_joiner: Option<String>,
    at_least: Vec<String>,
    more_than: Vec<String>,
    at_most: Vec<String>,
    less_than: Vec<String>,
    about: Vec<String>,
    or_more: Vec<String>,
    or_fewer: Vec<String>,
    or_so: Vec<String>,
    vague: Vec<String>,
    fractions: Vec<String>,
    not_numbers: Vec<String>,
    dozen: Vec<String>,
    half: Vec<String>,
    rates: Vec<String>,
    ratio: Vec<String>,
    units: Vec<String>,
    cardinals: BTreeMap<String, i64>,
    scales: BTreeMap<String, i64>,
    ordinals: BTreeMap<String, u64>,
    #[serde(default)]
    approximate: BTreeMap<String, i64>,
    cues: RawCues,
    calendar: RawCalendar,
    sentences: RawSentences,
    measures: BTreeMap<String, Vec<String>>,
    categories: RawCategories,
    estimate: RawEstimate,
}

#[derive(Deserialize)]
struct RawEstimate {
    /// In the order of ICD 203's scale, each with its forms.
    scale: [Vec<String>; 7],
    off_scale: Vec<String>,
    confidence: Vec<String>,
}

#[derive(Deserialize)]
struct RawCues {
    hedge: Vec<String>,
    no_hedge: Vec<String>,
    negation: Vec<String>,
    no_negation: Vec<String>,
    condition: Vec<String>,
    attribution: Vec<String>,
    no_attribution: Vec<String>,
    boundary: Vec<String>,
}

#[derive(Deserialize)]
struct RawCalendar {
    relative_days: BTreeMap<String, i8>,
    relative_years: BTreeMap<String, i8>,
    weekdays: BTreeMap<String, u8>,
    months: BTreeMap<String, u8>,
}

#[derive(Deserialize)]
struct RawSentences {
    abbreviations: Vec<String>,
}

#[derive(Deserialize)]
struct RawCategories {
    not_categories: Vec<String>,
    #[serde(flatten)]
    words: BTreeMap<String, Vec<String>>,
}

const TABLES: &[(&str, &str)] = &[
    ("ar", include_str!("lexicon/ar.toml")),
    ("de", include_str!("lexicon/de.toml")),
    ("en", include_str!("lexicon/en.toml")),
    ("es", include_str!("lexicon/es.toml")),
    ("fr", include_str!("lexicon/fr.toml")),
];

static LEXICONS: [OnceLock<Lexicon>; TABLES.len()] = [const { OnceLock::new() }; TABLES.len()];
static BARE: OnceLock<Lexicon> = OnceLock::new();

impl Lexicon {
    /// The languages that have a table, sorted.
    #[must_use]
    pub fn languages() -> Vec<&'static str> {
        TABLES.iter().map(|(tag, _)| *tag).collect()
    }

    /// The words of a language, by the first part of its BCP 47 tag; none where it has no table.
    #[must_use]
    pub fn for_language(tag: &str) -> Option<&'static Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let index = TABLES.iter().position(|(known, _)| *known == primary)?;
        let (tag, table) = TABLES.get(index)?;
        Some(LEXICONS.get(index)?.get_or_init(|| {
            // the tables are part of the program and a test parses each of them
            toml::from_str::<Raw>(table).map(|raw| Self::build(tag, raw)).unwrap_or_default()
        }))
    }

    /// Digits only, for a language without a table.
    #[must_use]
    pub fn bare() -> &'static Self {
        BARE.get_or_init(|| Self { decimal: ".".to_owned(), grouping: vec![','], ..Self::default() })
    }

    /// The words of a language, or digits only.
    #[must_use]
    pub fn or_bare(tag: &str) -> &'static Self {
        Self::for_language(tag).unwrap_or_else(Self::bare)
    }

    /// Its language; empty for the bare one.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Whether it knows words at all.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !self.phrases.is_empty()
    }

    /// Whether it has words for the measure of this id.
    #[must_use]
    pub fn knows_measure(&self, id: &str) -> bool {
        self.measures.iter().any(|m| m == id)
    }

    pub(super) fn is_decimal(&self, c: char) -> bool {
        self.decimal.contains(c)
    }

    pub(super) fn is_grouping(&self, c: char) -> bool {
        self.grouping.contains(&c)
    }

    pub(super) fn is_ordinal_suffix(&self, lower: &str) -> bool {
        self.ordinal_suffixes.iter().any(|s| s == lower)
    }

    pub(super) fn is_counted_suffix(&self, lower: &str) -> bool {
        self.counted_suffixes.iter().any(|s| s == lower)
    }

    pub(super) fn is_abbreviation(&self, lower: &str) -> bool {
        self.abbreviations.iter().any(|a| a == lower)
    }

    pub(super) fn units_first(&self) -> bool {
        self.units_first
    }

    pub(super) fn vigesimal(&self) -> bool {
        self.vigesimal
    }

    /// Whether month and weekday names are written with a capital, so that "may" and "march" are none.
    pub(super) fn capital_months(&self) -> bool {
        matches!(self.tag.as_str(), "en" | "de")
    }

    /// The longest phrase at token `at` whose meaning is wanted, with the number of tokens it takes.
    pub(crate) fn at<'l, T>(
        &'l self,
        all: &[Token],
        at: usize,
        mut wanted: impl FnMut(&'l Meaning) -> Option<T>,
    ) -> Option<(T, usize)> {
        let first = all.get(at)?;
        let direct = self.lookup(&first.lower, all, at, &mut wanted);
        if direct.is_some() {
            return direct;
        }
        self.prefixes.iter().find_map(|prefix| {
            let bare = first.lower.strip_prefix(prefix.as_str()).filter(|rest| rest.chars().count() >= 2)?;
            self.lookup(bare, all, at, &mut wanted)
        })
    }

    fn lookup<'l, T>(
        &'l self,
        first: &str,
        all: &[Token],
        at: usize,
        wanted: &mut impl FnMut(&'l Meaning) -> Option<T>,
    ) -> Option<(T, usize)> {
        // phrases are kept longest first
        self.phrases.get(first)?.iter().find_map(|(phrase, meaning)| {
            let rest = all.get(at + 1..at + phrase.len())?;
            let same = rest.iter().zip(&phrase[1..]).all(|(token, word)| token.lower == *word);
            if !same {
                return None;
            }
            wanted(meaning).map(|found| (found, phrase.len()))
        })
    }

    fn add(&mut self, phrase: &str, meaning: Meaning) {
        let words: Vec<String> = tokens(phrase).into_iter().map(|t| t.lower).collect();
        if let Some(first) = words.first() {
            // longest first, and in the order of the table among those of one length
            let phrases = self.phrases.entry(first.clone()).or_default();
            let at = phrases.partition_point(|(known, _)| known.len() >= words.len());
            phrases.insert(at, (words, meaning));
        }
    }

    fn build(tag: &str, raw: Raw) -> Self {
        let mut this = Self {
            tag: tag.to_owned(),
            phrases: FxHashMap::default(),
            prefixes: raw.prefixes,
            decimal: raw.decimal,
            grouping: raw.grouping,
            ordinal_suffixes: raw.ordinal_suffixes,
            counted_suffixes: raw.counted_suffixes,
            abbreviations: raw.sentences.abbreviations,
            measures: raw.measures.keys().cloned().collect(),
            units_first: raw.units_first,
            vigesimal: raw.vigesimal,
        };
        if let Some(joiner) = &raw.compound_joiner {
            this.add_compounds(joiner, &raw.cardinals);
        }
        let lists: [(&[String], Meaning); 30] = [
            (&raw.rates, Meaning::Rate),
            (&raw.ratio, Meaning::Ratio),
            (&raw.units, Meaning::Unit),
            (&raw.connectives, Meaning::Connective),
            (&raw.and, Meaning::And),
            (&raw.to, Meaning::To),
            (&raw.or, Meaning::Or),
            (&raw.between, Meaning::Between),
            (&raw.from, Meaning::From),
            (&raw.articles, Meaning::Article),
            (&raw.clock, Meaning::Clock),
            (&raw.percent, Meaning::Percent),
            (&raw.prepositions_of_time, Meaning::Preposition),
            (&raw.at_least, Meaning::Bound(BoundWord::AtLeast)),
            (&raw.more_than, Meaning::Bound(BoundWord::MoreThan)),
            (&raw.at_most, Meaning::Bound(BoundWord::AtMost)),
            (&raw.less_than, Meaning::Bound(BoundWord::LessThan)),
            (&raw.about, Meaning::Bound(BoundWord::About)),
            (&raw.or_more, Meaning::OrMore),
            (&raw.or_fewer, Meaning::OrFewer),
            (&raw.or_so, Meaning::OrSo),
            (&raw.vague, Meaning::Vague),
            (&raw.fractions, Meaning::Fraction),
            (&raw.not_numbers, Meaning::NotNumber),
            (&raw.dozen, Meaning::Dozen),
            (&raw.half, Meaning::Half),
            (&raw.cues.hedge, Meaning::Cue(CueKind::Hedge)),
            (&raw.cues.no_hedge, Meaning::NoCue(CueKind::Hedge)),
            (&raw.cues.boundary, Meaning::Boundary),
            (&raw.categories.not_categories, Meaning::NotCategory),
        ];
        let cues: [(&[String], Meaning); 5] = [
            (&raw.cues.negation, Meaning::Cue(CueKind::Negation)),
            (&raw.cues.no_negation, Meaning::NoCue(CueKind::Negation)),
            (&raw.cues.condition, Meaning::Cue(CueKind::Condition)),
            (&raw.cues.attribution, Meaning::Cue(CueKind::Attribution)),
            (&raw.cues.no_attribution, Meaning::NoCue(CueKind::Attribution)),
        ];
        for (words, meaning) in lists.iter().chain(&cues) {
            for word in *words {
                this.add(word, meaning.clone());
            }
        }
        for (place, words) in raw.estimate.scale.iter().enumerate() {
            for word in words {
                this.add(word, Meaning::Likelihood(place));
            }
        }
        for word in &raw.estimate.off_scale {
            this.add(word, Meaning::OffScale);
        }
        for word in &raw.estimate.confidence {
            this.add(word, Meaning::Confidence);
        }
        for (word, n) in &raw.cardinals {
            this.add(word, Meaning::Cardinal(*n));
        }
        for (word, n) in &raw.scales {
            this.add(word, Meaning::Scale(*n));
        }
        for (word, n) in &raw.ordinals {
            this.add(word, Meaning::Ordinal(*n));
        }
        for (word, n) in &raw.approximate {
            this.add(word, Meaning::Approximate(*n));
        }
        for (word, n) in &raw.calendar.weekdays {
            this.add(word, Meaning::Weekday(*n));
        }
        for (word, n) in &raw.calendar.months {
            this.add(word, Meaning::Month(*n));
        }
        for (word, n) in &raw.calendar.relative_days {
            this.add(word, Meaning::RelativeDay(*n));
        }
        for (word, n) in &raw.calendar.relative_years {
            this.add(word, Meaning::RelativeYear(*n));
        }
        for (measure, words) in &raw.measures {
            for word in words {
                this.add(word, Meaning::Measure(measure.clone()));
            }
        }
        for (category, words) in &raw.categories.words {
            for word in words {
                this.add(word, Meaning::Category(category.clone()));
            }
        }
        this
    }

    /// Numbers written as one word: units before tens, and hundreds and thousands of units.
    fn add_compounds(&mut self, joiner: &str, cardinals: &BTreeMap<String, i64>) {
        let units: Vec<(&str, i64)> = cardinals
            .iter()
            .filter(|(_, n)| (1..10).contains(*n))
            .map(|(w, n)| (if *n == 1 { "ein" } else { w.as_str() }, *n))
            .collect();
        for (tens, n) in cardinals.iter().filter(|(_, n)| **n >= 20 && **n < 100) {
            for (unit, u) in &units {
                self.add(&format!("{unit}{joiner}{tens}"), Meaning::Cardinal(n + u));
            }
        }
        for (scale, n) in [("hundert", 100), ("tausend", 1000)] {
            for (unit, u) in &units {
                self.add(&format!("{unit}{scale}"), Meaning::Cardinal(n * u));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_parses() {
        for (tag, table) in TABLES {
            let raw: Raw = toml::from_str(table).unwrap_or_else(|e| panic!("{tag}: {e}"));
            let lexicon = Lexicon::build(tag, raw);
            assert!(lexicon.has_words());
        }
        assert!(Lexicon::languages().is_sorted());
        assert_eq!(Lexicon::for_language("fr-CA").unwrap().tag(), "fr");
        assert!(Lexicon::for_language("tlh").is_none());
    }

    #[test]
    fn every_table_names_the_same_measures_and_categories() {
        let keys = |table: &str| {
            let raw: Raw = toml::from_str(table).unwrap();
            (raw.measures.into_keys().collect::<Vec<_>>(), raw.categories.words.into_keys().collect::<Vec<_>>())
        };
        let english = keys(TABLES[2].1);
        for (tag, table) in TABLES {
            assert_eq!(keys(table), english, "{tag}");
        }
    }
}
