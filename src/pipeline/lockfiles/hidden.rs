//! Lockfiles that `.gitignore` names and git keeps all the same. It speaks about files that git does
//! not keep, so these count like any other: a line in it must not take a lockfile out of the check.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::git::{GitError, Repository};
use crate::lockfile::discovery::{self, Discovery};
use crate::problem::{Gap, GapCode};
use crate::settings::shown;

/// Who says which files of a folder git keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Git, which is asked where it makes a difference.
    AsGitSays,
    /// Everything that is there is kept: the folder is the tree of a commit.
    Everything,
}

/// What became of the lockfiles that `.gitignore` names.
#[derive(Debug, Default)]
pub(super) struct Unhidden {
    /// Those that count all the same.
    pub(super) counted: Vec<PathBuf>,
    /// Why it is not known whether others would.
    pub(super) unknown: Option<GitError>,
}

/// Counts the lockfiles below a folder that are ignored and kept. Git is started only where something
/// is ignored, and only inside a repository: elsewhere nothing is kept.
pub(super) fn unhide(folder: &Path, kept: Kept, found: &mut Discovery) -> Unhidden {
    if found.ignored.is_empty() && found.unsearched.is_empty() {
        return Unhidden::default();
    }
    let counted = match kept {
        Kept::Everything => found.ignored.clone(),
        Kept::AsGitSays if !discovery::is_in_repository(folder) => BTreeSet::new(),
        Kept::AsGitSays => match Repository::of(folder).and_then(|repository| repository.kept()) {
            Ok(kept) => hidden(folder, &kept, found),
            Err(error) => {
                return Unhidden { counted: Vec::new(), unknown: Some(error) };
            }
        },
    };
    found.count(&counted);
    Unhidden { counted: counted.into_iter().collect(), unknown: None }
}

/// What git keeps and the search passed over.
fn hidden(folder: &Path, kept: &BTreeSet<PathBuf>, found: &Discovery) -> BTreeSet<PathBuf> {
    let known = [&found.lockfiles, &found.unread];
    kept.iter()
        .filter(|path| discovery::is_looked_for_at(path))
        .map(|path| folder.join(path))
        .filter(|path| !known.iter().any(|known| known.contains(path)) && path.is_file())
        .collect()
}

/// Lockfiles of which nobody can say whether they count.
pub(super) fn gap<'path>(
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
