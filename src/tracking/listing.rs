//! A plan or its results, for people and for programs.

use serde::Serialize;

use super::plan::{Action, IssueStep};
use super::synchronise::{StepResult, Synchronised};
use super::ticket_state::TicketState;
use super::tracker::Repository;
use crate::advisory_id::AdvisoryId;
use crate::terminal::{one_line, printable, printable_json};

/// Every step with its reason, for people. Unchanged issues are only
/// counted.
pub fn text(done: &Synchronised, repository: &Repository) -> String {
    let mut lines = Vec::new();
    let mut unchanged = 0;
    for (step, result) in &done.steps {
        let blocks = blocks(step, done);
        if step.action.writes() || step.issue.is_none() || blocks {
            lines.push(line(step, result, blocks));
        } else {
            unchanged += 1;
        }
    }
    lines.push(summary(done, repository, unchanged));
    lines.join("\n")
}

/// Whether a step blocks: with the action "nothing" this would not be
/// visible otherwise.
fn blocks(step: &IssueStep, done: &Synchronised) -> bool {
    let state = step.ticket.and_then(|position| done.states.get(position));
    state.is_some_and(TicketState::blocks)
}

fn line(step: &IssueStep, result: &StepResult, blocks: bool) -> String {
    let issue =
        step.issue.or(number_of(result)).map_or_else(String::new, |number| format!(" #{number}"));
    let became = match result {
        StepResult::Planned | StepResult::Done(_) => String::new(),
        StepResult::Failed(error) => format!(" · failed: {error}"),
        StepResult::Left(reason) => format!(" · left: {reason}"),
    };
    let (word, became) = match (&step.action, blocks) {
        (Action::Nothing, true) => ("blocks", became),
        (action, true) => (action.as_str(), format!("{became} · it blocks")),
        (action, false) => (action.as_str(), became),
    };
    let line = format!("{word:<8}{issue} {} · {}{became}", step.key.display_name(), step.reason);
    one_line(&line, 400)
}

fn number_of(result: &StepResult) -> Option<u64> {
    match result {
        StepResult::Done(number) => *number,
        StepResult::Planned | StepResult::Failed(_) | StepResult::Left(_) => None,
    }
}

fn summary(done: &Synchronised, repository: &Repository, unchanged: usize) -> String {
    let name = printable(&repository.name);
    let writing = done.steps.iter().filter(|(step, _)| step.action.writes()).count();
    if done.writes {
        let failed = done.failures().count();
        format!(
            "{name}: {} written, {failed} not written, {unchanged} as they should be",
            done.written()
        )
    } else {
        format!("{name}: {writing} to write, {unchanged} as they should be; nothing was written")
    }
}

/// The same for programs.
pub fn json(done: &Synchronised, repository: &Repository) -> Result<String, serde_json::Error> {
    let listing = Listing {
        schema: "lockgate/tickets/v1",
        repository: &repository.name,
        written: done.writes,
        steps: done
            .steps
            .iter()
            .map(|(step, result)| ListedStep::of(step, result, blocks(step, done)))
            .collect(),
    };
    serde_json::to_string_pretty(&listing).map(|json| printable_json(&json))
}

#[derive(Serialize)]
struct Listing<'a> {
    schema: &'static str,
    repository: &'a str,
    written: bool,
    steps: Vec<ListedStep<'a>>,
}

#[derive(Serialize)]
struct ListedStep<'a> {
    action: &'static str,
    kind: &'static str,
    ids: Vec<&'a str>,
    ecosystem: &'static str,
    package: &'a str,
    issue: Option<u64>,
    reason: &'a str,
    result: &'static str,
    blocks: bool,
    error: Option<String>,
}

impl<'a> ListedStep<'a> {
    fn of(step: &'a IssueStep, result: &StepResult, blocks: bool) -> Self {
        let (word, error) = match result {
            StepResult::Planned => ("planned", None),
            StepResult::Done(_) => ("done", None),
            StepResult::Failed(error) => ("failed", Some(error.to_string())),
            StepResult::Left(reason) => ("left", Some(reason.clone())),
        };
        Self {
            action: step.action.as_str(),
            kind: step.key.kind.as_str(),
            ids: step.key.identifiers.iter().map(AdvisoryId::as_str).collect(),
            ecosystem: step.key.ecosystem.as_str(),
            package: &step.key.package,
            issue: step.issue.or(number_of(result)),
            reason: &step.reason,
            result: word,
            blocks,
            error,
        }
    }
}
