use std::collections::BTreeMap;

use super::*;
use crate::report::{Format, render};
use crate::text::file::TextFile;
use crate::text::lexicon::Lexicon;

const ARTICLE: &str = "The river rose on Monday, the mayor said.\n\nAt least 29 people were killed in the town of Ferrow, the mayor said.\n\nOfficials did not confirm that the army attacked the hospital.\n\nIt rained for two days.\n";

fn dossier(records: &str) -> Dossier {
    let text = format!(
        "[source.s]\nfile = \"s.txt\"\nsha256 = \"{}\"\n\n[actor.mayor]\nname = \"the mayor\"\nkind = \"person\"\n\n[event.flood]\ntitle = \"The flood\"\nkind = \"flood\"\nvia = [\"mayor\"]\nsource = \"s\"\nquote = \"The river rose\"\n\n{records}",
        hash::sha256(ARTICLE.as_bytes())
    );
    crate::load::resolve("d", "en", &[Arc::new(TextFile::new("d.toml", text))])
        .unwrap_or_else(|f| panic!("{}", render(&f, Format::Human, false)))
}

fn archive() -> Archive {
    Archive::Texts(BTreeMap::from([("s.txt".to_owned(), ARTICLE.as_bytes().to_vec())]))
}

const KILLED: &str = "[claim.killed]\nevent = \"flood\"\nmeasure = \"killed\"\nwho = \"people\"\nvalue = \">=29\"\nby = \"mayor\"\nsource = \"s\"\nquote = \"At least 29 people were killed\"\nwords = \"At least 29\"\n";

fn codes(records: &str, archive: &Archive, lock: Option<&Lock>) -> Vec<String> {
    let d = dossier(records);
    let (report, checked) = run(&d, archive, lock, &Settings::default());
    assert_eq!(checked.is_none(), report.fails());
    report
        .findings
        .iter()
        .map(|f| format!("{}: {}", f.code, f.labels.iter().map(|l| l.text.clone()).collect::<Vec<_>>().join(" | ")))
        .collect()
}

#[test]
fn the_lock_answers_for_exactly_what_was_proved() {
    let d = dossier(KILLED);
    let (report, checked) = run(&d, &archive(), None, &Settings::default());
    assert!(checked.is_some(), "{:?}", report.findings);
    assert_eq!((report.tally.quotations, report.tally.exact), (2, 2));
    let lock = report.lock;
    // without the archive, the lock passes it as it stands
    let (report, checked) = run(&d, &Archive::Absent, Some(&lock), &Settings::default());
    assert!(checked.is_some(), "{:?}", report.findings);
    assert_eq!((report.tally.locked, report.tally.exact), (2, 0));
    assert_eq!(report.lock, lock);
    // and nothing that differs by a character, with the archive or without
    for (from, to) in [
        (">=29", ">=28"),
        (">=29", "29"),
        ("people were", "people was"),
        ("\"people\"", "\"civilians\""),
        ("\"killed\"", "\"injured\""),
        ("words = \"At least 29\"", "words = \"least 29\""),
        ("by = \"mayor\"", "by = \"mayor\"\nhedge = \"reportedly\""),
    ] {
        let changed = KILLED.replacen(from, to, 1);
        assert_ne!(changed, KILLED);
        let absent = codes(&changed, &Archive::Absent, Some(&lock));
        assert!(absent.iter().any(|c| c.starts_with("not-verified")), "{to}: {absent:?}");
        if to != "words = \"least 29\"" {
            let present = codes(&changed, &archive(), Some(&lock));
            assert!(!present.is_empty(), "{to} passes");
        }
    }
}

#[test]
fn a_true_quotation_on_a_claim_it_does_not_make_is_found() {
    let attacked = "[background.attack]\ntext = \"The army attacked the hospital.\"\nsource = \"s\"\nquote = \"the army attacked the hospital\"\n";
    let found = codes(attacked, &archive(), None);
    assert!(found.iter().any(|c| c.starts_with("quote-cut-from-context")), "{found:?}");
}

#[test]
fn the_proof_cannot_be_switched_off() {
    let wrong = KILLED.replace("people were killed", "people were lost")
        + "allow = [{ rule = \"quote-not-verbatim\", reason = \"we like it\" }]\n";
    let found = codes(&wrong, &archive(), None);
    assert!(found.iter().any(|c| c.starts_with("quote-not-verbatim")), "{found:?}");
    assert!(found.iter().any(|c| c.starts_with("no-exception-from-proof")), "{found:?}");
}

