//! The folders of the projects that a lockfile locks.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::place::plain_folder;
use crate::lockfile::Lockfile;
use crate::lockfile::manifest::ManifestFiles;

/// Tables of what is installed for a project.
const TABLES: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

/// The folders of the projects that a lockfile locks, from its own folder: the folder itself, and those
/// that the manifest in it lists as workspaces or depends on as folders. All that their manifests ask for
/// has to be there: an entry alone says little.
pub fn folders_of_projects(lockfile: &Lockfile, manifests: &dyn ManifestFiles) -> BTreeSet<String> {
    let root = read(manifests, "").unwrap_or_default();
    let listed = listed(&root, manifests);
    let folders = lockfile.roots.iter();
    let folders = folders.filter_map(|root| lockfile.packages[*root].folder.clone());
    folders
        .filter(|folder| folder.is_empty() || listed.contains(folder))
        .filter(|folder| {
            let manifest = read(manifests, folder).unwrap_or_default();
            let seen = lockfile.folders.seen_from(folder);
            let mut asked = asked(&manifest);
            asked.all(|(name, written)| {
                seen.resolve(name).is_some() || written.is_some_and(is_folder)
            })
        })
        .collect()
}

fn read(manifests: &dyn ManifestFiles, folder: &str) -> Option<Map<String, Value>> {
    let path = if folder.is_empty() {
        "package.json".to_owned()
    } else {
        format!("{folder}/package.json")
    };
    match serde_json::from_str(&manifests.read(&path)?.text) {
        Ok(Value::Object(manifest)) => Some(manifest),
        _ => None,
    }
}

fn asked(manifest: &Map<String, Value>) -> impl Iterator<Item = (&str, Option<&str>)> {
    let tables = TABLES.iter().filter_map(|table| manifest.get(*table)?.as_object());
    tables.flat_map(|table| table.iter().map(|(name, written)| (name.as_str(), written.as_str())))
}

/// The folders that a manifest lists: npm's workspaces (npm documentation, "package.json",
/// `workspaces`), and those of its dependencies.
fn listed(root: &Map<String, Value>, manifests: &dyn ManifestFiles) -> BTreeSet<String> {
    let workspaces = root.get("workspaces");
    let patterns = workspaces.and_then(|said| said.get("packages").or(Some(said)));
    let patterns = patterns.and_then(Value::as_array).into_iter().flatten();
    let mut listed = BTreeSet::new();
    for pattern in patterns.filter_map(Value::as_str) {
        let (pattern, is_taken_out) = match pattern.strip_prefix('!') {
            Some(pattern) => (pattern, true),
            None => (pattern, false),
        };
        let found = manifests.expand(&plain_folder(pattern));
        for folder in found {
            if is_taken_out {
                listed.remove(&folder);
            } else {
                listed.insert(folder);
            }
        }
    }
    let folders = asked(root).filter_map(|(_, written)| written?.strip_prefix("file:"));
    listed.extend(folders.map(|folder| plain_folder(folder).into_owned()));
    listed
}

fn is_folder(written: &str) -> bool {
    written.starts_with("file:")
}
