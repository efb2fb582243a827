//! Versions 2 and 3: `packages`, by folder.

use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use super::asked::Asking;
use super::entry::{Content, Entry, Places, check_folder};
use super::place::{Place, check_key};
use super::request::{check_name, check_resolved};
use super::wire::{WireLockfile, WirePackage};
use crate::lockfile::node::assembly::{check_package, folder_name};
use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::json::Keyed;
use crate::lockfile::node::origin;
use crate::lockfile::node::words::Words;
use crate::lockfile::{LockedPackage, LockfileError};
use crate::package::{Ecosystem, PackageId};
use crate::platform_limits::PlatformLimits;
use crate::problem::SourceText;
use crate::source::PackageSource;

/// Every entry of `packages`. An entry outside `node_modules` is a project of its own.
pub(super) fn entries<'wire>(
    source: &'wire Arc<SourceText>,
    wire: &'wire WireLockfile<'_>,
    packages: &'wire Keyed<'_, WirePackage<'_>>,
) -> impl Iterator<Item = Result<Entry<'wire>, LockfileError>> {
    let mut places = Places::new(source);
    packages.0.iter().map(move |(key, package)| {
        let span = places.span(key, package.version.as_ref());
        entry(source, wire, key, package, span)
    })
}

fn entry<'wire>(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    key: &'wire str,
    package: &'wire WirePackage<'_>,
    span: Range<usize>,
) -> Result<Entry<'wire>, LockfileError> {
    check_folder(source, key, &span)?;
    let folder = plain_folder(key);
    let place = Place::of(&folder);
    check_key(source, key, place, &span)?;
    let mut called = None;
    let content = if let (true, Some(target)) = (package.link, &package.resolved) {
        Content::Link(target.to_string())
    } else {
        let (locked, other_name) = locked_package(source, wire, &folder, place, package, span);
        check_package(source, &locked)?;
        called = other_name;
        if place == Place::Project {
            Content::Root(locked)
        } else {
            check_name(source, package.name.as_deref(), &locked.span)?;
            check_resolved(source, package.resolved.as_ref(), &locked.span)?;
            Content::Package(locked)
        }
    };
    let asking = match content {
        Content::Root(_) => Asking::Project(package),
        Content::Package(_) | Content::Link(_) => Asking::Package(package),
    };
    Ok(Entry {
        folder,
        content,
        asking,
        integrity: package.integrity.0.as_deref(),
        has_shrinkwrap: package.has_shrinkwrap,
        called,
    })
}

fn locked_package(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    folder: &str,
    place: Place<'_>,
    package: &WirePackage<'_>,
    span: Range<usize>,
) -> (LockedPackage, Option<SmolStr>) {
    let version = package.version.as_deref().unwrap_or_default();
    let is_root = place == Place::Project;
    let resolved = package.resolved.as_deref();
    let installed_as = match place {
        Place::Installed(name) => Some(name),
        // A part of a package is installed with it, unless it says where it comes from.
        Place::Part(name) => resolved.map(|_| name),
        Place::Project => None,
    };
    let origin = match installed_as {
        Some(installed_as) if !package.link => {
            let name = package.name.as_deref().unwrap_or(installed_as);
            origin::of_package(name, version, resolved)
        }
        _ => origin::Origin {
            name: project_name(source, wire, folder, package).into(),
            version: root_version(wire, folder, version).into(),
            source: PackageSource::Local,
            called: None,
        },
    };
    let locked = LockedPackage {
        id: PackageId { ecosystem: Ecosystem::Npm, name: origin.name, version: origin.version },
        source: origin.source,
        span,
        checksum: None,
        limits: limits(package).filter(|_| !is_root),
        development_flag: (!is_root).then_some(package.dev),
        folder: is_root.then(|| folder.to_owned()),
    };
    (locked, origin.called)
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

fn project_name(
    source: &Arc<SourceText>,
    wire: &WireLockfile<'_>,
    folder: &str,
    package: &WirePackage<'_>,
) -> String {
    let top_level = if folder.is_empty() { wire.name.as_deref() } else { None };
    let own = package.name.as_deref().or(top_level).filter(|name| !name.is_empty());
    own.map_or_else(|| folder_name(&source.path, folder), str::to_owned)
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
