//! Places as editors count them: lines from zero, and columns in bytes, in UTF-16 units or in characters.

use std::borrow::Cow;

/// In what columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16, which every editor knows.
    Utf16,
    /// Characters.
    Utf32,
}

impl Units {
    fn of(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A place: line and column, both counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: u32,
    /// The column, in the units agreed upon.
    pub column: u32,
}

/// A text with its lines. A line ends with LF, CR LF, or a CR alone, as editors have it.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Cow<'t, [usize]>,
    units: Units,
}

/// Where the lines of a text begin.
#[must_use]
pub fn starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

impl<'t> Lines<'t> {
    /// The lines of a text.
    #[must_use]
    pub fn of(text: &'t str, units: Units) -> Self {
        Self { text, starts: Cow::Owned(starts(text)), units }
    }

    /// The lines of a text, whose beginnings are known.
    #[must_use]
    pub fn with(text: &'t str, starts: &'t [usize], units: Units) -> Self {
        Self { text, starts: Cow::Borrowed(starts), units }
    }

    /// The place of a byte; the end of the text for one that lies past it.
    #[must_use]
    pub fn spot(&self, offset: usize) -> Spot {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let tail = self.text.get(start..).unwrap_or_default();
        let before = tail.char_indices().take_while(|(at, c)| start + at + c.len_utf8() <= offset);
        let column: usize = before.map(|(_, c)| self.units.of(c)).sum();
        Spot { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// The byte of a place. A column past the end of its line is that end; a line past the last is the end of the text; a
    /// place inside a character is where that begins.
    #[must_use]
    pub fn byte(&self, spot: Spot) -> usize {
        let line = usize::try_from(spot.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else { return self.text.len() };
        let end = self.starts.get(line.saturating_add(1)).copied().unwrap_or(self.text.len());
        let content = self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let mut left = usize::try_from(spot.column).unwrap_or(usize::MAX);
        for (at, c) in content.char_indices() {
            let Some(rest) = left.checked_sub(self.units.of(c)) else { return start + at };
            if left == 0 {
                return start + at;
            }
            left = rest;
        }
        start + content.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIXED: &str = "a\tb = \"é\"\r\nنص = \"😀x\"\rlast\n";

    #[test]
    fn tabs_line_ends_arabic_and_emoji() {
        let at = |units, needle: &str| {
            let spot = Lines::of(MIXED, units).spot(MIXED.find(needle).unwrap());
            (spot.line, spot.column)
        };
        assert_eq!([at(Units::Utf8, "b"), at(Units::Utf16, "b")], [(0, 2), (0, 2)]);
        assert_eq!([at(Units::Utf8, "x"), at(Units::Utf16, "x"), at(Units::Utf32, "x")], [(1, 12), (1, 8), (1, 7)]);
        assert_eq!(at(Units::Utf16, "last"), (2, 0));
        let lines = Lines::of(MIXED, Units::Utf16);
        assert_eq!(lines.byte(Spot { line: 1, column: 7 }), MIXED.find('😀').unwrap());
        assert_eq!(lines.byte(Spot { line: 0, column: 99 }), MIXED.find('\r').unwrap());
        assert_eq!(lines.byte(Spot { line: 99, column: 0 }), MIXED.len());
        assert_eq!(lines.spot(usize::MAX), Spot { line: 3, column: 0 });
    }

    proptest! {
        #[test]
        fn there_and_back(text in "[a-c\t\n\ré😀م]{0,40}", at in 0usize..80, units in 0usize..3) {
            let units = [Units::Utf8, Units::Utf16, Units::Utf32][units];
            let lines = Lines::of(&text, units);
            let mut at = at.min(text.len());
            while !text.is_char_boundary(at) { at -= 1; }
            // the byte between CR and LF is no place of its own
            prop_assume!(!(text[..at].ends_with('\r') && text[at..].starts_with('\n')));
            prop_assert_eq!(lines.byte(lines.spot(at)), at);
        }
    }
}
