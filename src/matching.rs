//! Which locked packages are affected by which advisories. Pure.
//!
//! A package is matched by name if it comes from the public registry of its ecosystem, or from another
//! that the policy does not call private. Anything that cannot be decided is a gap, not a miss.

mod unmatched;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

pub use self::unmatched::{UnmatchedPackages, WhyUnmatched, unmatched_names, why_unmatched};
use crate::advisory::Advisory;
use crate::advisory::alias::{self, MergedAdvisory};
use crate::advisory::range::RangeError;
use crate::advisory_id::AdvisoryId;
use crate::database::{AdvisoriesByPackage, PackageAdvisories};
use crate::lockfile::{Lockfile, PackageIndex};
use crate::package::{PackageId, PackageName};
use crate::policy::RegistryPolicy;
use crate::problem::{Gap, GapCode};

/// One vulnerability in one locked package, however often that is installed.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    pub package: PackageId,
    /// Its installed copies, in the order of the lockfile. Never empty.
    pub copies: Vec<PackageIndex>,
    /// The matching records, merged.
    pub advisory: MergedAdvisory,
}

/// The packages of a lockfile that are matched by name.
#[derive(Debug)]
pub struct NamedPackages<'lockfile> {
    lockfile: &'lockfile Lockfile,
    /// The packages of the lockfile that advisories apply to, in its order, with their names.
    names: Vec<(PackageIndex, PackageName)>,
    /// Names of packages that are installed although the lockfile does not list them.
    unlisted: Vec<PackageName>,
}

impl<'lockfile> NamedPackages<'lockfile> {
    /// Those of one lockfile. `registries` are the policy's for everything but the public registry.
    pub fn of(lockfile: &'lockfile Lockfile, registries: &RegistryPolicy) -> Self {
        let packages = lockfile.packages.iter().enumerate();
        let matched = packages.filter(|(_, package)| why_unmatched(package, registries).is_ok());
        let mut names = Vec::with_capacity(lockfile.packages.len());
        names.extend(matched.map(|(index, package)| (index, package.id.package_name())));
        Self { lockfile, names, unlisted: Vec::new() }
    }

    /// Looks up these names as well, although the lockfile lists no package of them.
    #[must_use]
    pub fn and(mut self, unlisted: impl IntoIterator<Item = PackageName>) -> Self {
        self.unlisted.extend(unlisted);
        self
    }

    /// The projects of a lockfile, as if they were packages of the public registry: one of them may be
    /// a copy of such a package.
    pub fn of_projects(lockfile: &'lockfile Lockfile) -> Self {
        let roots = lockfile.roots.iter();
        let mut names: Vec<(PackageIndex, PackageName)> =
            roots.map(|root| (*root, lockfile.packages[*root].id.package_name())).collect();
        names.sort_unstable_by_key(|(root, _)| *root);
        Self { lockfile, names, unlisted: Vec::new() }
    }

    /// The names to look up, some of them several times.
    pub fn names(&self) -> impl Iterator<Item = &PackageName> {
        self.names.iter().map(|(_, name)| name).chain(&self.unlisted)
    }

    /// Matches them against the records about them.
    pub fn matches(&self, advisories: &AdvisoriesByPackage) -> (Vec<Match>, Vec<Gap>) {
        let by_name: HashMap<&PackageName, &PackageAdvisories, RandomState> =
            advisories.iter().collect();
        let mut copies: BTreeMap<&PackageId, (&PackageAdvisories, Vec<PackageIndex>)> =
            BTreeMap::new();
        for (index, name) in &self.names {
            if let Some(known) = by_name.get(name) {
                let id = &self.lockfile.packages[*index].id;
                copies.entry(id).or_insert_with(|| (known, Vec::new())).1.push(*index);
            }
        }
        let mut matches = Vec::new();
        let mut gaps = Vec::new();
        for (package, (known, copies)) in copies {
            gaps.extend(unreadable_records(package, known));
            let (advisories, errors) = affecting(package, &known.advisories);
            matches.extend(advisories.into_iter().map(|advisory| Match {
                package: package.clone(),
                copies: copies.clone(),
                advisory,
            }));
            gaps.extend(
                errors.iter().map(|error| undecided(self.lockfile, package, &copies, error)),
            );
        }
        (matches, gaps)
    }
}

