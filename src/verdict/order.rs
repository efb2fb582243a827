//! Gravest first: the one order in which findings are listed, in every report.

use std::cmp::Reverse;

use super::DecidedFinding;
use crate::advisory_kind::AdvisoryKind;
use crate::finding::Finding;
use crate::severity::SeverityLevel;

/// Sorts findings: those that were there before a change come last. Then by disposition, with
/// refuted claims first, by [`gravity`], and by name.
pub fn sort(findings: &mut [DecidedFinding]) {
    findings.sort_by_cached_key(|decided| {
        let finding = &decided.finding;
        (
            decided.was_there_before(),
            decided.disposition,
            Reverse(decided.refuted().is_some()),
            Reverse(gravity(finding)),
            finding.id.clone(),
            finding.package.clone(),
            finding.locations.first().cloned(),
        )
    });
}

/// Malicious packages first, then by level, then by score in tenths, then by kind: a critical
/// advisory about an unmaintained package is worse than a vulnerability of low severity.
fn gravity(finding: &Finding) -> (bool, SeverityLevel, u8, AdvisoryKind) {
    let score = finding.severity.score.unwrap_or(0.0).clamp(0.0, 10.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the score was clamped to 0.0..=10.0"
    )]
    let tenths = (score * 10.0).round() as u8;
    (finding.kind == AdvisoryKind::Malicious, finding.severity.level, tenths, finding.kind)
}
