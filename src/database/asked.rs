//! Sources that a check queries with the names of the locked packages.
//!
//! First it is planned what to ask where, without effects; then it is asked. An unanswered
//! question, or an implausible answer, is a separate failure: it
//! closes the gate, and does not remove findings from other answers.

pub mod npm_config;
pub mod npm_registry;
pub mod osv_api;
pub mod yanked;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use self::npm_config::{NpmConfigError, NpmVariables, Registries};
use crate::advisory::{Advisory, UnreadableRecord};
use crate::advisory_kind::AdvisoryKind;
use crate::database::{AdvisoriesByPackage, SourceInfo, collection};
use crate::network::{Fetch, NetworkError};
use crate::package::{Ecosystem, PackageId};
use crate::problem::{Gap, GapCode};

/// A source that is queried during a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedSource {
    /// The registries that npm itself would use.
    NpmRegistry {
        /// The name in reports.
        name: String,
        /// Replaces npm's default registry. Scopes with a registry of their
        /// own are still asked there.
        url: Option<Url>,
    },
    /// OSV's application programming interface.
    OsvApi {
        /// The name in reports.
        name: String,
        /// Its address.
        base: Url,
    },
}

/// The packages of one lockfile that are matched by name, and npm's configuration there.
#[derive(Clone, Debug, Default)]
pub struct Project {
    packages: BTreeSet<PackageId>,
    registries: Registries,
}

impl Project {
    /// Reads npm's configuration for the folder of a lockfile. `packages` must not contain packages from
    /// other registries, git or this machine. `by_policy` are the registries that the
    /// policy names: their settings in npm's configuration are read as well.
    pub fn read(
        folder: &Path,
        packages: BTreeSet<PackageId>,
        variables: &NpmVariables,
        by_policy: &[Url],
    ) -> Result<Self, NpmConfigError> {
        let npm = |package: &&PackageId| package.ecosystem == Ecosystem::Npm;
        let names = packages.iter().filter(npm).map(|package| package.name.as_str());
        let registries = Registries::read(folder, names, variables, by_policy)?;
        Ok(Self { packages, registries })
    }
}

/// The answer of one source.
#[derive(Debug)]
pub struct SourceAnswer {
    /// The advisories for the packages that were asked about.
    pub packages: AdvisoriesByPackage,
    /// The source, for reports. It covers its ecosystems only if every question was answered.
    pub info: SourceInfo,
    /// Questions that were not answered. Each is a gap.
    pub failures: Vec<AskError>,
    /// Remarks that change nothing.
    pub remarks: Vec<String>,
}

impl SourceAnswer {
    /// The unanswered questions as gaps.
    pub fn gaps(&self) -> Vec<Gap> {
        let name = &self.info.name;
        self.failures
            .iter()
            .map(|failure| {
                let message = format!("source `{name}`: {failure}");
                Gap::new(GapCode::DatabaseUnreadable, message, failure.help())
            })
            .collect()
    }
}

/// Asks a source about the packages of every project. `now` is recorded as the time at which the source
/// was last known current.
pub fn ask(
    source: &AskedSource,
    projects: &[Project],
    fetch: &dyn Fetch,
    now: Timestamp,
) -> SourceAnswer {
    match source {
        AskedSource::NpmRegistry { name, url } => {
            npm_registry::ask(name, url.as_ref(), projects, fetch, now)
        }
        AskedSource::OsvApi { name, base } => osv_api::ask(name, base, projects, fetch, now),
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The registry does not support the query: that says nothing about vulnerabilities.
    #[error("{registry} cannot be asked for advisories (it answers {status})")]
    NotSupported {
        /// Its address, without credentials.
        registry: String,
        /// The HTTP status code.
        status: u16,
    },
    /// The answer does not fit the question.
    #[error("{address}: {reason}")]
    Answer {
        /// The server, without credentials.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl AskError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Network(NetworkError::Status { status: 401 | 403, .. }) => {
                "check the credentials in npm's configuration"
            }
            Self::Network(_) => "run the check again when the source can be reached",
            Self::NotSupported { .. } => {
                "use a source of kind `osv` or `osv-api` in [database] of the policy instead"
            }
            Self::Answer { .. } => {
                "check the address of the source, and whether a proxy answers in its place"
            }
        }
    }
}

/// Collects a source's answers.
struct Gathering<'source> {
    name: &'source str,
    kind: &'static str,
    packages: AdvisoriesByPackage,
    records: BTreeMap<Ecosystem, u64>,
    kinds: BTreeMap<AdvisoryKind, u64>,
    unreadable: u64,
    digest: Sha256,
    failures: Vec<AskError>,
    remarks: Vec<String>,
}

impl<'source> Gathering<'source> {
    fn new(name: &'source str, kind: &'static str) -> Self {
        Self {
            name,
            kind,
            packages: AdvisoriesByPackage::new(),
            records: BTreeMap::new(),
            kinds: BTreeMap::new(),
            unreadable: 0,
            digest: Sha256::new(),
            failures: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Includes a part of the answer in the revision.
    fn note(&mut self, content: &[u8]) {
        self.digest.update((content.len() as u64).to_le_bytes());
        self.digest.update(content);
    }

    fn keep(&mut self, advisory: Advisory) {
        let ecosystems: BTreeSet<Ecosystem> =
            advisory.affected.iter().map(|entry| entry.ecosystem).collect();
        for ecosystem in ecosystems {
            *self.records.entry(ecosystem).or_default() += 1;
        }
        *self.kinds.entry(advisory.kind).or_default() += 1;
        for (package, advisory) in collection::by_package(advisory) {
            self.packages.entry(package).or_default().advisories.push(advisory);
        }
    }

    fn keep_unreadable(&mut self, record: &UnreadableRecord) {
        self.unreadable += 1;
        for package in &record.packages {
            let known = self.packages.entry(package.clone()).or_default();
            known.unreadable.push(record.clone());
        }
    }

    fn answer(self, covers: &[Ecosystem], now: Timestamp) -> SourceAnswer {
        let complete = self.failures.is_empty();
        SourceAnswer {
            packages: self.packages,
            info: SourceInfo {
                name: self.name.to_owned(),
                kind: self.kind.to_owned(),
                origin: None,
                revision: format!("sha256:{:x}", self.digest.finalize()),
                advisories: self.records,
                kinds: self.kinds,
                unreadable: self.unreadable,
                current_at: Some(now),
                // Only the records of the locked packages are known: their age says nothing.
                newest_record: None,
                remarks: Vec::new(),
                covers: covers.iter().copied().filter(|_| complete).collect(),
            },
            failures: self.failures,
            remarks: self.remarks,
        }
    }
}

#[cfg(test)]
mod fake;
