//! Where each character of a printed briefing comes from: a record, the briefing, or its template.
//!
//! The kind's template is rendered a second time on a view in which every value stands between private marks. With the
//! marks taken out the text must be the one that was printed; a template that compares texts may print another one, and
//! then the values are looked for in the printed text instead.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value as Json;

use super::items::{Item, Value, items};
use super::units::{Unit, UnitKind, of_line, of_markdown};
use crate::brief::chart::DRAWN;
use crate::render::marks::{BASE, CLOSE, FIRST, digit, open};
use crate::render::template::Kind;
use crate::text::lexicon::Lexicon;
use crate::text::markdown::escape;
use crate::text::normalise::fold;

/// A value of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where it stands in the view: `figures[0].rows[1].figure`.
    pub path: String,
    /// What it says.
    pub text: String,
    /// The ids of the records it belongs to; none for the briefing's own.
    pub records: Vec<String>,
}

/// Where an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// From records.
    Records,
    /// From the briefing's own data.
    Briefing,
    /// From the fixed words of a template.
    Template,
}

/// A unit of a printed briefing, each byte of it traced.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The unit.
    pub unit: Unit,
    /// For each byte of its text: nought for the template, else one more than the index of a leaf.
    pub from: Vec<usize>,
    /// What it says.
    pub items: Vec<Item>,
    /// The ids of the records it prints, in the order of mention.
    pub records: Vec<String>,
}

/// A printed briefing, traced.
#[derive(Debug, Clone)]
pub struct Printout {
    /// The briefing's name.
    pub slug: String,
    /// The kind of briefing.
    pub kind: String,
    /// The language it is written in.
    pub language: String,
    /// The values it was printed from.
    pub leaves: Vec<Leaf>,
    /// Its units.
    pub units: Vec<Traced>,
    /// The units of its pages, where they are others: instead of a picture's description, the texts in it.
    pages: Option<Vec<Traced>>,
    /// The ids of the sources of its references, by number less one.
    pub references: Vec<String>,
}

impl Printout {
    /// Traces a briefing that a kind printed from a view; `known` tells whether an id names a record.
    #[must_use]
    pub fn new(
        (slug, language): (&str, &str),
        kind: &Kind,
        view: &Json,
        markdown: &str,
        known: &dyn Fn(&str) -> bool,
    ) -> Self {
        let leaves = leaves(view, known);
        let marked = [Marked::All, Marked::Texts, Marked::Prose]
            .into_iter()
            .find_map(|which| by_marks(kind, view, markdown, &leaves, which));
        let from = marked.unwrap_or_else(|| by_words(markdown, &leaves, Lexicon::or_bare(language)));
        Self::traced((slug, language), &kind.name, view, markdown, leaves, &from)
    }

    /// Traces a briefing whose kind is not at hand: the values of its view are looked for in it.
    #[must_use]
    pub fn by_words(
        (slug, language): (&str, &str),
        kind: &str,
        view: &Json,
        markdown: &str,
        known: &dyn Fn(&str) -> bool,
    ) -> Self {
        let leaves = leaves(view, known);
        let from = by_words(markdown, &leaves, Lexicon::or_bare(language));
        Self::traced((slug, language), kind, view, markdown, leaves, &from)
    }

    fn traced(
        (slug, language): (&str, &str),
        kind: &str,
        view: &Json,
        markdown: &str,
        leaves: Vec<Leaf>,
        from: &[usize],
    ) -> Self {
        let lexicon = Lexicon::or_bare(language);
        let units: Vec<Traced> = of_markdown(markdown, lexicon)
            .into_iter()
            .map(|unit| {
                let from: Vec<usize> =
                    unit.places().into_iter().map(|at| from.get(at).copied().unwrap_or_default()).collect();
                Traced::new(unit, from, &leaves, lexicon)
            })
            .collect();
        let pages = on_pages(view, markdown, &units, &leaves, lexicon);
        let references = view
            .get("references")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .map(|r| r.get("id").and_then(Json::as_str).unwrap_or_default().to_owned())
            .collect();
        Self {
            slug: slug.to_owned(),
            kind: kind.to_owned(),
            language: language.to_owned(),
            leaves,
            units,
            pages,
            references,
        }
    }

    /// The units of the printed pages, in order.
    #[must_use]
    pub fn on_pages(&self) -> &[Traced] {
        self.pages.as_deref().unwrap_or(&self.units)
    }

