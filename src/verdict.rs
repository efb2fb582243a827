//! The decision. Pure: findings, evidence, policy and today's date in; a verdict out.

pub mod change;
pub mod decide;
pub mod order;

use jiff::civil::Date;

use self::change::Change;
use crate::evidence::{Evidence, StatementCheck};
use crate::finding::Finding;
use crate::package::PackageId;
use crate::problem::Gap;
use crate::upgrade::Upgrade;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    Block,
    /// Tracked, with a due date.
    Ticket,
    /// Shown, and nothing else.
    Note,
    /// A claim about it was upheld.
    Suppressed,
    /// Proved harmless without a written claim.
    NotAffected,
}

impl Disposition {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Ticket => "ticket",
            Self::Note => "note",
            Self::Suppressed => "suppressed",
            Self::NotAffected => "not-affected",
        }
    }

    /// Whether the finding does not count: a claim about it holds, or it is proved harmless.
    pub fn is_cleared(self) -> bool {
        matches!(self, Self::Suppressed | Self::NotAffected)
    }
}

/// The answer of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Every lockfile was read, the database is fresh and complete, and nothing blocks.
    Pass,
    /// At least one finding closes the gate.
    Block,
    /// Nothing blocks, but something is unknown.
    Indeterminate,
}

impl Answer {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Block => "block",
            Self::Indeterminate => "indeterminate",
        }
    }
}

/// What happened to a suppression that names a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionState {
    /// Every claim was upheld: the finding is suppressed.
    Upheld,
    /// A claim could not be decided: the suppression does not clear the finding.
    Unknown,
    /// Its last day has passed: it has no effect.
    Expired,
    /// A claim does not hold: the suppression has no effect and the finding blocks.
    Refuted,
}

impl SuppressionState {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Refuted => "refuted",
        }
    }
}

/// A suppression that names a finding, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedSuppression {
    /// Its position in the policy.
    pub index: usize,
    /// What became of it.
    pub state: SuppressionState,
}

/// A finding with its decision.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidedFinding {
    pub finding: Finding,
    /// What becomes of it.
    pub disposition: Disposition,
    /// Why, in one sentence without a full stop.
    pub reason: String,
    /// For a ticket: the last day before the gate closes. Counted from today where it is not known
    /// since when there is an issue.
    pub due: Option<Date>,
    /// The suppression that decided, if one names this finding.
    pub suppression: Option<AppliedSuppression>,
    /// All evidence that was collected for its claims.
    pub evidence: Vec<Evidence>,
    /// Statements of other people that name this finding, where the policy does not decide.
    pub statements: Vec<StatementCheck>,
    /// Its place in the change that is checked; `None` where nothing was compared.
    pub change: Option<Change>,
}

impl DecidedFinding {
    /// Whether it closes the gate: it blocks, and is not one that was there before the change.
    pub fn closes_the_gate(&self) -> bool {
        self.disposition == Disposition::Block && self.change.is_none_or(Change::closes)
    }

    /// Whether it predates the change that is checked, and therefore does not close the gate.
    pub fn was_there_before(&self) -> bool {
        self.change == Some(Change::Existing)
    }

    /// The position of the suppression whose claim is refuted, if there is one.
    pub fn refuted(&self) -> Option<usize> {
        let applied = self.suppression.as_ref()?;
        (applied.state == SuppressionState::Refuted).then_some(applied.index)
    }

    /// The position of the statement that cleared it, if one did.
    pub fn cleared_by(&self) -> Option<usize> {
        let is_claimed = self
            .suppression
            .as_ref()
            .is_some_and(|applied| applied.state == SuppressionState::Upheld);
        let is_cleared = self.disposition == Disposition::Suppressed && !is_claimed;
        let mut statements = self.statements.iter();
        let upheld = statements.find(|check| check.proof().is_some());
        upheld.filter(|_| is_cleared).map(|check| check.statement)
    }
}

/// What each claim would prove about one finding, where somebody asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub package: PackageId,
    /// The position of its lockfile.
    pub lockfile: usize,
    /// The fingerprint of the finding: the evidence may depend on the advisory.
    pub fingerprint: String,
    /// One piece of evidence for each claim that was tried, the strongest claim first.
    pub evidence: Vec<Evidence>,
    /// The way to a version without the vulnerability; empty where it was not asked for.
    pub upgrade: Upgrade,
}

impl Trial {
    /// What was tried for a finding.
    pub fn of<'t>(decided: &DecidedFinding, trials: &'t [Self]) -> Option<&'t Self> {
        let finding = &decided.finding;
        trials.iter().find(|trial| {
            trial.fingerprint == finding.fingerprint
                && trial.package == finding.package
                && trial.lockfile == finding.lockfile
        })
    }
}

/// What became of the policy's suppressions, by their position in the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuppressionSummary {
    /// They cleared at least one finding.
    pub upheld: Vec<usize>,
    /// They match no finding, and no gap could hide one.
    pub unused: Vec<usize>,
    /// They match no finding so far. Because something is unknown, they may still be needed.
    pub unsettled: Vec<usize>,
    /// Their last day has passed.
    pub expired: Vec<usize>,
    /// A claim of theirs does not hold.
    pub refuted: Vec<usize>,
    /// A claim of theirs could not be decided.
    pub unknown: Vec<usize>,
    /// An earlier suppression already covers all they match.
    pub duplicate: Vec<usize>,
}

/// The decision about everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The answer of the gate.
    pub answer: Answer,
    /// Every finding with its decision, gravest first: see [`order::sort`].
    pub findings: Vec<DecidedFinding>,
    /// Everything that is unknown, in order.
    pub gaps: Vec<Gap>,
    /// What became of the policy's suppressions.
    pub suppressions: SuppressionSummary,
}
