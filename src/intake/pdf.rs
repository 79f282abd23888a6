//! The text of a PDF that somebody else made: glyphs by their places, lines out of glyphs, paragraphs out of lines.
//!
//! A PDF has no paragraphs and, in most files, no spaces worth the name: what is a word, a line and a paragraph is
//! concluded from distances. Text is taken in the order in which it is drawn, which for nearly all programs that write
//! articles is the order of reading; lines from right to left are turned round.

use std::collections::BTreeMap;
use std::sync::Arc;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, TransformExt, interpret_page,
};
use hayro_syntax::{LoadPdfError, Pdf};
use kurbo::{Affine, BezPath, Point, Rect};

use super::stamp::Stamp;
use super::{
    Article, Form, Known, Published, byline, counted, hidden_words, is_right_to_left, line, refused,
    runs_right_to_left, settle_language, without_hidden,
};
use crate::diag::Diagnostic;
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;

/// The most pages that are read.
const MAX_PAGES: usize = 2_000;
/// The most glyphs that are read.
const MAX_GLYPHS: usize = 4_000_000;
/// The longest line by which a text counts as wrapped by hand (`text::article`).
const WRAPPED: usize = 160;
/// Widths for text in a font that the file does not hold.
static FALLBACK: &[u8] = include_bytes!("../../fonts/noto-naskh-arabic/NotoNaskhArabic-Regular.ttf");

/// A piece of text where it is drawn, in the page's units, y upwards.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    x: f64,
    y: f64,
    end: f64,
    size: f64,
}

#[derive(Default)]
struct Reader {
    pieces: Vec<Piece>,
    shown: usize,
    invisible: usize,
    unknown: usize,
}

impl Device<'_> for Reader {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph(&mut self, glyph: &Glyph<'_>, transform: Affine, own: Affine, _: &Paint<'_>, mode: &GlyphDrawMode) {
        if self.shown + self.invisible + self.unknown >= MAX_GLYPHS {
            return;
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => String::new(),
        };
        if text.is_empty() || text.chars().all(|c| c == '\u{fffd}' || c == '\0') {
            self.unknown += 1;
            return;
        }
        // stroked over its own fill, a glyph is drawn twice
        if matches!(mode, GlyphDrawMode::Stroke(_)) {
            return;
        }
        *(if matches!(mode, GlyphDrawMode::Invisible) { &mut self.invisible } else { &mut self.shown }) += 1;
        let whole = transform * own;
        let width = match glyph {
            Glyph::Outline(outline) => outline.advance_width().map_or(500.0, f64::from),
            Glyph::Type3(_) => 500.0,
        };
        let (start, end, top) = (whole * Point::ZERO, whole * Point::new(width, 0.0), whole * Point::new(0.0, 1000.0));
        let size = (top - start).hypot();
        if [start.x, start.y, end.x, size].iter().all(|v| v.is_finite()) && size > 0.5 {
            self.pieces.push(Piece { text, x: start.x, y: start.y, end: end.x.max(start.x), size });
        }
    }
}

