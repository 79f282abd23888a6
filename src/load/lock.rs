//! The evidence lock: what was verified, against which text.
//!
//! `evidence.lock` is written only by the program: TOML, sorted, one line a source and one line a quotation. It holds
//! hashes and places, never an article's words. With the archive at hand everything is proved afresh; without it a
//! record passes only if the lock holds a proof of exactly these words, these values and this article.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::document::basic_string;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::dossier::Books;
use crate::text::file::TextFile;
use crate::text::gate;

/// The name of the lock in a dossier's folder.
pub const FILE: &str = "evidence.lock";

const VERSION: u32 = 1;

/// What is held of a source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// SHA-256 of the archived bytes.
    pub sha256: String,
    /// Dates that no text proves, pinned: by key, as last accepted.
    #[serde(default)]
    pub pinned: BTreeMap<String, String>,
}

/// How a quotation was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// The article's bytes are the quotation's own.
    Exact,
    /// They are the same after folding typography.
    Folded,
}

/// The proof of one quotation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The id of its source.
    pub source: String,
    /// The line of the article it begins on, counted from one.
    pub line: usize,
    /// The bytes of the article it covers.
    pub bytes: [usize; 2],
    /// How it was found.
    #[serde(rename = "match")]
    pub matched: Match,
    /// Hash of the folded quotation.
    pub quote: String,
    /// What else was proved with it, by key; long texts by hash.
    #[serde(default)]
    pub proved: BTreeMap<String, String>,
}

/// What is held of an imported table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableEntry {
    /// SHA-256 of the table.
    pub sha256: String,
    /// SHA-256 of the mapping by which records are made of its rows.
    pub mapping: String,
    /// What became of each row.
    pub books: Books,
    /// Hash of the cells of each imported row, by its number.
    pub rows: BTreeMap<u32, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    sha256: String,
    mapping: String,
    read: usize,
    imported: usize,
    refused: usize,
    left_out: usize,
}

/// A dossier's lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// Sources by id.
    pub sources: BTreeMap<String, SourceEntry>,
    /// Dates of records that no text proves, pinned by record id.
    pub pinned: BTreeMap<String, String>,
    /// Proofs by record id and number of the citation, as `derna15-strikes#0`.
    pub proofs: BTreeMap<String, Arc<Proof>>,
    /// Imported tables by source id.
    pub tables: BTreeMap<String, TableEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: At<u32>,
    #[serde(default)]
    source: BTreeMap<String, SourceEntry>,
    #[serde(default)]
    pinned: BTreeMap<String, String>,
    #[serde(default)]
    proof: BTreeMap<String, Proof>,
    #[serde(default)]
    table: BTreeMap<String, RawTable>,
    #[serde(default)]
    row: BTreeMap<String, BTreeMap<String, String>>,
}

