//! Which files of a repository it takes to check claims, besides lockfiles and what belongs to them.

use crate::container_files::is_container_file;
use crate::package::Ecosystem;
use crate::policy::Claim;

/// The files that it takes. What is greater includes what is less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilesOfClaims {
    /// None but lockfiles and manifests.
    #[default]
    Manifests,
    /// Those as well in which npm's commands say what is shipped.
    Commands,
    /// All of them. Cargo does not say what a project builds whose sources are gone, and any text may
    /// hold a command of Cargo's.
    All,
}

impl FilesOfClaims {
    /// What it takes to check claims about any lockfile.
    pub fn of(claims: impl IntoIterator<Item = Claim>) -> Self {
        let files = claims.into_iter().map(Self::of_one);
        files.max().unwrap_or_default()
    }

    /// What of it is left for lockfiles of one ecosystem: only Cargo is asked what it builds.
    #[must_use]
    pub fn in_ecosystem(self, ecosystem: Ecosystem) -> Self {
        match ecosystem {
            Ecosystem::Cargo => self,
            Ecosystem::Npm => self.min(Self::Commands),
        }
    }

    fn of_one(claim: Claim) -> Self {
        if claim.needs_builds() || claim.rests_on_code() || claim == Claim::DevelopmentOnly {
            Self::All
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
            Self::Commands => is_container_file(path.rsplit('/').next().unwrap_or(path)),
            Self::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_takes_the_files_that_may_decide_about_it() {
        use FilesOfClaims::{All, Commands, Manifests};
        for (claims, cargo, npm) in [
            (&[][..], Manifests, Manifests),
            (&[Claim::Attested], Manifests, Manifests),
            (&[Claim::BuildOnly], All, Commands),
            (&[Claim::DevelopmentOnly, Claim::Attested], All, Commands),
            (&[Claim::NotBuilt, Claim::DevelopmentOnly], All, Commands),
            (&[Claim::Platform], All, Commands),
            (&[Claim::FeatureOff], All, Commands),
        ] {
            let files = FilesOfClaims::of(claims.iter().copied());
            assert_eq!(files.in_ecosystem(Ecosystem::Cargo), cargo, "{claims:?}");
            assert_eq!(files.in_ecosystem(Ecosystem::Npm), npm, "{claims:?}");
        }
    }

    #[test]
    fn what_npm_installs_for_shipping_stands_in_container_files() {
        for (path, holds) in [
            ("Dockerfile", true),
            ("web/api.Dockerfile", true),
            ("docker/dockerfile.api", true),
            ("deploy/ship.yml", false),
            ("src/main.rs", false),
            ("docs/guide.md", false),
        ] {
            assert_eq!(FilesOfClaims::Commands.include(path), holds, "{path}");
            assert!(FilesOfClaims::All.include(path), "{path}");
            assert!(!FilesOfClaims::Manifests.include(path), "{path}");
        }
    }
}
