//! Limits for the size of one record. Its contents are stored with each package that it names, so
//! that a small file could otherwise fill all memory.

use super::wire;

/// The most other names of a record. The largest known have under a hundred.
const MAX_ALIASES: usize = 1_000;

/// The most names that are kept for all packages of a record together.
const MAX_ALIASES_OF_ALL: usize = 1_000_000;

/// The most events and versions of a record, in total.
const MAX_STATEMENTS: usize = 50_000;

/// The most characters of a title that are kept.
const MAX_TITLE: usize = 1_000;

/// The longest address that is kept.
pub(super) const MAX_URL_BYTES: usize = 2_000;

/// Why a record exceeds a limit; no published record does.
pub(super) fn exceeded(record: &wire::OsvRecord<'_>) -> Option<String> {
    let aliases = record.aliases.as_ref().map_or(0, Vec::len);
    if aliases > MAX_ALIASES {
        return Some(format!("it has more than {MAX_ALIASES} aliases"));
    }
    let entries = record.affected.as_ref().map_or(0, Vec::len);
    if aliases.saturating_mul(entries) > MAX_ALIASES_OF_ALL {
        return Some(format!("it gives {aliases} aliases to {entries} packages"));
    }
    let statements: usize = record
        .affected
        .iter()
        .flatten()
        .map(|affected| {
            let ranges = affected.ranges.iter().flatten();
            let events = ranges.map(|range| range.events.as_ref().map_or(0, Vec::len));
            events.sum::<usize>() + affected.versions.as_ref().map_or(0, Vec::len)
        })
        .sum();
    (statements > MAX_STATEMENTS)
        .then(|| format!("it has more than {MAX_STATEMENTS} events and versions"))
}

/// A title, cut to a readable length.
pub(super) fn title(text: &str) -> String {
    match text.char_indices().nth(MAX_TITLE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
