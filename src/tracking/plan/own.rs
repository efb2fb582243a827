//! Which issues are lockgate's own, and which of several counts.

use super::Rules;
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
    /// Those issues in which label, author and marker agree, in the order of their numbers.
    pub fn all(issues: &'run [Issue], rules: Rules<'_>) -> Vec<Self> {
        let mut own: Vec<Self> = issues
            .iter()
            .filter(|issue| issue.has_label(&rules.policy.label))
            .filter(|issue| issue.author.eq_ignore_ascii_case(rules.account))
            .filter_map(|issue| Some(Self { issue, marker: Marker::parse(&issue.body)? }))
            .collect();
        own.sort_by_key(|own| own.issue.number);
        own
    }

    /// The one that counts: the lowest number that is not closed in favour of another one.
    pub(super) fn primary(about_it: &[Self]) -> Option<&Self> {
        let duplicate = IssueState::Closed(CloseReason::Duplicate);
        about_it
            .iter()
            .find(|own| own.issue.state != duplicate)
            .or_else(|| about_it.first())
    }
}
