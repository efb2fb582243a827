//! From findings and evidence to the answer.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Answer, AppliedSuppression, DecidedFinding, Disposition, SuppressionState, SuppressionSummary,
    Verdict, order,
};
use crate::evidence::{ClaimCheck, Evidence, EvidenceResult, StatementCheck};
use crate::finding::Finding;
use crate::policy::{GateAction, GateDecision, GateKey, Policy};
use crate::problem::Gap;
use crate::scope::Scope;

/// A finding, with the evidence for every suppression that names it.
#[derive(Clone, Debug)]
pub struct CheckedFinding {
    pub finding: Finding,
    /// The suppressions that name it, in the order of the policy.
    pub checks: Vec<ClaimCheck>,
    /// Other people's statements that name it, each with its evidence.
    pub statements: Vec<StatementCheck>,
    /// What proves it harmless without a written claim. Always upheld.
    pub proof: Option<Evidence>,
    /// Whether everything could be examined that claims about it depend on. Decides nothing.
    pub is_certain: bool,
}

/// Decides about everything. The same arguments give the same verdict.
///
/// A refuted claim blocks, regardless of the gate and of all other claims: a policy that says
/// something untrue must be corrected. An upheld claim suppresses. An unknown or expired claim
/// changes nothing: then another person's statement that a check confirms suppresses, or a proof
/// without a claim clears, and otherwise the gate decides.
pub fn decide(
    findings: Vec<CheckedFinding>,
    policy: &Policy,
    gaps: Vec<Gap>,
    today: Date,
) -> Verdict {
    let mut tally = Tally::default();
    let decided: Vec<DecidedFinding> = findings
        .into_iter()
        .map(|checked| {
            let states = states(&checked.checks, policy, today);
            tally.count(&states);
            decide_finding(checked, &states, policy, today)
        })
        .collect();
    let suppressions = tally.summary(policy, today, gaps.is_empty());
    let mut verdict =
        Verdict { answer: Answer::Indeterminate, findings: decided, gaps, suppressions };
    settle(&mut verdict);
    verdict
}

/// Decides about one finding.
pub fn decide_one(checked: CheckedFinding, policy: &Policy, today: Date) -> DecidedFinding {
    let states = states(&checked.checks, policy, today);
    decide_finding(checked, &states, policy, today)
}

/// Puts findings and gaps in order, and finds the answer that follows from them.
pub fn settle(verdict: &mut Verdict) {
    order::sort(&mut verdict.findings);
    verdict.gaps.sort();
    verdict.gaps.dedup();
    limit(&mut verdict.gaps);
    verdict.answer = if verdict.findings.iter().any(DecidedFinding::closes_the_gate) {
        Answer::Block
    } else if verdict.gaps.is_empty() {
        Answer::Pass
    } else {
        Answer::Indeterminate
    };
}

/// How many gaps of one kind are listed. More would add nothing.
const MOST_GAPS: usize = 1_000;

/// Cuts each kind of gap to [`MOST_GAPS`]; the last one says how many more there are.
fn limit(gaps: &mut Vec<Gap>) {
    if gaps.len() <= MOST_GAPS {
        return;
    }
    let kinds = gaps.chunk_by(|left, right| left.code == right.code);
    let limited = kinds.flat_map(|kind| {
        let (kept, more) = kind.split_at(kind.len().min(MOST_GAPS - 1));
        let last = match more {
            [] => None,
            [only] => Some(only.clone()),
            [first, ..] => Some(Gap {
                code: first.code,
                message: format!("there are {} more of this kind", more.len()),
                help: first.help.clone(),
            }),
        };
        kept.iter().cloned().chain(last)
    });
    *gaps = limited.collect();
}

/// Whether no suppression decides about a finding, so that the gate does.
pub fn is_open(checks: &[ClaimCheck], policy: &Policy, today: Date) -> bool {
    states(checks, policy, today)
        .iter()
        .all(|(_, state)| matches!(state, SuppressionState::Unknown | SuppressionState::Expired))
}

