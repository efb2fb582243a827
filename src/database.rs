//! The advisories to match against: a compiled snapshot, source folders, or both.
//!
//! Everything here answers one question: which advisories name this package? An answer is complete
//! or it is an error; "nothing found" is only returned if everything that could have named the
//! package was read.

pub mod archive;
pub mod asked;
pub mod collection;
pub mod folder;
pub mod freshness;
pub mod reading;
pub mod sidecar;
pub mod snapshot;
mod temporary;
pub mod update;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::advisory::{Advisory, UnreadableRecord};
use crate::advisory_kind::AdvisoryKind;
use crate::package::{Ecosystem, PackageName};

/// Everything known about one package.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageAdvisories {
    /// Records that name it. Each record's `affected` contains only this package's entries.
    pub advisories: Vec<Advisory>,
    /// Records that may name it and could not be read.
    pub unreadable: Vec<UnreadableRecord>,
}

/// The answer to a look-up of many packages; a package that no record names is absent.
pub type AdvisoriesByPackage = BTreeMap<PackageName, PackageAdvisories>;

/// The properties of one source in a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// The name in reports.
    pub name: String,
    /// Its layout: the word of [`crate::policy::SourceKind`].
    pub kind: String,
    /// Where it was read from: a path or an address. `None` in a
    /// snapshot, which must be the same wherever it is built.
    pub origin: Option<String>,
    /// What identifies its state: a commit, or a digest of its content.
    pub revision: String,
    /// The number of records that were read, including withdrawn ones, by ecosystem.
    pub advisories: BTreeMap<Ecosystem, u64>,
    /// The ecosystems that it covers: all of its records belong to them. A record about several
    /// packages is in the archive of each of their ecosystems, and makes none of them complete.
    /// A source that was asked about the locked packages covers their ecosystems, even if it knows
    /// nothing about them.
    pub covers: BTreeSet<Ecosystem>,
    /// The same records, by kind.
    pub kinds: BTreeMap<AdvisoryKind, u64>,
    /// The number of records that could not be read.
    pub unreadable: u64,
    /// When it was last known to match its publisher's copy. `None`: it is kept in the
    /// repository, is as fresh as the repository, and does not cover an ecosystem on its own.
    pub current_at: Option<Timestamp>,
    /// The date of the newest record in it.
    pub newest_record: Option<Timestamp>,
    /// Remarks that every check repeats although they change nothing.
    pub remarks: Vec<String>,
}

impl SourceInfo {
    /// All records that were read.
    pub fn total(&self) -> u64 {
        self.advisories.values().sum()
    }

    /// Whether it covers an ecosystem, even without any records for it.
    pub fn answers_for(&self, ecosystem: Ecosystem) -> bool {
        let records = self.advisories.get(&ecosystem);
        self.covers.contains(&ecosystem) || records.is_some_and(|count| *count > 0)
    }
}
