//! Which package a locator stands for: `name@reference` (Yarn documentation, "Lexicon"; Yarn source,
//! `structUtils`, and `zpm-primitives` for Yarn 6).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::descriptor::{is_repository, of_registry, split};
use crate::lockfile::node::origin::{self, Origin};
use crate::lockfile::node::registries::Registries;
use crate::lockfile::text::without_credentials;
use crate::source::PackageSource;

/// How many patches may lie on top of each other.
const MOST_PATCHES: usize = 8;

/// What a locator names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named<'text> {
    /// A project of the workspace: its name, and its folder, or in Yarn 6 its name once more.
    Project(&'text str, &'text str),
    Package(Origin),
}

/// What a locator names, of which the entry says the version, and the configuration the registry.
pub(super) fn named<'text>(
    locator: &'text str,
    version: &str,
    registries: &Registries,
) -> Named<'text> {
    if let Some((name, folder)) = project(locator) {
        return Named::Project(name, folder);
    }
    let mut locator: Cow<'_, str> = Cow::Borrowed(locator);
    for _ in 0..MOST_PATCHES {
        match patched(&locator) {
            Some(inner) => locator = Cow::Owned(inner),
            None => break,
        }
    }
    let (name, reference) = split(&locator);
    Named::Package(origin(name, reference, version, registries))
}

/// The name and the folder of a project that a locator names.
pub(super) fn project(locator: &str) -> Option<(&str, &str)> {
    let (name, reference) = split(locator);
    Some((name, reference.strip_prefix("workspace:")?))
}

/// The locator of what is patched: `name@patch:name@npm%3A1.2.3#selector`.
pub(super) fn patched(locator: &str) -> Option<String> {
    let (_, reference) = split(locator);
    let inner = reference.strip_prefix("patch:")?;
    let inner = inner.split_once('#').map_or(inner, |(inner, _)| inner);
    Some(with_protocol(&decoded(inner)))
}

/// A descriptor or locator whose versions have the protocol that Yarn 2 and later write in front of them.
pub(super) fn with_protocol(text: &str) -> String {
    let (name, range) = split(text);
    if origin::is_address(range) {
        return text.to_owned();
    }
    format!("{name}@npm:{range}")
}

/// A text in which some characters stand as `%` and their number.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// The value of a parameter: `range::key=value&key=value`.
pub(super) fn parameter<'text>(range: &'text str, key: &str) -> Option<Cow<'text, str>> {
    let (_, parameters) = range.rsplit_once("::")?;
    let mut pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| decoded(value))
}

/// A range or a reference without its parameters.
pub(super) fn without_parameters(range: &str) -> &str {
    match range.rsplit_once("::") {
        Some((plain, parameters)) if parameters.contains('=') => plain,
        _ => range,
    }
}

fn origin(name: &str, reference: &str, version: &str, registries: &Registries) -> Origin {
    let plain = without_parameters(reference);
    let of_source =
        |source| Origin { name: name.into(), version: version.into(), source, called: None };
    if let Some(target) = plain.strip_prefix("npm:") {
        // Yarn 6 writes the address of an archive behind `#`.
        let (target, behind) = match target.split_once('#') {
            Some((target, address)) => (target, Some(Cow::Borrowed(address))),
            None => (target, None),
        };
        let address = parameter(reference, "__archiveUrl").or(behind);
        let (name, version) = match target.rfind('@').filter(|at| *at > 0) {
            Some(at) => (&target[..at], &target[at + 1..]),
            None => (name, target),
        };
        return match address {
            Some(address) => of_registry(origin::of_package(name, version, Some(&address))),
            None => registries.origin(name, version),
        };
    }
    if is_git(plain) {
        return of_source(PackageSource::Git(without_credentials(plain)));
    }
    if ["portal:", "link:", "file:"].iter().any(|protocol| plain.starts_with(protocol)) {
        return of_source(PackageSource::Local);
    }
    if plain.contains(':') {
        // Under which name the archive of an address is asked for is up to whoever does.
        let found = origin::of_package(name, version, Some(plain));
        return Origin { called: None, ..found };
    }
    of_source(PackageSource::PublicRegistry)
}

/// Whether a reference is a commit of a repository (Yarn documentation, "Git protocol").
fn is_git(reference: &str) -> bool {
    let (place, commit) = reference.split_once('#').unwrap_or((reference, ""));
    commit.starts_with("commit=")
        || commit.starts_with("commit:")
        || commit.contains("&commit=")
        || is_repository(place)
}

#[cfg(test)]
mod tests;
