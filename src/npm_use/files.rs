//! The files of a repository, whatever they are called.
//!
//! What git keeps counts, wherever it lies and whatever `.gitignore` says about it, and what git may yet
//! keep. Where git cannot say, everything counts but what npm and git themselves put there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use crate::disk;
use crate::git::Repository;
use crate::problem::Location;
use crate::text_file::{self, Content};

/// A repository with more files than this is not searched.
const MOST_FILES: usize = 200_000;

/// Folders that git and npm fill.
const MADE: &[&str] = &[".git", "node_modules"];

/// The files of a repository.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    /// How the path of a file from the root begins when it is shown.
    shown: String,
    /// The folder of the lockfile, from the root, with `/` between its folders.
    pub(super) project: String,
    /// The paths from the root, with `/` between their folders, in order.
    pub(super) paths: BTreeSet<String>,
    /// Whether there are too many.
    pub(super) are_too_many: bool,
}

impl Files {
    /// The files of the repository that the lockfile at `path` lies in, which is shown as `shown`.
    /// Outside of a repository: those of its folder.
    pub(super) fn around(path: &Path, shown: &str) -> Self {
        let folder = disk::folder_of(path);
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let is_root = |above: &&Path| fs::symlink_metadata(above.join(".git")).is_ok();
        let root = folder.ancestors().find(is_root).unwrap_or(&folder);
        let project = slashed(folder.strip_prefix(root).unwrap_or(Path::new("")));
        let (paths, are_too_many) = paths(root);
        Self {
            shown: shown_root(shown, &project),
            root: root.to_owned(),
            project,
            paths,
            are_too_many,
        }
    }

    /// A line of a file, as people call it.
    pub(super) fn location(&self, path: &str, line: u32) -> Location {
        Location { file: self.shown(path), line }
    }

    /// The root of the repository, without links.
    pub(super) fn root(&self) -> PathBuf {
        self.root.canonicalize().unwrap_or_else(|_| self.root.clone())
    }

    /// Where a file lies.
    pub(super) fn full(&self, path: &str) -> PathBuf {
        let full = self.root.join(path);
        full.canonicalize().unwrap_or(full)
    }

    /// What people call a file.
    pub(super) fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.shown)
    }

    /// What a file holds. A link to a folder of the repository holds nothing by itself: its files count where
    /// they are. Of another repository in it nobody says what it holds.
    pub(super) fn read(&self, path: &str) -> Content {
        let full = self.root.join(path);
        let leads_inside = || {
            let target = full.canonicalize().ok()?;
            Some(target.starts_with(self.root.canonicalize().ok()?))
        };
        match text_file::read(&full) {
            Content::Folder if full.is_symlink() && leads_inside() == Some(true) => Content::Binary,
            Content::Folder => Content::Unread,
            other => other,
        }
    }
}

fn paths(root: &Path) -> (BTreeSet<String>, bool) {
    // Another repository around this folder knows nothing of its files.
    let is_root = |top: &PathBuf| top.canonicalize().is_ok_and(|top| top == root);
    let kept = Repository::with_work_tree(root)
        .ok()
        .filter(|(_, top)| is_root(top))
        .and_then(|(repository, _)| repository.kept().ok());
    let mut paths = BTreeSet::new();
    let is_known = kept.is_some();
    for path in kept.unwrap_or_default() {
        paths.insert(slashed(&path));
    }
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).git_ignore(is_known).require_git(false).filter_entry(|entry| {
        let is_made = MADE.iter().any(|made| entry.file_name() == *made);
        entry.depth() == 0 || !is_made
    });
    let mut are_too_many = false;
    for entry in walk.build() {
        if paths.len() > MOST_FILES {
            are_too_many = true;
            break;
        }
        let Ok(entry) = entry else {
            // A folder that cannot be read may hold anything.
            are_too_many = true;
            continue;
        };
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if !is_folder && let Ok(path) = entry.path().strip_prefix(root) {
            paths.insert(slashed(path));
        }
    }
    paths.remove("");
    (paths, are_too_many)
}

fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// How the files of the root are called by somebody who calls the lockfile `shown`.
fn shown_root(shown: &str, project: &str) -> String {
    let folder = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
    let above = if project.is_empty() {
        Some(folder)
    } else {
        folder.strip_suffix(project).filter(|above| above.is_empty() || above.ends_with('/'))
    };
    match above.map(|above| above.trim_end_matches('/')) {
        Some("") if folder.starts_with('/') => "/".to_owned(),
        Some("") => String::new(),
        Some(above) => format!("{above}/"),
        None => {
            let steps = project.split('/').count();
            let slash = if folder.is_empty() { "" } else { "/" };
            format!("{folder}{slash}{}", "../".repeat(steps))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_the_lockfile_is() {
        for (lockfile, project, expected) in [
            ("package-lock.json", "", "Dockerfile"),
            ("web/package-lock.json", "web", "Dockerfile"),
            ("a/web/package-lock.json", "web", "a/Dockerfile"),
            ("package-lock.json", "web/app", "../../Dockerfile"),
            ("../web/package-lock.json", "a/web", "../web/../../Dockerfile"),
            ("/srv/web/package-lock.json", "web", "/srv/Dockerfile"),
        ] {
            let shown = format!("{}Dockerfile", shown_root(lockfile, project));
            assert_eq!(shown, expected, "{lockfile} {project}");
        }
    }
}
