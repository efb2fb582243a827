//! Findings, outcomes and scans made by hand, for the tests of this module.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::plan::{IssuesAbout, PlanRules};
use super::scan::{Scan, ScannedRef};
use super::visibility::Visibility;
use crate::advisory_kind::AdvisoryKind;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::package::{Ecosystem, PackageId};
use crate::policy::Policy;
use crate::problem::Location;
use crate::scope::{FindingScope, Scope};
use crate::severity::{Severity, SeverityLevel};
use crate::verdict::{Answer, DecidedFinding, Disposition, SuppressionSummary, Verdict};
use crate::vex::Statements;

/// An npm package.
pub(crate) fn package(name: &str) -> PackageId {
    PackageId { ecosystem: Ecosystem::Npm, name: name.into(), version: "1.0.0".into() }
}

/// A finding that a ticket lets pass.
pub(crate) fn ticket(id: &str, name: &str, level: SeverityLevel) -> DecidedFinding {
    let package = package(name);
    let root = Arc::new(PackageId { version: "".into(), ..self::package("harbour") });
    let finding = Finding {
        id: id.parse().unwrap(),
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::from_level(level),
        vectors: BTreeSet::new(),
        title: "Something is wrong".to_owned(),
        url: None,
        sources: BTreeSet::new(),
        package: package.clone(),
        locations: vec![Location { file: "package-lock.json".to_owned(), line: 7 }],
        spans: Vec::new(),
        registries: BTreeSet::new(),
        lockfile: 0,
        scope: FindingScope::certain(Scope::Runtime),
        paths: vec![vec![root, Arc::new(package)]].into(),
        paths_cut: false,
        fixed_in: vec![">=1.0.1".into()],
        functions: BTreeMap::new(),
        os: BTreeSet::new(),
        arch: BTreeSet::new(),
        fingerprint: "0".repeat(32),
    };
    DecidedFinding {
        finding,
        disposition: Disposition::Ticket,
        reason: "`medium` is \"ticket\"".to_owned(),
        due: None,
        suppression: None,
        evidence: Vec::new(),
        statements: Vec::new(),
        change: None,
    }
}

/// What a run found.
pub(crate) fn outcome(findings: Vec<DecidedFinding>) -> Outcome {
    Outcome {
        verdict: Verdict {
            answer: Answer::Pass,
            findings,
            gaps: Vec::new(),
            suppressions: SuppressionSummary::default(),
        },
        lockfiles: Vec::new(),
        database: None,
        policy: Policy::strict_default(),
        unmatched: crate::matching::UnmatchedPackages::default(),
        remarks: Vec::new(),
        now: "2026-11-22T12:00:00Z".parse().unwrap(),
        product: None,
        release: None,
        comparison: None,
        statements: Statements::default(),
        customer_data: BTreeSet::new(),
        unreadable: Vec::new(),
        unsearched: crate::outcome::Unsearched::default(),
        root: None,
    }
}

/// Many findings, each with a ticket of its own.
pub(crate) fn many(count: usize) -> Outcome {
    let mut outcome = outcome(
        (0..count)
            .map(|number| {
                ticket(
                    &format!("GHSA-case-{number:04}-tarn"),
                    &format!("tarn-{number}"),
                    SeverityLevel::Medium,
                )
            })
            .collect(),
    );
    outcome.policy.ticket.issues.most_new = 500;
    outcome
}

/// Many findings, each grave and in a component that handles customer data.
pub(crate) fn incidents(count: usize) -> Outcome {
    let mut outcome = many(count);
    for decided in &mut outcome.verdict.findings {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        decided.finding.vectors = [vector.to_owned()].into();
    }
    outcome.customer_data.insert(0);
    outcome.policy.incident = Some(crate::policy::IncidentPolicy::default());
    outcome
}

/// A complete scan of the default branch.
pub(crate) fn scan(now: &str) -> Scan {
    Scan {
        checkout: ScannedRef::Branch("main".to_owned()),
        now: now.parse::<Timestamp>().unwrap(),
        keeps_open: None,
        evidence: "A complete scan.".to_owned(),
        left_out: Vec::new(),
    }
}

/// The rules for an outcome in a private repository.
pub(crate) fn rules<'run>(
    outcome: &'run Outcome,
    scan: &'run Scan,
    visibility: &'run Visibility,
) -> PlanRules<'run> {
    PlanRules {
        issues: &outcome.policy.ticket.issues,
        visibility,
        account: super::synchronise::fake::ACCOUNT,
        scan,
        about: IssuesAbout::Tickets { due: &outcome.policy.ticket.due },
    }
}
