//! Pictures: one entry, a few, sixty; open ends, estimates, long names; their files, and what becomes of them.

use std::fmt::Write as _;

use factbrief::text::hash::sha256;
use serde_json::Value;

use crate::scratch::{Scratch, repository};

/// Forms of a figure as an article has it, as a record has it, and as the picture must show it.
const FIGURES: [(&str, &str, &str); 5] = [
    ("{n} people were killed", "{n}", "{n}"),
    ("at least {n} people were killed", ">={n}", "at least {n}"),
    ("up to {n} people were killed", "<={n}", "at most {n}"),
    ("some {n} people were killed", "~{n}", "about {n}"),
    ("between {n} and {m} people were killed", "{n}..{m}", "{n}–{m}"),
];

/// An invented dossier: one landslide, which `n` groups count and condemn, on days of their own.
fn landslide(n: usize, name: impl Fn(usize) -> String) -> Scratch {
    let s = Scratch::empty();
    let mut article = String::from("Hill gives way above Dorn\n\nThe hill gave way on 4 March 2024.\n\n");
    let mut facts = String::new();
    for i in 1..=n {
        let who = name(i);
        let (said, value, _) = FIGURES[i % FIGURES.len()];
        let fill = |text: &str| text.replace("{n}", &(i * 10).to_string()).replace("{m}", &(i * 10 + 5).to_string());
        let day = if i <= 31 { format!("{i} March 2024") } else { format!("{} April 2024", (i - 32) % 30 + 1) };
        let iso = if i <= 31 { format!("2024-03-{i:02}") } else { format!("2024-04-{:02}", (i - 32) % 30 + 1) };
        let _ = write!(article, "{who} said on {day} that {}. {who} condemned the quarry.\n\n", fill(said));
        let _ = write!(
            facts,
            "[actor.g{i}]\nname = '{who}'\nkind = \"organisation\"\n\n\
             [claim.k{i}]\nevent = \"slide\"\nmeasure = \"killed\"\nwho = \"people\"\nvalue = \"{}\"\nby = \"g{i}\"\n\
             source = \"post\"\nquote = '{who} said on {day} that {}'\n\n\
             [position.p{i}]\nactor = \"g{i}\"\nstance = \"condemns\"\ntoward = \"slide\"\ndate = \"{iso}\"\n\
             dating = {{ basis = \"stated\", words = '{day}' }}\nsource = \"post\"\nquote = '{who} condemned the quarry'\n\n",
            fill(value),
            fill(said),
        );
    }
    let _ = write!(
        facts,
        "[event.slide]\ntitle = \"Landslide above Dorn\"\nkind = \"landslide\"\ndate = \"2024-03-04\"\n\
         dating = {{ basis = \"stated\", words = \"4 March 2024\" }}\nsource = \"post\"\nquote = \"The hill gave way on 4 March 2024\"\n\n\
         [source.post]\nfile = \"post.txt\"\nsha256 = \"{}\"\npublisher = \"The Dorn Post\"\npublished = \"2024-05-01\"\n\
         dating = {{ basis = \"external\", note = \"invented\" }}\n",
        sha256(article.as_bytes())
    );
    s.write("archive/post.txt", article);
    s.write("seeds/dorn/facts.toml", facts);
    s.write("factbrief.toml", "title = \"Dorn\"\nlanguage = \"en\"\narchive = \"archive\"\n");
    for kind in ["casualty-table", "chronology", "positions"] {
        let text = format!("kind = \"{kind}\"\ntitle = \"The landslide\"\nas_of = \"2024-05-02\"\n");
        s.write(&format!("briefings/{kind}.toml"), text);
    }
    s
}

fn view(s: &Scratch, slug: &str) -> Value {
    serde_json::from_str(&s.run(&["build", "--context", slug]).exits(0).out).unwrap()
}

