//! Findings from before the checked change, findings that it fixes, and its changes to the policy:
//! one line each.

use crate::facts::line;
use crate::outcome::Comparison;
use crate::policy::change::{PolicyChange, PolicyEffect};
use crate::report::group::{Group, package, tone};
use crate::report::text::table::{self, Row};
use crate::report::{Style, words};
use crate::terminal::Tone;
use crate::verdict::change::FixedFinding;

/// The heading above the blocks.
pub(super) fn heading_of_added(style: Style) -> String {
    format!("{}\n", style.paint(Tone::Strong, words::ADDED))
}

/// Findings from before.
pub(super) fn before(groups: &[&Group<'_>], style: Style) -> Option<String> {
    let rows = groups.iter().map(|group| {
        let finding = &group.first.finding;
        let disposition = group.disposition();
        Row {
            cells: [
                (finding.id.to_string(), Some(tone(disposition))),
                (package(&finding.package), None),
                (words::before(disposition).to_owned(), None),
            ],
            rest: rest_of(group, style),
        }
    });
    section(words::BEFORE, Tone::Strong, &rows.collect::<Vec<_>>(), style)
}

/// The title, the refuted claim, the due date, and the place.
fn rest_of(group: &Group<'_>, style: Style) -> String {
    let decided = group.first;
    let mut rest = group.title();
    if group.refuted().next().is_some() {
        rest += " · claim refuted";
    }
    if let Some(due) = decided.due {
        rest.extend([" · due ", &due.to_string()]);
    }
    let place = format!("· {}", group.place(str::to_owned));
    format!("{rest} {}", style.paint(Tone::Faint, place))
}

/// Findings that are fixed.
pub(super) fn fixed(comparison: &Comparison, style: Style) -> Option<String> {
    let rows = comparison
        .fixed
        .iter()
        .map(|fixed| gone(fixed, Tone::Good, &format!("· {}", line(&fixed.lockfile)), style));
    section(words::FIXED, Tone::Good, &rows.collect::<Vec<_>>(), style)
}

/// Findings that are not matched any more.
pub(super) fn unmatched(comparison: &Comparison, style: Style) -> Option<String> {
    let rows = comparison.unmatched.iter().map(|finding| {
        let place = format!("· {} · {}", words::moved(finding), line(&finding.lockfile));
        gone(finding, Tone::Warning, &place, style)
    });
    section(words::UNMATCHED, Tone::Warning, &rows.collect::<Vec<_>>(), style)
}

/// The row of a finding that is fixed or not matched any more.
fn gone(finding: &FixedFinding, tone: Tone, place: &str, style: Style) -> Row<2> {
    let rest = format!("{} {}", line(&finding.title), style.paint(Tone::Faint, place));
    Row {
        cells: [(finding.id.to_string(), Some(tone)), (package(&finding.package), None)],
        rest: rest.trim_start().to_owned(),
    }
}

/// The changes to the policy.
pub(super) fn policy(comparison: &Comparison, style: Style) -> Option<String> {
    let rows = comparison.policy_changes.iter().map(|change| policy_row(change, style));
    section(words::POLICY_CHANGES, Tone::Strong, &rows.collect::<Vec<_>>(), style)
}

fn policy_row(change: &PolicyChange, style: Style) -> Row<1> {
    let PolicyChange { effect, text, location } = change;
    let tone = match effect {
        PolicyEffect::Loosened => Tone::Warning,
        PolicyEffect::Proved => Tone::Note,
        PolicyEffect::Tightened => Tone::Good,
    };
    let place = location
        .as_ref()
        .map_or_else(String::new, |place| format!(" · {}", line(&place.to_string())));
    let rest = style.paint(Tone::Faint, format!("· {}{place}", effect.meaning()));
    Row {
        cells: [(effect.as_str().to_owned(), Some(tone))],
        rest: format!("{} {rest}", line(text)),
    }
}

fn section<const CELLS: usize>(
    heading: &str,
    tone: Tone,
    rows: &[Row<CELLS>],
    style: Style,
) -> Option<String> {
    let heading = style.paint(tone, heading);
    (!rows.is_empty()).then(|| format!("{heading}\n{}", table::render(rows, style)))
}
