//! `package.json`: whether it asks for anything, and which folders are its workspaces.

use std::path::{Path, PathBuf};

use super::{Files, Text, glob, join};
use crate::lockfile::node::package_json::{self, workspaces};
use crate::lockfile::tool::{self, Tool};
use crate::lockfile::{Lockfile, MissingReason, chosen};

/// What a text names that may ask for something, where it cannot be read.
const HINT: &str = "ependencies";

/// What one manifest says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// Whether anything is installed for it.
    pub(super) asks: bool,
    /// The patterns of its workspaces, in their order; `!` in front takes folders out again.
    workspaces: Vec<String>,
    /// The package manager that it names, or that alone reads a file beside it.
    pub(super) tool: Option<&'static Tool>,
}

impl Manifest {
    /// Reads the manifest of a folder. `None` without one.
    pub(super) fn read(files: &dyn Files, folder: &Path) -> Option<Self> {
        let mut manifest = match files.text(&folder.join(tool::NPM.manifest)) {
            Text::Absent => return None,
            Text::Unreadable => Self { asks: true, ..Self::default() },
            Text::Read(text) => Self::of(text.trim_start_matches('\u{feff}')),
        };
        if let Text::Read(text) = files.text(&folder.join(tool::PNPM_WORKSPACE)) {
            manifest.workspaces.extend(pnpm_workspaces(&text));
            manifest.tool = manifest.tool.or(Some(&tool::PNPM));
        }
        Some(manifest)
    }

    fn of(text: &str) -> Self {
        match package_json::values(text) {
            Ok(Some(values)) => Self {
                asks: package_json::asks(&values),
                workspaces: values.get("workspaces").map_or_else(Vec::new, workspaces),
                tool: chosen::named(&values),
            },
            Ok(None) => Self::default(),
            Err(_) => Self { asks: text.contains(HINT), ..Self::default() },
        }
    }

    /// Whether `folder` is a workspace of this manifest, which lies in `root`. The last pattern that
    /// means it decides (`@npmcli/map-workspaces`).
    pub(super) fn has_workspace(&self, root: &Path, folder: &Path) -> bool {
        let is_meant =
            |pattern: &&String| glob::matches(root, pattern.trim_start_matches('!'), folder, false);
        let last = self.workspaces.iter().rfind(is_meant);
        last.is_some_and(|pattern| {
            pattern.chars().take_while(|character| *character == '!').count() % 2 == 0
        })
    }
}

/// The list under `packages` of pnpm's file, which people write one to a line.
fn pnpm_workspaces(text: &str) -> Vec<String> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("packages:"));
    let first = lines.next().unwrap_or_default();
    let inline = first.trim_start_matches("packages:").trim();
    let inline = inline.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
    let listed = lines
        .take_while(|line| line.trim().is_empty() || line.starts_with([' ', '-', '#']))
        .filter_map(|line| line.trim().strip_prefix("- "));
    listed
        .chain(inline.into_iter().flat_map(|list| list.split(',')))
        .map(|word| word.split(" #").next().unwrap_or(word).trim())
        .map(|word| word.trim_matches(['"', '\'']).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The folders of the projects that a lockfile of npm locks.
///
/// A folder outside, to which a link leads, is one of them only if all that it asks for is locked, here or
/// behind further links: npm does not always look there.
pub(super) fn locked(folder: &Path, lockfile: &Lockfile) -> Vec<PathBuf> {
    let mut locked = vec![folder.to_owned()];
    let projects = lockfile.roots.iter().filter_map(|root| {
        let inside = lockfile.packages[*root].folder.as_deref()?;
        let place = join(folder, inside);
        let is_elsewhere = |reason: &_| matches!(reason, MissingReason::Outside(_));
        let is_full = || {
            let mut own = lockfile.missing.iter().filter(|missing| missing.from == *root);
            own.all(|missing| is_elsewhere(&missing.reason))
        };
        (place.starts_with(folder) || is_full()).then_some(place)
    });
    locked.extend(projects);
    locked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_asks_if_anything_is_installed_for_it() {
        for (text, asks) in [
            (r#"{"dependencies": {"a": "1"}}"#, true),
            (r#"{"devDependencies": {"a": "1"}}"#, true),
            (r#"{"optionalDependencies": {"a": "1"}}"#, true),
            (r#"{"peerDependencies": {"a": "1"}}"#, true),
            (r#"{"dependencies": ["a"]}"#, true),
            (
                r#"{"peerDependencies": {"a": "1"}, "peerDependenciesMeta": {"a": {"optional": true}}}"#,
                false,
            ),
            (r#"{"dependencies": {}}"#, false),
            (r#"{"name": "a"}"#, false),
            ("", false),
            (r#"{"name": {{name}}, "dependencies": {}}"#, true),
            (r#"{"name": {{name}}}"#, false),
            ("[]", false),
        ] {
            assert_eq!(Manifest::of(text).asks, asks, "{text}");
        }
    }

    #[test]
    fn the_last_pattern_that_means_a_workspace_decides() {
        let manifest = Manifest::of(r#"{"workspaces": ["libs/*", "!libs/old", "tools/**"]}"#);
        let of_yarn = Manifest::of(r#"{"workspaces": {"packages": ["libs/*"], "nohoist": []}}"#);
        for (folder, is_one, is_one_of_yarn) in [
            ("/r/libs/a", true, true),
            ("/r/libs/old", false, true),
            ("/r/tools/a/b", true, false),
            ("/r/other", false, false),
        ] {
            let has =
                |manifest: &Manifest| manifest.has_workspace(Path::new("/r"), Path::new(folder));
            assert_eq!((has(&manifest), has(&of_yarn)), (is_one, is_one_of_yarn), "{folder}");
        }
    }

    #[test]
    fn the_workspaces_of_pnpm_are_read_in_the_ways_they_are_written() {
        for text in [
            "packages:\n  - 'apps/*'\n  - \"!apps/old\"   # gone\n\n  # more\n  - libs/**\ncatalog:\n  a: 1\n",
            "catalog: {}\npackages: ['apps/*', \"!apps/old\", libs/**]\n",
            "packages:\n- apps/*\n- '!apps/old'\n- libs/**\n",
        ] {
            let mut read = pnpm_workspaces(text);
            read.sort();
            assert_eq!(read, ["!apps/old", "apps/*", "libs/**"], "{text}");
        }
        assert!(pnpm_workspaces("catalog:\n  - a\n").is_empty());
    }
}
