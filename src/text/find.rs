//! Where a quotation stands in an article.
//!
//! A hit is exact in the folded text: same case, on word boundaries, never inside a number, inside one paragraph.
//! `[...]` joins passages in order within a paragraph. What merely resembles the quotation is [`near`]: help for the
//! writer, never a pass.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_script::{Script, UnicodeScript};

use super::article::Article;
use super::normalise::{Normalised, fold};

/// A quotation taken apart at its `[...]` marks, each passage folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    passages: Vec<String>,
}

/// Why a string is no quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoQuotation {
    /// It holds no words.
    Empty,
    /// `[...]` at its start or end joins nothing.
    DanglingEllipsis,
}

impl Quotation {
    /// Takes `quote` apart.
    ///
    /// # Errors
    /// Where a passage is empty.
    pub fn parse(quote: &str) -> Result<Self, NoQuotation> {
        let folded = fold(quote);
        if folded.is_empty() {
            return Err(NoQuotation::Empty);
        }
        let passages: Vec<String> = folded.split("[...]").map(|p| p.trim().to_owned()).collect();
        if passages.iter().any(String::is_empty) {
            return Err(NoQuotation::DanglingEllipsis);
        }
        Ok(Self { passages })
    }

    /// The folded quotation, passages joined by ` [...] `.
    #[must_use]
    pub fn text(&self) -> String {
        self.passages.join(" [...] ")
    }

    /// How many words it has, `[...]` aside.
    #[must_use]
    pub fn words(&self) -> usize {
        self.passages.iter().map(|p| p.split(' ').count()).sum()
    }
}

/// A place where a quotation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The folded range of each passage.
    pub passages: Vec<Range<usize>>,
    /// From the first passage's start to the last one's end, folded.
    pub folded: Range<usize>,
    /// The same in bytes of the original.
    pub original: Range<usize>,
    /// Whether the original bytes are the quotation's own, with no folding needed.
    pub exact: bool,
}

/// Every place of the article where the quotation stands, in order.
#[must_use]
pub fn find(article: &Article, quote: &str, quotation: &Quotation) -> Vec<Hit> {
    let hits = find_in(article, article.folded(), quote, quotation);
    if !hits.is_empty() {
        return hits;
    }
    // a hyphen at a line's end may belong to the word: search again with those kept
    let Some(kept) = article.hyphens_kept() else { return hits };
    let mut hits = find_in(article, kept, quote, quotation);
    for hit in &mut hits {
        for passage in &mut hit.passages {
            *passage = article.folded().folded(&kept.original(passage));
        }
        hit.folded = article.folded().folded(&hit.original);
    }
    hits
}

fn find_in(article: &Article, folded: &Normalised, quote: &str, quotation: &Quotation) -> Vec<Hit> {
    let text = folded.text();
    let Some((first, rest)) = quotation.passages.split_first() else { return Vec::new() };
    let mut hits = Vec::new();
    // what stands there begins and ends with characters of the article, never within one
    let apart = |range: &Range<usize>| folded.parts(range.start) && folded.parts(range.end);
    // a paragraph may hold the first passage very often: its end is looked for once, and what it lacks is missed once
    let (mut paragraph_end, mut hopeless) = (0, 0);
    for start in occurrences(text, first, 0).filter(|start| apart(&(*start..start + first.len()))) {
        let mut end = start + first.len();
        if start < hopeless {
            continue;
        }
        if paragraph_end < end {
            paragraph_end = text[end..].find('\n').map_or(text.len(), |i| end + i);
        }
        let mut passages = Vec::with_capacity(quotation.passages.len());
        passages.push(start..end);
        for passage in rest {
            let mut places = occurrences(&text[..paragraph_end], passage, end);
            let Some(next) = places.find(|start| apart(&(*start..start + passage.len()))) else {
                hopeless = paragraph_end;
                break;
            };
            end = next + passage.len();
            passages.push(next..end);
        }
        if passages.len() == quotation.passages.len() {
            let original = folded.original(&(start..end));
            let exact = article.file().text().get(original.clone()) == Some(quote);
            hits.push(Hit { passages, folded: start..end, original, exact });
        }
    }
    hits
}

/// The offsets at or after `from` where `needle` stands whole in `text`.
fn occurrences<'a>(text: &'a str, needle: &'a str, from: usize) -> impl Iterator<Item = usize> + 'a {
    let mut at = from;
    std::iter::from_fn(move || {
        while let Some(found) = text.get(at..)?.find(needle) {
            let start = at + found;
            at = start + needle.chars().next().map_or(1, char::len_utf8);
            if is_whole(text, &(start..start + needle.len())) {
                return Some(start);
            }
        }
        None
    })
}

