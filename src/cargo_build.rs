//! What Cargo really builds: the packages and features of what is shipped.
//!
//! A lockfile names everything that some build might need, including packages that no build ever contains.
//! By default the matrix covers everything that could be built, so that a proof does not depend on finding any
//! command; a policy can declare less, and then the module `tripwire` searches for lines that contradict it.
//! Two resolvers answer for every [`Cell`] of the [`matrix`]: Cargo itself (`cargo tree`) and
//! guppy's simulation of it over `cargo metadata`. A package is only absent if both say
//! so; if they differ, nothing is proved.
//!
//! Nothing of the project is executed: no build script, no wrapper, no toolchain that the project
//! names, and none of its configuration except what [`configuration`] passes on. Nothing is
//! fetched. Anything that cannot be resolved is a [`BuildProblem`], never a guess.

mod carriers;
mod cause;
pub mod cells;
mod conditions;
pub mod configuration;
pub mod matrix;
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

/// A package as resolvers name it. If two sources have a package of the same name and version, they
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

/// The purpose of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// For shipping: normal and build dependencies, including those that run on the build machine.
    Shipping,
    /// The same, plus development dependencies of the workspace's own packages.
    Development,
}

impl Purpose {
    pub const ALL: &'static [Self] = &[Self::Shipping, Self::Development];
}

/// The enabled features of every package that is built.
pub type BuiltPackages = BTreeMap<PackageKey, BTreeSet<String>>;

/// What each feature of a package enables (Cargo book, "Features", "The `[features]` section").
pub type FeatureTable = BTreeMap<String, Vec<String>>;

/// A package's requirement on a dependency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclaredRequirement {
    /// The registry name of the dependency.
    pub package: String,
    /// The versions that it admits.
    pub versions: String,
}

/// Cargo's own answer for one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoView {
    pub packages: BuiltPackages,
    /// The dependencies between built packages.
    pub dependencies: BTreeMap<PackageKey, BTreeSet<PackageKey>>,
    /// The workspace's own packages, where every path starts.
    pub starts: BTreeSet<PackageKey>,
}

/// The simulation's answer for one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimulatedView {
    pub packages: BuiltPackages,
    /// The packages that run on the build machine: build scripts, procedural macros and their
    /// dependencies.
    pub on_host: BTreeSet<PackageKey>,
    /// The packages that run where the program runs. A package may be in both sets.
    pub to_run: BTreeSet<PackageKey>,
    /// The packages that would run on the build machine if that were one of the target. Only known for
    /// development, which includes everything needed for shipping.
    pub on_target: BuiltPackages,
}

/// One cell of the matrix, as both resolvers see it for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedCell {
    pub cell: Cell,
    /// The purpose.
    pub purpose: Purpose,
    /// Cargo's answer. For development it may cover all cells together that differ only in their
    /// targets, if the simulation sees the same.
    pub cargo: Arc<CargoView>,
    /// The simulation's answer.
    pub simulated: SimulatedView,
}

/// Everything that was resolved for one lockfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedBuilds {
    /// The machine that resolved it, for which build scripts are built.
    pub host: String,
    /// Every cell for every purpose.
    pub cells: Vec<ResolvedCell>,
    /// The features that each package declares.
    pub declared: BTreeMap<PackageKey, FeatureTable>,
    /// The requirements of each package.
    pub requirements: BTreeMap<PackageKey, Vec<DeclaredRequirement>>,
    /// The manifests of the workspace's own packages, and of the workspace.
    pub manifests: Vec<NamedCargoToml>,
    /// Whether the policy declares less than everything.
    pub is_declared: bool,
    /// Builds outside of the policy's declaration that files of the repository ask for.
    pub outside: Outside,
    /// Lines that ship development builds (`--examples`, `--tests`), and the policy's own declaration of it.
    pub ships_development: Vec<Location>,
    /// Lines of `ignore` in the policy that have no effect.
    pub idle_ignores: Vec<Location>,
    /// The results of narrower declarations, if requested.
    pub narrower: Vec<Narrower>,
    /// Whether it was requested what may be left in the program.
    pub asked_of_carriers: bool,
    /// Why packages that only the build needs may leave something in the program.
    pub carriers: BTreeMap<PackageKey, Carrier>,
}

/// Builds outside of the policy's declaration that files of the repository ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    pub asks: Vec<Ask>,
    /// How many files were searched.
    pub files: usize,
    /// Everything that they could build. A package that is not in it is unaffected by them.
    pub cells: Vec<ResolvedCell>,
}

/// A declaration that is narrower than the resolved one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrower {
    /// What to write into the policy.
    pub declaration: String,
    /// What is built with it.
    pub cells: Vec<ResolvedCell>,
}
