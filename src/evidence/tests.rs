use std::collections::BTreeMap;

use proptest::prelude::*;

use super::sample::{Refused, WrittenFacts};
use super::*;
use crate::lockfile::DependencyKind::{self, Build, Development, Normal, Optional, Peer, Unknown};
use crate::lockfile::sample::{any_lockfile, every_path, lockfile};
use crate::package::Ecosystem;
use crate::policy::{PathPattern, SuppressionSpans};

const TODAY: Date = jiff::civil::date(2026, 11, 30);

fn suppression(claims: &[ClaimKind], paths: &[&str]) -> Suppression {
    Suppression {
        location: Location { file: "lockgate.toml".into(), line: 3 },
        spans: SuppressionSpans::default(),
        advisory: "CVE-2026-1".parse().unwrap(),
        package: None,
        paths: paths.iter().map(|path| PathPattern::parse(path).unwrap()).collect(),
        justification: None,
        claims: claims.iter().map(|kind| (*kind).into()).collect(),
        reviewed: Vec::new(),
        reason: "because".into(),
        owner: None,
        expires: None,
    }
}

/// What is seen for a suppression of the vulnerability of `packages`; `None` if it does not name it.
fn look(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    suppression: &Suppression,
) -> Option<Vec<Evidence>> {
    seen(lockfile, packages, suppression, &WrittenFacts::of(lockfile, None))
}

fn seen(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    suppression: &Suppression,
    facts: &dyn Facts,
) -> Option<Vec<Evidence>> {
    let package = &lockfile.packages[packages[0]].id;
    let suppressions = std::slice::from_ref(suppression);
    let checks = with_subject(lockfile, packages, facts, |subject| {
        check_claims(subject, package, suppressions, TODAY)
    });
    checks.into_iter().next().map(|check| check.evidence)
}

