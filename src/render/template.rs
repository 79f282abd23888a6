//! A kind's templates: where they come from, what is checked of them before anything is rendered, and the Markdown.
//!
//! Handlebars' strict mode misses `{{#if typo}}` and `{{#each typo}}`, and partials that call each other in a circle end
//! the process; so the partial graph and every path are checked here first, against a specimen of the view.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use handlebars::template::{HelperTemplate, Parameter, Subexpression, TemplateElement};
use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason, Template};
use serde::Serialize;
use serde_json::Value;

use super::marks::escape_marked;
use super::set::literal;
use crate::brief::Wanted;
use crate::brief::view::{Section, View};
use crate::diag::Diagnostic;
use crate::load::TEMPLATES;
use crate::load::read::{self, Unread};
use crate::text::file::TextFile;
use crate::text::gate::visible;
use crate::text::markdown::escape;
use crate::text::nearest::nearest;

/// The most bytes of a template.
const MAX_BYTES: usize = 256 * 1024;
/// The most tags in a template.
const MAX_TAGS: usize = 4_000;
/// The deepest nesting of blocks, partials counted.
const MAX_DEPTH: usize = 64;
/// The most bytes that a template may print.
const MAX_OUTPUT: usize = 16 * 1024 * 1024;
/// The most rounds of all loops of a template together: what prints nothing reaches no limit on what is printed.
const MAX_ROUNDS: usize = 2_000_000;
/// The most calls of partials that a template leads to, each counted as often as it is reached.
const MAX_CALLS: usize = 20_000;

thread_local! {
    /// The rounds of the template that this thread renders.
    static ROUNDS: Cell<usize> = const { Cell::new(0) };
    /// Whether it renders a view whose values are marked.
    static MARKED: Cell<bool> = const { Cell::new(false) };
}

/// The name of a kind's template in its folder.
pub const TEMPLATE: &str = "briefing.md.hbs";
/// The name of a kind's layout in its folder.
pub const LAYOUT: &str = "layout.typ";

macro_rules! shipped {
    ($($kind:literal)+; $($other:literal)+) => {
        /// The kinds of briefing that come with the program, sorted.
        pub const KINDS: &[&str] = &[$($kind),+];

        /// The files of templates that come with the program.
        const SHIPPED: &[(&str, &str)] = &[
            $(
                (concat!($kind, "/briefing.md.hbs"), include_str!(concat!("../../templates/", $kind, "/briefing.md.hbs"))),
                (concat!($kind, "/layout.typ"), include_str!(concat!("../../templates/", $kind, "/layout.typ"))),
                (concat!($kind, "/README.md"), include_str!(concat!("../../templates/", $kind, "/README.md"))),
            )+
            $(($other, include_str!(concat!("../../templates/", $other))),)+
        ];
    };
}

shipped! {
    "casualty-table" "chronology" "comparison" "event-table" "fact-sheet" "ledger" "positions" "situation-report" "source-annex";
    "partials/header.md.hbs" "partials/marks.md.hbs" "partials/figures.md.hbs" "partials/positions.md.hbs"
    "partials/unknowns.md.hbs" "partials/sourcing.md.hbs" "partials/references.md.hbs" "partials/flags.md.hbs"
    "partials/annex.md.hbs" "partials/cards.md.hbs" "partials/judgements.md.hbs" "partials/bottom-line.md.hbs" "partials/picture.md.hbs"
    "partials/places.md.hbs"
    "shared/brief.typ" "shared/charts.typ" "shared/map.typ" "shared/page.css" "shared/parts.typ"
}

/// The files that layouts share.
const SHARED: &[&str] = &["shared/brief.typ", "shared/charts.typ", "shared/map.typ", "shared/parts.typ"];

/// A layout that is known to work, with what it shares: texts are tried under it.
pub(crate) fn shipped_layout() -> impl Iterator<Item = (String, String)> {
    let files = std::iter::once((LAYOUT, "fact-sheet/layout.typ")).chain(SHARED.iter().map(|name| (*name, *name)));
    files.filter_map(|(name, path)| Some((name.to_owned(), shipped(path)?.to_owned())))
}

/// How a briefing looks as a web page.
const STYLESHEET: &str = "shared/page.css";

/// A shipped file by its path under `templates/`.
#[must_use]
pub fn shipped(path: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(p, _)| *p == path).map(|(_, text)| *text)
}

/// The paths of the shipped files, under `templates/`.
pub fn shipped_paths() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(path, _)| *path)
}

/// The kinds a project can print: those shipped, and its own folders under `templates/`.
#[must_use]
pub fn kinds(root: &Path) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = KINDS.iter().map(|k| (*k).to_owned()).collect();
    if let Ok(listing) = std::fs::read_dir(root.join(TEMPLATES)) {
        let own = listing.flatten().filter(|e| e.path().join(TEMPLATE).is_file());
        names.extend(own.filter_map(|e| e.file_name().to_str().map(str::to_owned)));
    }
    names
}

/// The files of a kind, checked: it cannot fail on a view.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: String,
    registry: Handlebars<'static>,
    /// What its template prints.
    pub wanted: Wanted,
    /// Its Typst files by name, its layout as `layout.typ`.
    pub layouts: BTreeMap<String, String>,
    /// How it looks as a web page.
    pub stylesheet: String,
    /// Its template and the partials, as written.
    pub sources: Vec<Arc<TextFile>>,
}

