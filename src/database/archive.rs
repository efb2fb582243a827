//! Sources that are zip files: in the layout of OSV's `all.zip`, with one JSON record in each entry, or a
//! RustSec database as packed by code hosts, in one folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zip::ZipArchive;

use crate::database::folder::is_commit;
use crate::database::reading::{
    MAX_FILES, MAX_RECORD_BYTES, SourceError, SourceReader, SourceRecords,
};
use crate::policy::{Source, SourceKind};

/// The largest declared size of all records of an archive: 4 GiB.
pub const MAX_ARCHIVE_BYTES: u128 = 4 * 1024 * 1024 * 1024;

/// What has changed since an archive was packed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Changes {
    /// Records that are new or different, by id.
    pub records: BTreeMap<String, Box<RawValue>>,
    /// The ids of records that are no longer published.
    pub deleted: BTreeSet<String>,
}

impl Changes {
    fn overrule(&self, path: &str) -> bool {
        let id = record_id(path);
        self.records.contains_key(id) || self.deleted.contains(id)
    }

    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.deleted.is_empty()
    }
}

/// Reads a source from the zip file at `path`, with `changes` applied.
///
/// # Errors
///
/// An archive that is damaged, too large, names an entry twice or an entry outside of itself, or
/// contains no record. An unreadable entry only makes an unreadable record.
pub fn read(source: &Source, path: &Path, changes: &Changes) -> Result<SourceRecords, SourceError> {
    let unreadable =
        |cause| SourceError::Unreadable { name: source.name.clone(), path: path.to_owned(), cause };
    let damaged = |reason: String| SourceError::Archive {
        name: source.name.clone(),
        path: path.to_owned(),
        reason,
    };
    let too_large =
        |limit| SourceError::TooLarge { name: source.name.clone(), path: path.to_owned(), limit };
    let file = File::open(path).map_err(unreadable)?;
    let file_time = file.metadata().and_then(|data| data.modified()).ok();
    let mut archive =
        ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(error.to_string()))?;
    if archive.len() > MAX_FILES {
        return Err(too_large("2,000,000 files"));
    }
    if archive.decompressed_size().is_none_or(|size| size > MAX_ARCHIVE_BYTES) {
        return Err(too_large("4 GiB"));
    }
    // The library silently keeps the last of several entries of one name.
    if archive.has_duplicate_names() {
        return Err(damaged("it holds two entries of one name".to_owned()));
    }
    let mut reader = SourceReader::new(source);
    let mut files: BTreeMap<String, EntryContent<'_>> = entries(&mut archive, &reader)
        .map_err(damaged)?
        .into_iter()
        .map(|(name, index)| (name, EntryContent::Packed(index)))
        .collect();
    if source.kind == SourceKind::RustSec {
        files = unwrap_folder(files).ok_or_else(|| SourceError::Layout {
            name: source.name.clone(),
            path: path.to_owned(),
            reason: "has no folder `crates`, as a RustSec database has",
        })?;
    }
    files.retain(|path, _| !changes.overrule(path));
    for (id, record) in &changes.records {
        files.insert(format!("{id}.json"), EntryContent::Changed(record.get()));
    }
    for (name, content) in files {
        match content {
            EntryContent::Changed(json) => reader.read(&name, json.as_bytes()),
            EntryContent::Packed(index) => match read_entry(&mut archive, index) {
                Ok(content) => reader.read(&name, &content),
                Err(reason) => reader.refuse(&name, reason),
            },
        }
    }
    // git-archive(1) writes the commit into the comment of the archive.
    let comment = std::str::from_utf8(archive.comment()).unwrap_or_default();
    let revision = if is_commit(comment) && changes.is_empty() {
        comment.to_owned()
    } else {
        reader.content_revision()
    };
    reader.finish(path.to_owned(), revision, file_time)
}

/// The content of a record: an entry, or a newer text.
enum EntryContent<'changes> {
    Packed(usize),
    Changed(&'changes str),
}

/// The ids in the names of an archive's entries.
///
/// # Errors
///
/// The file is not a zip file any more.
pub fn record_ids(path: &Path) -> io::Result<BTreeSet<String>> {
    let archive = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(io::Error::other)?;
    Ok(archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| name.ends_with(".json"))
        .map(|name| record_id(&name).to_owned())
        .collect())
}

/// The id in the name of a record's file.
fn record_id(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The files under `crates`, at the top level or in the one top-level folder.
/// `None` if there is no such folder.
fn unwrap_folder<EntryContent>(
    files: BTreeMap<String, EntryContent>,
) -> Option<BTreeMap<String, EntryContent>> {
    let top = files.keys().find_map(|path| {
        let (top, rest) = path.split_once('/')?;
        match top {
            "crates" => Some(String::new()),
            _ => rest.starts_with("crates/").then(|| format!("{top}/")),
        }
    })?;
    let inside = files
        .into_iter()
        .filter_map(|(path, content)| {
            let path = path.strip_prefix(&top)?;
            path.starts_with("crates/").then(|| (path.to_owned(), content))
        })
        .collect();
    Some(inside)
}

/// Whether sources of a kind may be archives.
pub fn can_read(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::RustSec | SourceKind::Osv)
}

/// Whether the source at `path` should be read as an archive.
pub fn is_archive(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Names and positions of the entries that may hold records, in the order of the names.
fn entries<R: Read + std::io::Seek>(
    archive: &mut ZipArchive<R>,
    reader: &SourceReader<'_>,
) -> Result<Vec<(String, usize)>, String> {
    let mut entries = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        if !stays_inside(&name) {
            let name = name.escape_debug();
            return Err(format!("its entry `{name}` points out of the archive"));
        }
        let file_name = name.rsplit('/').next().unwrap_or(&name);
        if !file_name.starts_with('.') && reader.recognises(file_name) {
            entries.push((name, index));
        }
    }
    entries.sort();
    Ok(entries)
}

/// Entries are only read, never written to disk; but a name like this still indicates an attack.
fn stays_inside(name: &str) -> bool {
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    !name.starts_with(['/', '\\']) && !has_drive && name.split(['/', '\\']).all(|part| part != "..")
}

/// The content of an entry, or why it is not read. Its declared size is not trusted.
fn read_entry<R: Read + std::io::Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
) -> Result<Vec<u8>, String> {
    let unreadable = |error: &dyn std::error::Error| format!("it cannot be unpacked: {error}");
    let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
    let mut content = Vec::new();
    entry
        .take(MAX_RECORD_BYTES + 1)
        .read_to_end(&mut content)
        .map_err(|error| unreadable(&error))?;
    if content.len() as u64 > MAX_RECORD_BYTES {
        return Err("it has more than 8 MiB".to_owned());
    }
    Ok(content)
}

#[cfg(test)]
mod tests;
