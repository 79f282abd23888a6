//! The text of a PDF's pages, in the order of drawing, apart from what is marked as an artifact: header and footer.

use lopdf::content::Content;
use lopdf::{Document, Encoding, Error, LoadOptions, Object};
use unicode_normalization::char::is_combining_mark;

use crate::brief::wording::is_right_to_left;
use crate::render::set::BREAK;

/// The most bytes that a stream of a PDF may unpack to.
pub(crate) const MAX_STREAM: usize = 64 * 1024 * 1024;
/// The most characters of text in a PDF.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// Why a PDF cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It does not begin as a PDF does.
    NotPdf,
    /// It asks for a password.
    Encrypted,
    /// It has no page.
    NoPages,
    /// It holds more text than is read.
    TooLarge,
    /// It is written from right to left: its glyphs lie in the order of the eye.
    RightToLeft,
    /// It is damaged, in the reader's words.
    Damaged(String),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotPdf => f.write_str("it is not a PDF"),
            Self::Encrypted => f.write_str("it is an encrypted PDF; save it without a password"),
            Self::NoPages => f.write_str("it is a PDF without pages"),
            Self::TooLarge => write!(f, "it unpacks to more than {MAX_STREAM} bytes or {MAX_TEXT} characters"),
            Self::RightToLeft => f.write_str(
                "its pages run from right to left, and their text cannot be read back in the order of reading; audit the Markdown of the same briefing",
            ),
            Self::Damaged(why) => write!(f, "it is a damaged PDF: {why}"),
        }
    }
}

/// Whether bytes begin as a PDF does.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its text.
    pub text: String,
    /// The text of its artifacts: header and footer, heads of tables that are repeated.
    pub furniture: String,
}

/// A PDF, loaded within the limits.
///
/// # Errors
/// Where the bytes are no PDF, or one that asks for a password or is damaged.
pub(crate) fn open(bytes: &[u8]) -> Result<Document, Unreadable> {
    if !is_pdf(bytes) {
        return Err(Unreadable::NotPdf);
    }
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| damaged(&error))?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(Unreadable::Encrypted);
    }
    Ok(document)
}

/// What each page says.
///
/// # Errors
/// Where a page cannot be read within the limits, or there is none.
pub(crate) fn read(document: &Document) -> Result<Vec<Page>, Unreadable> {
    let mut pages = Vec::new();
    let mut length = 0;
    for (_, id) in document.get_pages() {
        let page = page(document, id)?;
        length += page.text.len() + page.furniture.len();
        if length > MAX_TEXT {
            return Err(Unreadable::TooLarge);
        }
        pages.push(page);
    }
    if pages.is_empty() { Err(Unreadable::NoPages) } else { Ok(pages) }
}

/// Whether pages run from right to left: their glyphs lie in the order of the eye, not of reading.
#[must_use]
pub fn runs_from_right_to_left(pages: &[Page]) -> bool {
    let letters = || pages.iter().flat_map(|p| p.text.chars()).filter(|c| c.is_alphabetic());
    letters().filter(|c| is_right_to_left(*c)).count() * 5 > letters().count()
}

/// The text of each page.
///
/// # Errors
/// Where the bytes are no PDF, or one that cannot be read.
pub fn pages(bytes: &[u8]) -> Result<Vec<String>, Unreadable> {
    let pages = read(&open(bytes)?)?;
    if runs_from_right_to_left(&pages) {
        return Err(Unreadable::RightToLeft);
    }
    Ok(pages.into_iter().map(|page| page.text).collect())
}

pub(crate) fn damaged(error: &Error) -> Unreadable {
    match error {
        Error::Decryption(_) | Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) => Unreadable::Encrypted,
        Error::Decompress(_) => Unreadable::TooLarge,
        other => Unreadable::Damaged(other.to_string()),
    }
}

