//! `factbrief diff`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path};
use std::process::{Command, Stdio};

use factbrief::brief::issue::{self, Difference, Said};
use factbrief::check::Settings;
use factbrief::load::archive::Archive;
use factbrief::load::briefing::Request;
use factbrief::load::revision::{self, Fate, Moved, Turned};
use factbrief::report::Format;
use factbrief::text::gate::visible;
use factbrief::text::nearest::nearest;
use factbrief::{Verdict, Workspace};
use serde_json::{Value, json};

use super::build::wanted;
use super::check::open;
use super::{Exit, Place, comment, output};

/// The longest value that is shown whole.
const SHOWN: usize = 120;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// A git revision, as HEAD~1, a tag or a branch [default: each briefing's last issue]
    revision: Option<String>,
    /// Only these briefings, by slug
    #[arg(long = "briefing", value_name = "SLUG")]
    briefings: Vec<String>,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

/// What became of a briefing.
pub(super) struct Turn {
    pub(super) slug: String,
    pub(super) differences: Vec<Difference>,
    /// Why it cannot be told.
    pub(super) unknown: Option<String>,
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let requests = if options.briefings.is_empty() {
        workspace.requests.iter().collect()
    } else {
        wanted(&workspace, &options.briefings)?
    };
    let archive = place.archive(&workspace.project)?;
    let settings = || Settings { project: workspace.project.levels.clone(), ..Settings::default() };
    let verdict = workspace.check(&archive, &settings());
    let (facts, turns) = match &options.revision {
        None => (Vec::new(), since_last_issue(&workspace, &verdict, &requests)),
        Some(revision) => {
            let folder = tempfile::tempdir().map_err(|error| {
                output::tell(&format!("error: cannot make a temporary folder: {error}\n"));
                Exit::Io
            })?;
            check_out(&workspace.project.root, revision, folder.path())?;
            let old = Workspace::open(folder.path()).map_err(|findings| {
                if let Err(exit) = place.findings(&findings) {
                    return exit;
                }
                output::tell(&format!("error: the project as of {} cannot be loaded\n", visible(revision)));
                Exit::Unusable
            })?;
            let before = old.check(&Archive::Absent, &settings());
            (facts(&old, &workspace), since(&old, &before, &workspace, &verdict, &requests))
        }
    };
    let since = options.revision.as_deref().map_or("the last issue".to_owned(), visible);
    let text = if place.comments() {
        comment::render(&since, options.revision.is_some(), &facts, &turns, &workspace)
    } else if place.format() == Format::Json {
        let facts: Vec<Value> =
            facts.iter().flat_map(|(name, list)| list.iter().map(|m| moved_json(name, m))).collect();
        let briefings: Vec<Value> = turns.iter().map(turn_json).collect();
        format!("{}\n", json!({ "since": since, "facts": facts, "briefings": briefings }))
    } else {
        told(&since, options.revision.is_some(), &facts, &turns, &workspace)
    };
    output::print(&text)?;
    Ok(Exit::Clean)
}

/// The records of each dossier that differ.
fn facts(old: &Workspace, new: &Workspace) -> Vec<(String, Vec<Moved>)> {
    let nothing = BTreeMap::new();
    let names: std::collections::BTreeSet<&String> = old.dossiers.keys().chain(new.dossiers.keys()).collect();
    names
        .into_iter()
        .map(|name| {
            let of = |w: &Workspace| w.dossiers.get(name).map(revision::written);
            let (before, now) = (of(old), of(new));
            let list = revision::moved(before.as_ref().unwrap_or(&nothing), now.as_ref().unwrap_or(&nothing));
            (name.clone(), list)
        })
        .collect()
}

fn replaces(workspace: &Workspace, request: &Request) -> BTreeMap<String, String> {
    let dossier = workspace.dossier_of(request).ok().and_then(|name| workspace.dossiers.get(name));
    dossier
        .into_iter()
        .flat_map(|d| {
            d.claims.iter().filter_map(|(_, c)| Some((c.id.clone(), d.claims[**c.supersedes.as_ref()?].id.clone())))
        })
        .collect()
}

fn snapshot(workspace: &Workspace, verdict: &Verdict<'_>, request: &Request) -> Result<BTreeMap<String, Said>, String> {
    workspace
        .snapshot(verdict, request)
        .map(|snapshot| snapshot.records)
        .map_err(|findings| findings.first().map(|f| f.title.clone()).unwrap_or_default())
}

