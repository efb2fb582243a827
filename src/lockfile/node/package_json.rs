//! `package.json`: what a project asks for (npm documentation, "package.json").
//!
//! Of two equal keys the last one counts, as in every reader of JSON in JavaScript. What is not of the
//! documented shape asks for nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::json::{Keyed, Str};
use super::words::Bundle;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::{DependencyKind, tool};
use crate::problem::{Location, SourceText, place_in};

/// A table of dependencies, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    Dependencies,
    OptionalDependencies,
    PeerDependencies,
    DevDependencies,
}

impl Table {
    pub const ALL: [Self; 4] = [
        Self::Dependencies,
        Self::OptionalDependencies,
        Self::PeerDependencies,
        Self::DevDependencies,
    ];

    /// Those whose packages are installed for a project. Whether peers are depends on settings.
    pub const INSTALLED: [Self; 3] =
        [Self::Dependencies, Self::OptionalDependencies, Self::DevDependencies];

    /// The key in the manifest.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dependencies => "dependencies",
            Self::OptionalDependencies => "optionalDependencies",
            Self::PeerDependencies => "peerDependencies",
            Self::DevDependencies => "devDependencies",
        }
    }

    pub fn kind(self) -> DependencyKind {
        match self {
            Self::Dependencies => DependencyKind::Normal,
            Self::OptionalDependencies => DependencyKind::Optional,
            Self::PeerDependencies => DependencyKind::Peer,
            Self::DevDependencies => DependencyKind::Development,
        }
    }
}

/// A manifest, as far as it says something about dependencies.
#[derive(Debug)]
pub struct PackageJson {
    pub source: Arc<SourceText>,
    pub name: Option<String>,
    pub version: Option<String>,
    /// Table by table, each in the order of the file.
    pub dependencies: Vec<Dependency>,
    /// The names in `bundleDependencies`.
    pub bundled: Vec<Name>,
    /// The patterns of its workspaces, `!` in front of those that take folders out again. `None` where
    /// it says nothing about workspaces.
    pub workspaces: Option<Vec<String>>,
    pub overrides: Option<Value>,
    /// Where `overrides` begins, in bytes.
    pub overrides_start: usize,
    pub accept_dependencies: Option<Value>,
    /// What Yarn takes in place of what is asked for: patterns, each with what counts (Yarn
    /// documentation, "Manifest fields", `resolutions`).
    pub resolutions: Vec<Resolution>,
}

/// A line of `resolutions`.
#[derive(Debug)]
pub struct Resolution {
    pub pattern: Name,
    pub reference: String,
}

/// A name, and where it stands.
#[derive(Debug)]
pub struct Name {
    pub text: String,
    /// In bytes from the beginning of the manifest.
    pub offset: usize,
}

/// Something that a table asks for.
#[derive(Debug)]
pub struct Dependency {
    pub table: Table,
    /// What it is imported as.
    pub name: Name,
    /// What is asked for under that name: versions, an alias, an address. `None` where it is no text.
    pub specifier: Option<String>,
}

impl PackageJson {
    /// The manifest in a folder, relative to that of the lockfile. `None` if it cannot be read.
    pub fn read(folder: &str, files: &dyn ManifestFiles) -> Option<Self> {
        let slash = if folder.is_empty() { "" } else { "/" };
        Self::parse(&files.read(&format!("{folder}{slash}{}", tool::NPM.manifest))?)
    }

    fn parse(source: &Arc<SourceText>) -> Option<Self> {
        let values = written(&source.text)?;
        let value = |key: &str| serde_json::from_str::<Value>(values.get(key)?).ok();
        let text = &source.text;
        let tables =
            Table::ALL.iter().filter_map(|table| Some((*table, *values.get(table.key())?)));
        let dependencies = tables.flat_map(|(table, raw)| dependencies(text, table, raw)).collect();
        let bundled = values.get("bundleDependencies").or(values.get("bundledDependencies"));
        let bundled = bundled.map(|raw| bundled_names(text, raw)).unwrap_or_default();
        let overrides_start = values.get("overrides").and_then(|raw| place_in(text, raw));
        Some(Self {
            dependencies,
            bundled,
            workspaces: value("workspaces").map(|value| workspaces(&value)),
            overrides: value("overrides"),
            overrides_start: overrides_start.map_or(0, |place| place.start),
            accept_dependencies: value("acceptDependencies"),
            name: value("name").and_then(text_of),
            version: value("version").and_then(text_of),
            resolutions: values
                .get("resolutions")
                .map(|raw| resolutions(text, raw))
                .unwrap_or_default(),
            source: Arc::clone(source),
        })
    }

