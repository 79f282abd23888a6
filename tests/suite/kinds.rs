//! Every kind of briefing on invented matter: languages, revisions, dates, handling, issues.

use std::fmt::Write as _;
use std::process::Command;

use factbrief::text::hash::sha256;

use crate::libya::same_text;
use crate::scratch::{Scratch, repository};

pub(crate) const KINDS: [&str; 9] = [
    "casualty-table",
    "chronology",
    "comparison",
    "event-table",
    "fact-sheet",
    "ledger",
    "positions",
    "situation-report",
    "source-annex",
];
const FACTS: &str = "seeds/ferrow/facts.toml";

/// The flood with a second event, and with its texts in French and Arabic, too.
pub(crate) fn flood_in_three_languages() -> Scratch {
    let s = Scratch::flood();
    for (from, to) in [
        (
            "note = \"the archive's date stamp\"",
            "note = { en = \"the archive's date stamp\", fr = \"le tampon des archives\", ar = \"ختم الأرشيف\" }",
        ),
        ("name    = \"Ines Tarn\"", "name    = { en = \"Ines Tarn\", fr = \"Ines Tarn\", ar = \"إيناس تارن\" }"),
        ("\"mayor of Ferrow\"", "{ en = \"mayor of Ferrow\", fr = \"maire de Ferrow\", ar = \"رئيسة بلدية فيرو\" }"),
        (
            "\"the regional flood office\"",
            "{ en = \"the regional flood office\", fr = \"l’office régional des crues\", ar = \"المكتب الإقليمي للفيضانات\" }",
        ),
        (
            "\"the water company\"",
            "{ en = \"the water company\", fr = \"la compagnie des eaux\", ar = \"شركة المياه\" }",
        ),
        ("name = \"Ferrow\"", "name = { en = \"Ferrow\", fr = \"Ferrow\", ar = \"فيرو\" }"),
        ("\"Homes destroyed\"", "{ en = \"Homes destroyed\", fr = \"Maisons détruites\", ar = \"منازل مدمرة\" }"),
        (
            "\"Flood of the Tarn in Ferrow\"",
            "{ en = \"Flood of the Tarn in Ferrow\", fr = \"Crue du Tarn à Ferrow\", ar = \"فيضان نهر تارن في فيرو\" }",
        ),
        ("\"to the Herald\"", "{ en = \"to the Herald\", fr = \"au Herald\", ar = \"إلى هيرالد\" }"),
        ("\"Radio Ferrow\"", "{ en = \"Radio Ferrow\", fr = \"Radio Ferrow\", ar = \"راديو فيرو\" }"),
        (
            "\"The mayor and the flood office differ; both figures are printed with their claimants.\"",
            "{ en = \"The mayor and the flood office differ; both figures are printed.\", fr = \"La maire et l’office divergent ; les deux chiffres sont imprimés.\", ar = \"تختلف رئيسة البلدية والمكتب؛ ويذكر الرقمان.\" }",
        ),
        (
            "\"Was the gate open?\"",
            "{ en = \"Was the gate open?\", fr = \"La vanne était-elle ouverte ?\", ar = \"هل كانت البوابة مفتوحة؟\" }",
        ),
        (
            "\"Only the company that runs it has spoken.\"",
            "{ en = \"Only the company that runs it has spoken.\", fr = \"Seule la compagnie qui l’exploite s’est exprimée.\", ar = \"لم تتكلم إلا الشركة التي تديرها.\" }",
        ),
    ] {
        s.edit(FACTS, from, to);
    }
    let mut facts = s.read(FACTS);
    facts.push_str(
        r#"
[event.rain]
title  = { en = "Rain over Ferrow", fr = "Pluies sur Ferrow", ar = "أمطار على فيرو" }
kind   = "rain"
place  = "ferrow"
source = "post"
quote  = "two days of rain"

[assessment.more-rain]
kind       = "outlook"
text       = { en = "The river is likely to rise again.", fr = "La rivière va probablement remonter.", ar = "من المرجح أن يرتفع النهر ثانية." }
likelihood = "likely"
confidence = "low"
rests_on   = ["flood"]

[assessment.two-counts]
kind     = "assumption"
text     = { en = "The counts are taken to be of the same day.", fr = "Les décomptes sont tenus pour être du même jour.", ar = "يفترض أن العدد لليوم نفسه." }
rests_on = ["killed-mayor", "killed-office"]
"#,
    );
    s.write(FACTS, facts);
    std::fs::remove_file(s.path().join("briefings/ferrow.toml")).unwrap();
    s
}

