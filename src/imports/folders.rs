//! Folders on the way to what is loaded.

use std::path::{Path, PathBuf};

/// The folder in which package managers install. A package anywhere else is a folder of somebody's own.
pub(super) const MODULES: &str = "node_modules";

/// In a tree of more folders nobody looks for links.
const MOST_FOLDERS: usize = 10_000;

/// Whether a folder, or one in it, is a link to another place.
pub(super) fn leads_away(folder: &Path) -> bool {
    let is_itself = |folder: &Path| folder.canonicalize().is_ok_and(|real| real == folder);
    let mut pending = vec![folder.to_owned()];
    let mut left = MOST_FOLDERS;
    while let Some(folder) = pending.pop() {
        if !folder.is_dir() {
            continue;
        }
        let Some(rest) = left.checked_sub(1).filter(|_| is_itself(&folder)) else { return true };
        left = rest;
        let Ok(entries) = std::fs::read_dir(&folder) else { return true };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_symlink() => return true,
                Ok(kind) if kind.is_dir() && entry.file_name() != "node_modules" => {
                    pending.push(entry.path());
                }
                Ok(_) => {}
                Err(_) => return true,
            }
        }
    }
    false
}

/// A path without `.` and `..`, which need not exist.
pub(super) fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop().then_some(())?;
            }
            std::path::Component::CurDir => {}
            other => plain.push(other),
        }
    }
    let ends_with_slash = path.to_string_lossy().ends_with(['/', '\\']);
    Some(if ends_with_slash { plain.join("") } else { plain })
}
