//! The records that could be made of a passage, and how they are written.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Kind;
use super::desk::Desk;
use super::reading::{Paragraph, Speaker};
use crate::facts::dossier::Actor;
use crate::facts::figure::{Bounds, Figure};
use crate::facts::table::{MAX_ID, Ref};
use crate::facts::vocabulary::{Basis, DateRule, Stance};
use crate::load::document::basic_string;
use crate::text::article::Zone;
use crate::text::find::{is_whole, spaceless};
use crate::text::gate;
use crate::text::quantity::{Kind as Read, Quantity};

/// The most words that a proposed quotation has: above, `quote-too-long` finds it.
const LONGEST: usize = 80;

/// A key of a record that could be written.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Its value as TOML. Of an open key what it might be.
    pub(super) value: String,
    /// Whether the article does not say it.
    pub(super) open: bool,
    /// What there is to know of it.
    pub(super) note: String,
}

/// A record that could be written, complete but for its id.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    pub(super) kind: Kind,
    pub(super) keys: Vec<Key>,
    /// What it quotes, in the folded article.
    pub(super) place: Range<usize>,
    /// What its id is made of.
    pub(super) stem: String,
    /// The name of a speaker whom the dossier does not know.
    pub(super) stranger: Option<String>,
}

/// What an analyst says of a proposal beforehand.
#[derive(Debug, Clone, Default)]
pub struct Wish<'w> {
    /// The event that it is about.
    pub event: Option<&'w str>,
    /// The words pointed to, in their paragraph: a quotation holds them where it can.
    pub pointed: Option<Range<usize>>,
}

/// A value that stands for what an open key will hold, while a proposal is tried.
pub(super) const ANY_EVENT: &str = "event-to-be-named";
pub(super) const ANY_ACTOR: &str = "actor-to-be-named";

impl Paragraph<'_, '_> {
    /// Claims that could be made of a number.
    ///
    /// # Errors
    /// Says why the number is no count.
    pub(super) fn claims(&self, quantity: &Quantity, wish: &Wish<'_>) -> Result<Vec<Variant>, String> {
        let desk = self.desk;
        let sentence = self.sentence_of(&quantity.span);
        let counted = self.counts(&sentence, quantity)?;
        let figure = Figure::read(quantity).ok_or("it is not understood")?;
        let number = &quantity.span;
        // "one" is more often a pronoun than a count
        let digits = self.text[number.clone()].contains(char::is_numeric);
        if !digits && figure.bounds == Bounds::Exact(crate::text::quantity::Number::whole(1)) && counted.noun.is_none()
        {
            return Err("\"one\" is more often a pronoun than a count".to_owned());
        }
        let mut variants = Vec::new();
        let speaker = self.speaker(&sentence, number, false);
        for (at, measure) in &counted.measures {
            let record = &desk.dossier.measures[*measure];
            let noun = counted.noun.as_ref().filter(|_| record.counts_people);
            let mut core = number.start.min(at.start)..number.end.max(at.end);
            if let Some((noun, _)) = noun {
                core = core.start.min(noun.start)..core.end.max(noun.end);
            }
            // where the word for the measure stands far off, the number and what it counts carry the fact
            if self.text[core.clone()].split_whitespace().count() > 20 {
                core = noun.map_or(number.clone(), |(n, _)| number.start.min(n.start)..number.end.max(n.end));
            }
            let who = record.counts_people.then(|| match noun {
                Some((_, category)) => (desk.dossier.categories[*category].id.clone(), String::new()),
                None => ("people".to_owned(), "the sentence names no category".to_owned()),
            });
            let mut quotes = Vec::new();
            if let Some(pointed) = wish.pointed.as_ref().filter(|p| sentence.start <= p.start && p.end <= sentence.end)
            {
                let both = core.start.min(pointed.start)..core.end.max(pointed.end);
                quotes = self.spoken(&sentence, &both, speaker.as_ref());
            }
            quotes.extend(self.spoken(&sentence, &core, speaker.as_ref()));
            for (quote, speaker) in quotes {
                let Some(words) = self.selecting(&quote, number) else { continue };
                let mut keys = vec![self.event(&quote, wish), Key::of("measure", &record.id)];
                if let Some((who, note)) = &who {
                    keys.push(Key { note: note.clone(), ..Key::of("who", who) });
                }
                keys.push(Key::of("value", &figure.to_string()));
                if speaker.is_none() {
                    // a figure without a claimant is the exception: it is for the analyst to say so
                    let note =
                        "who says so? no word for speaking was found; leave it out only where the source names nobody";
                    keys.push(Key { open: true, note: note.to_owned(), ..Key::of("by", "") });
                }
                self.attribute(&mut keys, "by", speaker.as_ref());
                self.reserve(&mut keys, &quote, Some(&words));
                self.cite(&mut keys, &quote, Some(&words));
                let stem = [
                    wish.event.unwrap_or_default(),
                    &record.id,
                    who.as_ref().filter(|(w, _)| w != "people").map_or("", |(w, _)| w),
                    &self.named(speaker.as_ref()),
                ]
                .join("-");
                let place = self.whole(&quote);
                variants.push(Variant { kind: Kind::Claim, keys, place, stem, stranger: None });
            }
        }
        Ok(variants)
    }