    /// The leaves that bytes of a unit's text come from, in order; those of spaces and marks do not count, unless there is
    /// nothing else: Braille, say, has no letters for Unicode.
    #[must_use]
    pub fn leaves_of(&self, traced: &Traced, span: &Range<usize>) -> Vec<&Leaf> {
        let mut found: Vec<usize> = Vec::new();
        let words = traced.unit.text.get(span.clone()).unwrap_or_default();
        let lettered = words.contains(char::is_alphanumeric);
        let counts = |c: char| if lettered { c.is_alphanumeric() } else { !c.is_whitespace() };
        for (at, c) in words.char_indices() {
            let from = traced.from.get(span.start + at).copied().unwrap_or_default();
            if from > 0 && found.last() != Some(&from) && counts(c) && !found.contains(&from) {
                found.push(from);
            }
        }
        found.into_iter().filter_map(|from| self.leaves.get(from - 1)).collect()
    }

    /// Where an item comes from, and the records.
    #[must_use]
    pub fn origin(&self, traced: &Traced, item: &Item) -> (Origin, Vec<String>) {
        let leaves = self.leaves_of(traced, &inner(item));
        let mut records: Vec<String> = Vec::new();
        for id in leaves.iter().flat_map(|leaf| &leaf.records) {
            if !records.contains(id) {
                records.push(id.clone());
            }
        }
        let words = traced.unit.text.get(inner(item)).unwrap_or_default();
        match (leaves.is_empty(), records.is_empty()) {
            (_, false) => (Origin::Records, records),
            // the words of a language table are fixed, as a template's own are
            (false, true) if leaves.iter().all(|l| l.path.starts_with("words.")) => (Origin::Template, records),
            (false, true) => (Origin::Briefing, records),
            // a number of the view that could not be marked is the view's all the same
            (true, true) if self.leaves.iter().any(|l| l.records.is_empty() && l.text == words) => {
                (Origin::Briefing, records)
            }
            (true, true) => (Origin::Template, records),
        }
    }

    /// Whether a number or date is put together from a template's words and a value.
    #[must_use]
    pub fn is_mixed(&self, traced: &Traced, item: &Item) -> bool {
        let words = traced.unit.text.get(item.span.clone()).unwrap_or_default();
        let from = |value: bool| {
            words.char_indices().any(|(at, c)| {
                c.is_alphanumeric() && (traced.from.get(item.span.start + at).copied().unwrap_or_default() > 0) == value
            })
        };
        matches!(item.value, Value::Quantity(_) | Value::Date(_)) && from(true) && from(false)
    }
}

/// The units with each picture's description replaced by the texts that are drawn in it; none where nothing is drawn.
fn on_pages(view: &Json, markdown: &str, units: &[Traced], leaves: &[Leaf], lexicon: &Lexicon) -> Option<Vec<Traced>> {
    // where the description of a picture stands, and the key of the picture
    let mut drawn: Vec<(Range<usize>, String)> = Vec::new();
    for (key, value) in view.as_object()? {
        for (i, picture) in value.as_array().into_iter().flatten().enumerate() {
            let Some(file) = picture.get("file").and_then(Json::as_str).filter(|f| f.ends_with(".svg")) else {
                continue;
            };
            let ending = format!("]({file})");
            for (end, _) in markdown.match_indices(&ending) {
                let start = markdown[..end].rfind("![").unwrap_or(end);
                drawn.push((start..end + ending.len(), format!("{key}[{i}].")));
            }
        }
    }
    if drawn.is_empty() {
        return None;
    }
    drawn.sort_by_key(|(at, _)| at.start);
    let texts = |prefix: &str| -> Vec<Traced> {
        let mut found = Vec::new();
        for (index, leaf) in leaves.iter().enumerate().filter(|(_, leaf)| leaf.path.starts_with(prefix)) {
            let key = leaf.path.rsplit('.').next().unwrap_or_default();
            let key = key.split('[').next().unwrap_or_default();
            if let Some(unit) = DRAWN.contains(&key).then(|| of_line(&leaf.text, &|i| i, UnitKind::Picture)).flatten() {
                let from = vec![index + 1; unit.text.len()];
                found.push(Traced::new(unit, from, leaves, lexicon));
            }
        }
        found
    };
    let mut pages: Vec<Traced> = Vec::new();
    // by the index of a unit, its index among those of the pages
    let mut moved: Vec<usize> = Vec::with_capacity(units.len());
    let descriptions: Vec<Range<usize>> = drawn.iter().map(|(at, _)| at.clone()).collect();
    let mut waiting = drawn.into_iter().peekable();
    for traced in units {
        while let Some((_, prefix)) = waiting.next_if(|(at, _)| at.start <= traced.unit.start()) {
            pages.extend(texts(&prefix));
        }
        let described = descriptions.iter().any(|at| at.contains(&traced.unit.start()));
        moved.push(pages.len());
        if !described {
            let mut traced = traced.clone();
            let to = |i: &usize| moved.get(*i).copied().unwrap_or_default();
            traced.unit.under = traced.unit.under.iter().map(to).collect();
            traced.unit.head = traced.unit.head.as_ref().map(to);
            pages.push(traced);
        }
    }
    for (_, prefix) in waiting {
        pages.extend(texts(&prefix));
    }
    Some(pages)
}

