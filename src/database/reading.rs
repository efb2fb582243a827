//! Reading one source, file by file: the common part of folders and archives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::SystemTime;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::advisory::format::{AdvisoryFormat, Layout, Reading, RecordFile};
use crate::advisory::formats::FORMATS;
use crate::advisory::osv::OsvJson;
use crate::advisory::rustsec::RustSecMarkdown;
use crate::advisory::{Advisory, UnreadableRecord};
use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::database::SourceInfo;
use crate::package::{Ecosystem, PackageName};
use crate::policy::{Source, SourceKind};

/// The largest record, in bytes: 8 MiB. The largest known ones have under 1 MiB.
pub const MAX_RECORD_BYTES: u64 = 8 * 1024 * 1024;

/// The most files of one source. All of OSV's npm has some 250,000.
pub const MAX_FILES: usize = 2_000_000;

/// Everything that was read from one source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRecords {
    /// The properties of the source.
    pub info: SourceInfo,
    /// The records, in the order of their paths.
    pub advisories: Vec<Advisory>,
    /// The records that could not be read, in the order of their paths.
    pub unreadable: Vec<UnreadableRecord>,
    /// Files of a recognised name without a record, or with one about other ecosystems.
    pub skipped: u64,
}

/// Why a source cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Another source has the same name.
    #[error("two sources are called `{name}`")]
    DuplicateName { name: String },
    /// It, or a folder in it, cannot be read.
    #[error("source `{name}`: cannot read {}: {cause}", path.display())]
    Unreadable {
        name: String,
        /// The folder or file.
        path: PathBuf,
        /// The operating system's error.
        cause: std::io::Error,
    },
    /// Its layout does not fit its kind.
    #[error("source `{name}`: {} {reason}", path.display())]
    Layout {
        name: String,
        /// The folder or file.
        path: PathBuf,
        reason: &'static str,
    },
    /// The archive is damaged or not an archive.
    #[error("source `{name}`: {} is not a readable zip file: {reason}", path.display())]
    Archive {
        name: String,
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It is fetched or queried, and not read from disk.
    #[error("source `{name}` does not lie on disk")]
    NotOnDisk { name: String },
    /// It is larger than any published source.
    #[error("source `{name}`: {} holds more than {limit}", path.display())]
    TooLarge {
        name: String,
        /// The folder or file.
        path: PathBuf,
        /// The limit, in words.
        limit: &'static str,
    },
    /// It has no record at all, which never means that nothing is vulnerable.
    #[error("source `{name}`: {} holds no advisory for crates.io or npm", path.display())]
    Empty {
        name: String,
        /// The folder or file.
        path: PathBuf,
    },
}

impl SourceError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotOnDisk { .. } => "give its path",
            Self::DuplicateName { .. } => "give each source its own name",
            Self::Unreadable { .. } => "check the path and its permissions",
            Self::Layout { .. } | Self::Empty { .. } => {
                "check the path and the kind of the source, or fetch it again"
            }
            Self::Archive { .. } => "fetch the archive again",
            Self::TooLarge { .. } => "point the source at the advisories alone",
        }
    }
}

/// Collects the files of one source. Files must be added in the order of their paths.
pub(super) struct SourceReader<'source> {
    source: &'source Source,
    formats: &'static [&'static dyn AdvisoryFormat],
    layout: Layout,
    advisories: Vec<Advisory>,
    unreadable: Vec<UnreadableRecord>,
    skipped: u64,
    paths: Vec<String>,
    digest: Sha256,
}