fn states(checks: &[ClaimCheck], policy: &Policy, today: Date) -> Vec<(usize, SuppressionState)> {
    checks
        .iter()
        .map(|check| {
            let expired = policy
                .suppressions
                .get(check.suppression)
                .is_none_or(|suppression| suppression.is_expired(today));
            let worst = worst(&check.evidence);
            let state = match (expired, worst) {
                (true, _) => SuppressionState::Expired,
                (false, Some(EvidenceResult::Upheld)) => SuppressionState::Upheld,
                (false, Some(EvidenceResult::Refuted)) => SuppressionState::Refuted,
                // No evidence proves nothing.
                (false, Some(EvidenceResult::Unknown) | None) => SuppressionState::Unknown,
            };
            (check.suppression, state)
        })
        .collect()
}

/// The worst of what was seen for the claims of a suppression. Where a person answers for it, what that
/// person may answer for need not be known, as long as somebody could look for it and it is what the advisory
/// is about.
fn worst(evidence: &[Evidence]) -> Option<EvidenceResult> {
    let is_answered_for = evidence.iter().any(|evidence| evidence.claim.row().is_word);
    let counts = |evidence: &&Evidence| {
        let is_silent = evidence.result == EvidenceResult::Unknown
            && evidence.lacks.is_none()
            && !evidence.misses_advisory;
        !(is_answered_for && is_silent && evidence.claim.row().may_be_answered_for)
    };
    evidence.iter().filter(counts).map(|evidence| evidence.result).max()
}

fn decide_finding(
    checked: CheckedFinding,
    states: &[(usize, SuppressionState)],
    policy: &Policy,
    today: Date,
) -> DecidedFinding {
    let CheckedFinding { finding, checks, statements, proof, .. } = checked;
    let borne_out = statements.iter().find_map(StatementCheck::proof).cloned();
    let applied = [
        SuppressionState::Refuted,
        SuppressionState::Upheld,
        SuppressionState::Unknown,
        SuppressionState::Expired,
    ]
    .iter()
    .find_map(|wanted| states.iter().find(|(_, state)| state == wanted))
    .map(|(index, state)| AppliedSuppression { index: *index, state: *state });
    let key = GateKey::of(finding.kind, finding.severity.level);
    let gate = policy.gate.decide_finding(key, finding.scope);
    let (disposition, reason) = match applied.as_ref().map(|applied| applied.state) {
        Some(SuppressionState::Refuted) => {
            (Disposition::Block, "a suppression claims something that does not hold".to_owned())
        }
        Some(SuppressionState::Upheld) => {
            (Disposition::Suppressed, why_suppressed(&checks, applied.as_ref()).to_owned())
        }
        _ if borne_out.is_some() => {
            (Disposition::Suppressed, "a check bears out what a statement says of it".to_owned())
        }
        _ if proof.is_some() => {
            (Disposition::NotAffected, "it is proved without a claim".to_owned())
        }
        Some(SuppressionState::Unknown) => (
            disposition_of(gate.action),
            format!("{}; its suppression proves nothing", explain(&gate)),
        ),
        Some(SuppressionState::Expired) => (
            disposition_of(gate.action),
            format!("{}; its suppression has expired", explain(&gate)),
        ),
        None => (disposition_of(gate.action), explain(&gate)),
    };
    let due = (disposition == Disposition::Ticket).then(|| due(policy, &finding, today)).flatten();
    let evidence = applied
        .as_ref()
        .filter(|applied| applied.state != SuppressionState::Expired)
        .and_then(|applied| checks.into_iter().find(|check| check.suppression == applied.index))
        .map_or_else(Vec::new, |check| check.evidence);
    let is_upheld =
        applied.as_ref().is_some_and(|applied| applied.state == SuppressionState::Upheld);
    let evidence = match (disposition, proof) {
        (Disposition::Suppressed, _) if !is_upheld => borne_out.into_iter().collect(),
        (Disposition::NotAffected, Some(proof)) => vec![proof],
        _ => evidence,
    };
    DecidedFinding {
        finding,
        disposition,
        reason,
        due,
        suppression: applied,
        evidence,
        statements,
        change: None,
    }
}

