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
}

impl TextFile {
    /// A text under the name it is to be shown by.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1));
        Self { name: name.into(), text, starts }
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
}
