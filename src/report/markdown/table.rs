//! One row for each advisory that needs attention or is worth knowing.

use super::page::Section;
use crate::facts;
use crate::markdown::escape;
use crate::report::group::Group;
use crate::report::words;
use crate::terminal::one_line;
use crate::verdict::Disposition;

/// The head of the table.
pub(super) const HEAD: &str = "| | Advisory | Package | Severity | Where | Fix |\n\
                               | --- | --- | --- | --- | --- | --- |\n";
const ROWS: usize = 60;
const TITLE_LIMIT: usize = 120;
const TEXT_LIMIT: usize = 160;

pub(super) fn section(groups: &[Group<'_>]) -> Section {
    let now = groups.iter().filter(|group| !group.was_there_before());
    let shown = now.filter(|group| !group.disposition().is_cleared());
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
    let id = escape::link(finding.id.as_str(), facts::link(finding).as_deref());
    let title = escape::prose(&one_line(&facts::title(finding), TITLE_LIMIT));
    let place = group.place(|place| escape::code(&one_line(place, TEXT_LIMIT)));
    format!(
        "| **{state}** | {id}<br>{title} | {} | {} | {place} | {} |\n",
        escape::code(&facts::package(&finding.package)),
        escape::prose(&facts::rating(&finding.severity)),
        escape::prose(&one_line(&facts::fix(finding), TEXT_LIMIT)),
    )
}
