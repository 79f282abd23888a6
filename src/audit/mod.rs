//! Floor 7: the audit. Every number, date and statement of a text is held against the records.
//!
//! What the program printed is known character by character ([`provenance`]); a text that holds a printed unit as it was
//! printed says it with the same right. What was edited in such a unit is naked: it is no longer what the program printed.
//! A unit that was never printed is held against the records by what it says ([`ledger`]).

pub mod compare;
pub mod impact;
pub mod items;
pub mod ledger;
pub mod pdf_text;
pub mod provenance;
pub mod template;
pub mod trace;
pub mod units;

use std::ops::Range;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::load::read;
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;
use compare::{Aligned, Words};
use items::{Class, Item, Value, items};
use ledger::{Ledger, Near, Passage};
use provenance::{Origin, Printout, Traced};
use units::{Unit, UnitKind};

/// A text that is audited: Markdown, or the pages of a PDF.
#[derive(Debug)]
pub struct Text {
    /// The file, or a file for each page, with the place of its first byte among all.
    pages: Vec<(usize, Arc<TextFile>)>,
    is_pdf: bool,
}

impl Text {
    /// The text of a file's bytes, shown by `name`.
    ///
    /// # Errors
    /// Where the bytes are neither UTF-8 text nor a PDF that can be read, or hold nothing.
    pub fn read(bytes: Vec<u8>, name: &str) -> Result<Self, Box<Diagnostic>> {
        let unreadable = |why: String| {
            Box::new(Diagnostic::new("not-audited", format!("{} cannot be audited: {why}", visible(name))))
        };
        if bytes.is_empty() {
            return Err(unreadable("it is empty".to_owned()));
        }
        let named_pdf = name.to_lowercase().ends_with(".pdf");
        if named_pdf || pdf_text::is_pdf(&bytes) {
            let pages = pdf_text::pages(&bytes).map_err(|why| unreadable(why.to_string()))?;
            if pages.iter().all(|page| page.trim().is_empty()) {
                return Err(unreadable(
                    "its pages hold no text that can be read (pictures of text, perhaps)".to_owned(),
                ));
            }
            return Ok(Self::of_pages(name, pages.iter().map(String::as_str)));
        }
        let file = read::admit(bytes, name)?;
        let begins = file.text().trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
        if [".html", ".htm"].iter().any(|ending| name.to_lowercase().ends_with(ending)) || begins == "<!doctype" {
            return Err(Box::new(
                (*unreadable("it is a web page".to_owned()))
                    .help("a briefing's page is the text of its Markdown: `factbrief build` audits that before it writes either; of another page, audit the text, saved as Markdown"),
            ));
        }
        if file.text().trim().is_empty() {
            return Err(unreadable("it is empty".to_owned()));
        }
        Ok(Self { pages: vec![(0, file)], is_pdf: false })
    }

    /// The text of a PDF's pages, shown by `name`.
    #[must_use]
    pub fn of_pages<'p>(name: &str, pages: impl IntoIterator<Item = &'p str>) -> Self {
        let mut at = 0;
        let mut files = Vec::new();
        for (i, text) in pages.into_iter().enumerate() {
            files.push((at, Arc::new(TextFile::new(format!("{name} (page {})", i + 1), text))));
            at += text.len() + 1;
        }
        Self { pages: files, is_pdf: true }
    }

    /// The file and the bytes in it for a place in the text.
    #[must_use]
    pub fn place(&self, span: &Range<usize>) -> (&Arc<TextFile>, Range<usize>) {
        let index = self.pages.partition_point(|(start, _)| *start <= span.start).saturating_sub(1);
        let (start, file) = &self.pages[index];
        (file, span.start - start..span.end.saturating_sub(*start).max(span.start - start))
    }

    /// The page of a place, of a PDF.
    #[must_use]
    pub fn page(&self, span: &Range<usize>) -> Option<usize> {
        self.is_pdf.then(|| self.pages.partition_point(|(start, _)| *start <= span.start))
    }

    /// All pages, a line break between them: a byte of it has the place that spans speak of.
    fn whole(&self) -> String {
        self.pages.iter().map(|(_, file)| file.text()).collect::<Vec<_>>().join("\n")
    }
}

