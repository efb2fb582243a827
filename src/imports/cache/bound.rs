//! Keeps the folder from growing.

use std::fs;
use std::path::Path;

/// Removes files, the oldest first, until all together hold at most `most` bytes. What cannot be removed only
/// takes space, and another run may remove it as well.
pub(super) fn remove_oldest(folder: &Path, most: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((metadata.modified().ok()?, entry.path(), metadata.len()))
        })
        .collect();
    files.sort_unstable();
    let mut total: u64 = files.iter().map(|(_, _, size)| size).sum();
    for (_, path, size) in files {
        if total <= most {
            return;
        }
        let _ = fs::remove_file(path);
        total -= size;
    }
}
