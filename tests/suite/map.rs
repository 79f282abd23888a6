//! The map of a briefing's places, on invented events.

use std::fmt::Write as _;

use factbrief::audit::pdf_text;

use crate::scratch::Scratch;

const FACTS: &str = "seeds/ferrow/facts.toml";
const DERNA: (&str, f64, f64) = ("Derna", 32.767, 22.637);

/// The flood, and an event at each of these places: name, degrees north and east.
fn with_places(places: &[(&str, f64, f64)], kind: &str, language: &str) -> Scratch {
    let s = Scratch::flood();
    let mut facts = s.read(FACTS);
    for (i, (name, lat, lon)) in places.iter().enumerate() {
        let point = format!("{{ lat = {lat}, lon = {lon}, precision = \"city\", basis = \"look-up\" }}");
        let _ = write!(facts, "\n[place.p{i}]\nname = \"{name}\"\npoint = {point}\n\n[event.e{i}]\n");
        let _ = writeln!(facts, "title = \"Rain over {name}\"\nkind = \"rain\"\nplace = \"p{i}\"");
        let _ = writeln!(facts, "source = \"post\"\nquote = \"two days of rain\"");
    }
    s.write(FACTS, facts);
    let head = format!("kind = \"{kind}\"\ntitle = \"Ferrow\"\nlanguage = \"{language}\"\nas_of = \"2024-03-06\"\n");
    let bottom = if kind == "chronology" { "" } else { "bottom_line = \"{{event 'flood'}}.\"\n" };
    s.write("briefings/ferrow.toml", head + &bottom.replace('\'', "\\\""));
    s
}

fn pages(s: &Scratch) -> String {
    pdf_text::pages(&s.bytes("briefings/ferrow.pdf")).unwrap().join("\n")
}

fn audited(s: &Scratch) {
    for file in ["briefings/ferrow.md", "briefings/ferrow.pdf"] {
        s.run(&["audit", file]).exits(0).says(", 0 naked");
    }
}

#[test]
fn a_single_place_is_on_a_map_and_in_a_table() {
    let s = with_places(&[DERNA], "chronology", "en");
    s.run(&["build"]).exits(0).says("ferrow.map.svg");
    let markdown = s.read("briefings/ferrow.md");
    assert!(markdown.contains("## Places\n\n![Map of 1 place: Derna. "), "{markdown}");
    assert!(markdown.contains("](ferrow.map.svg)"), "{markdown}");
    assert!(markdown.contains("| Derna | 32.767° N, 22.637° E | city | Rain over Derna | "), "{markdown}");
    // what has no coordinate is not dropped in silence
    assert!(markdown.contains("| Ferrow | no coordinate recorded | | Flood of the Tarn in Ferrow (4 March 2024) | "));
    let svg = s.read("briefings/ferrow.map.svg");
    assert!(svg.starts_with("<svg") && svg.len() < 400_000, "{}", svg.len());
    let text = pages(&s).replace('\n', " ");
    assert!(text.contains("Natural Earth") && text.contains("200 km"), "{text}");
    audited(&s);
    s.run(&["build", "--check"]).exits(0);
}

#[test]
fn sixty_places_are_numbered() {
    let letter = |n: u8| char::from(b'A' + n);
    let places: Vec<(String, f64, f64)> = (0..60u8)
        .map(|i| {
            let (lat, lon) =
                (33.0 + f64::from(u32::from(i) * 7 % 60) / 100.0, 36.0 + f64::from(u32::from(i) * 3 % 59) / 50.0);
            (format!("Upper Mill {}{}", letter(i % 26), letter(i / 26)), lat, lon)
        })
        .collect();
    let places: Vec<(&str, f64, f64)> = places.iter().map(|(n, lat, lon)| (n.as_str(), *lat, *lon)).collect();
    let s = with_places(&places, "chronology", "en");
    s.run(&["build"]).exits(0);
    let markdown = s.read("briefings/ferrow.md");
    assert!(
        markdown.contains("| No. | Place | Coordinates |") && markdown.contains("| 60 | Upper Mill "),
        "{markdown}"
    );
    let context = s.run(&["build", "--context", "ferrow"]).exits(0).out;
    let view: serde_json::Value = serde_json::from_str(&context).unwrap();
    let map = &view["map"][0];
    assert_eq!(map["key"].as_array().unwrap().len(), 60);
    let room = |p: &serde_json::Value| ["left", "top", "right", "bottom"].map(|k| p[k].as_i64().unwrap());
    let rooms: Vec<[i64; 4]> = map["places"].as_array().unwrap().iter().map(room).collect();
    for (i, a) in rooms.iter().enumerate() {
        assert!(a[2] > a[0], "a place without its number: {i}");
        for b in &rooms[i + 1..] {
            assert!(a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3], "{a:?} {b:?}");
        }
    }
    audited(&s);
}

