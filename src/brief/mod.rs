//! Floor 5: from a checked dossier to what a briefing says, the view. Composing cannot fail on facts: only a
//! [`Checked`](crate::check::Checked) dossier is composed, and what a briefing's own file asks for is resolved first.
//!
//! - [`view`]: the view, which is all that templates are given
//! - [`compose()`]: dossier and request to view
//! - [`language`]: the fixed words of a briefing, a table a language; [`wording`]: figures, dates and lists in them
//! - [`issue`]: what a briefing printed, and what has changed since; [`handling`]: who may read a record
//! - [`narrative`]: the analyst's Markdown with references to records
//! - [`references`]: the list of references, by citation style

mod compose;
pub mod handling;
pub mod issue;
pub mod language;
pub mod narrative;
pub mod references;
pub mod view;
pub mod wording;

pub use compose::{Brief, Composed, Wanted, compose};
