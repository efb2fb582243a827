//! Who may want packages beside it, as its peers, of which the lockfile says nothing.

use super::DependencyGraph;
use super::paths::ShortestPaths;
use crate::lockfile::{DependencyKind, Lockfile, PackageIndex};

/// The first package that may have peers which the lockfile does not record, and which are installed for
/// production then, whatever else needs them. `None`: it records peers, or nothing is installed for
/// production.
///
/// Seen with npm 7 to 11 and lockfiles of version 1 (npm 6 leaves them out), and with Yarn 1.22, also for
/// the peers of members of a workspace, but not for those of the project beside the lockfile.
pub fn may_want_peers(lockfile: &Lockfile, graph: &DependencyGraph<'_>) -> Option<PackageIndex> {
    if !lockfile.omits_peers {
        return None;
    }
    let others: Vec<PackageIndex> =
        (0..graph.len()).filter(|package| !graph.is_root(*package)).collect();
    let in_production =
        ShortestPaths::new(graph, |_, edge| edge.kind != DependencyKind::Development);
    let nearest = || in_production.to(&others)?.pop();
    // What no project leads to may be for anything.
    let unreached = || {
        let reached = graph.reach(graph.roots(), |_, _| true);
        others.iter().copied().find(|package| !reached[*package])
    };
    let member = || {
        let is_beside = |root: &PackageIndex| graph.packages[*root].folder.as_deref() == Some("");
        graph.roots().iter().copied().find(|root| !is_beside(root))
    };
    nearest().or_else(unreached).or_else(member)
}
