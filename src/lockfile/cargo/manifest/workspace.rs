//! Which manifests belong to a workspace (Cargo documentation, "Workspaces").

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use toml::de::DeTable;

use super::{
    Manifest, SharedDependency, at, folded, join, read_manifest, shared_dependencies, strings,
    table_of, text_at,
};
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
    let Some(root_text) = files.read("Cargo.toml") else {
        return Workspace::default();
    };
    let Ok(root) = DeTable::parse(&root_text.text) else {
        return Workspace::default();
    };
    let root = root.get_ref();
    let shared = Rc::new(shared_dependencies("", &root_text, root));
    let mut elsewhere = BTreeMap::new();
    let patches = patches(root);
    let mut workspace = Workspace {
        is_root: at(root, &["workspace"]).is_some(),
        is_complete: true,
        ..Workspace::default()
    };
    let mut folders: Vec<String> = vec![String::new()];
    for member in strings(at(root, &["workspace", "members"])) {
        let manifests = files.expand(&format!("{}/Cargo.toml", member.trim_end_matches('/')));
        let named = manifests.iter().filter_map(|path| path.rsplit_once('/'));
        folders.extend(named.map(|(folder, _)| join("", folder)));
    }
    let paths = shared.values().filter_map(|shared| shared.path.clone());
    folders.extend(paths);
    // What a patch or an outsider leads to is no member because of that, and only locked as it is used.
    let mut outsiders: Vec<String> =
        patches.iter().filter_map(|(_, path)| path.as_deref()).map(|path| join("", path)).collect();
    workspace.patched = patches.into_iter().map(|(name, _)| name).collect();
    let excluded = strings(at(root, &["workspace", "exclude"]));
    let excluded: Vec<String> = excluded.iter().map(|path| join("", path)).collect();
    let mut seen = BTreeSet::new();
    while let Some((folder, may_be_member)) = next(&mut folders, &mut outsiders) {
        if seen.len() >= MAX_MANIFESTS {
            workspace.is_complete = false;
            break;
        }
        if !seen.insert(folder.clone()) {
            continue;
        }
        let (read, parsed);
        let (text, table) = if folder.is_empty() {
            (&root_text, root)
        } else {
            let Some(found) = files.read(&format!("{folder}/Cargo.toml")) else {
                workspace.is_complete = false;
                continue;
            };
            read = found;
            let Ok(table) = DeTable::parse(&read.text) else {
                workspace.is_complete = false;
                continue;
            };
            parsed = table;
            (&read, parsed.get_ref())
        };
        // A workspace inside another one inherits from itself.
        let own = at(table, &["workspace"])
            .filter(|_| !folder.is_empty())
            .map(|_| Rc::new(shared_dependencies(&folder, text, table)));
        // What lies elsewhere may be a member of another workspace, which locks it in another way.
        let is_below = |excluded: &String| {
            folder
                .strip_prefix(excluded.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_excluded = own.is_some() || excluded.iter().any(is_below);
        let is_inside = workspace.is_root && !folder.starts_with("..");
        let is_member = folder.is_empty() || (may_be_member && is_inside && !is_excluded);
        if is_member {
            workspace.members.insert(folder.clone());
        }
        let shared = match own {
            Some(own) => own,
            None if folder.starts_with("..") => shared_elsewhere(files, &folder, &mut elsewhere),
            None => Rc::clone(&shared),
        };
        let mut paths = Vec::new();
        let mut manifest = read_manifest(&folder, text, table, &shared, &mut paths);
        manifest.is_excluded = is_excluded && !folder.is_empty();
        workspace.manifests.push(manifest);
        if is_member || !workspace.is_root {
            folders.extend(paths);
        } else {
            outsiders.extend(paths);
        }
    }
    workspace
}

/// The next folder, and whether it may be that of a member: what may not waits.
fn next(folders: &mut Vec<String>, outsiders: &mut Vec<String>) -> Option<(String, bool)> {
    let member = folders.pop().map(|folder| (folder, true));
    member.or_else(|| outsiders.pop().map(|folder| (folder, false)))
}

type Shared = Rc<BTreeMap<String, SharedDependency>>;

/// What a project outside of the workspace inherits: from the nearest workspace above it.
fn shared_elsewhere(
    files: &dyn ManifestFiles,
    folder: &str,
    known: &mut BTreeMap<String, Shared>,
) -> Shared {
    let parent = above(folder);
    if let Some(shared) = known.get(&parent) {
        return Rc::clone(shared);
    }
    let levels = std::iter::successors(Some(parent.clone()), |folder| Some(above(folder)));
    let mut found = levels.take(LEVELS).filter_map(|folder| {
        let text = files.read(&format!("{folder}/Cargo.toml"))?;
        let table = DeTable::parse(&text.text).ok()?;
        at(table.get_ref(), &["workspace"])?;
        Some(shared_dependencies(&folder, &text, table.get_ref()))
    });
    let shared: Shared = Rc::new(found.next().unwrap_or_default());
    known.insert(parent, Rc::clone(&shared));
    shared
}

/// The folder above one that lies outside.
fn above(folder: &str) -> String {
    match folder.rsplit_once('/') {
        Some((parent, last)) if last != ".." => parent.to_owned(),
        _ => format!("{folder}/.."),
    }
}

/// What `[patch]` and `[replace]` put in the place of other packages: their names, as [`folded`] spells
/// them, and the folders that they lie in.
pub(in crate::lockfile::cargo) fn patches(root: &DeTable<'_>) -> Vec<(String, Option<String>)> {
    let replaced = at(root, &["replace"]).and_then(table_of);
    let patched = at(root, &["patch"]).and_then(table_of);
    let patched = patched.into_iter().flat_map(|registries| {
        registries.iter().filter_map(|(_, table)| table_of(table.get_ref()))
    });
    let tables = patched.chain(replaced);
    let entries = tables.flat_map(|table| table.iter());
    entries
        .map(|(key, value)| {
            let value = value.get_ref();
            // `[replace]` names the version as well: `"name:1.2.3"`.
            let key = key.get_ref().split(':').next().unwrap_or_default();
            let name = text_at(value, "package").unwrap_or_else(|| key.to_owned());
            (folded(&name), text_at(value, "path"))
        })
        .collect()
}
