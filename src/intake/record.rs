//! The record of a taken article: its id, its file's name, its TOML, and where in the dossier it is written.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use toml_edit::{Document, Item, TableLike};
use unicode_normalization::UnicodeNormalization;

use super::{Article, Known};
use crate::diag::Diagnostic;
use crate::facts::table::{MAX_ID, is_id};
use crate::load::files::Files;
use crate::load::{SEEDS, archive::check_name, read};
use crate::text::gate::visible;
use crate::text::hash::sha256;
use crate::text::normalise::fold;

/// The file that new sources are written to, where no other is meant for them.
pub const SOURCES: &str = "sources.toml";
/// The longest name of an archived file, without its ending.
const MAX_STEM: usize = 80;

/// A source that a dossier has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// SHA-256 of its archived text; empty while its article is still to be added.
    pub sha256: String,
    /// Its archived file's name; empty while its article is still to be added.
    pub archived: String,
    /// Its address.
    pub url: Option<String>,
    /// SHA-256 of the file it was taken from, where a comment above the record has it.
    pub taken_from: Option<String>,
}

/// What an actor is called.
#[derive(Debug, Clone)]
struct Actor {
    id: String,
    names: Vec<String>,
}

#[derive(Debug, Clone)]
struct File {
    name: String,
    text: String,
    /// How many sources it holds, and where the last one ends.
    sources: usize,
    end: usize,
}

/// The files of a dossier, as far as adding a source needs them: they may hold findings, and need not cite anything yet.
#[derive(Debug, Clone)]
pub struct Seeds {
    /// The dossier's name.
    pub dossier: String,
    /// Its sources, file by file.
    pub sources: Vec<Source>,
    ids: BTreeSet<String>,
    actors: Vec<Actor>,
    files: Vec<File>,
}

/// A record ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The record's id.
    pub id: String,
    /// The archived file's name.
    pub archived: String,
    /// The record, as TOML with comments.
    pub toml: String,
}

/// A dossier's file with a record put into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The file's name in the dossier's folder.
    pub file: String,
    /// Its new text.
    pub text: String,
}

impl Seeds {
    /// Reads the files of a dossier; one without files is empty.
    ///
    /// # Errors
    /// Every file that cannot be read or is not TOML: nothing is added to what cannot be understood.
    pub fn read(root: &Path, dossier: &str) -> Result<Self, Vec<Diagnostic>> {
        let folder = root.join(SEEDS).join(dossier);
        let shown = format!("{SEEDS}/{dossier}");
        let mut this = Self {
            dossier: dossier.to_owned(),
            sources: Vec::new(),
            ids: BTreeSet::new(),
            actors: Vec::new(),
            files: Vec::new(),
        };
        let mut findings = Vec::new();
        for name in Files::on_disk(root).tables(&shown).map_err(|f| vec![*f])? {
            let path = format!("{shown}/{name}");
            let text = match read::bytes(&folder.join(&name)) {
                Ok(bytes) => String::from_utf8(bytes).map_err(|_| {
                    Diagnostic::new("not-text", format!("{} is not UTF-8 text", visible(&path)))
                        .help("save it as UTF-8; `factbrief check` shows the place")
                }),
                Err(why) => Err(read::unread(&path, &why)),
            };
            let text = match text {
                Ok(text) => text,
                Err(finding) => {
                    findings.push(finding);
                    continue;
                }
            };
            match this.take(&name, text) {
                Ok(file) => this.files.push(file),
                Err(why) => findings.push(
                    Diagnostic::new("syntax", format!("{} is not TOML", visible(&path)))
                        .note(visible(why.lines().last().unwrap_or_default()))
                        .help("`factbrief check` shows the place: mend it first, so that nothing is lost"),
                ),
            }
        }
        if findings.is_empty() { Ok(this) } else { Err(findings) }
    }

