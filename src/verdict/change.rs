//! What a change adds, what was there before, and what it fixes: the findings at the head against
//! those at the base.
//!
//! A finding was there before only if one at the base, of the same package in the same project, was
//! at least as bad; for one that blocks that must be certain. Each at the base answers for one at the
//! head.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::advisory_id::AdvisoryId;
use crate::finding::Finding;
use crate::matching::WhyUnmatched;
use crate::package::PackageId;
use crate::policy::{Policy, Suppression};
use crate::verdict::{DecidedFinding, Disposition};

/// What a finding has to do with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The change brings it, or makes it worse.
    Added,
    /// It was there before, but no longer passes: its ticket is overdue, was closed by a person,
    /// or cannot be opened.
    Overdue,
    /// It was there before, and is no worse now.
    Existing,
}

impl Change {
    /// The word in reports for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Overdue | Self::Existing => "existing",
        }
    }

    /// Whether a finding that blocks closes the gate for the change.
    pub fn closes(self) -> bool {
        match self {
            Self::Added | Self::Overdue => true,
            Self::Existing => false,
        }
    }
}

/// What has become of a lockfile of the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockfileNow {
    /// It is the checked lockfile at this position.
    Is(usize),
    /// It is gone, and the checked lockfile at this position is new in its folder and the only such one
    /// of its ecosystem: the package manager has changed.
    ReplacedBy(usize),
    Gone,
}

impl LockfileNow {
    /// The checked lockfile that it still is.
    pub fn same(self) -> Option<usize> {
        match self {
            Self::Is(position) => Some(position),
            Self::ReplacedBy(_) | Self::Gone => None,
        }
    }

    /// The checked lockfile whose findings may have been there in it.
    pub fn successor(self) -> Option<usize> {
        match self {
            Self::Is(position) | Self::ReplacedBy(position) => Some(position),
            Self::Gone => None,
        }
    }
}

/// A finding at the base.
#[derive(Clone, Debug)]
pub struct FindingBefore {
    /// The finding, as the policy at the base decides about it.
    pub decided: DecidedFinding,
    /// What its lockfile has become.
    pub lockfile: LockfileNow,
    /// Why a package of its name is not matched by name now, where it was at the base.
    pub unmatched: Option<WhyUnmatched>,
    /// Whether everything could be examined that claims about it depend on. Otherwise it may have been
    /// cleared.
    pub is_certain: bool,
    /// Whether its absence at the head means that it is fixed. Otherwise its package may still be there.
    pub may_be_fixed: bool,
}

/// A finding that is no longer reported: the package was removed, or its source is not matched by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFinding {
    /// The name of the vulnerability.
    pub id: AdvisoryId,
    pub package: PackageId,
    /// One line for people. May be empty.
    pub title: String,
    /// The lockfile it was in, at the base.
    pub lockfile: String,
    /// What became of it at the base.
    pub disposition: Disposition,
    /// Why the package is not matched by name any more, if one of its name is still locked. `None` if
    /// the finding is fixed.
    pub unmatched: Option<WhyUnmatched>,
}

/// What a change does to the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingChanges {
    /// For each finding at the head, in their order.
    pub changes: Vec<Change>,
    /// Findings that disappeared, in the order of the base.
    pub fixed: Vec<FixedFinding>,
    /// Findings that are no longer reported, although their packages may still be there.
    pub unproved: Vec<FixedFinding>,
}

/// Compares findings. `head_policy` and `base_policy` are those by which they were decided.
pub fn compare(
    head: &[DecidedFinding],
    base: &[FindingBefore],
    head_policy: &Policy,
    base_policy: &Policy,
) -> FindingChanges {
    let before = pair(head, base);
    let changes = head
        .iter()
        .zip(&before)
        .map(|(after, before)| {
            let was_there = before.is_some_and(|position| {
                let before = &base[position];
                let is_no_worse = gravity(after) <= gravity(&before.decided)
                    && claims_nothing_new(after, &before.decided, head_policy, base_policy);
                let is_certain = before.is_certain || after.disposition != Disposition::Block;
                is_certain && is_no_worse
            });
            if was_there { Change::Existing } else { Change::Added }
        })
        .collect();
    let still_there: BTreeSet<usize> = before.iter().copied().flatten().collect();
    // Where a lockfile is gone, another one beside it may lock the same: the package manager has changed.
    let now: HashSet<(&str, &AdvisoryId, &PackageId)> =
        head.iter().map(|after| placed(&after.finding)).collect();
    let is_beside = |before: &FindingBefore| {
        before.lockfile.same().is_none() && now.contains(&placed(&before.decided.finding))
    };
    let not_found = |may_be_fixed: bool| {
        let base = base.iter().enumerate();
        base.filter(|(position, _)| !still_there.contains(position))
            .filter(|(_, before)| before.may_be_fixed == may_be_fixed && !is_beside(before))
            .filter_map(|(_, before)| fixed(before))
            .collect()
    };
    FindingChanges { changes, fixed: not_found(true), unproved: not_found(false) }
}

