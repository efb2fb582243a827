//! Which findings are in a component that handles customer data.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::graph::DependencyGraph;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::outcome::Outcome;
use crate::policy::IncidentPolicy;

/// The components of an outcome that the policy marks.
#[derive(Debug)]
pub struct Components<'outcome> {
    outcome: &'outcome Outcome,
    policy: &'outcome IncidentPolicy,
    /// The packages that the marked projects of a lockfile reach, computed on demand.
    reached: RefCell<BTreeMap<usize, Reach>>,
}

/// A marked project that has to do with a finding.
struct Marked {
    project: PackageIndex,
    /// The verb of the sentence about it.
    needs: &'static str,
}

/// The packages that the projects of one lockfile reach.
#[derive(Debug)]
struct Reach {
    /// For each package, a marked project that reaches it.
    marked: Vec<Option<PackageIndex>>,
    /// For each package, any project that reaches it.
    any: Vec<Option<PackageIndex>>,
    /// Some marked project of the lockfile.
    a_marked_one: Option<PackageIndex>,
}

impl<'outcome> Components<'outcome> {
    /// The components of an outcome.
    pub fn of(outcome: &'outcome Outcome, policy: &'outcome IncidentPolicy) -> Self {
        Self { outcome, policy, reached: RefCell::new(BTreeMap::new()) }
    }

    /// Why a finding is in a marked component, as a part of a sentence; `None` if it is not.
    ///
    /// Every path from a project counts, with any kind of dependency, not only
    /// those that a report lists. A package that no project reaches is assumed to be in each of
    /// them, so is one that peers may lead to which the lockfile does not record, and a project without a
    /// name is assumed to be marked.
    pub fn why_in(&self, finding: &Finding) -> Option<String> {
        let lockfile = self.outcome.lockfiles.get(finding.lockfile);
        if self.outcome.customer_data.contains(&finding.lockfile) {
            let path = lockfile.map_or("it", |lockfile| lockfile.source.path.as_str());
            return Some(format!("{path} is marked as handling customer data"));
        }
        let lockfile = lockfile.filter(|_| !self.policy.projects.is_empty())?;
        let mut reached = self.reached.borrow_mut();
        let reach =
            reached.entry(finding.lockfile).or_insert_with(|| Reach::of(lockfile, self.policy));
        let Marked { project, needs } = reach.marked_project(lockfile, finding)?;
        let name = &lockfile.packages[project].id.name;
        if name.is_empty() {
            return Some(format!("a project without a name {needs} it, which counts as marked"));
        }
        Some(format!("{name} {needs} it, which is marked as handling customer data"))
    }
}

/// For each package, one of the projects that reach it.
fn reached_from(graph: &DependencyGraph<'_>, roots: &[PackageIndex]) -> Vec<Option<PackageIndex>> {
    let mut reached = vec![None; graph.len()];
    for root in roots {
        let mut pending = vec![*root];
        while let Some(package) = pending.pop() {
            if reached[package].is_none() {
                reached[package] = Some(*root);
                pending.extend(graph.successors(package).iter().map(|edge| edge.package));
            }
        }
    }
    reached
}

impl Reach {
    fn of(lockfile: &Lockfile, policy: &IncidentPolicy) -> Self {
        let graph = DependencyGraph::new(lockfile);
        let is_marked = |root: &PackageIndex| {
            let name = &lockfile.packages[*root].id.name;
            name.is_empty() || policy.projects.iter().any(|project| project.matches(name))
        };
        let roots = graph.roots();
        let marked_roots: Vec<PackageIndex> = roots.iter().copied().filter(is_marked).collect();
        Self {
            marked: reached_from(&graph, &marked_roots),
            any: reached_from(&graph, roots),
            a_marked_one: marked_roots.first().copied(),
        }
    }

    fn marked_project(&self, lockfile: &Lockfile, finding: &Finding) -> Option<Marked> {
        let packages = lockfile.packages.iter().enumerate();
        let copies: Vec<PackageIndex> = packages
            .filter(|(_, package)| package.id == finding.package)
            .map(|(position, _)| position)
            .collect();
        let reached = copies.iter().find_map(|copy| self.marked[*copy]);
        if let Some(project) = reached {
            return Some(Marked { project, needs: "needs" });
        }
        let project = self.a_marked_one?;
        if copies.iter().any(|copy| self.any[*copy].is_none()) {
            return Some(Marked { project, needs: "needs" });
        }
        finding.scope.doubted().map(|_| Marked { project, needs: "may need" })
    }
}
