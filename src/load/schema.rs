//! The JSON Schema of what an analyst writes, made from the very types that read it: the two cannot disagree.
//!
//! It is draft 7, which every editor reads. Beside the standard keywords it has three that editors may leave aside:
//! `x-refers-to` (the kinds of record whose ids a key takes), `x-names` (what else its text names) and the explanations of words
//! as VS Code and taplo know them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::briefing::RawBriefing;
use super::document::Keys;
use super::project::RawProject;
use super::records;
use crate::facts::dossier::Dossier;
use crate::facts::table::MAX_ID;

/// The schema of a dossier's files.
#[must_use]
pub fn dossier() -> Value {
    let mut kinds = Map::new();
    for kind in Dossier::KINDS {
        let Some(record) = record(kind) else { continue };
        let about = record.get("description").cloned().unwrap_or_default();
        kinds.insert(
            (*kind).to_owned(),
            json!({
                "type": "object",
                "description": about,
                "propertyNames": { "pattern": "^[a-z]([a-z0-9-]*[a-z0-9])?$", "maxLength": MAX_ID },
                "additionalProperties": record,
            }),
        );
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "factbrief: a dossier",
        "description": "Curated facts: each record stands under its id, as [claim.some-id].",
        "type": "object",
        "properties": kinds,
        "additionalProperties": false,
    })
}

/// The schema of a briefing's file.
#[must_use]
pub fn briefing() -> Value {
    whole::<RawBriefing>("factbrief: a briefing")
}

/// The schema of the project file.
#[must_use]
pub fn project() -> Value {
    whole::<RawProject>("factbrief: a project")
}

fn whole<T: JsonSchema + Keys>(title: &str) -> Value {
    let mut schema = json!({ "$schema": "http://json-schema.org/draft-07/schema#", "title": title });
    if let (Some(whole), Value::Object(own)) = (schema.as_object_mut(), of::<T>()) {
        whole.extend(own);
    }
    schema
}

/// The schema of a kind of record.
fn record(kind: &str) -> Option<Value> {
    Some(match kind {
        "source" => archived(of::<records::RawSource>()),
        "actor" => of::<records::RawActor>(),
        "place" => of::<records::RawPlace>(),
        "category" => of::<records::RawCategory>(),
        "measure" => of::<records::RawMeasure>(),
        "event" => citing(of::<records::RawEvent>()),
        "claim" => citing(of::<records::RawClaim>()),
        "position" => citing(of::<records::RawPosition>()),
        "background" => citing(of::<records::RawBackground>()),
        "discrepancy" => of::<records::RawDiscrepancy>(),
        "gap" => of::<records::RawGap>(),
        "assessment" => of::<records::RawAssessment>(),
        "change" => of::<records::RawChange>(),
        _ => return None,
    })
}

/// A source has an article, or is still to get one and is told by its title or address.
fn archived(mut record: Value) -> Value {
    let given = |key: &str| json!({ "required": [key] });
    record["oneOf"] = json!([
        { "required": ["file", "sha256"] },
        {
            "anyOf": [given("title"), given("url")],
            "not": { "anyOf": [given("file"), given("sha256"), given("table")] },
        },
    ]);
    record
}

/// A record cites in one of three forms.
fn citing(mut record: Value) -> Value {
    let given = |key: &str| json!({ "required": [key] });
    record["oneOf"] = json!([
        { "required": ["source", "quote"], "not": { "anyOf": [given("cite"), given("row"), given("cells"), given("reads")] } },
        {
            "required": ["source", "row", "cells"],
            "not": { "anyOf": [given("cite"), given("quote"), given("words"), given("prefix")] },
        },
        {
            "required": ["cite"],
            "not": { "anyOf": [
                given("source"), given("quote"), given("words"), given("prefix"), given("via"), given("row"),
                given("cells"), given("reads"),
            ] },
        },
    ]);
    record["properties"]["cite"]["minItems"] = json!(1);
    record
}

/// The schema of a table with keys.
fn of<T: JsonSchema + Keys>() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let mut value = Schema::to_value(settings.into_generator().into_root_schema_for::<T>());
    without_null(&mut value);
    let Some(table) = value.as_object_mut() else { return value };
    table.remove("$schema");
    table.remove("title");
    table.remove("required");
    if !T::REQUIRED.is_empty() {
        table.insert("required".to_owned(), json!(T::REQUIRED));
    }
    if let Some(properties) = table.get_mut("properties").and_then(Value::as_object_mut) {
        for key in T::REQUIRED {
            let Some(property) = properties.get_mut(*key).and_then(Value::as_object_mut) else { continue };
            let takes_text = property.get("type").is_none_or(|kind| kind == "string");
            if takes_text && !property.contains_key("enum") && !property.contains_key("pattern") {
                property.insert("pattern".to_owned(), json!("\\S"));
            }
        }
    }
    value
}

/// TOML has no null: what may be left out is not there. Line breaks of doc comments are none of the text's.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(map) => {
            map.values_mut().for_each(without_null);
            let null = json!("null");
            if let Some(Value::Array(kinds)) = map.get_mut("type") {
                kinds.retain(|kind| *kind != null);
                if let [only] = kinds.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(words)) = map.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            if map.get("default").is_some_and(Value::is_null) {
                map.remove("default");
            }
            if let Some(Value::Array(forms)) = map.get_mut("anyOf") {
                forms.retain(|form| form.get("type") != Some(&null));
                if let [Value::Object(only)] = forms.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    for (key, inner) in only {
                        map.entry(key).or_insert(inner);
                    }
                } else if let [Value::Object(only), ..] = forms.as_slice()
                    && only.contains_key("anyOf")
                {
                    // an optional choice: the choice itself
                    let inner = only.get("anyOf").cloned().unwrap_or_default();
                    map.insert("anyOf".to_owned(), inner);
                }
            }
        }
        _ => {}
    }
}
