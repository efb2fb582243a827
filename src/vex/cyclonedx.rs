//! CycloneDX 1.4 to 1.7 as JSON (CycloneDX specification, "Vulnerability Exploitability").

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Age, NamedPackage, Statement, json};
use crate::policy::Justification;
use crate::problem::{Problem, SourceText};

/// The format's name in documents.
pub(super) const FORMAT: &str = "CycloneDX";

const VERSIONS: &[&str] = &["1.4", "1.5", "1.6", "1.7"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDocument<'text> {
    spec_version: String,
    #[serde(default)]
    metadata: WireMetadata,
    #[serde(default)]
    components: Vec<WireComponent>,
    #[serde(borrow, default)]
    vulnerabilities: Vec<&'text RawValue>,
}

#[derive(Default, Deserialize)]
struct WireMetadata {
    timestamp: Option<String>,
    component: Option<WireComponent>,
}

#[derive(Deserialize)]
struct WireComponent {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    components: Vec<WireComponent>,
}

#[derive(Deserialize)]
struct WireVulnerability {
    id: Option<String>,
    updated: Option<String>,
    #[serde(default)]
    references: Vec<WireReference>,
    #[serde(default)]
    analysis: WireAnalysis,
    #[serde(default)]
    affects: Vec<WireAffected>,
}

#[derive(Deserialize)]
struct WireReference {
    id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAnalysis {
    state: Option<String>,
    first_issued: Option<String>,
    last_updated: Option<String>,
    justification: Option<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct WireAffected {
    #[serde(rename = "ref")]
    reference: String,
}

/// The package URLs of a document's components, by their references.
type Components<'wire> = BTreeMap<&'wire str, &'wire str>;

/// Reads the analyses that have a status.
pub(super) fn read(source: &Arc<SourceText>) -> Result<Vec<Statement>, Problem> {
    let document: WireDocument<'_> = json::read(source, &source.text)?;
    if !VERSIONS.contains(&document.spec_version.as_str()) {
        let message = "this version of CycloneDX is not known to this lockgate";
        return Err(Problem::in_file(&source.path, message)
            .help(format!("it reads {}", VERSIONS.join(", "))));
    }
    let mut components = Components::new();
    let all = document.metadata.component.iter();
    for component in all.chain(&document.components) {
        add(&mut components, component);
    }
    let mut statements = Vec::new();
    for raw in document.vulnerabilities {
        let wire: WireVulnerability = json::read(source, raw.get())?;
        let age = age(&wire, document.metadata.timestamp.as_ref());
        statements.extend(statement(source, raw.get(), wire, age, &components)?);
    }
    Ok(statements)
}

fn add<'wire>(components: &mut Components<'wire>, component: &'wire WireComponent) {
    if let (Some(reference), Some(purl)) = (&component.reference, &component.purl) {
        components.insert(reference, purl);
    }
    for nested in &component.components {
        add(components, nested);
    }
}

fn statement(
    source: &Arc<SourceText>,
    raw: &str,
    wire: WireVulnerability,
    age: Age,
    components: &Components<'_>,
) -> Result<Option<Statement>, Problem> {
    let Some(state) = wire.analysis.state else {
        return Ok(None);
    };
    let clears = match state.as_str() {
        "not_affected" | "false_positive" | "resolved" | "resolved_with_pedigree" => true,
        "exploitable" | "in_triage" => false,
        _ => {
            let message = "an analysis of CycloneDX with a `state` that it does not know";
            return Err(json::refuse(source, raw, message.to_owned()));
        }
    };
    let reason = wire.analysis.justification.as_deref().filter(|_| clears);
    let justification = reason
        .map(|word| {
            let message = "an analysis of CycloneDX with a `justification` that it does not know";
            justification(word).ok_or_else(|| json::refuse(source, raw, message.to_owned()))
        })
        .transpose()?;
    let references = wire.references.into_iter().map(|reference| reference.id);
    let names = [wire.id].into_iter().chain(references).flatten();
    let affected = wire.affects.iter();
    Ok(Some(Statement {
        location: json::location(source, raw),
        format: FORMAT,
        status: state,
        clears,
        age,
        justification,
        vulnerabilities: names.filter_map(|name| name.parse().ok()).collect(),
        packages: affected
            .filter_map(|affected| package(&affected.reference, components))
            .collect(),
        products: BTreeSet::new(),
        named: wire.affects.iter().map(|affected| affected.reference.clone()).collect(),
        words: wire.analysis.detail,
    }))
}

/// The time of an analysis. The order of a document has no meaning (CycloneDX specification,
/// `vulnerabilities[].analysis.lastUpdated`).
fn age(wire: &WireVulnerability, document: Option<&String>) -> Age {
    let analysis = &wire.analysis;
    let written = analysis.last_updated.as_ref();
    let written = written.or(analysis.first_issued.as_ref()).or(wire.updated.as_ref()).or(document);
    Age { time: written.and_then(|text| json::time(text)), is_own: false, order: None }
}

/// The corresponding VEX justification.
fn justification(word: &str) -> Option<Justification> {
    Some(match word {
        "requires_dependency" => Justification::ComponentNotPresent,
        "code_not_present" | "requires_configuration" | "requires_environment" => {
            Justification::VulnerableCodeNotPresent
        }
        "code_not_reachable" => Justification::VulnerableCodeNotInExecutePath,
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Justification::InlineMitigationsAlreadyExist,
        _ => return None,
    })
}

/// A component of this document, one of another document (`urn:cdx:serial/version#reference`), or a
/// package URL.
fn package(reference: &str, components: &Components<'_>) -> Option<NamedPackage> {
    let linked = reference
        .strip_prefix("urn:cdx:")
        .and_then(|link| link.split_once('#'))
        .and_then(|(_, fragment)| percent_decode_str(fragment).decode_utf8().ok());
    let reference = linked.as_deref().unwrap_or(reference);
    let purl = components.get(reference).copied();
    NamedPackage::parse(purl.unwrap_or(reference))
}