/// The vulnerabilities that affect a package, each with the records that say so, and why the
/// other records could not be decided.
///
/// A record of the same vulnerability that does not affect this version lends its names, so that a
/// suppression under any of them is understood, and nothing else. An undecided record does not hide
/// a decided one: a known vulnerability is reported, even if other records are unknown.
fn affecting(
    package: &PackageId,
    advisories: &[Advisory],
) -> (Vec<MergedAdvisory>, Vec<RangeError>) {
    let mut errors = Vec::new();
    let name = package.package_name();
    let is_affecting: Vec<bool> = advisories
        .iter()
        .map(|advisory| {
            affects(advisory, &name, &package.version).unwrap_or_else(|error| {
                if !errors.contains(&error) {
                    errors.push(error);
                }
                false
            })
        })
        .collect();
    // Most packages with records are not affected by any.
    if !is_affecting.contains(&true) {
        return (Vec::new(), errors);
    }
    let records: Vec<&Advisory> = advisories.iter().collect();
    let groups = alias::groups(&records);
    let owners: BTreeMap<&AdvisoryId, usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(owner, group)| group.iter().map(move |position| (*position, owner)))
        .map(|(position, owner)| (&records[position].id, owner))
        .collect();
    let mut found = Vec::new();
    for (group_position, group) in groups.iter().enumerate() {
        let affecting: Vec<&Advisory> = group
            .iter()
            .filter(|position| is_affecting[**position])
            .map(|position| records[*position])
            .collect();
        let merged = MergedAdvisory::of(&affecting, &name);
        let Some(mut merged) = merged else { continue };
        let names = group.iter().flat_map(|position| {
            std::iter::once(&records[*position].id).chain(&records[*position].aliases)
        });
        merged.aliases.extend(names.filter(|name| **name != merged.id).cloned());
        // Leave out ids that have a group of their own here: a suppression of one must not hide
        // the other.
        merged
            .aliases
            .retain(|alias| owners.get(alias).is_none_or(|owner| *owner == group_position));
        found.push(merged);
    }
    (found, errors)
}

/// Whether a record affects a package. Withdrawn records never do; [`Advisory::as_of`] has already
/// removed a withdrawal that lies in the future. One statement that says so is
/// enough, regardless of the others.
pub fn affects(advisory: &Advisory, name: &PackageName, version: &str) -> Result<bool, RangeError> {
    if advisory.withdrawn.is_some() {
        return Ok(false);
    }
    let mut undecided = None;
    for affected in advisory.affected.iter().filter(|entry| entry.is_about(name)) {
        match affected.affects(version) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => undecided = Some(error),
        }
    }
    undecided.map_or(Ok(false), Err)
}

fn unreadable_records<'known>(
    package: &'known PackageId,
    known: &'known PackageAdvisories,
) -> impl Iterator<Item = Gap> + use<'known> {
    known.unreadable.iter().map(|record| {
        Gap::new(
            GapCode::AdvisoryUnreadable,
            format!(
                "an advisory about the locked package {} cannot be read: {} of {}: {}",
                package.name, record.file, record.source, record.reason
            ),
            "update the advisory database; if the record is your own, correct it",
        )
    })
}

fn undecided(
    lockfile: &Lockfile,
    package: &PackageId,
    copies: &[PackageIndex],
    error: &RangeError,
) -> Gap {
    if package.version.contains("://") {
        return locked_by_address(lockfile, package);
    }
    let name = &package.name;
    let place = copies
        .first()
        .map_or_else(|| lockfile.source.path.clone(), |copy| lockfile.location(*copy).to_string());
    if package.version.is_empty() {
        let entry =
            copies.first().and_then(|copy| lockfile.key(*copy)).unwrap_or_else(|| name.to_string());
        let tool = lockfile.format.tool();
        return Gap::new(
            GapCode::VersionUnreadable,
            format!("{place}: {entry} has no version, and there are advisories about {name}"),
            format!(
                "take the entry out, or remove the lockfile, and let {} lock it anew: {}",
                tool.word, tool.commands.lock
            ),
        );
    }
    Gap::new(
        GapCode::VersionUnreadable,
        format!("{place}: there are advisories about {name}, and they cannot be decided: {error}"),
        "remove the lockfile and let the package manager write it anew",
    )
}

/// npm before version 7 does not record the version of a package that is installed from an address.
fn locked_by_address(lockfile: &Lockfile, package: &PackageId) -> Gap {
    Gap::new(
        GapCode::VersionUnreadable,
        format!(
            "{}: there are advisories about {}, and which version of it is locked is not known: the \
             lockfile has an address in its place",
            lockfile.source.path, package.name
        ),
        "let npm 7 or later write the lockfile again, or name where it comes from in `[registries] \
         private` if it is a package of your own",
    )
}

#[cfg(test)]
mod tests;
