//! A number in an analyst's own text that no quotation carries.

use super::Found;
use crate::diag::Diagnostic;
use crate::facts::at::At;
use crate::facts::dossier::{Dossier, Subject};
use crate::facts::text::Text;
use crate::facts::figure::Figure;
use crate::text::calendar::{CalendarWords, calendar};
use crate::text::gate::visible;
use crate::text::lexicon::Lexicon;
use crate::text::normalise::fold;
use crate::text::quantity::{Kind, quantities};

pub(super) fn check(dossier: &Dossier) -> Vec<Found> {
    let mut found = Vec::new();
    // the texts of imported rows are made of cells alone
    for (subject, _) in dossier.heads().filter(|(subject, _)| !dossier.is_imported(*subject)) {
        let versions = prose(dossier, subject).into_iter().flat_map(|(key, text)| text.versions().map(move |v| (key, text, v)));
        for (key, text, (tag, version)) in versions {
            let lexicon = Lexicon::or_bare(tag.unwrap_or(&dossier.language));
            let carried = carried(dossier, subject);
            let folded = fold(version);
            let numbers = quantities(&folded, lexicon)
                .into_iter()
                .filter(|q| !matches!(q.kind, Kind::Vague | Kind::Ordinal(_)))
                // the ledger speaks of "two reports" and "both accounts"; elsewhere "one" is more often a pronoun than a count
                .filter(|q| {
                    let digits = folded[q.span.clone()].contains(char::is_numeric);
                    let one = Figure::read(q).map(|f| f.to_string()) == Some("1".to_owned());
                    digits || !one && !matches!(subject, Subject::Discrepancy(_) | Subject::Gap(_))
                });
            let missing: Vec<String> = numbers
                .filter(|q| Figure::read(q).is_none_or(|f| !carried.figures.contains(&f)))
                .map(|q| folded[q.span].to_owned())
                .chain(
                    calendar(&folded, lexicon)
                        .into_iter()
                        .filter(|c| c.day.is_some() || c.year.is_some())
                        .filter(|c| !carried.dates.iter().any(|known| covers(known, c)))
                        .map(|c| folded[c.span].to_owned()),
                )
                .collect();
            let Some(first) = missing.first() else { continue };
            let head = dossier.head(subject);
            let finding = Diagnostic::new("", format!("the {key} of {} `{}` holds a figure that no quotation carries", head.kind, head.id))
                .at(head.file, text.span(), format!("\"{}\" rests on no record", visible(first)))
                .note("a figure is printed only from a claim, a date only from a record: there each is proved and attributed")
                .help(match subject {
                    Subject::Event(_) | Subject::Claim(_) | Subject::Background(_) => "say it without the figure, or quote the words that carry it",
                    _ => "say it without the figure, and name the records that hold it",
                });
            found.push(Found { subject: Some(subject), diagnostic: finding });
        }
    }
    found
}

struct Carried {
    figures: Vec<Figure>,
    dates: Vec<CalendarWords>,
}

fn covers(known: &CalendarWords, used: &CalendarWords) -> bool {
    let part = |a: Option<i32>, b: Option<i32>| b.is_none() || a == b;
    part(known.day.map(i32::from), used.day.map(i32::from))
        && part(known.month.map(i32::from), used.month.map(i32::from))
        && part(known.year, used.year)
}

/// What the quotations and the date of a record carry.
fn carried(dossier: &Dossier, subject: Subject) -> Carried {
    let mut carried = Carried { figures: Vec::new(), dates: Vec::new() };
    for citation in dossier.citations(subject) {
        let lexicon = Lexicon::or_bare(dossier.language_of(*citation.source));
        let quote = fold(&citation.quote);
        carried.figures.extend(quantities(&quote, lexicon).iter().filter_map(Figure::read));
        carried.dates.extend(calendar(&quote, lexicon));
    }
    let date = match subject {
        Subject::Event(r) => dossier.events[r].date.as_ref(),
        Subject::Position(r) => dossier.positions[r].date.as_ref(),
        Subject::Background(r) => dossier.backgrounds[r].date.as_ref(),
        _ => None,
    };
    if let Some(date) = date {
        for day in [date.earliest(), date.latest()] {
            use chrono::Datelike as _;
            carried.dates.push(CalendarWords {
                day: u8::try_from(day.day()).ok(),
                month: u8::try_from(day.month()).ok(),
                year: Some(day.year()),
                ..CalendarWords::default()
            });
        }
    }
    carried
}

/// The texts of a record that are printed as the analyst's own. A judgement may name figures: it rests on records.
fn prose(dossier: &Dossier, subject: Subject) -> Vec<(&'static str, &At<Text>)> {
    match subject {
        Subject::Event(r) => vec![("title", &dossier.events[r].title)],
        Subject::Claim(r) => dossier.claims[r].covers.iter().map(|c| ("`covers`", c)).collect(),
        Subject::Background(r) => vec![("text", &dossier.backgrounds[r].text)],
        Subject::Discrepancy(r) => vec![("handling", &dossier.discrepancies[r].handling)],
        Subject::Gap(r) => {
            let gap = &dossier.gaps[r];
            let mut texts = vec![("question", &gap.question)];
            texts.extend(gap.why.iter().map(|w| ("`why`", w)));
            texts.extend(gap.closes.iter().map(|c| ("`closes`", c)));
            texts
        }
        _ => Vec::new(),
    }
}
