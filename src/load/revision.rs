//! Two states of a dossier, record by record and key by key, as they are written.

use std::collections::BTreeMap;

use crate::facts::dossier::Dossier;

/// A record as it is written: its kind, and its keys with their values as TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The table it is in.
    pub kind: String,
    /// Its keys, in their order by name.
    pub keys: BTreeMap<String, String>,
}

/// A key that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// The key.
    pub key: String,
    /// Its value before; none where it was not there.
    pub before: Option<String>,
    /// Its value now; none where it is gone.
    pub now: Option<String>,
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was not there.
    New,
    /// It is gone.
    Gone,
    /// It says something else.
    Changed(Vec<Turned>),
}

/// A record that differs between two states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What became of it.
    pub fate: Fate,
}

/// The records of a dossier as they are written, by id; the built-in vocabulary is not among them.
#[must_use]
pub fn written(dossier: &Dossier) -> BTreeMap<String, Written> {
    let mut found = BTreeMap::new();
    let mut read: BTreeMap<&str, toml::Table> = BTreeMap::new();
    for (subject, head) in dossier.heads() {
        let name = head.file.name();
        if let Some(record) = super::excerpt::made(dossier, subject) {
            let keys = record.iter().map(|(key, value)| (key.clone(), value.to_string())).collect();
            found.insert(head.id.to_owned(), Written { kind: head.kind.to_owned(), keys });
            continue;
        }
        // a file that was loaded parses
        let table = read.entry(name).or_insert_with(|| head.file.text().parse().unwrap_or_default());
        let record = table.get(head.kind).and_then(|t| t.get(head.id)).and_then(toml::Value::as_table);
        let built_in = name == super::VOCABULARY;
        if let Some(record) = record.filter(|_| !built_in) {
            let keys = record.iter().map(|(key, value)| (key.clone(), value.to_string())).collect();
            found.insert(head.id.to_owned(), Written { kind: head.kind.to_owned(), keys });
        }
    }
    found
}

/// The records in a TOML text of such records, by id, read as they are written and not resolved.
#[must_use]
pub fn written_in(text: &str) -> BTreeMap<String, Written> {
    let table: toml::Table = text.parse().unwrap_or_default();
    let mut found = BTreeMap::new();
    for (kind, records) in &table {
        for (id, record) in records.as_table().into_iter().flatten() {
            let keys = record.as_table().into_iter().flatten().map(|(key, value)| (key.clone(), value.to_string()));
            found.insert(id.clone(), Written { kind: kind.clone(), keys: keys.collect() });
        }
    }
    found
}

/// The records that differ, by kind and id; an order of keys or a layout of lines is no difference.
#[must_use]
pub fn moved(before: &BTreeMap<String, Written>, now: &BTreeMap<String, Written>) -> Vec<Moved> {
    let mut found = Vec::new();
    for (id, record) in now {
        let fate = match before.get(id) {
            None => Fate::New,
            Some(was) if was == record => continue,
            Some(was) => Fate::Changed(turned(&was.keys, &record.keys)),
        };
        found.push(Moved { kind: record.kind.clone(), id: id.clone(), fate });
    }
    for (id, record) in before.iter().filter(|(id, _)| !now.contains_key(*id)) {
        found.push(Moved { kind: record.kind.clone(), id: id.clone(), fate: Fate::Gone });
    }
    found.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
    found
}

fn turned(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<Turned> {
    let mut keys: Vec<&String> = before.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| before.get(*key) != now.get(*key))
        .map(|key| Turned { key: key.clone(), before: before.get(key).cloned(), now: now.get(key).cloned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Record<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn state(records: &[Record<'_>]) -> BTreeMap<String, Written> {
        records
            .iter()
            .map(|(kind, id, keys)| {
                let keys = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                ((*id).to_owned(), Written { kind: (*kind).to_owned(), keys })
            })
            .collect()
    }

    #[test]
    fn records_come_go_and_change_key_by_key() {
        let before = state(&[("claim", "a", &[("value", "8"), ("by", "x")]), ("gap", "b", &[])]);
        let now = state(&[("claim", "a", &[("value", "9"), ("who", "y")]), ("event", "c", &[])]);
        let found = moved(&before, &now);
        assert_eq!(found.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["a", "c", "b"]);
        let Fate::Changed(keys) = &found[0].fate else { panic!("{found:?}") };
        assert_eq!(keys.iter().map(|t| t.key.as_str()).collect::<Vec<_>>(), ["by", "value", "who"]);
        assert_eq!((keys[1].before.as_deref(), keys[1].now.as_deref()), (Some("8"), Some("9")));
        assert_eq!((&found[1].fate, &found[2].fate), (&Fate::New, &Fate::Gone));
        assert!(moved(&now, &now).is_empty());
    }
}
