//! Positioned, bounded and checked reads of the snapshot file.

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::digest::{Part, PartHash, SnapshotDigest};
use super::error::SnapshotError;
use super::foreign;
use super::header::{HEADER_LENGTH, SnapshotHeader};
use super::section::Section;
use crate::database::PackageAdvisories;

/// A snapshot file that is open for reading.
#[derive(Debug)]
pub(super) struct SnapshotFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl SnapshotFile {
    pub(super) fn open(path: &Path) -> Result<(Self, SnapshotHeader), SnapshotError> {
        // Check before opening: opening a pipe would wait for a writer.
        let metadata = fs::metadata(path).map_err(|error| SnapshotError::reading(path, error))?;
        if !metadata.is_file() {
            return Err(SnapshotError::NotASnapshot {
                path: path.to_owned(),
                looks_like: foreign::describe_special(&metadata),
            });
        }
        let file = File::open(path).map_err(|error| SnapshotError::reading(path, error))?;
        let length = file.metadata().map_err(|error| SnapshotError::reading(path, error))?.len();
        let opened = Self { path: path.to_owned(), file, length };
        let mut start = [0; HEADER_LENGTH];
        let available = usize::try_from(length).map_or(HEADER_LENGTH, |all| all.min(HEADER_LENGTH));
        let start = &mut start[..available];
        opened.read(0, start)?;
        let header = SnapshotHeader::decode(path, start, length)?;
        Ok((opened, header))
    }

    /// Fills the buffer with unchecked bytes from `offset` on.
    pub(super) fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SnapshotError> {
        read_exact_at(&self.file, buffer, offset).map_err(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                self.altered("its length")
            } else {
                SnapshotError::reading(&self.path, error)
            }
        })
    }

    /// Replaces the content of the buffer by a section, after checking it.
    pub(super) fn read_section(
        &self,
        digest: &SnapshotDigest,
        part: Part,
        section: &Section,
        buffer: &mut Vec<u8>,
    ) -> Result<(), SnapshotError> {
        buffer.clear();
        // Check before the buffer grows: an altered length must not request all memory.
        if section.end() > self.length {
            return Err(self.altered(part));
        }
        let length = usize::try_from(section.length).map_err(|_| self.altered(part))?;
        buffer.resize(length, 0);
        self.read(section.offset, buffer)?;
        if digest.seal(part, PartHash::of(buffer)) != section.checksum {
            return Err(self.altered(part));
        }
        Ok(())
    }

    /// A section, after checking it, from a piece of the file that may contain its neighbours too.
    pub(super) fn section_in<'piece>(
        &self,
        digest: &SnapshotDigest,
        part: Part,
        section: &Section,
        piece: &'piece mut Piece,
    ) -> Result<&'piece [u8], SnapshotError> {
        if section.end() > self.length {
            return Err(self.altered(part));
        }
        let length = usize::try_from(section.length).map_err(|_| self.altered(part))?;
        let bytes = self.bytes_in(section.offset, length, piece)?;
        if digest.seal(part, PartHash::of(bytes)) != section.checksum {
            return Err(self.altered(part));
        }
        Ok(bytes)
    }

    /// Unchecked bytes from `offset` on, from a piece that is replaced if it does not contain
    /// them.
    pub(super) fn bytes_in<'piece>(
        &self,
        offset: u64,
        length: usize,
        piece: &'piece mut Piece,
    ) -> Result<&'piece [u8], SnapshotError> {
        if piece.get(offset, length).is_none() {
            let rest = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
            let wanted = usize::try_from(piece.length).unwrap_or(0).max(length);
            piece.start = offset;
            piece.bytes.resize(wanted.min(rest), 0);
            if let Err(error) = self.read(offset, &mut piece.bytes) {
                piece.bytes.clear();
                return Err(error);
            }
        }
        piece.get(offset, length).ok_or_else(|| self.altered("its length"))
    }

    /// Parses a checked document.
    pub(super) fn parse_json<Document: DeserializeOwned>(
        &self,
        part: Part,
        json: &[u8],
    ) -> Result<Document, SnapshotError> {
        serde_json::from_slice(json).map_err(|error| self.unintelligible(part, error))
    }

    /// Parses the document of a checked record. Leftover bytes are an error: they indicate a
    /// record of another shape.
    pub(super) fn parse_record(
        &self,
        part: Part,
        document: &[u8],
    ) -> Result<PackageAdvisories, SnapshotError> {
        match postcard::take_from_bytes(document) {
            Ok((advisories, [])) => Ok(advisories),
            Ok(_) => Err(self.unintelligible(part, "it is longer than what it holds")),
            Err(error) => Err(self.unintelligible(part, error)),
        }
    }

    fn unintelligible(
        &self,
        part: Part,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> SnapshotError {
        SnapshotError::Unintelligible {
            path: self.path.clone(),
            what: part.to_string(),
            source: source.into(),
        }
    }

    /// The error for altered bytes.
    pub(super) fn altered(&self, what: impl fmt::Display) -> SnapshotError {
        SnapshotError::Altered { path: self.path.clone(), what: what.to_string() }
    }
}

/// A piece of the file.
#[derive(Debug, Default)]
pub(super) struct Piece {
    start: u64,
    bytes: Vec<u8>,
    /// The read size, unless more bytes are wanted.
    pub(super) length: u64,
}

impl Piece {
    /// From this many sections on a page, larger reads pay off.
    const MANY: usize = 64;
    /// The size of a larger read.
    const LENGTH: u64 = 16 << 10;

    /// Announces how many neighbouring sections will be read, in the order of the file. For many of them
    /// one read fetches several; for a few only these are read.
    pub(super) fn expect(&mut self, sections: usize) {
        self.length = if sections < Self::MANY { 0 } else { Self::LENGTH };
    }

    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
