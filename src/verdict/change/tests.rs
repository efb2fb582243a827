use proptest::prelude::*;

use super::*;
use crate::policy::ClaimKind;
use crate::severity::SeverityLevel;
use crate::tracking::sample::ticket;
use crate::verdict::{AppliedSuppression, SuppressionState};

/// A finding of `a` in the first lockfile.
fn found(id: &str, version: &str, disposition: Disposition) -> DecidedFinding {
    let mut decided = ticket(id, "a", SeverityLevel::High);
    decided.finding.package.version = version.into();
    decided.disposition = disposition;
    decided
}

fn before(decided: DecidedFinding) -> FindingBefore {
    FindingBefore {
        decided,
        lockfile: LockfileNow::Is(0),
        unmatched: None,
        is_certain: true,
        may_be_fixed: true,
    }
}

fn compared(head: &[DecidedFinding], base: &[FindingBefore]) -> (Vec<Change>, usize) {
    let policy = Policy::strict_default();
    let FindingChanges { changes, fixed, .. } = compare(head, base, &policy, &policy);
    (changes, fixed.len())
}

const BLOCK: Disposition = Disposition::Block;

#[test]
fn a_finding_was_there_before_if_one_at_least_as_bad_answers_for_it() {
    use Change::{Added, Existing};
    use Disposition::{Block, NotAffected, Note, Suppressed, Ticket};
    for (then, now, expected) in [
        (Block, Block, Existing),
        (Block, Ticket, Existing),
        (Ticket, Ticket, Existing),
        (Ticket, Block, Added),
        (Note, Block, Added),
        (Note, Ticket, Added),
        (Suppressed, Block, Added),
        (NotAffected, Block, Added),
        (NotAffected, Suppressed, Existing),
        (Suppressed, Note, Added),
    ] {
        let head = [found("CVE-2026-0001", "1.0.0", now)];
        let base = [before(found("CVE-2026-0001", "1.0.0", then))];
        assert_eq!(compared(&head, &base), (vec![expected], 0), "{then:?} {now:?}");
    }
}

#[test]
fn names_packages_and_lockfiles_must_fit_and_versions_answer_one_for_one() {
    let now = |versions: &[&str]| -> Vec<DecidedFinding> {
        versions.iter().map(|version| found("CVE-2026-0001", version, BLOCK)).collect()
    };
    let then = |versions: &[&str]| -> Vec<FindingBefore> {
        versions.iter().map(|version| before(found("CVE-2026-0001", version, BLOCK))).collect()
    };
    for (base, head, added, fixed) in [
        (&["1.0.0"][..], &["1.1.0"][..], 0, 0),
        (&["1.0.0"], &["1.0.0", "1.1.0"], 1, 0),
        (&["1.0.0", "2.0.0"], &["1.1.0"], 0, 1),
        (&["1.0.0", "2.0.0"], &["1.0.0", "2.0.0"], 0, 0),
        (&["1.0.0"], &[], 0, 1),
        (&[], &["1.0.0"], 1, 0),
    ] {
        let (changes, gone) = compared(&now(head), &then(base));
        let number = changes.iter().filter(|change| **change == Change::Added).count();
        assert_eq!((number, gone), (added, fixed), "{base:?} {head:?}");
    }
    // The second version is the new one.
    let changes = compared(&now(&["1.1.0", "1.0.0"]), &then(&["1.0.0"])).0;
    assert_eq!(changes, [Change::Added, Change::Existing]);

    let head = now(&["1.0.0"]);
    let mut alias = before(found("GHSA-aaaa-bbbb-cccc", "1.0.0", BLOCK));
    assert_eq!(compared(&head, std::slice::from_ref(&alias)).0, [Change::Added]);
    alias.decided.finding.aliases.insert("CVE-2026-0001".parse().unwrap());
    assert_eq!(compared(&head, std::slice::from_ref(&alias)).0, [Change::Existing]);
    for lockfile in [LockfileNow::Gone, LockfileNow::Is(1), LockfileNow::ReplacedBy(1)] {
        let elsewhere = FindingBefore { lockfile, ..alias.clone() };
        assert_eq!(compared(&head, &[elsewhere]).0, [Change::Added]);
    }
    // What does not block does not have to be certain.
    let uncertain = FindingBefore { is_certain: false, ..alias };
    assert_eq!(compared(&head, std::slice::from_ref(&uncertain)), (vec![Change::Added], 0));
    let head = [found("CVE-2026-0001", "1.0.0", Disposition::Ticket)];
    assert_eq!(compared(&head, &[uncertain]), (vec![Change::Existing], 0));
}

#[test]
fn a_refuted_claim_is_new_unless_it_was_refuted_before() {
    let refuted = |index| DecidedFinding {
        suppression: Some(AppliedSuppression { index, state: SuppressionState::Refuted }),
        ..found("CVE-2026-0001", "1.0.0", BLOCK)
    };
    let claims = |claims: &[ClaimKind]| {
        let id: AdvisoryId = "CVE-2026-0001".parse().unwrap();
        let entries = claims.iter().map(|claim| Suppression::unwritten(id.clone(), *claim));
        Policy { suppressions: entries.collect(), ..Policy::strict_default() }
    };
    let head_policy = claims(&[ClaimKind::Platform, ClaimKind::NotBuilt]);
    let base_policy = claims(&[ClaimKind::NotBuilt]);
    let plain = found("CVE-2026-0001", "1.0.0", BLOCK);
    for (then, now, expected) in [
        (plain.clone(), refuted(1), Change::Added),
        (refuted(0), refuted(1), Change::Existing),
        (refuted(0), refuted(0), Change::Added),
        (refuted(0), plain.clone(), Change::Existing),
    ] {
        let changes = compare(&[now], &[before(then)], &head_policy, &base_policy).changes;
        assert_eq!(changes, [expected]);
    }
}

