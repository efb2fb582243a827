//! Whether a lockfile fits the manifests of its projects. Where it does not, `bun install
//! --frozen-lockfile` refuses and `bun install` locks something else (Bun documentation, "bun install").

use std::collections::{BTreeSet, HashSet};

use super::assemble::{Installed, Project};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::fit::{misfit, nothing};
use crate::lockfile::node::folder::is_outside;
use crate::lockfile::node::package_json::{Dependency, PackageJson, Table};
use crate::lockfile::node::projects::{Projects, workspaces};
use crate::lockfile::{Lockfile, PackageIndex, tool};
use crate::problem::Gap;

/// Where the lockfile does not fit the manifests. It repeats them to the letter.
pub(super) fn misfits(
    lockfile: &Lockfile,
    installed: &Installed<'_>,
    projects: &Projects,
) -> Vec<Gap> {
    if lockfile.locked() == 0 && projects.manifest("").is_none() {
        return vec![nothing(lockfile)];
    }
    let inside = installed.projects.iter().filter(|(folder, _)| !is_outside(folder));
    let inside = inside.filter_map(|(folder, project)| Some((project, projects.manifest(folder)?)));
    let mut gaps: Vec<Gap> = inside
        .flat_map(|(project, manifest)| misfits_of(lockfile, installed, project, manifest))
        .collect();
    gaps.extend(gone(lockfile, installed, projects));
    gaps
}

/// Projects that others are given in place of a package, and that are no workspaces: Bun asks a registry.
fn gone(lockfile: &Lockfile, installed: &Installed<'_>, projects: &Projects) -> Vec<Gap> {
    let Some(root) = projects.manifest("") else {
        return Vec::new();
    };
    let gone = installed.projects.iter().filter(|(folder, _)| {
        !folder.is_empty() && (root.workspaces.is_none() || projects.manifest(folder).is_none())
    });
    let edges = lockfile.edges.iter().filter(|edge| edge.from != edge.to);
    let given: HashSet<PackageIndex> = edges.map(|edge| edge.to).collect();
    gone.filter(|(_, project)| given.contains(&project.package))
        .map(|(folder, project)| {
            let location = lockfile.location(project.package);
            let locked = format!("what is locked is no workspace: {}", folder.escape_debug());
            let name = lockfile.packages[project.package].id.name.as_str();
            misfit(&tool::BUN, &location, name, "", &locked)
        })
        .collect()
}

fn misfits_of(
    lockfile: &Lockfile,
    installed: &Installed<'_>,
    project: &Project<'_>,
    manifest: &PackageJson,
) -> Vec<Gap> {
    let recorded: BTreeSet<(&str, &str)> =
        project.info.asks().map(|(_, name, wish)| (&**name, wish.trim())).collect();
    let asked = manifest.by_name(&Table::ALL).into_iter();
    let asked =
        asked.filter_map(|((_, name), asked)| Some((name, asked.specifier.as_deref()?, asked)));
    let optional = manifest.by_name(&[Table::OptionalDependencies]);
    // Bun takes what is repeated as optional from there alone, and writes down nothing else.
    let is_repeated = |name: &str, asked: &Dependency| {
        asked.table == Table::Dependencies
            && optional.contains_key(&(Table::OptionalDependencies, name))
    };
    asked
        .filter(|(name, wish, asked)| {
            !recorded.contains(&(*name, wish.trim())) && !is_repeated(name, asked)
        })
        .map(|(name, wish, asked)| {
            let locked = match installed.tree.resolve(project.place, name).next() {
                Some(package) => {
                    let id = &lockfile.packages[package].id;
                    format!("{} locks {id} for another request", lockfile.location(package))
                }
                None => format!("{} locks no {name}", lockfile.source.path),
            };
            misfit(&tool::BUN, &manifest.location(&asked.name), name, wish, &locked)
        })
        .collect()
}

/// The folders of the projects that a lockfile locks, from its own folder: the folder itself, and those
/// that the manifest in it lists as workspaces. What their manifests ask for and the lockfile does not
/// repeat is a misfit.
pub(super) fn folders_of_projects(
    lockfile: &Lockfile,
    manifests: &dyn ManifestFiles,
) -> BTreeSet<String> {
    let root = PackageJson::read("", manifests);
    let patterns = root.and_then(|root| root.workspaces).unwrap_or_default();
    let listed = workspaces(&patterns, manifests);
    let folders = lockfile.roots.iter();
    let folders = folders.filter_map(|root| lockfile.packages[*root].folder.clone());
    folders.filter(|folder| folder.is_empty() || listed.contains(folder)).collect()
}
