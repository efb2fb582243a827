//! Evidence: what was seen when a claim was checked.
//!
//! Whatever is doubtful is [`EvidenceResult::Unknown`], and unknown never clears a finding. One
//! file per kind of evidence, each a row in [`COLLECTORS`].

mod attested;
mod build_only;
mod builds;
mod covered_paths;
mod development_only;
mod doubts;
mod feature_off;
mod files;
mod installed;
mod not_built;
mod platform;
mod reachability;
mod shipped_development;
mod statements;

use std::collections::BTreeSet;

use self::covered_paths::CoveredPaths;
pub use self::doubts::{Doubt, Doubts, rests_on_lockfile};
pub use self::files::FilesOfClaims;
pub use self::reachability::Chains;
pub use self::statements::{StatementCheck, check_statements};
use crate::advisory_id::AdvisoryId;
use crate::cargo_build::{BuildProblem, ResolvedBuilds};
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::npm_use::FindsNpmUse;
use crate::package::{Ecosystem, PackageId};
use crate::policy::{Claim, NpmPolicy, Suppression};
use crate::problem::Location;

/// What one collector saw for one claim about one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The claim that was checked.
    pub claim: Claim,
    pub result: EvidenceResult,
    /// What was seen, in one sentence without a full stop.
    pub detail: String,
    /// For `Unknown`: what would make it decidable.
    pub help: Option<String>,
    /// Where it was seen. For `Refuted` never empty.
    pub locations: Vec<Location>,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceResult {
    /// It was checked and it holds.
    Upheld,
    /// It could not be decided. Does not clear.
    Unknown,
    /// It was checked and it does not hold. Blocks.
    Refuted,
}

impl EvidenceResult {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Unknown => "unknown",
            Self::Refuted => "refuted",
        }
    }
}

/// Every kind of evidence that can be collected. The next one is one file and one row.
pub const COLLECTORS: &[&dyn Collector] = &[
    &development_only::DevelopmentOnly,
    &build_only::BuildOnly,
    &not_built::NotBuilt,
    &platform::Platform,
    &feature_off::FeatureOff,
    &attested::Attested,
];

/// Checks one kind of claim.
pub trait Collector: Sync {
    /// The claim it checks.
    fn claim(&self) -> Claim;

    /// Looks. Pure: everything it may look at is in the question.
    fn collect(&self, question: &Question<'_>) -> Evidence;

    /// Looks where nobody has claimed anything. `None` for a claim that only a person can make.
    fn look(&self, _subject: &Subject<'_>) -> Option<Evidence> {
        None
    }
}

/// The package that claims are about, and all that may be looked at to check them.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'run> {
    /// The lockfile it is in.
    pub lockfile: &'run Lockfile,
    /// The graph of that lockfile.
    pub graph: &'run DependencyGraph<'run>,
    /// Finds paths in that graph.
    pub finder: &'run PathFinder<'run, 'run>,
    /// Dependency chains in that graph, shared by all questions about it.
    pub chains: &'run Chains,
    /// Every installed copy of the package. Never empty.
    pub packages: &'run [PackageIndex],
    /// What Cargo builds. `None` if no claim is about that.
    pub builds: Option<&'run Result<ResolvedBuilds, BuildProblem>>,
    /// Lines that ship what is meant for development alone.
    pub ships_development: &'run [Location],
    /// What the repository uses of the packages that npm installs.
    pub npm_use: &'run dyn FindsNpmUse,
    /// On which platforms npm installs what is shipped.
    pub npm: &'run NpmPolicy,
    /// Operating systems that the advisory affects. Empty means all.
    pub os: &'run BTreeSet<String>,
    /// Processor architectures that the advisory affects. Empty means all.
    pub arch: &'run BTreeSet<String>,
}

/// One claim about one package.
#[derive(Clone, Copy, Debug)]
pub struct Question<'run> {
    /// The suppression that makes the claim.
    pub suppression: &'run Suppression,
    /// What it is about.
    pub subject: &'run Subject<'run>,
}

/// What was seen for the claims of one suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimCheck {
    /// The suppression's position in the policy.
    pub suppression: usize,
    /// One piece of evidence for each claim, and one for the paths that it leaves open, if any.
    pub evidence: Vec<Evidence>,
}

