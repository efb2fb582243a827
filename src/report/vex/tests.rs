use super::*;
use crate::report::sample;
use crate::verdict::Disposition;

fn outcome(name: &str) -> Outcome {
    let mut samples = sample::all().into_iter();
    let (_, outcome) = samples.find(|(sample, _)| *sample == name).unwrap();
    outcome
}

fn statuses(outcome: &Outcome) -> Vec<(String, Status)> {
    statements(outcome).into_iter().map(|statement| (statement.package, statement.status)).collect()
}

#[test]
fn only_a_checked_claim_makes_a_package_not_affected() {
    let found = statuses(&outcome("upheld_and_attested"));
    assert!(
        found.contains(&(
            "pkg:cargo/keyring@0.9.6".into(),
            Status::NotAffected(ClaimKind::DevelopmentOnly)
        )),
        "{found:?}"
    );
    assert!(
        found.contains(&("pkg:npm/templater@4.17.15".into(), Status::UnderInvestigation)),
        "a person's word is no proof: {found:?}"
    );
}

#[test]
fn a_refuted_claim_is_affected_and_an_undecided_one_under_investigation() {
    for (sample, status) in [
        ("refuted", Status::Affected),
        ("unknown", Status::UnderInvestigation),
        ("expired", Status::Affected),
        ("block", Status::Affected),
    ] {
        let found = statuses(&outcome(sample));
        assert!(found.iter().any(|(_, found)| *found == status), "{sample}: {found:?}");
        let is_cleared = |status: &Status| matches!(status, Status::NotAffected(_));
        assert!(!found.iter().any(|(_, found)| is_cleared(found)), "{sample}: {found:?}");
    }
}

#[test]
fn a_vulnerability_open_in_one_lockfile_is_open() {
    let mut outcome = outcome("upheld_and_attested");
    let findings = &mut outcome.verdict.findings;
    let cleared =
        findings.iter().find(|decided| decided.finding.package.name == "keyring").unwrap();
    let mut open = cleared.clone();
    open.disposition = Disposition::Block;
    open.suppression = None;
    open.evidence.clear();
    for order in 0..2 {
        outcome.verdict.findings.insert(order * outcome.verdict.findings.len(), open.clone());
        let found = statuses(&outcome);
        let of_keyring: Vec<_> =
            found.iter().filter(|(package, _)| package.contains("keyring")).collect();
        assert_eq!(of_keyring, [&("pkg:cargo/keyring@0.9.6".into(), Status::Affected)]);
        outcome.verdict.findings.retain(|decided| decided.disposition != Disposition::Block);
    }
}

#[test]
fn build_tools_are_part_of_the_repository() {
    let mut outcome = outcome("upheld_and_attested");
    for decided in &mut outcome.verdict.findings {
        for evidence in &mut decided.evidence {
            if evidence.claim == ClaimKind::DevelopmentOnly {
                evidence.claim = ClaimKind::BuildOnly;
            }
        }
    }
    let of_keyring = |outcome: &Outcome| {
        let mut found = statuses(outcome).into_iter();
        found.find(|(package, _)| package.contains("keyring")).unwrap().1
    };
    assert_eq!(of_keyring(&outcome), Status::NotAffected(ClaimKind::BuildOnly));
    outcome.product = Some("pkg:github/acme/shop@0123".into());
    assert_eq!(of_keyring(&outcome), Status::UnderInvestigation);
}

#[test]
fn a_document_is_named_after_its_content() {
    let name = document_uuid(b"statements");
    assert_eq!(name, document_uuid(b"statements"));
    assert_ne!(name, document_uuid(b"other statements"));
    let parts: Vec<usize> = name.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!(&name[14..15], "8");
}
