//! Claims about what is built and about what npm installs: each file under `fixtures/built/` and `fixtures/installed/` is
//! one rule.
//!
//! A file holds a project that locks what an advisory is about, and a claim. Each `[[case]]` changes one thing and says what
//! becomes of the claim; where it is refuted, also the line that did it.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use serde::Deserialize;
use serde_json::Value;

use crate::fixture::Files;
use crate::harness::{Project, Run};
use crate::tables::{self, Table, change};
use crate::toolchain;
use crate::workspace::{self, configure_sources, fill_in_targets, lock, vendor};

/// Claims about what Cargo builds.
const BUILT: &str = "fixtures/built";

/// Claims about what npm installs.
const INSTALLED: &str = "fixtures/installed";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// The rule that the file shows, in one sentence.
    about: String,
    /// The package that the advisory is about.
    #[serde(default = "rotten")]
    affected: String,
    /// What an advisory about a crate says about platforms, as lines of its `[affected]`.
    #[serde(default)]
    platforms: String,
    /// The claim, as it stands between the braces.
    claim: String,
    /// `[cargo]` of the policy, without that line.
    #[serde(default)]
    cargo: String,
    /// `[npm]` of the policy, with it.
    #[serde(default)]
    npm: String,
    /// `reviewed` of the claim, as it stands between the brackets.
    #[serde(default)]
    reviewed: String,
    files: Files,
    /// Crates of the registry, by `name-version`: their Cargo.toml without `[package]`.
    #[serde(default)]
    registry: BTreeMap<String, String>,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    /// Files besides those of the rule.
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    change: BTreeMap<String, [String; 2]>,
    cargo: Option<String>,
    npm: Option<String>,
    claim: Option<String>,
    reviewed: Option<String>,
    /// The worst result.
    result: String,
    /// The exit code, where it is not the one of the result.
    code: Option<i32>,
    /// The first place that is named. Required of a refuted claim.
    at: Option<String>,
    /// What stands in that line.
    says: Option<String>,
    /// Part of the detail.
    #[serde(default)]
    detail: String,
}

fn is_word(claim: &str) -> bool {
    claim.contains("attested")
}

/// What a person's word needs besides.
fn word(claim: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "a word ends some days from now, and cases are tried today"
    )]
    let now = jiff::Zoned::now();
    let ends = now.date().saturating_add(jiff::ToSpan::days(60));
    let word = format!("owner = \"@acme/web\"\nexpires = {ends}\n");
    if is_word(claim) { word } else { String::new() }
}

/// The line of what a person has reviewed, if anything.
fn reviewed(places: &str) -> String {
    if places.is_empty() { String::new() } else { format!("reviewed = [{places}]\n") }
}

fn rotten() -> String {
    "rotten".to_owned()
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (group, folder) in [("built", BUILT), ("installed", INSTALLED)] {
        for path in tables::files(folder) {
            trials.extend(tables::trials::<Rule>(group, &path));
        }
    }
    trials
}

impl Table for Rule {
    type Case = Case;

    fn cases(&self) -> &[Case] {
        assert!(self.about.len() > 10, "a rule says what it is about");
        &self.cases
    }

    fn about(case: &Case) -> &str {
        &case.about
    }

    fn check(&self, case: &Case) -> Result<(), String> {
        let project = Project::with_files(&self.files);
        for (path, text) in &case.files {
            project.write(path, text);
        }
        let mut command = project.command(&["check", "--report", "json"]);
        let policy = if self.files.keys().any(|path| path.ends_with("Cargo.toml")) {
            if !toolchain::is_here("claims about builds") {
                return Ok(());
            }
            toolchain::give(&mut command);
            self.set_up_crates(&project, case)
        } else {
            self.set_up_packages(&project, case)
        };
        let claim = case.claim.as_ref().unwrap_or(&self.claim);
        let suppression = format!(
            "claim = {{ {claim} }}\nreason = \"it is not in what we ship\"\n{}{}",
            reviewed(case.reviewed.as_ref().unwrap_or(&self.reviewed)),
            word(claim)
        );
        project.write("lockgate.toml", format!("{policy}{suppression}"));
        case.compare(&project, claim, &command.output().unwrap().into())
    }
}

impl Rule {
    /// A workspace that is locked, with an advisory. The policy up to the claim.
    fn set_up_crates(&self, project: &Project, case: &Case) -> String {
        for (name, text) in &self.registry {
            vendor(project, name, text);
        }
        configure_sources(project);
        change(project, &case.change);
        fill_in_targets(project);
        lock(project);
        workspace::advise(project, &self.affected, &self.platforms);
        let cargo = case.cargo.as_ref().unwrap_or(&self.cargo);
        format!(
            "schema = 1\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"rustsec\", path = \"advisories\" }}]\n[cargo]\n{cargo}\n\
             [[suppress]]\nadvisory = \"RUSTSEC-2026-0001\"\n"
        )
    }

    /// What npm has locked, with an advisory. The policy up to the claim.
    fn set_up_packages(&self, project: &Project, case: &Case) -> String {
        change(project, &case.change);
        let advisory = format!(
            "{{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
             \"affected\": [{{\"package\": {{\"ecosystem\": \"npm\", \"name\": \"{}\"}}, \
             \"ranges\": [{{\"type\": \"SEMVER\", \"events\": [{{\"introduced\": \"0\"}}]}}]}}]}}",
            self.affected
        );
        project.write("advisories/GHSA-case-0001-rots.json", advisory);
        let npm = case.npm.as_ref().unwrap_or(&self.npm);
        format!(
            "schema = 1\n{npm}\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"advisories\" }}]\n\
             [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\n"
        )
    }
}

impl Case {
    /// What is different, if anything is.
    fn compare(&self, project: &Project, claim: &str, run: &Run) -> Result<(), String> {
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
        // A word holds until something contradicts it.
        let closes =
            if is_word(claim) { self.result == "refuted" } else { self.result != "upheld" };
        let expected = self.code.unwrap_or(i32::from(closes));
        if evidence["result"] != self.result || run.code != expected {
            return Err(format!("exit code {}, {evidence:#}", run.code));
        }
        if !evidence["detail"].as_str().unwrap().contains(&self.detail) {
            return Err(format!("not `{}`: {evidence:#}", self.detail));
        }
        self.compare_place(project, &evidence["locations"])
    }

    fn compare_place(&self, project: &Project, places: &Value) -> Result<(), String> {
        let first = &places[0];
        assert!(self.result != "refuted" || self.at.is_some(), "a refuted claim names a place");
        let Some(at) = &self.at else {
            return Ok(());
        };
        if first["file"] != *at {
            return Err(format!("not first in {at}: {places:#}"));
        }
        let line = usize::try_from(first["line"].as_u64().unwrap()).unwrap();
        let text = project.read(at);
        let found = text.lines().nth(line - 1).unwrap_or_default().trim();
        let wanted = self.says.as_deref().unwrap_or(found);
        if found != wanted {
            return Err(format!("line {line} of {at} says `{found}`, not `{wanted}`"));
        }
        Ok(())
    }
}
