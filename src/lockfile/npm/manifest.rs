//! What `package.json` says about the dependencies of a project.
//!
//! Lockfiles of version 1 do not say it themselves. Those of later versions repeat it, and it may
//! have changed since: what either asks for is asked for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::folders::Folders;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::package_json::PackageJson;
use crate::lockfile::{Declaration, DependencyEdge, DependencyKind, Lockfile, PackageIndex};

/// The manifests of the projects that a lockfile locks, each read once.
pub(super) struct Projects {
    /// By folder, relative to that of the lockfile.
    manifests: BTreeMap<String, PackageJson>,
}

impl Projects {
    pub(super) fn read(lockfile: &Lockfile, files: &dyn ManifestFiles) -> Self {
        let folders = lockfile.roots.iter();
        let folders = folders.filter_map(|root| lockfile.packages[*root].folder.as_deref());
        let folders: BTreeSet<&str> = folders.chain([""]).collect();
        let read = |folder: &str| Some((folder.to_owned(), PackageJson::read(folder, files)?));
        Self { manifests: folders.into_iter().filter_map(read).collect() }
    }

    pub(super) fn manifest(&self, folder: &str) -> Option<&PackageJson> {
        self.manifests.get(folder)
    }
}

/// Adds what the manifests of the projects ask for, with the lines that do.
///
/// Where the lockfile does not tell in what way, the manifest does. What it does not ask for and
/// nobody else requires keeps its unknown edge.
pub(super) fn learn(lockfile: &mut Lockfile, folders: &Folders, projects: &Projects) {
    let mut declarations = Vec::new();
    for project in lockfile.roots.iter().copied() {
        let folder = lockfile.packages[project].folder.as_deref();
        if let Some((folder, manifest)) =
            folder.and_then(|folder| Some((folder, projects.manifest(folder)?)))
        {
            declarations.extend(self::declarations(folders, project, folder, manifest));
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
    folders: &Folders,
    project: PackageIndex,
    folder: &str,
    manifest: &PackageJson,
) -> Vec<Declaration> {
    let seen = folders.seen_from(folder);
    let asked = manifest.dependencies.iter().map(|asked| (&asked.name, asked.table.kind()));
    // What is bundled is part of the package, whatever else asks for it.
    let bundled = manifest.bundled.iter().map(|name| (name, DependencyKind::Normal));
    asked
        .chain(bundled)
        .filter_map(|(name, kind)| {
            let to = seen.resolve(&name.text)?;
            let edge = DependencyEdge { from: project, to, kind };
            Some(Declaration { edge, location: manifest.location(name) })
        })
        .collect()
}