#[test]
fn long_arabic_names_stand_in_an_arabic_briefing() {
    let long = ("المجلس المحلي لمدينة درنة وضواحيها الشرقية والغربية", 32.767, 22.637);
    let s = with_places(&[long, ("مدينة سرت الساحلية", 31.206, 16.589)], "chronology", "ar");
    s.run(&["build"]).exits(0);
    let markdown = s.read("briefings/ferrow.md");
    assert!(markdown.contains("## الأماكن") && markdown.contains("شمالا"), "{markdown}");
    assert!(s.read("briefings/ferrow.map.svg").starts_with("<svg"));
    s.run(&["audit", "briefings/ferrow.md"]).exits(0).says(", 0 naked");
}

#[test]
fn the_antimeridian_and_the_poles_are_no_edge() {
    for places in [
        &[("Suva", -18.14, 178.44), ("Taveuni", -16.85, -179.97)][..],
        &[("Anadyr", 64.73, 177.5), ("Nome", 64.5, -165.41)],
        &[("Longyearbyen", 78.22, 15.63), ("Tiksi", 71.64, 128.87), ("Alert", 82.5, -62.35)],
        &[("South Pole", -90.0, 0.0)],
        &[("New York", 40.713, -74.006), DERNA, ("Sydney", -33.87, 151.21)],
    ] {
        let s = with_places(places, "chronology", "en");
        s.run(&["build"]).exits(0);
        assert!(s.read("briefings/ferrow.map.svg").starts_with("<svg"));
        audited(&s);
    }
}

#[test]
fn without_a_coordinate_there_is_no_map() {
    for kind in ["chronology", "situation-report", "fact-sheet"] {
        let s = with_places(&[], kind, "en");
        s.run(&["build"]).exits(0);
        let markdown = s.read("briefings/ferrow.md");
        assert!(!markdown.contains("## Places"), "{kind}: {markdown}");
        assert!(!s.path().join("briefings/ferrow.map.svg").exists(), "{kind}");
        let s = with_places(&[DERNA], kind, "fr");
        s.run(&["build"]).exits(0);
        assert!(s.read("briefings/ferrow.md").contains("## Lieux"), "{kind}");
    }
}

#[test]
fn a_point_off_the_globe_is_a_finding_at_its_place() {
    let with_point = |point: &str| {
        let s = with_places(&[DERNA], "chronology", "en");
        s.edit(FACTS, "lat = 32.767, lon = 22.637", point);
        s
    };
    for (lat, lon) in [("91", "0"), ("0", "-180.5"), ("nan", "0"), ("0", "inf")] {
        with_point(&format!("lat = {lat}, lon = {lon}")).run(&["check"]).exits(2).says("not on the globe").says(FACTS);
    }
    for wrong in ["lat = \"north\", lon = 1", "lat = 1", "lat = 1, lon = 2, height = 3"] {
        with_point(wrong).run(&["check"]).exits(2).says(FACTS);
    }
    // a whole number is one
    let s = with_point("lat = 33, lon = 23");
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/ferrow.md").contains("| 33° N, 23° E |"));
    let s = with_places(&[DERNA], "chronology", "en");
    s.edit(FACTS, "basis = \"look-up\"", "basis = \" \"");
    s.run(&["check"]).exits(2).says("`basis` is empty");
}