/// The bytes that say an item, without the marks of a quotation.
fn inner(item: &Item) -> Range<usize> {
    match &item.value {
        Value::Quotation(inner) => inner.clone(),
        _ => item.span.clone(),
    }
}

impl Traced {
    fn new(unit: Unit, from: Vec<usize>, leaves: &[Leaf], lexicon: &Lexicon) -> Self {
        let mut found = items(&unit.text, lexicon);
        let mut records: Vec<String> = Vec::new();
        let mut last = None;
        for (at, _) in unit.text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            let index = from.get(at).and_then(|f| f.checked_sub(1));
            if index == last {
                continue;
            }
            last = index;
            let leaf = index.and_then(|i| leaves.get(i));
            for id in leaf.into_iter().flat_map(|leaf| &leaf.records) {
                if !records.contains(id) {
                    records.push(id.clone());
                }
            }
        }
        let stated = found.iter().any(|i| matches!(i.value, Value::Quotation(_) | Value::Attributed));
        if !records.is_empty() && !stated && !matches!(unit.kind, UnitKind::Heading(_) | UnitKind::Head) {
            found.push(Item { span: 0..unit.text.len(), value: Value::Attributed });
        }
        Self { unit, from, items: found, records }
    }
}

/// Which values are marked. A template may compare a text or a number, which marks would change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marked {
    All,
    Texts,
    Prose,
}

/// The origin of each byte of the Markdown, by rendering a marked view.
fn by_marks(kind: &Kind, view: &Json, markdown: &str, leaves: &[Leaf], which: Marked) -> Option<Vec<usize>> {
    if leaves.len() >= BASE * BASE || leaves.iter().any(|l| l.text.chars().any(|c| u32::from(c) >= FIRST)) {
        return None;
    }
    let mut index = 0;
    let marked = mark(view, which, &mut index);
    let raw = kind.raw(&marked).ok()?;
    let (mut text, mut from, mut current) = (String::with_capacity(markdown.len()), Vec::new(), 0);
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c == CLOSE {
            current = 0;
        } else if let Some(high) = digit(c) {
            current = high * BASE + chars.next().and_then(digit)? + 1;
        } else {
            from.extend(std::iter::repeat_n(current, c.len_utf8()));
            text.push(c);
        }
    }
    aligned(&text, &from, markdown)
}

/// The view with marks around its values, which are numbered as [`walk`] numbers them.
fn mark(value: &Json, which: Marked, index: &mut usize) -> Json {
    let mut wrap = |text: &str, marks: bool| -> Option<String> {
        let at = *index;
        *index += 1;
        (marks && !text.trim().is_empty()).then(|| format!("{}{text}{CLOSE}", open(at)))
    };
    match value {
        Json::String(text) => {
            let prose = text.contains(|c: char| c.is_whitespace() || c.is_numeric());
            let marked = wrap(text, which != Marked::Prose || prose);
            Json::String(marked.unwrap_or_else(|| text.clone()))
        }
        Json::Number(number) => wrap(&number.to_string(), which == Marked::All).map_or(value.clone(), Json::String),
        Json::Array(list) => Json::Array(list.iter().map(|v| mark(v, which, index)).collect()),
        Json::Object(map) => Json::Object(
            map.iter()
                .map(|(key, v)| (key.clone(), if key == RECORDS { v.clone() } else { mark(v, which, index) }))
                .collect(),
        ),
        other => other.clone(),
    }
}

const RECORDS: &str = "records";

