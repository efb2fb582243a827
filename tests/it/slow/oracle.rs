//! What is said to be built, beside Cargo's own plan of a build, over real projects.
//!
//! The unit graph (Cargo book, "Unstable Features", "unit-graph") names every package that `cargo
//! build` would compile. Both resolvers must see exactly those, for what is shipped and with
//! development dependencies, and the same features.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use lockgate::inside::{
    BuildEnvironment, BuildRequest, BuiltPackages, CargoLock, CargoPolicy, Detail, LocatedWord,
    Location, LockfileFormat, PackageKey, Purpose, ResolvedBuilds, ResolvedCell, ShippedFeatures,
    SourceText, build_environment, resolve,
};
use serde::Deserialize;

use crate::skip::skip;
use crate::toolchain;

/// Programs whose packages hold the lockfile they were released with.
const PROJECTS: &[&str] = &["ripgrep", "fd-find", "hyperfine", "bat", "cargo-audit"];

#[derive(Deserialize)]
struct UnitGraph {
    units: Vec<Unit>,
}

#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    features: BTreeSet<String>,
}

#[test]
fn what_is_built_is_what_cargo_would_compile() {
    if !toolchain::is_here("the comparison with Cargo's unit graph") {
        return;
    }
    let mut compared = 0;
    for name in PROJECTS {
        let folder = tempfile::tempdir().unwrap();
        let Some(project) = download(name, folder.path()) else {
            skip("crates", name, "it cannot be downloaded");
            continue;
        };
        compare(name, &project);
        compared += 1;
    }
    eprintln!("compared {compared} of {} projects", PROJECTS.len());
}

fn compare(name: &str, project: &Path) {
    let builds = resolved(project);
    for (purpose, arguments) in
        [(Purpose::Shipping, &[][..]), (Purpose::Development, &["--all-targets"][..])]
    {
        let planned = unit_graph(project, &[&builds.host], arguments);
        let cell = builds.cells_for(purpose).next().unwrap();
        let count = planned.len();
        assert!(count > 10, "{name}: the plan is empty");
        let together = unit_graph(project, &targets(&builds, purpose, cell), arguments);
        assert_eq!(differences(&together, &cell.cargo.packages), "", "{name}: cargo, {purpose:?}");
        // What no target decides is on in the simulation, so that it may see more.
        let seen = |package: &PackageKey| cell.simulated.packages.get(package);
        let missing = planned.iter().filter(|(package, features)| {
            seen(package).is_none_or(|seen| !features.is_subset(seen))
        });
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "{name}: the simulation, {purpose:?}: {missing:?}");
        eprintln!("{name}: {count} packages, {purpose:?}");
    }
}

/// The targets that Cargo was asked about together: for development, all that are built alike.
fn targets<'own>(
    builds: &'own ResolvedBuilds,
    purpose: Purpose,
    first: &'own ResolvedCell,
) -> Vec<&'own str> {
    let is_together = |cell: &&ResolvedCell| Arc::ptr_eq(&cell.cargo, &first.cargo);
    let together = builds.cells_for(purpose).filter(is_together);
    together.filter_map(|cell| cell.cell.target.triple()).collect()
}

