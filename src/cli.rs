//! The command line: what can be typed. One file per subcommand under `cli/`.

pub mod check;
pub mod comment;
pub mod completions;
pub mod db;
mod deferred;
pub mod explain;
pub mod history;
pub mod hook;
pub mod incident;
mod issues;
mod output;
pub mod policy;
pub mod release;
pub mod suppress;
pub mod ticket;
pub mod verify_attestation;

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::builder::Resettable;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use self::deferred::Deferred;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::report;
use crate::settings::{BaseSetting, CheckRequest, CheckSettings, ReportTarget, is_empty_variable};

/// A dependency gate for npm and Cargo projects: it blocks a release on known-vulnerable packages,
/// and believes "we are not affected" only for as long as that is true.
///
/// Without a command, checks the current folder.
#[derive(Debug, Parser)]
#[command(name = "lockgate", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 pass, 1 blocked, 2 input cannot be read, \
    3 indeterminate (the gate stays closed), 4 internal error")]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: CheckArguments,
    #[command(flatten)]
    base: BaseArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find lockfiles, decide, report; the exit code is the verdict
    Check(Deferred<check::Check>),
    /// Say everything that is known about one advisory: paths, claims, ways out
    Explain(Deferred<explain::Explain>),
    /// Write the strongest claim that holds into the policy
    Suppress(Deferred<suppress::Suppress>),
    /// The advisory database
    #[command(subcommand)]
    Db(Deferred<db::Db>),
    /// The policy
    #[command(subcommand)]
    Policy(Deferred<policy::PolicyCommand>),
    /// Since when, and until when, a vulnerable version was locked, and which releases shipped it
    History(Deferred<history::HistoryCommand>),
    /// What is known about an incident: the internal report, and drafts for those who have to be told
    #[command(subcommand)]
    Incident(Deferred<incident::IncidentCommand>),
    /// The issues that track what cannot be fixed today
    #[command(subcommand)]
    Ticket(Deferred<ticket::TicketCommand>),
    /// Check the statement that `check --release` wrote, before something is released
    VerifyAttestation(Deferred<verify_attestation::VerifyAttestation>),
    /// A git hook that checks what is about to be pushed
    #[command(subcommand)]
    Hook(Deferred<hook::HookCommand>),
    /// Print the completions of a shell
    Completions(Deferred<completions::Completions>),
    /// Print the manual
    Man(Deferred<completions::Manual>),
}

/// What decides, and against what.
#[derive(Debug, Args)]
pub struct InputArguments {
    /// The policy [default: lockgate.toml in the checked folder or above it]
    #[arg(long, value_name = "FILE", env = "LOCKGATE_POLICY", hide_env_values = true)]
    pub policy: Option<PathBuf>,
    /// The advisory snapshot [default: the one that `lockgate db update` or `db import` writes]
    #[arg(long, value_name = "FILE", env = "LOCKGATE_DB", hide_env_values = true)]
    pub db: Option<PathBuf>,
    /// Never touch the network
    #[arg(long, env = "LOCKGATE_OFFLINE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub offline: bool,
}

impl InputArguments {
    /// The settings of a check of these folders and lockfiles that writes no reports.
    fn settings(&self, paths: &[PathBuf]) -> Result<CheckSettings, Problem> {
        CheckSettings::new(self.request(paths))
    }

    fn request(&self, paths: &[PathBuf]) -> CheckRequest {
        CheckRequest {
            paths: paths.to_vec(),
            policy: self.policy.clone(),
            database: self.db.clone(),
            offline: self.offline,
            ..CheckRequest::default()
        }
    }
}

/// The options of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    input: InputArguments,
    /// Statements of other people, OpenVEX or CycloneDX: claims that are checked; repeatable
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<PathBuf>,
    /// A report, on standard output or in a file; repeatable [default: text]
    #[arg(long = "report", value_name = "FORMAT[=FILE]")]
    pub report: Vec<String>,
}

