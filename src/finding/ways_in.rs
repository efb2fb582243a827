//! How packages get in, as reports list it.

use std::cell::OnceCell;
use std::sync::Arc;

use super::WayIn;
use crate::graph::DependencyGraph;
use crate::graph::paths::{MAX_PATHS, PathFinder, ShortestPaths};
use crate::graph::scope::{Scopes, carries};
use crate::lockfile::PackageIndex;
use crate::scope::Scope;

/// How packages get in. The answer for one vulnerability of a package is reused for its next.
#[derive(Debug)]
pub struct WaysIn<'run> {
    graph: &'run DependencyGraph<'run>,
    finder: &'run PathFinder<'run, 'run>,
    scopes: &'run Scopes,
    to_run: OnceCell<ShortestPaths>,
    to_build: OnceCell<ShortestPaths>,
    /// The copies of the last request, and the answer.
    last: (Vec<PackageIndex>, Arc<Vec<WayIn>>, bool),
}

/// A path that may be listed.
struct Candidate {
    way_in: WayIn,
    /// Whether it makes the scope.
    makes_scope: bool,
}

impl<'run> WaysIn<'run> {
    /// Nothing has been searched yet.
    pub fn new(
        graph: &'run DependencyGraph<'run>,
        finder: &'run PathFinder<'run, 'run>,
        scopes: &'run Scopes,
    ) -> Self {
        Self {
            graph,
            finder,
            scopes,
            to_run: OnceCell::new(),
            to_build: OnceCell::new(),
            last: (Vec::new(), Arc::default(), false),
        }
    }

    /// The paths to all copies together, and whether there are more.
    pub(super) fn to(&mut self, copies: &[PackageIndex]) -> (Arc<Vec<WayIn>>, bool) {
        if self.last.0 != copies {
            let (paths, cut) = self.paths(copies);
            self.last = (copies.to_vec(), Arc::new(paths), cut);
        }
        let (_, paths, cut) = &self.last;
        (Arc::clone(paths), *cut)
    }

    /// Shortest first, but for the one that makes the scope, which is ahead of all others.
    fn paths(&self, copies: &[PackageIndex]) -> (Vec<WayIn>, bool) {
        let scope = self.scopes.recorded(copies);
        let mut cut = false;
        let mut all: Vec<Candidate> = Vec::new();
        for copy in copies {
            let found = self.finder.paths_to(*copy);
            cut |= found.cut;
            all.extend(found.paths.iter().map(|path| Candidate {
                way_in: self.ids(path),
                makes_scope: self.makes(scope, path),
            }));
        }
        // The paths to one copy are in order already.
        if copies.len() > 1 {
            all.sort_by(|left, right| {
                let by_length = left.way_in.len().cmp(&right.way_in.len());
                let by_name = || left.way_in.cmp(&right.way_in);
                // Of two copies with the same path the one that makes the scope is kept.
                let by_scope = || right.makes_scope.cmp(&left.makes_scope);
                by_length.then_with(by_name).then_with(by_scope)
            });
        }
        all.dedup_by(|later, first| later.way_in == first.way_in);
        if let Some(position) = all.iter().position(|candidate| candidate.makes_scope) {
            all[..=position].rotate_right(1);
        } else {
            // It begins at a project that another one leads to, or is longer than all that are listed.
            let path = self.shortest_that_makes(scope, copies);
            let way_in = path.map(|path| self.ids(&path));
            all.splice(0..0, way_in.map(|way_in| Candidate { way_in, makes_scope: true }));
        }
        cut |= all.len() > MAX_PATHS;
        all.truncate(MAX_PATHS);
        (all.into_iter().map(|candidate| candidate.way_in).collect(), cut)
    }

    fn ids(&self, path: &[PackageIndex]) -> WayIn {
        path.iter().map(|index| self.finder.id(*index)).collect()
    }

    /// Whether a package at the end of a path has at least this scope by it.
    fn makes(&self, scope: Scope, path: &[PackageIndex]) -> bool {
        path.windows(2).all(|step| {
            let edges = self.graph.successors(step[0]).iter();
            edges.filter(|edge| edge.package == step[1]).any(|edge| carries(scope, edge.kind))
        })
    }

    /// `None` where something else than a path makes the scope: the lockfile's own flag, or edges that
    /// it had before.
    fn shortest_that_makes(
        &self,
        scope: Scope,
        copies: &[PackageIndex],
    ) -> Option<Vec<PackageIndex>> {
        let cell = match scope {
            Scope::Runtime => &self.to_run,
            Scope::Build => &self.to_build,
            Scope::Development => return None,
        };
        let shortest = || ShortestPaths::new(self.graph, |_, edge| carries(scope, edge.kind));
        cell.get_or_init(shortest).to(copies)
    }
}
