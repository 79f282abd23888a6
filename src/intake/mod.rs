//! Floor 4: an article out of a file that somebody saved.
//!
//! Bytes and a file name in, an [`Article`] out: the text as it is archived, what the file says of title, authors,
//! publisher, date and address, where each of these comes from, and what it does not say. Nothing is fetched, nothing is
//! written.
//!
//! - [`charset`]: bytes to characters
//! - `tree`, `body`: a web page and the article in it
//! - `linked`, `page`: what a page says of itself (JSON-LD, OpenGraph, meta elements, byline), and which of it counts
//! - [`stamp`]: dates as pages write them; `byline`: names out of a line
//! - `mime`: a page saved with its pictures in one file (MHTML); `pdf`: the text of a PDF
//! - [`mod@record`]: the record of the source, and its place in a file of the dossier

mod body;
mod byline;
pub mod charset;
mod linked;
mod mime;
mod page;
mod pdf;
mod plain;
pub mod record;
pub mod stamp;
mod tree;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use crate::diag::Diagnostic;
use crate::text::gate::{MAX_BYTES, is_hidden, visible};
use stamp::Stamp;

/// The stack of the thread that reads a file: its readers walk what is nested by calling themselves.
const STACK: usize = 256 * 1024 * 1024;
/// How long a file may be read.
const LIMIT: Duration = Duration::from_secs(60);
/// A text with fewer letters and digits than this is no article.
const MIN_LETTERS: usize = 20;

/// What is known of a value, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// The file says so; in which of its parts.
    Stated(T, String),
    /// Concluded from something else that the file says; from what.
    Inferred(T, String),
    /// The file does not say.
    #[default]
    Unsaid,
}

impl<T> Known<T> {
    /// The value, however it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Stated(value, _) | Self::Inferred(value, _) => Some(value),
            Self::Unsaid => None,
        }
    }

    /// Where it comes from.
    pub fn from(&self) -> Option<&str> {
        match self {
            Self::Stated(_, from) | Self::Inferred(_, from) => Some(from),
            Self::Unsaid => None,
        }
    }
}

/// What kind of file it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Plain text.
    Text,
    /// A saved web page.
    Html,
    /// A web page saved in one file with its pictures.
    Mhtml,
    /// A PDF.
    Pdf,
}

impl Form {
    /// The word for it in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "HTML",
            Self::Mhtml => "MHTML",
            Self::Pdf => "PDF",
        }
    }
}

/// How the date of publication is known, beyond who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The date, with the words in which it was written.
    pub stamp: Stamp,
    /// Words of the archived text that state the same day in full.
    pub words: Option<String>,
}

/// Who is named as having written it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name, as written.
    pub name: String,
    /// Whether the file says that it is no person.
    pub organisation: bool,
}

/// An article as it is taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The file's kind.
    pub form: Form,
    /// Its character set and how that is known ("windows-1256, by its meta element"); empty for a PDF.
    pub charset: String,
    /// The text to be archived: paragraphs parted by empty lines.
    pub text: String,
    /// The headline.
    pub title: Known<String>,
    /// Who wrote it.
    pub authors: Known<Vec<Author>>,
    /// A byline that names no person: a desk, an agency.
    pub unnamed: Vec<String>,
    /// Who published it.
    pub publisher: Known<String>,
    /// When it was published.
    pub published: Known<Published>,
    /// When it was last changed.
    pub modified: Known<Stamp>,
    /// Its address.
    pub url: Known<String>,
    /// Its language (BCP 47).
    pub language: Known<String>,
    /// Whether it runs from right to left.
    pub right_to_left: bool,
    /// Lines of the text that are headline, deck or subheading.
    pub captions: Vec<String>,
    /// Lines of the text that are page text: byline, date line.
    pub furniture: Vec<String>,
    /// What was left out of the text, in words ("3 captions").
    pub left_out: Vec<String>,
    /// What an analyst should know: disagreements, walls, damage.
    pub notes: Vec<String>,
}

