//! The answer of npm's bulk advisory endpoint.
//!
//! ```text
//! { "lodash": [ { "id": 1106913, "url": "https://…/GHSA-35jh-r3h4-6jhm", "title": "…",
//!                 "severity": "high", "vulnerable_versions": "<4.17.21",
//!                 "cwe": ["CWE-77"], "cvss": { "score": 7.2, "vectorString": "CVSS:3.1/…" } } ] }
//! ```
//!
//! npm describes the endpoint only in its own client (`@npmcli/arborist`, `lib/audit-report.js`;
//! `@npmcli/metavuln-calculator`, `lib/advisory.js`): an advisory without `severity` is high, one
//! without `vulnerable_versions` affects every version. The numeric ids change from day to day, so
//! the GitHub identifier at the end of `url` names the advisory.

mod range;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::advisory::affected::patched_requirements;
use crate::advisory::{Advisory, Affected, UnreadableRecord};
use crate::advisory_id::{AdvisoryId, AdvisoryIdKind};
use crate::advisory_kind::AdvisoryKind;
use crate::package::{Ecosystem, PackageName};
use crate::severity::{Severity, SeverityLevel};

/// "Embedded Malicious Code" (Common Weakness Enumeration).
const MALICIOUS_CODE: &str = "CWE-506";

/// The content of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BulkAnswer {
    /// The readable records, each about one package.
    pub advisories: Vec<Advisory>,
    /// The unreadable ones.
    pub unreadable: Vec<UnreadableRecord>,
}

/// Why an answer cannot be trusted at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BulkAnswerError {
    /// Not JSON, or JSON of another shape: a login page, an error message.
    #[error("the answer is not a list of advisories: {0}")]
    Shape(String),
    /// It is about something that was not asked.
    #[error("the answer is about `{}`, which was not asked", .0.escape_debug())]
    NotAsked(String),
}

/// Reads the answer to a query about `asked` packages.
pub fn read(
    source: &str,
    content: &[u8],
    asked: &BTreeSet<&str>,
) -> Result<BulkAnswer, BulkAnswerError> {
    let shape = |error: serde_json::Error| BulkAnswerError::Shape(error.to_string());
    let Packages(packages) = serde_json::from_slice(content).map_err(shape)?;
    let mut answer = BulkAnswer::default();
    for (package, records) in packages {
        if !asked.contains(package.as_str()) {
            return Err(BulkAnswerError::NotAsked(package));
        }
        let records: Vec<&RawValue> = serde_json::from_str(records.get()).map_err(shape)?;
        for (position, record) in records.into_iter().enumerate() {
            match advisory(source, &package, record) {
                Ok(advisory) => answer.advisories.push(advisory),
                Err(reason) => answer.unreadable.push(UnreadableRecord {
                    file: format!("entry {} about {package}", position + 1),
                    source: source.into(),
                    reason,
                    packages: [PackageName::new(Ecosystem::Npm, &package)].into(),
                    ecosystem: Some(Ecosystem::Npm),
                }),
            }
        }
    }
    Ok(answer)
}

/// Every package of an answer; one that occurs twice counts twice.
struct Packages<'text>(Vec<(String, &'text RawValue)>);

impl<'de> Deserialize<'de> for Packages<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Packages<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object with a list for each package")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut packages = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    packages.push(entry);
                }
                Ok(Packages(packages))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[derive(Deserialize)]
struct NpmAdvisory {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    severity: Option<String>,
    #[serde(default)]
    vulnerable_versions: Option<String>,
    #[serde(default)]
    cwe: Option<Vec<String>>,
    #[serde(default)]
    cvss: Option<Cvss>,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(default, rename = "vectorString")]
    vector: Option<String>,
}

fn advisory(source: &str, package: &str, text: &RawValue) -> Result<Advisory, String> {
    let record: NpmAdvisory =
        serde_json::from_str(text.get()).map_err(|error| error.to_string())?;
    let ranges = range::events(record.vulnerable_versions.as_deref().unwrap_or("*"))
        .map_err(|error| error.to_string())?;
    Ok(Advisory {
        id: id(&record).ok_or("it has no identifier")?,
        aliases: BTreeSet::new(),
        kind: kind(&record),
        severity: severity(&record),
        title: record.title.unwrap_or_default(),
        details: String::new(),
        url: record.url.filter(|url| url.starts_with("https://")),
        published: None,
        modified: None,
        withdrawn: None,
        source: source.into(),
        affected: vec![Affected {
            ecosystem: Ecosystem::Npm,
            package: package.into(),
            patched: patched_requirements(Ecosystem::Npm, &ranges),
            ranges,
            versions: Vec::new(),
            functions: BTreeMap::new(),
            os: Vec::new(),
            arch: Vec::new(),
        }],
    })
}

/// The GitHub identifier in `url`; for a registry with its own advisories, the number.
fn id(record: &NpmAdvisory) -> Option<AdvisoryId> {
    let of_url = record
        .url
        .iter()
        .flat_map(|url| url.split(['/', '?', '#']))
        .filter_map(|part| part.parse::<AdvisoryId>().ok())
        .find(|id| id.kind() == AdvisoryIdKind::Ghsa);
    of_url.or_else(|| format!("NPM-{}", record.id?).parse().ok())
}

fn kind(record: &NpmAdvisory) -> AdvisoryKind {
    if record.cwe.iter().flatten().any(|weakness| weakness == MALICIOUS_CODE) {
        AdvisoryKind::Malicious
    } else {
        AdvisoryKind::Vulnerability
    }
}

/// The vector's score, unless the word is graver: npm gates by the word.
fn severity(record: &NpmAdvisory) -> Severity {
    let vector = record.cvss.as_ref().and_then(|cvss| cvss.vector.as_deref());
    let scored = vector.and_then(Severity::from_vector);
    let level = record.severity.as_deref().and_then(SeverityLevel::from_word);
    match (scored, level) {
        (Some(scored), Some(level)) => scored.graver(Severity::from_level(level)),
        (Some(scored), None) => scored,
        (None, level) => Severity::from_level(level.unwrap_or(SeverityLevel::High)),
    }
}

#[cfg(test)]
mod tests;
