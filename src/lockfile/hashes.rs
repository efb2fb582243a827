//! One archive is one package: a checksum that stands behind two of them says that one of the entries
//! is not what it claims to be. Whoever has an archive of that checksum installs it for both.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::{FixedState, RandomState};

use super::{LockedPackage, PackageIndex};
use crate::problem::{Gap, GapCode, SourceText};
use crate::source::PackageSource;

/// How many packages of one checksum are named.
const MOST_NAMED: usize = 3;

/// The checksums that stand behind more than one package.
pub(super) fn contradictions<'text>(
    source: &SourceText,
    packages: &[LockedPackage],
    hashes: impl Iterator<Item = (&'text str, PackageIndex)> + Clone,
) -> Vec<Gap> {
    // npm lists several checksums of one archive behind each other.
    let hashes =
        hashes.flat_map(|(hashes, package)| words(hashes).map(move |hash| (hash, package)));
    let mut ends = Ends::for_about(packages.len());
    for (hash, _) in hashes.clone() {
        ends.note(hash);
    }
    let mut first: HashMap<&str, PackageIndex, RandomState> = HashMap::default();
    let mut doubled: Vec<(PackageIndex, PackageIndex)> = Vec::new();
    for (hash, package) in hashes.filter(|(hash, _)| ends.may_stand_twice(hash)) {
        if !is_archive(&packages[package]) {
            continue;
        }
        let known = *first.entry(hash).or_insert(package);
        // Whether it is a checksum at all is asked last.
        if packages[known].id != packages[package].id && is_whole(hash) {
            doubled.push((known, package));
        }
    }
    doubled.sort_unstable();
    doubled.dedup();
    doubled
        .chunk_by(|left, right| left.0 == right.0)
        .map(|pairs| contradiction(source, packages, pairs))
        .collect()
}

/// What stands between blanks.
fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    let blanks = memchr::memchr_iter(b' ', text.as_bytes());
    let mut start = 0;
    let words = blanks.chain([text.len()]).map(move |end| {
        let word = &text[start..end];
        start = end + 1;
        word
    });
    words.filter(|word| !word.is_empty())
}

/// How often checksums of the same last characters were noted: hardly any stands twice, and a byte tells
/// that sooner than a table of all of them.
struct Ends {
    counts: Vec<u8>,
    hasher: FixedState,
}

impl Ends {
    fn for_about(hashes: usize) -> Self {
        Self { counts: vec![0; (8 * hashes).next_power_of_two()], hasher: FixedState::default() }
    }

    fn note(&mut self, hash: &str) {
        let place = self.place(hash);
        self.counts[place] = self.counts[place].saturating_add(1);
    }

    fn may_stand_twice(&self, hash: &str) -> bool {
        self.counts[self.place(hash)] > 1
    }

    fn place(&self, hash: &str) -> usize {
        // Whatever is shorter is no checksum, see `is_whole`.
        let end = hash.as_bytes().last_chunk().copied().map_or(0, u128::from_le_bytes);
        let last = self.counts.len() - 1;
        usize::try_from(self.hasher.hash_one(end)).unwrap_or(last) & last
    }
}

/// Whether a checksum has as many characters as its kind has (Subresource Integrity, "Integrity
/// metadata"; Cargo's are SHA-256 in hexadecimal digits). No archive has any other: nothing is installed
/// for it.
fn is_whole(hash: &str) -> bool {
    let lengths = [("", 64), ("sha512", 88), ("sha384", 64), ("sha256", 44), ("sha1", 28)];
    let (kind, digest) = hash.split_once('-').unwrap_or(("", hash));
    lengths.contains(&(kind, digest.len())) && !(kind.is_empty() && is_filler(digest))
}

/// Whether digits repeat a few over and over, as they do where somebody put something in the place of a
/// checksum.
fn is_filler(digest: &str) -> bool {
    let digits = digest.as_bytes();
    (1..=8).any(|period| digits.iter().zip(&digits[period..]).all(|(one, next)| one == next))
}

/// What is fetched as one file, which a checksum is for.
fn is_archive(package: &LockedPackage) -> bool {
    !matches!(package.source, PackageSource::Git(_) | PackageSource::Local)
}

fn contradiction(
    source: &SourceText,
    packages: &[LockedPackage],
    pairs: &[(PackageIndex, PackageIndex)],
) -> Gap {
    let line = |package: PackageIndex| source.line_at(packages[package].span.start);
    let (first, _) = pairs[0];
    let others = pairs.iter().take(MOST_NAMED);
    let mut named: Vec<String> = others
        .map(|(_, other)| format!("{} (line {})", packages[*other].id, line(*other)))
        .collect();
    if pairs.len() > MOST_NAMED {
        named.push(format!("{} more", pairs.len() - MOST_NAMED));
    }
    Gap::new(
        GapCode::LockfileInconsistent,
        format!(
            "{}:{}: {} has the checksum of {}, and one archive is one package",
            source.path,
            line(first),
            packages[first].id,
            named.join(" and of ")
        ),
        "find out who edited the lockfile, remove it, and let the package manager write it anew",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::lockfile::LockfileFormat;
    use crate::lockfile::cargo::CargoLock;

    /// Which of so many packages have the checksum of which other one, by a look at every pair.
    fn pairs(checksums: &[String]) -> usize {
        let is_first = |index: &usize| !checksums[..*index].contains(&checksums[*index]);
        let firsts = (0..checksums.len()).filter(is_first);
        firsts.filter(|index| checksums[index + 1..].contains(&checksums[*index])).count()
    }

    proptest! {
        #[test]
        fn a_checksum_is_found_wherever_it_stands_twice_and_nowhere_else(
            checksums in proptest::collection::vec("[0-2](01234567ab89){3}[0-2]cdef(fedcba9876543210){1}[0-2]?", 1..40),
        ) {
            let checksums: Vec<String> =
                checksums.into_iter().map(|checksum| format!("{checksum:a<64}")).collect();
            let packages = checksums.iter().enumerate().map(|(index, checksum)| {
                format!(
                    "[[package]]\nname = \"p{index}\"\nversion = \"1.0.0\"\nsource = \
                     \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \
                     \"{checksum}\"\n\n"
                )
            });
            let source = Arc::new(SourceText::new("Cargo.lock", packages.collect::<String>()));
            let lockfile = CargoLock.parse(&source).unwrap();
            prop_assert_eq!(lockfile.contradictions.len(), pairs(&checksums));
        }
    }
}
