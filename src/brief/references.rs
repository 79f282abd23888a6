//! Citations and the list of references, formatted by a CSL style (Citation Style Language 1.0) with hayagriva, once for
//! both formats.
//!
//! The default style is the project's own small one: reading it costs a fraction of a millisecond, where the library's
//! archive of styles and locales costs fifty.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayagriva::types::{ChunkedString, EntryType, FormatString, Person, QualifiedUrl, StringChunk};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren, ElemMeta, Entry,
};

use super::language::Language;
use super::name::Name;
use super::style::said;
pub use super::style::{DEFAULT, Style, System};
use super::view::{Citing, Mark, Reference};
use crate::check;
use crate::diag::Diagnostic;
use crate::facts::date::{Date, End, Moment, Precision, Qualifier};
use crate::facts::dossier::{Actor, Dossier, Source};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{Basis, Reliability};
use crate::text::markdown::escape;

/// What stands in for a headline where a source has none.
pub const UNTITLED: &str = "[Report without a headline]";

/// A longer headline is named by its first words where a source is cited by it.
const SHORT_TITLE: usize = 8;

/// Sources as a style cites them.
#[derive(Debug, Clone)]
pub struct Cited {
    /// The list of references, in its order.
    pub references: Vec<Reference>,
    /// How citations in the text are put together.
    pub citing: Citing,
    /// The mark of each source, in the order the sources were given in.
    marks: Vec<Mark>,
    /// What a sentence calls each of them.
    names: Vec<String>,
    /// The place of each among several that are cited together.
    ranks: Vec<usize>,
}

impl Cited {
    /// The marks of sources that are cited together, in the style's order; a source is named by its number in the order
    /// the sources were given in, counted from one.
    #[must_use]
    pub fn marks(&self, numbers: &[usize]) -> Vec<Mark> {
        let mut indices: Vec<usize> = numbers.iter().filter_map(|n| n.checked_sub(1)).collect();
        indices.sort_by_key(|i| self.ranks.get(*i).copied().unwrap_or(*i));
        indices.into_iter().filter_map(|i| self.marks.get(i).cloned()).collect()
    }

    /// What a sentence calls a source, in plain text: `source 4`, or its author and date; named as in [`Self::marks`].
    #[must_use]
    pub fn name(&self, number: usize) -> String {
        number.checked_sub(1).and_then(|i| self.names.get(i).cloned()).unwrap_or_default()
    }
}

/// The mark of a source whose style numbers sources in the order of mention.
#[must_use]
pub fn mark(number: usize) -> Mark {
    Mark { number, anchor: anchor(number), label: format!("[{number}]") }
}

/// The anchor of a reference's number.
#[must_use]
pub fn anchor(number: usize) -> String {
    format!("ref-{number}")
}

/// What a style makes of sources.
pub(super) struct Formatted {
    /// The citation of each source alone, as Markdown, in the order given; in a style of notes, the note.
    pub(super) citations: Vec<String>,
    /// The same as plain text.
    pub(super) plain: Vec<String>,
    /// The list: which source each entry is of, and the entry as Markdown.
    pub(super) entries: Vec<(usize, String)>,
    /// Whether a citation holds its entry's number.
    pub(super) cites_number: bool,
    /// Whether a citation holds a label made of author and date.
    pub(super) cites_label: bool,
}

