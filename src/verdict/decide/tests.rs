use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::advisory_kind::AdvisoryKind;
use crate::evidence::Evidence;
use crate::package::{Ecosystem, PackageId};
use crate::policy::{ClaimKind, GateRule, Suppression, SuppressionSpans};
use crate::problem::{GapCode, Location};
use crate::scope::{FindingScope, UnrecordedPeers};
use crate::severity::{Severity, SeverityLevel};

const TODAY: Date = date(2026, 11, 22);

fn location(line: u32) -> Location {
    Location { file: "lockgate.toml".into(), line }
}

fn finding(number: usize, level: SeverityLevel, scope: Scope) -> Finding {
    Finding {
        id: format!("CVE-2026-{number}").parse().unwrap(),
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity { level, ..Severity::UNKNOWN },
        vectors: BTreeSet::new(),
        title: String::new(),
        url: None,
        sources: BTreeSet::new(),
        package: PackageId {
            ecosystem: Ecosystem::Cargo,
            name: format!("p{number}").into(),
            version: "1.0.0".into(),
        },
        locations: vec![location(1)],
        spans: Vec::new(),
        registries: BTreeSet::new(),
        lockfile: 0,
        scope: FindingScope::certain(scope),
        paths: Arc::default(),
        paths_cut: false,
        fixed_in: Vec::new(),
        functions: BTreeMap::new(),
        os: BTreeSet::new(),
        arch: BTreeSet::new(),
        fingerprint: String::new(),
    }
}

fn policy(expiries: &[Option<Date>]) -> Policy {
    let suppressions = expiries
        .iter()
        .map(|expires| Suppression {
            location: location(1),
            spans: SuppressionSpans::default(),
            advisory: "CVE-2026-1".parse().unwrap(),
            package: None,
            paths: Vec::new(),
            justification: None,
            claims: vec![ClaimKind::DevelopmentOnly.into()],
            reviewed: Vec::new(),
            reason: String::new(),
            owner: None,
            expires: *expires,
        })
        .collect();
    Policy { suppressions, ..Policy::strict_default() }
}

fn check(suppression: usize, results: &[EvidenceResult]) -> ClaimCheck {
    let evidence =
        results.iter().map(|result| Evidence::new(ClaimKind::DevelopmentOnly, *result, ""));
    ClaimCheck { suppression, evidence: evidence.collect() }
}

fn checked(number: usize, checks: Vec<ClaimCheck>) -> CheckedFinding {
    CheckedFinding {
        statements: Vec::new(),
        finding: finding(number, SeverityLevel::High, Scope::Runtime),
        checks,
        proof: None,
        is_certain: true,
    }
}

fn gap(message: &str) -> Gap {
    Gap::new(GapCode::DatabaseStale, message, "mend it")
}

#[test]
fn the_answer_follows_from_blocks_and_gaps() {
    let note = |policy: &mut Policy| {
        let rule =
            GateRule { action: GateAction::Note, table: Scope::Runtime, location: location(1) };
        let key = GateKey::Severity(SeverityLevel::High);
        policy.gate.rules.insert((Scope::Runtime, key), rule);
    };
    for (blocks, notes, gaps, expected) in [
        (0, 0, 0, Answer::Pass),
        (0, 1, 0, Answer::Pass),
        (0, 0, 1, Answer::Indeterminate),
        (0, 1, 1, Answer::Indeterminate),
        (1, 0, 0, Answer::Block),
        (1, 1, 0, Answer::Block),
        (1, 0, 1, Answer::Block),
    ] {
        let mut policy = policy(&[]);
        note(&mut policy);
        let low = finding(1, SeverityLevel::Low, Scope::Runtime);
        let blocking = (0..blocks).map(|_| CheckedFinding {
            statements: Vec::new(),
            finding: low.clone(),
            checks: Vec::new(),
            proof: None,
            is_certain: true,
        });
        let findings = blocking.chain((0..notes).map(|_| checked(2, Vec::new()))).collect();
        let gaps: Vec<Gap> = (0..gaps).map(|_| gap("stale")).collect();
        let verdict = decide(findings, &policy, gaps.clone(), TODAY);
        assert_eq!(verdict.answer, expected, "{blocks} {notes} {gaps:?}");
        assert_eq!(verdict.gaps, gaps);
    }
}

