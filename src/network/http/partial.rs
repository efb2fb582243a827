//! An incomplete file: `<file>.part`, and `<file>.part.json` that says what it is part
//! of.
//!
//! The record is written before its bytes, and after older bytes are removed: no matter when
//! a process ends, the two either fit together or the part is empty.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::disk;
use crate::network::{NetworkError, Validators};

/// What a part belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartRecord {
    /// The digest of the address, because the address may contain credentials.
    address: String,
    /// The validator needed to continue; `None` if it cannot be continued.
    if_range: Option<String>,
    /// The total length, in bytes.
    pub(super) total: Option<u64>,
    pub(super) validators: Validators,
}

impl PartRecord {
    pub(super) fn new(
        url: &Url,
        if_range: Option<String>,
        total: Option<u64>,
        validators: Validators,
    ) -> Self {
        Self { address: digest(url), if_range, total, validators }
    }
}

/// The part that is already here. Only one process at a time holds it.
pub(super) struct Partial {
    part: File,
    target: PathBuf,
    length: u64,
    record: Option<PartRecord>,
}

impl Partial {
    /// Opens the part that an earlier attempt left, or starts from nothing.
    pub(super) fn open(target: &Path, url: &Url) -> Result<Self, NetworkError> {
        let part_path = beside(target, ".part");
        let part = lock(&part_path).map_err(|error| failed(&part_path, &error))?;
        let mut partial = Self { part, target: target.to_owned(), length: 0, record: None };
        partial.recover(url).map_err(|error| failed(&part_path, &error))?;
        Ok(partial)
    }