pub(crate) fn request(kind: &str, language: &str, more: &str) -> String {
    let title = match language {
        "fr" => "La crue de Ferrow",
        "ar" => "فيضان فيرو",
        _ => "The flood of Ferrow",
    };
    let mut text =
        format!("kind = \"{kind}\"\ntitle = \"{title}\"\nlanguage = \"{language}\"\nas_of = \"2024-03-06\"\n");
    match kind {
        "fact-sheet" | "situation-report" => {
            let _ = writeln!(text, "bottom_line = '''{{{{figure \"flood\" \"killed\" \"people\"}}}}.'''");
        }
        "comparison" => {
            let _ = writeln!(text, "events = [\"flood\", \"rain\"]\nnot_comparable = '''{{{{event \"flood\"}}}}.'''");
        }
        _ => {}
    }
    text + more
}

#[test]
fn every_kind_prints_in_every_language_with_nothing_empty() {
    let s = flood_in_three_languages();
    for kind in KINDS {
        for language in ["en", "fr", "ar"] {
            s.write(&format!("briefings/{kind}-{language}.toml"), request(kind, language, ""));
        }
    }
    let ran = s.run(&["build"]).exits(0);
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    for kind in KINDS {
        let english = s.read(&format!("briefings/{kind}-en.md"));
        for language in ["en", "fr", "ar"] {
            let name = format!("briefings/{kind}-{language}");
            let markdown = s.read(&format!("{name}.md"));
            let lines: Vec<&str> = markdown.lines().filter(|l| !l.trim().is_empty()).collect();
            for pair in lines.windows(2) {
                let level = |l: &str| l.chars().take_while(|c| *c == '#').count();
                let (above, below) = (level(pair[0]), level(pair[1]));
                assert!(above == 0 || below == 0 || below > above, "{name}: nothing under {:?}", pair[0]);
            }
            assert!(!lines.last().unwrap().starts_with('#'), "{name} ends in a heading");
            for left in ["{{", "}}", "[object", "| |\n| |", "**.**", " ,", "()", "“”", "«»"] {
                assert!(!markdown.contains(left), "{name} prints {left:?}");
            }
            s.run(&["audit", &format!("{name}.md")]).exits(0).says(" 0 naked");
            if language == "ar" {
                s.run(&["audit", &format!("{name}.pdf")]).exits(2).says("run from right to left");
                // the glyphs of a page are in the order of the eye; the characters are all there
                // (a reference is numbered and dated as its style has it)
                let (text, _) = markdown.split_once("## المراجع").unwrap_or((&markdown, ""));
                let digits = text.contains('٢') && (kind == "source-annex" || !text.contains("2024"));
                assert!(digits, "{name} writes its dates in other digits");
            } else {
                same_text(&s, name.trim_start_matches("briefings/"), &name);
            }
            if language != "en" {
                let headings = |text: &str| -> Vec<String> {
                    text.lines().filter(|l| l.starts_with("##")).map(str::to_owned).collect()
                };
                let (own, theirs) = (headings(&markdown), headings(&english));
                assert_eq!(own.len(), theirs.len(), "{name}");
                // some words are the same in both languages
                let same = ["Positions", "Situation", "Contradictions", "Ferrow"];
                for (own, english) in own.iter().zip(&theirs) {
                    let shared =
                        same.iter().any(|w| own.ends_with(w)) || kind == "source-annex" || own.contains("](#ref-");
                    assert!(shared || own != english, "{name} has an English heading: {own}");
                }
            }
        }
    }
    // no heading assumes a war or a casualty
    for kind in KINDS {
        for line in s.read(&format!("briefings/{kind}-en.md")).lines().filter(|l| l.starts_with('#')) {
            for word in ["strike", "casualt", "human cost", "dead", "attack", "victim"] {
                assert!(!line.to_lowercase().contains(word), "{kind}: {line}");
            }
        }
    }
}

