//! A part of the file, by its position.

use serde::{Deserialize, Serialize};

use super::digest::Checksum;

/// Some bytes of the file, and their checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Section {
    /// The first byte, from the start of the file.
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) checksum: Checksum,
}

impl Section {
    /// Bytes in the encoded form.
    pub(super) const ENCODED: usize = 28;

    /// Little-endian offset and length, then the checksum.
    pub(super) fn encode(&self) -> [u8; Self::ENCODED] {
        let mut bytes = [0; Self::ENCODED];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.length.to_le_bytes());
        bytes[12..].copy_from_slice(&self.checksum.0);
        bytes
    }

    pub(super) fn decode(bytes: &[u8; Self::ENCODED]) -> Self {
        let [o0, o1, o2, o3, o4, o5, o6, o7, l0, l1, l2, l3, checksum @ ..] = *bytes;
        Self {
            offset: u64::from_le_bytes([o0, o1, o2, o3, o4, o5, o6, o7]),
            length: u32::from_le_bytes([l0, l1, l2, l3]),
            checksum: Checksum(checksum),
        }
    }

    /// The byte after the last one.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.length))
    }
}
