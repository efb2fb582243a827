//! Whom to tell, in Markdown.

use jiff::Timestamp;

use crate::markdown::{code, link};
use crate::policy::{Contact, IncidentPolicy};

/// What stands where a person has to say something.
pub fn to_fill_in(what: &str) -> String {
    format!("**[to be filled in: {what}]**")
}

/// The authority for data protection.
pub fn authority(policy: Option<&IncidentPolicy>) -> String {
    shown(policy.and_then(|policy| policy.authority.as_ref()), "the authority for data protection")
}

/// Who answers for incidents inside the team.
pub fn internal(policy: Option<&IncidentPolicy>) -> String {
    shown(policy.and_then(|policy| policy.internal.as_ref()), "who answers for incidents")
}

/// How customers are reached.
pub fn customers(policy: Option<&IncidentPolicy>) -> String {
    shown(policy.and_then(|policy| policy.customers.as_ref()), "how customers are reached")
}

fn shown(contact: Option<&Contact>, what: &str) -> String {
    contact.map_or_else(
        || to_fill_in(what),
        |Contact { name, contact }| format!("{} ({})", code(name), link(contact)),
    )
}

/// A moment to the second: what is smaller tells nobody anything.
pub fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
