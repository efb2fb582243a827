//! What git keeps of what is searched, whether or not it is in the work tree.
//!
//! `.gitignore` speaks about files that git does not keep, so a line in it must not take a lockfile out
//! of the check; nor must the name of a folder, a sparse checkout, or a submodule that is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use crate::git::{BlobName, EntryKind, GitError, IndexEntry, Repository};
use crate::lockfile::discovery::{self, Discovery};
use crate::problem::{Gap, GapCode};
use crate::settings::shown;

/// So many repositories are asked at a time.
const AT_ONCE: usize = 8;

/// Who says which files of a folder git keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Git, which is asked wherever there is a repository.
    AsGitSays,
    /// Everything that is there is kept: the folder is the tree of a commit.
    Everything,
}

#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// Lockfiles and manifests, by their paths.
    pub(super) files: BTreeMap<PathBuf, TrackedFile>,
    /// Submodules that are not checked out.
    pub(super) submodules: BTreeSet<PathBuf>,
    /// Why it is not known what else there is.
    pub(super) unknown: Option<GitError>,
    /// Whether there is no repository, so that nothing is kept.
    pub(super) is_outside: bool,
}

/// A lockfile or a manifest that git keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TrackedFile {
    /// A folder of its repository.
    pub(super) repository: PathBuf,
    pub(super) blob: BlobName,
    /// Whether git leaves it out of the work tree.
    pub(super) is_sparse: bool,
}

/// Searches a folder, and asks git meanwhile what it keeps there.
pub(super) fn ask(
    folder: &Path,
    kept: Kept,
    search: impl FnOnce() -> Discovery,
) -> (Discovery, Tracked) {
    let mut tracked = Tracked::default();
    if kept == Kept::Everything || !discovery::is_in_repository(folder) {
        tracked.is_outside = true;
        return (search(), tracked);
    }
    let (found, said) = thread::scope(|scope| {
        let asked = scope.spawn(|| index(folder));
        let found = search();
        (found, joined(asked.join()))
    });
    let mut asked = BTreeSet::from([folder.to_owned()]);
    let mut open = tracked.add(folder, said, true);
    open.extend(found.repositories.iter().cloned().map(|nested| (nested, false)));
    while !open.is_empty() {
        open.retain(|(nested, _)| asked.insert(nested.clone()));
        let mut next = Vec::new();
        for batch in open.chunks(AT_ONCE) {
            let answers: Vec<_> = thread::scope(|scope| {
                let started: Vec<_> =
                    batch.iter().map(|(nested, _)| scope.spawn(|| index(nested))).collect();
                started.into_iter().map(|one| joined(one.join())).collect()
            });
            for ((nested, is_submodule), said) in batch.iter().zip(answers) {
                next.extend(tracked.add(nested, said, *is_submodule));
            }
        }
        open = next;
    }
    (found, tracked)
}

type Index = Result<Vec<IndexEntry>, GitError>;

fn index(folder: &Path) -> Index {
    Repository::assumed(folder)
        .index(|name| discovery::is_looked_for(name) || discovery::is_manifest_name(name))
}

fn joined(result: thread::Result<Index>) -> Index {
    result.unwrap_or_else(|_| Err(GitError::Unexpected("ls-files".to_owned())))
}

impl Tracked {
    /// Notes what one repository keeps, and gives its submodules that are checked out. `counts`: whether
    /// it is the one that is searched or a submodule, so that its silence counts.
    fn add(&mut self, folder: &Path, said: Index, counts: bool) -> Vec<(PathBuf, bool)> {
        let entries = match said {
            Ok(entries) => entries,
            Err(error) => {
                if counts {
                    self.unknown.get_or_insert(error);
                    self.submodules.extend(absent_submodules(folder));
                }
                return Vec::new();
            }
        };
        let mut submodules = Vec::new();
        for IndexEntry { path, kind, blob, is_sparse } in entries {
            let path = folder.join(path);
            if kind != EntryKind::Submodule {
                let repository = folder.to_owned();
                self.files.insert(path, TrackedFile { repository, blob, is_sparse });
            } else if is_checked_out(&path) {
                submodules.push((path, true));
            } else {
                self.submodules.insert(path);
            }
        }
        submodules
    }
}

fn is_checked_out(submodule: &Path) -> bool {
    fs::symlink_metadata(submodule.join(".git")).is_ok()
}

/// The submodules below a folder that are not checked out, as far as that can be seen without git.
fn absent_submodules(folder: &Path) -> Vec<PathBuf> {
    let Ok(text) = fs::read_to_string(folder.join(".gitmodules")) else {
        return Vec::new();
    };
    let paths = text.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "path").then(|| folder.join(value.trim().trim_matches('"')))
    });
    paths.filter(|path| !is_checked_out(path)).collect()
}

/// Whether the configuration of a repository asks for a sparse checkout, as far as that can be seen
/// without git (git documentation, "git-sparse-checkout").
pub(super) fn is_sparse_checkout(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    let Some(git) = folder.ancestors().map(|above| above.join(".git")).find(|git| git.exists())
    else {
        return false;
    };
    let named = fs::read_to_string(&git).ok();
    let named = named.as_deref().and_then(|text| text.strip_prefix("gitdir:"));
    let git = named.map_or_else(
        || git.clone(),
        |path| git.parent().unwrap_or(Path::new("")).join(path.trim()),
    );
    ["config", "config.worktree"].iter().any(|name| {
        let text = fs::read_to_string(git.join(name)).unwrap_or_default();
        text.lines().any(|line| {
            let line = line.to_ascii_lowercase().replace(char::is_whitespace, "");
            line == "sparsecheckout=true"
        })
    })
}

/// Lockfiles of which nobody can say whether they count.
pub(super) fn hidden_gap<'path>(
    error: &GitError,
    ignored: impl IntoIterator<Item = &'path PathBuf>,
) -> Option<Gap> {
    let named: Vec<String> = ignored.into_iter().map(|path| shown(path)).collect();
    (!named.is_empty()).then(|| {
        Gap::new(
            GapCode::LockfileHidden,
            format!(
                "`.gitignore` names {}, which would be checked if git kept it, and git does not say: {error}",
                named.join(", ")
            ),
            "let git answer in this folder, name the lockfile, or leave it out with `[lockfiles] exclude` in the policy",
        )
    })
}
