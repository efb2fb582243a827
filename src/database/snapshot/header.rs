//! The first 96 bytes: the kind of file, the format version, and the position of the layout.

use std::path::Path;

use super::digest::{Checksum, SnapshotDigest};
use super::error::SnapshotError;
use super::foreign;
use super::section::Section;

/// The format that this lockgate writes, and the only one it reads.
pub const FORMAT_VERSION: u32 = 5;

/// The first bytes of every snapshot. As in PNG, a byte with its highest bit set and both line
/// endings reveal a file that was transferred as text.
pub(super) const MAGIC: [u8; 8] = *b"\x89LGDB\r\n\x1a";

/// Bytes in a header, in every format.
pub(super) const HEADER_LENGTH: usize = 96;

/// The position of the checksum of the preceding bytes, in every format.
const CHECKSUM_OFFSET: usize = HEADER_LENGTH - Checksum::LENGTH;

/// The content of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SnapshotHeader {
    /// Bytes in the whole file.
    pub(super) file_length: u64,
    pub(super) digest: SnapshotDigest,
    pub(super) layout: Section,
}

impl SnapshotHeader {
    pub(super) fn encode(&self) -> [u8; HEADER_LENGTH] {
        self.encode_as(FORMAT_VERSION)
    }

    pub(super) fn encode_as(&self, version: u32) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&version.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.file_length.to_le_bytes());
        bytes[20..52].copy_from_slice(&self.digest.0);
        bytes[52..CHECKSUM_OFFSET].copy_from_slice(&self.layout.encode());
        let checksum = Checksum::of(&bytes[..CHECKSUM_OFFSET]);
        bytes[CHECKSUM_OFFSET..].copy_from_slice(&checksum.0);
        bytes
    }

    /// Reads the first bytes of a file of `file_length` bytes.
    pub(super) fn decode(
        path: &Path,
        start: &[u8],
        file_length: u64,
    ) -> Result<Self, SnapshotError> {
        let seen = start.len().min(MAGIC.len());
        if start.is_empty() || start[..seen] != MAGIC[..seen] {
            return Err(SnapshotError::NotASnapshot {
                path: path.to_owned(),
                looks_like: foreign::describe(start),
            });
        }
        let Some(bytes) = start.first_chunk::<HEADER_LENGTH>() else {
            return Err(SnapshotError::Truncated {
                path: path.to_owned(),
                expected: HEADER_LENGTH as u64,
                found: file_length,
            });
        };
        let header = Self::decode_checked(path, bytes)?;
        header.check_length(path, file_length)?;
        Ok(header)
    }

    /// The checksum comes first: the version in a damaged header cannot be trusted.
    fn decode_checked(path: &Path, bytes: &[u8; HEADER_LENGTH]) -> Result<Self, SnapshotError> {
        let (covered, checksum) = bytes.split_at(CHECKSUM_OFFSET);
        if Checksum::of(covered).0 != checksum {
            return Err(SnapshotError::Altered {
                path: path.to_owned(),
                what: "the header".to_owned(),
            });
        }
        let version = u32::from_le_bytes(array(&bytes[8..]));
        if version > FORMAT_VERSION {
            return Err(SnapshotError::NewerFormat {
                path: path.to_owned(),
                found: version,
                supported: FORMAT_VERSION,
            });
        }
        if version < FORMAT_VERSION {
            return Err(SnapshotError::OlderFormat {
                path: path.to_owned(),
                found: version,
                supported: FORMAT_VERSION,
            });
        }
        Ok(Self {
            file_length: u64::from_le_bytes(array(&bytes[12..])),
            digest: SnapshotDigest(array(&bytes[20..])),
            layout: Section::decode(&array(&bytes[52..])),
        })
    }

    fn check_length(&self, path: &Path, found: u64) -> Result<(), SnapshotError> {
        if found < self.file_length {
            return Err(SnapshotError::Truncated {
                path: path.to_owned(),
                expected: self.file_length,
                found,
            });
        }
        if found > self.file_length {
            return Err(SnapshotError::Altered {
                path: path.to_owned(),
                what: format!("the end, {} bytes too late,", found - self.file_length),
            });
        }
        Ok(())
    }
}

/// The first bytes of a slice that is long enough.
fn array<const LENGTH: usize>(bytes: &[u8]) -> [u8; LENGTH] {
    bytes.first_chunk().copied().unwrap_or([0; LENGTH])
}
