//! The directory: which record, if any, is about a name.
//!
//! Names are sorted by their hashes and split into pages of about [`NAMES_PER_PAGE`]; a page
//! has buckets of about [`NAMES_PER_BUCKET`], and stores one byte of each name's hash. A name whose
//! byte is not in its bucket is not in the snapshot, which decides 97 of 100
//! absent names without reading a record. If its byte is there, it may still belong to another name:
//! the record decides.

use serde::{Deserialize, Serialize};
use twox_hash::xxhash3_64::Hasher;

use super::section::Section;

/// Names in a full page. A page then has some 24 KiB: small enough that a look-up of one name is
/// cheap, large enough that a thousand look-ups among 300,000 names read some twenty pages.
const NAMES_PER_PAGE: u64 = 16384;

/// Names in a bucket, on average. An absent name has the fingerprint of one of them with a probability of
/// about `NAMES_PER_BUCKET` in 256, and then a record is read needlessly.
const NAMES_PER_BUCKET: u64 = 8;

/// Bytes in the number at the beginning of each bucket.
const START: usize = 4;

/// The hash that orders names: XXH3-64. Part of the format.
pub(super) fn hash_name(name: &str) -> u64 {
    Hasher::oneshot(name.as_bytes())
}

/// How the names of one ecosystem are spread over pages and buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Directory {
    /// The number of its first page, counted over all ecosystems.
    pub(super) first_page: u64,
    pub(super) pages: u64,
    /// Buckets in each page.
    pub(super) buckets: u64,
}

impl Directory {
    /// A directory for this many names, at least one.
    pub(super) fn for_names(names: u64, first_page: u64) -> Self {
        let pages = names.div_ceil(NAMES_PER_PAGE).max(1);
        let buckets = names.div_ceil(pages * NAMES_PER_BUCKET).max(1);
        Self { first_page, pages, buckets }
    }

    /// The place of a name with this hash. A greater hash never has an earlier place.
    pub(super) fn place(&self, hash: u64) -> DirectoryPlace {
        let buckets = self.buckets.max(1);
        let bucket = scale(hash, self.pages.saturating_mul(buckets));
        DirectoryPlace {
            page: self.first_page.saturating_add(bucket / buckets),
            bucket: bucket % buckets,
        }
    }

    /// The number after its last page.
    pub(super) fn end(&self) -> u64 {
        self.first_page.saturating_add(self.pages)
    }
}

/// `hash` as a fraction of its range, scaled to `parts`.
fn scale(hash: u64, parts: u64) -> u64 {
    u64::try_from((u128::from(hash) * u128::from(parts)) >> 64).unwrap_or(u64::MAX)
}

/// A page, by its number over all ecosystems, and a bucket in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DirectoryPlace {
    pub(super) page: u64,
    pub(super) bucket: u64,
}

/// The byte of a hash that a page stores. The lowest: the highest ones choose page and bucket.
fn fingerprint(hash: u64) -> u8 {
    hash.to_le_bytes()[0]
}

/// A page: for each bucket the number in the page of its first name, an additional number that ends the
/// last bucket, then the fingerprint of each name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'bytes> {
    starts: &'bytes [[u8; START]],
    fingerprints: &'bytes [u8],
}

impl<'bytes> Page<'bytes> {
    /// Encodes a page of names with these places and hashes, in ascending order.
    ///
    /// `None`: there are more names than a page can count.
    pub(super) fn encode(names: &[(DirectoryPlace, u64)], buckets: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for bucket in 0..=buckets {
            let start = names.partition_point(|(place, _)| place.bucket < bucket);
            bytes.extend(u32::try_from(start).ok()?.to_le_bytes());
        }
        bytes.extend(names.iter().map(|(_, hash)| fingerprint(*hash)));
        Some(bytes)
    }

    /// `None`: it is shorter than its buckets.
    pub(super) fn decode(bytes: &'bytes [u8], buckets: u64) -> Option<Self> {
        let starts = usize::try_from(buckets).ok()?.checked_add(1)?;
        let (starts, fingerprints) = bytes.split_at_checked(starts.checked_mul(START)?)?;
        Some(Self { starts: starts.as_chunks().0, fingerprints })
    }

    /// How many names it has.
    pub(super) fn names(&self) -> u64 {
        self.fingerprints.len() as u64
    }

    /// The numbers, in the page, of the names that may have this hash.
    pub(super) fn candidates(&self, bucket: u64, hash: u64) -> impl Iterator<Item = u64> {
        let start = self.start(bucket);
        let end = self.start(bucket.saturating_add(1));
        let within = self.fingerprints.get(start..end).unwrap_or_default();
        (start as u64..)
            .zip(within)
            .filter(move |(_, byte)| **byte == fingerprint(hash))
            .map(|(number, _)| number)
    }

