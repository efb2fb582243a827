//! Facts that are written down in a test.

use super::{Facts, Unanswered};
use crate::cargo_build::{BuildProblem, ResolvedBuilds};
use crate::imports::Imports;
use crate::lockfile::Lockfile;
use crate::npm_use::NpmUse;
use crate::policy::Fact;
use crate::problem::Location;

/// What is known: what Cargo builds if it was asked, and that nothing ships what is for development.
#[derive(Debug)]
pub(super) struct WrittenFacts {
    builds: Option<Result<ResolvedBuilds, BuildProblem>>,
    npm_use: NpmUse,
}

impl WrittenFacts {
    pub(super) fn of(
        lockfile: &Lockfile,
        builds: Option<Result<ResolvedBuilds, BuildProblem>>,
    ) -> Self {
        Self { builds, npm_use: NpmUse::nothing(lockfile) }
    }
}

impl Facts for WrittenFacts {
    fn builds(&self) -> Result<&ResolvedBuilds, Unanswered<'_>> {
        let builds = self.builds.as_ref().ok_or(Unanswered::NotAsked)?;
        builds.as_ref().map_err(Unanswered::Failed)
    }

    fn shipped_development(&self) -> Result<&[Location], Unanswered<'_>> {
        Ok(&[])
    }

    fn npm_use(&self) -> Result<&NpmUse, Unanswered<'_>> {
        Ok(&self.npm_use)
    }

    fn imports(&self) -> Result<&Imports, Unanswered<'_>> {
        Err(Unanswered::NotAsked)
    }

    fn is_at_hand(&self, fact: Fact) -> bool {
        match fact {
            Fact::Builds | Fact::Carriers => self.builds.is_some(),
            Fact::ShippedDevelopment | Fact::NpmUse => true,
            Fact::Imports => false,
        }
    }
}

/// Nobody may ask for anything.
#[derive(Debug)]
pub(super) struct Refused;

impl Facts for Refused {
    fn builds(&self) -> Result<&ResolvedBuilds, Unanswered<'_>> {
        Err(Unanswered::NotAsked)
    }

    fn shipped_development(&self) -> Result<&[Location], Unanswered<'_>> {
        Err(Unanswered::NotAsked)
    }

    fn npm_use(&self) -> Result<&NpmUse, Unanswered<'_>> {
        Err(Unanswered::NotAsked)
    }

    fn imports(&self) -> Result<&Imports, Unanswered<'_>> {
        Err(Unanswered::NotAsked)
    }

    fn is_at_hand(&self, _fact: Fact) -> bool {
        false
    }
}
