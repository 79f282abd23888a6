//! Proposals: what is proposed from an article is what the check reads. All articles here are invented.

use std::collections::BTreeMap;
use std::sync::Arc;

use factbrief::check::{self, Settings};
use factbrief::facts::dossier::Dossier;
use factbrief::load::archive::Archive;
use factbrief::propose::desk::Desk;
use factbrief::propose::record::Wish;
use factbrief::propose::trial::Against;
use factbrief::propose::{Kind, Proposal};
use factbrief::report::{Format, render};
use factbrief::text::file::TextFile;
use factbrief::text::find::{Quotation, find};
use factbrief::text::hash::sha256;
use proptest::prelude::*;

use crate::scratch::Scratch;

/// A dossier of one article, whose first sentence carries its only event, with a mayor and a flood office.
struct Case {
    language: &'static str,
    article: String,
    facts: String,
}

const NAMES: [(&str, &str, &str); 5] = [
    ("en", "the mayor of Ferrow", "the regional flood office"),
    ("fr", "le maire de Ferrow", "l'office des crues"),
    ("de", "der Bürgermeister von Ferrow", "dem Hochwasseramt"),
    ("es", "el alcalde de Ferrow", "la oficina de crecidas"),
    ("ar", "محافظ فرو", "مكتب الفيضانات"),
];

impl Case {
    fn new(language: &'static str, first: &str, rest: &str) -> Self {
        let (_, mayor, office) = NAMES.iter().find(|(l, ..)| *l == language).unwrap();
        let article = format!("{first}\n\n{rest}\n");
        let facts = format!(
            "[source.post]\nfile = \"post.txt\"\nsha256 = \"{}\"\nlanguage = \"{language}\"\npublished = \"2024-03-05\"\ndating = {{ basis = \"external\", note = \"date stamp\" }}\n\n\
             [actor.mayor]\nname = \"{mayor}\"\nkind = \"person\"\n\n[actor.office]\nname = \"{office}\"\nkind = \"ministry\"\n\n\
             [event.flood]\ntitle = \"The flood\"\nkind = \"flood\"\nsource = \"post\"\nquote = \"{}\"\n",
            sha256(article.as_bytes()),
            first.trim_end_matches('.')
        );
        Self { language, article, facts }
    }

    fn dossier(&self, more: &str) -> Dossier {
        let files = [("facts.toml", self.facts.as_str()), ("more.toml", more)]
            .map(|(name, text)| Arc::new(TextFile::new(name, text.to_owned())));
        factbrief::load::resolve("d", self.language, &files)
            .unwrap_or_else(|f| panic!("{more}\n{}", render(&f, Format::Human, false)))
    }

    fn archive(&self) -> Archive {
        Archive::Texts(BTreeMap::from([("post.txt".to_owned(), self.article.clone().into_bytes())]))
    }

    fn quote(&self, words: &str, kind: Option<Kind>) -> Vec<Proposal> {
        let dossier = self.dossier("");
        let (source, _) = dossier.sources.get("post").unwrap();
        let desk = Desk::open(&dossier, source, &self.archive()).unwrap();
        let hits = find(desk.article(), words, &Quotation::parse(words).unwrap());
        assert_eq!(hits.len(), 1, "{words} in {}", self.article);
        let pointed =
            desk.quote(&hits[0].folded, kind, &Wish::default(), &Settings::default(), &Against::Dossier(None)).unwrap();
        pointed.proposals
    }

    /// Whether the check accepts a record, in a dossier that holds it; what it finds, where it does not.
    fn accepts(&self, toml: &str, id: &str) -> Result<(), String> {
        let dossier = self.dossier(toml);
        let (report, _) = check::run(&dossier, &self.archive(), None, &Settings::default());
        let failing: Vec<_> = report
            .by_record
            .get(&dossier.find(id).unwrap())
            .into_iter()
            .flatten()
            .filter(|f| f.level.fails())
            .collect();
        if failing.is_empty() && report.lock.proofs.contains_key(&format!("{id}#0")) {
            return Ok(());
        }
        Err(format!("{toml}\n{}", render(&report.findings, Format::Human, false)))
    }
}

