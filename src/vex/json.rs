//! JSON with the place of each mistake.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crate::problem::{Location, Problem, SourceText, place_in};

/// Reads a part of a document, or all of it.
pub(super) fn read<'part, T: Deserialize<'part>>(
    source: &Arc<SourceText>,
    part: &'part str,
) -> Result<T, Problem> {
    serde_json::from_str(part).map_err(|error| {
        let span = place(source, part, &error);
        let message = error.to_string();
        let position = format!(" at line {} column {}", error.line(), error.column());
        let message = message.strip_suffix(&position).unwrap_or(&message);
        Problem::at(source, span, format!("not a VEX document: {message}"))
            .help("nothing was decided: correct the document, or leave it out")
    })
}

/// Valid JSON without any known content.
pub(super) fn refuse(source: &Arc<SourceText>, part: &str, message: String) -> Problem {
    let start = offset(source, part);
    Problem::at(source, start..start + 1, message)
        .help("nothing was decided: correct the document, or leave it out")
}

/// A time in either format (RFC 3339).
pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

/// The line at which a part of a document begins.
pub(super) fn location(source: &Arc<SourceText>, part: &str) -> Location {
    let line = source.line_at(offset(source, part));
    Location { file: source.path.clone(), line }
}

/// Where a part of the text begins.
fn offset(source: &SourceText, part: &str) -> usize {
    place_in(&source.text, part).map_or(0, |place| place.start)
}

/// One character at the line and column that `serde_json` reports, both counted from 1.
fn place(source: &SourceText, part: &str, error: &serde_json::Error) -> Range<usize> {
    let lines = part.split_inclusive('\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(str::len).sum();
    let text = &source.text;
    let at = offset(source, part) + before + error.column().saturating_sub(1);
    let start = text.floor_char_boundary(at.min(text.len()));
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + width
}
