//! The stage behind the verdict: its tickets and incidents, and what they mean for the gate.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::incident::concern::unknown_projects;
use crate::outcome::{Adjustment, Outcome};
use crate::problem::{Gap, GapCode};
use crate::tracking::audience::Audience;
use crate::tracking::incidents::{Setting, TellExposure, synchronise_incidents};
use crate::tracking::plan::Rules;
use crate::tracking::scan::{Checkout, LeftOutText, Scan};
use crate::tracking::standing::Standing;
use crate::tracking::synchronise::{Synchronised, synchronise};
use crate::tracking::ticket::Tickets;
use crate::tracking::tracker::{Repository, Tracker, TrackerError};
use crate::verdict::{Disposition, Trial};

/// What a run is asked to do about tickets.
pub struct Request<'run> {
    /// What was checked out.
    pub checkout: Checkout,
    /// Whether issues may be written.
    pub writes: bool,
    /// Why not everything in the repository was searched; `None` if it was.
    pub partial: Option<String>,
    /// Whether an issue that is still to be opened counts as none: a release ships now.
    pub is_release: bool,
    /// What claims would hold, as far as they were tried.
    pub trials: &'run [Trial],
    /// Tells when something was exposed.
    pub exposure: TellExposure<'run>,
}

/// What was done about tickets, and where.
#[derive(Debug)]
pub struct Tracked {
    pub repository: Repository,
    /// The steps for tickets.
    pub done: Synchronised,
    /// Those for incidents, where the policy has any.
    pub incidents: Option<Synchronised>,
}

/// Plans the tickets and incidents of an outcome, writes them if this run may, and makes the outcome
/// as strict as they ask for: what is overdue, closed by a person or not tracked blocks.
///
/// Nothing is written for a change that is not part of a branch yet. Where it cannot be known what
/// is tracked, that is a gap and no finding; where nothing needs an issue it is a remark.
pub fn track(
    outcome: &mut Outcome,
    tracker: Result<&dyn Tracker, TrackerError>,
    request: &Request<'_>,
) -> Option<Tracked> {
    let place = match tracker.and_then(|tracker| Place::of(outcome, tracker, request)) {
        Ok(place) => place,
        Err(error) => {
            note_unknown(outcome, &error, needs_issues(outcome));
            return None;
        }
    };
    let done = match place.tickets(outcome, request) {
        Ok(done) => done,
        Err(error) => {
            note_unknown(outcome, &error, needs_issues(outcome));
            return None;
        }
    };
    let adjustments = adjustments(&Tickets::of(outcome), &done);
    outcome.remarks.extend(remarks(&done));
    outcome.tighten(adjustments, Vec::new());
    let incidents = place.track_incidents(outcome, request);
    Some(Tracked { repository: place.repository, done, incidents })
}

/// Where issues are written, and for whom.
struct Place<'run> {
    tracker: &'run dyn Tracker,
    repository: Repository,
    audience: Audience,
    scan: Scan,
    writes: bool,
}

impl<'run> Place<'run> {
    fn of(
        outcome: &Outcome,
        tracker: &'run dyn Tracker,
        request: &Request<'_>,
    ) -> Result<Self, TrackerError> {
        let repository = tracker.repository()?;
        let checkout = request.checkout.clone();
        Ok(Self {
            tracker,
            audience: Audience::of(outcome, &repository),
            writes: request.writes && !matches!(checkout, Checkout::Proposal(_)),
            scan: Scan {
                left_out: left_out(outcome),
                ..Scan::of(outcome, checkout, request.partial.as_deref(), &repository)
            },
            repository,
        })
    }

    fn tickets(
        &self,
        outcome: &Outcome,
        request: &Request<'_>,
    ) -> Result<Synchronised, TrackerError> {
        let rules = Rules {
            policy: &outcome.policy.ticket,
            audience: &self.audience,
            account: &self.repository.account,
            scan: &self.scan,
            incidents: None,
        };
        let mut tickets = Tickets::of(outcome);
        tickets.propose(request.trials);
        let mut done = synchronise(self.tracker, &tickets, rules, self.writes)?;
        if request.is_release {
            refuse_what_is_only_planned(&mut done);
        }
        Ok(done)
    }

    fn track_incidents(
        &self,
        outcome: &mut Outcome,
        request: &Request<'_>,
    ) -> Option<Synchronised> {
        let policy = outcome.policy.incident.clone()?;
        if request.partial.is_none() {
            let unknown = unknown_projects(outcome, &policy);
            outcome.remarks.extend(unknown.iter().map(|name| {
                format!("no lockfile has a project `{name}`, which `projects` in [incident] names")
            }));
        }
        let setting = Setting {
            audience: &self.audience,
            account: &self.repository.account,
            scan: &self.scan,
            exposure: request.exposure,
            writes: self.writes,
        };
        match synchronise_incidents(self.tracker, outcome, &policy, setting) {
            Ok(mut done) => {
                if request.is_release {
                    refuse_what_is_only_planned(&mut done);
                }
                let adjustments = adjustments(&Tickets::incidents(outcome), &done);
                outcome.remarks.extend(remarks(&done));
                outcome.tighten(adjustments, Vec::new());
                Some(done)
            }
            Err(error) => {
                let is_needed = !Tickets::incidents(outcome).wanted.is_empty();
                note_unknown(outcome, &error, is_needed);
                None
            }
        }
    }
}

/// Files that are left out and larger than this may name anything.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What is left out on purpose, with its text: what it names is not gone.
fn left_out(outcome: &Outcome) -> Vec<LeftOutText> {
    let files = outcome.unsearched.left_out.iter();
    files
        .map(|left_out| LeftOutText {
            file: left_out.file.clone(),
            text: read(&left_out.path).ok(),
        })
        .collect()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if !path.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// What is shipped before anybody tracks it is forgotten: an issue that is still to be opened counts as
/// none.
fn refuse_what_is_only_planned(done: &mut Synchronised) {
    for standing in &mut done.standings {
        if *standing == Standing::Planned {
            let reason = "no issue is open yet; `lockgate ticket sync` opens it".to_owned();
            *standing = Standing::Untracked { reason };
        }
    }
}

fn adjustments(tickets: &Tickets<'_>, done: &Synchronised) -> Vec<Adjustment> {
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

fn needs_issues(outcome: &Outcome) -> bool {
    let mut findings = outcome.verdict.findings.iter();
    findings.any(|decided| decided.disposition == Disposition::Ticket)
        || !Tickets::incidents(outcome).wanted.is_empty()
}

fn note_unknown(outcome: &mut Outcome, error: &TrackerError, is_needed: bool) {
    let message = format!("it is not known what is tracked: {error}");
    if is_needed {
        let gap = Gap::new(GapCode::TicketsUnknown, message, error.help());
        outcome.tighten(Vec::new(), vec![gap]);
    } else {
        outcome.remarks.push(message);
    }
}
