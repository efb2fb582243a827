//! `feature-off`: some features of crates are on in no build of what is shipped.
//!
//! The crate may be the package that the advisory is about, or any other locked package, such as the
//! one that lets the vulnerable code in. Every locked version of it counts; of the package itself
//! only the version that the finding is about.
//!
//! What it rests on: the same as [`super::not_built`], for what is shipped. What only tests turn on does not
//! count, so that a test, an example or a benchmark that is shipped makes it false: `[cargo] development`
//! declares it, and lines that order it are looked for.

use super::Question;
use super::builds::{
    self, doubtful, key, locked_lines, narrower_without, outside, shipped_development, upheld_over,
};
use super::seen::Seen;
use crate::cargo_build::{
    BuiltPackages, PackageKey, Presence, Purpose, ResolvedBuilds, ResolvedCell,
};
use crate::policy::{About, CrateFeature};

/// Looks for the features in every cell of the build matrix.
pub(super) fn look(question: &Question<'_>) -> Seen {
    let builds = match builds::builds(question.subject) {
        Ok(builds) => builds,
        Err(seen) => return seen,
    };
    let features = match &question.claim.about {
        About::Features(features) if !features.is_empty() => features,
        _ => return Seen::unknown("it names no feature"),
    };
    let looked = features.iter().map(|feature| look_at(question, builds, feature));
    // The first of the worst: what refutes one of them refutes them all.
    let undecided = looked
        .flatten()
        .reduce(|worst, next| if next.result > worst.result { next } else { worst });
    undecided.unwrap_or_else(|| {
        let names: Vec<String> = features.iter().map(ToString::to_string).collect();
        let names = names.join(" and ");
        let extent = if builds.is_declared {
            "every build that the policy declares"
        } else {
            "every build of every member with every feature for every target"
        };
        let detail = format!("cargo and its simulation agree: {names} is off in {extent}");
        upheld_over(builds, &[Purpose::Shipping], detail)
    })
}

/// What stands against one feature being off. `None` if nothing does.
fn look_at(
    question: &Question<'_>,
    builds: &ResolvedBuilds,
    wanted: &CrateFeature,
) -> Option<Seen> {
    let versions = versions(question, builds, wanted);
    if versions.is_empty() {
        let detail = format!("no features of a locked package `{}` are known", wanted.package);
        let help = "check the spelling; a package that no features turn on is `not-built`";
        return Some(Seen::unknown(detail).help(help));
    }
    let mut undecided = None;
    for version in versions {
        let has_it =
            builds.declared.get(&version).is_some_and(|table| table.contains_key(&wanted.feature));
        if !has_it {
            let detail = format!("{version} has no feature `{}`", wanted.feature);
            let help = "check the spelling in the crate's Cargo.toml";
            let lines = locked_lines(question.subject, &version);
            undecided = undecided.or(Some(Seen::unknown(detail).help(help).at(lines)));
            continue;
        }
        let what = format!("`{}` of {version}", wanted.feature);
        let is_on = |packages: &BuiltPackages| is_on(packages, &version, &wanted.feature);
        undecided = match builds.feature(&version, &wanted.feature) {
            Presence::Present(cell) => {
                return Some(refuted(question, builds, cell, &version, &wanted.feature));
            }
            Presence::Absent => undecided
                .or_else(|| outside(builds, is_on))
                .or_else(|| shipped_development(builds, is_on)),
            presence => undecided.or_else(|| doubtful(&presence, &what)),
        };
    }
    undecided
}

fn is_on(packages: &BuiltPackages, package: &PackageKey, feature: &str) -> bool {
    packages.get(package).is_some_and(|features| features.contains(feature))
}

fn versions(
    question: &Question<'_>,
    builds: &ResolvedBuilds,
    wanted: &CrateFeature,
) -> Vec<PackageKey> {
    let own = key(question.subject).filter(|own| own.name == wanted.package);
    match own {
        Some(own) => {
            Some(own).filter(|own| builds.declared.contains_key(own)).into_iter().collect()
        }
        None => builds.versions(&wanted.package).cloned().collect(),
    }
}

fn refuted(
    question: &Question<'_>,
    builds: &ResolvedBuilds,
    found: &ResolvedCell,
    package: &PackageKey,
    feature: &str,
) -> Seen {
    let causes = builds.causes_of_feature(found, package, feature);
    let chain = found.chain(package).unwrap_or_else(|| vec![package.clone()]);
    let detail = format!("`{feature}` of {package} is on for {}", found.cell);
    let help = narrower_without(builds, &[Purpose::Shipping], |packages| {
        is_on(packages, package, feature)
    });
    Seen { help, ..builds::refuted(question.subject, builds, detail, &chain, causes) }
}
