//! An editor, as far as a test needs one: it speaks the protocol over the streams of a real process.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::scratch::Scratch;

/// In what the columns of a session are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
}

impl Encoding {
    /// The units of a text, counted without the program's help.
    fn units(self, text: &str) -> u64 {
        match self {
            Self::Utf8 => text.len() as u64,
            Self::Utf16 => text.encode_utf16().count() as u64,
        }
    }

    /// The byte of a place in a text.
    pub(crate) fn byte(self, text: &str, place: &Value) -> usize {
        let (line, column) = (place["line"].as_u64().unwrap(), place["character"].as_u64().unwrap());
        let start: usize = text.split_inclusive('\n').take(line as usize).map(str::len).sum();
        let tail = &text[start..];
        let mut at = 0;
        while self.units(&tail[..at]) < column {
            at += tail[at..].chars().next().unwrap_or_else(|| panic!("{place} lies past the end")).len_utf8();
        }
        assert_eq!(self.units(&tail[..at]), column, "{place} lies inside a character");
        start + at
    }

    /// The part of a text that a range covers.
    pub(crate) fn part<'t>(self, text: &'t str, range: &Value) -> &'t str {
        &text[self.byte(text, &range["start"])..self.byte(text, &range["end"])]
    }

    /// The place of a byte.
    pub(crate) fn place(self, text: &str, byte: usize) -> Value {
        let start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        json!({ "line": text[..byte].matches('\n').count(), "character": self.units(&text[start..byte]) })
    }

    /// A text with edits carried out, as an editor does.
    pub(crate) fn edited(self, text: &str, edits: &[Value]) -> String {
        let mut edits: Vec<(usize, usize, &str)> = edits
            .iter()
            .map(|e| {
                let at = |side: &str| self.byte(text, &e["range"][side]);
                (at("start"), at("end"), e["newText"].as_str().unwrap())
            })
            .collect();
        edits.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
        let mut text = text.to_owned();
        let mut before = usize::MAX;
        for (start, end, new) in edits {
            assert!(end <= before, "edits overlap");
            text.replace_range(start..end, new);
            before = start;
        }
        text
    }
}

pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    root: PathBuf,
    next: i64,
    pub(crate) encoding: Encoding,
    /// The open texts with their versions, by name.
    pub(crate) open: BTreeMap<String, (i64, String)>,
    /// The findings last told of, with the version they were told of.
    told: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    /// What was said, in short.
    pub(crate) transcript: String,
}

impl Client {
    /// A session in a project, with the capabilities of a full editor.
    pub(crate) fn start(scratch: &Scratch, encoding: Encoding, arguments: &[&str]) -> Self {
        let mut client = Self::spawn(scratch, encoding, arguments);
        let encodings = match encoding {
            Encoding::Utf8 => json!(["utf-16", "utf-8"]),
            Encoding::Utf16 => json!(["utf-16"]),
        };
        let answer = client
            .request(
                "initialize",
                json!({
                    "processId": null,
                    "rootUri": client.uri(""),
                    "capabilities": {
                        "general": { "positionEncodings": encodings },
                        "workspace": { "workspaceEdit": { "documentChanges": true } },
                        "textDocument": {
                            "completion": { "completionItem": { "snippetSupport": true } },
                            "publishDiagnostics": { "relatedInformation": true },
                        },
                    },
                }),
            )
            .unwrap();
        let agreed = if encoding == Encoding::Utf8 { "utf-8" } else { "utf-16" };
        assert_eq!(answer["capabilities"]["positionEncoding"], agreed);
        client.notify("initialized", json!({}));
        client
    }

