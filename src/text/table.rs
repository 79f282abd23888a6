//! An archived table: its rows as a spreadsheet numbers them, its cells as they stand.
//!
//! Quoting is that of RFC 4180; a cell may hold line breaks. Nothing in a cell is ever interpreted here: what looks like a
//! formula is text.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::hash;

/// The most bytes that one table may hold: 256 MiB.
pub const MAX_TABLE: u64 = 256 * 1024 * 1024;

/// Characters that may part the cells of a row, in the order in which they are tried.
pub const DELIMITERS: &[char] = &[',', ';', '\t', '|'];

/// A table.
#[derive(Debug)]
pub struct Table {
    sha256: String,
    delimiter: char,
    encoding: &'static str,
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

/// Why bytes are no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoTable {
    /// What is wrong, in words.
    pub why: String,
}

fn none(why: impl Into<String>) -> NoTable {
    NoTable { why: why.into() }
}

/// The name of an encoding as tables give it, if it is known (<https://encoding.spec.whatwg.org/#names-and-labels>).
#[must_use]
pub fn encoding(label: &str) -> Option<&'static str> {
    Encoding::for_label(label.as_bytes()).map(Encoding::name)
}

/// The text of a table and the encoding it is in: the one that is named, or the one its byte order mark names, or UTF-8.
fn decoded(bytes: &[u8], named: Option<&str>) -> Result<(String, &'static str), NoTable> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let asked = match named {
        Some(label) => Some(
            Encoding::for_label(label.as_bytes())
                .ok_or_else(|| none(format!("`{}` is no encoding", super::gate::visible(label))))?,
        ),
        None => None,
    };
    let encoding = match (asked, marked) {
        (Some(asked), Some(marked)) if asked != marked => {
            return Err(none(format!("its byte order mark says {}, and not {}", marked.name(), asked.name())));
        }
        (Some(encoding), _) | (None, Some(encoding)) => encoding,
        (None, None) if std::str::from_utf8(bytes).is_ok() => UTF_8,
        (None, None) => {
            let byte = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), |_| 0);
            let guess = match bytes.iter().take(64).filter(|b| **b == 0).count() {
                0 => WINDOWS_1252.name(),
                _ if bytes.first() == Some(&0) => UTF_16BE.name(),
                _ => UTF_16LE.name(),
            };
            return Err(none(format!(
                "it is not UTF-8 from byte {byte} on and names no other encoding; say which: `encoding = \"{guess}\"`, if it is that"
            )));
        }
    };
    let (text, _, wrong) = encoding.decode(bytes);
    if wrong {
        return Err(none(format!("it holds bytes that are not {}", encoding.name())));
    }
    Ok((text.into_owned(), encoding.name()))
}

