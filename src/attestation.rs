//! The statement about a release: what was checked, against what, and what came of it, bound to the
//! digests of what is shipped.
//!
//! It is an in-toto statement (in-toto attestation framework, "Statement", version 1) with a predicate
//! of lockgate's own, described in `docs/release.md`. It is written by one stage of a pipeline and
//! verified by a later one. Signing it, and checking the signature, belong to tools that are made for
//! that; what is written here is ready for them: the same inputs give the same bytes.

pub mod envelope;
pub mod statement;
mod strict;
pub mod subject;
pub mod verify;

use self::statement::Subject;

/// The type of every in-toto statement of version 1.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of the predicate. Its shape never changes: another shape has another address.
pub const PREDICATE_TYPE: &str = "https://lockgate.dev/attestation/release/v1";

/// What stands in front of what was left out on purpose, among the paths that were searched.
pub const LEFT_OUT: char = '!';

/// The largest statement or envelope that is read, in bytes.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What a statement says beyond the outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// What is shipped, by name. Never empty where a statement is written.
    pub subjects: Vec<Subject>,
    /// What was searched, as shown; behind it, with [`LEFT_OUT`] in front, what was left out on purpose,
    /// if nothing else was.
    pub paths: Vec<String>,
    /// Whether that is all of a repository, and nothing was left out.
    pub is_whole: bool,
    /// Whether the clock was set by hand.
    pub is_clock_set: bool,
    /// The commit that is checked out, where it is known.
    pub source: Option<Checkout>,
}

/// The commit that is checked out, and what differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The commit, in full.
    pub commit: String,
    /// Lockfiles and the policy, as shown, where they are not what the commit holds; `None` where that
    /// is not known.
    pub modified: Option<Vec<String>>,
}
