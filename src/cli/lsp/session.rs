//! A session with an editor: its open texts, the projects they belong to, and the answers to its questions.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use factbrief::Workspace;
use factbrief::diag::{Diagnostic, Edit, Label};
use factbrief::editor::complete::{Sort, complete};
use factbrief::editor::desk::Desk;
use factbrief::editor::hover::hover;
use factbrief::editor::links::{self, Target};
use factbrief::editor::pages::{Page, Pages, Role};
use factbrief::editor::position::{self, Lines, Spot, Units};
use factbrief::editor::remedies::remedies;
use factbrief::load::archive::Archive;
use factbrief::load::project;
use factbrief::load::read::admit;
use factbrief::text::file::TextFile;
use factbrief::text::gate::visible;
use gen_lsp_types as lsp;
use lsp::json_rpc::Error;
use lsp::{ErrorCodes, Uri};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::checker::{Checked, Composed, Job};
use super::wire;

/// What the editor can do, as far as it matters.
#[derive(Debug, Clone, Copy)]
struct Abilities {
    units: Units,
    snippets: bool,
    versioned_edits: bool,
    related: bool,
    watching: bool,
}

/// A text that is open in the editor.
struct Document {
    uri: Uri,
    version: i32,
    /// The text as the editor has it, line ends and byte order mark included.
    raw: String,
    /// The text as it is checked; its name is that within the project.
    file: Arc<TextFile>,
}

/// A project that an open text belongs to.
struct Project {
    /// Counts its states.
    state: u64,
    /// Whether it has changed since it was last given to be checked.
    changed: bool,
    pages: Pages,
    texts: BTreeMap<String, Arc<TextFile>>,
    workspace: Option<Arc<Workspace>>,
    archive: Archive,
    findings: Vec<Diagnostic>,
    /// What keeps briefings from being composed, as it was when they last were.
    composing: Vec<Diagnostic>,
    kinds: Vec<String>,
    languages: Vec<String>,
    /// The files for which findings are shown.
    shown: BTreeSet<String>,
}

/// A session.
pub(super) struct Session {
    /// The project that the call names; else each text's own is looked for.
    only: Option<PathBuf>,
    archive: Option<Archive>,
    abilities: Abilities,
    documents: BTreeMap<PathBuf, Document>,
    projects: BTreeMap<PathBuf, Project>,
    state: u64,
    initialized: bool,
    pub(super) shut_down: bool,
}

type Answer = Result<Value, Error>;

