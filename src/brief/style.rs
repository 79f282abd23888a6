//! Citation styles (Citation Style Language 1.0): the project's own small one, those of hayagriva's archive, and files of
//! the project.
//!
//! A style from outside is checked before it formats anything: it is a program, and one that calls itself, or doubles at
//! every step, would not end.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path};
use std::sync::{Arc, OnceLock};

use hayagriva::archive::{self, ArchivedStyle};
use hayagriva::citationberg::{
    self, IndependentStyle, LayoutRenderingElement, Locale, LocaleCode, LocaleFile, NamesChild, Sort, SortKey,
    StyleClass, TextTarget,
};

use super::references::{Formatted, UNTITLED, format};
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::load::briefing::Request;
use crate::load::project::Project;
use crate::load::read;
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::nearest::nearest;

/// The name of the default style.
pub const DEFAULT: &str = "numeric";

/// The names that are shown where one is not known; every other name of the archive can be used, too.
const SHOWN: &[&str] = &[DEFAULT, "chicago-notes", "apa", "ieee"];

/// The most bytes of a style's file.
const MAX_BYTES: usize = 1024 * 1024;
/// The deepest nesting of a style's elements, called macros counted.
const MAX_DEPTH: usize = 128;
/// The most elements of a style, each macro counted as often as it is called.
const MAX_ELEMENTS: usize = 50_000;

const OWN: &str = include_str!("style/numeric.csl");
const ENGLISH: &str = include_str!("style/en.xml");
const FRENCH: &str = include_str!("style/fr.xml");
const ARABIC: &str = include_str!("style/ar.xml");

/// How a style refers to a source in the text, and so how its list is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// By the number of its entry in the list.
    Number,
    /// By the number of a note; the list holds the notes.
    Note,
    /// By its author and date, or whatever else names it.
    Author,
    /// By a short label made of its author and date, which its entry begins with.
    Label,
}

/// A citation style, ready for use.
#[derive(Debug)]
pub struct Style {
    pub(super) csl: IndependentStyle,
    pub(super) system: System,
    /// Whether a source's full form is what the style writes in a note, rather than its entry in the list.
    pub(super) in_notes: bool,
    own: bool,
    /// Where it was asked for.
    asked: Option<(Arc<TextFile>, Range<usize>)>,
}

impl Style {
    /// The project's own: numbers in brackets, in the order of mention.
    ///
    /// # Errors
    /// Never: style and locale are part of the program, and a test reads both.
    pub fn numeric() -> Result<Self, Box<Diagnostic>> {
        let csl = IndependentStyle::from_xml(OWN)
            .map_err(|error| Box::new(Diagnostic::new("citation-style", visible(&error.to_string()))))?;
        Ok(Self { csl, system: System::Number, in_notes: false, own: true, asked: None })
    }

    /// The style that a briefing asks for, or else its project.
    ///
    /// # Errors
    /// One finding, at the key, where there is no such style or it cannot be used.
    pub fn of(project: &Project, request: &Request) -> Result<Self, Box<Diagnostic>> {
        match (&request.style, &project.style) {
            (Some(key), _) => Self::load(&project.root, &request.file, key),
            (None, Some(key)) => Self::load(&project.root, &project.file, key),
            (None, None) => Self::numeric(),
        }
    }

    /// The style of this name, or from this file of the project at `root`; `key` stands in `file`.
    ///
    /// # Errors
    /// One finding, at the key, where there is no such style or it cannot be used.
    pub fn load(root: &Path, file: &Arc<TextFile>, key: &At<String>) -> Result<Self, Box<Diagnostic>> {
        let asked = Asked { file, key };
        let name = key.as_str();
        if name == DEFAULT {
            return Self::numeric();
        }
        if name.contains(['/', '\\']) || name.to_ascii_lowercase().ends_with(".csl") {
            return asked.read(root);
        }
        let Some(archived) = ArchivedStyle::by_name(name) else {
            return Err(Box::new(asked.unknown()));
        };
        match archived.get() {
            citationberg::Style::Independent(csl) => asked.tried(csl),
            citationberg::Style::Dependent(parent) => Err(Box::new(asked.dependent(&parent.parent_link.href))),
        }
    }

