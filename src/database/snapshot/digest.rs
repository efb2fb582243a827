//! The digest of a snapshot, and the checksums that bind each of its parts to it.

use std::fmt;

use serde::{Deserialize, Serialize};
use twox_hash::xxhash3_128::Hasher;

/// The SHA-256 of a snapshot's content, without the directory over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotDigest(pub(in crate::database) [u8; 32]);

impl fmt::Display for SnapshotDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl SnapshotDigest {
    /// Binds the hash of a part's bytes to the part's place and to this snapshot.
    ///
    /// A part of another snapshot, or another part of this one, is then as wrong as a flipped bit:
    /// after an interrupted in-place copy of a new file over an old one, each part may be
    /// valid by itself.
    pub(super) fn seal(&self, part: Part, hash: PartHash) -> Checksum {
        let (code, number) = part.code();
        let mut message = [0; 57];
        message[..16].copy_from_slice(&hash.0.to_le_bytes());
        message[16] = code;
        message[17..25].copy_from_slice(&number.to_le_bytes());
        message[25..].copy_from_slice(&self.0);
        Checksum::of(&message)
    }
}

/// The hash of the bytes of a part, not yet bound to its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartHash(u128);

impl PartHash {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Hasher::oneshot(bytes))
    }
}

/// An XXH3-128 hash. In JSON it is 32 hexadecimal digits.
///
/// It detects damage. Someone who alters a file on purpose can also write new checksums,
/// with any algorithm; to detect that, compare the [`SnapshotDigest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Checksum(pub(super) [u8; Self::LENGTH]);

impl Checksum {
    /// Bytes in a checksum.
    pub(super) const LENGTH: usize = 16;

    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Hasher::oneshot(bytes).to_be_bytes())
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        format!("{:032x}", u128::from_be_bytes(checksum.0))
    }
}

impl TryFrom<String> for Checksum {
    type Error = std::num::ParseIntError;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&digits, 16).map(|number| Self(number.to_be_bytes()))
    }
}

/// A part of the file with one checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Layout,
    PageTable,
    About,
    Unattributed,
    Page(u64),
    Record(u64),
}

impl Part {
    /// Its number in the checksum. Part of the format: never reused for another meaning.
    fn code(self) -> (u8, u64) {
        match self {
            Self::Layout => (1, 0),
            Self::PageTable => (2, 0),
            Self::About => (3, 0),
            Self::Unattributed => (4, 0),
            Self::Page(number) => (5, number),
            Self::Record(number) => (6, number),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout => formatter.write_str("the layout"),
            Self::PageTable => formatter.write_str("the page table"),
            Self::About => formatter.write_str("the list of sources"),
            Self::Unattributed => formatter.write_str("the list of unattributed records"),
            Self::Page(number) => write!(formatter, "directory page {number}"),
            Self::Record(number) => write!(formatter, "package record {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_depends_on_the_bytes_the_part_and_the_snapshot() {
        let seal = |part, bytes| SnapshotDigest([1; 32]).seal(part, PartHash::of(bytes));
        let checksum = seal(Part::Record(7), b"text");
        assert_eq!(checksum, seal(Part::Record(7), b"text"));
        assert_ne!(checksum, seal(Part::Record(7), b"test"));
        assert_ne!(checksum, seal(Part::Record(8), b"text"));
        assert_ne!(checksum, seal(Part::Page(7), b"text"));
        let other = SnapshotDigest([2; 32]);
        assert_ne!(checksum, other.seal(Part::Record(7), PartHash::of(b"text")));
    }

    #[test]
    fn a_checksum_is_read_as_it_was_written() {
        let checksum = Checksum([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff]);
        let json = serde_json::to_string(&checksum).unwrap();
        assert_eq!(json, "\"000102030405060708090a0b0c0d0eff\"");
        assert_eq!(serde_json::from_str::<Checksum>(&json).unwrap(), checksum);
    }

    #[test]
    fn a_digest_is_written_with_its_algorithm() {
        let text = SnapshotDigest([0xa5; 32]).to_string();
        assert_eq!(text, format!("sha256:{}", "a5".repeat(32)));
    }
}
