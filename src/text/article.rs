//! An archived article: its bytes, its paragraphs, and the parts that are not the reporter's prose.

use std::ops::Range;
use std::sync::Arc;

use super::file::{OneIndexed, TextFile};
use super::gate::{self, NotText};
use super::hash;
use super::normalise::{LineHyphen, Normalised};

/// A file with a line longer than this many bytes was not wrapped by hand: there each line is a paragraph.
/// In other files a blank line ends a paragraph.
const WRAPPED_LINE: usize = 160;

/// What part of a page a passage belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The reporter's prose.
    Body,
    /// Headline, deck, caption or pull-quote: may be quoted, is never speech.
    Caption,
    /// Page text that may never be quoted.
    Furniture,
}

/// An archived article, ready to be searched. Offsets in "folded" ranges are those of [`Article::folded`].
#[derive(Debug)]
pub struct Article {
    file: Arc<TextFile>,
    sha256: String,
    folded: Normalised,
    hyphens_kept: Option<Normalised>,
    paragraphs: Vec<Range<usize>>,
    zones: Vec<(Range<usize>, Zone)>,
}

/// A line of furniture or captions that no line of the article begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchLine {
    /// Its place in the list given.
    pub index: usize,
}

impl Article {
    /// Reads an article from the bytes of its file.
    ///
    /// # Errors
    /// Where the bytes are not UTF-8.
    pub fn read(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, NotText> {
        let sha256 = hash::sha256(&bytes);
        let text = gate::decode(bytes)?;
        let blocks = paragraphs(&text);
        let fold = |hyphen| {
            let mut folded = Normalised::with_room(text.len());
            let mut ranges = Vec::with_capacity(blocks.len());
            for block in &blocks {
                let start = folded.text().len();
                folded.push_paragraph(&text, block.clone(), hyphen);
                ranges.push(start..folded.text().len());
                folded.push_break(block.end);
            }
            (folded, ranges)
        };
        let (folded, ranges) = fold(LineHyphen::Joins);
        let hyphens_kept = (text.contains("-\n") || text.contains("-\r\n")).then(|| fold(LineHyphen::Stays).0);
        Ok(Self {
            file: Arc::new(TextFile::new(name, text)),
            sha256,
            folded,
            hyphens_kept,
            paragraphs: ranges,
            zones: Vec::new(),
        })
    }

    /// Marks each line that begins with one of the passages as of this zone; later marks win.
    ///
    /// # Errors
    /// Names every passage that no line begins with. The others are marked all the same.
    pub fn mark<'a>(&mut self, zone: Zone, openings: impl IntoIterator<Item = &'a str>) -> Result<(), Vec<NoSuchLine>> {
        let mut missing = Vec::new();
        for (index, opening) in openings.into_iter().enumerate() {
            let wanted = super::normalise::fold(opening);
            let mut found = false;
            let text = self.file.text();
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                let range = start..start + line.trim_end().len();
                start += line.len();
                if wanted.is_empty() || range.is_empty() {
                    continue;
                }
                let folded = super::normalise::fold(&text[range.clone()]);
                if let Some(rest) = folded.strip_prefix(wanted.as_str())
                    && !(wanted.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric))
                {
                    self.zones.push((range, zone));
                    found = true;
                }
            }
            if !found {
                missing.push(NoSuchLine { index });
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }

    /// The article as a text with lines.
    #[must_use]
    pub fn file(&self) -> &Arc<TextFile> {
        &self.file
    }

    /// SHA-256 of the file's bytes.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The folded text; a line feed stands between paragraphs and nowhere else.
    #[must_use]
    pub fn folded(&self) -> &Normalised {
        &self.folded
    }

    /// The article folded with the hyphens at line ends kept, where it has any.
    #[must_use]
    pub fn hyphens_kept(&self) -> Option<&Normalised> {
        self.hyphens_kept.as_ref()
    }

    /// The folded range of each paragraph, in order.
    #[must_use]
    pub fn paragraphs(&self) -> &[Range<usize>] {
        &self.paragraphs
    }

    /// The paragraph that holds the folded offset.
    #[must_use]
    pub fn paragraph_at(&self, offset: usize) -> Range<usize> {
        let index = self.paragraphs.partition_point(|p| p.end < offset);
        self.paragraphs.get(index).cloned().unwrap_or(offset..offset)
    }

    /// The part of the page that bytes of the original belong to; the strictest, where they touch several.
    #[must_use]
    pub fn zone(&self, original: &Range<usize>) -> Zone {
        let touching =
            |zone| self.zones.iter().any(|(r, z)| *z == zone && r.start < original.end && original.start < r.end);
        if touching(Zone::Furniture) {
            Zone::Furniture
        } else if touching(Zone::Caption) {
            Zone::Caption
        } else {
            Zone::Body
        }
    }

    /// The line of the original byte, counted from one.
    #[must_use]
    pub fn line(&self, original: usize) -> OneIndexed {
        self.file.position(original).line
    }
}

fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let each_line =
        text.lines().any(|line| line.len() > WRAPPED_LINE) || !text.contains("\n\n") && !text.contains("\r\n\r\n");
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = start..start + line.trim_end().len();
        let blank = line.chars().all(|c| c.is_whitespace() || c == '\u{feff}');
        start += line.len();
        if blank {
            open = false;
            continue;
        }
        match blocks.last_mut() {
            Some(block) if open && !each_line => block.end = content.end,
            _ => blocks.push(content),
        }
        open = true;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(text: &str) -> Article {
        Article::read("a.txt", text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn paragraphs_by_line_or_by_blank_line() {
        let long = "word ".repeat(50);
        assert_eq!(article(&format!("{long}\nsecond\n")).paragraphs().len(), 2);
        let wrapped = article("first line\nof one\n\nsecond\n");
        assert_eq!(wrapped.paragraphs().len(), 2);
        assert_eq!(wrapped.folded().text(), "first line of one\nsecond\n");
    }

    #[test]
    fn zones_by_opening_words() {
        let mut a = article("Menu bar\n\nThe head said five died.\n\nMenu bars are long.\n");
        assert_eq!(a.mark(Zone::Furniture, ["Menu bar", "nothing"]), Err(vec![NoSuchLine { index: 1 }]));
        assert_eq!(a.zone(&(0..4)), Zone::Furniture);
        let second = a.file().text().rfind("Menu").unwrap();
        assert_eq!(a.zone(&(second..second + 4)), Zone::Body);
    }
}
