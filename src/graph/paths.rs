//! How a package gets in: the simple paths from a project to it, shortest first.

use std::cell::OnceCell;
use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use super::{DependencyGraph, Neighbour};
use crate::lockfile::PackageIndex;
use crate::package::PackageId;

/// At most this many paths are listed for one package.
pub const MAX_PATHS: usize = 16;

/// At most this many partial paths are looked at for one package. A dense graph has more simple
/// paths than could ever be listed.
const MAX_STEPS: usize = 20_000;
/// More partial paths than this are hardly ever looked at, so that the lists need not grow.
const USUAL_STEPS: usize = 128;

/// The paths to one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// From a project to the package, shortest first, then by name.
    pub paths: Vec<Vec<PackageIndex>>,
    /// Whether there are, or may be, more.
    pub cut: bool,
}

/// Finds paths in one graph.
#[derive(Debug)]
pub struct PathFinder<'graph, 'lockfile> {
    graph: &'graph DependencyGraph<'lockfile>,
    /// The projects that paths begin at.
    starts: Vec<PackageIndex>,
    /// The number of edges from the nearest start, 0 for a start; `None` where no start leads.
    distance: Vec<Option<usize>>,
    /// The names of the packages on the paths that were told, shared between those paths.
    ids: Vec<OnceCell<Arc<PackageId>>>,
}

impl<'graph, 'lockfile> PathFinder<'graph, 'lockfile> {
    /// Prepares for one graph, in time linear in its size.
    pub fn new(graph: &'graph DependencyGraph<'lockfile>) -> Self {
        let starts = starts(graph);
        let distance = distances(graph, &starts);
        let ids = vec![OnceCell::new(); graph.len()];
        Self { graph, starts, distance, ids }
    }

    /// The name and version of a package on a path.
    pub fn id(&self, package: PackageIndex) -> Arc<PackageId> {
        let id = self.ids[package].get_or_init(|| Arc::new(self.graph.id(package).clone()));
        Arc::clone(id)
    }

    /// The projects that paths begin at: those that no other project leads to.
    pub fn starts(&self) -> &[PackageIndex] {
        &self.starts
    }

    /// The number of edges from the nearest start, or `None` if no project leads to `target`.
    pub fn distance_to(&self, target: PackageIndex) -> Option<usize> {
        self.distance[target]
    }

    /// The paths to `target`. A package that no project reaches has one path: itself.
    pub fn paths_to(&self, target: PackageIndex) -> Paths {
        let Some(distance) = self.distance[target] else {
            return Paths { paths: vec![vec![target]], cut: false };
        };
        let mut found = Paths::default();
        let mut steps = Steps { steps: Vec::with_capacity(USUAL_STEPS) };
        // The partial paths that can be completed soonest come first, and among equals the ones
        // that are nearest to a project: a wide graph has more beginnings of shortest paths than
        // may be looked at, and none of them is a path. The number of a step keeps the order of
        // the neighbours.
        let mut pending = BinaryHeap::with_capacity(USUAL_STEPS);
        pending.push(Reverse((distance, distance, steps.begin(target, distance))));
        // A shortest path takes a step for each of its packages, however many there are.
        let most_steps = MAX_STEPS + distance;
        let mut taken = 0;
        while let Some(Reverse((_, remaining, step))) = pending.pop() {
            taken += 1;
            if found.paths.len() == MAX_PATHS || taken > most_steps {
                found.cut = true;
                break;
            }
            if remaining == 0 {
                let mut path = Vec::with_capacity(steps.length(step) + 1);
                path.extend(steps.walk(step));
                found.paths.push(path);
                continue;
            }
            for dependent in distinct(self.graph.predecessors(steps.package(step))) {
                let Some(distance) = self.distance[dependent] else {
                    continue;
                };
                if steps.holds(step, dependent, distance) {
                    continue;
                }
                let longer = steps.lengthen(step, dependent, distance);
                pending.push(Reverse((steps.length(longer) + distance, distance, longer)));
            }
        }
        found.paths.sort_by(|left, right| self.compare(left, right));
        found
    }

    /// Shorter paths first, then by name and version.
    fn compare(&self, left: &[PackageIndex], right: &[PackageIndex]) -> Ordering {
        let rank = |step: &PackageIndex| self.graph.rank(*step);
        left.len().cmp(&right.len()).then_with(|| left.iter().map(rank).cmp(right.iter().map(rank)))
    }
}

/// The shortest paths from any project to every package, over some of the edges: found once, in time
/// linear in the size of the graph, and then told for any package.
#[derive(Debug)]
pub struct ShortestPaths {
    /// For each package that is reached, the number of edges and the package before it.
    reached: Vec<Option<(usize, Option<PackageIndex>)>>,
}

