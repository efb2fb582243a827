//! Commands in the repository that build with flags of their own.

use crate::problem::Location;

/// A command or a setting whose effect on what is built is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnclearFlags {
    /// Its line; `None` if the environment holds it.
    pub location: Option<Location>,
    /// What is not known, in a few words.
    pub reason: String,
}