/// Checks every suppression that names a vulnerability of a package.
///
/// A suppression that is limited to paths, none of which leads to the package, does not name it.
pub fn check_claims(
    subject: &Subject<'_>,
    identifiers: &BTreeSet<AdvisoryId>,
    package: &PackageId,
    suppressions: &[Suppression],
) -> Vec<ClaimCheck> {
    suppressions
        .iter()
        .enumerate()
        .filter(|(_, suppression)| suppression.names(identifiers, package))
        .filter_map(|(position, suppression)| {
            let question = Question { suppression, subject };
            let uncovered = match covered_paths::look(&question) {
                CoveredPaths::None => return None,
                CoveredPaths::All => None,
                CoveredPaths::NotAll(evidence) => Some(evidence),
            };
            let evidence =
                suppression.claims.iter().map(|claim| collect(*claim, &question)).chain(uncovered);
            Some(ClaimCheck { suppression: position, evidence: evidence.collect() })
        })
        .collect()
}

/// Takes what holds about a malicious package for undecided, but for a person's word: such a package
/// acts when it is installed or built, on the machines of developers and of the pipeline, and having
/// fetched one is reason enough to look.
pub fn doubt_about_malice(evidence: &mut [Evidence]) {
    let proofs = evidence
        .iter_mut()
        .filter(|evidence| evidence.claim != Claim::Attested)
        .filter(|evidence| evidence.result == EvidenceResult::Upheld);
    for proof in proofs {
        proof.result = EvidenceResult::Unknown;
        proof.detail =
            format!("{}; a malicious package may have done its work all the same", proof.detail);
        proof.help = Some(
            "remove the package, and look at what it was installed on; only a person can answer for \
             more: `attested = true`"
                .to_owned(),
        );
    }
}

/// The first proof among the claims that may be proved without being written.
///
/// Whatever is not proved says nothing: the finding stays what it was.
pub fn prove(subject: &Subject<'_>, automatic: &BTreeSet<Claim>) -> Option<Evidence> {
    COLLECTORS
        .iter()
        .filter(|collector| automatic.contains(&collector.claim()))
        .filter_map(|collector| collector.look(subject))
        .find(|evidence| evidence.result == EvidenceResult::Upheld)
}

/// What each claim would prove that can be tried with what is at hand: those about what Cargo builds
/// only where that was resolved already.
pub fn try_claims_at_hand(subject: &Subject<'_>, advisory: &AdvisoryId) -> Vec<Evidence> {
    let is_cargo = subject.lockfile.ecosystem == Ecosystem::Cargo;
    let is_at_hand = |claim: &Claim| !is_cargo || !claim.needs_builds() || subject.builds.is_some();
    try_those(subject, advisory, is_at_hand)
}

/// What each claim would prove, the strongest first, without what only a person can say: a person's
/// word, and which feature it is about.
pub fn try_claims(subject: &Subject<'_>, advisory: &AdvisoryId) -> Vec<Evidence> {
    try_those(subject, advisory, |_| true)
}

fn try_those(
    subject: &Subject<'_>,
    advisory: &AdvisoryId,
    is_tried: impl Fn(&Claim) -> bool,
) -> Vec<Evidence> {
    let ecosystem = subject.lockfile.ecosystem;
    Claim::STRONGEST_FIRST
        .iter()
        .filter(|claim| claim.applies_to(ecosystem) && !claim.needs_a_person())
        .filter(|claim| is_tried(claim))
        .map(|claim| {
            let suppression = Suppression::unwritten(advisory.clone(), *claim);
            collect(*claim, &Question { suppression: &suppression, subject })
        })
        .collect()
}

fn collect(claim: Claim, question: &Question<'_>) -> Evidence {
    let collector = COLLECTORS.iter().find(|collector| collector.claim() == claim);
    collector.map_or_else(
        || Evidence {
            claim,
            result: EvidenceResult::Unknown,
            detail: "nothing in this version of lockgate checks it".to_owned(),
            help: None,
            locations: Vec::new(),
        },
        |collector| collector.collect(question),
    )
}

#[cfg(test)]
mod tests;
