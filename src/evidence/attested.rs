//! `attested = true`: a person's word, which no tool can check.
//!
//! That it has an owner, a reason and a near expiry is a rule of the policy itself: one that lacks
//! them does not read.

use super::{Collector, Evidence, EvidenceResult, Question};
use crate::policy::Claim;

/// Takes a person's word.
pub(super) struct Attested;

impl Collector for Attested {
    fn claim(&self) -> Claim {
        Claim::Attested
    }

    fn collect(&self, question: &Question<'_>) -> Evidence {
        let suppression = question.suppression;
        let (Some(owner), Some(expires)) = (&suppression.owner, suppression.expires) else {
            return Evidence {
                claim: Claim::Attested,
                result: EvidenceResult::Unknown,
                detail: "nobody answers for it".to_owned(),
                help: Some("an attestation needs `owner` and `expires`".to_owned()),
                locations: vec![suppression.location.clone()],
            };
        };
        Evidence {
            claim: Claim::Attested,
            result: EvidenceResult::Upheld,
            detail: format!("{owner} answers for it until {expires}; no tool has checked it"),
            help: None,
            locations: vec![suppression.location.clone()],
        }
    }
}
