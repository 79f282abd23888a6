//! Floor 0: texts and places in them.
//!
//! Everything here works on strings and byte ranges alone; nothing knows what a claim is.
//! - [`mod@file`]: a named text, its lines, 1-based positions
//! - [`gate`]: what may enter as text, and how input is made safe to print
//! - [`normalise`]: the folding under which quotations are compared, with a map to the original bytes
//! - [`article`]: an archived article: paragraphs, furniture, captions
//! - [`find`]: where a quotation stands, and what stands nearest when it does not
//! - [`lexicon`], [`quantity`], [`sentence`], [`calendar`], [`estimate`]: what numbers, hedges, negations, dates and likelihoods a text
//!   holds
//! - [`speech`]: what stands between quotation marks
//! - [`table`]: an archived table: rows as a spreadsheet numbers them, cells as they stand
//! - [`mod@hash`]: SHA-256; [`tokens`]: words, digits, marks; [`nearest`]: "did you mean"; [`markdown`]: escaping

pub mod article;
pub mod calendar;
pub mod estimate;
pub mod file;
pub mod find;
pub mod gate;
pub mod hash;
pub mod lexicon;
pub mod markdown;
pub mod nearest;
pub mod normalise;
pub mod quantity;
pub mod sentence;
pub mod speech;
pub mod table;
pub mod tokens;
