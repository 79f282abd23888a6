//! Remedies that follow from what may be written at a place, beside those that a finding brings with it.

use super::grammar::Key;
use super::outline::Form;
use super::pages::Page;
use super::place::{Place, place};
use crate::diag::{Diagnostic, Edit, Fix};
use crate::load::document::{basic_string, beside};
use crate::text::nearest::nearest;

/// The remedies of a finding in a file as it stands: those that it brings, and those that the place suggests.
#[must_use]
pub fn remedies(page: &Page, finding: &Diagnostic) -> Vec<Fix> {
    let mut found = finding.fixes.clone();
    if matches!(finding.code, "schema" | "unknown-kind" | "unknown-language") {
        for label in finding.labels.iter().filter(|label| *label.file == *page.file) {
            let more = [word(page, label.span.start), key(page, label.span.start), missing(page, label.span.start)];
            let known = |fix: &Fix| finding.fixes.iter().any(|own| own.title == fix.title);
            found.extend(more.into_iter().flatten().filter(|fix| !known(fix)));
        }
    }
    found
}

/// The nearest of the keys that a table takes, in place of one that it does not.
fn key(page: &Page, offset: usize) -> Option<Fix> {
    let Place::Key { table, present, name: Some(name), at, .. } = place(page, offset) else { return None };
    let keys = &page.key(table.iter().map(String::as_str))?.keys;
    if keys.iter().any(|key| key.name == name) {
        return None;
    }
    let guess =
        nearest(&name, keys.iter().map(|key| key.name.as_str()).filter(|key| !present.iter().any(|p| p == key)))?;
    Some(Fix { title: format!("write `{guess}`"), edits: vec![Edit::new(&page.file, &at, guess)], safe: false })
}

/// The nearest of the words that a key takes.
fn word(page: &Page, offset: usize) -> Option<Fix> {
    let Place::Value { path, value, .. } = place(page, offset) else { return None };
    let key = page.key(path.iter().map(String::as_str))?;
    let text = value.text()?;
    let known = || key.words.iter().map(|(word, _)| word.as_str());
    if known().any(|word| word == text) {
        return None;
    }
    let guess = nearest(text, known())?;
    let edits = vec![Edit::new(&page.file, &value.span, basic_string(guess))];
    Some(Fix { title: format!("write `{guess}`"), edits, safe: false })
}

/// The keys that a record lacks, put below its last one with nothing in them yet.
fn missing(page: &Page, offset: usize) -> Option<Fix> {
    let record = page.records.iter().find(|record| record.heads.iter().any(|head| head.contains(&offset)))?;
    let section = page.outline.section_at(record.heads.first()?.start)?;
    let [kind, _] = section.header.as_slice() else { return None };
    let keys = &page.key([kind.text.as_str()])?.keys;
    let has = |name: &str| section.entries.iter().any(|e| e.key.first().is_some_and(|key| key.text == name));
    let cites = keys.iter().any(|key| key.name == "cite");
    let lacks = |key: &&Key| {
        let asked = key.required || cites && !has("cite") && matches!(key.name.as_str(), "source" | "quote");
        asked && !has(&key.name)
    };
    let lacking: Vec<&Key> = keys.iter().filter(lacks).collect();
    if lacking.is_empty() {
        return None;
    }
    let names: Vec<String> = lacking.iter().map(|key| format!("`{}`", key.name)).collect();
    let empty = |key: &Key| if key.takes == super::grammar::Takes::Texts { "[]" } else { "\"\"" };
    let last = section.entries.last().filter(|entry| entry.value.form != Form::Missing);
    let edits: Vec<Edit> = match last {
        Some(last) => {
            let one: Vec<Edit> =
                lacking.iter().filter_map(|key| beside(&page.file, &last.value.span, &key.name, empty(key))).collect();
            let text: String = one.iter().map(|edit| edit.text.as_str()).collect();
            one.first().map(|edit| Edit { text, ..edit.clone() }).into_iter().collect()
        }
        None => {
            let text: String = lacking.iter().map(|key| format!("\n{} = {}", key.name, empty(key))).collect();
            vec![Edit::new(&page.file, &(section.head.end..section.head.end), text)]
        }
    };
    (!edits.is_empty()).then(|| Fix { title: format!("add {}", names.join(", ")), edits, safe: false })
}
