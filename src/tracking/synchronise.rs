//! Applies a plan, and ends in the right set of issues even if answers are lost.
//!
//! Opening an issue cannot be taken back and must not be repeated: after a lost answer the issues
//! are listed again first. Other runs may open the same issue at the same time: after opening, the
//! issues are listed again, the lowest number wins, and this run closes its own later ones.

mod run;

use std::collections::BTreeSet;

use super::issue::{Issue, IssueNumber};
use super::plan::{IssuePlan, IssueStep, PlanRules, lacks_issues, plan};
use super::ticket::Tickets;
use super::ticket_state::TicketState;
use super::tracker::{Tracker, TrackerError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synchronised {
    /// Every step with its result.
    pub steps: Vec<(IssueStep, StepResult)>,
    /// The state of each wanted ticket now, in their order.
    pub states: Vec<TicketState>,
    /// Whether this run was allowed to write.
    pub writes: bool,
}

/// The result of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// It is only planned.
    Planned,
    /// It is done; the number of the issue.
    Done(Option<IssueNumber>),
    /// It failed.
    Failed(TrackerError),
    /// It was not tried, for this reason.
    Left(String),
}

impl Synchronised {
    /// How many steps wrote something.
    pub fn written(&self) -> usize {
        self.steps
            .iter()
            .filter(|(step, result)| step.action.writes() && matches!(result, StepResult::Done(_)))
            .count()
    }

    /// The results for tickets and incidents together, for one listing.
    #[must_use]
    pub fn and(mut self, other: Option<Self>) -> Self {
        if let Some(other) = other {
            // The positions of the other run's tickets are shifted behind this run's.
            let before = self.states.len();
            self.steps.extend(other.steps.into_iter().map(|(step, result)| {
                let ticket = step.ticket.map(|position| position + before);
                (IssueStep { ticket, ..step }, result)
            }));
            self.states.extend(other.states);
        }
        self
    }

    /// The failed steps, each with its subject.
    pub fn failures(&self) -> impl Iterator<Item = (&IssueStep, String, &'static str)> {
        self.steps.iter().filter_map(|(step, result)| match result {
            StepResult::Failed(error) => Some((step, error.to_string(), error.help())),
            StepResult::Left(reason) => {
                Some((step, reason.clone(), "run again: what is left over is done then"))
            }
            StepResult::Planned | StepResult::Done(_) => None,
        })
    }
}

/// Lists the issues, plans, and applies the plan if this run may write.
///
/// # Errors
///
/// The issues cannot be listed, so it is unknown what is tracked.
pub fn synchronise(
    tracker: &dyn Tracker,
    tickets: &Tickets<'_>,
    rules: PlanRules<'_>,
    writes: bool,
) -> Result<Synchronised, TrackerError> {
    let issues = listed(tracker, tickets, rules)?;
    Ok(apply(tracker, tickets, &issues, rules, writes))
}

/// Every issue that may be about a ticket: those with the label, and, if a ticket has none among them,
/// those that may have lost it. An edit must never restart a running clock.
///
/// # Errors
///
/// The issues cannot be listed.
pub fn listed(
    tracker: &dyn Tracker,
    tickets: &Tickets<'_>,
    rules: PlanRules<'_>,
) -> Result<Vec<Issue>, TrackerError> {
    let mut issues = tracker.issues(&rules.issues.label)?;
    if lacks_issues(tickets, &issues, rules) {
        let lost = tracker.lost_issues(rules.account)?;
        let known: BTreeSet<IssueNumber> = issues.iter().map(|issue| issue.number).collect();
        issues.extend(lost.into_iter().filter(|issue| !known.contains(&issue.number)));
    }
    Ok(issues)
}

/// Plans for issues that are listed already, and applies the plan if this run may write.
pub fn apply(
    tracker: &dyn Tracker,
    tickets: &Tickets<'_>,
    issues: &[Issue],
    rules: PlanRules<'_>,
    writes: bool,
) -> Synchronised {
    let IssuePlan { steps, states } = plan(tickets, issues, rules);
    if !writes {
        let steps = steps.into_iter().map(|step| (step, StepResult::Planned)).collect();
        return Synchronised { steps, states, writes };
    }
    run::Run::new(tracker, tickets, rules, states).apply(steps)
}

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