#[test]
fn the_worst_evidence_decides_about_a_suppression() {
    use Disposition::{Block, Suppressed};
    use EvidenceResult::{Refuted, Unknown, Upheld};
    let yesterday = Some(date(2026, 11, 21));
    for (results, expires, state, disposition) in [
        (&[Upheld][..], None, SuppressionState::Upheld, Suppressed),
        (&[Upheld, Upheld], Some(TODAY), SuppressionState::Upheld, Suppressed),
        (&[Upheld, Unknown], None, SuppressionState::Unknown, Block),
        (&[Unknown], None, SuppressionState::Unknown, Block),
        (&[], None, SuppressionState::Unknown, Block),
        (&[Upheld, Refuted], None, SuppressionState::Refuted, Block),
        (&[Unknown, Refuted], None, SuppressionState::Refuted, Block),
        (&[Upheld], yesterday, SuppressionState::Expired, Block),
        (&[Refuted], yesterday, SuppressionState::Expired, Block),
    ] {
        let findings = vec![checked(1, vec![check(0, results)])];
        let verdict = decide(findings, &policy(&[expires]), Vec::new(), TODAY);
        let decided = &verdict.findings[0];
        let applied = decided.suppression.as_ref().unwrap();
        assert_eq!((applied.index, applied.state), (0, state), "{results:?} {expires:?}");
        assert_eq!(decided.disposition, disposition, "{results:?} {expires:?}");
        let shown = if state == SuppressionState::Expired { 0 } else { results.len() };
        assert_eq!(decided.evidence.len(), shown, "{results:?} {expires:?}");
    }
}

#[test]
fn refuted_wins_over_upheld_over_unknown_over_expired() {
    use EvidenceResult::{Refuted, Unknown, Upheld};
    let yesterday = Some(date(2026, 11, 21));
    let all = [(Some(Refuted), 0), (Some(Upheld), 1), (Some(Unknown), 2), (None, 3)];
    let policy = policy(&[None, None, None, yesterday]);
    for (best, (_, winner)) in all.iter().enumerate() {
        // In any order of the weaker ones.
        let mut checks: Vec<ClaimCheck> = all[best..]
            .iter()
            .map(|(result, index)| check(*index, &[result.unwrap_or(Refuted)]))
            .collect();
        for _ in 0..2 {
            checks.reverse();
            let findings = vec![checked(1, checks.clone())];
            let verdict = decide(findings, &policy, Vec::new(), TODAY);
            let applied = verdict.findings[0].suppression.clone().unwrap();
            assert_eq!(applied.index, *winner);
        }
    }
}

#[test]
fn a_refuted_claim_blocks_with_any_gate() {
    let mut policy = policy(&[None]);
    let rule = GateRule { action: GateAction::Note, table: Scope::Runtime, location: location(1) };
    let key = GateKey::Severity(SeverityLevel::High);
    policy.gate.rules.insert((Scope::Runtime, key), rule);
    let findings = vec![checked(1, vec![check(0, &[EvidenceResult::Refuted])])];
    let verdict = decide(findings, &policy, Vec::new(), TODAY);
    assert_eq!(verdict.answer, Answer::Block);
    assert_eq!(verdict.suppressions.refuted, [0]);
}

#[test]
fn a_suppression_outside_of_the_policy_clears_nothing() {
    let findings = vec![checked(1, vec![check(7, &[EvidenceResult::Upheld])])];
    let verdict = decide(findings, &policy(&[]), Vec::new(), TODAY);
    assert_eq!(verdict.answer, Answer::Block);
}

#[test]
fn tickets_and_only_tickets_have_a_due_date() {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    for (action, level, due) in [
        (GateAction::Ticket, SeverityLevel::Critical, Some(date(2026, 11, 24))),
        (GateAction::Ticket, SeverityLevel::Low, Some(date(2027, 2, 20))),
        (GateAction::Ticket, SeverityLevel::Unknown, Some(date(2026, 11, 29))),
        (GateAction::Block, SeverityLevel::Critical, None),
        (GateAction::Note, SeverityLevel::Low, None),
    ] {
        let mut policy = policy(&[]);
        let rule = GateRule { action, table: Scope::Runtime, location: location(1) };
        policy.gate.rules.insert((Scope::Runtime, GateKey::Severity(level)), rule);
        assert!(policy.ticket.due.values().all(|allowed| *allowed >= days(1)));
        let findings = vec![CheckedFinding {
            statements: Vec::new(),
            finding: finding(1, level, Scope::Runtime),
            checks: Vec::new(),
            proof: None,
            is_certain: true,
        }];
        let verdict = decide(findings, &policy, Vec::new(), TODAY);
        assert_eq!(verdict.findings[0].due, due, "{action:?} {level:?}");
    }
}

