//! `lockgate ticket`: the issues that track what cannot be fixed today.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::issues::IssueArguments;
use super::output::{exit_after, write_reports};
use super::release::ReleaseOfCheck;
use super::{CheckArguments, db};
use crate::console;
use crate::exit::Exit;
use crate::outcome::Outcome;
use crate::pipeline::refresh::Surroundings;
use crate::pipeline::tickets::{NotTracked, Tracked, check_and_track};
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::terminal::printable;
use crate::tracking::listing;

/// The issues that track what cannot be fixed today.
#[derive(Debug, Subcommand)]
pub enum TicketCommand {
    /// Show which issues would be opened, changed and closed, and why
    Plan(Tickets),
    /// Open, change and close issues; the exit code is that of `check --tickets`
    Sync {
        /// What is checked, and where the issues are
        #[command(flatten)]
        tickets: Tickets,
        /// Read the issues, but write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// What both commands take.
#[derive(Debug, Args)]
pub struct Tickets {
    /// Folders to search and lockfiles to check [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    arguments: CheckArguments,
    #[command(flatten)]
    issues: IssueArguments,
    /// How the plan is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

impl TicketCommand {
    pub(super) fn run(self) -> Exit {
        match self {
            Self::Plan(tickets) => tickets.run(Mode::Plan),
            Self::Sync { tickets, dry_run: true } => tickets.run(Mode::DryRun),
            Self::Sync { tickets, dry_run: false } => tickets.run(Mode::Write),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Shown; the exit code says whether there is a plan.
    Plan,
    /// Shown; the exit code is the verdict.
    DryRun,
    /// Written.
    Write,
}

impl Tickets {
    fn run(self, mode: Mode) -> Exit {
        let mut settings = match self.settings() {
            Ok(settings) => settings,
            Err(problem) => return console::refuse(&[problem]),
        };
        if self.arguments.report.is_empty() {
            settings.reports.clear();
        }
        let surroundings =
            Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
        let (issues, writes) = (self.issues.access(), mode == Mode::Write);
        let checked = check_and_track(&settings, &surroundings, &issues, writes);
        let (outcome, tracked) = match checked {
            Ok(tracked) => tracked,
            Err(problems) => return console::refuse(&problems),
        };
        console::complain(&outcome.unreadable);
        say_what_is_wrong(&outcome, &tracked);
        let exit = match (mode, &tracked) {
            (Mode::Plan, Ok(_)) if outcome.unreadable.is_empty() => Exit::Pass,
            (_, Err(_)) => Exit::from(&outcome).max(Exit::Indeterminate),
            (_, Ok(_)) => Exit::from(&outcome),
        };
        let shown = tracked.map_or(Ok(()), |tracked| self.show(&tracked));
        let written = shown.and_then(|()| write_reports(&outcome, &settings.reports));
        exit_after(written, exit)
    }

    /// What is to be done, which is not to attest anything: no release is checked.
    fn settings(&self) -> Result<CheckSettings, Problem> {
        let settings = self.arguments.settings(&self.paths)?;
        ReleaseOfCheck::default().subjects(&settings.reports)?;
        Ok(settings)
    }

    fn show(&self, tracked: &Tracked) -> Result<(), Problem> {
        let Tracked { repository, done, incidents } = tracked;
        let done = &done.clone().and(incidents.clone());
        let cannot = |error: &dyn std::fmt::Display| {
            Problem::in_file("standard output", format!("the plan cannot be written: {error}"))
        };
        let shown = match self.format {
            Format::Text => listing::text(done, repository),
            Format::Json => listing::json(done, repository).map_err(|error| cannot(&error))?,
        };
        console::show(&shown).map_err(|error| cannot(&error))
    }
}

/// The gaps of a scan say why nothing is closed; without a list of issues, why there is no plan.
fn say_what_is_wrong(outcome: &Outcome, tracked: &Result<Tracked, NotTracked>) {
    for gap in &outcome.verdict.gaps {
        let help = gap.help.as_deref().unwrap_or_default();
        console::say(&printable(&format!("{}: {help}", gap.message)));
    }
    if let Err(NotTracked { remark: Some(remark) }) = tracked {
        console::say(&printable(remark));
    }
}
