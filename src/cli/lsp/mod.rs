//! `factbrief lsp`: the Language Server Protocol (3.17) over standard input and output.
//!
//! What an editor is told is worked out in [`factbrief::editor`]. Here are the messages, the open texts, and the check that
//! runs behind them. Nothing is written but messages: the editor carries out what it is offered.

mod checker;
mod session;
mod wire;

use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use gen_lsp_types::ErrorCodes;
use gen_lsp_types::json_rpc::Id;
use serde_json::Value;

use super::{Exit, Place, output};
use checker::{Checked, Composed, Job};
use factbrief::editor::message::{self, Received};
use factbrief::text::gate::visible;
use session::{Session, error};

/// How long no message may have come before what was changed is checked.
const PAUSE: Duration = Duration::from_millis(25);

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Taken for editors that name the way of speaking; there is no other
    #[arg(long, hide = true)]
    stdio: bool,
}

/// What can happen.
enum Event {
    /// The editor sent something.
    Received(Received),
    /// A check is done.
    Checked(Box<Checked>),
    /// The briefings were composed after it.
    Composed(Composed),
}

pub(crate) fn run(place: &Place, _: &Options) -> Exit {
    let only = match place.project.as_ref().map(|_| place.root()).transpose() {
        Ok(only) => only.and_then(|root| std::path::absolute(root).ok()),
        Err(exit) => return exit,
    };
    let archive = match place.named_archive() {
        Ok(archive) => archive,
        Err(exit) => return exit,
    };
    let (events, happened) = mpsc::channel();
    let (jobs, to_check) = mpsc::channel();
    let checked = events.clone();
    std::thread::spawn(move || checker::serve(&to_check, &checked));
    std::thread::spawn(move || listen(&events));
    serve(&mut Session::new(only, archive), &happened, &jobs)
}

/// Reads messages until there are no more.
fn listen(events: &Sender<Event>) {
    let mut input = BufReader::new(std::io::stdin());
    loop {
        let received = message::read(&mut input);
        let ends = matches!(received, Received::End);
        if events.send(Event::Received(received)).is_err() || ends {
            return;
        }
    }
}

fn serve(session: &mut Session, happened: &Receiver<Event>, jobs: &Sender<Job>) -> Exit {
    loop {
        let event = if session.waits() {
            match happened.recv_timeout(PAUSE) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => {
                    for job in session.jobs() {
                        if jobs.send(job).is_err() {
                            return Exit::Defect;
                        }
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return Exit::Io,
            }
        } else {
            match happened.recv() {
                Ok(event) => event,
                Err(_) => return Exit::Io,
            }
        };
        let told = match event {
            Event::Checked(checked) => session.checked(*checked),
            Event::Composed(composed) => session.composed(composed),
            // an editor that goes without a word has not shut down
            Event::Received(Received::End) => return ended(session),
            Event::Received(Received::Malformed(why)) => {
                wire::write(&wire::answer(&Id::Null, Err(error(ErrorCodes::ParseError, why))))
            }
            Event::Received(Received::Message(message)) => match take(session, message) {
                Some(told) => told,
                None => return ended(session),
            },
        };
        if told.is_err() {
            return Exit::Io;
        }
    }
}

/// As the protocol has it: well after `shutdown`, else not.
fn ended(session: &Session) -> Exit {
    if session.shut_down { Exit::Clean } else { Exit::Findings }
}

/// Takes a message; none, where it ends the session.
fn take(session: &mut Session, message: Value) -> Option<std::io::Result<()>> {
    let invalid = |why: &str| Some(wire::write(&wire::answer(&Id::Null, Err(error(ErrorCodes::InvalidRequest, why)))));
    let Value::Object(mut message) = message else { return invalid("a message is an object") };
    let id = message.remove("id");
    let params = message.remove("params").unwrap_or_default();
    let method = match message.remove("method") {
        Some(Value::String(method)) => method,
        // an answer to a request of ours
        None if id.is_some() && (message.contains_key("result") || message.contains_key("error")) => {
            return Some(Ok(()));
        }
        _ => return invalid("a message has a `method`"),
    };
    let Some(id) = id else {
        if method == "exit" {
            return None;
        }
        // what cannot be taken note of is told on standard error, where editors keep a log
        match catch_unwind(AssertUnwindSafe(|| session.notice(&method, params))) {
            Ok(Err(why)) => output::tell(&format!("factbrief: {}: {}\n", visible(&method), visible(&why.message))),
            Ok(Ok(())) => {}
            Err(_) => output::tell("factbrief: this is a defect of the program, not of your input\n"),
        }
        return Some(Ok(()));
    };
    let Ok(id) = serde_json::from_value::<Id>(id) else { return invalid("an id is a number or a string") };
    let outcome = catch_unwind(AssertUnwindSafe(|| session.request(&method, params)));
    let outcome = outcome.unwrap_or_else(|_| {
        Err(error(ErrorCodes::InternalError, "this is a defect of the program, not of your input"))
    });
    Some(wire::write(&wire::answer(&id, outcome)))
}
