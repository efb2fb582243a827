//! A source as it was last fetched.
//!
//! Each source has a folder. Its file names are never reused; `state.json` says which files
//! are valid, and it is replaced in one step. An update that is killed before that step has changed
//! nothing, and the next one removes its files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::UpdateError;
use crate::database::SourceInfo;
use crate::database::archive::Changes;
use crate::database::snapshot::replace;
use crate::network::Validators;
use crate::policy::{Source, SourcePlace};

/// A state of another version is discarded.
const VERSION: u32 = 2;

const FILE_NAME: &str = "state.json";

/// The file of an unfinished download.
const INCOMING: &str = "incoming";

/// The files of a source, and its properties.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FetchedSource {
    version: u32,
    /// Part of the file names, so that none is reused.
    pub(super) generation: u64,
    /// The archive or the snapshot.
    pub(super) archive: String,
    /// The validators of its answer; for a published snapshot, those of its manifest.
    pub(super) validators: Validators,
    /// For an OSV bucket the records and when each changed.
    pub(super) listing: Option<String>,
    /// The validators of the list of changes.
    pub(super) listing_validators: Validators,
    /// For an OSV bucket the changes since the archive was packed.
    pub(super) changes: Option<String>,
    /// Records that are listed but could not be fetched.
    #[serde(default)]
    pub(super) missing: BTreeSet<String>,
    /// Those that a person has accepted as missing.
    #[serde(default)]
    pub(super) accepted: BTreeSet<String>,
    /// When the source was last known current.
    pub(super) current_at: Timestamp,
    /// Its sources: a published snapshot has several.
    pub(super) sources: Vec<SourceInfo>,
}

impl FetchedSource {
    pub(super) fn new(archive: String, generation: u64, current_at: Timestamp) -> Self {
        Self {
            version: VERSION,
            generation,
            archive,
            validators: Validators::default(),
            listing: None,
            listing_validators: Validators::default(),
            changes: None,
            missing: BTreeSet::new(),
            accepted: BTreeSet::new(),
            current_at,
            sources: Vec::new(),
        }
    }

    fn files(&self) -> impl Iterator<Item = &str> {
        [Some(&self.archive), self.listing.as_ref(), self.changes.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// Identifies a source for fetching: if it changes, everything is fetched again.
pub fn key(source: &Source) -> String {
    let mut hasher = Sha256::new();
    let place = match &source.place {
        SourcePlace::Path(path) => path.as_str(),
        SourcePlace::Url(url) => url.as_str(),
        SourcePlace::PackageManager => "",
    };
    let ecosystem = source.ecosystem.map_or("", |ecosystem| ecosystem.as_str());
    for part in [source.kind.as_str(), &source.name, place, ecosystem] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut key = format!("{:x}", hasher.finalize());
    key.truncate(16);
    key
}

/// The folder of one source.
pub struct StateFolder {
    pub(super) path: PathBuf,
}

impl StateFolder {
    pub(super) fn of(sources: &Path, source: &Source) -> Self {
        Self { path: sources.join(key(source)) }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn incoming(&self) -> PathBuf {
        self.file(INCOMING)
    }

    /// The last fetched state. `None` if there is none that this version can use.
    pub(super) fn load(&self) -> Option<FetchedSource> {
        let json = fs::read(self.file(FILE_NAME)).ok()?;
        let state: FetchedSource = serde_json::from_slice(&json).ok()?;
        let is_whole = state.version == VERSION
            && state.files().all(|name| is_plain(name) && self.file(name).is_file());
        is_whole.then_some(state)
    }

    /// The changes since the archive of a state was packed.
    pub(super) fn changes(&self, state: &FetchedSource) -> Result<Changes, UpdateError> {
        let Some(name) = &state.changes else {
            return Ok(Changes::default());
        };
        let path = self.file(name);
        let at_path = |cause| UpdateError::disk(&path, &cause);
        let json = fs::read(&path).map_err(at_path)?;
        serde_json::from_slice(&json).map_err(|error| at_path(error.into()))
    }

    /// Gives the finished download its final name.
    pub(super) fn keep_incoming(&self, name: &str) -> Result<(), UpdateError> {
        let incoming = self.incoming();
        let at_path = |cause| UpdateError::disk(&incoming, &cause);
        File::open(&incoming).and_then(|file| file.sync_all()).map_err(at_path)?;
        fs::rename(&incoming, self.file(name)).map_err(at_path)
    }

    pub(super) fn discard_incoming(&self) {
        let _ = fs::remove_file(self.incoming());
    }

    /// Writes a file for a future state.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), UpdateError> {
        let path = self.file(name);
        replace(&path, |file| file.write_all(content))
            .map_err(|cause| UpdateError::disk(&path, &cause))
    }

    /// Makes a state the current one.
    pub(super) fn commit(&self, state: &FetchedSource) -> Result<(), UpdateError> {
        let json = serde_json::to_vec_pretty(state)
            .map_err(|error| UpdateError::disk(&self.path, &error.into()))?;
        self.write(FILE_NAME, &json)?;
        self.sweep(Some(state));
        Ok(())
    }

    /// Deletes the state, so that the next update fetches everything.
    pub(super) fn forget(&self) {
        let _ = fs::remove_file(self.file(FILE_NAME));
    }

    /// Removes the files of a failed update: on a full disk nothing else frees the space.
    pub(super) fn undo(&self) {
        self.sweep(self.load().as_ref());
    }

    /// Removes files that a state does not name. A file that cannot be removed only takes space.
    fn sweep(&self, state: Option<&FetchedSource>) {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let mut files = state.iter().flat_map(|state| state.files());
            let counts = name == FILE_NAME || files.any(|file| file == name);
            // A broken download may be continued later under any final name.
            if !counts && !name.starts_with(INCOMING) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether a name stays in its folder.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    !name.starts_with('.')
        && !name.is_empty()
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
