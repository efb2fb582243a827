//! Versions 2 and 3: `packages`, by folder.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::entry::{Content, Entry, Places, check_folder, check_package, check_unique};
use super::origin;
use super::wire::{Keyed, WireLockfile, WirePackage};
use super::words::Words;
use crate::lockfile::{DependencyKind, LockedPackage, LockfileError};
use crate::package::{Ecosystem, PackageId};
use crate::platform_limits::PlatformLimits;
use crate::problem::SourceText;
use crate::source::PackageSource;

/// Every entry of `packages`. An entry outside `node_modules` is a project of its own.
pub(super) fn entries<'wire>(
    source: &Arc<SourceText>,
    wire: &'wire WireLockfile<'_>,
    packages: &'wire Keyed<'_, WirePackage<'_>>,
) -> Result<Vec<Entry<'wire>>, LockfileError> {
    let mut places = Places::new(source);
    let mut entries = Vec::with_capacity(packages.0.len());
    for (folder, package) in &packages.0 {
        let span = places.span(folder, package.version.as_ref());
        check_folder(source, folder, &span)?;
        let folder = plain_folder(folder);
        let folder = folder.as_ref();
        let content = if let (true, Some(target)) = (&package.link, &package.resolved) {
            Content::Link(target.to_string())
        } else {
            let (locked, is_root) = locked_package(source, wire, folder, package, span);
            check_package(source, &locked)?;
            if is_root {
                Content::Root(locked)
            } else {
                Content::Package(locked)
            }
        };
        let is_root = matches!(content, Content::Root(_));
        entries.push(Entry {
            folder: folder.to_owned(),
            content,
            dependencies: dependencies(package, is_root),
        });
    }
    check_unique(source, &entries)?;
    Ok(entries)
}

fn locked_package(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    folder: &str,
    package: &WirePackage<'_>,
    span: std::ops::Range<usize>,
) -> (LockedPackage, bool) {
    let installed_name = installed_name(folder);
    let version = package.version.as_deref().unwrap_or_default();
    let is_root = installed_name.is_none();
    let origin = match installed_name {
        Some(installed_name) if !package.link => {
            let name = package.name.as_deref().unwrap_or(installed_name);
            origin::of_package(name, version, package.resolved.as_deref())
        }
        _ => origin::Origin {
            name: project_name(source, wire, folder, package).into(),
            version: root_version(wire, folder, version).into(),
            source: PackageSource::Local,
        },
    };
    let locked = LockedPackage {
        id: PackageId {
            ecosystem: Ecosystem::Npm,
            name: origin.name,
            version: origin.version,
        },
        source: origin.source,
        span,
        limits: limits(package).filter(|_| !is_root),
        development_flag: (!is_root).then_some(package.dev),
        folder: is_root.then(|| folder.to_owned()),
    };
    (locked, is_root)
}

/// Where a package can be installed. What is bundled comes with its bundler, wherever that is.
fn limits(package: &WirePackage<'_>) -> Option<Box<PlatformLimits>> {
    let words = |words: &Words<'_>| words.0.iter().map(ToString::to_string).collect();
    let lists = [&package.os, &package.cpu, &package.libc];
    let says_something = lists.iter().any(|list| !list.0.is_empty());
    (says_something && !package.in_bundle).then(|| {
        let [systems, processors, libraries] = lists.map(words);
        Box::new(PlatformLimits { systems, processors, libraries })
    })
}

/// A folder in the one spelling that npm writes. `node_modules/a/` and `node_modules//a` are where
/// `a` is installed, and must not pass as packages of other names.
pub(super) fn plain_folder(folder: &str) -> Cow<'_, str> {
    if folder.split('/').all(|part| !matches!(part, "" | ".")) {
        return Cow::Borrowed(folder);
    }
    let parts: Vec<&str> = folder
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    Cow::Owned(parts.join("/"))
}

/// The name under which a folder is imported; `None` for a project.
pub(super) fn installed_name(folder: &str) -> Option<&str> {
    let start = match folder.rfind("/node_modules/") {
        Some(position) => position + "/node_modules/".len(),
        None => folder
            .strip_prefix("node_modules/")
            .map(|name| folder.len() - name.len())?,
    };
    Some(&folder[start..])
}

fn project_name(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    folder: &str,
    package: &WirePackage<'_>,
) -> String {
    let top_level = if folder.is_empty() {
        wire.name.as_deref()
    } else {
        None
    };
    let own = package
        .name
        .as_deref()
        .or(top_level)
        .filter(|name| !name.is_empty());
    own.map_or_else(|| super::resolution::folder_name(&source.path, folder), str::to_owned)
}

fn root_version<'wire>(
    wire: &'wire WireLockfile<'_>,
    folder: &str,
    version: &'wire str,
) -> &'wire str {
    match (&wire.version, folder) {
        (Some(top_level), "") if version.is_empty() => top_level,
        _ => version,
    }
}

/// Installed packages list no development dependencies that would be installed for them.
fn dependencies<'wire>(
    package: &'wire WirePackage<'_>,
    is_root: bool,
) -> Vec<(Cow<'wire, str>, DependencyKind)> {
    let kinds = [
        (&package.optional_dependencies.0, DependencyKind::Optional),
        (&package.dependencies.0, DependencyKind::Normal),
        (&package.peer_dependencies.0, DependencyKind::Peer),
        (&package.dev_dependencies.0, DependencyKind::Development),
    ];
    let optional: BTreeSet<&str> = package
        .optional_dependencies
        .0
        .iter()
        .map(|name| &**name)
        .collect();
    let mut dependencies: Vec<(Cow<'wire, str>, DependencyKind)> = Vec::new();
    for (names, kind) in kinds {
        if kind == DependencyKind::Development && !is_root {
            continue;
        }
        for name in names {
            // npm lists an optional dependency under `dependencies` as well.
            if kind != DependencyKind::Normal || !optional.contains(&**name) {
                dependencies.push((Cow::Borrowed(&**name), kind));
            }
        }
    }
    // What is bundled is part of the package, whatever else asks for it. A name that nothing asks for
    // need not be there: npm bundles what it finds.
    let is_asked_for: BTreeSet<&str> = dependencies.iter().map(|(name, _)| &**name).collect();
    let bundled = package.bundle_dependencies.0.iter().map(|name| {
        let kind = if is_asked_for.contains(&**name) {
            DependencyKind::Normal
        } else {
            DependencyKind::Optional
        };
        (Cow::Borrowed(&**name), kind)
    });
    let bundled: Vec<_> = bundled
        .filter(|(name, _)| !optional.contains(&**name))
        .collect();
    dependencies.extend(bundled);
    dependencies
}