impl Article {
    fn of(form: Form, charset: String) -> Self {
        Self {
            form,
            charset,
            text: String::new(),
            title: Known::Unsaid,
            authors: Known::Unsaid,
            unnamed: Vec::new(),
            publisher: Known::Unsaid,
            published: Known::Unsaid,
            modified: Known::Unsaid,
            url: Known::Unsaid,
            language: Known::Unsaid,
            right_to_left: false,
            captions: Vec::new(),
            furniture: Vec::new(),
            left_out: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The paragraphs of its text.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.text.split("\n\n").map(str::trim).filter(|p| !p.is_empty())
    }

    /// A record names headlines and page text by how their lines begin. One that begins a line of the text, too, would take
    /// that line with it: such a byline is left out of the text, such a heading is not named.
    fn settle_openings(&mut self) {
        use crate::text::normalise::fold;
        let lines: Vec<String> = self.text.lines().map(fold).filter(|l| !l.is_empty()).collect();
        let begins_another = |opening: &String| {
            let opening = fold(opening);
            lines.iter().filter(|l| **l == opening).count() > 1
                || lines.iter().any(|l| {
                    l.strip_prefix(opening.as_str()).is_some_and(|rest| {
                        let same_word =
                            opening.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric);
                        !(rest.is_empty() || same_word)
                    })
                })
        };
        let (clash, furniture): (Vec<String>, Vec<String>) = self.furniture.drain(..).partition(begins_another);
        self.captions.retain(|c| !begins_another(c));
        self.furniture = furniture;
        for line in clash {
            if let Some(at) = self.text.find(&format!("{line}\n\n")) {
                self.text.replace_range(at..at + line.len() + 2, "");
            }
            self.left_out.push(format!("the line \"{}\"", visible(&line)));
        }
        if let Known::Stated(published, _) = &mut self.published
            && published.words.as_ref().is_some_and(|w| !fold(&self.text).contains(w.as_str()))
        {
            published.words = None;
        }
    }

    /// Names of what a record should have and the file does not say.
    #[must_use]
    pub fn unsaid(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut note = |known: bool, name| {
            if !known {
                missing.push(name);
            }
        };
        note(self.title.value().is_some(), "title");
        note(self.publisher.value().is_some(), "publisher");
        note(self.authors.value().is_some(), "authors");
        note(self.published.value().is_some(), "published");
        note(self.url.value().is_some(), "url");
        missing
    }
}

/// Reads the article out of a file. `name` is shown in findings, and its ending helps to tell what the file is.
///
/// The work is done on a thread of its own with a large stack and a limit of time; one that overruns it is left behind
/// and ends with the process.
///
/// # Errors
/// Where the file holds no article that can be read: what it is, and what to save instead.
pub fn read(name: &str, bytes: Vec<u8>) -> Result<Article, Box<Diagnostic>> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Box::new(
            Diagnostic::new("limit", format!("{} has {} bytes; the limit is {MAX_BYTES}", visible(name), bytes.len()))
                .help("save the page without its pictures (\"HTML only\"), or the text alone"),
        ));
    }
    let (done, wait) = mpsc::channel();
    let job: Arc<(String, Vec<u8>)> = Arc::new((name.to_owned(), bytes));
    let spawned = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        // the receiver may have stopped waiting
        let _ = done.send(take(&job.0, &job.1));
    });
    if let Err(error) = spawned {
        return Err(Box::new(Diagnostic::new("internal", format!("cannot start a thread to read in: {error}"))));
    }
    match wait.recv_timeout(LIMIT) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Box::new(
            Diagnostic::new("limit", format!("{} was not read within {} seconds", visible(name), LIMIT.as_secs()))
                .help("save the text of the article in a .txt file, and add that"),
        )),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Box::new(
            Diagnostic::new("not-an-article", format!("a reader of the program failed on {}", visible(name)))
                .note("this is a defect of the program or of a library, not of your file")
                .help("save the text of the article in a .txt file, and add that"),
        )),
    }
}

/// A refusal: what the file is, and what to do instead.
fn refused(name: &str, what: &str, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new("not-an-article", format!("{}: {what}", visible(name))).help(help))
}

const SAVE_AS: &str = "save the page from a browser as HTML, or its text in a .txt file";

fn take(name: &str, bytes: &[u8]) -> Result<Article, Box<Diagnostic>> {
    let head = &bytes[..bytes.len().min(1024)];
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    let mut article = if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refused(name, "the file is empty", SAVE_AS));
    } else if head.windows(5).any(|w| w == b"%PDF-") {
        pdf::read(name, bytes)?
    } else if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return Err(refused(
            name,
            "this is a ZIP container, such as a Word or OpenDocument file or an e-book",
            "open it and save it as plain text (UTF-8) or as PDF",
        ));
    } else if begins(b"\xd0\xcf\x11\xe0") || begins(b"{\\rtf") {
        return Err(refused(
            name,
            "this is a file of a word processor",
            "open it and save it as plain text (UTF-8) or as PDF",
        ));
    } else if begins(b"bplist00") {
        return Err(refused(
            name,
            "this is a web archive of Safari",
            "save the page as \"Page Source\" (HTML), or its text in a .txt file",
        ));
    } else if begins(b"\x1f\x8b") || begins(b"BZh") || begins(b"\xfd7zXZ") || begins(b"7z\xbc\xaf") {
        return Err(refused(name, "this file is compressed", "unpack it and add what is in it"));
    } else if begins(b"\x89PNG") || begins(b"\xff\xd8\xff") || begins(b"GIF8") || begins(b"RIFF") {
        return Err(refused(name, "this is a picture", "a picture has no text to quote: save the page itself"));
    } else if mime::is_mhtml(bytes) {
        mime::read(name, bytes)?
    } else if is_html(name, bytes) {
        let decoded = charset::decode(name, bytes, None, true)?;
        page::read(name, Form::Html, decoded, None)?
    } else {
        plain::read(name, bytes)?
    };
    article.settle_openings();
    let letters = article.text.chars().filter(|c| c.is_alphanumeric()).take(MIN_LETTERS).count();
    if letters < MIN_LETTERS {
        return Err(refused(
            name,
            "no article is in it",
            "a page that a script builds holds its text only when the browser saves what it shows: choose \"complete page\", or copy the text into a .txt file",
        ));
    }
    Ok(article)
}

