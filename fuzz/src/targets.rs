//! What is fuzzed: a function a target. It takes any bytes and panics where a promise is broken.
//!
//! Two callers share it: the fuzz targets beside it, and the test suite, which replays what was found and some thousand
//! mutations of the seeds (`tests/suite/fuzz.rs`). The seeds are the project's own files; nothing is kept twice.

use std::path::Path;
use std::sync::Arc;

use factbrief::audit;
use factbrief::brief::issue::Issues;
use factbrief::brief::language::Language;
use factbrief::brief::view::View;
use factbrief::check::{self, Settings};
use factbrief::diag::Diagnostic;
use factbrief::evidence;
use factbrief::evidence::carried::Carried;
use factbrief::facts::date::Date;
use factbrief::facts::figure::Figure;
use factbrief::intake;
use factbrief::intake::stamp::Stamp;
use factbrief::load::archive::Archive;
use factbrief::load::briefing::Request;
use factbrief::load::lock::Lock;
use factbrief::load::mapping::{self, Mapping};
use factbrief::load::project::Project;
use factbrief::load::tables::{self, Ledger};
use factbrief::load::{self, import, references};
use factbrief::render::set;
use factbrief::render::template::Kind;
use factbrief::report;
use factbrief::text::article::Article;
use factbrief::text::file::TextFile;
use factbrief::text::find::{self, Quotation};
use factbrief::text::lexicon::Lexicon;
use factbrief::text::markdown::escape;
use factbrief::text::normalise::fold;
use factbrief::text::table::Table;
use factbrief::text::{calendar, estimate, gate, quantity, sentence, speech};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A target.
pub struct Target {
    /// Its name, which is that of its fuzz target and of its folder of cases.
    pub name: &'static str,
    /// What it does with bytes.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "dossier", run: dossier },
    Target { name: "files", run: files },
    Target { name: "quotation", run: quotation },
    Target { name: "quantity", run: numbers },
    Target { name: "date", run: date },
    Target { name: "page", run: page },
    Target { name: "pdf", run: pdf },
    Target { name: "markdown", run: markdown },
    Target { name: "template", run: template },
    Target { name: "table", run: table },
    Target { name: "references", run: list },
];

/// Where the seeds of each target lie: a line a target, its name first.
pub const SEEDS: &str = include_str!("../seeds.txt");

/// What is printed of a thing that was read, is printed of it again where that can be read.
fn prints_the_same(printed: &str, again: impl Fn(Arc<TextFile>) -> Option<String>) {
    if let Some(again) = again(named("again.lock", printed)) {
        assert_eq!(again, printed);
    }
}

/// Runs the target of a name.
///
/// # Panics
/// Where there is none, or it finds something.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of this name").run)(data);
}

/// What parts the texts of an input that is several.
const CUT: &str = "\n%%\n";

fn admitted(data: &[u8]) -> Option<String> {
    gate::admit(data.to_vec()).ok()
}

fn named(name: &str, text: impl Into<String>) -> Arc<TextFile> {
    Arc::new(TextFile::new(name, text))
}

/// Findings can be printed in every form, and nothing of what was read is printed raw.
fn shown(findings: &[Diagnostic]) {
    for finding in findings {
        for label in &finding.labels {
            assert!(
                label.file.text().get(label.span.clone()).is_some(),
                "{}: a place between characters",
                finding.code
            );
        }
        for fix in &finding.fixes {
            for edit in &fix.edits {
                assert!(
                    edit.file.text().get(edit.span.clone()).is_some(),
                    "{}: an edit between characters",
                    finding.code
                );
            }
        }
    }
    for finding in findings.iter().take(8) {
        let text = report::human::render(finding, false);
        assert!(!text.chars().any(gate::is_hidden), "printed raw: {text:?}");
    }
}

/// The files of a dossier, parted by lines `%%`: records, with every reference resolved, and the rules run on them.
fn dossier(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    let parts: Vec<&str> = text.split(CUT).take(4).collect();
    let files: Vec<_> = parts.iter().enumerate().map(|(i, part)| named(&format!("seeds/x/{i}.toml"), *part)).collect();
    match load::resolve("x", "en", &files) {
        Err(findings) => {
            assert!(!findings.is_empty(), "refused without a reason");
            shown(&findings);
        }
        Ok(dossier) => {
            let backwards: Vec<_> = files.iter().rev().cloned().collect();
            let again = load::resolve("x", "en", &backwards).expect("the order of files does not matter");
            let (report, _) = check::run(&dossier, &Archive::Absent, None, &Settings::default());
            let (other, _) = check::run(&again, &Archive::Absent, None, &Settings::default());
            assert_eq!(report.tally, other.tally);
            assert_eq!(report.lock.print(), other.lock.print());
            shown(&report.findings);
        }
    }
}

