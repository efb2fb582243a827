//! The smallest upgrade that the requirements in the graph allow, as `explain` says it: each file under
//! `fixtures/upgrades/` is one ecosystem.
//!
//! A file holds a project that locks `rotten`. Each `[[case]]` changes one thing and says what stands
//! under "ways out".

mod archive;
mod followed;
mod registry;

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::built::{configure_sources, fill_in_targets, lock, vendor};
use crate::harness::{Project, Run, repository};
use crate::rules::{self, change};
use crate::toolchain;

const FOLDER: &str = "fixtures/upgrades";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// Files of the project, by path.
    files: BTreeMap<String, String>,
    /// Crates of the registry, as for claims about builds.
    #[serde(default)]
    registry: BTreeMap<String, String>,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is different, in a few words.
    about: String,
    #[serde(default)]
    change: BTreeMap<String, [String; 2]>,
    /// Requirements of patched versions.
    patched: Vec<String>,
    /// Whether sources are taken away, so that Cargo can say nothing.
    #[serde(default)]
    without_sources: bool,
    /// Parts of what is said, in order.
    says: Vec<String>,
    /// Parts that are not said.
    #[serde(default)]
    never: Vec<String>,
}

#[test]
fn the_upgrade_of_cargo_packages_is_what_the_requirements_allow() {
    if toolchain::is_here("upgrades of Cargo packages") {
        check_all("cargo");
    }
}

#[test]
fn the_upgrade_of_npm_packages_is_what_the_requirements_allow() {
    check_all("npm");
    check_all("npm-version-1");
}

fn check_all(name: &str) {
    let path = repository().join(FOLDER).join(format!("{name}.toml"));
    let rule: Rule = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let check = |case: &Case| check(&rule, case);
    let wrong = rules::differences(name, &rule.cases, |case| &case.about, check);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn check(rule: &Rule, case: &Case) -> Result<(), String> {
    let project = Project::empty();
    for (path, text) in &rule.files {
        project.write(path, text);
    }
    change(&project, &case.about, &case.change);
    if rule.files.contains_key("Cargo.toml") {
        for (name, text) in &rule.registry {
            vendor(&project, name, text);
        }
        configure_sources(&project);
        fill_in_targets(&project);
        lock(&project);
        if case.without_sources {
            project.remove("vendor");
        }
    }
    advise(&project, &case.patched);
    let mut command = project.command(&["explain", "RUSTSEC-2026-0001"]);
    if toolchain::is_here("the toolchain") {
        toolchain::give(&mut command);
    }
    let run: Run = command.output().unwrap().into();
    let said = run.stdout.replace('\u{a0}', " ");
    let (_, ways_out) = said.split_once("ways out").ok_or(format!("{said}{}", run.stderr))?;
    let words = ways_out.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = words.as_str();
    for part in &case.says {
        let Some((_, after)) = rest.split_once(part.as_str()) else {
            return Err(format!("no `{part}` in\n{ways_out}"));
        };
        rest = after;
    }
    match case.never.iter().find(|part| words.contains(part.as_str())) {
        Some(part) => Err(format!("`{part}` in\n{ways_out}")),
        None => Ok(()),
    }
}

fn advise(project: &Project, patched: &[String]) {
    let crate_advisory = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"rotten\"\n\
         date = \"2026-01-01\"\n[versions]\npatched = {patched:?}\n```\n\n# It is rotten\n\nAll of it.\n"
    );
    project.write("advisories/crates/rotten/RUSTSEC-2026-0001.md", crate_advisory);
    let events: Vec<String> = patched
        .iter()
        .map(|patched| {
            let fixed = patched.trim_start_matches(['>', '=']);
            let kind = if patched.starts_with(">=") { "fixed" } else { "last_affected" };
            format!("{{\"introduced\": \"0\"}}, {{\"{kind}\": \"{fixed}\"}}")
        })
        .collect();
    let npm_advisory = format!(
        "{{\"id\": \"RUSTSEC-2026-0001\", \"modified\": \"2026-01-01T00:00:00Z\", \
         \"affected\": [{{\"package\": {{\"ecosystem\": \"npm\", \"name\": \"rotten\"}}, \
         \"ranges\": [{{\"type\": \"SEMVER\", \"events\": [{}]}}]}}]}}",
        events.join(", ")
    );
    project.write("osv/RUSTSEC-2026-0001.json", npm_advisory);
    let policy = "schema = 1\n[database]\nmax-age = \"3650d\"\n\
                  sources = [{ kind = \"rustsec\", path = \"advisories\" }, \
                  { kind = \"osv\", path = \"osv\" }]\n";
    project.write("lockgate.toml", policy);
}
