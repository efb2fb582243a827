//! The statement about a release: what was checked, with which advisories, and the result, bound to the
//! digests of the release's files.
//!
//! It is an in-toto statement (in-toto attestation framework, "Statement", version 1) with lockgate's
//! own predicate, described in `docs/release.md`. One stage of a pipeline writes it and
//! a later one verifies it. Signing it, and checking the signature, are left to tools made for
//! that; the statement is suitable for them: the same inputs give the same bytes.

pub mod envelope;
pub mod statement;
mod strict;
pub mod subject;
pub mod verify;

use self::statement::Subject;

/// The type of every in-toto statement of version 1.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of the predicate. Its shape never changes: a new shape gets a new address.
pub const PREDICATE_TYPE: &str = "https://lockgate.dev/attestation/release/v1";

/// Marks a path that was left out on purpose, among the paths that were searched.
pub const LEFT_OUT: char = '!';

/// The largest statement or envelope that is read, in bytes.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The parts of a statement that are not in the outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The files of the release, by name. Never empty if a statement is written.
    pub subjects: Vec<Subject>,
    /// The searched paths, for display; then, marked with [`LEFT_OUT`], what was left out on purpose,
    /// if anything was.
    pub paths: Vec<String>,
    /// Whether they are a whole repository, and nothing was left out.
    pub is_whole: bool,
    /// Whether the clock was set by hand.
    pub is_clock_set: bool,
    /// The commit that is checked out, if it is known.
    pub source: Option<CheckedCommit>,
}

/// The commit that is checked out, and the files that differ from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedCommit {
    /// The full commit id.
    pub commit: String,
    /// Lockfiles and the policy, for display, if they differ from the commit; `None` if that
    /// is unknown.
    pub modified: Option<Vec<String>>,
}