    /// Positions that could be made of speech.
    pub(super) fn positions(&self, speech: &Range<usize>, wish: &Wish<'_>) -> Vec<Variant> {
        let marks = speech.start.saturating_sub(1)..(speech.end + 1).min(self.text.len());
        let core = if self.text.get(marks.clone()).is_some() { marks } else { speech.clone() };
        let said = self.trimmed(speech);
        let sentence = self.sentence_of(&core);
        let speaker = self.speaker(&sentence, speech, true).or_else(|| self.neighbour(&sentence, speech));
        let mut variants = Vec::new();
        for dated in [true, false] {
            for (quote, speaker) in self.spoken(&sentence, &core, speaker.as_ref()) {
                let mut keys = Vec::new();
                let mut stranger = None;
                match speaker.as_ref().and_then(|s| s.by) {
                    Some(actor) => keys.push(self.heard("actor", actor, speaker.as_ref())),
                    None => {
                        let seems = speaker.as_ref().map(|s| s.seems.clone()).filter(|s| !s.is_empty());
                        let note = match &seems {
                            Some(name) => format!("whose? the sentence seems to name \"{}\"", gate::visible(name)),
                            None => "whose? the sentence names nobody".to_owned(),
                        };
                        let note = format!("{note}{}", self.before(&sentence));
                        keys.push(Key { open: true, note, ..Key::of("actor", ANY_ACTOR) });
                        stranger = Some(seems.unwrap_or_else(|| self.text[said.clone()].to_owned()));
                    }
                }
                let stances = Stance::WORDS.join(", ");
                keys.push(Key { open: true, note: format!("which? {stances}"), ..Key::of("stance", "declares") });
                let mut toward = self.event(&quote, wish);
                toward.name = "toward";
                toward.open = true;
                toward.note = toward.note.replace("which event?", "toward what? an event, a claim or an actor:");
                keys.push(toward);
                if dated {
                    self.date(&mut keys, &sentence, &core);
                }
                keys.push(Key { ..self.quoted("said", &said) });
                self.attribute_via(&mut keys, speaker.as_ref());
                self.reserve(&mut keys, &quote, None);
                self.cite(&mut keys, &quote, None);
                let stem = format!("{}-said-l{}", self.named(speaker.as_ref()), self.line(&quote));
                variants.push(Variant { kind: Kind::Position, keys, place: self.whole(&quote), stem, stranger });
            }
        }
        variants
    }

