//! VEX documents of every sample, validated against the official schemas.
//!
//! The schemas are not part of this repository. They are looked up in the
//! folder that `LOCKGATE_SCHEMAS` names when the tests are built, otherwise in `shared/schemas` beside the
//! repository.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::evidence::{Evidence, EvidenceResult};
use crate::outcome::Outcome;
use crate::policy::ClaimKind;
use crate::report::{Style, by_name, sample};
use crate::skip::skip;
use crate::verdict::Disposition;

const CYCLONEDX: &str = "bom-1.6.schema.json";
const OPENVEX: &str = "openvex-0.2.0.schema.json";

fn folder() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/schemas");
    PathBuf::from(option_env!("LOCKGATE_SCHEMAS").unwrap_or(beside))
}

/// A schema, with those that it refers to; `None` with a visible remark if it is not available.
fn validator(name: &str, others: &[&str]) -> Option<jsonschema::Validator> {
    let read = |name: &str| -> Option<Value> {
        let text = fs::read(folder().join(name)).ok()?;
        Some(serde_json::from_slice(&text).unwrap())
    };
    let Some(schema) = read(name) else {
        let folder = folder();
        skip("shared", name, format_args!("it is not in {}", folder.display()));
        return None;
    };
    let mut registry = jsonschema::Registry::new();
    for other in others {
        let address = format!("http://cyclonedx.org/schema/{other}");
        let resource = jsonschema::Resource::from_contents(read(other)?);
        registry = registry.add(address, resource).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let options = jsonschema::options().should_validate_formats(true);
    Some(options.with_registry(&registry).build(&schema).unwrap())
}

fn errors(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    let errors = validator.iter_errors(document);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn written(report: &str, outcome: &Outcome) -> Value {
    let mut bytes = Vec::new();
    let reporter = by_name(report).unwrap();
    reporter.write(outcome, Style::PLAIN, &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Every sample unchanged, for a known and an unknown product, and with every claim
/// proved for everything in it.
fn outcomes() -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    for claim in ClaimKind::strongest_first() {
        for (name, mut outcome) in sample::all() {
            for decided in &mut outcome.verdict.findings {
                decided.disposition = Disposition::NotAffected;
                let detail = "it was \u{1b}[31mseen\u{202e} \"so\"";
                decided.evidence.push(Evidence::new(claim, EvidenceResult::Upheld, detail));
            }
            outcomes.push((format!("{name}, {}", claim.as_str()), outcome));
        }
    }
    for product in [None, Some("pkg:github/acme/shop@0123456789".to_owned())] {
        for (name, outcome) in sample::all() {
            let product = product.clone();
            outcomes.push((format!("{name} of {product:?}"), Outcome { product, ..outcome }));
        }
    }
    outcomes
}

#[test]
fn every_cyclonedx_document_follows_the_official_schema() {
    let others = ["spdx.schema.json", "jsf-0.82.schema.json"];
    let Some(validator) = validator(CYCLONEDX, &others) else {
        return;
    };
    let mut states = std::collections::BTreeSet::new();
    for (name, outcome) in outcomes() {
        let document = written("cyclonedx", &outcome);
        assert_eq!(errors(&validator, &document), [""; 0], "{name}");
        for vulnerability in document["vulnerabilities"].as_array().unwrap() {
            let analysis = &vulnerability["analysis"];
            states.insert(format!("{} {}", analysis["state"], analysis["justification"]));
        }
    }
    assert_eq!(states.len(), 6, "every answer was seen: {states:?}");
}

#[test]
fn every_openvex_document_follows_the_official_schema() {
    let Some(validator) = validator(OPENVEX, &[]) else {
        return;
    };
    let mut answers = std::collections::BTreeSet::new();
    for (name, outcome) in outcomes() {
        let document = written("openvex", &outcome);
        let statements = document["statements"].as_array().unwrap();
        if statements.is_empty() {
            // The schema requires a statement. Without findings there is none to make.
            let found = errors(&validator, &document);
            assert!(matches!(&found[..], [only] if only.starts_with("/statements: ")), "{found:?}");
            continue;
        }
        assert_eq!(errors(&validator, &document), [""; 0], "{name}");
        for statement in statements {
            answers.insert(format!("{} {}", statement["status"], statement["justification"]));
            let is_cleared = statement["status"] == "not_affected";
            assert_eq!(statement["impact_statement"].is_string(), is_cleared, "{statement:#}");
            assert_eq!(statement["status_notes"].is_string(), !is_cleared, "{statement:#}");
        }
    }
    assert_eq!(answers.len(), 4, "every answer was seen: {answers:?}");
}