/// What an analyst does with a proposal: the open keys filled, in the text as it is printed.
fn filled(toml: &str, actor: &str) -> String {
    let mut out = String::new();
    for line in toml.lines() {
        let open = line.strip_prefix("# ").and_then(|l| l.split_once('=')).map(|(key, _)| key.trim());
        let line = match open {
            Some(key @ ("event" | "toward")) => format!("{key} = \"flood\""),
            Some("stance") => "stance = \"declares\"".to_owned(),
            Some("actor") => format!("actor = \"{actor}\""),
            Some("text") => "text = \"What the source says.\"".to_owned(),
            Some("title") => "title = \"What happened\"".to_owned(),
            Some("kind") => "kind = \"flood\"".to_owned(),
            _ => line.to_owned(),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[track_caller]
fn holds(toml: &str, lines: &[(&str, &str)]) {
    let table: toml::Table = toml.parse().unwrap();
    let record = table.values().next().unwrap().as_table().unwrap().values().next().unwrap().as_table().unwrap();
    for (key, value) in lines {
        let got = record.get(*key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
        assert_eq!(got.as_deref(), if value.is_empty() { None } else { Some(*value) }, "{key} of\n{toml}");
    }
}

#[test]
fn a_sentence_of_each_language_is_read_as_the_check_reads_it() {
    let en = Case::new(
        "en",
        "The Tarn burst its banks in Ferrow.",
        "At least 24 people were killed and 31 others were injured, the mayor of Ferrow said on Monday.\n\n\
         According to the regional flood office, between 40 and 50 soldiers were reportedly missing.\n\n\
         \"We were warned far too late,\" said the mayor of Ferrow.\n\n\
         Ann Lee, who runs a shop, said 12 children were killed.\n\n\
         The gate was opened on 16 February 2024 and again yesterday.",
    );
    let found = en.quote("24 people were killed and 31 others were injured", None);
    assert_eq!(found.len(), 2, "{found:?}");
    holds(
        &found[0].toml,
        &[
            ("measure", "killed"),
            ("who", "people"),
            ("value", ">=24"),
            ("by", "mayor"),
            ("words", "At least 24"),
            ("hedge", ""),
        ],
    );
    holds(&found[1].toml, &[("measure", "injured"), ("value", "31"), ("by", "mayor"), ("words", "31")]);
    assert_eq!(found[0].open, ["event"]);
    let found = en.quote("between 40 and 50 soldiers", None);
    holds(
        &found[0].toml,
        &[("measure", "missing"), ("who", "soldiers"), ("value", "40..50"), ("by", "office"), ("hedge", "reportedly")],
    );
    let found = en.quote("warned far too late", None);
    holds(
        &found[0].toml,
        &[("actor", "mayor"), ("said", "We were warned far too late"), ("quote", "\"We were warned far too late,\"")],
    );
    // somebody whom the dossier does not know is named in a comment, and inside the quotation
    let found = en.quote("12 children were killed", None);
    holds(&found[0].toml, &[("by", ""), ("who", "children"), ("value", "12")]);
    assert!(found[0].toml.contains("# by ") && found[0].toml.contains("Ann Lee"), "{}", found[0].toml);
    assert!(found[0].findings.is_empty(), "{:?}", found[0].findings);
    let found = en.quote("The gate was opened", Some(Kind::Background));
    holds(&found[0].toml, &[("date", "2024-02-16")]);
    assert!(found[0].toml.contains("basis = \"stated\""));
    let found = en.quote("again yesterday", Some(Kind::Event));
    assert!(found[0].toml.contains("day-before") || found[0].toml.contains("stated"), "{}", found[0].toml);

    for (language, first, text, words, value) in [
        (
            "fr",
            "La rivière est montée à Ferrow.",
            "Au moins 24 personnes ont été tuées, a déclaré le maire de Ferrow.",
            "24 personnes",
            ">=24",
        ),
        (
            "de",
            "Die Tarn trat in Ferrow über die Ufer.",
            "Mindestens 24 Menschen wurden getötet, sagte der Bürgermeister von Ferrow.",
            "24 Menschen",
            ">=24",
        ),
        (
            "es",
            "El río se desbordó en Ferrow.",
            "Al menos 24 personas murieron, dijo el alcalde de Ferrow.",
            "24 personas",
            ">=24",
        ),
        ("ar", "فاض النهر في مدينة فرو.", "قال محافظ فرو إن ما لا يقل عن 24 شخصا قتلوا.", "24 شخصا", ">=24"),
    ] {
        let case = Case::new(language, first, text);
        let found = case.quote(words, None);
        assert_eq!(found.len(), 1, "{language}: {found:?}");
        holds(&found[0].toml, &[("measure", "killed"), ("who", "people"), ("value", value), ("by", "mayor")]);
        assert!(found[0].findings.is_empty(), "{language}: {:?}", found[0].findings);
        case.accepts(&filled(&found[0].toml, "mayor"), &found[0].id).unwrap();
    }
}

#[test]
fn what_a_sentence_denies_is_proposed_with_what_the_check_finds() {
    let case = Case::new(
        "en",
        "The Tarn burst its banks in Ferrow.",
        "Officials did not confirm that 12 children were killed in the school.",
    );
    let found = case.quote("12 children were killed", Some(Kind::Claim));
    assert!(found[0].fails(), "{found:?}");
    assert!(found[0].findings.iter().any(|f| matches!(f.code, "claim-negated" | "quote-cut-from-context")));
}

/// Parts of sentences of a language: what is counted, what befell it, numbers around `{}`, and who says so.
struct Parts {
    language: &'static str,
    first: &'static str,
    numbers: &'static [(&'static str, &'static str)],
    nouns: &'static [&'static str],
    fates: &'static [&'static str],
    hedge: &'static str,
    behind: &'static [&'static str],
    glue: &'static str,
}

const PARTS: [Parts; 5] = [
    Parts {
        language: "en",
        first: "The Tarn burst its banks in Ferrow.",
        numbers: &[
            ("{}", "{}"),
            ("At least {}", ">={}"),
            ("More than {}", ">{}"),
            ("About {}", "~{}"),
            ("Up to {}", "<={}"),
        ],
        nouns: &["people", "civilians", "soldiers", "children"],
        fates: &["were killed in the town", "were injured near the bridge", "died", "were missing after the storm"],
        hedge: "reportedly",
        behind: &[
            ", the mayor of Ferrow said.",
            ", according to the regional flood office.",
            ", a man at the bridge said.",
            ".",
        ],
        glue: ", and the water rose, ",
    },
    Parts {
        language: "fr",
        first: "La rivière est montée à Ferrow.",
        numbers: &[("{}", "{}"), ("Au moins {}", ">={}"), ("Plus de {}", ">{}"), ("Environ {}", "~{}")],
        nouns: &["personnes", "civils", "soldats", "enfants"],
        fates: &["ont été tués dans la ville", "ont été blessés", "sont morts"],
        hedge: "apparemment",
        behind: &[
            ", a déclaré le maire de Ferrow.",
            ", selon l'office des crues.",
            ", a dit une femme du quartier.",
            ".",
        ],
        glue: ", la digue a cédé, ",
    },
    Parts {
        language: "de",
        first: "Die Tarn trat in Ferrow über die Ufer.",
        numbers: &[("{}", "{}"), ("Mindestens {}", ">={}"), ("Mehr als {}", ">{}"), ("Etwa {}", "~{}")],
        nouns: &["Menschen", "Zivilisten", "Soldaten", "Kinder"],
        fates: &["wurden getötet", "wurden verletzt", "starben"],
        hedge: "angeblich",
        behind: &[", sagte der Bürgermeister von Ferrow.", ", erklärte eine Frau am Ufer.", "."],
        glue: ", das Wasser stieg, ",
    },
    Parts {
        language: "es",
        first: "El río se desbordó en Ferrow.",
        numbers: &[("{}", "{}"), ("Al menos {}", ">={}"), ("Más de {}", ">{}"), ("Unos {}", "~{}")],
        nouns: &["personas", "civiles", "soldados", "niños"],
        fates: &["murieron en la ciudad", "resultaron heridos", "fallecieron"],
        hedge: "supuestamente",
        behind: &[", dijo el alcalde de Ferrow.", ", según la oficina de crecidas.", ", afirmó un vecino.", "."],
        glue: ", el agua subió, ",
    },
    Parts {
        language: "ar",
        first: "فاض النهر في مدينة فرو.",
        numbers: &[("{}", "{}"), ("ما لا يقل عن {}", ">={}"), ("أكثر من {}", ">{}"), ("نحو {}", "~{}")],
        nouns: &["شخصا", "جنديا"],
        fates: &["قتلوا في المدينة", "أصيبوا"],
        hedge: "يبدو",
        behind: &["، قال محافظ فرو.", "، أعلن مكتب الفيضانات.", "، قال رجل من الحي.", "."],
        glue: "، وارتفع الماء، ",
    },
];

fn pick<'a, T: ?Sized>(list: &[&'a T], n: usize) -> &'a T {
    list[n % list.len()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn a_proposal_with_its_open_keys_filled_passes_the_check(
        language in 0usize..5, n in 2u32..900, m in 2u32..900, form in 0usize..5, noun in 0usize..4, fate in 0usize..4, who in 0usize..4,
        hedged: bool, glued: bool,
    ) {
        let p = &PARTS[language];
        let (number, value) = p.numbers[form % p.numbers.len()];
        let hedge = if hedged { format!(" {}", p.hedge) } else { String::new() };
        let noun_words = pick(p.nouns, noun);
        let (said, value) = (number.replace("{}", &n.to_string()), value.replace("{}", &n.to_string()));
        let second = if glued { format!("{}{m} {} {}", p.glue, pick(p.nouns, noun + 1), pick(p.fates, fate + 1)) } else { String::new() };
        let sentence = format!("{said} {noun_words}{hedge} {}{second}{}", pick(p.fates, fate), pick(p.behind, who));
        let case = Case::new(p.language, p.first, &sentence);
        let found = case.quote(&format!("{said} {noun_words}"), Some(Kind::Claim));
        prop_assert_eq!(found.len(), 1, "{}", sentence);
        let proposal = &found[0];
        prop_assert!(!proposal.fails(), "{}\n{}\n{}", sentence, proposal.toml, render(&proposal.findings, Format::Human, false));
        prop_assert!(proposal.toml.contains(&format!("value   = \"{value}\"")), "{}\n{}", sentence, proposal.toml);
        prop_assert_eq!(proposal.toml.contains("hedge"), hedged, "{}\n{}", sentence, proposal.toml);
        let accepted = case.accepts(&filled(&proposal.toml, "mayor"), &proposal.id);
        prop_assert!(accepted.is_ok(), "{}\n{}", sentence, accepted.unwrap_err());
        // and every suggestion of the whole article
        let dossier = case.dossier("");
        let (source, _) = dossier.sources.get("post").unwrap();
        let desk = Desk::open(&dossier, source, &case.archive()).unwrap();
        let coverage = desk.coverage();
        for proposal in desk.suggestions(&coverage, &Settings::default()).unwrap() {
            prop_assert!(!proposal.fails(), "{}\n{}\n{:?}", sentence, proposal.toml, proposal.findings);
            let accepted = case.accepts(&filled(&proposal.toml, "mayor"), &proposal.id);
            prop_assert!(accepted.is_ok(), "{}\n{}", sentence, accepted.unwrap_err());
        }
    }

    #[test]
    fn any_text_gives_proposals_that_are_toml(text in "[a-zA-Z0-9 ,.;:'\"«»„“‘’%\\-\n\\\\é]{1,200}", language in 0usize..5) {
        let first = "The Tarn burst its banks in Ferrow.";
        let case = Case::new(PARTS[language].language, first, &format!("At least 12 people died. {text}"));
        let dossier = case.dossier("");
        let (source, _) = dossier.sources.get("post").unwrap();
        let desk = Desk::open(&dossier, source, &case.archive()).unwrap();
        let coverage = desk.coverage();
        for proposal in desk.suggestions(&coverage, &Settings::default()).unwrap() {
            prop_assert!(proposal.toml.parse::<toml::Table>().is_ok(), "{}", proposal.toml);
            prop_assert!(proposal.filled.parse::<toml::Table>().is_ok(), "{}", proposal.filled);
            let commented = factbrief::propose::commented(&proposal.toml);
            prop_assert!(commented.lines().all(|l| l.starts_with('#')) && commented.parse::<toml::Table>().unwrap().is_empty());
        }
    }
}

