//! The positions of the parts of a snapshot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::Part;
use super::directory::Directory;
use super::error::SnapshotError;
use super::file::{Piece, SnapshotFile};
use super::section::Section;
use crate::package::Ecosystem;

/// The table of contents, a JSON document at the end of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SnapshotLayout {
    /// The description of the snapshot: [`super::About`].
    pub(super) about: Section,
    /// Records that name no package.
    pub(super) unattributed: Section,
    /// The position of each package record.
    pub(super) records: RecordTable,
    /// The position of each page of the directories.
    pub(super) page_table: Section,
    /// How names are distributed over pages. An ecosystem without names has no directory.
    pub(super) directories: BTreeMap<Ecosystem, Directory>,
}

/// The read size for the table of records: 128 rows.
const ROWS_LENGTH: u64 = 128 * Section::ENCODED as u64;

/// One encoded [`Section`] for each package record, in the order of the records.
///
/// A row has no checksum of its own: its checksum covers the record and the record's number, so
/// an altered row leads to no record that would pass.
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

    /// One row, together with the following ones: look-ups go through the table from its
    /// beginning to its end.
    pub(super) fn read_row(
        &self,
        file: &SnapshotFile,
        number: u64,
        rows: &mut Piece,
    ) -> Result<Section, SnapshotError> {
        let missing = || file.altered(format!("{} does not exist", Part::Record(number)));
        if number >= self.count {
            return Err(missing());
        }
        rows.length = ROWS_LENGTH;
        let bytes = file.bytes_in(self.row_offset(number), Section::ENCODED, rows)?;
        bytes.first_chunk().map(Section::decode).ok_or_else(missing)
    }

    fn row_offset(&self, number: u64) -> u64 {
        number.saturating_mul(Section::ENCODED as u64).saturating_add(self.offset)
    }
}
