//! `factbrief schema`: what the schemas say is what the loader does.

use std::collections::BTreeSet;
use std::sync::Arc;

use factbrief::diag::Diagnostic;
use factbrief::editor::schema::Written;
use factbrief::facts::date::Date;
use factbrief::facts::figure::Figure;
use factbrief::load::project::Project;
use factbrief::load::{briefing::Request, resolve};
use factbrief::text::file::TextFile;
use serde_json::Value;

use crate::scratch::Scratch;

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// What the loader says of a text.
fn load(of: Written, text: &str) -> Vec<Diagnostic> {
    let file = |name: &str| Arc::new(TextFile::new(name, text));
    match of {
        Written::Dossier => resolve("d", "en", &[file("seeds/d/a.toml")]).err(),
        Written::Briefing => Request::parse(&file("briefings/b.toml")).err(),
        Written::Project => Project::parse(std::path::Path::new("."), file("factbrief.toml")).err(),
    }
    .unwrap_or_default()
}

/// All that findings say, title, labels and help.
fn words(findings: &[Diagnostic]) -> String {
    let all =
        findings.iter().flat_map(|f| std::iter::once(&f.title).chain(f.labels.iter().map(|l| &l.text)).chain(&f.help));
    all.map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Every table that is written by hand, with what stands before a key of it.
fn tables() -> Vec<(Written, String, String, Value)> {
    let mut found = Vec::new();
    let dossier = Written::Dossier.schema();
    for (kind, schema) in dossier["properties"].as_object().unwrap() {
        let record = schema["additionalProperties"].clone();
        found.push((Written::Dossier, kind.clone(), format!("[{kind}.x]\n"), record));
    }
    found.push((Written::Briefing, "briefing".to_owned(), String::new(), Written::Briefing.schema()));
    found.push((Written::Project, "project".to_owned(), String::new(), Written::Project.schema()));
    found
}

#[test]
fn keys_are_those_of_the_loader_and_no_others_are_let_in() {
    for (of, name, head, schema) in tables() {
        assert_eq!(schema["additionalProperties"], false, "{name}");
        let said = words(&load(of, &format!("{head}zzzzzzzz = 1\n")));
        let known = said.lines().find_map(|line| line.split_once(" are: ")).unwrap_or_else(|| panic!("{name}: {said}"));
        let own: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(known.1.split(", ").collect::<Vec<_>>(), own, "{name}");
    }
}

#[test]
fn what_is_needed_is_needed_by_both() {
    for (of, name, head, schema) in tables() {
        let said = words(&load(of, &head));
        let lacks = said.lines().find_map(|line| line.split_once("lacks ")).map_or("", |(_, names)| names);
        let lacks: BTreeSet<String> =
            lacks.split(", ").filter(|n| !n.is_empty()).map(|n| n.trim_matches('`').to_owned()).collect();
        let mut needed: BTreeSet<String> = list(&schema["required"]).into_iter().collect();
        if schema.get("oneOf").is_some() {
            needed.extend(list(&schema["oneOf"][0]["required"]));
        }
        assert_eq!(lacks, needed, "{name}");
    }
}

#[test]
fn lists_of_words_are_those_of_the_loader() {
    let mut seen = 0;
    for (of, name, head, schema) in tables() {
        for (key, property) in schema["properties"].as_object().unwrap() {
            let words_of = list(&property["enum"]);
            if words_of.is_empty() || key == "counts" {
                continue;
            }
            let said = words(&load(of, &format!("{head}{key} = \"zzzzzz\"\n")));
            assert!(said.contains(&format!("known: {}", words_of.join(", "))), "{name}.{key}: {words_of:?}\n{said}");
            // each has its meaning
            if !property["enumDescriptions"].is_null() {
                assert_eq!(list(&property["enumDescriptions"]).len(), words_of.len(), "{name}.{key}");
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn what_names_records_is_what_the_loader_looks_up() {
    let (mut named, mut free) = (0, 0);
    for (of, name, head, schema) in tables() {
        if of != Written::Dossier {
            continue;
        }
        for (key, property) in schema["properties"].as_object().unwrap() {
            let value = match property["type"].as_str() {
                Some("array") if property["items"]["type"] == "string" => "[\"no-such-id\"]",
                Some("string") if property["enum"].is_null() => "\"no-such-id\"",
                _ => continue,
            };
            let said = words(&load(of, &format!("{head}{key} = {value}\n")));
            let looked_up = said.contains("there is no ") && said.contains("`no-such-id`");
            assert_eq!(looked_up, !property["x-refers-to"].is_null(), "{name}.{key}: {said}");
            if looked_up { named += 1 } else { free += 1 }
        }
    }
    assert!(named > 30 && free > 30, "{named} {free}");
    for (text, looked_up) in [
        ("cite = [{ source = \"no-such-id\", quote = \"q\" }]", true),
        ("cite = [{ source = \"no\", quote = \"q\", via = [\"no-such-id\"] }]", true),
        ("dating = { basis = \"stated\", anchor = \"no-such-id\" }", true),
        ("dating = { basis = \"stated\", words = \"no-such-id\" }", false),
    ] {
        let said = words(&load(Written::Dossier, &format!("[event.x]\n{text}\n")));
        assert_eq!(said.contains("`no-such-id`"), looked_up, "{text}: {said}");
    }
}

#[test]
fn tables_inside_a_record_are_as_closed() {
    let dossier = Written::Dossier.schema();
    let event = &dossier["properties"]["event"]["additionalProperties"]["properties"];
    let place = &dossier["properties"]["place"]["additionalProperties"]["properties"];
    for (schema, head, pairs, tail) in [
        (&event["dating"], "[event.x]\ndating = {", &["basis = \"external\""][..], "}"),
        (&event["cite"]["items"], "[event.x]\ncite = [{", &["source = \"s\"", "quote = \"q\""], "}]"),
        (&event["allow"]["items"], "[event.x]\nallow = [{", &["rule = \"r\"", "reason = \"r\""], "}]"),
        (&place["point"], "[place.x]\npoint = {", &["lat = 1", "lon = 1", "precision = \"p\"", "basis = \"b\""], "}"),
    ] {
        assert_eq!(schema["additionalProperties"], false, "{schema}");
        let said = words(&load(Written::Dossier, &format!("{head} {}, zzz = 1 {tail}\n", pairs.join(", "))));
        assert!(said.contains("zzz` is not a key here"), "{said}");
        assert_eq!(list(&schema["required"]).len(), pairs.len());
        for needed in list(&schema["required"]) {
            let others: Vec<&str> = pairs.iter().copied().filter(|pair| !pair.starts_with(&needed)).collect();
            assert_eq!(others.len(), pairs.len() - 1);
            let said = words(&load(Written::Dossier, &format!("{head} {} {tail}\n", others.join(", "))));
            assert!(said.contains(&format!("`{needed}`")), "{needed}: {said}");
        }
    }
}

#[test]
fn patterns_take_what_the_loader_takes() {
    let dossier = Written::Dossier.schema();
    let claim = &dossier["properties"]["claim"]["additionalProperties"]["properties"];
    let pattern = |key: &str| regex::Regex::new(claim[key]["pattern"].as_str().unwrap()).unwrap();
    let (figure, date) = (pattern("value"), pattern("period"));
    for value in [
        "8",
        "40..50",
        ">=29",
        ">100",
        "<=64",
        "<64",
        "~400",
        "~40..50",
        "12%",
        "unquantified",
        "3.5",
        "-2",
        "~1.5..2%",
        "",
        "8 ",
        "a",
        ">=",
        "..",
        "40..",
        "~",
        "%",
        "Unquantified",
        "1,200",
        ">= 3",
        "1e3",
        "8..",
        ">=1..2",
        "0.0000001",
    ] {
        assert_eq!(value.parse::<Figure>().is_ok(), figure.is_match(value), "{value:?}");
    }
    for value in [
        "2015-02-16",
        "2015-02",
        "2015",
        "2015-02-16?",
        "2015-02~",
        "2015%",
        "201X",
        "20XX",
        "2015-XX",
        "2015-XX-XX",
        "2015-02-XX",
        "2015-21",
        "2014-12/2015-01",
        "2015-02-16/..",
        "../2015",
        "/2015-02",
        "2015/",
        "-0044-03-15",
        "Y170000",
        "2015-02-16T05:30:00Z",
        "2015-02-16T05:30:00+02:00",
        "0000",
        "",
        "2015-2-16",
        "16.02.2015",
        "../..",
        "/",
        "XXXX",
        "15",
        "2015-02-16 ",
        "２０１５",
        "2015-02-16??",
        "yesterday",
        "2015-02-16-01",
        "..",
        "2015/2016/2017",
    ] {
        assert_eq!(value.parse::<Date>().is_ok(), date.is_match(value), "{value:?}");
    }
    // what takes a calendar to see is the loader's alone
    for value in ["2015-02-30", "2015-13"] {
        assert!(value.parse::<Date>().is_err() && date.is_match(value), "{value:?}");
    }
}

#[test]
fn printed_and_written() {
    let scratch = Scratch::empty();
    let schemas: Vec<String> =
        ["dossier", "briefing", "project"].map(|of| scratch.run(&["schema", of]).exits(0).out).into();
    for schema in &schemas {
        let value: Value = serde_json::from_str(schema).unwrap();
        assert_eq!(value["$schema"], "http://json-schema.org/draft-07/schema#");
    }
    assert_eq!(scratch.run(&["schema"]).exits(0).out, schemas[0]);
    scratch.run(&["schema", "--out", "a/b"]).exits(0);
    for (of, schema) in Written::ALL.into_iter().zip(&schemas) {
        assert_eq!(&scratch.read(&format!("a/b/{}", of.file())), schema);
    }
    scratch.run(&["schema", "briefing", "--out", "a"]).exits(2);
    scratch.run(&["schema", "facts"]).exits(2).says("possible values: dossier, briefing, project");
    scratch.write("file", "");
    scratch.run(&["schema", "--out", "file"]).exits(4).says("cannot write the schemas to file");
    // where a key takes a rule, the proof itself is not offered
    assert!(schemas[2].contains("\"quote-long\"") && !schemas[2].contains("\"quote-not-verbatim\""));
    // a thing that no dossier has
    assert!(!schemas.iter().any(|schema| schema.contains("\"null\"")), "TOML has no null");
}
