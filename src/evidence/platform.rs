//! `platform`: nothing is shipped for an operating system or a processor that the advisory affects.
//!
//! The advisory says which those are (RustSec `[affected]` `os` and `arch`; in OSV
//! `ecosystem_specific.affects`). One that says nothing affects all of them; then the claim holds
//! only if the package is in no build at all. A package that runs while building also counts for the
//! machine that builds.
//!
//! For npm the packages themselves say where they are installed: see [`installed`].

use super::builds::{
    self, disputed, extent, key, locked_lines, on_other_machine, unclear, unknown, upheld,
};
use super::{Collector, Evidence, EvidenceResult, Question, Subject, installed};
use crate::cargo_build::{PackageKey, Presence, Purpose, ResolvedBuilds, ResolvedCell, platform};
use crate::package::Ecosystem;
use crate::policy::Claim;
use crate::problem::Location;

const CLAIM: Claim = Claim::Platform;

/// Compares the advisory's platforms with the targets of the build matrix.
pub(super) struct Platform;

impl Collector for Platform {
    fn claim(&self) -> Claim {
        CLAIM
    }

    fn collect(&self, question: &Question<'_>) -> Evidence {
        look(question.subject)
    }

    fn look(&self, subject: &Subject<'_>) -> Option<Evidence> {
        Some(look(subject))
    }
}

fn look(subject: &Subject<'_>) -> Evidence {
    match subject.lockfile.ecosystem {
        Ecosystem::Cargo => look_at_builds(subject),
        Ecosystem::Npm => installed::look(subject),
    }
}

fn look_at_builds(subject: &Subject<'_>) -> Evidence {
    let builds = match builds::builds(CLAIM, subject) {
        Ok(builds) => builds,
        Err(evidence) => return *evidence,
    };
    let Some(package) = key(subject) else {
        return unknown(CLAIM, "no copy of it is locked", None, Vec::new());
    };
    if subject.os.is_empty() && subject.arch.is_empty() {
        return without_platforms(builds, &package);
    }
    let mut undecided = None;
    for (target, from) in targets(builds, &package) {
        match platform::affects(subject.os, subject.arch, target) {
            Some(false) => {}
            Some(true) => return refuted(subject, target, from, &package),
            None => undecided = undecided.or(Some(not_known(subject, target))),
        }
    }
    undecided
        .or_else(|| unclear(CLAIM, builds))
        .unwrap_or_else(|| {
            let affected = affected(subject);
            upheld(CLAIM, format!("only {affected} is affected, and there are {}", extent(builds)))
        })
}

fn without_platforms(builds: &ResolvedBuilds, package: &PackageKey) -> Evidence {
    match builds.package(package, Purpose::Shipping) {
        Presence::Present(ResolvedCell { cell, .. }) => {
            let detail = format!(
                "the advisory affects every platform, and {package} is built for {}",
                cell.target
            );
            let help = "claim something else about it".to_owned();
            unknown(CLAIM, &detail, Some(help), Vec::new())
        }
        Presence::Disputed { cell, seen_by } => {
            disputed(CLAIM, &package.to_string(), cell, seen_by)
        }
        Presence::OnOtherMachine(cell) => on_other_machine(CLAIM, &package.to_string(), cell),
        Presence::Absent => unclear(CLAIM, builds).unwrap_or_else(|| {
            upheld(
                CLAIM,
                format!("it is built for no platform: it is in none of {}", extent(builds)),
            )
        }),
    }
}

/// The targets that count for a package, each with what put it into the matrix.
fn targets<'builds>(
    builds: &'builds ResolvedBuilds,
    package: &PackageKey,
) -> Vec<(&'builds str, Option<&'builds Location>)> {
    let mut targets: Vec<(&str, Option<&Location>)> = Vec::new();
    for cell in builds.cells_for(Purpose::Shipping) {
        if !targets.iter().any(|(known, _)| *known == cell.cell.target) {
            targets.push((&cell.cell.target, cell.cell.target_from.as_ref()));
        }
    }
    if builds.is_on_host(package) {
        targets.push((&builds.host, None));
    }
    targets
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
) -> Evidence {
    let mut locations: Vec<Location> = from.cloned().into_iter().collect();
    locations.extend(locked_lines(subject, package));
    Evidence {
        claim: CLAIM,
        result: EvidenceResult::Refuted,
        detail: format!("{target} is built for, and {} is affected", affected(subject)),
        help: None,
        locations,
    }
}

fn not_known(subject: &Subject<'_>, target: &str) -> Evidence {
    let affected = affected(subject);
    let detail = format!("whether {target} is one of `{affected}` is not known");
    let help = "claim `not-built` or `feature-off` instead".to_owned();
    unknown(CLAIM, &detail, Some(help), Vec::new())
}
