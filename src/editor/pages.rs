//! The files of a project as an editor sees them: which records stand where, and what names them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::grammar::{Grammar, Key};
use super::outline::{Entry, Form, Name, Outline, Value};
use super::schema::Written;
use crate::load;
use crate::load::project;
use crate::text::file::TextFile;

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Part of a dossier.
    Dossier(String),
    /// A briefing, by its slug.
    Briefing(String),
    /// The project file.
    Project,
}

impl Role {
    /// What a file of this name, relative to the project, is for; none for what factbrief does not read as TOML.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        if name == project::FILE {
            return Some(Self::Project);
        }
        let stem = name.strip_suffix(".toml")?;
        match stem.split('/').collect::<Vec<_>>().as_slice() {
            [load::SEEDS, dossier, _] => Some(Self::Dossier((*dossier).to_owned())),
            [load::BRIEFINGS, slug] => Some(Self::Briefing((*slug).to_owned())),
            _ => None,
        }
    }

    /// What is written in it.
    #[must_use]
    pub fn written(&self) -> Written {
        match self {
            Self::Dossier(_) => Written::Dossier,
            Self::Briefing(_) => Written::Briefing,
            Self::Project => Written::Project,
        }
    }
}

/// A record, where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Each place where its id heads it or a part of it; the first is where it begins.
    pub heads: Vec<Range<usize>>,
    /// The bytes from its first header to the next record.
    pub span: Range<usize>,
    /// What it is called or says, in its own words; may be empty.
    pub title: String,
}

/// A place that names a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The id, as written.
    pub id: String,
    /// Its bytes, without quotation marks.
    pub at: Range<usize>,
    /// The kinds of record that may be named there; `any` for all.
    pub kinds: Vec<String>,
}

/// A reference in a narrative: `{{figure "flood" "killed"}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The bytes from `{{` to `}}`; to the end of the text where it is not closed.
    pub span: Range<usize>,
    /// The word that says what it prints, with its bytes.
    pub word: (String, Range<usize>),
    /// The ids, with their bytes.
    pub ids: Vec<(String, Range<usize>)>,
}

/// What a reference in a narrative prints, and the kinds of record it takes, in order.
pub const WORDS: &[(&str, &str, &[&[&str]])] = &[
    ("actor", "a name", &[&["actor"]]),
    ("cite", "nothing but the record's sources", &[&["any"]]),
    ("claim", "one claim's figure, its claimant and reserve", &[&["claim"]]),
    ("date", "a date, with its dagger", &[&["event", "position", "background", "source"]]),
    ("event", "a title", &[&["event"]]),
    ("figure", "the figure of a cell, its claimants and their reserve", &[&["event"], &["measure"], &["category"]]),
    ("judgement", "the sentence of an assessment", &[&["assessment"]]),
    ("place", "a name", &[&["place"]]),
    ("say", "a position's words, with the speaker", &[&["position"]]),
];

