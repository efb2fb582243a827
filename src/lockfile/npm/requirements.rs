//! What packages of npm ask of those that they depend on: the lockfile repeats it for each of them,
//! `package.json` says it for the projects, and `overrides` of the root count in place of both (npm
//! documentation, "package.json", `overrides`).

use super::folders::Folders;
use super::json_entries::{Entry, entries};
use super::{carriers, folders_of};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::overrides::{Overrides, key_line};
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{Dependents, Lockfile, PackageIndex, Requirement};
use crate::problem::Location;

/// What every dependent asks of some packages, and what brings them along.
pub(super) fn dependents(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Dependents {
    let folders = folders_of(lockfile);
    let entries = entries(lockfile, &folders, &|_| true);
    let projects = Projects::read(lockfile, files);
    let mut asked = Vec::new();
    for entry in &entries {
        let is_root = lockfile.roots.contains(&entry.package);
        let manifest = projects.manifest(&entry.folder).filter(|_| is_root);
        let wishes = match manifest {
            Some(manifest) => of_manifest(manifest),
            None => of_entry(lockfile, entry, is_root),
        };
        asked.extend(requirements(lockfile, packages, &folders, entry, wishes));
    }
    let manifest = projects.manifest("");
    let overrides = folders.package_in("").zip(manifest).and_then(|(root, manifest)| {
        let rules = manifest.overrides.as_ref()?.as_object()?;
        let (source, start) = (&manifest.source, manifest.overrides_start);
        Some(Overrides { root, rules, source, start, manifest: Some(manifest) })
    });
    Dependents {
        requirements: match &overrides {
            Some(overrides) => overrides.apply(lockfile, packages, asked),
            None => asked,
        },
        carriers: carriers::of(&entries, packages, &lockfile.roots),
        linked: carriers::linked(&entries, &lockfile.roots, manifest),
        overridden: overrides.map(|overrides| overrides.names()).unwrap_or_default(),
    }
}

/// What one dependent asks for under a name.
struct Wish<'text> {
    table: &'static str,
    name: &'text str,
    versions: Option<&'text str>,
    location: Box<dyn Fn() -> Location + 'text>,
}

fn of_manifest(manifest: &PackageJson) -> Vec<Wish<'_>> {
    let asked = manifest.by_name(&Table::ALL).into_iter();
    let wishes = asked.map(|((table, name), dependency)| Wish {
        table: table.key(),
        name,
        versions: dependency.specifier.as_deref(),
        location: Box::new(|| manifest.location(&dependency.name)),
    });
    wishes.collect()
}

/// Only a project's own development dependencies are installed.
fn of_entry<'text>(
    lockfile: &'text Lockfile,
    entry: &'text Entry,
    is_root: bool,
) -> Vec<Wish<'text>> {
    let start = lockfile.packages[entry.package].span.start;
    let tables = Table::ALL.iter().filter(|table| is_root || **table != Table::DevDependencies);
    let tables =
        tables.filter_map(|table| Some((*table, entry.table.get(table.key())?.as_object()?)));
    let wishes = tables.flat_map(|(table, asked)| {
        asked.iter().map(move |(name, versions)| Wish {
            table: table.key(),
            name,
            versions: versions.as_str(),
            location: Box::new(move || key_line(&lockfile.source, start, name)),
        })
    });
    wishes.collect()
}

fn requirements(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    folders: &Folders,
    entry: &Entry,
    wishes: Vec<Wish<'_>>,
) -> Vec<Requirement> {
    let seen = folders.seen_from(&entry.folder);
    let installed_as = super::place::installed_name(&entry.folder);
    let own_name = lockfile.packages[entry.package].id.name.as_str();
    let mut found: Vec<Requirement> = Vec::new();
    for Wish { table, name, versions, location } in wishes {
        let Some(to) = seen.resolve(name).filter(|to| packages.contains(to)) else {
            continue;
        };
        // npm lists an optional dependency under `dependencies` as well.
        let is_known =
            |known: &Requirement| known.key == name && known.versions.as_deref() == versions;
        if !found.iter().any(is_known) {
            found.push(Requirement {
                from: entry.package,
                to,
                key: name.to_owned(),
                table,
                versions: versions.map(str::to_owned),
                location: location(),
                is_override: false,
                is_from_alias: installed_as.is_some_and(|name| name != own_name),
            });
        }
    }
    found
}
