//! The policy's claims about a finding, and their results.

use std::collections::BTreeSet;

use crate::evidence::{Evidence, EvidenceResult};
use crate::facts::{Claimed, EvidenceText, Facts};
use crate::outcome::Outcome;
use crate::report::Style;
use crate::report::group::{Group, package};
use crate::report::text::statements;
use crate::report::text::table::{self, FactTable, Row};
use crate::terminal::Tone;
use crate::verdict::{DecidedFinding, Disposition, SuppressionState};

/// The most places of one piece of evidence that are named.
const PLACES: usize = 5;

/// The result of each claim about the findings of a block.
pub(super) fn add(table: &mut FactTable, group: &Group<'_>, outcome: &Outcome, style: Style) {
    let mut seen = BTreeSet::new();
    for decided in group.findings() {
        let written = Facts::of(decided, outcome);
        let (Some(applied), Some(claimed)) = (&decided.suppression, written.claimed()) else {
            continue;
        };
        if seen.insert(applied.index) {
            table.add("claimed", &in_words(&claimed, style));
        }
        if applied.state == SuppressionState::Expired {
            let day = written.suppression.and_then(|written| written.expires);
            let day = day.map_or_else(String::new, |day| format!(" was {day}"));
            table.add_in(
                Tone::Warning,
                "expired",
                &format!("its last day{day}: the claim is void"),
            );
        }
        let mut evidence: Vec<&Evidence> = decided.evidence.iter().collect();
        evidence.sort_by_key(|evidence| std::cmp::Reverse(evidence.result));
        add_evidence(table, evidence, style);
    }
}

/// The claim in the person's words, with its place.
fn in_words(claimed: &Claimed, style: Style) -> String {
    let Claimed { reason, owner, place } = claimed;
    let owner = owner.as_ref().map_or_else(String::new, |owner| format!("{owner}, "));
    let source = style.paint(Tone::Faint, format!("({owner}{place})"));
    format!("“{reason}” {source}")
}

/// The evidence for each claim. Evidence shared by several claims is listed once.
pub(super) fn add_evidence<'seen>(
    table: &mut FactTable,
    seen: impl IntoIterator<Item = &'seen Evidence>,
    style: Style,
) {
    let seen: Vec<&Evidence> = seen.into_iter().collect();
    let says_the_same = |left: &&Evidence, right: &&Evidence| {
        let claim = left.claim;
        **left == Evidence { claim, ..(*right).clone() }
    };
    for alike in seen.chunk_by(says_the_same) {
        let Some(evidence) = alike.first().map(|evidence| EvidenceText(evidence)) else {
            continue;
        };
        let result = evidence.result();
        let tone = match result {
            EvidenceResult::Refuted => Tone::Error,
            EvidenceResult::Unknown => Tone::Warning,
            EvidenceResult::Upheld => Tone::Faint,
        };
        let claims = alike.iter().map(|evidence| format!("`{}`", evidence.claim.as_str()));
        let claims = claims.collect::<Vec<_>>().join(", ");
        table.add_in(tone, result.as_str(), &format!("{claims}: {}", evidence.detail()));
        let places = evidence.places(PLACES).join(", ");
        if !places.is_empty() && result != EvidenceResult::Upheld {
            table.more(&format!("seen at {places}"));
        }
        if let Some(help) = evidence.help() {
            table.more(&format!("{} {help}", style.paint(Tone::Strong, "help:")));
        }
    }
}

/// Findings that do not count: one line each, so that nothing is hidden.
pub(super) fn cleared(groups: &[&Group<'_>], outcome: &Outcome, style: Style) -> Option<String> {
    let rows: Vec<Row<2>> = groups
        .iter()
        .flat_map(|group| group.findings())
        .map(|decided| Row {
            cells: [
                (decided.finding.id.to_string(), Some(Tone::Good)),
                (package(&decided.finding.package), None),
            ],
            rest: cleared_by(decided, outcome, style),
        })
        .collect();
    let heading = style.paint(Tone::Good, "not blocking: checked claims");
    (!rows.is_empty()).then(|| format!("{heading}\n{}", table::render(&rows, style)))
}

/// The reason why a finding was cleared, in one line, with the place of its claim in the policy.
fn cleared_by(decided: &DecidedFinding, outcome: &Outcome, style: Style) -> String {
    let facts = Facts::of(decided, outcome);
    let mut seen: Vec<String> =
        facts.evidence().map(|seen| format!("{}: {}", seen.claim(), seen.detail())).collect();
    if seen.is_empty() {
        seen.push(facts.reason());
    }
    let is_claimed = decided.disposition == Disposition::Suppressed;
    let claimed = facts.claimed().filter(|_| is_claimed);
    let statement = decided.cleared_by().and_then(|position| outcome.statements.get(position));
    let place = match (claimed, statement) {
        (_, Some(statement)) => statements::origin(statement),
        (Some(claimed), None) => claimed.place,
        (None, None) if decided.evidence.is_empty() => return seen.join("; "),
        (None, None) => "proved without a claim".to_owned(),
    };
    let place = style.paint(Tone::Faint, format!("· {place}"));
    format!("{} {place}", seen.join("; "))
}
