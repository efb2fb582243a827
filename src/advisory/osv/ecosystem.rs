//! The names of ecosystems, and guesses for unknown ones in a team's own records.

use std::collections::BTreeSet;

use super::wire;
use crate::advisory::format::{Layout, RecordFile};
use crate::package::{Ecosystem, PackageName};

/// The other ecosystems of the OSV schema, separated by `; `. Records about them are
/// ignored.
const OTHERS: &str = "AlmaLinux; Alpaquita; Alpine; Android; Azure Linux; BellSoft Hardened Containers; \
    Bioconductor; Bitnami; Chainguard; CleanStart; ConanCenter; CRAN; Debian; Echo; FreeBSD; \
    GHC; GIT; GitHub Actions; Go; Hackage; Hex; Julia; Kubernetes; Linux; Mageia; Maven; \
    MinimOS; NuGet; opam; openEuler; openSUSE; OSS-Fuzz; Packagist; Photon OS; Pub; PyPI; Red \
    Hat; Rocky Linux; Root; RubyGems; SUSE; SwiftURL; Ubuntu; VSCode; Wolfi";

/// Why a part of a record has an unknown subject, and the packages it may be about.
pub(super) type Misspelt = (String, BTreeSet<PackageName>);

/// The packages of a team's own record with an unknown ecosystem, such as `NPM` or `cargo`. Of
/// published records, only those whose ecosystem differs from a supported one in case:
/// OSV gains ecosystems, and names are compared exactly.
pub(super) fn misspelt(file: &RecordFile<'_>, record: &wire::OsvRecord<'_>) -> Option<Misspelt> {
    let packages = record.affected.iter().flatten();
    let mut packages = packages
        .filter_map(|affected| affected.package.as_ref())
        .filter(|package| match file.layout {
            Layout::Own => is_unknown(&package.ecosystem),
            Layout::RustSec | Layout::Free => is_ours_in_other_letters(&package.ecosystem),
        })
        .peekable();
    let first = packages.peek()?.ecosystem.escape_debug().to_string();
    let both = |package: &wire::Package| {
        Ecosystem::ALL
            .iter()
            .map(|known| PackageName::new(*known, package.name.trim()))
            .collect::<Vec<_>>()
    };
    let reason = format!("`{first}` is not an ecosystem: write `npm` or `crates.io`");
    Some((reason, packages.flat_map(both).collect()))
}

fn is_ours_in_other_letters(ecosystem: &str) -> bool {
    let lower = ecosystem.trim().to_ascii_lowercase();
    ecosystem.parse::<Ecosystem>().is_err() && lower.parse::<Ecosystem>().is_ok()
}

fn is_unknown(ecosystem: &str) -> bool {
    // `Debian:12` is a release of Debian.
    let name = ecosystem.split(':').next().unwrap_or(ecosystem);
    ecosystem.parse::<Ecosystem>().is_err() && !OTHERS.split("; ").any(|other| other == name)
}
