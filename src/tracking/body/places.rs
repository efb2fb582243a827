//! Where the findings of a ticket are: lockfiles, lines, and the ways in.

use std::fmt::Write;
use std::sync::Arc;

use crate::facts::ways_in;
use crate::markdown::code;
use crate::package::PackageId;
use crate::tracking::ticket::Ticket;
use crate::tracking::visibility::Visibility;
use crate::verdict::DecidedFinding;

/// More paths would not help a reader.
const MOST_PATHS: usize = 5;

/// Lists as many places as fit into `room` characters.
pub(super) fn render(ticket: &Ticket<'_>, visibility: &Visibility, room: usize) -> String {
    let mut text = "### Where\n".to_owned();
    let mut used = 0;
    let mut findings = ticket.findings.clone();
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    let total = findings.len();
    for (position, decided) in findings.into_iter().enumerate() {
        let entry = entry(decided, visibility);
        used += entry.chars().count();
        if used > room {
            let left_out = total - position;
            // Writing to a `String` cannot fail.
            let _ = write!(
                text,
                "\n- and {left_out} more in other lockfiles or versions; `lockgate check` lists all"
            );
            break;
        }
        text.push_str(&entry);
    }
    text
}

fn order(decided: &DecidedFinding) -> impl Ord + '_ {
    (&decided.finding.locations, &decided.finding.package)
}

fn entry(decided: &DecidedFinding, visibility: &Visibility) -> String {
    let finding = &decided.finding;
    let lines: Vec<String> =
        finding.locations.iter().map(|location| location.line.to_string()).collect();
    let file = finding.locations.first().map_or("", |location| &location.file);
    let mut entry = format!(
        "\n- {} in {}, line {} ({})",
        code(&finding.package.to_string()),
        code(file),
        lines.join(", "),
        finding.scope.as_str()
    );
    for way in ways_in(finding, MOST_PATHS, |path| code(&way_in(path, visibility))) {
        let _ = write!(entry, "\n  - {way}");
    }
    entry
}

/// A path without its private packages.
fn way_in(path: &[Arc<PackageId>], visibility: &Visibility) -> String {
    let steps: Vec<String> =
        path.iter()
            .map(|step| {
                if visibility.permits(&step.name) {
                    step.to_string()
                } else {
                    "(private)".to_owned()
                }
            })
            .collect();
    steps.join(" › ")
}
