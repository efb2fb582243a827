//! Random workspaces with random commands in random lines of random files: Cargo's own plan of every one
//! of these builds never has a package that `not-built` was upheld about.
//!
//! `LOCKGATE_PROPERTY_WORKSPACES` says how many; a few dozen by themselves. A failure names its seed, and
//! `LOCKGATE_PROPERTY_SEED` begins there.

mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use serde::Deserialize;

use self::workspace::{Build, Generated};
use crate::harness::{Project, Run};
use crate::toolchain;
use crate::workspace::{configure_sources, vendor};

/// How many workspaces are tried by themselves.
const WORKSPACES: u64 = 24;

#[derive(Deserialize)]
struct UnitGraph {
    units: Vec<Unit>,
    roots: Vec<usize>,
}

#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    index: usize,
}

#[test]
fn no_plan_of_cargos_has_a_package_that_was_said_not_to_be_built() {
    if !toolchain::is_here("random workspaces") {
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "how much is tried is up to who runs the tests")]
    let number = |name: &str, default: u64| {
        let written = std::env::var(name).ok();
        written.map_or(default, |text| text.parse().unwrap())
    };
    let count = number("LOCKGATE_PROPERTY_WORKSPACES", WORKSPACES);
    let next = AtomicU64::new(number("LOCKGATE_PROPERTY_SEED", 1));
    let end = next.load(Ordering::Relaxed) + count;
    let (tried, upheld, planned) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            if let Some((claims, plans)) = try_workspace(seed) {
                tried.fetch_add(1, Ordering::Relaxed);
                upheld.fetch_add(claims, Ordering::Relaxed);
                planned.fetch_add(plans, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        let other = scope.spawn(work);
        work();
        other.join().unwrap();
    });
    let (tried, upheld) = (tried.into_inner(), upheld.into_inner());
    eprintln!("{tried} workspaces, {} plans, {upheld} upheld claims", planned.into_inner());
    assert!(tried > 0 && upheld > 0, "something is proved");
}

/// How many claims were upheld, and how many plans they were held against. `None` for a workspace that
/// Cargo refuses.
fn try_workspace(seed: u64) -> Option<(usize, usize)> {
    let generated = Generated::new(seed);
    let project = Project::empty();
    for (path, text) in &generated.files {
        project.write(path, text);
    }
    for (number, (name, text)) in generated.registry.iter().enumerate() {
        vendor(&project, name, text);
        let crate_name = name.rsplit_once('-').unwrap().0;
        let id = format!("RUSTSEC-2026-{:04}", number + 1);
        let advisory = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{crate_name}\"\n\
             date = \"2026-01-01\"\n[versions]\npatched = [\">=9\"]\n```\n\n# It is rotten\n\nAll of it.\n"
        );
        project.write(&format!("advisories/crates/{crate_name}/{id}.md"), advisory);
    }
    configure_sources(&project);
    let locked =
        toolchain::cargo(project.path()).args(["generate-lockfile", "--offline"]).output().unwrap();
    if !locked.status.success() {
        return None;
    }
    let upheld = upheld(&project, seed);
    let mut plans = 0;
    // Where nothing was proved no plan can contradict it.
    let builds = generated.builds.iter().filter(|_| !upheld.is_empty());
    for build in builds {
        // What Cargo refuses ships nothing.
        let Some(planned) = plan(&project, build) else {
            continue;
        };
        plans += 1;
        let wrong: Vec<&String> = planned.intersection(&upheld).collect();
        assert!(
            wrong.is_empty(),
            "seed {seed}: {wrong:?} by {build:?}\n{}\n{:#?}",
            generated.policy,
            generated.files
        );
    }
    Some((upheld.len(), plans))
}

/// The packages that lockgate clears.
fn upheld(project: &Project, seed: u64) -> BTreeSet<String> {
    let mut command = project.command(&["check", "--report", "json"]);
    let run: Run = toolchain::give(&mut command).output().unwrap().into();
    assert!(!run.stdout.is_empty(), "seed {seed}: {}", run.stderr);
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let cleared = findings.filter(|finding| finding["disposition"] == "not-affected");
    cleared.map(|finding| finding["package"]["name"].as_str().unwrap().to_owned()).collect()
}

/// The packages of the registry that are in what ships of a build.
fn plan(project: &Project, build: &Build) -> Option<BTreeSet<String>> {
    let done = toolchain::cargo(project.path())
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["build", "--unit-graph", "-Zunstable-options", "--locked", "--offline"])
        .args(&build.arguments)
        .output()
        .unwrap();
    if !done.status.success() {
        return None;
    }
    let graph: UnitGraph = serde_json::from_slice(&done.stdout).unwrap();
    let names: BTreeMap<usize, String> =
        graph.units.iter().map(|unit| name(&unit.pkg_id)).enumerate().collect();
    let ships = |root: &&usize| build.shipped.is_empty() || build.shipped.contains(&names[*root]);
    let mut pending: Vec<usize> = graph.roots.iter().filter(ships).copied().collect();
    let mut reached = BTreeSet::new();
    while let Some(unit) = pending.pop() {
        if reached.insert(unit) {
            pending.extend(graph.units[unit].dependencies.iter().map(|needed| needed.index));
        }
    }
    Some(reached.iter().map(|unit| names[unit].clone()).collect())
}

/// `registry+…#name@1.0.0`, or `path+file:///…/name#1.0.0`.
fn name(id: &str) -> String {
    let (place, rest) = id.split_once('#').unwrap();
    let named = rest.split_once('@').map(|(name, _)| name);
    named.unwrap_or_else(|| place.rsplit('/').next().unwrap()).to_owned()
}