impl Kind {
    /// Reads and checks the files of a kind: the project's own, where it has them, else those shipped.
    ///
    /// # Errors
    /// Everything that is wrong with its templates, at once.
    pub fn load(root: &Path, name: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut findings = Vec::new();
        let mut file = |path: String| -> Option<Arc<TextFile>> {
            match read::bytes(&root.join(TEMPLATES).join(&path)) {
                Ok(bytes) => match read::admit(bytes, &format!("{TEMPLATES}/{path}")) {
                    Ok(file) => return Some(file),
                    Err(finding) => findings.push(*finding),
                },
                Err(Unread::Absent) => {
                    let shipped = SHIPPED.iter().find(|(p, _)| *p == path);
                    return shipped
                        .map(|(p, text)| Arc::new(TextFile::new(format!("{TEMPLATES}/{p} (shipped)"), *text)));
                }
                Err(why) => findings.push(read::unread(&format!("{TEMPLATES}/{path}"), &why)),
            }
            None
        };
        // a name that is no plain word is no folder's
        if !crate::facts::table::is_id(name) {
            return Err(vec![
                Diagnostic::new("unknown-kind", format!("`{}` cannot name a kind of briefing", visible(name)))
                    .help("a kind is named in lower-case letters, digits and hyphens"),
            ]);
        }
        let template = file(format!("{name}/{TEMPLATE}"));
        let layout = file(format!("{name}/{LAYOUT}"));
        let shared: Vec<(&str, Option<Arc<TextFile>>)> =
            SHARED.iter().map(|name| (*name, file((*name).to_owned()))).collect();
        let stylesheet = file(STYLESHEET.to_owned());
        let mut partials: BTreeMap<String, Arc<TextFile>> = BTreeMap::new();
        for partial in partial_names(root) {
            if let Some(text) = file(format!("partials/{partial}.md.hbs")) {
                partials.insert(partial, text);
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        if template.is_some() != layout.is_some() {
            let (has, lacks) = if template.is_some() { (TEMPLATE, LAYOUT) } else { (LAYOUT, TEMPLATE) };
            return Err(vec![
                Diagnostic::new("template", format!("kind `{}` is not complete", visible(name)))
                    .note(format!("{TEMPLATES}/{name} has {has}, and lacks {lacks}"))
                    .help("copy it from a shipped kind: `factbrief template new KIND NAME` writes both"),
            ]);
        }
        let (Some(template), Some(layout)) = (template, layout) else {
            return Err(vec![
                Diagnostic::new("unknown-kind", format!("there is no kind of briefing `{}`", visible(name)))
                    .help_if(
                        nearest(name, kinds(root).iter().map(String::as_str)).map(|g| format!("did you mean `{g}`?")),
                    )
                    .help(format!("known: {}", kinds(root).into_iter().collect::<Vec<_>>().join(", ")))
                    .help(format!("a kind of your own is a folder {TEMPLATES}/NAME with {TEMPLATE} and {LAYOUT}; `factbrief template new KIND NAME` begins one")),
            ]);
        };
        let (registry, wanted) = check(&template, &partials)?;
        let stylesheet = stylesheet.map(|file| styled(&file)).transpose()?.unwrap_or_default();
        let mut layouts = BTreeMap::from([(LAYOUT.to_owned(), layout.text().to_owned())]);
        for (name, text) in shared {
            layouts.extend(text.map(|t| (name.to_owned(), t.text().to_owned())));
        }
        let sources = std::iter::once(template).chain(partials.into_values()).collect();
        Ok(Self { name: name.to_owned(), registry, wanted, layouts, stylesheet, sources })
    }

    /// The briefing's Markdown.
    ///
    /// # Errors
    /// Where the template prints more than it may.
    pub fn markdown(&self, view: &View) -> Result<String, Box<Diagnostic>> {
        self.rendered(view).map(|text| tidy(&text))
    }

    /// What the template prints of any view before white space is tidied; [`marks`](super::marks) around a value are no part
    /// of it and stay as they are.
    ///
    /// # Errors
    /// As [`Self::markdown`], and where the view lacks a value.
    pub fn raw(&self, view: &Value) -> Result<String, Box<Diagnostic>> {
        MARKED.set(true);
        let raw = self.rendered(view);
        MARKED.set(false);
        raw
    }

    fn rendered(&self, view: &impl Serialize) -> Result<String, Box<Diagnostic>> {
        let mut out = Counted { bytes: Vec::new() };
        ROUNDS.set(0);
        let rendered = self.registry.render_to_write("briefing", view, &mut out);
        let text = String::from_utf8_lossy(&out.bytes).into_owned();
        match rendered {
            Ok(()) => Ok(text),
            Err(_) if ROUNDS.get() > MAX_ROUNDS => Err(Box::new(
                Diagnostic::new("limit", format!("the template of kind `{}` does not come to an end", self.name))
                    .note(format!("its loops go round more than {MAX_ROUNDS} times"))
                    .help("look for lists inside lists that do not belong to them"),
            )),
            Err(error) => Err(Box::new(
                Diagnostic::new("template", format!("the template of kind `{}` cannot be rendered", self.name))
                    .note(visible(&error.to_string())),
            )),
        }
    }
}

/// A stylesheet that stays within the page it is put in.
fn styled(file: &Arc<TextFile>) -> Result<String, Vec<Diagnostic>> {
    let text = file.text();
    let refused = |at: Range<usize>, says: &str| {
        vec![Diagnostic::new("template", "the stylesheet cannot be put into a page").at(file, &at, says)]
    };
    if text.len() > MAX_BYTES {
        return Err(refused(0..0, &format!("{} bytes; the limit is {MAX_BYTES}", text.len())));
    }
    match text.find("</") {
        Some(at) => Err(refused(at..at + 2, "this would end the style; in a text of CSS, write `<\\/`")),
        None => Ok(text.to_owned()),
    }
}

struct Counted {
    bytes: Vec<u8>,
}

impl io::Write for Counted {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > MAX_OUTPUT {
            return Err(io::Error::other(format!("it prints more than {MAX_OUTPUT} bytes")));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// No space at a line's end, no more than one empty line, one line break at the end.
fn tidy(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut empty = true;
    for line in markdown.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if !empty {
                out.push('\n');
            }
            empty = true;
            continue;
        }
        // a list item that follows an item keeps no gap; text runs of one line keep single spaces
        out.push_str(&squeeze(line));
        out.push('\n');
        empty = false;
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

fn squeeze(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let mut out = line[..indent].to_owned();
    let mut space = false;
    for c in line[indent..].chars() {
        if c == ' ' {
            space = true;
            continue;
        }
        if space {
            out.push(' ');
            space = false;
        }
        out.push(c);
    }
    out
}

fn partial_names(root: &Path) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = SHIPPED
        .iter()
        .filter_map(|(p, _)| Some(p.strip_prefix("partials/")?.strip_suffix(".md.hbs")?.to_owned()))
        .collect();
    if let Ok(listing) = std::fs::read_dir(root.join(TEMPLATES).join("partials")) {
        names.extend(
            listing.flatten().filter_map(|e| Some(e.file_name().to_str()?.strip_suffix(".md.hbs")?.to_owned())),
        );
    }
    names
}

fn check(
    template: &Arc<TextFile>,
    partials: &BTreeMap<String, Arc<TextFile>>,
) -> Result<(Handlebars<'static>, Wanted), Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut wanted = Wanted::default();
    let mut parsed: BTreeMap<&str, (Template, &Arc<TextFile>)> = BTreeMap::new();
    let named = std::iter::once(("briefing", template)).chain(partials.iter().map(|(n, f)| (n.as_str(), f)));
    for (name, file) in named {
        let text = file.text();
        let tags = text.matches("{{").count();
        if text.len() > MAX_BYTES || tags > MAX_TAGS {
            findings.push(Diagnostic::new("template", "the template is too large").at(
                file,
                &(0..0),
                format!("{} bytes and {tags} tags; the limits are {MAX_BYTES} and {MAX_TAGS}", text.len()),
            ));
            continue;
        }
        if depth_of(text) > MAX_DEPTH {
            findings.push(Diagnostic::new("template", format!("blocks are nested more than {MAX_DEPTH} deep")).at(
                file,
                &(0..0),
                "in this template",
            ));
            continue;
        }
        match Template::compile(text) {
            Ok(compiled) => {
                parsed.insert(name, (compiled, file));
            }
            Err(error) => {
                let (line, column) = error.pos().unwrap_or((1, 1));
                let at = offset(file, line, column);
                let (says, help) = amiss(text, at, &error.reason().to_string());
                findings.push(
                    Diagnostic::new("template", "the template cannot be read")
                        .at(file, &(at..at + 1), says)
                        .help_if(help.map(str::to_owned)),
                );
            }
        }
    }
    let specimen = serde_json::to_value(View::specimen()).unwrap_or_default();
    if findings.is_empty() {
        let mut walk = Walk {
            parsed: &parsed,
            findings: &mut findings,
            calls: vec!["briefing"],
            seen: BTreeSet::new(),
            roots: Vec::new(),
            asked: BTreeSet::new(),
            reached: 0,
        };
        walk.template("briefing", &[&specimen]);
        wanted.sections = walk.roots.iter().filter_map(|key| Section::filling(key)).collect();
        wanted.required = walk
            .roots
            .iter()
            .filter(|key| !walk.asked.contains(*key))
            .filter_map(|key| Section::filling(key))
            .filter(|s| matches!(s, Section::BottomLine | Section::Situation | Section::NotComparable))
            .collect();
        // a note on changes is composed with them
        if walk.roots.iter().any(|key| key == "changes_note") && !wanted.sections.contains(&Section::Changes) {
            wanted.sections.push(Section::Changes);
        }
    }
    if !findings.is_empty() {
        crate::diag::sort(&mut findings);
        return Err(findings);
    }
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(|text| if MARKED.get() { escape_marked(text) } else { escape(text) });
    registry.register_helper(ROUND, Box::new(round));
    let mut whole = inlined(&parsed);
    whole.iter_mut().for_each(counted);
    for (name, (mut compiled, _)) in parsed {
        counted(&mut compiled);
        registry.register_template(name, compiled);
    }
    if let Some(whole) = whole {
        registry.register_template("briefing", whole);
    }
    Ok((registry, wanted))
}

/// The most elements of a template into which its partials are put.
const MAX_INLINED: usize = 20_000;

/// The template with its partials in the place of their calls: a call makes a copy of all that the partial may see, which
/// is the whole view as a rule, and that takes more time than all the rest. What is printed is the same.
///
/// A call stays one where it gives the partial something else to see, or where the partial reaches out of itself by `../`.
/// None where a call is indented, for then each of its lines is, or where the whole would be too large.
fn inlined(parsed: &BTreeMap<&str, (Template, &Arc<TextFile>)>) -> Option<Template> {
    fn indented(template: &Template) -> bool {
        template.elements.iter().any(|element| match element {
            TemplateElement::PartialExpression(call) | TemplateElement::PartialBlock(call) => {
                call.indent.is_some() || call.template.as_ref().is_some_and(indented)
            }
            TemplateElement::HelperBlock(block) => {
                [&block.template, &block.inverse].into_iter().flatten().any(indented)
            }
            _ => false,
        })
    }
    if parsed.values().any(|(template, _)| indented(template)) {
        return None;
    }
    put_in(&parsed.get("briefing")?.0, parsed, &mut 0)
}

fn put_in(
    template: &Template,
    parsed: &BTreeMap<&str, (Template, &Arc<TextFile>)>,
    count: &mut usize,
) -> Option<Template> {
    let mut whole = Template::default();
    whole.name.clone_from(&template.name);
    for (index, element) in template.elements.iter().enumerate() {
        // the parser gives no place to what follows `else if`; places are only told in errors, of which the check left none
        let mapping = template.mapping.get(index).cloned();
        *count += 1;
        if *count > MAX_INLINED {
            return None;
        }
        let element = match element {
            TemplateElement::PartialExpression(call) if call.params.is_empty() && call.hash.is_empty() => {
                let name = match &call.name {
                    Parameter::Name(name) => name.clone(),
                    Parameter::Path(path) => path_text(path),
                    _ => return None,
                };
                let (partial, _) = parsed.get(name.as_str())?;
                if !reaches_out(partial, 0) {
                    let inner = put_in(partial, parsed, count)?;
                    whole.elements.extend(inner.elements);
                    whole.mapping.extend(inner.mapping);
                    continue;
                }
                element.clone()
            }
            TemplateElement::HelperBlock(block) => {
                let mut block = block.clone();
                for inner in [&mut block.template, &mut block.inverse].into_iter().flatten() {
                    *inner = put_in(inner, parsed, count)?;
                }
                TemplateElement::HelperBlock(block)
            }
            other => other.clone(),
        };
        whole.elements.push(element);
        whole.mapping.extend(mapping);
    }
    Some(whole)
}

/// Whether a path in a template may lead out of what it is given, `inside` blocks that change what `this` is.
fn reaches_out(template: &Template, inside: usize) -> bool {
    fn outer(path: &str) -> usize {
        path.matches("..").count()
    }
    fn parameter(parameter: &Parameter, inside: usize) -> bool {
        match parameter {
            Parameter::Name(name) => outer(name) > inside,
            Parameter::Path(path) => outer(&path_text(path)) > inside,
            Parameter::Subexpression(sub) => match sub.as_element() {
                TemplateElement::Expression(helper) | TemplateElement::HtmlExpression(helper) => call(helper, inside),
                _ => true,
            },
            _ => false,
        }
    }
    fn call(helper: &HelperTemplate, inside: usize) -> bool {
        helper.params.iter().chain(helper.hash.values()).chain([&helper.name]).any(|p| parameter(p, inside))
    }
    template.elements.iter().any(|element| match element {
        TemplateElement::Expression(helper) | TemplateElement::HtmlExpression(helper) => call(helper, inside),
        TemplateElement::HelperBlock(block) => {
            let name = match &block.name {
                Parameter::Name(name) => name.clone(),
                Parameter::Path(path) => path_text(path),
                _ => return true,
            };
            let changes = name == "each" || name == "with";
            call(block, inside)
                || block.template.as_ref().is_some_and(|inner| reaches_out(inner, inside + usize::from(changes)))
                || block.inverse.as_ref().is_some_and(|inner| reaches_out(inner, inside))
        }
        TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
            partial.params.iter().chain(partial.hash.values()).any(|p| parameter(p, inside))
        }
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => false,
        _ => true,
    })
}

/// The helper that counts a round of a loop. No template can call it: the check knows no such name.
const ROUND: &str = "factbrief-round";

fn round(
    _: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    _: &mut dyn Output,
) -> HelperResult {
    ROUNDS.set(ROUNDS.get() + 1);
    if ROUNDS.get() > MAX_ROUNDS { Err(RenderErrorReason::Other("too many rounds".to_owned()).into()) } else { Ok(()) }
}

/// Has each round of each loop of a template counted.
fn counted(template: &mut Template) {
    for element in &mut template.elements {
        let TemplateElement::HelperBlock(block) = element else { continue };
        let loops = match &block.name {
            Parameter::Name(name) => name == "each",
            Parameter::Path(path) => path_text(path) == "each",
            _ => false,
        };
        for inner in block.template.iter_mut().chain(&mut block.inverse) {
            counted(inner);
        }
        if let (true, Some(inner)) = (loops, &mut block.template)
            && let Ok(call) = Template::compile(&format!("{{{{{ROUND}}}}}"))
        {
            inner.elements.splice(0..0, call.elements);
            inner.mapping.splice(0..0, call.mapping);
        }
    }
}

/// What is amiss where the parser stops, in words of those who write templates.
fn amiss(text: &str, at: usize, reason: &str) -> (String, Option<&'static str>) {
    if !reason.contains("expected") {
        return (visible(reason), Some("each `{{#block}}` ends with its own `{{/block}}`"));
    }
    let ends = text.get(at..).is_none_or(|rest| rest.trim().is_empty());
    if ends {
        let help = "each `{{` ends with `}}`, and each `{{#block}}` with its `{{/block}}`";
        return ("the template ends here, and something in it is still open".to_owned(), Some(help));
    }
    let help =
        "a tag is `{{name}}`, `{{#block name}}` … `{{else}}` … `{{/block}}`, `{{> partial}}` or `{{! comment }}`";
    ("this cannot stand here".to_owned(), Some(help))
}

/// How deep blocks nest, counted on the text: a template that is too deep must not reach the parser.
fn depth_of(text: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0usize);
    for (at, _) in text.match_indices("{{") {
        let tag = text[at + 2..].trim_start_matches(['{', '~']);
        if tag.starts_with('#') {
            depth += 1;
            most = most.max(depth);
        } else if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        }
    }
    most
}

