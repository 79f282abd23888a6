//! A text held against a printed briefing: which unit is which, and what in it is no longer what was printed.

use std::collections::BTreeMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::provenance::Traced;
use super::units::{CELL, Unit, UnitKind};
use crate::text::tokens::tokens;

/// A unit of the text, and the printed one it is or was.
#[derive(Debug, Clone)]
pub struct Aligned {
    /// The unit, where it is not taken over from the printed one unread.
    pub unit: Option<Unit>,
    /// The bytes it covers.
    pub span: Range<usize>,
    /// The printed unit it is, or was before it was edited.
    pub printed: Option<usize>,
    /// Whether it says what that one says.
    pub same: bool,
}

/// Units of one kind with more of their words in common than this are one unit, edited.
const ALIKE: f32 = 0.55;
/// The most pairs of units that are compared word by word.
const MOST_PAIRS: usize = 200_000;

fn key(unit: &Unit) -> (UnitKind, &str) {
    (unit.kind, unit.text.trim())
}

/// How many units of a text stand in a briefing as they are.
#[must_use]
pub fn shared(units: &[Unit], printed: &[Traced]) -> usize {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for traced in printed {
        *known.entry(traced.unit.text.trim()).or_default() += 1;
    }
    units
        .iter()
        .filter(|unit| match known.get_mut(unit.text.trim()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
        .count()
}

/// Each unit of a text with the printed unit it is or was.
#[must_use]
pub fn align(units: Vec<Unit>, printed: &[Traced]) -> Vec<Aligned> {
    let old: Vec<(UnitKind, &str)> = printed.iter().map(|t| key(&t.unit)).collect();
    let new: Vec<(UnitKind, &str)> = units.iter().map(key).collect();
    let mut matched: Vec<Option<usize>> = vec![None; units.len()];
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            (0..len).for_each(|i| matched[new_index + i] = Some(old_index + i));
        }
    }
    let mut free: Vec<bool> = vec![true; printed.len()];
    matched.iter().flatten().for_each(|i| free[*i] = false);
    // what was moved is the same words in another place
    for (i, unit) in units.iter().enumerate().filter(|(i, _)| matched[*i].is_none()).collect::<Vec<_>>() {
        if let Some(p) = (0..printed.len()).find(|p| free[*p] && key(&printed[*p].unit) == key(unit)) {
            matched[i] = Some(p);
            free[p] = false;
        }
    }
    let same: Vec<bool> = matched.iter().map(Option::is_some).collect();
    let left: Vec<usize> = (0..units.len()).filter(|i| !same[*i]).collect();
    pair(&units, &left, printed, &mut free, &mut matched);
    units
        .into_iter()
        .zip(matched)
        .zip(same)
        .map(|((unit, printed), same)| Aligned { span: unit.span(), unit: Some(unit), printed, same })
        .collect()
}

/// Pairs units that were edited with the printed ones they are most alike, the likest first.
pub(super) fn pair(
    units: &[Unit],
    left: &[usize],
    printed: &[Traced],
    free: &mut [bool],
    matched: &mut [Option<usize>],
) {
    let open: Vec<usize> = (0..printed.len()).filter(|p| free[*p]).collect();
    if left.len().saturating_mul(open.len()) > MOST_PAIRS {
        return;
    }
    let old: Vec<Vec<String>> = open.iter().map(|p| words(&printed[*p].unit.text)).collect();
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for i in left {
        let new = words(&units[*i].text);
        for (p, old) in open.iter().zip(&old) {
            let (short, long) = (new.len().min(old.len()), new.len().max(old.len()));
            let kinds = key(&units[*i]).0 == key(&printed[*p].unit).0 || units[*i].kind == UnitKind::Sentence;
            if !kinds || short * 3 < long {
                continue;
            }
            let ratio = ratio(old, &new);
            if ratio > ALIKE {
                pairs.push((ratio, *i, *p));
            }
        }
    }
    // of two that are as much alike, the one that stands in the same place
    pairs.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| a.1.abs_diff(a.2).cmp(&b.1.abs_diff(b.2))).then(a.1.cmp(&b.1))
    });
    for (_, i, p) in pairs {
        if matched[i].is_none() && free[p] {
            matched[i] = Some(p);
            free[p] = false;
        }
    }
}

/// The most characters, old and new together, that are laid on one another.
const MOST_CHARACTERS: usize = 8_000;

/// Cuts a run of characters where the printed units end that it stands in place of; none where there is too much of it.
#[must_use]
pub fn cut(stream: &[char], printed: &[&str]) -> Option<Vec<Range<usize>>> {
    let old: Vec<char> = printed.iter().flat_map(|p| p.chars()).collect();
    if printed.is_empty() || old.len() + stream.len() > MOST_CHARACTERS {
        return None;
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old, stream);
    let at = |boundary: usize| {
        ops.iter().find(|op| op.old_range().contains(&boundary)).map_or(stream.len(), |op| match op {
            DiffOp::Equal { old_index, new_index, .. } => new_index + (boundary - old_index),
            other => other.new_range().start,
        })
    };
    let (mut end, mut start) = (0, 0);
    let mut found = Vec::new();
    for (i, one) in printed.iter().enumerate() {
        end += one.chars().count();
        let stop = if i + 1 == printed.len() { stream.len() } else { at(end).max(start) };
        found.push(start..stop);
        start = stop;
    }
    Some(found)
}

