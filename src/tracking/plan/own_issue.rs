//! Which issues are lockgate's own, and which of several about the same thing counts.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::PlanRules;
use crate::tracking::clock::{CONFIRMED_LABEL, Memory};
use crate::tracking::issue::{CloseReason, Issue, IssueNumber, IssueState};
use crate::tracking::marker::Marker;
use crate::tracking::ticket::Ticket;

/// An issue of lockgate's own.
#[derive(Clone, Debug)]
pub struct OwnIssue<'run> {
    pub issue: &'run Issue,
    /// The facts stored in it.
    pub marker: Marker,
}

impl<'run> OwnIssue<'run> {
    /// The issues that have a marker and that this plan manages, in the order of their
    /// numbers.
    ///
    /// Anybody can write a marker into an issue of a public repository. It counts only if it is
    /// confirmed: by the account that opens lockgate's issues, or by the label, which takes
    /// rights to set. In a member's issue it counts at the beginning; elsewhere it is a quotation.
    pub fn all(issues: &'run [Issue], rules: PlanRules<'_>) -> Vec<Self> {
        let mut own: Vec<Self> = issues
            .iter()
            .filter_map(|issue| {
                let marker = if is_vouched_for(issue, rules) {
                    Marker::find(&issue.body)?
                } else if issue.is_by_member {
                    Marker::parse(&issue.body)?
                } else {
                    return None;
                };
                Some(Self { issue, marker })
            })
            .filter(|own| rules.is_about(own.marker.key.kind))
            .collect();
        own.sort_by_key(|own| own.issue.number);
        own
    }

    /// The issues that are about a ticket by their title, although their marker is gone or altered.
    /// `taken` are those that belong to another ticket by their marker.
    pub(super) fn by_title(
        issues: &'run [Issue],
        ticket: &Ticket<'_>,
        taken: &BTreeSet<IssueNumber>,
        rules: PlanRules<'_>,
    ) -> Vec<Self> {
        let mut own: Vec<Self> = issues
            .iter()
            .filter(|issue| is_vouched_for(issue, rules) && !taken.contains(&issue.number))
            .filter(|issue| ticket.key.is_title(&issue.title))
            .map(|issue| Self { issue, marker: restored(issue, ticket) })
            .collect();
        own.sort_by_key(|own| own.issue.number);
        own
    }

    /// Whether its marker says that it is about a ticket.
    pub(super) fn is_about(&self, ticket: &Ticket<'_>) -> bool {
        self.marker.key.is_same(&ticket.key)
    }

    /// Whether another one is about the same thing.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.marker.key.is_same(&other.marker.key)
    }

    /// Whether lockgate may close it: a marker alone is not enough.
    pub(super) fn is_certain(&self, rules: PlanRules<'_>) -> bool {
        is_vouched_for(self.issue, rules)
    }

    /// Whether it may be closed as a duplicate. The clock of a confirmed incident must
    /// keep running.
    pub(super) fn may_be_a_duplicate(&self) -> bool {
        self.issue.is_open() && !self.issue.has_label(CONFIRMED_LABEL)
    }

    /// The one that counts: a confirmed incident, otherwise the lowest number that is not closed as a
    /// duplicate.
    pub(super) fn primary(about_it: &[Self]) -> Option<&Self> {
        let duplicate = IssueState::Closed(CloseReason::Duplicate);
        let confirmed =
            about_it.iter().find(|own| own.issue.is_open() && own.issue.has_label(CONFIRMED_LABEL));
        confirmed
            .or_else(|| about_it.iter().find(|own| own.issue.state != duplicate))
            .or_else(|| about_it.first())
    }

    /// When the first of them was opened: a later one gives no extra time.
    pub(super) fn opened(about_it: &[Self]) -> Option<Timestamp> {
        about_it.iter().map(|own| own.issue.created_at).min()
    }
}

fn is_vouched_for(issue: &Issue, rules: PlanRules<'_>) -> bool {
    issue.has_label(&rules.issues.label) || issue.author.eq_ignore_ascii_case(rules.account)
}

/// The marker of an issue that lost it: facts from the tracker, and no record of earlier actions.
fn restored(issue: &Issue, ticket: &Ticket<'_>) -> Marker {
    let clock = ticket.key.kind.is_incident().then(|| Memory {
        found: issue.created_at,
        confirmed: None,
        written: String::new(),
    });
    Marker {
        key: ticket.key.clone(),
        severity: ticket.level(),
        facts: BTreeSet::new(),
        content: String::new(),
        revision: 0,
        branches: BTreeSet::new(),
        closed: None,
        clock,
    }
}