/// An invented project of one dossier, `facts` beside the sources made of `articles` (id, day, text).
fn project(articles: &[(&str, &str, &str)], facts: &str) -> Scratch {
    let s = Scratch::empty();
    s.write("factbrief.toml", "title = \"An invented outbreak\"\nlanguage = \"en\"\narchive = \"archive\"\n");
    let mut text = String::from("# Invented for the tests of this program.\n");
    for (id, day, article) in articles {
        s.write(&format!("archive/{id}.txt"), article);
        let _ = writeln!(
            text,
            "[source.{id}]\nfile = \"{id}.txt\"\nsha256 = \"{}\"\npublisher = \"The {id} Courier\"\npublished = \"{day}\"\ndating = {{ basis = \"external\", note = \"the archive's stamp\" }}\n",
            sha256(article.as_bytes())
        );
    }
    text.push_str(facts);
    s.write("seeds/outbreak/facts.toml", text);
    s.run(&["check", "--accept", "none"]);
    s
}

const ARTICLES: [(&str, &str, &str); 5] = [
    ("one", "2024-05-01", "Fever broke out in Ostrem. The health ministry said that 3 people had died.\n"),
    ("two", "2024-05-02", "The health ministry said that 5 people had died in Ostrem.\n"),
    ("three", "2024-05-03", "The health ministry said that 11 people had died in Ostrem.\n"),
    ("four", "2024-05-04", "The health ministry said that 24 people had died in Ostrem.\n"),
    (
        "five",
        "2024-05-05",
        "Fever reached Marl. The nurses' union said that 12 people had died in Marl. The hospital of Marl said that 0 people had died in Marl.\n",
    ),
];

const OUTBREAK: &str = r#"
[actor.ministry]
name = "the health ministry"
kind = "ministry"

[actor.union]
name = "the nurses' union"
kind = "organisation"

[actor.hospital]
name = "the hospital of Marl"
kind = "organisation"

[event.ostrem]
title  = "Fever in Ostrem"
kind   = "epidemic"
source = "one"
quote  = "Fever broke out in Ostrem"

[event.marl]
title  = "Fever in Marl"
kind   = "epidemic"
source = "five"
quote  = "Fever reached Marl"

[claim.dead-1]
event   = "ostrem"
measure = "killed"
who     = "people"
value   = "3"
by      = "ministry"
source  = "one"
quote   = "3 people had died"
words   = "3"

[claim.dead-2]
event      = "ostrem"
measure    = "killed"
who        = "people"
value      = "5"
by         = "ministry"
supersedes = "dead-1"
source     = "two"
quote      = "5 people had died in Ostrem"
words      = "5"

[claim.dead-3]
event      = "ostrem"
measure    = "killed"
who        = "people"
value      = "11"
by         = "ministry"
supersedes = "dead-2"
source     = "three"
quote      = "11 people had died in Ostrem"
words      = "11"

[claim.dead-4]
event      = "ostrem"
measure    = "killed"
who        = "people"
value      = "24"
by         = "ministry"
supersedes = "dead-3"
source     = "four"
quote      = "24 people had died in Ostrem"
words      = "24"

[claim.marl-union]
event   = "marl"
measure = "killed"
who     = "people"
value   = "12"
by      = "union"
source  = "five"
quote   = "12 people had died in Marl"
words   = "12"

[claim.marl-hospital]
event   = "marl"
measure = "killed"
who     = "people"
value   = "0"
by      = "hospital"
source  = "five"
quote   = "0 people had died in Marl"
words   = "0"
"#;

pub(crate) fn outbreak() -> Scratch {
    project(&ARTICLES, OUTBREAK)
}

