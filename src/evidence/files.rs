//! Which files of a repository it takes to check claims, besides lockfiles and what belongs to them.

use crate::package::Ecosystem;
use crate::policy::{ClaimKind, Fact};

/// The files that it takes. What is greater includes what is less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilesOfClaims {
    /// None but lockfiles and manifests.
    #[default]
    Manifests,
    /// All of them for Cargo, which does not say what a project builds whose sources are gone, and any
    /// text may hold a command of Cargo's.
    Builds,
    All,
}

impl FilesOfClaims {
    /// What it takes to check claims about any lockfile.
    pub fn of(claims: impl IntoIterator<Item = ClaimKind>) -> Self {
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

    fn of_one(claim: ClaimKind) -> Self {
        let files = claim.row().facts.iter().map(|fact| match fact {
            Fact::Builds | Fact::Carriers => Self::Builds,
            // What code imports may be taken into what is shipped, whatever the file is called.
            Fact::ShippedDevelopment | Fact::NpmUse | Fact::Imports => Self::All,
        });
        files.max().unwrap_or_default()
    }

    /// Whether every file is one of them, besides lockfiles and manifests.
    pub fn are_all(self) -> bool {
        match self {
            Self::Manifests => false,
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
            (&[ClaimKind::Attested], Manifests, Manifests),
            (&[ClaimKind::BuildOnly], Builds, Manifests),
            (&[ClaimKind::DevelopmentOnly, ClaimKind::Attested], All, All),
            (&[ClaimKind::NotBuilt, ClaimKind::DevelopmentOnly], All, All),
            (&[ClaimKind::Platform], All, All),
            (&[ClaimKind::FeatureOff], Builds, Manifests),
        ] {
            let files = FilesOfClaims::of(claims.iter().copied());
            assert_eq!(files.in_ecosystem(Ecosystem::Cargo), cargo, "{claims:?}");
            assert_eq!(files.in_ecosystem(Ecosystem::Npm), npm, "{claims:?}");
        }
    }
}
