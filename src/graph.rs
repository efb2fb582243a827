//! The dependency graph: who needs what, for what, and by which paths.
//!
//! Ecosystem-neutral, immutable and pure. Scope follows from reachability over edges; a flag in a
//! lockfile is never enough. What no project reaches counts as needed at run time.

pub mod paths;
pub mod peers;
pub mod scope;

use crate::lockfile::{DependencyKind, LockedPackage, Lockfile, PackageIndex};
use crate::package::PackageId;

/// One end of an edge, seen from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbour {
    /// The package at the other end.
    pub package: PackageIndex,
    /// In what way the one depends on the other.
    pub kind: DependencyKind,
}

/// The packages of one lockfile and what they need.
#[derive(Debug)]
pub struct DependencyGraph<'lockfile> {
    packages: &'lockfile [LockedPackage],
    roots: &'lockfile [PackageIndex],
    /// For each package, whether it is one of `roots`.
    is_root: Vec<bool>,
    /// For each package, its position by name and version.
    rank: Vec<usize>,
    successors: Adjacency,
    predecessors: Adjacency,
}

/// Neighbours of every package in one array, each package's in a row: linear in memory and built
/// in two passes.
#[derive(Debug)]
struct Adjacency {
    starts: Vec<usize>,
    neighbours: Vec<Neighbour>,
}

impl Adjacency {
    /// Sorts each package's neighbours by `rank`, so that paths do not depend on the order of the
    /// file.
    fn build(
        packages: usize,
        rank: &[usize],
        edges: impl Iterator<Item = (PackageIndex, Neighbour)> + Clone,
    ) -> Self {
        let mut starts = vec![0; packages + 1];
        let mut count = 0;
        for (package, _) in edges.clone() {
            starts[package + 1] += 1;
            count += 1;
        }
        for index in 0..packages {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let placeholder = Neighbour { package: 0, kind: DependencyKind::Unknown };
        let mut neighbours = vec![placeholder; count];
        for (package, neighbour) in edges {
            neighbours[next[package]] = neighbour;
            next[package] += 1;
        }
        for index in 0..packages {
            neighbours[starts[index]..starts[index + 1]]
                .sort_unstable_by_key(|neighbour| (rank[neighbour.package], neighbour.kind));
        }
        Self { starts, neighbours }
    }

    fn of(&self, package: PackageIndex) -> &[Neighbour] {
        &self.neighbours[self.starts[package]..self.starts[package + 1]]
    }
}

/// The position of each package by name and version.
fn ranks(packages: &[LockedPackage]) -> Vec<usize> {
    let id = |index: PackageIndex| &packages[index].id;
    let name = |index: PackageIndex| (id(index).ecosystem, id(index).name.as_str());
    let mut order: Vec<PackageIndex> = (0..packages.len()).collect();
    // By name alone first: that is how package managers write them, and takes one look at each.
    order.sort_by_key(|index| name(*index));
    for named in order.chunk_by_mut(|left, right| name(*left) == name(*right)) {
        named.sort_by(|left, right| id(*left).version.cmp(&id(*right).version));
    }
    let mut rank = vec![0; packages.len()];
    for (position, package) in order.into_iter().enumerate() {
        rank[package] = position;
    }
    rank
}

impl<'lockfile> DependencyGraph<'lockfile> {
    /// Builds the graph of a lockfile.
    pub fn new(lockfile: &'lockfile Lockfile) -> Self {
        let packages = &lockfile.packages;
        let mut is_root = vec![false; packages.len()];
        for root in &lockfile.roots {
            is_root[*root] = true;
        }
        let rank = ranks(packages);
        let edges = lockfile.edges.iter();
        let forward =
            edges.clone().map(|edge| (edge.from, Neighbour { package: edge.to, kind: edge.kind }));
        let backward =
            edges.map(|edge| (edge.to, Neighbour { package: edge.from, kind: edge.kind }));
        Self {
            packages,
            roots: &lockfile.roots,
            is_root,
            successors: Adjacency::build(packages.len(), &rank, forward),
            predecessors: Adjacency::build(packages.len(), &rank, backward),
            rank,
        }
    }

    /// How many packages there are, projects included.
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Whether there is no package at all.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    pub fn roots(&self) -> &[PackageIndex] {
        self.roots
    }

    /// Whether a package is a project.
    pub fn is_root(&self, package: PackageIndex) -> bool {
        self.is_root[package]
    }

    /// The name and version of a package.
    pub fn id(&self, package: PackageIndex) -> &'lockfile PackageId {
        &self.packages[package].id
    }

    /// The position of a package among all, by name and version and then in the file.
    pub fn rank(&self, package: PackageIndex) -> usize {
        self.rank[package]
    }

    /// The head of every edge.
    fn edges(&self) -> impl Iterator<Item = Neighbour> {
        self.successors.neighbours.iter().copied()
    }

    /// What a package needs.
    pub fn successors(&self, package: PackageIndex) -> &[Neighbour] {
        self.successors.of(package)
    }

    /// What needs a package.
    pub fn predecessors(&self, package: PackageIndex) -> &[Neighbour] {
        self.predecessors.of(package)
    }

    /// Every package that `starts` reach over edges that `follow` accepts, as a set of flags.
    ///
    /// `follow` sees the package an edge leaves from and the edge.
    pub fn reach(
        &self,
        starts: &[PackageIndex],
        follow: impl Fn(PackageIndex, Neighbour) -> bool,
    ) -> Vec<bool> {
        let mut reached = vec![false; self.len()];
        self.reach_further(&mut reached, starts, follow);
        reached
    }

    /// Adds to `reached` what `starts` reach, without going again where it has been.
    fn reach_further(
        &self,
        reached: &mut [bool],
        starts: &[PackageIndex],
        follow: impl Fn(PackageIndex, Neighbour) -> bool,
    ) {
        let mut pending: Vec<PackageIndex> = starts.to_vec();
        for start in starts {
            reached[*start] = true;
        }
        while let Some(package) = pending.pop() {
            for neighbour in self.successors(package) {
                if !reached[neighbour.package] && follow(package, *neighbour) {
                    reached[neighbour.package] = true;
                    pending.push(neighbour.package);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
