//! The folder in which archives of packages are unpacked, so that what is in them can be looked at.
//!
//! Each archive has a folder of its own there, under the checksum of its bytes. It appears with all that it
//! holds or not at all, so that runs beside each other may share it, and it may be removed at any time
//! between runs. What no run has used for a month is removed.

mod tarball;
mod unpacking;
mod zip;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

pub(super) use self::tarball::unpack_tarball;
pub(super) use self::unpacking::{Refused, Unpacking};
pub(super) use self::zip::unpack_zip;
use super::NotInstalledReason;
use crate::disk;

/// Where the files of an archive lie in its folder.
const CONTENT: &str = "content";
/// The list of these files.
const LISTING: &str = "files";
/// A file whose time says when a run has used the archive.
const USED: &str = "used";

/// The beginning of the names of folders that are not complete yet, or not any more.
const TEMPORARY: &str = ".lockgate-";

const DAY: Duration = Duration::from_hours(24);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// The folder of unpacked archives.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    /// When this run began, by the clock of the disk.
    now: SystemTime,
}

impl Store {
    /// The folder of a run.
    ///
    /// # Errors
    ///
    /// There is none, or nothing can be written there.
    pub(super) fn of_run(folder: Option<&Path>) -> Result<Self, NotInstalledReason> {
        let no_store = |cause: String| NotInstalledReason::NoStore { cause };
        let folder =
            folder.ok_or_else(|| no_store("this machine has no folder for caches".to_owned()))?;
        Self::open(folder)
            .map_err(|error| no_store(format!("{}: {}", folder.display(), disk::in_words(&error))))
    }

    /// Opens the folder, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// Nothing can be written there.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = fs::canonicalize(folder)?;
        let probe = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&folder)?;
        let now = probe.as_file().metadata()?.modified()?;
        Ok(Self { folder, now })
    }

    /// The files of the archive with a checksum, if a run has unpacked it before.
    pub(super) fn find(&self, checksum: &str) -> Option<PathBuf> {
        let place = self.folder.join(checksum);
        self.is_usable(&place).ok()?.then(|| place.join(CONTENT))
    }

    /// The files of the archive with a checksum, which is letters and digits; `unpack` is called where no
    /// run has unpacked it before.
    ///
    /// # Errors
    ///
    /// The archive is refused, or cannot be written.
    pub(super) fn unpacked(
        &self,
        checksum: &str,
        unpack: impl FnOnce(&mut Unpacking) -> Result<(), Refused>,
    ) -> Result<PathBuf, Refused> {
        let place = self.folder.join(checksum);
        let content = place.join(CONTENT);
        if self.is_usable(&place)? {
            return Ok(content);
        }
        let temporary = self.temporary()?;
        let mut unpacking = Unpacking::into(temporary.path().join(CONTENT))?;
        unpack(&mut unpacking)?;
        fs::write(temporary.path().join(LISTING), unpacking.listing())?;
        File::create(temporary.path().join(USED))?;
        let _lock = self.lock();
        // Another run may have been quicker.
        if !is_whole(&place) {
            self.discard(&place)?;
            fs::rename(temporary.path(), &place)?;
        }
        Ok(content)
    }

    /// Removes what no run has used for a month, and what runs have left that were killed. What cannot be
    /// removed only takes space.
    pub(super) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let _lock = self.lock();
        for entry in entries.flatten() {
            let path = entry.path();
            let is_temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
            let (marker, most) =
                if is_temporary { (path.clone(), DAY) } else { (path.join(USED), MONTH) };
            if self.age(&marker) > most {
                let _ = self.discard(&path);
            }
        }
    }

    /// Whether an archive has been unpacked before. From now on it counts as used.
    fn is_usable(&self, place: &Path) -> io::Result<bool> {
        let marker = place.join(USED);
        if self.age(&marker) <= DAY {
            return Ok(is_whole(place));
        }
        let _lock = self.lock();
        let is_whole = is_whole(place);
        if is_whole {
            disk::replace(&marker, |_| Ok(()))?;
        }
        Ok(is_whole)
    }

    /// Keeps other runs from putting archives in their places and from removing them until it is dropped. On a
    /// file system without locks nothing does.
    fn lock(&self) -> Option<File> {
        let file = File::create(self.folder.with_added_extension("lock")).ok()?;
        file.lock().ok()?;
        Some(file)
    }

    /// How long ago a file was written. One that is not there is as old as can be.
    fn age(&self, path: &Path) -> Duration {
        let written = fs::symlink_metadata(path).and_then(|it| it.modified());
        let age = |written| self.now.duration_since(written).unwrap_or_default();
        written.map_or(Duration::MAX, age)
    }

    /// Takes a folder away in one step, and then removes it.
    fn discard(&self, place: &Path) -> io::Result<()> {
        let aside = self.temporary()?;
        match fs::rename(place, aside.path().join(CONTENT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => aside.close(),
        }
    }

    fn temporary(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(&self.folder)
    }
}

/// Whether everything is there that was unpacked: tools that clean caches remove single files, too.
fn is_whole(place: &Path) -> bool {
    let listing = fs::read_to_string(place.join(LISTING));
    listing.is_ok_and(|listing| unpacking::is_whole(&place.join(CONTENT), &listing))
}

#[cfg(test)]
mod tests;
