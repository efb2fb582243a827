//! The kind of an advisory, by which policies gate.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of an advisory.
///
/// Ordered by strictness: the greatest of several records about one vulnerability counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdvisoryKind {
    Notice,
    /// Its author withdrew the version.
    Yanked,
    /// It has no maintainer any more.
    Unmaintained,
    /// It breaks Rust's soundness guarantee, without a known attack.
    Unsound,
    /// It can be attacked.
    Vulnerability,
    /// It was made to attack.
    Malicious,
}

impl AdvisoryKind {
    /// The word used in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Yanked => "yanked",
            Self::Unmaintained => "unmaintained",
            Self::Unsound => "unsound",
            Self::Vulnerability => "vulnerability",
            Self::Malicious => "malicious",
        }
    }
}

impl fmt::Display for AdvisoryKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
