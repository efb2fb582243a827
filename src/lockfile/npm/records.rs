//! The entries of npm's lockfiles: a text for each folder.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::lockfile::node::folder::plain_folder;
use crate::lockfile::node::json::Keyed;
use crate::lockfile::records::{Differing, Need, Record, digest};
use crate::problem::place_in;

/// Nested entries deeper than this are not read: nothing was ever installed deeper.
const DEEPEST: usize = 500;

/// Tables of dependencies, the weakest first: the same name may stand in several.
const TABLES: &[(&str, Need)] = &[
    ("peerDependencies", Need::Peer),
    ("requires", Need::Always),
    ("dependencies", Need::Always),
    // npm lists an optional dependency under `dependencies` as well.
    ("optionalDependencies", Need::Optional),
];

/// Keys that say where a package can be installed.
const LIMITS: &[&str] = &["os", "cpu", "libc", "inBundle"];

#[derive(Deserialize)]
struct Sections<'text> {
    #[serde(borrow, default)]
    packages: Keyed<'text, &'text RawValue>,
    #[serde(borrow, default)]
    dependencies: Keyed<'text, &'text RawValue>,
}

#[derive(Deserialize)]
struct Nested<'text> {
    #[serde(borrow, default)]
    dependencies: Keyed<'text, &'text RawValue>,
}

/// The text of an entry, and the folder that it is about.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Raw<'text> {
    /// Whether it is one of `packages`.
    is_flat: bool,
    folder: Cow<'text, str>,
    body: &'text str,
}

impl Raw<'_> {
    /// The name under which it is installed; `None` for a project.
    fn name(&self) -> Option<&str> {
        if !self.is_flat {
            return self.folder.rsplit("/node_modules/").next();
        }
        let inside = self.folder.strip_prefix("node_modules/");
        let nested = self.folder.rsplit_once("/node_modules/").map(|(_, name)| name);
        nested.or(inside)
    }
}

pub(super) fn differing(before: &str, after: &str) -> Option<Differing> {
    let (before_raw, after_raw) = (entries(before)?, entries(after)?);
    let earlier: HashSet<&Raw<'_>> = before_raw.iter().collect();
    let later: HashSet<&Raw<'_>> = after_raw.iter().collect();
    let changed: Vec<&Raw<'_>> = after_raw.iter().filter(|raw| !earlier.contains(raw)).collect();
    let after_records = records(after, changed.iter().copied())?;
    let mut names: HashSet<&str> = changed.iter().filter_map(|raw| raw.name()).collect();
    names.extend(after_records.iter().map(|record| record.name.as_str()));
    let is_compared = |raw: &&Raw<'_>| {
        !later.contains(*raw) || raw.name().is_some_and(|name| names.contains(name))
    };
    let before_records = records(before, before_raw.iter().filter(is_compared))?;
    Some(Differing { before: before_records, after: after_records })
}

fn entries(text: &str) -> Option<Vec<Raw<'_>>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let sections: Sections<'_> = serde_json::from_str(text).ok()?;
    let flat = sections.packages.0.into_iter().map(|(key, value)| Raw {
        is_flat: true,
        folder: Cow::Owned(plain_folder(&key).into_owned()),
        body: value.get(),
    });
    let mut entries: Vec<Raw<'_>> = flat.collect();
    nest("", sections.dependencies, &mut entries, 0)?;
    Some(entries)
}

fn nest<'text>(
    above: &str,
    nested: Keyed<'text, &'text RawValue>,
    entries: &mut Vec<Raw<'text>>,
    depth: usize,
) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    for (key, value) in nested.0 {
        let folder = if above.is_empty() {
            key.0
        } else {
            Cow::Owned(format!("{above}/node_modules/{}", &*key))
        };
        let inside: Nested<'_> = serde_json::from_str(value.get()).ok()?;
        let place = folder.to_string();
        entries.push(Raw { is_flat: false, folder, body: value.get() });
        nest(&place, inside.dependencies, entries, depth + 1)?;
    }
    Some(())
}

/// What entries say. Projects and links are none.
fn records<'raw, 'text: 'raw>(
    text: &str,
    entries: impl Iterator<Item = &'raw Raw<'text>>,
) -> Option<Vec<Record>> {
    let mut records = Vec::new();
    for raw in entries {
        let Some(name) = raw.name() else {
            continue;
        };
        let Value::Object(entry) = serde_json::from_str(raw.body).ok()? else {
            continue;
        };
        let offset = place_in(text, raw.body).map_or(0, |place| place.start);
        records.extend(record(raw, name, &entry, offset));
    }
    Some(records)
}

fn record(
    raw: &Raw<'_>,
    installed: &str,
    entry: &Map<String, Value>,
    offset: usize,
) -> Option<Record> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    if entry.get("link").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let written = text("version")?;
    // Version 1 writes an alias into the version.
    let alias = written.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
    let (name, version) = match (alias, text("name")) {
        (Some((name, version)), _) => (name, version),
        (None, Some(name)) if raw.is_flat => (name, written),
        (None, _) => (installed, written),
    };
    let mut record = Record {
        name: name.to_owned(),
        version: version.to_owned(),
        origin: text("resolved").map(|address| origin(address).to_owned()),
        limits: raw.is_flat.then(|| limits(entry)),
        is_flat: raw.is_flat,
        offset,
        ..Record::default()
    };
    for (table, need) in TABLES {
        // Nested entries hold other entries there.
        let is_nested = !raw.is_flat && *table == "dependencies";
        let Some(Value::Object(needs)) = entry.get(*table).filter(|_| !is_nested) else {
            continue;
        };
        let needs = needs.iter().map(|(name, asked)| (asked_name(name, asked), *need));
        record.needs.extend(needs);
    }
    let hashes = text("integrity").unwrap_or_default().split_ascii_whitespace();
    // Options stand behind a `?` (W3C, "Subresource Integrity", "The integrity attribute").
    let hashes = hashes.map(|hash| hash.split('?').next().unwrap_or(hash));
    let digests = hashes.filter_map(|hash| {
        let (algorithm, written) = hash.split_once('-')?;
        digest(algorithm, written)
    });
    record.digests = digests.collect();
    Some(record)
}

/// The name in the registry: an alias stands for another one.
fn asked_name(name: &str, asked: &Value) -> String {
    let alias = asked.as_str().and_then(|asked| asked.strip_prefix("npm:"));
    let Some(alias) = alias else {
        return name.to_owned();
    };
    match alias.rsplit_once('@') {
        Some((name, _)) if !name.is_empty() => name.to_owned(),
        _ => alias.to_owned(),
    }
}

fn limits(entry: &Map<String, Value>) -> BTreeSet<String> {
    let words = LIMITS.iter().flat_map(|key| match entry.get(*key) {
        Some(Value::Array(words)) => {
            words.iter().map(|word| format!("{key} {word}")).collect::<Vec<_>>()
        }
        Some(Value::Bool(false) | Value::Null) | None => Vec::new(),
        Some(word) => vec![format!("{key} {word}")],
    });
    // A word may stand alone or in a list.
    words.collect()
}

/// The scheme and the host of an address; all of it where it names a commit.
fn origin(address: &str) -> &str {
    if address.starts_with("git") {
        return address;
    }
    let end = address.match_indices('/').nth(2);
    end.map_or(address, |(slash, _)| &address[..slash])
}
