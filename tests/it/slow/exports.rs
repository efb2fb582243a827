//! The rows of `src/advisory_exports/rows/`, beside the packages themselves: the affected version has what a row names, and the
//! fixed one differs there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::json;

use crate::harness::repository;
use crate::skip::skip;

const PROBE: &str = include_str!("exports/probe.cjs");

/// A row with all that may stand in it. `lockgate` itself reads less.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) ids: Vec<String>,
    targets: Vec<String>,
    #[serde(rename = "summary")]
    _summary: String,
    #[serde(rename = "source")]
    _source: String,
    /// An affected version.
    pub(crate) affected: String,
    /// A version that is not.
    pub(crate) fixed: String,
    /// The file of the package in which the fixed version differs, if it is not what is exported itself.
    changed: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Document {
    advisory: Vec<Row>,
}

/// Every row, with the name of its package.
pub(crate) fn rows() -> Vec<(String, Row)> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(repository().join("src/advisory_exports/rows")).unwrap() {
        let path = entry.unwrap().path();
        let package = path.file_stem().unwrap().to_string_lossy().replace('+', "/");
        let text = fs::read_to_string(&path).unwrap();
        let document: Document =
            toml::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        rows.extend(document.advisory.into_iter().map(|row| (package.clone(), row)));
    }
    rows.sort_by(|left, right| left.0.cmp(&right.0));
    rows
}

/// The name under which a version is installed.
fn alias(package: &str, version: &str) -> String {
    format!("{package}-{version}").replace(['@', '.'], "").replace('/', "-")
}

/// Installs every version of the rows beside each other. `false` with a visible remark where that is not possible.
fn install(folder: &Path, rows: &[(String, Row)]) -> bool {
    let mut dependencies = BTreeMap::from([("react".to_owned(), "16.14.0".to_owned())]);
    for (package, row) in rows {
        for version in [&row.affected, &row.fixed] {
            dependencies.insert(alias(package, version), format!("npm:{package}@{version}"));
        }
    }
    let manifest =
        json!({ "name": "exports", "version": "1.0.0", "dependencies": dependencies }).to_string();
    let is_done = folder.join("node_modules/.package-lock.json").is_file()
        && fs::read_to_string(folder.join("package.json")).is_ok_and(|then| then == manifest);
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("package.json"), manifest).unwrap();
    if is_done {
        return true;
    }
    let run = Command::new("npm")
        .args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--legacy-peer-deps",
        ])
        .current_dir(folder)
        .output();
    let why = match run {
        Ok(run) if run.status.success() => return true,
        Ok(run) => String::from_utf8_lossy(&run.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    // What is half done must not be taken for installed.
    let _ = fs::remove_file(folder.join("package.json"));
    skip("npm", "every_row_is_true_of_the_packages", why);
    false
}

#[test]
fn every_row_is_true_of_the_packages() {
    let rows = rows();
    assert!(rows.len() >= 60, "{}", rows.len());
    let folder = repository().join("target/exports");
    if !install(&folder, &rows) {
        return;
    }
    let written: Vec<_> = rows
        .iter()
        .map(|(package, row)| {
            let mut written = json!({
                "package": package,
                "affected": alias(package, &row.affected),
                "fixed": alias(package, &row.fixed),
                "targets": row.targets,
            });
            if let Some(changed) = &row.changed {
                written["changed"] = json!(changed);
            }
            written
        })
        .collect();
    fs::write(folder.join("rows.json"), json!(written).to_string()).unwrap();
    fs::write(folder.join("probe.cjs"), PROBE).unwrap();
    let run = Command::new("node").arg("probe.cjs").current_dir(&folder).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8_lossy(&run.stdout), "");
}
