//! `lockgate db`: the advisory database.

mod build;
mod import;
mod progress;
mod status;
mod update;
mod verify;

use clap::Subcommand;

use crate::exit::Exit;
use crate::network::Fetch;
use crate::network::http::{Http, HttpSettings};
use crate::problem::Problem;

pub(super) use progress::ConsoleObserver;

/// The advisory database.
#[derive(Debug, Subcommand)]
pub enum Db {
    /// Fetch what has changed, and bring the snapshot up to date
    Update(update::Update),
    /// Say which advisories there are, and how fresh they are
    Status(status::Status),
    /// Read every byte of a snapshot again and check it
    Verify(verify::Verify),
    /// Compile advisories that lie on disk into one snapshot, without a network
    Import(import::Import),
    /// The same, byte for byte reproducible: a snapshot to publish
    Build(build::Build),
}

impl Db {
    pub(super) fn run(self) -> Exit {
        match self {
            Self::Update(update) => update.run(),
            Self::Status(status) => status.run(),
            Self::Verify(verify) => verify.run(),
            Self::Import(import) => import.run(),
            Self::Build(build) => build.run(),
        }
    }
}

/// The network, for commands that may use it. Made only when something is to be fetched.
pub(super) fn network() -> Result<Box<dyn Fetch>, Problem> {
    match Http::new(HttpSettings::default()) {
        Ok(network) => Ok(Box::new(network)),
        Err(error) => {
            let problem = Problem::in_file("the network", error.to_string());
            Err(match error.help() {
                Some(help) => problem.help(help),
                None => problem,
            })
        }
    }
}
