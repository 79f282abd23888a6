//! `factbrief quote`

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use factbrief::Workspace;
use factbrief::facts::dossier::{Dossier, Source};
use factbrief::facts::table::Ref;
use factbrief::load::archive::Archive;
use factbrief::load::{self, read};
use factbrief::propose::coverage::Pointed;
use factbrief::propose::desk::Desk;
use factbrief::propose::record::Wish;
use factbrief::propose::trial::Against;
use factbrief::propose::{Kind, Proposal, commented};
use factbrief::report::{self, Format};
use factbrief::text::article::{Article, Zone};
use factbrief::text::find::{self, Hit, Quotation, is_whole};
use factbrief::text::gate::visible;
use factbrief::text::nearest::nearest;
use factbrief::text::normalise::fold;

use super::check::open;
use super::{Exit, Levels, Place, output};

/// The file that proposals are appended to, unless another is named.
const PROPOSALS: &str = "proposals.toml";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The source's id
    source: String,
    /// A few words of its article, as they stand there
    words: String,
    /// The words just before them, where they stand in several places
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
    /// The event that the record is about
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// The kind of record [default: claims for numbers, positions for speech, else background]
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<Asked>,
    /// Write the proposals, commented out, at the end of a file of the dossier [default: proposals.toml]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = PROPOSALS)]
    append: Option<String>,
    /// The dossier, where several have a source of that id
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Asked {
    Claim,
    Position,
    Background,
    Event,
}

pub(crate) fn run(place: &Place, options: &Options) -> Exit {
    attempt(place, options).unwrap_or_else(|exit| exit)
}

