//! Temporary files beside the files that they are going to replace.
//!
//! Their writer holds a lock on them. The system releases it when the writer ends in any
//! way, so that a file left by a killed writer can be distinguished from one that is being written.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

const PREFIX: &str = ".lockgate-snapshot-";

/// Creates a file in `folder`, and removes those that killed writers left there.
pub(super) fn create(folder: &Path) -> io::Result<NamedTempFile> {
    sweep(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    // A snapshot is not secret: the umask decides who may read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    loop {
        let temporary = builder.tempfile_in(folder)?;
        match temporary.as_file().try_lock() {
            // Another process may have removed it before it was locked.
            Ok(()) if temporary.path().exists() => return Ok(temporary),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            // A file system without locks: no other process removes files there either.
            Err(TryLockError::Error(_)) => return Ok(temporary),
        }
    }
}

/// Removes files of killed writers. A file that cannot be removed only takes space.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // Opening a pipe would wait for its other end.
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let path = entry.path();
            let file = File::options().write(true).open(&path);
            if file.is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_killed_writers_are_removed_and_files_being_written_stay() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(format!("{PREFIX}left"));
        let other = folder.path().join("advisories.lockgate");
        for path in [&left, &other] {
            fs::write(path, "half").unwrap();
        }
        let first = create(folder.path()).unwrap();
        assert!(!left.exists());
        let second = create(folder.path()).unwrap();
        assert!(first.path().exists());
        assert!(second.path().exists());
        assert!(other.exists());
    }
}
