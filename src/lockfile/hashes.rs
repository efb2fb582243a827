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

/// The checksums that stand behind more than one package. With each comes its [`key`].
pub(super) fn contradictions<'text>(
    source: &SourceText,
    packages: &[LockedPackage],
    hashes: impl Iterator<Item = (&'text str, u64, PackageIndex)> + Clone,
) -> Vec<Gap> {
    let mut keys = Keys::for_about(packages.len());
    for (_, key, _) in hashes.clone() {
        keys.note(key);
    }
    let mut first: HashMap<&str, PackageIndex, RandomState> = HashMap::default();
    let mut doubled: Vec<(PackageIndex, PackageIndex)> = Vec::new();
    for (hash, _, package) in hashes.filter(|(_, key, _)| keys.may_stand_twice(*key)) {
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

/// The checksums in a list of them, without the options that may stand behind each (Subresource Integrity,
/// "The integrity attribute"; npm source, `ssri`).
pub(super) fn listed(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split_ascii_whitespace().map(|word| word.split_once('?').map_or(word, |(hash, _)| hash))
}

/// A number for a checksum, by its last characters: equal for equal ones, and else hardly ever. Whatever is
/// shorter is no checksum, see [`is_whole`].
pub(super) fn key(hash: &str) -> u64 {
    let end = hash.as_bytes().last_chunk().copied().map_or(0, u128::from_le_bytes);
    FixedState::default().hash_one(end)
}

/// How often keys were noted that share a place: hardly any checksum stands twice, and a byte tells that
/// sooner than a table of all of them.
struct Keys(Vec<u8>);

impl Keys {
    fn for_about(hashes: usize) -> Self {
        Self(vec![0; (8 * hashes).next_power_of_two()])
    }

    fn note(&mut self, key: u64) {
        let place = self.place(key);
        self.0[place] = self.0[place].saturating_add(1);
    }

    fn may_stand_twice(&self, key: u64) -> bool {
        self.0[self.place(key)] > 1
    }

    fn place(&self, key: u64) -> usize {
        let last = self.0.len() - 1;
        usize::try_from(key).unwrap_or(last) & last
    }
}

/// Whether a checksum has as many characters as its kind has (Subresource Integrity, "Integrity
/// metadata"; Cargo's are SHA-256 in hexadecimal digits). No archive has any other: nothing is installed
/// for it.
pub(super) fn is_whole(hash: &str) -> bool {
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