fn attempt(place: &Place, options: &Options) -> Result<Exit, Exit> {
    let workspace = open(place)?;
    let (name, dossier, source) = source_of(&workspace, &options.source, options.dossier.as_deref())?;
    if let Some(event) = &options.event
        && dossier.events.get(event).is_none()
    {
        let known = dossier.events.iter().map(|(_, e)| e.id.as_str());
        let guess = nearest(event, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
        output::tell(&format!("error: there is no event `{}`{guess}\n", visible(event)));
        return Err(Exit::Unusable);
    }
    let target = options.append.as_deref().map(|file| target(&workspace, name, file)).transpose()?;
    let archive = place.archive(&workspace.project)?;
    let desk = desk(dossier, source, &archive)?;
    let hit = the_one(&desk, options)?;
    if desk.article().zone(&hit.original) == Zone::Furniture {
        output::tell(&format!(
            "error: these words are page furniture of `{}` (line {}), and never quoted\n  = help: quote the article itself\n",
            options.source,
            desk.article().line(hit.original.start)
        ));
        return Err(Exit::Findings);
    }
    let kind = options.kind.map(|kind| match kind {
        Asked::Claim => Kind::Claim,
        Asked::Position => Kind::Position,
        Asked::Background => Kind::Background,
        Asked::Event => Kind::Event,
    });
    let settings = Levels { deny: Vec::new(), warn: Vec::new(), allow: Vec::new() }.settings(&workspace.project)?;
    let wish = Wish { event: options.event.as_deref(), pointed: None };
    let against = Against::Dossier(workspace.locks.get(name));
    let Pointed { proposals, left } =
        desk.quote(&hit.folded, kind, &wish, &settings, &against).map_err(|findings| {
            let _ = place.findings(&findings);
            Exit::Defect
        })?;
    for (number, why) in &left {
        output::tell(&format!("note: \"{}\" makes no claim: {why}\n", visible(number)));
    }
    if proposals.is_empty() {
        output::tell(
            "error: no such record can be made of these words\n  = help: `--as background` proposes one for any words\n",
        );
        return Err(Exit::Findings);
    }
    for proposal in &proposals {
        if place.format() == Format::Json {
            output::print(&json(name, &options.source, proposal))?;
        } else {
            let head = format!("# {}, line {}: {}\n", options.source, proposal.line, sentence(&desk, proposal));
            let text = format!("{head}{}{}\n", proposal.toml, remarks(proposal));
            if target.is_none() {
                output::print(&text)?;
            }
            // shown in full, with the passage it is held against
            if proposal.fails() {
                place.findings(&proposal.findings)?;
            }
        }
    }
    if let Some((path, shown)) = target {
        let text: String = proposals.iter().map(|p| block(&options.source, p)).collect();
        append(&workspace, name, &path, &shown, &text)?;
    }
    Ok(if proposals.iter().any(Proposal::fails) { Exit::Findings } else { Exit::Clean })
}

/// A proposal as a line of JSON.
pub(super) fn json(dossier: &str, source: &str, proposal: &Proposal) -> String {
    let findings: Vec<String> = proposal.findings.iter().map(|f| one_line(f).to_owned()).collect();
    let line = serde_json::json!({
        "reason": "proposal", "dossier": dossier, "source": source, "kind": proposal.kind.word(), "id": proposal.id,
        "line": proposal.line, "bytes": [proposal.original.start, proposal.original.end], "toml": proposal.toml,
        "open": proposal.open, "findings": findings,
    });
    format!("{line}\n")
}

fn one_line(finding: &factbrief::diag::Diagnostic) -> String {
    let label = finding.labels.iter().map(|l| l.text.as_str()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
    let label = if label.is_empty() { String::new() } else { format!(" ({})", visible(&label)) };
    format!("{}[{}]: {}{label}", report::severity(finding.level), finding.code, visible(&finding.title))
}

/// What the check finds in a proposal, as comments behind it.
fn remarks(proposal: &Proposal) -> String {
    proposal.findings.iter().map(|f| format!("# the check finds {}\n", one_line(f))).collect()
}

/// A proposal for a file: every line a comment, none of them the article's but what is quoted.
pub(super) fn block(source: &str, proposal: &Proposal) -> String {
    let text = format!("{}{}", proposal.toml, remarks(proposal));
    format!("\n# proposed from {source}, line {}\n{}", proposal.line, commented(&text))
}

/// The sentence that a proposal quotes from, shortened.
fn sentence(desk: &Desk<'_>, proposal: &Proposal) -> String {
    let folded = desk.article().folded().folded(&proposal.original);
    let paragraph = factbrief::propose::reading::Paragraph::at(desk, folded.start);
    let within = folded.start - paragraph.range.start..folded.end - paragraph.range.start;
    around(paragraph.text, &paragraph.sentence_of(&within), &within)
}

/// A sentence on one line, cut where it is long, with a part of it in view.
pub(super) fn around(text: &str, sentence: &Range<usize>, part: &Range<usize>) -> String {
    const SHOWN: usize = 160;
    let slice = &text[sentence.clone()];
    if slice.chars().count() <= SHOWN {
        return visible(slice);
    }
    let mut start = part.start.max(sentence.start);
    let mut end = part.end.min(sentence.end).max(start);
    let room = SHOWN.saturating_sub(text[start..end].chars().count()) / 2;
    for _ in 0..room {
        start = text[sentence.start..start].char_indices().next_back().map_or(start, |(i, _)| sentence.start + i);
        end += text[end..sentence.end].chars().next().map_or(0, char::len_utf8);
    }
    // whole words
    if start > sentence.start {
        start += text[start..end].find(' ').map_or(0, |i| i + 1);
    }
    if end < sentence.end {
        end = text[start..end].rfind(' ').map_or(end, |i| start + i);
    }
    let mark = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", mark(start > sentence.start), visible(&text[start..end]), mark(end < sentence.end))
}

/// A source by its id, in the dossier that is named or the only one that has it.
pub(super) fn source_of<'w>(
    workspace: &'w Workspace,
    id: &str,
    dossier: Option<&str>,
) -> Result<(&'w str, &'w Dossier, Ref<Source>), Exit> {
    let among = named(workspace, dossier)?;
    let holders: Vec<_> = among.iter().filter_map(|(n, d)| d.sources.get(id).map(|(r, _)| (*n, *d, r))).collect();
    match holders.as_slice() {
        [one] => Ok(*one),
        [] => {
            let known = among.iter().flat_map(|(_, d)| d.sources.iter().map(|(_, s)| s.id.as_str()));
            let guess = nearest(id, known).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            output::tell(&format!("error: there is no source `{}`{guess}\n", visible(id)));
            Err(Exit::Unusable)
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(n, ..)| *n).collect();
            output::tell(&format!(
                "error: `{}` is a source of several dossiers\n  = help: name one with --dossier: {}\n",
                visible(id),
                names.join(", ")
            ));
            Err(Exit::Unusable)
        }
    }
}

