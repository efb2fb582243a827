//! Cargo's feature resolution, simulated by guppy over the graph of `cargo metadata`.
//!
//! What is uncertain on a platform, such as a condition on processor features, counts as on.

use std::collections::BTreeSet;

use guppy::PackageId;
use guppy::graph::cargo::{CargoOptions, CargoSet};
use guppy::graph::feature::{FeatureId, FeatureSet, StandardFeatures};
use guppy::platform::{Platform, TargetFeatures};

use super::workspace::{Workspace, key};
use super::{BuildProblem, BuiltPackages, Cell, CellFeatures, Purpose, SimulatedView};

/// What is built in one cell.
pub(super) fn simulate(
    workspace: &Workspace,
    cell: &Cell,
    host: &str,
    purpose: Purpose,
) -> Result<SimulatedView, BuildProblem> {
    let mut view = SimulatedView::default();
    resolve(workspace, cell, host, purpose, &mut |set| {
        add(&mut view.packages, set.target_features());
        add(&mut view.packages, set.host_features());
        let on_host = set.host_features().to_package_set();
        view.on_host = on_host
            .packages(guppy::graph::DependencyDirection::Forward)
            .map(|package| key(&package))
            .collect();
    })?;
    if purpose == Purpose::Development && cell.target != host && is_machine(&cell.target) {
        resolve(workspace, cell, &cell.target, purpose, &mut |set| {
            add(&mut view.on_target, set.host_features());
        })?;
    }
    Ok(view)
}

/// Whether people build on such a machine, so that build scripts may run on it.
fn is_machine(target: &str) -> bool {
    const SYSTEMS: &[&str] =
        &["-linux-gnu", "-linux-musl", "-windows-", "-apple-darwin", "-freebsd", "-netbsd"];
    SYSTEMS.iter().any(|system| target.contains(system))
}

fn resolve(
    workspace: &Workspace,
    cell: &Cell,
    host: &str,
    purpose: Purpose,
    take: &mut dyn FnMut(&CargoSet<'_>),
) -> Result<(), BuildProblem> {
    let mut options = CargoOptions::new();
    options.set_resolver(workspace.resolver);
    options.set_include_dev(cell.builds_development(purpose));
    options.set_target_platform(platform(&cell.target, cell)?);
    options.set_host_platform(platform(host, cell)?);
    let unreadable = |error: guppy::Error| BuildProblem::Refused { said: error.to_string() };
    let initials = initials(workspace, cell).map_err(unreadable)?;
    let none = workspace
        .graph
        .resolve_none()
        .to_feature_set(StandardFeatures::None);
    let set = CargoSet::new(initials, none, &options).map_err(unreadable)?;
    take(&set);
    Ok(())
}

fn platform(triple: &str, cell: &Cell) -> Result<Platform, BuildProblem> {
    Platform::new_strict(triple.to_owned(), TargetFeatures::Unknown).map_err(|_| {
        BuildProblem::Matrix {
            location: cell.target_from.clone(),
            reason: format!("the target `{triple}` is not known to this lockgate"),
        }
    })
}

/// The members with the features that are chosen for them.
fn initials<'graph>(
    workspace: &'graph Workspace,
    cell: &Cell,
) -> Result<FeatureSet<'graph>, guppy::Error> {
    let ids: Vec<&PackageId> = cell
        .members
        .iter()
        .filter_map(|name| workspace.id(name))
        .collect();
    let members = workspace.graph.resolve_ids(ids)?;
    match &cell.features {
        CellFeatures::All => Ok(members.to_feature_set(StandardFeatures::All)),
        CellFeatures::Some { default, names } => {
            let base = if *default {
                StandardFeatures::Default
            } else {
                StandardFeatures::None
            };
            let named = names.iter().filter_map(|name| {
                Some(FeatureId::named(workspace.id(&name.member)?, &name.feature))
            });
            let named = workspace.graph.feature_graph().resolve_ids(named)?;
            Ok(members.to_feature_set(base).union(&named))
        }
    }
}

fn add(packages: &mut BuiltPackages, set: &FeatureSet<'_>) {
    for list in set.packages_with_features(guppy::graph::DependencyDirection::Forward) {
        let package = list.package();
        let features: BTreeSet<String> = list.named_features().map(str::to_owned).collect();
        packages.entry(key(package)).or_default().extend(features);
    }
}
