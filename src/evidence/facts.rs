//! Facts that are costly to know, found out when a collector first asks for them.

use std::fmt::Debug;

use super::seen::Seen;
use crate::cargo_build::{BuildProblem, ResolvedBuilds};
use crate::imports::Imports;
use crate::installed::NotInstalled;
use crate::npm_use::NpmUse;
use crate::policy::Fact;
use crate::problem::Location;

/// What collectors may ask for the sake of one finding. Whoever answers may refuse what costs too much;
/// then the claim is unknown.
pub trait Facts: Debug {
    /// What Cargo builds from the lockfile.
    fn builds(&self) -> Result<&ResolvedBuilds, Unanswered<'_>>;

    /// The lines that ship what Cargo builds for development alone.
    fn shipped_development(&self) -> Result<&[Location], Unanswered<'_>>;

    /// What the repository uses of the packages that npm installs.
    fn npm_use(&self) -> Result<&NpmUse, Unanswered<'_>>;

    /// Which modules of the packages that npm installs the code of the repository loads.
    fn imports(&self) -> Result<&Imports, Unanswered<'_>>;

    /// Whether a fact is known already, or may be asked for.
    fn is_at_hand(&self, fact: Fact) -> bool;
}

/// Why a fact is not known.
#[derive(Clone, Copy, Debug)]
pub enum Unanswered<'run> {
    /// It costs more than may be spent.
    NotAsked,
    /// Cargo cannot answer.
    Failed(&'run BuildProblem),
    /// Nothing is installed, or something else than what is locked.
    NotInstalled(&'run NotInstalled),
}

impl Unanswered<'_> {
    /// What is to be said of a claim that takes the fact.
    pub(super) fn seen(self, fact: Fact) -> Seen {
        let seen = match (self, fact) {
            (Self::Failed(problem), _) => Seen::unknown(problem.to_string())
                .help(problem.help())
                .at(problem.location().cloned()),
            (Self::NotAsked, Fact::Builds | Fact::Carriers) => {
                Seen::unknown("nobody asked what is built")
            }
            (Self::NotInstalled(problem), _) => {
                Seen::unknown(format!("{}: {problem}", problem.code())).help(problem.help.clone())
            }
            (Self::NotAsked, Fact::ShippedDevelopment | Fact::NpmUse) => {
                Seen::unknown("nobody asked what is shipped")
            }
            (Self::NotAsked, Fact::Imports) => Seen::unknown("nobody asked what is loaded"),
        };
        Seen { lacks: Some(fact), ..seen }
    }
}
