//! Pictures of what a briefing says: a timeline, ranges by claimant, who stands where.
//!
//! They hold places on a scale from 0 to [`FULL`] and the words beside them; a layout draws them and decides nothing. Texts
//! stand in the order in which they are drawn, so that a printed page can be held against them.

use serde::Serialize;

use crate::text::quantity::Number;

/// The length of a scale: places on it are counted from 0 to this.
pub const FULL: u32 = 10_000;

/// The keys of pictures whose texts are drawn; all other texts are names of files and signs, and descriptions.
pub const DRAWN: &[&str] = &[
    "title",
    "text",
    "when",
    "what",
    "meaning",
    "event",
    "counted",
    "category",
    "claimants",
    "figure",
    "targets",
    "actor",
    "stance",
    "name",
    "note",
];

/// A mark on a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Tick {
    /// Its place on the scale.
    pub at: u32,
    /// What stands beside it.
    pub text: String,
}

/// A sign and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Sign {
    /// Which sign, by a name that the layout knows; never printed.
    pub sign: String,
    /// What it means.
    pub meaning: String,
}

/// Dated entries along a scale of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Timeline {
    /// The name of the picture's own file, beside the Markdown.
    pub file: String,
    /// What the picture shows, in words.
    pub alt: String,
    /// What the signs mean, those that occur.
    pub legend: Vec<Sign>,
    /// The parts of the scale, each with what its ticks have in common.
    pub parts: Vec<Part>,
    /// An entry a row, in the order of time. What is not dated has no place here.
    pub rows: Vec<TimelineRow>,
    /// The ids of the records it shows.
    pub records: Vec<String>,
}

/// A stretch of a scale of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Part {
    /// Where it begins on the scale.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What its ticks have in common: "February 2015".
    pub title: String,
    /// Its ticks.
    pub ticks: Vec<Tick>,
}

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct TimelineRow {
    /// The date with its dagger.
    pub when: String,
    /// What happened, was said or was counted, in short.
    pub what: String,
    /// `event`, `statement`, `figure` or `background`.
    pub sign: String,
    /// Where it begins on the scale.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Whether it is a day; else it is a time within which, or through which, it was so.
    pub is_day: bool,
    /// Whether its beginning is open or not known.
    pub open_from: bool,
    /// Whether its end is open or not known.
    pub open_to: bool,
    /// Whether the date is approximate or uncertain.
    pub uncertain: bool,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Figures as ranges, by claimant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Ranges {
    /// The name of the picture's own file, beside the Markdown.
    pub file: String,
    /// What the picture shows, in words.
    pub alt: String,
    /// What the signs mean, those that occur.
    pub legend: Vec<Sign>,
    /// A panel for what is counted in which event.
    pub panels: Vec<Panel>,
    /// The ids of the records it shows.
    pub records: Vec<String>,
}

/// Figures that answer one question, on one scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Panel {
    /// The event; empty where the panel before is of the same.
    pub event: String,
    /// What is counted.
    pub counted: String,
    /// A row a figure.
    pub rows: Vec<RangeRow>,
    /// The ticks of its scale.
    pub ticks: Vec<Tick>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A figure on a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct RangeRow {
    /// Who is counted, where the row above does not count the same; may be empty.
    pub category: String,
    /// Who says so, or what the row is.
    pub claimants: String,
    /// The figure in words.
    pub figure: String,
    /// `claim`, `part`, `cumulative` or `computed`.
    pub sign: String,
    /// Where it begins on the scale.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Whether it has no lower bound.
    pub open_from: bool,
    /// Whether it has no upper bound.
    pub open_to: bool,
    /// Whether it is an estimate.
    pub about: bool,
    /// Whether the row above has the same root.
    pub same_root: bool,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Actors by what they take a position on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Stances {
    /// The name of the picture's own file, beside the Markdown.
    pub file: String,
    /// What the picture shows, in words.
    pub alt: String,
    /// What the signs mean, those that occur.
    pub legend: Vec<Sign>,
    /// Some targets and who takes a position on them; as many as fit side by side.
    pub panels: Vec<StancePanel>,
    /// The ids of the records it shows.
    pub records: Vec<String>,
}

/// Some targets and who takes a position on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct StancePanel {
    /// What the positions are about.
    pub targets: Vec<String>,
    /// A row an actor.
    pub rows: Vec<StanceRow>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Where an actor stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct StanceRow {
    /// Whose positions these are.
    pub actor: String,
    /// A cell a target, in their order.
    pub cells: Vec<StanceCell>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// Where an actor stands on one target: the latest stance last; none where no position is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct StanceCell {
    /// Stances in the order of time.
    pub stances: Vec<StanceMark>,
}

/// A stance in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct StanceMark {
    /// `for`, `against` or `other`.
    pub sign: String,
    /// The stance, as a noun.
    pub stance: String,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}

/// A scale on which the shortest step would be less than one in so many is drawn shortened.
const STEPS: i64 = 60;

/// A scale of time, in days.
///
/// It is even where all that begins or ends can then be told apart. Where it cannot, a stretch of time in which nothing
/// begins or ends takes room by its rank and the logarithm of its length: the order stays, long times are shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeScale {
    /// Days at which something begins or ends, and their places.
    edges: Vec<(i64, u32)>,
    /// Whether long times are shortened.
    pub is_shortened: bool,
}

