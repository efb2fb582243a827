//! The last stage: the comment on the pull request that is checked. It changes no answer.

use crate::outcome::Outcome;
use crate::policy::change::PolicyEffect;
use crate::report;
use crate::tracking::sticky::apply::apply;
use crate::tracking::sticky::{self, CommentKey, Conversation, Plan, Wanted};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The number of the pull request.
    pub number: u64,
    /// Which job speaks, if there are several.
    pub key: Option<CommentKey>,
    /// What is worth a new comment.
    pub occasion: Occasion,
    /// Whether it may be written.
    pub writes: bool,
}

/// Writes the comment, or shows what would be done.
///
/// # Errors
///
/// The comment cannot be written: that is to be said, and decides nothing.
pub fn comment(
    outcome: &Outcome,
    conversation: &dyn Conversation,
    request: &Request,
) -> Result<Plan, TrackerError> {
    let wanted = wanted(outcome, request.key.as_ref(), request.occasion);
    apply(conversation, request.number, &wanted, request.writes)
}

fn wanted(outcome: &Outcome, key: Option<&CommentKey>, occasion: Occasion) -> Wanted {
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
    Wanted { marker, body, creates }
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
