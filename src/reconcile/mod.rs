//! Floor 3: what several claims say together, by the rules of `seeds/README.md`, whatever the order of records.
//!
//! A cell is (event, measure, category). Nothing is ever combined across cells, but for one floor: that of a wider
//! category from exclusive narrower ones of the same claimant and quotation.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::dossier::{Category, Claim, Dossier, Event, Measure, Subject};
use crate::facts::figure::{Bounds, Edge, Figure};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{DiscrepancyKind, Rank, Scope, Stance};
use crate::text::quantity::Number;

/// What is counted, of whom, in which event.
pub type CellKey = (Ref<Event>, Ref<Measure>, Option<Ref<Category>>);

/// What is to be said of a cell beside its figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// All its claims go back to one root.
    SingleOrigin,
    /// Two roots or more, whose figures can both be true.
    Corroborated,
    /// Two roots or more, whose figures cannot both be true.
    ValueContested,
    /// Sources disagree on who is counted.
    CategoryContested,
    /// Sources disagree on who did or said it.
    AttributionContested,
    /// Somebody denies it.
    Denied,
    /// No claim gives a number.
    Unquantified,
}

impl Flag {
    /// The words of all flags, in order.
    pub const WORDS: &'static [&'static str] = &[
        "single-origin",
        "corroborated",
        "value-contested",
        "category-contested",
        "attribution-contested",
        "denied",
        "unquantified",
    ];

    /// The word for it; a language table says how it is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SingleOrigin => "single-origin",
            Self::Corroborated => "corroborated",
            Self::ValueContested => "value-contested",
            Self::CategoryContested => "category-contested",
            Self::AttributionContested => "attribution-contested",
            Self::Denied => "denied",
            Self::Unquantified => "unquantified",
        }
    }
}

/// The range that total claims span together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// The least lower bound; none where a claim has none.
    pub low: Option<Edge>,
    /// The greatest upper bound; none where a claim has none.
    pub high: Option<Edge>,
    /// The greatest number any claim names, when the range is open above.
    pub reach: Option<Edge>,
    /// Whether the lower bound is an estimate.
    pub about_low: bool,
    /// Whether the upper bound, or the greatest number named, is an estimate.
    pub about_high: bool,
    /// Whether it counts hundredths of a whole.
    pub percent: bool,
}

/// A floor that was computed and is no claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputedFloor {
    /// At least so many.
    pub at_least: Number,
    /// The claims it was added up from.
    pub from: Vec<Ref<Claim>>,
}

/// What is claimed of one cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which cell.
    pub key: CellKey,
    /// Its range over live total claims; none where no such claim has a number.
    pub envelope: Option<Envelope>,
    /// Live total claims, grouped by root; within a group by id.
    pub totals: Vec<(String, Vec<Ref<Claim>>)>,
    /// Live partial claims: floors.
    pub floors: Vec<Ref<Claim>>,
    /// Live claims of a period, never part of the event.
    pub cumulative: Vec<Ref<Claim>>,
    /// Live claims in words alone.
    pub words: Vec<Ref<Claim>>,
    /// Claims that were replaced or found wrong, for the ledger.
    pub past: Vec<Ref<Claim>>,
    /// Floors computed from narrower categories.
    pub computed: Vec<ComputedFloor>,
    /// What is to be said of it.
    pub flags: BTreeSet<Flag>,
}

/// A floor that lies above the total's upper bound: one of the two is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FloorAboveTotal {
    /// The partial claim.
    pub floor: Ref<Claim>,
    /// A total claim it exceeds.
    pub total: Ref<Claim>,
}

/// The root of a claim's figure.
#[must_use]
pub fn origin(dossier: &Dossier, claim: Ref<Claim>) -> String {
    let claim = &dossier.claims[claim];
    match (&claim.origin, &claim.by) {
        (Some(origin), _) => origin.to_string(),
        (None, Some(by)) => dossier.actors[**by].id.clone(),
        (None, None) => {
            let sources: BTreeSet<&str> =
                claim.citations.iter().map(|c| dossier.sources[*c.source].id.as_str()).collect();
            sources.into_iter().collect::<Vec<_>>().join("+")
        }
    }
}