    fn take(&mut self, name: &str, text: String) -> Result<File, String> {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let document = Document::parse(text[mark..].to_owned()).map_err(|error| error.message().to_owned())?;
        let mut file = File { name: name.to_owned(), text: String::new(), sources: 0, end: 0 };
        let mut before = 0;
        for (kind, records) in document.as_table() {
            let Some(records) = records.as_table_like() else { continue };
            for (id, record) in records.iter() {
                self.ids.insert(id.to_owned());
                let Some(table) = record.as_table_like() else { continue };
                let string = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
                if kind == "source" {
                    let (start, end) = extent(record);
                    let end = end + mark;
                    let above = text.get(before..start + mark).unwrap_or_default();
                    self.sources.push(Source {
                        id: id.to_owned(),
                        sha256: string("sha256").unwrap_or_default(),
                        archived: string("file").unwrap_or_default(),
                        url: string("url"),
                        taken_from: taken_from(above),
                    });
                    before = end;
                    file.sources += 1;
                    file.end = file.end.max(end);
                } else if kind == "actor" {
                    let mut names: Vec<String> = string("name").into_iter().collect();
                    if let Some(aliases) = table.get("aliases").and_then(Item::as_array) {
                        names.extend(aliases.iter().filter_map(|a| a.as_str()).map(str::to_owned));
                    }
                    names.push(id.replace('-', " "));
                    self.actors.push(Actor { id: id.to_owned(), names });
                }
            }
        }
        file.text = text;
        Ok(file)
    }

    /// The source with this archived text, or taken from this very file (both as SHA-256).
    #[must_use]
    pub fn known(&self, text: &str, file: &str) -> Option<&Source> {
        self.sources.iter().find(|s| s.sha256 == text || s.sha256 == file || s.taken_from.as_deref() == Some(file))
    }

    /// The sources with this address.
    pub fn at_address<'s>(&'s self, url: &'s str) -> impl Iterator<Item = &'s Source> {
        self.sources.iter().filter(move |s| s.url.as_deref().is_some_and(|u| super::page::same_address(u, url)))
    }

    /// The source that waits for its article and is meant: the one of this id or else the first of this address.
    #[must_use]
    pub fn awaiting<'s>(&'s self, id: Option<&str>, url: Option<&'s str>) -> Option<&'s Source> {
        let waits = |source: &&Source| source.archived.is_empty() && source.sha256.is_empty();
        match id {
            Some(id) => self.sources.iter().find(|source| source.id == id).filter(waits),
            None => self.at_address(url?).find(waits),
        }
    }