/// How many items there were, and where they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Numbers.
    pub numbers: usize,
    /// Dates.
    pub dates: usize,
    /// Quotations and other statements.
    pub statements: usize,
    /// Those that come from records.
    pub records: usize,
    /// Those of the briefing's own data.
    pub briefing: usize,
    /// Those in the fixed words of a template.
    pub template: usize,
    /// Those that come from nowhere.
    pub naked: usize,
}

impl Tally {
    /// All items.
    #[must_use]
    pub fn all(&self) -> usize {
        self.numbers + self.dates + self.statements
    }

    fn count(&mut self, class: Class) {
        match class {
            Class::Number => self.numbers += 1,
            Class::Date => self.dates += 1,
            Class::Statement => self.statements += 1,
        }
    }

    fn origin(&mut self, origin: Origin) {
        match origin {
            Origin::Records => self.records += 1,
            Origin::Briefing => self.briefing += 1,
            Origin::Template => self.template += 1,
        }
    }
}

/// A unit of an audited text, with the records behind it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The bytes it covers.
    pub span: Range<usize>,
    /// What it is.
    pub kind: UnitKind,
    /// What it says.
    pub text: String,
    /// The dossier and the ids of the records behind it.
    pub records: Vec<(String, String)>,
    /// Whether something in it is naked.
    pub naked: bool,
}

/// What an audit found.
#[derive(Debug)]
pub struct Outcome {
    /// The counts.
    pub tally: Tally,
    /// What is naked, in order.
    pub findings: Vec<Diagnostic>,
    /// The briefing the text was recognised as, if as one.
    pub briefing: Option<String>,
    /// Its units, in order.
    pub lines: Vec<Line>,
    /// Of a PDF that was recognised: the units of the briefing, by their number, that stand on no page, edited or not.
    pub missing: Vec<usize>,
}

/// The records and printed briefings that texts are held against.
pub struct Auditor<'d> {
    /// The records, a ledger a dossier.
    pub ledgers: Vec<Ledger<'d>>,
    /// The printed briefings, each with the index of its ledger and what its author typed, by key.
    pub printed: Vec<Held>,
    /// The language of texts that are no briefing of the project.
    pub language: String,
}

/// A printed briefing and what belongs to it.
pub struct Held {
    /// The briefing, traced.
    pub printout: Printout,
    /// The index of its dossier's ledger.
    pub ledger: usize,
    /// What its author typed, by key: title, subject, audience.
    pub typed: Vec<(&'static str, String)>,
}

/// A text is a briefing, perhaps an edited one, if at least this share of its units stands in it: one in so many.
const SHARE: usize = 5;

/// The audit of one text, as it goes on.
struct Audit<'a, 'd> {
    auditor: &'a Auditor<'d>,
    text: &'a Text,
    lexicon: &'static Lexicon,
    outcome: Outcome,
}

impl<'d> Auditor<'d> {
    /// Holds a text against records and briefings.
    #[must_use]
    pub fn audit(&self, text: &Text) -> Outcome {
        let outcome = Outcome {
            tally: Tally::default(),
            findings: Vec::new(),
            briefing: None,
            lines: Vec::new(),
            missing: Vec::new(),
        };
        let lexicon = Lexicon::or_bare(&self.language);
        let mut audit = Audit { auditor: self, text, lexicon, outcome };
        if text.is_pdf {
            audit.pdf();
        } else {
            audit.markdown();
        }
        if audit.outcome.tally.all() == 0 {
            let (file, span) = text.place(&(0..1));
            audit.outcome.findings.push(
                Diagnostic::new("nothing-to-audit", "nothing in this file can be held against the records")
                    .at(file, &span, "no number, date or statement was read from here on")
                    .note("a file without facts proves nothing; a file whose facts cannot be read proves less"),
            );
        }
        crate::diag::sort(&mut audit.outcome.findings);
        audit.outcome
    }
}

impl Audit<'_, '_> {
    fn markdown(&mut self) {
        let markdown = self.text.whole();
        let mut best: Option<(usize, &Held, Vec<Unit>)> = None;
        for held in &self.auditor.printed {
            let units = units::of_markdown(&markdown, Lexicon::or_bare(&held.printout.language));
            let shared = compare::shared(&units, &held.printout.units);
            if shared >= 2 && shared * SHARE >= units.len() && best.as_ref().is_none_or(|(most, ..)| shared > *most) {
                best = Some((shared, held, units));
            }
        }
        match best {
            Some((_, held, units)) => {
                self.recognise(held);
                let aligned = compare::align(units, &held.printout.units);
                self.judge(&aligned, Some(held));
            }
            None => {
                let units = units::of_markdown(&markdown, self.lexicon);
                let aligned: Vec<Aligned> = units
                    .into_iter()
                    .map(|unit| Aligned { span: unit.span(), unit: Some(unit), printed: None, same: false })
                    .collect();
                self.judge(&aligned, None);
            }
        }
    }

