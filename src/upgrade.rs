//! The smallest upgrade that clears a finding and that the requirements in the graph allow, and what
//! holds it back where they do not. Pure.
//!
//! Which versions a registry offers is not known here. What is known is where the patched versions
//! begin, and what every dependent admits: so an upgrade is a version *or a later one*, if there is
//! one. Where a requirement is not known, or does not read, nothing is said about it.

mod range;

use std::collections::BTreeMap;

use self::range::Range;
use crate::cargo_build::{PackageKey, ResolvedBuilds};
use crate::finding::Finding;
use crate::graph::paths::PathFinder;
use crate::lockfile::{Lockfile, PackageIndex, Requirement};
use crate::problem::Location;
use crate::version::Version;

/// A version to upgrade to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The version, or the first that may be one.
    pub version: String,
    /// Whether the advisory names it, so that it exists. Otherwise it is only where they begin.
    pub is_named: bool,
}

/// The way to a version without the vulnerability.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// The smallest patched version above the locked one, whatever anybody asks for. `None`: none is
    /// known.
    pub smallest: Option<Candidate>,
    /// Each installed copy.
    pub copies: Vec<CopyUpgrade>,
    /// Whether another version of the package is locked beside it.
    pub is_one_of_several: bool,
}

/// The way for one installed copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyUpgrade {
    /// Its entry in the lockfile.
    pub location: Location,
    /// The smallest patched version that every dependent admits.
    pub admitted: Option<Candidate>,
    /// Who asks for it.
    pub askers: Vec<Asker>,
}

/// A dependent, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Its name and version.
    pub name: String,
    /// What it asks for, as it is written, where that is known.
    pub versions: Option<String>,
    /// The line that says so.
    pub location: Location,
    /// Whether it is a project, whose manifest can be edited.
    pub is_project: bool,
    /// Whether it speaks for everybody (npm `overrides`).
    pub is_override: bool,
    /// What it admits.
    pub admits: Admission,
    /// The shortest way from a project to it, both included.
    pub way_in: Vec<String>,
    /// Where the project asks for the first step of that way.
    pub direct: Option<Location>,
}

/// Whether a requirement admits a patched version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It admits this one, the smallest that it does.
    Admits(Candidate),
    /// It admits none that is known.
    Refuses,
    /// It is not known, or does not read.
    Unknown,
}

/// What an upgrade is looked for in.
#[derive(Clone, Copy, Debug)]
pub struct Search<'run> {
    /// The lockfile.
    pub lockfile: &'run Lockfile,
    /// Finds the ways in.
    pub finder: &'run PathFinder<'run, 'run>,
    /// Every installed copy of the package.
    pub packages: &'run [PackageIndex],
    /// What every dependent asks for, as far as files say it.
    pub requirements: &'run [Requirement],
    /// What Cargo knows that packages ask for, if it was asked.
    pub builds: Option<&'run ResolvedBuilds>,
}

/// Looks for the smallest upgrade.
pub fn look(finding: &Finding, search: &Search<'_>) -> Upgrade {
    let ecosystem = finding.package.ecosystem;
    let Ok(locked) = Version::parse(ecosystem, &finding.package.version) else {
        return Upgrade::default();
    };
    let patched: Vec<Range> = finding
        .fixed_in
        .iter()
        .filter_map(|text| Range::parse(ecosystem, text))
        .collect();
    let finder = Candidates { patched: &patched, locked: &locked };
    let copies = search
        .packages
        .iter()
        .map(|copy| search.copy(*copy, &finder))
        .collect();
    let same_name = |package: &&crate::lockfile::LockedPackage| {
        package.id.name == finding.package.name && package.id.version != finding.package.version
    };
    Upgrade {
        smallest: finder.of(&[]).into_iter().next(),
        copies,
        is_one_of_several: search
            .lockfile
            .packages
            .iter()
            .any(|package| same_name(&package)),
    }
}

/// Finds versions that may be upgraded to.
struct Candidates<'run> {
    patched: &'run [Range],
    locked: &'run Version,
}

