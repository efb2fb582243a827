//! `lockgate check`: find lockfiles, decide, report.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::comment::CommentOfCheck;
use super::issues::IssueArguments;
use super::output::{end, write_reports};
use super::release::ReleaseOfCheck;
use super::{BaseArguments, CheckArguments, db};
use crate::console;
use crate::exit::Exit;
use crate::pipeline::issues::IssueAccess;
use crate::pipeline::refresh::Surroundings;
use crate::pipeline::{self, FollowUp};
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::tracking::sticky::CommentKey;

/// Find lockfiles, decide, report; the exit code is the verdict.
#[derive(Debug, Args)]
pub struct Check {
    /// Folders to search and lockfiles to check [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    arguments: CheckArguments,
    #[command(flatten)]
    base: BaseArguments,
    #[command(flatten)]
    effects: Effects,
}

/// What is done about the verdict, beyond reporting it.
#[derive(Debug, Default, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("effects").args(["tickets", "comment"]).multiple(true)))]
pub struct Effects {
    /// Track findings as issues, and block what is overdue or cannot be tracked
    #[arg(long, conflicts_with = "release")]
    tickets: bool,
    #[command(flatten)]
    issues: IssueArguments,
    #[command(flatten)]
    release: ReleaseOfCheck,
    #[command(flatten)]
    comment: CommentOfCheck,
    /// With --tickets or --comment: read what is there, but write nothing
    #[arg(long, requires = "effects")]
    dry_run: bool,
}

impl Check {
    pub(super) fn run(self) -> Exit {
        run(&self.paths, &self.arguments, &self.base, &self.effects)
    }
}

/// Checks `paths`, or the current folder if there are none.
pub(super) fn run(
    paths: &[PathBuf],
    arguments: &CheckArguments,
    base: &BaseArguments,
    effects: &Effects,
) -> Exit {
    let Request { settings, issues, follow_up, key } =
        match Request::of(paths, arguments, base, effects) {
            Ok(request) => request,
            Err(problem) => return console::refuse(&[problem]),
        };
    let surroundings =
        Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
    let checked = pipeline::check_and_follow_up(&settings, &surroundings, &issues, follow_up);
    let outcome = match checked {
        Ok(outcome) => outcome,
        Err(problems) => return console::refuse(&problems),
    };
    let exit = Exit::from(&outcome);
    console::complain(&outcome.unreadable);
    let written = write_reports(&outcome, &settings.reports);
    effects.comment.write(&outcome, &settings, &issues, key, !effects.dry_run);
    end(outcome, written, exit)
}

/// What was typed, in full.
struct Request {
    settings: CheckSettings,
    issues: IssueAccess,
    follow_up: FollowUp,
    key: Option<CommentKey>,
}

impl Request {
    fn of(
        paths: &[PathBuf],
        arguments: &CheckArguments,
        base: &BaseArguments,
        effects: &Effects,
    ) -> Result<Self, Problem> {
        let base = base.setting()?;
        let settings = CheckSettings { base, ..arguments.settings(paths)? };
        let follow_up = match effects.release.subjects(&settings.reports)? {
            Some(subjects) => FollowUp::Release { subjects },
            None if effects.tickets => FollowUp::Tickets { writes: !effects.dry_run },
            None => FollowUp::Nothing,
        };
        let issues = effects.issues.access();
        Ok(Self { settings, issues, follow_up, key: effects.comment.key()? })
    }
}
