//! A web page that was saved in one file with its pictures (MHTML, as Chromium saves it).

use mailparse::{MailHeaderMap, ParsedMail};

use super::{Article, Form, charset, page, refused};
use crate::diag::Diagnostic;

/// Whether bytes are such a file.
pub(super) fn is_mhtml(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let headers = head.split("\r\n\r\n").next().unwrap_or_default().split("\n\n").next().unwrap_or_default().to_owned();
    headers.contains("mime-version:") && headers.contains("content-type:")
}

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Article, Box<Diagnostic>> {
    let damaged = |_| refused(name, "this is a damaged MHTML file", "save the page as HTML");
    let mail = mailparse::parse_mail(bytes).map_err(damaged)?;
    let address = ["Snapshot-Content-Location", "Content-Location"]
        .iter()
        .find_map(|header| mail.headers.get_first_value(header));
    let Some(part) = html(&mail, 0) else {
        return Err(refused(name, "no web page is in this MIME file", "save the page as HTML"));
    };
    let body = part.get_body_raw().map_err(damaged)?;
    let outside = part.ctype.params.get("charset").map(String::as_str);
    let decoded = charset::decode(name, &body, outside, true)?;
    let address = part.headers.get_first_value("Content-Location").or(address);
    page::read(name, Form::Mhtml, decoded, address.as_deref())
}

/// The first part that is a web page: in these files, the page itself.
fn html<'m, 'b>(mail: &'m ParsedMail<'b>, depth: usize) -> Option<&'m ParsedMail<'b>> {
    if depth > 8 {
        return None;
    }
    if matches!(mail.ctype.mimetype.as_str(), "text/html" | "application/xhtml+xml") {
        return Some(mail);
    }
    mail.subparts.iter().find_map(|part| html(part, depth + 1))
}