/// What is compared with.
#[derive(Clone, Debug, Default, Args)]
pub struct BaseArguments {
    /// Compare with this commit: only what the change since then adds blocks, and its policy decides
    #[arg(
        long,
        value_name = "REV",
        env = "LOCKGATE_BASE",
        hide_env_values = true,
        allow_hyphen_values = true,
        conflicts_with = "base_from_event"
    )]
    base: Option<String>,
    /// Take the base from the event that started the workflow on GitHub: what a pull request, a merge
    /// group or a push is compared with; with any other event everything is checked
    #[arg(long)]
    base_from_event: bool,
}

impl BaseArguments {
    /// What was typed, or what the event says.
    fn setting(&self) -> Result<BaseSetting, Problem> {
        match &self.base {
            Some(text) => BaseSetting::named(text),
            None if self.base_from_event => BaseSetting::from_event(),
            None => Ok(BaseSetting::None),
        }
    }
}

impl CheckArguments {
    /// The settings of a check of these folders and lockfiles.
    fn settings(&self, paths: &[PathBuf]) -> Result<CheckSettings, Problem> {
        CheckSettings::new(CheckRequest {
            vex: self.vex.clone(),
            reports: self.reports()?,
            ..self.input.request(paths)
        })
    }

    /// The reports that were asked for.
    fn reports(&self) -> Result<Vec<ReportTarget>, Problem> {
        let targets: Vec<ReportTarget> =
            self.report.iter().map(|text| report_target(text)).collect::<Result<_, _>>()?;
        if targets.iter().filter(|target| target.file.is_none()).count() > 1 {
            return Err(Problem::in_file("--report", "only one report can go to standard output")
                .help("write the others to files: --report json=report.json"));
        }
        Ok(targets)
    }
}

/// A variable that is set to nothing is not set: continuous integration often has no other way of
/// saying so. An option that is typed with nothing behind it stays a mistake.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    command
        .mut_args(|argument| match argument.get_env() {
            Some(name) if is_empty_variable(name) => argument.env(Resettable::Reset),
            _ => argument,
        })
        .mut_subcommands(without_empty_variables)
}

fn report_target(text: &str) -> Result<ReportTarget, Problem> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name, Some(file)),
        None => (text, None),
    };
    if file == Some("") {
        return Err(Problem::in_file("--report", format!("`{text}` names no file")));
    }
    let Some(reporter) = report::by_name(name) else {
        let known: Vec<&str> = report::REPORTERS.iter().map(|reporter| reporter.name()).collect();
        return Err(Problem::in_file("--report", format!("there is no report `{name}`"))
            .help(format!("there are: {}", known.join(", "))));
    };
    let file = file.filter(|file| *file != "-").map(PathBuf::from);
    Ok(ReportTarget { reporter, file })
}

impl Cli {
    /// What was typed, and what the environment says. Ends the process where that makes no sense.
    pub fn from_command_line() -> Self {
        let matches = without_empty_variables(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Runs what was typed.
    pub fn run(self) -> Exit {
        match self.command {
            Some(Command::Check(Deferred(check))) => check.run(),
            Some(Command::Explain(Deferred(explain))) => explain.run(),
            Some(Command::Suppress(Deferred(suppress))) => suppress.run(),
            Some(Command::Db(Deferred(db))) => db.run(),
            Some(Command::Policy(Deferred(policy))) => policy.run(),
            Some(Command::History(Deferred(history))) => history.run(),
            Some(Command::Incident(Deferred(incident))) => incident.run(),
            Some(Command::Ticket(Deferred(ticket))) => ticket.run(),
            Some(Command::VerifyAttestation(Deferred(verification))) => verification.run(),
            Some(Command::Hook(Deferred(hook))) => hook.run(),
            Some(Command::Completions(Deferred(completions))) => completions.run(),
            Some(Command::Man(Deferred(manual))) => manual.run(),
            None => check::run(&[], &self.check, &self.base, &check::Effects::default()),
        }
    }
}