#[test]
fn a_claimant_who_revises_gives_the_latest_and_two_who_disagree_a_range_with_its_zero() {
    let s = outbreak();
    s.write("briefings/sheet.toml", "kind = \"fact-sheet\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\nbottom_line = '''{{figure \"ostrem\" \"killed\" \"people\"}}.'''\n");
    s.write("briefings/table.toml", "kind = \"casualty-table\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n");
    s.write("briefings/ledger.toml", "kind = \"ledger\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n");
    s.run(&["build"]).exits(0);
    let sheet = s.read("briefings/sheet.md");
    assert!(sheet.contains("24 people (according to the health ministry)."), "{sheet}");
    assert!(sheet.contains("| **24** | The health ministry | Single origin; revised: 3 → 5 → 11 → 24 |"), "{sheet}");
    assert!(
        sheet.contains("| *0–12* | Range of 2 claimants | Figures differ; computed from the rows below |"),
        "{sheet}"
    );
    for row in ["| **12** | The nurses' union |", "| **0** | The hospital of Marl |"] {
        assert!(sheet.contains(row), "no {row} in\n{sheet}");
    }
    let table = s.read("briefings/table.md");
    assert!(
        table.contains(
            "| Dead: people | **24** | **24** | The health ministry: 24 | 1 | single origin; Was: 3 → 5 → 11 |"
        ),
        "{table}"
    );
    assert!(table.contains("| Dead: people | *0* | *12* |"), "{table}");
    // never a sum across claimants or events: 12 + 24, 12 + 24 + 11, 3 + 5 + 11 + 24
    // hashes stand in code
    let said = |text: &str| text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    for sum in ["36", "47", "43"] {
        assert!(!said(&table).contains(sum) && !said(&sheet).contains(sum), "{sum}");
    }
    assert!(table.contains("There is no total row"));
    let ledger = s.read("briefings/ledger.md");
    assert!(ledger.contains("(the health ministry). Was: 11; Now: 24."), "{ledger}");
    // as of an earlier day the revisions stood at another figure, and nobody had disagreed
    s.run(&["build", "--as-of", "2024-05-02", "--out", "then"]).exits(0);
    let then = s.read("then/sheet.as-of-2024-05-02.md");
    assert!(then.contains("| **5** | The health ministry | Single origin; revised: 3 → 5 |"), "{then}");
    assert!(!then.contains("Marl") && !then.contains("24 people") && !then.contains("0–12"), "{then}");
    assert!(!s.path().join("briefings/sheet.as-of-2024-05-02.md").exists());
    s.run(&["build", "--as-of", "soon"]).exits(2).says("takes a day");
}

#[test]
fn what_is_not_said_is_not_stated() {
    let s = outbreak();
    s.edit("seeds/outbreak/facts.toml", "value   = \"3\"", "value   = \"3\"\nscope   = \"partial\"");
    s.edit("seeds/outbreak/facts.toml", "measure = \"killed\"\nwho     = \"people\"\nvalue   = \"12\"", "measure = \"casualties\"\nwho     = \"people\"\nvalue   = \"12\"\nallow   = [{ rule = \"measure-differs-from-source\", reason = \"made for a test\" }]");
    s.write("briefings/table.toml", "kind = \"casualty-table\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n");
    s.run(&["build"]).exits(0);
    let table = s.read("briefings/table.md");
    assert!(table.contains("Not stated of this event: Casualties: people."), "{table}");
}

#[test]
fn the_dossier_of_february_as_of_the_sixteenth_knows_nothing_of_the_seventeenth() {
    let s = Scratch::libya();
    s.run(&[
        "build",
        "derna-2015",
        "libya-ledger",
        "derna-positions-2015",
        "--as-of",
        "2015-02-16",
        "--out",
        "then",
        "--no-archive",
    ])
    .exits(0);
    for slug in ["derna-2015", "libya-ledger", "derna-positions-2015"] {
        let text = s.read(&format!("then/{slug}.as-of-2015-02-16.md"));
        for later in ["VICE", "Independent", "New Arab", "17 February", "Europe 1", "2017", "Haftar", "Rafale"] {
            assert!(!text.contains(later), "{slug} knows of {later}:\n{text}");
        }
    }
}

