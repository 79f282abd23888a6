//! `factbrief explain`

use factbrief::check::rules::{RULES, find};
use factbrief::text::gate::visible;
use factbrief::text::nearest::nearest;

use super::{Exit, output};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The rule [default: list all rules]
    rule: Option<String>,
}

pub(crate) fn run(options: &Options) -> Exit {
    let text = match &options.rule {
        None => {
            RULES.iter().map(|r| format!("{:32} {:12} {}\n", r.name, r.group.name(), r.group.level().name())).collect()
        }
        Some(name) => match find(name) {
            Some(rule) => rule.page.to_owned(),
            None => {
                no_such_rule(name);
                return Exit::Unusable;
            }
        },
    };
    output::print(&text).err().unwrap_or(Exit::Clean)
}

/// Says that there is no such rule, and which may be meant.
pub(super) fn no_such_rule(name: &str) {
    let guess =
        nearest(name, RULES.iter().map(|r| r.name)).map(|g| format!("; did you mean `{g}`?")).unwrap_or_default();
    output::tell(&format!(
        "error: there is no rule `{}`{guess}\n  = help: `factbrief explain` lists all rules\n",
        visible(name)
    ));
}