/// A line of a page.
#[derive(Debug, Clone)]
struct Line {
    text: String,
    page: usize,
    y: f64,
    size: f64,
    left: f64,
    right: f64,
}

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Article, Box<Diagnostic>> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => refused(
            name,
            "this PDF is locked by a password",
            "open it and print it into a new PDF, or copy its text into a .txt file",
        ),
        LoadPdfError::Invalid => {
            refused(name, "this is a damaged PDF", "get it again, or copy its text into a .txt file")
        }
    })?;
    let count = pdf.pages().len();
    if count > MAX_PAGES {
        return Err(Box::new(
            Diagnostic::new("limit", format!("{} has {count} pages; the limit is {MAX_PAGES}", visible(name)))
                .help("take out the pages that are cited, and add those"),
        ));
    }
    let mut reader = Reader::default();
    let mut lines = Vec::new();
    {
        let cache = InterpreterCache::new();
        for (number, page) in pdf.pages().iter().enumerate() {
            let settings = InterpreterSettings {
                font_resolver: Arc::new(|_| Some((Arc::new(FALLBACK), 0))),
                render_annotations: false,
                ..InterpreterSettings::default()
            };
            let turned = page.initial_transform(false).to_kurbo();
            let mut context =
                Context::new(turned, Rect::new(0.0, 0.0, 10_000.0, 10_000.0), &cache, pdf.xref(), settings);
            interpret_page(page, &mut context, &mut reader);
            lines.extend(gather(std::mem::take(&mut reader.pieces), number));
        }
    }
    let drawn = reader.shown + reader.invisible;
    if drawn < 20 {
        let why = if reader.unknown > drawn {
            "the text of this PDF does not say which letters it is made of"
        } else {
            "this PDF holds pictures of pages and no text"
        };
        return Err(refused(
            name,
            why,
            "run text recognition on it (OCR) and add the result, or type what is cited into a .txt file",
        ));
    }
    let mut article = Article::of(Form::Pdf, String::new());
    if reader.unknown * 50 > drawn {
        article.notes.push(format!(
            "{} of {} glyphs do not say which letter they are, and are left out",
            reader.unknown,
            drawn + reader.unknown
        ));
    }
    if reader.invisible > reader.shown {
        article.notes.push("the text lies invisible over pictures of pages, as text recognition writes it: hold each quotation against the picture".to_owned());
    }
    if drawn + reader.unknown >= MAX_GLYPHS {
        article.notes.push(format!("only the first {MAX_GLYPHS} glyphs were read"));
    }
    article.notes.push(
        "lines and paragraphs of a PDF are concluded from distances on its pages: hold the text against them"
            .to_owned(),
    );
    let running = take_running(&mut lines, count);
    if running > 0 {
        article.left_out.push(counted(running, "running head or page number", "running heads and page numbers"));
    }
    let headline = headline(&lines);
    let (text, hidden) = without_hidden(&paragraphs(&lines));
    article.text = text;
    article.left_out.extend(hidden_words(&hidden));
    article.language = settle_language(Known::Unsaid, &article.text, &mut article.notes);
    article.right_to_left = runs_right_to_left(&article.text);
    metadata(&pdf, headline, &mut article);
    Ok(article)
}

/// Lines out of pieces, in the order of drawing: a piece begins a new line where it leaves the height of the last one or
/// jumps far along it.
fn gather(pieces: Vec<Piece>, page: usize) -> Vec<Line> {
    let mut groups: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let joins = groups.last().is_some_and(|group| {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
            let size = first.size.max(piece.size);
            let level = (first.y - piece.y).abs() < size * 0.5 || (last.y - piece.y).abs() < size * 0.3;
            let (left, right) = group.iter().fold((f64::MAX, f64::MIN), |(l, r), p| (l.min(p.x), r.max(p.end)));
            level && piece.x < right + size * 6.0 && piece.end > left - size * 6.0
        });
        match groups.last_mut() {
            Some(group) if joins => group.push(piece),
            _ => groups.push(vec![piece]),
        }
    }
    groups.into_iter().filter_map(|group| one_line(group, page)).collect()
}

