//! Yanked crates: the status of the locked versions in the index of the public registry.
//!
//! The index's address, its layout and the reading of its files come from `tame-index`; if Cargo's
//! configuration replaces the source, the replacement is asked. Nothing is asked about packages
//! of other registries.

mod cache;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use semver::{Version, VersionReq};
use smol_str::format_smolstr;
use tame_index::{IndexKrate, IndexUrl, IndexVersion, KrateName};
use url::Url;

use self::cache::{Cache, CachedFile};
use super::Gathering;
use crate::advisory::{Advisory, Affected};
use crate::advisory_kind::AdvisoryKind;
use crate::database::{AdvisoriesByPackage, SourceInfo};
use crate::network::redacted;
use crate::network::{Fetch, Fetched, NetworkError, Request};
use crate::package::{Ecosystem, PackageId};
use crate::policy::{Gate, GateAction, GateKey};
use crate::problem::{Gap, GapCode};
use crate::scope::Scope;
use crate::severity::Severity;
use crate::words::and_more;

/// The name and the kind in reports.
pub const KIND: &str = "yanked";

/// The largest index files have a few MiB.
const MAX_INDEX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// From this version on Cargo uses the sparse index by default. Naming it keeps the library
/// from running Cargo to learn its version.
const CARGO_WITH_SPARSE_INDEX: &str = "1.70.0";

/// Whether the index is asked, and what a missing answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The policy does not ask for it.
    Off,
    /// A missing answer is a remark: a yanked version would not close the gate.
    Wanted,
    /// A missing answer is a gap: a yanked version would close the gate.
    Required,
}

impl Lookup {
    /// The policy's choice: `[database]` if it has one, otherwise whether `[gate]` has any line
    /// about yanked versions. Pure.
    pub fn of_policy(setting: Option<bool>, gate: &Gate) -> Self {
        let key = GateKey::Kind(AdvisoryKind::Yanked);
        if !setting.unwrap_or_else(|| gate.mentions(key)) {
            return Self::Off;
        }
        let blocks = [Scope::Runtime, Scope::Build, Scope::Development]
            .into_iter()
            .any(|scope| gate.decide(key, scope).action == GateAction::Block);
        if blocks { Self::Required } else { Self::Wanted }
    }

    /// The result of a look-up that failed, entirely or in part.
    pub fn unanswered(self, message: String, help: &str) -> Unanswered {
        match self {
            Self::Off => Unanswered::default(),
            Self::Wanted => Unanswered { gaps: Vec::new(), remarks: vec![message] },
            Self::Required => Unanswered {
                gaps: vec![Gap::new(GapCode::DatabaseUnreadable, message, help)],
                remarks: Vec::new(),
            },
        }
    }
}

/// The result of a failed look-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unanswered {
    /// What keeps the gate closed.
    pub gaps: Vec<Gap>,
    /// Remarks that change nothing.
    pub remarks: Vec<String>,
}

/// The answer of the index.
#[derive(Debug)]
pub struct YankedAnswer {
    /// A record for each locked version that is yanked.
    pub packages: AdvisoriesByPackage,
    /// The index, for reports. It covers no ecosystem: it has no vulnerabilities.
    pub info: SourceInfo,
    /// Crates without an answer about their locked versions, with the
    /// reason.
    pub undecided: BTreeMap<String, String>,
}

impl YankedAnswer {
    /// The gaps or remarks about undecided crates.
    pub fn unanswered(&self, lookup: Lookup) -> Unanswered {
        let Some((first, reason)) = self.undecided.first_key_value() else {
            return Unanswered::default();
        };
        let others = and_more(self.undecided.len() - 1);
        let message =
            format!("whether locked versions of {first}{others} are yanked is not known: {reason}");
        lookup.unanswered(message, "run the check again when the registry's index can be reached")
    }
}

