//! What `Cargo.toml` files say about the dependencies of the projects in a workspace.
//!
//! `Cargo.lock` records that a member depends on a package, not whether to run, to build or to
//! develop. The tables of the member's manifest do (Cargo documentation, "Specifying
//! Dependencies"). A package that is asked for in several ways gets an edge for each.

mod workspace;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::cargo_toml::{CargoToml, Dependency, DependencyTable, NamedCargoToml, Origin};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Declaration, DependencyEdge, DependencyKind, Lockfile, PackageIndex};
use crate::problem::{Location, SourceText};

pub(super) use self::workspace::{Workspace, read_workspace};

/// What one manifest asks for.
pub(super) struct Manifest {
    /// From the folder of the lockfile.
    pub(super) folder: String,
    /// Whether the workspace excludes it, or it is the root of another one.
    pub(super) is_excluded: bool,
    pub(super) package: Option<String>,
    pub(super) requests: Vec<Request>,
}

pub(super) struct Request {
    /// The registry name; `None` where it is inherited and no workspace we know of says it.
    pub(super) name: Option<String>,
    kind: DependencyKind,
    /// The line that asks for it.
    pub(super) location: Location,
    source: Arc<SourceText>,
    /// The versions that it admits, as it is written. `None` where it does not say.
    pub(super) versions: Option<String>,
    /// The line that says which versions: the workspace's, where they are inherited.
    pub(super) versions_at: Location,
    pub(super) origin: Origin,
}

impl Request {
    /// Whether leaving it out could make a package look as if only development needed it.
    fn matters(&self) -> bool {
        self.kind != DependencyKind::Development
    }
}

/// Gives every edge of a project the kinds that its manifest asks for.
///
/// Where manifest and lockfile disagree the manifest is not taken to tell everything. A package
/// that it asks for and that is locked, but not for this project, gets an edge of unknown kind; one
/// that is not locked at all may stand for any, so every edge of the project may be more than what
/// the manifest says.
pub(super) fn learn(lockfile: &mut Lockfile, workspace: &Workspace) {
    let manifests = manifests_by_project(lockfile, &workspace.manifests);
    if manifests.is_empty() {
        return;
    }
    let locked = packages_asked_for(lockfile, manifests.values().copied());
    let mut edges = std::mem::take(&mut lockfile.edges);
    let mut edges_of: BTreeMap<PackageIndex, Vec<DependencyEdge>> = BTreeMap::new();
    edges.retain(|edge| {
        let has_manifest = manifests.contains_key(&edge.from);
        if has_manifest {
            edges_of.entry(edge.from).or_default().push(*edge);
        }
        !has_manifest
    });
    lockfile.edges = edges;
    for (project, manifest) in &manifests {
        let edges = edges_of.remove(project).unwrap_or_default();
        connect(lockfile, *project, &edges, manifest, &locked);
    }
}

/// The folders of the projects that a lockfile locks, from its own folder: the members of the workspace,
/// and what path dependencies lead to, each with a manifest of the name that is locked.
pub(super) fn folders(lockfile: &Lockfile, files: &dyn ManifestFiles) -> BTreeSet<String> {
    let locked: BTreeSet<&str> =
        lockfile.roots.iter().map(|root| lockfile.packages[*root].id.name.as_str()).collect();
    let workspace = read_workspace(files).manifests.into_iter();
    workspace
        .filter(|manifest| {
            let name = manifest.package.as_deref();
            !manifest.is_excluded && name.is_some_and(|name| locked.contains(name))
        })
        .map(|manifest| manifest.folder)
        .collect()
}

/// The packages of each name, with names spelt as [`folded`] spells them.
type PackagesByName = HashMap<String, Vec<PackageIndex>, RandomState>;

/// The packages of the names that manifests ask for, which are few of all.
fn packages_asked_for<'run>(
    lockfile: &Lockfile,
    manifests: impl Iterator<Item = &'run Manifest>,
) -> PackagesByName {
    let requests = manifests.flat_map(|manifest| &manifest.requests);
    let names = requests.filter_map(|request| request.name.as_deref().map(folded));
    let mut by_name: PackagesByName = names.map(|name| (name, Vec::new())).collect();
    for (index, package) in lockfile.packages.iter().enumerate() {
        let name = package.id.name.as_str();
        let packages =
            if name.contains('_') { by_name.get_mut(&folded(name)) } else { by_name.get_mut(name) };
        if let Some(packages) = packages {
            packages.push(index);
        }
    }
    by_name.retain(|_, packages| !packages.is_empty());
    by_name
}

/// Cargo takes `_` and `-` for the same when it looks a crate up.
pub(super) fn folded(name: &str) -> String {
    name.replace('_', "-")
}

