//! Sources that are asked while checking, with the locked packages and nothing else.
//!
//! What is asked where is planned first, purely; then it is asked. A question that got no answer,
//! or one that cannot be believed, is a failure of its own beside what the others answered: it
//! closes the gate, and takes no finding away.

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

/// A source that is asked while checking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedSource {
    /// The registries that npm itself would use.
    NpmRegistry {
        /// The name in reports.
        name: String,
        /// What is asked in place of npm's default registry. Scopes that have a registry of their
        /// own are asked there all the same.
        url: Option<Url>,
    },
    /// OSV's application programming interface.
    OsvApi {
        /// The name in reports.
        name: String,
        /// Where it is.
        base: Url,
    },
}

/// The packages of one lockfile that are matched by name, and what npm's configuration says there.
#[derive(Clone, Debug, Default)]
pub struct Project {
    packages: BTreeSet<PackageId>,
    registries: Registries,
}

impl Project {
    /// Reads npm's configuration for the folder of a lockfile. Packages of other registries, of git
    /// and of this machine are not to be among `packages`. `by_policy` are the registries that the
    /// policy names: what npm's configuration says of them is looked up as well.
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

/// What a source answered.
#[derive(Debug)]
pub struct Answer {
    /// What is known about the packages that were asked for.
    pub packages: AdvisoriesByPackage,
    /// The source, for reports. It covers its ecosystems only if every question was answered.
    pub info: SourceInfo,
    /// Questions that were not answered. Each is a gap.
    pub failures: Vec<AskError>,
    /// What a person should know although it changes nothing.
    pub remarks: Vec<String>,
}

impl Answer {
    /// What keeps the source from deciding.
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

/// Asks a source about the packages of every project. `now` becomes the time at which the source
/// was last known current.
pub fn ask(
    source: &AskedSource,
    projects: &[Project],
    fetch: &dyn Fetch,
    now: Timestamp,
) -> Answer {
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
    /// The registry does not know the question: silence about vulnerabilities, not their absence.
    #[error("{registry} cannot be asked for advisories (it answers {status})")]
    NotSupported {
        /// The registry, without credentials.
        registry: String,
        /// The HTTP status code.
        status: u16,
    },
    /// What came back is not an answer to the question.
    #[error("{address}: {reason}")]
    Answer {
        /// Who answered, without credentials.
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

/// An address as it may be shown: no credentials, no query.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // Both refuse addresses that cannot hold credentials in the first place.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.to_string()
}

/// Collects what a source answers.
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

    /// Takes a part of the answer into the revision.
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

    fn answer(self, covers: &[Ecosystem], now: Timestamp) -> Answer {
        let complete = self.failures.is_empty();
        Answer {
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
                // Only the records of the locked packages are seen: their age says nothing.
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
