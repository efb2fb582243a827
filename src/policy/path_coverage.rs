//! Whether patterns cover every dependency path to a package.
//!
//! A graph has exponentially many paths, so they are never listed. The patterns form one automaton
//! that reads package names; the search walks the product of graph and automaton, where a state is a
//! package and the set of pattern positions that are still possible there. A walk that ends at the
//! package without completing any pattern is an uncovered path.
//!
//! Walks may go in circles and paths do not, so in a graph with cycles the reported walk may
//! not be a simple path. That is the safe side: `Covered` requires that every walk is covered.

use std::collections::{HashMap, HashSet, VecDeque};

use super::PathPattern;
use super::path_pattern::{ANY, step_matches};

/// States that are visited before giving up.
const MOST_STATES: usize = 1_000_000;

/// Edges followed and pattern positions compared before giving up.
const MOST_STEPS: usize = 20_000_000;

/// Whether patterns cover every path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every path from a root to every target is covered.
    Covered,
    /// The shortest walk from a root to a target that no pattern covers.
    Uncovered(Vec<usize>),
    /// No path leads from a root to this target, so there is nothing to cover.
    Unreachable(usize),
    /// There are too many states to decide. This counts as not covered.
    TooComplex,
}

/// Decides whether every path from one of `roots` to each of `targets` matches at least one
/// of `patterns`. Without patterns nothing is covered.
///
/// `successors` lists the dependencies of a package and `name` is its registry name.
pub fn uncovered_path<'names, Successors>(
    patterns: &[PathPattern],
    roots: &[usize],
    targets: &[usize],
    successors: impl Fn(usize) -> Successors,
    name: impl Fn(usize) -> &'names str,
) -> Coverage
where
    Successors: IntoIterator<Item = usize>,
{
    let reachable = Reachable::from(roots, successors);
    let mut budget = Budget { states: MOST_STATES, steps: MOST_STEPS };
    search_all(patterns, &reachable, targets, &name, &mut budget)
}

fn search_all<'names>(
    patterns: &[PathPattern],
    reachable: &Reachable,
    targets: &[usize],
    name: &impl Fn(usize) -> &'names str,
    budget: &mut Budget,
) -> Coverage {
    let names: Vec<_> = reachable.packages.iter().map(|package| name(*package)).collect();
    let mut automaton = Automaton::new(patterns);
    for target in targets {
        let Some(&node) = reachable.nodes.get(target) else {
            return Coverage::Unreachable(*target);
        };
        let relevant = reachable.leading_to(node);
        let mut search = Search {
            reachable,
            names: &names,
            relevant: &relevant,
            target: node,
            states: Vec::new(),
            seen: HashSet::new(),
            queue: VecDeque::new(),
        };
        match search.run(&mut automaton, budget) {
            Coverage::Covered => {}
            other => return other,
        }
    }
    Coverage::Covered
}

/// The remaining budget.
struct Budget {
    states: usize,
    steps: usize,
}

impl Budget {
    /// Takes from a counter; `None` if too little is left.
    fn spend(counter: &mut usize, amount: usize) -> Option<()> {
        *counter = counter.checked_sub(amount)?;
        Some(())
    }
}

/// The part of the graph that the roots can reach, numbered from 0.
struct Reachable {
    /// The package of each node.
    packages: Vec<usize>,
    /// The node of each package.
    nodes: HashMap<usize, usize>,
    roots: Vec<usize>,
    successors: Vec<Vec<usize>>,
    predecessors: Vec<Vec<usize>>,
}

impl Reachable {
    fn from<Successors>(roots: &[usize], successors: impl Fn(usize) -> Successors) -> Self
    where
        Successors: IntoIterator<Item = usize>,
    {
        let mut reachable = Self {
            packages: Vec::new(),
            nodes: HashMap::new(),
            roots: Vec::new(),
            successors: Vec::new(),
            predecessors: Vec::new(),
        };
        for root in roots {
            let node = reachable.node(*root);
            if !reachable.roots.contains(&node) {
                reachable.roots.push(node);
            }
        }
        let mut next = 0;
        while let Some(package) = reachable.packages.get(next).copied() {
            for successor in successors(package) {
                let successor = reachable.node(successor);
                reachable.successors[next].push(successor);
                reachable.predecessors[successor].push(next);
            }
            next += 1;
        }
        reachable
    }

    /// The node of a package, created if it is new.
    fn node(&mut self, package: usize) -> usize {
        *self.nodes.entry(package).or_insert_with(|| {
            self.packages.push(package);
            self.successors.push(Vec::new());
            self.predecessors.push(Vec::new());
            self.packages.len() - 1
        })
    }

    /// For each node, whether `target` can be reached from it.
    fn leading_to(&self, target: usize) -> Vec<bool> {
        let mut leading = vec![false; self.packages.len()];
        leading[target] = true;
        let mut pending = vec![target];
        while let Some(node) = pending.pop() {
            for &predecessor in &self.predecessors[node] {
                if !std::mem::replace(&mut leading[predecessor], true) {
                    pending.push(predecessor);
                }
            }
        }
        leading
    }
}

/// One position in a pattern.
enum Position<'pattern> {
    /// Any number of packages.
    Any,
    Step(&'pattern str),
    /// The end: the pattern is complete.
    End,
}

