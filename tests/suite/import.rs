//! Data from elsewhere: tables of events and lists of references. All of it is invented.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use factbrief::load::import;
use factbrief::load::mapping::Mapping;
use factbrief::text::file::TextFile;
use factbrief::text::table::Table;
use proptest::prelude::*;

use crate::scratch::{Ran, Scratch};

/// A mapping as an analyst writes one.
const MAPPING: &str = r#"
[table]
key     = "id"
missing = ["unkn", "-1"]
dates   = ["%Y-%m-%d", "%d-%b-%y"]

[source]
title     = "Disasters of the Arde valley"
publisher = "The Arde Count"
language  = "en"

[claimant]
id   = "arde-count"
name = "The Arde Count"
kind = "organisation"

[event]
title = "{what}, {where}"
kind  = "{what}"
date  = { from = "from", to = "to" }
place = { name = "{where}", lat = "lat", lon = "lon", precision = "town" }

[[claim]]
id      = "killed"
measure = "killed"
who     = "people"
low     = "low"
best    = "best"
high    = "high"
by      = "{said by}"
"#;

/// A table as a programme hands it out: a byte order mark, CRLF, quotation marks with line breaks in them.
const TABLE: &str = "\u{feff}id,what,where,lat,lon,from,to,said by,low,best,high,notes\r\n\
A-1,flood,Solme,45.5,11.25,2015-02-16,2015-02-18,Radio Solme,10,12,24,\"Two lines,\r\nand a \"\"word\"\".\"\r\n\
A-2,flood,Ardal,45.75,11.5,2015-02-16,2015-02-16,,3,3,3,=1+1\r\n\
A-3,fire,Ardal,45.75,11.5,16-Feb-15,,Radio Solme,,7,unkn,\r\n\
A-4,fire,Tessen,,,2016-01-05,,Radio Solme,-1,-1,unkn,no figure\r\n";

pub(crate) fn project() -> Scratch {
    let s = Scratch::empty();
    s.write("factbrief.toml", "title = \"Disasters\"\narchive = \"archive\"\n");
    s.write("archive/.keep", "");
    s.write("arde.toml", MAPPING);
    s.write("arde.csv", TABLE);
    s
}