/// Whether bytes are a web page, by how they begin or, in doubt, by the file's name.
fn is_html(name: &str, bytes: &[u8]) -> bool {
    let named = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ["htm", "html", "xhtml", "shtml"].iter().any(|e| ending.eq_ignore_ascii_case(e)));
    if named {
        return true;
    }
    // UTF-16 has a zero beside each of these letters
    let begin: Vec<u8> = bytes.iter().take(4096).filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect();
    let text = String::from_utf8_lossy(&begin);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || !c.is_ascii());
    let tags = ["<!doctype html", "<html", "<head", "<body", "<!--", "<meta", "<title", "<article"];
    tags.iter().any(|tag| text.starts_with(tag)) || text.starts_with("<?xml") && text.contains("<html")
}

/// `text` without what a reader cannot see, each run of spaces and line ends as one space.
fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if !is_hidden(c) && c != '\u{fffd}' {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// `text` without hidden characters, with how many there were of each; line feeds and tabs stay.
fn without_hidden(text: &str) -> (String, Vec<(char, usize)>) {
    let mut counts: std::collections::BTreeMap<char, usize> = std::collections::BTreeMap::new();
    let kept = text
        .chars()
        .filter(|c| {
            let hidden = is_hidden(*c);
            if hidden {
                *counts.entry(*c).or_default() += 1;
            }
            !hidden
        })
        .collect();
    (kept, counts.into_iter().collect())
}

/// The words for hidden characters that were left out.
fn hidden_words(counts: &[(char, usize)]) -> Option<String> {
    let total: usize = counts.iter().map(|(_, n)| n).sum();
    (total > 0).then(|| {
        let kinds: Vec<String> = counts.iter().take(4).map(|(c, _)| crate::text::gate::code_point(*c)).collect();
        let more = if counts.len() > 4 { ", …" } else { "" };
        format!("{} ({}{more})", counted(total, "hidden character", "hidden characters"), kinds.join(", "))
    })
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The language of a text, where its letters and words leave little doubt.
fn language_of(text: &str) -> Option<&'static str> {
    let sample: String = text.chars().take(20_000).collect();
    let info = whatlang::detect(&sample)?;
    (info.is_reliable() && sample.chars().count() >= 80).then(|| two_letters(info.lang()))?
}

/// The BCP 47 tag of a language, which is that of ISO 639-1 where there is one.
fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang;
    Some(match lang {
        Lang::Ara => "ar",
        Lang::Bul => "bg",
        Lang::Ben => "bn",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tha => "th",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Vie => "vi",
        Lang::Cmn => "zh",
        _ => return None,
    })
}

/// Whether most letters of a text belong to scripts that run from right to left (Hebrew, Arabic and their neighbours).
fn runs_right_to_left(text: &str) -> bool {
    let (mut right, mut all) = (0usize, 0usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        all += 1;
        right += usize::from(is_right_to_left(c));
    }
    right * 2 > all
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Settles the language: what the file says, unless its letters are of another script; else what its words look like.
fn settle_language(stated: Known<String>, text: &str, notes: &mut Vec<String>) -> Known<String> {
    let guess = language_of(text);
    let Some(said) = stated.value() else {
        return guess.map_or(Known::Unsaid, |tag| Known::Inferred(tag.to_owned(), "the words of the text".to_owned()));
    };
    let primary = said.split('-').next().unwrap_or_default();
    match guess {
        Some(tag) if tag != primary && runs_right_to_left(text) != is_written_right_to_left(primary) => {
            notes.push(format!(
                "the page says that its language is `{said}`, and its letters are not: `{tag}` is taken"
            ));
            Known::Inferred(tag.to_owned(), "the words of the text".to_owned())
        }
        _ => stated,
    }
}

fn is_written_right_to_left(primary: &str) -> bool {
    matches!(primary, "ar" | "he" | "fa" | "ur" | "ps" | "ckb" | "sd" | "ug" | "yi" | "dv" | "arz" | "ary" | "apc")
}

/// A language tag in the form of BCP 47, where it is one.
fn language_tag(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let mut parts = text.split('-');
    let mut tag = parts.next()?.to_ascii_lowercase();
    for part in parts {
        tag.push('-');
        if part.len() == 2 {
            tag.push_str(&part.to_ascii_uppercase());
        } else {
            tag.push_str(part);
        }
    }
    crate::facts::text::is_language_tag(&tag).then_some(tag)
}

#[cfg(test)]
mod tests;
