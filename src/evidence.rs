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
mod facts;
mod feature_off;
mod files;
mod installed;
mod not_built;
mod not_imported;
mod open_places;
mod platform;
mod production_import;
mod reachability;
mod seen;
mod shipped_development;
mod statements;

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use self::covered_paths::CoveredPaths;
pub use self::doubts::{Doubt, Doubts, rests_on_lockfile};
pub use self::facts::{Facts, Unanswered};
pub use self::files::FilesOfClaims;
use self::open_places::OpenPlaces;
pub use self::reachability::Chains;
use self::seen::Seen;
pub use self::statements::{StatementCheck, check_statements};
use crate::advisory_id::AdvisoryId;
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::package::PackageId;
use crate::policy::{
    About, Claim, ClaimKind, Fact, ImportTarget, NpmPolicy, OpenPlace, Reviewed, Suppression,
};
use crate::problem::{Location, Passage};

/// What one collector saw for one claim about one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The claim that was checked.
    pub claim: ClaimKind,
    pub result: EvidenceResult,
    /// What was seen, in one sentence without a full stop; the chain follows it.
    pub detail: String,
    /// The way in that shows it, the project first. May be empty.
    pub chain: Vec<PackageId>,
    /// For `Unknown`: what would make it decidable. For `Refuted`: what would change it, if the policy can.
    pub help: Option<String>,
    /// Where it was seen. For `Refuted` never empty.
    pub locations: Vec<Location>,
    /// For `Refuted`: the text at the first of these places, if it is at hand and no lockfile's.
    pub passage: Option<Passage>,
    pub searched: Searched,
    /// For `Unknown`: the places that a person can review, so that the claim holds.
    pub open_places: Vec<OpenPlace>,
    /// For `Unknown`: the fact that is not known, if it would take one. Decides nothing but whether a word
    /// counts that nobody could contradict.
    pub lacks: Option<Fact>,
    /// For `Unknown`: whether the claim leaves out what the advisory is about. Then no word counts beside it.
    pub misses_advisory: bool,
    /// Of a claim about a whole package that is not upheld: the parts that the advisory is about, as far as is known,
    /// if the claim about those holds.
    pub narrower: Box<[ImportTarget]>,
}

/// How much was looked through. 0 where nothing of that kind was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Builds of the matrix.
    pub builds: usize,
    /// Files of the repository.
    pub files: usize,
    /// Modules that are loaded, in the repository and in packages.
    pub modules: usize,
    /// Packages that are loaded.
    pub packages: usize,
    /// Modules of the repository at which loading starts.
    pub entry_points: usize,
}

impl Evidence {
    pub fn new(claim: ClaimKind, result: EvidenceResult, detail: impl Into<String>) -> Self {
        Self {
            claim,
            result,
            detail: detail.into(),
            chain: Vec::new(),
            help: None,
            locations: Vec::new(),
            passage: None,
            searched: Searched::default(),
            open_places: Vec::new(),
            lacks: None,
            misses_advisory: false,
            narrower: Box::default(),
        }
    }

    /// What was seen: `it is needed at run time: app 0.1.0 › rsa 0.9.6`.
    pub fn sentence(&self) -> Cow<'_, str> {
        if self.chain.is_empty() {
            return Cow::Borrowed(&self.detail);
        }
        let steps: Vec<String> = self.chain.iter().map(ToString::to_string).collect();
        Cow::Owned(format!("{}: {}", self.detail, steps.join(" › ")))
    }
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

