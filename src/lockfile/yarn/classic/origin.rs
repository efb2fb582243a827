//! Which package an entry of Yarn 1 stands for: what its address serves, whatever it is asked for as.

use super::document::Entry;
use crate::lockfile::node::origin::{self, Origin};
use crate::lockfile::text::without_credentials;
use crate::lockfile::yarn::descriptor::{is_of_registry, is_repository, of_registry, split};
use crate::source::PackageSource;

/// The package of an entry.
pub(super) fn of_entry(entry: &Entry<'_>) -> Origin {
    let name = called(entry);
    let version = &*entry.version.text;
    let Some(address) = entry.resolved.as_ref().map(|resolved| resolved.text.trim()) else {
        return Origin { version: version.into(), ..of_descriptors(entry, name, version) };
    };
    let is_on_the_web = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    // What stands behind `#` is a checksum, or the commit of a repository.
    let plain = address.split_once('#').map_or(address, |(plain, _)| plain);
    if is_on_the_web && is_repository(plain) {
        return of_source(name, version, PackageSource::Git(without_credentials(address)));
    }
    if is_on_the_web {
        let found = origin::of_package(name, version, Some(plain));
        return if asks_registry(entry) { of_registry(found) } else { found };
    }
    if plain.contains(':') {
        return Origin { called: None, ..origin::of_package(name, version, Some(address)) };
    }
    // The name of a file: one of the folder in which Yarn keeps archives for offline use.
    Origin { version: version.into(), ..of_descriptors(entry, name, version) }
}

/// The name in the registry. One alias in a group gives all of it its name: `resolutions` put what is
/// asked for by other names beside it.
fn called<'entry>(entry: &'entry Entry<'_>) -> &'entry str {
    let descriptors = entry.descriptors.iter().map(|descriptor| split(&descriptor.text));
    let alias = descriptors.clone().find_map(|(_, range)| origin::alias(range));
    let first = || descriptors.clone().next().map_or("", |(name, _)| name);
    match (alias, &entry.name) {
        (Some((name, _)), _) => name,
        (None, Some(name)) => &name.text,
        (None, None) => first(),
    }
}

/// What an entry is that does not say where it comes from. If anybody asks a registry for it, it is matched.
fn of_descriptors(entry: &Entry<'_>, name: &str, version: &str) -> Origin {
    if asks_registry(entry) {
        return of_source(name, version, PackageSource::PublicRegistry);
    }
    let first = entry.descriptors.first().map_or("", |descriptor| split(&descriptor.text).1);
    Origin { called: None, ..origin::of_dependency(name, first, None) }
}

/// Whether anybody asks a registry for it.
fn asks_registry(entry: &Entry<'_>) -> bool {
    entry.descriptors.iter().any(|descriptor| is_of_registry(split(&descriptor.text).1))
}

fn of_source(name: &str, version: &str, source: PackageSource) -> Origin {
    Origin { name: name.into(), version: version.into(), source, called: None }
}