#[test]
fn an_issue_says_what_changed_since_the_last() {
    let s = outbreak();
    let facts = "seeds/outbreak/facts.toml";
    let briefing = |issue: u32| {
        format!(
            "kind = \"situation-report\"\ntitle = \"Fever\"\nas_of = \"2024-05-0{}\"\nissue = {issue}\nbottom_line = '''{{{{figure \"ostrem\" \"killed\" \"people\"}}}}.'''\n",
            if issue == 1 { 3 } else { 6 }
        )
    };
    s.write("briefings/fever.toml", briefing(2));
    s.run(&["build"]).exits(2).says("no issue before it is at hand").says("briefings/fever.toml:4:9");
    s.write("briefings/fever.toml", briefing(1));
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/fever.md").contains("This is the first issue"));
    let first = s.read("briefings/fever.lock");
    s.run(&["build", "--check"]).exits(0);
    std::fs::remove_file(s.path().join("briefings/fever.lock")).unwrap();
    s.run(&["build", "--check"]).exits(1).says("fever.lock");
    s.write("briefings/fever.lock", &first);
    // the second issue: what is new, what the claimant revised
    s.write("briefings/fever.toml", briefing(2));
    s.run(&["build"]).exits(0);
    let second = s.read("briefings/fever.md");
    for expected in [
        "Compared with issue 1, as of 3 May 2024.",
        "- **New.** Dead: people, Fever in Marl (the hospital of Marl): 0.",
        "- **Revised.** Dead: people, Fever in Ostrem (the health ministry): 11 → 24. Newer figure.",
    ] {
        assert!(second.contains(expected), "no {expected:?} in\n{second}");
    }
    assert!(second.find("**New.**") < second.find("**Revised.**"));
    // printed again, it is compared with the same first issue
    s.run(&["build", "--check"]).exits(0);
    s.run(&["diff"]).exits(0).says("Briefing fever since the last issue: no difference");
    // a figure changed in place needs its reason
    let third = briefing(2).replace("issue = 2", "issue = 3");
    s.write("briefings/fever.toml", &third);
    s.edit(facts, "value   = \"12\"", "value   = \"0\"");
    s.edit(
        facts,
        "quote   = \"12 people had died in Marl\"\nwords   = \"12\"",
        "quote   = \"0 people had died in Marl\"\nwords   = \"0\"",
    );
    s.edit(facts, "by      = \"union\"", "by      = \"hospital\"");
    s.run(&["diff"]).exits(0).says("revised").says("12 → 0");
    s.run(&["build"]).exits(2).says("unexplained-change").says("claim `marl-union`").says("was 12, is 0");
    let mut text = s.read(facts);
    text.push_str("\n[change.typing]\nkind = \"correction\"\naffects = [\"marl-union\"]\ntext = \"The figure had been given to the wrong speaker\"\n");
    s.write(facts, text);
    s.run(&["build"]).exits(0);
    let third = s.read("briefings/fever.md");
    assert!(third.contains("- **Corrected.** Dead: people, Fever in Marl (the hospital of Marl): 12 → 0. The figure had been given to the wrong speaker."), "{third}");
    // and a series does not run backwards
    s.write("briefings/fever.toml", briefing(1));
    s.run(&["build"]).exits(2).says("goes back to issue 1");
    s.write("briefings/fever.lock", "version = 7\n");
    s.run(&["build"]).exits(2).says("fever.lock cannot be read");
}