/// The byte of a place; its column counts characters.
fn offset(file: &TextFile, line: usize, column: usize) -> usize {
    let mut lines = file.text().split_inclusive('\n');
    let start: usize = lines.by_ref().take(line.saturating_sub(1)).map(str::len).sum();
    let line = lines.next().unwrap_or_default();
    start + line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}

struct Walk<'a, 'f> {
    parsed: &'a BTreeMap<&'a str, (Template, &'a Arc<TextFile>)>,
    findings: &'f mut Vec<Diagnostic>,
    calls: Vec<&'a str>,
    seen: BTreeSet<(String, usize, usize)>,
    /// The keys of the view itself, in the order of their first use.
    roots: Vec<String>,
    /// Those that are asked for before they are printed.
    asked: BTreeSet<String>,
    /// The calls of partials so far.
    reached: usize,
}

/// The key of the view itself that a path begins at, if it does.
fn root_key<'p>(path: &'p str, contexts: &[&Value]) -> Option<&'p str> {
    let first = |rest: &'p str| rest.split(['.', '/']).find(|p| !p.is_empty() && *p != "this");
    if let Some(rest) = path.trim_start_matches("../").strip_prefix("@root") {
        return first(rest);
    }
    let mut level = contexts.len().checked_sub(1)?;
    let mut rest = path;
    while let Some(outer) = rest.strip_prefix("../") {
        level = level.checked_sub(1)?;
        rest = outer;
    }
    // a partial is given a copy of the view
    contexts.get(level)?.get("facts_hash")?;
    first(rest)
}

