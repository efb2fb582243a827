use std::collections::BTreeSet;

use proptest::prelude::*;

use super::paths::{MAX_PATHS, PathFinder, ShortestPaths};
use super::scope::{Scopes, scopes};
use super::*;
use crate::lockfile::sample::{any_lockfile, every_path, lockfile};
use crate::package::Ecosystem;
use crate::scope::Scope;

use DependencyKind::{Build, Development, Normal, Optional, Peer, Unknown};

/// The paths to a package by trying them all: from each start, through no other start.
fn every_path_to(
    lockfile: &Lockfile,
    starts: &[PackageIndex],
    target: PackageIndex,
) -> BTreeSet<Vec<PackageIndex>> {
    if starts.contains(&target) {
        return [vec![target]].into();
    }
    starts
        .iter()
        .flat_map(|start| {
            every_path(lockfile, *start, &[target]).into_iter().map(|edges| {
                std::iter::once(*start).chain(edges.iter().map(|edge| edge.to)).collect()
            })
        })
        .filter(|path: &Vec<PackageIndex>| !path[1..].iter().any(|step| starts.contains(step)))
        .collect()
}

/// What the projects reach over edges of which `follow` approves, by growing a set until it stops.
fn naive_reach(lockfile: &Lockfile, follow: impl Fn(DependencyKind) -> bool) -> BTreeSet<usize> {
    let mut reached: BTreeSet<usize> = lockfile.roots.iter().copied().collect();
    loop {
        let before = reached.len();
        for edge in &lockfile.edges {
            if follow(edge.kind) && reached.contains(&edge.from) {
                reached.insert(edge.to);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

proptest! {
    #[test]
    fn paths_are_all_simple_paths_shortest_first(lockfile in any_lockfile(7)) {
        let graph = DependencyGraph::new(&lockfile);
        let finder = PathFinder::new(&graph);
        for target in 0..lockfile.packages.len() {
            let found = finder.paths_to(target);
            let expected = every_path_to(&lockfile, finder.starts(), target);
            if expected.is_empty() {
                prop_assert_eq!(&found.paths, &[vec![target]]);
                prop_assert!(!found.cut);
                continue;
            }
            let mut lengths: Vec<usize> = expected.iter().map(Vec::len).collect();
            lengths.sort_unstable();
            lengths.truncate(MAX_PATHS);
            prop_assert_eq!(found.paths.iter().map(Vec::len).collect::<Vec<_>>(), lengths);
            let distinct: BTreeSet<_> = found.paths.iter().cloned().collect();
            prop_assert_eq!(distinct.len(), found.paths.len());
            prop_assert!(distinct.is_subset(&expected));
            if expected.len() > MAX_PATHS {
                prop_assert!(found.cut);
            }
            if !found.cut {
                prop_assert_eq!(distinct, expected);
            }
        }
    }

    #[test]
    fn the_order_and_doubling_of_edges_change_nothing(
        (lockfile, shuffled) in any_lockfile(7).prop_flat_map(|lockfile| {
            let edges = lockfile.edges.clone();
            let doubled: Vec<_> = edges.iter().chain(&edges).copied().collect();
            (Just(lockfile), Just(doubled).prop_shuffle())
        }),
    ) {
        let graph = DependencyGraph::new(&lockfile);
        let finder = PathFinder::new(&graph);
        let other_file = Lockfile { edges: shuffled, ..lockfile.clone() };
        let other = DependencyGraph::new(&other_file);
        let other_finder = PathFinder::new(&other);
        prop_assert_eq!(finder.starts(), other_finder.starts());
        prop_assert_eq!(scopes(&graph), scopes(&other));
        for target in 0..lockfile.packages.len() {
            prop_assert_eq!(finder.paths_to(target), other_finder.paths_to(target));
            prop_assert_eq!(
                ShortestPaths::new(&graph, |_, edge| edge.kind != Development).to(&[target]),
                ShortestPaths::new(&other, |_, edge| edge.kind != Development).to(&[target])
            );
        }
    }

    #[test]
    fn starts_reach_all_that_projects_reach(lockfile in any_lockfile(9)) {
        let graph = DependencyGraph::new(&lockfile);
        let finder = PathFinder::new(&graph);
        prop_assert!(finder.starts().iter().all(|start| graph.is_root(*start)));
        let reached = graph.reach(graph.roots(), |_, _| true);
        prop_assert_eq!(&graph.reach(finder.starts(), |_, _| true), &reached);
        for (package, is_reached) in reached.into_iter().enumerate() {
            prop_assert_eq!(finder.distance_to(package).is_some(), is_reached);
        }
    }

    #[test]
    fn the_shortest_path_is_as_short_as_any(lockfile in any_lockfile(7)) {
        let graph = DependencyGraph::new(&lockfile);
        for target in 0..lockfile.packages.len() {
            let expected = lockfile
                .roots
                .iter()
                .flat_map(|root| every_path(&lockfile, *root, &[target]))
                .filter(|path| path.iter().all(|edge| edge.kind != Build))
                .map(|path| path.len() + 1)
                .min();
            let found = ShortestPaths::new(&graph, |_, edge| edge.kind != Build).to(&[target]);
            prop_assert_eq!(found.map(|path| path.len()), expected);
        }
    }

    #[test]
    fn scope_is_the_strongest_way_in(lockfile in any_lockfile(9)) {
        let graph = DependencyGraph::new(&lockfile);
        let at_run_time = naive_reach(&lockfile, |kind| !matches!(kind, Build | Development));
        let to_build = naive_reach(&lockfile, |kind| kind != Development);
        let at_all = naive_reach(&lockfile, |_| true);
        for (package, scope) in scopes(&graph).into_iter().enumerate() {
            let expected = if at_run_time.contains(&package) || !at_all.contains(&package) {
                Scope::Runtime
            } else if to_build.contains(&package) {
                Scope::Build
            } else {
                Scope::Development
            };
            prop_assert_eq!(scope, expected);
        }
    }
}

#[test]
fn scope_follows_the_kinds_along_the_way() {
    for (kinds, expected) in [
        (&[Normal, Unknown][..], Scope::Runtime),
        (&[Unknown, Optional], Scope::Runtime),
        (&[Peer, Normal], Scope::Runtime),
        (&[Build, Normal], Scope::Build),
        (&[Normal, Build], Scope::Build),
        (&[Development, Normal], Scope::Development),
        (&[Normal, Development], Scope::Development),
        (&[Build, Development], Scope::Development),
    ] {
        let edges: Vec<_> =
            kinds.iter().enumerate().map(|(step, kind)| (step, step + 1, *kind)).collect();
        let lockfile = lockfile(Ecosystem::Cargo, &["app 0.1.0", "a 1.0.0", "b 1.0.0"], 1, &edges);
        assert_eq!(scopes(&DependencyGraph::new(&lockfile))[2], expected, "{kinds:?}");
    }
}

#[test]
fn what_no_project_reaches_counts_as_run_time_and_is_its_own_path() {
    let lockfile = lockfile(
        Ecosystem::Npm,
        &["app 0.1.0", "a 1.0.0", "b 1.0.0"],
        1,
        &[(1, 2, Development), (2, 1, Development)],
    );
    let graph = DependencyGraph::new(&lockfile);
    assert_eq!(scopes(&graph)[1..], [Scope::Runtime, Scope::Runtime]);
    let finder = PathFinder::new(&graph);
    assert_eq!(finder.paths_to(2).paths, [[2]]);
    assert_eq!(finder.distance_to(2), None);
    assert_eq!(ShortestPaths::new(&graph, |_, _| true).to(&[2]), None);
}

#[test]
fn projects_in_a_circle_have_a_start() {
    let lockfile = lockfile(
        Ecosystem::Cargo,
        &["b 0.1.0", "a 0.1.0", "x 1.0.0"],
        2,
        &[(0, 1, Normal), (1, 0, Development), (0, 2, Normal)],
    );
    let graph = DependencyGraph::new(&lockfile);
    let finder = PathFinder::new(&graph);
    assert_eq!(finder.starts(), [1], "the first by name");
    assert_eq!(finder.paths_to(2).paths, [[1, 0, 2]]);
}

/// Each of `depth` floors has `width` packages, and each needs all of the next floor.
fn tower(width: usize, depth: usize) -> Lockfile {
    let names: Vec<String> = (0..=width * depth).map(|index| format!("p{index} 1.0.0")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut edges: Vec<_> = (1..=width).map(|first| (0, first, Normal)).collect();
    for floor in 1..depth {
        for above in 0..width {
            for below in 0..width {
                let from = 1 + (floor - 1) * width + above;
                edges.push((from, 1 + floor * width + below, Normal));
            }
        }
    }
    lockfile(Ecosystem::Cargo, &names, 1, &edges)
}

#[test]
fn a_package_with_more_shortest_paths_than_can_be_looked_at_still_has_some() {
    let lockfile = tower(4, 20);
    let graph = DependencyGraph::new(&lockfile);
    let found = PathFinder::new(&graph).paths_to(80);
    assert!(found.cut);
    assert_eq!(found.paths.len(), MAX_PATHS);
    assert!(found.paths.iter().all(|path| path.len() == 21));
}

#[test]
fn a_hundred_thousand_packages_in_a_row_are_one_path() {
    const PACKAGES: usize = 100_000;
    let names: Vec<String> = (0..PACKAGES).map(|index| format!("p{index:06} 1.0.0")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut edges: Vec<_> = (1..PACKAGES).map(|index| (index - 1, index, Unknown)).collect();
    edges.push((PACKAGES - 1, 0, Unknown));
    let lockfile = lockfile(Ecosystem::Cargo, &names, 1, &edges);
    let graph = DependencyGraph::new(&lockfile);
    let finder = PathFinder::new(&graph);
    let found = finder.paths_to(PACKAGES - 1);
    assert_eq!((found.paths.len(), found.cut), (1, false));
    assert_eq!(found.paths[0].len(), PACKAGES);
    assert!(scopes(&graph).iter().all(|scope| *scope == Scope::Runtime));
}

#[test]
fn fifty_thousand_pairs_of_projects_in_circles_are_fifty_thousand_starts() {
    const PAIRS: usize = 50_000;
    let names: Vec<String> = (0..2 * PAIRS).map(|index| format!("p{index:06} 1.0.0")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let edges: Vec<_> = (0..PAIRS)
        .flat_map(|pair| {
            let (left, right) = (2 * pair, 2 * pair + 1);
            [(left, right, Normal), (right, left, Development)]
        })
        .collect();
    let mut lockfile = lockfile(Ecosystem::Cargo, &names, 0, &edges);
    lockfile.roots = (0..2 * PAIRS).collect();
    let graph = DependencyGraph::new(&lockfile);
    let finder = PathFinder::new(&graph);
    assert_eq!(finder.starts().len(), PAIRS);
    assert_eq!(finder.paths_to(1).paths, [[0, 1]]);
}

/// Yarn 1 and npm 7 and later with a lockfile of version 1 install for production what a package there
/// wants beside it, although only development asks for it.
#[test]
fn where_peers_are_not_recorded_development_is_certain_only_if_nothing_is_there_to_want_them() {
    let scope_of = |roots: usize, kinds: &[(usize, usize, DependencyKind)], omits_peers: bool| {
        let packages = ["app 1.0.0", "member 1.0.0", "tool 1.0.0", "other 1.0.0"];
        let mut lockfile = lockfile(Ecosystem::Npm, &packages, roots, kinds);
        lockfile.omits_peers = omits_peers;
        for root in 1..roots {
            lockfile.packages[root].folder = Some("packages/member".to_owned());
        }
        let graph = DependencyGraph::new(&lockfile);
        Scopes::new(&lockfile, &graph).of(&[2])
    };
    let nothing_for_production = [(0, 1, Development), (0, 2, Development), (2, 3, Normal)];
    let one_for_production = [(0, 1, Normal), (0, 2, Development), (2, 3, Normal)];
    let one_of_unknown_kind = [(0, 1, Unknown), (0, 2, Development), (2, 3, Normal)];
    let one_that_nothing_reaches = [(0, 1, Development), (0, 2, Development)];
    for (about, roots, edges, omits_peers, proven) in [
        ("peers are recorded", 1, &one_for_production[..], false, Scope::Development),
        ("nothing for production", 1, &nothing_for_production, true, Scope::Development),
        ("something for production", 1, &one_for_production, true, Scope::Runtime),
        ("something of unknown kind", 1, &one_of_unknown_kind, true, Scope::Runtime),
        ("something nothing reaches", 1, &one_that_nothing_reaches, true, Scope::Runtime),
        ("a member of a workspace", 2, &nothing_for_production, true, Scope::Runtime),
    ] {
        let scope = scope_of(roots, edges, omits_peers);
        assert_eq!((scope.as_str(), scope.proven()), ("development", proven), "{about}");
        assert_eq!(scope.doubted().is_some(), proven == Scope::Runtime, "{about}");
    }
    let scope = scope_of(1, &[(0, 2, Normal)], true);
    assert_eq!((scope.proven(), scope.doubted()), (Scope::Runtime, None), "run time is certain");
}
