//! A text that was saved as such.

use super::{Article, Form, Known, charset, hidden_words, line, runs_right_to_left, settle_language, without_hidden};
use crate::diag::Diagnostic;

/// A first line longer than this is no headline.
const MAX_HEADLINE: usize = 200;

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Article, Box<Diagnostic>> {
    let decoded = charset::decode(name, bytes, None, false)?;
    let mut article = Article::of(Form::Text, decoded.charset);
    article.notes = decoded.notes;
    let text = decoded.text.replace("\r\n", "\n").replace('\r', "\n").replace('\u{fffd}', "");
    let (text, hidden) = without_hidden(&text);
    article.left_out.extend(hidden_words(&hidden));
    article.text = text.trim_matches('\n').to_owned() + "\n";
    let first = article.text.lines().next().unwrap_or_default();
    let mut lines = article.text.lines().skip(1);
    let headline = line(first);
    let alone = lines.next().is_some_and(|l| l.trim().is_empty()) && lines.any(|l| !l.trim().is_empty());
    if alone
        && !headline.is_empty()
        && headline.chars().count() <= MAX_HEADLINE
        && !headline.ends_with(['.', ':', ',', '،', ';'])
    {
        article.captions.push(headline.clone());
        article.title = Known::Inferred(headline, "the first line, which stands alone".to_owned());
    }
    article.language = settle_language(Known::Unsaid, &article.text, &mut article.notes);
    article.right_to_left = runs_right_to_left(&article.text);
    Ok(article)
}