impl Style {
    /// Sources of a dossier in the words of a language (BCP 47), all formatted together.
    ///
    /// # Errors
    /// One finding, at the key that asked for the style, where it cannot format them.
    pub fn cite(
        &self,
        dossier: &Dossier,
        sources: &[Ref<Source>],
        language: &Language,
    ) -> Result<Cited, Box<Diagnostic>> {
        let tag = language.tag.as_str();
        let untitled = language.words.label.headline_missing.text();
        let entries: Vec<Entry> = sources.iter().map(|r| entry(dossier, *r, language)).collect();
        let worked =
            catch_unwind(AssertUnwindSafe(|| (format(self, &entries, tag, untitled), self.ranks(&entries, tag))));
        let (formatted, ranks) = worked.map_err(|panic| self.failed(&said(panic.as_ref())))?;
        let entry_of =
            |index: usize| formatted.entries.iter().find(|(i, _)| *i == index).map(|(_, text)| text.as_str());
        let note_of = |index: usize| formatted.citations.get(index).map(String::as_str);
        // a note is numbered where it is first referred to; a list has its own order
        let order: Vec<usize> = match self.system {
            System::Note => (0..sources.len()).collect(),
            _ => {
                let mut listed: Vec<usize> = formatted.entries.iter().map(|(i, _)| *i).collect();
                listed.extend((0..sources.len()).filter(|i| entry_of(*i).is_none()));
                listed
            }
        };
        let mut references = Vec::with_capacity(order.len());
        let mut marks: Vec<Mark> = (1..=sources.len()).map(mark).collect();
        for (place, index) in order.iter().enumerate() {
            let Some(source) = sources.get(*index).map(|r| &dossier.sources[*r]) else { continue };
            let (first, second) =
                if self.in_notes { (note_of(*index), entry_of(*index)) } else { (entry_of(*index), note_of(*index)) };
            let markdown = [first, second.filter(|_| self.system == System::Note)]
                .into_iter()
                .flatten()
                .find(|text| !text.trim().is_empty())
                .map_or_else(String::new, str::to_owned);
            let markdown = identified(markdown, source, untitled);
            let number = place + 1;
            references.push(Reference {
                number,
                anchor: anchor(number),
                id: source.id.clone(),
                markdown,
                note: note(dossier, source, language),
                annex: String::new(),
            });
            if let Some(mark) = marks.get_mut(*index) {
                let label = match self.system {
                    System::Note => number.to_string(),
                    _ => note_of(*index)
                        .filter(|l| !l.trim().is_empty())
                        .map_or_else(|| number.to_string(), str::to_owned),
                };
                *mark = Mark { number, anchor: anchor(number), label };
            }
        }
        let ranks = match self.system {
            System::Author | System::Label => ranks.unwrap_or_else(|| (0..sources.len()).collect()),
            System::Number | System::Note => marks.iter().map(|m| m.number).collect(),
        };
        let names = marks.iter().enumerate().map(|(i, mark)| match self.system {
            System::Number | System::Note => {
                language.words.calendar.numbered.fill(&[("n", &language.ordinal(mark.number))])
            }
            System::Author | System::Label => formatted.plain.get(i).cloned().unwrap_or_default(),
        });
        let names = names.collect();
        let citing = self.citing(marks.iter().map(|m| m.label.as_str()));
        Ok(Cited { references, citing, marks, names, ranks })
    }

    /// What stands around and between citations. A bare number beside a figure would be read as one, so numbers always
    /// stand in brackets.
    fn citing<'m>(&self, mut labels: impl Iterator<Item = &'m str>) -> Citing {
        let layout = &self.csl.citation.layout;
        let text = |part: &Option<String>| part.as_deref().map(|p| escape_inline(p.trim_start())).unwrap_or_default();
        let (mut open, mut close) = (text(&layout.prefix), text(&layout.suffix));
        let mut separator = layout.delimiter.as_deref().map(escape_inline);
        let numbered = matches!(self.system, System::Number | System::Note);
        if self.system == System::Note {
            (open, close, separator) = (String::new(), String::new(), None);
        }
        let bare = labels.all(|l| l.chars().all(|c| c.is_ascii_digit()));
        if numbered && open.is_empty() && bare {
            (open, close) = ("\\[".to_owned(), "\\]".to_owned());
        }
        if self.system == System::Author && open.is_empty() {
            (open, close) = ("(".to_owned(), ")".to_owned());
        }
        let usual = match (numbered, bare) {
            (true, true) => ", ",
            (true, false) => "",
            _ => "; ",
        };
        Citing { open, separator: separator.unwrap_or_else(|| usual.to_owned()), close, numbered }
    }

    /// The place of each source among several cited together, where the style sorts them.
    fn ranks(&self, entries: &[Entry], language: &str) -> Option<Vec<usize>> {
        self.csl.citation.sort.as_ref()?;
        let (locale, terms) = self.locale(language);
        let mut driver = BibliographyDriver::new();
        let items = entries.iter().map(CitationItem::with_entry).collect();
        driver.citation(CitationRequest::new(items, &self.csl, locale.clone(), terms.files(), None));
        let rendered = driver.finish(BibliographyRequest::new(&self.csl, locale, terms.files()));
        let mut ranks = vec![entries.len(); entries.len()];
        let cited = rendered.citations.first()?.citation.0.iter().filter_map(|child| match child {
            ElemChild::Elem(elem) => match elem.meta {
                Some(ElemMeta::Entry(index)) => Some(index),
                _ => None,
            },
            _ => None,
        });
        for (place, index) in cited.enumerate() {
            if let Some(rank) = ranks.get_mut(index) {
                *rank = place;
            }
        }
        Some(ranks)
    }
}

