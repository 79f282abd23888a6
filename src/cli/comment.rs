//! What `factbrief diff` tells, as a comment on a pull request: Markdown for GitHub, for people who review.
//!
//! The first line is a mark that nobody sees, by which a workflow finds the comment it wrote before. Whatever comes from
//! records stays text: it calls nobody, links nothing, shows no picture.

use std::fmt::Write as _;

use factbrief::Workspace;
use factbrief::brief::issue::{Difference, Said};
use factbrief::load::revision::{Fate, Moved};
use factbrief::report::github::still;
use factbrief::text::gate::visible;

use super::diff::{Turn, counted, short, turned};

/// The first line of the comment.
pub(super) const MARK: &str = "<!-- factbrief diff -->";

/// GitHub takes no comment of more than 65,536 characters; bytes are never fewer than those, and some are left for what
/// says that more is not shown.
const MOST: usize = 65_536 - 1_024;

/// A part of the comment that can be folded: what it is headed by, and its entries.
struct Part {
    head: String,
    /// What stands before the entries: the head of a table.
    opening: &'static str,
    entries: Vec<String>,
}

/// The comment.
pub(super) fn render(
    since: &str,
    with_facts: bool,
    facts: &[(String, Vec<Moved>)],
    turns: &[Turn],
    workspace: &Workspace,
) -> String {
    let mut out = format!("{MARK}\n### What changes in the briefings\n\n");
    let changed = turns.iter().filter(|turn| !turn.differences.is_empty()).count();
    let told = turns.iter().filter(|turn| turn.unknown.is_none()).count();
    let moved: usize = facts.iter().map(|(_, list)| list.len()).sum();
    let since = if with_facts { format!("since `{}`", code(since)) } else { "since the last issue".to_owned() };
    let briefings = match changed {
        0 if told == 0 => "no briefing can be compared".to_owned(),
        0 => format!("none of {told} briefings says anything else"),
        n => format!("**{n} of {told} {} something else**", if n == 1 { "briefings says" } else { "briefings say" }),
    };
    let records =
        if with_facts { format!("{}; ", counted(moved, "record differs", "records differ")) } else { String::new() };
    let _ = writeln!(out, "Compared with the state {since}: {records}{briefings}.\n");
    for turn in turns {
        if let Some(why) = &turn.unknown {
            let _ = writeln!(out, "- Briefing `{}`: {}", code(&turn.slug), still(&visible(why)));
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for turn in turns.iter().filter(|turn| !turn.differences.is_empty()) {
        let n = counted(turn.differences.len(), "thing it says differs", "things it says differ");
        parts.push(Part {
            head: format!("Briefing <code>{}</code>: {n}", html(&turn.slug)),
            opening: "| | what | before | now | record |\n|---|---|---|---|---|\n",
            entries: turn.differences.iter().map(|d| row(d, &why(workspace, &turn.slug, &d.id))).collect(),
        });
    }
    for (name, list) in facts.iter().filter(|(_, list)| !list.is_empty()) {
        parts.push(Part {
            head: format!(
                "Facts of <code>{}</code>: {}",
                html(name),
                counted(list.len(), "record differs", "records differ")
            ),
            opening: "",
            entries: list.iter().map(item).collect(),
        });
    }
    let mut left = 0;
    for part in &parts {
        let frame = format!("\n<details>\n<summary>{}</summary>\n\n{}", part.head, part.opening);
        let first = part.entries.first().map_or(0, String::len);
        if left > 0 || out.len() + frame.len() + first > MOST {
            left += part.entries.len();
            continue;
        }
        out.push_str(&frame);
        for entry in &part.entries {
            // what comes after one that does not fit is left out, too: the order tells what is missing
            if left > 0 || out.len() + entry.len() > MOST {
                left += 1;
            } else {
                out.push_str(entry);
            }
        }
        out.push_str("\n</details>\n");
    }
    if left > 0 {
        let _ =
            writeln!(out, "\n**{left} more not shown**: a comment has room for no more. `factbrief diff` tells all.");
    }
    out
}

/// What `changes` of the dossier say of a record.
fn why(workspace: &Workspace, slug: &str, id: &str) -> Vec<String> {
    let request = workspace.requests.iter().find(|request| request.slug == slug);
    let dossier = request.and_then(|r| workspace.dossier_of(r).ok()).and_then(|name| workspace.dossiers.get(name));
    let Some((dossier, subject)) = dossier.and_then(|d| Some((d, d.find(id)?))) else { return Vec::new() };
    let about = dossier.changes.iter().filter(|(_, change)| change.affects.iter().any(|a| **a == subject));
    about.map(|(_, change)| change.text.to_string()).collect()
}

/// A row of the table: what happened, what it is about and who says so, what was said, what is said.
fn row(difference: &Difference, why: &[String]) -> String {
    let cell = |said: &Option<Said>| match said {
        None => "—".to_owned(),
        Some(said) => {
            let value = if said.value.is_empty() { &said.what } else { &said.value };
            let grade = if said.grade.is_empty() { String::new() } else { format!(" (grade {})", still(&said.grade)) };
            format!("{}{grade}", still(&short(value)))
        }
    };
    // what has no value says nothing but what it is about: before and now tell that
    let about = |said: &'_ Said| if said.value.is_empty() { said.kind.clone() } else { said.what.clone() };
    let what = difference.now.as_ref().or(difference.before.as_ref()).map(about);
    let mut what = still(&short(&what.unwrap_or_default()));
    for reason in why {
        let _ = write!(what, "<br>{}", still(&short(reason)));
    }
    format!(
        "| {} | {what} | {} | {} | `{}` |\n",
        difference.happened.word(),
        cell(&difference.before),
        cell(&difference.now),
        code(&difference.id)
    )
}

/// A record as an item of a list, with each key that differs.
fn item(moved: &Moved) -> String {
    let word = match moved.fate {
        Fate::New => "new",
        Fate::Gone => "gone",
        Fate::Changed(_) => "changed",
    };
    let mut out = format!("- {word}: {} `{}`\n", moved.kind, code(&moved.id));
    if let Fate::Changed(keys) = &moved.fate {
        for key in keys {
            let _ = writeln!(out, "  - {}", still(&turned(key)));
        }
    }
    out
}

/// Text between backticks, which it cannot leave; nor the cell of a table.
fn code(text: &str) -> String {
    visible(text).replace('`', "'").replace('|', "\\|")
}

/// Text in HTML.
fn html(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@&#8203;")
}
