//! Merges records of one vulnerability from several databases.
//!
//! The rule, in the order in which it is applied:
//!
//! 1. Records with the same id are one advisory, from any source: a folder of
//!    RustSec and its OSV export contain the same records.
//! 2. A record that names another's id as its alias joins it.
//! 3. Records that share an alias join.
//! 4. No join brings two different ids of one database into one group. A database that assigned
//!    two ids means two advisories, even if it gives both the same aliases: RustSec does
//!    so for a vulnerability it published twice (RUSTSEC-2024-0339 and -0340) and for one that has
//!    both an unsound and an unmaintained side (RUSTSEC-2019-0036 and 2020-0036).
//!
//! So every advisory is in exactly one group, and a group hides at most one id of each database.
//! Which database an id belongs to is read from its prefix, not from the source it came in: an OSV
//! archive of crates.io contains both RustSec's and GitHub's records.
//!
//! Withdrawn records belong to no group and join none.

mod merge;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::advisory::Advisory;
use crate::advisory_id::AdvisoryId;

pub use merge::MergedAdvisory;

/// Groups the records of one package by vulnerability.
///
/// Returns positions in `advisories`: each group in the order of its ids, the groups in the order
/// of their least ids. The order of the records does not matter, except among equals.
pub fn groups(advisories: &[&Advisory]) -> Vec<Vec<usize>> {
    // Most packages have one record, so there is nothing to join.
    if let [only] = advisories {
        return if only.withdrawn.is_some() { Vec::new() } else { vec![vec![0]] };
    }
    let records = Records::new(advisories);
    let aliases = records.aliases(advisories);
    let mut joiner = Joiner::new(&records.ids);
    join_by_name(&mut joiner, &aliases);
    join_by_shared_alias(&mut joiner, &aliases);
    joiner
        .groups()
        .into_iter()
        .map(|ids| ids.into_iter().flat_map(|id| records.of(id)).collect())
        .collect()
}

/// The most ids of one package that are joined because they share an alias. A name shared by more
/// identifies none of them; each stays an advisory of its own.
const MAX_SHARING: usize = 64;

/// An id, by its position in sorted order.
type Id = usize;

/// The records that are not withdrawn, in the order of their ids.
struct Records<'record> {
    /// Each id once.
    ids: Vec<&'record AdvisoryId>,
    /// The records of each id: a range of `positions`.
    ranges: Vec<Range<usize>>,
    positions: Vec<usize>,
}

impl<'record> Records<'record> {
    fn new(advisories: &[&'record Advisory]) -> Self {
        let counted = |position: &usize| advisories[*position].withdrawn.is_none();
        let mut positions: Vec<usize> = (0..advisories.len()).filter(counted).collect();
        positions.sort_by_key(|position| &advisories[*position].id);
        let mut records = Self { ids: Vec::new(), ranges: Vec::new(), positions };
        for (place, position) in records.positions.iter().enumerate() {
            let id = &advisories[*position].id;
            match records.ranges.last_mut() {
                Some(range) if records.ids.last() == Some(&id) => range.end = place + 1,
                _ => {
                    records.ids.push(id);
                    records.ranges.push(place..place + 1);
                }
            }
        }
        records
    }

    /// The aliases that any record of an id gives it. Joins are tried in the order of the names, so
    /// that the order of the records does not decide which of two contradicting joins is made.
    fn aliases(&self, advisories: &[&'record Advisory]) -> Vec<(Id, &'record AdvisoryId)> {
        let mut aliases: Vec<(Id, &AdvisoryId)> = (0..self.ids.len())
            .flat_map(|id| self.of(id).map(move |position| (id, position)))
            .flat_map(|(id, position)| {
                let aliases = advisories[position].aliases.iter();
                aliases.map(move |alias| (id, alias))
            })
            .collect();
        aliases.sort_unstable();
        aliases.dedup();
        aliases
    }

    /// The positions of the records of an id.
    fn of(&self, id: Id) -> impl Iterator<Item = usize> {
        self.positions[self.ranges[id].clone()].iter().copied()
    }
}

fn join_by_name(joiner: &mut Joiner<'_>, aliases: &[(Id, &AdvisoryId)]) {
    for (id, alias) in aliases {
        if let Ok(named) = joiner.ids.binary_search(alias) {
            joiner.join(*id, named);
        }
    }
}

fn join_by_shared_alias(joiner: &mut Joiner<'_>, aliases: &[(Id, &AdvisoryId)]) {
    let mut by_alias: Vec<(&AdvisoryId, Id)> =
        aliases.iter().map(|(id, alias)| (*alias, *id)).collect();
    by_alias.sort_unstable();
    let by_alias = by_alias.chunk_by(|left, right| left.0 == right.0);
    for sharing in by_alias.filter(|sharing| sharing.len() <= MAX_SHARING) {
        for (position, (_, left)) in sharing.iter().enumerate() {
            for (_, right) in &sharing[position + 1..] {
                joiner.join(*left, *right);
            }
        }
    }
}

/// Groups of ids, joined one by one.
struct Joiner<'record> {
    ids: &'record [&'record AdvisoryId],
    /// The group of each id.
    group_of: Vec<usize>,
    members: Vec<Vec<Id>>,
    /// The databases of each group.
    databases: Vec<BTreeSet<&'record str>>,
}

impl<'record> Joiner<'record> {
    fn new(ids: &'record [&'record AdvisoryId]) -> Self {
        Self {
            ids,
            group_of: (0..ids.len()).collect(),
            members: (0..ids.len()).map(|id| vec![id]).collect(),
            databases: ids.iter().map(|id| BTreeSet::from([id.prefix()])).collect(),
        }
    }

    /// Joins the groups of two ids, unless a database would occur twice. The smaller group moves,
    /// so that no id moves often.
    fn join(&mut self, left: Id, right: Id) {
        let (left, right) = (self.group_of[left], self.group_of[right]);
        let is_larger = self.members[left].len() >= self.members[right].len();
        let (large, small) = if is_larger { (left, right) } else { (right, left) };
        if large == small || self.share_a_database(large, small) {
            return;
        }
        let moved = std::mem::take(&mut self.members[small]);
        for id in &moved {
            self.group_of[*id] = large;
        }
        self.members[large].extend(moved);
        let databases = std::mem::take(&mut self.databases[small]);
        self.databases[large].extend(databases);
    }

    fn share_a_database(&self, large: usize, small: usize) -> bool {
        let mut databases = self.databases[small].iter();
        databases.any(|database| self.databases[large].contains(database))
    }

    fn groups(self) -> Vec<Vec<Id>> {
        let mut groups: Vec<_> = self.members.into_iter().filter(|ids| !ids.is_empty()).collect();
        for ids in &mut groups {
            ids.sort_unstable();
        }
        groups.sort_unstable();
        groups
    }
}

#[cfg(test)]
mod tests;
