//! What the policy claims about a finding, and what became of the claim.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Mark, Snippet};
use crate::evidence::{Evidence, EvidenceResult};
use crate::outcome::Outcome;
use crate::policy::Suppression;
use crate::problem::{Location, SourceText};
use crate::report::Style;
use crate::report::text::facts::Facts;
use crate::report::text::group::Group;
use crate::report::text::statements;
use crate::terminal::{Tone, one_line};
use crate::verdict::{DecidedFinding, Disposition, SuppressionState};

const TEXT_LIMIT: usize = 400;
/// So many places of one piece of evidence are named.
const PLACES: usize = 5;

/// The lines of the policy that hold a refuted claim, each suppression once.
pub(super) fn refuted_snippets(group: &Group<'_>, outcome: &Outcome, style: Style) -> Vec<Snippet> {
    let Some(source) = &outcome.policy.source else {
        return Vec::new();
    };
    let refuted: BTreeSet<usize> = group
        .refuted()
        .filter_map(|decided| Some(decided.suppression.as_ref()?.index))
        .collect();
    refuted
        .into_iter()
        .filter_map(|index| {
            let suppression = outcome.policy.suppressions.get(index)?;
            let marks = marks(source, index, suppression);
            Some(Snippet::new(source, marks, style))
        })
        .collect()
}

/// As much of the policy's syntax as it takes to find a claim again.
#[derive(Deserialize)]
struct PolicyText {
    suppress: Vec<SuppressionText>,
}

#[derive(Deserialize)]
struct SuppressionText {
    advisory: Spanned<String>,
    claim: Option<Spanned<toml::Value>>,
}

/// The claim, marked, below the advisory that it is about.
fn marks(source: &SourceText, index: usize, suppression: &Suppression) -> Vec<Mark> {
    let label = Some("this claim does not hold".to_owned());
    let parsed = toml::from_str::<PolicyText>(&source.text).ok();
    let found = parsed.and_then(|policy| policy.suppress.into_iter().nth(index));
    let Some(found) = found else {
        let span = line_span(&source.text, suppression.location.line);
        return vec![Mark { span, label }];
    };
    let advisory = found.advisory.span();
    let Some(claim) = found.claim else {
        return vec![Mark { span: advisory, label }];
    };
    vec![Mark { span: claim.span(), label }, Mark { span: advisory, label: None }]
}

/// The bytes of a line, without the blanks around it.
fn line_span(text: &str, line: u32) -> Range<usize> {
    let mut start = 0;
    for (number, content) in (1_u32..).zip(text.split_inclusive('\n')) {
        if number == line {
            let blanks = content.len() - content.trim_start().len();
            return start + blanks..start + blanks + content.trim().len();
        }
        start += content.len();
    }
    text.len()..text.len()
}

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
            let day = suppression
                .expires
                .map_or_else(String::new, |day| format!(" was {day}"));
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

/// What was seen for each claim.
pub(super) fn add_evidence<'seen>(
    facts: &mut Facts,
    seen: impl IntoIterator<Item = &'seen Evidence>,
    style: Style,
) {
    for evidence in seen {
        let tone = match evidence.result {
            EvidenceResult::Refuted => Tone::Error,
            EvidenceResult::Unknown => Tone::Warning,
            EvidenceResult::Upheld => Tone::Faint,
        };
        let detail = one_line(&evidence.detail, TEXT_LIMIT);
        let value = format!("`{}`: {detail}", evidence.claim.as_str());
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
    let statement = decided
        .cleared_by()
        .and_then(|position| outcome.statements.get(position));
    let place = match (suppression, statement) {
        (_, Some(statement)) => statements::origin(statement),
        (Some(suppression), None) => one_line(&suppression.location.to_string(), TEXT_LIMIT),
        (None, None) if decided.evidence.is_empty() => return seen.join("; "),
        (None, None) => "proved without a claim".to_owned(),
    };
    let place = style.paint(Tone::Faint, format!("· {place}"));
    format!("{} {place}", seen.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_number() {
        let text = "one\n  two \r\nthree";
        for (line, content) in [(1, "one"), (2, "two"), (3, "three"), (9, "")] {
            assert_eq!(&text[line_span(text, line)], content);
        }
    }
}