    /// Whether a source's label is known as soon as it is mentioned: its number in the order of mention, in brackets.
    #[must_use]
    pub fn is_sequential(&self) -> bool {
        self.own
    }

    /// The finding for sources that the style cannot format.
    pub(super) fn failed(&self, why: &str) -> Box<Diagnostic> {
        let finding = Diagnostic::new("citation-style", "the citation style cannot format these sources")
            .note(format!("the formatter says: {}", visible(why)));
        Box::new(match &self.asked {
            Some((file, span)) => finding.at(file, span, "asked for here"),
            None => finding,
        })
    }

    /// The terms of a language (BCP 47) and the code they are found by; English, where a language has none.
    pub(super) fn locale(&self, language: &str) -> (Option<LocaleCode>, Terms) {
        let base = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
        if self.own {
            let (text, code) = match base.as_str() {
                "fr" => (FRENCH, Some(LocaleCode("fr-FR".to_owned()))),
                "ar" => (ARABIC, Some(LocaleCode("ar".to_owned()))),
                _ => (ENGLISH, None),
            };
            let read = LocaleFile::from_xml(text).ok().map(Locale::from);
            return (code, Terms::Own(read.into_iter().collect()));
        }
        let known = archived_locales();
        let is_base = |code: &LocaleCode| code.0.split('-').next().is_some_and(|b| b.eq_ignore_ascii_case(&base));
        let find =
            |wanted: &dyn Fn(&LocaleCode) -> bool| known.iter().filter_map(|l| l.lang.as_ref()).find(|l| wanted(l));
        let exact = |code: &LocaleCode| code.0.eq_ignore_ascii_case(language);
        let usual = LocaleCode(base.clone()).fallback();
        let code = match &self.csl.default_locale {
            // a style in this very language keeps its own kind of it: British, say
            Some(own) if is_base(own) && !language.contains('-') => Some(own.clone()),
            _ => find(&exact)
                .or_else(|| find(&|code| Some(code) == usual.as_ref()))
                .or_else(|| find(&is_base))
                .cloned()
                .or_else(|| Some(LocaleCode::en_us())),
        };
        (code, Terms::Archived(known))
    }
}

/// Locale files.
pub(super) enum Terms {
    Own(Vec<Locale>),
    Archived(&'static [Locale]),
}

impl Terms {
    pub(super) fn files(&self) -> &[Locale] {
        match self {
            Self::Own(files) => files,
            Self::Archived(files) => files,
        }
    }
}

/// Decoding them takes some fifty milliseconds.
fn archived_locales() -> &'static [Locale] {
    static LOCALES: OnceLock<Vec<Locale>> = OnceLock::new();
    LOCALES.get_or_init(archive::locales)
}

/// The key that a style was asked for by.
struct Asked<'a> {
    file: &'a Arc<TextFile>,
    key: &'a At<String>,
}

