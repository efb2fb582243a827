//! What git keeps of what is checked out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{GitError, Repository, path_of};

impl Repository {
    /// The same repository, seen from another folder of it.
    #[must_use]
    pub fn seen_from(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self.clone() }
    }

    /// The files below the folder that git keeps, with their paths from there. Whether `.gitignore`
    /// names them makes no difference: it speaks only about files that git does not keep (git
    /// documentation, "gitignore").
    ///
    /// # Errors
    ///
    /// There is no git, or it cannot read its index.
    pub fn kept(&self) -> Result<BTreeSet<PathBuf>, GitError> {
        let said = self.run(&["ls-files", "-z", "--cached"], None)?;
        said.split(|byte| *byte == 0)
            .filter(|path| !path.is_empty())
            .map(|path| {
                path_of(path).ok_or_else(|| GitError::Unexpected("ls-files --cached".to_owned()))
            })
            .collect()
    }

    /// The files below the folder that git keeps, and those that it would keep if they were added, with
    /// their paths from there. Of a repository that lies in it there is only the folder.
    ///
    /// # Errors
    ///
    /// There is no git, or it cannot read its index.
    pub fn kept_or_new(&self) -> Result<BTreeSet<PathBuf>, GitError> {
        let said =
            self.run(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"], None)?;
        said.split(|byte| *byte == 0)
            .filter(|path| !path.is_empty())
            .map(|path| path_of(path).ok_or_else(|| GitError::Unexpected("ls-files".to_owned())))
            .collect()
    }
}
