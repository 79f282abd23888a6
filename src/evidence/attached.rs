//! What a PDF carries: the view, the Markdown, the records and their proofs, each with its hash in its description.

use super::{MARKDOWN, PROOFS, RECORDS, VIEW};
use crate::brief::Evidence;
use crate::brief::view::View;
use crate::render::template::Attachment;
use crate::text::hash::sha256;

/// What stands before the hash in the description of an attachment.
pub(super) const HASH: &str = "SHA-256 ";

/// The attachments of a briefing.
#[must_use]
pub fn of(view: &View, markdown: &str, evidence: Evidence) -> Vec<Attachment> {
    let file = |name, media, what: &str, text: String| Attachment {
        name,
        about: format!("{what}; {HASH}{}", sha256(text.as_bytes())),
        media,
        text,
    };
    let view = format!("{}\n", serde_json::to_string_pretty(view).unwrap_or_default());
    vec![
        file(MARKDOWN, "text/markdown", "The text of this briefing as Markdown", markdown.to_owned()),
        file(PROOFS, "application/toml", "Where each quotation stands, and what was proved from it", evidence.lock),
        file(
            RECORDS,
            "application/toml",
            "The records this briefing rests on, with their quotations",
            evidence.records,
        ),
        file(VIEW, "application/json", "All that this briefing says, as data", view),
    ]
}
