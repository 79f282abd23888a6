//! The closed lists of the fact model. Each parses from the word an analyst writes and prints as that same word.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::text::nearest::nearest;

macro_rules! closed_list {
    ($(#[doc = $doc:literal])+ $name:ident ($what:literal) { $($(#[doc = $vdoc:literal])+ $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $vdoc])+ $variant,)+ }

        impl JsonSchema for $name {
            fn inline_schema() -> bool { true }

            fn schema_name() -> Cow<'static, str> { stringify!($name).into() }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                words_schema(concat!($($doc),+), Self::WORDS, &[$(concat!($($vdoc),+)),+])
            }
        }

        impl $name {
            /// All words of the list, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word for it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.word()) }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(not_in_list(text, $what, Self::WORDS)),
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

/// The schema of a text that is one of `words`, each with its meaning: as the standard says it, and as the editors know it
/// that explain words (`enumDescriptions` in VS Code, `x-taplo` in taplo).
pub(crate) fn words_schema(about: &str, words: &[&str], meanings: &[&str]) -> Schema {
    let meanings: Vec<&str> = meanings.iter().map(|m| m.trim()).collect();
    json_schema!({
        "type": "string",
        "description": about.trim(),
        "enum": words,
        "enumDescriptions": meanings,
        "x-taplo": { "docs": { "enumValues": meanings } },
    })
}

/// What is wrong with a word that is none of a closed list.
pub(crate) fn not_in_list(text: &str, what: &str, words: &[&str]) -> String {
    let guess = nearest(text, words.iter().copied()).map(|w| format!("; did you mean `{w}`?")).unwrap_or_default();
    format!("`{text}` is not a {what}{guess} (known: {})", words.join(", "))
}

closed_list! {
    /// Handling label of the Traffic Light Protocol, version 2.0 (FIRST, 2022), from the widest circle to the narrowest.
    Tlp("TLP label") {
        /// No limit on disclosure.
        Clear = "CLEAR",
        /// The community.
        Green = "GREEN",
        /// The organisation and its clients, on a need-to-know basis.
        Amber = "AMBER",
        /// The organisation only.
        AmberStrict = "AMBER+STRICT",
        /// Named recipients only.
        Red = "RED",
    }
}

closed_list! {
    /// Reliability of a source by the Admiralty (NATO AJP-2.1) scale.
    Reliability("reliability grade") {
        /// Completely reliable.
        A = "A",
        /// Usually reliable.
        B = "B",
        /// Fairly reliable.
        C = "C",
        /// Not usually reliable.
        D = "D",
        /// Unreliable.
        E = "E",
        /// Cannot be judged: the honest default.
        F = "F",
    }
}

closed_list! {
    /// Credibility of a piece of information by the Admiralty (NATO AJP-2.1) scale.
    Credibility("credibility grade") {
        /// Confirmed by other sources.
        Confirmed = "1",
        /// Probably true.
        Probable = "2",
        /// Possibly true.
        Possible = "3",
        /// Doubtful.
        Doubtful = "4",
        /// Improbable.
        Improbable = "5",
        /// Truth cannot be judged.
        NotJudged = "6",
    }
}

closed_list! {
    /// What an actor is.
    ActorKind("kind of actor") {
        /// A natural person.
        Person = "person",
        /// A state as such.
        State = "state",
        /// A government or administration.
        Government = "government",
        /// A parliament or council of deputies.
        Parliament = "parliament",
        /// A ministry or agency of a government.
        Ministry = "ministry",
        /// Regular armed forces or a branch of them.
        Military = "military",
        /// An armed group that is no state's.
        ArmedGroup = "armed-group",
        /// An organisation.
        Organisation = "organisation",
        /// A newspaper, broadcaster or site.
        Media = "media",
        /// A news agency.
        Agency = "agency",
        /// People with no organisation, such as witnesses.
        Group = "group",
        /// Somebody the source does not name.
        Unnamed = "unnamed",
    }
}

closed_list! {
    /// What a claim's figure covers.
    Scope("scope") {
        /// The whole of what is counted.
        Total = "total",
        /// A part of it: a floor for the total.
        Partial = "partial",
        /// Several events over a period; never part of one of them.
        Cumulative = "cumulative",
    }
}

closed_list! {
    /// Which of several claims a curator holds to be current (after the ranks of Wikidata).
    Rank("rank") {
        /// As good as any other.
        Normal = "normal",
        /// The one to lead with.
        Preferred = "preferred",
        /// Known to be wrong; kept for the ledger.
        Deprecated = "deprecated",
    }
}

closed_list! {
    /// Where an actor stands.
    Stance("stance") {
        /// Supports it.
        Supports = "supports",
        /// Is against it.
        Opposes = "opposes",
        /// Condemns it.
        Condemns = "condemns",
        /// Rejects it.
        Rejects = "rejects",
        /// Calls for it.
        CallsFor = "calls-for",
        /// Is open to it.
        OpenTo = "open-to",
        /// Promises or threatens it.
        Vows = "vows",
        /// Warns of it.
        WarnsOf = "warns-of",
        /// Accuses somebody over it.
        Accuses = "accuses",
        /// Denies it.
        Denies = "denies",
        /// Gives reasons for it.
        Justifies = "justifies",
        /// Says that it did it, as an armed group does of an attack.
        ClaimsResponsibility = "claims-responsibility",
        /// Offers condolences over it.
        Condoles = "condoles",
        /// Declines it.
        Declines = "declines",
        /// Judges it, as an outside analyst does.
        Assesses = "assesses",
        /// States something about it.
        Declares = "declares",
        /// Says of its own action that it happened, or how it went.
        Claims = "claims",
    }
}

closed_list! {
    /// How a position was expressed.
    Form("form") {
        /// Quoted in the speaker's own words.
        Direct = "direct",
        /// Reported in the source's words.
        Indirect = "indirect",
        /// A written statement, post or declaration.
        Written = "written",
        /// An act, such as a visit or a vote.
        Act = "act",
    }
}

closed_list! {
    /// How a date is known.
    Basis("basis") {
        /// The source gives the whole date.
        Stated = "stated",
        /// Worked out from words of the source and an anchor.
        Inferred = "inferred",
        /// From outside the source's text.
        External = "external",
        /// The source gives another date, which is wrong.
        SourceError = "source-error",
    }
}

closed_list! {
    /// How a date is worked out from words of a source and an anchor date.
    DateRule("date rule") {
        /// The anchor's own day: "today", "this morning", "hours later".
        SameDay = "same-day",
        /// "yesterday".
        DayBefore = "day-before",
        /// "the following day".
        DayAfter = "day-after",
        /// The latest such weekday not after the anchor.
        WeekdayOnOrBefore = "weekday-on-or-before",
        /// The latest such weekday before the anchor.
        WeekdayBefore = "weekday-before",
        /// The first such weekday not before the anchor.
        WeekdayOnOrAfter = "weekday-on-or-after",
        /// The first such weekday after the anchor.
        WeekdayAfter = "weekday-after",
        /// Day and month without a year: the year that brings it nearest to the anchor.
        DayMonthNearest = "day-month-nearest",
        /// The latest such month not after the anchor's.
        MonthOnOrBefore = "month-on-or-before",
        /// The latest such month before the anchor's.
        MonthBefore = "month-before",
        /// The first such month not before the anchor's.
        MonthOnOrAfter = "month-on-or-after",
        /// From the latest such month not after the anchor's, up to the anchor.
        SinceMonth = "since-month",
        /// The anchor's year.
        SameYear = "same-year",
        /// The year before the anchor's.
        YearBefore = "year-before",
        /// No more than that the date falls on the weekday named.
        Weekday = "weekday",
        /// The year, and the month if there is one, in the source's address.
        InUrl = "in-url",
    }
}

closed_list! {
    /// Part of the day, for the order of events on one day.
    Daypart("time of day") {
        /// About sunrise.
        Dawn = "dawn",
        /// Before noon.
        Morning = "morning",
        /// About noon.
        Midday = "midday",
        /// After noon.
        Afternoon = "afternoon",
        /// Before night.
        Evening = "evening",
        /// At night.
        Night = "night",
        /// Late in the day.
        Late = "late",
    }
}

closed_list! {
    /// Grade of civilian harm (Airwars' methodology).
    HarmGrade("harm grade") {
        /// Accepted by a belligerent.
        Confirmed = "confirmed",
        /// At least two independent sources, and a declared or likely strike.
        Fair = "fair",
        /// One source.
        Weak = "weak",
        /// Sources conflict on who did it.
        Contested = "contested",
        /// Found not to be so.
        Discounted = "discounted",
    }
}

closed_list! {
    /// In what two records disagree.
    DiscrepancyKind("kind of discrepancy") {
        /// The figure.
        Value = "value",
        /// Who or what is counted.
        Category = "category",
        /// Who did or said it.
        Attribution = "attribution",
        /// The words.
        Wording = "wording",
        /// The date.
        Date = "date",
        /// What the figure covers.
        Scope = "scope",
        /// The name of an actor or place.
        Name = "name",
    }
}

closed_list! {
    /// What an assessment is.
    AssessmentKind("kind of assessment") {
        /// A judgement from evidence.
        Judgement = "judgement",
        /// Taken to be so, for the sake of the analysis.
        Assumption = "assumption",
        /// A step from records to what they imply.
        Inference = "inference",
        /// A judgement of what may come.
        Outlook = "outlook",
    }
}

closed_list! {
    /// Likelihood, in the terms of ICD 203 (2015), section D.6.e(2)(a).
    Likelihood("likelihood term of ICD 203") {
        /// 1 to 5 per cent.
        AlmostNoChance = "almost no chance",
        /// 5 to 20 per cent.
        VeryUnlikely = "very unlikely",
        /// 20 to 45 per cent.
        Unlikely = "unlikely",
        /// 45 to 55 per cent.
        RoughlyEven = "roughly even chance",
        /// 55 to 80 per cent.
        Likely = "likely",
        /// 80 to 95 per cent.
        VeryLikely = "very likely",
        /// 95 to 99 per cent.
        AlmostCertain = "almost certain",
    }
}

closed_list! {
    /// Confidence in a judgement's basis (ICD 203); never said in the sentence that states a likelihood.
    Confidence("confidence level") {
        /// Scant or doubtful sources.
        Low = "low",
        /// Credible sources, not enough of them.
        Moderate = "moderate",
        /// Good sources that agree.
        High = "high",
    }
}

closed_list! {
    /// What a change record says happened.
    ChangeKind("kind of change") {
        /// We had it wrong.
        Correction = "correction",
        /// The claimant gave a newer figure.
        Supersession = "supersession",
        /// The source took it back.
        Retraction = "retraction",
        /// It is new.
        Addition = "addition",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_strangers_are_helped() {
        for word in Stance::WORDS {
            assert_eq!(word.parse::<Stance>().unwrap().to_string(), **word);
        }
        let error = "suports".parse::<Stance>().unwrap_err();
        assert!(error.contains("did you mean `supports`?"), "{error}");
        assert!(Tlp::Clear < Tlp::Red);
    }
}