    /// Whether an id is taken, by whatever kind of record.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The names of the archived files of its sources.
    pub fn archived(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|s| s.archived.as_str())
    }

    /// The actor who is called so.
    fn actor(&self, name: &str) -> Option<&str> {
        let wanted = fold(name).to_lowercase();
        self.actors.iter().find(|a| a.names.iter().any(|n| fold(n).to_lowercase() == wanted)).map(|a| a.id.as_str())
    }

    /// The record of an article. `from` is the name of the file it was taken from, `bytes` its SHA-256; `taken` tells
    /// names of archived files that are in use.
    #[must_use]
    pub fn propose(
        &self,
        article: &Article,
        from: &str,
        bytes: &str,
        id: Option<&str>,
        taken: &dyn Fn(&str) -> bool,
    ) -> Proposal {
        let id = id.map_or_else(|| free(&proposed_id(article), MAX_ID, &|id| self.has(id)), str::to_owned);
        let stem = proposed_stem(article, &id);
        let archived = free(&stem, MAX_STEM, &|stem| taken(&format!("{stem}.txt"))) + ".txt";
        let toml = self.toml(article, &id, &archived, from, bytes);
        Proposal { id, archived, toml }
    }

    fn toml(&self, article: &Article, id: &str, archived: &str, from: &str, bytes: &str) -> String {
        let mut out = String::new();
        let charset = if article.charset.is_empty() { String::new() } else { format!(", {}", article.charset) };
        let _ = writeln!(out, "# Taken from {} ({}{charset}), SHA-256 {bytes}.", visible(from), article.form.name());
        for note in &article.notes {
            let _ = writeln!(out, "# Note: {}", visible(note));
        }
        let _ = writeln!(out, "[source.{id}]");
        let mut keys = Keys { out, missing: Vec::new() };
        keys.plain("file", &string(archived));
        keys.plain("sha256", &string(&sha256(article.text.as_bytes())));
        keys.known("title", &article.title, |t| string(t));
        keys.known("publisher", &article.publisher, |p| string(p));
        let name = |a: &super::Author| {
            if a.organisation { format!("{{{}}}", a.name.replace(['{', '}'], "")) } else { a.name.clone() }
        };
        keys.known("authors", &article.authors, |list| strings(list.iter().map(name)));
        let (wires, others): (Vec<&String>, Vec<&String>) =
            article.unnamed.iter().partition(|name| self.actor(name).is_some());
        if !wires.is_empty() {
            let ids: BTreeSet<&str> = wires.iter().filter_map(|name| self.actor(name)).collect();
            keys.commented(
                "wires",
                &strings(ids.into_iter().map(str::to_owned)),
                "named in the byline; hold it against the text",
            );
        }
        for name in others {
            keys.missing.push(format!(
                "wires: the byline names \"{}\", which is no actor of this dossier: an agency gets one",
                visible(name)
            ));
        }
        keys.known("url", &article.url, |u| string(u));
        match &article.published {
            Known::Unsaid => keys.missing.push(
                "published: the page does not say. With the date, write how it is known: dating = { basis = \"external\", note = \"…\" }"
                    .replace("the page", noun(article)),
            ),
            Known::Stated(published, by) => {
                keys.plain("published", &string(&published.stamp.date.to_string()));
                let written = visible(&published.stamp.written);
                match &published.words {
                    Some(words) => {
                        let also = if by == "the date line" { String::new() } else { format!("{by}: {written}") };
                        keys.commented("dating", &format!("{{ basis = \"stated\", words = {} }}", string(words)), &also);
                    }
                    None => {
                        let note = format!("{by} of the saved {}: {written}.", noun(article).trim_start_matches("the "));
                        keys.plain("dating", &format!("{{ basis = \"external\", note = {} }}", string(&note)));
                    }
                }
            }
            Known::Inferred(published, by) => {
                keys.plain("published", &string(&published.stamp.date.to_string()));
                let note = format!("From {by}: {}.", visible(&published.stamp.written));
                // the rule reads year and month as parts of the path
                let rule = if by == "the address" && published.stamp.written.contains('/') { "rule = \"in-url\", " } else { "" };
                keys.plain("dating", &format!("{{ basis = \"inferred\", {rule}note = {} }}", string(&note)));
            }
        }
        if let Known::Stated(modified, by) | Known::Inferred(modified, by) = &article.modified {
            let _ = writeln!(keys.out, "# changed since: {by} says {}", visible(&modified.written));
        }
        keys.known("language", &article.language, |l| string(l));
        for (key, lines) in [("furniture", &article.furniture), ("captions", &article.captions)] {
            if !lines.is_empty() {
                keys.plain(key, &strings(lines.iter().cloned()));
            }
        }
        keys.plain("grade", &string("F"));
        for missing in std::mem::take(&mut keys.missing) {
            let _ = writeln!(keys.out, "# {missing}");
        }
        let noun = noun(article);
        if noun == "the page" {
            keys.out
        } else {
            keys.out.replace(": the page does not say", &format!(": {noun} does not say"))
        }
    }

    /// Puts a record into the dossier's files: beside the other sources, in `sources.toml` if it is there, else in the file
    /// with most sources, else in a new file. Everything that stands there stays as it is, byte for byte.
    ///
    /// # Errors
    /// Where the record would not be read back as what it is; a defect.
    pub fn place(&self, id: &str, record: &str) -> Result<Placed, Box<Diagnostic>> {
        let most = self.files.iter().map(|f| f.sources).max().filter(|n| *n > 0);
        let named = self.files.iter().find(|f| f.name == SOURCES);
        let chosen = named.or_else(|| self.files.iter().find(|f| Some(f.sources) == most));
        if let Some(file) = chosen {
            let text = spliced(file, record);
            if adds(&file.text, &text, id) {
                return Ok(Placed { file: file.name.clone(), text });
            }
        }
        let name = free("sources", 60, &|stem| {
            self.files.iter().any(|f| f.name.eq_ignore_ascii_case(&format!("{stem}.toml")))
        });
        if adds("", record, id) {
            return Ok(Placed { file: name + ".toml", text: record.to_owned() });
        }
        Err(Box::new(
            Diagnostic::new("internal", format!("the record of source `{id}` does not read back as it was written"))
                .help("nothing was written; please report this with the file"),
        ))
    }

    /// Gives a source that waited for its article what it lacks of a record: what stands in it already stays as it is.
    ///
    /// # Errors
    /// Where it is not written as a table of its own, or would not be read back as what it was.
    pub fn fill(&self, id: &str, record: &str) -> Result<Placed, Box<Diagnostic>> {
        let head = format!("[source.{id}]");
        for file in &self.files {
            let crlf = file.text.contains("\r\n");
            let mut lines = file.text.split_inclusive('\n').scan(0, |at, line| {
                let start = *at;
                *at += line.len();
                Some((start, line))
            });
            let Some((above, line)) = lines.by_ref().find(|(_, l)| l.trim_start_matches('\u{feff}').trim() == head)
            else {
                continue;
            };
            let below = above + line.len();
            let Some(own) = table(&file.text, id) else { continue };
            let (before, keys) = record.split_once(&head).unwrap_or(("", record));
            // a date and how it is known go together
            let dated = own.contains_key("published");
            let lacks = |line: &&str| {
                let key = line.trim_start_matches('#').trim_start().split([' ', ':', '=']).next().unwrap_or_default();
                !(line.is_empty() || own.contains_key(key) || dated && key == "dating")
            };
            let mut added: String = keys.lines().filter(lacks).map(|line| format!("{line}\n")).collect();
            let mut noted = before.to_owned();
            if crlf {
                added = added.replace('\n', "\r\n");
                noted = noted.replace('\n', "\r\n");
            }
            let mark = line.len() - line.trim_start_matches('\u{feff}').len();
            let text =
                [&file.text[..above + mark], &noted, &file.text[above + mark..below], &added, &file.text[below..]]
                    .concat();
            if filled(&file.text, &text, id) {
                return Ok(Placed { file: file.name.clone(), text });
            }
        }
        Err(Box::new(
            Diagnostic::new(
                "reference",
                format!("source `{id}` waits for its article, and its record cannot be filled in"),
            )
            .help(format!("write it as a table of its own, `{head}`, a key a line"))
            .note("nothing was written"),
        ))
    }

    /// Takes note of what was written, so that the next file of the call sees it.
    ///
    /// # Errors
    /// Where the text is no TOML; a defect.
    pub fn written(&mut self, placed: &Placed) -> Result<(), Box<Diagnostic>> {
        let names: BTreeSet<String> =
            self.files.iter().filter(|f| f.name != placed.file).map(|f| f.name.clone()).collect();
        let texts: Vec<(String, String)> = self
            .files
            .iter()
            .filter(|f| names.contains(&f.name))
            .map(|f| (f.name.clone(), f.text.clone()))
            .chain([(placed.file.clone(), placed.text.clone())])
            .collect();
        let mut fresh = Self {
            dossier: self.dossier.clone(),
            sources: Vec::new(),
            ids: BTreeSet::new(),
            actors: Vec::new(),
            files: Vec::new(),
        };
        for (name, text) in texts {
            let file = fresh.take(&name, text).map_err(|why| Box::new(Diagnostic::new("internal", why)))?;
            fresh.files.push(file);
        }
        fresh.files.sort_by(|a, b| a.name.cmp(&b.name));
        *self = fresh;
        Ok(())
    }
}

