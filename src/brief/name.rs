//! The names of authors: which part a list is sorted by, and which names have no parts.
//!
//! A name is never guessed to be an organisation's from its look. It is one if it is written in braces, or if the dossier
//! knows it: as an actor that is no person, or as a publisher of one of its sources.

use crate::facts::dossier::Dossier;
use crate::facts::vocabulary::ActorKind;

/// An author's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A person's.
    Person {
        /// What stands before the family name: `Ludwig`.
        given: Option<String>,
        /// Words that stay behind the given name wherever the family name is put first: `Beethoven, Ludwig van`.
        dropping: Option<String>,
        /// Words that stay with the family name: `van`.
        particle: Option<String>,
        /// What a list is sorted by: `Beethoven`.
        family: String,
        /// `Jr.`, `III`
        suffix: Option<String>,
    },
    /// A body's, which has no parts.
    Body(String),
}

const SUFFIXES: &[&str] = &["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"];

impl Name {
    /// The author that a source of `dossier` is said to have.
    #[must_use]
    pub fn of(dossier: &Dossier, written: &str) -> Self {
        let written = written.trim();
        let braced = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        if let Some(inner) = braced.map(str::trim).filter(|inner| !inner.is_empty()) {
            return Self::Body(inner.to_owned());
        }
        let actor = dossier.actors.iter().any(|(_, a)| {
            *a.kind != ActorKind::Person
                && a.name
                    .versions()
                    .map(|(_, name)| name)
                    .chain(a.aliases.iter().map(|n| n.as_str()))
                    .any(|n| n.trim() == written)
        });
        let publisher =
            || dossier.sources.iter().any(|(_, s)| s.publisher.as_ref().is_some_and(|p| p.trim() == written));
        if actor || publisher() { Self::Body(written.to_owned()) } else { Self::person(written) }
    }

    /// `Given Family`, `Given particle Family`, `Family, Given` or `Family, Suffix, Given`; a single word stands for itself.
    #[must_use]
    pub fn person(written: &str) -> Self {
        let parts: Vec<&str> = written.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Body(written.trim().to_owned()),
            [one] => Self::given_first(one),
            [given, suffix] if SUFFIXES.contains(suffix) => match Self::given_first(given) {
                Self::Person { given, dropping, particle, family, .. } => {
                    Self::Person { given, dropping, particle, family, suffix: Some((*suffix).to_owned()) }
                }
                body @ Self::Body(_) => body,
            },
            [family, suffix, given] if SUFFIXES.contains(suffix) => Self::family_first(family, given, Some(suffix)),
            [family, rest @ ..] => Self::family_first(family, &rest.join(", "), None),
        }
    }

    fn given_first(written: &str) -> Self {
        let mut words: Vec<&str> = written.split_whitespace().collect();
        let suffix =
            if words.len() > 2 { words.pop_if(|last| SUFFIXES.contains(last)).map(str::to_owned) } else { None };
        let Some(family) = words.pop() else { return Self::Body(written.trim().to_owned()) };
        // the first word is a given name, however it is written
        let lower = words.iter().skip(1).rev().take_while(|w| is_lower(w)).count();
        let particle = words.split_off(words.len() - lower);
        Self::Person {
            given: joined(&words),
            dropping: None,
            particle: joined(&particle),
            family: family.to_owned(),
            suffix,
        }
    }

    fn family_first(family: &str, given: &str, suffix: Option<&str>) -> Self {
        let mut family: Vec<&str> = family.split_whitespace().collect();
        let lower = family.iter().take(family.len() - 1).take_while(|w| is_lower(w)).count();
        let rest = family.split_off(lower);
        let mut given: Vec<&str> = given.split_whitespace().collect();
        let lower = given.iter().skip(1).rev().take_while(|w| is_lower(w)).count();
        let dropping = given.split_off(given.len() - lower);
        Self::Person {
            given: joined(&given),
            dropping: joined(&dropping),
            particle: joined(&family),
            family: rest.join(" "),
            suffix: suffix.map(str::to_owned),
        }
    }
}

fn is_lower(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase)
}

fn joined(words: &[&str]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(written: &str) -> [String; 5] {
        match Name::person(written) {
            Name::Person { given, dropping, particle, family, suffix } => {
                let or = Option::unwrap_or_default;
                [or(given), or(dropping), or(particle), family, or(suffix)]
            }
            Name::Body(name) => ["body".to_owned(), String::new(), String::new(), name, String::new()],
        }
    }

    #[test]
    fn names_of_persons() {
        for (written, expected) in [
            ("Ann Lee", ["Ann", "", "", "Lee", ""]),
            ("Lee, Ann", ["Ann", "", "", "Lee", ""]),
            ("Lee , Ann Mary", ["Ann Mary", "", "", "Lee", ""]),
            ("Ludwig van Beethoven", ["Ludwig", "", "van", "Beethoven", ""]),
            ("van Beethoven, Ludwig", ["Ludwig", "", "van", "Beethoven", ""]),
            ("Beethoven, Ludwig van", ["Ludwig", "van", "", "Beethoven", ""]),
            ("Jan van der Berg", ["Jan", "", "van der", "Berg", ""]),
            ("García Márquez, Gabriel", ["Gabriel", "", "", "García Márquez", ""]),
            ("Martin Luther King Jr.", ["Martin Luther", "", "", "King", "Jr."]),
            ("Martin Luther King, Jr.", ["Martin Luther", "", "", "King", "Jr."]),
            ("King, Jr., Martin Luther", ["Martin Luther", "", "", "King", "Jr."]),
            ("bell hooks", ["bell", "", "", "hooks", ""]),
            ("Reuters", ["", "", "", "Reuters", ""]),
            ("أحمد علي", ["أحمد", "", "", "علي", ""]),
            ("de la Cruz, Ana", ["Ana", "", "de la", "Cruz", ""]),
            ("al-Sisi, Abdel Fattah", ["Abdel Fattah", "", "", "al-Sisi", ""]),
            (",", ["body", "", "", ",", ""]),
        ] {
            assert_eq!(parts(written), expected.map(str::to_owned), "{written}");
        }
    }
}