fn one_line(mut group: Vec<Piece>, page: usize) -> Option<Line> {
    let right_to_left = {
        let letters = || group.iter().flat_map(|p| p.text.chars()).filter(|c| c.is_alphabetic());
        letters().filter(|c| is_right_to_left(*c)).count() * 2 > letters().count()
    };
    let drawn_in_order = group.windows(2).all(|w| w[1].x >= w[0].x - w[0].size * 0.5);
    if right_to_left || !drawn_in_order {
        group.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    let size = group.iter().map(|p| p.size).fold(0.0, f64::max);
    let (left, right) = group.iter().fold((f64::MAX, f64::MIN), |(l, r), p| (l.min(p.x), r.max(p.end)));
    let y = group.first()?.y;
    let mut parts: Vec<String> = Vec::new();
    let mut end = f64::MIN;
    for piece in group {
        let mark = piece.text.chars().all(unicode_normalization::char::is_combining_mark);
        let gap = piece.x - end;
        let blank = piece.text.trim().is_empty();
        if end > f64::MIN
            && gap > piece.size * 0.18
            && !mark
            && !blank
            && parts.last().is_some_and(|p| !p.trim().is_empty())
        {
            parts.push(" ".to_owned());
        }
        if mark && let Some(base) = parts.last_mut() {
            base.push_str(&piece.text);
        } else {
            parts.push(if blank { " ".to_owned() } else { piece.text });
        }
        end = end.max(piece.end);
    }
    if right_to_left {
        parts = logical(parts);
    }
    let text = line(&letters(&parts.concat()));
    (!text.is_empty()).then_some(Line { text, page, y, size, left, right })
}

/// Text with ligatures and letters in the forms that a font gives them as the letters they stand for.
fn letters(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let formed = matches!(c, '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
        // a form that unfolds to a mark on a space stays as it is
        if formed && !std::iter::once(c).nfkc().any(|n| n == ' ') {
            out.extend(std::iter::once(c).nfkc());
        } else {
            out.push(c);
        }
    }
    out
}

/// Parts from left to right as the eye sees them, in the order of reading of a line that runs from right to left: numbers
/// and words of other scripts keep their own.
fn logical(parts: Vec<String>) -> Vec<String> {
    let runs_left =
        |p: &str| p.chars().any(|c| c.is_alphanumeric() && !is_right_to_left(c) || matches!(c, '٠'..='٩' | '۰'..='۹'));
    let neutral = |p: &str| !p.chars().any(char::is_alphanumeric);
    let mut out: Vec<String> = Vec::with_capacity(parts.len());
    let mut at = parts.len();
    while at > 0 {
        at -= 1;
        if !runs_left(&parts[at]) {
            out.push(mirrored(&parts[at]));
            continue;
        }
        // as far as the run goes: what lies between two of its parts belongs to it
        let mut from = at;
        let mut probe = at;
        while probe > 0 && (runs_left(&parts[probe - 1]) || neutral(&parts[probe - 1])) {
            probe -= 1;
            if runs_left(&parts[probe]) {
                from = probe;
            }
        }
        out.extend(parts[from..=at].iter().cloned());
        at = from;
    }
    out
}

fn mirrored(part: &str) -> String {
    part.chars()
        .map(|c| match c {
            '(' => ')',
            ')' => '(',
            '[' => ']',
            ']' => '[',
            '«' => '»',
            '»' => '«',
            c => c,
        })
        .collect()
}

/// Takes out what stands at the same height of many pages: running heads and page numbers. Says how many lines it took.
fn take_running(lines: &mut Vec<Line>, pages: usize) -> usize {
    let before = lines.len();
    let shape = |l: &Line| -> (String, i64) {
        let text: String = l.text.chars().map(|c| if c.is_numeric() { '#' } else { c }).collect();
        #[allow(clippy::cast_possible_truncation, reason = "heights of pages are small numbers")]
        let height = (l.y / 4.0).round() as i64;
        (text, height)
    };
    let mut seen: BTreeMap<(String, i64), std::collections::BTreeSet<usize>> = BTreeMap::new();
    for l in lines.iter() {
        seen.entry(shape(l)).or_default().insert(l.page);
    }
    lines.retain(|l| {
        let on = seen.get(&shape(l)).map_or(0, std::collections::BTreeSet::len);
        let number = l.text.chars().all(|c| c.is_numeric() || matches!(c, '-' | '–' | '/' | ' '));
        !(pages >= 3 && on * 2 > pages || pages > 1 && number && on * 2 >= pages)
    });
    before - lines.len()
}

/// The largest lines at the top of the first page, if they are larger than the rest.
fn headline(lines: &[Line]) -> Option<String> {
    let usual = usual(lines.iter().map(|l| l.size));
    let first: Vec<&Line> = lines.iter().filter(|l| l.page == 0).take(30).collect();
    let most = first.iter().map(|l| l.size).fold(0.0, f64::max);
    if most < usual * 1.2 {
        return None;
    }
    let at = first.iter().position(|l| l.size >= most * 0.97)?;
    let words: Vec<&str> =
        first[at..].iter().take_while(|l| l.size >= most * 0.97).take(4).map(|l| l.text.as_str()).collect();
    let text = words.join(" ");
    (text.chars().filter(|c| c.is_alphabetic()).count() >= 4 && text.chars().count() <= 250).then_some(text)
}

/// The value that most of the measures are near to.
fn usual(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The text in paragraphs, parted by empty lines.
fn paragraphs(lines: &[Line]) -> String {
    // most paragraphs of a page may have one line: the distance of lines is among the smaller ones
    let mut pitches: Vec<f64> =
        lines.windows(2).filter(|w| w[0].page == w[1].page).map(|w| w[0].y - w[1].y).filter(|d| *d > 1.0).collect();
    pitches.sort_by(f64::total_cmp);
    let pitch = pitches.get(pitches.len() / 5).copied().unwrap_or(0.0);
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    for l in lines {
        let goes_on = groups.last().and_then(|g| g.last()).is_some_and(|last| {
            let ends = last.text.ends_with(['.', '!', '?', ':', '”', '"', '»', '؟', '…', ')']);
            if last.page != l.page || l.y > last.y {
                // a new page or column: a sentence goes on over it
                return !ends && (last.size - l.size).abs() < last.size * 0.1;
            }
            let alike = (last.size - l.size).abs() < last.size * 0.12;
            let near = last.y - l.y < (pitch.max(last.size) * 1.3).min(last.size * 1.9);
            // a short last line, or an indented first one, parts paragraphs that no distance parts
            let group_right = groups.last().into_iter().flatten().map(|g| g.right).fold(0.0, f64::max);
            let group_left = groups.last().into_iter().flatten().map(|g| g.left).fold(f64::MAX, f64::min);
            let room = (group_right - group_left).max(60.0) * 0.2;
            let short = ends
                && if runs_right_to_left(&last.text) {
                    last.left - group_left.min(l.left) > room
                } else {
                    group_right.max(l.right) - last.right > room
                };
            let indented = l.left - last.left > l.size * 0.8 && l.left - last.left < l.size * 4.0 && ends;
            alike && near && !short && !indented
        });
        match groups.last_mut() {
            Some(group) if goes_on => group.push(l),
            _ => groups.push(vec![l]),
        }
    }
    // a hyphen at a line's end is resolved where quotations are looked up, as long as the lines are kept
    let wrapped = lines.iter().all(|l| l.text.len() <= WRAPPED) && groups.len() > 1;
    let mut out = String::new();
    for group in groups {
        let mut text = String::new();
        for l in group {
            if text.is_empty() {
            } else if wrapped {
                text.push('\n');
            } else if text.ends_with('-') && l.text.starts_with(char::is_lowercase) && !text.ends_with(" -") {
                text.pop();
            } else {
                text.push(' ');
            }
            text.push_str(&l.text);
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&text);
    }
    out.push('\n');
    out
}

/// A text of the metadata: UTF-16 with its mark, UTF-8 with its mark, else Latin.
fn string(bytes: &[u8]) -> String {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        None => std::str::from_utf8(bytes).map_or_else(
            |_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
            str::to_owned,
        ),
    };
    line(&text)
}

/// What the file says of itself is often what a program or a template left there: all of it is inferred.
fn metadata(pdf: &Pdf, headline: Option<String>, article: &mut Article) {
    let said = pdf.metadata();
    let title = said.title.as_deref().map(string).filter(|t| {
        let lower = t.to_lowercase();
        t.chars().filter(|c| c.is_alphabetic()).count() >= 4
            && !lower.starts_with("microsoft ")
            && !lower.starts_with("untitled")
            && ![".doc", ".docx", ".pdf", ".indd", ".odt", ".tex", ".html"].iter().any(|e| lower.ends_with(e))
    });
    article.title = match (headline, title) {
        (Some(headline), title) => {
            if let Some(title) = title.filter(|t| !headline.contains(t.as_str()) && !t.contains(&headline)) {
                article.notes.push(format!("the metadata has another title: \"{}\"", visible(&title)));
            }
            let lines: Vec<String> = article
                .text
                .lines()
                .take(30)
                .filter(|l| l.chars().count() >= 8 && headline.contains(*l))
                .map(str::to_owned)
                .collect();
            article.captions.extend(lines);
            Known::Inferred(headline, "the largest lines at the top of the first page".to_owned())
        }
        (None, Some(title)) => Known::Inferred(title, "the PDF's metadata".to_owned()),
        (None, None) => Known::Unsaid,
    };
    if let Some(author) = said.author.as_deref().map(string) {
        let read = byline::read(&author);
        article.unnamed = read.unnamed;
        if !read.people.is_empty() {
            article.authors =
                Known::Inferred(read.people, "the PDF's metadata, which a program may have filled in".to_owned());
        }
    }
    // what is printed at the head of a page is nearer to the truth than when the file was made
    let lexicon = Lexicon::or_bare(article.language.value().map_or("", String::as_str));
    let shown =
        article.text.lines().filter(|l| !l.trim().is_empty()).take(15).find_map(|l| Stamp::of_words(l, lexicon));
    if let Some((stamp, words)) = shown {
        let from = "the first date in its first lines".to_owned();
        article.published = Known::Inferred(Published { stamp, words: Some(words) }, from);
        return;
    }
    let program =
        [&said.creator, &said.producer].into_iter().flatten().map(|b| string(b)).collect::<Vec<_>>().join(" ");
    let printed = ["Skia", "Chrom", "Mozilla", "Firefox", "Safari", "Quartz", "wkhtml", "WeasyPrint"];
    if let Some(date) = said.creation_date
        // a browser writes the day on which somebody printed the page
        && !printed.iter().any(|p| program.contains(p))
    {
        let written = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{:+03}:{:02}",
            date.year,
            date.month,
            date.day,
            date.hour,
            date.minute,
            date.second,
            date.utc_offset_hour,
            date.utc_offset_minute
        );
        if let Some(stamp) = Stamp::of_machine(&written) {
            let from = "the day on which the PDF was made, by its metadata".to_owned();
            article.published = Known::Inferred(Published { stamp, words: None }, from);
        }
    }
}