    fn recognise<'h>(&mut self, held: &'h Held)
    where
        Self: 'h,
    {
        self.lexicon = Lexicon::or_bare(&held.printout.language);
        self.outcome.briefing = Some(held.printout.slug.clone());
    }

    /// Takes over the units that stand on the pages as they were printed, white space aside, and reads what is between.
    fn pdf(&mut self) {
        let whole = self.text.whole();
        let mut stream: Vec<char> = Vec::new();
        let mut places: Vec<usize> = Vec::new();
        for (at, c) in whole.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            stream.push(c);
            places.push(at);
        }
        let best = self
            .auditor
            .printed
            .iter()
            .map(|held| (laid(&stream, held.printout.on_pages()), held))
            .max_by_key(|(found, _)| found.iter().flatten().count());
        let (found, held) = match best {
            Some((found, held)) if found.iter().flatten().count() * SHARE >= found.len().max(1) => {
                self.recognise(held);
                (found, Some(held))
            }
            _ => (Vec::new(), None),
        };
        let mut aligned: Vec<Aligned> = Vec::new();
        let (mut at, mut skipped): (usize, Vec<usize>) = (0, Vec::new());
        let end = stream.len();
        let printed: &[Traced] = held.map_or(&[], |h| h.printout.on_pages());
        let place = |i: usize| places.get(i).copied().unwrap_or(whole.len());
        for (index, range) in found.iter().enumerate() {
            let Some(range) = range else {
                skipped.push(index);
                continue;
            };
            self.between(&whole, place(at)..place(range.start), printed, &mut skipped, &mut aligned);
            aligned.push(Aligned {
                unit: None,
                span: place(range.start)..place(range.end.saturating_sub(1)) + 1,
                printed: Some(index),
                same: true,
            });
            at = range.end;
        }
        self.between(
            &whole,
            place(at)..if at >= end { place(at) } else { whole.len() },
            printed,
            &mut skipped,
            &mut aligned,
        );
        let there: std::collections::BTreeSet<usize> = aligned.iter().filter_map(|a| a.printed).collect();
        self.outcome.missing = (0..printed.len()).filter(|i| !there.contains(i)).collect();
        self.judge(&aligned, held);
    }

    fn between(
        &self,
        whole: &str,
        gap: Range<usize>,
        printed: &[Traced],
        skipped: &mut Vec<usize>,
        aligned: &mut Vec<Aligned>,
    ) {
        let missing = std::mem::take(skipped);
        let text = whole.get(gap.clone()).unwrap_or_default();
        // the mark or number in front of a list item is none of its words
        let bare = text.trim().trim_matches(['•', '.', ')']).trim();
        if bare.is_empty() || bare.len() < 4 && bare.chars().all(|c| c.is_ascii_digit()) && text.trim() != bare {
            return;
        }
        if self.pieces(whole, &gap, printed, &missing, aligned) {
            return;
        }
        let mut units = Vec::new();
        for (start, paragraph) in paragraphs(text) {
            let mut more = units::of_text(paragraph, &|i| gap.start + start + i, self.lexicon);
            units.append(&mut more);
        }
        let mut free: Vec<bool> = (0..printed.len()).map(|i| missing.contains(&i)).collect();
        let mut matched = vec![None; units.len()];
        let left: Vec<usize> = (0..units.len()).collect();
        compare::pair(&units, &left, printed, &mut free, &mut matched);
        for (unit, printed) in units.into_iter().zip(matched) {
            aligned.push(Aligned { span: unit.span(), unit: Some(unit), printed, same: false });
        }
    }

    /// Cuts a gap where the printed units end that are missing, and takes each piece for one of them, edited. Says
    /// whether that was done.
    fn pieces(
        &self,
        whole: &str,
        gap: &Range<usize>,
        printed: &[Traced],
        missing: &[usize],
        aligned: &mut Vec<Aligned>,
    ) -> bool {
        let text = whole.get(gap.clone()).unwrap_or_default();
        let stream: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_whitespace() && *c != '•').collect();
        let characters: Vec<char> = stream.iter().map(|(_, c)| *c).collect();
        let lost: Vec<&Traced> = missing.iter().filter_map(|i| printed.get(*i)).collect();
        let wanted: Vec<&str> = lost.iter().map(|t| t.unit.printed.as_str()).collect();
        let Some(cuts) = compare::cut(&characters, &wanted) else { return false };
        let mut pieces = Vec::new();
        for ((cut, traced), index) in cuts.iter().zip(&lost).zip(missing) {
            let (Some(first), Some(last)) =
                (stream.get(cut.start), cut.end.checked_sub(1).filter(|e| *e >= cut.start).and_then(|e| stream.get(e)))
            else {
                continue;
            };
            let mut start = first.0;
            let end = last.0 + last.1.len_utf8();
            // the number in front of a list item is none of its words
            let numbered = text.get(start..end).and_then(|t| t.split_once('.')).map(|(n, _)| n);
            if let Some(n) = numbered.filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
                && traced.unit.kind == UnitKind::Item
                && !traced.unit.printed.starts_with(n)
            {
                start += n.len() + 1;
            }
            let piece = text.get(start..end).unwrap_or_default();
            let Some(unit) = units::of_line(piece, &|i| gap.start + start + i, traced.unit.kind) else { continue };
            if !compare::is_edited(&unit, traced) {
                return false;
            }
            pieces.push(Aligned { span: unit.span(), unit: Some(unit), printed: Some(*index), same: false });
        }
        aligned.append(&mut pieces);
        true
    }

    fn judge(&mut self, aligned: &[Aligned], held: Option<&Held>) {
        let pages = self.text.is_pdf;
        for (index, one) in aligned.iter().enumerate() {
            let naked = self.outcome.findings.len();
            let traced = held.zip(one.printed).and_then(|(h, p)| {
                let printed = if pages { h.printout.on_pages() } else { h.printout.units.as_slice() };
                Some((h, printed.get(p)?))
            });
            let mut records: Vec<(String, String)> = Vec::new();
            match (traced, &one.unit) {
                (Some((held, traced)), unit) if one.same => {
                    self.taken_over(held, traced, one);
                    if let Some(unit) = unit {
                        self.moved(aligned, held, traced, one, unit);
                    }
                    records = self.ids(held, &traced.records);
                }
                (Some((held, traced)), Some(unit)) => {
                    self.edited(held, traced, unit);
                    records = self.ids(held, &traced.records);
                }
                (_, Some(unit)) => records = self.own(aligned, index, unit, held),
                (_, None) => {}
            }
            let (kind, text) = match (&one.unit, traced) {
                (Some(unit), _) => (unit.kind, unit.text.clone()),
                (None, Some((_, traced))) => (traced.unit.kind, traced.unit.text.clone()),
                (None, None) => continue,
            };
            let naked = self.outcome.findings.len() > naked;
            self.outcome.lines.push(Line { span: one.span.clone(), kind, text, records, naked });
        }
    }

    fn ids(&self, held: &Held, records: &[String]) -> Vec<(String, String)> {
        let name = self.auditor.ledgers.get(held.ledger).map_or("", |l| l.dossier.name.as_str());
        records.iter().map(|id| (name.to_owned(), id.clone())).collect()
    }

    /// A unit that says what was printed: its items come from where those of the printed one come from.
    fn taken_over(&mut self, held: &Held, traced: &Traced, one: &Aligned) {
        for item in &traced.items {
            self.outcome.tally.count(item.class());
            match self.origin(held, traced, item) {
                Ok(origin) => self.outcome.tally.origin(origin),
                Err(why) => {
                    let span = one.unit.as_ref().map_or_else(|| one.span.clone(), |u| u.place(&item.span));
                    let words = traced.unit.text.get(item.span.clone()).unwrap_or_default();
                    let finding = self.naked(item.class(), words, &span, &why, "comes from no record");
                    self.report(finding);
                }
            }
        }
    }

    /// Where an item of a printed unit comes from; what an author typed must be carried by a record of the briefing.
    fn origin(&self, held: &Held, traced: &Traced, item: &Item) -> Result<Origin, String> {
        let (origin, _) = held.printout.origin(traced, item);
        if held.printout.is_mixed(traced, item) {
            return Err("the template's own words are part of it".to_owned());
        }
        if let Some(key) = typed(held, traced, item) {
            let carried = self.auditor.ledgers.get(held.ledger).is_some_and(|ledger| {
                let ids = template::ids(&held.printout);
                !ledger.carried(item, &traced.unit.text, &ids).is_empty()
            });
            return match (carried, item.value == Value::Attributed) {
                (true, _) => Ok(Origin::Records),
                (false, true) => Ok(Origin::Briefing),
                (false, false) => Err(format!("it is typed into `{key}`, and no record of the briefing holds it")),
            };
        }
        Ok(origin)
    }

    /// A printed unit says what it says under its heading and under its table's head.
    fn moved(&mut self, aligned: &[Aligned], held: &Held, traced: &Traced, one: &Aligned, unit: &Unit) {
        if traced.records.is_empty() || matches!(unit.kind, UnitKind::Heading(_)) {
            return;
        }
        let names = |p: &usize| held.printout.units.get(*p).is_some_and(|t| !t.records.is_empty());
        let here: Vec<Option<usize>> = unit
            .under
            .iter()
            .map(|u| aligned.get(*u).and_then(|a| a.printed))
            .filter(|p| p.as_ref().is_none_or(names))
            .collect();
        let there: Vec<Option<usize>> = traced.unit.under.iter().filter(|p| names(p)).map(|p| Some(*p)).collect();
        let heads = (unit.head.and_then(|h| aligned.get(h)).map(|a| a.printed), traced.unit.head.map(Some));
        if here == there && (unit.kind != UnitKind::Row || heads.0 == heads.1) {
            return;
        }
        let heading =
            traced.unit.under.iter().filter(|p| names(p)).filter_map(|p| held.printout.units.get(*p)).next_back();
        let under = heading.map_or_else(|| "under no such heading".to_owned(), |h| format!("under “{}”", h.unit.text));
        let mut finding = self.naked(
            Class::Statement,
            &unit.text,
            &one.span,
            &format!("briefing `{}` prints it {under}", held.printout.slug),
            "stands in another place than it was printed in",
        );
        finding = self.with_records(finding, held, &traced.records);
        self.outcome.tally.count(Class::Statement);
        self.report(finding);
    }

    /// A printed unit that was edited: what is not word for word what was printed is naked.
    fn edited(&mut self, held: &Held, traced: &Traced, unit: &Unit) {
        let words = Words::lay(&unit.text, &traced.unit.text);
        let found = items(&unit.text, self.lexicon);
        let mut kept: Vec<&Item> = Vec::new();
        let mut changed: Vec<&Item> = Vec::new();
        for item in found.iter().filter(|i| i.value != Value::Attributed) {
            let old = words
                .printed(&item.span)
                .and_then(|span| traced.items.iter().find(|o| o.span == span && o.class() == item.class()));
            match old {
                Some(old) => {
                    self.outcome.tally.count(item.class());
                    match self.origin(held, traced, old) {
                        Ok(origin) => self.outcome.tally.origin(origin),
                        Err(why) => {
                            let span = unit.place(&item.span);
                            let said = unit.text.get(item.span.clone()).unwrap_or_default();
                            let finding = self.naked(item.class(), said, &span, &why, "comes from no record");
                            self.report(finding);
                        }
                    }
                    kept.push(old);
                }
                None => changed.push(item),
            }
        }
        let mut dropped: Vec<&Item> = traced
            .items
            .iter()
            .filter(|o| o.value != Value::Attributed && !kept.iter().any(|k| k.span == o.span))
            .collect();
        let gone: Vec<Range<usize>> = dropped.iter().map(|o| o.span.clone()).collect();
        for item in &changed {
            let was = dropped.iter().position(|o| o.class() == item.class()).map(|i| dropped.remove(i));
            let said = unit.text.get(item.span.clone()).unwrap_or_default();
            let why = match was {
                Some(was) => format!(
                    "briefing `{}` prints “{}” here",
                    held.printout.slug,
                    traced.unit.text.get(was.span.clone()).unwrap_or_default()
                ),
                None => format!("briefing `{}` prints no such {} here", held.printout.slug, item.class().word()),
            };
            let mut finding =
                self.naked(item.class(), said, &unit.place(&item.span), &why, "is not what the records say");
            let records = match was {
                Some(was) => held.printout.origin(traced, was).1,
                None => traced.records.clone(),
            };
            finding = self.with_records(finding, held, &records);
            self.outcome.tally.count(item.class());
            self.report(finding);
        }
        let stated = traced.items.iter().any(|i| i.value == Value::Attributed);
        let spared: Vec<Range<usize>> = changed.iter().map(|i| i.span.clone()).collect();
        let lost: &[Range<usize>] = if changed.is_empty() { &[] } else { &gone };
        let differs = words.differs(&spared, lost);
        // the head of a table says what its cells mean, whoever wrote it
        let bound = !traced.records.is_empty() || traced.unit.kind == UnitKind::Head;
        match differs.filter(|_| bound) {
            Some(place) => {
                let mut finding = self.naked(
                    Class::Statement,
                    unit.text.get(place.clone()).unwrap_or_default(),
                    &unit.place(&place),
                    &format!("briefing `{}` prints: {}", held.printout.slug, traced.unit.text),
                    "was edited",
                );
                finding = self.with_records(finding, held, &traced.records);
                self.outcome.tally.count(Class::Statement);
                self.report(finding);
            }
            None if stated => {
                self.outcome.tally.count(Class::Statement);
                self.outcome.tally.origin(if traced.records.is_empty() { Origin::Template } else { Origin::Records });
            }
            None => {}
        }
    }

    /// A unit that no briefing printed: each item is held against the records by what it says.
    fn own(&mut self, aligned: &[Aligned], index: usize, unit: &Unit, held: Option<&Held>) -> Vec<(String, String)> {
        let said = |i: &usize| aligned.get(*i).and_then(|a| a.unit.as_ref()).map(|u| u.text.as_str());
        let mut around: Vec<&str> = unit.under.iter().chain(&unit.head).filter_map(said).collect();
        // a sentence goes on from the one before it, in a text that has no headings
        if around.is_empty()
            && let Some(before) = index.checked_sub(1).as_ref().and_then(said)
        {
            around.push(before);
        }
        let around = around.join(" ¦ ");
        let cites: Vec<String> = held
            .into_iter()
            .flat_map(|h| unit.refs.iter().filter_map(|n| h.printout.references.get(n.checked_sub(1)?)).cloned())
            .collect();
        let passage = Passage { text: &unit.text, around: &around, cites: &cites, row: unit.kind == UnitKind::Row };
        let mut records: Vec<(String, String)> = Vec::new();
        for item in items(&unit.text, self.lexicon) {
            if item.value == Value::Attributed && matches!(unit.kind, UnitKind::Heading(_) | UnitKind::Head) {
                continue;
            }
            self.outcome.tally.count(item.class());
            let mut near: Option<(usize, Near)> = None;
            let mut backed = false;
            for (i, ledger) in self.auditor.ledgers.iter().enumerate() {
                match ledger.back(&passage, &item, self.lexicon) {
                    Ok(subjects) => {
                        backed = true;
                        let ids = subjects.iter().map(|s| ledger.dossier.head(*s).id.to_owned());
                        for id in ids {
                            let entry = (ledger.dossier.name.clone(), id);
                            if !records.contains(&entry) {
                                records.push(entry);
                            }
                        }
                    }
                    Err(Some(found)) if near.is_none() => near = Some((i, found)),
                    Err(_) => {}
                }
            }
            if backed {
                self.outcome.tally.origin(Origin::Records);
                continue;
            }
            let words = unit.text.get(item.span.clone()).unwrap_or_default();
            let mut finding = self.naked(item.class(), words, &unit.place(&item.span), "", "comes from no record");
            if let Some((ledger, near)) = near.and_then(|(i, near)| Some((self.auditor.ledgers.get(i)?, near))) {
                let head = ledger.dossier.head(near.subject);
                finding =
                    finding.at(head.file, head.header, format!("nearest: {} `{}`: {}", head.kind, head.id, near.says));
            }
            self.report(finding);
        }
        records
    }

    fn naked(&self, class: Class, words: &str, span: &Range<usize>, why: &str, what: &str) -> Diagnostic {
        let code = match class {
            Class::Number => "naked-number",
            Class::Date => "naked-date",
            Class::Statement => "naked-statement",
        };
        let (file, at) = self.text.place(span);
        let page = self.text.page(span).map(|p| format!(" on page {p}")).unwrap_or_default();
        let title = format!("the {} “{}”{page} {what}", class.word(), shortened(words));
        let note = if why.is_empty() { None } else { Some(why.to_owned()) };
        let finding = Diagnostic::new(code, title).at(file, &at, "naked");
        match note {
            Some(note) => finding.note(note),
            None => finding,
        }
    }

    /// Adds the places of the records behind a unit, the first few.
    fn with_records(&self, mut finding: Diagnostic, held: &Held, records: &[String]) -> Diagnostic {
        let Some(ledger) = self.auditor.ledgers.get(held.ledger) else { return finding };
        for id in records.iter().take(2) {
            if let Some(subject) = ledger.dossier.find(id) {
                let head = ledger.dossier.head(subject);
                finding = finding.at(head.file, head.header, format!("{} `{}`", head.kind, head.id));
            }
        }
        finding
    }

    fn report(&mut self, finding: Diagnostic) {
        self.outcome.tally.naked += 1;
        self.outcome.findings.push(finding);
    }
}