/// The character that parts the cells of a first line: the one of [`DELIMITERS`] that stands there most often outside
/// quotation marks. Two that stand there as often are no answer.
fn delimiter_of(text: &str) -> Result<char, NoTable> {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            c if !quoted => {
                if let Some(i) = DELIMITERS.iter().position(|d| *d == c) {
                    counts[i] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let mut found = DELIMITERS.iter().zip(counts).filter(|(_, n)| *n == most);
    match (found.next(), found.next()) {
        (Some((delimiter, _)), None) => Ok(*delimiter),
        _ if most == 0 => Ok(','),
        _ => Err(none("it cannot be told what parts its cells; say it: `delimiter = \",\"`")),
    }
}

impl Table {
    /// Reads a table. `delimiter` and `encoding` are found out where they are not given.
    ///
    /// # Errors
    /// Where the bytes are no text of the encoding, or no table: no header, a column without a name or named twice, a row
    /// of more or fewer cells than the header.
    pub fn read(bytes: &[u8], delimiter: Option<char>, encoding: Option<&str>) -> Result<Self, NoTable> {
        let sha256 = hash::sha256(bytes);
        let (text, encoding) = decoded(bytes, encoding)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let delimiter = match delimiter {
            Some(delimiter) => delimiter,
            None => delimiter_of(text)?,
        };
        let byte = u8::try_from(delimiter).ok().filter(u8::is_ascii);
        let byte = byte.ok_or_else(|| none("what parts cells is one ASCII character"))?;
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(byte).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let mut header: Option<Vec<String>> = None;
        for record in reader.records() {
            let record = record.map_err(|error| none(error.to_string()))?;
            let Some(known) = &header else {
                let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
                for (i, name) in names.iter().enumerate() {
                    if name.is_empty() {
                        return Err(none(format!("column {} has no name in the first row", i + 1)));
                    }
                    if names[..i].contains(name) {
                        return Err(none(format!("two columns are named `{}`", super::gate::visible(name))));
                    }
                }
                header = Some(names);
                continue;
            };
            if record.len() != known.len() {
                return Err(none(format!(
                    "row {} has {} cells, and the header {}: a quotation mark or `{}` is amiss there or in the row before",
                    rows.len() + 2,
                    record.len(),
                    known.len(),
                    delimiter
                )));
            }
            rows.push(record);
        }
        let header = header.ok_or_else(|| none("it is empty"))?;
        Ok(Self { sha256, delimiter, encoding, header, rows })
    }

    /// SHA-256 of its bytes.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What parts its cells.
    #[must_use]
    pub fn delimiter(&self) -> char {
        self.delimiter
    }

    /// The name of its encoding.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The names of its columns.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How many rows it has below the header.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// A cell, by the row's number as a spreadsheet shows it (the header is row 1) and the place of its column.
    #[must_use]
    pub fn cell(&self, row: u32, column: usize) -> Option<&str> {
        let index = usize::try_from(row).ok()?.checked_sub(2)?;
        self.rows.get(index)?.get(column)
    }

    /// The numbers of its rows: from 2 on.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        2..u32::try_from(self.rows.len().saturating_add(2)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Table {
        Table::read(bytes, None, None).unwrap()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does() {
        let table = read(b"\xef\xbb\xbfid,note\r\n1,\"two\r\nlines, \"\"quoted\"\"\"\r\n2,=1+1\r\n");
        assert_eq!((table.len(), table.delimiter(), table.encoding()), (2, ',', "UTF-8"));
        assert_eq!(table.cell(2, 1), Some("two\r\nlines, \"quoted\""));
        assert_eq!((table.cell(3, 1), table.cell(1, 0), table.cell(4, 0)), (Some("=1+1"), None, None));
    }

    #[test]
    fn encodings_are_named_by_mark_or_by_name_and_never_guessed() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("id;who\n1;ليبيا\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let table = read(&utf16);
        assert_eq!((table.encoding(), table.delimiter(), table.cell(2, 1)), ("UTF-16LE", ';', Some("ليبيا")));
        let latin = b"id,place\n1,Misr\xe2ta\n";
        assert!(Table::read(latin, None, None).unwrap_err().why.contains("windows-1252"));
        assert_eq!(Table::read(latin, None, Some("windows-1252")).unwrap().cell(2, 1), Some("Misrâta"));
        assert!(Table::read(&utf16, None, Some("utf-8")).unwrap_err().why.contains("byte order mark"));
        assert!(Table::read(b"a\n", None, Some("klingon")).is_err());
    }

    #[test]
    fn what_is_no_table_is_refused_with_the_row() {
        for (bytes, says) in [
            (&b""[..], "empty"),
            (b"a,a\n1,2\n", "two columns"),
            (b"a,\n1,2\n", "column 2 has no name"),
            (b"a,b\n1,2\n3\n", "row 3 has 1 cells"),
            (b"a,b;c\n1,2\n", "cannot be told"),
        ] {
            assert!(Table::read(bytes, None, None).unwrap_err().why.contains(says), "{says}");
        }
    }
}