/// All cells of the claims that `sees` lets through, in the order of event, measure and category ids. What it does not let
/// through leaves no trace: no flag of a denial or disagreement that is not seen.
pub fn cells(dossier: &Dossier, sees: impl Fn(Subject) -> bool) -> Vec<Cell> {
    let visible: Vec<Ref<Claim>> = dossier.claims.iter().map(|(r, _)| r).filter(|r| sees(Subject::Claim(*r))).collect();
    let replaced: BTreeSet<Ref<Claim>> =
        visible.iter().filter_map(|r| dossier.claims[*r].supersedes.as_ref().map(|s| **s)).collect();
    let mut grouped: BTreeMap<CellKey, Vec<Ref<Claim>>> = BTreeMap::new();
    for claim in visible {
        let record = &dossier.claims[claim];
        let key = (*record.event, *record.measure, record.who.as_ref().map(|w| **w));
        grouped.entry(key).or_default().push(claim);
    }
    let computed = computed_floors(dossier, &grouped, &replaced);
    for key in computed.keys() {
        grouped.entry(*key).or_default();
    }
    let mut cells: Vec<Cell> =
        grouped.iter().map(|(key, claims)| cell(dossier, *key, claims, &replaced, computed.get(key))).collect();
    flag_across(dossier, &mut cells, &sees);
    cells
}

fn is_live(dossier: &Dossier, claim: Ref<Claim>, replaced: &BTreeSet<Ref<Claim>>) -> bool {
    !replaced.contains(&claim) && dossier.claims[claim].rank != Rank::Deprecated
}

fn cell(
    dossier: &Dossier,
    key: CellKey,
    claims: &[Ref<Claim>],
    replaced: &BTreeSet<Ref<Claim>>,
    computed: Option<&Vec<ComputedFloor>>,
) -> Cell {
    let mut totals: BTreeMap<String, Vec<Ref<Claim>>> = BTreeMap::new();
    let (mut floors, mut cumulative, mut words, mut past) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for &claim in claims {
        let record = &dossier.claims[claim];
        if !is_live(dossier, claim, replaced) {
            past.push(claim);
        } else if record.scope == Scope::Cumulative {
            cumulative.push(claim);
        } else if !record.value.is_quantified() {
            words.push(claim);
        } else if record.scope == Scope::Partial {
            floors.push(claim);
        } else {
            totals.entry(origin(dossier, claim)).or_default().push(claim);
        }
    }
    let live: Vec<Ref<Claim>> = totals.values().flatten().copied().collect();
    let preferred: Vec<Ref<Claim>> =
        live.iter().copied().filter(|c| dossier.claims[*c].rank == Rank::Preferred).collect();
    let headline = if preferred.is_empty() { &live } else { &preferred };
    let figures: Vec<Figure> = headline.iter().map(|c| *dossier.claims[*c].value).collect();
    let envelope = envelope(&figures);

    let mut flags = BTreeSet::new();
    if totals.len() == 1 {
        flags.insert(Flag::SingleOrigin);
    }
    if totals.len() > 1 {
        let agree = figures.iter().enumerate().all(|(i, a)| figures[i + 1..].iter().all(|b| compatible(a, b)));
        flags.insert(if agree { Flag::Corroborated } else { Flag::ValueContested });
    }
    let numbered = !totals.is_empty() || !floors.is_empty() || !cumulative.is_empty() || computed.is_some();
    if !numbered && !words.is_empty() {
        flags.insert(Flag::Unquantified);
    }
    Cell {
        key,
        envelope,
        totals: totals.into_iter().collect(),
        floors,
        cumulative,
        words,
        past,
        computed: computed.cloned().unwrap_or_default(),
        flags,
    }
}

