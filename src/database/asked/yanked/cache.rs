//! The index files as last fetched, each with validators for asking whether
//! it has changed.
//!
//! A cache can only save a download. A file that does not read back exactly as written is fetched
//! again, and a failed write is ignored.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::disk;
use crate::network::Validators;

/// A file of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CachedFile {
    pub(super) content: Vec<u8>,
    pub(super) validators: Validators,
}

/// The first line of a cached file; the content follows.
#[derive(Serialize, Deserialize)]
struct Header {
    validators: Validators,
    /// The digest of the content, in hexadecimal digits.
    sha256: String,
}

/// The cached files of one index.
pub(super) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// Different indexes have different folders.
    pub(super) fn new(folder: Option<&Path>, index: &Url) -> Self {
        let of_index = format!("{:x}", Sha256::digest(index.as_str()));
        Self { folder: folder.map(|folder| folder.join(&of_index[..16])) }
    }

    pub(super) fn read(&self, path: &str) -> Option<CachedFile> {
        let bytes = fs::read(self.folder.as_ref()?.join(path)).ok()?;
        let end = memchr::memchr(b'\n', &bytes)?;
        let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
        let content = bytes[end + 1..].to_vec();
        (format!("{:x}", Sha256::digest(&content)) == header.sha256)
            .then_some(CachedFile { content, validators: header.validators })
    }

    /// Writes a file if it changed. Without validators it could never be
    /// confirmed, so it is not cached.
    pub(super) fn write(&self, path: &str, file: &CachedFile, before: Option<&CachedFile>) {
        let unchanged = before == Some(file) || file.validators == Validators::default();
        if let Some(folder) = &self.folder
            && !unchanged
        {
            // A failed write only costs the next run a download.
            let _ = write(&folder.join(path), file);
        }
    }
}

/// Writes atomically, so that two runs at once are safe.
fn write(path: &Path, file: &CachedFile) -> std::io::Result<()> {
    fs::create_dir_all(disk::folder_of(path))?;
    let header = Header {
        validators: file.validators.clone(),
        sha256: format!("{:x}", Sha256::digest(&file.content)),
    };
    disk::replace(path, |written| {
        serde_json::to_writer(&mut *written, &header)?;
        written.write_all(b"\n")?;
        written.write_all(&file.content)
    })
}