/// What the file is called in a comment.
fn noun(article: &Article) -> &'static str {
    match article.form {
        super::Form::Html | super::Form::Mhtml => "the page",
        super::Form::Pdf => "the PDF",
        super::Form::Text => "the text",
    }
}

/// Writes keys in a column, with comments behind them.
struct Keys {
    out: String,
    missing: Vec<String>,
}

impl Keys {
    fn plain(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.out, "{key:<9} = {value}");
    }

    fn commented(&mut self, key: &str, value: &str, comment: &str) {
        if comment.is_empty() {
            self.plain(key, value);
        } else {
            let _ = writeln!(self.out, "{key:<9} = {value}  # {comment}");
        }
    }

    fn known<T>(&mut self, key: &str, known: &Known<T>, print: impl Fn(&T) -> String) {
        match known {
            Known::Stated(value, _) => self.plain(key, &print(value)),
            Known::Inferred(value, from) => {
                let value = print(value);
                self.commented(key, &value, &format!("inferred from {}", visible(from)));
            }
            Known::Unsaid => self.missing.push(format!("{key}: the page does not say")),
        }
    }
}

/// A TOML string.
fn string(text: &str) -> String {
    toml_edit::Value::from(super::line(text)).to_string().trim().to_owned()
}

fn strings(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().map(|i| string(&i)).collect();
    format!("[{}]", items.join(", "))
}

/// Where a record begins and where the last of its values ends.
fn extent(item: &Item) -> (usize, usize) {
    let own = item.span().unwrap_or(0..0);
    let mut end = own.end;
    if let Item::Table(table) = item {
        for (_, value) in TableLike::iter(table) {
            end = end.max(extent(value).1);
        }
    }
    (own.start, end)
}

