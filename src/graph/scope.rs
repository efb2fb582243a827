//! What needs each package: running, building, or only development.

use super::DependencyGraph;
use super::peers::may_want_peers;
use crate::lockfile::{DependencyKind, Lockfile, PackageIndex};
use crate::scope::{FindingScope, Scope, UnrecordedPeers};

/// The scopes of a lockfile's packages, and whether they may be decided by.
#[derive(Debug)]
pub struct Scopes {
    recorded: Vec<Scope>,
    doubt: Option<UnrecordedPeers>,
}

impl Scopes {
    /// The scopes that follow from the edges of the graph, which is that of the lockfile or of one with
    /// more edges.
    pub fn new(lockfile: &Lockfile, graph: &DependencyGraph<'_>) -> Self {
        let doubt = lockfile.kind_that_omits_peers().map(|lockfile| UnrecordedPeers { lockfile });
        let doubt = doubt.filter(|_| may_want_peers(lockfile, graph).is_some());
        Self { recorded: scopes(graph), doubt }
    }

    /// What the recorded dependencies say of several copies together, whether that is proven or not.
    pub fn recorded(&self, copies: &[PackageIndex]) -> Scope {
        copies.iter().map(|copy| self.recorded[*copy]).max().unwrap_or(Scope::Runtime)
    }

    /// The scope of several copies together: the strongest of any.
    pub fn of(&self, copies: &[PackageIndex]) -> FindingScope {
        let scope = self.recorded(copies);
        match self.doubt {
            Some(doubt) => FindingScope::doubtful(scope, doubt),
            None => FindingScope::certain(scope),
        }
    }
}

/// The scope of every package of a graph.
///
/// Run time wins over build, build over development. An unknown kind of dependency counts as run
/// time, and so does a package that no project reaches, or that the lockfile itself does not mark
/// as development (npm `dev`) although the edges say so.
pub fn scopes(graph: &DependencyGraph<'_>) -> Vec<Scope> {
    if graph.edges().all(|edge| carries(Scope::Runtime, edge.kind)) {
        return vec![Scope::Runtime; graph.len()];
    }
    let at_run_time = graph.reach(graph.roots(), |_, edge| carries(Scope::Runtime, edge.kind));
    let to_build = graph.reach(graph.roots(), |_, edge| carries(Scope::Build, edge.kind));
    let at_all = graph.reach(graph.roots(), |_, _| true);
    (0..graph.len())
        .map(|package: PackageIndex| {
            if at_run_time[package] || !at_all[package] {
                Scope::Runtime
            } else if to_build[package] {
                Scope::Build
            } else if graph.packages[package].development_flag == Some(false) {
                Scope::Runtime
            } else {
                Scope::Development
            }
        })
        .collect()
}

/// Whether what a package with this scope needs in this way has at least this scope, too.
pub fn carries(scope: Scope, kind: DependencyKind) -> bool {
    match scope {
        Scope::Runtime => !matches!(kind, DependencyKind::Build | DependencyKind::Development),
        Scope::Build => kind != DependencyKind::Development,
        Scope::Development => true,
    }
}