#[test]
fn a_record_is_printed_only_where_its_handling_allows() {
    let s = outbreak();
    let facts = "seeds/outbreak/facts.toml";
    s.edit(facts, "[actor.union]\n", "[actor.union]\ntlp  = \"RED\"\n");
    let briefing = |more: &str, line: &str| {
        format!("kind = \"fact-sheet\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n{more}bottom_line = '''{line}.'''\n")
    };
    let line = "{{figure \"ostrem\" \"killed\" \"people\"}}";
    s.write("briefings/fever.toml", briefing("", line));
    s.run(&["build"]).exits(2).says("is labelled TLP:CLEAR and prints what is stricter").says("claim.marl-union");
    s.write("briefings/fever.toml", briefing("max_tlp = \"GREEN\"\n", line));
    s.run(&["build"]).exits(0);
    let text = s.read("briefings/fever.md");
    assert!(!text.contains("union") && text.contains("**0** | The hospital of Marl"), "{text}");
    assert!(text.contains("handled more strictly than this briefing is left out (1 record)"), "{text}");
    s.write("briefings/fever.toml", briefing("max_tlp = \"GREEN\"\n", "{{claim \"marl-union\"}}"));
    s.run(&["build"]).exits(2).says("claim `marl-union` cannot be printed here").says("TLP:RED");
    s.write("briefings/fever.toml", briefing("tlp = \"RED\"\n", "{{claim \"marl-union\"}}"));
    s.run(&["build"]).exits(0);
    s.write("briefings/fever.toml", briefing("max_tlp = \"PURPLE\"\n", line));
    s.run(&["build"]).exits(2).says("not a TLP label");
}

#[test]
fn a_narrative_is_held_to_its_records_and_to_icd_203() {
    let s = flood_in_three_languages();
    let write = |line: &str| {
        s.write("briefings/ferrow.toml", format!("kind = \"fact-sheet\"\ntitle = \"Ferrow\"\nas_of = \"2024-03-06\"\nevents = [\"flood\"]\nbottom_line = '''{line}'''\n"));
    };
    for (line, expected) in [
        ("The river will probably rise {{cite \"flood\"}}.", "\"probably\" is no term of ICD 203"),
        ("More rain is likely {{cite \"flood\"}}.", "a likelihood rests on no judgement"),
        (
            "It is likely, with high confidence {{cite \"more-rain\"}}.",
            "likelihood and confidence stand in one sentence",
        ),
        ("The dead are 24 {{cite \"flood\"}}.", "a figure is typed"),
        ("The river rose.", "a sentence rests on no source"),
        ("{{judgement \"killed-mayor\"}}.", "takes an assessment"),
        ("Rain fell {{cite \"rain\"}}.", "says what the rest of the briefing does not"),
        ("{{figure \"flood\" \"injured\" \"people\"}}.", "nothing of this kind is claimed"),
    ] {
        write(line);
        s.run(&["build"]).exits(2).says(expected).says("briefings/ferrow.toml:5:");
    }
    assert!(!s.path().join("briefings/ferrow.md").exists());
    write("{{judgement \"two-counts\"}} {{cite \"killed-mayor\"}}.");
    s.run(&["build"]).exits(2).says("two-counts");
    s.write("briefings/ferrow.toml", "kind = \"situation-report\"\ntitle = \"Ferrow\"\nas_of = \"2024-03-06\"\nbottom_line = '''{{judgement \"more-rain\"}}.'''\nsituation = '''The Tarn flooded {{place \"ferrow\"}} {{cite \"flood\"}}.\n\nHomes fell {{claim \"homes\"}}.'''\n");
    s.run(&["build"]).exits(0);
    let text = s.read("briefings/ferrow.md");
    assert!(
        text.contains("The river is likely to rise again. [[") && text.contains("Confidence in this judgement is low."),
        "{text}"
    );
    assert!(
        text.contains("The Tarn flooded Ferrow. [[")
            && text.contains("Homes fell 1,200 (according to the regional flood office)."),
        "{text}"
    );
    for (change, expected) in [
        (
            "kind = \"comparison\"\nevents = [\"flood\"]\nnot_comparable = '''{{event \"flood\"}}.'''\n",
            "a comparison is of two events",
        ),
        ("kind = \"comparison\"\nevents = [\"flood\", \"rain\"]\n", "needs `not_comparable`"),
        ("kind = \"chronology\"\nsituation = '''{{event \"flood\"}}.'''\n", "does not print `situation`"),
        ("kind = \"fact-sheet\"\n", "needs `bottom_line`"),
        ("kind = \"fact-shet\"\n", "did you mean `fact-sheet`?"),
        ("kind = \"../up\"\n", "cannot name a kind"),
        ("kind = \"ledger\"\nlanguage = \"tlh\"\n", "there is no table for it"),
        ("kind = \"ledger\"\nlanguage = \"English\"\n", "no language tag"),
    ] {
        s.write("briefings/ferrow.toml", format!("title = \"Ferrow\"\nas_of = \"2024-03-06\"\n{change}"));
        s.run(&["build"]).exits(2).says(expected).says("briefings/ferrow.toml:");
    }
}