/// The SHA-256 that a comment above a record gives as that of the file it was taken from.
fn taken_from(above: &str) -> Option<String> {
    let comments = above.lines().rev().take_while(|l| l.trim_start().starts_with('#') || l.trim().is_empty());
    comments.filter(|l| l.contains("Taken from")).find_map(|line| {
        let (_, rest) = line.rsplit_once("SHA-256 ")?;
        let hash: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        (hash.len() == 64).then_some(hash)
    })
}

/// The text of a file with a record behind its last source, or at its end.
fn spliced(file: &File, record: &str) -> String {
    let text = &file.text;
    let crlf = text.contains("\r\n");
    let newline = if crlf { "\r\n" } else { "\n" };
    let record = if crlf { record.replace('\n', "\r\n") } else { record.to_owned() };
    let mut at = text.len();
    if file.sources > 0 {
        at = text[file.end..].find('\n').map_or(text.len(), |i| file.end + i + 1);
        // comments right below the record belong to it, unless they head the next
        let mut after = at;
        for line in text[at..].split_inclusive('\n') {
            if !line.trim_start().starts_with('#') {
                if line.trim().is_empty() {
                    at = after;
                }
                break;
            }
            after += line.len();
            if after == text.len() {
                at = after;
            }
        }
    }
    let (head, tail) = text.split_at(at);
    let mut out = String::with_capacity(text.len() + record.len() + 8);
    out.push_str(head);
    if !head.is_empty() && !head.ends_with('\n') {
        out.push_str(newline);
    }
    if !head.trim_start_matches('\u{feff}').trim().is_empty() {
        out.push_str(newline);
    }
    out.push_str(&record);
    if !tail.is_empty() && !tail.starts_with(['\n', '\r']) {
        out.push_str(newline);
    }
    out.push_str(tail);
    out
}

/// Whether `new` is `old` with one more source of this id, and nothing else changed.
fn adds(old: &str, new: &str, id: &str) -> bool {
    let parse = |text: &str| text.trim_start_matches('\u{feff}').parse::<toml::Table>().ok();
    let (Some(old), Some(mut new)) = (parse(old), parse(new)) else { return false };
    let Some(sources) = new.get_mut("source").and_then(toml::Value::as_table_mut) else { return false };
    if sources.remove(id).is_none() {
        return false;
    }
    if sources.is_empty() && !old.contains_key("source") {
        new.remove("source");
    }
    old == new
}

/// The keys of a source in a text.
fn table(text: &str, id: &str) -> Option<toml::Table> {
    let all: toml::Table = text.trim_start_matches('\u{feff}').parse().ok()?;
    all.get("source")?.get(id)?.as_table().cloned()
}

/// Whether `new` is `old` with a file and its hash, and perhaps other keys, added to a source that had neither.
fn filled(old: &str, new: &str, id: &str) -> bool {
    let (Some(before), Some(after)) = (table(old, id), table(new, id)) else { return false };
    let without = |text: &str| -> Option<toml::Table> {
        let mut all: toml::Table = text.trim_start_matches('\u{feff}').parse().ok()?;
        all.get_mut("source")?.as_table_mut()?.remove(id);
        Some(all)
    };
    let kept = before.iter().all(|(key, value)| after.get(key) == Some(value));
    kept && ["file", "sha256"].iter().all(|key| after.contains_key(*key)) && without(old) == without(new)
}

/// `base`, or the first of `base-2`, `base-3` … that is free, none longer than `most` bytes.
fn free(base: &str, most: usize, taken: &dyn Fn(&str) -> bool) -> String {
    let cut = |length: usize| base[..base.len().min(length)].trim_end_matches('-').to_owned();
    let first = cut(most);
    if !taken(&first) {
        return first;
    }
    (2u64..).map(|n| format!("{}-{n}", cut(most - 8))).find(|name| !taken(name)).unwrap_or(first)
}

/// `text` in lower-case ASCII letters, digits and hyphens, as far as it has any.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfd() {
        let folded: &str = match c {
            'ß' => "ss",
            'æ' | 'Æ' => "ae",
            'œ' | 'Œ' => "oe",
            'ø' | 'Ø' => "o",
            'đ' | 'Đ' | 'ð' | 'Ð' => "d",
            'ł' | 'Ł' => "l",
            'ı' => "i",
            'þ' | 'Þ' => "th",
            '\'' | '’' | 'ʼ' => continue,
            c if c.is_ascii_alphanumeric() => {
                out.push(c.to_ascii_lowercase());
                continue;
            }
            c if unicode_normalization::char::is_combining_mark(c) => continue,
            _ => {
                if !out.is_empty() && !out.ends_with('-') {
                    out.push('-');
                }
                continue;
            }
        };
        out.push_str(folded);
    }
    out.trim_end_matches('-').to_owned()
}