/// The range that figures span together; none where no figure has a number.
#[must_use]
pub fn envelope(figures: &[Figure]) -> Option<Envelope> {
    let numbered: Vec<&Figure> = figures.iter().filter(|f| f.is_quantified()).collect();
    if numbered.is_empty() {
        return None;
    }
    let lows: Vec<Option<Edge>> = numbered.iter().map(|f| f.low()).collect();
    let highs: Vec<Option<Edge>> = numbered.iter().map(|f| f.high()).collect();
    let low = if lows.contains(&None) { None } else { lows.iter().flatten().min().copied() };
    // of two upper bounds with one number, the one that includes it reaches further
    let further = |a: &&Edge, b: &&Edge| (a.number, !a.beyond).cmp(&(b.number, !b.beyond));
    let high = if highs.contains(&None) { None } else { highs.iter().flatten().max_by(further).copied() };
    let reach = lows.iter().chain(&highs).flatten().max().copied();
    let estimated = |edge: Option<Edge>, of: &dyn Fn(&Figure) -> Option<Edge>| {
        edge.is_some() && numbered.iter().filter(|f| of(f) == edge).all(|f| f.is_about())
    };
    let greatest = |f: &Figure| f.high().max(f.low());
    Some(Envelope {
        low,
        high,
        reach,
        about_low: estimated(low, &Figure::low),
        about_high: if high.is_some() { estimated(high, &Figure::high) } else { estimated(reach, &greatest) },
        percent: numbered.iter().any(|f| f.percent),
    })
}

/// Whether two figures can both be true.
#[must_use]
pub fn compatible(a: &Figure, b: &Figure) -> bool {
    if !a.is_quantified() || !b.is_quantified() || a.percent != b.percent {
        return true;
    }
    // an estimate contradicts nothing that is near it: a tenth of its number either way
    let reaches = |low: Option<Edge>, high: Option<Edge>| match (low, high) {
        (Some(low), Some(high)) => low.number < high.number || low.number == high.number && !low.beyond && !high.beyond,
        _ => true,
    };
    if a.is_about() || b.is_about() {
        let near = |x: &Figure, y: &Figure| match (x.bounds, y.low(), y.high()) {
            (Bounds::About(n), low, high) => {
                let tenth = |e: Option<Edge>| e.map(|e| e.number);
                let scale = |m: Number, k: i64| {
                    let mut sum = Some(Number::whole(0));
                    for _ in 0..k {
                        sum = sum.and_then(|s| s.plus(m));
                    }
                    sum
                };
                let above = tenth(low).is_none_or(|l| scale(l, 10) <= scale(n, 11));
                let below = tenth(high).is_none_or(|h| scale(h, 10) >= scale(n, 9));
                above && below
            }
            _ => reaches(x.low(), y.high()) && reaches(y.low(), x.high()),
        };
        return near(a, b) || near(b, a);
    }
    reaches(a.low(), b.high()) && reaches(b.low(), a.high())
}

type Floors = BTreeMap<CellKey, Vec<ComputedFloor>>;

/// Floors of wider categories, from exclusive narrower ones of one claimant and one quotation.
fn computed_floors(
    dossier: &Dossier,
    grouped: &BTreeMap<CellKey, Vec<Ref<Claim>>>,
    replaced: &BTreeSet<Ref<Claim>>,
) -> Floors {
    type Statement<'a> = (Ref<Event>, Ref<Measure>, Ref<Category>, Option<&'a str>, &'a str, &'a str);
    let mut statements: BTreeMap<Statement<'_>, BTreeMap<Ref<Category>, Ref<Claim>>> = BTreeMap::new();
    for ((event, measure, who), claims) in grouped {
        let Some(who) = who else { continue };
        let category = &dossier.categories[*who];
        let (Some(parent), true) = (&category.within, category.exclusive) else { continue };
        for &claim in claims {
            let record = &dossier.claims[claim];
            let low = record.value.low();
            if !is_live(dossier, claim, replaced)
                || record.scope == Scope::Cumulative
                || low.is_none()
                || record.value.percent
            {
                continue;
            }
            let by = record.by.as_ref().map(|by| dossier.actors[**by].id.as_str());
            for citation in &record.citations {
                let source = dossier.sources[*citation.source].id.as_str();
                let statement = (*event, *measure, **parent, by, source, citation.quote.as_str());
                statements.entry(statement).or_default().insert(*who, claim);
            }
        }
    }
    let mut floors: Floors = BTreeMap::new();
    for ((event, measure, parent, ..), parts) in statements {
        if parts.len() < 2 {
            continue;
        }
        let from: Vec<Ref<Claim>> = parts.values().copied().collect();
        let sum = from.iter().try_fold(Number::whole(0), |sum, claim| {
            let low = dossier.claims[*claim].value.low()?;
            // "more than n" people are at least n + 1
            let number = if low.beyond { low.number.plus(Number::whole(1))? } else { low.number };
            sum.plus(number)
        });
        let Some(at_least) = sum else { continue };
        let floor = ComputedFloor { at_least, from };
        let list = floors.entry((event, measure, Some(parent))).or_default();
        if !list.contains(&floor) {
            list.push(floor);
        }
    }
    floors
}

