//! A record changed in its file, with every comment, space and line end of the rest kept.

use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

use crate::text::gate;

/// A review to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Who held the record against its article.
    pub by: String,
    /// On which day (ISO 8601).
    pub on: String,
    /// The hash of what was held.
    pub fingerprint: String,
    /// What the person had to say of it.
    pub note: Option<String>,
}

/// The bytes of a file of records in which a record has these reviews and no others; none take the key out.
///
/// All else in the file is as it was, byte for byte: a byte order mark and line ends, too.
///
/// # Errors
/// Where the file cannot be read as TOML, or holds no such record.
pub fn reviewed(bytes: &[u8], kind: &str, id: &str, reviews: &[Signed]) -> Result<Vec<u8>, String> {
    let raw = gate::decode(bytes.to_vec()).map_err(|e| e.why)?;
    let old = gate::admit(bytes.to_vec()).map_err(|e| e.why)?;
    let mut document: DocumentMut = old.parse().map_err(|e: toml_edit::TomlError| e.message().to_owned())?;
    let record = document
        .get_mut(kind)
        .and_then(Item::as_table_like_mut)
        .and_then(|records| records.get_mut(id))
        .and_then(Item::as_table_like_mut)
        .ok_or_else(|| format!("it holds no {kind} `{id}`"))?;
    match reviews {
        [] => {
            record.remove(KEY);
        }
        [one] => set(record, Value::InlineTable(table(one))),
        several => set(record, Value::Array(several.iter().map(table).collect::<Array>())),
    }
    let mut new = document.to_string();
    if !old.ends_with('\n') && new.ends_with('\n') {
        new.pop();
    }
    Ok(spliced(&raw, &old, &new).into_bytes())
}

const KEY: &str = "reviewed";

fn table(review: &Signed) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("by", review.by.as_str().into());
    table.insert("on", review.on.as_str().into());
    table.insert("fingerprint", review.fingerprint.as_str().into());
    if let Some(note) = &review.note {
        table.insert("note", note.as_str().into());
    }
    table
}

fn set(record: &mut dyn TableLike, value: Value) {
    // where the record's signs of equality stand one below the other, this one joins them
    let keys: Vec<String> = record.iter().map(|(key, _)| key.to_owned()).filter(|key| key != KEY).collect();
    let column = |key: &str| {
        let decor = record.key(key).and_then(|k| k.leaf_decor().suffix()).and_then(|s| s.as_str()).unwrap_or(" ");
        key.chars().count() + decor.chars().count()
    };
    let columns: Vec<usize> = keys.iter().map(|key| column(key)).collect();
    let aligned = columns.first().filter(|first| columns.len() > 1 && columns.iter().all(|c| c == *first));
    let pad = aligned.and_then(|column| column.checked_sub(KEY.len())).filter(|pad| *pad > 0);
    record.insert(KEY, Item::Value(value));
    if let (Some(pad), Some(mut key)) = (pad, record.key_mut(KEY)) {
        key.leaf_decor_mut().set_suffix(" ".repeat(pad));
    }
}

/// `raw` with what differs between `old`, which is `raw` without its byte order mark and with its line ends folded, and
/// `new`.
fn spliced(raw: &str, old: &str, new: &str) -> String {
    let mut head = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(head) || !new.is_char_boundary(head) {
        head -= 1;
    }
    let longest = old.len().min(new.len()) - head;
    let mut tail = old.bytes().rev().zip(new.bytes().rev()).take(longest).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    let (from, to) = (place(raw, head), place(raw, old.len() - tail));
    let crlf = raw.find('\n').is_some_and(|at| raw[..at].ends_with('\r'));
    let middle = &new[head..new.len() - tail];
    let middle = if crlf { middle.replace('\n', "\r\n") } else { middle.to_owned() };
    format!("{}{middle}{}", &raw[..from], &raw[to..])
}

/// The byte of `raw` that an offset in its folded text came from; a folded line end is taken whole.
fn place(raw: &str, folded: usize) -> usize {
    let mark = if raw.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut left = folded;
    let mut at = mark;
    while left > 0 && at < raw.len() {
        at += if raw[at..].starts_with("\r\n") { 2 } else { raw[at..].chars().next().map_or(1, char::len_utf8) };
        left = left.saturating_sub(if raw[..at].ends_with("\r\n") {
            1
        } else {
            raw[..at].chars().next_back().map_or(1, char::len_utf8)
        });
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(by: &str) -> Signed {
        Signed { by: by.to_owned(), on: "2024-03-05".to_owned(), fingerprint: "00".to_owned(), note: None }
    }

    fn with(text: &str, reviews: &[Signed]) -> String {
        String::from_utf8(reviewed(text.as_bytes(), "claim", "a", reviews).unwrap()).unwrap()
    }

    const LINE: &str = "{ by = \"Ada\", on = \"2024-03-05\", fingerprint = \"00\" }";

    #[test]
    fn a_review_goes_in_and_comes_out_and_nothing_else_moves() {
        for text in [
            "# top\n[claim.a]\nevent   = \"x\"   # why\nvalue   = \"8\"\n\n# of the next\n[claim.b]\nvalue = \"9\"\n",
            "[claim.a]\nvalue='8'\nwords = '''é\nü'''\n",
            "\u{feff}[claim.a]\r\nvalue = \"8\"\r\n\r\n# é\r\n[claim.b]\r\nvalue = \"9\"\r\n",
            "[claim.a]\r\nvalue = \"8\"\n\n[claim.b]\r\nvalue = \"9\"",
            "[claim]\na = { value = \"8\" }\nb = { value = \"9\" }\n",
            "[claim]\na.value = \"8\"\na.event = \"x\"\nb.value = \"9\"\n",
            "claim.a.value = \"8\"\n",
            "[claim.a]\nvalue = \"8\"\n[claim.a.dating]\nbasis = \"external\"\n",
        ] {
            let one = with(text, &[signed("Ada")]);
            assert!(one.contains(LINE), "{one}");
            let parsed: toml::Table =
                one.trim_start_matches('\u{feff}').parse().unwrap_or_else(|e| panic!("{one}: {e}"));
            assert_eq!(parsed["claim"]["a"]["reviewed"]["by"].as_str(), Some("Ada"), "{one}");
            let two = with(&one, &[signed("Ada"), signed("Bo")]);
            assert!(two.contains("[{ by = \"Ada\""), "{two}");
            assert_eq!(with(&two, &[]), text);
            let ends = |t: &str| (t.matches("\r\n").count(), t.matches('\n').count());
            let ((crlf, all), (was_crlf, was)) = (ends(&one), ends(text));
            assert_eq!(
                crlf - was_crlf,
                if text.starts_with("[claim.a]\r") || text.contains('\u{feff}') { all - was } else { 0 }
            );
        }
    }

    #[test]
    fn it_stands_where_its_neighbours_do() {
        let text = "[claim.a]\nevent     = \"x\"\nvalue     = \"8\"\n";
        assert!(with(text, &[signed("Ada")]).ends_with(&format!("reviewed  = {LINE}\n")));
        assert!(reviewed(b"[claim.b]\n", "claim", "a", &[]).is_err());
        assert!(reviewed(b"[claim", "claim", "a", &[]).is_err());
    }
}