/// An entry that says what it is of: some styles print no headline, and a source without an author would have no name.
fn identified(markdown: String, source: &Source, untitled: &str) -> String {
    let title = escape(source.title.as_ref().map_or(untitled, |t| t.as_str()));
    if markdown.contains(&title) || (!source.authors.is_empty() && !markdown.is_empty()) {
        return markdown;
    }
    let rest = markdown.trim_start_matches(|c: char| c.is_whitespace() || ".,;:".contains(c));
    if rest.is_empty() { format!("{title}.") } else { format!("{title}. {rest}") }
}

/// Formats sources together, so that those of one author and year are told apart.
pub(super) fn format(style: &Style, entries: &[Entry], language: &str, untitled: &str) -> Formatted {
    let (locale, terms) = style.locale(language);
    let mut driver = BibliographyDriver::new();
    for (i, entry) in entries.iter().enumerate() {
        let items = vec![CitationItem::with_entry(entry)];
        driver.citation(CitationRequest::new(items, &style.csl, locale.clone(), terms.files(), Some(i + 1)));
    }
    let rendered = driver.finish(BibliographyRequest::new(&style.csl, locale, terms.files()));
    let holds = |meta: &dyn Fn(&ElemMeta) -> bool| {
        rendered.citations.iter().any(|c| c.citation.find_elem_by(&|e| e.meta.as_ref().is_some_and(meta)).is_some())
    };
    let cites_number = holds(&|meta| *meta == ElemMeta::CitationNumber);
    let alone = |cited: &'_ ElemChildren| {
        let item = cited.find_elem_by(&|e| matches!(e.meta, Some(ElemMeta::Entry(_))));
        item.filter(|_| style.system != System::Note).map(|elem| elem.children.clone())
    };
    let citations = rendered.citations.iter().map(|cited| match alone(&cited.citation) {
        Some(item) => label(&item, untitled),
        None => markdown(&cited.citation, untitled),
    });
    let citations = citations.collect();
    let plain = rendered.citations.iter().map(|cited| {
        let text = format!("{:#}", alone(&cited.citation).as_ref().unwrap_or(&cited.citation));
        unquoted(text.trim(), untitled)
    });
    let plain = plain.collect();
    let items = rendered.bibliography.map(|b| b.items).unwrap_or_default();
    let listed = items.iter().filter_map(|item| {
        let index = entries.iter().position(|entry| entry.key() == item.key)?;
        let mut text = String::new();
        if let (System::Label, Some(first)) = (style.system, &item.first_field) {
            children(&ElemChildren(vec![first.clone()]), &mut text);
            text.push(' ');
        }
        children(&unnumbered(&item.content), &mut text);
        Some((index, unquoted(text.trim(), &escape(untitled))))
    });
    Formatted {
        citations,
        plain,
        entries: listed.collect(),
        cites_number,
        cites_label: holds(&|meta| *meta == ElemMeta::CitationLabel),
    }
}

