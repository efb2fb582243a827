//! Everything known about one advisory in one project: what it says, how the package gets in, what
//! every claim would prove, and the ways out.

mod tree;
mod upgrade;
mod ways_out;

use super::block;
use super::claims::add_evidence;
use super::table::FactTable;
use crate::advisory_id::AdvisoryId;
use crate::diagnostic::render_gap;
use crate::outcome::Outcome;
use crate::report::Style;
use crate::report::group::{Group, groups};
use crate::terminal::{Tone, one_line};
use crate::verdict::{DecidedFinding, Trial};

const TEXT_LIMIT: usize = 400;

/// Explains what a check found about an advisory, so far as claims were tried for it. `None` if it
/// found nothing.
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
            .filter_map(|decided| Some((decided, trial_of(decided, trials)?)))
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

fn trial_of<'t>(decided: &DecidedFinding, trials: &'t [Trial]) -> Option<&'t Trial> {
    let finding = &decided.finding;
    trials
        .iter()
        .find(|trial| trial.package == finding.package && trial.lockfile == finding.lockfile)
}

fn about(group: &Group<'_>, decided: &DecidedFinding, trial: &Trial, style: Style) -> String {
    let finding = &decided.finding;
    let place = finding
        .locations
        .first()
        .map_or_else(String::new, |place| one_line(&place.file, TEXT_LIMIT));
    let mut about = String::new();
    if group.len() > 1 {
        let package = one_line(&finding.package.to_string(), TEXT_LIMIT);
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
    about += &heading("ways out", style);
    about + &ways_out::render(finding, trial, style)
}

fn heading(text: &str, style: Style) -> String {
    format!("{}\n", style.paint(Tone::Strong, text))
}

#[cfg(test)]
mod tests;
