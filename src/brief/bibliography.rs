//! The references for programs that manage them: CSL-JSON (the input of the Citation Style Language) and BibTeX.
//!
//! What is not known is left out; nothing stands in for it.

use biblatex::{Bibliography, Chunk, Chunks, EntryType, Spanned};
use serde_json::{Map, Value, json};

use super::language::Language;
use super::name::Name;
use super::references::note;
use crate::facts::date::{Date, End, Moment, Precision, Qualifier};
use crate::facts::dossier::{Dossier, Source};
use crate::facts::table::Ref;

/// A source to be exported.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    /// The name it is exported by: its id, which may need to be told from the same id in another dossier.
    pub id: String,
    /// Its dossier.
    pub dossier: &'d Dossier,
    /// The source.
    pub source: Ref<Source>,
}

impl Item<'_> {
    fn record(&self) -> &Source {
        &self.dossier.sources[self.source].record
    }

    fn authors(&self) -> Vec<Name> {
        let written = self.record().authors.iter().filter(|a| !a.trim().is_empty());
        written.map(|a| Name::of(self.dossier, a)).collect()
    }

    fn language(&self) -> &str {
        self.record().language.as_ref().map_or(self.dossier.language.as_str(), |l| l.as_str())
    }

    /// Whether it is cited as a page: it is known by its address, and who published it is not.
    fn is_page(&self) -> bool {
        self.record().publisher.is_none() && self.record().url.is_some()
    }

    /// What has no field of its own.
    fn note(&self) -> String {
        let source = self.record();
        let about = source.about.as_ref().map(|a| a.trim().trim_end_matches('.').to_owned());
        let spoken = Language::shipped(&self.dossier.language).or_else(|| Language::shipped("en"));
        let said = spoken.map(|language| note(self.dossier, source, &language)).unwrap_or_default();
        about.into_iter().chain([said]).filter(|n| !n.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// The sources as CSL-JSON.
#[must_use]
pub fn csl_json(items: &[Item<'_>]) -> String {
    let all: Vec<Value> = items.iter().map(csl_item).collect();
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

fn csl_item(item: &Item<'_>) -> Value {
    let source = item.record();
    let mut fields = Map::new();
    let mut add = |key: &str, value: Value| {
        fields.insert(key.to_owned(), value);
    };
    add("id", json!(item.id));
    add("type", json!(if item.is_page() { "webpage" } else { "article-newspaper" }));
    if let Some(title) = &source.title {
        add("title", json!(title.as_str()));
    }
    let authors: Vec<Value> = item.authors().iter().map(csl_name).collect();
    if !authors.is_empty() {
        add("author", Value::Array(authors));
    }
    if let Some(publisher) = &source.publisher {
        add("container-title", json!(publisher.as_str()));
    }
    if let Some(published) = &source.published {
        add("issued", csl_date(published));
    }
    if let Some(url) = &source.url {
        add("URL", json!(url.as_str()));
    }
    if let Some(doi) = &source.doi {
        add("DOI", json!(doi.as_str()));
    }
    add("language", json!(item.language()));
    let note = item.note();
    if !note.is_empty() {
        add("note", json!(note));
    }
    Value::Object(fields)
}

fn csl_name(name: &Name) -> Value {
    let mut fields = Map::new();
    match name {
        Name::Body(name) => {
            fields.insert("literal".to_owned(), json!(name));
        }
        Name::Person { given, dropping, particle, family, suffix } => {
            let parts = [
                ("family", Some(family)),
                ("given", given.as_ref()),
                ("dropping-particle", dropping.as_ref()),
                ("non-dropping-particle", particle.as_ref()),
                ("suffix", suffix.as_ref()),
            ];
            for (key, value) in parts {
                if let Some(value) = value {
                    fields.insert(key.to_owned(), json!(value));
                }
            }
        }
    }
    Value::Object(fields)
}

/// A date with its parts. An interval, or a date of which the last digits of the year are not known, has two; where one
/// end of an interval is open or unknown, the other stands alone and the EDTF text says so.
fn csl_date(date: &Date) -> Value {
    let mut fields = Map::new();
    let mut parts: Vec<Vec<i32>> = Vec::new();
    let mut circa = false;
    let mut season = None;
    let mut moment = |m: &Moment| {
        let (year, month, day) = m.parts();
        match m.precision() {
            Precision::Years(digits) => {
                parts.push(vec![year]);
                parts.push(vec![year + 10i32.pow(u32::from(digits)) - 1]);
            }
            Precision::Year | Precision::SomeMonth { .. } => parts.push(vec![year]),
            Precision::Season(number) => {
                season = Some(number.saturating_sub(20));
                parts.push(vec![year]);
            }
            Precision::Month | Precision::SomeDay => parts.push(vec![year, i32::from(month)]),
            Precision::Day => parts.push(vec![year, i32::from(month), i32::from(day)]),
        }
        circa |= m.qualifier().is_some_and(|q| q != Qualifier::Uncertain);
    };
    let mut whole = true;
    match date {
        Date::Single(m) => moment(m),
        Date::Interval(from, to) => {
            for end in [from, to] {
                match end {
                    End::At(m) => moment(m),
                    End::Open | End::Unknown => whole = false,
                }
            }
        }
    }
    if parts.len() > 2 {
        // two decades: from the first year of the one to the last of the other
        let last = parts.pop();
        parts.truncate(1);
        parts.extend(last);
    }
    fields.insert("date-parts".to_owned(), json!(parts));
    if let (Some(season), 1) = (season, parts.len()) {
        fields.insert("season".to_owned(), json!(season));
    }
    if circa {
        fields.insert("circa".to_owned(), json!(true));
    }
    if !whole {
        fields.insert("edtf".to_owned(), json!(date.to_string()));
    }
    Value::Object(fields)
}

/// The sources as BibTeX.
#[must_use]
pub fn bibtex(items: &[Item<'_>]) -> String {
    let mut all = Bibliography::new();
    for item in items {
        all.insert(bib_entry(item));
    }
    let mut text = all.to_bibtex_string();
    for (_, stand_in, command) in COMMANDS {
        text = text.replace(*stand_in, command);
    }
    text
}

/// Characters that the library escapes to an accent or a line break, and the commands for them. What stands in for them on
/// the way is no character, and the text gate lets none of these in.
const COMMANDS: &[(char, char, &str)] = &[
    ('~', '\u{fdd0}', "\\textasciitilde{}"),
    ('^', '\u{fdd1}', "\\textasciicircum{}"),
    ('\\', '\u{fdd2}', "\\textbackslash{}"),
];

fn bib_entry(item: &Item<'_>) -> biblatex::Entry {
    let source = item.record();
    let kind = if item.is_page() { EntryType::Misc } else { EntryType::Article };
    let mut entry = biblatex::Entry::new(item.id.clone(), kind);
    if let Some(title) = &source.title {
        entry.set("title", vec![verbatim(title)]);
    }
    let authors = bib_authors(&item.authors());
    if !authors.is_empty() {
        entry.set("author", authors);
    }
    if let Some(publisher) = &source.publisher {
        entry.set("journaltitle", vec![verbatim(publisher)]);
    }
    if let Some(published) = &source.published {
        bib_date(&mut entry, published);
    }
    if let Some(url) = &source.url {
        // an address is read as it stands
        entry.set("url", vec![Spanned::detached(Chunk::Normal(url.as_str().to_owned()))]);
    }
    if let Some(doi) = &source.doi {
        entry.set("doi", vec![Spanned::detached(Chunk::Normal(doi.as_str().to_owned()))]);
    }
    entry.set("langid", vec![normal(item.language())]);
    let note = item.note();
    if !note.is_empty() {
        entry.set("note", vec![normal(&note)]);
    }
    entry
}

/// Fields of their own rather than one that a program may not read: BibTeX knows no intervals and no doubt.
fn bib_date(entry: &mut biblatex::Entry, date: &Date) {
    let moment = match date {
        Date::Single(m) | Date::Interval(End::At(m), _) | Date::Interval(_, End::At(m)) => m,
        Date::Interval(..) => return,
    };
    let (year, month, day) = moment.parts();
    let exact = moment.precision();
    if matches!(exact, Precision::Years(_)) {
        return;
    }
    entry.set("year", vec![normal(&year.to_string())]);
    if matches!(exact, Precision::Month | Precision::SomeDay | Precision::Day) {
        entry.set("month", vec![normal(&month.to_string())]);
    }
    if exact == Precision::Day {
        entry.set("day", vec![normal(&day.to_string())]);
    }
}

/// Names joined by "and"; a part that could be taken apart is in braces.
fn bib_authors(names: &[Name]) -> Chunks {
    let mut chunks: Chunks = Vec::new();
    let part = |text: &str| {
        let torn = text.contains([',', '=']) || text.split_whitespace().any(|w| w.eq_ignore_ascii_case("and"));
        if torn { verbatim(text) } else { normal(text) }
    };
    for (i, name) in names.iter().enumerate() {
        if i > 0 {
            chunks.push(normal(" and "));
        }
        match name {
            Name::Body(name) => chunks.push(verbatim(name)),
            Name::Person { given, dropping, particle, family, suffix } => {
                if let Some(particle) = particle {
                    chunks.push(part(particle));
                    chunks.push(normal(" "));
                }
                // several words of a family name, none of them a particle
                chunks.push(if family.contains(' ') { verbatim(family) } else { part(family) });
                if let Some(suffix) = suffix {
                    chunks.push(normal(", "));
                    chunks.push(part(suffix));
                }
                let given: Vec<&str> = given.iter().chain(dropping).map(String::as_str).collect();
                if !given.is_empty() {
                    chunks.push(normal(", "));
                    chunks.push(part(&given.join(" ")));
                }
            }
        }
    }
    chunks
}

fn normal(text: &str) -> Spanned<Chunk> {
    Spanned::detached(Chunk::Normal(with_stand_ins(text)))
}

fn verbatim(text: &str) -> Spanned<Chunk> {
    Spanned::detached(Chunk::Verbatim(with_stand_ins(text)))
}

fn with_stand_ins(text: &str) -> String {
    let stand_in = |c: char| COMMANDS.iter().find(|(known, ..)| *known == c).map_or(c, |(_, stand_in, _)| *stand_in);
    text.chars().map(stand_in).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::load::document::basic_string;
    use crate::load::references;
    use crate::text::file::TextFile;

    fn dossier(records: &str) -> Dossier {
        let head = format!("file = \"a.txt\"\nsha256 = \"{}\"\n", "0".repeat(64));
        let text = records.replace("FILE\n", &head);
        crate::load::resolve("d", "en", &[Arc::new(TextFile::new("d.toml", text))])
            .unwrap_or_else(|f| panic!("{}", crate::report::render(&f, crate::report::Format::Human, false)))
    }

    fn items(dossier: &Dossier) -> Vec<Item<'_>> {
        dossier.sources.iter().map(|(r, s)| Item { id: s.id.clone(), dossier, source: r }).collect()
    }

    #[test]
    fn dates_become_parts() {
        for (edtf, expected) in [
            ("2015-02-16", json!({"date-parts": [[2015, 2, 16]]})),
            ("2015-02-16~", json!({"date-parts": [[2015, 2, 16]], "circa": true})),
            ("2015-02-16?", json!({"date-parts": [[2015, 2, 16]]})),
            ("2015-02", json!({"date-parts": [[2015, 2]]})),
            ("2015-02-XX", json!({"date-parts": [[2015, 2]]})),
            ("2015-XX", json!({"date-parts": [[2015]]})),
            ("2015", json!({"date-parts": [[2015]]})),
            ("2015-22", json!({"date-parts": [[2015]], "season": 2})),
            ("201X", json!({"date-parts": [[2010], [2019]]})),
            ("201X/202X", json!({"date-parts": [[2010], [2029]]})),
            ("2014-12/2015-01%", json!({"date-parts": [[2014, 12], [2015, 1]], "circa": true})),
            ("2015/..", json!({"date-parts": [[2015]], "edtf": "2015/.."})),
            ("/2015-02", json!({"date-parts": [[2015, 2]], "edtf": "/2015-02"})),
            ("-0044-03-15", json!({"date-parts": [[-44, 3, 15]]})),
        ] {
            assert_eq!(csl_date(&edtf.parse().unwrap()), expected, "{edtf}");
        }
    }

    #[test]
    fn bibtex_reads_back_to_the_same_titles_and_authors() {
        for title in [
            "Plain",
            "50% of $5 & more_less #1 {braces}",
            "A \\backslash and \"quotes\" and 'single'",
            "x~y ^z",
            "Überschrift: مقال 中文",
            "ISIS and \\textbf{bold}",
            "ends with \\",
            "@article{x, y = {z}}",
        ] {
            let d = dossier(&format!(
                "[source.a]\nFILE\ntitle = {title:?}\nauthors = [\"Ann Lee\", \"{{Smith and Sons, Ltd.}}\", \"Ludwig van Beethoven\", \"King, Jr., Martin Luther\", \"García Márquez, Gabriel\", \"Reuters\"]\npublisher = \"A & B\"\npublished = \"2015-02-16~\"\ndating = {{ basis = \"external\", note = \"n\" }}\nurl = \"https://example.org/a_b?c=1&d=%20#e\"\n"
            ));
            let text = bibtex(&items(&d));
            let read = Bibliography::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            let entry = read.get("a").unwrap();
            let field = |name: &str| entry.get_as::<String>(name).unwrap_or_else(|e| panic!("{name}: {e}\n{text}"));
            assert_eq!(field("title"), title, "{text}");
            assert_eq!(field("journal"), "A & B");
            assert_eq!(field("url"), "https://example.org/a_b?c=1&d=%20#e");
            assert_eq!((field("year"), field("month"), field("day")), ("2015".into(), "2".into(), "16".into()));
            let authors: Vec<String> = entry.author().unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(
                authors,
                [
                    "Ann Lee",
                    "Smith and Sons, Ltd.",
                    "Ludwig van Beethoven",
                    "Martin Luther King Jr.",
                    "Gabriel García Márquez",
                    "Reuters"
                ],
                "{text}"
            );
            let authors = entry.author().unwrap();
            assert_eq!((authors[2].prefix.as_str(), authors[2].name.as_str()), ("van", "Beethoven"));
            assert_eq!((authors[1].name.as_str(), authors[1].given_name.as_str()), ("Smith and Sons, Ltd.", ""));
            assert_eq!(authors[3].suffix, "Jr.");
        }
    }

    #[test]
    fn hyphens_of_an_address_are_no_dashes() {
        let text = "@misc{a, title = {1--2}, url = {https://example.org/a--b---c}, doi = {10.1000/a--b}}";
        let (read, _) = references::read(&Arc::new(TextFile::new("x.bib", text))).unwrap();
        assert_eq!(read[0].url.as_deref(), Some("https://example.org/a--b---c"));
        assert_eq!((read[0].doi.as_deref(), read[0].title.as_deref()), (Some("10.1000/a--b"), Some("1–2")));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let d = dossier("[source.a]\nFILE\n[source.b]\nFILE\nurl = \"https://example.org\"\n");
        let read: Value = serde_json::from_str(&csl_json(&items(&d))).unwrap();
        assert_eq!(
            read,
            json!([
                {"id": "a", "type": "article-newspaper", "language": "en", "note": "no date known"},
                {"id": "b", "type": "webpage", "URL": "https://example.org", "language": "en", "note": "no date known"},
            ])
        );
        let text = bibtex(&items(&d));
        assert!(!text.contains("title") && !text.contains("author") && !text.contains("year"), "{text}");
        assert!(text.contains("@misc{b,"), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// What is exported can be imported, and is the same.
        #[test]
        fn exported_references_are_read_back(
            title in "[!-~éд中٣]([ -~éд中٣]{0,30}[!-~éд中٣])?", publisher in "[!-~éд中]([ -~é]{0,12}[!-~é])?",
            address in "[a-z]{1,9}(/[a-zA-Z0-9_.~?=&%#-]{0,12}){0,2}", day in 1u32..=28, month in 1u32..=12,
        ) {
            let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (title, publisher) = (one(&title), one(&publisher));
            let url = format!("https://{address}.example.org");
            let d = dossier(&format!(
                "[source.a]\nFILE\ntitle = {}\npublisher = {}\nurl = {}\npublished = \"2015-{month:02}-{day:02}\"\ndating = {{ basis = \"external\", note = \"n\" }}\n",
                basic_string(&title), basic_string(&publisher), basic_string(&url)
            ));
            for (text, name) in [(csl_json(&items(&d)), "x.json"), (bibtex(&items(&d)), "x.bib")] {
                let (read, findings) = references::read(&Arc::new(TextFile::new(name, text.as_str()))).map_err(|f| TestCaseError::fail(format!("{f:?}\n{text}")))?;
                prop_assert!(findings.is_empty() && read.len() == 1, "{findings:?}\n{text}");
                prop_assert_eq!(read[0].title.as_deref(), Some(title.as_str()), "{}", text);
                prop_assert_eq!(read[0].publisher.as_deref(), Some(publisher.as_str()), "{}", text);
                prop_assert_eq!(read[0].url.as_deref(), Some(url.as_str()), "{}", text);
                prop_assert_eq!(read[0].published.as_ref().map(ToString::to_string), Some(format!("2015-{month:02}-{day:02}")), "{}", text);
            }
        }
    }
}