/// An entry without its number, which the list itself gives.
fn unnumbered(list: &ElemChildren) -> ElemChildren {
    let numbered = |child: &ElemChild| matches!(child, ElemChild::Elem(e) if e.meta == Some(ElemMeta::CitationNumber));
    let Some(at) = list.0.iter().position(numbered) else {
        return ElemChildren(
            list.0
                .iter()
                .map(|child| match child {
                    ElemChild::Elem(elem) => {
                        let mut elem = elem.clone();
                        elem.children = unnumbered(&elem.children);
                        ElemChild::Elem(elem)
                    }
                    other => other.clone(),
                })
                .collect(),
        );
    };
    let mut rest = list.0.clone();
    rest.remove(at);
    // what joined the number to the entry
    if let Some(ElemChild::Text(text)) = rest.get_mut(at) {
        text.text = text.text.trim_start_matches(|c: char| c.is_whitespace() || ".,:;)]".contains(c)).to_owned();
    }
    if let Some(ElemChild::Text(text)) = at.checked_sub(1).and_then(|before| rest.get_mut(before)) {
        text.text = text.text.trim_end_matches(|c: char| c.is_whitespace() || "([".contains(c)).to_owned();
    }
    ElemChildren(rest)
}

/// A citation as the text of a link: a number in brackets as it is, everything else escaped.
fn label(list: &ElemChildren, untitled: &str) -> String {
    let text = format!("{list:#}");
    let text = text.trim();
    let number = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    if number.is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit())) {
        return text.to_owned();
    }
    markdown(list, untitled).trim().to_owned()
}

fn markdown(list: &ElemChildren, untitled: &str) -> String {
    let mut out = String::new();
    children(list, &mut out);
    unquoted(&out, &escape(untitled))
}

