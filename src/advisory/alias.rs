//! Records of one vulnerability, from several databases, told as one.
//!
//! The rule, in the order in which it is applied:
//!
//! 1. Records with the same id are one advisory, whatever source they were read from: a folder of
//!    RustSec and its OSV export hold the same records.
//! 2. A record that names another's id as its alias joins it.
//! 3. Records that share an alias join.
//! 4. No join brings two different ids of one database into one group. A database that gave out
//!    two ids speaks of two advisories, although it may give both the same aliases: RustSec does
//!    so for a vulnerability it published twice (RUSTSEC-2024-0339 and -0340) and for one that has
//!    both an unsound and an unmaintained side (RUSTSEC-2019-0036 and 2020-0036).
//!
//! So every advisory is in exactly one group, and a group hides at most one id of each database.
//! Which database an id belongs to is read from its prefix, not from the source it came in: an OSV
//! archive of crates.io holds the records of RustSec and of GitHub side by side.
//!
//! Withdrawn records belong to no group, and join none.

mod merge;

use std::collections::{BTreeMap, BTreeSet};

use crate::advisory::Advisory;
use crate::advisory_id::AdvisoryId;

pub use merge::MergedAdvisory;

/// Groups the records of one package by vulnerability.
///
/// Returns positions in `advisories`: each group in the order of its ids, the groups in the order
/// of their least ids. The order of the records does not matter, except among equals.
pub fn groups(advisories: &[&Advisory]) -> Vec<Vec<usize>> {
    // Most packages have one record, which has nothing to join.
    if let [only] = advisories {
        return if only.withdrawn.is_some() {
            Vec::new()
        } else {
            vec![vec![0]]
        };
    }
    let mut records_by_id: BTreeMap<&AdvisoryId, Vec<usize>> = BTreeMap::new();
    for (position, advisory) in advisories.iter().enumerate() {
        if advisory.withdrawn.is_none() {
            let records = records_by_id.entry(&advisory.id).or_default();
            records.push(position);
        }
    }
    let aliases = aliases_by_id(advisories, &records_by_id);
    let mut joiner = Joiner::new(records_by_id.keys().copied());
    join_by_name(&mut joiner, &aliases);
    join_by_shared_alias(&mut joiner, &aliases);
    joiner
        .groups()
        .into_iter()
        .map(|ids| {
            let positions = ids.iter().filter_map(|id| records_by_id.get(id));
            positions.flatten().copied().collect()
        })
        .collect()
}

/// The aliases that any record of an id gives it. Joins are tried in the order of the names, so
/// that the order of the records does not decide which of two contradicting joins is made.
type AliasesById<'record> = BTreeMap<&'record AdvisoryId, BTreeSet<&'record AdvisoryId>>;

fn aliases_by_id<'record>(
    advisories: &[&'record Advisory],
    records_by_id: &BTreeMap<&'record AdvisoryId, Vec<usize>>,
) -> AliasesById<'record> {
    records_by_id
        .iter()
        .map(|(id, positions)| {
            let aliases = positions
                .iter()
                .flat_map(|position| &advisories[*position].aliases);
            (*id, aliases.collect())
        })
        .collect()
}

fn join_by_name(joiner: &mut Joiner<'_>, aliases_by_id: &AliasesById<'_>) {
    for (id, aliases) in aliases_by_id {
        for alias in aliases {
            joiner.join(id, alias);
        }
    }
}

fn join_by_shared_alias(joiner: &mut Joiner<'_>, aliases_by_id: &AliasesById<'_>) {
    let mut ids_by_alias: AliasesById<'_> = BTreeMap::new();
    for (id, aliases) in aliases_by_id {
        for alias in aliases {
            ids_by_alias.entry(alias).or_default().insert(id);
        }
    }
    for ids in ids_by_alias.values() {
        for (position, left) in ids.iter().enumerate() {
            for right in ids.iter().skip(position + 1) {
                joiner.join(left, right);
            }
        }
    }
}

/// Groups of ids, joined step by step.
struct Joiner<'record> {
    group_of: BTreeMap<&'record AdvisoryId, usize>,
    members: Vec<Vec<&'record AdvisoryId>>,
}

impl<'record> Joiner<'record> {
    fn new(ids: impl Iterator<Item = &'record AdvisoryId>) -> Self {
        let members: Vec<_> = ids.map(|id| vec![id]).collect();
        let group_of = members
            .iter()
            .enumerate()
            .flat_map(|(group, ids)| ids.iter().map(move |id| (*id, group)))
            .collect();
        Self { group_of, members }
    }

    /// Joins the groups of two ids, if both are known and no database would stand in it twice.
    fn join(&mut self, left: &AdvisoryId, right: &AdvisoryId) {
        let (Some(&left), Some(&right)) = (self.group_of.get(left), self.group_of.get(right))
        else {
            return;
        };
        if left == right || self.share_a_database(left, right) {
            return;
        }
        let moved = std::mem::take(&mut self.members[right]);
        for id in &moved {
            self.group_of.insert(id, left);
        }
        self.members[left].extend(moved);
    }

    fn share_a_database(&self, left: usize, right: usize) -> bool {
        // A group has hardly ever more than three members.
        self.members[right].iter().any(|right| {
            self.members[left]
                .iter()
                .any(|left| left.prefix() == right.prefix())
        })
    }

    fn groups(self) -> Vec<Vec<&'record AdvisoryId>> {
        let mut groups: Vec<_> = self
            .members
            .into_iter()
            .filter(|ids| !ids.is_empty())
            .collect();
        for ids in &mut groups {
            ids.sort();
        }
        groups.sort();
        groups
    }
}

#[cfg(test)]
mod tests;
