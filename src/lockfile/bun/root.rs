//! What the manifest of the root says for all projects: `overrides` or `resolutions`, and catalogs (Bun
//! documentation, "Overrides and resolutions", "Catalogs"). The lockfile repeats it to the letter; where it
//! does not, `bun install --frozen-lockfile` refuses and `bun install` locks something else.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::Document;
use crate::lockfile::node::fit::misfit;
use crate::lockfile::node::name;
use crate::lockfile::node::overrides::key_line;
use crate::lockfile::node::package_json::{self, PackageJson};
use crate::lockfile::{Lockfile, tool};
use crate::problem::Gap;

/// The first version of the lockfile whose Bun knows orders for some dependents or versions alone.
const NESTED_SINCE: u64 = 2;

/// What stands between the parts of an order that holds below another package.
const BELOW: &str = " > ";

/// Where the lockfile repeats other orders and catalogs.
pub(super) fn misfits(
    lockfile: &Lockfile,
    document: &Document<'_>,
    manifest: &PackageJson,
) -> Vec<Gap> {
    let text = manifest.source.text.trim_start_matches('\u{feff}');
    let Ok(Some(values)) = package_json::values(text) else {
        return Vec::new();
    };
    let comparison = Comparison { lockfile, manifest };
    let mut gaps = Vec::new();
    let recorded = leaves(&document.overrides);
    let asked = orders(&values, document.lockfile_version);
    for (path, value) in &asked {
        // A name behind `$` stands for what the root asks for.
        let fits = |recorded: &String| recorded == value || value.starts_with('$');
        if !recorded.get(path).is_some_and(fits) {
            gaps.push(comparison.not_recorded(path, value, "override"));
        }
    }
    let known = all_orders(&values);
    for (path, value) in recorded.iter().filter(|(path, _)| !known.contains_key(*path)) {
        gaps.push(comparison.not_asked(path, value, "override"));
    }
    let catalogs = catalogs(&values);
    let recorded = recorded_catalogs(document);
    for (key, value) in &catalogs {
        if recorded.get(key) != Some(value) {
            gaps.push(comparison.not_recorded(key.1, value, "entry in its catalogs"));
        }
    }
    for (key, value) in recorded.iter().filter(|(key, _)| !catalogs.contains_key(*key)) {
        gaps.push(comparison.not_asked(key.1, value, "entry in its catalogs"));
    }
    gaps
}

struct Comparison<'run> {
    lockfile: &'run Lockfile,
    manifest: &'run PackageJson,
}

impl Comparison<'_> {
    fn not_recorded(&self, path: &str, value: &str, what: &str) -> Gap {
        let key = path.rsplit(BELOW).next().unwrap_or(path);
        let place = key_line(&self.manifest.source, 0, key);
        let locked = format!("{} has no such {what}", self.lockfile.source.path);
        misfit(&tool::BUN, &place, path, value, &locked)
    }

    fn not_asked(&self, path: &str, value: &str, what: &str) -> Gap {
        let source = &self.lockfile.source;
        let key = path.rsplit(BELOW).next().unwrap_or(path);
        let start = ["\"overrides\"", "\"catalog"].map(|table| source.text.find(table));
        let start = start.into_iter().flatten().min().unwrap_or_default();
        let place = key_line(source, start, key);
        let locked = format!("{} has no such {what}", self.manifest.source.path);
        misfit(&tool::BUN, &place, path, value, &locked)
    }
}

/// Every order by the names that lead to it: `.` stands for the package itself.
fn leaves(rules: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left: Vec<(String, &Value)> =
        rules.iter().map(|(key, value)| (key.clone(), value)).collect();
    while let Some((path, value)) = left.pop() {
        match value {
            Value::String(order) => {
                found.insert(path, order.clone());
            }
            Value::Object(below) => left.extend(below.iter().map(|(key, value)| {
                let is_own = key == ".";
                (if is_own { path.clone() } else { format!("{path}{BELOW}{key}") }, value)
            })),
            _ => {}
        }
    }
    found
}

/// All orders of a manifest. `overrides` count in place of `resolutions`.
fn all_orders(manifest: &Map<String, Value>) -> BTreeMap<String, String> {
    let table =
        |key: &str| manifest.get(key).and_then(Value::as_object).filter(|it| !it.is_empty());
    if let Some(overrides) = table("overrides") {
        return leaves(overrides);
    }
    let resolutions = table("resolutions").map(leaves).unwrap_or_default();
    let plain = |pattern: String| pattern.strip_prefix("**/").map(str::to_owned).unwrap_or(pattern);
    resolutions.into_iter().map(|(pattern, order)| (plain(pattern), order)).collect()
}

/// Those that the Bun which wrote the lockfile knows. It leaves out the others with a warning.
fn orders(manifest: &Map<String, Value>, version: u64) -> BTreeMap<String, String> {
    let is_plain = |path: &str| name::is_valid(path);
    let has_overrides = manifest.get("overrides").is_some_and(Value::is_object);
    let is_known = |path: &str| is_plain(path) || (has_overrides && version >= NESTED_SINCE);
    let orders = all_orders(manifest).into_iter();
    orders.filter(|(path, _)| is_known(path)).collect()
}

type Catalogs<'text> = BTreeMap<(&'text str, &'text str), &'text str>;

/// The catalogs of a manifest, by their names, which are empty for the default one. They count only where
/// there are workspaces, whose table they may stand in.
fn catalogs(manifest: &Map<String, Value>) -> Catalogs<'_> {
    let Some(workspaces) = manifest.get("workspaces") else {
        return Catalogs::default();
    };
    let mut found = Catalogs::default();
    let of = |key: &str| workspaces.get(key).or_else(|| manifest.get(key));
    let default = of("catalog").into_iter().map(|catalog| ("", catalog));
    let named = of("catalogs").and_then(Value::as_object).into_iter().flatten();
    for (catalog, entries) in default.chain(named.map(|(name, entries)| (name.as_str(), entries))) {
        for (name, value) in entries.as_object().into_iter().flatten() {
            found.extend(value.as_str().map(|value| ((catalog, name.as_str()), value)));
        }
    }
    found
}

fn recorded_catalogs<'text>(document: &'text Document<'_>) -> Catalogs<'text> {
    let default = document.catalog.0.iter().map(|(name, value)| (("", &**name), &**value));
    let named = document.catalogs.0.iter().flat_map(|(catalog, entries)| {
        entries.0.iter().map(|(name, value)| ((&**catalog, &**name), &**value))
    });
    default.chain(named).collect()
}
