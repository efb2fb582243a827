//! `lockgate check --comment`: what the reviewer of a pull request reads.

use clap::{Args, ValueEnum};

use crate::console;
use crate::diagnostic;
use crate::outcome::Outcome;
use crate::pipeline::comment::{Commented, Occasion, Request, Silence, comment};
use crate::pipeline::issues::IssueAccess;
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::tracking::sticky::{CommentKey, CommentStep, InvalidCommentKey};

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
    pub(super) fn write(
        &self,
        outcome: &Outcome,
        settings: &CheckSettings,
        issues: &IssueAccess,
        key: Option<CommentKey>,
        writes: bool,
    ) {
        let Some(when) = self.comment else { return };
        let request = Request { key, occasion: when.into(), issues, writes };
        let said = match comment(outcome, settings, &request) {
            Ok(done) => done.and_then(|done| said(&done, writes)),
            Err(Silence { why, help }) => {
                let message = format!("there is no comment on the pull request: {why}");
                Some(diagnostic::render_warning(&message, &help, console::error_style()))
            }
        };
        if let Some(said) = said {
            console::say(&said);
        }
    }
}

fn said(done: &Commented, writes: bool) -> Option<String> {
    let what = match done.step {
        CommentStep::Create => "created",
        CommentStep::Update(_) => "updated",
        CommentStep::Keep(_) | CommentStep::Nothing => return None,
    };
    let would = if writes { "" } else { "would be " };
    Some(format!("comment on pull request #{}: {would}{what}", done.pull_request))
}