fn since_last_issue(workspace: &Workspace, verdict: &Verdict<'_>, requests: &[&Request]) -> Vec<Turn> {
    let turn = |request: &&Request| {
        let slug = request.slug.clone();
        let now = snapshot(workspace, verdict, request);
        match (workspace.issues.get(&request.slug), now) {
            (_, Err(why)) => {
                Turn { slug, differences: Vec::new(), unknown: Some(format!("it cannot be composed: {why}")) }
            }
            (None, Ok(_)) => {
                Turn { slug, differences: Vec::new(), unknown: Some("no issue of it has been printed".to_owned()) }
            }
            (Some(kept), Ok(now)) => {
                let differences = issue::differences(&kept.current.records, &now, &replaces(workspace, request));
                Turn { slug, differences, unknown: None }
            }
        }
    };
    requests.iter().map(turn).collect()
}

fn since(
    old: &Workspace,
    before: &Verdict<'_>,
    new: &Workspace,
    verdict: &Verdict<'_>,
    requests: &[&Request],
) -> Vec<Turn> {
    let turn = |request: &&Request| {
        let slug = request.slug.clone();
        let unknown = |why: String| Turn { slug: slug.clone(), differences: Vec::new(), unknown: Some(why) };
        let now = match snapshot(new, verdict, request) {
            Ok(now) => now,
            Err(why) => return unknown(format!("it cannot be composed: {why}")),
        };
        let Some(then) = old.requests.iter().find(|r| r.slug == request.slug) else {
            return unknown("it is new".to_owned());
        };
        match snapshot(old, before, then) {
            Ok(was) => {
                let differences = issue::differences(&was, &now, &replaces(new, request));
                Turn { slug: slug.clone(), differences, unknown: None }
            }
            Err(why) => unknown(format!("it could not be composed then: {why}")),
        }
    };
    requests.iter().map(turn).collect()
}

/// A value, cut where it is long.
pub(super) fn short(text: &str) -> String {
    let shown = visible(text);
    if shown.chars().count() <= SHOWN {
        return shown;
    }
    format!("{}…", shown.chars().take(SHOWN).collect::<String>())
}

pub(super) fn turned(turned: &Turned) -> String {
    match (&turned.before, &turned.now) {
        (Some(before), Some(now)) => format!("{} {} → {}", turned.key, short(before), short(now)),
        (None, Some(now)) => format!("{} added: {}", turned.key, short(now)),
        (Some(before), None) => format!("{} taken out: {}", turned.key, short(before)),
        (None, None) => String::new(),
    }
}

fn said(said: &Said) -> String {
    if said.value.is_empty() {
        visible(&said.what)
    } else {
        format!("{}: {}", visible(&said.what), visible(&said.value))
    }
}

fn told(
    since: &str,
    with_facts: bool,
    facts: &[(String, Vec<Moved>)],
    turns: &[Turn],
    workspace: &Workspace,
) -> String {
    let mut out = String::new();
    if with_facts {
        for (name, list) in facts {
            let _ = writeln!(
                out,
                "Facts of {name} since {since}: {}",
                counted(list.len(), "record differs", "records differ")
            );
            for moved in list {
                let what = workspace
                    .dossiers
                    .get(name)
                    .and_then(|d| d.find(&moved.id).map(|s| d.head(s)))
                    .map(|h| format!("  ({}:{})", visible(h.file.name()), h.file.position(h.header.start).line))
                    .unwrap_or_default();
                let word = match moved.fate {
                    Fate::New => "new",
                    Fate::Gone => "gone",
                    Fate::Changed(_) => "changed",
                };
                let _ = writeln!(out, "  {word:<8} {} `{}`{what}", moved.kind, moved.id);
                if let Fate::Changed(keys) = &moved.fate {
                    for key in keys {
                        let _ = writeln!(out, "           {}", turned(key));
                    }
                }
            }
            out.push('\n');
        }
    }
    for turn in turns {
        if let Some(why) = &turn.unknown {
            let _ = writeln!(out, "Briefing {}: {}", turn.slug, visible(why));
            continue;
        }
        let _ = writeln!(
            out,
            "Briefing {} since {since}: {}",
            turn.slug,
            counted(turn.differences.len(), "thing it says differs", "things it says differ")
        );
        for difference in &turn.differences {
            let line = match (&difference.before, &difference.now) {
                (Some(was), Some(now)) if was.says_the_same(now) && was.grade != now.grade => {
                    format!("{}: grade {} → {}", visible(&now.what), visible(&was.grade), visible(&now.grade))
                }
                (Some(was), Some(now)) if was.says_the_same(now) => format!("{} (its evidence)", said(now)),
                (Some(was), Some(now)) if was.value != now.value => {
                    format!("{}: {} → {}", visible(&now.what), visible(&was.value), visible(&now.value))
                }
                (Some(was), Some(now)) => format!("{} → {}", visible(&was.what), visible(&now.what)),
                (_, Some(one)) | (Some(one), None) => said(one),
                (None, None) => continue,
            };
            let _ = writeln!(out, "  {:<17} {line}  [{}]", difference.happened.word(), difference.id);
        }
    }
    out
}

pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => "no difference".to_owned(),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

