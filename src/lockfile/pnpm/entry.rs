//! What an entry says about a package: which one it is, where it comes from, where it can be installed.

use std::borrow::Cow;

use super::document::Copy;
use super::path::{From, named};
use super::reader::Reader;
use super::version::Layout;
use crate::lockfile::LockfileError;
use crate::lockfile::node::origin::{self, Origin};
use crate::lockfile::node::registries::{Registries, of_registry};
use crate::lockfile::node::yaml::{Content, Yaml};
use crate::lockfile::text::without_credentials;
use crate::platform_limits::PlatformLimits;
use crate::source::PackageSource;

/// Which package it is.
pub(super) fn origin<'t>(
    reader: &Reader<'t>,
    registries: &Registries,
    layout: Layout,
    copy: &Copy<'t>,
) -> Result<Origin, LockfileError> {
    let named = named(layout, &copy.key);
    let resolution = match copy.package.get("resolution") {
        Some(resolution) => resolution,
        // Version 13 leaves out what would only repeat the key. Before it every entry begins with this.
        None if layout == Layout::SingleEntries => copy.package,
        None if named.from == From::Registry && !copy.package.is_empty() => copy.package,
        None => return Err(reader.refuse(copy.span.clone(), "it has no `resolution`")),
    };
    reader.entries("resolution", resolution)?;
    let own_name = reader.text_of(copy.package, "name")?;
    let own_version = reader.text_of(copy.package, "version")?;
    if named.from != From::Elsewhere {
        let says_so = |own: Option<&str>, key: Option<&str>| own.is_none() || own == key;
        // pnpm 9 and later go by the key, older ones by what stands below it.
        if !says_so(own_name.as_deref(), named.name)
            || !says_so(own_version.as_deref(), Some(named.version))
        {
            let reason = "its key is that of another package than its `name` and `version`";
            return Err(reader.refuse(copy.span.clone(), reason));
        }
    }
    let name = own_name.as_deref().or(named.name).unwrap_or(&copy.key);
    let version = own_version.as_deref().unwrap_or(named.version);
    let tarball = reader.text_of(resolution, "tarball")?;
    let plain =
        |source| Origin { name: name.into(), version: version.into(), source, called: None };
    match reader.text_of(resolution, "type")?.as_deref() {
        Some("git") => return Ok(plain(PackageSource::Git(repository(reader, resolution)?))),
        Some("directory") => return Ok(plain(PackageSource::Local)),
        Some(_) => return Ok(plain(PackageSource::Archive(named.version.to_owned()))),
        None => {}
    }
    Ok(match (named.from, tarball) {
        (From::Elsewhere, None) if named.version.starts_with("file:") => {
            plain(PackageSource::Local)
        }
        (From::Elsewhere, None) if named.version.contains("://") => {
            of_address(plain, name, version, named.version)
        }
        (From::Elsewhere, None) => {
            return Err(reader.refuse(resolution.span(), "it does not say where this comes from"));
        }
        (From::Elsewhere, Some(tarball)) => {
            let origin = of_address(plain, name, version, &tarball);
            let is_git = is_true(resolution, "gitHosted") && !origin.source.is_public();
            let source = if is_git {
                PackageSource::Git(without_credentials(&tarball))
            } else {
                origin.source
            };
            Origin { source, ..origin }
        }
        (_, Some(tarball)) => of_tarball(name, version, &tarball),
        (From::Registry, None) => match reader.text_of(resolution, "registry")? {
            Some(registry) => of_registry(name, version, &registry),
            None => registries.origin(name, version),
        },
        (From::Host(host), None) => of_registry(name, version, &format!("https://{host}")),
        (From::NamedRegistry(registry), None) => {
            registries.origin_at(registry, name, named.version)
        }
    })
}

/// What is served at an address. Only a registry says by its address which package that is.
fn of_address(
    plain: impl Fn(PackageSource) -> Origin,
    name: &str,
    version: &str,
    address: &str,
) -> Origin {
    let origin = origin::of_package(name, version, Some(address));
    match origin.source {
        PackageSource::PublicRegistry => origin,
        PackageSource::OtherRegistry(address) => plain(PackageSource::Archive(address)),
        source => plain(source),
    }
}

