//! The last stage: the comment on the pull request that is checked. It changes no answer.

use super::issues::IssueAccess;
use crate::outcome::Outcome;
use crate::policy::change::PolicyEffect;
use crate::problem::Problem;
use crate::report;
use crate::settings::{CheckSettings, github_event};
use crate::tracking::sticky::apply::apply;
use crate::tracking::sticky::{self, CommentKey, CommentStep, WantedComment};
use crate::tracking::tracker::TrackerError;
use crate::verdict::{Answer, Disposition};

/// What is worth a new comment. One that is there is kept up to date in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The gate is closed.
    Failure,
    /// The gate is closed, or there is something for a reviewer: a finding that is neither cleared
    /// nor was there before the change, or a policy that the change makes looser.
    Findings,
    Always,
}

/// What a run is asked to do about the comment.
#[derive(Debug)]
pub struct Request<'run> {
    /// Which job speaks, if there are several.
    pub key: Option<CommentKey>,
    /// What is worth a new comment.
    pub occasion: Occasion,
    /// Where the pull request is.
    pub issues: &'run IssueAccess,
    /// Whether it may be written.
    pub writes: bool,
}

/// What was done about the comment, or would be.
#[derive(Debug)]
pub struct Commented {
    /// The number of the pull request.
    pub pull_request: u64,
    pub step: CommentStep,
}

/// Why there is no comment.
#[derive(Debug)]
pub struct Silence {
    pub why: String,
    pub help: String,
}

impl Silence {
    fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
    }
}

/// Writes the comment, or finds out what would be done. `None` where no pull request is checked.
///
/// # Errors
///
/// The comment cannot be written: that is to be said, and decides nothing.
pub fn comment(
    outcome: &Outcome,
    settings: &CheckSettings,
    request: &Request<'_>,
) -> Result<Option<Commented>, Silence> {
    let Some(pull_request) = pull_request()? else {
        return Ok(None);
    };
    if settings.offline {
        return Err(Silence::new("the network may not be touched", "leave out --offline"));
    }
    let wanted = wanted(outcome, request.key.as_ref(), request.occasion);
    let github = request.issues.connect(&outcome.policy);
    let plan = github.and_then(|github| apply(&github, pull_request, &wanted, request.writes));
    let step = plan.map_err(|error| refused(&error))?.step;
    Ok(Some(Commented { pull_request, step }))
}

/// The number of the pull request. It comes from the event and from nowhere else: whatever a pull
/// request brings with it could name another one.
fn pull_request() -> Result<Option<u64>, Silence> {
    let event = github_event().map_err(|problem| {
        let Problem { message, help, .. } = problem;
        Silence::new(message, help.unwrap_or_default())
    })?;
    let Some(event) = event else {
        return Err(Silence::new(
            "no workflow of GitHub runs",
            "--comment takes the pull request from the event that GITHUB_EVENT_NAME names",
        ));
    };
    Ok(event.pull_request())
}

fn refused(error: &TrackerError) -> Silence {
    let help = match error {
        TrackerError::Forbidden(_) | TrackerError::Missing(_) => {
            "give the job `permissions: pull-requests: write`; for forks and for Dependabot the \
             token can only read, and the step summary and annotations say the same"
        }
        TrackerError::Gone(_) | TrackerError::Invalid(_) => {
            "the step summary and annotations say the same"
        }
        other => other.help(),
    };
    Silence::new(error.to_string(), help)
}

fn wanted(outcome: &Outcome, key: Option<&CommentKey>, occasion: Occasion) -> WantedComment {
    let marker = sticky::marker(key);
    let is_closed = outcome.verdict.answer != Answer::Pass;
    let asks = is_closed || has_open_finding(outcome) || loosens_the_policy(outcome);
    let body =
        if asks { report::comment(outcome, &marker) } else { report::all_clear(outcome, &marker) };
    let creates = match occasion {
        Occasion::Failure => is_closed,
        Occasion::Findings => asks,
        Occasion::Always => true,
    };
    WantedComment { marker, body, creates }
}

fn has_open_finding(outcome: &Outcome) -> bool {
    outcome.verdict.findings.iter().any(|decided| {
        let is_open = matches!(
            decided.disposition,
            Disposition::Block | Disposition::Ticket | Disposition::Note
        );
        is_open && !decided.was_there_before()
    })
}

fn loosens_the_policy(outcome: &Outcome) -> bool {
    outcome.comparison.as_ref().is_some_and(|comparison| {
        let mut changes = comparison.policy_changes.iter();
        changes.any(|change| change.effect == PolicyEffect::Loosened)
    })
}