/// The values of a view in order, each with the records it belongs to.
#[must_use]
pub fn leaves(view: &Json, known: &dyn Fn(&str) -> bool) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    walk(view, &[], "", false, known, &mut leaves);
    leaves
}

fn walk(
    value: &Json,
    records: &[String],
    path: &str,
    listed: bool,
    known: &dyn Fn(&str) -> bool,
    leaves: &mut Vec<Leaf>,
) {
    let mut leaf = |text: String| leaves.push(Leaf { path: path.to_owned(), text, records: records.to_vec() });
    match value {
        Json::String(text) => leaf(text.clone()),
        Json::Number(number) => leaf(number.to_string()),
        Json::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                walk(inner, records, &format!("{path}[{i}]"), true, known, leaves);
            }
        }
        Json::Object(map) => {
            let own: Vec<String> = below(map.get(RECORDS).unwrap_or(&Json::Null));
            let named = map.get("id").and_then(Json::as_str).filter(|id| known(id));
            // what heads a list of records belongs to them
            let own = match (own.is_empty(), named) {
                (false, _) => own,
                (true, Some(id)) => vec![id.to_owned()],
                (true, None) if listed && !map.contains_key(RECORDS) && records.is_empty() => below(value),
                (true, None) => records.to_vec(),
            };
            for (key, inner) in map.iter().filter(|(key, _)| *key != RECORDS) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(inner, &own, &path, false, known, leaves);
            }
        }
        _ => {}
    }
}

/// The ids in all lists of records at or below a value.
fn below(value: &Json) -> Vec<String> {
    fn collect(value: &Json, of_records: bool, found: &mut Vec<String>) {
        match value {
            Json::String(id) if of_records && !found.contains(id) => found.push(id.clone()),
            Json::Array(list) => list.iter().for_each(|v| collect(v, of_records, found)),
            Json::Object(map) => map.iter().for_each(|(key, v)| collect(v, key == RECORDS, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(value, value.is_array(), &mut found);
    found
}

/// Carries origins over to the printed text, which differs from the rendered one in white space alone.
fn aligned(text: &str, from: &[usize], markdown: &str) -> Option<Vec<usize>> {
    let mut out = Vec::with_capacity(markdown.len());
    let mut rest = text.char_indices().peekable();
    for c in markdown.chars() {
        while rest.peek().is_some_and(|(_, r)| *r != c && r.is_whitespace()) {
            rest.next();
        }
        match rest.peek() {
            Some((at, r)) if *r == c => {
                out.extend(std::iter::repeat_n(from.get(*at).copied().unwrap_or_default(), c.len_utf8()));
                rest.next();
            }
            None if c.is_whitespace() => out.extend(std::iter::repeat_n(0, c.len_utf8())),
            _ => return None,
        }
    }
    rest.all(|(_, r)| r.is_whitespace()).then_some(out)
}

/// Of values that say the same, so many are weighed for one place: a long list of them prints them in its order.
const WEIGHED: usize = 64;

/// The origin of each byte of the Markdown, by looking for the values in it, longest first. Where several values say the
/// same, it is the one whose neighbours in the view stand beside it, or else the first that was not found yet.
fn by_words(markdown: &str, leaves: &[Leaf], lexicon: &Lexicon) -> Vec<usize> {
    let mut from = vec![0; markdown.len()];
    let mut wanted: BTreeMap<(std::cmp::Reverse<usize>, String), Vec<usize>> = BTreeMap::new();
    let mut around: BTreeMap<&str, Vec<(usize, String)>> = BTreeMap::new();
    for (index, leaf) in leaves.iter().enumerate() {
        for words in readings(&leaf.text, lexicon) {
            around.entry(within(&leaf.path)).or_default().push((index, words.clone()));
            let same = wanted.entry((std::cmp::Reverse(words.len()), words)).or_default();
            if !same.contains(&index) {
                same.push(index);
            }
        }
    }
    let wanted: Vec<(String, Vec<usize>)> = wanted.into_iter().map(|((_, words), same)| (words, same)).collect();
    // what begins with a word stands only in units that have it; what begins otherwise may stand in any
    let mut beginning: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, (words, _)) in wanted.iter().enumerate() {
        beginning.entry(runs(words).next().unwrap_or_default()).or_default().push(number);
    }
    let mut used = vec![false; leaves.len()];
    for unit in of_markdown(markdown, lexicon) {
        let places = unit.places();
        let beside = |index: usize| -> usize {
            let path = leaves.get(index).map(|leaf| within(&leaf.path)).unwrap_or_default();
            let neighbours = around.get(path).into_iter().flatten().take(WEIGHED);
            neighbours.filter(|(other, words)| *other != index && unit.text.contains(words.as_str())).count()
        };
        let here: BTreeSet<&str> = runs(&unit.text).chain([""]).collect();
        let open: BTreeSet<usize> = here.iter().filter_map(|run| beginning.get(run)).flatten().copied().collect();
        for (words, same) in open.into_iter().filter_map(|number| wanted.get(number)) {
            for (at, _) in unit.text.match_indices(words.as_str()) {
                let range = at..at + words.len();
                if !crate::text::find::is_whole(&unit.text, &range)
                    || places[range.clone()].iter().any(|p| from[*p] != 0)
                {
                    continue;
                }
                let best = match same.as_slice() {
                    [only] => Some(*only),
                    several => {
                        let first = several.iter().position(|i| !used[*i]).unwrap_or_default();
                        let first = first.min(several.len().saturating_sub(WEIGHED / 2)).saturating_sub(WEIGHED / 2);
                        let near = several.iter().skip(first).take(WEIGHED).copied();
                        near.max_by_key(|i| (beside(*i), !used[*i], std::cmp::Reverse(*i)))
                    }
                };
                if let Some(index) = best {
                    used[index] = true;
                    places[range].iter().for_each(|p| from[*p] = index + 1);
                }
            }
        }
    }
    from
}

/// How a value may stand in a unit: as plain text or as Markdown, whole or a sentence of it.
fn readings(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let units = of_markdown(text, lexicon);
    let visible = units.iter().map(|u| u.text.as_str()).collect::<Vec<_>>().join(" ");
    let mut found = vec![fold(text), visible];
    found.extend(units.into_iter().map(|unit| unit.text));
    found.extend(of_markdown(&escape(text), lexicon).into_iter().map(|unit| unit.text));
    found.retain(|words| words.contains(char::is_alphanumeric));
    found.sort();
    found.dedup();
    found
}

/// The words and numbers of a text in ASCII; others may begin where no boundary is seen.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let kind = |c: char| if c.is_ascii_digit() { 1 } else { u8::from(c.is_ascii_alphabetic()) * 2 };
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| !c.is_whitespace() && (!c.is_ascii() || kind(c) > 0))?;
        let first = rest[start..].chars().next()?;
        // a text that begins in another script has no word to be found by
        if !first.is_ascii() {
            let end = start + first.len_utf8();
            rest = &rest[end..];
            return Some("");
        }
        let end = rest[start..].find(|c| kind(c) != kind(first)).map_or(rest.len(), |i| start + i);
        let run = &rest[start..end];
        rest = &rest[end..];
        Some(run)
    })
}

