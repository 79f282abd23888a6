//! `factbrief lsp`, spoken to by an editor of the tests' own over the streams of a real process.

mod client;

use serde_json::{Value, json};

use crate::scratch::{Scratch, repository};
use client::{Client, Encoding, everything};

const FACTS: &str = "seeds/ferrow/facts.toml";
const BRIEFING: &str = "briefings/ferrow.toml";
const BOTH: [Encoding; 2] = [Encoding::Utf8, Encoding::Utf16];

fn labels(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn said(answer: &Value) -> &str {
    answer["contents"]["value"].as_str().unwrap()
}

/// The quick fixes for what is found at the middle of a part of a text.
fn fixes(client: &mut Client, name: &str, at: &str) -> Vec<Value> {
    let place = client.about(name, at)["position"].clone();
    let range = json!({ "range": { "start": place, "end": place }, "context": { "diagnostics": [] } });
    client.ask("codeAction", name, at, range).unwrap().as_array().unwrap().clone()
}

fn fix(fixes: &[Value], title: &str) -> Value {
    let found = fixes.iter().find(|fix| fix["title"] == title);
    found.unwrap_or_else(|| panic!("no {title:?} in {fixes:#?}"))["edit"].clone()
}

#[test]
fn a_session() {
    let scratch = Scratch::flood();
    scratch.run(&["check"]).exits(0);
    let mut client = Client::start(&scratch, Encoding::Utf16, &[]);
    client.open(FACTS, &scratch.read(FACTS));
    client.open(BRIEFING, &scratch.read(BRIEFING));
    assert!(client.findings(FACTS).is_empty());

    // a figure that the source does not give, and the way back
    client.edit(FACTS, "\"12\"", "\"14\"");
    let found = client.findings(FACTS);
    assert_eq!((found.len(), &found[0]["code"]), (1, &json!("figure-differs-from-source")));
    assert_eq!(client.encoding.part(&client.open[FACTS].1, &found[0]["range"]), "\"14\"");
    let offered = fixes(&mut client, FACTS, "\"14\"");
    client.carry_out(&fix(&offered, "write `value = \"12\"`"));
    assert!(client.findings(FACTS).is_empty());

    // a quotation that is not word for word
    client.edit(FACTS, "Twelve people died in Ferrow", "Twelve people perished in Ferrow");
    assert_eq!(client.findings(FACTS)[0]["code"], "quote-not-verbatim");
    let offered = fixes(&mut client, FACTS, "perished");
    client.carry_out(&fix(&offered, "quote the article's words"));
    assert!(client.findings(FACTS).is_empty());

    // an id that nobody has
    client.edit(FACTS, "by      = \"mayor\"", "by      = \"mayr\"");
    assert_eq!(client.findings(FACTS)[0]["code"], "reference");
    let offered = fixes(&mut client, FACTS, "mayr");
    client.carry_out(&fix(&offered, "write `mayor`"));
    assert!(client.findings(FACTS).is_empty());

    // a new record, from its head to its end
    client.edit(FACTS, "[discrepancy.killed-figures]", "[claim.mud]\nevent   = \"\"\n\n\n[discrepancy.killed-figures]");
    assert_eq!(client.findings(FACTS)[0]["code"], "schema");
    let answer = client.ask("completion", FACTS, "event   = \"|\"\n\n\n", Value::Null).unwrap();
    assert_eq!(labels(&answer), ["flood"]);
    client.edit(FACTS, "event   = \"\"", "event   = \"flood\"");
    let answer = client.ask("completion", FACTS, "\"flood\"\n|\n\n[discrepancy", Value::Null).unwrap();
    assert_eq!(labels(&answer)[..4], ["measure", "value", "source", "quote"]);
    assert_eq!(answer["items"][0]["textEdit"]["newText"], "measure = \"$0\"");
    assert!(!labels(&answer).contains(&"event"));
    client.edit(
        FACTS,
        "event   = \"flood\"\n\n\n[dis",
        "event   = \"flood\"\nmeasure = \"killed\"\nwho     = \"people\"\nscope   = \"\"\n\n[dis",
    );
    let answer = client.ask("completion", FACTS, "scope   = \"|\"", Value::Null).unwrap();
    assert_eq!(labels(&answer), ["total", "partial", "cumulative"]);
    client.edit(
        FACTS,
        "[claim.mud]\nevent   = \"flood\"\nmeasure = \"killed\"\nwho     = \"people\"\nscope   = \"\"\n\n",
        "",
    );
    assert!(client.findings(FACTS).is_empty());

    // what is there to say
    let answer = client.ask("hover", FACTS, "between  = [\"killed-m|ayor\"", Value::Null).unwrap();
    assert!(said(&answer).contains("**At least 24 people were killed** when the Tarn river flooded"), "{answer}");
    let answer = client.ask("hover", FACTS, "quote   = \"destroyed 1,|200", Value::Null).unwrap();
    assert!(
        said(&answer).contains("line 5") && said(&answer).contains("The water **destroyed 1,200 homes**"),
        "{answer}"
    );
    client.ask("hover", FACTS, "st|ance = \"accuses\"", Value::Null).unwrap();
    client.ask("hover", FACTS, "\"accu|ses\"", Value::Null).unwrap();

    // where it comes from, and who names it
    client.ask("definition", FACTS, "by      = \"flo|od-office\"", Value::Null).unwrap();
    let answer = client.ask("definition", FACTS, "quote   = \"Twelve pe|ople", Value::Null).unwrap();
    assert_eq!(answer[0]["uri"], client.uri("archive/herald.txt"));
    assert_eq!(
        client.encoding.part(&scratch.read("archive/herald.txt"), &answer[0]["range"]),
        "Twelve people died in Ferrow"
    );
    let all = json!({ "context": { "includeDeclaration": true } });
    let answer = client.ask("references", FACTS, "[event.fl|ood]", all).unwrap();
    let places = answer.as_array().unwrap();
    assert_eq!(places.iter().filter(|p| p["uri"] == client.uri(BRIEFING)).count(), 4);
    for place in places {
        let name = if place["uri"] == client.uri(BRIEFING) { BRIEFING } else { FACTS };
        assert_eq!(client.encoding.part(&client.open[name].1, &place["range"]), "flood");
    }

    // the analyst's own text
    client.edit(BRIEFING, "The dead number", "{{figure \"flood\" \"injured\" \"people\"}} The dead number");
    assert_eq!(client.until(BRIEFING, |found| found.len() == 1)[0]["code"], "narrative-not-known");
    client.edit(BRIEFING, "injured", "");
    let answer = client.ask("completion", BRIEFING, "\"flood\" \"|\" \"people\"", Value::Null).unwrap();
    assert!(labels(&answer).starts_with(&["abducted", "aircraft"]), "{answer}");
    client.edit(BRIEFING, "{{figure \"flood\" \"\" \"people\"}} The dead", "The dead");
    client.until(BRIEFING, <[Value]>::is_empty);

    // another name for a record, everywhere
    client.ask("prepareRename", FACTS, "[actor.ma|yor]", Value::Null).unwrap();
    for (at, name) in
        [("who     = \"peo|ple\"", "folk"), ("[actor.ma|yor]", "flood-office"), ("[actor.ma|yor]", "The Mayor")]
    {
        client.ask("rename", FACTS, at, json!({ "newName": name })).unwrap_err();
    }
    for (at, name) in
        [("[actor.ma|yor]", "ines-tarn"), ("[event.fl|ood]", "flood-2024"), ("[source.po|st]", "ferrow-post")]
    {
        let edit = client.ask("rename", FACTS, at, json!({ "newName": name })).unwrap();
        client.carry_out(&edit);
        assert!(client.findings(FACTS).is_empty() && client.findings(BRIEFING).is_empty());
    }
    let facts = client.open[FACTS].1.clone();
    assert!(
        facts.contains("[actor.ines-tarn]")
            && facts.contains("by      = \"ines-tarn\"")
            && facts.contains("anchor = \"flood-2024\"")
    );
    assert!(client.open[BRIEFING].1.contains("{{figure \"flood-2024\" \"killed\" \"people\"}}"));
    // proved afresh, and by the lock that was renamed with it
    scratch.run(&["check", "--locked", "--no-archive"]).exits(0).says("7 passed by the evidence lock");
    scratch.run(&["check", "--locked"]).exits(0);
    scratch.run(&["build"]).exits(0);

    let transcript = client.transcript.clone();
    assert_eq!(client.end(), 0);
    let golden = repository().join("tests/suite/editor/session.txt");
    if std::env::var_os("FACTBRIEF_RECORD").is_some() {
        std::fs::write(&golden, &transcript).unwrap();
    }
    let recorded = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(transcript, recorded, "the session went otherwise than recorded; FACTBRIEF_RECORD=1 records it anew");
}

#[test]
fn every_span_is_right() {
    for encoding in BOTH {
        for (ends, mark) in [("\n", ""), ("\r\n", ""), ("\n", "\u{feff}"), ("\r\n", "\u{feff}")] {
            let scratch = Scratch::flood();
            let more = "\n[claim.mud]\n\tcovers\t= \"😀 نص é\"\t# 👩‍👩‍👧\n\tcite\t= [{ words = \"😀 نصّ عربي\", qoute = \"x\" }]\n\tsource2 = \"é\"\n";
            let text = format!("{mark}{}{more}", scratch.read(FACTS)).replace('\n', ends);
            scratch.write(FACTS, &text);
            let mut client = Client::start(&scratch, encoding, &[]);
            client.open(FACTS, &text);
            let parts: Vec<String> = client
                .findings(FACTS)
                .iter()
                .map(|finding| encoding.part(&text, &finding["range"]).to_owned())
                .collect();
            assert_eq!(parts, ["source2", "qoute"].map(str::to_owned), "{encoding:?} {ends:?} {mark:?}");
            // what is typed behind all of that stands where it was typed
            client.edit(FACTS, "qoute", "quote");
            client.edit(FACTS, "\tsource2 = \"é\"", "\tأ😀 = 1");
            client.edit(FACTS, "[claim.mud]", "[claim.😀]");
            let found = client.findings(FACTS);
            let text = client.open[FACTS].1.clone();
            assert!(text.starts_with(mark) && text.contains("{ words = \"😀 نصّ عربي\", quote = \"x\" }"), "{text}");
            assert!(!found.is_empty() && encoding.part(&text, &found[0]["range"]).contains(['أ', '😀']), "{found:#?}");
            // the first line of a text with a mark
            client.edit(FACTS, "# Invented", "[surce.x]\n# Invented");
            client.edit(FACTS, "\tأ😀 = 1", "");
            client.edit(FACTS, "[claim.😀]", "[claim.mud]");
            let found = client.findings(FACTS);
            let text = client.open[FACTS].1.clone();
            let first = found.iter().find(|f| f["message"].as_str().unwrap().contains("`surce`")).unwrap();
            assert_eq!(encoding.part(&text, &first["range"]), "surce");
            assert_eq!(client.end(), 0);
        }
    }
}

#[test]
fn labels_in_articles_lead_into_them() {
    for encoding in BOTH {
        let scratch = Scratch::flood();
        let article = "\tفي المدينة 😀 قُتل 24 شخصا.\r\n\r\nThe mayor 😀 said at least 24 people were killed.\r\n";
        scratch.write("archive/post.txt", article);
        let mut client = Client::start(&scratch, encoding, &[]);
        client.open(FACTS, &scratch.read(FACTS));
        assert_eq!(client.findings(FACTS)[0]["code"], "article-changed");
        let offered = fixes(&mut client, FACTS, "303bd5d0251f9");
        client.carry_out(&fix(&offered, "write the hash of the text that is there"));
        let found = client.findings(FACTS);
        let near = found.iter().find(|f| f["message"].as_str().unwrap().contains("`killed-mayor`")).unwrap();
        let place = &near["relatedInformation"][0]["location"];
        assert_eq!(place["uri"], client.uri("archive/post.txt"));
        assert_eq!(encoding.part(article, &place["range"]), "at");
        client.edit(FACTS, "At least 24 people were killed", "at least 24 people were killed");
        client.findings(FACTS);
        let led = client.ask("definition", FACTS, "\"at least 24 peo|ple", Value::Null).unwrap();
        assert_eq!(encoding.part(article, &led[0]["range"]), "at least 24 people were killed");
        client.end();
    }
}

/// A fault, the part of the text where it is found, the fix that is offered, and what stands there then.
#[test]
fn fixes_mend_what_they_are_for() {
    for (from, to, at, title, then) in [
        ("measure = \"killed\"", "mesure = \"killed\"", "mesure", "write `measure`", "\nmeasure = \"killed\""),
        ("[gap.gate]", "[gp.gate]", "gp", "write `gap`", "[gap.gate]"),
        ("\"accuses\"", "\"acuses\"", "acuses", "write `accuses`", "stance = \"accuses\""),
        (
            "toward = \"flood\"\nsaid",
            "toward = \"flod\"\nsaid",
            "\"flod\"",
            "write `flood`",
            "toward = \"flood\"\nsaid",
        ),
        ("anchor = \"flood\"", "anchor = \"floood\"", "floood", "write `flood`", "anchor = \"flood\""),
        ("2024-03-04\"", "2024-03-05\"", "2024-03-05|\"\ntime", "write \"2024-03-04\"", "= \"2024-03-04\"\ntime"),
        ("\"2024-03-04\"", "2024-03-04", "2024-03|-04\ntime", "write it in quotation marks", "= \"2024-03-04\"\ntime"),
        (
            "who     = \"people\"\nvalue   = \"12\"",
            "value   = \"12\"\nhedge   = \"reportedly\"",
            "reportedly",
            "take `hedge` out",
            "value   = \"12\"\nby",
        ),
        (
            "stance = \"accuses\"",
            "stance = \"accuses\"\nallow = [{ rule = \"quote-long\", reason = \"r\" }]",
            "quote-long",
            "take the exception out",
            "\"accuses\"\ntoward",
        ),
        (
            "stance = \"accuses\"",
            "stance = \"accuses\"\nallow = [{ rule = \"quote-lng\", reason = \"r\" }]",
            "quote-lng",
            "write `quote-long`",
            "rule = \"quote-long\"",
        ),
        (
            "quote  = \"The Tarn burst",
            "quote  = \"The\u{200b} Tarn burst\" # \u{200b}\n#\"",
            "# |\u{200b}",
            "delete the hidden character",
            "# \n",
        ),
        (
            "measure = \"homes-destroyed\"\nvalue   = \"1200\"\n",
            "",
            "[claim.ho|mes]",
            "add `measure`, `value`",
            "words   = \"1,200\"\nmeasure = \"\"\nvalue   = \"\"\n",
        ),
    ] {
        let scratch = Scratch::flood();
        let mut client = Client::start(&scratch, Encoding::Utf16, &[]);
        client.open(FACTS, &scratch.read(FACTS));
        client.edit(FACTS, from, to);
        let before = client.findings(FACTS).len();
        let offered = fixes(&mut client, FACTS, at);
        client.carry_out(&fix(&offered, title));
        assert!(client.open[FACTS].1.contains(then), "{title}: {}", client.open[FACTS].1);
        // another fault may come to light behind the one that is mended
        let after = client.findings(FACTS);
        assert!(after.len() <= before, "{title}: {after:#?}");
        let again = fixes(&mut client, FACTS, "# Invented");
        assert!(!again.iter().any(|fix| fix["title"] == title), "{again:#?}");
        client.end();
    }
}

#[test]
fn a_reserve_and_a_place_that_are_offered_are_the_articles_own() {
    let scratch = Scratch::flood();
    let article = "At least 24 people were reportedly killed on Monday, the mayor said.\n\nThe gate was open. Later the gate was open again, the mayor said.\n";
    scratch.write("archive/third.txt", article);
    let hash = factbrief::text::hash::sha256(article.as_bytes());
    let facts = format!(
        "\n[source.third]\nfile = \"third.txt\"\nsha256 = \"{hash}\"\n\n[claim.third-killed]\nevent   = \"flood\"\nmeasure = \"killed\"\nwho     = \"people\"\nvalue   = \">=24\"\nby      = \"mayor\"\nsource  = \"third\"\nquote   = \"At least 24 people were reportedly killed\"\nwords   = \"At least 24\"\n\n[background.gate-open]\ntext = \"The gate was open.\"\nby   = \"mayor\"\ncite = [{{ source = \"third\", quote = \"gate was open\" }}]\n"
    );
    let mut client = Client::start(&scratch, Encoding::Utf8, &[]);
    client.open(FACTS, &format!("{}{facts}", scratch.read(FACTS)));
    let found = client.findings(FACTS);
    let codes: Vec<&str> = found.iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["hedge-undeclared", "quote-ambiguous"]);
    let offered = fixes(&mut client, FACTS, "reportedly killed");
    client.carry_out(&fix(&offered, "declare the hedge \"reportedly\""));
    // what is offered is for the text that was checked
    assert_eq!(client.findings(FACTS).len(), 1);
    let offered = fixes(&mut client, FACTS, "gate was| open\" }");
    client.carry_out(&fix(&offered, "mean the one on line 3, after \"the\""));
    assert!(client.findings(FACTS).is_empty(), "{}", client.open[FACTS].1);
    assert!(client.open[FACTS].1.contains("quote = \"gate was open\", prefix = \"the\" }"));
    // the words of the sentence are offered where a reserve may be written, the files of the archive where one is named
    client.edit(FACTS, "hedge   = \"reportedly\"", "hedge   = \"\"");
    let answer = client.ask("completion", FACTS, "hedge   = \"|\"", Value::Null).unwrap();
    assert_eq!(labels(&answer), ["reportedly"]);
    client.edit(FACTS, "[event.flood]", "[source.fourth]\nfile =\nsha256 = \"\"\n[event.flood]");
    let answer = client.ask("completion", FACTS, "file =|\nsha", Value::Null).unwrap();
    assert_eq!(labels(&answer).len(), 0, "all three are taken: {answer}");
    scratch.write("archive/fourth.txt", "Rain.\n");
    let answer = client.ask("completion", FACTS, "file =|\nsha", Value::Null).unwrap();
    assert_eq!(answer["items"][0]["textEdit"]["newText"], "\"fourth.txt\"");
    client.edit(FACTS, "file =\n", "file = \"fourth.txt\"\n");
    let answer = client.ask("completion", FACTS, "sha256 = \"|\"", Value::Null).unwrap();
    assert_eq!(labels(&answer), [factbrief::text::hash::sha256(b"Rain.\n")]);
    client.end();
}

