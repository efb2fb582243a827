//! What packages ask of those that they depend on, as far as the files on disk say it, and what keeps
//! them from asking.

use std::collections::BTreeSet;

use super::PackageIndex;
use crate::problem::Location;

/// What is known about how some packages get their versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependents {
    /// What every dependent asks for.
    pub requirements: Vec<Requirement>,
    /// The copies that come with another package and cannot be moved without it.
    pub carriers: Vec<Carrier>,
    /// Projects that are only linked (npm `file:`): they are no members of the workspace.
    pub linked: BTreeSet<PackageIndex>,
    /// The names that the project overrides something of (npm `overrides`).
    pub overridden: BTreeSet<String>,
}

/// What one package asks of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub from: PackageIndex,
    /// The locked copy that answers to it.
    pub to: PackageIndex,
    /// The name under which it asks: npm gives the folder this name, which may be an alias. For an
    /// override it is the key.
    pub key: String,
    /// The table of the manifest that asks, where a command could be told of it (npm).
    pub table: &'static str,
    /// The versions that it admits, as it is written. `None` where that is not known.
    pub versions: Option<String>,
    /// The line that says so, or the entry of who asks.
    pub location: Location,
    /// Whether it is an order of the project that counts in place of what others ask (npm
    /// `overrides`).
    pub is_override: bool,
    /// Whether who asks is installed under another name than its own (npm).
    pub is_from_alias: bool,
}

/// A package that brings a copy of another one along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    pub copy: PackageIndex,
    pub by: PackageIndex,
    pub how: Carrying,
}

/// In what way a package brings another one along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrying {
    /// It is a part of its archive (npm `bundleDependencies`).
    Bundled,
    /// Its own `npm-shrinkwrap.json` says which version (npm `hasShrinkwrap`).
    Shrinkwrapped,
}
