//! The event that started the workflow, where GitHub Actions says so.

use std::fs;

use super::{shown, variable};
use crate::github_event::GitHubEvent;
use crate::problem::Problem;

/// The variable that names the event (GitHub documentation, "Variables").
const NAME_VARIABLE: &str = "GITHUB_EVENT_NAME";
/// The variable that holds the path of its payload.
const PATH_VARIABLE: &str = "GITHUB_EVENT_PATH";

/// The event that started this run; `None` if no workflow runs.
///
/// # Errors
///
/// There is an event, and its payload cannot be read or is not one that the gate acts on.
pub fn github_event() -> Result<Option<GitHubEvent>, Problem> {
    let Some(name) = variable(NAME_VARIABLE) else {
        return Ok(None);
    };
    let Some(path) = variable(PATH_VARIABLE) else {
        let message = format!("the environment variable is not set, although {NAME_VARIABLE} is");
        return Err(Problem::in_file(PATH_VARIABLE, message)
            .help(format!("set both as GitHub does, or unset {NAME_VARIABLE}")));
    };
    let file = shown(path.as_ref());
    let payload = fs::read_to_string(&path).map_err(|error| {
        Problem::in_file(&file, format!("the payload of the event cannot be read: {error}"))
            .help(format!("{PATH_VARIABLE} names it; GitHub sets it for each run"))
    })?;
    GitHubEvent::parse(&name, &payload, &file).map(Some)
}
