//! `Cargo.toml`: the one reader of it (Cargo documentation, "The Manifest Format").
//!
//! It says what is written and on which line, and decides nothing. What a member inherits, which folders
//! are members of a workspace and what is built is for those who ask. A value of a type that Cargo refuses
//! counts as absent.

mod resolver;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use guppy::graph::cargo::CargoResolverVersion;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Location, SourceText};

/// The tables that hold dependencies (Cargo documentation, "Specifying Dependencies"; the spellings with
/// `_` are deprecated and still read).
const TABLES: &[(&str, DependencyTable)] = &[
    ("dependencies", DependencyTable::Normal),
    ("build-dependencies", DependencyTable::Build),
    ("build_dependencies", DependencyTable::Build),
    ("dev-dependencies", DependencyTable::Development),
    ("dev_dependencies", DependencyTable::Development),
];

/// What a Cargo.toml says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoToml {
    /// `[package]`, or `[project]` as it was once called.
    pub package: Option<Package>,
    /// Whether `package` is there and no table.
    pub is_package_misshapen: bool,
    /// Whether there is a key `workspace`, be it a table or not.
    pub has_workspace: bool,
    pub workspace: Option<Workspace>,
    /// Those of all tables, `[target.*]` included.
    pub dependencies: Vec<Dependency>,
    pub features: Vec<Feature>,
    /// What `[patch]` and `[replace]` put in the place of other packages (Cargo documentation, "Overriding
    /// Dependencies").
    pub replacements: Vec<Replacement>,
    /// Which rules unify features. `None` where Cargo refuses what is written or nobody knows it here.
    pub resolver: Option<CargoResolverVersion>,
    pub targets: Targets,
    /// All of it, as it is written.
    pub text: String,
}

/// What is built of a package (Cargo documentation, "Cargo Targets").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Whether there is a table `[lib]`.
    pub has_library: bool,
    /// Whether a binary is named (`[[bin]]`).
    pub has_binary: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    pub name: Option<String>,
    pub version: Option<String>,
    /// Where it says that the root of its workspace is.
    pub workspace: Option<String>,
    /// Binaries are not looked for in their usual places (`autobins = false`).
    pub finds_no_binaries: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Patterns of folders, as written.
    pub members: Vec<String>,
    /// Folders, as written.
    pub exclude: Vec<String>,
    /// What members may inherit, by key.
    pub dependencies: BTreeMap<String, Dependency>,
}

/// A dependency, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependency {
    /// The name it has in this manifest.
    pub key: String,
    /// The line of its key.
    pub line: u32,
    pub table: DependencyTable,
    /// The name in the registry, where it says that it is another one.
    pub renamed: Option<String>,
    /// The versions that it admits, where it says so.
    pub versions: Option<String>,
    /// The folder it lies in, as written.
    pub path: Option<String>,
    pub origin: Origin,
    /// Whether it is that of the workspace (Cargo documentation, "Inheriting a dependency from a
    /// workspace").
    pub inherits: bool,
    /// Whether its default features are off.
    pub is_without_default_features: bool,
    /// Features that are turned on.
    pub features: Vec<Word>,
}

/// What a table of dependencies is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DependencyTable {
    #[default]
    Normal,
    Build,
    Development,
}

/// Where a package is asked from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    #[default]
    Registry,
    Git,
    Path,
}

/// An entry of `[features]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    pub name: Word,
    /// What it turns on.
    pub values: Vec<Word>,
}

/// A text and its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub line: u32,
}

/// What is put in the place of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The name of the package in its registry.
    pub package: String,
    /// The folder it lies in, as written.
    pub path: Option<String>,
}

/// Why a text is no Cargo.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotToml {
    pub message: String,
    /// Whether the text names tables of dependencies all the same.
    pub names_dependencies: bool,
}

impl CargoToml {
    /// Reads a manifest. Of the path of the text nothing is kept.
    pub fn parse(source: &SourceText) -> Result<Self, NotToml> {
        let document = DeTable::parse(&source.text).map_err(|error| NotToml {
            message: error.message().to_owned(),
            names_dependencies: source.text.contains("ependencies"),
        })?;
        let root = document.get_ref();
        let lines = Lines(source);
        let named = root.get("package").map(Spanned::get_ref);
        let package = table(root, "package").or_else(|| table(root, "project"));
        let targets = entries(table(root, "target")).filter_map(|(_, value)| value.as_table());
        let tables = std::iter::once(root).chain(targets);
        Ok(Self {
            package: package.map(Package::of),
            is_package_misshapen: named.is_some_and(|package| !package.is_table()),
            has_workspace: root.contains_key("workspace"),
            workspace: table(root, "workspace").map(|workspace| lines.workspace(workspace)),
            dependencies: tables.flat_map(|tables| lines.dependencies(tables)).collect(),
            features: lines.features(table(root, "features")),
            replacements: replacements(root),
            resolver: resolver::of(root).ok(),
            targets: Targets {
                has_library: table(root, "lib").is_some(),
                has_binary: root.contains_key("bin"),
            },
            text: source.text.clone(),
        })
    }

    /// What may ask for anything, because it cannot be read.
    pub fn unknown() -> Self {
        Self { dependencies: vec![Dependency::default()], ..Self::default() }
    }

    /// The name of the package. An old `[project]` does not stand in for a `package` that Cargo refuses.
    pub fn name(&self) -> Option<&str> {
        let package = self.package.as_ref().filter(|_| !self.is_package_misshapen);
        package?.name.as_deref()
    }
}

impl Package {
    fn of(package: &DeTable<'_>) -> Self {
        Self {
            name: text(package, "name"),
            version: text(package, "version"),
            workspace: text(package, "workspace"),
            finds_no_binaries: is(package, "autobins", false),
        }
    }
}

