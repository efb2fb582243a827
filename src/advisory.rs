//! Advisories, independent of their database.
//!
//! Wire formats stay inside their files ([`osv`], [`rustsec`]); all other modules see
//! one [`Advisory`]. A record that cannot be read in full is never partly trusted: it becomes an
//! [`UnreadableRecord`] that names the packages it may be about.

mod affected;
pub mod alias;
mod date;
pub mod format;
pub mod formats;
mod mention;
pub mod npm;
pub mod osv;
pub mod range;
pub mod rustsec;
mod stretches;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::package::{Ecosystem, PackageName};
use crate::severity::Severity;

pub use range::{AffectedRange, RangeEvent};

/// One record of one advisory database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// The identifier in its own database.
    pub id: AdvisoryId,
    /// Identifiers of the same vulnerability in other databases.
    pub aliases: BTreeSet<AdvisoryId>,
    /// The kind of statement it makes.
    pub kind: AdvisoryKind,
    /// How grave it is.
    pub severity: Severity,
    /// One line for people. May be empty: many records have no summary.
    pub title: String,
    /// The whole description, in Markdown. May be empty.
    pub details: String,
    /// A page about it.
    pub url: Option<String>,
    /// When the record was first published.
    pub published: Option<Timestamp>,
    /// When the record last changed.
    pub modified: Option<Timestamp>,
    /// When its database withdraws it: from then on it never matches.
    pub withdrawn: Option<Timestamp>,
    /// The name of the source it was read from.
    pub source: SmolStr,
    /// The affected packages, one entry for each package and statement.
    pub affected: Vec<Affected>,
}

impl Advisory {
    /// Removes a withdrawal that is later than `now`: until then the record counts.
    pub fn as_of(&mut self, now: Timestamp) {
        self.withdrawn = self.withdrawn.filter(|time| *time <= now);
    }
}

/// The versions and parts of one package that an advisory affects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// The ecosystem of `package`.
    pub ecosystem: Ecosystem,
    /// The package's registry name.
    pub package: SmolStr,
    /// Affected ranges; a version in any of them is affected.
    pub ranges: Vec<AffectedRange>,
    /// Affected versions, listed one by one (OSV `affected[].versions`).
    pub versions: Vec<SmolStr>,
    /// Requirements that a patched version fulfils, such as `>=2.0.1`. For display and for upgrades.
    pub patched: Vec<SmolStr>,
    /// Affected functions by path, each with the version requirements it applies to
    /// (RustSec `[affected.functions]`). Empty if the advisory names none.
    pub functions: BTreeMap<String, Vec<String>>,
    /// Operating systems that are affected. Empty means all.
    pub os: Vec<String>,
    /// Processor architectures that are affected. Empty means all.
    pub arch: Vec<String>,
}

/// A record that could not be read, and the packages it may be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableRecord {
    /// Its path inside its source.
    pub file: String,
    /// The name of the source it was read from.
    pub source: String,
    /// Why it cannot be read, in one sentence without a full stop.
    pub reason: String,
    /// Every package that its text names, as far as the text could be parsed. Empty: it may be
    /// about any.
    pub packages: BTreeSet<PackageName>,
    /// The ecosystem that it must be about, if its source has only one.
    pub ecosystem: Option<Ecosystem>,
}
