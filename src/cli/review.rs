//! `factbrief review`

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, IsTerminal};

use chrono::NaiveDate;
use factbrief::check::article_of;
use factbrief::check::review::{self, State};
use factbrief::diag::Diagnostic;
use factbrief::facts::date::Date;
use factbrief::facts::dossier::{Dossier, Subject};
use factbrief::load;
use factbrief::load::archive::Archive;
use factbrief::load::edit::{self, Signed};
use factbrief::load::excerpt::Tables;
use factbrief::load::project::Require;
use factbrief::report::Format;
use factbrief::text::gate::{hidden, visible};
use factbrief::text::nearest::nearest;
use factbrief::{Verdict, Workspace};

use super::check::open;
use super::show::record;
use super::{Exit, Levels, Place, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The records that were held against their articles
    ids: Vec<String>,
    /// Who held them
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// On which day [default: today, by UTC]
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// What there is to say of it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// All records that cite this source
    #[arg(long, value_name = "SOURCE")]
    all_of: Option<String>,
    /// The dossier, where several have a record of that id
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
    /// List what is reviewed, by whom, and what is not
    #[arg(long, conflicts_with_all = ["by", "on", "note", "remove"])]
    list: bool,
    /// Take reviews out: all of a record, or with --by those of one person
    #[arg(long, conflicts_with_all = ["on", "note"])]
    remove: bool,
    /// Do not ask before a review is recorded
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

type Chosen<'w> = BTreeMap<&'w str, BTreeSet<Subject>>;

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let chosen = chosen(&workspace, options)?;
    if options.list {
        return list(place, &workspace, &chosen);
    }
    if chosen.values().all(BTreeSet::is_empty) {
        output::tell(
            "error: no record is named, or none cites that source\n  = help: `factbrief review ID… --by NAME`, or `--all-of SOURCE`; `--list` lists what is reviewed\n",
        );
        return Err(Exit::Unusable);
    }
    let by = options.by.as_deref().map(|by| text("--by", by)).transpose()?;
    if options.remove {
        return remove(&workspace, &chosen, by.as_deref());
    }
    let Some(by) = by else {
        output::tell("error: --by is missing: a review is a person's word\n");
        return Err(Exit::Unusable);
    };
    let on = day(options.on.as_deref())?;
    let note = options.note.as_deref().map(|note| text("--note", note)).transpose()?;
    let archive = place.archive(&workspace.project)?;
    let settings = Levels { deny: Vec::new(), warn: Vec::new(), allow: Vec::new() }.settings(&workspace.project)?;
    let verdict = workspace.check(&archive, &settings);
    sound(place, &workspace, &verdict, &archive, &chosen)?;
    // what is signed is shown first
    for (name, subjects) in &chosen {
        let Some(dossier) = workspace.dossiers.get(*name) else { continue };
        for subject in subjects {
            output::print(&format!("{}\n", record(dossier, *subject, &archive, workspace.locks.get(*name))))?;
        }
    }
    let count: usize = chosen.values().map(BTreeSet::len).sum();
    if !options.yes && !confirmed(count, &by)? {
        output::tell("nothing was recorded\n");
        return Ok(Exit::Clean);
    }
    let mut told = String::new();
    for (name, subjects) in &chosen {
        let Some(dossier) = workspace.dossiers.get(*name) else { continue };
        let tables = Tables::of(dossier);
        let mut edits: Vec<(Subject, Vec<Signed>)> = Vec::new();
        for subject in subjects {
            let head = dossier.head(*subject);
            let fingerprint = review::fingerprint(dossier, &tables, *subject);
            let mine = |person: &str| review::person(person) == review::person(&by);
            let stands = head.reviewed.iter().find(|r| mine(&r.by) && r.fingerprint.as_str() == fingerprint);
            if let Some(stands) = stands {
                told.push_str(&format!(
                    "{} `{}` was reviewed by {} on {} as it is now\n",
                    head.kind,
                    head.id,
                    visible(&stands.by),
                    *stands.on
                ));
                continue;
            }
            // reviews of what the record no longer is give way: version control keeps them
            let mut reviews: Vec<Signed> = (head.reviewed.iter())
                .filter(|r| r.fingerprint.as_str() == fingerprint && !mine(&r.by))
                .map(signed)
                .collect();
            reviews.push(Signed { by: by.clone(), on: on.to_string(), fingerprint, note: note.clone() });
            edits.push((*subject, reviews));
            told.push_str(&format!("{} `{}`: reviewed by {} on {on}\n", head.kind, head.id, visible(&by)));
        }
        write(&workspace, name, dossier, &edits)?;
    }
    output::tell(&told);
    Ok(Exit::Clean)
}

fn signed(review: &factbrief::facts::table::Review) -> Signed {
    Signed {
        by: review.by.to_string(),
        on: review.on.to_string(),
        fingerprint: review.fingerprint.to_string(),
        note: review.note.as_ref().map(|n| n.to_string()),
    }
}

