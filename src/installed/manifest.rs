//! The `package.json` of an installed package or of a project, as resolution needs it (Node.js
//! documentation, "Modules: Packages"; npm documentation, "package.json").

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::disk;
use crate::lockfile::manifest::MAX_BYTES;

/// Who a package is, which is asked of every installed one.
#[derive(Debug, Deserialize)]
pub(super) struct Identity {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    version: Value,
    #[serde(default, rename = "bundleDependencies")]
    bundle: Value,
    #[serde(default, rename = "bundledDependencies")]
    bundled: Value,
}

impl Identity {
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = text(path)?;
        // Of two equal keys the last one counts, which the quicker way refuses.
        let in_full = || serde_json::from_value(serde_json::from_str(&text).ok()?).ok();
        serde_json::from_str(&text).ok().or_else(in_full)
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_str().filter(|name| !name.is_empty())
    }

    /// Empty where there is none.
    pub(super) fn version(&self) -> &str {
        self.version.as_str().unwrap_or_default()
    }

    /// Whether its archive holds other packages.
    pub(super) fn bundles(&self) -> bool {
        let is_asked = |value: &Value| match value {
            Value::Bool(asked) => *asked,
            Value::Array(names) => !names.is_empty(),
            Value::Object(names) => !names.is_empty(),
            _ => false,
        };
        is_asked(&self.bundle) || is_asked(&self.bundled)
    }
}

/// What Node.js reads in a manifest: no byte order mark, and what is not UTF-8 is replaced.
fn text(path: &Path) -> Option<String> {
    let bytes = disk::read(path, MAX_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// Keys whose values are no files to load.
const NO_FILES: &[&str] = &[
    "name",
    "version",
    "description",
    "license",
    "author",
    "homepage",
    "repository",
    "bugs",
    "type",
    "types",
    "typings",
    "packageManager",
    "bin",
    "man",
    // Which file a CDN serves.
    "jsdelivr",
    "unpkg",
];

/// Keys under which a tool finds what to load in place of something else (webpack documentation,
/// `resolve.aliasFields`; the field `browser` of package.json as bundlers specified it; React Native's
/// Metro; the package `module-alias`).
const REPLACEMENTS: &[&str] =
    &["browser", "react-native", "electron", "web", "chromium", "alias", "_moduleAliases"];

/// Keys of what a package depends on.
const DEPENDENCIES: &[&str] =
    &["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"];

/// A manifest in full.
#[derive(Debug)]
pub(super) struct Manifest {
    values: Map<String, Value>,
}

impl Manifest {
    pub(super) fn read(path: &Path) -> Option<Self> {
        let values = serde_json::from_str(&text(path)?).ok()?;
        Some(Self { values })
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.values.get("name")?.as_str()
    }

    pub(super) fn exports(&self) -> Option<&Value> {
        self.values.get("exports").filter(|exports| !exports.is_null())
    }

    pub(super) fn imports(&self) -> Option<&Value> {
        self.values.get("imports")
    }

    /// Every text that may name the file to load for the folder: `main` and whatever else a tool is told
    /// to read (webpack documentation, `resolve.mainFields`: any key).
    pub(super) fn mains(&self) -> impl Iterator<Item = &str> {
        let values = self.values.iter().filter(|(key, _)| !NO_FILES.contains(&key.as_str()));
        values.filter_map(|(_, value)| value.as_str()).filter(|text| !text.is_empty())
    }

    /// What is loaded in place of a file or a package: both as they are written. `false` replaces by
    /// nothing, and what is replaced is still loaded elsewhere.
    pub(super) fn replacements(&self) -> impl Iterator<Item = (&str, &str)> {
        let tables = REPLACEMENTS.iter().filter_map(|key| self.values.get(*key)?.as_object());
        tables.flatten().filter_map(|(from, to)| Some((from.as_str(), to.as_str()?)))
    }

    /// `bin`: commands with their files as they are written.
    pub(super) fn bin(&self) -> Vec<(&str, &str)> {
        match self.values.get("bin") {
            Some(Value::String(file)) => {
                let name = self.name().unwrap_or_default();
                vec![(name.rsplit('/').next().unwrap_or(name), file)]
            }
            Some(Value::Object(commands)) => commands
                .iter()
                .filter_map(|(name, file)| Some((name.as_str(), file.as_str()?)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The folder whose files are all commands (`directories.bin`).
    pub(super) fn folder_of_commands(&self) -> Option<&str> {
        self.values.get("directories")?.get("bin")?.as_str()
    }

    /// What it depends on, under the names that its code uses, with what it asks for.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = (&str, &str)> {
        let tables = DEPENDENCIES.iter().filter_map(|key| self.values.get(*key)?.as_object());
        tables.flatten().filter_map(|(name, range)| Some((name.as_str(), range.as_str()?)))
    }

    /// Whether any script has a name.
    pub(super) fn has_scripts(&self) -> bool {
        self.values.get("scripts").and_then(Value::as_object).is_some_and(|it| !it.is_empty())
    }

    pub(super) fn script(&self, name: &str) -> Option<&str> {
        self.values.get("scripts")?.get(name)?.as_str()
    }
}
