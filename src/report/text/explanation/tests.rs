use super::*;
use crate::evidence::{Evidence, EvidenceResult};
use crate::lockfile::Carrying;
use crate::package::{Ecosystem, PackageId};
use crate::policy::ClaimKind;
use crate::problem::Location;
use crate::report::sample;
use crate::upgrade::{Action, Admission, Asker, Candidate, CopyUpgrade, Step, Upgrade, Way};

fn trial(outcome: &Outcome, results: &[(ClaimKind, EvidenceResult)]) -> Trial {
    let finding = &outcome.verdict.findings[0].finding;
    let evidence = results.iter().map(|(claim, result)| Evidence {
        help: (*result == EvidenceResult::Unknown).then(|| "cargo fetch --locked".into()),
        locations: vec![Location { file: "Cargo.toml".into(), line: 7 }],
        ..Evidence::new(*claim, *result, format!("what was seen for {}", claim.as_str()))
    });
    Trial {
        package: finding.package.clone(),
        lockfile: finding.lockfile,
        fingerprint: finding.fingerprint.clone(),
        evidence: evidence.collect(),
        upgrade: upgrade(),
    }
}

/// An upgrade to a version that one dependent allows, one refuses and one says nothing about.
fn upgrade() -> Upgrade {
    let place = |file: &str, line| Location { file: file.into(), line };
    let candidate = Candidate { version: "2.0.0".into(), is_named: true };
    let asker = |name: &str, versions: Option<&str>, admits| Asker {
        name: name.into(),
        versions: versions.map(str::to_owned),
        location: place("Cargo.lock", 412),
        is_project: name.starts_with("app"),
        order: None,
        admits,
        way_in: vec!["app 0.1.0".into(), name.into()],
        direct: Some(place("Cargo.toml", 7)),
    };
    let askers = vec![
        asker("tokens 3.0.0", Some(">=1, <3"), Admission::Admits(candidate.clone())),
        asker("session 1.2.0", Some("^1.0"), Admission::Refuses),
        asker("hidden 0.1.0", None, Admission::Unknown),
        asker("app 0.1.0", Some("~1.0.1"), Admission::Refuses),
    ];
    let copy = CopyUpgrade {
        location: place("Cargo.lock", 803),
        admitted: None,
        askers,
        way: Way::Closed,
    };
    Upgrade { smallest: Some(candidate), is_bad_otherwise: false, copies: vec![copy] }
}

fn typed(folder: &str, command: &str) -> Step {
    Step { folder: folder.into(), action: Action::Type(command.into()), asker: None }
}

#[test]
fn an_upgrade_that_every_dependent_allows_is_a_command() {
    let outcome = block();
    let mut trial = trial(&outcome, &[(ClaimKind::NotBuilt, EvidenceResult::Refuted)]);
    let upgrade = &mut trial.upgrade;
    upgrade.copies[0].askers.truncate(1);
    upgrade.copies[0].admitted.clone_from(&upgrade.smallest);
    let command = "cargo update ed-signer --precise 2.0.0";
    upgrade.copies[0].way = Way::Steps(vec![typed("", command)]);
    let advisory: AdvisoryId = "CVE-2099-50237".parse().unwrap();
    let said = |trial: &Trial| {
        let trials = std::slice::from_ref(trial);
        let said = explain(&outcome, trials, &advisory, Style::PLAIN).unwrap();
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let all = format!("upgrade {command}: everything that asks for it admits 2.0.0");
    assert!(said(&trial).contains(&all), "{}", said(&trial));
    trial.upgrade.copies[0].way = Way::Steps(vec![typed("web", "npm update old")]);
    assert!(said(&trial).contains("in web/: npm update old: "), "{}", said(&trial));
    trial.upgrade.smallest = None;
    assert!(said(&trial).contains("no patched version of ed-signer is known"));
    trial.upgrade.is_bad_otherwise = true;
    assert!(said(&trial).contains("another advisory is about every patched version"));
}

#[test]
fn an_update_that_may_do_is_said_before_what_overrules() {
    let outcome = block();
    let mut trial = trial(&outcome, &[(ClaimKind::NotBuilt, EvidenceResult::Refuted)]);
    let copy = &mut trial.upgrade.copies[0];
    copy.askers.retain(|asker| asker.versions.is_none());
    let add = Action::Add {
        entry: "hidden>ed-signer: 2.0.0".into(),
        table: "overrides",
        file: "pnpm-workspace.yaml".into(),
        otherwise: "once elsewhere",
    };
    let add = Step { folder: String::new(), action: add, asker: Some(0) };
    copy.way = Way::Try {
        steps: vec![typed("", "pnpm update ed-signer")],
        otherwise: vec![add, typed("", "pnpm install")],
    };
    let advisory: AdvisoryId = "CVE-2099-50237".parse().unwrap();
    let said = explain(&outcome, &[trial], &advisory, Style::PLAIN).unwrap();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = "and whether everything admits it is not known: what hidden 0.1.0 asks for is not known \
               (Cargo.lock:412) pnpm update ed-signer brings the latest version that they admit; if that \
               is an affected one, overrule them: add hidden>ed-signer: 2.0.0 under `overrides` in \
               pnpm-workspace.yaml (once elsewhere), then pnpm install";
    assert!(said.contains(all), "{said}");
}

#[test]
fn a_bundled_copy_has_no_upgrade_command() {
    let outcome = block();
    let mut trial = trial(&outcome, &[(ClaimKind::NotBuilt, EvidenceResult::Refuted)]);
    let by = PackageId { ecosystem: Ecosystem::Npm, name: "larch".into(), version: "2.1.0".into() };
    trial.upgrade.copies[0].way = Way::Carried {
        by,
        how: Carrying::Bundled,
        way_in: vec!["app".into(), "larch 2.1.0".into()],
        direct: None,
    };
    let advisory: AdvisoryId = "CVE-2099-50237".parse().unwrap();
    let said = explain(&outcome, &[trial], &advisory, Style::PLAIN).unwrap();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "ed-signer 2.0.0 is the smallest patched version, and no command brings it:",
        "larch 2.1.0 has it inside of its own archive: only a newer larch can bring another copy \
         (app › larch 2.1.0)",
    ] {
        assert!(said.contains(part), "no `{part}` in {said}");
    }
    assert!(!said.contains("npm "), "{said}");
}

