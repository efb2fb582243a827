//! Everything known about one advisory in one project: its text, how the package gets in, the result of
//! every claim, and the possible fixes.

mod tree;
mod upgrade;

use super::block;
use super::claims::add_evidence;
use super::table::FactTable;
use crate::advisory_exports::{AdvisoryExports, names};
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::diagnostic::render_gap;
use crate::evidence::{Evidence, EvidenceResult};
use crate::facts::line;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::policy::{About, Claim, ClaimForm};
use crate::report::Style;
use crate::report::group::{Group, groups};
use crate::terminal::Tone;
use crate::verdict::{DecidedFinding, Trial};

/// Explains the findings of a check about an advisory, if claims were tried for them. `None` if there
/// are none.
pub fn explain(
    outcome: &Outcome,
    trials: &[Trial],
    advisory: &AdvisoryId,
    style: Style,
) -> Option<String> {
    let mut sections = Vec::new();
    for group in groups(outcome) {
        let asked: Vec<(&DecidedFinding, &Trial)> = group
            .findings()
            .filter(|decided| decided.finding.identifiers().contains(advisory))
            .filter_map(|decided| Some((decided, Trial::of(decided, trials)?)))
            .collect();
        if asked.is_empty() {
            continue;
        }
        sections.push(block::render(&group, outcome, style));
        for (decided, trial) in asked {
            sections.push(about(&group, decided, trial, style));
        }
    }
    if sections.is_empty() {
        return None;
    }
    let gaps = &outcome.verdict.gaps;
    sections.extend(gaps.iter().map(|gap| render_gap(gap, style)));
    Some(sections.join("\n"))
}

fn about(group: &Group<'_>, decided: &DecidedFinding, trial: &Trial, style: Style) -> String {
    let finding = &decided.finding;
    let place = finding.locations.first().map_or_else(String::new, |place| line(&place.file));
    let mut about = String::new();
    if group.len() > 1 {
        let package = line(&finding.package.to_string());
        about += &heading(&format!("{package} in {place}"), style);
    }
    about += &heading("how it gets in", style);
    about += &tree::render(finding, style);
    about.push('\n');
    about += &heading("what each claim would prove", style);
    let mut facts = FactTable::new(style);
    add_evidence(&mut facts, &trial.evidence, style);
    about += &facts.finish();
    about.push('\n');
    if let Some(way) = trial.evidence.iter().find_map(way_of_code) {
        about += &heading("how code leads to it", style);
        about += &way;
        about.push('\n');
    }
    about += &heading("ways out", style);
    about + &ways_out(finding, trial, style)
}

/// The lines of code that lead to the package one after the other, where a claim about imports does not hold.
fn way_of_code(evidence: &Evidence) -> Option<String> {
    let is_about_code = evidence.claim.row().form == ClaimForm::Imports;
    if !is_about_code || evidence.result == EvidenceResult::Upheld || evidence.locations.len() < 2 {
        return None;
    }
    let steps = evidence.locations.iter().enumerate().map(|(depth, place)| {
        let branch = if depth == 0 { "" } else { "└── " };
        let indent = depth.saturating_sub(1) * branch.chars().count();
        format!("  {:indent$}{branch}{}\n", "", line(&place.to_string()))
    });
    Some(steps.collect())
}

/// The upgrade, what the advisory is about, the claim, and what remains without any.
fn ways_out(finding: &Finding, trial: &Trial, style: Style) -> String {
    let mut facts = FactTable::new(style);
    facts.add_all("upgrade", &upgrade::lines(finding, &trial.upgrade, style));
    let known = AdvisoryExports::of(&finding.package.name, &finding.identifiers());
    if !known.is_empty() {
        let summaries = known.summaries().map(|(summary, source)| format!("{summary} ({source})"));
        let summaries: Vec<String> = summaries.collect();
        facts.add("about", &format!("{}: {}", names(&known.targets()), summaries.join("; ")));
    }
    let id = finding.id.as_str();
    let upheld = trial.evidence.iter().find(|evidence| evidence.result == EvidenceResult::Upheld);
    let narrower = trial.evidence.iter().find(|evidence| !evidence.narrower.is_empty());
    let holds = upheld.map(|evidence| evidence.claim.as_str().to_owned()).or_else(|| {
        let evidence = narrower?;
        let about = About::Imports(evidence.narrower.to_vec());
        Some(Claim { kind: evidence.claim, about }.to_string())
    });
    if let Some(claim) = &holds {
        let command = style.paint(Tone::Good, format!("lockgate suppress {id}"));
        facts.add("claim", &format!("`{claim}` holds now; {command} writes it down"));
    } else {
        facts.add("claim", "none of those that can be checked holds now");
    }
    if holds.is_none() && finding.kind != AdvisoryKind::Malicious {
        let command = format!("lockgate suppress {id} --attest");
        facts.add("attest", &format!("{command}, with an owner, a reason and a last day"));
    }
    facts.finish()
}

fn heading(text: &str, style: Style) -> String {
    format!("{}\n", style.paint(Tone::Strong, text))
}

#[cfg(test)]
mod tests;
