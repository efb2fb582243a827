//! From the entries of either layout to a lockfile: every dependency is resolved as Node.js would.

use std::path::Path;
use std::sync::Arc;

use super::entry::{Content, Entry};
use super::folders::Folders;
use crate::lockfile::{
    DependencyEdge, DependencyKind, LockedPackage, Lockfile, MissingDependency, PackageIndex,
};
use crate::package::Ecosystem;
use crate::problem::SourceText;

/// Connects the entries and puts the lockfile together.
pub(super) fn lockfile(
    source: &Arc<SourceText>,
    format: &'static str,
    entries: Vec<Entry<'_>>,
) -> Lockfile {
    let mut tree = Tree::default();
    let mut dependents = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(index) = tree.add(&entry.folder, entry.content) {
            dependents.push((index, entry.folder, entry.dependencies));
        }
    }
    let mut edges = Vec::new();
    let mut missing = Vec::new();
    for (from, folder, dependencies) in &dependents {
        let seen = tree.folders.seen_from(folder);
        for (name, kind) in dependencies {
            match seen.resolve(name) {
                Some(to) => edges.push(DependencyEdge { from: *from, to, kind: *kind }),
                None if must_be_locked(folder, *kind) => {
                    missing.push(MissingDependency { from: *from, name: name.to_string() });
                }
                None => {}
            }
        }
    }
    Lockfile {
        source: Arc::clone(source),
        format,
        ecosystem: Ecosystem::Npm,
        packages: tree.packages,
        edges,
        roots: tree.roots,
        missing,
        folders: tree.folders,
        holds_manifests: true,
        ignores_limits: None,
        declarations: Vec::new(),
    }
}

/// Optional and peer dependencies may be left out of a tree, and so may what the development of a
/// linked package needs. What the project itself needs is always locked.
fn must_be_locked(dependent: &str, kind: DependencyKind) -> bool {
    match kind {
        DependencyKind::Normal => true,
        DependencyKind::Development => dependent.is_empty(),
        _ => false,
    }
}

/// The name of a project that has none: its folder's.
pub(super) fn folder_name(lockfile_path: &str, folder: &str) -> String {
    let named = folder
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    named
        .or_else(|| {
            let parent = Path::new(lockfile_path).parent()?.file_name()?;
            Some(parent.to_string_lossy().into_owned())
        })
        .unwrap_or_else(|| "project".to_owned())
}

/// The packages and the folders they lie in, while they are gathered.
#[derive(Default)]
struct Tree {
    packages: Vec<LockedPackage>,
    roots: Vec<PackageIndex>,
    folders: Folders,
}

impl Tree {
    /// The index of the package, or `None` for a link.
    fn add(&mut self, folder: &str, content: Content) -> Option<PackageIndex> {
        let index = self.packages.len();
        let package = match content {
            Content::Link(target) => {
                self.folders.add_link(folder, target);
                return None;
            }
            Content::Root(package) => {
                self.roots.push(index);
                package
            }
            Content::Package(package) => package,
        };
        self.packages.push(package);
        self.folders.add_package(folder, index);
        Some(index)
    }
}
