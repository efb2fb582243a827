//! Whether a `Cargo.lock` fits the manifests of its workspace. Where it does not, plain `cargo build`
//! resolves anew and builds something else (Cargo documentation, "cargo build", `--locked`).

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::{self, Request, Workspace, folded};
use super::requirements::admits;
use crate::cargo_toml::Origin;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::tool;
use crate::lockfile::{LockedPackage, Lockfile, PackageIndex};
use crate::problem::{Gap, GapCode};
use crate::source::PackageSource;

fn help() -> String {
    format!("{} (without --locked)", tool::CARGO.bring_up_to_date())
}

/// How far above the lockfile the root of its workspace and configurations are looked for.
const LEVELS: usize = 8;

/// Where the lockfile does not fit the manifests.
pub(super) fn misfits(
    lockfile: &Lockfile,
    workspace: &Workspace,
    files: &dyn ManifestFiles,
) -> Vec<Gap> {
    let mut gaps = without_manifest(lockfile, workspace);
    let mut locked: BTreeMap<PackageIndex, Vec<PackageIndex>> = BTreeMap::new();
    let mut members = manifest::manifests_by_project(lockfile, &workspace.manifests);
    members.retain(|_, manifest| workspace.members.contains(&manifest.folder));
    for edge in &lockfile.edges {
        if members.contains_key(&edge.from) {
            locked.entry(edge.from).or_default().push(edge.to);
        }
    }
    for (project, manifest) in &members {
        let locked = locked.get(project).map_or(&[][..], Vec::as_slice);
        let requests = manifest.requests.iter();
        let misfits = requests.filter_map(|request| misfit(lockfile, locked, request, workspace));
        gaps.extend(misfits);
    }
    if gaps.is_empty() {
        return Vec::new();
    }
    // Cargo reads no lockfile of a mere member.
    if !workspace.is_root && has_workspace_above(files) {
        return Vec::new();
    }
    let patched = patched_by_configuration(files);
    gaps.retain(|(name, _)| !patched.contains(name));
    gaps.into_iter().map(|(_, gap)| gap).collect()
}

/// A gap, and the name of the package that it is about, as [`folded`] spells it.
type Misfit = (String, Gap);

fn misfit(
    lockfile: &Lockfile,
    locked: &[PackageIndex],
    request: &Request,
    workspace: &Workspace,
) -> Option<Misfit> {
    let name = request.name.as_deref().filter(|_| request.origin != Origin::Path)?;
    let is_patched = workspace.patched.contains(&folded(name));
    let called_so = locked
        .iter()
        .map(|package| (*package, &lockfile.packages[*package]))
        .filter(|(_, package)| folded(&package.id.name) == folded(name));
    let called_so: Vec<(PackageIndex, &LockedPackage)> = called_so.collect();
    let is_it = |package: &LockedPackage| {
        let is_from_there = match (request.origin, &package.source) {
            (Origin::Path, _) => true,
            (Origin::Git, source) => matches!(source, PackageSource::Git(_)),
            (Origin::Registry, source) => {
                !matches!(source, PackageSource::Git(_) | PackageSource::Local)
            }
        };
        admits(request, &package.id.version) && (is_patched || is_from_there)
    };
    if called_so.iter().any(|(_, package)| is_it(package)) {
        return None;
    }
    let locks = match called_so.first() {
        Some((position, package)) => {
            let from = match package.source {
                PackageSource::Local => " without a source",
                PackageSource::Git(_) => " of a git repository",
                _ => "",
            };
            format!("{} locks {}{from}", lockfile.location(*position), package.id)
        }
        None => format!("{} locks none for it", lockfile.source.path),
    };
    let versions = request.versions.as_deref().unwrap_or("*");
    let message = format!(
        "{}: `{name}` is asked for as `{}`, and {locks}, so that cargo would build something else",
        request.location,
        versions.escape_debug()
    );
    Some((folded(name), Gap::new(GapCode::LockfileOutdated, message, help())))
}

/// Packages that the lockfile takes for folders of the workspace, of which none is called so.
fn without_manifest(lockfile: &Lockfile, workspace: &Workspace) -> Vec<Misfit> {
    if !workspace.is_complete {
        return Vec::new();
    }
    let known: BTreeSet<&str> =
        workspace.manifests.iter().filter_map(|manifest| manifest.package.as_deref()).collect();
    let roots = lockfile.roots.iter();
    let unknown = roots.filter(|root| {
        let name = lockfile.packages[**root].id.name.as_str();
        !known.contains(name) && !workspace.patched.contains(&folded(name))
    });
    unknown
        .map(|root| {
            let message = format!(
                "{}: {} has no source, and no manifest of the workspace is called so, so that cargo \
                 would build something else",
                lockfile.location(*root),
                lockfile.packages[*root].id
            );
            let name = folded(&lockfile.packages[*root].id.name);
            (name, Gap::new(GapCode::LockfileOutdated, message, help()))
        })
        .collect()
}

fn has_workspace_above(files: &dyn ManifestFiles) -> bool {
    (1..=LEVELS).any(|level| {
        let above = files.cargo_toml(&format!("{}Cargo.toml", "../".repeat(level)));
        above.is_some_and(|above| above.manifest.has_workspace)
    })
}

/// The names of what a configuration of Cargo puts in the place of other packages, in the tables that a
/// manifest has for it (Cargo documentation, "Configuration", `[patch]`).
fn patched_by_configuration(files: &dyn ManifestFiles) -> BTreeSet<String> {
    let folders = (0..=LEVELS).map(|level| "../".repeat(level));
    let paths = folders.flat_map(|folder| {
        [".cargo/config.toml", ".cargo/config"].map(|name| format!("{folder}{name}"))
    });
    let read = paths.filter_map(|path| files.cargo_toml(&path));
    let patches = read.flat_map(|configuration| {
        let patches = configuration.manifest.replacements.iter();
        patches.map(|patch| folded(&patch.package)).collect::<Vec<_>>()
    });
    patches.collect()
}

#[cfg(test)]
mod tests;