/// The address of the index, according to Cargo's configuration above `folder`.
///
/// # Errors
///
/// The configuration cannot be read, or replaces the index by something that is not accessed over
/// the web; one sentence with the reason.
pub fn index_address(folder: &Path) -> Result<Url, String> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let folder = folder.to_str().ok_or_else(|| format!("{} is not UTF-8", folder.display()))?;
    let index = IndexUrl::crates_io(Some(folder.into()), None, Some(CARGO_WITH_SPARSE_INDEX))
        .map_err(|error| format!("cannot read Cargo's configuration: {error}"))?;
    let index = match index {
        // The protocol decides how Cargo fetches the index, not its content.
        IndexUrl::CratesIoGit => IndexUrl::CratesIoSparse,
        other => other,
    };
    let text = index.as_str();
    text.strip_prefix("sparse+").and_then(|address| Url::parse(address).ok()).ok_or_else(|| {
        format!(
            "Cargo's configuration replaces the registry by `{text}`, which is not a sparse index"
        )
    })
}

/// The locked versions of each crate to ask about. Pure.
pub fn plan<'package>(
    packages: impl IntoIterator<Item = &'package PackageId>,
) -> BTreeMap<&'package str, BTreeSet<&'package str>> {
    let mut planned: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for package in packages {
        if package.ecosystem == Ecosystem::Cargo {
            let versions = planned.entry(package.name.as_str()).or_default();
            versions.insert(package.version.as_str());
        }
    }
    planned
}

/// Asks the index about locked crates of the public registry. `cache` is a folder that keeps
/// the index files between runs; without one everything is fetched.
pub fn ask(
    index: &Url,
    packages: &BTreeSet<PackageId>,
    cache: Option<&Path>,
    fetch: &dyn Fetch,
    now: Timestamp,
) -> YankedAnswer {
    let cache = Cache::new(cache, index);
    let mut undecided = BTreeMap::new();
    let mut files = Vec::new();
    for (name, versions) in plan(packages) {
        match IndexFile::new(index, name, versions, &cache) {
            Ok(file) => files.push(file),
            Err(reason) => {
                undecided.insert(name.to_owned(), reason);
            }
        }
    }
    let requests: Vec<Request> = files.iter().map(IndexFile::request).collect();
    let mut answers = fetch.get_all(&requests).into_iter();
    let mut gathering = Gathering::new(KIND, KIND);
    for file in files {
        let decided = match answers.next() {
            Some(answer) => file.decide(answer, &cache, &mut gathering),
            None => Err(format!("{}: it was not answered for", redacted(&file.url))),
        };
        if let Err(reason) = decided {
            undecided.insert(file.name.to_owned(), reason);
        }
    }
    let answer = gathering.answer(&[], now);
    YankedAnswer {
        packages: answer.packages,
        info: SourceInfo {
            // Records of yanked versions must not make the index look like a source of advisories.
            advisories: BTreeMap::new(),
            ..answer.info
        },
        undecided,
    }
}

/// The file of one crate.
struct IndexFile<'package> {
    name: &'package str,
    versions: BTreeSet<&'package str>,
    path: String,
    url: Url,
    cached: Option<CachedFile>,
}

impl<'package> IndexFile<'package> {
    fn new(
        index: &Url,
        name: &'package str,
        versions: BTreeSet<&'package str>,
        cache: &Cache,
    ) -> Result<Self, String> {
        let crate_name = KrateName::try_from(name).map_err(|error| error.to_string())?;
        let path = crate_name.relative_path(Some('/'));
        let address = format!("{}/{path}", index.as_str().trim_end_matches('/'));
        Ok(Self {
            url: Url::parse(&address).map_err(|error| format!("{address}: {error}"))?,
            cached: cache.read(&path),
            name,
            versions,
            path,
        })
    }