/// The dossiers that are meant: the one that is named, or all.
pub(super) fn named<'w>(workspace: &'w Workspace, name: Option<&str>) -> Result<Vec<(&'w str, &'w Dossier)>, Exit> {
    let Some(name) = name else { return Ok(workspace.dossiers.iter().map(|(n, d)| (n.as_str(), d)).collect()) };
    match workspace.dossiers.get_key_value(name) {
        Some((name, dossier)) => Ok(vec![(name.as_str(), dossier)]),
        None => {
            let guess = nearest(name, workspace.dossiers.keys().map(String::as_str));
            let guess = guess.map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
            output::tell(&format!("error: there is no dossier `{}`{guess}\n", visible(name)));
            Err(Exit::Unusable)
        }
    }
}

/// The article of a source, or why it is not at hand.
pub(super) fn desk<'d>(dossier: &'d Dossier, source: Ref<Source>, archive: &Archive) -> Result<Desk<'d>, Exit> {
    if !archive.is_present() {
        output::tell(
            "error: the articles are not at hand\n  = help: name their folder: `--archive DIR`, or `archive` in factbrief.toml\n",
        );
        return Err(Exit::Io);
    }
    Desk::open(dossier, source, archive).map_err(|why| {
        let id = &dossier.sources[source].id;
        output::tell(&format!("error: the article of source `{id}` cannot be used: {}\n", visible(&why)));
        Exit::Io
    })
}

/// The one place where the words stand; where there is none or several, help, and nothing is taken for granted.
fn the_one(desk: &Desk<'_>, options: &Options) -> Result<Hit, Exit> {
    let article = desk.article();
    let words = options.words.as_str();
    let quotation = Quotation::parse(words).map_err(|_| {
        output::tell("error: no words are given\n  = help: quote a few words as they stand in the article; `[...]` joins passages\n");
        Exit::Unusable
    })?;
    let mut hits = find::find(article, words, &quotation);
    let text = article.folded().text();
    if let Some(prefix) = &options.prefix {
        let prefix = fold(prefix);
        let anywhere = hits.len();
        hits.retain(|hit| {
            let before = text[..hit.folded.start].trim_end();
            before.ends_with(&prefix) && is_whole(before, &(before.len() - prefix.len()..before.len()))
        });
        if hits.is_empty() && anywhere > 0 {
            output::tell(&format!(
                "error: the words stand in `{}`, and nowhere right behind that prefix\n",
                options.source
            ));
            return Err(Exit::Findings);
        }
    }
    match hits.as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            output::tell(&format!("error: these words do not stand in `{}`\n", options.source));
            near(article, words);
            Err(Exit::Findings)
        }
        several => {
            output::tell(&format!("error: these words stand in {} places of `{}`\n", several.len(), options.source));
            for hit in several {
                let which = prefix(text, hit, several)
                    .map_or_else(|| "quote a little more".to_owned(), |p| format!("--prefix \"{}\"", visible(&p)));
                output::tell(&format!(
                    "  line {}: {}\n    {which}\n",
                    article.line(hit.original.start),
                    marked(article, &hit.original)
                ));
            }
            Err(Exit::Findings)
        }
    }
}

/// The passages that come nearest to words that were not found.
pub(super) fn near(article: &Article, words: &str) {
    let near = find::nearest(article, words, 3);
    if near.is_empty() {
        output::tell(
            "  = help: no passage resembles them; words stand inside one paragraph, in the article's own case\n",
        );
    }
    for near in near {
        output::tell(&format!(
            "  near, line {}: \"{}\"\n    the first word that differs is \"{}\"\n",
            article.line(near.original.start),
            visible(article.file().text().get(near.original.clone()).unwrap_or_default()),
            visible(&near.stands)
        ));
    }
}