/// The references in part of a text.
#[must_use]
pub fn mentions(text: &str, within: &Range<usize>) -> Vec<Mention> {
    let part = text.get(within.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = part.get(from..).and_then(|rest| rest.find("{{")).map(|at| from + at) {
        let rest = part.get(open + 2..).unwrap_or_default();
        // one that is being typed ends with its line, or where the next begins
        let close = rest.find("}}");
        let stop = rest.find(['\n', '{']).unwrap_or(rest.len());
        let (length, closed) = match close {
            Some(close) if close <= stop => (close, 2),
            _ => (stop, 0),
        };
        let inner = rest.get(..length).unwrap_or_default();
        let base = within.start + open + 2;
        let lead = inner.len() - inner.trim_start().len();
        let word: String = inner.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let mut ids = Vec::new();
        let mut marks = inner.match_indices('"').map(|(at, _)| at);
        while let Some(start) = marks.next() {
            let end = marks.next().unwrap_or(inner.len());
            // in a string between double marks, those of a reference are written with a backslash
            let id = inner.get(start + 1..end).unwrap_or_default();
            let id = id.strip_suffix('\\').unwrap_or(id);
            ids.push((id.to_owned(), base + start + 1..base + start + 1 + id.len()));
        }
        let word_at = base + lead..base + lead + word.len();
        found.push(Mention { span: within.start + open..base + length + closed, word: (word, word_at), ids });
        from = open + 2 + length + closed;
    }
    found
}

/// A file with all that stands in it.
#[derive(Debug)]
pub struct Page {
    /// The text.
    pub file: Arc<TextFile>,
    /// What it is for.
    pub role: Role,
    /// The text taken apart.
    pub outline: Outline,
    /// Its records, in order.
    pub records: Vec<Record>,
    /// What names records in it, in order.
    pub uses: Vec<Use>,
}

/// A value with the path of its key.
type Leaf<'o> = (Vec<&'o str>, &'o Value);

impl Page {
    /// Takes a file apart; none for what factbrief does not read as TOML.
    #[must_use]
    pub fn of(file: &Arc<TextFile>) -> Option<Self> {
        let role = Role::of(file.name())?;
        Some(Self::with(file, role))
    }

    fn with(file: &Arc<TextFile>, role: Role) -> Self {
        let outline = Outline::of(file.text());
        let records = if matches!(role, Role::Dossier(_)) { records(&outline, file.text()) } else { Vec::new() };
        let mut page = Self { file: Arc::clone(file), role, outline, records, uses: Vec::new() };
        page.uses = page.find_uses();
        page
    }

    /// The key at a path.
    #[must_use]
    pub fn key<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> Option<&'static Key> {
        Grammar::get().at(self.role.written(), path)
    }

    /// The record that holds a byte.
    #[must_use]
    pub fn record_at(&self, offset: usize) -> Option<&Record> {
        self.records.iter().find(|record| record.span.start <= offset && offset < record.span.end)
    }

    /// The strings in it, each with the path of its key.
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut found = Vec::new();
        for section in &self.outline.sections {
            let path: Vec<&str> = section.header.iter().map(|name| name.text.as_str()).collect();
            leaves(&section.entries, &path, &mut found);
        }
        found
    }

    fn find_uses(&self) -> Vec<Use> {
        let text = self.file.text();
        let mut uses = Vec::new();
        for (path, value) in self.leaves() {
            let Some(key) = self.key(path.iter().copied()) else { continue };
            let inside = value.inside(text);
            if key.names == "narrative" {
                for mention in mentions(text, &inside) {
                    let kinds = WORDS.iter().find(|(word, ..)| *word == mention.word.0).map(|(.., kinds)| *kinds);
                    for (index, (id, at)) in mention.ids.into_iter().enumerate() {
                        let kinds = kinds.and_then(|kinds| kinds.get(index)).copied().unwrap_or(&["any"]);
                        uses.push(Use { id, at, kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect() });
                    }
                }
            } else if let (false, Some(id)) = (key.refers.is_empty(), value.text()) {
                uses.push(Use { id: id.to_owned(), at: inside, kinds: key.refers.clone() });
            }
        }
        uses.sort_by_key(|one| one.at.start);
        uses
    }
}

fn leaves<'o>(entries: &'o [Entry], path: &[&'o str], found: &mut Vec<Leaf<'o>>) {
    for entry in entries {
        let mut path = path.to_vec();
        path.extend(entry.key.iter().map(|name| name.text.as_str()));
        leaf(&entry.value, &path, found);
    }
}

fn leaf<'o>(value: &'o Value, path: &[&'o str], found: &mut Vec<Leaf<'o>>) {
    match &value.form {
        Form::Text(_) => found.push((path.to_vec(), value)),
        Form::List(items) => items.iter().for_each(|item| leaf(item, path, found)),
        Form::Table(entries) => leaves(entries, path, found),
        Form::Bare(_) | Form::Missing => {}
    }
}

/// The bytes of a name without its quotation marks.
fn bare(name: &Name) -> Range<usize> {
    let marks = (name.span.len() - name.text.len().min(name.span.len())) / 2;
    name.span.start + marks..name.span.end - marks
}

fn records(outline: &Outline, text: &str) -> Vec<Record> {
    let mut found: Vec<Record> = Vec::new();
    let mut add = |kind: &Name, id: &Name, span: Range<usize>, title: String| {
        let head = bare(id);
        if let Some(known) = found.iter_mut().find(|known| known.kind == kind.text && known.id == id.text) {
            known.heads.push(head);
            if known.span.end == span.start {
                known.span.end = span.end;
            }
            if known.title.is_empty() {
                known.title = title;
            }
            return;
        }
        found.push(Record { kind: kind.text.clone(), id: id.text.clone(), heads: vec![head], span, title });
    };
    for section in &outline.sections {
        match section.header.as_slice() {
            [kind, id, rest @ ..] => {
                let title = if rest.is_empty() { title(&section.entries) } else { String::new() };
                add(kind, id, section.span.clone(), title);
            }
            // records below the table of their kind, or written with dots: rare, and right all the same
            header => {
                for entry in &section.entries {
                    let path: Vec<&Name> = header.iter().chain(&entry.key).collect();
                    let whole =
                        entry.key.first().map_or(entry.value.span.start, |name| name.span.start)..entry.value.span.end;
                    if let (Form::Table(entries), [kind]) = (&entry.value.form, path.as_slice()) {
                        for inner in entries {
                            if let Some(id) = inner.key.first() {
                                add(kind, id, whole.clone(), title_of(&inner.value));
                            }
                        }
                    } else if let [kind, id, rest @ ..] = path.as_slice() {
                        let title = if rest.is_empty() { title_of(&entry.value) } else { String::new() };
                        add(kind, id, whole, title);
                    }
                }
            }
        }
    }
    // a comment before the next record belongs to that one
    for record in &mut found {
        let body = text.get(record.span.clone()).unwrap_or_default();
        record.span.end = record.span.start + own(body).len();
    }
    found
}

