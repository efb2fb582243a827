//! What cleared a finding, in the words of the standard.

use super::place::location;
use super::wire::Suppression;
use crate::evidence::EvidenceResult;
use crate::facts::{Facts, LINE};
use crate::outcome::Outcome;
use crate::terminal::one_line;

/// The suppression, if one holds. One that is refuted, expired or undecided suppresses nothing.
pub(super) fn of(facts: &Facts<'_>, outcome: &Outcome) -> Vec<Suppression> {
    let Facts { decided, suppression: written } = *facts;
    if !decided.disposition.is_cleared() {
        return Vec::new();
    }
    let mut parts = Vec::new();
    if let Some(written) = written {
        let owner = written.owner.as_deref();
        let owner = owner.map_or_else(String::new, |owner| format!(" ({owner})"));
        let expires = written.expires.map(|day| format!(", until {day}"));
        parts.push(format!("{}{owner}{}", written.reason, expires.unwrap_or_default()));
    } else {
        parts.push(decided.reason.clone());
    }
    let upheld =
        decided.evidence.iter().filter(|evidence| evidence.result == EvidenceResult::Upheld);
    parts.extend(upheld.map(|seen| format!("{} upheld: {}", seen.claim.as_str(), seen.detail)));
    vec![Suppression {
        kind: "external",
        status: "accepted",
        justification: one_line(&parts.join("; "), 4 * LINE),
        location: written.map(|written| {
            let place = &written.location;
            location(&outcome.place(&place.file), place.line, None, None)
        }),
    }]
}