/// A text of the call that goes into a record.
fn text(option: &str, given: &str) -> Result<String, Exit> {
    let trimmed = given.trim();
    let why = if trimmed.is_empty() {
        "is empty"
    } else if !hidden(trimmed).is_empty() || trimmed.contains(['\n', '\t']) {
        "holds a line break or a character that cannot be seen"
    } else if trimmed.chars().count() > 500 {
        "has more than 500 characters"
    } else {
        return Ok(trimmed.to_owned());
    };
    output::tell(&format!("error: {option} {why}\n"));
    Err(Exit::Unusable)
}

/// The day that `--on` names, or today.
fn day(on: Option<&str>) -> Result<NaiveDate, Exit> {
    let today = today();
    let Some(on) = on else {
        return today.ok_or_else(|| {
            output::tell("error: the clock of this machine gives no day\n  = help: name it: `--on 2024-03-05`\n");
            Exit::Unusable
        });
    };
    let Some(day) = on.parse::<Date>().ok().filter(|d| d.to_string().len() == 10).and_then(|d| d.as_day()) else {
        output::tell(&format!(
            "error: --on takes a day, and `{}` is none\n  = help: write it as 2024-03-05\n",
            visible(on)
        ));
        return Err(Exit::Unusable);
    };
    // east of Greenwich it may be tomorrow already
    if today.and_then(|t| t.succ_opt()).is_some_and(|tomorrow| day > tomorrow) {
        output::tell(&format!("error: --on {day} is still to come\n"));
        return Err(Exit::Unusable);
    }
    Ok(day)
}

#[allow(
    clippy::disallowed_methods,
    reason = "a review is dated by the day it is recorded, and nothing printed rests on it"
)]
fn today() -> Option<NaiveDate> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    let days = i32::try_from(now.as_secs() / 86_400).ok()?;
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::Duration::days(i64::from(days)))
}

/// The records that the call names, by dossier; with `--list` and no name, all.
fn chosen<'w>(workspace: &'w Workspace, options: &Options) -> Result<Chosen<'w>, Exit> {
    let mut found: Chosen<'w> = BTreeMap::new();
    let dossiers: Vec<(&str, &Dossier)> = match &options.dossier {
        None => workspace.dossiers.iter().map(|(n, d)| (n.as_str(), d)).collect(),
        Some(name) => match workspace.dossiers.get_key_value(name) {
            Some((name, dossier)) => vec![(name.as_str(), dossier)],
            None => {
                let guess = nearest(name, workspace.dossiers.keys().map(String::as_str));
                let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                output::tell(&format!("error: there is no dossier `{}`{guess}\n", visible(name)));
                return Err(Exit::Unusable);
            }
        },
    };
    let mut wrong = false;
    let mut absent = |id: &str, what: &str, known: Vec<&str>| {
        let guess = nearest(id, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
        output::tell(&format!("error: there is no {what} `{}`{guess}\n", visible(id)));
        wrong = true;
    };
    let mut several: Vec<String> = Vec::new();
    for id in &options.ids {
        let own = |s: &Subject, d: &Dossier| d.head(*s).file.name() != load::VOCABULARY;
        let holders: Vec<(&str, Subject)> =
            dossiers.iter().filter_map(|(n, d)| d.find(id).filter(|s| own(s, d)).map(|s| (*n, s))).collect();
        match holders.as_slice() {
            [] => absent(id, "record", dossiers.iter().flat_map(|(_, d)| d.heads().map(|(_, h)| h.id)).collect()),
            [(name, subject)] => {
                found.entry(name).or_default().insert(*subject);
            }
            more => {
                let names: Vec<&str> = more.iter().map(|(n, _)| *n).collect();
                several.push(format!(
                    "error: `{id}` is a record of several dossiers\n  = help: name one with --dossier: {}\n",
                    names.join(", ")
                ));
            }
        }
    }
    if let Some(id) = &options.all_of {
        let holders: Vec<_> =
            dossiers.iter().filter_map(|(n, d)| d.sources.get(id).map(|(r, _)| (*n, *d, r))).collect();
        if holders.is_empty() {
            absent(
                id,
                "source",
                dossiers.iter().flat_map(|(_, d)| d.sources.iter().map(|(_, s)| s.id.as_str())).collect(),
            );
        }
        for (name, dossier, source) in holders {
            let citing = dossier.cited().filter(|c| c.citations.iter().any(|one| *one.source == source));
            let list = found.entry(name).or_default();
            list.extend(citing.map(|c| c.subject));
        }
    }
    if options.list && options.ids.is_empty() && options.all_of.is_none() {
        for (name, dossier) in dossiers {
            let listed = dossier
                .heads()
                .filter(|(_, h)| !h.reviewed.is_empty() || review::is_required(h.kind, Require::Everything));
            found.entry(name).or_default().extend(listed.map(|(s, _)| s));
        }
    }
    several.iter().for_each(|line| output::tell(line));
    if wrong || !several.is_empty() { Err(Exit::Unusable) } else { Ok(found) }
}

