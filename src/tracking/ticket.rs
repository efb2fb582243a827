//! Tickets: one for each advisory and package, regardless of the number of
//! lockfiles, versions and paths.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::proposal::Proposal;
use crate::advisory_id::AdvisoryId;
use crate::facts::finding_set::FindingSet;
use crate::incident::IncidentKind;
use crate::incident::trigger::{IncidentTrigger, incident_triggers};
use crate::matching::UnmatchedPackages;
use crate::outcome::Outcome;
use crate::package::Ecosystem;
use crate::severity::{Severity, SeverityLevel};
use crate::upgrade::Upgrade;
use crate::verdict::{DecidedFinding, Disposition, Trial};

/// The purpose of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueKind {
    /// Something to be fixed by a due date.
    Ticket,
    /// Something that may have happened already.
    Incident(IncidentKind),
}

impl IssueKind {
    pub const ALL: &'static [Self] = &[
        Self::Ticket,
        Self::Incident(IncidentKind::Data),
        Self::Incident(IncidentKind::Credentials),
    ];

    /// The word in markers and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Incident(kind) => kind.as_str(),
        }
    }

    /// Whether it is an incident of any kind.
    pub fn is_incident(self) -> bool {
        self != Self::Ticket
    }
}

/// The identity of a ticket.
///
/// All names of an advisory are kept: which of them comes first can change from one database to
/// the next, and the ticket must still be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketKey {
    /// The purpose of its issue: a ticket and an incident about the same finding have separate issues.
    pub kind: IssueKind,
    /// Every name of the advisory. Never empty.
    pub identifiers: BTreeSet<AdvisoryId>,
    /// The registry that makes the name unique.
    pub ecosystem: Ecosystem,
    pub package: SmolStr,
}

impl TicketKey {
    /// The key of a finding's ticket.
    pub fn of(kind: IssueKind, decided: &DecidedFinding) -> Self {
        Self {
            kind,
            identifiers: decided.finding.identifiers(),
            ecosystem: decided.finding.package.ecosystem,
            package: decided.finding.package.name.clone(),
        }
    }

    /// Whether both have the same purpose and package, and a common name of the advisory.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.ecosystem == other.ecosystem
            && self.package == other.package
            && !self.identifiers.is_disjoint(&other.identifiers)
    }

    /// Whether this is the title of its issue, under any of its names.
    pub fn is_title(&self, title: &str) -> bool {
        self.identifiers.iter().any(|id| {
            let named = self.shown_as(id.as_str());
            let rest = title.trim_start().strip_prefix(named.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ', '…']))
        })
    }

    /// The name in reports: `RUSTSEC-2026-0001 in rsa`, with `incident: ` in front of an incident.
    pub fn display_name(&self) -> String {
        self.shown_as(self.identifiers.first().map_or("", AdvisoryId::as_str))
    }

    fn shown_as(&self, id: &str) -> String {
        let kind = if self.kind.is_incident() { "incident: " } else { "" };
        format!("{kind}{id} in {}", self.package)
    }
}

/// Findings that are tracked together.
#[derive(Clone, Debug)]
pub struct Ticket<'outcome> {
    /// What it is about.
    pub key: TicketKey,
    /// The findings that are not cleared. Never empty.
    pub findings: Vec<&'outcome DecidedFinding>,
    /// Their positions in the verdict.
    pub positions: Vec<usize>,
    /// Whether an issue is opened for it; otherwise only an existing one is kept.
    pub opens: bool,
    /// Whether everything about it is public: none of its records is the team's own.
    pub is_public: bool,
    /// Why it is an incident. Empty for a ticket.
    pub why: BTreeSet<String>,
    /// A suppression that would hold.
    pub proposal: Proposal,
    /// The way to a patched version for each finding, if it was looked for.
    pub upgrades: Vec<Upgrade>,
}

impl Ticket<'_> {
    /// Its findings in words.
    pub fn facts(&self) -> FindingSet<'_> {
        FindingSet::of(self.findings.iter().copied())
    }

    /// The gravest severity of its findings.
    pub fn severity(&self) -> Severity {
        self.facts().gravest().unwrap_or(Severity::UNKNOWN)
    }

    pub fn level(&self) -> SeverityLevel {
        self.severity().level
    }
}

/// A finding that needs no ticket, with the reason: an open issue about it can be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// What it is about.
    pub key: TicketKey,
    /// Why, as a part of a sentence.
    pub reason: String,
}

/// The tickets that one run wants in the tracker.
#[derive(Clone, Debug, Default)]
pub struct Tickets<'outcome> {
    /// The tickets to track, gravest first.
    pub wanted: Vec<Ticket<'outcome>>,
    /// The findings that need no ticket.
    pub cleared: Vec<Cleared>,
    /// Packages that are not matched by name: it is unknown whether their findings are fixed.
    pub unmatched: UnmatchedPackages,
}