/// For each finding at the head the position of the one at the base that answers for it.
///
/// The same version answers for itself. A removed version answers for an added one, the
/// gravest for the gravest: an update from one affected version to another adds nothing, a second
/// affected version does. Where the package manager has changed, only the same version answers: the new
/// lockfile was resolved anew.
fn pair(head: &[DecidedFinding], base: &[FindingBefore]) -> Vec<Option<usize>> {
    let mut found = vec![None; head.len()];
    let mut taken = vec![false; base.len()];
    let mut in_lockfile: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, before) in base.iter().enumerate() {
        if let Some(lockfile) = before.lockfile.successor() {
            in_lockfile.entry(lockfile).or_default().push(position);
        }
    }
    let mut take = |position: usize, fits: &dyn Fn(&FindingBefore) -> bool| {
        if found[position].is_some() {
            return;
        }
        let same_lockfile = in_lockfile.get(&head[position].finding.lockfile);
        let free = same_lockfile
            .into_iter()
            .flatten()
            .filter(|index| !taken[**index])
            .map(|index| (*index, &base[*index]));
        let best = free
            .filter(|(_, before)| fits(before))
            .max_by_key(|(_, before)| (before.is_certain, gravity(&before.decided)));
        if let Some((index, _)) = best {
            taken[index] = true;
            found[position] = Some(index);
        }
    };
    for (position, after) in head.iter().enumerate() {
        let after = &after.finding;
        let is_it = |before: &FindingBefore| {
            let version = &before.decided.finding.package.version;
            is_same_flaw(&before.decided.finding, after) && *version == after.package.version
        };
        take(position, &is_it);
    }
    let mut gravest_first: Vec<usize> = (0..head.len()).collect();
    gravest_first.sort_by_key(|position| std::cmp::Reverse(gravity(&head[*position])));
    for position in gravest_first {
        take(position, &|before| {
            before.lockfile.same().is_some()
                && is_same_flaw(&before.decided.finding, &head[position].finding)
        });
    }
    found
}

/// Whether both are about the same vulnerability, under any of its names, of the same package,
/// of any version.
pub fn is_same_flaw(left: &Finding, right: &Finding) -> bool {
    left.package.ecosystem == right.package.ecosystem
        && left.package.name == right.package.name
        && !left.identifiers().is_disjoint(&right.identifiers())
}

/// How bad the decision is: a claim that does not hold is worse than what the gate says.
fn gravity(decided: &DecidedFinding) -> u8 {
    match decided.disposition {
        Disposition::NotAffected | Disposition::Suppressed => 0,
        Disposition::Note => 1,
        Disposition::Ticket => 2,
        Disposition::Block if decided.refuted().is_none() => 3,
        Disposition::Block => 4,
    }
}

/// Whether every refuted claim was already made before, in the same words.
fn claims_nothing_new(
    after: &DecidedFinding,
    before: &DecidedFinding,
    head_policy: &Policy,
    base_policy: &Policy,
) -> bool {
    let Some(index) = after.refuted() else {
        return true;
    };
    let now: Option<&Suppression> = head_policy.suppressions.get(index);
    let then = before.refuted().and_then(|index| base_policy.suppressions.get(index));
    now.zip(then).is_some_and(|(now, then)| now.says_the_same(then))
}

/// A finding by the folder of its lockfile.
fn placed(finding: &Finding) -> (&str, &AdvisoryId, &PackageId) {
    let file = finding.locations.first().map_or("", |place| place.file.as_str());
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    (folder, &finding.id, &finding.package)
}

/// A finding that disappeared, unless it was cleared at the base.
fn fixed(before: &FindingBefore) -> Option<FixedFinding> {
    let decided = &before.decided;
    match decided.disposition {
        Disposition::Block | Disposition::Ticket | Disposition::Note => {}
        Disposition::Suppressed | Disposition::NotAffected => return None,
    }
    let finding = &decided.finding;
    let lockfile = finding.locations.first().map(|place| place.file.clone());
    Some(FixedFinding {
        id: finding.id.clone(),
        package: finding.package.clone(),
        title: finding.title.clone(),
        lockfile: lockfile.unwrap_or_default(),
        disposition: decided.disposition,
        unmatched: before.unmatched,
    })
}

#[cfg(test)]
mod tests;
