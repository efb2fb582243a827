//! Doubts about a lockfile: entries that say something else than they said before, of the same package.
//!
//! Proofs follow the edges of a lockfile. Where a change edits what an entry says and keeps what it is,
//! the lockfile is no witness for what the change claims: whatever the entry led to before may still be
//! needed, and it may still be installed where it was.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, EvidenceResult};
use crate::graph::DependencyGraph;
use crate::lockfile::{DependencyEdge, PackageIndex};
use crate::package::Ecosystem;
use crate::policy::{ClaimKind, Fact};
use crate::problem::Location;

/// One thing that makes an entry doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What is doubtful, in one sentence that fits behind a semicolon.
    pub detail: String,
    /// The line of the entry.
    pub location: Location,
    /// The packages of the lockfile that it was about.
    pub about: BTreeSet<PackageIndex>,
    /// The edges that the entry had before.
    pub restored: Vec<DependencyEdge>,
}

/// The doubts about a lockfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    all: Vec<Doubt>,
    /// Which of them each package is reached by.
    of: BTreeMap<PackageIndex, usize>,
    /// The edges that were there before.
    restored: Vec<DependencyEdge>,
}

impl Doubts {
    /// Finds what the doubts reach: what a package needs is as doubtful as the package.
    pub fn new(doubts: Vec<Doubt>, graph: &DependencyGraph<'_>) -> Self {
        let mut of = BTreeMap::new();
        for (position, doubt) in doubts.iter().enumerate() {
            let mut pending: Vec<PackageIndex> = doubt.about.iter().copied().collect();
            while let Some(package) = pending.pop() {
                if of.contains_key(&package) {
                    continue;
                }
                of.insert(package, position);
                pending.extend(graph.successors(package).iter().map(|edge| edge.package));
            }
        }
        let restored = doubts.iter().flat_map(|doubt| doubt.restored.iter().copied());
        let restored = restored.collect();
        Self { all: doubts, of, restored }
    }

    /// The edges that were there before, and may still be: what a package is needed for is told with
    /// them.
    pub fn restored(&self) -> &[DependencyEdge] {
        &self.restored
    }

    /// The first doubt that reaches any of these packages.
    pub fn about(&self, packages: &[PackageIndex]) -> Option<&Doubt> {
        let reached = packages.iter().filter_map(|package| self.of.get(package)).min()?;
        self.all.get(*reached)
    }
}

/// Whether a claim rests on what the lockfile says. What Cargo builds Cargo is asked itself, and it
/// refuses a lockfile that does not fit.
pub fn rests_on_lockfile(claim: ClaimKind, ecosystem: Ecosystem) -> bool {
    let is_built = ecosystem == Ecosystem::Cargo && claim.takes(Fact::Builds);
    !claim.row().is_word && !is_built
}

impl Doubt {
    /// Takes what holds for undecided, where it rests on what is in doubt.
    pub fn shake(&self, evidence: &mut [Evidence], rests: impl Fn(ClaimKind) -> bool) {
        let proofs = evidence
            .iter_mut()
            .filter(|evidence| evidence.result == EvidenceResult::Upheld && rests(evidence.claim));
        for proof in proofs {
            proof.result = EvidenceResult::Unknown;
            proof.detail = format!("{}; {}", proof.detail, self.detail);
            proof.help = Some(
                "let the package manager write the lockfile, in a change of its own, before anything \
                 is claimed over it"
                    .to_owned(),
            );
            proof.locations.push(self.location.clone());
        }
    }
}
