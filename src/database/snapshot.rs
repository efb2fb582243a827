//! The advisory snapshot: one immutable file, compiled from advisory sources.
//!
//! Opening takes constant time, and only the parts that a look-up needs are read, so that hundreds of
//! thousands of records about other packages cost nothing noticeable. Every byte of
//! an answer is checked before it is used: a damaged file gives an error, never "no advisories".
//! `docs/snapshot.md` describes the format and its reasons.

mod digest;
mod directory;
mod error;
mod file;
mod foreign;
mod header;
mod layout;
mod record;
mod section;
mod verify;
mod write;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::advisory::UnreadableRecord;
use crate::database::{AdvisoriesByPackage, PackageAdvisories, SourceInfo};
use crate::package::{Ecosystem, PackageName};

pub use digest::SnapshotDigest;
pub use error::SnapshotError;
pub use header::FORMAT_VERSION;
pub(super) use write::replace;
pub use write::write;

use digest::Part;
use directory::{DirectoryPlace, Page, PageTable, hash_name};
use file::{Piece, SnapshotFile};
use header::SnapshotHeader;
use layout::SnapshotLayout;
use record::PackageRecord;
use section::Section;

/// The content of a snapshot to write.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotContent<'content> {
    /// Everything known, by package.
    pub packages: &'content BTreeMap<PackageName, PackageAdvisories>,
    /// The sources it was read from.
    pub sources: &'content [SourceInfo],
    /// Records that could not be read and name no package.
    pub unattributed: &'content [UnreadableRecord],
    /// When it was compiled.
    pub built_at: Timestamp,
}

/// The part that is read on opening.
#[derive(Debug, Serialize, Deserialize)]
struct About<'content> {
    built_at: Timestamp,
    sources: Cow<'content, [SourceInfo]>,
}

/// An open advisory snapshot.
///
/// It keeps reading the file that it opened, even if another one is renamed over it.
#[derive(Debug)]
pub struct Snapshot {
    file: SnapshotFile,
    header: SnapshotHeader,
    layout: SnapshotLayout,
    page_table: PageTable,
    about: About<'static>,
}

impl Snapshot {
    /// Opens the snapshot at `path`, reading its header, its layout and its description.
    ///
    /// # Errors
    /// The file is missing, cannot be read, is not a snapshot, is truncated, is altered in the parts that
    /// are read, or has another format version.
    pub fn open(path: &Path) -> Result<Self, SnapshotError> {
        let (file, header) = SnapshotFile::open(path)?;
        let mut buffer = Vec::new();
        let digest = &header.digest;
        file.read_section(digest, Part::Layout, &header.layout, &mut buffer)?;
        let layout: SnapshotLayout = file.parse_json(Part::Layout, &buffer)?;
        file.read_section(digest, Part::PageTable, &layout.page_table, &mut buffer)?;
        let page_table = PageTable::decode(&buffer)
            .ok_or_else(|| file.altered(format!("{} is uneven", Part::PageTable)))?;
        file.read_section(digest, Part::About, &layout.about, &mut buffer)?;
        let about = file.parse_json(Part::About, &buffer)?;
        Ok(Self { file, header, layout, page_table, about })
    }

    /// The sources it was compiled from.
    pub fn sources(&self) -> &[SourceInfo] {
        &self.about.sources
    }

    /// When it was compiled.
    pub fn built_at(&self) -> Timestamp {
        self.about.built_at
    }

    /// The digest of its content.
    pub fn digest(&self) -> SnapshotDigest {
        self.header.digest
    }

    /// Records that could not be read and name no package.
    ///
    /// # Errors
    /// The file cannot be read or they are altered.
    pub fn unattributed(&self) -> Result<Vec<UnreadableRecord>, SnapshotError> {
        let mut buffer = Vec::new();
        self.read_part(Part::Unattributed, &self.layout.unattributed, &mut buffer)?;
        self.file.parse_json(Part::Unattributed, &buffer)
    }

    /// All records about one package, or `None` if there are none.
    ///
    /// Each call reads a page of the directory. Use [`Snapshot::lookup_all`] for more than a few
    /// names: it reads each page once.
    ///
    /// # Errors
    /// The file cannot be read or is altered anywhere that the answer depends on.
    pub fn lookup(&self, name: &PackageName) -> Result<Option<PackageAdvisories>, SnapshotError> {
        let found = self.lookup_all([name.clone()])?;
        Ok(found.into_values().next())
    }

