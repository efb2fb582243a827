//! The parents of a commit.

use super::{CommitId, GitError, Repository, lines};

impl Repository {
    /// The parents of a commit, as written in it: a shallow clone treats its oldest
    /// commits as the first ones, but they still name their parents (git documentation, "shallow").
    pub fn parents(&self, commit: &CommitId) -> Result<Vec<CommitId>, GitError> {
        let output = self.run(&["cat-file", "commit", commit.as_str()], None)?;
        let head = output.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
        head.filter_map(|line| line.strip_prefix(b"parent "))
            .map(|name| std::str::from_utf8(name).ok().and_then(CommitId::parse))
            .collect::<Option<_>>()
            .ok_or_else(|| GitError::Unexpected("cat-file commit".to_owned()))
    }

    /// Whether one commit is an ancestor of another, or the same. `false` where it is unknown, as in a
    /// shallow clone.
    pub fn leads_to(&self, earlier: &CommitId, later: &CommitId) -> bool {
        let arguments = ["merge-base", "--is-ancestor", earlier.as_str(), later.as_str()];
        self.run(&arguments, None).is_ok()
    }

    /// The merge base of two commits, if there is exactly one.
    pub fn parting(&self, left: &CommitId, right: &CommitId) -> Option<CommitId> {
        let arguments = ["merge-base", "--all", left.as_str(), right.as_str()];
        let output = self.run(&arguments, None).ok()?;
        let mut found = lines(&output);
        let only = found.next().and_then(CommitId::parse);
        only.filter(|_| found.next().is_none())
    }
}
