//! `factbrief build`

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use chrono::NaiveDate;
use factbrief::brief::issue;
use factbrief::diag::{Diagnostic, Level};
use factbrief::facts::date::Date;
use factbrief::load::archive::Archive;
use factbrief::load::{self, briefing::Request};
use factbrief::render::worker::{Limits, Worker};
use factbrief::report::{Case, Format};
use factbrief::text::file::TextFile;
use factbrief::text::gate::visible;
use factbrief::text::hash::sha256;
use factbrief::text::nearest::nearest;
use factbrief::{Formats, Printed, Verdict, Workspace};
use similar::{ChangeTag, TextDiff};

use super::check::{checked, open, refresh};
use super::kept::Kept;
use super::progress::Progress;
use super::standing::Standing;
use super::{Exit, Levels, Place, Written, count, gathered, limits, output, summary};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The briefings to print, by slug [default: all]
    slugs: Vec<String>,
    /// Print in memory and compare with what is there; write nothing
    #[arg(long)]
    check: bool,
    /// Print the view that templates are given, as JSON; write nothing
    #[arg(long, conflicts_with = "check")]
    context: bool,
    /// Describe the state of knowledge of another day: only what was published by then
    #[arg(long, value_name = "DATE", conflicts_with = "check")]
    as_of: Option<String>,
    /// Write to this folder instead of briefings/; the record of issues is left as it is
    #[arg(long, value_name = "DIR", conflicts_with_all = ["check", "context"])]
    out: Option<PathBuf>,
    /// Set every briefing anew, also one whose text and layout are those it was last set from
    #[arg(long)]
    fresh: bool,
    /// Say of each briefing why it was set anew, or that nothing it is made from has changed
    #[arg(long, conflicts_with_all = ["check", "context"])]
    explain_stale: bool,
    /// Fail where the evidence lock would change, and leave it as it is
    #[arg(long)]
    locked: bool,
    /// Print the I-th of N parts of the briefings, to spread a large set over jobs; every briefing is in one part
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,
    /// How many briefings to set at once [default: one for each processor]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    levels: Levels,
}

/// A part of a set: which, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shard {
    part: usize,
    of: usize,
}

fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((part, of)) if part >= 1 && part <= of => Ok(Shard { part, of }),
        _ => Err("write it as 1/4: the part, counted from one, of how many".to_owned()),
    }
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let program = std::env::current_exe().map_err(|error| {
        output::tell(&format!("error: cannot tell where the program is: {error}\n"));
        Exit::Io
    })?;
    let written = place.written();
    // a call that only prints what is stale may find that nothing was touched since it last found nothing to print
    let plain = !(options.check || options.context || options.fresh || options.explain_stale);
    let plain = plain && options.as_of.is_none() && options.out.is_none() && place.tells_words_only();
    let mut standing = None;
    if plain {
        match Standing::of(&place.root()?, place.call(&program, options)) {
            Ok(said) => {
                output::tell(&said.concat());
                return Ok(Exit::Clean);
            }
            Err(other) => standing = Some(other),
        }
    }
    // the first worker loads its fonts while the facts are loaded and proved
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let jobs = options.jobs.map_or(processors, std::num::NonZeroUsize::get);
    // a single briefing has the processors to itself; several are the parallel part themselves
    let threads = if options.slugs.len() == 1 { jobs } else { 1 };
    let mut first = Worker::new(program.clone(), Limits { threads, ..limits::limits() });
    // pictures that stand in their place need no worker, and where there is no record of any, there are none as a rule
    if !options.context && (written.pdf || options.fresh || !Kept::is_there(&place.root()?)) {
        first.start();
    }
    let as_of = options.as_of.as_deref().map(day).transpose()?;
    if let Some(standing) = &mut standing {
        standing.begin();
    }
    // the program ends with this: to give all of it back, piece by piece, would only take time
    let workspace = ManuallyDrop::new(open(place)?);
    let mut wanted = wanted(&workspace, &options.slugs)?;
    if let Some(Shard { part, of }) = options.shard {
        // by turns: neighbours in the alphabet tend to be of one size
        wanted = wanted.into_iter().enumerate().filter(|(i, _)| i % of == part - 1).map(|(_, r)| r).collect();
    }
    let broken = broken(place, &workspace, &options.slugs)?;
    let archive = place.archive(&workspace.project)?;
    let articles = match &archive {
        Archive::Folder(folder) => Some(folder.clone()),
        // one that is not there now may come
        _ => workspace.project.archive.as_ref().map(|path| workspace.project.root.join(path)),
    };
    if let Some(standing) = &mut standing {
        standing.begin_archive(articles.as_deref());
    }
    let settings = options.levels.settings(&workspace.project)?;
    let verdict = std::thread::scope(|scope| {
        // what the briefings are printed by is read beside; what is wrong with it is told when they are printed
        let _ = std::thread::Builder::new().spawn_scoped(scope, || {
            for request in &wanted {
                let _ = (workspace.kind(request), workspace.language(request), workspace.style(request));
            }
        });
        checked(&workspace, &archive, &settings)
    });
    let verdict = ManuallyDrop::new(verdict);
    let findings = verdict.findings();
    if !place.tells_words_only() {
        place.gathered.borrow_mut().checked(&workspace, &verdict);
    }
    place.findings(&findings)?;
    let (errors, warnings) = count(&findings);
    if options.context {
        return context(place, &workspace, &verdict, &wanted, as_of);
    }
    let mut exit = broken.or(if verdict.fails() { Exit::Findings } else { Exit::Clean });
    exit = exit.or(refresh(place, &workspace, &verdict, options.locked || options.check)?);
    if exit != Exit::Clean || warnings > 0 || errors > 0 {
        place.tell(&summary(&verdict.tally(), errors, warnings));
    }

    let mut workers = vec![first];
    workers.extend((1..jobs.min(wanted.len())).map(|_| Worker::new(program.clone(), limits::limits())));
    // a comparison with what is there, or another day or place, takes nothing on trust
    let in_place = !options.check && as_of.is_none() && options.out.is_none();
    let trusted = in_place && !options.fresh;
    let kept = Kept::open(&workspace.project.root, &program, trusted);
    let progress = Progress::counting(wanted.len(), "printing briefings");
    let mut cases = unprinted(&workspace, &options.slugs);
    let mut tally = Taken::default();
    let press = Press { workspace: &workspace, place, options, as_of, written };
    let mut folder = None;
    print_all(
        &workspace,
        &verdict,
        &wanted,
        (as_of, written),
        workers,
        (&kept, &progress),
        &mut |request, outcome| {
            let (case, own) = press.take(request, outcome, &mut folder, &mut tally)?;
            exit = exit.or(own);
            cases.push(case);
            Ok(())
        },
    )?;
    if let Some(folder) = &folder {
        let shown =
            options.out.as_deref().map_or(load::BRIEFINGS.to_owned(), |out| visible(&out.display().to_string()));
        exit = exit.or(output::settle(folder, &shown).err().unwrap_or(Exit::Clean));
    }
    drop(progress);
    let Taken { stale, current, said, own, noted } = tally;
    let asked = cases.len();
    place.gathered.borrow_mut().suites.push(gathered::briefings(cases, Vec::new(), "no briefing is in this part"));
    if options.explain_stale && written.pdf {
        for request in &wanted {
            let why = kept.why(&request.slug).unwrap_or_else(|| "nothing it is made from has changed".to_owned());
            output::tell(&format!("{}: {why}\n", request.slug));
        }
    }
    if in_place {
        kept.save();
    }
    if let Some(Shard { part, of }) = options.shard {
        let (all, n) = (workspace.requests.len(), wanted.len());
        place.tell(&format!("part {part} of {of}: {n} of {all} {}\n", if all == 1 { "briefing" } else { "briefings" }));
    }
    if options.check {
        compared(place, stale, current, asked)?;
    }
    let quiet = exit == Exit::Clean && errors + warnings + noted == 0 && styles_are_shipped(&workspace);
    if let Some(standing) = standing.filter(|_| quiet) {
        standing.keep(articles.as_deref(), &own, said, asked);
    }
    Ok(exit)
}

/// Whether no style is a file of the project, which may lie anywhere in it.
fn styles_are_shipped(workspace: &Workspace) -> bool {
    let own = workspace.project.style.iter().chain(workspace.requests.iter().filter_map(|r| r.style.as_ref()));
    own.into_iter().all(|style| !style.to_ascii_lowercase().ends_with(".csl"))
}

