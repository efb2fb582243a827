use super::*;
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use proptest::prelude::*;

use crate::graph::paths::MAX_PATHS;
use crate::lockfile::DependencyKind::{Build, Development, Normal};
use crate::lockfile::sample::{any_lockfile, lockfile};
use crate::package::Ecosystem;
use crate::scope::Scope;

fn advisory() -> crate::advisory::alias::MergedAdvisory {
    crate::advisory::alias::MergedAdvisory {
        id: "GHSA-aaaa-bbbb-cccc".parse().unwrap(),
        aliases: ["CVE-2026-1".parse().unwrap()].into(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::UNKNOWN,
        vectors: BTreeSet::new(),
        title: String::new(),
        url: None,
        sources: BTreeSet::new(),
        patched: Vec::new(),
        functions: BTreeMap::new(),
        os: BTreeSet::new(),
        arch: BTreeSet::new(),
    }
}

fn finding(lockfile: &Lockfile, copies: &[PackageIndex]) -> Finding {
    let graph = DependencyGraph::new(lockfile);
    let matched = Match {
        package: lockfile.packages[copies[0]].id.clone(),
        copies: copies.to_vec(),
        advisory: advisory(),
    };
    let (finder, scopes) = (PathFinder::new(&graph), Scopes::new(lockfile, &graph));
    Finding::new(matched, 0, lockfile, &mut WaysIn::new(&graph, &finder, &scopes), &scopes)
}

#[test]
fn all_copies_of_a_package_are_one_finding_of_the_strongest_scope() {
    let lockfile = lockfile(
        Ecosystem::Npm,
        &["app 0.1.0", "a 1.0.0", "x 1.0.0", "x 1.0.0"],
        1,
        &[(0, 2, Development), (0, 1, Normal), (1, 3, Normal)],
    );
    let found = finding(&lockfile, &[2, 3]);
    assert_eq!(found.scope, FindingScope::certain(Scope::Runtime));
    let lines: Vec<u32> = found.locations.iter().map(|location| location.line).collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(paths(&found), ["app a x", "app x"], "the path that makes the scope first");
    assert_eq!(finding(&lockfile, &[2]).scope, FindingScope::certain(Scope::Development));
}

fn paths(finding: &Finding) -> Vec<String> {
    let names = |path: &WayIn| path.iter().map(|step| step.name.to_string()).collect::<Vec<_>>();
    finding.paths.iter().map(|path| names(path).join(" ")).collect()
}

#[test]
fn the_shortest_path_that_makes_the_scope_is_the_first() {
    let packages = ["app 0.1.0", "member 0.1.0", "a 1.0.0", "x 1.0.0"];
    for (about, roots, edges, scope, expected) in [
        (
            "building is nearer than running",
            1,
            &[(0, 3, Build), (0, 2, Normal), (2, 3, Normal)][..],
            Scope::Runtime,
            &["app a x", "app x"][..],
        ),
        (
            "development is nearer than building",
            1,
            &[(0, 3, Development), (0, 2, Build), (2, 3, Normal)],
            Scope::Build,
            &["app a x", "app x"],
        ),
        (
            "one edge in two ways",
            1,
            &[(0, 3, Development), (0, 3, Normal), (0, 2, Normal), (2, 3, Normal)],
            Scope::Runtime,
            &["app x", "app a x"],
        ),
        (
            "a project that only the development of another one leads to",
            2,
            &[(0, 1, Development), (1, 3, Normal)],
            Scope::Runtime,
            &["member x", "app member x"],
        ),
        (
            "nothing but development",
            1,
            &[(0, 3, Development), (0, 2, Development), (2, 3, Normal)],
            Scope::Development,
            &["app x", "app a x"],
        ),
        ("nothing at all", 1, &[], Scope::Runtime, &["x"]),
    ] {
        let lockfile = lockfile(Ecosystem::Cargo, &packages, roots, edges);
        let found = finding(&lockfile, &[3]);
        assert_eq!(found.scope, FindingScope::certain(scope), "{about}");
        assert_eq!(paths(&found), expected, "{about}");
    }
}

#[test]
fn a_path_that_makes_the_scope_is_listed_however_many_are_shorter() {
    let mut packages = vec!["app 0.1.0".to_owned(), "x 1.0.0".to_owned()];
    let mut edges = Vec::new();
    for tool in 2..MAX_PATHS + 4 {
        packages.push(format!("tool{tool} 1.0.0"));
        edges.extend([(0, tool, Development), (tool, 1, Normal)]);
    }
    let (a, b) = (packages.len(), packages.len() + 1);
    packages.extend(["a 1.0.0".to_owned(), "b 1.0.0".to_owned()]);
    edges.extend([(0, a, Normal), (a, b, Normal), (b, 1, Normal)]);
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    let found = finding(&lockfile(Ecosystem::Npm, &packages, 1, &edges), &[1]);
    assert_eq!(paths(&found)[0], "app a b x");
    assert_eq!((found.paths.len(), found.paths_cut), (MAX_PATHS, true));
}

proptest! {
    /// But for the first one the paths are those that are there without any scope, in their order.
    #[test]
    fn the_scope_moves_one_path_to_the_front_and_loses_none(lockfile in any_lockfile(7)) {
        let graph = DependencyGraph::new(&lockfile);
        let (finder, scopes) = (PathFinder::new(&graph), Scopes::new(&lockfile, &graph));
        for package in 0..graph.len() {
            let found = finder.paths_to(package);
            let ids = found.paths.iter().map(|path| path.iter().map(|step| finder.id(*step)).collect());
            let before: Vec<WayIn> = ids.collect();
            let (after, cut) = WaysIn::new(&graph, &finder, &scopes).to(&[package]);
            let (first, others) = after.split_first().unwrap();
            let kept = before.iter().filter(|path| *path != first);
            prop_assert!(kept.take(MAX_PATHS - 1).eq(others));
            prop_assert_eq!(cut, found.cut || before.len() > after.len());
        }
    }
}

#[test]
fn lines_are_counted_from_one() {
    for text in ["", "a", "a\n", "a\r\nb\n\nc", "é\nü"] {
        let source = crate::problem::SourceText::new("", text);
        for offset in 0..=text.len() + 1 {
            let before = &text.as_bytes()[..offset.min(text.len())];
            let lines = before.split(|byte| *byte == b'\n').count();
            assert_eq!(usize::try_from(source.line_at(offset)), Ok(lines), "{text:?} {offset}");
        }
    }
}

#[test]
fn a_fingerprint_survives_upgrades_and_moves_but_distinguishes_advisories_and_files() {
    let before = lockfile(Ecosystem::Npm, &["app 0.1.0", "x 1.0.0"], 1, &[]);
    let after = lockfile(Ecosystem::Npm, &["app 0.1.0", "new 1.0.0", "x 1.0.1"], 1, &[]);
    let fingerprint = finding(&before, &[1]).fingerprint;
    assert_eq!(finding(&after, &[2]).fingerprint, fingerprint);
    assert_eq!(fingerprint.len(), 32);
    let other = lockfile(Ecosystem::Npm, &["app 0.1.0", "y 1.0.0"], 1, &[]);
    assert_ne!(finding(&other, &[1]).fingerprint, fingerprint);
    let cargo = lockfile(Ecosystem::Cargo, &["app 0.1.0", "x 1.0.0"], 1, &[]);
    assert_ne!(finding(&cargo, &[1]).fingerprint, fingerprint);
}