#[test]
fn a_set_is_spread_over_jobs_with_each_briefing_in_one() {
    let s = outbreak();
    for slug in ["a", "b", "c", "d", "e"] {
        let text = "kind = \"chronology\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n";
        s.write(&format!("briefings/{slug}.toml"), text);
    }
    let printed = |s: &Scratch| -> Vec<&str> {
        ["a", "b", "c", "d", "e"].into_iter().filter(|b| s.path().join(format!("briefings/{b}.pdf")).exists()).collect()
    };
    s.run(&["build", "--shard", "1/2"]).exits(0);
    assert_eq!(printed(&s), ["a", "c", "e"]);
    s.run(&["build", "--shard", "2/2"]).exits(0);
    assert_eq!(printed(&s).len(), 5);
    s.run(&["build", "--shard", "6/7"]).exits(0);
    for wrong in ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"] {
        s.run(&["build", &format!("--shard={wrong}")]).exits(2).says("the part, counted from one");
    }
}

#[test]
fn a_kind_and_a_language_of_the_users_own_begin_with_a_copy() {
    let s = flood_in_three_languages();
    s.run(&["template", "new", "ledger", "open-questions"]).exits(0);
    let template = "templates/open-questions/briefing.md.hbs";
    assert_eq!(
        s.read(template),
        std::fs::read_to_string(repository().join("templates/ledger/briefing.md.hbs")).unwrap()
    );
    s.run(&["template", "new", "ledger", "open-questions"]).exits(2).says("nothing was written");
    s.run(&["template", "new", "ledgr"]).exits(2).says("did you mean `ledger`?");
    s.run(&["template", "new", "ledger", "../up"]).exits(2).says("cannot name a kind");
    s.write(template, "# {{title}}\n\n{{#each unknowns}}\n- {{question}}\n{{/each}}\n");
    s.write(
        "briefings/open.toml",
        "kind = \"open-questions\"\ntitle = \"Ferrow\"\nas_of = \"2024-03-06\"\nlanguage = \"de\"\n",
    );
    s.run(&["build"]).exits(2).says("there is no table for it");
    s.run(&["template", "language", "de"]).exits(0);
    s.run(&["build"]).exits(0).says("no version in `de`");
    assert_eq!(s.read("briefings/open.md"), "# Ferrow\n\n- Was the gate open?\n");
    s.edit("templates/languages/de.toml", "\nat_least ", "\nat_lest ");
    s.run(&["build"]).exits(2).says("templates/languages/de.toml");
    s.run(&["template", "list"]).exits(0).says("open-questions     the project's");
}

#[test]
fn a_diff_tells_what_moved_since_a_revision() {
    let s = outbreak();
    s.write("briefings/fever.toml", "kind = \"casualty-table\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\n");
    s.run(&["build"]).exits(0);
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(s.path()).args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "commit.gpgsign=false",
        ]);
        command.args(arguments).output()
    };
    if git(&["--version"]).is_err() {
        // asked of git alone; without it the command says so
        s.run(&["diff", "HEAD"]).exits(2).says("git cannot be run");
        return;
    }
    s.run(&["diff", "HEAD"]).exits(2).says("git does not know `HEAD` here");
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "first"]] {
        assert!(git(arguments).unwrap().status.success());
    }
    let facts = "seeds/outbreak/facts.toml";
    let before = s.read(facts);
    let at = before.find("[claim.dead-4]").unwrap();
    let end = before.find("[claim.marl-union]").unwrap();
    s.write(facts, format!("{}{}", &before[..at], &before[end..]));
    s.edit(facts, "title  = \"Fever in Marl\"", "title  = \"Outbreak in Marl\"");
    s.run(&["diff", "HEAD"])
        .exits(0)
        .says("Facts of outbreak since HEAD: 2 records differ")
        .says("gone     claim `dead-4`")
        .says("title \"Fever in Marl\" → \"Outbreak in Marl\"")
        .says("withdrawn");
    let ran = s.run(&["diff", "HEAD", "--format", "json"]).exits(0);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["facts"][0]["id"], "dead-4");
    assert!(json["briefings"][0]["differences"].as_array().unwrap().len() > 1);
    s.run(&["diff", "--", "--upload-pack=x"]).exits(2).says("is no git revision");
    s.run(&["diff", "no-such-branch"]).exits(2).says("git does not know");
    s.run(&["diff", "HEAD", "--briefing", "fevr"]).exits(2).says("did you mean `fever`?");
}