/// What came of the briefings so far.
#[derive(Default)]
struct Taken {
    stale: usize,
    current: usize,
    /// What will be said of each file when nothing was touched.
    said: Vec<String>,
    /// The hash of each file that was written or found current; none of what was taken away.
    own: BTreeMap<PathBuf, Option<String>>,
    /// How many remarks were made.
    noted: usize,
}

/// Writes or compares what was printed, a briefing after the other, as they come.
struct Press<'a> {
    workspace: &'a Workspace,
    place: &'a Place,
    options: &'a Options,
    as_of: Option<NaiveDate>,
    written: Written,
}

impl Press<'_> {
    fn take(
        &self,
        request: &Request,
        outcome: Outcome,
        folder: &mut Option<output::Claimed>,
        taken: &mut Taken,
    ) -> Result<(Case, Exit), Exit> {
        let Self { workspace, place, options, as_of, written } = *self;
        let mut case = Case { class: "briefings".to_owned(), name: request.slug.clone(), ..Case::default() };
        let mut exit = Exit::Clean;
        match outcome {
            Ok(printed) if options.check => {
                case.findings.clone_from(&printed.notes);
                match outdated_parts(workspace, request, &printed, written) {
                    Some((finding, diff)) => {
                        case.findings.push(finding);
                        place.findings(&case.findings)?;
                        if matches!(place.format(), Format::Human | Format::Short) {
                            output::print_words(&diff)?;
                        } else {
                            output::tell(&diff);
                        }
                        taken.stale += 1;
                        exit = Exit::Findings;
                    }
                    None => {
                        place.findings(&case.findings)?;
                        case.said = "current".to_owned();
                        taken.current += 1;
                    }
                }
            }
            Ok(printed) => {
                place.findings(&printed.notes)?;
                taken.noted += printed.notes.len();
                case.findings.clone_from(&printed.notes);
                let out = options.out.as_deref();
                let own = workspace.project.root.join(load::BRIEFINGS);
                let at = out.unwrap_or(&own);
                if folder.is_none() {
                    match claim(workspace, out) {
                        Ok(claimed) => *folder = Some(claimed),
                        Err(other) => return Ok((case, other)),
                    }
                }
                let Some(claimed) = folder else { return Ok((case, Exit::Io)) };
                let Taken { said, own, .. } = taken;
                exit = write(workspace, request, &printed, (as_of, written), (out, claimed), &mut |done| {
                    own.insert(at.join(done.name), done.bytes.map(sha256));
                    if !done.line.is_empty() {
                        output::tell(&done.line);
                    }
                    // what was taken away is said once
                    if !done.line.is_empty() && done.bytes.is_some() {
                        said.push(done.line.replacen("wrote ", "current ", 1));
                    }
                });
                own.insert(at.to_owned(), None);
            }
            Err(findings) => {
                place.findings(&findings)?;
                exit = severity(&findings);
                case.findings = findings;
            }
        }
        Ok((case, exit))
    }
}

/// The day that `--as-of` names.
fn day(text: &str) -> Result<NaiveDate, Exit> {
    text.parse::<Date>().ok().and_then(|date| date.as_day()).ok_or_else(|| {
        output::tell(&format!(
            "error: --as-of takes a day, and `{}` is none\n  = help: write it as 2015-02-16\n",
            visible(text)
        ));
        Exit::Unusable
    })
}

pub(super) fn severity(findings: &[Diagnostic]) -> Exit {
    let worst = findings.iter().map(|f| match f.code {
        "limit" => Exit::Limit,
        "worker" | "unreadable" => Exit::Io,
        "not-printed" | "not-reviewed" | "typesetter-panic" | "missing-glyph" => Exit::Findings,
        _ => Exit::Unusable,
    });
    worst.fold(Exit::Clean, Exit::or)
}