#[test]
fn another_text_under_the_same_name_proves_nothing() {
    let other = Archive::Texts(BTreeMap::from([("s.txt".to_owned(), ARTICLE.replace("29", "92").into_bytes())]));
    let found = codes(KILLED, &other, None);
    assert!(found.iter().any(|c| c.starts_with("article-changed")), "{found:?}");
}

#[test]
fn levels_are_overridden_late_and_never_for_proof() {
    let d = dossier(
        &(KILLED.to_owned()
            + "[source.t]\nfile = \"t.txt\"\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n"),
    );
    let level = |level: Level| Settings {
        command: BTreeMap::from([("source-not-cited".to_owned(), level)]),
        ..Settings::default()
    };
    let count = |settings: &Settings| {
        let (report, _) = run(&d, &archive(), None, settings);
        report.findings.iter().filter(|f| f.code == "source-not-cited").map(|f| f.level).collect::<Vec<_>>()
    };
    assert_eq!(count(&Settings::default()), [Level::Warn]);
    assert_eq!(count(&level(Level::Deny)), [Level::Deny]);
    assert!(count(&level(Level::Allow)).is_empty());
}

#[test]
fn who_puts_the_number_at_a_figure_says_so() {
    for (tag, sentence, said) in [
        ("en", "Varn Hydro, which operates the dam, put the number of dead at 11 people.", "put the number"),
        ("en", "The death toll rose. Officials put the death toll at 11 people.", "put the death toll"),
        ("de", "Die Feuerwehr bezifferte die Toten auf 11 Menschen.", "bezifferte"),
        ("fr", "La mairie a fait état de 11 personnes tuées.", "a fait état de"),
    ] {
        let found: Vec<String> = crate::text::sentence::cues(sentence, Lexicon::or_bare(tag))
            .into_iter()
            .filter(|cue| cue.kind == crate::text::lexicon::CueKind::Attribution)
            .map(|cue| sentence[cue.span].to_owned())
            .collect();
        assert!(found.iter().any(|words| words == said), "{tag}: {found:?}");
    }
}

#[test]
fn parts_of_a_check_come_to_what_the_whole_comes_to() {
    let d = dossier("");
    let (settings, none) = (Settings::default(), Lock::default());
    // of four parts, each with more misread rows than the last, and something else found behind each of them
    let found = |title: String| (&RULES[0], Found { subject: None, diagnostic: Diagnostic::new("", title) });
    let look = |into: &mut Checker<'_, '_>, part: usize| {
        for row in 0..20 * part {
            into.misread += 1;
            if into.misread <= rows::SHOWN {
                into.misreadings.push(into.found.len());
                into.found.push(found(format!("row {row} of part {part}")));
            }
            into.found.push(found(format!("else {row} of part {part}")));
        }
        into.tally.quotations += part;
        into.new.pinned.insert(part.to_string(), String::new());
    };
    let mut whole = Checker::new(&d, &settings, &none);
    (0..4).for_each(|part| look(&mut whole, part));
    let mut joined = Checker::new(&d, &settings, &none);
    for part in 0..4 {
        let mut one = Checker::new(&d, &settings, &none);
        look(&mut one, part);
        joined.join(one);
    }
    let titles = |c: &Checker<'_, '_>| c.found.iter().map(|(_, f)| f.diagnostic.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&joined), titles(&whole));
    assert_eq!(titles(&whole).iter().filter(|t| t.starts_with("row")).count(), rows::SHOWN);
    assert_eq!((joined.misread, joined.tally, joined.new), (whole.misread, whole.tally, whole.new));
}

#[test]
fn a_large_dossier_is_checked_as_a_small_one_is() {
    // more than one processor looks at once, each third record with a fault
    let claim = |n: usize| {
        let value = if n.is_multiple_of(3) { "29" } else { ">=29" };
        KILLED.replacen("claim.killed", &format!("claim.k{n}"), 1).replacen(">=29", value, 1)
    };
    let many: String = (0..3 * RECORDS).map(claim).collect::<Vec<_>>().join("\n");
    let d = dossier(&many);
    let (report, checked) = run(&d, &archive(), None, &Settings::default());
    assert!(checked.is_none());
    let faulty: Vec<usize> = (0..3 * RECORDS).filter(|n| n.is_multiple_of(3)).collect();
    let named: BTreeSet<&Subject> = report.by_record.keys().filter(|s| matches!(s, Subject::Claim(_))).collect();
    assert_eq!(named.len(), faulty.len());
    assert_eq!(report.tally.exact, 3 * RECORDS + 1);
    assert_eq!(report.lock.proofs.len(), 3 * RECORDS + 1 - faulty.len());
    assert!(report.findings.windows(2).all(|pair| pair[0].order(&pair[1]) != std::cmp::Ordering::Greater));
}