fn why_suppressed(checks: &[ClaimCheck], applied: Option<&AppliedSuppression>) -> &'static str {
    let check = applied.and_then(|applied| {
        let mut checks = checks.iter();
        checks.find(|check| check.suppression == applied.index)
    });
    let mut evidence = check.into_iter().flat_map(|check| &check.evidence);
    if evidence.all(|evidence| evidence.result == EvidenceResult::Upheld) {
        "every claim of its suppression holds"
    } else {
        "a person answers for it, and nothing was found that contradicts"
    }
}

fn disposition_of(action: GateAction) -> Disposition {
    match action {
        GateAction::Block => Disposition::Block,
        GateAction::Ticket => Disposition::Ticket,
        GateAction::Note => Disposition::Note,
    }
}

/// `high` is "block" in [gate.development], lockgate.toml:9
fn explain(gate: &GateDecision<'_>) -> String {
    let (key, action) = (gate.key.as_str(), gate.action.as_str());
    let decided = match gate.rule {
        Some(rule) => {
            format!("`{key}` is \"{action}\" in [{}], {}", table_of(gate.table), rule.location)
        }
        None => format!("`{key}` is \"{action}\" by default"),
    };
    match gate.passed_over {
        Some((scope, why)) => format!("{decided}; [{}] is not applied: {why}", table_of(scope)),
        None => decided,
    }
}

fn table_of(scope: Scope) -> String {
    match scope {
        Scope::Runtime => "gate".to_owned(),
        other => format!("gate.{}", other.as_str()),
    }
}

/// A ticket opened today is due after the time that the policy gives for its severity.
fn due(policy: &Policy, finding: &Finding, today: Date) -> Option<Date> {
    let allowed = policy.ticket.due.get(&finding.severity.level)?;
    today.checked_add(*allowed).ok()
}

/// Counts what became of each suppression.
#[derive(Default)]
struct Tally {
    /// They were the first to clear some finding.
    first_upheld: BTreeSet<usize>,
    refuted: BTreeSet<usize>,
    unknown: BTreeSet<usize>,
    matched: BTreeSet<usize>,
}

impl Tally {
    fn count(&mut self, states: &[(usize, SuppressionState)]) {
        let mut covered = false;
        for (index, state) in states {
            self.matched.insert(*index);
            match state {
                SuppressionState::Upheld => {
                    if !covered {
                        self.first_upheld.insert(*index);
                    }
                    covered = true;
                }
                SuppressionState::Refuted => {
                    self.refuted.insert(*index);
                }
                SuppressionState::Unknown => {
                    self.unknown.insert(*index);
                }
                SuppressionState::Expired => {}
            }
        }
    }

    /// An expired suppression is only called expired, a refuted one only refuted. A suppression is
    /// called unused only if everything that it could be about is known.
    fn summary(
        &self,
        policy: &Policy,
        today: Date,
        is_everything_known: bool,
    ) -> SuppressionSummary {
        let mut summary = SuppressionSummary::default();
        for (index, suppression) in policy.suppressions.iter().enumerate() {
            let list = if suppression.is_expired(today) {
                &mut summary.expired
            } else if self.refuted.contains(&index) {
                &mut summary.refuted
            } else if !self.matched.contains(&index) && is_everything_known {
                &mut summary.unused
            } else if !self.matched.contains(&index) {
                &mut summary.unsettled
            } else if self.unknown.contains(&index) {
                &mut summary.unknown
            } else if self.first_upheld.contains(&index) {
                &mut summary.upheld
            } else {
                &mut summary.duplicate
            };
            list.push(index);
        }
        summary
    }
}

#[cfg(test)]
mod tests;
