//! What a change does to the policy, and what of that counts before it is merged. Pure.
//!
//! A change cannot approve itself: the policy at the base decides, made at most stricter by the
//! head. What is stricter counts at once; what is proved on every run counts at once, where it is
//! proved; everything else counts when it is merged, and until then is told to whoever reviews it.

mod gate;
mod log;
mod sources;
mod suppressions;
mod tables;

use std::collections::BTreeSet;

use self::log::Log;
use super::{Policy, Source};
use crate::problem::Location;

/// When a change of the policy counts. Ordered by how much it asks of a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyEffect {
    /// It makes the gate looser, or rests on somebody's word: it counts after it is merged.
    Loosened,
    /// It rests on claims that are checked: it counts at once, where they are upheld.
    Proved,
    /// It makes the gate stricter: it counts at once.
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

    /// What it means, in the words of reports for people.
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
    /// What it is, as a sentence without a full stop.
    pub text: String,
    /// The line that says so now, or said so before where none does now.
    pub location: Option<Location>,
}

/// What decides about a change, and what the change does to the policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyComparison {
    /// The policy that decides: never looser than that of the base.
    pub effective: Policy,
    /// Everything that the change does to the policy; what needs review comes first.
    pub changes: Vec<PolicyChange>,
    /// The sources that the change adds and that count at once, beside those of `effective`.
    pub added_sources: Vec<Source>,
    /// The sources that the change takes away and that count until it is merged, by name.
    pub removed_sources: BTreeSet<String>,
}

/// Compares the policy at the base with that at the head.
pub fn compare(base: &Policy, head: &Policy) -> PolicyComparison {
    let mut log = Log::default();
    let gate = gate::merge(&base.gate, &head.gate, &mut log);
    let sources = sources::merge(&base.database, &head.database, &mut log);
    // Only what both exclude is left out, and only the proofs count that both let count.
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
