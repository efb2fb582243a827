//! JSON with the place of each mistake.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crate::problem::{Location, Problem, SourceText, place_in, place_of_json_error};

/// Reads a part of a document, or all of it.
pub(super) fn read<'part, T: Deserialize<'part>>(
    source: &Arc<SourceText>,
    part: &'part str,
) -> Result<T, Problem> {
    serde_json::from_str(part).map_err(|error| {
        let span = place_of_json_error(&source.text, part, &error);
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
