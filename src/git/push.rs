//! What git knows about a push: where hooks are, which commits are new, and whether the work tree
//! is the commit that is pushed.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{CommitId, GitError, Repository, Revision, RevisionError, lines, path_of};

/// Commits that the remote does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancestry {
    /// Whether there are any.
    pub has_news: bool,
    /// The parents of the new commits that the remote has.
    pub known: Vec<CommitId>,
}

impl Repository {
    /// The commit that is checked out.
    pub fn head(&self) -> Result<CommitId, GitError> {
        let head: Result<Revision, RevisionError> = "HEAD".parse();
        let commit = match head {
            Ok(head) => self.resolve(&head)?,
            Err(_) => None,
        };
        commit.ok_or_else(|| GitError::Refused {
            command: "rev-parse".to_owned(),
            message: "there is no commit yet".to_owned(),
        })
    }

    /// The time of a commit.
    pub fn time_of(&self, commit: &CommitId) -> Result<Timestamp, GitError> {
        let output = self.run(&["log", "--no-walk", "--format=%ct", commit.as_str()], None)?;
        let seconds = lines(&output).next().and_then(|line| line.parse().ok());
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.ok_or_else(|| GitError::Unexpected("log".to_owned()))
    }

    /// The folder of the hooks, and the folder of the repository itself: in a worktree the shared one.
    pub fn hook_folders(&self) -> Result<(PathBuf, PathBuf), GitError> {
        let arguments =
            ["rev-parse", "--path-format=absolute", "--git-path", "hooks", "--git-common-dir"];
        let output = self.run(&arguments, None)?;
        let mut lines = output.split(|byte| *byte == b'\n').map(path_of);
        let folders = lines.next().flatten().zip(lines.next().flatten());
        folders.ok_or_else(|| GitError::Unexpected("rev-parse --git-path".to_owned()))
    }

    /// A setting; `None` where it is not set.
    pub fn setting(&self, name: &str) -> Option<String> {
        let output = self.run(&["config", "--get", name], None).ok()?;
        Some(String::from_utf8_lossy(output.trim_ascii()).into_owned())
    }

    /// The commits of these objects, following tags; `None` for one that is not a commit, or is not
    /// here.
    pub fn commits_of(&self, objects: &[&str]) -> Result<Vec<Option<CommitId>>, GitError> {
        let questions: Vec<String> =
            objects.iter().map(|object| format!("{object}^{{commit}}")).collect();
        let arguments = ["cat-file", "--batch-check=%(objectname) %(objecttype)"];
        let output = self.run(&arguments, Some(questions.join("\n") + "\n"))?;
        let answers: Vec<Option<CommitId>> = lines(&output)
            .map(|line| line.strip_suffix(" commit").and_then(CommitId::parse))
            .collect();
        if answers.len() == objects.len() {
            Ok(answers)
        } else {
            Err(GitError::Unexpected("cat-file --batch-check".to_owned()))
        }
    }

    /// Whether an object is here, and the object that it leads to if it is a tag.
    pub fn has_object(&self, object: &str) -> Result<bool, GitError> {
        let question = format!("{object}^{{}}\n");
        let output = self.run(&["cat-file", "--batch-check=%(objecttype)"], Some(question))?;
        let mut kinds = lines(&output);
        Ok(kinds.next().is_some_and(|kind| !kind.ends_with(" missing")))
    }

    /// The paths that differ between two commits. `None` if a submodule is one of them: its
    /// differences are in another repository.
    pub fn changed(&self, from: &CommitId, to: &CommitId) -> Result<Option<Vec<String>>, GitError> {
        let arguments =
            ["diff-tree", "-r", "-z", "--raw", "--no-renames", from.as_str(), to.as_str()];
        let output = paths(&self.run(&arguments, None)?);
        // `:<mode> <mode> <object> <object> <letter>`, then the path.
        let (modes, paths): (Vec<_>, Vec<_>) =
            output.chunks(2).map(|pair| (&pair[0], pair.get(1))).unzip();
        let is_submodule = |modes: &&String| {
            let mut modes = modes.trim_start_matches(':').split(' ').take(2);
            modes.any(|mode| mode == "160000")
        };
        if modes.iter().any(is_submodule) {
            return Ok(None);
        }
        paths
            .into_iter()
            .map(Option::<&String>::cloned)
            .collect::<Option<_>>()
            .map(Some)
            .ok_or_else(|| GitError::Unexpected("diff-tree".to_owned()))
    }

    /// Whether every tracked file is checked out as it is in this commit.
    ///
    /// When in doubt, a file counts as different: files are compared unchanged, without filters. A sparse
    /// checkout, and files that git is set to ignore changes of, are never clean. Of a submodule only the
    /// commit is compared: looking further would let git start programs that its configuration names.
    pub fn is_clean(&self, commit: &CommitId) -> Result<bool, GitError> {
        let differing = self.run_without_filters(&[
            "diff-index",
            "--name-only",
            "-z",
            "--ignore-submodules=dirty",
            commit.as_str(),
            "--",
        ])?;
        if !differing.is_empty() {
            return Ok(false);
        }
        let kept = self.run(&["ls-files", "-v", "-z", "--stage"], None)?;
        for line in kept.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let Some(entry) = line.strip_prefix(b"H ") else {
                return Ok(false);
            };
            if entry.starts_with(b"160000 ") && !self.is_submodule_clean(entry)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a submodule is checked out at its commit: `160000 <commit> <stage>TAB<path>`. One that is
    /// not checked out cannot hold anything else.
    fn is_submodule_clean(&self, entry: &[u8]) -> Result<bool, GitError> {
        let unexpected = || GitError::Unexpected("ls-files --stage".to_owned());
        let tab = memchr::memchr(b'\t', entry).ok_or_else(unexpected)?;
        let words = std::str::from_utf8(&entry[..tab]).ok();
        let name = words.and_then(|words| words.split(' ').nth(1));
        let commit = name.and_then(CommitId::parse).ok_or_else(unexpected)?;
        let folder = self.folder.join(path_of(&entry[tab + 1..]).ok_or_else(unexpected)?);
        if !folder.join(".git").exists() {
            return Ok(true);
        }
        let submodule = self.seen_from(&folder);
        Ok(submodule.is_clean(&commit)? && submodule.untracked()?.is_empty())
    }

    /// The paths of untracked files. Of a folder that is ignored completely there is
    /// only the folder, with a slash at its end.
    pub fn untracked(&self) -> Result<Vec<String>, GitError> {
        let others = ["ls-files", "-z", "--others", "--exclude-standard"];
        let ignored = [&others[..], &["--ignored", "--directory"]].concat();
        let mut found = paths(&self.run(&others, None)?);
        found.extend(paths(&self.run(&ignored, None)?));
        Ok(found)
    }
}

fn paths(output: &[u8]) -> Vec<String> {
    output
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty())
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect()
}