impl TimeScale {
    /// A scale for stretches of days, the last not included.
    #[must_use]
    pub fn new(stretches: &[(i64, i64)]) -> Self {
        let mut days: Vec<i64> = stretches.iter().flat_map(|(a, b)| [*a, *b]).collect();
        days.sort_unstable();
        days.dedup();
        let gaps: Vec<i64> = days.windows(2).map(|w| w[1] - w[0]).collect();
        let (Some(&shortest), Some(&first), Some(&last)) = (gaps.iter().min(), days.first(), days.last()) else {
            return Self { edges: days.into_iter().map(|d| (d, 0)).collect(), is_shortened: false };
        };
        let is_shortened = shortest.saturating_mul(STEPS) < last - first;
        let room = |gap: i64| if is_shortened { 1.0 + 0.35 * ratio(gap, 1).ln() } else { ratio(gap, 1) };
        let total: f64 = gaps.iter().map(|g| room(*g)).sum();
        let mut at = 0.0;
        let mut edges = vec![(first, 0)];
        for (day, gap) in days.iter().skip(1).zip(&gaps) {
            at += room(*gap);
            edges.push((*day, scaled(at / total * f64::from(FULL))));
        }
        Self { edges, is_shortened }
    }

    /// The days at which something begins or ends.
    pub fn edges(&self) -> impl Iterator<Item = i64> {
        self.edges.iter().map(|(day, _)| *day)
    }

    /// The place of the beginning of a day.
    #[must_use]
    pub fn place(&self, day: i64) -> u32 {
        let after = self.edges.partition_point(|(d, _)| *d <= day);
        let before = after.checked_sub(1).and_then(|i| self.edges.get(i));
        match (before, self.edges.get(after)) {
            (Some((from, start)), Some((to, end))) => {
                start + scaled(ratio(day - from, to - from) * f64::from(end - start))
            }
            (Some((_, place)), None) => *place,
            (None, _) => 0,
        }
    }
}

fn ratio(part: i64, whole: i64) -> f64 {
    let f = |n: i64| f64::from(i32::try_from(n).unwrap_or(i32::MAX));
    if whole == 0 { 0.0 } else { f(part) / f(whole) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the scale before")]
fn scaled(share: f64) -> u32 {
    share.round().clamp(0.0, f64::from(FULL)) as u32
}

/// A scale of numbers that begins at nought, or below where a number does, with few round ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberScale {
    low: f64,
    high: f64,
    step: f64,
}

/// A number as it is drawn; exactness is the words' part.
fn drawn(n: Number) -> f64 {
    n.to_string().parse().unwrap_or_default()
}

impl NumberScale {
    /// A scale that holds all these numbers.
    #[must_use]
    pub fn new(numbers: impl Iterator<Item = Number>) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for n in numbers.map(drawn) {
            low = low.min(n);
            high = high.max(n);
        }
        let span = if high > low { high - low } else { 1.0 };
        let rough = span / 4.0;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|k| k * magnitude).find(|s| *s >= rough).unwrap_or(magnitude);
        // people and strikes are counted whole
        let step = if span >= 2.0 { step.max(1.0) } else { step };
        Self { low: (low / step).floor() * step, high: ((high.max(low + span)) / step).ceil() * step, step }
    }

    /// The place of a number.
    #[must_use]
    pub fn place(&self, n: Number) -> u32 {
        scaled((drawn(n) - self.low) / (self.high - self.low) * f64::from(FULL))
    }

    /// The numbers at the ticks, with their places.
    #[must_use]
    pub fn ticks(&self) -> Vec<(u32, Number)> {
        let mut ticks = Vec::new();
        let mut at = self.low;
        while at <= self.high + self.step / 2.0 && ticks.len() < 12 {
            // through text: a step such as 0.1 is no exact sum of binary fractions
            let text = format!("{at:.6}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            if let Ok(number) = (if text == "-0" { "0" } else { text }).parse::<Number>() {
                ticks.push((self.place(number), number));
            }
            at += self.step;
        }
        ticks
    }
}