#[test]
fn what_may_not_be_seen_is_not_printed_under_another_source() {
    let s = outbreak();
    let facts = "seeds/outbreak/facts.toml";
    let mut text = s.read(facts).replacen("[source.one]\n", "[source.one]\ntlp = \"RED\"\n", 1);
    text.push_str(
        r#"
[position.ministry-speaks]
actor  = "ministry"
stance = "declares"
toward = "ostrem"
cite   = [
  { source = "one", quote = "health ministry said that 3 people had died" },
  { source = "two", quote = "health ministry said that 5 people had died" },
]
"#,
    );
    s.write(facts, text);
    s.edit(
        facts,
        "source = \"one\"\nquote  = \"Fever broke out in Ostrem\"",
        "source = \"two\"\nquote  = \"5 people had died in Ostrem\"\nvia    = [\"ministry\"]",
    );
    let kinds = ["positions", "chronology", "situation-report", "source-annex", "ledger"];
    for kind in kinds {
        let line = if kind == "situation-report" { "bottom_line = '''{{event \"ostrem\"}}.'''\n" } else { "" };
        s.write(
            &format!("briefings/{kind}.toml"),
            format!("kind = \"{kind}\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\nmax_tlp = \"GREEN\"\n{line}"),
        );
    }
    s.run(&["build"]).exits(0);
    for kind in kinds {
        let text = s.read(&format!("briefings/{kind}.md")) + &s.read(&format!("briefings/{kind}.lock"));
        assert!(!text.contains("3 people") && !text.contains("one Courier"), "{kind}: {text}");
    }
    assert!(s.read("briefings/positions.md").contains("5 people had died"));
}

#[test]
fn regions_of_a_language_and_revisions_between_issues() {
    let s = outbreak();
    for tag in ["ar-LY", "fr-CA", "en-GB", "ar-EG"] {
        s.write(
            &format!("briefings/fever-{}.toml", tag.to_lowercase()),
            format!("kind = \"chronology\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\nlanguage = \"{tag}\"\n"),
        );
    }
    s.run(&["build"]).exits(0);
    assert!(s.read("briefings/fever-ar-ly.md").contains("6 مايو 2024"));
    assert!(s.read("briefings/fever-ar-eg.md").contains("٦ مايو ٢٠٢٤"));
    // two revisions between two issues are one
    let report = |issue: u32, day: u32| {
        format!(
            "kind = \"situation-report\"\ntitle = \"Fever\"\nas_of = \"2024-05-0{day}\"\nissue = {issue}\nevents = [\"ostrem\"]\nbottom_line = '''{{{{figure \"ostrem\" \"killed\" \"people\"}}}}.'''\n"
        )
    };
    s.write("briefings/report.toml", report(1, 2));
    s.run(&["build", "report"]).exits(0);
    s.write("briefings/report.toml", report(2, 6));
    s.run(&["build", "report"]).exits(0);
    let text = s.read("briefings/report.md");
    assert!(text.contains("(the health ministry): 5 → 24. Newer figure.") && !text.contains("Withdrawn"), "{text}");
    s.write(
        "briefings/twice.toml",
        "kind = \"comparison\"\ntitle = \"Fever\"\nas_of = \"2024-05-06\"\nevents = [\"marl\", \"marl\"]\nnot_comparable = '''{{event \"marl\"}}.'''\n",
    );
    s.run(&["build", "twice"]).exits(2).says("a comparison is of two events");
}
