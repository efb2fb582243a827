//! The stage behind the verdict for a release: what is to be stated about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::whole::not_whole;
use crate::attestation::statement::Subject;
use crate::attestation::{CheckedCommit, LEFT_OUT, Release};
use crate::disk;
use crate::git::{EntryKind, GitError, Repository, TreeEntry};
use crate::outcome::Outcome;
use crate::policy::SourcePlace;
use crate::settings::{CheckSettings, shown};

/// Adds to an outcome what a statement about a release says. Git is asked for the commit only if one is
/// written.
pub fn describe(outcome: &mut Outcome, settings: &CheckSettings, subjects: Vec<Subject>) {
    let partial = not_whole(outcome, &settings.paths);
    if let Some(reason) = &partial {
        outcome.remarks.push(format!("this is not a check of a whole repository: {reason}"));
    }
    if subjects.is_empty() {
        return;
    }
    let left_out = left_out(outcome);
    let mut paths: Vec<String> = settings.paths.iter().map(|path| searched(path)).collect();
    if partial.is_none() {
        paths.extend(left_out.iter().map(|what| format!("{LEFT_OUT}{what}")));
    }
    outcome.release = Some(Release {
        subjects,
        paths,
        is_whole: partial.is_none() && left_out.is_empty(),
        is_clock_set: settings.clock.overridden,
        source: source(outcome, settings),
    });
}

/// What is left out on purpose: the patterns of the policy, and libraries without a lockfile.
fn left_out(outcome: &Outcome) -> Vec<String> {
    let files = &outcome.unsearched.left_out;
    let mut left_out = Vec::new();
    if files.iter().any(|file| file.is_excluded) {
        left_out.extend(outcome.policy.excluded_lockfiles.iter().cloned());
    }
    let libraries = files.iter().filter(|file| !file.is_excluded);
    left_out.extend(libraries.map(|file| file.file.clone()));
    left_out
}

/// A path that was searched, which does not look like one that was left out.
fn searched(path: &Path) -> String {
    let path = shown(path);
    if path.starts_with(LEFT_OUT) { format!("./{path}") } else { path }
}

/// The commit that is checked out, as git says, or as the environment says where git cannot.
fn source(outcome: &Outcome, settings: &CheckSettings) -> Option<CheckedCommit> {
    let folder = settings.paths.iter().find(|path| path.is_dir())?;
    if let Ok(checkout) = checkout(folder, outcome, settings) {
        return Some(checkout);
    }
    let (_, commit) = outcome.product.as_deref()?.rsplit_once('@')?;
    Some(CheckedCommit { commit: commit.to_owned(), modified: None })
}

fn checkout(
    folder: &Path,
    outcome: &Outcome,
    settings: &CheckSettings,
) -> Result<CheckedCommit, GitError> {
    let (repository, root) = Repository::with_work_tree(folder)?;
    let root = root.canonicalize().unwrap_or(root);
    let mut trees = Trees::default();
    let commit = repository.head()?;
    trees.add(&root, &repository, commit.as_str())?;
    let mut modified = BTreeSet::new();
    let lockfiles = outcome.lockfiles.iter().map(|lockfile| &lockfile.source);
    for source in lockfiles.chain(&outcome.policy.source) {
        let place = place(Path::new(&source.path));
        let content = place.map(|place| trees.content(&root, &place)).transpose()?.flatten();
        if content.is_none_or(|content| !is_same_text(&content, &source.text)) {
            modified.insert(source.path.clone());
        }
    }
    for folder in own_advisories(outcome, settings) {
        modified.extend(trees.differing(&root, &folder)?);
    }
    Ok(CheckedCommit {
        commit: commit.as_str().to_owned(),
        modified: Some(modified.into_iter().collect()),
    })
}

/// The folders and files of the team's own advisories, where they are.
fn own_advisories(outcome: &Outcome, settings: &CheckSettings) -> Vec<PathBuf> {
    let policy = outcome.policy.source.as_ref();
    let folder = policy.map(|source| Path::new(&source.path).parent().unwrap_or(Path::new("")));
    let folder =
        folder.map(Path::to_owned).or_else(|| settings.paths.first().cloned()).unwrap_or_default();
    let sources = outcome.policy.database.sources.iter();
    let paths = sources.filter_map(|source| match &source.place {
        SourcePlace::Path(path) => Some(folder.join(path)),
        SourcePlace::Url(_) | SourcePlace::PackageManager => None,
    });
    paths.collect()
}

/// The trees of the commits that are checked out: that of the repository, and those of submodules.
#[derive(Default)]
struct Trees {
    /// By the folder that each is checked out in.
    trees: BTreeMap<PathBuf, Option<Tree>>,
}

struct Tree {
    repository: Repository,
    entries: Vec<TreeEntry>,
}

