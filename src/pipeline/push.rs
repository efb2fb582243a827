//! What of a push has to be checked, and where it lies.
//!
//! What is pushed is a commit, and not what happens to be checked out. Where both are the same, what is
//! checked out is checked as it lies; otherwise the commit is written out into a temporary folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use tempfile::TempDir;

use crate::git::{CommitId, EntryKind, GitError, Repository, WholeTree, WriteError};
use crate::hook::push::PushedReference;
use crate::hook::relevance::{Relevance, tells_targets};
use crate::policy::{FILE_NAME, Policy, discovery};
use crate::problem::SourceText;
use crate::settings::shown;

/// A commit that follows on more commits than this is checked whatever has changed.
const MOST_PARENTS: usize = 16;

/// Why it is not known what is pushed.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Git does not say.
    #[error(transparent)]
    Git(#[from] GitError),
    /// What is pushed is not here, so that nobody can say what is in it.
    #[error("object {0} is not here")]
    Gone(String),
    /// What a submodule holds in what is pushed is not here.
    #[error(
        "the submodule {0} is at {1}, which is not here: type `git submodule update --init --recursive`"
    )]
    Submodule(String, String),
    /// The commit cannot be written out.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// There is no room for temporary files.
    #[error("there is no temporary folder: {0}")]
    Temporary(#[from] io::Error),
}

/// What is pushed and has to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub commit: CommitId,
    /// What it is called on the other side.
    pub names: BTreeSet<String>,
}

/// What differs between what is pushed and what the other side has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// These paths. None: nothing.
    Paths(BTreeSet<String>),
    /// It is not known.
    Unknown,
}

/// What decides about pushes.
#[derive(Clone, Copy, Debug)]
pub struct Push<'run> {
    /// The repository, seen from the folder that everything is checked out in.
    pub repository: &'run Repository,
    pub root: &'run Path,
    /// The name of the remote, or its address where it has none.
    pub remote: &'run str,
    /// The policy, if one was named.
    pub policy: Option<&'run Path>,
    pub today: Date,
}

