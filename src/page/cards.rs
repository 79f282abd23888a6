//! What stands behind a figure, date or quotation: a card for each set of records, however often it is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use super::markup::{attribute, is_name, text};
use crate::audit::items::{Item, Value};
use crate::audit::ledger::Ledger;
use crate::audit::provenance::{Printout, Traced};
use crate::brief::cards::{Behind, Card, Passage};

/// The most records on a card: a count of everything rests on everything, and shows nothing by listing it.
const MOST: usize = 12;

/// The keys of a view whose numbers count its own parts or name files, and say nothing of the matter.
const NAMING: &[&str] = &["number", "line", "file", "sha256", "id", "ids", "anchor", "label", "proof"];

/// Part of the Markdown that has a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its bytes.
    pub(super) at: Range<usize>,
    /// Its card.
    pub(super) card: usize,
}

/// The cards of a page.
pub(super) struct Cards<'a> {
    behind: &'a Behind,
    cards: Vec<Vec<&'a str>>,
    by_records: BTreeMap<Vec<&'a str>, usize>,
    /// The name of the first place that shows each card.
    first: BTreeMap<usize, String>,
}

impl<'a> Cards<'a> {
    pub(super) fn new(behind: &'a Behind) -> Self {
        Self { behind, cards: Vec::new(), by_records: BTreeMap::new(), first: BTreeMap::new() }
    }

    /// The figures, dates and quotations of a printout that come from records, in order.
    pub(super) fn marks(&mut self, printout: &Printout, ledger: &Ledger<'_>) -> Vec<Shown> {
        let mut found: Vec<Shown> = Vec::new();
        for traced in &printout.units {
            for item in traced.items.iter().filter(|item| item.value != Value::Attributed) {
                let records = self.records(printout, traced, item, ledger);
                if records.is_empty() {
                    continue;
                }
                let card = match self.by_records.get(&records) {
                    Some(card) => *card,
                    None => {
                        self.cards.push(records.clone());
                        self.by_records.insert(records, self.cards.len() - 1);
                        self.cards.len() - 1
                    }
                };
                found.push(Shown { at: traced.unit.place(&item.span), card });
            }
        }
        found.sort_by_key(|shown| (shown.at.start, shown.at.end));
        found.dedup_by(|next, kept| next.at.start < kept.at.end);
        found
    }

    /// The records that an item shows: of all that its value belongs to, those that say it themselves, if any does.
    fn records(&self, printout: &Printout, traced: &Traced, item: &Item, ledger: &Ledger<'_>) -> Vec<&'a str> {
        let naming = |path: &str| NAMING.contains(&path.rsplit('.').next().unwrap_or_default());
        if printout.leaves_of(traced, &item.span).iter().all(|leaf| naming(&leaf.path)) {
            return Vec::new();
        }
        let (_, ids) = printout.origin(traced, item);
        let among: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let mut own: Vec<String> = Vec::new();
        // a value of one record, as nearly all in tables are, asks for no search of all of them
        let carried = if ids.len() > 1 { ledger.carried(item, &traced.unit.text, &among) } else { Vec::new() };
        for subject in carried {
            let id = ledger.dossier.head(subject).id;
            if !own.iter().any(|known| known == id) {
                own.push(id.to_owned());
            }
        }
        let wanted = if own.is_empty() { &ids } else { &own };
        let known = |id: &String| self.behind.records.get_key_value(id).map(|(id, _)| id.as_str());
        let found: Vec<&str> = wanted.iter().filter_map(known).collect();
        if found.len() > MOST { Vec::new() } else { found }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// The opening tag of what shows a card; the n-th of the page.
    pub(super) fn open(&mut self, card: usize, n: usize) -> String {
        let place = format!("fb-c{n}");
        let tag =
            format!("<a class=\"cited\" id=\"{place}\" href=\"#fb-e{card}\" aria-describedby=\"fb-e{card}-what\">");
        self.first.entry(card).or_insert(place);
        tag
    }

    /// The cards that are shown.
    pub(super) fn html(&self) -> String {
        let mut out = String::new();
        let words = &self.behind.words;
        for (card, place) in &self.first {
            let Some(records) = self.cards.get(*card) else { continue };
            let _ = writeln!(
                out,
                "<div class=\"card\" id=\"fb-e{card}\" popover role=\"note\" tabindex=\"-1\" aria-label=\"{}\">",
                attribute(&words.evidence)
            );
            let mut said: BTreeSet<&str> = BTreeSet::new();
            for (i, id) in records.iter().enumerate() {
                if let Some(evidence) = self.behind.records.get(*id).filter(|_| said.insert(id)) {
                    let name = if i == 0 { format!(" id=\"fb-e{card}-what\"") } else { String::new() };
                    self.entry(&mut out, evidence, &name, &mut said);
                }
            }
            let _ = writeln!(out, "<a class=\"close\" href=\"#{place}\">{}</a>\n</div>", text(&words.close));
        }
        out
    }

    /// A record on a card, then what it rests on.
    fn entry(&self, out: &mut String, evidence: &'a Card, name: &str, said: &mut BTreeSet<&'a str>) {
        let _ = write!(out, "<div class=\"entry\">\n<p class=\"what\"{name}>{}</p>\n", text(&evidence.what));
        if !evidence.facts.is_empty() {
            out.push_str("<dl>");
            for (label, fact) in &evidence.facts {
                let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", text(label), text(fact));
            }
            out.push_str("</dl>\n");
        }
        evidence.passages.iter().for_each(|passage| quoted(out, passage));
        for id in &evidence.rests_on {
            if let Some(below) = self.behind.records.get(id).filter(|_| said.insert(id)) {
                let _ = writeln!(out, "<p class=\"below\">{}</p>", text(&below.what));
                below.passages.iter().for_each(|passage| quoted(out, passage));
            }
        }
        out.push_str("</div>\n");
    }
}

fn quoted(out: &mut String, passage: &Passage) {
    let mut place: Vec<String> = Vec::new();
    if !passage.publisher.is_empty() {
        place.push(text(&passage.publisher));
    }
    if !passage.title.is_empty() {
        place.push(format!("<cite>{}</cite>", text(&passage.title)));
    }
    place.extend(passage.place.iter().map(|part| text(part)));
    let mark = match &passage.mark {
        Some(mark) if is_name(&mark.anchor) => {
            format!(" <a href=\"#{}\">{}</a>", mark.anchor, text(&crate::render::set::plain(&mark.label)).trim())
        }
        _ => String::new(),
    };
    let _ = writeln!(
        out,
        "<figure><blockquote lang=\"{}\" dir=\"auto\"><p>{}</p></blockquote><figcaption>{}{mark}</figcaption></figure>",
        attribute(&passage.language),
        text(&passage.text),
        place.join(" · "),
    );
}
