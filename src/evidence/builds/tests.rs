//! The three claims about builds, over builds that are written down here.

use std::collections::BTreeSet;

use jiff::civil::date;

use crate::cargo_build::{
    Ask, BuildProblem, BuiltPackages, CargoView, Cell, CellFeatures, FeatureTable, Outside,
    PackageKey, Purpose, ResolvedBuilds, ResolvedCell, SimulatedView, Target,
};
use crate::evidence::sample::WrittenFacts;
use crate::evidence::{Chains, Evidence, EvidenceResult, Searched, Subject, check_claims};
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::lockfile::DependencyKind;
use crate::lockfile::sample::lockfile;
use crate::package::Ecosystem;
use crate::policy::{
    About, Claim, ClaimForm, ClaimKind, CrateFeature, Suppression, SuppressionSpans,
};
use crate::problem::Location;

const LINUX: &str = "x86_64-unknown-linux-gnu";
const WINDOWS: &str = "x86_64-pc-windows-msvc";

fn key(name: &str) -> PackageKey {
    PackageKey { name: name.into(), version: "1.0.0".into() }
}

/// `rotten+net` is the package `rotten` with its feature `net`.
fn packages(text: &str) -> BuiltPackages {
    let package = |word: &str| {
        let mut parts = word.split('+');
        let name = parts.next().unwrap_or_default();
        (key(name), parts.map(str::to_owned).collect())
    };
    text.split_whitespace().map(package).collect()
}

fn cell(target: &str, purpose: Purpose, cargo: &str, simulated: &str) -> ResolvedCell {
    let cell = Cell {
        target: Target::Triple(target.into()),
        features: CellFeatures::DEFAULT,
        of_dependencies: Vec::new(),
        members: vec!["app".into()],
        beside: Vec::new(),
        target_from: None,
        features_from: None,
        development_from: None,
    };
    let cargo = CargoView { packages: packages(cargo), ..CargoView::default() };
    let simulated = SimulatedView { packages: packages(simulated), ..SimulatedView::default() };
    ResolvedCell { cell, purpose, cargo: cargo.into(), simulated }
}

fn builds(cells: Vec<ResolvedCell>) -> ResolvedBuilds {
    let table: FeatureTable =
        [("net".to_owned(), Vec::new()), ("log".to_owned(), Vec::new())].into();
    ResolvedBuilds {
        host: LINUX.into(),
        cells,
        declared: [(key("rotten"), table)].into(),
        ..ResolvedBuilds::default()
    }
}

/// What is seen for a claim about `rotten`, which an advisory about `os` affects.
fn look(claim: ClaimKind, builds: &Result<ResolvedBuilds, BuildProblem>, os: &str) -> Evidence {
    let locked = lockfile(
        Ecosystem::Cargo,
        &["app 1.0.0", "rotten 1.0.0"],
        1,
        &[(0, 1, DependencyKind::Normal)],
    );
    let graph = DependencyGraph::new(&locked);
    let advisory = "CVE-2026-0001".parse().unwrap();
    let subject = Subject {
        advisory: &advisory,
        lockfile: &locked,
        graph: &graph,
        finder: &PathFinder::new(&graph),
        chains: &Chains::default(),
        identifiers: &["CVE-2026-1".parse().unwrap()].into(),
        packages: &[1],
        facts: &WrittenFacts::of(&locked, Some(builds.clone())),
        npm: &crate::policy::NpmPolicy::default(),
        os: &os.split_whitespace().map(str::to_owned).collect(),
        arch: &BTreeSet::new(),
    };
    let feature = CrateFeature { package: "rotten".into(), feature: "net".into() };
    let about = match claim.row().form {
        ClaimForm::True => About::Package,
        ClaimForm::Features => About::Features(vec![feature]),
        ClaimForm::Imports => panic!("nothing that Cargo builds"),
    };
    let suppression = Suppression {
        location: Location { file: "lockgate.toml".into(), line: 3 },
        spans: SuppressionSpans::default(),
        advisory: "CVE-2026-1".parse().unwrap(),
        package: None,
        paths: Vec::new(),
        justification: None,
        claims: vec![Claim { kind: claim, about }],
        reviewed: Vec::new(),
        reason: "because".into(),
        owner: None,
        expires: None,
    };
    let package = &locked.packages[1].id;
    let mut checks = check_claims(&subject, package, &[suppression], date(2026, 11, 30));
    checks.remove(0).evidence.remove(0)
}

