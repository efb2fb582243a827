//! What a search takes in, and what it passes over.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::commands::Installer;
use super::files::Files;
use super::names::Aliases;
use super::places::{self, Kind};
use super::words::Reading;
use crate::lockfile::{Lockfile, discovery, file, tool};
use crate::package::Ecosystem;
use crate::policy::{LocatedWord, NpmPolicy};
use crate::text_file::Content;

/// What manifests and settings ask for under another name.
pub(super) fn aliases(files: &Files) -> Aliases {
    let mut aliases = Aliases::default();
    let asks = |path: &&String| {
        let name = path.rsplit('/').next().unwrap_or(path);
        [tool::NPM.manifest, tool::PNPM_WORKSPACE, ".yarnrc.yml"].contains(&name)
            && !places::is_installed(path)
    };
    for path in files.paths.iter().filter(asks) {
        if let Content::Text(text) = files.read(path) {
            aliases.add(&text);
        }
    }
    aliases
}

/// The settings of the TypeScript compiler, by their paths from the root.
pub(super) fn compiler_settings(files: &Files) -> BTreeMap<String, String> {
    let is_settings = |path: &&String| {
        places::kind(path) == Some(Kind::CompilerSettings) && !places::is_installed(path)
    };
    let settings =
        files.paths.iter().filter(is_settings).filter_map(|path| match files.read(path) {
            Content::Text(text) => Some((path.clone(), text)),
            _ => None,
        });
    settings.collect()
}

/// Who installs what a lockfile locks.
pub(super) fn installer(lockfile: &Lockfile) -> Installer {
    // pnpm locks what it needs itself as a project of the same folder.
    let roots = lockfile.roots.iter();
    let folders: BTreeSet<_> = roots.map(|root| &lockfile.packages[*root].folder).collect();
    Installer { tool: lockfile.format.tool(), has_workspaces: folders.len() != 1 }
}

/// Whether data is about packages by its own format: an advisory, a statement, a bill of materials.
pub(super) fn describes_packages(text: &str) -> bool {
    let holds = |words: &[&str]| {
        words.iter().all(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    };
    holds(&["\"affected\"", "\"ecosystem\"", "\"modified\""])
        || holds(&["\"@context\"", "openvex"])
        || holds(&["\"bomFormat\"", "CycloneDX"])
        || holds(&["\"spdxVersion\""])
}

/// Whether a file is a record of the team's own advisories: those are data or Markdown. A source that is the
/// whole repository says nothing about its files.
pub(super) fn is_advisory(path: &str, folders: &[String], project: &str) -> bool {
    let is_record = matches!(places::kind(path), Some(Kind::Plain(Reading::Data | Reading::Prose)));
    let mut folders = folders.iter().map(|folder| {
        let folder = folder.trim_start_matches("./");
        folder.trim_end_matches('/')
    });
    is_record
        && folders.any(|folder| {
            !folder.is_empty()
                && (is_below(path, folder) || is_below(path, &format!("{project}/{folder}")))
        })
}

/// Whether the policy answers for a line of a file.
pub(super) fn is_answered_for(policy: &NpmPolicy, files: &Files, path: &str, line: u32) -> bool {
    if policy.ignore.is_empty() {
        return false;
    }
    let Content::Text(text) = files.read(path) else {
        return false;
    };
    let position = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let line = text.lines().nth(position);
    line.is_some_and(|line| policy.ignore.iter().any(|ignored| ignored.is(path, line)))
}

pub(super) fn patterns(patterns: &[LocatedWord]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        // What does not read was refused with the policy.
        let _ = builder.add_line(None, &pattern.text);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Whether a file locks a project that npm's world installs in this repository, and no copy that was
/// installed or built. A folder in which Cargo builds may take in what npm installs anywhere.
fn is_lockfile_of_a_project(path: &Path) -> bool {
    let is_npms = |name: &OsStr| {
        let name = name.to_str().and_then(file::format_of_name);
        name.is_none_or(|format| format.ecosystem() == Ecosystem::Npm)
    };
    let is_lockfile = |name: &OsStr| discovery::is_looked_for(name) && is_npms(name);
    path.file_name().is_some_and(is_lockfile) && !path.iter().any(discovery::is_skipped)
}

/// Whether a text of a project beside this one may lead here: it names this project's folder, or is no code
/// and leaves its own.
pub(super) fn may_lead_here(text: &str, reading: Option<Reading>, project: &str) -> bool {
    let folder = project.rsplit('/').next().unwrap_or(project);
    let leaves = ["..", "WORKSPACE", "rev-parse"];
    text.contains(folder)
        || (reading == Some(Reading::Words) && leaves.iter().any(|word| text.contains(word)))
}

/// The folders with a lockfile of their own that are neither above nor below the project.
pub(super) fn elsewhere(files: &Files) -> Vec<String> {
    let project = &files.project;
    let folders: BTreeSet<&str> = files
        .paths
        .iter()
        .filter(|path| is_lockfile_of_a_project(Path::new(path)))
        .filter_map(|path| path.rsplit_once('/').map(|(folder, _)| folder))
        .collect();
    let is_beside = |folder: &&&str| !is_below(project, folder) && !is_below(folder, project);
    let beside = folders.iter().filter(is_beside);
    beside.map(|folder| (*folder).to_owned()).collect()
}

pub(super) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_a_project_of_npm_beside_this_one_is_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for path in [
            ".git/HEAD",
            "package-lock.json",
            "web/package-lock.json",
            "web/inner/package-lock.json",
            "docs/yarn.lock",
            "server/Cargo.lock",
        ] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "").unwrap();
        }
        let files = Files::around(&root.join("web/package-lock.json"), "web/package-lock.json");
        assert_eq!(elsewhere(&files), ["docs"]);
    }

    #[test]
    fn a_text_beside_the_project_counts_where_it_may_lead_there() {
        for (text, reading, leads) in [
            ("RUN cd ../web && npm ci", Some(Reading::Words), true),
            ("cp -r ../*/node_modules out", Some(Reading::Words), true),
            ("RUN npm ci", Some(Reading::Words), false),
            ("import x from '../x'", Some(Reading::Code), false),
            ("import x from '../../apps/web/x'", Some(Reading::Code), true),
            (r#"{ "scripts": { "build": "npm --prefix ../web ci" } }"#, None, true),
        ] {
            assert_eq!(may_lead_here(text, reading, "apps/web"), leads, "{text}");
        }
    }

    #[test]
    fn a_source_of_advisories_hides_no_code() {
        for (path, folder, is_record) in [
            ("security/GHSA-1.json", "security", true),
            ("web/security/RUSTSEC-1.md", "./security/", true),
            ("security/ship.js", "security", false),
            ("security/ship", "security", false),
            ("deploy/config.json", "./", false),
            ("deploy/config.json", "", false),
        ] {
            assert_eq!(
                is_advisory(path, &[folder.to_owned()], "web"),
                is_record,
                "{path} {folder}"
            );
        }
    }
}