/// The publisher in a few letters: its name, else its host; nothing where neither has Latin letters.
fn publisher_slug(article: &Article) -> String {
    let words = |text: &str| -> String {
        let slug = slug(text);
        let parts: Vec<&str> = slug
            .split('-')
            .filter(|p| !matches!(*p, "the" | "le" | "la" | "les" | "der" | "die" | "das" | "el" | "com" | "www"))
            .collect();
        parts.join("-").chars().take(24).collect::<String>().trim_end_matches('-').to_owned()
    };
    let name = match &article.publisher {
        // a host has its letters below
        Known::Stated(name, _) | Known::Inferred(name, _) if !name.contains('.') => words(name),
        _ => String::new(),
    };
    let usable = |s: &String| s.chars().filter(char::is_ascii_alphabetic).count() >= 2;
    if usable(&name) {
        return name;
    }
    let host = article
        .url
        .value()
        .and_then(|u| u.split_once("://"))
        .map(|(_, rest)| rest.split(['/', ':']).next().unwrap_or_default());
    let labels: Vec<&str> =
        host.unwrap_or_default().split('.').filter(|l| !matches!(*l, "www" | "m" | "amp")).collect();
    let label = labels.iter().rev().skip(1).find(|l| l.len() > 3 || labels.len() < 3).copied().unwrap_or_default();
    Some(slug(label)).filter(usable).unwrap_or_default()
}

/// Words of headlines that tell nothing.
const EMPTY_WORDS: &[&str] = &[
    "a", "an", "the", "and", "or", "of", "in", "on", "at", "to", "for", "from", "with", "by", "as", "is", "are", "was",
    "were", "after", "before", "says", "live", "how", "why", "what", "who", "le", "la", "les", "des", "du", "de", "un",
    "une", "et", "der", "die", "das", "und", "ein", "eine", "el", "los", "las", "y", "en", "que",
];

fn title_words(article: &Article) -> Vec<String> {
    let title = article.title.value().map(|t| slug(t)).unwrap_or_default();
    title.split('-').filter(|w| !w.is_empty() && !EMPTY_WORDS.contains(w)).map(str::to_owned).collect()
}

/// The day or month of publication in digits and hyphens.
fn day(article: &Article) -> String {
    article.published.value().map(|p| slug(&p.stamp.date.to_string())).unwrap_or_default()
}

fn proposed_id(article: &Article) -> String {
    let word =
        title_words(article).into_iter().find(|w| w.len() >= 4 && w.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut parts = vec![publisher_slug(article), day(article)];
    parts.extend(word.map(|w| w.chars().take(24).collect()));
    let mut id = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-");
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) {
        id = if id.is_empty() { "source".to_owned() } else { format!("source-{id}") };
    }
    let id: String = id.chars().take(MAX_ID).collect::<String>().trim_end_matches('-').to_owned();
    if is_id(&id) { id } else { "source".to_owned() }
}

