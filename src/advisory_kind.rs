//! What sort of statement an advisory makes: policies gate by it, advisories carry it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What sort of statement an advisory makes.
///
/// Ordered by how it gates: the greatest of several records about one vulnerability counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdvisoryKind {
    Notice,
    /// The version was taken back by its author.
    Yanked,
    /// Nobody maintains it any more.
    Unmaintained,
    /// It breaks Rust's soundness promise, without a known way to attack it.
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
