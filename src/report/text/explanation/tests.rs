use super::*;
use crate::evidence::{Evidence, EvidenceResult};
use crate::policy::Claim;
use crate::problem::Location;
use crate::report::sample;

fn trial(outcome: &Outcome, results: &[(Claim, EvidenceResult)]) -> Trial {
    let finding = &outcome.verdict.findings[0].finding;
    let evidence = results.iter().map(|(claim, result)| Evidence {
        claim: *claim,
        result: *result,
        detail: format!("what was seen for {}", claim.as_str()),
        help: (*result == EvidenceResult::Unknown).then(|| "cargo fetch --locked".into()),
        locations: vec![Location { file: "Cargo.toml".into(), line: 7 }],
    });
    Trial {
        package: finding.package.clone(),
        lockfile: finding.lockfile,
        fingerprint: finding.fingerprint.clone(),
        evidence: evidence.collect(),
    }
}

fn block() -> Outcome {
    let mut samples = sample::all().into_iter();
    samples.find(|(name, _)| *name == "block").unwrap().1
}

#[test]
fn an_advisory_is_explained_with_its_tree_its_claims_and_the_ways_out() {
    let outcome = block();
    let results = [
        (Claim::NotBuilt, EvidenceResult::Refuted),
        (Claim::Platform, EvidenceResult::Unknown),
        (Claim::DevelopmentOnly, EvidenceResult::Upheld),
    ];
    let trials = [trial(&outcome, &results)];
    let advisory = "CVE-2099-50237".parse().unwrap();
    let explained = explain(&outcome, &trials, &advisory, Style::PLAIN).unwrap();
    insta::assert_snapshot!(explained);
}

#[test]
fn what_was_not_found_is_not_explained() {
    let outcome = block();
    let trials = [trial(&outcome, &[(Claim::NotBuilt, EvidenceResult::Refuted)])];
    let advisory = "RUSTSEC-2001-0001".parse().unwrap();
    assert_eq!(explain(&outcome, &trials, &advisory, Style::PLAIN), None);
    let advisory = "CVE-2099-50237".parse().unwrap();
    assert_eq!(explain(&outcome, &[], &advisory, Style::PLAIN), None);
}