    /// All records about each of many packages; a package without records is absent.
    ///
    /// # Errors
    /// The file cannot be read or is altered anywhere that one of the answers depends on.
    pub fn lookup_all(
        &self,
        names: impl IntoIterator<Item = PackageName>,
    ) -> Result<AdvisoriesByPackage, SnapshotError> {
        let mut wanted: Vec<WantedName> =
            names.into_iter().filter_map(|name| self.place(name)).collect();
        // Each page is read once.
        wanted.sort_unstable_by_key(|wanted| wanted.place.page);
        let mut found = AdvisoriesByPackage::new();
        let mut buffers = Buffers::default();
        for of_one_page in wanted.chunk_by(|left, right| left.place.page == right.place.page) {
            self.search_page(of_one_page, &mut buffers, &mut found)?;
        }
        Ok(found)
    }

    /// All records about all packages.
    ///
    /// # Errors
    /// The file cannot be read or is altered in any record.
    pub fn read_all(&self) -> Result<AdvisoriesByPackage, SnapshotError> {
        let mut all = AdvisoriesByPackage::new();
        let mut buffer = RecordBuffer::default();
        buffer.piece.expect(usize::MAX);
        for number in 0..self.layout.records.count {
            let record = self.read_record(number, &mut buffer)?;
            let advisories = self.file.parse_record(Part::Record(number), record.document)?;
            all.insert(PackageName::new(record.ecosystem, record.name), advisories);
        }
        Ok(all)
    }

    /// Re-reads and checks every byte of the file.
    ///
    /// # Errors
    /// The file cannot be read, or any byte of it was altered.
    pub fn verify(&self) -> Result<(), SnapshotError> {
        verify::verify(self)
    }

    /// The place of a name in the directory. `None`: its ecosystem has no records.
    fn place(&self, name: PackageName) -> Option<WantedName> {
        let directory = self.layout.directories.get(&name.ecosystem())?;
        let hash = hash_name(name.as_str());
        Some(WantedName { place: directory.place(hash), hash, name })
    }

    /// Answers the look-ups that need one page of the directory.
    fn search_page(
        &self,
        wanted: &[WantedName],
        buffers: &mut Buffers,
        found: &mut AdvisoriesByPackage,
    ) -> Result<(), SnapshotError> {
        let Some(first) = wanted.first() else {
            return Ok(());
        };
        let (page, first_record) =
            self.read_page(first.name.ecosystem(), first.place.page, &mut buffers.page)?;
        let mut candidates: Vec<(u64, &PackageName)> = wanted
            .iter()
            .flat_map(|WantedName { place, hash, name }| {
                let numbers = page.candidates(place.bucket, *hash);
                numbers.map(move |number| (first_record.saturating_add(number), name))
            })
            .collect();
        // Read the file from front to back, and look up a name only once.
        candidates.sort_unstable();
        candidates.dedup();
        buffers.record.piece.expect(candidates.len());
        for (number, name) in candidates {
            let record = self.read_record(number, &mut buffers.record)?;
            if record.ecosystem == name.ecosystem() && record.name == name.as_str() {
                let advisories = self.file.parse_record(Part::Record(number), record.document)?;
                found.insert(name.clone(), advisories);
            }
        }
        Ok(())
    }

    /// A checked page of the directory, and the number of its first record.
    fn read_page<'buffer>(
        &self,
        ecosystem: Ecosystem,
        number: u64,
        buffer: &'buffer mut Vec<u8>,
    ) -> Result<(Page<'buffer>, u64), SnapshotError> {
        let part = Part::Page(number);
        let missing = || self.file.altered(format!("{part} does not exist"));
        let directory = self.layout.directories.get(&ecosystem).ok_or_else(missing)?;
        let row = self.page_table.get(number).ok_or_else(missing)?;
        self.read_part(part, &row.section, buffer)?;
        let page = Page::decode(buffer, directory.buckets)
            .ok_or_else(|| self.file.altered(format!("{part} is too short")))?;
        Ok((page, row.first_record))
    }

    /// A checked record, by its number.
    fn read_record<'buffer>(
        &self,
        number: u64,
        buffer: &'buffer mut RecordBuffer,
    ) -> Result<PackageRecord<'buffer>, SnapshotError> {
        let part = Part::Record(number);
        let RecordBuffer { rows, piece } = buffer;
        let section = self.layout.records.read_row(&self.file, number, rows)?;
        let digest = &self.header.digest;
        let bytes = self.file.section_in(digest, part, &section, piece)?;
        PackageRecord::decode(bytes).ok_or_else(|| self.file.altered(format!("{part} has no name")))
    }

    fn read_part(
        &self,
        part: Part,
        section: &Section,
        buffer: &mut Vec<u8>,
    ) -> Result<(), SnapshotError> {
        self.file.read_section(&self.header.digest, part, section, buffer)
    }
}

/// Reusable buffers.
#[derive(Default)]
struct Buffers {
    page: Vec<u8>,
    record: RecordBuffer,
}

/// A record, and the rows of the table that lead to it.
#[derive(Default)]
struct RecordBuffer {
    rows: Piece,
    piece: Piece,
}

struct WantedName {
    place: DirectoryPlace,
    hash: u64,
    name: PackageName,
}