/// The manifest of each project. Two projects of one name, or two manifests, cannot be told apart
/// by it, so nothing is learnt about either.
pub(super) fn manifests_by_project<'run>(
    lockfile: &Lockfile,
    manifests: &'run [Manifest],
) -> BTreeMap<PackageIndex, &'run Manifest> {
    let mut projects: BTreeMap<&str, Vec<PackageIndex>> = BTreeMap::new();
    for root in &lockfile.roots {
        projects.entry(&lockfile.packages[*root].id.name).or_default().push(*root);
    }
    let mut by_name: BTreeMap<&str, Vec<&Manifest>> = BTreeMap::new();
    for manifest in manifests {
        if let Some(name) = manifest.package.as_deref() {
            by_name.entry(name).or_default().push(manifest);
        }
    }
    by_name
        .into_iter()
        .filter_map(|(name, mut manifests)| {
            let manifest = manifests.pop().filter(|_| manifests.is_empty())?;
            match projects.get(name)?.as_slice() {
                [project] => Some((*project, manifest)),
                _ => None,
            }
        })
        .collect()
}

/// Adds the edges of one project: those that the lockfile has, each in every way that the manifest
/// asks for it, and those that only the manifest knows of.
fn connect(
    lockfile: &mut Lockfile,
    project: PackageIndex,
    edges: &[DependencyEdge],
    manifest: &Manifest,
    locked: &PackagesByName,
) {
    let mut asked_for: BTreeMap<String, Vec<&Request>> = BTreeMap::new();
    for request in &manifest.requests {
        if let Some(name) = &request.name {
            asked_for.entry(folded(name)).or_default().push(request);
        }
    }
    let names_of_edges: BTreeSet<String> =
        edges.iter().map(|edge| folded(&lockfile.packages[edge.to].id.name)).collect();
    let tells_all = manifest.requests.iter().filter(|request| request.matters()).all(|request| {
        let name = request.name.as_deref().map(folded);
        name.is_some_and(|name| locked.contains_key(&name))
    });
    for edge in edges {
        let wanted = folded(&lockfile.packages[edge.to].id.name);
        let requests = asked_for.get(&wanted).map_or(&[][..], Vec::as_slice);
        for request in requests {
            let edge = DependencyEdge { kind: request.kind, ..*edge };
            let (location, source) = (request.location.clone(), Arc::clone(&request.source));
            lockfile.declarations.push(Declaration { edge, location, source });
            lockfile.edges.push(edge);
        }
        if requests.is_empty() || !tells_all {
            lockfile.edges.push(*edge);
        }
    }
    let not_locked_for_it = asked_for.iter().filter(|(name, requests)| {
        !names_of_edges.contains(*name) && requests.iter().any(|request| request.matters())
    });
    for (name, _) in not_locked_for_it {
        let targets = locked.get(name).into_iter().flatten();
        let targets = targets.filter(|target| **target != project);
        lockfile.edges.extend(targets.map(|to| DependencyEdge {
            from: project,
            to: *to,
            kind: DependencyKind::Unknown,
        }));
    }
}

/// What members of a workspace inherit: the manifest of its root.
#[derive(Clone)]
struct Shared {
    /// The folder of the root, from that of the lockfile.
    folder: String,
    root: NamedCargoToml,
}

impl Shared {
    /// What a dependency of a member takes over.
    fn inherited(&self, asked: &Dependency) -> Option<&Dependency> {
        let workspace = self.root.manifest.workspace.as_ref().filter(|_| asked.inherits)?;
        workspace.dependencies.get(&asked.key)
    }

    /// The folders of all of them.
    fn paths(&self) -> impl Iterator<Item = String> {
        let workspace = self.root.manifest.workspace.iter();
        let dependencies = workspace.flat_map(|workspace| workspace.dependencies.values());
        dependencies.filter_map(|dependency| Some(join(&self.folder, dependency.path.as_ref()?)))
    }
}

fn requests(named: &NamedCargoToml, shared: Option<&Shared>) -> Vec<Request> {
    let dependencies = named.manifest.dependencies.iter();
    let source = named.source();
    dependencies.map(|dependency| request(named, &source, dependency, shared)).collect()
}

fn request(
    named: &NamedCargoToml,
    source: &Arc<SourceText>,
    asked: &Dependency,
    shared: Option<&Shared>,
) -> Request {
    let location = named.location(asked.line);
    let inherited = shared.and_then(|shared| Some((shared, shared.inherited(asked)?)));
    let (said, versions_at) = match inherited {
        Some((shared, said)) => (Some(said), shared.root.location(said.line)),
        None => (Some(asked).filter(|_| !asked.inherits), location.clone()),
    };
    Request {
        name: asked.renamed.as_deref().or(said.map(Dependency::package)).map(str::to_owned),
        kind: match asked.table {
            DependencyTable::Normal => DependencyKind::Normal,
            DependencyTable::Build => DependencyKind::Build,
            DependencyTable::Development => DependencyKind::Development,
        },
        location,
        source: Arc::clone(source),
        versions: said.and_then(|said| said.versions.clone()),
        versions_at,
        origin: said.unwrap_or(asked).origin,
    }
}

/// The folders that the dependencies of a manifest in a folder lie in.
fn paths(folder: &str, manifest: &CargoToml, shared: Option<&Shared>) -> Vec<String> {
    let path = |asked: &Dependency| {
        let own = asked.path.as_ref().map(|path| join(folder, path));
        own.or_else(|| {
            let shared = shared?;
            Some(join(&shared.folder, shared.inherited(asked)?.path.as_ref()?))
        })
    };
    manifest.dependencies.iter().filter_map(path).collect()
}

/// Joins two relative paths and takes `.` and `..` out, as far as they can be.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests;
