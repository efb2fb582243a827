//! Other people's statements that cleared nothing, each with a way to make it count.

use crate::diagnostic::wrap;
use crate::evidence::StatementCheck;
use crate::facts::{EvidenceText, line};
use crate::outcome::Outcome;
use crate::report::Style;
use crate::terminal::{Tone, printable};
use crate::verdict::DecidedFinding;
use crate::vex::Statement;

/// The origin of a statement: `OpenVEX not_affected, vendor.json:12`.
pub(super) fn origin(statement: &Statement) -> String {
    let status = line(&statement.status);
    let place = line(&statement.location.to_string());
    format!("{} {status}, {place}", statement.format)
}

/// A section for each finding that statements name but do not clear.
pub(super) fn render(outcome: &Outcome, style: Style) -> Vec<String> {
    let findings = outcome.verdict.findings.iter();
    findings
        .filter(|decided| decided.cleared_by().is_none())
        .flat_map(|decided| {
            let statements = decided.statements.iter();
            statements.filter_map(|check| section(decided, check, outcome, style))
        })
        .collect()
}

fn section(
    decided: &DecidedFinding,
    check: &StatementCheck,
    outcome: &Outcome,
    style: Style,
) -> Option<String> {
    let statement = outcome.statements.get(check.statement)?;
    let finding = &decided.finding;
    let head = format!(
        "{} in {} stays as it is: {} {}. If it is true all the same, answer for it in the policy:",
        finding.id,
        line(&finding.package.to_string()),
        origin(statement),
        seen(check)
    );
    let label = format!("{} ", style.paint(Tone::Faint, "remark:"));
    let today = outcome.today();
    let block = statement.attestation(&finding.id, &finding.package, today);
    let lines = block.lines().map(|line| format!("{}\n", printable(line)));
    Some(wrap(&head, &label, "        ", style) + "\n\n" + &lines.collect::<String>())
}

/// Why a statement does not count.
fn seen(check: &StatementCheck) -> String {
    if check.evidence.is_empty() {
        return "says what nothing can check yet".to_owned();
    }
    let seen = check.evidence.iter().map(|evidence| EvidenceText(evidence).with_result());
    format!("is not borne out ({})", seen.collect::<Vec<_>>().join("; "))
}