/// Whether `range` of `text` begins and ends between words, and not inside a number.
#[must_use]
pub fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let (Some(before), Some(inside), Some(after)) =
        (text.get(..range.start), text.get(range.clone()), text.get(range.end..))
    else {
        return false;
    };
    let (Some(first), Some(last)) = (inside.chars().next(), inside.chars().next_back()) else { return false };
    if before.chars().next_back().is_some_and(|c| joins(c, first))
        || after.chars().next().is_some_and(|c| joins(last, c))
    {
        return false;
    }
    if first.is_numeric() {
        let mut left = before.chars().rev();
        match left.next() {
            Some('.' | ',' | '٫' | '٬' | '\'') if left.next().is_some_and(char::is_numeric) => return false,
            Some('-' | '\u{2212}' | '+') if left.next().is_none_or(|c| c.is_whitespace() || c == '(') => return false,
            _ => {}
        }
    }
    if last.is_numeric() {
        let mut right = after.chars();
        match right.next() {
            Some('.' | ',' | '٫' | '٬' | '\'') if right.next().is_some_and(char::is_numeric) => return false,
            Some('%' | '٪' | '‰') => return false,
            Some(' ') if matches!(right.next(), Some('%' | '٪' | '‰')) => return false,
            _ => {}
        }
    }
    true
}

/// Whether two neighbouring characters belong to one word. Scripts written without spaces have no such words.
fn joins(a: char, b: char) -> bool {
    let wordly = |c: char| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
    wordly(a) && wordly(b) && !(spaceless(a) || spaceless(b))
}

/// Whether `c` is of a script written without spaces between words.
#[must_use]
pub fn spaceless(c: char) -> bool {
    // no such script lies below Thai; the table is asked only for what may be one
    c >= '\u{e00}'
        && matches!(
            c.script(),
            Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
                | Script::Tibetan
                | Script::Bopomofo
        )
}

/// What stands nearest to a quotation that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The bytes of the original that resemble it.
    pub original: Range<usize>,
    /// The first word in which they differ, as quoted (empty: the quotation ends where the article goes on).
    pub quoted: String,
    /// The word in its place in the article.
    pub stands: String,
    /// The bytes of that word in the original.
    pub stands_at: Range<usize>,
}

/// The passage of the article that resembles `quote` most, if at least a third of its words stand there in a row.
#[must_use]
pub fn near(article: &Article, quote: &str) -> Option<Near> {
    nearest(article, quote, 1).into_iter().next()
}

/// The passages of the article that resemble `quote` most, as [`near`], at most one a paragraph and no more than `limit`.
#[must_use]
pub fn nearest(article: &Article, quote: &str, limit: usize) -> Vec<Near> {
    let quoted = fold(quote);
    let quoted: Vec<&str> = quoted.split(' ').filter(|w| *w != "[...]").collect();
    let text = article.folded().text();
    let words: Vec<(usize, &str)> = text
        .split_inclusive([' ', '\n'])
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len();
            Some((start, word.trim_end()))
        })
        .collect();
    let alike = |a: &str, b: &str| bare(a).eq(bare(b));
    // the longest run of quoted words that stands in each paragraph, searched from every quoted word that may begin it
    let mut best: BTreeMap<usize, (usize, usize, usize)> = BTreeMap::new();
    for from in 0..quoted.len().min(12) {
        for at in 0..words.len() {
            if !alike(words[at].1, quoted[from]) {
                continue;
            }
            let run = words[at..].iter().zip(&quoted[from..]).take_while(|((_, word), q)| alike(word, q)).count();
            let paragraph = article.paragraph_at(words[at].0).start;
            let known = best.entry(paragraph).or_insert((run, at, from));
            if run > known.0 {
                *known = (run, at, from);
            }
        }
    }
    let mut best: Vec<(usize, usize, usize)> = best.into_values().collect();
    best.retain(|(run, ..)| run * 3 >= quoted.len() && (*run >= 2 || quoted.len() <= 2));
    best.sort_by_key(|(run, at, from)| (std::cmp::Reverse(*run), *from, *at));
    best.truncate(limit);
    best.into_iter()
        .map(|(_, at, from)| {
            // words that are the same but for case or punctuation differ all the same: the first such is the one to show
            let first = at.saturating_sub(from);
            let differs =
                (0..quoted.len()).find(|i| words.get(first + i).map(|w| w.1) != Some(quoted[*i])).unwrap_or(0);
            let end_word = (first + quoted.len()).min(words.len()).saturating_sub(1);
            let range = |i: usize| words.get(i).map_or(text.len()..text.len(), |(start, w)| *start..start + w.len());
            let stands = words.get(first + differs).map_or(String::new(), |w| w.1.to_owned());
            Near {
                original: article.folded().original(&(range(first).start..range(end_word).end)),
                quoted: quoted.get(differs).map_or(String::new(), |w| (*w).to_owned()),
                stands,
                stands_at: article.folded().original(&range(first + differs)),
            }
        })
        .collect()
}