impl Asked<'_> {
    fn finding(&self, title: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic::new("citation-style", title).at(self.file, self.key.span(), label)
    }

    fn unknown(&self) -> Diagnostic {
        let names = ArchivedStyle::all().iter().flat_map(|s| s.names().iter().copied());
        let guess = nearest(self.key, SHOWN.iter().copied().chain(names)).map(|g| format!("did you mean `{g}`?"));
        self.finding(format!("there is no citation style `{}`", visible(self.key)), "not known").help_if(guess).help(
            format!(
                "known: {}, the other styles of hayagriva’s archive, or a file of the project, as \"styles/own.csl\"",
                SHOWN.join(", ")
            ),
        )
    }

    fn dependent(&self, parent: &str) -> Diagnostic {
        self.finding("a dependent citation style has no rules of its own", "it only names another style")
            .note(format!("it takes its rules from {}", visible(parent)))
            .help("name that style, or put its file into the project")
    }

    fn read(&self, root: &Path) -> Result<Style, Box<Diagnostic>> {
        let refuse = |label: &str| {
            Box::new(
                self.finding("a citation style is named by its place in the project", label)
                    .help("write the path of a .csl file relative to the project, as \"styles/own.csl\""),
            )
        };
        let name = self.key.as_str();
        let path = Path::new(name);
        if name.contains(['\\', ':']) || name.chars().any(char::is_control) {
            return Err(refuse("a path has plain names, joined by /"));
        }
        if path.is_absolute() {
            return Err(refuse("an absolute path holds on one machine only"));
        }
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refuse("this path leaves the project, or goes in a circle"));
        }
        if !name.to_ascii_lowercase().ends_with(".csl") {
            return Err(refuse("a file of the Citation Style Language is called .csl"));
        }
        let mut folder = root.to_owned();
        for part in path.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if std::fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_symlink()) {
                return Err(refuse("a folder of this path is a symbolic link, which may leave the project"));
            }
        }
        let text = match read::bytes(&root.join(path)) {
            Ok(bytes) if bytes.len() > MAX_BYTES => {
                let size = bytes.len();
                return Err(Box::new(
                    self.finding("the citation style is too large", format!("{size} bytes; the limit is {MAX_BYTES}")),
                ));
            }
            Ok(bytes) => read::admit(bytes, name).map_err(|finding| {
                Box::new(finding.at(self.file, self.key.span(), "the citation style asked for here"))
            })?,
            Err(why) => {
                let mut finding =
                    self.finding(format!("cannot read the citation style {}", visible(name)), why.to_string());
                if matches!(why, read::Unread::TooLarge(..)) {
                    finding.code = "limit";
                }
                return Err(Box::new(finding));
            }
        };
        let malformed = |why: &str| {
            Box::new(
                self.finding(format!("{} is no citation style that can be used", visible(name)), visible(why))
                    .help("a style of the Citation Style Language 1.0 is meant; https://citationstyles.org has many"),
            )
        };
        well_nested(text.text()).map_err(|why| malformed(&why))?;
        match citationberg::Style::from_xml(text.text()) {
            Ok(citationberg::Style::Independent(csl)) => {
                bounded(&csl).map_err(|why| malformed(&why))?;
                self.tried(csl)
            }
            Ok(citationberg::Style::Dependent(parent)) => Err(Box::new(self.dependent(&parent.parent_link.href))),
            Err(error) => Err(malformed(&error.to_string())),
        }
    }

    /// The style, once it has formatted two invented sources.
    fn tried(&self, csl: IndependentStyle) -> Result<Style, Box<Diagnostic>> {
        let note = csl.settings.class == StyleClass::Note;
        if csl.bibliography.is_none() && !note {
            return Err(Box::new(
                self.finding("the citation style has no list of references", "nothing to print at the end"),
            ));
        }
        let asked = Some((Arc::clone(self.file), self.key.span().clone()));
        let mut style = Style { csl, system: System::Note, in_notes: note, own: false, asked };
        let Formatted { citations, entries, cites_number, cites_label, .. } =
            catch_unwind(AssertUnwindSafe(|| format(&style, &super::references::specimens(), "en", UNTITLED)))
                .map_err(|panic| style.failed(&said(panic.as_ref())))?;
        let full = |texts: &[String]| texts.iter().any(|t| t.contains("example") && t.contains("2015"));
        let empty = |texts: &[String]| texts.iter().all(|t| t.trim().is_empty());
        let listed: Vec<String> = entries.iter().map(|(_, text)| text.clone()).collect();
        if note {
            // some styles have short notes only, and the rest in a list
            style.in_notes = full(&citations) || !full(&listed);
        } else {
            style.system = match (cites_number, cites_label) {
                (true, _) => System::Number,
                (false, true) => System::Label,
                (false, false) => System::Author,
            };
        }
        let silent = if style.in_notes { empty(&citations) } else { empty(&listed) };
        if silent {
            return Err(Box::new(self.finding("the citation style prints nothing", "a reference would be empty")));
        }
        Ok(style)
    }
}

/// What a panic said.
pub(super) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("nothing").to_owned()
}

