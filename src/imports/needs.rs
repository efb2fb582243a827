//! What packages need by the edges of the lockfile.

use std::collections::BTreeSet;

use crate::graph::DependencyGraph;
use crate::installed::Installed;
use crate::lockfile::PackageIndex;

/// What each entry of a lockfile asks for.
#[derive(Debug)]
pub(super) struct Needs {
    of: Vec<Vec<PackageIndex>>,
}

impl Needs {
    pub(super) fn new(graph: &DependencyGraph<'_>) -> Self {
        let asked = |package| graph.successors(package).iter().map(|next| next.package).collect();
        Self { of: (0..graph.len()).map(asked).collect() }
    }

    /// The installed packages that an installed package asks for itself.
    pub(super) fn asked_by(&self, installed: &Installed, package: usize) -> Vec<usize> {
        let packages = installed.packages();
        let copies = packages[package].copies.iter();
        let asked: BTreeSet<PackageIndex> =
            copies.flat_map(|copy| &self.of[*copy]).copied().collect();
        let is_asked = |other: &usize| packages[*other].copies.iter().any(|it| asked.contains(it));
        (0..packages.len()).filter(is_asked).collect()
    }

    /// The entries that ask for one of these themselves.
    pub(super) fn asking_for(&self, entries: &BTreeSet<PackageIndex>) -> BTreeSet<PackageIndex> {
        let asks = |entry: &PackageIndex| self.of[*entry].iter().any(|next| entries.contains(next));
        (0..self.of.len()).filter(asks).collect()
    }

    /// These entries, and all that they need.
    pub(super) fn closure(
        &self,
        entries: impl Iterator<Item = PackageIndex>,
    ) -> BTreeSet<PackageIndex> {
        let mut reached = BTreeSet::new();
        let mut pending: Vec<PackageIndex> = entries.collect();
        while let Some(entry) = pending.pop() {
            if reached.insert(entry) {
                pending.extend(&self.of[entry]);
            }
        }
        reached
    }
}