/// Every other file that the program reads: the same text to each of their readers.
fn files(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    let file = named("briefings/x.toml", text.as_str());
    if let Err(findings) = Request::parse(&file) {
        shown(&findings);
    }
    if let Err(findings) = Project::parse(Path::new("nowhere"), Arc::clone(&file)) {
        shown(&findings);
    }
    if let Err(findings) = Mapping::parse(&file) {
        shown(&findings);
    }
    if let Err(findings) = Language::parse("en", &file) {
        shown(&findings);
    }
    match Lock::parse(&file) {
        Ok(lock) => prints_the_same(&lock.print(), |text| Some(Lock::parse(&text).ok()?.print())),
        Err(finding) => shown(&[*finding]),
    }
    match Issues::parse(&file) {
        Ok(issues) => prints_the_same(&issues.print(), |text| Some(Issues::parse(&text).ok()?.print())),
        Err(finding) => shown(&[*finding]),
    }
    match Ledger::parse(&file) {
        Ok(ledger) => assert!(Ledger::parse(&named("books.toml", ledger.print())).is_ok()),
        Err(finding) => shown(&[*finding]),
    }
    if let Err(finding) = tables::rows(&file) {
        shown(&[*finding]);
    }
}

/// An article and a quotation, parted by a line `%%`: what is found is what was looked for.
fn quotation(data: &[u8]) {
    let Ok(text) = gate::decode(data.to_vec()) else { return };
    let (body, quote) = text.rsplit_once(CUT).unwrap_or((&text, text.get(..40).unwrap_or(&text)));
    let article = Article::read("a.txt", body.as_bytes().to_vec()).expect("it is UTF-8");
    for paragraph in article.paragraphs() {
        assert!(article.folded().text().get(paragraph.clone()).is_some());
    }
    if let Ok(quotation) = Quotation::parse(quote) {
        let passages: Vec<String> = quotation.text().split(" [...] ").map(str::to_owned).collect();
        for hit in find::find(&article, quote, &quotation) {
            let stands = body.get(hit.original.clone()).expect("a hit on characters");
            assert_eq!(hit.passages.len(), passages.len());
            if let [passage] = passages.as_slice() {
                let kept = article.hyphens_kept().map(|kept| kept.text()[kept.folded(&hit.original)].to_owned());
                let folded = fold(stands);
                assert!(
                    folded == *passage || kept.as_deref() == Some(passage),
                    "{passage:?} was found where {folded:?} stands"
                );
            }
            if hit.exact {
                assert_eq!(stands, quote);
            }
            let _ = (article.zone(&hit.original), article.line(hit.original.start));
        }
    }
    for near in find::nearest(&article, quote, 3) {
        assert!(body.get(near.original).is_some() && body.get(near.stands_at).is_some());
    }
}

/// Numbers, dates, hedges and speech, by the words of each language and of none.
fn numbers(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    for language in Lexicon::languages().into_iter().chain(["tlh"]) {
        let lexicon = Lexicon::or_bare(language);
        let mut end = 0;
        for found in quantity::quantities(&text, lexicon) {
            assert!(found.span.start >= end && found.span.start < found.span.end, "spans in order");
            assert!(text.get(found.span.clone()).is_some());
            end = found.span.end;
            if let Some(figure) = Figure::read(&found) {
                let written = figure.to_string();
                assert_eq!(written.parse::<Figure>().as_ref(), Ok(&figure), "{:?} is {written}", &text[found.span]);
            }
        }
        for words in calendar::calendar(&text, lexicon) {
            assert!(text.get(words.span).is_some());
        }
        for words in calendar::relative(&text, lexicon) {
            assert!(text.get(words.span).is_some());
        }
        let _ = estimate::estimates(&text, lexicon);
        for sentence in sentence::sentences(&text, lexicon) {
            let sentence = text.get(sentence).expect("a sentence on characters");
            for cue in sentence::cues(sentence, lexicon) {
                let _ = sentence::governs(sentence, &cue, &(0..sentence.len()), lexicon);
            }
        }
        for item in audit::items::items(&text, lexicon) {
            assert!(text.get(item.span).is_some());
        }
        let _ = Stamp::of_words(&text, lexicon);
    }
    for speech in speech::speeches(&text) {
        assert!(text.get(speech).is_some());
    }
}