impl<'a> Walk<'a, '_> {
    fn template(&mut self, name: &'a str, contexts: &[&Value]) {
        let Some((template, _)) = self.parsed.get(name) else { return };
        self.elements(name, template, contexts, (1, 1));
    }

    fn elements(&mut self, name: &'a str, template: &'a Template, contexts: &[&Value], outer: (usize, usize)) {
        if contexts.len() + self.calls.len() > MAX_DEPTH {
            let at = template.mapping.first().map_or(outer, |m| (m.0, m.1));
            let title = format!("blocks and partials are nested more than {MAX_DEPTH} deep");
            self.report(name, at, "template", title, None);
            return;
        }
        for (index, element) in template.elements.iter().enumerate() {
            // the parser gives no place to what follows `else if`
            let at = template.mapping.get(index).map_or(outer, |mapping| (mapping.0, mapping.1));
            match element {
                TemplateElement::Expression(e) | TemplateElement::HtmlExpression(e) => {
                    if e.params.is_empty() && e.hash.is_empty() {
                        self.parameter(name, at, &e.name, contexts, true);
                    } else {
                        self.helper(name, at, e, contexts, false);
                    }
                }
                TemplateElement::HelperBlock(block) => self.helper(name, at, block, contexts, true),
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                    let called = match &partial.name {
                        Parameter::Name(n) => n.clone(),
                        Parameter::Path(p) => path_text(p),
                        _ => String::new(),
                    };
                    let Some((&called, _)) = self.parsed.get_key_value(called.as_str()) else {
                        let guess =
                            nearest(&called, self.parsed.keys().copied()).map(|g| format!("did you mean `{g}`?"));
                        self.report(name, at, "template", format!("there is no partial `{}`", visible(&called)), guess);
                        continue;
                    };
                    if self.calls.contains(&called) {
                        let round: Vec<&str> =
                            self.calls.iter().copied().skip_while(|c| *c != called).chain([called]).collect();
                        self.report(
                            name,
                            at,
                            "template",
                            format!("partials call each other in a circle: {}", round.join(" → ")),
                            None,
                        );
                        continue;
                    }
                    let mut inner = contexts.last().copied().cloned().unwrap_or_default();
                    if let Some(Parameter::Path(path)) = partial.params.first() {
                        self.note(&path_text(path), contexts);
                        match resolve(&path_text(path), contexts) {
                            Ok(value) => inner = value.clone(),
                            Err(why) => self.unknown(name, at, &path_text(path), why, contexts),
                        }
                    }
                    for (key, value) in sorted(&partial.hash) {
                        let value = match value {
                            Parameter::Path(path) => match resolve(&path_text(path), contexts) {
                                Ok(value) => {
                                    self.note(&path_text(path), contexts);
                                    value.clone()
                                }
                                Err(why) => {
                                    self.unknown(name, at, &path_text(path), why, contexts);
                                    Value::String(String::new())
                                }
                            },
                            other => {
                                self.parameter(name, at, other, contexts, false);
                                Value::String(String::new())
                            }
                        };
                        if let Value::Object(map) = &mut inner {
                            map.insert(key.clone(), value);
                        }
                    }
                    self.reached += 1;
                    if self.reached > MAX_CALLS {
                        if self.reached == MAX_CALLS + 1 {
                            let title = format!("partials are called more than {MAX_CALLS} times");
                            let help = "a partial that is called twice, and calls another twice, calls that four times";
                            self.report(name, at, "template", title, Some(help.to_owned()));
                        }
                        continue;
                    }
                    self.calls.push(called);
                    let mut stack: Vec<&Value> = contexts.to_vec();
                    stack.push(&inner);
                    self.template(called, &stack);
                    self.calls.pop();
                }
                TemplateElement::DecoratorExpression(_) | TemplateElement::DecoratorBlock(_) => {
                    self.report(
                        name,
                        at,
                        "template",
                        "decorators and inline partials are not used here".to_owned(),
                        Some("write the partial as a file under templates/partials/".to_owned()),
                    );
                }
                _ => {}
            }
        }
    }

    fn helper(
        &mut self,
        name: &'a str,
        at: (usize, usize),
        helper: &'a HelperTemplate,
        contexts: &[&Value],
        block: bool,
    ) {
        const BLOCKS: &[&str] = &["each", "if", "unless", "with"];
        const INLINE: &[&str] = &["and", "eq", "gt", "gte", "len", "lt", "lte", "ne", "not", "or"];
        let called = match &helper.name {
            Parameter::Name(n) => n.clone(),
            Parameter::Path(p) => path_text(p),
            _ => String::new(),
        };
        let known = if block { BLOCKS } else { INLINE };
        if !known.contains(&called.as_str()) {
            let guess = nearest(&called, known.iter().copied()).map(|g| format!("did you mean `{g}`?"));
            let what = if block { "block" } else { "helper" };
            self.report(
                name,
                at,
                "template",
                format!("there is no {what} `{}`", visible(&called)),
                guess.or(Some(format!("known: {}", known.join(", ")))),
            );
            return;
        }
        if let (true, Some(Parameter::Path(path))) = (matches!(called.as_str(), "if" | "unless"), helper.params.first())
            && let Some(key) = root_key(&path_text(path), contexts)
        {
            self.asked.insert(key.to_owned());
        }
        for parameter in helper.params.iter().chain(sorted(&helper.hash).into_iter().map(|(_, p)| p)) {
            self.parameter(name, at, parameter, contexts, false);
        }
        let value = match helper.params.first() {
            Some(Parameter::Path(path)) => resolve(&path_text(path), contexts).ok(),
            _ => None,
        };
        let mut stack: Vec<&Value> = contexts.to_vec();
        match (called.as_str(), value) {
            ("each", Some(Value::Array(items))) => {
                if let Some(first) = items.first() {
                    stack.push(first);
                }
            }
            ("each", Some(_)) => {
                self.report(name, at, "template", "`each` goes over a list, and this is none".to_owned(), None);
                return;
            }
            ("with", Some(value)) => stack.push(value),
            _ => {}
        }
        if helper.block_param.is_some() {
            self.report(
                name,
                at,
                "template",
                "block parameters (`as |x|`) are not used here".to_owned(),
                Some("reach outer values with `../`".to_owned()),
            );
            return;
        }
        if let Some(template) = &helper.template {
            self.elements(name, template, &stack, at);
        }
        if let Some(template) = &helper.inverse {
            self.elements(name, template, contexts, at);
        }
    }

    fn parameter(
        &mut self,
        name: &'a str,
        at: (usize, usize),
        parameter: &'a Parameter,
        contexts: &[&Value],
        printed: bool,
    ) {
        let path = match parameter {
            Parameter::Path(path) => path_text(path),
            Parameter::Name(n) => n.clone(),
            Parameter::Subexpression(sub) => {
                self.subexpression(name, at, sub, contexts);
                return;
            }
            Parameter::Literal(_) => return,
            _ => return,
        };
        self.note(&path, contexts);
        match resolve(&path, contexts) {
            Ok(value) if printed && (value.is_object() || value.is_array()) => {
                let keys: Vec<&str> =
                    value.as_object().map(|m| m.keys().map(String::as_str).collect()).unwrap_or_default();
                let help = if keys.is_empty() {
                    "go over it with `each`".to_owned()
                } else {
                    format!("name one of its parts: {}", keys.join(", "))
                };
                self.report(name, at, "template", format!("`{}` is no text", visible(&path)), Some(help));
            }
            Ok(_) => {}
            Err(why) => self.unknown(name, at, &path, why, contexts),
        }
    }

    /// Notes a key of the view, which is used from here on.
    fn note(&mut self, path: &str, contexts: &[&Value]) {
        if let Some(key) = root_key(path, contexts)
            && !self.roots.iter().any(|k| k == key)
        {
            self.roots.push(key.to_owned());
        }
    }

    fn subexpression(&mut self, name: &'a str, at: (usize, usize), sub: &'a Subexpression, contexts: &[&Value]) {
        if let TemplateElement::Expression(helper) = sub.as_element() {
            self.helper(name, at, helper, contexts, false);
        }
    }

    fn unknown(&mut self, name: &str, at: (usize, usize), path: &str, why: Missing, contexts: &[&Value]) {
        let keys: Vec<String> = match why {
            Missing::Key(keys) => keys,
            Missing::Outside => {
                contexts.last().and_then(|c| c.as_object()).map(|m| m.keys().cloned().collect()).unwrap_or_default()
            }
        };
        let last = path.rsplit(['.', '/']).next().unwrap_or(path);
        let guess = nearest(last, keys.iter().map(String::as_str)).map(|g| format!("did you mean `{g}`?"));
        let help = match (guess, keys.is_empty()) {
            (Some(guess), _) => guess,
            (None, true) => "what stands before is a text, and has no parts".to_owned(),
            (None, false) => format!("known here: {}", keys.join(", ")),
        };
        let short: String = path.chars().take(200).collect();
        let shown = if short.len() < path.len() { format!("{short}…") } else { short };
        self.report(name, at, "template-variable", format!("the view has no `{}`", visible(&shown)), Some(help));
    }

    fn report(&mut self, name: &str, at: (usize, usize), code: &'static str, title: String, help: Option<String>) {
        let Some((_, file)) = self.parsed.get(name) else { return };
        // a partial is walked once for each call; what is wrong with it is said once
        if !self.seen.insert((format!("{name}:{title}"), at.0, at.1)) {
            return;
        }
        let start = offset(file, at.0, at.1);
        let end = file.text()[start..].find("}}").map_or(start + 1, |i| start + i + 2);
        self.findings.push(Diagnostic::new(code, title).at(file, &(start..end), "here").help_if(help));
    }
}

