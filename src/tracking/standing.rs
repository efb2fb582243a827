//! How well a ticket is tracked, and what that means for the gate.

use jiff::civil::Date;

use super::issue::IssueNumber;
use super::ticket::Ticket;
use crate::outcome::Adjustment;
use crate::verdict::Disposition;

/// How well a ticket is tracked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// An open issue is about it.
    Tracked {
        number: IssueNumber,
        url: String,
        /// Its last day, where it has one.
        due: Option<Date>,
        /// Whether that day has passed.
        overdue: bool,
    },
    /// A person has closed its issue, which is no approval.
    ClosedByPerson {
        /// The number of the issue.
        number: IssueNumber,
        url: String,
    },
    /// An issue would be opened if this run could write.
    Planned,
    /// No issue is wanted: the gate blocks until it is resolved.
    NotWanted,
    /// No issue is about it, and none could be opened.
    Untracked { reason: String },
}

impl Standing {
    /// What the standing of a ticket means for its findings. Only those that a ticket lets pass
    /// can change: they block where the ticket does not do its work. Those of an incident always do.
    pub fn adjustments(&self, ticket: &Ticket<'_>) -> Vec<Adjustment> {
        if ticket.key.kind.is_incident() {
            return self.adjustments_for_incident(ticket);
        }
        let Some((blocks, remark, due)) = self.meaning() else {
            return Vec::new();
        };
        ticket
            .findings
            .iter()
            .zip(&ticket.positions)
            .filter(|(decided, _)| decided.disposition == Disposition::Ticket)
            .map(|(_, position)| Adjustment {
                position: *position,
                blocks,
                remark: remark.clone(),
                due,
            })
            .collect()
    }

    /// An incident that is not tracked blocks, whatever the gate says about its findings; one that is
    /// tracked changes nothing for the gate.
    fn adjustments_for_incident(&self, ticket: &Ticket<'_>) -> Vec<Adjustment> {
        let (blocks, remark) = match self {
            Self::Tracked { number, .. } => (false, format!("incident #{number}")),
            Self::ClosedByPerson { number, .. } => (
                true,
                format!(
                    "its incident #{number} was closed by a person, and the finding is still there"
                ),
            ),
            Self::Untracked { reason } => (true, format!("its incident has no issue: {reason}")),
            Self::Planned | Self::NotWanted => return Vec::new(),
        };
        ticket
            .findings
            .iter()
            .zip(&ticket.positions)
            .map(|(decided, position)| Adjustment {
                position: *position,
                blocks,
                remark: remark.clone(),
                due: decided.due,
            })
            .collect()
    }

    /// Whether the gate is closed because of it, whatever is written about it.
    pub fn blocks(&self) -> bool {
        match self {
            Self::ClosedByPerson { .. } | Self::Untracked { .. } | Self::NotWanted => true,
            Self::Tracked { overdue, .. } => *overdue,
            Self::Planned => false,
        }
    }

    fn meaning(&self) -> Option<(bool, String, Option<Date>)> {
        match self {
            Self::Tracked { number, due: Some(due), overdue: true, .. } => {
                Some((true, format!("its ticket #{number} was due on {due}"), Some(*due)))
            }
            Self::Tracked { number, due, .. } => {
                Some((false, format!("tracked in #{number}"), *due))
            }
            Self::ClosedByPerson { number, .. } => Some((
                true,
                format!("its ticket #{number} was closed by a person, which is no approval"),
                None,
            )),
            Self::Untracked { reason } => Some((true, format!("it has no ticket: {reason}"), None)),
            Self::Planned | Self::NotWanted => None,
        }
    }
}