impl ShortestPaths {
    /// Walks over the edges that `follow` accepts. It sees the package an edge leaves from and the
    /// edge.
    pub fn new(
        graph: &DependencyGraph<'_>,
        follow: impl Fn(PackageIndex, Neighbour) -> bool,
    ) -> Self {
        let mut reached = vec![None; graph.len()];
        let mut pending: VecDeque<(PackageIndex, usize)> = VecDeque::new();
        for root in graph.roots() {
            reached[*root] = Some((0, None));
            pending.push_back((*root, 0));
        }
        while let Some((package, length)) = pending.pop_front() {
            for neighbour in graph.successors(package) {
                let next = &mut reached[neighbour.package];
                if next.is_none() && follow(package, *neighbour) {
                    *next = Some((length + 1, Some(package)));
                    pending.push_back((neighbour.package, length + 1));
                }
            }
        }
        Self { reached }
    }

    /// The path to the nearest of `targets`, the first of them where several are as near.
    pub fn to(&self, targets: &[PackageIndex]) -> Option<Vec<PackageIndex>> {
        let nearest = targets
            .iter()
            .filter(|target| self.reached[**target].is_some())
            .min_by_key(|target| self.reached[**target].map(|(length, _)| length))?;
        let before = |step: &PackageIndex| self.reached[*step].and_then(|(_, before)| before);
        let mut path: Vec<_> = std::iter::successors(Some(*nearest), before).collect();
        path.reverse();
        Some(path)
    }
}

/// Partial paths, from the target backwards. They share what they have in common, so that a long
/// path costs no more than its steps.
struct Steps {
    steps: Vec<Step>,
}

struct Step {
    package: PackageIndex,
    /// The number of edges to the target.
    length: usize,
    /// The least distance from a start of any package up to here.
    nearest: usize,
    towards_target: Option<usize>,
}

impl Steps {
    fn begin(&mut self, target: PackageIndex, distance: usize) -> usize {
        self.steps.push(Step {
            package: target,
            length: 0,
            nearest: distance,
            towards_target: None,
        });
        self.steps.len() - 1
    }

    fn lengthen(&mut self, step: usize, package: PackageIndex, distance: usize) -> usize {
        let Step { length, nearest, .. } = self.steps[step];
        self.steps.push(Step {
            package,
            length: length + 1,
            nearest: nearest.min(distance),
            towards_target: Some(step),
        });
        self.steps.len() - 1
    }

    /// Whether a package stands between a step and the target. One that is nearer to a start than
    /// all of them does not.
    fn holds(&self, step: usize, package: PackageIndex, distance: usize) -> bool {
        distance >= self.steps[step].nearest && self.walk(step).any(|other| other == package)
    }

    fn package(&self, step: usize) -> PackageIndex {
        self.steps[step].package
    }

    fn length(&self, step: usize) -> usize {
        self.steps[step].length
    }

    /// The packages from a step to the target.
    fn walk(&self, step: usize) -> impl Iterator<Item = PackageIndex> {
        std::iter::successors(Some(step), |step| self.steps[*step].towards_target)
            .map(|step| self.steps[step].package)
    }
}

/// Neighbours are sorted by name, so one that is there in several ways stands in a row.
fn distinct(neighbours: &[Neighbour]) -> impl Iterator<Item = PackageIndex> {
    let mut last = None;
    neighbours.iter().map(|neighbour| neighbour.package).filter(move |package| {
        let first = last != Some(*package);
        last = Some(*package);
        first
    })
}

/// Projects that nothing depends on, and then, where projects only depend on each other in a
/// circle, the first of each circle: every package that a project reaches is reached from these.
fn starts(graph: &DependencyGraph<'_>) -> Vec<PackageIndex> {
    let mut roots = graph.roots().to_vec();
    roots.sort_by_key(|root| graph.rank(*root));
    let (mut starts, others): (Vec<_>, Vec<_>) =
        roots.into_iter().partition(|root| graph.predecessors(*root).is_empty());
    let mut reached = graph.reach(&starts, |_, _| true);
    for root in others {
        if !reached[root] {
            starts.push(root);
            graph.reach_further(&mut reached, &[root], |_, _| true);
        }
    }
    starts
}

fn distances(graph: &DependencyGraph<'_>, starts: &[PackageIndex]) -> Vec<Option<usize>> {
    let mut distance = vec![None; graph.len()];
    let mut pending: VecDeque<PackageIndex> = starts.iter().copied().collect();
    for start in starts {
        distance[*start] = Some(0);
    }
    while let Some(package) = pending.pop_front() {
        let next = distance[package].map(|distance: usize| distance + 1);
        for neighbour in graph.successors(package) {
            if distance[neighbour.package].is_none() {
                distance[neighbour.package] = next;
                pending.push_back(neighbour.package);
            }
        }
    }
    distance
}
