//! What git keeps of what is checked out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{GitError, Repository, path_of};

impl Repository {
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
}