    /// What some tables ask for: table by table, each by name.
    pub fn by_name(&self, tables: &[Table]) -> BTreeMap<(Table, &str), &Dependency> {
        let dependencies = self.dependencies.iter();
        dependencies
            .filter(|dependency| tables.contains(&dependency.table))
            .map(|dependency| ((dependency.table, dependency.name.text.as_str()), dependency))
            .collect()
    }

    pub fn location(&self, name: &Name) -> Location {
        let line = self.source.line_at(name.offset);
        Location { file: self.source.path.clone(), line }
    }
}

/// An object as it is written: each key with the text behind it, which tells its place. `None` if it is none.
pub fn written(text: &str) -> Option<BTreeMap<Cow<'_, str>, &str>> {
    let keyed: Keyed<'_, &RawValue> = serde_json::from_str(text).ok()?;
    Some(keyed.0.into_iter().map(|(key, value)| (key.0, value.get())).collect())
}

/// A manifest in full. `None` where it is JSON and no object.
///
/// # Errors
///
/// It is no JSON, or holds a text that is none.
pub fn values(text: &str) -> serde_json::Result<Option<Map<String, Value>>> {
    Ok(match serde_json::from_str(text)? {
        Value::Object(values) => Some(values),
        _ => None,
    })
}

/// Whether anything is installed for a project.
pub fn asks(manifest: &Map<String, Value>) -> bool {
    Table::ALL.iter().any(|table| match manifest.get(table.key()) {
        Some(Value::Object(names)) if *table == Table::PeerDependencies => {
            names.keys().any(|name| !is_optional_peer(manifest, name))
        }
        Some(Value::Object(names)) => !names.is_empty(),
        // npm makes a table of names out of these.
        Some(Value::Array(names)) => !names.is_empty(),
        Some(Value::String(names)) => !names.trim().is_empty(),
        _ => false,
    })
}

/// An optional peer is not installed (npm documentation, "package.json", `peerDependenciesMeta`).
fn is_optional_peer(manifest: &Map<String, Value>, name: &str) -> bool {
    let meta = manifest.get("peerDependenciesMeta");
    meta.and_then(|meta| meta.get(name)?.get("optional")?.as_bool()) == Some(true)
}

fn dependencies(text: &str, table: Table, raw: &str) -> Vec<Dependency> {
    let listed: Keyed<'_, &RawValue> = serde_json::from_str(raw).unwrap_or_default();
    let listed = listed.0.into_iter().map(|(name, specifier)| Dependency {
        table,
        // A name with escapes was copied. What it stands for begins behind it.
        name: self::name(text, &name, specifier.get()),
        specifier: serde_json::from_str(specifier.get()).ok(),
    });
    listed.collect()
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn resolutions(text: &str, raw: &str) -> Vec<Resolution> {
    let listed: Keyed<'_, &RawValue> = serde_json::from_str(raw).unwrap_or_default();
    let listed = listed.0.into_iter().filter_map(|(pattern, reference)| {
        Some(Resolution {
            pattern: name(text, &pattern, reference.get()),
            reference: serde_json::from_str(reference.get()).ok()?,
        })
    });
    listed.collect()
}

fn bundled_names(text: &str, raw: &str) -> Vec<Name> {
    let bundled: Bundle<'_> = serde_json::from_str(raw).unwrap_or_default();
    bundled.listed().iter().map(|listed| name(text, listed, raw)).collect()
}

fn name(text: &str, name: &Str<'_>, near: &str) -> Name {
    let near = || place_in(text, near).map(|place| place.start);
    let offset = name.offset_in(text).or_else(near).unwrap_or_default();
    Name { text: name.to_string(), offset }
}

/// `workspaces`: a list of patterns, or a table with one under `packages`, as Yarn writes it.
pub fn workspaces(value: &Value) -> Vec<String> {
    let list = value.get("packages").unwrap_or(value);
    let patterns = list.as_array().into_iter().flatten();
    patterns.filter_map(|pattern| pattern.as_str().map(str::to_owned)).collect()
}

/// Patterns of workspaces that take folders in. One that cannot be read takes none.
pub fn globs(patterns: &[String]) -> Vec<glob::Pattern> {
    let plain = |pattern: &str| {
        glob::Pattern::new(pattern.trim_start_matches("./").trim_end_matches('/')).ok()
    };
    patterns.iter().filter_map(|pattern| plain(pattern)).collect()
}
