//! The action for a ticket whose finding is present.

use jiff::Timestamp;

use super::desired::Desired;
use super::{Action, Change, ChangeKind, DISPUTED_LABEL, Own, Rules, Step, is_overdue};
use crate::tracking::issue::{CloseReason, IssueEdit, IssueNumber, IssueState};
use crate::tracking::marker::{ClosedBecause, Fact, Marker, with_marker};
use crate::tracking::standing::Standing;
use crate::tracking::ticket::Ticket;

/// The action for the ticket at `position`, and its state afterwards.
pub(super) fn plan(
    ticket: &Ticket<'_>,
    position: usize,
    about_it: &[Own<'_>],
    rules: Rules<'_>,
) -> (Vec<Step>, Standing) {
    let step = |issue: Option<IssueNumber>, action: Action, reason: String| Step {
        key: ticket.key.clone(),
        ticket: Some(position),
        issue,
        action,
        reason,
    };
    if let Some(reason) = unspeakable(ticket, rules) {
        let standing = Standing::Untracked { reason: reason.clone() };
        return (vec![step(None, Action::Nothing, reason)], standing);
    }
    let Some(primary) = Own::primary(about_it) else {
        let (action, reason, standing) = without_issue(ticket, position, rules);
        return (vec![step(None, action, reason)], standing);
    };
    let opened = Own::opened(about_it).unwrap_or(primary.issue.created_at);
    let (action, reason, standing) = with_issue(ticket, primary, opened, rules);
    let number = primary.issue.number;
    let mut steps = vec![step(Some(number), action, reason)];
    let others =
        about_it.iter().filter(|own| own.may_be_a_duplicate() && own.issue.number != number);
    steps.extend(others.map(|own| Step {
        key: ticket.key.clone(),
        ..duplicate_step(own, Some(position), number)
    }));
    (steps, standing)
}

/// Closes an issue as a duplicate of an earlier one.
pub(super) fn duplicate_step(own: &Own<'_>, ticket: Option<usize>, number: IssueNumber) -> Step {
    Step {
        key: own.marker.key.clone(),
        ticket,
        issue: Some(own.issue.number),
        action: duplicate_of(own, number),
        reason: format!("#{number} is about the same"),
    }
}

/// Whether a ticket has an issue, now or after this run's writes.
pub(super) fn has_issue(ticket: &Ticket<'_>, rules: Rules<'_>) -> bool {
    ticket.opens && unspeakable(ticket, rules).is_none()
}

/// Why nothing about a ticket may be published.
fn unspeakable(ticket: &Ticket<'_>, rules: Rules<'_>) -> Option<String> {
    if !rules.audience.is_public() {
        return None;
    }
    if rules.incidents().is_some_and(|incidents| !incidents.policy.public) {
        return Some(
            "it is an incident, and the issues can be read by everybody; `public` in [incident] \
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
    let may_be_named = rules.audience.may_read(&ticket.key.package);
    (!may_be_named)
        .then(|| "its package is private, and the issues can be read by everybody".to_owned())
}

fn without_issue(
    ticket: &Ticket<'_>,
    position: usize,
    rules: Rules<'_>,
) -> (Action, String, Standing) {
    if !ticket.opens {
        return (Action::Nothing, "it blocks, and needs no issue".to_owned(), Standing::NotWanted);
    }
    let desired = Desired::new(ticket, rules.scan.now, None, rules);
    let action = Action::Create(desired.new_issue(ticket, position, rules));
    (action, "no issue is about it".to_owned(), Standing::Planned)
}

fn with_issue(
    ticket: &Ticket<'_>,
    own: &Own<'_>,
    opened: Timestamp,
    rules: Rules<'_>,
) -> (Action, String, Standing) {
    let desired = Desired::new(ticket, opened, Some(own), rules);
    let tracked = Standing::Tracked {
        number: own.issue.number,
        url: own.issue.url.clone(),
        due: desired.due,
        overdue: is_overdue(desired.due, rules.scan.today()),
    };
    let closed = Standing::ClosedByPerson { number: own.issue.number, url: own.issue.url.clone() };
    match own.issue.state {
        IssueState::Open => {
            let (action, reason) = update(&desired, own);
            (action, reason, tracked)
        }
        IssueState::Closed(_) if own.marker.closed.is_some() || own.marker.has(Fact::Gone) => {
            let said = "It is back: the finding was gone, and a scan has found it again.";
            (reopen(&desired, own, said), "the finding is back".to_owned(), tracked)
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

fn update(desired: &Desired, own: &Own<'_>) -> (Action, String) {
    let edit = desired.edit(own, None);
    if edit.is_empty() {
        return (Action::Nothing, "the issue says what is the case".to_owned());
    }
    let news = news(&own.marker, &desired.marker);
    let reason =
        news.clone().unwrap_or_else(|| "the issue does not say what is the case".to_owned());
    let change = Change {
        kind: ChangeKind::Update,
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
    if now.has(Fact::Overdue) && !before.has(Fact::Overdue) {
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
    if now.has(Fact::Fixable) && !before.has(Fact::Fixable) {
        news.push("a patched version is known now".to_owned());
    }
    if before.has(Fact::Gone) && !now.has(Fact::Gone) {
        news.push("the finding is back".to_owned());
    }
    news.extend(news_of_clock(before, now));
    (!news.is_empty()).then(|| news.join("; "))
}

fn reopen(desired: &Desired, own: &Own<'_>, said: &str) -> Action {
    Action::Change(Change {
        kind: ChangeKind::Reopen,
        edit: desired.edit(own, Some(IssueState::Open)),
        comment: Some(said.to_owned()),
    })
}

/// A person closed it as completed, but the finding is there. Lockgate reopens it once only.
fn closed_as_done(mut desired: Desired, own: &Own<'_>) -> (Action, String, bool) {
    if !desired.marker.has(Fact::Reopened) {
        desired.marker.facts.insert(Fact::Reopened);
        let said = "It was closed as done, but a scan still finds it: see “Where” above.";
        let reason = "it was closed as done, and the finding is still there".to_owned();
        return (reopen(&desired, own, said), reason, true);
    }
    let reason = "it was closed as done a second time, and the finding is still there".to_owned();
    if own.issue.has_label(DISPUTED_LABEL) {
        return (Action::Nothing, reason, false);
    }
    let edit = IssueEdit { add_labels: vec![DISPUTED_LABEL.to_owned()], ..IssueEdit::default() };
    let change = Change { kind: ChangeKind::Update, edit, comment: None };
    (Action::Change(change), reason, false)
}

/// A person closed it as not planned. The gate blocks anyway, and one comment says so.
fn closed_as_unwanted(desired: &Desired, own: &Own<'_>) -> (Action, String, bool) {
    let graver = desired.marker.severity > own.marker.severity;
    let fixable = desired.marker.has(Fact::Fixable) && !own.marker.has(Fact::Fixable);
    if graver || fixable {
        let news = news(&own.marker, &desired.marker).unwrap_or_default();
        return (reopen(desired, own, &format!("It is open again: {news}.")), news, true);
    }
    let reason = "a person has closed it; the gate blocks all the same".to_owned();
    if own.marker.has(Fact::Told) {
        return (Action::Nothing, reason, false);
    }
    let mut marker = Marker { revision: own.marker.revision + 1, ..own.marker.clone() };
    marker.facts.insert(Fact::Told);
    let change = Change {
        kind: ChangeKind::Comment,
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

fn duplicate_of(own: &Own<'_>, number: IssueNumber) -> Action {
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
    Action::Change(Change {
        kind: ChangeKind::Close,
        edit,
        comment: Some(format!("#{number} is about the same.")),
    })
}
