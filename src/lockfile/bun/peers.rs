//! Which copy of a package stands beside another one in an isolated installation: not the one that lies
//! nearest in the tree, but the newest that fits (Bun source, `install/lockfile`,
//! `resolve_peer_dep_version_based`).

use std::collections::HashMap;

use foldhash::fast::RandomState;
use nodejs_semver::{Range, Version};
use smol_str::SmolStr;

use crate::lockfile::node::origin::alias;
use crate::lockfile::{LockedPackage, PackageIndex};
use crate::source::PackageSource;

/// So many copies of one package are looked at. No project has as many.
const MOST_COPIES: usize = 100;

/// The copies of packages of registries, by their names.
pub(super) struct Copies(HashMap<SmolStr, Vec<PackageIndex>, RandomState>);

impl Copies {
    pub(super) fn of(packages: &[LockedPackage]) -> Self {
        let mut copies: HashMap<SmolStr, Vec<PackageIndex>, RandomState> = HashMap::default();
        for (index, package) in packages.iter().enumerate() {
            if !matches!(package.source, PackageSource::Git(_) | PackageSource::Local) {
                copies.entry(package.id.name.clone()).or_default().push(index);
            }
        }
        Self(copies)
    }

    /// The copy that stands beside whoever asks in this way. `None` where any version will do, for which
    /// Bun looks in the tree.
    pub(super) fn beside(
        &self,
        packages: &[LockedPackage],
        name: &str,
        wish: &str,
    ) -> Option<PackageIndex> {
        let (name, versions) = alias(wish).unwrap_or((name, wish));
        let copies = self.0.get(name)?;
        if matches!(versions.trim(), "" | "*") {
            return None;
        }
        if let [only] = copies.as_slice() {
            return Some(*only);
        }
        let range = Range::parse(versions).ok();
        let copies = copies.iter().take(MOST_COPIES);
        let versions = copies.filter_map(|copy| {
            let version = Version::parse(&packages[*copy].id.version).ok()?;
            let fits = range.as_ref().is_none_or(|range| range.satisfies(&version));
            Some((fits, version, *copy))
        });
        // Where none fits Bun takes the newest.
        versions.max().map(|(_, _, copy)| copy)
    }
}
