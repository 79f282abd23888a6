use super::*;

fn page(html: &str) -> Article {
    read("page.html", html.as_bytes().to_vec()).unwrap_or_else(|f| panic!("{}", f.title))
}

const LONG: &str = "The river rose four metres in a night, and the warning came late, as many people in the lower town said on the day after the flood.";

#[test]
fn what_is_no_article_is_refused_with_what_to_do() {
    let many = "<div>".repeat(100_000) + LONG;
    for (name, bytes, says) in [
        ("a.txt", b"".to_vec(), "empty"),
        ("a.html", b" \n ".to_vec(), "empty"),
        ("a.docx", b"PK\x03\x04word".to_vec(), "ZIP container"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1".to_vec(), "word processor"),
        ("a.webarchive", b"bplist00".to_vec(), "web archive of Safari"),
        ("a.gz", b"\x1f\x8b\x08".to_vec(), "compressed"),
        ("a.png", b"\x89PNG\r\n".to_vec(), "picture"),
        ("a.txt", b"a\0b\0c".to_vec(), "zero bytes"),
        ("a.html", b"<html><script>var a = 1;</script><div id=root></div>".to_vec(), "no article is found"),
        ("a.pdf", b"%PDF-1.7\nnothing".to_vec(), "damaged PDF"),
        ("a.html", many.into_bytes(), "deeper than"),
        ("a.mhtml", b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nx".to_vec(), "no web page"),
        ("a.txt", b"short".to_vec(), "no article is in it"),
    ] {
        let finding = read(name, bytes).expect_err(says);
        assert!(finding.title.contains(says), "{says}: {}", finding.title);
        assert!(!finding.help.is_empty(), "{says}");
    }
}

#[test]
fn a_page_saved_in_one_file() {
    let mhtml = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://post.example/2024/03/flood\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://post.example/2024/03/flood\r\n\r\n<html lang=3D\"en\"><h1>Tarn floods Ferrow</h1><p>{LONG} =\r\nCaf=C3=A9s stay closed.</p></html>\r\n--b--\r\n"
    );
    let article = read("flood.mhtml", mhtml.into_bytes()).unwrap_or_else(|f| panic!("{}", f.title));
    assert_eq!(article.form, Form::Mhtml);
    assert!(article.text.contains("Cafés stay closed."), "{}", article.text);
    assert_eq!(article.url.value().map(String::as_str), Some("https://post.example/2024/03/flood"));
    assert!(matches!(&article.published, Known::Inferred(p, _) if p.stamp.date.to_string() == "2024-03"));
    assert!(matches!(&article.publisher, Known::Inferred(p, _) if p == "post.example"));
}

#[test]
fn statements_that_differ_are_noted_and_the_first_counts() {
    let article = page(&format!(
        r#"<html lang=en><link rel=canonical href="https://a.example/x"><meta property="og:url" content="https://b.example/y">
        <meta property="og:title" content="Another headline"><meta property="article:published_time" content="2024-03-07T10:00:00Z">
        <meta name=author content="Ana Lee"><meta property="og:site_name" content="The Herald">
        <script type="application/ld+json">{{"@type":"NewsArticle","headline":"The river rose","datePublished":"2024-03-05T10:00:00Z","author":"Bo Wu","publisher":{{"name":"The Post"}}}}</script>
        <h1>The river rose</h1><p>{LONG}</p><p>{LONG}</p></html>"#
    ));
    let notes = article.notes.join("\n");
    for words in ["addresses differ", "headlines differ", "dates differ", "authors differ", "publishers differ"] {
        assert!(notes.contains(words), "no {words:?} in\n{notes}");
    }
    assert_eq!(article.title.value().map(String::as_str), Some("The river rose"));
    assert_eq!(article.publisher.value().map(String::as_str), Some("The Post"));
    assert_eq!(article.url.value().map(String::as_str), Some("https://a.example/x"));
    assert_eq!(article.published.value().map(|p| p.stamp.date.to_string()).as_deref(), Some("2024-03-05"));
}

#[test]
fn no_character_that_cannot_be_seen_gets_into_text_or_record() {
    let article = page(&format!(
        "<html lang=en><title>The \u{202e}river\u{7} rose</title><h1>The \u{202e}river\u{7} rose</h1><p>{LONG} A\u{200b}B so\u{ad}ft \u{e000}x.</p>"
    ));
    let mut all = article.text.clone();
    all.push_str(article.title.value().unwrap());
    assert!(crate::text::gate::hidden(&all).is_empty(), "{all:?}");
    assert!(
        article.text.contains("AB soft x.") && article.left_out.iter().any(|l| l.contains("U+00AD, U+200B, U+E000")),
        "{article:?}"
    );
    // joiners belong to the spelling of Persian
    let persian = read("a.txt", "می‌خواهم بدانم که چه کسی دریچه را باز گذاشت".into()).unwrap();
    assert!(persian.text.contains('\u{200c}'));
}

#[test]
fn breaks_part_paragraphs_where_sentences_end() {
    let article = page(&format!(
        "<html lang=en><h1>Flood</h1><div><p>{LONG}</p><p>Dead: 12<br>Injured: 30<br>Missing: 4</p><p>one line set<br>as two lines, for the look of it.</p><p>A<br><br>b that follows an empty line.</p><pre>first\nline\n\nsecond</pre></div>"
    ));
    let paragraphs: Vec<&str> = article.paragraphs().collect();
    for expected in [
        "Dead: 12",
        "Injured: 30",
        "Missing: 4",
        "one line set as two lines, for the look of it.",
        "A",
        "b that follows an empty line.",
    ] {
        assert!(paragraphs.contains(&expected), "no {expected:?} in {paragraphs:#?}");
    }
}

#[test]
fn text_that_only_the_data_of_a_page_holds() {
    let article = page(&format!(
        r#"<html lang=en><script type="application/ld+json">{{"@type":"NewsArticle","headline":"Flood","articleBody":"{LONG}\n\n{LONG} Again."}}</script><div id=root><p>Loading, please wait a moment</p></div>"#
    ));
    assert_eq!(article.paragraphs().count(), 2);
    assert!(article.notes.iter().any(|n| n.contains("articleBody")), "{:?}", article.notes);
}

#[test]
fn languages_by_what_is_said_and_by_letters() {
    let arabic =
        "قالت رئيسة البلدية إن أربعة وعشرين شخصا قتلوا عندما فاض النهر على المدينة في الليل ولم يصل التحذير في وقته. "
            .repeat(3);
    let article = page(&format!("<html lang=en><h1>فيضان</h1><p>{arabic}</p>"));
    assert!(matches!(&article.language, Known::Inferred(l, _) if l == "ar"), "{:?}", article.language);
    assert!(article.right_to_left && article.notes.iter().any(|n| n.contains("its letters are not")));
    let article = page(&format!("<html lang=en_us><h1>Flood</h1><p>{LONG}</p>"));
    assert_eq!(article.language.value().map(String::as_str), Some("en-US"));
    let article = page(&format!("<html><h1>Flood</h1><p>{LONG}</p>"));
    assert!(matches!(&article.language, Known::Inferred(l, _) if l == "en"), "{:?}", article.language);
}

#[test]
fn a_thousand_levels_and_a_megabyte_are_read_in_time() {
    let deep = "<div>".repeat(900) + "<p>" + LONG + "</p>" + &"</div>".repeat(900);
    assert!(page(&deep).text.contains("rose four metres"));
    let unclosed = "<b><i><span>".repeat(300) + "<p>" + LONG;
    assert!(page(&unclosed).text.contains("rose four metres"));
}