/// The flood, with an article that has more to say.
fn flood() -> Scratch {
    let s = Scratch::flood();
    let article = "Rain floods the mill\n\nMENU Home News\n\nThe mill stood under water. Some 40 homes were destroyed on Friday, the regional flood office said.\n\n\
                   The regional flood office said that 12 people were killed at the mill. It rained. A fisherman said that 15 people were injured.\n\n\
                   \"Nobody came to help us,\" Ines Tarn told the Herald.\n\nThe mill stood under water for two days.\n";
    s.write("archive/mill.txt", article);
    s.write(
        "seeds/ferrow/mill.toml",
        format!(
            "# Invented for the tests of this program.\n[source.mill]\nfile = \"mill.txt\"\nsha256 = \"{}\"\npublisher = \"The Mill\"\npublished = \"2024-03-09\"\n\
             dating = {{ basis = \"external\", note = \"stamp\" }}\nfurniture = [\"MENU\"]\ncaptions = [\"Rain floods\"]\n\n\
             [event.mill-flood]\ntitle = \"Flood at the mill\"\nkind = \"flood\"\nsource = \"mill\"\nquote = \"The mill stood under water for two days\"\n",
            sha256(article.as_bytes())
        ),
    );
    s.run(&["check"]).exits(0);
    s
}

