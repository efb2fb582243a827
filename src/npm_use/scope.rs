//! What a search takes in, and what it passes over.

use std::collections::BTreeSet;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::files::{Content, Files};
use crate::lockfile::discovery;
use crate::policy::NpmPolicy;

/// Whether data is about packages by its own format: an advisory, a statement, a bill of materials.
pub(super) fn describes_packages(text: &str) -> bool {
    let holds = |words: &[&str]| {
        words
            .iter()
            .all(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    };
    holds(&["\"affected\"", "\"ecosystem\"", "\"modified\""])
        || holds(&["\"@context\"", "openvex"])
        || holds(&["\"bomFormat\"", "CycloneDX"])
        || holds(&["\"spdxVersion\""])
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

pub(super) fn patterns(policy: &NpmPolicy) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for pattern in &policy.tests {
        // What does not read was refused with the policy.
        let _ = builder.add_line(None, &pattern.text);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Whether a file locks a project of this repository, and no copy that was installed or built.
fn is_lockfile_of_a_project(path: &Path) -> bool {
    let is_lockfile = path.file_name().is_some_and(discovery::is_looked_for);
    is_lockfile && !path.iter().any(discovery::is_skipped)
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
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
