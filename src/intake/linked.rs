//! What a page says of its article in JSON-LD (schema.org).

use std::collections::BTreeMap;

use serde_json::Value;

use super::line;

/// What JSON-LD says of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Linked {
    pub(super) kind: String,
    pub(super) headline: Option<String>,
    /// Names, and whether each is said to be an organisation.
    pub(super) authors: Vec<(String, bool)>,
    pub(super) publisher: Option<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) url: Option<String>,
    pub(super) language: Option<String>,
    pub(super) free: Option<bool>,
    pub(super) words: Option<usize>,
    pub(super) body: Option<String>,
}

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 12;

/// The articles in the JSON-LD of a page, in order, and how many blocks of it cannot be read.
pub(super) fn articles(blocks: &[String]) -> (Vec<Linked>, usize) {
    let mut damaged = 0;
    let mut values = Vec::new();
    for block in blocks.iter().filter(|b| !b.trim().is_empty()) {
        match parse(block) {
            Some(value) => values.push(value),
            None => damaged += 1,
        }
    }
    let mut by_id = BTreeMap::new();
    for value in &values {
        names(value, &mut by_id, 0);
    }
    let mut found = Vec::new();
    for value in &values {
        collect(value, &by_id, &mut found, 0);
    }
    (found, damaged)
}

/// JSON as pages write it: also within a comment, with line breaks in strings and a comma too many.
fn parse(block: &str) -> Option<Value> {
    let text =
        block.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let text = text.trim_end().trim_end_matches("-->").trim_end_matches("//]]>").trim_end_matches("]]>").trim();
    let text = text.trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&mended(text)).ok())
}

/// Control characters in strings escaped, commas before a closing bracket taken out.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if quoted && c.is_control() => {
                out.push(' ');
                continue;
            }
            '}' | ']' if !quoted => {
                let kept = out.trim_end();
                if kept.ends_with(',') {
                    let length = kept.len() - 1;
                    out.truncate(length);
                }
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

type ById<'v> = BTreeMap<&'v str, &'v Value>;

/// Every node that has an id and says more than that.
fn names<'v>(value: &'v Value, by_id: &mut ById<'v>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|v| names(v, by_id, depth + 1)),
        Value::Object(object) => {
            if let (Some(id), true) = (object.get("@id").and_then(Value::as_str), object.len() > 1) {
                by_id.entry(id).or_insert(value);
            }
            object.values().for_each(|v| names(v, by_id, depth + 1));
        }
        _ => {}
    }
}

fn types(value: &Value) -> Vec<&str> {
    match value.get("@type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a type of schema.org is that of an article.
fn is_article(kind: &str) -> bool {
    let kind = kind.rsplit(['/', ':']).next().unwrap_or(kind);
    kind.ends_with("Article") || matches!(kind, "LiveBlogPosting" | "BlogPosting" | "Report" | "SocialMediaPosting")
}

/// The articles that a value is or leads to; those of lists of other articles and of posts inside one are none of them.
fn collect<'v>(value: &'v Value, by_id: &ById<'v>, found: &mut Vec<Linked>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|v| collect(v, by_id, found, depth + 1)),
        Value::Object(object) => {
            if let Some(kind) = types(value).into_iter().find(|t| is_article(t)) {
                let article = read(value, kind, by_id);
                if !found.contains(&article) {
                    found.push(article);
                }
                return;
            }
            for key in ["@graph", "mainEntity", "mainEntityOfPage"] {
                if let Some(inner) = object.get(key) {
                    collect(inner, by_id, found, depth + 1);
                }
            }
        }
        _ => {}
    }
}

fn read(value: &Value, kind: &str, by_id: &ById<'_>) -> Linked {
    let text = |key: &str| value.get(key).and_then(string);
    let of_page = value.get("mainEntityOfPage").and_then(|v| match v {
        Value::Object(o) => o.get("@id").or_else(|| o.get("url")).and_then(Value::as_str).map(str::to_owned),
        other => other.as_str().map(str::to_owned),
    });
    let mut authors = Vec::new();
    for key in ["author", "creator"] {
        if let (Some(named), true) = (value.get(key), authors.is_empty()) {
            people(named, by_id, &mut authors, 0);
        }
    }
    let address = |text: Option<String>| text.filter(|t| t.starts_with("http://") || t.starts_with("https://"));
    Linked {
        kind: kind.rsplit(['/', ':']).next().unwrap_or(kind).to_owned(),
        headline: text("headline").or_else(|| text("name")),
        authors,
        publisher: value
            .get("publisher")
            .and_then(|v| name(v, by_id))
            .or_else(|| value.get("sourceOrganization").and_then(|v| name(v, by_id))),
        published: text("datePublished"),
        modified: text("dateModified"),
        url: address(of_page).or_else(|| address(text("url"))).or_else(|| address(text("@id"))),
        language: text("inLanguage"),
        free: value.get("isAccessibleForFree").and_then(|v| match v {
            Value::Bool(b) => Some(*b),
            Value::String(s) => Some(!s.eq_ignore_ascii_case("false")),
            _ => None,
        }),
        words: value.get("wordCount").and_then(|v| match v {
            Value::Number(n) => n.as_u64().and_then(|n| usize::try_from(n).ok()),
            Value::String(s) => s.trim().parse().ok(),
            _ => None,
        }),
        body: value.get("articleBody").and_then(Value::as_str).map(str::to_owned).filter(|b| !b.trim().is_empty()),
    }
}

