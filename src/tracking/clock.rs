//! The clock of an incident: when it was found, when it was confirmed, and the deadline for
//! notifying the authority.
//!
//! A person confirms by setting [`CONFIRMED_LABEL`]. The time comes from the tracker's own
//! event log of the issue, which nobody can edit.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::issue::{Issue, IssueNumber};
use crate::incident::checklist::is_authority_notified;
use crate::incident::contacts::{authority, to_the_second};
use crate::policy::IncidentPolicy;
use crate::words::exact_span;

/// The label with which a person confirms that data was accessed or altered.
pub const CONFIRMED_LABEL: &str = "incident:confirmed";

/// The label of an incident whose authority should have been notified.
pub const INCIDENT_OVERDUE_LABEL: &str = "incident:overdue";

/// The confirmation of one issue, according to the tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// It is not confirmed.
    NotYet,
    /// When it was confirmed.
    Since(Timestamp),
    /// It is confirmed, but the time could not be read.
    Unreadable,
}

/// The confirmation of every incident that has an issue.
pub type Confirmations = BTreeMap<IssueNumber, Confirmation>;

/// The part of a marker that remembers the clock of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// When it was found.
    pub found: Timestamp,
    /// When it was confirmed, if that was ever known.
    pub confirmed: Option<Timestamp>,
    /// A digest of the clock's text as it was last written.
    pub written: String,
}

/// The clock of one incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When it was found.
    pub found: Timestamp,
    /// Whether it is confirmed.
    pub confirmation: Confirmation,
    /// Whether the checklist item for the authority is ticked.
    is_notified: bool,
    allowed: SignedDuration,
    now: Timestamp,
}

impl Clock {
    /// The clock of an incident that was found just now.
    pub fn new(policy: &IncidentPolicy, now: Timestamp) -> Self {
        Self {
            found: to_the_second(now),
            confirmation: Confirmation::NotYet,
            is_notified: false,
            allowed: policy.deadline,
            now,
        }
    }

    /// The clock of an incident that has an issue. Remembered values replace those that cannot be
    /// read now.
    pub fn of(
        policy: &IncidentPolicy,
        now: Timestamp,
        issue: &Issue,
        before: &Memory,
        confirmations: &Confirmations,
    ) -> Self {
        let read = confirmations.get(&issue.number).copied();
        let confirmation = match (read.unwrap_or(Confirmation::NotYet), before.confirmed) {
            (Confirmation::Unreadable, Some(known)) => Confirmation::Since(known),
            (read, _) => read,
        };
        Self {
            found: before.found,
            confirmation,
            is_notified: is_authority_notified(&issue.body),
            allowed: policy.deadline,
            now,
        }
    }

    /// When it was confirmed, if that is known.
    pub fn confirmed(&self) -> Option<Timestamp> {
        match self.confirmation {
            Confirmation::Since(time) => Some(time),
            Confirmation::NotYet | Confirmation::Unreadable => None,
        }
    }

    /// The deadline for notifying the authority.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.confirmed()?.checked_add(self.allowed).ok()
    }

    /// Whether the authority should have been notified, and the item is not ticked.
    pub fn is_overdue(&self) -> bool {
        !self.is_notified && self.deadline().is_some_and(|deadline| self.now > deadline)
    }

    /// The values to remember once this is written.
    pub fn memory(&self, policy: &IncidentPolicy) -> Memory {
        let digest = blake3::hash(self.render(policy).as_bytes()).to_hex();
        Memory { found: self.found, confirmed: self.confirmed(), written: digest[..16].to_owned() }
    }

    /// The clock in Markdown.
    pub fn render(&self, policy: &IncidentPolicy) -> String {
        let allowed = exact_span(self.allowed);
        let whom = authority(Some(policy));
        let found = format!("Found on {}.", self.found);
        let state = match (self.confirmation, self.deadline()) {
            (Confirmation::Since(since), Some(deadline)) => {
                let notified = if self.is_notified {
                    "The checklist says that it was told.".to_owned()
                } else if self.is_overdue() {
                    format!(
                        "**That is past, and the checklist does not say that it was told.** Tell \
                             it now, with the reasons for the delay: {whom}."
                    )
                } else {
                    format!("Tell: {whom}.")
                };
                format!(
                    "**Confirmed on {since}.** The authority has to be told by **{deadline}**, \
                     {allowed} later. {notified}"
                )
            }
            (Confirmation::NotYet, _) => format!(
                "**Not confirmed**: nobody has said that data was accessed or altered, so the clock \
                 does not run. As soon as somebody knows, set the label `{CONFIRMED_LABEL}`: from \
                 then on the authority has to be told within {allowed}."
            ),
            (Confirmation::Unreadable | Confirmation::Since(_), _) => format!(
                "**Confirmed; the time could not be read.** The authority has to be told within \
                 {allowed} of that: look when the label `{CONFIRMED_LABEL}` was set. Tell: {whom}."
            ),
        };
        format!("{found} {state}")
    }
}
