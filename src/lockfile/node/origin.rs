//! Where an npm package comes from, and which package it really is.

use npmrc_config_rs::registry::DEFAULT_REGISTRY;
use percent_encoding::percent_decode_str;
use smol_str::SmolStr;
use url::Url;

use crate::lockfile::text::without_credentials;
use crate::source::PackageSource;

/// Domains whose `registry` host serves the public registry itself under another name.
const PUBLIC_DOMAINS: &[&str] = &["yarnpkg.com", "npmjs.com"];

/// What a lockfile entry stands for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::lockfile) struct Origin {
    /// The registry name, behind any alias.
    pub(in crate::lockfile) name: SmolStr,
    /// The version, or what the lockfile gives in its place.
    pub(in crate::lockfile) version: SmolStr,
    /// Where it comes from.
    pub(in crate::lockfile) source: PackageSource,
    /// What the entry calls it, where its address is that of a package of another name.
    pub(in crate::lockfile) called: Option<SmolStr>,
}

/// What an entry of `packages` stands for: the name it is installed under or its own `name`, its
/// `version`, and its `resolved` address.
///
/// A missing address is what `omit-lockfile-registry-resolved` leaves, and what bundled packages
/// have: both came from the registry.
pub(in crate::lockfile) fn of_package(name: &str, version: &str, resolved: Option<&str>) -> Origin {
    match resolved.map(str::trim).filter(|address| !address.is_empty()) {
        Some(resolved) => of_address(name, version, resolved),
        None => of_specifier(name, version),
    }
}

/// What an entry of version 1 stands for, whose `version` holds whatever was asked for: a version,
/// `npm:real-name@1.2.3`, or an address.
pub(in crate::lockfile) fn of_dependency(
    name: &str,
    version: &str,
    resolved: Option<&str>,
) -> Origin {
    if let Some((real_name, real_version)) = alias(version) {
        return of_package(real_name, real_version, resolved);
    }
    if is_address(version) {
        return of_specifier(name, version);
    }
    of_package(name, version, resolved)
}

/// Splits `npm:@scope/name@1.2.3` (npm documentation, `npm install <alias>@npm:<name>`). The version
/// is empty where none is given.
pub(in crate::lockfile) fn alias(specifier: &str) -> Option<(&str, &str)> {
    let target = specifier.strip_prefix("npm:")?;
    match target.rfind('@').filter(|at| *at > 0) {
        Some(at) => Some((&target[..at], &target[at + 1..])),
        None => Some((target, "")),
    }
}

/// The name in the registry of what is asked for under a name; `None` where it comes from elsewhere.
pub(in crate::lockfile) fn registry_name(name: &str, wish: Option<&str>) -> Option<SmolStr> {
    match wish.map(str::trim) {
        Some(wish) => match alias(wish) {
            Some((real_name, _)) => Some(real_name.into()),
            None => (!is_address(wish)).then(|| name.into()),
        },
        None => Some(name.into()),
    }
}

pub(in crate::lockfile) fn is_address(specifier: &str) -> bool {
    specifier.contains([':', '/'])
}

fn of_specifier(name: &str, specifier: &str) -> Origin {
    let (name, specifier) = alias(specifier).unwrap_or((name, specifier));
    if is_address(specifier) {
        return of_address(name, specifier, specifier);
    }
    Origin {
        name: name.into(),
        version: specifier.into(),
        source: PackageSource::PublicRegistry,
        called: None,
    }
}

/// Whether an address is where the public registry serves a version of a package, spelt as npm writes it
/// for names and versions of ordinary characters. Nearly all are, and need not be taken apart.
pub(in crate::lockfile) fn is_usual(name: &str, version: &str, address: &str) -> bool {
    let is_word = |text: &str, more: &[u8]| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || more.contains(&byte);
        text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(fits)
    };
    let scoped = name.strip_prefix('@').map(|rest| rest.split_once('/').unwrap_or_default());
    let (scope, own) = scoped.unwrap_or(("a", name));
    let file = below_public_registry(address)
        .and_then(|path| path.strip_prefix(name))
        .and_then(|path| path.strip_prefix("/-/"));
    let served = file
        .and_then(|file| file.strip_prefix(own))
        .and_then(|file| file.strip_prefix('-'))
        .and_then(|file| file.strip_suffix(".tgz"));
    served == Some(version)
        && is_word(own, b"-._")
        && is_word(scope, b"-._")
        && is_word(version, b"-.")
}

/// What stands behind the address of the public registry, under one of its names.
fn below_public_registry(address: &str) -> Option<&str> {
    address.strip_prefix(DEFAULT_REGISTRY).or_else(|| {
        let named = address.strip_prefix("https://registry.")?;
        let mut domains = PUBLIC_DOMAINS.iter();
        domains.find_map(|domain| named.strip_prefix(domain)?.strip_prefix('/'))
    })
}

fn of_address(name: &str, version: &str, address: &str) -> Origin {
    if !is_usual(name, version, address) {
        return of_unusual_address(name, version, address);
    }
    Origin {
        name: name.into(),
        version: version.into(),
        source: PackageSource::PublicRegistry,
        called: None,
    }
}