    /// Background records, or events, that could be made of words.
    pub(super) fn statements(&self, kind: Kind, words: &Range<usize>) -> Vec<Variant> {
        let sentence = self.sentence_of(words);
        let speaker = self.speaker(&sentence, words, false);
        let mut variants = Vec::new();
        for dated in [true, false] {
            for (quote, speaker) in self.spoken(&sentence, words, speaker.as_ref()) {
                let mut keys = Vec::new();
                let source = &self.desk.source().id;
                let stem = if kind == Kind::Event {
                    let note = "a noun phrase without figures";
                    keys.push(Key { open: true, note: note.to_owned(), ..Key::of("title", "To be named") });
                    keys.push(Key { open: true, note: "your own word".to_owned(), ..Key::of("kind", "to-be-named") });
                    format!("{source}-event-l{}", self.line(&quote))
                } else {
                    let note = "what it says, in your words and without figures that it does not quote";
                    keys.push(Key { open: true, note: note.to_owned(), ..Key::of("text", "To be written.") });
                    format!("{source}-l{}", self.line(&quote))
                };
                if dated {
                    self.date(&mut keys, &sentence, words);
                }
                if kind == Kind::Event {
                    let via: Vec<String> =
                        speaker.iter().flat_map(|s| [s.by, s.via]).flatten().map(|a| self.id_of(a)).collect();
                    if !via.is_empty() {
                        keys.push(Key::list("via", &via));
                    } else if let Some(speaker) = &speaker {
                        keys.push(self.unknown("via", speaker));
                    }
                } else {
                    self.attribute(&mut keys, "by", speaker.as_ref());
                }
                self.reserve(&mut keys, &quote, None);
                self.cite(&mut keys, &quote, None);
                variants.push(Variant { kind, keys, place: self.whole(&quote), stem, stranger: None });
            }
        }
        variants
    }

    /// The quotations that hold `core`, shortest first, each with the speaker it is to be written with: first with the one
    /// whom the dossier knows, then with the attribution inside the quotation.
    fn spoken(
        &self,
        sentence: &Range<usize>,
        core: &Range<usize>,
        speaker: Option<&Speaker>,
    ) -> Vec<(Range<usize>, Option<Speaker>)> {
        let mut found: Vec<(Range<usize>, Option<Speaker>)> = Vec::new();
        for quote in self.quotes(sentence, core, None) {
            found.push((quote, speaker.cloned()));
        }
        if let Some(speaker) = speaker {
            let unnamed = Speaker { by: None, via: None, ..speaker.clone() };
            for extra in [&speaker.cue, &speaker.span] {
                for quote in self.quotes(sentence, core, Some(extra)) {
                    found.push((quote, Some(unnamed.clone())));
                }
            }
        }
        found
    }

    /// Ranges of a sentence that hold `core`, and `extra` where it is asked for, shortest first.
    fn quotes(&self, sentence: &Range<usize>, core: &Range<usize>, extra: Option<&Range<usize>>) -> Vec<Range<usize>> {
        let joined = |a: &Range<usize>| extra.map_or(a.clone(), |b| a.start.min(b.start)..a.end.max(b.end));
        let clause = self.clause(sentence, core);
        let mut all = vec![
            core.clone(),
            core.start..clause.end,
            clause.start..core.end,
            clause.clone(),
            sentence.start..core.end.max(clause.end),
            sentence.clone(),
        ];
        for range in &mut all {
            *range = self.enough(sentence, &self.trimmed(&joined(range)));
        }
        all.sort_by_key(|r| (r.end - r.start, r.start));
        all.dedup();
        let words = |r: &Range<usize>| self.text[r.clone()].split_whitespace().count();
        let short: Vec<Range<usize>> = all.iter().filter(|r| words(r) <= LONGEST).cloned().collect();
        // where even the shortest is too long, the check says so
        if short.is_empty() { all.into_iter().take(1).collect() } else { short }
    }

    /// The part of a sentence between the commas around a range.
    fn clause(&self, sentence: &Range<usize>, core: &Range<usize>) -> Range<usize> {
        let ends = |(at, c): &(usize, char)| {
            matches!(c, ';' | '؛' | '،' | '、' | '，')
                || matches!(c, ',' | ':') && !self.text[at + 1..].starts_with(char::is_numeric)
        };
        let before = self.text[sentence.start..core.start.max(sentence.start)].char_indices();
        let start = before.map(|(i, c)| (sentence.start + i, c)).rfind(ends);
        let after = self.text[core.end.min(sentence.end)..sentence.end].char_indices();
        let end = after.map(|(i, c)| (core.end + i, c)).find(ends);
        start.map_or(sentence.start, |(i, c)| i + c.len_utf8())..end.map_or(sentence.end, |(i, _)| i)
    }