fn sorted(hash: &std::collections::HashMap<String, Parameter>) -> Vec<(&String, &Parameter)> {
    let mut pairs: Vec<_> = hash.iter().collect();
    pairs.sort_by_key(|(key, _)| key.as_str());
    pairs
}

fn path_text(path: &handlebars::Path) -> String {
    match path {
        handlebars::Path::Relative((_, raw)) | handlebars::Path::Local((_, _, raw)) => raw.clone(),
    }
}

enum Missing {
    Key(Vec<String>),
    Outside,
}

/// The specimen value that a path leads to.
fn resolve<'v>(path: &str, contexts: &[&'v Value]) -> Result<&'v Value, Missing> {
    static NUMBER: Value = Value::Bool(true);
    if let Some(local) = path.trim_start_matches("../").strip_prefix('@') {
        return match local {
            "index" | "first" | "last" | "key" => Ok(&NUMBER),
            local if local.starts_with("root") => {
                let rest = local.trim_start_matches("root").trim_start_matches(['.', '/']);
                descend(rest, contexts.first().copied().ok_or(Missing::Outside)?)
            }
            _ => Err(Missing::Outside),
        };
    }
    let mut level = contexts.len().checked_sub(1).ok_or(Missing::Outside)?;
    let mut rest = path;
    while let Some(outer) = rest.strip_prefix("../").or_else(|| (rest == "..").then_some("")) {
        level = level.checked_sub(1).ok_or(Missing::Outside)?;
        rest = outer;
    }
    descend(rest, contexts.get(level).copied().ok_or(Missing::Outside)?)
}

