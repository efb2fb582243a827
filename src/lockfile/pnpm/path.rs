//! How pnpm names a copy of a package, and how it refers to one (pnpm source, `dependency-path`).

use std::borrow::Cow;

use nodejs_semver::Version;

use super::version::Layout;

/// What an entry is asked for as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target<'t> {
    /// A folder that is linked, relative to the one who asks.
    Link(Cow<'t, str>),
    /// The key of an entry, as [`plain_key`] gives it.
    Entry(String),
}

/// A key in the spelling in which entries are looked up: without the slash that versions 6 and 7 begin
/// names with.
pub(super) fn plain_key(layout: Layout, key: Cow<'_, str>) -> Cow<'_, str> {
    match (layout, key) {
        (Layout::Slashes, key) => key,
        (_, Cow::Borrowed(key)) => Cow::Borrowed(key.strip_prefix('/').unwrap_or(key)),
        (_, Cow::Owned(key)) => Cow::Owned(key.strip_prefix('/').unwrap_or(&key).to_owned()),
    }
}

/// What a dependency named `alias` refers to (pnpm source, `refToRelative`).
pub(super) fn target<'t>(layout: Layout, alias: &str, reference: &Cow<'t, str>) -> Target<'t> {
    if let Some(folder) = reference.strip_prefix("link:") {
        return Target::Link(match reference {
            Cow::Borrowed(whole) => Cow::Borrowed(&whole["link:".len()..]),
            Cow::Owned(_) => Cow::Owned(folder.to_owned()),
        });
    }
    let is_key = match layout {
        Layout::Slashes => reference.starts_with("file:") || reference.contains('/'),
        Layout::SlashAt => {
            reference.starts_with("file:") || without_suffix(reference).contains('/')
        }
        Layout::Snapshots | Layout::SingleEntries => begins_with_name(reference),
    };
    Target::Entry(match (is_key, layout) {
        (true, layout) => plain_key(layout, Cow::Borrowed(reference)).into_owned(),
        (false, Layout::Slashes) => format!("/{alias}/{reference}"),
        (false, _) => format!("{alias}@{reference}"),
    })
}

/// Whether `name@…` stands there, and not what would stand behind it.
fn begins_with_name(reference: &str) -> bool {
    let reference = reference.strip_prefix('/').unwrap_or(reference);
    let Some(at) = reference.find('@') else {
        return false;
    };
    at == 0 || !reference[..at].contains([':', '('])
}

/// A key or reference without the peers, and the patch, in brackets behind it.
pub(super) fn without_suffix(path: &str) -> &str {
    if !path.ends_with(')') {
        return path;
    }
    let mut open = 0_usize;
    for (position, byte) in path.bytes().enumerate().rev() {
        match byte {
            b')' => open += 1,
            b'(' => open = open.saturating_sub(1),
            _ if open == 0 => return &path[..=position],
            _ => {}
        }
    }
    path
}

/// What a key says about the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'key> {
    /// The name, where the key holds one.
    pub(super) name: Option<&'key str>,
    /// What stands for the version: a version, or an address.
    pub(super) version: &'key str,
    pub(super) from: From<'key>,
}

/// Where a package comes from, so far as its key says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From<'key> {
    /// The registry of its scope, or the default one.
    Registry,
    /// The registry on this host.
    Host(&'key str),
    /// A registry that the configuration gives a name.
    NamedRegistry(&'key str),
    /// Somewhere that is no registry.
    Elsewhere,
}

/// Takes a key apart, as [`plain_key`] gives it.
pub(super) fn named(layout: Layout, key: &str) -> Named<'_> {
    match layout {
        Layout::Slashes => named_with_slashes(key),
        _ => named_with_at(key, layout == Layout::SlashAt),
    }
}

fn named_with_slashes(key: &str) -> Named<'_> {
    let (host, path) = match key.strip_prefix('/') {
        Some(path) => ("", path),
        None => key.split_once('/').unwrap_or(("", key)),
    };
    let scope = if path.starts_with('@') { path.find('/').map_or(0, |slash| slash + 1) } else { 0 };
    let own = path[scope..].split_once('/');
    // Peers stand behind a `_`; a version has none.
    let found = own.map(|(name, rest)| (name, rest.split('_').next().unwrap_or_default()));
    match found.filter(|(_, version)| is_version(version)) {
        Some((name, version)) => Named {
            name: Some(&path[..scope + name.len()]),
            version,
            from: if host.is_empty() { From::Registry } else { From::Host(host) },
        },
        None => Named { name: None, version: key, from: From::Elsewhere },
    }
}

fn named_with_at(key: &str, has_hosts: bool) -> Named<'_> {
    let key = without_suffix(key);
    let elsewhere = |name, version| Named { name, version, from: From::Elsewhere };
    let (host, path) = match key.split_once('/') {
        Some((host, path)) if has_hosts && !key.starts_with('@') => (host, path),
        _ => ("", key),
    };
    let Some(at) = path.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1) else {
        return elsewhere(None, key);
    };
    let (name, version) = (&path[..at], &path[at + 1..]);
    if is_version(version) {
        let from = if host.is_empty() { From::Registry } else { From::Host(host) };
        return Named { name: Some(name), version, from };
    }
    if has_hosts {
        return elsewhere(None, key);
    }
    match version.split_once(':') {
        // What runs JavaScript is no package of a registry.
        Some((prefix, version)) if prefix != "runtime" && is_version(version) => {
            Named { name: Some(name), version, from: From::NamedRegistry(prefix) }
        }
        _ => elsewhere(Some(name), version),
    }
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && Version::parse(text).is_ok()
}