fn block() -> Outcome {
    let mut samples = sample::all().into_iter();
    samples.find(|(name, _)| *name == "block").unwrap().1
}

#[test]
fn an_advisory_is_explained_with_its_tree_its_claims_and_the_ways_out() {
    let outcome = block();
    let results = [
        (ClaimKind::NotBuilt, EvidenceResult::Refuted),
        (ClaimKind::Platform, EvidenceResult::Unknown),
        (ClaimKind::DevelopmentOnly, EvidenceResult::Upheld),
    ];
    let trials = [trial(&outcome, &results)];
    let advisory = "CVE-2099-50237".parse().unwrap();
    let explained = explain(&outcome, &trials, &advisory, Style::PLAIN).unwrap();
    insta::assert_snapshot!(explained);
}

#[test]
fn evidence_shared_by_several_claims_is_listed_once() {
    let outcome = block();
    let unknown = EvidenceResult::Unknown;
    let mut trial =
        trial(&outcome, &[(ClaimKind::NotBuilt, unknown), (ClaimKind::Platform, unknown)]);
    for evidence in &mut trial.evidence {
        evidence.detail = "sources are missing".into();
    }
    let advisory = "CVE-2099-50237".parse().unwrap();
    let explained = explain(&outcome, &[trial], &advisory, Style::PLAIN).unwrap();
    assert!(explained.contains("unknown   `not-built`, `platform`: sources are missing\n"));
    assert_eq!(explained.matches("sources are missing").count(), 1, "{explained}");
}

#[test]
fn a_missing_advisory_is_not_explained() {
    let outcome = block();
    let trials = [trial(&outcome, &[(ClaimKind::NotBuilt, EvidenceResult::Refuted)])];
    let advisory = "RUSTSEC-2001-0001".parse().unwrap();
    assert_eq!(explain(&outcome, &trials, &advisory, Style::PLAIN), None);
    let advisory = "CVE-2099-50237".parse().unwrap();
    assert_eq!(explain(&outcome, &[], &advisory, Style::PLAIN), None);
}

/// Two advisories about one package of one lockfile are tried separately: a claim may hold for only one.
#[test]
fn a_trial_for_another_advisory_of_the_package_explains_nothing() {
    let outcome = block();
    let own = trial(&outcome, &[(ClaimKind::NotBuilt, EvidenceResult::Refuted)]);
    let mut other = trial(&outcome, &[(ClaimKind::Platform, EvidenceResult::Upheld)]);
    other.fingerprint = "of another advisory".to_owned();
    let advisory = "CVE-2099-50237".parse().unwrap();
    let explained = explain(&outcome, &[other.clone(), own], &advisory, Style::PLAIN).unwrap();
    assert!(explained.contains("what was seen for not-built"), "{explained}");
    assert!(!explained.contains("what was seen for platform"), "{explained}");
    assert_eq!(explain(&outcome, &[other], &advisory, Style::PLAIN), None);
}

#[test]
fn the_way_of_code_to_a_package_is_drawn_line_by_line() {
    let outcome = block();
    let mut trial = trial(&outcome, &[(ClaimKind::NotImported, EvidenceResult::Refuted)]);
    let place = |file: &str, line| Location { file: file.into(), line };
    trial.evidence[0].locations = vec![
        place("src/app.js", 3),
        place("node_modules/larch/index.js", 1),
        place("node_modules/larch/lib/grow.js", 12),
    ];
    let advisory: AdvisoryId = "CVE-2099-50237".parse().unwrap();
    let said = explain(&outcome, &[trial], &advisory, Style::PLAIN).unwrap();
    let drawn = "how code leads to it\n  src/app.js:3\n  └── node_modules/larch/index.js:1\n      \
                 └── node_modules/larch/lib/grow.js:12\n\nways out\n";
    assert!(said.contains(drawn), "{said}");
}
