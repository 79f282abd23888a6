//! The folding under which a quotation and its source are compared.
//!
//! Folded: canonical composition (NFC), every kind and number of spaces, curly and straight quotation marks, dashes,
//! the ellipsis, zero-width characters, typographic ligatures and presentation forms, a hyphen at a line's end.
//! Never folded: letters' case, digits, decimal marks, signs other than dashes, percent. A map leads from each folded
//! character to the bytes it came from, so that a hit is always a range of the original.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// What becomes of a hyphen that ends a line inside a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineHyphen {
    /// It was put there by the line break: `impor-⏎tant` is `important`.
    Joins,
    /// It belongs to the word: `two-⏎year` is `two-year`.
    Stays,
}

/// Where a folded character stands, and the bytes that it came from. There is one for each character of an archive: no text
/// that is read is so long ([`MAX_BYTES`](super::gate::MAX_BYTES)) that these places would need more.
#[derive(Debug, Clone, Copy)]
struct Mapped {
    at: u32,
    start: u32,
    end: u32,
}

impl Mapped {
    fn at(self) -> usize {
        self.at as usize
    }

    fn start(self) -> usize {
        self.start as usize
    }

    fn end(self) -> usize {
        self.end as usize
    }
}

/// A folded text with the way back to the original.
#[derive(Debug, Clone)]
pub struct Normalised {
    text: String,
    map: Vec<Mapped>,
}

impl Normalised {
    /// Folds all of `original` as one paragraph.
    #[must_use]
    pub fn of(original: &str) -> Self {
        let mut this = Self::with_room(0);
        this.push_paragraph(original, 0..original.len(), LineHyphen::Joins);
        this
    }

    /// An empty one, with room for a text of so many bytes.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), map: Vec::with_capacity(bytes) }
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that `range` of the folded text came from.
    #[must_use]
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.map.partition_point(|m| m.at() < range.start);
        let after = self.map.partition_point(|m| m.at() < range.end);
        match (self.map.get(first), after.checked_sub(1).and_then(|i| self.map.get(i))) {
            (Some(a), Some(b)) if first < after => a.start()..b.end(),
            (Some(a), _) => a.start()..a.start(),
            (None, _) => self.map.last().map_or(0..0, |m| m.end()..m.end()),
        }
    }

    /// The folded range that came from bytes inside `range` of the original.
    #[must_use]
    pub fn folded(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.map.partition_point(|m| m.end() <= range.start);
        let after = self.map.partition_point(|m| m.start() < range.end);
        let at = |i: usize| self.map.get(i).map_or(self.text.len(), |m| m.at());
        at(first)..at(after.max(first))
    }

    /// Whether a character of the original ends at this offset of the folded text: `…` is three stops there, and none of
    /// them alone.
    pub(super) fn parts(&self, at: usize) -> bool {
        let after = self.map.partition_point(|m| m.at() < at);
        match (after.checked_sub(1).and_then(|i| self.map.get(i)), self.map.get(after)) {
            (Some(a), Some(b)) => (a.start, a.end) != (b.start, b.end),
            _ => true,
        }
    }

    pub(super) fn push_break(&mut self, at: usize) {
        self.push('\n', at, at);
    }

    fn push(&mut self, c: char, start: usize, end: usize) {
        let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.map.push(Mapped { at: place(self.text.len()), start: place(start), end: place(end) });
        self.text.push(c);
    }

    /// Appends `original[range]`, folded; spaces at its ends are dropped.
    pub(super) fn push_paragraph(&mut self, original: &str, range: Range<usize>, hyphen: LineHyphen) {
        let from = self.text.len();
        let mut space: Option<Range<usize>> = None;
        // whether an opening guillemet was last: French sets a space inside its quotation marks, which is typography
        let mut opened = false;
        let mut chars = original[range.clone()].char_indices().map(|(i, c)| (range.start + i, c)).peekable();
        while let Some((start, c)) = chars.next() {
            let mut end = start + c.len_utf8();
            if is_dropped(c) {
                continue;
            }
            if c.is_whitespace() || c.is_control() {
                space = Some(space.map_or(start..end, |s| s.start..end));
                continue;
            }
            if is_hyphen(c) && self.ends_with_letter(from) && space.is_none() {
                // a hyphen, a line break, a lower-case letter: the word goes on
                let rest = &original[end..range.end];
                let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
                if let Some(next) = trimmed.strip_prefix('\n') {
                    let word = next.trim_start_matches([' ', '\t']);
                    if word.starts_with(char::is_lowercase) {
                        let resume = range.end - word.len();
                        while chars.next_if(|(at, _)| *at < resume).is_some() {}
                        if hyphen == LineHyphen::Stays {
                            self.push('-', start, resume);
                        }
                        continue;
                    }
                }
            }
            // in German the same signs stand the other way round, and right at a word; what is before a closing one must not
            // matter, for the end of a quotation is quoted without its beginning
            let closes = c == '»' && chars.peek().is_none_or(|(_, next)| !next.is_alphanumeric());
            let inside = closes || opened;
            opened = c == '«' && (space.is_some() || self.text.len() == from);
            if let Some(gap) = space.take()
                && self.text.len() > from
                && !inside
            {
                self.push(' ', gap.start, gap.end);
            }
            // a base character with the marks that compose with it
            let mut cluster: Option<String> = None;
            while let Some((at, mark)) = chars.next_if(|(_, n)| composes(*n) || is_dropped(*n)) {
                if composes(mark) {
                    end = at + mark.len_utf8();
                    cluster.get_or_insert_with(|| c.to_string()).push(mark);
                }
            }
            match cluster {
                Some(cluster) => {
                    for n in cluster.nfc() {
                        self.push(n, start, end);
                    }
                }
                None => self.push_folded(c, start, end),
            }
        }
    }

    fn ends_with_letter(&self, from: usize) -> bool {
        self.text[from..].chars().next_back().is_some_and(char::is_alphabetic)
    }

    fn push_folded(&mut self, c: char, start: usize, end: usize) {
        match c {
            ' '..='~' => self.push(c, start, end),
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2039}' | '\u{203a}' => self.push('\'', start, end),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => self.push('"', start, end),
            '\u{2010}'..='\u{2015}' => self.push('-', start, end),
            '…' => {
                for _ in 0..3 {
                    self.push('.', start, end);
                }
            }
            // a presentation form that unfolds to a mark on a space stays as it is
            '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' if !std::iter::once(c).nfkc().any(|n| n == ' ') => {
                for n in std::iter::once(c).nfkc() {
                    self.push(n, start, end);
                }
            }
            c => {
                for n in std::iter::once(c).nfc() {
                    self.push(n, start, end);
                }
            }
        }
    }
}

