//! Which package a dependency in a `Cargo.lock` means.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::entries::{Entries, Entry};
use crate::lockfile::{DependencyEdge, DependencyKind, MissingDependency, PackageIndex};

/// The entries of each name, next to each other in the order of their names.
pub(super) struct ByName<'wire> {
    entries: &'wire [Entry<'wire>],
    order: Vec<PackageIndex>,
    ranges: HashMap<&'wire str, Range<usize>, RandomState>,
}

impl<'wire> ByName<'wire> {
    pub(super) fn new(entries: &'wire [Entry<'wire>]) -> Self {
        let mut order: Vec<PackageIndex> = (0..entries.len()).collect();
        order.sort_by(|left, right| identity(&entries[*left]).cmp(&identity(&entries[*right])));
        let mut ranges: HashMap<&str, Range<usize>, RandomState> =
            HashMap::with_capacity_and_hasher(entries.len(), RandomState::default());
        for (position, index) in order.iter().enumerate() {
            let name = entries[*index].name.text.as_ref();
            ranges.entry(name).or_insert(position..position).end = position + 1;
        }
        Self { entries, order, ranges }
    }

    /// An entry that is locked twice: the second one of two that are alike.
    pub(super) fn duplicate(&self) -> Option<&'wire Entry<'wire>> {
        let entry = |index: PackageIndex| &self.entries[index];
        self.order
            .windows(2)
            .find(|pair| identity(entry(pair[0])) == identity(entry(pair[1])))
            .map(|pair| entry(pair[1]))
    }

    fn of(&self, name: &str) -> &[PackageIndex] {
        self.ranges
            .get(name)
            .map_or(&[], |range| &self.order[range.clone()])
    }
}

/// What tells one entry from every other.
fn identity<'wire>(entry: &'wire Entry<'_>) -> (&'wire str, &'wire str, Option<&'wire str>) {
    (&entry.name.text, &entry.version.text, entry.source.as_deref())
}

/// The edges between the packages, and the dependencies that no package is meant by.
pub(super) fn connect(
    entries: &Entries<'_>,
    by_name: &ByName<'_>,
) -> (Vec<DependencyEdge>, Vec<MissingDependency>) {
    let mut edges = Vec::with_capacity(entries.dependencies.len());
    let mut missing = Vec::new();
    for (from, entry) in entries.packages.iter().enumerate() {
        for dependency in entries.needs(entry) {
            let before = edges.len();
            let kind = DependencyKind::Unknown;
            let targets = resolve(by_name, dependency);
            edges.extend(targets.map(|to| DependencyEdge { from, to, kind }));
            if edges.len() == before {
                missing.push(MissingDependency { from, name: dependency.to_owned() });
            }
        }
    }
    (edges, missing)
}

/// A source without the commit that it is locked to, which dependencies leave out.
fn place(source: Option<&str>) -> Option<&str> {
    source?.split('#').next()
}

/// Resolves `name`, `name version` or `name version (source)`. Cargo leaves out what is not needed
/// to tell packages apart: of several packages of one version, one without a source is the local
/// one. Where it is ambiguous all the same, every candidate is taken.
fn resolve<'index>(
    by_name: &'index ByName<'_>,
    dependency: &'index str,
) -> impl Iterator<Item = PackageIndex> + use<'index> {
    let (name, rest) = split_at_blank(dependency);
    let (version, source) = rest.map_or((None, None), |rest| {
        let (version, source) = split_at_blank(rest);
        (Some(version), source)
    });
    let source = source.map(|part| part.trim_start_matches('(').trim_end_matches(')'));
    let source = place(source);
    let entries = by_name.entries;
    let has_version = move |index: PackageIndex| {
        version.is_none_or(|wanted| entries[index].version.text == wanted)
    };
    let has_source = move |index: PackageIndex| place(entries[index].source.as_deref()) == source;
    let candidates = by_name.of(name);
    let is_exact = version.is_some()
        && candidates
            .iter()
            .any(|index| has_version(*index) && has_source(*index));
    candidates
        .iter()
        .copied()
        .filter(move |index| has_version(*index) && (!is_exact || has_source(*index)))
}

/// Most dependencies are a short name and nothing else, for which looking at each byte is the quickest.
fn split_at_blank(text: &str) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == b' ') {
        Some(blank) => (&text[..blank], Some(&text[blank + 1..])),
        None => (text, None),
    }
}