#[test]
fn quote_prints_a_record_that_passes_once_its_event_is_named() {
    let s = flood();
    let ran = s.run(&["quote", "mill", "12 people were killed"]).exits(0);
    assert!(ran.out.contains("# mill, line 7: "), "{}", ran.out);
    assert!(ran.out.contains("# event   = \"…\"  # which event? mill-flood"), "{}", ran.out);
    s.write("seeds/ferrow/new.toml", ran.out.replace("# event   = \"…\"", "event = \"mill-flood\""));
    s.run(&["check"]).exits(0).says("no findings");
    std::fs::remove_file(s.path().join("seeds/ferrow/new.toml")).unwrap();
    // with the event named, it passes as it is printed; the id is another where one is taken
    let ran = s.run(&["quote", "mill", "12 people were killed", "--event", "mill-flood"]).exits(0);
    s.write("seeds/ferrow/new.toml", &ran.out);
    s.run(&["check"]).exits(0).says("no findings");
    let again = s.run(&["quote", "mill", "12 people were killed", "--event", "mill-flood"]).exits(0);
    assert!(again.out.contains("-2]"), "{}", again.out);
    // what the dossier holds already of the same claimant is told
    s.edit("seeds/ferrow/new.toml", "value   = \"12\"", "value   = \">=12\"");
    let json = s.run(&["quote", "mill", "12 people were killed", "--format", "json"]);
    let line: serde_json::Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    assert_eq!((line["kind"].as_str(), line["line"].as_u64()), (Some("claim"), Some(7)));
    assert!(line["toml"].as_str().unwrap().parse::<toml::Table>().is_ok());
}