pub(super) fn wanted<'w>(workspace: &'w Workspace, slugs: &[String]) -> Result<Vec<&'w Request>, Exit> {
    if workspace.requests.is_empty() && workspace.unusable.is_empty() {
        output::tell(&format!("error: the project has no briefing under {}/\n", load::BRIEFINGS));
        return Err(Exit::Unusable);
    }
    if slugs.is_empty() {
        return Ok(workspace.requests.iter().collect());
    }
    let mut found: Vec<&Request> = Vec::new();
    let mut missing = false;
    for slug in slugs {
        match workspace.requests.iter().find(|r| r.slug == *slug) {
            Some(request) if found.iter().any(|f| f.slug == request.slug) => {}
            Some(request) => found.push(request),
            None if workspace.unusable.contains_key(slug) => {}
            None => {
                missing = true;
                let guess = nearest(slug, workspace.requests.iter().map(|r| r.slug.as_str()));
                let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
                output::tell(&format!("error: there is no briefing `{}`{guess}\n", visible(slug)));
            }
        }
    }
    if missing { Err(Exit::Unusable) } else { Ok(found) }
}

/// Shows what is wrong with the files of briefings that are asked for.
fn broken(place: &Place, workspace: &Workspace, slugs: &[String]) -> Result<Exit, Exit> {
    let asked = workspace.unusable.iter().filter(|(slug, _)| slugs.is_empty() || slugs.contains(slug));
    let findings: Vec<Diagnostic> = asked.flat_map(|(_, findings)| findings.iter().cloned()).collect();
    place.findings(&findings)?;
    Ok(if findings.is_empty() { Exit::Clean } else { super::unusable(&findings) })
}

fn context(
    place: &Place,
    workspace: &Workspace,
    verdict: &Verdict<'_>,
    wanted: &[&Request],
    as_of: Option<NaiveDate>,
) -> Result<Exit, Exit> {
    let mut exit = Exit::Clean;
    for request in wanted {
        match workspace.compose(verdict, request, as_of) {
            Ok(composed) => {
                let json = serde_json::to_string_pretty(&composed.view).unwrap_or_default();
                output::print(&format!("{json}\n"))?;
            }
            Err(findings) => {
                place.findings(&findings)?;
                exit = exit.or(severity(&findings));
            }
        }
    }
    Ok(exit)
}

type Outcome = Result<Printed, Vec<Diagnostic>>;

