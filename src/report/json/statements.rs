//! Other people's statements about a finding, in the JSON report.

use jiff::civil::Date;
use serde::Serialize;

use super::evidence::EvidenceEntry;
use crate::outcome::Outcome;
use crate::policy::Justification;
use crate::verdict::DecidedFinding;

#[derive(Serialize)]
pub(super) struct StatementEntry<'o> {
    file: &'o str,
    line: u32,
    format: &'static str,
    status: &'o str,
    justification: Option<&'static str>,
    upheld: bool,
    evidence: Vec<EvidenceEntry<'o>>,
    /// The policy entry that would suppress the finding.
    suppress: Option<String>,
}

impl<'o> StatementEntry<'o> {
    pub(super) fn all(decided: &'o DecidedFinding, outcome: &'o Outcome, today: Date) -> Vec<Self> {
        let finding = &decided.finding;
        let entry = |check: &'o crate::evidence::StatementCheck| {
            let statement = outcome.statements.get(check.statement)?;
            let upheld = check.proof().is_some();
            Some(Self {
                file: &statement.location.file,
                line: statement.location.line,
                format: statement.format,
                status: &statement.status,
                justification: statement.justification.map(Justification::as_str),
                upheld,
                evidence: check.evidence.iter().map(EvidenceEntry::of).collect(),
                suppress: (!upheld)
                    .then(|| statement.attestation(&finding.id, &finding.package, today)),
            })
        };
        decided.statements.iter().filter_map(entry).collect()
    }
}
