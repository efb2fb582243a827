//! Everything that depends on the kind of a claim reads the table: every row is tried with each reader.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::policy::amendment::{Amendment, EMPTY_POLICY};
use crate::policy::{ImportTarget, Policy, Suppression};
use crate::problem::SourceText;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 22);

fn parse(text: &str) -> Result<Policy, Vec<String>> {
    let source = SourceText::new("lockgate.toml", text.to_owned());
    Policy::parse(Arc::new(source), TODAY)
        .map_err(|error| error.0.into_iter().map(|problem| problem.message).collect())
}

/// A claim of a kind, with the value that its form needs.
fn claim(kind: ClaimKind) -> Claim {
    let feature = || CrateFeature { package: "time".into(), feature: "local-offset".into() };
    let about = match kind.row().form {
        ClaimForm::True => About::Package,
        ClaimForm::Features => About::Features(vec![feature()]),
        ClaimForm::Imports => About::Imports(vec![ImportTarget::parse("left#pad").unwrap()]),
    };
    Claim { kind, about }
}

/// A policy with one entry that makes a claim, as `suppress` writes it.
fn written(kind: ClaimKind, advisory: &str, package: Option<&str>) -> String {
    let amendment = Amendment {
        advisory: advisory.parse().unwrap(),
        package: package.map(str::to_owned),
        claim: claim(kind),
        reviewed: Vec::new(),
        reason: "because".into(),
        owner: Some("@acme/security".into()),
        expires: Some(jiff::civil::date(2026, 12, 31)),
    };
    amendment.apply(EMPTY_POLICY).unwrap()
}

fn entry(text: &str) -> Suppression {
    parse(text).unwrap().suppressions.remove(0)
}

#[test]
fn every_word_and_every_strength_is_there_once() {
    let words: BTreeSet<&str> = ClaimKind::all().map(ClaimKind::as_str).collect();
    let strengths: BTreeSet<u8> = ClaimKind::all().map(|kind| kind.row().strength).collect();
    assert_eq!((words.len(), strengths.len()), (ClaimKind::COUNT, ClaimKind::COUNT));
    let strongest_first = ClaimKind::strongest_first().map(ClaimKind::as_str);
    let words = [
        "not-built",
        "platform",
        "feature-off",
        "not-imported",
        "development-only",
        "build-only",
        "attested",
    ];
    assert_eq!(strongest_first, words);
}

#[test]
fn the_policy_accepts_what_suppress_writes() {
    for kind in ClaimKind::all() {
        let text = written(kind, "CVE-2026-1000", None);
        assert!(entry(&text).claims.contains(&claim(kind)), "{text}");
        assert!(claim(kind).to_string().starts_with(kind.as_str()), "{kind:?}");
    }
}

#[test]
fn a_claim_is_refused_in_an_ecosystem_that_it_does_not_apply_to() {
    for kind in ClaimKind::all() {
        for (ecosystem, advisory, package) in [
            (Ecosystem::Cargo, "RUSTSEC-2026-0001", None),
            (Ecosystem::Npm, "CVE-2026-1000", Some("@acme/shop")),
        ] {
            let read = parse(&written(kind, advisory, package));
            assert_eq!(
                read.is_ok(),
                kind.applies_to(ecosystem),
                "{kind:?} {ecosystem:?}: {read:?}"
            );
        }
    }
}

#[test]
fn only_a_persons_word_needs_an_owner_and_an_expiry_date() {
    for kind in ClaimKind::all() {
        let text = written(kind, "CVE-2026-1000", None);
        for key in ["owner", "expires"] {
            let lines = text.lines().filter(|line| !line.starts_with(key));
            let without = lines.collect::<Vec<_>>().join("\n");
            assert_eq!(parse(&without).is_err(), kind.row().is_word, "{without}");
        }
    }
}

#[test]
fn only_claims_that_checks_decide_alone_can_be_automatic() {
    for kind in ClaimKind::all() {
        let row = kind.row();
        let text = format!("schema = 1\n[evidence]\nauto = [\"{}\"]\n", kind.as_str());
        assert_eq!(parse(&text).is_ok(), row.may_be_automatic, "{text}");
        assert!(!row.may_be_automatic || !kind.needs_a_person(), "{kind:?}");
        assert!(row.bears_out.is_empty() || !kind.needs_a_person(), "{kind:?}");
        assert!(row.vex.is_some() || row.is_word, "{kind:?}");
    }
}

#[test]
fn a_change_applies_at_once_only_if_it_needs_no_persons_word() {
    let base = parse(EMPTY_POLICY).unwrap();
    for kind in ClaimKind::all() {
        let head = parse(&written(kind, "CVE-2026-1000", None)).unwrap();
        let compared = crate::policy::change::compare(&base, &head);
        let counts = !compared.effective.suppressions.is_empty();
        assert_eq!(counts, !claim(kind).rests_on_a_word(), "{kind:?}");
    }
}

#[test]
fn every_claim_is_documented() {
    let pages = [
        ("README.md", include_str!("../../../README.md")),
        ("docs/policy.md", include_str!("../../../docs/policy.md")),
    ];
    for (name, page) in pages {
        for kind in ClaimKind::all() {
            let is_row = |line: &str| line.starts_with(&format!("| `{}", kind.as_str()));
            assert!(page.lines().any(is_row), "{name} has no row for {}", kind.as_str());
        }
    }
}