/// A package of a registry, which may serve it anywhere: the key says that it is one.
fn of_tarball(name: &str, version: &str, tarball: &str) -> Origin {
    let origin = origin::of_package(name, version, Some(tarball));
    match origin.source {
        PackageSource::Archive(address) => {
            Origin { source: PackageSource::OtherRegistry(address), ..origin }
        }
        _ => origin,
    }
}

/// The repository and the commit, in the spelling that tells them from an archive of one.
fn repository(reader: &Reader<'_>, resolution: Yaml<'_>) -> Result<String, LockfileError> {
    let of = |key: &str| resolution.get(key).and_then(Yaml::scalar).map(|it| it.text());
    match (of("repo"), of("commit")) {
        (Some(repository), Some(commit)) => {
            let prefix = if repository.starts_with("http") { "git+" } else { "" };
            Ok(format!("{prefix}{}#{commit}", without_credentials(&repository)))
        }
        _ => Err(reader.refuse(resolution.span(), "a repository and its commit were expected")),
    }
}

/// The checksum of its archive.
pub(super) fn integrity(package: Yaml<'_>) -> Option<Cow<'_, str>> {
    let own = package.get("integrity");
    let integrity = package.get("resolution").and_then(|resolution| resolution.get("integrity"));
    Some(integrity.or(own)?.scalar()?.text())
}

/// Where it can be installed. Only what is optional is left out elsewhere: whatever else does not fit is
/// installed with a warning (pnpm source, `package-is-installable`).
pub(super) fn limits(copy: &Copy<'_>) -> Option<Box<PlatformLimits>> {
    if !is_true(copy.entry, "optional") {
        return None;
    }
    let words = |key: &str| copy.package.get(key).and_then(limit).unwrap_or_default();
    let limits =
        PlatformLimits { systems: words("os"), processors: words("cpu"), libraries: words("libc") };
    let says_nothing =
        [&limits.systems, &limits.processors, &limits.libraries].iter().all(|list| list.is_empty());
    (!says_nothing).then(|| Box::new(limits))
}

/// What lies in the archive of a package.
pub(super) enum Bundled {
    Names(Vec<String>),
    /// All that it depends on, by names that are not written.
    Everything,
}

pub(super) fn bundled(package: Yaml<'_>) -> Bundled {
    let key = ["bundledDependencies", "bundleDependencies"];
    let Some(list) = key.iter().find_map(|key| package.get(key)) else {
        return Bundled::Names(Vec::new());
    };
    let is_all = list.scalar().is_some_and(|scalar| scalar.text() == "true");
    if is_all { Bundled::Everything } else { Bundled::Names(words(list)) }
}

/// The words of a limit. One that holds something else limits nothing: what it lets in is not known.
fn limit(yaml: Yaml<'_>) -> Option<Vec<String>> {
    let is_word = |yaml: Yaml<'_>| yaml.scalar().is_some_and(|word| !word.is_null());
    let is_list = match yaml.content() {
        Content::Sequence(mut items) => items.all(is_word),
        _ => is_word(yaml),
    };
    is_list.then(|| words(yaml))
}

/// A list of words, or one.
fn words(yaml: Yaml<'_>) -> Vec<String> {
    match yaml.content() {
        Content::Sequence(items) => {
            items.filter_map(|item| Some(item.scalar()?.text().into_owned())).collect()
        }
        Content::Scalar(word) if !word.is_null() && word.text() != "false" => {
            vec![word.text().into_owned()]
        }
        _ => Vec::new(),
    }
}

/// Whether a key is followed by `true`.
pub(super) fn is_true(yaml: Yaml<'_>, key: &str) -> bool {
    yaml.get(key).and_then(Yaml::scalar).is_some_and(|word| word.text() == "true")
}

/// Whether pnpm takes it for something that only development needs (lockfile versions 5 to 7).
pub(super) fn development_flag(entry: Yaml<'_>) -> Option<bool> {
    let word = entry.get("dev")?.scalar()?.text();
    match &*word {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
