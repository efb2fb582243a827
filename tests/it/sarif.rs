//! The SARIF report against the rules of its format.

use std::fs;

use serde_json::Value;

use crate::harness::{Project, repository, shared};

fn demo() -> Value {
    let project = Project::copy_of("fixtures/demo");
    let run = project.run(&["check", "--report", "sarif"]);
    run.assert_code(1).json()
}

pub(crate) fn errors(schema: &Value, document: &Value) -> Vec<String> {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

pub(crate) fn schema(path: impl AsRef<std::path::Path>) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Breaks a document in one place, so that a schema which allows everything is noticed.
fn broken(document: &Value) -> Value {
    let mut broken = document.clone();
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    broken
}

#[test]
fn sarif_follows_the_official_schema() {
    let Some(path) = shared("schemas/sarif-2.1.0.schema.json", "the official schema of SARIF")
    else {
        return;
    };
    let schema = schema(path);
    let document = demo();
    assert_eq!(errors(&schema, &document), [""; 0]);
    assert_ne!(errors(&schema, &broken(&document)), [""; 0], "the schema checks something");
}

#[test]
fn sarif_has_everything_that_github_asks_for() {
    let schema = schema(repository().join("fixtures/schemas/sarif-2.1.0-github.json"));
    let document = demo();
    assert_eq!(errors(&schema, &document), [""; 0]);
    assert_ne!(errors(&schema, &broken(&document)), [""; 0], "the schema checks something");
}

#[test]
fn every_result_stands_on_the_line_that_it_quotes() {
    let document = demo();
    let results = document["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let file = place["artifactLocation"]["uri"].as_str().unwrap();
        let text = fs::read_to_string(repository().join("fixtures/demo").join(file)).unwrap();
        let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
        let quoted = place["region"]["snippet"]["text"].as_str().unwrap();
        assert_eq!(text.lines().nth(line - 1), Some(quoted));
        assert!(quoted.contains("version"), "{quoted}");
    }
}
