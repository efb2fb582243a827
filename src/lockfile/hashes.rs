//! One archive is one package: a checksum that stands behind two of them says that one of the entries
//! is not what it claims to be. Whoever has an archive of that checksum installs it for both.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{LockedPackage, PackageIndex};
use crate::problem::{Gap, GapCode, SourceText};
use crate::source::PackageSource;

/// How many packages of one checksum are named.
const MOST_NAMED: usize = 3;

/// The checksums of packages.
#[derive(Default)]
pub(super) struct Hashes<'text>(Vec<(Cow<'text, str>, PackageIndex)>);

impl<'text> Extend<(Cow<'text, str>, PackageIndex)> for Hashes<'text> {
    fn extend<I: IntoIterator<Item = (Cow<'text, str>, PackageIndex)>>(&mut self, hashes: I) {
        self.0.extend(hashes);
    }
}

impl Hashes<'_> {
    /// The checksums that stand behind more than one package.
    pub(super) fn contradictions(
        &self,
        source: &SourceText,
        packages: &[LockedPackage],
    ) -> Vec<Gap> {
        let mut first: HashMap<&str, PackageIndex, RandomState> =
            HashMap::with_capacity_and_hasher(self.0.len(), RandomState::default());
        let mut doubled: Vec<(PackageIndex, PackageIndex)> = Vec::new();
        for (hashes, package) in &self.0 {
            if !is_archive(&packages[*package]) {
                continue;
            }
            // npm lists several checksums of one archive behind each other.
            for hash in hashes.split(' ').filter(|hash| !hash.is_empty()) {
                let known = *first.entry(hash).or_insert(*package);
                // Hardly any checksum stands twice, so whether it is one is asked last.
                if packages[known].id != packages[*package].id && is_whole(hash) {
                    doubled.push((known, *package));
                }
            }
        }
        doubled.sort_unstable();
        doubled.dedup();
        doubled
            .chunk_by(|left, right| left.0 == right.0)
            .map(|pairs| contradiction(source, packages, pairs))
            .collect()
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
