//! Which package a dependency in a `Cargo.lock` means.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::entries::{Entries, Entry};
use crate::lockfile::{
    DependencyEdge, DependencyKind, MissingDependency, MissingReason, PackageIndex,
};

/// The most edges that ambiguous dependencies may stand for. Cargo writes none: where it would be
/// ambiguous it names the version, and the source. A merge by hand leaves a few; a file in which
/// every package may depend on every other one would fill the memory.
const MOST_AMBIGUOUS_EDGES: usize = 1_000_000;

/// The entries of each name, next to each other in the order of their versions and sources.
pub(super) struct ByName<'wire> {
    entries: &'wire [Entry<'wire>],
    order: Vec<PackageIndex>,
    ranges: HashMap<&'wire str, Range<usize>, RandomState>,
    duplicate: Option<&'wire Entry<'wire>>,
}

impl<'wire> ByName<'wire> {
    pub(super) fn new(entries: &'wire [Entry<'wire>]) -> Self {
        let name = |index: PackageIndex| entries[index].name.text.as_ref();
        let compare =
            |left: &PackageIndex, right: &PackageIndex| compare(&entries[*left], &entries[*right]);
        let mut order: Vec<PackageIndex> = (0..entries.len()).collect();
        // Cargo writes them in this order, so that this looks at each once.
        order.sort_by_key(|index| name(*index));
        let mut ranges: HashMap<&str, Range<usize>, RandomState> =
            HashMap::with_capacity_and_hasher(entries.len(), RandomState::default());
        let mut duplicate = None;
        let mut start = 0;
        for named in order.chunk_by_mut(|left, right| name(*left) == name(*right)) {
            named.sort_by(compare);
            let mut pairs = named.windows(2);
            let alike = pairs.find(|pair| compare(&pair[0], &pair[1]).is_eq());
            duplicate = duplicate.or(alike.map(|pair| &entries[pair[1]]));
            ranges.insert(name(named[0]), start..start + named.len());
            start += named.len();
        }
        Self { entries, order, ranges, duplicate }
    }

    /// An entry that is locked twice: the second one of two that are alike.
    pub(super) fn duplicate(&self) -> Option<&'wire Entry<'wire>> {
        self.duplicate
    }

    fn of(&self, name: &str) -> &[PackageIndex] {
        self.ranges.get(name).map_or(&[], |range| &self.order[range.clone()])
    }

    /// What `name`, `name version` or `name version (source)` means. Cargo leaves out what is not
    /// needed to tell packages apart: of several packages of one version, one without a source is
    /// the local one. Where it is ambiguous all the same, every candidate is taken.
    fn meant_by(&self, dependency: &str) -> &[PackageIndex] {
        let (name, rest) = split_at_blank(dependency);
        let named = self.of(name);
        let Some(rest) = rest else {
            return named;
        };
        let (version, source) = split_at_blank(rest);
        let candidates = run(named, |index| self.entries[index].version.text.as_ref().cmp(version));
        if candidates.len() < 2 {
            return candidates;
        }
        let source = source.map(|part| part.trim_start_matches('(').trim_end_matches(')'));
        let source = place(source);
        let exact =
            run(candidates, |index| place(self.entries[index].source.as_deref()).cmp(&source));
        if exact.is_empty() { candidates } else { exact }
    }
}

/// The part of a sorted list that compares as equal.
fn run(sorted: &[PackageIndex], compare: impl Fn(PackageIndex) -> Ordering) -> &[PackageIndex] {
    let start = sorted.partition_point(|index| compare(*index).is_lt());
    let length = sorted[start..].partition_point(|index| compare(*index).is_eq());
    &sorted[start..start + length]
}

/// The order of the entries of one name. Only an entry that is locked twice equals another one.
fn compare(left: &Entry<'_>, right: &Entry<'_>) -> Ordering {
    let (left_source, right_source) = (left.source.as_deref(), right.source.as_deref());
    left.version
        .text
        .cmp(&right.version.text)
        .then_with(|| place(left_source).cmp(&place(right_source)))
        .then_with(|| left_source.cmp(&right_source))
}

/// A source without the commit that it is locked to, which dependencies leave out.
fn place(source: Option<&str>) -> Option<&str> {
    source?.split('#').next()
}

/// Dependencies that may mean too many packages.
pub(super) struct TooAmbiguous<'wire> {
    /// The package whose dependency was one too many.
    pub(super) dependent: &'wire Entry<'wire>,
    pub(super) dependency: &'wire str,
    /// How many packages it may mean.
    pub(super) candidates: usize,
}

/// The edges between the packages, and the dependencies that no package is meant by.
pub(super) fn connect<'wire>(
    entries: &'wire Entries<'_>,
    by_name: &ByName<'_>,
) -> Result<(Vec<DependencyEdge>, Vec<MissingDependency>), TooAmbiguous<'wire>> {
    let mut edges = Vec::with_capacity(entries.dependencies.len());
    let mut missing = Vec::new();
    let mut ambiguous = 0;
    for (from, dependent) in entries.packages.iter().enumerate() {
        for dependency in entries.needs(dependent) {
            let meant = by_name.meant_by(dependency);
            match meant {
                [] => missing.push(MissingDependency {
                    from,
                    name: dependency.to_owned(),
                    reason: MissingReason::NotLocked,
                }),
                [_] => {}
                several => ambiguous += several.len(),
            }
            if ambiguous > MOST_AMBIGUOUS_EDGES {
                return Err(TooAmbiguous { dependent, dependency, candidates: meant.len() });
            }
            let kind = DependencyKind::Unknown;
            edges.extend(meant.iter().map(|to| DependencyEdge { from, to: *to, kind }));
        }
    }
    Ok((edges, missing))
}

/// Most dependencies are a short name and nothing else, for which looking at each byte is the quickest.
fn split_at_blank(text: &str) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == b' ') {
        Some(blank) => (&text[..blank], Some(&text[blank + 1..])),
        None => (text, None),
    }
}