/// Packages that only one of two builds has, and features that are not on in both.
fn differences(planned: &BuiltPackages, found: &BuiltPackages) -> String {
    let names: BTreeSet<&PackageKey> = planned.keys().chain(found.keys()).collect();
    let differing = names.into_iter().filter(|name| planned.get(name) != found.get(name));
    let lines = differing.map(|name| {
        format!("{name}: planned {:?}, found {:?}", planned.get(name), found.get(name))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The project's first cell: its default features on this machine.
fn resolved(project: &Path) -> ResolvedBuilds {
    let path = project.join("Cargo.lock");
    let source = SourceText::new("Cargo.lock", fs::read_to_string(&path).unwrap());
    let lockfile = CargoLock.parse(&Arc::new(source)).unwrap();
    let location = Location { file: "lockgate.toml".to_owned(), line: 1 };
    let features = ShippedFeatures { default: true, all: false, names: Vec::new(), location };
    let host = LocatedWord { text: host(), location: features.location.clone() };
    let policy =
        CargoPolicy { targets: vec![host], features: Some(features), ..CargoPolicy::default() };
    let environment = BuildEnvironment {
        path: Some(toolchain::folder().into_os_string()),
        target: None,
        ..build_environment()
    };
    let request = BuildRequest {
        lockfile: &lockfile,
        path: &path,
        policy: &policy,
        policy_text: None,
        environment: &environment,
        detail: Detail::default(),
    };
    resolve(&request).unwrap()
}

/// The triple of this machine.
fn host() -> String {
    let mut command = Command::new(toolchain::program("rustc"));
    let done = command.arg("-vV").output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    let mut lines = said.lines();
    lines.find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

fn unit_graph(project: &Path, targets: &[&str], arguments: &[&str]) -> BuiltPackages {
    let mut command = cargo(project);
    command.env("RUSTC_BOOTSTRAP", "1");
    command.args(["build", "--unit-graph", "-Zunstable-options", "--locked", "--offline"]);
    for target in targets {
        command.args(["--target", target]);
    }
    let done = command.arg("--workspace").args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let graph: UnitGraph = serde_json::from_slice(&done.stdout).unwrap();
    let mut packages: BuiltPackages = BTreeMap::new();
    for unit in graph.units {
        packages.entry(key(&unit.pkg_id)).or_default().extend(unit.features);
    }
    packages
}

/// `registry+…#name@1.0.0`, or `path+file:///…/name#1.0.0` (Cargo book, "Package ID
/// Specifications").
fn key(id: &str) -> PackageKey {
    let (place, rest) = id.split_once('#').unwrap();
    let (name, version) =
        rest.split_once('@').unwrap_or_else(|| (place.rsplit('/').next().unwrap(), rest));
    PackageKey { name: name.to_owned(), version: version.to_owned() }
}

/// A released package with its lockfile, in a folder of its own, with everything it locks downloaded.
fn download(name: &str, folder: &Path) -> Option<PathBuf> {
    let asking = folder.join("asking");
    fs::create_dir_all(asking.join("src")).unwrap();
    fs::write(asking.join("src/lib.rs"), "").unwrap();
    let manifest = format!(
        "[package]\nname = \"asking\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [dependencies]\n{name} = \"*\"\n"
    );
    fs::write(asking.join("Cargo.toml"), manifest).unwrap();
    let asked = cargo(&asking).args(["fetch"]).output().ok()?;
    if !asked.status.success() {
        return None;
    }
    let locked: toml::Table = fs::read_to_string(asking.join("Cargo.lock")).ok()?.parse().ok()?;
    let mut packages = locked["package"].as_array()?.iter();
    let package = packages.find(|package| package["name"].as_str() == Some(name))?;
    let source = unpacked(&format!("{name}-{}", package["version"].as_str()?))?;
    let project = folder.join(name);
    copy(&source, &project);
    let fetched = cargo(&project).args(["fetch", "--locked"]).output().ok()?;
    (project.join("Cargo.lock").is_file() && fetched.status.success()).then_some(project)
}

/// Where Cargo unpacked a package (Cargo book, "Cargo Home").
fn unpacked(package: &str) -> Option<PathBuf> {
    let environment = build_environment();
    let variable = |wanted: &str| {
        let found = environment.passed.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| PathBuf::from(value))
    };
    let home = variable("CARGO_HOME").or_else(|| Some(variable("HOME")?.join(".cargo")))?;
    let mut registries = fs::read_dir(home.join("registry/src")).ok()?.filter_map(Result::ok);
    registries.find_map(|registry| Some(registry.path().join(package)).filter(|path| path.is_dir()))
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(toolchain::program("cargo"));
    command.current_dir(folder);
    command
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
