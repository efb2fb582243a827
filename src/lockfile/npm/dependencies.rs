//! Version 1: `dependencies`, nested as they are installed.
//!
//! It does not list what the project itself asks for. Without `package.json` beside it, whatever
//! nobody else requires is taken to be asked for, in a way that is not known.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::entry::{Asked, Content, Entry, Places, check_folder, check_package, check_unique};
use super::name;
use super::origin;
use super::request::{check_name, check_resolved, check_version_1};
use super::resolution::folder_name;
use super::wire::{WireDependency, WireLockfile};
use crate::lockfile::node::json::{Keyed, Str};
use crate::lockfile::{DependencyKind, LockedPackage, LockfileError};
use crate::package::{Ecosystem, PackageId};
use crate::problem::SourceText;
use crate::source::PackageSource;

/// The project and every nested entry.
pub(super) fn entries<'wire>(
    source: &Arc<SourceText>,
    wire: &'wire WireLockfile<'_>,
    nested: &Keyed<'_, WireDependency<'_>>,
) -> Result<Vec<Entry<'wire>>, LockfileError> {
    let mut collector = Collector { source, places: Places::new(source), entries: Vec::new() };
    collector.collect("", nested)?;
    let mut entries = collector.entries;
    check_unique(source, &entries)?;
    entries.insert(0, root(source, wire, nested));
    Ok(entries)
}

struct Collector<'source, 'wire> {
    source: &'source Arc<SourceText>,
    places: Places<'source>,
    entries: Vec<Entry<'wire>>,
}

impl Collector<'_, '_> {
    fn collect(
        &mut self,
        parent: &str,
        nested: &Keyed<'_, WireDependency<'_>>,
    ) -> Result<(), LockfileError> {
        for (name, dependency) in &nested.0 {
            if parent.is_empty() && is_folder(name, dependency) {
                check_folder(self.source, name, &self.places.span(name, None))?;
                self.collect(name, &dependency.dependencies)?;
                continue;
            }
            let folder = if parent.is_empty() {
                format!("node_modules/{name}")
            } else {
                format!("{parent}/node_modules/{name}")
            };
            let (package, called) = self.locked_package(name, dependency);
            check_folder(self.source, &folder, &package.span)?;
            check_package(self.source, &package)?;
            check_name(self.source, Some(name), &package.span)?;
            check_version_1(self.source, dependency.version.as_ref(), &package.span)?;
            check_resolved(self.source, dependency.resolved.0.as_ref(), &package.span)?;
            self.entries.push(Entry {
                folder: folder.clone(),
                content: Content::Package(package),
                dependencies: requirements(dependency),
                integrity: dependency.integrity.0.as_ref().map(|text| Cow::Owned(text.to_string())),
                has_shrinkwrap: false,
                called,
            });
            self.collect(&folder, &dependency.dependencies)?;
        }
        Ok(())
    }

    /// The package, and what the entry calls it where its address is that of another one.
    fn locked_package(
        &mut self,
        name: &Str<'_>,
        dependency: &WireDependency<'_>,
    ) -> (LockedPackage, Option<SmolStr>) {
        let span = self.places.span(name, dependency.version.as_ref());
        let version = dependency.version.as_deref().unwrap_or_default();
        let origin = origin::of_dependency(name, version, dependency.resolved.0.as_deref());
        let package = LockedPackage {
            id: PackageId { ecosystem: Ecosystem::Npm, name: origin.name, version: origin.version },
            source: origin.source,
            span,
            development_flag: Some(dependency.dev),
            limits: None,
            folder: None,
        };
        (package, origin.called)
    }
}

/// Whether an entry stands for the folder of a workspace: the first versions of npm 7 wrote some by
/// their folder, and nothing but what is installed in it.
fn is_folder(name: &str, dependency: &WireDependency<'_>) -> bool {
    let locks_nothing = dependency.version.is_none() && dependency.resolved.0.is_none();
    let mut parts = name.split('/');
    locks_nothing && name.contains('/') && !name.starts_with('@') && parts.all(name::is_valid)
}

/// `requires` holds ordinary and optional dependencies alike; what is not installed was optional.
fn requirements<'wire>(dependency: &WireDependency<'_>) -> Vec<Asked<'wire>> {
    let names = dependency.requires.0.iter().map(|(name, _)| name);
    names.map(|name| asked(name, DependencyKind::Optional)).collect()
}

fn asked<'wire>(name: &str, kind: DependencyKind) -> Asked<'wire> {
    Asked { name: Cow::Owned(name.to_owned()), kind, bundled: None }
}

fn root<'wire>(
    source: &Arc<SourceText>,
    wire: &'wire WireLockfile<'_>,
    nested: &Keyed<'_, WireDependency<'_>>,
) -> Entry<'wire> {
    let name = wire.name.as_deref().filter(|name| !name.is_empty());
    let package = LockedPackage {
        id: PackageId {
            ecosystem: Ecosystem::Npm,
            name: name.map_or_else(|| folder_name(&source.path, "").into(), SmolStr::new),
            version: wire.version.as_deref().unwrap_or_default().into(),
        },
        source: PackageSource::Local,
        span: 0..source.text.len().min(1),
        development_flag: None,
        limits: None,
        folder: Some(String::new()),
    };
    let mut required = BTreeSet::new();
    collect_required_names(nested, &mut required);
    let asked_for = nested
        .0
        .iter()
        .filter(|(name, _)| !required.contains(&**name))
        .map(|(name, _)| asked(name, DependencyKind::Unknown))
        .collect();
    Entry {
        folder: String::new(),
        content: Content::Root(package),
        dependencies: asked_for,
        integrity: None,
        has_shrinkwrap: false,
        called: None,
    }
}

fn collect_required_names<'nested>(
    nested: &'nested Keyed<'_, WireDependency<'_>>,
    names: &mut BTreeSet<&'nested str>,
) {
    for (_, dependency) in &nested.0 {
        names.extend(dependency.requires.0.iter().map(|(name, _)| &**name));
        collect_required_names(&dependency.dependencies, names);
    }
}