    /// A range without the spaces and commas at its ends.
    fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let loose = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '،' | '؛' | '、');
        let slice = &self.text[range.clone()];
        let start = range.start + (slice.len() - slice.trim_start_matches(loose).len());
        let end = start + self.text[start..range.end].trim_end_matches(loose).len();
        start..end
    }

    /// A range made long enough to identify a passage: word by word to the right, then to the left.
    fn enough(&self, sentence: &Range<usize>, range: &Range<usize>) -> Range<usize> {
        let mut range = range.clone();
        let small = |r: &Range<usize>| {
            let text = &self.text[r.clone()];
            let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
            if text.chars().any(spaceless) { letters < 4 } else { text.split_whitespace().count() < 2 || letters < 6 }
        };
        while small(&range) || !is_whole(self.text, &range) {
            let right = self.text[range.end..sentence.end.max(range.end)].trim_start();
            let left = self.text[sentence.start.min(range.start)..range.start].trim_end();
            if !right.is_empty() {
                let from = sentence.end - right.len();
                range.end = from + right.find(char::is_whitespace).unwrap_or(right.len());
            } else if !left.is_empty() {
                range.start = sentence.start + left.rfind(char::is_whitespace).map_or(0, |i| i + 1);
            } else {
                break;
            }
        }
        range
    }

    /// The words of a quotation that select a number: as few as stand in it once.
    fn selecting(&self, quote: &Range<usize>, number: &Range<usize>) -> Option<Range<usize>> {
        if number.start < quote.start || quote.end < number.end {
            return None;
        }
        let once = |r: &Range<usize>| {
            let (quote, words) = (&self.text[quote.clone()], &self.text[r.clone()]);
            quote.match_indices(words).filter(|(at, _)| is_whole(quote, &(*at..at + words.len()))).count() == 1
        };
        let mut range = number.clone();
        while !once(&range) {
            let right = self.text[range.end..quote.end].trim_start();
            let left = self.text[quote.start..range.start].trim_end();
            let next = quote.end - right.len() + right.find(char::is_whitespace).unwrap_or(right.len());
            let other =
                self.quantities.iter().any(|q| q.span != *number && q.span.start < next && range.end <= q.span.start);
            if !right.is_empty() && !other {
                range.end = next;
            } else if !left.is_empty() {
                range.start = quote.start + left.rfind(char::is_whitespace).map_or(0, |i| i + 1);
            } else {
                return None;
            }
        }
        Some(range)
    }

    /// Who says it, where the speech stands in a sentence that does not tell: the sentence behind it, else before it.
    fn neighbour(&self, sentence: &Range<usize>, speech: &Range<usize>) -> Option<Speaker> {
        let behind = self.sentences.iter().find(|s| s.start >= sentence.end);
        let before = self.sentences.iter().rfind(|s| s.end <= sentence.start);
        let found = behind.into_iter().chain(before).find_map(|s| self.speaker(s, speech, true))?;
        // its words are not in the sentence quoted
        Some(Speaker { cue: speech.clone(), span: speech.clone(), ..found })
    }

    fn event(&self, quote: &Range<usize>, wish: &Wish<'_>) -> Key {
        if let Some(event) = wish.event {
            return Key::of("event", event);
        }
        let near = self.desk.events_near(self.whole(quote).start, 4);
        let note = match near.as_slice() {
            [] => "which event? the dossier has none".to_owned(),
            [only] => format!("which event? the dossier has {only}"),
            several => format!("which event? {}", several.join(", ")),
        };
        Key { open: true, note, ..Key::of("event", ANY_EVENT) }
    }

    /// The words around a place that a statement about it would quote: those between the commas around it.
    pub(super) fn around(&self, span: &Range<usize>) -> Range<usize> {
        let sentence = self.sentence_of(span);
        self.trimmed(&self.clause(&sentence, span))
    }

    fn id_of(&self, actor: Ref<Actor>) -> String {
        self.desk.dossier.actors[actor].id.clone()
    }

    fn heard(&self, name: &'static str, actor: Ref<Actor>, speaker: Option<&Speaker>) -> Key {
        let note = speaker.map(|s| format!("\"{}\"", gate::visible(&self.text[s.span.clone()]))).unwrap_or_default();
        let brief = note.split_whitespace().count() <= 12;
        Key { note: if brief { note } else { String::new() }, ..Key::of(name, &self.id_of(actor)) }
    }

    fn unknown(&self, name: &'static str, speaker: &Speaker) -> Key {
        let note = if speaker.seems.is_empty() {
            "who? the sentence attributes it and names nobody".to_owned()
        } else {
            format!("who? the sentence seems to name \"{}\"", gate::visible(&speaker.seems))
        };
        let note = format!("{note}{}", self.before(&speaker.span));
        Key { open: true, note, ..Key::of(name, "") }
    }

    /// Who was named last before a place, for a note.
    fn before(&self, place: &Range<usize>) -> String {
        let ids: Vec<String> = self.named_before(place.start).into_iter().map(|a| self.id_of(a)).collect();
        if ids.is_empty() { String::new() } else { format!("; named before it: {}", ids.join(", ")) }
    }

    fn attribute(&self, keys: &mut Vec<Key>, name: &'static str, speaker: Option<&Speaker>) {
        let Some(speaker) = speaker else { return };
        match speaker.by {
            Some(actor) => keys.push(self.heard(name, actor, Some(speaker))),
            None => keys.push(self.unknown(name, speaker)),
        }
        self.attribute_via(keys, Some(speaker));
    }

    fn attribute_via(&self, keys: &mut Vec<Key>, speaker: Option<&Speaker>) {
        if let Some(via) = speaker.and_then(|s| s.via) {
            keys.push(Key::list("via", &[self.id_of(via)]));
        }
    }

    fn reserve(&self, keys: &mut Vec<Key>, quote: &Range<usize>, words: Option<&Range<usize>>) {
        let hedges = self.hedges(quote, words);
        if !hedges.is_empty() {
            keys.push(Key::of("hedge", &hedges.join(", ")));
        }
    }

    fn date(&self, keys: &mut Vec<Key>, sentence: &Range<usize>, near: &Range<usize>) {
        let Some(dated) = self.dated(sentence, near) else { return };
        let words = written(&self.desk.quotable(&self.whole(&dated.span)));
        let dating = match dated.rule {
            None => format!("{{ basis = \"{}\", words = {words} }}", Basis::Stated),
            Some(rule) => format!(
                "{{ basis = \"{}\", words = {words}, anchor = \"{}\", rule = \"{rule}\" }}",
                Basis::Inferred,
                self.desk.source().id
            ),
        };
        let note = match dated.rule {
            None => "",
            Some(DateRule::WeekdayOnOrBefore) => "or, where it is still to come, weekday-on-or-after",
            Some(DateRule::MonthOnOrBefore) => "or, where it is still to come, month-on-or-after",
            Some(_) => "see to it that the words mean what the rule says",
        };
        keys.push(Key::of("date", &dated.date.to_string()));
        keys.push(Key { name: "dating", value: dating, open: false, note: note.to_owned() });
    }

    fn cite(&self, keys: &mut Vec<Key>, quote: &Range<usize>, words: Option<&Range<usize>>) {
        keys.push(Key::of("source", &self.desk.source().id));
        keys.push(self.quoted("quote", quote));
        if let Some(words) = words {
            keys.push(self.quoted("words", words));
        }
    }

    fn quoted(&self, name: &'static str, range: &Range<usize>) -> Key {
        let text = self.desk.quotable(&self.whole(range));
        Key { name, value: written(&text), open: false, note: String::new() }
    }

    fn named(&self, speaker: Option<&Speaker>) -> String {
        speaker.and_then(|s| s.by).map_or_else(|| self.desk.source().id.clone(), |a| self.id_of(a))
    }

    fn line(&self, quote: &Range<usize>) -> usize {
        let original = self.desk.article.folded().original(&self.whole(quote));
        self.desk.article.line(original.start).get()
    }

    /// Whether a number is one that a claim could be made of for a list of what is not recorded: no ordinal, and no "one"
    /// in letters.
    pub(super) fn is_countable(&self, quantity: &Quantity) -> bool {
        let one = crate::text::quantity::Number::whole(1);
        let spelt = !self.text[quantity.span.clone()].contains(char::is_numeric);
        !(matches!(quantity.kind, Read::Ordinal(_)) || spelt && quantity.kind == Read::Exact(one))
    }

    /// Whether a passage may be quoted at all.
    pub(super) fn is_article(&self, range: &Range<usize>) -> bool {
        self.zone(range) == Zone::Body
    }
}