#[test]
fn a_quotation_cannot_pass_for_markup() {
    let scratch = Scratch::flood();
    let hostile = "![x](http://e.org/a) <img src=x> **24** [click](command:x) `code` were killed, the mayor said.\n";
    scratch.write("archive/third.txt", hostile);
    let hash = factbrief::text::hash::sha256(hostile.as_bytes());
    let more = format!(
        "\n[source.third]\nfile = \"third.txt\"\nsha256 = \"{hash}\"\npublisher = \"<b>*P*</b>\"\n\n[background.b]\ntext = \"[a](http://b.org) <script>\"\nby = \"mayor\"\nsource = \"third\"\nquote = \"![x](http://e.org/a) <img src=x> **24**\"\n"
    );
    let mut client = Client::start(&scratch, Encoding::Utf8, &[]);
    client.open(FACTS, &format!("{}{more}", scratch.read(FACTS)));
    client.findings(FACTS);
    for at in ["[background.|b]", "quote = \"![x](http|"] {
        let answer = client.ask("hover", FACTS, at, Value::Null).unwrap();
        let markdown = said(&answer);
        use pulldown_cmark::{Event, Parser, Tag};
        for event in Parser::new(markdown) {
            let markup = matches!(
                event,
                Event::Html(_)
                    | Event::InlineHtml(_)
                    | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
            );
            assert!(!markup, "{event:?} in {markdown}");
        }
        assert!(markdown.contains("img src"), "{markdown}");
    }
    client.end();
}

