//! The JSON Schemas that `factbrief schema` prints: those of the loader, with the closed and open lists of higher floors.

use serde_json::{Value, json};

use crate::brief::language::Language;
use crate::check::rules::{RULES, Rule};
use crate::load::schema;
use crate::render::template::KINDS;
use crate::text::lexicon::Lexicon;

/// What is written by hand, and has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// The files of a dossier, `seeds/<dossier>/*.toml`.
    Dossier,
    /// The file of a briefing, `briefings/<slug>.toml`.
    Briefing,
    /// The project file, `factbrief.toml`.
    Project,
}

impl Written {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dossier, Self::Briefing, Self::Project];

    /// The word for it on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::Briefing => "briefing",
            Self::Project => "project",
        }
    }

    /// The name its schema has as a file.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Dossier => "dossier.schema.json",
            Self::Briefing => "briefing.schema.json",
            Self::Project => "project.schema.json",
        }
    }

    /// Its schema (JSON Schema, draft 7).
    #[must_use]
    pub fn schema(self) -> Value {
        let mut schema = match self {
            Self::Dossier => schema::dossier(),
            Self::Briefing => schema::briefing(),
            Self::Project => schema::project(),
        };
        name(&mut schema);
        schema
    }
}

/// What a rule is about, in the first sentence of its page.
#[must_use]
pub fn about(rule: &Rule) -> String {
    let prose = rule.page.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    let first: Vec<&str> = prose.take_while(|line| !line.trim().is_empty()).collect();
    let text = first.join(" ");
    text.split_inclusive(". ").next().unwrap_or_default().trim().to_owned()
}

/// Puts the lists into the keys that name something of them.
fn name(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(name),
        Value::Object(map) => {
            map.values_mut().for_each(name);
            let named = map.get("x-names").and_then(Value::as_str).map(str::to_owned);
            // the proof itself cannot be switched off
            let rules = || RULES.iter().filter(|rule| !rule.is_proof());
            match named.as_deref() {
                Some("rule") => {
                    let meanings: Vec<String> = rules().map(about).collect();
                    map.insert("enum".to_owned(), rules().map(|rule| rule.name).collect());
                    map.insert("enumDescriptions".to_owned(), json!(meanings));
                    map.insert("x-taplo".to_owned(), json!({ "docs": { "enumValues": meanings } }));
                }
                Some("levels") => {
                    let level = map.remove("additionalProperties").unwrap_or_default();
                    let one = |rule: &Rule| {
                        let mut level = level.clone();
                        level["description"] = json!(about(rule));
                        (rule.name.to_owned(), level)
                    };
                    map.insert("properties".to_owned(), Value::Object(rules().map(one).collect()));
                    map.insert("additionalProperties".to_owned(), json!(false));
                }
                // a project may have kinds, languages and styles of its own
                Some("kind") => drop(map.insert("examples".to_owned(), json!(KINDS))),
                Some("language") => {
                    drop(map.insert("examples".to_owned(), Language::shipped_tags().collect()));
                }
                Some("language-of-sources") => drop(map.insert("enum".to_owned(), json!(Lexicon::languages()))),
                Some("style") => {
                    let common = ["numeric", "ieee", "apa", "chicago-notes"];
                    drop(map.insert("examples".to_owned(), json!(common)));
                }
                _ => {}
            }
        }
        _ => {}
    }
}
