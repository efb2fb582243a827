//! What a change does to the policy, and which parts apply before it is merged. Pure.
//!
//! A change cannot approve itself: the policy at the base decides, and the head can only make it
//! stricter. A stricter rule applies at once; a claim that every run checks applies at once, if it is
//! proved; everything else applies after the merge, and until then is shown to the reviewers.

mod bundled;
mod gate;
mod log;
mod sources;
mod suppressions;
mod tables;

use std::collections::BTreeSet;

use self::log::ChangeLog;
use super::{Policy, Source};
use crate::problem::Location;

/// When a change of the policy applies. Ordered by how much it asks of a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyEffect {
    /// It loosens the gate, or relies on somebody's word: it applies after the merge.
    Loosened,
    /// It relies on claims that are checked: it applies at once, where they are upheld.
    Proved,
    /// It tightens the gate: it applies at once.
    Tightened,
}

impl PolicyEffect {
    /// The word in reports for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loosened => "loosened",
            Self::Proved => "proved",
            Self::Tightened => "tightened",
        }
    }

    /// The meaning, for reports to people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Loosened => "needs review, counts after merging",
            Self::Proved => "counts at once where it is proved",
            Self::Tightened => "counts at once",
        }
    }
}

/// One thing that a change does to the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    pub effect: PolicyEffect,
    /// A sentence without a full stop.
    pub text: String,
    /// The line at the head, or, if it was removed, the line at the base.
    pub location: Option<Location>,
}

/// The policy that decides about a change, and how the change differs from the base.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyComparison {
    /// The policy that decides: never looser than the base.
    pub effective: Policy,
    /// Every change to the policy; those that need review come first.
    pub changes: Vec<PolicyChange>,
    /// The sources that the change adds and that apply at once, in addition to those of `effective`.
    pub added_sources: Vec<Source>,
    /// The names of the sources that the change removes, which apply until it is merged.
    pub removed_sources: BTreeSet<String>,
}

/// Compares the policy at the base with that at the head.
pub fn compare(base: &Policy, head: &Policy) -> PolicyComparison {
    let mut log = ChangeLog::default();
    let gate = gate::merge(&base.gate, &head.gate, &mut log);
    let sources = sources::merge(&base.database, &head.database, &mut log);
    // A lockfile is left out only if both sides exclude it, and a proof counts only if both allow it.
    let excluded = [&base.excluded_lockfiles, &head.excluded_lockfiles];
    let automatic = [&base.automatic, &head.automatic].map(|set| Vec::from_iter(set.clone()));
    let effective = Policy {
        source: head.source.clone().or_else(|| base.source.clone()),
        gate,
        ticket: tables::ticket(&base.ticket, &head.ticket, &mut log),
        database: tables::database(base, head, &mut log),
        registries: tables::registries(&base.registries, &head.registries, &mut log),
        excluded_lockfiles: log.both("`exclude` in [lockfiles]", excluded[0], excluded[1]),
        unlocked_libraries_are_gaps: tables::libraries(base, head, &mut log),
        cargo: tables::cargo(&base.cargo, &head.cargo, &mut log),
        npm: tables::npm(&base.npm, &head.npm, &mut log),
        incident: tables::incident(base.incident.as_ref(), head.incident.as_ref(), &mut log),
        history: tables::history(&base.history, &head.history, &mut log),
        automatic: BTreeSet::from_iter(log.both(
            "`auto` in [evidence]",
            &automatic[0],
            &automatic[1],
        )),
        suppressions: suppressions::merge(&base.suppressions, &head.suppressions, &mut log),
    };
    PolicyComparison {
        effective,
        changes: log.finish(),
        added_sources: sources.added,
        removed_sources: sources.removed,
    }
}

#[cfg(test)]
mod tests;