/// The key of a briefing that an item was typed into, if it was.
fn typed(held: &Held, traced: &Traced, item: &Item) -> Option<&'static str> {
    let leaves = held.printout.leaves_of(traced, &item.span);
    let leaf = leaves.iter().find(|l| l.records.is_empty() && !l.path.contains(['[', '.']))?;
    held.typed.iter().find(|(_, text)| *text == leaf.text).map(|(key, _)| *key)
}

/// The place of each printed unit in a stream of characters without white space, where it stands as it was printed.
fn laid(stream: &[char], printed: &[Traced]) -> Vec<Option<Range<usize>>> {
    // how far behind the last unit found the next one is looked for
    const REACH: usize = 20_000;
    let mut found = Vec::with_capacity(printed.len());
    let mut at = 0;
    for traced in printed {
        let wanted: Vec<char> = traced.unit.printed.chars().collect();
        // a short text could stand anywhere: it is taken only where it is expected, behind a list's mark
        let reach = if wanted.len() < 12 { 6 } else { REACH };
        let limit = stream.len().min(at + wanted.len() + reach);
        let place = stream.get(at..limit).and_then(|s| s.windows(wanted.len().max(1)).position(|w| w == wanted));
        found.push(place.map(|i| at + i..at + i + wanted.len()));
        if let Some(i) = place {
            at += i + wanted.len();
        }
    }
    found
}

/// The paragraphs of a page's text: an empty line ends one.
fn paragraphs(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split("\n\n") {
        if !part.trim().is_empty() {
            found.push((at, part));
        }
        at += part.len() + 2;
    }
    found
}

/// Words as a title shows them.
fn shortened(words: &str) -> String {
    const MOST: usize = 80;
    let words = words.trim().trim_matches('"').replace(units::CELL, "|");
    if words.chars().count() <= MOST {
        return words;
    }
    let cut: String = words.chars().take(MOST).collect();
    format!("{}…", cut.trim_end())
}
