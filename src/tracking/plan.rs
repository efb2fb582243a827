//! The issue plan: tickets and issues in, steps with their reasons out. Pure.
//!
//! | ticket's issue | finding present | finding absent, complete scan of the default branch |
//! | --- | --- | --- |
//! | none | create | – |
//! | open | edit if the text differs; comment if it matters | close, with what was read |
//! | closed by lockgate | reopen and comment | nothing |
//! | closed by a person as done | reopen once, then label `disputed`; the gate blocks | nothing |
//! | closed by a person otherwise | stays closed, the gate blocks; comment once; reopen when a fix appears or it gets graver | nothing |
//!
//! An incident is never closed: where its finding is gone, a comment says so, and its clock goes on.
//!
//! Of several issues about one ticket the one with the lowest number wins.

mod desired;
mod finding_absent;
mod finding_present;
mod own_issue;

pub use own_issue::OwnIssue;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::Date;

use super::clock::{Confirmations, INCIDENT_OVERDUE_LABEL};
use super::issue::{Issue, IssueEdit, IssueNumber, NewIssue};
use super::scan::Scan;
use super::ticket::{IssueKind, TicketKey, Tickets};
use super::ticket_state::TicketState;
use super::visibility::Visibility;
use crate::policy::{IncidentPolicy, IssueRules};
use crate::severity::SeverityLevel;

/// The label of an issue whose due date has passed.
pub const OVERDUE_LABEL: &str = "sla:overdue";

/// The label of an issue that a person has closed as completed twice although the finding is there.
pub const DISPUTED_LABEL: &str = "disputed";

/// What is the same for all tickets of a run.
#[derive(Clone, Copy, Debug)]
pub struct PlanRules<'run> {
    pub issues: &'run IssueRules,
    /// Who can read what is written.
    pub visibility: &'run Visibility,
    /// The account that opens lockgate's issues.
    pub account: &'run str,
    pub scan: &'run Scan,
    pub about: IssuesAbout<'run>,
}

/// Which issues a run manages.
#[derive(Clone, Copy, Debug)]
pub enum IssuesAbout<'run> {
    /// Tickets; `due` is how long one of each severity may stay open.
    Tickets {
        due: &'run BTreeMap<SeverityLevel, SignedDuration>,
    },
    Incidents(&'run IncidentRules<'run>),
}

/// What is the same for all incidents of a run.
#[derive(Clone, Debug)]
pub struct IncidentRules<'run> {
    /// The `[incident]` table.
    pub policy: &'run IncidentPolicy,
    /// The confirmations, according to the tracker.
    pub confirmations: Confirmations,
    /// The exposure of each incident without an issue, by its position among the wanted ones: one
    /// line of Markdown.
    pub exposures: BTreeMap<usize, String>,
}

/// All changes to make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuePlan {
    /// The steps, in the order of the tickets; then those for issues without one.
    pub steps: Vec<IssueStep>,
    /// The state of each wanted ticket once every step is done, in their order.
    pub states: Vec<TicketState>,
}

/// One action, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueStep {
    /// What it is about.
    pub key: TicketKey,
    /// The position of the ticket among those wanted; `None` if nothing wants the issue.
    pub ticket: Option<usize>,
    /// The issue, if there is one.
    pub issue: Option<IssueNumber>,
    pub action: Action,
    /// Why, as a part of a sentence.
    pub reason: String,
}

/// The action for a ticket or an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Create(NewIssue),
    Change(IssueChange),
    /// No change.
    Nothing,
}

/// A change of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueChange {
    /// The kind, for reports.
    pub kind: IssueChangeKind,
    /// The edit of the issue.
    pub edit: IssueEdit,
    /// The comment to write before the edit.
    pub comment: Option<String>,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueChangeKind {
    /// Its text or labels change.
    Update,
    Comment,
    /// It is opened again.
    Reopen,
    Close,
}

impl<'run> PlanRules<'run> {
    /// The rules for incidents, if the issues are about those.
    pub fn incidents(&self) -> Option<&'run IncidentRules<'run>> {
        match self.about {
            IssuesAbout::Tickets { .. } => None,
            IssuesAbout::Incidents(incidents) => Some(incidents),
        }
    }

    /// The label for overdue issues.
    fn overdue_label(&self) -> &'static str {
        match self.about {
            IssuesAbout::Tickets { .. } => OVERDUE_LABEL,
            IssuesAbout::Incidents(_) => INCIDENT_OVERDUE_LABEL,
        }
    }

    /// Whether the plan manages issues of a kind.
    fn is_about(&self, kind: IssueKind) -> bool {
        match self.about {
            IssuesAbout::Tickets { .. } => kind == IssueKind::Ticket,
            IssuesAbout::Incidents(_) => kind.is_incident(),
        }
    }
}

impl Action {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Change(change) => match change.kind {
                IssueChangeKind::Update => "update",
                IssueChangeKind::Comment => "comment",
                IssueChangeKind::Reopen => "reopen",
                IssueChangeKind::Close => "close",
            },
            Self::Nothing => "nothing",
        }
    }

    /// Whether it writes something.
    pub fn writes(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// Plans the action for every ticket and every issue of lockgate's own.
pub fn plan(tickets: &Tickets<'_>, issues: &[Issue], rules: PlanRules<'_>) -> IssuePlan {
    let mut own = OwnIssue::all(issues, rules);
    let mut plan = IssuePlan::default();
    let is_wanted = |own: &&OwnIssue<'_>| tickets.wanted.iter().any(|ticket| own.is_about(ticket));
    let mut taken: BTreeSet<IssueNumber> =
        own.iter().filter(is_wanted).map(|own| own.issue.number).collect();
    for (position, ticket) in tickets.wanted.iter().enumerate() {
        let (mut about_it, rest): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|own| own.is_about(ticket));
        own = rest;
        if about_it.is_empty() {
            about_it = OwnIssue::by_title(issues, ticket, &taken, rules);
            taken.extend(about_it.iter().map(|own| own.issue.number));
            own.retain(|own| !taken.contains(&own.issue.number));
        }
        let (steps, state) = finding_present::plan(ticket, position, &about_it, rules);
        plan.steps.extend(steps);
        plan.states.push(state);
    }
    own.retain(|own| own.is_certain(rules));
    for (position, issue) in own.iter().enumerate() {
        let earlier = own[..position]
            .iter()
            .find(|earlier| earlier.issue.is_open() && earlier.is_same(issue));
        plan.steps.extend(match earlier {
            // Two issues about one incident would have two clocks.
            Some(earlier) if rules.incidents().is_some() && issue.may_be_a_duplicate() => {
                Some(finding_present::duplicate_step(issue, None, earlier.issue.number))
            }
            _ => finding_absent::plan(issue, tickets, rules),
        });
    }
    plan
}

/// Whether some ticket has no open issue among these: its issue may have lost its label.
pub fn lacks_issues(tickets: &Tickets<'_>, issues: &[Issue], rules: PlanRules<'_>) -> bool {
    let own = OwnIssue::all(issues, rules);
    let mut wanted =
        tickets.wanted.iter().filter(|ticket| finding_present::has_issue(ticket, rules));
    wanted.any(|ticket| !own.iter().any(|own| own.issue.is_open() && own.is_about(ticket)))
}

/// Whether the last day has passed.
pub(super) fn is_overdue(due: Option<Date>, today: Date) -> bool {
    due.is_some_and(|due| today > due)
}

#[cfg(test)]
mod tests;
