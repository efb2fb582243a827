//! How grave an OSV record says it is.

use crate::advisory::osv::{Entry, wire};
use crate::severity::{Severity, SeverityLevel};

/// The gravest vector at the record or at any entry we know; without a vector that scores, the
/// gravest word; else unknown.
pub(super) fn of(record: &wire::Record<'_>, entries: &[Entry<'_>]) -> Severity {
    let of_entries = entries.iter().flat_map(|entry| entry.wire.severity.iter());
    let given: Vec<String> = record
        .severity
        .iter()
        .chain(of_entries)
        .flatten()
        .filter_map(wire::Severity::score)
        .collect();
    let specifics = || {
        let of_entries = entries
            .iter()
            .filter_map(|entry| entry.wire.database_specific.as_ref());
        record.database_specific.iter().chain(of_entries)
    };
    let copies = specifics().filter_map(wire::DatabaseSpecific::cvss);
    let vectors = given.iter().cloned().chain(copies);
    let scored = gravest(vectors.filter_map(|vector| Severity::from_vector(&vector)));
    if scored.level != SeverityLevel::Unknown {
        return scored;
    }
    let words = specifics().filter_map(wire::DatabaseSpecific::severity_word);
    gravest(
        given
            .into_iter()
            .chain(words)
            .filter_map(|word| SeverityLevel::from_word(&word))
            .map(Severity::from_level),
    )
}

fn gravest(severities: impl Iterator<Item = Severity>) -> Severity {
    severities.fold(Severity::UNKNOWN, Severity::graver)
}