#[test]
fn proposals_are_appended_as_comments_and_nothing_else_changes() {
    let s = flood();
    let before = s.read("seeds/ferrow/mill.toml").replace('\n', "\r\n");
    s.write("seeds/ferrow/mill.toml", &before);
    s.run(&["quote", "mill", "40 homes", "--event", "mill-flood", "--append=mill.toml"]).exits(0).says("mill.toml");
    let after = s.read("seeds/ferrow/mill.toml");
    let added = after.strip_prefix(&before).unwrap();
    assert!(added.lines().all(|l| l.is_empty() || l.starts_with('#')), "{added}");
    assert_eq!(added.matches('\n').count(), added.matches("\r\n").count());
    let counted = |ran: &str| ran.lines().find(|l| l.contains(" records: ")).map(str::to_owned);
    let plain = s.run(&["check"]).exits(0).says("no findings");
    // taken out of its comment, it is a record that passes
    let uncommented: String =
        added.lines().map(|l| format!("{}\n", l.strip_prefix("# ").unwrap_or(l).trim_end())).collect();
    let record = &uncommented[uncommented.find("[claim").unwrap()..];
    s.write("seeds/ferrow/mill.toml", format!("{before}{record}"));
    let ran = s.run(&["check"]).exits(0).says("no findings");
    assert_ne!(counted(&plain.err), counted(&ran.err));
    // and a file of comments alone is no fault
    s.run(&["quote", "mill", "40 homes", "--append"]).exits(0);
    assert!(s.read("seeds/ferrow/proposals.toml").lines().all(|l| l.is_empty() || l.starts_with('#')));
    s.run(&["check"]).exits(0).says("no findings");
}

