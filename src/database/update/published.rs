//! Published snapshots: a manifest, and the snapshot beside it.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::archive::MAX_ARCHIVE_BYTES;
use super::state::{FetchedSource, StateFolder};
use super::{Refreshed, SourceChange, UpdateError, Updater};
use crate::database::collection::Collection;
use crate::database::snapshot::{Snapshot, replace};
use crate::network::{Fetched, Request, Validators};
use crate::policy::Source;

/// The largest manifest that is fetched: 64 KiB.
const MAX_MANIFEST_BYTES: u64 = 64 * 1024;

/// The value of a manifest's `schema`.
const SCHEMA: &str = "lockgate/snapshot/v1";

/// The manifest that is published beside a snapshot.
#[derive(Debug, Serialize, Deserialize)]
pub struct SnapshotManifest {
    /// `lockgate/snapshot/v1`
    pub schema: String,
    /// The name of the snapshot, in the folder of the manifest.
    pub file: String,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The length of the file.
    pub bytes: u64,
    /// When the snapshot was built.
    pub built_at: Timestamp,
}

impl SnapshotManifest {
    /// The manifest of the snapshot at `path`, which will be published as `file`.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn of(path: &Path, file: String, built_at: Timestamp) -> io::Result<Self> {
        let (sha256, bytes) = hash(path)?;
        Ok(Self { schema: SCHEMA.to_owned(), file, sha256, bytes, built_at })
    }

    /// Writes it to a file atomically.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        replace(path, |file| file.write_all(&json))
    }

    fn parse(url: &Url, json: &[u8]) -> Result<Self, UpdateError> {
        let refuse = |reason: String| UpdateError::Manifest { url: url.to_string(), reason };
        let manifest: Self =
            serde_json::from_slice(json).map_err(|error| refuse(error.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(refuse(format!("its schema is not {SCHEMA}")));
        }
        let leads_elsewhere = manifest.file.contains(['/', '\\', ':', '?', '#', '%'])
            || manifest.file.starts_with('.')
            || manifest.file.is_empty();
        if leads_elsewhere {
            return Err(refuse("its file is not in its folder".to_owned()));
        }
        if manifest.bytes > MAX_ARCHIVE_BYTES {
            return Err(refuse("its file is larger than 2 GiB".to_owned()));
        }
        Ok(manifest)
    }
}

impl Updater<'_> {
    pub(super) fn refresh_published(
        &self,
        source: &Source,
        url: &Url,
        folder: &StateFolder,
        old: Option<FetchedSource>,
    ) -> Result<Refreshed, UpdateError> {
        let request = Request {
            url: url.clone(),
            validators: old
                .as_ref()
                .filter(|state| !self.doubts(state))
                .map(|state| state.validators.clone())
                .unwrap_or_default(),
            max_bytes: MAX_MANIFEST_BYTES,
            authorization: None,
        };
        let (manifest, validators) = match self.network.get(&request)? {
            Fetched::NotModified => return self.confirm(source, folder, old),
            Fetched::New { content, validators } => {
                (SnapshotManifest::parse(url, &content)?, validators)
            }
        };
        let refused = |error: url::ParseError| UpdateError::Manifest {
            url: url.to_string(),
            reason: error.to_string(),
        };
        let file_url = url.join(&manifest.file).map_err(refused)?;
        let nothing_known = Validators::default();
        self.download(&source.name, &file_url, folder, nothing_known, manifest.bytes)?;
        let mut content = match open_incoming(folder, &file_url, &manifest) {
            Ok(content) => content,
            Err(error) => {
                folder.discard_incoming();
                return Err(error);
            }
        };
        self.check_age(folder, old.as_ref())?;
        self.check_loss(old.as_ref(), &mut content)?;
        let generation = old.map_or(0, |state| state.generation).saturating_add(1);
        let mut state =
            FetchedSource::new(format!("archive-{generation}.lockgate"), generation, self.now);
        state.validators = validators;
        state.sources.clone_from(&content.sources);
        folder.keep_incoming(&state.archive)?;
        folder.commit(&state)?;
        Ok(Refreshed { change: SourceChange::Whole, content: Some(content) })
    }
}

impl Updater<'_> {
    /// Refuses a snapshot that was built before the stored one.
    fn check_age(
        &self,
        folder: &StateFolder,
        old: Option<&FetchedSource>,
    ) -> Result<(), UpdateError> {
        let built_at = |path: &Path| Snapshot::open(path).ok().map(|snapshot| snapshot.built_at());
        let before = old.and_then(|old| built_at(&folder.file(&old.archive)));
        self.check_time(before, built_at(&folder.incoming()))
    }
}

fn open_incoming(
    folder: &StateFolder,
    url: &Url,
    manifest: &SnapshotManifest,
) -> Result<Collection, UpdateError> {
    let path = folder.incoming();
    let (found, _) = hash(&path).map_err(|cause| UpdateError::disk(&path, &cause))?;
    if !found.eq_ignore_ascii_case(&manifest.sha256) {
        return Err(UpdateError::Digest {
            url: url.to_string(),
            expected: manifest.sha256.clone(),
            found,
        });
    }
    let snapshot = Snapshot::open(&path)?;
    let mut content = Collection::of_snapshot(&snapshot)?;
    for info in &mut content.sources {
        info.origin.get_or_insert_with(|| url.to_string());
    }
    Ok(content)
}

/// The SHA-256 of a file in hexadecimal, and its length.
fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let bytes = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((format!("{:x}", hasher.finalize()), bytes))
}