/// Holds the nesting of a file to the limit, before it reaches a parser that calls itself for each level.
fn well_nested(xml: &str) -> Result<(), String> {
    let (mut depth, mut rest) = (0usize, xml);
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let skipped =
            [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")].iter().find(|(open, _)| rest.starts_with(open));
        if let Some((_, close)) = skipped {
            let Some(end) = rest.find(close) else { return Ok(()) };
            rest = &rest[end + close.len()..];
            continue;
        }
        if rest.starts_with("<!") {
            return Err("a document type is not used here".to_owned());
        }
        let (mut quote, mut end, mut last) = (None, rest.len(), ' ');
        for (i, c) in rest.char_indices() {
            match (quote, c) {
                (None, '>') => {
                    end = i + 1;
                    break;
                }
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
            last = c;
        }
        if rest.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if last != '/' {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err(format!("elements are nested more than {MAX_DEPTH} deep"));
            }
        }
        rest = &rest[end..];
    }
    Ok(())
}

/// Holds what a style does for one source to the limits: every macro exists, none calls itself, all ends soon.
fn bounded(csl: &IndependentStyle) -> Result<(), String> {
    let mut weigh = Weigh {
        macros: csl.macros.iter().map(|m| (m.name.as_str(), m.children.as_slice())).collect(),
        known: BTreeMap::new(),
        open: BTreeSet::new(),
    };
    if weigh.macros.len() < csl.macros.len() {
        return Err("two macros have the same name".to_owned());
    }
    let layouts = std::iter::once(&csl.citation.layout).chain(csl.bibliography.as_ref().map(|b| &b.layout));
    let mut total = 0usize;
    for layout in layouts {
        total = total.saturating_add(weigh.elements(&layout.elements, 0)?.elements);
    }
    let sorts = csl.citation.sort.iter().chain(csl.bibliography.as_ref().and_then(|b| b.sort.as_ref()));
    for key in sorts.flat_map(|Sort { keys, .. }| keys) {
        if let SortKey::MacroName { name, .. } = key {
            total = total.saturating_add(weigh.called(name, 0)?.elements);
        }
    }
    if total > MAX_ELEMENTS {
        return Err(format!("with every call of a macro it has more than {MAX_ELEMENTS} elements"));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Weight {
    elements: usize,
    depth: usize,
}

struct Weigh<'s> {
    macros: BTreeMap<&'s str, &'s [LayoutRenderingElement]>,
    known: BTreeMap<&'s str, Weight>,
    open: BTreeSet<&'s str>,
}

impl<'s> Weigh<'s> {
    fn called(&mut self, name: &str, depth: usize) -> Result<Weight, String> {
        let Some((&name, &children)) = self.macros.get_key_value(name) else {
            return Err(format!("there is no macro `{name}`"));
        };
        if let Some(weight) = self.known.get(name) {
            return if depth + weight.depth > MAX_DEPTH { Err(too_deep()) } else { Ok(*weight) };
        }
        if !self.open.insert(name) {
            return Err(format!("the macro `{name}` calls itself"));
        }
        let weight = self.elements(children, depth)?;
        self.open.remove(name);
        self.known.insert(name, weight);
        Ok(weight)
    }

    fn elements(&mut self, elements: &'s [LayoutRenderingElement], depth: usize) -> Result<Weight, String> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        let mut sum = Weight::default();
        for element in elements {
            let inner = match element {
                LayoutRenderingElement::Text(text) => match &text.target {
                    TextTarget::Macro { name } => self.called(name, depth + 1)?,
                    _ => Weight::default(),
                },
                LayoutRenderingElement::Group(group) => self.elements(&group.children, depth + 1)?,
                LayoutRenderingElement::Choose(choose) => {
                    let mut all = Weight::default();
                    let branches = choose.branches().map(|b| b.children.as_slice());
                    for children in branches.chain(choose.otherwise.as_ref().map(|b| b.children.as_slice())) {
                        all.take(self.elements(children, depth + 1)?);
                    }
                    all
                }
                LayoutRenderingElement::Names(names) => {
                    let mut all = Weight::default();
                    for child in &names.children {
                        if let NamesChild::Substitute(substitute) = child {
                            all.take(self.elements(&substitute.children, depth + 1)?);
                        }
                    }
                    all
                }
                _ => Weight::default(),
            };
            sum.take(Weight { elements: inner.elements.saturating_add(1), depth: inner.depth + 1 });
        }
        Ok(sum)
    }
}

impl Weight {
    fn take(&mut self, other: Self) {
        self.elements = self.elements.saturating_add(other.elements);
        self.depth = self.depth.max(other.depth);
    }
}

fn too_deep() -> String {
    format!("with the macros it calls it is nested more than {MAX_DEPTH} deep")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(macros: &str) -> String {
        format!(
            r#"<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
            <info><title>t</title><id>t</id><updated>2015-01-01T00:00:00+00:00</updated></info>{macros}
            <citation><layout prefix="(" suffix=")"><text macro="m0"/></layout></citation>
            <bibliography><layout><text macro="m0"/></layout></bibliography></style>"#
        )
    }

    #[allow(clippy::disallowed_methods, reason = "a test writes the style it reads")]
    fn load(text: &str) -> Result<Style, Box<Diagnostic>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("own.csl"), text).unwrap();
        let file = Arc::new(TextFile::new("factbrief.toml", "style = \"own.csl\""));
        Style::load(folder.path(), &file, &At::new("own.csl".to_owned(), 8..17))
    }

    fn refused(text: &str) -> String {
        let finding = load(text).expect_err("refused");
        assert_eq!(finding.labels[0].span, 8..17);
        format!("{} {}", finding.title, finding.labels[0].text)
    }

    #[test]
    fn a_style_that_would_not_end_is_refused_before_it_runs() {
        let title = r#"<text variable="title"/>"#;
        assert!(load(&style(&format!(r#"<macro name="m0">{title}</macro>"#))).is_ok());
        let circle = r#"<macro name="m0"><text macro="m1"/></macro><macro name="m1"><text macro="m0"/></macro>"#;
        assert!(refused(&style(circle)).contains("calls itself"));
        assert!(refused(&style(r#"<macro name="m1"><text variable="title"/></macro>"#)).contains("no macro `m0`"));
        let mut doubling = format!(r#"<macro name="m40">{title}</macro>"#);
        for i in 0..40 {
            let next = i + 1;
            doubling.push_str(&format!(r#"<macro name="m{i}"><text macro="m{next}"/><text macro="m{next}"/></macro>"#));
        }
        assert!(refused(&style(&doubling)).contains("more than 50000 elements"));
        let mut chain = format!(r#"<macro name="m200">{title}</macro>"#);
        for i in 0..200 {
            chain.push_str(&format!(r#"<macro name="m{i}"><text macro="m{}"/></macro>"#, i + 1));
        }
        assert!(refused(&style(&chain)).contains("nested more than 128 deep"));
        let deep =
            format!(r#"<macro name="m0">{}{title}{}</macro>"#, "<group>".repeat(50_000), "</group>".repeat(50_000));
        assert!(refused(&style(&deep)).contains("nested more than 128 deep"));
        assert!(refused("<!DOCTYPE x [<!ENTITY a \"b\">]><style/>").contains("document type"));
    }

    #[test]
    fn every_style_of_the_archive_can_be_used() {
        let file = Arc::new(TextFile::new("factbrief.toml", ""));
        let mut systems = BTreeMap::new();
        for archived in ArchivedStyle::all() {
            for name in archived.names() {
                let style = Style::load(Path::new("."), &file, &At::new((*name).to_owned(), 0..0));
                if *name == "alphanumeric" {
                    assert!(style.is_err_and(|f| f.title == "the citation style has no list of references"));
                    continue;
                }
                let style = style.unwrap_or_else(|finding| panic!("{name}: {}", finding.title));
                *systems.entry(format!("{:?}", style.system)).or_insert(0) += 1;
            }
        }
        assert!(systems["Number"] > 30 && systems["Author"] > 20 && systems["Note"] > 5, "{systems:?}");
        let labels = style(r#"<macro name="m0"><text variable="citation-label"/></macro>"#);
        assert_eq!(load(&labels).unwrap().system, System::Label);
    }

    #[test]
    fn the_small_locales_have_the_same_terms() {
        let terms = |text: &str| {
            let file = LocaleFile::from_xml(text).unwrap();
            file.terms.unwrap().terms.iter().map(|t| format!("{:?}{:?}", t.name, t.form)).collect::<BTreeSet<_>>()
        };
        assert_eq!(terms(ENGLISH), terms(FRENCH));
        assert_eq!(terms(ENGLISH), terms(ARABIC));
    }
}
