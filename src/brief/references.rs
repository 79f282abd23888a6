//! The list of references, formatted by a CSL style (Citation Style Language 1.0) with hayagriva, once for both formats.
//!
//! The default style is the project's own small one: reading it costs a fraction of a millisecond, where the library's
//! archive of styles and locales costs fifty.

use hayagriva::citationberg::{IndependentStyle, Locale, LocaleFile};
use hayagriva::types::{EntryType, FormatString, Person, Publisher, QualifiedUrl};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren, Entry,
};

use super::language::Language;
use super::view::Reference;
use crate::check;
use crate::facts::date::{Date, End, Moment, Precision, Qualifier};
use crate::facts::dossier::{Actor, Dossier, Source};
use crate::facts::table::Ref;
use crate::facts::vocabulary::{Basis, Reliability};
use crate::text::markdown::escape;

const STYLE: &str = include_str!("style/numeric.csl");
const LOCALE: &str = include_str!("style/en.xml");

/// What stands in for a headline where a source has none.
const UNTITLED: &str = "[Report without a headline]";

/// The references to `sources`, numbered in that order.
#[must_use]
pub fn references(dossier: &Dossier, sources: &[Ref<Source>], language: &Language) -> Vec<Reference> {
    let entries: Vec<Entry> =
        sources.iter().map(|r| entry(&dossier.sources[*r].id, &dossier.sources[*r].record)).collect();
    let formatted = format(&entries).unwrap_or_default();
    sources
        .iter()
        .enumerate()
        .map(|(i, reference)| {
            let source = &dossier.sources[*reference];
            let markdown = formatted
                .get(i)
                .cloned()
                .unwrap_or_else(|| escape(source.title.as_ref().map_or(UNTITLED, |t| t.as_str())));
            Reference {
                number: i + 1,
                anchor: anchor(i + 1),
                id: source.id.clone(),
                markdown,
                note: note(dossier, source, language),
            }
        })
        .collect()
}

/// The anchor of a reference's number.
#[must_use]
pub fn anchor(number: usize) -> String {
    format!("ref-{number}")
}

fn format(entries: &[Entry]) -> Option<Vec<String>> {
    // the style and locale are part of the program; a test reads both
    let style = IndependentStyle::from_xml(STYLE).ok()?;
    let locales: [Locale; 1] = [LocaleFile::from_xml(LOCALE).ok()?.into()];
    let mut driver = BibliographyDriver::new();
    for entry in entries {
        driver.citation(CitationRequest::from_items(vec![CitationItem::with_entry(entry)], &style, &locales));
    }
    let rendered = driver.finish(BibliographyRequest::new(&style, None, &locales));
    let items = rendered.bibliography?.items;
    (items.len() == entries.len()).then(|| {
        entries
            .iter()
            .map(|entry| {
                let mut out = String::new();
                if let Some(item) = items.iter().find(|item| item.key == entry.key()) {
                    children(&item.content, &mut out);
                }
                out
            })
            .collect()
    })
}

fn entry(id: &str, source: &Source) -> Entry {
    let mut entry = Entry::new(id, EntryType::Article);
    entry.set_title(FormatString::with_value(source.title.as_ref().map_or(UNTITLED, |t| t.as_str())));
    if !source.authors.is_empty() {
        entry.set_authors(source.authors.iter().map(|name| person(name)).collect());
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
    if let Some(publisher) = &source.publisher {
        let name = FormatString::with_value(publisher.as_str());
        let mut parent = Entry::new(&format!("{id}-publication"), EntryType::Newspaper);
        parent.set_title(name.clone());
        parent.set_publisher(Publisher::new(Some(name), None));
        entry.set_parents(vec![parent]);
    }
    entry
}

fn person(name: &str) -> Person {
    // "Given Family"; a single word is a name by itself
    let (given, family) = name.trim().rsplit_once(' ').map_or((None, name.trim()), |(g, f)| (Some(g.to_owned()), f));
    Person { name: family.to_owned(), given_name: given, prefix: None, suffix: None, comma_suffix: false, alias: None }
}

fn issued(date: &Date) -> Option<hayagriva::types::Date> {
    let moment: &Moment = match date {
        Date::Single(m) | Date::Interval(End::At(m), _) | Date::Interval(_, End::At(m)) => m,
        Date::Interval(..) => return None,
    };
    let (year, month, day) = moment.parts();
    let exact = moment.precision();
    let months = matches!(exact, Precision::Month | Precision::SomeDay | Precision::Day);
    Some(hayagriva::types::Date {
        year,
        month: months.then(|| month.saturating_sub(1)),
        day: (exact == Precision::Day).then(|| day.saturating_sub(1)),
        approximate: moment.qualifier().is_some_and(|q| q != Qualifier::Uncertain),
        season: None,
    })
}

fn note(dossier: &Dossier, source: &Source, language: &Language) -> String {
    let words = &language.words.source;
    let mut parts = Vec::new();
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
    use super::*;

    #[test]
    fn the_style_formats_what_is_known_and_leaves_out_the_rest() {
        let mut full = Entry::new("a", EntryType::Article);
        full.set_title(FormatString::with_value("A *flood* in town"));
        full.set_authors(vec![person("Ann Lee"), person("Bo Wu")]);
        full.set_url(QualifiedUrl { value: "https://example.org/a_b".parse().unwrap(), visit_date: None });
        full.set_date(issued(&"2015-02-16~".parse().unwrap()).unwrap());
        let bare = Entry::new("b", EntryType::Article);
        let texts = format(&[full, bare]).unwrap();
        assert!(texts[0].contains("Ann Lee and Bo Wu. A \\*flood\\* in town"), "{}", texts[0]);
        assert!(texts[0].contains("16 February 2015"), "{}", texts[0]);
        assert!(texts[0].contains("<https://example.org/a_b>"), "{}", texts[0]);
        assert!(!texts[1].contains("n.d"), "{}", texts[1]);
    }
}
