//! A source as it was last fetched.
//!
//! Each source has a folder. Its files have names that are used once; `state.json` says which of
//! them count, and it is replaced in one step. An update that is killed before that step has changed
//! nothing, and what it left behind is swept up by the next one.

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

/// A state of another version is fetched anew.
const VERSION: u32 = 2;

const FILE_NAME: &str = "state.json";

/// Where a download grows until it is whole.
const INCOMING: &str = "incoming";

/// The files that make up a source, and what is known about them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    version: u32,
    /// Goes into the names of files, so that each is used once.
    pub(super) generation: u64,
    /// The archive or the snapshot.
    pub(super) archive: String,
    /// What its server said about it; for a published snapshot, about its manifest.
    pub(super) validators: Validators,
    /// For an OSV bucket the records and when each changed.
    pub(super) listing: Option<String>,
    /// What the server said about its list of changes.
    pub(super) listing_validators: Validators,
    /// For an OSV bucket what has changed since the archive was packed.
    pub(super) changes: Option<String>,
    /// Records that are listed and could not be had.
    #[serde(default)]
    pub(super) missing: BTreeSet<String>,
    /// Those of which somebody has accepted that.
    #[serde(default)]
    pub(super) accepted: BTreeSet<String>,
    /// When the source was last known current.
    pub(super) current_at: Timestamp,
    /// What is in it. A published snapshot has several sources.
    pub(super) sources: Vec<SourceInfo>,
}

impl State {
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

/// What identifies a source for fetching: a change in it begins anew.
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

    /// What was last fetched. `None` if there is nothing that this lockgate can use.
    pub(super) fn load(&self) -> Option<State> {
        let json = fs::read(self.file(FILE_NAME)).ok()?;
        let state: State = serde_json::from_slice(&json).ok()?;
        let is_whole = state.version == VERSION
            && state.files().all(|name| is_plain(name) && self.file(name).is_file());
        is_whole.then_some(state)
    }

    /// What has changed since the archive of a state was packed.
    pub(super) fn changes(&self, state: &State) -> Result<Changes, UpdateError> {
        let Some(name) = &state.changes else {
            return Ok(Changes::default());
        };
        let path = self.file(name);
        let at_path = |cause| UpdateError::disk(&path, &cause);
        let json = fs::read(&path).map_err(at_path)?;
        serde_json::from_slice(&json).map_err(|error| at_path(error.into()))
    }

    /// Gives the download that has arrived its name for good.
    pub(super) fn keep_incoming(&self, name: &str) -> Result<(), UpdateError> {
        let incoming = self.incoming();
        let at_path = |cause| UpdateError::disk(&incoming, &cause);
        File::open(&incoming).and_then(|file| file.sync_all()).map_err(at_path)?;
        fs::rename(&incoming, self.file(name)).map_err(at_path)
    }

    pub(super) fn discard_incoming(&self) {
        let _ = fs::remove_file(self.incoming());
    }

    /// Writes a file that a state is going to name.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), UpdateError> {
        let path = self.file(name);
        replace(&path, |file| file.write_all(content))
            .map_err(|cause| UpdateError::disk(&path, &cause))
    }

    /// Makes a state the one that counts.
    pub(super) fn commit(&self, state: &State) -> Result<(), UpdateError> {
        let json = serde_json::to_vec_pretty(state)
            .map_err(|error| UpdateError::disk(&self.path, &error.into()))?;
        self.write(FILE_NAME, &json)?;
        self.sweep(Some(state));
        Ok(())
    }

    /// Forgets what was fetched, so that the next update begins anew.
    pub(super) fn forget(&self) {
        let _ = fs::remove_file(self.file(FILE_NAME));
    }

    /// Removes what an update that failed has written: on a full disk nobody else makes room.
    pub(super) fn undo(&self) {
        self.sweep(self.load().as_ref());
    }

    /// Removes what a state does not name. What cannot be removed only takes space.
    fn sweep(&self, state: Option<&State>) {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let mut files = state.iter().flat_map(|state| state.files());
            let counts = name == FILE_NAME || files.any(|file| file == name);
            // What a broken download left may be continued, under whatever name it is kept.
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