fn bare(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn article(text: &str) -> Article {
        Article::read("a.txt", text.as_bytes().to_vec()).unwrap()
    }

    fn hits(text: &str, quote: &str) -> usize {
        find(&article(text), quote, &Quotation::parse(quote).unwrap()).len()
    }

    #[test]
    fn whole_words_and_whole_numbers() {
        assert_eq!(hits("He said “eight strikes”.", "\"eight strikes\""), 1);
        assert_eq!(hits("weight strikes", "eight strikes"), 0);
        assert_eq!(hits("some 1,200 people died", "200 people"), 0);
        assert_eq!(hits("some 12.5 people", "12"), 0);
        assert_eq!(hits("it was -5 degrees", "5 degrees"), 0);
        assert_eq!(hits("12 % of votes", "12"), 0);
        assert_eq!(hits("40–50 people", "40-50 people"), 1);
        assert_eq!(hits("Said the Man", "said the Man"), 0);
        assert_eq!(hits("死者は12人だった", "12人"), 1);
        assert_eq!(hits("10 died.", "10"), 1);
        // the end of a quotation without its beginning, as French and as German set it
        assert_eq!(hits("Il a dit : «\u{a0}Trente morts\u{a0}», puis rien.", "morts\u{a0}»"), 1);
        assert_eq!(hits("Il a dit : « Trente morts ».", "\"Trente morts\""), 1);
        assert_eq!(hits("Er sagte »dreißig Tote« und ging.", "sagte »dreißig Tote« und"), 1);
        // three stops in one sign are no full stop
        assert_eq!((hits("he left… then", "he left."), hits("he left… then", "he left...")), (0, 1));
    }

    #[test]
    fn ellipsis_joins_inside_one_paragraph() {
        assert_eq!(hits("one two three four\n\nfive six", "one [...] four"), 1);
        assert_eq!(hits("one two three four\n\nfive six", "one [...] six"), 0);
        assert_eq!(hits("four one", "one [...] four"), 0);
        assert_eq!(Quotation::parse("[...] four"), Err(NoQuotation::DanglingEllipsis));
        assert_eq!(Quotation::parse(" \u{200b}"), Err(NoQuotation::Empty));
    }

    #[test]
    fn hyphens_at_line_ends_either_way() {
        assert_eq!(hits("a two-\nyear plan\n\nx", "two-year plan"), 1);
        assert_eq!(hits("an impor-\ntant plan\n\nx", "important plan"), 1);
    }

    #[test]
    fn near_names_the_first_word_that_differs() {
        let a = article("Two of the strikes on Derna were witnessed by a lawmaker.");
        let n = near(&a, "Two of the raids on Derna were witnessed").unwrap();
        assert_eq!((n.quoted.as_str(), n.stands.as_str()), ("raids", "strikes"));
        let n = near(&a, "two of the strikes on Derna").unwrap();
        assert_eq!((n.quoted.as_str(), n.stands.as_str()), ("two", "Two"));
        assert!(near(&a, "an entirely different sentence").is_none());
    }

    proptest! {
        /// From words of an article to their place, and from what stands there to the same place.
        #[test]
        fn what_stands_at_a_hit_is_the_quotation(
            text in "([a-zéA-Z0-9]{1,4}|[.,;:!%()-]|[“”’«»…–]|e\u{301}|\u{ad}|\u{200b}|ﬁ|死|مقتل| |\u{a0}|\n|\n\n|-\n){0,60}",
            from in 0usize..60, length in 1usize..12,
        ) {
            let a = article(&text);
            let words: Vec<(usize, &str)> = a
                .folded()
                .text()
                .split_inclusive([' ', '\n'])
                .scan(0, |at, word| { let start = *at; *at += word.len(); Some((start, word)) })
                .collect();
            prop_assume!(!words.is_empty());
            let from = from % words.len();
            let paragraph = a.paragraph_at(words[from].0);
            let last = words[from..].iter().take(length).take_while(|(at, _)| *at < paragraph.end).last();
            let end = last.map_or(words[from].0, |(at, word)| at + word.trim_end().len());
            let quote = a.folded().text()[words[from].0..end].to_owned();
            if let Ok(quotation) = Quotation::parse(&quote)
                && !quote.contains("[...]")
                && is_whole(a.folded().text(), &(words[from].0..end))
            {
                let found = find(&a, &quote, &quotation);
                prop_assert!(found.iter().any(|hit| hit.folded.start == words[from].0), "{quote:?} {found:?}");
                for hit in &found {
                    let stands = &text[hit.original.clone()];
                    prop_assert_eq!(fold(stands), quotation.text());
                    let again = find(&a, stands, &Quotation::parse(stands).unwrap());
                    prop_assert!(again.iter().any(|h| h.original == hit.original && h.exact), "{stands:?} {again:?}");
                }
            }
        }

        #[test]
        fn every_run_of_whole_words_is_found_where_it_stands(
            words in prop::collection::vec("[a-zé0-9]{1,6}", 3..30), from in 0usize..30, len in 1usize..8,
        ) {
            let from = from % words.len();
            let to = (from + len).min(words.len());
            let text = words.join("  ");
            let quote = words[from..to].join(" ");
            let a = article(&text);
            let found = find(&a, &quote, &Quotation::parse(&quote).unwrap());
            let start = words[..from].iter().map(|w| w.len() + 2).sum::<usize>();
            prop_assert!(found.iter().any(|h| h.original.start == start), "{found:?}");
            for hit in found {
                prop_assert_eq!(fold(&a.file().text()[hit.original.clone()]), quote.clone());
            }
        }
    }
}
