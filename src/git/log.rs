//! The commits of a file, and the tags of a repository.

use jiff::Timestamp;

use super::{GitError, Repository, lines};

/// A commit and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its full id.
    pub id: String,
    /// When it was committed.
    pub time: Timestamp,
}

/// A tag and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// When it was made; for a lightweight tag the time of its commit.
    pub time: Timestamp,
}

impl Repository {
    /// The commits of the current branch, oldest first, in which a file of the folder
    /// changed. A merge counts if it changed the file on this branch.
    pub fn commits(&self, file: &str) -> Result<Vec<Commit>, GitError> {
        let output = self.run(
            &["log", "--first-parent", "--reverse", "--format=%H %ct", "HEAD", "--", file],
            None,
        )?;
        lines(&output)
            .map(|line| {
                let (id, seconds) = line.split_once(' ')?;
                let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
                Some(Commit { id: id.to_owned(), time })
            })
            .collect::<Option<_>>()
            .ok_or_else(|| GitError::Unexpected("log".to_owned()))
    }

    pub fn tags(&self) -> Result<Vec<Tag>, GitError> {
        let format = "--format=%(creatordate:unix) %(refname)";
        let output = self.run(&["for-each-ref", format, "refs/tags"], None)?;
        Ok(lines(&output)
            .filter_map(|line| {
                let (seconds, name) = line.split_once(' ')?;
                // A tag of an object without a date, such as a file, is not a release.
                let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
                Some(Tag { name: name.strip_prefix("refs/tags/")?.to_owned(), time })
            })
            .collect())
    }
}
