//! The entries of a lockfile that is written in full for each package, as they were read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use super::{Differing, Need, Record, digest};
use crate::lockfile::{DependencyKind, LockedPackage, Lockfile, PackageIndex, hashes};
use crate::package::PackageId;
use crate::source::PackageSource;

/// The entries of packages of whose name something differs.
pub(in crate::lockfile) fn differing(before: &Lockfile, after: &Lockfile) -> Differing {
    let (before, after) = (records(before), records(after));
    let earlier: HashSet<Said<'_>> = before.iter().map(said).collect();
    let changed: Vec<bool> = after.iter().map(|record| !earlier.contains(&said(record))).collect();
    let later: HashSet<Said<'_>> = after.iter().map(said).collect();
    let kept: Vec<bool> = {
        let names: HashSet<&str> = after
            .iter()
            .zip(&changed)
            .filter(|(_, changed)| **changed)
            .map(|(record, _)| record.name.as_str())
            .collect();
        let is_kept =
            |record: &Record| names.contains(&*record.name) || !later.contains(&said(record));
        before.iter().map(is_kept).collect()
    };
    Differing { before: only(before, &kept), after: only(after, &changed) }
}

/// All that an entry says, without where it stands.
type Said<'record> = (
    (&'record str, &'record str, Option<&'record str>),
    &'record BTreeSet<(String, String)>,
    &'record BTreeMap<String, Need>,
    Option<&'record BTreeSet<String>>,
);

fn said(record: &Record) -> Said<'_> {
    (
        (&record.name, &record.version, record.origin.as_deref()),
        &record.digests,
        &record.needs,
        record.limits.as_ref(),
    )
}

fn only(records: Vec<Record>, are_wanted: &[bool]) -> Vec<Record> {
    let wanted = records.into_iter().zip(are_wanted).filter(|(_, is_wanted)| **is_wanted);
    wanted.map(|(record, _)| record).collect()
}

/// What the entries say. Projects have none.
///
/// What packages want beside them is left out: copies of one package differ in it.
fn records(lockfile: &Lockfile) -> Vec<Record> {
    let roots: HashSet<PackageIndex> = lockfile.roots.iter().copied().collect();
    let mut needs: Vec<BTreeMap<String, Need>> = vec![BTreeMap::new(); lockfile.packages.len()];
    for edge in lockfile.edges.iter().filter(|edge| edge.kind != DependencyKind::Peer) {
        let name = lockfile.packages[edge.to].id.name.to_string();
        let need = match edge.kind {
            DependencyKind::Optional => Need::Optional,
            _ => Need::Always,
        };
        let known = needs[edge.from].entry(name).or_insert(need);
        *known = need.max(*known);
    }
    for missing in &lockfile.missing {
        needs[missing.from].insert(missing.name.clone(), Need::Always);
    }
    let packages = lockfile.packages.iter().zip(needs).enumerate();
    packages
        .filter(|(package, _)| !roots.contains(package))
        .map(|(_, (package, needs))| record(&lockfile.source.text, package, needs))
        .collect()
}

fn record(text: &str, package: &LockedPackage, needs: BTreeMap<String, Need>) -> Record {
    let PackageId { name, version, .. } = &package.id;
    let checksums = package.checksum.clone().and_then(|span| text.get(bytes(&span)));
    let digests = hashes::listed(checksums.unwrap_or_default()).filter_map(|hash| {
        let (algorithm, written) = hash.split_once('-')?;
        digest(algorithm, written)
    });
    Record {
        name: name.to_string(),
        version: version.to_string(),
        origin: origin(&package.source),
        digests: digests.collect(),
        needs,
        limits: Some(limits(package)),
        is_flat: true,
        offset: package.span.start,
    }
}

fn bytes(span: &Range<u32>) -> Range<usize> {
    let wide = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    wide(span.start)..wide(span.end)
}

/// Where it comes from, without what differs from version to version.
fn origin(source: &PackageSource) -> Option<String> {
    match source {
        PackageSource::Git(address) => Some(format!("git {address}")),
        PackageSource::PublicRegistry | PackageSource::Local => None,
        PackageSource::Elsewhere(address) => Some(address.clone()),
        PackageSource::OtherRegistry(_)
        | PackageSource::NamedRegistry { .. }
        | PackageSource::Archive(_) => source.registry(),
    }
}

fn limits(package: &LockedPackage) -> BTreeSet<String> {
    let Some(limits) = &package.limits else {
        return BTreeSet::new();
    };
    let lists = [("os", &limits.systems), ("cpu", &limits.processors), ("libc", &limits.libraries)];
    let words = lists.iter().flat_map(|(key, words)| {
        let words = words.iter();
        words.map(move |word| format!("{key} {word}"))
    });
    words.collect()
}
