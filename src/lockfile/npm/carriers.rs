//! What comes along with another package, and which projects are members of the workspace.

use std::collections::{BTreeMap, BTreeSet};

use glob::{MatchOptions, Pattern};

use super::json_entries::Entry;
use crate::lockfile::node::package_json::{self, PackageJson};
use crate::lockfile::{Carrier, Carrying, PackageIndex};

/// The copies among some packages that npm does not move by themselves: it takes them from the archive
/// of the package above, or as that package's shrinkwrap says (npm documentation, "package.json",
/// `bundleDependencies`; "npm-shrinkwrap.json").
pub(super) fn of(
    entries: &[Entry],
    packages: &[PackageIndex],
    roots: &[PackageIndex],
) -> Vec<Carrier> {
    let by_folder: BTreeMap<&str, &Entry> =
        entries.iter().map(|entry| (entry.folder.as_str(), entry)).collect();
    let copies = entries.iter().filter(|entry| packages.contains(&entry.package));
    copies.filter_map(|entry| carrier(entry, &by_folder, roots)).collect()
}

fn carrier(
    copy: &Entry,
    by_folder: &BTreeMap<&str, &Entry>,
    roots: &[PackageIndex],
) -> Option<Carrier> {
    let mut is_in_bundle = copy.is_in_bundle();
    let mut found = None;
    let mut folder = copy.folder.as_str();
    while let Some((above, _)) = folder.rsplit_once("/node_modules/") {
        folder = above;
        let Some(entry) = by_folder.get(folder) else {
            continue;
        };
        if roots.contains(&entry.package) {
            break;
        }
        let carries = |how| Some(Carrier { copy: copy.package, by: entry.package, how });
        if entry.has_shrinkwrap() {
            found = carries(Carrying::Shrinkwrapped);
        }
        if is_in_bundle && !entry.is_in_bundle() {
            found = carries(Carrying::Bundled);
            is_in_bundle = false;
        }
    }
    found
}

/// The projects that no pattern of the root's `workspaces` names, so that `--workspace` does not reach
/// them (npm documentation, "workspaces").
pub(super) fn linked(
    entries: &[Entry],
    roots: &[PackageIndex],
    manifest: Option<&PackageJson>,
) -> BTreeSet<PackageIndex> {
    let patterns = if let Some(manifest) = manifest {
        manifest.workspaces.clone()
    } else {
        let root = entries.iter().find(|entry| entry.folder.is_empty());
        root.and_then(|root| root.table.get("workspaces")).map(package_json::workspaces)
    };
    let patterns = patterns.unwrap_or_default();
    let projects =
        entries.iter().filter(|entry| roots.contains(&entry.package) && !entry.folder.is_empty());
    projects
        .filter(|entry| !is_member(&entry.folder, &patterns))
        .map(|entry| entry.package)
        .collect()
}

/// The last pattern that names a folder decides.
fn is_member(folder: &str, patterns: &[impl AsRef<str>]) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    let mut is_member = false;
    for pattern in patterns.iter().map(AsRef::as_ref) {
        let (text, takes) = match pattern.strip_prefix('!') {
            Some(text) => (text, false),
            None => (pattern, true),
        };
        let text = text.trim_start_matches("./").trim_end_matches('/');
        if Pattern::new(text).is_ok_and(|pattern| pattern.matches_with(folder, options)) {
            is_member = takes;
        }
    }
    is_member
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_names_a_folder_decides() {
        for (folder, patterns, expected) in [
            ("packages/a", &["packages/*"][..], true),
            ("packages/a", &["./packages/*/"], true),
            ("packages/a/b", &["packages/*"], false),
            ("packages/a/b", &["packages/**"], true),
            ("packages/a", &["packages/*", "!packages/a"], false),
            ("packages/a", &["!packages/a", "packages/*"], true),
            ("../outside", &["packages/*"], false),
            ("a", &[], false),
        ] {
            assert_eq!(is_member(folder, patterns), expected, "{folder} {patterns:?}");
        }
    }
}
