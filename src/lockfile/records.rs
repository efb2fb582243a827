//! What the entries of two lockfiles say about the same packages.
//!
//! A package of one name, version and checksum is one archive, and what it depends on and where it can
//! be installed stands in that archive. A lockfile repeats it, and package managers take the lockfile's
//! word (npm documentation, "package-lock.json", `dependencies`). So where a change edits what an entry
//! says and not what the entry is, one of both is untrue.

pub(super) mod cargo;
pub(super) mod packages;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Lockfile;
use crate::package::PackageId;
use crate::problem::Location;

/// In what way an entry asks for another package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Beside it, if somebody else brings it.
    Peer,
    /// Where it can be installed.
    Optional,
    Always,
}

/// What an entry says.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub(super) name: String,
    pub(super) version: String,
    /// Where it comes from, without what differs from version to version.
    pub(super) origin: Option<String>,
    /// Checksums that can be told apart: the algorithm, and the checksum itself. Any of them may fit (W3C,
    /// "Subresource Integrity").
    pub(super) digests: BTreeSet<(String, String)>,
    /// What it asks for, by the name in the registry.
    pub(super) needs: BTreeMap<String, Need>,
    /// Where it can be installed; `None` where this kind of entry does not say.
    pub(super) limits: Option<BTreeSet<String>>,
    /// Whether it is an entry of npm's that says what it wants beside it, and what is optional.
    pub(super) is_flat: bool,
    /// Where it stands in the text.
    pub(super) offset: usize,
}

/// The entries in which two lockfiles differ.
pub struct Differing {
    /// Those of the earlier one, and those that are of the same names as ones of the later one.
    pub(super) before: Vec<Record>,
    /// Those of the later one.
    pub(super) after: Vec<Record>,
}

/// Something that an entry says otherwise than the entry of the same package did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    pub package: PackageId,
    /// The names of what it asked for and does not ask for now, or not as much.
    pub lost: BTreeSet<String>,
    /// Whether it can be installed elsewhere than before.
    pub has_other_limits: bool,
    /// The line of its entry.
    pub location: Location,
}

/// A checksum that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// One checksum stands behind two packages.
    OneArchive {
        /// Which one it stood behind.
        before: PackageId,
        /// Which one it stands behind now.
        after: PackageId,
        location: Location,
    },
    /// One package has two checksums.
    TwoArchives {
        package: PackageId,
        /// Whether it is said to come from where it came from.
        is_same_origin: bool,
        location: Location,
    },
}

/// What two lockfiles say differently about the same packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Entries that were edited.
    pub edited: Vec<Edited>,
    /// Checksums that do not fit.
    pub mismatches: Vec<Mismatch>,
}

/// Holds the entries of a lockfile against those of an earlier one of the same format. `None` where they
/// cannot be told apart.
pub fn differences(before: &Lockfile, after: &Lockfile) -> Option<Differences> {
    let differing = after.format.differing(before, after)?;
    let mut of_id: HashMap<(&str, &str), Vec<&Record>> = HashMap::new();
    let mut of_digest: HashMap<(&str, &str), &Record> = HashMap::new();
    for record in &differing.before {
        of_id.entry((&record.name, &record.version)).or_default().push(record);
        for (algorithm, digest) in &record.digests {
            of_digest.insert((algorithm.as_str(), digest.as_str()), record);
        }
    }
    let named = |record: &Record| PackageId {
        ecosystem: after.ecosystem,
        name: record.name.as_str().into(),
        version: record.version.as_str().into(),
    };
    let location = |record: &Record| Location {
        file: after.source.path.clone(),
        line: after.source.line_at(record.offset),
    };
    let mut found = Differences::default();
    for record in &differing.after {
        let digests = record.digests.iter();
        let mut others = digests.filter_map(|(algorithm, digest)| {
            let other = of_digest.get(&(algorithm.as_str(), digest.as_str()))?;
            (other.name != record.name || other.version != record.version).then_some(*other)
        });
        if let Some(other) = others.next() {
            found.mismatches.push(Mismatch::OneArchive {
                before: named(other),
                after: named(record),
                location: location(record),
            });
        }
        let same = of_id.get(&(record.name.as_str(), record.version.as_str()));
        for other in same.into_iter().flatten() {
            if other.is_another_commit(record) {
                continue;
            }
            if other.has_other_digest(record) {
                found.mismatches.push(Mismatch::TwoArchives {
                    package: named(record),
                    is_same_origin: other.origin == record.origin,
                    location: location(record),
                });
                continue;
            }
            let lost = other.lost(record);
            let has_other_limits =
                other.limits.is_some() && record.limits.is_some() && other.limits != record.limits;
            if !lost.is_empty() || has_other_limits {
                let (package, location) = (named(record), location(record));
                found.edited.push(Edited { package, lost, has_other_limits, location });
            }
        }
    }
    found.edited.dedup();
    found.mismatches.dedup();
    Some(found)
}

impl Record {
    /// Whether they come from different commits of a repository, which may have one version.
    fn is_another_commit(&self, other: &Self) -> bool {
        let is_git = |origin: &Option<String>| {
            origin.as_ref().is_some_and(|origin| origin.starts_with("git"))
        };
        self.origin != other.origin && (is_git(&self.origin) || is_git(&other.origin))
    }

    /// Whether both have checksums of one kind, and none in common.
    fn has_other_digest(&self, other: &Self) -> bool {
        let is_of_one_kind = |(algorithm, _): &(String, String)| {
            let mut digests = other.digests.iter();
            digests.any(|(known, _)| known == algorithm)
        };
        self.digests.iter().any(is_of_one_kind) && self.digests.is_disjoint(&other.digests)
    }

    /// What it asks for that a later entry does not ask for, or not as much.
    fn lost(&self, later: &Self) -> BTreeSet<String> {
        let is_one_kind = self.is_flat == later.is_flat;
        let says_it = |need: Need| need != Need::Peer || is_one_kind;
        let needs = self.needs.iter().filter(|(_, need)| says_it(**need));
        let lost = needs.filter(|(name, need)| {
            let later = later.needs.get(*name);
            later.is_none_or(|later| is_one_kind && later < *need)
        });
        lost.map(|(name, _)| name.clone()).collect()
    }
}

/// A checksum as it is written. `None` for what stands there in its place: no content has a checksum of
/// one digit alone.
pub(super) fn digest(algorithm: &str, written: &str) -> Option<(String, String)> {
    let digits = written.trim_end_matches('=').as_bytes();
    let first = digits.first()?;
    let is_real = digits.iter().any(|digit| digit != first);
    is_real.then(|| (algorithm.to_owned(), written.to_owned()))
}

#[cfg(test)]
mod tests;
