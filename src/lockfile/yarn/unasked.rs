//! Packages that nobody is known to ask for.
//!
//! Yarn adds dependencies of its own to packages, extensions of the configuration do, and lockfiles keep
//! what nobody needs any more. Who is behind it cannot be seen, so that it counts as needed at run time,
//! with all that it depends on.

use crate::lockfile::{DependencyEdge, DependencyKind, Lockfile, PackageIndex};

/// Lets the first project ask in an unknown way for packages that are `asked_in_unknown_way`, and for those
/// that no project reaches.
pub(super) fn ask(lockfile: &mut Lockfile, asked_in_unknown_way: &[PackageIndex]) {
    let Some(from) = lockfile.roots.first().copied() else {
        return;
    };
    let mut reached = Reached::new(lockfile);
    for root in &lockfile.roots {
        reached.from(*root);
    }
    let mut unasked = asked_in_unknown_way.to_vec();
    for package in &unasked {
        reached.from(*package);
    }
    let mut is_needed = vec![false; lockfile.packages.len()];
    for edge in lockfile.edges.iter().filter(|edge| edge.from != edge.to) {
        is_needed[edge.to] = true;
    }
    // Those first of which others are dependencies; what is left goes in circles.
    let (needed, not_needed): (Vec<_>, Vec<_>) =
        (0..lockfile.packages.len()).partition(|package| is_needed[*package]);
    for package in not_needed.into_iter().chain(needed) {
        if !reached.has[package] {
            unasked.push(package);
            reached.from(package);
        }
    }
    unasked.retain(|package| lockfile.packages[*package].folder.is_none());
    unasked.sort_unstable();
    unasked.dedup();
    let kind = DependencyKind::Unknown;
    lockfile.edges.extend(unasked.into_iter().map(|to| DependencyEdge { from, to, kind }));
}

/// Which packages are reached.
struct Reached {
    has: Vec<bool>,
    /// The dependencies of each package, in a row, and where each row begins.
    dependencies: Vec<PackageIndex>,
    starts: Vec<usize>,
}

impl Reached {
    fn new(lockfile: &Lockfile) -> Self {
        let mut edges: Vec<(PackageIndex, PackageIndex)> =
            lockfile.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        edges.sort_unstable();
        let mut starts = vec![0; lockfile.packages.len() + 1];
        for (from, _) in &edges {
            starts[from + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let dependencies = edges.into_iter().map(|(_, to)| to).collect();
        Self { has: vec![false; lockfile.packages.len()], dependencies, starts }
    }

    fn from(&mut self, package: PackageIndex) {
        let mut left = vec![package];
        while let Some(package) = left.pop() {
            if !std::mem::replace(&mut self.has[package], true) {
                let row = self.starts[package]..self.starts[package + 1];
                left.extend(&self.dependencies[row]);
            }
        }
    }
}
