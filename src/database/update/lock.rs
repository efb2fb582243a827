//! One update at a time on one machine.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::{Observer, UpdateError};

/// Held while an update runs. The system releases it when the process ends in any way.
#[derive(Debug)]
pub struct UpdateLock {
    _file: File,
}

impl UpdateLock {
    /// Waits until no other update works in `folder`.
    ///
    /// # Errors
    ///
    /// The folder cannot be created, or its file system has no locks.
    pub fn acquire(folder: &Path, observer: &dyn Observer) -> Result<Self, UpdateError> {
        fs::create_dir_all(folder).map_err(|cause| UpdateError::disk(folder, &cause))?;
        let path = folder.join("update.lock");
        let at_path = |cause| UpdateError::disk(&path, &cause);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(at_path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                observer.waits();
                file.lock().map_err(at_path)?;
            }
            Err(TryLockError::Error(cause)) => return Err(at_path(cause)),
        }
        Ok(Self { _file: file })
    }
}
