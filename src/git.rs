//! What `git` knows of a repository.
//!
//! The repository may be anybody's: no pager, no hook, no program that its attributes name is
//! started, and nothing is written to it but what [`fetch`](Repository::fetch) brings. Names are handed
//! over as arguments or on standard input, never through a shell.

mod checkout;
mod index;
mod log;
mod objects;
mod push;
mod revision;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

pub use checkout::WriteError;
pub use index::IndexEntry;
pub use log::{Commit, Tag};
pub use objects::{BlobName, EntryKind, TreeEntry};
pub use push::Ancestry;
pub use revision::{CommitId, Revision, RevisionError};

/// Why git does not say.
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
    /// A name that leads to several commits, by several references.
    #[error("it names several commits: {}", .0.join(" and "))]
    Ambiguous(Vec<String>),
    /// It says something that is not understood.
    #[error("`git {0}` says something that is not understood")]
    Unexpected(String),
}

/// A folder inside a repository.
#[derive(Clone, Debug)]
pub struct Repository {
    folder: PathBuf,
    /// Whether git may fetch what a partial clone lacks.
    fetches: bool,
}

impl Repository {
    /// The repository that a folder is in.
    pub fn of(folder: &Path) -> Result<Self, GitError> {
        let repository = Self { folder: folder.to_owned(), fetches: true };
        repository.run(&["rev-parse", "--git-dir"], None)?;
        Ok(repository)
    }

    /// The repository that a folder is in, and the folder that it is checked out in.
    pub fn with_work_tree(folder: &Path) -> Result<(Self, PathBuf), GitError> {
        let repository = Self { folder: folder.to_owned(), fetches: true };
        let said = repository.run(&["rev-parse", "--show-toplevel"], None)?;
        let path = path_of(said.strip_suffix(b"\n").unwrap_or(&said));
        path.map(|path| (repository, path))
            .ok_or_else(|| GitError::Unexpected("rev-parse --show-toplevel".to_owned()))
    }

    /// The same, but nothing is fetched, not even what a partial clone lacks (git documentation,
    /// "git", `GIT_NO_LAZY_FETCH`).
    #[must_use]
    pub fn offline(self) -> Self {
        Self { fetches: false, ..self }
    }

    /// Whether commits are missing at its beginning.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        let said = self.run(&["rev-parse", "--is-shallow-repository"], None)?;
        Ok(said.trim_ascii() == b"true")
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
        if !self.fetches {
            command.env("GIT_NO_LAZY_FETCH", "1");
        }
        command
    }
}

/// The lines of an answer that are text.
fn lines(said: &[u8]) -> impl Iterator<Item = &str> {
    said.split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
        .filter(|line| !line.is_empty())
}

/// A path as git writes it: bytes on Unix, UTF-8 elsewhere.
#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "elsewhere not all bytes are a path"
)]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

/// A path as git writes it: bytes on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}
