//! The text of an issue: title, severity, due date, fix, evidence and locations.
//!
//! The same findings give the same text, so that an unchanged finding causes no edit.

mod facts;
mod fix;
pub mod incident;
mod places;

use jiff::civil::Date;

use super::marker::{END_OF_OURS, Marker, without_markers};
use super::ticket::Ticket;
use super::visibility::Visibility;
use crate::advisory_id::AdvisoryId;
use crate::markdown::code;
use crate::terminal::one_line;
use crate::verdict::Disposition;

/// GitHub refuses bodies of more than 65,536 characters. People's additions need room as well.
pub const MOST_CHARACTERS: usize = 60_000;

/// The limit for lockgate's text and people's additions together.
const MOST_IN_ALL: usize = 65_000;

/// The end of a checklist that is too long.
const CUT: &str = "\n\n**The checklist is cut here: it is too long for an issue.**";

/// GitHub refuses titles of more than 256 characters.
const LONGEST_TITLE: usize = 240;

/// The text of an issue, before the marker is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub title: String,
    pub text: String,
    /// The part at the top that changes by itself: the clock of an incident.
    pub clock: Option<String>,
}

impl Content {
    /// Renders a ticket. `due` is its last day, if it has one; `today` decides whether that day has
    /// passed.
    pub fn of(
        ticket: &Ticket<'_>,
        due: Option<Date>,
        today: Date,
        visibility: &Visibility,
    ) -> Self {
        let mut sections = vec![facts::headline(ticket), deadline(ticket, due, today)];
        sections.push(facts::advisory(ticket, visibility));
        sections.push(fix::render(ticket, visibility));
        sections.extend(facts::checks(ticket, visibility));
        sections.extend(facts::suppression(ticket, visibility));
        let end = end(ticket);
        let used: usize = sections.iter().map(|section| section.chars().count()).sum();
        let room = MOST_CHARACTERS.saturating_sub(used + end.chars().count() + 1_000);
        sections.push(places::render(ticket, visibility, room));
        sections.push(end);
        Self { title: title(ticket), text: sections.join("\n\n"), clock: None }
    }

    /// A digest of title and text, without the clock.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for part in [&self.title, &self.text] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The whole body: the marker, this text, and what a person has added to `previous`.
    pub fn body(&self, marker: &Marker, previous: Option<&str>) -> String {
        let ours = self.ours(marker);
        let room = MOST_IN_ALL.saturating_sub(ours.chars().count());
        let added = previous.map_or_else(String::new, added_by_people);
        let added: String = added.trim_end().chars().take(room).collect();
        format!("{ours}{added}")
    }

    /// The same with a checklist that is written once.
    pub fn body_with_checklist(&self, marker: &Marker, checklist: &str) -> String {
        let body = format!("{}\n\n{checklist}", self.ours(marker));
        if body.chars().count() <= MOST_IN_ALL {
            return body;
        }
        let room = MOST_IN_ALL.saturating_sub(CUT.len());
        body.chars().take(room).chain(CUT.chars()).collect()
    }

    /// Whether this text fits beside a person's additions to `previous`.
    pub fn fits(&self, marker: &Marker, previous: &str) -> bool {
        let added = added_by_people(previous);
        self.ours(marker).chars().count() + added.trim_end().chars().count() <= MOST_IN_ALL
    }

    fn ours(&self, marker: &Marker) -> String {
        let clock = self
            .clock
            .as_ref()
            .map_or_else(String::new, |clock| format!("{clock}\n\n{}\n", incident::START_OF_FACTS));
        format!("{}\n{clock}{}\n\n{END_OF_OURS}", marker.render(), self.text)
    }
}

/// What people have added to a body. If the separator is gone,
/// everything counts as theirs, so that nothing of it is lost.
///
/// The separator only counts at the beginning of a line: elsewhere it is a quotation.
pub fn added_by_people(body: &str) -> String {
    if let Some((_, added)) = body.split_once(&format!("\n{END_OF_OURS}")) {
        return added.to_owned();
    }
    format!("\n\n{}", without_markers(body))
}

/// A body that is about to be written, with additions that people have made in the meantime.
pub fn with_latest_additions(body: &str, latest: &str) -> String {
    match body.split_once(&format!("\n{END_OF_OURS}")) {
        Some((ours, _)) => {
            let added = added_by_people(latest);
            format!("{ours}\n{END_OF_OURS}{}", added.trim_end())
        }
        None => body.to_owned(),
    }
}

/// Titles are not Markdown; names and text in them are shown unchanged.
fn title(ticket: &Ticket<'_>) -> String {
    let named = ticket.key.display_name();
    let summary = ticket
        .findings
        .iter()
        .map(|decided| decided.finding.title.as_str())
        .find(|title| !title.trim().is_empty());
    let title = match summary {
        Some(summary) => format!("{named}: {summary}"),
        None => named,
    };
    one_line(&title, LONGEST_TITLE)
}

fn deadline(ticket: &Ticket<'_>, due: Option<Date>, today: Date) -> String {
    let blocks = ticket.findings.iter().any(|decided| decided.disposition == Disposition::Block);
    match due {
        _ if blocks => "**It blocks**: the gate is closed until it is resolved.".to_owned(),
        Some(due) if today > due => {
            format!("**Overdue**: it was due on {due}, and the gate is closed. {MORE_TIME}")
        }
        Some(due) => format!("**Due on {due}**: after that day the gate closes. {MORE_TIME}"),
        None => "It has no due date.".to_owned(),
    }
}

const MORE_TIME: &str = "More time takes a reviewed change of `[ticket] due` in the policy; an edit \
                         of this issue changes nothing.";

/// The last line, which says how to get the details that are left out.
fn end(ticket: &Ticket<'_>) -> String {
    let id = ticket.key.identifiers.first().map_or("", AdvisoryId::as_str);
    let command = format!("lockgate explain {id}");
    format!(
        "---\n\nWritten by lockgate, which keeps this text up to date and closes the issue when the \
         finding is gone; closing it by hand approves nothing. Everything: {}. What you add below \
         this line stays.",
        code(&command)
    )
}

#[cfg(test)]
mod tests;