impl<'source> SourceReader<'source> {
    pub(super) fn new(source: &'source Source) -> Self {
        let (formats, layout): (&'static [&'static dyn AdvisoryFormat], _) = match source.kind {
            SourceKind::RustSec => (&[&RustSecMarkdown], Layout::RustSec),
            SourceKind::Osv | SourceKind::NpmRegistry | SourceKind::OsvApi => {
                (&[&OsvJson], Layout::Free)
            }
            SourceKind::Folder => (FORMATS, Layout::Own),
            SourceKind::Snapshot => (FORMATS, Layout::Free),
        };
        Self {
            source,
            formats,
            layout,
            advisories: Vec::new(),
            unreadable: Vec::new(),
            skipped: 0,
            paths: Vec::new(),
            digest: Sha256::new(),
        }
    }

    /// Whether a file of this name may hold a record.
    pub(super) fn recognises(&self, file_name: &str) -> bool {
        self.format_of(file_name).is_some()
    }

    fn format_of(&self, file_name: &str) -> Option<&'static dyn AdvisoryFormat> {
        let mut formats = self.formats.iter().copied();
        formats.find(|format| format.recognises(file_name))
    }

    pub(super) fn read(&mut self, path: &str, content: &[u8]) {
        for part in [path.as_bytes(), content] {
            self.digest.update((part.len() as u64).to_le_bytes());
            self.digest.update(part);
        }
        let file = RecordFile { source: &self.source.name, path, layout: self.layout, content };
        let Some(format) = self.format_of(file.file_name()) else {
            return;
        };
        match format.read(&file) {
            Reading::Record(advisory) => self.keep(path, advisory),
            Reading::Partial(advisory, unreadable) => {
                self.keep(path, advisory);
                self.unreadable.push(unreadable);
            }
            Reading::Unreadable(unreadable) => self.unreadable.push(unreadable),
            Reading::NoRecord => self.skipped += 1,
        }
    }

    /// Adds a file that could not be opened or must not be trusted. Only its path
    /// indicates what it may be about.
    pub(super) fn refuse(&mut self, path: &str, reason: impl Into<String>) {
        let mut packages = BTreeSet::new();
        if self.layout == Layout::RustSec {
            let Some(inside) = path.strip_prefix("crates/") else {
                self.skipped += 1;
                return;
            };
            let package = inside.split('/').next().unwrap_or(inside);
            packages.insert(PackageName::new(Ecosystem::Cargo, package));
        }
        self.unreadable.push(UnreadableRecord {
            file: path.to_owned(),
            source: self.source.name.clone(),
            reason: reason.into(),
            packages,
            ecosystem: None,
        });
    }

    fn keep(&mut self, path: &str, advisory: Advisory) {
        self.advisories.push(advisory);
        self.paths.push(path.to_owned());
    }

    /// A digest of all files, in the order in which they were read, each with its path.
    pub(super) fn content_revision(&self) -> String {
        use std::fmt::Write;
        let mut revision = "sha256:".to_owned();
        for byte in self.digest.clone().finalize() {
            let _ = write!(revision, "{byte:02x}");
        }
        revision
    }

    /// The records, or an error if there are none.
    pub(super) fn finish(
        mut self,
        path: PathBuf,
        revision: String,
        current_at: Option<SystemTime>,
    ) -> Result<SourceRecords, SourceError> {
        if self.advisories.is_empty() && self.unreadable.is_empty() {
            let name = self.source.name.clone();
            return Err(SourceError::Empty { name, path });
        }
        self.settle_duplicates();
        self.unreadable.sort_by(|left, right| left.file.cmp(&right.file));
        let ecosystem = match self.source.kind {
            SourceKind::RustSec => Some(Ecosystem::Cargo),
            _ => self.source.ecosystem,
        };
        for record in &mut self.unreadable {
            record.ecosystem = ecosystem;
        }
        let is_kept_in_repository = self.source.kind == SourceKind::Folder;
        let info = SourceInfo {
            name: self.source.name.clone(),
            kind: self.source.kind.as_str().to_owned(),
            origin: Some(path.to_string_lossy().into_owned()),
            revision,
            advisories: count_by_ecosystem(&self.advisories),
            covers: self.advisories.iter().filter_map(only_ecosystem).collect(),
            kinds: count_by_kind(&self.advisories),
            unreadable: self.unreadable.len() as u64,
            current_at: current_at
                .filter(|_| !is_kept_in_repository)
                .and_then(|time| Timestamp::try_from(time).ok()),
            remarks: Vec::new(),
            newest_record: self
                .advisories
                .iter()
                .filter_map(|advisory| advisory.modified.max(advisory.published))
                .max(),
        };
        Ok(SourceRecords {
            info,
            advisories: self.advisories,
            unreadable: self.unreadable,
            skipped: self.skipped,
        })
    }

    /// Duplicate ids: identical records are merged; different ones are both kept, so that no
    /// affected version is lost, and the contradiction is reported.
    fn settle_duplicates(&mut self) {
        let mut first_of: BTreeMap<AdvisoryId, usize> = BTreeMap::new();
        let mut is_repetition = vec![false; self.advisories.len()];
        for (position, advisory) in self.advisories.iter().enumerate() {
            let Some(&first) = first_of.get(&advisory.id) else {
                first_of.insert(advisory.id.clone(), position);
                continue;
            };
            if self.advisories[first] == *advisory {
                is_repetition[position] = true;
                continue;
            }
            let packages = [&self.advisories[first], advisory]
                .iter()
                .flat_map(|advisory| &advisory.affected)
                .map(|entry| PackageName::new(entry.ecosystem, &entry.package))
                .collect();
            self.unreadable.push(UnreadableRecord {
                file: self.paths[position].clone(),
                source: self.source.name.clone(),
                reason: format!("{} tells {} differently", self.paths[first], advisory.id),
                packages,
                ecosystem: None,
            });
        }
        let mut flags = is_repetition.into_iter();
        self.advisories.retain(|_| flags.next() != Some(true));
    }
}

/// The ecosystem of a record, if it is only about one.
fn only_ecosystem(advisory: &Advisory) -> Option<Ecosystem> {
    let first = advisory.affected.first()?.ecosystem;
    advisory.affected.iter().all(|entry| entry.ecosystem == first).then_some(first)
}

fn count_by_kind(advisories: &[Advisory]) -> BTreeMap<AdvisoryKind, u64> {
    let mut counts = BTreeMap::new();
    for advisory in advisories {
        *counts.entry(advisory.kind).or_default() += 1;
    }
    counts
}

fn count_by_ecosystem(advisories: &[Advisory]) -> BTreeMap<Ecosystem, u64> {
    let mut counts = BTreeMap::new();
    for advisory in advisories {
        let ecosystems: BTreeSet<Ecosystem> =
            advisory.affected.iter().map(|entry| entry.ecosystem).collect();
        for ecosystem in ecosystems {
            *counts.entry(ecosystem).or_default() += 1;
        }
    }
    counts
}