/// How much of two texts is the same, word for word: nought to one.
fn ratio(old: &[String], new: &[String]) -> f32 {
    let equal: usize = capture_diff_slices(Algorithm::Myers, old, new)
        .into_iter()
        .map(|op| if let DiffOp::Equal { len, .. } = op { len } else { 0 })
        .sum();
    2.0 * count(equal) / count(old.len() + new.len()).max(1.0)
}

fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().filter_map(|t| text.get(t.span).map(str::to_owned)).collect()
}

/// Whether a unit is a printed one, edited.
#[must_use]
pub fn is_edited(unit: &Unit, printed: &Traced) -> bool {
    ratio(&words(&printed.unit.text), &words(&unit.text)) > ALIKE
}

fn count(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

/// How the words of an edited unit lie on those of the printed one.
#[derive(Debug, Clone)]
pub struct Words {
    new: Vec<Range<usize>>,
    old: Vec<Range<usize>>,
    /// For each word of the edited unit, the printed one it is.
    same: Vec<Option<usize>>,
    /// Printed words that a page does not show: what stands between cells.
    unseen: Vec<usize>,
}

impl Words {
    /// Lays the edited text on the printed one.
    #[must_use]
    pub fn lay(new_text: &str, old_text: &str) -> Self {
        let cut = |text: &str| -> Vec<Range<usize>> { tokens(text).into_iter().map(|t| t.span).collect() };
        let (new, old) = (cut(new_text), cut(old_text));
        let words = |text: &'_ str, spans: &[Range<usize>]| -> Vec<String> {
            spans.iter().map(|s| text.get(s.clone()).unwrap_or_default().to_owned()).collect()
        };
        let mut same = vec![None; new.len()];
        for op in capture_diff_slices(Algorithm::Myers, &words(old_text, &old), &words(new_text, &new)) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                (0..len).for_each(|i| same[new_index + i] = Some(old_index + i));
            }
        }
        let unseen = if new_text.contains(CELL) {
            Vec::new()
        } else {
            (0..old.len()).filter(|i| old_text.get(old[*i].clone()).is_some_and(|w| w.contains(CELL))).collect()
        };
        Self { new, old, same, unseen }
    }

    /// The range of the printed text that a range of the edited one is, if it is one word for word.
    #[must_use]
    pub fn printed(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let inside: Vec<usize> =
            (0..self.new.len()).filter(|i| self.new[*i].start < span.end && span.start < self.new[*i].end).collect();
        let at: Vec<usize> = inside.iter().map(|i| self.same[*i]).collect::<Option<_>>()?;
        let runs = at.windows(2).all(|w| w[1] == w[0] + 1);
        let (first, last) = (*at.first()?, *at.last()?);
        runs.then(|| self.old[first].start..self.old[last].end)
    }

    /// The first place of the edited text that differs, what lies in `spared` (edited) and `dropped` (printed) aside.
    #[must_use]
    pub fn differs(&self, spared: &[Range<usize>], dropped: &[Range<usize>]) -> Option<Range<usize>> {
        let inside = |span: &Range<usize>, list: &[Range<usize>]| {
            list.iter().any(|s| s.start <= span.start && span.end <= s.end)
        };
        let added = (0..self.new.len())
            .find(|i| self.same[*i].is_none() && !inside(&self.new[*i], spared))
            .map(|i| self.new[i].clone());
        if added.is_some() {
            return added;
        }
        let kept: Vec<usize> = self.same.iter().flatten().copied().collect();
        let gone = (0..self.old.len())
            .find(|o| !kept.contains(o) && !self.unseen.contains(o) && !inside(&self.old[*o], dropped))?;
        // what is left out is shown by the word behind it
        let next = (0..self.new.len()).find(|i| self.same[*i].is_some_and(|o| o > gone));
        Some(next.or(self.new.len().checked_sub(1)).map_or(0..0, |i| self.new[i].clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_place_of_several_units_is_cut_where_they_end() {
        let stream: Vec<char> = "A13to24B13theoffice".chars().collect();
        let cut = cut(&stream, &["A12to24", "B12theoffice"]).unwrap();
        assert_eq!(stream[cut[0].clone()].iter().collect::<String>(), "A13to24");
        assert_eq!(stream[cut[1].clone()].iter().collect::<String>(), "B13theoffice");
    }

    #[test]
    fn a_bound_left_out_is_not_the_printed_figure() {
        let old = "Dead: at least 29 people, by the office";
        let new = "Dead: 29 people, by the office";
        let words = Words::lay(new, old);
        let at = new.find("29").unwrap();
        let printed = words.printed(&(at..at + 2)).unwrap();
        assert_eq!(&old[printed], "29");
        assert_eq!(words.differs(&[], &[]), Some(at..at + 2));
        assert_eq!(Words::lay(old, old).differs(&[], &[]), None);
        let swapped = Words::lay("by the mayor: 5", "by the office: 5");
        assert_eq!(swapped.differs(&[], &[]), Some(7..12));
    }
}
