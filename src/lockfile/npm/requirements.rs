//! What packages of npm ask of those that they depend on: the lockfile repeats it for each of them,
//! `package.json` says it for the projects, and `overrides` of the root count in place of both (npm
//! documentation, "package.json", `overrides`).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::carriers;
use super::place::plain_folder;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{Dependents, Lockfile, PackageIndex, Requirement};
use crate::problem::{Location, SourceText};

/// The tables of a manifest that ask for packages. Only a project's last one is installed.
const TABLES: &[&str] =
    &["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"];

/// What every dependent asks of some packages, and what brings them along.
pub(super) fn dependents(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    files: &dyn ManifestFiles,
) -> Dependents {
    let entries = entries(lockfile, &|_| true);
    let mut asked = Vec::new();
    for entry in &entries {
        let is_root = lockfile.roots.contains(&entry.package);
        let manifest = is_root.then(|| project_manifest(&entry.folder, files)).flatten();
        let (source, start, table) = if let Some((source, table)) = &manifest {
            (source, 0, table)
        } else {
            let start = lockfile.packages[entry.package].span.start;
            (&lockfile.source, start, &entry.table)
        };
        let place = |name: &str| key_line(source, start, name);
        asked.extend(of_tables(lockfile, packages, entry, table, is_root, &place));
    }
    let root = project_manifest("", files).map(|(_, table)| table);
    Dependents {
        requirements: override_all(lockfile, packages, files, asked),
        carriers: carriers::of(&entries, packages, &lockfile.roots),
        linked: carriers::linked(&entries, &lockfile.roots, root.as_ref()),
        overridden: root.as_ref().map_or_else(BTreeSet::new, overridden),
    }
}

/// The packages that the root overrides something of.
fn overridden(root: &Map<String, Value>) -> BTreeSet<String> {
    let overrides = root.get("overrides").and_then(Value::as_object);
    let keys = overrides.into_iter().flat_map(Map::keys);
    keys.map(|key| match key.rfind('@').filter(|at| *at > 0) {
        Some(at) => key[..at].to_owned(),
        None => key.clone(),
    })
    .collect()
}

/// An entry of the lockfile, whatever its version.
pub(super) struct Entry {
    /// Its folder, in one spelling.
    pub(super) folder: String,
    pub(super) package: PackageIndex,
    pub(super) table: Map<String, Value>,
}

impl Entry {
    /// Whether it says that something is so.
    pub(super) fn says(&self, key: &str) -> bool {
        self.table.get(key) == Some(&Value::Bool(true))
    }
}

/// The entries of some packages.
pub(super) fn entries(lockfile: &Lockfile, is_wanted: &dyn Fn(PackageIndex) -> bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    let Ok(Value::Object(mut root)) = serde_json::from_str(&lockfile.source.text) else {
        return entries;
    };
    let nested = root.remove("dependencies");
    match (root.remove("packages"), nested) {
        (Some(Value::Object(packages)), _) if lockfile.holds_manifests => {
            for (folder, entry) in packages {
                let folder = plain_folder(&folder).into_owned();
                if let (Some(package), Value::Object(table)) =
                    (lockfile.folders.package_in(&folder), entry)
                    && is_wanted(package)
                {
                    entries.push(Entry { folder, package, table });
                }
            }
        }
        (_, Some(nested)) => {
            if let Some(package) = lockfile.folders.package_in("") {
                let folder = String::new();
                entries.push(Entry { folder, package, table: Map::new() });
            }
            collect_nested(lockfile, "", nested, &mut entries);
        }
        _ => {}
    }
    entries
}

/// Version 1: what a package asks for stands in `requires`.
fn collect_nested(lockfile: &Lockfile, above: &str, nested: Value, entries: &mut Vec<Entry>) {
    let Value::Object(nested) = nested else {
        return;
    };
    for (name, entry) in nested {
        let Value::Object(mut entry) = entry else {
            continue;
        };
        let slash = if above.is_empty() { "" } else { "/" };
        let folder = format!("{above}{slash}node_modules/{name}");
        let below = entry.remove("dependencies");
        if let Some(package) = lockfile.folders.package_in(&folder) {
            let requires = entry.remove("requires").unwrap_or_default();
            let bundled = entry.remove("bundled").unwrap_or_default();
            let table = Map::from_iter([
                ("dependencies".to_owned(), requires),
                (carriers::IN_BUNDLE.to_owned(), bundled),
            ]);
            entries.push(Entry { folder: folder.clone(), package, table });
        }
        if let Some(below) = below {
            collect_nested(lockfile, &folder, below, entries);
        }
    }
}

pub(super) fn project_manifest(
    folder: &str,
    files: &dyn ManifestFiles,
) -> Option<(Arc<SourceText>, Map<String, Value>)> {
    let path = if folder.is_empty() {
        "package.json".to_owned()
    } else {
        format!("{folder}/package.json")
    };
    let source = files.read(&path)?;
    match serde_json::from_str(&source.text) {
        Ok(Value::Object(table)) => Some((source, table)),
        _ => None,
    }
}

fn of_tables(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    entry: &Entry,
    table: &Map<String, Value>,
    is_root: bool,
    place: &dyn Fn(&str) -> Location,
) -> Vec<Requirement> {
    let seen = lockfile.folders.seen_from(&entry.folder);
    let installed_as = super::place::installed_name(&entry.folder);
    let own_name = lockfile.packages[entry.package].id.name.as_str();
    let mut found = Vec::new();
    for kind in TABLES.iter().copied().filter(|kind| is_root || *kind != "devDependencies") {
        let asked = table.get(kind).and_then(Value::as_object);
        for (name, versions) in asked.into_iter().flatten() {
            let to = seen.resolve(name);
            let Some(to) = to.filter(|to| packages.contains(to)) else {
                continue;
            };
            let versions = versions.as_str().map(str::to_owned);
            let requirement = Requirement {
                from: entry.package,
                to,
                key: name.clone(),
                table: kind,
                versions,
                location: place(name),
                is_override: false,
                is_from_alias: installed_as.is_some_and(|name| name != own_name),
            };
            // npm lists an optional dependency under `dependencies` as well.
            let is_known = |known: &Requirement| {
                (&known.key, &known.versions) == (&requirement.key, &requirement.versions)
            };
            if !found.iter().any(is_known) {
                found.push(requirement);
            }
        }
    }
    found
}

/// The line of a key at or behind an offset.
pub(super) fn key_line(source: &Arc<SourceText>, start: usize, key: &str) -> Location {
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
    files: &dyn ManifestFiles,
    asked: Vec<Requirement>,
) -> Vec<Requirement> {
    let root = lockfile.folders.package_in("");
    let manifest = project_manifest("", files);
    let (Some(root), Some((source, table))) = (root, manifest) else {
        return asked;
    };
    let Some(Value::Object(overrides)) = table.get("overrides") else {
        return asked;
    };
    let name = packages.first().map(|package| &lockfile.packages[*package].id.name);
    let Some((key, versions)) = name.and_then(|name| overriding(overrides, name)) else {
        return asked;
    };
    let start = source.text.find("\"overrides\"").unwrap_or(0);
    let location = key_line(&source, start, &key);
    let is_plain = overrides.get(&key).is_some_and(Value::is_string)
        && versions.as_deref().is_some_and(|text| !text.starts_with('$'));
    // `$name` stands for what the root asks of `name` itself.
    let versions = match versions.as_deref().and_then(|text| text.strip_prefix('$')) {
        Some(other) => TABLES.iter().find_map(|kind| {
            let own = table.get(*kind)?.get(other)?;
            own.as_str().map(str::to_owned)
        }),
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
