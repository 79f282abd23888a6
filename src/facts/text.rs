//! Text for readers, in one language or in several.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A text that a record carries to the page: a string, or a table with a version a language, as
/// `{ en = "Killed", fr = "Tués" }`. The first version is the record's own: checks read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    own: String,
    tag: Option<String>,
    others: BTreeMap<String, String>,
}

impl Text {
    /// The version that checks read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.own
    }

    /// The version in a language (BCP 47): by the whole tag, then by its first part. `native` is the language of a text
    /// that does not say.
    #[must_use]
    pub fn within(&self, language: &str, native: &str) -> Option<&str> {
        let own = self.tag.as_deref().unwrap_or(native);
        let first = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        if own.eq_ignore_ascii_case(language) {
            return Some(&self.own);
        }
        if let Some(text) = self.others.get(language) {
            return Some(text);
        }
        let wanted = first(language);
        let other = self.others.iter().find(|(tag, _)| first(tag) == wanted).map(|(_, text)| text.as_str());
        (first(own) == wanted).then_some(self.own.as_str()).or(other)
    }

    /// All versions with the language each says it is in, the own one first.
    pub fn versions(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let others = self.others.iter().map(|(tag, text)| (Some(tag.as_str()), text.as_str()));
        std::iter::once((self.tag.as_deref(), self.own.as_str())).chain(others)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { own: text.to_owned(), tag: None, others: BTreeMap::new() }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.own
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.own
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.own)
    }
}

/// Whether `tag` has the shape of a language tag (BCP 47): `fr`, `pt-BR`, `zh-Hant`.
#[must_use]
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "description": "A version a language, by its tag (BCP 47): { en = \"…\", fr = \"…\" }. The first is the record's own.",
                    "propertyNames": { "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$" },
                    "additionalProperties": { "type": "string", "pattern": "\\S" },
                    "minProperties": 1,
                },
            ],
        })
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a table of it by language")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::from(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut found: Option<Text> = None;
                while let Some((tag, text)) = map.next_entry::<String, String>()? {
                    if !is_language_tag(&tag) {
                        let shown = crate::text::gate::visible(&tag);
                        return Err(A::Error::custom(format!("`{shown}` is no language (write `en`, `fr`, `ar-EG`)")));
                    }
                    if text.trim().is_empty() {
                        return Err(A::Error::custom(format!("the text in `{tag}` is empty")));
                    }
                    match &mut found {
                        None => found = Some(Text { own: text, tag: Some(tag), others: BTreeMap::new() }),
                        Some(known) => {
                            known.others.insert(tag, text);
                        }
                    }
                }
                found.ok_or_else(|| A::Error::custom("a text in no language"))
            }
        }

        deserializer.deserialize_any(Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Holder {
        text: Text,
    }

    fn read(toml: &str) -> Result<Text, String> {
        toml::from_str::<Holder>(toml).map(|h| h.text).map_err(|e| e.to_string())
    }

    #[test]
    fn a_version_is_found_by_tag_and_by_language() {
        let text = read("text = { en = \"Killed\", fr = \"Tués\", pt-BR = \"Mortos\" }").unwrap();
        assert_eq!(text.as_str(), "Killed");
        assert_eq!(text.within("fr-CA", "en"), Some("Tués"));
        assert_eq!(text.within("pt", "en"), Some("Mortos"));
        assert_eq!(text.within("en-GB", "de"), Some("Killed"));
        assert_eq!(text.within("ar", "en"), None);
        let plain = read("text = \"Tués\"").unwrap();
        assert_eq!((plain.within("fr", "fr"), plain.within("en", "fr")), (Some("Tués"), None));
        assert_eq!(text.versions().count(), 3);
    }

    #[test]
    fn a_table_without_sense_is_refused() {
        for (toml, says) in [
            ("text = {}", "in no language"),
            ("text = { English = \"x\" }", "is no language"),
            ("text = { en = \" \" }", "is empty"),
            ("text = 3", "a text, or a table"),
            ("text = { en = 3 }", "expected"),
        ] {
            let error = read(toml).unwrap_err();
            assert!(error.contains(says), "{toml}: {error}");
        }
    }
}
