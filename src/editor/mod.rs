//! Floor 8: what an editor asks of a text that is still being written.
//!
//! Nothing here reads a file or speaks a protocol. A text need not be sound: what stands in it is taken as far as it goes.
//!
//! - [`schema`]: the JSON Schemas, with the names of rules, kinds and languages; [`grammar`]: the keys of every table, from them
//! - [`outline`]: a TOML text taken apart as far as it goes; [`pages`]: its records, and what names them
//! - [`message`]: what is sent and received, each behind its length
//! - [`position`]: lines and columns as editors count them

pub mod complete;
pub mod desk;
pub mod grammar;
pub mod hover;
pub mod links;
pub mod message;
pub mod outline;
pub mod pages;
pub mod place;
pub mod position;
pub mod remedies;
pub mod schema;