    /// The process, with nothing said to it yet.
    pub(crate) fn spawn(scratch: &Scratch, encoding: Encoding, arguments: &[&str]) -> Self {
        let mut command = scratch.command(&[&["lsp"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            loop {
                let mut length = None;
                loop {
                    let mut line = String::new();
                    if output.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    if line == "\r\n" {
                        break;
                    }
                    length = line.strip_prefix("Content-Length: ").map(|n| n.trim().parse::<usize>().unwrap());
                    assert!(length.is_some(), "nothing but messages on standard output: {line:?}");
                }
                let mut body = vec![0; length.unwrap()];
                output.read_exact(&mut body).unwrap();
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self {
            child,
            input,
            messages,
            root: scratch.path().to_owned(),
            next: 0,
            encoding,
            open: BTreeMap::new(),
            told: BTreeMap::new(),
            transcript: String::new(),
        }
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        let path = if name.is_empty() { self.root.clone() } else { self.root.join(name) };
        format!("file://{}", path.display())
    }

    fn name(&self, uri: &str) -> String {
        uri.strip_prefix(&format!("file://{}/", self.root.display())).unwrap_or(uri).to_owned()
    }

    /// Bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The next message; of findings, nothing: they are kept.
    fn receive(&mut self) -> Value {
        let message = self.messages.recv_timeout(Duration::from_secs(60)).expect("the server says something");
        if message["method"] != "textDocument/publishDiagnostics" {
            return message;
        }
        let params = &message["params"];
        let name = self.name(params["uri"].as_str().unwrap());
        let list = params["diagnostics"].as_array().unwrap().clone();
        self.told.insert(name, (params["version"].as_i64(), list));
        Value::Null
    }

    /// The next message that is no finding.
    pub(crate) fn answer(&mut self) -> Value {
        loop {
            let message = self.receive();
            if !message.is_null() {
                return message;
            }
        }
    }

    pub(crate) fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    pub(crate) fn open(&mut self, name: &str, text: &str) {
        self.open.insert(name.to_owned(), (1, text.to_owned()));
        let document = json!({ "uri": self.uri(name), "languageId": "toml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the first `from` in an open text, as somebody types it.
    #[track_caller]
    pub(crate) fn edit(&mut self, name: &str, from: &str, to: &str) {
        let (_, text) = self.open[name].clone();
        let start = text.find(from).unwrap_or_else(|| panic!("{name} has no {from:?}"));
        let range = json!({
            "start": self.encoding.place(&text, start), "end": self.encoding.place(&text, start + from.len()),
        });
        self.change(name, &[json!({ "range": range, "newText": to })]);
        let _ = writeln!(self.transcript, "\ntype    {name}: {from:?} becomes {to:?}");
    }

    /// Carries out edits in an open text.
    pub(crate) fn change(&mut self, name: &str, edits: &[Value]) {
        let (version, text) = self.open[name].clone();
        let new = self.encoding.edited(&text, edits);
        let mut sorted = edits.to_vec();
        // changes are carried out one after the other: the last in the text first
        sorted.sort_by_key(|e| std::cmp::Reverse(self.encoding.byte(&text, &e["range"]["start"])));
        let changes: Vec<Value> = sorted.iter().map(|e| json!({ "range": e["range"], "text": e["newText"] })).collect();
        self.open.insert(name.to_owned(), (version + 1, new));
        let document = json!({ "uri": self.uri(name), "version": version + 1 });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The findings in an open text as it stands now.
    pub(crate) fn findings(&mut self, name: &str) -> Vec<Value> {
        let version = self.open[name].0;
        while self.told.get(name).is_none_or(|(told, _)| *told != Some(version)) {
            self.receive();
        }
        let list = self.told[name].1.clone();
        let text = &self.open[name].1;
        if list.is_empty() {
            let _ = writeln!(self.transcript, "finding none in {name}");
        }
        for finding in &list {
            let first = finding["message"].as_str().unwrap().lines().next().unwrap();
            let _ = writeln!(
                self.transcript,
                "finding {name}:{}:{} [{}] at {:?}: {first}",
                finding["range"]["start"]["line"],
                finding["range"]["start"]["character"],
                finding["code"].as_str().unwrap(),
                self.encoding.part(text, &finding["range"]),
            );
            for other in finding["relatedInformation"].as_array().into_iter().flatten() {
                let place = &other["location"];
                let uri = self.name(place["uri"].as_str().unwrap());
                let line = &place["range"]["start"]["line"];
                let _ = writeln!(self.transcript, "        {uri}:{line}: {}", other["message"].as_str().unwrap());
            }
        }
        list
    }

    /// The findings in an open text as it stands now, once they are as they should be.
    pub(crate) fn until(&mut self, name: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let version = self.open[name].0;
        while !self.told.get(name).is_some_and(|(told, list)| *told == Some(version) && wanted(list)) {
            self.receive();
        }
        self.findings(name)
    }

    /// The findings told of a file that is not open.
    pub(crate) fn elsewhere(&mut self, name: &str) -> Vec<Value> {
        while !self.told.contains_key(name) {
            self.receive();
        }
        self.told[name].1.clone()
    }

    /// Forgets what was told of a file, so that the next word about it is waited for.
    pub(crate) fn forget(&mut self, name: &str) {
        self.told.remove(name);
    }

    /// The parameters of a question about the middle of the first `at` in an open text, or about the `|` in it.
    #[track_caller]
    pub(crate) fn about(&mut self, name: &str, at: &str) -> Value {
        let text = &self.open[name].1;
        let (needle, into) = match at.find('|') {
            Some(bar) => (at.replacen('|', "", 1), bar),
            None => (at.to_owned(), at.len() / 2),
        };
        let start = text.find(&needle).unwrap_or_else(|| panic!("{name} has no {needle:?}"));
        let place = self.encoding.place(text, start + into);
        json!({ "textDocument": { "uri": self.uri(name) }, "position": place })
    }

    /// Asks about a place, and notes the answer in short.
    #[track_caller]
    pub(crate) fn ask(&mut self, what: &str, name: &str, at: &str, more: Value) -> Result<Value, Value> {
        let mut params = self.about(name, at);
        for (key, value) in more.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        let _ = writeln!(self.transcript, "\nask     {what} in {name} at {at:?}{}", short(&more));
        let answer = self.request(&format!("textDocument/{what}"), params);
        match &answer {
            Ok(answer) => self.note(answer),
            Err(error) => {
                let _ = writeln!(self.transcript, "refused {}", error["message"].as_str().unwrap());
            }
        }
        answer
    }

    fn note(&mut self, answer: &Value) {
        let mut out = String::new();
        let list = answer.as_array().cloned().unwrap_or_default();
        if let Some(items) = answer.get("items").and_then(Value::as_array) {
            for item in items.iter().take(14) {
                let detail = item["detail"].as_str().map(|d| format!("  ({d})")).unwrap_or_default();
                let text = item["textEdit"]["newText"].as_str().unwrap();
                let _ = writeln!(out, "offer   {}{detail}  → {text}", item["label"].as_str().unwrap());
            }
            if items.len() > 14 {
                let _ = writeln!(out, "offer   … and {} more", items.len() - 14);
            }
        } else if let Some(text) = answer["contents"]["value"].as_str() {
            text.lines().filter(|l| !l.is_empty()).for_each(|line| {
                let _ = writeln!(out, "say     {line}");
            });
        } else if let Some(changes) = answer.get("documentChanges").and_then(Value::as_array) {
            for change in changes {
                let name = self.name(change["textDocument"]["uri"].as_str().unwrap());
                let edits = change["edits"].as_array().unwrap();
                let _ = writeln!(out, "edit    {name}: {} places", edits.len());
            }
        } else if list.iter().any(|one| one.get("title").is_some()) {
            for action in &list {
                let _ = writeln!(out, "fix     {}", action["title"].as_str().unwrap());
            }
        } else if !list.is_empty() {
            for place in &list {
                let name = self.name(place["uri"].as_str().unwrap_or_default());
                let at = &place["range"]["start"];
                let _ = writeln!(out, "lead    {name}:{}:{}", at["line"], at["character"]);
            }
        } else if let Some(name) = answer["placeholder"].as_str() {
            let _ = writeln!(out, "say     {name}");
        } else {
            out.push_str("say     nothing\n");
        }
        self.transcript.push_str(&out);
    }

    /// Carries out an edit of several files: in open texts and on disk, which is where editors save them.
    pub(crate) fn carry_out(&mut self, edit: &Value) {
        for change in edit["documentChanges"].as_array().unwrap() {
            let name = self.name(change["textDocument"]["uri"].as_str().unwrap());
            let edits = change["edits"].as_array().unwrap();
            let path = self.root.join(&name);
            match self.open.get(&name) {
                Some((version, _)) => {
                    assert_eq!(change["textDocument"]["version"], json!(version));
                    self.change(&name, edits);
                    std::fs::write(path, &self.open[&name].1).unwrap();
                }
                None => {
                    assert!(change["textDocument"]["version"].is_null());
                    let text = std::fs::read_to_string(&path).unwrap();
                    std::fs::write(path, self.encoding.edited(&text, edits)).unwrap();
                }
            }
        }
    }

    /// Ends the session as editors do, and gives the exit code.
    pub(crate) fn end(mut self) -> i32 {
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        self.notify("exit", Value::Null);
        self.wait()
    }

    /// Closes the stream, and gives the exit code.
    pub(crate) fn hang_up(mut self) -> i32 {
        self.input = None;
        self.wait()
    }

    pub(crate) fn wait(&mut self) -> i32 {
        self.input = None;
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // a test that failed leaves its server behind
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn short(more: &Value) -> String {
    more.get("newName").map(|name| format!(", as {name}")).unwrap_or_default()
}

/// Every file below a folder with its bytes.
pub(crate) fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    found
}