fn descend<'v>(path: &str, from: &'v Value) -> Result<&'v Value, Missing> {
    let mut at = from;
    for part in path.split(['.', '/']).filter(|p| !p.is_empty() && *p != "this") {
        let part = part.trim_matches(['[', ']', '"', '\'']);
        at = match at {
            Value::Object(map) => map.get(part).ok_or_else(|| Missing::Key(map.keys().cloned().collect()))?,
            Value::Array(items) => match part {
                "length" => return Ok(at),
                _ => items.first().filter(|_| part.parse::<usize>().is_ok()).ok_or(Missing::Outside)?,
            },
            _ => return Err(Missing::Key(Vec::new())),
        };
    }
    Ok(at)
}

/// A file that a PDF carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: &'static str,
    /// What it is, as a reader's list of attachments shows it.
    pub about: String,
    /// Its media type (RFC 6838).
    pub media: &'static str,
    /// What it holds.
    pub text: String,
}

/// The name of the view among the files of a document.
pub const VIEW: &str = "view.json";
/// The name of the file by which a document carries others.
pub const ATTACHED: &str = "attached.typ";
/// The name of what lies under the places of a map.
pub const MAP: &str = "map.json";

/// The Typst files of a document: its blocks under its kind's layout, and what its PDF carries. Attaching is no business
/// of the layout, so that no layout of a project can lose it.
#[must_use]
pub fn typst_files(kind: &Kind, view: &View, blocks: &[String], attached: &[Attachment]) -> BTreeMap<String, String> {
    document_files(kind.layouts.clone(), view, blocks, attached)
}

