//! Floor 2: the domain. What an analyst records, with every reference resolved.
//!
//! - [`dossier`]: the records and the tables that hold them
//! - [`date`]: EDTF dates; [`figure`]: the value grammar
//! - [`vocabulary`]: the closed lists (stances, scopes, grades, …)
//! - [`table`]: ids, references that cannot dangle
//! - [`text`]: text for readers, in one language or in several
//! - [`row`]: rows of a table as evidence, and what is read from their cells
//! - [`at`]: a value with its place in the file

pub mod at;
pub mod date;
pub mod dossier;
pub mod figure;
pub mod row;
pub mod table;
pub mod text;
pub mod vocabulary;