/// Dates and values as records write them.
fn date(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    for text in text.lines() {
        if let Ok(date) = text.parse::<Date>() {
            assert_eq!(date.to_string().parse::<Date>().as_ref(), Ok(&date), "{text:?}");
            assert!(date.earliest() <= date.latest(), "{text:?}");
            assert_eq!(date.unqualified().unqualified(), date.unqualified());
            let _ = date.as_day();
        }
        if let Ok(figure) = text.parse::<Figure>() {
            assert_eq!(figure.to_string().parse::<Figure>().as_ref(), Ok(&figure), "{text:?}");
        }
        let _ = (Stamp::of_machine(text), Stamp::of_address(text));
    }
}

/// A saved page, whatever it is.
fn page(data: &[u8]) {
    taken("x.html", data);
}

fn taken(name: &str, data: &[u8]) {
    match intake::read(name, data.to_vec()) {
        Ok(article) => {
            assert!(!article.text.trim().is_empty(), "an article without words");
            let mut archived = Article::read("a.txt", article.text.clone().into_bytes()).expect("it is UTF-8");
            let openings = article.furniture.iter().chain(&article.captions).map(String::as_str);
            let missing = archived.mark(find_zone(), openings);
            assert_eq!(missing, Ok(()), "a line that the record names and the article has not");
        }
        Err(finding) => {
            assert!(!finding.title.contains("a reader of the program failed"), "{}", finding.title);
            shown(&[*finding]);
        }
    }
}

fn find_zone() -> factbrief::text::article::Zone {
    factbrief::text::article::Zone::Caption
}

/// A PDF: as an article, as a briefing to be audited, and as one that carries its evidence.
fn pdf(data: &[u8]) {
    taken("x.pdf", data);
    if let Err(finding) = audit::Text::read(data.to_vec(), "x.pdf") {
        shown(&[*finding]);
    }
    if let Ok(carried) = Carried::read(data, "x.pdf") {
        let verification = evidence::verify(&carried, &Archive::Absent, None);
        let _ = verification.fails();
    }
}

/// The text of Markdown, with GitHub's extensions and what others add.
fn read_back(markdown: &str) -> Vec<(Option<&'static str>, String)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH;
    let mut out: Vec<(Option<&'static str>, String)> = Vec::new();
    for event in Parser::new_ext(markdown, options) {
        let mark = match event {
            Event::Text(text) => {
                match out.last_mut() {
                    Some((None, known)) => known.push_str(&text),
                    _ => out.push((None, text.into_string())),
                }
                continue;
            }
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => "paragraph",
            Event::Start(Tag::Heading { .. }) | Event::End(TagEnd::Heading(_)) => "heading",
            Event::Start(Tag::List(None)) | Event::End(TagEnd::List(false)) => "list",
            Event::Start(Tag::List(Some(_))) | Event::End(TagEnd::List(true)) => "numbers",
            Event::Start(Tag::Item) | Event::End(TagEnd::Item) => "item",
            Event::Start(Tag::Table(_)) | Event::End(TagEnd::Table) => "table",
            Event::Start(Tag::TableHead | Tag::TableRow) | Event::End(TagEnd::TableHead | TagEnd::TableRow) => "row",
            Event::Start(Tag::TableCell) | Event::End(TagEnd::TableCell) => "cell",
            Event::Start(Tag::BlockQuote(_)) | Event::End(TagEnd::BlockQuote(_)) => "block quote",
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => "emphasis",
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => "strong",
            Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) => "link",
            _ => "something else",
        };
        out.push((Some(mark), String::new()));
    }
    out
}

/// A value in each position of a page: the structure is that of a plain word, and the text is the value.
fn markdown(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    let _ = (set::blocks(&text), set::plain(&text), set::literal(&text));
    for value in text.split(CUT) {
        let escaped = escape(value);
        let expected = flat(value);
        if expected.is_empty() {
            continue;
        }
        for position in POSITIONS {
            // a plain word that no position has in it
            let plain = read_back(&position.replace('@', "QQ"));
            let hostile = read_back(&position.replace('@', &escaped));
            let wanted: Vec<_> = plain.into_iter().map(|(mark, text)| (mark, text.replace("QQ", &expected))).collect();
            assert_eq!(hostile, wanted, "{value:?} in {position:?}");
        }
    }
}