#[test]
fn what_lies_on_disk_is_checked_with_what_is_open() {
    let scratch = Scratch::flood();
    scratch.write("seeds/ferrow/more.toml", "[gap.why]\nquestion = \"Why?\"\nabout = [\"flud\"]\n");
    let mut client = Client::start(&scratch, Encoding::Utf8, &[]);
    client.open(FACTS, &scratch.read(FACTS));
    assert!(client.findings(FACTS).is_empty());
    assert_eq!(client.elsewhere("seeds/ferrow/more.toml").len(), 1);
    // an id that is being given in the open text mends the file that is not open
    client.forget("seeds/ferrow/more.toml");
    client.edit(FACTS, "[gap.gate]", "[gap.flud]\nquestion = \"What?\"\n[gap.gate]");
    assert!(client.findings(FACTS).is_empty());
    assert!(client.elsewhere("seeds/ferrow/more.toml").is_empty());
    // what is closed counts as it lies on disk
    let uri = client.uri(FACTS);
    client.forget("seeds/ferrow/more.toml");
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(client.elsewhere("seeds/ferrow/more.toml").len(), 1);
    // and what is taken away counts no more
    std::fs::remove_file(scratch.path().join("seeds/ferrow/more.toml")).unwrap();
    client.forget("seeds/ferrow/more.toml");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert!(client.elsewhere("seeds/ferrow/more.toml").is_empty());
    // a text that was never saved
    client.open("seeds/ferrow/new.toml", "[claim.x]\nevnt = \"flood\"\n");
    assert_eq!(client.findings("seeds/ferrow/new.toml").len(), 1);
    client.end();
}