#[test]
fn the_table_of_the_scope_decides_and_is_named() {
    let mut policy = policy(&[]);
    let key = GateKey::Severity(SeverityLevel::High);
    for (table, action, line) in
        [(Scope::Runtime, GateAction::Block, 4), (Scope::Development, GateAction::Note, 9)]
    {
        let rule = GateRule { action, table, location: location(line) };
        policy.gate.rules.insert((table, key), rule);
    }
    for (scope, disposition, reason) in [
        (Scope::Runtime, Disposition::Block, "`high` is \"block\" in [gate], lockgate.toml:4"),
        (Scope::Build, Disposition::Block, "`high` is \"block\" in [gate], lockgate.toml:4"),
        (
            Scope::Development,
            Disposition::Note,
            "`high` is \"note\" in [gate.development], lockgate.toml:9",
        ),
    ] {
        let findings = vec![CheckedFinding {
            statements: Vec::new(),
            finding: finding(1, SeverityLevel::High, scope),
            checks: Vec::new(),
            proof: None,
            is_certain: true,
        }];
        let verdict = decide(findings, &policy, Vec::new(), TODAY);
        assert_eq!(verdict.findings[0].disposition, disposition);
        assert_eq!(verdict.findings[0].reason, reason);
    }
}

#[test]
fn of_a_scope_that_is_not_proven_the_stricter_table_decides() {
    use GateAction::{Block, Note, Ticket};
    let doubt = UnrecordedPeers { lockfile: "a lockfile of Yarn 1" };
    let not_applied = "; [gate.development] is not applied: a lockfile of Yarn 1 does not record peers, \
                       and they are installed for production";
    let key = GateKey::Severity(SeverityLevel::High);
    for (of_runtime, of_development, disposition, reason) in [
        (
            Block,
            Note,
            Disposition::Block,
            format!("`high` is \"block\" in [gate], lockgate.toml:4{not_applied}"),
        ),
        (
            Ticket,
            Note,
            Disposition::Ticket,
            format!("`high` is \"ticket\" in [gate], lockgate.toml:4{not_applied}"),
        ),
        (
            Note,
            Block,
            Disposition::Block,
            "`high` is \"block\" in [gate.development], lockgate.toml:9".to_owned(),
        ),
        (Note, Note, Disposition::Note, "`high` is \"note\" in [gate], lockgate.toml:4".to_owned()),
    ] {
        let mut policy = policy(&[]);
        for (table, action, line) in
            [(Scope::Runtime, of_runtime, 4), (Scope::Development, of_development, 9)]
        {
            let rule = GateRule { action, table, location: location(line) };
            policy.gate.rules.insert((table, key), rule);
        }
        let mut checked = checked(1, Vec::new());
        checked.finding.scope = FindingScope::doubtful(Scope::Development, doubt);
        let decided = decide_one(checked, &policy, TODAY);
        assert_eq!((decided.disposition, decided.reason), (disposition, reason));
        assert_eq!(decided.finding.scope.as_str(), "development");
    }
}

#[test]
fn the_second_of_two_suppressions_that_say_the_same_is_a_duplicate() {
    use EvidenceResult::Upheld;
    let findings = vec![
        checked(1, vec![check(0, &[Upheld]), check(1, &[Upheld]), check(2, &[Upheld])]),
        checked(2, vec![check(2, &[Upheld])]),
    ];
    let summary = decide(findings, &policy(&[None; 4]), Vec::new(), TODAY).suppressions;
    assert_eq!(summary.upheld, [0, 2]);
    assert_eq!(summary.duplicate, [1]);
    assert_eq!(summary.unused, [3]);
}