impl Key {
    fn of(name: &'static str, value: &str) -> Self {
        Self { name, value: written(value), open: false, note: String::new() }
    }

    fn list(name: &'static str, ids: &[String]) -> Self {
        let ids: Vec<String> = ids.iter().map(|id| written(id)).collect();
        Self { name, value: format!("[{}]", ids.join(", ")), open: false, note: String::new() }
    }

    fn is_empty(&self) -> bool {
        self.value == "\"\""
    }
}

impl Variant {
    /// The record as TOML: as it is proposed, with its open keys as comments, or filled, to be tried.
    pub(super) fn toml(&self, id: &str, filled: bool, event: &str, actor: &str) -> String {
        let mut out = format!("[{}.{id}]\n", self.kind.word());
        let width = self.keys.iter().map(|k| k.name.len()).max().unwrap_or(0);
        for key in &self.keys {
            let known = |value: &str| {
                value
                    .replace(&format!("\"{ANY_EVENT}\""), &format!("\"{event}\""))
                    .replace(&format!("\"{ANY_ACTOR}\""), &format!("\"{actor}\""))
            };
            match (key.open, filled) {
                (true, true) if key.is_empty() => {}
                (true, true) => out.push_str(&format!("{} = {}\n", key.name, known(&key.value))),
                (true, false) => out.push_str(&format!("# {:width$} = \"…\"  # {}\n", key.name, key.note)),
                (false, _) => {
                    let note = if key.note.is_empty() || filled { String::new() } else { format!("  # {}", key.note) };
                    out.push_str(&format!("{:width$} = {}{note}\n", key.name, key.value));
                }
            }
        }
        out
    }