/// What is drawn is read back from the page, and comes from records.
fn printed(s: &Scratch) {
    s.run(&["build"]).exits(0);
    for (slug, picture) in [("casualty-table", "ranges"), ("chronology", "timeline"), ("positions", "stances")] {
        let file = format!("briefings/{slug}.{picture}.svg");
        let svg = s.read(&file);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>") && svg.len() > 2_000, "{file}");
        let markdown = s.read(&format!("briefings/{slug}.md"));
        assert!(markdown.contains(&format!("]({slug}.{picture}.svg)")), "{slug} does not show its picture");
        s.run(&["audit", &format!("briefings/{slug}.pdf")]).exits(0).says(" 0 naked");
        crate::libya::same_text(s, slug, slug);
    }
    let ran = s.run(&["build", "--check"]).exits(0);
    assert_eq!(ran.out + &ran.err, "3 briefings compared with what is there: all are current\n");
}

#[test]
fn one_entry_eight_and_sixty_are_drawn_and_read_back() {
    for n in [1, 8, 60] {
        let s = landslide(n, |i| {
            format!("Group {}", char::from(b'A' + u8::try_from(i % 26).unwrap()).to_string().repeat(1 + i / 26))
        });
        printed(&s);
        let ranges = view(&s, "casualty-table");
        let panels = ranges["ranges_chart"][0]["panels"].as_array().unwrap();
        let rows = panels[0]["rows"].as_array().unwrap();
        // the range of several claimants has a row of its own
        assert_eq!(rows.len(), if n == 1 { 1 } else { n + 1 });
        for i in 1..=n {
            let row = rows.iter().find(|r| r["records"].as_array().unwrap() == &[format!("k{i}")]).unwrap();
            let (_, _, shown) = FIGURES[i % FIGURES.len()];
            let shown = shown.replace("{n}", &(i * 10).to_string()).replace("{m}", &(i * 10 + 5).to_string());
            assert_eq!(row["figure"], shown.as_str());
            let (open_from, open_to, about) = match i % FIGURES.len() {
                1 => (false, true, false),
                2 => (true, false, false),
                3 => (false, false, true),
                _ => (false, false, false),
            };
            assert_eq!(
                (&row["open_from"], &row["open_to"], &row["about"]),
                (&open_from.into(), &open_to.into(), &about.into()),
                "{row}"
            );
        }
        let timeline = view(&s, "chronology");
        let rows = timeline["timeline_chart"][0]["rows"].as_array().unwrap();
        assert_eq!(rows.len(), n + 1);
        let starts: Vec<u64> = rows.iter().map(|r| r["from"].as_u64().unwrap()).collect();
        assert!(starts.is_sorted(), "{starts:?}");
        let stances = view(&s, "positions");
        assert_eq!(stances["stances_chart"][0]["panels"][0]["rows"].as_array().unwrap().len(), n);
    }
}

#[test]
fn long_names_of_another_script_are_drawn() {
    let s = landslide(8, |i| {
        let letters = ["ألف", "باء", "جيم", "دال", "هاء", "واو", "زاي", "حاء"];
        format!("المنظمة الأهلية لإغاثة المتضررين من الانهيارات الأرضية في المناطق الجبلية {}", letters[i - 1])
    });
    s.run(&["build"]).exits(0);
    let ranges = view(&s, "casualty-table");
    for row in ranges["ranges_chart"][0]["panels"][0]["rows"].as_array().unwrap() {
        let name = row["claimants"].as_str().unwrap();
        // what tells them apart stands at the end
        assert!(!name.contains('…'), "{name}");
        assert_eq!(name.matches('\u{2068}').count(), name.matches('\u{2069}').count(), "{name}");
    }
}

#[test]
fn a_picture_is_held_to_what_is_printed_and_goes_with_it() {
    let s = landslide(3, |i| format!("Group {}", char::from(b'A' + u8::try_from(i).unwrap())));
    s.run(&["build"]).exits(0);
    let file = "briefings/casualty-table.ranges.svg";
    let svg = s.read(file);
    s.write(file, svg.replacen("<path", "<path ", 1));
    s.run(&["build", "--check"]).exits(1).says("casualty-table.ranges.svg: it differs");
    s.run(&["build"]).exits(0).says(&format!("wrote {file}"));
    assert_eq!(s.read(file), svg);
    // as of a day before anything was known nothing is drawn, and nothing is left behind
    s.edit("briefings/casualty-table.toml", "casualty-table", "ledger");
    s.run(&["build", "--check"]).exits(1).says("the briefing shows it no longer");
    s.run(&["build"]).exits(0).says(&format!("removed {file}"));
    assert!(!s.path().join(file).exists());
    // and is said once
    assert!((0..3).all(|_| !s.run(&["build"]).exits(0).err.contains("removed")));
    // what somebody else put in its place stays
    s.edit("briefings/casualty-table.toml", "ledger", "casualty-table");
    s.run(&["build"]).exits(0);
    s.write(file, "mine");
    s.edit("briefings/casualty-table.toml", "casualty-table", "ledger");
    s.run(&["build"]).exits(0);
    assert_eq!(s.read(file), "mine");
}