/// Findings with checks of up to four suppressions, in the order of the policy.
fn any_findings() -> impl Strategy<Value = Vec<CheckedFinding>> {
    let result = prop_oneof![
        Just(EvidenceResult::Upheld),
        Just(EvidenceResult::Unknown),
        Just(EvidenceResult::Refuted)
    ];
    let results = proptest::collection::vec(result, 0..3);
    let checks = proptest::collection::btree_map(0..4_usize, results, 0..4);
    let level = proptest::sample::select(SeverityLevel::ALL);
    let scope = prop_oneof![Just(Scope::Development), Just(Scope::Build), Just(Scope::Runtime)];
    proptest::collection::vec((level, scope, checks), 0..6).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(number, (level, scope, checks))| CheckedFinding {
                statements: Vec::new(),
                finding: finding(number, level, scope),
                checks: checks
                    .into_iter()
                    .map(|(suppression, results)| check(suppression, &results))
                    .collect(),
                proof: None,
                is_certain: true,
            })
            .collect()
    })
}

#[test]
fn a_proof_clears_what_no_suppression_decides_about() {
    use EvidenceResult::{Refuted, Unknown, Upheld};
    let proof = check(0, &[Upheld]).evidence;
    for (claims, disposition) in [
        (None, Disposition::NotAffected),
        (Some(Unknown), Disposition::NotAffected),
        (Some(Upheld), Disposition::Suppressed),
        (Some(Refuted), Disposition::Block),
    ] {
        let checks: Vec<_> = claims.iter().map(|result| check(0, &[*result])).collect();
        let proved = CheckedFinding { proof: proof.first().cloned(), ..checked(1, checks) };
        let verdict = decide(vec![proved], &policy(&[None]), Vec::new(), TODAY);
        let decided = &verdict.findings[0];
        assert_eq!(decided.disposition, disposition, "{claims:?}");
        assert_eq!(decided.evidence.len(), 1, "{claims:?}");
    }
}

proptest! {
    #[test]
    fn the_order_of_findings_and_gaps_changes_nothing(
        (findings, shuffled) in any_findings()
            .prop_flat_map(|findings| (Just(findings.clone()), Just(findings).prop_shuffle())),
        expired in proptest::collection::vec(any::<bool>(), 4),
    ) {
        let expiries: Vec<_> =
            expired.iter().map(|expired| expired.then_some(date(2020, 1, 1))).collect();
        let policy = policy(&expiries);
        let gaps = vec![gap("b"), gap("a"), gap("b")];
        let mut reversed = gaps.clone();
        reversed.reverse();
        let verdict = decide(findings, &policy, gaps, TODAY);
        let other = decide(shuffled, &policy, reversed, TODAY);
        prop_assert_eq!(&verdict, &other);
        prop_assert_eq!(verdict.gaps, vec![gap("a"), gap("b")]);
    }

    #[test]
    fn nothing_is_lost_and_each_suppression_counts_once(
        findings in any_findings(),
        has_gap in any::<bool>(),
        expired in proptest::collection::vec(any::<bool>(), 4),
    ) {
        let expiries: Vec<_> =
            expired.iter().map(|expired| expired.then_some(date(2020, 1, 1))).collect();
        let gaps: Vec<Gap> = has_gap.then(|| gap("stale")).into_iter().collect();
        let count = findings.len();
        let verdict = decide(findings, &policy(&expiries), gaps.clone(), TODAY);
        prop_assert_eq!(verdict.findings.len(), count);
        prop_assert_eq!(&verdict.gaps, &gaps);
        let blocks =
            verdict.findings.iter().any(|found| found.disposition == Disposition::Block);
        prop_assert_eq!(verdict.answer == Answer::Pass, !blocks && !has_gap);
        prop_assert_eq!(verdict.answer == Answer::Block, blocks);
        let SuppressionSummary { upheld, unused, unsettled, expired, refuted, unknown, duplicate } =
            verdict.suppressions;
        let unfitting = if has_gap { &unused } else { &unsettled };
        prop_assert_eq!(unfitting, &[0_usize; 0]);
        let mut counted =
            [upheld, unused, unsettled, expired, refuted, unknown, duplicate].concat();
        counted.sort_unstable();
        prop_assert_eq!(counted, vec![0, 1, 2, 3]);
        for found in &verdict.findings {
            let cleared = matches!(
                found.disposition,
                Disposition::Suppressed | Disposition::NotAffected
            );
            let upheld = found
                .suppression
                .as_ref()
                .is_some_and(|applied| applied.state == SuppressionState::Upheld);
            prop_assert_eq!(cleared, upheld);
            if cleared {
                prop_assert!(!found.evidence.is_empty());
                prop_assert!(
                    found.evidence.iter().all(|seen| seen.result == EvidenceResult::Upheld)
                );
            }
        }
    }
}
