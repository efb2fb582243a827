use proptest::prelude::*;

use super::*;

/// A graph of named packages; the last one is the target, the first the root.
#[derive(Clone, Debug)]
struct Graph {
    names: Vec<String>,
    edges: Vec<(usize, usize)>,
}

impl Graph {
    fn new(names: &[&str], edges: &[(usize, usize)]) -> Self {
        Self { names: names.iter().map(|name| (*name).to_owned()).collect(), edges: edges.to_vec() }
    }

    fn successors(&self, node: usize) -> Vec<usize> {
        let from_node = self.edges.iter().filter(|(from, _)| *from == node);
        from_node.map(|(_, to)| *to).collect()
    }

    fn coverage(&self, patterns: &[PathPattern], roots: &[usize], targets: &[usize]) -> Coverage {
        let successors = |node| self.successors(node);
        uncovered_path(patterns, roots, targets, successors, |node| &self.names[node])
    }

    /// Every simple path from the end of `path` to `target`.
    fn simple_paths(&self, path: &mut Vec<usize>, target: usize, found: &mut Vec<Vec<usize>>) {
        let last = path[path.len() - 1];
        if last == target {
            found.push(path.clone());
            return;
        }
        for next in self.successors(last) {
            if !path.contains(&next) {
                path.push(next);
                self.simple_paths(path, target, found);
                path.pop();
            }
        }
    }

    fn is_covered(&self, patterns: &[PathPattern], path: &[usize]) -> bool {
        let names: Vec<_> = path.iter().map(|node| self.names[*node].as_str()).collect();
        patterns.iter().any(|pattern| naive(&pattern.steps, &names))
    }
}

/// Matches a pattern by its definition.
fn naive(steps: &[String], names: &[&str]) -> bool {
    match steps.split_first() {
        None => names.is_empty(),
        Some((step, rest)) if step == "*" => {
            (0..=names.len()).any(|skipped| naive(rest, &names[skipped..]))
        }
        Some((step, rest)) => names
            .split_first()
            .is_some_and(|(name, names)| naive_step(step, name) && naive(rest, names)),
    }
}

fn naive_step(step: &str, name: &str) -> bool {
    match step.chars().next() {
        None => name.is_empty(),
        Some('*') => name
            .char_indices()
            .map(|(index, _)| index)
            .chain([name.len()])
            .any(|index| naive_step(&step[1..], &name[index..])),
        Some(first) => {
            name.strip_prefix(first).is_some_and(|name| naive_step(&step[first.len_utf8()..], name))
        }
    }
}

fn patterns(texts: &[&str]) -> Vec<PathPattern> {
    texts.iter().map(|text| PathPattern::parse(text).unwrap()).collect()
}

#[test]
fn every_path_must_be_covered() {
    // app needs rsa through sqlx, and through jwt behind auth.
    let graph = Graph::new(
        &["app", "sqlx", "auth", "jwt", "rsa"],
        &[(0, 1), (1, 4), (0, 2), (2, 3), (3, 4)],
    );
    let through_jwt = Coverage::Uncovered(vec![0, 2, 3, 4]);
    for (texts, expected) in [
        (&["*"][..], Coverage::Covered),
        (&["* > rsa"][..], Coverage::Covered),
        (&["* > sqlx > rsa"][..], through_jwt.clone()),
        (&["* > sqlx > rsa", "* > jwt > rsa"][..], Coverage::Covered),
        (&["* > sqlx > rsa", "app > * > jwt > rsa"][..], Coverage::Covered),
        (&["* > sqlx > rsa", "app > jwt > rsa"][..], through_jwt.clone()),
        (&["app > s* > rsa", "app > a* > j* > rsa"][..], Coverage::Covered),
        (&["sqlx > rsa", "* > jwt > rsa"][..], Coverage::Uncovered(vec![0, 1, 4])),
        (&["* > sqlx > rsa > *", "* > jwt > *"][..], Coverage::Covered),
        (&["* > sqlx", "* > jwt"][..], Coverage::Uncovered(vec![0, 1, 4])),
        (&[][..], Coverage::Uncovered(vec![0, 1, 4])),
    ] {
        assert_eq!(graph.coverage(&patterns(texts), &[0], &[4]), expected, "{texts:?}");
    }
}

#[test]
fn every_root_and_every_target_counts() {
    let graph = Graph::new(&["a", "b", "rsa", "rsa"], &[(0, 2), (1, 3)]);
    let from_a = patterns(&["a > rsa"]);
    assert_eq!(graph.coverage(&from_a, &[0, 1], &[2]), Coverage::Covered);
    assert_eq!(graph.coverage(&from_a, &[0, 1], &[2, 3]), Coverage::Uncovered(vec![1, 3]));
}

#[test]
fn a_target_that_no_root_reaches_is_not_covered() {
    let graph = Graph::new(&["app", "rsa"], &[]);
    let all = patterns(&["*"]);
    assert_eq!(graph.coverage(&all, &[0], &[1]), Coverage::Unreachable(1));
    assert_eq!(graph.coverage(&all, &[], &[1]), Coverage::Unreachable(1));
}

