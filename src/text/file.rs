//! A named text and the places in it.

use std::num::NonZeroUsize;
use std::ops::Range;

/// A line or column number. One-based by type: there is no line 0.
pub type OneIndexed = NonZeroUsize;

/// Line and column of a byte in a text, both counted from one; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line number.
    pub line: OneIndexed,
    /// Column, in characters.
    pub column: OneIndexed,
}

/// A text with the name it is shown by (a path relative to the project, never an absolute one) and its line starts.
#[derive(Debug, PartialEq, Eq)]
pub struct TextFile {
    name: String,
    text: String,
    starts: Vec<usize>,
    /// How many bytes a byte order mark took at the start of the file; it is no part of the text.
    mark: usize,
    /// The line feeds of the text before which the file has a carriage return, which is no part of the text.
    returns: Vec<usize>,
}

impl TextFile {
    /// A text under the name it is to be shown by.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1));
        Self { name: name.into(), text, starts, mark: 0, returns: Vec::new() }
    }

    /// A text as the text gate admits it, of a file that holds `bytes`: without byte order mark and carriage returns at
    /// the ends of lines.
    #[must_use]
    pub fn admitted(name: impl Into<String>, text: impl Into<String>, bytes: &[u8]) -> Self {
        let mut file = Self::new(name, text);
        file.mark = if bytes.starts_with("\u{feff}".as_bytes()) { "\u{feff}".len() } else { 0 };
        let returns = bytes.windows(2).enumerate().filter(|(_, pair)| pair == b"\r\n").map(|(at, _)| at);
        // each one before this one was left out, too
        file.returns = returns.enumerate().map(|(before, at)| at - before - file.mark).collect();
        file
    }

    /// Where the bytes of `span` stand in the file itself, whose byte order mark and carriage returns are no part of the
    /// text.
    #[must_use]
    pub fn in_file(&self, span: &Range<usize>) -> Range<usize> {
        let place = |at: usize| at + self.mark + self.returns.partition_point(|feed| *feed < at);
        place(span.start)..place(span.end).max(place(span.start))
    }

    /// The name it is shown by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of the byte at `offset`; an offset past the end stands for the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let column = self.text[self.starts[line]..offset].chars().count();
        Position { line: OneIndexed::MIN.saturating_add(line), column: OneIndexed::MIN.saturating_add(column) }
    }

    /// The bytes of the line that holds `offset`, without its line break.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> Range<usize> {
        let line = self.position(offset).line.get() - 1;
        let start = self.starts[line];
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        start..end
    }

    /// `span` brought inside the text and onto character boundaries, so that it can always be shown.
    #[must_use]
    pub fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let floor = |mut at: usize| {
            at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(span.start);
        start..floor(span.end).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_and_in_characters() {
        let file = TextFile::new("f", "ab\nçd\n");
        let at = |offset| {
            let p = file.position(offset);
            (p.line.get(), p.column.get())
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(5), (2, 2));
        assert_eq!(at(999), (3, 1));
        assert_eq!(&file.text()[file.line_at(4)], "çd");
    }

    #[test]
    fn bytes_are_those_of_the_file_whatever_its_line_ends() {
        let bytes = "\u{feff}ab\r\nçd\r\n\r\nمرحبا\nend".as_bytes();
        let text = crate::text::gate::admit(bytes.to_vec()).unwrap();
        let file = TextFile::admitted("f", text, bytes);
        for word in ["ab", "çd", "مرحبا", "end"] {
            let at = file.text().find(word).unwrap();
            let place = file.in_file(&(at..at + word.len()));
            assert_eq!(&bytes[place], word.as_bytes(), "{word}");
        }
        let whole = file.in_file(&(0..file.text().len()));
        assert_eq!((whole.start, whole.end), (3, bytes.len()));
    }
}