    /// An id for it that is not taken.
    pub(super) fn id(&self, desk: &Desk<'_>, taken: &BTreeSet<String>) -> String {
        let mut stem: String = String::new();
        for c in self.stem.chars() {
            let c = if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
            if !(c == '-' && (stem.is_empty() || stem.ends_with('-'))) {
                stem.push(c);
            }
        }
        stem.truncate(MAX_ID - 4);
        let stem = stem.trim_end_matches('-');
        let stem =
            if stem.starts_with(|c: char| c.is_ascii_lowercase()) { stem.to_owned() } else { format!("r-{stem}") };
        let free = |id: &String| desk.is_free(id) && !taken.contains(id);
        let numbered = (2..).map(|n| format!("{stem}-{n}"));
        std::iter::once(stem.clone()).chain(numbered).find(free).unwrap_or(stem.clone())
    }
}

/// A text as a TOML string on one line: as it stands where that can be read, with every hidden character as an escape.
pub(super) fn written(text: &str) -> String {
    let plain = gate::hidden(text).is_empty() && !text.contains(['\n', '\t']);
    if plain && text.contains('"') && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut out = String::new();
    for c in basic_string(text).chars() {
        if gate::is_hidden(c) {
            let code = u32::from(c);
            out.push_str(&if code > 0xffff { format!("\\U{code:08X}") } else { format!("\\u{code:04X}") });
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back_as_they_are() {
        for text in [
            "plain",
            "\"speech\"",
            "it's \"both\"",
            "a\u{202e}b",
            "back\\slash",
            "tab\there",
            "é\u{e000}",
            "\u{7f}",
            "النص",
        ] {
            let table: toml::Table =
                format!("x = {}", written(text)).parse().unwrap_or_else(|e| panic!("{text:?}: {e}"));
            assert_eq!(table["x"].as_str(), Some(text));
            assert!(gate::hidden(&written(text)).is_empty());
        }
    }
}
