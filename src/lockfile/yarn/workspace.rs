//! The projects that share a `yarn.lock`: the folder it lies in, and those that `workspaces` list there
//! (Yarn 1 documentation, "Workspaces"; Yarn documentation, "Workspaces").

use std::collections::BTreeSet;
use std::ops::Range;

use nodejs_semver::{Range as Versions, Version};

use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::package_json::PackageJson;
use crate::lockfile::node::projects::workspaces;

/// How deep workspaces may lie in workspaces.
const DEEPEST: usize = 8;

/// The folders of all projects, their own folder first, that have a manifest.
pub(super) fn folders(files: &dyn ManifestFiles) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut known: BTreeSet<String> = found.iter().cloned().collect();
    let mut level = found.clone();
    for _ in 0..DEEPEST {
        let inside = level.iter().flat_map(|folder| members_of(folder, files));
        level = inside.filter(|folder| known.insert(folder.clone())).collect();
        found.extend(level.iter().cloned());
    }
    found
}

/// The folders that the manifest in a folder lists.
fn members_of(folder: &str, files: &dyn ManifestFiles) -> BTreeSet<String> {
    let manifest = PackageJson::read(folder, files);
    let patterns = manifest.and_then(|manifest| manifest.workspaces).unwrap_or_default();
    let patterns: Vec<String> = patterns
        .iter()
        .map(|pattern| match (folder, pattern.strip_prefix('!')) {
            ("", _) => pattern.clone(),
            (_, Some(pattern)) => format!("!{folder}/{pattern}"),
            (_, None) => format!("{folder}/{pattern}"),
        })
        .collect();
    let mut listed = workspaces(&patterns, files);
    listed.retain(|folder| {
        let is_installed = folder.split('/').any(|step| step == "node_modules");
        !is_installed && PackageJson::read(folder, files).is_some()
    });
    listed
}

/// Where a project stands that a lockfile does not list: at its first character.
pub(super) fn start(text: &str) -> Range<usize> {
    0..text.ceil_char_boundary(1.min(text.len()))
}

/// Whether a project answers to what is asked for under its name.
pub(super) fn answers(version: &str, range: &str) -> bool {
    if range.starts_with("workspace:") || matches!(range, "" | "*") {
        return true;
    }
    let (Ok(range), Ok(version)) = (Versions::parse(range), Version::parse(version)) else {
        return false;
    };
    range.satisfies(&version)
}
