//! Text as it may stand in HTML, CSS and addresses, and the hashes that a page's policy names.

use std::fmt::Write as _;

use crate::text::gate;

/// What the names of the page's own elements begin with; no anchor of a template may.
pub(super) const OWN: &str = "fb-";

/// Text between tags. What steers the direction of text without being seen is shown by its code point; isolates are the
/// program's own and come in pairs.
pub(super) fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' => out.push_str(&gate::code_point(c)),
            c if c.is_control() => out.push_str(&gate::code_point(c)),
            c => out.push(c),
        }
    }
    out
}

/// Text as the value of an attribute in double quotes.
pub(super) fn attribute(words: &str) -> String {
    text(words)
}

/// Text inside a string of CSS: whatever is no plain letter or digit is written by its code point, so that it ends
/// neither the string nor the style.
pub(super) fn css_text(words: &str) -> String {
    let mut out = String::new();
    for c in words.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | ':' | '·') {
            out.push(c);
        } else if c.is_control() {
            out.push(' ');
        } else {
            let _ = write!(out, "\\{:06x} ", u32::from(c));
        }
    }
    out
}

/// A picture as an address that holds all of it.
pub(super) fn data_address(svg: &str) -> String {
    let mut out = String::from("data:image/svg+xml,");
    for byte in svg.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b' ' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b'=' | b'(' | b')' | b',' | b';' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Whether a link may lead there: to the web, to a mailbox, to a place on the page.
pub(super) fn is_address(to: &str) -> bool {
    let plain = !to.chars().any(|c| c.is_control() || c.is_whitespace());
    let lower = to.to_ascii_lowercase();
    let scheme = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    plain && (scheme || to.strip_prefix('#').is_some_and(is_name))
}

/// Whether a word can name an anchor.
pub(super) fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The SHA-256 of a style or script in base64, as a policy names it.
pub(super) fn digest(content: &str) -> String {
    use sha2::{Digest as _, Sha256};
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hash = Sha256::digest(content.as_bytes());
    let mut out = String::new();
    for part in hash.chunks(3) {
        let byte = |i: usize| u32::from(part.get(i).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let index = (bits >> (18 - 6 * i) & 63) as usize;
            let filled = i <= part.len();
            out.push(if filled { ALPHABET.get(index).map_or('=', |b| char::from(*b)) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_place_it_is_put_in() {
        assert_eq!(text("<b a=\"'&\u{202e}\u{7}"), "&lt;b a=&quot;&#39;&amp;U+202EU+0007");
        assert_eq!(css_text("a\"</style>\\"), "a\\000022 \\00003c \\00002f style\\00003e \\00005c ");
        assert_eq!(data_address("<a b=\"#%\">"), "data:image/svg+xml,%3Ca b=%22%23%25%22%3E");
    }

    #[test]
    fn links_lead_to_the_web_to_a_mailbox_or_to_the_page() {
        for good in ["https://e.org/a?b=c&d", "HTTP://e.org", "mailto:a@e.org", "#ref-1"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "JaVaScRiPt:x",
            "//e.org",
            "#a b",
            "#",
            "a.html",
            "https://e.org/\n",
            "vbscript:x",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_digest_is_what_a_browser_computes() {
        // of the empty text, as any tool prints it
        assert_eq!(digest(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