/// The Typst files that come with the program, under the layout of a fact sheet, which is the shared page as it is.
pub(super) fn shipped_layouts() -> BTreeMap<String, String> {
    let layout = (LAYOUT, format!("fact-sheet/{LAYOUT}"));
    let files = SHARED.iter().map(|name| (*name, (*name).to_owned())).chain([layout]);
    files.filter_map(|(name, path)| Some((name.to_owned(), shipped(&path)?.to_owned()))).collect()
}

pub(super) fn document_files(
    mut files: BTreeMap<String, String>,
    view: &View,
    blocks: &[String],
    attached: &[Attachment],
) -> BTreeMap<String, String> {
    let mut main = String::from(
        "#import \"/layout.typ\": layout\n#import \"/shared/charts.typ\": picture as drawn\n#import \"/shared/parts.typ\": part, items\n#let view = json(\"/view.json\")\n#let picture(file, alt) = drawn(view, file, alt)\n",
    );
    files.insert(VIEW.to_owned(), serde_json::to_string(view).unwrap_or_default());
    let mut attaching = String::new();
    for file in attached {
        let _ = writeln!(
            attaching,
            "#pdf.attach({}, relationship: \"data\", mime-type: {}, description: {})",
            literal(&format!("/{}", file.name)),
            literal(file.media),
            literal(&file.about)
        );
        files.insert(file.name.to_owned(), file.text.clone());
    }
    if !attached.is_empty() {
        let _ = writeln!(main, "#include {}", literal(&format!("/{ATTACHED}")));
        files.insert(ATTACHED.to_owned(), attaching);
    }
    main.push_str("#show: body => layout(view, body)\n\n");
    for block in blocks {
        let _ = writeln!(main, "{block}\n");
    }
    files.insert(super::pdf::MAIN.to_owned(), main);
    underlay(&mut files, view);
    files
}

/// What lies under the places of a map is drawn, and is nothing that the briefing says.
fn underlay(files: &mut BTreeMap<String, String>, view: &View) {
    if let Some(map) = view.map.first() {
        files.insert(MAP.to_owned(), crate::map::paths::of(&map.frame).json());
    }
}

/// The Typst files of a briefing of which no page is set, but its pictures are drawn.
#[must_use]
pub fn picture_files(kind: &Kind, view: &View) -> BTreeMap<String, String> {
    let mut files = kind.layouts.clone();
    underlay(&mut files, view);
    files
}

/// Pictures that are files of their own, by name: the Typst source of each. It holds the part of the view that is drawn, and
/// nothing else of it can be seen: where that part is the same, so is the picture.
#[must_use]
pub fn pictures(view: &View) -> BTreeMap<String, String> {
    fn own<'c, T>(charts: &'c [T], file: impl Fn(&T) -> &str, name: &str) -> Vec<&'c T> {
        charts.iter().filter(|chart| file(chart) == name).collect()
    }
    let View { kind, slug, language, direction, digits, words, .. } = view;
    let View { timeline_chart, ranges_chart, stances_chart, map, .. } = view;
    let source = |name: &str| {
        let seen = serde_json::json!({
            "kind": kind, "slug": slug, "language": language, "direction": direction, "digits": digits, "words": words,
            "timeline_chart": own(timeline_chart, |c| &c.file, name),
            "ranges_chart": own(ranges_chart, |c| &c.file, name),
            "stances_chart": own(stances_chart, |c| &c.file, name),
            "map": own(map, |c| &c.file, name),
        });
        format!(
            "#let view = json(bytes({}))\n#import \"/shared/charts.typ\": file, drawn\n#show: body => file(view, body)\n#drawn(view, {})\n",
            literal(&seen.to_string()),
            literal(name)
        )
    };
    view.pictures().map(|name| (name.to_owned(), source(name))).collect()
}

/// A hash of all that a picture is drawn from, among the files of its document.
#[must_use]
pub fn drawn_from(source: &str, files: &BTreeMap<String, String>) -> String {
    let mut all = format!("{source}\n");
    for (name, text) in files.iter().filter(|(name, _)| is_seen_by_pictures(name)) {
        let _ = writeln!(all, "{name} {}", crate::text::hash::sha256(text.as_bytes()));
    }
    crate::text::hash::sha256(all.as_bytes())
}

