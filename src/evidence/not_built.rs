//! `not-built`: no build contains the package, and neither does a development build.
//!
//! What runs while building counts as built. What only tests need counts too: it runs on the
//! machines of developers, and `development-only` is the claim for it.
//!
//! What it rests on. By itself: the lockfile, the manifests that Cargo reads, and the two resolvers, over
//! every member with every feature for every target. No command or setting can build more from this
//! lockfile, but one that names a feature of a dependency (`--features time/macros`): words of that form
//! are looked for in every text file that git keeps, so that only one that is put together from parts, or
//! typed by hand, would make it false. Where `[cargo]` declares less, its owner's word, and that no file
//! contradicts it: whatever asks for more in words that the search does not know would make it false.

use super::Subject;
use super::builds::{self, doubtful, in_none, key, narrower_without, outside, upheld_over};
use super::seen::Seen;
use crate::cargo_build::{
    BuiltPackages, PackageKey, Presence, Purpose, ResolvedBuilds, ResolvedCell,
};

/// Looks into every cell of the build matrix.
pub(super) fn look(subject: &Subject<'_>) -> Seen {
    let builds = match builds::builds(subject) {
        Ok(builds) => builds,
        Err(seen) => return seen,
    };
    let Some(package) = key(subject) else {
        return Seen::unknown("no copy of it is locked");
    };
    let mut undecided = None;
    for purpose in Purpose::ALL {
        let presence = builds.package(&package, *purpose);
        if let Presence::Present(cell) = presence {
            return refuted(subject, builds, cell, &package);
        }
        undecided = undecided.or_else(|| doubtful(&presence, &package.to_string()));
    }
    undecided
        .or_else(|| outside(builds, |packages| packages.contains_key(&package)))
        .unwrap_or_else(|| {
            upheld_over(
                builds,
                Purpose::ALL,
                format!("cargo and its simulation agree: it is {}", in_none(builds)),
            )
        })
}

fn refuted(
    subject: &Subject<'_>,
    builds: &ResolvedBuilds,
    found: &ResolvedCell,
    package: &PackageKey,
) -> Seen {
    let chain = found.chain(package).unwrap_or_else(|| vec![package.clone()]);
    let causes = builds.causes_of_package(found, &chain);
    let is_there = |packages: &BuiltPackages| packages.contains_key(package);
    let (what, help) = match found.purpose {
        Purpose::Shipping => ("it is built", narrower_without(builds, Purpose::ALL, is_there)),
        Purpose::Development => (
            "tests, examples or benchmarks build it",
            Some("claim `development-only` instead".to_owned()),
        ),
    };
    let detail = format!("{what} for {}", found.cell);
    Seen { help, ..builds::refuted(subject, builds, detail, &chain, causes) }
}