/// The entry of the view that a value is part of.
fn within(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(entry, _)| entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_belong_to_the_records_around_or_below_them() {
        let view = json!({
            "title": "T", "issue": 3,
            "groups": [{ "toward": "Strikes", "lines": [{ "said": "x", "records": ["p1"] }, { "said": "y", "records": ["p2"] }] }],
            "own": [{ "text": "4 reports", "records": [] }],
            "references": [{ "number": 1, "id": "nbc", "markdown": "NBC" }],
        });
        let mut leaves = Vec::new();
        walk(&view, &[], "", false, &|id| id == "nbc", &mut leaves);
        let of = |path: &str| leaves.iter().find(|l| l.path == path).map(|l| l.records.join(" ")).unwrap();
        assert_eq!(of("title"), "");
        assert_eq!(of("groups[0].toward"), "p1 p2");
        assert_eq!(of("groups[0].lines[1].said"), "p2");
        assert_eq!(of("own[0].text"), "");
        assert_eq!(of("references[0].markdown"), "nbc");
        let mut index = 0;
        mark(&view, Marked::All, &mut index);
        assert_eq!(index, leaves.len());
    }

    #[test]
    fn only_white_space_may_differ() {
        assert_eq!(
            aligned("a  b \n\n\nc", &[1, 0, 0, 2, 0, 0, 0, 0, 3], "a b\n\nc\n"),
            Some(vec![1, 0, 2, 0, 0, 3, 0])
        );
        assert_eq!(aligned("ab", &[0, 0], "ac"), None);
        assert_eq!(aligned("ab", &[0, 0], "a"), None);
    }
}