/// Whether every record that is to be signed passed the check, against articles that are at hand.
fn sound(
    place: &Place,
    workspace: &Workspace,
    verdict: &Verdict<'_>,
    archive: &Archive,
    chosen: &Chosen<'_>,
) -> Result<(), Exit> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    let mut unread: BTreeSet<String> = BTreeSet::new();
    for (name, subjects) in chosen {
        let (Some(dossier), Some(report)) = (workspace.dossiers.get(*name), verdict.reports.get(*name)) else {
            continue;
        };
        for subject in subjects {
            let head = dossier.head(*subject);
            let rests: Vec<Subject> = match head.kind {
                "assessment" | "discrepancy" | "gap" | "change" => dossier.refers_to(*subject),
                _ => dossier.citations(*subject).iter().map(|c| Subject::Source(*c.source)).collect(),
            };
            let failing: Vec<&Diagnostic> = std::iter::once(subject)
                .chain(&rests)
                .filter_map(|s| report.by_record.get(s))
                .flatten()
                .filter(|f| f.level.fails())
                .collect();
            if !failing.is_empty() {
                refused.push(format!("{} `{}`", head.kind, head.id));
                findings.extend(failing.into_iter().cloned());
            }
            for citation in dossier.citations(*subject) {
                if let Err(why) = article_of(dossier, archive, *citation.source) {
                    let source = &dossier.sources[*citation.source].id;
                    unread
                        .insert(format!("error: the article of source `{source}` is not at hand: {}\n", visible(&why)));
                }
            }
        }
    }
    if !unread.is_empty() {
        unread.iter().for_each(|line| output::tell(line));
        output::tell(
            "nothing was recorded: a review holds a record against its article\n  = help: name the folder of articles: `--archive DIR`\n",
        );
        return Err(Exit::Io);
    }
    if !refused.is_empty() {
        factbrief::diag::sort(&mut findings);
        place.findings(&findings)?;
        output::tell(&format!(
            "nothing was recorded: what does not pass the check is not reviewed ({})\n",
            refused.join(", ")
        ));
        return Err(Exit::Findings);
    }
    Ok(())
}

/// Asks a person at a terminal; a script has said what it wants by calling.
fn confirmed(count: usize, by: &str) -> Result<bool, Exit> {
    let input = std::io::stdin();
    if !input.is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(true);
    }
    let what = if count == 1 { "this record".to_owned() } else { format!("these {count} records") };
    output::tell(&format!("Record that {} held {what} against the article? [y/N] ", visible(by)));
    let mut answer = String::new();
    input.lock().read_line(&mut answer).map_err(|error| {
        output::tell(&format!("error: cannot read an answer: {error}\n"));
        Exit::Io
    })?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Writes reviews into the files of their records: each file whole, or not at all.
fn write(workspace: &Workspace, name: &str, dossier: &Dossier, edits: &[(Subject, Vec<Signed>)]) -> Result<(), Exit> {
    if edits.is_empty() {
        return Ok(());
    }
    let failed = |shown: &str, why: &dyn std::fmt::Display| {
        output::tell(&format!(
            "error: cannot write the review into {}: {why}\n  = note: what was there before is unchanged\n",
            visible(shown)
        ));
        Exit::Io
    };
    // before the files are read: what another run writes meanwhile is not undone
    let folder = workspace.project.root.join(load::SEEDS).join(name);
    let claimed = output::claim_in(&workspace.project.root, &folder).map_err(|error| failed(name, &error))?;
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (subject, reviews) in edits {
        let head = dossier.head(*subject);
        let shown = head.file.name();
        let bytes = match files.get(shown) {
            Some(bytes) => bytes.clone(),
            None => load::read::bytes(&workspace.project.root.join(shown)).map_err(|why| failed(shown, &why))?,
        };
        let edited = edit::reviewed(&bytes, head.kind, head.id, reviews).map_err(|why| failed(shown, &why))?;
        files.insert(shown.to_owned(), edited);
    }
    // read back before anything is written: a file is never made worse than it was
    let mut texts: BTreeMap<String, _> = BTreeMap::new();
    for (_, head) in dossier.heads().filter(|(_, h)| h.file.name() != load::VOCABULARY) {
        texts.entry(head.file.name().to_owned()).or_insert_with(|| std::sync::Arc::clone(head.file));
    }
    for (shown, bytes) in &files {
        let text = load::read::admit(bytes.clone(), shown).map_err(|f| failed(shown, &f.title))?;
        texts.insert(shown.clone(), text);
    }
    let texts: Vec<_> = texts.into_values().collect();
    let read = load::resolve(&dossier.name, &dossier.language, &texts)
        .map_err(|f| failed(name, &f.first().map_or("it does not read back", |f| f.title.as_str())))?;
    let kept = edits.iter().all(|(subject, reviews)| {
        let id = dossier.head(*subject).id;
        read.find(id).is_some_and(|s| read.head(s).reviewed.iter().map(signed).eq(reviews.iter().cloned()))
    });
    if !kept {
        return Err(failed(name, &"it does not read back"));
    }
    for (shown, bytes) in &files {
        let path = workspace.project.root.join(shown);
        output::write(&claimed, &path, bytes).map_err(|error| failed(shown, &error))?;
    }
    output::settle(&claimed, &format!("{}/{name}", load::SEEDS))
}

