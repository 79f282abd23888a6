//! Floor 8: the evidence inside a PDF.
//!
//! - [`attached`]: what a PDF is given

pub mod attached;

pub use crate::brief::RECORDS;
pub use crate::load::lock::FILE as PROOFS;
pub use crate::render::template::VIEW;

/// The name of the attached Markdown.
pub const MARKDOWN: &str = "briefing.md";
