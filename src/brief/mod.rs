//! Floor 5: from a checked dossier to what a briefing says, the view. Composing cannot fail on facts: only a
//! [`Checked`](crate::check::Checked) dossier is composed, and what a briefing's own file asks for is resolved first.
//!
//! - [`view`]: the view, which is all that templates are given
//! - [`compose()`]: dossier and request to view
//! - [`chart`]: pictures of it, as places on scales; [`locator`]: a map of its places
//! - [`language`]: the fixed words of a briefing, a table a language; [`wording`]: figures, dates and lists in them
//! - [`issue`]: what a briefing printed, and what has changed since; [`handling`]: who may read a record
//! - [`cards`]: what stands behind each record that is printed
//! - [`narrative`]: the analyst's Markdown with references to records
//! - [`references`]: citations and the list of references, by citation style
//! - [`style`]: citation styles, and where they come from
//! - [`name`]: the names of authors
//! - [`bibliography`]: the references for programs that manage them: CSL-JSON and BibTeX

pub mod bibliography;
pub mod cards;
pub mod chart;
mod compose;
pub mod handling;
pub mod issue;
pub mod language;
pub mod locator;
pub mod name;
pub mod narrative;
pub mod references;
pub mod style;
pub mod view;
pub mod wording;

pub use compose::{Brief, Composed, Evidence, RECORDS, Wanted, compose, facts_hash};
