//! The action for a ticket whose finding is present.

use jiff::Timestamp;

use super::desired::Desired;
use super::{
    Action, DISPUTED_LABEL, IssueChange, IssueChangeKind, IssueStep, OwnIssue, PlanRules,
    is_overdue,
};
use crate::tracking::issue::{CloseReason, IssueEdit, IssueNumber, IssueState};
use crate::tracking::marker::{ClosedBecause, Marker, MarkerFact, with_marker};
use crate::tracking::ticket::Ticket;
use crate::tracking::ticket_state::TicketState;

/// The action for the ticket at `position`, and its state afterwards.
pub(super) fn plan(
    ticket: &Ticket<'_>,
    position: usize,
    about_it: &[OwnIssue<'_>],
    rules: PlanRules<'_>,
) -> (Vec<IssueStep>, TicketState) {
    let step = |issue: Option<IssueNumber>, action: Action, reason: String| IssueStep {
        key: ticket.key.clone(),
        ticket: Some(position),
        issue,
        action,
        reason,
    };
    if let Some(reason) = why_unpublishable(ticket, rules) {
        let state = TicketState::Untracked { reason: reason.clone() };
        return (vec![step(None, Action::Nothing, reason)], state);
    }
    let Some(primary) = OwnIssue::primary(about_it) else {
        let (action, reason, state) = without_issue(ticket, position, rules);
        return (vec![step(None, action, reason)], state);
    };
    let opened = OwnIssue::opened(about_it).unwrap_or(primary.issue.created_at);
    let (action, reason, state) = with_issue(ticket, primary, opened, rules);
    let number = primary.issue.number;
    let mut steps = vec![step(Some(number), action, reason)];
    let others =
        about_it.iter().filter(|own| own.may_be_a_duplicate() && own.issue.number != number);
    steps.extend(others.map(|own| IssueStep {
        key: ticket.key.clone(),
        ..duplicate_step(own, Some(position), number)
    }));
    (steps, state)
}

/// Closes an issue as a duplicate of an earlier one.
pub(super) fn duplicate_step(
    own: &OwnIssue<'_>,
    ticket: Option<usize>,
    number: IssueNumber,
) -> IssueStep {
    IssueStep {
        key: own.marker.key.clone(),
        ticket,
        issue: Some(own.issue.number),
        action: duplicate_of(own, number),
        reason: format!("#{number} is about the same"),
    }
}

/// Whether a ticket has an issue, now or after this run's writes.
pub(super) fn has_issue(ticket: &Ticket<'_>, rules: PlanRules<'_>) -> bool {
    ticket.opens && why_unpublishable(ticket, rules).is_none()
}

/// Why nothing about a ticket may be published.
fn why_unpublishable(ticket: &Ticket<'_>, rules: PlanRules<'_>) -> Option<String> {
    if !rules.visibility.is_public() {
        return None;
    }
    if rules.incidents().is_some_and(|incidents| !incidents.policy.public) {
        return Some(
            "it is an incident, and the issues can be read by public; `public` in [incident] \
             allows it"
                .to_owned(),
        );
    }
    if !ticket.is_public {
        return Some(
            "it comes from advisories of your own, and the issues can be read by everybody"
                .to_owned(),
        );
    }
    let may_be_named = rules.visibility.permits(&ticket.key.package);
    (!may_be_named)
        .then(|| "its package is private, and the issues can be read by everybody".to_owned())
}

fn without_issue(
    ticket: &Ticket<'_>,
    position: usize,
    rules: PlanRules<'_>,
) -> (Action, String, TicketState) {
    if !ticket.opens {
        return (
            Action::Nothing,
            "it blocks, and needs no issue".to_owned(),
            TicketState::NotWanted,
        );
    }
    let desired = Desired::new(ticket, rules.scan.now, None, rules);
    let action = Action::Create(desired.new_issue(ticket, position, rules));
    (action, "no issue is about it".to_owned(), TicketState::Planned)
}

fn with_issue(
    ticket: &Ticket<'_>,
    own: &OwnIssue<'_>,
    opened: Timestamp,
    rules: PlanRules<'_>,
) -> (Action, String, TicketState) {
    let desired = Desired::new(ticket, opened, Some(own), rules);
    let tracked = TicketState::Tracked {
        number: own.issue.number,
        url: own.issue.url.clone(),
        due: desired.due,
        overdue: is_overdue(desired.due, rules.scan.today()),
    };
    let closed =
        TicketState::ClosedByPerson { number: own.issue.number, url: own.issue.url.clone() };
    match own.issue.state {
        IssueState::Open => {
            let (action, reason) = update(&desired, own);
            (action, reason, tracked)
        }
        IssueState::Closed(_)
            if own.marker.closed.is_some() || own.marker.has(MarkerFact::CommentedOnGone) =>
        {
            let comment = "It is back: the finding was gone, and a scan has found it again.";
            (reopen(&desired, own, comment), "the finding is back".to_owned(), tracked)
        }
        IssueState::Closed(CloseReason::Completed) => match closed_as_done(desired, own) {
            (action, reason, true) => (action, reason, tracked),
            (action, reason, false) => (action, reason, closed),
        },
        IssueState::Closed(CloseReason::NotPlanned | CloseReason::Duplicate) => {
            match closed_as_unwanted(&desired, own) {
                (action, reason, true) => (action, reason, tracked),
                (action, reason, false) => (action, reason, closed),
            }
        }
    }
}

fn update(desired: &Desired, own: &OwnIssue<'_>) -> (Action, String) {
    let edit = desired.edit(own, None);
    if edit.is_empty() {
        return (Action::Nothing, "the issue says what is the case".to_owned());
    }
    let news = news(&own.marker, &desired.marker);
    let reason =
        news.clone().unwrap_or_else(|| "the issue does not say what is the case".to_owned());
    let change = IssueChange {
        kind: IssueChangeKind::Update,
        edit,
        comment: news.map(|news| format!("What has changed: {news}.")),
    };
    (Action::Change(change), reason)
}

/// News from a clock: a due date has passed, or an incident is confirmed.
pub(super) fn news_of_clock(before: &Marker, now: &Marker) -> Vec<String> {
    let mut news = Vec::new();
    let confirmed = |marker: &Marker| marker.clock.as_ref().and_then(|clock| clock.confirmed);
    if let Some(since) = confirmed(now).filter(|_| confirmed(now) != confirmed(before)) {
        news.push(format!("it is confirmed since {since}: the clock at the beginning runs"));
    }
    if now.has(MarkerFact::Overdue) && !before.has(MarkerFact::Overdue) {
        news.push(if now.key.kind.is_incident() {
            "the authority should have been told by now".to_owned()
        } else {
            "it is overdue, and the gate is closed".to_owned()
        });
    }
    news
}

/// A change that people should be notified of.
fn news(before: &Marker, now: &Marker) -> Option<String> {
    let mut news = Vec::new();
    if now.severity > before.severity {
        news.push(format!("it is {} now, it was {}", now.severity, before.severity));
    }
    if now.has(MarkerFact::Fixable) && !before.has(MarkerFact::Fixable) {
        news.push("a patched version is known now".to_owned());
    }
    if before.has(MarkerFact::CommentedOnGone) && !now.has(MarkerFact::CommentedOnGone) {
        news.push("the finding is back".to_owned());
    }
    news.extend(news_of_clock(before, now));
    (!news.is_empty()).then(|| news.join("; "))
}

fn reopen(desired: &Desired, own: &OwnIssue<'_>, comment: &str) -> Action {
    Action::Change(IssueChange {
        kind: IssueChangeKind::Reopen,
        edit: desired.edit(own, Some(IssueState::Open)),
        comment: Some(comment.to_owned()),
    })
}

/// A person closed it as completed, but the finding is there. Lockgate reopens it once only.
fn closed_as_done(mut desired: Desired, own: &OwnIssue<'_>) -> (Action, String, bool) {
    if !desired.marker.has(MarkerFact::Reopened) {
        desired.marker.facts.insert(MarkerFact::Reopened);
        let comment = "It was closed as done, but a scan still finds it: see “Where” above.";
        let reason = "it was closed as done, and the finding is still there".to_owned();
        return (reopen(&desired, own, comment), reason, true);
    }
    let reason = "it was closed as done a second time, and the finding is still there".to_owned();
    if own.issue.has_label(DISPUTED_LABEL) {
        return (Action::Nothing, reason, false);
    }
    let edit = IssueEdit { add_labels: vec![DISPUTED_LABEL.to_owned()], ..IssueEdit::default() };
    let change = IssueChange { kind: IssueChangeKind::Update, edit, comment: None };
    (Action::Change(change), reason, false)
}

/// A person closed it as not planned. The gate blocks anyway, and one comment says so.
fn closed_as_unwanted(desired: &Desired, own: &OwnIssue<'_>) -> (Action, String, bool) {
    let graver = desired.marker.severity > own.marker.severity;
    let fixable = desired.marker.has(MarkerFact::Fixable) && !own.marker.has(MarkerFact::Fixable);
    if graver || fixable {
        let news = news(&own.marker, &desired.marker).unwrap_or_default();
        return (reopen(desired, own, &format!("It is open again: {news}.")), news, true);
    }
    let reason = "a person has closed it; the gate blocks all the same".to_owned();
    if own.marker.has(MarkerFact::CommentedOnClosing) {
        return (Action::Nothing, reason, false);
    }
    let mut marker = Marker { revision: own.marker.revision + 1, ..own.marker.clone() };
    marker.facts.insert(MarkerFact::CommentedOnClosing);
    let change = IssueChange {
        kind: IssueChangeKind::Comment,
        edit: IssueEdit {
            body: Some(with_marker(&own.issue.body, &marker)),
            ..IssueEdit::default()
        },
        comment: Some(NO_APPROVAL.to_owned()),
    };
    (Action::Change(change), reason, false)
}

const NO_APPROVAL: &str = "Closing is not an approval: the gate blocks for as long as the finding is \
    there. Upgrade, or add a suppression with an owner and an expiry to the policy, in review.";

fn duplicate_of(own: &OwnIssue<'_>, number: IssueNumber) -> Action {
    let marker = Marker {
        closed: Some(ClosedBecause::Duplicate),
        revision: own.marker.revision + 1,
        ..own.marker.clone()
    };
    let edit = IssueEdit {
        state: Some(IssueState::Closed(CloseReason::Duplicate)),
        body: Some(with_marker(&own.issue.body, &marker)),
        ..IssueEdit::default()
    };
    Action::Change(IssueChange {
        kind: IssueChangeKind::Close,
        edit,
        comment: Some(format!("#{number} is about the same.")),
    })
}
