//! The verdict, together with what was checked: all that a reporter needs, and all it may use.

use std::sync::Arc;

use jiff::Timestamp;

use crate::database::SourceInfo;
use crate::policy::Policy;
use crate::problem::SourceText;
use crate::verdict::Verdict;

/// What one run did and found.
#[derive(Debug)]
pub struct Outcome {
    /// The decision.
    pub verdict: Verdict,
    /// The lockfiles that were read, in the order of their paths.
    pub lockfiles: Vec<CheckedLockfile>,
    /// The advisories they were matched against; `None` if there were none.
    pub database: Option<DatabaseSummary>,
    /// The policy that decided.
    pub policy: Policy,
    /// Remarks that change nothing, such as packages of other registries that were not matched.
    pub remarks: Vec<String>,
    /// When the run began.
    pub now: Timestamp,
}

/// One lockfile that was read.
#[derive(Debug)]
pub struct CheckedLockfile {
    /// Its path and text.
    pub source: Arc<SourceText>,
    /// The word of its format.
    pub format: &'static str,
    /// How many packages it locks, roots not counted.
    pub packages: usize,
}

/// The advisories of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseSummary {
    /// `sha256:` and the digest of the content.
    pub digest: String,
    /// When it was built; for source folders the time at which the oldest was known current.
    pub built_at: Timestamp,
    /// Its sources, by name.
    pub sources: Vec<SourceInfo>,
}
