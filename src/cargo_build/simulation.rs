//! Cargo's feature resolution, simulated by guppy over the graph of `cargo metadata`.
//!
//! Conditions that no target decides count as true: see [`super::conditions`].

use std::collections::{BTreeMap, BTreeSet};

use guppy::PackageId;
use guppy::graph::cargo::{CargoOptions, CargoSet};
use guppy::graph::feature::{FeatureId, FeatureSet, StandardFeatures};
use guppy::graph::{DependencyDirection, PackageMetadata};
use guppy::platform::{Platform, PlatformSpec, TargetFeatures};

use super::workspace::{Workspace, key};
use super::{
    BuildProblem, BuiltPackages, Cell, CellFeatures, PackageKey, Purpose, SimulatedView, Target,
};

/// The simulated build of one cell.
pub(super) fn simulate(
    workspace: &Workspace,
    cell: &Cell,
    host: &str,
    purpose: Purpose,
) -> Result<SimulatedView, BuildProblem> {
    let mut view = SimulatedView::default();
    let host = match cell.target {
        Target::Every => Target::Every,
        Target::Triple(_) => Target::Triple(host.to_owned()),
    };
    resolve(workspace, cell, &host, purpose, &mut |set, counts| {
        add(&mut view.packages, set.target_features(), counts);
        add(&mut view.packages, set.host_features(), counts);
        view.on_host = packages(set.host_features(), counts);
        view.to_run = packages(set.target_features(), counts);
    })?;
    let is_other = cell.target != host && cell.target.triple().is_some_and(is_machine);
    if purpose == Purpose::Development && is_other {
        resolve(workspace, cell, &cell.target, purpose, &mut |set, counts| {
            add(&mut view.on_target, set.host_features(), counts);
        })?;
    }
    Ok(view)
}

/// Whether people build on such a machine, so that build scripts may run there.
fn is_machine(target: &str) -> bool {
    const SYSTEMS: &[&str] =
        &["-linux-gnu", "-linux-musl", "-windows-", "-apple-darwin", "-freebsd", "-netbsd"];
    SYSTEMS.iter().any(|system| target.contains(system))
}

/// Whether to include a package.
type IncludesPackage<'run> = &'run dyn Fn(&PackageMetadata<'_>) -> bool;

fn resolve(
    workspace: &Workspace,
    cell: &Cell,
    host: &Target,
    purpose: Purpose,
    take: &mut dyn FnMut(&CargoSet<'_>, IncludesPackage<'_>),
) -> Result<(), BuildProblem> {
    let mut options = CargoOptions::new();
    options.set_resolver(workspace.resolver);
    options.set_include_dev(cell.builds_development(purpose));
    options.set_target_platform(platform(&cell.target, cell)?);
    options.set_host_platform(platform(host, cell)?);
    let unreadable = |error: guppy::Error| BuildProblem::Refused { message: error.to_string() };
    let initials = initials(workspace, cell).map_err(unreadable)?;
    let none = workspace.graph.resolve_none().to_feature_set(StandardFeatures::None);
    let set = CargoSet::new(initials, none, &options).map_err(unreadable)?;
    if cell.beside.is_empty() {
        take(&set, &|_| true);
    } else {
        let reached = reached(workspace, cell, &set);
        take(&set, &|package| reached.contains(package.id()));
    }
    Ok(())
}

/// The transitive dependencies of the shipped members.
fn reached<'graph>(
    workspace: &'graph Workspace,
    cell: &Cell,
    set: &CargoSet<'graph>,
) -> BTreeSet<&'graph PackageId> {
    let mut needs: BTreeMap<&PackageId, Vec<&PackageId>> = BTreeMap::new();
    let links = set.target_links().chain(set.host_links());
    for link in links.chain(set.build_dep_links()).chain(set.proc_macro_links()) {
        needs.entry(link.from().id()).or_default().push(link.to().id());
    }
    let mut reached = BTreeSet::new();
    let mut pending: Vec<&PackageId> =
        cell.members.iter().filter_map(|name| workspace.id(name)).collect();
    while let Some(next) = pending.pop() {
        if reached.insert(next) {
            pending.extend(needs.get(next).into_iter().flatten());
        }
    }
    reached
}

fn platform(target: &Target, cell: &Cell) -> Result<PlatformSpec, BuildProblem> {
    let Some(triple) = target.triple() else {
        return Ok(PlatformSpec::Any);
    };
    let platform = Platform::new_strict(triple.to_owned(), TargetFeatures::Unknown);
    let unknown = |_| BuildProblem::Matrix {
        location: cell.target_from.clone(),
        reason: format!("the target `{triple}` is not known to this lockgate"),
    };
    Ok(PlatformSpec::from(platform.map_err(unknown)?))
}

/// The members with their chosen features.
fn initials<'graph>(
    workspace: &'graph Workspace,
    cell: &Cell,
) -> Result<FeatureSet<'graph>, guppy::Error> {
    let names = || cell.members.iter().chain(&cell.beside);
    let ids: Vec<&PackageId> = names().filter_map(|name| workspace.id(name)).collect();
    let members = workspace.graph.resolve_ids(ids)?;
    let base = match &cell.features {
        CellFeatures::All => members.to_feature_set(StandardFeatures::All),
        CellFeatures::Some { default, names } => {
            let base = if *default { StandardFeatures::Default } else { StandardFeatures::None };
            let chosen = names.iter().filter_map(|name| {
                Some(FeatureId::named(workspace.id(&name.member)?, &name.feature))
            });
            let chosen = workspace.graph.feature_graph().resolve_ids(chosen)?;
            members.to_feature_set(base).union(&chosen)
        }
    };
    let mut asked = Vec::new();
    for member in names().filter_map(|name| workspace.id(name)) {
        for link in workspace.graph.metadata(member)?.direct_links() {
            let wanted = cell.of_dependencies.iter().filter(|name| name.member == link.dep_name());
            for name in wanted.filter(|name| has_feature(&link.to(), &name.feature)) {
                asked.push(FeatureId::named(link.to().id(), &name.feature));
            }
        }
    }
    Ok(base.union(&workspace.graph.feature_graph().resolve_ids(asked)?))
}

fn has_feature(package: &PackageMetadata<'_>, feature: &str) -> bool {
    package.named_features().any(|known| known == feature)
}

fn packages(set: &FeatureSet<'_>, counts: IncludesPackage<'_>) -> BTreeSet<PackageKey> {
    set.to_package_set()
        .packages(DependencyDirection::Forward)
        .filter(|package| counts(package))
        .map(|package| key(&package))
        .collect()
}

fn add(packages: &mut BuiltPackages, set: &FeatureSet<'_>, counts: IncludesPackage<'_>) {
    for list in set.packages_with_features(DependencyDirection::Forward) {
        let package = list.package();
        if counts(package) {
            let features: BTreeSet<String> = list.named_features().map(str::to_owned).collect();
            packages.entry(key(package)).or_default().extend(features);
        }
    }
}