/// Without quotation marks around what stands in for a headline: nobody wrote it.
fn unquoted(text: &str, stand_in: &str) -> String {
    let Some((before, after)) = text.split_once(stand_in) else { return text.to_owned() };
    let mark = |c: char| matches!(c, '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '"');
    let Some(opened) = before.trim_end_matches('\u{a0}').strip_suffix(mark) else { return text.to_owned() };
    let stop: String = after.chars().take_while(|c| matches!(c, ',' | '.')).collect();
    match after[stop.len()..].trim_start_matches('\u{a0}').strip_prefix(mark) {
        Some(rest) => format!("{opened}{stand_in}{stop}{rest}"),
        None => text.to_owned(),
    }
}

/// Two invented sources that a style is tried on: one of which all is known, and one of which nothing is.
pub(super) fn specimens() -> Vec<Entry> {
    let mut full = blank("full", "A report", Some("A newspaper"));
    full.set_authors(vec![person(&Name::person("Ann Lee"))]);
    if let Ok(date) = "2015-02-16".parse::<Date>()
        && let Some(date) = issued(&date)
    {
        full.set_date(date);
    }
    if let Ok(value) = "https://example.org/report".parse() {
        full.set_url(QualifiedUrl { value, visit_date: None });
    }
    vec![full, blank("bare", UNTITLED, None)]
}

fn blank(id: &str, title: &str, publisher: Option<&str>) -> Entry {
    let mut entry = Entry::new(id, EntryType::Article);
    entry.set_title(verbatim(title));
    // what a report stands in decides how a style sets it, even where its name is not known
    let mut parent = Entry::new(&format!("{id}-publication"), EntryType::Newspaper);
    if let Some(publisher) = publisher {
        parent.set_title(verbatim(publisher));
    }
    entry.set_parents(vec![parent]);
    entry
}

/// A title as it was published: a style that changes the case of letters would print "isis targets in libya".
fn verbatim(text: &str) -> FormatString {
    let words: Vec<&str> = text.split_whitespace().collect();
    let short = (words.len() > SHORT_TITLE).then(|| {
        let first = words[..SHORT_TITLE - 3].join(" ");
        Box::new(ChunkedString(vec![StringChunk::verbatim(format!("{}…", first.trim_end_matches([',', ':', ';'])))]))
    });
    FormatString { value: ChunkedString(vec![StringChunk::verbatim(text)]), short }
}

fn entry(dossier: &Dossier, source: Ref<Source>, language: &Language) -> Entry {
    let untitled = language.words.label.headline_missing.text();
    let source = &dossier.sources[source];
    let title = source.title.as_ref().map_or(untitled, |t| t.as_str());
    // on a page that runs the other way a name keeps its own direction
    let publisher = source.publisher.as_ref().map(|p| language.foreign(p));
    let mut entry = blank(&source.id, &language.foreign(title), publisher.as_deref());
    let authors = source.authors.iter().filter(|name| !name.trim().is_empty());
    let authors: Vec<Person> = authors.map(|name| person(&Name::of(dossier, name))).collect();
    if !authors.is_empty() {
        entry.set_authors(authors);
    }
    if let Some(published) = &source.published
        && let Some(date) = issued(published)
    {
        entry.set_date(date);
    }
    if let Some(url) = &source.url
        && let Ok(value) = url.parse()
    {
        entry.set_url(QualifiedUrl { value, visit_date: None });
    }
    entry
}

fn person(name: &Name) -> Person {
    let plain =
        |name: String| Person { name, given_name: None, prefix: None, suffix: None, comma_suffix: false, alias: None };
    match name {
        Name::Body(name) => plain(name.clone()),
        Name::Person { given, dropping, particle, family, suffix } => Person {
            given_name: given.clone(),
            prefix: dropping.clone(),
            suffix: suffix.clone(),
            ..plain(particle.iter().chain([family]).cloned().collect::<Vec<_>>().join(" "))
        },
    }
}

/// The date a style prints; none where not even the year is known.
fn issued(date: &Date) -> Option<hayagriva::types::Date> {
    let moment: &Moment = match date {
        Date::Single(m) | Date::Interval(End::At(m), _) | Date::Interval(_, End::At(m)) => m,
        Date::Interval(..) => return None,
    };
    let (year, month, day) = moment.parts();
    let exact = moment.precision();
    if matches!(exact, Precision::Years(_)) {
        return None;
    }
    let months = matches!(exact, Precision::Month | Precision::SomeDay | Precision::Day);
    Some(hayagriva::types::Date {
        year,
        month: months.then(|| month.saturating_sub(1)),
        day: (exact == Precision::Day).then(|| day.saturating_sub(1)),
        approximate: moment.qualifier().is_some_and(|q| q != Qualifier::Uncertain),
        season: None,
    })
}

/// What is to be said of a source beside its reference.
pub(super) fn note(dossier: &Dossier, source: &Source, language: &Language) -> String {
    let words = &language.words.source;
    let mut parts = Vec::new();
    // a style prints one date, and none that is less exact than a year
    if let Some(published) = &source.published
        && (matches!(**published, Date::Interval(..)) || issued(published).is_none())
    {
        parts.push(words.published.fill(&[("date", &language.date(published))]));
    }
    match &source.published {
        None => parts.push(words.no_date.text().to_owned()),
        Some(published) if check::basis(source.dating.as_ref()) != Basis::Stated => {
            let about = published.to_string().ends_with('~');
            let phrase = if about { &words.date_approximate } else { &words.date_not_stated };
            parts.push(phrase.text().to_owned());
        }
        Some(_) => {}
    }
    if !source.wires.is_empty() {
        let name = |w: &Ref<Actor>| {
            let name = &dossier.actors[*w].name;
            name.within(&language.tag, &dossier.language).unwrap_or(name.as_str()).to_owned()
        };
        let names: Vec<String> = source.wires.iter().map(|w| language.foreign(&name(w))).collect();
        parts.push(words.wires.fill(&[("names", &language.list(&names))]));
    }
    if source.grade != Reliability::F {
        parts.push(words.reliability.fill(&[("grade", source.grade.word())]));
    }
    language.remarks(&parts)
}

fn children(list: &ElemChildren, out: &mut String) {
    for child in &list.0 {
        match child {
            ElemChild::Text(formatted) => {
                let text = escape_inline(&formatted.text);
                if formatted.formatting.font_style == hayagriva::citationberg::FontStyle::Italic
                    && !formatted.text.trim().is_empty()
                {
                    let (lead, trail) = ends(&text);
                    out.push_str(&format!("{}*{}*{}", &text[..lead], &text[lead..trail], &text[trail..]));
                } else {
                    out.push_str(&text);
                }
            }
            ElemChild::Elem(elem) => children(&elem.children, out),
            ElemChild::Markup(markup) => out.push_str(&escape_inline(markup)),
            ElemChild::Link { text, url } => out.push_str(&link(&text.text, url)),
            ElemChild::Transparent { .. } => {}
        }
    }
}

/// A link, if the address is of a kind that may be followed; the text alone otherwise.
fn link(text: &str, url: &str) -> String {
    let safe = ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
        && url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | '\\' | '`' | '"'));
    match (safe, text == url) {
        (true, true) => format!("<{url}>"),
        (true, false) => format!("[{}]({url})", escape_inline(text)),
        (false, _) => escape_inline(text),
    }
}

