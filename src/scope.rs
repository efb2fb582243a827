//! What needs a package: running, building, or only development.

use std::fmt;

/// What needs a package. Decided by reachability over the graph, see [`crate::graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Nothing but development needs it.
    Development,
    /// Building needs it, running does not.
    Build,
    /// Running needs it, or nothing proves that it does not.
    Runtime,
}

impl Scope {
    /// The word in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Build => "build",
            Self::Runtime => "runtime",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
