//! Which issues are lockgate's own, and which of several counts.

use super::Rules;
use crate::tracking::clock::CONFIRMED_LABEL;
use crate::tracking::issue::{CloseReason, Issue, IssueState};
use crate::tracking::marker::Marker;

/// An issue of lockgate's own.
#[derive(Clone, Debug)]
pub struct Own<'run> {
    /// The issue.
    pub issue: &'run Issue,
    /// What is remembered in it.
    pub marker: Marker,
}

impl<'run> Own<'run> {
    /// Those issues in which label, author and marker agree and that are what the plan is about, in
    /// the order of their numbers.
    pub fn all(issues: &'run [Issue], rules: Rules<'_>) -> Vec<Self> {
        let mut own: Vec<Self> = issues
            .iter()
            .filter(|issue| issue.has_label(&rules.policy.label))
            .filter(|issue| issue.author.eq_ignore_ascii_case(rules.account))
            .filter_map(|issue| Some(Self { issue, marker: Marker::parse(&issue.body)? }))
            .filter(|own| rules.is_about(own.marker.key.kind))
            .collect();
        own.sort_by_key(|own| own.issue.number);
        own
    }

    /// Whether another one is about the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.marker.key.is_same(&other.marker.key)
    }

    /// Whether it may be closed in favour of another one. An incident that a person has confirmed has
    /// a clock that runs.
    pub(super) fn may_be_a_duplicate(&self) -> bool {
        self.issue.is_open() && !self.issue.has_label(CONFIRMED_LABEL)
    }

    /// The one that counts: an incident that is confirmed, else the lowest number that is not closed in
    /// favour of another one.
    pub(super) fn primary(about_it: &[Self]) -> Option<&Self> {
        let duplicate = IssueState::Closed(CloseReason::Duplicate);
        let confirmed = about_it
            .iter()
            .find(|own| own.issue.is_open() && own.issue.has_label(CONFIRMED_LABEL));
        confirmed
            .or_else(|| about_it.iter().find(|own| own.issue.state != duplicate))
            .or_else(|| about_it.first())
    }
}
