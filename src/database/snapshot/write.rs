//! Writes a snapshot atomically.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::mem;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::digest::{Part, PartHash, SnapshotDigest};
use super::directory::{Directory, DirectoryPlace, Page, PageRow, PageTable, hash_name};
use super::error::SnapshotError;
use super::header::{HEADER_LENGTH, SnapshotHeader};
use super::layout::{RecordTable, SnapshotLayout};
use super::record::PackageRecord;
use super::section::Section;
use super::{About, SnapshotContent};
use crate::database::{PackageAdvisories, temporary};
use crate::disk;
use crate::package::Ecosystem;

/// Writes a snapshot of the content to `path` and returns its digest.
///
/// The file is replaced in one step, or not at all; a writer that is killed
/// leaves at most a `.lockgate-snapshot-*` file beside it, which the next writer removes. The same
/// content gives the same bytes.
///
/// # Errors
/// [`SnapshotError::WriteFailed`]: the folder is missing or not writable, the disk is full,
/// or there is something at `path` that is not a regular file.
pub fn write(content: &SnapshotContent<'_>, path: &Path) -> Result<SnapshotDigest, SnapshotError> {
    replace(path, |file| compile(content, file))
        .map_err(|source| SnapshotError::WriteFailed { path: path.to_owned(), source })
}

/// Replaces `path` by a new file after `fill` has written it and it is synced to disk.
pub(in crate::database) fn replace<Answer>(
    path: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<Answer>,
) -> io::Result<Answer> {
    let path = resolve(path)?;
    let folder = disk::folder_of(&path);
    let mut temporary = temporary::create(folder)?;
    let answer = fill(temporary.as_file_mut())?;
    temporary.as_file().sync_all()?;
    temporary.persist(&path).map_err(|error| error.error)?;
    // The name is in place; not every file system can sync a folder.
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(answer)
}

/// The target of a link, so that the link stays. Anything but a regular file is refused: a rename
/// would replace `/dev/null` by a file.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => fs::canonicalize(path),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "something other than a regular file is there",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(error),
    }
}

/// A package in the order of the file: by ecosystem, then by the hash of its name.
struct PackageEntry<'content> {
    ecosystem: Ecosystem,
    hash: u64,
    name: &'content str,
    advisories: &'content PackageAdvisories,
}

fn compile(content: &SnapshotContent<'_>, file: &mut File) -> io::Result<SnapshotDigest> {
    let mut entries: Vec<PackageEntry<'_>> = content
        .packages
        .iter()
        .map(|(name, advisories)| PackageEntry {
            ecosystem: name.ecosystem(),
            hash: hash_name(name.as_str()),
            name: name.as_str(),
            advisories,
        })
        .collect();
    entries.sort_unstable_by_key(|entry| (entry.ecosystem, entry.hash, entry.name));

    let mut output = Output::new(BufWriter::new(file));
    output.append(&[0; HEADER_LENGTH])?;
    let parts = write_content(content, &entries, &mut output)?;
    let layout = write_index(&parts, &entries, &mut output)?;
    let json = serde_json::to_vec(&layout)?;
    let layout = output.section(&json)?.seal(&parts.digest, Part::Layout);
    let header = SnapshotHeader { file_length: output.position, digest: parts.digest, layout };
    output.out.seek(SeekFrom::Start(0))?;
    output.out.write_all(&header.encode())?;
    output.out.flush()?;
    Ok(parts.digest)
}

/// The parts that the digest covers, as they were written.
struct ContentParts {
    digest: SnapshotDigest,
    about: PendingSection,
    unattributed: PendingSection,
    records: Vec<PendingSection>,
}

