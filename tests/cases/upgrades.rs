//! The smallest upgrade that the requirements in the graph allow, as `explain` says it: each file under
//! `fixtures/upgrades/` is one ecosystem.
//!
//! A file holds a project that locks `rotten`. Each `[[case]]` changes one thing and says what stands
//! under "ways out". The files that begin with `followed-` are read by [`followed`].

mod archive;
mod followed;
mod managers;
mod registry;

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use serde::Deserialize;

use crate::fixture::Files;
use crate::harness::{Project, Run};
use crate::package_managers::Manager;
use crate::tables::{self, Table, change};
use crate::toolchain;
use crate::workspace::{configure_sources, fill_in_targets, lock, vendor};

const FOLDER: &str = "fixtures/upgrades";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    files: Files,
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

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for path in tables::files(FOLDER) {
        trials.extend(match tables::name(&path) {
            "followed-npm" => followed::trials(&path, followed::Npm::of_this_machine),
            "followed-pnpm" => followed::trials(&path, || managers::Other::of(Manager::Pnpm)),
            "followed-yarn" => followed::trials(&path, || managers::Other::of(Manager::Yarn)),
            "followed-yarn-1" => {
                followed::trials(&path, || managers::Other::of(Manager::YarnClassic))
            }
            "followed-bun" => followed::trials(&path, || managers::Other::of(Manager::Bun)),
            "followed-deno" => followed::trials(&path, || managers::Other::of(Manager::Deno)),
            "followed-cargo" => followed::trials(&path, followed::Cargo::of_this_machine),
            _ => tables::trials::<Rule>("upgrades", &path),
        });
    }
    trials
}

impl Table for Rule {
    type Case = Case;

    fn cases(&self) -> &[Case] {
        &self.cases
    }

    fn about(case: &Case) -> &str {
        &case.about
    }

    fn check(&self, case: &Case) -> Result<(), String> {
        let is_cargo = self.files.contains_key("Cargo.toml");
        if is_cargo && !toolchain::is_here("upgrades of Cargo packages") {
            return Ok(());
        }
        let project = Project::with_files(&self.files);
        change(&project, &case.change);
        if is_cargo {
            for (name, text) in &self.registry {
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
