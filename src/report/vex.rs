//! The statements of a run about exploitability, in terms common to all VEX formats: one for each
//! vulnerability of each package in each product.
//!
//! A statement is as bad as the worst finding behind it: if a vulnerability is disproved for one
//! lockfile and open in another, it is open. Only a check makes a package "not affected"; a
//! person's word alone leaves it under investigation, however well it is written.

use std::collections::{BTreeMap, BTreeSet};

use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::evidence::{Evidence, EvidenceResult};
use crate::facts;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::policy::ClaimKind;
use crate::verdict::{DecidedFinding, SuppressionState};

/// The facts about one vulnerability of one package in one product.
#[derive(Clone, Debug)]
pub(super) struct Statement<'o> {
    /// The worst finding of the vulnerability.
    pub(super) finding: &'o Finding,
    /// The package URL of the package.
    pub(super) package: String,
    /// The package URLs of the products that contain it.
    pub(super) products: BTreeSet<String>,
    /// Its status there.
    pub(super) status: Status,
    /// What was checked, for which builds, and the evidence.
    pub(super) detail: String,
    /// What a user of the product can do.
    pub(super) action: String,
}

/// The status of a statement, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// It was checked and cannot be exploited.
    NotAffected(ClaimKind),
    /// It was shown neither way.
    UnderInvestigation,
    /// It must be considered exploitable.
    Affected,
}

/// The statements of a run, in the order of vulnerability and package.
///
/// The worst finding decides for every product: the listed paths of a finding may be cut, so that there
/// may be more products than it names.
pub(super) fn statements(outcome: &Outcome) -> Vec<Statement<'_>> {
    let mut worst: BTreeMap<(&AdvisoryId, String), Statement<'_>> = BTreeMap::new();
    for decided in &outcome.verdict.findings {
        let finding = &decided.finding;
        if !is_about_exploitability(finding.kind) {
            continue;
        }
        let mut statement = Statement::of(decided, outcome);
        let key = (&finding.id, statement.package.clone());
        if let Some(mut known) = worst.remove(&key) {
            if known.status >= statement.status {
                std::mem::swap(&mut known, &mut statement);
            }
            statement.products.extend(known.products);
        }
        worst.insert(key, statement);
    }
    worst.into_values().collect()
}

/// Whether it can be exploited at all: a missing maintainer cannot.
fn is_about_exploitability(kind: AdvisoryKind) -> bool {
    match kind {
        AdvisoryKind::Vulnerability | AdvisoryKind::Malicious | AdvisoryKind::Unsound => true,
        AdvisoryKind::Unmaintained | AdvisoryKind::Notice | AdvisoryKind::Yanked => false,
    }
}

/// The shipped products: the repository at its commit if it is known, otherwise the projects of the
/// lockfile that depend on the package, which are not registry packages.
fn products(outcome: &Outcome, finding: &Finding) -> BTreeSet<String> {
    if let Some(product) = &outcome.product {
        return BTreeSet::from([product.clone()]);
    }
    finding
        .paths
        .iter()
        .filter_map(|path| path.first())
        .map(|project| project.generic_purl())
        .collect()
}

impl<'o> Statement<'o> {
    fn of(decided: &'o DecidedFinding, outcome: &'o Outcome) -> Self {
        let (status, seen) = assess(decided, outcome.product.is_some());
        let detail = format!(
            "{}lockgate {} checked {}, advisories {}",
            seen,
            env!("CARGO_PKG_VERSION"),
            decided.finding.locations.first().map_or("the lockfile", |location| &location.file),
            outcome.database.as_ref().map_or("unknown", |database| &database.digest),
        );
        let finding = &decided.finding;
        Self {
            finding,
            package: finding.package.purl(),
            products: products(outcome, finding),
            status,
            detail,
            action: facts::whole_fix(finding),
        }
    }
}

/// The status, and the evidence, as sentences that end in a space.
fn assess(decided: &DecidedFinding, is_repository: bool) -> (Status, String) {
    let is_cleared = decided.disposition.is_cleared();
    let proof = ClaimKind::strongest_first().into_iter().find(|claim| {
        let of_claim = |evidence: &&Evidence| evidence.claim == *claim;
        let mut evidence = decided.evidence.iter().filter(of_claim);
        evidence.any(|evidence| proves(evidence, is_repository))
    });
    let status = match proof {
        Some(claim) if is_cleared => Status::NotAffected(claim),
        _ if is_cleared || is_undecided(decided) => Status::UnderInvestigation,
        _ => Status::Affected,
    };
    (status, sentences(&decided.evidence))
}

/// Whether evidence shows, without a person's word, that the product is not affected.
fn proves(evidence: &Evidence, is_repository: bool) -> bool {
    let answer = evidence.claim.row().vex.as_ref();
    let shows = answer.is_some_and(|answer| answer.is_of_repository || !is_repository);
    shows && evidence.result == EvidenceResult::Upheld
}

fn is_undecided(decided: &DecidedFinding) -> bool {
    let state = decided.suppression.as_ref().map(|applied| applied.state);
    state == Some(SuppressionState::Unknown)
}

fn sentences(evidence: &[Evidence]) -> String {
    let sentences = evidence.iter().map(|evidence| {
        let (claim, result) = (evidence.claim.as_str(), evidence.result.as_str());
        format!("{claim} {result}: {}. ", evidence.sentence())
    });
    sentences.collect::<Vec<_>>().concat()
}

/// An identifier for a document that is the same for the same content: a UUID of version 8, whose bits a
/// program chooses (RFC 9562, section 5.8).
pub(super) fn document_uuid(content: &[u8]) -> String {
    let mut bits = [0; 16];
    bits.copy_from_slice(&blake3::hash(content).as_bytes()[..16]);
    bits[6] = (bits[6] & 0x0f) | 0x80;
    bits[8] = (bits[8] & 0x3f) | 0x80;
    let hex = u128::from_be_bytes(bits);
    let hex = format!("{hex:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod schemas;
#[cfg(test)]
mod tests;