#[test]
fn a_file_of_the_users_own_is_never_taken_away() {
    let s = landslide(2, |i| format!("Group {}", char::from(b'A' + u8::try_from(i).unwrap())));
    s.run(&["build"]).exits(0);
    s.write("briefings/casualty-table.sketch.svg", "own");
    s.write("outside.svg", "own");
    let lock = "briefings/casualty-table.lock";
    let hash = sha256(b"own");
    s.edit(lock, "[pictures]\n", &format!("[pictures]\n\"../outside.svg\" = \"{hash}\"\n"));
    s.run(&["build"]).exits(0);
    assert!(s.path().join("outside.svg").exists() && s.path().join("briefings/casualty-table.sketch.svg").exists());
}

#[test]
fn a_picture_is_drawn_again_only_where_something_it_shows_has_changed() {
    const PICTURE: &str = "briefings/ferrow.ranges.svg";
    let s = Scratch::flood();
    s.run(&["build", "--format", "md"]).exits(0).says("wrote briefings/ferrow.ranges.svg");
    let drawn = s.bytes(PICTURE);
    // another picture under its hash is taken for the one that was drawn: it shows that none is drawn
    let disguised = |s: &Scratch| {
        s.edit(".factbrief/printed.json", &sha256(&drawn), &sha256(b"<svg/>"));
        s.write(PICTURE, "<svg/>");
    };
    disguised(&s);
    s.edit("briefings/ferrow.toml", "Flood in Ferrow", "The flood in Ferrow");
    s.run(&["build", "--format", "md"])
        .exits(0)
        .says("wrote briefings/ferrow.md")
        .says("current briefings/ferrow.ranges");
    // pages that are set anew take it, too, and a comparison or a fresh build does not
    s.run(&["build"]).exits(0).says("wrote briefings/ferrow.pdf").says("current briefings/ferrow.ranges.svg");
    s.run(&["build", "--check"]).exits(1).says("ferrow.ranges.svg: it differs");
    s.run(&["build", "--fresh"]).exits(0).says("wrote briefings/ferrow.ranges.svg");
    assert!(s.bytes(PICTURE) == drawn);
    // what it shows, a layout it is drawn by, a hand in it
    disguised(&s);
    s.edit("seeds/ferrow/facts.toml", "title  = \"", "title  = \"Great ");
    s.run(&["build", "--format", "md"]).exits(0).says("wrote briefings/ferrow.ranges.svg");
    let renamed = s.bytes(PICTURE);
    assert!(renamed != drawn && renamed.len() > 100);
    s.write(PICTURE, "<svg>by hand</svg>");
    s.run(&["build", "--format", "md"]).exits(0).says("wrote briefings/ferrow.ranges.svg");
    assert!(s.bytes(PICTURE) == renamed);
    let charts = std::fs::read_to_string(repository().join("templates/shared/charts.typ")).unwrap();
    s.write("templates/shared/charts.typ", charts.replace("#1f3a5f", "#5f1f3a"));
    s.run(&["build", "--format", "md"]).exits(0).says("wrote briefings/ferrow.ranges.svg");
    // of the view it sees its own part
    s.write(
        "templates/shared/charts.typ",
        charts.replace("margin: 8pt", "margin: if \"figures\" in view { 9pt } else { 8pt }"),
    );
    s.run(&["build", "--format", "md"]).exits(0);
    assert!(s.bytes(PICTURE) == renamed);
}
