//! What packages of npm ask of those that they depend on: the lockfile repeats it for each of them,
//! `package.json` says it for the projects, and `overrides` of the root count in place of both (npm
//! documentation, "package.json", `overrides`).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::folders::Folders;
use super::json_entries::{Entry, entries};
use super::{carriers, folders_of};
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::package_json::{PackageJson, Table};
use crate::lockfile::node::projects::Projects;
use crate::lockfile::{Dependents, Lockfile, PackageIndex, Requirement};
use crate::problem::{Location, SourceText};

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
    let root = projects.manifest("");
    let project = folders.package_in("");
    Dependents {
        requirements: override_all(lockfile, packages, project.zip(root), asked),
        carriers: carriers::of(&entries, packages, &lockfile.roots),
        linked: carriers::linked(&entries, &lockfile.roots, root),
        overridden: root.map_or_else(BTreeSet::new, overridden),
    }
}

/// The packages that the root overrides something of.
fn overridden(root: &PackageJson) -> BTreeSet<String> {
    let overrides = root.overrides.as_ref().and_then(Value::as_object);
    let keys = overrides.into_iter().flat_map(Map::keys);
    keys.map(|key| match key.rfind('@').filter(|at| *at > 0) {
        Some(at) => key[..at].to_owned(),
        None => key.clone(),
    })
    .collect()
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

/// The line of a key at or behind an offset.
fn key_line(source: &Arc<SourceText>, start: usize, key: &str) -> Location {
    let quoted = format!("\"{key}\"");
    let text = &source.text;
    let mut places = text[start..].match_indices(&quoted);
    let found = places.find(|(position, _)| {
        text[start + position + quoted.len()..].trim_start().starts_with(':')
    });
    let offset = start + found.map_or(0, |(position, _)| position);
    Location { file: source.path.clone(), line: source.line_at(offset) }
}

/// What the root overrides is asked for by the root alone.
fn override_all(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    root: Option<(PackageIndex, &PackageJson)>,
    asked: Vec<Requirement>,
) -> Vec<Requirement> {
    let Some((root, manifest)) = root else {
        return asked;
    };
    let Some(Value::Object(overrides)) = &manifest.overrides else {
        return asked;
    };
    let name = packages.first().map(|package| &lockfile.packages[*package].id.name);
    let Some((key, versions)) = name.and_then(|name| overriding(overrides, name)) else {
        return asked;
    };
    let location = key_line(&manifest.source, manifest.overrides_start, &key);
    let is_plain = overrides.get(&key).is_some_and(Value::is_string)
        && versions.as_deref().is_some_and(|text| !text.starts_with('$'));
    // `$name` stands for what the root asks of `name` itself.
    let versions = match versions.as_deref().and_then(|text| text.strip_prefix('$')) {
        Some(other) => {
            let own = manifest.by_name(&Table::ALL);
            let mut own = own.into_values().filter(|own| own.name.text == other);
            own.find_map(|own| own.specifier.clone())
        }
        None => versions,
    };
    let order = |to: &PackageIndex| Requirement {
        from: root,
        to: *to,
        key: key.clone(),
        table: if is_plain { "overrides" } else { "" },
        versions: versions.clone(),
        location: location.clone(),
        is_override: true,
        is_from_alias: false,
    };
    // What the root itself asks for is no less asked for.
    let own = asked.into_iter().filter(|asked| asked.from == root);
    own.chain(packages.iter().map(order)).collect()
}

/// The key that overrides a package, and the version that it says. One that holds only below another
/// package, or for some versions, leaves open what counts.
fn overriding(overrides: &Map<String, Value>, name: &str) -> Option<(String, Option<String>)> {
    for (key, value) in overrides {
        let position = key.rfind('@').filter(|position| *position > 0);
        let (package, is_limited) = match position {
            Some(position) => (&key[..position], true),
            None => (key.as_str(), false),
        };
        if package == name {
            let direct = value.as_str().or_else(|| value.get(".")?.as_str());
            return Some((key.clone(), direct.filter(|_| !is_limited).map(str::to_owned)));
        }
        if let Value::Object(nested) = value
            && let Some((key, _)) = overriding(nested, name)
        {
            return Some((key, None));
        }
    }
    None
}
