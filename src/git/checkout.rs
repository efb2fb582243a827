//! Writing the tree of a commit out into a folder.
//!
//! Contents are written as git stores them: no filter of the repository is started. The executable
//! bit is not kept.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::links::is_harmless;
use super::{BlobName, CommitId, EntryKind, GitError, Repository, TreeEntry};

/// How many contents are in memory at a time.
const BATCH: usize = 128;

/// Why a tree cannot be written out.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Git cannot list it.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A path leads out of it, or into git's own folder.
    #[error("`{}` is not a path that may be written", .0.display())]
    Path(PathBuf),
    /// The operating system refused to write it.
    #[error("`{}` cannot be written: {source}", .path.display())]
    Disk {
        /// The path in the tree.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

type Writer = fn(&Path, &[u8], SystemTime) -> io::Result<()>;

/// How each kind of entry is written, in this order.
const WRITERS: &[(EntryKind, Writer)] =
    &[(EntryKind::File, write_file), (EntryKind::Link, write_link)];

impl Repository {
    /// Writes entries of the tree of a commit into an empty folder. Links come last, so that nothing is
    /// written through one; commits of other repositories are left out. A link that leads out of the tree
    /// is written as well: left out, what it leads to would not be missed by whoever reads the folder.
    ///
    /// Every file gets the commit's time: writing advisories out must not make them look new.
    ///
    /// # Errors
    ///
    /// A path leads out of the folder, or something cannot be read or written.
    pub fn write_tree(
        &self,
        commit: &CommitId,
        entries: &[TreeEntry],
        folder: &Path,
    ) -> Result<(), WriteError> {
        if let Some(entry) = entries.iter().find(|entry| !is_harmless(&entry.path)) {
            return Err(WriteError::Path(entry.path.clone()));
        }
        let time = self.time_of(commit)?.into();
        for (kind, write) in WRITERS {
            let entries: Vec<&TreeEntry> =
                entries.iter().filter(|entry| entry.kind == *kind).collect();
            for batch in entries.chunks(BATCH) {
                self.write_batch(batch, folder, *write, time)?;
            }
        }
        Ok(())
    }

    fn write_batch(
        &self,
        entries: &[&TreeEntry],
        folder: &Path,
        write: Writer,
        time: SystemTime,
    ) -> Result<(), WriteError> {
        let objects: Vec<BlobName> = entries.iter().map(|entry| entry.blob.clone()).collect();
        for (entry, content) in entries.iter().zip(self.contents(&objects)?) {
            let path = folder.join(&entry.path);
            let written = path
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| write(&path, &content, time));
            written.map_err(|source| WriteError::Disk { path: entry.path.clone(), source })?;
        }
        Ok(())
    }
}

fn write_file(path: &Path, content: &[u8], time: SystemTime) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.set_modified(time)
}

#[cfg(unix)]
fn write_link(path: &Path, content: &[u8], _: SystemTime) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(content), path)
}

/// Where links need privileges, git writes a file that holds their target.
#[cfg(not(unix))]
fn write_link(path: &Path, content: &[u8], _: SystemTime) -> io::Result<()> {
    fs::write(path, content)
}
