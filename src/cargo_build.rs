//! What Cargo really builds: which packages, with which features, for what is shipped.
//!
//! A lockfile names everything that some build might need; on a usual project a third of it is never
//! built. Two resolvers answer for every [`Cell`] of the [`matrix`]: Cargo itself (`cargo tree`) and
//! guppy's simulation of it over `cargo metadata`. Only where both say that a package is not there
//! is it not there; where they differ nothing is proved.
//!
//! Nothing of the project is executed: no build script, no wrapper, no toolchain that the project
//! names, and no configuration of the project but what [`configuration`] lets through. Nothing is
//! fetched. What cannot be resolved is a [`BuildProblem`], never a guess.

mod cause;
pub mod cells;
pub mod configuration;
pub mod flags;
pub mod manifest;
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
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use self::cells::{Cell, CellFeatures, FeatureName};
pub use self::flags::UnclearFlags;
pub use self::manifest::Manifest;
pub use self::problem::BuildProblem;
pub use self::query::{Chain, Presence};
pub use self::resolve::{BuildRequest, resolve};
pub use self::toolchain::BuildEnvironment;

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
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Shipping, Self::Development];
}

/// The enabled features of every package that is built.
pub type BuiltPackages = BTreeMap<PackageKey, BTreeSet<String>>;

/// What each feature of a package turns on (Cargo book, "Features", "The `[features]` section").
pub type FeatureTable = BTreeMap<String, Vec<String>>;

/// What Cargo itself says about one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoView {
    /// What is built.
    pub packages: BuiltPackages,
    /// Who depends on whom, so far as both are built.
    pub dependencies: BTreeMap<PackageKey, BTreeSet<PackageKey>>,
    /// The workspace's own packages, from which every dependency comes.
    pub starts: BTreeSet<PackageKey>,
}

/// What the simulation says about one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimulatedView {
    /// What is built.
    pub packages: BuiltPackages,
    /// Which of it runs on the machine that builds: build scripts, procedural macros and what they
    /// need.
    pub on_host: BTreeSet<PackageKey>,
}

/// One cell of the matrix, as both resolvers see it for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedCell {
    /// The cell.
    pub cell: Cell,
    /// What it is resolved for.
    pub purpose: Purpose,
    /// What Cargo says.
    pub cargo: CargoView,
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
    /// The manifests of the workspace's own packages, and of the workspace.
    pub manifests: Vec<Manifest>,
    /// Commands whose flags could not be understood: what they build is not known.
    pub unclear: Vec<UnclearFlags>,
}
