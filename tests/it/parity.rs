//! Real lockfiles with known answers: exactly what cargo-audit and node-semver find, no more and no
//! less.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Project, shared};

type Found = BTreeSet<(String, String, String, String)>;

/// A policy under which everything is shown and nothing is stale.
const POLICY: &str = "schema = 1\n[database]\nmax-age = \"3650d\"\n";

fn expected(file: &Path, kinds: bool) -> Vec<(String, Found)> {
    let answers: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    answers
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, findings)| {
            let findings = findings
                .as_array()
                .unwrap()
                .iter()
                .map(|finding| {
                    let kind = if kinds { word(finding, "kind") } else { String::new() };
                    (kind, word(finding, "id"), word(finding, "package"), word(finding, "version"))
                })
                .collect();
            (name.clone(), findings)
        })
        .collect()
}

fn found(report: &Value, kinds: bool) -> Found {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let kind = if kinds { word(&finding["kind"]) } else { String::new() };
            let package = &finding["package"];
            (kind, word(&finding["id"]), word(&package["name"]), word(&package["version"]))
        })
        .collect()
}

fn check_all(test: &str, folder: &str, answers: &str, import: &[&str], kinds: bool) {
    let (Some(lockfiles), Some(answers), Some(_)) =
        (shared(folder, test), shared(answers, test), shared("advisories", test))
    else {
        return;
    };
    let project = Project::empty();
    project.write("lockgate.toml", POLICY);
    let mut arguments = vec!["db", "import"];
    arguments.extend(import);
    arguments.extend(["--out", "advisories.lockgate"]);
    project.command(&arguments).env_remove("LOCKGATE_NOW").status().unwrap();
    let mut wrong = Vec::new();
    let answers = expected(&answers, kinds);
    assert!(answers.len() >= 45, "the known answers are not all there");
    for (name, expected) in answers {
        let path = fs::canonicalize(lockfiles.join(&name)).unwrap();
        let run = project
            .command(&[
                "check",
                "--db",
                "advisories.lockgate",
                "--policy",
                "lockgate.toml",
                "--report",
                "json",
                path.to_str().unwrap(),
            ])
            .env_remove("LOCKGATE_NOW")
            .output()
            .unwrap()
            .into();
        let run: crate::harness::Run = run;
        let report = run.json();
        let found = found(&report, kinds);
        for missing in expected.difference(&found) {
            wrong.push(format!("{name}: missing {missing:?}"));
        }
        for extra in found.difference(&expected) {
            wrong.push(format!("{name}: extra {extra:?}"));
        }
        let blocks = expected.iter().any(|(kind, ..)| !kinds || kind == "vulnerability");
        if run.code != i32::from(blocks) {
            wrong.push(format!("{name}: exit code {}, gaps {}", run.code, report["gaps"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn cargo_lockfiles_give_what_cargo_audit_gives() {
    let rustsec = format!("{}/../shared/advisories/rustsec", env!("CARGO_MANIFEST_DIR"));
    check_all(
        "cargo parity",
        "corpus/cargo",
        "corpus/expected/cargo.json",
        &["--rustsec", &rustsec],
        true,
    );
}

#[test]
fn npm_lockfiles_give_what_node_semver_gives() {
    let npm = format!("npm={}/../shared/advisories/npm.zip", env!("CARGO_MANIFEST_DIR"));
    check_all("npm parity", "corpus/npm", "corpus/expected/npm.json", &["--osv", &npm], false);
}
