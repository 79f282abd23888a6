//! A finding as rustc shows one. The one place that knows `annotate-snippets`.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level as Weight, Renderer, Snippet};

use crate::diag::{Diagnostic, Label, Level};
use crate::text::file::TextFile;
use crate::text::gate::{self, is_hidden};

/// The finding with the lines it is about, ending in a line break.
#[must_use]
pub fn render(finding: &Diagnostic, colour: bool) -> String {
    let weight = match finding.level {
        Level::Error | Level::Deny => Weight::ERROR,
        Level::Warn => Weight::WARNING,
        Level::Allow => Weight::NOTE,
    };
    let title = gate::visible(&finding.title);
    // one snippet a file, in the order in which the finding names them
    let mut files: Vec<(&Arc<TextFile>, Vec<&Label>)> = Vec::new();
    for label in &finding.labels {
        match files.iter_mut().find(|(file, _)| Arc::ptr_eq(file, &label.file)) {
            Some((_, labels)) => labels.push(label),
            None => files.push((&label.file, vec![label])),
        }
    }
    let shown: Vec<(String, String)> =
        files.iter().map(|(file, _)| (gate::visible(file.name()), seen(file.text()))).collect();
    let mut group = Group::with_title(weight.primary_title(title).id(finding.code));
    let mut first = true;
    for ((_, labels), (name, text)) in files.iter().zip(&shown) {
        let mut snippet = Snippet::source(text.as_str()).path(name.as_str());
        for label in labels {
            let kind = if first { AnnotationKind::Primary } else { AnnotationKind::Context };
            first = false;
            snippet = snippet.annotation(kind.span(label.span.clone()).label(gate::visible(&label.text)));
        }
        group = group.element(snippet);
    }
    for note in &finding.notes {
        group = group.element(Weight::NOTE.message(gate::visible(note)));
    }
    for help in &finding.help {
        group = group.element(Weight::HELP.message(gate::visible(help)));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = renderer.render(&[group]);
    out.push('\n');
    out
}

/// A text with every hidden character replaced by a visible one of as many bytes, so that spans still hold.
fn seen(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c {
            c if !is_hidden(c) => c,
            c => match c.len_utf8() {
                1 => '?',
                2 => '¿',
                3 => '\u{fffd}',
                _ => '\u{1f6c7}',
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_in_one_finding_and_nothing_hidden_printed_raw() {
        let toml = Arc::new(TextFile::new("seeds/d/a.toml", "value = \"9\"\n"));
        let article = Arc::new(TextFile::new("s.txt", "ab\u{1b}[31m\u{202e}eight strikes\n"));
        let finding = Diagnostic::new("figure-differs-from-source", "not what the source says\u{7}")
            .at(&toml, &(8..11), "\"9\"")
            .at(&article, &(10..15), "\"eight\" is \"8\"")
            .help("write 8");
        let text = render(&finding, false);
        assert!(text.contains("seeds/d/a.toml:1:9") && text.contains("s.txt:1:"), "{text}");
        assert!(!text.chars().any(is_hidden), "{text:?}");
        assert!(text.contains("help: write 8"));
    }
}
