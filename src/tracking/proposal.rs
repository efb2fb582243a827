//! A suppression to propose for a ticket: its claim was checked just now and holds.

use std::collections::BTreeSet;

use crate::advisory_kind::AdvisoryKind;
use crate::evidence::{Evidence, EvidenceResult};
use crate::package::Ecosystem;
use crate::policy::{ClaimKind, Fact};
use crate::verdict::{DecidedFinding, Trial};

/// The result of looking for a suppression for a ticket's findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proposal {
    /// No claim holds for all of them, or none was tried.
    #[default]
    Nothing,
    /// This claim holds for every one of them.
    Holds {
        /// The strongest claim that holds.
        claim: ClaimKind,
        /// The evidence for it.
        details: BTreeSet<String>,
    },
    /// No tried claim holds; claims about builds were not tried, because that would require running
    /// Cargo.
    BuildsNotTried,
}

impl Proposal {
    /// The proposal that follows from trials. A malicious package never gets one.
    pub fn of(findings: &[&DecidedFinding], trials: &[Trial]) -> Self {
        let is_malicious =
            |decided: &&DecidedFinding| decided.finding.kind == AdvisoryKind::Malicious;
        let tried: Option<Vec<&Trial>> =
            findings.iter().map(|decided| Trial::of(decided, trials)).collect();
        let Some(tried) = tried.filter(|_| !findings.iter().any(is_malicious)) else {
            return Self::Nothing;
        };
        for claim in ClaimKind::strongest_first() {
            let upheld: Option<BTreeSet<String>> =
                tried.iter().map(|trial| upheld(claim, trial)).collect();
            if let Some(details) = upheld.filter(|details| !details.is_empty()) {
                return Self::Holds { claim, details };
            }
        }
        if tried.iter().any(|trial| lacks_builds(trial)) {
            Self::BuildsNotTried
        } else {
            Self::Nothing
        }
    }
}

fn upheld(claim: ClaimKind, trial: &Trial) -> Option<String> {
    let is_proof =
        |evidence: &&Evidence| evidence.claim == claim && evidence.result == EvidenceResult::Upheld;
    let proof = trial.evidence.iter().find(is_proof)?;
    Some(proof.sentence().into_owned())
}

fn lacks_builds(trial: &Trial) -> bool {
    trial.package.ecosystem == Ecosystem::Cargo
        && !trial.evidence.iter().any(|evidence| evidence.claim.takes(Fact::Builds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::severity::SeverityLevel;
    use crate::tracking::sample::ticket;

    fn trial(decided: &DecidedFinding, results: &[(ClaimKind, EvidenceResult)]) -> Trial {
        let evidence = results.iter().map(|(claim, result)| {
            Evidence::new(*claim, *result, format!("seen for {}", claim.as_str()))
        });
        Trial {
            package: decided.finding.package.clone(),
            lockfile: decided.finding.lockfile,
            fingerprint: decided.finding.fingerprint.clone(),
            evidence: evidence.collect(),
            upgrade: crate::upgrade::Upgrade::default(),
        }
    }

    fn holds(claim: ClaimKind) -> Proposal {
        let details = BTreeSet::from([format!("seen for {}", claim.as_str())]);
        Proposal::Holds { claim, details }
    }

    #[test]
    fn only_what_holds_for_every_finding_is_proposed() {
        use ClaimKind::{DevelopmentOnly, NotBuilt, Platform};
        use EvidenceResult::{Refuted, Unknown, Upheld};
        let first = ticket("GHSA-aaaa-bbbb-cccc", "tarn", SeverityLevel::High);
        let mut second = first.clone();
        second.finding.lockfile = 1;
        let both = [&first, &second];
        for (of_first, of_second, proposal) in [
            (
                vec![(DevelopmentOnly, Upheld)],
                vec![(DevelopmentOnly, Upheld)],
                holds(DevelopmentOnly),
            ),
            (vec![(DevelopmentOnly, Upheld)], vec![(DevelopmentOnly, Refuted)], Proposal::Nothing),
            (vec![(DevelopmentOnly, Upheld)], vec![(DevelopmentOnly, Unknown)], Proposal::Nothing),
            (
                vec![(NotBuilt, Upheld), (DevelopmentOnly, Upheld)],
                vec![(NotBuilt, Upheld), (DevelopmentOnly, Upheld)],
                holds(NotBuilt),
            ),
            (vec![(Platform, Upheld)], vec![(NotBuilt, Upheld)], Proposal::Nothing),
            (vec![], vec![], Proposal::Nothing),
        ] {
            let trials = [trial(&first, &of_first), trial(&second, &of_second)];
            assert_eq!(Proposal::of(&both, &trials), proposal, "{of_first:?} {of_second:?}");
        }
        let of_first = [trial(&first, &[(DevelopmentOnly, Upheld)])];
        assert_eq!(Proposal::of(&both, &of_first), Proposal::Nothing, "the second was not tried");
    }

    #[test]
    fn a_trial_for_another_advisory_proves_nothing() {
        let decided = ticket("GHSA-aaaa-bbbb-cccc", "tarn", SeverityLevel::High);
        let mut other = trial(&decided, &[(ClaimKind::DevelopmentOnly, EvidenceResult::Upheld)]);
        other.fingerprint = "1".repeat(32);
        assert_eq!(Proposal::of(&[&decided], &[other]), Proposal::Nothing);
    }

    #[test]
    fn a_malicious_package_is_never_explained_away() {
        let mut decided = ticket("MAL-2026-1", "tarn", SeverityLevel::High);
        decided.finding.kind = AdvisoryKind::Malicious;
        let trials = [trial(&decided, &[(ClaimKind::DevelopmentOnly, EvidenceResult::Upheld)])];
        assert_eq!(Proposal::of(&[&decided], &trials), Proposal::Nothing);
    }

    #[test]
    fn for_cargo_the_proposal_says_that_builds_were_not_tried() {
        let mut decided = ticket("GHSA-aaaa-bbbb-cccc", "tarn", SeverityLevel::High);
        decided.finding.package.ecosystem = Ecosystem::Cargo;
        let of_graph = (ClaimKind::DevelopmentOnly, EvidenceResult::Refuted);
        let trials = [trial(&decided, &[of_graph])];
        assert_eq!(Proposal::of(&[&decided], &trials), Proposal::BuildsNotTried);
        let of_builds = (ClaimKind::NotBuilt, EvidenceResult::Refuted);
        let trials = [trial(&decided, &[of_builds, of_graph])];
        assert_eq!(Proposal::of(&[&decided], &trials), Proposal::Nothing);
    }
}
