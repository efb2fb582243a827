//! What is written about the action and with it: the documentation, the examples, our own workflows.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::manifest::Manifest;
use super::runner::is_commit;
use crate::harness::repository;

const ACTION: &str = "lockgate/lockgate";

fn workflows() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in [".github/workflows", "examples/workflows"] {
        for entry in fs::read_dir(repository().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(found.len() >= 5, "{found:?}");
    found
}

fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap()).collect()
}

#[test]
fn what_the_examples_give_and_take_is_there() {
    let manifest = Manifest::read(repository());
    let mut uses = 0;
    for (path, text) in workflows() {
        let workflow = read(&text);
        for step in steps(&workflow) {
            if !step["uses"].as_str().is_some_and(|uses| uses.starts_with(ACTION)) {
                continue;
            }
            uses += 1;
            for (input, value) in step["with"].as_object().into_iter().flatten() {
                assert!(manifest.inputs.contains_key(input), "{}: {input}", path.display());
                assert!(value.is_string(), "{}: {input} is no text", path.display());
            }
            for (_, rest) in text
                .match_indices("steps.gate.outputs.")
                .map(|(at, found)| text.split_at(at + found.len()))
            {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap();
                let output = &rest[..end];
                assert!(manifest.outputs.contains_key(output), "{}: {output}", path.display());
            }
        }
    }
    assert_eq!(uses, 3);
}

#[test]
fn workflows_give_nothing_away() {
    for (path, text) in workflows() {
        let workflow = read(&text);
        let shown = path.display();
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{shown}");
        assert!(workflow["concurrency"]["group"].is_string(), "{shown}");
        assert!(workflow["on"].get("pull_request_target").is_none(), "{shown}");
        for step in steps(&workflow) {
            if let Some(uses) = step["uses"].as_str() {
                let (name, commit) = uses.split_once('@').unwrap();
                assert!(is_commit(commit), "{shown}: {uses}");
                if name == "actions/checkout" {
                    assert_eq!(step["with"]["persist-credentials"], false, "{shown}");
                }
            }
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{shown}: an expression in a script");
        }
    }
    for step in Manifest::read(repository()).runs.steps {
        assert!(!step.run.unwrap_or_default().contains("${{"), "{}", step.name);
    }
}

/// Every input and output has a row in the documentation, with its default.
#[test]
fn the_documentation_knows_every_input_and_output() {
    let text = fs::read_to_string(repository().join("docs/action.md")).unwrap();
    let manifest = Manifest::read(repository());
    for (name, input) in &manifest.inputs {
        let default = match input.default.as_str() {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        let row = format!("| `{name}` | {default} |").replace("|  |", "| |");
        assert!(text.contains(&row), "no `{row}`");
        assert!(!input.description.is_empty());
    }
    for (name, output) in &manifest.outputs {
        let row = format!("| `{name}` | ");
        let (_, outputs) = text.split_once("## Outputs").unwrap();
        assert!(outputs.contains(&row), "no `{row}`");
        assert!(!output.description.is_empty());
    }
}