impl Trees {
    fn add(&mut self, root: &Path, repository: &Repository, commit: &str) -> Result<(), GitError> {
        let repository = repository.seen_from(root);
        let head = repository.head()?;
        // Another commit than the one that is kept is not what is kept.
        let tree = if head.as_str() == commit {
            let entries = repository.tree(&head)?;
            Some(Tree { repository, entries })
        } else {
            None
        };
        self.trees.insert(root.to_owned(), tree);
        Ok(())
    }

    /// The content of a file in the commit, in that of a submodule where it lies in one. `None`: it is
    /// not there.
    fn content(&mut self, root: &Path, place: &Path) -> Result<Option<Vec<u8>>, GitError> {
        let mut root = root.to_owned();
        loop {
            let Some(Some(tree)) = self.trees.get(&root) else {
                return Ok(None);
            };
            let Ok(inside) = place.strip_prefix(&root) else {
                return Ok(None);
            };
            let is_file =
                |entry: &&TreeEntry| entry.path == inside && entry.kind == EntryKind::File;
            if let Some(entry) = tree.entries.iter().find(is_file) {
                return Ok(tree.repository.contents(std::slice::from_ref(&entry.blob))?.pop());
            }
            let holds = |entry: &&TreeEntry| {
                entry.kind == EntryKind::Submodule && inside.starts_with(&entry.path)
            };
            let Some(submodule) = tree.entries.iter().find(holds) else {
                return Ok(None);
            };
            let (commit, repository) = (submodule.blob.clone(), tree.repository.clone());
            root.push(&submodule.path);
            if !self.trees.contains_key(&root) {
                self.add(&root, &repository, &commit)?;
            }
        }
    }

    /// The files at or below a folder of the repository that are not what the commit holds, or are not
    /// in it at all. Nothing where the commit has nothing there: it was brought from elsewhere.
    fn differing(&self, root: &Path, folder: &Path) -> Result<Vec<String>, GitError> {
        let Some(Some(tree)) = self.trees.get(root) else {
            return Ok(Vec::new());
        };
        let Some(place) = place(folder) else {
            return Ok(Vec::new());
        };
        let Ok(inside) = place.strip_prefix(root) else {
            return Ok(Vec::new());
        };
        let kept: Vec<&TreeEntry> = tree
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::File && entry.path.starts_with(inside))
            .collect();
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let blobs: Vec<_> = kept.iter().map(|entry| entry.blob.clone()).collect();
        let contents = tree.repository.contents(&blobs)?;
        let mut differing = Vec::new();
        let mut known = BTreeSet::new();
        for (entry, content) in kept.iter().zip(contents) {
            let path = root.join(&entry.path);
            let is_same = fs::read(&path).is_ok_and(|bytes| is_same_content(&content, &bytes));
            if !is_same {
                differing.push(shown(&path));
            }
            known.insert(path);
        }
        let there = files_below(&place);
        let added = there.iter().filter(|path| !known.contains(*path));
        differing.extend(added.map(|path| shown(path)));
        Ok(differing)
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            // What it holds is not known, so it is not what the commit holds.
            files.push(folder);
            continue;
        };
        for entry in entries {
            match entry.map(|entry| (entry.file_type(), entry.path())) {
                Ok((Ok(kind), path)) if kind.is_dir() => left.push(path),
                Ok((_, path)) => files.push(path),
                Err(_) => files.push(folder.clone()),
            }
        }
    }
    files
}

/// Where a file stands: its folder without links.
fn place(path: &Path) -> Option<PathBuf> {
    let folder = disk::folder_of(path).canonicalize().ok()?;
    match path.file_name() {
        Some(name) => Some(folder.join(name)),
        None => path.canonicalize().ok(),
    }
}

/// Whether a file holds what git does: git may write other line ends (Git documentation,
/// `core.autocrlf`), and a byte order mark is no part of the text that was read.
fn is_same_text(content: &[u8], text: &str) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    is_same_content(content, text.as_bytes())
}

/// The same for bytes.
fn is_same_content(content: &[u8], other: &[u8]) -> bool {
    let lines = |bytes: &[u8]| -> Vec<u8> {
        let mut lines = Vec::with_capacity(bytes.len());
        for (position, byte) in bytes.iter().enumerate() {
            if *byte != b'\r' || bytes.get(position + 1) != Some(&b'\n') {
                lines.push(*byte);
            }
        }
        lines
    };
    content == other || lines(content) == lines(other)
}

#[cfg(test)]
mod tests {
    use super::is_same_text;

    #[test]
    fn line_ends_and_a_byte_order_mark_make_no_other_text() {
        for (content, text, is_same) in [
            (&b"a\nb\n"[..], "a\nb\n", true),
            (b"a\nb\n", "a\r\nb\r\n", true),
            (b"a\r\nb\n", "a\nb\n", true),
            (b"\xef\xbb\xbfa\n", "a\n", true),
            (b"a\rb\n", "ab\n", false),
            (b"a\n", "a\nb\n", false),
            (b"", "a", false),
        ] {
            assert_eq!(is_same_text(content, text), is_same, "{text:?}");
        }
    }
}
