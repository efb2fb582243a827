//! Incidents: a vulnerability that could have let somebody read or alter customer data, or a package
//! that could have stolen credentials. Pure.
//!
//! ```text
//! outcome ─► triggers (gravity × component) ─► incident issue: clock, facts, checklist
//! history ─► context ─► internal report, notice to customers, release note
//! ```
//!
//! Nothing here decides that something has happened: people have to find that out. It says what
//! could have happened, what is known, what is unknown, and whom to notify by when.

pub mod checklist;
pub mod component;
pub mod contacts;
pub mod context;
pub mod exposure;
pub mod gravity;
pub mod note;
pub mod report;
pub mod trigger;

/// What could have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IncidentKind {
    /// Somebody could have read or altered customer data.
    Data,
    /// A malicious package could have stolen every credential within its reach.
    Credentials,
}

impl IncidentKind {
    pub const ALL: &'static [Self] = &[Self::Data, Self::Credentials];

    /// The word in markers and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data-incident",
            Self::Credentials => "credential-incident",
        }
    }
}
