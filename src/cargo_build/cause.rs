//! The lines that cause a package or a feature to be part of a build.

use std::collections::BTreeSet;

use super::{BuiltPackages, FeatureTable, PackageKey, Purpose, ResolvedBuilds, ResolvedCell};
use crate::cargo_toml::{Dependency, DependencyTable, NamedCargoToml};
use crate::problem::Location;

impl ResolvedBuilds {
    /// The lines that cause a package to be built in a cell. `chain` is a path to it from a
    /// workspace member. May be empty.
    pub fn causes_of_package(&self, found: &ResolvedCell, chain: &[PackageKey]) -> Vec<Location> {
        let Some(package) = chain.last() else {
            return Vec::new();
        };
        let mut lines = Lines::default();
        let is_there = |packages: &BuiltPackages| packages.contains_key(package);
        lines.extend(self.of_matrix(found, is_there));
        if let [member, needed, further @ ..] = chain {
            for manifest in self.manifests_of(&member.name) {
                let mut wanted: BTreeSet<String> = BTreeSet::new();
                for key in keys(manifest, &needed.name) {
                    wanted.extend([format!("dep:{key}"), key.clone()]);
                    wanted.extend(mentions(manifest, |value| {
                        value.strip_prefix(&key).is_some_and(|rest| rest.starts_with('/'))
                    }));
                }
                lines.extend(enabled_lines(found, member, manifest, wanted));
            }
            let table = self.declared.get(needed);
            let leads_on = |feature: &str| {
                further.first().is_some_and(|next| {
                    closure(table, feature).iter().any(|value| names_dependency(value, &next.name))
                })
            };
            let purpose = if found.cell.builds_development(found.purpose) {
                Purpose::Development
            } else {
                Purpose::Shipping
            };
            for (named, dependency) in self.declarations(&member.name, &needed.name, purpose) {
                let leading = dependency.features.iter().filter(|value| leads_on(&value.text));
                lines.extend(leading.map(|value| named.location(value.line)));
                lines.add(named.location(dependency.line));
            }
        }
        lines.finish(found)
    }

    /// The lines that enable a feature of a package in a cell. May be empty.
    pub fn causes_of_feature(
        &self,
        found: &ResolvedCell,
        package: &PackageKey,
        feature: &str,
    ) -> Vec<Location> {
        let mut lines = Lines::default();
        lines.extend(self.of_matrix(found, |packages| {
            packages.get(package).is_some_and(|features| features.contains(feature))
        }));
        let implying = implying(self.declared.get(package), feature);
        // Development dependencies matter if features are unified (resolver 1).
        for purpose in Purpose::ALL {
            for member in &found.cargo.starts {
                let asked = self.asked_of(found, member, package, &implying, *purpose);
                lines.extend(asked);
            }
            if !lines.found.is_empty() {
                return lines.finish(found);
            }
        }
        found.chain(package).map_or_else(Vec::new, |chain| self.causes_of_package(found, &chain))
    }

    /// The lines of a member that request one of some features of a package.
    fn asked_of(
        &self,
        found: &ResolvedCell,
        member: &PackageKey,
        package: &PackageKey,
        implying: &BTreeSet<String>,
        purpose: Purpose,
    ) -> Vec<Location> {
        let mut lines = Vec::new();
        for manifest in self.manifests_of(&member.name) {
            for key in keys(manifest, &package.name) {
                let wanted = mentions(manifest, |value| {
                    let asked = value.strip_prefix(&key).and_then(|rest| {
                        rest.strip_prefix('/').or_else(|| rest.strip_prefix("?/"))
                    });
                    asked.is_some_and(|asked| implying.contains(asked))
                });
                lines.extend(enabled_lines(found, member, manifest, wanted));
            }
        }
        for (named, dependency) in self.declarations(&member.name, &package.name, purpose) {
            let asked = dependency.features.iter();
            let asked = asked.filter(|value| implying.contains(&value.text));
            lines.extend(asked.map(|value| named.location(value.line)));
            if !dependency.is_without_default_features && implying.contains("default") {
                lines.push(named.location(dependency.line));
            }
        }
        lines
    }

    /// The line that added the cell to the matrix, if another cell differs in nothing else and
    /// does not contain the package or feature.
    fn of_matrix(
        &self,
        found: &ResolvedCell,
        is_there: impl Fn(&BuiltPackages) -> bool,
    ) -> Vec<Location> {
        let without =
            || self.cells_for(found.purpose).filter(|cell| !is_there(&cell.cargo.packages));
        let of =
            |cell: &ResolvedCell| (cell.cell.features.clone(), cell.cell.of_dependencies.clone());
        let (target, features) = (&found.cell.target, of(found));
        let mut lines = Vec::new();
        let ships_development = |cell: &ResolvedCell| cell.cell.development_from.is_some();
        if ships_development(found) && without().any(|cell| !ships_development(cell)) {
            lines.extend(found.cell.development_from.clone());
        }
        if without().any(|cell| cell.cell.target == *target && of(cell) != features) {
            lines.extend(found.cell.features_from.clone());
        }
        if without().any(|cell| of(cell) == features && cell.cell.target != *target) {
            lines.extend(found.cell.target_from.clone());
        }
        lines
    }