    fn start(&self, bucket: u64) -> usize {
        usize::try_from(bucket)
            .ok()
            .and_then(|bucket| self.starts.get(bucket))
            .map_or(0, |bytes| usize::try_from(u32::from_le_bytes(*bytes)).unwrap_or(usize::MAX))
    }
}

/// The position of each page, read as a whole: 36 bytes for a page.
#[derive(Debug)]
pub(super) struct PageTable(Vec<PageRow>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageRow {
    /// The number of the record of its first name.
    pub(super) first_record: u64,
    pub(super) section: Section,
}

impl PageTable {
    const ROW: usize = 8 + Section::ENCODED;

    pub(super) fn encode(rows: &[PageRow]) -> Vec<u8> {
        rows.iter()
            .flat_map(|row| {
                let first_record = row.first_record.to_le_bytes();
                first_record.into_iter().chain(row.section.encode())
            })
            .collect()
    }

    /// `None`: it is not a whole number of rows.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (rows, rest) = bytes.as_chunks::<{ Self::ROW }>();
        let rows = rest.is_empty().then_some(rows)?;
        rows.iter()
            .map(|row| {
                let (first_record, section) = row.split_first_chunk()?;
                Some(PageRow {
                    first_record: u64::from_le_bytes(*first_record),
                    section: Section::decode(section.first_chunk()?),
                })
            })
            .collect::<Option<_>>()
            .map(Self)
    }

    pub(super) fn get(&self, page: u64) -> Option<&PageRow> {
        self.0.get(usize::try_from(page).ok()?)
    }

    /// How many pages there are.
    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pages of a directory over these hashes, and the number of the first name of each.
    fn build(hashes: &[u64]) -> (Directory, Vec<(usize, Vec<u8>)>) {
        let directory = Directory::for_names(hashes.len() as u64, 0);
        let placed: Vec<_> = hashes.iter().map(|hash| (directory.place(*hash), *hash)).collect();
        let pages = (0..directory.pages)
            .map(|page| {
                let first = placed.partition_point(|(place, _)| place.page < page);
                let end = placed.partition_point(|(place, _)| place.page <= page);
                (first, Page::encode(&placed[first..end], directory.buckets).unwrap())
            })
            .collect();
        (directory, pages)
    }

    fn candidates(directory: Directory, pages: &[(usize, Vec<u8>)], hash: u64) -> Vec<usize> {
        let place = directory.place(hash);
        let (first, bytes) = &pages[usize::try_from(place.page).unwrap()];
        let page = Page::decode(bytes, directory.buckets).unwrap();
        page.candidates(place.bucket, hash)
            .map(|number| first + usize::try_from(number).unwrap())
            .collect()
    }

    proptest! {
        #[test]
        fn every_name_is_among_its_candidates(mut hashes in prop::collection::vec(any::<u64>(), 1..2000)) {
            hashes.sort_unstable();
            let (directory, pages) = build(&hashes);
            for (number, hash) in hashes.iter().enumerate() {
                prop_assert!(candidates(directory, &pages, *hash).contains(&number));
            }
        }
    }

    #[test]
    fn names_with_one_hash_are_all_candidates() {
        let hashes = [3, 77 << 32, 77 << 32, 77 << 32, u64::MAX, u64::MAX];
        let (directory, pages) = build(&hashes);
        assert!(candidates(directory, &pages, 77 << 32).ends_with(&[1, 2, 3]));
        assert!(candidates(directory, &pages, u64::MAX).ends_with(&[4, 5]));
    }

    #[test]
    fn names_are_spread_over_several_pages() {
        let mut hashes: Vec<u64> =
            (0..40_000).map(|name| hash_name(&format!("package-{name}"))).collect();
        hashes.sort_unstable();
        let (directory, pages) = build(&hashes);
        assert_eq!(directory.pages, 3);
        assert!(pages.iter().all(|(_, bytes)| bytes.len() < 32 * 1024));
        for (number, hash) in hashes.iter().enumerate() {
            assert!(candidates(directory, &pages, *hash).contains(&number));
        }
        let mistaken = (0..10_000)
            .filter(|name| {
                !candidates(directory, &pages, hash_name(&format!("absent-{name}"))).is_empty()
            })
            .count();
        assert!(mistaken < 450, "{mistaken} of 10,000 absent names are not decided");
    }

    #[test]
    fn a_page_that_counts_past_its_end_names_nothing() {
        let bytes = [0, 0, 0, 0, 9, 0, 0, 0, 5];
        let page = Page::decode(&bytes, 1).unwrap();
        assert_eq!(page.candidates(0, 5).count(), 0);
        assert!(Page::decode(&bytes, 2).is_none());
        assert!(Page::decode(&bytes, u64::MAX).is_none());
    }

    #[test]
    fn the_hash_of_a_name_is_part_of_the_format() {
        assert_eq!(hash_name("lodash"), 0x6a9c_22fb_8253_4399);
    }
}
