//! Ids, and references that cannot dangle: only a table hands out a reference, and only for an id that it holds.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Deref, Index, Range};
use std::sync::Arc;

use super::at::At;
use super::date::Date;
use super::vocabulary::Tlp;
use crate::text::file::TextFile;

/// The most characters that an id may have.
pub const MAX_ID: usize = 64;

/// Whether `id` may name a record: lower-case ASCII letters, digits and hyphens, a letter first, at most [`MAX_ID`].
///
/// Nothing else, so that an id is safe in a file name, a URL and an anchor, and no two ids look alike.
#[must_use]
pub fn is_id(id: &str) -> bool {
    id.len() <= MAX_ID
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !id.ends_with('-')
}

/// A reference to a record of a [`Table`].
pub struct Ref<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref<T> {}
impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Ref<T> {}
impl<T> PartialOrd for Ref<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Ref<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> Hash for Ref<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// The ids of a table before its records are resolved, sorted: whatever order they were read in, a reference is the same.
#[derive(Debug)]
pub struct Ids<T> {
    ids: Vec<String>,
    of: PhantomData<fn() -> T>,
}

impl<T> Ids<T> {
    /// The ids of a table; repeated ones count once.
    pub fn new(ids: impl IntoIterator<Item = String>) -> Self {
        let mut ids: Vec<String> = ids.into_iter().collect();
        ids.sort();
        ids.dedup();
        Self { ids, of: PhantomData }
    }

    /// A reference to the record of this id, if the table holds it.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Ref<T>> {
        let index = self.ids.binary_search_by(|known| known.as_str().cmp(id)).ok()?;
        Some(Ref { index: u32::try_from(index).ok()?, of: PhantomData })
    }

    /// All ids, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }
}

/// An exception that a curator wrote on a record.
#[derive(Debug, Clone)]
pub struct Allow {
    /// The rule that is not to be applied to this record.
    pub rule: At<String>,
    /// Why.
    pub reason: At<String>,
}

/// A person's word that a record was held against its article.
#[derive(Debug, Clone)]
pub struct Review {
    /// Who held it.
    pub by: At<String>,
    /// On which day.
    pub on: At<Date>,
    /// The hash of what was held against what; where it is another by now, the review no longer stands.
    pub fingerprint: At<String>,
    /// What the person had to say of it.
    pub note: Option<At<String>>,
}

/// A record with its id, its place and what every record may carry.
#[derive(Debug)]
pub struct Entry<T> {
    /// The id: unique in the dossier, over all tables.
    pub id: String,
    /// The file it is written in.
    pub file: Arc<TextFile>,
    /// Where its id stands in that file.
    pub header: Range<usize>,
    /// The handling of this one record, where it differs from the dossier's.
    pub tlp: Option<At<Tlp>>,
    /// Exceptions from rules.
    pub allow: Vec<Allow>,
    /// Who held it against its article.
    pub reviewed: Vec<Review>,
    /// The record itself.
    pub record: T,
}

impl<T> Deref for Entry<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

/// The records of one kind, sorted by id.
#[derive(Debug)]
pub struct Table<T> {
    ids: Ids<T>,
    entries: Vec<Entry<T>>,
}

impl<T> Table<T> {
    /// Puts records under their ids.
    ///
    /// # Errors
    /// Gives the records back unless they are exactly those the ids were taken from.
    pub fn new(ids: Ids<T>, mut entries: Vec<Entry<T>>) -> Result<Self, Vec<Entry<T>>> {
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        if ids.iter().eq(entries.iter().map(|e| e.id.as_str())) { Ok(Self { ids, entries }) } else { Err(entries) }
    }

    /// The reference and record of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<(Ref<T>, &Entry<T>)> {
        let reference = self.ids.get(id)?;
        Some((reference, &self[reference]))
    }

    /// All records with their references, by id.
    pub fn iter(&self) -> impl Iterator<Item = (Ref<T>, &Entry<T>)> {
        self.entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((Ref { index: u32::try_from(index).ok()?, of: PhantomData }, entry)))
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T> Index<Ref<T>> for Table<T> {
    type Output = Entry<T>;

    fn index(&self, reference: Ref<T>) -> &Entry<T> {
        &self.entries[reference.index as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for good in ["a", "derna15", "sisi-no-other-choice"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "1a", "A", "a_b", "a-", "../a", "a/b", "é", "con.txt", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn references_do_not_depend_on_the_order_of_reading() {
        let one = Ids::<()>::new(["b".to_owned(), "a".to_owned()]);
        let two = Ids::<()>::new(["a".to_owned(), "b".to_owned()]);
        assert_eq!(one.get("b"), two.get("b"));
        assert_eq!(one.get("c"), None);
    }
}
