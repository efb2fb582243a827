//! Which manifests belong to a workspace (Cargo documentation, "Workspaces").

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Manifest, Shared, folded, join, paths, requests};
use crate::cargo_toml::NamedCargoToml;
use crate::lockfile::manifest::ManifestFiles;

/// A workspace has no more members than this; more would be a loop of paths.
const MAX_MANIFESTS: usize = 10_000;

/// How far above a project outside of the workspace its own workspace is looked for.
const LEVELS: usize = 16;

/// The manifests that the root of a workspace leads to.
#[derive(Default)]
pub(in crate::lockfile::cargo) struct Workspace {
    pub(in crate::lockfile::cargo) manifests: Vec<Manifest>,
    /// Whether the root says that it is one.
    pub(in crate::lockfile::cargo) is_root: bool,
    /// The folders of those that are members of it.
    pub(in crate::lockfile::cargo) members: BTreeSet<String>,
    /// The names of what is put in the place of other packages.
    pub(in crate::lockfile::cargo) patched: BTreeSet<String>,
    /// Whether every manifest that is led to was read.
    pub(in crate::lockfile::cargo) is_complete: bool,
}

/// The root manifest, the members it names, and every manifest that a path leads to.
pub(in crate::lockfile::cargo) fn read_workspace(files: &dyn ManifestFiles) -> Workspace {
    let Some(root) = files.cargo_toml("Cargo.toml") else {
        return Workspace::default();
    };
    let mut walk = Walk::from(files, root);
    let mut seen = BTreeSet::new();
    while let Some((folder, may_be_member)) = walk.next() {
        if seen.len() >= MAX_MANIFESTS {
            walk.workspace.is_complete = false;
            break;
        }
        if !seen.insert(folder.clone()) {
            continue;
        }
        let at_root = folder.is_empty().then(|| walk.shared.root.clone());
        let read = || files.cargo_toml(&format!("{folder}/Cargo.toml"));
        match at_root.or_else(read) {
            Some(named) => walk.take(folder, may_be_member, &named),
            None => walk.workspace.is_complete = false,
        }
    }
    walk.workspace
}

/// The way through the manifests of a workspace.
struct Walk<'run> {
    files: &'run dyn ManifestFiles,
    /// What members inherit.
    shared: Shared,
    excluded: Vec<String>,
    /// Folders of which each may be that of a member.
    folders: Vec<String>,
    /// What a patch or an outsider leads to is no member because of that, and only locked as it is used.
    outsiders: Vec<String>,
    /// What is inherited outside of the workspace, by the folder above.
    elsewhere: BTreeMap<String, Option<Shared>>,
    workspace: Workspace,
}

impl<'run> Walk<'run> {
    fn from(files: &'run dyn ManifestFiles, root: NamedCargoToml) -> Self {
        let manifest = Arc::clone(&root.manifest);
        let shared = Shared { folder: String::new(), root };
        let patches = || manifest.replacements.iter();
        let workspace = Workspace {
            is_root: manifest.has_workspace,
            patched: patches().map(|patch| folded(&patch.package)).collect(),
            is_complete: true,
            ..Workspace::default()
        };
        let listed = manifest.workspace.iter();
        let excluded = listed.clone().flat_map(|workspace| &workspace.exclude);
        let named = listed.flat_map(|workspace| &workspace.members).flat_map(|member| {
            files.expand(&format!("{}/Cargo.toml", member.trim_end_matches('/')))
        });
        let named = named.filter_map(|path| Some(join("", path.rsplit_once('/')?.0)));
        Self {
            files,
            excluded: excluded.map(|path| join("", path)).collect(),
            folders: std::iter::once(String::new()).chain(named).chain(shared.paths()).collect(),
            outsiders: patches().flat_map(|patch| &patch.path).map(|path| join("", path)).collect(),
            elsewhere: BTreeMap::new(),
            shared,
            workspace,
        }
    }

    /// The next folder, and whether it may be that of a member: what may not waits.
    fn next(&mut self) -> Option<(String, bool)> {
        let member = self.folders.pop().map(|folder| (folder, true));
        member.or_else(|| self.outsiders.pop().map(|folder| (folder, false)))
    }

    fn take(&mut self, folder: String, may_be_member: bool, named: &NamedCargoToml) {
        let is_at_root = folder.is_empty();
        let is_other_root = named.manifest.has_workspace && !is_at_root;
        // What lies elsewhere may be a member of another workspace, which locks it in another way.
        let is_excluded = is_other_root || self.excludes(&folder);
        let is_inside = self.workspace.is_root && !folder.starts_with("..");
        let is_member = is_at_root || (may_be_member && is_inside && !is_excluded);
        if is_member {
            self.workspace.members.insert(folder.clone());
        }
        // A workspace inside another one inherits from itself.
        let shared = if is_other_root {
            Some(Shared { folder: folder.clone(), root: named.clone() })
        } else if folder.starts_with("..") {
            self.shared_elsewhere(&folder)
        } else {
            Some(self.shared.clone())
        };
        let paths = paths(&folder, &named.manifest, shared.as_ref());
        if is_member || !self.workspace.is_root {
            self.folders.extend(paths);
        } else {
            self.outsiders.extend(paths);
        }
        self.workspace.manifests.push(Manifest {
            is_excluded: is_excluded && !is_at_root,
            package: named.manifest.name().map(str::to_owned),
            requests: requests(named, shared.as_ref()),
            folder,
        });
    }

    fn excludes(&self, folder: &str) -> bool {
        self.excluded.iter().any(|excluded| {
            let below = folder.strip_prefix(excluded.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// What a project outside of the workspace inherits: from the nearest workspace above it.
    fn shared_elsewhere(&mut self, folder: &str) -> Option<Shared> {
        let parent = above(folder);
        let find = || {
            let levels = std::iter::successors(Some(parent.clone()), |folder| Some(above(folder)));
            let mut found = levels.take(LEVELS).filter_map(|folder| {
                let root = self.files.cargo_toml(&format!("{folder}/Cargo.toml"))?;
                root.manifest.has_workspace.then_some(Shared { folder, root })
            });
            found.next()
        };
        self.elsewhere.entry(parent.clone()).or_insert_with(find).clone()
    }
}

/// The folder above one that lies outside.
fn above(folder: &str) -> String {
    match folder.rsplit_once('/') {
        Some((parent, last)) if last != ".." => parent.to_owned(),
        _ => format!("{folder}/.."),
    }
}
