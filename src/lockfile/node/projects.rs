//! What `package.json` says about the dependencies of the projects that a lockfile locks.
//!
//! Some formats do not say it themselves. Others repeat it, and it may have changed since: what either
//! asks for is asked for.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::folder::plain_folder;
use super::package_json::PackageJson;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Declaration, DependencyEdge, DependencyKind, Lockfile, PackageIndex};

/// The manifests of the projects that a lockfile locks, each read once.
#[derive(Default)]
pub(in crate::lockfile) struct Projects {
    /// By folder, relative to that of the lockfile.
    manifests: BTreeMap<String, PackageJson>,
}

impl Projects {
    /// Reads those in the lockfile's own folder and in the folders of its roots.
    pub(in crate::lockfile) fn read(lockfile: &Lockfile, files: &dyn ManifestFiles) -> Self {
        let folders = lockfile.roots.iter();
        Self::in_folders(
            folders.filter_map(|root| lockfile.packages[*root].folder.as_deref()),
            files,
        )
    }

    /// Reads those in the lockfile's own folder and in others.
    pub(in crate::lockfile) fn in_folders<'folder>(
        folders: impl Iterator<Item = &'folder str>,
        files: &dyn ManifestFiles,
    ) -> Self {
        let folders: BTreeSet<&str> = folders.chain([""]).collect();
        let read = |folder: &str| Some((folder.to_owned(), PackageJson::read(folder, files)?));
        Self { manifests: folders.into_iter().filter_map(read).collect() }
    }

    pub(in crate::lockfile) fn manifest(&self, folder: &str) -> Option<&PackageJson> {
        self.manifests.get(folder)
    }

    /// Every manifest with its folder, by folder.
    pub(in crate::lockfile) fn all(&self) -> impl Iterator<Item = (&str, &PackageJson)> {
        self.manifests.iter().map(|(folder, manifest)| (folder.as_str(), manifest))
    }
}

/// Something that the manifest of a project asks for.
#[derive(Clone, Copy)]
pub(in crate::lockfile) struct Asked<'manifest> {
    pub(in crate::lockfile) project: PackageIndex,
    /// The project's folder, relative to that of the lockfile.
    pub(in crate::lockfile) folder: &'manifest str,
    /// What it is imported as.
    pub(in crate::lockfile) name: &'manifest str,
    /// Versions, an alias or an address. `None` where it is not a text, and for what is only bundled.
    pub(in crate::lockfile) specifier: Option<&'manifest str>,
    pub(in crate::lockfile) kind: DependencyKind,
}

/// Calls projects as their manifests do, where a lockfile only knows their folders.
pub(in crate::lockfile) fn call_by_manifests(lockfile: &mut Lockfile, manifests: &Projects) {
    for root in lockfile.roots.clone() {
        let project = &mut lockfile.packages[root];
        let manifest = project.folder.as_deref().and_then(|folder| manifests.manifest(folder));
        if let Some(name) = manifest.and_then(|manifest| manifest.name.as_deref())
            && !name.is_empty()
        {
            project.id.name = name.into();
        }
    }
}

/// Adds what the manifests of the projects ask for, with the lines that do. `resolve` finds the package
/// that answers to it.
///
/// Where the lockfile does not say in what way, the manifest does. What it does not ask for and nobody
/// else requires keeps its unknown edge.
pub(in crate::lockfile) fn learn(
    lockfile: &mut Lockfile,
    projects: &Projects,
    resolve: impl Fn(Asked<'_>) -> Option<PackageIndex>,
) {
    let mut declarations = Vec::new();
    for project in lockfile.roots.iter().copied() {
        let folder = lockfile.packages[project].folder.as_deref();
        if let Some((folder, manifest)) =
            folder.and_then(|folder| Some((folder, projects.manifest(folder)?)))
        {
            declarations.extend(self::declarations(project, folder, manifest, &resolve));
        }
    }
    if declarations.is_empty() {
        return;
    }
    let asked_for: HashSet<(PackageIndex, PackageIndex)> =
        declarations.iter().map(|declared| (declared.edge.from, declared.edge.to)).collect();
    lockfile.edges.retain(|edge| {
        edge.kind != DependencyKind::Unknown || !asked_for.contains(&(edge.from, edge.to))
    });
    lockfile.declarations.extend(declarations);
    add_edges(lockfile);
}

/// The edges that only the manifests know of.
fn add_edges(lockfile: &mut Lockfile) {
    let mut declared: BTreeSet<DependencyEdge> =
        lockfile.declarations.iter().map(|declaration| declaration.edge).collect();
    let mut is_project = vec![false; lockfile.packages.len()];
    for root in &lockfile.roots {
        is_project[*root] = true;
    }
    for known in lockfile.edges.iter().filter(|edge| is_project[edge.from]) {
        declared.remove(known);
    }
    lockfile.edges.extend(declared);
}

fn declarations(
    project: PackageIndex,
    folder: &str,
    manifest: &PackageJson,
    resolve: &impl Fn(Asked<'_>) -> Option<PackageIndex>,
) -> Vec<Declaration> {
    let asked = manifest.dependencies.iter();
    let asked = asked.map(|asked| (&asked.name, asked.specifier.as_deref(), asked.table.kind()));
    // What is bundled is part of the package, whatever else asks for it.
    let bundled = manifest.bundled.iter().map(|name| (name, None, DependencyKind::Normal));
    asked
        .chain(bundled)
        .filter_map(|(name, specifier, kind)| {
            let to = resolve(Asked { project, folder, name: &name.text, specifier, kind })?;
            let edge = DependencyEdge { from: project, to, kind };
            let source = Arc::clone(&manifest.source);
            Some(Declaration { edge, location: manifest.location(name), source })
        })
        .collect()
}

/// The folders of the workspaces that a manifest lists, relative to its own: a later pattern with `!` takes
/// folders out again (npm documentation, "package.json", `workspaces`).
pub(in crate::lockfile) fn workspaces(
    patterns: &[String],
    files: &dyn ManifestFiles,
) -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for pattern in patterns {
        let (pattern, is_taken_out) = match pattern.strip_prefix('!') {
            Some(pattern) => (pattern, true),
            None => (pattern.as_str(), false),
        };
        for folder in files.expand(&plain_folder(pattern)) {
            if is_taken_out {
                listed.remove(&folder);
            } else {
                listed.insert(folder);
            }
        }
    }
    listed
}
