//! The text of an incident issue.
//!
//! ```text
//! marker
//! clock       rewritten when it changes, whether the finding is there or gone
//! facts       rewritten while the finding is there
//! checklist   written once; from then on it belongs to the people
//! ```

use super::{Content, facts, fix, places, title};
use crate::incident::IncidentKind;
use crate::incident::contacts::{authority, customers, internal};
use crate::policy::IncidentPolicy;
use crate::tracking::marker::{Marker, with_marker};
use crate::tracking::ticket::{IssueKind, Ticket};
use crate::tracking::visibility::Visibility;

/// The line between the clock and the facts.
pub const START_OF_FACTS: &str = "<!-- lockgate:facts -->";

/// The limit for lockgate's own text, so that a checklist and people's additions fit.
const MOST_CHARACTERS: usize = 30_000;

/// Renders the facts of an incident.
pub fn content(
    ticket: &Ticket<'_>,
    clock: String,
    policy: &IncidentPolicy,
    visibility: &Visibility,
) -> Content {
    let mut sections = vec![facts::headline(ticket), why(ticket, visibility)];
    sections.push(facts::advisory(ticket, visibility));
    sections.push(fix::render(ticket, visibility));
    sections.extend(facts::checks(ticket, visibility));
    sections.push(whom_to_tell(policy));
    let used: usize = sections.iter().map(|section| section.chars().count()).sum();
    let room = MOST_CHARACTERS.saturating_sub(used + END.chars().count() + 1_000);
    sections.push(places::render(ticket, visibility, room));
    sections.push(END.to_owned());
    Content { title: title(ticket), text: sections.join("\n\n"), clock: Some(clock) }
}

fn why(ticket: &Ticket<'_>, visibility: &Visibility) -> String {
    let what = match ticket.key.kind {
        IssueKind::Incident(IncidentKind::Credentials) => {
            "**It could have taken every credential that it could read.**"
        }
        IssueKind::Incident(IncidentKind::Data) | IssueKind::Ticket => {
            "**It could have let somebody read or alter customer data.** Whether that happened is for \
             people to find out."
        }
    };
    let reasons: Vec<String> = ticket.why.iter().map(|reason| visibility.code_of(reason)).collect();
    format!("{what}\n\n{}", facts::bullets(&reasons))
}

fn whom_to_tell(policy: &IncidentPolicy) -> String {
    let policy = Some(policy);
    format!(
        "### Whom to tell\n\n- Internal: {}\n- Authority: {}\n- Customers: {}",
        internal(policy),
        authority(policy),
        customers(policy)
    )
}

const END: &str = "---\n\nWritten by lockgate, which keeps the text above up to date and never closes \
                   an incident: a person does, when it is dealt with. The checklist below is yours: \
                   what you tick, change and add stays. It is a help, and no legal advice.";

/// A body with another marker and clock, otherwise unchanged.
pub fn with_clock(body: &str, marker: &Marker, clock: &str) -> String {
    match body.split_once(&format!("\n{START_OF_FACTS}")) {
        Some((_, rest)) => format!("{}\n{clock}\n\n{START_OF_FACTS}{rest}", marker.render()),
        None => with_marker(body, marker),
    }
}
