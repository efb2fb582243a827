//! The stage behind the verdict: its tickets and incidents, and what they mean for the gate.

use super::history::{History, history};
use super::inquiry::{Inquest, Inquiry, Trying};
use super::issues::IssueAccess;
use super::refresh::Surroundings;
use super::whole::not_whole;
use crate::disk;
use crate::incident::exposure::in_one_line;
use crate::incident::trigger::unknown_projects;
use crate::outcome::{Adjustment, Outcome};
use crate::policy::PackageSpec;
use crate::problem::{Gap, GapCode, Problem};
use crate::settings::CheckSettings;
use crate::tracking::github::GitHub;
use crate::tracking::incidents::{IncidentRun, synchronise_incidents};
use crate::tracking::plan::{IssuesAbout, PlanRules};
use crate::tracking::scan::{LeftOutText, Scan, ScannedRef};
use crate::tracking::synchronise::{Synchronised, synchronise};
use crate::tracking::ticket::{Ticket, Tickets};
use crate::tracking::ticket_state::TicketState;
use crate::tracking::tracker::{Repository, Tracker, TrackerError};
use crate::tracking::visibility::Visibility;
use crate::verdict::{DecidedFinding, Disposition, Trial};

/// What was done about tickets, and where.
#[derive(Debug)]
pub struct Tracked {
    pub repository: Repository,
    /// The steps for tickets.
    pub done: Synchronised,
    /// Those for incidents, where the policy has any.
    pub incidents: Option<Synchronised>,
}

/// It is not known what is tracked.
#[derive(Debug)]
pub struct NotTracked {
    /// Why, where nothing needs an issue; else it is a gap of the outcome.
    pub remark: Option<String>,
}

/// Checks what the settings name, and tracks what was found.
///
/// # Errors
/// As for [`super::check`].
pub fn check_and_track(
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
    issues: &IssueAccess,
    writes: bool,
) -> Result<(Outcome, Result<Tracked, NotTracked>), Vec<Problem>> {
    let Inquest { mut outcome, trials } = super::run(settings, surroundings, Trying::WhatIsAtHand)?;
    let purpose = Purpose::Tickets { writes, trials: &trials };
    let tracked = Request { settings, surroundings, issues, purpose }.track(&mut outcome);
    Ok((outcome, tracked))
}

/// Reads the issues, and blocks what is overdue or not tracked: a release ships now. Without a finding
/// that a ticket lets pass nothing is read.
pub fn hold_release(
    outcome: &mut Outcome,
    settings: &CheckSettings,
    surroundings: &Surroundings<'_>,
    issues: &IssueAccess,
) {
    let needs_ticket = |decided: &DecidedFinding| decided.disposition == Disposition::Ticket;
    if outcome.verdict.findings.iter().any(needs_ticket) {
        let request = Request { settings, surroundings, issues, purpose: Purpose::Release };
        // What is not known is in the outcome.
        let _ = request.track(outcome);
    }
}

/// What a run is asked to do about tickets.
struct Request<'run> {
    settings: &'run CheckSettings,
    surroundings: &'run Surroundings<'run>,
    issues: &'run IssueAccess,
    purpose: Purpose<'run>,
}

/// What the issues are looked at for.
enum Purpose<'run> {
    /// To track findings.
    Tickets {
        /// Whether issues may be written.
        writes: bool,
        /// What claims would hold, as far as they were tried.
        trials: &'run [Trial],
    },
    /// To know whether a release may pass. Nothing is written, and an issue that is still to be opened
    /// counts as none.
    Release,
}

impl Request<'_> {
    /// Plans the tickets and incidents of an outcome, writes them if this run may, and makes the
    /// outcome as strict as they ask for: what is overdue, closed by a person or not tracked blocks.
    ///
    /// Nothing is written for a change that is not part of a branch yet. Where it cannot be known what
    /// is tracked, that is a gap and no finding; where nothing needs an issue it is a remark.
    fn track(&self, outcome: &mut Outcome) -> Result<Tracked, NotTracked> {
        let github = self.connect(outcome);
        let place = github.as_ref().map_err(TrackerError::clone);
        let place = place.and_then(|github| Place::of(outcome, github, self));
        let tracked = place.and_then(|place| {
            let (done, adjustments) = place.tickets(outcome, self)?;
            Ok((place, done, adjustments))
        });
        let (place, done, adjustments) = match tracked {
            Ok(tracked) => tracked,
            Err(error) => {
                let is_needed = needs_issues(outcome);
                return Err(note_unknown(outcome, &error, is_needed));
            }
        };
        take_in(outcome, &done, adjustments);
        let incidents = place.track_incidents(outcome, self);
        Ok(Tracked { repository: place.repository, done, incidents })
    }

    fn connect(&self, outcome: &Outcome) -> Result<GitHub, TrackerError> {
        if self.settings.offline {
            let reason = "the network may not be touched (--offline)";
            return Err(TrackerError::Setup(reason.to_owned()));
        }
        self.issues.connect(&outcome.policy)
    }

    fn may_write(&self) -> bool {
        matches!(self.purpose, Purpose::Tickets { writes: true, .. })
    }

    /// What is shipped before anybody tracks it is forgotten.
    fn refuse_what_is_only_planned(&self, done: &mut Synchronised) {
        if !matches!(self.purpose, Purpose::Release) {
            return;
        }
        for ticket_state in &mut done.states {
            if *ticket_state == TicketState::Planned {
                let reason = "no issue is open yet; `lockgate ticket sync` opens it".to_owned();
                *ticket_state = TicketState::Untracked { reason };
            }
        }
    }

    /// When something was exposed, in one line. A repository whose history cannot be told says why.
    fn exposure(&self, ticket: &Ticket<'_>) -> String {
        let Some(advisory) = ticket.key.identifiers.first() else {
            return String::new();
        };
        let package = PackageSpec { name: ticket.key.package.to_string(), versions: None };
        let inquiry = Inquiry { advisory: advisory.clone(), package: Some(package) };
        match history(self.settings, &inquiry, self.surroundings) {
            Ok(History { lockfiles, gaps, .. }) => in_one_line(&lockfiles, &gaps),
            Err(problems) => {
                let reasons: Vec<String> =
                    problems.into_iter().map(|problem| problem.message).collect();
                in_one_line(&[], &reasons)
            }
        }
    }
}