    fn manifests_of(&self, member: &str) -> impl Iterator<Item = &NamedCargoToml> {
        self.manifests.iter().filter(move |named| named.manifest.name() == Some(member))
    }

    /// The lines where a member asks for a package, then those of the workspace that it inherits.
    fn declarations<'own>(
        &'own self,
        member: &'own str,
        package: &'own str,
        purpose: Purpose,
    ) -> impl Iterator<Item = (&'own NamedCargoToml, &'own Dependency)> {
        let own = self.manifests_of(member);
        let own =
            own.flat_map(|named| named.manifest.dependencies.iter().map(move |it| (named, it)));
        let shared =
            self.manifests.iter().flat_map(|named| shared(named).map(move |it| (named, it)));
        own.chain(shared).filter(move |(_, dependency)| {
            let is_development = dependency.table == DependencyTable::Development;
            dependency.package() == package && (!is_development || purpose == Purpose::Development)
        })
    }
}

/// The dependencies that members of a workspace may inherit.
fn shared(named: &NamedCargoToml) -> impl Iterator<Item = &Dependency> {
    named.manifest.workspace.iter().flat_map(|workspace| workspace.dependencies.values())
}

/// Lines without duplicates, in the order in which they were found.
#[derive(Default)]
struct Lines {
    found: Vec<Location>,
}

impl Lines {
    fn add(&mut self, line: Location) {
        if !self.found.contains(&line) {
            self.found.push(line);
        }
    }

    fn extend(&mut self, lines: impl IntoIterator<Item = Location>) {
        lines.into_iter().for_each(|line| self.add(line));
    }

    /// The line that added the cell to the matrix is always part of the cause.
    fn finish(mut self, found: &ResolvedCell) -> Vec<Location> {
        self.extend(found.cell.features_from.clone());
        self.extend(found.cell.target_from.clone());
        self.extend(found.cell.development_from.clone());
        self.found
    }
}

/// The names of a package in a manifest.
fn keys(named: &NamedCargoToml, package: &str) -> BTreeSet<String> {
    let all = named.manifest.dependencies.iter().chain(shared(named));
    let of_package = all.filter(|dependency| dependency.package() == package);
    of_package.map(|dependency| dependency.key.clone()).collect()
}

/// Values in `[features]` that fulfil a condition.
fn mentions(named: &NamedCargoToml, test: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let values = named.manifest.features.iter().flat_map(|feature| &feature.values);
    values.filter(|value| test(&value.text)).map(|value| value.text.clone()).collect()
}

/// The lines in `[features]` of a member that enable one of `wanted`, directly or through other
/// features, as far as they are enabled in a cell.
fn enabled_lines(
    found: &ResolvedCell,
    member: &PackageKey,
    named: &NamedCargoToml,
    mut wanted: BTreeSet<String>,
) -> Vec<Location> {
    let Some(enabled) = found.cargo.packages.get(member) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    loop {
        let before = wanted.len();
        for feature in
            named.manifest.features.iter().filter(|feature| enabled.contains(&feature.name.text))
        {
            for value in feature.values.iter().filter(|value| wanted.contains(&value.text)) {
                let location = named.location(value.line);
                if !lines.contains(&location) {
                    // The first feature is the one that was enabled explicitly.
                    lines.insert(0, location);
                }
            }
            if feature.values.iter().any(|value| wanted.contains(&value.text)) {
                wanted.insert(feature.name.text.clone());
            }
        }
        if wanted.len() == before {
            return lines;
        }
    }
}

/// Everything that a feature enables in its own package, including itself.
fn closure(table: Option<&FeatureTable>, feature: &str) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut pending = vec![feature.to_owned()];
    while let Some(next) = pending.pop() {
        if reached.insert(next.clone()) {
            let values = table.and_then(|table| table.get(&next));
            pending.extend(values.into_iter().flatten().cloned());
        }
    }
    reached
}

/// The features of a package that enable one of them.
fn implying(table: Option<&FeatureTable>, feature: &str) -> BTreeSet<String> {
    let names = table.into_iter().flat_map(|table| table.keys());
    let mut implying: BTreeSet<String> =
        names.filter(|name| closure(table, name).contains(feature)).cloned().collect();
    implying.insert(feature.to_owned());
    implying
}

/// Whether a value of a feature enables a dependency: `dep:name`, `name` or `name/feature`.
fn names_dependency(value: &str, name: &str) -> bool {
    let value = value.strip_prefix("dep:").unwrap_or(value);
    value.split('/').next() == Some(name)
}
