//! Whether production code imports a package that only development asks for, or one that leads to it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Subject;
use super::seen::Seen;
use crate::lockfile::{DependencyKind, PackageIndex};
use crate::npm_use::{NpmUse, ProductionImport};

/// The import that refutes the claim: of the package itself, or of the nearest one that leads to it.
pub(super) fn look(subject: &Subject<'_>, used: &NpmUse) -> Option<Seen> {
    let ways = Ways::to(subject);
    let (package, import) = ways
        .nearest_first
        .iter()
        .find_map(|package| Some((*package, used.imported_by_production(*package)?)))?;
    let ProductionImport { project, passage } = import;
    let chain: Vec<PackageIndex> = ways.from(package).collect();
    let entries = chain.iter().map(|package| subject.lockfile.location(*package));
    let locations = [passage.location()].into_iter().chain(entries).collect();
    let ids = [project].into_iter().chain(chain.iter().copied());
    let ids = ids.map(|package| subject.graph.id(package).clone()).collect();
    let detail = format!("production code imports {}", subject.graph.id(package));
    let help = "make it a dependency, or say what only tests and tools use: [npm] tests = [\"…\"]";
    let seen = Seen::refuted(detail, locations).by_way_of(ids).help(help);
    Some(Seen { passage: Some(passage), ..seen })
}

/// The ways to a package from everything that leads to it, projects aside.
pub(super) struct Ways {
    /// The package's copies first.
    pub(super) nearest_first: Vec<PackageIndex>,
    /// What follows each of them on a shortest way.
    next: BTreeMap<PackageIndex, Option<PackageIndex>>,
}

impl Ways {
    pub(super) fn to(subject: &Subject<'_>) -> Self {
        let graph = subject.graph;
        let mut nearest_first = subject.packages.to_vec();
        let mut next: BTreeMap<PackageIndex, Option<PackageIndex>> =
            subject.packages.iter().map(|package| (*package, None)).collect();
        let mut position = 0;
        while let Some(package) = nearest_first.get(position).copied() {
            position += 1;
            let mut before: Vec<PackageIndex> = graph
                .predecessors(package)
                .iter()
                .filter(|before| {
                    !graph.is_root(before.package) && before.kind != DependencyKind::Development
                })
                .map(|before| before.package)
                .collect();
            before.sort_by_key(|package| graph.rank(*package));
            for leading in before {
                if let Entry::Vacant(unknown) = next.entry(leading) {
                    unknown.insert(Some(package));
                    nearest_first.push(leading);
                }
            }
        }
        Self { nearest_first, next }
    }

    /// The way from one of them to the package, both included.
    fn from(&self, package: PackageIndex) -> impl Iterator<Item = PackageIndex> {
        std::iter::successors(Some(package), |package| *self.next.get(package)?)
    }
}
