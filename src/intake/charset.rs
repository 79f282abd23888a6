//! From bytes to characters: what the file says of its character set, held against its bytes.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{counted, refused};
use crate::diag::Diagnostic;

/// How far into a page its character set is looked for. The standard says 1,024 bytes; pages in the wild need more.
const PRESCAN: usize = 8192;

/// A text out of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The character set and how it is known.
    pub charset: String,
    /// What an analyst should know of it.
    pub notes: Vec<String>,
}

/// The text in bytes: by byte order mark, by what `outside` or the page says, as UTF-8 where they are, else by guess.
///
/// A declaration that its bytes contradict is not followed.
///
/// # Errors
/// Where the bytes are no text.
pub fn decode(name: &str, bytes: &[u8], outside: Option<&str>, html: bool) -> Result<Decoded, Box<Diagnostic>> {
    let done = |encoding: &'static Encoding, how: &str, text: String, notes: Vec<String>| Decoded {
        text,
        charset: format!("{}, {how}", encoding.name()),
        notes,
    };
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let notes = damaged.then(|| damage(&text)).into_iter().collect();
        return Ok(done(encoding, "by its byte order mark", text.into_owned(), notes));
    }
    if bytes.contains(&0) {
        return Err(refused(
            name,
            "this is no text: it holds zero bytes",
            "save the page as HTML, or its text as UTF-8",
        ));
    }
    let inside = if html { declared(bytes) } else { None };
    let named = outside
        .map(|label| (label.to_owned(), "by its MIME header"))
        .or_else(|| inside.map(|label| (label, "by its meta element")));
    let mut notes = Vec::new();
    if let Some((label, how)) = &named {
        match Encoding::for_label(label.as_bytes()) {
            Some(encoding) => {
                // a page that can be read as ASCII is no UTF-16, whatever it says
                let encoding = if encoding.is_ascii_compatible() { encoding } else { UTF_8 };
                if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
                    if encoding != UTF_8 && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
                        notes.push(format!("the page says that it is {}, and its bytes are UTF-8", encoding.name()));
                        let text = String::from_utf8_lossy(bytes).into_owned();
                        return Ok(done(UTF_8, "by its bytes", text, notes));
                    }
                    return Ok(done(encoding, how, text.into_owned(), notes));
                }
                let (text, _) = encoding.decode_without_bom_handling(bytes);
                let wrong = text.chars().filter(|c| *c == '\u{fffd}').count();
                if wrong * 200 < text.chars().count() {
                    return Ok(done(encoding, how, text.clone().into_owned(), vec![damage(&text)]));
                }
                notes.push(format!("the page says that it is {}, and its bytes are not", encoding.name()));
            }
            None => notes.push(format!(
                "the page names a character set that is not known: {}",
                crate::text::gate::visible(label)
            )),
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let how = if bytes.is_ascii() { "all of it ASCII" } else { "by its bytes" };
        refuse_controls(name, text)?;
        return Ok(done(UTF_8, how, text.to_owned(), notes));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Allow);
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        let wrong = text.chars().filter(|c| *c == '\u{fffd}').count();
        if wrong * 50 > text.chars().count() {
            return Err(refused(
                name,
                "this is no text in any character set that is known",
                "save the page as HTML, or its text as UTF-8",
            ));
        }
        notes.push(damage(&text));
    }
    refuse_controls(name, &text)?;
    notes.push(format!(
        "the character set was guessed from the bytes: hold the text against the page{}",
        if encoding == WINDOWS_1252 { " (accents)" } else { "" }
    ));
    Ok(done(encoding, "guessed from its bytes", text.into_owned(), notes))
}

/// Refuses what is full of control characters: no text in any character set.
fn refuse_controls(name: &str, text: &str) -> Result<(), Box<Diagnostic>> {
    let controls = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')).count();
    if controls * 50 > text.chars().count() {
        return Err(refused(
            name,
            "this is no text: it is full of control characters",
            "save the page as HTML, or its text as UTF-8",
        ));
    }
    Ok(())
}

fn damage(text: &str) -> String {
    let wrong = text.chars().filter(|c| *c == '\u{fffd}').count();
    format!(
        "{} could not be read, and are left out of the text",
        counted(wrong, "damaged character", "damaged characters")
    )
}

/// The character set that the first bytes of a page name: in a meta element, or in an XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes[..bytes.len().min(PRESCAN)].to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let label = |rest: &str| -> Option<String> {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let rest = rest.trim_start_matches(['"', '\'']);
        let label: String =
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')).collect();
        (!label.is_empty()).then_some(label)
    };
    if head.starts_with("<?xml")
        && let Some((_, rest)) = head.split_once("?>").and_then(|(xml, _)| xml.split_once("encoding"))
    {
        return label(rest);
    }
    // comments may hold anything
    let mut rest = head.as_ref();
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let end = rest.find('>').unwrap_or(rest.len());
        if rest.starts_with("<meta")
            && let Some((_, after)) = rest[..end].split_once("charset")
            && let Some(found) = label(after)
        {
            return Some(found);
        }
        rest = &rest[end.min(rest.len())..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Decoded {
        decode("page.html", bytes, None, true).unwrap()
    }

    #[test]
    fn a_declaration_counts_unless_the_bytes_contradict_it() {
        let (arabic, _, _) = encoding_rs::WINDOWS_1256.encode("قال متحدث إن عشرة أشخاص أصيبوا في الفيضان");
        let page = [b"<meta charset='windows-1256'><p>".as_slice(), &arabic].concat();
        let decoded = of(&page);
        assert!(decoded.text.contains("أصيبوا") && decoded.charset == "windows-1256, by its meta element");
        let wrong = ["<meta charset=iso-8859-1><p>".as_bytes(), "château".as_bytes()].concat();
        let decoded = of(&wrong);
        assert!(decoded.text.contains("château") && decoded.notes[0].contains("its bytes are UTF-8"));
        let utf16 = of(b"<meta charset=\"utf-16\"><p>plain");
        assert_eq!(utf16.charset, "UTF-8, by its meta element");
        let lying = [b"<meta charset=utf-8><p>".as_slice(), &arabic].concat();
        assert!(of(&lying).text.contains("أصيبوا"), "{:?}", of(&lying));
    }

    #[test]
    fn marks_headers_and_guesses() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("<p>né".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(of(&utf16).text, "<p>né");
        let latin = b"Le ch\xe2teau a \xe9t\xe9 d\xe9truit apr\xe8s la crue, a d\xe9clar\xe9 le maire.";
        let decoded = decode("a.txt", latin, None, false).unwrap();
        assert!(decoded.text.contains("château a été détruit") && decoded.charset.ends_with("guessed from its bytes"));
        let header = decode("a", b"caf\xe9", Some("ISO-8859-1"), false).unwrap();
        assert_eq!((header.text.as_str(), header.charset.as_str()), ("café", "windows-1252, by its MIME header"));
        assert_eq!(
            declared(b"<!-- <meta charset=x> --><META HTTP-EQUIV=a content='text/html; CHARSET=koi8-r'>").unwrap(),
            "koi8-r"
        );
        assert_eq!(declared(b"<?xml version='1.0' encoding='ISO-8859-6'?><html>").unwrap(), "iso-8859-6");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [b"a\0b".as_slice(), &[1u8, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17]] {
            assert!(decode("x", bytes, None, false).is_err(), "{bytes:?}");
        }
    }
}
