//! Revisions: from the name that a person or an event gives to one commit in this repository.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{GitError, Repository, lines};

/// A commit's name as given by a person or an event (git documentation, "gitrevisions").
///
/// It never looks like an option, and it names one commit: no range, no file, no search in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision(String);

/// Why a text is not a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevisionError {
    #[error("it names nothing")]
    Empty,
    /// It starts like an option of git.
    #[error("it begins with `-`, like an option")]
    Option,
    /// It has a character that no name of one commit needs.
    #[error("it holds a character that the name of a commit cannot have")]
    Character,
    /// It names more than one commit.
    #[error("it is a range, and one commit is asked for")]
    Range,
}

impl FromStr for Revision {
    type Err = RevisionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits =
            |character: char| character.is_alphanumeric() || "-_./~^@{}+#%=".contains(character);
        if text.is_empty() {
            Err(RevisionError::Empty)
        } else if text.starts_with('-') {
            Err(RevisionError::Option)
        } else if !text.chars().all(fits) || text.starts_with('^') {
            Err(RevisionError::Character)
        } else if text.contains("..") {
            Err(RevisionError::Range)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl Revision {
    /// The branch or tag that it starts with, without any suffix such as `~2`.
    fn reference(&self) -> &str {
        let counted = self.0.find(['~', '^']);
        let suffix = self.0.find("@{");
        let end = counted.into_iter().chain(suffix).min();
        &self.0[..end.unwrap_or(self.0.len())]
    }

    /// The commit, if its id is given in full.
    pub fn commit(&self) -> Option<CommitId> {
        CommitId::parse(&self.0)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The full name of a commit: 40 hexadecimal digits, or 64 in a repository that uses SHA-256
/// (git documentation, "hash-function-transition").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(String);

impl CommitId {
    /// Reads a full commit id. `None` for anything else, including all zeros, which git uses for
    /// "no commit".
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = matches!(text.len(), 40 | 64)
            && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            && text.bytes().any(|byte| byte != b'0');
        is_name.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The hexadecimal digits, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, as GitHub shows it.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<&CommitId> for Revision {
    fn from(commit: &CommitId) -> Self {
        Self(commit.0.clone())
    }
}

impl Repository {
    /// The commit of a revision. `None` if it is not here.
    ///
    /// A name that is both a tag and a branch is refused: git would take the tag, and anyone who can push
    /// one could redirect `origin/main`.
    pub fn resolve(&self, revision: &Revision) -> Result<Option<CommitId>, GitError> {
        self.refuse_ambiguous(revision)?;
        let question = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &question];
        match self.run(&arguments, None) {
            Ok(output) => {
                let name = std::str::from_utf8(output.trim_ascii()).ok();
                let commit = name.and_then(CommitId::parse);
                commit
                    .map(Some)
                    .ok_or_else(|| GitError::Unexpected("rev-parse --verify".to_owned()))
            }
            Err(GitError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fails if a short name is ambiguous (git documentation, "gitrevisions": the places in
    /// which a name is looked up).
    fn refuse_ambiguous(&self, revision: &Revision) -> Result<(), GitError> {
        let name = revision.reference();
        if revision.commit().is_some() || matches!(name, "" | "HEAD") {
            return Ok(());
        }
        let places = ["tags", "heads", "remotes"].map(|place| format!("refs/{place}/{name}"));
        let mut arguments =
            vec!["for-each-ref", "--format=%(refname) %(objectname) %(*objectname)"];
        arguments.extend(places.iter().map(String::as_str));
        let output = self.run(&arguments, None)?;
        let found = lines(&output).filter_map(|line| {
            let mut words = line.split(' ').filter(|word| !word.is_empty());
            let (place, object) = (words.next()?, words.next()?);
            // A tag object is replaced by its target.
            places
                .iter()
                .any(|known| known == place)
                .then(|| (place.to_owned(), words.next().unwrap_or(object).to_owned()))
        });
        let found: Vec<(String, String)> = found.collect();
        let is_one = found.windows(2).all(|pair| pair[0].1 == pair[1].1);
        if is_one {
            Ok(())
        } else {
            Err(GitError::Ambiguous(found.into_iter().map(|(place, _)| place).collect()))
        }
    }

    /// Fetches one commit and its files from `origin`, and nothing else: no tags, no branches, no
    /// submodules. A shallow clone stays as shallow as it was.
    ///
    /// `FETCH_HEAD` is left alone: its time tells how old a checkout of advisories is.
    ///
    /// # Errors
    ///
    /// It is not available, or not within `patience`.
    pub fn fetch(&self, commit: &CommitId, patience: Duration) -> Result<(), GitError> {
        let mut arguments = vec![
            "-c",
            "core.hooksPath=/dev/null",
            // Give up on a connection that delivers nothing for half a minute.
            "-c",
            "http.lowSpeedLimit=1",
            "-c",
            "http.lowSpeedTime=30",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
        ];
        if self.is_shallow()? {
            arguments.push("--depth=1");
        }
        arguments.extend(["--end-of-options", "origin", commit.as_str()]);
        let command = "fetch".to_owned();
        match self.run_for(patience, &arguments) {
            Err(GitError::Refused { message, .. }) => Err(GitError::Refused { command, message }),
            Err(GitError::TooSlow { seconds, .. }) => Err(GitError::TooSlow { command, seconds }),
            other => other.map(|_| ()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_names_one_commit_and_never_an_option() {
        for text in [
            "main",
            "origin/release-1.x",
            "HEAD~2",
            "v1.0^{commit}",
            "@{upstream}",
            "0123456789abcdef0123456789abcdef01234567",
            "größe",
        ] {
            assert_eq!(text.parse::<Revision>().unwrap().0, text);
        }
        for (text, error) in [
            ("", RevisionError::Empty),
            ("-", RevisionError::Option),
            ("--output=/tmp/x", RevisionError::Option),
            ("--upload-pack=touch x", RevisionError::Option),
            ("main x", RevisionError::Character),
            ("main\n", RevisionError::Character),
            ("HEAD:Cargo.lock", RevisionError::Character),
            (":/a message", RevisionError::Character),
            ("^main", RevisionError::Character),
            ("main;true", RevisionError::Character),
            ("$(true)", RevisionError::Character),
            ("a..b", RevisionError::Range),
        ] {
            assert_eq!(text.parse::<Revision>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn only_a_whole_name_is_a_commit() {
        let whole = "0123456789ABCDEF0123456789abcdef01234567";
        assert_eq!(CommitId::parse(whole).unwrap().as_str(), whole.to_lowercase());
        assert_eq!(CommitId::parse(whole).unwrap().short(), "0123456");
        for text in ["main", "0123456", &"0".repeat(40), &"0".repeat(64), &"g".repeat(40)] {
            assert_eq!(CommitId::parse(text), None, "{text}");
        }
    }
}
