//! The content that an issue should have.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{IncidentRules, IssuesAbout, OwnIssue, PlanRules, is_overdue};
use crate::incident::checklist;
use crate::tracking::body::{self, Content};
use crate::tracking::clock::Clock;
use crate::tracking::issue::{IssueEdit, IssueState, NewIssue};
use crate::tracking::marker::{Marker, MarkerFact, with_marker};
use crate::tracking::ticket::{IssueKind, Ticket};
use crate::verdict::Disposition;

/// The content that an issue about a ticket should have.
pub(super) struct Desired {
    content: Content,
    pub(super) marker: Marker,
    pub(super) due: Option<Date>,
    overdue_label: &'static str,
    /// The label that marks the issue as lockgate's.
    label: String,
}

impl Desired {
    /// For an issue opened at a given time, which may exist already.
    pub(super) fn new(
        ticket: &Ticket<'_>,
        opened: Timestamp,
        own: Option<&OwnIssue<'_>>,
        rules: PlanRules<'_>,
    ) -> Self {
        let today = rules.scan.today();
        let due = due(ticket, opened, rules);
        let clock = rules.incidents().map(|incidents| (clock(own, incidents, rules), incidents));
        let content = match clock {
            Some((clock, IncidentRules { policy, .. })) => {
                body::incident::content(ticket, clock.render(policy), policy, rules.visibility)
            }
            None => Content::of(ticket, due, today, rules.visibility),
        };
        let before = own.map(|own| &own.marker);
        let is_overdue =
            clock.map_or_else(|| is_overdue(due, today), |(clock, _)| clock.is_overdue());
        let mut key = ticket.key.clone();
        let mut branches: BTreeSet<String> =
            rules.scan.checkout.branch().map(str::to_owned).into_iter().collect();
        if let Some(before) = before {
            key.identifiers.extend(before.key.identifiers.iter().cloned());
            branches.extend(before.branches.iter().cloned());
        }
        let marker = Marker {
            key,
            severity: ticket.level(),
            facts: facts(ticket, is_overdue, before),
            content: content.digest(),
            revision: before.map_or(0, |before| before.revision),
            branches,
            closed: None,
            clock: clock.map(|(clock, incidents)| clock.memory(incidents.policy)),
        };
        Self {
            content,
            marker,
            due,
            overdue_label: rules.overdue_label(),
            label: rules.issues.label.clone(),
        }
    }

    /// The issue to open for the ticket at a position.
    pub(super) fn new_issue(
        &self,
        ticket: &Ticket<'_>,
        position: usize,
        rules: PlanRules<'_>,
    ) -> NewIssue {
        let mut labels = vec![rules.issues.label.clone()];
        labels.extend(rules.issues.labels.iter().cloned());
        NewIssue {
            title: self.content.title.clone(),
            body: self.new_body(ticket, position, rules),
            labels,
            assignees: rules.issues.assignees.clone(),
            milestone: rules.issues.milestone.clone(),
        }
    }

    fn new_body(&self, ticket: &Ticket<'_>, position: usize, rules: PlanRules<'_>) -> String {
        let (Some(incidents), IssueKind::Incident(kind)) = (rules.incidents(), ticket.key.kind)
        else {
            return self.content.body(&self.marker, None);
        };
        let why: Vec<&str> = ticket.why.iter().map(String::as_str).collect();
        let facts = checklist::Facts {
            findings: &ticket.findings,
            why: &why.join("; "),
            found: rules.scan.now,
            exposure: incidents.exposures.get(&position).map(String::as_str),
            permits: &|text| rules.visibility.permits(text),
        };
        let checklist = checklist::render(kind, incidents.policy, &facts);
        self.content.body_with_checklist(&self.marker, &checklist)
    }

    /// The edit that gives an issue this content, if it differs. A new `state` always makes an edit
    /// necessary.
    pub(super) fn edit(&self, own: &OwnIssue<'_>, state: Option<IssueState>) -> IssueEdit {
        let mut edit = IssueEdit { state, ..IssueEdit::default() };
        if !own.issue.has_label(&self.label) {
            edit.add_labels.push(self.label.clone());
        }
        let is_labelled = own.issue.has_label(self.overdue_label);
        if self.marker.has(MarkerFact::Overdue) && !is_labelled {
            edit.add_labels.push(self.overdue_label.to_owned());
        }
        if !self.marker.has(MarkerFact::Overdue) && is_labelled {
            edit.remove_labels.push(self.overdue_label.to_owned());
        }
        // A marker in another place, or one restored from known facts, is moved to its place.
        let is_in_place = Marker::parse(&own.issue.body).is_some_and(|found| found == own.marker);
        if self.marker == own.marker && state.is_none() && is_in_place {
            return edit;
        }
        let marker = Marker { revision: own.marker.revision + 1, ..self.marker.clone() };
        let is_said = self.marker.content == own.marker.content;
        let body = if is_said || !self.content.fits(&marker, &own.issue.body) {
            // A person's changes to our text stay until there is something new to say, and
            // a person's additions are never cut.
            match &self.content.clock {
                Some(clock) => body::incident::with_clock(&own.issue.body, &marker, clock),
                None => with_marker(&own.issue.body, &marker),
            }
        } else {
            edit.title = Some(self.content.title.clone());
            self.content.body(&marker, Some(&own.issue.body))
        };
        edit.body = Some(body);
        edit
    }
}

/// The clock of an incident, whether or not it has an issue.
pub(super) fn clock(
    own: Option<&OwnIssue<'_>>,
    incidents: &IncidentRules<'_>,
    rules: PlanRules<'_>,
) -> Clock {
    let now = rules.scan.now;
    let before = own.and_then(|own| Some((own.issue, own.marker.clock.as_ref()?)));
    match before {
        Some((issue, memory)) => {
            Clock::of(incidents.policy, now, issue, memory, &incidents.confirmations)
        }
        None => Clock::new(incidents.policy, now),
    }
}

/// The facts now, and the actions done before.
fn facts(ticket: &Ticket<'_>, is_overdue: bool, before: Option<&Marker>) -> BTreeSet<MarkerFact> {
    let done = [MarkerFact::Reopened, MarkerFact::CommentedOnClosing]
        .into_iter()
        .filter(|fact| before.is_some_and(|before| before.has(*fact)));
    let fixable = (!ticket.facts().fixed_in().is_empty()).then_some(MarkerFact::Fixable);
    let overdue = is_overdue.then_some(MarkerFact::Overdue);
    done.chain(fixable).chain(overdue).collect()
}

/// The last day: counted from when the issue was opened, by the current severity of the finding.
/// A ticket that blocks anyway has none.
fn due(ticket: &Ticket<'_>, opened: Timestamp, rules: PlanRules<'_>) -> Option<Date> {
    let IssuesAbout::Tickets { due } = rules.about else {
        return None;
    };
    let day = opened.to_zoned(TimeZone::UTC).date();
    let findings = ticket.findings.iter();
    let tracked = findings.filter(|decided| decided.disposition == Disposition::Ticket);
    tracked
        .filter_map(|decided| due.get(&decided.finding.severity.level))
        .filter_map(|allowed| day.checked_add(*allowed).ok())
        .min()
}
