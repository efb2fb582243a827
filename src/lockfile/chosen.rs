//! Lockfiles of several package managers in one folder: which of them a project is installed from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::node::package_json;
use super::tool::{self, Tool};

/// What becomes of the lockfiles of one folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Choice {
    /// The manifest names the package manager, so that the others are not installed from.
    Named { word: &'static str, set_aside: BTreeSet<PathBuf> },
    /// Nothing says which is installed from, or the package manager that the manifest names has no
    /// lockfile here that is read.
    Open { named: Option<&'static str>, paths: BTreeSet<PathBuf> },
}

/// Looks at the lockfiles of npm's world that share a folder with one of another package manager. `read`
/// are those that a format reads, `unread` the others; `manifest` gives the text of a file.
pub fn choices(
    read: &BTreeSet<PathBuf>,
    unread: &BTreeSet<PathBuf>,
    manifest: impl Fn(&Path) -> Option<String>,
) -> Vec<Choice> {
    let mut folders: BTreeMap<&Path, Vec<(&'static Tool, &PathBuf)>> = BTreeMap::new();
    for path in read.iter().chain(unread) {
        let tool = path.file_name().and_then(|name| Tool::of_lockfile(name.to_str()?));
        if let (Some(tool), Some(folder)) = (tool, path.parent()) {
            folders.entry(folder).or_default().push((tool, path));
        }
    }
    let choice = |(folder, mut found): (&Path, Vec<(&'static Tool, &PathBuf)>)| {
        found.retain(|(tool, _)| tool.manifest == tool::NPM.manifest);
        let words: BTreeSet<&str> = found.iter().map(|(tool, _)| tool.word).collect();
        if words.len() < 2 {
            return None;
        }
        let text = manifest(&folder.join(tool::NPM.manifest));
        let word = text.and_then(|text| named(&values(&text)?)).map(|tool| tool.word);
        let is_read = |word: &&str| {
            found.iter().any(|(tool, path)| tool.word == *word && read.contains(*path))
        };
        let paths = |word: Option<&str>| {
            let others = found.iter().filter(|(tool, _)| Some(tool.word) != word);
            others.map(|(_, path)| (*path).clone()).collect()
        };
        Some(match word.filter(is_read) {
            Some(word) => Choice::Named { word, set_aside: paths(Some(word)) },
            None => Choice::Open { named: word, paths: paths(None) },
        })
    };
    folders.into_iter().filter_map(choice).collect()
}

fn values(manifest: &str) -> Option<Map<String, Value>> {
    package_json::values(manifest.trim_start_matches('\u{feff}')).ok()?
}

/// The package manager that a manifest names in `packageManager` or `devEngines.packageManager` (Node.js
/// documentation, "Corepack"; npm documentation, "package.json", `devEngines`). `None` if it names none,
/// or several.
pub(super) fn named(manifest: &Map<String, Value>) -> Option<&'static Tool> {
    let pinned = manifest.get("packageManager").and_then(Value::as_str);
    let pinned = pinned.map(|pinned| pinned.split_once('@').unwrap_or((pinned, "")));
    let engines = manifest.get("devEngines").and_then(|engines| engines.get("packageManager"));
    let listed = engines.into_iter().flat_map(|engine| match engine {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    });
    // Where another one only is warned of, or not even that, it installs all the same.
    let decides = |engine: &&Value| {
        let word = engine.get("onFail").and_then(Value::as_str);
        word.is_none_or(|word| matches!(word, "error" | "download"))
    };
    let listed = listed.filter(decides).filter_map(|engine| {
        let version = engine.get("version").and_then(Value::as_str);
        Some((engine.get("name")?.as_str()?, version.unwrap_or("")))
    });
    let named: BTreeMap<&str, &str> = listed.chain(pinned).collect();
    let (word, version) = named.first_key_value().filter(|_| named.len() == 1)?;
    let is_classic = *word == tool::YARN_CLASSIC.word
        && version.trim_start_matches(['^', '~', '=', 'v']).split('.').next() == Some("1");
    if is_classic {
        return Some(&tool::YARN_CLASSIC);
    }
    tool::TOOLS.iter().copied().find(|tool| tool.word == *word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> BTreeSet<PathBuf> {
        names.iter().map(|name| Path::new("web").join(name)).collect()
    }

    #[test]
    fn the_package_manager_that_the_manifest_names_decides() {
        let npm_and_bun = ["package-lock.json", "bun.lockb"];
        for (manifest, set_aside, named) in [
            (r#"{"packageManager": "npm@11.0.0+sha512.ab"}"#, Some("bun.lockb"), None),
            (r#"{"devEngines": {"packageManager": {"name": "npm"}}}"#, Some("bun.lockb"), None),
            (r#"{"devEngines": {"packageManager": [{"name": "npm"}]}}"#, Some("bun.lockb"), None),
            (
                r#"{"devEngines": {"packageManager": {"name": "npm", "onFail": "error"}}}"#,
                Some("bun.lockb"),
                None,
            ),
            // Others install as well.
            (
                r#"{"devEngines": {"packageManager": {"name": "npm", "onFail": "warn"}}}"#,
                None,
                None,
            ),
            (
                r#"{"devEngines": {"packageManager": {"name": "npm", "onFail": "ignore"}}}"#,
                None,
                None,
            ),
            // What is named has no lockfile here that can be read.
            (r#"{"packageManager": "bun@1.4.5"}"#, None, Some("bun")),
            (r#"{"packageManager": "zpm@1"}"#, None, None),
            (
                r#"{"packageManager": "npm@11.0.0", "devEngines": {"packageManager": {"name": "bun"}}}"#,
                None,
                None,
            ),
            ("{}", None, None),
            ("not JSON", None, None),
        ] {
            let read = paths(&npm_and_bun[..1]);
            let unread = paths(&npm_and_bun[1..]);
            let expected = match set_aside {
                Some(name) => Choice::Named { word: "npm", set_aside: paths(&[name]) },
                None => Choice::Open { named, paths: paths(&npm_and_bun) },
            };
            let found = choices(&read, &unread, |_| Some(manifest.to_owned()));
            assert_eq!(found, [expected], "{manifest}");
        }
    }

    #[test]
    fn lockfiles_of_one_package_manager_or_of_several_folders_are_no_choice() {
        for (read, unread) in [
            (paths(&["package-lock.json", "npm-shrinkwrap.json"]), paths(&[])),
            (paths(&["package-lock.json", "Cargo.lock"]), paths(&[])),
            (paths(&["package-lock.json", "app/x/package-lock.json"]), paths(&["app/bun.lockb"])),
        ] {
            assert_eq!(choices(&read, &unread, |_| None), []);
        }
    }

    #[test]
    fn the_version_tells_yarn_1_from_those_after_it() {
        for (manifest, expected) in [
            (r#"{"packageManager": "yarn@1.22.22+sha512.a1"}"#, &tool::YARN_CLASSIC),
            (
                r#"{"devEngines": {"packageManager": {"name": "yarn", "version": "^1"}}}"#,
                &tool::YARN_CLASSIC,
            ),
            (r#"{"packageManager": "yarn@10.0.0"}"#, &tool::YARN),
            (r#"{"packageManager": "yarn@4.9.3"}"#, &tool::YARN),
            (r#"{"devEngines": {"packageManager": {"name": "yarn"}}}"#, &tool::YARN),
        ] {
            assert_eq!(values(manifest).as_ref().and_then(named), Some(expected), "{manifest}");
        }
    }
}
