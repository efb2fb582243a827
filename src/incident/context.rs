//! What is known about one advisory in one project: current findings and history.

use std::collections::BTreeSet;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::IncidentKind;
use super::gravity::{is_rated_grave, why_grave_by};
use super::trigger::{IncidentTrigger, incident_triggers};
use crate::advisory::alias::MergedAdvisory;
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::facts::finding_set::FindingSet;
use crate::history::{Exposure, LockfileHistory, Release, Window};
use crate::outcome::Outcome;
use crate::policy::IncidentPolicy;
use crate::severity::Severity;
use crate::verdict::DecidedFinding;

/// What is known about one advisory.
#[derive(Debug)]
pub struct IncidentContext<'a> {
    /// The advisory, as it was asked about.
    pub advisory: &'a AdvisoryId,
    /// The result of a current check.
    pub outcome: &'a Outcome,
    /// Its findings about the advisory, each with its position in the verdict.
    pub findings: Vec<(usize, &'a DecidedFinding)>,
    /// The history of every lockfile.
    pub histories: &'a [LockfileHistory],
    /// The advisory's text, if it was found while reading the history.
    pub merged: Option<&'a MergedAdvisory>,
    /// Everything that is unknown.
    pub gaps: Vec<String>,
    /// When it was confirmed that data was accessed or altered, if it was.
    pub confirmed: Option<Timestamp>,
}

/// The time from the first exposure to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub since: Timestamp,
    /// The end; `None` if it is still exposed.
    pub until: Option<Timestamp>,
    /// Whether a state in it could not be read and is counted as exposed.
    pub is_uncertain: bool,
}

impl IncidentContext<'_> {
    /// Whether anything in this project was ever affected.
    pub fn is_known(&self) -> bool {
        !self.findings.is_empty() || self.merged.is_some()
    }

    /// The `[incident]` table.
    pub fn policy(&self) -> Option<&IncidentPolicy> {
        self.outcome.policy.incident.as_ref()
    }

    /// The findings in words.
    fn facts(&self) -> FindingSet<'_> {
        FindingSet::of(self.findings.iter().map(|(_, decided)| *decided))
    }

    /// Every name of the advisory.
    pub fn identifiers(&self) -> BTreeSet<AdvisoryId> {
        let merged = self
            .merged
            .iter()
            .flat_map(|merged| merged.aliases.iter().cloned().chain([merged.id.clone()]));
        self.facts()
            .identifiers()
            .into_iter()
            .chain(merged)
            .chain([self.advisory.clone()])
            .collect()
    }

    /// One line about it. May be empty.
    pub fn title(&self) -> &str {
        let merged = self.merged.map(|merged| merged.title.trim());
        self.facts().titles().next().or(merged).unwrap_or_default()
    }

    /// A page about it.
    pub fn url(&self) -> Option<&str> {
        let merged = self.merged.and_then(|merged| merged.url.as_deref());
        self.facts().pages().next().or(merged)
    }

    pub fn severity(&self) -> Severity {
        let merged = self.merged.map(|merged| merged.severity.clone());
        let severities = self.facts().gravest().into_iter().chain(merged);
        severities.reduce(Severity::graver).unwrap_or(Severity::UNKNOWN)
    }

    pub fn vectors(&self) -> BTreeSet<&str> {
        let merged = self.merged.iter().flat_map(|merged| &merged.vectors).map(String::as_str);
        self.facts().vectors().into_iter().chain(merged).collect()
    }

    /// Requirements that a patched version fulfils.
    pub fn fixed_in(&self) -> BTreeSet<&str> {
        let merged = self.merged.iter().flat_map(|merged| &merged.patched).map(SmolStr::as_str);
        self.facts().fixed_in().into_iter().chain(merged).collect()
    }

    /// Every affected package that was ever locked, with its version.
    pub fn packages(&self) -> BTreeSet<String> {
        let of_releases = self.releases().filter_map(|release| match &release.exposure {
            Exposure::Affected(packages) => Some(packages),
            Exposure::Clear | Exposure::Unknown(_) => None,
        });
        let of_windows = self.windows().map(|window| &window.packages);
        let locked = of_windows.chain(of_releases).flatten().cloned();
        locked.chain(self.facts().packages()).collect()
    }

    /// What could have happened.
    pub fn kind(&self) -> IncidentKind {
        let of_findings = self.findings.iter().map(|(_, decided)| decided.finding.kind);
        let mut kinds = of_findings.chain(self.merged.map(|merged| merged.kind));
        if kinds.any(|kind| kind == AdvisoryKind::Malicious) {
            IncidentKind::Credentials
        } else {
            IncidentKind::Data
        }
    }

    /// Why it could let somebody read or alter data over the network, in any component; `None` if the
    /// known facts say that it could not.
    pub fn why_grave(&self) -> Option<String> {
        why_grave_by(&self.severity(), self.vectors().into_iter())
    }

    /// Whether some advisory says, in a CVSS vector, that somebody could read or alter data.
    pub fn is_rated_grave(&self) -> bool {
        let severity = self.severity();
        let vectors = self.vectors();
        is_rated_grave(vectors.into_iter().chain(severity.vector.as_deref()))
    }

    /// Why findings about it start an incident now. Empty if none does.
    pub fn triggers(&self) -> Vec<IncidentTrigger> {
        let mut all = incident_triggers(self.outcome);
        all.retain(|trigger| {
            self.findings.iter().any(|(position, _)| *position == trigger.position)
        });
        all
    }

    /// All windows of exposure on the branch that is checked out.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.histories.iter().flat_map(|history| &history.windows)
    }

    /// Every release that shipped it.
    pub fn releases(&self) -> impl Iterator<Item = &Release> {
        self.histories.iter().flat_map(|history| &history.releases)
    }

    /// From the first moment of exposure to the last, on the branch and in every environment. Uncertain
    /// states count as exposed.
    pub fn span(&self) -> Option<Span> {
        let environments =
            self.histories.iter().flat_map(|history| history.environments.values().flatten());
        let windows: Vec<&Window> = self.windows().chain(environments).collect();
        let since = windows.iter().map(|window| window.since).min()?;
        let lasts = windows.iter().any(|window| window.until.is_none());
        let until = windows.iter().filter_map(|window| window.until).max();
        Some(Span {
            since,
            until: until.filter(|_| !lasts),
            is_uncertain: windows.iter().any(|window| window.is_uncertain),
        })
    }

    /// The deadline for notifying the authority; `None` while nothing is confirmed.
    pub fn deadline(&self) -> Option<Timestamp> {
        let allowed =
            self.policy().map_or(IncidentPolicy::default().deadline, |policy| policy.deadline);
        self.confirmed?.checked_add(allowed).ok()
    }
}