    fn recover(&mut self, url: &Url) -> io::Result<()> {
        let length = self.part.seek(SeekFrom::End(0))?;
        let record = fs::read(beside(&self.target, ".part.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<PartRecord>(&bytes).ok())
            .filter(|record| record.address == digest(url) && record.if_range.is_some())
            .filter(|record| record.total.is_none_or(|total| length < total));
        if record.is_some() {
            self.length = length;
            self.record = record;
            Ok(())
        } else {
            self.empty()
        }
    }

    fn empty(&mut self) -> io::Result<()> {
        self.length = 0;
        self.record = None;
        if self.part.metadata()?.len() > 0 {
            self.part.set_len(0)?;
            self.part.sync_all()?;
        }
        self.part.rewind()
    }

    /// The number of bytes that are here.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// What the bytes belong to, once an answer has arrived.
    pub(super) fn record(&self) -> Option<&PartRecord> {
        self.record.as_ref()
    }

    /// The validator of the bytes that are here, if the download can be continued.
    pub(super) fn continuation(&self) -> Option<&str> {
        let record = self.record.as_ref().filter(|_| self.length > 0)?;
        record.if_range.as_deref()
    }

    /// Discards the bytes: the next ones belong to `record`.
    pub(super) fn restart(&mut self, record: PartRecord) -> Result<(), NetworkError> {
        let path = beside(&self.target, ".part.json");
        self.forget()?;
        let write = |bytes: Vec<u8>| {
            let mut file = File::create(&path)?;
            file.write_all(&bytes)?;
            file.sync_all()
        };
        serde_json::to_vec(&record)
            .map_err(io::Error::from)
            .and_then(write)
            .map_err(|error| failed(&path, &error))?;
        self.record = Some(record);
        Ok(())
    }

    /// Discards the bytes.
    pub(super) fn forget(&mut self) -> Result<(), NetworkError> {
        self.empty().map_err(|error| failed(&beside(&self.target, ".part"), &error))
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), NetworkError> {
        self.part
            .write_all(bytes)
            .map_err(|error| failed(&beside(&self.target, ".part"), &error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Gives the complete file its name.
    pub(super) fn finish(self) -> Result<(), NetworkError> {
        let rename = || {
            self.part.sync_all()?;
            fs::rename(beside(&self.target, ".part"), &self.target)?;
            remove(&beside(&self.target, ".part.json"))
        };
        rename().map_err(|error: io::Error| failed(&self.target, &error))?;
        if let Some(folder) = self.target.parent()
            && let Ok(folder) = File::open(folder)
        {
            // Not every system can sync folders; the rename itself has happened.
            let _ = folder.sync_all();
        }
        Ok(())
    }

    pub(super) fn discard(self) -> Result<(), NetworkError> {
        let record = beside(&self.target, ".part.json");
        let part = beside(&self.target, ".part");
        remove(&record).and_then(|()| remove(&part)).map_err(|error| failed(&part, &error))
    }
}

fn digest(url: &Url) -> String {
    blake3::hash(url.as_str().as_bytes()).to_string()
}

fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = target.file_name().map_or_else(OsString::new, OsString::from);
    name.push(suffix);
    target.with_file_name(name)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn failed(file: &Path, error: &io::Error) -> NetworkError {
    NetworkError::Write { file: file.to_owned(), cause: disk::in_words(error) }
}

/// A child process that is being started holds every open file for a moment, between fork and
/// exec: retry this often before reporting that another process holds the lock.
const TRIES: u32 = 25;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// Opens a file and locks it for this process.
fn lock(path: &Path) -> io::Result<File> {
    let mut tries = 0;
    loop {
        let file =
            OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if tries < TRIES => {
                tries += 1;
                thread::sleep(BETWEEN_TRIES);
                continue;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(
                    io::ErrorKind::ResourceBusy,
                    "another process is downloading to it",
                ));
            }
            // Some network file systems have no locks; there the caller must take care.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The other process may have renamed or removed the file between open and lock.
        if is_still_named(&file, path)? {
            return Ok(file);
        }
    }
}

fn is_still_named(file: &File, path: &Path) -> io::Result<bool> {
    let opened = same_file::Handle::from_file(file.try_clone()?)?;
    match same_file::Handle::from_path(path) {
        Ok(named) => Ok(named == opened),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::{PartRecord, Partial};
    use crate::network::Validators;

    fn record(url: &str, total: u64) -> PartRecord {
        let etag = Some("\"1\"".to_owned());
        let validators = Validators { etag: etag.clone(), last_modified: None };
        PartRecord::new(&url.parse().unwrap(), etag, Some(total), validators)
    }

    fn target(folder: &tempfile::TempDir) -> PathBuf {
        folder.path().join("all.zip")
    }

    fn open(target: &std::path::Path, url: &str) -> Partial {
        Partial::open(target, &url.parse().unwrap()).unwrap()
    }

    const URL: &str = "https://mirror.test/all.zip?token=hunter2";

    fn interrupted(folder: &tempfile::TempDir) -> PathBuf {
        let target = target(folder);
        let mut partial = open(&target, URL);
        partial.restart(record(URL, 10)).unwrap();
        partial.append(b"0123").unwrap();
        target
    }

    #[test]
    fn a_later_process_continues_what_an_earlier_one_left() {
        let folder = tempfile::tempdir().unwrap();
        let target = interrupted(&folder);
        let mut partial = open(&target, URL);
        assert_eq!(partial.continuation(), Some("\"1\""));
        assert_eq!(partial.length(), 4);
        partial.append(b"456789").unwrap();
        partial.finish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"0123456789");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_part_that_does_not_fit_its_record_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        for spoil in [
            |target: &PathBuf| fs::write(target.with_file_name("all.zip.part.json"), b"{\"addr"),
            |target: &PathBuf| fs::remove_file(target.with_file_name("all.zip.part.json")),
            |target: &PathBuf| fs::write(target.with_file_name("all.zip.part"), b"0123456789"),
            |target: &PathBuf| fs::write(target.with_file_name("all.zip.part"), b""),
        ] {
            let target = interrupted(&folder);
            spoil(&target).unwrap();
            let partial = open(&target, URL);
            assert_eq!((partial.continuation(), partial.length()), (None, 0));
        }
    }

    #[test]
    fn a_part_from_another_address_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let target = interrupted(&folder);
        assert_eq!(open(&target, "https://other.test/all.zip").length(), 0);
    }

    #[test]
    fn two_cannot_download_to_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = target(&folder);
        let first = open(&target, URL);
        let second = Partial::open(&target, &URL.parse().unwrap()).map(|_| ());
        assert!(second.unwrap_err().to_string().contains("another process"));
        first.discard().unwrap();
        open(&target, URL).discard().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_record_holds_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        interrupted(&folder);
        let text = fs::read_to_string(folder.path().join("all.zip.part.json")).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
    }
}