impl Dependency {
    /// The name in the registry.
    pub fn package(&self) -> &str {
        self.renamed.as_deref().unwrap_or(&self.key)
    }
}

/// A Cargo.toml, under the path that people know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCargoToml {
    pub file: String,
    pub manifest: Arc<CargoToml>,
}

impl NamedCargoToml {
    /// Reads a manifest. `None` where it is not TOML.
    pub fn read(source: &SourceText) -> Option<Self> {
        let manifest = Arc::new(CargoToml::parse(source).ok()?);
        Some(Self { file: source.path.clone(), manifest })
    }

    /// Its text, under that path.
    pub fn source(&self) -> Arc<SourceText> {
        Arc::new(SourceText::new(self.file.as_str(), self.manifest.text.as_str()))
    }

    pub fn location(&self, line: u32) -> Location {
        Location { file: self.file.clone(), line }
    }
}

type Key<'text> = Spanned<Cow<'text, str>>;

/// Reads what has a line.
struct Lines<'run>(&'run SourceText);

impl Lines<'_> {
    fn workspace(&self, workspace: &DeTable<'_>) -> Workspace {
        let shared = entries(table(workspace, "dependencies"));
        let shared = shared.map(|(key, value)| {
            let dependency = self.dependency(key, value, DependencyTable::Normal);
            (dependency.key.clone(), dependency)
        });
        Workspace {
            members: texts(workspace, "members"),
            exclude: texts(workspace, "exclude"),
            dependencies: shared.collect(),
        }
    }

    fn dependencies(&self, tables: &DeTable<'_>) -> Vec<Dependency> {
        let of_table = |(name, kind): &(&str, DependencyTable)| {
            let entries = entries(table(tables, name));
            let read = entries.map(|(key, value)| self.dependency(key, value, *kind));
            read.collect::<Vec<_>>()
        };
        TABLES.iter().flat_map(of_table).collect()
    }

    fn dependency(&self, key: &Key<'_>, value: &DeValue<'_>, table: DependencyTable) -> Dependency {
        let Word { text: key, line } = self.word(key.get_ref(), key);
        let Some(details) = value.as_table() else {
            let versions = value.as_str().map(str::to_owned);
            return Dependency { key, line, table, versions, ..Dependency::default() };
        };
        let defaults = ["default-features", "default_features"];
        let defaults = defaults.into_iter().find(|name| details.contains_key(*name));
        Dependency {
            key,
            line,
            table,
            renamed: text(details, "package"),
            versions: text(details, "version"),
            path: text(details, "path"),
            origin: Origin::of(details),
            inherits: is(details, "workspace", true),
            is_without_default_features: defaults.is_some_and(|name| is(details, name, false)),
            features: self.words(details.get("features").map(Spanned::get_ref)),
        }
    }

    fn features(&self, features: Option<&DeTable<'_>>) -> Vec<Feature> {
        let features = entries(features).map(|(name, values)| Feature {
            name: self.word(name.get_ref(), name),
            values: self.words(Some(values)),
        });
        features.collect()
    }

    fn words(&self, list: Option<&DeValue<'_>>) -> Vec<Word> {
        let list = list.and_then(DeValue::as_array).into_iter().flat_map(|list| list.iter());
        let words = list.filter_map(|word| Some(self.word(word.get_ref().as_str()?, word)));
        words.collect()
    }

    fn word<T>(&self, text: &str, place: &Spanned<T>) -> Word {
        Word { text: text.to_owned(), line: self.0.line_at(place.span().start) }
    }
}

impl Origin {
    fn of(dependency: &DeTable<'_>) -> Self {
        if dependency.contains_key("path") {
            Self::Path
        } else if dependency.contains_key("git") {
            Self::Git
        } else {
            Self::Registry
        }
    }
}

fn replacements(root: &DeTable<'_>) -> Vec<Replacement> {
    let patched = entries(table(root, "patch")).filter_map(|(_, patched)| patched.as_table());
    let tables = patched.chain(table(root, "replace"));
    let entries = tables.flat_map(|table| entries(Some(table)));
    let replacements = entries.map(|(key, value)| {
        let details = value.as_table();
        // `[replace]` names the version as well: `"name:1.2.3"`.
        let key = || key.get_ref().split(':').next().unwrap_or_default().to_owned();
        Replacement {
            package: details.and_then(|details| text(details, "package")).unwrap_or_else(key),
            path: details.and_then(|details| text(details, "path")),
        }
    });
    replacements.collect()
}

fn table<'table, 'text>(from: &'table DeTable<'text>, key: &str) -> Option<&'table DeTable<'text>> {
    from.get(key)?.get_ref().as_table()
}

fn entries<'table, 'text>(
    table: Option<&'table DeTable<'text>>,
) -> impl Iterator<Item = (&'table Key<'text>, &'table DeValue<'text>)> {
    table.into_iter().flatten().map(|(key, value)| (key, value.get_ref()))
}

fn text(from: &DeTable<'_>, key: &str) -> Option<String> {
    from.get(key)?.get_ref().as_str().map(str::to_owned)
}

fn texts(from: &DeTable<'_>, key: &str) -> Vec<String> {
    let list = from.get(key).and_then(|list| list.get_ref().as_array());
    let list = list.into_iter().flat_map(|list| list.iter());
    list.filter_map(|text| text.get_ref().as_str().map(str::to_owned)).collect()
}

fn is(from: &DeTable<'_>, key: &str, wanted: bool) -> bool {
    from.get(key).and_then(|value| value.get_ref().as_bool()) == Some(wanted)
}

#[cfg(test)]
mod tests;
