//! One row for each advisory that asks for something or is worth knowing.

use super::page::Section;
use crate::report::group::Group;
use crate::report::{escape, words};
use crate::terminal::one_line;
use crate::verdict::Disposition;

/// The head of the table.
pub(super) const HEAD: &str = "| | Advisory | Package | Severity | Where | What mends it |\n\
                               | --- | --- | --- | --- | --- | --- |\n";
const ROWS: usize = 60;
const TITLE_LIMIT: usize = 120;
const TEXT_LIMIT: usize = 160;

pub(super) fn section(groups: &[Group<'_>]) -> Section {
    let now = groups.iter().filter(|group| !group.was_there_before());
    let shown = now.filter(|group| match group.disposition() {
        Disposition::Block | Disposition::Ticket | Disposition::Note => true,
        Disposition::Suppressed | Disposition::NotAffected => false,
    });
    Section {
        heading: HEAD.into(),
        items: shown.map(row).collect(),
        end: String::new(),
        most: ROWS,
        what: "advisories",
    }
}

/// The row of one advisory.
pub(super) fn row(group: &Group<'_>) -> String {
    let decided = group.first;
    let finding = &decided.finding;
    let state = match (decided.disposition, decided.due) {
        (Disposition::Ticket, Some(due)) => format!("ticket, due {due}"),
        (disposition, _) if group.was_there_before() => words::before(disposition).to_owned(),
        (disposition, _) => disposition.as_str().to_owned(),
    };
    let id = escape::link(finding.id.as_str(), words::link(finding).as_deref());
    let title = escape::prose(&words::title(finding, TITLE_LIMIT));
    let place = finding.locations.first().map(ToString::to_string);
    let place = escape::code(&one_line(&place.unwrap_or_default(), TEXT_LIMIT));
    let more = match group.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    format!(
        "| **{state}** | {id}<br>{title} | {} | {} | {place}{more} | {} |\n",
        escape::code(&words::package(&finding.package)),
        escape::prose(&words::rating(&finding.severity)),
        escape::prose(&one_line(&words::action(finding), TEXT_LIMIT)),
    )
}