/// Flags that come from other cells and from the ledger.
fn flag_across(dossier: &Dossier, cells: &mut [Cell], sees: &impl Fn(Subject) -> bool) {
    let of_cell = |cell: &Cell| -> BTreeSet<Ref<Claim>> {
        let totals = cell.totals.iter().flat_map(|(_, c)| c);
        totals.chain(&cell.floors).chain(&cell.words).chain(&cell.cumulative).copied().collect()
    };
    let claims: Vec<BTreeSet<Ref<Claim>>> = cells.iter().map(of_cell).collect();
    let home: BTreeMap<Ref<Claim>, usize> =
        claims.iter().enumerate().flat_map(|(i, set)| set.iter().map(move |c| (*c, i))).collect();
    let mut flagged: Vec<(usize, Flag)> = Vec::new();
    for (_, position) in dossier.positions.iter().filter(|(r, _)| sees(Subject::Position(*r))) {
        if let (Stance::Denies, Subject::Claim(claim)) = (*position.stance, *position.toward)
            && let Some(i) = home.get(&claim)
        {
            flagged.push((*i, Flag::Denied));
        }
    }
    // one root, told of different people
    let mut roots: BTreeMap<(Ref<Event>, Ref<Measure>, String), BTreeSet<usize>> = BTreeMap::new();
    for (i, cell) in cells.iter().enumerate() {
        for (root, members) in &cell.totals {
            // only where the curator named the root: a claimant may well count two groups
            if members.iter().any(|c| dossier.claims[*c].origin.is_some()) {
                roots.entry((cell.key.0, cell.key.1, root.clone())).or_default().insert(i);
            }
        }
    }
    for indices in roots.values().filter(|set| set.len() > 1) {
        flagged.extend(indices.iter().map(|i| (*i, Flag::CategoryContested)));
    }
    for (_, discrepancy) in dossier.discrepancies.iter().filter(|(r, _)| sees(Subject::Discrepancy(*r))) {
        let flag = match *discrepancy.kind {
            DiscrepancyKind::Value => {
                // the curator holds that two figures of one cell do not agree
                let mut cells_of: Vec<usize> = discrepancy
                    .between
                    .iter()
                    .filter_map(|s| if let Subject::Claim(claim) = **s { home.get(&claim).copied() } else { None })
                    .collect();
                cells_of.sort_unstable();
                flagged.extend(cells_of.windows(2).filter(|w| w[0] == w[1]).map(|w| (w[0], Flag::ValueContested)));
                continue;
            }
            DiscrepancyKind::Category => Flag::CategoryContested,
            DiscrepancyKind::Attribution => Flag::AttributionContested,
            _ => continue,
        };
        for subject in &discrepancy.between {
            if let Subject::Claim(claim) = **subject
                && let Some(i) = home.get(&claim)
            {
                flagged.push((*i, flag));
            }
        }
    }
    for (i, flag) in flagged {
        if let Some(cell) = cells.get_mut(i) {
            // of figures with one root there is nothing to be contested
            if flag == Flag::ValueContested && cell.totals.len() < 2 {
                continue;
            }
            if flag == Flag::ValueContested {
                cell.flags.remove(&Flag::Corroborated);
            }
            cell.flags.insert(flag);
        }
    }
}

/// Floors that lie above an upper bound of the same cell.
#[must_use]
pub fn floors_above_totals(dossier: &Dossier, cells: &[Cell]) -> Vec<FloorAboveTotal> {
    let mut found = Vec::new();
    for cell in cells {
        for &floor in &cell.floors {
            let Some(low) = dossier.claims[floor].value.low() else { continue };
            let above = cell.totals.iter().flat_map(|(_, c)| c).find(|total| {
                dossier.claims[**total].value.high().is_some_and(|high| {
                    low.number > high.number || low.number == high.number && (low.beyond || high.beyond)
                })
            });
            if let Some(&total) = above {
                found.push(FloorAboveTotal { floor, total });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
