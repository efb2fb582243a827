//! What packages need by the edges of the lockfile.

use std::collections::BTreeSet;

use crate::graph::DependencyGraph;
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