/// Prints briefings, a thread a worker, and hands them over in the order of the requests. However many there are, no more
/// than a few wait to be taken. Where taking fails, those that are not begun are left.
fn print_all(
    workspace: &Workspace,
    verdict: &Verdict<'_>,
    wanted: &[&Request],
    (as_of, written): (Option<NaiveDate>, Written),
    workers: Vec<Worker>,
    (kept, progress): (&Kept, &Progress),
    take: &mut dyn FnMut(&Request, Outcome) -> Result<(), Exit>,
) -> Result<(), Exit> {
    let formats = Formats { pdf: written.pdf, html: written.html };
    let next = AtomicUsize::new(0);
    let (hand, taken) = mpsc::sync_channel::<(usize, Outcome)>(workers.len());
    std::thread::scope(|scope| {
        for mut worker in workers {
            let (next, hand) = (&next, hand.clone());
            // where one cannot be started, the others print what it would have
            let _ = std::thread::Builder::new().spawn_scoped(scope, move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = wanted.get(index) else { break };
                    let outcome = workspace.print_as(verdict, request, as_of, formats, &mut |job| {
                        kept.set(&request.slug, job, &mut worker)
                    });
                    if hand.send((index, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(hand);
        let mut early: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut turn = 0;
        for (index, outcome) in taken {
            early.insert(index, outcome);
            while let Some(outcome) = early.remove(&turn) {
                let Some(request) = wanted.get(turn) else { break };
                take(request, outcome)?;
                progress.step();
                turn += 1;
            }
        }
        let lost = || {
            let finding = Diagnostic::new("worker", "a briefing could not be printed: no thread could be started");
            Err(vec![finding.note("the system has none to give just now; try again")])
        };
        for (index, request) in wanted.iter().enumerate().skip(turn) {
            take(request, early.remove(&index).unwrap_or_else(lost))?;
        }
        Ok(())
    })
}

/// Claims the folder that is written to: the project's own, or the one that the call names, which may lie anywhere.
pub(super) fn claim(workspace: &Workspace, out: Option<&Path>) -> Result<output::Claimed, Exit> {
    let shown = out.map_or(load::BRIEFINGS.to_owned(), |out| visible(&out.display().to_string()));
    let claimed = match out {
        Some(out) => {
            if let Err(error) = std::fs::create_dir_all(out) {
                output::tell(&format!("error: cannot make the folder {shown}: {error}\n"));
                return Err(Exit::Io);
            }
            output::claim(out)
        }
        None => {
            let root = &workspace.project.root;
            output::claim_in(root, &root.join(load::BRIEFINGS))
        }
    };
    claimed.map_err(|error| {
        output::tell(&format!("error: cannot write to {shown}/: {error}\n"));
        Exit::Io
    })
}

/// What was done with a file of a briefing.
pub(super) struct Done<'a> {
    /// Its name.
    name: &'a str,
    /// What it holds now; nothing, where it was taken away.
    bytes: Option<&'a [u8]>,
    /// Whether anything was changed.
    pub(super) changed: bool,
    /// What there is to say of it: a line, or nothing.
    line: String,
}

/// Writes a briefing into a claimed folder, and says of each file what was done; the folder is still to be flushed. Printed as
/// of another day, it has that day in its name, and no record of issues is kept of it.
pub(super) fn write(
    workspace: &Workspace,
    request: &Request,
    printed: &Printed,
    (as_of, written): (Option<NaiveDate>, Written),
    (out, claimed): (Option<&Path>, &output::Claimed),
    done: &mut dyn FnMut(Done<'_>),
) -> Exit {
    let own = workspace.project.root.join(load::BRIEFINGS);
    let shown = out.map_or(load::BRIEFINGS.to_owned(), |dir| visible(&dir.display().to_string()));
    let folder = out.unwrap_or(&own);
    let failed = |name: &str, error: &std::io::Error| {
        output::tell(&format!(
            "error: cannot write {shown}/{name}: {error}\n  = note: what was there before is unchanged\n"
        ));
        Exit::Io
    };
    let mut exit = Exit::Clean;
    let stem = match as_of {
        Some(day) => format!("{}.as-of-{day}", request.slug),
        None => request.slug.clone(),
    };
    let issues = printed.issues.print();
    let named = |name: &str| name.replacen(&request.slug, &stem, 1);
    // a picture is named after the briefing in the Markdown, too
    let mut markdown = printed.markdown.clone();
    if as_of.is_some() {
        for name in printed.pictures.keys() {
            markdown = markdown.replace(&format!("]({name})"), &format!("]({})", named(name)));
        }
    }
    let mut files: Vec<(String, &[u8])> = Vec::new();
    if written.markdown {
        files.push((format!("{stem}.md"), markdown.as_bytes()));
    }
    if written.pdf {
        files.push((format!("{stem}.pdf"), printed.pdf.as_slice()));
    }
    if written.html {
        files.push((format!("{stem}.html"), printed.html.as_bytes()));
    }
    if written.markdown {
        files.extend(printed.pictures.iter().map(|(name, svg)| (named(name), svg.as_bytes())));
    }
    let recorded = as_of.is_none() && out.is_none() && written.is_pair();
    if recorded {
        // last: a pair torn by a fault is told by its hashes
        files.push((format!("{stem}.{}", issue::ENDING), issues.as_bytes()));
    }
    // all can be written, or none is: a new Markdown beside an old PDF would say two things
    for (name, _) in &files {
        if let Err(error) = output::writable(&folder.join(name)) {
            return failed(name, &error);
        }
    }
    let mut staged = Vec::new();
    for (name, bytes) in &files {
        match output::stage(claimed, &folder.join(name), bytes) {
            Ok(file) => staged.push((name, *bytes, file)),
            Err(error) => return failed(name, &error),
        }
    }
    let mut placed: Vec<String> = Vec::new();
    for (name, bytes, file) in staged {
        match file.place() {
            Ok(changed) => {
                if changed {
                    placed.push(format!("{shown}/{name}"));
                }
                let what = if changed { "wrote" } else { "current" };
                let line = match name.ends_with(issue::ENDING) {
                    true => String::new(),
                    false => format!("{what} {shown}/{name}{}\n", pages(name, printed)),
                };
                done(Done { name, bytes: Some(bytes), changed, line });
            }
            Err(error) if placed.is_empty() => return failed(name, &error),
            Err(error) => {
                output::tell(&format!(
                    "error: cannot write {shown}/{name}: {error}\n  = note: new already: {}; the rest of the briefing is unchanged, and the next `factbrief build` completes it\n",
                    placed.join(", ")
                ));
                exit = Exit::Io;
                break;
            }
        }
    }
    if recorded && exit == Exit::Clean {
        for name in outdated(workspace, request, printed) {
            match std::fs::remove_file(folder.join(&name)) {
                Ok(()) => {
                    let line = format!("removed {shown}/{name}: the briefing shows it no longer\n");
                    done(Done { name: &name, bytes: None, changed: true, line });
                }
                Err(error) => exit = failed(&name, &error),
            }
        }
    }
    exit
}

/// Pictures that the program drew for a briefing, that it shows no longer, and that nobody has changed since.
fn outdated(workspace: &Workspace, request: &Request, printed: &Printed) -> Vec<String> {
    let folder = workspace.project.root.join(load::BRIEFINGS);
    let before = workspace.issues.get(&request.slug).into_iter().flat_map(|kept| &kept.pictures);
    before
        .filter(|(name, hash)| {
            // the file is the program's own, but it may have been edited by hand
            let own = name.starts_with(&format!("{}.", request.slug))
                && name.ends_with(".svg")
                && !name.contains(['/', '\\']);
            let there = || load::read::bytes(&folder.join(name)).is_ok_and(|bytes| sha256(&bytes) == **hash);
            own && !printed.pictures.contains_key(*name) && there()
        })
        .map(|(name, _)| name.clone())
        .collect()
}

fn pages(name: &str, printed: &Printed) -> String {
    match (name.ends_with(".pdf"), printed.pages) {
        (true, 1) => " (1 page)".to_owned(),
        (true, n) => format!(" ({n} pages)"),
        _ => String::new(),
    }
}

/// What a comparison with what is there came to: never a pass without saying what was compared.
fn compared(place: &Place, stale: usize, current: usize, asked: usize) -> Result<(), Exit> {
    let compared = stale + current;
    if place.format() == Format::Json {
        let line = serde_json::json!({ "reason": "build", "briefings": asked, "compared": compared, "stale": stale });
        return output::print(&format!("{line}\n"));
    }
    let unprinted = match asked - compared {
        0 => String::new(),
        n => format!("; {n} cannot be printed"),
    };
    let told = match (stale, compared) {
        (_, 0) => "no briefing was compared".to_owned(),
        (0, 1) => "1 briefing compared with what is there: it is current".to_owned(),
        (0, n) => format!("{n} briefings compared with what is there: all are current"),
        (n, of) => format!("{n} of {of} briefings not current; `factbrief build` prints them"),
    };
    place.tell(&format!("{told}{unprinted}\n"));
    Ok(())
}

/// Briefings that are asked for and whose file cannot be used.
pub(super) fn unprinted(workspace: &Workspace, slugs: &[String]) -> Vec<Case> {
    let asked = workspace.unusable.iter().filter(|(slug, _)| slugs.is_empty() || slugs.contains(slug));
    asked
        .map(|(slug, findings)| Case {
            class: "briefings".to_owned(),
            name: slug.clone(),
            said: String::new(),
            findings: findings.clone(),
        })
        .collect()
}

/// The first line of a text that a difference changes, other than that with the hash of the facts, which changes with all
/// else and tells nothing.
fn first_change(diff: &TextDiff<'_, '_, str>, old: &str, hash: &str) -> std::ops::Range<usize> {
    let mut starts = vec![0];
    starts.extend(old.match_indices('\n').map(|(at, _)| at + 1));
    let line = |number: usize| {
        let start = starts.get(number).or(starts.last()).copied().unwrap_or_default();
        start..start + old[start..].find('\n').unwrap_or(old.len() - start)
    };
    let (mut at, mut hashed) = (None, None);
    for change in diff.iter_all_changes() {
        let Some(number) = change.old_index() else {
            // an insertion stands before the line that follows
            let number = at.map_or(0, |n: usize| n + 1);
            if change.value().contains(hash) {
                hashed.get_or_insert(number.saturating_sub(1));
                continue;
            }
            return line(number.min(starts.len() - 1));
        };
        at = Some(number);
        if change.tag() == ChangeTag::Delete {
            let replaced = diff.iter_all_changes().skip_while(|c| c.old_index() != Some(number)).skip(1);
            let is_hash = replaced
                .take_while(|c| c.tag() != ChangeTag::Equal)
                .find(|c| c.tag() == ChangeTag::Insert)
                .is_some_and(|c| c.value().contains(hash));
            if !is_hash {
                return line(number);
            }
            hashed.get_or_insert(number);
        }
    }
    line(hashed.unwrap_or_default())
}

/// What of a briefing is not what the program prints now, with the difference of its text; nothing, where it is current.
fn outdated_parts(
    workspace: &Workspace,
    request: &Request,
    printed: &Printed,
    written: Written,
) -> Option<(Diagnostic, String)> {
    let folder = workspace.project.root.join(load::BRIEFINGS);
    let read = |ending: &str| load::read::bytes(&folder.join(format!("{}.{ending}", request.slug)));
    let name = format!("{}/{}", load::BRIEFINGS, request.slug);
    let mut parts: Vec<String> = Vec::new();
    let mut place = (std::sync::Arc::clone(&request.file), request.kind.span().clone());
    let mut shown = String::new();
    match read("md") {
        _ if !written.markdown => {}
        Ok(bytes) if bytes == printed.markdown.as_bytes() => {}
        Ok(bytes) => {
            parts.push(format!("{name}.md: it differs"));
            let old = String::from_utf8_lossy(&bytes).into_owned();
            let diff = TextDiff::from_lines(&old, &printed.markdown);
            let text = diff
                .unified_diff()
                .context_radius(2)
                .header(&format!("{name}.md (as it is)"), &format!("{name}.md (as it would be)"))
                .to_string();
            shown = factbrief::text::gate::visible_lines(&text);
            let line = first_change(&diff, &old, &printed.view.facts_hash);
            place = (std::sync::Arc::new(TextFile::new(format!("{name}.md"), old)), line);
        }
        Err(why) => parts.push(format!("{name}.md: {why}")),
    }
    match read("pdf") {
        _ if !written.pdf => {}
        Ok(bytes) if bytes == printed.pdf => {}
        Ok(_) if parts.is_empty() => {
            parts.push(format!("{name}.pdf: its text is current, its bytes are not: it was printed by another build"));
        }
        Ok(_) => parts.push(format!("{name}.pdf: it differs, too")),
        Err(why) => parts.push(format!("{name}.pdf: {why}")),
    }
    if written.html {
        match read("html") {
            Ok(bytes) if bytes == printed.html.as_bytes() => {}
            Ok(_) => parts.push(format!("{name}.html: it differs")),
            Err(why) => parts.push(format!("{name}.html: {why}")),
        }
    }
    for (picture, svg) in printed.pictures.iter().filter(|_| written.markdown) {
        match load::read::bytes(&folder.join(picture)) {
            Ok(bytes) if bytes == svg.as_bytes() => {}
            Ok(_) => parts.push(format!("{}/{picture}: it differs", load::BRIEFINGS)),
            Err(why) => parts.push(format!("{}/{picture}: {why}", load::BRIEFINGS)),
        }
    }
    for picture in outdated(workspace, request, printed).into_iter().filter(|_| written.is_pair()) {
        parts.push(format!("{}/{picture}: the briefing shows it no longer", load::BRIEFINGS));
    }
    let recorded = || read(issue::ENDING).is_ok_and(|bytes| bytes == printed.issues.print().as_bytes());
    if parts.is_empty() && written.is_pair() && !recorded() {
        parts.push(format!("{name}.{}: it does not record what is printed", issue::ENDING));
    }
    if parts.is_empty() {
        return None;
    }
    let (file, span) = place;
    let here = if file.name().ends_with(".md") { "from here on" } else { "this briefing" };
    let mut finding =
        Diagnostic::new("briefing-stale", format!("briefing `{}` is not what would be printed now", request.slug))
            .at(&file, &span, here);
    finding.level = Level::Deny;
    for part in parts {
        finding = finding.note(format!("stale: {part}"));
    }
    Some((finding.help(format!("run `factbrief build {}`, and commit what it prints", request.slug)), shown))
}
