//! Findings that are only noted.

use crate::facts;
use crate::outcome::Outcome;
use crate::report::Style;
use crate::report::group::{Group, package};
use crate::report::text::block;
use crate::report::text::table::{self, Row};
use crate::severity::SeverityLevel;
use crate::terminal::{Tone, one_line};

/// The most notes that are shown in full; more become a list.
const IN_FULL: usize = 2;
const TEXT_LIMIT: usize = 140;

/// The blocks, or the list.
pub(super) fn render(groups: &[&Group<'_>], outcome: &Outcome, style: Style) -> Vec<String> {
    if groups.len() <= IN_FULL {
        let blocks = groups.iter().map(|group| block::render(group, outcome, style));
        return blocks.collect();
    }
    let rows: Vec<Row<3>> = groups.iter().map(|group| row(group, style)).collect();
    let heading = style.paint(Tone::Note, format!("{} notes", groups.len()));
    vec![format!("{heading}\n{}", table::render(&rows, style))]
}

fn row(group: &Group<'_>, style: Style) -> Row<3> {
    let finding = &group.first.finding;
    let place = group.place(|place| one_line(place, TEXT_LIMIT));
    let place = style.paint(Tone::Faint, format!("· {place}"));
    Row {
        cells: [
            (finding.id.to_string(), Some(Tone::Note)),
            (finding.kind.to_string(), None),
            (package(&finding.package), None),
        ],
        rest: format!("{}{} {place}", rating(group, style), one_line(&group.title(), TEXT_LIMIT)),
    }
}

/// The severity, if there is one: a grave note must not look harmless.
fn rating(group: &Group<'_>, style: Style) -> String {
    let severity = &group.first.finding.severity;
    let text = facts::rating(severity);
    let shown = match severity.level {
        SeverityLevel::Unknown => return String::new(),
        SeverityLevel::Critical | SeverityLevel::High => style.paint(Tone::Error, text),
        SeverityLevel::Medium => style.paint(Tone::Warning, text),
        SeverityLevel::Low => text,
    };
    format!("{shown} · ")
}