#[test]
fn a_text_with_a_fault_still_completes() {
    let scratch = Scratch::flood();
    let mut client = Client::start(&scratch, Encoding::Utf8, &[]);
    client.open(FACTS, &scratch.read(FACTS));
    assert!(client.findings(FACTS).is_empty());
    client.edit(FACTS, "[gap.gate]", "[claim.x\nby = [\"\nsource = \"");
    let found = client.findings(FACTS);
    assert!(found.iter().all(|f| f["code"] == "syntax") && !found.is_empty(), "{found:#?}");
    let answer = client.ask("completion", FACTS, "source = \"|\nquestion", Value::Null).unwrap();
    assert_eq!(labels(&answer), ["herald", "post"]);
    let answer = client.ask("hover", FACTS, "by      = \"flood-off|ice\"", Value::Null).unwrap();
    assert!(said(&answer).contains("the regional flood office"));
    // a use might be missed in what cannot be read
    let refused = client.ask("rename", FACTS, "[actor.ma|yor]", json!({ "newName": "m" })).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("not TOML as it stands"), "{refused}");
    client.end();
}

#[test]
fn what_an_imported_table_names_is_not_renamed() {
    let scratch = crate::import::project();
    crate::import::imported(&scratch).exits(0);
    let own = "seeds/valley/own.toml";
    scratch
        .write(own, "[background.b]\ntext = \"A count.\"\nabout = [\"arde-count\"]\n\n[gap.g]\nquestion = \"Why?\"\n");
    let mut client = Client::start(&scratch, Encoding::Utf8, &[]);
    client.open(own, &scratch.read(own));
    client.findings(own);
    let refused = client.ask("rename", own, "\"arde-|count\"", json!({ "newName": "m" })).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("named by an imported table"), "{refused}");
    client.ask("rename", own, "[gap.|g]", json!({ "newName": "m" })).unwrap();
    client.end();
}