/// Where issues are written, and for whom.
struct Place<'run> {
    tracker: &'run dyn Tracker,
    repository: Repository,
    visibility: Visibility,
    scan: Scan,
    writes: bool,
    /// Whether everything in the repository was searched.
    is_whole: bool,
}

impl<'run> Place<'run> {
    fn of(
        outcome: &Outcome,
        tracker: &'run dyn Tracker,
        request: &Request<'_>,
    ) -> Result<Self, TrackerError> {
        let repository = tracker.repository()?;
        let checkout = ScannedRef::from_reference(request.issues.branch.as_deref());
        let partial = not_whole(outcome, &request.settings.paths);
        Ok(Self {
            tracker,
            visibility: Visibility::of(outcome, &repository),
            writes: request.may_write() && !matches!(checkout, ScannedRef::Proposal(_)),
            scan: Scan {
                left_out: left_out(outcome),
                ..Scan::of(outcome, checkout, partial.as_deref(), &repository)
            },
            is_whole: partial.is_none(),
            repository,
        })
    }

    fn tickets(
        &self,
        outcome: &Outcome,
        request: &Request<'_>,
    ) -> Result<(Synchronised, Vec<Adjustment>), TrackerError> {
        let rules = PlanRules {
            issues: &outcome.policy.ticket.issues,
            visibility: &self.visibility,
            account: &self.repository.account,
            scan: &self.scan,
            about: IssuesAbout::Tickets { due: &outcome.policy.ticket.due },
        };
        let mut tickets = Tickets::of(outcome);
        if let Purpose::Tickets { trials, .. } = request.purpose {
            tickets.propose(trials);
        }
        let mut done = synchronise(self.tracker, &tickets, rules, self.writes)?;
        request.refuse_what_is_only_planned(&mut done);
        let adjustments = adjustments(&tickets, &done);
        Ok((done, adjustments))
    }

    fn track_incidents(
        &self,
        outcome: &mut Outcome,
        request: &Request<'_>,
    ) -> Option<Synchronised> {
        let policy = outcome.policy.incident.clone()?;
        if self.is_whole {
            let unknown = unknown_projects(outcome, &policy);
            outcome.remarks.extend(unknown.iter().map(|name| {
                format!("no lockfile has a project `{name}`, which `projects` in [incident] names")
            }));
        }
        let setting = IncidentRun {
            visibility: &self.visibility,
            account: &self.repository.account,
            scan: &self.scan,
            exposure: &|ticket| request.exposure(ticket),
            writes: self.writes,
        };
        let incidents = Tickets::incidents(outcome);
        let policies = (&policy, &outcome.policy.ticket);
        match synchronise_incidents(self.tracker, &incidents, policies, setting) {
            Ok(mut done) => {
                request.refuse_what_is_only_planned(&mut done);
                let adjustments = adjustments(&incidents, &done);
                take_in(outcome, &done, adjustments);
                Some(done)
            }
            Err(error) => {
                let is_needed = !incidents.wanted.is_empty();
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
            text: disk::read(&left_out.path, MOST_BYTES).ok(),
        })
        .collect()
}

fn adjustments(tickets: &Tickets<'_>, done: &Synchronised) -> Vec<Adjustment> {
    tickets
        .wanted
        .iter()
        .zip(&done.states)
        .flat_map(|(ticket, ticket_state)| ticket_state.adjustments(ticket))
        .collect()
}

/// Makes an outcome as strict as its issues ask for, and says what failed.
fn take_in(outcome: &mut Outcome, done: &Synchronised, adjustments: Vec<Adjustment>) {
    outcome.remarks.extend(done.failures().map(|(step, problem, help)| {
        format!("ticket {} ({}): {problem}; {help}", step.key.display_name(), step.action.as_str())
    }));
    outcome.tighten(adjustments, Vec::new());
}

fn needs_issues(outcome: &Outcome) -> bool {
    let mut findings = outcome.verdict.findings.iter();
    findings.any(|decided| decided.disposition == Disposition::Ticket)
        || !Tickets::incidents(outcome).wanted.is_empty()
}

fn note_unknown(outcome: &mut Outcome, error: &TrackerError, is_needed: bool) -> NotTracked {
    let message = format!("it is not known what is tracked: {error}");
    if is_needed {
        let gap = Gap::new(GapCode::TicketsUnknown, message, error.help());
        outcome.tighten(Vec::new(), vec![gap]);
        return NotTracked { remark: None };
    }
    outcome.remarks.push(message.clone());
    NotTracked { remark: Some(message) }
}
