//! The parts of the samples: two lockfiles, a policy, and findings in them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::advisory_kind::AdvisoryKind;
use crate::evidence::{Evidence, EvidenceResult};
use crate::finding::Finding;
use crate::lockfile::{DependencyKind, Lockfile, sample};
use crate::package::{Ecosystem, PackageId};
use crate::policy::{
    CargoPolicy, Claim, ClaimKind, DatabasePolicy, Gate, Policy, Suppression, SuppressionSpans,
    TicketPolicy,
};
use crate::problem::{Location, SourceText};
use crate::scope::{FindingScope, Scope};
use crate::severity::{Severity, SeverityLevel};
use crate::verdict::{DecidedFinding, Disposition};

const POLICY: &str = r#"schema = 1

[gate]
medium = "ticket"

[[suppress]]
advisory = "RUSTSEC-2099-0002"
package = "keyring"
claim = { development-only = true }
reason = "only our benchmarks use it"
owner = "@acme/security"

[[suppress]]
advisory = "GHSA-aaaa-bbbb-cccc"
claim = { attested = true }
reason = "the template never comes from a user"
owner = "@acme/web"
expires = 2099-06-30
"#;

pub(super) const NPM_LOCK: &str = r#"{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "shop",
      "version": "2.0.0"
    },
    "node_modules/templater": {
      "version": "4.17.15",
      "license": "MIT"
    },
    "node_modules/old/node_modules/templater": {
      "version": "3.10.1"
    }
  }
}
"#;

pub(super) fn source(path: &str, text: &str) -> Arc<SourceText> {
    Arc::new(SourceText::new(path, text))
}

pub(super) fn cargo_lock() -> String {
    let filler = |number| {
        format!(
            "[[package]]\nname = \"filler-{number}\"\nversion = \"0.{number}.0\"\nchecksum = \"0\"\n\n"
        )
    };
    let mut text = "version = 4\n\n".to_owned();
    text.extend((0..160).map(filler));
    for (name, version) in [("ed-signer", "1.0.1"), ("keyring", "0.9.6"), ("term-colors", "0.12.1")]
    {
        text.extend([entry(name, version), "\n\n".to_owned()]);
    }
    text
}

/// One project that depends on `session`, which depends on every package with findings.
pub(super) fn lockfile(ecosystem: Ecosystem, source: Arc<SourceText>) -> Lockfile {
    let packages: &[&str] = match ecosystem {
        Ecosystem::Cargo => &[
            "app 0.1.0",
            "session 1.2.0",
            "ed-signer 1.0.1",
            "keyring 0.9.6",
            "term-colors 0.12.1",
        ],
        Ecosystem::Npm => &["app 0.1.0", "session 1.2.0", "templater 4.17.15", "templater 3.10.1"],
    };
    let kind = DependencyKind::Normal;
    let mut edges = vec![(0, 1, kind)];
    edges.extend((2..packages.len()).map(|package| (1, package, kind)));
    Lockfile { source, ..sample::lockfile(ecosystem, packages, 1, &edges) }
}

fn entry(name: &str, version: &str) -> String {
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"")
}

pub(super) fn package(ecosystem: Ecosystem, name: &str, version: &str) -> PackageId {
    PackageId { ecosystem, name: name.into(), version: version.into() }
}

/// The spans of the suppression of an advisory.
fn spans(advisory: &str) -> SuppressionSpans {
    let quoted = format!("\"{advisory}\"");
    let start = POLICY.find(&quoted).unwrap();
    let claim = start + POLICY[start..].find("{ ").unwrap();
    let end = claim + POLICY[claim..].find('\n').unwrap();
    SuppressionSpans { advisory: start..start + quoted.len(), claim: claim..end }
}

