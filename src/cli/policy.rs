//! `lockgate policy`: the policy on its own.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::console;
use crate::exit::Exit;
use crate::policy::{FILE_NAME, discovery};
use crate::problem::Problem;
use crate::settings::{clock, shown};
use crate::words::plural;

/// The policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Read the policy and say everything that is wrong with it
    Check {
        /// The policy [default: lockgate.toml in the current folder or above it]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

impl PolicyCommand {
    pub(super) fn run(self) -> Exit {
        let Self::Check { file } = self;
        match check(file) {
            Ok(message) => {
                console::say(&message);
                Exit::Pass
            }
            Err(problems) => console::refuse(&problems),
        }
    }
}

fn check(file: Option<PathBuf>) -> Result<String, Vec<Problem>> {
    let today = clock()?.today();
    let path = match file {
        Some(file) => file,
        None => discovery::find(Path::new("."))
            .map_err(|error| Problem::in_file(FILE_NAME, error.to_string()))?
            .ok_or_else(|| {
                Problem::in_file(FILE_NAME, "there is no policy in this folder or above it")
                    .help("without one the strict default decides: see docs/policy.md")
            })?,
    };
    let policy = discovery::load(&path, &shown(&path), today).map_err(|error| error.0)?;
    let expired =
        policy.suppressions.iter().filter(|suppression| suppression.is_expired(today)).count();
    let number = policy.suppressions.len();
    let suppressions = plural(number, "suppression", "suppressions");
    Ok(format!(
        "{}: reads well: {number} {suppressions}, {expired} of them expired; `lockgate check` says which claims hold",
        shown(&path),
    ))
}
