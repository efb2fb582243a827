//! The history of a file, as `git` tells it.
//!
//! The repository may be anybody's: no pager, no hook, no program that its configuration names is
//! started, and nothing is written. Names are handed over as arguments or on standard input, never
//! through a shell.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use jiff::Timestamp;

use super::Moment;

/// Why the history cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no `git`, or it cannot be started.
    #[error("`git` cannot be started: {0}")]
    Start(String),
    /// It says no.
    #[error("`git {command}` says: {said}")]
    Refused {
        /// What was asked of it.
        command: String,
        /// Its first line.
        said: String,
    },
    /// It says something that is not understood.
    #[error("`git {0}` says something that is not understood")]
    Unexpected(String),
}

/// A tag and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// When it was made; for a lightweight tag when its commit was.
    pub time: Timestamp,
}

/// A folder inside a repository.
#[derive(Clone, Debug)]
pub struct Repository {
    folder: PathBuf,
}

/// The name under which git keeps one content: equal contents have equal names.
pub type BlobName = String;

impl Repository {
    /// The repository that a folder is in.
    pub fn of(folder: &Path) -> Result<Self, GitError> {
        let repository = Self { folder: folder.to_owned() };
        repository.run(&["rev-parse", "--git-dir"], None)?;
        Ok(repository)
    }

    /// Whether commits are missing at its beginning.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        let said = self.run(&["rev-parse", "--is-shallow-repository"], None)?;
        Ok(said.trim_ascii() == b"true")
    }

    /// The commits of the branch that is checked out, oldest first, in which a file of the folder
    /// changed. Of a merge it counts what it changed on this branch.
    pub fn commits(&self, file: &str) -> Result<Vec<Moment>, GitError> {
        let said = self.run(
            &["log", "--first-parent", "--reverse", "--format=%H %ct", "HEAD", "--", file],
            None,
        )?;
        lines(&said)
            .map(|line| {
                let (commit, seconds) = line.split_once(' ')?;
                let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
                Some(Moment { commit: commit.to_owned(), time })
            })
            .collect::<Option<_>>()
            .ok_or_else(|| GitError::Unexpected("log".to_owned()))
    }

    /// Every tag.
    pub fn tags(&self) -> Result<Vec<Tag>, GitError> {
        let format = "--format=%(creatordate:unix) %(refname)";
        let said = self.run(&["for-each-ref", format, "refs/tags"], None)?;
        Ok(lines(&said)
            .filter_map(|line| {
                let (seconds, name) = line.split_once(' ')?;
                // A tag of something that has no date, such as a file, is no release.
                let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
                Some(Tag { name: name.strip_prefix("refs/tags/")?.to_owned(), time })
            })
            .collect())
    }

    /// The names of the contents that a file of the folder had in revisions, in their order; `None`
    /// where it was not there.
    pub fn blobs(
        &self,
        revisions: &[String],
        file: &str,
    ) -> Result<Vec<Option<BlobName>>, GitError> {
        let questions: Vec<String> = revisions
            .iter()
            .map(|revision| format!("{revision}:./{file}"))
            .collect();
        let arguments = ["cat-file", "--batch-check=%(objectname) %(objecttype)"];
        let said = self.run(&arguments, Some(questions.join("\n") + "\n"))?;
        let names: Vec<Option<BlobName>> = lines(&said)
            .map(|line| line.strip_suffix(" blob").map(str::to_owned))
            .collect();
        if names.len() == revisions.len() {
            Ok(names)
        } else {
            Err(GitError::Unexpected("cat-file --batch-check".to_owned()))
        }
    }

    /// The contents with these names, in their order.
    pub fn contents(&self, blobs: &[BlobName]) -> Result<Vec<Vec<u8>>, GitError> {
        let questions = blobs.join("\n") + "\n";
        let said = self.run(&["cat-file", "--batch=%(objectsize)"], Some(questions))?;
        let unexpected = || GitError::Unexpected("cat-file --batch".to_owned());
        let mut rest = said.as_slice();
        let mut contents = Vec::with_capacity(blobs.len());
        for _ in blobs {
            let end = memchr::memchr(b'\n', rest).ok_or_else(unexpected)?;
            let size = std::str::from_utf8(&rest[..end])
                .ok()
                .and_then(|size| size.parse().ok());
            let size: usize = size.ok_or_else(unexpected)?;
            let content = rest.get(end + 1..end + 1 + size).ok_or_else(unexpected)?;
            contents.push(content.to_vec());
            rest = rest.get(end + 1 + size + 1..).ok_or_else(unexpected)?;
        }
        Ok(contents)
    }

    fn run(&self, arguments: &[&str], input: Option<String>) -> Result<Vec<u8>, GitError> {
        let mut child = self
            .command(arguments)
            .spawn()
            .map_err(|error| GitError::Start(error.to_string()))?;
        let writer = child.stdin.take().map(|mut stdin| {
            // Written beside the reading: a pipe holds less than a history.
            thread::spawn(move || stdin.write_all(input.unwrap_or_default().as_bytes()))
        });
        let output = child
            .wait_with_output()
            .map_err(|error| GitError::Start(error.to_string()))?;
        if let Some(writer) = writer {
            // If git stopped reading, its exit code says why.
            let _ = writer.join();
        }
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or("nothing");
        Err(GitError::Refused {
            command: arguments.first().copied().unwrap_or_default().to_owned(),
            said: crate::terminal::one_line(first, 200),
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // Inside a hook these point to one repository, whatever folder is asked about.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(variable);
        }
        command
            .args([
                "--no-pager",
                "--no-optional-locks",
                "--no-replace-objects",
                "--literal-pathspecs",
            ])
            .args(["-c", "core.fsmonitor=false", "-c", "log.showSignature=false"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// The lines of an answer that are text.
fn lines(said: &[u8]) -> impl Iterator<Item = &str> {
    said.split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
        .filter(|line| !line.is_empty())
}
