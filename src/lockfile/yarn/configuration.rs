//! `.yarnrc.yml`: what it says about what is locked (Yarn documentation, "Configuration").

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::descriptor::split;
use crate::lockfile::manifest::ManifestFiles;
use crate::lockfile::node::registries::Registries;
use crate::lockfile::node::yaml::{Documents, Yaml};
use crate::problem::{Location, SourceText};

const NAME: &str = ".yarnrc.yml";

/// The part of the configuration that decides what is installed.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// What `catalog:` stands for, by the name of the catalog, which is empty for the default one, and the
    /// name of the package.
    catalogs: BTreeMap<String, BTreeMap<String, String>>,
    /// The names of what is added to the dependencies of packages, by their names (Yarn documentation,
    /// "packageExtensions").
    extensions: BTreeMap<String, BTreeSet<String>>,
    /// Where it says for which platforms packages are installed besides its own.
    pub(super) other_platforms: Option<Location>,
    /// Which registries packages are taken from.
    pub(super) registries: Registries,
    /// Whether it is there and cannot be read.
    pub(super) is_unreadable: bool,
}

impl Configuration {
    pub(super) fn read(files: &dyn ManifestFiles) -> Self {
        let Some(source) = files.read(NAME) else {
            return Self::default();
        };
        Self::parse(&source).unwrap_or_else(|| Self {
            registries: Registries::of_unreadable(NAME, &source.text),
            is_unreadable: true,
            ..Self::default()
        })
    }

    /// What a catalog has for a package: the default one where it is named by nothing.
    pub(super) fn in_catalog(&self, catalog: &str, name: &str) -> Option<&str> {
        self.catalogs.get(catalog)?.get(name).map(String::as_str)
    }

    /// What is added to the dependencies of packages of a name.
    pub(super) fn added_to(&self, package: &str) -> impl Iterator<Item = &str> {
        self.extensions.get(package).into_iter().flatten().map(String::as_str)
    }

    fn parse(source: &Arc<SourceText>) -> Option<Self> {
        let documents = Documents::read(&source.text).ok()?;
        let mut configuration = Self::default();
        let Some(first) = documents.iter().next() else {
            return Some(configuration);
        };
        configuration.registries = Registries::of_yarn(NAME, first);
        for (key, value) in first.mapping()? {
            match &*key.text() {
                "catalog" => {
                    configuration.catalogs.insert(String::new(), texts(value));
                }
                "catalogs" => {
                    let named = value.mapping().into_iter().flatten();
                    let named =
                        named.map(|(name, catalog)| (name.text().into_owned(), texts(catalog)));
                    configuration.catalogs.extend(named);
                }
                "packageExtensions" => configuration.extensions = extensions(value),
                "supportedArchitectures" => {
                    let line = source.line_at(key.span().start);
                    configuration.other_platforms =
                        Some(Location { file: source.path.clone(), line });
                }
                _ => {}
            }
        }
        Some(configuration)
    }
}

fn texts(value: Yaml<'_>) -> BTreeMap<String, String> {
    let entries = value.mapping().into_iter().flatten();
    let texts = entries.filter_map(|(name, value)| {
        Some((name.text().into_owned(), value.scalar()?.text().into_owned()))
    });
    texts.collect()
}

/// `name@range: {dependencies: {name: range}}`. Which versions are extended is left out: all are.
fn extensions(value: Yaml<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut extensions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (descriptor, extension) in value.mapping().into_iter().flatten() {
        let descriptor = descriptor.text();
        let (package, _) = split(&descriptor);
        let dependencies = extension.get("dependencies").map(texts).unwrap_or_default();
        extensions.entry(package.to_owned()).or_default().extend(dependencies.into_keys());
    }
    extensions
}