/// Looks for evidence of one kind. Pure: all that it may look at is in what it is given.
#[derive(Clone, Copy, Debug)]
enum Collector {
    /// It takes nothing but the package.
    Package(fn(&Subject<'_>) -> Seen),
    /// It takes what a person wrote.
    Suppression(fn(&Question<'_>) -> Seen),
    /// It takes what a person wrote, or else the whole package, and a person can review places that leave it open.
    Reviewable {
        look: fn(&Subject<'_>, &About, &[Reviewed]) -> Seen,
        open_places: fn(&Subject<'_>) -> OpenPlaces,
    },
}

/// Every kind of evidence that can be collected. The next one is one file and one row.
const COLLECTORS: &[(ClaimKind, Collector)] = &[
    (ClaimKind::DevelopmentOnly, Collector::Package(development_only::look)),
    (ClaimKind::BuildOnly, Collector::Package(build_only::look)),
    (ClaimKind::NotBuilt, Collector::Package(not_built::look)),
    (ClaimKind::Platform, Collector::Package(platform::look)),
    (ClaimKind::FeatureOff, Collector::Suppression(feature_off::look)),
    (ClaimKind::NotImported, NOT_IMPORTED),
    (ClaimKind::Attested, Collector::Suppression(attested::look)),
];

const NOT_IMPORTED: Collector =
    Collector::Reviewable { look: not_imported::look, open_places: not_imported::open_places };

/// The package that claims are about, and all that may be looked at to check them.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'run> {
    /// The name of the vulnerability.
    pub advisory: &'run AdvisoryId,
    /// The lockfile it is in.
    pub lockfile: &'run Lockfile,
    /// The graph of that lockfile.
    pub graph: &'run DependencyGraph<'run>,
    /// Finds paths in that graph.
    pub finder: &'run PathFinder<'run, 'run>,
    /// Dependency chains in that graph, shared by all questions about it.
    pub chains: &'run Chains,
    /// Every name of the vulnerability.
    pub identifiers: &'run BTreeSet<AdvisoryId>,
    /// Every installed copy of the package. Never empty.
    pub packages: &'run [PackageIndex],
    /// What is costly to know.
    pub facts: &'run dyn Facts,
    /// On which platforms npm installs what is shipped.
    pub npm: &'run NpmPolicy,
    /// Operating systems that the advisory affects. Empty means all.
    pub os: &'run BTreeSet<String>,
    /// Processor architectures that the advisory affects. Empty means all.
    pub arch: &'run BTreeSet<String>,
}

/// One claim about one package.
#[derive(Clone, Copy, Debug)]
struct Question<'run> {
    pub claim: &'run Claim,
    /// The suppression that makes it.
    pub suppression: &'run Suppression,
    /// What it is about.
    pub subject: &'run Subject<'run>,
}

/// What was seen for the claims of one suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimCheck {
    /// The suppression's position in the policy.
    pub suppression: usize,
    /// One piece of evidence for each claim, and one for the paths that it leaves open, if any. Empty if
    /// it has expired: then nobody looks.
    pub evidence: Vec<Evidence>,
}

/// Checks every suppression that names a vulnerability of a package.
///
/// A suppression that is limited to paths, none of which leads to the package, does not name it.
pub fn check_claims(
    subject: &Subject<'_>,
    package: &PackageId,
    suppressions: &[Suppression],
    today: Date,
) -> Vec<ClaimCheck> {
    suppressions
        .iter()
        .enumerate()
        .filter(|(_, suppression)| suppression.names(subject.identifiers, package))
        .filter_map(|(position, suppression)| {
            let uncovered = match covered_paths::look(suppression, subject) {
                CoveredPaths::None => return None,
                CoveredPaths::All => None,
                CoveredPaths::NotAll(evidence) => Some(*evidence),
            };
            let is_expired = suppression.is_expired(today);
            let claims = suppression.claims.iter().filter(|_| !is_expired);
            let evidence = claims.map(|claim| collect(&Question { claim, suppression, subject }));
            Some(ClaimCheck {
                suppression: position,
                evidence: evidence.chain(uncovered).collect(),
            })
        })
        .collect()
}

/// Takes what holds about a malicious package for undecided, but for a person's word: such a package
/// acts when it is installed or built, on the machines of developers and of the pipeline, and having
/// fetched one is reason enough to look.
pub fn doubt_about_malice(evidence: &mut [Evidence]) {
    let proofs = evidence
        .iter_mut()
        .filter(|evidence| !evidence.claim.row().is_word)
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
    for open in evidence.iter_mut().filter(|evidence| !evidence.open_places.is_empty()) {
        // No review of what loads it answers for what installing it has done.
        open.open_places = Vec::new();
        open.help = None;
    }
}

/// What is seen for the claims that may be proved without being written, up to the first that holds.
///
/// Whatever is not proved says nothing: the finding stays what it was.
pub fn prove(subject: &Subject<'_>, automatic: &BTreeSet<ClaimKind>) -> Vec<Evidence> {
    let mut all = Vec::new();
    for evidence in automatic.iter().filter_map(|claim| look(*claim, subject)) {
        let is_proof = evidence.result == EvidenceResult::Upheld;
        all.push(evidence);
        if is_proof {
            break;
        }
    }
    all
}

/// What each claim would prove, the strongest first, without what only a person can say, and without
/// those that take facts that are not at hand.
pub fn try_claims(subject: &Subject<'_>) -> Vec<Evidence> {
    let ecosystem = subject.lockfile.ecosystem;
    let is_at_hand =
        |claim: &ClaimKind| claim.facts_in(ecosystem).all(|fact| subject.facts.is_at_hand(fact));
    ClaimKind::strongest_first()
        .into_iter()
        .filter(|claim| claim.applies_to(ecosystem) && !claim.needs_a_person())
        .filter(is_at_hand)
        .filter_map(|claim| look(claim, subject))
        .map(|evidence| with_open_places(evidence, subject))
        .collect()
}

/// Looks at a claim that a suppression makes.
fn collect(question: &Question<'_>) -> Evidence {
    let kind = question.claim.kind;
    let seen = match collector(kind) {
        Some(Collector::Package(look)) => look(question.subject),
        Some(Collector::Suppression(look)) => look(question),
        Some(Collector::Reviewable { look, .. }) => {
            look(question.subject, &question.claim.about, &question.suppression.reviewed)
        }
        None => Seen::unknown("nothing in this version of lockgate checks it"),
    };
    let evidence = seen.about(kind);
    // Where a person answers for the whole claim nobody has to answer for its places.
    let is_answered_for = question.suppression.kinds().any(|kind| kind.row().is_word);
    if is_answered_for { evidence } else { with_open_places(evidence, question.subject) }
}

/// Looks where nobody has claimed anything. `None` for a claim that only a person can make.
fn look(claim: ClaimKind, subject: &Subject<'_>) -> Option<Evidence> {
    match collector(claim)? {
        Collector::Package(look) => Some(look(subject).about(claim)),
        Collector::Suppression(_) => None,
        Collector::Reviewable { look, .. } => {
            Some(look(subject, &About::Package, &[]).about(claim))
        }
    }
}

/// With what a person can review so that it holds, if that is enough.
fn with_open_places(evidence: Evidence, subject: &Subject<'_>) -> Evidence {
    let Some(Collector::Reviewable { open_places, .. }) = collector(evidence.claim) else {
        return evidence;
    };
    if evidence.result != EvidenceResult::Unknown {
        return evidence;
    }
    match open_places(subject) {
        OpenPlaces::NotEnough => evidence,
        OpenPlaces::TooMany(places) => {
            Evidence { help: Some(open_places::too_many(places)), ..evidence }
        }
        OpenPlaces::These(places) => {
            let help = Some(open_places::help(subject, places.len()));
            Evidence { help, open_places: places, ..evidence }
        }
    }
}

fn collector(claim: ClaimKind) -> Option<Collector> {
    let row = COLLECTORS.iter().find(|(kind, _)| *kind == claim);
    row.map(|(_, collector)| *collector)
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
