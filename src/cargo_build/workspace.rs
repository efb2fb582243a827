//! The output of `cargo metadata` for a workspace: its packages, their features, and the graph for
//! the simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use guppy::graph::cargo::CargoResolverVersion;
use guppy::graph::{PackageGraph, PackageMetadata};
use guppy::{CargoMetadata, PackageId};
use serde::Deserialize;

use super::matrix::Member;
use super::toolchain::first_line;
use super::{BuildProblem, DeclaredRequirement, FeatureTable, PackageKey, conditions, process};
use crate::cargo_toml::CargoToml;
use crate::disk;
use crate::lockfile::manifest::MAX_BYTES;
use crate::lockfile::tool::CARGO;
use crate::problem::SourceText;

const NAME: &str = "cargo metadata";

/// A workspace as described by Cargo.
pub(super) struct Workspace {
    /// Every package that is needed by any features on any platform.
    pub(super) graph: PackageGraph,
    /// The features of every package.
    pub(super) features: BTreeMap<PackageKey, FeatureTable>,
    /// The requirements of every package.
    pub(super) requirements: BTreeMap<PackageKey, Vec<DeclaredRequirement>>,
    /// The dependencies of every package: the names in its manifest, with those in the registry.
    dependencies: BTreeMap<PackageKey, BTreeMap<String, String>>,
    /// The rules by which features are unified.
    pub(super) resolver: CargoResolverVersion,
    /// Whether `--no-default-features` applies to every selected package, as it does in a virtual
    /// workspace and since resolver 2 (Cargo book, "Features", "Resolver version 2 command-line
    /// flags").
    pub(super) flags_reach_all: bool,
}

#[derive(Deserialize)]
struct WireMetadata {
    packages: Vec<WirePackage>,
}

#[derive(Deserialize)]
struct WirePackage {
    name: String,
    version: String,
    features: FeatureTable,
    dependencies: Vec<WireDependency>,
}

#[derive(Deserialize)]
struct WireDependency {
    name: String,
    req: String,
    rename: Option<String>,
    target: Option<String>,
}

impl Workspace {
    /// Asks Cargo. `command` lacks only its arguments; `lockfile` is the lockfile's path for messages, and
    /// `folder` its folder.
    pub(super) fn ask(
        command: &mut Command,
        lockfile: &str,
        folder: &Path,
    ) -> Result<Self, BuildProblem> {
        command.args(["--all-features", "--format-version", "1"]);
        let output = process::run(NAME, command)?;
        if !output.success {
            return Err(refusal(lockfile, &output.stderr));
        }
        let unreadable = |reason: &dyn ToString| BuildProblem::Unreadable {
            program: NAME.to_owned(),
            reason: reason.to_string(),
        };
        let wire: WireMetadata =
            serde_json::from_str(&output.stdout).map_err(|error| unreadable(&error))?;
        let widened = conditions::widen(output.stdout, &written_conditions(&wire));
        let graph = CargoMetadata::parse_json(&widened)
            .and_then(CargoMetadata::build_graph)
            .map_err(|error| unreadable(&error))?;
        let root = graph.workspace().root().as_std_path();
        let is_root = root.canonicalize().is_ok_and(|root| root == folder);
        if !is_root {
            return Err(BuildProblem::NotTheWorkspace { path: lockfile.to_owned() });
        }
        let (resolver, is_virtual) = read_resolver(&root.join(CARGO.manifest))?;
        Ok(Self {
            dependencies: dependencies(&wire),
            requirements: requirements(&wire),
            features: features(wire),
            flags_reach_all: is_virtual || resolver != CargoResolverVersion::V1,
            resolver,
            graph,
        })
    }

    /// The packages of the workspace itself, by name.
    pub(super) fn members(&self) -> Vec<Member> {
        let mut members: Vec<Member> =
            self.graph.workspace().iter().map(|package| self.member(&package)).collect();
        members.sort_by(|left, right| left.name.cmp(&right.name));
        members
    }

    fn member(&self, package: &PackageMetadata<'_>) -> Member {
        let features = self.features.get(&key(package));
        Member {
            name: package.name().to_owned(),
            id: package.id().repr().to_owned(),
            features: features.into_iter().flat_map(BTreeMap::keys).cloned().collect(),
            dependencies: self.dependencies.get(&key(package)).cloned().unwrap_or_default(),
            manifest: package.manifest_path().as_std_path().to_owned(),
        }
    }

