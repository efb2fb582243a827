//! What an entry depends on, in the words of either layout.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::names::Names;
use super::wire::{WireDependency, WirePackage};
use crate::lockfile::DependencyKind;
use crate::lockfile::node::json::Keyed;
use crate::lockfile::node::origin;

/// Where it stands what an entry depends on. A list for each entry would take more memory than all else.
pub(super) enum Asking<'text> {
    Package(&'text WirePackage<'text>),
    Project(&'text WirePackage<'text>),
    Nested(&'text WireDependency<'text>),
    /// What nothing else asks for.
    Rest(&'text Keyed<'text, WireDependency<'text>>),
}

impl<'text> Asking<'text> {
    /// Adds what it depends on.
    pub(super) fn tell(&self, asked: &mut Vec<Asked<'text>>) {
        match self {
            Self::Package(package) => of_package(package, false, asked),
            Self::Project(package) => of_package(package, true, asked),
            Self::Nested(dependency) => asked.extend(of_nested(dependency)),
            Self::Rest(nested) => asked.extend(rest(nested)),
        }
    }
}

/// Something that a package depends on.
pub(super) struct Asked<'text> {
    /// The name it is imported under.
    pub(super) name: &'text str,
    pub(super) kind: DependencyKind,
    /// Where it comes in the archive of the package itself: its name in the registry.
    pub(super) bundled: Option<BundledAs>,
}

/// A package in the archive of another one.
pub(super) struct BundledAs {
    /// Its name in the registry; `None` where it comes from elsewhere.
    pub(super) name: Option<SmolStr>,
    /// Whether the other one asks for it, so that it has to be there.
    pub(super) is_asked_for: bool,
}

/// Adds what a package depends on. Installed packages list no development dependencies that would be
/// installed for them.
fn of_package<'wire>(package: &'wire WirePackage<'_>, is_root: bool, all: &mut Vec<Asked<'wire>>) {
    let kinds = [
        (&package.optional_dependencies.0, DependencyKind::Optional),
        (&package.dependencies.0, DependencyKind::Normal),
        (&package.peer_dependencies.0, DependencyKind::Peer),
        (&package.dev_dependencies.0, DependencyKind::Development),
    ];
    let optional = names(&package.optional_dependencies);
    let listed = package.bundle_dependencies.listed();
    let listed: BTreeSet<&str> = listed.iter().map(|name| &**name).collect();
    let is_bundled = |name: &str, kind| {
        let comes_with_it = matches!(kind, DependencyKind::Normal | DependencyKind::Optional);
        let in_bundle = package.in_bundle || package.bundle_dependencies.is_all();
        (in_bundle && comes_with_it) || listed.contains(name)
    };
    let start = all.len();
    for (asked, kind) in kinds {
        if kind == DependencyKind::Development && !is_root {
            continue;
        }
        for (name, wish) in asked {
            // npm lists an optional dependency under `dependencies` as well.
            if kind == DependencyKind::Normal && optional.contains(&**name) {
                continue;
            }
            let bundled = is_bundled(name, kind).then(|| BundledAs {
                name: origin::registry_name(name, wish.0.as_deref()),
                is_asked_for: true,
            });
            all.push(Asked { name, kind, bundled });
        }
    }
    if listed.is_empty() {
        return;
    }
    // What is bundled is part of the package, whatever else asks for it. A name that nothing asks for
    // need not be there: npm bundles what it finds.
    let asked_for = all[start..].iter().map(|asked| (asked.name, asked.kind));
    let asked_for: BTreeMap<&str, DependencyKind> = asked_for.collect();
    let also = listed.into_iter().filter_map(|name| {
        let (kind, is_asked_for) = match asked_for.get(name) {
            Some(DependencyKind::Normal | DependencyKind::Optional) => return None,
            Some(_) => (DependencyKind::Normal, true),
            None => (DependencyKind::Optional, false),
        };
        let bundled = Some(BundledAs { name: Some(name.into()), is_asked_for });
        Some(Asked { name, kind, bundled })
    });
    all.extend(also);
}

fn names<'wire>(table: &'wire Names<'_>) -> BTreeSet<&'wire str> {
    table.0.iter().map(|(name, _)| &**name).collect()
}

/// `requires` holds ordinary and optional dependencies alike; what is not installed was optional.
fn of_nested<'wire>(dependency: &'wire WireDependency<'_>) -> impl Iterator<Item = Asked<'wire>> {
    let names = dependency.requires.0.iter().map(|(name, _)| name);
    names.map(|name| asked(name, DependencyKind::Optional))
}

/// What is installed for the project itself, and nothing else requires.
fn rest<'wire>(nested: &'wire Keyed<'_, WireDependency<'_>>) -> impl Iterator<Item = Asked<'wire>> {
    let mut required = BTreeSet::new();
    collect_required_names(nested, &mut required);
    let names = nested.0.iter().map(|(name, _)| &**name);
    names
        .filter(move |name| !required.contains(name))
        .map(|name| asked(name, DependencyKind::Unknown))
}

fn asked(name: &str, kind: DependencyKind) -> Asked<'_> {
    Asked { name, kind, bundled: None }
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
