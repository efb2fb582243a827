//! From the matches of one lockfile to findings with evidence.

use std::collections::BTreeSet;

use super::facts::{Context, FindingFacts, LockfileFacts};
use super::inquiry::Trying;
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::evidence::{
    self, Chains, ClaimCheck, Doubt, Doubts, Evidence, EvidenceResult, StatementCheck, Subject,
};
use crate::finding::{Finding, WaysIn};
use crate::graph::DependencyGraph;
use crate::graph::paths::PathFinder;
use crate::graph::scope::Scopes;
use crate::lockfile::{Lockfile, PackageIndex};
use crate::matching::Match;
use crate::policy::{ClaimKind, Cost, GateAction, GateKey};
use crate::upgrade::{self, Upgrade};
use crate::verdict::Trial;
use crate::verdict::decide::{CheckedFinding, is_open};

/// What was found in a lockfile.
#[derive(Debug, Default)]
pub struct Checked {
    pub findings: Vec<CheckedFinding>,
    /// What claims that nobody makes would prove about them, as far as somebody wants to know.
    pub trials: Vec<Trial>,
}

/// From the matches of one lockfile to findings with evidence. `position` is that of the lockfile
/// among those checked.
pub fn check(
    context: &Context<'_>,
    position: usize,
    lockfile: &Lockfile,
    matches: Vec<Match>,
) -> Checked {
    if matches.is_empty() {
        return Checked::default();
    }
    let graph = DependencyGraph::new(lockfile);
    let scene = Scene {
        context,
        lockfile,
        graph: &graph,
        finder: &PathFinder::new(&graph),
        chains: &Chains::default(),
        facts: &LockfileFacts::new(context, lockfile),
    };
    let restored = context.doubts.map_or(&[][..], Doubts::restored);
    let scopes = if restored.is_empty() {
        Scopes::new(lockfile, &graph)
    } else {
        let mut fuller = lockfile.clone();
        fuller.edges.extend(restored);
        Scopes::new(&fuller, &DependencyGraph::new(&fuller))
    };
    let mut ways_in = WaysIn::new(&graph, scene.finder, &scopes);
    let (findings, copies): (Vec<CheckedFinding>, Vec<Vec<PackageIndex>>) = matches
        .into_iter()
        .map(|matched| {
            let copies = matched.copies.clone();
            let finding = Finding::new(matched, position, lockfile, &mut ways_in, &scopes)
                .with_unnamed_registries(lockfile, &copies, &context.policy.registries);
            (scene.check(finding, &copies), copies)
        })
        .unzip();
    // Only now it is certain whether what is built had to be resolved.
    let tried = findings.iter().zip(&copies);
    let trials = tried.filter_map(|(checked, copies)| scene.try_out(checked, copies)).collect();
    Checked { findings, trials }
}

/// What is the same for all findings of a lockfile.
#[derive(Clone, Copy)]
struct Scene<'run> {
    context: &'run Context<'run>,
    lockfile: &'run Lockfile,
    graph: &'run DependencyGraph<'run>,
    finder: &'run PathFinder<'run, 'run>,
    chains: &'run Chains,
    facts: &'run LockfileFacts<'run>,
}

