//! Floor 6: from the view to bytes. Handlebars writes the Markdown; the PDF is that same Markdown, set by Typst.
//!
//! - [`template`]: a kind's files, checked before anything is rendered; Markdown
//! - [`marks`]: signs by which what is printed is traced to its values
//! - [`set`]: Markdown as Typst source in which text is string literals only
//! - [`pdf`]: Typst source to PDF, in this process
//! - [`worker`]: the same in a process of its own, with limits

pub mod marks;
pub mod pdf;
pub mod set;
pub mod template;
pub mod worker;