pub(super) fn error(code: ErrorCodes, message: impl Into<String>) -> Error {
    Error { code, message: message.into(), data: None }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Error> {
    serde_json::from_value(params).map_err(|e| error(ErrorCodes::InvalidParams, visible(&e.to_string())))
}

fn written<T: serde::Serialize>(value: T) -> Answer {
    serde_json::to_value(value).map_err(|e| error(ErrorCodes::InternalError, e.to_string()))
}

fn path_of(uri: &Uri) -> Option<PathBuf> {
    url::Url::parse(&uri.0).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

fn uri_of(path: &Path) -> Option<Uri> {
    url::Url::from_file_path(path).ok().map(|url| Uri(url.to_string()))
}

impl Project {
    /// What is found in it: by the check, and in briefings as far as they are as they were when last composed.
    fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        let current = |label: &Label| self.pages.get(label.file.name()).is_none_or(|page| *page.file == *label.file);
        let composing = self.composing.iter().filter(move |finding| finding.labels.iter().all(current));
        self.findings.iter().chain(composing)
    }
}

impl Session {
    pub(super) fn new(only: Option<PathBuf>, archive: Option<Archive>) -> Self {
        Self {
            only,
            archive,
            abilities: Abilities {
                units: Units::Utf16,
                snippets: false,
                versioned_edits: false,
                related: false,
                watching: false,
            },
            documents: BTreeMap::new(),
            projects: BTreeMap::new(),
            state: 0,
            initialized: false,
            shut_down: false,
        }
    }

    /// Whether a project waits to be checked.
    pub(super) fn waits(&self) -> bool {
        self.projects.values().any(|project| project.changed)
    }

    /// The projects that have changed, to be checked.
    pub(super) fn jobs(&mut self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (root, project) in self.projects.iter_mut().filter(|(_, project)| project.changed) {
            project.changed = false;
            let own = self.documents.iter().filter(|(path, _)| path.starts_with(root));
            let before = own.filter(|(_, document)| Role::of(document.file.name()).is_some());
            jobs.push(Job {
                root: root.clone(),
                state: project.state,
                before: before.map(|(_, d)| (d.file.name().to_owned(), Arc::clone(&d.file))).collect(),
                archive: self.archive.clone(),
            });
        }
        jobs
    }

    /// Answers a request.
    pub(super) fn request(&mut self, method: &str, params: Value) -> Answer {
        if self.shut_down {
            return Err(error(ErrorCodes::InvalidRequest, "the session is shut down"));
        }
        if method == "initialize" {
            if self.initialized {
                return Err(error(ErrorCodes::InvalidRequest, "the session has begun already"));
            }
            self.initialized = true;
            return Ok(self.initialize(&params));
        }
        if !self.initialized {
            return Err(error(ErrorCodes::ServerNotInitialized, "the session begins with `initialize`"));
        }
        match method {
            "shutdown" => {
                self.shut_down = true;
                Ok(Value::Null)
            }
            "textDocument/completion" => self.completion(read(params)?),
            "textDocument/hover" => self.hover(read(params)?),
            "textDocument/definition" => self.definition(read(params)?),
            "textDocument/references" => self.references(read(params)?),
            "textDocument/documentSymbol" => self.symbols(&read(params)?),
            "workspace/symbol" => self.all_symbols(&read(params)?),
            "textDocument/prepareRename" => self.prepare_rename(read(params)?),
            "textDocument/rename" => self.rename(read(params)?),
            "textDocument/codeAction" => self.actions(&read(params)?),
            _ => Err(error(ErrorCodes::MethodNotFound, format!("`{}` is not known here", visible(method)))),
        }
    }

    /// Takes note of something.
    pub(super) fn notice(&mut self, method: &str, params: Value) -> Result<(), Error> {
        if !self.initialized || self.shut_down {
            return Ok(());
        }
        match method {
            "initialized" => self.watch(),
            "textDocument/didOpen" => self.open(read(params)?),
            "textDocument/didChange" => self.change(read(params)?)?,
            "textDocument/didClose" => self.close(&read(params)?),
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                let roots: Vec<PathBuf> = self.projects.keys().cloned().collect();
                roots.iter().for_each(|root| self.touch(root));
            }
            // whatever else an editor tells is of no concern here
            _ => {}
        }
        Ok(())
    }

    fn initialize(&mut self, params: &Value) -> Value {
        let able = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let is = |path: &str| able(path).and_then(Value::as_bool).unwrap_or(false);
        let known = |name: &str| {
            let list = able("general/positionEncodings").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| one == name))
        };
        let (units, encoding) = if known("utf-8") { (Units::Utf8, "utf-8") } else { (Units::Utf16, "utf-16") };
        self.abilities = Abilities {
            units,
            snippets: is("textDocument/completion/completionItem/snippetSupport"),
            versioned_edits: is("workspace/workspaceEdit/documentChanges"),
            related: is("textDocument/publishDiagnostics/relatedInformation"),
            watching: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
        };
        let folders = params.get("workspaceFolders").and_then(Value::as_array);
        let folders = folders.into_iter().flatten().filter_map(|folder| folder.get("uri")).chain(params.get("rootUri"));
        let folders: Vec<PathBuf> = folders.filter_map(|uri| path_of(&Uri(uri.as_str()?.to_owned()))).collect();
        for folder in self.only.clone().into_iter().chain(folders) {
            if let Some(root) = self.root_of(&folder.join(project::FILE)) {
                self.touch(&root);
            }
        }
        json!({
            "capabilities": {
                "positionEncoding": encoding,
                "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
                "completionProvider": { "triggerCharacters": ["\"", "[", ".", "=", "{", ","] },
                "hoverProvider": true,
                "definitionProvider": true,
                "referencesProvider": true,
                "documentSymbolProvider": true,
                "workspaceSymbolProvider": true,
                "renameProvider": { "prepareProvider": true },
                "codeActionProvider": { "codeActionKinds": ["quickfix"] },
            },
            "serverInfo": { "name": "factbrief", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    /// Asks the editor to tell of changes on disk.
    fn watch(&self) {
        if !self.abilities.watching {
            return;
        }
        let watchers: Vec<Value> =
            ["**/*.toml", "**/*.lock"].iter().map(|glob| json!({ "globPattern": glob })).collect();
        let registration = json!({
            "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": { "watchers": watchers },
        });
        // an editor that is gone is noticed when it is read from
        let _ = wire::write(&json!({
            "jsonrpc": "2.0", "id": "watch", "method": "client/registerCapability",
            "params": { "registrations": [registration] },
        }));
    }

    /// The project that a file belongs to.
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        if let Some(only) = &self.only {
            return path.starts_with(only).then(|| only.clone());
        }
        path.ancestors().skip(1).find(|folder| folder.join(project::FILE).is_file()).map(Path::to_path_buf)
    }

    /// The name of a file in a project, with `/` between folders.
    fn name_in(root: &Path, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(root).ok()?;
        let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }

    /// A project has changed.
    fn touch(&mut self, root: &Path) {
        self.state += 1;
        let project = self.projects.entry(root.to_owned()).or_insert_with(|| Project {
            state: 0,
            changed: true,
            pages: Pages::default(),
            texts: BTreeMap::new(),
            workspace: None,
            archive: Archive::Absent,
            findings: Vec::new(),
            composing: Vec::new(),
            kinds: Vec::new(),
            languages: Vec::new(),
            shown: BTreeSet::new(),
        });
        project.state = self.state;
        project.changed = true;
    }

    fn put(&mut self, path: PathBuf, uri: Uri, version: i32, raw: String) {
        let root = self.root_of(&path);
        let name = root.as_ref().and_then(|root| Self::name_in(root, &path));
        let name = name.unwrap_or_else(|| path.display().to_string());
        // a text from an editor is Unicode, so the gate has nothing to refuse
        let Ok(file) = admit(raw.clone().into_bytes(), &name) else { return };
        if let Some(root) = root {
            self.touch(&root);
            if let Some(project) = self.projects.get_mut(&root) {
                project.pages.put(&file);
            }
        }
        self.documents.insert(path, Document { uri, version, raw, file });
    }

    fn open(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let document = params.text_document;
        if let Some(path) = path_of(&document.uri) {
            self.put(path, document.uri, document.version, document.text);
        }
    }

    fn change(&mut self, params: lsp::DidChangeTextDocumentParams) -> Result<(), Error> {
        let uri = params.text_document.text_document_identifier.uri;
        let path = path_of(&uri).filter(|path| self.documents.contains_key(path));
        let Some((path, document)) = path.and_then(|path| self.documents.remove_entry(&path)) else {
            return Err(error(ErrorCodes::InvalidParams, "a change to a text that is not open"));
        };
        let mut raw = document.raw;
        for change in params.content_changes {
            match change {
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => raw = whole.text,
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::of(&raw, self.abilities.units);
                    let start = lines.byte(spot(part.range.start));
                    let end = lines.byte(spot(part.range.end)).max(start);
                    raw.replace_range(start..end, &part.text);
                }
            }
        }
        self.put(path, document.uri, params.text_document.version, raw);
        Ok(())
    }

    fn close(&mut self, params: &lsp::DidCloseTextDocumentParams) {
        let Some(path) = path_of(&params.text_document.uri) else { return };
        if self.documents.remove(&path).is_some()
            && let Some(root) = self.root_of(&path)
        {
            self.touch(&root);
        }
    }

    /// Takes what a check found, and shows it, unless something has changed since.
    pub(super) fn checked(&mut self, checked: Checked) -> std::io::Result<()> {
        let Some(project) = self.projects.get_mut(&checked.root) else { return Ok(()) };
        // texts that are open are newer than those that were checked
        let open = self.documents.iter().filter(|(path, _)| path.starts_with(&checked.root));
        let mut texts = checked.texts;
        texts.extend(
            open.filter(|(_, d)| Role::of(d.file.name()).is_some())
                .map(|(_, d)| (d.file.name().to_owned(), Arc::clone(&d.file))),
        );
        project.pages.set(&texts);
        project.texts = texts;
        project.kinds = checked.kinds;
        project.languages = checked.languages;
        if let Some(archive) = checked.archive {
            project.archive = archive;
        }
        if checked.workspace.is_some() {
            project.workspace = checked.workspace;
        }
        if project.state != checked.state {
            return Ok(());
        }
        project.findings = checked.findings;
        self.show(&checked.root)
    }

    /// Takes what was found while briefings were composed, and shows it, unless something has changed since.
    pub(super) fn composed(&mut self, composed: Composed) -> std::io::Result<()> {
        match self.projects.get_mut(&composed.root) {
            Some(project) if project.state == composed.state => {
                // mostly there is nothing, as before
                if project.composing.is_empty() && composed.findings.is_empty() {
                    return Ok(());
                }
                project.composing = composed.findings;
                self.show(&composed.root)
            }
            _ => Ok(()),
        }
    }

    fn show(&mut self, root: &Path) -> std::io::Result<()> {
        let Some(project) = self.projects.get(root) else { return Ok(()) };
        let mut by_file: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut lines = Cache::new(self);
        for finding in project.findings() {
            for (file, shown) in self.diagnostics(root, project, finding, &mut lines) {
                by_file.entry(file).or_default().push(shown);
            }
        }
        let mut messages = Vec::new();
        let now: BTreeSet<String> = by_file.keys().cloned().collect();
        // a text that is open is told of in any case: that nothing is wrong with it, too
        let open = self.documents.iter().filter(|(path, _)| path.starts_with(root));
        let open = open.map(|(_, document)| document.file.name().to_owned()).filter(|name| Role::of(name).is_some());
        let all: BTreeSet<String> = project.shown.union(&now).cloned().chain(open).collect();
        for name in &all {
            let path = root.join(name);
            let document = self.documents.get(&path);
            let Some(uri) = document.map(|d| d.uri.clone()).or_else(|| uri_of(&path)) else { continue };
            let mut params = json!({ "uri": uri, "diagnostics": by_file.remove(name).unwrap_or_default() });
            if let Some(document) = document {
                params["version"] = json!(document.version);
            }
            messages.push(wire::notice("textDocument/publishDiagnostics", &params));
        }
        if let Some(project) = self.projects.get_mut(root) {
            project.shown = now;
        }
        messages.iter().try_for_each(wire::write)
    }

    /// A finding as editors show it: once for each place to change.
    fn diagnostics(
        &self,
        root: &Path,
        project: &Project,
        finding: &Diagnostic,
        lines: &mut Cache<'_>,
    ) -> Vec<(String, Value)> {
        let here =
            |label: &&Label| Role::of(label.file.name()).is_some() || project.texts.contains_key(label.file.name());
        let places: Vec<&Label> = finding.labels.iter().filter(here).collect();
        // what is wrong with a record is one finding, with a place for each fault
        let each = matches!(finding.code, "schema" | "reference");
        let primary: Vec<&Label> = if each { places.clone() } else { places.first().copied().into_iter().collect() };
        let severity = if finding.level.fails() { 1 } else { 2 };
        let base = |message: String, range: Value| json!({ "range": range, "severity": severity, "code": finding.code, "source": "factbrief", "message": message });
        let nowhere = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
        if primary.is_empty() {
            return vec![(project::FILE.to_owned(), base(message(finding, ""), nowhere))];
        }
        primary
            .iter()
            .map(|label| {
                let name = label.file.name();
                let mut shown = base(message(finding, &label.text), lines.range(root, &label.file, &label.span));
                if self.abilities.related {
                    let others = finding.labels.iter().filter(|other| !std::ptr::eq(*other, *label));
                    let related: Vec<Value> = others
                        .filter_map(|other| {
                            let location = self.location(root, project, other, lines)?;
                            Some(json!({ "location": location, "message": visible(&other.text) }))
                        })
                        .collect();
                    if !related.is_empty() {
                        shown["relatedInformation"] = json!(related);
                    }
                }
                (name.to_owned(), shown)
            })
            .collect()
    }

    /// Where a label stands, in a file of the project or an article of its archive.
    fn location(&self, root: &Path, project: &Project, label: &Label, lines: &mut Cache<'_>) -> Option<Value> {
        let name = label.file.name();
        let uri = if project.texts.contains_key(name) {
            self.uri(&root.join(name))?
        } else {
            Self::article_uri(&project.archive, name)?
        };
        Some(json!({ "uri": uri, "range": lines.range(root, &label.file, &label.span) }))
    }

    fn uri(&self, path: &Path) -> Option<Uri> {
        self.documents.get(path).map(|document| document.uri.clone()).or_else(|| uri_of(path))
    }

    fn article_uri(archive: &Archive, name: &str) -> Option<Uri> {
        let Archive::Folder(folder) = archive else { return None };
        factbrief::load::archive::check_name(name).ok()?;
        uri_of(&std::path::absolute(folder.join(name)).ok()?)
    }

    /// The file that is spoken of, with its project.
    fn subject(&self, uri: &Uri) -> Option<(&Path, &Project, &Page)> {
        let path = path_of(uri)?;
        let root = self.root_of(&path)?;
        let (root, project) = self.projects.get_key_value(&root)?;
        let page = project.pages.get(&Self::name_in(root, &path)?)?;
        Some((root, project, page))
    }

    fn desk<'a>(project: &'a Project, nothing: &'a Nothing) -> Desk<'a> {
        let workspace = project.workspace.as_ref();
        Desk {
            pages: &project.pages,
            dossiers: workspace.map_or(&nothing.dossiers, |w| &w.dossiers),
            locks: workspace.map_or(&nothing.locks, |w| &w.locks),
            texts: &project.texts,
            archive: &project.archive,
            kinds: &project.kinds,
            languages: &project.languages,
        }
    }

    /// The byte of a place in a file.
    fn byte(&self, root: &Path, page: &Page, position: lsp::Position) -> usize {
        Cache::new(self).byte(root, &page.file, position)
    }

    fn completion(&self, params: lsp::CompletionParams) -> Answer {
        let place = params.text_document_position_params;
        let Some((root, project, page)) = self.subject(&place.text_document.uri) else { return Ok(Value::Null) };
        let offset = self.byte(root, page, place.position);
        let nothing = Nothing::default();
        let mut lines = Cache::new(self);
        let mut items = Vec::new();
        for offer in complete(&Self::desk(project, &nothing), page, offset) {
            let kind = match offer.sort {
                Sort::Key => lsp::CompletionItemKind::Property,
                Sort::Kind => lsp::CompletionItemKind::Struct,
                Sort::Record => lsp::CompletionItemKind::Reference,
                Sort::Word => lsp::CompletionItemKind::EnumMember,
                Sort::File => lsp::CompletionItemKind::File,
                Sort::Reference => lsp::CompletionItemKind::Function,
            };
            let range: lsp::Range = read(lines.range(root, &page.file, &offer.at))?;
            let cursor = offer.cursor.filter(|_| self.abilities.snippets);
            let (text, format) = match cursor {
                Some(cursor) => {
                    let (before, after) = offer.text.split_at(cursor);
                    (format!("{}$0{}", snippet(before), snippet(after)), lsp::InsertTextFormat::Snippet)
                }
                None => (offer.text.clone(), lsp::InsertTextFormat::PlainText),
            };
            let documentation = (!offer.about.is_empty()).then(|| {
                lsp::Documentation::MarkupContent(lsp::MarkupContent {
                    kind: lsp::MarkupKind::Markdown,
                    value: offer.about.clone(),
                })
            });
            items.push(lsp::CompletionItem {
                label: offer.label.clone(),
                kind: Some(kind),
                detail: (!offer.detail.is_empty()).then(|| offer.detail.clone()),
                documentation,
                sort_text: Some(format!("{:05}", offer.rank)),
                filter_text: Some(offer.label.clone()),
                insert_text_format: Some(format),
                text_edit: Some(lsp::TextEdit { range, new_text: text }.into()),
                ..lsp::CompletionItem::default()
            });
        }
        written(json!({ "isIncomplete": false, "items": items }))
    }

    fn hover(&self, params: lsp::HoverParams) -> Answer {
        let place = params.text_document_position_params;
        let Some((root, project, page)) = self.subject(&place.text_document.uri) else { return Ok(Value::Null) };
        let offset = self.byte(root, page, place.position);
        let nothing = Nothing::default();
        Ok(match hover(&Self::desk(project, &nothing), page, offset) {
            Some(said) => json!({
                "contents": { "kind": "markdown", "value": said.markdown },
                "range": Cache::new(self).range(root, &page.file, &said.at),
            }),
            None => Value::Null,
        })
    }

    fn definition(&self, params: lsp::DefinitionParams) -> Answer {
        let place = params.text_document_position_params;
        let Some((root, project, page)) = self.subject(&place.text_document.uri) else { return Ok(Value::Null) };
        let offset = self.byte(root, page, place.position);
        let nothing = Nothing::default();
        let mut lines = Cache::new(self);
        let targets = links::definition(&Self::desk(project, &nothing), page, offset);
        let found: Vec<Value> = targets
            .iter()
            .filter_map(|target| {
                let (uri, file, at) = match target {
                    Target::Here(file, at) => (self.uri(&root.join(file.name()))?, file, at),
                    Target::Article(file, at) => (Self::article_uri(&project.archive, file.name())?, file, at),
                };
                Some(json!({ "uri": uri, "range": lines.range(root, file, at) }))
            })
            .collect();
        Ok(json!(found))
    }

    fn references(&self, params: lsp::ReferenceParams) -> Answer {
        let place = params.text_document_position_params;
        let Some((root, project, page)) = self.subject(&place.text_document.uri) else { return Ok(Value::Null) };
        let offset = self.byte(root, page, place.position);
        let nothing = Nothing::default();
        let desk = Self::desk(project, &nothing);
        let mut lines = Cache::new(self);
        let found = links::references(&desk, page, offset, params.context.include_declaration);
        let found = found.iter().filter_map(|(file, at)| {
            Some(json!({ "uri": self.uri(&root.join(file.name()))?, "range": lines.range(root, file, at) }))
        });
        Ok(found.collect())
    }

    fn symbols(&self, params: &lsp::DocumentSymbolParams) -> Answer {
        let Some((root, _, page)) = self.subject(&params.text_document.uri) else { return Ok(Value::Null) };
        let mut lines = Cache::new(self);
        let symbols = page.records.iter().filter_map(|record| {
            let head = record.heads.first()?;
            let whole = record.span.start.min(head.start)..record.span.end.max(head.end);
            Some(json!({
                "name": record.id, "detail": format!("{}: {}", record.kind, visible(&record.title)), "kind": symbol(&record.kind),
                "range": lines.range(root, &page.file, &whole), "selectionRange": lines.range(root, &page.file, head),
            }))
        });
        Ok(symbols.collect())
    }

    fn all_symbols(&self, params: &lsp::WorkspaceSymbolParams) -> Answer {
        let wanted = params.query.to_lowercase();
        let mut lines = Cache::new(self);
        let mut found: Vec<Value> = Vec::new();
        for (root, project) in &self.projects {
            for page in project.pages.iter() {
                let Some(uri) = self.uri(&root.join(page.file.name())) else { continue };
                for record in &page.records {
                    let fits = record.id.contains(&wanted) || record.title.to_lowercase().contains(&wanted);
                    let Some(head) = record.heads.first().filter(|_| fits) else { continue };
                    found.push(json!({
                        "name": record.id, "kind": symbol(&record.kind), "containerName": record.kind,
                        "location": { "uri": uri, "range": lines.range(root, &page.file, head) },
                    }));
                }
            }
        }
        Ok(json!(found))
    }

    fn prepare_rename(&self, params: lsp::PrepareRenameParams) -> Answer {
        let place = params.text_document_position_params;
        let Some((root, project, page)) = self.subject(&place.text_document.uri) else { return Ok(Value::Null) };
        let offset = self.byte(root, page, place.position);
        let nothing = Nothing::default();
        match links::renamable(&Self::desk(project, &nothing), page, offset) {
            Ok((at, id)) => Ok(json!({ "range": Cache::new(self).range(root, &page.file, &at), "placeholder": id })),
            Err(why) => Err(error(ErrorCodes::Custom(lsp::LspErrorCodes::RequestFailed.into()), why)),
        }
    }

    fn rename(&self, params: lsp::RenameParams) -> Answer {
        let place = params.text_document_position_params;
        let Some((root, project, page)) = self.subject(&place.text_document.uri) else { return Ok(Value::Null) };
        let offset = self.byte(root, page, place.position);
        let nothing = Nothing::default();
        match links::rename(&Self::desk(project, &nothing), page, offset, &params.new_name) {
            Ok(edits) => Ok(self.edit(root, &edits)),
            Err(why) => Err(error(ErrorCodes::Custom(lsp::LspErrorCodes::RequestFailed.into()), why)),
        }
    }

    /// Changes as an editor carries them out.
    fn edit(&self, root: &Path, edits: &[Edit]) -> Value {
        let mut lines = Cache::new(self);
        let mut by_file: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for edit in edits {
            let range = lines.range(root, &edit.file, &edit.span);
            by_file.entry(edit.file.name()).or_default().push(json!({ "range": range, "newText": edit.text }));
        }
        if self.abilities.versioned_edits {
            let changes = by_file.into_iter().filter_map(|(name, edits)| {
                let path = root.join(name);
                let version = self.documents.get(&path).map(|document| document.version);
                Some(json!({ "textDocument": { "uri": self.uri(&path)?, "version": version }, "edits": edits }))
            });
            return json!({ "documentChanges": changes.collect::<Vec<_>>() });
        }
        let changes =
            by_file.into_iter().filter_map(|(name, edits)| Some((self.uri(&root.join(name))?.0, json!(edits))));
        json!({ "changes": changes.collect::<serde_json::Map<_, _>>() })
    }

    fn actions(&self, params: &lsp::CodeActionParams) -> Answer {
        let quick =
            |kind: &lsp::CodeActionKind| matches!(kind, lsp::CodeActionKind::QuickFix | lsp::CodeActionKind::Empty);
        if params.context.only.as_ref().is_some_and(|only| !only.iter().any(quick)) {
            return Ok(json!([]));
        }
        let Some((root, project, page)) = self.subject(&params.text_document.uri) else { return Ok(Value::Null) };
        let mut lines = Cache::new(self);
        let wanted = lines.byte(root, &page.file, params.range.start)..lines.byte(root, &page.file, params.range.end);
        let meets = |at: &Range<usize>| at.start <= wanted.end && wanted.start <= at.end;
        // a remedy is for the text that was checked
        let current = |edit: &Edit| project.pages.get(edit.file.name()).is_some_and(|page| *page.file == *edit.file);
        let mut found: Vec<Value> = Vec::new();
        for finding in project.findings() {
            let own: Vec<&Label> =
                finding.labels.iter().filter(|label| label.file.name() == page.file.name()).collect();
            if !own.iter().any(|label| *label.file == *page.file && meets(&label.span)) {
                continue;
            }
            let several = matches!(finding.code, "schema" | "reference") && own.len() > 1;
            let shown: Vec<Value> = self
                .diagnostics(root, project, finding, &mut lines)
                .into_iter()
                .filter(|(name, _)| name == page.file.name())
                .map(|(_, shown)| shown)
                .collect();
            let fixes = remedies(page, finding);
            let only = fixes.len() == 1;
            for fix in fixes {
                let near = |edit: &Edit| {
                    let place =
                        own.iter().find(|label| label.span.start <= edit.span.end && edit.span.start <= label.span.end);
                    place.is_none_or(|label| meets(&label.span))
                };
                if !fix.edits.iter().all(current) || several && !fix.edits.iter().any(near) {
                    continue;
                }
                found.push(json!({
                    "title": visible(&fix.title), "kind": "quickfix", "diagnostics": shown,
                    "isPreferred": fix.safe || only, "edit": self.edit(root, &fix.edits),
                }));
            }
        }
        Ok(json!(found))
    }
}

