//! Who asks for a copy, what for, and what of it is patched.

use super::candidates::Candidates;
use super::range::Range;
use super::{Admission, Asker, CopyUpgrade, Search, Way, steps};
use crate::cargo_build::{DeclaredRequirement, PackageKey};
use crate::lockfile::{Declaration, PackageIndex, Requirement};
use crate::version::Version;

impl Search<'_> {
    /// The way for one copy.
    pub(super) fn copy(&self, copy: PackageIndex, candidates: &Candidates<'_>) -> CopyUpgrade {
        let requirements = &self.dependents.requirements;
        let asked: Vec<(&Requirement, Option<String>)> = requirements
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
        let admits = |range: &Range, version: &str| {
            Version::parse(ecosystem, version).is_ok_and(|version| range.admits(&version))
        };
        let is_known = !ranges.is_empty() && ranges.iter().all(Option::is_some);
        let admitted = possible
            .iter()
            .find(|candidate| understood.iter().all(|range| admits(range, &candidate.version)))
            .filter(|_| is_known)
            .cloned();
        let askers = asked.iter().zip(&ranges).map(|((requirement, versions), range)| {
            let admission = match range {
                None => Admission::Unknown,
                Some(range) => possible
                    .iter()
                    .find(|candidate| admits(range, &candidate.version))
                    .map_or(Admission::Refuses, |first| Admission::Admits(first.clone())),
            };
            self.asker(requirement, versions.clone(), admission)
        });
        // Whoever refuses is made to ask for something else.
        let is_willing = |range: &&Range| {
            let mut possible = possible.iter();
            possible.any(|candidate| admits(range, &candidate.version))
        };
        let willing: Vec<&Range> = understood.iter().copied().filter(is_willing).collect();
        let mut upgrade = CopyUpgrade {
            location: self.lockfile.location(copy),
            admitted,
            askers: askers.collect(),
            way: Way::default(),
        };
        upgrade.way = match self.carried(copy) {
            Some(carried) => carried,
            None => steps::way(&steps::Planner {
                search: self,
                possible: &possible,
                is_latest_free: candidates.is_latest_free(&willing, possible.first()),
                locked: &self.lockfile.packages[copy].id,
                requirements: asked.iter().map(|(requirement, _)| *requirement).collect(),
                upgrade: &upgrade,
            }),
        };
        upgrade
    }

    fn carried(&self, copy: PackageIndex) -> Option<Way> {
        let mut carriers = self.dependents.carriers.iter();
        let carrier = carriers.find(|carrier| carrier.copy == copy)?;
        let (way_in, direct) = self.way_in(carrier.by);
        Some(Way::Carried {
            by: self.lockfile.packages[carrier.by].id.clone(),
            how: carrier.how,
            way_in,
            direct,
        })
    }

    /// What is asked for, from Cargo where the files do not say it.
    fn known<'own>(
        &self,
        requirement: &'own Requirement,
    ) -> Vec<(&'own Requirement, Option<String>)> {
        let from = &self.lockfile.packages[requirement.from].id;
        let to = &self.lockfile.packages[requirement.to].id;
        let key = PackageKey { name: from.name.to_string(), version: from.version.to_string() };
        let declared = self
            .builds
            .filter(|_| requirement.versions.is_none())
            .and_then(|builds| builds.requirements.get(&key));
        let version = Version::parse(to.ecosystem, &to.version);
        let fits = |asked: &&DeclaredRequirement| {
            let range = Range::parse(to.ecosystem, &asked.versions);
            asked.package == to.name.as_str()
                && matches!((&version, range), (Ok(version), Some(range)) if range.admits(version))
        };
        let mut texts: Vec<&String> =
            declared.into_iter().flatten().filter(fits).map(|asked| &asked.versions).collect();
        texts.sort_unstable();
        texts.dedup();
        if texts.is_empty() {
            return vec![(requirement, requirement.versions.clone())];
        }
        texts.into_iter().map(|text| (requirement, Some(text.clone()))).collect()
    }

    fn asker(
        &self,
        requirement: &Requirement,
        versions: Option<String>,
        admits: Admission,
    ) -> Asker {
        let lockfile = self.lockfile;
        let (way_in, direct) = self.way_in(requirement.from);
        Asker {
            name: lockfile.packages[requirement.from].id.to_string(),
            versions,
            location: requirement.location.clone(),
            is_project: lockfile.roots.contains(&requirement.from),
            order: requirement.is_override.then(|| steps::table_of_orders(lockfile.format.tool())),
            admits,
            way_in,
            direct,
        }
    }

    /// The shortest way from a project to a package, both included, and where the project asks for its
    /// first step.
    fn way_in(&self, package: PackageIndex) -> (Vec<String>, Option<crate::problem::Location>) {
        let lockfile = self.lockfile;
        let id = |package: &PackageIndex| lockfile.packages[*package].id.to_string();
        let paths = self.finder.paths_to(package).paths;
        let way: Vec<PackageIndex> = paths.into_iter().next().unwrap_or_default();
        let direct = way.get(..2).and_then(|first| {
            let mut declarations = lockfile.declarations.iter();
            let edge =
                |declaration: &&Declaration| [declaration.edge.from, declaration.edge.to] == *first;
            declarations.find(edge).map(|declaration| declaration.location.clone())
        });
        (way.iter().map(id).collect(), direct)
    }
}
