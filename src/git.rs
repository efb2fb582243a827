//! What `git` knows about a repository.
//!
//! The repository is untrusted: no pager, hook, filter or other program named by its
//! attributes or its configuration is started, and nothing is written to it except what
//! [`fetch`](Repository::fetch) downloads. Fetching starts the transport to `origin`, as `git fetch` does, and
//! a partial clone may do so for missing objects, unless [`offline`](Repository::offline) forbids it. Names
//! are passed as arguments or on standard input, never through a shell.

mod checkout;
mod filters;
mod index;
mod links;
mod log;
mod objects;
mod parents;
mod push;
mod remote;
mod revision;
mod submodules;
mod wait;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

pub use checkout::WriteError;
pub use index::IndexEntry;
pub use links::{is_harmless, stays_inside};
pub use log::Tag;
pub use objects::{BlobName, EntryKind, TreeEntry};
pub use push::Ancestry;
pub use revision::{CommitId, Revision, RevisionError};
pub use submodules::WholeTree;

/// Why git gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no `git`, or it cannot be started.
    #[error("`git` cannot be started: {0}")]
    Start(String),
    #[error("`git {command}` says: {message}")]
    Refused {
        /// The command.
        command: String,
        message: String,
    },
    /// Several references of this name lead to different commits.
    #[error("it names several commits: {}", .0.join(" and "))]
    Ambiguous(Vec<String>),
    /// Its output is not understood.
    #[error("`git {0}` says something that is not understood")]
    Unexpected(String),
    /// It took too long.
    #[error("`git {command}` was given up after {seconds} seconds")]
    TooSlow {
        /// The command.
        command: String,
        /// The time limit.
        seconds: u64,
    },
}

/// A folder inside a repository.
#[derive(Clone, Debug)]
pub struct Repository {
    folder: PathBuf,
    /// Whether git may fetch objects that a partial clone lacks.
    fetches: bool,
    /// Additional object folders, those of submodules.
    alternates: Vec<PathBuf>,
}

impl Repository {
    /// The repository that contains a folder.
    pub fn of(folder: &Path) -> Result<Self, GitError> {
        let repository = Self::assumed(folder);
        repository.run(&["rev-parse", "--git-dir"], None)?;
        Ok(repository)
    }

    /// The repository that contains a folder, and the root of its work tree.
    pub fn with_work_tree(folder: &Path) -> Result<(Self, PathBuf), GitError> {
        let repository = Self::assumed(folder);
        let output = repository.run(&["rev-parse", "--show-toplevel"], None)?;
        let path = path_of(output.strip_suffix(b"\n").unwrap_or(&output));
        path.map(|path| (repository, path))
            .ok_or_else(|| GitError::Unexpected("rev-parse --show-toplevel".to_owned()))
    }

    /// The same, but nothing is fetched, not even objects that a partial clone lacks (git documentation,
    /// "git", `GIT_NO_LAZY_FETCH`).
    #[must_use]
    pub fn offline(self) -> Self {
        Self { fetches: false, ..self }
    }

    /// Whether its history is cut off.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        let output = self.run(&["rev-parse", "--is-shallow-repository"], None)?;
        Ok(output.trim_ascii() == b"true")
    }

    /// The same, with the objects of other repositories. Object names are digests of the content, so
    /// none can be mistaken for another (git documentation, "git",
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`).
    #[must_use]
    pub fn with_objects_of(self, folders: Vec<PathBuf>) -> Self {
        Self { alternates: folders, ..self }
    }

    fn run(&self, arguments: &[&str], input: Option<String>) -> Result<Vec<u8>, GitError> {
        answer(self.command(arguments), arguments, input, None)
    }

    /// The same, with a time limit.
    fn run_for(&self, patience: Duration, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        answer(self.command(arguments), arguments, None, Some(patience))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // Inside a hook these point to one repository, no matter which folder is asked about.
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
        if let Some(alternates) = listed(&self.alternates) {
            command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", alternates);
        }
        command
    }
}

/// Starts git and returns its output.
fn answer(
    command: Command,
    arguments: &[&str],
    input: Option<String>,
    patience: Option<Duration>,
) -> Result<Vec<u8>, GitError> {
    let output = wait::output(command, input.unwrap_or_default(), patience)
        .map_err(|error| GitError::Start(error.to_string()))?;
    let name = || arguments.first().copied().unwrap_or_default().to_owned();
    let Some(output) = output else {
        let seconds = patience.unwrap_or_default().as_secs();
        return Err(GitError::TooSlow { command: name(), seconds });
    };
    if output.status.success() {
        return Ok(output.stdout);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let first = errors.lines().next().unwrap_or("nothing");
    Err(GitError::Refused { command: name(), message: crate::terminal::one_line(first, 200) })
}

/// A list of folders in git's syntax for variables. `None` if it is empty, or a folder cannot be
/// written in it.
fn listed(folders: &[PathBuf]) -> Option<OsString> {
    if folders.is_empty() {
        return None;
    }
    std::env::join_paths(folders).ok()
}

/// The lines of the output that are valid UTF-8.
fn lines(output: &[u8]) -> impl Iterator<Item = &str> {
    output
        .split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
        .filter(|line| !line.is_empty())
}

/// A path as git writes it: bytes on Unix, UTF-8 elsewhere.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

/// A path as git writes it: bytes on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}