/// What is known of a project that never could be loaded.
#[derive(Default)]
struct Nothing {
    dossiers: BTreeMap<String, factbrief::facts::dossier::Dossier>,
    locks: BTreeMap<String, factbrief::load::lock::Lock>,
}

/// Places in texts as the editor counts them; the lines of a text are counted once.
struct Cache<'s> {
    session: &'s Session,
    marked: BTreeMap<String, bool>,
    starts: Vec<(Arc<TextFile>, Vec<usize>)>,
}

impl<'s> Cache<'s> {
    fn new(session: &'s Session) -> Self {
        Self { session, marked: BTreeMap::new(), starts: Vec::new() }
    }

    /// Whether the editor's text has a byte order mark, which is no part of the text that is checked.
    fn is_marked(&mut self, root: &Path, file: &TextFile) -> bool {
        let documents = &self.session.documents;
        let look =
            || documents.get(&root.join(file.name())).is_some_and(|document| document.raw.starts_with('\u{feff}'));
        *self.marked.entry(file.name().to_owned()).or_insert_with(look)
    }

    /// Where the lines of a text begin.
    fn starts(&mut self, file: &Arc<TextFile>) -> &[usize] {
        let known = self.starts.iter().position(|(known, _)| Arc::ptr_eq(known, file));
        let known = known.unwrap_or_else(|| {
            self.starts.push((Arc::clone(file), position::starts(file.text())));
            self.starts.len() - 1
        });
        self.starts.get(known).map_or(&[], |(_, starts)| starts.as_slice())
    }

