//! The verdict, together with what was checked: all that a reporter needs, and all it may use.

use jiff::Timestamp;

use crate::database::SourceInfo;
use crate::lockfile::Lockfile;
use crate::policy::Policy;
use crate::verdict::Verdict;
use crate::vex::Statements;

/// What one run did and found.
#[derive(Debug)]
pub struct Outcome {
    /// The decision.
    pub verdict: Verdict,
    /// The lockfiles that were read, in the order of their paths.
    pub lockfiles: Vec<Lockfile>,
    /// The advisories they were matched against; `None` if there were none.
    pub database: Option<DatabaseSummary>,
    /// The policy that decided.
    pub policy: Policy,
    /// Statements of other people that were imported.
    pub statements: Statements,
    /// Remarks that change nothing, such as packages of other registries that were not matched.
    pub remarks: Vec<String>,
    /// When the run began.
    pub now: Timestamp,
    /// What the lockfiles belong to, as a package URL, where that is known.
    pub product: Option<String>,
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
