//! `build-only`: building needs the package, running does not, and nothing of it is in what is built.
//!
//! Whether anything but building needs it the edges of the lockfile and the builds say together: those of
//! the lockfile know the kinds of a project's own dependencies, the builds also those of registry packages
//! (Cargo book, "Build Scripts"). Whether something of it is carried into the program no resolver says, and
//! it is unknown unless neither it nor the scripts that use it can carry anything
//! ([`crate::cargo_build`], carriers).
//!
//! What it rests on: the lockfile, the manifests, and the sources of the packages between the build scripts
//! and this one, as they lie where Cargo keeps them. Sources that were changed there after they were
//! unpacked would make it false, and code that reaches out of itself in words that the search does not know.

use super::Subject;
use super::builds;
use super::reachability::{Chain, Way, chain, is_any_copy_unreached, is_project};
use super::seen::Seen;
use crate::cargo_build::{PackageKey, Purpose, ResolvedBuilds};
use crate::lockfile::DependencyKind;
use crate::package::Ecosystem;

/// Looks for a way in that does not start at a build dependency, and for what may be carried.
pub(super) fn look(subject: &Subject<'_>) -> Seen {
    if subject.lockfile.ecosystem == Ecosystem::Npm {
        let help = "claim `development-only` instead";
        return Seen::unknown("npm knows no build dependencies").help(help);
    }
    if let Some(chain) = chain(subject, Way::AtRunTime) {
        return refuted(subject, &chain);
    }
    let resolved = match builds::builds(subject) {
        Ok(resolved) => resolved,
        Err(seen) => {
            let lacks = seen.lacks;
            return undecided_chain(subject).map_or(seen, |open| Seen { lacks, ..open });
        }
    };
    let Some(package) = builds::key(subject) else {
        return Seen::unknown("no copy of it is locked");
    };
    if let Some(cell) =
        resolved.cells_for(Purpose::Shipping).find(|cell| cell.simulated.to_run.contains(&package))
    {
        let detail = format!("it is part of what runs in the build for {}", cell.cell);
        let help = "claim it for the package that a project depends on, or upgrade";
        return Seen::unknown(detail).help(help);
    }
    // Which of the two needs it, running or building, the simulation alone tells: it must have seen all.
    if let Some(cell) =
        resolved.cells_for(Purpose::Shipping).find(|cell| cell.sees_less_than_cargo())
    {
        return builds::disputed("a package or a feature", cell, "cargo");
    }
    if is_any_copy_unreached(subject) {
        let detail = "no project leads to an installed copy, so nothing tells what it is for";
        return Seen::unknown(detail);
    }
    carried(resolved, &package).unwrap_or_else(|| {
        Seen::upheld(
            "nothing that runs needs it, and neither it nor the build scripts that use it can leave \
             anything in the program",
        )
    })
}

/// Why something of it may be in the program.
fn carried(resolved: &ResolvedBuilds, package: &PackageKey) -> Option<Seen> {
    if resolved.asked_of_carriers {
        let carrier = resolved.carriers.get(package)?;
        let detail = format!(
            "nothing that runs needs it, but something of it may be in the program: {}",
            carrier.reason
        );
        let help = "only a person can say that nothing of it is: `attested = true`";
        return Some(Seen::unknown(detail).help(help));
    }
    let detail = "nobody asked whether anything of it is left in the program";
    Some(Seen::unknown(detail))
}

fn refuted(subject: &Subject<'_>, chain: &Chain) -> Seen {
    chain.refutes(subject, "it is needed at run time", |kind| {
        !matches!(kind, DependencyKind::Build | DependencyKind::Development)
    })
}

/// A chain of which the lockfile alone does not say what it is for.
fn undecided_chain(subject: &Subject<'_>) -> Option<Seen> {
    let chain = chain(subject, Way::PerhapsAtRunTime)?;
    let starts_at_unknown = chain.project().is_some_and(|project| {
        subject
            .graph
            .successors(project)
            .iter()
            .any(|edge| is_project(subject, project) && edge.kind == DependencyKind::Unknown)
    });
    let help = if starts_at_unknown {
        "check that the Cargo.toml of every project lies beside the lockfile"
    } else {
        "let Cargo say what is built: check where the project and its sources are"
    };
    let detail = "Cargo.lock does not say whether it is needed to run or to build";
    Some(Seen::unknown(detail).by_way_of(chain.ids(subject)).help(help))
}
