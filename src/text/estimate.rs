//! Words of likelihood and confidence, by the scale of ICD 203 (2015), section D.6.e(2).

use std::ops::Range;

use super::lexicon::{Lexicon, Meaning};
use super::tokens::{TokenKind, tokens};

/// What a word says of how sure somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A term of the scale, by its place, lowest first.
    Likelihood(usize),
    /// A word of likelihood off the scale.
    OffScale,
    /// A word of confidence.
    Confidence,
}

/// Such a word in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it says.
    pub kind: Kind,
}

/// The words of likelihood and confidence in a text, in order, the longest at each place.
#[must_use]
pub fn estimates(text: &str, lexicon: &Lexicon) -> Vec<Estimate> {
    let all = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = all.get(at) {
        let hit = lexicon.at(&all, at, |m| match m {
            Meaning::Likelihood(place) => Some(Kind::Likelihood(*place)),
            Meaning::OffScale => Some(Kind::OffScale),
            Meaning::Confidence => Some(Kind::Confidence),
            _ => None,
        });
        // "May" is a month where months have capitals
        let month = lexicon.capital_months() && token.upper && token.kind == TokenKind::Word && token.lower == "may";
        match hit {
            Some((kind, taken)) if !month => {
                let end = all.get(at + taken - 1).map_or(token.span.end, |t| t.span.end);
                found.push(Estimate { span: token.span.start..end, kind });
                at += taken;
            }
            _ => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, tag: &str) -> Vec<Kind> {
        estimates(text, Lexicon::or_bare(tag)).into_iter().map(|e| e.kind).collect()
    }

    #[test]
    fn the_longest_term_counts() {
        assert_eq!(kinds("It is very unlikely, or likely.", "en"), [Kind::Likelihood(1), Kind::Likelihood(4)]);
        assert_eq!(kinds("almost certainly", "en"), [Kind::Likelihood(6)]);
        assert_eq!(kinds("highly likely; perhaps; it may", "en"), [Kind::OffScale; 3]);
        assert_eq!(kinds("on the third of May", "en"), []);
        assert_eq!(kinds("Confidence is low", "en"), [Kind::Confidence]);
        assert_eq!(kinds("C’est très probable, peut-être", "fr"), [Kind::Likelihood(5), Kind::OffScale]);
        assert_eq!(kinds("sehr unwahrscheinlich", "de"), [Kind::Likelihood(1)]);
        assert_eq!(kinds("من المرجح جدا", "ar"), [Kind::Likelihood(5)]);
    }
}