    /// A package of the workspace, by name.
    pub(super) fn id(&self, member: &str) -> Option<&PackageId> {
        Some(self.graph.workspace().member_by_name(member).ok()?.id())
    }

    /// Every package of the graph.
    pub(super) fn packages(&self) -> BTreeSet<PackageKey> {
        self.graph.packages().map(|package| key(&package)).collect()
    }
}

/// The resolver of a workspace, and whether its root is not a package.
fn read_resolver(manifest: &Path) -> Result<(CargoResolverVersion, bool), BuildProblem> {
    let unreadable =
        |reason| BuildProblem::Unreadable { program: CARGO.manifest.to_owned(), reason };
    let text = disk::read_text(manifest, MAX_BYTES);
    let text = text.map_err(|error| unreadable(error.to_string()))?;
    let root = CargoToml::parse(&SourceText::new("", text));
    let root = root.map_err(|error| unreadable(error.message))?;
    let resolver = root
        .resolver
        .ok_or_else(|| unreadable("it asks for a resolver that is not known here".to_owned()))?;
    Ok((resolver, root.package.is_none()))
}

fn dependencies(wire: &WireMetadata) -> BTreeMap<PackageKey, BTreeMap<String, String>> {
    let of_package = |package: &WirePackage| {
        let key = PackageKey { name: package.name.clone(), version: package.version.clone() };
        let named = package.dependencies.iter().map(|dependency| {
            let written = dependency.rename.as_ref().unwrap_or(&dependency.name);
            (written.clone(), dependency.name.clone())
        });
        (key, named.collect())
    };
    wire.packages.iter().map(of_package).collect()
}

/// Every platform condition of a dependency, in its original spelling.
fn written_conditions(wire: &WireMetadata) -> BTreeSet<String> {
    let dependencies = wire.packages.iter().flat_map(|package| &package.dependencies);
    dependencies.filter_map(|dependency| dependency.target.clone()).collect()
}

fn requirements(wire: &WireMetadata) -> BTreeMap<PackageKey, Vec<DeclaredRequirement>> {
    let mut requirements: BTreeMap<PackageKey, Vec<DeclaredRequirement>> = BTreeMap::new();
    for package in &wire.packages {
        let key = PackageKey { name: package.name.clone(), version: package.version.clone() };
        let asked = package.dependencies.iter().map(|dependency| DeclaredRequirement {
            package: dependency.name.clone(),
            versions: dependency.req.clone(),
        });
        requirements.entry(key).or_default().extend(asked);
    }
    requirements
}

fn features(wire: WireMetadata) -> BTreeMap<PackageKey, FeatureTable> {
    let mut features: BTreeMap<PackageKey, FeatureTable> = BTreeMap::new();
    for package in wire.packages {
        let key = PackageKey { name: package.name, version: package.version };
        features.entry(key).or_default().extend(package.features);
    }
    features
}

/// The name and the version of a package of the graph.
pub(super) fn key(package: &PackageMetadata<'_>) -> PackageKey {
    PackageKey { name: package.name().to_owned(), version: package.version().to_string() }
}

/// The beginning of Cargo's advice for people who did not use `--offline`.
const REMINDER: &str = "As a reminder";

/// Why Cargo did not describe the workspace, by what the user can do about it.
fn refusal(lockfile: &str, errors: &str) -> BuildProblem {
    let message = first_line(errors);
    // Cargo's messages are "needs to be updated but --locked was passed" and "cannot update the lock file …
    // because --locked was passed".
    if errors.contains("--locked was passed") {
        return BuildProblem::Outdated { path: lockfile.to_owned(), message };
    }
    if errors.contains("offline") || errors.contains("failed to download") {
        let cause = errors
            .lines()
            .map(str::trim)
            .find(|line| line.contains("offline") && !line.starts_with(REMINDER));
        let cause = cause.map_or(message.clone(), |cause| format!("{message}: {cause}"));
        return BuildProblem::NotDownloaded { message: cause };
    }
    BuildProblem::Refused { message }
}
