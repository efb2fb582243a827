//! What an issue should look like.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{OVERDUE_LABEL, Own, Rules, is_overdue};
use crate::tracking::body::Content;
use crate::tracking::issue::{IssueEdit, IssueState, NewIssue};
use crate::tracking::marker::{Fact, Marker, with_marker};
use crate::tracking::ticket::Ticket;
use crate::verdict::Disposition;

/// What an issue about a ticket should look like.
pub(super) struct Desired {
    content: Content,
    pub(super) marker: Marker,
    pub(super) due: Option<Date>,
}

impl Desired {
    /// For an issue opened at a time, which may already be there.
    pub(super) fn new(
        ticket: &Ticket<'_>,
        opened: Timestamp,
        own: Option<&Own<'_>>,
        rules: Rules<'_>,
    ) -> Self {
        let today = rules.scan.today();
        let due = due(ticket, opened, rules);
        let content = Content::of(ticket, due, today, rules.audience);
        let before = own.map(|own| &own.marker);
        let mut key = ticket.key.clone();
        let mut branches: BTreeSet<String> = rules
            .scan
            .checkout
            .branch()
            .map(str::to_owned)
            .into_iter()
            .collect();
        if let Some(before) = before {
            key.identifiers
                .extend(before.key.identifiers.iter().cloned());
            branches.extend(before.branches.iter().cloned());
        }
        let marker = Marker {
            key,
            severity: ticket.level(),
            facts: facts(ticket, is_overdue(due, today), before),
            content: content.digest(),
            revision: before.map_or(0, |before| before.revision),
            branches,
            closed: None,
        };
        Self { content, marker, due }
    }

    /// The issue to open.
    pub(super) fn new_issue(&self, rules: Rules<'_>) -> NewIssue {
        let mut labels = vec![rules.policy.label.clone()];
        labels.extend(rules.policy.labels.iter().cloned());
        NewIssue {
            title: self.content.title.clone(),
            body: self.content.body(&self.marker, None),
            labels,
            assignees: rules.policy.assignees.clone(),
            milestone: rules.policy.milestone.clone(),
        }
    }

    /// The edit that makes an issue look like this, if it does not yet. A new `state` makes it
    /// necessary in any case.
    pub(super) fn edit(&self, own: &Own<'_>, state: Option<IssueState>) -> IssueEdit {
        let mut edit = IssueEdit { state, ..IssueEdit::default() };
        let is_labelled = own.issue.has_label(OVERDUE_LABEL);
        if self.marker.has(Fact::Overdue) && !is_labelled {
            edit.add_labels.push(OVERDUE_LABEL.to_owned());
        }
        if !self.marker.has(Fact::Overdue) && is_labelled {
            edit.remove_labels.push(OVERDUE_LABEL.to_owned());
        }
        if self.marker == own.marker && state.is_none() {
            return edit;
        }
        let marker = Marker { revision: own.marker.revision + 1, ..self.marker.clone() };
        let body = if self.marker.content == own.marker.content {
            // What a person has changed in our text stays until there is something new to say.
            with_marker(&own.issue.body, &marker)
        } else {
            edit.title = Some(self.content.title.clone());
            self.content.body(&marker, Some(&own.issue.body))
        };
        edit.body = Some(body);
        edit
    }
}

/// What is the case now, and what was done before.
fn facts(ticket: &Ticket<'_>, is_overdue: bool, before: Option<&Marker>) -> BTreeSet<Fact> {
    let done = [Fact::Reopened, Fact::Told]
        .into_iter()
        .filter(|fact| before.is_some_and(|before| before.has(*fact)));
    let fixable = (!ticket.fixed_in().is_empty()).then_some(Fact::Fixable);
    let overdue = is_overdue.then_some(Fact::Overdue);
    done.chain(fixable).chain(overdue).collect()
}

/// The last day: counted from when the issue was opened, by the severity that the finding has now.
/// What blocks anyway has none.
fn due(ticket: &Ticket<'_>, opened: Timestamp, rules: Rules<'_>) -> Option<Date> {
    let day = opened.to_zoned(TimeZone::UTC).date();
    let findings = ticket.findings.iter();
    let tracked = findings.filter(|decided| decided.disposition == Disposition::Ticket);
    tracked
        .filter_map(|decided| rules.policy.due.get(&decided.finding.severity.level))
        .filter_map(|allowed| day.checked_add(*allowed).ok())
        .min()
}