fn of_unusual_address(name: &str, version: &str, address: &str) -> Origin {
    let plain =
        |source| Origin { name: name.into(), version: version.into(), source, called: None };
    let Some(url) = web_address(address) else {
        return plain(source_of_specifier(address));
    };
    let tarball = Tarball::of_address(&url);
    let source = if is_public(&url) {
        PackageSource::PublicRegistry
    } else {
        let shown = without_credentials(url.as_str());
        let is_named = |tarball: &Tarball| tarball.stem_version().is_some();
        match &tarball {
            tarball if is_git_archive(&url) && !tarball.as_ref().is_some_and(is_named) => {
                PackageSource::Git(shown)
            }
            Some(_) => PackageSource::OtherRegistry(shown),
            None => PackageSource::Archive(shown),
        }
    };
    // What is installed is what the address serves, whatever the entry calls it. Only the layout of
    // the public registry is certain: elsewhere the file must be named after the package.
    match tarball {
        Some(tarball) if source.is_public() || tarball.stem_version().is_some() => Origin {
            version: tarball.version(version).into(),
            called: (tarball.name != name && !is_address(version)).then(|| name.into()),
            name: tarball.name.into(),
            source,
        },
        _ if is_address(version) => Origin {
            version: version_in_file(&url, name).unwrap_or_else(|| version.into()),
            ..plain(source)
        },
        _ => plain(source),
    }
}

/// The version in the name of an archive that is named after a package. npm before version 7 has no
/// other word for it.
fn version_in_file(url: &Url, name: &str) -> Option<SmolStr> {
    let path = percent_decode_str(url.path()).decode_utf8().ok()?;
    let file = path.rsplit('/').next()?.to_owned();
    let tarball = Tarball { name: name.to_owned(), file };
    let version = tarball.stem_version()?;
    nodejs_semver::Version::parse(version).ok()?;
    Some(version.into())
}

/// An address that is fetched from a web server. Schemes and hosts may be written in any case.
fn web_address(address: &str) -> Option<Url> {
    Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Specifiers that are no web address (npm documentation, "package-spec").
fn source_of_specifier(specifier: &str) -> PackageSource {
    let starts_with_one_of =
        |prefixes: &[&str]| prefixes.iter().any(|prefix| specifier.starts_with(prefix));
    if starts_with_one_of(GIT_PREFIXES) {
        return PackageSource::Git(without_credentials(specifier));
    }
    let is_on_drive = specifier.as_bytes().get(1) == Some(&b':');
    if starts_with_one_of(LOCAL_PREFIXES) || is_on_drive {
        return PackageSource::Local;
    }
    // No scheme that npm knows, so nobody knows what it serves: it is told as not matched.
    if specifier.contains(':') {
        return PackageSource::Archive(without_credentials(specifier));
    }
    // `owner/repository#commit` is short for GitHub.
    if specifier.contains('#') {
        return PackageSource::Git(specifier.to_owned());
    }
    let is_archive =
        [".tgz", ".tar.gz", ".tar"].iter().any(|extension| specifier.ends_with(extension));
    if specifier.contains('/') || is_archive {
        PackageSource::Local
    } else {
        // A bare word is no place: what it names can only come from the registry.
        PackageSource::PublicRegistry
    }
}

const GIT_PREFIXES: &[&str] =
    &["git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:"];

/// Hosts that make archives of repositories.
const GIT_HOSTS: &[&str] =
    &["codeload.github.com", "api.github.com", "github.com", "gitlab.com", "bitbucket.org"];

const LOCAL_PREFIXES: &[&str] = &["file:", "link:", "workspace:", ".", "/", "~", "\\"];

/// Whether an address is that of an archive which a git host makes of a repository. Elsewhere a folder of
/// such a name says nothing: a registry may have one.
fn is_git_archive(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let makes_archives = GIT_HOSTS.contains(&host);
    let mut steps = url.path().split('/');
    makes_archives && steps.any(|step| ["tar.gz", "tarball", "archive", "get"].contains(&step))
}

/// Whether an address is served by the public registry.
fn is_public(url: &Url) -> bool {
    let Some(host) = url.host_str().map(|host| host.trim_end_matches('.')) else {
        return false;
    };
    let default_host =
        DEFAULT_REGISTRY.split_once("://").map_or("", |(_, rest)| rest.trim_end_matches('/'));
    host == default_host
        || host.strip_prefix("registry.").is_some_and(|domain| PUBLIC_DOMAINS.contains(&domain))
}

/// The address of a registry's tarball: `…/<name>/-/<name without scope>-<version>.tgz`.
struct Tarball {
    name: String,
    file: String,
}

impl Tarball {
    fn of_address(url: &Url) -> Option<Self> {
        // A registry takes `%2f` in a scoped name, and any other character, in either spelling.
        let path = percent_decode_str(url.path()).decode_utf8().ok()?;
        let (before, file) = path.split_once("/-/")?;
        let mut segments = before.rsplit('/');
        let last = segments.next().filter(|segment| !segment.is_empty())?;
        let name = match segments.next() {
            Some(scope) if scope.starts_with('@') => format!("{scope}/{last}"),
            _ => last.to_owned(),
        };
        let file = file.rsplit('/').next()?.to_owned();
        Some(Self { name, file })
    }

    /// What stands between the name and `.tgz` in the file's name.
    fn stem_version(&self) -> Option<&str> {
        let base = self.name.rsplit('/').next().unwrap_or_default();
        self.file.strip_suffix(".tgz")?.strip_prefix(base)?.strip_prefix('-')
    }

    /// The version in the file name, if it is one and differs from `declared` in more than build
    /// metadata, which registries leave out.
    fn version<'this>(&'this self, declared: &'this str) -> &'this str {
        let served = self.stem_version();
        let without_build = declared.split('+').next().unwrap_or_default();
        match served {
            Some(served)
                if served != without_build && nodejs_semver::Version::parse(served).is_ok() =>
            {
                served
            }
            _ => declared,
        }
    }
}

#[cfg(test)]
mod tests;