/// Where a value stands in a briefing; `@` is the value.
pub const POSITIONS: &[&str] = &[
    "@",
    "before @ after",
    "before @",
    "# @",
    "- @",
    "1. @",
    "> @",
    "| head | @ |\n|:--|:--|\n| cell | cell |",
    "| head | head |\n|:--|:--|\n| @ | @ |",
    "a [@](#ref-1) link",
    "a **bold: @ word** here",
    "- item\n  @",
    "word\n@",
];

/// A value as it is printed: on one line, single spaces, none at the ends.
fn flat(value: &str) -> String {
    let mut out = String::new();
    for c in value.trim().chars() {
        if !matches!(c, ' ' | '\n' | '\r' | '\t') {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// A template of a kind of briefing: it is refused, or it prints the specimen of every view.
fn template(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    let folder = tempfile::tempdir().expect("a folder for a template");
    let kind = folder.path().join("templates/kind");
    let written = std::fs::create_dir_all(&kind)
        .and_then(|()| std::fs::write(kind.join("briefing.md.hbs"), text))
        .and_then(|()| std::fs::write(kind.join("layout.typ"), "#let layout(view, body) = body\n"));
    written.expect("a template on disk");
    match Kind::load(folder.path(), "kind") {
        Ok(kind) => match kind.markdown(&View::specimen()) {
            Ok(markdown) => drop(set::blocks(&markdown)),
            Err(finding) => shown(&[*finding]),
        },
        Err(findings) => shown(&findings),
    }
}

/// A mapping and a table, parted by a line `%%`; by the shipped mappings, where there is no such line. Each row is imported,
/// refused or left out, and what is written can be read.
fn table(data: &[u8]) {
    let cut = data.windows(CUT.len()).position(|window| window == CUT.as_bytes());
    let (head, body) = cut.map_or((None, data), |at| (Some(&data[..at]), &data[at + CUT.len()..]));
    let mappings: Vec<Arc<TextFile>> = match head.and_then(admitted) {
        Some(text) => vec![named("x.toml", text)],
        None => mapping::SHIPPED.iter().map(|(name, text)| named(name, *text)).collect(),
    };
    for file in mappings {
        let mapping = match Mapping::parse(&file) {
            Ok(mapping) => mapping,
            Err(findings) => {
                shown(&findings);
                continue;
            }
        };
        let Ok(table) = Table::read(body, mapping.form.delimiter, mapping.form.encoding.as_deref()) else { continue };
        if let Err(finding) = mapping.bind(table.header()) {
            shown(&[*finding]);
            continue;
        }
        let imported = import::import("x", &mapping, &table);
        let left_out: usize = imported.left_out.values().sum();
        assert_eq!(imported.rows.len() + imported.refused.len() + left_out, table.len(), "a row is lost");
        let _ = imported.refused_file();
        let printed = named("rows.csv", imported.rows_file());
        match tables::rows(&printed) {
            Ok((columns, rows)) => {
                assert_eq!(columns, imported.columns);
                let read: Vec<_> = rows.iter().map(|(row, _)| row.as_ref()).collect();
                assert_eq!(read, imported.rows.iter().collect::<Vec<_>>());
            }
            // what no reader can see is refused when it is read
            Err(_) => {
                assert!(
                    !gate::hidden(printed.text()).is_empty() || imported.columns.is_empty(),
                    "{:?}",
                    printed.text()
                );
            }
        }
        let record = import::source_record("x", "x.csv", &mapping, &table, Some("2015-02-16"), true);
        assert!(toml::from_str::<toml::Table>(&record).is_ok(), "{record}");
    }
}

/// A list of references: what is taken from it makes records that can be loaded.
fn list(data: &[u8]) {
    let Some(text) = admitted(data) else { return };
    let file = named("x.bib", text);
    match references::read(&file) {
        Err(finding) => shown(&[*finding]),
        Ok((found, findings)) => {
            shown(&findings);
            let (new, _) = references::place(found, None);
            let records = references::records(&new, "x.bib");
            assert!(toml::from_str::<toml::Table>(&records).is_ok(), "{records}");
            if let Err(findings) = load::resolve("x", "en", &[named("seeds/x/sources.toml", records.as_str())]) {
                let codes: Vec<_> = findings.iter().map(|f| f.code).collect();
                assert!(
                    codes.iter().all(|code| *code == "hidden-character"),
                    "{codes:?}: {} of\n{records}",
                    findings[0].title
                );
            }
        }
    }
}