#[test]
fn what_cannot_be_quoted_is_told_and_nothing_is_guessed() {
    let s = flood();
    s.run(&["quote", "mil", "x y"]).exits(2).says("did you mean `mill`?");
    s.run(&["quote", "mill", " "]).exits(2).says("no words are given");
    s.run(&["quote", "mill", "[...] killed"]).exits(2);
    let ran = s
        .run(&["quote", "mill", "The mill stood under water"])
        .exits(1)
        .says("stand in 2 places")
        .says("quote a little more");
    assert!(ran.out.is_empty());
    let ran = s
        .run(&["quote", "mill", "13 people were killed"])
        .exits(1)
        .says("do not stand in `mill`")
        .says("near, line 7")
        .says("\"12\"");
    assert!(ran.out.is_empty());
    s.run(&["quote", "mill", "entirely other words altogether"]).exits(1).says("no passage resembles them");
    s.run(&["quote", "mill", "Home News"]).exits(1).says("page furniture");
    s.run(&["quote", "mill", "12 people", "--prefix", "wrong words"]).exits(1).says("nowhere right behind");
    s.run(&["quote", "mill", "12 people", "--event", "mill-flod"]).exits(2).says("did you mean `mill-flood`?");
    s.run(&["quote", "mill", "12 people", "--as", "gap"]).exits(2);
    s.run(&["quote", "mill", "12 people", "--dossier", "ferow"]).exits(2).says("did you mean `ferrow`?");
    for outside in ["../x.toml", "/tmp/x.toml", "a/b.toml", "x.txt", "con.toml", ""] {
        s.run(&["quote", "mill", "12 people", &format!("--append={outside}")])
            .exits(2)
            .says("--append takes a TOML file");
    }
    s.run(&["quote", "mill", "12 people", "--no-archive"]).exits(4).says("not at hand");
    s.run(&["quote", "mill", "It rained", "--as", "claim"]).exits(1).says("no such record can be made");
    s.write("archive/mill.txt", "another text");
    s.run(&["quote", "mill", "another text"]).exits(4).says("not the one the source names");
    std::fs::remove_file(s.path().join("archive/mill.txt")).unwrap();
    s.run(&["quote", "mill", "another text"]).exits(4).says("mill.txt");
}

#[test]
fn a_prefix_tells_two_places_apart() {
    let s = flood();
    let article = "On Monday the court adjourned the trial. On Friday the court adjourned the trial again.\n";
    s.write("archive/court.txt", article);
    s.write(
        "seeds/ferrow/court.toml",
        format!("[source.court]\nfile = \"court.txt\"\nsha256 = \"{}\"\n\n[event.trial]\ntitle = \"Trial\"\nkind = \"trial\"\nsource = \"court\"\nquote = \"adjourned the trial again\"\n", sha256(article.as_bytes())),
    );
    let ran = s
        .run(&["quote", "court", "the court adjourned"])
        .exits(1)
        .says("--prefix \"Monday\"")
        .says("--prefix \"Friday\"");
    assert!(ran.out.is_empty());
    s.run(&["quote", "court", "the court adjourned", "--prefix", "Friday"]).exits(0).says("[background.court-l1]");
}

#[test]
fn nothing_of_an_article_reaches_the_terminal_raw() {
    let s = flood();
    let article = "The mill\u{1b}[31m stood \u{202e}under\u{7} water. At least 12\u{200b} people \u{1b}]8;;x\u{7}were killed, the mayor said.\n";
    s.write("archive/raw.txt", article);
    s.write(
        "seeds/ferrow/raw.toml",
        format!("[source.raw]\nfile = \"raw.txt\"\nsha256 = \"{}\"\n[event.raw-flood]\ntitle = \"Flood\"\nkind = \"flood\"\nsource = \"raw\"\nquote = \"The mill\\u001b[31m stood\"\n", sha256(article.as_bytes())),
    );
    for call in [
        &["quote", "raw", "people"][..],
        &["quote", "raw", "12 people"],
        &["suggest", "raw"],
        &["suggest", "raw", "--format", "json"],
        &["find", "people"],
        &["find", "water"],
        &["find", "peeple were killed"],
    ] {
        let ran = s.run(call);
        let shown = format!("{}{}", ran.out, ran.err);
        assert!(
            shown.chars().all(|c| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c)),
            "{call:?} {shown:?}"
        );
    }
    s.run(&["suggest", "raw", "--write"]).exits(0);
    s.run(&["check"]);
    assert!(!s.read("seeds/ferrow/suggestions-raw.toml").contains('\u{1b}'));
}