#[test]
fn only_an_earlier_finding_without_a_failed_ticket_lets_a_block_pass() {
    for (change, closes) in [
        (None, true),
        (Some(Change::Added), true),
        (Some(Change::Overdue), true),
        (Some(Change::Existing), false),
    ] {
        let decided = DecidedFinding { change, ..found("CVE-2026-0001", "1.0.0", BLOCK) };
        assert_eq!(decided.closes_the_gate(), closes, "{change:?}");
    }
}

fn any_findings() -> impl Strategy<Value = Vec<DecidedFinding>> {
    let disposition = prop::sample::select(vec![
        Disposition::Block,
        Disposition::Ticket,
        Disposition::Note,
        Disposition::Suppressed,
    ]);
    let finding = (0_u8..3, 0_u8..3, disposition).prop_map(|(id, version, disposition)| {
        found(&format!("CVE-2026-000{id}"), &format!("1.{version}.0"), disposition)
    });
    prop::collection::vec(finding, 0..6)
}

proptest! {
    #[test]
    fn no_finding_at_the_base_answers_for_two(
        head in any_findings(),
        base in any_findings(),
    ) {
        let base: Vec<FindingBefore> = base.into_iter().map(before).collect();
        let (changes, _) = compared(&head, &base);
        let existing = |wanted: u8| {
            head.iter()
                .zip(&changes)
                .filter(|(decided, change)| {
                    **change == Change::Existing && gravity(decided) >= wanted
                })
                .count()
        };
        for wanted in 0..=4 {
            let bad = base.iter().filter(|before| gravity(&before.decided) >= wanted).count();
            prop_assert!(existing(wanted) <= bad);
        }
    }

    #[test]
    fn nothing_is_added_where_nothing_changed(findings in any_findings()) {
        let base: Vec<FindingBefore> = findings.iter().cloned().map(before).collect();
        // Two findings of one advisory and version do not occur.
        let mut seen = std::collections::BTreeSet::new();
        let is_ordinary = findings.iter().all(|decided| {
            seen.insert((decided.finding.id.clone(), decided.finding.package.version.clone()))
        });
        if is_ordinary {
            let (changes, fixed) = compared(&findings, &base);
            prop_assert!(changes.iter().all(|change| *change == Change::Existing));
            prop_assert_eq!(fixed, 0);
        }
    }
}

/// What another folder's lockfile locks is another project's.
#[test]
fn what_a_lockfile_beside_it_locks_is_not_fixed_where_one_is_gone() {
    for (lockfile, file, version, fixed) in [
        (LockfileNow::Gone, "web/package-lock.json", "1.0.0", 0),
        (LockfileNow::Gone, "web/package-lock.json", "2.0.0", 1),
        (LockfileNow::Gone, "site/package-lock.json", "1.0.0", 1),
        (LockfileNow::Is(1), "web/package-lock.json", "1.0.0", 1),
    ] {
        let (changes, was_fixed) = compared_across(lockfile, file, version);
        assert_eq!(
            (changes, was_fixed),
            (vec![Change::Added], fixed),
            "{lockfile:?} {file} {version}"
        );
    }
}

#[test]
fn where_the_package_manager_has_changed_only_the_same_version_was_there_before() {
    let replaced = LockfileNow::ReplacedBy(0);
    for (version, change, fixed) in [("1.0.0", Change::Existing, 0), ("2.0.0", Change::Added, 1)] {
        let across = compared_across(replaced, "web/package-lock.json", version);
        assert_eq!(across, (vec![change], fixed), "{version}");
    }
    // The second copy of it in the new lockfile, as it were, is new, and so is what is worse now.
    let then = FindingBefore { lockfile: replaced, ..before(found("GHSA-1", "1.0.0", BLOCK)) };
    let twice = [found("GHSA-1", "1.0.0", BLOCK), found("GHSA-1", "1.0.0", BLOCK)];
    let changes = compared(&twice, std::slice::from_ref(&then)).0;
    assert_eq!(changes, [Change::Existing, Change::Added]);
    let noted =
        FindingBefore { lockfile: replaced, ..before(found("GHSA-1", "1.0.0", Disposition::Note)) };
    assert_eq!(compared(&twice[..1], &[noted]).0, [Change::Added]);
}

/// One finding in version 1.0.0 in a file at the base, and in some version in `web/pnpm-lock.yaml` now.
fn compared_across(lockfile: LockfileNow, file: &str, version: &str) -> (Vec<Change>, usize) {
    let at = |file: &str, version: &str| {
        let mut found = found("GHSA-1", version, BLOCK);
        found.finding.locations[0].file = file.into();
        found
    };
    let then = FindingBefore { lockfile, ..before(at(file, "1.0.0")) };
    compared(&[at("web/pnpm-lock.yaml", version)], &[then])
}
