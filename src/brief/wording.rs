//! Figures, dates and lists in words. All fixed English words of a briefing's text are here or in its template.

use chrono::Datelike;

use crate::facts::date::{Date, End, Moment, Precision, Qualifier};
use crate::facts::dossier::Dossier;
use crate::facts::figure::{Bounds, Figure};
use crate::facts::vocabulary::{Basis, Stance, Tlp};
use crate::reconcile::{Envelope, Flag};
use crate::text::quantity::Number;

/// The sign behind a date that its source does not state.
pub const DAGGER: char = '†';

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A number with its thousands grouped: `12,500`.
#[must_use]
pub fn number(n: Number) -> String {
    let plain = n.to_string();
    let (sign, body) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("\u{2212}", rest));
    let (whole, decimals) = body.split_once('.').map_or((body, None), |(w, d)| (w, Some(d)));
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(c);
    }
    match decimals {
        Some(d) => format!("{sign}{grouped}.{d}"),
        None => format!("{sign}{grouped}"),
    }
}

fn range(low: Number, high: Number, percent: &str) -> String {
    // a dash before a minus sign could not be read
    let (a, b) = (number(low), number(high));
    if a.starts_with('\u{2212}') || b.starts_with('\u{2212}') {
        format!("{a} to {b}{percent}")
    } else {
        format!("{a}–{b}{percent}")
    }
}

/// A claim's figure in words; empty for one without a number.
#[must_use]
pub fn figure(figure: &Figure) -> String {
    let percent = if figure.percent { "%" } else { "" };
    let one = |n: Number| format!("{}{percent}", number(n));
    match figure.bounds {
        Bounds::Exact(n) => one(n),
        Bounds::Range(a, b) => range(a, b, percent),
        Bounds::AtLeast(n) => format!("at least {}", one(n)),
        Bounds::MoreThan(n) => format!("more than {}", one(n)),
        Bounds::AtMost(n) => format!("at most {}", one(n)),
        Bounds::LessThan(n) => format!("fewer than {}", one(n)),
        Bounds::About(n) => format!("about {}", one(n)),
        Bounds::AboutRange(a, b) => format!("about {}", range(a, b, percent)),
        Bounds::Unquantified => String::new(),
    }
}

/// The range of several claims in words: `40–50`, `29 to 50, or more`.
#[must_use]
pub fn envelope(envelope: &Envelope) -> String {
    let percent = if envelope.percent { "%" } else { "" };
    let about = if envelope.about { "about " } else { "" };
    let one = |n: Number| format!("{}{percent}", number(n));
    match (envelope.low, envelope.high) {
        (Some(low), Some(high)) if low.number == high.number => format!("{about}{}", one(low.number)),
        (Some(low), Some(high)) => match (low.beyond, high.beyond) {
            (false, false) => format!("{about}{}", range(low.number, high.number, percent)),
            (true, false) => format!("more than {} to {}", one(low.number), one(high.number)),
            (false, true) => format!("{} to fewer than {}", one(low.number), one(high.number)),
            (true, true) => format!("more than {}, fewer than {}", one(low.number), one(high.number)),
        },
        (Some(low), None) => match envelope.reach {
            Some(reach) if reach.number > low.number => {
                let first = if low.beyond { "more than " } else { about };
                format!("{first}{} to {}, or more", number(low.number), one(reach.number))
            }
            _ if low.beyond => format!("more than {}", one(low.number)),
            _ => format!("at least {}", one(low.number)),
        },
        (None, Some(high)) if high.beyond => format!("fewer than {}", one(high.number)),
        (None, Some(high)) => format!("at most {}", one(high.number)),
        (None, None) => match envelope.reach {
            Some(reach) => format!("below and above {}", one(reach.number)),
            None => String::new(),
        },
    }
}

