//! The one place where text enters, and the one way in which input is made safe to print.
//!
//! A file must be UTF-8. A byte order mark at the start is dropped and CRLF becomes LF. Control characters, bidirectional
//! controls, unassigned and private code points change what a reader sees without being seen; they are refused in facts
//! ([`hidden`]) and shown by code point wherever input is printed ([`visible`]).

use std::ops::Range;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The most bytes that one input file may hold: 64 MiB.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotText {
    /// The first byte that is wrong.
    pub offset: usize,
    /// What is wrong, in words.
    pub why: String,
}

/// The text in `bytes`: UTF-8, without a leading byte order mark, line ends folded to LF.
///
/// # Errors
/// Where the bytes are not UTF-8, with the offset of the first that is not.
pub fn admit(bytes: Vec<u8>) -> Result<String, NotText> {
    let text = decode(bytes)?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text })
}

/// The text in `bytes` as it stands, byte for byte; for articles, whose offsets must stay those of the file.
///
/// # Errors
/// As [`admit`].
pub fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let wide = bytes.starts_with(&[0xff, 0xfe, 0, 0]);
        let name = if wide { "UTF-32" } else { "UTF-16" };
        return Err(NotText { offset: 0, why: format!("this is {name}; save it as UTF-8") });
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let byte = bytes.get(offset).copied().unwrap_or_default();
        let noughts = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
        let what = match (noughts(0), noughts(1)) {
            (0, 0) => "save the file as UTF-8",
            (even, odd) if even.max(odd) * 3 > bytes.len() && even.min(odd) * 20 < bytes.len() => {
                "the file looks like UTF-16 without a byte order mark: save it as UTF-8"
            }
            _ => "the file holds bytes of nought, as no text does: it is of another kind",
        };
        NotText { offset, why: format!("byte 0x{byte:02X} is not UTF-8; {what}") }
    })
}

/// Whether `c` is one of the bidirectional controls of UAX 9, which reorder what is shown.
#[must_use]
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a reader cannot see `c` for what it is: controls (line feed and tab aside), bidirectional controls,
/// invisible format characters (the joiners of Persian and Indic scripts aside), unassigned and private code points.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' | '\u{200c}' | '\u{200d}' => false,
        ' '..='~' => false,
        _ => matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        ),
    }
}

/// The characters of `text` that a reader cannot see, with their byte ranges.
#[must_use]
pub fn hidden(text: &str) -> Vec<(Range<usize>, char)> {
    text.char_indices().filter(|(_, c)| is_hidden(*c)).map(|(at, c)| (at..at + c.len_utf8(), c)).collect()
}

/// `text` with every hidden character written as its code point, on one line: safe to print on any terminal.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('↵'),
            '\t' => out.push(' '),
            c if is_hidden(c) => push_code_point(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// As [`visible`], but line breaks stay: for texts of several lines such as a diff.
#[must_use]
pub fn visible_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            push_code_point(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// `c` by its code point, as `U+202E`.
#[must_use]
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn push_code_point(out: &mut String, c: char) {
    out.push('⟨');
    out.push_str(&code_point(c));
    out.push('⟩');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_line_ends_and_drops_the_mark() {
        assert_eq!(admit(b"\xef\xbb\xbfa\r\nb".to_vec()).unwrap(), "a\nb");
        let error = admit(b"ab\xffc".to_vec()).unwrap_err();
        assert_eq!(error.offset, 2);
        assert!(admit(b"\xff\xfea\0".to_vec()).unwrap_err().why.contains("UTF-16"));
    }

    #[test]
    fn nothing_hidden_is_printed_raw() {
        let hostile = "a\u{1b}[31m\u{7}\r\u{202e}b\u{e000}\u{0378}c";
        let shown = visible(hostile);
        assert!(shown.chars().all(|c| !is_hidden(c)), "{shown}");
        assert!(shown.contains("U+202E") && shown.contains("U+001B"));
        assert_eq!(hidden(hostile).len(), 6);
        assert!(hidden("plain, «texte», نص, می‌خواهم").is_empty());
    }
}