#[test]
fn suggest_lists_what_no_record_uses_and_writes_it_as_comments() {
    let s = flood();
    let ran = s.run(&["suggest", "mill"]).exits(0);
    // 40 homes, Friday, 12 people, 15 people, and what Ines Tarn said; "two days" is no count, and headline and menu are no prose
    assert!(
        ran.out.contains("mill (The Mill): 0 of 5 quantities, dates and speeches are used by records (0 %)"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("line 9: ")
            && ran.out.contains("speech \"Nobody came to help us,\"")
            && !ran.out.contains("MENU"),
        "{}",
        ran.out
    );
    let lines: Vec<serde_json::Value> = s
        .run(&["suggest", "mill", "--format", "json"])
        .exits(0)
        .out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[5]["passages"], 5);
    s.run(&["suggest", "mill", "--write"]).exits(0).says("commented out");
    let text = s.read("seeds/ferrow/suggestions-mill.toml");
    assert!(text.lines().all(|l| l.is_empty() || l.starts_with('#')), "{text}");
    assert!(text.contains("# [claim.killed-flood-office]") && text.contains("# [position.mayor-said-l9]"), "{text}");
    s.run(&["check"]).exits(0).says("no findings");
    s.run(&["suggest", "mill", "--write"]).exits(0);
    assert_eq!(s.read("seeds/ferrow/suggestions-mill.toml"), text);
    // a record taken up there is not lost
    s.write(
        "seeds/ferrow/suggestions-mill.toml",
        format!("{text}[gap.mill-gate]\nquestion = \"Who opened the gate?\"\n"),
    );
    s.run(&["suggest", "mill", "--write"]).exits(1).says("holds records");
    assert!(s.read("seeds/ferrow/suggestions-mill.toml").contains("[gap.mill-gate]"));
    // a record counts as using its passage
    let ran = s.run(&["quote", "mill", "12 people were killed", "--event", "mill-flood"]).exits(0);
    s.write("seeds/ferrow/new.toml", ran.out);
    assert!(s.run(&["suggest", "mill"]).exits(0).out.contains("1 of 5"));
    assert!(s.run(&["suggest", "--all"]).exits(0).out.contains("herald (The Herald)"));
    s.run(&["suggest"]).exits(2);
    s.run(&["suggest", "mil"]).exits(2).says("did you mean `mill`?");
    s.run(&["suggest", "mill", "--no-archive"]).exits(4).says("not at hand");
    std::fs::remove_file(s.path().join("archive/mill.txt")).unwrap();
    s.run(&["suggest", "--all"]).exits(4).says("mill.txt").says("herald (The Herald)");
}

#[test]
fn find_shows_where_words_stand_and_what_rests_on_them() {
    let s = flood();
    let ran = s.run(&["find", "The mill stood under water"]).exits(0);
    assert!(ran.out.contains("mill.txt:5 [mill]: >>>The mill stood under water<<<. Some 40 homes"), "{}", ran.out);
    assert!(ran.out.contains("event `mill-flood`") && ran.out.contains("no record rests on it"), "{}", ran.out);
    let ran = s.run(&["find", "24 people", "--format", "json"]).exits(0);
    let line: serde_json::Value = serde_json::from_str(ran.out.trim()).unwrap();
    assert_eq!((line["source"].as_str(), line["records"][0]["id"].as_str()), (Some("post"), Some("killed-mayor")));
    s.run(&["find", "no such words anywhere"]).exits(1).says("stand in no article");
    s.run(&["find", "Twelve persons died in Ferrow"]).exits(1).says("near, herald.txt:3").says("\"people\"");
    s.run(&["find", ""]).exits(2);
    s.run(&["find", "x", "--dossier", "nope"]).exits(2);
    s.run(&["find", "mill", "--no-archive"]).exits(4).says("not at hand");
    // files that no source names are searched when asked for, and those that are no text are told
    s.write("archive/draft.txt", "A draft that speaks of the sluice gate.\n");
    s.write("archive/broken.txt", b"\xff\xfe\x00");
    s.run(&["find", "sluice gate"]).exits(1);
    s.run(&["find", "sluice gate", "--everywhere"])
        .exits(0)
        .says("no source names this file")
        .says("not searched: broken.txt");
    std::fs::remove_file(s.path().join("archive/post.txt")).unwrap();
    s.run(&["find", "The mill stood"]).exits(4).says("not searched: the article of source `post`").says("mill.txt:5");
}