/// A long lock read in parts, on all processors: its proofs are lines of their own. None where that cannot be done, or
/// anything is wrong with it: then it is read as a whole, which tells what.
fn in_parts(text: &str) -> Option<Raw> {
    const HEAD: &str = "[proof]\n";
    let start = text.find(&format!("\n{HEAD}"))? + 1 + HEAD.len();
    let end = text[start..].find("\n[").map_or(text.len(), |at| start + at + 1);
    if end - start <= super::MUCH {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = text.get(start..end)?;
    while !rest.is_empty() {
        let enough = rest.as_bytes().iter().skip(super::MUCH).position(|byte| *byte == b'\n');
        let (part, more) = rest.split_at(enough.map_or(rest.len(), |at| super::MUCH + at + 1));
        parts.push(part);
        rest = more;
    }
    let parts: Option<Vec<BTreeMap<String, Proof>>> =
        parts.into_par_iter().map(|part| toml::from_str(part).ok()).collect();
    let others = [text.get(..start)?, text.get(end..)?].concat();
    let mut raw: Raw = toml::from_str(&others).ok().filter(|raw: &Raw| raw.proof.is_empty())?;
    for part in parts? {
        for (key, proof) in part {
            if raw.proof.insert(key, proof).is_some() {
                return None;
            }
        }
    }
    Some(raw)
}

/// The key of a citation's proof.
#[must_use]
pub fn key(id: &str, citation: usize) -> String {
    format!("{id}#{citation}")
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// Where it is not one: it is written by the program and mended by writing it anew.
    pub fn parse(file: &Arc<TextFile>) -> Result<Self, Box<Diagnostic>> {
        let wrong = |text: String, span| {
            Box::new(
                Diagnostic::new("lock-unreadable", "the evidence lock cannot be read")
                    .at(file, &span, text)
                    .help("delete it and run `factbrief check` with the archive at hand: it is written anew"),
            )
        };
        let raw: Raw = match in_parts(file.text()) {
            Some(raw) => raw,
            None => toml::from_str(file.text())
                .map_err(|error| wrong(gate::visible(error.message()), error.span().unwrap_or_default()))?,
        };
        if *raw.version != VERSION {
            return Err(wrong(
                format!("version {} is not known to this program", *raw.version),
                raw.version.span().clone(),
            ));
        }
        let mut rows = raw.row;
        let mut tables = BTreeMap::new();
        for (id, table) in raw.table {
            let RawTable { sha256, mapping, read, imported, refused, left_out } = table;
            let rows = rows.remove(&id).unwrap_or_default();
            let rows = rows.into_iter().filter_map(|(number, hash)| Some((number.parse().ok()?, hash))).collect();
            let books = Books { read, imported, refused, left_out };
            tables.insert(id, TableEntry { sha256, mapping, books, rows });
        }
        let proofs = raw.proof.into_iter().map(|(key, proof)| (key, Arc::new(proof))).collect();
        Ok(Self { sources: raw.source, pinned: raw.pinned, proofs, tables })
    }

    /// The lock with another id for one record, wherever it is named: all that was proved is as it was.
    #[must_use]
    pub fn renamed(&self, from: &str, to: &str) -> Self {
        let new = |id: &String| if id == from { to.to_owned() } else { id.clone() };
        let words = |text: &str| {
            let named = |word: &str| match word.strip_prefix(from) {
                Some("") => to.to_owned(),
                // an anchor, with its day
                Some(rest) if rest.starts_with('=') => format!("{to}{rest}"),
                _ => word.to_owned(),
            };
            text.split(' ').map(named).collect::<Vec<_>>().join(" ")
        };
        let proof = |(key, proof): (&String, &Arc<Proof>)| {
            let key = match key.strip_prefix(from) {
                Some(rest) if rest.starts_with('#') => format!("{to}{rest}"),
                _ => key.clone(),
            };
            let ids = |key: &str| matches!(key, "via" | "by" | "measure" | "who" | "dating");
            let proved = proof.proved.iter().map(|(k, v)| (k.clone(), if ids(k) { words(v) } else { v.clone() }));
            let proof = Proof { source: new(&proof.source), proved: proved.collect(), ..Proof::clone(proof) };
            (key, Arc::new(proof))
        };
        Self {
            sources: self.sources.iter().map(|(id, entry)| (new(id), entry.clone())).collect(),
            pinned: self.pinned.iter().map(|(id, date)| (new(id), date.clone())).collect(),
            proofs: self.proofs.iter().map(proof).collect(),
            tables: self.tables.iter().map(|(id, table)| (new(id), table.clone())).collect(),
        }
    }

    /// The lock as a file: sorted, one line an entry, always the same bytes for the same content.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = format!(
            "# Written by factbrief: what was verified, against which text. Not to be edited by hand.\nversion = {VERSION}\n"
        );
        let quoted = basic_string;
        let table = |map: &BTreeMap<String, String>| {
            let pairs: Vec<String> = map.iter().map(|(k, v)| format!("{k} = {}", quoted(v))).collect();
            format!("{{ {} }}", pairs.join(", "))
        };
        if !self.sources.is_empty() {
            out.push_str("\n[source]\n");
        }
        for (id, entry) in &self.sources {
            let pinned =
                if entry.pinned.is_empty() { String::new() } else { format!(", pinned = {}", table(&entry.pinned)) };
            let _ = writeln!(out, "{id} = {{ sha256 = {}{pinned} }}", quoted(&entry.sha256));
        }
        if !self.pinned.is_empty() {
            out.push_str("\n[pinned]\n");
        }
        for (id, value) in &self.pinned {
            let _ = writeln!(out, "{id} = {}", quoted(value));
        }
        if !self.proofs.is_empty() {
            out.push_str("\n[proof]\n");
        }
        for (key, proof) in &self.proofs {
            let matched = match proof.matched {
                Match::Exact => "exact",
                Match::Folded => "folded",
            };
            let proved =
                if proof.proved.is_empty() { String::new() } else { format!(", proved = {}", table(&proof.proved)) };
            let _ = writeln!(
                out,
                "{} = {{ source = {}, line = {}, bytes = [{}, {}], match = \"{matched}\", quote = {}{proved} }}",
                quoted(key),
                quoted(&proof.source),
                proof.line,
                proof.bytes[0],
                proof.bytes[1],
                quoted(&proof.quote),
            );
        }
        if !self.tables.is_empty() {
            out.push_str("\n[table]\n");
        }
        for (id, table) in &self.tables {
            let Books { read, imported, refused, left_out } = table.books;
            let _ = writeln!(
                out,
                "{id} = {{ sha256 = {}, mapping = {}, read = {read}, imported = {imported}, refused = {refused}, left_out = {left_out} }}",
                quoted(&table.sha256),
                quoted(&table.mapping),
            );
        }
        for (id, table) in self.tables.iter().filter(|(_, table)| !table.rows.is_empty()) {
            let _ = writeln!(out, "\n[row.{id}]");
            for (number, hash) in &table.rows {
                let _ = writeln!(out, "{number} = {}", quoted(hash));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn print_then_parse_gives_it_back() {
        let mut lock = Lock::default();
        lock.sources.insert(
            "nbc".to_owned(),
            SourceEntry { sha256: "ab".to_owned(), pinned: [("published".to_owned(), "2015-02-16".to_owned())].into() },
        );
        lock.pinned.insert("e".to_owned(), "2015".to_owned());
        lock.proofs.insert(
            key("claim-a", 0),
            Arc::new(Proof {
                source: "nbc".to_owned(),
                line: 3,
                bytes: [10, 20],
                matched: Match::Folded,
                quote: "00".to_owned(),
                proved: [("value".to_owned(), ">=\"29\"\\".to_owned())].into(),
            }),
        );
        lock.tables.insert(
            "ged".to_owned(),
            TableEntry {
                sha256: "cd".to_owned(),
                mapping: "ef".to_owned(),
                books: Books { read: 3, imported: 2, refused: 1, left_out: 0 },
                rows: [(2, "aa".to_owned()), (4, "bb".to_owned())].into(),
            },
        );
        let text = lock.print();
        assert_eq!(Lock::parse(&Arc::new(TextFile::new("l", text.clone()))).unwrap(), lock);
        assert_eq!(text.lines().count(), 18);
        assert!(Lock::parse(&Arc::new(TextFile::new("l", "version = 9"))).is_err());
    }

    #[test]
    fn a_long_lock_is_read_in_parts_as_it_is_read_as_a_whole() {
        let proof = |n: usize| Proof {
            source: "nbc".to_owned(),
            line: n,
            bytes: [n, n + 1],
            matched: Match::Exact,
            quote: "0".repeat(64),
            proved: [("value".to_owned(), n.to_string())].into(),
        };
        let mut lock = Lock::default();
        lock.sources.insert("nbc".to_owned(), SourceEntry { sha256: "ab".to_owned(), pinned: BTreeMap::new() });
        lock.proofs = (0..4000).map(|n| (key(&format!("claim-{n}"), 0), Arc::new(proof(n)))).collect();
        let books = Books { read: 1, imported: 1, refused: 0, left_out: 0 };
        let rows = [(2, "aa".to_owned())].into();
        lock.tables
            .insert("ged".to_owned(), TableEntry { sha256: "cd".to_owned(), mapping: "ef".to_owned(), books, rows });
        let text = lock.print();
        let read = |text: &str| Lock::parse(&Arc::new(TextFile::new("l", text))).map_err(|f| f.labels[0].span.start);
        assert!(in_parts(&text).is_some() && text.len() > 3 * super::super::MUCH);
        assert_eq!(read(&text), Ok(lock));
        // what is wrong is told at its place in the whole
        let line = |n: usize| text.match_indices('\n').nth(n).unwrap().0 + 1;
        let (at, next) = (line(3000), line(3001));
        let twice = format!("{}{}{}", &text[..line(100)], &text[at..next], &text[line(100)..]);
        assert_eq!(read(&twice), Err(at + next - at));
        let broken = format!("{}x = \n{}", &text[..at], &text[at..]);
        assert!(read(&broken).is_err_and(|found| (at..at + 6).contains(&found)));
        let unknown = text.replacen("line = 3000,", "lime = 3000,", 1);
        assert!(read(&unknown).is_err_and(|found| found > line(2000)));
        // a section of proofs that goes on behind another is none that is printed
        assert!(read(&format!("{text}\n[proof]\n")).is_err());
    }

    fn id() -> impl Strategy<Value = String> {
        "[a-z][a-z0-9-]{0,9}"
    }

    fn texts() -> impl Strategy<Value = BTreeMap<String, String>> {
        prop::collection::btree_map("[a-z][a-z0-9_]{0,9}", any::<String>(), 0..4)
    }

    fn proof() -> impl Strategy<Value = Proof> {
        (id(), any::<u32>(), any::<[u32; 2]>(), any::<bool>(), any::<String>(), texts()).prop_map(
            |(source, line, bytes, exact, quote, proved)| Proof {
                source,
                line: line as usize,
                bytes: bytes.map(|at| at as usize),
                matched: if exact { Match::Exact } else { Match::Folded },
                quote,
                proved,
            },
        )
    }

    fn table() -> impl Strategy<Value = TableEntry> {
        let rows = prop::collection::btree_map(any::<u32>(), any::<String>(), 0..4);
        (any::<String>(), any::<String>(), any::<[u32; 4]>(), rows).prop_map(|(sha256, mapping, counts, rows)| {
            let [read, imported, refused, left_out] = counts.map(|n| n as usize);
            TableEntry { sha256, mapping, books: Books { read, imported, refused, left_out }, rows }
        })
    }

    proptest! {
        #[test]
        fn any_lock_is_given_back(
            sources in prop::collection::btree_map(
                id(), (any::<String>(), texts()).prop_map(|(sha256, pinned)| SourceEntry { sha256, pinned }), 0..3,
            ),
            pinned in prop::collection::btree_map(id(), any::<String>(), 0..3),
            proofs in prop::collection::btree_map((id(), 0usize..9).prop_map(|(id, n)| key(&id, n)), proof(), 0..4),
            tables in prop::collection::btree_map(id(), table(), 0..3),
        ) {
            let proofs = proofs.into_iter().map(|(key, proof)| (key, Arc::new(proof))).collect();
            let lock = Lock { sources, pinned, proofs, tables };
            let text = lock.print();
            prop_assert_eq!(Lock::parse(&Arc::new(TextFile::new("l", text.as_str()))).map_err(|f| format!("{f:?}\n{text}")), Ok(lock));
        }
    }
}
