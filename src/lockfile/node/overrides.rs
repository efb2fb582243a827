//! What the root orders in place of what others ask for: `overrides` (npm documentation, "package.json",
//! `overrides`; Bun documentation, "Overrides and resolutions").

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::package_json::{PackageJson, Table};
use crate::lockfile::{Lockfile, PackageIndex, Requirement};
use crate::problem::{Location, SourceText};

/// The table of the orders.
#[derive(Clone, Copy)]
pub(in crate::lockfile) struct Overrides<'text> {
    /// The project that orders.
    pub(in crate::lockfile) root: PackageIndex,
    pub(in crate::lockfile) rules: &'text Map<String, Value>,
    /// The text in which the table stands.
    pub(in crate::lockfile) source: &'text Arc<SourceText>,
    /// Where it begins there, in bytes.
    pub(in crate::lockfile) start: usize,
    /// What the root asks for itself, for which `$name` stands.
    pub(in crate::lockfile) manifest: Option<&'text PackageJson>,
}

impl Overrides<'_> {
    /// The names of the packages of which something is ordered.
    pub(in crate::lockfile) fn names(&self) -> BTreeSet<String> {
        self.rules.keys().map(|key| selector(key).0.to_owned()).collect()
    }

    /// What is asked of some packages: what the root orders is asked for by the root alone.
    pub(in crate::lockfile) fn apply(
        &self,
        lockfile: &Lockfile,
        packages: &[PackageIndex],
        asked: Vec<Requirement>,
    ) -> Vec<Requirement> {
        let name = packages.first().map(|package| &lockfile.packages[*package].id.name);
        let Some((key, versions)) = name.and_then(|name| overriding(self.rules, name)) else {
            return asked;
        };
        let location = key_line(self.source, self.start, &key);
        let is_plain = self.rules.get(&key).is_some_and(Value::is_string)
            && versions.as_deref().is_some_and(|text| !text.starts_with('$'));
        let versions = match versions.as_deref().and_then(|text| text.strip_prefix('$')) {
            Some(other) => self.asked_by_root(other),
            None => versions,
        };
        let order = |to: &PackageIndex| Requirement {
            from: self.root,
            to: *to,
            key: key.clone(),
            table: if is_plain && self.manifest.is_some() { "overrides" } else { "" },
            versions: versions.clone(),
            location: location.clone(),
            is_override: true,
            is_from_alias: false,
        };
        // What the root itself asks for is no less asked for.
        let own = asked.into_iter().filter(|asked| asked.from == self.root);
        own.chain(packages.iter().map(order)).collect()
    }

    fn asked_by_root(&self, name: &str) -> Option<String> {
        let own = self.manifest?.by_name(&Table::ALL);
        let mut own = own.into_values().filter(|own| own.name.text == name);
        own.find_map(|own| own.specifier.clone())
    }
}

/// The line of a key at or behind an offset.
pub(in crate::lockfile) fn key_line(source: &Arc<SourceText>, start: usize, key: &str) -> Location {
    let quoted = format!("\"{key}\"");
    let text = &source.text;
    let mut places = text[start..].match_indices(&quoted);
    let found = places.find(|(position, _)| {
        text[start + position + quoted.len()..].trim_start().starts_with(':')
    });
    let offset = start + found.map_or(0, |(position, _)| position);
    Location { file: source.path.clone(), line: source.line_at(offset) }
}

/// The name in a key, and whether a range stands behind it.
fn selector(key: &str) -> (&str, bool) {
    match key.rfind('@').filter(|position| *position > 0) {
        Some(position) => (&key[..position], true),
        None => (key, false),
    }
}

/// The key that overrides a package, and the version that it says. One that holds only below another
/// package, or for some versions, leaves open what counts.
fn overriding(overrides: &Map<String, Value>, name: &str) -> Option<(String, Option<String>)> {
    for (key, value) in overrides {
        let (package, is_limited) = selector(key);
        if package == name {
            let direct = value.as_str().or_else(|| value.get(".")?.as_str());
            return Some((key.clone(), direct.filter(|_| !is_limited).map(str::to_owned)));
        }
        if let Value::Object(nested) = value
            && let Some((key, _)) = overriding(nested, name)
        {
            return Some((key, None));
        }
    }
    None
}