pub(crate) fn imported(s: &Scratch) -> Ran {
    s.run(&["import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "valley"])
}

const ROWS: &str = "seeds/valley/tables/arde/rows.csv";

#[test]
fn a_table_becomes_events_with_claimants_and_is_proved_row_by_row() {
    let s = project();
    imported(&s).exits(0).says("4 rows read = 4 imported + 0 refused + 0 left out; 3 figures");
    s.run(&["check"]).exits(0).says("7 quotations, 7 found in the articles exactly");
    // the claimant is the one that the row names, or the data set
    let first = s.run(&["show", "arde-a-1-killed"]).exits(0);
    assert!(first.out.contains("value = \"10..24\"") && first.out.contains("best: 12"), "{}", first.out);
    assert!(first.out.contains("row 2"), "{}", first.out);
    assert!(s.run(&["show", "arde-a-2-killed"]).exits(0).out.contains("by = \"arde-count\""));
    // the best estimate alone, where no bound is known; dates of two forms
    assert!(s.run(&["show", "arde-a-3-killed"]).exits(0).out.contains("value = \"7\""));
    assert!(s.run(&["show", "arde-a-1"]).exits(0).out.contains("2015-02-16/2015-02-18"));
    assert!(s.run(&["show", "arde-a-3"]).exits(0).out.contains("date = \"2015-02-16\""));
    s.run(&["show", "arde-a-4-killed"]).exits(2);
    // the articles are not in the repository, nor is the table: the lock answers
    s.run(&["check", "--no-archive", "--locked"]).exits(0).says("7 passed by the evidence lock");
    // once more: nothing changes
    let again = imported(&s).exits(0).says("as before: 4");
    assert!(!again.err.contains("wrote"), "{}", again.err);
}

#[test]
fn a_cell_that_was_changed_is_found_with_the_table_and_without() {
    let s = project();
    imported(&s).exits(0);
    s.run(&["check"]).exits(0);
    let sound = s.read(ROWS);
    for (from, to) in [
        ("10,12,24", "10,12,25"),
        ("Solme,45.5", "Ardal,45.5"),
        ("2,A-1", "3,A-1"),
        ("Radio Solme,10", "Radio Ardal,10"),
    ] {
        let changed = sound.replacen(from, to, 1);
        assert_ne!(changed, sound, "{from}");
        s.write(ROWS, &changed);
        let with = s.run(&["check"]);
        let without = s.run(&["check", "--no-archive"]);
        if to == "3,A-1" {
            // a row out of its order is no file of this program
            with.exits(2).says("order of the table");
            without.exits(2);
            continue;
        }
        with.exits(1).says("row-not-verbatim").says("rows.csv:2");
        without.exits(1).says("not-verified").says("rows.csv:2");
    }
    // a row more, a row less
    s.write(ROWS, sound.lines().take(3).collect::<Vec<_>>().join("\n") + "\n");
    s.run(&["check"]).exits(2).says("taken out or put in");
    s.write(ROWS, &sound);
    s.run(&["check"]).exits(0);
    // another mapping than was applied
    s.edit("seeds/valley/tables/arde/mapping.toml", "best    = \"best\"\n", "");
    s.run(&["check"]).exits(2).says("not the one it was imported by");
}

#[test]
fn rows_that_moved_or_a_table_that_changed_are_found() {
    let s = project();
    imported(&s).exits(0);
    s.run(&["check"]).exits(0);
    let other = TABLE.replacen("A-1,flood", "A-9,flood,Vell,45,11,2015-01-01,,,1,1,1,\r\nA-1,flood", 1);
    s.write("archive/arde.csv", &other);
    s.run(&["check"]).exits(1).says("article-changed");
    // a new edition is imported by its keys: what stayed has moved down a row, and is known
    s.write("archive/arde.csv", TABLE);
    s.write("arde.csv", other.replacen("10,12,24", "10,13,24", 1));
    imported(&s).exits(0).says("new: 1 (A-9)").says("changed: 1 (A-1)").says("as before: 3");
    s.run(&["check"]).exits(0);
    assert!(s.run(&["show", "arde-a-1-killed"]).exits(0).out.contains("row 3"));
}

#[test]
fn a_bad_row_is_listed_with_the_cell_and_the_reason() {
    let s = project();
    let row = |id: &str, from: &str, low: &str, best: &str, high: &str| {
        format!("{id},flood,Solme,1,1,{from},,,{low},{best},{high},\r\n")
    };
    let mut table = TABLE.lines().next().unwrap().to_owned() + "\r\n";
    let bad = [
        ("B-1", "2015-02-16", "24", "12", "10", "low", "is above"),
        ("B-2", "2015-02-16", "10", "9", "24", "best", "outside"),
        ("B-3", "2015-02-16", "NaN", "", "", "low", "no number"),
        ("B-4", "2015-02-16", "1e3", "", "", "low", "no number"),
        ("B-5", "2015-02-16", "-5", "", "", "low", "negative"),
        ("B-6", "2015-02-16", "12.5", "", "", "low", "whole"),
        ("B-7", "2015-02-16", "\"1,234\"", "", "", "low", "marks"),
        ("B-8", "03/04/2015", "1", "1", "1", "from", "guessed"),
        ("B-9", "2015-02-30", "1", "1", "1", "from", "no date"),
        ("B-10", "2015-02-16", "dozens", "", "", "low", "no number"),
        ("B-11", "2015-02-16", "1\u{202e}2", "", "", "low", "U+202E"),
        ("", "2015-02-16", "1", "1", "1", "id", "no key"),
        ("ليبيا", "2015-02-16", "1", "1", "1", "id", "no id"),
        ("B-20", "2015-02-16", "1", "1", "1", "id", "key of row"),
        ("B-20", "2015-02-16", "2", "2", "2", "id", "key of row"),
        ("B-21", "2015-02-16", "=1+1", "", "", "low", "no number"),
    ];
    for (id, from, low, best, high, ..) in bad {
        table.push_str(&row(id, from, low, best, high));
    }
    table.push_str(&row("G-1", "2015-02-16", "1", "2", "3"));
    s.write("arde.csv", &table);
    let ran = imported(&s).exits(1).says("17 rows read = 1 imported + 16 refused + 0 left out");
    let refused = s.read("seeds/valley/tables/arde/refused.csv");
    for (place, (id, .., column, why)) in bad.iter().enumerate() {
        let number = place + 2;
        let line = refused.lines().find(|l| l.starts_with(&format!("{number},{column},")));
        let line = line.unwrap_or_else(|| panic!("row {number} ({id}) is not listed:\n{refused}"));
        assert!(line.contains(why), "{id}: {line}");
        assert!(ran.err.contains(&format!("row {number}, `{column}`")), "{}", ran.err);
    }
    // nothing hidden is printed raw, and nothing that a spreadsheet would run
    assert!(!refused.contains('\u{202e}') && !ran.err.contains('\u{202e}') && !refused.contains(",=1"));
    s.run(&["check"]).exits(0);
}

#[test]
fn what_cannot_be_imported_writes_nothing() {
    let s = project();
    let mapping = |from: &str, to: &str| {
        assert!(MAPPING.contains(from), "{from}");
        MAPPING.replacen(from, to, 1)
    };
    for (mapping, code, says) in [
        (mapping("\"best\"\n", "\"bset\"\n"), 2, "did you mean `best`?"),
        (mapping("{where}\"\nkind", "{Where}\"\nkind"), 2, "did you mean `where`?"),
        (mapping("[claimant]", "[claimnat]"), 2, "did you mean `claimant`?"),
        (mapping("measure = \"killed\"", "measure = \"kiled\""), 2, "there is no measure `kiled`"),
        (mapping("who     = \"people\"", "whom    = \"people\""), 2, "did you mean `who`?"),
        (mapping("%d-%b-%y", "%d/%m"), 2, "is no form of dates"),
        (mapping("{what}, {where}\"\nkind", "{what}, {where\"\nkind"), 2, "not closed"),
        (mapping("id      = \"killed\"", "id      = \"Killed!\""), 2, "cannot have this id"),
        (mapping("[table]", "[table]\ndecimal = \",\"\nthousands = \",\""), 2, "both"),
        (mapping("low     = \"low\"\nbest    = \"best\"\nhigh    = \"high\"\n", ""), 2, "lacks `value`"),
        (mapping("title = \"{what}", "titel = \"{what}"), 2, "did you mean `title`?"),
        (mapping("to = \"to\" }", "to = \"to\", precision = \"what\" }"), 2, "precision"),
        ("[table".to_owned(), 2, "not TOML"),
    ] {
        s.write("arde.toml", &mapping);
        let ran = imported(&s);
        assert_eq!(ran.code, code, "{says}: {}", ran.err);
        ran.says(says);
        assert!(!s.path().join("seeds").exists(), "{says}");
    }
    s.write("arde.toml", MAPPING);
    for (table, says) in [
        ("", "empty"),
        ("id,id\n1,2\n", "two columns"),
        ("id,what\n1,2,3\n", "row 2 has 3 cells"),
        ("id,what\n1,2\n", "names columns that the table does not have"),
    ] {
        s.write("arde.csv", table);
        imported(&s).exits(2).says(says);
    }
    s.write("arde.csv", b"id,what\n1,caf\xe9\n");
    imported(&s).exits(2).says("windows-1252");
    s.write("arde.csv", TABLE);
    s.run(&["import", "csv", "none.csv", "--mapping", "arde.toml", "--dossier", "valley"]).exits(4);
    s.run(&["import", "csv", "arde.csv", "--mapping", "none", "--dossier", "valley"]).exits(2).says("acled, ged");
    s.run(&["import", "csv", "arde.csv", "--mapping", "arde.toml"]).exits(2).says("no dossier");
    s.run(&["import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "../x"]).exits(2);
    s.run(&["import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "v", "--id", "Arde"]).exits(2);
    s.run(&["import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "v", "--published", "16/02/15"])
        .exits(2);
    s.run(&["--no-archive", "import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "v"])
        .exits(2)
        .says("no archive");
    imported_dry(&s);
    assert!(!s.path().join("seeds").exists());
}

fn imported_dry(s: &Scratch) {
    s.run(&["import", "csv", "arde.csv", "--mapping", "arde.toml", "--dossier", "valley", "--dry-run"])
        .exits(0)
        .says("nothing was written");
}

#[test]
fn other_encodings_delimiters_and_marks() {
    let s = project();
    let table = "id;what;where;lat;lon;from;to;said by;low;best;high\n\
        1;Überschwemmung;Sölme;45,5;11,25;16.02.2015;;Radio Sölme;1.234;1.300;2.000\n";
    let mapping = MAPPING.replacen(
        "dates   = [\"%Y-%m-%d\", \"%d-%b-%y\"]",
        "dates = [\"%d.%m.%Y\"]\ndecimal = \",\"\nthousands = \".\"",
        1,
    );
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(table.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (bytes, more) in [(utf16, ""), (latin, "encoding = \"windows-1252\"\n"), (table.as_bytes().to_vec(), "")] {
        s.write("arde.toml", mapping.replacen("[table]\n", &format!("[table]\n{more}"), 1));
        s.write("arde.csv", bytes);
        let _ = std::fs::remove_dir_all(s.path().join("seeds"));
        imported(&s).exits(0).says("1 imported");
        s.run(&["check"]).exits(0);
        assert!(s.run(&["show", "arde-1-killed"]).exits(0).out.contains("value = \"1234..2000\""));
        s.run(&["check", "--no-archive"]).exits(0);
    }
}

#[test]
fn rows_are_left_out_on_purpose_and_counted() {
    let s = project();
    s.write("arde.toml", format!("{MAPPING}\n[[where]]\ncolumn = \"what\"\nis = [\"flood\"]\n\n[[left_out]]\nkey = \"A-2\"\nwhy = \"withdrawn by the programme\"\n"));
    imported(&s)
        .exits(0)
        .says("4 rows read = 1 imported + 0 refused + 3 left out")
        .says("withdrawn by the programme")
        .says("\"fire\"");
    s.run(&["check"]).exits(0);
}

#[test]
fn a_row_is_cited_by_hand_and_a_figure_of_a_table_replaced() {
    let s = project();
    imported(&s).exits(0);
    let by_hand = "[claim.solme-again]\nevent = \"arde-a-1\"\nmeasure = \"killed\"\nwho = \"people\"\nvalue = \"12\"\nby = \"arde-count\"\nsupersedes = \"arde-a-1-killed\"\nsource = \"arde\"\nrow = 2\ncells = { best = \"12\", where = \"Solme\" }\nreads = { value = \"best\" }\n";
    s.write("seeds/valley/own.toml", by_hand);
    s.run(&["check"]).exits(0);
    s.run(&["check", "--no-archive"]).exits(0);
    for (from, to, code, says) in [
        ("value = \"12\"", "value = \"13\"", 1, "value-differs-from-cells"),
        ("best = \"12\"", "best = \"13\"", 1, "row-not-verbatim"),
        ("row = 2", "row = 3", 1, "row 2 holds these cells"),
        ("row = 2", "row = 99", 1, "the table has no row 99"),
        ("row = 2", "row = 1", 2, "the header is row 1"),
        ("reads = { value = \"best\" }", "", 1, "it is not said which of these cells"),
        ("{ value = \"best\" }", "{ value = \"bets\" }", 2, "did you mean `best`?"),
        ("by = \"arde-count\"\n", "", 1, "has no claimant"),
        ("best = \"12\"", "best = 12", 2, "text in quotation marks"),
        ("row = 2", "row = 2\nquote = \"twelve\"", 2, "is of an article"),
        (
            "source = \"arde\"\nrow = 2\ncells = { best = \"12\", where = \"Solme\" }\nreads = { value = \"best\" }",
            "source = \"arde\"\nquote = \"Radio Solme,10,12,24\"",
            1,
            "as if it were an article",
        ),
    ] {
        assert!(by_hand.contains(from), "{from}");
        s.write("seeds/valley/own.toml", by_hand.replacen(from, to, 1));
        let ran = s.run(&["check"]);
        assert_eq!(ran.code, code, "{to}: {}", ran.err);
        ran.says(says);
        // the lock passes nothing that differs
        assert_ne!(s.run(&["check", "--no-archive"]).code, 0, "{to}");
    }
    // nobody can switch the proof off
    s.write(
        "seeds/valley/own.toml",
        by_hand.replacen("best = \"12\"", "best = \"13\"", 1)
            + "allow = [{ rule = \"row-not-verbatim\", reason = \"we like it\" }]\n",
    );
    s.run(&["check"]).exits(1).says("no-exception-from-proof");
}

#[test]
fn the_shipped_mappings_read_tables_of_their_form() {
    let s = project();
    // columns as the codebooks name them; the rows are invented
    s.write(
        "ged.csv",
        "id,relid,year,active_year,type_of_violence,side_a,side_b,source_article,where_prec,where_coordinates,latitude,longitude,country,date_prec,date_start,date_end,deaths_civilians,best,high,low\n\
         501,INV-1,2015,1,1,Government of Orvik,Free Tessen,\"The Ferrow Post,2015-02-17,Fighting\",1,Tessen town,45.5,11.25,Orvik,1,2015-02-16 00:00:00.000,2015-02-16 00:00:00.000,0,12,24,10\n\
         502,INV-2,2015,1,9,A,B,x,1,Vell,45,11,Orvik,1,2015-02-16,2015-02-16,0,1,1,1\n",
    );
    s.run(&["import", "csv", "ged.csv", "--mapping", "ged", "--dossier", "valley", "--published", "2016"])
        .exits(1)
        .says("not among the `kinds`");
    s.write(
        "acled.csv",
        "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,country,location,latitude,longitude,geo_precision,source,notes,fatalities\n\
         ORV1,16 February 2015,1,Battles,Armed clash,Free Tessen,Police Forces of Orvik,Orvik,Vell,45,11,1,Radio Solme; The Ferrow Post,\"On 16 February, an invented clash.\",4\n\
         ORV2,17 February 2015,2,Protests,Peaceful protest,Protesters (Orvik),,Orvik,Vell,45,11,1,Radio Solme,\"Invented.\",0\n",
    );
    s.run(&["import", "csv", "acled.csv", "--mapping", "acled", "--dossier", "valley"])
        .exits(0)
        .says("2 imported + 0 refused + 0 left out; 1 figures");
    s.run(&["check"]).exits(0);
    let clash = s.run(&["show", "acled-orv1-killed"]).exits(0);
    assert!(clash.out.contains("Radio Solme; The Ferrow Post") && clash.out.contains("value = \"4\""), "{}", clash.out);
    assert!(s.run(&["show", "acled-orv2"]).exits(0).out.contains("2015-02-17~"));
    let ged = s.run(&["show", "ged-501-killed"]).exits(0);
    assert!(ged.out.contains("by = \"ucdp\"") && ged.out.contains("value = \"10..24\""), "{}", ged.out);
    assert!(s.run(&["import", "mappings"]).exits(0).out.contains("ged: UCDP"));
    assert!(s.run(&["import", "mappings", "acled"]).exits(0).out.contains("event_id_cnty"));
}

fn large(rows: usize) -> String {
    let mut table = "id,what,where,lat,lon,from,to,said by,low,best,high\n".to_owned();
    for n in 0..rows {
        let (year, low) = (2015 + n % 4, n * 7 % 90);
        let what = ["flood", "fire", "storm"][n % 3];
        let (high, low) = if n % 100 == 99 { (0, 1) } else { (low + n % 10, low) };
        let _ = writeln!(table, "R{n},{what},Solme,45,11,{year}-03-{:02},,Radio Solme,{low},,{high}", n % 28 + 1);
    }
    table
}

#[test]
fn two_thousand_rows_on_a_page_that_says_what_it_does_not_show() {
    let s = project();
    s.write("arde.csv", large(2000));
    imported(&s).exits(1).says("2000 rows read = 1980 imported + 20 refused + 0 left out");
    for (language, says) in
        [("en", "Of 1,980 rows 1,970 are not shown."), ("fr", "ne sont pas montrées"), ("ar", "لا يظهر")]
    {
        s.write(
            &format!("briefings/page-{language}.toml"),
            format!(
                "kind = \"event-table\"\ntitle = \"Disasters\"\nas_of = \"2020-01-01\"\nlanguage = \"{language}\"\n"
            ),
        );
        s.run(&["build", &format!("page-{language}")]).exits(0);
        let page = s.read(&format!("briefings/page-{language}.md"));
        assert!(page.contains(says), "{page}");
    }
    let page = s.read("briefings/page-en.md");
    // each row shown has its claimant and the number of its row, and no figure is added up
    let rows: Vec<&str> = page.lines().filter(|l| l.contains("| Radio Solme |")).collect();
    assert_eq!(rows.len(), 10, "{page}");
    assert!(rows.iter().all(|row| row.contains("[[1]](#ref-1)")), "{page}");
    assert!(page.contains("20") && page.contains("not added up"), "{page}");
    s.run(&["audit", "briefings/page-en.md"]).exits(0);
    // as of a day before the table nothing of it is known
    s.run(&["build", "--check"]).exits(0);
    s.run(&["verify", "briefings/page-en.pdf", "--archive", "archive"]).exits(0).says("it says what its records say");
    for language in ["en", "fr", "ar"] {
        s.run(&["verify", &format!("briefings/page-{language}.pdf")]).exits(0);
    }
    // every other kind prints events of a table as it does all others
    s.write(
        "briefings/one.toml",
        "kind = \"fact-sheet\"\ntitle = \"One\"\nas_of = \"2020-01-01\"\nevents = [\"arde-r0\"]\nbottom_line = '''{{figure \"arde-r0\" \"killed\" \"people\"}}.'''\n",
    );
    s.run(&["build", "one"]).exits(0);
    assert!(s.read("briefings/one.md").contains("Radio Solme"));
    s.write("briefings/rows.toml", "kind = \"event-table\"\ntitle = \"Disasters\"\nas_of = \"2020-01-01\"\nrows = 3\n");
    s.run(&["build", "rows"]).exits(0);
    assert!(s.read("briefings/rows.md").contains("1,977 are not shown"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in the cells: what was read is what was imported, refused and left out, each row once.
    #[test]
    fn the_books_add_up(cells in prop::collection::vec(prop::collection::vec("[0-9a-z,.\"\n=<–/ -]{0,8}", 11), 0..12)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "what", "where", "lat", "lon", "from", "to", "said by", "low", "best", "high"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let file = Arc::new(TextFile::new("m.toml", format!("{MAPPING}\n[[where]]\ncolumn = \"what\"\nnot = [\"x\"]\n")));
        let mapping = Mapping::parse(&file).unwrap();
        let table = Table::read(&bytes, Some(','), None).unwrap();
        let done = import::import("arde", &mapping, &table);
        let books = done.ledger.books;
        prop_assert_eq!(books.read, cells.len());
        prop_assert_eq!(books.imported + books.refused + books.left_out, books.read);
        prop_assert_eq!(books.imported, done.rows.len());
        let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
        for number in done.rows.iter().map(|r| r.number).chain(done.refused.iter().map(|r| r.row)) {
            *seen.entry(number).or_default() += 1;
        }
        prop_assert!(seen.values().all(|n| *n == 1));
        // what was imported is read back cell by cell
        let back = factbrief::load::tables::rows(&Arc::new(TextFile::new("rows.csv", done.rows_file()))).unwrap().1;
        prop_assert_eq!(back.len(), done.rows.len());
        prop_assert!(back.iter().zip(&done.rows).all(|((a, _), b)| **a == *b));
    }
}

const BIB: &str = r#"
@string{post = "The Ferrow Post"}

@article{beck2015,
  title = {Floods in {Ferrow}},
  author = {Beck, John and {Radio Solme}},
  journaltitle = post,
  date = {2015-02-16},
  url = {https://example.org/floods},
  langid = {english},
}

@book{broken, title = {No end

@misc{nothing, note = {neither title nor address}}

@article{later, title = "A Second", author = "van der Vell, Ada", year = 2016, month = mar, doi = {10.1000/xyz}}
"#;

const RIS: &str = "TY  - NEWS\nAU  - Wu, Bo\nAU  - BBC Monitoring\nTI  - River rises\nT2  - The Herald\nDA  - 2024/03/05/\nUR  - https://example.org/river\nLA  - en\nER  - \n\nTY  - NEWS\nTI  - Half\n  and half\nPY  - 2020\nER  - \nTY  - NEWS\nTI  - Without end\n";

const CSL: &str = r#"[
  {"id": "c1", "type": "article-newspaper", "title": "Storm", "author": [{"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}, {"literal": "Radio Solme"}],
   "container-title": "The Herald", "issued": {"date-parts": [[2015, 2], [2015, 3]]}, "URL": "https://example.org/storm", "DOI": "10.1000/storm"},
  {"id": "c2", "title": "Bad date", "issued": {"date-parts": [[2015, 13]]}},
  {"id": "c3", "title": "Bad address", "URL": "ftp://example.org"},
  7
]"#;

#[test]
fn references_of_three_forms_become_sources_that_nothing_can_cite_yet() {
    let s = Scratch::flood();
    s.write("list.bib", BIB);
    s.write("list.ris", RIS);
    s.write("list.json", CSL);
    let ran = s.run(&["import", "references", "list.bib", "list.ris", "list.json"]).exits(1);
    ran.says("11 references read = 5 added + 0 there already + 6 refused")
        .says("list.bib:13")
        .says("list.ris:16")
        .says("ftp://");
    let written = s.read("seeds/ferrow/references.toml");
    for line in [
        "[source.beck2015]",
        "title = \"Floods in Ferrow\"",
        "publisher = \"The Ferrow Post\"",
        "authors = [\"Beck, John\", \"{Radio Solme}\"]",
        "authors = [\"van der Vell, Ada\"]",
        "published = \"2016-03\"",
        "doi = \"10.1000/xyz\"",
        "url = \"https://doi.org/10.1000/xyz\"",
        "authors = [\"Wu, Bo\", \"{BBC Monitoring}\"]",
        "published = \"2024-03-05\"",
        "title = \"Half and half\"",
        "authors = [\"van Beethoven, Ludwig\", \"{Radio Solme}\"]",
        "published = \"2015-02/2015-03\"",
    ] {
        assert!(written.contains(line), "{line}:\n{written}");
    }
    // listed, and nothing to be proved by
    s.run(&["check"]).exits(0).says("the article of source `beck2015` is still to be added");
    // the same once more: noticed, not repeated
    s.run(&["import", "references", "list.json"])
        .exits(1)
        .says("there already: “Storm” is source `c1`, by its DOI")
        .says("0 added + 1 there already + 3 refused");
    assert_eq!(s.read("seeds/ferrow/references.toml"), written);
    let facts = s.read("seeds/ferrow/facts.toml");
    s.write(
        "seeds/ferrow/facts.toml",
        facts.clone()
            + "\n[background.b]\ntext = \"It flooded.\"\nsource = \"beck2015\"\nquote = \"It flooded the town\"\n",
    );
    s.run(&["check"]).exits(1).says("which has no article yet");
    s.write("seeds/ferrow/facts.toml", facts);
    // what an analyst wrote in the file stays
    s.write("seeds/ferrow/references.toml", format!("# mine\n{written}"));
    s.write("more.ris", "TY  - NEWS\nTI  - One more\nER  - \n");
    s.run(&["import", "references", "more.ris"]).exits(0).says("1 added");
    assert!(s.read("seeds/ferrow/references.toml").starts_with(&format!("# mine\n{}", written.trim_end())));
    for (text, says) in
        [("", "none of the forms"), ("[", "no list"), ("<html>", "none of the forms"), ("[]", "no entry")]
    {
        s.write("bad.json", text);
        s.run(&["import", "references", "bad.json"]).exits(2).says(says);
    }
}

#[test]
fn exported_references_come_back_with_the_same_fields() {
    let s = Scratch::flood();
    s.write("list.bib", BIB);
    s.write("list.ris", RIS);
    s.write("list.json", CSL);
    s.run(&["import", "references", "list.bib", "list.ris", "list.json"]).exits(1);
    let fields = |text: &str, skip: &[&str]| -> Vec<String> {
        let mut records: Vec<String> = text
            .split("\n[source.")
            .skip(1)
            .map(|record| {
                record
                    .lines()
                    .filter(|l| !l.is_empty() && !skip.iter().any(|k| l.starts_with(k)))
                    .collect::<Vec<_>>()
                    .join("\n")
            })
            .collect();
        records.sort();
        records
    };
    let written = s.read("seeds/ferrow/references.toml");
    // BibTeX has no periods; every source gets a language when it is exported
    for (form, ending, skip) in
        [("csl-json", "json", &["dating", "language"][..]), ("bibtex", "bib", &["dating", "language", "published"][..])]
    {
        let list = s.run(&["export", "references", "--as", form]).exits(0).out;
        let other = Scratch::empty();
        other.write("factbrief.toml", "title = \"Back\"\n");
        other.write(&format!("list.{ending}"), &list);
        let ran = other.run(&["import", "references", &format!("list.{ending}"), "--dossier", "back"]);
        let back = other.read("seeds/back/references.toml");
        let back = fields(&back, skip);
        for record in fields(&written, skip) {
            assert!(back.contains(&record), "{form}: {record}\nis not among\n{back:#?}\n{}\n{list}", ran.err);
        }
    }
}
