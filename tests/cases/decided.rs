//! The specification by example: each file under `fixtures/cases/` is a project, with what lockgate must say about it.
//!
//! It names every finding and every gap, in order, and no other may be there. What the text report looks like stands in a
//! snapshot of the same name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde::Deserialize;
use serde_json::Value;

use crate::fixture::{Content, Files, SHELF};
use crate::harness::{NOW, Project, Run, repository};
use crate::tables;

const FOLDER: &str = "fixtures/cases";

const SNAPSHOTS: &str = "tests/cases/snapshots";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The project.
    files: Files,
    /// The rule that the case shows, in one sentence.
    about: String,
    #[serde(default = "check")]
    arguments: Vec<String>,
    #[serde(default = "now")]
    now: String,
    exit: i32,
    verdict: Option<String>,
    /// All findings, in their order.
    #[serde(default, rename = "finding")]
    findings: Vec<ExpectedFinding>,
    /// All gaps, in their order.
    #[serde(default, rename = "gap")]
    gaps: Vec<ExpectedGap>,
    /// Each is part of a remark.
    #[serde(default)]
    remarks: Vec<String>,
    /// What became of suppressions that did not clear anything: their advisories.
    #[serde(default)]
    unused: Vec<String>,
    #[serde(default)]
    expired: Vec<String>,
    #[serde(default)]
    refuted: Vec<String>,
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    duplicate: Vec<String>,
    /// Each is part of what is said on standard error.
    #[serde(default)]
    stderr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFinding {
    id: String,
    package: String,
    lockfile: String,
    line: u64,
    scope: String,
    disposition: String,
    suppression: Option<String>,
    evidence: Option<Vec<ExpectedEvidence>>,
    paths: Option<Vec<Vec<String>>>,
    lines: Option<Vec<u64>>,
    aliases: Option<Vec<String>>,
    sources: Option<Vec<String>>,
    fixed_in: Option<Vec<String>>,
    kind: Option<String>,
    severity: Option<String>,
    score: Option<f64>,
    due: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedEvidence {
    claim: String,
    result: String,
    /// `file:line` of every location.
    at: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedGap {
    code: String,
    /// Part of the message.
    #[serde(default)]
    message: String,
    /// Part of what to do about it.
    #[serde(default)]
    help: String,
}

fn check() -> Vec<String> {
    vec!["check".to_owned()]
}

fn now() -> String {
    NOW.to_owned()
}

pub(crate) fn trials() -> Vec<Trial> {
    let files = tables::files(FOLDER);
    let cases = files.into_iter().map(|path| {
        let name = tables::name(&path).to_owned();
        Trial::test(format!("decided::{name}"), move || {
            decide(&name, &tables::read(&path));
            Ok(())
        })
    });
    let about_the_fixtures = [
        Trial::test("decided::every_snapshot_belongs_to_a_case", || {
            let cases = names(FOLDER);
            let left: Vec<String> =
                names(SNAPSHOTS).into_iter().filter(|name| !cases.contains(name)).collect();
            assert!(left.is_empty(), "of no case: {left:?}");
            Ok(())
        }),
        Trial::test("decided::everything_on_the_shelf_is_used", || {
            assert_eq!(on_the_shelf(), used_of_the_shelf());
            Ok(())
        }),
    ];
    cases.chain(about_the_fixtures).collect()
}

/// The names of the files in a folder, without their endings.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(repository().join(folder)).unwrap();
    entries.map(|entry| tables::name(&entry.unwrap().path()).to_owned()).collect()
}

fn on_the_shelf() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in fs::read_dir(repository().join(SHELF)).unwrap() {
        let folder = folder.unwrap();
        let below = folder.file_name().into_string().unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            found.insert(format!("{below}/{}", file.unwrap().file_name().to_str().unwrap()));
        }
    }
    found
}

fn used_of_the_shelf() -> BTreeSet<String> {
    let cases = tables::files(FOLDER).into_iter().map(|path| tables::read::<Expected>(&path));
    let contents = cases.flat_map(|case| case.files.into_values());
    let shelved = contents.filter_map(|content| match content {
        Content::Inline(_) => None,
        Content::OnShelf(shelved) => Some(shelved.shelf),
    });
    shelved.collect()
}

fn decide(name: &str, expected: &Expected) {
    let project = Project::with_files(&expected.files);

    let json = run_twice(name, &project, expected, &["--report", "json"]);
    assert_eq!(json.code, expected.exit, "{name}\n{}\n{}", json.stdout, json.stderr);
    if expected.verdict.is_some() {
        let report: Value = json.json();
        compare_report(name, &report, expected);
    } else {
        assert_eq!(json.stdout, "", "{name}: nothing was decided");
    }
    for text in &expected.stderr {
        assert!(json.stderr.contains(text), "{name}: no `{text}` in\n{}", json.stderr);
    }

    let text = run_twice(name, &project, expected, &[]);
    assert_eq!(text.code, json.code, "{name}: the exit code depends on the report");
    assert_looks(name, &expected.about, &text, project.path());
}

/// Two runs over the same input give the same bytes.
fn run_twice(name: &str, project: &Project, expected: &Expected, report: &[&str]) -> Run {
    let mut arguments: Vec<&str> = expected.arguments.iter().map(String::as_str).collect();
    arguments.extend(report);
    let [first, second] = [(); 2].map(|()| project.run_at(&expected.now, &arguments));
    assert_eq!(first.stdout, second.stdout, "{name}: two runs differ");
    assert_eq!(first.stderr, second.stderr, "{name}: two runs differ");
    assert_eq!(first.code, second.code, "{name}: two runs differ");
    first.assert_harmless();
    first
}