#[test]
fn a_path_ends_at_its_target() {
    // rsa and rand need each other: "app > rsa" is still the only path.
    let graph = Graph::new(&["app", "rsa", "rand"], &[(0, 1), (1, 2), (2, 1)]);
    assert_eq!(graph.coverage(&patterns(&["app > rsa"]), &[0], &[1]), Coverage::Covered);
    // A target may lie behind another target.
    assert_eq!(
        graph.coverage(&patterns(&["app > rsa"]), &[0], &[1, 2]),
        Coverage::Uncovered(vec![0, 1, 2])
    );
}

#[test]
fn a_root_may_be_the_target() {
    let graph = Graph::new(&["rsa"], &[]);
    assert_eq!(graph.coverage(&patterns(&["rsa"]), &[0], &[0]), Coverage::Covered);
    assert_eq!(graph.coverage(&patterns(&["app > rsa"]), &[0], &[0]), Coverage::Uncovered(vec![0]));
}

/// A ladder with two packages on each rung has two to the power of its rungs paths.
#[test]
fn exponentially_many_paths_are_decided_without_listing_them() {
    const RUNGS: usize = 2_000;
    let mut edges = Vec::new();
    for rung in 0..RUNGS {
        let (left, right) = (2 * rung + 1, 2 * rung + 2);
        let before = if rung == 0 { vec![0] } else { vec![left - 2, right - 2] };
        edges.extend(before.iter().flat_map(|from| [(*from, left), (*from, right)]));
    }
    let target = 2 * RUNGS + 1;
    edges.extend([(target - 2, target), (target - 1, target)]);
    let mut adjacent = vec![Vec::new(); target + 1];
    for (from, to) in edges {
        adjacent[from].push(to);
    }
    let name = |node| match node {
        0 => "app",
        node if node == target => "rsa",
        node if node % 2 == 1 => "left",
        _ => "right",
    };
    let coverage = |texts: &[&str]| {
        let successors = |node: usize| adjacent[node].clone();
        uncovered_path(&patterns(texts), &[0], &[target], successors, name)
    };
    assert_eq!(coverage(&["* > left > rsa", "* > right > rsa"]), Coverage::Covered);
    assert!(matches!(
        coverage(&["* > left > rsa", "app > * > left > * > rsa"]),
        Coverage::Uncovered(walk) if walk.len() == RUNGS + 2
    ));
}

#[test]
fn a_spent_budget_covers_nothing() {
    let graph = Graph::new(&["app", "sqlx", "rsa"], &[(0, 1), (1, 2)]);
    let reachable = Reachable::from(&[0], |node| graph.successors(node));
    let name = |node: usize| graph.names[node].as_str();
    for (states, steps) in [(2, 1_000), (1_000, 3)] {
        let mut budget = Budget { states, steps };
        let all = patterns(&["*"]);
        let coverage = search_all(&all, &reachable, &[2], &name, &mut budget);
        assert_eq!(coverage, Coverage::TooComplex, "{states} {steps}");
    }
}

fn any_patterns() -> impl Strategy<Value = Vec<PathPattern>> {
    let step = prop::sample::select(vec!["*", "*", "a", "b", "ab", "a*", "*b", "*a*"]);
    let pattern = prop::collection::vec(step, 1..5)
        .prop_map(|steps| PathPattern { steps: steps.into_iter().map(str::to_owned).collect() });
    prop::collection::vec(pattern, 0..4)
}

fn any_graph(acyclic: bool) -> impl Strategy<Value = Graph> {
    (2_usize..7).prop_flat_map(move |size| {
        let name = prop::sample::select(vec!["a", "b", "ab", "ba"]);
        let names = prop::collection::vec(name, size);
        let edges = prop::collection::vec((0..size, 0..size), 0..12);
        (names, edges).prop_map(move |(names, mut edges)| {
            if acyclic {
                edges.retain(|(from, to)| from < to);
            }
            Graph::new(&names, &edges)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_uncovered_path_is_never_called_covered(
        graph in any_graph(false),
        patterns in any_patterns(),
    ) {
        let target = graph.names.len() - 1;
        let mut paths = Vec::new();
        graph.simple_paths(&mut vec![0], target, &mut paths);
        match graph.coverage(&patterns, &[0], &[target]) {
            Coverage::Covered => {
                prop_assert!(!paths.is_empty());
                for path in paths {
                    prop_assert!(graph.is_covered(&patterns, &path), "{path:?}");
                }
            }
            Coverage::Uncovered(walk) => {
                prop_assert_eq!(walk.first(), Some(&0));
                prop_assert_eq!(walk.last(), Some(&target));
                for pair in walk.windows(2) {
                    prop_assert!(graph.successors(pair[0]).contains(&pair[1]), "{walk:?}");
                }
                prop_assert!(!graph.is_covered(&patterns, &walk), "{walk:?}");
            }
            Coverage::Unreachable(node) => {
                prop_assert_eq!(node, target);
                prop_assert!(paths.is_empty());
            }
            Coverage::TooComplex => prop_assert!(false, "a small graph is not complex"),
        }
    }

    #[test]
    fn without_cycles_the_answer_is_exact(
        graph in any_graph(true),
        patterns in any_patterns(),
    ) {
        let target = graph.names.len() - 1;
        let mut paths = Vec::new();
        graph.simple_paths(&mut vec![0], target, &mut paths);
        let all_covered = paths.iter().all(|path| graph.is_covered(&patterns, path));
        let expected = !paths.is_empty() && all_covered;
        let coverage = graph.coverage(&patterns, &[0], &[target]);
        prop_assert_eq!(coverage == Coverage::Covered, expected, "{:?}", coverage);
    }
}
