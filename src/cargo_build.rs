//! What Cargo really builds: which packages, with which features, for what is shipped.
//!
//! A lockfile names everything that some build might need, and some of it no build ever contains. By
//! itself the matrix is everything that could be built, so that no command has to be found for a proof to
//! hold; what is narrower the policy declares, and then the module `tripwire` looks for lines that contradict it.
//! Two resolvers answer for every [`Cell`] of the [`matrix`]: Cargo itself (`cargo tree`) and
//! guppy's simulation of it over `cargo metadata`. Only where both say that a package is not there
//! is it not there; where they differ nothing is proved.
//!
//! Nothing of the project is executed: no build script, no wrapper, no toolchain that the project
//! names, and no configuration of the project but what [`configuration`] lets through. Nothing is
//! fetched. What cannot be resolved is a [`BuildProblem`], never a guess.

mod carriers;
mod cause;
pub mod cells;
mod conditions;
pub mod configuration;
pub mod matrix;
mod parallel;
pub mod platform;
mod problem;
mod process;
mod project;
mod query;
mod resolve;
mod simulation;
mod toolchain;
mod tree;
mod tripwire;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::cargo_toml::NamedCargoToml;
use crate::problem::Location;

pub use self::carriers::Carrier;
pub use self::cells::{Cell, CellFeatures, FeatureName, Target};
pub use self::problem::BuildProblem;
pub use self::query::{Chain, Presence};
pub use self::resolve::{BuildRequest, Detail, resolve, ships_development};
pub use self::toolchain::BuildEnvironment;
pub use self::tripwire::{Ask, AskKind};

/// A package as resolvers name it. Where two sources have a package of one name and version they
/// count as one: if either is built, both are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageKey {
    /// The name in its registry.
    pub name: String,
    /// The version, without a `v` in front.
    pub version: String,
}

impl fmt::Display for PackageKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.version)
    }
}

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// What is shipped: normal and build dependencies. What runs on the machine that builds counts.
    Shipping,
    /// That, and development dependencies of the workspace's own packages.
    Development,
}

impl Purpose {
    pub const ALL: &'static [Self] = &[Self::Shipping, Self::Development];
}

/// The enabled features of every package that is built.
pub type BuiltPackages = BTreeMap<PackageKey, BTreeSet<String>>;

/// What each feature of a package turns on (Cargo book, "Features", "The `[features]` section").
pub type FeatureTable = BTreeMap<String, Vec<String>>;

/// What a package asks of one that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclaredRequirement {
    /// The name in the registry of what it depends on.
    pub package: String,
    /// The versions that it admits.
    pub versions: String,
}

/// What Cargo itself says about one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoView {
    pub packages: BuiltPackages,
    /// Who depends on whom, so far as both are built.
    pub dependencies: BTreeMap<PackageKey, BTreeSet<PackageKey>>,
    /// The workspace's own packages, from which every dependency comes.
    pub starts: BTreeSet<PackageKey>,
}

/// What the simulation says about one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimulatedView {
    pub packages: BuiltPackages,
    /// Which of it runs on the machine that builds: build scripts, procedural macros and what they
    /// need.
    pub on_host: BTreeSet<PackageKey>,
    /// Which of it runs where the program runs. A package may be both.
    pub to_run: BTreeSet<PackageKey>,
    /// What would run on the machine that builds if that were one of the target. Known for development
    /// alone, which needs all that shipping needs.
    pub on_target: BuiltPackages,
}

/// One cell of the matrix, as both resolvers see it for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedCell {
    pub cell: Cell,
    /// What it is resolved for.
    pub purpose: Purpose,
    /// What Cargo says. For development it may be about all cells together that differ only in their
    /// targets, where the simulation sees the same.
    pub cargo: Arc<CargoView>,
    /// What the simulation says.
    pub simulated: SimulatedView,
}

/// Everything that was resolved for one lockfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedBuilds {
    /// The machine that resolved it, and for which build scripts are built.
    pub host: String,
    /// Every cell for every purpose.
    pub cells: Vec<ResolvedCell>,
    /// The features that each package has.
    pub declared: BTreeMap<PackageKey, FeatureTable>,
    /// What each package asks for.
    pub requirements: BTreeMap<PackageKey, Vec<DeclaredRequirement>>,
    /// The manifests of the workspace's own packages, and of the workspace.
    pub manifests: Vec<NamedCargoToml>,
    /// What the policy declares, if it declares something narrower than everything.
    pub is_declared: bool,
    /// What files of the repository ask of a build that the policy does not declare.
    pub outside: Outside,
    /// Lines that ship what development builds (`--examples`, `--tests`), and the policy's own word for it.
    pub ships_development: Vec<Location>,
    /// Lines of `ignore` in the policy that answer for nothing.
    pub idle_ignores: Vec<Location>,
    /// What narrower declarations would leave, if somebody wants to know.
    pub narrower: Vec<Narrower>,
    /// Whether somebody wanted to know what may be left in the program.
    pub asked_of_carriers: bool,
    /// Why packages that only building needs may leave something in the program.
    pub carriers: BTreeMap<PackageKey, Carrier>,
}

/// What files of the repository ask of a build that the policy does not declare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    pub asks: Vec<Ask>,
    /// Everything that they could build: a package that is not in it is not touched by them.
    pub cells: Vec<ResolvedCell>,
}

/// A declaration that is narrower than what was resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrower {
    /// What to write into the policy.
    pub declaration: String,
    /// What is built then.
    pub cells: Vec<ResolvedCell>,
}