/// A text of at most so many characters, cut at a word's end.
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    /// The most characters of a word: more would not fit into a column.
    const WORD: usize = 30;
    if let Some(long) = text.split_whitespace().find(|w| w.chars().count() > WORD) {
        let cut: String = long.chars().take(WORD - 1).chain(['…']).collect();
        return short(&text.replacen(long, &cut, 1), most);
    }
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = cut.rfind(char::is_whitespace).filter(|i| *i * 2 > cut.len()).unwrap_or(cut.len());
    let mut kept = cut[..end].trim_end_matches([' ', ',', ';', ':', '.', '\u{a0}', '–', '-']).to_owned();
    kept.push('…');
    // what was isolated for the other direction is closed again
    let opened = kept.matches('\u{2068}').count();
    let closed = kept.matches('\u{2069}').count();
    kept.extend(std::iter::repeat_n('\u{2069}', opened.saturating_sub(closed)));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_times_are_shortened_where_short_ones_could_not_be_seen() {
        // three days of one week, and a day two years later
        let scale = TimeScale::new(&[(100, 101), (103, 104), (105, 106), (900, 901)]);
        assert!(scale.is_shortened && scale.place(103) - scale.place(100) > 500, "{scale:?}");
        assert_eq!((scale.place(100), scale.place(901)), (0, FULL));
        // evenly spread entries need no shortening
        let even: Vec<(i64, i64)> = (0..30).map(|i| (i * 30, i * 30 + 30)).collect();
        assert!(!TimeScale::new(&even).is_shortened);
        // nothing is no scale, one day is one
        assert_eq!(TimeScale::new(&[]).edges().count(), 0);
        assert_eq!(TimeScale::new(&[(5, 6)]).place(6), FULL);
    }

    #[test]
    fn ticks_are_round_and_hold_all() {
        let n = |t: &str| t.parse::<Number>().unwrap();
        let of = |list: &[&str]| {
            let scale = NumberScale::new(list.iter().map(|t| n(t)));
            scale.ticks().iter().map(|(_, n)| n.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of(&["8"]), "0 2 4 6 8");
        assert_eq!(of(&["40", "50"]), "0 20 40 60");
        assert_eq!(of(&["1"]), "0 0.5 1");
        assert_eq!(of(&["-3", "4"]), "-4 -2 0 2 4");
        assert_eq!(of(&["0"]), "0 0.5 1");
        assert_eq!(of(&["3", "12000"]), "0 5000 10000 15000");
    }

    #[test]
    fn cut_texts_end_at_a_word() {
        assert_eq!(short("as it is", 20), "as it is");
        assert_eq!(short(&format!("a {} b", "x".repeat(50)), 40), format!("a {}… b", "x".repeat(29)));
        assert_eq!(short("one two three four", 12), "one two…");
        assert_eq!(short("a, \u{2068}foreign words\u{2069}", 12), "a, \u{2068}foreign…\u{2069}");
    }

    proptest! {
        #[test]
        fn places_are_in_order_and_on_the_scale(
            days in proptest::collection::vec((0i64..800_000, 1i64..4_000), 1..60)
        ) {
            let stretches: Vec<(i64, i64)> = days.iter().map(|(a, n)| (*a, a + n)).collect();
            let scale = TimeScale::new(&stretches);
            let mut edges: Vec<i64> = stretches.iter().flat_map(|(a, b)| [*a, *b]).collect();
            edges.sort_unstable();
            let places: Vec<u32> = edges.iter().map(|d| scale.place(*d)).collect();
            prop_assert!(places.windows(2).all(|w| w[0] <= w[1]));
            prop_assert!(places.iter().all(|p| *p <= FULL));
            prop_assert!(places.first() == Some(&0) && places.last() == Some(&FULL));
        }

        #[test]
        fn numbers_are_on_their_scale(numbers in proptest::collection::vec(-100_000i64..1_000_000, 1..20)) {
            let numbers: Vec<Number> = numbers.into_iter().map(Number::whole).collect();
            let scale = NumberScale::new(numbers.iter().copied());
            let ticks = scale.ticks();
            prop_assert!(ticks.len() >= 2 && ticks.len() <= 7, "{ticks:?}");
            prop_assert!(ticks.first().is_some_and(|t| t.0 == 0) && ticks.last().is_some_and(|t| t.0 == FULL));
            prop_assert!(numbers.iter().all(|n| ticks[0].1 <= *n && *n <= ticks[ticks.len() - 1].1));
        }
    }
}