impl Candidates<'_> {
    /// Where the patched versions begin, and where those begin that some requirements admit: the
    /// smallest version in both is one of these. In order.
    fn of(&self, requirements: &[&Range]) -> Vec<Candidate> {
        let mut found: BTreeMap<OrderedVersion, Candidate> = BTreeMap::new();
        let named = self
            .patched
            .iter()
            .map(|range| (range, range.names_its_beginning()));
        let asked = requirements.iter().map(|range| (*range, false));
        for (range, is_named) in named.chain(asked) {
            for text in range.beginnings() {
                let Ok(version) = Version::parse(range.ecosystem(), &text) else {
                    continue;
                };
                let is_early = text
                    .split('+')
                    .next()
                    .is_some_and(|text| text.contains('-'));
                let is_patched = self.patched.iter().any(|patched| patched.admits(&version));
                if version > *self.locked && is_patched && (is_named || !is_early) {
                    let candidate = found
                        .entry(OrderedVersion(version))
                        .or_insert(Candidate { version: text, is_named });
                    candidate.is_named |= is_named;
                }
            }
        }
        found.into_values().collect()
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OrderedVersion(Version);

impl Search<'_> {
    fn copy(&self, copy: PackageIndex, candidates: &Candidates<'_>) -> CopyUpgrade {
        let asked: Vec<(&Requirement, Option<String>)> = self
            .requirements
            .iter()
            .filter(|requirement| requirement.to == copy)
            .flat_map(|requirement| self.known(requirement))
            .collect();
        let ecosystem = self.lockfile.ecosystem;
        let ranges: Vec<Option<Range>> = asked
            .iter()
            .map(|(_, versions)| Range::parse(ecosystem, versions.as_deref()?))
            .collect();
        let understood: Vec<&Range> = ranges.iter().flatten().collect();
        let possible = candidates.of(&understood);
        let admits = |range: &Range, candidate: &Candidate| {
            let version = Version::parse(ecosystem, &candidate.version);
            version.is_ok_and(|version| range.admits(&version))
        };
        let is_known = !ranges.is_empty() && ranges.iter().all(Option::is_some);
        let admitted = possible
            .iter()
            .find(|candidate| understood.iter().all(|range| admits(range, candidate)))
            .filter(|_| is_known)
            .cloned();
        let askers = asked
            .iter()
            .zip(&ranges)
            .map(|((requirement, versions), range)| {
                let admission = match range {
                    None => Admission::Unknown,
                    Some(range) => possible
                        .iter()
                        .find(|candidate| admits(range, candidate))
                        .map_or(Admission::Refuses, |first| Admission::Admits(first.clone())),
                };
                self.asker(requirement, versions.clone(), admission)
            });
        CopyUpgrade {
            location: self.lockfile.location(copy),
            admitted,
            askers: askers.collect(),
        }
    }

    /// What is asked for, from Cargo where the files do not say it.
    fn known<'own>(
        &self,
        requirement: &'own Requirement,
    ) -> Vec<(&'own Requirement, Option<String>)> {
        let from = &self.lockfile.packages[requirement.from].id;
        let to = &self.lockfile.packages[requirement.to].id;
        let key = PackageKey {
            name: from.name.to_string(),
            version: from.version.to_string(),
        };
        let declared = self
            .builds
            .filter(|_| requirement.versions.is_none())
            .and_then(|builds| builds.requirements.get(&key));
        let version = Version::parse(to.ecosystem, &to.version);
        let fits = |asked: &&crate::cargo_build::DeclaredRequirement| {
            let range = Range::parse(to.ecosystem, &asked.versions);
            asked.package == to.name.as_str()
                && matches!((&version, range), (Ok(version), Some(range)) if range.admits(version))
        };
        let mut texts: Vec<&String> = declared
            .into_iter()
            .flatten()
            .filter(fits)
            .map(|asked| &asked.versions)
            .collect();
        texts.sort_unstable();
        texts.dedup();
        if texts.is_empty() {
            return vec![(requirement, requirement.versions.clone())];
        }
        texts
            .into_iter()
            .map(|text| (requirement, Some(text.clone())))
            .collect()
    }

    fn asker(
        &self,
        requirement: &Requirement,
        versions: Option<String>,
        admits: Admission,
    ) -> Asker {
        let lockfile = self.lockfile;
        let id = |package: &PackageIndex| lockfile.packages[*package].id.to_string();
        let paths = self.finder.paths_to(requirement.from).paths;
        let way: Vec<PackageIndex> = paths.into_iter().next().unwrap_or_default();
        let direct = way.get(..2).and_then(|first| {
            let mut declarations = lockfile.declarations.iter();
            let edge = |declaration: &&crate::lockfile::Declaration| {
                [declaration.edge.from, declaration.edge.to] == *first
            };
            declarations
                .find(edge)
                .map(|declaration| declaration.location.clone())
        });
        Asker {
            name: id(&requirement.from),
            versions,
            location: requirement.location.clone(),
            is_project: lockfile.roots.contains(&requirement.from),
            is_override: requirement.is_override,
            admits,
            way_in: way.iter().map(id).collect(),
            direct,
        }
    }
}
