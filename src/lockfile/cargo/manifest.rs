//! What `Cargo.toml` files say about the dependencies of the projects in a workspace.
//!
//! `Cargo.lock` records that a member depends on a package, not whether to run, to build or to
//! develop. The tables of the member's manifest do (Cargo documentation, "Specifying
//! Dependencies"). A package that is asked for in several ways gets an edge for each.

mod workspace;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Declaration, DependencyEdge, DependencyKind, Lockfile, PackageIndex};
use crate::problem::{Location, SourceText};

pub(super) use self::workspace::{Workspace, patches, read_workspace};

/// Tables of dependencies, in the spellings that cargo accepts.
const TABLES: &[(&str, DependencyKind)] = &[
    ("dependencies", DependencyKind::Normal),
    ("build-dependencies", DependencyKind::Build),
    ("build_dependencies", DependencyKind::Build),
    ("dev-dependencies", DependencyKind::Development),
    ("dev_dependencies", DependencyKind::Development),
];

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
    /// The versions that it admits, as it is written. `None` where it does not say.
    pub(super) versions: Option<String>,
    /// The line that says which versions: the workspace's, where they are inherited.
    pub(super) versions_at: Location,
    /// Where it is asked from.
    pub(super) asked: Asked,
}

/// Where a package is asked from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asked {
    #[default]
    Registry,
    Git,
    Path,
}

impl Asked {
    fn of(value: &DeValue<'_>) -> Self {
        let has = |key| table_of(value).is_some_and(|table| table.contains_key(key));
        if has("path") {
            Self::Path
        } else if has("git") {
            Self::Git
        } else {
            Self::Registry
        }
    }
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
            lockfile.declarations.push(Declaration { edge, location: request.location.clone() });
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

/// An entry of `[workspace.dependencies]`, which members inherit.
struct SharedDependency {
    package: Option<String>,
    path: Option<String>,
    versions: Option<String>,
    asked: Asked,
    location: Location,
}

/// Those of the workspace in a folder; the paths count from the folder of the lockfile.
fn shared_dependencies(
    folder: &str,
    source: &Arc<SourceText>,
    root: &DeTable<'_>,
) -> BTreeMap<String, SharedDependency> {
    let Some(table) = at(root, &["workspace", "dependencies"]).and_then(table_of) else {
        return BTreeMap::new();
    };
    table
        .iter()
        .map(|(key, value)| {
            let dependency = SharedDependency {
                package: text_at(value.get_ref(), "package"),
                path: text_at(value.get_ref(), "path").map(|path| join(folder, &path)),
                versions: versions(value.get_ref()),
                asked: Asked::of(value.get_ref()),
                location: line_of(source, key),
            };
            (key.get_ref().to_string(), dependency)
        })
        .collect()
}

fn read_manifest(
    folder: &str,
    source: &Arc<SourceText>,
    table: &DeTable<'_>,
    shared: &BTreeMap<String, SharedDependency>,
    paths: &mut Vec<String>,
) -> Manifest {
    let package = at(table, &["package"])
        .or_else(|| at(table, &["project"]))
        .and_then(|package| text_at(package, "name"));
    let mut requests = Vec::new();
    let mut tables = vec![table];
    let targets = at(table, &["target"]).and_then(table_of);
    tables.extend(
        targets.into_iter().flat_map(|targets| {
            targets.iter().filter_map(|(_, target)| table_of(target.get_ref()))
        }),
    );
    for table in tables {
        for (name, kind) in TABLES {
            let Some(dependencies) = at(table, &[name]).and_then(table_of) else {
                continue;
            };
            for (key, value) in dependencies {
                requests.push(request(source, key, value.get_ref(), *kind, shared));
                let path = text_at(value.get_ref(), "path").map(|path| join(folder, &path));
                let inherited = || shared_path(key.get_ref(), value.get_ref(), shared);
                paths.extend(path.or_else(inherited));
            }
        }
    }
    Manifest { folder: folder.to_owned(), is_excluded: false, package, requests }
}

/// Whether a dependency is that of the workspace (Cargo documentation, "Inheriting a dependency from a
/// workspace").
fn inherits(value: &DeValue<'_>) -> bool {
    let inherits = table_of(value).and_then(|table| table.get("workspace"));
    inherits.is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(true)))
}

fn shared_path(
    key: &str,
    value: &DeValue<'_>,
    shared: &BTreeMap<String, SharedDependency>,
) -> Option<String> {
    shared.get(key).filter(|_| inherits(value)).and_then(|shared| shared.path.clone())
}

fn request(
    source: &Arc<SourceText>,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &DeValue<'_>,
    kind: DependencyKind,
    shared: &BTreeMap<String, SharedDependency>,
) -> Request {
    let inherits = inherits(value);
    let key_name = key.get_ref().to_string();
    let location = line_of(source, key);
    let inherited = shared.get(&key_name).filter(|_| inherits);
    let versions = if inherits {
        inherited.and_then(|shared| shared.versions.clone())
    } else {
        versions(value)
    };
    let versions_at = inherited.map_or(&location, |shared| &shared.location).clone();
    let name = match text_at(value, "package") {
        Some(package) => Some(package),
        None if inherits => {
            shared.get(&key_name).map(|shared| shared.package.clone().unwrap_or(key_name))
        }
        None => Some(key_name),
    };
    let asked =
        if inherits { shared.get(key.get_ref().as_ref()).map(|shared| shared.asked) } else { None };
    let asked = asked.unwrap_or_else(|| Asked::of(value));
    Request { name, kind, location, versions, versions_at, asked }
}

fn line_of(source: &Arc<SourceText>, key: &Spanned<std::borrow::Cow<'_, str>>) -> Location {
    Location { file: source.path.clone(), line: source.line_at(key.span().start) }
}

/// `"1.2"`, or `{ version = "1.2" }`.
fn versions(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        _ => text_at(value, "version"),
    }
}

fn at<'table>(table: &'table DeTable<'_>, path: &[&str]) -> Option<&'table DeValue<'table>> {
    let (first, rest) = path.split_first()?;
    let value = table.get(*first)?.get_ref();
    if rest.is_empty() { Some(value) } else { at(table_of(value)?, rest) }
}

fn table_of<'value>(value: &'value DeValue<'_>) -> Option<&'value DeTable<'value>> {
    match value {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn text_at(value: &DeValue<'_>, key: &str) -> Option<String> {
    match table_of(value)?.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn strings(value: Option<&DeValue<'_>>) -> Vec<String> {
    let Some(DeValue::Array(values)) = value else {
        return Vec::new();
    };
    values
        .iter()
        .filter_map(|value| match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        })
        .collect()
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
