//! Small lockfiles for the tests of everything behind the parsers.

use std::sync::Arc;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::cargo::CargoLock;
use super::manifest::ManifestFiles;
use super::npm::NpmLock;
use super::{
    DependencyEdge, DependencyKind, LockedPackage, Lockfile, PackageIndex, PlatformLimitsApply,
};
use crate::package::{Ecosystem, PackageId};
use crate::problem::SourceText;
use crate::source::PackageSource;

/// Every kind of dependency.
pub(crate) const KINDS: [DependencyKind; 6] = [
    DependencyKind::Normal,
    DependencyKind::Optional,
    DependencyKind::Peer,
    DependencyKind::Build,
    DependencyKind::Development,
    DependencyKind::Unknown,
];

/// A lockfile with one line for each package, so that package 0 stands on line 1.
///
/// Packages are given as `name version`; the first `roots` of them are the projects.
pub(crate) fn lockfile(
    ecosystem: Ecosystem,
    packages: &[&str],
    roots: usize,
    edges: &[(usize, usize, DependencyKind)],
) -> Lockfile {
    let roots: Vec<PackageIndex> = (0..roots).collect();
    build(ecosystem, packages, roots, edges)
}

fn build(
    ecosystem: Ecosystem,
    packages: &[&str],
    roots: Vec<PackageIndex>,
    edges: &[(usize, usize, DependencyKind)],
) -> Lockfile {
    let mut text = String::new();
    let mut locked = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        let start = text.len();
        text.push_str(package);
        let (name, version) = package.split_once(' ').unwrap_or((package, ""));
        let is_root = roots.contains(&index);
        locked.push(LockedPackage {
            id: PackageId { ecosystem, name: name.into(), version: version.into() },
            source: if is_root { PackageSource::Local } else { PackageSource::PublicRegistry },
            span: start..text.len(),
            checksum: None,
            development_flag: None,
            limits: None,
            folder: is_root.then(String::new),
        });
        text.push('\n');
    }
    let path = match ecosystem {
        Ecosystem::Cargo => "Cargo.lock",
        Ecosystem::Npm => "package-lock.json",
    };
    Lockfile {
        source: Arc::new(SourceText::new(path, text)),
        format: match ecosystem {
            Ecosystem::Cargo => &CargoLock,
            Ecosystem::Npm => &NpmLock,
        },
        ecosystem,
        packages: locked,
        edges: edges
            .iter()
            .map(|(from, to, kind)| DependencyEdge { from: *from, to: *to, kind: *kind })
            .collect(),
        roots,
        missing: Vec::new(),
        shrinkwrapped: Vec::new(),
        contradictions: Vec::new(),
        remarks: Vec::new(),
        platform_limits: PlatformLimitsApply::AsRecorded,
        omits_peers: false,
        declarations: Vec::new(),
    }
}

/// Any lockfile of at most `most` packages named `p0`, `p1` …, with circles, edges to oneself,
/// doubled edges and packages that nothing leads to.
pub(crate) fn any_lockfile(most: usize) -> impl Strategy<Value = Lockfile> {
    (1..=most).prop_flat_map(|packages| {
        let edge = (0..packages, 0..packages, proptest::sample::select(&KINDS[..]));
        (btree_set(0..packages, 0..=packages.min(3)), vec(edge, 0..=packages * 2)).prop_map(
            move |(roots, edges)| {
                let names: Vec<String> =
                    (0..packages).map(|index| format!("p{index} 1.0.0")).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                build(Ecosystem::Cargo, &names, roots.into_iter().collect(), &edges)
            },
        )
    })
}

/// Every simple path from `start` to one of `targets`, as edges, by trying them all.
pub(crate) fn every_path(
    lockfile: &Lockfile,
    start: PackageIndex,
    targets: &[PackageIndex],
) -> Vec<Vec<DependencyEdge>> {
    fn go(
        lockfile: &Lockfile,
        targets: &[PackageIndex],
        seen: &mut Vec<PackageIndex>,
        path: &mut Vec<DependencyEdge>,
        found: &mut Vec<Vec<DependencyEdge>>,
    ) {
        let here = seen[seen.len() - 1];
        if targets.contains(&here) {
            found.push(path.clone());
        }
        for edge in lockfile.edges.iter().filter(|edge| edge.from == here) {
            if !seen.contains(&edge.to) {
                seen.push(edge.to);
                path.push(*edge);
                go(lockfile, targets, seen, path, found);
                path.pop();
                seen.pop();
            }
        }
    }
    let mut found = Vec::new();
    go(lockfile, targets, &mut vec![start], &mut Vec::new(), &mut found);
    found
}

/// Manifests in memory: a path and its text each.
pub(crate) struct Files<'text>(pub(crate) &'text [(&'text str, &'text str)]);

impl ManifestFiles for Files<'_> {
    fn read(&self, path: &str) -> Option<Arc<SourceText>> {
        let (_, text) = self.0.iter().find(|(known, _)| *known == path)?;
        Some(Arc::new(SourceText::new(path, *text)))
    }

    fn expand(&self, pattern: &str) -> Vec<String> {
        let pattern = glob::Pattern::new(pattern).unwrap();
        let options =
            glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
        self.0
            .iter()
            .filter(|(path, _)| pattern.matches_with(path, options))
            .map(|(path, _)| (*path).to_owned())
            .collect()
    }
}