#[test]
fn a_claim_holds_only_if_both_resolvers_say_so_for_every_build() {
    use EvidenceResult::{Refuted, Unknown, Upheld};
    use Purpose::{Development, Shipping};
    for (cells, not_built, feature_off, platform) in [
        (vec![cell(LINUX, Shipping, "app", "app")], Upheld, Upheld, Upheld),
        (vec![cell(LINUX, Shipping, "app rotten", "app")], Unknown, Upheld, Unknown),
        (vec![cell(LINUX, Shipping, "app", "app rotten")], Unknown, Upheld, Unknown),
        (vec![cell(LINUX, Shipping, "rotten", "rotten+net")], Refuted, Unknown, Unknown),
        (vec![cell(LINUX, Shipping, "rotten+net", "rotten")], Refuted, Unknown, Unknown),
        (vec![cell(LINUX, Shipping, "rotten+net", "rotten+net")], Refuted, Refuted, Unknown),
        (vec![cell(LINUX, Shipping, "rotten+log", "rotten+log")], Refuted, Upheld, Unknown),
        (
            vec![
                cell(LINUX, Shipping, "app", "app"),
                cell(LINUX, Development, "rotten+net", "rotten+net"),
            ],
            Refuted,
            Upheld,
            Upheld,
        ),
        (vec![cell(LINUX, Development, "app", "app")], Unknown, Unknown, Unknown),
        (Vec::new(), Unknown, Unknown, Unknown),
        (
            vec![
                cell(LINUX, Shipping, "app rotten", "app"),
                cell(WINDOWS, Shipping, "app rotten", "app rotten"),
            ],
            Refuted,
            Upheld,
            Unknown,
        ),
    ] {
        for (claim, expected) in [
            (ClaimKind::NotBuilt, not_built),
            (ClaimKind::FeatureOff, feature_off),
            (ClaimKind::Platform, platform),
        ] {
            let found = look(claim, &Ok(builds(cells.clone())), "");
            assert_eq!(found.result, expected, "{}: {}", claim.as_str(), found.detail);
            assert!(found.result != Refuted || !found.locations.is_empty(), "{}", found.detail);
        }
    }
}

#[test]
fn a_disagreement_names_the_package_and_the_build() {
    let found = look(
        ClaimKind::NotBuilt,
        &Ok(builds(vec![cell(LINUX, Purpose::Shipping, "rotten", "")])),
        "",
    );
    assert_eq!(
        found.detail,
        "resolver-disagreement: only cargo sees rotten 1.0.0 in the build for \
         x86_64-unknown-linux-gnu with default features"
    );
}

#[test]
fn platforms_are_those_of_the_targets_and_of_the_machine_for_what_runs_while_building() {
    use EvidenceResult::{Refuted, Unknown, Upheld};
    let shipped = |target| cell(target, Purpose::Shipping, "rotten", "rotten");
    for (target, os, is_on_host, expected) in [
        (LINUX, "windows", false, Upheld),
        (LINUX, "linux", false, Refuted),
        (LINUX, "windows linux", false, Refuted),
        (LINUX, "win", false, Unknown),
        (WINDOWS, "linux", false, Upheld),
        (WINDOWS, "linux", true, Refuted),
    ] {
        let mut found = shipped(target);
        if is_on_host {
            found.simulated.on_host.insert(key("rotten"));
        }
        let evidence = look(ClaimKind::Platform, &Ok(builds(vec![found])), os);
        assert_eq!(evidence.result, expected, "{target} {os}: {}", evidence.detail);
    }
}

#[test]
fn a_proof_says_how_much_was_looked_through() {
    let cells = Purpose::ALL.iter().map(|purpose| cell(LINUX, *purpose, "app", "app"));
    let mut resolved = builds(cells.collect());
    resolved.outside.files = 7;
    for (claim, builds) in [(ClaimKind::NotBuilt, 2), (ClaimKind::Platform, 1)] {
        let found = look(claim, &Ok(resolved.clone()), "windows");
        assert_eq!(found.result, EvidenceResult::Upheld, "{}", found.detail);
        assert_eq!(found.searched, Searched { builds, files: 7, ..Searched::default() });
    }
}

#[test]
fn what_is_not_known_about_builds_leaves_every_claim_open() {
    let ask = Ask::of_unread(Location { file: "ship".into(), line: 2 });
    // What a file that cannot be read orders is in no cell: it may name any feature of a dependency.
    let open = ResolvedBuilds {
        outside: Outside { asks: vec![ask], files: 3, cells: Vec::new() },
        ..builds(vec![cell(LINUX, Purpose::Shipping, "app", "app")])
    };
    let problem = BuildProblem::NoToolchain { program: "cargo" };
    for claim in [ClaimKind::NotBuilt, ClaimKind::FeatureOff, ClaimKind::Platform] {
        for builds in [Ok(open.clone()), Err(problem.clone())] {
            let found = look(claim, &builds, "macos");
            assert_eq!(found.result, EvidenceResult::Unknown, "{}", claim.as_str());
            assert!(found.help.is_some());
        }
    }
}