fn moved_json(dossier: &str, moved: &Moved) -> Value {
    let (happened, keys) = match &moved.fate {
        Fate::New => ("new", Vec::new()),
        Fate::Gone => ("gone", Vec::new()),
        Fate::Changed(keys) => {
            let keys = keys.iter().map(|t| json!({ "key": t.key, "before": t.before, "now": t.now })).collect();
            ("changed", keys)
        }
    };
    json!({ "dossier": dossier, "kind": moved.kind, "id": moved.id, "happened": happened, "keys": keys })
}

fn turn_json(turn: &Turn) -> Value {
    let side = |s: &Option<Said>| s.as_ref().map(|s| json!({ "what": s.what, "value": s.value, "grade": s.grade }));
    let differences: Vec<Value> = turn
        .differences
        .iter()
        .map(|d| json!({ "happened": d.happened.word(), "id": d.id, "before": side(&d.before), "now": side(&d.now) }))
        .collect();
    json!({ "slug": turn.slug, "differences": differences, "unknown": turn.unknown })
}

/// Writes the project as it was at a revision to a folder: regular files only, read from git's objects.
fn check_out(root: &Path, revision: &str, folder: &Path) -> Result<(), Exit> {
    let fail = |why: String, help: &str| {
        output::tell(&format!("error: {why}\n  = help: {help}\n"));
        Exit::Unusable
    };
    if revision.starts_with('-') || revision.contains(char::is_control) || revision.is_empty() {
        return Err(fail(format!("`{}` is no git revision", visible(revision)), "name a commit, tag or branch"));
    }
    let git = |arguments: &[&str]| -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(root).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut list = git(&["ls-tree", "-r", "-z", revision, "--"]);
    let listed = list.args(["factbrief.toml", "seeds", "briefings", "templates"]).output();
    let listed = listed.map_err(|error| {
        fail(format!("git cannot be run: {error}"), "`diff REV` asks git; without REV it needs none")
    })?;
    if !listed.status.success() {
        let why = String::from_utf8_lossy(&listed.stderr);
        let why = visible(why.lines().next().unwrap_or_default());
        let mut refs = git(&["for-each-ref", "--format=%(refname:short)"]);
        let names = refs.output().map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
        let guess = nearest(revision, names.lines().chain(["HEAD"]));
        let guess = guess.map(|g| format!("; did you mean `{}`?", visible(g))).unwrap_or_default();
        return Err(fail(
            format!("git does not know `{}` here: {why}{guess}", visible(revision)),
            "`git log` lists what there is",
        ));
    }
    let mut wanted: Vec<(String, String)> = Vec::new();
    for entry in listed.stdout.split(|b| *b == 0).filter(|e| !e.is_empty()) {
        let entry = String::from_utf8_lossy(entry).into_owned();
        let Some((head, path)) = entry.split_once('\t') else { continue };
        let fields: Vec<&str> = head.split(' ').collect();
        let [mode, "blob", object] = fields.as_slice() else { continue };
        let plain = Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
        // what was printed is not needed, and links are not followed
        let printed = path.ends_with(".pdf") || path.ends_with(".md");
        if mode.starts_with("100") && plain && !printed {
            wanted.push(((*object).to_owned(), path.to_owned()));
        }
    }
    let broken = |error: std::io::Error| fail(format!("git's objects cannot be read: {error}"), "`git fsck` says more");
    let mut command = git(&["cat-file", "--batch"]);
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(broken)?;
    let (Some(mut asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(fail("git cannot be asked".to_owned(), "run it again"));
    };
    let mut answers = BufReader::new(answers);
    for (object, path) in &wanted {
        asks.write_all(format!("{object}\n").as_bytes()).and_then(|()| asks.flush()).map_err(broken)?;
        let mut head = String::new();
        answers.read_line(&mut head).map_err(broken)?;
        let size = head.trim().rsplit(' ').next().and_then(|n| n.parse::<u64>().ok());
        let size = size.filter(|n| *n <= factbrief::text::gate::MAX_BYTES).and_then(|n| usize::try_from(n).ok());
        let Some(size) = size else {
            return Err(fail(format!("git gives no text for {}", visible(path)), "`git fsck` says more"));
        };
        let mut bytes = vec![0; size + 1];
        answers.read_exact(&mut bytes).map_err(broken)?;
        bytes.truncate(size);
        let target = folder.join(path);
        let made = target.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| output::put(&target, &bytes)).map_err(|error| {
            output::tell(&format!("error: cannot write to a temporary folder: {error}\n"));
            Exit::Io
        })?;
    }
    drop(asks);
    let _ = child.wait();
    if !folder.join("factbrief.toml").is_file() {
        return Err(fail(
            format!("there is no factbrief.toml at `{}`", visible(revision)),
            "name a revision that has the project",
        ));
    }
    Ok(())
}