fn proposed_stem(article: &Article, id: &str) -> String {
    let mut parts = vec![day(article), publisher_slug(article)];
    parts.extend(title_words(article));
    let stem = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-");
    let stem: String = stem.chars().take(MAX_STEM).collect();
    let stem = stem.trim_end_matches('-').to_owned();
    // a name that says too little, or that some system keeps for itself
    let usable = |stem: &str| stem.len() >= 4 && check_name(&format!("{stem}.txt")).is_ok();
    if usable(&stem) && stem.contains(|c: char| c.is_ascii_alphabetic()) {
        stem
    } else if usable(id) {
        id.to_owned()
    } else {
        format!("{id}-article")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::*;

    fn seeds(files: &[(&str, &str)]) -> Seeds {
        let mut this =
            Seeds { dossier: "d".into(), sources: vec![], ids: BTreeSet::new(), actors: vec![], files: vec![] };
        for (name, text) in files {
            let file = this.take(name, (*text).to_owned()).unwrap();
            this.files.push(file);
        }
        this
    }

    const RECORD: &str = "# Taken from x.html (HTML), SHA-256 aa.\n[source.new]\nfile = \"n.txt\"\nsha256 = \"b\"\n";

    #[test]
    fn a_record_goes_beside_the_others_and_nothing_else_moves() {
        let events = "[event.e]\ntitle = \"x\"  # kept\n";
        let before = "\u{feff}# Sources\r\n\r\n[source.b]\r\nfile   = 'b.txt' # one\r\nsha256 = 'x'\r\n[source.b.dating]\r\nbasis = 'external'\r\n# of b\r\n\r\n# The events\r\n[event.f]\r\ntitle = 'f'\r\n";
        let s = seeds(&[("events.toml", events), ("facts.toml", before)]);
        let placed = s.place("new", RECORD).unwrap();
        assert_eq!(placed.file, "facts.toml");
        let record = RECORD.replace('\n', "\r\n");
        let at = before.find("\r\n# The events").unwrap();
        assert_eq!(placed.text, format!("{}\r\n{record}{}", &before[..at], &before[at..]));
        // sources.toml is meant for them, also while it is empty
        let s = seeds(&[("facts.toml", before), ("sources.toml", "# none yet")]);
        let placed = s.place("new", RECORD).unwrap();
        assert_eq!(
            (placed.file.as_str(), placed.text.as_str()),
            ("sources.toml", format!("# none yet\n\n{RECORD}").as_str())
        );
        let placed = seeds(&[]).place("new", RECORD).unwrap();
        assert_eq!((placed.file.as_str(), placed.text.as_str()), ("sources.toml", RECORD));
    }

    #[test]
    fn forms_of_toml_that_take_no_header_get_a_file_of_their_own() {
        let s = seeds(&[("sources.toml", "source = { a = { file = \"a\", sha256 = \"x\" } }\n")]);
        assert_eq!(s.sources.len(), 1);
        assert_eq!(s.place("new", RECORD).unwrap().file, "sources-2.toml");
        let dotted =
            seeds(&[("sources.toml", "[source]\na.file = \"a\"\na.sha256 = \"x\"\n\n[actor.b]\nname = \"B\"\n")]);
        let placed = dotted.place("new", RECORD).unwrap();
        assert!(placed.file == "sources.toml" && placed.text.ends_with("[actor.b]\nname = \"B\"\n"), "{placed:?}");
    }

    #[test]
    fn what_was_taken_before_is_known() {
        let hash = "a".repeat(64);
        let mut s = seeds(&[]);
        let record = format!(
            "# Taken from x.html (HTML), SHA-256 {hash}.\n# Note: n\n[source.new]\nfile = \"n.txt\"\nsha256 = \"b\"\nurl = \"https://www.a.example/x/?y\"\n"
        );
        let placed = s.place("new", &record).unwrap();
        s.written(&placed).unwrap();
        assert_eq!(s.known("other", &hash).unwrap().id, "new");
        assert!(s.known("b", "").is_some() && s.known("c", "d").is_none());
        assert_eq!(s.at_address("http://a.example/x").count(), 1);
    }

    #[test]
    fn names_are_plain_and_free() {
        let mut article = Article::of(Form::Html, String::new());
        article.title = Known::Stated("../../CON: L’œuvre d’Élodie & the flood".into(), "h1".into());
        article.publisher = Known::Stated("The Ferrow Post".into(), "x".into());
        assert_eq!(proposed_id(&article), "ferrow-post-loeuvre");
        let s = seeds(&[("a.toml", "[claim.ferrow-post-loeuvre]\nx = 1\n")]);
        let proposal =
            s.propose(&article, "x.html", "h", None, &|name| name == "ferrow-post-con-loeuvre-delodie-flood.txt");
        assert_eq!(
            (proposal.id.as_str(), proposal.archived.as_str()),
            ("ferrow-post-loeuvre-2", "ferrow-post-con-loeuvre-delodie-flood-2.txt")
        );
        for title in ["CON", "nul", "مياه الفيضان", "💥", &"x".repeat(500), "com1", "..", "-rf"] {
            let mut article = Article::of(Form::Text, String::new());
            article.title = Known::Stated(title.into(), "h1".into());
            let proposal = s.propose(&article, "a\nb.txt", "h", None, &|_| false);
            assert!(is_id(&proposal.id) && check_name(&proposal.archived).is_ok(), "{title}: {proposal:?}");
            assert!(adds("", &proposal.toml, &proposal.id), "{}", proposal.toml);
        }
    }
}
