//! The verdict, together with what was checked: all that a reporter needs, and all it may use.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::attestation::Release;
use crate::database::SourceInfo;
use crate::lockfile::Lockfile;
use crate::matching::UnmatchedPackages;
use crate::policy::change::PolicyChange;
use crate::policy::{Policy, Suppression};
use crate::problem::{Gap, Problem, SourceText};
use crate::repository_root::RepositoryRoot;
use crate::verdict::change::{Change, FixedFinding};
use crate::verdict::decide::settle;
use crate::verdict::{DecidedFinding, Disposition, Verdict};
use crate::vex::Statements;

/// What one run did and found.
#[derive(Debug)]
pub struct Outcome {
    /// The decision. What is done about it can make it stricter, and nothing else: see
    /// [`Outcome::tighten`].
    pub verdict: Verdict,
    /// The lockfiles that were read, in the order of their paths.
    pub lockfiles: Vec<Lockfile>,
    /// The advisories they were matched against; `None` if there were none.
    pub database: Option<DatabaseSummary>,
    /// The policy that decided.
    pub policy: Policy,
    /// The positions of the lockfiles that the policy marks as handling customer data.
    pub customer_data: BTreeSet<usize>,
    /// Statements of other people that were imported.
    pub statements: Statements,
    /// The packages that were not matched by name.
    pub unmatched: UnmatchedPackages,
    /// Remarks that change nothing, such as how many packages were not matched by name.
    pub remarks: Vec<String>,
    /// When the run began.
    pub now: Timestamp,
    /// What the lockfiles belong to, as a package URL, where that is known.
    pub product: Option<String>,
    /// What is to be stated about a release, where the check is for one.
    pub release: Option<Release>,
    /// What the lockfiles were compared with, if they were.
    pub comparison: Option<Comparison>,
    /// What cannot be read: nothing in it was checked. Each is a gap as well.
    pub unreadable: Vec<Problem>,
    /// What of a repository was not looked at.
    pub unsearched: Unsearched,
    /// The repository that it lies in, if it lies in one.
    pub root: Option<RepositoryRoot>,
}

/// What of a repository was not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsearched {
    /// What is left out on purpose.
    pub left_out: Vec<LeftOut>,
    /// Why it is not known, or not true, that everything else was looked at; sentences without a full
    /// stop.
    pub doubts: Vec<String>,
}

/// A lockfile, or a project without one, that is left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The path as shown.
    pub file: String,
    pub path: PathBuf,
    /// Whether the policy excludes it; a library without a lockfile leaves itself out.
    pub is_excluded: bool,
}

/// What a change was compared with, and what it does beside what it adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The commit at the base, in full.
    pub revision: String,
    /// What was found at the base and is there no longer.
    pub fixed: Vec<FixedFinding>,
    /// What was found at the base, and whose package comes now from where names say nothing: nobody has
    /// looked whether it is fixed.
    pub unmatched: Vec<FixedFinding>,
    /// What the change does to the policy; what needs review comes first.
    pub policy_changes: Vec<PolicyChange>,
    /// The policy at the base; `None` where there was none.
    pub policy: Option<Arc<SourceText>>,
}

impl Comparison {
    /// As much of the commit's name as people read, as GitHub shows it.
    pub fn short(&self) -> &str {
        self.revision.get(..7).unwrap_or(&self.revision)
    }
}

/// What became of one finding when something was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The position of the finding in the verdict.
    pub position: usize,
    /// Whether it blocks now. It is never the other way round.
    pub blocks: bool,
    /// What is to be known about it, added to the reason of its disposition.
    pub remark: String,
    /// When it is due, where that is known better now.
    pub due: Option<Date>,
}

impl Outcome {
    /// The day of the run, in UTC.
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// The path of a file from the root of the repository, for those who read it there.
    pub fn place(&self, shown: &str) -> String {
        let root = self.root.as_ref();
        root.map_or_else(|| shown.to_owned(), |root| root.path_of(shown))
    }

    /// The entry of the policy that decided about a finding, if one did.
    pub fn suppression_of(&self, decided: &DecidedFinding) -> Option<&Suppression> {
        self.policy.suppressions.get(decided.suppression.as_ref()?.index)
    }

    /// Takes in what became of the findings and what could not be known. The answer of the gate is
    /// never less strict afterwards.
    ///
    /// A finding that was there before the change closes the gate as well where its ticket does not
    /// do its work: only for that ticket's sake was it let pass.
    pub fn tighten(&mut self, adjustments: Vec<Adjustment>, gaps: Vec<Gap>) {
        for Adjustment { position, blocks, remark, due } in adjustments {
            let Some(decided) = self.verdict.findings.get_mut(position) else {
                continue;
            };
            if blocks {
                decided.disposition = Disposition::Block;
                if decided.was_there_before() {
                    decided.change = Some(Change::Overdue);
                }
            }
            decided.reason = format!("{}; {remark}", decided.reason);
            decided.due = due.filter(|_| decided.disposition == Disposition::Ticket);
        }
        self.verdict.gaps.extend(gaps);
        settle(&mut self.verdict);
    }
}

#[cfg(test)]
mod tests;

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
