//! Everything that is known about one advisory in one project, for those who have to tell others.

use super::history::{History, history};
use super::inquiry::Inquiry;
use super::refresh::Surroundings;
use crate::incident::context::IncidentContext;
use crate::outcome::Outcome;
use crate::problem::Problem;
use crate::settings::CheckSettings;

/// What a check says now, and what history tells.
#[derive(Debug)]
pub struct Investigation {
    inquiry: Inquiry,
    outcome: Outcome,
    history: History,
}

/// Checks what the settings name, and walks through the history of its lockfiles.
///
/// A history that cannot be told is a gap where something is found now; otherwise nothing could be
/// said at all, and it is an error.
pub fn investigate(
    settings: &CheckSettings,
    inquiry: Inquiry,
    surroundings: &Surroundings<'_>,
) -> Result<Investigation, Vec<Problem>> {
    let outcome = super::check(settings, surroundings)?;
    let mut findings = outcome.verdict.findings.iter();
    let is_found = findings.any(|decided| inquiry.is_about(&decided.finding));
    let history = match history(settings, &inquiry, surroundings) {
        Ok(history) => history,
        Err(problems) if is_found => History {
            lockfiles: Vec::new(),
            gaps: problems.iter().map(|problem| problem.message.clone()).collect(),
            told: None,
        },
        Err(problems) => return Err(problems),
    };
    Ok(Investigation { inquiry, outcome, history })
}

impl Investigation {
    /// What is known, in one place.
    pub fn context(&self) -> IncidentContext<'_> {
        let findings = self.outcome.verdict.findings.iter().enumerate();
        let gaps = self.outcome.verdict.gaps.iter().map(|gap| gap.message.clone());
        let mut gaps: Vec<String> = gaps.chain(self.history.gaps.iter().cloned()).collect();
        let histories = self.history.lockfiles.iter();
        gaps.extend(histories.filter(|history| history.is_uncertain()).map(|history| {
            format!("states of {} cannot be read, and count as exposed", history.lockfile)
        }));
        gaps.sort();
        gaps.dedup();
        IncidentContext {
            advisory: &self.inquiry.advisory,
            outcome: &self.outcome,
            findings: findings
                .filter(|(_, decided)| self.inquiry.is_about(&decided.finding))
                .collect(),
            histories: &self.history.lockfiles,
            merged: self.history.told.as_ref(),
            gaps,
            confirmed: None,
        }
    }
}
