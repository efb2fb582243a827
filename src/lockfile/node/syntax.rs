//! What is wrong with a JSON lockfile that does not read.

use std::sync::Arc;

use crate::lockfile::tool::Tool;
use crate::lockfile::{LockfileError, text};
use crate::problem::{Problem, SourceText, place_of_json_error};

/// The error of a reader of JSON, where it met it. `what` is what the text is not: `a lockfile of Bun`.
pub(in crate::lockfile) fn syntax_error(
    source: &Arc<SourceText>,
    tool: &'static Tool,
    what: &str,
    error: &serde_json::Error,
) -> LockfileError {
    if let Some(problem) = text::conflict_marker(source) {
        return LockfileError::Syntax(problem);
    }
    if source.text.trim().is_empty() {
        let problem = Problem::in_file(&source.path, "the lockfile is empty");
        return LockfileError::Empty { tool, problem: problem.help(tool.write_again()) };
    }
    nested_error(source, tool, what, &source.text, error)
}

/// The same in a part of the text, from which its position counts.
pub(in crate::lockfile) fn nested_error(
    source: &Arc<SourceText>,
    tool: &'static Tool,
    what: &str,
    part: &str,
    error: &serde_json::Error,
) -> LockfileError {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let place = place_of_json_error(&source.text, part, error);
    let problem = Problem::at(source, place, format!("not {what}: {message}"));
    LockfileError::Syntax(problem.help(tool.write_again()))
}
