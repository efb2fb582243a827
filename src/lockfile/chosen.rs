//! Lockfiles of several package managers in one folder: which of them a project is installed from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::node::package_json;
use super::tool::Tool;

/// What becomes of the lockfiles of one folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Choice {
    /// The manifest names the package manager, so that the others are not installed from.
    Named { word: &'static str, set_aside: BTreeSet<PathBuf> },
    /// Nothing says which is installed from.
    Open(BTreeSet<PathBuf>),
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
        found.retain(|(tool, _)| tool.manifest == super::tool::NPM.manifest);
        let words: BTreeSet<&str> = found.iter().map(|(tool, _)| tool.word).collect();
        if words.len() < 2 {
            return None;
        }
        let text = manifest(&folder.join(super::tool::NPM.manifest));
        let word = text.and_then(|text| named(&text));
        let is_read = |word: &&str| {
            found.iter().any(|(tool, path)| tool.word == *word && read.contains(*path))
        };
        let paths = |word: Option<&str>| {
            let others = found.iter().filter(|(tool, _)| Some(tool.word) != word);
            others.map(|(_, path)| (*path).clone()).collect()
        };
        Some(match word.filter(is_read) {
            Some(word) => Choice::Named { word, set_aside: paths(Some(word)) },
            None => Choice::Open(paths(None)),
        })
    };
    folders.into_iter().filter_map(choice).collect()
}

/// The package manager that a manifest names in `packageManager` or `devEngines.packageManager` (Node.js
/// documentation, "Corepack"; npm documentation, "package.json", `devEngines`). `None` if it names none,
/// or several.
fn named(manifest: &str) -> Option<&'static str> {
    let values = package_json::values(manifest.trim_start_matches('\u{feff}')).ok()??;
    let pinned = values.get("packageManager").and_then(Value::as_str);
    let pinned = pinned.map(|pinned| pinned.split('@').next().unwrap_or(pinned));
    let engines = values.get("devEngines").and_then(|engines| engines.get("packageManager"));
    let listed = engines.into_iter().flat_map(|engine| match engine {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    });
    // Where another one only is warned of, or not even that, it installs all the same.
    let decides = |engine: &&Value| {
        let word = engine.get("onFail").and_then(Value::as_str);
        word.is_none_or(|word| matches!(word, "error" | "download"))
    };
    let listed = listed.filter(decides).filter_map(|engine| engine.get("name")?.as_str());
    let words: BTreeSet<&str> = listed.chain(pinned).collect();
    let only = words.first().filter(|_| words.len() == 1)?;
    super::tool::TOOLS.iter().map(|tool| tool.word).find(|word| word == only)
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
        for (manifest, set_aside) in [
            (r#"{"packageManager": "npm@11.0.0+sha512.ab"}"#, Some("bun.lockb")),
            (r#"{"devEngines": {"packageManager": {"name": "npm"}}}"#, Some("bun.lockb")),
            (r#"{"devEngines": {"packageManager": [{"name": "npm"}]}}"#, Some("bun.lockb")),
            (
                r#"{"devEngines": {"packageManager": {"name": "npm", "onFail": "error"}}}"#,
                Some("bun.lockb"),
            ),
            // Others install as well.
            (r#"{"devEngines": {"packageManager": {"name": "npm", "onFail": "warn"}}}"#, None),
            (r#"{"devEngines": {"packageManager": {"name": "npm", "onFail": "ignore"}}}"#, None),
            // What is named has no lockfile here that can be read.
            (r#"{"packageManager": "bun@1.4.5"}"#, None),
            (r#"{"packageManager": "zpm@1"}"#, None),
            (
                r#"{"packageManager": "npm@11.0.0", "devEngines": {"packageManager": {"name": "bun"}}}"#,
                None,
            ),
            ("{}", None),
            ("not JSON", None),
        ] {
            let read = paths(&npm_and_bun[..1]);
            let unread = paths(&npm_and_bun[1..]);
            let expected = match set_aside {
                Some(name) => Choice::Named { word: "npm", set_aside: paths(&[name]) },
                None => Choice::Open(paths(&npm_and_bun)),
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
}
