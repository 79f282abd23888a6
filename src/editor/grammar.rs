//! What may be written where: the keys of every table, as the schemas have them.

use std::sync::OnceLock;

use serde_json::Value;

use super::schema::Written;

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
    /// A number or a truth value.
    Bare,
}

/// A key, with all that can be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// What it is, in words.
    pub about: String,
    /// Whether its table is refused without it.
    pub required: bool,
    /// What it takes.
    pub takes: Takes,
    /// The words that it takes, each with its meaning, which may be empty.
    pub words: Vec<(String, String)>,
    /// Whether it takes no other word.
    pub closed: bool,
    /// The kinds of record whose ids it takes; `any` for all.
    pub refers: Vec<String>,
    /// What else its text names: `narrative`, `rule` and the like; empty for nothing.
    pub names: String,
    /// The keys of the table it takes.
    pub keys: Vec<Key>,
}

/// What may be written in the files of a project.
#[derive(Debug)]
pub struct Grammar {
    dossier: Key,
    briefing: Key,
    project: Key,
}

impl Grammar {
    /// The grammar: it is the same for all projects.
    #[must_use]
    pub fn get() -> &'static Self {
        static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
        GRAMMAR.get_or_init(|| Self {
            dossier: key("", &Written::Dossier.schema(), false),
            briefing: key("", &Written::Briefing.schema(), false),
            project: key("", &Written::Project.schema(), false),
        })
    }

    /// The table of a file.
    #[must_use]
    pub fn whole(&self, written: Written) -> &Key {
        match written {
            Written::Dossier => &self.dossier,
            Written::Briefing => &self.briefing,
            Written::Project => &self.project,
        }
    }

    /// The key at a path. In a dossier the second part of a path is an id.
    #[must_use]
    pub fn at<'p>(&self, written: Written, path: impl IntoIterator<Item = &'p str>) -> Option<&Key> {
        let mut found = self.whole(written);
        for (depth, part) in path.into_iter().enumerate() {
            if written == Written::Dossier && depth == 1 {
                continue;
            }
            found = found.keys.iter().find(|key| key.name == part)?;
        }
        Some(found)
    }
}

fn key(name: &str, schema: &Value, required: bool) -> Key {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_array).into_iter().flatten().map(text).collect()
    };
    // the table of a kind of record holds records, and each of them has its keys
    let record = schema.get("additionalProperties").filter(|more| more.get("properties").is_some());
    let own = record.unwrap_or(schema);
    let items = own.get("items");
    let table = items.filter(|items| items.get("properties").is_some()).unwrap_or(own);
    let needed = list(table.get("required"));
    let properties = table.get("properties").and_then(Value::as_object);
    let keys: Vec<Key> =
        properties.into_iter().flatten().map(|(name, schema)| key(name, schema, needed.contains(name))).collect();
    let takes = match own.get("type").and_then(Value::as_str) {
        Some("array") if keys.is_empty() => Takes::Texts,
        Some("array") => Takes::Tables,
        Some("object") => Takes::Table,
        Some("number" | "integer" | "boolean") => Takes::Bare,
        _ => Takes::Text,
    };
    let closed = list(own.get("enum").or_else(|| items?.get("enum")));
    let meanings = list(own.get("enumDescriptions"));
    let is_closed = !closed.is_empty();
    let words = if own.get("type").and_then(Value::as_str) == Some("boolean") {
        vec!["true".to_owned(), "false".to_owned()]
    } else if is_closed {
        closed
    } else {
        list(own.get("examples"))
    };
    let words = words.into_iter().enumerate().map(|(i, word)| (word, meanings.get(i).cloned().unwrap_or_default()));
    Key {
        name: name.to_owned(),
        about: text(schema.get("description").unwrap_or(&Value::Null)),
        required,
        takes,
        words: words.collect(),
        closed: is_closed,
        refers: list(own.get("x-refers-to")),
        names: text(own.get("x-names").unwrap_or(&Value::Null)),
        keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::dossier::Dossier;

    #[test]
    fn paths_lead_to_keys() {
        let grammar = Grammar::get();
        let at = |path: &str| grammar.at(Written::Dossier, path.split('.')).unwrap();
        assert_eq!(at("claim").keys.len(), 25);
        assert!(at("claim.x.event").required && at("claim.x.event").refers == ["event"]);
        assert_eq!(at("claim.x.scope").words[1].0, "partial");
        assert_eq!(at("claim.x.cite").takes, Takes::Tables);
        assert_eq!(at("claim.x.cite.via").takes, Takes::Texts);
        assert_eq!(at("event.x.dating").takes, Takes::Table);
        assert!(at("event.x.dating.rule").words.iter().any(|(w, m)| w == "same-day" && m.contains("today")));
        assert!(at("gap.x.allow.rule").words.len() > 20);
        assert_eq!(at("category.x.exclusive").takes, Takes::Bare);
        assert_eq!(grammar.at(Written::Briefing, ["bottom_line"]).unwrap().names, "narrative");
        assert!(grammar.at(Written::Project, ["levels", "quote-long"]).unwrap().closed);
        assert!(grammar.at(Written::Dossier, ["claim", "x", "nothing"]).is_none());
    }

    #[test]
    fn every_key_is_explained() {
        fn walk(key: &Key, path: &str) {
            for inner in &key.keys {
                assert!(inner.about.len() > 5, "{path}.{}: {:?}", inner.name, inner.about);
                walk(inner, &format!("{path}.{}", inner.name));
            }
        }
        for written in Written::ALL {
            walk(Grammar::get().whole(written), written.name());
        }
        let kinds: Vec<&str> = Grammar::get().dossier.keys.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(kinds, Dossier::KINDS);
    }
}