fn moment(m: &Moment) -> String {
    let (year, month, day) = m.parts();
    let year_text = if year <= 0 { format!("{} BCE", 1 - year) } else { year.to_string() };
    let name = MONTHS.get(usize::from(month.saturating_sub(1))).copied().unwrap_or_default();
    let text = match m.precision() {
        Precision::Years(1) => format!("the {year_text}s"),
        Precision::Years(_) => format!("{year_text} to {}", m.latest().year()),
        Precision::Year => year_text,
        Precision::Season(21) => format!("spring {year_text}"),
        Precision::Season(22) => format!("summer {year_text}"),
        Precision::Season(23) => format!("autumn {year_text}"),
        Precision::Season(_) => format!("winter {year_text}"),
        Precision::SomeMonth { .. } => format!("some time in {year_text}"),
        Precision::Month => format!("{name} {year_text}"),
        Precision::SomeDay => format!("some day in {name} {year_text}"),
        Precision::Day => format!("{day} {name} {year_text}"),
    };
    match m.qualifier() {
        None => text,
        Some(Qualifier::Approximate) => format!("about {text}"),
        Some(Qualifier::Uncertain) => format!("{text} (uncertain)"),
        Some(Qualifier::Both) => format!("about {text} (uncertain)"),
    }
}

/// A date in words, without a dagger.
#[must_use]
pub fn date(date: &Date) -> String {
    match date {
        Date::Single(m) => moment(m),
        Date::Interval(End::At(a), End::At(b)) => format!("{} to {}", moment(a), moment(b)),
        Date::Interval(End::At(a), End::Open) => format!("since {}", moment(a)),
        Date::Interval(End::At(a), End::Unknown) => format!("from {}, end unknown", moment(a)),
        Date::Interval(End::Open, End::At(b)) => format!("until {}", moment(b)),
        Date::Interval(_, End::At(b)) => format!("until {}, beginning unknown", moment(b)),
        Date::Interval(..) => "at an unknown time".to_owned(),
    }
}

/// A date in words, with a dagger unless its source states it.
#[must_use]
pub fn dated(when: &Date, basis: Basis) -> String {
    let mut text = date(when);
    if basis != Basis::Stated {
        text.push(DAGGER);
    }
    text
}

/// Things in a row: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// A sentence's first letter as a capital.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A text as a sentence: a capital first, one stop last.
#[must_use]
pub fn sentence(text: &str) -> String {
    let trimmed = text.trim();
    let stopped = trimmed.ends_with(['.', '!', '?', '…', '؟', '。'])
        || trimmed.ends_with(['”', '"'])
            && trimmed[..trimmed.len() - trimmed.chars().next_back().map_or(0, char::len_utf8)]
                .ends_with(['.', '!', '?']);
    if stopped || trimmed.is_empty() { capital(trimmed) } else { format!("{}.", capital(trimmed)) }
}

/// A quotation in quotation marks; marks inside it become single ones.
#[must_use]
pub fn quoted(words: &str) -> String {
    let trimmed = words.trim();
    let mut inner = String::with_capacity(trimmed.len());
    let mut open = false;
    for c in trimmed.chars() {
        match c {
            '"' => {
                inner.push(if open { '’' } else { '‘' });
                open = !open;
            }
            '“' => inner.push('‘'),
            '”' => inner.push('’'),
            c => inner.push(c),
        }
    }
    format!("“{inner}”")
}

/// A number of things: `1 source`, `3 sources`.
#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    let n_text = number(Number::whole(i64::try_from(n).unwrap_or(i64::MAX)));
    if n == 1 { format!("{n_text} {one}") } else { format!("{n_text} {many}") }
}

/// A stance as a noun: a verb would have to agree with names whose number nobody recorded.
#[must_use]
pub fn stance(stance: Stance) -> &'static str {
    match stance {
        Stance::Supports => "support",
        Stance::Opposes => "opposition",
        Stance::Condemns => "condemnation",
        Stance::Rejects => "rejection",
        Stance::CallsFor => "call for this",
        Stance::OpenTo => "openness to this",
        Stance::Vows => "promise of this",
        Stance::WarnsOf => "warning",
        Stance::Accuses => "accusation",
        Stance::Denies => "denial",
        Stance::Justifies => "justification",
        Stance::ClaimsResponsibility => "claim of responsibility",
        Stance::Condoles => "condolences",
        Stance::Declines => "refusal",
        Stance::Assesses => "assessment",
        Stance::Declares => "statement",
        Stance::Claims => "claim about own action",
    }
}

