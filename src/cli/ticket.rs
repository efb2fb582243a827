//! `lockgate ticket`: the issues that track what cannot be fixed today.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{CheckArguments, check, db};
use crate::console;
use crate::exit::Exit;
use crate::incident::exposure::in_one_line;
use crate::outcome::Outcome;
use crate::pipeline;
use crate::pipeline::history::{Asked, History, history};
use crate::pipeline::inquiry::{Inquest, check_and_try};
use crate::pipeline::refresh::Surroundings;
use crate::pipeline::tickets::{Request, Tracked, track};
use crate::pipeline::whole::not_whole;
use crate::policy::PackageSpec;
use crate::problem::Problem;
use crate::settings::{CheckSettings, tracker_connection};
use crate::terminal::printable;
use crate::tracking::github::{Connection, ConnectionError, GitHub};
use crate::tracking::listing;
use crate::tracking::scan::Checkout;
use crate::tracking::ticket::Ticket;
use crate::tracking::tracker::{Tracker, TrackerError};
use crate::verdict::{DecidedFinding, Disposition, Trial};

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
    tracker: TrackerArguments,
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

/// The options of `check` that are about tickets.
#[derive(Debug, Default, Args)]
pub struct TicketsOfCheck {
    /// Track findings as issues, and block what is overdue or cannot be tracked
    #[arg(long, conflicts_with = "release")]
    tickets: bool,
    #[command(flatten)]
    tracker: TrackerArguments,
}

/// Whose issues, and what was scanned.
#[derive(Clone, Debug, Default, Args)]
struct TrackerArguments {
    /// The repository whose issues are meant
    #[arg(long, value_name = "OWNER/NAME", env = "GITHUB_REPOSITORY", hide_env_values = true)]
    repository: Option<String>,
    /// The branch that is checked; only a scan of the default branch closes issues
    #[arg(long, value_name = "BRANCH", env = "GITHUB_REF", hide_env_values = true)]
    branch: Option<String>,
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

/// What the issues are looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// To track findings.
    Tickets {
        /// Whether issues may be written.
        writes: bool,
    },
    /// To know whether a release may pass. Nothing is written.
    Release,
}

impl Tickets {
    fn run(self, mode: Mode) -> Exit {
        let mut settings = match check::settings(&self.paths, &self.arguments) {
            Ok(settings) => settings,
            Err(problem) => return console::refuse(&[problem]),
        };
        if self.arguments.report.is_empty() {
            settings.reports.clear();
        }
        let surroundings =
            Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
        let Inquest { mut outcome, trials } = match check_and_try(&settings, &surroundings) {
            Ok(inquest) => inquest,
            Err(problems) => return console::refuse(&problems),
        };
        let tracked = self.tracker.track(
            &mut outcome,
            &trials,
            &settings,
            Purpose::Tickets { writes: mode == Mode::Write },
        );
        console::complain(&outcome.unreadable);
        say_what_is_wrong(&outcome, tracked.is_some());
        let exit = match (mode, &tracked) {
            (Mode::Plan, Some(_)) if outcome.unreadable.is_empty() => Exit::Pass,
            (_, None) => Exit::from(&outcome).max(Exit::Indeterminate),
            (_, Some(_)) => Exit::from(&outcome),
        };
        let written = self
            .show(tracked.as_ref())
            .and_then(|()| check::write_reports(&outcome, &settings.reports));
        check::exit_after(written, exit)
    }

    fn show(&self, tracked: Option<&Tracked>) -> Result<(), Problem> {
        let Some(Tracked { repository, done, incidents }) = tracked else {
            return Ok(());
        };
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
fn say_what_is_wrong(outcome: &Outcome, is_tracked: bool) {
    for gap in &outcome.verdict.gaps {
        let help = gap.help.as_deref().unwrap_or_default();
        console::say(&printable(&format!("{}: {help}", gap.message)));
    }
    let unknown = outcome
        .remarks
        .iter()
        .filter(|_| !is_tracked)
        .filter(|remark| remark.starts_with("it is not known what is tracked"));
    for remark in unknown {
        console::say(&printable(remark));
    }
}

impl TicketsOfCheck {
    /// Checks, and tracks what was found, if that was asked for.
    pub(super) fn check(
        &self,
        settings: &CheckSettings,
        surroundings: &Surroundings<'_>,
        writes: bool,
    ) -> Result<Outcome, Vec<Problem>> {
        if !self.tickets {
            return pipeline::check(settings, surroundings);
        }
        let Inquest { mut outcome, trials } = check_and_try(settings, surroundings)?;
        self.tracker.track(&mut outcome, &trials, settings, Purpose::Tickets { writes });
        Ok(outcome)
    }

    /// Reads the issues, and blocks what is overdue or not tracked. Without a finding that a ticket
    /// lets pass nothing is read.
    pub(super) fn hold_release(&self, outcome: &mut Outcome, settings: &CheckSettings) {
        let needs_ticket = |decided: &DecidedFinding| decided.disposition == Disposition::Ticket;
        if outcome.verdict.findings.iter().any(needs_ticket) {
            self.tracker.track(outcome, &[], settings, Purpose::Release);
        }
    }

    /// The repository that was named, `owner/name`.
    pub(super) fn repository(&self) -> Option<&str> {
        self.tracker.repository.as_deref()
    }
}

/// When something was exposed, in one line. A repository whose history cannot be told says why.
fn exposure(ticket: &Ticket<'_>, settings: &CheckSettings) -> String {
    let surroundings =
        Surroundings { connect: &db::network, observer: &db::ConsoleObserver::new() };
    let package = PackageSpec { name: ticket.key.package.to_string(), versions: None };
    let Some(advisory) = ticket.key.identifiers.first() else {
        return String::new();
    };
    let asked = Asked { advisory, package: Some(&package) };
    match history(settings, asked, &surroundings) {
        Ok(History { lockfiles, gaps, .. }) => in_one_line(&lockfiles, &gaps),
        Err(problems) => {
            let reasons: Vec<String> =
                problems.into_iter().map(|problem| problem.message).collect();
            in_one_line(&[], &reasons)
        }
    }
}

impl TrackerArguments {
    fn track(
        &self,
        outcome: &mut Outcome,
        trials: &[Trial],
        settings: &CheckSettings,
        purpose: Purpose,
    ) -> Option<Tracked> {
        let github = self.connect(outcome, settings.offline);
        let tracker = match &github {
            Ok(github) => Ok(github as &dyn Tracker),
            Err(error) => Err(error.clone()),
        };
        let request = Request {
            checkout: Checkout::from_reference(self.branch.as_deref()),
            writes: purpose == Purpose::Tickets { writes: true },
            partial: not_whole(outcome, &settings.paths),
            is_release: purpose == Purpose::Release,
            trials,
            exposure: &|ticket| exposure(ticket, settings),
        };
        track(outcome, tracker, &request)
    }

    fn connect(&self, outcome: &Outcome, offline: bool) -> Result<GitHub, TrackerError> {
        if offline {
            let reason = "the network may not be touched (--offline)";
            return Err(TrackerError::Setup(reason.to_owned()));
        }
        let connection: Result<Connection, ConnectionError> =
            tracker_connection(self.repository.clone());
        let connection = connection.map_err(|error| TrackerError::Setup(error.to_string()))?;
        GitHub::new(&connection, outcome.policy.ticket.author.clone())
    }
}