fn compare_report(name: &str, report: &Value, expected: &Expected) {
    assert_eq!(Some(text(&report["verdict"])), expected.verdict.as_deref(), "{name}");
    let found: Vec<String> = list(&report["findings"]).iter().map(headline).collect();
    let wanted: Vec<String> = expected.findings.iter().map(ExpectedFinding::headline).collect();
    assert_eq!(found, wanted, "{name}: findings");
    for (found, wanted) in list(&report["findings"]).iter().zip(&expected.findings) {
        wanted.compare(name, found);
    }
    let codes: Vec<&str> = list(&report["gaps"]).iter().map(|gap| text(&gap["code"])).collect();
    let wanted: Vec<&str> = expected.gaps.iter().map(|gap| &*gap.code).collect();
    assert_eq!(codes, wanted, "{name}: gaps: {}", report["gaps"]);
    for (found, wanted) in list(&report["gaps"]).iter().zip(&expected.gaps) {
        assert!(text(&found["message"]).contains(&wanted.message), "{name}: {found}");
        assert!(text(&found["help"]).contains(&wanted.help), "{name}: {found}");
    }
    for wanted in &expected.remarks {
        let remarks = list(&report["remarks"]);
        let is_said = remarks.iter().any(|remark| text(remark).contains(wanted));
        assert!(is_said, "{name}: no `{wanted}` in {remarks:?}");
    }
    for (key, wanted) in [
        ("unused", &expected.unused),
        ("expired", &expected.expired),
        ("refuted", &expected.refuted),
        ("unknown", &expected.unknown),
        ("duplicate", &expected.duplicate),
    ] {
        let found: Vec<&str> = list(&report["suppressions"][key])
            .iter()
            .map(|place| text(&place["advisory"]))
            .collect();
        assert_eq!(found, *wanted, "{name}: suppressions that are {key}");
    }
}

/// What every case says of every finding.
fn headline(finding: &Value) -> String {
    format!(
        "{} in {} {} at {}:{}, {}: {}",
        text(&finding["id"]),
        text(&finding["package"]["name"]),
        text(&finding["package"]["version"]),
        text(&finding["lockfile"]),
        finding["line"],
        text(&finding["scope"]),
        text(&finding["disposition"]),
    )
}

impl ExpectedFinding {
    fn headline(&self) -> String {
        let Self { id, package, lockfile, line, scope, disposition, .. } = self;
        format!("{id} in {package} at {lockfile}:{line}, {scope}: {disposition}")
    }

    /// What only some cases speak of.
    fn compare(&self, name: &str, found: &Value) {
        let id = &self.id;
        let state = found["suppression"]["state"].as_str();
        assert_eq!(state, self.suppression.as_deref(), "{name}: suppression of {id}");
        let due = found["due"].as_str();
        assert_eq!(due, self.due.as_deref(), "{name}: due day of {id}");
        let words = [
            ("kind", &found["kind"], &self.kind),
            ("severity", &found["severity"]["level"], &self.severity),
        ];
        for (key, found, wanted) in words {
            if let Some(wanted) = wanted {
                assert_eq!(text(found), wanted, "{name}: {key} of {id}");
            }
        }
        if let Some(score) = self.score {
            assert_eq!(found["severity"]["score"], score, "{name}: score of {id}");
        }
        let lists =
            [("aliases", &self.aliases), ("sources", &self.sources), ("fixed_in", &self.fixed_in)];
        for (key, wanted) in lists {
            if let Some(wanted) = wanted {
                assert_eq!(found[key], Value::from(wanted.clone()), "{name}: {key} of {id}");
            }
        }
        if let Some(wanted) = &self.lines {
            assert_eq!(found["lines"], Value::from(wanted.clone()), "{name}: lines of {id}");
        }
        if let Some(wanted) = &self.paths {
            let wanted: Vec<Value> = wanted.iter().cloned().map(Value::from).collect();
            assert_eq!(found["paths"], Value::from(wanted), "{name}: paths of {id}");
        }
        if let Some(wanted) = &self.evidence {
            compare_evidence(name, list(&found["evidence"]), wanted);
        }
    }
}

fn compare_evidence(name: &str, found: &[Value], wanted: &[ExpectedEvidence]) {
    assert_eq!(found.len(), wanted.len(), "{name}: evidence {found:?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert_eq!(text(&found["kind"]), wanted.claim, "{name}: evidence");
        assert_eq!(text(&found["result"]), wanted.result, "{name}: {found}");
        let places: Vec<String> = list(&found["locations"])
            .iter()
            .map(|place| format!("{}:{}", text(&place["file"]), place["line"]))
            .collect();
        if let Some(at) = &wanted.at {
            assert_eq!(places, *at, "{name}: locations of {}", wanted.claim);
        }
        let is_proved = wanted.result != "refuted" || !places.is_empty();
        assert!(is_proved, "{name}: a refuted claim names no line");
    }
}

fn assert_looks(name: &str, about: &str, run: &Run, folder: &Path) {
    let folder = folder.canonicalize().unwrap();
    let folder = folder.to_str().unwrap();
    let shown = format!(
        "exit code {}\n\n{}{}",
        run.code,
        run.stdout.replace(folder, "[folder]"),
        run.stderr.replace(folder, "[folder]")
    );
    insta::with_settings!({
        snapshot_path => "snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => about,
    }, {
        insta::assert_snapshot!(name, shown);
    });
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}
