//! `platform`: nothing is shipped for an operating system or a processor that the advisory affects.
//!
//! The advisory says which those are (RustSec `[affected]` `os` and `arch`; in OSV
//! `ecosystem_specific.affects`). One that says nothing affects all of them; then the claim holds
//! only if the package is in no build at all. A package that runs while building also counts for the
//! machine that builds.
//!
//! What it rests on: what the policy declares in `[cargo] targets`, and that no file contradicts it. By
//! itself every target is built for, and then only a package that no build contains is on no platform
//! (see [`super::not_built`] for what that rests on). Which machine builds nobody declares: the one that
//! runs the check counts, and those of the targets.
//!
//! For npm the packages themselves say where they are installed: see [`installed`].

use std::collections::BTreeSet;

use super::builds::{
    self, doubtful, in_none, key, locked_lines, outside, shipped_development, upheld_over,
};
use super::seen::Seen;
use super::{Subject, installed};
use crate::cargo_build::{
    BuiltPackages, PackageKey, Presence, Purpose, ResolvedBuilds, ResolvedCell, platform,
};
use crate::package::Ecosystem;
use crate::problem::Location;

/// Compares the advisory's platforms with the targets of the build matrix.
pub(super) fn look(subject: &Subject<'_>) -> Seen {
    match subject.lockfile.ecosystem {
        Ecosystem::Cargo => look_at_builds(subject),
        Ecosystem::Npm => installed::look(subject),
    }
}

fn look_at_builds(subject: &Subject<'_>) -> Seen {
    let builds = match builds::builds(subject) {
        Ok(builds) => builds,
        Err(seen) => return seen,
    };
    let Some(package) = key(subject) else {
        return Seen::unknown("no copy of it is locked");
    };
    if subject.os.is_empty() && subject.arch.is_empty() {
        return without_platforms(builds, &package);
    }
    let mut undecided = None;
    let declared = match targets(builds, &package) {
        Ok(declared) => declared,
        // Built for every target, it is built for those that are affected, unless nothing builds it.
        Err(EveryTarget) => return without_platforms(builds, &package),
    };
    for (target, from) in declared {
        match platform::affects(subject.os, subject.arch, target) {
            Some(false) => {}
            Some(true) => return refuted(subject, target, from, &package),
            None => undecided = undecided.or(Some(not_known(subject, target))),
        }
    }
    undecided
        .or_else(|| outside(builds, |packages| packages.contains_key(&package)))
        .unwrap_or_else(|| {
            let affected = affected(subject);
            let targets = builds.cells_for(Purpose::Shipping).map(|cell| &cell.cell.target);
            let targets: BTreeSet<String> = targets.map(ToString::to_string).collect();
            let targets = targets.into_iter().collect::<Vec<_>>().join(", ");
            upheld_over(
                builds,
                &[Purpose::Shipping],
                format!(
                    "only {affected} is affected, and the policy declares builds for {targets}"
                ),
            )
        })
}

fn without_platforms(builds: &ResolvedBuilds, package: &PackageKey) -> Seen {
    let presence = builds.package(package, Purpose::Shipping);
    if let Presence::Present(ResolvedCell { cell, .. }) = presence {
        let target = &cell.target;
        return Seen::unknown(format!(
            "{package} is built for {target}, and platforms of that are affected"
        ))
        .help("say in `[cargo] targets` what is shipped, or claim something else");
    }
    let is_there = |packages: &BuiltPackages| packages.contains_key(package);
    doubtful(&presence, &package.to_string())
        .or_else(|| outside(builds, is_there))
        .or_else(|| shipped_development(builds, is_there))
        .unwrap_or_else(|| {
            let detail = format!("it is built for no platform: it is {}", in_none(builds));
            upheld_over(builds, &[Purpose::Shipping], detail)
        })
}

/// Every target is built for.
struct EveryTarget;

/// The targets that count for a package, each with what put it into the matrix.
fn targets<'builds>(
    builds: &'builds ResolvedBuilds,
    package: &PackageKey,
) -> Result<Vec<(&'builds str, Option<&'builds Location>)>, EveryTarget> {
    let mut targets: Vec<(&str, Option<&Location>)> = Vec::new();
    for cell in builds.cells_for(Purpose::Shipping) {
        let triple = cell.cell.target.triple().ok_or(EveryTarget)?;
        if !targets.iter().any(|(known, _)| *known == triple) {
            targets.push((triple, cell.cell.target_from.as_ref()));
        }
    }
    if builds.is_on_host(package) {
        targets.push((&builds.host, None));
    }
    Ok(targets)
}

fn affected(subject: &Subject<'_>) -> String {
    let words = subject.os.iter().chain(subject.arch);
    words.cloned().collect::<Vec<_>>().join(", ")
}

fn refuted(
    subject: &Subject<'_>,
    target: &str,
    from: Option<&Location>,
    package: &PackageKey,
) -> Seen {
    let mut locations: Vec<Location> = from.cloned().into_iter().collect();
    locations.extend(locked_lines(subject, package));
    Seen::refuted(
        format!("{target} is built for, and {} is affected", affected(subject)),
        locations,
    )
}

fn not_known(subject: &Subject<'_>, target: &str) -> Seen {
    let affected = affected(subject);
    let detail = format!("whether {target} is one of `{affected}` is not known");
    let help = "claim `not-built` or `feature-off` instead";
    Seen::unknown(detail).help(help)
}
