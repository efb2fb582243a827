//! What was found and does not count: one line each, so that nothing disappears.

use crate::outcome::Outcome;
use crate::report::Style;
use crate::report::group::{Group, package};
use crate::report::text::claims;
use crate::report::text::table::{self, Row};
use crate::terminal::Tone;

/// The section, if there is anything to say in it.
pub(super) fn render(groups: &[&Group<'_>], outcome: &Outcome, style: Style) -> Option<String> {
    let rows: Vec<Row<2>> = groups
        .iter()
        .flat_map(|group| group.findings())
        .map(|decided| Row {
            cells: [
                (decided.finding.id.to_string(), Some(Tone::Good)),
                (package(&decided.finding.package), None),
            ],
            rest: claims::cleared(decided, outcome, style),
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let heading = style.paint(Tone::Good, "not blocking: checked claims");
    Some(format!("{heading}\n{}", table::render(&rows, style)))
}