/// The union of the patterns, made deterministic on demand.
struct Automaton<'pattern> {
    positions: Vec<Position<'pattern>>,
    /// The sets of positions found so far, sorted; reading starts with the first.
    sets: Vec<Vec<usize>>,
    numbers: HashMap<Vec<usize>, usize>,
    /// The set after reading a node's name in a set.
    transitions: HashMap<(usize, usize), usize>,
}

impl<'pattern> Automaton<'pattern> {
    const START: usize = 0;

    fn new(patterns: &'pattern [PathPattern]) -> Self {
        let mut positions = Vec::new();
        let mut starts = Vec::new();
        for pattern in patterns {
            starts.push(positions.len());
            let mut steps: Vec<_> = pattern.steps.iter().map(String::as_str).collect();
            // `* > *` means the same as `*`.
            steps.dedup_by(|step, before| *step == ANY && *before == ANY);
            positions.extend(steps.into_iter().map(|step| match step {
                ANY => Position::Any,
                step => Position::Step(step),
            }));
            positions.push(Position::End);
        }
        let mut automaton = Self {
            positions,
            sets: Vec::new(),
            numbers: HashMap::new(),
            transitions: HashMap::new(),
        };
        let mut start = Vec::new();
        for position in starts {
            automaton.enter(position, &mut start);
        }
        automaton.number(start);
        automaton
    }

    /// Adds a position, and the next one if it can be reached without reading anything.
    fn enter(&self, position: usize, set: &mut Vec<usize>) {
        set.push(position);
        if matches!(self.positions[position], Position::Any) {
            set.push(position + 1);
        }
    }

    fn number(&mut self, mut set: Vec<usize>) -> usize {
        set.sort_unstable();
        set.dedup();
        if let Some(number) = self.numbers.get(&set) {
            return *number;
        }
        let number = self.sets.len();
        self.sets.push(set.clone());
        self.numbers.insert(set, number);
        number
    }

    /// The set after reading the name of a node; `None` if the budget is spent.
    fn read(&mut self, set: usize, node: usize, name: &str, budget: &mut Budget) -> Option<usize> {
        if let Some(next) = self.transitions.get(&(set, node)) {
            return Some(*next);
        }
        Budget::spend(&mut budget.steps, self.sets[set].len())?;
        let mut after = Vec::new();
        for &position in &self.sets[set] {
            match self.positions[position] {
                Position::Any => self.enter(position, &mut after),
                Position::Step(step) if step_matches(step, name) => {
                    self.enter(position + 1, &mut after);
                }
                Position::Step(_) | Position::End => {}
            }
        }
        let next = self.number(after);
        self.transitions.insert((set, node), next);
        Some(next)
    }

    /// Whether a pattern is complete.
    fn accepts(&self, set: usize) -> bool {
        self.sets[set].iter().any(|position| matches!(self.positions[*position], Position::End))
    }
}

/// A package reached with a set of positions, and its predecessor.
struct SearchState {
    node: usize,
    set: usize,
    parent: Option<usize>,
}

/// One breadth-first search for an uncovered walk to one target.
struct Search<'search> {
    reachable: &'search Reachable,
    names: &'search [&'search str],
    relevant: &'search [bool],
    target: usize,
    states: Vec<SearchState>,
    seen: HashSet<(usize, usize)>,
    queue: VecDeque<usize>,
}

impl Search<'_> {
    fn run(&mut self, automaton: &mut Automaton<'_>, budget: &mut Budget) -> Coverage {
        let reachable = self.reachable;
        for &root in &reachable.roots {
            if self.visit(automaton, root, Automaton::START, None, budget).is_none() {
                return Coverage::TooComplex;
            }
        }
        while let Some(index) = self.queue.pop_front() {
            let SearchState { node, set, .. } = self.states[index];
            if node == self.target {
                if !automaton.accepts(set) {
                    return Coverage::Uncovered(self.walk_to(index));
                }
                // A path ends where it first reaches its target.
                continue;
            }
            for &successor in &reachable.successors[node] {
                let visited = self.visit(automaton, successor, set, Some(index), budget);
                if visited.is_none() {
                    return Coverage::TooComplex;
                }
            }
        }
        Coverage::Covered
    }

    /// Marks a state as visited; `None` if the budget is spent.
    fn visit(
        &mut self,
        automaton: &mut Automaton<'_>,
        node: usize,
        set_before: usize,
        parent: Option<usize>,
        budget: &mut Budget,
    ) -> Option<()> {
        if !self.relevant[node] {
            return Some(());
        }
        Budget::spend(&mut budget.steps, 1)?;
        let set = automaton.read(set_before, node, self.names[node], budget)?;
        if self.seen.insert((node, set)) {
            Budget::spend(&mut budget.states, 1)?;
            self.queue.push_back(self.states.len());
            self.states.push(SearchState { node, set, parent });
        }
        Some(())
    }

    fn walk_to(&self, index: usize) -> Vec<usize> {
        let parents = |index: &usize| self.states[*index].parent;
        let mut walk: Vec<_> = std::iter::successors(Some(index), parents)
            .map(|index| self.reachable.packages[self.states[index].node])
            .collect();
        walk.reverse();
        walk
    }
}

#[cfg(test)]
mod tests;
