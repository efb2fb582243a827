//! `lockgate check --comment`: what the reviewer of a pull request reads.

use clap::{Args, ValueEnum};

use crate::console;
use crate::diagnostic;
use crate::outcome::Outcome;
use crate::pipeline::comment::{Occasion, Request, comment};
use crate::problem::Problem;
use crate::settings::{github_event, tracker_connection};
use crate::tracking::github::GitHub;
use crate::tracking::sticky::{CommentKey, InvalidCommentKey, Plan, Step};
use crate::tracking::tracker::TrackerError;

/// The options of `check` that are about the comment.
#[derive(Debug, Default, Args)]
pub struct CommentOfCheck {
    /// Keep one comment on the pull request of the workflow: on-failure, on-findings (without WHEN) or
    /// always
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        hide_possible_values = true,
        default_missing_value = "on-findings"
    )]
    comment: Option<When>,
    /// With --comment: tells the comments of several jobs of one repository apart
    #[arg(long, value_name = "NAME", requires = "comment")]
    comment_key: Option<String>,
}

/// What is worth a new comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// The gate is closed
    OnFailure,
    /// The gate is closed, or the reviewer has something to decide
    OnFindings,
    /// Every check
    Always,
}

impl From<When> for Occasion {
    fn from(when: When) -> Self {
        match when {
            When::OnFailure => Self::Failure,
            When::OnFindings => Self::Findings,
            When::Always => Self::Always,
        }
    }
}

/// Why there is no comment.
struct Silence {
    why: String,
    help: String,
}

impl Silence {
    fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
    }
}

impl CommentOfCheck {
    /// The key, if there is one and it can be part of a first line.
    pub(super) fn key(&self) -> Result<Option<CommentKey>, Problem> {
        let key = self.comment_key.as_deref();
        key.map(str::parse).transpose().map_err(|error: InvalidCommentKey| {
            Problem::in_file("--comment-key", error.to_string())
        })
    }

    /// Writes the comment, if that was asked for. Whatever goes wrong is a warning: the verdict
    /// stands, and a token that can only read is the rule for forks and for Dependabot.
    pub(super) fn write(&self, outcome: &Outcome, offline: bool, how: How<'_>) {
        let Some(when) = self.comment else { return };
        let said = try_to_write(when.into(), outcome, offline, how);
        let said = said.unwrap_or_else(|Silence { why, help }| {
            let message = format!("there is no comment on the pull request: {why}");
            Some(diagnostic::render_warning(&message, &help, console::error_style()))
        });
        if let Some(said) = said {
            console::say(&said);
        }
    }
}

/// How the comment is written.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    /// Which job speaks.
    pub(super) key: Option<&'a CommentKey>,
    /// The repository that was named.
    pub(super) repository: Option<&'a str>,
    /// Whether it is written, or only shown what would be.
    pub(super) writes: bool,
}

fn try_to_write(
    occasion: Occasion,
    outcome: &Outcome,
    offline: bool,
    how: How<'_>,
) -> Result<Option<String>, Silence> {
    let Some(pull_request) = pull_request()? else {
        return Ok(None);
    };
    if offline {
        return Err(Silence::new("the network may not be touched", "leave out --offline"));
    }
    let github = connect(outcome, how.repository).map_err(|error| refused(&error))?;
    let request =
        Request { number: pull_request, key: how.key.cloned(), occasion, writes: how.writes };
    let plan = comment(outcome, &github, &request).map_err(|error| refused(&error))?;
    Ok(said(&plan, &request))
}

/// The number of the pull request. It comes from the event and from nowhere else: whatever a pull
/// request brings with it could name another one.
fn pull_request() -> Result<Option<u64>, Silence> {
    let event = github_event().map_err(|problem| {
        let Problem { message, help, .. } = problem;
        Silence::new(message, help.unwrap_or_default())
    })?;
    let Some(event) = event else {
        return Err(Silence::new(
            "no workflow of GitHub runs",
            "--comment takes the pull request from the event that GITHUB_EVENT_NAME names",
        ));
    };
    Ok(event.pull_request())
}

fn connect(outcome: &Outcome, repository: Option<&str>) -> Result<GitHub, TrackerError> {
    let connection = tracker_connection(repository.map(str::to_owned))
        .map_err(|error| TrackerError::Setup(error.to_string()))?;
    GitHub::new(&connection, outcome.policy.ticket.author.clone())
}

fn refused(error: &TrackerError) -> Silence {
    let help = match error {
        TrackerError::Forbidden(_) | TrackerError::Missing(_) => {
            "give the job `permissions: pull-requests: write`; for forks and for Dependabot the \
             token can only read, and the step summary and annotations say the same"
        }
        TrackerError::Gone(_) | TrackerError::Invalid(_) => {
            "the step summary and annotations say the same"
        }
        other => other.help(),
    };
    Silence::new(error.to_string(), help)
}

fn said(plan: &Plan, request: &Request) -> Option<String> {
    let what = match plan.step {
        Step::Create => "created",
        Step::Update(_) => "updated",
        Step::Keep(_) | Step::Nothing => return None,
    };
    let would = if request.writes { "" } else { "would be " };
    Some(format!("comment on pull request #{}: {would}{what}", request.number))
}
