//! A text cut into words, numbers and marks, with their places.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::find::spaceless;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with the digits and marks that follow them.
    Word,
    /// Digits, with the letters glued behind them cut off.
    Digits,
    /// Anything else that is no space: one character.
    Mark,
}

/// A token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Range<usize>,
    /// It in lower case.
    pub lower: String,
    /// What it is.
    pub kind: TokenKind,
    /// Whether a space or the text's start precedes it.
    pub spaced: bool,
    /// Whether it begins with an upper-case letter.
    pub upper: bool,
}

/// The tokens of `text`, in order. Characters of scripts without spaces are words of their own.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut spaced = true;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let mut end = start + c.len_utf8();
        let kind = if c.is_numeric() && digit_value(c).is_some() {
            while let Some((at, next)) = chars.next_if(|(_, n)| digit_value(*n).is_some()) {
                end = at + next.len_utf8();
            }
            TokenKind::Digits
        } else if c.is_alphabetic() {
            if !spaceless(c) {
                while let Some((at, next)) =
                    chars.next_if(|(_, n)| (n.is_alphanumeric() || is_combining_mark(*n)) && !spaceless(*n))
                {
                    end = at + next.len_utf8();
                }
            }
            TokenKind::Word
        } else {
            TokenKind::Mark
        };
        let raw = &text[start..end];
        out.push(Token { span: start..end, lower: raw.to_lowercase(), kind, spaced, upper: c.is_uppercase() });
        spaced = false;
    }
    out
}

/// The value of a decimal digit of any script that writes numbers by place: ASCII, Arabic-Indic, Persian, Devanagari,
/// Bengali, Thai, full-width.
#[must_use]
pub fn digit_value(c: char) -> Option<u32> {
    const ZEROS: &[u32] = &[0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    let code = u32::from(c);
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).map(|zero| code - zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_digits_marks() {
        let shown: Vec<String> = tokens("Two F-16s, 1,200 m².").into_iter().map(|t| t.lower).collect();
        assert_eq!(shown, ["two", "f", "-", "16", "s", ",", "1", ",", "200", "m²", "."]);
        assert_eq!(tokens("死者12人").len(), 4);
        assert_eq!(digit_value('٣'), Some(3));
    }
}