impl Push<'_> {
    /// The commits of a push that have to be checked: those that change something on which the answer
    /// of the gate rests.
    ///
    /// # Errors
    ///
    /// Git cannot say what is pushed.
    pub fn tasks(&self, pushed: &[PushedReference]) -> Result<Vec<Task>, PushError> {
        let mut changes: BTreeMap<String, (CommitId, BTreeSet<String>, Change)> = BTreeMap::new();
        let objects: Vec<&str> = pushed
            .iter()
            .flat_map(|reference| {
                [reference.object.as_str(), reference.before.as_deref().unwrap_or_default()]
            })
            .map(|object| if object.is_empty() { NO_OBJECT } else { object })
            .collect();
        let commits = self.repository.commits_of(&objects)?;
        for (reference, commits) in pushed.iter().zip(commits.chunks(2)) {
            let [Some(commit), before] = commits else {
                if !self.repository.has_object(&reference.object)? {
                    return Err(PushError::Gone(reference.object.clone()));
                }
                // A tag of a file or a folder ships no commit.
                continue;
            };
            let change = self.change(commit, before.as_ref())?;
            let nothing = || (commit.clone(), BTreeSet::new(), Change::Paths(BTreeSet::new()));
            let (_, names, known) =
                changes.entry(commit.as_str().to_owned()).or_insert_with(nothing);
            names.insert(reference.name.clone());
            known.add(change);
        }
        let mut tasks = Vec::new();
        for (commit, names, change) in changes.into_values() {
            if self.matters(&commit, &change)? {
                tasks.push(Task { commit, names });
            }
        }
        Ok(tasks)
    }

    fn change(&self, commit: &CommitId, before: Option<&CommitId>) -> Result<Change, GitError> {
        if let Some(before) = before {
            return Ok(Change::of(self.repository.changed(before, commit)?));
        }
        let ancestry = self.repository.ancestry(commit, self.remote)?;
        if !ancestry.has_news {
            return Ok(Change::Paths(BTreeSet::new()));
        }
        if ancestry.known.is_empty() || ancestry.known.len() > MOST_PARENTS {
            return Ok(Change::Unknown);
        }
        let mut change = Change::Paths(BTreeSet::new());
        for known in &ancestry.known {
            change.add(Change::of(self.repository.changed(known, commit)?));
        }
        Ok(change)
    }

    fn matters(&self, commit: &CommitId, change: &Change) -> Result<bool, GitError> {
        let Change::Paths(paths) = change else {
            return Ok(true);
        };
        if paths.is_empty() {
            return Ok(false);
        }
        if paths.iter().any(|path| Relevance::always(path)) {
            return Ok(true);
        }
        // A policy that does not read decides nothing: the check says what is wrong with it.
        let relevance = self.policy(commit)?.map(|policy| Relevance::of(&policy));
        Ok(relevance.is_none_or(|relevance| paths.iter().any(|path| relevance.matters(path))))
    }

    /// The policy that governs a commit; `None` if it does not read.
    fn policy(&self, commit: &CommitId) -> Result<Option<Policy>, GitError> {
        if let Some(named) = self.policy {
            return Ok(discovery::load(named, &shown(named), self.today).ok());
        }
        let blobs = self.repository.blobs(&[commit.as_str().to_owned()], FILE_NAME)?;
        let Some(blob) = blobs.into_iter().next().flatten() else {
            return Ok(Some(Policy::strict_default()));
        };
        let content = self.repository.contents(&[blob])?.pop().unwrap_or_default();
        let Ok(text) = String::from_utf8(content) else {
            return Ok(None);
        };
        Ok(Policy::parse(Arc::new(SourceText::new(FILE_NAME, text)), self.today).ok())
    }

    /// Where the content of a commit lies.
    ///
    /// # Errors
    ///
    /// Git cannot say what it holds, or it cannot be written out.
    pub fn place(&self, commit: &CommitId) -> Result<Place, PushError> {
        let policy = self.policy(commit)?;
        let relevance = policy.map(|policy| Relevance::of(&policy)).unwrap_or_default();
        if self.is_checked_out(commit, &relevance)? {
            return Ok(Place::CheckedOut(self.root.to_owned()));
        }
        let folder = tempfile::Builder::new().prefix("lockgate-push-").tempdir()?;
        let whole = self.repository.whole_tree(commit, self.root)?;
        if let Some(absent) = whole.absent().next() {
            return Err(PushError::Submodule(shown(&absent.path), absent.blob.clone()));
        }
        let WholeTree { mut entries, repository, .. } = whole;
        // What a link leads to may have any name.
        if entries.iter().all(|entry| entry.kind != EntryKind::Link) {
            entries.retain(|entry| {
                let path = entry.slashed_path();
                relevance.is_looked_at(&path) || tells_targets(&path)
            });
        }
        repository.write_tree(commit, &entries, folder.path())?;
        // It is the root of a repository, wherever that makes a difference.
        fs::create_dir(folder.path().join(".git"))?;
        Ok(Place::Copy(folder))
    }

    /// Whether a check of what is checked out is one of the commit.
    fn is_checked_out(&self, commit: &CommitId, relevance: &Relevance) -> Result<bool, GitError> {
        if self.repository.head()? != *commit || !self.repository.is_clean(commit)? {
            return Ok(false);
        }
        let untracked = self.repository.untracked()?;
        // Folders in which everything is ignored hold what was installed or built.
        let can_matter = |path: &String| match path.strip_suffix('/') {
            Some(_) => Relevance::always(path),
            None => relevance.matters(path),
        };
        Ok(!untracked.iter().any(can_matter))
    }
}

/// A name that no object has.
const NO_OBJECT: &str = "0000000000000000000000000000000000000000";

impl Change {
    fn of(paths: Option<Vec<String>>) -> Self {
        paths.map_or(Self::Unknown, |paths| Self::Paths(paths.into_iter().collect()))
    }

    fn add(&mut self, other: Self) {
        match (self, other) {
            (Self::Paths(paths), Self::Paths(more)) => paths.extend(more),
            (unknown, _) => *unknown = Self::Unknown,
        }
    }
}

/// Where the content of a commit lies.
#[derive(Debug)]
pub enum Place {
    /// It is what is checked out, in this folder.
    CheckedOut(PathBuf),
    /// In a folder that is gone afterwards.
    Copy(TempDir),
}

impl Place {
    pub fn folder(&self) -> &Path {
        match self {
            Self::CheckedOut(folder) => folder,
            Self::Copy(folder) => folder.path(),
        }
    }
}
