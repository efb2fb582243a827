//! The vulnerabilities, and whether they can be exploited.

use serde::Serialize;

use super::components::Parts;
use crate::advisory_id::{AdvisoryId, AdvisoryIdKind};
use crate::report::vex::{Statement, Status};
use crate::severity::{Severity, SeverityLevel};

/// One vulnerability of one package.
#[derive(Serialize)]
pub(super) struct Vulnerability<'o> {
    id: &'o str,
    source: VulnerabilitySource,
    references: Vec<Reference<'o>>,
    ratings: Vec<Rating<'o>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'o str,
    recommendation: &'o str,
    analysis: Analysis<'o>,
    affects: Vec<Affected<'o>>,
}

/// The database that assigned an identifier.
#[derive(Serialize)]
struct VulnerabilitySource {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Reference<'o> {
    id: &'o str,
    source: VulnerabilitySource,
}

#[derive(Serialize)]
struct Rating<'o> {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vector: Option<&'o str>,
}

#[derive(Serialize)]
struct Analysis<'o> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    response: &'static [&'static str],
    detail: &'o str,
}

#[derive(Serialize)]
struct Affected<'o> {
    #[serde(rename = "ref")]
    reference: &'o str,
}

impl<'o> Vulnerability<'o> {
    pub(super) fn of(statement: &'o Statement<'_>, parts: &'o Parts<'_>) -> Self {
        let finding = statement.finding;
        Self {
            id: finding.id.as_str(),
            source: source(&finding.id),
            references: finding.aliases.iter().filter_map(reference).collect(),
            ratings: vec![rating(&finding.severity)],
            description: &finding.title,
            recommendation: &statement.action,
            analysis: analysis(statement, !finding.fixed_in.is_empty()),
            affects: parts
                .references(&statement.package)
                .into_iter()
                .map(|reference| Affected { reference })
                .collect(),
        }
    }
}

/// Dependency-Track's name for the database; it ignores analyses with any other name
/// (Dependency-Track source, `Vulnerability.VulnerabilitySource`). It gets RustSec's records and those about malicious
/// packages from OSV.
fn source(id: &AdvisoryId) -> VulnerabilitySource {
    let name = match id.kind() {
        AdvisoryIdKind::RustSec | AdvisoryIdKind::Malicious => "OSV",
        AdvisoryIdKind::Ghsa => "GITHUB",
        AdvisoryIdKind::Cve => "NVD",
        AdvisoryIdKind::Other => "UNKNOWN",
    };
    VulnerabilitySource { name, url: id.url() }
}

/// An identifier of an unknown database has no page, and is left out.
fn reference(id: &AdvisoryId) -> Option<Reference<'_>> {
    let is_known = id.kind() != AdvisoryIdKind::Other;
    is_known.then(|| Reference { id: id.as_str(), source: source(id) })
}

fn rating(severity: &Severity) -> Rating<'_> {
    Rating {
        score: severity.score,
        severity: match severity.level {
            SeverityLevel::Critical => "critical",
            SeverityLevel::High => "high",
            SeverityLevel::Medium => "medium",
            SeverityLevel::Low => "low",
            SeverityLevel::Unknown => "unknown",
        },
        method: severity.vector.as_deref().map(method),
        vector: severity.vector.as_deref(),
    }
}

/// The schema's words for the versions of CVSS.
fn method(vector: &str) -> &'static str {
    match vector.split('/').next() {
        Some("CVSS:4.0") => "CVSSv4",
        Some("CVSS:3.1") => "CVSSv31",
        Some("CVSS:3.0") => "CVSSv3",
        _ => "CVSSv2",
    }
}

fn analysis<'o>(statement: &'o Statement<'_>, has_fix: bool) -> Analysis<'o> {
    let (state, justification) = match statement.status {
        Status::NotAffected(claim) => {
            ("not_affected", claim.row().vex.as_ref().map(|answer| answer.cyclonedx))
        }
        Status::UnderInvestigation => ("in_triage", None),
        Status::Affected => ("exploitable", None),
    };
    let is_open = statement.status == Status::Affected;
    Analysis {
        state,
        justification,
        response: if is_open && has_fix { &["update"] } else { &[] },
        detail: &statement.detail,
    }
}
