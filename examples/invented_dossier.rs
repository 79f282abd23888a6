//! Writes an invented project of any size, for measuring: `cargo run --example invented_dossier -- DIR CLAIMS ARTICLES BRIEFINGS`.
//!
//! Nobody, no place and no event in it exists. Forty claims speak of one event: five outlets give figures of eight claimants,
//! and there are as many events as that takes. A briefing is the fact sheet of one event. The same numbers give the same bytes.

#![allow(clippy::disallowed_methods, reason = "it writes files, and nothing reads them while it does")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use factbrief::text::hash::sha256;

/// Claims of one event.
const OF_EVENT: usize = 40;
const MEASURES: [(&str, &str); 5] = [
    ("killed", "people were killed"),
    ("injured", "people were injured"),
    ("missing", "people were missing"),
    ("displaced", "people were displaced"),
    ("homes-destroyed", "homes were destroyed"),
];
const CLAIMANTS: [(&str, &str, &str); 8] = [
    ("mayor", "the mayor", "person"),
    ("fire-brigade", "the fire brigade", "organisation"),
    ("flood-office", "the flood office", "ministry"),
    ("water-company", "the water company", "organisation"),
    ("hospital", "the hospital", "organisation"),
    ("governor", "the governor", "person"),
    ("rescue-service", "the rescue service", "organisation"),
    ("farmers-union", "the farmers' union", "organisation"),
];
const OUTLETS: [&str; 5] =
    ["The Invented Post", "Radio Nowhere", "The Herald of Nowhere", "Nowhere Tonight", "Valley News"];
const SYLLABLES: [&str; 16] =
    ["mar", "vel", "tor", "sim", "ard", "lon", "fer", "kas", "dru", "ist", "pel", "nor", "gam", "rus", "bel", "tin"];

/// The name of a place: its number, spelt in syllables.
fn place(number: usize) -> String {
    let mut name = String::from("Qu");
    let mut rest = number;
    for _ in 0..3 {
        name.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    if rest > 0 { format!("{name} {rest}") } else { name }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, other: usize| arguments.get(at).and_then(|n| n.parse().ok()).unwrap_or(other);
    let Some(root) = arguments.first().map(Path::new) else {
        return Err(std::io::Error::other("say where: DIR [CLAIMS] [ARTICLES] [BRIEFINGS]"));
    };
    let (claims, articles, briefings) = (number(1, 40), number(2, 5).max(1), number(3, 1));
    let events = claims.div_ceil(OF_EVENT);
    let mut texts: BTreeMap<usize, String> = BTreeMap::new();
    let mut records: Vec<String> = Vec::new();
    for event in 0..events {
        let town = place(event);
        let mut toml = String::new();
        let (month, day) = (1 + event / 28 % 12, 1 + event % 28);
        let first = event * OUTLETS.len() % articles;
        let sentence = format!("The river burst its banks in {town} on {day} {} 2031", MONTHS[month - 1]);
        let _ = write!(texts.entry(first).or_default(), "{sentence}, and the water stood for days.\n\n");
        let _ = write!(
            toml,
            "[place.p{event}]\nname = \"{town}\"\n\n[event.e{event}]\ntitle = \"Flood in {town}\"\nkind = \"flood\"\ndate = \"2031-{month:02}-{day:02}\"\ndating = {{ basis = \"stated\", words = \"{day} {} 2031\" }}\nplace = \"p{event}\"\nsource = \"s{first}\"\nquote = \"The river burst its banks in {town}\"\n\n",
            MONTHS[month - 1]
        );
        for at in 0..OF_EVENT.min(claims - event * OF_EVENT) {
            let article = (event * OUTLETS.len() + at % OUTLETS.len()) % articles;
            let ((measure, counted), (by, name, _)) = (MEASURES[at / CLAIMANTS.len()], CLAIMANTS[at % CLAIMANTS.len()]);
            let figure = 10 + (event * 7 + at * 13) % 180;
            let (words, value) = match at % 4 {
                0 => (format!("At least {figure}"), format!(">={figure}")),
                1 => (format!("Some {figure}"), format!("~{figure}")),
                2 => (format!("Between {figure} and {}", figure + 9), format!("{figure}..{}", figure + 9)),
                _ => (format!("A total of {figure}"), figure.to_string()),
            };
            let quote = format!("{words} {counted} in {town}");
            let _ = write!(
                texts.entry(article).or_default(),
                "{quote}, according to {name}, which is invented like the rest of this report.\n\n"
            );
            let who = if measure == "homes-destroyed" { "" } else { "who = \"people\"\n" };
            let _ = write!(
                toml,
                "[claim.e{event}-{measure}-{by}]\nevent = \"e{event}\"\nmeasure = \"{measure}\"\n{who}value = \"{value}\"\nby = \"{by}\"\nsource = \"s{article}\"\nquote = \"{quote}\"\nwords = \"{words}\"\n\n"
            );
        }
        records.push(toml);
    }
    let mut head = String::from(
        "# Invented, all of it.\n\n[measure.homes-destroyed]\nname = \"Homes destroyed\"\nwords = [\"destroyed\"]\n\n",
    );
    for (id, name, kind) in CLAIMANTS {
        let _ = write!(head, "[actor.{id}]\nname = \"{name}\"\nkind = \"{kind}\"\n\n");
    }
    std::fs::create_dir_all(root.join("archive"))?;
    std::fs::create_dir_all(root.join("seeds/invented"))?;
    std::fs::create_dir_all(root.join("briefings"))?;
    for (article, text) in &texts {
        let outlet = OUTLETS[article % OUTLETS.len()];
        let text = format!("Floods in the valley, report {article}\n\n{text}");
        std::fs::write(root.join(format!("archive/{article}.txt")), &text)?;
        let _ = write!(
            head,
            "[source.s{article}]\nfile = \"{article}.txt\"\nsha256 = \"{}\"\ntitle = \"Floods in the valley, report {article}\"\npublisher = \"{outlet}\"\npublished = \"2031-12-30\"\ndating = {{ basis = \"external\", note = \"invented\" }}\n\n",
            sha256(text.as_bytes())
        );
    }
    std::fs::write(root.join("seeds/invented/sources.toml"), head)?;
    for (file, part) in records.chunks(50).enumerate() {
        std::fs::write(root.join(format!("seeds/invented/events-{file:04}.toml")), part.concat())?;
    }
    for briefing in 0..briefings {
        let (event, town) = (briefing % events, place(briefing % events));
        std::fs::write(
            root.join(format!("briefings/b{briefing:04}.toml")),
            format!(
                "kind = \"fact-sheet\"\ntitle = \"Flood in {town}\"\nas_of = \"2031-12-31\"\nevents = [\"e{event}\"]\n\nbottom_line = \"\"\"\nThe river flooded {{{{place \"p{event}\"}}}} on {{{{date \"e{event}\"}}}}. {{{{cite \"e{event}\"}}}}\nThe dead number {{{{figure \"e{event}\" \"killed\" \"people\"}}}}.\n\"\"\"\n"
            ),
        )?;
    }
    std::fs::write(
        root.join("factbrief.toml"),
        "title = \"An invented valley\"\nlanguage = \"en\"\narchive = \"archive\"\n",
    )
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
