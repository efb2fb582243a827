//! Statements of other people, held against what can be checked.

use super::{Evidence, EvidenceResult, Subject, look};
use crate::vex::{Statement, Statements};

/// What was seen for one statement about one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementCheck {
    pub statement: usize,
    /// What each check saw. Empty if nothing can check the statement.
    pub evidence: Vec<Evidence>,
}

impl StatementCheck {
    /// The evidence that bears the statement out, if any does.
    pub fn proof(&self) -> Option<&Evidence> {
        self.evidence.iter().find(|evidence| evidence.result == EvidenceResult::Upheld)
    }
}

/// Checks the statements at `positions`, as far as they can be checked.
pub fn check_statements(
    subject: &Subject<'_>,
    statements: &Statements,
    positions: &[usize],
) -> Vec<StatementCheck> {
    let check = |position: &usize| {
        let statement = statements.get(*position)?;
        Some(StatementCheck { statement: *position, evidence: check(subject, statement) })
    };
    positions.iter().filter_map(check).collect()
}

fn check(subject: &Subject<'_>, statement: &Statement) -> Vec<Evidence> {
    let ecosystem = subject.lockfile.ecosystem;
    let claims = statement.checks().into_iter();
    claims
        .filter(|claim| claim.applies_to(ecosystem))
        .filter_map(|claim| look(claim, subject))
        .collect()
}