/// The fewest words before a hit that stand before no other.
fn prefix(text: &str, hit: &Hit, all: &[Hit]) -> Option<String> {
    let paragraph = text[..hit.folded.start].rfind('\n').map_or(0, |i| i + 1);
    let before = text[paragraph..hit.folded.start].trim_end();
    let starts = before
        .char_indices()
        .filter(|(i, c)| !c.is_whitespace() && before[..*i].chars().next_back().is_none_or(char::is_whitespace));
    let mut starts: Vec<usize> = starts.map(|(i, _)| i).collect();
    starts.reverse();
    starts
        .into_iter()
        .map(|i| &before[i..])
        .find(|words| {
            all.iter().filter(|other| text[..other.folded.start].trim_end().ends_with(words)).count() == 1
                && is_whole(before, &(before.len() - words.len()..before.len()))
        })
        .map(str::to_owned)
}

/// The line of an article around a place, the place marked.
pub(super) fn marked(article: &Article, original: &Range<usize>) -> String {
    const AROUND: usize = 60;
    let text = article.file().text();
    let line = article.file().line_at(original.start);
    let line = line.start..line.end.max(original.end);
    let before = &text[line.start..original.start];
    let after = &text[original.end..line.end];
    let cut = before.char_indices().rev().nth(AROUND).and_then(|(i, _)| before[i..].find(' ').map(|j| i + j + 1));
    let end = after.char_indices().nth(AROUND).and_then(|(i, _)| after[..i].rfind(' '));
    format!(
        "{}{}>>>{}<<<{}{}",
        if cut.is_some() { "…" } else { "" },
        visible(&before[cut.unwrap_or(0)..]),
        visible(&text[original.clone()]),
        visible(&after[..end.unwrap_or(after.len())]),
        if end.is_some() { "…" } else { "" }
    )
}

/// The file that `--append` names: one of the dossier's folder.
fn target(workspace: &Workspace, dossier: &str, file: &str) -> Result<(PathBuf, String), Exit> {
    let folder = Path::new(load::SEEDS).join(dossier);
    let given = Path::new(file);
    let given = given.strip_prefix(&folder).unwrap_or(given);
    let plain = matches!(given.components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)]);
    let name = given.to_str().unwrap_or_default();
    if !plain || !name.ends_with(".toml") || load::archive::check_name(name).is_err() {
        output::tell(&format!(
            "error: --append takes a TOML file of {}, and `{}` is none\n",
            visible(&folder.display().to_string()),
            visible(file)
        ));
        return Err(Exit::Unusable);
    }
    Ok((workspace.project.root.join(&folder).join(name), format!("{}/{dossier}/{name}", load::SEEDS)))
}

/// Adds text at the end of a file, all else in which stays as it is.
fn append(workspace: &Workspace, dossier: &str, path: &Path, shown: &str, text: &str) -> Result<(), Exit> {
    let failed = |why: &dyn std::fmt::Display| {
        output::tell(&format!("error: cannot write {shown}: {why}\n  = note: what was there before is unchanged\n"));
        Exit::Io
    };
    let folder = workspace.project.root.join(load::SEEDS).join(dossier);
    let claimed = output::claim_in(&workspace.project.root, &folder).map_err(|error| failed(&error))?;
    let mut bytes = match read::bytes(path) {
        Ok(bytes) => bytes,
        Err(read::Unread::Absent) => Vec::new(),
        Err(why) => return Err(failed(&why)),
    };
    let crlf = bytes.windows(2).any(|pair| pair == b"\r\n");
    let mut added = String::new();
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        added.push('\n');
    }
    added.push_str(if bytes.is_empty() { text.trim_start() } else { text });
    bytes.extend(if crlf { added.replace('\n', "\r\n") } else { added }.into_bytes());
    output::write(&claimed, path, &bytes).map_err(|error| failed(&error))?;
    output::settle(&claimed, shown)?;
    output::tell(&format!("wrote the proposals at the end of {shown}, commented out\n"));
    Ok(())
}