/// A record's text without the comments and empty lines that stand before the next one.
pub(super) fn own(body: &str) -> &str {
    let mut kept = body.trim_end();
    while let Some((before, last)) = kept.rsplit_once('\n')
        && (last.trim_start().starts_with('#') || last.trim().is_empty())
    {
        kept = before.trim_end();
    }
    kept
}

fn title_of(value: &Value) -> String {
    if let Form::Table(entries) = &value.form { title(entries) } else { String::new() }
}

/// What a record is called: the first of these keys that it has.
fn title(entries: &[Entry]) -> String {
    const KEYS: &[&str] = &["title", "name", "text", "question", "handling", "said", "quote"];
    let first = |key: &&str| {
        let entry = entries.iter().find(|entry| entry.key.first().is_some_and(|name| name.text == **key))?;
        match &entry.value.form {
            Form::Text(text) => Some(text.clone()),
            Form::Table(versions) => versions.first()?.value.text().map(str::to_owned),
            _ => None,
        }
    };
    // a figure says more than its quotation
    let text = |key: &str| entries.iter().find(|e| matches!(e.key.as_slice(), [n] if n.text == key))?.value.text();
    if let (Some(value), Some(measure)) = (text("value"), text("measure")) {
        let who = text("who").map(|who| format!(" {who}")).unwrap_or_default();
        let by = text("by").map(|by| format!(", {by}")).unwrap_or_default();
        return format!("{measure} {value}{who}{by}");
    }
    KEYS.iter().find_map(first).unwrap_or_default()
}

/// The files of a project.
#[derive(Debug, Default)]
pub struct Pages {
    pages: BTreeMap<String, Page>,
}

impl Pages {
    /// The files as they are now; what has not changed is not taken apart again.
    pub fn set(&mut self, files: &BTreeMap<String, Arc<TextFile>>) {
        self.pages.retain(|name, _| files.contains_key(name));
        files.values().for_each(|file| self.put(file));
    }

    /// One file as it is now.
    pub fn put(&mut self, file: &Arc<TextFile>) {
        let same = |page: &Page| Arc::ptr_eq(&page.file, file) || page.file == *file;
        if self.pages.get(file.name()).is_some_and(same) {
            return;
        }
        if let Some(page) = Page::of(file) {
            self.pages.insert(file.name().to_owned(), page);
        }
    }

    /// A file by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Page> {
        self.pages.get(name)
    }

    /// All files, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Page> {
        self.pages.values()
    }

    /// The names of the dossiers.
    #[must_use]
    pub fn dossiers(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .iter()
            .filter_map(|page| if let Role::Dossier(name) = &page.role { Some(name.as_str()) } else { None })
            .collect();
        names.dedup();
        names
    }

    /// The dossier that a file is part of, or printed from.
    #[must_use]
    pub fn dossier_of<'p>(&'p self, page: &'p Page) -> Option<&'p str> {
        match &page.role {
            Role::Dossier(name) => Some(name),
            Role::Briefing(_) => {
                let named = page.outline.sections.first().and_then(|s| s.value("dossier")).and_then(Value::text);
                named.or_else(|| if let [only] = self.dossiers().as_slice() { Some(*only) } else { None })
            }
            Role::Project => None,
        }
    }

    /// The files of a dossier and of the briefings that are printed from it.
    pub fn about<'p>(&'p self, dossier: &'p str) -> impl Iterator<Item = &'p Page> {
        self.iter().filter(move |page| self.dossier_of(page) == Some(dossier))
    }

    /// The records of a dossier; those that come with the program last, unless the dossier has its own of that id.
    #[must_use]
    pub fn records<'p>(&'p self, dossier: &'p str) -> Vec<(&'p Page, &'p Record)> {
        let own = |page: &'p Page| page.records.iter().map(move |record| (page, record));
        let mut found: Vec<_> = self.about(dossier).flat_map(own).collect();
        let known: Vec<(&str, &str)> = found.iter().map(|(_, r)| (r.kind.as_str(), r.id.as_str())).collect();
        let more: Vec<_> = own(builtin()).filter(|(_, r)| !known.contains(&(r.kind.as_str(), r.id.as_str()))).collect();
        found.extend(more);
        found
    }

    /// The record that a place names: one of the kinds that may stand there, if there is such a one.
    #[must_use]
    pub fn record<'p>(&'p self, dossier: &'p str, id: &str, kinds: &[String]) -> Option<(&'p Page, &'p Record)> {
        let all = self.records(dossier);
        let named = || all.iter().filter(|(_, record)| record.id == id);
        let fits = |record: &Record| takes(kinds, &record.kind);
        named().find(|(_, record)| fits(record)).or_else(|| named().next()).copied()
    }
}

