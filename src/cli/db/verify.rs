//! `lockgate db verify`: every byte of a snapshot, read again.

use std::path::PathBuf;

use clap::Args;

use crate::console;
use crate::database::snapshot::{Snapshot, SnapshotError};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::{DatabaseLocation, shown};

/// Read every byte of a snapshot again and check it.
#[derive(Debug, Args)]
pub struct Verify {
    /// The snapshot [default: the one in the usual place]
    #[arg(value_name = "FILE", env = "LOCKGATE_DB", hide_env_values = true)]
    file: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(&self) -> Exit {
        let location = DatabaseLocation::of(self.file.as_deref());
        let Some(path) = location.path_without_policy() else {
            console::complain(&[Problem::in_file(
                "db verify",
                "this machine has no folder for caches",
            )
            .help("name the snapshot")]);
            return Exit::Indeterminate;
        };
        let verified = || -> Result<Snapshot, SnapshotError> {
            let snapshot = Snapshot::open(path)?;
            snapshot.verify()?;
            Ok(snapshot)
        };
        match verified() {
            Ok(snapshot) => {
                let path = shown(path);
                console::say(&format!(
                    "{path}: every byte is what was written\n  {}",
                    snapshot.digest()
                ));
                Exit::Pass
            }
            Err(error) => {
                console::complain(&[
                    Problem::in_file(shown(path), error.to_string()).help(error.help())
                ]);
                Exit::Indeterminate
            }
        }
    }
}
