//! Which findings of an outcome start an incident.

use super::IncidentKind;
use super::component::Components;
use super::gravity::why_grave;
use crate::advisory_kind::AdvisoryKind;
use crate::outcome::Outcome;
use crate::policy::IncidentPolicy;
use crate::scope::Scope;
use crate::verdict::DecidedFinding;

/// A finding that starts an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentTrigger {
    /// Its position in the verdict.
    pub position: usize,
    /// What could have happened.
    pub kind: IncidentKind,
    /// Why, in one sentence without a full stop.
    pub why: String,
}

/// The findings that start an incident. Empty if the policy has no `[incident]`.
pub fn incident_triggers(outcome: &Outcome) -> Vec<IncidentTrigger> {
    let Some(policy) = &outcome.policy.incident else {
        return Vec::new();
    };
    let components = Components::of(outcome, policy);
    let findings = outcome.verdict.findings.iter().enumerate();
    findings
        .filter_map(|(position, decided)| {
            let (kind, why) = trigger(outcome, decided, &components)?;
            Some(IncidentTrigger { position, kind, why })
        })
        .collect()
}

/// Projects that the policy names but no lockfile has: probably misspelt.
pub fn unknown_projects<'p>(outcome: &'p Outcome, policy: &'p IncidentPolicy) -> Vec<String> {
    let roots = outcome.lockfiles.iter().flat_map(|lockfile| {
        let roots = lockfile.roots.iter();
        roots.map(|root| lockfile.packages[*root].id.name.as_str())
    });
    let names: Vec<&str> = roots.collect();
    let projects = policy.projects.iter();
    projects
        .filter(|project| !names.iter().any(|name| project.matches(name)))
        .map(ToString::to_string)
        .collect()
}

fn trigger(
    outcome: &Outcome,
    decided: &DecidedFinding,
    components: &Components<'_>,
) -> Option<(IncidentKind, String)> {
    let finding = &decided.finding;
    match finding.kind {
        AdvisoryKind::Malicious => (!never_ran(outcome, decided)).then(|| {
            let why = "the package was made to attack, and has run wherever it was installed";
            (IncidentKind::Credentials, why.to_owned())
        }),
        AdvisoryKind::Vulnerability
            if !decided.disposition.is_cleared() && finding.scope.proven() == Scope::Runtime =>
        {
            let grave = why_grave(finding)?;
            let component = components.why_in(finding)?;
            Some((IncidentKind::Data, format!("{grave}; {component}")))
        }
        _ => None,
    }
}

/// Whether a malicious package was cleared for a better reason than not being shipped: it also attacks
/// developers and build machines, so a claim about what is shipped is not enough.
fn never_ran(outcome: &Outcome, decided: &DecidedFinding) -> bool {
    if !decided.disposition.is_cleared() {
        return false;
    }
    outcome
        .suppression_of(decided)
        .is_some_and(|suppression| suppression.kinds().any(|kind| kind.row().covers_machines))
}

#[cfg(test)]
mod tests;
