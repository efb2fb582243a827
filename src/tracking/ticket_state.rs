//! The state of a ticket in the tracker, and its effect on the gate.

use jiff::civil::Date;

use super::issue::IssueNumber;
use super::ticket::Ticket;
use crate::outcome::Adjustment;
use crate::verdict::Disposition;

/// The state of a ticket in the tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// It has an open issue.
    Tracked {
        number: IssueNumber,
        url: String,
        /// Its last day, if it has one.
        due: Option<Date>,
        /// Whether that day has passed.
        overdue: bool,
    },
    /// A person has closed its issue, which is not an approval.
    ClosedByPerson {
        /// The number of the issue.
        number: IssueNumber,
        url: String,
    },
    /// An issue would be opened if this run could write.
    Planned,
    /// No issue is wanted: the gate blocks until the finding is resolved.
    NotWanted,
    /// It has no issue, and none could be opened.
    Untracked { reason: String },
}

impl TicketState {
    /// The effect of the state on the ticket's findings. Only those that a ticket lets pass
    /// can change: they block if the ticket fails. Those of an incident always do.
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

    /// An untracked incident blocks, regardless of what the gate says about its findings; a tracked one
    /// changes nothing for the gate.
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

    /// Whether the gate is closed because of it.
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
                format!("its ticket #{number} was closed by a person, which is not an approval"),
                None,
            )),
            Self::Untracked { reason } => Some((true, format!("it has no ticket: {reason}"), None)),
            Self::Planned | Self::NotWanted => None,
        }
    }
}
