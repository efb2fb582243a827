//! The action for an issue that no ticket needs.

use super::finding_present::news_of_clock;
use super::{
    Action, IncidentRules, IssueChange, IssueChangeKind, IssueStep, OwnIssue, PlanRules, desired,
};
use crate::tracking::body;
use crate::tracking::issue::{CloseReason, IssueEdit, IssueState};
use crate::tracking::marker::{ClosedBecause, Marker, MarkerFact, with_marker};
use crate::tracking::ticket::Tickets;

/// The action for one issue; `None` if it is closed, as it should be.
pub(super) fn plan(
    own: &OwnIssue<'_>,
    tickets: &Tickets<'_>,
    rules: PlanRules<'_>,
) -> Option<IssueStep> {
    if !own.issue.is_open() {
        return None;
    }
    let stays = why_it_stays(own, rules).or_else(|| why_nobody_has_looked(own, tickets));
    let (action, reason) = match (rules.incidents(), stays) {
        (Some(incidents), stays) => incident(own, tickets, stays, incidents, rules),
        (None, Some(reason)) => (Action::Nothing, reason),
        (None, None) => close(own, tickets, rules),
    };
    Some(IssueStep {
        key: own.marker.key.clone(),
        ticket: None,
        issue: Some(own.issue.number),
        action,
        reason,
    })
}

fn why_it_stays(own: &OwnIssue<'_>, rules: PlanRules<'_>) -> Option<String> {
    if let Some(reason) = &rules.scan.keeps_open {
        return Some(reason.clone());
    }
    if own.marker.closed.is_some() {
        return Some("a person has opened it again after lockgate had closed it".to_owned());
    }
    if let Some(file) = rules.scan.left_out_with(&own.marker.key.package) {
        return Some(format!("{file} names the package, and is left out on purpose"));
    }
    let here = rules.scan.checkout.branch();
    let elsewhere = own.marker.branches.iter().find(|branch| Some(branch.as_str()) != here)?;
    Some(format!("it was found on `{elsewhere}` too, which this scan has not read"))
}

/// A finding is not fixed if its package now comes from a source that is not matched.
fn why_nobody_has_looked(own: &OwnIssue<'_>, tickets: &Tickets<'_>) -> Option<String> {
    let key = &own.marker.key;
    let mut cleared = tickets.cleared.iter();
    if cleared.any(|cleared| cleared.key.is_same(key)) {
        return None;
    }
    let why = tickets.unmatched.of_name(key.ecosystem, &key.package)?;
    Some(format!(
        "{} is still locked and no longer matched by name: it comes from {}; a person closes it who has \
         looked",
        key.package,
        why.place()
    ))
}

/// An incident stays open: an upgrade does not answer whether data was accessed before. One comment
/// says that its finding is gone, and its clock continues.
fn incident(
    own: &OwnIssue<'_>,
    tickets: &Tickets<'_>,
    stays: Option<String>,
    incidents: &IncidentRules<'_>,
    rules: PlanRules<'_>,
) -> (Action, String) {
    let clock = desired::clock(Some(own), incidents, rules);
    let mut marker = Marker { clock: Some(clock.memory(incidents.policy)), ..own.marker.clone() };
    let mut edit = IssueEdit::default();
    let is_labelled = own.issue.has_label(rules.overdue_label());
    if clock.is_overdue() {
        marker.facts.insert(MarkerFact::Overdue);
        if !is_labelled {
            edit.add_labels.push(rules.overdue_label().to_owned());
        }
    } else {
        marker.facts.remove(&MarkerFact::Overdue);
        if is_labelled {
            edit.remove_labels.push(rules.overdue_label().to_owned());
        }
    }
    let mut news = news_of_clock(&own.marker, &marker);
    let reason = stays.unwrap_or_else(|| {
        let reason = why_it_is_gone(own, tickets);
        if marker.facts.insert(MarkerFact::CommentedOnGone) {
            news.insert(0, format!("{reason}. {} {STAYS_OPEN}", rules.scan.evidence));
        }
        format!("{reason}; an incident is closed by a person")
    });
    if marker != own.marker {
        let marker = Marker { revision: own.marker.revision + 1, ..marker };
        let clock = clock.render(incidents.policy);
        edit.body = Some(body::incident::with_clock(&own.issue.body, &marker, &clock));
    }
    if edit.is_empty() {
        return (Action::Nothing, reason);
    }
    let (kind, comment) = if news.is_empty() {
        (IssueChangeKind::Update, None)
    } else {
        (IssueChangeKind::Comment, Some(format!("What has changed: {}", news.join(" Also: "))))
    };
    (Action::Change(IssueChange { kind, edit, comment }), reason)
}

const STAYS_OPEN: &str = "The incident stays open: whether something was reached before is still to be \
                          found out.";

fn why_it_is_gone(own: &OwnIssue<'_>, tickets: &Tickets<'_>) -> String {
    let mut cleared = tickets.cleared.iter();
    cleared
        .find(|cleared| cleared.key.is_same(&own.marker.key))
        .map_or_else(|| "the finding is gone".to_owned(), |cleared| cleared.reason.clone())
}

fn close(own: &OwnIssue<'_>, tickets: &Tickets<'_>, rules: PlanRules<'_>) -> (Action, String) {
    let cleared = tickets.cleared.iter().find(|cleared| cleared.key.is_same(&own.marker.key));
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
    let change = IssueChange { kind: IssueChangeKind::Close, edit, comment: Some(comment) };
    (Action::Change(change), reason)
}