fn remove(workspace: &Workspace, chosen: &Chosen<'_>, by: Option<&str>) -> Result<Exit, Exit> {
    let mut told = String::new();
    for (name, subjects) in chosen {
        let Some(dossier) = workspace.dossiers.get(*name) else { continue };
        let mut edits = Vec::new();
        for subject in subjects {
            let head = dossier.head(*subject);
            let goes =
                |r: &&factbrief::facts::table::Review| by.is_none_or(|by| review::person(by) == review::person(&r.by));
            let gone = head.reviewed.iter().filter(goes).count();
            if gone == 0 {
                told.push_str(&format!("{} `{}` has no such review\n", head.kind, head.id));
                continue;
            }
            edits.push((*subject, head.reviewed.iter().filter(|r| !goes(r)).map(signed).collect()));
            told.push_str(&format!("{} `{}`: {gone} taken out\n", head.kind, head.id));
        }
        write(workspace, name, dossier, &edits)?;
    }
    output::tell(&told);
    Ok(Exit::Clean)
}

/// Lists records by where they stand, what needs a look first.
fn list(place: &Place, workspace: &Workspace, chosen: &Chosen<'_>) -> Result<Exit, Exit> {
    let min = workspace.project.review.min;
    let mut out = String::new();
    let mut counts: BTreeMap<State, usize> = BTreeMap::new();
    for (name, subjects) in chosen {
        let Some(dossier) = workspace.dossiers.get(*name) else { continue };
        let tables = Tables::of(dossier);
        let mut rows: Vec<(State, &str, &str, String)> = Vec::new();
        for subject in subjects {
            let head = dossier.head(*subject);
            let now = review::fingerprint(dossier, &tables, *subject);
            let state = review::state(&head, &now, min);
            *counts.entry(state).or_default() += 1;
            if place.format() == Format::Json {
                let reviews: Vec<_> = (head.reviewed.iter())
                    .map(|r| {
                        serde_json::json!({
                            "by": visible(&r.by), "on": r.on.to_string(), "current": r.fingerprint.as_str() == now,
                            "note": r.note.as_ref().map(|n| visible(n)),
                        })
                    })
                    .collect();
                let line = serde_json::json!({
                    "reason": "review", "dossier": name, "kind": head.kind, "id": head.id, "state": state.word(),
                    "reviews": reviews,
                });
                out.push_str(&format!("{line}\n"));
                continue;
            }
            let who: Vec<String> = (head.reviewed.iter())
                .map(|r| {
                    let note = r.note.as_ref().map(|n| format!(" ({})", visible(n))).unwrap_or_default();
                    let stale = if r.fingerprint.as_str() == now { "" } else { ", as it was" };
                    format!("{} on {}{stale}{note}", visible(&r.by), *r.on)
                })
                .collect();
            rows.push((state, head.kind, head.id, who.join("; ")));
        }
        let order =
            |s: State| [State::Suspect, State::Partly, State::Unreviewed, State::Reviewed].iter().position(|o| *o == s);
        rows.sort_by(|a, b| (order(a.0), a.1, a.2).cmp(&(order(b.0), b.1, b.2)));
        if chosen.len() > 1 && !rows.is_empty() {
            out.push_str(&format!("{name}\n"));
        }
        for (state, kind, id, who) in rows {
            let who = if who.is_empty() { String::new() } else { format!(": {who}") };
            out.push_str(&format!("{:<15}  {kind} `{id}`{who}\n", state.word()));
        }
    }
    output::print(&out)?;
    if place.format() != Format::Json {
        let n = |s: State| counts.get(&s).copied().unwrap_or(0);
        let partly = if min > 1 { format!(", {} partly", n(State::Partly)) } else { String::new() };
        output::tell(&format!(
            "{} reviewed, {} suspect{partly}, {} not reviewed\n",
            n(State::Reviewed),
            n(State::Suspect),
            n(State::Unreviewed)
        ));
    }
    Ok(Exit::Clean)
}