    fn mark(&self) -> u32 {
        match self.session.abilities.units {
            Units::Utf8 => 3,
            Units::Utf16 | Units::Utf32 => 1,
        }
    }

    fn range(&mut self, root: &Path, file: &Arc<TextFile>, span: &Range<usize>) -> Value {
        let more = if self.is_marked(root, file) { self.mark() } else { 0 };
        let units = self.session.abilities.units;
        let lines = Lines::with(file.text(), self.starts(file), units);
        let at = |offset: usize| {
            let spot = lines.spot(offset);
            let more = if spot.line == 0 { more } else { 0 };
            json!({ "line": spot.line, "character": spot.column + more })
        };
        json!({ "start": at(span.start), "end": at(span.end) })
    }

    fn byte(&mut self, root: &Path, file: &Arc<TextFile>, position: lsp::Position) -> usize {
        let marked = self.is_marked(root, file);
        let mut spot = spot(position);
        if marked && spot.line == 0 {
            spot.column = spot.column.saturating_sub(self.mark());
        }
        let units = self.session.abilities.units;
        Lines::with(file.text(), self.starts(file), units).byte(spot)
    }
}

fn spot(position: lsp::Position) -> Spot {
    Spot { line: position.line, column: position.character }
}

/// A text in a snippet, where some characters have a meaning.
fn snippet(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

/// A finding in words, for one of its places.
fn message(finding: &Diagnostic, place: &str) -> String {
    let mut text = visible(&finding.title);
    if !place.is_empty() {
        text.push_str(": ");
        text.push_str(&visible(place));
    }
    for note in &finding.notes {
        text.push_str("\nnote: ");
        text.push_str(&visible(note));
    }
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(&visible(help));
    }
    text
}

/// A kind of record as the kinds of symbol that editors know.
fn symbol(kind: &str) -> u8 {
    match kind {
        "source" => 1,
        "actor" => 5,
        "place" => 3,
        "event" => 24,
        "claim" => 16,
        "position" | "background" => 15,
        "category" | "measure" => 10,
        _ => 19,
    }
}
