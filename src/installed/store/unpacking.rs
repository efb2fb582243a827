//! Files of an archive, written to disk: nothing but regular files, none of them outside of their folder,
//! and not more than a package can have.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::disk;

/// The first line of a list of files. Another layout has another line.
const FORMAT: &str = "lockgate unpacked 1";

/// The most files of one archive. The largest packages have some ten thousand.
const MOST_FILES: usize = 500_000;
/// The most bytes that the files of one archive have together. The largest packages have some hundred
/// millions.
const MOST_BYTES: u64 = 4 << 30;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub(in crate::installed) enum Refused {
    #[error("`{}` would lie outside of it", .0.escape_debug())]
    Outside(String),
    #[error("`{}` is no regular file", .0.escape_debug())]
    NotRegular(String),
    #[error("`{}` is in it twice", .0.escape_debug())]
    Twice(String),
    #[error("it is larger than {MOST_BYTES} bytes or has more than {MOST_FILES} files")]
    TooLarge,
    #[error("it is damaged: {0}")]
    Damaged(String),
    #[error("it cannot be unpacked: {}", disk::in_words(.0))]
    Disk(#[from] io::Error),
}

/// An archive that is being unpacked.
#[derive(Debug)]
pub(in crate::installed) struct Unpacking {
    folder: PathBuf,
    listing: String,
    files: usize,
    /// How many bytes more it may have.
    bytes_left: u64,
    most_files: usize,
}

impl Unpacking {
    pub(super) fn into(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let listing = format!("{FORMAT}\n");
        Ok(Self { folder, listing, files: 0, bytes_left: MOST_BYTES, most_files: MOST_FILES })
    }

    /// Adds a file under the name that it has in the archive. What an archive says about its size does not
    /// count.
    ///
    /// # Errors
    ///
    /// The name leads outside, it was there before, it is too large, or it cannot be read or written.
    pub(in crate::installed) fn add(
        &mut self,
        name: &str,
        content: impl Read,
    ) -> Result<(), Refused> {
        let parts = parts(name).ok_or_else(|| Refused::Outside(name.to_owned()))?;
        self.files += 1;
        if self.files > self.most_files {
            return Err(Refused::TooLarge);
        }
        let path: PathBuf = self.folder.iter().chain(parts.iter().map(AsRef::as_ref)).collect();
        fs::create_dir_all(disk::folder_of(&path))?;
        let mut file = File::create_new(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Refused::Twice(name.to_owned()),
            _ => error.into(),
        })?;
        let mut content = content.take(self.bytes_left.saturating_add(1));
        let written = io::copy(&mut content, &mut file).map_err(of_content)?;
        self.bytes_left = self.bytes_left.checked_sub(written).ok_or(Refused::TooLarge)?;
        // Writing to a text does not fail.
        let _ = writeln!(self.listing, "{written} {}", parts.join("/"));
        Ok(())
    }

    pub(super) fn listing(&self) -> &str {
        &self.listing
    }

    #[cfg(test)]
    pub(super) fn limit(&mut self, most_files: usize, most_bytes: u64) {
        (self.most_files, self.bytes_left) = (most_files, most_bytes);
    }
}

/// Errors of whoever unpacks the content are the archive's, all others the disk's.
fn of_content(error: io::Error) -> Refused {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    match error.kind() {
        InvalidData | InvalidInput | Other | UnexpectedEof => Refused::Damaged(error.to_string()),
        _ => Refused::Disk(error),
    }
}

/// Whether the files of a list lie in a folder, each with its size.
pub(super) fn is_whole(folder: &Path, listing: &str) -> bool {
    let mut lines = listing.lines();
    let is_there = |line: &str| {
        let (size, name) = line.split_once(' ')?;
        let size: u64 = size.parse().ok()?;
        let metadata = fs::symlink_metadata(folder.join(name)).ok()?;
        Some(metadata.is_file() && metadata.len() == size)
    };
    lines.next() == Some(FORMAT) && lines.all(|line| is_there(line) == Some(true))
}

/// The steps of a name, if every system takes it for a path below a folder.
fn parts(name: &str) -> Option<Vec<&str>> {
    // On Windows a colon stands behind a drive, and before another stream of a file.
    let is_special = |character: char| {
        character == '\\' || character.is_control() || (cfg!(windows) && character == ':')
    };
    let is_harmless = |part: &&str| !matches!(*part, "" | "..") && !part.contains(is_special);
    let parts: Vec<&str> = name.split('/').filter(|part| *part != ".").collect();
    (!parts.is_empty() && parts.iter().all(is_harmless)).then_some(parts)
}
