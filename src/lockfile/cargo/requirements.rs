//! What projects ask for in their Cargo.toml. What packages of a registry ask for stands in no file
//! beside the lockfile: Cargo knows it (`cargo metadata`).

use semver::{Version, VersionReq};

use super::manifest::{Request, folded, manifests_by_project, read_workspace};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Dependents, Lockfile, PackageIndex, Requirement};

/// What every dependent asks of some packages.
pub(super) fn dependents(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Dependents {
    let workspace = read_workspace(files);
    let manifests = manifests_by_project(lockfile, &workspace.manifests);
    let mut found = Vec::new();
    let mut edges: Vec<(PackageIndex, PackageIndex)> = lockfile
        .edges
        .iter()
        .filter(|edge| packages.contains(&edge.to))
        .map(|edge| (edge.from, edge.to))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    for (from, to) in edges {
        let id = &lockfile.packages[to].id;
        let requests =
            manifests.get(&from).map_or(&[][..], |manifest| manifest.requests.as_slice());
        let named = requests.iter().filter(|request| {
            let name = request.name.as_deref().map(folded);
            name == Some(folded(&id.name)) && admits(request, &id.version)
        });
        let requirement = |versions, location| Requirement {
            from,
            to,
            key: id.name.to_string(),
            table: "",
            versions,
            location,
            is_override: false,
            is_from_alias: false,
        };
        let asked: Vec<Requirement> = named
            .map(|request| requirement(request.versions.clone(), request.versions_at.clone()))
            .collect();
        if asked.is_empty() {
            found.push(requirement(None, lockfile.location(from)));
        }
        found.extend(asked);
    }
    Dependents { requirements: found, ..Dependents::default() }
}

/// Whether a request may be the one that a locked version answers to: a project may ask for two
/// versions of one package under two names.
pub(super) fn admits(request: &Request, version: &str) -> bool {
    let Some(versions) = &request.versions else {
        return true;
    };
    match (VersionReq::parse(versions), Version::parse(version)) {
        (Ok(versions), Ok(version)) => versions.matches(&version),
        _ => true,
    }
}
