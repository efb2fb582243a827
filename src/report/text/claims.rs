//! What the policy claims about a finding, and what became of the claim.

use std::collections::BTreeSet;

use crate::evidence::{Evidence, EvidenceResult};
use crate::outcome::Outcome;
use crate::policy::Suppression;
use crate::problem::Location;
use crate::report::Style;
use crate::report::group::Group;
use crate::report::text::facts::Facts;
use crate::report::text::statements;
use crate::terminal::{Tone, one_line};
use crate::verdict::{DecidedFinding, Disposition, SuppressionState};

const TEXT_LIMIT: usize = 400;
/// So many places of one piece of evidence are named.
const PLACES: usize = 5;

/// What became of each claim about the findings of a block.
pub(super) fn add(facts: &mut Facts, group: &Group<'_>, outcome: &Outcome, style: Style) {
    let mut seen = BTreeSet::new();
    for decided in group.findings() {
        let Some(applied) = &decided.suppression else {
            continue;
        };
        let Some(suppression) = outcome.policy.suppressions.get(applied.index) else {
            continue;
        };
        if seen.insert(applied.index) {
            facts.add("claimed", &claimed(suppression, style));
        }
        if applied.state == SuppressionState::Expired {
            let day = suppression.expires.map_or_else(String::new, |day| format!(" was {day}"));
            facts.add_in(
                Tone::Warning,
                "expired",
                &format!("its last day{day}: the claim is void"),
            );
        }
        let mut evidence: Vec<&Evidence> = decided.evidence.iter().collect();
        evidence.sort_by_key(|evidence| std::cmp::Reverse(evidence.result));
        add_evidence(facts, evidence, style);
    }
}

/// The person's words, and where they stand.
fn claimed(suppression: &Suppression, style: Style) -> String {
    let place = one_line(&suppression.location.to_string(), TEXT_LIMIT);
    let reason = one_line(&suppression.reason, TEXT_LIMIT);
    let owner = suppression
        .owner
        .as_ref()
        .map_or_else(String::new, |owner| format!("{}, ", one_line(owner, TEXT_LIMIT)));
    let source = style.paint(Tone::Faint, format!("({owner}{place})"));
    format!("“{reason}” {source}")
}

/// What was seen for each claim. What is the same for several of them is said once.
pub(super) fn add_evidence<'seen>(
    facts: &mut Facts,
    seen: impl IntoIterator<Item = &'seen Evidence>,
    style: Style,
) {
    let seen: Vec<&Evidence> = seen.into_iter().collect();
    let says_the_same = |left: &&Evidence, right: &&Evidence| {
        let claim = left.claim;
        **left == Evidence { claim, ..(*right).clone() }
    };
    for alike in seen.chunk_by(says_the_same) {
        let Some(evidence) = alike.first() else {
            continue;
        };
        let tone = match evidence.result {
            EvidenceResult::Refuted => Tone::Error,
            EvidenceResult::Unknown => Tone::Warning,
            EvidenceResult::Upheld => Tone::Faint,
        };
        let detail = one_line(&evidence.detail, TEXT_LIMIT);
        let claims = alike.iter().map(|evidence| format!("`{}`", evidence.claim.as_str()));
        let claims = claims.collect::<Vec<_>>().join(", ");
        let value = format!("{claims}: {detail}");
        facts.add_in(tone, evidence.result.as_str(), &value);
        if !evidence.locations.is_empty() && evidence.result != EvidenceResult::Upheld {
            facts.more(&format!("seen at {}", places(&evidence.locations)));
        }
        if let Some(help) = &evidence.help {
            let help = one_line(help, TEXT_LIMIT);
            facts.more(&format!("{} {help}", style.paint(Tone::Strong, "help:")));
        }
    }
}

fn places(locations: &[Location]) -> String {
    let mut places: Vec<String> = locations
        .iter()
        .take(PLACES)
        .map(|location| one_line(&location.to_string(), TEXT_LIMIT))
        .collect();
    if locations.len() > PLACES {
        places.push(format!("and {} more", locations.len() - PLACES));
    }
    places.join(", ")
}

/// What cleared a finding, in one line, with the place in the policy if it was claimed there.
pub(super) fn cleared(decided: &DecidedFinding, outcome: &Outcome, style: Style) -> String {
    let mut seen: Vec<String> = decided
        .evidence
        .iter()
        .map(|evidence| {
            let detail = one_line(&evidence.detail, TEXT_LIMIT);
            format!("{}: {detail}", evidence.claim.as_str())
        })
        .collect();
    if seen.is_empty() {
        seen.push(one_line(&decided.reason, TEXT_LIMIT));
    }
    let is_claimed = decided.disposition == Disposition::Suppressed;
    let applied = decided.suppression.as_ref().filter(|_| is_claimed);
    let suppression = applied.and_then(|applied| outcome.policy.suppressions.get(applied.index));
    let statement = decided.cleared_by().and_then(|position| outcome.statements.get(position));
    let place = match (suppression, statement) {
        (_, Some(statement)) => statements::origin(statement),
        (Some(suppression), None) => one_line(&suppression.location.to_string(), TEXT_LIMIT),
        (None, None) if decided.evidence.is_empty() => return seen.join("; "),
        (None, None) => "proved without a claim".to_owned(),
    };
    let place = style.paint(Tone::Faint, format!("· {place}"));
    format!("{} {place}", seen.join("; "))
}
