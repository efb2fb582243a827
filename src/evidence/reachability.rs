//! What the graph knows for certain about who needs a package.

use std::cell::OnceCell;

use super::Subject;
use super::seen::Seen;
use crate::graph::DependencyGraph;
use crate::graph::paths::ShortestPaths;
use crate::graph::peers::may_want_peers;
use crate::lockfile::{Declaration, DependencyKind, PackageIndex};
use crate::package::PackageId;

/// A dependency chain from a project to a package.
pub(super) struct Chain {
    /// The packages, project first.
    packages: Vec<PackageIndex>,
}

impl Chain {
    /// What it leads through, project first.
    pub(super) fn ids(&self, subject: &Subject<'_>) -> Vec<PackageId> {
        self.packages.iter().map(|package| subject.graph.id(*package).clone()).collect()
    }

    /// The project it starts at.
    pub(super) fn project(&self) -> Option<PackageIndex> {
        self.packages.first().copied()
    }

    /// Refutes a claim by the lines that prove it: where the project's manifest asks for the first step,
    /// where that is known, then the entry of each further step in the lockfile.
    pub(super) fn refutes(
        &self,
        subject: &Subject<'_>,
        detail: &str,
        first_step: impl Fn(DependencyKind) -> bool,
    ) -> Seen {
        let lockfile = subject.lockfile;
        let declared = match self.packages[..] {
            [from, to, ..] => lockfile.declarations.iter().find(|declaration| {
                let edge = declaration.edge;
                (edge.from, edge.to) == (from, to) && first_step(edge.kind)
            }),
            _ => None,
        };
        let asked = declared.map(|declaration| declaration.location.clone());
        let further = self.packages.iter().skip(1).map(|package| lockfile.location(*package));
        let seen = Seen::refuted(detail, asked.into_iter().chain(further).collect());
        Seen {
            passage: declared.and_then(Declaration::passage),
            ..seen.by_way_of(self.ids(subject))
        }
    }
}

/// Which edges a chain may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Surely outside development.
    OutsideDevelopment,
    /// Perhaps outside development.
    PerhapsOutsideDevelopment,
    /// Surely at run time.
    AtRunTime,
    /// Perhaps at run time.
    PerhapsAtRunTime,
}

impl Way {
    fn allows(self, graph: &DependencyGraph<'_>, from: PackageIndex, kind: DependencyKind) -> bool {
        use DependencyKind::{Build, Development, Unknown};
        match self {
            // Past a project's own dependencies an unknown kind is as good as a known one: lockfiles
            // hold no development dependencies of packages that are not projects.
            Self::OutsideDevelopment => {
                kind != Development && !(kind == Unknown && graph.is_root(from))
            }
            Self::PerhapsOutsideDevelopment => kind != Development,
            Self::AtRunTime => !matches!(kind, Build | Development | Unknown),
            Self::PerhapsAtRunTime => !matches!(kind, Build | Development),
        }
    }
}

/// The chains of one graph, and what else its edges tell. Each way is walked once, when it is first asked for: a lockfile may have
/// thousands of findings.
#[derive(Debug, Default)]
pub struct Chains {
    outside_development: OnceCell<ShortestPaths>,
    perhaps_outside_development: OnceCell<ShortestPaths>,
    at_run_time: OnceCell<ShortestPaths>,
    perhaps_at_run_time: OnceCell<ShortestPaths>,
    may_want_peers: OnceCell<Option<PackageIndex>>,
}

impl Chains {
    fn of(&self, way: Way, graph: &DependencyGraph<'_>) -> &ShortestPaths {
        let cell = match way {
            Way::OutsideDevelopment => &self.outside_development,
            Way::PerhapsOutsideDevelopment => &self.perhaps_outside_development,
            Way::AtRunTime => &self.at_run_time,
            Way::PerhapsAtRunTime => &self.perhaps_at_run_time,
        };
        cell.get_or_init(|| {
            ShortestPaths::new(graph, |from, edge| way.allows(graph, from, edge.kind))
        })
    }
}

/// The shortest chain to any copy of the package, one way.
pub(super) fn chain(subject: &Subject<'_>, way: Way) -> Option<Chain> {
    let paths = subject.chains.of(way, subject.graph);
    Some(Chain { packages: paths.to(subject.packages)? })
}

/// The first package whose peers the lockfile may not record.
pub(super) fn first_that_may_want_peers(subject: &Subject<'_>) -> Option<PackageIndex> {
    let may_want_peers = || may_want_peers(subject.lockfile, subject.graph);
    *subject.chains.may_want_peers.get_or_init(may_want_peers)
}

/// Whether there is an installed copy to which no project leads: nothing tells what it is for.
pub(super) fn is_any_copy_unreached(subject: &Subject<'_>) -> bool {
    subject.packages.iter().any(|package| subject.finder.distance_to(*package).is_none())
}

/// Whether a package is a project, whose own edges tell in what way it depends.
pub(super) fn is_project(subject: &Subject<'_>, package: PackageIndex) -> bool {
    subject.graph.is_root(package)
}
