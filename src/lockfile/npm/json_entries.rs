//! The entries of a lockfile as JSON, read once more for what is seldom asked: most checks never do.

use serde_json::{Map, Value};

use super::folders::Folders;
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::{Lockfile, PackageIndex};

/// npm marks so what is a part of another package's archive; version 1 calls it `bundled`.
const IN_BUNDLE: &str = "inBundle";
/// npm marks so a package whose own `npm-shrinkwrap.json` says what lies below it.
const HAS_SHRINKWRAP: &str = "hasShrinkwrap";

/// An entry of the lockfile, whatever its version.
pub(super) struct Entry {
    /// Its folder, in one spelling.
    pub(super) folder: String,
    pub(super) package: PackageIndex,
    pub(super) table: Map<String, Value>,
}

impl Entry {
    /// Whether it comes in the archive of another package.
    pub(super) fn is_in_bundle(&self) -> bool {
        self.says(IN_BUNDLE)
    }

    /// Whether its own `npm-shrinkwrap.json` says what lies below it.
    pub(super) fn has_shrinkwrap(&self) -> bool {
        self.says(HAS_SHRINKWRAP)
    }

    fn says(&self, key: &str) -> bool {
        self.table.get(key) == Some(&Value::Bool(true))
    }
}

/// The entries of some packages.
pub(super) fn entries(
    lockfile: &Lockfile,
    folders: &Folders,
    is_wanted: &dyn Fn(PackageIndex) -> bool,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let Ok(Value::Object(mut root)) = serde_json::from_str(&lockfile.source.text) else {
        return entries;
    };
    let nested = root.remove("dependencies");
    match (root.remove("packages"), nested) {
        (Some(Value::Object(packages)), _) => {
            for (folder, entry) in packages {
                let folder = plain_folder(&folder).into_owned();
                if let (Some(package), Value::Object(table)) = (folders.package_in(&folder), entry)
                    && is_wanted(package)
                {
                    entries.push(Entry { folder, package, table });
                }
            }
        }
        (_, Some(nested)) => {
            if let Some(package) = folders.package_in("") {
                let folder = String::new();
                entries.push(Entry { folder, package, table: Map::new() });
            }
            collect_nested(folders, "", nested, &mut entries);
        }
        _ => {}
    }
    entries
}

/// Version 1: what a package asks for stands in `requires`.
fn collect_nested(folders: &Folders, above: &str, nested: Value, entries: &mut Vec<Entry>) {
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
        if let Some(package) = folders.package_in(&folder) {
            let requires = entry.remove("requires").unwrap_or_default();
            let bundled = entry.remove("bundled").unwrap_or_default();
            let table = Map::from_iter([
                ("dependencies".to_owned(), requires),
                (IN_BUNDLE.to_owned(), bundled),
            ]);
            entries.push(Entry { folder: folder.clone(), package, table });
        }
        if let Some(below) = below {
            collect_nested(folders, &folder, below, entries);
        }
    }
}
