//! Sources that are folders.
//!
//! Hidden files and folders are ignored. Symbolic links are followed only to files inside the
//! folder; any other link is reported, because its target is not read.

mod git;

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::database::reading::{
    MAX_FILES, MAX_RECORD_BYTES, SourceError, SourceReader, SourceRecords,
};
use crate::disk::{self, NotRead};
use crate::policy::{Source, SourceKind};

pub(super) use git::is_commit;

/// Reads a source from the folder at `root`.
///
/// # Errors
///
/// A folder that cannot be listed in full, one with the wrong layout, and one without any
/// record. An unreadable file only makes an unreadable record.
pub fn read(source: &Source, root: &Path) -> Result<SourceRecords, SourceError> {
    let unreadable = |path: &Path, cause: io::Error| SourceError::Unreadable {
        name: source.name.clone(),
        path: path.to_owned(),
        cause,
    };
    let canonical = fs::canonicalize(root).map_err(|cause| unreadable(root, cause))?;
    if source.kind == SourceKind::RustSec && !canonical.join("crates").is_dir() {
        return Err(SourceError::Layout {
            name: source.name.clone(),
            path: root.to_owned(),
            reason: "has no folder `crates`, as a RustSec database has",
        });
    }
    let mut reader = SourceReader::new(source);
    let files = list(&canonical, &reader).map_err(|(path, cause)| unreadable(&path, cause))?;
    if files.len() > MAX_FILES {
        return Err(SourceError::TooLarge {
            name: source.name.clone(),
            path: root.to_owned(),
            limit: "2,000,000 files",
        });
    }
    let mut newest_file = None;
    for file in &files {
        match read_file(&canonical, file) {
            Ok((content, changed)) => {
                newest_file = newest_file.max(changed);
                reader.read(&file.path, &content);
            }
            Err(reason) => reader.refuse(&file.path, reason),
        }
    }
    let state = git::state(&canonical);
    let revision = match &state {
        Some(state) => state.head.clone(),
        None => reader.content_revision(),
    };
    let current_at = state.map_or(newest_file, |state| state.fetched_at);
    reader.finish(root.to_owned(), revision, current_at)
}

/// A file that may hold a record.
struct Candidate {
    /// The path inside the folder, with `/` between its parts.
    path: String,
    /// The path on disk.
    location: PathBuf,
    file_type: FileType,
}

/// Every file that may hold a record, in the order of the paths.
fn list(root: &Path, reader: &SourceReader<'_>) -> Result<Vec<Candidate>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    let mut folders = vec![(String::new(), root.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        let at_folder = |cause| (folder.clone(), cause);
        for entry in fs::read_dir(&folder).map_err(at_folder)? {
            let entry = entry.map_err(at_folder)?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            if file_name.starts_with('.') {
                continue;
            }
            let file_type = entry.file_type().map_err(|cause| (entry.path(), cause))?;
            let path = format!("{prefix}{file_name}");
            if file_type.is_dir() {
                folders.push((format!("{path}/"), entry.path()));
            } else if reader.recognises(&file_name) || is_link_to_folder(file_type, &entry.path()) {
                files.push(Candidate { path, location: entry.path(), file_type });
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn is_link_to_folder(file_type: FileType, path: &Path) -> bool {
    file_type.is_symlink() && path.is_dir()
}

/// The content of a file and its modification time, or why it is not read.
fn read_file(root: &Path, file: &Candidate) -> Result<(Vec<u8>, Option<SystemTime>), String> {
    let unreadable = |cause: io::Error| format!("it cannot be read: {cause}");
    if file.file_type.is_symlink() {
        let target = fs::canonicalize(&file.location).map_err(unreadable)?;
        if target.is_dir() {
            return Err("links to folders are not followed".to_owned());
        }
        if !target.starts_with(root) {
            return Err("links out of the folder are not followed".to_owned());
        }
    }
    let metadata = fs::metadata(&file.location).map_err(unreadable)?;
    let read = disk::read(&file.location, MAX_RECORD_BYTES);
    let content = read.map_err(|error| match error {
        NotRead::Failed(error) => unreadable(error),
        NotRead::TooLarge => "it has more than 8 MiB".to_owned(),
        NotRead::NotRegular | NotRead::NotUtf8(_) => "it is not a file".to_owned(),
    })?;
    Ok((content, metadata.modified().ok()))
}

#[cfg(test)]
mod tests;