fn write_content(
    content: &SnapshotContent<'_>,
    entries: &[PackageEntry<'_>],
    output: &mut Output<impl Write>,
) -> io::Result<ContentParts> {
    output.digest = Sha256::new();
    let about = output.section(&serde_json::to_vec(&About {
        built_at: content.built_at,
        sources: Cow::Borrowed(content.sources),
    })?)?;
    let unattributed = output.section(&serde_json::to_vec(content.unattributed)?)?;
    let records = entries
        .iter()
        .map(|entry| {
            let record = PackageRecord {
                ecosystem: entry.ecosystem,
                name: entry.name,
                document: &postcard::to_stdvec(entry.advisories).map_err(io::Error::other)?,
            };
            output.section(&record.encode().ok_or_else(|| too_large("a name"))?)
        })
        .collect::<io::Result<_>>()?;
    Ok(ContentParts {
        digest: SnapshotDigest(mem::take(&mut output.digest).finalize().into()),
        about,
        unattributed,
        records,
    })
}

/// Writes everything that leads to the records.
fn write_index(
    parts: &ContentParts,
    entries: &[PackageEntry<'_>],
    output: &mut Output<impl Write>,
) -> io::Result<SnapshotLayout> {
    let digest = &parts.digest;
    let records = RecordTable { offset: output.position, count: parts.records.len() as u64 };
    for (number, record) in (0..).zip(&parts.records) {
        let section = record.seal(digest, Part::Record(number));
        output.append(&section.encode())?;
    }
    let mut directories = BTreeMap::new();
    let mut rows = Vec::new();
    let mut first_record = 0;
    for names in entries.chunk_by(|left, right| left.ecosystem == right.ecosystem) {
        let directory = Directory::for_names(names.len() as u64, rows.len() as u64);
        write_pages(digest, directory, names, first_record, &mut rows, output)?;
        directories.extend(names.first().map(|first| (first.ecosystem, directory)));
        first_record += names.len() as u64;
    }
    let page_table = output.section(&PageTable::encode(&rows))?;
    Ok(SnapshotLayout {
        about: parts.about.seal(digest, Part::About),
        unattributed: parts.unattributed.seal(digest, Part::Unattributed),
        records,
        page_table: page_table.seal(digest, Part::PageTable),
        directories,
    })
}

/// Writes the pages of one ecosystem's directory.
fn write_pages(
    digest: &SnapshotDigest,
    directory: Directory,
    names: &[PackageEntry<'_>],
    mut first_record: u64,
    rows: &mut Vec<PageRow>,
    output: &mut Output<impl Write>,
) -> io::Result<()> {
    let placed: Vec<(DirectoryPlace, u64)> =
        names.iter().map(|entry| (directory.place(entry.hash), entry.hash)).collect();
    let mut rest = placed.as_slice();
    for number in directory.first_page..directory.end() {
        let (on_page, after) =
            rest.split_at(rest.partition_point(|(place, _)| place.page <= number));
        rest = after;
        let bytes = Page::encode(on_page, directory.buckets)
            .ok_or_else(|| too_large("a page of the directory"))?;
        rows.push(PageRow {
            first_record,
            section: output.section(&bytes)?.seal(digest, Part::Page(number)),
        });
        first_record += on_page.len() as u64;
    }
    Ok(())
}

/// Appends to the file, and counts its position and the bytes since the digest began.
struct Output<Out> {
    out: Out,
    position: u64,
    digest: Sha256,
}

impl<Out: Write> Output<Out> {
    fn new(out: Out) -> Self {
        Self { out, position: 0, digest: Sha256::new() }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    fn section(&mut self, bytes: &[u8]) -> io::Result<PendingSection> {
        let written = PendingSection {
            offset: self.position,
            length: u32::try_from(bytes.len()).map_err(|_| too_large("a section"))?,
            hash: PartHash::of(bytes),
        };
        self.digest.update(bytes);
        self.append(bytes)?;
        Ok(written)
    }
}

/// A section whose checksum needs the digest first.
struct PendingSection {
    offset: u64,
    length: u32,
    hash: PartHash,
}

impl PendingSection {
    fn seal(&self, digest: &SnapshotDigest, part: Part) -> Section {
        Section { offset: self.offset, length: self.length, checksum: digest.seal(part, self.hash) }
    }
}

fn too_large(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("{what} is larger than the format allows"))
}
