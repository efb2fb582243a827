//! The line that a finding is shown on.

use super::entry;
use crate::finding::Finding;
use crate::outcome::Outcome;

/// The line of the first installed copy's version.
///
/// That of its name would be the first one, but a change of version touches only this one, and a
/// pull request shows what is on the lines that it changes.
pub(super) fn line(finding: &Finding, outcome: &Outcome) -> u32 {
    let source = outcome.lockfiles.get(finding.lockfile);
    let source = source.map(|lockfile| lockfile.source.as_ref());
    let marked = source.and_then(|source| {
        let mark = entry::marks(finding, &source.text).into_iter().next()?;
        Some(source.line_at(mark.span.start))
    });
    let first = finding.locations.first().map(|place| place.line);
    marked.or(first).unwrap_or(1)
}