/// What a flag means.
#[must_use]
pub fn flag_meaning(flag: Flag) -> &'static str {
    match flag {
        Flag::SingleOrigin => "every report of the figure goes back to one root; repetition confirms nothing",
        Flag::Corroborated => "at least two independent roots give figures that can both be true",
        Flag::ValueContested => "independent roots give figures that cannot both be true",
        Flag::CategoryContested => "sources disagree on who is counted",
        Flag::AttributionContested => "sources disagree on who did it or who said it",
        Flag::Denied => "somebody denies it",
        Flag::Unquantified => "the source gives words, not a number",
    }
}

/// What a handling label allows (TLP 2.0, FIRST 2022).
#[must_use]
pub fn handling(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "Disclosure is not limited.",
        Tlp::Green => "Disclosure is limited to the recipients’ community.",
        Tlp::Amber => "Disclosure is limited to the recipients’ organization and its clients, on a need-to-know basis.",
        Tlp::AmberStrict => "Disclosure is limited to the recipients’ organization, on a need-to-know basis.",
        Tlp::Red => "For the eyes and ears of individual recipients only; no further disclosure.",
    }
}

/// A claimant with the chain the claim came by.
#[must_use]
pub fn claimant(
    dossier: &Dossier,
    by: Option<crate::facts::table::Ref<crate::facts::dossier::Actor>>,
    via: &[crate::facts::at::At<crate::facts::table::Ref<crate::facts::dossier::Actor>>],
) -> String {
    let chain: Vec<String> = via.iter().map(|a| dossier.actors[**a].name.to_string()).collect();
    let chain = if chain.is_empty() { String::new() } else { format!(" (via {})", list(&chain)) };
    match by {
        Some(by) => format!("{}{chain}", dossier.actors[by].name.as_str()),
        None => format!("no claimant named{chain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_in_words() {
        let words = |s: &str| figure(&s.parse().unwrap());
        assert_eq!(words("8"), "8");
        assert_eq!(words("40..50"), "40–50");
        assert_eq!(words(">=29"), "at least 29");
        assert_eq!(words(">12500"), "more than 12,500");
        assert_eq!(words("~400"), "about 400");
        assert_eq!(words("-5..3"), "−5 to 3");
        assert_eq!(words("12.5%"), "12.5%");
        let span = |list: &[&str]| {
            let figures: Vec<Figure> = list.iter().map(|s| s.parse().unwrap()).collect();
            envelope(&crate::reconcile::envelope(&figures).unwrap())
        };
        assert_eq!(span(&["8"]), "8");
        assert_eq!(span(&[">=29"]), "at least 29");
        assert_eq!(span(&[">=29", "50"]), "29 to 50, or more");
        assert_eq!(span(&["12", "0"]), "0–12");
        assert_eq!(span(&["~400"]), "about 400");
        assert_eq!(span(&["<=64"]), "at most 64");
    }

    #[test]
    fn dates_in_words() {
        let words = |s: &str| date(&s.parse().unwrap());
        assert_eq!(words("2015-02-16"), "16 February 2015");
        assert_eq!(words("2014-12/2015-01"), "December 2014 to January 2015");
        assert_eq!(words("2015-02-16~"), "about 16 February 2015");
        assert_eq!(words("201X"), "the 2010s");
        assert_eq!(dated(&"2015".parse().unwrap(), Basis::Inferred), "2015†");
    }

    #[test]
    fn sentences_and_quotations() {
        assert_eq!(sentence("one two"), "One two.");
        assert_eq!(sentence("Why?"), "Why?");
        assert_eq!(quoted("a \"b\" c"), "“a ‘b’ c”");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
