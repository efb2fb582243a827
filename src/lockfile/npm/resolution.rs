//! Which installed folder a dependency resolves to, by the rule of Node.js ("Loading from
//! `node_modules` folders"): from the folder of the dependent upwards.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::entry::{Content, Entry};
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
        if let Some(index) = tree.add(entry.folder.clone(), entry.content) {
            dependents.push((index, entry.folder, entry.dependencies));
        }
    }
    let mut edges = Vec::new();
    let mut missing = Vec::new();
    for (from, folder, dependencies) in &dependents {
        for (name, kind) in dependencies {
            match tree.resolve(folder, name) {
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
        importable: BTreeMap::new(),
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

#[derive(Default)]
struct Tree {
    packages: Vec<LockedPackage>,
    roots: Vec<PackageIndex>,
    by_folder: HashMap<String, Place>,
}

enum Place {
    Package(PackageIndex),
    Link(String),
}

impl Tree {
    /// The index of the package, or `None` for a link.
    fn add(&mut self, folder: String, content: Content) -> Option<PackageIndex> {
        let index = self.packages.len();
        let package = match content {
            Content::Link(target) => {
                self.by_folder.insert(folder, Place::Link(target));
                return None;
            }
            Content::Root(package) => {
                self.roots.push(index);
                package
            }
            Content::Package(package) => package,
        };
        self.packages.push(package);
        self.by_folder.insert(folder, Place::Package(index));
        Some(index)
    }

    fn resolve(&self, dependent: &str, name: &str) -> Option<PackageIndex> {
        let mut folder = dependent;
        let mut candidate = String::with_capacity(dependent.len() + name.len() + 14);
        loop {
            candidate.clear();
            candidate.push_str(folder);
            if !folder.is_empty() {
                candidate.push('/');
            }
            candidate.push_str("node_modules/");
            candidate.push_str(name);
            if let Some(place) = self.by_folder.get(&candidate) {
                return self.follow(place);
            }
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }

    /// A link points to a folder of the same lockfile; one that points elsewhere leads nowhere
    /// here, and what it leads to is no package of a registry.
    fn follow(&self, place: &Place) -> Option<PackageIndex> {
        match place {
            Place::Package(index) => Some(*index),
            Place::Link(target) => match self.by_folder.get(target.trim_end_matches('/'))? {
                Place::Package(index) => Some(*index),
                Place::Link(_) => None,
            },
        }
    }
}

/// The next folder up in which `node_modules` is looked for: never inside `node_modules` itself.
fn parent(folder: &str) -> &str {
    let up = folder.rfind('/').map_or("", |slash| &folder[..slash]);
    match up.strip_suffix("node_modules") {
        Some(above) => above.trim_end_matches('/'),
        None => up,
    }
}
