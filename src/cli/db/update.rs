//! `lockgate db update`: fetch what has changed.

use std::path::PathBuf;

use clap::Args;

use super::ConsoleObserver;
use crate::console;
use crate::database::update::{
    SnapshotUpdate, SourceChange, SourceReport, UpdateError, UpdateLock, UpdateReport, Updater,
};
use crate::exit::Exit;
use crate::pipeline::policy;
use crate::policy::Source;
use crate::problem::Problem;
use crate::settings::{DatabaseLocation, clock, shown, sources_folder};
use crate::terminal::printable;

/// Fetch what has changed, and bring the snapshot up to date.
#[derive(Debug, Args)]
pub struct Update {
    /// The policy that names the sources [default: lockgate.toml in this folder or above it]
    #[arg(long, value_name = "FILE", env = "LOCKGATE_POLICY", hide_env_values = true)]
    policy: Option<PathBuf>,
    /// The snapshot to bring up to date [default: where `check` looks for it]
    #[arg(long, value_name = "FILE", env = "LOCKGATE_DB", hide_env_values = true)]
    out: Option<PathBuf>,
    /// Believe a source that offers less: a tenth fewer records, none as new as here, or not all that it lists
    #[arg(long)]
    accept_shrink: bool,
}

/// What is to be done, once everything that was typed is understood.
struct Plan {
    sources: Vec<Source>,
    out: PathBuf,
    folder: PathBuf,
    now: jiff::Timestamp,
    max_age: jiff::SignedDuration,
}

impl Update {
    pub(super) fn run(&self) -> Exit {
        let plan = match self.plan() {
            Ok(plan) => plan,
            Err(problems) => return console::refuse(&problems),
        };
        if plan.sources.is_empty() {
            console::say(
                "nothing to fetch: every source of the policy lies on disk or is asked at each check",
            );
            return Exit::Pass;
        }
        match self.update(&plan) {
            Ok(report) => {
                console::say(&describe(&report, &shown(&plan.out)));
                if report.is_complete() {
                    return Exit::Pass;
                }
                console::complain(&problems(&report, &shown(&plan.out)));
                Exit::Indeterminate
            }
            Err(problem) => {
                console::complain(&[problem]);
                Exit::Indeterminate
            }
        }
    }

    fn plan(&self) -> Result<Plan, Vec<Problem>> {
        let clock = clock()?;
        let today = clock.today();
        let policy = policy::load(self.policy.as_deref(), &[PathBuf::from(".")], today)?.policy;
        let max_age = policy.database.max_age;
        let nowhere = || {
            Problem::in_file("db update", "this machine has no folder for caches")
                .help("set XDG_CACHE_HOME or HOME")
        };
        let location = DatabaseLocation::of(self.out.as_deref());
        Ok(Plan {
            sources: policy.database.fetched(),
            out: location.path(&policy.database).ok_or_else(nowhere)?,
            folder: sources_folder().ok_or_else(nowhere)?,
            now: clock.now,
            max_age,
        })
    }

    fn update(&self, plan: &Plan) -> Result<UpdateReport, Problem> {
        let network = super::network()?;
        let observer = ConsoleObserver::new();
        let lock = UpdateLock::acquire(&plan.folder, &observer)
            .map_err(|error| problem("db update", &error))?;
        let updater = Updater {
            network: network.as_ref(),
            folder: &plan.folder,
            observer: &observer,
            accept_shrink: self.accept_shrink,
            max_age: plan.max_age,
            now: plan.now,
        };
        Ok(updater.run(&lock, &plan.sources, &plan.out))
    }
}

fn problem(about: &str, error: &UpdateError) -> Problem {
    Problem::in_file(about, error.to_string()).help(error.help())
}

fn problems(report: &UpdateReport, out: &str) -> Vec<Problem> {
    let failed = report.sources.iter().filter_map(|source| {
        let error = source.result.as_ref().err()?;
        Some(problem(&format!("source `{}`", source.name), error))
    });
    let snapshot = report.snapshot.as_ref().err();
    failed.chain(snapshot.map(|error| problem(out, error))).collect()
}

fn describe(report: &UpdateReport, out: &str) -> String {
    let mut lines = vec![match &report.snapshot {
        Ok(SnapshotUpdate::New(digest)) => format!("wrote {out}\n  {digest}"),
        Ok(SnapshotUpdate::Confirmed(digest)) => {
            format!("{out} holds what the sources offer\n  {digest}")
        }
        Err(_) => format!("{out} is what it was"),
    }];
    let width = report.sources.iter().map(|source| source.name.len()).max();
    let width = width.unwrap_or(0);
    for SourceReport { name, result, remarks } in &report.sources {
        let what = match result {
            Ok(SourceChange::None) => "not changed".to_owned(),
            Ok(SourceChange::Whole) => "fetched".to_owned(),
            Ok(SourceChange::Records { changed, deleted }) => {
                format!("{changed} records fetched, {deleted} deleted")
            }
            Err(_) => "could not be fetched, is as it last was".to_owned(),
        };
        lines.push(format!("  {name:width$}  {what}"));
        lines.extend(remarks.iter().map(|remark| format!("  {name:width$}  {remark}")));
    }
    let printable = |line: &String| {
        let parts: Vec<_> = line.split('\n').map(printable).collect();
        parts.join("\n")
    };
    lines.iter().map(printable).collect::<Vec<_>>().join("\n")
}
