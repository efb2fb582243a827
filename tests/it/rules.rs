//! What the tables of rules have in common: a project, a change to it, and what becomes of a claim.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{Project, Run, repository};

/// What is to become of the claim about the first finding.
pub(crate) struct Expected<'case> {
    /// The worst result.
    pub(crate) result: &'case str,
    /// The exit code, where it is not the one of the result.
    pub(crate) code: Option<i32>,
    /// The first place that is named. Required of a refuted claim.
    pub(crate) at: Option<&'case str>,
    /// What stands in that line.
    pub(crate) says: Option<&'case str>,
    /// Part of the detail.
    pub(crate) detail: &'case str,
}

/// The files of rules in a folder of this repository, in their order.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "the rules were not found");
    files
}

/// What is different from what the cases of a rule say. A case that fails in any other way is broken.
pub(crate) fn differences<Case>(
    rule: &str,
    cases: &[Case],
    about: impl Fn(&Case) -> &str,
    check: impl Fn(&Case) -> Result<(), String>,
) -> Vec<String> {
    let wrong = cases.iter().filter_map(|case| {
        let checked = catch_unwind(AssertUnwindSafe(|| check(case)));
        let checked = checked.unwrap_or_else(|_| Err("the case itself is broken".to_owned()));
        let difference = checked.err()?;
        Some(format!("{rule}: {}: {difference}", about(case)))
    });
    wrong.collect()
}

/// Replaces texts of files: the first by the second. A file that is not there is written as the
/// second.
pub(crate) fn change(project: &Project, about: &str, changes: &BTreeMap<String, [String; 2]>) {
    for (path, [from, to]) in changes {
        let full = project.path().join(path);
        let text = fs::read_to_string(&full).unwrap_or_default();
        assert!(text.contains(from.as_str()), "{about}: no `{from}` in {path}");
        let edited = if text.is_empty() { to.clone() } else { text.replacen(from, to, 1) };
        project.write(path, edited);
    }
}

impl Expected<'_> {
    /// What is different, if anything is.
    pub(crate) fn compare(&self, project: &Project, run: &Run) -> Result<(), String> {
        if run.stdout.is_empty() {
            return Err(run.stderr.clone());
        }
        let report = run.json();
        let finding = &report["findings"][0];
        let worst = ["refuted", "unknown", "upheld"].into_iter().find_map(|wanted| {
            let evidence = finding["evidence"].as_array()?;
            evidence.iter().find(|evidence| evidence["result"] == wanted)
        });
        let Some(evidence) = worst else {
            return Err(format!("no evidence: {report:#}"));
        };
        let expected = self.code.unwrap_or(i32::from(self.result != "upheld"));
        if evidence["result"] != self.result || run.code != expected {
            return Err(format!("exit code {}, {evidence:#}", run.code));
        }
        if !evidence["detail"].as_str().unwrap().contains(self.detail) {
            return Err(format!("not `{}`: {evidence:#}", self.detail));
        }
        self.compare_place(project, &evidence["locations"])
    }

    fn compare_place(&self, project: &Project, places: &Value) -> Result<(), String> {
        let first = &places[0];
        assert!(self.result != "refuted" || self.at.is_some(), "a refuted claim names a place");
        let Some(at) = self.at else {
            return Ok(());
        };
        if first["file"] != at {
            return Err(format!("not first in {at}: {places:#}"));
        }
        let line = usize::try_from(first["line"].as_u64().unwrap()).unwrap();
        let text = project.read(at);
        let found = text.lines().nth(line - 1).unwrap_or_default().trim();
        let wanted = self.says.unwrap_or(found);
        if found != wanted {
            return Err(format!("line {line} of {at} says `{found}`, not `{wanted}`"));
        }
        Ok(())
    }
}