/// A text: a string, the first of a list, the value or name of an object.
fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => return items.iter().find_map(string),
        Value::Object(object) => {
            let inner = ["@value", "alternateName", "name"].iter().find_map(|k| object.get(*k))?;
            return string(inner);
        }
        _ => return None,
    };
    let text = line(&unescaped(&text));
    (!text.is_empty()).then_some(text)
}

/// The name of a person or body: as a string, or that of an object, which may be said elsewhere by its id.
fn name(value: &Value, by_id: &ById<'_>) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|v| name(v, by_id)),
        Value::Object(object) => {
            let named = object.get("name").or_else(|| {
                let id = object.get("@id").and_then(Value::as_str)?;
                by_id.get(id).and_then(|v| v.get("name"))
            })?;
            string(named)
        }
        other => string(other),
    }
}

fn people(value: &Value, by_id: &ById<'_>, found: &mut Vec<(String, bool)>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|v| people(v, by_id, found, depth + 1)),
        _ => {
            let whole = value
                .get("@id")
                .and_then(Value::as_str)
                .and_then(|id| by_id.get(id).copied())
                .filter(|_| value.get("name").is_none())
                .unwrap_or(value);
            // one name may hold a list of names
            if let Some(Value::Array(names)) = whole.get("name") {
                names.iter().for_each(|n| people(n, by_id, found, depth + 1));
                return;
            }
            if let Some(name) = name(whole, by_id).filter(|n| !n.starts_with("http")) {
                let organisation = types(whole).iter().any(|t| t.ends_with("Organization"));
                if !found.iter().any(|(known, _)| *known == name) {
                    found.push((name, organisation));
                }
            }
        }
    }
}

/// Text with the character references of HTML resolved, which many pages leave in their JSON-LD.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('&') && !text.contains('<') {
        return text.to_owned();
    }
    let marked = if text.contains('&') && !text.contains('<') { text.to_owned() } else { text.replace('<', "&lt;") };
    super::tree::Tree::fragment(&marked).map_or_else(|_| text.to_owned(), |tree| tree.text(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(json: &str) -> Linked {
        articles(&[json.to_owned()]).0.into_iter().next().unwrap_or_default()
    }

    #[test]
    fn graphs_lists_and_references() {
        let graph = r##"{"@context":"https://schema.org","@graph":[
            {"@type":"Organization","@id":"#org","name":"The Ferrow Post"},
            {"@type":"Person","@id":"#bo","name":"Bo Wu"},
            {"@type":["ReportageNewsArticle","NewsArticle"],"headline":"River &amp; rain","author":[{"@id":"#bo"},"Ana Lee",
             {"@type":"NewsMediaOrganization","name":"Ferrow Wire"}],"publisher":{"@id":"#org"},
             "datePublished":"2024-03-05T23:30:00-05:00","isAccessibleForFree":"False","wordCount":"812",
             "mainEntityOfPage":{"@type":"WebPage","@id":"https://ferrow.example/a"}}]}"##;
        let article = one(graph);
        assert_eq!(article.headline.as_deref(), Some("River & rain"));
        assert_eq!(
            article.authors,
            [("Bo Wu".to_owned(), false), ("Ana Lee".to_owned(), false), ("Ferrow Wire".to_owned(), true)]
        );
        assert_eq!(article.publisher.as_deref(), Some("The Ferrow Post"));
        assert_eq!((article.free, article.words), (Some(false), Some(812)));
        assert_eq!(article.url.as_deref(), Some("https://ferrow.example/a"));
    }

    #[test]
    fn other_articles_of_the_page_are_none_of_its_own() {
        let json = r#"[{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Other"}]},
            {"@type":"WebPage","mainEntity":{"@type":"LiveBlogPosting","headline":"Own",
             "liveBlogUpdate":[{"@type":"BlogPosting","headline":"Post"}]}}]"#;
        let (found, damaged) = articles(&[json.to_owned(), "{".to_owned()]);
        assert_eq!((found.len(), damaged), (1, 1));
        assert_eq!((found[0].headline.as_deref(), found[0].kind.as_str()), (Some("Own"), "LiveBlogPosting"));
    }

    #[test]
    fn json_as_pages_write_it() {
        assert_eq!(one("<!-- {\"@type\":\"NewsArticle\",\"headline\":\"a\nb\",} -->").headline.as_deref(), Some("a b"));
        assert_eq!(one("{\"@type\":\"Article\",\"author\":{\"name\":[\"A B\",\"C D\"]}};").authors.len(), 2);
        let deep = "[".repeat(100_000);
        assert_eq!(articles(&[deep]).1, 1);
        // references in a circle end
        assert_eq!(one(r##"{"@type":"Article","@id":"#a","author":{"@id":"#a"}}"##).authors, []);
    }
}