#[test]
fn nothing_is_written_and_nothing_breaks_it() {
    let scratch = Scratch::flood();
    scratch.write("notes/other.toml", "a = 1\n");
    let before = everything(scratch.path());
    let mut client = Client::spawn(&scratch, Encoding::Utf16, &["--stdio"]);
    // too early
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32002);
    client.notify("textDocument/didOpen", json!({}));
    client.request("initialize", json!({ "capabilities": {}, "rootUri": client.uri("") })).unwrap();
    assert_eq!(client.request("initialize", json!({})).unwrap_err()["code"], -32600);
    // no message, or none that can be understood
    for (bytes, code) in [
        ("Content-Length: 5\r\n\r\n{\"a\":".as_bytes(), -32700),
        (b"Content-Length: 4\r\n\r\n\xff\xfe\xff\xfe", -32700),
        (b"Content-Length: many\r\n\r\n", -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 4\r\n\r\nnull", -32600),
        (b"Content-Length: 8\r\n\r\n{\"id\":1}", -32600),
        (b"\r\n\r\nX-Y: z\r\nContent-Length: 24\r\n\r\n{\"id\":{},\"method\":\"exit\"}", -32700),
    ] {
        client.raw(bytes);
        let answer = client.answer();
        // the last is longer than its length says
        if code == -32700 || answer["error"]["code"] == code {
            assert!(answer["error"]["message"].as_str().is_some_and(|m| !m.is_empty()), "{answer}");
        } else {
            panic!("{answer}");
        }
        client.raw(b"\r\n\r\n");
    }
    for (method, params, code) in [
        ("textDocument/inlayHint", json!({}), -32601),
        ("textDocument/hover", json!({}), -32602),
        ("textDocument/hover", json!([1, 2]), -32602),
        (
            "textDocument/hover",
            json!({ "textDocument": { "uri": "x" }, "position": { "line": -1, "character": 0 } }),
            -32602,
        ),
    ] {
        assert_eq!(client.request(method, params).unwrap_err()["code"], code, "{method}");
    }
    // files that are not there, or none of ours
    let outside = client.uri("notes/other.toml");
    for uri in
        ["untitled:1", "file:///", "file:///nowhere/seeds/d/a.toml", "http://e.org/a.toml", "", "file://%zz", &outside]
    {
        client.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "toml", "version": 1, "text": "[claim.x]\n" } }),
        );
        client.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": "a" }] }),
        );
        let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
        for method in ["hover", "completion", "definition", "prepareRename", "documentSymbol"] {
            assert_eq!(
                client.request(&format!("textDocument/{method}"), place.clone()),
                Ok(Value::Null),
                "{method} {uri}"
            );
        }
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": client.uri("seeds/ferrow/x.toml"), "version": 2 }, "contentChanges": [] }),
    );
    // places past the end, and changes there
    client.open(FACTS, "[claim.x]\nevent = \"😀\"");
    let uri = client.uri(FACTS);
    for (line, character) in [(0, 999), (999, 0), (u32::MAX, u32::MAX), (1, 10)] {
        let place = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
        for method in ["hover", "completion", "definition", "prepareRename"] {
            // whatever the answer is, there is one
            let _ = client.request(&format!("textDocument/{method}"), place.clone());
        }
        let at = json!({ "line": line, "character": character });
        let change = json!({ "range": { "start": at, "end": { "line": 0, "character": 0 } }, "text": "é" });
        client.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": 5 }, "contentChanges": [change] }),
        );
    }
    assert!(client.request("workspace/symbol", json!({ "query": "" })).unwrap().is_array());
    // ten megabytes, and brackets without end
    let big = format!("{}[gap.g]\nquestion = \"{}\"\n", "# filler\n".repeat(1_000_000), "[".repeat(100_000));
    for text in [
        big,
        "a = ".to_owned() + &"[".repeat(100_000),
        "a = ".to_owned() + &"{a=".repeat(100_000),
        "\0\u{feff}\r\r\n".repeat(1000),
    ] {
        client.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": 6 }, "contentChanges": [{ "text": text }] }),
        );
        let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 5 } });
        let _ = client.request("textDocument/completion", place);
    }
    let again = scratch.read(FACTS);
    client.open.insert(FACTS.to_owned(), (7, again.clone()));
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri, "version": 7 }, "contentChanges": [{ "text": again }] }),
    );
    assert!(client.findings(FACTS).is_empty());
    assert_eq!(client.request("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.wait(), 0);
    assert_eq!(everything(scratch.path()), before);
}

#[test]
fn an_editor_that_goes_without_a_word() {
    let scratch = Scratch::flood();
    assert_eq!(Client::start(&scratch, Encoding::Utf8, &[]).hang_up(), 1);
    let mut client = Client::start(&scratch, Encoding::Utf8, &[]);
    client.notify("exit", Value::Null);
    assert_eq!(client.wait(), 1);
    // what cannot be served is told before the first message
    scratch.run(&["lsp", "--archive", "nowhere"]).exits(2).says("--archive names nowhere");
    scratch.run(&["lsp", "--project", "nowhere"]).exits(2).says("--project names nowhere");
}

#[test]
fn a_project_that_cannot_be_loaded() {
    let scratch = Scratch::flood();
    scratch.write("factbrief.toml", "title = 1\nlanguag = \"en\"\n");
    let mut client = Client::start(&scratch, Encoding::Utf16, &[]);
    client.open("factbrief.toml", &scratch.read("factbrief.toml"));
    client.open(FACTS, &scratch.read(FACTS));
    assert_eq!(client.findings("factbrief.toml").len(), 2);
    let answer = client.ask("completion", FACTS, "by      = \"|mayor", Value::Null).unwrap();
    assert!(labels(&answer).contains(&"flood-office"));
    let offered = fixes(&mut client, "factbrief.toml", "languag");
    client.carry_out(&fix(&offered, "write `language`"));
    client.edit("factbrief.toml", "title = 1", "title = \"F\"");
    assert!(client.findings("factbrief.toml").is_empty());
    client.end();
}

#[test]
fn without_the_articles_the_lock_answers() {
    let scratch = Scratch::flood();
    scratch.run(&["check"]).exits(0);
    let mut client = Client::start(&scratch, Encoding::Utf8, &["--no-archive"]);
    client.open(FACTS, &scratch.read(FACTS));
    assert!(client.findings(FACTS).is_empty());
    let answer = client.ask("hover", FACTS, "[claim.ho|mes]", Value::Null).unwrap();
    assert!(said(&answer).contains("line 5, by the evidence lock"), "{answer}");
    client.edit(FACTS, "\"12\"", "\"13\"");
    assert_eq!(client.findings(FACTS)[0]["code"], "not-verified");
    let led = client.ask("definition", FACTS, "quote   = \"Twelve pe|ople", Value::Null).unwrap();
    assert_eq!(led, json!([]));
    client.end();
}

#[test]
fn symbols_are_the_records() {
    let scratch = Scratch::flood();
    let mut client = Client::start(&scratch, Encoding::Utf16, &[]);
    client.open(FACTS, &scratch.read(FACTS));
    client.findings(FACTS);
    let uri = client.uri(FACTS);
    let symbols = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).unwrap();
    assert_eq!(symbols.as_array().unwrap().len(), 16);
    let text = client.open[FACTS].1.clone();
    for symbol in symbols.as_array().unwrap() {
        assert_eq!(client.encoding.part(&text, &symbol["selectionRange"]), symbol["name"].as_str().unwrap());
        assert!(client.encoding.part(&text, &symbol["range"]).starts_with('['));
    }
    let found = client.request("workspace/symbol", json!({ "query": "Tarn" })).unwrap();
    let names: Vec<&str> = found.as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["mayor", "flood"]);
    client.end();
}
