//! The stage behind the verdict: its tickets, and what they mean for the gate.

use std::path::PathBuf;

use crate::outcome::Outcome;
use crate::problem::{Gap, GapCode};
use crate::tracking::audience::Audience;
use crate::tracking::plan::Rules;
use crate::tracking::scan::{Checkout, Scan};
use crate::tracking::standing::Standing;
use crate::tracking::synchronise::{Synchronised, synchronise};
use crate::tracking::ticket::Tickets;
use crate::tracking::tracker::{Repository, Tracker, TrackerError};
use crate::verdict::Disposition;

/// What a run is asked to do about tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What was checked out.
    pub checkout: Checkout,
    /// Whether issues may be written.
    pub writes: bool,
    /// Whether everything in the repository was searched.
    pub is_whole: bool,
    /// Whether an issue that is still to be opened counts as none: a release ships now.
    pub is_release: bool,
}

/// Whether one of the paths that were searched is the root of a repository: then nothing that it
/// locks was passed over but what the policy excludes.
pub fn is_whole(paths: &[PathBuf]) -> bool {
    paths.iter().any(|path| path.join(".git").exists())
}

/// What was done about tickets, and where.
#[derive(Debug)]
pub struct Tracked {
    /// The repository.
    pub repository: Repository,
    /// The steps.
    pub done: Synchronised,
}

/// Plans the tickets of an outcome, writes them if this run may, and makes the outcome as strict as
/// they ask for: what is overdue, closed by a person or not tracked blocks.
///
/// Nothing is written for a change that is not part of a branch yet. Where it cannot be known what
/// is tracked, that is a gap and no finding; where nothing needs a ticket it is a remark.
pub fn track(
    outcome: &mut Outcome,
    tracker: Result<&dyn Tracker, TrackerError>,
    request: Request,
) -> Option<Tracked> {
    let is_release = request.is_release;
    match look_and_write(outcome, tracker, request) {
        Ok(mut result) => {
            if is_release {
                result
                    .done
                    .standings
                    .iter_mut()
                    .for_each(refuse_what_is_only_planned);
            }
            let adjustments = adjustments(outcome, &result.done);
            outcome.remarks.extend(remarks(&result.done));
            outcome.tighten(adjustments, Vec::new());
            Some(result)
        }
        Err(error) => {
            note_unknown(outcome, &error);
            None
        }
    }
}

/// What is shipped before anybody tracks it is forgotten.
fn refuse_what_is_only_planned(standing: &mut Standing) {
    if *standing == Standing::Planned {
        let reason = "no issue is open yet; `lockgate ticket sync` opens it".to_owned();
        *standing = Standing::Untracked { reason };
    }
}

fn look_and_write(
    outcome: &Outcome,
    tracker: Result<&dyn Tracker, TrackerError>,
    request: Request,
) -> Result<Tracked, TrackerError> {
    let tracker = tracker?;
    let repository = tracker.repository()?;
    let audience = Audience::of(outcome, &repository);
    let Request { checkout, writes, is_whole, .. } = request;
    let writes = writes && !matches!(checkout, Checkout::Proposal(_));
    let scan = Scan::of(outcome, checkout, is_whole, &repository);
    let rules = Rules {
        policy: &outcome.policy.ticket,
        audience: &audience,
        account: &repository.account,
        scan: &scan,
    };
    let done = synchronise(tracker, &Tickets::of(outcome), rules, writes)?;
    Ok(Tracked { repository, done })
}

fn adjustments(outcome: &Outcome, done: &Synchronised) -> Vec<crate::outcome::Adjustment> {
    let tickets = Tickets::of(outcome);
    tickets
        .wanted
        .iter()
        .zip(&done.standings)
        .flat_map(|(ticket, standing)| standing.adjustments(ticket))
        .collect()
}

fn remarks(done: &Synchronised) -> impl Iterator<Item = String> {
    done.failures().map(|(step, problem, help)| {
        format!("ticket {} ({}): {problem}; {help}", step.key.shown(), step.action.as_str())
    })
}

fn note_unknown(outcome: &mut Outcome, error: &TrackerError) {
    let message = format!("it is not known what is tracked: {error}");
    let needs_tickets = outcome
        .verdict
        .findings
        .iter()
        .any(|decided| decided.disposition == Disposition::Ticket);
    if needs_tickets {
        let gap = Gap::new(GapCode::TicketsUnknown, message, error.help());
        outcome.tighten(Vec::new(), vec![gap]);
    } else {
        outcome.remarks.push(message);
    }
}