impl<'outcome> Tickets<'outcome> {
    fn nothing_of(outcome: &Outcome) -> Self {
        Self { unmatched: outcome.unmatched.clone(), ..Self::default() }
    }

    /// All tickets of an outcome, by its policy.
    pub fn of(outcome: &'outcome Outcome) -> Self {
        let mut tickets = Self::nothing_of(outcome);
        for (position, decided) in outcome.verdict.findings.iter().enumerate() {
            let opens = match decided.disposition {
                Disposition::Ticket => true,
                Disposition::Block => outcome.policy.ticket.block,
                Disposition::Note | Disposition::Suppressed | Disposition::NotAffected => continue,
            };
            tickets.add(outcome, IssueKind::Ticket, position, opens);
        }
        for decided in &outcome.verdict.findings {
            tickets.note_if_cleared(decided);
        }
        tickets
    }

    /// All incidents of an outcome, by its policy.
    pub fn incidents(outcome: &'outcome Outcome) -> Self {
        let mut incidents = Self::nothing_of(outcome);
        for IncidentTrigger { position, kind, why } in incident_triggers(outcome) {
            incidents.add(outcome, IssueKind::Incident(kind), position, true);
            let added =
                incidents.wanted.iter_mut().find(|ticket| ticket.positions.contains(&position));
            if let Some(ticket) = added {
                ticket.why.insert(why);
            }
        }
        for decided in &outcome.verdict.findings {
            for kind in IncidentKind::ALL {
                incidents.note_if_harmless(*kind, decided);
            }
        }
        incidents
    }

    /// Adds to each ticket the suppression that would hold and the upgrades that help, if they were
    /// tried.
    pub fn propose(&mut self, trials: &[Trial]) {
        for ticket in &mut self.wanted {
            ticket.proposal = Proposal::of(&ticket.findings, trials);
            let tried = ticket.findings.iter();
            let tried = tried.filter_map(|decided| Trial::of(decided, trials));
            ticket.upgrades = tried.map(|trial| trial.upgrade.clone()).collect();
        }
    }

    fn add(&mut self, outcome: &'outcome Outcome, kind: IssueKind, position: usize, opens: bool) {
        let Some(decided) = outcome.verdict.findings.get(position) else {
            return;
        };
        let key = TicketKey::of(kind, decided);
        let is_public = is_public(outcome, decided);
        if let Some(ticket) = self.wanted.iter_mut().find(|ticket| ticket.key.is_same(&key)) {
            ticket.key.identifiers.extend(key.identifiers);
            ticket.findings.push(decided);
            ticket.positions.push(position);
            ticket.opens |= opens;
            ticket.is_public &= is_public;
            return;
        }
        self.wanted.push(Ticket {
            key,
            findings: vec![decided],
            positions: vec![position],
            opens,
            is_public,
            why: BTreeSet::new(),
            proposal: Proposal::default(),
            upgrades: Vec::new(),
        });
    }

    fn note_if_cleared(&mut self, decided: &DecidedFinding) {
        let reason = match decided.disposition {
            Disposition::Note => "the policy only notes it",
            Disposition::Suppressed => "a suppression in the policy clears it, and its claim holds",
            Disposition::NotAffected => "it is proved harmless",
            Disposition::Block | Disposition::Ticket => return,
        };
        self.note_cleared(TicketKey::of(IssueKind::Ticket, decided), reason);
    }

    /// Records a finding that is not an incident of this kind.
    fn note_if_harmless(&mut self, kind: IncidentKind, decided: &DecidedFinding) {
        let reason = match decided.disposition {
            Disposition::Suppressed => "a suppression in the policy clears it, and its claim holds",
            Disposition::NotAffected => "it is proved harmless",
            Disposition::Note | Disposition::Block | Disposition::Ticket => {
                "by the policy and the advisories of now it is not an incident of this kind"
            }
        };
        self.note_cleared(TicketKey::of(IssueKind::Incident(kind), decided), reason);
    }

    fn note_cleared(&mut self, key: TicketKey, reason: &str) {
        if !self.wanted.iter().any(|ticket| ticket.key.is_same(&key)) {
            self.cleared.push(Cleared { key, reason: reason.to_owned() });
        }
    }
}

/// A record of the team's own may contain what nobody else may read.
fn is_public(outcome: &Outcome, decided: &DecidedFinding) -> bool {
    let sources = outcome.database.iter().flat_map(|database| &database.sources);
    !sources
        .filter(|source| decided.finding.sources.contains(source.name.as_str()))
        .any(|source| source.kind == crate::policy::SourceKind::Folder.as_str())
}

#[cfg(test)]
mod tests;