fn page(document: &Document, id: lopdf::ObjectId) -> Result<Page, Unreadable> {
    let fonts = document.get_page_fonts(id).map_err(|e| damaged(&e))?;
    let mut encodings: Vec<(Vec<u8>, Encoding<'_>)> = Vec::new();
    for (name, font) in fonts {
        encodings.push((name, font.get_font_encoding_with_limit(document, MAX_STREAM).map_err(|e| damaged(&e))?));
    }
    let bytes = document.get_page_content_with_limit(id, MAX_STREAM).map_err(|e| damaged(&e))?;
    let content = Content::decode(&bytes).map_err(|e| damaged(&e))?;
    let mut page = Page::default();
    let (mut font, mut nested, mut artifact, mut line) = (None, 0usize, None, None::<f32>);
    // how deep, and what sign a piece of text is said to be
    let mut said: Option<(usize, char)> = None;
    for operation in &content.operations {
        let text = if artifact.is_none() { &mut page.text } else { &mut page.furniture };
        let operands = &operation.operands;
        let number = |i: usize| operands.get(i).and_then(|o| o.as_float().ok());
        let name = |i: usize| operands.get(i).and_then(|o| o.as_name().ok());
        match operation.operator.as_str() {
            "BMC" | "BDC" => {
                nested += 1;
                if name(0) == Some(b"Artifact") {
                    artifact.get_or_insert(nested);
                }
                said = operands.get(1).and_then(one_sign).map(|sign| (nested, sign)).or(said);
            }
            "EMC" => {
                said = said.filter(|(depth, _)| *depth < nested);
                if artifact == Some(nested) {
                    artifact = None;
                }
                nested = nested.saturating_sub(1);
            }
            "Tf" => font = name(0).and_then(|n| encodings.iter().find(|(known, _)| known == n)).map(|(_, e)| e),
            "Td" | "TD" => text.push(if number(1).is_some_and(|y| y.abs() > 0.1) { '\n' } else { ' ' }),
            "T*" => text.push('\n'),
            "Tm" => {
                let y = number(5);
                text.push(if y == line { ' ' } else { '\n' });
                line = y;
            }
            "ET" => text.push(' '),
            "Tj" | "TJ" | "'" | "\"" => {
                if matches!(operation.operator.as_str(), "'" | "\"") {
                    text.push('\n');
                }
                let before = text.len();
                operands.iter().for_each(|operand| shown(operand, font, text));
                if let Some((_, sign)) = said
                    // where the sign bore a mark the first time, the font says so of it each time
                    && text[before..].chars().filter(|c| !is_combining_mark(*c)).eq(mirrored(sign))
                {
                    text.truncate(before);
                    text.push(sign);
                }
            }
            _ => {}
        }
    }
    Ok(page)
}

/// The one sign that marked content is said to be (`ActualText`).
///
/// A page is read by what it shows, and what else it says of itself counts for nothing. But a closing sign in a line that
/// runs from right to left has the glyph of an opening one, and a font says one thing of a glyph: of signs that are
/// mirrored ([`mirrored`]) this tells which.
fn one_sign(properties: &Object) -> Option<char> {
    let text = lopdf::decode_text_string(properties.as_dict().ok()?.get(b"ActualText").ok()?).ok()?;
    let mut signs = text.chars();
    signs.next().filter(|sign| signs.next().is_none() && mirrored(*sign).is_some())
}

/// The other of a pair of brackets or quotation marks. Signs that compare are none: turned round, they say the contrary.
fn mirrored(sign: char) -> Option<char> {
    const PAIRS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('{', '}'), ('«', '»'), ('‹', '›')];
    PAIRS.iter().find_map(|(left, right)| match sign {
        sign if sign == *left => Some(*right),
        sign if sign == *right => Some(*left),
        _ => None,
    })
}

fn shown(operand: &Object, font: Option<&Encoding<'_>>, text: &mut String) {
    match operand {
        Object::String(bytes, _) => {
            let decoded = font.and_then(|encoding| Document::decode_text(encoding, bytes).ok());
            // what a page shows and nobody can read must be seen to be there
            let decoded = decoded.unwrap_or_else(|| "\u{fffd}".repeat(bytes.len().max(1)));
            // a place to break is no character of the text
            text.extend(decoded.chars().filter(|c| *c != BREAK));
        }
        Object::Array(parts) => parts.iter().for_each(|part| shown(part, font, text)),
        // a wide gap in a line of type is a space that was not set
        Object::Integer(gap) if *gap < -200 => text.push(' '),
        Object::Real(gap) if *gap < -200.0 => text.push(' '),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pdf_is_said_to_be_none() {
        assert_eq!(pages(b"plain text"), Err(Unreadable::NotPdf));
        assert_eq!(pages(b""), Err(Unreadable::NotPdf));
        assert!(matches!(pages(b"%PDF-1.7\nnothing else"), Err(Unreadable::Damaged(_))));
    }
}
