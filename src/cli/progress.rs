//! How far long work has come, on a terminal: never in a pipe, a log or a job, and gone when the work is done.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a sign of life moves.
const TICK: Duration = Duration::from_millis(120);

/// More records than this are checked for longer than a blink.
pub(super) const MANY_RECORDS: usize = 5_000;

/// A line that says how far work has come. Gone when dropped.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Counts things of which there are `all`; nothing is shown for a single one.
    pub(super) fn counting(all: usize, what: &'static str) -> Self {
        let bar = hidden_unless(all > 1 && watched(), all as u64);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Says that something is under way, which takes a while where it is `long`.
    pub(super) fn waiting(long: bool, what: String) -> Self {
        let bar = hidden_unless(long && watched(), 0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {spinner}") {
            bar.set_style(style.tick_chars("|/-\\ "));
        }
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// One more is done.
    pub(super) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn hidden_unless(shown: bool, all: u64) -> ProgressBar {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    ProgressBar::with_draw_target(Some(all), target)
}

/// Whether a person watches standard error on a terminal that can move its cursor.
fn watched() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stderr().is_terminal() && !is_dumb && !is_set("CI") && !is_set("GITHUB_ACTIONS")
}
