//! Which files of a repository it takes to check claims, besides lockfiles and what belongs to them.

use crate::cargo_build::may_hold_commands;
use crate::npm_use::is_container_file;
use crate::package::Ecosystem;
use crate::policy::Claim;

/// The files that it takes. What is greater includes what is less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilesOfClaims {
    /// None but lockfiles and manifests.
    #[default]
    Manifests,
    /// Those that may hold commands as well: they say what is shipped.
    Commands,
    /// All of them for Cargo, which does not say what a project builds whose sources are gone.
    Builds,
    /// All of them.
    All,
}

impl FilesOfClaims {
    /// What it takes to check claims about any lockfile.
    pub fn of(claims: impl IntoIterator<Item = Claim>) -> Self {
        let files = claims.into_iter().map(Self::of_one);
        files.max().unwrap_or_default()
    }

    /// What of it is left for lockfiles of one ecosystem: only Cargo is asked what it builds, and only
    /// packages of npm may be taken into what is shipped by any file.
    #[must_use]
    pub fn in_ecosystem(self, ecosystem: Ecosystem) -> Self {
        match ecosystem {
            Ecosystem::Cargo => self,
            Ecosystem::Npm if self == Self::All => self,
            Ecosystem::Npm => Self::Manifests,
        }
    }

    fn of_one(claim: Claim) -> Self {
        if claim.rests_on_code() {
            Self::All
        } else if claim.needs_builds() {
            Self::Builds
        } else {
            Self::Manifests
        }
    }

    /// Whether a file is one of them, besides lockfiles and manifests. `path` has `/` between its
    /// folders.
    ///
    /// In a tree with links every file may be: one is read under the name of the link to it.
    pub fn include(self, path: &str) -> bool {
        match self {
            Self::Manifests => false,
            Self::Commands => {
                let name = path.rsplit('/').next().unwrap_or(path);
                may_hold_commands(path) || is_container_file(name)
            }
            Self::Builds | Self::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_takes_the_files_that_may_decide_about_it() {
        use FilesOfClaims::{All, Builds, Manifests};
        for (claims, cargo, npm) in [
            (&[][..], Manifests, Manifests),
            (&[Claim::Attested, Claim::BuildOnly], Manifests, Manifests),
            (&[Claim::DevelopmentOnly, Claim::Attested], All, All),
            (&[Claim::NotBuilt, Claim::DevelopmentOnly], All, All),
            (&[Claim::Platform], Builds, Manifests),
            (&[Claim::FeatureOff], Builds, Manifests),
        ] {
            let files = FilesOfClaims::of(claims.iter().copied());
            assert_eq!(files.in_ecosystem(Ecosystem::Cargo), cargo, "{claims:?}");
            assert_eq!(files.in_ecosystem(Ecosystem::Npm), npm, "{claims:?}");
        }
    }

    #[test]
    fn commands_are_in_container_files_scripts_and_folders_that_are_known_for_them() {
        for (path, holds) in [
            ("Dockerfile", true),
            ("web/api.Dockerfile", true),
            ("docker/dockerfile.api", true),
            ("deploy/ship.yml", true),
            (".github/workflows/ship.yml", true),
            ("bin/build", true),
            ("src/main.rs", false),
            ("docs/guide.md", false),
        ] {
            assert_eq!(FilesOfClaims::Commands.include(path), holds, "{path}");
            assert!(FilesOfClaims::All.include(path), "{path}");
            assert!(!FilesOfClaims::Manifests.include(path), "{path}");
        }
    }
}