impl Scene<'_> {
    fn subject<'a>(
        &'a self,
        finding: &'a Finding,
        identifiers: &'a BTreeSet<AdvisoryId>,
        copies: &'a [PackageIndex],
        facts: &'a FindingFacts<'a>,
    ) -> Subject<'a> {
        Subject {
            advisory: &finding.id,
            lockfile: self.lockfile,
            graph: self.graph,
            finder: self.finder,
            chains: self.chains,
            identifiers,
            packages: copies,
            facts,
            npm: &self.context.policy.npm,
            os: &finding.os,
            arch: &finding.arch,
        }
    }

    fn check(&self, finding: Finding, copies: &[PackageIndex]) -> CheckedFinding {
        let context = self.context;
        let facts = self.facts.about(&finding, Cost::Process);
        let identifiers = finding.identifiers();
        let subject = self.subject(&finding, &identifiers, copies, &facts);
        let doubt = context.doubts.and_then(|doubts| doubts.about(copies));
        let mut checks = check_claims(context, &finding, &subject);
        if let Some(doubt) = doubt {
            self.shake(doubt, &mut checks);
        }
        let mut statements = check_statements(context, &finding, &subject, &checks);
        if let Some(doubt) = doubt {
            for check in &mut statements {
                doubt.shake(&mut check.evidence, |claim| self.rests_on_lockfile(claim));
            }
        }
        let is_stated = statements.iter().any(|check| check.proof().is_some());
        let proofs =
            if is_stated { Vec::new() } else { prove(context, &finding, &subject, &checks) };
        let claimed = checks.iter().flat_map(|check| &check.evidence);
        let stated = statements.iter().flat_map(|check| &check.evidence);
        let mut seen = claimed.chain(stated).chain(&proofs);
        let is_certain = seen.all(|evidence| evidence.lacks.is_none());
        let proof = proofs
            .into_iter()
            .find(|evidence| evidence.result == EvidenceResult::Upheld)
            .filter(|proof| doubt.is_none_or(|_| !self.rests_on_lockfile(proof.claim)));
        CheckedFinding { finding, checks, statements, proof, is_certain }
    }

    /// What is in doubt proves nothing. A suppression that is limited to paths rests on the edges as a
    /// whole, whatever it claims.
    fn shake(&self, doubt: &Doubt, checks: &mut [ClaimCheck]) {
        for check in checks {
            let suppression = self.context.policy.suppressions.get(check.suppression);
            let is_limited = suppression.is_none_or(|suppression| !suppression.paths.is_empty());
            doubt.shake(&mut check.evidence, |claim| is_limited || self.rests_on_lockfile(claim));
        }
    }

    fn rests_on_lockfile(&self, claim: ClaimKind) -> bool {
        evidence::rests_on_lockfile(claim, self.lockfile.ecosystem)
    }

    /// What claims that nobody makes would prove about a finding, if somebody wants to know.
    fn try_out(&self, checked: &CheckedFinding, copies: &[PackageIndex]) -> Option<Trial> {
        let context = self.context;
        let finding = &checked.finding;
        let most = match context.trying {
            Trying::Everything(inquiry) if inquiry.is_about(finding) => Cost::Process,
            Trying::WhatIsAtHand if is_open(&checked.checks, context.policy, context.today) => {
                Cost::Search
            }
            Trying::Nothing | Trying::WhatIsAtHand | Trying::Everything(_) => return None,
        };
        let facts = self.facts.about(finding, most);
        let identifiers = finding.identifiers();
        let subject = self.subject(finding, &identifiers, copies, &facts);
        let mut evidence = evidence::try_claims(&subject);
        if finding.kind == AdvisoryKind::Malicious {
            evidence::doubt_about_malice(&mut evidence);
        }
        Some(Trial {
            package: finding.package.clone(),
            lockfile: finding.lockfile,
            fingerprint: finding.fingerprint.clone(),
            evidence,
            upgrade: way_up(context, finding, &subject),
        })
    }
}

fn check_claims(
    context: &Context<'_>,
    finding: &Finding,
    subject: &Subject<'_>,
) -> Vec<ClaimCheck> {
    let suppressions = &context.policy.suppressions;
    let mut checks = evidence::check_claims(subject, &finding.package, suppressions, context.today);
    if finding.kind == AdvisoryKind::Malicious {
        for check in &mut checks {
            evidence::doubt_about_malice(&mut check.evidence);
        }
    }
    checks
}

/// Where an upgrade leads.
fn way_up(context: &Context<'_>, finding: &Finding, subject: &Subject<'_>) -> Upgrade {
    let (lockfile, packages) = (subject.lockfile, subject.packages);
    let dependents = lockfile.format.dependents(lockfile, packages, context.manifests);
    let known = context.known.get(&finding.package.package_name());
    let search = upgrade::Search {
        lockfile,
        finder: subject.finder,
        packages,
        dependents: &dependents,
        known: known.map_or(&[], |known| &known.advisories),
        builds: subject.facts.builds().ok(),
    };
    upgrade::look(finding, &search)
}

/// What is seen for statements of other people, where the policy does not decide.
///
/// About malicious packages they are not checked, and so clear nothing: having fetched one is reason
/// enough to look.
fn check_statements(
    context: &Context<'_>,
    finding: &Finding,
    subject: &Subject<'_>,
    checks: &[ClaimCheck],
) -> Vec<StatementCheck> {
    let named = context.statements.about(subject.identifiers, &finding.package);
    if named.is_empty() || !is_open(checks, context.policy, context.today) {
        return Vec::new();
    }
    if finding.kind == AdvisoryKind::Malicious {
        let unchecked = |statement| StatementCheck { statement, evidence: Vec::new() };
        return named.into_iter().map(unchecked).collect();
    }
    evidence::check_statements(subject, context.statements, &named)
}

/// What is seen for proofs that nobody had to claim, for a finding that would not pass without one.
///
/// Malicious packages are never cleared by themselves: having fetched one is reason enough to look.
fn prove(
    context: &Context<'_>,
    finding: &Finding,
    subject: &Subject<'_>,
    checks: &[ClaimCheck],
) -> Vec<Evidence> {
    let policy = context.policy;
    let key = GateKey::of(finding.kind, finding.severity.level);
    let passes = policy.gate.decide_finding(key, finding.scope).action == GateAction::Note;
    let is_wanted = !passes
        && finding.kind != AdvisoryKind::Malicious
        && is_open(checks, policy, context.today);
    if is_wanted { evidence::prove(subject, &policy.automatic) } else { Vec::new() }
}