    fn request(&self) -> Request {
        let validators = self.cached.as_ref().map(|cached| cached.validators.clone());
        Request {
            url: self.url.clone(),
            validators: validators.unwrap_or_default(),
            max_bytes: MAX_INDEX_FILE_BYTES,
            authorization: None,
        }
    }

    /// Uses the answer, or the cached file if it is still valid.
    fn decide(
        &self,
        answer: Result<Fetched<Vec<u8>>, NetworkError>,
        cache: &Cache,
        gathering: &mut Gathering<'_>,
    ) -> Result<(), String> {
        let current = match answer {
            Ok(Fetched::New { content, validators }) => CachedFile { content, validators },
            Ok(Fetched::NotModified) => {
                let sent_nothing = || format!("{}: the server sent nothing", redacted(&self.url));
                self.cached.clone().ok_or_else(sent_nothing)?
            }
            Err(error) => return Err(error.to_string()),
        };
        let known = self.read(&current.content)?;
        cache.write(&self.path, &current, self.cached.as_ref());
        gathering.note(&current.content);
        self.yanked(&known, gathering)
    }

    /// Reads the lines of the file, all of which are about one crate.
    fn read(&self, content: &[u8]) -> Result<IndexKrate, String> {
        let known = IndexKrate::from_slice(content)
            .map_err(|error| format!("{}: {error}", redacted(&self.url)))?;
        let other = known.versions.iter().find(|version| version.name != self.name);
        match other {
            Some(other) => Err(format!("{}: it is about `{}`", redacted(&self.url), other.name)),
            None if known.versions.is_empty() => {
                Err(format!("{}: it is empty", redacted(&self.url)))
            }
            None => Ok(known),
        }
    }

    /// Adds a record for each locked version that is yanked.
    fn yanked(&self, known: &IndexKrate, gathering: &mut Gathering<'_>) -> Result<(), String> {
        let mut unknown = None;
        for locked in &self.versions {
            match known.versions.iter().find(|version| version.version == *locked) {
                Some(version) if version.yanked => {
                    match advisory(self.name, locked, &known.versions) {
                        Ok(advisory) => gathering.keep(advisory),
                        Err(reason) => unknown = Some(reason),
                    }
                }
                Some(_) => {}
                None => unknown = Some(format!("the index does not have version {locked}")),
            }
        }
        unknown.map_or(Ok(()), Err)
    }
}

fn advisory(name: &str, locked: &str, known: &[IndexVersion]) -> Result<Advisory, String> {
    // Build metadata begins with `+`, which an identifier must not contain.
    let id = format!("YANKED-{name}-{}", locked.replace('+', "_"));
    Ok(Advisory {
        id: id.parse().map_err(|_| format!("`{}` is not a version", locked.escape_debug()))?,
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Yanked,
        severity: Severity::UNKNOWN,
        title: format!("{name} {locked} was yanked"),
        details: String::new(),
        url: None,
        published: None,
        modified: None,
        withdrawn: None,
        source: KIND.into(),
        affected: vec![Affected {
            ecosystem: Ecosystem::Cargo,
            package: name.into(),
            ranges: Vec::new(),
            versions: vec![locked.into()],
            patched: newest_compatible(locked, known)
                .map(|version| format_smolstr!("={version}"))
                .into_iter()
                .collect(),
            functions: BTreeMap::new(),
            os: Vec::new(),
            arch: Vec::new(),
        }],
    })
}

/// The newest version that Cargo would accept instead of the locked one.
fn newest_compatible(locked: &str, known: &[IndexVersion]) -> Option<Version> {
    let mut version = Version::parse(locked).ok()?;
    version.build = semver::BuildMetadata::EMPTY;
    let compatible = VersionReq::parse(&format!("^{version}")).ok()?;
    known
        .iter()
        .filter(|candidate| !candidate.yanked)
        .filter_map(|candidate| Version::parse(&candidate.version).ok())
        .filter(|candidate| compatible.matches(candidate))
        .max()
}

#[cfg(test)]
mod tests;
