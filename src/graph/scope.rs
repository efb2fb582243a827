//! What needs each package: running, building, or only development.

use super::DependencyGraph;
use crate::lockfile::{DependencyKind, PackageIndex};
use crate::scope::Scope;

/// The scope of every package of a graph.
///
/// Run time wins over build, build over development. An unknown kind of dependency counts as run
/// time, and so does a package that no project reaches, or that the lockfile itself does not mark
/// as development (npm `dev`) although the edges say so.
pub fn scopes(graph: &DependencyGraph<'_>) -> Vec<Scope> {
    if graph.edges().all(|edge| is_for_running(edge.kind)) {
        return vec![Scope::Runtime; graph.len()];
    }
    let at_run_time = graph.reach(graph.roots(), |_, edge| is_for_running(edge.kind));
    let to_build = graph.reach(graph.roots(), |_, edge| edge.kind != DependencyKind::Development);
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

fn is_for_running(kind: DependencyKind) -> bool {
    !matches!(kind, DependencyKind::Build | DependencyKind::Development)
}
