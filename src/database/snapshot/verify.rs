//! Re-reading a whole snapshot.

use sha2::{Digest, Sha256};

use super::digest::{Part, SnapshotDigest};
use super::directory::{Directory, Page, hash_name};
use super::error::SnapshotError;
use super::file::Piece;
use super::header::HEADER_LENGTH;
use super::section::Section;
use super::{About, PackageAdvisories, Snapshot};
use crate::advisory::UnreadableRecord;
use crate::package::{Ecosystem, PackageName};

/// Checks that every byte of the file belongs to an unaltered part, that each record
/// is where a look-up would search for it, and that the content has the digest of the header.
///
/// Only the header is used as it was read on opening.
pub(super) fn verify(snapshot: &Snapshot) -> Result<(), SnapshotError> {
    let mut walk = Walk {
        snapshot,
        content_end: HEADER_LENGTH as u64,
        content: Sha256::new(),
        buffer: Vec::new(),
        rows: Piece::default(),
    };
    let layout = &snapshot.layout;
    walk.content_part(Part::About, &layout.about)?;
    let _: About<'static> = snapshot.file.parse_json(Part::About, &walk.buffer)?;
    walk.content_part(Part::Unattributed, &layout.unattributed)?;
    let _: Vec<UnreadableRecord> = snapshot.file.parse_json(Part::Unattributed, &walk.buffer)?;

    let mut page_end = layout.records.end();
    let (mut next_page, mut next_record) = (0, 0);
    for (ecosystem, directory) in &layout.directories {
        walk.expect(directory.first_page == next_page, "the order of pages")?;
        for number in directory.first_page..directory.end() {
            page_end = walk.page(*ecosystem, directory, number, page_end, &mut next_record)?;
        }
        next_page = directory.end();
    }
    walk.expect(next_page == snapshot.page_table.len(), "the number of pages")?;
    walk.expect(next_record == layout.records.count, "the number of records")?;
    walk.index_tail(page_end)
}

struct Walk<'snapshot> {
    snapshot: &'snapshot Snapshot,
    /// Where the next part of the content must begin.
    content_end: u64,
    content: Sha256,
    buffer: Vec<u8>,
    /// The most recently read rows of records.
    rows: Piece,
}

impl Walk<'_> {
    fn expect(&self, holds: bool, what: &str) -> Result<(), SnapshotError> {
        if holds { Ok(()) } else { Err(self.snapshot.file.altered(what)) }
    }

    /// Reads the next part of the content.
    fn content_part(&mut self, part: Part, section: &Section) -> Result<(), SnapshotError> {
        self.expect(section.offset == self.content_end, "the order of the content")?;
        self.snapshot.read_part(part, section, &mut self.buffer)?;
        self.content.update(&self.buffer);
        self.content_end = section.end();
        Ok(())
    }

    /// Checks a page and all of its records; returns where the next page must begin.
    fn page(
        &mut self,
        ecosystem: Ecosystem,
        directory: &Directory,
        number: u64,
        offset: u64,
        next_record: &mut u64,
    ) -> Result<u64, SnapshotError> {
        let mut bytes = Vec::new();
        let (page, first_record) = self.snapshot.read_page(ecosystem, number, &mut bytes)?;
        self.expect(first_record == *next_record, "the order of records")?;
        for in_page in 0..page.names() {
            self.record(ecosystem, directory, (number, page), (first_record, in_page))?;
        }
        *next_record = first_record.saturating_add(page.names());
        let section = self.snapshot.page_table.get(number).map(|row| row.section);
        self.expect(section.is_some_and(|section| section.offset == offset), "the order of pages")?;
        Ok(section.map_or(0, |section| section.end()))
    }

    /// Checks that a record can be read and is where a look-up of its name would search for it.
    fn record(
        &mut self,
        ecosystem: Ecosystem,
        directory: &Directory,
        (page_number, page): (u64, Page<'_>),
        (first_record, in_page): (u64, u64),
    ) -> Result<(), SnapshotError> {
        let file = &self.snapshot.file;
        let number = first_record.saturating_add(in_page);
        let part = Part::Record(number);
        let section = self.snapshot.layout.records.read_row(file, number, &mut self.rows)?;
        self.content_part(part, &section)?;
        let record = super::PackageRecord::decode(&self.buffer)
            .ok_or_else(|| file.altered(format!("{part} has no name")))?;
        let name = PackageName::new(record.ecosystem, record.name);
        let hash = hash_name(name.as_str());
        let place = directory.place(hash);
        let is_found = record.ecosystem == ecosystem
            && record.name == name.as_str()
            && place.page == page_number
            && page.candidates(place.bucket, hash).any(|candidate| candidate == in_page);
        self.expect(is_found, "the place of a record")?;
        let _: PackageAdvisories = file.parse_record(part, record.document)?;
        Ok(())
    }

    /// Checks the digest, and that there are no bytes between or after the parts.
    fn index_tail(self, page_end: u64) -> Result<(), SnapshotError> {
        let layout = &self.snapshot.layout;
        let header = &self.snapshot.header;
        let chain = [
            (self.content_end, layout.records.offset),
            (page_end, layout.page_table.offset),
            (layout.page_table.end(), header.layout.offset),
            (header.layout.end(), header.file_length),
        ];
        let unbroken = chain.iter().all(|(end, start)| end == start);
        self.expect(unbroken, "the space between two parts")?;
        let mut buffer = Vec::new();
        self.snapshot.read_part(Part::PageTable, &layout.page_table, &mut buffer)?;
        self.snapshot.read_part(Part::Layout, &header.layout, &mut buffer)?;
        let digest = SnapshotDigest(self.content.clone().finalize().into());
        self.expect(digest == header.digest, "the content as a whole")
    }
}
