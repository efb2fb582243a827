//! The people to notify, in Markdown.

use jiff::Timestamp;

use crate::markdown::{code, link};
use crate::policy::{Contact, IncidentPolicy};

/// A placeholder for a person to fill in.
pub fn to_fill_in(what: &str) -> String {
    format!("**[to be filled in: {what}]**")
}

/// The data protection authority.
pub fn authority(policy: Option<&IncidentPolicy>) -> String {
    contact_or_placeholder(
        policy.and_then(|policy| policy.authority.as_ref()),
        "the authority for data protection",
    )
}

/// The team's own contact for incidents.
pub fn internal(policy: Option<&IncidentPolicy>) -> String {
    contact_or_placeholder(
        policy.and_then(|policy| policy.internal.as_ref()),
        "who answers for incidents",
    )
}

/// The way to reach customers.
pub fn customers(policy: Option<&IncidentPolicy>) -> String {
    contact_or_placeholder(
        policy.and_then(|policy| policy.customers.as_ref()),
        "how customers are reached",
    )
}

fn contact_or_placeholder(contact: Option<&Contact>, what: &str) -> String {
    contact.map_or_else(
        || to_fill_in(what),
        |Contact { name, contact }| format!("{} ({})", code(name), link(contact)),
    )
}

/// A time without fractions of a second, which would help nobody.
pub fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