/// Whether a picture that is a file of its own may see a file of its document: layouts, and what lies under a map.
pub(super) fn is_seen_by_pictures(name: &str) -> bool {
    name == MAP || name.ends_with(".typ") && name != super::pdf::MAIN && name != ATTACHED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(template: &str, partials: &[(&str, &str)]) -> Vec<String> {
        let file = |n: &str, t: &str| Arc::new(TextFile::new(n, t));
        let partials = partials.iter().map(|(n, t)| ((*n).to_owned(), file(n, t))).collect();
        match check(&file("t", template), &partials) {
            Ok((_, _)) => Vec::new(),
            Err(found) => found.into_iter().map(|f| format!("{} {}", f.title, f.help.join(" "))).collect(),
        }
    }

    #[test]
    fn a_typo_in_every_position_is_found_before_rendering() {
        for (template, expected) in [
            ("{{titel}}", "did you mean `title`?"),
            ("{{{titel}}}", "`titel`"),
            ("{{#if titel}}x{{/if}}", "`titel`"),
            ("{{#unless titel}}x{{/unless}}", "`titel`"),
            ("{{#each figurs}}x{{/each}}", "did you mean `figures`?"),
            ("{{#with tpl}}x{{/with}}", "did you mean `tlp`?"),
            ("{{#each figures}}{{#each rows}}{{figur}}{{/each}}{{/each}}", "did you mean `figure`?"),
            ("{{#each figures}}{{../titel}}{{/each}}", "`../titel`"),
            ("{{#if (eq titel \"x\")}}x{{/if}}", "`titel`"),
            ("{{> marks x=titel}}", "`titel`"),
            ("{{#if title}}x{{else}}{{titel}}{{/if}}", "`titel`"),
            ("{{#if title}}x{{else if titel}}y{{/if}}", "`titel`"),
            ("{{#if title}}x{{else if title}}{{titel}}{{/if}}", "`titel`"),
            ("{{> mark}}", "did you mean `marks`?"),
            ("{{as_of}}", "is no text"),
            ("{{#foo title}}x{{/foo}}", "no block `foo`"),
            ("{{foo title}}", "no helper `foo`"),
            ("{{@root.titel}}", "`@root.titel`"),
            ("{{#each title}}x{{/each}}", "none"),
        ] {
            let found = findings(template, &[("marks", "{{title}}")]);
            assert!(found.iter().any(|f| f.contains(expected)), "{template}: {found:?}");
        }
        assert!(findings("{{#each figures}}{{title}}{{@index}}{{@root.title}}{{/each}}", &[]).is_empty());
    }

    #[test]
    fn a_place_is_shown_behind_characters_of_several_bytes() {
        let file = Arc::new(TextFile::new("t", "x\n· · مرحبا {{titel}} ·\n"));
        let Err(found) = check(&file, &BTreeMap::new()) else { panic!("it has a typo") };
        assert_eq!(&file.text()[found[0].labels[0].span.clone()], "{{titel}}");
        let Err(found) = check(&Arc::new(TextFile::new("t", "· {{#if title}}é")), &BTreeMap::new()) else {
            panic!("it has no end")
        };
        assert!(!found.is_empty());
    }

    /// What is printed with partials in place is what is printed when they are called.
    #[test]
    fn partials_in_place_print_the_same() {
        let file = |n: &str, t: &str| Arc::new(TextFile::new(n, t));
        let view = serde_json::json!({
            "title": "T", "figures": [{ "event": "E", "rows": [{ "figure": "1" }, { "figure": "2" }] }, { "event": "F", "rows": [] }]
        });
        for (template, partials) in [
            ("{{> a}}|{{> a}}", &[("a", "{{title}}")][..]),
            ("{{#if title}}{{> a}}{{else}}{{> b}}{{/if}}", &[("a", "x{{> b}}"), ("b", "{{title}}\n")]),
            ("{{#unless title}}n{{else if figures}}{{> a}}{{/unless}}", &[("a", "<{{title}}>")]),
            ("{{#if (eq title \"U\")}}n{{else if title}}{{> a}}!{{/if}}", &[("a", "<{{title}}>")]),
            (
                "{{#each figures}}{{> a}}\n{{/each}}",
                &[("a", "{{event}} {{@index}}{{#each rows}} {{figure}} of {{../event}}, {{@root.title}}{{/each}}")],
            ),
            // one that reaches out stays a call
            (
                "{{#each figures}}{{#each rows}}{{> a}}{{/each}}{{/each}}",
                &[("a", "{{figure}}{{../event}}{{> b}}"), ("b", "{{../event}}")],
            ),
            ("  {{> a}}\nend", &[("a", "one\ntwo\n")]),
            ("{{> a}}\n{{> a}}\nend", &[("a", "one\n")]),
            ("{{> a title=\"V\"}}{{> a}}", &[("a", "{{title}}")]),
        ] {
            let parsed: Vec<(&str, Template, Arc<TextFile>)> = std::iter::once(("briefing", template))
                .chain(partials.iter().copied())
                .map(|(name, text)| (name, Template::compile(text).unwrap(), file(name, text)))
                .collect();
            let parsed: BTreeMap<&str, (Template, &Arc<TextFile>)> =
                parsed.iter().map(|(name, compiled, file)| (*name, (compiled.clone(), file))).collect();
            let mut registry = Handlebars::new();
            for (name, (compiled, _)) in &parsed {
                registry.register_template(name, compiled.clone());
            }
            let called = registry.render("briefing", &view).unwrap();
            if let Some(whole) = inlined(&parsed) {
                registry.register_template("briefing", whole);
            }
            assert_eq!(registry.render("briefing", &view).unwrap(), called, "{template}");
        }
    }

    #[test]
    fn circles_depth_and_size_are_bounded() {
        assert!(findings("{{> a}}", &[("a", "{{> b}}"), ("b", "{{> a}}")]).iter().any(|f| f.contains("circle")));
        let deep = format!("{}x{}", "{{#if title}}".repeat(65), "{{/if}}".repeat(65));
        assert!(findings(&deep, &[]).iter().any(|f| f.contains("deep")));
        assert!(findings(&"{{title}}".repeat(5000), &[]).iter().any(|f| f.contains("too large")));
        assert!(!findings("{{#if title}}x", &[]).is_empty());
        assert!(!findings("{{#*inline \"x\"}}y{{/inline}}", &[]).is_empty());
    }

    #[test]
    fn shipped_kinds_are_sound() {
        for kind in KINDS {
            if let Err(found) = Kind::load(Path::new("/nonexistent"), kind) {
                panic!("{kind}: {found:?}");
            }
        }
    }
}
