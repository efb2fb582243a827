//! What every lockfile format needs to say about the text it reads.

use std::ops::Range;
use std::sync::Arc;

use super::LockfileError;
use crate::problem::{Problem, SourceText, place_in};

/// A line that begins further away was not written by a package manager.
const FAR: usize = 256;

/// The offset at which the line of `offset` begins; `offset` itself where that is far away, so that a
/// file of one line does not take time quadratic in its length.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let floor = offset.saturating_sub(FAR);
    let before = &text.as_bytes()[floor..offset];
    match before.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => floor + newline + 1,
        None if floor == 0 => 0,
        None => offset,
    }
}

/// Where a part of a text stands in it, in bytes. `None` for a copy.
pub(super) fn span_in(text: &str, part: &str) -> Option<Range<u32>> {
    let place = place_in(text, part)?;
    Some(u32::try_from(place.start).ok()?..u32::try_from(place.end).ok()?)
}

/// The problem to report when a text that does not parse holds merge-conflict markers.
pub(super) fn conflict_marker(source: &Arc<SourceText>) -> Option<Problem> {
    let mut offset = 0;
    for line in source.text.split_inclusive('\n') {
        if ["<<<<<<< ", "=======", ">>>>>>> "].iter().any(|marker| line.starts_with(marker)) {
            let span = offset..offset + line.trim_end().len();
            return Some(
                Problem::at(source, span, "the lockfile holds an unresolved merge conflict")
                    .label("conflict marker")
                    .help("resolve the merge, then let the package manager write the lockfile"),
            );
        }
        offset += line.len();
    }
    None
}

/// Refuses names that no registry would accept and that could do harm on a terminal.
pub(super) fn check_name(
    source: &Arc<SourceText>,
    name: &str,
    span: Range<usize>,
) -> Result<(), LockfileError> {
    let reason = if name.is_empty() {
        "a package has an empty name"
    } else if is_graphic(name) || !name.contains(char::is_control) {
        return Ok(());
    } else {
        "a package name holds control characters"
    };
    Err(LockfileError::Inconsistent(
        Problem::at(source, span, reason)
            .help("no registry gives out such a name: find out who wrote this lockfile"),
    ))
}

/// Whether there is nothing but visible ASCII, as in nearly every name. All bytes are looked at before
/// the answer, which lets the compiler take many at once.
fn is_graphic(name: &str) -> bool {
    name.bytes().fold(true, |all, byte| all & byte.is_ascii_graphic())
}

/// An address as it may be shown: user name and password are left out.
pub(super) fn without_credentials(address: &str) -> String {
    let Ok(mut url) = url::Url::parse(address) else {
        return address.to_owned();
    };
    if url.username().is_empty() && url.password().is_none() {
        return address.to_owned();
    }
    // Both fail only for addresses that cannot hold credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_behind_a_line_feed_or_where_the_text_does() {
        for (text, offset, start) in [("ab", 1, 0), ("a\nbc", 3, 2), ("a\n", 2, 2), ("", 0, 0)] {
            assert_eq!(line_start(text, offset), start, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_begins_far_away_is_not_looked_for() {
        let text = "a".repeat(10 * FAR);
        assert_eq!(line_start(&text, FAR), 0);
        assert_eq!(line_start(&text, 5 * FAR), 5 * FAR);
    }
}