/// Whether a place that takes some kinds of record takes one of this kind.
#[must_use]
pub fn takes(kinds: &[String], kind: &str) -> bool {
    kinds.iter().any(|known| known == kind || known == "any")
}

/// The records that come with the program.
#[must_use]
pub fn builtin() -> &'static Page {
    static BUILTIN: OnceLock<Page> = OnceLock::new();
    BUILTIN.get_or_init(|| Page::with(&load::builtin(), Role::Dossier(String::new())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(name: &str, text: &str) -> Page {
        Page::of(&Arc::new(TextFile::new(name, text))).unwrap()
    }

    #[test]
    fn roles() {
        assert_eq!(Role::of("seeds/d/a.toml"), Some(Role::Dossier("d".to_owned())));
        assert_eq!(Role::of("briefings/b.toml"), Some(Role::Briefing("b".to_owned())));
        assert_eq!(Role::of("factbrief.toml"), Some(Role::Project));
        for other in ["seeds/a.toml", "seeds/d/evidence.lock", "templates/languages/fr.toml", "seeds/d/e/f.toml", "x"] {
            assert_eq!(Role::of(other), None, "{other}");
        }
    }

    #[test]
    fn records_and_what_names_them() {
        let text = "[event.e]\ntitle = { en = \"Flood\" }\nby = [\"mayor\"]\ndating = { basis = \"stated\", anchor = \"post\" }\n\n# of c\n[claim.c]\nevent = \"e\"\nvalue = \"8\"\nmeasure = \"killed\"\norigin = \"e\"\n[claim.c.dating]\nanchor = \"e\"\n";
        let page = page("seeds/d/a.toml", text);
        assert_eq!(page.records[0].title, "Flood");
        assert_eq!((page.records[1].title.as_str(), page.records[1].heads.len()), ("killed 8", 2));
        assert!(
            text[page.records[0].span.clone()].ends_with("\"post\" }"),
            "{:?}",
            &text[page.records[0].span.clone()]
        );
        let uses: Vec<&str> = page.uses.iter().map(|u| u.id.as_str()).collect();
        // a claim has no `dating`, and `origin` names no record
        assert_eq!(uses, ["mayor", "post", "e", "killed"]);
        assert!(page.uses.iter().all(|u| text[u.at.clone()] == u.id));
    }

    #[test]
    fn narratives() {
        let text = "bottom_line = '''On {{date \"e\"}}: {{figure \"e\" \"killed\" \"people\"}} {{cite \"c'''\nsituation = \"{{ claim \\\"c\\\" }}\"\n";
        let page = page("briefings/b.toml", text);
        let uses: Vec<(&str, &str)> = page.uses.iter().map(|u| (u.id.as_str(), u.kinds[0].as_str())).collect();
        assert_eq!(
            uses,
            [
                ("e", "event"),
                ("e", "event"),
                ("killed", "measure"),
                ("people", "category"),
                ("c", "any"),
                ("c", "claim")
            ]
        );
        assert!(page.uses.iter().all(|u| text[u.at.clone()] == u.id));
    }

    #[test]
    fn builtin_records_stand_behind_those_of_the_dossier() {
        let mut pages = Pages::default();
        let file = Arc::new(TextFile::new("seeds/d/a.toml", "[category.people]\nname = \"persons\"\n"));
        pages.set(&[("seeds/d/a.toml".to_owned(), file)].into());
        let people: Vec<_> = pages.records("d").into_iter().filter(|(_, r)| r.id == "people").collect();
        assert_eq!((people.len(), people[0].1.title.as_str()), (1, "persons"));
        assert!(pages.record("d", "killed", &["measure".to_owned()]).is_some());
    }
}
