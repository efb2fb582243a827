//! `attested = true`: a person's word, which no tool can check.
//!
//! That it has an owner, a reason and a near expiry is a rule of the policy itself: one that lacks
//! them does not read.

use super::Question;
use super::seen::Seen;

/// Takes a person's word.
pub(super) fn look(question: &Question<'_>) -> Seen {
    let suppression = question.suppression;
    let seen = match (&suppression.owner, suppression.expires) {
        (Some(owner), Some(expires)) => {
            Seen::upheld(format!("{owner} answers for it until {expires}; no tool has checked it"))
        }
        _ => Seen::unknown("nobody answers for it")
            .help("an attestation needs `owner` and `expires`"),
    };
    seen.at([suppression.location.clone()])
}
