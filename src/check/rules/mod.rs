//! The rules: one file of code and one page of prose each, and the one table that lists them.

use crate::check::passage::{Attempt, Passage};
use crate::diag::{Diagnostic, Level};
use crate::facts::dossier::{Cited, Dossier, Subject};

/// What a rule is about; it gives the rule's level unless a project or command line sets another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The dossier says something its source does not.
    Correctness,
    /// Something is not traced to who said it, or when, or where.
    Sourcing,
    /// Records do not fit together.
    Consistency,
    /// It could be written better.
    Style,
}

impl Group {
    /// The level its rules have by default.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Correctness | Self::Sourcing => Level::Deny,
            Self::Consistency | Self::Style => Level::Warn,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Sourcing => "sourcing",
            Self::Consistency => "consistency",
            Self::Style => "style",
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Run {
    /// A quotation searched for in its article.
    Attempt(fn(&Attempt<'_>) -> Vec<Diagnostic>),
    /// A quotation found in its article.
    Passage(fn(&Passage<'_>) -> Vec<Diagnostic>),
    /// All quotations of a record that were found in their articles.
    Passages(fn(&[Passage<'_>]) -> Vec<Diagnostic>),
    /// A record that cites, whether or not its articles are at hand.
    Record(fn(&Dossier, &Cited<'_>) -> Vec<Diagnostic>),
    /// The whole dossier.
    Dossier(fn(&Dossier) -> Vec<Found>),
    /// The check itself: proofs, dates and exceptions.
    Engine,
}

/// A finding and the record it is about, whose exceptions apply to it.
pub struct Found {
    /// The record.
    pub subject: Option<Subject>,
    /// The finding; its code and level are set by the check.
    pub diagnostic: Diagnostic,
}

/// A rule.
pub struct Rule {
    /// Kebab-case words for the bad thing.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// Its page.
    pub page: &'static str,
    /// Its code.
    pub run: Run,
}

impl Rule {
    /// Whether it is the proof of a quotation itself: nobody can switch such a rule off, on a record or for a project.
    #[must_use]
    pub fn is_proof(&self) -> bool {
        matches!(self.run, Run::Attempt(_))
            || matches!(self.name, "not-verified" | "row-not-verbatim" | "value-differs-from-cells")
    }
}

macro_rules! rules {
    ($($module:ident $name:literal $group:ident $run:expr;)+) => {
        $(mod $module;)+

        /// All rules, sorted by name.
        pub static RULES: &[Rule] = &[
            $(Rule { name: $name, group: Group::$group, page: include_str!(concat!($name, ".md")), run: $run },)+
        ];
    };
}

rules! {
    article_missing "article-missing" Sourcing Run::Engine;
    attribution_left_out "attribution-left-out" Sourcing Run::Passage(attribution_left_out::check);
    caption_as_speech "caption-as-speech" Correctness Run::Passage(caption_as_speech::check);
    category_differs_from_source "category-differs-from-source" Correctness Run::Passage(category_differs_from_source::check);
    claim_negated "claim-negated" Correctness Run::Passage(claim_negated::check);
    claimant_not_in_source "claimant-not-in-source" Sourcing Run::Passage(claimant_not_in_source::check);
    confidence_in_judgement "confidence-in-judgement" Style Run::Dossier(confidence_in_judgement::check);
    date_differs_from_source "date-differs-from-source" Correctness Run::Engine;
    date_without_basis "date-without-basis" Sourcing Run::Engine;
    date_words_not_in_source "date-words-not-in-source" Correctness Run::Engine;
    exception_unused "exception-unused" Consistency Run::Engine;
    figure_differs_from_source "figure-differs-from-source" Correctness Run::Passage(figure_differs_from_source::check);
    figure_in_prose "figure-in-prose" Sourcing Run::Dossier(figure_in_prose::check);
    floor_above_total "floor-above-total" Correctness Run::Dossier(floor_above_total::check);
    harm_grade_unsupported "harm-grade-unsupported" Correctness Run::Dossier(harm_grade_unsupported::check);
    hedge_not_in_source "hedge-not-in-source" Correctness Run::Passages(hedge_not_in_source::check);
    hedge_undeclared "hedge-undeclared" Correctness Run::Passage(hedge_undeclared::check);
    likelihood_off_scale "likelihood-off-scale" Style Run::Dossier(likelihood_off_scale::check);
    line_not_in_article "line-not-in-article" Consistency Run::Engine;
    measure_and_category_mismatch "measure-and-category-mismatch" Correctness Run::Dossier(measure_and_category_mismatch::check);
    measure_differs_from_source "measure-differs-from-source" Correctness Run::Passage(measure_differs_from_source::check);
    misspelling_printed "misspelling-printed" Style Run::Dossier(misspelling_printed::check);
    not_verified "not-verified" Sourcing Run::Engine;
    quote_ambiguous "quote-ambiguous" Sourcing Run::Attempt(quote_ambiguous::check);
    quote_cut_from_context "quote-cut-from-context" Correctness Run::Passage(quote_cut_from_context::check);
    quote_in_furniture "quote-in-furniture" Sourcing Run::Attempt(quote_in_furniture::check);
    quote_long "quote-long" Style Run::Record(quote_long::check);
    quote_not_verbatim "quote-not-verbatim" Correctness Run::Attempt(quote_not_verbatim::check);
    quote_too_long "quote-too-long" Sourcing Run::Record(quote_too_long::check);
    quote_too_short "quote-too-short" Sourcing Run::Record(quote_too_short::check);
    review_suspect "review-suspect" Consistency Run::Engine;
    revision_not_marked "revision-not-marked" Consistency Run::Dossier(revision_not_marked::check);
    row_not_verbatim "row-not-verbatim" Correctness Run::Engine;
    said_not_in_quote "said-not-in-quote" Correctness Run::Record(said_not_in_quote::check);
    said_not_spoken "said-not-spoken" Correctness Run::Passages(said_not_spoken::check);
    source_not_cited "source-not-cited" Consistency Run::Dossier(source_not_cited::check);
    unproved_date_changed "unproved-date-changed" Sourcing Run::Engine;
    value_differs_from_cells "value-differs-from-cells" Correctness Run::Engine;
    words_not_in_quote "words-not-in-quote" Correctness Run::Record(words_not_in_quote::check);
}

pub(crate) use category_differs_from_source::{counted, unit_behind};

/// A rule by its name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests;