/// As [`escape`], with the spaces at the ends kept: pieces of a reference are put together.
fn escape_inline(text: &str) -> String {
    let lead = &text[..text.len() - text.trim_start().len()];
    let trail = &text[text.trim_end().len()..];
    if text.trim().is_empty() { text.to_owned() } else { format!("{lead}{}{trail}", escape(text)) }
}

fn ends(text: &str) -> (usize, usize) {
    let lead = text.len() - text.trim_start().len();
    (lead, text.trim_end().len().max(lead))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::facts::at::At;
    use crate::text::file::TextFile;

    fn dossier(records: &str) -> Dossier {
        let text: String = records
            .split("[source.")
            .map(|part| match part.split_once("]\n") {
                Some((id, rest)) => format!(
                    "[source.{id}]\nfile = \"{id}.txt\"\nsha256 = \"{}\"\n{}{rest}",
                    "0".repeat(64),
                    if rest.contains("published") { "dating = { basis = \"external\", note = \"n\" }\n" } else { "" }
                ),
                None => part.to_owned(),
            })
            .collect();
        crate::load::resolve("d", "en", &[Arc::new(TextFile::new("d.toml", text))])
            .unwrap_or_else(|f| panic!("{}", crate::report::render(&f, crate::report::Format::Human, false)))
    }

    fn style(name: &str) -> Style {
        let file = Arc::new(TextFile::new("factbrief.toml", ""));
        Style::load(Path::new("."), &file, &At::new(name.to_owned(), 0..0)).unwrap()
    }

    fn cite(records: &str, name: &str, language: &str) -> Cited {
        let d = dossier(records);
        // in the order of their ids
        let sources: Vec<_> = d.sources.iter().map(|(r, _)| r).collect();
        let spoken = Language::shipped(language).unwrap_or_else(|| {
            let english = Language::shipped_text("en").unwrap();
            std::sync::Arc::new(
                Language::parse(language, &std::sync::Arc::new(crate::text::file::TextFile::new("en.toml", english)))
                    .unwrap(),
            )
        });
        style(name).cite(&d, &sources, &spoken).unwrap()
    }

    fn texts(cited: &Cited) -> Vec<&str> {
        cited.references.iter().map(|r| r.markdown.as_str()).collect()
    }

    fn labels(cited: &Cited) -> Vec<&str> {
        cited.marks.iter().map(|m| m.label.as_str()).collect()
    }

    const FULL: &str = "[source.a]\ntitle = \"A *flood* in ISIS town\"\nauthors = [\"Ann Lee\", \"Bo Wu\"]\npublisher = \"The Post\"\nurl = \"https://example.org/a_b\"\npublished = \"2015-02-16~\"\n";
    const BARE: &str = "[source.b]\n";

    #[test]
    fn each_style_formats_what_is_known_and_invents_nothing() {
        let both = format!("{FULL}{BARE}");
        for (name, expected, citing) in [
            (
                "numeric",
                [
                    "Ann Lee and Bo Wu. A \\*flood\\* in ISIS town. *The Post*, 16 February 2015. <https://example.org/a_b>.",
                    "\\[Report without a headline\\].",
                ],
                "[1][2]",
            ),
            (
                "ieee",
                [
                    "A. Lee and B. Wu, “A \\*flood\\* in ISIS town,” *The Post*, Feb. 16, 2015. \\[Online\\]. Available: <https://example.org/a_b>",
                    "\\[Report without a headline\\].",
                ],
                "[1], [2]",
            ),
            (
                "chicago-notes",
                [
                    "Ann Lee and Bo Wu, “A \\*flood\\* in ISIS town,” *The Post*, \\[February 16, 2015?\\], <https://example.org/a_b>.",
                    "*\\[Report without a headline\\]*, n.d.",
                ],
                "\\[1, 2\\]",
            ),
            (
                "apa",
                [
                    "*\\[Report without a headline\\]*. (n.d.).",
                    "Lee, A., & Wu, B. (ca. 2015, February 16). A \\*flood\\* in ISIS town. *The Post*. <https://example.org/a_b>",
                ],
                "(*\\[Report without a headline\\]*, n.d.; Lee & Wu, ca. 2015)",
            ),
        ] {
            let cited = cite(&both, name, "en");
            assert_eq!(texts(&cited), expected, "{name}");
            let marks: Vec<String> = cited.marks(&[1, 2]).into_iter().map(|m| m.label).collect();
            let Citing { open, separator, close, numbered } = &cited.citing;
            assert_eq!(format!("{open}{}{close}", marks.join(separator)), citing, "{name}");
            assert_eq!(*numbered, name != "apa");
            let bare = cited.references.iter().find(|r| r.id == "b").unwrap();
            assert_eq!(bare.note, "no date known", "{name}");
        }
    }

    #[test]
    fn marks_lead_to_the_entry_of_their_source_whatever_the_order_of_the_list() {
        let cited = cite(&format!("{FULL}{BARE}"), "apa", "en");
        // the list is sorted: the source mentioned first comes second
        assert_eq!(cited.references[0].id, "b");
        assert_eq!(cited.references[0].anchor, "ref-1");
        let marks = cited.marks(&[1]);
        assert_eq!((marks[0].anchor.as_str(), marks[0].label.as_str()), ("ref-2", "Lee & Wu, ca. 2015"));
        assert_eq!(cited.name(1), "Lee & Wu, ca. 2015");
        assert_eq!(cited.name(2), "[Report without a headline], n.d.");
        assert_eq!(cited.marks(&[1, 2])[0].anchor, "ref-1");
        // a numeric style that sorts its list gives numbers by that list
        let cited = cite(
            "[source.a]\ntitle = \"T\"\nauthors = [\"Cy Zorn\"]\n[source.b]\ntitle = \"U\"\nauthors = [\"Al Abel\"]\n",
            "american-society-of-civil-engineers",
            "en",
        );
        assert_eq!(cited.references[0].id, "b");
        let cited = cite(
            "[source.a]\ntitle = \"T\"\nauthors = [\"Cy Zorn\"]\n[source.b]\ntitle = \"U\"\nauthors = [\"Al Abel\"]\n",
            "springer-mathphys",
            "en",
        );
        for mark in cited.marks(&[1, 2]) {
            assert!(mark.label.contains(&mark.number.to_string()), "{mark:?}");
        }
    }

    #[test]
    fn sources_of_one_author_and_year_are_told_apart() {
        let records = "[source.a]\ntitle = \"One\"\nauthors = [\"John Beck\"]\npublished = \"2015-02-16\"\n[source.b]\ntitle = \"Two\"\nauthors = [\"John Beck\"]\npublished = \"2015-02-17\"\n[source.c]\n[source.d]\n";
        let cited = cite(records, "apa", "en");
        let apa = labels(&cited);
        assert_eq!(apa[..2], ["Beck, 2015a", "Beck, 2015b"]);
        assert_ne!(apa[2], apa[3], "{apa:?}");
        assert!(texts(&cited).iter().any(|t| t.starts_with("Beck, J. (2015a, February 16). *One*")), "{cited:?}");
        // and a note is never "ibid." or a short form of an earlier one
        let cited = cite(records, "chicago-notes", "en");
        assert_eq!(
            texts(&cited)[..2],
            ["John Beck, *One*, February 16, 2015.", "John Beck, *Two*, February 17, 2015."],
            "{cited:?}"
        );
        assert_eq!(labels(&cited), ["1", "2", "3", "4"]);
        // a style of short notes gives the whole in its list
        let cited = cite(FULL, "chicago-shortened-notes", "en");
        assert!(texts(&cited)[0].contains("<https://example.org/a_b>"), "{cited:?}");
    }

    #[test]
    fn a_body_is_not_taken_apart_and_a_particle_stays_with_its_name() {
        let records = "[source.a]\ntitle = \"One\"\nauthors = [\"{BBC Monitoring}\"]\n[source.b]\ntitle = \"Two\"\nauthors = [\"The Flood Office\"]\n[source.c]\ntitle = \"Three\"\nauthors = [\"Ludwig van Beethoven\"]\n[source.d]\ntitle = \"Four\"\nauthors = [\"Lee, Ann\"]\n[source.e]\ntitle = \"Five\"\nauthors = [\"Hill Post\"]\npublisher = \"Hill Post\"\n[actor.office]\nname = \"The Flood Office\"\nkind = \"ministry\"\n";
        let cited = cite(records, "apa", "en");
        assert_eq!(
            labels(&cited),
            ["BBC Monitoring, n.d.", "The Flood Office, n.d.", "van Beethoven, n.d.", "Lee, n.d.", "Hill Post, n.d."]
        );
        let listed = texts(&cited).join("\n");
        for expected in
            ["BBC Monitoring. (n.d.)", "The Flood Office. (n.d.)", "van Beethoven, L. (n.d.)", "Lee, A. (n.d.)"]
        {
            assert!(listed.contains(expected), "{listed}");
        }
        let listed = cite(records, "numeric", "en").references.into_iter().map(|r| r.markdown).collect::<Vec<_>>();
        assert_eq!(
            listed[..4],
            ["BBC Monitoring. One.", "The Flood Office. Two.", "Ludwig van Beethoven. Three.", "Ann Lee. Four."]
        );
    }

    #[test]
    fn a_year_that_is_not_known_is_not_printed_as_one() {
        let cited = cite(
            "[source.a]\ntitle = \"T\"\npublished = \"201X\"\n[source.b]\ntitle = \"U\"\npublished = \"2014-12/2015-01\"\n",
            "apa",
            "en",
        );
        assert!(!format!("{:?}", texts(&cited)[0]).contains("2010"), "{cited:?}");
        assert_eq!(cited.references[0].note, "published the 2010s; date† not stated in the text");
        assert_eq!(cited.references[1].note, "published December 2014 to January 2015; date† not stated in the text");
    }

    #[test]
    fn terms_are_those_of_the_language() {
        let numeric = |language| cite(FULL, "numeric", language).references.remove(0).markdown;
        assert!(numeric("en-GB").contains("Ann Lee and Bo Wu."));
        assert!(numeric("fr").contains("Ann Lee et Bo Wu.") && numeric("fr").contains("16 février 2015"));
        assert!(numeric("ar-EG").contains("16 فبراير 2015"), "{}", numeric("ar-EG"));
        assert!(numeric("xx").contains("16 February 2015"));
        let apa = |language| cite(BARE, "apa", language).references.remove(0).markdown;
        assert!(apa("fr").contains("s.\u{a0}d."), "{}", apa("fr"));
        assert!(!apa("fr-CA").contains("n.d."), "{}", apa("fr-CA"));
        assert!(!apa("ar").contains("n.d."), "{}", apa("ar"));
        assert!(apa("xx").contains("n.d."));
        let note = |language| cite(FULL, "chicago-notes", language).references.remove(0).markdown;
        assert!(note("fr").contains("février 2015"), "{}", note("fr"));
        assert!(note("de").contains("Februar"), "{}", note("de"));
    }

    #[test]
    fn no_style_of_the_archive_prints_the_number_twice_or_leaves_an_entry_empty() {
        let both = format!("{FULL}{BARE}");
        for archived in hayagriva::archive::ArchivedStyle::all() {
            let name = archived.names()[0];
            if name == "alphanumeric" {
                // it has no list
                continue;
            }
            let cited = cite(&both, name, "en");
            assert_eq!(cited.references.len(), 2, "{name}");
            for reference in &cited.references {
                let text = reference.markdown.trim_start_matches(['\\', '[', '(']);
                assert!(!text.starts_with(|c: char| c.is_ascii_digit()), "{name}: {text}");
                assert!(!text.trim().is_empty() && !text.starts_with(['.', ',']), "{name}: {text}");
                assert!(!text.to_lowercase().contains("ibid"), "{name}: {text}");
            }
            assert!(cited.marks.iter().all(|m| !m.label.trim().is_empty()), "{name}");
            assert!(
                !cited.citing.open.is_empty() || cited.marks[0].label.starts_with(['[', '(', '\\']),
                "{name}: {cited:?}"
            );
        }
    }
}
