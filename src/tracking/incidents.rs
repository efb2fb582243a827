//! Incidents: the same as for tickets, with a clock and a checklist.

use std::collections::BTreeMap;

use super::clock::{CONFIRMED_LABEL, Confirmation, Confirmations};
use super::plan::{IncidentRules, IssuesAbout, OwnIssue, PlanRules};
use super::scan::Scan;
use super::synchronise::{Synchronised, apply, listed};
use super::ticket::{Ticket, Tickets};
use super::tracker::{Tracker, TrackerError};
use super::visibility::Visibility;
use crate::policy::{IncidentPolicy, TicketPolicy};

/// Describes when something was exposed, as one line of Markdown. It may take a while.
type TellExposure<'run> = &'run dyn Fn(&Ticket<'_>) -> String;

/// The inputs of a run for incidents.
#[derive(Clone, Copy)]
pub struct IncidentRun<'run> {
    /// Who can read what is written.
    pub visibility: &'run Visibility,
    /// The account that opens lockgate's issues.
    pub account: &'run str,
    pub scan: &'run Scan,
    /// Called only for incidents that have no issue yet, and only by a run that writes.
    pub exposure: TellExposure<'run>,
    /// Whether this run may write.
    pub writes: bool,
}

/// Lists the issues of incidents, plans by both policies, and applies the plan if this run may write.
///
/// # Errors
///
/// The issues cannot be listed, so it is unknown what is tracked.
pub fn synchronise_incidents(
    tracker: &dyn Tracker,
    incidents: &Tickets<'_>,
    (policy, tickets): (&IncidentPolicy, &TicketPolicy),
    setting: IncidentRun<'_>,
) -> Result<Synchronised, TrackerError> {
    let issue_rules = policy.issues(&tickets.issues);
    let nothing_known =
        IncidentRules { policy, confirmations: BTreeMap::new(), exposures: BTreeMap::new() };
    let rules = PlanRules {
        issues: &issue_rules,
        visibility: setting.visibility,
        account: setting.account,
        scan: setting.scan,
        about: IssuesAbout::Incidents(&nothing_known),
    };
    let issues = listed(tracker, incidents, rules)?;
    let own = OwnIssue::all(&issues, rules);
    let confirmations = confirmations(tracker, incidents, &own);
    let is_written = setting.writes && (policy.public || !setting.visibility.is_public());
    let exposures = if is_written {
        exposures(incidents, &own, setting, issue_rules.most_new)
    } else {
        BTreeMap::new()
    };
    let known = IncidentRules { policy, confirmations, exposures };
    let rules = PlanRules { about: IssuesAbout::Incidents(&known), ..rules };
    Ok(apply(tracker, incidents, &issues, rules, setting.writes))
}

/// The confirmation of each incident that is open, or to be reopened. If it cannot be read, the clock
/// says so; everything else is still done.
fn confirmations(
    tracker: &dyn Tracker,
    incidents: &Tickets<'_>,
    own: &[OwnIssue<'_>],
) -> Confirmations {
    let is_wanted = |own: &OwnIssue<'_>| {
        let mut wanted = incidents.wanted.iter();
        own.issue.is_open() || wanted.any(|ticket| ticket.key.is_same(&own.marker.key))
    };
    own.iter()
        .filter(|own| own.issue.has_label(CONFIRMED_LABEL) && is_wanted(own))
        .map(|own| {
            let number = own.issue.number;
            let since = tracker.labelled_since(number, CONFIRMED_LABEL);
            let confirmation = match since {
                Ok(Some(time)) => Confirmation::Since(time),
                Ok(None) | Err(_) => Confirmation::Unreadable,
            };
            (number, confirmation)
        })
        .collect()
}

/// The exposure of the incidents that this run opens.
fn exposures(
    incidents: &Tickets<'_>,
    own: &[OwnIssue<'_>],
    setting: IncidentRun<'_>,
    most: usize,
) -> BTreeMap<usize, String> {
    let wanted = incidents.wanted.iter().enumerate();
    wanted
        .filter(|(_, ticket)| !own.iter().any(|own| own.marker.key.is_same(&ticket.key)))
        .take(most)
        .map(|(position, ticket)| (position, (setting.exposure)(ticket)))
        .filter(|(_, exposure)| setting.visibility.permits(exposure))
        .collect()
}

#[cfg(test)]
mod tests;
