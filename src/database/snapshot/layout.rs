//! Where the parts of a snapshot lie.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::{Checksum, Part};
use super::directory::Directory;
use super::error::SnapshotError;
use super::file::SnapshotFile;
use crate::package::Ecosystem;

/// The table of contents, a JSON document at the end of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Layout {
    /// What the snapshot says of itself: [`super::About`].
    pub(super) about: Section,
    /// Records that name no package.
    pub(super) unattributed: Section,
    /// Where each package record lies.
    pub(super) records: RecordTable,
    /// Where each page of the directories lies.
    pub(super) page_table: Section,
    /// How names are spread over pages. An ecosystem without names has none.
    pub(super) directories: BTreeMap<Ecosystem, Directory>,
}

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

/// One encoded [`Section`] for each package record, in the order of the records.
///
/// A row is not checked by itself: the checksum in it covers the record and the record's number, so
/// a row that is not what was written leads to no record that would pass.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct RecordTable {
    pub(super) offset: u64,
    pub(super) count: u64,
}

impl RecordTable {
    /// The byte after the last one.
    pub(super) fn end(&self) -> u64 {
        self.row_offset(self.count)
    }

    /// One row. Those after it are read along with it: look-ups go through the table from its
    /// beginning to its end.
    pub(super) fn read_row(
        &self,
        file: &SnapshotFile,
        number: u64,
        window: &mut RowWindow,
    ) -> Result<Section, SnapshotError> {
        if number >= self.count {
            return Err(file.altered(format!("{} does not exist", Part::Record(number))));
        }
        if let Some(row) = window.row(number) {
            return Ok(row);
        }
        let rows = (self.count - number).min(RowWindow::ROWS);
        // At most a few thousand bytes.
        window.bytes.resize(usize::try_from(rows).unwrap_or(0) * Section::ENCODED, 0);
        window.first = number;
        let read = file.read(self.row_offset(number), &mut window.bytes);
        if read.is_err() {
            window.bytes.clear();
        }
        read?;
        let row = window.row(number);
        row.ok_or_else(|| file.altered(format!("{} does not exist", Part::Record(number))))
    }

    fn row_offset(&self, number: u64) -> u64 {
        number.saturating_mul(Section::ENCODED as u64).saturating_add(self.offset)
    }
}

/// Some rows of a table that lie beside each other.
#[derive(Debug, Default)]
pub(super) struct RowWindow {
    /// The number of the first one.
    first: u64,
    bytes: Vec<u8>,
}

impl RowWindow {
    /// How many rows are read at once: 3.5 KB.
    const ROWS: u64 = 128;

    fn row(&self, number: u64) -> Option<Section> {
        let position = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let start = position.checked_mul(Section::ENCODED)?;
        let bytes = self.bytes.get(start..)?.first_chunk()?;
        Some(Section::decode(bytes))
    }
}