/// `text` folded, without the map.
#[must_use]
pub fn fold(text: &str) -> String {
    Normalised::of(text).text
}

fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{061c}' | '\u{feff}'
    )
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

fn composes(c: char) -> bool {
    // Hangul vowels and finals compose with the syllable before them, though they are starters
    canonical_combining_class(c) != 0 || is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_what_typography_changes_and_nothing_else() {
        assert_eq!(fold("“It’s”\u{a0} 40–50 …"), "\"It's\" 40-50 ...");
        assert_eq!(fold("e\u{301}te\u{301} ﬁn"), "été fin");
        assert_eq!(fold("a\u{200b}b\u{ad}c"), "abc");
        assert_eq!(fold("impor-\ntant"), "important");
        assert_eq!(fold("12 % 1,5 −5"), "12 % 1,5 −5");
        assert_eq!(fold("Egypt-\nLibya"), "Egypt- Libya");
        assert_eq!(fold("dit : « Nous restons ici. » Puis"), "dit : \"Nous restons ici.\" Puis");
        assert_eq!(fold("sagte »ja« und"), "sagte \"ja\" und");
        assert_eq!(fold("\u{1100}\u{1161}\u{11a8}"), "각");
    }

    #[test]
    fn leads_back_to_the_bytes() {
        let original = "a  “b…” c";
        let n = Normalised::of(original);
        assert_eq!(n.text(), "a \"b...\" c");
        let at = n.text().find("...").unwrap();
        assert_eq!(&original[n.original(&(at..at + 3))], "…");
        let b = original.find('b').unwrap();
        assert_eq!(&n.text()[n.folded(&(b..b + 1))], "b");
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_the_map_is_sound(text in any::<String>()) {
            let once = Normalised::of(&text);
            prop_assert_eq!(fold(once.text()), once.text());
            for (at, c) in once.text().char_indices() {
                let range = once.original(&(at..at + c.len_utf8()));
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
