//! What to do about an issue that no ticket wants.

use super::{Action, Change, ChangeKind, Own, Rules, Step};
use crate::tracking::issue::{CloseReason, IssueEdit, IssueState};
use crate::tracking::marker::{ClosedBecause, Marker, with_marker};
use crate::tracking::ticket::Tickets;

/// What to do about one issue; `None` if it is closed, as it should be.
pub(super) fn plan(own: &Own<'_>, tickets: &Tickets<'_>, rules: Rules<'_>) -> Option<Step> {
    if !own.issue.is_open() {
        return None;
    }
    let (action, reason) = match why_it_stays(own, rules) {
        Some(reason) => (Action::Nothing, reason),
        None => close(own, tickets, rules),
    };
    Some(Step {
        key: own.marker.key.clone(),
        ticket: None,
        issue: Some(own.issue.number),
        action,
        reason,
    })
}

fn why_it_stays(own: &Own<'_>, rules: Rules<'_>) -> Option<String> {
    if let Some(reason) = &rules.scan.keeps_open {
        return Some(reason.clone());
    }
    if own.marker.closed.is_some() {
        return Some("a person has opened it again after lockgate had closed it".to_owned());
    }
    let here = rules.scan.checkout.branch();
    let elsewhere = own
        .marker
        .branches
        .iter()
        .find(|branch| Some(branch.as_str()) != here)?;
    Some(format!("it was found on `{elsewhere}` too, which this scan has not read"))
}

fn close(own: &Own<'_>, tickets: &Tickets<'_>, rules: Rules<'_>) -> (Action, String) {
    let cleared = tickets
        .cleared
        .iter()
        .find(|cleared| cleared.key.is_same(&own.marker.key));
    let (state_reason, reason) = match cleared {
        Some(cleared) => (CloseReason::NotPlanned, cleared.reason.clone()),
        None => (CloseReason::Completed, "the finding is gone".to_owned()),
    };
    let marker = Marker {
        closed: Some(ClosedBecause::Gone),
        revision: own.marker.revision + 1,
        ..own.marker.clone()
    };
    let edit = IssueEdit {
        state: Some(IssueState::Closed(state_reason)),
        body: Some(with_marker(&own.issue.body, &marker)),
        ..IssueEdit::default()
    };
    let comment = format!("It can be closed: {reason}. {}", rules.scan.evidence);
    let change = Change { kind: ChangeKind::Close, edit, comment: Some(comment) };
    (Action::Change(change), reason)
}