pub(super) fn policy() -> Policy {
    let suppression = |line, advisory: &str, claim| Suppression {
        location: Location { file: "lockgate.toml".into(), line },
        spans: spans(advisory),
        advisory: advisory.parse().unwrap(),
        package: None,
        paths: Vec::new(),
        justification: None,
        claims: vec![Claim::from(claim)],
        reviewed: Vec::new(),
        reason: "only our benchmarks use it".into(),
        owner: Some("@acme/security".into()),
        expires: None,
    };
    let attested = Suppression {
        reason: "the template never comes from a user".into(),
        owner: Some("@acme/web".into()),
        expires: Some("2099-06-30".parse().unwrap()),
        ..suppression(14, "GHSA-aaaa-bbbb-cccc", ClaimKind::Attested)
    };
    Policy {
        source: Some(source("lockgate.toml", POLICY)),
        gate: Gate::default(),
        ticket: TicketPolicy { due: BTreeMap::new(), ..TicketPolicy::default() },
        incident: None,
        history: crate::policy::HistoryPolicy::default(),
        database: DatabasePolicy {
            max_age: SignedDuration::from_hours(24),
            sources: Vec::new(),
            yanked: None,
        },
        registries: crate::policy::RegistryPolicy::default(),
        excluded_lockfiles: Vec::new(),
        unlocked_libraries_are_gaps: false,
        cargo: CargoPolicy::default(),
        npm: crate::policy::NpmPolicy::default(),
        automatic: BTreeSet::new(),
        suppressions: vec![
            suppression(7, "RUSTSEC-2099-0002", ClaimKind::DevelopmentOnly),
            attested,
        ],
    }
}

/// A finding in `Cargo.lock`; its entry is looked up in the sample.
pub(super) fn crate_finding(id: &str, name: &str, version: &str) -> Finding {
    let text = cargo_lock();
    let entry = entry(name, version);
    let start = text.find(&entry).unwrap_or(0);
    let span = start..start + entry.len();
    let locked = package(Ecosystem::Cargo, name, version);
    finding(id, locked, 0, "Cargo.lock", &text, std::slice::from_ref(&span))
}

pub(super) fn npm_finding(id: &str, name: &str, version: &str, keys: &[&str]) -> Finding {
    let spans: Vec<_> = keys
        .iter()
        .map(|key| {
            let start = NPM_LOCK.find(key).unwrap();
            let quoted = format!("\"{version}\"");
            start..start + NPM_LOCK[start..].find(&quoted).unwrap() + quoted.len()
        })
        .collect();
    let locked = package(Ecosystem::Npm, name, version);
    finding(id, locked, 1, "web/package-lock.json", NPM_LOCK, &spans)
}

fn finding(
    id: &str,
    locked: PackageId,
    lockfile: usize,
    file: &str,
    text: &str,
    spans: &[Range<usize>],
) -> Finding {
    let locations = spans.iter().map(|span| Location {
        file: file.into(),
        line: u32::try_from(1 + text[..span.start].matches('\n').count()).unwrap(),
    });
    let root = package(locked.ecosystem, "app", "0.1.0");
    let middle = package(locked.ecosystem, "session", "1.2.0");
    Finding {
        id: id.parse().unwrap(),
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Vulnerability,
        severity: Severity::from_level(SeverityLevel::High),
        vectors: BTreeSet::new(),
        title: format!("A flaw in `{}`", locked.name),
        url: None,
        sources: BTreeSet::from(["rustsec".into()]),
        locations: locations.collect(),
        spans: spans.to_vec(),
        registries: BTreeSet::new(),
        lockfile,
        scope: FindingScope::certain(Scope::Runtime),
        paths: vec![vec![root.into(), middle.into(), locked.clone().into()]].into(),
        paths_cut: false,
        fixed_in: Vec::new(),
        functions: BTreeMap::new(),
        os: BTreeSet::new(),
        arch: BTreeSet::new(),
        fingerprint: "00112233445566778899aabbccddeeff".into(),
        package: locked,
    }
}

pub(super) fn decided(finding: Finding, disposition: Disposition, reason: &str) -> DecidedFinding {
    DecidedFinding {
        finding,
        disposition,
        reason: reason.into(),
        due: None,
        suppression: None,
        evidence: Vec::new(),
        statements: Vec::new(),
        change: None,
    }
}

pub(super) fn seen(
    claim: ClaimKind,
    result: EvidenceResult,
    detail: &str,
    lines: &[u32],
) -> Evidence {
    Evidence {
        locations: lines
            .iter()
            .map(|line| Location { file: "Cargo.lock".into(), line: *line })
            .collect(),
        ..Evidence::new(claim, result, detail)
    }
}
