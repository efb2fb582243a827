//! The folders of the projects that a lockfile locks.

use std::collections::BTreeSet;

use super::folders_of;
use crate::lockfile::Lockfile;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::node::projects::workspaces;

/// The folders of the projects that a lockfile locks, from its own folder: the folder itself, and those
/// that the manifest in it lists as workspaces or depends on as folders. All that their manifests ask for
/// has to be there: an entry alone says little.
pub(super) fn folders_of_projects(
    lockfile: &Lockfile,
    manifests: &dyn ManifestFiles,
) -> BTreeSet<String> {
    let root = PackageJson::read("", manifests);
    let listed = root.map(|root| listed(&root, manifests)).unwrap_or_default();
    let installed = folders_of(lockfile);
    let folders = lockfile.roots.iter();
    let folders = folders.filter_map(|root| lockfile.packages[*root].folder.clone());
    folders
        .filter(|folder| folder.is_empty() || listed.contains(folder))
        .filter(|folder| {
            let manifest = PackageJson::read(folder, manifests);
            let seen = installed.seen_from(folder);
            let mut asked = manifest.iter().flat_map(asked);
            asked.all(|(name, written)| {
                seen.resolve(name).is_some() || written.is_some_and(is_folder)
            })
        })
        .collect()
}

fn asked(manifest: &PackageJson) -> impl Iterator<Item = (&str, Option<&str>)> {
    let installed = manifest.dependencies.iter();
    let installed = installed.filter(|asked| Table::INSTALLED.contains(&asked.table));
    installed.map(|asked| (asked.name.text.as_str(), asked.specifier.as_deref()))
}

/// The folders that a manifest lists: npm's workspaces (npm documentation, "package.json",
/// `workspaces`), and those of its dependencies.
fn listed(root: &PackageJson, manifests: &dyn ManifestFiles) -> BTreeSet<String> {
    let mut listed = workspaces(root.workspaces.as_deref().unwrap_or_default(), manifests);
    let folders = asked(root).filter_map(|(_, written)| written?.strip_prefix("file:"));
    listed.extend(folders.map(|folder| plain_folder(folder).into_owned()));
    listed
}

fn is_folder(written: &str) -> bool {
    written.starts_with("file:")
}