fn with_subject<T>(
    lockfile: &Lockfile,
    packages: &[PackageIndex],
    facts: &dyn Facts,
    look: impl FnOnce(&Subject<'_>) -> T,
) -> T {
    let graph = DependencyGraph::new(lockfile);
    let advisory = "CVE-2026-0001".parse().unwrap();
    look(&Subject {
        advisory: &advisory,
        lockfile,
        graph: &graph,
        finder: &PathFinder::new(&graph),
        chains: &Chains::default(),
        identifiers: &["CVE-2026-1".parse().unwrap()].into(),
        packages,
        facts,
        npm: &crate::policy::NpmPolicy::default(),
        os: &BTreeSet::new(),
        arch: &BTreeSet::new(),
    })
}

fn claim(lockfile: &Lockfile, packages: &[PackageIndex], claim: ClaimKind) -> Evidence {
    let evidence = look(lockfile, packages, &suppression(&[claim], &[])).unwrap();
    assert_eq!(evidence.len(), 1);
    evidence.into_iter().next().unwrap()
}

/// A way in, from the project to the package, by the kinds of its edges.
fn chain(ecosystem: Ecosystem, kinds: &[DependencyKind]) -> Lockfile {
    let names = ["app 0.1.0", "a 1.0.0", "b 1.0.0", "c 1.0.0"];
    let edges: Vec<_> =
        kinds.iter().enumerate().map(|(step, kind)| (step, step + 1, *kind)).collect();
    lockfile(ecosystem, &names[..=kinds.len()], 1, &edges)
}

#[test]
fn one_way_in_decides_by_its_kinds() {
    use EvidenceResult::{Refuted, Unknown as Undecided, Upheld};
    for (kinds, development_only, build_only) in [
        (&[Normal][..], Refuted, Refuted),
        (&[Optional], Refuted, Refuted),
        (&[Peer], Refuted, Refuted),
        (&[Build], Refuted, Undecided),
        (&[Development], Upheld, Undecided),
        (&[Unknown], Undecided, Undecided),
        (&[Development, Unknown], Upheld, Undecided),
        (&[Development, Normal], Upheld, Undecided),
        (&[Build, Unknown], Refuted, Undecided),
        (&[Normal, Unknown], Refuted, Undecided),
        (&[Unknown, Normal], Undecided, Undecided),
        (&[Unknown, Development], Upheld, Undecided),
        (&[Normal, Build], Refuted, Undecided),
    ] {
        let lockfile = chain(Ecosystem::Cargo, kinds);
        let target = [kinds.len()];
        let found = claim(&lockfile, &target, ClaimKind::DevelopmentOnly);
        assert_eq!(found.result, development_only, "development-only {kinds:?}");
        let found = claim(&lockfile, &target, ClaimKind::BuildOnly);
        assert_eq!(found.result, build_only, "build-only {kinds:?}");
    }
}

#[test]
fn one_open_way_is_enough_to_refute() {
    let lockfile = lockfile(
        Ecosystem::Cargo,
        &["app 0.1.0", "a 1.0.0", "x 1.0.0"],
        1,
        &[(0, 2, Development), (0, 1, Normal), (1, 2, Unknown)],
    );
    let found = claim(&lockfile, &[2], ClaimKind::DevelopmentOnly);
    assert_eq!(found.result, EvidenceResult::Refuted);
    let sentence = "it is needed outside development: app 0.1.0 › a 1.0.0 › x 1.0.0";
    assert_eq!(found.sentence(), sentence);
    let lines: Vec<u32> = found.locations.iter().map(|location| location.line).collect();
    assert_eq!(lines, [2, 3]);
}

#[test]
fn a_project_that_only_tests_use_is_still_a_project() {
    let lockfile = lockfile(
        Ecosystem::Cargo,
        &["app 0.1.0", "tool 0.1.0", "x 1.0.0"],
        2,
        &[(0, 1, Development), (1, 2, Normal)],
    );
    let found = claim(&lockfile, &[2], ClaimKind::DevelopmentOnly);
    assert_eq!(found.result, EvidenceResult::Refuted);
}

#[test]
fn a_copy_that_no_project_reaches_leaves_the_claim_open() {
    let lockfile =
        lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0", "x 1.0.0"], 1, &[(0, 1, Development)]);
    for (copies, expected) in [
        (&[1][..], EvidenceResult::Upheld),
        (&[2], EvidenceResult::Unknown),
        (&[1, 2], EvidenceResult::Unknown),
        (&[2, 1], EvidenceResult::Unknown),
    ] {
        let found = claim(&lockfile, copies, ClaimKind::DevelopmentOnly);
        assert_eq!(found.result, expected, "{copies:?}");
    }
}

#[test]
fn a_flag_that_contradicts_the_edges_leaves_the_claim_open() {
    for (flag, expected) in [
        (Some(true), EvidenceResult::Upheld),
        (None, EvidenceResult::Upheld),
        (Some(false), EvidenceResult::Unknown),
    ] {
        let mut lockfile = chain(Ecosystem::Npm, &[Development]);
        lockfile.packages[1].development_flag = flag;
        let found = claim(&lockfile, &[1], ClaimKind::DevelopmentOnly);
        assert_eq!(found.result, expected, "{flag:?}");
    }
    let mut flagged = chain(Ecosystem::Npm, &[Normal]);
    flagged.packages[1].development_flag = Some(true);
    let found = claim(&flagged, &[1], ClaimKind::DevelopmentOnly);
    assert_eq!(found.result, EvidenceResult::Refuted, "a flag is no evidence");
}

#[test]
fn npm_knows_no_build_dependencies() {
    let lockfile = chain(Ecosystem::Npm, &[Development]);
    let found = claim(&lockfile, &[1], ClaimKind::BuildOnly);
    assert_eq!(found.result, EvidenceResult::Unknown);
    assert!(found.help.is_some());
}

#[test]
fn an_attestation_needs_a_person_and_an_end() {
    let lockfile = chain(Ecosystem::Cargo, &[Normal]);
    let expires = Some(jiff::civil::date(2026, 12, 1));
    let owner = Some("@acme/security".to_owned());
    for (owner, expires, expected) in [
        (owner.clone(), expires, EvidenceResult::Upheld),
        (owner, None, EvidenceResult::Unknown),
        (None, expires, EvidenceResult::Unknown),
    ] {
        let attested = Suppression { owner, expires, ..suppression(&[ClaimKind::Attested], &[]) };
        assert_eq!(look(&lockfile, &[1], &attested).unwrap()[0].result, expected);
    }
}

#[test]
fn every_claim_of_a_suppression_is_looked_at() {
    let lockfile = chain(Ecosystem::Cargo, &[Build]);
    let both = suppression(&[ClaimKind::DevelopmentOnly, ClaimKind::BuildOnly], &[]);
    let results: Vec<_> =
        look(&lockfile, &[1], &both).unwrap().iter().map(|evidence| evidence.result).collect();
    // What is built was not resolved here.
    assert_eq!(results, [EvidenceResult::Refuted, EvidenceResult::Unknown]);
}

#[test]
fn a_suppression_limited_to_paths_clears_only_if_it_covers_them_all() {
    use EvidenceResult::{Unknown as Undecided, Upheld};
    let lockfile = lockfile(
        Ecosystem::Cargo,
        &["app 0.1.0", "a 1.0.0", "b 1.0.0", "x 1.0.0"],
        1,
        &[(0, 1, Development), (0, 2, Development), (1, 3, Unknown), (2, 3, Unknown)],
    );
    for (paths, expected) in [
        (&[][..], Some(Upheld)),
        (&["*"], Some(Upheld)),
        (&["* > x"], Some(Upheld)),
        (&["* > a > x", "* > b > x"], Some(Upheld)),
        (&["* > a > x"], Some(Undecided)),
        (&["app > a > x"], Some(Undecided)),
        (&["other > a > x"], None),
        (&["a > x"], None),
    ] {
        let found = look(&lockfile, &[3], &suppression(&[ClaimKind::DevelopmentOnly], paths));
        let worst = found.and_then(|all| all.iter().map(|evidence| evidence.result).max());
        assert_eq!(worst, expected, "{paths:?}");
    }
}

#[test]
fn paths_never_cover_what_no_project_reaches() {
    let lockfile = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0"], 1, &[]);
    let attested = Suppression {
        owner: Some("@acme".into()),
        expires: Some(jiff::civil::date(2026, 12, 1)),
        ..suppression(&[ClaimKind::Attested], &["* > x"])
    };
    let found = look(&lockfile, &[1], &attested).unwrap();
    assert!(found.iter().any(|evidence| evidence.result == EvidenceResult::Unknown));
}

#[test]
fn a_suppression_of_another_advisory_or_package_says_nothing() {
    let lockfile = chain(Ecosystem::Cargo, &[Development]);
    let advisory = Suppression {
        advisory: "CVE-2026-2".parse().unwrap(),
        ..suppression(&[ClaimKind::DevelopmentOnly], &[])
    };
    assert_eq!(look(&lockfile, &[1], &advisory), None);
    for (spec, named) in [("a", true), ("a@1.0.0", true), ("a@<1", false), ("b", false)] {
        let package = Suppression {
            package: Some(spec.parse().unwrap()),
            ..suppression(&[ClaimKind::DevelopmentOnly], &[])
        };
        assert_eq!(look(&lockfile, &[1], &package).is_some(), named, "{spec}");
    }
}

/// What holds of a claim, by trying every path from every project to every copy.
struct Truth {
    is_every_copy_reached: bool,
    is_every_path_closed: bool,
    is_some_path_surely_open: bool,
}

fn truth(
    lockfile: &Lockfile,
    copies: &[PackageIndex],
    closes: impl Fn(DependencyKind) -> bool,
) -> Truth {
    let mut paths: BTreeMap<PackageIndex, Vec<Vec<_>>> = BTreeMap::new();
    for copy in copies {
        let of_copy = lockfile.roots.iter().flat_map(|root| every_path(lockfile, *root, &[*copy]));
        paths.insert(*copy, of_copy.collect());
    }
    let all = || paths.values().flatten();
    Truth {
        is_every_copy_reached: paths.values().all(|paths| !paths.is_empty()),
        is_every_path_closed: all().all(|path| path.iter().any(|edge| closes(edge.kind))),
        is_some_path_surely_open: all()
            .any(|path| path.iter().all(|edge| !closes(edge.kind) && edge.kind != Unknown)),
    }
}

proptest! {
    #[test]
    fn a_claim_is_upheld_only_if_every_path_bears_it_out(
        (lockfile, copies) in any_lockfile(7).prop_flat_map(|lockfile| {
            let packages = lockfile.packages.len();
            (Just(lockfile), proptest::collection::vec(0..packages, 1..=2))
        }),
    ) {
        for kind in [ClaimKind::DevelopmentOnly, ClaimKind::BuildOnly] {
            let closes = |edge: DependencyKind| {
                edge == Development || (kind == ClaimKind::BuildOnly && edge == Build)
            };
            let truth = truth(&lockfile, &copies, closes);
            let found = claim(&lockfile, &copies, kind);
            let upheld = found.result == EvidenceResult::Upheld;
            // That only building needs it the lockfile alone never proves.
            let is_proved = truth.is_every_copy_reached && truth.is_every_path_closed;
            prop_assert_eq!(upheld, kind == ClaimKind::DevelopmentOnly && is_proved);
            if truth.is_some_path_surely_open {
                prop_assert_eq!(found.result, EvidenceResult::Refuted);
            }
            if found.result == EvidenceResult::Refuted {
                prop_assert!(!truth.is_every_path_closed);
            }
        }
    }
}

#[test]
fn every_claim_has_a_collector_that_fits_what_a_person_has_to_say() {
    assert_eq!(COLLECTORS.len(), ClaimKind::COUNT);
    for claim in ClaimKind::all() {
        let collector = collector(claim).unwrap();
        let takes_a_person = matches!(collector, Collector::Suppression(_));
        assert_eq!(takes_a_person, claim.needs_a_person(), "{claim:?}");
    }
}

#[test]
fn a_claim_whose_facts_nobody_asks_for_is_unknown_and_says_so() {
    for ecosystem in [Ecosystem::Cargo, Ecosystem::Npm] {
        let lockfile = chain(ecosystem, &[Development]);
        for kind in ClaimKind::all().filter(|kind| kind.applies_to(ecosystem)) {
            let found = seen(&lockfile, &[1], &suppression(&[kind], &[]), &Refused).unwrap();
            let lacks = found[0].lacks;
            // Without platforms that are shipped, what commands say decides nothing.
            let is_decided = kind == ClaimKind::Platform && ecosystem == Ecosystem::Npm;
            let expected = kind.facts_in(ecosystem).next().filter(|_| !is_decided);
            assert_eq!(lacks, expected, "{kind:?} {ecosystem:?}");
            assert!(lacks.is_none() || found[0].result == EvidenceResult::Unknown, "{kind:?}");
        }
        let tried = with_subject(&lockfile, &[1], &Refused, try_claims);
        assert!(tried.iter().all(|evidence| evidence.lacks.is_none()), "{tried:?}");
    }
}

#[test]
fn an_expired_suppression_is_not_looked_at() {
    let lockfile = chain(Ecosystem::Cargo, &[Normal]);
    let past = Suppression {
        expires: Some(TODAY.yesterday().unwrap()),
        ..suppression(&[ClaimKind::DevelopmentOnly], &[])
    };
    assert_eq!(look(&lockfile, &[1], &past), Some(Vec::new()));
}
