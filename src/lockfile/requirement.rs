//! What packages ask of those that they depend on, as far as the files on disk say it.

use super::PackageIndex;
use crate::problem::Location;

/// What one package asks of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Who asks.
    pub from: PackageIndex,
    /// The locked copy that answers to it.
    pub to: PackageIndex,
    /// The versions that it admits, as it is written. `None` where that is not known.
    pub versions: Option<String>,
    /// The line that says so, or the entry of who asks.
    pub location: Location,
    /// Whether it is an order of the project that counts in place of what others ask (npm
    /// `overrides`).
    pub is_override: bool,
}
